"""Time the same rules, choice and filling by both engines of the profile, each in a process of its own.

Usage: python -m tests.bench.profile_engine lay DISTRICT STANDARD
       python -m tests.bench.profile_engine copies STANDARD COPIES PLACE
       python -m tests.bench.profile_engine numpy STANDARD
       python -m tests.bench.profile_engine sql STANDARD THREADS MEMORY

Both begin at standard tables in Parquet and end at the table ``values`` of 38 elements in Parquet, and, without
writing it, filled up with why there is nothing. Seconds are those of the CPU and those of the clock.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from types import SimpleNamespace
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.profile import parts, survey
from helpers.profile.agreement import spoken_codes
from helpers.profile.attendance_reach import reach_of
from helpers.profile.attendance_years import attendance_years
from helpers.profile.context import context_of
from helpers.profile.elements import declared
from helpers.profile.engine import engine, write_values
from helpers.profile.exceptions import reports_of
from helpers.profile.found_values import find_values
from helpers.profile.gathering import gather_part
from helpers.profile.roster import filled_columns, learnable_names
from helpers.profile.standard_store import StandardStore, save_standard, write_parquet
from helpers.profile.tallies import Tallies
from helpers.profile.values import Days
from tests.bench import profiles
from tests.bench.profiles_run import newest_days_of

RULES = (
    "person_field", "identifier", "latest_enrolment", "attendance_count", "attendance_rate", "chronically_absent",
    "latest_result", "growth_in_a_year", "latest_balance", "activities_counted", "hours_summed", "credits_earned",
    "mean_grade", "incidents_counted", "discipline_days", "days_of_actions", "visits_counted",
)  # fmt: skip
EXCEPTIONS = ("discipline_action", "health_visit", "incident")
ATTENDANCE = ("school_enrollment", "attendance_event")
Times = dict[str, tuple[float, float]]


@contextmanager
def timed(times: Times, name: str) -> Iterator[None]:
    """Add up what a step takes."""
    begun = process_time(), perf_counter()
    yield
    before = times.get(name, (0.0, 0.0))
    times[name] = before[0] + process_time() - begun[0], before[1] + perf_counter() - begun[1]


def lay(folder: Path, place: Path) -> None:
    """Read a made district, say who is who, and write its standard tables."""
    from helpers.files import read_district
    from helpers.link import link_district
    from helpers.profile.newest_day import newest_days

    district = read_district(folder)
    save_standard(district, link_district(district).crosswalk, place)
    days = {silo: str(day) for silo, day in newest_days(district).days.items()}
    (place / "newest.json").write_text(json.dumps(days), encoding="utf-8")


def copies(one: Path, many: int, place: Path) -> None:
    """Lay copies of standard tables side by side; a row's place is its own, as it is in a district's table."""
    usual = profiles._renamed

    def renamed(table: pa.Table, copy: int) -> pa.Table:
        table = usual(table, copy)
        at = table.schema.get_field_index("place")
        if at < 0:
            return table
        return table.set_column(at, "place", pc.add(table.column(at), copy * 100_000_000))

    profiles._renamed = renamed
    profiles.laid_side_by_side(one, many, place)
    for path in (place / "loose").glob("*.parquet"):
        loose = pq.read_table(path)
        at = loose.schema.get_field_index("place")
        own = pc.add(loose.column(at), 10_000_000_000)
        pq.write_table(loose.set_column(at, "place", own), path, compression="lz4")


def by_numpy(place: Path, out: Path, times: Times) -> int:
    """Let today's engine find and choose, part by part."""
    pa.set_memory_pool(pa.system_memory_pool())
    elements = tuple(each for each in declared().element if each.rule in RULES)
    with timed(times, "context"):
        tables = StandardStore(place)
        context = context_of(tables)
    count = range(len(tables.firsts))
    with timed(times, "gather"):
        gathered = [gather_part(part, context) for part in (*map(tables.part, count), tables.loose)]
    reaches = []
    with timed(times, "attendance"):
        for each in gathered:
            frames = {name: each.facts[name] for name in ("calendar", "attendance_event")}
            reaches.append((reach_of(frames | {"people": each.people}), survey._rostered(each)))
    fields = {str(each.column) for each in elements if each.rule == "person_field"}
    with timed(times, "rules"):
        every = survey.joined(
            [
                survey.Survey(
                    tables=each.facts.filled(), reach=reach, rostered=rostered,
                    filled=filled_columns(each, fields), school_names=learnable_names(each),
                    reports={table: reports_of(each, table) for table in EXCEPTIONS},
                    schools_of_spells=survey._schools_of_spells(each),
                )
                for each, (reach, rostered) in zip(gathered, reaches, strict=True)
            ]
        )  # fmt: skip
    found = []
    for each in gathered[:-1]:
        evidence = replace(each, survey=every)
        with timed(times, "attendance"):
            tallies = Tallies(attendance_years(evidence), None)  # type: ignore[arg-type]
        with timed(times, "rules"):
            values, _ = find_values(elements, evidence, tallies)
            reported = values[values["status"].to_numpy() == 0]
            told = parts._told(values, len(elements), evidence.years.years, len(evidence.silos))
            nothing = values.iloc[:0]
            codes = spoken_codes(reported, elements)
            found.append(
                parts.Part(values, parts._names(evidence), codes, told, 0, nothing, nothing, nothing)
            )
    days = Days(newest_days_of(place), context.systems)
    rows = 0
    with timed(times, "choice"):
        terms: Any = SimpleNamespace(element=elements)
        choice = parts.choice_of(found, terms, context.years.years, days)
    for number, part in enumerate(found):
        with timed(times, "choice"):
            said = parts.choose_values(part.found, part.names, days, elements, choice.groups)
        with timed(times, "write"):
            write_parquet(said, out / f"{number}.parquet")
        with timed(times, "fill"):
            filled = choice.coverage.fill(said, tables.part(number).crosswalk)
        rows += len(said)
        del filled
    return rows


