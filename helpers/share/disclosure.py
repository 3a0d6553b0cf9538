"""Disclosure control: small-cell and secondary suppression."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.share.guard import SMALLEST_GROUP, Guard
from helpers.share.policy import Policy
from helpers.standard import STRING, Element
from helpers.systems import element

if TYPE_CHECKING:
    from helpers.profile import Source

__all__ = [
    "NOT_SHOWN",
    "Shown",
    "counted_groups",
    "is_inferable",
    "pooled_groups",
    "pooled_neighbors",
    "shown_answers",
    "shown_everybody",
    "shown_shares",
    "suppress_complement",
    "suppress_small_cells",
    "suppress_totals",
]


# Numbers of children of which each, and what it leaves of those concerned, must be large enough.
COUNTS = ("children", "of_children", "unknown", "answerable")


def shown_answers(guard: Guard, answers: pd.DataFrame) -> pd.DataFrame:
    """Pass the numbers of answers through the guard.

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
        # What one hidden group holds could be worked out from the whole and the others.
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
    """Pass shares of families through the guard."""
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


# A cell of one to nine children is hidden. Where its row or column has a total, the rest would give it
# away, so a second cell goes too. Two hidden cells in each line are sometimes still one answer, so what is
# left is checked exactly: a hidden cell is safe when it could be another number without any shown one being
# another.

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shown:
    """Which cells of a table with totals are hidden."""

    # The table with its totals as last row and column.
    counts: Ints
    # Same shape.
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


def is_inferable(shown: Shown, place: int) -> bool:
    """Say whether a hidden cell could be another number, for whoever reads the shown ones.

    Every cell lies in two sums, that of its row and that of its column. So the table is a network: sums are
    its places, cells its ways, and another table with the same shown numbers is a round trip over hidden
    cells. No cell may fall below zero, so a way can be taken backwards only where somebody is counted.
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


def suppress_small_cells(
    cells: npt.ArrayLike,
    minimum: int,
    *,
    whole_rows: bool = False,
    no_value: bool = False,
    known_rows: bool = False,
) -> Shown:
    """Decide which cells of a two-way table with totals are hidden.

    >>> shown = suppress_small_cells([[12, 3], [20, 30], [15, 25]], 10)
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
        if is_inferable(shown, int(place)):
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


# Of whom nothing is known is a group like any other: how many children a school and grade have stands in
# every element, and less those with a value it is those without one. Schools and grades of few children are
# put together first, once for all elements, so that the numbers of children themselves hide nothing.

DTYPES = {
    "domain": "string", "element": "string", "school": "string", "grade_level": "string", "group": "string",
    "children": "Int64", "of_children": "Int64", "mean": "float64", "unit": "string", "hidden": "boolean",
}  # fmt: skip
# What a number is counted as: whoever has one.
WITH_A_VALUE = "with a value"
ALL_OTHERS = "all others"
NO_VALUE = "no value"
GROUPED_BY = ("school", "grade_level")
OTHER_SCHOOLS = "other schools"
OTHER_GRADES = "other grades"


def counted_groups(
    source: Source, policy: Policy, sets: Mapping[str, frozenset[str]], school_year: int | None
) -> pd.DataFrame:
    """Count the children of groups."""
    told = {domain: policy.domains[domain].elements for domain, members in sets.items() if members}
    names = [name for listed in told.values() for name in listed]
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in DTYPES.items()})
    if not names:
        return empty
    everybody = sorted(frozenset[str]().union(*sets.values()))
    known = source.children()[["child", "school", "grade_level"]]
    known = known.assign(
        school=known["school"].fillna("no school known"),
        grade_level=known["grade_level"].fillna("not known"),
    )
    values = source.values(None if len(everybody) == len(known) else everybody, names)
    year = values["school_year"]
    ours = year.isna() | year.eq(school_year if school_year is not None else -1).fillna(False)
    ours &= values["chosen"].fillna(False) & values["status"].eq("Reported")
    chosen = values[ours.to_numpy(dtype=bool)]
    parts = []
    # One pooling for all domains: the strictest, since most of them count the same children.
    least = max(policy.minimum(domain) for domain in told)
    for domain, listed in told.items():
        members = _pooled(known[known["child"].isin(list(sets[domain])).to_numpy(dtype=bool)], least)
        for name in listed:
            rows = chosen[chosen["element"].eq(name).to_numpy(dtype=bool)]
            rows = rows[rows["child"].isin(members["child"]).to_numpy(dtype=bool)]
            if len(rows):
                part = _of_element(element(name), domain, rows, members, policy.minimum(domain))
                parts.append(part.astype(DTYPES))
    return pd.concat(parts, ignore_index=True) if parts else empty


