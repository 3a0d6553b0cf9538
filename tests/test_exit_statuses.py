"""Each line of the table of exit statuses in docs/commands.md: the command runs in a process, and ends so."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.share import Audit
from helpers.share.policy import DEFAULT
from tests.command_process import Forks

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no forks")

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
ROW = re.compile(r"^\| (?P<command>[^|]+) \| (?P<situation>[^|]+) \| (?P<status>\d+) \|$", re.MULTILINE)
# The words of a command, Python that runs in its process before it, and a part of what it prints.
Call = tuple[list[str | Path], str, str]
Line = tuple[str, str]
CALLS: dict[Line, Callable[[Path, Path], Call]] = {}


def in_the_table() -> dict[Line, int]:
    """Read the lines of the table and the status of each."""
    part = PAGE.read_text(encoding="utf-8").split("\n## Exit statuses\n")[1].split("\n## ")[0]
    return {(one["command"], one["situation"]): int(one["status"]) for one in ROW.finditer(part)}


def line(command: str, situation: str) -> Callable[[Callable[[Path, Path], Call]], None]:
    """Say which line of the table a call is; it is given a folder of its own, and one with exports."""

    def register(call: Callable[[Path, Path], Call]) -> None:
        CALLS[command, situation] = call

    return register


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    started = Forks(tmp_path_factory.mktemp("forks"))
    yield started
    started.end()


# ------------------------------------------------------------------------------------------ every command

LIST: list[str | Path] = ["view", "--list"]


def reading_policy(what: str) -> str:
    """Let something happen far below `view --list`."""
    return f"import os, signal, helpers.share\nhelpers.share.read_policy = lambda *_: {what}"


def full(room: int) -> str:
    """Leave so many bytes for each file, also for those into which the command prints."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"


@line("every command", "it did its work, whatever it found")
def _(place: Path, exports: Path) -> Call:
    return ["read", exports, "--out", place], "", "accounts.csv"


@line("every command", "a command, option or value that it doesn't know")
def _(place: Path, exports: Path) -> Call:
    return ["read", exports, "--cvs"], "", "No such option"


@line("every command", "a folder or file that isn't there, or that it can't read")
def _(place: Path, exports: Path) -> Call:
    return ["read", place / "none"], "", "There is no folder"


@line("every command", "a place where it may not write")
def _(place: Path, exports: Path) -> Call:
    (place / "file").write_text("", encoding="utf-8")
    return ["read", exports, "--out", place / "file" / "out"], "", "can't be used"


@line("every command", "the disk is full")
def _(place: Path, exports: Path) -> Call:
    return ["read", exports, "--quiet", "--out", place / "out"], full(500), "there is no room to write"


@line("every command", "the disk is full to which its output goes")
def _(place: Path, exports: Path) -> Call:
    return ["--help"], full(0), ""


@line("every command", "there isn't enough memory")
def _(place: Path, exports: Path) -> Call:
    return LIST, reading_policy("exec('raise MemoryError')"), "there isn't enough memory"


@line("every command", "the kit itself failed")
def _(place: Path, exports: Path) -> Call:
    return LIST, reading_policy("1 / 0"), "the kit itself failed (ZeroDivisionError"


@line("every command", "the program that reads its output has ended")
def _(place: Path, exports: Path) -> Call:
    return LIST, "read, write = os.pipe(); os.close(read); os.dup2(write, 1)", ""


@line("every command", "interrupted by Ctrl-C")
def _(place: Path, exports: Path) -> Call:
    return LIST, reading_policy("os.kill(os.getpid(), signal.SIGINT)"), "bigpicture: interrupted."


@line("every command", "its terminal was closed")
def _(place: Path, exports: Path) -> Call:
    return LIST, reading_policy("os.kill(os.getpid(), signal.SIGHUP)"), ""


@line("every command", "ended by the system or by another program (`kill`)")
def _(place: Path, exports: Path) -> Call:
    return LIST, reading_policy("os.kill(os.getpid(), signal.SIGTERM)"), ""


