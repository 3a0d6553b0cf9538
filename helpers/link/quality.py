"""Estimate link quality without an answer key, from the adapted model or from reviewed pairs.

Neither is a measurement. The model's estimate is of all pairs of records with names: how wrong links were
in synthetic districts where as many names and birth dates disagreed. How far it may be off was learned from
errors of another origin; nothing here shows that this district's errors are like either. Reviewed pairs
don't depend on the model, but they are few, reviewers err, and they cover only pairs that were compared.
Every row names its basis, and the share of pairs that it speaks of.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.crosswalk import Links
from helpers.link.model.calibration import share_of_errors
from helpers.standard import STRING, as_table

__all__ = [
    "BANDS",
    "LEARNED",
    "estimate_caveat",
    "estimate_quality",
    "pairs_to_review",
    "probability_bands",
]

Numbers = npt.NDArray[np.float64]

MODEL = "Model, pairs of records with names"
REVIEWED = "Reviewed pairs, of those compared"
LEARNED = Path(__file__).with_name("quality.toml")
ELSEWHERE = Path(__file__).with_name("quality_elsewhere.toml")
# Least share of errors that can be distinguished from none.
LEAST = 1e-3
Z = 1.96  # of a 95% interval
# Where fewer wrong pairs than this are expected, there may be none.
FEWEST_DETECTED = 3.0
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


def estimate_quality(links: Links, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Estimate precision, recall and F1 without an answer key."""
    rows = _by_model(links)
    if decisions is not None and len(decisions):
        rows += _by_review(links.pairs, decisions)
    return as_table("quality_estimate", pd.DataFrame(rows))


def _by_model(links: Links) -> list[dict[str, object]]:
    """Estimate the measures of all pairs of named records, with the uncertainty seen in training."""
    named, linked = _linked_pairs(links.crosswalk)
    if links.model is None or not named:
        return []
    errors = np.log(max(share_of_errors(links.model), LEAST))
    rows: list[dict[str, object]] = []
    for measure, one in _learned().items():
        wrong = float(np.exp(one["intercept"] + one["errors"] * errors))
        # Few pairs are less certain than those of training districts.
        spread = Z * float(np.hypot(one["spread"], np.sqrt(1 / max(named * wrong, 1.0))))
        most, fewest = (min(wrong * float(np.exp(sign * spread)), 1.0) for sign in (1, -1))
        if named * fewest < FEWEST_DETECTED:
            fewest = 0.0
        rows.append(
            {
                "basis": MODEL,
                "measure": measure,
                "value": 1 - min(wrong, 1.0),
                "low": 1 - most,
                "high": 1 - fewest,
                "pairs": named,
                "reviewed": 0,
                "share_of_pairs": named / linked,
            }
        )
    return rows


def _linked_pairs(crosswalk: pd.DataFrame) -> tuple[int, int]:
    """Count the linked pairs of two records with names, and all linked pairs."""
    named = crosswalk["linkable_by"].isin(["Name and birth date", "Name only"])
    counts = [rows.groupby("child").size().to_numpy() for rows in (crosswalk[named], crosswalk)]
    with_names, every = (int((count * (count - 1) // 2).sum()) for count in counts)
    return with_names, every


@cache
def _learned() -> dict[str, dict[str, float]]:
    return tomllib.loads(LEARNED.read_text(encoding="utf-8"))["measure"]


@cache
def estimate_caveat() -> str:
    """Say for which errors the estimate holds, and how far it missed on others.

    >>> estimate_caveat().partition(". ")[0]
    'It holds for errors like those of invented districts'
    """
    missed = tomllib.loads(ELSEWHERE.read_text(encoding="utf-8"))
    times = [*missed["held_out"]["missed_times"], *missed["other_kinds"]["missed_times"]]
    folders = missed["folders"]
    found = [100 * share for share in folders["found"]]
    return (
        f"It holds for errors like those of invented districts. On others {min(times)} to {max(times)} times "
        f"as many pairs were missed, and it said {100 * folders['estimated']:.0f}% where links found "
        f"{min(found):.0f}% to {max(found):.0f}%."
    )


def _by_review(pairs: pd.DataFrame, decisions: pd.DataFrame) -> list[dict[str, object]]:
    """Combine bands of probability and decision: what review found, and the interval."""
    answers = _answers(pairs, decisions)
    counted = pd.DataFrame(
        {
            "accepted": pairs["decision"].eq("Match").to_numpy(dtype=bool),
            "band": probability_bands(pairs).to_numpy(),
            "decision": pairs["decision"].to_numpy(),
            "pairs": 1,
            "reviewed": answers.notna().to_numpy(),
            "yes": answers.eq(True).fillna(False).to_numpy(dtype=bool),
        }
    )
    strata = counted.groupby(["accepted", "decision", "band"], as_index=False).sum()
    strata = strata[strata["reviewed"] > 0]
    if strata.empty:
        return []
    rng = np.random.default_rng(SEED)
    count, reviewed, yes = (strata[name].to_numpy(dtype="float64") for name in ("pairs", "reviewed", "yes"))
    # Reviewed pairs have no uncertainty; the others of their band have that of the review.
    drawn = rng.beta(BEFORE + yes, BEFORE + reviewed - yes, (DRAWS, len(count)))
    accepted = strata["accepted"].to_numpy(dtype=bool)
    linked = count[accepted].sum()
    point = _rates((count * yes / reviewed)[None, :], accepted, linked)
    among = _rates(yes + (count - reviewed) * drawn, accepted, linked)
    return [
        {
            "basis": REVIEWED,
            "measure": measure,
            "value": float(point[measure][0]),
            "low": float(np.quantile(among[measure], 0.025)) if not np.isnan(point[measure][0]) else np.nan,
            "high": float(np.quantile(among[measure], 0.975)) if not np.isnan(point[measure][0]) else np.nan,
            "pairs": int(count.sum()),
            "reviewed": int(reviewed.sum()),
            "share_of_pairs": float(count.sum() / len(pairs)),
        }
        for measure in point
    ]


def _answers(pairs: pd.DataFrame, decisions: pd.DataFrame) -> pd.Series:
    """Return the latest answer on each pair (boolean; NA: not reviewed), in either order of its records."""
    answers = decisions[decisions["decision"].isin(["Match", "No match"])]
    answers = answers.sort_values("reviewed_utc", na_position="first", kind="stable")
    words = pd.Series(answers["decision"].eq("Match").to_numpy(dtype=bool), index=_unordered(answers))
    words = words[~words.index.duplicated(keep="last")]
    return words.astype("boolean").reindex(_unordered(pairs)).set_axis(pairs.index)


def _unordered(pairs: pd.DataFrame) -> pd.MultiIndex:
    left, right = (pairs[f"{side}_silo"] + "\n" + pairs[f"{side}_record"] for side in ("left", "right"))
    first = (left <= right).fillna(False)
    return pd.MultiIndex.from_arrays([left.where(first, right), right.where(first, left)])


def _rates(right: Numbers, accepted: npt.NDArray[np.bool_], linked: float) -> dict[str, Numbers]:
    found, all_right = right[:, accepted].sum(axis=1), right.sum(axis=1)
    nothing = np.full(len(right), np.nan)
    return {
        "Precision": found / linked if linked else nothing,
        "Recall": np.divide(found, all_right, out=nothing.copy(), where=all_right > 0),
        "F1": np.divide(2 * found, linked + all_right, out=nothing.copy(), where=linked + all_right > 0),
    }
