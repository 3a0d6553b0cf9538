"""Link one district by every method on the same records, and score them all against the same truth."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.score import score_groups, summarize_links, with_review
from helpers.score.populations import NAMED_POPULATIONS
from tests.bench.linking_ceiling import ceiling
from tests.bench.linking_counts import COUNTED, COUNTED_NAMED, Counts, PairCounter, error_ratio
from tests.bench.linking_data import LinkingData, linking_data, read_data
from tests.bench.linking_run import CAREFUL, KIT, TUTORIAL
from tests.bench.measure import run

__all__ = ["ALL_METHODS", "CEILING", "DECIDED", "measure_district"]

DECIDED = "resolved"
CEILING = "ceiling"
ALL_METHODS = (*KIT, CAREFUL, TUTORIAL)
AS_THEY_ARE, MADE_EQUAL = "As they are", "Made equal"

LINKS = ("crosswalk", "pairs", "findings")

Measures = dict[str, Any]


@dataclass(frozen=True)
class _Links:
    """What is asked of links to be scored."""

    crosswalk: pd.DataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame


def measure_district(
    seed: int,
    students: int,
    methods: Sequence[str],
    *,
    with_ceiling: bool,
    with_groups: bool = True,
    **settings: Any,
) -> Measures:
    """Link and score one district.

    Parameters
    ----------
    seed, students
        Of the district.
    methods
        Some of `ALL_METHODS`; each is run as a process of its own.
    with_ceiling
        Whether to train the classifier that knows the truth.
    with_groups
        Whether groups of children are scored apart, which takes long where there are many.
    **settings
        As in `linking_data`.

    Returns
    -------
    dict
        ``seed``, ``records``; ``methods``: name -> population -> ``precision``, ``recall``, ``f1`` (of the
        peer whose threshold is chosen with the truth: each population's best, ``variant`` says which);
        ``costs``: name -> ``seconds``, ``cpu_seconds``, ``gib``; for method *decided* also ``review``:
        population -> ``recall`` after a person, ``children``: records -> shares ``complete``, ``split``,
        ``mixed`` and ``silent`` children, ``silent``: population -> silent wrong pairs, ``twins`` and
        ``gaps`` (populations with names); ``share_of_error`` (of the careful peer's) and ``below_ceiling`` by
        population. Numbers and words only.
    """
    place = linking_data(seed, students, **settings).folder
    data = read_data(place)
    counter = PairCounter(data)
    scores: dict[str, Measures] = {}
    costs: dict[str, Measures] = {}
    measures: Measures = {
        "seed": seed,
        "faults": settings.get("faults", 1.0),
        "records": len(data.students),
        "possible": counter.possible,
        "methods": scores,
        "costs": costs,
    }
    labels: dict[str, pd.DataFrame] = {}
    pairs = []
    for method in methods:
        with tempfile.TemporaryDirectory(prefix="bench-link-") as folder:
            out = Path(folder)
            took = run([sys.executable, "-m", "tests.bench.linking_run", place, method, out])
            costs[method] = {**json.loads(took.output), "gib": took.peak_gib}
            labels[method] = pd.read_parquet(out / "labels.parquet")
            if method in (DECIDED, CAREFUL):
                pairs.append(pd.read_parquet(out / "pairs.parquet"))
            if method == DECIDED:
                links = _Links(*(pd.read_parquet(out / f"{name}.parquet") for name in LINKS))
                measures["review"] = _with_review(data, links)
                measures |= _summary(data, links)
                if with_groups:
                    measures |= _for_whom(data, links)
            if method == CAREFUL:
                costs[method] |= pd.read_parquet(out / "once.parquet").iloc[0].to_dict()
        scores[method] = _best(counter, labels[method])
    if with_ceiling:
        looked_at = [frame[column].to_numpy() for frame in labels.values() for column in frame.columns[:1]]
        found = ceiling(data, counter, looked_at, pairs)
        if isinstance(found, str):
            measures["why_no_ceiling"] = found
        else:
            scores[CEILING] = {name: _rates(counts) for name, counts in found.items()}
            measures["below_ceiling"] = {
                name: scores[CEILING][name]["f1"] - scores[DECIDED][name]["f1"] for name in COUNTED_NAMED
            }
    if CAREFUL in methods:
        measures["share_of_error"] = {
            name: error_ratio(scores[DECIDED][name]["f1"], scores[CAREFUL][name]["f1"]) for name in COUNTED
        }
    return measures


def _best(counter: PairCounter, labels: pd.DataFrame) -> Measures:
    """Score each population by the labeling that is best for it; most methods have one only."""
    best: Measures = {}
    for variant in labels:
        for name, counts in counter(labels[variant].to_numpy(dtype=np.int64)).items():
            if name not in best or counts.f1 > best[name]["f1"]:
                best[name] = {**_rates(counts), "variant": str(variant)}
    return best


def _rates(counts: Counts) -> Measures:
    return {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}


def _with_review(data: LinkingData, links: _Links) -> Measures:
    """Say what a person who answers what waits, each child once, would add."""
    review = with_review(data, links, key=data.key).set_index("population")
    return {
        name: {
            "recall": float(review.loc[name, "recall_after"]),
            "asked": int(review.loc[name, "asked"]),
            "waiting": int(review.loc[name, "needs_review"]),
        }
        for name in COUNTED
    }


def _summary(data: LinkingData, links: _Links) -> Measures:
    """Give shares of children by outcome, and wrong pairs that nobody would notice."""
    summary = summarize_links(data, links, key=data.key)
    silent = summary.populations.set_index("population")["silent"]
    children = summary.children.set_index("records")
    shares = ["complete", "split", "mixed", "silent", "children"]
    return {
        "silent": {name: int(silent[name]) for name in COUNTED},
        "children": {records: row.astype(float).to_dict() for records, row in children[shares].iterrows()},
    }


def _for_whom(data: LinkingData, links: _Links) -> Measures:
    """Say how right links of twins are, and how far the best and the worst group lie apart."""
    groups = score_groups(data, links.crosswalk, key=data.key, exposure=data.exposure)  # type: ignore[arg-type]
    twins = groups.scores[
        groups.scores["group"].eq("twin: yes")
        & groups.scores["measure"].eq("Precision")
        & groups.scores["faults"].eq(AS_THEY_ARE)
    ].set_index("population")
    gaps = groups.gaps[groups.gaps["dimension"].eq("All")].set_index(["faults", "population"])
    return {
        "twins": {name: _interval(twins.loc[name], "value") for name in NAMED_POPULATIONS},
        "gaps": {
            faults: {
                name: {
                    **_interval(gaps.loc[(faults, name)], "gap"),
                    "best": str(gaps.loc[(faults, name), "best"]),
                    "worst": str(gaps.loc[(faults, name), "worst"]),
                }
                for name in NAMED_POPULATIONS
            }
            for faults in (AS_THEY_ARE, MADE_EQUAL)
        },
    }


def _interval(row: pd.Series, value: str) -> Measures:
    return {"value": float(row[value]), "low": float(row["low"]), "high": float(row["high"])}
