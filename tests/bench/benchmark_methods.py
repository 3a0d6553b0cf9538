"""Baselines of the K-12 linkage benchmark: each makes an entry; what is chosen is chosen on the train set."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import LinkModel, Links, link_district, link_districts
from helpers.link.model.parameters import shipped_model
from helpers.link.resolve.clusters import components
from synthetic_data.benchmark import Entry, score_entry
from tests.bench.benchmark_sets import BenchmarkSet, entry_of_clusters, rated_pairs
from tests.bench.linking_average_link import average_link
from tests.bench.linking_peer_records import peer_records
from tests.bench.peers import peer_python

__all__ = ["METHODS", "NoPeer"]

RECORD = ["silo", "record"]
RECORDLINKAGE = "0.16"
CUTS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

# Pairs of records, by their place in records.csv, and how likely they are one child.
Rated = tuple[np.ndarray, np.ndarray, np.ndarray]


class NoPeer(RuntimeError):
    """A tool that can't be installed here."""


# ---------------------------------------------------------------------------------------------- the kit


def by_kit(
    method: str, model: LinkModel | None = None
) -> Callable[[BenchmarkSet, BenchmarkSet], pd.DataFrame]:
    """Link as `bigpicture link --method` does; a region as the command links a region."""

    def entry(of: BenchmarkSet, train: BenchmarkSet) -> pd.DataFrame:
        def link(district: District) -> Links:
            return link_district(district, method, model=model)  # type: ignore[arg-type]  # a name of a method

        if "" in of.districts:
            links = link(of.districts[""])
            crosswalk, pairs = links.crosswalk, links.pairs
        else:
            region = link_districts(of.districts.items(), link, model=model)
            crosswalk, pairs = (
                _apart(region.crosswalk, ["silo"]),
                _apart(region.pairs, ["left_silo", "right_silo"]),
            )
        place = pd.Series(
            np.arange(len(of.records)), index=pd.MultiIndex.from_frame(of.records[["system", "record"]])
        )
        child = crosswalk.set_index(RECORD)["child"].reindex(place.index)
        labels = pd.factorize(child)[0].astype("int64")
        scored = pairs[pairs["match_probability"].notna()].sort_values(
            "match_probability", ascending=False, kind="stable"
        )
        waiting = pairs["decision"].eq("Review") & pairs["match_probability"].isna()
        scored = pd.concat([scored, pairs[waiting]])
        ends = [
            place.reindex(pd.MultiIndex.from_frame(scored[[f"{side}_silo", f"{side}_record"]])).to_numpy()
            for side in ("left", "right")
        ]
        known = ~(np.isnan(ends[0]) | np.isnan(ends[1]))
        left, right = (end[known].astype("int64") for end in ends)
        status = np.where(scored["decision"].eq("Review").to_numpy()[known], "review", "no")
        probability = scored["match_probability"].astype("float64").to_numpy()[known]
        told = rated_pairs(of, left, right, probability, status)
        return pd.concat([entry_of_clusters(of, labels), told], ignore_index=True)

    return entry


def _apart(table: pd.DataFrame, systems: list[str]) -> pd.DataFrame:
    return table.assign(**{name: table["district"] + "/" + table[name] for name in systems})


def by_shipped_weights(of: BenchmarkSet, train: BenchmarkSet) -> pd.DataFrame:
    """Link by the model as it comes, without adapting it to the records at hand."""
    with mock.patch(
        "helpers.link.pipeline.adapted_model", lambda students, aids: aids.model or shipped_model()
    ):
        return by_kit("resolved")(of, train)


# ---------------------------------------------------------------------------------------------- the peers


def by_careful_splink(of: BenchmarkSet, train: BenchmarkSet) -> pd.DataFrame:
    """Link by Splink as a careful user runs it; clustering and threshold are the train set's best."""
    from tests.bench.linking_splink_careful import careful_linker, careful_pairs

    def pairs_of(one: BenchmarkSet) -> tuple[Mapping[str, Callable[[], np.ndarray]], Rated]:
        records = peer_records(one)
        # Splink makes columns of these names.
        system = records["source_dataset"].str.rpartition("/")
        district = system[0].str.replace(r"\W", "_", regex=True)
        records["source_dataset"] = (system[2] + "__" + district).str.removesuffix("__")
        linker = careful_linker(records)
        pairs = careful_pairs(linker)
        ends = tuple(pairs[name].to_numpy() for name in ("number_l", "number_r", "match_probability"))
        return dict(_splink_labelings(linker, pairs, len(records))), ends  # type: ignore[return-value]

    best = _best(train, pairs_of(train)[0])
    labelings, rated = pairs_of(of)
    return pd.concat([entry_of_clusters(of, labelings[best]()), rated_pairs(of, *rated)], ignore_index=True)


def _splink_labelings(
    linker: object, pairs: pd.DataFrame, count: int
) -> Iterator[tuple[str, Callable[[], np.ndarray]]]:
    from tests.bench.linking_splink_careful import (
        COMPONENTS,
        ONE_A_SILO,
        cluster_components,
        cluster_one_a_silo,
    )

    for cut in ONE_A_SILO:
        yield (
            f"one a system at {cut}",
            lambda cut=cut: cluster_one_a_silo(linker, pairs, cut),  # type: ignore[arg-type,misc]
        )
    for cut in COMPONENTS:
        yield f"components at {cut}", lambda cut=cut: cluster_components(pairs, count, cut)  # type: ignore[misc]


