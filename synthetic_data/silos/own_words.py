"""Words that a system or a school writes in its own manner where no code was agreed."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING

__all__ = ["in_own_words", "own_words"]


@cache
def _declared() -> dict[str, dict[str, list[dict[str, str]]]]:
    return tomllib.loads((Path(__file__).parent / "own_words.toml").read_text(encoding="utf-8"))


def own_words(silo: str, column: str) -> list[dict[str, str]]:
    """Give the manners in which a system writes a column: agreed word -> own word, one dict a manner."""
    return _declared()[silo][column]


def in_own_words(silo: str, column: str, words: pd.Series, manner: npt.NDArray[np.integer]) -> pd.Series:
    """Write agreed words as a system does that agreed with nobody.

    Parameters
    ----------
    silo, column
        Where own_words.toml has the manners.
    words
        The district's words.
    manner
        Which manner each row follows; numbers beyond the last start again.

    Returns
    -------
    pandas.Series
        Own words; a word that a manner doesn't know stays.
    """
    manners = own_words(silo, column)
    written = words.astype(STRING)
    for number, own in enumerate(manners):
        mine = np.asarray(manner) % len(manners) == number
        written = written.where(~mine, written.replace(own))
    return written
