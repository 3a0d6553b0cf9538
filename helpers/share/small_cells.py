"""Tables of counts from which no small group can be read, nor worked out.

A cell of one to nine children is hidden. Where its row or column has a total, the rest would give it away,
so a second cell goes too. Two hidden cells in each line are sometimes still one answer, so what is left is
checked exactly: a hidden cell is safe when it could be another number without any shown one being another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Shown", "could_differ", "protect"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shown:
    """Which cells of a table with totals are hidden.

    Attributes
    ----------
    counts
        The table with its totals as last row and column.
    hidden
        Same shape.
    """

    counts: Ints
    hidden: Bools


def _with_totals(cells: Ints) -> Ints:
    rows = np.column_stack([cells, cells.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)])


def _lines(shape: tuple[int, int]) -> list[tuple[list[int], int]]:
    """List the sums of a table with totals: the places of the parts, and that of the whole."""
    rows, columns = shape
    place = np.arange(rows * columns).reshape(shape)
    across = [(place[row, :-1].tolist(), int(place[row, -1])) for row in range(rows)]
    down = [(place[:-1, column].tolist(), int(place[-1, column])) for column in range(columns)]
    return across + down


def could_differ(shown: Shown, place: int) -> bool:
    """Say whether a hidden cell could be another number, for whoever reads the shown ones.

    Every cell lies in two sums, that of its row and that of its column. So the table is a network: sums are
    its places, cells its ways, and another table with the same shown numbers is a round trip over hidden
    cells. No cell may fall below zero, so a way can be taken backwards only where somebody is counted.

    Parameters
    ----------
    shown
        A table with totals.
    place
        Which cell, counted row by row.

    Returns
    -------
    bool
        False: the number can be worked out.
    """
    rows, columns = shown.counts.shape
    flat, hidden = shown.counts.ravel(), shown.hidden.ravel()
    ways: dict[int, list[int]] = {}
    for cell in np.flatnonzero(hidden):
        if cell == place:
            continue
        start, end = _way(int(cell), rows, columns)
        ways.setdefault(start, []).append(end)
        if flat[cell] > 0:
            ways.setdefault(end, []).append(start)
    start, end = _way(place, rows, columns)
    more = _leads(ways, end, start)
    return more or (bool(flat[place] > 0) and _leads(ways, start, end))


def _way(cell: int, rows: int, columns: int) -> tuple[int, int]:
    """Give the two sums between which a cell is a way; rows are numbered first, columns after them."""
    row, column = divmod(cell, columns)
    down = (row < rows - 1) == (column < columns - 1)
    return (row, rows + column) if down else (rows + column, row)


def _leads(ways: dict[int, list[int]], start: int, end: int) -> bool:
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        if here == end:
            return True
        for there in ways.get(here, []):
            if there not in seen:
                seen.add(there)
                ahead.append(there)
    return False


def protect(
    cells: npt.ArrayLike,
    minimum: int,
    *,
    whole_rows: bool = False,
    no_value: bool = False,
    known_rows: bool = False,
) -> Shown:
    """Decide which cells of a two-way table with totals are hidden.

    Parameters
    ----------
    cells
        Counts of children, rows by columns, without totals.
    minimum
        The smallest number of children that may be shown; zero may be.
    whole_rows
        Where everybody of a row is in one column, hide the row: it would say of each child which.
    no_value
        The last column counts those without a value: that everybody of a row is there says nothing of them.
    known_rows
        How many children each row counts stands in other tables, too, so that no total of a row is hidden:
        each has to be zero or `minimum` at least.

    Returns
    -------
    Shown
        The table with its totals, and which cells are hidden: every one from one to `minimum` less one, and
        as many others as it takes that none of these can be worked out, nor lies in a hidden rest that is
        itself so small.

    Examples
    --------
    >>> shown = protect([[12, 3], [20, 30], [15, 25]], 10)
    >>> bool(shown.hidden[0, 1]), int(shown.hidden.sum()) >= 4
    (True, True)
    """
    counts = _with_totals(np.asarray(cells, dtype="int64"))
    primary = (counts > 0) & (counts < minimum)
    hidden = primary.copy()
    if whole_rows and counts.shape[1] > 2:
        inner = counts[:-1, :-1]
        telling = inner[:, :-1] if no_value else inner
        alone = (telling == counts[:-1, -1:]).any(axis=1) & (counts[:-1, -1] > 0)
        hidden[:-1, :-1] |= alone[:, None]
        primary[:-1, :-1] |= alone[:, None] & (inner > 0)
    shown = Shown(counts, hidden)
    kept = np.zeros(counts.shape, dtype=bool)
    kept[:, -1] = known_rows
    hidden &= ~kept
    primary &= ~kept
    while _hide_beside(shown, minimum, kept.ravel()) or _hide_solved(shown, primary, kept.ravel()):
        pass
    return shown


def _hide_beside(shown: Shown, minimum: int, kept: Bools) -> bool:
    """Hide another cell where what is hidden in a line is one cell, or a small rest."""
    flat, hidden = shown.counts.ravel(), shown.hidden.ravel()
    changed = False
    for parts, whole in _lines((shown.counts.shape[0], shown.counts.shape[1])):
        line = [*parts, whole]
        gone = [cell for cell in line if hidden[cell]]
        rest = sum(int(flat[cell]) for cell in gone if cell != whole)
        # Of several hidden parts under a shown total, their sum can be read.
        alone = len(gone) == 1 and flat[gone[0]] >= 0
        small = len(gone) > 1 and not hidden[whole] and 0 < rest < minimum
        empty = len(gone) > 1 and not hidden[whole] and rest == 0
        if not gone or not (alone or small or empty):
            continue
        left = [cell for cell in line if not hidden[cell] and not kept[cell]]
        if left:
            hidden[min(left, key=lambda cell: _price(cell, whole, flat))] = True
            changed = True
    shown.hidden[...] = hidden.reshape(shown.hidden.shape)
    return changed


def _price(cell: int, whole: int, flat: Ints) -> tuple[bool, bool, int]:
    """Prefer a part to a total, a number to a zero, and a small number to a great one."""
    return cell == whole, bool(flat[cell] == 0), int(flat[cell])


def _hide_solved(shown: Shown, primary: Bools, kept: Bools) -> bool:
    """Hide another cell where a small one is still one answer."""
    flat, hidden = shown.counts.ravel(), shown.hidden.ravel()
    for place in np.flatnonzero(primary.ravel()):
        if could_differ(shown, int(place)):
            continue
        lines = [
            ([*parts, whole], whole)
            for parts, whole in _lines((shown.counts.shape[0], shown.counts.shape[1]))
            if place in parts or place == whole
        ]
        left = [
            (cell, whole) for line, whole in lines for cell in line if not hidden[cell] and not kept[cell]
        ]
        left = left or [(int(cell), -1) for cell in np.flatnonzero(~hidden & ~kept)]
        if left:
            hidden[min(left, key=lambda pair: _price(pair[0], pair[1], flat))[0]] = True
            shown.hidden[...] = hidden.reshape(shown.hidden.shape)
            return True
    return False
