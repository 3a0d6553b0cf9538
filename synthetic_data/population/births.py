"""Space the births of a mother: twins on one day, other children at least nine months apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.facts import figures
from synthetic_data.streams import rng_for

__all__ = ["NINE_MONTHS", "space_births"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

NINE_MONTHS = 274  # days from a birth to the next, if its pregnancy began at once
HALF_YEAR = 182.6
ROUNDS = 200


def space_births(seed: int, home: Codes, birth: Days, last_day: Days, known: Mask) -> tuple[Days, Mask]:
    """Draw a mother's births again that come too close, each within the year before its last day.

    How likely a short interval is against another follows published shares. Days that aren't `known` stay.
    Also returns the children for whom there is no room.
    """
    short = list(figures("interpregnancy_interval").values())
    # Later ones are as likely as the last published half year.
    likely = np.array([*short, short[-1]]) / max(short)
    rng = rng_for(seed, "births of a mother")
    birth = birth.copy()
    waiting = np.bincount(home)[home] > 1
    day = birth[waiting]
    for _ in range(ROUNDS):
        mine = np.flatnonzero(waiting)
        number = np.unique(home[mine], return_inverse=True)[1]
        order = np.lexsort((day, number))
        following = np.flatnonzero(np.diff(number[order]) == 0)
        interval = np.diff(day[order].astype("int64"))[following] - NINE_MONTHS
        half_year = np.minimum(interval // HALF_YEAR, len(short)).astype("int64")
        chance = np.where(interval < 0, 0.0, likely[half_year.clip(0)])
        fits = np.ones(int(np.max(number, initial=-1)) + 1)
        np.multiply.at(fits, number[order][following], chance)
        taken = (rng.random(len(fits)) < fits)[number]
        birth[mine[taken]] = day[taken]
        waiting[mine[taken]] = False
        mine = mine[~taken]
        drawn = last_day[mine] - (rng.random(len(mine)) * 365).astype("int64")
        day = np.where(known[mine], drawn, birth[mine])
    return birth, waiting
