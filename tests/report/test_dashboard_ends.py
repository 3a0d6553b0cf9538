"""The dashboard's server ends with whoever started it, however that ends, and when nobody looks any more."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.report.widgets.serve_dashboard import TAG
from tests.tiers import WEEKLY

PROGRAM = """
import signal
import sys
from pathlib import Path

# A test run in the background may have been told to ignore these, and its children with it.
for name in ("SIGHUP", "SIGINT"):
    if hasattr(signal, name):
        number = getattr(signal, name)
        signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)

from helpers.report.widgets.serve_dashboard import serve_dashboard

store, lesson, idle = sys.argv[1:]
with serve_dashboard(Path(store), Path(lesson), idle=float(idle)) as served:
    print(served.address, flush=True)
    print(served.door.read_text("utf-8").count(served.address), flush=True)
    served.process.wait()
    print("ended by itself", flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Nothing: a page that shows nobody reads no store."""
    return tmp_path


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dashboard that shows nothing: how a server ends doesn't hang on its page."""
    cells = [
        new_code_cell("store = ''", metadata={"tags": ["parameters"]}),
        new_code_cell("pass"),
        new_code_cell("pass", metadata={"tags": [TAG]}),
    ]
    path = tmp_path_factory.mktemp("lesson") / "01_who.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Who?"), *cells], metadata=metadata), path)
    return path


def begun(tmp_path: Path, store: Path, lesson: Path, idle: float) -> tuple[subprocess.Popen[str], int]:
    (tmp_path / "temporary").mkdir()
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(store), str(lesson), str(idle)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary"), "TEMP": str(tmp_path / "temporary")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    address = program.stdout.readline()
    assert address.startswith("http://127.0.0.1:"), address
    assert program.stdout.readline() == "2\n"
    return program, int(address.split(":")[2].split("/")[0])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def waited(what: Callable[[], bool], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.1)
    return what()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.full
@pytest.mark.parametrize(
    "how", ["SIGTERM", "SIGKILL", *(pytest.param(how, marks=WEEKLY) for how in ("SIGHUP", "SIGINT"))]
)
def test_the_server_ends_with_its_parent_and_leaves_no_folder(
    how: str, tmp_path: Path, store: Path, lesson: Path
) -> None:
    program, port = begun(tmp_path, store, lesson, 60)
    assert answers(port)
    assert list((tmp_path / "temporary").glob("kit-dashboard-*"))
    program.send_signal(getattr(signal, how))
    program.wait(60)
    assert waited(lambda: not answers(port)), "its address still answers"
    assert waited(lambda: not list((tmp_path / "temporary").glob("kit-dashboard-*")))


def asked(port: int, path: str, host: str) -> tuple[int, Message]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.headers


@pytest.mark.full
def test_the_server_answers_to_no_other_name_and_tells_other_sites_nothing(
    tmp_path: Path, store: Path, lesson: Path
) -> None:
    from helpers.report.widgets.serve_dashboard import serve_dashboard

    with serve_dashboard(store, lesson) as served:
        port, word = int(served.address.split(":")[2].split("/")[0]), served.address.partition("?")[2]
        for path in (f"/?{word}", "/login", "/voila/static/voila.js", "/voila/query/none"):
            for host in ("evil.example", f"evil.example:{port}", "10.0.0.7", "127.0.0.1.evil.example"):
                assert asked(port, path, host)[0] == 403, (path, host)
        for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
            status, headers = asked(port, f"/?{word}", host)
            assert (status, headers["Referrer-Policy"]) == (200, "same-origin")
            assert all("samesite=strict" in one.lower() for one in headers.get_all("Set-Cookie"))
            status, headers = asked(port, "/login", host)
            assert all("samesite=strict" in one.lower() for one in headers.get_all("Set-Cookie"))


@pytest.mark.full
def test_the_server_ends_when_nobody_has_looked_for_a_while(
    tmp_path: Path, store: Path, lesson: Path
) -> None:
    program, port = begun(tmp_path, store, lesson, 0.05)
    told, _ = program.communicate(timeout=90)
    assert told == "ended by itself\n"
    assert not answers(port)
    assert not list((tmp_path / "temporary").glob("kit-dashboard-*"))


def test_what_was_left_when_both_were_killed_goes_with_the_next_start(
    tmp_path: Path, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpers.report.widgets.serve_dashboard import serve_dashboard
    from helpers.standard import BadInput

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    old, living = tmp_path / f"kit-dashboard-{ended.pid}-x", tmp_path / f"kit-dashboard-{os.getpid()}-x"
    for folder in (old, living):
        folder.mkdir(mode=0o700)
    with pytest.raises(BadInput, match="no parameter"), serve_dashboard(tmp_path, lesson, set_to={"none": 1}):
        pass
    assert [path.name for path in tmp_path.glob("kit-dashboard-*")] == [living.name]


@pytest.mark.full
def test_a_port_that_another_took_in_the_same_moment_is_passed_over(
    tmp_path: Path, store: Path, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpers.report.widgets import serve_dashboard as dashboard
    from helpers.standard import BadInput

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    find = dashboard._free_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        # It was free when it was looked for.
        monkeypatch.setattr(dashboard, "_free_port", lambda wanted: port)
        with dashboard.serve_dashboard(store, lesson) as served:
            mine = int(served.address.split(":")[2].split("/")[0])
            assert mine != port
            with urllib.request.urlopen(served.address, timeout=60) as page:
                assert page.status == 200
        assert not answers(mine)
        # Nobody gets another port than the one that they name.
        tries = iter([port])
        monkeypatch.setattr(dashboard, "_free_port", lambda wanted: next(tries, None) or find(wanted))
        with (
            pytest.raises(BadInput, match=f"Port {port} is taken"),
            dashboard.serve_dashboard(store, lesson, port=port),
        ):
            pass
