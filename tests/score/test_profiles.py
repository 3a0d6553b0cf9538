"""Profiles against what is true: by the key's own crosswalk all of it; by links as far as these go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile import Profiles, build_profiles, declared_elements
from helpers.score import AnswerKey, judge_profiles, read_answer_key, score_profiles, true_crosswalk
from helpers.score.truth import BY_THE_KEY, TWO_PEOPLE
from helpers.standard import as_table, empty_table
from synthetic_data.scenario import exchange, load_scenario
from tests.district_by_hand import district as put_together
from tests.district_by_hand import links, silo
from tests.shared_districts import SharedDistricts

NEWEST, BEFORE = pd.Timestamp("2026-04-30"), pd.Timestamp("2026-04-09")
YEAR = {
    "session_id": "2026",
    "begin_date": pd.Timestamp("2025-09-01"),
    "end_date": pd.Timestamp("2026-06-05"),
    "school_year": 2026,
}
RECORDED = {
    "roster": {"first_name", "last_surname", "birth_date", "sex", "state_id", "school", "grade_level"},
    "attendance": {
        "days_enrolled", "days_present", "days_absent", "days_tardy", "rate", "chronically_absent",
    },
    "learning": {
        "courses", "course_average", "assignments_assigned", "assignments_graded", "assignments_excused",
        "points_earned", "points_possible", "points_share", "grade_average", "credits_earned", "on_track",
        "lms_logins", "submissions", "submissions_late", "mark_english", "mark_mathematics", "mark_science",
        "mark_social_studies", "grade_english", "grade_mathematics", "grade_points",
    },
    "assessment": {
        f"{subject}_{kind}" for subject in ("math", "reading") for kind in ("score", "percentile", "growth")
    },
    "wellbeing": {
        "screening_risk", "screening_t_score", "screening_risk_student", "screening_risk_guardian",
        "self_awareness",
        "self_management", "social_awareness", "relationship_skills", "responsible_decisions", "proud_of",
        "wants_to_improve",
    },
    "behavior": {"incidents", "discipline_days", "suspension_days"},
    "health": {"health_visits", "vaccines_recorded"},
    "meals": {"account_balance", "meal_eligibility"},
    "programs": {"special_education", "primary_disability", "share_in_regular_class", "plan_services"},
    "activities": {"school_activities", "activity_names", "community_clubs", "club_names", "club_hours"},
    "career": {
        "career_interest", "interests", "plan_after_high_school", "own_goal", "applications",
        "credits_attempted", "credits_total", "courses_failed", "core_courses_failed",
        "career_technical_courses",
    },
    "family": {
        "guardians", "contact_language", "portal_logins", "messages_sent", "messages_opened",
        "absence_messages_sent", "absence_messages_opened", "report_card_messages_opened",
        "last_absence_message_opened",
    },
}  # fmt: skip


def tied(crosswalk: pd.DataFrame) -> Links:
    return Links(crosswalk, empty_table("pairs"), empty_table("findings"), pd.DataFrame())


@pytest.fixture(scope="module", params=["manual", "governed", "none"])
def without_faults(
    request: pytest.FixtureRequest, districts: SharedDistricts
) -> tuple[str, District, AnswerKey, Profiles]:
    """A level, a district of it without faults, its truth, and its profiles by the key's own crosswalk."""
    level = request.param
    if level == "manual":
        known = request.getfixturevalue("clean_district")
    else:
        seed = {"governed": 22, "none": 23}[level]
        known = districts.read(students=100, seed=seed, level=level, faults=0.0)
    key = read_answer_key(known.folder)
    return level, known, key, build_profiles(known, tied(true_crosswalk(known, key=key)))


@pytest.mark.one_in(3)
def test_rightly_joined_and_without_faults_every_profile_is_the_truth(
    without_faults: tuple[str, District, AnswerKey, Profiles],
) -> None:
    level, known, key, profiles = without_faults
    judged = judge_profiles(known, profiles, key=key)

    odd = judged[judged["outcome"].isin(["wrong", "missing"])]
    # A list without ids or birth dates keeps two children of one name, school and grade in one record.
    mixed = profiles.crosswalk.loc[profiles.crosswalk["step"] == TWO_PEOPLE, ["silo", "record"]]
    assert set(mixed["silo"]) <= {"survey", "clubs"}
    of_both = pd.MultiIndex.from_frame(odd[["silo", "record"]]).isin(pd.MultiIndex.from_frame(mixed))
    assert odd[~of_both].empty, odd.to_string()
    # What isn't true any more was so on the day for which its own system speaks, and no other is late.
    scenario = load_scenario("workshop", level=level)
    days = {name: exchange(scenario, name).roster_date for name in known}
    stale = judged[judged["outcome"] == "not_fresh"]
    own_day = pd.MultiIndex.from_arrays(
        [stale["person"], stale["element"], stale["shown"], stale["silo"].map(days)]
    )
    then = pd.MultiIndex.from_frame(key.values[["person", "element", "value", "as_of"]])
    assert own_day.isin(then).all()
    assert (stale["silo"].map(days) < pd.Timestamp(scenario.as_of)).all()
    if level == "governed":
        assert (stale["silo"].map(days) >= pd.Timestamp(scenario.as_of) - pd.Timedelta(days=7)).all()
    scores = score_profiles(known, profiles, key=key)
    assert scores["of_children"].sum() == (judged["outcome"] != "not_collected").sum()


