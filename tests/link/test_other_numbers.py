"""Two children of one name whom several systems number in their own ways are two children."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.link import Links
from helpers.link.records_a_child import records_a_child
from tests.link.records import children, linked, record
from tests.link.test_decided import FIRST, LAST

SYSTEMS = ("sis", "meals", "map", "lms", "nurse")
MAYA = ("Maya", "Ramos")
BORN, A_MONTH_LATER = "2012-05-17", "2012-06-17"


def child(number: int, *who: str, systems: tuple[str, ...] = SYSTEMS, step: int = 0) -> list[dict[str, Any]]:
    """Give a child's records, with one undeclared number; with a step, each system has its own."""
    return [
        record(silo, f"{silo}-{number}", *who, Undeclared=str(7_000 + number + place * step))
        for place, silo in enumerate(systems)
    ]


def town(step: int = 0) -> list[dict[str, Any]]:
    names = [(first, last) for first in FIRST for last in LAST]
    return [
        one
        for n, name in enumerate(names)
        for one in child(n, *name, f"{2008 + n % 7}-{n % 12 + 1:02}-{n % 27 + 1:02}", step=step)
    ]


def of_maya(links: Links) -> pd.DataFrame:
    """Give the pairs of records of the two girls."""
    first, second = ({f"{silo}-{number}" for silo in SYSTEMS} for number in (500, 501))
    pairs = links.pairs
    between = pairs["left_record"].isin(first) & pairs["right_record"].isin(second)
    return pairs[between | pairs["left_record"].isin(second) & pairs["right_record"].isin(first)]


@pytest.mark.parametrize("method", ["resolved", "probabilistic"])
def test_two_girls_of_one_name_and_birth_date_and_two_numbers_wait_for_a_person(method: str) -> None:
    """Their number is nobody's by declaration; that five systems have it makes it as strong."""
    links = linked(*town(), *child(500, *MAYA, BORN), *child(501, *MAYA, BORN), method=method)
    assert len(children(links.crosswalk)) == len(FIRST) * len(LAST) + 2
    asked = of_maya(links)
    assert asked["decision"].value_counts().idxmax() == "Review"
    assert not asked["decision"].eq("Match").any()
    assert set(asked["contradiction"]) == {"Space A id"}


@pytest.mark.parametrize("method", ["resolved", "probabilistic"])
def test_two_girls_of_one_name_with_two_numbers_and_birth_dates_are_two(method: str) -> None:
    links = linked(*town(), *child(500, *MAYA, BORN), *child(501, *MAYA, A_MONTH_LATER), method=method)
    assert len(children(links.crosswalk)) == len(FIRST) * len(LAST) + 2
    asked = of_maya(links)
    assert set(asked["decision"]) <= {"Refused", "No match"}
    assert set(asked["contradiction"]) == {"birth date; Space A id"}


def test_two_girls_whom_each_system_numbers_in_its_own_way_wait_for_a_person() -> None:
    girls = [*child(500, *MAYA, BORN, step=1_000), *child(501, *MAYA, A_MONTH_LATER, step=1_000)]
    links = linked(*town(step=1_000), *girls, method="resolved")
    assert len(children(links.crosswalk)) == len(FIRST) * len(LAST) + 2
    assert set(of_maya(links)["decision"]) == {"Review"}


def test_one_system_alone_may_number_a_child_twice() -> None:
    again = child(501, *MAYA, BORN, systems=("sis",))
    links = linked(*town(), *child(500, *MAYA, BORN), *again, method="resolved")
    assert len(children(links.crosswalk)) == len(FIRST) * len(LAST) + 1


def test_a_link_of_the_model_verifies_nothing_that_a_birth_date_contradicts() -> None:
    without = [{**one, "ids": {}} for one in child(501, *MAYA, A_MONTH_LATER, systems=("club",))]
    links = linked(*town(), *child(500, *MAYA, BORN), *without, method="resolved")
    pair = links.pairs[links.pairs["left_silo"].eq("club") | links.pairs["right_silo"].eq("club")]
    assert pair[["decision", "decided_by", "contradiction"]].values.tolist() == [
        ["Match", "Model", "birth date"]
    ]
    status = links.crosswalk.set_index("record")["link_status"]
    assert status["club-501"] == "Unverified"
    assert status["meals-500"] == "Verified"


def test_records_a_child_are_counted_from_the_links() -> None:
    rows = [("sis", "a"), ("sis", "b"), ("lms", "a"), ("lms", "a"), ("lms", "b")]
    crosswalk = pd.DataFrame(rows, columns=["silo", "child"])
    assert records_a_child(crosswalk).values.tolist() == [["lms", 2, 1, "several"], ["sis", 2, 0, "one"]]


def test_a_record_that_fits_two_girls_with_two_numbers_goes_to_neither() -> None:
    girls = [*child(500, *MAYA, BORN), *child(501, *MAYA, A_MONTH_LATER)]
    links = linked(*town(), *girls, record("club", "club-1", *MAYA), method="resolved")
    assert links.crosswalk.set_index("record").loc["club-1", "link_status"] == "Review"
