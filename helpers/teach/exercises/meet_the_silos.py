"""Exercises of notebook 02."""

from __future__ import annotations

import numbers
from collections.abc import Mapping

import pandas as pd

from helpers.teach.exercise import Exercise, integer_error

__all__ = ["EXERCISES"]


LAST_GRADE = 12


def _first_days(answer: object, *, rows: pd.DataFrame, formats: dict[str, str]) -> str | None:
    if not isinstance(answer, pd.Series) or len(answer) != len(rows):
        return f"Give a column of {len(rows)} dates, one for each row; yours is a {type(answer).__name__}."
    if not str(answer.dtype).startswith("datetime64"):
        return f"These are still {answer.dtype}, no dates: pandas.to_datetime makes dates of text."
    told, meant = answer.reset_index(drop=True), _read(rows, formats)
    wrong = told.ne(meant) & ~(told.isna() & meant.isna())
    if not wrong.any():
        return None
    at = wrong.tolist().index(True)
    row = rows.iloc[at]
    if told.isna().iloc[at]:
        return f"{row['start']} of {row['layout']} became nothing. Read each layout in its own order."
    read = _read(rows.assign(layout="other"), {"other": "%m/%d/%Y"}).fillna(told)
    if (told.eq(read) | (told.isna() & read.isna())).all():
        return (
            f"{row['start']} of {row['layout']} became {told[at]:%d %B}: a wrong day, and no error. "
            "One of the layouts writes the day first."
        )
    return f"{row['start']} of {row['layout']} is {meant[at]:%d %B}; yours is {told[at]:%d %B}."


def _read(rows: pd.DataFrame, formats: dict[str, str]) -> pd.Series:
    """Parse the begin date of each row by the date order of its layout."""
    read = pd.Series(pd.NaT, index=range(len(rows)), dtype="datetime64[us]")
    for layout, order in formats.items():
        there = rows["layout"].eq(layout).to_numpy()
        read[there] = pd.to_datetime(rows.loc[there, "start"], format=order, errors="coerce").to_numpy()
    return read


def _in_grade(answer: object, *, class_years: pd.Series, school_year: int, grade: int) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    grades = LAST_GRADE - (pd.to_numeric(class_years, errors="coerce") - school_year)
    wanted = int(grades.eq(grade).sum())
    if answer == wanted:
        return None
    if answer == int(grades.eq(grade - 1).sum()):
        return (
            f"You counted from {school_year - 1}. A school year is named for the year in which it ends: "
            f"a child who graduates in {school_year} is in grade {LAST_GRADE} now."
        )
    if answer == int(grades.eq(grade + 1).sum()):
        return f"You counted one year too far: the class of {school_year} is in grade {LAST_GRADE} now."
    return f"Yours is {answer:,}. In which year does a class of grade {grade} leave school?"


QUESTIONS_OF_FILES = (
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
            "The system records the year in which a child will graduate, and no grade.",
            "The class of this school year is in grade 12, the class of the next year in grade 11.",
            "grade = 12 - (class year - school year); count those with 10.",
        ),
        check=_in_grade,
    ),
)


def _children_behind_events(answer: object, *, events: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    children = events["record"].nunique()
    if answer == children:
        return None
    if answer == len(events):
        return f"{answer:,} is the number of rows. A child who was absent three times is one child."
    return f"Yours is {answer:,}. Each child counts once, however many rows she has."


def _which_total(answer: object, *, held: Mapping[str, set[str]], enrolled: set[str]) -> str | None:
    if not isinstance(answer, str):
        return f"Give the name of one system as text; yours is a {type(answer).__name__}."
    if answer not in held:
        return f"There is no system {answer!r} here. There are: {', '.join(held)}."
    off = {silo: len(children ^ enrolled) for silo, children in held.items()}
    if off[answer] == min(off.values()):
        return None
    more, fewer = len(held[answer] - enrolled), len(enrolled - held[answer])
    return (
        f"{answer} has {more:,} children who are not enrolled today, and not {fewer:,} who are. "
        "Buses are for the children who come to school tomorrow."
    )


def _known_zero(answer: object, *, roster: pd.Series, visits: pd.Series) -> str | None:
    if trouble := integer_error(answer):
        return trouble
    known, came = set(roster.dropna()), set(visits.dropna())
    if answer == len(known - came):
        return None
    if answer == len(known):
        return f"{answer:,} children are on the nurse's list. Some of them came."
    if answer == len(came):
        return f"{answer:,} children came at least once. The question asks for those known not to have come."
    if int(answer) > len(known - came):  # type: ignore[call-overload]
        return "You counted children who aren't on the nurse's list: about them nobody knows."
    return f"Yours is {answer:,}. Take everybody on the list, and leave out everybody with a visit."


def _tied_share(answer: object, *, responses: pd.DataFrame) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return f"A share is one number; yours is a {type(answer).__name__}."
    share = float(answer)
    if not 0 <= share <= 1:
        return f"Shares are between 0 and 1; yours is {share:g}."
    tied = float(responses["record"].notna().mean())
    if abs(share - tied) < 0.0005:
        return None
    if abs(share - (1 - tied)) < 0.0005:
        return "That is the share of rows that nobody can link to a child. The question asks for the others."
    return f"Yours is {share:.3f}. A row that is about a child has a record; a confidential one has none."


COUNTS = (
    Exercise(
        number="2.3",
        asks="How many children have at least one absence?",
        hints=(
            "One row of attendance_event is one absence, not one child.",
            "The column record names the child; the same child stands in it once for each absence.",
            'pandas counts different values with nunique(): events["record"].nunique()',
        ),
        check=_children_behind_events,
    ),
    Exercise(
        number="2.4",
        asks="The superintendent orders buses: which system's total do you report?",
        hints=(
            "Each total is right about something: who is enrolled, who ever was, who has an account.",
            "Compare the system's children with those enrolled today: too many and too few both count.",
            "held[silo] and enrolled are sets: a - b has the children in a and not in b. Take the "
            "system with the "
            "fewest on both sides.",
        ),
        check=_which_total,
    ),
    Exercise(
        number="2.5",
        asks="For how many children is it known that they never visited the nurse?",
        hints=(
            "A child without a row may have stayed away, or may be unknown to the nurse.",
            "The nurse's list shows which children the system covers.",
            "Everybody on the list (a set of records) minus everybody with a visit.",
        ),
        check=_known_zero,
    ),
    Exercise(
        number="2.6",
        asks="What share of the survey's rows can be linked to a child?",
        hints=(
            "A confidential row is about a group. It has no child, on purpose.",
            "record names the child; if a row names nobody, it is missing.",
            'responses["record"].notna().mean()',
        ),
        check=_tied_share,
    ),
)

EXERCISES = (*QUESTIONS_OF_FILES, *COUNTS)
