"""Every declared figure is a line: what happens just below it, at it and above it, in numbers of this test.

The numbers don't come from the declarations, so that a figure which moves by itself is noticed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from helpers.gaps.rubric import kit_rubric
from helpers.link.records_a_child import has_children_once
from helpers.profile.conditions import TRUE, Column
from helpers.profile.facts.school_years import SchoolYears
from helpers.profile.indicators import definition, indicator
from helpers.profile.indicators.statuses import STATUSES, Children, judged
from helpers.profile.questions import declared_questions, status_of
from helpers.profile.relations import of_age
from helpers.report.child.statements import PageStatements, ReportedValue, _compare_tests
from helpers.report.family import page_terms
from helpers.share import Guard, read_policy
from helpers.share.disclosure import suppress_small_cells
from helpers.standard.figures import figure
from tests.house.figure_places import OTHERS


class Line(NamedTuple):
    """A figure, its value, what to look at, and what is seen just below, at and just above the line."""

    figure: str
    value: float
    look: Callable[[Any], object]
    seen: dict[Any, object]


def chronic(name: str) -> Callable[[tuple[int, int]], str]:
    """Judge a child, absent on so many of so many days, by a definition."""

    def look(days: tuple[int, int]) -> str:
        absent, enrolled = days
        row = {"child": "c", "numerator": absent, "denominator": enrolled, "value": absent / enrolled}
        children = Children(pd.Index(["c"]), np.array([None], dtype=object), pd.Timestamp("2026-03-31"))
        of, how = indicator("chronic_absence"), definition("chronic_absence", name)
        return STATUSES[judged(pd.DataFrame([row]), of, how, children).status[0]]

    return look


SHARE = {(17, 180): "Clear", (18, 180): "Flagged", (19, 180): "Flagged"}
LEAST_DAYS = {(9, 9): "Not applicable", (10, 10): "Flagged", (11, 11): "Flagged"}


def letter(grade: float) -> str:
    return page_terms().letter(grade)


def page(**numbers: float) -> PageStatements:
    told = {
        name: ReportedValue(str(number), number, 2026, "sis", "1", "f", 2, None, None)
        for name, number in numbers.items()
    }
    return PageStatements("c", told)


def says(kind: str, element: str, **others: float) -> Callable[[float], bool]:
    """Whether a page of this number has a strength or a talk that rests on it."""

    def look(number: float) -> bool:
        statements = page(**others, **{element: number})
        topics: Any = getattr(page_terms(), kind)
        return any(statements.holds(topic.when) for topic in topics if element in topic.when.inputs())

    return look


def asks(question: str, element: str, **others: float) -> Callable[[float], bool]:
    """Whether a child of this number is one whom the question looks for."""

    def look(number: float) -> bool:
        (answer,) = (one.answer for one in declared_questions() if one.id == question)
        assert answer is not None
        told = {name: Column(np.array([given])) for name, given in {**others, element: number}.items()}
        return bool(answer.truth(told) == TRUE)

    return look


def apart(percentile: float) -> bool:
    """Whether two tests of a child disagree: one at the middle, the other at this percentile."""
    own = page(math_percentile=50)
    first = own.values["math_percentile"]
    own.tests["math_percentile"] = [first, replace(first, number=percentile, silo="another")]
    _compare_tests([own], page_terms())
    number = own.number("math_tests_apart")
    assert number is not None
    return number >= 0


def born(day: str) -> bool:
    """Whether who was born on a day is of age on April 30, 2026."""
    return bool(of_age(pd.Series([pd.Timestamp(day)]), pd.Timestamp("2026-04-30"))[0])


def behind(days: int) -> int | None:
    (measure,) = (
        one for head in kit_rubric().heading.values() for one in head.measure if one.measure == "days behind"
    )
    return measure.level(days)


def hides(domain: str) -> Callable[[int], bool]:
    """Whether a table of a domain hides a number of children."""
    return lambda count: bool(
        suppress_small_cells([[count, 50], [60, 70]], read_policy().minimum(domain)).hidden[0, 0]
    )


def once(children: int) -> bool:
    """Whether a system that has one of so many children twice is taken to have each once."""
    child = np.array([*range(children), 0])
    return bool(has_children_once(child, np.zeros(len(child), dtype="int64"), 1)[0])


def rounded(share: float) -> float:
    return float(Guard(real=True).share(pd.Series([share])).iloc[0])


def year(day: str) -> int:
    return int(SchoolYears((), {}).of(pd.Series([pd.Timestamp(day)])).iloc[0])


def from_on(below: float, at: float, above: float) -> dict[Any, object]:
    return {below: False, at: True, above: True}


def up_to(below: float, at: float, above: float) -> dict[Any, object]:
    return {below: True, at: False, above: False}


LINES = [
    Line("standard/thresholds.chronic_absence_share", 0.10, chronic("by_child"), SHARE),
    Line("standard/thresholds.chronic_absence_least_days", 10, chronic("by_child"), LEAST_DAYS),
    Line("standard/facts.federal_chronic_absence_share", 0.10, chronic("federal"), SHARE),
    Line("standard/facts.federal_chronic_absence_least_days", 10, chronic("federal"), LEAST_DAYS),
    Line("standard/thresholds.letter_a", 90, letter, {89.9: "B", 90: "A", 90.1: "A"}),
    Line("standard/thresholds.letter_b", 80, letter, {79.9: "C", 80: "B", 80.1: "B"}),
    Line("standard/thresholds.letter_c", 70, letter, {69.9: "D", 70: "C", 70.1: "C"}),
    Line("standard/thresholds.letter_d", 60, letter, {59.9: "F", 60: "D", 60.1: "D"}),
    Line("standard/thresholds.smallest_group", 10, Guard(real=True).count, {
        0: "0", 9: "fewer than 10", 10: "10", 11: "11",
    }),
    Line("standard/facts.school_year_first_month", 7, year, {
        "2026-06-30": 2026, "2026-07-01": 2027, "2026-07-02": 2027,
    }),
    Line("profile/thresholds.good_grade", 80, says("strength", "grade_average"),
         from_on(79.9, 80, 80.1)),
    Line("profile/thresholds.good_grade", 80,
         asks("grades_and_test_differ", "grade_average", math_percentile=1), from_on(79.9, 80, 80.1)),
    Line("profile/thresholds.low_grade", 70, says("talk", "grade_average"),
         up_to(69.9, 70, 70.1)),
    Line("profile/thresholds.low_grade", 70,
         asks("absent_and_failing", "grade_average", chronically_absent=1), up_to(69.9, 70, 70.1)),
    Line("profile/thresholds.high_percentile", 65, says("talk", "math_percentile", grade_mathematics=60),
         from_on(64.9, 65, 65.1)),
    Line("profile/thresholds.high_percentile", 65, lambda number: page_terms().level(number),
         {64.9: "usual", 65: "above", 65.1: "above"}),
    Line("profile/thresholds.strong_percentile", 75, says("strength", "math_percentile"),
         from_on(74.9, 75, 75.1)),
    Line("profile/thresholds.usual_percentile", 35, says("talk", "math_percentile", grade_mathematics=90),
         up_to(34.9, 35, 35.1)),
    Line("profile/thresholds.usual_percentile", 35, lambda number: page_terms().level(number),
         {34.9: "below", 35: "usual", 35.1: "usual"}),
    Line("profile/thresholds.lowest_quarter", 25,
         asks("grades_and_test_differ", "math_percentile", grade_average=90), up_to(24.9, 25, 25.1)),
    # Two half bands of 0.4 standard deviations from the middle: the percentile of 0.8 is 78.814.
    Line("profile/thresholds.test_band", 0.4, apart, {78.81: False, 78.82: True, 21.18: True, 21.19: False}),
    Line("profile/thresholds.answerable_share", 0.8, lambda share: status_of(pd.Series([share])).iloc[0],
         {0.799: "Partly", 0.8: "Answered", 0.801: "Answered"}),
    Line("profile/thresholds.adult_age", 18, born,
         {"2008-04-29": True, "2008-04-30": True, "2008-05-01": False}),
    Line("gaps/thresholds.month_behind", 31, behind, {32: 1, 31: 2, 30: 2}),
    Line("gaps/thresholds.week_behind", 7, behind, {8: 2, 7: 3, 6: 3}),
    Line("gaps/thresholds.day_behind", 1, behind, {2: 3, 1: 4, 0: 4}),
    Line("share/disclosure.smallest_group_of_health", 11, hides("health"), {10: True, 11: False, 12: False}),
    Line("share/disclosure.share_step", 0.05, rounded, {0.024: 0.0, 0.026: 0.05, 0.074: 0.05, 0.076: 0.1}),
    Line("link/thresholds.seldom_twice", 0.05, once, {19: False, 20: False, 21: True}),
]  # fmt: skip
# Lines of rules that need records: each is tried below, at and above in these tests, which run every day.
ELSEWHERE = {
    "standard/facts.on_track_credits": (
        5.0, "profile/test_rules_by_hand.py",
        "test_a_ninth_grader_is_on_track_with_five_credits_and_one_failed_core_course_at_most",
    ),
    "standard/facts.on_track_most_failed": (
        1, "profile/test_rules_by_hand.py",
        "test_a_ninth_grader_is_on_track_with_five_credits_and_one_failed_core_course_at_most",
    ),
    "profile/thresholds.served_share": (
        0.1, "gaps/test_presence_by_hand.py",
        "test_a_system_that_lists_less_than_a_tenth_of_a_group_is_not_meant_for_it",
    ),
    "gaps/thresholds.smallest_judged_group": (
        10, "gaps/test_presence_by_hand.py", "test_of_fewer_than_ten_children_nothing_is_said",
    ),
    "share/disclosure.mean_width": (
        2, "share/test_small_cells.py",
        "test_two_rounded_means_leave_a_leavers_value_two_standard_deviations_open",
    ),
    "link/thresholds.accept_dated": (
        0.7, "link/test_lines.py", "test_the_lines_of_records_with_birth_dates",
    ),
    "link/thresholds.accept_half_dated": (
        0.6, "link/test_lines.py", "test_the_lines_of_a_record_without_a_birth_date",
    ),
    "link/thresholds.accept_undated": (
        0.8, "link/test_lines.py", "test_the_lines_of_two_records_without_a_birth_date",
    ),
    "link/thresholds.review": (0.1, "link/test_lines.py", "test_the_lines_of_records_with_birth_dates"),
    "link/thresholds.accept_in_two_files": (0.8, "link/test_lines.py", "test_the_lines_of_any_files"),
    "link/thresholds.accept_dated_in_two_files": (0.5, "link/test_lines.py", "test_the_lines_of_any_files"),
    "link/thresholds.accept_across_districts": (0.9, "link/test_lines.py", "test_the_lines_of_a_mover"),
    "link/thresholds.accept_untrained": (
        0.9, "link/test_lines.py", "test_the_lines_of_a_model_that_nobody_has_trained",
    ),
    "link/thresholds.review_untrained": (
        0.5, "link/test_lines.py", "test_the_lines_of_a_model_that_nobody_has_trained",
    ),
    "link/thresholds.alike": (
        0.3, "link/test_lines.py", "test_the_line_from_which_two_candidates_don_t_compete_for_a_third",
    ),
    "link/thresholds.same_but_for_ids": (
        0.9, "link/test_lines.py", "test_the_line_from_which_two_records_are_one_child_but_for_their_ids",
    ),
    "link/thresholds.plain": (
        0.95, "link/test_lines.py", "test_the_line_from_which_a_record_shows_whom_its_system_has",
    ),
    "link/thresholds.against": (
        0.02, "link/test_lines.py", "test_the_line_below_which_two_records_speak_against_each_other",
    ),
    "link/thresholds.records_a_child": (
        4, "link/test_lone_pairs.py",
        "test_any_other_first_name_needs_a_third_record_from_four_records_a_child",
    ),
    "link/thresholds.own_numbers": (
        0.02, "link/test_id_reliability.py", "test_five_of_a_hundred_and_seven_own_numbers_are_the_line",
    ),
    "link/thresholds.shared_addresses": (
        0.05, "link/test_id_reliability.py",
        "test_an_address_that_no_two_children_share_joins_where_it_is_all_that_two_systems_share",
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.figure)
def test_what_happens_below_at_and_above_a_figure(line: Line) -> None:
    assert {number: line.look(number) for number in line.seen} == line.seen


def test_every_declared_figure_has_its_line_here_or_in_a_test_of_its_room(project: Path) -> None:
    values = {line.figure: line.value for line in LINES} | {name: one[0] for name, one in ELSEWHERE.items()}
    assert set(values) == set(OTHERS), "a new figure needs a test below, at and above its line"
    assert {name: figure(name) for name in values} == values


@pytest.mark.parametrize("place", sorted({one[1:] for one in ELSEWHERE.values()}), ids="::".join)
def test_a_line_of_a_room_is_tried_every_day(project: Path, place: tuple[str, str]) -> None:
    tree = ast.parse((project / "tests" / place[0]).read_text(encoding="utf-8"))
    (test,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == place[1])
    marks = [ast.unparse(mark) for mark in test.decorator_list]
    # A case far beyond the line may be left to the full tier, but not the test, nor one in so many.
    assert not any(mark == "pytest.mark.full" or "one_in" in mark for mark in marks)
