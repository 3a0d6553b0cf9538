"""Draw telephone numbers that nobody has, in the one to three area codes of a district."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.streams import rng_for

__all__ = ["LINES", "telephones"]

Words = npt.NDArray[np.object_]

# The North American Numbering Plan's form of an area code: 2 to 9, 0 to 8, any digit. Where the last two are
# equal, a code is of no place (toll-free, services).
AREA_CODES = tuple(
    100 * first + 10 * second + third
    for first in range(2, 10)
    for second in range(9)
    for third in range(10)
    if third != second
)
MOST = 3
# Nobody has a number of the exchange 555: all but these two went back to the plan's administrator by
# September 2016 (en.wikipedia.org/wiki/555_(telephone_number)). The hundred of 555-01xx, kept for fiction,
# would be too few: in a district of thousands, families who have nothing in common would share one.
ASSIGNED = (1212, 4334)
LINES = np.setdiff1d(np.arange(10_000), ASSIGNED)


def telephones(seed: int, count: int) -> Words:
    """Draw numbers, none twice while there are enough."""
    rng = rng_for(seed, "telephones")
    needed = min(MOST, -(-count // len(LINES)))
    codes = rng.permutation(np.array(AREA_CODES))[: rng.integers(needed, MOST + 1)]
    drawn = rng.permutation(len(codes) * len(LINES))
    place = drawn[np.arange(count) % len(drawn)]
    code, line = codes[place // len(LINES)], LINES[place % len(LINES)]
    return np.array(
        [f"{a}-555-{n:04d}" for a, n in zip(code.tolist(), line.tolist(), strict=True)], dtype=object
    )
