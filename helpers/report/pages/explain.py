"""Write the page of one number: what it counts, why it isn't another, its main cause, and its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.blocks import Block, answer, banner, is_invented, paragraph, terms
from helpers.report.display_names import short_names, system_names_in_text
from helpers.report.pages.page import block_page, heading
from helpers.report.tables import table
from helpers.score import MATCHED, NUMBER, list_strays, main_cause
from helpers.standard import Measured

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.score import Headlines

__all__ = [
    "Explained",
    "cause_sentence",
    "explain",
    "explain_page",
    "page_of_measure",
    "pages_of",
]

BY_NUMBER = "undetected_by_number"
STRAYS = {
    "owner": "whose page it is", "person": "whose record is on it", "silo": "from",
    "column": "by the number in",
}  # fmt: skip


@dataclass(frozen=True)
class Explained:
    """One number with all that a reader may ask about it."""

    measured: Measured
    # Measures with a like name or number: the number, and how it differs.
    alike: pd.DataFrame
    # The main cause as a sentence; empty if there is none.
    cause: str
    # The rows behind the number, for readers.
    rows: pd.DataFrame


def page_of_measure(name: str) -> str:
    """Return the file name of a measure's page."""
    return f"explain_{name}.html"


def pages_of(measures: Collection[str], folder: str = "") -> dict[str, str]:
    """Return the address of each measure's page, below a folder."""
    return {name: folder + page_of_measure(name) for name in measures}


def explain(found: Headlines, name: str) -> Explained:
    """Collect what a measure counts in a district, and what it doesn't; of a real folder, without rows."""
    district, measured = found.district, found.shown(name)
    others = measured.definition.alike.items()
    alike = [(found.shown(other), how) for other, how in others if found.counts(other)]
    cause, rows = "", pd.DataFrame()
    if measured.rows is not None:
        rows = measured.rows
        if name == BY_NUMBER:
            rows = list_strays(district, found.records[NUMBER])
            cause = cause_sentence(district, rows, measured)
        rows = _readable(found, rows)
    return Explained(measured, pd.DataFrame(alike, columns=["number", "difference"]), cause, rows)


def cause_sentence(district: District, strays: pd.DataFrame, everybody: Measured) -> str:
    """Name the column behind most children who share a page, if one is."""
    cause = main_cause(strays)
    if cause is None:
        return ""
    silo, column, many = cause
    where = f"“{column}” of {system_names_in_text(district.layouts)[silo]}"
    behind = Measured("of_one_column", many)
    return f"One column is behind {behind:bold} of the {everybody}: {where} has another child's number."


def _readable(found: Headlines, rows: pd.DataFrame) -> pd.DataFrame:
    """Name the children and systems of rows; an invented district's children may be named."""
    short = short_names(found.district.layouts)
    named = [column for column in ("owner", "person") if column in rows]
    called = _names(found.district, found.records[MATCHED]) if named else {}
    words = dict.fromkeys(named, called)
    words |= {column: short for column in ("silo", "left_silo", "right_silo") if column in rows}
    spelled = {column: rows[column].map(names).fillna(rows[column]) for column, names in words.items()}
    shown = rows.assign(**spelled)
    if not named:
        return shown
    # The group's code says nothing beside the child's name.
    return shown.drop(columns="child", errors="ignore").sort_values(named, kind="stable", ignore_index=True)


def _names(district: District, records: pd.DataFrame) -> Mapping[str, str]:
    """Give each person a first name, an initial and a grade, as the first record writes them."""
    people = district.people[["silo", "record", "first_name", "last_surname", "grade_level"]]
    told = records[["silo", "record", "person"]].merge(
        people, on=["silo", "record"], how="left", validate="many_to_one"
    )
    first = told.groupby("person")[["first_name", "last_surname", "grade_level"]].first()
    grade = first["grade_level"].str.lstrip("0").replace("KG", "K")
    text = first["first_name"] + " " + first["last_surname"].str.slice(0, 1) + "."
    text = text + (", grade " + grade).fillna("")
    return {str(person): str(name) for person, name in text.dropna().items()}


KEYED = "Exact for this invented district: a count, no estimate. A real one has no answer key."
COUNTED_HERE = "A count of what the links decide, no estimate. Which of them are wrong, it doesn't say."
AT_THE_DESK = (
    "No page of a real folder lists children. At your desk, bigpicture explain {} FOLDER --rows writes the "
    "rows, and the log says who did."
)


def explain_page(out_path: Path, explained: Explained, about: Mapping[str, object]) -> Path:
    """Write the page of one number; of a real folder, without its rows."""
    measured = explained.measured
    declared, listed = measured.definition, measured.rows is not None
    told = [("Says", f"{measured.say()}."), ("Counts", declared.means["en"])]
    if measured.base is not None:
        base = Measured(declared.base, measured.base)
        told.append(("Out of", f"{base}: {base.definition.means['en']}"))
    sure = KEYED if declared.shown == "with answer key" else COUNTED_HERE
    told += [("Method", declared.method), ("As of", declared.as_of), ("Sure?", sure)]
    blocks: list[Block] = [terms(told)]
    if explained.cause:
        blocks += [heading("The main cause"), answer(explained.cause)]
    if len(explained.alike):
        heads = {"difference": "how it differs"}
        blocks += [
            heading("Why isn't it another number?"),
            table(explained.alike, "Like numbers", names=heads),
        ]
    where = f"Defined as {measured.measure} in helpers/standard/definitions.toml; counted by {declared.code}."
    pairs = Measured("pairs_sharing", len(explained.rows)) if STRAYS.keys() <= set(explained.rows) else None
    if listed:
        blocks += [
            heading(f"The list: {f'{pairs:count}, ' if pairs else ''}{measured:count}"),
            table(explained.rows, names=STRAYS, most=60, download=True),
        ]
    blocks.append(paragraph(where if listed else f"{AT_THE_DESK.format(measured.measure)} {where}", "muted"))
    title = f"{measured:count}: what this number counts"
    return block_page(out_path, title, blocks, banner(about), private=not is_invented(about))
