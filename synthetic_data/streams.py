"""Provide named random streams: an independent one for every use, so that no use changes another."""

from __future__ import annotations

import hashlib
import json

import numpy as np

__all__ = ["rng_for"]


def rng_for(seed: int, *keys: str | int) -> np.random.Generator:
    """Return the random generator of a seed and a name.

    The key of the counter-based Philox generator is a hash of seed and names. So a stream depends on nothing
    else: not on the process, the platform, the order of calls, or the use of any other stream. (NumPy may
    change how a *distribution* is drawn from the bits between its versions; the bits stay.)

    >>> bool(rng_for(7, "names").random() == rng_for(7, "names").random())
    True
    >>> bool(rng_for(7, "names").random() == rng_for(7, "names", 2021).random())
    False
    """
    name = json.dumps([int(seed), *keys], ensure_ascii=True, separators=(",", ":"))
    digest = hashlib.sha256(name.encode("ascii")).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
