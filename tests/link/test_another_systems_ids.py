"""An id column that holds another system's numbers: every test of the key passes, and each row is wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.link import look_up
from tests.link.records import children, frames, linked, record

FIRST = "Ana Ben Cleo Dan Eva Finn Gus Hana Ivo June Kai Lola Mia Nils Omar Pia Quinn Rosa Sam Tara".split()
LAST = (
    "Abbot Brown Cohen Diaz Evans Fox Garcia Hill Ito Jones Klein Lund Moss Nunez Ode Park Quist Ruiz Shah "
    "Tran Uhl Voss"
).split()
ROWS = 440
NAMES = [(first, last) for last in LAST for first in FIRST]


def roster() -> list[dict[str, Any]]:
    return [
        record("sis", f"s{at:03d}", *name, "2012-05-17", State=str(604_000 + at), District=str(9_000 + at))
        for at, name in enumerate(NAMES)
    ]


def rows_of(shift: int, *, named: bool) -> list[dict[str, Any]]:
    """Give each child's row, with the state's number of the child that stands `shift` places further on."""
    return [
        record(
            "iready",
            f"i{at:03d}",
            *(name if named else ()),
            State=str(604_000 + (at + shift) % ROWS),
            Undeclared=str(9_000 + at),
        )
        for at, name in enumerate(NAMES)
    ]


def colliding(links: Any) -> pd.DataFrame:
    findings = links.findings
    return findings[findings["kind"].eq("id_colliding") & findings["silo"].eq("iready")]


def test_a_test_of_the_key_passes_and_a_lookup_joins_every_row_to_another_child() -> None:
    people, ids = frames(*roster(), *rows_of(1, named=True))
    state = ids[ids["identification_system"].eq("State")]
    by_silo = state.groupby("silo")["identifier"]
    assert (by_silo.nunique() == ROWS).all()
    assert by_silo.apply(set)["sis"] == by_silo.apply(set)["iready"]
    found = look_up(people, state, "sis", "iready")
    assert len(found) == ROWS
    assert (found["left_record"].str.slice(1) != found["right_record"].str.slice(1)).all()


@pytest.mark.parametrize(("shift", "decision"), [(len(FIRST) + 1, "Refused"), (1, "Review")])
def test_with_names_nobody_is_joined_wrongly_and_every_row_is_told(shift: int, decision: str) -> None:
    """Another surname too: refused. The surname of a family: a person looks. Both are told as colliding."""
    rows = [{**row, "ids": {"State": row["ids"]["State"]}} for row in rows_of(shift, named=True)]
    links = linked(*roster(), *rows)
    assert all(len(child) == 1 for child in children(links.crosswalk))
    assert links.pairs["decision"].value_counts().to_dict().get(decision, 0) >= ROWS * 0.9
    assert set(links.pairs["decision"]) <= {"Refused", "Review"}
    assert len(colliding(links)) == ROWS


def test_a_right_number_beside_the_wrong_one_does_not_outweigh_it_and_both_are_told() -> None:
    """Which of two numbers is wrong only a person can say: the state's contradicts, so nobody is joined."""
    links = linked(*roster(), *rows_of(len(FIRST) + 1, named=True))
    assert all(len(child) == 1 for child in children(links.crosswalk))
    assert colliding(links)["value"].nunique() == 2 * ROWS


def test_without_names_rows_are_joined_unverified_and_every_one_is_told_as_colliding() -> None:
    links = linked(*roster(), *rows_of(1, named=False))
    mine = links.crosswalk[links.crosswalk["silo"].eq("iready")]
    assert set(mine["band"]) == {"Unverified"}
    assert colliding(links)["value"].tolist() == [str(9_000 + at) for at in range(ROWS)]


def test_id_columns_that_changed_places_join_nobody_wrongly() -> None:
    """The column for the vendor's number holds the state's, and the other way round; names are there."""
    rows = [
        record("map", f"m{at}", *name, "2012-05-17", Undeclared=str(604_000 + at), State=str(7_000_000 + at))
        for at, name in enumerate(NAMES[:20])
    ]
    links = linked(*roster()[:20], *rows)
    assert all(len(child) == 1 for child in children(links.crosswalk))
    told = links.findings[links.findings["kind"].eq("id_colliding")]
    assert told.groupby("silo").size().to_dict() == {"map": 20, "sis": 20}
