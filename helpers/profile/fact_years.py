"""For which day an export speaks, and in which school year each fact lies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.profile.pairs import Pairs, places_of
from helpers.profile.school_years import SchoolYears, day_columns
from helpers.standard import STRING

__all__ = ["day_spoken_for", "days_of_exports", "fact_years", "newest_days_of_exports"]

# A fact of a class without a day lies in the year of the class.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
# A gradebook speaks for the day on which it was exported.
AS_IT_STANDS = ("assignment_score", "course_grade")


def newest_days_of_exports(days: pd.DataFrame) -> pd.DataFrame:
    """Say for which day each silo speaks.

    Parameters
    ----------
    days
        ``silo, as_of``: the days that its records name.

    Returns
    -------
    pandas.DataFrame
        ``silo, as_of``: the newest day that an export of the silo names; no row where none does.
    """
    dated = days.loc[days["as_of"].notna(), ["silo", "as_of"]]
    return dated.groupby("silo")["as_of"].max().reset_index()


def days_of_exports(people: pd.DataFrame, newest: pd.DataFrame) -> pd.DataFrame:
    """Say for which day each silo speaks, and each record that speaks for another one.

    Parameters
    ----------
    people
        Table ``people``, or some rows of it.
    newest
        What `newest_days_of_exports` gives.

    Returns
    -------
    pandas.DataFrame
        ``silo, record, as_of``: NA as record: the newest day that an export of the silo names; and the
        records whose own export names an older one.
    """
    dated = people.loc[people["as_of"].notna(), ["silo", "record", "as_of"]]
    system = places_of(dated["silo"], tuple(map(str, newest["silo"])))
    of_silo = np.append(newest["as_of"].to_numpy(dtype="datetime64[us]"), np.datetime64("NaT", "us"))[system]
    older = dated[dated["as_of"].to_numpy(dtype="datetime64[us]") < of_silo]
    whole = newest.assign(record=pd.Series(pd.NA, index=newest.index, dtype=STRING))
    return pd.concat([older, whole[["silo", "record", "as_of"]]], ignore_index=True)


def day_spoken_for(rows: pd.DataFrame, days: pd.DataFrame) -> pd.Series:
    """Say for which day each row speaks.

    Parameters
    ----------
    rows
        A table with ``silo`` and ``record``.
    days
        What `days_of_exports` gives.

    Returns
    -------
    pandas.Series
        Days, on the index of `rows`; NA where the silo names none.
    """
    own = days[days["record"].notna()]
    whole = days[days["record"].isna()]
    silos = tuple(map(str, days["silo"].unique()))
    system = places_of(rows["silo"], silos)
    of_silo = np.full(len(silos) + 1, np.datetime64("NaT", "us"))
    of_silo[places_of(whole["silo"], silos)] = whole["as_of"].to_numpy(dtype="datetime64[us]")
    day = of_silo[system]
    if len(own):
        at = Pairs(places_of(own["silo"], silos), own["record"]).of(system, rows["record"])
        day[at >= 0] = own["as_of"].to_numpy(dtype="datetime64[us]")[at[at >= 0]]
    return pd.Series(day, index=rows.index)


def fact_years(
    table: str, rows: pd.DataFrame, facts: Mapping[str, pd.DataFrame], years: SchoolYears, days: pd.DataFrame
) -> pd.Series:
    """Say in which school year each row of a fact table lies.

    Parameters
    ----------
    table
        Fact table.
    rows
        Its rows.
    facts
        Fact tables by name, for classes and their sessions.
    years
        School years.
    days
        Days for which exports speak, of `days_of_exports`.

    Returns
    -------
    pandas.Series
        ``Int64``: the year that the row names, else that of its first day that is known, else that of its
        class's session; of what a gradebook holds, else that of the export. NA where nothing tells.
    """
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
        year = year.fillna(years.at_export(day_spoken_for(rows, days), rows["silo"]))
    return year


def _of_class(rows: pd.DataFrame, facts: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Take the year of the session in which a class is held."""
    sections, sessions = facts["section"], facts["session"]
    silos = tuple(map(str, pd.unique(pd.concat([sections["silo"], sessions["silo"]], ignore_index=True))))
    system = places_of(rows["silo"], silos)
    its_class = Pairs(places_of(sections["silo"], silos), sections["section_id"])
    at = its_class.of(system, rows["section_id"])
    # Of a class that runs over several sessions the first says as much as the others.
    first = sections["session_id"].str.split(";").str[0].astype(STRING)
    held = Pairs(places_of(sessions["silo"], silos), sessions["session_id"])
    session = np.append(held.of(places_of(sections["silo"], silos), first), -1)[at]
    if "session_id" in rows.columns and rows["session_id"].notna().any():
        named = rows["session_id"].str.split(";").str[0].astype(STRING)
        session = np.where(named.notna().to_numpy(dtype=bool), held.of(system, named), session)
    years = pd.concat([sessions["school_year"], pd.Series([pd.NA], dtype="Int64")], ignore_index=True)
    return pd.Series(years.array.take(session), index=rows.index)
