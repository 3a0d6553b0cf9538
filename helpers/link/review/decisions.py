"""What people decided: which decisions still stand, and which have to be asked again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.review.fingerprints import fingerprints
from helpers.link.review.sides import PAIR, in_order, is_of_a_pair, side_of
from helpers.standard import STRING, as_table

__all__ = ["last_words", "pairs_of", "stale", "standing", "votes"]

CHANGED = "a record says something else now"
GONE = "a record isn't there any more"
DISAGREE = "two answers disagree"
OUTVOTED = "more people say otherwise"


def standing(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Give the decisions that later runs honour, one a pair.

    Parameters
    ----------
    decisions
        The standard table *decisions*, in the order in which they were made.
    people
        The standard table *people*.

    Returns
    -------
    pandas.DataFrame
        The standard table *decisions*: what most people's last word about a pair is, where both records are
        there and say what they said. One without a fingerprint is taken to be about the records as they are.
    """
    judged = _judged(decisions, people)
    held = judged[judged["why"].isna()].drop(columns="why")
    return held.drop_duplicates(list(PAIR), keep="last", ignore_index=True)


def stale(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Give the decisions that are not applied, and say why: somebody has to look again.

    Parameters
    ----------
    decisions, people
        As in `standing`.

    Returns
    -------
    pandas.DataFrame
        Columns of *decisions*, and ``why``.
    """
    judged = _judged(decisions, people)
    return judged[judged["why"].notna()].reset_index(drop=True)


def pairs_of(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Give the decisions that stand as pairs of numbered records.

    Parameters
    ----------
    decisions
        The standard table *decisions*.
    people
        The records in the order in which they are numbered, such as ``students.people``.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``left``, ``right`` (int64, left below right), ``is_match`` (bool), ``decided_by``,
        ``reviewed_utc``.
    """
    held = standing(decisions, people)
    places = np.flatnonzero(is_of_a_pair(people, held))
    named = people.take(places)
    names = zip(named["silo"].tolist(), named["record"].tolist(), strict=True)
    number = dict(zip(names, places.tolist(), strict=True))
    one = np.array([number[name] for name in side_of(held, "left")], dtype="int64")
    other = np.array([number[name] for name in side_of(held, "right")], dtype="int64")
    return pd.DataFrame(
        {
            "left": np.minimum(one, other),
            "right": np.maximum(one, other),
            "is_match": held["decision"].eq("Match").to_numpy(dtype=bool),
            "decided_by": held["decided_by"],
            "reviewed_utc": held["reviewed_utc"],
        }
    )


def last_words(decisions: pd.DataFrame) -> pd.DataFrame:
    """Keep the last word of each person about each pair.

    Parameters
    ----------
    decisions
        The standard table *decisions*.

    Returns
    -------
    pandas.DataFrame
        Those of its rows, and ``who``, in their order. One who answers twice has changed their mind: the hour
        counts, then the order of lines. Whether an answer without an hour came before or after one with it,
        nobody can tell: it is weighed like another person's.
    """
    told = in_order(as_table("decisions", decisions))
    timed = told["reviewed_utc"].notna().map({True: " at", False: ""}).astype(STRING)
    told = told.assign(who=told["decided_by"].fillna("").str.casefold() + timed)
    told = told.sort_values("reviewed_utc", kind="stable", na_position="first")
    return told.drop_duplicates([*PAIR, "who"], keep="last").sort_index()


def votes(words: pd.DataFrame) -> pd.Series:
    """Count how the last words about a pair fall, for each of them.

    Parameters
    ----------
    words
        From `last_words`, those that count.

    Returns
    -------
    pandas.Series
        Of each row: how many more say the same of its pair than the opposite; 0 where it is a tie.
    """
    says = words["decision"].eq("Match").map({True: 1, False: -1}).astype("int64")
    return says.groupby([words[name] for name in PAIR]).transform("sum") * says


def _judged(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Say of each person's last word why it can't be applied; NA where it can."""
    told = last_words(decisions)
    now = fingerprints(told, people)
    changed = told["fingerprint"].notna() & told["fingerprint"].ne(now).fillna(False)
    # Who decided about other names than these doesn't contradict who decided about these.
    ahead = votes(told[now.notna() & ~changed]).reindex(told.index)
    why = pd.Series(None, index=told.index, dtype=STRING)
    why = why.mask(ahead.eq(0), DISAGREE).mask(ahead.lt(0), OUTVOTED)
    why = why.mask(changed, CHANGED).mask(now.isna(), GONE)
    return told.drop(columns="who").assign(why=why).reset_index(drop=True)
