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
    "BY_MANY",
    "choose_visible_values",
    "in_sets",
    "name_parts",
    "seen_indicators",
    "seen_timeline",
    "seen_values",
    "stated_by_several",
    "without_names",
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


def stated_by_several(values: pd.DataFrame) -> list[str]:
    """List the elements that almost every system records."""
    return [str(name) for name in values["element"].unique() if element(str(name)).rule in BY_MANY]


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
    if not again.any():
        return {"chosen": pd.array(first, dtype="boolean")}
    said = again & seen["status"].eq("Reported").to_numpy(dtype=bool)
    given: dict[str, Any] = {
        "chosen": pd.array(first, dtype="boolean"),
        "agrees": seen["agrees"].mask(again),
        "chosen_by": seen["chosen_by"].mask(again),
        "days_old": seen["days_old"].mask(again),
        "fresh": seen["fresh"].mask(again),
    }
    if not said.any():
        return given
    ours = seen[said].reset_index(drop=True)
    key = np.unique(about[said], return_inverse=True)[1].ravel()
    word = _words(ours)
    given["agrees"] = given["agrees"].mask(said, _placed(said, _agreement(ours, key, word), "boolean"))
    reasons = _reasons(ours, key, word, trust).mask(~first[said])
    given["chosen_by"] = given["chosen_by"].mask(said, _placed(said, reasons, STRING))
    old = _days_old(ours, newest).mask(~first[said])
    stale = {name: element(name).days_until_stale for name in map(str, ours["element"].unique())}
    fresh = (old <= ours["element"].map(stale).astype("Int64")).astype("boolean")
    given["days_old"] = given["days_old"].mask(said, _placed(said, old, "Int64"))
    given["fresh"] = given["fresh"].mask(said, _placed(said, fresh, "boolean"))
    return given


def _placed(where: Bools, values: pd.Series, dtype: Any) -> pd.Series:
    """Align the values of some rows with all rows."""
    return pd.Series(values.array, index=np.flatnonzero(where)).reindex(range(len(where))).astype(dtype)


def _is_any(column: pd.Series, words: list[str]) -> Bools:
    return np.asarray(column.isin(words).to_numpy(dtype=bool))


def _words(said: pd.DataFrame) -> Ints:
    """Encode values as integers; equal codes mean that a difference doesn't count."""
    names = stated_by_several(said)
    loosely = _is_any(said["element"], [name for name in names if element(name).compare == "folded"])
    return pd.factorize(said["value"].mask(loosely, folded(said["value"].where(loosely))))[0]


def _agreement(said: pd.DataFrame, key: Ints, word: Ints) -> pd.Series:
    """Compare the systems of each key; NA if there is only one, or they can't be compared."""
    silo = pd.factorize(said["silo"])[0]
    pairs = np.unique(np.column_stack([key, silo, word]), axis=0)
    several = _sizes(np.unique(pairs[:, :2], axis=0)[:, 0], key) > 1
    # Count all statements, without this system's own and without equal ones of others.
    total, mine = _sizes(pairs[:, 0], key), _counts(pairs[:, :2], np.column_stack([key, silo]))
    alike = _counts(pairs[:, ::2], np.column_stack([key, word]))
    same = total - mine - alike + 1 == 0
    # We can't compare school numbers of two systems, or dates with day and month possibly swapped.
    unlike = _is_any(
        said["element"],
        [name for name in stated_by_several(said) if element(name).compare == "codes" or _is_date(name)],
    )
    return pd.Series(same, dtype="boolean").mask(~several | (unlike & ~same))


def _is_date(name: str) -> bool:
    return element(name).type == "date"


def _sizes(codes: Ints, of: Ints) -> Ints:
    """Count how often each of `of` occurs in `codes`."""
    return np.bincount(codes, minlength=int(np.max(of, initial=0)) + 1)[of]


def _counts(pairs: Ints, of: Ints) -> Ints:
    """Count how often each pair of `of` occurs in `pairs`."""
    wide = max(int(np.max(pairs, initial=0)), int(np.max(of, initial=0))) + 2
    codes, place = np.unique(pairs[:, 0] * wide + pairs[:, 1] + 1, return_inverse=True)
    counts = np.bincount(place.ravel())
    return counts[np.searchsorted(codes, of[:, 0] * wide + of[:, 1] + 1)]


