"""From a measure to a status: at the limit, and at the last day that counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.profile.indicators import indicator
from helpers.profile.indicators.definitions import Definition, Indicator
from helpers.profile.indicators.measures import Facts, measured_by, weakest
from helpers.profile.indicators.statuses import Children, detailed, indicators_table, judged, worst

NEWEST = pd.Timestamp("2026-03-31")
STALE_AFTER = 30


def of_definition(**more: Any) -> Definition:
    given = {"name": "d", "title": "t", "by": "b", "source": "s", "default": True, "own": True, **more}
    return Definition(**given)


def of_indicator(*definitions: Definition, measure: Any = "activities") -> Indicator:
    given: dict[str, Any] = {"name": "i", "title": "t", "tenet": "Safe", "domain": "attendance"}
    return Indicator(
        **given, measure=measure, days_until_stale=STALE_AFTER, meaning="m", definition=definitions
    )


def statuses(
    rows: list[dict[str, Any]], grade_of: dict[str, str | None] | None = None, **more: Any
) -> dict[str, str]:
    """Judge measured children by a definition, and give each child's status."""
    measured = pd.DataFrame(
        [
            {"child": f"c{at}", "as_of": NEWEST, "link_status": "Verified", **row}
            for at, row in enumerate(rows)
        ]
    )
    every = list(dict.fromkeys([*measured["child"], *(grade_of or {})]))
    levels = np.array([(grade_of or {}).get(child) for child in every], dtype=object)
    children = Children(pd.Index(every, dtype="string"), levels, NEWEST)
    one = of_definition(**more)
    measure = "elements" if "word" in measured else "activities"
    found = judged(measured, of_indicator(one, measure=measure), one, children)
    table = indicators_table([found], children, 2026)
    assert table["child"].tolist() == sorted(every)
    return dict(zip(table["child"], table["status"], strict=True))


def status(row: dict[str, Any], grade: str | None = None, **more: Any) -> str:
    return statuses([row], {"c0": grade}, **more)["c0"]


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [
        (">=", "Clear", "Flagged", "Flagged"),
        (">", "Clear", "Clear", "Flagged"),
        ("<=", "Flagged", "Flagged", "Clear"),
        ("<", "Flagged", "Clear", "Clear"),
    ],
)
def test_a_limit_includes_its_own_number_as_its_words_say(sign: str, below: str, at: str, above: str) -> None:
    limit = f"activities {sign} 5"
    found = statuses([{"value": 4.99}, {"value": 5.0}, {"value": 5.01}], flag=limit)
    assert list(found.values()) == [below, at, above]
    warned = statuses([{"value": 4.99}, {"value": 5.0}, {"value": 5.01}], warn=limit)
    assert [one.replace("Warning", "Flagged") for one in warned.values()] == [below, at, above]


def test_a_share_is_compared_as_a_count_so_that_18_of_180_is_a_tenth() -> None:
    limit = "activities >= 0.1"
    rows = [{"numerator": part, "denominator": 180, "value": part / 180} for part in (17, 18, 19)]
    assert list(statuses(rows, flag=limit, unit="rate").values()) == ["Clear", "Flagged", "Flagged"]
    # 0.3 of 3 is a tenth, though a computer's 3 × 0.1 is a little more; and a count isn't divided.
    part = {"numerator": 0.3, "denominator": 3, "value": 0.1}
    assert status(part, flag=limit, unit="rate") == "Flagged"
    assert status({"numerator": 17, "denominator": 180, "value": 17}, flag=limit, unit="days") == "Flagged"


def test_a_flag_precedes_a_warning() -> None:
    limits = {"flag": "activities < 65", "warn": "activities < 72"}
    rows = [{"value": value} for value in (64, 65, 71, 72)]
    assert list(statuses(rows, **limits).values()) == ["Flagged", "Warning", "Warning", "Clear"]


def test_what_a_system_says_in_words_is_flagged_by_its_words() -> None:
    limits = {"flag": "mark_english in ('F', 'D')", "warn": "mark_english == 'C'"}
    rows = [{"word": word} for word in ("D", "C", "B", None)]
    assert list(statuses(rows, **limits).values()) == ["Flagged", "Warning", "Clear", "Unknown"]


@pytest.mark.parametrize(("days", "expected"), [(29, "Clear"), (30, "Clear"), (31, "Unknown")])
def test_a_value_clears_a_child_through_its_last_day_and_no_longer(days: int, expected: str) -> None:
    limit = "activities >= 5"
    old = NEWEST - pd.Timedelta(days=days)
    assert status({"value": 4, "as_of": old}, flag=limit) == expected
    # A warning grows stale, too; a flag stands.
    assert status({"value": 4, "as_of": old}, flag=limit, warn="activities >= 3") == (
        "Warning" if expected == "Clear" else "Unknown"
    )
    assert status({"value": 5, "as_of": old}, flag=limit) == "Flagged"


