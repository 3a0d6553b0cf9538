"""One laptop serves the room: each pair its own folder and token, and nobody without one."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from helpers.standard import BadInput
from helpers.teach.workshop import serve
from helpers.teach.workshop.serve import Seat, address_sheet, own_address, prepare_seats, serve_seats
from helpers.teach.workshop.tracks import track_named
from tests.teach.tiny_session import NAME, tiny_notebooks


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    return prepare_seats(track_named("two-hours"), 2, tmp_path / "out", only_here=True, notebooks=notebooks)


def test_each_pair_has_a_folder_a_port_and_a_token_of_its_own(seats: list[Seat]) -> None:
    for what in ("folder", "port", "token", "address"):
        assert len({getattr(seat, what) for seat in seats}) == 2, what
    assert all((seat.folder / "workshop" / f"{NAME}.ipynb").is_file() for seat in seats)
    assert all(len(seat.token) >= 16 for seat in seats)
    assert seats[0].address.startswith("http://127.0.0.1:")


def test_what_a_pair_wrote_is_there_the_next_time(seats: list[Seat], tmp_path: Path) -> None:
    mine = seats[0].folder / "workshop" / f"{NAME}.ipynb"
    mine.write_text("{}", encoding="utf-8")
    again = prepare_seats(
        track_named("two-hours"), 3, tmp_path / "out", only_here=True, notebooks=tmp_path / "notebooks"
    )
    assert [seat.folder for seat in again[:2]] == [seat.folder for seat in seats]
    assert mine.read_text(encoding="utf-8") == "{}"
    assert again[0].token != seats[0].token


def test_a_port_that_is_taken_is_passed_over(seats: list[Seat], tmp_path: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", seats[0].port))
        other.listen(1)
        again = prepare_seats(
            track_named("two-hours"), 1, tmp_path / "out", only_here=True, notebooks=tmp_path / "notebooks"
        )
    assert again[0].port != seats[0].port


def test_the_sheet_of_addresses_is_for_its_owner_alone(seats: list[Seat], tmp_path: Path) -> None:
    sheet = address_sheet(seats, tmp_path / "out")
    text = sheet.read_text(encoding="utf-8")
    assert all(seat.address in text for seat in seats)
    assert os.name == "nt" or sheet.stat().st_mode & 0o077 == 0


def test_an_administrator_may_not_serve_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(BadInput, match="sign in as a user"):
        prepare_seats(track_named("two-hours"), 1, tmp_path, notebooks=tiny_notebooks(tmp_path / "notebooks"))


def test_without_a_session_there_is_nothing_to_serve(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    with pytest.raises(BadInput, match="no session of the track two-hours"):
        prepare_seats(track_named("two-hours"), 1, tmp_path, only_here=True, notebooks=tmp_path / "notebooks")


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
    serve._start(seats[0], tmp_path, only_here=False)
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
    with serve_seats(seats, only_here=True):
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
