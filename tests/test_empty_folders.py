"""A folder that holds nothing ends every command with 2 and one sentence that leads on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main

COMMANDS = (
    ("read",),
    ("start",),
    ("link",),
    ("profile",),
    ("gaps",),
    ("questions",),
    ("cards",),
    ("score",),
    ("report",),
)


@pytest.mark.parametrize("holds", ["nothing", "an empty zip", "empty folders", "layouts only"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_folder_that_holds_no_file_is_said_in_one_sentence(
    command: tuple[str, ...], holds: str, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    if holds == "an empty zip":
        zipfile.ZipFile(folder / "export.zip", "w").close()
    elif holds == "empty folders":
        (folder / "silos" / "sis").mkdir(parents=True)
    elif holds == "layouts only":
        (folder / "layouts").mkdir()
    done = CliRunner().invoke(
        main, [*command, str(folder), *(() if command == ("start",) else ("--out", str(tmp_path / "out")))]
    )
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    (said,) = done.stderr.splitlines()
    assert f"{folder} contains no file" in said
    assert f"`bigpicture read {folder}`" in said
    assert not (tmp_path / "out").exists()


def test_a_folder_with_one_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["read", str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
