"""Processes that help to make a district begin anew, and tell what went wrong in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.standard import BadInput
from synthetic_data.workers import Workers, context

HERE = ["this module, as it was imported"]


def write_what_is_here(place: Path) -> None:
    place.write_text("; ".join(HERE), encoding="utf-8")


def refuse(place: Path) -> None:
    raise BadInput(f"{place.name} can't be made.")


def test_a_process_begins_anew_and_takes_no_thread_s_half_done_work_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fork would have this, and every lock that a thread of Arrow holds just now.
    monkeypatch.setattr("tests.synthetic_data.test_workers.HERE", ["what a fork takes along"])
    with Workers(context(), 1, write_what_is_here, tmp_path / "told"):
        pass
    assert (tmp_path / "told").read_text(encoding="utf-8") == "this module, as it was imported"


@pytest.mark.full
def test_what_goes_wrong_in_a_process_is_raised_here(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match="silo can't be made"),
        Workers(context(), 1, refuse, tmp_path / "silo"),
    ):
        pass


def end(place: Path) -> None:
    os._exit(9)


def test_a_process_that_was_ended_while_it_worked_asks_for_another_try(tmp_path: Path) -> None:
    with (
        pytest.raises(OSError, match="ended from outside: run the command again"),
        Workers(context(), 1, end, tmp_path),
    ):
        pass


WITHOUT_GUARD = """from synthetic_data.workers import Workers, context
with Workers(context(), 1, print, "made"):
    pass
"""
WITH_GUARD = """from synthetic_data.workers import Workers, context
if __name__ == "__main__":
    with Workers(context(), 1, print, "made"):
        pass
"""


@pytest.mark.full
@pytest.mark.parametrize(("script", "ends"), [(WITHOUT_GUARD, 1), (WITH_GUARD, 0)])
def test_a_script_without_its_guard_is_told_to_have_one(
    tmp_path: Path, project: Path, script: str, ends: int
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(project)},
    )
    assert done.returncode == ends, done.stderr
    last = done.stderr.strip().rpartition("\n")[2]
    assert ('below a line `if __name__ == "__main__":`' in last) == bool(ends)
    assert "run the command again" not in done.stderr
    assert done.stderr.count("Traceback") == ends
