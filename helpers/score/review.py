"""Estimate what review could add."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import BANDS, Links, components, probability_bands
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.links import pair_totals, score_pairs, with_rates
from helpers.score.rates import rate_of
from helpers.score.truth import ends_of, true_children, true_person_of_record
from helpers.standard import as_table

__all__ = ["score_calibration", "with_review"]


def score_calibration(
    district: District, pairs: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Compare match probabilities with the share of true matches.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    pairs
        Table ``pairs``.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``match_calibration``, one row per band of probability with pairs; pairs from rules form a band
        of their own, without an expected share. Intervals are clustered by the child of the left record.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    right = score_pairs(district, pairs, key=key)["outcome"].eq("right").to_numpy(dtype="float64")
    owners = true_person_of_record(district, key).drop_duplicates(["silo", "record"])
    ends = pairs[["left_silo", "left_record"]].set_axis(["silo", "record"], axis="columns")
    child = ends.merge(
        owners[["silo", "record", "person"]], on=["silo", "record"], how="left", validate="many_to_one"
    )["person"]
    cluster = pd.factorize(child.fillna("nobody"))[0].astype("int64")
    band = probability_bands(pairs).to_numpy()
    rows = []
    for name in BANDS:
        here = band == name
        if not here.any():
            continue
        rate = rate_of(right[here], np.ones(int(here.sum())), pd.factorize(cluster[here])[0].astype("int64"))
        low, high = rate.interval()
        mean = pairs.loc[here, "match_probability"].astype("float64").mean()
        rows.append((name, int(here.sum()), mean, int(rate.numerator), rate.value, low, high))
    columns = ["band", "pairs", "expected", "right", "share", "low", "high"]
    return as_table("match_calibration", pd.DataFrame(rows, columns=columns))


# Value of an unscored pair that needs review, compared with scored ones.
UNSCORED = 0.5


def with_review(district: District, links: Links, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Score links before and after an error-free reviewer answered the pairs that need review.

    The reviewer gets at most one question about each linked child. Questions with the highest expected gain
    come first: probability times the pairs of records that a yes links.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Result of linking: ``crosswalk``, ``pairs`` (decision Review needs an answer), ``findings``.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``review_scores``, one row per population. A yes merges the two children with all their
        records; a no changes nothing.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    crosswalk = links.crosswalk
    truth = true_children(district, key, crosswalk)
    children = int(truth.loc[truth["is_child"], "person"].nunique())
    waiting = links.pairs[links.pairs["decision"].eq("Review")]
    asked = _asked(_questions(waiting, crosswalk))
    answers = score_pairs(district, waiting.loc[asked.index], key=key)["outcome"].eq("right")
    yes = asked[answers.to_numpy(dtype=bool)]

    names = pd.factorize(crosswalk["child"])[1]
    label = components(len(names), yes["left"].to_numpy(), yes["right"].to_numpy())
    joined = pd.Series(label, index=pd.Index(names))
    after = truth.assign(child=truth["child"].map(joined))
    before, then = (with_rates(pair_totals(one)).drop(columns="f1") for one in (truth, after))
    return as_table(
        "review_scores",
        pd.concat([before, then.drop(columns="possible").add_suffix("_after")], axis="columns")
        .assign(needs_review=len(waiting), asked=len(asked), answered_yes=len(yes), children=children)
        .reset_index(),
    )


def _questions(waiting: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the two children of each pair that needs review, and the expected gain of a yes."""
    codes = pd.Series(
        pd.factorize(crosswalk["child"])[0], index=pd.MultiIndex.from_frame(crosswalk[["silo", "record"]])
    )
    ends = [codes.reindex(pd.MultiIndex.from_frame(end)).to_numpy() for end in ends_of(waiting)]
    known = ~(np.isnan(ends[0]) | np.isnan(ends[1]))
    left, right = (end[known].astype("int64") for end in ends)
    sizes = np.bincount(codes.to_numpy())
    probability = waiting["match_probability"].fillna(UNSCORED).to_numpy(dtype="float64")[known]
    return pd.DataFrame(
        {
            "left": np.minimum(left, right),
            "right": np.maximum(left, right),
            "promise": probability * sizes[left] * sizes[right],
        },
        index=waiting.index[known],
    )


def _asked(questions: pd.DataFrame) -> pd.DataFrame:
    """Choose questions by expected gain, at most one about each child."""
    ranked = questions[questions["left"] != questions["right"]]
    ranked = ranked.sort_values("promise", ascending=False, kind="stable").drop_duplicates(["left", "right"])
    asked: set[int] = set()
    chosen = []
    for place, (one, other) in enumerate(zip(ranked["left"], ranked["right"], strict=True)):
        if one not in asked and other not in asked:
            asked |= {one, other}
            chosen.append(place)
    return ranked.iloc[chosen]
