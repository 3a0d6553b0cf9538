"""For which day an export speaks, and in which school year each fact lies."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.layouts import STRING
from helpers.profile.school_years import SchoolYears, day_columns

__all__ = ["day_spoken_for", "days_of_exports", "fact_years"]

# A fact of a class without a day lies in the year of the class.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
# A gradebook speaks for the day on which it was exported.
AS_IT_STANDS = ("assignment_score", "course_grade")


def days_of_exports(people: pd.DataFrame) -> pd.DataFrame:
    """Say for which day each record speaks, and each silo.

    Parameters
    ----------
    people
        Table ``people``.

    Returns
    -------
    pandas.DataFrame
        ``silo, record, as_of``: NA as record: the newest day that an export of the silo names; and the
        records whose own export names an older one.
    """
    dated = people.loc[people["as_of"].notna(), ["silo", "record", "as_of"]]
    by_silo = dated.groupby("silo")["as_of"]
    older = dated[dated["as_of"] < by_silo.transform("max")]
    newest = by_silo.max().reset_index()
    newest = newest.assign(record=pd.Series(pd.NA, index=newest.index, dtype=STRING))
    return pd.concat([older, newest], ignore_index=True)


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
    newest = days[days["record"].isna()].set_index("silo")["as_of"]
    newest = newest.reindex(rows["silo"]).set_axis(rows.index).astype("datetime64[us]")
    if own.empty:
        return newest
    known = rows[["silo", "record"]].merge(own, on=["silo", "record"], how="left", validate="many_to_one")
    return known["as_of"].set_axis(rows.index).fillna(newest).astype("datetime64[us]")


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
    sections = facts["section"].dropna(subset=["section_id"]).drop_duplicates(["silo", "section_id"])
    places = rows[["silo", "section_id"]].merge(
        sections[["silo", "section_id", "session_id"]],
        on=["silo", "section_id"], how="left", validate="many_to_one",
    )  # fmt: skip
    session = places["session_id"]
    if "session_id" in rows.columns:
        session = rows["session_id"].reset_index(drop=True).fillna(session)
    # Of a class that runs over several sessions the first says as much as the others.
    first = session.str.split(";").str[0]
    sessions = facts["session"].dropna(subset=["session_id"]).drop_duplicates(["silo", "session_id"])
    years = (
        places[["silo"]]
        .assign(session_id=first)
        .merge(
            sessions[["silo", "session_id", "school_year"]],
            on=["silo", "session_id"], how="left", validate="many_to_one",
        )
    )  # fmt: skip
    return years["school_year"].set_axis(rows.index)
