"""An id column that holds another system's numbers: every test of the key passes, and each row is wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.link import join_on_id
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
    found = join_on_id(people, state, "sis", "iready")
    assert len(found) == ROWS
    assert (found["left_record"].str.slice(1) != found["right_record"].str.slice(1)).all()


def joined(links: Any) -> set[tuple[str, str]]:
    """Give the records that are joined, and to which of the roster."""
    return {
        (mine, theirs)
        for together in children(links.crosswalk)
        for mine in (name for silo, name in together if silo != "sis")
        for theirs in (name for silo, name in together if silo == "sis")
    }


def refused(links: Any) -> list[tuple[str, str]]:
    findings = links.findings[links.findings["kind"].eq("id_column_refused")]
    return list(findings[["silo", "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("shift", [len(FIRST) + 1, 1])
def test_with_names_the_column_is_refused_and_every_row_is_told(shift: int) -> None:
    """Whether the next child has another surname or the same: a first name plainly another is enough."""
    rows = [{**row, "ids": {"State": row["ids"]["State"]}} for row in rows_of(shift, named=True)]
    links = linked(*roster(), *rows, method="standardized")
    assert joined(links) == set()
    assert links.pairs.empty, "a refused column finds no pair, and leaves nobody waiting"
    assert refused(links) == [("iready", f"{ROWS} of {ROWS}")]
    assert len(colliding(links)) == ROWS


def test_a_right_number_beside_the_wrong_one_is_used_once_that_is_refused() -> None:
    """A wrong State id contradicts nobody any more: the district's number and the name tie each row."""
    links = linked(*roster(), *rows_of(len(FIRST) + 1, named=True), method="standardized")
    assert joined(links) == {(f"i{at:03d}", f"s{at:03d}") for at in range(ROWS)}
    assert refused(links) == [("iready", f"{ROWS} of {ROWS}")]
    assert colliding(links)["value"].nunique() == ROWS
    states = links.id_columns[links.id_columns["against_silo"].isna()]
    states = states[states["silo"].eq("iready")].set_index("identification_system")["status"]
    assert states.to_dict() == {"State": "Refused", "District": "Verified"}


def test_without_names_rows_are_joined_unverified_and_every_one_is_told_as_colliding() -> None:
    links = linked(*roster(), *rows_of(1, named=False))
    mine = links.crosswalk[links.crosswalk["silo"].eq("iready")]
    assert set(mine["link_status"]) == {"Unverified"}
    assert colliding(links)["value"].tolist() == [str(9_000 + at) for at in range(ROWS)]


def test_id_columns_that_changed_places_are_told_apart() -> None:
    """Under the header of the State stand the vendor numbers, which meet nobody: the others are used."""
    rows = [
        record(
            "map", f"m{at:03d}", *name, "2012-05-17", Undeclared=str(604_000 + at), State=str(7_000_000 + at)
        )
        for at, name in enumerate(NAMES[:20])
    ]
    links = linked(*roster()[:20], *rows, method="shared identifier")
    assert joined(links) == {(f"m{at:03d}", f"s{at:03d}") for at in range(20)}
    assert refused(links) == [("map", "20 of 20")]
    assert not links.findings["kind"].eq("id_colliding").any()
