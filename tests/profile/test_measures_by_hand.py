"""What indicators measure of two or three elements: growth, languages, clubs, days since a message."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from helpers.profile.indicators import definition, indicator
from helpers.profile.indicators.measures import ElementValues, measured_by
from helpers.profile.indicators.statuses import indicators_table, judged
from tests.profile.test_absence_days_by_hand import laid
from tests.profile.test_statuses_by_hand import Facts, facts_of

SPRING = pd.Timestamp("2026-04-20")


def status_of(of: str, facts: Facts, how: str | None = None) -> tuple[list[str], pd.DataFrame]:
    """Judge children by an indicator's definition; give statuses and what was measured."""
    one, by = indicator(of), definition(of, how)
    ((measured, criterion, asked),) = measured_by(one, by, facts)
    children = replace(facts.children, newest=SPRING)
    table = indicators_table([judged(measured, one, by, children, criterion, asked)], children, 2026)
    return table["status"].tolist(), measured


def grown(points: float | None, grade: str = "05", day: Any = SPRING, **more: Any) -> tuple[str, pd.Series]:
    facts = facts_of((grade,), math_growth=[{"value_number": points, "as_of": day, **more}])
    statuses, measured = status_of("growth_mathematics", facts)
    return statuses[0], measured.iloc[0]


def test_a_years_growth_is_compared_with_what_the_norms_have_from_one_grade_to_the_next() -> None:
    """In spring 216.0 in grade 5, and 210.1 in grade 4: 5.9 points a year."""
    expected = [(5.95, "Clear"), (5.85, "Warning"), (0.0, "Flagged"), (-1.0, "Flagged"), (0.1, "Warning")]
    for points, status in expected:
        found, row = grown(points)
        assert found == status
        assert row["denominator"] == pytest.approx(5.9)
        assert row["value"] == pytest.approx(points / 5.9)
    # In the fall 206.2 and 197.1: 9.1 points.
    assert grown(9.2, day=pd.Timestamp("2025-10-01"))[1]["denominator"] == pytest.approx(9.1)


def test_of_growth_that_nobody_measured_or_that_has_no_norm_nothing_is_said() -> None:
    assert grown(None, why="Not linked")[0] == "Unknown"
    assert "why=Not linked" in grown(None, why="Not linked")[1]["detail"]
    assert grown(5.0, day=None)[0] == "Unknown"
    assert grown(5.0, grade="KG")[0] == "Not applicable"


@pytest.mark.parametrize(
    ("home", "contact", "status"),
    [
        ("spa", "spa", "Clear"), ("SPA", "spa", "Clear"), ("spa", "eng", "Warning"),
        ("Spanish", "spanish", "Clear"), ("Spanish", "English", "Warning"),
        ("spa", "Spanish", "Unknown"),  # a code and a name can't be compared
        ("spa", None, "Unknown"), (None, "eng", "Unknown"),
    ],
)  # fmt: skip
def test_a_family_is_written_to_in_its_language_or_another(
    home: str | None, contact: str | None, status: str
) -> None:
    old = pd.Timestamp("2026-01-01")
    facts = facts_of(
        home_language=[{"value": home, "why": None if home else "Empty", "link_status": "Unverified"}],
        contact_language=[{"value": contact, "why": None if contact else "Not linked", "as_of": old}],
    )
    statuses, measured = status_of("contact_in_home_language", facts)
    assert statuses == [status]
    row = measured.iloc[0]
    assert (row["as_of"], row["link_status"]) == (old, "Unverified")
    if home is None or contact is None:
        assert row["detail"].endswith("why=Not linked" if home else "why=Empty")


def test_activities_and_clubs_are_added_and_who_is_on_no_list_is_unknown() -> None:
    early, late = pd.Timestamp("2026-02-01"), pd.Timestamp("2026-04-01")
    none, without_a_day = {"value_number": None}, {"value_number": None, "as_of": None}

    def listed(number: float, day: pd.Timestamp, **more: Any) -> dict[str, Any]:
        return {"value_number": number, "as_of": day, **more}

    facts = facts_of(
        school_activities=[listed(2, early), listed(1, early), without_a_day, without_a_day],
        community_clubs=[listed(1, late, link_status="Unverified"), none, listed(3, late), none],
        club_hours=[{"value_number": 7.5}, none, none, none],
    )
    statuses, measured = status_of("participation", facts)
    assert statuses == ["Clear", "Clear", "Clear", "Unknown"]
    assert measured["value"].tolist()[:3] == [3, 1, 3]
    assert measured["detail"].fillna("").tolist() == [
        "activities=2; clubs=1; hours=7.5", "activities=1", "clubs=3", "why=On no list",
    ]  # fmt: skip
    assert measured["as_of"].tolist()[:3] == [early, early, late]
    assert measured["link_status"].tolist() == ["Unverified", "Verified", "Verified", "Verified"]


def test_days_missed_count_from_the_day_on_which_a_message_was_opened() -> None:
    days = laid(*((f"c{at}", "S", "U....U...U") for at in range(3)), fresh_on=[SPRING] * 3)
    facts = facts_of(
        last_absence_message_opened=[{"value": "2026-03-07"}, {"value": None}, {"value": None}],
        absence_messages_sent=[{"value_number": 2.0}, {"value_number": 1.0}, {"why": "Not linked"}],
        absence_messages_opened=[{"value_number": 1.0}, {"value_number": 0.0}, {"why": "Not linked"}],
    )
    facts = replace(facts, days={"child": days, "school": days})
    statuses, measured = status_of("absences_since_message", facts)
    # Of the third no portal knows anything: unknown, and not none.
    assert statuses == ["Clear", "Clear", "Unknown"]
    assert measured["numerator"].tolist()[:2] == [1, 3]
    assert measured["numerator"].isna().tolist() == [False, False, True]
    assert measured["detail"].tolist() == [
        "since=2026-03-07; sent=2; opened=1", "sent=1; opened=0", "why=Not linked",
    ]  # fmt: skip


