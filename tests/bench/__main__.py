"""Measure the kit's promises as whole processes on two cores, and write reports/bench.json.

Usage: python -m tests.bench [report] [make] [people] [read] [profiles] [family-pages] [contradictions] [room]
       [link] [--seeds N]

``python -m tests.bench frozen --write`` or ``--compare`` times nothing: see `tests.bench.frozen`. Nor does
``python -m tests.bench pictures``: it draws README's picture of a report anew.
``python -m tests.bench benchmark`` scores baselines of the linkage benchmark: see `tests.bench.benchmark`.
``python -m tests.bench mutation`` tries whether tests notice small changes: see `tests.bench.mutation`.
``link`` is link-speed, link-ids, link-large and link-pairs, each of which can be named alone.
"""

from __future__ import annotations

import itertools
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
import pyarrow.parquet as pq

from tests.bench.benchmark import benchmark
from tests.bench.contradictions import bench_contradictions
from tests.bench.dashboard import bench_dashboard
from tests.bench.detection import bench_detection
from tests.bench.family_pages import bench_family_pages
from tests.bench.figures import Figure, figure
from tests.bench.frozen import frozen
from tests.bench.levels import bench_levels
from tests.bench.linking import LINK_BENCHES
from tests.bench.meals_file import FAULTY_SHARE, write_meals_file
from tests.bench.measure import Measured, median_of, run, use_two_cores
from tests.bench.mutation import mutation
from tests.bench.peers import peer_python
from tests.bench.pictures import pictures
from tests.bench.profiles import bench_profiles
from tests.bench.room import bench_room
from tests.bench.sector import bench_sector

PROJECT = Path(__file__).resolve().parents[2]
BIGPICTURE = Path(sys.executable).with_name("bigpicture")
MEALS_ROWS = 2_000_000
PEOPLE = (1_000, 10_000, 100_000)
FAKER_ROWS = 20_000
PSEUDOPEOPLE = "1.3.1"
READ = """
import json, sys
from helpers.files import read_district
district = read_district(sys.argv[1])
accounts = district.accounts
print(json.dumps({
    "rows": int(accounts["rows"].sum()),
    "used": int(accounts["rows_used"].sum()),
    "people": len(district.people),
    "findings": int(district.findings["times"].fillna(1).sum()),
}))
"""


def bench_report(folder: Path) -> Iterator[Figure]:
    """Time the whole road, the workshop district made anew, as `make report` runs it after installation."""
    took = run(
        [BIGPICTURE, "report", "--out", folder / "reports"],
        environment={"BIGPICTURE_HOME": str(folder / "home")},
    )
    assert (folder / "reports" / "index.html").exists()
    yield figure("make report", took.seconds, "s", 60)
    yield figure("headless run of the workshop district, twelve notebooks", took.seconds, "s", 90)


def bench_tests(folder: Path) -> Iterator[Figure]:
    """Time what must hold after every change: all that `make test` checks, its environment installed."""
    yield figure("make test", run(["make", "-C", PROJECT, "test"]).seconds, "s", 360)


def bench_make(folder: Path) -> Iterator[Figure]:
    """Time the making of a district, all systems and two years, in a new folder: a workshop's, and 10,000."""
    places = iter(range(5))
    took = median_of(
        5, lambda: run([BIGPICTURE, "make", folder / f"made{next(places)}", "--students", "600"])
    )
    yield figure("bigpicture make, 600 children (median of 5)", took.seconds, "s", 4)
    # Watching the memory of a tree of processes slows them down: it has a run of its own.
    took = run([BIGPICTURE, "make", folder / "large", "--students", "10000"])
    yield figure("bigpicture make, 10,000 children", took.seconds, "s", 40)
    took = run([BIGPICTURE, "make", folder / "watched", "--students", "10000"], tree=True)
    yield figure("bigpicture make, 10,000 children, memory of all processes", took.peak_gib, "GiB", 4)


