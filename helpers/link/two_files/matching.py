"""From weights to decisions: which rows are one person, and which pairs a person should look at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.link.clusters import cluster_records, components, pairs_inside
from helpers.link.two_files.candidates import Candidates
from helpers.link.two_files.persons import Persons

__all__ = ["MATCH", "REVIEW", "decide_pairs", "probability"]

MATCH, REVIEW = 0.8, 0.1  # probabilities from which a pair is accepted, and shown to a person
EXCLUDING = -6.0  # bits below which two rows may not meet in one person through others
SHOWN_A_ROW = 3  # pairs for review
MOST_RIVALS = 10  # of one row

# Weight in bits, and whether it can't be one person, of pairs of any two rows.
Weigh = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def probability(weight: np.ndarray) -> np.ndarray:
    """Turn bits into a probability."""
    return 1.0 / (1.0 + np.exp2(-np.clip(weight, -60, 60)))


def decide_pairs(
    persons: Persons,
    candidates: Candidates,
    weight: np.ndarray,
    apart: np.ndarray,
    doubtful: np.ndarray,
    weigh: Weigh,
) -> pd.DataFrame:
    """Decide about pairs.

    Parameters
    ----------
    persons
        Of both files.
    candidates
        The pairs.
    weight, apart, doubtful
        Of each: bits, whether it can't be one person, and whether a person should see it even so.
    weigh
        The same for pairs that other pairs imply.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, ``probability``, ``decision`` (Match or Review), ``why`` (what decided beside the
        evidence of the pair; empty where nothing did). Pairs below the review band aren't in it.
    """
    keep = np.flatnonzero(~apart & (weight > np.log2(REVIEW / (1 - REVIEW))))
    pairs = pd.DataFrame(
        {"left": candidates.left[keep], "right": candidates.right[keep], "weight": weight[keep]}
    )
    alone = probability(pairs["weight"].to_numpy())
    pairs["probability"] = _among_rivals(pairs, weigh) if persons.two else alone
    pairs["why"] = np.where((alone >= MATCH) & (pairs["probability"] < MATCH), "another row fits as well", "")
    accepted = np.flatnonzero(pairs["probability"] >= MATCH)
    matches = pairs.iloc[accepted][["left", "right"]].assign(
        strength=np.round(pairs["weight"].to_numpy()[accepted], 6)
    )

    def excluded(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        bits, two = weigh(one, other)
        return two | (bits < EXCLUDING)

    clusters = cluster_records(len(persons), matches.reset_index(drop=True), excluded)
    pairs["decision"] = "Review"
    pairs.loc[pairs.index[accepted[clusters.outcome == "Match"]], "decision"] = "Match"
    lost = pairs.index[accepted[clusters.outcome != "Match"]]
    pairs.loc[lost, "why"] = "would join rows that contradict each other"
    pairs.loc[lost, "probability"] = np.minimum(pairs.loc[lost, "probability"], 0.5)
    doubted = np.flatnonzero(apart & doubtful & (weight > 0))
    colliding = pd.DataFrame({"left": candidates.left[doubted], "right": candidates.right[doubted]}).assign(
        probability=np.minimum(probability(weight[doubted]), 0.5),
        why="what agrees may be a relative's",
        decision="Review",
    )
    return _worth_telling(pd.concat([pairs, _implied(persons, pairs, weigh), colliding], ignore_index=True))


def _among_rivals(pairs: pd.DataFrame, weigh: Weigh) -> np.ndarray:
    """Give each pair its probability among the rows that could be its partner instead: only one of them is.

    Rows of one file that are one person themselves are no rivals.
    """
    odds = np.exp2(np.clip(pairs["weight"].to_numpy(), -60, 60))
    rivals = np.zeros(len(pairs))
    for side, other in (("left", "right"), ("right", "left")):
        near = pairs[[side, other]].assign(place=np.arange(len(pairs)))
        near["rank"] = pairs.groupby(side)["weight"].rank(method="first", ascending=False)
        near = near[near["rank"] <= MOST_RIVALS]
        both = near.merge(near, on=side, how="inner", suffixes=("", "_rival"), validate="many_to_many")
        both = both[both[other] != both[f"{other}_rival"]]
        if both.empty:
            continue
        one, two = both[other].to_numpy(), both[f"{other}_rival"].to_numpy()
        bits, apart = weigh(np.minimum(one, two), np.maximum(one, two))
        another = apart | (bits < 0)
        np.add.at(rivals, both["place"].to_numpy()[another], odds[both["place_rival"].to_numpy()[another]])
    return odds / (1.0 + odds + rivals)


def _implied(persons: Persons, pairs: pd.DataFrame, weigh: Weigh) -> pd.DataFrame:
    """List the pairs that aren't accepted by themselves, and are one person through a third row."""
    matches = pairs[pairs["decision"] == "Match"]
    label = components(len(persons), matches["left"].to_numpy(), matches["right"].to_numpy())
    left, right = pairs_inside(label)
    if persons.two:
        across = (left < persons.lefts) & (right >= persons.lefts)
        left, right = left[across], right[across]
    size = len(persons)
    known = np.isin(left * size + right, (matches["left"] * size + matches["right"]).to_numpy())
    left, right = left[~known], right[~known]
    if not len(left):
        return pairs.iloc[:0]
    bits, _ = weigh(left, right)
    return pd.DataFrame(
        {
            "left": left,
            "right": right,
            "weight": bits,
            "probability": np.maximum(probability(bits), MATCH),
            "why": "both are one person with a third row",
            "decision": "Match",
        }
    )


def _worth_telling(pairs: pd.DataFrame) -> pd.DataFrame:
    """Drop what a match says already, and all but the best pairs for review of a row."""
    pairs = pairs.sort_values(["left", "right", "decision"], ignore_index=True)
    pairs = pairs.drop_duplicates(["left", "right"], ignore_index=True)
    waits = np.flatnonzero(pairs["decision"].eq("Review").to_numpy(dtype=bool))
    review = pairs.iloc[waits]
    shown = (review["probability"] >= REVIEW).to_numpy(dtype=bool)
    for side in ("left", "right"):
        ranked = review.groupby(side)["probability"].rank(method="first", ascending=False)
        shown = shown & (ranked <= SHOWN_A_ROW).to_numpy(dtype=bool)
    keep = np.ones(len(pairs), dtype=bool)
    keep[waits[~shown]] = False
    return pairs[keep][["left", "right", "probability", "decision", "why"]].reset_index(drop=True)