# ---------------------------------------------------------------------------------------- single commands


NO_FIGURES = "runs._figures = lambda *_: (None, '')"


def report(place: Path, exports: Path, cell: str, figures: str = NO_FIGURES) -> tuple[list[str | Path], str]:
    """Run the report of a folder of one notebook with one cell, and compute no figures."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(
        cells=[new_markdown_cell("# Does it run?"), new_code_cell(cell)], metadata={"kernelspec": kernel}
    )
    (place / "notebooks").mkdir()
    nbformat.write(notebook, place / "notebooks" / "01_runs.ipynb")
    code = f"""
from pathlib import Path
import helpers.report.runs.report as runs
runs.notebooks_folder = lambda: Path({str(place / "notebooks")!r})
{figures}"""
    return ["report", exports, "--out", place / "out"], code


@line("`report`", "every notebook ran")
def _(place: Path, exports: Path) -> Call:
    return *report(place, exports, "1 + 1"), "1 of 1 report is complete"


@line("`report`", "a notebook failed")
def _(place: Path, exports: Path) -> Call:
    return *report(place, exports, "1 / 0"), "0 of 1 report"


@line("`report`", "the figures of its first page can't be computed")
def _(place: Path, exports: Path) -> Call:
    return *report(
        place, exports, "1 + 1", "runs.compute_figures = None"
    ), "could not be computed (TypeError)"


@line("`view --check`", "the policy is valid")
def _(place: Path, exports: Path) -> Call:
    return ["view", "--check", DEFAULT], "", "The policy is valid"


@line("`view --check`", "a rule of the policy is broken")
def _(place: Path, exports: Path) -> Call:
    rules = DEFAULT.read_text(encoding="utf-8")
    (place / "policy.toml").write_text(rules.replace('["row"', '["some rows"', 1), encoding="utf-8")
    return ["view", "--check", place / "policy.toml"], "", "policy.toml can't be used"


def audit(place: Path, changed: str) -> Call:
    """Check a log of two lines, in the second of which somebody may have changed who asked."""
    log = Audit(place / "audit.jsonl")
    for who in ("North", "South"):
        log.log("principal", who, "leading the school", [], 1, "0", "opened")
    first, second = log.path.read_text(encoding="utf-8").splitlines()
    second = json.dumps({**json.loads(second), "who": changed}, ensure_ascii=False)
    log.path.write_text(f"{first}\n{second}\n", encoding="utf-8")
    return ["audit", place], "", "trouble in" if changed != "South" else "all as written"


@line("`audit`", "every line is as written")
def _(place: Path, exports: Path) -> Call:
    return audit(place, "South")


@line("`audit`", "a line was changed, moved or removed")
def _(place: Path, exports: Path) -> Call:
    return audit(place, "West")


CALIBRATE = ["calibrate", "--scenario", "workshop", "--seeds", "1", "--students", "20", "--table", "--out"]


@line("`calibrate`", "no figure misses that we tuned to")
def _(place: Path, exports: Path) -> Call:
    return [*CALIBRATE, place], "", "passed: yes"


@line("`calibrate`", "a figure that we tuned to misses, an outcome differs by group, or a placebo correlates")
def _(place: Path, exports: Path) -> Call:
    wrong = """
from synthetic_data.studies.calibration.figures import MEASURES
from synthetic_data.studies.calibration.outcomes import Estimate
MEASURES["plan_share"] = lambda outcomes: {"all": Estimate(30.0, 0.5, 6000)}"""
    return [*CALIBRATE, place], wrong, "passed: no"


def doctor(do: str) -> str:
    """Let the doctor find one thing."""
    return f"""
