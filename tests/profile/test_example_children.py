"""The children whom the notebooks follow meet declared rules, as far as anybody in the district does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles, pick_example_children
from helpers.profile.conditions import parts_of
from helpers.profile.example_children import (
    ExampleRules,
    Rule,
    declared_example_rules,
    match_example_rules,
)
from helpers.profile.questions.definitions import input_types
from helpers.standard import BadInput
from helpers.systems import declared, element
from tests.district_by_hand import district, links, silo

# A child who meets each rule of the older child, and one who meets each of the younger.
OLDER: dict[str, Any] = {
    "days_absent": 12, "career_interest": "Music", "community_clubs": 1, "grade_average": 85.0,
    "math_percentile": 30.0, "grade_level": "09", "school": "Oak High School",
}  # fmt: skip
YOUNGER: dict[str, Any] = {
    "days_absent": 3, "math_percentile": 90.0, "reading_growth": -4.0, "grade_level": "04",
    "school": "Elm Elementary School",
}  # fmt: skip
SYSTEMS = ("sis", "attendance", "lms")


def profile(children: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Write one row a child, with the columns that rules ask for."""
    asked = {parts_of(name)[1] for name in declared_example_rules().inputs()} | {
        "grade_level",
        "school",
        "birth_date",
    }
    names = [one.name for one in declared().element if one.name in asked]
    rows = {child: {name: values.get(name) for name in names} for child, values in children.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    for name in names:
        types = {"integer": "Float64", "number": "Float64", "date": "datetime64[us]"}
        frame[name] = frame[name].astype(types.get(element(name).type, "string"))
    frame.columns = [element(name).profile_column for name in names]
    return frame.rename_axis("child").sort_index().reset_index()


@cache
def known_to(children: tuple[str, ...]) -> tuple[District, Links]:
    """Make a district whose systems all know the same children."""
    return with_records(children, {})


def with_records(
    children: Iterable[str], said: dict[str, dict[str, dict[str, Any] | None]]
) -> tuple[District, Links]:
    """Make a district; `said` is how a system's record differs, or None where it has none."""
    silos = [
        silo(
            name,
            [
                {"record": child, "first_name": child.title(), "last_surname": "Ruiz", **own}
                for child in children
                if (own := said.get(name, {}).get(child, {})) is not None
            ],
        )
        for name in SYSTEMS
    ]
    records = [(each.name, str(record)) for each in silos for record in each.people["record"]]
    return district(*silos), links({one: one[1] for one in records})


def chosen(
    children: dict[str, dict[str, Any]],
    said: dict[str, dict[str, dict[str, Any] | None]] | None = None,
) -> list[tuple[str, set[str]]]:
    """Choose among children with these values; `said` as in `with_records`."""
    whole, who = with_records(children, said) if said else known_to(tuple(children))
    found = match_example_rules(whole, who, profile(children))
    return [(one.child, set(one.unmet)) for one in found]


def older_is_unmet(values: dict[str, Any]) -> set[str]:
    """Give the conditions that a child alone doesn't meet."""
    conditions = {rule.name for rule in declared_example_rules().child[0].rule if rule.when or rule.unless}
    return chosen({"ana": {**OLDER, **values}})[0][1] & {*conditions, "nothing_private"}


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"when": "rate < 1", "unless": "rate < 0.5"}, "keep `when`, and give `unless` a rule of its own"),
        ({"name": "guardian", "unless": "rate < 1"}, "leave `unless` out, or rename the rule"),
        ({}, "give `when` or `unless`, or a name of sure_links"),
    ],
)
def test_a_rule_has_one_meaning(rule: dict[str, str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Rule.model_validate({"name": "own", "text": "own", **rule})


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("incidnts >= 1", "rule 'own': 'incidnts >= 1', at 'incidnts': no element is called so"),
        ("days_absent >= 'many'", "is of the type number, and this isn't"),
        ("grade_level in ('06', '7')", "Did you mean 07?"),
        ("last_year.rate < 1", "only questions and pages ask for it"),
    ],
)
def test_a_rule_asks_for_elements_that_exist_in_their_own_words(condition: str, fault: str) -> None:
    rule = {"name": "own", "text": "own", "when": condition}
    with pytest.raises(ValidationError) as error:
        ExampleRules.model_validate({"rule": [], "child": [{"title": "own", "rule": [rule]}]})
    assert fault in str(error.value)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("values", "unmet"),
    [
        ({}, set()),
        ({"days_absent": 9}, {"absences"}),
        ({"days_absent": 10}, set()),
        ({"days_absent": 25}, set()),
        ({"days_absent": 26}, {"absences"}),
        ({"days_absent": None}, {"absences"}),
        ({"career_interest": None}, {"career"}),
        ({"community_clubs": 0}, {"activities"}),
        ({"community_clubs": None, "school_activities": 1}, set()),
        ({"grade_average": 79.9}, {"strength"}),
        ({"grade_average": 80.0}, set()),
        ({"grade_average": 79.9, "reading_percentile": 74.0}, {"strength"}),
        ({"grade_average": 79.9, "reading_percentile": 75.0}, set()),
        ({"math_percentile": 34.0}, set()),
        ({"math_percentile": 35.0}, {"worry"}),
        ({"math_percentile": 35.0, "math_growth": 0.0}, {"worry"}),
        ({"math_percentile": 35.0, "math_growth": -1.0}, set()),
        ({"math_percentile": 35.0, "submissions_late": 1}, {"worry"}),
        ({"math_percentile": 35.0, "submissions_late": 2}, set()),
        ({"math_percentile": 35.0, "courses_failed": 0}, {"worry"}),
        ({"math_percentile": 35.0, "courses_failed": 1}, set()),
        ({"math_percentile": 35.0, "days_tardy": 7}, {"worry"}),
        ({"math_percentile": 35.0, "days_tardy": 8}, set()),
        ({"incidents": 0}, set()),
        ({"incidents": 1}, {"nothing_private"}),
        ({"special_education": "Active"}, {"nothing_private"}),
        ({"screening_risk_guardian": "Elevated"}, {"nothing_private"}),
        ({"screening_risk_guardian": "Normal"}, set()),
    ],
)
def test_each_line_of_the_older_child_is_drawn_where_it_is_declared(
    values: dict[str, Any], unmet: set[str]
) -> None:
    assert older_is_unmet(values) == unmet


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("values", "unmet"),
    [
        ({}, set()),
        ({"days_absent": 0}, {"few_absences"}),
        ({"days_absent": 1}, set()),
        ({"days_absent": 9}, set()),
        ({"days_absent": 10}, {"few_absences"}),
        ({"grade_level": "KG"}, {"grade"}),
        ({"grade_level": "01"}, set()),
        ({"grade_level": "05"}, set()),
        ({"grade_level": "06"}, {"grade"}),
        ({"math_percentile": 74.0}, {"strength"}),
        ({"math_percentile": 75.0}, set()),
        ({"math_percentile": 74.0, "reading_percentile": 75.0}, set()),
        ({"math_percentile": 74.0, "grade_average": 79.9}, {"strength"}),
        ({"math_percentile": 74.0, "grade_average": 80.0}, set()),
        ({"reading_growth": 0.0}, {"worry"}),
        ({"reading_growth": -1.0}, set()),
        ({"reading_growth": 0.0, "reading_percentile": 34.0}, set()),
        ({"reading_growth": 0.0, "reading_percentile": 35.0}, {"worry"}),
        ({"school": "Oak High School"}, {"another_school"}),
        ({"school": None}, {"another_school"}),
    ],
)
def test_each_line_of_the_younger_child_is_drawn_where_it_is_declared(
    values: dict[str, Any], unmet: set[str]
) -> None:
    younger = chosen({"ana": OLDER, "bea": {**YOUNGER, **values}})[1]
    assert younger[0] == "bea"
    assert younger[1] - {"contradicted", "guardian"} == unmet


