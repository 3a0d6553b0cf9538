"""A check answers everything and raises nothing; each exercise is told right, wrong and unanswered apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.share import read_policy
from helpers.teach import check, expect, hint, solution
from helpers.teach.exercise import exercises
from helpers.teach.solutions import solution_of

EVENTS = pd.DataFrame({"record": ["a", "a", "b", "c", "c", "c"]}, dtype="string")
CROSSWALK = pd.DataFrame(
    {"silo": ["sis"] * 4 + ["meals"] * 5, "child": ["1", "2", "3", "4", "1", "2", "3", "7", "8"]},
    dtype="string",
)
SCORECARD = pd.DataFrame(
    {
        "measure": ["match rate"] * 3 + ["shared key"],
        "left_silo": ["sis", "sis", "attendance", "sis"],
        "right_silo": ["attendance", "meals", "meals", "meals"],
        "value": [0.98, 0.9, 0.6, 0.1],
    }
)
PEOPLE = pd.DataFrame(
    {
        "silo": pd.array(["sis"] * 5 + ["meals"] * 5, dtype="string"),
        "record": pd.array([*"12345", *"abcde"], dtype="string"),
        "birth_date": pd.to_datetime(
            ["2013-03-05"] * 5 + ["2013-03-05", "2013-03-05", "2013-03-05", "2014-01-01", None]
        ),
    }
)
FOUND = pd.DataFrame(
    {
        "left_silo": ["sis"] * 5,
        "left_record": [*"12345"],
        "right_silo": ["meals"] * 5,
        "right_record": [*"abcde"],
        "identifier": [*"12345"],
    },
    dtype="string",
)
# Ana was counted and never absent, Ben was counted, of Bea and Dev nobody knows.
VALUES = pd.DataFrame(
    {
        "child": [*"1234", *"112233"],
        "element": ["health_visits"] * 4 + ["last_surname"] * 6,
        "silo": ["attendance", "attendance", "attendance", None, *["sis", "meals"] * 3],
        "status": ["Reported", "Reported", "Empty", "Not collected"] + ["Reported"] * 6,
        "chosen": [True] * 4 + [True, False] * 3,
        "value": ["0", "7", None, None, "Ruiz Peña", "Ruiz", "Okafor", "OKAFOR", "Patel", "Patel"],
        "value_number": [0.0, 7.0, None, None] + [None] * 6,
        "agrees": pd.array([None] * 4 + [False, False, True, True, True, True], dtype="boolean"),
    }
)
# Brother and sister in the first row, strangers in the second.
JOINED = pd.DataFrame(
    {
        "number": ["10231", "10232"],
        "roster_first": ["Luis", "Ivy"],
        "roster_last": ["Ruiz", "Stone"],
        "test_first": ["ANA", "DEV"],
        "test_last": ["RUIZ", "PATEL"],
    },
    dtype="string",
)


def differ(*parts: str, fold: bool = True) -> Callable[[pd.DataFrame], pd.Series]:
    """Give a test of joined rows: one of these parts of the name differs."""

    def looks(rows: pd.DataFrame) -> pd.Series:
        plain = rows.apply(lambda column: column.str.casefold()) if fold else rows
        odd = [plain[f"roster_{part}"].ne(plain[f"test_{part}"]) for part in parts]
        return pd.concat(odd, axis="columns").any(axis="columns")

    return looks


CARRIED = {
    "sis": {"District": 1.0, "State": 1.0},
    "attendance": {"State": 1.0},
    "meals": {"District": 0.9},
    "clubs": {},
}
# One accident changed two places.
FAULTS = pd.DataFrame(
    {
        "fault": [1, 1, 2, 3, 4, 5],
        "kind": ["swapped", "swapped", "swapped", "typo", "typo", "typo"],
        "found_by": ["Not findable"] * 3 + ["names_disagree"] * 3,
    }
)
HELD = {"sis": {"a", "b", "c"}, "attendance": {"a", "b", "c", "d", "e"}, "meals": {"a"}}
LUNCHES = pd.DataFrame(
    {
        "layout": ["Default", "PaySchools", "Default", "PaySchools"],
        "start": ["03/10/2025", "10/03/2025", "22/10/2025", "01/12/2026"],
    },
    dtype="string",
)
ORDERS = {"Default": "%d/%m/%Y", "PaySchools": "%m/%d/%Y"}
FIRST_DAYS = pd.Series(pd.to_datetime(["2025-10-03", "2025-10-03", "2025-10-22", "2026-01-12"]))
CLASS_YEARS = pd.Series(["2026", "2027", "2028", "2028", "2029", "2029", "2029"], dtype="string")
CANDIDATES = pd.Series({"the one": 3.0, "her namesake": 2.0, "none of them": 0.0})
SCORED = pd.DataFrame(
    {"probability": [0.99, 0.9, 0.8, 0.7, 0.6], "one_child": [True, True, False, True, True]}
)
GROUPS = pd.DataFrame(
    {
        "group": ["many", "some", "few"],
        "children": [300, 60, 9],
        "missed": [4.0, 17.0, 22.0],
        "low": [2.3, 9.4, 3.9],
        "high": [6.8, 28.4, 54.7],
    }
)
WAITING = pd.DataFrame(
    {"pair": [*"ABCDE"], "probability": [0.98, 0.95, 0.5, 0.6, 0.05], "pairs_gained": [1, 2, 4, 3, 20]}
)

BY_DEFINITION = pd.DataFrame(
    {
        "one": ["Flagged", "Clear", "Flagged", "Not applicable", "Clear"],
        "other": ["Clear", "Clear", "Flagged", "Flagged", "Unknown"],
    },
    dtype="string",
)
QUESTIONS = pd.DataFrame({"platforms_before": [1, 4, 4, 6, 3]})
STORIES = pd.DataFrame(
    {"system": ["SIS", "Meals"], "says": ["2015-01-01", "2015-08-19"]},
    dtype="string",
)
POLICY = read_policy()
LOOSE = POLICY.changed("teacher", "meals_eligibility", allow="row", scope="own class")
NARROW = POLICY.changed("nurse", "health", allow="none")
TILL = ["First name", "Grade", "Allergy", "PIN", "Charged today", "Balance"]
SMALL = pd.DataFrame(
    {
        "school": ["Oak", "Pine", "all schools"],
        "children": pd.array([31, None, 38], dtype="Int64"),
    }
)

GIVEN: dict[str, dict[str, Any]] = {
    "1.1": {"carried": CARRIED, "roster": "sis"},
    "1.2": {"faults": FAULTS},
    "2.4": {"held": HELD, "enrolled": {"a", "b", "c", "d"}},
    "2.1": {"rows": LUNCHES, "formats": ORDERS},
    "2.5": {"roster": pd.Series([*"abcde"], dtype="string"), "visits": pd.Series([*"aab"], dtype="string")},
    "2.6": {"responses": pd.DataFrame({"record": pd.array(["a", None, None, None], dtype="string")})},
    "2.2": {"class_years": CLASS_YEARS, "school_year": 2026, "grade": 10},
    "2.3": {"events": EVENTS},
    "3.1": {"crosswalk": CROSSWALK, "left": "sis", "right": "meals"},
    "3.2": {"found": FOUND, "people": PEOPLE},
    "3.3": {"joined": JOINED},
    "3.4": {"candidates": CANDIDATES},
    "3.5": {"scored": SCORED},
    "3.7": {"groups": GROUPS},
    "3.6": {"waiting": WAITING},
    "4.1": {"lines": STORIES},
    "4.2": {"by_definition": BY_DEFINITION},
    "4.3": {"answers": QUESTIONS, "at_least": 4},
    "4.4": {},
    "4.5": {"values": VALUES},
    "4.6": {"values": VALUES, "believed": "meals"},
    "5.1": {"scorecard": SCORECARD},
    "5.2": {},
    "6.1": {"policy": POLICY, "role": "teacher"},
    "6.2": {"policy": POLICY},
    "6.3": {"columns": TILL},
    "6.4": {"counts": SMALL},
    "6.5": {},
}
OTHERS = sum(POLICY.rule("teacher", domain).allow != "row" for domain in POLICY.domains)
NOTHING = sum(POLICY.rule("teacher", domain).allow == "none" for domain in POLICY.domains)
RIGHT: dict[str, list[Any]] = {
    "1.1": [["attendance"], {"attendance"}],
    "1.2": [2],
    "2.4": ["sis", "attendance"],
    "2.1": [FIRST_DAYS, FIRST_DAYS.set_axis([4, 5, 6, 7])],
    "2.5": [3],
    "2.6": [0.25],
    "2.2": [2],
    "2.3": [3, EVENTS["record"].nunique()],
    "3.1": [0.75, 3 / 4],
    "3.2": [1],
    "3.3": [differ("first", "last"), lambda rows: list(differ("first")(rows))],
    "3.4": [8 / 13],
    "3.5": [0.9, 0.85],
    "3.7": [["some"], {"some"}],
    "3.6": [["B", "C", "D"], ("D", "C", "B")],
    "4.1": [
        "We print 2015-08-19, since three systems say so, and ask the mother for the certificate tonight."
    ],
    "4.2": [1],
    "4.3": [3],
    "4.4": [
        "Her mark is a B and the test came out low; I don't know why yet, so I ask her teacher tomorrow."
    ],
    "4.5": [2],
    "4.6": [2],
    "5.1": [("meals", "attendance"), ["attendance", "meals"]],
    "5.2": [{"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing"}],
    "6.1": [OTHERS],
    "6.2": [POLICY, LOOSE.changed("teacher", "meals_eligibility", allow="none")],
    "6.3": [["PIN", "Charged today", "Balance"], {"Balance", "PIN", "Charged today"}],
    "6.4": [7],
    "6.5": [
        "Days absent only, of children whose parents signed a dated form, for planning rides, until June."
    ],
}
WRONG: dict[str, list[tuple[Any, str]]] = {
    "1.1": [
        (["attendance", "meals"], "share of its records"),
        (["sis"], "is the roster itself"),
        (["attendance", "clubs"], "none of the numbers"),
        ([], "left out attendance: both carry State"),
        (["till"], "no system 'till'"),
        ("attendance", "names of the systems"),
    ],
    "1.2": [
        (3, "changed places"),
        (1, "number of kinds"),
        (6, "found_by"),
        (2.0, "whole number"),
    ],
    "2.4": [("meals", "not 3 who are"), ("till", "no system"), (3, "name of one system")],
    "2.1": [
        (FIRST_DAYS.mask(FIRST_DAYS.index == 2), "22/10/2025 of Default became nothing"),
        (pd.to_datetime(LUNCHES["start"], format="%d/%m/%Y"), "10/03/2025 of PaySchools is 03 October"),
        (
            pd.to_datetime(LUNCHES["start"], format="%m/%d/%Y", errors="coerce").fillna(
                pd.Timestamp(2025, 10, 22)
            ),
            "a wrong day, and no error",
        ),
        (LUNCHES["start"], "still string"),
        (["2025-10-03"], "column of 4 dates"),
    ],
    "2.5": [
        (5, "on the nurse's list"),
        (2, "came at least once"),
        (100, "nobody knows"),
        (0, "leave out"),
    ],
    "2.6": [(0.75, "nobody can tie"), (25, "between 0 and 1"), (0.5, "confidential"), ("0.25", "one number")],
    "2.2": [(3, "ends"), (1, "one year too far"), (7, "leave school"), ("2", "whole number")],
    "2.3": [(6, "number of rows"), (2, "counts once"), ("3", "whole number"), (3.0, "whole number")],
    "3.1": [
        (75, "between 0 and 1; yours is 75"),
        (0.6, "children of meals"),
        ("0.75", "one number"),
        (0.1, "divide"),
    ],
    "3.2": [
        (3, "the same birth date"),
        (2, "Not known"),
        (5, "beside each other"),
        (0.2, "whole number"),
    ],
    "3.3": [
        (lambda rows: rows["number"].duplicated(), "2 of 2 pass"),
        (differ("last"), "1 of 2 pass, such as Luis Ruiz with ANA RUIZ"),
        (differ("first", "last", fold=False), "stops 6 of 6 right joins"),
        (lambda rows: True, "1 answers for 2 rows"),
        (True, "Write a function"),
    ],
    "3.4": [
        (8 / 9, "the others compete"),
        (0.6, "doublings"),
        (0.5, "divide the first's"),
        (61.5, "between 0 and 1"),
        ("8/13", "one number"),
    ],
    "3.5": [
        (0.6, "1 of them are two children"),
        (0.95, "1 more could be accepted"),
        (1.0, "2 more could be accepted"),
        (90, "between 0 and 1"),
    ],
    "3.7": [
        (["some", "few"], "few: its interval begins at 3.9"),
        (["many"], "may be chance"),
        ([], "0 of 1"),
        (["none"], "no group 'none'"),
        ("some", "in a list"),
    ],
    "3.6": [
        (["A", "B", "D"], "most probable"),
        (["C", "D", "E"], "gain most"),
        (["A", "C", "D"], "three others gain more"),
        (["B", "C"], "yours are 2"),
        (["B", "C", "Z"], "no pair 'Z'"),
    ],
    "4.1": [
        ("The newest one.", "words are a label"),
        (
            "We print what the newest export says, as our rule has it, and leave it at that now.",
            "what the page",
        ),
        (
            "We print 2015-08-19 because three of the four systems say so and leave it at that.",
            "whom you ask",
        ),
        (7, "text in quotes"),
    ],
    "4.2": [(3, "clear by another"), (2, "One".lower()), (0, "flags it"), ("1", "whole number")],
    "4.3": [(1, "are enough"), (5, "how many systems"), (3.0, "whole number")],
    "4.4": [
        (
            "She is doing fine in class, a good pupil all in all, and there is nothing else.",
            "what the test says",
        ),
        (
            "The test is low, and so she has to repeat it as soon as that can be arranged.",
            "what the mark says",
        ),
    ],
    "4.5": [(1, "zero visits"), (3, "chosen row of health_visits"), (2.0, "whole number")],
    "4.6": [(4, "Put the surname"), (3, "have a surname"), ("2", "whole number")],
    "5.1": [
        (("sis", "meals"), "lower match rate"),
        (("sis", "meal"), "no system 'meal'"),
        ("meals", "two names"),
    ],
    "5.2": [
        (dict.fromkeys("ABCD", "Missing"), "pair A again"),
        ({**dict.fromkeys("ABCD", "Missing"), "A": "Not joinable"}, "pair B again"),
        (dict.fromkeys("ABCD", "missing"), "none of the four"),
        ("Missing", "a reason for each pair"),
    ],
    "6.1": [
        (NOTHING, "nothing at all"),
        (18 - OTHERS, "sees single children"),
        (99, "Look at allow"),
        ("8", "whole"),
    ],
    "6.2": [
        (LOOSE, "sees more of meals_eligibility"),
        (NARROW, "can't work any more"),
        (POLICY.changed("teacher", "grades", allow="row", scope="district"), "of district"),
        ("the old one", "A policy is asked for"),
    ],
    "6.3": [
        (["PIN"], "stays"),
        ([*TILL[3:], "Allergy"], "the cook needs it"),
        (["Price"], "no column 'Price'"),
        ("PIN", "in a list"),
    ],
    "6.4": [(38, "what is left"), (0, "what is left"), ("7", "whole number")],
    "6.5": [
        ("Yes.", "words are a label"),
        (
            "We gladly send the attendance of all your children every Monday for planning rides.",
            "who has to sign",
        ),
        (
            "The parents may tell you about the attendance themselves for planning rides, of course.",
            "in writing",
        ),
    ],
}


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
