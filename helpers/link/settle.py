"""What becomes of the pairs that rules found: evidence, decision, children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.clusters import Clusters, Compare, cluster_records
from helpers.link.decide import cannot_be_one_child, decide
from helpers.link.evidence import gather_evidence
from helpers.link.matches import Found, Settled
from helpers.link.persons import Persons
from helpers.link.review.joining import join_as_persons_said
from helpers.link.students import Students

__all__ = ["TORN", "after_clustering", "settle"]

# The rung to which a pair is counted that no rung found and a person named.
STEP_OF_A_PERSON = 2
# A rule of the cascade is weaker than two of three, and a person's word stronger than anything.
STRENGTH_OF_A_CASCADE = 2
STRENGTH_OF_A_PERSON = 100
STRONGEST = 1_000  # beyond every other


TORN = "equally near to records that exclude each other"


def settle(students: Students, found: Found, persons: Persons) -> Settled:
    """Decide by rules about all pairs that were found, and put together what is one child.

    Parameters
    ----------
    students
        The records.
    found
        Pairs by the rungs climbed.
    persons
        What persons decided: it holds before every rule.

    Returns
    -------
    Settled
        No child holds records that exclude each other, unless a person said so.
    """
    decided = _decided(students, found, persons)

    def excluded(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        implied = gather_evidence(students, left, right, found.agreeing_ids)
        apart = cannot_be_one_child(implied) | ~students.may_be_one_child(left, right)
        return (apart & ~persons.together(left, right)) | persons.apart(left, right)

    by_rule = decided["decided_by"].ne("Person")
    matches = decided.index[decided["decision"].eq("Match") & by_rule].to_numpy()
    clusters = _clustered(students, decided.loc[matches], excluded)
    decided = after_clustering(decided, matches, clusters.outcome)
    label, not_held = join_as_persons_said(clusters.label, persons.pairs)
    return Settled(_refused(decided, persons.pairs[not_held]), label, np.full(len(students), np.nan))


def _clustered(students: Students, matches: pd.DataFrame, excluded: Compare) -> Clusters:
    """Put records together that say who they are; then give those that only carry an id to them.

    An id that two records have in common says no more when a third file has it, too: what speaks against the
    two still does.
    """
    silent, count = students.says_nothing, len(students)
    by_id = silent[matches["left"].to_numpy()] | silent[matches["right"].to_numpy()]
    known = cluster_records(count, matches[~by_id], excluded)
    if not by_id.any():
        return known
    outcome = np.full(len(matches), "", dtype=object)
    outcome[~by_id] = known.outcome
    held = by_id | (outcome == "Match")
    edges = matches[held].assign(strength=matches["strength"].mask(~by_id, matches["strength"] + STRONGEST))

    def excluded_still(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        apart: np.ndarray = (known.label[left] != known.label[right]) & ~silent[left] & ~silent[right]
        return apart | excluded(left, right)

    clusters = cluster_records(count, edges, excluded_still)
    outcome[by_id] = clusters.outcome[by_id[held]]
    return Clusters(clusters.label, outcome)


def _refused(decided: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Refuse a person's yes between two children of whom a person said no."""
    if pairs.empty:
        return decided
    known = pd.MultiIndex.from_frame(decided[["left", "right"]])
    rows = known.isin(pd.MultiIndex.from_frame(pairs[["left", "right"]]))
    contradiction = decided["contradiction"].mask(rows, "a person said no about the same two children")
    return decided.assign(decision=decided["decision"].mask(rows, "Refused"), contradiction=contradiction)


def _decided(students: Students, found: Found, persons: Persons) -> pd.DataFrame:
    pairs = found.pairs.sort_values(["left", "right", "step"], kind="stable")
    pairs = pairs.drop_duplicates(["left", "right"], ignore_index=True)
    asked = len(persons.pairs) + len(persons.again) > 0
    if asked:
        said = persons.pairs[["left", "right", "is_match", "reviewed_utc"]].assign(said=True)
        said = said.merge(persons.again, on=["left", "right"], how="outer", validate="one_to_one")
        pairs = pairs.merge(said, on=["left", "right"], how="outer", validate="one_to_one")
        pairs["step"] = pairs["step"].fillna(STEP_OF_A_PERSON).astype("int64")
    evidence = gather_evidence(
        students, pairs["left"].to_numpy(), pairs["right"].to_numpy(), found.agreeing_ids
    )
    decided = pd.concat([pairs[["step"]], evidence, decide(evidence)], axis="columns")
    decided = _by_rules_of_the_cascade(decided, pairs["rule"].astype("string"))
    decided = decided.assign(
        decided_by="Rule",
        match_weight=np.nan,
        match_probability=np.nan,
        reviewed_utc=pd.Series(pd.NaT, index=decided.index, dtype="datetime64[us]"),
    )
    return _as_persons_said(decided, pairs) if asked else decided


def _by_rules_of_the_cascade(decided: pd.DataFrame, rule: pd.Series) -> pd.DataFrame:
    """Match what a rung matches by a rule of its own, where the decision table has nothing against it."""
    own = rule.notna().to_numpy(dtype=bool)
    if not own.any():
        return decided
    refused = cannot_be_one_child(decided) | (decided["decision"] != "No match").to_numpy()
    taken = own & ~refused
    result = decided.copy()
    result.loc[taken, "rule"] = rule[taken]
    result.loc[taken, "decision"] = "Match"
    result.loc[taken, "verified"] = True
    result.loc[taken, "strength"] = STRENGTH_OF_A_CASCADE
    return result


def _as_persons_said(decided: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    said = pairs["said"].eq(True).to_numpy(dtype=bool, na_value=False)
    match = said & pairs["is_match"].eq(True).to_numpy(dtype=bool, na_value=False)
    result = decided.copy()
    result.loc[said, "decision"] = np.where(match, "Match", "No match")[said]
    result.loc[said, "rule"] = "a person decided"
    result.loc[said, "decided_by"] = "Person"
    result.loc[said, "verified"] = match[said]
    result.loc[said, "strength"] = np.where(match, STRENGTH_OF_A_PERSON, 0)[said]
    result.loc[said, "reviewed_utc"] = pairs.loc[said, "reviewed_utc"]
    again = pairs["why"].notna() & result["decision"].isin(["No match", "Review"])
    result.loc[again, "decision"] = "Review"
    result.loc[again, "contradiction"] = "decided before, but " + pairs.loc[again, "why"]
    return result


def after_clustering(decided: pd.DataFrame, matches: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    """Take back the matches that could not hold, and say why.

    Parameters
    ----------
    decided
        Pairs with ``decision`` and ``contradiction``.
    matches
        Index of those that were matches, in the order in which they were clustered.
    outcome
        What became of each, from `clusters.cluster_records`.

    Returns
    -------
    pandas.DataFrame
        The pairs, with the decisions that hold.
    """
    decided = decided.copy()
    why = {
        "Refused": "would join records that exclude each other",
        "Review": TORN,
    }
    for became, reason in why.items():
        rows = matches[outcome == became]
        before = decided.loc[rows, "contradiction"]
        decided.loc[rows, "decision"] = became
        decided.loc[rows, "contradiction"] = (before + "; ").fillna("") + reason
    return decided
