"""How right the links are: pairs of records, by silo pair, group of children and kind of pair."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.intervals import clustered_interval
from helpers.score.pair_counts import PAIR_KINDS, kind_codes
from helpers.score.truth import ScoredDistrict, groups_of, true_children
from helpers.standard import as_table

__all__ = ["score_links"]

SILO_PAIR = ["left_silo", "right_silo", "pair_kind"]
COUNTS = ["possible", "linked", "right"]
# Stands for all silos, or all kinds of pair, while they are numbers.
ALL = -1
TOTALS = ["left_silo", "right_silo", "group", "pair_kind"]


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
        either child belongs to it. ``low`` and ``high`` are Wilson's 95% interval of recall for as many
        single things as there are children with such a pair: a child's pairs stand or fall together.
        Narrower ones, from how much families really differ, are in ``helpers.score.score_groups``.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truth = true_children(district, key, crosswalk)
    silo, names = pd.factorize(truth["silo"], sort=True)
    units = pd.DataFrame(
        {
            "silo": silo,
            "kind": kind_codes(truth["linkable_by"]),
            "child": pd.factorize(truth["child"])[0],
            "person": pd.factorize(truth["person"])[0],
        }
    )
    numbers = pd.Series(units["person"].to_numpy(), index=truth["person"].to_numpy(dtype=object))
    numbers = numbers[~numbers.index.duplicated()]
    groups = groups_of(key.people)
    groups = groups.assign(person=groups["person"].map(numbers)).dropna().astype({"person": "int64"})
    return _as_scores(*(_named(table, names) for table in _counted(units, groups)))


def _counted(units: pd.DataFrame, groups: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count possible, linked and right pairs by silo pair, kind and group; and children who have a pair."""
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
    children = pd.concat(_children(possible.drop(columns="possible"), groups), ignore_index=True)
    return counts.assign(linked=counts["right"] + counts.pop("wrong")), children


def _children(possible: pd.DataFrame, groups: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Count, for every total that is asked for, the children who have a pair."""
    for keys in (SILO_PAIR, SILO_PAIR[:2], SILO_PAIR[2:], []):
        have = possible[["person", *keys]].drop_duplicates()
        of_groups = have.merge(groups, on="person", how="inner", validate="many_to_many")
        for members in (have.assign(group="All"), of_groups):
            counted = members.groupby(["group", *keys]).size().rename("children").reset_index()
            yield counted.assign(**{name: ALL for name in SILO_PAIR if name not in keys})


def _named(table: pd.DataFrame, silos: pd.Index) -> pd.DataFrame:
    """Write silos and kinds of pair in words; numbers were quicker to count by."""
    # The last word is that of a total.
    words = {"pair_kind": [*PAIR_KINDS, "All"]} | {name: [*silos, None] for name in TOTALS[:2]}
    return table.assign(
        **{name: np.array(those, dtype=object)[table[name].to_numpy()] for name, those in words.items()}
    )


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
        pair_kind=kind,
        pairs=pairs.where(~same, pairs // 2),
    )
    return counted[counted["pairs"] > 0]


def _as_scores(cells: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Sum the cells to every total that is asked for, and work out the rates."""
    all_silos = cells.assign(left_silo=None, right_silo=None)
    cube = pd.concat([all_silos, cells], ignore_index=True)
    cube = pd.concat([cube.assign(pair_kind="All"), cube], ignore_index=True)
    scores = cube.groupby(TOTALS, dropna=False, sort=False)[COUNTS].sum().reset_index()
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
    low, high = _intervals(scores, children)
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


def _intervals(scores: pd.DataFrame, children: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give the interval of each recall, for as many single things as there are children."""
    of = children.assign(**children[TOTALS[:2]].fillna("")).set_index(TOTALS)["children"]
    totals = pd.MultiIndex.from_frame(scores[TOTALS].fillna(""))
    clusters = of.reindex(totals).fillna(0).to_numpy(dtype="float64")
    possible = scores["possible"].to_numpy(dtype="float64")
    recall = scores["right"].to_numpy(dtype="float64") / np.where(possible > 0, possible, np.nan)
    return clustered_interval(recall, np.zeros(len(recall)), clusters, possible)
