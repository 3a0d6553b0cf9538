"""Find who gets a page, and the office that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from babel.core import get_global

from helpers.files import read_text_table, unguarded
from helpers.report.family.page import Office
from helpers.report.messages import languages
from helpers.standard import STRING, BadInput

__all__ = ["HELD_COLUMNS", "Recipient", "families", "kit_language", "read_offices", "students"]


COLUMNS = ("school", "person", "telephone", "email")


def read_offices(path: Path) -> dict[str, Office]:
    """Read the contact of each school."""
    table = read_text_table(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise BadInput(f"{path} has no column {missing[0]!r}: it needs {', '.join(COLUMNS)}.")
    faults = [
        f"  row {row}: no {name}"
        for name in COLUMNS
        for row in table.index[table[name].isna().to_numpy(dtype=bool)].tolist()
    ]
    twice = table.loc[table["school"].duplicated() & table["school"].notna()]
    faults += [f"  row {row}: {school!r} stands there twice" for row, school in twice["school"].items()]
    if faults:
        details = "\n".join(faults)
        raise BadInput(f"{path} doesn't say whom to call:\n{details}")
    cells = {name: [unguarded(text) for text in table[name].tolist()] for name in COLUMNS}
    return {
        school: Office(person, telephone, email)
        for school, person, telephone, email in zip(*(cells[name] for name in COLUMNS), strict=True)
    }


HELD_COLUMNS = ["child", "guardian", "home", "code", "reason", "citation"]
FALLBACK = "en"
# Holds about the adults: the student's own page may still go to the student.
ADULTS_ONLY = ("eighteen", "birth_date_unknown")
# An adult with a doubtful link to the child gets nothing by mail; the office, which knows the family, may
# still hand the page over.
DOUBT = "adult_in_doubt"


@dataclass(frozen=True)
class Recipient:
    """Child, recipient and language of a page."""

    # The child.
    child: str
    # As in a view: ``silo:record`` of the adult who represents the home, or the child itself; None for a page
    # without an addressee: the office hands it to the family, whom it knows.
    who: str | None
    # All adults of the home who may get the page.
    adults: tuple[str, ...]
    # Language of the page.
    language: str
    # Language of the home, as recorded by its system; None if nobody asked.
    asked_for: str | None = None


def families(
    children: Sequence[str], relations: pd.DataFrame, held: pd.DataFrame, chosen: str | None = None
) -> tuple[list[Recipient], pd.DataFrame]:
    """Find the homes that get the pages of some children."""
    wanted = set(children)
    held = held[held["child"].isin(list(wanted))]
    whole = set(held.loc[held["guardian"].isna() & held["home"].isna(), "child"])
    holds: dict[tuple[str, str, str], set[str]] = {}
    columns = [held[name].tolist() for name in ("child", "silo", "guardian", "code")]
    for child, silo, adult, code in zip(*columns, strict=True):
        holds.setdefault((child, silo, adult), set()).add(code)
    ties = relations[relations["role"].eq("Guardian") & relations["child"].isin(list(wanted - whole))]
    homes: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
    doubtful: dict[str, str | None] = {}
    barred: set[str] = set()
    columns = [ties[name].tolist() for name in ("child", "silo", "adult", "home", "language")]
    for child, silo, adult, home, home_language in zip(*columns, strict=True):
        if adult is pd.NA:
            continue
        language_of = None if home_language is pd.NA else str(home_language)
        codes = holds.get((child, silo, adult), set())
        if not codes:
            own = home if home is not pd.NA else f"{silo}:{adult}"
            homes.setdefault((child, own), []).append((f"{silo}:{adult}", language_of))
        elif codes == {DOUBT}:
            doubtful.setdefault(child, language_of)
        else:
            barred.add(child)
    found = [
        Recipient(
            child=child,
            who=adults[0][0],
            adults=tuple(dict.fromkeys(adult for adult, _ in adults)),
            language=chosen or kit_language(adults[0][1]) or FALLBACK,
            asked_for=adults[0][1],
        )
        for (child, _), adults in homes.items()
    ]
    addressed = {one.child for one in found}
    # If every adult on record is barred for a reason other than doubt, nobody gets the page.
    by_hand = [child for child in wanted - whole - addressed if child in doubtful or child not in barred]
    found += [
        Recipient(
            child=child,
            who=None,
            adults=(),
            language=chosen or kit_language(doubtful.get(child)) or FALLBACK,
            asked_for=doubtful.get(child),
        )
        for child in by_hand
    ]
    place = {child: at for at, child in enumerate(children)}
    found.sort(key=lambda one: place[one.child])
    return found, _as_text(held[HELD_COLUMNS])


def students(
    children: Sequence[str], held: pd.DataFrame, chosen: str | None = None
) -> tuple[list[Recipient], pd.DataFrame]:
    """Find the students who get their own page."""
    own = held["guardian"].isna() & held["home"].isna() & ~held["code"].isin(list(ADULTS_ONLY))
    held = held[own & held["child"].isin(list(children))]
    without = set(held["child"])
    found = [
        Recipient(child=child, who=child, adults=(), language=chosen or FALLBACK)
        for child in children
        if child not in without
    ]
    return found, _as_text(held[HELD_COLUMNS])


def _as_text(held: pd.DataFrame) -> pd.DataFrame:
    return held.astype(dict.fromkeys(HELD_COLUMNS, STRING)).reset_index(drop=True)


def kit_language(asked_for: str | None) -> str | None:
    """Return the kit's language for the one that a home asked for."""
    if asked_for is None:
        return FALLBACK
    code = get_global("language_aliases").get(asked_for, asked_for)
    return code if code in languages() else None
