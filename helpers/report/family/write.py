"""Write family pages, and the list of their recipients."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import (
    all_or_none,
    private_folder,
    spreadsheet_bytes,
    unguarded,
    write_atomically,
)
from helpers.report.family.page import Page
from helpers.report.family.pages import FamilyPage
from helpers.standard import STRING, BadInput, text_of

__all__ = ["SavedPages", "codes_in", "read_lookup", "records_of", "save_lookup", "save_run", "write_pages"]


# A separate file, because readers of a table would take a line above its header for a column.
NOTICE = "RESTRICTED.txt"
RESTRICTED = (
    "Restricted: these tables say whose page is which. For those who may see these children's records."
)
BY_HAND = "the family, by hand: no adult on record is tied to the child beyond doubt"
# Id columns of a table that people edit in a spreadsheet, which would convert them to numbers or dates.
ANSWERED = ("left_record", "right_record")
PAGE_COLUMNS = ["page", "child", "for", "language", "file", "records"]
LINE_COLUMNS = ["page", "line", "what", "element", "school_year", "shown", "silo", "record", "file", "row"]


@dataclass(frozen=True)
class SavedPages:
    """Files that a run wrote."""

    # ``page`` (its code), ``child, for, language, file, records`` (silo:record of each verified record).
    pages: pd.DataFrame
    # ``page, line, what, element, school_year, shown, silo, record, file, row``: one row per source known
    # now. A computed value has no file; its rows are found later by element and child.
    lines: pd.DataFrame


def write_pages(
    pages: Iterable[FamilyPage],
    records: Mapping[str, str],
    out: Path,
    *,
    each: Callable[[FamilyPage], object] = lambda page: None,
) -> SavedPages:
    """Write pages as files."""
    rows: list[dict[str, Any]] = []
    lines: list[tuple[Any, ...]] = []
    private_folder(out)
    for one in pages:
        name = f"{one.code}.html"
        write_atomically(out / name, one.markup.encode("utf-8"))
        rows.append(
            {
                "page": one.code,
                "child": one.recipient.child,
                "for": "; ".join(one.recipient.adults) or one.recipient.who or BY_HAND,
                "language": one.recipient.language,
                "file": name,
                "records": records.get(one.recipient.child, ""),
            }
        )
        lines += _lines_of(one.page)
        each(one)
    return SavedPages(
        pd.DataFrame(rows, columns=PAGE_COLUMNS).astype(STRING),
        _typed(pd.DataFrame(lines, columns=LINE_COLUMNS)),
    )


def records_of(crosswalk: pd.DataFrame, standing: pd.DataFrame) -> dict[str, str]:
    """Return for each child the verified records that its page may use."""
    may = standing[standing["may_show"].fillna(False).astype(bool)]
    known = crosswalk[["child", "silo", "record"]].merge(
        may[["child", "silo"]].drop_duplicates(), on=["child", "silo"], how="inner", validate="many_to_one"
    )
    named = (known["silo"] + ":" + known["record"]).tolist()
    by_child: dict[str, list[str]] = {}
    for child, record in zip(known["child"].tolist(), named, strict=True):
        by_child.setdefault(child, []).append(record)
    return {child: "; ".join(sorted(own)) for child, own in by_child.items()}


def _lines_of(page: Page) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for line in page.lines:
        for element, value in line.reported:
            place = (value.silo, value.record, value.file, value.row)
            rows.append((page.code, line.number, line.key, element, value.school_year, line.shown, *place))
    for month in page.year.rows if page.year else ():
        shown = ", ".join(str(count) for count in month.counts)
        if not month.events:
            rows.append((page.code, month.number, "month", None, None, shown, None, None, None, None))
        for event in month.events:
            place = (event.silo, None, event.file, event.row)
            rows.append((page.code, month.number, "month", event.kind, None, shown, *place))
    return rows


def _typed(lines: pd.DataFrame) -> pd.DataFrame:
    numbers = ("line", "school_year", "row")
    return lines.astype({name: "Int64" if name in numbers else STRING for name in LINE_COLUMNS})


def save_lookup(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write the tables that map pages to children, readable only by this user."""
    private_folder(folder)
    # In a clone, this prevents publishing by accident.
    if not (folder / ".gitignore").exists():
        write_atomically(folder / ".gitignore", b"*\n")
    with all_or_none(folder) as draft:
        write_atomically(draft / NOTICE, f"{RESTRICTED}\n".encode())
        for name, table in tables.items():
            write_atomically(draft / name, spreadsheet_bytes(table, ids=ANSWERED))
    return [folder / name for name in tables]


EARLIER = "earlier"
PAGES, LINES, HELD = "pages.csv", "lines.csv", "held.csv"
OF_PAGES = ["page", "child", "records", "written"]


def save_run(folder: Path, saved: SavedPages, held: pd.DataFrame) -> list[Path]:
    """Write the lookup of a run; the one before moves to ``earlier/``."""
    _keep(folder)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    pages = saved.pages.assign(written=pd.Series(now, index=saved.pages.index, dtype=STRING))
    return save_lookup(folder, {PAGES: pages, LINES: saved.lines, HELD: held})


def _keep(folder: Path) -> None:
    """Copy the latest run's files to a folder of their own, named by the time of writing."""
    newest = folder / PAGES
    if not newest.is_file():
        return
    private_folder(folder / EARLIER)
    moment = datetime.fromtimestamp(newest.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    place, again = folder / EARLIER / moment, 1
    while place.exists():
        again += 1
        place = folder / EARLIER / f"{moment}-{again}"
    # Copied first, and renamed when complete: an interrupted run leaves nothing half moved.
    draft = Path(tempfile.mkdtemp(dir=folder / EARLIER, prefix="."))
    for name in (PAGES, LINES, HELD):
        if (folder / name).is_file():
            shutil.copy2(folder / name, draft / name)
    draft.replace(place)


def _runs(folder: Path) -> Iterator[Path]:
    """Yield the folders of all runs, latest first."""
    yield folder
    if (folder / EARLIER).is_dir():
        yield from sorted((path for path in (folder / EARLIER).glob("[!.]*") if path.is_dir()), reverse=True)


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    text = text_of(path)
    # Earlier versions wrote a comment above the header.
    text = text.partition("\n")[2] if text.startswith("#") else text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    frame = pd.DataFrame(rows).map(unguarded) if rows else pd.DataFrame(columns=columns)
    return frame.replace("", None).astype(STRING)


def read_lookup(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the children of pages, and the sources of their lines, from all runs in a folder."""
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
        own, own_lines = _table(place / PAGES, OF_PAGES), _table(place / LINES, ["page", "line"])
        # A run interrupted while writing is in two places.
        pages.append(own[~own["page"].isin(known_codes).to_numpy(dtype=bool)])
        lines.append(own_lines[~own_lines["page"].isin(known_codes).to_numpy(dtype=bool)])
        known_codes |= set(own["page"].dropna().tolist())
    if not pages:
        raise BadInput(f"There is no lookup in {folder}: name with --lookup where a run of pages left it.")
    known = pd.concat(pages, ignore_index=True)
    for name in OF_PAGES:
        if name not in known.columns:
            known[name] = pd.Series(pd.NA, index=known.index, dtype=STRING)
    return known.astype(STRING), pd.concat(lines, ignore_index=True).astype(STRING)


def codes_in(folder: Path) -> frozenset[str]:
    """Return the codes of all earlier pages, so that none is drawn twice."""
    return frozenset(
        code
        for place in _runs(folder)
        if (place / PAGES).is_file()
        for code in _table(place / PAGES, OF_PAGES)["page"].dropna().tolist()
    )
