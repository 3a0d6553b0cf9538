"""How right the links are: pairs of records, whole children, and wrong joins that nobody would notice."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from helpers.layouts import STRING, as_table
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, ScoredDistrict, at_records, groups_of, true_children

__all__ = ["LinksToScore", "score_children", "score_links"]

PAIR_KINDS = ("Both with birth date", "One without", "Names only", "Identifier only")
SILO_PAIR = ["left_silo", "right_silo", "pair_kind"]
COUNTS = ["possible", "linked", "right"]
# Findings of reading that say that one record holds two children.
TWO_IN_ONE = ("id_shared", "rows_disagree")
Z_95 = 1.959964


class LinksToScore(Protocol):
    """What linking hands over."""

    @property
    def crosswalk(self) -> pd.DataFrame:
        """The standard table *crosswalk*."""

    @property
    def pairs(self) -> pd.DataFrame:
        """The standard table *pairs*."""

    @property
    def findings(self) -> pd.DataFrame:
        """The findings of linking."""


def score_links(
    district: ScoredDistrict, crosswalk: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Compare the pairs of records that a crosswalk joins with those that belong to one child.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    crosswalk
        The standard table *crosswalk*.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The standard table *scores*: one row a silo pair (both empty: all pairs, those inside one silo among
        them), group and kind of pair, where there is any pair to count. A wrong pair counts in a group if
        either child belongs to it. ``low`` and ``high`` are Wilson's 95% interval of recall: pairs of one
        child are not independent, so that it is rather too narrow where silos are many.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truth = true_children(district, key, crosswalk)
    units = pd.DataFrame(
        {
            "silo": truth["silo"].astype(object),
            "kind": _kind_codes(truth["linkable_by"]),
            "child": pd.factorize(truth["child"])[0],
            "person": pd.factorize(truth["person"])[0],
        }
    )
    numbers = pd.Series(units["person"].to_numpy(), index=truth["person"].to_numpy(dtype=object))
    numbers = numbers[~numbers.index.duplicated()]
    groups = groups_of(key.people)
    groups = groups.assign(person=groups["person"].map(numbers)).dropna().astype({"person": "int64"})
    return _as_scores(_counted(units, groups))


def _kind_codes(linkable_by: pd.Series) -> np.ndarray:
    """Rank what a record can be linked by: 0 name and birth date, 1 name only, 2 neither."""
    return np.select([linkable_by.eq("Name and birth date"), linkable_by.eq("Name only")], [0, 1], default=2)


def _counted(units: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Count possible, linked and right pairs by silo pair, kind and group."""
    linked = units[units["child"] >= 0]
    # All linked pairs that are not right lie in children made of two persons: few, and only they are looked
    # at.
    persons = linked.groupby("child")["person"].nunique()
    mixed = linked[linked["child"].isin(persons.index[persons > 1])]
    possible = _pairs_by(units, ["person"]).rename(columns={"pairs": "possible"})
    right = _pairs_by(linked, ["child", "person"]).rename(columns={"pairs": "right"})
    mixed_right = right[right["child"].isin(mixed["child"])].rename(columns={"right": "wrong"})
    wrong = _pairs_by(mixed, ["child"]).rename(columns={"pairs": "wrong"})

    def of_groups(counted: pd.DataFrame) -> pd.DataFrame:
        return counted.merge(groups, on="person", how="inner", validate="many_to_many")

    # Pairs that touch a group: all pairs of its children, less those with both ends outside.
    touched = of_groups(mixed)[["child", "group"]].drop_duplicates()
    inside = groups.assign(inside=True)
    members = mixed.merge(touched, on="child", how="inner", validate="many_to_many")
    members = members.merge(inside, on=["person", "group"], how="left", validate="many_to_one")
    touching = _pairs_by(members, ["group", "child"]).rename(columns={"pairs": "wrong"})
    outside = _pairs_by(members[members["inside"].isna()], ["group", "child"]).rename(
        columns={"pairs": "wrong"}
    )
    cells = [
        *(part.assign(group="All") for part in (possible, right, wrong, _negative(mixed_right))),
        *(of_groups(part) for part in (possible, right, _negative(mixed_right))),
        touching,
        _negative(outside),
    ]
    summed = (
        pd.concat(cells, ignore_index=True)
        .groupby(["group", *SILO_PAIR])[["possible", "right", "wrong"]]
        .sum()
    )
    counts = summed.astype("int64").reset_index()
    return counts.assign(linked=counts["right"] + counts.pop("wrong"))