@pytest.mark.one_in(3)
def test_every_element_that_a_system_records_was_compared(
    without_faults: tuple[str, District, AnswerKey, Profiles],
) -> None:
    _, known, key, profiles = without_faults
    scores = score_profiles(known, profiles, key=key).set_index("element")

    compared = scores[scores["of_children"] > 3].groupby("domain").groups
    kept = {
        each.name
        for each in declared_elements()
        if {*(each.trust if each.newest else each.trust[:1])} & {*known}
    }
    recorded = {domain: names & kept for domain, names in RECORDED.items() if names & kept}
    assert {domain: set(names) for domain, names in compared.items()} == recorded
    assert list(scores.index) == [each.name for each in declared_elements() if each.name in scores.index]
    # The key knows these too, and no system of the district records them.
    assert scores.loc["home_language", "of_children"] == 0
    assert scores.loc["home_language", "not_collected"] > 15


@pytest.mark.one_in(3)
def test_every_fact_row_is_behind_something_or_left_out(
    without_faults: tuple[str, District, AnswerKey, Profiles],
) -> None:
    _, known, _, profiles = without_faults
    accounts = profiles.accounts.set_index(["table", "silo"])

    assert (accounts["rows"] == accounts["rows_used"] + accounts["rows_left_out"]).all()
    assert accounts["rows_left_out"].sum() == len(profiles.left_out)
    assert {("assignment_score", "lms"), ("course_grade", "lms"), ("assessment_result", "map_growth")} <= set(
        accounts.index
    )
    for (table, name), rows in accounts["rows"].items():
        assert rows == len(known[name].fact(table))


@pytest.fixture(scope="module")
def with_faults(district: District) -> tuple[District, AnswerKey, Profiles]:
    """A district with its faults, its truth, and its profiles by the key's own crosswalk."""
    key = read_answer_key(district.folder)
    return district, key, build_profiles(district, tied(true_crosswalk(district, key=key)))


def test_with_faults_every_wrong_value_of_the_childs_own_record_has_a_fault_behind_it(
    with_faults: tuple[District, AnswerKey, Profiles],
) -> None:
    known, key, profiles = with_faults
    judged = judge_profiles(known, profiles, key=key)

    wrong = judged[judged["outcome"].isin(["wrong", "missing"])]
    assert len(wrong)
    assert not wrong["of_another_child"].any()
    own = key.faults[["silo", "person"]].dropna()
    of_files = key.faults.loc[key.faults["person"].isna(), ["silo", "file"]].drop_duplicates()
    in_files = key.rows.merge(of_files, on=["silo", "file"], how="inner", validate="many_to_one")
    struck = pd.MultiIndex.from_frame(pd.concat([own, in_files[["silo", "person"]]]).drop_duplicates())
    assert pd.MultiIndex.from_frame(wrong[["silo", "person"]]).isin(struck).all()


@pytest.mark.full
def test_the_kits_links_lose_or_spoil_values_only_where_they_part_from_the_truth(
    with_faults: tuple[District, AnswerKey, Profiles],
) -> None:
    known, key, rightly = with_faults
    found = link_district(known)
    by_links = score_profiles(known, build_profiles(known, found), key=key).set_index("element")
    by_key = score_profiles(known, rightly, key=key).set_index("element")

    assert list(by_links.index) == list(by_key.index)
    assert by_links["share_right"].dropna().between(0, 1).all()
    lost = by_links["missing"].sum() - by_key["missing"].sum()
    spoilt = by_links["of_another_child"].sum()
    assert lost + spoilt >= by_key["right"].sum() - by_links["right"].sum() > 0
    # Everybody joined into one child: nearly everything shown is another child's.
    one = replace(found, crosswalk=found.crosswalk.assign(child="one"))
    mixed = score_profiles(known, build_profiles(known, one), key=key).set_index("element")
    assert mixed.loc["birth_date", "of_another_child"] > 0.9 * mixed.loc["birth_date", "of_children"]


# ------------------------------------------------------------------------------------------- by hand


def person(record: str, first: str, born: str | None = "2014-03-02") -> dict[str, Any]:
    return {
        "record": record,
        "local_id": record,
        "first_name": first,
        "last_surname": "Ruiz",
        "birth_date": born,
    }


def truth(values: list[tuple[str, str, str, pd.Timestamp]], rows: list[tuple[str, int, str]]) -> AnswerKey:
    """The key of a district by hand: values, and (silo, row of its people, person)."""
    key = {name: empty_table(f"key_{name}") for name in AnswerKey.__dataclass_fields__}
    frame = pd.DataFrame(rows, columns=["silo", "row", "person"])
    frame = frame.assign(file=frame["silo"] + "/person_rows.csv", part="Subject")
    names = sorted(set(frame["person"]))
    key["rows"] = as_table("key_rows", frame)
    key["people"] = as_table(
        "key_people", pd.DataFrame({"person": names, "role": "Student", "household": "H"})
    )
    key["values"] = as_table(
        "key_values", pd.DataFrame(values, columns=["person", "element", "value", "as_of"])
    )
    return AnswerKey(**key)


