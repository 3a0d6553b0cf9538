"""A declared number outweighs another first name that one system alone writes, and never a twin's."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.link import Links
from tests.link.records import children, linked, record

BORN = "2012-05-17"
# The roster and the lunch line have Benjamin under number 1.
BEN = [record(silo, f"{silo}-1", "Benjamin", "Lopez", BORN, District="1") for silo in ("sis", "meals")]


def jay(number: str = "1", last: str = "Lopez", born: str = BORN, **more: Any) -> dict[str, Any]:
    """Give the class list's record of Jay."""
    return record("lms", "lms-1", "Jay", last, born, District=number, **more)


def of_jay(*more: dict[str, Any], **his: Any) -> tuple[Links, set[str]]:
    """Link Benjamin, Jay and more; give the decisions about the pairs of Benjamin and Jay."""
    links = linked(*BEN, jay(**his), *more, method="resolved")
    pairs = links.pairs
    both = pairs[["left_record", "right_record"]].isin(["lms-1"]).any(axis=1)
    both &= pairs[["left_record", "right_record"]].isin(["sis-1", "meals-1"]).any(axis=1)
    return links, set(pairs.loc[both, "decision"])


def test_a_number_outweighs_a_first_name_that_one_system_alone_writes() -> None:
    links, decisions = of_jay()
    assert len(children(links.crosswalk)) == 1
    assert decisions == {"Match"}
    rule = links.pairs[links.pairs["rule"].eq("an id and birth date outweigh another first name")]
    assert len(rule) == 2
    assert rule["same_household"].ne(True).all()
    # A twin's number by mistake would look the same: it is linked, and not called verified.
    assert links.crosswalk.set_index("silo")["link_status"].to_dict() == {
        "sis": "Verified",
        "meals": "Verified",
        "lms": "Unverified",
    }


def test_a_record_with_the_usual_name_and_no_number_joins_too() -> None:
    links, _ = of_jay(record("nurse", "nurse-1", "Benjamin", "Lopez", BORN))
    assert len(children(links.crosswalk)) == 1


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param(
            [record("sis", "sis-2", "Jay", "Lopez", BORN, District="2")], id="his own number elsewhere"
        ),
        pytest.param(
            [
                record("sis", "sis-2", "Jay", "Lopez", BORN, District="2"),
                record("lms", "lms-2", "Benjamin", "Lopez", BORN, District="2"),
            ],
            id="two numbers swapped",
        ),
        pytest.param(
            [record("sis", "sis-2", "Jaye", "Lopez Diaz", BORN, District="2")],
            id="his name has typos elsewhere",
        ),
        pytest.param(
            [record("sis", "sis-2", "Jay", "Lopez", "", District="2")], id="no birth date elsewhere"
        ),
        pytest.param([record("sis", "sis-2", "Jay", "Lopez", BORN)], id="no number elsewhere"),
        pytest.param(
            [record("lms", "lms-2", "Benjamin", "Lopez", BORN, District="1")], id="one system has both names"
        ),
    ],
)
def test_a_number_outweighs_no_name_of_a_child_who_may_be_a_twin(twin: list[dict[str, Any]]) -> None:
    links, decisions = of_jay(*twin)
    assert "Match" not in decisions
    assert "Review" in decisions
    assert len(children(links.crosswalk)) > 1


@pytest.mark.parametrize("his", [{"born": ""}, {"born": "2012-06-30"}, {"last": "Smith"}])
def test_a_number_outweighs_no_first_name_without_surname_and_birth_date(his: dict[str, str]) -> None:
    _, decisions = of_jay(**his)
    assert "Match" not in decisions


def test_a_number_outweighs_no_name_of_the_other_sex() -> None:
    people = [{**one, "sex": "Male"} for one in BEN]
    links = linked(*people, {**jay(), "sex": "Female"}, method="resolved")
    assert len(children(links.crosswalk)) == 2


def test_a_record_with_the_number_and_the_usual_name_needs_no_birth_date() -> None:
    links, decisions = of_jay(record("map", "map-1", "Benjamin", "Lopez", District="1"))
    assert len(children(links.crosswalk)) == 1
    assert decisions == {"Match"}


def test_two_other_names_under_one_number_wait_for_a_person() -> None:
    links, decisions = of_jay(record("map", "map-1", "Whitney", "Lopez", BORN, District="1"))
    assert links.crosswalk.set_index("silo")["link_status"][["lms", "map"]].tolist() == ["Review", "Review"]
    assert decisions == {"Review"}
