"""Probabilistic linkage: candidates by name, birth date, school or contact, each pair judged alone.

A pair is a match if the model finds it likely enough and nothing refuses it. A pair alone can't show that
two children are equally likely, or that a child would get two State ids: the next stage resolves that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.link.candidates import (
    candidates_across_birth_dates,
    candidates_with_birth_date,
    candidates_without_birth_date,
)
from helpers.link.matches import LinkageContext, Matches, Resolved
from helpers.link.model.parameters import shipped_model
from helpers.link.model.scoring import score_pairs
from helpers.link.records import Records, Units, make_units
from helpers.link.resolve.clusters import cluster_records
from helpers.link.resolve.resolve import resolve
from helpers.link.resolve.weighted_pairs import (
    Exclusions,
    add_weighted_pairs,
    ask_about_numbers,
    learn_exclusions,
    mark_refused,
    weigh,
)

__all__ = ["STEP", "Candidates", "find_candidates", "find_probabilistic_matches", "weigh_candidates"]

STEP = 4


@dataclass(frozen=True)
class Candidates:
    """What rules left open: units, and the pairs of them worth scoring.

    ``pairs`` has ``left``, ``right`` and ``kind``: 0 if both units have a birth date, 1 if one has; after
    scoring also what `weighted_pairs.weigh` adds.
    """

    resolved: Resolved
    units: Units
    exclusions: Exclusions
    pairs: pd.DataFrame
    passed_over: pd.DataFrame


def find_candidates(students: Records, found: Matches, aids: LinkageContext) -> Candidates:
    """Resolve what rules can, and find candidates among the rest."""
    resolved = resolve(students, found, aids.persons)
    units = make_units(students, resolved.label, aids.schools)
    both, over = candidates_with_birth_date(units)
    one, over_one = candidates_across_birth_dates(units, units.dated, units.named & ~units.dated)
    pairs = pd.concat([both, one], ignore_index=True).astype("int64")
    pairs = pairs.assign(kind=np.repeat([0, 1], [len(both), len(one)]))
    exclusions = Exclusions.of(students, units, resolved, aids.persons)
    return Candidates(resolved, units, exclusions, pairs, over + over_one)


def weigh_candidates(students: Records, found: Matches, aids: LinkageContext) -> Candidates:
    """Find candidates and score them."""
    seen = find_candidates(students, found, aids)
    weighed = score_pairs(seen.units, seen.pairs[["left", "right"]], aids.model)
    exclusions = learn_exclusions(weighed, seen.exclusions)
    weighed = mark_refused(weighed, exclusions)
    return replace(seen, exclusions=exclusions, pairs=weighed.assign(kind=seen.pairs["kind"].to_numpy()))


def find_probabilistic_matches(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Match every pair that is likely enough, strongest first."""
    model = aids.model or shipped_model()
    seen = weigh_candidates(students, found, aids)
    units, count = seen.units, len(seen.units)
    likely = seen.pairs["match_probability"].ge(model.accept) & ~seen.pairs["refused"]
    taken = np.zeros(count, dtype=bool)
    for side in ("left", "right"):
        taken[seen.pairs.loc[likely, side].to_numpy()] = True
    left_over, over = candidates_without_birth_date(units, units.named & ~units.dated & ~taken)
    weighed = weigh(units, left_over, seen.exclusions, aids).assign(kind=2)
    pairs = pd.concat([part for part in (seen.pairs, weighed) if len(part)] or [weighed], ignore_index=True)
    probability = pairs["match_probability"].to_numpy()
    decision = np.select(
        [
            pairs["refused"].to_numpy(dtype=bool) & (probability >= model.review),
            probability >= model.accept,
            probability >= model.review,
        ],
        ["Refused", "Match", "Review"],
        default="No match",
    )
    pairs = pairs.assign(decision=decision, probability=probability, rivals=False)
    matches = pairs[pairs["decision"].eq("Match")]
    edges = matches[["left", "right"]].assign(strength=matches["match_weight"].round(2))
    clusters = cluster_records(count, edges, seen.exclusions.also_by_names)
    pairs.loc[matches.index, "decision"] = clusters.outcome
    pairs = ask_about_numbers(pairs, seen.exclusions)
    resolved = add_weighted_pairs(students, seen.resolved, units, pairs, clusters.label, aids)
    return found.decided(STEP, resolved, seen.passed_over + over)
