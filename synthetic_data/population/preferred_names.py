"""The name a child goes by: a nickname, or an English name beside the one of the old country."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthetic_data.population.names import CUSTOMS, ORIGINS, given_names, nicknames, pool
from synthetic_data.streams import rng_for

__all__ = ["preferred_names"]

Words = npt.NDArray[np.object_]


def preferred_names(
    seed: int,
    share: float,
    first: Words,
    origins: npt.NDArray[np.integer[Any]],
    female: npt.NDArray[np.bool_],
) -> Words:
    """Say who goes by another first name.

    Parameters
    ----------
    seed
        The scenario's seed.
    share
        Of all children. They are drawn among those whose name has a nickname, and those with a name of the
        old country in groups where an English first name is usual: these go by an English one.
    first, origins, female
        First name, group (place in `ORIGINS`) and sex of each child.

    Returns
    -------
    numpy array of str
        ``None`` where a child goes by the first name.
    """
    rng, known = rng_for(seed, "preferred names"), nicknames()
    usual = np.array([CUSTOMS[origin].english_first > 0 for origin in ORIGINS])[origins]
    english = set(pool("Anglo", "given", "Female").names) | set(pool("Anglo", "given", "Male").names)
    abroad = usual & np.array([name not in english for name in first], dtype=bool)
    short = np.array([name in known for name in first], dtype=bool) & ~abroad
    can = abroad | short
    chosen = can & (rng.random(len(first)) < min(1.0, share / max(can.mean(), 1e-9)))
    which = rng.random(len(first))
    preferred = np.full(len(first), None, dtype=object)
    for place in np.flatnonzero(chosen & short).tolist():
        options = known[first[place]]
        preferred[place] = options[int(which[place] * len(options))]
    taken = chosen & abroad
    anglo = np.full(len(first), ORIGINS.index("Anglo"))
    preferred[taken] = given_names(seed, "preferred names", anglo[taken], female[taken])
    return preferred
