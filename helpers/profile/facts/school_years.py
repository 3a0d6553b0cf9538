"""School years, and the school year of each fact."""

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


# A longer session is a typo, and would swallow the neighboring years.
LONGEST_SESSION_DAYS = 400
# For a system without sessions, a year counts if at least this share of its dated rows lies in it: a few
# mistyped dates don't make a school year.
LEAST_SHARE_OF_ROWS = 0.02
# What a system stores over a child's whole life: a date alone makes no school year. A plan begins in one year
# and runs through many.
AT_ANY_TIME = ("assessment_result", "immunization", "program")


@dataclass(frozen=True)
class SchoolYears:
    """The school years of a district."""

    # Years, each named for the year it ends in, oldest first.
    years: tuple[int, ...]
    # First and last day of a year, by the sessions; a year may have none.
    spans: Mapping[int, tuple[pd.Timestamp, pd.Timestamp]]
    # The years of each system that has any.
    of_silo: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def newest_of(self, silos: pd.Series) -> pd.Series:
        """Return each system's latest school year, for records without a date."""
        fallback = self.years[-1] if self.years else pd.NA
        newest = {
            silo: self.of_silo[silo][-1] if silo in self.of_silo else fallback for silo in silos.unique()
        }
        return silos.map(newest).astype("Int64")

    def at_export(self, as_of: pd.Series, silos: pd.Series) -> pd.Series:
        """Return the school year of records without one: that of the as-of date.

        In summer an export still covers the year that is over.
        """
        newest = self.newest_of(silos)
        year = self.of(as_of).fillna(newest)
        return year.where((year <= newest).fillna(True), newest)

    def span_of(self, year: int) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first and last day of a year, by the sessions, else from July to June."""
        return self.spans.get(year, (pd.Timestamp(first_day(year)), pd.Timestamp(last_day(year))))

    def speak_of(self, years: pd.Series) -> pd.Series:
        """Test which years some system covers; a missing year is False."""
        return years.isin(list(self.years)).fillna(False).astype(bool)

    def positions(self, years: np.ndarray) -> np.ndarray:
        """Return the position of each school year among the covered ones; -1 for any other."""
        known = np.asarray(self.years, dtype="int64")
        at = np.searchsorted(known, years)
        there = at < len(known)
        there[there] = known[at[there]] == years[there]
        return np.where(there, at, -1)

    def of(self, dates: pd.Series) -> pd.Series:
        """Return the school year of each date."""
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
    """List the date columns of a fact table: the first is its own, the others are substitutes."""
    return [column.name for column in standard_table(table).columns if column.type in ("date", "datetime")]


def has_years(table: str) -> bool:
    """Whether rows of a fact table belong to a school year: they have a date or name the year."""
    names = {column.name for column in standard_table(table).columns}
    return bool(day_columns(table)) or "school_year" in names


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
    """Infer the years of systems without sessions from dated rows.

    Facts that no element uses don't count, and neither does the date of a test or a dose, which may be ten
    years old. A year that the system itself names counts, even for a test.
    """
    used_tables = {element.table for element in declared_elements()}
    dated = []
    for table in fact_tables():
        frame = facts.get(table)
        idle = standard_table(table).about == "child" and table not in used_tables
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
        by_year = pd.DataFrame({"silo": frame["silo"], "year": own, "rows": rows.astype("int64")}).dropna()
        dated.append(by_year.groupby(["silo", "year"], as_index=False)["rows"].sum())
    if not dated:
        return pd.DataFrame({"silo": pd.Series(dtype="string"), "year": pd.Series(dtype="Int64")})
    counts = pd.concat(dated, ignore_index=True).groupby(["silo", "year"])["rows"].sum()
    share = counts / counts.groupby(level="silo").transform("sum")
    return share[share >= LEAST_SHARE_OF_ROWS].index.to_frame(index=False)


def school_years(facts: Mapping[str, pd.DataFrame]) -> SchoolYears:
    """Find the school years that a district's systems cover.

    These are the years of the sessions, or of the dated rows for a system without sessions.
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


# A fact of a class without a date belongs to the year of the class.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
# A gradebook is as of the day of its export.
AS_IT_STANDS = ("assignment_score", "course_grade")


def latest_export_days(days: pd.DataFrame) -> pd.DataFrame:
    """Return the latest as-of date of each silo."""
    dated = days.loc[days["as_of"].notna(), ["silo", "as_of"]]
    return dated.groupby("silo")["as_of"].max().reset_index()


def export_days(people: pd.DataFrame, newest: pd.DataFrame) -> pd.DataFrame:
    """Return the latest as-of date of each silo, and of each record with an earlier one."""
    dated = people.loc[people["as_of"].notna(), ["silo", "record", "as_of"]]
    system = index_of(dated["silo"], tuple(map(str, newest["silo"])))
    of_silo = np.append(newest["as_of"].to_numpy(dtype="datetime64[us]"), np.datetime64("NaT", "us"))[system]
    older = dated[dated["as_of"].to_numpy(dtype="datetime64[us]") < of_silo]
    whole = newest.assign(record=pd.Series(pd.NA, index=newest.index, dtype=STRING))
    return pd.concat([older, whole[["silo", "record", "as_of"]]], ignore_index=True)


def as_of_day_of_row(rows: pd.DataFrame, days: pd.DataFrame) -> pd.Series:
    """Return the as-of date of each row."""
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
    """Return the school year of each row of a fact table."""
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
    """Look up the year of the session of each row's class."""
    sections, sessions = facts["section"], facts["session"]
    silos = tuple(map(str, pd.unique(pd.concat([sections["silo"], sessions["silo"]], ignore_index=True))))
    system = index_of(rows["silo"], silos)
    its_class = KeyIndex(index_of(sections["silo"], silos), sections["section_id"])
    at = its_class.of(system, rows["section_id"])
    # For a class over several sessions, the first is as good as any.
    first = sections["session_id"].str.split(";").str[0].astype(STRING)
    held = KeyIndex(index_of(sessions["silo"], silos), sessions["session_id"])
    session = np.append(held.of(index_of(sections["silo"], silos), first), -1)[at]
    if "session_id" in rows.columns and rows["session_id"].notna().any():
        named = rows["session_id"].str.split(";").str[0].astype(STRING)
        session = np.where(named.notna().to_numpy(dtype=bool), held.of(system, named), session)
    years = pd.concat([sessions["school_year"], pd.Series([pd.NA], dtype="Int64")], ignore_index=True)
    return pd.Series(years.array.take(session), index=rows.index)
