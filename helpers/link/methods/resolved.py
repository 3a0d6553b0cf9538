"""Entity resolution: which likely pairs to accept together, send to review, or refuse.

First, records with birth dates form children. Then each record without one joins a child, unless another
candidate competes for it. The remaining records are compared with each other, strictly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocking import distinct_pairs
from helpers.link.candidates import candidates_across_birth_dates, candidates_without_birth_date
from helpers.link.matches import LinkageContext, Matches
from helpers.link.methods.probabilistic import Candidates, weigh_candidates
from helpers.link.records import Records, Units
from helpers.link.resolve.assignment import (
    assign_child,
    coverage_weights,
    is_parent_of_same_name,
    normalize_over_candidates,
    second_record_weights,
)
from helpers.link.resolve.clusters import Compare, cluster_records, components
from helpers.link.resolve.lone_pairs import lack_witness, may_be_twins
from helpers.link.resolve.weighted_pairs import (
    Exclusions,
    add_weighted_pairs,
    ask_about_numbers,
    is_exclusive,
    weigh,
)
from helpers.link.values.name_forms import compare_names
from helpers.standard import figure

__all__ = ["STEP", "resolve_matches"]

STEP = 4

ENDS = ("left", "right")
# Both records have a birth date, one has, neither has.
ACCEPT = tuple(figure(f"link/thresholds.accept_{which}") for which in ("dated", "half_dated", "undated"))
REVIEW = figure("link/thresholds.review")
ALIKE = figure("link/thresholds.alike")
SAME_BUT_FOR_IDS = figure("link/thresholds.same_but_for_ids")
SAME_NAME_AND_BIRTH_DATE = ("name and birth date agree, a strong id contradicts",)
PLAIN = figure("link/thresholds.plain")
AGAINST = figure("link/thresholds.against")
# A name that more children have says nothing about them.
MOST_FRAGMENTS = 5


def resolve_matches(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Resolve the scored pairs."""
    seen = weigh_candidates(students, found, aids)
    count = len(seen.units)
    kind = seen.pairs["kind"].to_numpy()
    dated = _decide_dated(seen.pairs[kind == 0], count, seen.exclusions)
    children = _cluster(count, [dated], seen.exclusions.within_clusters)[0]
    half_dated = seen.pairs[kind == 1]
    fragments = _fragments(seen, half_dated, children, aids)
    undated, over = _decide_undated(seen, half_dated, _alike(seen, dated, fragments, children), aids)
    left_over, over_last = _decide_left_over(seen, undated, aids)
    parts = [dated, undated, left_over]
    label, outcomes = _cluster(count, parts, _by_weights_too(seen.exclusions, parts))
    pairs = _stacked(parts)
    pairs.loc[pairs["decision"].eq("Match"), "decision"] = outcomes
    pairs = ask_about_numbers(pairs, seen.exclusions)
    pairs, label = _ask_where_witness_lacks(seen.units, pairs, label)
    pairs = _one_question_a_record(pairs, seen.units.dated, label)
    resolved = add_weighted_pairs(students, seen.resolved, seen.units, pairs, label, aids)
    return found.decided(STEP, resolved, seen.passed_over + over + over_last)


