"""Compute values as if hidden systems didn't exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile import folded
from helpers.standard import STRING, as_table
from helpers.systems import declared_elements, element

__all__ = [
    "in_sets",
    "name_parts",
    "seen_indicators",
    "seen_timeline",
    "seen_values",
    "without_words",
]


# Results computed with all systems would reveal the hidden ones. So for elements that almost every system
# records, names, dates and schools, we compute them again from the visible rows.

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
# Rules for elements that almost every system records.
BY_MANY = ("person_field", "identifier", "latest_enrolment")
# A record on its own is as certain as one with a certain link.
SURE = {"Verified": 0, "Unlinked": 0, "Unverified": 1, "Review": 2}
UNTIED = 3
LAST = np.iinfo("int64").max


def choose_visible_values(
    seen: pd.DataFrame,
    about: Ints,
    again: Bools,
    newest: Mapping[str, pd.Timestamp],
    trust: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Choose again among the visible rows, and update everything that depends on the choice."""
    # The earlier choice stays if it is visible; otherwise the next row in order replaces it.
    order = np.lexsort([~seen["chosen"].fillna(False).to_numpy(dtype=bool), about])
    first = np.zeros(len(seen), dtype=bool)
    first[order[np.unique(about[order], return_index=True)[1]]] = True
    given: dict[str, Any] = {"chosen": pd.array(first, dtype="boolean")}
    if not again.any():
        return given
    reported = again & seen["status"].eq("Reported").to_numpy(dtype=bool)
    key = np.unique(about[reported], return_inverse=True)[1].ravel()
    stated = _Stated(seen[["element", "silo", "value", "as_of", "link_status"]][reported], key)
    days_old, fresh = stated.ages(newest)
    reasons = stated.reasons(trust)
    for of_chosen in (reasons, days_old, fresh):
        of_chosen[~first[reported]] = pd.NA
    anew = {"agrees": stated.agreement(), "chosen_by": reasons, "days_old": days_old, "fresh": fresh}
    for name, values in anew.items():
        given[name] = seen[name].array.copy()
        given[name][again] = pd.NA
        given[name][reported] = values
    return given


