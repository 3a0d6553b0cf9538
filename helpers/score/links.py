"""Compute pairwise precision and recall, also of submitted crosswalks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District, without_guard
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.populations import (
    ALL_NAMED,
    NAMED_POPULATIONS,
    POPULATIONS,
    RECORD_KINDS,
    population_codes,
    record_kinds,
)
from helpers.score.rates import Codes, Numbers, clustered_interval
from helpers.score.truth import (
    RECORD,
    ends_of,
    groups_of,
    misjudged_pairs,
    of_one_person,
    true_children,
    true_person_of_record,
)
from helpers.standard import OLD_CROSSWALK_COLUMNS, OLD_CROSSWALK_VALUES, STRING, BadInput, as_table

__all__ = [
    "PairCounts",
    "count_pairs",
    "crosswalk_from",
    "judge_matches",
    "must_be_of",
    "pair_totals",
    "score_links",
    "score_pairs",
]


KEY = ["silo", "record"]


def crosswalk_from(path: Path) -> pd.DataFrame:
    """Read a crosswalk to score.

    Parameters
    ----------
    path
        A crosswalk.csv, as written by `bigpicture link`.

    Returns
    -------
    pandas.DataFrame
        Table ``crosswalk``.

    Raises
    ------
    BadInput
        If the file isn't a crosswalk.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}: name a crosswalk.csv that `bigpicture link` wrote.")
    no_crosswalk = "it is no crosswalk.csv of `bigpicture link`"
    try:
        frame = without_guard(pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""]))
    except ValueError as error:  # pandas also raises it for an empty file, or rows of different lengths
        raise BadInput(f"{path} can't be read ({str(error).splitlines()[0]}): {no_crosswalk}.") from None
    frame = frame.rename(columns=OLD_CROSSWALK_COLUMNS).replace(OLD_CROSSWALK_VALUES)
    lacking = [
        name for name in ("silo", "record", "child", "link_status", "linkable_by") if name not in frame
    ]
    if lacking:
        raise BadInput(f"{path} has no column {', '.join(lacking)}: {no_crosswalk}.")
    twice = frame[frame.duplicated(KEY)]
    if len(twice):
        raise BadInput(
            f"{path} has record {twice['record'].iloc[0]!r} of {twice['silo'].iloc[0]} twice: {no_crosswalk}."
        )
    try:
        return as_table("crosswalk", frame)
    except ValueError as error:
        raise BadInput(f"{path}: {error}; {no_crosswalk}.") from None


def must_be_of(crosswalk: pd.DataFrame, people: pd.DataFrame, path: Path) -> None:
    """Raise an error if the crosswalk is of another district.

    Parameters
    ----------
    crosswalk
        From `crosswalk_from`.
    people
        Table ``people`` of the district.
    path
        Path of the crosswalk, for the message.

    Raises
    ------
    BadInput
        If it contains a record that the district lacks.
    """
    here = pd.MultiIndex.from_frame(people.loc[people["role"].eq("Student"), KEY])
    strange = crosswalk[~pd.MultiIndex.from_frame(crosswalk[KEY]).isin(here)]
    if len(strange):
        raise BadInput(
            f"{path} has records that this district hasn't ({len(strange)}), such as "
            f"{strange['record'].iloc[0]!r} of {strange['silo'].iloc[0]}: link this district again."
        )


