"""The values, events and indicators of a child that a view may hold, as if hidden systems weren't there.

Leaving a row out isn't enough: the row that is left could still say *the others contradict me* or *another
value was chosen*. So what is chosen, and who agrees with whom, is said anew of what is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.share.chosen_anew import chosen_anew, told_by_many
from helpers.standard import STRING, as_table
from helpers.standard.elements import elements

__all__ = [
    "in_sets",
    "name_parts",
    "seen_indicators",
    "seen_timeline",
    "seen_values",
    "without_names",
    "without_words",
]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
KEYS = ["child", "element", "school_year"]
# Why there is no value; none of them is a record of the child in a system.
NO_RECORD = ("Not linked", "Not collected")


def in_sets(names: pd.Series, children: pd.Series, sets: Mapping[str, frozenset[str]]) -> Bools:
    """Say which rows are of a child of whom the row's domain may be seen.

    Parameters
    ----------
    names
        Domain of each row; NA: of none.
    children
        Child of each row.
    sets
        Domain -> children.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row.
    """
    kept = np.zeros(len(names), dtype=bool)
    by_set: dict[frozenset[str], list[str]] = {}
    for domain, members in sets.items():
        by_set.setdefault(members, []).append(domain)
    for members, domains in by_set.items():
        if members:
            ours = names.isin(domains).to_numpy(dtype=bool)
            kept |= ours & children.isin(list(members)).to_numpy(dtype=bool)
    return kept


def seen_values(
    values: pd.DataFrame,
    allowed: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
    hidden: frozenset[str],
    newest: Mapping[str, pd.Timestamp],
    trust: Mapping[str, Mapping[str, int]],
) -> pd.DataFrame:
    """Keep the values that may be seen, and choose anew among them.

    Parameters
    ----------
    values
        Table ``values``; the rows of a child, element and year in the order of choice.
    allowed
        Element -> domain, of those that may be seen.
    sets
        Domain -> children.
    hidden
        Systems whose rows aren't seen.
    newest
        Newest day of each system.
    trust
        Element -> system -> its rank, as the values were chosen.

    Returns
    -------
    pandas.DataFrame
        Table ``values``. Where only hidden systems say something it reads as where nobody does.
    """
    domains = values["element"].map(dict(allowed)).astype(STRING)
    ours = in_sets(domains, values["child"], sets)
    if not hidden:
        return values[ours].reset_index(drop=True)
    lacking = values["status"].isin(list(NO_RECORD)).to_numpy(dtype=bool)
    unseen = values["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    kept, out = ours & (~unseen | lacking), ours & unseen & ~lacking
    about = _about(values)
    seen = values[kept].reset_index(drop=True)
    # A system that lacks a child isn't named where a hidden one might have it.
    many = seen["element"].isin(told_by_many(seen)).to_numpy(dtype=bool)
    unnamed = lacking[kept] & (many | unseen[kept])
    changed: dict[str, Any] = {
        "silo": seen["silo"].mask(unnamed),
        "status": seen["status"].mask(unnamed, "Not linked"),
    }
    # Of what one or two systems tell, only rows beside hidden ones change.
    beside = many | np.isin(about[kept], about[out])
    changed |= chosen_anew(seen.assign(**changed), about[kept], beside, newest, trust)
    seen = seen.assign(**changed)
    lost = np.flatnonzero(out & ~np.isin(about, about[kept]))
    if not len(lost):
        return seen
    first = lost[np.unique(about[lost], return_index=True)[1]]
    return _with_nothing(seen, values.iloc[first][[*KEYS, "unit", "rule"]])


def _about(values: pd.DataFrame) -> Ints:
    """Give a number to what each value is about: a child, an element and a year."""
    number = np.zeros(len(values), dtype="int64")
    for name in KEYS:
        codes, words = pd.factorize(values[name])
        # Of an element of the child itself there is no year: code -1.
        number = number * (len(words) + 1) + codes + 1
    return number


def _with_nothing(seen: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Say that nobody tells, where only hidden systems do."""
    bare = as_table("values", lost.assign(status="Not linked", chosen=True))
    both = pd.concat([seen, bare[list(seen.columns)]], ignore_index=True)
    place = {each.name: number for number, each in enumerate(elements())}
    order = both.assign(place=both["element"].map(place), year=both["school_year"].fillna(0))
    order = order.sort_values(["child", "place", "year"], kind="stable", ignore_index=True)
    return as_table("values", order[list(seen.columns)])