def bench_people(folder: Path) -> Iterator[Figure]:
    """Time the people of a large district in all systems, beside two other makers of people."""
    places = iter(folder / str(number) for number in itertools.count())

    def make(students: int, *, tree: bool = False) -> Measured:
        place = next(places)
        made = run([BIGPICTURE, "make", place, "--students", str(students), "--people-only"], tree=tree)
        held.append(pq.read_metadata(place / "answer_key" / "rows.parquet").num_rows)
        shutil.rmtree(place)
        return made

    held: list[int] = []
    small, middle, large = (median_of(3, partial(make, students)).seconds for students in PEOPLE)
    most, rows = PEOPLE[-1], held[-1]
    name = f"bigpicture make --people-only, {most:,} children"
    yield figure(f"{name} (median of 3)", large, "s", 20)
    watched = make(most, tree=True)
    yield figure(f"{name}, memory of all processes", watched.peak_gib, "GiB", 2)
    for start, seconds in ((PEOPLE[0], small), (PEOPLE[1], middle)):
        exponent = math.log(large / seconds) / math.log(most / start)
        yield figure(f"{name}, cost exponent from {start:,}", exponent, "", 1.05)
    rate, unit = rows / large, "person rows a second"
    for peer, times in ((_faker(), 30), (_pseudopeople(), 15)):
        told = peer if isinstance(peer, dict) else None
        target = times * told["value"] if told else 0.0
        measured = figure(f"{name}, {rows:,} rows about somebody", rate, unit, target, told, at_least=True)
        yield measured if told else {**measured, "target": None, "met": None, "why_no_peer": peer}


def _faker() -> Figure:
    took = median_of(3, lambda: run([sys.executable, "-m", "tests.bench.faker_peer", str(FAKER_ROWS)]))
    does = f"makes up {FAKER_ROWS:,} persons one by one, as a whole process"
    return {"name": f"Faker {version('Faker')}", "value": round(FAKER_ROWS / took.seconds, 3), "does": does}


def _pseudopeople() -> Figure | str:
    """Time pseudopeople's census in an environment of its own; a sentence where it can't be installed."""
    python = peer_python("pseudopeople", PSEUDOPEOPLE)
    if isinstance(python, str):
        return python
    took = median_of(3, lambda: run([python, PROJECT / "tests" / "bench" / "pseudopeople_peer.py"]))
    rows = int(took.output.split()[-1])
    return {
        "name": f"pseudopeople {PSEUDOPEOPLE}",
        "value": round(rows / took.seconds, 3),
        "does": f"takes its sample's census {rows // 10_000} times, {rows:,} rows, as a whole process",
    }


def bench_read(folder: Path) -> Iterator[Figure]:
    """Time the reading of a large lunchroom export, beside frictionless on the same file."""
    path = folder / "exports" / "meals" / "mealtime_customers_2026-04-30.csv"
    write_meals_file(path, MEALS_ROWS)
    took = median_of(3, lambda: run([sys.executable, "-c", READ, folder / "exports"]))
    peer = run([sys.executable, "-m", "tests.bench.frictionless_peer", path])
    ours, theirs = json.loads(took.output), json.loads(peer.output)
    assert ours["rows"] >= theirs["rows"] == MEALS_ROWS
    assert ours["findings"] >= MEALS_ROWS * FAULTY_SHARE / 2, "the wrong rows were not found"

    def beside(measured: Measured, value: float) -> Figure:
        name = f"frictionless {version('frictionless')}"
        return {
            "name": name,
            "value": round(value, 3),
            "does": "validates the same file",
            "found": theirs["findings"],
        }

    name = f"read a meals CSV of {MEALS_ROWS:,} rows with its findings"
    yield figure(f"{name} (median of 3)", took.seconds, "s", 20, beside(peer, peer.seconds))
    yield figure(f"{name}, peak memory", took.peak_gib, "GiB", 1.5, beside(peer, peer.peak_gib))


