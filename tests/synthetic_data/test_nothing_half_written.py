"""Where something can't be made there is one clear error, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from synthetic_data.cli import main
from synthetic_data.district import make_district
from tests.synthetic_data.written_files import bytes_of
from tests.tiers import sampled

MAKE = ["make", "--students", "20", "--people-only"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "X"\nstudent = 60', "student: unknown key. Did you mean students?"),
        ("students = 60\nmoved_in_year = -0.1", "moved_in_year = -0.1: must be a number from 0 to 0.5"),
        ("students = 0", "students = 0: must be a whole number from 20 to 5,000,000"),
    ],
)
def test_a_wrong_scenario_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")

    ran = CliRunner().invoke(main, ["make", str(tmp_path / "d"), "--scenario", str(tmp_path / "own.toml")])

    assert (ran.exit_code, ran.output.count("\n")) == (2, 1)
    assert said in ran.output
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


def test_a_folder_that_nobody_may_write_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    if os.access(locked, os.W_OK):  # of an administrator, or on Windows, no folder is locked
        locked_too = str(locked)

        def refuse(*_: Any, **given: Any) -> str:
            raise PermissionError(13, "Permission denied", locked_too)

        monkeypatch.setattr(tempfile, "mkdtemp", refuse)

    ran = CliRunner().invoke(main, [*MAKE, str(locked / "d")])
    locked.chmod(0o700)

    assert (ran.exit_code, ran.output.count("\n")) == (2, 1)
    assert "Permission denied" in ran.output
    assert not list(locked.iterdir())


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX limits how large a file may become")
@pytest.mark.parametrize("processes", sampled(["1", "2"], 2))
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, processes: str) -> None:
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        "from synthetic_data.cli import main; main(sys.argv[1:])"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code, *MAKE, str(tmp_path / "d"), "--processes", processes],
        capture_output=True,
        text=True,
    )

    assert (ran.returncode, ran.stderr.count("\n")) == (3, 1), ran.stderr
    assert "no room to write" in ran.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.full
def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    one = make_district(folder=tmp_path / "one", students=20)
    two = make_district(folder=tmp_path / "two", students=20, processes=2)

    assert bytes_of(one) == bytes_of(two)
