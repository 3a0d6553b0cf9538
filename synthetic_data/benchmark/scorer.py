"""Score an entry of the K-12 linkage benchmark, with pandas and NumPy and nothing else of the kit.

``python score.py SET ENTRY.csv [--key FOLDER] [--out FOLDER]``, where SET is a set's folder with records.csv.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "CANARY",
    "KEY_FILES",
    "LINKABLE_BY",
    "Entry",
    "EntryError",
    "LinkageSet",
    "Scores",
    "commitment",
    "interval",
    "read_entry",
    "read_set",
    "score_entry",
    "verify_key",
]

CANARY = "K-12 linkage benchmark canary 4a85d93b-2e4d-4e47-b144-455db484f631"
RECORD = ["system", "record"]
PAIR = ["left_system", "left_record", "right_system", "right_record"]
CLUSTER = [*RECORD, "child"]
LINKABLE_BY = ("name and birth date", "name only", "number only")
# A pair with status no is only compared with its probability.
STATUSES = ("link", "review", "no")
KEY_FILES = ("key.csv", "children.csv")
# Columns of children.csv that say whose a child is, and not to which group she belongs.
NO_GROUPS = ("child", "household")

# Groups with fewer children are reported, and not compared.
LEAST_CHILDREN = 30
RESAMPLES = 1_000
SEED = 20_260_430
# Edges of the bins of probability; finer at both ends, where decisions are made.
BINS = (0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)
# Questions answered, for each 1,000 children.
BUDGETS = (0, 10, 25, 50, 100, 250, 500)

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# Sums for each household, by name; and a rate computed from their totals.
Sums = dict[str, Numbers]
Rate = Callable[[Mapping[str, Numbers]], Numbers]


class EntryError(ValueError):
    """A file that can't be scored; the message names row, column and what is allowed."""


# ----------------------------------------------------------------------------------------------- what is read


@dataclass(frozen=True)
class LinkageSet:
    """Records of a set, with the child of each; records that mix two children are not scored."""

    name: str
    records: pd.DataFrame
    # By record, in the order of `records`: number of the child, or -1 if the record isn't scored.
    child: Codes
    # By child: number of the household.
    household: Codes
    groups: pd.DataFrame

    @property
    def kind(self) -> Codes:
        """What each record can be linked by: 0 name and birth date, 1 name only, 2 neither."""
        place = {word: at for at, word in enumerate(LINKABLE_BY)}
        return np.asarray(self.records["linkable_by"].map(place), dtype="int64")

    @property
    def earlier(self) -> Mask:
        """Whether each record was last saved in an earlier school year than the set's newest."""
        year = np.asarray(self.records["school_year"], dtype="int64")
        return np.asarray(year < np.max(year, initial=0))

    @property
    def system(self) -> pd.Series:
        """System of each record, without the district of a region."""
        return self.records["system"].str.rpartition("/")[2]

    @property
    def district(self) -> Codes:
        """Number of the district of each record; 0 in a set of one district."""
        return pd.factorize(self.records["system"].str.rpartition("/")[0], sort=True)[0].astype("int64")


@dataclass(frozen=True)
class Entry:
    """Clusters of all records of a set, and the pairs that somebody should review, in the entry's order."""

    cluster: Codes
    review: npt.NDArray[np.int64]
    # Pairs with a probability: two records, and the probability.
    rated: npt.NDArray[np.int64]
    probability: Numbers


