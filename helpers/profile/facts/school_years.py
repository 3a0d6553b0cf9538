"""School years, and the year of each fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.profile.facts.arrays import KeyIndex, index_of
from helpers.standard import (
    FIRST_MONTH,
    STRING,
    empty_table,
    fact_tables,
    first_day,
    last_day,
    standard_table,
)
from helpers.systems import declared_elements

__all__ = [
    "SchoolYears",
    "as_of_day_of_row",
    "day_columns",
    "export_days",
    "fact_years",
    "latest_export_days",
    "school_years",
]


# A session longer than this is a typing error, and would swallow the years beside it.
LONGEST_SESSION_DAYS = 400
# Where a system has no sessions, a year counts when at least this share of its dated rows lies in it: a few
# mistyped dates make no school year.
LEAST_SHARE_OF_ROWS = 0.02
# What a system keeps of a child's whole life, not of its year: the day alone makes no school year. A plan
# begins in one and runs through many.
AT_ANY_TIME = ("assessment_result", "immunization", "program")


@dataclass(frozen=True)
class SchoolYears:
    """The school years of a district."""

    # Years, each named by the year in which it ends, oldest first.
    years: tuple[int, ...]
    # First and last day of a year, as the sessions have it; a year may have none.
    spans: Mapping[int, tuple[pd.Timestamp, pd.Timestamp]]
    # The years of each system that has any.
    of_silo: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def newest_of(self, silos: pd.Series) -> pd.Series:
        """Give each system's newest school year, for what it says without a date."""
        fallback = self.years[-1] if self.years else pd.NA
        newest = {
            silo: self.of_silo[silo][-1] if silo in self.of_silo else fallback for silo in silos.unique()
        }
        return silos.map(newest).astype("Int64")

    def at_export(self, spoken: pd.Series, silos: pd.Series) -> pd.Series:
        """Say of which school year an export tells that names none: that of the day for which it speaks.

        In summer an export still tells of the year that is over.
        """
        newest = self.newest_of(silos)
        year = self.of(spoken).fillna(newest)
        return year.where((year <= newest).fillna(True), newest)

    def span_of(self, year: int) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Give the first and last day of a year: as the sessions have it, else from July to June."""
        return self.spans.get(year, (pd.Timestamp(first_day(year)), pd.Timestamp(last_day(year))))

    def speak_of(self, years: pd.Series) -> pd.Series:
        """Say of each year whether any system speaks of it; not of a missing one."""
        return years.isin(list(self.years)).fillna(False).astype(bool)

    def places(self, years: np.ndarray) -> np.ndarray:
        """Say where each school year stands among those of which a system speaks; -1 for any other."""
        known = np.asarray(self.years, dtype="int64")
        at = np.searchsorted(known, years)
        there = at < len(known)
        there[there] = known[at[there]] == years[there]
        return np.where(there, at, -1)

    def of(self, dates: pd.Series) -> pd.Series:
        """Say in which school year each day lies."""
        day = dates.to_numpy(dtype="datetime64[us]")
        month = day.astype("datetime64[M]").astype("int64")  # since January 1970
        year = 1970 + (month + 12 - (FIRST_MONTH - 1)) // 12
        within = [
            (named, (day >= np.datetime64(begin)) & (day <= np.datetime64(end)))
            for named, (begin, end) in self.spans.items()
        ]
        settled = np.zeros(len(day), dtype=bool)
        for named, inside in within:
            settled |= inside & (year == named)
        for named, inside in within:
            year = np.where(inside & ~settled, named, year)
        nowhere = np.isnat(day)
        return pd.Series(pd.arrays.IntegerArray(np.where(nowhere, 1, year), nowhere), index=dates.index)


def day_columns(table: str) -> list[str]:
    """Name the columns of a fact table that hold its day: the first is its own, the rest stand in."""
    return [column.name for column in standard_table(table).columns if column.type in ("date", "datetime")]


def _spans(sessions: pd.DataFrame) -> dict[int, tuple[pd.Timestamp, pd.Timestamp]]:
    length = (sessions["end_date"] - sessions["begin_date"]).dt.days
    sound = sessions[sessions["school_year"].notna() & length.between(0, LONGEST_SESSION_DAYS)]
    by_year = sound.groupby("school_year").agg(begin=("begin_date", "min"), end=("end_date", "max"))
    return {
        int(year): (begin, end)
        for year, begin, end in zip(
            by_year.index.to_numpy(dtype="int64"), by_year["begin"], by_year["end"], strict=True
        )
    }


def _years_without_sessions(
    facts: Mapping[str, pd.DataFrame], known: set[str], years: SchoolYears
) -> pd.DataFrame:
    """Take the years of dated rows, for systems that have no sessions of their own.

    Facts that no element is taken from make no year, and neither does the day of a test or a dose: that of
    ten years ago is no year to tell of. A year that the system itself names counts, of a test too.
    """
    told_of = {element.table for element in declared_elements()}
    dated = []
    for table in fact_tables():
        frame = facts.get(table)
        idle = standard_table(table).about == "child" and table not in told_of
        if frame is None or table == "session" or idle:
            continue
        frame = frame[~frame["silo"].isin(list(known))]
        if frame.empty:
            continue
        own = pd.Series(pd.NA, frame.index, dtype="Int64")
        if "school_year" in frame.columns:
            own = frame["school_year"]
        for column in day_columns(table)[:1]:
            if table not in AT_ANY_TIME:
                own = own.fillna(years.of(frame[column]))
        rows = frame["rows"] if "rows" in frame.columns else pd.Series(1, frame.index)
        told = pd.DataFrame({"silo": frame["silo"], "year": own, "rows": rows.astype("int64")}).dropna()
        dated.append(told.groupby(["silo", "year"], as_index=False)["rows"].sum())
    if not dated:
        return pd.DataFrame({"silo": pd.Series(dtype="string"), "year": pd.Series(dtype="Int64")})
    counts = pd.concat(dated, ignore_index=True).groupby(["silo", "year"])["rows"].sum()
    share = counts / counts.groupby(level="silo").transform("sum")
    return share[share >= LEAST_SHARE_OF_ROWS].index.to_frame(index=False)


def school_years(facts: Mapping[str, pd.DataFrame]) -> SchoolYears:
    """Find the school years that a district's systems speak of.

    The years of the sessions; of a system without sessions, the years of its dated rows.
    """
    sessions = facts.get("session", empty_table("session"))
    named = sessions.loc[sessions["school_year"].notna(), ["silo", "school_year"]]
    named = named.rename(columns={"school_year": "year"})
    spans = _spans(sessions)
    others = _years_without_sessions(facts, set(named["silo"]), SchoolYears((), spans))
    found = pd.concat([part for part in (named, others) if len(part)] or [named], ignore_index=True)
    found = found.drop_duplicates()
    of_silo: dict[str, tuple[int, ...]] = {}
    for silo, its_years in found.groupby("silo")["year"]:
        of_silo[str(silo)] = tuple(sorted(int(year) for year in its_years.to_numpy(dtype="int64")))
    return SchoolYears(tuple(sorted({year for its in of_silo.values() for year in its})), spans, of_silo)


# A fact of a class without a day lies in the year of the class.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
# A gradebook speaks for the day on which it was exported.
AS_IT_STANDS = ("assignment_score", "course_grade")


def latest_export_days(days: pd.DataFrame) -> pd.DataFrame:
    """Say for which day each silo speaks."""
    dated = days.loc[days["as_of"].notna(), ["silo", "as_of"]]
    return dated.groupby("silo")["as_of"].max().reset_index()


def export_days(people: pd.DataFrame, newest: pd.DataFrame) -> pd.DataFrame:
    """Say for which day each silo speaks, and each record that speaks for another one."""
    dated = people.loc[people["as_of"].notna(), ["silo", "record", "as_of"]]
    system = index_of(dated["silo"], tuple(map(str, newest["silo"])))
    of_silo = np.append(newest["as_of"].to_numpy(dtype="datetime64[us]"), np.datetime64("NaT", "us"))[system]
    older = dated[dated["as_of"].to_numpy(dtype="datetime64[us]") < of_silo]
    whole = newest.assign(record=pd.Series(pd.NA, index=newest.index, dtype=STRING))
    return pd.concat([older, whole[["silo", "record", "as_of"]]], ignore_index=True)


def as_of_day_of_row(rows: pd.DataFrame, days: pd.DataFrame) -> pd.Series:
    """Say for which day each row speaks."""
    own = days[days["record"].notna()]
    whole = days[days["record"].isna()]
    silos = tuple(map(str, days["silo"].unique()))
    system = index_of(rows["silo"], silos)
    of_silo = np.full(len(silos) + 1, np.datetime64("NaT", "us"))
    of_silo[index_of(whole["silo"], silos)] = whole["as_of"].to_numpy(dtype="datetime64[us]")
    day = of_silo[system]
    if len(own):
        at = KeyIndex(index_of(own["silo"], silos), own["record"]).of(system, rows["record"])
        day[at >= 0] = own["as_of"].to_numpy(dtype="datetime64[us]")[at[at >= 0]]
    return pd.Series(day, index=rows.index)


def fact_years(
    table: str, rows: pd.DataFrame, facts: Mapping[str, pd.DataFrame], years: SchoolYears, days: pd.DataFrame
) -> pd.Series:
    """Say in which school year each row of a fact table lies."""
    year = rows["school_year"] if "school_year" in rows.columns else pd.Series(pd.NA, rows.index, "Int64")
    if rows.empty:
        return year
    dated = day_columns(table)
    if dated and year.isna().any():
        day = rows[dated[0]]
        for column in dated[1:]:
            day = day.fillna(rows[column])
        year = year.fillna(years.of(day))
    if table in OF_A_CLASS and year.isna().any():
        year = year.fillna(_of_class(rows, facts))
    if table in AS_IT_STANDS and year.isna().any():
        year = year.fillna(years.at_export(as_of_day_of_row(rows, days), rows["silo"]))
    return year


def _of_class(rows: pd.DataFrame, facts: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Take the year of the session in which a class is held."""
    sections, sessions = facts["section"], facts["session"]
    silos = tuple(map(str, pd.unique(pd.concat([sections["silo"], sessions["silo"]], ignore_index=True))))
    system = index_of(rows["silo"], silos)
    its_class = KeyIndex(index_of(sections["silo"], silos), sections["section_id"])
    at = its_class.of(system, rows["section_id"])
    # Of a class that runs over several sessions the first says as much as the others.
    first = sections["session_id"].str.split(";").str[0].astype(STRING)
    held = KeyIndex(index_of(sessions["silo"], silos), sessions["session_id"])
    session = np.append(held.of(index_of(sections["silo"], silos), first), -1)[at]
    if "session_id" in rows.columns and rows["session_id"].notna().any():
        named = rows["session_id"].str.split(";").str[0].astype(STRING)
        session = np.where(named.notna().to_numpy(dtype=bool), held.of(system, named), session)
    years = pd.concat([sessions["school_year"], pd.Series([pd.NA], dtype="Int64")], ignore_index=True)
    return pd.Series(years.array.take(session), index=rows.index)
