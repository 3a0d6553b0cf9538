"""Summarize scored links: populations of pairs, and shares of children complete, split and mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.children import judge_records
from helpers.score.links import pair_totals, with_rates
from helpers.score.populations import ALL_NAMED, MIXED, NAMED_KINDS, OUTCOMES, child_outcomes, record_kinds
from helpers.score.truth import RECORD, of_one_person, true_children
from helpers.standard import as_table

__all__ = [
    "ALL_RECORDS",
    "NAMED_RECORDS",
    "LinkSummary",
    "children_by_records",
    "compare_methods",
    "measure_separable_pairs",
    "summarize_links",
]

ALL_RECORDS, NAMED_RECORDS = "All records", "Records with a name"


@dataclass(frozen=True)
class LinkSummary:
    """Accuracy of links in two tables.

    Attributes
    ----------
    populations
        Table ``population_scores``.
    children
        Table ``child_shares``.
    """

    populations: pd.DataFrame
    children: pd.DataFrame


def summarize_links(
    district: District,
    links: Links,
    *,
    with_evidence: bool = True,
    key: AnswerKey | None = None,
) -> LinkSummary:
    """Score pairs by population, and children by outcome.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Result of linking: ``crosswalk``, ``pairs``, ``findings``.
    with_evidence
        Whether pairs and findings are of this crosswalk. If not, we don't know which wrong joins somebody
        would notice, so *silent* is empty.
    key
        The truth; the key in the district's folder when not given.

    Returns
    -------
    LinkSummary
        Both tables. A wrong pair is *silent* if one of its records belongs to another person than its child's
        anchor, and no contradiction, finding or review points at that record. A child is silently mixed if
        one of its clusters contains such a record. Silent pairs and shares of children leave out records in
        which their own system put two people: no link can separate these. Precision and recall count them.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    if with_evidence:
        truth = judge_records(district, links, key=key)
    else:
        truth = true_children(district, key, links.crosswalk)
    return LinkSummary(_populations(truth), _children(truth))


def children_by_records(truth: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Select the records that child outcomes count: all, and those with a name.

    Records in which their own system put two people are left out.
    """
    own = of_one_person(truth)
    named = own[pd.Series(record_kinds(own["linkable_by"]), index=own.index).isin(NAMED_KINDS)]
    return {ALL_RECORDS: own, NAMED_RECORDS: named}


def measure_separable_pairs(district: District, links: Links) -> dict[str, float]:
    """Measure precision, recall and F1 of all pairs of named records that links can get right.

    Records in which their own system put two people are left out, as no estimate without a key could know.
    """
    truth = true_children(district, read_answer_key(district.folder), links.crosswalk)
    named = with_rates(pair_totals(of_one_person(truth))).loc[[ALL_NAMED]].to_dict("records")[0]
    return {name: float(named[name.lower()]) for name in ("Precision", "Recall", "F1")}


def compare_methods(
    district: District, methods: Mapping[str, Links], *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Compare linkage methods by their links and by what becomes of the children.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    methods
        Links of it, by name of the method.
    key
        The truth; the key in the district's folder when not given.

    Returns
    -------
    pandas.DataFrame
        One row per method, of records with a name, without those in which their own system put two people:
        ``wrong_of_100`` (of 100 linked pairs, how many are of two children), ``found_of_100`` (of 100 pairs
        of one child, how many are linked), children ``complete``, ``split``, ``mixed`` and mixed without any
        sign (``silent``); ``contradictions`` (pairs compared that something contradicts) and ``review``
        (pairs that need review).

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    rows = []
    pair = [f"{side}_{name}" for side in ("left", "right") for name in RECORD]
    for method, links in methods.items():
        truth = judge_records(district, links, key=key)
        pairs = pair_totals(of_one_person(truth)).loc[ALL_NAMED].astype("float64")
        outcomes = child_outcomes(children_by_records(truth)[NAMED_RECORDS]).value_counts()
        silent = _children(truth).set_index("records")["silent"]
        # A pair that two rungs compared has a line of each.
        contradicted = links.pairs.dropna(subset="contradiction")
        rows.append(
            {
                "method": method,
                "wrong_of_100": 100 * (1 - pairs["right"] / pairs["linked"]) if pairs["linked"] else None,
                "found_of_100": 100 * pairs["right"] / pairs["possible"] if pairs["possible"] else None,
                **{one: int(outcomes.get(one, 0)) for one in OUTCOMES},
                "silent": int(silent[NAMED_RECORDS]),
                "contradictions": len(contradicted.drop_duplicates(pair)),
                "review": int(links.pairs["decision"].eq("Review").sum()),
            }
        )
    return pd.DataFrame(rows)


def _populations(truth: pd.DataFrame) -> pd.DataFrame:
    totals = pair_totals(truth)
    possible = totals["possible"].astype("float64")
    silent = pd.Series(pd.NA, index=totals.index, dtype="Int64")
    if "silent" in truth:
        # Without the records that nothing points at, the wrong pairs that remain are noticed.
        own = of_one_person(truth)
        every, noticed = (pair_totals(rows) for rows in (own, own[~own["silent"]]))
        silent = (every["linked"] - every["right"] - noticed["linked"] + noticed["right"]).astype("Int64")
    share = possible / possible["All"] if possible["All"] else float("nan")
    return as_table("population_scores", with_rates(totals).assign(share=share, silent=silent).reset_index())


def _children(truth: pd.DataFrame) -> pd.DataFrame:
    left_out = int(truth.loc[truth.duplicated(RECORD), RECORD].drop_duplicates().shape[0])
    rows = []
    for name, records in children_by_records(truth).items():
        outcome = child_outcomes(records)
        shares = {one: float(outcome.eq(one).mean()) if len(outcome) else None for one in OUTCOMES}
        silent: int | None = None
        if "silent" in records:
            undetected = records["child"].map(records.groupby("child")["silent"].any()).eq(True).fillna(False)
            persons = records.loc[undetected, "person"]
            silent = int((outcome.eq(MIXED) & outcome.index.isin(persons)).sum())
        row = {"records": name, "children": len(outcome), **shares}
        rows.append(row | {"silent": silent, "left_out": left_out})
    return as_table("child_shares", pd.DataFrame(rows).astype({"silent": "Int64"}))
