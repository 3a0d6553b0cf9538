"""The ladder: people of every silo in, who is who out; each rung finds what those below it find, and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from helpers.layouts import BadInput, Layout, as_table, nearest
from helpers.link import names
from helpers.link.candidates import LARGEST_BLOCK, exact_pairs, standardised_pairs
from helpers.link.clusters import cluster_records
from helpers.link.crosswalk import STEPS, anchors, make_crosswalk
from helpers.link.dates import BIRTH_DATE_LEVELS
from helpers.link.decide import cannot_be_one_child, decide
from helpers.link.evidence import gather_evidence
from helpers.link.findings import find_disagreements
from helpers.link.identifiers import agreeing_pairs
from helpers.link.places import Places
from helpers.link.students import Students, make_ready

__all__ = ["METHODS", "Links", "Method", "link_children"]

Method = Literal["shared identifier", "exact", "standardised"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True)
class Links:
    """Who is who: every record's child, the evidence, and what was noticed on the way.

    ``passed_over`` counts keys that more records share than any child could have (``step``, ``keys``,
    ``records``): they found no pair.
    """

    crosswalk: pd.DataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame
    passed_over: pd.DataFrame


def link_children(
    people: pd.DataFrame,
    identifiers: pd.DataFrame,
    *,
    method: Method = "standardised",
    unique_people: Sequence[str] = (),
    anchor_order: Sequence[str] = ("sis",),
    person_rows: pd.DataFrame | None = None,
    layouts: Mapping[str, Layout] | None = None,
    kinds: Mapping[str, Sequence[str]] | None = None,
) -> Links:
    """Say which records of all silos are the same child, by rules.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names, of all silos. Only role Student is linked.
    method
        The highest rung: by shared identifier; also by exact name and birth date; also after standardising
        names and dates.
    unique_people
        Silos that promise one record a child: no two of their records become one.
    anchor_order
        Silos in which a child's anchor is looked for first; the others follow by name.
    person_rows
        The standard table of that name: findings then point at a row that stands behind the record.
    layouts
        Layout of each silo: findings then name the file's own column, in the file that has it.
    kinds
        File -> the kinds of file that it was read as; without it they are told by the file's name.

    Returns
    -------
    Links
        ``crosswalk``, ``pairs`` and ``findings`` are standard tables; every record of role Student stands in
        ``crosswalk`` exactly once.

    Raises
    ------
    BadInput
        When there is no such method, or a silo has two records of one name.
    """
    if method not in METHODS:
        raise BadInput(
            f"No method is called {method!r}.{nearest(str(method), METHODS)} There are: {', '.join(METHODS)}."
        )
    students = make_ready(people, identifiers, unique_people, anchor_order)
    agreeing_ids, found, passed_over = _find(students, METHODS.index(method))
    evidence = gather_evidence(students, found["left"].to_numpy(), found["right"].to_numpy(), agreeing_ids)
    decided = pd.concat([found[["step"]], evidence, decide(evidence)], axis="columns")

    def excluded(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        implied = gather_evidence(students, left, right, agreeing_ids)
        return cannot_be_one_child(implied) | ~students.may_be_one_child(left, right)

    matches = decided.index[decided["decision"] == "Match"].to_numpy()
    clusters = cluster_records(len(students), decided.loc[matches], excluded)
    decided = _after_clustering(decided, matches, clusters.outcome)
    anchor = anchors(students, clusters.label)
    # Where an id says one child and the first name plainly another, nobody need decide that the id collides.
    two_children = decided["strong_id"] & decided["plainly_different"] & (decided["decision"] == "Review")
    refused = decided.loc[(decided["decision"] == "Refused") | two_children, ["left", "right"]]
    rows = (identifiers if person_rows is None else person_rows)[["silo", "record", "file", "row"]]
    places = Places(rows, layouts or {}, kinds or {})
    return Links(
        crosswalk=make_crosswalk(students, clusters.label, decided),
        pairs=_as_pairs(students, decided),
        findings=find_disagreements(students, clusters.label, anchor, refused, places),
        passed_over=passed_over,
    )


def _find(students: Students, highest: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Find pairs rung by rung; a pair belongs to the first rung that finds it."""
    agreeing_ids, over = agreeing_pairs(students.ids, LARGEST_BLOCK)
    agreeing_ids = agreeing_ids[
        students.may_be_one_child(agreeing_ids["left"].to_numpy(), agreeing_ids["right"].to_numpy())
    ]
    rungs = [agreeing_ids[["left", "right"]]]
    passed = [over]
    for place, find in enumerate((exact_pairs, standardised_pairs), start=1):
        if place <= highest:
            pairs, over = find(students)
            rungs.append(pairs)
            passed.append(over)
    found = pd.concat([pairs.assign(step=place) for place, pairs in enumerate(rungs)], ignore_index=True)
    found = found.sort_values(["left", "right", "step"]).drop_duplicates(["left", "right"], ignore_index=True)
    passed_over = pd.concat(passed, ignore_index=True).astype("Int64")
    passed_over.insert(0, "step", pd.Series(list(STEPS[: len(rungs)]), dtype="string"))
    return agreeing_ids, found, passed_over


def _after_clustering(decided: pd.DataFrame, matches: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    """Take back the matches that could not hold, and say why."""
    decided = decided.copy()
    why = {
        "Refused": "would join records that exclude each other",
        "Review": "equally near to records that exclude each other",
    }
    for became, reason in why.items():
        rows = matches[outcome == became]
        before = decided.loc[rows, "contradiction"]
        decided.loc[rows, "decision"] = became
        decided.loc[rows, "contradiction"] = (before + "; ").fillna("") + reason
    return decided


def _as_pairs(students: Students, decided: pd.DataFrame) -> pd.DataFrame:
    def worded(words: Sequence[str], column: str) -> pd.Series:
        return pd.Series(list(words), dtype="string").take(decided[column].to_numpy()).reset_index(drop=True)

    def ends(column: str, side: str) -> pd.Series:
        return students.people[column].take(decided[side].to_numpy()).reset_index(drop=True)

    one_home = decided["one_home"].to_numpy()
    siblings = decided["plainly_different"].to_numpy() & (one_home == 1)
    household = pd.Series(siblings, dtype="boolean").mask(one_home < 0)
    agrees = decided["strong_id"] | decided["weak_id"]
    identifier = np.select(
        [agrees, decided["contradicting_id"] >= 0], ["Same", "Different"], default="Missing"
    )
    return as_table(
        "pairs",
        pd.DataFrame(
            {
                "left_silo": ends("silo", "left"),
                "left_record": ends("record", "left"),
                "right_silo": ends("silo", "right"),
                "right_record": ends("record", "right"),
                "step": worded(STEPS, "step"),
                "rule": decided["rule"],
                "evidence_identifier": identifier,
                "evidence_first_name": worded(names.LEVELS, "first_name"),
                "evidence_last_surname": worded(names.LEVELS, "last_surname"),
                "evidence_birth_date": worded(BIRTH_DATE_LEVELS, "birth_date"),
                "contradiction": decided["contradiction"],
                "same_household": household,
                "decision": decided["decision"],
                "decided_by": "Rule",
            }
        ),
    )
