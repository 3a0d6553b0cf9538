"""Estimate link quality without an answer key, from model probabilities and reviewed pairs.

Neither is a measurement. The model's estimate is only as good as its probabilities, and covers only compared
pairs. Reviewed pairs don't depend on the model, but they are few, reviewers err, and they don't cover pairs
that were never compared either. Every row names its basis.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING, as_table

__all__ = ["BANDS", "estimate_quality", "pairs_to_review", "probability_bands"]

Numbers = npt.NDArray[np.float64]

MODEL = "Model's probabilities"
REVIEWED = "Reviewed pairs"
BOTH = "Reviewed pairs, and the model where none was reviewed"
# Upper ends of the probability bands; pairs decided by rule have no probability, and form a band of their
# own.
EDGES = (0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
BANDS = ("to .01", "to .1", "to .5", "to .9", "to .99", "above .99", "by rule")
ENDS = ["left_silo", "left_record", "right_silo", "right_record"]
DRAWS = 4_000
SEED = 20
# Jeffreys prior: before review a pair is as likely right as wrong, worth one reviewed pair.
BEFORE = 0.5


def probability_bands(pairs: pd.DataFrame) -> pd.Series:
    """Sort pairs into bands of probability."""
    probability = pairs["match_probability"].to_numpy(dtype="float64", na_value=np.nan)
    place = np.where(np.isnan(probability), len(EDGES), np.searchsorted(EDGES, probability))
    words = pd.array(BANDS, dtype=STRING)
    return pd.Series(words.take(np.minimum(place, len(EDGES))), index=pairs.index)


def pairs_to_review(
    pairs: pd.DataFrame, each: int = 20, rng: np.random.Generator | None = None
) -> pd.DataFrame:
    """Sample pairs for review, so that the answers allow an estimate."""
    rng = rng or np.random.default_rng(SEED)
    order = pd.Series(rng.permutation(len(pairs)), index=pairs.index)
    strata = [pairs["decision"].to_numpy(), probability_bands(pairs).to_numpy()]
    place = order.groupby(strata).rank(method="first")
    return pairs[place <= each]


def estimate_quality(pairs: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Estimate precision, recall and F1 without an answer key."""
    accepted = pairs["decision"].eq("Match").to_numpy(dtype=bool)
    probability = pairs["match_probability"].to_numpy(dtype="float64", na_value=np.nan)
    rows = _by_model(accepted, probability)
    if decisions is not None and len(decisions):
        strata = _strata(pairs, accepted, probability, decisions)
        known = strata[strata["reviewed"] > 0]
        rows += _by_review(known, len(pairs), REVIEWED)
        filled = strata[(strata["reviewed"] > 0) | strata["expected"].notna()]
        if len(filled) > len(known):
            rows += _by_review(filled, len(pairs), BOTH)
    return as_table("quality_estimate", pd.DataFrame(rows))


def _by_model(accepted: npt.NDArray[np.bool_], probability: Numbers) -> list[dict[str, object]]:
    scored = ~np.isnan(probability)
    chance = probability[scored]
    if not len(chance):
        return []
    strata = pd.DataFrame(
        {
            "accepted": accepted[scored],
            "pairs": 1,
            "reviewed": 0,
            "yes": 0,
            "expected": chance,
            "variance": chance * (1 - chance),
        }
    )
    summed = strata.groupby("accepted", as_index=False).sum()
    return _by_review(summed, len(probability), MODEL)