def test_an_earlier_rule_decides_before_a_later_one() -> None:
    ben, cho = {**OLDER, "math_percentile": 50.0}, {**OLDER, "career_interest": None}
    child, unmet = chosen({"ben": ben, "cho": cho})[0]
    assert child == "ben"
    assert "worry" in unmet
    assert "career" not in unmet


def test_among_equals_a_child_whom_some_system_lacks_then_more_systems_then_the_id() -> None:
    assert [child for child, _ in chosen({"eve": OLDER, "dan": OLDER})] == ["dan", "eve"]
    everybody = {"ana": OLDER, "ben": OLDER, "cho": OLDER}
    assert chosen(everybody, {"lms": {"ben": None}})[0][0] == "ben"
    assert chosen(everybody, {"lms": {"ben": None}, "attendance": {"ben": None}})[0][0] == "ana"
    assert (
        chosen({"ana": OLDER, "ben": OLDER}, {"lms": {"ana": None}, "attendance": {"ana": None}})[0][0]
        == "ben"
    )


def test_a_rule_that_nobody_meets_excludes_nobody_and_one_child_is_followed_alone() -> None:
    (only,) = chosen({"ana": {}})
    assert only[0] == "ana"
    assert {"absences", "career", "activities", "strength", "worry"} <= only[1]
    with pytest.raises(BadInput, match="no child to follow"):
        pick_example_children(district(silo("sis", [])), links({}))


@pytest.mark.full
def test_a_name_is_contradicted_where_a_teacher_sees_it_and_not_by_an_accent() -> None:
    def younger(silo: str, **written: str) -> set[str]:
        return chosen({"ana": OLDER, "bea": YOUNGER}, {silo: {"bea": written}})[1][1]

    assert "contradicted" in younger("attendance")
    assert "contradicted" in younger("attendance", last_surname="RÚIZ")
    assert "contradicted" not in younger("attendance", last_surname="Ruiz Peña")
    assert "contradicted" not in younger("lms", first_name="Beatriz")