def test_a_day_up_to_which_a_value_holds_counts_before_its_own_and_says_why() -> None:
    limit = "activities >= 5"
    long_ago, lately = pd.Timestamp("2025-09-01"), NEWEST - pd.Timedelta(days=30)
    assert status({"value": 4, "as_of": long_ago, "fresh_on": lately}, flag=limit) == "Clear"
    assert status({"value": 4, "as_of": lately, "fresh_on": long_ago}, flag=limit) == "Unknown"
    # Without any day nobody can say that it is old.
    assert status({"value": 4, "as_of": pd.NaT}, flag=limit) == "Clear"


def test_a_stale_value_says_that_it_is_too_old_and_a_flagged_one_does_not() -> None:
    one = of_definition(flag="activities >= 5")
    measured = pd.DataFrame(
        {"child": ["a", "b", "c"], "value": [4.0, 5.0, 4.0], "detail": ["part=x", "part=x", None],
         "as_of": pd.Timestamp("2025-09-01"), "link_status": "Verified"}
    )  # fmt: skip
    children = Children(pd.Index(list("abc"), dtype="string"), np.array([None] * 3, dtype=object), NEWEST)
    rows = judged(measured, of_indicator(one), one, children).measured
    assert rows["detail"].tolist() == ["part=x; why=too old", "part=x", "why=too old"]


@pytest.mark.parametrize(("days", "expected"), [(9, "Not applicable"), (10, "Flagged"), (11, "Flagged")])
def test_a_child_is_judged_from_the_least_number_of_days_on(days: int, expected: str) -> None:
    row = {"numerator": days, "denominator": days, "value": 1.0}
    limit = "activities >= 0.1"
    assert status(row, flag=limit, minimum=10, unit="rate") == expected
    # A child of whom nothing is known is unknown, and not left out.
    nothing = {"numerator": None, "denominator": 3.0, "value": None}
    assert status(nothing, flag=limit, minimum=10, unit="rate") == "Unknown"


def test_a_definition_of_some_grades_judges_no_others_and_an_unknown_grade_is_unknown() -> None:
    rows = [{"value": 9}, {"value": 9}, {"value": 9}]
    found = statuses(rows, {"c0": "06", "c1": "05", "c2": None}, flag="activities >= 5", grades=("06", "07"))
    assert found == {"c0": "Flagged", "c1": "Not applicable", "c2": "Unknown"}


def test_a_child_without_a_measure_is_unknown_and_one_of_another_district_is_left_out() -> None:
    found = statuses([{"child": "a", "value": 1}], {"b": None}, flag="activities >= 5")
    assert found == {"a": "Clear", "b": "Unknown"}
    assert status({"value": 9, "not_for": True}, flag="activities >= 5") == "Not applicable"
    one = of_definition(flag="activities >= 5")
    children = Children(pd.Index(["a"], dtype="string"), np.array([None], dtype=object), NEWEST)
    measured = pd.DataFrame({"child": ["z"], "value": [9.0]})
    assert judged(measured, of_indicator(one), one, children).status.tolist() == [2]


def test_of_several_statuses_the_most_urgent_counts() -> None:
    said = pd.Series(["Clear", "Warning", "Not applicable", "Unknown", "Clear", "Unknown", "Flagged"])
    child = pd.Series(["a", "a", "b", "b", "c", "c", "c"], name="child")
    assert worst(said, [child]).to_dict() == {"a": "Warning", "b": "Unknown", "c": "Flagged"}


def test_parts_of_a_detail_are_listed_without_the_missing_ones() -> None:
    both = detailed(part=pd.Series(["x", None, "a;b"]), why=pd.Series([None, "Empty", "c=d"]))
    assert both.tolist() == ["part=x", "why=Empty", "part=a,b; why=c,d"]


class Told:
    """Chosen values of two elements, as a test says."""

    def __init__(self, **elements: list[dict[str, Any]]) -> None:
        empty = {"value": None, "value_number": np.nan, "why": None, "not_for": False, "as_of": NEWEST}
        self.rows = {
            name: pd.DataFrame([{**empty, "link_status": "Verified", **row} for row in rows])
            for name, rows in elements.items()
        }

    def of(self, element: str) -> pd.DataFrame:
        rows = self.rows[element]
        rows = rows.assign(as_of=pd.to_datetime(rows["as_of"])).astype(
            {"value": "string", "why": "string", "value_number": "float64"}
        )
        return rows.set_index(pd.Index([f"c{at}" for at in range(len(rows))], dtype="string"))

    def of_tests(self, element: str) -> pd.DataFrame:
        return self.of(element).assign(system="map_growth")


