"""What a page may say of each child: values, events and gaps, from systems whose word may stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from helpers.show.family.declared import Condition, PageTerms

__all__ = ["ChildTold", "Event", "Told", "told_of"]

# Ties that nobody reviewed: of such a record nothing stands on a page, whatever else may speak for it.
SURE = ("Sure", "Alone")


@dataclass(frozen=True)
class Told:
    """A value as a page may show it, and where it stands."""

    text: str
    number: float | None
    school_year: int | None
    silo: str
    record: str | None
    file: str | None
    row: int | None
    as_of: date | None
    agrees: bool | None


@dataclass(frozen=True)
class Event:
    """An event of the child's year, and where it stands."""

    day: date
    kind: str
    word: str
    silo: str
    file: str
    row: int


@dataclass
class ChildTold:
    """All that a page may say of a child.

    Attributes
    ----------
    values
        By element; only what is reported by a system that may stand.
    events
        Of the school year, in order of days.
    not_linked
        Systems that have something of the kind and no record of the child.
    unsure
        Systems with a record that may be the child's, which nobody reviewed.
    since
        The first day of the year on which the child is at a school, as far as any system says.
    differing
        Elements of which two systems that may stand say two things.
    """

    child: str
    values: dict[str, Told] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    not_linked: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    since: date | None = None
    differing: list[str] = field(default_factory=list)

    def number(self, element: str) -> float | None:
        """Give a number; None where it isn't known."""
        told = self.values.get(element)
        return None if told is None else told.number

    def holds(self, condition: Condition) -> bool:
        """Say whether a condition holds; of what isn't known none does."""
        told = self.values.get(condition.element)
        if told is None:
            return False
        if condition.known is not None or condition.equals is not None:
            return condition.equals in (None, told.text)
        number = told.number
        if condition.of is not None and number is not None:
            whole = self.number(condition.of)
            number = number / whole if whole else None
        if number is None:
            return False
        return (
            (condition.at_least is None or number >= condition.at_least)
            and (condition.at_most is None or number <= condition.at_most)
            and (condition.below is None or number < condition.below)
        )


def told_of(
    values: pd.DataFrame,
    timeline: pd.DataFrame,
    standing: pd.DataFrame,
    school_year: int | None,
    terms: PageTerms,
) -> dict[str, ChildTold]:
    """Gather what pages may say, for many children at once.

    Parameters
    ----------
    values
        Table ``values``: of the children, as their viewer may see them.
    timeline
        Table ``timeline``, likewise.
    standing
        Table ``standing``: ``child, silo, may_stand``. A value of a system that isn't in it, or may not
        stand, is left out; another system's word, the next in the order of trust, takes its place.
    school_year
        The year of the pages.
    terms
        What is declared of pages.

    Returns
    -------
    dict
        By child, for every child in `standing`.
    """
    told = {str(child): ChildTold(str(child)) for child in standing["child"].unique()}
    allowed = standing.loc[standing["may_stand"].fillna(False).astype(bool), ["child", "silo"]]
    may = set(zip(allowed["child"].tolist(), allowed["silo"].tolist(), strict=True))
    in_year = values["school_year"].isna()
    if school_year is not None:
        in_year |= values["school_year"].eq(school_year).fillna(False).astype(bool)
    wanted = [*terms.shown_elements, *terms.compared]
    mine = values[(in_year & values["element"].isin(wanted)).to_numpy(dtype=bool)]
    # Of a system that would tell nothing here, nobody needs to know that it is unsure.
    telling = set(_pairs(mine[mine["status"].eq("Reported").to_numpy(dtype=bool)]))
    for child, silo in _pairs(standing[~standing["may_stand"].fillna(False).astype(bool)]):
        if (child, silo) in telling:
            told[child].unsure.append(silo)
    lacking = mine[(mine["status"].eq("Not linked") & mine["silo"].notna()).to_numpy(dtype=bool)]
    for child, silo in dict.fromkeys(_pairs(lacking)):
        if child in told:
            told[child].not_linked.append(silo)
    reported = mine[(mine["status"].eq("Reported") & mine["link_band"].isin(SURE)).to_numpy(dtype=bool)]
    _take_values(told, reported, may, terms)
    _take_events(told, timeline, may, school_year, terms)
    return told


def _pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["child"].tolist(), frame["silo"].tolist(), strict=True))


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or value is pd.NaT else value


def _take_values(
    told: Mapping[str, ChildTold], reported: pd.DataFrame, may: set[tuple[str, str]], terms: PageTerms
) -> None:
    """Take of each element the first word that may stand; the table has them in the order of trust."""
    names = (
        "child",
        "element",
        "value",
        "value_number",
        "school_year",
        "silo",
        "record",
        "file",
        "row",
        "as_of",
        "agrees",
    )
    columns = [reported[name].tolist() for name in names]
    for child, element, value, number, year, silo, record, file, row, as_of, agrees in zip(
        *columns, strict=True
    ):
        own = told.get(child)
        if own is None or (child, silo) not in may or _plain(value) is None:
            continue
        if element in own.values:
            # A second system that may stand, too, and says something else.
            other = own.values[element].text.casefold() != str(value).casefold() and agrees is False
            if other and element in terms.compared and element not in own.differing:
                own.differing.append(element)
            continue
        day = _plain(as_of)
        own.values[element] = Told(
            text=str(value),
            number=None if _plain(number) is None or number != number else float(number),
            school_year=None if _plain(year) is None else int(year),
            silo=silo,
            record=_plain(record),
            file=_plain(file),
            row=None if _plain(row) is None else int(row),
            as_of=None if day is None else day.date(),
            agrees=_plain(agrees),
        )


def _take_events(
    told: Mapping[str, ChildTold],
    timeline: pd.DataFrame,
    may: set[tuple[str, str]],
    school_year: int | None,
    terms: PageTerms,
) -> None:
    """Take the events that the picture counts, from the first of July before the year's end on."""
    if school_year is None or timeline.empty:
        return
    begins, ends = pd.Timestamp(school_year - 1, 7, 1), pd.Timestamp(school_year, 6, 30)
    kinds = [*terms.shown_kinds, *terms.within_events]
    fit = timeline["kind"].isin(kinds) & timeline["date"].between(begins, ends)
    fit &= timeline["link_band"].isin(SURE)
    some = timeline[fit.to_numpy(dtype=bool)]
    columns = [some[name].tolist() for name in ("child", "date", "kind", "event", "silo", "file", "row")]
    for child, day, kind, word, silo, file, row in zip(*columns, strict=True):
        if child not in told or (child, silo) not in may:
            continue
        if kind in terms.within_events:
            own = told[child].since
            told[child].since = day.date() if own is None else min(own, day.date())
        else:
            told[child].events.append(Event(day.date(), kind, str(word), silo, str(file), int(row)))