def test_a_system_that_a_teacher_does_not_see_contradicts_nothing() -> None:
    everybody = {"ana": OLDER, "bea": YOUNGER}
    names = {"ana": "Ana", "bea": "Bea"}
    people = [{"record": child, "first_name": name} for child, name in names.items()]
    other = [
        {"record": child, "first_name": "B" if child == "bea" else name} for child, name in names.items()
    ]
    for unseen, unmet in (("meals", True), ("attendance", False)):
        whole = district(silo("sis", people), silo(unseen, other))
        who = links({(name, child): child for name in ("sis", unseen) for child in names})
        younger = match_example_rules(whole, who, profile(everybody))[1]
        assert ("contradicted" in younger.unmet) == unmet


def test_a_record_that_waits_for_a_person_comes_last_and_one_unverified_tie_does_no_harm() -> None:
    both = [{"record": name, "first_name": name} for name in ("ana", "ben")]
    folder = district(silo("sis", both), silo("meals", both), silo("clubs", both), silo("iready", both[:0]))
    ties = {(name, child): child for name in ("sis", "meals", "clubs") for child in ("ana", "ben")}
    assert pick_example_children(folder, links(ties, {("clubs", "ana"): "Review"}))[0] == "ben"
    assert pick_example_children(folder, links(ties, {("clubs", "ana"): "Unverified"}))[0] == "ana"
    twice = {("clubs", "ana"): "Unverified", ("meals", "ana"): "Unverified"}
    assert pick_example_children(folder, links(ties, twice))[0] == "ben"


@pytest.mark.parametrize(("unverified", "unmet"), [(("lms",), False), (("lms", "attendance"), True)])
def test_two_of_three_records_must_be_verified(unverified: tuple[str, ...], unmet: bool) -> None:
    whole, _ = known_to(("ana",))
    who = links(
        {(name, "ana"): "a" for name in SYSTEMS}, {(name, "ana"): "Unverified" for name in unverified}
    )
    (only,) = match_example_rules(whole, who, profile({"a": OLDER}))
    assert ("sure_links" in only.unmet) == unmet


@pytest.mark.parametrize(
    ("contact", "born", "tie", "chosen_first"),
    [
        ({}, None, "Verified", "ben"),
        ({}, "2008-03-01", "Verified", "ben"),
        ({}, "2008-02-28", "Verified", "ana"),
        ({}, None, "Review", "ana"),
        ({"may_see_records": False}, None, "Verified", "ben"),
        ({"may_see_records": False, "court_order": "D-1"}, None, "Verified", "ana"),
        (None, None, "Verified", "ana"),
    ],
)
def test_we_follow_a_child_whose_guardian_may_look(
    contact: dict[str, Any] | None, born: str | None, tie: str, chosen_first: str
) -> None:
    """Ana comes first by her id, and nobody may look at her records; at Ben's somebody may, or may not."""
    people = [{"record": name, "first_name": name.title()} for name in ("ana", "ben")]
    adult = {"record": "mum", "role": "Guardian", "as_of": "2026-02-28"}
    ties = [{"record": "ben", "contact_record": "mum", **contact}] if contact is not None else []
    whole = district(silo("sis", people), silo("family", [*people, adult], contact=ties))
    who = links(
        {(name, child): child for name in ("sis", "family") for child in ("ana", "ben")},
        {("family", "ben"): tie, ("sis", "ana"): tie},
    )
    found = match_example_rules(whole, who, profile({"ana": OLDER, "ben": {**OLDER, "birth_date": born}}))
    assert (found[0].child, "guardian" in found[0].unmet) == (chosen_first, chosen_first == "ana")


def test_the_rules_ask_for_declared_elements_and_for_no_group_or_income() -> None:
    rules = declared_example_rules()
    types = input_types()
    every = [*rules.rule, *(rule for child in rules.child for rule in child.rule)]
    asked = [one for rule in every if (one := rule.when or rule.unless) is not None]
    assert len(asked) >= 6
    assert [one.faults(types) for one in asked] == [[]] * len(asked)
    kept_out = {"sex", "race", "home_language", "contact_language", "meal_eligibility", "first_name"}
    assert not kept_out & {name.removeprefix("on_record(").rstrip(")") for name in rules.inputs()}


@pytest.mark.full
def test_what_is_counted_alone_is_what_the_profiles_have(
    district: District, district_links: Links, district_profiles: Profiles
) -> None:
    alone = pick_example_children(district, district_links)
    assert len(alone) == 2
    told = match_example_rules(district, district_links, district_profiles.profile)
    assert alone == tuple(one.child for one in told)