BENCHES: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "report": bench_report,
    "tests": bench_tests,
    "make": bench_make,
    "people": bench_people,
    "read": bench_read,
    "profiles": bench_profiles,
    "family-pages": bench_family_pages,
    "dashboard": bench_dashboard,
    "sector": bench_sector,
    "detection": bench_detection,
    "levels": bench_levels,
    "contradictions": bench_contradictions,
    "room": bench_room,
}


def chosen_benches(names: Sequence[str], seeds: int) -> dict[str, Callable[[Path], Iterator[Figure]]]:
    """Give the benches that were named, all where none was; ``link`` names all its parts.

    Parameters
    ----------
    names
        Of benches, or what several begin with.
    seeds
        How many districts links are scored on.

    Returns
    -------
    dict
        Name -> bench, in the order in which they run.

    Raises
    ------
    click.BadParameter
        When no bench is called so.
    """
    every = BENCHES | {name: partial(bench, seeds=seeds) for name, bench in LINK_BENCHES.items()}
    chosen = {
        name: bench
        for name, bench in every.items()
        if not names or any(name == asked or name.startswith(f"{asked}-") for asked in names)
    }
    for asked in names:
        if not any(name == asked or name.startswith(f"{asked}-") for name in every):
            raise click.BadParameter(f"no bench is called {asked!r}; there are: {', '.join(every)}.")
    return chosen


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--seeds",
    type=click.IntRange(1, 5),
    default=5,
    show_default=True,
    help="Districts that links are scored on.",
)
def main(names: tuple[str, ...], seeds: int) -> None:
    """Run the benches that were named, or all, and say which targets were met.

    A missed target is a figure, not a failure: it leaves with 1 only where a bench broke off. What other
    benches wrote to reports/bench.json before is kept.
    """
    benches = chosen_benches(names, seeds)
    use_two_cores()
    figures, failed = [], []
    for name, bench in benches.items():
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            try:
                for measured in bench(Path(folder)):
                    figures.append({"bench": name, **measured})
                    _say(measured)
            except (subprocess.CalledProcessError, AssertionError) as error:
                failed.append(name)
                words = getattr(error, "stderr", "") or str(error)
                click.echo(f"{name} failed: {words.strip().splitlines()[-1]}", err=True)
    out = PROJECT / "reports" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    before = json.loads(out.read_text(encoding="utf-8")) if out.exists() else []
    kept = [one for one in before if "bench" in one and one["bench"] not in benches]
    out.write_text(json.dumps([*kept, *figures], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"Written: {out.relative_to(PROJECT)}")
    if failed:
        sys.exit(1)


def _say(measured: Figure) -> None:
    verdict = {True: "met", False: "MISSED", None: "not judged"}[measured["met"]]
    limit = f"{measured['target_is']} {measured['target']} {measured['unit']}".rstrip()
    if measured["met"] is None:
        limit = measured.get("why_no_peer", "no target")
    value = f"{measured['value']} {measured['unit']}".rstrip()
    click.echo(f"{measured['name']}: {value} ({limit}: {verdict})")
    if measured.get("over_dial"):
        click.echo("  with half to twice the faults: {} to {}".format(*measured["over_dial"]))
    if peer := measured["peer"]:
        click.echo(f"  {peer['name']} {peer['does']}: {peer['value']} {measured['unit']}".rstrip())


if __name__ == "__main__":
    if sys.argv[1:2] == ["frozen"]:
        frozen(sys.argv[2:])
    if sys.argv[1:2] == ["pictures"]:
        pictures(sys.argv[2:], prog_name="python -m tests.bench pictures")
    if sys.argv[1:2] == ["benchmark"]:
        benchmark(sys.argv[2:], prog_name="python -m tests.bench benchmark")
    if sys.argv[1:2] == ["mutation"]:
        mutation(sys.argv[2:], prog_name="python -m tests.bench mutation")
    main()
