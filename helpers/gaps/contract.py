"""Write a one-page data contract from a layout: what a vendor delivers, in which form, and why.

The layout describes the export and what it means. The team's demands describe what has to change. The
contract lists only columns that feed a standard table or that the team demands: a vendor delivers nothing
else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import Field, model_validator

from helpers.gaps.measures.permission import SECRETS, kind_of_head, permission_of_kit
from helpers.layouts import Column, FileLayout, Layout
from helpers.standard import BadInput, StrictModel, as_table, nearest, read_declared, standard_table
from helpers.systems import declared_elements

__all__ = ["Contract", "Demands", "contract_of"]

# A page with more columns is too long to read. Then we merge the columns of one table into one line.
MOST_ROWS = 18
# At most this many uses of a column fit on one line.
MOST_SHOWN = 3
# Columns that lines must share to be merged: one step at a time, until they fit.
SAME = (
    ["feeds", "id_of", "sensitivity", "required"],
    ["feeds", "id_of", "sensitivity", "required"],
    ["feeds", "id_of"],
)
CLOSED = ("public", "internal", "restricted")
IN_DICTIONARY = "as in the data dictionary that comes with this page"


class Demands(StrictModel):
    """What a team asks of a vendor from next year on.

    Attributes
    ----------
    vendor
        Vendor who signs the contract.
    start
        First day on which the contract applies.
    ids
        Identification systems for which every record must have an id, such as ``District``.
    every_days
        Longest time between two exports, in days: 1, 7 or 30.
    time
        Time of day by which the export arrives.
    agreed_codes
        Whether the vendor uses the district's codes.
    format
        File format.
    leave_out
        Columns that the vendor stops delivering.
    """

    vendor: str = "____________________"
    start: str = "____________________"
    ids: tuple[str, ...] = ()
    every_days: int = 30
    time: str = "6:00 in the morning"
    agreed_codes: bool = False
    format: str = "CSV, UTF-8, comma, dates as 2026-04-30, one file a kind"
    leave_out: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_asked_for(self) -> Self:
        terms = _terms()
        faults = [
            f"ids: no id is called {name!r}.{nearest(name, terms.id)} There are: {', '.join(terms.id)}"
            for name in self.ids
            if name not in terms.id
        ]
        if self.every_days not in terms.frequency:
            choices = ", ".join(map(str, terms.frequency))
            faults.append(f"every_days = {self.every_days}: must be one of {choices}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def switches(self) -> dict[str, str]:
        """Return the exchange switches that these demands turn on in a synthetic district."""
        asked = {"ids": bool(self.ids), "every_days": self.every_days == 1, "agreed_codes": self.agreed_codes}
        return {_terms().switch[name]: "governed" for name, moved in asked.items() if moved}


class Clause(StrictModel):
    """One clause; without the demand in `when`, the contract leaves it out."""

    title: str
    text: str
    when: str | None = None


class KnownId(StrictModel):
    """An id that a team can demand."""

    title: str
    meaning: str
    term: str


class Terms(StrictModel):
    """Contents of ``contract.toml``."""

    about: str
    id: dict[str, KnownId]
    clause: tuple[Clause, ...]
    # Contact roles for which each side enters a name.
    contacts: tuple[str, ...]
    frequency: dict[int, str] = Field(min_length=1)
    switch: dict[str, str]
    why: dict[str, str]


@cache
def _terms() -> Terms:
    return read_declared(Path(__file__).with_name("contract.toml"), Terms, "terms")


@dataclass(frozen=True)
class Contract:
    """A contract, ready to print."""

    # The files that it covers.
    title: str
    # What it doesn't cover.
    about: str
    # What the team demands.
    demands: Demands
    # Table ``contract_columns``: what the vendor delivers.
    columns: pd.DataFrame
    # Columns of today's export that the vendor stops delivering.
    left_out: tuple[str, ...]
    # Heading and text of each clause.
    clauses: tuple[tuple[str, str], ...]
    # Contact roles to fill in.
    contacts: tuple[str, ...]


def contract_of(layout: Layout, demands: Demands | None = None) -> Contract:
    """Write the contract for one system.

    Parameters
    ----------
    layout
        Layout of the system's export.
    demands
        The team's demands. Without them, the contract describes today's export.

    Returns
    -------
    Contract
        Contract, printed by ``helpers.report.pages.contract``.

    Raises
    ------
    BadInput
        If a column in `leave_out` isn't in the layout, or names the child.
    """
    demands = demands or Demands()
    given = _terms()
    rows = [row for file in layout.files for row in _file_rows(layout, file, demands)]
    kept = {str(row["column"]) for row in rows}
    everything = [column.name for file in layout.files for column in file.named()]
    for name in demands.leave_out:
        if name not in everything:
            raise BadInput(
                f"{layout.title} has no column {name!r} to leave out.{nearest(name, everything)} "
                f"It has: {', '.join(dict.fromkeys(everything))}."
            )
    left_out = tuple(dict.fromkeys(name for name in everything if name not in kept))
    frame = _merge_repeats(pd.DataFrame(rows))
    for step in range(3):
        if len(frame) > MOST_ROWS:
            frame = _one_line_a_table(frame, _apart(frame, step), SAME[step])
    words = {
        "frequency": given.frequency[demands.every_days],
        "time": demands.time,
        "format": demands.format,
    }
    asked = {"ids": bool(demands.ids), "agreed_codes": demands.agreed_codes}
    clauses = tuple(
        (one.title, one.text.format(**words)) for one in given.clause if one.when is None or asked[one.when]
    )
    return Contract(
        title=layout.title,
        about=given.about,
        demands=demands,
        columns=as_table("contract_columns", frame.drop(columns=["feeds", "kind"])),
        left_out=tuple(dict.fromkeys(_family(name) for name in left_out)),
        clauses=clauses,
        contacts=given.contacts,
    )


def _file_rows(layout: Layout, file: FileLayout, demands: Demands) -> list[dict[str, Any]]:
    feeds = _feeds(file)
    rows = []
    carried = set()
    for column in file.named():
        tables = feeds.get(column.name, ())
        wanted_id = column.identification_system in demands.ids
        carried |= {column.identification_system} if wanted_id else set()
        needed = bool(tables) or column.name in file.key or column.identification_system is not None
        if column.name in demands.leave_out or not (needed or wanted_id) or _is_idle(layout, column):
            continue
        rows.append(
            {
                "file": file.name,
                "column": column.name,
                "meaning": column.meaning or "",
                "term": column.term,
                "form": _form(column, demands),
                "required": column.required or wanted_id,
                "sensitivity": column.sensitivity,
                "why": _why(layout, column, tables, column.name in file.key),
                "id_of": column.identification_system,
                "demanded": wanted_id and not column.required,
                "feeds": tables[0] if tables else "",
                "kind": {"string": "text", "code": "codes"}.get(column.type, column.type),
            }
        )
    about_children = any(standard_table(makes.table).about == "child" or makes.table == "people"
                         for makes in file.makes)  # fmt: skip
    for name in demands.ids:
        if about_children and name not in carried:
            one = _terms().id[name]
            rows.insert(
                0,
                {
                    "file": file.name,
                    "column": one.title,
                    "meaning": one.meaning,
                    "term": one.term,
                    "form": "text",
                    "required": True,
                    "sensitivity": "restricted",
                    "why": _terms().why["id"],
                    "id_of": name,
                    "demanded": True,
                    "feeds": "people",
                    "kind": "text",
                },
            )
    return rows


def _feeds(file: FileLayout) -> dict[str, tuple[str, ...]]:
    """Map each column to the standard tables that it feeds."""
    found: dict[str, tuple[str, ...]] = {}
    for makes in file.makes:
        sources = [*makes.take.values(), *makes.where, *makes.unless]
        sources += [flag for flags in makes.flags.values() for flag in flags]
        for source in sources:
            column = file.find(source.split("->")[0])
            if column is not None and makes.table not in found.get(column[0].name, ()):
                found[column[0].name] = (*found.get(column[0].name, ()), makes.table)
    return found


def _form(column: Column, demands: Demands) -> str:
    codes = list(dict.fromkeys(column.code_map().values() if demands.agreed_codes else column.code_map()))
    if codes:
        shown = ", ".join(code if code else "empty" for code in codes[:4])
        return f"{shown}, … ({len(codes)} codes)" if len(codes) > 4 else shown
    if column.type in ("date", "datetime"):
        return f"{column.type}, ISO 8601" if "2026-04-30" in demands.format else column.type
    kind = {"string": "text", "school_year": "school year"}.get(column.type, column.type)
    return f"{kind}, {column.unit}" if column.unit and column.unit != kind else kind


def _is_idle(layout: Layout, column: Column) -> bool:
    """Check whether a column is restricted and not needed here, or a secret that no file may contain."""
    if column.sensitivity != "restricted":
        return False
    kind = kind_of_head(column.name)
    needs = permission_of_kit().needs.get(layout.silo)
    return kind in SECRETS or (kind is not None and needs is not None and kind not in needs.kinds)


def _why(layout: Layout, column: Column, tables: tuple[str, ...], is_key: bool) -> str:
    words = _terms().why
    if column.identification_system is not None:
        return words["id"]
    needs = permission_of_kit().needs.get(layout.silo)
    kind = kind_of_head(column.name) if column.sensitivity == "restricted" else None
    if kind is not None and needs is not None:
        return needs.why
    facts = [table for table in tables if table != "people"]
    if "people" in tables or not facts:
        return words["key"] if is_key and not tables else words["person"]
    shown = [
        each.name.replace("_", " ")
        for each in declared_elements()
        if each.table in facts and (not each.systems or layout.silo in each.systems)
    ]
    if not shown:
        return words["nothing"]
    return words["shown"].format(
        what=", ".join(shown[:MOST_SHOWN]) + (", …" if len(shown) > MOST_SHOWN else "")
    )


def _family(name: str) -> str:
    """Replace the number in a column name: Goal1Name becomes Goal#Name, and Parent#2 becomes Parent."""
    return re.sub(r"(?<=[A-Za-z_ ])\d+(?=[A-Za-z_ ]|$)", "#", re.sub(r"#\d+$", "", name))


