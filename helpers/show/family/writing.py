"""Pages as files, named by codes alone; a lookup that is kept apart from them says which page is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import all_or_none, private_folder, spreadsheet_bytes, write_atomically
from helpers.show.family.page import Page
from helpers.show.family.pages import FamilyPage
from helpers.standard import STRING

__all__ = ["RESTRICTED", "Written", "records_of", "save_lookup", "write_pages"]

# A file of its own: a line above a header is a column to whoever reads the table.
NOTICE = "RESTRICTED.txt"
RESTRICTED = (
    "Restricted: these tables say whose page is which. For those who may see these children's records."
)
BY_HAND = "the family, by hand: no adult on record is tied to the child beyond doubt"
# Ids of a table that a person answers in a spreadsheet and saves: it would take them for numbers or dates.
ANSWERED = ("left_record", "right_record")
PAGE_COLUMNS = ["page", "child", "for", "language", "file", "records"]
LINE_COLUMNS = ["page", "line", "what", "element", "school_year", "shown", "silo", "record", "file", "row"]


@dataclass(frozen=True)
class Written:
    """What a run wrote.

    Attributes
    ----------
    pages
        ``page`` (its code), ``child, for, language, file, records`` (silo:record, where each stands).
    lines
        ``page, line, what, element, school_year, shown, silo, record, file, row``: one row a source that is
        known at once; a computed value has no file, and its rows are found from element and child.
    """

    pages: pd.DataFrame
    lines: pd.DataFrame


def write_pages(
    pages: Iterable[FamilyPage],
    records: Mapping[str, str],
    out: Path,
    *,
    each: Callable[[FamilyPage], object] = lambda page: None,
) -> Written:
    """Write pages as files.

    Parameters
    ----------
    pages
        From `pages_of`: each is written before the next is made.
    records
        From `records_of`.
    out
        Folder of the pages. A name there is a page's code: it holds neither name nor id of a child.
    each
        Called after each page.

    Returns
    -------
    Written
        Which page is whose, and where each line stands.
    """
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
    return Written(
        pd.DataFrame(rows, columns=PAGE_COLUMNS).astype(STRING),
        _typed(pd.DataFrame(lines, columns=LINE_COLUMNS)),
    )


def records_of(crosswalk: pd.DataFrame, standing: pd.DataFrame) -> dict[str, str]:
    """Say by child which records of which systems its page may speak of.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.
    standing
        Table ``standing``.

    Returns
    -------
    dict
        ``silo:record; …`` by child.
    """
    may = standing[standing["may_stand"].fillna(False).astype(bool)]
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
        for element, told in line.told:
            place = (told.silo, told.record, told.file, told.row)
            rows.append((page.code, line.number, line.key, element, told.school_year, line.shown, *place))
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
    """Write the tables that say which page is whose, readable by this user alone.

    Parameters
    ----------
    folder
        Where; a folder apart from the pages. One that is there already keeps its rights and its .gitignore.
    tables
        File name -> table.

    Returns
    -------
    list of Path
        The files, each with its header first; cells that a spreadsheet would run are guarded. Beside them
        ``RESTRICTED.txt`` says for whom they are.
    """
    private_folder(folder)
    # Whoever runs this inside a clone doesn't publish it by accident.
    if not (folder / ".gitignore").exists():
        write_atomically(folder / ".gitignore", b"*\n")
    with all_or_none(folder) as draft:
        write_atomically(draft / NOTICE, f"{RESTRICTED}\n".encode())
        for name, table in tables.items():
            write_atomically(draft / name, spreadsheet_bytes(table, ids=ANSWERED))
    return [folder / name for name in tables]
