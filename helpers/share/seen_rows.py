"""The values, events and indicators of a child that a view may hold, as if hidden systems weren't there.

Leaving a row out isn't enough: the row that is left could still say *the others contradict me* or *another
value was chosen*. So what is chosen, and who agrees with whom, is said anew of what is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import STRING, as_table
from helpers.profile.elements import element
from helpers.profile.keys import listed_in
from helpers.profile.values import folded

__all__ = ["in_sets", "seen_indicators", "seen_timeline", "seen_values", "without_names"]

Bools = npt.NDArray[np.bool_]
KEYS = ["child", "element", "school_year"]
# Why there is no value; none of them is a record of the child in a system.
NO_RECORD = ("Not linked", "Not collected")
# Elements that nearly every system tells; where nobody does, the system that should is not named.
BY_MANY = ("person_field", "identifier", "latest_enrolment")
# What an earlier choice said of systems that may not be seen.
OF_THE_CHOICE = ("chosen_by",)


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
    elements: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
    hidden: frozenset[str],
) -> pd.DataFrame:
    """Keep the values that may be seen, and choose anew among them.

    Parameters
    ----------
    values
        Table ``values``; the rows of a child, element and year in the order of choice.
    elements
        Element -> domain, of those that may be seen.
    sets
        Domain -> children.
    hidden
        Systems whose rows aren't seen.

    Returns
    -------
    pandas.DataFrame
        Table ``values``. Where only hidden systems say something it reads as where nobody does.
    """
    domains = values["element"].map(dict(elements)).astype(STRING)
    ours = values[in_sets(domains, values["child"], sets)].reset_index(drop=True)
    by_nobody = ours["status"].isin(list(NO_RECORD)).to_numpy(dtype=bool)
    out = ours["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    kept = ours[~out | by_nobody].reset_index(drop=True)
    if hidden:
        kept = _unnamed(kept, hidden)
        kept = _as_if_alone(ours[out & ~by_nobody], kept)
        kept = _agreement(kept)
    return as_table("values", kept)


def _unnamed(values: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    """Don't name the system that lacks a child where a hidden one might have it."""
    lacking = values["status"].isin(list(NO_RECORD))
    many = values["element"].isin([name for name in values["element"].unique() if _rule(name) in BY_MANY])
    hide = (lacking & (many | values["silo"].isin(list(hidden)))).to_numpy(dtype=bool)
    status = values["status"].mask(hide, "Not linked")
    return values.assign(silo=values["silo"].mask(hide), status=status)


def _rule(name: str) -> str:
    return element(str(name)).rule


def _as_if_alone(hidden: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Choose the first row that is left; where none is, say that nobody tells."""
    if hidden.empty:
        return kept
    lost = hidden.drop_duplicates(KEYS)
    lost = lost[~listed_in(lost[KEYS], kept[KEYS])]
    bare = lost[[*KEYS, "unit", "rule"]].assign(status="Not linked", chosen=True)
    # What was chosen before may have been one of the hidden.
    first = ~kept.duplicated(KEYS)
    again = listed_in(kept[KEYS], hidden.loc[hidden["chosen"].astype(bool), KEYS])
    for column in OF_THE_CHOICE:
        if column in kept.columns:
            kept = kept.assign(**{column: kept[column].mask(again)})
    kept = kept.assign(chosen=first.astype("boolean"))
    if bare.empty:
        return kept
    both = pd.concat([kept, as_table("values", bare)[list(kept.columns)]], ignore_index=True)
    place = {name: number for number, name in enumerate(dict.fromkeys(both["element"]))}
    order = both.assign(place=both["element"].map(place), year=both["school_year"].fillna(0))
    order = order.sort_values(["child", "place", "year"], kind="stable")
    return order.drop(columns=["place", "year"]).reset_index(drop=True)


def _agreement(values: pd.DataFrame) -> pd.DataFrame:
    """Say whether the systems that are seen agree, of the elements that hidden ones may tell too."""
    names = [name for name in values["element"].unique() if _rule(name) in BY_MANY]
    said = values[values["element"].isin(names) & values["status"].eq("Reported")]
    if said.empty:
        return values
    text = said["value"]
    for name in names:
        mine = said["element"].eq(name).to_numpy(dtype=bool)
        if element(str(name)).compare == "folded":
            text = text.mask(mine, folded(said["value"].where(mine)))
    by = said[KEYS].assign(text=text, silo=said["silo"])
    about = by.groupby(KEYS, dropna=False, sort=False)
    several = about["silo"].transform("nunique") > 1
    same = about["text"].transform("nunique") == 1
    agrees = pd.Series(same.to_numpy(dtype=bool), index=said.index, dtype="boolean")
    # Numbers of schools of two systems, or a date whose day and month may be exchanged, can't be compared.
    unlike = said["element"].isin(
        [name for name in names if element(str(name)).compare == "codes" or element(str(name)).type == "date"]
    )
    agrees = agrees.mask(~several | (unlike & ~same))
    again = values["element"].isin(names).to_numpy(dtype=bool)
    return values.assign(agrees=agrees.reindex(values.index).where(again, values["agrees"]))


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
        for name in str(used).split(";"):
            members = sets.get(elements.get(name.strip(), ""), frozenset())
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
    known = {name for name in names if name[:1].isupper()}

    def masked(text: str) -> str:
        words = "".join(letter if letter.isalnum() or letter in "'’-" else " " for letter in text).split()
        for word in {word for word in words if word in known}:
            text = text.replace(word, "…")
        return text

    return details.map(masked, na_action="ignore").astype(STRING)
