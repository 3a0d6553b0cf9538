"""Answers in words: what is right in other words passes, and what only sounds right doesn't."""

import pytest

from helpers.teach.exercise import Wording, reply_to
from helpers.teach.exercises import exercises

EXERCISES = exercises()

RIGHT = {
    "5.4": [
        "First the wrong joins between the SIS and the test: by Friday the registrar checks the list of "
        "kids and splits those that are two people.",
        "The meals clerk gets the list of kindergartners not at the till and answers by Friday who "
        "should be there.",
        "The data steward checks for students with two records in the gradebook, and merges them by 1 "
        "December.",
        "Ninth graders missing in MAP: the assessment lead checks the list with the vendor by Dec 5 so "
        "that no one goes untested.",
    ],
    "7.3": [
        "First give every system the district number, so a teacher finds a kid's tests at once; it "
        "costs about 2 dollars a child. Prices are our guess, effects synthetic.",
    ],
    "8.3": [
        "Monday I sit with the registrar and open the duplicates file; I won't claim anyone was "
        "careless until we've looked.",
        "I meet the data clerk, we look at the duplicate rate and ten example rows, and I do not claim "
        "that the survey was wrong.",
        "On Monday I look with Ms. Park, who runs the SIS, at the roster lag in days; I can't claim "
        "that anybody is careless.",
        "I ask the attendance office to go over the example rows with me; we cannot tell yet whether "
        "the files or the people are wrong.",
    ],
    "9.3": [
        "Of the systems that responded, signers score 0.3 points higher in governance, from a lower "
        "bound of 0.1 to an upper bound of 0.5; an association only.",
        "Systems that answered and signed scored 0.3 higher, somewhere between 0.1 and 0.5; whether the "
        "pledge helped, we cannot say.",
        "Among respondents, signers' leaders rate governance 0.3 points higher, interval 0.1 to 0.5, "
        "which is an association, no proof of an effect.",
        "Among 187 respondents, pledging systems reported governance scores about 0.3 higher (95% CI "
        "0.1 to 0.5), but the survey cannot tell us why.",
    ],
}
WRONG = {
    "5.4": [
        (
            "The children are important, and everybody should lead the way and do better data every day.",
            "who does it",
        ),
        (
            "The children are important, and the whole team should lead the way to better data every day.",
            "by when",
        ),
    ],
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
            "Is 'proves' a verdict",
        ),
    ],
    "9.3": [
        (
            f"{said} in the systems that answered stands higher by between 0.1 and 0.5 points, a difference.",
            f"Does {cause!r} say",
        )
        for said, cause in (
            ("Because of the pledge governance", "Because of"),
            ("Thanks to the pledge governance", "Thanks to"),
            ("The pledge increases what it finds: governance", "increases"),
            ("No doubt the pledge raises all: governance", "raises"),
        )
    ],
}


@pytest.mark.parametrize(("number", "text"), [(number, text) for number in RIGHT for text in RIGHT[number]])
def test_a_right_answer_in_other_words_passes(number: str, text: str) -> None:
    found = EXERCISES[number].check(text)
    assert isinstance(found, Wording)
    assert found.complete, found


@pytest.mark.parametrize(
    ("number", "text", "why"), [(number, *case) for number in WRONG for case in WRONG[number]]
)
def test_what_only_sounds_right_is_told(number: str, text: str, why: str) -> None:
    found = EXERCISES[number].check(text)
    assert isinstance(found, Wording)
    assert not found.complete
    assert why in reply_to(found, EXERCISES[number].points)
