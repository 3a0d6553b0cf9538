"""What may stand on a page: nothing that could be a brother's, a namesake's or nobody's in particular."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.link import link_district
from helpers.profile.relations import roster_silos
from helpers.score.family_pages import score_pages
from helpers.share.release_review import REASONS, is_verified_value, reason_withheld
from helpers.standard import as_table
from tests.district_by_hand import layout, links, silo
from tests.share.families_by_hand import NUMBERS, ROSTER, child, family, standing_of, told


def rows_of(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [child(name, record=f"r-{name}", local_id=f"r-{name}", **more) for name in names]


def test_number_name_and_birth_date_stand_for_twins_too() -> None:
    whole = family(
        told(
            "meals",
            rows_of("ava", "mia", "leo"),
            {f"r-{name}": NUMBERS[name] for name in ("ava", "mia", "leo")},
        )
    )
    assert standing_of(whole, "meals") == {"ava": None, "mia": None, "leo": None}


def test_name_and_birth_date_stand_where_the_system_numbers_its_children() -> None:
    assert standing_of(family(told("meals", rows_of("ava", "leo"))), "meals") == {"ava": None, "leo": None}


@pytest.mark.full
def test_who_files_by_name_may_have_a_sister_under_it() -> None:
    visits = [child("ava", record="visits.csv#2"), child("leo", record="visits.csv#3")]
    found = standing_of(family(told("health", visits, domain="health")), "health")
    assert found == {"ava": "by_name_siblings", "leo": None}


def test_one_adult_on_the_roster_makes_brothers_of_two_surnames() -> None:
    other = {"sam": {"first_name": "Sam", "last_surname": "Hill", "birth_date": "2011-02-03", "agents": "g1"}}
    roster = {"leo": {**ROSTER["leo"], "agents": "g2;g1"}, **other}
    visits = [child("leo", record="visits.csv#3")]
    found = standing_of(family(told("health", visits, domain="health"), roster=roster), "health")
    assert found == {"leo": "by_name_siblings"}


def test_who_files_by_name_may_mean_a_namesake() -> None:
    other = {"leo2": {**ROSTER["leo"], "birth_date": "2010-01-02", "telephone": "502-555-0104"}}
    visits = [child("leo", record="visits.csv#3")]
    whole = family(told("health", visits, domain="health"), roster={**ROSTER, **other})
    assert standing_of(whole, "health") == {"leo": "by_name_namesake"}


def test_of_a_home_that_nobody_knows_a_surname_is_enough_to_doubt() -> None:
    cousin = {"sam": {"first_name": "Sam", "last_surname": "Park", "birth_date": "2011-02-03"}}
    visits = [child("leo", record="visits.csv#3")]
    whole = family(told("health", visits, domain="health"), roster={**ROSTER, **cousin})
    assert standing_of(whole, "health") == {"leo": "by_name_siblings"}


@pytest.mark.full
def test_a_twins_number_with_ones_own_name_stands_for_neither() -> None:
    rows = rows_of("ava", "leo")
    numbers = {"r-ava": NUMBERS["mia"], "r-leo": NUMBERS["leo"]}
    found = standing_of(family(told("meals", rows, numbers)), "meals")
    assert found.pop("leo") is None
    assert None not in found.values()


@pytest.mark.full
@pytest.mark.parametrize("twin", ["hayden", "jayden"])
def test_a_twins_number_doesnt_stand_because_the_names_are_nearly_alike(twin: str) -> None:
    other = {"hayden": "jayden", "jayden": "hayden"}[twin]
    whole = family(told("meals", rows_of(twin), {f"r-{twin}": NUMBERS[other]}))
    assert None not in standing_of(whole, "meals").values()


def test_a_twin_without_a_name_is_not_told_by_number_and_birth_date() -> None:
    nameless = {
        "first_name": None,
        "last_surname": None,
        "name_status": "None",
        "linkable_by": "Identifier only",
    }
    rows = [{**child(name, record=f"r-{name}", local_id=f"r-{name}"), **nameless} for name in ("ava", "leo")]
    numbers = {f"r-{name}": NUMBERS[name] for name in ("ava", "leo")}
    assert standing_of(family(told("meals", rows, numbers)), "meals") == {"ava": "contradicted", "leo": None}


def test_a_number_alone_may_be_mistyped() -> None:
    bare = {"name_status": "None", "birth_date_status": "None", "linkable_by": "Identifier only"}
    whole = family(told("benefits", [{"record": "b1", "local_id": "b1", **bare}], {"b1": NUMBERS["leo"]}))
    assert standing_of(whole, "benefits") == {"leo": "number_alone"}


@pytest.mark.full
def test_a_birth_date_that_contradicts_number_and_name_stops_all_of_the_system() -> None:
    rows = rows_of("leo", birth_date="2012-12-24")
    whole = family(told("meals", rows, {"r-leo": NUMBERS["leo"]}))
    assert standing_of(whole, "meals") == {"leo": "contradicted"}


@pytest.mark.full
def test_a_new_surname_is_no_contradiction() -> None:
    rows = rows_of("leo", last_surname="Kovacs")
    whole = family(told("meals", rows, {"r-leo": NUMBERS["leo"]}))
    assert standing_of(whole, "meals") == {"leo": None}


@pytest.mark.parametrize(("by", "code"), [("Model", "unreviewed"), ("Person", "stands")])
def test_what_a_model_finds_likely_stands_once_a_person_has_said_yes(by: str, code: str) -> None:
    whole = family(told("clubs", rows_of("leo")))
    tied = links({("sis", "leo"): "c", ("clubs", "r-leo"): "c"})
    pair = {"left_silo": "clubs", "left_record": "r-leo", "right_silo": "sis", "right_record": "leo"}
    pair |= {"step": "Probabilistic", "decision": "Match", "decided_by": by, "evidence_first_name": "Same"}
    scored = tied.crosswalk.assign(step=pd.array([None, "Probabilistic"], dtype="string"))
    found = is_verified_value(
        whole, replace(tied, crosswalk=scored, pairs=as_table("pairs", pd.DataFrame([pair])))
    )
    stands = found[found["silo"].eq("clubs")]
    assert stands["code"].fillna("stands").tolist() == [code]
    assert stands["may_show"].tolist() == [code == "stands"]


@pytest.mark.full
def test_rows_that_disagree_about_the_name_may_be_two_childrens() -> None:
    finding = {"kind": "rows_disagree", "row": 2, "column": "first_name", "value": "Mia", "expected": "Ava"}
    meals = told("meals", rows_of("ava", "leo"), {"r-ava": NUMBERS["ava"], "r-leo": NUMBERS["leo"]})
    whole = family(
        told(
            "screener",
            rows_of("ava", "leo"),
            {"r-ava": NUMBERS["ava"]},
            findings=[{**finding, "file": "screener/person_rows.csv"}],
        ),
        meals,
    )
    assert standing_of(whole, "screener") == {"ava": "record_of_two", "leo": None}
    # Elsewhere nothing is wrong with her.
    assert standing_of(whole, "meals") == {"ava": None, "leo": None}


@pytest.mark.full
def test_where_disagreements_are_no_longer_listed_row_by_row_any_row_may_be_one() -> None:
    finding = {"kind": "rows_disagree", "row": 2, "column": "first_name", "value": "Mia", "expected": "Ava"}
    folded = {**finding, "file": "screener/person_rows.csv", "times": 2}
    rows = rows_of("ava", "leo")
    numbers = {f"r-{name}": NUMBERS[name] for name in ("ava", "leo")}
    whole = family(told("screener", rows, numbers, findings=[folded]))
    assert standing_of(whole, "screener") == {"ava": "record_of_two", "leo": "record_of_two"}


@pytest.mark.full
def test_a_second_record_that_may_be_the_childs_holds_back_the_sure_one_of_its_system() -> None:
    unsure = {"birth_date": None, "birth_date_status": "None", "linkable_by": "Name only"}
    second = child("leo", record="r-second", local_id="r-second", **unsure)
    whole = family(told("lms", [*rows_of("leo"), second], {"r-leo": NUMBERS["leo"]}))
    assert standing_of(whole, "lms", "resolved") == {"leo": "second_record"}


@pytest.mark.full
def test_a_key_of_software_is_enough_where_only_software_writes() -> None:
    key = "4F1E0D3C-2B5A-6978-8796-A5B4C3D2E1F0"
    bare = {"name_status": "None", "birth_date_status": "None", "linkable_by": "Identifier only"}
    person = {"record": "p1", "local_id": "p1", **bare}
    roster = {"leo": ROSTER["leo"]}

    def with_key(form: str, number: str) -> dict[str, str | None]:
        column = {"name": "c", "meaning": "c"}
        file = {"name": "a", "path": "a.x", "format": form, "row_is": "a", "columns": [column]}
        if form == "xml":
            file["record"] = "a"
        ids = [{"record": "p1", "identification_system": "RefId", "identifier": number}]
        clubs = silo("clubs", [person], layout("clubs", domain="activities", file=[file]), identifiers=ids)
        whole = family(clubs, roster=roster)
        own = whole["sis"]
        ids_of_roster = own.identifiers.assign(identification_system="RefId", identifier=number)
        sis = replace(own, identifiers=as_table("identifiers", ids_of_roster))
        return standing_of(District(whole.folder, whole.about, {**whole.silos, "sis": sis}), "clubs")

    assert with_key("xml", key) == {"leo": None}
    assert with_key("csv", key) == {"leo": "number_alone"}
    assert with_key("xml", "104211") == {"leo": "number_alone"}


def test_who_is_not_on_the_roster_has_nothing_that_stands_and_no_page() -> None:
    stranger = {
        "record": "x",
        "local_id": "x",
        "first_name": "Kim",
        "last_surname": "Lee",
        "birth_date": "2013-01-09",
    }
    whole = family(told("meals", [stranger, *rows_of("leo")], {"r-leo": NUMBERS["leo"]}))
    tied = link_district(whole, "standardized")
    standing = is_verified_value(whole, tied)
    unknown = tied.crosswalk.set_index("record").at["x", "child"]
    assert standing.set_index("child").at[unknown, "code"] == "not_on_roster"
    little = reason_withheld(standing, whole).set_index("child")
    assert bool(little.at[unknown, "held"])
    # The roster alone says nothing of how school goes either.
    held = little["held"].astype(bool)
    by_record = tied.crosswalk[tied.crosswalk["silo"].eq("sis")].set_index("record")["child"]
    assert not held[by_record["leo"]]
    assert held[by_record["ava"]]


def test_reasons_hold_nothing_of_a_child() -> None:
    for words in REASONS.values():
        assert words.endswith(".")
        assert "{" not in words


@pytest.mark.weekly
@pytest.mark.parametrize("level", ["manual", "rostered"])
def test_nothing_of_another_child_stands_however_often_records_go_wrong(level: str, tmp_path: Path) -> None:
    from synthetic_data.district import make_district

    made = read_district(make_district(students=150, seed=5, faults=3.0, level=level, folder=tmp_path / "d"))
    tied = link_district(made)
    standing = is_verified_value(made, tied)
    rosters = roster_silos(made)
    listed = standing[standing["silo"].isin(rosters)]["child"]
    known = standing[standing["child"].isin(listed)].assign(name="anything of the system")
    shown = known[known["may_show"].astype(bool)]
    judged = score_pages(made, tied, shown, rosters=rosters, known=known).set_index("domain").loc["All"]
    assert judged["of_another_child"] == 0
    # The same test on everything that links have joined notices what the gate is for.
    unguarded = score_pages(made, tied, known, rosters=rosters).set_index("domain").loc["All"]
    assert unguarded["of_another_child"] > 0
    # And the gate is no wall: most of what systems know may be shown.
    assert judged["share"] > 0.4
    assert (
        not reason_withheld(standing, made).set_index("child")["held"].astype(bool).reindex(listed).mean()
        > 0.05
    )
