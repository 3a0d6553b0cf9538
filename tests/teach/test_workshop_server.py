"""One laptop serves the room: each pair its own folder and token, and nobody without one."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import is_running
from helpers.report import paragraph
from helpers.standard import BadInput
from helpers.teach.predict import GUESSES, predict, stored_guess
from helpers.teach.workshop import serve
from helpers.teach.workshop.pack import copy_for_learners, pack_of
from helpers.teach.workshop.serve import Seat, address_sheet, own_address, prepare_seats, serve_seats
from helpers.teach.workshop.tracks import track_named
from tests.command_process import BIGPICTURE
from tests.teach.tiny_session import NAME, tiny_notebooks


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    return prepare_seats(track_named("two-hours"), 2, tmp_path / "out", notebooks=notebooks)


def test_each_pair_has_a_folder_a_port_and_a_token_of_its_own(seats: list[Seat]) -> None:
    for what in ("folder", "port", "token", "address"):
        assert len({getattr(seat, what) for seat in seats}) == 2, what
    assert all((seat.folder / "workshop" / f"{NAME}.ipynb").is_file() for seat in seats)
    assert all(len(seat.token) >= 16 for seat in seats)
    assert seats[0].address.startswith("http://127.0.0.1:")


def test_what_a_pair_wrote_is_there_the_next_time(seats: list[Seat], tmp_path: Path) -> None:
    mine = seats[0].folder / "workshop" / f"{NAME}.ipynb"
    mine.write_text("{}", encoding="utf-8")
    again = prepare_seats(track_named("two-hours"), 3, tmp_path / "out", notebooks=tmp_path / "notebooks")
    assert [seat.folder for seat in again[:2]] == [seat.folder for seat in seats]
    assert mine.read_text(encoding="utf-8") == "{}"
    assert again[0].token != seats[0].token


@pytest.mark.parametrize("renews", ["a day", "a pack"])
def test_a_new_day_or_a_new_pack_begins_without_the_last_group_s_guesses(
    renews: str, seats: list[Seat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guesses = seats[0].folder / "workshop" / GUESSES

    def served_again() -> str | None:
        prepare_seats(track_named("two-hours"), 1, tmp_path / "out", notebooks=tmp_path / "notebooks")
        return stored_guess("C.p1", guesses)

    predict("C.p1", "How many?", ["5", "1"], lambda: paragraph("One."), file=guesses).store("5")
    assert served_again() == "5"  # after a break, say
    if renews == "a pack":
        copy_for_learners(tmp_path / "notebooks", [NAME], tmp_path / "out" / "learners")
    else:
        days = SimpleNamespace(today=lambda: dt.date(2031, 5, 6))
        monkeypatch.setattr("helpers.teach.workshop.serve.dt", SimpleNamespace(date=days))
    assert served_again() is None
    predict("C.p1", "How many?", ["5", "1"], lambda: paragraph("One."), file=guesses).store("1")
    assert served_again() == "1"


def test_each_pack_is_another_one(tmp_path: Path) -> None:
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    packs = set()
    for name in ("yesterday", "today"):
        copy_for_learners(notebooks, [NAME], tmp_path / name)
        packs.add(pack_of(tmp_path / name))
    assert len(packs) == 2


def test_a_port_that_is_taken_is_passed_over(seats: list[Seat], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", seats[0].port))
        other.listen(1)
        again = prepare_seats(track_named("two-hours"), 1, tmp_path / "out", notebooks=tmp_path / "notebooks")
    assert again[0].port != seats[0].port


def test_the_sheet_of_addresses_is_for_its_owner_alone(seats: list[Seat], tmp_path: Path) -> None:
    sheet = address_sheet(seats, tmp_path / "out")
    text = sheet.read_text(encoding="utf-8")
    assert all(seat.address in text for seat in seats)
    assert os.name == "nt" or sheet.stat().st_mode & 0o077 == 0


def test_an_administrator_may_not_serve_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(BadInput, match="sign in as a user"):
        prepare_seats(
            track_named("two-hours"), 1, tmp_path, room=True, notebooks=tiny_notebooks(tmp_path / "notebooks")
        )


def test_without_a_session_there_is_nothing_to_serve(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(BadInput, match="no session of the track two-hours"):
        prepare_seats(track_named("two-hours"), 1, tmp_path, notebooks=tmp_path / "notebooks")


def test_without_a_network_the_address_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoNetwork:
        def __enter__(self) -> NoNetwork:
            return self

        def __exit__(self, *_: object) -> None: ...

        def connect(self, place: object) -> None:
            raise OSError("unreachable")

    def unknown(name: str) -> str:
        raise OSError("no such host")

    monkeypatch.setattr(serve.socket, "socket", lambda *_: NoNetwork())
    monkeypatch.setattr(serve.socket, "gethostbyname", unknown)
    with pytest.raises(BadInput, match="join the room's network first"):
        own_address()


def test_a_token_is_on_no_command_line(
    seats: list[Seat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[list[str], dict[str, Any]]] = []
    monkeypatch.setattr(serve.subprocess, "Popen", lambda words, **more: begun.append((words, more)))
    serve._start(seats[0], tmp_path, room=True)
    words, more = begun[0]
    assert not [word for word in words if seats[0].token in word]
    assert more["env"]["JUPYTER_TOKEN"] == seats[0].token
    assert "--ServerApp.ip=0.0.0.0" in words
    assert "--allow-root" not in words


def ask(seat: Seat, path: str, token: str = "", method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{seat.port}{path}", method=method)
    if token:
        request.add_header("Authorization", f"token {token}")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.mark.full
def test_a_room_of_two_on_this_computer(seats: list[Seat]) -> None:
    left, right = seats
    with serve_seats(seats):
        status, text = ask(left, "/api/contents/workshop", left.token)
        assert status == 200
        assert f"{NAME}.ipynb" in {one["name"] for one in json.loads(text)["content"]}
        # Nobody comes in without a token, or with another pair's.
        assert ask(left, "/api/contents/workshop")[0] == 403
        assert ask(left, "/api/contents/workshop", right.token)[0] == 403
        assert ask(right, "/api/contents/workshop", right.token)[0] == 200
        # What a pair writes is in its own folder alone.
        (left.folder / "mine.txt").write_text("left", encoding="utf-8")
        assert ask(left, "/api/contents/mine.txt", left.token)[0] == 200
        assert ask(right, "/api/contents/mine.txt", right.token)[0] == 404
        assert ask(left, "/lab", left.token)[0] == 200
        status, kernel = ask(right, "/api/kernels", right.token, "POST")
        assert (status, json.loads(kernel)["name"]) == (201, "python3")
    with pytest.raises(urllib.error.URLError):
        ask(left, "/api/status", left.token)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note how servers would be started by the command, which ends as by Ctrl-C; start none."""
    words: list[list[str]] = []
    monkeypatch.setattr(serve.subprocess, "Popen", lambda line, **_: words.append(line))
    monkeypatch.setattr(serve, "_wait_for", lambda *_: None)
    monkeypatch.setattr(serve, "end_tied", lambda _: None)
    monkeypatch.setattr(serve, "own_address", lambda: "192.0.2.7")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    return words


