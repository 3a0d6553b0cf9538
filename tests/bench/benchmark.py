"""Run the baselines of the K-12 linkage benchmark, and write results, table and chart.

Usage: python -m tests.bench benchmark SETS [--key FOLDER] [--split test] [--method NAME …] [--set NAME …]
       python -m tests.bench benchmark --page
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
import pandas as pd

from synthetic_data.benchmark import SetPlan, load_plan, read_entry, score_entry
from synthetic_data.benchmark.scorer import verify_key
from synthetic_data.benchmark.secret_keys import COMMITMENTS
from tests.bench.benchmark_methods import METHODS, NoPeer
from tests.bench.benchmark_page import RESULTS, write_page
from tests.bench.benchmark_sets import BenchmarkSet

__all__ = ["benchmark"]

COLUMNS = ["version", "set", "method", "population", "measure", "value", "low", "high", "counted", "of"]
SAME = ["version", "set", "method"]
# Whoever is measured on errors that nobody has seen trains on the errors that everybody may see.
TRAINED_ON = {"held_out": "development"}
GAP = "F1 gap by name origin"


@click.command()
@click.argument("sets", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option("--key", type=click.Path(file_okay=False, path_type=Path), help="Keys of the test sets.")
@click.option("--split", type=click.Choice(["dev", "test"]), default="test", show_default=True)
@click.option("--method", "methods", multiple=True, type=click.Choice([*METHODS]), help="Only these.")
@click.option("--set", "names", multiple=True, help="Only these sets.")
@click.option(
    "--entries", type=click.Path(file_okay=False, path_type=Path), help="Also keep the entries here."
)
@click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    default=RESULTS,
    show_default=True,
    help="Results are added here; a method and set that are there already are replaced.",
)
@click.option("--page", is_flag=True, help="Write the page's table and chart from the results.")
def benchmark(
    sets: Path | None,
    key: Path | None,
    split: str,
    methods: tuple[str, ...],
    names: tuple[str, ...],
    entries: Path | None,
    results: Path,
    page: bool,
) -> None:
    """Make an entry with each baseline, and score it.

    SETS is a folder that `bigpicture benchmark make` wrote, with train sets: cuts are chosen there.
    """
    if sets is not None:
        plan = load_plan()
        chosen = [plan.named(name) for name in names] or [one for one in plan.sets if one.split == split]
        for one in chosen:
            for method in methods or METHODS:
                _run(plan.version, sets, one, method, key, entries, results)
    if page:
        for path in write_page(pd.read_csv(results)):
            click.echo(f"Written: {path}")


def _run(
    version: str, sets: Path, one: SetPlan, method: str, key: Path | None, entries: Path | None, results: Path
) -> None:
    own_key = None
    if one.is_test:
        if key is None:
            raise click.UsageError(f"{one.name} is a test set: name the folder of keys with --key.")
        own_key = key / one.name
        verify_key(own_key, one.name, COMMITMENTS)
    family = TRAINED_ON.get(one.family, one.family)
    of = BenchmarkSet(sets / one.name, own_key)
    train = BenchmarkSet(sets / "train" / f"{family}-{one.kind}")
    assert of.districts  # reading is nobody's time
    start = time.perf_counter()
    try:
        entry = METHODS[method](of, train)
    except NoPeer as missing:
        click.echo(f"{one.name}, {method}: {missing}", err=True)
        return
    seconds = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        kept = (entries or Path(folder)) / method.replace(", ", "-").replace(" ", "-")
        path = kept / f"{one.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        entry.to_csv(path, index=False)
        scores = score_entry(of.truth, read_entry(path, of.truth))
    gap = scores.groups[scores.groups["measure"].eq("F1 gap") & scores.groups["dimension"].eq("name_origin")]
    rows = [
        scores.measures,
        gap.assign(population="named", measure=GAP),
        _after_review(scores.review),
        pd.DataFrame({"population": ["all"], "measure": ["seconds"], "value": [seconds]}),
    ]
    table = pd.concat([part for part in rows if len(part)], ignore_index=True)
    table = table.assign(version=version, set=one.name, method=method)[COLUMNS]
    _add(table, results)
    measures = table.set_index(["population", "measure"])["value"]
    click.echo(
        f"{one.name}, {method}: F1 of named pairs {measures[('named', 'F1')]:.4f}, complete children "
        f"{measures[('named', 'children complete')]:.3f}, {seconds:.0f} s"
    )


def _after_review(review: pd.DataFrame) -> pd.DataFrame:
    """Give F1 and complete children after so many decisions for each 1,000 children."""
    parts = [
        pd.DataFrame(
            {
                "population": "named",
                "measure": f"{word} after review",
                "value": review[column],
                "low": review[f"{column}_low"],
                "high": review[f"{column}_high"],
                "counted": review["decisions"],
                "of": review["per_1000_children"],
            }
        )
        for word, column in (("F1", "F1"), ("children complete", "complete"))
    ]
    return pd.concat(parts, ignore_index=True)


def _add(table: pd.DataFrame, results: Path) -> None:
    known = pd.read_csv(results) if results.exists() else table.head(0)
    replaced = known.merge(
        table[SAME].drop_duplicates(), on=SAME, how="left", indicator=True, validate="many_to_one"
    )
    kept = known[replaced["_merge"].eq("left_only").to_numpy()]
    parts = [part for part in (kept, table) if len(part)]
    together = pd.concat(parts, ignore_index=True).sort_values(SAME, kind="stable")
    results.parent.mkdir(parents=True, exist_ok=True)
    together.to_csv(results, index=False, float_format="%.6g")