def _decide_dated(pairs: pd.DataFrame, count: int, exclusions: Exclusions) -> pd.DataFrame:
    """Decide about pairs of units with birth dates, by their probability among rivals.

    A system may have one child twice, under two ids that contradict each other. Both records then claim the
    same third one. Either way it reaches the right child, so the stronger claim wins. If a reviewer or the
    system's guarantee makes them two children, the third record goes to neither.
    """
    decided = _by_share(pairs, count, ACCEPT[0], exclusions)
    doubles = pairs[pairs["refused"] & pairs["match_probability"].ge(SAME_BUT_FOR_IDS)]
    doubles = doubles[~exclusions.two_children(doubles["left"].to_numpy(), doubles["right"].to_numpy())]
    doubles = doubles[~_have_two_names_or_numbers(exclusions, doubles)]
    match = decided[decided["decision"].eq("Match")]
    partners: dict[int, dict[int, tuple[float, int, int]]] = {}
    for row, one, other, weight in zip(
        match.index.tolist(),
        match["left"].tolist(),
        match["right"].tolist(),
        match["match_weight"],
        strict=True,
    ):
        partners.setdefault(one, {})[other] = (-round(weight, 1), one, row)
        partners.setdefault(other, {})[one] = (-round(weight, 1), other, row)
    weaker: set[int] = set()
    for one, other in zip(doubles["left"].tolist(), doubles["right"].tolist(), strict=True):
        mine, yours = partners.get(one, {}), partners.get(other, {})
        weaker.update(max(mine[third], yours[third])[2] for third in mine.keys() & yours.keys())
    decision = decided["decision"].copy()
    decision[sorted(weaker)] = "No match"
    # A father and son may share name and home, twins a birth date: a reviewer decides.
    matched = decision.index[decision.eq("Match")]
    ends = [decided.loc[matched, side].to_numpy(dtype="int64") for side in ENDS]
    doubtful = is_parent_of_same_name(exclusions.units, *ends) | may_be_twins(exclusions.units, *ends)
    decision[matched[doubtful]] = "Review"
    return decided.assign(decision=decision)


def _have_two_names_or_numbers(exclusions: Exclusions, pairs: pd.DataFrame) -> np.ndarray:
    """Test which pairs are two children, not one under two ids: two systems number both, or names differ."""
    left, right = (pairs[side].to_numpy(dtype="int64") for side in ENDS)
    names = compare_names(exclusions.units.names, len(exclusions.units), left, right)
    return names.plainly_different | exclusions.have_other_numbers(left, right)


def _by_share(
    pairs: pd.DataFrame, count: int, accept: float, exclusions: Exclusions | None = None
) -> pd.DataFrame:
    """Decide by the share among rivals; refused pairs don't compete.

    Given exclusions, only units that can't be one child are rivals.
    """
    refused = pairs["refused"].to_numpy(dtype=bool)
    alone = pairs["match_probability"].to_numpy()
    share = np.where(refused, 0.0, alone)
    hopeful = np.flatnonzero(~refused & (alone >= AGAINST))
    near = pairs[np.where(refused, alone >= SAME_BUT_FOR_IDS, alone >= ALIKE)]
    if exclusions is not None:
        twins = near["refused"].to_numpy(dtype=bool) & _have_two_names_or_numbers(exclusions, near)
        near = near[~twins]
    alike = near["left"].to_numpy() * count + near["right"].to_numpy()
    exclusive = None if exclusions is None else exclusions.exclusive
    share[hopeful] = normalize_over_candidates(pairs.iloc[hopeful], count, alike, exclusive)
    return pairs.assign(
        probability=np.where(refused, alone, share),
        decision=_decision(share, refused, alone, accept),
        rivals=False,
    )


def _decision(share: np.ndarray, refused: np.ndarray, alone: np.ndarray, accept: float) -> np.ndarray:
    return np.select(
        [refused & (alone >= REVIEW), share >= accept, share >= REVIEW],
        ["Refused", "Match", "Review"],
        default="No match",
    ).astype(object)


def _fragments(
    seen: Candidates, pairs: pd.DataFrame, children: np.ndarray, aids: LinkageContext
) -> pd.DataFrame:
    """Find children who fit one record and are certainly one child, though no key compares them.

    Each may have an error of its own, in name or birth date.
    """
    units = seen.units
    near = pairs[pairs["match_probability"].ge(REVIEW) & ~pairs["refused"]]
    left, right = (near[side].to_numpy(dtype="int64") for side in ENDS)
    child, chooser = np.where(units.dated[left], left, right), np.where(units.dated[left], right, left)
    fitting = np.bincount(chooser, minlength=len(units))[chooser]
    few = (fitting > 1) & (fitting <= MOST_FRAGMENTS)
    fits = pd.DataFrame({"chooser": chooser[few], "child": child[few]})
    both = fits.merge(fits, on="chooser", how="inner", suffixes=("", "_other"), validate="many_to_many")
    one, other = both["child"].to_numpy(), both["child_other"].to_numpy()
    apart = (one < other) & (children[one] != children[other])
    one, other = distinct_pairs(one[apart], other[apart])
    still = ~seen.exclusions.exclusive(one, other)
    open_pairs = pd.DataFrame({"left": one[still], "right": other[still]})
    weighed = weigh(units, open_pairs, seen.exclusions, aids)
    return weighed[weighed["match_probability"].ge(SAME_BUT_FOR_IDS) & ~weighed["refused"]]


