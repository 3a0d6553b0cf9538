"""Sixth rung: which of the likely pairs can hold together, which wait for a person, and which cannot hold.

First children are put together from records with birth dates. Then each record without one is given to a
child only if no other candidate competes for it. What is left is looked at among itself, strictly.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.candidates import among_undated
from helpers.link.choosing import choose_child, share_among_rivals
from helpers.link.clusters import cluster_records, components
from helpers.link.coverage import coverage_weights
from helpers.link.rungs.found import Aids, Found
from helpers.link.rungs.scored import Candidates, weigh_candidates
from helpers.link.students import Students
from helpers.link.units import Units
from helpers.link.weighed_pairs import with_weighed
from helpers.link.weighing import Exclusions, weigh

__all__ = ["STEP", "climb"]

STEP = 4

# Accepted without a person from this probability up: where both have a birth date, where one has, and where
# neither has. Fixed on two districts on which no score is reported.
ACCEPT = (0.8, 0.8, 0.9)
# From here up a person is asked, once a record: about its best candidate.
REVIEW = 0.1
# Two candidates that are one child with at least this probability don't compete for a third record.
ALIKE = 0.3
SAME_NAME_AND_BIRTH_DATE = ("name and birth date agree, a strong id contradicts",)
# From this share up it is plain whose a record is, so that it shows which children a system has.
PLAIN = 0.95
# Units below this speak against each other: no third one joins them.
AGAINST = 0.02


def climb(students: Students, found: Found, aids: Aids) -> Found:
    """Decide which weighed pairs hold.

    Parameters
    ----------
    students
        The records.
    found
        What lower rungs found.
    aids
        Schools, what persons decided, and the model.

    Returns
    -------
    Found
        Settled: no child holds what speaks against each other, and every record asks a person about one pair
        at most.
    """
    seen = weigh_candidates(students, found, aids)
    count = len(seen.units)
    kind = seen.pairs["kind"].to_numpy()
    dated = _decide_dated(seen.pairs[kind == 0], count)
    children = _cluster(count, [dated], seen.exclusions.also_by_names)[0]
    undated = _decide_undated(seen.pairs[kind == 1], seen.units, _alike(seen, dated, children))
    left_over, over = _decide_left_over(seen, undated, aids)
    parts = [dated, undated, left_over]
    label, outcomes = _cluster(count, parts, _by_weights_too(seen.exclusions, parts))
    pairs = pd.concat(parts, ignore_index=True)
    pairs.loc[pairs["decision"].eq("Match"), "decision"] = outcomes
    pairs = _one_question_a_record(pairs, seen.units.dated, label)
    settled = with_weighed(students, seen.settled, seen.units, pairs, label)
    return found.decided(STEP, settled, seen.passed_over + over)


def _decide_dated(pairs: pd.DataFrame, count: int) -> pd.DataFrame:
    """Decide about pairs of units with birth dates: by their probability among rivals."""
    return _by_share(pairs, count, ACCEPT[0])


def _by_share(pairs: pd.DataFrame, count: int, accept: float) -> pd.DataFrame:
    """Decide by the share among rivals; what is refused competes for nothing."""
    refused = pairs["refused"].to_numpy(dtype=bool)
    alone = pairs["match_probability"].to_numpy()
    share = np.where(refused, 0.0, alone)
    hopeful = np.flatnonzero(~refused & (alone >= AGAINST))
    near = pairs[~refused & (alone >= ALIKE)]
    alike = near["left"].to_numpy() * count + near["right"].to_numpy()
    share[hopeful] = share_among_rivals(pairs.iloc[hopeful], count, alike)
    return pairs.assign(
        probability=np.where(refused, alone, share), decision=_decision(share, refused, alone, accept)
    )


def _decision(share: np.ndarray, refused: np.ndarray, alone: np.ndarray, accept: float) -> np.ndarray:
    return np.select(
        [refused & (alone >= REVIEW), share >= accept, share >= REVIEW],
        ["Refused", "Match", "Review"],
        default="No match",
    ).astype(object)


def _alike(seen: Candidates, dated: pd.DataFrame, children: np.ndarray) -> np.ndarray:
    """Number children so that those who may well be one have one number: they don't compete for a record."""
    likely = dated[dated["match_probability"].ge(ALIKE) & ~dated["refused"]]
    rules = seen.settled.pairs
    waiting = rules[rules["decision"].eq("Review") & rules["rule"].isin(SAME_NAME_AND_BIRTH_DATE)]
    left, right = (
        np.concatenate((likely[side].to_numpy(), seen.units.of_record[waiting[side].to_numpy()]))
        for side in ("left", "right")
    )
    return components(len(children), children[left], children[right])[children]