def facts_of(grades: tuple[str, ...] = ("05",), **elements: list[dict[str, Any]]) -> Facts:
    told = Told(**elements)
    count = len(next(iter(told.rows.values())))
    names = pd.Index([f"c{at}" for at in range(count)], dtype="string")
    levels = np.array([*grades, *[grades[-1]] * (count - len(grades))], dtype=object)
    return Facts(told, {}, Children(names, levels, NEWEST))  # type: ignore[arg-type]


def share_of(opened: list[dict[str, Any]], sent: list[dict[str, Any]]) -> pd.DataFrame:
    """Measure the share of one element in another, child by child."""
    share = "absence_messages_opened / absence_messages_sent"
    one = of_definition(criterion=[{"value": share, "name": "opened"}])
    facts = facts_of(absence_messages_opened=opened, absence_messages_sent=sent)
    ((measured, criterion, _),) = measured_by(of_indicator(one, measure="elements"), one, facts)
    assert (criterion.flag, criterion.warn) == (None, None)
    return measured


def test_a_share_is_as_old_as_the_older_of_its_two_numbers() -> None:
    early, late = pd.Timestamp("2026-02-01"), pd.Timestamp("2026-03-01")
    number = {"value_number": 1.0}
    measured = share_of(
        [{**number, "as_of": early}, {**number, "as_of": late}, {**number, "as_of": late}],
        [{**number, "as_of": late}, {**number, "as_of": early}, {**number, "as_of": late}],
    )
    assert measured["as_of"].tolist() == [early, early, late]


def test_a_share_is_as_sure_as_the_less_sure_of_its_two_numbers() -> None:
    links = [
        ("Verified", "Unverified"),
        ("Unverified", "Verified"),
        ("Review", "Unlinked"),
        (None, "Unlinked"),
    ]
    measured = share_of(
        [{"value_number": 1.0, "link_status": one} for one, _ in links],
        [{"value_number": 2.0, "link_status": other} for _, other in links],
    )
    assert measured["link_status"].tolist() == ["Unverified", "Unverified", "Review", "Unlinked"]
    order = ["Verified", "Unlinked", "Unverified", "Review"]
    for at in range(3):
        assert weakest(pd.Series([order[at]]), pd.Series([order[at + 1]])).tolist() == [order[at + 1]]


def test_a_share_divides_by_the_other_element_and_of_nothing_there_is_none() -> None:
    measured = share_of(
        [{"value_number": 1.0}, {"value_number": 0.0}, {"value_number": 1.0}, {"why": "Empty"}],
        [{"value_number": 4.0}, {"value_number": 0.0}, {"why": "Not linked"}, {"value_number": 4.0}],
    )
    assert measured["value"].tolist()[:2] == [0.25, 0.0]
    assert measured["value"].isna().tolist() == [False, False, True, True]
    assert measured["denominator"].tolist()[:2] == [4.0, 0.0]
    assert measured["detail"].tolist() == [
        "part=opened",
        "part=opened",
        "part=opened; why=Not linked",
        "part=opened; why=Empty",
    ]


@pytest.mark.parametrize(
    ("month_and_day", "season"),
    [
        ("06-30", "Spring"), ("07-01", "Fall"), ("11-30", "Fall"), ("12-01", "Winter"), ("01-01", "Winter"),
        ("02-28", "Winter"), ("03-01", "Spring"), ("04-15", "Spring"), ("09-10", "Fall"),
    ],
)  # fmt: skip
def test_a_test_is_compared_with_the_norms_of_its_season(month_and_day: str, season: str) -> None:
    of = indicator("achievement_mathematics")
    row = {"value_number": 200.0, "as_of": f"2026-{month_and_day}"}
    facts = facts_of(math_score=[row, {**row, "as_of": None}])
    ((measured, *_),) = measured_by(of, of.default, facts)
    assert f"season={season}" in measured["detail"].iloc[0]
    assert 0 < measured["value"].iloc[0] < 100
    # Without a day there is no season, and no percentile.
    assert measured["value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("grade", "earned", "expected"),
    [("10", 4.5, "Flagged"), ("10", 5.0, "Clear"), ("11", 9.5, "Flagged"), ("12", 15.0, "Clear")],
)
def test_five_credits_are_due_for_each_year_of_high_school_that_is_over(
    grade: str, earned: float, expected: str
) -> None:
    of = indicator("graduation_credits")
    facts = facts_of((grade,), credits_total=[{"value_number": earned}])
    ((measured, *_),) = measured_by(of, of.default, facts)
    found = judged(measured, of, of.default, facts.children)
    assert indicators_table([found], facts.children, 2026)["status"].tolist() == [expected]


def test_in_ninth_grade_no_year_is_over() -> None:
    of = indicator("graduation_credits")
    facts = facts_of(("09",), credits_total=[{"value_number": 1.0}])
    ((measured, *_),) = measured_by(of, of.default, facts)
    assert measured["value"].isna().all()
