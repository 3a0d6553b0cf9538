"""The crosswalk: whom it lists, after whom a child is named, and what each rung adds."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.link import link_children
from helpers.standard import BadInput
from tests.link.records import ANA, frames, linked, record


@pytest.mark.full
def test_each_rung_keeps_what_the_rungs_below_it_found() -> None:
    records = [
        record("sis", "a", "Ana", "Lopez", "2012-05-17", State="1"),
        record("map", "b", "Ana", "Lopez", State="1"),
        record("lms", "c", "Ana", "Lopez", "2012-05-17"),
        record("meals", "d", "ANA", "LÓPEZ", "2012-05-17"),
    ]
    crosswalks = {
        name: linked(*records, method=name).crosswalk
        for name in ("shared identifier", "exact", "standardized")
    }
    assert [crosswalk["child"].nunique() for crosswalk in crosswalks.values()] == [3, 2, 1]
    steps = crosswalks["standardized"].set_index("record")["step"]
    assert steps.dropna().to_dict() == {"b": "Shared identifier", "c": "Exact", "d": "Standardized"}


def test_the_anchor_is_the_record_of_the_silo_that_comes_first() -> None:
    records = [record("attendance", "x", *ANA), record("roster", "y", *ANA), record("sis", "z", *ANA)]
    by_default = linked(*records).crosswalk
    chosen = linked(*records, anchor_order=["roster"]).crosswalk
    assert by_default.loc[by_default["step"].isna(), "silo"].tolist() == ["sis"]
    assert chosen.loc[chosen["step"].isna(), "silo"].tolist() == ["roster"]


def test_a_child_is_named_by_no_local_id_and_by_the_same_name_every_time() -> None:
    records = [record("sis", "4711", *ANA, State="1"), record("meals", "b", *ANA)]
    once, again = linked(*records), linked(*reversed(records))
    pd.testing.assert_frame_equal(once.crosswalk, again.crosswalk)
    assert not once.crosswalk["child"].str.contains("4711").any()


@pytest.mark.one_in(3)
@pytest.mark.parametrize("role", ["Staff", "Guardian", "Test user", "Unknown"])
def test_only_children_are_linked(role: str) -> None:
    links = linked(record("sis", "a", *ANA, State="1"), record("lms", "b", *ANA, State="1", role=role))
    assert links.crosswalk["record"].tolist() == ["a"]


def test_no_records_give_no_children() -> None:
    people, identifiers = frames(record("sis", "a", *ANA, State="1"))
    links = link_children(people.iloc[:0], identifiers.iloc[:0])
    assert links.crosswalk.empty
    assert links.pairs.empty
    assert links.findings.empty


def test_an_unknown_method_is_refused_with_the_nearest() -> None:
    people, identifiers = frames(record("sis", "a", *ANA))
    with pytest.raises(BadInput, match="Did you mean exact"):
        link_children(people, identifiers, method="exakt")  # type: ignore[arg-type]


@pytest.mark.parametrize("column", ["silo", "record"])
def test_a_record_that_nothing_names_is_refused(column: str) -> None:
    people, identifiers = frames(record("sis", "1", *ANA), record("meals", "2", *ANA))
    people[column] = people[column].mask([False, True])
    with pytest.raises(BadInput, match="without a silo or a record: 1 of 2, first row 1 "):
        link_children(people, identifiers)
