"""Score children: complete, split or mixed."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.populations import COMPLETE, MIXED, SPLIT, child_outcomes
from helpers.score.rates import rate_of
from helpers.score.truth import RECORD, commonest, ends_of, index_by_record, of_one_person, true_children
from helpers.standard import STRING, as_table
from helpers.systems import roster_system

__all__ = [
    "children_by_system",
    "children_in_systems",
    "complete_without",
    "judge_records",
    "mixed_in_systems",
    "score_cases",
    "score_children",
]


# Findings from reading that show that one record contains two children.
TWO_IN_ONE = ("id_shared", "rows_disagree")


def judge_records(district: District, links: Links, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Find for each record whether it is linked to another child, and whether anybody would notice."""
    key = key or read_answer_key(district.folder)
    truth = true_children(district, key, links.crosswalk)
    strange = _strange(truth, links.crosswalk)
    waiting = _ends(links.pairs[links.pairs["decision"].eq("Review")])
    signs = [
        waiting,
        index_by_record(links.findings, district.person_rows),
        _contradicted(links.pairs, truth),
    ]
    two_in_one = district.findings[district.findings["kind"].isin(TWO_IN_ONE)]
    signs.append(index_by_record(two_in_one, district.person_rows))
    records = pd.MultiIndex.from_frame(truth[RECORD])
    seen = records.isin(pd.MultiIndex.from_frame(pd.concat(signs)[RECORD].drop_duplicates()))

    silent = strange & ~seen
    # A record in which its own system put two people says nothing about links.
    of_one = ~truth.duplicated(RECORD, keep=False).to_numpy()
    by_child = truth[["child"]].assign(strange=strange, undetected=silent & of_one).groupby("child").any()
    together = truth.groupby(["person", "child"])["silo"].transform("size")
    of_person = truth.groupby("person")["silo"].transform("size")
    return truth[[*RECORD, "person", "child", "is_child", "linkable_by"]].assign(
        split=together.ne(of_person).fillna(True).to_numpy(dtype=bool),
        mixed=_looked_up(truth["child"], by_child["strange"]),
        silent=silent,
        undetected=_looked_up(truth["child"], by_child["undetected"]),
        waits=records.isin(pd.MultiIndex.from_frame(waiting)),
    )


