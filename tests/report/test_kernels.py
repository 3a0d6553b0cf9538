"""The kernels of a run are copies of one process; without that process each starts by itself."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.report.runs import kernels
from helpers.report.runs.execute import NotebookRun, Progress, run_notebooks
from helpers.report.runs.report import run_report
from helpers.standard import BadInput
from tests.report.test_run import write

pytestmark = pytest.mark.full
COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "nowhere.json"]
PARENT = "import os, sys\nprint(os.getppid(), 'seaborn' in sys.modules)"
linux_alone = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="kernels are forked on Linux")


def run_three(folder: Path, *cells: str) -> list[NotebookRun]:
    paths = [write(folder, name, *cells) for name in ("01_x", "02_x", "03_x")]
    return run_notebooks(paths, {}, folder / "out", progress=Progress(3, io.StringIO()))


def said(run: NotebookRun) -> str:
    cells = nbformat.read(run.notebook, as_version=4).cells
    return "".join(one.text for cell in cells for one in cell.get("outputs", []) if "text" in one).strip()


@linux_alone
def test_kernels_of_a_run_are_copies_of_one_process_and_end_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIT_TRIES", "this")
    (tmp_path / "beside.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    cell = f"{PARENT}\nprint(os.environ['KIT_TRIES'], os.getpid(), os.getpgid(0))"
    runs = run_three(tmp_path, cell)
    assert [run.status for run in runs] == ["done"] * 3
    lines = [said(run).splitlines() for run in runs]
    # One parent, which isn't this process, and had imported what the cell never does.
    assert len({line[0] for line in lines}) == 1
    parent, imported = lines[0][0].split()
    assert (int(parent) != os.getpid(), imported) == (True, "True")
    numbers = {tuple(line[1].split()[1:]) for line in lines}
    assert [line[1].split()[0] for line in lines] == ["this"] * 3
    assert len(numbers) == 3
    assert all(own == group for own, group in numbers)
    for number in [parent, *(own for own, _ in numbers)]:
        with pytest.raises(ProcessLookupError):
            os.kill(int(number), 0)


def test_temporary_files_of_notebooks_end_with_their_run(tmp_path: Path) -> None:
    cell = "import tempfile\nprint(tempfile.mkdtemp(prefix='decisions_'))"
    for runs in (run_three(tmp_path, cell), run_notebooks([tmp_path / "01_x.ipynb"], {}, tmp_path / "one")):
        for run in runs:
            folder = Path(said(run))
            assert (run.status, folder.parent.name[:8]) == ("done", "kit-run-")
            assert not folder.parent.exists()


@linux_alone
def test_a_picture_of_a_copied_kernel_is_shown_in_its_cell(tmp_path: Path) -> None:
    runs = run_three(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    for run in runs:
        last = nbformat.read(run.notebook, as_version=4).cells[-1]
        assert [name for one in last.outputs for name in one.get("data", {}) if name == "image/png"]


def test_without_a_server_each_kernel_starts_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a second thread, nothing may be forked: the server ends, and the run goes on.
    monkeypatch.setattr(kernels, "_ONE_THREAD", {"JE_ARROW_MALLOC_CONF": "background_thread:true"})
    runs = run_three(tmp_path, PARENT)
    assert [(run.status, said(run)) for run in runs] == [("done", f"{os.getpid()} False")] * 3


@linux_alone
def test_a_server_that_is_gone_or_another_python_starts_nothing(tmp_path: Path) -> None:
    server = kernels.KernelServer()
    try:
        assert server.start(["/another/python", *COMMAND[1:]], os.environ, tmp_path) is None
        assert server.start([sys.executable, "-m", "another_kernel"], os.environ, tmp_path) is None
        server._process.kill()
        server._process.wait()
        assert server.start(COMMAND, os.environ, tmp_path) is None
    finally:
        server.close()


@linux_alone
def test_a_district_that_is_not_made_ends_the_server_that_still_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = []

    class Watched(kernels.KernelServer):
        def __init__(self) -> None:
            super().__init__()
            servers.append(self._process)

    def refuse(parameters: object) -> Path:
        raise BadInput("no such setting")

    monkeypatch.setattr(kernels, "KernelServer", Watched)
    paths = [write(tmp_path, name, "1") for name in ("01_x", "02_x", "03_x")]
    with pytest.raises(BadInput, match="no such setting"):
        run_report(
            notebooks=paths[0].parent, out=tmp_path / "out", make=refuse, progress=Progress(3, io.StringIO())
        )
    assert [process.returncode for process in servers] == [-signal.SIGTERM]


@linux_alone
def test_a_copied_kernel_that_dies_fails_its_notebook_alone(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, "1") for name in ("01_x", "02_x")]
    paths.append(write(tmp_path, "03_dies", "import os\nos._exit(1)"))
    runs = run_notebooks(paths, {}, tmp_path / "out", progress=Progress(3, io.StringIO()))
    assert [run.status for run in runs] == ["done", "done", "failed"]
    assert runs[-1].failed is not None
    assert runs[-1].failed.place == "its start"


@linux_alone
def test_kernels_end_when_the_run_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "kernel"
    cell = (
        f"import os, pathlib, time\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    )
    paths = [str(write(tmp_path, name, cell)) for name in ("01_x", "02_x", "03_x")]
    code = (
        "import sys, pathlib\nfrom helpers.report import run_notebooks\n"
        "run_notebooks([pathlib.Path(one) for one in sys.argv[2:]], {}, pathlib.Path(sys.argv[1]))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "out"), *paths], stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: told.exists() and told.read_text() != "")
    finally:
        run.kill()
        run.wait()
    number = int(told.read_text())
    wait_until(lambda: not alive(number))


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