class _Stated:
    """What systems state: rows with the same key are about the same child, element and year."""

    def __init__(self, values: pd.DataFrame, key: Ints) -> None:
        self._values, self._key = values, key
        self._element, names = pd.factorize(values["element"])
        self._elements = [element(str(name)) for name in names]
        # A value of no system has code -1: the last place of any table of systems.
        self._silo, silos = pd.factorize(values["silo"])
        self._silos = [*map(str, silos), ""]
        self._word = self._words()

    def _of(self, facts: Iterable[Any], dtype: str) -> Any:
        """Spread one fact of each element over the rows."""
        return np.array(list(facts), dtype=dtype)[self._element]

    def _words(self) -> Ints:
        """Encode values as integers; equal codes mean that a difference doesn't count."""
        loosely = self._of(
            (one.rule in BY_MANY and one.compare == "folded" for one in self._elements), "bool"
        )
        words = self._values["value"].array.copy()
        words[loosely] = folded(self._values["value"][loosely]).array
        return pd.factorize(words)[0]

    def agreement(self) -> Any:
        """Compare the systems of each key; NA if there is only one, or they can't be compared."""
        key, silo, word = self._key, self._silo, self._word
        pairs = np.unique(np.column_stack([key, silo, word]), axis=0)
        several = _sizes(np.unique(pairs[:, :2], axis=0)[:, 0], key) > 1
        # Count all statements, without this system's own and without equal ones of others.
        total, mine = _sizes(pairs[:, 0], key), _counts(pairs[:, :2], np.column_stack([key, silo]))
        alike = _counts(pairs[:, ::2], np.column_stack([key, word]))
        same = total - mine - alike + 1 == 0
        # We can't compare school numbers of two systems, scores of two tests, or dates with day and month
        # possibly swapped.
        unlike = (
            one.rule in BY_MANY and (one.compare == "codes" or one.type == "date") for one in self._elements
        )
        apart = self._of((one.compare == "apart" for one in self._elements), "bool")
        return pd.arrays.BooleanArray(same, ~several | apart | (self._of(unlike, "bool") & ~same))

    def reasons(self, trust: Mapping[str, Mapping[str, int]]) -> Any:
        """Return why the first row of each key ranks before the best row with another value."""
        key, word = self._key, self._word
        first = np.unique(key, return_index=True)[1]
        reasons = np.full(len(key), "Only one", dtype=object)
        rows = np.bincount(key)[key]
        reasons[rows > 1] = "All agree"
        against = np.flatnonzero(word != word[first][key])
        against = against[np.unique(key[against], return_index=True)[1]]
        chosen = first[key[against]]
        tie, ties = pd.factorize(self._values["link_status"])
        link_status = np.array([*(SURE.get(one, UNTIED) for one in ties), UNTIED], dtype="int64")[tie]
        # Systems without a rank come last.
        ranks = [[trust.get(one.name, {}).get(silo, LAST) for silo in self._silos] for one in self._elements]
        rank = np.array(ranks, dtype="int64").reshape(-1, len(self._silos))[self._element, self._silo]
        day = self._values["as_of"].to_numpy(dtype="datetime64[D]")
        reasons[chosen] = np.select(
            [
                link_status[chosen] != link_status[against],
                rank[chosen] > rank[against],
                rank[chosen] < rank[against],
                day[chosen] > day[against],
            ],
            ["Surest tie", "Undoubted date", "Trusted most", "Newest"],
            default="First record",
        )
        return pd.array(reasons, dtype=STRING)

    def ages(self, newest: Mapping[str, pd.Timestamp]) -> tuple[Any, Any]:
        """Count the days from a value's as-of date to the latest day of any system; compare them."""
        of_silo = np.array([np.datetime64(newest.get(silo), "us") for silo in self._silos])
        day = self._values["as_of"].to_numpy(dtype="datetime64[us]")
        day = np.where(np.isnat(day), of_silo[self._silo], day)
        latest = np.datetime64(max(newest.values(), default=None), "us")
        unknown = np.isnat(latest - day)
        old = (latest - day).astype("timedelta64[D]").astype("int64").clip(min=0)
        stale = self._of((one.days_until_stale for one in self._elements), "int64")
        return pd.arrays.IntegerArray(old, unknown), pd.arrays.BooleanArray(old <= stale, unknown.copy())


def _sizes(codes: Ints, of: Ints) -> Ints:
    """Count how often each of `of` occurs in `codes`."""
    return np.bincount(codes, minlength=int(np.max(of, initial=0)) + 1)[of]


def _counts(pairs: Ints, of: Ints) -> Ints:
    """Count how often each pair of `of` occurs in `pairs`."""
    wide = max(int(np.max(pairs, initial=0)), int(np.max(of, initial=0))) + 2
    codes, place = np.unique(pairs[:, 0] * wide + pairs[:, 1] + 1, return_inverse=True)
    counts = np.bincount(place.ravel())
    return counts[np.searchsorted(codes, of[:, 0] * wide + of[:, 1] + 1)]


KEYS = ["child", "element", "school_year"]
# Why a value is missing; neither means that a system has a record of the child.
NO_RECORD = ("Not linked", "Not collected")


def in_sets(names: pd.Series, children: pd.Series, sets: Mapping[str, frozenset[str]]) -> Bools:
    """Mark the rows of children whom the row's name may show."""
    kept = np.zeros(len(names), dtype=bool)
    by_set: dict[frozenset[str], list[str]] = {}
    for name, members in sets.items():
        by_set.setdefault(members, []).append(name)
    for members, alike in by_set.items():
        if members:
            ours = names.isin(alike).to_numpy(dtype=bool)
            kept |= ours & children.isin(list(members)).to_numpy(dtype=bool)
    return kept


