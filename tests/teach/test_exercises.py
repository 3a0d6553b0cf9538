"""A check answers everything and raises nothing; each exercise is told right, wrong and unanswered apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.teach import check, expect, hint, solution
from helpers.teach.exercise import exercises
from helpers.teach.solutions import solution_of
from tests.teach.exercise_answers import GIVEN, RIGHT, WRONG
from tests.teach.exercise_tables import EVENTS, SCORECARD


@pytest.mark.parametrize("number", sorted(exercises()))
def test_every_exercise_is_judged_three_ways(number: str) -> None:
    for nothing in (..., None):
        reply = check(number, nothing, **GIVEN[number])
        assert (reply.state, "not answered" in reply) == ("unanswered", True)
    for answer in RIGHT[number]:
        assert check(number, answer, **GIVEN[number]).state == "right"
    for answer, words in WRONG[number]:
        reply = check(number, answer, **GIVEN[number])
        assert reply.state == "wrong"
        assert words in reply
        assert "\n" not in reply


@pytest.mark.parametrize("number", sorted(exercises()))
@pytest.mark.parametrize(
    "answer", [object(), [], {}, pd.NA, float("nan"), EVENTS, lambda: 1, b"x", (1, 2, 3)]
)
def test_a_check_never_raises(number: str, answer: object) -> None:
    assert check(number, answer, **GIVEN[number]).state == "wrong"


def test_an_error_inside_a_check_is_a_wrong_answer_in_its_own_words() -> None:
    reply = check("2.3", 3)
    assert reply.state == "wrong"
    assert "TypeError" in reply
    assert "events" in reply
    assert check("9.9", 1).state == "wrong"
    assert "There are: 1.1" in check("9.9", 1)


@pytest.mark.parametrize("number", sorted(exercises()))
def test_hints_come_in_steps_and_lead_to_the_solution(number: str) -> None:
    count = len(exercises()[number].hints)
    assert count >= 2
    said = [hint(number, step) for step in range(1, count + 1)]
    assert len(set(said)) == count
    assert f'hint("{number}", 2)' in said[0]
    assert f'solution("{number}")' in said[-1]
    assert hint(number) == said[0]
    assert hint(number, 99) == said[-1]


def test_replies_are_one_line_and_escaped() -> None:
    reply = check("5.1", ("<b>", "meals"), scorecard=SCORECARD)
    assert repr(reply) == str(reply)
    assert "<b>" not in reply._repr_html_()


def test_a_solution_shows_code_and_why(tmp_path: Path) -> None:
    (tmp_path / "02_x.py").write_text(
        'SOLUTIONS = {"exercise-2.1": "absent = 3"}\nWHY = {"exercise-2.1": "A child counts once."}\n',
        encoding="utf-8",
    )
    assert solution_of("2.1", tmp_path) == ("absent = 3", "A child counts once.")
    assert solution("9.9").state == "wrong"


def test_expect_shows_the_first_line_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    left = pd.DataFrame({"name": ["Ana Ruiz", "Ana Ruiz"]})
    with expect(pd.errors.MergeError):
        left.merge(left, on="name", how="inner", validate="one_to_one")
    said = capsys.readouterr().out
    assert said.startswith("As expected, MergeError: Merge keys are not unique")
    assert "Ana" not in said


def test_expect_fails_when_nothing_goes_wrong_and_lets_others_pass() -> None:
    with pytest.raises(AssertionError, match="KeyError was expected"), expect(KeyError):
        pass
    with pytest.raises(ZeroDivisionError), expect(KeyError):
        1 / 0  # noqa: B018
