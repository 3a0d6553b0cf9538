"""Tables of random small districts: whatever a reader tries, no small number comes back."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.share.disclosure import is_protected, suppress_small_cells
from tests.share.suppression_twin import Table, counted, possible_numbers

MINIMUM = 3
# At three schools and with three answers at most; many tables have two small numbers beside each other.
COUNTS = (0, 0, 1, 2, 3, 4, 6)


def drawn(rng: np.random.Generator, most_columns: int) -> Table:
    """Draw the children of a few schools, each with an answer, and count them."""
    rows, columns = int(rng.integers(1, 4)), int(rng.integers(1, most_columns + 1))
    children = [
        (row, column)
        for row in range(rows)
        for column in range(columns)
        for _ in range(COUNTS[rng.integers(len(COUNTS))])
    ]
    return counted(children, rows, columns)


def hidden_of(table: list[list[int]]) -> np.ndarray:
    """Hide what the kit hides of a table with totals, and check that it counts as we do."""
    shown = suppress_small_cells([row[:-1] for row in table[:-1]], MINIMUM)
    assert shown.counts.tolist() == table
    return shown.hidden


def test_no_small_number_can_be_worked_out_by_trying_all_tables() -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        table = drawn(rng, 3)
        hidden = hidden_of(table)
        numbers = {(row, column): n for row, line in enumerate(table) for column, n in enumerate(line)}
        small = {cell for cell, number in numbers.items() if 0 < number < MINIMUM}
        assert all(hidden[cell] for cell in small)
        assert small or not hidden.any()
        if hidden.all():
            continue
        possible = possible_numbers(table, hidden.tolist(), most=7)
        # What is hidden beside a shown total adds up to no small number either.
        for line, gone in [
            *zip(table, hidden, strict=True),
            *zip(np.transpose(table), hidden.T, strict=True),
        ]:
            together = sum(number for number, away in zip(line[:-1], gone[:-1], strict=True) if away)
            assert gone[-1] or gone[:-1].all() or not 0 < together < MINIMUM
        for cell in small:
            assert numbers[cell] in possible[cell]
            assert len(possible[cell]) > 1, (cell, table, hidden.tolist())


def test_a_cell_is_called_safe_exactly_where_a_reader_finds_another_number() -> None:
    """Whatever is hidden, totals too."""
    rng = np.random.default_rng(2)
    for _ in range(400):
        table = drawn(rng, 2)
        shown = suppress_small_cells([row[:-1] for row in table[:-1]], 0)
        assert not shown.hidden.any()
        shown.hidden[...] = rng.random(shown.hidden.shape) < 0.5
        possible = possible_numbers(table, shown.hidden.tolist(), most=7)
        for row, column in np.argwhere(shown.hidden).tolist():
            others = possible[row, column] - {table[row][column]}
            safe = is_protected(shown, row * shown.counts.shape[1] + column)
            assert safe is bool(others), (row, column, table, shown.hidden.tolist())


@pytest.mark.parametrize(("count", "hidden"), [(0, False), (1, True), (2, True), (3, False), (4, False)])
def test_a_number_is_small_from_one_to_just_below_the_smallest_group(count: int, hidden: bool) -> None:
    table = counted([(0, 0)] * count + [(0, 1)] * 20 + [(1, 0)] * 30 + [(1, 1)] * 40, 2, 2)
    found = hidden_of(table)
    assert bool(found[0, 0]) is hidden
    # Its row and its column hide another number each, so that no total gives it back.
    assert found[0].sum() == found[:, 0].sum() == (2 if hidden else 0)


@pytest.mark.parametrize(("other", "hidden"), [(1, 3), (2, 2)])
def test_two_small_numbers_that_add_up_to_a_small_one_hide_a_third(other: int, hidden: int) -> None:
    """One child and one other are two, which is small; one and two are three, which is not."""
    counts = {(0, 0): 1, (0, 1): other, (0, 2): 30} | {(row, at): 20 for row in (1, 2) for at in (0, 1, 2)}
    table = counted([cell for cell, many in counts.items() for _ in range(many)], 3, 3)
    assert hidden_of(table)[0].sum() == hidden
    assert not hidden_of(table)[:, -1].any(), "totals stay"
