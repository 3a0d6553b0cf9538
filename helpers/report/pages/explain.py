"""Write the page of one number: what it counts, why it isn't another, its main cause, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.blocks import Block, answer, banner, paragraph, terms
from helpers.report.display_names import short_names, system_names_in_text
from helpers.report.pages.page import block_page, heading
from helpers.report.tables import table
from helpers.score import list_strays, main_cause
from helpers.standard import Measured, definition

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.score import Headlines

__all__ = ["Explained", "cause_sentence", "explain", "explain_page", "page_of_measure"]

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


def explain(district: District, found: Headlines, name: str) -> Explained:
    """Collect what a measure counts in a district with an answer key, and what it doesn't."""
    measured = found.of(name)
    alike = [(found.of(other).number, how) for other, how in measured.definition.alike.items()]
    rows = measured.rows
    cause = ""
    if name == BY_NUMBER:
        rows = list_strays(district, found.records["number"])
        cause = cause_sentence(district, rows, measured.number)
    return Explained(
        measured,
        pd.DataFrame(alike, columns=["number", "difference"]),
        cause,
        _readable(district, found, rows),
    )


def cause_sentence(district: District, strays: pd.DataFrame, everybody: int) -> str:
    """Name the column behind most children who share a page, if one is."""
    cause = main_cause(strays)
    if cause is None:
        return ""
    silo, column, many = cause
    where = f"“{column}” of {system_names_in_text(district.layouts)[silo]}"
    return f"One column is behind **{many:,}** of the {everybody:,}: {where} has another child's number."


def _readable(district: District, found: Headlines, rows: pd.DataFrame) -> pd.DataFrame:
    """Name the children and systems of rows; an invented district's children may be named."""
    called = _names(district, found.records["matched"])
    short = short_names(district.layouts)
    shown = rows.copy()
    for column in ("owner", "person"):
        if column in shown:
            shown[column] = shown[column].map(called).fillna(shown[column])
    if "silo" in shown:
        shown["silo"] = shown["silo"].map(short)
    return shown.drop(columns="child", errors="ignore").sort_values(
        [name for name in ("owner", "person") if name in shown], kind="stable", ignore_index=True
    )


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


def explain_page(out_path: Path, explained: Explained, about: Mapping[str, object]) -> Path:
    """Write the page of one number of an invented district."""
    measured = explained.measured
    declared, many = measured.definition, f"{measured.number:,} {measured.noun}"
    told = [("Says", f"{measured.say()}."), ("Counts", declared.means["en"])]
    if measured.base is not None:
        told.append(("Out of", f"{measured.base:,}: {definition(declared.base).means['en']}"))
    told += [
        ("Method", declared.method),
        (
            "Sure?",
            "Exact for this invented district: a count, no estimate. A real one has no answer key.",
        ),
    ]
    blocks: list[Block] = [terms(told)]
    if explained.cause:
        blocks += [heading("The main cause"), answer(explained.cause)]
    if len(explained.alike):
        heads = {"difference": "how it differs"}
        blocks += [
            heading("Why isn't it another number?"),
            table(explained.alike, "Like numbers", names=heads),
        ]
    pairs = f"{len(explained.rows):,} pairs, " if STRAYS.keys() <= set(explained.rows) else ""
    where = f"Defined as {measured.measure} in helpers/standard/definitions.toml; counted by {declared.code}."
    blocks += [
        heading(f"The list: {pairs}{many}"),
        table(explained.rows, names=STRAYS, most=60, download=True),
        paragraph(where, "muted"),
    ]
    return block_page(out_path, f"{many}: what this number counts", blocks, banner(about))
