"""Exercises on chronic absence after the pandemic, and on who sees it in time."""

from __future__ import annotations

import numbers

import pandas as pd

from helpers.standard import figure, whole_figure
from helpers.teach.exercise import Exercise, Wording, wording

__all__ = ["EXERCISES"]

NEAR, ROUNDED = 0.0005, 0.0051
# The lesson is about the federal definition: a tenth of the days or more, of children with at least ten days.
CHRONIC = figure("standard/facts.federal_chronic_absence_share")
FEWEST_DAYS = whole_figure("standard/facts.federal_chronic_absence_least_days")


def _rise(answer: object, *, published: pd.DataFrame) -> str | None:
    if not isinstance(answer, pd.Series):
        return f"Give one number for each group, as a column; yours is a {type(answer).__name__}."
    before, after = published["2017-18"], published["2021-22"]
    if set(answer.index) != set(published.index):
        return f"The index has the groups: {', '.join(published.index)}."
    given = answer.reindex(published.index).astype("float64")

    def near(other: pd.Series) -> bool:
        return bool((given - other).abs().lt(NEAR).all())

    if near(after - before):
        return None
    if near(before - after):
        return "Yours is negative where the rate rose: later minus earlier."
    if near(after / before):
        return "That says how many times as high the rate became. The question asks for percentage points."
    if near(after / before - 1) or near(100 * (after / before - 1)):
        return "That is a share of the earlier rate. The question asks for percentage points."
    first = given.index[(given - (after - before)).abs().ge(NEAR)][0]
    return f"{first}: {before[first]:g} percent became {after[first]:g} percent. How many points is that?"


def _shares(days: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the share of chronically absent children by level and year, and what people compute instead."""
    by_child = days.groupby(["level", "year", "child"])["absent"].agg(["sum", "count"]).reset_index()
    enough = by_child[by_child["count"].ge(FEWEST_DAYS)]

    def share(rows: pd.DataFrame) -> pd.DataFrame:
        flagged = rows["sum"].div(rows["count"]).ge(CHRONIC)
        return flagged.groupby([rows["level"], rows["year"]]).mean().unstack("year")

    chronic = enough[enough["sum"].div(enough["count"]).ge(CHRONIC)]
    return {
        "right": share(enough),
        "of those absent": share(enough[enough["sum"].gt(0)]),
        "days": days.groupby(["level", "year"])["absent"].mean().unstack("year"),
        "counts": chronic.groupby(["level", "year"]).size().unstack("year").astype("float64"),
        "everybody": share(by_child),
    }


def _by_level(answer: object, *, days: pd.DataFrame) -> str | None:
    if not isinstance(answer, pd.DataFrame):
        return f"Give a table with a row a level and a column a year; yours is a {type(answer).__name__}."
    known = _shares(days)
    right = known["right"]
    if set(answer.index) != set(right.index) or set(answer.columns) != set(right.columns):
        return (
            f"The rows are {', '.join(right.index)}, and the columns the years "
            f'{", ".join(str(year) for year in right.columns)}. Does .unstack("year") help?'
        )
    given = answer.reindex(index=right.index, columns=right.columns).astype("float64")

    def near(other: pd.DataFrame) -> bool:
        return bool((given - other.reindex_like(right)).abs().lt(NEAR).all(axis=None))

    if near(right):
        return None
    if near(known["days"]):
        return "That is the share of days missed. The question asks for a share of children."
    if near(known["of those absent"]):
        return "You divided by the children with an absence. Who was there every day is a child, too."
    if near(known["counts"]):
        return "Those are children, not shares of them. Two groups of different size need a denominator."
    if near(known["everybody"]):
        return (
            f"Children under the minimum of days ({FEWEST_DAYS}) count in yours; for them a cold is a tenth."
        )
    if (given - right).abs().lt(ROUNDED).all(axis=None):
        return "The right shares, rounded: give them unrounded, so that the check can tell them from others."
    if (given - 100 * right).abs().lt(100 * ROUNDED).all(axis=None):
        return "Those are percents. Give shares from 0 to 1."
    return "Print your table: has it one line for each child and year? Then share those at .1 or more."


def _seen(answer: object, *, progress: pd.DataFrame) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return f"A share is one number; yours is a {type(answer).__name__}."
    given = float(answer)
    if not 0 <= given <= 1:
        return f"Shares are between 0 and 1; yours is {given:g}."
    late = progress["missed"].div(progress["expected"]).ge(CHRONIC)
    early = progress["missed_6"].div(progress["expected_6"]).ge(CHRONIC)
    both = int((late & early).sum())
    if abs(given - both / int(late.sum())) < NEAR:
        return None
    if abs(given - both / int(late.sum())) < ROUNDED:
        return "The right share, rounded: give it unrounded, so that the check can tell it from others."
    if abs(given - both / int(early.sum())) < NEAR:
        return "You divided by the children of week 6. The question begins with those of the spring."
    if abs(given - both / len(progress)) < NEAR:
        return "You divided by all children. The question asks about those who are over the line in spring."
    if abs(given - int(early.sum()) / int(late.sum())) < NEAR:
        return "Not everybody of week 6 is chronically absent in spring. Count those who are both."
    return f"Yours is {given:.3f}. Of the children at .1 or more in spring: what share was there in week 6?"


def _exchange(answer: object) -> Wording | str:
    return wording(
        answer,
        {
            "which list goes over": ["attendance", "absence", "enrollment", "calendar", "roster"],
            "who looks": [
                "counselor",
                "teacher",
                "principal",
                "nurse",
                "secretary",
                "attendance team",
                "clerk",
            ],
            "how often, or when": ["week", "night", "daily", "every day", "each day", "monday", "friday"],
        },
    )


EXERCISES = (
    Exercise(
        number="G.1",
        asks="By how many percentage points did chronic absence rise in each group?",
        hints=(
            "Points are a difference of two percents: from 13 to 23 percent is 10 points. "
            'A column is published["2021-22"].',
            "Both columns have the groups in their index, so pandas subtracts group by group.",
            'published["2021-22"] - published["2017-18"]',
        ),
        check=_rise,
    ),
    Exercise(
        number="G.2",
        asks="What share of children was chronically absent, by level of school and year?",
        hints=(
            "First one line for each child and year: "
            'own = days.groupby(["level", "year", "child"])["absent"].agg(["mean", "count"]).',
            'Leave out children with few days: own = own[own["count"] >= 10]. Mark the others: '
            'chronic = own["mean"] >= 0.1.',
            'Then the mean by level and year: chronic.groupby(["level", "year"]).mean().unstack("year")',
        ),
        check=_by_level,
    ),
    Exercise(
        number="G.3",
        asks="Of the children who are chronically absent in spring, what share showed it in week 6?",
        hints=(
            "Two marks for each child: a tenth of all days or more, and a tenth of the days until week 6.",
            "The denominator is the children of the spring. Of these, count those with both marks.",
            'late = progress["missed"] / progress["expected"] >= 0.1, early the same with missed_6 and '
            "expected_6; then early[late].mean()",
        ),
        check=_seen,
    ),
    Exercise(
        number="G.4",
        asks="What do your systems have to exchange so that somebody sees it in week 6 rather than in June?",
        hints=(
            "A share needs absences, enrollment and a calendar. Which doesn't reach the others today?",
            "Name the list that goes over, who looks at it, and how often.",
        ),
        check=_exchange,
        points=(
            "Could somebody do it with the systems that you have?",
            "Is there one person who looks, and does that person know what to do then?",
            "Would a child who changed schools in week 3 be seen, too?",
        ),
    ),
)
