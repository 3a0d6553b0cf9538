"""The parts of a whole: a single hidden one could be worked out from the others, so a second one goes too."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.share.real_data import Guard

__all__ = ["NOT_SHOWN", "shown_parts", "shown_wholes"]

NOT_SHOWN = "not shown"


def shown_parts(guard: Guard, counts: Mapping[str, int]) -> dict[str, int | str]:
    """Pass counts of children that add up to a known whole through the guard.

    Parameters
    ----------
    guard
        The guard of a district.
    counts
        Name of the part -> number of children.

    Returns
    -------
    dict
        The same numbers for an invented district. For a real one "fewer than 10" in place of one to nine; and
        where that is one part only, "not shown" in place of the smallest other one, since the whole less all
        others would give it away.

    Examples
    --------
    >>> shown_parts(Guard(real=True), {"both": 8, "one": 57, "other": 40})
    {'both': 'fewer than 10', 'one': 57, 'other': 'not shown'}
    """
    said: dict[str, int | str] = {
        name: guard.count(count) if guard.hides(count) else count for name, count in counts.items()
    }
    hidden = [name for name, count in said.items() if isinstance(count, str)]
    others = sorted((count, name) for name, count in counts.items() if count and name not in hidden)
    if len(hidden) == 1 and others:
        said[others[0][1]] = NOT_SHOWN
    return said


def shown_wholes(guard: Guard, frame: pd.DataFrame, whole: str, count: str) -> pd.DataFrame:
    """Pass a table of counts through the guard in which the rows of each whole add up.

    Parameters
    ----------
    guard
        The guard of a district.
    frame
        Rows of one whole stand together.
    whole
        Column that names the whole.
    count
        Column of counts of children.

    Returns
    -------
    pandas.DataFrame
        The same rows; what ``shown_parts`` doesn't show is NA.
    """
    if not guard.real:
        return frame
    shown: list[int | None] = []
    for _, own in frame.groupby(whole, sort=False):
        parts = shown_parts(guard, {str(place): number for place, number in enumerate(own[count].tolist())})
        shown += [number if isinstance(number, int) else None for number in parts.values()]
    return frame.assign(**{count: pd.array(shown, dtype="Int64")})
