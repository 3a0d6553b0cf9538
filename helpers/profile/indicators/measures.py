"""Measures that indicator definitions compare with their limits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.profile.conditions import TRUE, Column, parts_of
from helpers.profile.conditions.grammar import Node, Read, Worked
from helpers.profile.facts.store import LINK_STATUSES
from helpers.profile.indicators.absence_days import LaidOutDays, days_measured
from helpers.profile.indicators.definitions import Criterion, Definition, Indicator
from helpers.profile.indicators.statuses import Children, detailed
from helpers.profile.values import folded
from helpers.standard import STRING, credit_terms
from helpers.systems import element, norms_of_tests

if TYPE_CHECKING:
    from helpers.profile.profiles import Profiles

__all__ = ["ElementValues", "Facts", "measured_by", "weakest"]


# Why a child has no value: no system has the element, none that has it has the child, or one does.
REASONS = ("Not collected", "Not linked", "Empty")
TEXT_TYPES = ("string", "date")  # types of elements whose values are no numbers
# Why a child with a test isn't compared: nobody published norms of it that the kit has.
NO_NORMS = "No norms"


def weakest(*link_statuses: pd.Series) -> pd.Series:
    """Return the weakest of several link statuses, row by row; ignore missing ones."""
    rank = {status: place for place, status in enumerate(LINK_STATUSES)}
    numbers = pd.concat([each.map(rank).astype("float64") for each in link_statuses], axis="columns")
    return numbers.max(axis="columns").map(dict(enumerate(LINK_STATUSES))).astype(STRING)


class ElementValues:
    """Chosen values of the profiles' year, by element."""

    def __init__(self, profiles: Profiles, names: list[str], children: pd.Index) -> None:
        recorded = profiles.recorded
        of_year = recorded["school_year"].isna() | recorded["school_year"].isin([profiles.school_year])
        wanted = (recorded["element"].isin(names) & of_year).to_numpy(dtype=bool)
        self._children = children
        self._recorded = recorded.loc[
            wanted,
            ["child", "element", "value", "value_number", "status", "silo", "as_of", "link_status", "chosen"],
        ]
        self._child = children.get_indexer(pd.Index(self._recorded["child"]))
        self._positions = self._recorded.groupby("element", sort=False).indices
        known = profiles.crosswalk
        at = children.get_indexer(pd.Index(known["child"]))
        self._knows: dict[str, np.ndarray] = {}
        for silo, rows in known.groupby("silo").indices.items():
            mask = np.zeros(len(children), dtype=bool)
            mask[at[rows][at[rows] >= 0]] = True
            self._knows[str(silo)] = mask
        self._cached: dict[tuple[str, frozenset[str]], pd.DataFrame] = {}
        self._systems = profiles.coverage.systems

    def of(self, element: str, systems: Collection[str] = ()) -> pd.DataFrame:
        """Return the values of an element, or the reasons for none; if asked, only those of some systems."""
        key = (element, frozenset(systems))
        if key not in self._cached:
            self._cached[key] = self._look_up(element, key[1])
        return self._cached[key]

    def of_tests(self, element: str) -> pd.DataFrame:
        """Return the values of tests whose norms are published, with the ``system`` that the norms are of."""
        normed = frozenset(norms_of_tests()["system"])
        rows = self.of(element, normed)
        of_silo = {silo: [*(normed & {*name.split(" ")}), ""][0] for silo, name in self._systems.items()}
        only_others = rows["value"].isna() & self.of(element)["value"].notna()
        system = rows["silo"].map(of_silo).astype(STRING)
        return rows.assign(system=system, why=rows["why"].mask(only_others, NO_NORMS))

    def _look_up(self, element: str, systems: frozenset[str]) -> pd.DataFrame:
        positions = self._positions.get(element, np.zeros(0, "int64"))
        rows, child = self._recorded.iloc[positions], self._child[positions]
        # Of a child's values the one that counts comes first.
        chosen = rows["chosen"].to_numpy(dtype=bool) & (child >= 0)
        if systems:
            of_system = {silo: bool(systems & {*name.split(" ")}) for silo, name in self._systems.items()}
            kept = np.flatnonzero(rows["silo"].map(of_system).fillna(False).to_numpy(dtype=bool))
            rows, child = rows.iloc[kept], child[kept]
            chosen = ~pd.Series(child).duplicated().to_numpy() & (child >= 0)
        holds = ~rows["status"].eq("Empty").to_numpy(dtype=bool)
        known = np.zeros(len(self._children), dtype=bool)
        for silo in rows.loc[holds, "silo"].unique():
            known |= self._knows.get(str(silo), known)
        reason = known.astype("int64") + 1 if holds.any() else known.astype("int64")
        at = np.full(len(self._children), -1)
        at[child[chosen]] = np.flatnonzero(chosen)
        status = rows["status"].array.take(at, allow_fill=True)
        reported = pd.Series(status).eq("Reported").fillna(False).to_numpy(dtype=bool)
        shown = np.where(reported, at, -1)
        why = pd.Series(status).fillna(pd.Series(pd.array(REASONS, dtype=STRING).take(reason)))
        frame = pd.DataFrame(
            {
                name: rows[name].array.take(shown, allow_fill=True)
                for name in ("value", "as_of", "link_status", "silo")
            },
            index=self._children,
        )
        frame["value_number"] = np.append(rows["value_number"].to_numpy(dtype="float64"), np.nan)[shown]
        frame["why"] = why.where(~reported).array
        frame["not_for"] = pd.Series(status).eq("Not applicable").fillna(False).to_numpy(dtype=bool)
        return frame


