"""Of several values one is chosen: by tie, by doubt, by the order of trust."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.profile import Profiles, build_profiles, declared_elements
from helpers.profile.profiles import profile_of
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import (
    CALENDAR,
    FIRST,
    LAST,
    YEAR,
    absent,
    chosen,
    enrolled,
    of,
    person,
)
from tests.tiers import examples


def two(
    left: dict[str, Any], right: dict[str, Any], statuses: dict[str, str] | None = None, **tables: Any
) -> Profiles:
    """One child, known to the roster and to meals."""
    both = district(silo("sis", [left], **tables), silo("meals", [right]))
    who = {("sis", left["record"]): "a", ("meals", right["record"]): "a"}
    return build_profiles(
        both, links(who, {(name, "1"): link_status for name, link_status in (statuses or {}).items()})
    )


@pytest.mark.full
def test_a_sure_tie_comes_before_trust_and_something_before_nothing() -> None:
    unverified = two(person("1", "Ana"), person("1", "Anna"), {"sis": "Unverified"})
    assert chosen(unverified, "a", "first_name")["silo"] == "meals"
    trusted = two(person("1", "Ana"), person("1", "Anna"))
    assert chosen(trusted, "a", "first_name")["silo"] == "sis"
    empty = two(person("1", sex=None), person("1", sex="Female"))
    assert chosen(empty, "a", "sex")["silo"] == "meals"


def test_a_value_names_the_day_for_which_its_export_speaks() -> None:
    day = pd.Timestamp("2026-03-02")
    roster = silo(
        "sis",
        [person("1", as_of=day), person("2")],
        session=[YEAR],
        identifiers=[{"record": "1", "identification_system": "State", "identifier": "0099"}],
        school_enrollment=[enrolled("1")],
        section_enrollment=[{"record": "1", "section_id": "x", "begin_date": FIRST}],
    )
    profiles = build_profiles(district(roster), links({("sis", "1"): "a", ("sis", "2"): "b"}))

    for name in ("first_name", "state_id", "school", "courses"):
        assert chosen(profiles, "a", name)["as_of"] == day
    assert chosen(profiles, "a", "state_id")["value"] == "0099"


@pytest.mark.full
def test_a_doubtful_birth_date_gives_way_and_an_unverified_one_before_it() -> None:
    doubtful = person("1", born="2014-01-01", birth_date_status="Placeholder")
    unverified = two(doubtful, person("1", born="2014-03-02"), {"meals": "Unverified"})
    assert chosen(unverified, "a", "birth_date")["value"] == "2014-01-01"
    profiles = two(
        person("1", born="2014-01-01", birth_date_status="Placeholder"), person("1", born="2014-03-02")
    )
    assert chosen(profiles, "a", "birth_date")["value"] == "2014-03-02"


@pytest.mark.full
def test_agreement_is_about_what_is_said_not_how() -> None:
    profiles = two(person("1", "José", "O'Neil"), person("1", "JOSE", "Oneil", born="2014-02-03"))

    assert chosen(profiles, "a", "first_name")["agrees"]
    assert chosen(profiles, "a", "last_surname")["agrees"]
    assert not chosen(profiles, "a", "birth_date")["agrees"]
    # The other system says nothing of the sex.
    assert pd.isna(chosen(two(person("1", sex="Male"), person("1")), "a", "sex")["agrees"])


@pytest.mark.full
def test_a_date_with_two_readings_agrees_by_either() -> None:
    ambiguous = {"birth_date_other": "2014-02-03", "birth_date_status": "Day and month ambiguous"}

    assert chosen(two(person("1", born="2014-02-03"), person("1", **ambiguous)), "a", "birth_date")["agrees"]
    assert not chosen(two(person("1", born="2014-02-04"), person("1", **ambiguous)), "a", "birth_date")[
        "agrees"
    ]


@pytest.mark.full
def test_school_numbers_of_two_systems_are_not_compared_unless_they_are_the_same_numbers() -> None:
    other = two(person("1", school_id="S1"), person("1", school_id="044"), session=[YEAR])
    assert of(other, "a", "school", 2026)["agrees"].isna().all()
    same = two(person("1", school_id="S1"), person("1", school_id="S1"), session=[YEAR])
    assert of(same, "a", "school", 2026)["agrees"].all()


def test_of_two_records_of_one_system_the_name_that_another_system_has_counts() -> None:
    both = district(
        silo("sis", [person("1", last="Ruiz_dupe"), person("2")]), silo("meals", [person("m")]),
    )  # fmt: skip
    profiles = build_profiles(both, links({("sis", "1"): "a", ("sis", "2"): "a", ("meals", "m"): "a"}))

    assert list(of(profiles, "a", "last_surname")["value"]) == ["Ruiz", "Ruiz_dupe", "Ruiz"]
    assert list(of(profiles, "a", "last_surname")["agrees"]) == [True, False, False]


def test_a_schools_number_is_named_by_the_systems_that_know_the_same_children() -> None:
    names = ["North", "North", "North", "North", "South", "South"]
    roster = [person(f"s{at}", school_id=name[0]) for at, name in enumerate(names)]
    schools = [{"school_id": name[0], "school_name": name} for name in ("North", "South")]
    # One child has moved between the exports; of the other number too few children are known to name it.
    numbers = ["1", "1", "1", "1", "1", "2"]
    both = district(
        silo("sis", roster, session=[YEAR], school=schools),
        silo("meals", [person(f"m{at}", school_id=number) for at, number in enumerate(numbers)]),
    )
    who = {(name, f"{name[0]}{at}"): f"c{at}" for at in range(6) for name in ("sis", "meals")}
    profiles = build_profiles(both, links(who))

    meals = profiles.values[(profiles.values["element"] == "school") & (profiles.values["silo"] == "meals")]
    assert list(meals["value"]) == ["North"] * 5 + ["2"]
    assert list(meals["agrees"].fillna(False)) == [True] * 4 + [False, False]


SYSTEMS = st.sampled_from(["sis", "attendance", "meals"])


NAMES = st.sampled_from(["Ana", "ANA", "Ben", None])


DATES = st.sampled_from(["2014-01-02", "2014-02-01", None])


PEOPLE = st.lists(st.tuples(SYSTEMS, st.integers(0, 3), NAMES, DATES, st.booleans()), min_size=1, max_size=8)


@pytest.mark.full
@settings(max_examples=examples(8))
@given(PEOPLE)
def test_one_value_is_chosen_a_child_element_and_year(
    people: list[tuple[str, int, str | None, str | None, bool]],
) -> None:
    records: dict[str, list[dict[str, Any]]] = {"sis": [], "attendance": [], "meals": []}
    who, statuses = {}, {}
    for place, (name, child, first, born, sure) in enumerate(people):
        records[name].append(person(f"r{place}", first, born=born, as_of=LAST))
        who[name, f"r{place}"] = f"c{child}"
        statuses[name, f"r{place}"] = "Verified" if sure else "Unverified"
    known = district(
        silo("sis", records["sis"], session=[YEAR]),
        silo(
            "attendance", records["attendance"], calendar=CALENDAR[:20],
            school_enrollment=[enrolled(each["record"], 20) for each in records["attendance"][1:]],
            attendance_event=[event for each in records["attendance"] for event in absent(each["record"], 3)],
        ),
        silo("meals", records["meals"]),
    )  # fmt: skip
    profiles = build_profiles(known, links(who, statuses))

    values = profiles.values
    picked = values[values["chosen"]]
    years = len(picked["school_year"].dropna().unique())
    wanted = sum(years if each.per == "school_year" else 1 for each in declared_elements())
    assert (picked.groupby("child").size() == wanted).all()
    assert not picked.duplicated(["child", "element", "school_year"]).any()
    assert set(values["child"]) == set(who.values())
    # A value agrees with the others, or not, only where another system says anything.
    said = values[values["status"] == "Reported"]
    systems = said.groupby(["child", "element", said["school_year"].fillna(0)])["silo"].transform("nunique")
    comparable = said["element"] != "school"
    assert (said["agrees"].isna() == (systems < 2))[comparable].all()
    assert (values["value"].isna() == (values["status"] != "Reported")).all()
    accounts = profiles.accounts
    assert (accounts["rows"] == accounts["rows_used"] + accounts["rows_left_out"]).all()
    pd.testing.assert_frame_equal(
        profiles.profile, profile_of(values.sample(frac=1, random_state=1), links(who, statuses).crosswalk,
                                     profiles.school_year, declared_elements())
    )  # fmt: skip


@pytest.mark.full
def test_a_chosen_value_says_what_decided() -> None:
    def by(profiles: Profiles, name: str = "first_name") -> str:
        return str(chosen(profiles, "a", name)["chosen_by"])

    ana, anna = person("1", "Ana"), person("1", "Anna")
    assert by(two(ana, anna, {"sis": "Unverified"})) == "Surest tie"
    assert by(two(ana, anna)) == "Trusted most"
    assert by(two(ana, person("1", "ANA"))) == "All agree"
    assert by(two(person("1", sex="Male"), person("1")), "sex") == "Only one"
    doubtful = person("1", born="2014-01-01", birth_date_status="Placeholder")
    assert by(two(doubtful, person("1", born="2014-03-02")), "birth_date") == "Undoubted date"
    values = two(ana, anna).values
    assert values.loc[~values["chosen"], "chosen_by"].isna().all()
    assert (
        values.loc[values["status"] != "Reported", ["chosen_by", "days_old", "fresh"]].isna().all(axis=None)
    )


@pytest.mark.full
def test_a_shown_value_says_how_old_it_is() -> None:
    allowed = next(one.days_until_stale for one in declared_elements() if one.name == "first_name")
    newest = pd.Timestamp("2026-03-02")
    for days in (allowed, allowed + 1):
        old = person("1", "Ana", as_of=newest - pd.Timedelta(days=days))
        value = chosen(two(old, person("1", as_of=newest)), "a", "first_name")
        assert (value["silo"], value["days_old"], value["fresh"]) == ("sis", days, days == allowed)