def _strata(
    pairs: pd.DataFrame, accepted: npt.NDArray[np.bool_], probability: Numbers, decisions: pd.DataFrame
) -> pd.DataFrame:
    """Count pairs, reviewed pairs and confirmed pairs by band and decision."""
    answers = _answers(pairs, decisions)
    counted = pd.DataFrame(
        {
            "accepted": accepted,
            "band": probability_bands(pairs).to_numpy(),
            "decision": pairs["decision"].to_numpy(),
            "pairs": 1,
            "reviewed": answers.notna().to_numpy(),
            "yes": answers.eq(True).fillna(False).to_numpy(dtype=bool),
            "expected": probability,
            "variance": probability * (1 - probability),
        }
    )
    by = counted.groupby(["accepted", "decision", "band"])
    summed = by[["pairs", "reviewed", "yes"]].sum()
    for name in ("expected", "variance"):
        summed[name] = by[name].sum(min_count=1)
    return summed.reset_index()


def _answers(pairs: pd.DataFrame, decisions: pd.DataFrame) -> pd.Series:
    """Return the latest answer on each pair (boolean; NA: not reviewed), in either order of its records."""
    said = decisions[decisions["decision"].isin(["Match", "No match"])]
    said = said.sort_values("reviewed_utc", na_position="first", kind="stable")
    words = pd.Series(said["decision"].eq("Match").to_numpy(dtype=bool), index=_unordered(said))
    words = words[~words.index.duplicated(keep="last")]
    return words.astype("boolean").reindex(_unordered(pairs)).set_axis(pairs.index)


def _unordered(pairs: pd.DataFrame) -> pd.MultiIndex:
    left, right = (pairs[f"{side}_silo"] + "\n" + pairs[f"{side}_record"] for side in ("left", "right"))
    first = (left <= right).fillna(False)
    return pd.MultiIndex.from_arrays([left.where(first, right), right.where(first, left)])


def _by_review(strata: pd.DataFrame, every: int, basis: str) -> list[dict[str, object]]:
    """Combine strata: what review found, what to expect of the rest, and the interval."""
    if strata.empty:
        return []
    rng = np.random.default_rng(SEED)
    pairs, reviewed, yes = (strata[name].to_numpy(dtype="float64") for name in ("pairs", "reviewed", "yes"))
    expected = strata["expected"].to_numpy(dtype="float64", na_value=np.nan)
    seen = reviewed > 0
    share = np.divide(yes, reviewed, out=np.zeros(len(pairs)), where=seen)
    right = np.where(seen, pairs * share, expected)
    # Reviewed pairs have no uncertainty; the others of their band have that of the review.
    drawn = rng.beta(BEFORE + yes, BEFORE + reviewed - yes, (DRAWS, len(pairs)))
    by_review = yes + (pairs - reviewed) * drawn
    spread = np.sqrt(strata["variance"].to_numpy(dtype="float64", na_value=0.0))
    by_model = np.clip(rng.normal(np.nan_to_num(expected), spread, (DRAWS, len(pairs))), 0, pairs)
    draws = np.where(seen, by_review, by_model)
    accepted = strata["accepted"].to_numpy(dtype=bool)
    linked = pairs[accepted].sum()
    point = _rates(right[None, :], accepted, linked)
    among = _rates(draws, accepted, linked)
    return [
        {
            "basis": basis,
            "measure": measure,
            "value": float(point[measure][0]),
            "low": float(np.quantile(among[measure], 0.025)) if not np.isnan(point[measure][0]) else np.nan,
            "high": float(np.quantile(among[measure], 0.975)) if not np.isnan(point[measure][0]) else np.nan,
            "pairs": int(pairs.sum()),
            "reviewed": int(reviewed.sum()),
            "share_of_pairs": float(pairs.sum() / every),
        }
        for measure in point
    ]


def _rates(right: Numbers, accepted: npt.NDArray[np.bool_], linked: float) -> dict[str, Numbers]:
    found, all_right = right[:, accepted].sum(axis=1), right.sum(axis=1)
    nothing = np.full(len(right), np.nan)
    return {
        "Precision": found / linked if linked else nothing,
        "Recall": np.divide(found, all_right, out=nothing.copy(), where=all_right > 0),
        "F1": np.divide(2 * found, linked + all_right, out=nothing.copy(), where=linked + all_right > 0),
    }
