"""Exercises on chronic absence after the pandemic, and on who sees it in time."""

from __future__ import annotations

import pandas as pd

from helpers.standard import figure, whole_figure
from helpers.teach.exercise import Exercise, near, rounded, share_of, values_by_name, wide

__all__ = ["EXERCISES", "with_another_count"]

ROUNDED = "The right {}, rounded: give {} unrounded, so that the check can tell {} from others."
# The lesson is about the federal definition: a tenth of the days or more, of children with at least ten days.
CHRONIC = figure("standard/facts.federal_chronic_absence_share")
FEWEST_DAYS = whole_figure("standard/facts.federal_chronic_absence_least_days")


def _rise(answer: object, *, published: pd.DataFrame) -> str | None:
    before, after = published["2017-18"], published["2021-22"]
    answer = values_by_name(answer, published.index)
    if answer is None:
        return "Give one number for each group, as a column with the groups in its index."
    if set(answer.index) != set(published.index):
        return f"The index has the groups: {', '.join(published.index)}."
    given = answer.reindex(published.index).astype("float64")
    if near(given, after - before):
        return None
    if near(given, before - after):
        return "Yours is negative where the rate rose: later minus earlier."
    if near(given, after / before):
        return "That says how many times as high the rate became. The question asks for percentage points."
    if near(given, after / before - 1) or near(given, 100 * (after / before - 1)):
        return "That is a share of the earlier rate. The question asks for percentage points."
    if near(given, (after - before) / 100):
        return "Those are shares. The question asks for percentage points: 10 rather than 0.1."
    first = given.index[(given - (after - before)).abs().ge(0.0005) | given.isna()][0]
    return f"{first}: {before[first]:g} percent became {after[first]:g} percent. How many points is that?"


def _shares(days: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the share of chronically absent children by level and year, and what people compute instead."""
    by_child = days.groupby(["level", "year", "child"])["absent"].agg(["sum", "count"]).reset_index()
    enough = by_child[by_child["count"].ge(FEWEST_DAYS)]

    def share(rows: pd.DataFrame, above: bool = False) -> pd.DataFrame:
        own = rows["sum"].div(rows["count"])
        flagged = own.gt(CHRONIC) if above else own.ge(CHRONIC)
        return flagged.groupby([rows["level"], rows["year"]]).mean().unstack("year")

    chronic = enough[enough["sum"].div(enough["count"]).ge(CHRONIC)]
    return {
        "right": share(enough),
        "of those absent": share(enough[enough["sum"].gt(0)]),
        "days": days.groupby(["level", "year"])["absent"].mean().unstack("year"),
        "counts": chronic.groupby(["level", "year"]).size().unstack("year").astype("float64"),
        "everybody": share(by_child),
        "above": share(enough, above=True),
    }


def _by_level(answer: object, *, days: pd.DataFrame) -> str | None:
    if not isinstance(answer, pd.DataFrame):
        return f"Give a table with a row a level and a column a year; yours is a {type(answer).__name__}."
    answer, known = wide(answer, "level"), _shares(days)
    right = known["right"]
    if set(answer.index) != set(right.index) or set(answer.columns) != set(right.columns):
        return (
            f"The rows are {', '.join(right.index)}, and the columns the years "
            f'{", ".join(str(year) for year in right.columns)}. Does .unstack("year") help?'
        )
    given = answer.reindex(index=right.index, columns=right.columns).astype("float64")

    def same(other: pd.DataFrame) -> bool:
        return near(given, other.reindex_like(right))

    if same(right):
        return None
    if same(known["days"]):
        return "That is the share of days missed. The question asks for a share of children."
    if same(known["of those absent"]):
        return "You divided by the children with an absence. Who was there every day is a child, too."
    if same(known["counts"]):
        return "Those are children, not shares of them. Two groups of different size need a denominator."
    if same(known["everybody"]):
        return (
            f"Children under the minimum of days ({FEWEST_DAYS}) count in yours; for them a cold is a tenth."
        )
    if same(known["above"]):
        return "Exactly a tenth is a tenth: in yours, only children above it are chronically absent."
    if rounded(given, right):
        return ROUNDED.format("shares", "them", "them")
    if near(given / 100, right) or near(given, (100 * right).round()) or near(given, (100 * right).round(1)):
        return "Those are percents. Give shares from 0 to 1."
    return "Print your table: has it one line for each child and year? Then share those at .1 or more."


def _over_the_line(progress: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Mark who is chronically absent in spring, and who was in week 6."""
    return (
        (progress["missed"] / progress["expected"]).ge(CHRONIC),
        (progress["missed_6"] / progress["expected_6"]).ge(CHRONIC),
    )


def with_another_count(progress: pd.DataFrame) -> pd.DataFrame:
    """Add a child of the spring where as many children were over the line in week 6.

    Where both counts are the same, who divides by the wrong one gets the right share.
    """
    late, early = _over_the_line(progress)
    if late.sum() != early.sum():
        return progress
    added = {"missed_6": 0, "expected_6": 25, "missed": 20, "expected": 120}
    return pd.concat([progress, pd.DataFrame(added, index=["added by hand"]).astype(progress.dtypes)])


def _seen(answer: object, *, progress: pd.DataFrame) -> str | None:
    given = share_of(answer)
    spring, week_6 = progress["missed"] / progress["expected"], progress["missed_6"] / progress["expected_6"]
    late, early = _over_the_line(progress)
    both = int((late & early).sum())
    if near(given, both / int(late.sum())):
        return None
    if near(given, both / int(early.sum())):
        return "You divided by the children of week 6. The question begins with those of the spring."
    if near(given, both / len(progress)):
        return "You divided by all children. The question asks about those who are over the line in spring."
    if near(given, int(early.sum()) / int(late.sum())):
        return "Not everybody of week 6 is chronically absent in spring. Count those who are both."
    above = spring.gt(CHRONIC)
    if near(given, (above & week_6.gt(CHRONIC)).sum() / int(above.sum())):
        return "Exactly a tenth is a tenth: in yours, only children above it are chronically absent."
    if rounded(given, both / int(late.sum())):
        return ROUNDED.format("share", "it", "it")
    return f"Yours is {given:.3f}. Of the children at .1 or more in spring: what share was there in week 6?"


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
        points=(
            "Could somebody do it with the systems that you have?",
            "Is there one person who looks, and does that person know what to do then?",
            "Would a child who changed schools in week 3 be seen, too?",
        ),
    ),
)
