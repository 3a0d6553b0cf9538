"""What screeners, surveys and the nurse's office say of a child."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.files import Silo
from helpers.profile import Profiles, build_profiles
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import LAST, YEAR, chosen, enrolled, of, person

FALL, SPRING, LONG_AGO = pd.Timestamp("2025-10-01"), pd.Timestamp("2026-04-20"), pd.Timestamp("2019-04-20")


def told(system: Silo, *records: str) -> Profiles:
    """Profiles of children 1, 2 … of the roster, each tied to the system's record of the same name."""
    roster = silo("sis", [person(f"s{record}") for record in records], session=[YEAR])
    who = {("sis", f"s{record}"): record for record in records}
    who |= {(system.name, str(record)): str(record)[0] for record in system.people["record"]}
    return build_profiles(district(roster, system), links(who))


def form(record: str, day: pd.Timestamp, t_score: float, level: str, **more: Any) -> dict[str, Any]:
    given = {"record": record, "screener": "BESS-3 (Teacher)", "respondent_role": "Teacher", "scale": "BERI"}
    return {**given, "date": day, "t_score": t_score, "risk_level": level, **more}


def test_of_screenings_the_teachers_newest_one_counts() -> None:
    screener = silo(
        "screener",
        [person("1"), person("2")],
        session=[YEAR],
        screener_result=[
            form("1", SPRING, 63.0, "Elevated"), form("1", FALL, 48.0, "Normal"),
            form("1", LAST, 75.0, "Extremely Elevated", respondent_role="Student"),
            form("1", LAST, 44.0, "Normal", scale="Internalizing Risk Index"),
            form("2", LONG_AGO, 48.0, "Normal"),
        ],
    )  # fmt: skip
    profiles = told(screener, "1", "2", "3")

    risk = chosen(profiles, "1", "screening_risk")
    assert (risk["value"], risk["as_of"], risk["rows"], risk["row"]) == ("Elevated", SPRING, 2, 2)
    assert chosen(profiles, "1", "screening_t_score")["value_number"] == 63
    assert chosen(profiles, "2", "screening_risk")["status"] == "Empty"
    assert chosen(profiles, "3", "screening_risk")["status"] == "Not linked"
    # The student's own form is no value of the profile, but stands on the timeline.
    assert profiles.left_out.set_index("row")["reason"].to_dict() == {5: "No element", 6: "Another year"}
    assert list(profiles.timeline["event"]) == ["Is screened"] * 3


def answer(record: str | None, number: float | None, day: pd.Timestamp, **more: Any) -> dict[str, Any]:
    given = {"record": record, "survey": "S", "competency": "Self-management", "respondent_role": "Student"}
    return {**given, "response": number, "response_scale_max": 5.0, "date": day, **more}


def test_a_survey_gives_the_mean_of_the_newest_windows_answers_under_a_name() -> None:
    survey = silo(
        "survey",
        [person("1"), person("2")],
        survey_response=[
            answer("1", 5.0, FALL), answer("1", 2.0, SPRING), answer("1", 3.0, SPRING - pd.Timedelta(days=2)),
            answer("1", None, SPRING), answer("1", 1.0, SPRING, competency="Self-awareness"),
            answer(None, 4.2, SPRING),
        ],
    )  # fmt: skip
    profiles = told(survey, "1", "2")

    mean = chosen(profiles, "1", "self_management")
    assert (mean["value_number"], mean["rows"], mean["as_of"]) == (2.5, 2, SPRING)
    assert chosen(profiles, "1", "self_awareness")["value_number"] == 1
    assert chosen(profiles, "1", "social_awareness")["status"] == "Not collected"
    assert chosen(profiles, "2", "self_management")["status"] == "Empty"
    # Who answered without a name is nobody's, and counted as such.
    assert list(profiles.left_out["reason"]) == ["No child named"]


