"""What the dashboard is served from: a private notebook, and a store as new as its files."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from threading import Thread

import nbformat
import pytest
from click.testing import CliRunner
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from helpers.cli import main
from helpers.report.runs.notebooks import Notebook
from helpers.report.widgets import serve_dashboard as serving
from helpers.report.widgets.serve_dashboard import dashboard_notebook, serve_dashboard, store_of
from helpers.standard import BadInput


@pytest.fixture
def lesson(project: Path) -> Path:
    return project / "notebooks" / "04_see_the_child.ipynb"


def test_the_page_is_the_lessons_dashboard_and_nothing_else_of_it(lesson: Path, tmp_path: Path) -> None:
    made = dashboard_notebook(lesson, tmp_path / "page.ipynb", {"store": "/here"}, tmp_path / "ready")
    page = nbformat.read(made, as_version=4)
    nbformat.validate(page)
    assert page.cells[0].source == f"# {Notebook(lesson).title}"
    code = [cell.source for cell in page.cells if cell.cell_type == "code"]
    assert code[0].startswith("students: int")
    assert code[1] == "store = '/here'"
    assert "import" in code[2]
    assert any("dashboard(" in source for source in code[3:-1])
    assert "ready" in code[-1]
    lessons = nbformat.read(lesson, as_version=4)
    tagged = [cell for cell in lessons.cells if "dashboard" in cell.metadata.get("tags", [])]
    assert len(code) == 4 + len([cell for cell in tagged if cell.cell_type == "code"])


def test_the_page_needs_no_district_where_it_has_a_store(lesson: Path, tmp_path: Path) -> None:
    """With a store the cells use parameters and imports alone: nothing else of the lesson is run."""
    page = nbformat.read(dashboard_notebook(lesson, tmp_path / "a.ipynb", {"store": "s"}), as_version=4)
    code = [cell.source for cell in page.cells if cell.cell_type == "code"]
    known: dict[str, object] = {}
    for source in code[:3]:
        exec(source, known)
    known["dashboard"] = lambda source, **_: f"board of {source}"
    known["check_in"] = lambda board: known.update(opened=board)
    for source in code[3:]:
        exec(source, known)
    assert known["opened"] == "board of s"


def test_a_lesson_without_a_dashboard_is_said(project: Path, tmp_path: Path) -> None:
    other = project / "notebooks" / "00_start_here.ipynb"
    with pytest.raises(BadInput, match="has no dashboard"):
        dashboard_notebook(other, tmp_path / "page.ipynb", {})


def test_a_parameter_that_the_lesson_does_not_have_is_said(lesson: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no parameter 'nonsense'"):
        dashboard_notebook(lesson, tmp_path / "page.ipynb", {"nonsense": 1})


def test_a_port_that_is_taken_is_said_and_nothing_is_left_behind(
    lesson: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(BadInput, match=f"Port {port} is taken"),
            serve_dashboard(tmp_path, lesson, port=port),
        ):
            pass
    assert list(tmp_path.glob("kit-dashboard-*")) == []


def test_the_server_is_waited_for_and_its_own_port_is_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STARTS", 10)
    ready = tmp_path / "ready"
    ready.touch()
    with (
        socket.socket() as server,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE) as process,
    ):
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        (tmp_path / serving.LISTENS).write_text(str(port), encoding="ascii")
        answers = Thread(target=answer_once, args=[server], daemon=True)
        answers.start()
        assert serving._wait(process, ready, None) == port
        answers.join()
        process.kill()


def answer_once(server: socket.socket) -> None:
    caller, _ = server.accept()
    with caller:
        caller.recv(1000)
        caller.sendall(b"HTTP/1.0 200 OK\r\n\r\n")


def test_a_server_that_ended_or_is_late_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(3)"])
    ended.wait()
    with pytest.raises(BadInput, match="it ended with 3"):
        serving._wait(ended, tmp_path / "ready", None)
    monkeypatch.setattr(serving, "STARTS", 0.2)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE) as late:
        with pytest.raises(BadInput, match=r"not ready in 0\.2 s"):
            serving._wait(late, tmp_path / "ready", None)
        late.kill()


def test_it_listens_on_this_machine_alone_and_asks_for_a_word() -> None:
    settings = serving._settings(8866, "word")
    assert settings["Voila"]["ip"] == "127.0.0.1"
    assert settings["Voila"]["token"] == "word"
    assert settings["VoilaConfiguration"]["strip_sources"] is True
    assert settings["VoilaConfiguration"]["show_tracebacks"] is False
    assert settings["VoilaConfiguration"]["file_allowlist"] == []
    template = (serving.TEMPLATE / "voila" / "templates" / "kit" / "index.html.j2").read_text("utf-8")
    assert "//" not in template.replace("{#-", "").replace("-#}", "").partition("extends")[2]


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("localhost", 200), ("LocalHost", 200), ("evil.example", 403), ("10.0.0.7", 403)],
)
def test_a_request_under_another_name_is_refused(host: str, status: int) -> None:
    """So that no site whose name leads to this computer reads a page."""

    class Page(RequestHandler):
        def get(self) -> None:
            self.write("a child")

    async def asked() -> int:
        app = Application()
        app.add_handlers(".*$", [("/.*", Page)])
        serving.refuse_other_hosts(app)
        (listening,) = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(app)
        server.add_socket(listening)
        port = listening.getsockname()[1]
        request = HTTPRequest(f"http://127.0.0.1:{port}/", headers={"Host": f"{host}:{port}"})
        answer = await AsyncHTTPClient(force_instance=True).fetch(request, raise_error=False)
        server.stop()
        return answer.code

    assert asyncio.run(asked()) == status


def test_cookies_and_addresses_stay_with_the_page() -> None:
    strict = {"samesite": "Strict"}
    assert serving._settings(8866, "word")["IdentityProvider"]["cookie_options"] == strict
    assert serving.PRIVATE["xsrf_cookie_kwargs"] == strict
    assert serving.PRIVATE["headers"] == {"Referrer-Policy": "same-origin"}


@pytest.mark.full
def test_a_store_is_made_once_and_again_where_a_file_has_changed(
    district_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, place = tmp_path / "district", tmp_path / "out" / "store"
    shutil.copytree(district_folder, folder, ignore=shutil.ignore_patterns("answer_key"))
    first = store_of(folder, place)
    assert len(first.children()) > 100
    assert len(first.indicators()) > 0
    made = (place / "store.json").stat().st_mtime_ns
    store_of(folder, place)
    assert (place / "store.json").stat().st_mtime_ns == made
    # A store that is named itself is opened as it is.
    assert store_of(place, tmp_path / "other").followed == first.followed
    assert not (tmp_path / "other").exists()
    (file,) = (folder / "silos" / "meals").glob("*.csv")
    os.utime(file, (1, 1))
    store_of(folder, place)
    assert (place / "store.json").stat().st_mtime_ns != made


def test_a_folder_that_is_none_is_said_by_the_command(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["dashboard", str(tmp_path / "nothing"), "--no-browser", "--out", str(tmp_path)]
    )
    assert done.exit_code == 2
    assert "There is no folder" in done.output
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(main, ["dashboard", str(tmp_path / "empty"), "--json", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "contains no file, not even in a zip" in done.output


@pytest.mark.parametrize(
    ("asked", "words"),
    [(["--role", "janitor"], "No role is called 'janitor'"), (["--who", "sis:1"], "Name the viewer's role")],
)
def test_a_seat_that_nobody_has_is_said_before_anything_is_read(
    tmp_path: Path, asked: list[str], words: str
) -> None:
    done = CliRunner().invoke(
        main, ["dashboard", str(tmp_path / "nothing"), "--no-browser", "--out", str(tmp_path), *asked]
    )
    assert done.exit_code == 2
    assert words in done.output
