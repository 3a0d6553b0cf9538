"""Which page is whose, of every run: a family may answer a page months after others were written."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files.save import private_folder, unguarded
from helpers.show.family.writing import Written, save_lookup
from helpers.standard import STRING, BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["codes_in", "read_lookup", "save_run"]

EARLIER = "earlier"
PAGES, LINES, HELD = "pages.csv", "lines.csv", "held.csv"
OF_PAGES = ["page", "child", "records", "written"]


def save_run(folder: Path, written: Written, held: pd.DataFrame) -> list[Path]:
    """Write the lookup of a run; that of the run before is kept under ``earlier/``.

    Parameters
    ----------
    folder
        Where lookups are kept, apart from the pages.
    written
        Which page is whose, and where each line stands.
    held
        Pages that were not written.

    Returns
    -------
    list of Path
        ``pages.csv`` (with ``written``, the moment in UTC), ``lines.csv`` and ``held.csv``.
    """
    _keep(folder)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    pages = written.pages.assign(written=pd.Series(now, index=written.pages.index, dtype=STRING))
    return save_lookup(folder, {PAGES: pages, LINES: written.lines, HELD: held})


def _keep(folder: Path) -> None:
    """Copy the newest run's files into a folder of their own, named by the moment of their writing."""
    newest = folder / PAGES
    if not newest.is_file():
        return
    private_folder(folder / EARLIER)
    moment = datetime.fromtimestamp(newest.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    place, again = folder / EARLIER / moment, 1
    while place.exists():
        again += 1
        place = folder / EARLIER / f"{moment}-{again}"
    # Copied, and named when all is there: a run that is stopped halfway leaves nothing half-moved.
    draft = Path(tempfile.mkdtemp(dir=folder / EARLIER, prefix="."))
    for name in (PAGES, LINES, HELD):
        if (folder / name).is_file():
            shutil.copy2(folder / name, draft / name)
    draft.replace(place)


def _runs(folder: Path) -> Iterator[Path]:
    """Give the folders of all runs, the newest first."""
    yield folder
    if (folder / EARLIER).is_dir():
        yield from sorted((path for path in (folder / EARLIER).glob("[!.]*") if path.is_dir()), reverse=True)


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    text = path.read_text(encoding="utf-8-sig")
    # Earlier runs wrote a remark above the header.
    text = text.partition("\n")[2] if text.startswith("#") else text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    frame = pd.DataFrame(rows).map(unguarded) if rows else pd.DataFrame(columns=columns)
    return frame.replace("", None).astype(STRING)


def read_lookup(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read which page is whose, and where its lines stand, of all runs that left their lookup in a folder.

    Parameters
    ----------
    folder
        Where runs of pages left their lookups.

    Returns
    -------
    tuple
        ``pages.csv`` (``page, child, records, written`` at least; ``written`` is empty where an older run
        didn't say it) and ``lines.csv``, every cell as text.

    Raises
    ------
    BadInput
        When a run has one of them only, or there is none.
    """
    pages, lines, known_codes = [], [], set[str]()
    for place in _runs(folder):
        missing = [name for name in (PAGES, LINES) if not (place / name).is_file()]
        if len(missing) == 2 and place == folder and (folder / EARLIER).is_dir():
            continue
        if missing:
            raise BadInput(
                f"There is no {place / missing[0]}: name with --lookup the folder in which the run that "
                "wrote the pages left it."
            )
        own, told = _table(place / PAGES, OF_PAGES), _table(place / LINES, ["page", "line"])
        # A run that was stopped while it wrote stands in two places.
        pages.append(own[~own["page"].isin(known_codes).to_numpy(dtype=bool)])
        lines.append(told[~told["page"].isin(known_codes).to_numpy(dtype=bool)])
        known_codes |= set(own["page"].dropna().tolist())
    if not pages:
        raise BadInput(f"There is no lookup in {folder}: name with --lookup where a run of pages left it.")
    known = pd.concat(pages, ignore_index=True)
    for name in OF_PAGES:
        if name not in known.columns:
            known[name] = pd.Series(pd.NA, index=known.index, dtype=STRING)
    return known.astype(STRING), pd.concat(lines, ignore_index=True).astype(STRING)


def codes_in(folder: Path) -> frozenset[str]:
    """Give the codes of all pages that were written before: none of them is drawn a second time."""
    return frozenset(
        code
        for place in _runs(folder)
        if (place / PAGES).is_file()
        for code in _table(place / PAGES, OF_PAGES)["page"].dropna().tolist()
    )
