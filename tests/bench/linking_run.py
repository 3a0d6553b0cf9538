"""Link one district by one method, as a process of its own, so that time and memory are that method's alone.

Usage: python -m tests.bench.linking_run PLACE METHOD OUT
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pandas as pd

from tests.bench.linking_data import LinkingData, read_data

__all__ = ["CAREFUL", "KIT", "TUTORIAL"]

KIT = ("exact", "standardized", "cascade", "probabilistic", "resolved")
CAREFUL, TUTORIAL = "Splink, careful", "Splink, tutorial"
RECORD = ["silo", "record"]
# A peer that outgrows this is stopped rather than the machine.
MOST_MEMORY = 14 << 30

# What a method gives: labels of records by name of the variant; tables by name, its pairs among them.
Linked = tuple[dict[str, np.ndarray], dict[str, pd.DataFrame]]


def by_kit(data: LinkingData, method: str) -> Linked:
    """Link by a rung of the kit's ladder."""
    from helpers.link import link_children

    links = link_children(
        data.people,
        data.identifiers,
        method=method,  # type: ignore[arg-type]  # a name of the ladder
        unique_people=data.unique_people,
        anchor_order=data.anchor_order,
        person_rows=data.person_rows,
        schools=data.school,
    )
    students = data.students[RECORD]
    crosswalk = students.merge(links.crosswalk, on=RECORD, how="left", validate="one_to_one")
    place = pd.Series(np.arange(len(students)), index=pd.MultiIndex.from_frame(students))
    pairs = links.pairs.copy()
    for side in ("left", "right"):
        ends = pd.MultiIndex.from_frame(links.pairs[[f"{side}_silo", f"{side}_record"]])
        pairs[side] = place.reindex(ends).to_numpy()
    tables = {"pairs": pairs, "crosswalk": links.crosswalk, "findings": links.findings}
    return {method: pd.factorize(crosswalk["child"])[0].astype("int64")}, tables


def by_careful_splink(data: LinkingData, method: str) -> Linked:
    """Link by Splink as a careful user runs it, at every threshold and by both ways to cluster."""
    from tests.bench.linking_peer_records import peer_records
    from tests.bench.linking_splink_careful import (
        COMPONENTS,
        ONE_A_SILO,
        careful_linker,
        careful_pairs,
        cluster_components,
        cluster_one_a_silo,
    )

    before, cpu = time.perf_counter(), time.process_time()
    records = peer_records(data)
    linker = careful_linker(records)
    pairs = careful_pairs(linker)
    labels, once = {}, pd.DataFrame()
    for threshold in ONE_A_SILO:
        labels[f"one a silo at {threshold}"] = cluster_one_a_silo(linker, pairs, threshold)
        if once.empty:  # what it costs who tries one threshold only
            cost = {"seconds": time.perf_counter() - before, "cpu_seconds": time.process_time() - cpu}
            once = pd.DataFrame([cost])
    for threshold in COMPONENTS:
        labels[f"components at {threshold}"] = cluster_components(pairs, len(records), threshold)
    pairs = pairs.drop(columns=["source_dataset_l", "source_dataset_r"])
    return labels, {"pairs": pairs.rename(columns={"number_l": "left", "number_r": "right"}), "once": once}


def by_tutorial_splink(data: LinkingData, method: str) -> Linked:
    """Link by Splink as its tutorial runs it."""
    from tests.bench.linking_splink_tutorial import tutorial_clusters

    return {method: tutorial_clusters(data)}, {}


OTHERS: dict[str, Callable[[LinkingData, str], Linked]] = {
    CAREFUL: by_careful_splink,
    TUTORIAL: by_tutorial_splink,
}


def main() -> None:
    """Link, write labels and pairs, and print what it cost."""
    place, method, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    data = read_data(place, truth=False)
    before, cpu = time.perf_counter(), time.process_time()
    labels, tables = OTHERS.get(method, by_kit)(data, method)
    cost = {"seconds": time.perf_counter() - before, "cpu_seconds": time.process_time() - cpu}
    pd.DataFrame(labels).to_parquet(out / "labels.parquet")
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet")
    click.echo(json.dumps({**cost, "records": len(data.students)}))


if __name__ == "__main__":
    main()