def _negative(counted: pd.DataFrame) -> pd.DataFrame:
    return counted.assign(wrong=-counted["wrong"])


def _pairs_by(units: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count pairs of records that agree in some columns, by silo pair and kind, from group sizes alone."""
    sizes = units.groupby([*by, "silo", "kind"], sort=True).size().rename("size").reset_index()
    sizes["place"] = np.arange(len(sizes))
    both = sizes.merge(sizes, on=by, how="inner", validate="many_to_many", suffixes=("_left", "_right"))
    both = both[both["place_left"] <= both["place_right"]]
    same = both["place_left"] == both["place_right"]
    pairs = both["size_left"] * np.where(same, both["size_left"] - 1, both["size_right"])
    kinds = both[["kind_left", "kind_right"]].to_numpy()
    either = kinds.sum(axis=1)
    kind = np.where(kinds.max(axis=1) == 2, 3, either)
    counted = both[by].assign(
        left_silo=both["silo_left"],
        right_silo=both["silo_right"],
        pair_kind=np.array(PAIR_KINDS, dtype=object)[kind],
        pairs=pairs.where(~same, pairs // 2),
    )
    return counted[counted["pairs"] > 0]


def _as_scores(cells: pd.DataFrame) -> pd.DataFrame:
    """Sum the cells to every total that is asked for, and work out the rates."""
    all_silos = cells.assign(left_silo=None, right_silo=None)
    cube = pd.concat([all_silos, cells], ignore_index=True)
    cube = pd.concat([cube.assign(pair_kind="All"), cube], ignore_index=True)
    keys = ["left_silo", "right_silo", "group", "pair_kind"]
    scores = cube.groupby(keys, dropna=False, sort=False)[COUNTS].sum().reset_index()
    scores = scores[(scores["possible"] > 0) | (scores["linked"] > 0)]
    if scores.empty:
        scores = pd.DataFrame(
            {"left_silo": [pd.NA], "right_silo": [pd.NA], "group": "All", "pair_kind": "All"}
            | dict.fromkeys(COUNTS, 0)
        )
    order = {name: place for place, name in enumerate(("All", *PAIR_KINDS))}
    scores = scores.assign(
        first=scores["group"].ne("All"),
        second=scores["left_silo"].notna(),
        third=scores["pair_kind"].map(order),
    ).sort_values(["first", "group", "second", "left_silo", "right_silo", "third"], ignore_index=True)
    possible, linked, right = (scores[name].astype("float64") for name in COUNTS)
    low, high = _wilson(right.to_numpy(), possible.to_numpy())
    return as_table(
        "scores",
        scores.drop(columns=["first", "second", "third"]).assign(
            wrong=scores["linked"] - scores["right"],
            missed=scores["possible"] - scores["right"],
            precision=(right / linked).where(linked > 0),
            recall=(right / possible).where(possible > 0),
            f1=(2 * right / (possible + linked)).where(possible + linked > 0),
            low=low,
            high=high,
        ),
    )


def _wilson(right: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give Wilson's 95% interval of a share; NaN where there is nothing to share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927).
    """
    of = np.where(of > 0, of, np.nan)
    share, z = right / of, Z_95
    middle = share + z * z / (2 * of)
    half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return np.clip((middle - half) / (1 + z * z / of), 0, 1), np.clip(
        (middle + half) / (1 + z * z / of), 0, 1
    )


def score_children(
    district: ScoredDistrict, links: LinksToScore, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Say of each child whether its records, and only its records, were put together.

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
        One row a child of whom some silo has a record: ``child`` (the one that most of its records became),
        ``person``, ``outcome`` (right: all its records and no other's; missed: they fell apart; wrong:
        another child's record is among them), ``noticed`` (boolean) and ``silos`` (Int64, silos that know the
        child). A wrong child is noticed when every strange record carries a contradiction, a finding or a
        Review: *silent wrong matches* are those that are wrong and not noticed. A missed child is noticed
        when a pair of its records waits for a person.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truth = true_children(district, key, links.crosswalk)
    strange = _strange(truth, links.crosswalk)
    waiting = _ends(links.pairs[links.pairs["decision"].eq("Review")])
    signs = [waiting, at_records(links.findings, district.person_rows), _contradicted(links.pairs, truth)]
    two_in_one = district.findings[district.findings["kind"].isin(TWO_IN_ONE)]
    signs.append(at_records(two_in_one, district.person_rows))
    noticed_records = pd.MultiIndex.from_frame(pd.concat(signs)[RECORD].drop_duplicates())
    seen = pd.MultiIndex.from_frame(truth[RECORD]).isin(noticed_records)

    by_child = truth[["child"]].assign(strange=strange, silent=strange & ~seen).groupby("child").any()
    mine = truth[truth["is_child"]].assign(
        waits=pd.MultiIndex.from_frame(truth.loc[truth["is_child"], RECORD]).isin(
            pd.MultiIndex.from_frame(waiting)
        ),
        wrong=_looked_up(truth.loc[truth["is_child"], "child"], by_child["strange"]),
        silent=_looked_up(truth.loc[truth["is_child"], "child"], by_child["silent"]),
    )
    of_person = mine.groupby("person", sort=True)
    known_to = of_person["silo"].nunique()
    apart = (of_person["child"].nunique() > 1) | mine["child"].isna().groupby(mine["person"]).any()
    wrong, silent, waits = (of_person[name].any() for name in ("wrong", "silent", "waits"))
    outcome = np.select([wrong, apart], ["wrong", "missed"], default="right")
    return pd.DataFrame(
        {
            "child": _commonest(mine).reindex(known_to.index).astype(STRING).to_numpy(),
            "person": known_to.index.astype(STRING).to_numpy(),
            "outcome": outcome,
            "noticed": np.select([outcome == "wrong", outcome == "missed"], [~silent, waits], default=False),
            "silos": known_to.to_numpy(),
        }
    ).astype({"child": STRING, "person": STRING, "outcome": STRING, "noticed": "boolean", "silos": "Int64"})


def _strange(truth: pd.DataFrame, crosswalk: pd.DataFrame) -> np.ndarray:
    """Tell which records are of another person than their child's anchor."""
    order = truth[[*RECORD, "child", "person"]].reset_index()
    steps = crosswalk[[*RECORD, "step"]]
    order = order.merge(steps, on=RECORD, how="left", validate="many_to_one")
    order = order.assign(tied=order["step"].notna(), elsewhere=order["silo"].ne("sis"))
    order = order.sort_values(["tied", "elsewhere", "silo", "record", "person"])
    owner = order.dropna(subset=["child"]).drop_duplicates("child").set_index("child")["person"]
    return (truth["child"].notna() & truth["person"].ne(truth["child"].map(owner))).to_numpy(dtype=bool)


def _contradicted(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """List the records of joined pairs of two persons in which something disagrees."""
    doubtful = pairs[pairs["decision"].eq("Match") & pairs["contradiction"].notna()]
    persons = truth[[*RECORD, "person"]].groupby(RECORD)["person"].agg("min")
    left, right = (
        persons.reindex(pd.MultiIndex.from_frame(doubtful[[f"{side}_silo", f"{side}_record"]])).to_numpy()
        for side in ("left", "right")
    )
    return _ends(doubtful[left != right])


def _ends(pairs: pd.DataFrame) -> pd.DataFrame:
    ends = [
        pairs[[f"{side}_silo", f"{side}_record"]].set_axis(RECORD, axis="columns")
        for side in ("left", "right")
    ]
    return pd.concat(ends, ignore_index=True).drop_duplicates()


def _looked_up(child: pd.Series, answer: pd.Series) -> np.ndarray:
    return child.map(answer).eq(True).fillna(False).to_numpy(dtype=bool)


def _commonest(mine: pd.DataFrame) -> pd.Series:
    """Give the child that most of a person's records became; the first by name where several tie."""
    counts = mine.groupby(["person", "child"]).size().rename("records").reset_index()
    counts = counts.sort_values(["person", "records", "child"], ascending=[True, False, True])
    return counts.drop_duplicates("person").set_index("person")["child"]