def by_flat_file(model: str) -> Callable[[BenchmarkSet, BenchmarkSet], pd.DataFrame]:
    """Link by a program in its own environment; it sees records.csv, and the key of the train set."""

    def entry(of: BenchmarkSet, train: BenchmarkSet) -> pd.DataFrame:
        python = peer_python("recordlinkage", RECORDLINKAGE)
        if isinstance(python, str):
            raise NoPeer(python)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            code = Path(__file__).with_name("benchmark_recordlinkage_peer.py")
            command = [python, code, model, train.folder, of.folder, out]
            subprocess.run(command, check=True, capture_output=True, text=True)
            rated = {
                one.name: _read_rated(out / f"{role}.csv", one)
                for role, one in (("train", train), ("of", of))
            }
        best = _best(train, _labelings(rated[train.name], len(train.records)))
        labels = _labelings(rated[of.name], len(of.records))[best]()
        return pd.concat([entry_of_clusters(of, labels), rated_pairs(of, *rated[of.name])], ignore_index=True)

    return entry


def _read_rated(path: Path, of: BenchmarkSet) -> Rated:
    pairs = pd.read_csv(path)
    assert pairs[["left", "right"]].max().max() < len(of.records)
    return pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs["probability"].to_numpy()


def _labelings(rated: Rated, count: int) -> dict[str, Callable[[], np.ndarray]]:
    """Give two ways of clustering pairs, each at several cuts."""
    left, right, probability = rated
    joined = average_link(left, right, probability, count, CUTS)
    labelings: dict[str, Callable[[], np.ndarray]] = {}
    for cut in CUTS:
        labelings[f"average link at {cut}"] = lambda cut=cut: joined[cut]  # type: ignore[misc]
        labelings[f"components at {cut}"] = lambda cut=cut: np.asarray(  # type: ignore[misc]
            components(count, left[probability >= cut], right[probability >= cut])
        )
    return labelings


def _best(train: BenchmarkSet, labelings: Mapping[str, Callable[[], np.ndarray]]) -> str:
    """Choose the labeling with the best F1 over all named pairs of the train set."""
    scores = {name: _f1(train, make()) for name, make in labelings.items()}
    return max(scores, key=lambda name: scores[name])


def _f1(of: BenchmarkSet, labels: np.ndarray) -> float:
    nothing = np.zeros((0, 2), dtype="int64")
    entry = Entry(pd.factorize(labels)[0].astype("int64"), nothing, nothing, np.zeros(0))
    measures = score_entry(of.truth, entry, resamples=1).measures.set_index(["population", "measure"])
    return float(measures.loc[("named", "F1"), "value"])


def by_ceiling(of: BenchmarkSet, train: BenchmarkSet) -> pd.DataFrame:
    """Link by a classifier that has learned from this very set's key, each pair from other children.

    No method without the key can be expected to do better with these comparisons; so it is no competitor.
    """
    from tests.bench.linking_ceiling import NoScikitLearn, ceiling_labelings
    from tests.bench.linking_splink_careful import careful_linker, careful_pairs

    pairs = careful_pairs(careful_linker(peer_records(of))).rename(
        columns={"number_l": "left", "number_r": "right"}
    )
    looked_at = [_labels_of(of, by_kit(method)(of, train)) for method in ("cascade", "resolved")]
    child = of.truth.child
    # A record that isn't scored is nobody's: it teaches nothing.
    owner = np.where(child >= 0, child, len(of.truth.household) + np.arange(len(child)))
    told = pairs.drop(columns=["source_dataset_l", "source_dataset_r"])
    try:
        labelings = list(ceiling_labelings(of, owner, of.truth.kind, looked_at, [told]))
    except NoScikitLearn as missing:
        raise NoPeer(str(missing)) from missing
    return entry_of_clusters(of, max(labelings, key=lambda labels: _f1(of, labels)))


def _labels_of(of: BenchmarkSet, entry: pd.DataFrame) -> np.ndarray:
    place = {name: at for at, name in enumerate(zip(of.records["system"], of.records["record"], strict=True))}
    links = entry[entry["status"].eq("link")]
    ends = [
        np.array([place[name] for name in zip(links[f"{side}_system"], links[f"{side}_record"], strict=True)])
        for side in ("left", "right")
    ]
    return np.asarray(components(len(of.records), *(end.astype("int64") for end in ends)))


METHODS: dict[str, Callable[[BenchmarkSet, BenchmarkSet], pd.DataFrame]] = {
    "exact": by_kit("exact"),
    "cascade": by_kit("cascade"),
    "recordlinkage": by_flat_file("logistic"),
    "gradient boosting": by_flat_file("boosting"),
    "Splink, careful": by_careful_splink,
    "kit, shipped weights": by_shipped_weights,
    "kit": by_kit("resolved"),
    "ceiling": by_ceiling,
}