def _pooled(members: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Put schools of few children together, and in each school the grades of few."""
    school = _enough(members["school"], minimum, OTHER_SCHOOLS)
    grade = members["grade_level"].mask(school.eq(OTHER_SCHOOLS), OTHER_GRADES)
    for _, own in grade.groupby(school):
        grade.loc[own.index] = _enough(own, minimum, OTHER_GRADES)
    return members.assign(school=school.astype(STRING), grade_level=grade.astype(STRING))


def _enough(names: pd.Series, minimum: int, others: str) -> pd.Series:
    """Call what few have by one name, and what the next few have, until enough have that name."""
    sizes = names.value_counts().sort_index().sort_values(kind="stable")
    few = list(sizes.index[sizes < minimum])
    more = [name for name in sizes.index if name not in few]
    while few and sizes[few].sum() < minimum and more:
        few.append(more.pop(0))
    return names.mask(names.isin(few), others)


def _of_element(
    declared: Element, domain: str, rows: pd.DataFrame, members: pd.DataFrame, minimum: int
) -> pd.DataFrame:
    """Count one element, school by school; who has no value is counted, too."""
    number = declared.type in ("integer", "number", "date")
    group = pd.Series(WITH_A_VALUE, index=rows.index, dtype=STRING)
    if not number:
        # A word that few have would tell that somebody has it, whatever its count says.
        common = rows["value"].value_counts()
        group = rows["value"].where(rows["value"].isin(list(common.index[common >= minimum])), ALL_OTHERS)
    said = rows[["child", "value_number"]].assign(group=group)
    without = members.loc[~members["child"].isin(rows["child"]), ["child"]]
    rows = pd.concat([said, without], ignore_index=True)
    rows = rows.merge(members, on="child", how="left", validate="many_to_one")
    codes = [pd.factorize(rows[name], sort=True) for name in ("school", "grade_level", "group")]
    (at_school, schools), (in_grade, grades), (of_group, words) = codes
    groups = [*words, NO_VALUE]
    of_group = np.where(of_group < 0, len(words), of_group)
    counts = np.zeros((len(schools), len(grades), len(groups)), dtype="int64")
    np.add.at(counts, (at_school, in_grade, of_group), 1)
    sums = np.zeros((len(schools), len(grades)))
    np.add.at(sums, (at_school, in_grade), rows["value_number"].fillna(0.0).to_numpy(dtype="float64"))
    lines: list[tuple[object, ...]] = []
    for place, school in enumerate(schools):
        there = np.flatnonzero(counts[place].sum(axis=1))
        shown = suppress_small_cells(
            counts[place][there],
            minimum,
            # That everybody at a school is at that school is no news.
            whole_rows=not number and declared.name not in GROUPED_BY,
            no_value=True,
            known_rows=True,
        )
        totals = np.append(sums[place][there], sums[place].sum())
        for line, grade in enumerate([*grades[there], None]):
            hidden, told = shown.hidden[line], shown.counts[line]
            with_one = int(told[:-2].sum())
            of_children = None if hidden[-2] else with_one
            mean = totals[line] / with_one if number and not hidden.any() and with_one else None
            for column, name in enumerate(groups):
                count = None if hidden[column] else int(told[column])
                lines.append((school, grade, name, count, of_children, mean, bool(hidden[column])))
    names = ["school", "grade_level", "group", "children", "of_children", "mean", "hidden"]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(domain=domain, element=declared.name, unit=declared.unit)[list(DTYPES)]


NOT_SHOWN = "not shown"


def suppress_complement(
    guard: Guard, counts: Mapping[str, int], *, few: bool = False
) -> dict[str, int | str]:
    """Pass counts of children that add up to a known whole through the guard.

    Parameters
    ----------
    guard
        The guard of a district.
    counts
        Name of the part -> number of children.
    few
        A part is a sum of several counts of children, and one of these is one to nine: the sum, divided by
        how many they are, would give it away.

    Returns
    -------
    dict
        The same numbers for an invented district, and for a real one where none is one to nine. Else "not
        shown" in place of every part but zero: the whole less the shown ones would give the hidden ones away,
        and "fewer than 10" beside "not shown" would bound them.

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
    """Pass a table of counts through the guard in which the rows of each whole add up.

    >>> frame = pd.DataFrame({"system": ["meals", "clubs", "meals"], "children": [8, 30, 60]})
    >>> suppress_totals(Guard(real=True), frame, "system", "children")["children"].tolist()
    [<NA>, 30, <NA>]
    """
    if not guard.real:
        return frame
    counts = frame[count].to_numpy()
    shown: list[int | None] = [None] * len(frame)
    # By place: the rows of one whole may lie between those of others.
    for places in frame.groupby(whole, sort=False).indices.values():
        parts = suppress_complement(guard, {str(place): int(counts[place]) for place in places})
        for place, number in parts.items():
            shown[int(place)] = number if isinstance(number, int) else None
    return frame.assign(**{count: pd.array(shown, dtype="Int64")})


def pooled_groups(
    guard: Guard, counts: Mapping[tuple[str, ...], int]
) -> tuple[dict[tuple[str, ...], int], int | None]:
    """Pool the small groups of a list of combinations, such as which systems know a child.

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
    """Name the smallest shown combination that a rest of the pool needs to be large enough, or unknown."""
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
    """Say whether a small combination of the pool could count one more or less, and every total be the same.

    Two children are in two combinations that aren't shown, and could be in two others that have the same
    systems between them. Systems that aren't public know fewer than ten: how many is not said.
    """
    taken: set[frozenset[str]] = {frozenset(), *map(frozenset, shown)}
    mine = frozenset(small)
    others = [each for each in map(frozenset, pool) if each != mine]
    few = frozenset().union(*others, mine) - public

    def free(systems: frozenset[str]) -> bool:
        return any(each not in taken and each != mine for each in (systems & public, systems | few))

    for other in others:
        both, either = mine & other & public, sorted((mine ^ other) & public)
        # Systems that only one of the two has may change sides; all of them would be the same pair again.
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
    """Pool neighboring steps of a scale until none holds one to nine children.

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
    """Say how many children all systems know together, where that gives no small number away."""
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