def score_children(district: District, links: Links, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Classify each child: all of its records, and no others, linked together or not.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Result of linking: ``crosswalk``, ``pairs``, ``findings``.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        One row per child with a record in any silo: ``child`` (the cluster with most of its records),
        ``person``, ``outcome`` (complete, split or mixed, see ``helpers.score.populations``), ``detected``
        (boolean) and ``silos`` (Int64, number of silos with the child). A mixed child is noticed if every
        record of another child has a contradiction, a finding or a Review; the others are *silent wrong
        matches*. A split child is noticed if a pair of its records needs review. Left out are records in
        which their own system put two people: no link can separate these.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    return outcomes_of(judge_records(district, links, key=key))


def outcomes_of(judged: pd.DataFrame) -> pd.DataFrame:
    """Classify each child by the records that `judge_records` judged; see `score_children`."""
    records = of_one_person(judged)
    mine = records[records["is_child"]]
    of_person = mine.groupby("person", sort=True)
    outcome = child_outcomes(records)
    undetected, waits = (of_person[name].any() for name in ("undetected", "waits"))
    return pd.DataFrame(
        {
            "child": commonest(mine, "person", "child").reindex(outcome.index).astype(STRING).to_numpy(),
            "person": outcome.index.astype(STRING).to_numpy(),
            "outcome": outcome.to_numpy(),
            "detected": np.select(
                [outcome.eq(MIXED), outcome.eq(SPLIT)], [~undetected, waits], default=False
            ),
            "silos": of_person["silo"].nunique().to_numpy(),
        }
    ).astype({"child": STRING, "person": STRING, "outcome": STRING, "detected": "boolean", "silos": "Int64"})


def children_by_system(records: pd.DataFrame) -> pd.DataFrame:
    """Count the children whom each system's records put on a wrong page, or leave missing from theirs.

    Parameters
    ----------
    records
        Result of `judge_records`.

    Returns
    -------
    pandas.DataFrame
        One row per system: ``silo``; ``children`` (with a record in it); ``undetected`` (a record of this
        system is on another child's page, and no check notices: both children count); ``missing`` (a record
        is not on the child's page, which is the cluster with most of the child's records). Records in which
        their own system put two people are left out.
    """
    counts = (
        children_in_systems(records)
        .groupby("silo")
        .agg(children=("person", "size"), missing=("missing", "sum"))
    )
    mixed = mixed_in_systems(records).groupby("silo")["person"].nunique()
    counts = counts.assign(undetected=mixed.reindex(counts.index, fill_value=0))
    return counts[["children", "undetected", "missing"]].astype("Int64").reset_index()


def children_in_systems(records: pd.DataFrame) -> pd.DataFrame:
    """List each system's children, a row each, and whether a record of theirs is missing from their page."""
    own = of_one_person(records)
    mine = own[own["is_child"]]
    page = mine["person"].map(commonest(mine, "person", "child"))
    # A page with one record shows nothing that another system knows.
    alone = mine.groupby("person")["child"].transform(lambda child: child.value_counts().max()).eq(1)
    alone &= mine.groupby("person")["silo"].transform("nunique").gt(1)
    lost = mine["child"].ne(page).fillna(True) | alone
    by = mine.assign(missing=lost.astype(bool)).groupby(["silo", "person"], sort=True)
    return by["missing"].any().reset_index()


def mixed_in_systems(records: pd.DataFrame) -> pd.DataFrame:
    """List who shares a page because of each system's record, unnoticed: both children, a row each."""
    own = of_one_person(records)
    mine = own.loc[own["is_child"], ["child", "person"]].drop_duplicates()
    strays = own.loc[own["silent"], ["silo", "child"]].drop_duplicates()
    mixed = strays.merge(mine, on="child", how="inner", validate="many_to_many")
    return mixed[["silo", "person"]].drop_duplicates()


def complete_without(records: pd.DataFrame, systems: Collection[str] = ()) -> pd.DataFrame:
    """List the children who are complete if records of ``systems`` were never split from theirs."""
    kept = of_one_person(records)
    outcome = child_outcomes(kept[~kept["silo"].isin(list(systems))])
    return outcome[outcome.eq(COMPLETE)].rename_axis("person").reset_index()[["person"]]


def _strange(truth: pd.DataFrame, crosswalk: pd.DataFrame) -> np.ndarray:
    """Mark the records that belong to another person than their child's anchor."""
    order = truth[[*RECORD, "child", "person"]].reset_index()
    steps = crosswalk[[*RECORD, "step"]]
    order = order.merge(steps, on=RECORD, how="left", validate="many_to_one")
    order = order.assign(tied=order["step"].notna(), elsewhere=order["silo"].ne(roster_system()))
    order = order.sort_values(["tied", "elsewhere", "silo", "record", "person"])
    owner = order.dropna(subset=["child"]).drop_duplicates("child").set_index("child")["person"]
    return (truth["child"].notna() & truth["person"].ne(truth["child"].map(owner))).to_numpy(dtype=bool)


def _contradicted(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """List the records of linked pairs of two persons with a contradiction."""
    doubtful = pairs[pairs["decision"].eq("Match") & pairs["contradiction"].notna()]
    persons = truth[[*RECORD, "person"]].groupby(RECORD)["person"].agg("min")
    left, right = (persons.reindex(pd.MultiIndex.from_frame(end)).to_numpy() for end in ends_of(doubtful))
    return _ends(doubtful[left != right])


def _ends(pairs: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(ends_of(pairs), ignore_index=True).drop_duplicates()


def _looked_up(child: pd.Series, answer: pd.Series) -> np.ndarray:
    return child.map(answer).eq(True).fillna(False).to_numpy(dtype=bool)


def score_cases(district: District, links: Links, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Count complete, split and mixed children for each hard case.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Result of linking: ``crosswalk``, ``pairs``, ``findings``.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``case_scores``, one row per case with a record in any system. We score a case in one system's
        records (a lost accent) by these records, and a case of the child by all of its records. *Silent*:
        mixed, and a record that doesn't belong there has no contradiction, finding or Review. A wrong pair
        counts once for each child of the case in it.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    records = judge_records(district, links, key=key)
    size = records.groupby("child")["silo"].transform("size")
    mine = records.groupby(["child", "person"])["silo"].transform("size")
    records = records.assign(with_others=(size - mine).fillna(0).astype("int64"))
    records = records[records["is_child"]]

    cases = key.cases[["case", "person", "silo", "decidable_by"]].drop_duplicates()
    everywhere = cases[cases["silo"].isna()].drop(columns="silo")
    in_one = cases.dropna(subset=["silo"])
    met = pd.concat(
        [
            everywhere.merge(records, on="person", how="inner", validate="many_to_many"),
            in_one.merge(records, on=["person", "silo"], how="inner", validate="many_to_many"),
        ],
        ignore_index=True,
    )
    undecidable = met["decidable_by"].eq("Neither")
    met = met.assign(undecidable=undecidable).drop_duplicates(["case", "person", *RECORD])
    of_child = met.groupby(["case", "person"], sort=True).agg(
        split=("split", "any"),
        mixed=("mixed", "any"),
        undetected=("undetected", "any"),
        wrong_pairs=("with_others", "sum"),
        undecidable=("undecidable", "any"),
    )
    of_child = of_child.reset_index()
    of_child["home"] = key.households.reindex(of_child["person"]).to_numpy()
    of_child["home"] = of_child["home"].fillna(of_child["person"])
    of_child["split"] &= ~of_child["mixed"]
    counted = of_child.groupby("case")[["split", "mixed", "undetected", "wrong_pairs", "undecidable"]].sum()
    counted["children"] = of_child.groupby("case").size()
    counted["complete"] = counted["children"] - counted["split"] - counted["mixed"]
    ends = [_interval(children) for _, children in of_child.groupby("case")]
    counted["low"], counted["high"] = [low for low, _ in ends], [high for _, high in ends]
    counted["share"] = counted["undetected"] / counted["children"]
    return as_table("case_scores", counted.reset_index())


def _interval(children: pd.DataFrame) -> tuple[float, float]:
    undetected = children["undetected"].to_numpy(dtype="float64")
    return rate_of(
        undetected, np.ones(len(undetected)), pd.factorize(children["home"])[0].astype("int64")
    ).interval()