def called(*words: str) -> Result:
    return CliRunner().invoke(main, ["workshop", "--track", "two-hours", *words])


@pytest.mark.parametrize("more", [[], ["--only-here"]])
def test_by_default_only_this_computer_can_open_the_addresses(
    more: list[str], begun: list[list[str]], tmp_path: Path
) -> None:
    done = called("--serve", "1", "--out", str(tmp_path), *more)
    assert done.exit_code == 0, done.output
    assert "Pair 1: http://127.0.0.1:" in done.stdout
    assert "--ServerApp.ip=127.0.0.1" in begun[0]
    assert "--ServerApp.allow_remote_access=False" in begun[0]
    assert "warning" not in done.output


def test_a_room_is_let_in_on_request_with_a_warning(begun: list[list[str]], tmp_path: Path) -> None:
    done = called("--serve", "1", "--room", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "Pair 1: http://192.0.2.7:" in done.stdout
    assert "--ServerApp.ip=0.0.0.0" in begun[0]
    assert "anybody in this network who has an address can run any program" in done.stderr


@pytest.mark.parametrize("words", [["--room"], ["--serve", "1", "--room", "--only-here"]])
def test_a_room_without_servers_or_with_only_here_is_refused(words: list[str], tmp_path: Path) -> None:
    done = called(*words, "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "--room goes with --serve N" in done.stderr


PARENT = """
import subprocess, sys, time
from helpers.files import tied_command

command = [*tied_command("http.server"), "--bind", "127.0.0.1", sys.argv[1]]
program = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
print(program.pid, flush=True)
time.sleep(60)
"""


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def gone(number: int, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while is_running(number) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(number)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_tied_program_ends_when_its_parent_is_killed() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(port)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    number = int(parent.stdout.readline())
    assert is_running(number)
    parent.kill()
    parent.wait()
    assert gone(number), "it goes on without its parent"


@pytest.mark.full
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_the_servers_end_when_the_command_is_killed(tmp_path: Path) -> None:
    words = ["workshop", "--track", "two-hours", "--serve", "1", "--json", "--out", str(tmp_path)]
    parent = subprocess.Popen(
        [*BIGPICTURE, *words], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    address = json.loads(parent.stdout.readline())["addresses"]["pair 1"]
    token = address.partition("token=")[2]
    seat = Seat(1, tmp_path, int(address.split(":")[2].split("/")[0]), token, "127.0.0.1")
    assert ask(seat, "/api/kernels", token, "POST")[0] == 201
    parent.kill()
    parent.wait()
    until = time.monotonic() + 60
    while answers(seat.port) and time.monotonic() < until:
        time.sleep(0.2)
    assert not answers(seat.port), "its address still answers"
