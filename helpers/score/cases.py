"""On whom linking breaks: hard cases of the key, and how many of each were joined wrongly without a sign."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.children import LinksToScore, judge_records
from helpers.score.rates import rate_of
from helpers.score.truth import RECORD, ScoredDistrict
from helpers.standard import as_table

__all__ = ["score_cases"]


def score_cases(
    district: ScoredDistrict, links: LinksToScore, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Count, for each hard case, the children who were put together rightly, missed and joined to another.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        What linking handed over: ``crosswalk``, ``pairs``, ``findings``.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The standard table *case_scores*, one row a case of which some system has a record. A case that lies
        in the records of one system (a lost accent) is judged by these records; one that lies in the child by
        all of its records. *Silent*: wrong, and a record that doesn't belong there carries no contradiction,
        finding or Review. A wrong pair counts once for each child of the case who is in it.

    Raises
    ------
    BadInput
        When the district has no answer key.
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
        missed=("missed", "any"),
        wrong=("wrong", "any"),
        silent=("silent", "any"),
        wrong_pairs=("with_others", "sum"),
        undecidable=("undecidable", "any"),
    )
    homes = key.people.dropna(subset=["person"]).drop_duplicates("person").set_index("person")["household"]
    of_child = of_child.reset_index()
    of_child["home"] = homes.reindex(of_child["person"]).to_numpy()
    of_child["home"] = of_child["home"].fillna(of_child["person"])
    of_child["missed"] &= ~of_child["wrong"]
    counted = of_child.groupby("case")[["missed", "wrong", "silent", "wrong_pairs", "undecidable"]].sum()
    counted["children"] = of_child.groupby("case").size()
    counted["right"] = counted["children"] - counted["missed"] - counted["wrong"]
    ends = [_interval(children) for _, children in of_child.groupby("case")]
    counted["low"], counted["high"] = [low for low, _ in ends], [high for _, high in ends]
    counted["share"] = counted["silent"] / counted["children"]
    return as_table("case_scores", counted.reset_index())


def _interval(children: pd.DataFrame) -> tuple[float, float]:
    silent = children["silent"].to_numpy(dtype="float64")
    return rate_of(silent, np.ones(len(silent)), pd.factorize(children["home"])[0].astype("int64")).interval()
