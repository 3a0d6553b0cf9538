"""What is chosen among the systems that are seen, why, how fresh it is, and whether they agree.

What was said of these with all systems in view would tell of the hidden ones. So of the elements that nearly
every system tells, names and dates and schools, it is said anew of the rows that are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.values import folded
from helpers.standard import STRING
from helpers.standard.elements import element

__all__ = ["BY_MANY", "chosen_anew", "told_by_many"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
# Rules of elements that nearly every system tells.
BY_MANY = ("person_field", "identifier", "latest_enrolment")
# A record alone is as sure as one that is surely tied.
SURE = {"Sure": 0, "Alone": 0, "Unverified": 1, "Review": 2}
UNTIED = 3


def told_by_many(values: pd.DataFrame) -> list[str]:
    """Name the elements of some values that nearly every system tells."""
    return [str(name) for name in values["element"].unique() if element(str(name)).rule in BY_MANY]


def chosen_anew(
    seen: pd.DataFrame,
    about: Ints,
    again: Bools,
    newest: Mapping[str, pd.Timestamp],
    trust: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Say anew what is chosen of some rows, and all that depends on it.

    Parameters
    ----------
    seen
        Rows of the table ``values`` that may be seen, in the order of choice.
    about
        Number of what each row is about: a child, an element and a year.
    again
        Rows of which it is said anew; of others only what is chosen is.
    newest
        Newest day of each system.
    trust
        Element -> system -> its rank, as the values were chosen: whom a district or its team believes first.

    Returns
    -------
    dict
        Columns ``chosen, agrees, chosen_by, days_old, fresh``, those that the rows have.
    """
    # What was chosen before stays so where it is seen; else the next in order takes its place.
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
    """Put the values of some rows where these rows are among all."""
    return pd.Series(values.array, index=np.flatnonzero(where)).reindex(range(len(where))).astype(dtype)


def _is_any(column: pd.Series, words: list[str]) -> Bools:
    return np.asarray(column.isin(words).to_numpy(dtype=bool))


def _words(said: pd.DataFrame) -> Ints:
    """Give what is said a number, as far as a difference counts."""
    names = told_by_many(said)
    loosely = _is_any(said["element"], [name for name in names if element(name).compare == "folded"])
    return pd.factorize(said["value"].mask(loosely, folded(said["value"].where(loosely))))[0]


def _agreement(said: pd.DataFrame, key: Ints, word: Ints) -> pd.Series:
    """Say whether systems say the same; NA where one is alone, or they can't be compared."""
    silo = pd.factorize(said["silo"])[0]
    pairs = np.unique(np.column_stack([key, silo, word]), axis=0)
    several = _sizes(np.unique(pairs[:, :2], axis=0)[:, 0], key) > 1
    # Of all that was said, without what this system and without what others of the same word said.
    total, mine = _sizes(pairs[:, 0], key), _counts(pairs[:, :2], np.column_stack([key, silo]))
    alike = _counts(pairs[:, ::2], np.column_stack([key, word]))
    same = total - mine - alike + 1 == 0
    # Schools as two systems number them, or a date whose day and month may be exchanged, can't be compared.
    unlike = _is_any(
        said["element"],
        [name for name in told_by_many(said) if element(name).compare == "codes" or _is_date(name)],
    )
    return pd.Series(same, dtype="boolean").mask(~several | (unlike & ~same))


def _is_date(name: str) -> bool:
    return element(name).type == "date"


def _sizes(codes: Ints, of: Ints) -> Ints:
    """Count how often each of some codes stands among others."""
    return np.bincount(codes, minlength=int(np.max(of, initial=0)) + 1)[of]


def _counts(pairs: Ints, of: Ints) -> Ints:
    """Count how often each of some pairs of codes stands among others."""
    wide = max(int(np.max(pairs, initial=0)), int(np.max(of, initial=0))) + 2
    codes, place = np.unique(pairs[:, 0] * wide + pairs[:, 1] + 1, return_inverse=True)
    counts = np.bincount(place.ravel())
    return counts[np.searchsorted(codes, of[:, 0] * wide + of[:, 1] + 1)]


def _reasons(said: pd.DataFrame, key: Ints, word: Ints, ranks: Mapping[str, Mapping[str, int]]) -> pd.Series:
    """Say by what the first row of each key comes before the best that says otherwise."""
    first = np.unique(key, return_index=True)[1]
    reasons = np.full(len(said), "Only one", dtype=object)
    rows = np.bincount(key)[key]
    reasons[rows > 1] = "All agree"
    against = np.flatnonzero(word != word[first][key])
    against = against[np.unique(key[against], return_index=True)[1]]
    chosen = first[key[against]]
    band = said["link_band"].map(SURE).fillna(UNTIED).to_numpy(dtype="int64")
    trust = _trust(said, ranks)
    day = said["as_of"].to_numpy(dtype="datetime64[D]")
    reasons[chosen] = np.select(
        [
            band[chosen] != band[against],
            trust[chosen] > trust[against],
            trust[chosen] < trust[against],
            day[chosen] > day[against],
        ],
        ["Surest tie", "Undoubted date", "Trusted most", "Newest"],
        default="First record",
    )
    return pd.Series(reasons, dtype=STRING)


def _trust(said: pd.DataFrame, ranks: Mapping[str, Mapping[str, int]]) -> Ints:
    """Give each row the rank of its system; whoever has none comes last."""
    last = max((rank for of in ranks.values() for rank in of.values()), default=0) + 1
    pairs = zip(said["element"], said["silo"], strict=True)
    return np.array([ranks.get(name, {}).get(silo, last) for name, silo in pairs], dtype="int64")


def _days_old(said: pd.DataFrame, newest: Mapping[str, pd.Timestamp]) -> pd.Series:
    """Count the days from that for which a value speaks to the newest of any system."""
    if not newest:
        return pd.Series(pd.NA, index=said.index, dtype="Int64")
    days = said["as_of"].fillna(said["silo"].map(dict(newest)).astype("datetime64[us]"))
    old = (max(newest.values()) - days).dt.days
    return old.clip(lower=0).astype("Int64")
