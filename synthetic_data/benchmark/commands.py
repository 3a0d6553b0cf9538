"""Command benchmark: make the sets, and score entries."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers.files import Output, Summary, out_option, save_all, with_output
from helpers.standard import BadInput, Measured

if TYPE_CHECKING:
    from synthetic_data.benchmark.plan import Plan
    from synthetic_data.benchmark.scorer import Scores

__all__ = ["benchmark"]

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(short_help="Make the K-12 linkage benchmark, or score an entry.")
def benchmark() -> None:
    """Make the sets of the K-12 linkage benchmark, or score what a linker found in them.

    docs/benchmark.md explains the sets, the tracks, the format of an entry, and where to send one.
    """


@benchmark.command("make", short_help="Make the train and dev sets, with their keys.")
@click.argument("folder", type=FOLDER)
@click.option("--set", "names", multiple=True, metavar="NAME", help="Only this set. May be repeated.")
@click.option("--test", is_flag=True, help="Also the test sets. For maintainers; needs --secrets.")
@click.option(
    "--secrets",
    "secret_folder",
    type=FOLDER,
    metavar="FOLDER",
    help="Folder of the seeds and keys of test sets: never in the repository or with the sets.",
)
@click.option(
    "--freeze", is_flag=True, help="Write the hashes of these sets into the repository. For maintainers."
)
@click.option("--processes", type=click.IntRange(1, 64), help="Processes that write files; two by default.")
@with_output
def make_sets(
    folder: Path,
    names: tuple[str, ...],
    test: bool,
    secret_folder: Path | None,
    freeze: bool,
    processes: int | None,
    output: Output,
) -> None:
    """Make the train and dev sets in FOLDER, with their keys, and check that every byte is as published.

    Each set has files/ (a district's exports as its systems write them), records.csv (the same children's
    records, one row each) and key.csv and children.csv (which child each record belongs to). The exit status
    is 1 if a set differs from the published one: then this kit, NumPy or Faker has another version.
    """
    from synthetic_data.benchmark.make import CHECKSUMS, make_benchmark, read_checksums
    from synthetic_data.benchmark.make import freeze as freeze_sets
    from synthetic_data.benchmark.plan import HERE, load_plan

    plan = load_plan()
    chosen = [plan.named(name) for name in names] or [one for one in plan.sets if test or not one.is_test]
    published = read_checksums(HERE / CHECKSUMS)
    at_once = processes or min(2, os.cpu_count() or 1)
    made = []
    with output.step("Making sets", total=len(chosen)) as done:
        for one in make_benchmark(plan, folder, chosen, secret_folder, at_once):
            made.append(one)
            done()
    files = freeze_sets(folder, secret_folder, made) if freeze else []
    if freeze:
        published = read_checksums(HERE / CHECKSUMS)
    rows = [
        {
            "set": one.plan.name,
            "children": one.children,
            "records": one.records,
            "not_scored": one.not_scored,
            "bytes": _compared(published.get(f"{one.plan.name}/{CHECKSUMS}"), one.sha256),
        }
        for one in made
    ]
    frozen = {"frozen": files} if files else {}
    same = sum(row["bytes"] == SAME for row in rows)
    other = [f"{row['set']}: {row['bytes']}" for row in rows if row["bytes"] != SAME][:3]
    finding = [
        f"Made **{len(rows)}** sets of version {plan.version} in {folder}: {same} of {len(rows)} are as "
        "published."
    ]
    summary = Summary(finding, "The others", other)
    figures = {"version": plan.version, "sets": pd.DataFrame(rows), "folder": folder, **frozen}
    output.emit(figures, summary, {"sets": "Sets"})
    if any(row["bytes"] == DIFFERENT for row in rows):
        sys.exit(1)


SAME, DIFFERENT = "as published", "not as published"


def _compared(published: str | None, sha256: str) -> str:
    if published is None:
        return "not published yet"
    return SAME if published == sha256 else DIFFERENT


@benchmark.command("score", short_help="Score an entry on sets whose key is there.")
@click.argument("sets", type=FOLDER)
@click.argument("entry", type=click.Path(path_type=Path))
@click.option("--set", "name", metavar="NAME", help="Which set a single file is about.")
@click.option("--key", type=FOLDER, metavar="FOLDER", help="Keys of test sets, as the maintainers have them.")
@out_option("reports/benchmark")
@with_output
def score_entries(
    sets: Path, entry: Path, name: str | None, key: Path | None, out: Path, output: Output
) -> None:
    """Score ENTRY on the sets in SETS: one CSV with --set NAME, or a folder with split/family-kind.csv.

    An entry has one row a pair: left_system, left_record, right_system, right_record, and, if you like,
    probability and status (link; review, the first question first; or no); or one row a record: system,
    record, child. Writes benchmark_measures.csv (by population of pairs), benchmark_systems.csv,
    benchmark_groups.csv, benchmark_calibration.csv and benchmark_review.csv, with 95% intervals. A test set
    needs --key, and we check that the key is the one whose hash was published.
    """
    from synthetic_data.benchmark.plan import load_plan
    from synthetic_data.benchmark.scorer import EntryError

    plan = load_plan()
    scored: dict[str, Scores] = {}
    entries = _entries(plan, entry, name)
    try:
        with output.step("Scoring sets", total=len(entries)) as done:
            for of, file in entries.items():
                scored[of] = _score(plan, sets, of, file, key)
                done()
    except EntryError as error:
        raise BadInput(str(error)) from None
    tables: dict[str, list[pd.DataFrame]] = {}
    for of, scores in scored.items():
        for file_name, table in scores.tables().items():
            if len(table):
                tables.setdefault(file_name, []).append(table.assign(set=of)[["set", *table.columns]])
    together = {file_name: pd.concat(parts, ignore_index=True) for file_name, parts in tables.items()}
    written = save_all(out, together)
    tracks = _by_track(plan, scored)
    figures = {"tracks": tracks, "children": _of_children(scored), "written": written}
    output.emit(figures, _scored(tracks, len(scored)), TITLES)


# Headings of printed tables. The keys are those of --json.
TITLES = {"tracks": "Pairs, by set and track", "children": "Children, by set"}


def _scored(tracks: pd.DataFrame, sets: int) -> Summary:
    """Give the range of F1 over sets and tracks, and the three lowest."""
    lines = [
        f"{row['set']}, {row['track']}: F1 {row['F1']:.3f} ({row['F1_low']:.3f} to {row['F1_high']:.3f}), of "
        f"{Measured('benchmark_pairs', row['pairs'], where=row['set']):count}"
        for row in tracks.sort_values("F1", kind="stable").head(3).to_dict("records")
    ]
    middle = tracks["F1"].median()
    finding = [f"Scored **{sets}** sets. Median F1 of {len(tracks)} tracks: **{middle:.3f}**."]
    return Summary(finding, "Lowest", lines)


def _entries(plan: Plan, entry: Path, name: str | None) -> dict[str, Path]:
    """Find the file of each set."""
    if name is not None:
        return {plan.named(name).name: entry}
    if not entry.is_dir():
        raise BadInput(f"{entry} is one file: say with --set NAME which set it is about.")
    found = {one.name: entry / f"{one.name}.csv" for one in plan.sets}
    found = {of: path for of, path in found.items() if path.is_file()}
    if not found:
        raise BadInput(f"{entry} has no file of any set, such as {entry / plan.sets[0].name}.csv.")
    return found


def _score(plan: Plan, sets: Path, name: str, file: Path, key: Path | None) -> Scores:
    from synthetic_data.benchmark.scorer import read_entry, read_set, score_entry, verify_key
    from synthetic_data.benchmark.secret_keys import COMMITMENTS

    own_key = None
    if plan.named(name).is_test:
        if key is None:
            raise BadInput(
                f"{name} is a test set, and its key isn't public: send the entry as docs/benchmark.md says, "
                "or score a train or dev set."
            )
        own_key = key / name
        verify_key(own_key, name, COMMITMENTS)
    linkage_set = read_set(sets / name, own_key)
    return score_entry(linkage_set, read_entry(file, linkage_set))


def _by_track(plan: Plan, scored: dict[str, Scores]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name, scores in scored.items():
        measures = scores.measures.set_index(["population", "measure"])
        for track in plan.tracks:
            if plan.named(name).kind in track.kinds:
                row: dict[str, Any] = {"set": name, "track": track.name}
                for measure in ("precision", "recall", "F1"):
                    row[measure] = measures.loc[(track.population, measure), "value"]
                for column, measured in (("F1_low", "low"), ("F1_high", "high"), ("pairs", "of")):
                    row[column] = measures.loc[(track.population, "F1"), measured]
                rows.append(row)
    return pd.DataFrame(rows).astype({"pairs": "int64"})


# Column of the printed table -> population and measure.
OF_CHILDREN = {
    "complete": ("named", "children complete"),
    "split": ("named", "children split"),
    "mixed": ("named", "children mixed"),
    "silent_wrong_joins_per_1000": ("all", "silent wrong joins per 1,000 children"),
    "review_per_1000": ("review", "pairs to review per 1,000 children"),
}


def _of_children(scored: dict[str, Scores]) -> pd.DataFrame:
    rows = []
    for name, scores in scored.items():
        measures = scores.measures.set_index(["population", "measure"])["value"]
        rows.append({"set": name, **{column: measures[measured] for column, measured in OF_CHILDREN.items()}})
    return pd.DataFrame(rows)
