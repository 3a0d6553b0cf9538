"""Find a child by a name or part of one: accents, capitals and the order of names don't count."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

__all__ = ["FEWEST_LETTERS", "MOST_HITS", "NameSearch"]

FEWEST_LETTERS = 2
MOST_HITS = 20
_NOT_LETTERS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    """Write a name without accents, capitals and marks, its words parted by single spaces."""
    whole = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in whole if not unicodedata.combining(letter))
    # An apostrophe parts no name: O'Neil is found by "oneil".
    return _NOT_LETTERS.sub(" ", bare.replace("'", "").replace("’", "")).strip()


class NameSearch:
    """An index of names in memory.

    Parameters
    ----------
    names
        One name a child, first name and surname; missing ones are never found.

    Examples
    --------
    >>> search = NameSearch(pd.Series(["Ana Ruiz Peña", "Bo O'Neil", "Ana Maria Pena"], dtype="string"))
    >>> search.find("pena an"), search.find("oneil"), search.find("a")
    ([2, 0], [1], [])
    """

    def __init__(self, names: pd.Series) -> None:
        self._plain = [_plain(name) for name in names.fillna("").tolist()]
        order = sorted(range(len(self._plain)), key=lambda place: self._plain[place])
        self._order = np.array(order, dtype="int64")
        # Every word begins after a space: one search in one text finds all beginnings.
        self._lines = [f" {self._plain[place]}" for place in order]

    def __len__(self) -> int:
        return len(self._plain)

    def find(self, text: str, most: int | None = None) -> list[int]:
        """Find names of which words begin with each word of a text.

        Parameters
        ----------
        text
            What was typed: fewer than two letters find nothing.
        most
            How many to give; by default all.

        Returns
        -------
        list of int
            Places among ``names``, names that begin with the text first, then by name.
        """
        wanted = [f" {word}" for word in _plain(text).split()]
        if sum(map(len, wanted)) - len(wanted) < FEWEST_LETTERS:
            return []
        found = [place for place, line in enumerate(self._lines) if all(word in line for word in wanted)]
        whole = " ".join(word.strip() for word in wanted)
        found.sort(key=lambda place: not self._lines[place].startswith(f" {whole}"))
        return [int(self._order[place]) for place in found[:most]]
