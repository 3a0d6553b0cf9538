"""Write the page of one number: what it counts, why it isn't another, its main cause, and its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from babel.dates import format_date

from helpers.files import District
from helpers.report.blocks import Block, answer, back_to_index, banner, is_invented, paragraph, slug, terms
from helpers.report.display_names import short_names, system_names_in_text
from helpers.report.pages.page import block_page, heading
from helpers.report.tables import table
from helpers.score import AND, NUMBER, Headlines, list_strays, main_cause
from helpers.standard import Measured

__all__ = ["explain", "explain_page", "page_of_measure", "pages_of"]

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
    # The system or systems that it is about, and the newest day of the exports; empty if none.
    place: str = ""
    day: str = ""


def page_of_measure(name: str, where: str = "") -> str:
    """Return the file name of a measure's page, also in one system."""
    return f"explain_{name}{f'_in_{slug(where)}' if where else ''}.html"


def pages_of(measures: Collection[tuple[str, str]], folder: str = "") -> dict[tuple[str, str], str]:
    """Return the address of each measure's page, below a folder, by measure and place."""
    return {one: folder + page_of_measure(*one) for one in measures}


def explain(found: Headlines, name: str, where: str = "") -> Explained:
    """Collect what a measure counts in a district, and what it doesn't; of a real folder, without rows."""
    district, measured = found.district, found.shown(name, where)
    others = measured.definition.alike.items()
    alike = [(found.shown(other), how) for other, how in others if found.counts(other)]
    cause, rows = "", pd.DataFrame()
    if measured.rows is not None:
        rows = measured.rows
        if name == BY_NUMBER:
            rows = list_strays(district, found.records[NUMBER])
            cause = cause_sentence(district, rows, measured)
        rows = _readable(found, rows)
    in_text = system_names_in_text(district.layouts)
    place = AND.join(in_text[silo] for silo in where.split(AND)) if where else ""
    newest = found.newest_day
    day = format_date(newest, "long", "en_US") if newest is not None else ""
    similar = pd.DataFrame(alike, columns=["number", "difference"])
    return Explained(measured, similar, cause, rows, place, day)


def cause_sentence(district: District, strays: pd.DataFrame, everybody: Measured) -> str:
    """Name the column behind most children who share a page, if one is."""
    cause = main_cause(strays)
    if cause is None:
        return ""
    silo, column, many = cause
    where = f"“{column}” of {system_names_in_text(district.layouts)[silo]}"
    behind = Measured("of_one_column", many)
    has = f"in some records, {where} has another child's number"
    return f"One column is behind {behind:bold} of the {everybody}: {has}."


# How a column of a list is called; one that says the same of every row is left out.
HEADS = {
    "person": "child", "outcome": "after full matching", "detected": "noticed by a check", "silos": "systems",
    "number": "all signs shown by number", "matched": "all signs shown after matching", "silo": "system",
    "left_silo": "system", "right_silo": "other system", "record": "record there", "blocked_by": "blocked",
    "left_record": "its record", "right_record": "other record", "match_probability": "probability",
}  # fmt: skip
# Of a list of records or of their pairs, what a person decides by.
_RECORDS = ("silo", "record", "person", "link_status", "linkable_by", "step", "owner", "records", "column")
_PAIRS = (
    "left_silo",
    "left_record",
    "right_silo",
    "right_record",
    "match_probability",
    "rule",
    "contradiction",
)


def _readable(found: Headlines, rows: pd.DataFrame) -> pd.DataFrame:
    """Name the children and systems of rows; an invented district's children may be named."""
    named = [column for column in ("owner", "person") if column in rows]
    if "child" in rows and not named:
        rows, named = _with_child(found, rows), ["person"]
    short = short_names(found.district.layouts)
    words = dict.fromkeys(named, found.names) if found.has_key else {}
    words |= {column: short for column in ("silo", "left_silo", "right_silo") if column in rows}
    spelled = {column: rows[column].map(names).fillna(rows[column]) for column, names in words.items()}
    shown = rows.assign(**spelled)
    kept = _PAIRS if "left_record" in shown else _RECORDS if "record" in shown else tuple(shown)
    shown = shown[[column for column in kept if column in shown and column != "child"]]
    same = [column for column in shown if len(shown) > 1 and shown[column].nunique(dropna=False) == 1]
    # Who it is stays, even where two children share first name, initial and grade.
    spare = [column for column in same if column in HEADS or column in kept[4:]]
    shown = shown.drop(columns=[column for column in spare if column not in named])
    order = [column for column in named if column in shown]
    return shown.sort_values(order, kind="stable", ignore_index=True) if order else shown


def _with_child(found: Headlines, rows: pd.DataFrame) -> pd.DataFrame:
    """Name the child of each group by the person with most of its records, and count records and systems."""
    if not found.has_key:
        return rows
    about = found.about_groups if "record" not in rows else found.about_groups[["person"]]
    return rows.merge(about, on="child", how="left", validate="many_to_one")


KEYED = "Exact for this invented district: a count, no estimate. A real one has no answer key."
COUNTED_HERE = "A count of what the links decide, no estimate. It doesn't say which links are wrong."
COUNTED_FILES = "A count of what the files and their layouts show, no estimate."
AT_THE_DESK = (
    "No page of a real folder lists children. At your desk, bigpicture explain {} FOLDER --rows writes the "
    "rows, and the log says who did."
)


def explain_page(out_path: Path, explained: Explained, about: Mapping[str, object]) -> Path:
    """Write the page of one number; of a real folder, without its rows."""
    measured = explained.measured
    declared, listed = measured.definition, measured.rows is not None
    entries = [("Says", f"{measured.say()}.")] if declared.says else []
    entries += [("In", explained.place)] if explained.place else []
    entries.append(("Counts", declared.means["en"]))
    if measured.base is not None:
        base = Measured(declared.base, measured.base, where=measured.where)
        entries.append(("Out of", f"{base}: {base.definition.means['en']}"))
    sure = {"with answer key": KEYED, "guarded": COUNTED_HERE, "always": COUNTED_FILES}[declared.shown]
    entries += [
        ("Method", declared.method),
        ("As of", ", ".join(filter(None, [declared.as_of, explained.day]))),
        ("Sure?", sure),
    ]
    blocks: list[Block] = [terms(entries)]
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
            table(
                explained.rows,
                f"Rows of {measured.measure}",
                names=STRAYS if pairs else HEADS,
                most=60,
                download=True,
            ),
        ]
    blocks.append(back_to_index())
    blocks.append(paragraph(where if listed else f"{AT_THE_DESK.format(measured.measure)} {where}", "muted"))
    title = f"{measured:count}: what this number counts"
    return block_page(out_path, title, blocks, banner(about), private=not is_invented(about))
