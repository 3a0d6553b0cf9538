"""Which records equal names and birth dates join, or an equal number alone, and which not."""

from __future__ import annotations

from typing import Any, cast

import pytest

from helpers.link.matches import LinkageContext, Matches
from helpers.link.methods.deterministic import (
    find_exact_matches,
    find_standardized_matches,
    join_all_on_id,
)
from helpers.link.records import prepare_records
from tests.link.records import frames, record

DAY = "2012-05-17"


def joined(*rows: dict[str, Any], standardized: bool = False) -> set[frozenset[str]]:
    """Give the pairs of records that equal names and birth dates join."""
    students = prepare_records(*frames(*rows))
    find = find_standardized_matches if standardized else find_exact_matches
    # Neither looks at anything but the records.
    pairs = find(students, Matches.nothing(), cast(LinkageContext, None)).pairs
    names = students.people["record"].tolist()
    return {frozenset((names[left], names[right])) for left, right in pairs[["left", "right"]].to_numpy()}


def test_one_name_and_birth_date_in_two_systems_is_joined_and_another_spelling_or_day_is_not() -> None:
    found = joined(
        record("sis", "a", "Ana", "Lopez", DAY),
        record("lms", "b", "Ana", "Lopez", DAY),
        record("meals", "c", "Ana", "Lopes", DAY),
        record("club", "d", "Ana", "Lopez", "2012-05-18"),
        record("health", "e", "Ana", "Lopez"),
    )
    assert found == {frozenset("ab")}


@pytest.mark.parametrize("status", ["Placeholder", "None"])
def test_a_filler_in_place_of_a_name_joins_nobody(status: str) -> None:
    found = joined(
        record("sis", "a", "Student", "Test", DAY, name_status=status),
        record("lms", "b", "Student", "Test", DAY, name_status=status),
        record("club", "c", "Student", "Test", DAY),
        record("meals", "d", "Student", "Test", DAY),
    )
    assert found == {frozenset("cd")}, "the two that are written as names"


@pytest.mark.parametrize("status", ["Placeholder", "Month only", "Year only"])
def test_a_birth_date_that_is_a_filler_or_half_known_joins_nobody_by_itself(status: str) -> None:
    rows = [record(silo, silo, "Ana", "Lopez", "2012-01-01", born_status=status) for silo in ("sis", "lms")]
    assert joined(*rows) == set()
    assert joined(*rows, standardized=True) == set()


def test_half_a_name_is_no_name() -> None:
    assert joined(record("sis", "a", "Ana", "", DAY), record("lms", "b", "Ana", "", DAY)) == set()


def test_standardizing_joins_other_spellings_and_exchanged_days_of_one_child() -> None:
    found = joined(
        record("sis", "a", "JOSE", "O'Neil", DAY),
        record("lms", "b", "José", "ONeil", DAY),
        record("club", "c", "Joseph", "ONeill", DAY),
        standardized=True,
    )
    assert found == {frozenset("ab")}


def test_two_children_of_a_system_with_one_record_a_child_are_never_joined() -> None:
    rows = [record("sis", name, "Ana", "Lopez", DAY) for name in "ab"]
    students = prepare_records(*frames(*rows), unique_people=("sis",))
    assert find_exact_matches(students, Matches.nothing(), cast(LinkageContext, None)).pairs.empty
    assert joined(*rows) == {frozenset("ab")}


def test_a_join_by_numbers_alone_verifies_nothing_and_leaves_out_a_number_that_is_two_childrens() -> None:
    people, identifiers = frames(
        record("sis", "a", "Ana", "Lopez", DAY, District="1"),
        record("sis", "b", "Ben", "Ode", DAY, District="2"),
        record("sis", "c", "Cleo", "Wu", DAY, District="2"),
        record("lms", "d", "Zoe", "Adams", DAY, District="1"),
        record("lms", "e", "Ben", "Ode", DAY, District="2"),
        record("lms", "f", "Dan", "Lund", DAY, Email="1"),
    )
    links = join_all_on_id(people, identifiers)
    status = links.crosswalk.set_index("record")["link_status"].to_dict()
    assert status == {"a": "Verified", "d": "Unverified"} | dict.fromkeys("bcef", "Unlinked")
    assert links.pairs[["left_record", "right_record", "decision"]].values.tolist() == [["d", "a", "Match"]]
    child = links.crosswalk.set_index("record")["child"]
    assert child["a"] == child["d"]
    assert child.nunique() == 5
