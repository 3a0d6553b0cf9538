"""No small group can be read from a table of counts, nor worked out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.share.counted_groups import rounded_mean
from helpers.share.disclosure import Shown, is_protected, suppress_small_cells
from helpers.share.guard import Guard
from tests.tiers import examples

TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(
        st.lists(
            st.sampled_from([0, 0, 1, 2, 3, 5, 9, 10, 11, 12, 20, 45]), min_size=columns, max_size=columns
        ),
        min_size=1,
        max_size=5,
    )
)


def fits(shown: Shown) -> list[np.ndarray]:
    """Every table that has the shown cells and all totals, found by trying."""
    rows, columns = shown.counts.shape
    ways = []
    for row in range(rows - 1):
        total = int(shown.counts[row, -1])
        choices = [
            range(total + 1) if shown.hidden[row, column] else [int(shown.counts[row, column])]
            for column in range(columns - 1)
        ]
        ways.append([numbers for numbers in itertools.product(*choices) if sum(numbers) == total])
    tables = (np.array(table) for table in itertools.product(*ways))
    return [table for table in tables if (table.sum(axis=0) == shown.counts[-1, :-1]).all()]


@settings(max_examples=examples(60))
@given(
    table=st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=3),
    hide=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_a_cell_could_differ_exactly_when_another_table_shows_the_same(
    table: list[list[int]], hide: list[bool]
) -> None:
    counts = suppress_small_cells(table, 2).counts
    hidden = np.array(hide[: counts.size]).reshape(counts.shape)
    hidden[:, -1], hidden[-1, :] = False, False  # totals are read, so that all tables can be tried
    shown = Shown(counts, hidden)
    others = fits(shown)
    for row, column in zip(*np.nonzero(hidden[:-1, :-1]), strict=True):
        numbers = {int(other[row, column]) for other in others}
        assert is_protected(shown, int(row * counts.shape[1] + column)) is (len(numbers) > 1)


@settings(max_examples=examples(200))
@given(table=TABLES, minimum=st.sampled_from([2, 5, 10, 11]))
def test_every_small_cell_is_hidden_and_none_can_be_worked_out(table: list[list[int]], minimum: int) -> None:
    shown = suppress_small_cells(table, minimum)
    small = (shown.counts > 0) & (shown.counts < minimum)
    assert shown.hidden[small].all()
    if shown.hidden.all():
        return
    for place in np.flatnonzero(small.ravel()):
        assert is_protected(shown, int(place))
    # What is hidden under a shown total is itself no small group.
    for line in (*shown.counts, *shown.counts.T):
        assert line[-1] == line[:-1].sum()
    for counts, hidden in (
        *zip(shown.counts, shown.hidden, strict=True), *zip(shown.counts.T, shown.hidden.T, strict=True),
    ):  # fmt: skip
        if not hidden[-1] and hidden[:-1].any():
            assert counts[:-1][hidden[:-1]].sum() >= minimum or hidden[:-1].all()


def test_one_hidden_cell_is_never_alone() -> None:
    shown = suppress_small_cells([[12, 3], [20, 30], [15, 25]], 10)
    assert shown.hidden[0, 1]
    assert shown.hidden.sum(axis=0)[1] >= 2
    assert shown.hidden.sum(axis=1)[0] >= 2


def test_two_hidden_cells_a_line_that_are_one_answer_are_found() -> None:
    # 0 and 4 in one line and 4 and 0 in the other: two hidden in each, and only one table fits.
    counts = suppress_small_cells([[0, 12], [12, 0]], 2).counts
    hidden = np.zeros(counts.shape, dtype=bool)
    hidden[0, 0] = hidden[0, 1] = hidden[1, 0] = hidden[1, 1] = True
    assert is_protected(Shown(counts, hidden), 1)
    hidden[1, 0] = hidden[0, 0] = False
    assert not is_protected(Shown(counts, hidden), 1)


def test_where_everybody_is_in_one_group_the_row_is_hidden() -> None:
    table = [[20, 0, 0], [15, 16, 17], [12, 13, 14]]
    assert not suppress_small_cells(table, 10).hidden.any()
    assert suppress_small_cells(table, 10, whole_rows=True).hidden[0, :3].all()


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert not suppress_small_cells([[10, 20], [0, 40]], 10).hidden.any()


@pytest.mark.parametrize("table", [[[3]], [[0]], [[3, 3]], [[3], [40]]])
def test_the_smallest_tables_hold(table: list[list[int]]) -> None:
    shown = suppress_small_cells(table, 10)
    assert shown.hidden[(shown.counts > 0) & (shown.counts < 10)].all()


def test_a_cell_between_two_blocks_of_hidden_cells_is_no_way_out() -> None:
    # Each line hides two or three cells, ten children or more; and yet rows less columns give the 3 away.
    table = [[5, 5, 20, 20], [5, 5, 3, 20], [20, 20, 5, 5], [20, 20, 5, 5]]
    counts = suppress_small_cells(table, 2).counts
    small = (counts > 0) & (counts < 10)
    assert not is_protected(Shown(counts, small), 1 * 5 + 2)
    shown = suppress_small_cells(table, 10)
    assert shown.hidden.sum() > small.sum()
    assert is_protected(shown, 1 * 5 + 2)


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (9, True), (10, False), (11, False)])
def test_a_cell_is_hidden_from_one_to_just_below_the_smallest_group(count: int, is_hidden: bool) -> None:
    shown = suppress_small_cells([[count, 200], [300, 400]], 10)
    assert bool(shown.hidden[0, 0]) is is_hidden
    assert bool(shown.hidden.any()) is is_hidden


@pytest.mark.parametrize(("count", "is_hidden"), [(9, True), (10, False), (11, False)])
def test_a_total_is_hidden_as_a_cell_is(count: int, is_hidden: bool) -> None:
    shown = suppress_small_cells([[count, 0], [0, 0], [0, 500]], 10)
    assert bool(shown.hidden[0, -1]) is is_hidden
    assert bool(shown.hidden[-1, 0]) is is_hidden


def test_totals_that_other_tables_show_are_never_hidden_and_give_nothing_away() -> None:
    table = [[22, 2], [11, 30], [12, 14]]
    shown = suppress_small_cells(table, 10, no_value=True, known_rows=True)
    assert not shown.hidden[:, -1].any()
    assert shown.hidden[0, 0], "22 of 24 would leave the two without a value"
    assert shown.hidden[0, 1]
    for cell in np.flatnonzero(shown.hidden.ravel()):
        assert is_protected(shown, int(cell))


def test_a_row_of_which_nobody_has_a_value_tells_of_no_child() -> None:
    table = [[0, 0, 14], [20, 0, 0], [30, 20, 10]]
    shown = suppress_small_cells(table, 10, whole_rows=True, no_value=True, known_rows=True)
    assert not shown.hidden[0].any()
    assert shown.hidden[1, :-1].all(), "everybody of the second row has one value"


def test_cells_that_another_table_hides_are_hidden_and_cannot_be_worked_out() -> None:
    table = [[20, 22], [30, 25], [15, 18]]
    elsewhere = np.zeros((4, 3), dtype=bool)
    elsewhere[1, 1] = True
    shown = suppress_small_cells(table, 10, no_value=True, known_rows=True, hidden_elsewhere=elsewhere)
    assert shown.hidden[1].tolist() == [True, True, False]
    for cell in np.flatnonzero(shown.hidden.ravel()):
        assert is_protected(shown, int(cell))


def test_a_row_without_any_value_hides_no_small_cell() -> None:
    """Somebody who knows another element of these children knows that nobody there has a value."""
    shown = suppress_small_cells([[3, 20], [0, 30], [25, 25]], 10, no_value=True, known_rows=True)
    assert not shown.hidden[1].any()
    assert shown.hidden[2, :2].all()


@pytest.mark.parametrize("children", [10, 16, 31, 151, 1500])
@pytest.mark.parametrize("spread", [0.05, 15.0, 400.0])
def test_two_rounded_means_leave_a_leavers_value_two_standard_deviations_open(
    children: int, spread: float
) -> None:
    exact = np.linspace(0, 4 * spread, 20_001)
    shown = np.unique([rounded_mean(mean, children, spread) for mean in exact])
    step = np.diff(shown).min()
    # What n times one mean less n - 1 times the other can be off by.
    assert step * (2 * children - 1) >= 2 * spread * (1 - 1e-9)
    assert step * (2 * children - 1) <= 5.01 * spread, "no coarser than it must be"
    assert np.abs(shown - np.round(shown / step) * step).max() < 1e-9 * spread


def test_a_number_that_everybody_of_a_row_has_hides_nobody() -> None:
    """Eleven of eleven have a value: hidden, it comes back from the total, and so protects no other cell."""
    shown = suppress_small_cells([[11, 0], [4, 20], [30, 25]], 10, no_value=True, known_rows=True)
    assert not shown.hidden[0].any()
    assert shown.hidden[1, :2].all()
    assert shown.hidden[2, :2].all()


def test_a_zero_protects_nothing_since_no_count_falls_below_it() -> None:
    """3 could only be more or less if one of the two zeros fell; where one of them is a one, it can."""
    hidden = np.zeros((3, 3), dtype=bool)
    hidden[:2, :2] = True
    for beside, protected in ((0, False), (1, True)):
        counts = suppress_small_cells([[3, beside], [20, 0]], 0).counts
        assert is_protected(Shown(counts, hidden), 0) is protected


@pytest.mark.parametrize("columns", [2, 3])
def test_a_group_of_whom_all_have_one_answer_hides_its_whole_row(columns: int) -> None:
    """Whoever knows a child of the group would know the child's answer."""
    alike, mixed = [40, *[0] * (columns - 1)], [30] * columns
    shown = suppress_small_cells([alike, mixed, mixed], 10, whole_rows=True)
    assert shown.hidden[0, :-1].all()
    assert not suppress_small_cells([alike, mixed, mixed], 10).hidden.any()


@pytest.mark.parametrize(
    ("number", "of", "hidden"),
    [
        *[(0, 100, False), (1, 100, True), (9, 100, True), (10, 100, False)],
        *[(90, 100, False), (91, 100, True), (99, 100, True), (100, 100, False)],
        *[(0, 9, True), (9, 9, True), (0, 10, False), (10, 10, False), (0, 0, False)],
    ],
)
def test_a_number_is_hidden_if_it_or_its_rest_or_its_group_is_one_to_nine(
    number: int, of: int, hidden: bool
) -> None:
    assert Guard(real=True).hides(number, of) is hidden
    assert not Guard(real=False).hides(number, of)


@pytest.mark.parametrize(
    ("number", "said"),
    [(9, "under 9%"), (10, "8%"), (110, "92%"), (111, "over 91%"), (119, "over 91%"), (120, "100%")],
)
def test_a_share_of_nearly_all_is_a_bound_as_that_of_few_is(number: int, said: str) -> None:
    assert Guard(real=True).rate(number, 120) == said
