"""Readings of two names that show nothing to be the same: by an initial, or by a surname as first name.

*Samuel G.* and *DeShawn G.* in a list that doesn't say which word is the surname may both be read as *G.*,
surnames Samuel and DeShawn; *Samuel Lopez* and *DeShawn Lopez* as first name Lopez with a changed surname.
Whoever took the best reading would join two brothers by it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.names import DIFFERENT, MISSING, is_initial

__all__ = ["hollow_readings", "with_initials"]


def with_initials(texts: list[str], place: np.ndarray) -> np.ndarray:
    """Tell which of some names, by their places in `texts`, are initials."""
    result: np.ndarray = np.array([is_initial(text) for text in texts], dtype=bool)[place]
    return result


def hollow_readings(
    readings: pd.DataFrame, texts: list[str], pair: np.ndarray, last: np.ndarray, plain: np.ndarray
) -> np.ndarray:
    """Tell by which readings of two names nothing is the same.

    Parameters
    ----------
    readings
        One row two readings: ``first_left``, ``first_right`` (places in `texts`) and ``turned`` (boolean:
        both records may be read in the other order, too).
    texts
        Folded names.
    pair
        The pair of records of each row, sorted.
    last, plain
        How surnames compare (`names.LEVELS`), and whether first names are plainly different.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row; true only where another reading of the pair has two whole first names that are
        plainly different: then an initial counts only beside one surname, and not even there where both
        continue it otherwise (G. Samuel, G. DeShawn), and a word that either may be a first name or a surname
        counts as the surname.
    """
    if readings.empty:
        return np.zeros(0, dtype=bool)
    left, right = readings["first_left"].to_numpy(), readings["first_right"].to_numpy()
    initial = with_initials(texts, left) | with_initials(texts, right)
    continued = np.array([is_initial(text.partition(" ")[0]) and " " in text for text in texts], dtype=bool)
    starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    times = np.diff(np.append(starts, len(pair)))

    def of_pair(rows: np.ndarray) -> np.ndarray:
        return np.repeat(np.logical_or.reduceat(rows, starts), times)

    both = continued[left] & continued[right]
    otherwise = of_pair(both & plain) & ~of_pair(both & ~plain)
    turned = readings["turned"].to_numpy(dtype=bool)
    empty = (turned & (last >= MISSING)) | (initial & ((last == DIFFERENT) | otherwise))
    hollow: np.ndarray = empty & ~plain & of_pair(plain & ~initial & (last != DIFFERENT))
    return hollow