def test_what_a_child_wrote_last_this_year_counts_and_an_empty_answer_does_not() -> None:
    def words(
        record: str | None, text: str | None, day: pd.Timestamp, item: str = "Proud of"
    ) -> dict[str, Any]:
        return answer(record, None, day, competency=None, item=item, response_text=text)

    survey = silo(
        "survey",
        [person("1"), person("2"), person("3")],
        survey_response=[
            words("1", "My kite", FALL), words("1", "My song", SPRING), words("1", "last year", LONG_AGO),
            words("2", "My kite", FALL), words("2", None, SPRING),
            words("2", "spelling", FALL, "Wants to improve"), words("3", None, SPRING),
            words(None, "Somebody's", SPRING),
        ],
    )  # fmt: skip
    profiles = told(survey, "1", "2", "3")

    assert [chosen(profiles, child, "proud_of")["value"] for child in "12"] == ["My song", "My kite"]
    assert chosen(profiles, "1", "proud_of")["as_of"] == SPRING
    assert chosen(profiles, "2", "wants_to_improve")["value"] == "spelling"
    assert chosen(profiles, "3", "proud_of")["status"] == "Empty"
    assert list(profiles.left_out["reason"]).count("No child named") == 1


def visit(record: str, day: pd.Timestamp = SPRING) -> dict[str, Any]:
    return {"record": record, "date": day, "reason": "Headache", "disposition": "Back to class"}


def test_no_visit_is_a_zero_of_whoever_stands_on_the_offices_roster() -> None:
    office = silo(
        "health",
        [person("1", as_of=LAST), person("2", "Ben", as_of=LAST), person("3", as_of=LONG_AGO)],
        session=[YEAR],
        health_visit=[visit("1"), visit("1", FALL), visit("1", LONG_AGO)],
    )
    profiles = told(office, "1", "2", "3", "4")

    visits = [chosen(profiles, child, "health_visits") for child in "1234"]
    assert [each["value"] for each in visits[:2]] == ["2", "0"]
    assert [each["rows"] for each in visits[:2]] == [2, 0]
    assert [each["status"] for each in visits[2:]] == ["Empty", "Not linked"]
    assert len(of(profiles, "2", "health_visits")) == 1
    assert list(profiles.timeline["detail"]) == ["Headache, Back to class"] * 2


def test_a_visit_that_is_tied_to_nobody_leaves_no_zero_to_who_may_have_made_it() -> None:
    """Where an office keeps no number, each list has a record of its own of the child."""
    listed = [
        person("1", as_of=LAST),
        person("2", "Ben", "Cruz", born="2012-01-09", as_of=LAST),
        person("3", "Cleo", "Diaz", born="2015-07-30", as_of=LAST),
    ]
    office = silo("health", [*listed, person("1 visits"), person("4", "Benny", "Cruz", born="2012-09-01")],
                  health_visit=[visit("1 visits"), visit("4")])  # fmt: skip
    profiles = told(office, "1", "2", "3")

    visits = {child: chosen(profiles, child, "health_visits") for child in "123"}
    assert visits["1"]["value"] == "1"
    # Benny Cruz of the visits is tied to nobody: it may be Ben Cruz, and can't be Cleo Diaz.
    assert visits["2"]["status"] == "Empty"
    assert visits["3"]["value"] == "0"


def test_what_a_school_enrols_says_nothing_of_logins_and_applications() -> None:
    spells = [enrolled(record) for record in ("s1", "s2")]
    roster = silo("sis", [person("s1"), person("s2")], session=[YEAR], school_enrollment=spells)
    career = silo(
        "career",
        [person("1")],
        application=[{"record": "1", "school_id": "S", "date": SPRING, "institution": "College"}],
    )
    who = {("sis", "s1"): "1", ("sis", "s2"): "2", ("career", "1"): "1"}
    profiles = build_profiles(district(roster, career), links(who))

    assert chosen(profiles, "1", "applications")["value"] == "1"
    assert chosen(profiles, "2", "applications")["status"] == "Not linked"