@dataclass(frozen=True)
class Scores:
    """Scores of one entry."""

    measures: pd.DataFrame
    systems: pd.DataFrame
    groups: pd.DataFrame
    calibration: pd.DataFrame
    review: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give each table by the name of its file."""
        return {f"benchmark_{name}.csv": table for name, table in vars(self).items()}


def read_set(folder: Path | str, key: Path | str | None = None) -> LinkageSet:
    """Read the records of a set, and its key: from the set itself, or from the folder of its key."""
    place, keys = Path(folder), Path(folder if key is None else key)
    records = _csv(place / "records.csv", [*RECORD, "linkable_by", "school_year"])
    strange = ~records["linkable_by"].isin(LINKABLE_BY)
    if strange.any():
        raise EntryError(_bad_cell(place / "records.csv", records, strange, "linkable_by", LINKABLE_BY))
    if not all((keys / name).is_file() for name in KEY_FILES):
        raise EntryError(
            f"{place} has no key: it is a test set, or not a set at all. Name the folder of its key with "
            "--key, or score a train or dev set."
        )
    owners = _csv(keys / "key.csv", CLUSTER)
    children = _csv(keys / "children.csv", list(NO_GROUPS))
    at = _positions(records)
    known = pd.MultiIndex.from_frame(owners[RECORD]).map(at)
    if len(owners) != len(records) or pd.isna(known).any() or known.has_duplicates:
        raise EntryError(f"{keys / 'key.csv'} is not the key of {place}: it lists other records.")
    child = pd.Series(owners["child"].to_numpy(), index=known.astype("int64")).sort_index()
    number = {name: at for at, name in enumerate(children["child"])}
    codes = child.map(number)
    if (codes.isna() & child.ne("")).any():
        raise EntryError(
            f"{keys / 'children.csv'} lacks a child of key.csv: the two belong to different keys."
        )
    canary = [name for name in children if str(name).startswith(CANARY)]
    groups = children.drop(columns=[*NO_GROUPS, *canary])
    return LinkageSet(
        name=f"{place.resolve().parent.name}/{place.resolve().name}",
        records=records,
        child=codes.fillna(-1).to_numpy(dtype="int64"),
        household=pd.factorize(children["household"])[0].astype("int64"),
        groups=groups,
    )


def read_entry(path: Path | str, linkage_set: LinkageSet) -> Entry:
    """Read an entry: pairs of records, or records with the child to whom the entry assigns them."""
    file = Path(path)
    table = _csv(file, [])
    if set(PAIR) <= set(table):
        return _read_pairs(file, table, linkage_set)
    if set(CLUSTER) <= set(table):
        return _read_clusters(file, table, linkage_set)
    raise EntryError(
        f"{file} has the columns {', '.join(map(str, table)) or '(none)'}. An entry has the columns "
        f"{', '.join(PAIR)}[, probability][, status], one row a pair; or "
        f"{', '.join(CLUSTER)}, one row a record."
    )


def _read_pairs(file: Path, table: pd.DataFrame, linkage_set: LinkageSet) -> Entry:
    at = _positions(linkage_set.records)
    ends = [
        _known_records(file, table, linkage_set, at, [f"{side}_system", f"{side}_record"])
        for side in ("left", "right")
    ]
    itself = pd.Series(ends[0] == ends[1], index=table.index)
    if itself.any():
        raise EntryError(f"{file}, line {_line(itself)}: this pair has the same record on both sides.")
    status = table["status"] if "status" in table else pd.Series("link", index=table.index)
    status = status.replace("", "link")
    strange = ~status.isin(STATUSES)
    if strange.any():
        raise EntryError(_bad_cell(file, table, strange, "status", STATUSES))
    pairs = np.column_stack(ends).astype("int64")
    linked = pairs[status.eq("link").to_numpy()]
    given, probability = _probabilities(file, table)
    return Entry(
        cluster=_components(len(linkage_set.records), linked),
        review=pairs[status.eq("review").to_numpy()],
        rated=pairs[given],
        probability=probability[given],
    )


def _read_clusters(file: Path, table: pd.DataFrame, linkage_set: LinkageSet) -> Entry:
    at = _positions(linkage_set.records)
    record = _known_records(file, table, linkage_set, at, RECORD)
    twice = pd.Series(record, index=table.index).duplicated()
    if twice.any():
        raise EntryError(f"{file}, line {_line(twice)}: this record is listed twice; a record has one child.")
    nobody = table["child"].eq("")
    if nobody.any():
        raise EntryError(f"{file}, line {_line(nobody)}, column child: is empty; leave the row out instead.")
    codes, names = pd.factorize(table["child"])
    # A record that the entry leaves out is a child of its own.
    cluster = np.arange(len(linkage_set.records), dtype="int64") + len(names)
    cluster[record] = codes
    nothing = np.zeros((0, 2), dtype="int64")
    return Entry(pd.factorize(cluster)[0].astype("int64"), nothing, nothing, np.zeros(0))


def _csv(path: Path, needed: Iterable[str]) -> pd.DataFrame:
    if not path.is_file():
        raise EntryError(f"There is no file {path}.")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:  # also an empty file, or rows of different lengths
        raise EntryError(f"{path} can't be read as CSV in UTF-8 ({str(error).splitlines()[0]}).") from None
    lacking = [name for name in needed if name not in table]
    if lacking:
        raise EntryError(f"{path} has no column {lacking[0]!r}. It has: {', '.join(map(str, table))}.")
    return table


def _positions(records: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {name: at for at, name in enumerate(zip(*(records[name] for name in RECORD), strict=True))}


def _known_records(
    file: Path,
    table: pd.DataFrame,
    linkage_set: LinkageSet,
    at: Mapping[tuple[str, str], int],
    columns: list[str],
) -> Codes:
    system, record = (table[name] for name in columns)
    systems = list(dict.fromkeys(linkage_set.records["system"]))
    strange = ~system.isin(systems)
    if strange.any():
        raise EntryError(_bad_cell(file, table, strange, columns[0], systems))
    found = [at.get(name, -1) for name in zip(system, record, strict=True)]
    unknown = pd.Series(found, index=table.index, dtype="int64").lt(0)
    if unknown.any():
        of = system[unknown].iloc[0]
        own = linkage_set.records.loc[linkage_set.records["system"].eq(of), "record"]
        value = record[unknown].iloc[0]
        near = difflib.get_close_matches(value, own.tolist()[:5_000], n=1)
        raise EntryError(
            f"{file}, line {_line(unknown)}, column {columns[1]}: {of} has no record {value!r}"
            f"{f'; did you mean {near[0]!r}?' if near else ''}. Take both columns from records.csv as text, "
            "with their zeros."
        )
    return np.array(found, dtype="int64")


def _probabilities(file: Path, table: pd.DataFrame) -> tuple[Mask, Numbers]:
    if "probability" not in table:
        return np.zeros(len(table), dtype=bool), np.zeros(len(table))
    number = pd.to_numeric(table["probability"], errors="coerce")
    given = table["probability"].str.strip().ne("")
    strange = given & ~number.between(0, 1)
    if strange.any():
        raise EntryError(_bad_cell(file, table, strange, "probability", ["a number from 0 to 1", "empty"]))
    return given.to_numpy(dtype=bool), number.fillna(0).to_numpy(dtype="float64")


def _bad_cell(file: Path, table: pd.DataFrame, bad: pd.Series, column: str, choices: Iterable[str]) -> str:
    value = table.loc[bad, column].iloc[0]
    return f"{file}, line {_line(bad)}, column {column}: {value!r} must be one of: {', '.join(choices)}."


def _line(bad: pd.Series) -> int:
    # The first line has the names of the columns.
    return int(np.flatnonzero(bad.to_numpy(dtype=bool))[0]) + 2


def _components(count: int, pairs: npt.NDArray[np.int64]) -> Codes:
    """Return the group of each record: pairs connect its records, directly or through others."""
    groups = _Groups(count)
    for left, right in pairs.tolist():
        groups.join(left, right)
    return groups.labels()


class _Groups:
    """Groups of records that grow together."""

    def __init__(self, count: int) -> None:
        self._of = list(range(count))

    def find(self, record: int) -> int:
        """Return the representative record of a group."""
        of = self._of
        while of[record] != record:
            of[record] = of[of[record]]
            record = of[record]
        return record

    def join(self, left: int, right: int) -> bool:
        """Join the groups of two records; False if they were one before."""
        one, other = self.find(left), self.find(right)
        if one == other:
            return False
        self._of[max(one, other)] = min(one, other)
        return True

    def labels(self) -> Codes:
        """Return the number of each record's group."""
        return pd.factorize(np.array([self.find(record) for record in range(len(self._of))]))[0].astype(
            "int64"
        )


