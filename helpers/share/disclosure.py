"""Disclosure control: small-cell and secondary suppression."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.share.guard import SMALLEST_GROUP, Guard
from helpers.standard import STRING

__all__ = [
    "NOT_SHOWN",
    "Bools",
    "Ints",
    "Shown",
    "is_protected",
    "pooled_groups",
    "pooled_neighbors",
    "shown_answers",
    "shown_everybody",
    "shown_shares",
    "suppress_complement",
    "suppress_small_cells",
    "suppress_totals",
]


# Counts that must be large enough, and leave a large enough rest.
COUNTS = ("children", "of_children", "unknown", "answerable")


def shown_answers(guard: Guard, answers: pd.DataFrame) -> pd.DataFrame:
    """Suppress small counts of answers.

    >>> told = pd.DataFrame({"children": [3], "of_children": [100], "unknown": [0], "answerable": [90]})
    >>> shown_answers(Guard(real=True), told)["children"].tolist()
    [<NA>]
    """
    if not guard.real:
        return answers
    whole = answers["of_children"] + answers["unknown"]
    small = pd.Series(False, index=answers.index)
    for name in COUNTS:
        for number in (answers[name], whole - answers[name]):
            small |= number.map(guard.hides).astype(bool)
    small |= (answers["of_children"] - answers["children"]).map(guard.hides).astype(bool)
    if "group" in answers and int(small.sum()) == 1 and len(answers) > 1:
        # A single hidden group can be derived from the total and the other groups, so we hide a second one.
        rest = whole.where(~small)
        small |= rest.eq(rest.min())
    hidden: dict[str, pd.Series] = {name: guard.rounded(answers[name]).mask(small) for name in COUNTS}
    if "concerned" in answers:
        hidden["concerned"] = guard.rounded(answers["concerned"]).mask(whole.map(guard.hides).astype(bool))
    if "share_answerable" in answers:
        hidden["share_answerable"] = guard.share(answers["share_answerable"]).mask(small)
    if "reasons" in answers:
        hidden["reasons"] = pd.Series(pd.NA, index=answers.index, dtype=STRING)
    return answers.assign(**hidden)


def shown_shares(guard: Guard, informed: pd.DataFrame) -> pd.DataFrame:
    """Suppress and round shares of families."""
    if not guard.real:
        return informed
    informed = informed.reset_index(drop=True)
    number, whole = (informed[name].to_numpy(dtype="int64") for name in ("numerator", "denominator"))
    hidden = np.array(
        [guard.hides(int(part), int(of)) for part, of in zip(number, whole, strict=True)], dtype=bool
    )
    grouped = informed[informed["group_by"].notna()]
    for _, its in grouped.groupby(["measure", "domain", "group_by"], dropna=False, sort=False):
        at = its.index.to_numpy()
        shown = at[~hidden[at]]
        if len(at) - len(shown) == 1 and len(shown):
            hidden[shown[int(np.argmin(whole[shown]))]] = True
    figures = ("numerator", "denominator", "share")
    rough = {name: guard.rounded(informed[name]) for name in figures[:2]}
    rough["share"] = guard.share(informed["share"])
    return informed.assign(**{name: column.mask(hidden) for name, column in rough.items()})


# We hide a cell of one to nine children. If its row or column has a total, a reader could subtract the
# others, so we hide a second cell (secondary suppression). Even two hidden cells in each line sometimes have
# only one solution, so we check exactly: a hidden cell is safe if another number would fit all the shown
# ones.

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shown:
    """A table with totals, and which of its cells are hidden."""

    # Counts, with totals as last row and column.
    counts: Ints
    # Mask of the same shape.
    hidden: Bools


def _with_totals(cells: Ints) -> Ints:
    rows = np.column_stack([cells, cells.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)])


def _lines(shape: tuple[int, int]) -> list[tuple[list[int], int]]:
    """List the sums of a table with totals: indexes of the parts, and of the total."""
    rows, columns = shape
    place = np.arange(rows * columns).reshape(shape)
    across = [(place[row, :-1].tolist(), int(place[row, -1])) for row in range(rows)]
    down = [(place[:-1, column].tolist(), int(place[-1, column])) for column in range(columns)]
    return across + down


def is_protected(shown: Shown, place: int) -> bool:
    """Check whether a hidden cell is safe: another number would fit the shown cells.

    Each cell is part of two sums: its row's and its column's. So the table is a graph with sums as nodes and
    cells as edges. Another table with the same shown numbers corresponds to a cycle over hidden cells. No
    cell may fall below zero, so an edge can be used backward only if its count is above zero.
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
    """Return the two sums that a cell connects; rows are numbered first, then columns."""
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


