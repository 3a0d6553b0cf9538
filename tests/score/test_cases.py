"""Hard cases and what became of their children, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.files import District
from helpers.link import join_all_on_id
from helpers.score import score_cases, score_children
from helpers.standard import as_table
from tests.made_by_hand import CHAINED, Made, made, pair


def with_cases(*cases: tuple[str, str, str | None, str]) -> Made:
    district = made(CHAINED)
    frame = pd.DataFrame(cases, columns=["case", "person", "silo", "decidable_by"])
    district.key = replace(district.key, cases=as_table("key_cases", frame))
    return district


def told(district: Made) -> dict[str, dict[str, Any]]:
    table = score_cases(district, district, key=district.key).set_index("case")
    return table[["children", "complete", "split", "mixed", "undetected", "wrong_pairs"]].to_dict("index")


def test_a_case_in_the_child_is_judged_by_all_its_records() -> None:
    twins = [("twins", person, None, "Name and birth date") for person in ("P1", "P2", "P3")]
    # m2, P2's, was drawn to the three records of P1: three wrong pairs, for P1 and for P2.
    assert told(with_cases(*twins)) == {
        "twins": {"children": 3, "complete": 0, "split": 1, "mixed": 2, "undetected": 2, "wrong_pairs": 6}
    }


def test_a_case_in_one_systems_record_is_judged_by_that_record() -> None:
    found = told(
        with_cases(
            ("accents_lost", "P2", "attendance", "Name and birth date"),
            ("typo", "P2", "meals", "Name and birth date"),
            ("typo", "P1", "sis", "Name and birth date"),
            ("nickname", "P3", "lms", "Name and birth date"),  # no record there: no child of the case
        )
    )
    assert found == {
        "accents_lost": {
            "children": 1, "complete": 0, "split": 1, "mixed": 0, "undetected": 0, "wrong_pairs": 0,
        },
        "typo": {"children": 2, "complete": 0, "split": 0, "mixed": 2, "undetected": 2, "wrong_pairs": 4},
    }  # fmt: skip


def test_what_a_sign_points_at_is_not_silent() -> None:
    district = with_cases(("twins", "P1", None, "Name and birth date"))
    district.pairs = pair("m2", "s1", decision="Match", contradiction="birth date")
    assert told(district)["twins"]["undetected"] == 0
    assert told(district)["twins"]["mixed"] == 1


def test_cases_of_a_district_are_those_that_its_children_are_in(district: District) -> None:
    links = join_all_on_id(district.people, district.identifiers)
    cases = score_cases(district, links).set_index("case")
    assert (cases["complete"] + cases["split"] + cases["mixed"] == cases["children"]).all()
    assert (cases["undetected"] <= cases["mixed"]).all()
    assert {"twins", "homeless", "accents_lost"} <= set(cases.index)
    # A lookup by number joins wrongly where the till's own numbers equal others' numbers.
    wrong = set(score_children(district, links).query("outcome == 'mixed'")["person"])
    assert wrong
    assert cases.loc["colliding_id", "undetected"] > 0
    assert ((cases["low"] <= cases["share"]) & (cases["share"] <= cases["high"])).all()