# -------------------------------------------------------------------------------------------- commitments


def commitment(salt: str, content: bytes) -> str:
    """Hash a secret so that it can be shown later, and not guessed before."""
    return hashlib.sha256(salt.encode("ascii") + b"\n" + content).hexdigest()


def verify_key(key: Path | str, name: str, commitments: Path | str) -> None:
    """Raise an error unless a key is the one whose salted hashes were published."""
    place = Path(key)
    table = _csv(Path(commitments), ["set", "file", "sha256"])
    promised = table[table["set"].eq(name)].set_index("file")["sha256"]
    if promised.empty:
        raise EntryError(
            f"{commitments} promises nothing about {name}: only a key that was promised is used."
        )
    salt_file = place / "salt.txt"
    if not salt_file.is_file():
        raise EntryError(f"{place} has no salt.txt, so that nothing shows that it is the key of {name}.")
    salt = salt_file.read_text(encoding="ascii").strip()
    for file, sha256 in promised.items():
        path = place / str(file)
        if not path.is_file() or commitment(salt, path.read_bytes()) != sha256:
            raise EntryError(
                f"{path} is not the key that was promised for {name}: its salted hash differs from "
                f"{commitments}."
            )


# --------------------------------------------------------------------------------------- which pairs count


def _cells(linkage_set: LinkageSet) -> tuple[Codes, dict[str, Mask]]:
    """Give each record a cell, and for each population of pairs the pairs of cells that belong to it."""
    districts = int(np.max(linkage_set.district, initial=0)) + 1
    cell = (linkage_set.kind * 2 + linkage_set.earlier) * districts + linkage_set.district
    every = np.arange(len(LINKABLE_BY) * 2 * districts)
    kind, rest = np.divmod(every, 2 * districts)
    earlier, district = np.divmod(rest, districts)

    def pairs(numbers: npt.NDArray[Any], holds: Callable[[Any, Any], Any]) -> Mask:
        return np.asarray(holds(numbers[:, None], numbers[None, :]), dtype=bool)

    named = pairs(kind, lambda one, other: np.maximum(one, other) < 2)
    either = pairs(kind, np.add)
    populations = {
        "all": np.ones_like(named),
        "named": named,
        "both dated": named & pairs(kind, lambda one, other: one + other == 0),
        "undated": named & either,
        "one dated": named & pairs(kind, lambda one, other: one + other == 1),
        "none dated": named & pairs(kind, lambda one, other: one + other == 2),
        "by number only": ~named,
        "two years": named & pairs(earlier, np.not_equal),
    }
    if districts > 1:
        populations["across districts"] = named & pairs(district, np.not_equal)
    return cell.astype("int64"), populations