def _of_names(domains: Mapping[str, str], sets: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return the children whom each element, event or indicator may show: those of its domain."""
    return {name: sets.get(domain, frozenset()) for name, domain in domains.items()}


def seen_values(
    values: pd.DataFrame,
    allowed: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
    hidden: frozenset[str],
    newest: Mapping[str, pd.Timestamp],
    trust: Mapping[str, Mapping[str, int]],
) -> pd.DataFrame:
    """Filter values to those that may be shown, and choose again among them."""
    ours = in_sets(values["element"], values["child"], _of_names(allowed, sets))
    if not hidden:
        return values[ours].reset_index(drop=True)
    lacking = values["status"].isin(list(NO_RECORD)).to_numpy(dtype=bool)
    unseen = values["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    kept, out = ours & (~unseen | lacking), ours & unseen & ~lacking
    about = _about(values)
    seen = values[kept].reset_index(drop=True)
    # We don't name a system that lacks a child if a hidden one might have her.
    codes, names = pd.factorize(seen["element"])
    many = np.array([element(str(name)).rule in BY_MANY for name in names], dtype=bool)[codes]
    unnamed = lacking[kept] & (many | unseen[kept])
    seen = seen.assign(silo=seen["silo"].mask(unnamed), status=seen["status"].mask(unnamed, "Not linked"))
    # For elements that only one or two systems record, only rows next to hidden ones change.
    beside = many | np.isin(about[kept], about[out])
    seen = seen.assign(**choose_visible_values(seen, about[kept], beside, newest, trust))
    lost = np.flatnonzero(out & ~np.isin(about, about[kept]))
    if not len(lost):
        return seen
    first = lost[np.unique(about[lost], return_index=True)[1]]
    return _with_nothing(seen, values.iloc[first][[*KEYS, "unit", "rule"]])


def _about(values: pd.DataFrame) -> Ints:
    """Encode the subject of each value: a child, an element and a year."""
    number = np.zeros(len(values), dtype="int64")
    for name in KEYS:
        codes, words = pd.factorize(values[name])
        # An element of the child itself has no year: code -1.
        number = number * (len(words) + 1) + codes + 1
    return number


def _with_nothing(seen: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """Report a value as missing if only hidden systems have it."""
    bare = as_table("values", lost.assign(status="Not linked", chosen=True))
    both = pd.concat([seen, bare[list(seen.columns)]], ignore_index=True)
    place = {each.name: number for number, each in enumerate(declared_elements())}
    order = both.assign(place=both["element"].map(place), year=both["school_year"].fillna(0))
    order = order.sort_values(["child", "place", "year"], kind="stable", ignore_index=True)
    return as_table("values", order[list(seen.columns)])


def seen_timeline(
    timeline: pd.DataFrame,
    kinds: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
    hidden: frozenset[str],
) -> pd.DataFrame:
    """Filter events to those that may be shown."""
    kept = in_sets(timeline["kind"], timeline["child"], _of_names(kinds, sets))
    kept &= ~timeline["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    return timeline[kept].reset_index(drop=True)


def seen_indicators(
    indicators: pd.DataFrame,
    names: Mapping[str, str],
    elements: Mapping[str, str],
    sets: Mapping[str, frozenset[str]],
) -> pd.DataFrame:
    """Filter indicators to those that may be shown together with everything that they are computed from."""
    if indicators.empty:
        return indicators
    child, used = indicators["child"], indicators["elements"]
    of_element = _of_names(elements, sets)
    of_several = {
        several: frozenset.intersection(
            *(of_element.get(name.strip(), frozenset()) for name in several.split(";"))
        )
        for several in used.dropna().unique()
    }
    kept = in_sets(indicators["indicator"], child, _of_names(names, sets))
    kept &= used.isna().to_numpy(dtype=bool) | in_sets(used, child, of_several)
    return indicators[kept].reset_index(drop=True)


def name_parts(names: Iterable[str]) -> Counter[str]:
    """Count the capitalized words in names."""
    return Counter(part for name in names for part in set(name.split()) if part[:1].isupper())


def without_words(
    details: pd.Series, words: Mapping[str, int], but: Mapping[str, int] | None = None
) -> pd.Series:
    """Mask given words in event narratives."""
    spared = but or {}

    def masked(text: str) -> str:
        found = "".join(letter if letter.isalnum() or letter in "'’-" else " " for letter in text).split()
        for word in {word for word in found if words.get(word, 0) > spared.get(word, 0)}:
            text = text.replace(word, "…")
        return text

    return details.map(masked, na_action="ignore").astype(STRING)