def by_sql(place: Path, out: Path, times: Times, threads: int, memory: str) -> int:
    """Let the rules in SQL do the same."""
    steps: Times = {}
    days = newest_days_of(place)
    with engine(place, declared(), days, rules=RULES, threads=threads, memory=memory, times=steps) as base:
        with timed(steps, "write"):
            rows = write_values(base, out / "values.parquet")
        with timed(steps, "90_fill more"):
            base.sql("SELECT * FROM filled ORDER BY cell, place").to_arrow_table()
    attendance = {"20_attendance", *(f"fact_{table}" for table in ATTENDANCE)}
    step_of: Callable[[str], str] = lambda name: (
        "context" if name == "context"
        else "attendance" if name in attendance
        else "choice" if name.startswith(("79", "80"))
        else "fill" if name.startswith("90")
        else "write" if name == "write"
        else "gather" if name in ("declare", "000_words", "00_days", "01_years", "02_people")
        else "rules"
    )  # fmt: skip
    for name, (cpu, clock) in steps.items():
        before = times.get(step_of(name), (0.0, 0.0))
        times[step_of(name)] = before[0] + cpu, before[1] + clock
    return rows


def main(task: str, *given: str) -> None:
    """Do one of the tasks."""
    if task == "lay":
        lay(Path(given[0]), Path(given[1]))
        return
    if task == "copies":
        copies(Path(given[0]), int(given[1]), Path(given[2]))
        return
    times: Times = {}
    with tempfile.TemporaryDirectory() as spare:
        if task == "numpy":
            rows = by_numpy(Path(given[0]), Path(spare), times)
        else:
            rows = by_sql(Path(given[0]), Path(spare), times, int(given[1]), given[2])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    without = [pair for name, pair in times.items() if name != "fill"]
    whole = [round(sum(pair[place] for pair in without), 2) for place in range(2)]
    steps = {name: [round(one, 2) for one in pair] for name, pair in sorted(times.items())}
    click.echo(
        json.dumps({"engine": task, "rows": rows, "without fill": whole, "GiB": round(peak, 2), **steps})
    )


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:])