@dataclass(frozen=True)
class _Counts:
    """Records by cluster, child and cell; only scored records."""

    # By row (records of one child in one cluster): the child, its records by cell, and all of the cluster.
    child: Codes
    own: Numbers
    cluster: Numbers
    # By child.
    whole: Numbers

    @classmethod
    def of(cls, cluster: Codes, child: Codes, cell: Codes, children: int, cells: int) -> _Counts:
        scored = child >= 0
        cluster, child, cell = cluster[scored], child[scored], cell[scored]
        both, row = np.unique(cluster * children + child, return_inverse=True)
        of_cluster, of_child = np.divmod(both, children)
        return cls(
            of_child,
            _table(row, cell, len(both), cells),
            _table(cluster, cell, int(np.max(cluster, initial=-1)) + 1, cells)[of_cluster],
            _table(child, cell, children, cells),
        )

    def sums(self, population: Mask) -> tuple[Numbers, Numbers, Numbers]:
        """Count by child: possible pairs, right pairs, and half of the wrong pairs that touch her records."""
        mask = population.astype("float64")
        children = len(self.whole)
        possible = _within(self.whole, mask)
        right = np.bincount(self.child, _within(self.own, mask), children)
        touching = ((self.own @ mask) * (self.cluster - self.own)).sum(axis=1)
        return possible, right, np.bincount(self.child, touching / 2, children)


def _table(row: Codes, cell: Codes, rows: int, cells: int) -> Numbers:
    return np.bincount(row * cells + cell, minlength=rows * cells).reshape(rows, cells).astype("float64")


def _within(numbers: Numbers, mask: Numbers) -> Numbers:
    pairs: Numbers = (((numbers @ mask) * numbers).sum(axis=1) - numbers @ np.diag(mask)) / 2
    return pairs


# ----------------------------------------------------------------------------------------------- intervals


class _Resampled:
    """Rates with intervals from resampled households: siblings share an address, a surname and an error."""

    def __init__(self, household: Codes, resamples: int = RESAMPLES, seed: int = SEED) -> None:
        self._household = household
        self._households = int(np.max(household, initial=-1)) + 1
        equal = np.full(self._households, 1 / max(self._households, 1))
        rng = np.random.default_rng(seed)
        self._weights = (
            rng.multinomial(self._households, equal, resamples).astype("float64")
            if self._households
            else np.zeros((resamples, 0))
        )

    def totals(self, **by_child: Numbers) -> tuple[dict[str, Numbers], dict[str, Numbers], dict[str, int]]:
        """Sum by name: overall, in each resample; and count the households that add something."""
        sums = np.column_stack(
            [np.bincount(self._household, numbers, self._households) for numbers in by_child.values()]
        )
        drawn = self._weights @ sums
        names = list(by_child)
        return (
            {name: np.array([sums[:, at].sum()]) for at, name in enumerate(names)},
            {name: drawn[:, at] for at, name in enumerate(names)},
            {name: int(np.count_nonzero(sums[:, at])) for at, name in enumerate(names)},
        )


