"""A record that carries an id alone confirms nobody: with it or without, the others are who they were."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link import Links
from tests.link.records import linked, record
from tests.link.test_decided import BORN, SOME_FIRST, SOME_LAST, child_of, town
from tests.tiers import examples

KEY = ["silo", "record"]
PAIR = ["left_silo", "left_record", "right_silo", "right_record"]
ADDED = "benefits"


def outcomes(links: Links) -> tuple[list[list[str]], pd.DataFrame, list[tuple[str, ...]]]:
    """Give what became of all records but those of the added file: pairs, link_statuses, children."""
    mine = links.pairs[~links.pairs["left_silo"].eq(ADDED) & ~links.pairs["right_silo"].eq(ADDED)]
    pairs = mine.sort_values([*PAIR, "decided_by"])[[*PAIR, "decision", "decided_by"]].astype(str)
    others = links.crosswalk[~links.crosswalk["silo"].eq(ADDED)]
    # Whoever is alone but for a record of the added file is as sure as alone; so is who waits only because
    # such a record may be hers or another's.
    waiting = mine[mine["decision"].eq("Review")]
    sides = [waiting[[f"{side}_silo", f"{side}_record"]].set_axis(KEY, axis=1) for side in ("left", "right")]
    asked = pd.MultiIndex.from_frame(pd.concat(sides))
    own = pd.MultiIndex.from_frame(others[KEY]).isin(asked)
    idle = others["link_status"].eq("Unlinked") | (others["link_status"].eq("Review") & ~own)
    link_status = others.assign(link_status=others["link_status"].mask(idle, "Verified"))[
        [*KEY, "link_status"]
    ]
    together = others.assign(name=others["silo"] + " " + others["record"]).groupby("child")["name"].agg(tuple)
    return pairs.values.tolist(), link_status.reset_index(drop=True), sorted(together)


@st.composite
def districts(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = []
    for place in range(draw(st.integers(2, 8))):
        ids = {"State": chosen} if (chosen := draw(st.sampled_from(["", "1", "2"]))) else {}
        name = draw(st.sampled_from(SOME_FIRST)), draw(st.sampled_from(SOME_LAST))
        silo, born = draw(st.sampled_from(["sis", "meals", "map"])), draw(st.sampled_from(BORN))
        # A row that says nothing but an id is of the kind of the added ones; about these nothing is promised.
        born = born if born or any(name) else "2012-05-17"
        rows.append(record(silo, f"r{place}", *name, born, **ids))
    more = st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=4)
    return rows, [record(ADDED, f"b{place}", State=number) for place, number in enumerate(draw(more))]


@pytest.mark.full
@settings(max_examples=examples(60))
@given(districts())
def test_ids_alone_change_no_outcome_of_rules(district: tuple[list[dict[str, Any]], ...]) -> None:
    unchanged(*district, method="cascade")


@pytest.mark.full
@settings(max_examples=examples(8))
@given(districts())
def test_ids_alone_change_no_outcome_of_the_model(district: tuple[list[dict[str, Any]], ...]) -> None:
    unchanged(*district, method="resolved")


def unchanged(rows: list[dict[str, Any]], more: list[dict[str, Any]], *, method: Any) -> None:
    before, after = (outcomes(linked(*some, method=method)) for some in (rows, [*rows, *more]))
    assert after[2] == before[2]
    assert after[0] == before[0]
    pd.testing.assert_frame_equal(after[1], before[1])


@pytest.mark.full
@pytest.mark.parametrize("method", ["shared identifier", "cascade", "resolved"])
def test_two_birth_dates_without_names_wait_whoever_else_has_the_number(method: str) -> None:
    rows = [
        record("sis", "a", born="2012-05-17", State="7001"),
        record("sis", "b", born="2009-11-02", State="7001"),
    ]
    unchanged(rows, [record(ADDED, "x", State="7001")], method=method)
    links = linked(*rows, record(ADDED, "x", State="7001"), method=method)
    assert child_of(links, "sis", "a") != child_of(links, "sis", "b")


def test_a_record_with_an_id_alone_is_no_witness_that_two_first_names_are_one_child() -> None:
    rows = [
        record("sis", "a", "Anna", "Hawkins", "2011-11-30", State="7001"),
        record("sis", "b", "Ana", "Hwakins", "2011-11-30"),
        *(record("sis", f"r{place}", born="2012-05-17") for place in range(4)),
        record("meals", "r4", born="2012-04-03"),
        record("meals", "r5", "Wyatt", "Mohamed"),
    ]
    more = [record(ADDED, "x", State="7001"), *(record(ADDED, f"y{place}", State="7002") for place in "123")]
    unchanged(rows, more, method="resolved")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("first", ["Zebulon", "Zeb"])
def test_two_birth_dates_under_one_number_wait_whoever_else_has_the_number(first: str) -> None:
    rows = [
        record("sis", "a", "Zebulon", "Quartz", "2012-05-17", State="7001"),
        record("meals", "b", first, "Quarz", "2009-11-02", State="7001"),
    ]
    alone, beside = (
        linked(*town(*rows, *more), method="resolved")
        for more in ([], [record(ADDED, "x", State="7001"), record(ADDED, "y", State="7001")])
    )
    assert outcomes(beside)[0] == outcomes(alone)[0]
    assert (child_of(beside, "sis", "a") == child_of(beside, "meals", "b")) == (
        child_of(alone, "sis", "a") == child_of(alone, "meals", "b")
    )


def test_a_number_of_one_child_still_brings_its_record_to_the_child() -> None:
    links = linked(
        *town(
            record("sis", "a", "Zebulon", "Quartz", "2012-05-17", State="7001"),
            record(ADDED, "x", State="7001"),
        ),
        method="resolved",
    )
    assert child_of(links, ADDED, "x") == child_of(links, "sis", "a")
    assert links.crosswalk.loc[links.crosswalk["silo"].eq(ADDED), "link_status"].tolist() == ["Unverified"]
