"""A command's files are written all or none: on a full disk, and when it is killed at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.files.save import all_or_none, save_all
from tests.command_process import run_command

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")

NAMES = ["a.csv", "b.parquet", "c.csv", "page.html", "store"]
OLD_ONLY = "gone.csv"
WRITES = """
import os, signal, sys
from pathlib import Path
import pandas as pd
from helpers.files.save import save_all

out, word, count, killed_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
table = pd.DataFrame({"word": [word] * count})

def store(path):
    path.mkdir()
    table.to_csv(path / "part.csv")

put, moved = Path.replace, []

def replace(self, target):
    if out in (self.parent, Path(target).parent):
        if len(moved) == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        moved.append(target)
    return put(self, target)

Path.replace = replace
also = {"page.html": lambda path: path.write_text(word * count), "store": store}
save_all(out, {"a.csv": table, "b.parquet": table, "c.csv": table}, also, instead_of=["gone.csv"])
"""


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written(out: Path, word: str, count: int = 3, killed_at: int = -1) -> int:
    command = [sys.executable, "-c", WRITES, str(out), word, str(count), str(killed_at)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode


@on_unix
@pytest.mark.parametrize("full_at", range(5))
def test_whichever_file_the_disk_is_full_at_all_old_ones_stay_and_no_new_one_comes(
    full_at: int, tmp_path: Path
) -> None:
    small, large = pd.DataFrame({"word": ["x"]}), pd.DataFrame({"word": [f"w{n:06}" for n in range(40_000)]})
    tables = dict.fromkeys(NAMES[:3], small)
    out = tmp_path / "out"

    def page(path: Path) -> None:
        path.write_text("x" * (200_000 if full_at == 3 else 1), encoding="utf-8")

    def store(path: Path) -> None:
        path.mkdir()
        (path / "part.csv").write_text("x" * (200_000 if full_at == 4 else 1), encoding="utf-8")

    old = {OLD_ONLY: small, **tables}
    save_all(out, old, {"page.html": page if full_at != 3 else lambda path: path.write_text("x")})
    before = contents(out)
    if full_at < 3:
        tables[NAMES[full_at]] = large
    with largest_file(100_000), pytest.raises(OSError, match=r"[Ff]ile too large"):
        save_all(out, tables, {"page.html": page, "store": store}, instead_of=[OLD_ONLY])
    assert contents(out) == before
    assert not list(out.glob(".*"))


@pytest.mark.full
@on_unix
def test_whenever_a_command_is_killed_no_old_file_stands_beside_a_new_one_and_the_next_one_finishes(
    tmp_path: Path,
) -> None:
    moves = 0
    while True:
        out = tmp_path / str(moves)
        assert written(out, "old") == 0
        (out / OLD_ONLY).write_text("old", encoding="utf-8")
        (out / "mine.txt").write_text("mine", encoding="utf-8")
        ended = written(out, "new", killed_at=moves)
        seen = {name: data for name, data in contents(out).items() if not name.startswith(".")}
        assert seen.pop("mine.txt") == b"mine"
        told = {"new" if b"new" in data else "old" for data in seen.values()}
        assert len(told) <= 1, f"after {moves} moves: {sorted(seen)}"
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        # Any command that writes there next puts in place what was whole.
        save_all(out, {"other.csv": pd.DataFrame({"word": ["x"]})})
        seen = contents(out)
        assert {name for name in seen if "other" not in name and "mine" not in name} == {
            *NAMES[:4],
            "store/part.csv",
        }
        assert all(b"new" in seen[name] for name in [*NAMES[:4], "store/part.csv"])
        moves += 1
    assert moves == 11  # six old ones go, five new ones come
    assert OLD_ONLY not in seen


@on_unix
def test_what_a_killed_command_had_not_finished_goes_with_the_next_one(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom helpers.files.save import all_or_none\n"
        "with all_or_none(Path(sys.argv[1])) as draft:\n"
        "    (draft / 'a.csv').write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert list(tmp_path.glob(".draft-*"))
    save_all(tmp_path, {"b.csv": pd.DataFrame({"word": ["x"]})})
    assert [path.name for path in tmp_path.iterdir()] == ["b.csv"]


def test_drafts_of_a_command_that_still_runs_are_left_alone(tmp_path: Path) -> None:
    with all_or_none(tmp_path) as first:
        (first / "a.csv").write_text("first", encoding="utf-8")
        save_all(tmp_path, {"b.csv": pd.DataFrame({"word": ["x"]})})
        assert first.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_what_is_written_takes_the_place_of_a_folder_and_of_what_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "old").write_text("old", encoding="utf-8")
    (tmp_path / OLD_ONLY).write_text("old", encoding="utf-8")
    save_all(tmp_path, {}, {"store": lambda path: path.mkdir()}, instead_of=[OLD_ONLY])
    assert [path.name for path in tmp_path.rglob("*")] == ["store"]


FILES = {
    "read": {"findings.csv", "accounts.csv"},
    "link": {"crosswalk.csv", "pairs.csv", "review_queue.csv", "quality_estimate.csv"},
    "profile": {"profile.csv", "values.parquet", "left_out.csv", "store/store.json"},
    "gaps": {"scorecard.csv", "manual_effort.csv", "gaps.html"},
    "questions": {"questions.csv", "families.csv", "missing_data.csv"},
    "score": {"scores.csv", "costs.csv", "by_case.csv"},
}


@pytest.mark.one_in(6)
@on_unix
@pytest.mark.parametrize("command", FILES)
def test_a_command_on_a_full_disk_leaves_last_week_s_files_as_they_were(
    command: str, tmp_path: Path, district_folder: Path, read_and_linked_once: None
) -> None:
    from helpers.cli import main

    for name in FILES[command]:
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("last week's", encoding="utf-8")
    before = contents(tmp_path)
    with largest_file(3_000):
        result = CliRunner().invoke(main, [command, str(district_folder), "--out", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1].startswith("bigpicture: there is no room to write")
    assert contents(tmp_path) == before


@on_unix
def test_a_full_disk_ends_a_command_with_3_and_one_sentence(exports_by_hand: Path, tmp_path: Path) -> None:
    import resource

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    done = run_command("read", exports_by_hand, "--quiet", "--out", tmp_path / "out", before=full)
    assert done.returncode == 3
    assert done.stderr.startswith("bigpicture: there is no room to write")
    assert done.stderr.count("\n") == 1
    assert list((tmp_path / "out").iterdir()) == []
