"""Solutions: kept out of the notebooks, beside them, and tested there."""

from __future__ import annotations

import runpy
from pathlib import Path

from helpers.report.runs.notebooks import notebooks_folder
from helpers.standard import BadInput

__all__ = ["solution_of"]


def solution_of(number: str, folder: Path | None = None) -> tuple[str, str]:
    """Read the solution of an exercise and why it is one.

    A file ``NN_*.py`` holds the dictionaries ``SOLUTIONS`` and ``WHY`` (and ``MISTAKES``, for the tests),
    with keys such as ``"exercise-3.2"``.

    Parameters
    ----------
    number
        Such as ``"3.2"``.
    folder
        Where the files are; by default ``notebooks/solutions``.

    Returns
    -------
    tuple of str
        The code and the reason; the reason may be empty.

    Raises
    ------
    BadInput
        When no file has it.
    """
    place = folder or notebooks_folder() / "solutions"
    notebook = number.partition(".")[0].zfill(2)
    for path in sorted(place.glob(f"{notebook}_*.py")):
        book = runpy.run_path(str(path))
        if code := book.get("SOLUTIONS", {}).get(f"exercise-{number}"):
            return str(code).strip(), str(book.get("WHY", {}).get(f"exercise-{number}", "")).strip()
    raise BadInput(f"{place} has no solution of exercise {number}: it would stand in {notebook}_*.py.")
