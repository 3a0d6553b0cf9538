"""Which ids join two systems, how often a join is one child, and who matches in the other system."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.gaps.measures.coverage import coverage_by_group
from helpers.gaps.measures.identity import Keys, count_duplicate_matches, keys_of, matches, shared_keys
from helpers.gaps.presence import Presence, scope_of
from helpers.standard import as_table
from tests.district_by_hand import district, links, silo
from tests.gaps.test_presence_by_hand import only, presence

NAMELESS = {"name_status": "None", "birth_date_status": "None", "linkable_by": "Identifier only"}
NAMED = {"birth_date_status": "None", "linkable_by": "Name only"}


def keys(known: Presence, **ids: dict[str, str]) -> Keys:
    """Give ids by record: which system's, and the id itself."""
    rows = [
        {"silo": known.records.set_index("record").loc[record, "silo"], "record": record,
         "identification_system": system, "identifier": value, "file": "f.csv", "row": 2}
        for record, given in ids.items() for system, value in given.items()
    ]  # fmt: skip
    return keys_of(known, as_table("identifiers", pd.DataFrame(rows)))


def two(*right: int, **more: Any) -> Presence:
    """Give a roster of children 0, 1 and 2, and a list of these children; records are numbered through."""
    return presence(*(("sis", at, more) for at in range(3)), *(("lms", at, more) for at in right))


@pytest.mark.parametrize(
    ("system", "known", "ways"),
    [
        ("State", NAMELESS, 1),  # a strong id joins by itself
        ("Login", NAMELESS, 0),  # a weak one needs a name beside it
        ("Login", NAMED, 1),
        ("Login", {}, 2),  # and a name with a birth date is a way of its own
    ],
)
def test_a_weak_id_joins_only_beside_a_name(system: str, known: dict[str, str], ways: int) -> None:
    records = two(0, **known)
    ids = keys(records, sis0={system: "ab1234"}, lms3={system: "ab1234"})
    found = only(shared_keys(records, ids), "ways to join", "sis", "lms")
    assert found["value"] == ways


def test_ids_in_common_are_counted_in_records_of_the_left_and_confirmed_by_the_links() -> None:
    records = two(0, 2, 1)
    ids = keys(
        records, sis0={"State": "70"}, sis1={"State": "71"}, lms3={"State": "70"}, lms4={"State": "71"},
    )  # fmt: skip
    lines = shared_keys(records, ids)
    shared, confirmed = (only(lines, name, "sis", "lms") for name in ("shared key", "key confirmed"))
    assert (shared["numerator"], shared["denominator"]) == (2, 3)
    # The second id is child 1's on the roster, and child 2's in the list.
    assert (confirmed["numerator"], confirmed["denominator"], confirmed["example_row"]) == (1, 2, 3)
    assert only(lines, "comparable by name", "sis", "lms")["numerator"] == 3


def test_a_join_has_rows_too_many_where_an_id_is_twice_on_the_right() -> None:
    records = two(0, 0, 1)
    ids = keys(
        records, sis0={"State": "70"}, sis1={"State": "71"}, sis2={"State": "79"},
        lms3={"State": "70"}, lms4={"State": "70"}, lms5={"State": "71"},
    )  # fmt: skip
    surplus = only(count_duplicate_matches(records, ids), "rows too many", "sis", "lms")
    # Two of three records find somebody: one of them two.
    assert (surplus["value"], surplus["denominator"], surplus["example_row"]) == (1, 2, 5)
    assert count_duplicate_matches(records, keys(records, sis0={"State": "1"}, lms3={"State": "2"})) == []


def test_a_match_rate_is_of_the_children_of_the_left_system_and_strangers_are_of_the_right_one() -> None:
    roster = [("sis", at, {}) for at in range(14)]
    stranger = {"birth_date": pd.Timestamp("2014-03-02")}
    records = presence(*roster, *(("lms", at, {}) for at in range(2, 13)), ("lms", 14, stranger))
    lines = matches(records, links({}), scope_of(records))
    rate, left, right = (
        only(lines, name, "sis", "lms") for name in ("match rate", "only in left", "only in right")
    )
    assert (rate["numerator"], rate["denominator"], rate["example_row"]) == (11, 14, 2)
    assert (left["value"], left["denominator"]) == (3, 14)
    assert (right["value"], right["denominator"], right["example_row"]) == (1, 12, 27)


def test_children_of_each_group_are_counted_by_their_first_system_s_word() -> None:
    def child(record: str, grade: str | None, school: str | None = None) -> dict[str, Any]:
        return {"record": record, "grade_level": grade, "school_id": school}

    known = district(
        silo("sis", [child("0", "01", "N"), child("1", "02", "S"), child("2", "02", "S"), child("3", None)]),
        silo("lms", [child("0", "09"), child("1", None), child("4", "01", "N"), child("3", "01", "Z")]),
    )
    who = {("sis", at): f"c{at}" for at in "0123"} | {("lms", at): f"c{at}" for at in "0134"}
    found = coverage_by_group(known, links(who))
    grades = found[found["group_by"].eq("grade")]
    lms = grades[grades["silo"].eq("lms").fillna(False)]
    assert lms[["group", "children", "out_of"]].values.tolist() == [["01", 2, 2], ["02", 1, 2]]
    alone = grades[grades["silo"].isna()]
    assert alone[["group", "children", "out_of"]].values.tolist() == [["01", 0, 2], ["02", 1, 2]]
    # A school is what the roster calls it.
    assert sorted(found.loc[found["group_by"].eq("school"), "group"].unique()) == ["N", "S"]
    assert lms["share"].tolist() == [1.0, 0.5]
