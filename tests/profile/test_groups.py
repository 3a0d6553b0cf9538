"""Groups of rows and pairs of names give what a loop over the rows gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from helpers.profile.facts.arrays import Groups, KeyIndex, is_first, is_last, last_of_each
from helpers.profile.facts.store import Rows
from helpers.profile.rules.yearly_counts import latest_per_record
from helpers.standard import STRING

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(-1, 4)), min_size=1, max_size=40)
# Numbers so far apart that no table of all cells is kept, and that several of them don't fit into one.
FAR = st.lists(st.tuples(*[st.sampled_from([0, 1, 3_000_000_000])] * 3), min_size=1, max_size=12)


@given(ROWS)
def test_groups_count_as_a_loop_does(rows: list[tuple[int, int, int]]) -> None:
    first, second, word = (np.array(column, dtype="int64") for column in zip(*rows, strict=True))
    groups = Groups(first, second)
    keys = sorted({(a, b) for a, b, _ in rows})
    assert [(a, b) for a, b in zip(groups.parent(first), groups.parent(second), strict=True)] == keys
    words = [[w for a, b, w in rows if (a, b) == key] for key in keys]
    told = [[w for w in its if w >= 0] for its in words]
    assert groups.size().tolist() == [len(its) for its in words]
    assert groups.distinct(word).tolist() == [len(set(its)) for its in told]
    assert groups.largest(word).tolist() == [max(its) for its in words]
    assert groups.only(word).tolist() == [its[0] if len(set(its)) == 1 else -1 for its in told]
    last = last_of_each(groups, [word])
    assert word[last].tolist() == [max(its) for its in words]


@given(FAR)
def test_rows_are_alike_only_where_all_numbers_are(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array(column, dtype="int64") for column in zip(*rows, strict=True)]
    assert is_first(*columns).tolist() == [row not in rows[:at] for at, row in enumerate(rows)]
    assert is_last(*columns).tolist() == [row not in rows[at + 1 :] for at, row in enumerate(rows)]
    groups = Groups(*columns)
    assert [rows[at] for at in groups.first] == sorted(set(rows))


def test_a_day_that_nobody_knows_is_neither_the_oldest_nor_the_newest() -> None:
    days = np.array(["NaT", "2026-01-02", "2026-01-01", "NaT"], dtype="datetime64[us]")
    groups = Groups(np.array([0, 0, 0, 1]))
    assert groups.oldest(days).astype(str)[0] == "2026-01-01T00:00:00.000000"
    assert groups.newest(days).astype(str)[0] == "2026-01-02T00:00:00.000000"
    assert np.isnat([groups.oldest(days)[1], groups.newest(days)[1]]).all()


@given(st.lists(st.tuples(st.integers(-1, 2), st.sampled_from(["a", "b", "á", None])), max_size=20), ROWS)
def test_the_first_of_equal_pairs_is_found(
    listed: list[tuple[int, str | None]], asked: list[tuple[int, int, int]]
) -> None:
    names = pd.Series([name for _, name in listed], dtype=STRING)
    pairs = KeyIndex(np.array([system for system, _ in listed], dtype="int64"), names)
    sought = [(system, ("a", "á", "c")[place]) for system, place, _ in asked]
    found = pairs.of(
        np.array([system for system, _ in sought]), pd.Series([name for _, name in sought], dtype=STRING)
    )
    assert found.tolist() == [listed.index(one) if one in listed else -1 for one in sought]


def test_an_item_in_two_exports_counts_once_and_items_without_a_name_count_each() -> None:
    items = ["essay", "essay", "quiz", None, None, "essay"]
    child, one = np.array([0, 0, 0, 0, 0, 1]), np.zeros(6, dtype="int64")
    frame = pd.DataFrame({"title": pd.Series(items, dtype=STRING)})
    rows = Rows(frame, system=one, tie=one, owner=child, link_status=one, year=one)
    assert latest_per_record(rows, np.arange(6), ["title"]).tolist() == [1, 2, 3, 4, 5]
