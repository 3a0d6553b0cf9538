"""The parts of a whole: what a page says of them, so that no hidden one can be worked out from the others.

A row of parts shows either whole numbers or words: one hidden number among shown ones is what the whole less
the others leaves, and of several hidden ones the sum can be read. A list of groups shows only those that are
large; all others are one group, and no order or number of them is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pandas as pd

from helpers.share.real_data import SMALLEST_GROUP, Guard

__all__ = ["NOT_SHOWN", "pooled_groups", "pooled_neighbors", "shown_everybody", "shown_parts", "shown_wholes"]

NOT_SHOWN = "not shown"


def shown_parts(guard: Guard, counts: Mapping[str, int], *, few: bool = False) -> dict[str, int | str]:
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
    >>> shown_parts(Guard(real=True), {"both": 8, "one": 57, "other": 0})
    {'both': 'not shown', 'one': 'not shown', 'other': 0}
    >>> shown_parts(Guard(real=True), {"both": 10, "one": 57, "other": 0})
    {'both': 10, 'one': 57, 'other': 0}
    """
    if not (few and guard.real) and not any(guard.hides(count) for count in counts.values()):
        return dict(counts)
    return {name: NOT_SHOWN if count else count for name, count in counts.items()}


def shown_wholes(guard: Guard, frame: pd.DataFrame, whole: str, count: str) -> pd.DataFrame:
    """Pass a table of counts through the guard in which the rows of each whole add up.

    Parameters
    ----------
    guard
        The guard of a district.
    frame
        Counts by whole and part, in any order.
    whole
        Column that names the whole.
    count
        Column of counts of children.

    Returns
    -------
    pandas.DataFrame
        The same rows; what ``shown_parts`` doesn't show is NA.

    Examples
    --------
    >>> frame = pd.DataFrame({"system": ["meals", "clubs", "meals"], "children": [8, 30, 60]})
    >>> shown_wholes(Guard(real=True), frame, "system", "children")["children"].tolist()
    [<NA>, 30, <NA>]
    """
    if not guard.real:
        return frame
    counts = frame[count].to_numpy()
    shown: list[int | None] = [None] * len(frame)
    # By place: the rows of one whole may lie between those of others.
    for places in frame.groupby(whole, sort=False).indices.values():
        parts = shown_parts(guard, {str(place): int(counts[place]) for place in places})
        for place, number in parts.items():
            shown[int(place)] = number if isinstance(number, int) else None
    return frame.assign(**{count: pd.array(shown, dtype="Int64")})


def pooled_groups(
    guard: Guard, counts: Mapping[tuple[str, ...], int]
) -> tuple[dict[tuple[str, ...], int], int | None]:
    """Pool the small groups of a list of combinations, such as which systems know a child.

    Parameters
    ----------
    guard
        The guard of a district.
    counts
        Combination of names -> number of children; each child is in one combination.

    Returns
    -------
    dict, int or None
        The combinations that are shown, the largest first and then by name; and how many children are in all
        others together, None where there are none. Of a real folder no shown combination is below ten, nor is
        the pool, nor what the total of a name less the shown combinations leaves of it (or of all others),
        and no small combination can be worked out from all of these: for that, larger ones are pooled, too.

    Examples
    --------
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

    Parameters
    ----------
    guard
        The guard of a district.
    counts
        Step -> number of children.

    Returns
    -------
    dict
        First and last step -> number of children; each step for itself in an invented district. Empty where
        all steps together are one to nine children.

    Examples
    --------
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
    """Say how many children all systems know together, where that gives no small number away.

    Parameters
    ----------
    guard
        The guard of a district.
    crosswalk
        Table ``crosswalk``.

    Returns
    -------
    int or str
        The number; of a real folder "not shown" where a system knows all but one to nine of them, or where
        two systems alone share one to nine: their totals would give it away.
    """
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
