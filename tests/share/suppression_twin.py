"""A second opinion on suppression: what a reader can work out from a table, by trying every other table."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

__all__ = ["counted", "possible_numbers"]

Table = list[list[int]]
Sums = tuple[int, ...]


def counted(children: Sequence[tuple[int, int]], rows: int, columns: int) -> Table:
    """Count children (school, answer) one by one, with totals below and on the right."""
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    for school, answer in children:
        for row in (school, rows):
            for column in (answer, columns):
                table[row][column] += 1
    return table


def possible_numbers(
    table: Table, hidden: Sequence[Sequence[bool]], most: int
) -> dict[tuple[int, int], set[int]]:
    """Give every number, up to `most`, that a hidden cell may have by all cells that are shown.

    Totals are hidden cells like others: a table fits if its sums are those that are shown.
    """
    rows, columns = len(table) - 1, len(table[0]) - 1
    choices = [list(_rows_that_fit(table[row], hidden[row], most)) for row in range(rows)]
    # From which sums of the columns so far the rows below can still reach totals that fit.
    ends: list[set[Sums]] = [{(0,) * columns}]
    for row in range(rows):
        ends.append({_plus(sums, parts) for sums in ends[-1] for parts in choices[row]})
    fitting = {sums for sums in ends[-1] if _is_last_row(sums, table[-1], hidden[-1])}
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for column in range(columns + 1):
        if hidden[-1][column]:
            found[rows, column] = {sum(sums) if column == columns else sums[column] for sums in fitting}
    for row in reversed(range(rows)):
        before = set()
        for sums, parts in itertools.product(ends[row], choices[row]):
            if _plus(sums, parts) in fitting:
                before.add(sums)
                for column, number in enumerate((*parts, sum(parts))):
                    if hidden[row][column]:
                        found[row, column].add(number)
        fitting = before
    return dict(found)


def _rows_that_fit(row: Sequence[int], hidden: Sequence[bool], most: int) -> Iterator[Sums]:
    numbers = [range(most + 1) if gone else [own] for own, gone in zip(row[:-1], hidden[:-1], strict=True)]
    for parts in itertools.product(*numbers):
        if hidden[-1] or sum(parts) == row[-1]:
            yield parts


def _is_last_row(sums: Sums, totals: Sequence[int], hidden: Sequence[bool]) -> bool:
    both = zip((*sums, sum(sums)), totals, hidden, strict=True)
    return all(gone or number == total for number, total, gone in both)


def _plus(sums: Sums, parts: Sums) -> Sums:
    return tuple(one + other for one, other in zip(sums, parts, strict=True))
