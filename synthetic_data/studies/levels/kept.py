"""Results of cells, kept by everything that decides them: sources, notebook, libraries, parameters."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path

import pandas as pd

import helpers
import synthetic_data
from helpers.report.runs.notebooks import notebooks_folder
from helpers.standard import as_table
from synthetic_data.district import cache_folder
from synthetic_data.studies.levels.plan import Cell

__all__ = [
    "KIT_RUN",
    "TABLES",
    "cell_key",
    "find",
    "headless_notebook",
    "keep",
    "libraries",
    "results_folder",
]

# What a cell's notebook writes: the table's name, and its file without ending.
TABLES = {"level_figures": "figures", "question_answers": "answers", "families_informed": "families"}
# What computes. One that is missing here could change a figure unseen.
LIBRARIES = (
    "numpy", "pandas", "pyarrow", "duckdb", "splink", "sqlglot", "scipy", "rapidfuzz", "Faker", "pydantic",
    "openpyxl", "XlsxWriter", "defusedxml",
)  # fmt: skip
SOURCES = (".py", ".toml", ".csv", ".json")
# The run that comes with the kit: a result, and so no source of one.
KIT_RUN = "kit_run"


def headless_notebook() -> Path:
    """Give the notebook that is run for every cell."""
    return notebooks_folder() / "headless" / "one_district.ipynb"


def results_folder() -> Path:
    """Say where results are kept: beside the districts that nobody gave a folder."""
    return cache_folder().parent / "levels"


@cache
def libraries() -> Mapping[str, str]:
    """Give the versions of Python and of all libraries that compute."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    return versions


def sources_fingerprint(notebook: Path, *houses: Path) -> str:
    """Fingerprint all sources of the houses, and the code of a notebook.

    Parameters
    ----------
    notebook
        The notebook; its outputs and metadata don't count.
    *houses
        Folders; all their files that hold code, declarations or tables.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    whole = hashlib.sha256()
    for house in houses:
        for path in sorted(house.rglob("*")):
            apart = "sample" in path.relative_to(house).parts or path.stem == KIT_RUN
            if path.suffix in SOURCES and not apart:
                whole.update(path.relative_to(house).as_posix().encode("utf-8"))
                whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    told = [[cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])] for cell in cells]
    whole.update(json.dumps(told).encode("utf-8"))
    return whole.hexdigest()


@cache
def sources(notebook: Path | None = None) -> str:
    """Fingerprint everything that decides the results of cells here, libraries aside.

    Parameters
    ----------
    notebook
        The notebook that is run for every cell; the kit's own when not given.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    houses = (Path(str(house.__file__)).parent for house in (helpers, synthetic_data))
    return sources_fingerprint(notebook or headless_notebook(), *houses)


def cell_key(cell: Cell, *, of_sources: str | None = None, versions: Mapping[str, str] | None = None) -> str:
    """Give a short name for the results of a cell, as these sources and libraries compute them.

    Parameters
    ----------
    cell
        A cell of the plan.
    of_sources, versions
        By default those that are here.

    Returns
    -------
    str
        Hexadecimal digits; two are the same only where everything is.
    """
    told = {
        "cell": asdict(cell),
        "sources": sources() if of_sources is None else of_sources,
        "libraries": dict(libraries() if versions is None else versions),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8")).hexdigest()[:24]


def find(cell: Cell, notebook: Path | None = None) -> dict[str, pd.DataFrame] | None:
    """Give the results of a cell that was run before.

    Parameters
    ----------
    cell
        A cell of the plan.
    notebook
        The notebook that is run for it; the kit's own when not given.

    Returns
    -------
    dict or None
        Tables by name; None where there are none, or where they can't be read.
    """
    return _read(results_folder() / cell_key(cell, of_sources=sources(notebook)))


def _read(place: Path) -> dict[str, pd.DataFrame] | None:
    try:
        return {
            name: as_table(name, pd.read_parquet(place / f"{file}.parquet")) for name, file in TABLES.items()
        }
    except (OSError, ValueError, KeyError):
        return None


def keep(cell: Cell, draft: Path, of_sources: str) -> None:
    """Put the results of a finished cell in their place, all at once.

    Parameters
    ----------
    cell
        The cell.
    draft
        The folder in which its notebook has written them; it is gone afterwards.
    of_sources
        Fingerprint of the sources by which it was run.

    Raises
    ------
    OSError
        When they can't be written.
    """
    (draft / "cell.json").write_text(
        json.dumps({**asdict(cell), "libraries": dict(libraries())}, indent=2) + "\n", encoding="utf-8"
    )
    place = results_folder() / cell_key(cell, of_sources=of_sources)
    try:
        draft.rename(place)
    except OSError:
        if _read(place) is not None:  # another run has put the same there
            return
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
        place.rename(old / "cell")
        draft.rename(place)
        shutil.rmtree(old, ignore_errors=True)
