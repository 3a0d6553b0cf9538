"""Exercises on asking: the same facts in other layouts, and another word for the same thing."""

from __future__ import annotations

import pandas as pd

from helpers.teach.answer_kinds import no_whole_number
from helpers.teach.exercise import Exercise

__all__ = ["EXERCISES"]

LAST_GRADE = 12


def _first_days(answer: object, *, rows: pd.DataFrame, formats: dict[str, str]) -> str | None:
    if not isinstance(answer, pd.Series) or len(answer) != len(rows):
        return f"Give a column of {len(rows)} dates, one a row; yours is a {type(answer).__name__}."
    if not str(answer.dtype).startswith("datetime64"):
        return f"These are still {answer.dtype}, no dates: pandas.to_datetime makes dates of text."
    told, meant = answer.reset_index(drop=True), _read(rows, formats)
    wrong = told.ne(meant) & ~(told.isna() & meant.isna())
    if not wrong.any():
        return None
    at = wrong.tolist().index(True)
    row = rows.iloc[at]
    if told.isna().iloc[at]:
        return f"{row['start']} of {row['layout']} became nothing. Read each layout by its own order."
    read = _read(rows.assign(layout="other"), {"other": "%m/%d/%Y"}).fillna(told)
    if (told.eq(read) | (told.isna() & read.isna())).all():
        return (
            f"{row['start']} of {row['layout']} became {told[at]:%d %B}: a wrong day, and no error. "
            "One of the layouts writes the day first."
        )
    return f"{row['start']} of {row['layout']} is {meant[at]:%d %B}; yours is {told[at]:%d %B}."


def _read(rows: pd.DataFrame, formats: dict[str, str]) -> pd.Series:
    """Read the day on which each row begins, by the order of its layout."""
    read = pd.Series(pd.NaT, index=range(len(rows)), dtype="datetime64[us]")
    for layout, order in formats.items():
        there = rows["layout"].eq(layout).to_numpy()
        read[there] = pd.to_datetime(rows.loc[there, "start"], format=order, errors="coerce").to_numpy()
    return read


def _in_grade(answer: object, *, class_years: pd.Series, school_year: int, grade: int) -> str | None:
    if trouble := no_whole_number(answer):
        return trouble
    grades = LAST_GRADE - (pd.to_numeric(class_years, errors="coerce") - school_year)
    wanted = int(grades.eq(grade).sum())
    if answer == wanted:
        return None
    if answer == int(grades.eq(grade - 1).sum()):
        return (
            f"You counted from {school_year - 1}. A school year is called by the year in which it ends: "
            f"who leaves in {school_year} is in grade {LAST_GRADE} now."
        )
    if answer == int(grades.eq(grade + 1).sum()):
        return f"You counted one year too far: who leaves in {school_year} is in grade {LAST_GRADE} now."
    return f"Yours is {answer:,}. In which year does a class of grade {grade} leave school?"


EXERCISES = (
    Exercise(
        number="2.1",
        asks="On which days do these rows begin?",
        hints=(
            "The same text, 03/10/2025, is a day in March in one layout and a day in October in another.",
            "Read each layout by itself, with its own format: %d/%m/%Y or %m/%d/%Y.",
            'pd.to_datetime(rows["start"], format="%m/%d/%Y", errors="coerce") reads one order; do the same '
            'with the other order, and take it where rows["layout"] is "Default" (Series.mask).',
        ),
        check=_first_days,
    ),
    Exercise(
        number="2.2",
        asks="How many children of the college-planning system are in grade 10?",
        hints=(
            "The system writes the year in which a child will leave school, and no grade.",
            "Who leaves this school year is in grade 12, who leaves a year later in grade 11.",
            "grade = 12 - (class year - school year); count those with 10.",
        ),
        check=_in_grade,
    ),
)
