"""An error that nobody thought of ends in one sentence without a value of a cell, and with exit status 3."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.standard import BadInput

CELL = "Rosenquist-Ybarra"
HEAD = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,District School Number,Grade"
MEALS = f"{HEAD}\n1,{CELL},Ana,01/02/2014,7,06\n"
UNEXPECTED = [ValueError(CELL), KeyError(CELL), RecursionError(f"{CELL}\nat depth"), OSError(f"no {CELL}")]


def read_with(
    error: Exception, place: Path, patch: pytest.MonkeyPatch, *words: str, before: tuple[str, ...] = ()
) -> Result:
    """Read a folder, where an error comes up far below the command while rows are read."""

    def fails(*args: object, **kwargs: object) -> NoReturn:
        try:
            int(CELL)
        except ValueError as cause:
            raise error from cause

    folder = place / "exports"
    folder.mkdir()
    (folder / "meals.csv").write_text(MEALS, encoding="utf-8")
    patch.setattr("helpers.files.parse.file.without_repeated", fails)
    return CliRunner().invoke(main, [*before, "read", str(folder), "--out", str(place / "out"), *words])


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("words", [(), ("--json",)], ids=["", "json"])
def test_an_unexpected_error_is_one_sentence_without_a_cell(
    error: Exception, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = read_with(error, tmp_path, monkeypatch, *words)
    assert result.exit_code == 3
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"bigpicture: the kit itself failed ({type(error).__name__} in helpers/files/")
    assert "--debug" in said
    assert CELL not in result.output
    assert "Traceback" not in result.output


def test_debug_anywhere_on_the_line_shows_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (before, after) in enumerate(((("--debug",), ()), ((), ("--debug",)))):
        place = tmp_path / str(number)
        place.mkdir()
        result = read_with(ValueError(CELL), place, monkeypatch, *after, before=before)
        assert result.exit_code == 3
        assert result.stderr.startswith("Traceback")
        assert f"ValueError: {CELL}" in result.stderr
        assert result.stderr.splitlines()[-1].startswith("bigpicture: the kit itself failed (ValueError")


@pytest.mark.parametrize("words", [(), ("--debug",)], ids=["", "debug"])
def test_bad_input_stays_what_it_is(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = read_with(BadInput("it has no rows."), tmp_path, monkeypatch, *words)
    assert result.exit_code == 2
    assert result.stderr == "bigpicture: it has no rows.\n"


def test_too_little_memory_says_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = read_with(MemoryError(CELL), tmp_path, monkeypatch)
    assert result.exit_code == 3
    assert result.stderr.startswith("bigpicture: there isn't enough memory")
    assert CELL not in result.output