def _alike(
    seen: Candidates, dated: pd.DataFrame, fragments: pd.DataFrame, children: np.ndarray
) -> np.ndarray:
    """Assign numbers to children; likely duplicates share one, and so don't compete for a record."""
    likely = pd.concat([dated[dated["match_probability"].ge(ALIKE) & ~dated["refused"]], fragments])
    rules = seen.resolved.pairs
    waiting = rules[rules["decision"].eq("Review") & rules["rule"].isin(SAME_NAME_AND_BIRTH_DATE)]
    left, right = (
        np.concatenate((likely[side].to_numpy(), seen.units.of_record[waiting[side].to_numpy()]))
        for side in ("left", "right")
    )
    return components(len(children), children[left], children[right])[children]


def _decide_undated(
    seen: Candidates, pairs: pd.DataFrame, children: np.ndarray, aids: LinkageContext
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assign units without a birth date to children.

    Children are the units with a birth date, plus the leftover units of the first system with records without
    one: without any birth date, that system alone defines the children.
    """
    units, silo = seen.units, seen.units.silo
    is_child, asking = units.dated, units.named & ~units.dated
    chosen = _choose(pairs, units, is_child, asking, children, aids)
    left_over = asking & ~_asked(len(units), chosen)
    is_root = left_over & (silo == int(np.min(silo[asking], initial=len(silo))))
    others = asking & ~is_root
    more, over = candidates_across_birth_dates(units, is_root, others)
    if more.empty:
        return chosen, over
    weighed = weigh(units, more, seen.exclusions, aids).assign(kind=2)
    of_roots = (is_root[chosen["left"]] | is_root[chosen["right"]]) & chosen["decision"].ne("Match")
    all_pairs = _stacked([pairs[~(is_root[pairs["left"]] | is_root[pairs["right"]])], weighed])
    again = _choose(all_pairs, units, is_child | is_root, others, children, aids)
    return _stacked([chosen[of_roots], again]), over


def _choose(
    pairs: pd.DataFrame,
    units: Units,
    is_child: np.ndarray,
    asking: np.ndarray,
    children: np.ndarray,
    aids: LinkageContext,
) -> pd.DataFrame:
    """Assign each asking unit to the child with most of its probability."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    silo = units.silo
    unit, chooser = np.where(is_child[left], left, right), np.where(is_child[left], right, left)
    weight = pairs["match_weight"].to_numpy()
    claim = weight + is_exclusive(units, pairs["kind"].to_numpy(), len(np.unique(children[is_child])), aids)
    wanting = pairs.assign(
        chooser=chooser, unit=unit, child=children[unit], group=silo[chooser], own=weight, match_weight=claim
    )
    many = np.bincount(silo[asking], minlength=int(np.max(silo, initial=0)) + 1)
    first = assign_child(wanting, many)
    sure = first["best"].to_numpy() & (first["share"].to_numpy() >= PLAIN)
    learned = coverage_weights(units, first, sure, is_child)
    learned += second_record_weights(units, first, sure, is_child, children)
    again = first.drop(columns=["share", "best", "rivals"])
    ranked = assign_child(again.assign(match_weight=first["match_weight"] + learned), many)
    share = ranked["share"].to_numpy()
    decision = _decision(share, np.zeros(len(ranked), dtype=bool), share, ACCEPT[1])
    matched = np.flatnonzero(decision == "Match")
    ends = (ranked[side].to_numpy(dtype="int64")[matched] for side in ENDS)
    decision[matched[may_be_twins(units, *ends)]] = "Review"
    decision[~ranked["best"].to_numpy() & (decision == "Review")] = "No match"
    ranked = ranked.assign(match_weight=ranked["own"], probability=share, decision=decision)
    return ranked[[*pairs.columns, "probability", "decision", "rivals"]]


def _asked(count: int, pairs: pd.DataFrame) -> np.ndarray:
    """Test which units a pair joins, or may join after review."""
    open_pairs = pairs[pairs["decision"].isin(["Match", "Review"])]
    taken = np.zeros(count, dtype=bool)
    for side in ENDS:
        taken[open_pairs[side].to_numpy()] = True
    return taken


def _decide_left_over(
    seen: Candidates, undated: pd.DataFrame, aids: LinkageContext
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the units that match no child with each other."""
    units, count = seen.units, len(seen.units)
    left_over = units.named & ~units.dated & ~_asked(count, undated)
    pairs, over = candidates_without_birth_date(units, left_over)
    known = undated["left"].to_numpy() * count + undated["right"].to_numpy()
    pairs = pairs[~np.isin(pairs["left"].to_numpy() * count + pairs["right"].to_numpy(), known)]
    weighed = weigh(units, pairs, seen.exclusions, aids).assign(kind=2)
    return _by_share(weighed, count, ACCEPT[2]), over


def _by_weights_too(exclusions: Exclusions, parts: list[pd.DataFrame]) -> Compare:
    """Exclude pairs that are refused, and unlikely ones that a system would have twice.

    Two errors of one child look like two children; only what is refused, or what a system has once, separates
    them.
    """
    against = []
    for part in (parts[0], parts[-1]):
        rows = part[part["match_probability"].lt(AGAINST) | part["refused"]]
        one, other = (rows[side].to_numpy(dtype="int64") for side in ENDS)
        apart = rows["refused"].to_numpy(dtype=bool) | exclusions.both_once(one, other)
        against.append(rows.loc[apart, list(ENDS)])
    low = _stacked(against)
    return exclusions.with_pairs(low["left"].to_numpy("int64"), low["right"].to_numpy("int64")).by_ids


def _cluster(count: int, parts: list[pd.DataFrame], excluded: Compare) -> tuple[np.ndarray, np.ndarray]:
    matches = _stacked([part[part["decision"].eq("Match")] for part in parts])
    edges = matches[["left", "right"]].assign(strength=matches["match_weight"].round(1))
    clusters = cluster_records(count, edges, excluded)
    return clusters.label, clusters.outcome


def _ask_where_witness_lacks(
    units: Units, pairs: pd.DataFrame, label: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Let a reviewer decide about two records that may be two twins', and keep them apart until then."""
    matched = pairs.index[pairs["decision"].eq("Match")]
    left, right = (pairs.loc[matched, side].to_numpy(dtype="int64") for side in ENDS)
    doubtful = lack_witness(units, label, left, right)
    decision, label = pairs["decision"].copy(), label.copy()
    decision[matched[doubtful]] = "Review"
    for ends in (left[doubtful], right[doubtful]):
        label[ends] = ends
    return pairs.assign(decision=decision), label


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate frames; skip empty ones, which would spoil dtypes."""
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _one_question_a_record(pairs: pd.DataFrame, dated: np.ndarray, label: np.ndarray) -> pd.DataFrame:
    """Ask a reviewer only about a unit's best pair, and not about pairs joined by now."""
    waiting = pairs[pairs["decision"].eq("Review")]
    left, right = waiting["left"].to_numpy(), waiting["right"].to_numpy()
    joined = label[left] == label[right]
    order = np.argsort(-waiting["probability"].to_numpy(), kind="stable")
    asked: set[int] = set()
    keep = np.zeros(len(waiting), dtype=bool)
    for row in order.tolist():
        # A child may be in several questions, a record without a birth date in one only.
        ends = [end for end in (int(left[row]), int(right[row])) if not dated[end]] or [
            int(left[row]),
            int(right[row]),
        ]
        if joined[row] or not asked.isdisjoint(ends):
            continue
        asked.update(ends)
        keep[row] = True
    decision = pairs["decision"].copy()
    decision[waiting.index[~keep]] = "No match"
    decision[waiting.index[joined]] = "Match"
    return pairs.assign(decision=decision)
