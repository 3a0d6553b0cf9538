"""A policy file is read with all its faults at once; whatever it doesn't allow is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import helpers.share
from helpers.profile import declared_elements
from helpers.profile.indicators import declared_indicators
from helpers.report.widgets.dashboard_state import dashboard_roles
from helpers.share import (
    Refused,
    compare_policies,
    leaks,
    open_view,
    policy_grid,
    read_policy,
    whos,
)
from helpers.share.policy import citations
from helpers.standard import BadInput
from helpers.systems import declared, systems
from tests.share.small_source import CHILDREN, NORTH, SOUTH, SmallSource

BY_HAND = Path(__file__).with_name("policy_by_hand.csv")
OWN = Path(helpers.share.__file__).parent / "policy.toml"
TEXT = OWN.read_text(encoding="utf-8")
SOURCE = SmallSource()
ATTENDS = '["row", "own class", "FERPA-02", "takes attendance and plans catch-up"]'
CAREER = '["aggregate", "own class", "FERPA-11", "class picture is enough"]'


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_everything_that_is_known_of_a_child_stands_in_exactly_one_domain() -> None:
    domains = read_policy().domains.values()
    placed = [name for domain in domains for name in domain.elements]
    assert sorted(placed) == sorted(element.name for element in declared_elements())
    kinds = [name for domain in domains for name in domain.timeline]
    assert sorted(kinds) == sorted(event.name for event in declared().timeline)
    signs = [name for domain in domains for name in domain.indicators]
    assert sorted(signs) == sorted(indicator.name for indicator in declared_indicators())


def test_an_element_of_one_system_is_where_the_records_of_that_system_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = changed(', "club_hours"]', "]")
    assert "club_hours" in read_policy(text).domains["activities"].elements
    known = systems()
    of_two = known["clubs"].model_copy(update={"policy_domains": ("activities", "grades")})
    monkeypatch.setattr("helpers.share.policy.systems", lambda: {**known, "clubs": of_two})
    with pytest.raises(BadInput, match="'club_hours' is in no domain"):
        read_policy(text)


def test_every_rule_says_why_and_cites() -> None:
    grid = policy_grid()
    assert grid[["reason", "citation"]].notna().all(axis=None)
    assert set(grid["rule_id"]) <= set(citations())
    assert "no legal advice" in read_policy().teaches


def test_all_faults_are_named_at_once() -> None:
    text = TEXT
    for old, new in (
        ('"primary_disability"', '"primary_disabilty", "meal_eligibility"'),
        (f"attendance = {ATTENDS}", f"attendence = {ATTENDS}"),
        (ATTENDS, '["row", "own clas", "FERPA-99", "takes attendance"]'),
        ("[grid.nurse]", "[grid.nurze]"),
        ('purposes = ["care", "calling home"]', 'purposes = ["cure", "calling home"]'),
        ('minimum_cell = "smallest_group"', "minimum_cell = 1\nsmallest = 3"),
        (CAREER, '["some", "own class", "FERPA-11", " "]'),
    ):
        text = changed(old, new, text)
    with pytest.raises(BadInput) as refused:
        read_policy(text)
    said = str(refused.value)
    for fault in (
        "'primary_disabilty' is not declared anywhere. Did you mean primary_disability?",
        "element 'primary_disability' is in no domain",
        "element 'meal_eligibility' is in more than one domain: special_education_category, meals_elig",
        "no domain is called 'attendence'. Did you mean attendance?",
        "scope 'own clas' is unknown. Did you mean own class?",
        "the rule 'FERPA-99' has no citation",
        "no role is called 'nurze'. Did you mean nurse?",
        "'cure', which is not declared. Did you mean care?",
        "minimum_cell",
        "smallest: unknown name",
        "grid.teacher.career",
        "has no reason",
    ):
        assert fault in said, fault


@pytest.mark.parametrize("text", ["no toml\n = ]", "\n", 'teaches = "x"\n'])
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_policy(text)


def test_a_file_that_isnt_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml can't be read"):
        read_policy(tmp_path / "none.toml")


def test_every_cell_of_the_policy_is_as_it_was_written_by_hand() -> None:
    """A changed line of the policy is to be changed here, too, by whoever may: the last column names them."""
    by_hand = pd.read_csv(BY_HAND, dtype="string", keep_default_na=False).set_index(["role", "domain"])
    own = policy_grid(read_policy()).set_index(["role", "domain"])

    assert len(by_hand) == 228
    assert by_hand.index.is_unique
    assert by_hand["who_may_change"].ne("").all()
    assert set(own.index) == set(by_hand.index)
    for name in ("allow", "scope"):
        same = own[name].fillna("").reindex(by_hand.index)
        assert same[same.ne(by_hand[name])].to_dict() == {}, by_hand.loc[same.ne(by_hand[name]), name]


def test_a_role_without_a_rule_is_refused_and_that_is_said() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("grades = ") and "sets and" in line)
    policy = read_policy(changed(line, ""))
    assert policy.gaps == ("teacher has no rule for grades: refused.",)
    shown = open_view(SOURCE, "teacher", "sis:T1", policy=policy)
    assert "course_average" not in set(shown.values["element"])
    assert "grades" in set(shown.withheld["domain"])


def test_a_policy_can_be_broken_and_mended() -> None:
    own = read_policy()
    broken = own.changed("teacher", "meals_eligibility", "row")
    assert own.rule("teacher", "meals_eligibility").allow == "none"
    told = compare_policies(own, broken)
    assert told[["role", "domain", "was", "is", "opens"]].values.tolist() == [
        ["teacher", "meals_eligibility", "none", "row, own class", True]
    ]
    shown = open_view(SOURCE, "teacher", "sis:T1", policy=broken)
    assert "meal_eligibility" in set(shown.values["element"])
    told = leaks(shown)
    assert set(told["domain"]) == {"meals_eligibility"}
    mine = told[told["table"].eq("values") & told["name"].eq("meal_eligibility")]
    assert mine["children"].tolist() == [4]
    assert mine["citation"].tolist() == ["42 U.S.C. 1758(b)(6)(A)"]
    mended = broken.changed("teacher", "meals_eligibility", "none")
    assert compare_policies(own, mended).empty
    assert leaks(open_view(SOURCE, "teacher", "sis:T1", policy=mended)).empty


def test_a_wider_scope_leaks_children() -> None:
    wide = read_policy().changed("teacher", "grades", scope="district")
    assert compare_policies(read_policy(), wide)["opens"].all()
    shown = open_view(SOURCE, "teacher", "sis:T1", policy=wide)
    of_grades = shown.values[shown.values["element"].eq("course_average")]
    assert set(of_grades["child"]) == set(CHILDREN)
    assert set(shown.values.loc[shown.values["element"].eq("days_absent"), "child"]) < set(CHILDREN)
    assert set(leaks(shown)["domain"]) == {"grades"}


def test_files_tell_what_leaks_too(tmp_path: Path) -> None:
    broken = read_policy().changed("nurse", "grades", "row")
    open_view(SOURCE, "nurse", NORTH, policy=broken).save(tmp_path / "broken")
    open_view(SOURCE, "nurse", NORTH).save(tmp_path / "whole")
    assert set(leaks(tmp_path / "broken")["domain"]) == {"grades"}
    assert leaks(tmp_path / "whole").empty
    with pytest.raises(BadInput, match="has no view"):
        leaks(tmp_path)


def test_a_change_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(BadInput, match="Did you mean teacher"):
        read_policy().changed("teachr", "grades", "row")
    with pytest.raises(BadInput, match="own school"):
        read_policy().changed("teacher", "grades", "row", scope="own school")


def test_whom_a_view_can_be_opened_for_is_a_table() -> None:
    assert whos(SOURCE, "principal")["who"].tolist() == [NORTH, SOUTH]
    assert f"{NORTH}, grade 07" in set(whos(SOURCE, "counselor")["who"])
    assert whos(SOURCE, "teacher").set_index("who")["children"].to_dict() == {"sis:T1": 4, "sis:T2": 1}
    assert "family:G1" in set(whos(SOURCE, "family")["who"])
    assert set(whos(SOURCE, "student")["who"]) == set(CHILDREN)
    for role in read_policy().roles:
        if role not in ("family", "community_partner"):
            for who in whos(SOURCE, role)["who"].head(3):
                open_view(SOURCE, role, who)
    with pytest.raises(Refused):
        whos(SOURCE, "pirate")


@pytest.mark.parametrize("role", ["pirate", "teachers"])
def test_a_role_that_nobody_declared_is_refused(role: str) -> None:
    with pytest.raises(Refused, match="There are: teacher"):
        open_view(SOURCE, role, "district")


def test_a_role_stands_in_the_policy_alone(project: Path) -> None:
    names = (
        "counselor",
        "special_education_case_manager",
        "meals_manager",
        "district_analyst",
        "researcher",
    )
    assert set(names) < set(read_policy().roles)
    listed = [
        (path.relative_to(project).as_posix(), name)
        for package in ("helpers", "synthetic_data")
        for path in (project / package).rglob("*.py")
        for name in names
        if f'"{name}"' in path.read_text(encoding="utf-8")
    ]
    assert sorted(listed) == [
        # A word in the headers of staff files.
        ("helpers/files/draft/layout_text.py", "counselor"),
        # The name by which a policy written for 0.1.0 says that it means case managers.
        ("helpers/share/policy.py", "special_education_case_manager"),
    ]


def test_a_new_role_of_the_district_has_a_dashboard() -> None:
    role = """
[[role]]
name = "librarian"
title = "Librarian"
who = "school"
who_means = "name of the school"
scope = "own school"
purposes = ["teaching"]

[[purpose]]"""
    policy = read_policy(TEXT.replace("\n[[purpose]]", role, 1))
    assert dashboard_roles(policy) == [*dashboard_roles(), "librarian"]


def test_a_policy_written_for_0_1_0_is_read_as_it_was_meant() -> None:
    older = TEXT.replace('relation = "Case manager"\n', "").replace(
        'minimum_cell = "smallest_group"', "minimum_cell = 10"
    )
    assert older.count("relation = ") == 0
    kit, read = read_policy(), read_policy(older)
    assert read.roles == kit.roles
    assert {name: role.relation for name, role in read.roles.items() if role.relation} == {
        "teacher": "Teacher",
        "family": "Guardian",
        "special_education_case_manager": "Case manager",
    }
    assert read.minimum("incidents") == kit.minimum("incidents") == 10
