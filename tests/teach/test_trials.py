"""The answers on which checks are tried are enough, each is its own, and a misjudged one is noticed."""

from __future__ import annotations

import ast
import json
import re

import pytest

from helpers.teach import Reply
from helpers.teach.exercises import exercises
from tests.house.workshop_tables import GUIDE
from tests.teach.mutants import mutants_of
from tests.teach.sessions import SESSIONS, book_of
from tests.teach.trials import accepted_and_refused, equivalent, guide_with_counts, number_of, trials_of

FEWEST_WRONG, FEWEST_RIGHT, FEWEST_RIGHT_EACH = 600, 570, 10
# A mutant that no input shows has to be the exception.
MOST_EQUIVALENT = 20


def test_there_are_answers_enough() -> None:
    assert number_of("mutant") >= FEWEST_WRONG
    assert number_of("right answer", "right") >= FEWEST_RIGHT
    assert set(trials_of()) == {number for number, one in exercises().items() if not one.points}
    for number, trials in trials_of().items():
        assert sum(trial.state == "right" for trial in trials) >= FEWEST_RIGHT_EACH, number
        assert sum(trial.state == "wrong" for trial in trials) >= 5, number


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_right_answer_is_no_copy_of_a_solution(path: object) -> None:
    for number, ways in book_of(path)["SOLUTIONS"].items():  # type: ignore[arg-type]
        known = {ast.unparse(ast.parse(way.strip())) for way in ways}
        right = [trial.code for trial in trials_of().get(number, ()) if trial.state == "right"]
        assert not known & {ast.unparse(ast.parse(code)) for code in right}, number


def test_what_no_input_shows_is_still_a_mutant_has_a_reason_and_is_rare() -> None:
    made = {
        (number, mutant.was, mutant.now)
        for path in SESSIONS
        for number, ways in book_of(path)["SOLUTIONS"].items()
        if not exercises()[number].points
        for way in ways
        for mutant in mutants_of(way.strip())
    }
    assert set(equivalent()) <= made
    assert all(len(reason) > 20 for reason in equivalent().values())
    assert len(equivalent()) <= MOST_EQUIVALENT


@pytest.mark.parametrize(
    ("code", "mutant"),
    [
        ("a = b and c", "a = b"),
        ("a = b & c", "a = b | c"),
        ("a = not b", "a = b"),
        ("a = 0 < b <= 1", "a = 0 < b < 1"),
        ("a = b >= 10", "a = b >= 11"),
        ('a = b.dropna(subset=["x"])', "a = b"),
        ('a = b["x"].str.lower()', "a = b['x']"),
        ('a = b[b["x"] > 1]', "a = b"),
        ('a = b.loc[c, "x"]', "a = b['x']"),
        ('a = b.merge(c, on="x", how="left")', "a = b.merge(c, on='x', how='inner')"),
        ('keys = ["x", "y"]', "keys = ['x']"),
        ("assert a", "pass"),
        ("a = b - c", "a = c - b"),
        ("a = [b for b in c if b]", "a = [b for b in c]"),
    ],
)
def test_each_condition_is_changed_or_left_out(code: str, mutant: str) -> None:
    assert mutant in {one.code for one in mutants_of(code)}


@pytest.mark.parametrize("state", ["right", "wrong"])
def test_a_check_that_always_says_the_same_is_caught(state: str) -> None:
    """Who accepts all accepts each wrong answer, and who refuses all refuses each right one."""
    names = {"check": lambda number, answer: Reply("", state), "re": re}  # type: ignore[arg-type]
    off = json.loads(accepted_and_refused("C.5", 'check("C.5", standardize_number)', names))
    other = [trial.code for trial in trials_of()["C.5"] if trial.state != state]
    assert [code for _, code, _, _ in off] == other
    assert len(other) >= 10


def test_the_guide_says_how_many_answers_were_tried() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert guide_with_counts(guide) == guide, "run python -m tests.teach.trials"
