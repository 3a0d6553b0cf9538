"""Slips of a finger on a keyboard."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING

__all__ = ["mistyped"]

# Letters beside each other on a keyboard with the layout of the United States.
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in KEYBOARD
    for at, letter in enumerate(row)
}


def mistyped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Let two letters of each word change places, or a neighbouring key be hit; digits count on by one.

    Parameters
    ----------
    text
        Words; those of fewer than four letters stay.
    rng
        Where in a word, and how.

    Returns
    -------
    pandas.Series
        The words as typed.
    """
    draws = rng.random((len(text), 2))
    return pd.Series(
        [_mistype(word, where, how) for word, (where, how) in zip(text, draws.tolist(), strict=True)],
        index=text.index,
        dtype=STRING,
    )


def _mistype(word: str, where: float, how: float) -> str:
    at = 1 + int(where * (len(word) - 2))
    if len(word) < 4 or not word[at].isalnum():
        return word
    if how < 0.5 and at + 1 < len(word) and word[at + 1].isalnum():
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = NEIGHBOURS.get(word[at].lower(), "")
    if word[at].isdigit():
        near = str((int(word[at]) + 1) % 10)
    return word[:at] + near[int(how * 10) % len(near)] + word[at + 1 :] if near else word