def _reasons(said: pd.DataFrame, key: Ints, word: Ints, ranks: Mapping[str, Mapping[str, int]]) -> pd.Series:
    """Return why the first row of each key ranks before the best row with another value."""
    first = np.unique(key, return_index=True)[1]
    reasons = np.full(len(said), "Only one", dtype=object)
    rows = np.bincount(key)[key]
    reasons[rows > 1] = "All agree"
    against = np.flatnonzero(word != word[first][key])
    against = against[np.unique(key[against], return_index=True)[1]]
    chosen = first[key[against]]
    link_status = said["link_status"].map(SURE).fillna(UNTIED).to_numpy(dtype="int64")
    trust = _trust(said, ranks)
    day = said["as_of"].to_numpy(dtype="datetime64[D]")
    reasons[chosen] = np.select(
        [
            link_status[chosen] != link_status[against],
            trust[chosen] > trust[against],
            trust[chosen] < trust[against],
            day[chosen] > day[against],
        ],
        ["Surest tie", "Undoubted date", "Trusted most", "Newest"],
        default="First record",
    )
    return pd.Series(reasons, dtype=STRING)


def _trust(said: pd.DataFrame, ranks: Mapping[str, Mapping[str, int]]) -> Ints:
    """Return the trust rank of each row's system; systems without a rank come last."""
    last = max((rank for of in ranks.values() for rank in of.values()), default=0) + 1
    pairs = zip(said["element"], said["silo"], strict=True)
    return np.array([ranks.get(name, {}).get(silo, last) for name, silo in pairs], dtype="int64")


def _days_old(said: pd.DataFrame, newest: Mapping[str, pd.Timestamp]) -> pd.Series:
    """Count the days from a value's as-of date to the latest day of any system."""
    if not newest:
        return pd.Series(pd.NA, index=said.index, dtype="Int64")
    days = said["as_of"].fillna(said["silo"].map(dict(newest)).astype("datetime64[us]"))
    old = (max(newest.values()) - days).dt.days
    return old.clip(lower=0).astype("Int64")


KEYS = ["child", "element", "school_year"]
# Why a value is missing; neither means that a system has a record of the child.
NO_RECORD = ("Not linked", "Not collected")


def in_sets(names: pd.Series, children: pd.Series, sets: Mapping[str, frozenset[str]]) -> Bools:
    """Mark the rows of children whom the row's domain may show."""
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
    """Filter values to those that may be shown, and choose again among them."""
    domains = values["element"].map(dict(allowed)).astype(STRING)
    ours = in_sets(domains, values["child"], sets)
    if not hidden:
        return values[ours].reset_index(drop=True)
    lacking = values["status"].isin(list(NO_RECORD)).to_numpy(dtype=bool)
    unseen = values["silo"].isin(list(hidden)).to_numpy(dtype=bool)
    kept, out = ours & (~unseen | lacking), ours & unseen & ~lacking
    about = _about(values)
    seen = values[kept].reset_index(drop=True)
    # We don't name a system that lacks a child if a hidden one might have her.
    many = seen["element"].isin(stated_by_several(seen)).to_numpy(dtype=bool)
    unnamed = lacking[kept] & (many | unseen[kept])
    changed: dict[str, Any] = {
        "silo": seen["silo"].mask(unnamed),
        "status": seen["status"].mask(unnamed, "Not linked"),
    }
    # For elements that only one or two systems record, only rows next to hidden ones change.
    beside = many | np.isin(about[kept], about[out])
    changed |= choose_visible_values(seen.assign(**changed), about[kept], beside, newest, trust)
    seen = seen.assign(**changed)
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
    kept = in_sets(timeline["kind"].map(dict(kinds)).astype(STRING), timeline["child"], sets)
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
    kept = in_sets(indicators["indicator"].map(dict(names)).astype(STRING), indicators["child"], sets)
    for used in indicators.loc[kept, "elements"].dropna().unique():
        ours = indicators["elements"].eq(used).fillna(False).to_numpy(dtype=bool)
        domains = {elements.get(name.strip(), "") for name in str(used).split(";")}
        for members in {sets.get(domain, frozenset()) for domain in domains}:
            kept &= ~ours | indicators["child"].isin(list(members)).to_numpy(dtype=bool)
    return indicators[kept].reset_index(drop=True)


def without_names(details: pd.Series, names: Iterable[str]) -> pd.Series:
    """Mask names in event narratives.

    >>> without_names(pd.Series(["Hit Ana, then left"], dtype="string"), ["Ana", "Left"]).tolist()
    ['Hit …, then left']
    """
    return without_words(details, name_parts(names))


def name_parts(names: Iterable[str]) -> Counter[str]:
    """Count the capitalized words in names."""
    return Counter(part for name in names for part in set(name.split()) if part[:1].isupper())


def without_words(
    details: pd.Series, words: Mapping[str, int], but: Mapping[str, int] | None = None
) -> pd.Series:
    """Mask given words in event narratives."""
    spared = but or {}

    def masked(text: str) -> str:
        said = "".join(letter if letter.isalnum() or letter in "'’-" else " " for letter in text).split()
        for word in {word for word in said if words.get(word, 0) > spared.get(word, 0)}:
            text = text.replace(word, "…")
        return text

    return details.map(masked, na_action="ignore").astype(STRING)