# Records of a child are equivalent if they have the same kind (`record_kinds`) and the same class of fault. A
# child's numbers of each determine its pair counts, so we never list pairs: a linker that puts everybody
# together would produce too many.

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PairCounts:
    """Pairs of each person's records, one column per stratum."""

    # Persons × strata: pairs of one person's records; and those that are linked.
    possible: Numbers
    right: Numbers
    # Per stratum: index in `POPULATIONS`.
    population: Codes
    _persons: Codes
    _children: Codes
    _sizes: Numbers
    _stratum: Codes

    def wrong(self, members: Mask) -> Numbers:
        """Count the linked pairs of two persons that touch a group."""
        mine = members[self._persons]
        touching = self._with_others(np.ones(len(mine), dtype=bool), mine)
        inside = self._with_others(mine, mine)
        counted = np.zeros_like(self.possible)
        np.add.at(counted, self._persons[mine], touching - 0.5 * inside)
        return counted

    def _with_others(self, partners: Mask, rows: Mask) -> Numbers:
        """Count, for some rows (a person in a child), pairs with rows of other persons in the same child."""
        totals = np.zeros((int(np.max(self._children, initial=-1)) + 1, self._sizes.shape[1]))
        np.add.at(totals, self._children[partners], self._sizes[partners])
        own = self._sizes[rows]
        others = totals[self._children[rows]] - own * partners[rows, None]
        counted = np.zeros((len(own), len(self.population)))
        for x in np.flatnonzero(own.any(axis=0)):
            for y in np.flatnonzero(others.any(axis=0)):
                counted[:, self._stratum[x, y]] += own[:, x] * others[:, y]
        return counted


def count_pairs(
    person: Codes, child: Codes, kind: Codes, fault: Codes | None = None, faults: int = 1
) -> PairCounts:
    """Count pairs of records by person."""
    cells = RECORD_KINDS * faults
    cell = kind * faults + (np.zeros_like(kind) if fault is None else fault)
    stratum, population = _strata(faults)
    persons = int(np.max(person, initial=-1)) + 1
    possible = _pairs_within(_sizes(person, cell, persons, cells), stratum, len(population))

    linked = child >= 0
    children = int(np.max(child, initial=-1)) + 1
    held, row = np.unique(person[linked] * children + child[linked], return_inverse=True)
    of_person, of_child = np.divmod(held, max(children, 1))
    sizes = _sizes(row, cell[linked], len(held), cells)
    right = np.zeros_like(possible)
    np.add.at(right, of_person, _pairs_within(sizes, stratum, len(population)))
    # Wrong pairs occur only in children with records of two persons: few, so we store only these.
    mixed = np.bincount(of_child)[of_child] > 1 if len(of_child) else np.zeros(0, dtype=bool)
    renumbered = pd.factorize(of_child[mixed])[0].astype("int64")
    return PairCounts(possible, right, population, of_person[mixed], renumbered, sizes[mixed], stratum)


def pair_totals(truth: pd.DataFrame) -> pd.DataFrame:
    """Count all pairs by population alone."""
    counts = count_pairs(
        pd.factorize(truth["person"])[0].astype("int64"),
        pd.factorize(truth["child"])[0].astype("int64"),
        record_kinds(truth["linkable_by"]),
    )
    wrong = counts.wrong(np.ones(len(counts.possible), dtype=bool)).sum(axis=0)
    right = counts.right.sum(axis=0)
    summed = np.zeros((len(POPULATIONS), 3))
    np.add.at(summed, counts.population, np.column_stack([counts.possible.sum(axis=0), right + wrong, right]))
    named = summed[[POPULATIONS.index(name) for name in NAMED_POPULATIONS]]
    whole = np.vstack([summed.sum(axis=0), named.sum(axis=0), summed])
    index = pd.Index(["All", ALL_NAMED, *POPULATIONS], name="population")
    return pd.DataFrame(np.rint(whole), index=index, columns=["possible", "linked", "right"]).astype("int64")


def with_rates(totals: pd.DataFrame) -> pd.DataFrame:
    """Add precision, recall and F1 to counts of possible, linked and right pairs."""
    possible, linked, right = (totals[name].astype("float64") for name in COUNTS)
    return totals.assign(
        precision=(right / linked).where(linked > 0),
        recall=(right / possible).where(possible > 0),
        f1=(2 * right / (possible + linked)).where(possible + linked > 0),
    )


