"""What can harm a child comes before what is merely missing."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.gaps import first_steps
from helpers.standard import as_table


def card(*lines: tuple[str, str, str, float, float, str]) -> pd.DataFrame:
    columns = ["measure", "left_silo", "right_silo", "numerator", "denominator", "unit"]
    frame = pd.DataFrame(lines, columns=columns)
    rate = frame["unit"].eq("rate")
    value = (frame["numerator"] / frame["denominator"]).where(rate, frame["numerator"])
    return as_table(
        "scorecard",
        frame.assign(value=value, kind="Identity", is_limit=False, needs_key=False, next_step="do"),
    )


MATCHED = ("match rate", "sis", "meals", 90.0, 100.0, "rate")
REFUSED = ("pairs refused", "sis", "meals", 2.0, 120.0, "pairs")
WRONG = ("matches that are right", "sis", "meals", 99.0, 100.0, "rate")


def test_a_wrong_join_comes_first_then_a_number_of_two_children_then_who_is_missing() -> None:
    steps = first_steps(card(MATCHED, REFUSED, WRONG))
    assert steps["measure"].tolist() == ["matches that are right", "pairs refused", "match rate"]
    assert steps["touched"].tolist() == [1, 2, 10]
    assert first_steps(card(MATCHED, REFUSED, WRONG), most=1)["measure"].tolist() == [
        "matches that are right"
    ]


def test_an_unconfirmed_number_and_a_system_apart_come_before_who_is_missing() -> None:
    unconfirmed = ("linked, not verified", "meals", "", 4.0, 90.0, "rate")
    apart = ("in no other system", "clubs", "", 90.0, 90.0, "rate")
    steps = first_steps(card(MATCHED, apart, unconfirmed, REFUSED), most=5)
    assert steps["measure"].tolist() == [
        "pairs refused", "linked, not verified", "in no other system", "match rate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("system", "alone", "step"), [("clubs", 89.0, False), ("clubs", 90.0, True), ("sis", 90.0, False)]
)
def test_a_system_apart_is_a_step_if_none_of_its_children_is_found_and_it_is_not_the_roster(
    system: str, alone: float, step: bool
) -> None:
    steps = first_steps(card(MATCHED, ("in no other system", system, "", alone, 90.0, "rate")))
    assert ("in no other system" in set(steps["measure"])) is step


def test_who_is_missing_is_asked_from_the_roster_and_of_the_widest_gap() -> None:
    from_attendance = ("match rate", "attendance", "meals", 10.0, 100.0, "rate")
    wider = ("match rate", "sis", "attendance", 70.0, 100.0, "rate")
    steps = first_steps(card(MATCHED, wider, from_attendance))
    assert steps[["right_silo", "touched"]].values.tolist() == [["attendance", 30]]


def test_what_is_well_or_not_known_is_no_step() -> None:
    well = ("match rate", "sis", "meals", 100.0, 100.0, "rate")
    unknown = ("matches that are right", "sis", "meals", float("nan"), float("nan"), "rate")
    assert first_steps(card(well, unknown)).empty
    # Nothing keeps these two from being joined; only nobody has counted whom they share.
    uncounted = ("match rate", "sis", "lms", float("nan"), 95.0, "rate")
    assert first_steps(card(well, uncounted)).empty
    assert first_steps(card(well).iloc[:0]).empty
    not_measured = ("match rate", "sis", "lms", float("nan"), 95.0, "rate")
    assert first_steps(card(well, not_measured)).empty


def test_a_system_that_cannot_be_joined_is_missing_all_and_a_limit_is_no_step() -> None:
    unjoined = ("match rate", "sis", "lms", float("nan"), 95.0, "rate")
    lines = card(MATCHED, unjoined)
    lines.loc[1, "blocked_by"] = "Not joinable"
    assert first_steps(lines)[["right_silo", "touched"]].values.tolist() == [["lms", 95]]
    lines["is_limit"] = True
    assert first_steps(lines).empty


def test_of_a_rate_that_counts_what_is_amiss_the_numerator_is_touched() -> None:
    unverified = ("linked, not verified", "tests", "", 4.0, 90.0, "rate")
    assert first_steps(card(unverified))["touched"].tolist() == [4]
