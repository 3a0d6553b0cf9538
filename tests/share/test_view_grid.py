"""Each rule of the policy has what it allows and what it refuses; nothing else is in any view."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.share import Refused, View, open_view, read_policy
from helpers.standard import as_table
from tests.share.canaries import Canary, found
from tests.share.small_source import (
    BY_A_MODEL,
    CHILDREN,
    CONSENTS,
    GUARDIANS,
    IN_DOUBT,
    OF_AGE,
    WHO,
    WITHOUT_RIGHTS,
    SmallSource,
    as_written,
    may_see,
)
from tests.tiers import examples

SOURCE = SmallSource()
GRID = [(role, domain) for role, row in as_written()["grid"].items() for domain in row]
ASKED = [(role["name"], purpose) for role in as_written()["role"] for purpose in role["purposes"]]
_OPENED: dict[tuple[str, str], View] = {}


def opened(role: str, purpose: str | None = None) -> View:
    key = (role, purpose or read_policy().roles[role].purposes[0])
    if key not in _OPENED:
        _OPENED[key] = open_view(SOURCE, role, WHO[role], key[1], consents=CONSENTS)
    return _OPENED[key]


def text_of(shown: View) -> str:
    return "\n".join((rows_of(shown), shown.groups.to_csv(), shown.withheld.to_csv()))


def rows_of(shown: View) -> str:
    tables = (shown.children, shown.values, shown.timeline, shown.indicators, shown.contacts)
    return "\n".join(table.to_csv() for table in tables)


def planted(**like: str) -> list[Canary]:
    return [one for one in SOURCE.planted if all(getattr(one, name) == value for name, value in like.items())]


def test_the_grid_is_complete() -> None:
    policy = read_policy()
    assert len(GRID) == len(policy.roles) * len(policy.domains) == 228
    assert policy.gaps == ()


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("role", "domain"), GRID)
def test_each_rule_allows_one_case_and_refuses_another(role: str, domain: str) -> None:
    shown = opened(role)
    allow = as_written()["grid"][role][domain][0]
    ours = planted(domain=domain)
    seen = found(ours, text_of(shown))
    assert ours, "nothing is planted in this domain"
    if allow == "row":
        purpose = next(each for each in as_written()["purpose"] if each["name"] == shown.purpose)
        coded = purpose.get("coded", False) and domain == "identity"
        assert bool(seen) is not coded  # the analyst's names are for linking only
        assert {canary.child for canary in seen} < set(CHILDREN) or role in (
            "meals_manager", "district_analyst", "researcher",
        )  # fmt: skip
    else:
        assert seen == set()
        assert shown.withheld.set_index("domain")["allow"][domain] == allow
        assert shown.withheld.set_index("domain")["citation"][domain]
    if allow == "aggregate":
        counted = shown.groups["domain"].eq(domain)
        has_elements = bool(read_policy().domains[domain].elements)
        assert counted.any() is bool(has_elements) or not has_elements


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("role", "purpose"), ASKED)
def test_a_view_holds_what_the_file_allows_and_nothing_else(role: str, purpose: str) -> None:
    shown = opened(role, purpose)
    expected = {canary for canary in SOURCE.planted if may_see(role, purpose, canary)}
    seen = found(SOURCE.planted, text_of(shown))
    assert {(one.what, one.child, one.silo) for one in seen - expected} == set()
    # Of an indicator's elements all are its own here, so what is allowed is there too.
    assert {(one.what, one.child, one.silo) for one in expected - seen} == set()


def _asked_for(role: str, purpose: str, known: list[str], whole: View) -> tuple[View | None, str]:
    try:
        asked = open_view(
            SOURCE, role, WHO[role], purpose, consents=CONSENTS, children=known, codes=whole.codes
        )
    except Refused as refused:
        return None, str(refused)
    return asked, ""


@pytest.mark.full
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
@given(
    asked=st.sampled_from(ASKED),
    children=st.lists(st.sampled_from(CHILDREN), min_size=1, max_size=4, unique=True),
)
def test_no_view_has_a_forbidden_cell_whoever_is_asked_for(
    asked: tuple[str, str], children: list[str]
) -> None:
    role, purpose = asked
    coded = read_policy().purposes[purpose].coded
    whole = opened(role, purpose)
    known = children
    if coded:
        known = [whole.codes.of([child])[child] for child in children]
    shown, words = _asked_for(role, purpose, known, whole)
    if shown is None:
        assert found(SOURCE.planted, words) == set()
        assert not set(children) <= {one.child for one in SOURCE.planted if may_see(role, purpose, one)}
        return
    seen = found(SOURCE.planted, rows_of(shown))
    assert {one.child for one in seen} <= set(children)
    assert all(may_see(role, purpose, one) for one in seen)
    for child in known:
        alone = found(SOURCE.planted, rows_of(shown.of(child)))
        assert alone <= seen
        assert len({one.child for one in alone}) <= 1


MARK = "\N{SNOWMAN}"


@settings(max_examples=examples(60))
@given(role=st.sampled_from(sorted(WHO)), purpose=st.text(max_size=12), who=st.text(max_size=12))
def test_another_purpose_or_another_person_is_refused(role: str, purpose: str, who: str) -> None:
    if purpose not in read_policy().roles[role].purposes:
        with pytest.raises(Refused, match="may not use the purpose"):
            open_view(SOURCE, role, WHO[role], purpose, consents=CONSENTS)
    if who != WHO[role]:
        with pytest.raises(Refused):
            open_view(SOURCE, role, who, consents=CONSENTS)
    # With a letter that stands in no sentence of ours: whatever is drawn, only an echo of it holds that.
    with pytest.raises(Refused) as refused:
        open_view(SOURCE, role, f"{who}{MARK}", consents=CONSENTS)
    assert MARK not in str(refused.value)


@pytest.mark.parametrize("role", ["teacher", "counselor", "nurse", "principal", "family", "student"])
def test_nobody_outside_the_meals_office_and_the_family_sees_eligibility_or_balance(role: str) -> None:
    own = role in ("family", "student")
    for domain in ("meals_eligibility", "meals_balance"):
        assert bool(found(planted(domain=domain), text_of(opened(role)))) is own
    assert bool(found(planted(silo="meal_benefits") + planted(silo="meals"), text_of(opened(role)))) is own


def test_a_teacher_sees_that_there_is_a_plan_and_nothing_that_names_the_disability() -> None:
    shown = opened("teacher")
    assert "special_education" in set(shown.values["element"])
    # Speech therapy says what the plan is for.
    assert "plan_services" not in text_of(shown)
    assert "plan_services" in text_of(opened("counselor"))
    assert "primary_disability" not in text_of(shown)
    assert "disability_recorded" not in text_of(shown)


def test_what_a_hidden_system_contradicts_is_no_contradiction() -> None:
    names = opened("teacher").values
    names = names[names["element"].eq("first_name")]
    # Of eight systems that write another name each, a teacher's view knows three.
    assert set(names["silo"]) == {"sis", "attendance", "special_education", "clubs"}
    assert not names["agrees"].any()
    everything = opened("family").values
    assert set(everything.loc[everything["element"].eq("first_name"), "silo"]) >= {"meals", "health"}
    calls = opened("nurse", "calling home").values
    calls = calls[calls["element"].eq("first_name")]
    assert set(calls["silo"]) == {"sis", "attendance"}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("role", ["teacher", "nurse", "principal", "counselor"])
@pytest.mark.parametrize("seed", [0, 1, 3])
def test_whatever_hidden_systems_say_the_view_is_the_same(role: str, seed: int) -> None:
    hidden = list(opened(role).allowed.hidden)
    other = SmallSource()
    assert len(other.children()) == len(CHILDREN)  # found as before, whatever is said below
    values = other._values
    theirs = values["silo"].isin(hidden)
    order = ["child", "element", "school_year"]
    # Some of their rows are gone, the others say something else and come first or last.
    kept = values[~theirs | (values.index.to_series() * 7 % 11 + seed % 5 > 6)]
    kept = kept.assign(
        place=kept["silo"].isin(hidden) * (1 if seed % 2 else -1),
        value=kept["value"].mask(kept["silo"].isin(hidden), f"other {seed}"),
        agrees=pd.Series(bool(seed % 3), index=kept.index, dtype="boolean"),
        chosen_by="Surest tie",
    )
    kept = kept.sort_values([*order, "place"], kind="stable", ignore_index=True)
    kept = kept.assign(chosen=(~kept.duplicated(order)).astype("boolean")).drop(columns="place")
    # Rows whose only system is one that is seen say the same as before.
    own = ~kept["element"].isin(["first_name", "last_surname", "birth_date", "school", "grade_level"])
    kept.loc[own, "agrees"] = pd.NA
    kept.loc[own, "chosen_by"] = pd.NA
    other._values = as_table("values", kept)
    shown = open_view(other, role, WHO[role])
    whole = opened(role).values.sort_values([*order, "silo"], ignore_index=True)
    told = shown.values.sort_values([*order, "silo"], ignore_index=True)
    named = whole["element"].isin(["first_name", "last_surname", "birth_date", "school", "grade_level"])
    assert named.any()
    pd.testing.assert_frame_equal(told[named.to_numpy(dtype=bool)], whole[named.to_numpy(dtype=bool)])


def test_a_value_that_only_a_hidden_system_has_reads_as_one_that_nobody_has() -> None:
    source = SmallSource()
    kept = source._values
    names = kept["element"].eq("last_surname")
    one = names & kept["child"].eq("c01") & ~kept["silo"].eq("health")
    none = names & kept["child"].eq("c02") & ~kept["silo"].eq("sis")
    kept = kept[~one & ~none].reset_index(drop=True)
    lacking = kept["element"].eq("last_surname") & kept["child"].eq("c02")
    kept.loc[lacking, ["value", "record", "file", "row", "rows", "link_status", "agrees"]] = pd.NA
    kept.loc[lacking, "status"] = "Not linked"
    source._values = kept
    shown = open_view(source, "teacher", "sis:T1").values
    rows = shown[shown["element"].eq("last_surname")].set_index("child")
    assert rows.loc["c01"].drop("rule").to_list() == rows.loc["c02"].drop("rule").to_list() or (
        rows.loc["c01"].fillna("nothing").to_list() == rows.loc["c02"].fillna("nothing").to_list()
    )
    assert rows.loc["c01", "chosen"]


def test_where_hidden_systems_speak_of_a_school_nobody_hears_them() -> None:
    with pytest.raises(Refused):
        open_view(SOURCE, "principal", "Elsewhere")
    assert set(open_view(SOURCE, "nurse", "North School").ids) == set(opened("principal").ids)


def test_rights_pass_to_the_student_at_18() -> None:
    with pytest.raises(Refused):
        open_view(SOURCE, "family", "family:G5")
    grown = open_view(SOURCE, "student", OF_AGE)
    child = open_view(SOURCE, "student", "c01")
    assert found(planted(domain="health", child=OF_AGE), text_of(grown))
    assert not found(planted(domain="health", child="c01"), text_of(child))
    assert found(planted(domain="grades", child="c01"), text_of(child))
    assert child.withheld.set_index("domain")["why"]["health"].startswith("from 18 on")
    # On the day before the birthday they are still the parents'.
    assert open_view(SOURCE, "family", "family:G5", today="2026-02-28").ids == (OF_AGE,)
    assert not found(
        planted(domain="health"), text_of(open_view(SOURCE, "student", OF_AGE, today="2026-02-28"))
    )


@pytest.mark.parametrize("who", [IN_DOUBT, BY_A_MODEL, WITHOUT_RIGHTS, "family:G9", "G1"])
def test_a_guardian_in_doubt_without_rights_or_unknown_sees_nothing(who: str) -> None:
    with pytest.raises(Refused) as refused:
        open_view(SOURCE, "family", who)
    assert found(SOURCE.planted, str(refused.value)) == set()


def test_the_other_household_isn_t_in_a_guardian_s_view() -> None:
    both = text_of(open_view(SOURCE, "family", "family:G1"))
    apart = open_view(SOURCE, "family", "family:G3")
    names = {who: planted(what="adult_name", child=GUARDIANS[who][0]) for who in ("family:G1", "family:G3")}
    assert len(found(names["family:G1"], both)) == 2  # one home
    assert len(apart.contacts) == 1
    assert apart.contacts["adult"].tolist() == ["G3"]
    assert not found(planted(domain="family_contacts", what="messages_sent"), text_of(apart))
    # Which of two households applied for meals, nobody knows.
    assert not found(planted(domain="meals_eligibility"), text_of(apart))
    assert found(planted(domain="meals_balance", child="c02"), text_of(apart))


@pytest.mark.parametrize("purpose", ["analysis", "study"])
def test_codes_stand_in_place_of_children_and_tell_nothing_of_them(purpose: str) -> None:
    role = "district_analyst" if purpose == "analysis" else "researcher"
    shown = opened(role, purpose)
    for table in (shown.children, shown.values, shown.timeline, shown.indicators):
        assert table["child"].str.match(r"^r-[0-9a-f]{12}$").all()
        assert table["child"].is_monotonic_increasing
    assert not set(shown.children.columns) & {"first_name", "last_surname", "birth_date"}
    assert shown.values[["record", "file", "row"]].isna().all(axis=None)
    assert shown.timeline.loc[shown.timeline["kind"].eq("incident"), "detail"].isna().all()
    again = open_view(SOURCE, role, "district", purpose)
    assert set(again.children["child"]).isdisjoint(shown.children["child"])
    assert not re.search(r"\bc\d\d\b", text_of(shown))


def test_the_linking_step_of_an_analyst_sees_names_and_nothing_else() -> None:
    shown = opened("district_analyst", "linking")
    assert set(shown.values["element"]) <= {"first_name", "last_surname", "birth_date", "sex", "state_id",
                                            "school", "grade_level", "courses"}  # fmt: skip


def test_other_children_s_names_are_masked_in_a_narrative() -> None:
    source = SmallSource()
    known = source.children().set_index("child")["first_name"]
    line = source._timeline
    of_c01 = line["kind"].eq("incident") & line["child"].eq("c01")
    line.loc[of_c01, "detail"] = f"Hit {known['c02']}, so said {known['c01']} himself"
    for role, who in (("teacher", "sis:T1"), ("family", "family:G1")):
        shown = open_view(source, role, who).timeline
        detail = shown.loc[shown["kind"].eq("incident") & shown["child"].eq("c01"), "detail"].item()
        assert detail == f"Hit …, so said {known['c01']} himself"
    kept = open_view(source, "principal", "North School").timeline["detail"].dropna()
    assert kept.str.contains(known["c02"], regex=False).any()


@pytest.mark.one_in(3)
@pytest.mark.parametrize("element", ["proud_of", "wants_to_improve", "own_goal"])
def test_a_child_s_own_words_go_to_the_counselor_the_family_and_the_child_alone(element: str) -> None:
    source = SmallSource()
    known = source.children().set_index("child")["first_name"]
    hers = source._values["element"].eq(element) & source._values["child"].isin(["c01", "c03"])
    source._values.loc[hers, "value"] = f"{known['c02']} and I built a kite"

    def told(role: str, who: str, child: str) -> list[str]:
        shown = open_view(source, role, who, consents=CONSENTS if role == "community_partner" else None)
        values = shown.values[shown.values["element"].eq(element).to_numpy(dtype=bool)]
        return values.loc[values["child"].eq(child).to_numpy(dtype=bool), "value"].tolist()

    # A family sees what its child wrote, and no other child in it; counselor and child read it as it is.
    assert told("family", "family:G1", "c01") == ["… and I built a kite"]
    assert told("student", "c03", "c03") == [f"{known['c02']} and I built a kite"]
    assert told("counselor", "North School", "c01") == [f"{known['c02']} and I built a kite"]
    seeing = {role for role in WHO if element in open_view(
        source, role, WHO[role], consents=CONSENTS if role == "community_partner" else None
    ).allowed.elements}  # fmt: skip
    assert seeing == {"family", "student", "counselor"}


def test_a_student_below_18_reads_her_own_words_and_no_score_of_the_same_survey() -> None:
    shown = open_view(SOURCE, "student", "c01")
    elements = set(shown.values["element"])
    assert {"proud_of", "wants_to_improve", "own_goal"} <= elements
    assert not elements & {"self_awareness", "screening_risk"}


def test_an_indicator_is_seen_only_with_everything_that_it_was_computed_from() -> None:
    source = SmallSource()
    warning = source._indicators["indicator"].eq("chronic_absence")
    source._indicators.loc[warning, "elements"] = "days_absent;meal_eligibility"
    assert "chronic_absence" in set(open_view(SOURCE, "teacher", "sis:T1").indicators["indicator"])
    assert "chronic_absence" not in set(open_view(source, "teacher", "sis:T1").indicators["indicator"])
    assert "chronic_absence" in set(open_view(source, "family", "family:G1").indicators["indicator"])


def test_a_view_of_one_child_is_part_of_the_view_and_another_child_is_refused() -> None:
    whole = opened("teacher")
    one = whole.of("c02")
    assert one.children["child"].tolist() == ["c02"]
    mine = whole.values[whole.values["child"].eq("c02")].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.values, mine)
    with pytest.raises(Refused) as refused:
        whole.of("c11")
    assert "c11" not in str(refused.value)


@pytest.mark.full
def test_files_hold_nothing_else_and_their_names_nothing_of_a_child(tmp_path: Path) -> None:
    for role, purpose in ASKED:
        out = tmp_path / role
        opened(role, purpose).save(out)
        seen = found(SOURCE.planted, out)
        assert all(may_see(role, purpose, canary) for canary in seen), role
        assert {path.suffix for path in out.iterdir()} <= {".csv", ".json"}
        about = json.loads((out / "view.json").read_text(encoding="utf-8"))
        assert about["purpose"] == purpose
        assert "no legal advice" in about["teaches"]
        # What an earlier view wrote is gone.
        tables = {path.name for path in out.glob("*.csv")}
        assert tables == set(about["tables"])