GRADES = ("KG", *(f"{grade:02}" for grade in range(1, 13)))
CODE_LENGTH = 3  # of a language, ISO 639-2
NINTH = GRADES.index("09")
# Season of a test by month; the norms have three, at about 4, 20 and 32 weeks of lessons.
SEASONS = ("Fall", "Winter", "Spring")
SEASON_OF_MONTH = np.array([1, 1, 2, 2, 2, 2, 0, 0, 0, 0, 0, 1])  # January first


@dataclass(frozen=True)
class Facts:
    """Inputs of the indicators."""

    # Chosen values of elements.
    chosen: ElementValues
    # ``child`` and ``school``: the days of each child, and of each child at each school.
    days: Mapping[str, LaidOutDays]
    # The children.
    children: Children

    @cached_property
    def without_days(self) -> pd.DataFrame:
        """Children without laid-out days: ``child, detail, recorded`` (absences), link status and date."""
        here = ~self.children.names.isin(self.days["child"].rows["child"])
        enrolled = self.chosen.of("days_enrolled").loc[here]
        absent = self.chosen.of("days_absent").loc[here]
        return pd.DataFrame(
            {
                "child": self.children.names[here],
                "detail": detailed(why=enrolled["why"].fillna("Empty")).array,
                "recorded": absent["value_number"].array,
                "link_status": absent["link_status"].array,
                "as_of": absent["as_of"].array,
            }
        )