def suppress_small_cells(
    cells: npt.ArrayLike,
    minimum: int,
    *,
    whole_rows: bool = False,
    no_value: bool = False,
    known_rows: bool = False,
    hidden_elsewhere: Bools | None = None,
) -> Shown:
    """Choose the cells to hide in a two-way table with totals.

    `hidden_elsewhere` marks cells that other tables of the same children hide.

    >>> shown = suppress_small_cells([[12, 3], [20, 30], [15, 25]], 10)
    >>> bool(shown.hidden[0, 1]), int(shown.hidden.sum()) >= 4
    (True, True)
    """
    counts = _with_totals(np.asarray(cells, dtype="int64"))
    primary = (counts > 0) & (counts < minimum)
    if hidden_elsewhere is not None:
        primary |= hidden_elsewhere
    hidden = primary.copy()
    kept = np.zeros(counts.shape, dtype=bool)
    kept[:, -1] = known_rows
    if no_value and known_rows:
        # Other tables disclose that nobody of a row has a value, or everybody: hidden, it protects no cell.
        kept[counts[:, -2] == counts[:, -1]] = True
        kept[counts[:, -2] == 0, -2] = True
        if counts.shape[1] == 3:  # the one group of values then has everybody of the row
            kept[counts[:, -2] == 0] = True
    if whole_rows and counts.shape[1] > 2:
        inner = counts[:-1, :-1]
        telling = inner[:, :-1] if no_value else inner
        alone = (telling == counts[:-1, -1:]).any(axis=1) & (counts[:-1, -1] > 0)
        hidden[:-1, :-1] |= alone[:, None]
        primary[:-1, :-1] |= alone[:, None] & (inner > 0)
        kept[:-1, :-1] &= ~alone[:, None]
    shown = Shown(counts, hidden)
    hidden &= ~kept
    primary &= ~kept
    while _hide_beside(shown, minimum, kept.ravel()) or _hide_solved(shown, primary, kept.ravel()):
        pass
    return shown


def _hide_beside(shown: Shown, minimum: int, kept: Bools) -> bool:
    """Hide one more cell in each line whose hidden part is a single cell or a small sum."""
    flat, hidden = shown.counts.ravel(), shown.hidden.ravel()
    changed = False
    for parts, whole in _lines((shown.counts.shape[0], shown.counts.shape[1])):
        line = [*parts, whole]
        gone = [cell for cell in line if hidden[cell]]
        rest = sum(int(flat[cell]) for cell in gone if cell != whole)
        # Readers can compute the sum of several hidden parts from a shown total.
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
    """Rank cells to hide: parts before totals, numbers before zeros, small before large."""
    return cell == whole, bool(flat[cell] == 0), int(flat[cell])


def _hide_solved(shown: Shown, primary: Bools, kept: Bools) -> bool:
    """Hide one more cell if a small one still has only one solution."""
    flat, hidden = shown.counts.ravel(), shown.hidden.ravel()
    for place in np.flatnonzero(primary.ravel()):
        if is_protected(shown, int(place)):
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


NOT_SHOWN = "not shown"


def suppress_complement(
    guard: Guard, counts: Mapping[str, int], *, few: bool = False
) -> dict[str, int | str]:
    """Suppress counts of children that add up to a known total.

    Parameters
    ----------
    guard
        Guard of the district.
    counts
        Name of the part -> number of children.
    few
        Whether a part is the sum of several counts, one of which is one to nine: the sum would disclose it.

    Returns
    -------
    dict
        The same numbers for a synthetic district, and for a real one if none is one to nine. Otherwise "not
        shown" for every part but zero: the total less the shown parts would disclose the hidden ones, and
        "fewer than 10" next to "not shown" would bound them.

    Examples
    --------
    >>> suppress_complement(Guard(real=True), {"both": 8, "one": 57, "other": 0})
    {'both': 'not shown', 'one': 'not shown', 'other': 0}
    >>> suppress_complement(Guard(real=True), {"both": 10, "one": 57, "other": 0})
    {'both': 10, 'one': 57, 'other': 0}
    """
    if not (few and guard.real) and not any(guard.hides(count) for count in counts.values()):
        return dict(counts)
    return {name: NOT_SHOWN if count else count for name, count in counts.items()}


def suppress_totals(guard: Guard, frame: pd.DataFrame, whole: str, count: str) -> pd.DataFrame:
    """Suppress counts in a table where the rows of each group add up to a known total.

    >>> frame = pd.DataFrame({"system": ["meals", "clubs", "meals"], "children": [8, 30, 60]})
    >>> suppress_totals(Guard(real=True), frame, "system", "children")["children"].tolist()
    [<NA>, 30, <NA>]
    """
    if not guard.real:
        return frame
    counts = frame[count].to_numpy()
    shown: list[int | None] = [None] * len(frame)
    # By row index: rows of one total may be mixed with those of others.
    for rows in frame.groupby(whole, sort=False).indices.values():
        parts = suppress_complement(guard, {str(place): int(counts[place]) for place in rows})
        for place, number in parts.items():
            shown[int(place)] = number if isinstance(number, int) else None
    return frame.assign(**{count: pd.array(shown, dtype="Int64")})


