"""Exercises on counting children rather than rows, and on what to divide by."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from helpers.standard import Measured, figure, whole_figure
from helpers.teach.exercise import (
    Exercise,
    count_of,
    near,
    rounded,
    rule_error,
    share_of,
    values_by_name,
    wide,
)

__all__ = ["EXERCISES", "with_newcomers"]

LAST_GRADE = 12
ROUNDED = "The right share, rounded: give it unrounded, so that the check can tell it from others."
# The lesson is about the federal definition: a tenth of the days or more, of children with at least ten days.
CHRONIC = figure("standard/facts.federal_chronic_absence_share")
FEWEST_DAYS = whole_figure("standard/facts.federal_chronic_absence_least_days")


def with_newcomers(days: pd.DataFrame, **same: str) -> pd.DataFrame:
    """Add children who came late or left early: a district of this size may have none.

    Without them, nobody could see whether an answer leaves out children with few days, and whether exactly a
    tenth is over the line. ``same`` has what they share, such as a year.
    """
    like = days[days[list(same)].eq(pd.Series(same)).all(axis="columns")] if same else days
    dates = like["date"].drop_duplicates().sort_values()
    week_6 = int(dates.lt(dates.min() + pd.Timedelta(weeks=6)).sum())
    # Days of each, and on how many of them, from the first on and from the last back, she was absent.
    stays = [
        (dates.tail(4), 1, 0),
        (dates.tail(9), 1, 0),
        (dates.tail(10), 1, 0),
        (dates.head(20), 2, 0),
        (dates.head(21), 2, 0),
        (dates.iloc[max(0, week_6 - 21) : week_6 + 19], 2, 6),
    ]
    added = [
        pd.DataFrame({"child": f"added by hand {number}", "date": own, **same}).assign(
            absent=[day < early or day >= len(own) - late for day in range(len(own))]
        )
        for number, (own, early, late) in enumerate(stays, start=1)
    ]
    return pd.concat([days, *added], ignore_index=True)[days.columns]


def _absent_children(answer: object, *, sent: pd.DataFrame) -> str | None:
    answer = count_of(answer)
    absences = sent[sent["mark"].str.contains("absence")]
    children = absences["child"].nunique()
    if answer == children:
        return None
    if answer == len(absences):
        return f"{answer} is the number of absences. A child who was absent three times is one child."
    if answer == sent["child"].nunique():
        listed = Measured("answer_children", answer)
        return (
            f"{listed:count} {listed.verb('has', 'have')} a row. One was late, and a late child is at school."
        )
    return f"Yours is {answer}. Each child counts once, however many absences she has."


def _by_day(answer: object, *, sent: pd.DataFrame, class_list: list[str], days: list[str]) -> str | None:
    if not isinstance(answer, pd.DataFrame):
        return f"Give a table; yours is a {type(answer).__name__}."
    answer = wide(answer, "child")
    if extra := [name for name in answer.columns if name not in days]:
        return f"{extra[0]!r} is no day. The columns are the days, and the index has the children."
    if lost := [child for child in class_list if child not in answer.index]:
        return f"{lost[0]} is missing. A child without a row was expected, too: reindex adds her."
    if lost := [day for day in days if day not in answer.columns]:
        return f"{lost[0]} is missing. Nobody was absent on it, and it was a school day all the same."
    if len(answer) != len(class_list) or len(answer.columns) != len(days):
        rows, columns = Measured("answer_rows", len(class_list)), Measured("answer_columns", len(days))
        return f"Give {rows:count}, one for each child, and {columns:count}, one for each day."
    if answer.isna().any(axis=None):
        return "Some cells are empty. Everybody was expected, so no row means 0: say so (fill_value, fillna)."
    absences = sent[sent["mark"].str.contains("absence")]
    pairs = set(zip(absences["child"], absences["day"], strict=True))
    for child in class_list:
        for day in days:
            if answer.loc[child, day] not in (0, 1):
                return f"1 for absent, 0 for not: for {child} on {day} yours is {answer.loc[child, day]!r}."
            if bool(answer.loc[child, day]) != ((child, day) in pairs):
                return f"Look at {child} on {day} again: only absences count."
    return None


def _complete(answer: object) -> str | None:
    children, days = ["Ana", "Ben", "Bea"], ["Monday", "Tuesday"]
    whole = pd.DataFrame([(child, day) for child in children for day in days], columns=["child", "day"])
    first = whole.iloc[:1]

    def case(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str], list[str]]:
        return rows.reset_index(drop=True), list(children), list(days)

    return rule_error(
        answer,
        holds={"every child on every day": case(whole), "the same in another order": case(whole.iloc[::-1])},
        breaks={
            "a child twice on one day": case(pd.concat([whole, first])),
            "a child without a row": case(whole[whole["child"].ne("Bea")]),
            "one row too many and another missing": case(pd.concat([whole.iloc[:-1], first])),
            "a day without a row": case(whole[whole["day"].ne("Tuesday")]),
            "a child without a row on one day": case(whole.iloc[1:]),
            "a stranger in place of a child": case(whole.replace({"child": {"Bea": "Eli"}})),
            "a stranger besides all children": case(
                pd.concat([whole, whole[whole["child"].eq("Bea")].assign(child="Eli")])
            ),
            "a holiday in place of a day": case(whole.replace({"day": {"Tuesday": "Sunday"}})),
            "a holiday besides all days": case(
                pd.concat([whole, whole[whole["day"].eq("Monday")].assign(day="Sunday")])
            ),
        },
    )


def _known_zero(answer: object, *, nurse_list: pd.Series, visits: pd.Series, roster: list[str]) -> str | None:
    answer = count_of(answer)
    known, came = set(nurse_list), set(visits)
    if answer == len(known - came):
        return None
    if answer == len(set(roster) - came):
        away = ", ".join(sorted(set(roster) - known))
        return f"You counted {away}, who isn't on the nurse's list: about her, nobody knows."
    if answer == len(known) - len(visits):
        return "You took away visits. A child who came twice is one child."
    if answer == len(known):
        listed = Measured("answer_children", len(known))
        return f"{listed:count} {listed.verb('is', 'are')} on the nurse's list. Some of them came."
    return f"Yours is {answer}. Take everybody on the list, and leave out everybody with a visit."


def _first_days(answer: object, *, rows: pd.DataFrame, formats: dict[str, str]) -> str | None:
    if isinstance(answer, pd.DataFrame) and answer.shape[1] == 1:
        answer = answer.iloc[:, 0]
    if isinstance(answer, list | tuple | pd.Index | np.ndarray):
        answer = pd.Series(answer)
    if isinstance(answer, pd.Series) and answer.map(lambda day: isinstance(day, dt.date)).all():
        answer = pd.to_datetime(answer)
    if not isinstance(answer, pd.Series) or len(answer) != len(rows):
        dates = Measured("answer_dates", len(rows))
        return f"Give a column of {dates:count}, one for each row; yours is a {type(answer).__name__}."
    if not str(answer.dtype).startswith("datetime64"):
        return f"These are still {answer.dtype}, no dates: pandas.to_datetime makes dates of text."
    given, meant = answer.reset_index(drop=True), _read(rows, formats)
    wrong = given.ne(meant) & ~(given.isna() & meant.isna())
    if not wrong.any():
        return None
    if isinstance(answer.index, pd.RangeIndex) is False and answer.sort_index().tolist() == meant.tolist():
        return "These are the right dates, in another order than the rows: .sort_index() brings it back."
    at = wrong.tolist().index(True)
    row = rows.iloc[at]
    if given.isna().iloc[at]:
        return f"{row['start']} of {row['layout']} became nothing. Read each layout in its own order."
    read = _read(rows.assign(layout="other"), {"other": "%m/%d/%Y"}).fillna(given)
    if (given.eq(read) | (given.isna() & read.isna())).all():
        return (
            f"{row['start']} of {row['layout']} became {given[at]:%d %B}: a wrong day, and no error. "
            "One of the layouts writes the day first."
        )
    return f"{row['start']} of {row['layout']} is {meant[at]:%d %B}; yours is {given[at]:%d %B}."


def _read(rows: pd.DataFrame, formats: dict[str, str]) -> pd.Series:
    """Parse the begin date of each row by the date order of its layout."""
    read = pd.Series(pd.NaT, index=range(len(rows)), dtype="datetime64[us]")
    for layout, order in formats.items():
        there = rows["layout"].eq(layout).to_numpy()
        read[there] = pd.to_datetime(rows.loc[there, "start"], format=order, errors="coerce").to_numpy()
    return read


def _in_grade(answer: object, *, class_years: pd.Series, school_year: int, grade: int) -> str | None:
    answer = count_of(answer)
    grades = LAST_GRADE - (class_years - school_year)
    if answer == int(grades.eq(grade).sum()):
        return None
    if answer == int(grades.eq(grade - 1).sum()):
        return (
            f"You counted one grade too low. A school year is named for the year in which it ends: "
            f"a child who graduates in {school_year} is in grade {LAST_GRADE} now."
        )
    if answer == int(grades.eq(grade + 1).sum()):
        return f"You counted one grade too high: the class of {school_year} is in grade {LAST_GRADE} now."
    return f"Yours is {answer:,}. In which year does a class of grade {grade} leave school?"


def _children_known(answer: object, *, who: pd.DataFrame) -> str | None:
    children = who.groupby("silo")["child"].nunique()
    answer = values_by_name(answer, children.index)
    if answer is None:
        return "Give one number for each system, as a column with the systems in its index."
    if set(answer.index) != set(children.index):
        return f"The index has the systems: {', '.join(children.index)}. Group by the column silo."
    given = answer.reindex(children.index)
    if given.eq(children).all():
        return None
    if given.eq(who.groupby("silo").size()).all():
        return "You counted records. A child with two records in a system is one child."
    first = given.index[given.ne(children)][0]
    return f"{first}: yours is {given[first]}. Count different children of each system."


def _rate_at_school(answer: object, *, days: pd.DataFrame, events: pd.DataFrame) -> str | None:
    given, present = share_of(answer), 1 - float(days["absent"].mean())
    if near(given, present):
        return None
    if near(given, 1 - present):
        return "That is the share of days missed. The question asks for the days at school."
    rows = 1 - float(events["attendance_event_category"].str.contains("Absence").mean())
    if near(given, rows):
        return "You divided by the rows that the system sent. It sends no row for a child who is at school."
    if near(given, 1 - days.groupby("child")["absent"].mean().mean()):
        return "That is the mean of the children's shares: who came last week counts as much as who stayed."
    if rounded(given, present):
        return ROUNDED
    return f"Yours is {given:.3f}. `days` has one row for each child and each day on which she was expected."


def _chronic(answer: object, *, days: pd.DataFrame) -> str | None:
    given = share_of(answer)
    by_child = days.groupby("child")["absent"].agg(["sum", "count"])
    enrolled = by_child[by_child["count"].ge(FEWEST_DAYS)]
    share = enrolled["sum"].div(enrolled["count"])
    chronic, every = share.ge(CHRONIC), by_child["sum"].div(by_child["count"]).ge(CHRONIC)
    if near(given, chronic.mean()):
        return None
    if near(given, chronic.sum() / max(1, enrolled["sum"].gt(0).sum())):
        return "You divided by the children with an absence. Who was there every day is a child, too."
    if near(given, days["absent"].mean()):
        return "That is the share of days missed. The question asks for a share of children."
    if near(given, every.mean()):
        return (
            f"Children under the minimum of days ({FEWEST_DAYS}) count in yours; for them a cold is a tenth."
        )
    if near(given, share.gt(CHRONIC).mean()):
        return "Exactly a tenth is a tenth: in yours, only children above it are chronically absent."
    longest = int(by_child["count"].max())
    if near(given, enrolled["sum"].ge(CHRONIC * longest).mean()):
        return "You took the same number of days for everybody. Who came in March had fewer days to miss."
    if rounded(given, chronic.mean()):
        return ROUNDED
    return f"Yours is {given:.3f}. First the share of each child's own days, then the share of children."


def _possible(answer: object) -> str | None:
    def counts(missed: list[int], expected: list[int]) -> tuple[pd.Series, pd.Series]:
        return pd.Series(missed), pd.Series(expected)

    return rule_error(
        answer,
        holds={
            "3, 0 and 12 of 150 days": counts([3, 0, 12], [150, 150, 150]),
            "a child who missed every day": counts([20, 1], [20, 150]),
            "children who were expected on one day": counts([1, 0], [1, 1]),
        },
        breaks={
            "a child who missed more days than there were": counts([3, 30], [150, 20]),
            "a child who was expected on no day": counts([3, 0], [150, 0]),
            "a child without a day, who missed some": counts([3, 2], [150, 0]),
            "a negative count": counts([3, -1], [150, 150]),
            "two negative counts of one child": counts([3, -15], [150, -150]),
        },
    )


BY_HAND = (
    Exercise(
        number="B.1",
        asks="How many children of the class were absent at least once?",
        hints=(
            "One row is one mark, not one child. And a late child is at school.",
            'Keep the rows with an absence: sent[sent["mark"].str.contains("absence")].',
            'Then count different children: …["child"].nunique()',
        ),
        check=_absent_children,
    ),
    Exercise(
        number="B.2",
        asks="Make a table of the class: one row a child, one column a day, 1 where a child was absent.",
        hints=(
            'First the absences: absent = sent[sent["mark"].str.contains("absence")]. Then '
            'pd.crosstab(absent["child"], absent["day"]).',
            "It has only children and days that occur. reindex brings in the others.",
            'pd.crosstab(absent["child"], absent["day"]).reindex(index=class_list, columns=school_days, '
            "fill_value=0), where absent has the rows with an absence",
        ),
        check=_by_day,
    ),
    Exercise(
        number="B.3",
        asks="What must be true of a table of children and days before you divide by its rows?",
        hints=(
            "Every child on every day, once: nothing twice, and nothing missing.",
            'rows.duplicated(["child", "day"]).any() finds what is there twice. What finds what is missing?',
            "wanted = {(child, day) for child in children for day in days}: as many rows as that, and "
            'set(zip(rows["child"], rows["day"])) == wanted.',
        ),
        check=_complete,
        assertion=True,
    ),
    Exercise(
        number="B.4",
        asks="Of how many children is it known that they never visited the nurse?",
        hints=(
            "A child without a visit may have stayed away, or may be unknown to the nurse.",
            "The nurse's list shows which children the nurse would have written down.",
            "len(set(nurse_list) - set(visits))",
        ),
        check=_known_zero,
    ),
)

OTHER_WORDS = (
    Exercise(
        number="B.5",
        asks="On which days do these rows begin?",
        hints=(
            "The same text, 03/10/2025, is a day in March in one layout and a day in October in another.",
            "Read each layout by itself, with its own format: %d/%m/%Y or %m/%d/%Y.",
            'pd.to_datetime(lunches["start"], format="%m/%d/%Y", errors="coerce") reads one order. Read the '
            'other order, too, and take it where lunches["layout"] is "Default" (Series.mask).',
        ),
        check=_first_days,
    ),
    Exercise(
        number="B.6",
        asks="How many of these children are in grade 10?",
        hints=(
            "The system records the year in which a child will graduate, and no grade.",
            "The class of this school year is in grade 12, the class of the next year in grade 11.",
            "grade = 12 - (class year - school year); count those with 10.",
        ),
        check=_in_grade,
    ),
)

DISTRICT = (
    Exercise(
        number="B.7",
        asks="How many children does each system know?",
        hints=(
            "who has one row for each record. A child may have two records in one system.",
            "Group by the system (silo), and look at the column child in each group.",
            'who.groupby("silo")["child"].nunique()',
        ),
        check=_children_known,
    ),
    Exercise(
        number="B.8",
        asks="On what share of days were children at school?",
        hints=(
            "days has one row for each child on each day on which she was expected. That is the denominator.",
            "The mean of a column of True and False is the share of True.",
            '1 - days["absent"].mean()',
        ),
        check=_rate_at_school,
    ),
    Exercise(
        number="B.9",
        asks="What share of children missed a tenth of their days or more?",
        hints=(
            'First one number for each child: days.groupby("child")["absent"].agg(["mean", "count"]).',
            "Leave out children with fewer than 10 days. The mean is the child's share of days missed.",
            "Then the share of these children whose mean is at least .1: make a column of mean >= 0.1, and "
            "take its mean.",
        ),
        check=_chronic,
    ),
    Exercise(
        number="B.10",
        asks="What must be true of days missed and days expected before you divide one by the other?",
        hints=(
            "A share is between 0 and 1. What does that say about the two columns?",
            "Nobody can miss more days than there were. And what about a child with no day at all?",
            "return ((missed >= 0) & (missed <= expected) & (expected > 0)).all()",
        ),
        check=_possible,
        assertion=True,
    ),
)

EXERCISES = (*BY_HAND, *OTHER_WORDS, *DISTRICT)