def test_without_laid_out_days_absences_on_record_may_flag_a_child_and_clear_none() -> None:
    nothing = laid(("nobody", "S", "."))
    facts = facts_of(
        days_absent=[{"value_number": 15.0}, {"value_number": 14.0}, {"value_number": None}],
        days_enrolled=[{"why": "Empty"}, {"why": None}, {"why": "Not linked"}],
    )
    facts = replace(facts, days={"child": nothing, "school": nothing})
    statuses, measured = status_of("chronic_absence", facts, "crdc_15_days")
    assert statuses == ["Flagged", "Unknown", "Unknown"]
    assert measured["detail"].tolist()[-3:] == ["why=Empty", "why=Empty", "why=Not linked"]
    assert status_of("chronic_absence", facts)[0] == ["Unknown"] * 3


SYSTEMS = {"tests": "map_growth", "others": "star_of_somebody"}


def values_of(*rows: dict[str, Any], crosswalk: tuple[tuple[str, str], ...]) -> ElementValues:
    """Give the values of an element, of children a, b and c, in 2026."""
    given = {"element": "rate", "silo": "attendance", "status": "Reported", "chosen": True}
    given |= {"school_year": 2026, "value": "0.9", "value_number": 0.9, "as_of": SPRING}
    given |= {"link_status": "Verified"}
    said = pd.DataFrame([{**given, **row} for row in rows])
    known = pd.DataFrame(crosswalk, columns=["silo", "child"])
    systems = {silo: SYSTEMS.get(silo, silo) for silo in {*said["silo"], *known["silo"]}}
    coverage = SimpleNamespace(systems=systems)
    profiles = SimpleNamespace(recorded=said, school_year=2026, crosswalk=known, coverage=coverage)
    return ElementValues(profiles, ["rate", "math_score"], pd.Index(list("abc"), dtype="string"))  # type: ignore[arg-type]


def test_the_chosen_value_of_the_year_is_looked_up_and_no_other() -> None:
    values = values_of(
        {"child": "b", "value_number": 0.8},
        {"child": "b", "value_number": 0.1, "chosen": False},
        {"child": "a", "value_number": 0.2, "school_year": 2025},
        {"child": "a", "value_number": 0.7, "school_year": None},
        {"child": "c", "value_number": 0.6, "element": "days_absent"},
        {"child": "z", "value_number": 0.5},
        crosswalk=(("attendance", "a"), ("attendance", "b")),
    ).of("rate")
    assert values["value_number"].fillna(-1).to_dict() == {"a": 0.7, "b": 0.8, "c": -1}
    assert values["why"].fillna("").to_dict() == {"a": "", "b": "", "c": "Not linked"}
    assert values["link_status"].isna().to_dict() == {"a": False, "b": False, "c": True}


def test_a_missing_value_says_whether_anybody_collects_it_or_has_the_child() -> None:
    has = (("attendance", "a"), ("attendance", "b"), ("attendance", "z"), ("lms", "c"))
    whys = values_of({"child": "a"}, crosswalk=has).of("rate")["why"].fillna("")
    assert whys.to_dict() == {"a": "", "b": "Empty", "c": "Not linked"}
    nobody = values_of({"child": "a", "status": "Empty", "value": None}, crosswalk=has).of("rate")
    assert nobody["why"].to_dict() == {"a": "Empty", "b": "Not collected", "c": "Not collected"}
    assert set(values_of({"child": "a"}, crosswalk=has).of("days_late")["why"]) == {"Not collected"}
    young = values_of({"child": "a", "status": "Not applicable", "value": None}, crosswalk=has).of("rate")
    assert young["not_for"].to_dict() == {"a": True, "b": False, "c": False}
    assert young["why"].to_dict() == {"a": "Not applicable", "b": "Empty", "c": "Not linked"}


def test_of_several_tests_the_one_with_published_norms_is_compared_with_them() -> None:
    """The newest test counts for the profile; another test's norms say nothing of it."""
    normed = {"element": "math_score", "silo": "tests", "value_number": 215.0}
    other = {"element": "math_score", "silo": "others", "value_number": 480.0}
    has = tuple((silo, child) for silo in ("tests", "others") for child in "abc")
    values = values_of(
        {**normed, "child": "a", "chosen": False}, {**other, "child": "a"},
        {**normed, "child": "b"}, {**other, "child": "c"}, crosswalk=has,
    )  # fmt: skip
    assert values.of("math_score")["value_number"].to_dict() == {"a": 480.0, "b": 215.0, "c": 480.0}
    of_tests = values.of_tests("math_score")
    assert of_tests["value_number"].fillna(-1).to_dict() == {"a": 215.0, "b": 215.0, "c": -1}
    assert of_tests["system"].fillna("").to_dict() == {"a": "map_growth", "b": "map_growth", "c": ""}
    assert of_tests["why"].fillna("").to_dict() == {"a": "", "b": "", "c": "No norms"}


def test_where_no_test_here_has_norms_the_reason_is_that_and_no_missing_test() -> None:
    has = (("others", "a"), ("others", "b"))
    row = {"element": "math_score", "silo": "others", "value_number": 480.0, "child": "a"}
    whys = values_of(row, crosswalk=has).of_tests("math_score")["why"].fillna("")
    assert whys.to_dict() == {"a": "No norms", "b": "Not collected", "c": "Not collected"}
