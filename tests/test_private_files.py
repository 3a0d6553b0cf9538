"""Whatever a command writes of a real folder is its owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command_process import run_command
from tests.modes import for_others

COMMANDS = (
    ["read"],
    ["link"],
    ["profile"],
    ["gaps"],
    ["questions"],
    ["view", "--role", "district_analyst", "--who", "district"],
    ["family", "--all", "--lookup", "lookup"],
)


@pytest.mark.full
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_no_command_writes_for_others_of_a_real_folder(exports_by_hand: Path, tmp_path: Path) -> None:
    def in_own_folder() -> None:
        os.umask(0o022)
        os.chdir(tmp_path)

    for command, *words in COMMANDS:
        done = run_command(command, exports_by_hand, *words, "--out", f"out/{command}", before=in_own_folder)
        assert done.returncode == 0, done.stderr
    made = list(tmp_path.rglob("*"))
    assert len(made) > 20
    assert {str(path) for path in made if for_others(path)} == set()
