"""The language of rules: its page, its errors, what the unknown becomes, and what decides."""

from __future__ import annotations

import doctest
import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.profile.conditions import FALSE, TRUE, UNKNOWN, Column, Condition, Expression, element_types
from helpers.profile.example_children import ExampleRules
from helpers.profile.indicators import read_indicators
from helpers.profile.questions import read_questions
from helpers.profile.questions.definitions import input_types
from helpers.standard import BadInput, toml_of

PAGE = Path(__file__).parents[2] / "docs" / "conditions.md"


def test_each_example_of_its_page_runs() -> None:
    done = doctest.testfile(str(PAGE), module_relative=False)
    assert done.failed == 0
    assert done.attempted >= 12


def test_its_lines_of_python_judge_every_child(
    district_folder: Path, read_and_linked_once: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from pathlib.*?)```", page, re.S)
    (tmp_path / "indicators.toml").write_text(
        re.findall(r"```toml\n(.*?)```", page, re.S)[0], encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(code.replace('"exports"', repr(str(district_folder))), names)
    assert set(names["statuses"]["indicator"]) == {"messages_unread"}
    assert names["statuses"]["child"].is_unique


def test_each_file_of_its_page_is_one_that_the_kit_reads(tmp_path: Path) -> None:
    indicators, questions, children = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    path = tmp_path / "own.toml"
    path.write_text(indicators, encoding="utf-8")
    (one,) = read_indicators(path).indicator
    assert one.elements_of(one.default) == ("messages_opened", "messages_sent")
    assert (one.default.threshold, one.default.in_unit) == (0.25, "rate")
    path.write_text(questions, encoding="utf-8")
    assert read_questions(path).question[0].inputs()[:2] == ("grade_level", "days_absent")
    assert ExampleRules.model_validate(toml_of(children)).inputs() == (
        "school_activities", "community_clubs", "grade_level",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word", "nearest"),
    [
        ("grade_averge < 65", "grade_averge", "Did you mean grade_average?"),
        ("grade_average = 65", "=", "write '=='"),
        ("grade_average < 65 AND chronically_absent", "AND", "write 'and'"),
        ("chronically_absent && rate < 1", "&&", "write 'and'"),
        ("special_education == Active", "Active", "in quotes: 'Active'"),
        ("at_leest(2, chronically_absent, on_track)", "at_leest", "Did you mean at_least?"),
        ("guardians is null", "is", "not on_record(x)"),
        ("indicator.chronic_absense == 'Flagged'", "chronic_absense", "Did you mean chronic_absence?"),
        ("last_year.rat < 1", "rat", "Did you mean rate?"),
        ("lastyear.rate < 1", "lastyear", "Did you mean last_year?"),
        ("on_record(indicators.on_track)", "indicators", "Did you mean indicator?"),
        ("on_record(indicator.on_track)", "indicator", "on_record asks for an element"),
        ("rate.last_year < 1", "rate", "come before a point"),
        ("last_year.birth_date < '2015-01-01'", "birth_date", "no value of a year"),
        ("on_record(last_year.rat)", "rat", "Did you mean rate?"),
        ("grade_level in '09'", "'09'", "a list: ('09', '10')"),
        ("rate between 0.8 and 0.9", "between", "a <= x and x <= b"),
        ("0.8 < rate < 0.9", "<", "join two comparisons with and"),
        ("grade_average < 'low'", "'low'", "of the type number"),
        ("grade_level < '05'", "<", "compare words by ==, != or in"),
        ("birth_date < '2012-13-01'", "2012-13-01", "as in '2026-09-01'"),
        ("birth_date < '2012-9-1'", "2012-9-1", "as in '2026-09-01'"),
        ("birth_date < 2012-09-01", "2012 - 9 - 1", "a date stands in quotes: '2026-09-01'"),
        ("special_education == 'Active", "'Active", "the quote that closes it is missing"),
        ("(rate < 1))", ")", "no '(' stands before it"),
        ("chronically_absent == 1", "chronically_absent", "stands alone"),
        ("(rate < 1) == (days_tardy < 2)", "rate < 1", "stands alone"),
        ("days_tardy < (rate < 1)", "rate < 1", "stands alone"),
        ("on_track == (rate < 1)", "on_track", "stands alone"),
        ("grade_level == '9'", "9", "Did you mean 09?"),
        ("indicator.on_track == 'Warming'", "Warming", "Did you mean Warning?"),
        ("special_education == 'active'", "active", "has Active, Exited. Did you mean Active?"),
        ("sex == 'F'", "F", "Did you mean Female?"),
        ("last_year.meal_eligibility in ('Free', 'Reduced')", "Reduced", "Did you mean Reduced price?"),
        ("screening_risk != 'High'", "High", "has Normal, Elevated, Extremely Elevated"),
        ("rate < 10%", "%", "0.1 for 10%"),
        ("rate < 0,9", ",", "a point: 0.1"),
        ("special_education == ‘Active’", "‘Active’", "straight quotes"),
        ("AND(rate < 1, on_track)", "AND", "a and b"),
        ("school like 'North'", "like", "no patterns"),
        ("rate < 0.9 or or rate > 1", "or", "a condition is missing"),
        ("(rate < 0.9", "at its end", "')' is missing"),
    ],
)
def test_an_error_names_the_word_and_what_was_meant(text: str, word: str, nearest: str) -> None:
    (fault,) = Condition(text).faults(input_types())
    assert f"at {word!r}" in fault or f'at "{word}"' in fault or f", {word}:" in fault
    assert nearest in fault


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a or b and not c", "a or (b and not c)"),
        ("not a == 1 and b", "(not (a == 1)) and b"),
        ("a - b / c >= 1", "a - (b / c) >= 1"),
        ("a - b - c >= 1", "(a - b) - c >= 1"),
        ("a<-1", "a < -1"),
        ('a not in ["x", "y"]', "a not in ('x', 'y')"),
    ],
)
def test_what_binds_most_is_read_first(text: str, same: str) -> None:
    assert Condition(text).tree == Condition(same).tree
    assert Condition(str(Condition(text))).tree == Condition(text).tree


@pytest.mark.parametrize(
    ("begin", "middle", "end"),
    [("(", "a < 1", ")"), ("not ", "a < 1", ""), ("at_least(1, ", "a < 1", ")"), ("-", "1", " < a")],
)
def test_a_condition_has_at_most_fifty_levels(begin: str, middle: str, end: str) -> None:
    def nested(levels: int) -> Condition:
        return Condition(begin * levels + middle + (end if begin == "-" else end * levels))

    assert len(nested(50).comparisons) == 1
    for levels in (51, 3000):
        with pytest.raises(BadInput, match="at most 50 deep") as refused:
            nested(levels).inputs()
        assert len(str(refused.value)) < 1000


def test_a_sum_has_at_most_fifty_signs() -> None:
    def total(signs: int) -> Condition:
        return Condition("a + " * signs + "a > 1")

    assert total(50).inputs() == ("a",)
    for signs in (51, 3000):
        with pytest.raises(BadInput, match="at most 50 deep"):
            total(signs).inputs()
    assert len(Condition(" or ".join(["a < 1"] * 3000)).comparisons) == 3000


def column(*values: float | str | None) -> Column:
    if any(isinstance(one, str) for one in values):
        return Column(np.array(values, dtype=object))
    return Column(np.array([np.nan if one is None else one for one in values], dtype="float64"))


def truth(text: str, **columns: Column) -> list[int]:
    return list(Condition(text).truth(columns).tolist())


@pytest.mark.parametrize(
    ("sign", "found"),
    [("<", [1, -1, -1]), ("<=", [1, 1, -1]), (">", [-1, -1, 1]), (">=", [-1, 1, 1]), ("==", [-1, 1, -1]),
     ("!=", [1, -1, 1])],
)  # fmt: skip
def test_each_comparison_just_below_at_and_just_above_its_line(sign: str, found: list[int]) -> None:
    assert truth(f"a {sign} 0.1", a=column(0.0999, 0.1, 0.1001)) == found
    assert truth(f"a / b {sign} 0.1", a=column(17, 18, 19), b=column(180, 180, 180)) == found


def test_words_and_dates_are_compared_and_what_nobody_knows_is_unknown() -> None:
    words = column("Active", None, "Exited")
    assert truth("a == 'Active'", a=words) == [1, 0, -1]
    assert truth("a != 'Active'", a=words) == [-1, 0, 1]
    assert truth("a not in ('Active', 'Else')", a=words) == [-1, 0, 1]
    days = Column(np.array(["2026-03-01", "2026-03-02", "NaT"], dtype="datetime64[us]"))
    assert truth("a < '2026-03-02'", a=days) == [1, -1, 0]
    assert truth("a == 'Active'", a=column(None, None)) == [0, 0]
    assert truth("a / b > 1", a=column(1.0, 0.0), b=column(0.0, 0.0)) == [0, 0], "by zero nothing is divided"


def test_who_is_known_to_have_nothing_makes_every_comparison_false() -> None:
    nothing = Column(np.array([np.nan, 1.0]), np.array([True, False]))
    assert truth("a != 1", a=nothing) == [-1, -1]
    assert truth("not a > 3", a=nothing) == [1, 1]
    assert truth("a - b >= 0", a=nothing, b=column(1.0, 1.0)) == [-1, 1]


NUMBERS = ("a", "b", "c")
PARTS = st.sampled_from(["a < 2", "b >= 1", "c == 1", "a / b > 1", "c - a <= 0", "a in (0, 2)", "not c > 1"])
RULES = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda one: f"({' '.join(one)})"),
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"at_least(2, {', '.join(parts)})"),
    ),
    max_leaves=5,
)


@given(RULES, st.tuples(*[st.sampled_from([1.0, 2.0, 3.0, None])] * 3))
def test_an_unknown_input_never_becomes_false(text: str, values: tuple[float | None, ...]) -> None:
    """Whatever the unknown may be: what is said with it missing holds of each of its values."""
    rule = Condition(text)
    said = rule.truth(dict(zip(NUMBERS, map(column, values), strict=True)))[0]
    filled = [(one,) if one is not None else (1.0, 2.0, 3.0) for one in values]
    possible = {
        int(rule.truth(dict(zip(NUMBERS, map(column, full), strict=True)))[0]) for full in product(*filled)
    }
    assert said in (TRUE, FALSE, UNKNOWN)
    assert said == UNKNOWN or possible == {int(said)}
    if None not in values:
        assert said != UNKNOWN


@given(RULES, st.tuples(*[st.sampled_from([1.0, 2.0, None])] * 3))
def test_the_inputs_that_decide_are_enough_to_decide(text: str, values: tuple[float | None, ...]) -> None:
    rule = Condition(text)
    columns = dict(zip(NUMBERS, map(column, values), strict=True))
    said, deciding = rule.truth(columns)[0], rule.deciding(columns)
    assert deciding
    if said == UNKNOWN:
        assert all(values[NUMBERS.index(name)] is None for name in deciding)
    else:
        alone = {name: one if name in deciding else column(None) for name, one in columns.items()}
        assert rule.truth(alone)[0] == said


def test_a_word_of_an_open_list_is_not_checked() -> None:
    for text in ("mark_english == 'Excellent'", "school != 'Nowhere'", "grade_level == 'UG'"):
        assert Condition(text).faults(input_types()) == []


def test_last_year_and_indicators_are_for_questions_alone() -> None:
    for text, word in (("last_year.rate < 0.9", "last_year"), ("indicator.on_track == 'Clear'", "indicator")):
        (fault,) = Condition(text).faults(element_types())
        assert f"at {word!r}: only questions" in fault


def test_a_value_is_no_condition_and_a_condition_is_no_value() -> None:
    types = {"a": "number", "b": "boolean"}
    assert "no yes or no" in Condition("a + 1").faults(types)[0]
    assert "a value is asked for" in Expression("a > 1").faults(types)[0]
    assert Expression("a").faults(types) == Condition("b").faults(types) == []
    assert Condition("not b and a > 1 and on_record(a)").words() == (
        "not: b, and a is above 1, and a is on record"
    )