def seen_timeline(
    timeline: pd.DataFrame,
    kinds: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
    hidden: frozenset[str],
) -> pd.DataFrame:
    """Keep the events that may be seen.

    Parameters
    ----------
    timeline
        Table ``timeline``.
    kinds
        Kind of event -> domain, of those that may be seen.
    sets, hidden
        As for `seen_values`.

    Returns
    -------
    pandas.DataFrame
        Table ``timeline``.
    """
    kept = in_sets(timeline["kind"].map(dict(kinds)).astype(STRING), timeline["child"], sets)
    kept &= ~timeline["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    return timeline[kept].reset_index(drop=True)


def seen_indicators(
    indicators: pd.DataFrame,
    names: Mapping[str, str],
    elements: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
) -> pd.DataFrame:
    """Keep the indicators that may be seen: themselves, and everything that they were computed from.

    Parameters
    ----------
    indicators
        Table ``indicators``, or a frame without columns where there are none.
    names, elements
        Indicator, and element -> domain, of those that may be seen.
    sets
        Domain -> children.

    Returns
    -------
    pandas.DataFrame
        The rows that are left.
    """
    if indicators.empty:
        return indicators
    kept = in_sets(indicators["indicator"].map(dict(names)).astype(STRING), indicators["child"], sets)
    for used in indicators.loc[kept, "elements"].dropna().unique():
        ours = indicators["elements"].eq(used).fillna(False).to_numpy(dtype=bool)
        domains = {elements.get(name.strip(), "") for name in str(used).split(";")}
        for members in {sets.get(domain, frozenset()) for domain in domains}:
            kept &= ~ours | indicators["child"].isin(list(members)).to_numpy(dtype=bool)
    return indicators[kept].reset_index(drop=True)


def without_names(details: pd.Series, names: Iterable[str]) -> pd.Series:
    """Put a mark in place of names that stand in what systems wrote of an event.

    Parameters
    ----------
    details
        Texts.
    names
        Names of other children, written as such with a capital.

    Returns
    -------
    pandas.Series
        The same texts; each word that is one of the names is ``…``.

    Examples
    --------
    >>> without_names(pd.Series(["Hit Ana, then left"], dtype="string"), ["Ana", "Left"]).tolist()
    ['Hit …, then left']
    """
    return without_words(details, name_parts(names))


def name_parts(names: Iterable[str]) -> Counter[str]:
    """Say which words with a capital stand in names, and in how many of them.

    Parameters
    ----------
    names
        Different names; one of two words, such as a Spanish surname, is written as one of them, too.

    Returns
    -------
    collections.Counter
        Word -> number of names.
    """
    return Counter(part for name in names for part in set(name.split()) if part[:1].isupper())


def without_words(
    details: pd.Series, words: Mapping[str, int], but: Mapping[str, int] | None = None
) -> pd.Series:
    """Put a mark in place of words that stand in what systems wrote of an event.

    Parameters
    ----------
    details
        Texts.
    words
        From `name_parts`.
    but
        The same of names that aren't meant: a word that stands in no other name is left.

    Returns
    -------
    pandas.Series
        The same texts; each of the words is ``…``.
    """
    spared = but or {}

    def masked(text: str) -> str:
        said = "".join(letter if letter.isalnum() or letter in "'’-" else " " for letter in text).split()
        for word in {word for word in said if words.get(word, 0) > spared.get(word, 0)}:
            text = text.replace(word, "…")
        return text

    return details.map(masked, na_action="ignore").astype(STRING)
