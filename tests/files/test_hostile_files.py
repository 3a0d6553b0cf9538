"""Files that mean harm end soon, in one sentence or a finding: never a traceback, a hang or a full memory."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from tests.files.hostile import FILES, FOLDERS, LAYOUTS, Maker

SECONDS = 10.0  # of this process' own time: other processes may be busy
WALL = 120  # seconds after which nothing can be waited for any more
MEMORY = 1 << 30  # bytes beyond the file's own size

# What `start` says of some, word for word.
TOLD = {
    "100,000 columns": "it has 100,000 columns, more than 5,000",
    "100,000 columns below the head": "100,001 columns, more than 5,000",
    "100,000 names in JSON": "names or more in its first record, more than 5,000",
    "8,000 lines of distinct names": "is nearly empty",
    "a line of 200 MB": "a line of more than 8 MiB",
    "a line of 1 GiB": "a line of more than 8 MiB",
    "a first line of 2 MB": "its first line is longer than 1 MiB",
    "a workbook that unpacks to 60 MB of texts": "unpacks to 56 MiB from almost nothing",
    "a zip of 30,000 files": "it contains too many files (30,000, at most 10,000)",
    "a pipe": "it is a pipe, not a file",
    "a pipe called a zip": "it is a pipe, not a file",
    "a device": "it is a link to a file outside the folder",
    "a link to a file outside": "to a file outside the folder, which we don't follow; copy the file",
    "links in a circle": "it is a broken link",
}
# `link` has a door of its own for text and for workbooks; records of JSON and XML are lines of text to it.
LINKED = [name for name in FILES if "JSON" not in name and "XML" not in name and "distinct" not in name]
LINKED += ["100,000 names in JSON", "deep XML"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and modes are those of Unix")


def highest() -> int:
    """Give the most memory that this process has had since `reset`, in bytes."""
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
        return int(next(line for line in told.splitlines() if line.startswith("VmHWM")).split()[1]) << 10
    except (OSError, StopIteration):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most << 10


def reset() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        pass  # what was had before counts too


@contextmanager
def measured(size: int) -> Iterator[None]:
    """Fail where what is done takes too long, or more memory than the file and the budget."""

    def never_ends(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"it hasn't ended after {WALL} seconds")

    before = signal.signal(signal.SIGALRM, never_ends)
    signal.alarm(WALL)
    reset()
    had, begun = highest(), time.process_time()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    took, more = time.process_time() - begun, highest() - had
    assert took < SECONDS, f"it took {took:.1f} s"
    assert more < MEMORY + size, f"it took {more >> 20} MiB"


def run(*asked: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in asked])


def ends_well(result: Result, allowed: tuple[int, ...]) -> None:
    """Expect no traceback: an exit that is meant, and one sentence where it isn't 0."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in allowed, result.output[-2_000:]
    assert "Traceback" not in result.output
    if result.exit_code:
        said = result.stderr.strip().splitlines()
        assert said, "no sentence"
        assert said[-1].startswith(("bigpicture: ", "  ")), said
        assert max(map(len, said)) < 2_000


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.one_in(12)
@pytest.mark.parametrize("name", [*FILES, *FOLDERS])
def test_read_and_start_end_with_a_finding_or_a_sentence(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    {**FILES, **FOLDERS}[name](folder)
    size = size_of(folder)
    with measured(size):
        result = run("read", folder, "--out", tmp_path / "out")
    ends_well(result, (0, 2))
    if result.exit_code == 0:
        accounts = pd.read_csv(tmp_path / "out" / "restricted_accounts.csv")
        parts = accounts[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]]
        assert (accounts["rows"] == parts.sum(axis=1)).all()
        told = pd.read_csv(tmp_path / "out" / "findings.csv")
        nothing = name == "a folder called CSV"
        assert nothing or len(told) or (accounts["rows_used"] > 0).any()
    with measured(size):
        started = run("start", folder, "--json")
    ends_well(started, (0, 2))
    assert TOLD.get(name, "") in started.output
    if started.exit_code == 0 and (folder / "layouts").is_dir():
        with measured(size):
            again = run("read", folder, "--out", tmp_path / "again")
        ends_well(again, (0, 2))


@pytest.mark.one_in(9)
@pytest.mark.parametrize("name", LINKED)
def test_two_files_are_linked_or_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    FILES[name](tmp_path)
    path = next(path for path in tmp_path.iterdir() if path.is_file())
    with measured(path.stat().st_size):
        result = run("link", "--left", path, "--out", tmp_path / "out")
    ends_well(result, (0, 2))


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "x.csv")


def device(folder: Path) -> None:
    (folder / "x.csv").symlink_to("/dev/zero")


def no_utf8(folder: Path) -> None:
    FILES["empty"](folder)
    os.rename(os.fsencode(folder) + b"/x.csv", os.fsencode(folder) + b"/x\xff.csv")


@pytest.mark.parametrize("make", [pipe, device, no_utf8])
@pytest.mark.parametrize("side", ["--left", "--right"])
def test_what_is_no_file_is_not_linked(make: Maker, side: str, tmp_path: Path) -> None:
    FILES["JSON that is cut"](tmp_path)
    make(tmp_path)
    path = next(path for path in tmp_path.iterdir() if path.suffix == ".csv")
    other = [] if side == "--left" else ["--left", tmp_path / "x.jsonl"]
    with measured(0):
        result = run("link", *other, side, path, "--out", tmp_path / "out")
    ends_well(result, (2,))


@pytest.mark.one_in(4, first=1)
@pytest.mark.parametrize("name", LAYOUTS)
def test_toml_beyond_reason_is_one_error(name: str, tmp_path: Path) -> None:
    text = LAYOUTS[name].encode("utf-8", "surrogateescape")
    FILES["two encodings"](tmp_path)
    (tmp_path / "layouts").mkdir()
    odd = tmp_path / "layouts" / "odd.toml"
    odd.write_bytes(text)
    for asked in (
        ["read", tmp_path, "--out", tmp_path / "out"],
        ["start", tmp_path],
        ["view", "--check", odd],
        ["link", "--left", tmp_path / "x.csv", "--map", odd, "--out", tmp_path / "out"],
        ["make", tmp_path / "made", "--scenario", odd],
    ):
        with measured(len(text)):
            result = run(*asked)
        ends_well(result, (2,))
        assert "the kit itself failed" not in result.output


def test_a_layout_that_is_a_pipe_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    os.mkfifo(tmp_path / "layouts" / "odd.toml")
    with measured(0):
        result = run("read", tmp_path, "--out", tmp_path / "out")
    ends_well(result, (2,))
