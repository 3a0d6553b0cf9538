"""Which words an element or an event asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["matching"]


def matching(words: Sequence[str], pattern: str) -> np.ndarray:
    """Say of each word whether a pattern matches the whole of it.

    Parameters
    ----------
    words
        Words.
    pattern
        A regular expression.

    Returns
    -------
    numpy.ndarray
        Boolean, one a word, and a last one for the empty text: place -1 is that of an empty cell.
    """
    return np.array([re.fullmatch(pattern, word) is not None for word in [*words, ""]], dtype=bool)