def interval(value: float, drawn: Numbers, households: int) -> tuple[float, float]:
    """Give the 95% interval of a rate from its resamples.

    Where no resample differs (no error was seen), the end is Wilson's with households as the sample size:
    nothing wrong among 300 households doesn't show that nothing is ever wrong. One household has no interval.
    """
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(known) or households < 2:
        return float("nan"), float("nan")
    low, high = (float(end) for end in np.quantile(known, [0.025, 0.975]))
    if low == high:
        z2 = 1.96**2
        if value == 1:
            low = 1 / (1 + z2 / households)
        if value == 0:
            high = z2 / households / (1 + z2 / households)
    return low, high


def _ratio(above: str, below: str) -> Rate:
    def rate(sums: Mapping[str, Numbers]) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(sums[below] > 0, sums[above] / sums[below], np.nan)

    return rate


def _f1(sums: Mapping[str, Numbers]) -> Numbers:
    together = sums["possible"] + sums["linked"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(together > 0, 2 * sums["right"] / together, np.nan)


def _b_cubed_f1(sums: Mapping[str, Numbers]) -> Numbers:
    precision, recall = sums["b_precision"], sums["b_recall"]
    together = precision + recall
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(together > 0, 2 * precision * recall / together / sums["records"], np.nan)


PAIR_RATES: dict[str, tuple[Rate, str, str]] = {
    "precision": (_ratio("right", "linked"), "right", "linked"),
    "recall": (_ratio("right", "possible"), "right", "possible"),
    "F1": (_f1, "right", "possible"),
}


def _rows_of_pairs(sampled: _Resampled, **by_child: Numbers) -> Iterable[dict[str, Any]]:
    """Compute precision, recall and F1 of pairs, with their intervals and counts."""
    sums, drawn, households = sampled.totals(**by_child)
    for measure, (rate, above, below) in PAIR_RATES.items():
        value = float(rate(sums)[0])
        low, high = interval(value, rate(drawn), households[below])
        yield {
            "measure": measure,
            "value": value,
            "low": low,
            "high": high,
            "counted": float(sums[above][0]),
            "of": float(sums[below][0]),
        }


# -------------------------------------------------------------------------------------------------- scores


def score_entry(linkage_set: LinkageSet, entry: Entry, resamples: int = RESAMPLES) -> Scores:
    """Compute all scores of an entry.

    Parameters
    ----------
    linkage_set
        From `read_set`, with its key.
    entry
        From `read_entry`.
    resamples
        How often households are drawn anew for the intervals.

    Returns
    -------
    Scores
        ``measures`` (by population), ``systems`` (by pair of systems), ``groups`` (of children),
        ``calibration`` (bins of probability) and ``review`` (after so many decisions).
    """
    sampled = _Resampled(linkage_set.household, resamples)
    cell, populations = _cells(linkage_set)
    children = len(linkage_set.household)
    counts = _Counts.of(entry.cluster, linkage_set.child, cell, children, len(populations["all"]))
    parts = {name: _pair_sums(counts, mask) for name, mask in populations.items()}
    rows = [
        {"population": name, **row} for name, sums in parts.items() for row in _rows_of_pairs(sampled, **sums)
    ]
    rows += _of_children(linkage_set, entry, sampled)
    review = _review(linkage_set, entry, sampled, cell, populations["named"])
    rows += _review_cost(linkage_set, entry, sampled)
    calibration = _calibration(linkage_set, entry, sampled)
    if len(calibration):
        off = (calibration["mean_probability"] - calibration["share_right"]).abs()
        error = float((off * calibration["pairs"]).sum() / calibration["pairs"].sum())
        rows.append(
            {
                "population": "rated pairs",
                "measure": "expected calibration error",
                "value": error,
                "of": float(calibration["pairs"].sum()),
            }
        )
    columns = ["population", "measure", "value", "low", "high", "counted", "of"]
    return Scores(
        measures=pd.DataFrame(rows, columns=columns),
        systems=_by_systems(linkage_set, entry, sampled),
        groups=_by_groups(linkage_set, parts["named"], _outcomes(linkage_set, entry.cluster), resamples),
        calibration=calibration,
        review=review,
    )


def _pair_sums(counts: _Counts, population: Mask) -> Sums:
    possible, right, wrong = counts.sums(population)
    return {"possible": possible, "right": right, "linked": right + wrong}


def _outcomes(linkage_set: LinkageSet, cluster: Codes, *, named: bool = True) -> Sums:
    """Judge each child by her records: complete (all together, alone), split, or mixed with another child."""
    some = (linkage_set.child >= 0) & ((linkage_set.kind < 2) | (not named))
    child, label = linkage_set.child[some], cluster[some]
    children = len(linkage_set.household)
    both = pd.DataFrame({"label": label, "child": child}).value_counts().rename("records").reset_index()
    several = both.groupby("label")["child"].transform("size").gt(1).to_numpy()
    mixed = np.bincount(both["child"], several, children) > 0
    parts = np.bincount(both["child"], minlength=children)
    there = parts > 0
    return {
        "children": there.astype("float64"),
        "complete": (there & ~mixed & (parts == 1)).astype("float64"),
        "split": (there & ~mixed & (parts > 1)).astype("float64"),
        "mixed": mixed.astype("float64"),
    }


def _wrong_joins(linkage_set: LinkageSet, entry: Entry) -> Sums:
    """Count by child the clusters, mostly of another child, that contain some of her records.

    A wrong join is silent unless each of these records is in a pair that the entry sends to review.
    """
    scored = linkage_set.child >= 0
    reviewed = np.zeros(len(scored), dtype=bool)
    reviewed[entry.review.ravel()] = True
    frame = pd.DataFrame(
        {"label": entry.cluster[scored], "child": linkage_set.child[scored], "silent": ~reviewed[scored]}
    )
    both = frame.groupby(["label", "child"])["silent"].agg(["size", "any"]).reset_index()
    both = both.sort_values(["label", "size", "child"], ascending=[True, False, True])
    foreign = both[both["label"].duplicated()]
    children = len(linkage_set.household)
    return {
        "wrong_joins": np.bincount(foreign["child"], minlength=children).astype("float64"),
        "silent": np.bincount(foreign["child"], foreign["any"], children).astype("float64"),
    }


def _b_cubed(linkage_set: LinkageSet, cluster: Codes, *, named: bool) -> Sums:
    """Sum by child, over her records: the share of the cluster that is hers, and of hers that is in it."""
    some = (linkage_set.child >= 0) & ((linkage_set.kind < 2) | (not named))
    frame = pd.DataFrame({"label": cluster[some], "child": linkage_set.child[some]})
    both = frame.groupby(["label", "child"]).size().rename("own").reset_index()
    both["cluster"] = both.groupby("label")["own"].transform("sum")
    both["whole"] = both.groupby("child")["own"].transform("sum")
    children = len(linkage_set.household)
    own = both["own"].to_numpy(dtype="float64")
    return {
        "records": np.bincount(both["child"], own, children),
        "b_precision": np.bincount(both["child"], own * own / both["cluster"].to_numpy(), children),
        "b_recall": np.bincount(both["child"], own * own / both["whole"].to_numpy(), children),
    }


def _of_children(linkage_set: LinkageSet, entry: Entry, sampled: _Resampled) -> list[dict[str, Any]]:
    """Compute B-cubed, outcomes of children, and wrong joins for each 1,000 of them."""
    rows = []

    def add(
        population: str, measure: str, rate: Rate, above: str, below: str, by_child: Sums, per: int = 1
    ) -> None:
        sums, drawn, households = sampled.totals(**by_child)
        value = float(rate(sums)[0])
        low, high = interval(value, rate(drawn), households[below])
        counts = {"counted": float(sums[above][0]), "of": float(sums[below][0])}
        ends = {"value": per * value, "low": per * low, "high": per * high}
        rows.append({"population": population, "measure": measure, **ends, **counts})

    for population, named in (("all", False), ("named", True)):
        cubed = _b_cubed(linkage_set, entry.cluster, named=named)
        add(
            population,
            "B-cubed precision",
            _ratio("b_precision", "records"),
            "b_precision",
            "records",
            cubed,
        )
        add(population, "B-cubed recall", _ratio("b_recall", "records"), "b_recall", "records", cubed)
        add(population, "B-cubed F1", _b_cubed_f1, "b_recall", "records", cubed)
        judged = _outcomes(linkage_set, entry.cluster, named=named)
        for name in ("complete", "split", "mixed"):
            add(population, f"children {name}", _ratio(name, "children"), name, "children", judged)
    joins = {**_wrong_joins(linkage_set, entry), **_outcomes(linkage_set, entry.cluster, named=False)}
    for name, measure in (("wrong_joins", "wrong joins"), ("silent", "silent wrong joins")):
        rate = _ratio(name, "children")
        add("all", f"{measure} per 1,000 children", rate, name, "children", joins, 1_000)
    return rows


def _by_systems(linkage_set: LinkageSet, entry: Entry, sampled: _Resampled) -> pd.DataFrame:
    code, names = pd.factorize(linkage_set.system, sort=True)
    children = len(linkage_set.household)
    counts = _Counts.of(entry.cluster, linkage_set.child, code.astype("int64"), children, len(names))
    rows = []
    for one in range(len(names)):
        for other in range(one, len(names)):
            mask = np.zeros((len(names), len(names)), dtype=bool)
            mask[one, other] = mask[other, one] = True
            sums = _pair_sums(counts, mask)
            if sums["possible"].any() or sums["linked"].any():
                systems = {"left_system": names[one], "right_system": names[other]}
                rows += [{**systems, **row} for row in _rows_of_pairs(sampled, **sums)]
    columns = ["left_system", "right_system", "measure", "value", "low", "high", "counted", "of"]
    return pd.DataFrame(rows, columns=columns)


def _by_groups(linkage_set: LinkageSet, named: Sums, judged: Sums, resamples: int) -> pd.DataFrame:
    """Score the named pairs and the children of each group, and the gap between best and worst F1."""
    rows: list[dict[str, Any]] = []
    for dimension in linkage_set.groups:
        label = linkage_set.groups[dimension]
        f1: dict[str, tuple[float, Numbers]] = {}
        for place, group in enumerate(sorted(set(label) - {""})):
            mine = label.eq(group).to_numpy()
            count = int(judged["children"][mine].sum())
            if not count:
                continue
            # Every group is drawn anew by itself, so that its size doesn't vary.
            homes = pd.factorize(linkage_set.household[mine])[0].astype("int64")
            sampled = _Resampled(homes, resamples, SEED + place)
            about = {"dimension": dimension, "group": group, "children": count}
            parts = {name: numbers[mine] for name, numbers in named.items()}
            rows += [{**about, **row} for row in _rows_of_pairs(sampled, **parts)]
            sums, drawn, households = sampled.totals(
                children=judged["children"][mine], complete=judged["complete"][mine]
            )
            rate = _ratio("complete", "children")
            low, high = interval(float(rate(sums)[0]), rate(drawn), households["children"])
            shown = {"value": float(rate(sums)[0]), "low": low, "high": high}
            counted = {"counted": float(sums["complete"][0]), "of": float(count)}
            rows.append({**about, "measure": "children complete", **shown, **counted})
            pair_sums, pair_drawn, _ = sampled.totals(**parts)
            if count >= LEAST_CHILDREN and not np.isnan(_f1(pair_sums)[0]):
                f1[group] = float(_f1(pair_sums)[0]), _f1(pair_drawn)
        if len(f1) > 1:
            best, worst = (choose(f1, key=lambda group: f1[group][0]) for choose in (max, min))
            apart = f1[best][1] - f1[worst][1]
            low, high = (float(end) for end in np.nanquantile(apart, [0.025, 0.975]))
            rows.append(
                {
                    "dimension": dimension,
                    "group": f"{best} less {worst}",
                    "children": int(judged["children"].sum()),
                    "measure": "F1 gap",
                    "value": f1[best][0] - f1[worst][0],
                    "low": low,
                    "high": high,
                }
            )
    columns = ["dimension", "group", "children", "measure", "value", "low", "high", "counted", "of"]
    return pd.DataFrame(rows, columns=columns)


def _calibration(linkage_set: LinkageSet, entry: Entry, sampled: _Resampled) -> pd.DataFrame:
    """Compare, in bins, the probability that an entry gives with the share of pairs that are one child."""
    columns = ["from", "to", "pairs", "mean_probability", "share_right", "low", "high"]
    child = linkage_set.child[entry.rated]
    scored = (child >= 0).all(axis=1)
    child, probability = child[scored], entry.probability[scored]
    right = child[:, 0] == child[:, 1]
    last = len(BINS) - 2
    which = np.clip(np.searchsorted(BINS, probability, side="right") - 1, 0, last)
    children = len(linkage_set.household)
    rows = []
    for place in range(last + 1):
        here = which == place
        if not here.any():
            continue
        pairs = np.bincount(child[here, 0], minlength=children).astype("float64")
        true = np.bincount(child[here, 0], right[here], children).astype("float64")
        sums, drawn, households = sampled.totals(pairs=pairs, right=true)
        rate = _ratio("right", "pairs")
        value = float(rate(sums)[0])
        ends = interval(value, rate(drawn), households["pairs"])
        mean = float(probability[here].mean())
        rows.append((BINS[place], BINS[place + 1], int(here.sum()), mean, value, *ends))
    return pd.DataFrame(rows, columns=columns)


def _review_cost(linkage_set: LinkageSet, entry: Entry, sampled: _Resampled) -> list[dict[str, Any]]:
    """Count the pairs to review, each with the child of its left record, else of its right one."""
    child = linkage_set.child[entry.review]
    right = (child[:, 0] == child[:, 1]) & (child[:, 0] >= 0)
    owner = np.where(child[:, 0] >= 0, child[:, 0], child[:, 1])
    known = owner >= 0
    count = len(linkage_set.household)
    sums, drawn, households = sampled.totals(
        children=_outcomes(linkage_set, entry.cluster, named=False)["children"],
        pairs=np.bincount(owner[known], minlength=count).astype("float64"),
        right=np.bincount(owner[known], right[known], count).astype("float64"),
    )
    rows = []
    for measure, above, below, per in (
        ("pairs to review per 1,000 children", "pairs", "children", 1_000),
        ("share of review pairs that are one child", "right", "pairs", 1),
    ):
        rate = _ratio(above, below)
        value = float(rate(sums)[0])
        low, high = interval(value, rate(drawn), households[below])
        rows.append(
            {
                "population": "review",
                "measure": measure,
                "value": per * value,
                "low": per * low,
                "high": per * high,
                "counted": float(sums[above][0]),
                "of": float(sums[below][0]),
            }
        )
    return rows


def _review(
    linkage_set: LinkageSet, entry: Entry, sampled: _Resampled, cell: Codes, named: Mask
) -> pd.DataFrame:
    """Score the links again after the first decisions of a reviewer who makes no error.

    Questions come in the entry's order; one about two records that are together already costs nothing.
    """
    children = len(linkage_set.household)
    count = len(np.unique(linkage_set.child[linkage_set.child >= 0]))
    groups = _Groups(len(linkage_set.child))
    first = pd.Series(np.arange(len(entry.cluster))).groupby(entry.cluster).transform("min").to_numpy()
    for record, other in enumerate(first.tolist()):
        groups.join(record, other)
    limits = sorted({*(round(budget * count / 1_000) for budget in BUDGETS), len(entry.review)})
    rows, asked, merged = [], 0, 0

    def add() -> None:
        cluster = groups.labels()
        counts = _Counts.of(cluster, linkage_set.child, cell, children, len(named))
        shown = {
            row["measure"]: (row["value"], row["low"], row["high"])
            for row in _rows_of_pairs(sampled, **_pair_sums(counts, named))
        }
        sums, drawn, households = sampled.totals(**_outcomes(linkage_set, cluster))
        rate = _ratio("complete", "children")
        complete = float(rate(sums)[0])
        shown["complete"] = complete, *interval(complete, rate(drawn), households["children"])
        cells = {
            f"{name}{end}": number
            for name, numbers in shown.items()
            for end, number in zip(("", "_low", "_high"), numbers, strict=True)
        }
        per = 1_000 * asked / max(count, 1)
        rows.append({"decisions": asked, "per_1000_children": per, "answered_yes": merged, **cells})

    for left, right in entry.review.tolist():
        while limits and asked >= limits[0]:
            limits.pop(0)
            add()
        if groups.find(left) == groups.find(right):
            continue
        asked += 1
        if linkage_set.child[left] == linkage_set.child[right] >= 0:
            merged += groups.join(left, right)
    add()
    return pd.DataFrame(rows).drop_duplicates("decisions", keep="last", ignore_index=True)


# ---------------------------------------------------------------------------------------- without the kit


def main(arguments: list[str] | None = None) -> int:
    """Score one entry from the command line, without the kit."""
    parser = argparse.ArgumentParser(description="Score an entry of the K-12 linkage benchmark.")
    parser.add_argument("set", type=Path, help="folder of a set, with records.csv")
    parser.add_argument("entry", type=Path, help="CSV with pairs, or with records and their child")
    parser.add_argument("--key", type=Path, help="folder with the key of a test set")
    parser.add_argument("--out", type=Path, help="folder for the tables of scores")
    given = parser.parse_args(arguments)
    try:
        name = f"{given.set.resolve().parent.name}/{given.set.resolve().name}"
        key = None if given.key is None else _key_of(given.key, name)
        if key is not None:
            verify_key(key, name, given.set.resolve().parents[1] / "commitments.csv")
        linkage_set = read_set(given.set, key)
        scores = score_entry(linkage_set, read_entry(given.entry, linkage_set))
    except EntryError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(scores.measures.to_string(index=False, na_rep="") + "\n")
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
        for file, table in scores.tables().items():
            table.to_csv(given.out / file, index=False)
    return 0


def _key_of(folder: Path, name: str) -> Path:
    """Find the key of a set: in a folder of several keys, or the folder itself."""
    return folder / name if (folder / name).is_dir() else folder


if __name__ == "__main__":
    sys.exit(main())
