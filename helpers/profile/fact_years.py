"""In which school year each fact lies: by its own word, its day, its class, or the day of the export."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.profile.school_years import SchoolYears, day_columns

__all__ = ["fact_years"]

# A fact of a class without a day lies in the year of the class.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
# A gradebook speaks for the day on which it was exported.
AS_IT_STANDS = ("assignment_score", "course_grade")


def fact_years(
    table: str, rows: pd.DataFrame, facts: Mapping[str, pd.DataFrame], years: SchoolYears, spoken: pd.Series
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
    spoken
        Day for which the export of each row speaks.

    Returns
    -------
    pandas.Series
        ``Int64``: the year that the row names, else that of its first day that is known, else that of its
        class's session; of what a gradebook holds, else that of the export. NA where nothing tells.
    """
    year = rows["school_year"] if "school_year" in rows.columns else pd.Series(pd.NA, rows.index, "Int64")
    days = day_columns(table)
    if days and year.isna().any():
        day = rows[days[0]]
        for column in days[1:]:
            day = day.fillna(rows[column])
        year = year.fillna(years.of(day))
    if table in OF_A_CLASS and year.isna().any():
        year = year.fillna(_of_class(rows, facts))
    if table in AS_IT_STANDS and year.isna().any():
        year = year.fillna(years.at_export(spoken, rows["silo"]))
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
