"""A check answers everything and raises nothing; each exercise is told right, wrong and unanswered apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.teach import check, expect, hint, solution
from helpers.teach.check import solution_of
from helpers.teach.exercises import exercises
from tests.teach.exercise_answers import GIVEN, RIGHT, WRONG
from tests.teach.exercise_tables import EVENTS, SCORECARD


@pytest.mark.parametrize("number", sorted(exercises()))
def test_every_exercise_is_judged_three_ways(number: str) -> None:
    for nothing in (..., None):
        reply = check(number, nothing, **GIVEN[number])
        assert (reply.state, "not answered" in reply) == ("unanswered", True)
    prose = bool(exercises()[number].points)
    for answer in RIGHT[number]:
        assert check(number, answer, **GIVEN[number]).state == ("complete" if prose else "right")
    for answer, words in WRONG[number]:
        reply = check(number, answer, **GIVEN[number])
        assert reply.state in ({"wrong", "incomplete"} if prose else {"wrong"})
        assert words in reply
        assert "\n" not in reply


@pytest.mark.parametrize("number", sorted(exercises()))
@pytest.mark.parametrize(
    "answer", [object(), [], {}, pd.NA, float("nan"), EVENTS, lambda: 1, b"x", (1, 2, 3)]
)
def test_a_check_never_raises(number: str, answer: object) -> None:
    assert check(number, answer, **GIVEN[number]).state == "wrong"


PROSE = sorted(number for number, one in exercises().items() if one.points)


def test_the_exercises_that_are_answered_in_words_have_three_points_each() -> None:
    assert PROSE == ["11.2", "11.3", "4.1", "4.4", "5.4", "6.5", "7.3", "8.3", "9.3"]
    for number in PROSE:
        points = exercises()[number].points
        assert len(set(points)) == 3
        assert all("?" in point for point in points)


@pytest.mark.parametrize("number", PROSE)
def test_no_program_says_that_a_text_is_right_or_that_it_is_not_yet(number: str) -> None:
    texts = [answer for answer in RIGHT[number] if isinstance(answer, str)]
    texts += [answer for answer, _ in WRONG[number] if isinstance(answer, str) and len(answer.split()) > 12]
    texts.append("No: we don't do it, and here is why we don't, in words of our own, which nobody foresaw.")
    for text in texts:
        reply = check(number, text, **GIVEN[number])
        assert reply.state in {"complete", "incomplete"}
        assert "right." not in reply
        assert "not yet" not in reply
        assert "read it aloud and hold it against these three points: (1) " in reply
        assert all(point in reply for point in exercises()[number].points)
        assert ("complete: it names " in reply) == (reply.state == "complete")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("6.5", "Sure, take the attendance of every kid forever; no parent needs to sign, for all we care."),
        (
            "4.4",
            "Her mark is a B, her test is 18: she might be lazy, so ask nobody, call her stupid at home.",
        ),
        (
            "11.3",
            "If the number, export or code is late by a day we check nothing and pay as if all were well.",
        ),
    ],
)
def test_what_has_all_the_words_and_is_foolish_is_complete_and_held_against_points(
    number: str, text: str
) -> None:
    reply = check(number, text)
    assert reply.state == "complete"
    assert f"Exercise {number}: complete: it names " in reply


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("6.5", "No. We don't hand it out to anybody outside; families can bring it to the club themselves."),
        ("4.4", "I say nothing of it by e-mail tonight; we sit down together on Thursday, all three of us."),
        ("11.3", "We sign nothing with this vendor, since it won't let anybody look at what it sends us."),
    ],
)
def test_a_sound_refusal_is_not_called_wrong(number: str, text: str) -> None:
    reply = check(number, text)
    assert reply.state == "incomplete"
    assert "a list of words finds nothing in it about " in reply
    assert "left out on purpose, stands" in reply


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