ROWS = [("sis", 2, "ana"), ("sis", 3, "ben"), ("meals", 2, "ana"), ("meals", 3, "ben"), ("meals", 4, "cleo")]
TRUE_TIES = {("sis", "1"): "ana", ("sis", "2"): "ben", ("meals", "m1"): "ana", ("meals", "m2"): "ben"}


def three(balances: tuple[float, float, float]) -> District:
    meals = [{"record": f"m{at}", "balance": balance} for at, balance in enumerate(balances, 1)]
    return put_together(
        silo("sis", [person("1", "Ana"), person("2", "Ben")], session=[YEAR]),
        silo("meals", [person("m1", "ANA"), person("m2", "Ben"), person("m3", "Cleo")], meal_account=meals),
    )


VALUES = [
    ("ana", "first_name", "Ána", NEWEST), ("ben", "first_name", "Ben", NEWEST),
    ("ana", "account_balance", "3.50", NEWEST), ("ana", "account_balance", "9.00", BEFORE),
    ("ben", "account_balance", "4.00", NEWEST),
    ("ana", "home_language", "Spanish", NEWEST),
]  # fmt: skip


def outcomes(known: District, ties: dict[tuple[str, str], str], key: AnswerKey) -> dict[tuple[str, str], str]:
    judged = judge_profiles(known, build_profiles(known, links(ties)), key=key)
    marks = judged["outcome"].mask(judged["of_another_child"], "another's")
    return dict(zip(zip(judged["person"], judged["element"], strict=True), marks, strict=True))


@pytest.mark.full
def test_each_outcome_by_hand() -> None:
    key = truth(VALUES, ROWS)
    ties = {**TRUE_TIES, ("meals", "m3"): "cleo"}

    told = outcomes(three((3.504, 4.2, 7.0)), ties, key)
    assert told == {
        # Names are the same without accents and capitals; a balance is written to the cent.
        ("ana", "first_name"): "right",
        ("ben", "first_name"): "right",
        ("ana", "account_balance"): "right",
        ("ben", "account_balance"): "wrong",
        ("ana", "home_language"): "not_collected",
    }
    assert outcomes(three((9.0, 4.0, 7.0)), ties, key)["ana", "account_balance"] == "not_fresh"
    apart = outcomes(three((3.5, 4.0, 7.0)), {**ties, ("meals", "m1"): "somebody"}, key)
    assert apart["ana", "account_balance"] == "missing"
    crossed = {**ties, ("meals", "m1"): "ben", ("meals", "m2"): "ana"}
    swapped = outcomes(three((3.5, 4.0, 7.0)), crossed, key)
    assert swapped["ana", "account_balance"] == swapped["ben", "account_balance"] == "another's"


@pytest.mark.full
def test_a_value_where_there_is_none_is_wrong_when_it_is_another_childs() -> None:
    without = [row for row in VALUES if row[:2] != ("ben", "account_balance")]
    ties = {**TRUE_TIES, ("meals", "m2"): "nobody else", ("meals", "m3"): "ben"}
    told = outcomes(three((3.5, 4.0, 7.0)), ties, truth(without, ROWS))

    assert told["ben", "account_balance"] == "another's"
    # The child's own record may say more than the key.
    own = outcomes(three((3.5, 4.0, 7.0)), {**TRUE_TIES, ("meals", "m3"): "cleo"}, truth(without, ROWS))
    assert ("ben", "account_balance") not in own


def test_the_true_crosswalk_tells_of_a_record_that_holds_two_people() -> None:
    known = three((1.0, 2.0, 3.0))
    both = pd.DataFrame([{"record": "m1", "file": "meals/person_rows.csv", "row": 9}]).assign(silo="meals")
    meals = known["meals"]
    rows = as_table("person_rows", pd.concat([meals.person_rows, both], ignore_index=True))
    known = District(known.folder, known.about, {**known.silos, "meals": replace(meals, person_rows=rows)})
    crosswalk = true_crosswalk(known, key=truth(VALUES, [*ROWS[:-1], ("meals", 9, "ben")]))

    told = {
        (name, record): (child, None if pd.isna(step) else step, link_status)
        for name, record, child, step, link_status in crosswalk[
            ["silo", "record", "child", "step", "link_status"]
        ].itertuples(index=False)
    }
    assert told == {
        ("sis", "1"): ("ana", None, "Verified"),
        ("sis", "2"): ("ben", None, "Verified"),
        ("meals", "m1"): ("ana", TWO_PEOPLE, "Verified"),
        ("meals", "m2"): ("ben", BY_THE_KEY, "Verified"),
        ("meals", "m3"): ("nobody meals\nm3", None, "Unlinked"),
    }
