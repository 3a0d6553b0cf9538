"""Answers in words: what is right in other words passes, and what only sounds right doesn't."""

import pytest

from helpers.teach.exercise import Exercise
from helpers.teach.exercises import surveying

EXERCISES: dict[str, Exercise] = {one.number: one for one in surveying.EXERCISES}

RIGHT = {
    "8.3": [
        "Monday I sit with the registrar and open the duplicates file; I won't claim anyone was careless "
        "until we've looked.",
        "I meet the data clerk, we look at the duplicate rate and ten example rows, and I do not claim that "
        "the survey was wrong.",
        "On Monday I look with Ms. Park, who runs the SIS, at the roster lag in days; I can't claim that "
        "anybody is careless.",
        "I ask the attendance office to go over the example rows with me; we cannot tell yet whether the "
        "files or the people are wrong.",
    ],
}
WRONG = {
    "8.3": [
        (
            "The people are wrong: the files say something else, and files are facts, not opinions, period.",
            "don’t claim",
        ),
        (
            "On Monday I tell those people that the files show that they are not right, and that they lied.",
            "don’t claim",
        ),
        (
            "Before Monday I send everybody the figure which proves that the people who answered are wrong.",
            "'proves' is a verdict",
        ),
    ],
}


@pytest.mark.parametrize(("number", "text"), [(number, text) for number in RIGHT for text in RIGHT[number]])
def test_a_right_answer_in_other_words_passes(number: str, text: str) -> None:
    assert EXERCISES[number].check(text) is None


@pytest.mark.parametrize(
    ("number", "text", "why"), [(number, *case) for number in WRONG for case in WRONG[number]]
)
def test_what_only_sounds_right_is_told(number: str, text: str, why: str) -> None:
    said = EXERCISES[number].check(text)
    assert said is not None
    assert why in said