def _decide_undated(pairs: pd.DataFrame, units: Units, children: np.ndarray) -> pd.DataFrame:
    """Give each unit without a birth date to the child that has most of its probability."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    dated, silo = units.dated, units.silo
    unit, chooser = np.where(dated[left], left, right), np.where(dated[left], right, left)
    wanting = pairs.assign(chooser=chooser, unit=unit, child=children[unit], group=silo[chooser])
    asking = np.bincount(silo[units.named & ~dated], minlength=int(np.max(silo, initial=0)) + 1)
    first = choose_child(wanting, asking)
    covered = coverage_weights(units, first, first["share"].to_numpy() >= PLAIN)
    again = first.drop(columns=["share", "best"]).assign(match_weight=first["match_weight"] + covered)
    ranked = choose_child(again, asking)
    share = ranked["share"].to_numpy()
    decision = _decision(share, np.zeros(len(ranked), dtype=bool), share, ACCEPT[1])
    decision[~ranked["best"].to_numpy() & (decision == "Review")] = "No match"
    return ranked.assign(probability=share, decision=decision)[[*pairs.columns, "probability", "decision"]]


def _decide_left_over(
    seen: Candidates, undated: pd.DataFrame, aids: Aids
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Look at units without a birth date that no child may be, among themselves."""
    units = seen.units
    asked = undated["decision"].isin(["Match", "Review"]).to_numpy()
    taken = np.zeros(len(units), dtype=bool)
    for side in ("left", "right"):
        taken[undated.loc[asked, side].to_numpy()] = True
    pairs, over = among_undated(units, units.named & ~units.dated & ~taken)
    weighed = weigh(units, pairs, seen.exclusions, aids).assign(kind=2)
    return _by_share(weighed, len(units), ACCEPT[2]), over


def _by_weights_too(exclusions: Exclusions, parts: list[pd.DataFrame]):  # type: ignore[no-untyped-def]
    against = [
        part.loc[part["match_probability"].lt(AGAINST) | part["refused"], ["left", "right"]]
        for part in (parts[0], parts[2])
    ]
    low = pd.concat(against)
    return exclusions.with_pairs(low["left"].to_numpy("int64"), low["right"].to_numpy("int64")).by_ids


def _cluster(count: int, parts: list[pd.DataFrame], excluded) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    matches = pd.concat([part[part["decision"].eq("Match")] for part in parts], ignore_index=True)
    edges = matches[["left", "right"]].assign(strength=matches["match_weight"].round(1))
    clusters = cluster_records(count, edges, excluded)
    return clusters.label, clusters.outcome


def _one_question_a_record(pairs: pd.DataFrame, dated: np.ndarray, label: np.ndarray) -> pd.DataFrame:
    """Ask a person about a unit's best pair only, and about nothing that is joined by now."""
    waiting = pairs[pairs["decision"].eq("Review")]
    left, right = waiting["left"].to_numpy(), waiting["right"].to_numpy()
    joined = label[left] == label[right]
    order = np.argsort(-waiting["probability"].to_numpy(), kind="stable")
    asked: set[int] = set()
    keep = np.zeros(len(waiting), dtype=bool)
    for row in order.tolist():
        # A child may be asked about for several records, a record without a birth date about one child only.
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