def _merge_repeats(frame: pd.DataFrame) -> pd.DataFrame:
    """Merge a column that repeats in or across files into one line."""
    frame = frame.assign(column=frame["column"].map(_family))
    same = ["column", "form", "required", "sensitivity"]
    files = frame.groupby(same, sort=False)["file"].agg(lambda names: ", ".join(dict.fromkeys(names)))
    first = frame.drop_duplicates(same).drop(columns="file")
    return first.merge(files.reset_index(), on=same, how="left", validate="one_to_one")


def _apart(frame: pd.DataFrame, step: int) -> pd.Series:
    """Mark lines that stay separate: first ids, demands and child attributes; at last only demands."""
    if step == 0:
        return frame["id_of"].notna() | frame["demanded"] | frame["feeds"].isin(["", "people"])
    return frame["demanded"] | (frame["id_of"].notna() if step == 1 else False)


def _one_line_a_table(frame: pd.DataFrame, apart: pd.Series, same: list[str]) -> pd.DataFrame:
    """Merge the columns of one table and id into one line; lines marked `apart` stay separate."""
    marked = frame.assign(id_of=frame["id_of"].fillna(""))
    apart = apart | ~marked.duplicated(same, keep=False)
    lines = (
        marked[~apart]
        .groupby(same, sort=False)
        .agg(
            column=("column", lambda names: ", ".join(dict.fromkeys(names))),
            file=("file", lambda names: ", ".join(dict.fromkeys(", ".join(names).split(", ")))),
            form=("kind", lambda kinds: ", ".join(dict.fromkeys(", ".join(kinds).split(", ")))),
            why=("why", "first"),
            # The strictest value wins: always filled only if all are, restricted if one is.
            required=("required", "all"),
            sensitivity=("sensitivity", lambda words: max(words, key=CLOSED.index)),
        )
    )
    keys = [name for name in same if name not in lines.columns]
    lines = lines.reset_index(level=keys).reset_index(drop=True)
    lines = lines.assign(meaning=IN_DICTIONARY, term=None, demanded=False, kind=lines["form"])
    lines = lines.assign(id_of=lines["id_of"].replace("", pd.NA))
    return pd.concat([frame[apart], lines], ignore_index=True)