def _sizes(row: Codes, cell: Codes, rows: int, cells: int) -> Numbers:
    counted = np.bincount(row * cells + cell, minlength=rows * cells)
    return counted.reshape(rows, cells).astype("float64")


def _pairs_within(sizes: Numbers, stratum: Codes, strata: int) -> Numbers:
    counted = np.zeros((len(sizes), strata))
    columns = np.ascontiguousarray(sizes.T)
    rows = [np.flatnonzero(column) for column in columns]
    for x, here in enumerate(rows):
        counted[here, stratum[x, x]] += columns[x, here] * (columns[x, here] - 1) / 2
        # Rare kinds of fault fill few rows, so we visit only these.
        for y in range(x + 1, len(rows)):
            fewer = here if len(here) < len(rows[y]) else rows[y]
            counted[fewer, stratum[x, y]] += columns[x, fewer] * columns[y, fewer]
    return counted


def _strata(faults: int) -> tuple[Codes, Codes]:
    """Return the stratum of each pair of cells, and the population of each stratum."""
    cells = RECORD_KINDS * faults
    kind, fault = np.divmod(np.arange(cells), faults)
    population = population_codes(kind[:, None], kind)
    codes = population * faults + np.maximum(fault[:, None], fault)
    known, numbered = np.unique(codes, return_inverse=True)
    return numbered.reshape(cells, cells).astype("int64"), known // faults


SILO_PAIR = ["left_silo", "right_silo", "population"]
COUNTS = ["possible", "linked", "right"]
# Code for all silos, or all populations.
ALL = -1
TOTALS = ["left_silo", "right_silo", "group", "population"]


