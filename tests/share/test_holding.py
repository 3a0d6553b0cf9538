"""Which pages are held: of students of 18, from adults without rights, from addresses of two households."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.share.on_hold import HOLDS, day_of_access, pages_on_hold
from helpers.share.release_review import is_verified_value
from helpers.standard import as_table
from tests.district_by_hand import layout, silo
from tests.share.families_by_hand import NUMBERS, ROSTER, child, family, told

TODAY = pd.Timestamp("2026-04-30")
ADULTS = {"role": "Guardian", "linkable_by": "Name only", "birth_date_status": "None"}


def held_of(
    whole: District, name: str, today: pd.Timestamp = TODAY
) -> set[tuple[str, str | None, str | None]]:
    """Give code, adult and address of what is held of a child."""
    links = link_district(whole, "standardized")
    held = pages_on_hold(whole, links, is_verified_value(whole, links), today=today)
    mine = held[held["child"].eq(child_of(links, name))]
    return {
        (code, None if pd.isna(adult) else adult, None if pd.isna(home) else home)
        for code, adult, home in zip(mine["code"], mine["guardian"], mine["home"], strict=True)
    }


def child_of(links: Links, name: str) -> str:
    of_roster = links.crosswalk[links.crosswalk["silo"].eq("sis")].set_index("record")["child"]
    return str(of_roster[name])


def attended(*names: str, **more: Any) -> Any:
    """A system of attendance that knows children by number, so that their pages are not held for doubt."""
    rows = [child(name, record=f"a-{name}", local_id=f"a-{name}", **more) for name in names]
    return told("attendance", rows, {f"a-{name}": NUMBERS[name] for name in names})


def portal(
    adults: dict[str, dict[str, Any]], contacts: list[dict[str, Any]], *names: str, numbered: bool = True
) -> Any:
    """A family portal with accounts of adults, and children of the roster under its own numbers."""
    people = [{"record": name, "local_id": name, **ADULTS, **who} for name, who in adults.items()]
    people += [child(name, record=f"c-{name}", local_id=f"c-{name}") for name in names]
    ids = [
        {"record": f"c-{name}", "identification_system": "District", "identifier": NUMBERS[name]}
        for name in names
        if numbered
    ]
    return silo("family", people, layout("family", domain="family"), identifiers=ids, contact=contacts)


def tie(name: str, adult: str, **more: Any) -> dict[str, Any]:
    return {"record": f"c-{name}", "contact_record": adult, "lives_with": True, **more}


def born(day: str, *others: str) -> District:
    """Leo, born on a day; other systems may know other days."""
    roster = {"leo": {**ROSTER["leo"], "birth_date": day}}
    more = [attended("leo", birth_date=other) for other in others] or [attended("leo", birth_date=day)]
    return family(*more, roster=roster)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("day", "is_held"),
    [
        ("2008-04-30", True),  # 18 today
        ("2008-05-01", False),  # tomorrow
        ("2007-01-01", True),
        ("2012-11-20", False),
        ("1899-12-30", False),  # a slip of the pen makes nobody an adult
    ],
)
def test_rights_pass_on_the_day_on_which_a_student_turns_18(day: str, is_held: bool) -> None:
    assert (("eighteen", None, None) in held_of(born(day), "leo")) == is_held


@pytest.mark.full
def test_who_was_born_on_29_february_is_18_on_the_28th() -> None:
    whole = born("2008-02-29")
    assert not held_of(whole, "leo", pd.Timestamp("2026-02-27"))
    assert held_of(whole, "leo", pd.Timestamp("2026-02-28"))


@pytest.mark.full
def test_of_two_birth_dates_the_older_counts() -> None:
    # The roster says 17, the attendance system, by number and name, 18.
    assert ("eighteen", None, None) in held_of(born("2009-04-30", "2008-04-30"), "leo")
    assert ("eighteen", None, None) in held_of(born("2008-04-30", "2009-04-30"), "leo")
    assert ("eighteen", None, None) not in held_of(born("2009-04-30", "2010-04-30"), "leo")


@pytest.mark.full
@pytest.mark.parametrize(("grade", "is_held"), [("12", True), ("05", False)])
def test_without_any_birth_date_the_grade_says_who_may_be_18(grade: str, is_held: bool) -> None:
    nothing = {"birth_date": None, "birth_date_status": "None", "linkable_by": "Name only"}
    roster = {"leo": {**ROSTER["leo"], **nothing, "grade_level": grade}}
    whole = family(attended("leo", **nothing), roster=roster)
    assert (("birth_date_unknown", None, None) in held_of(whole, "leo")) == is_held


@pytest.mark.full
def test_a_court_order_holds_the_page_from_that_adult_and_from_nobody_else() -> None:
    adults = {"a1": {"email": "ann@home.example"}, "a2": {"email": "bob@home.example"}}
    ties = [
        tie("leo", "a1", may_see_records=True),
        tie("leo", "a2", lives_with=False, may_see_records=False, court_order="FC-2024-1"),
    ]
    assert held_of(family(attended("leo"), portal(adults, ties, "leo")), "leo") == {("no_rights", "a2", None)}


@pytest.mark.full
def test_a_no_without_a_document_hides_nothing() -> None:
    ties = [tie("leo", "a1"), tie("leo", "a2", may_see_records=False)]
    whole = family(attended("leo"), portal({"a1": {}, "a2": {}}, ties, "leo"))
    assert held_of(whole, "leo") == set()


@pytest.mark.full
def test_an_order_beside_a_yes_revokes_nothing() -> None:
    ties = [tie("leo", "a1", may_see_records=True, court_order="FC-2024-1")]
    whole = family(attended("leo"), portal({"a1": {}}, ties, "leo"))
    assert held_of(whole, "leo") == set()


@pytest.mark.full
def test_one_address_of_two_homes_holds_the_page_from_both() -> None:
    adults = {"a1": {"email": "us@home.example"}, "a2": {"email": "Us@Home.example "}}
    apart = [tie("leo", "a1"), tie("leo", "a2", lives_with=False)]
    held = held_of(family(attended("leo"), portal(adults, apart, "leo")), "leo")
    assert held == {("shared_email", "a1", "us@home.example"), ("shared_email", "a2", "us@home.example")}
    together = [tie("leo", "a1"), tie("leo", "a2")]
    assert held_of(family(attended("leo"), portal(adults, together, "leo")), "leo") == set()


@pytest.mark.full
def test_families_of_two_children_with_one_address_are_two_households() -> None:
    adults = {
        "a1": {"email": "desk@shelter.example", "first_name": "Ann", "last_surname": "Park"},
        "a2": {"email": "desk@shelter.example", "first_name": "Eva", "last_surname": "Stone"},
    }
    ties = [tie("leo", "a1"), tie("ava", "a2")]
    whole = family(attended("leo", "ava"), portal(adults, ties, "leo", "ava"))
    assert held_of(whole, "leo") == {("shared_email", "a1", "desk@shelter.example")}
    assert held_of(whole, "ava") == {("shared_email", "a2", "desk@shelter.example")}
    # One mother of both is one household, though she has two accounts.
    same = {name: {**who, "first_name": "Ann", "last_surname": "Park"} for name, who in adults.items()}
    assert held_of(family(attended("leo", "ava"), portal(same, ties, "leo", "ava")), "leo") == set()


@pytest.mark.full
def test_one_street_address_of_two_homes_holds_the_page_too() -> None:
    place = {"street_number_name": "12 Elm St.", "postal_code": "12345"}
    adults = {"a1": place, "a2": {**place, "street_number_name": "12 ELM ST"}}
    ties = [tie("leo", "a1"), tie("leo", "a2", lives_with=False)]
    held = held_of(family(attended("leo"), portal(adults, ties, "leo")), "leo")
    assert {(code, adult) for code, adult, _ in held} == {("shared_home", "a1"), ("shared_home", "a2")}


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("of_roster", "is_held"),
    [
        ({"email": "Ann+school@home.example"}, False),
        ({"telephone": "(502) 555-0199"}, False),
        ({"email": "eva@home.example", "telephone": "502-555-0198"}, True),
        ({}, True),
    ],
)
def test_of_a_doubtful_system_only_adults_whom_the_roster_has_too_get_a_page(
    of_roster: dict[str, Any], is_held: bool
) -> None:
    roster = {"leo": {**ROSTER["leo"], "agents": "g1;g2"}, "g1": {**ADULTS, **of_roster}, "g2": ADULTS}
    adults = {"a1": {"email": "ann@home.example", "telephone": "502-555-0199"}}
    whole = family(attended("leo"), portal(adults, [tie("leo", "a1")], "leo"), roster=roster)
    # A finding at the portal's record of the child: its lines name two children.
    doubt = {"silo": "family", "file": "family/person_rows.csv", "row": 3, "kind": "rows_disagree"}
    doubt |= {"column": "first_name", "action_taken": "nothing", "times": 1}
    doubted = replace(whole["family"], findings=as_table("findings", pd.DataFrame([doubt])))
    whole = District(whole.folder, whole.about, {**whole.silos, "family": doubted})
    assert held_of(whole, "leo") == ({("adult_in_doubt", "a1", None)} if is_held else set())


def test_a_page_of_which_too_little_stands_is_held() -> None:
    assert held_of(family(), "leo") == {("links_in_doubt", None, None)}


def test_the_day_of_access_is_today_where_children_are_real() -> None:
    invented = family(about={"as_of": "2026-04-30"})
    assert day_of_access(invented) == TODAY
    real = District(invented.folder, {"as_of": "2026-04-30"}, invented.silos)
    before = pd.Timestamp.today().normalize()
    assert before <= day_of_access(real) <= pd.Timestamp.today().normalize()


def test_every_reason_has_words_and_a_rule() -> None:
    for words, citation in HOLDS.values():
        assert words.endswith(".")
        assert citation.startswith("FERPA-")