def _of_days(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Measure days; without days, recorded absences alone can flag a child but never clear one."""
    if definition.since is not None:
        return _since(indicator, definition, facts)
    measured = days_measured(facts.days, definition)
    others = facts.without_days
    any_absence = set(definition.absent) == {"Excused Absence", "Unexcused Absence"}
    if definition.flag and not definition.of_share and definition.minimum is None and any_absence:
        recorded = Column.of(others["recorded"])
        enough = others["recorded"].where(definition.flag.truth({str(definition.judged): recorded}) == TRUE)
        others = others.assign(value=enough, numerator=enough)
    return pd.concat([part for part in (measured, others) if len(part)] or [measured])


def _since(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Count days after each child's date; unknown where no system records messages to the child's family."""
    names = facts.children.names
    dates, sent, opened = (
        facts.chosen.of(name)
        for name in (str(definition.since), "absence_messages_sent", "absence_messages_opened")
    )
    day = pd.to_datetime(dates["value"])
    measured = days_measured(facts.days, definition, day).set_index("child").reindex(names)
    known = opened["value_number"].notna() & measured["value"].notna()
    why = sent["why"].where(opened["value_number"].isna())
    return pd.DataFrame(
        {
            "child": names,
            "value": measured["value"].where(known).array,
            "numerator": measured["numerator"].where(known).array,
            "denominator": measured["denominator"].where(known).array,
            "detail": detailed(
                since=dates["value"],
                sent=_whole(sent["value_number"]),
                opened=_whole(opened["value_number"]),
                why=why.fillna("Empty").where(~known),
            ).array,
            "as_of": measured["as_of"].array,
            "fresh_on": measured["fresh_on"].array,
            "link_status": weakest(measured["link_status"], opened["link_status"]).array,
        }
    )  # fmt: skip


def _of_elements(criterion: Criterion, columns: Mapping[str, Column], facts: Facts) -> pd.DataFrame:
    """Measure a value of elements: a number, a word, a date, or a share of one in another."""
    names = facts.children.names
    tree = criterion.judged.tree
    rows = [facts.chosen.of(parts_of(name)[1]) for name in criterion.judged.inputs()]
    criterion_name = pd.Series(criterion.name, index=names, dtype=STRING)
    word, value = _word(tree, columns, rows[0]["value"]), pd.Series(np.nan, names)
    if word is None:
        word, value = _nothing(names), pd.Series(criterion.judged.value(columns).values, index=names)
    numerator = denominator = pd.Series(np.nan, index=names)
    link_status, as_of, why = rows[0]["link_status"], rows[0]["as_of"], rows[0]["why"]
    if isinstance(tree, Worked):
        for other in rows[1:]:
            link_status, why = weakest(link_status, other["link_status"]), why.fillna(other["why"])
            as_of = as_of.where(as_of < other["as_of"], other["as_of"])
        if tree.how == "/" and len(rows) == 2:
            numerator, denominator = rows[0]["value_number"], rows[1]["value_number"]
            # A denominator of zero gives no share; the definition's minimum excludes those children.
            value = value.mask(numerator.notna() & denominator.eq(0), 0.0)
    return pd.DataFrame(
        {
            "child": names,
            "value": value.array,
            "word": word.array,
            "numerator": numerator.array,
            "denominator": denominator.array,
            "detail": detailed(part=criterion_name, says=word, why=why.mask(word.notna())).array,
            "as_of": as_of.array,
            "link_status": link_status.array,
            "not_for": rows[0]["not_for"].to_numpy(dtype=bool),
        }
    )


def _word(tree: Node, columns: Mapping[str, Column], values: pd.Series) -> pd.Series | None:
    """Return what is shown of a word, of a date, or of whether something is on record; None for a number."""
    if not isinstance(tree, Read):
        return None
    kind, asked = parts_of(tree.name)
    if kind == "on_record":
        on_record = pd.Series(columns[tree.name].values, index=values.index)
        return on_record.map({1.0: "on record", 0.0: "not on record"}).astype(STRING)
    return values if element(asked).type in TEXT_TYPES else None


def _columns(criterion: Criterion, facts: Facts) -> dict[str, Column]:
    """Collect what the conditions of a criterion ask for."""
    columns = {}
    for name in criterion.inputs():
        kind, asked = parts_of(name)
        rows = facts.chosen.of(asked)
        value = rows["value"] if element(asked).type in TEXT_TYPES else rows["value_number"]
        if kind == "on_record":
            # Whoever isn't linked may have one; who is, and has no row, has none.
            value = value.notna().astype("boolean").mask(rows["why"].isin(["Not linked", "Not collected"]))
        elif element(asked).type == "date":
            value = pd.to_datetime(value)
        columns[name] = Column.of(value)
    return columns


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(pd.NA, index=index, dtype=STRING)


def _normed(definition: Definition, rows: pd.DataFrame, grades: np.ndarray, column: str) -> np.ndarray:
    """Look up a column of the norms of each child's test; NaN where they have none."""
    norms = norms_of_tests()
    mine = norms[(norms["norms"] == definition.norms) & (norms["subject"] == definition.subject)]
    table = mine.set_index(["system", "season", "grade_level"])[column]
    wanted = [rows["system"].to_numpy(dtype=object), _seasons(rows["as_of"]).to_numpy(dtype=object), grades]
    return table.reindex(pd.MultiIndex.from_arrays(wanted)).to_numpy(dtype="float64")


def _seasons(days: pd.Series) -> pd.Series:
    """Return the season of each date; NA without a date."""
    known = days.notna().to_numpy(dtype=bool)
    place = SEASON_OF_MONTH[days.dt.month.fillna(1).to_numpy(dtype="int64") - 1]
    words = pd.array(SEASONS, dtype=STRING).take(np.where(known, place, -1), allow_fill=True)
    return pd.Series(words, index=days.index)


def _standing(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Measure a score's percentile within grade and season, from a normal curve fitted to the norms."""
    names = facts.children.names
    rows = facts.chosen.of_tests(indicator.elements_of(definition)[0])
    seasons = _seasons(rows["as_of"])
    mean, deviation = (
        _normed(definition, rows, facts.children.grades, column) for column in ("fitted_mean", "fitted_sd")
    )
    apart = (rows["value_number"].to_numpy() - mean) / deviation
    percentile = np.full(len(apart), np.nan)
    known = np.flatnonzero(~np.isnan(apart))
    percentile[known] = [50 * (1 + erf(one)) for one in (apart[known] / sqrt(2)).tolist()]
    return pd.DataFrame(
        {
            "child": names,
            "value": percentile,
            "detail": detailed(
                score=rows["value_number"].round().astype("Int64").astype(STRING),
                mean=_tenths(mean, names),
                season=seasons.astype(STRING),
                why=rows["why"],
            ).array,
            "as_of": rows["as_of"].array,
            "link_status": rows["link_status"].array,
            "not_for": rows["not_for"].to_numpy(dtype=bool),
        }
    )


def _growing(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Compare a year's growth with the difference between the norm means of the grade and the one before."""
    names, grades = facts.children.names, facts.children.grades
    rows = facts.chosen.of_tests(indicator.elements_of(definition)[0])
    seasons = _seasons(rows["as_of"])
    before = pd.Series(grades).map(dict(zip(GRADES[1:], GRADES[:-1], strict=True))).to_numpy(dtype=object)
    means = [_normed(definition, rows, level, "fitted_mean") for level in (grades, before)]
    expected = means[0] - means[1]
    growth = rows["value_number"].to_numpy()
    # Where the norms themselves show no growth, there is nothing to compare with.
    no_growth = expected <= 0
    share = growth / np.where(no_growth, np.nan, expected)
    return pd.DataFrame(
        {
            "child": names,
            "value": share,
            "numerator": growth,
            "denominator": expected,
            "detail": detailed(season=seasons.astype(STRING), why=rows["why"]).array,
            "as_of": rows["as_of"].array,
            "link_status": rows["link_status"].array,
            "not_for": rows["not_for"].to_numpy(dtype=bool) | (no_growth & ~np.isnan(growth)),
        }
    )


def _tenths(numbers: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(np.round(numbers, 1), index=index).astype(STRING)


def _credits(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Compare total credits with those expected from the completed years of high school."""
    names = facts.children.names
    rows = facts.chosen.of("credits_total")
    place = pd.Series(facts.children.grades).map({grade: at for at, grade in enumerate(GRADES)})
    expected = (place.to_numpy(dtype="float64") - NINTH) * credit_terms().credits_a_year
    earned = rows["value_number"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(expected > 0, earned / expected, np.nan)
    return pd.DataFrame(
        {
            "child": names,
            "value": share,
            "numerator": earned,
            "denominator": expected,
            "detail": detailed(why=rows["why"]).array,
            "as_of": rows["as_of"].array,
            "link_status": rows["link_status"].array,
        }
    )


def _languages(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Compare the language of contact with the home language."""
    names = facts.children.names
    home = facts.chosen.of("home_language")
    contact = facts.chosen.of("contact_language")
    same = folded(home["value"]).eq(folded(contact["value"]))
    known = home["value"].notna() & contact["value"].notna()
    # A language code can't be compared with a language name.
    codes = [each["value"].str.len().eq(CODE_LENGTH).fillna(False) for each in (home, contact)]
    known &= codes[0] == codes[1]
    word = same.fillna(False).astype(bool).map({True: "same", False: "another"}).astype(STRING).where(known)
    return pd.DataFrame(
        {
            "child": names,
            "word": word.array,
            "detail": detailed(
                home=home["value"], contact=contact["value"], why=home["why"].fillna(contact["why"])
            ).array,
            "as_of": contact["as_of"].array,
            "link_status": weakest(home["link_status"], contact["link_status"]).array,
        }
    )


def _activities(indicator: Indicator, definition: Definition, facts: Facts) -> pd.DataFrame:
    """Add activities and clubs; a child on no list is unknown, since no list shows who could be on it."""
    names = facts.children.names
    rows = {name: facts.chosen.of(name) for name in ("school_activities", "community_clubs", "club_hours")}
    activities, clubs, hours = (each["value_number"] for each in rows.values())
    total = activities.fillna(0) + clubs.fillna(0)
    total = total.where(activities.notna() | clubs.notna())
    both = rows["school_activities"], rows["community_clubs"]
    return pd.DataFrame(
        {
            "child": names,
            "value": total.array,
            "detail": detailed(
                activities=_whole(activities),
                clubs=_whole(clubs),
                hours=_tenths(hours.to_numpy(), names),
                why=pd.Series("On no list", names, dtype=STRING).where(total.isna()),
            ).array,
            "as_of": both[0]["as_of"].fillna(both[1]["as_of"]).array,
            "link_status": weakest(both[0]["link_status"], both[1]["link_status"]).array,
        }
    )


def _whole(numbers: pd.Series) -> pd.Series:
    return numbers.round().astype("Int64").astype(STRING)


_MEASURED: Mapping[str, Callable[[Indicator, Definition, Facts], pd.DataFrame]] = {
    "days": _of_days,
    "norms": _standing,
    "growth": _growing,
    "credits": _credits,
    "languages": _languages,
    "activities": _activities,
}


def measured_by(
    indicator: Indicator, definition: Definition, facts: Facts
) -> Iterator[tuple[pd.DataFrame, Criterion, dict[str, Column]]]:
    """Measure every child under one definition: each criterion, and what its conditions ask for beside it."""
    if indicator.measure != "elements":
        yield _MEASURED[indicator.measure](indicator, definition, facts), definition, {}
        return
    for criterion in definition.criteria:
        columns = _columns(criterion, facts)
        yield _of_elements(criterion, columns, facts), criterion, columns
