"""The language of questions: what a file may say, every fault at once, and what the unknown becomes."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.profile.conditions import Column, Condition
from helpers.profile.questions import (
    declared_questions,
    read_questions,
)
from helpers.profile.questions.definitions import input_types
from helpers.share import read_policy
from helpers.standard import BadInput
from helpers.systems import declared_elements


def test_the_kit_declares_questions_of_everybody_each_sourced_or_its_own() -> None:
    questions = declared_questions()
    assert len(questions) >= 24
    roles = [name.replace("_", " ") for name in read_policy().roles]
    askers = {asker for each in questions for asker in each.asked_by}
    assert len(askers) >= 8
    assert {asker for asker in askers if not any(role.endswith(asker) for role in roles)} == {"board"}
    assert 0 < sum(each.source == "own" for each in questions) < len(questions) / 2
    assert all(each.text.endswith("?") and each.meaning for each in questions)


def test_no_question_rests_on_how_children_say_they_feel() -> None:
    answers = {
        "self_awareness",
        "self_management",
        "social_awareness",
        "relationship_skills",
        "responsible_decisions",
        "proud_of",
        "wants_to_improve",
        "own_goal",
    }
    for each in declared_questions():
        assert not answers & set(each.inputs()), each.id


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(
        """
least_share = 0.8
least_part = 0.9
most_unplaced = 0.05
[source]
[[question]]
id = "a"
text = "?"
asked_by = ["teacher"]
grain = "list"
source = "nobody"
answer = "grade_avrage < 65 and rate < 'low'"
details = ["guardian"]
meaning = "x"
[[question]]
id = "a"
text = "?"
asked_by = ["board"]
grain = "number"
source = "own"
meaning = "x"
""",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as told:
        read_questions(path)
    for part in (
        "least_part", "'a' is declared twice", "source 'nobody'",
        "'grade_avrage': no element is called so. Did you mean grade_average?",

        "'rate' is of the type number", "Did you mean guardians?", "needs an answer",
    ):  # fmt: skip
        assert part in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "rate + 1", "rate < other_rate", "rate", "1 < rate < 2",
        "(lambda: rate)()",
        "rate is 1", "grade_level in '05'", "at_least(3, chronically_absent)", "open('x')", "rate <", "",
    ],
)  # fmt: skip
def test_a_condition_knows_its_few_forms_and_nothing_else(text: str) -> None:
    assert Condition(text).faults(input_types())


# ---- three answers: yes, no, unknown


def flag(told: bool | None) -> Column:
    return Column.of(pd.Series([told], dtype="boolean"))


NAMES = ("a", "b", "c")
CONDITIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"(not {one})"),
        st.tuples(inner, inner, inner).map(lambda three: f"at_least(2, {', '.join(three)})"),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(CONDITIONS, st.tuples(*[st.sampled_from([True, False, None])] * 3))
def test_what_is_said_holds_whatever_the_unknown_may_be(text: str, told: tuple[bool | None, ...]) -> None:
    said = Condition(text).holds({name: flag(one) for name, one in zip(NAMES, told, strict=True)})[0]
    possible = set()
    for completed in product([True, False], repeat=3):
        if all(one is None or one == full for one, full in zip(told, completed, strict=True)):
            flags = {name: flag(one) for name, one in zip(NAMES, completed, strict=True)}
            possible.add(bool(Condition(text).holds(flags)[0]))
    if said is not pd.NA:
        assert possible == {bool(said)}
    elif None not in told:
        pytest.fail("everything is known, and yet it isn't said")


def test_every_element_can_be_asked_for() -> None:
    types = input_types()
    assert {each.name for each in declared_elements()} <= set(types)
    assert {one for one in types.values() if isinstance(one, str)} == {"string", "number", "boolean", "date"}
    closed = {name for name, one in types.items() if not isinstance(one, str)}
    listed = {"grade_level", "sex", "meal_eligibility", "special_education"}
    listed |= {"screening_risk", "screening_risk_student", "screening_risk_guardian"}
    assert closed == {
        name for name in types if name.removeprefix("last_year.") in listed or name.startswith("indicator.")
    }