import helpers.teach
from helpers.teach.doctor import Finding
helpers.teach.examine = lambda: [Finding("3 GB are free", {do!r}, stops=True, check="Disk")]"""


@line("`doctor`", "nothing stops a workshop")
def _(place: Path, exports: Path) -> Call:
    return ["doctor"], doctor(""), "Ready"


@line("`doctor`", "something stops a workshop")
def _(place: Path, exports: Path) -> Call:
    return ["doctor"], doctor("Empty the trash."), "Not yet: 1 to mend first"


@line("`workshop`", "a session stops with an error")
def _(place: Path, exports: Path) -> Call:
    stops = """
import helpers.teach.workshop.pack as pack
from helpers.report.pages.page import Failure
from helpers.report.runs.execute import NotebookRun
failed = Failure(3, "KeyError", "'dob'", "", "")
pack.run_notebooks = lambda paths, *_, **__: [
    NotebookRun(path.stem, "What?", None, "failed", 0.0, path, failed) for path in paths
]"""
    return ["workshop", "--out", place / "out"], stops, "with KeyError"


@line("`levels`", "a district couldn't be measured")
def _(place: Path, exports: Path) -> Call:
    fails = """
import synthetic_data.studies.levels.run as run
run._run_all = lambda cells, *_: {cell: "it stopped" for cell in cells}
run.find = lambda *_: None"""
    return ["levels", "--seeds", "1", "--out", place], fails, "seed 1: it stopped"


def benchmark(place: Path, hashed: str) -> Call:
    """Make a set with this hash."""
    makes = f"""
import synthetic_data.benchmark.make as make
from synthetic_data.benchmark.plan import HERE
published = make.read_checksums(HERE / make.CHECKSUMS)
make._make_set = lambda plan, one, folder, *_: make.MadeSet(one, folder, 1, 1, 0, {hashed})"""
    return ["benchmark", "make", place / "sets"], makes, ""


@line("`benchmark make`", "every set is as published")
def _(place: Path, exports: Path) -> Call:
    return benchmark(place, "published[f'{one.name}/{make.CHECKSUMS}']")


@line("`benchmark make`", "a set isn't as published")
def _(place: Path, exports: Path) -> Call:
    return benchmark(place, "'0'")


@line("`dashboard`", "ended by Ctrl-C")
def _(place: Path, exports: Path) -> Call:
    ends = """
import os, signal
from unittest.mock import MagicMock
import helpers.report
served = MagicMock()
served().__enter__().address = "http://127.0.0.1"
served().__enter__().process.wait = lambda: os.kill(os.getpid(), signal.SIGINT)
helpers.report.serve_dashboard, helpers.report.store_of = served, MagicMock()"""
    return ["dashboard", exports, "--no-browser", "--out", place], ends, "127.0.0.1"


@line("`workshop --serve`", "ended by Ctrl-C")
def _(place: Path, exports: Path) -> Call:
    ends = """
import os, signal, time
from unittest.mock import MagicMock
import helpers.teach
for name in ("address_sheet", "prepare_seats", "serve_seats"):
    setattr(helpers.teach, name, MagicMock())
helpers.teach.prepare_seats.return_value = []
time.sleep = lambda _: os.kill(os.getpid(), signal.SIGINT)"""
    return ["workshop", "--serve", "2", "--out", place], ends, "until Ctrl+C"


# ---------------------------------------------------------------------------------------------- the table


def test_each_line_of_the_table_has_its_call() -> None:
    assert list(CALLS) == list(in_the_table())


@pytest.mark.parametrize("named", [pytest.param(one, id=" ".join(one)) for one in CALLS])
def test_a_command_ends_as_its_line_says(
    named: Line, forks: Forks, exports_by_hand: Path, tmp_path: Path
) -> None:
    words, before, said = CALLS[named](tmp_path, exports_by_hand)
    done = forks.run(*words, before=before)
    printed = done.stdout + done.stderr
    assert done.returncode == in_the_table()[named], printed
    assert said in printed
    assert "Traceback" not in printed


def test_where_a_log_takes_no_line_the_status_stays(forks: Forks, tmp_path: Path) -> None:
    done = forks.run("read", tmp_path / "none", before=full(0))
    assert (done.returncode, done.stderr) == (2, "")