def pooled_groups(
    guard: Guard, counts: Mapping[tuple[str, ...], int]
) -> tuple[dict[tuple[str, ...], int], int | None]:
    """Pool the small combinations in a list, such as the systems that list a child.

    >>> pooled_groups(Guard(real=True), {("a", "b"): 30, ("a",): 12, ("b",): 11, ("c",): 3})
    ({('a', 'b'): 30}, 26)
    """
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    if not guard.real:
        return dict(ordered), None
    shown = {names: count for names, count in ordered if count >= SMALLEST_GROUP}
    pool = {names: count for names, count in ordered if 0 < count < SMALLEST_GROUP}
    names = sorted({name for combination in counts for name in combination})
    while pool:
        small = _small_rest(guard, pool, shown, names)
        if small is None:
            break
        pool[small] = shown.pop(small)
    return shown, sum(pool.values()) or None


def _small_rest(
    guard: Guard,
    pool: Mapping[tuple[str, ...], int],
    shown: Mapping[tuple[str, ...], int],
    names: list[str],
) -> tuple[str, ...] | None:
    """Return the smallest shown combination that has to join the pool, or None if the pool is safe."""
    if not shown:
        return None
    smallest = min(shown, key=lambda each: (shown[each], each))
    whole = sum(pool.values())
    if guard.hides(whole):
        return smallest
    for name in names:
        inside = sum(count for each, count in pool.items() if name in each)
        for rest, among in ((inside, True), (whole - inside, False)):
            fitting = [each for each in shown if (name in each) is among]
            if guard.hides(rest) and fitting:
                return min(fitting, key=lambda each: (shown[each], each))
    totals = {name: sum(n for each, n in (*pool.items(), *shown.items()) if name in each) for name in names}
    public = frozenset(name for name, total in totals.items() if not guard.hides(total))
    if any(guard.hides(pool[small]) and not _could_differ(small, pool, shown, public) for small in pool):
        return smallest
    return None


def _could_differ(
    small: tuple[str, ...],
    pool: Mapping[tuple[str, ...], int],
    shown: Mapping[tuple[str, ...], int],
    public: frozenset[str],
) -> bool:
    """Check whether a small pooled combination could have another count with all totals the same.

    Two children in two hidden combinations could instead be in two others with the same systems between them.
    Systems that aren't public list fewer than ten children, and we don't show how many.
    """
    taken: set[frozenset[str]] = {frozenset(), *map(frozenset, shown)}
    mine = frozenset(small)
    others = [each for each in map(frozenset, pool) if each != mine]
    few = frozenset().union(*others, mine) - public

    def free(systems: frozenset[str]) -> bool:
        return any(each not in taken and each != mine for each in (systems & public, systems | few))

    for other in others:
        both, either = mine & other & public, sorted((mine ^ other) & public)
        # Systems in only one of the two may switch sides; switching all of them gives the same pair again.
        for sides in itertools.product((False, True), repeat=max(len(either) - 1, 0)):
            first = both | {name for name, here in zip(either, (True, *sides), strict=False) if here}
            if free(first) and free(both | (frozenset(either) - first)):
                return True
    for one, other in itertools.combinations(others, 2):
        all_of_both, of_one = one & other & public, (one ^ other) & public
        if all_of_both <= mine & public <= all_of_both | of_one and free(all_of_both | (of_one - mine)):
            return True
    return False


def pooled_neighbors(guard: Guard, counts: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """Pool neighboring steps of a scale until none counts one to nine children.

    >>> pooled_neighbors(Guard(real=True), {1: 3, 2: 8, 3: 40, 4: 2})
    {(1, 2): 11, (3, 4): 42}
    """
    steps = [[step, step, counts[step]] for step in sorted(counts)]
    while any(guard.hides(step[2]) for step in steps):
        if len(steps) == 1:
            return {}
        place = next(at for at, step in enumerate(steps) if guard.hides(step[2]))
        near = [at for at in (place - 1, place + 1) if 0 <= at < len(steps)]
        other = min(near, key=lambda at: steps[at][2])
        first, last = min(place, other), max(place, other)
        both = [steps[first][0], steps[last][1], steps[first][2] + steps[last][2]]
        steps[first : last + 1] = [both]
    return {(first, last): count for first, last, count in steps}


def shown_everybody(guard: Guard, crosswalk: pd.DataFrame) -> int | str:
    """Return the number of children in all systems together, unless it discloses a small number."""
    children = crosswalk.groupby("child")["silo"].agg(frozenset)
    everybody = len(children)
    if guard.hides(everybody):
        return guard.count(everybody)
    known = crosswalk.groupby("silo")["child"].nunique()
    if any(guard.hides(everybody - int(count)) for count in known):
        return NOT_SHOWN
    if len(known) == 2 and guard.hides(int(known.sum()) - everybody):
        return NOT_SHOWN
    return everybody
