"""Whether the systems that speak of a value say the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING
from helpers.standard.elements import Element

__all__ = ["NOBODY_ELSE", "agreement", "code_groups", "folded", "spoken_codes", "words_compared"]

Ints = npt.NDArray[np.int64]
# Two systems use the same codes when at least half of those of the smaller are also those of the other.
SHARED_CODES = 0.5
# Stands where no other system says anything that could agree.
NOBODY_ELSE = -1


def _plain(word: object) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", str(word).casefold()) if letter.isalnum()
    )


def folded(words: pd.Series) -> pd.Series:
    """Write words without capitals, accents and marks, so that only other spelling is a difference.

    Parameters
    ----------
    words
        Text.

    Returns
    -------
    pandas.Series
        Folded text.
    """
    codes, unique = pd.factorize(words)
    # The last place stands for a missing word, which has code -1.
    plain = pd.array([*map(_plain, unique), None], dtype=STRING)
    return pd.Series(plain.take(codes), index=words.index)


def spoken_codes(said: pd.DataFrame, elements: Sequence[Element]) -> pd.DataFrame:
    """List the codes that each system uses, of elements that are compared as codes.

    Parameters
    ----------
    said
        Values as found, in numbers: ``element, system, value``; reported ones only.
    elements
        Elements, in the order of their numbers.

    Returns
    -------
    pandas.DataFrame
        ``element, system, value``, each once.
    """
    coded = [place for place, element in enumerate(elements) if element.compare == "codes"]
    mine = said["element"].isin(coded).to_numpy(dtype=bool)
    return said.loc[mine, ["element", "system", "value"]].drop_duplicates(ignore_index=True)


def code_groups(codes: pd.DataFrame) -> dict[int, dict[int, int]]:
    """Group systems that use the same codes; the values of different groups can't be compared.

    Parameters
    ----------
    codes
        What `spoken_codes` lists, of all children.

    Returns
    -------
    dict
        Element -> system -> group.
    """
    return {
        int(element): _groups(codes[codes["element"].to_numpy() == element])
        for element in np.unique(codes["element"].to_numpy(dtype="int64"))
    }


def _groups(codes: pd.DataFrame) -> dict[int, int]:
    of_system = codes["system"].to_numpy(dtype="int64")
    words = {
        int(system): set(codes.loc[of_system == system, "value"].dropna()) for system in np.unique(of_system)
    }
    group = {system: place for place, system in enumerate(words)}
    for left in words:
        for right in words:
            smaller = min(len(words[left]), len(words[right]))
            if smaller and len(words[left] & words[right]) >= SHARED_CODES * smaller:
                old, new = group[right], group[left]
                group = {system: new if at == old else at for system, at in group.items()}
    return group


def words_compared(said: pd.DataFrame, elements: Sequence[Element]) -> tuple[Ints, Ints]:
    """Give each value a number, so that words that count as the same have the same.

    Parameters
    ----------
    said
        Values in numbers: ``element, value, other_reading``.
    elements
        Elements, in the order of their numbers.

    Returns
    -------
    tuple of numpy.ndarray
        Number of each value; and of its other reading, -1 where there is none that anybody says.
    """
    codes, unique = pd.factorize(said["value"])
    loosely = np.array([element.compare == "folded" for element in elements])
    loose = loosely[said["element"].to_numpy(dtype="int64")] & (codes >= 0)
    needed = np.unique(codes[loose])
    plain = pd.Series([_plain(unique[place]) for place in needed], dtype=STRING)
    number, every = pd.factorize(pd.concat([pd.Series(unique, dtype=STRING), plain], ignore_index=True))
    of_plain = np.zeros(len(unique), dtype="int64")
    of_plain[needed] = number[len(unique) :]
    word = np.where(codes < 0, -1, number[codes])
    word[loose] = of_plain[codes[loose]]
    other = np.full(len(said), -1, dtype="int64")
    known = np.flatnonzero(said["other_reading"].notna().to_numpy())
    if len(known):
        other[known] = pd.Index(every).get_indexer(pd.Index(said["other_reading"].iloc[known]))
    return word.astype("int64"), other


def agreement(
    cell: Ints, system: Ints, word: Ints, other: Ints, element: Ints, groups: Mapping[int, Mapping[int, int]]
) -> Ints:
    """Say of each reported value whether every other system says the same.

    Parameters
    ----------
    cell
        Child, element and year of each value, as one number.
    system, element
        Numbers of its system and element.
    word, other
        From `words_compared`.
    groups
        From `code_groups`.

    Returns
    -------
    numpy.ndarray
        1 all others say the same, 0 somebody says otherwise, `NOBODY_ELSE`.
    """
    result = np.full(len(cell), NOBODY_ELSE, dtype="int64")
    if len(cell) == 0:
        return result
    systems = int(np.max(system)) + 1
    group = np.zeros(len(cell), dtype="int64")
    for place, its in groups.items():
        mine = np.flatnonzero(element == place)
        of_system = np.zeros(systems, dtype="int64")
        for one, number in its.items():
            if one < systems:
                of_system[one] = number
        group[mine] = of_system[system[mine]]
    about = pd.factorize(cell * (int(np.max(group)) + 1) + group)[0].astype("int64")
    several = np.bincount(_once(about * systems + system) // systems) > 1
    asked = np.flatnonzero(several[about])
    if len(asked) == 0:
        return result
    about = pd.factorize(about[asked])[0].astype("int64")
    result[asked] = _alike(about, system[asked], word[asked], other[asked])
    return result


def _begins(numbers: Ints) -> npt.NDArray[np.bool_]:
    """Say of sorted numbers where a new one begins."""
    new = np.ones(len(numbers), dtype=bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return new


def _once(numbers: Ints) -> Ints:
    """Give each number once; sorting is faster than looking a million numbers up."""
    ordered = np.sort(numbers)
    return ordered[_begins(ordered)]


def _alike(about: Ints, system: Ints, word: Ints, other: Ints) -> Ints:
    systems = int(np.max(system)) + 1
    words = int(max(np.max(word), np.max(other))) + 2
    # A date whose day and month may be exchanged agrees by whichever reading another system has.
    turned = np.flatnonzero(other >= 0)
    if len(turned):
        by_word = pd.factorize(about * words + word)[0].astype("int64")
        sayers = np.bincount(_once(by_word * systems + system) // systems)
        there = np.isin(about[turned] * words + other[turned], about * words + word)
        turned = turned[there & (sayers[by_word[turned]] < 2)]
        word = word.copy()
        word[turned] = other[turned]
    by_word, by_system = (
        pd.factorize(about * size + what)[0].astype("int64")
        for size, what in ((words, word), (systems, system))
    )
    saying = by_word * systems + system
    first = np.argsort(saying)
    first = first[_begins(saying[first])]
    total = np.bincount(about[first], minlength=int(np.max(about)) + 1)
    same_word = np.bincount(by_word[first], minlength=int(np.max(by_word)) + 1)
    same_system = np.bincount(by_system[first], minlength=int(np.max(by_system)) + 1)
    # Of all that was said: without what this system said, without who said the same; this very value is in
    # both.
    against = total[about] - same_word[by_word] - same_system[by_system] + 1
    return (against == 0).astype("int64")