def score_links(district: District, crosswalk: pd.DataFrame, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Score a crosswalk's pairs of records against the answer key.

    Parameters
    ----------
    district
        A synthetic district, with its answer key.
    crosswalk
        Table ``crosswalk``, from `link_district` or your own.
    key
        The truth; the key in the district's folder when not given.

    Returns
    -------
    pandas.DataFrame
        Table ``scores``: one row a pair of systems (both empty: all pairs, those within a system too), group
        and population, with precision, recall and F1. A wrong pair counts in a group if either child is in
        it. ``low`` and ``high`` are recall's 95% interval (Wilson) with children as the sample size, because
        one child's pairs are right or wrong together; ``helpers.score.score_groups`` has narrower ones.

    Raises
    ------
    BadInput
        If the district has no answer key.

    Examples
    --------
    >>> scores = score_links(district, links.crosswalk)
    >>> scores.loc[0, ["possible", "linked", "right"]].tolist()
    [5541, 4472, 4394]
    """
    key = key or read_answer_key(district.folder)
    return _scored(true_children(district, key, crosswalk), key)


def judge_matches(
    district: District, crosswalk: pd.DataFrame, *, key: AnswerKey | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge what linking did, for a scorecard of gaps.

    Parameters
    ----------
    district, crosswalk, key
        As for `score_links`.

    Returns
    -------
    tuple of pandas.DataFrame
        Table ``scores``, and the pairs of `misjudged_pairs`. Both leave out records in which their own system
        put two people: no link can separate these, so nobody finds the fault between two systems.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    scores = _scored(of_one_person(true_children(district, key, crosswalk)), key)
    return scores, misjudged_pairs(district, crosswalk, key=key)


def _scored(truth: pd.DataFrame, key: AnswerKey) -> pd.DataFrame:
    """Score the pairs of records whose child and true person are known."""
    silo, names = pd.factorize(truth["silo"], sort=True)
    units = pd.DataFrame(
        {
            "silo": silo,
            "kind": record_kinds(truth["linkable_by"]),
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
    """Count possible, linked and right pairs by silo pair, population and group; and children with a pair."""
    linked = units[units["child"] >= 0]
    # Wrong pairs occur only in children with records of two persons: few, so we check only these.
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
    """Count, for every total, the children with a pair."""
    for keys in (SILO_PAIR, SILO_PAIR[:2], SILO_PAIR[2:], []):
        have = possible[["person", *keys]].drop_duplicates()
        of_groups = have.merge(groups, on="person", how="inner", validate="many_to_many")
        for members in (have.assign(group="All"), of_groups):
            counted = members.groupby(["group", *keys]).size().rename("children").reset_index()
            yield counted.assign(**{name: ALL for name in SILO_PAIR if name not in keys})


def _named(table: pd.DataFrame, silos: pd.Index) -> pd.DataFrame:
    """Replace codes of silos and populations with names; codes are faster to count."""
    # The last name is that of a total.
    words = {"population": [*POPULATIONS, "All"]} | {name: [*silos, None] for name in TOTALS[:2]}
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
    counted = both[by].assign(
        left_silo=both["silo_left"],
        right_silo=both["silo_right"],
        population=population_codes(both["kind_left"].to_numpy(), both["kind_right"].to_numpy()),
        pairs=pairs.where(~same, pairs // 2),
    )
    return counted[counted["pairs"] > 0]


def _as_scores(cells: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Sum the cells to every total, and compute the rates."""
    all_silos = cells.assign(left_silo=None, right_silo=None)
    cube = pd.concat([all_silos, cells], ignore_index=True)
    cube = pd.concat([cube.assign(population="All"), cube], ignore_index=True)
    scores = cube.groupby(TOTALS, dropna=False, sort=False)[COUNTS].sum().reset_index()
    scores = scores[(scores["possible"] > 0) | (scores["linked"] > 0)]
    if scores.empty:
        scores = pd.DataFrame(
            {"left_silo": [pd.NA], "right_silo": [pd.NA], "group": "All", "population": "All"}
            | dict.fromkeys(COUNTS, 0)
        )
    order = {name: place for place, name in enumerate(("All", *POPULATIONS))}
    scores = scores.assign(
        first=scores["group"].ne("All"),
        second=scores["left_silo"].notna(),
        third=scores["population"].map(order),
    ).sort_values(["first", "group", "second", "left_silo", "right_silo", "third"], ignore_index=True)
    low, high = _intervals(scores, children)
    return as_table(
        "scores",
        with_rates(scores.drop(columns=["first", "second", "third"])).assign(
            wrong=scores["linked"] - scores["right"],
            missed=scores["possible"] - scores["right"],
            low=low,
            high=high,
        ),
    )


def _intervals(scores: pd.DataFrame, children: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Compute recall's interval, with children as the sample size."""
    of = children.assign(**children[TOTALS[:2]].fillna("")).set_index(TOTALS)["children"]
    totals = pd.MultiIndex.from_frame(scores[TOTALS].fillna(""))
    clusters = of.reindex(totals).fillna(0).to_numpy(dtype="float64")
    possible = scores["possible"].to_numpy(dtype="float64")
    recall = scores["right"].to_numpy(dtype="float64") / np.where(possible > 0, possible, np.nan)
    return clustered_interval(recall, np.zeros(len(recall)), clusters, possible)


def score_pairs(district: District, pairs: pd.DataFrame, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Check whether each pair of records belongs to one child.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    pairs
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, and any other columns.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        The same rows with a column ``outcome``: *right*, or *wrong* if the records belong to two children, or
        one of them has rows of two.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    persons = true_person_of_record(district, key).groupby(RECORD)["person"].agg(["min", "max"])
    ends = [persons.reindex(pd.MultiIndex.from_frame(end)) for end in ends_of(pairs)]
    left, right = (end["min"].to_numpy(dtype=str, na_value="") for end in ends)
    alone = [(end["min"] == end["max"]).fillna(False).to_numpy(dtype=bool) for end in ends]
    right_pair = (left == right) & (left != "") & alone[0] & alone[1]
    outcome = pd.Series(np.where(right_pair, "right", "wrong"), index=pairs.index, dtype=STRING)
    return pairs.assign(outcome=outcome)
