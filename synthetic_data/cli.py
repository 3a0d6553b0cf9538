"""The generator's commands, and what they print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.files import (
    Command,
    Output,
    Sections,
    Summary,
    hyphened,
    out_option,
    save_all,
    spelled,
    with_output,
)
from helpers.standard import BadInput, Measured, nearest, percent
from synthetic_data.benchmark.commands import benchmark
from synthetic_data.scenario import ERROR_FAMILIES, LEVELS, Scenario, scenario_names

__all__ = ["calibrate", "figures", "levels", "main", "make", "make_sector", "register"]


def register(group: click.Group) -> None:
    """Add the generator's commands to a group."""
    group.add_command(make)
    group.add_command(make_sector)
    group.add_command(calibrate)
    group.add_command(levels)
    group.add_command(benchmark)


@click.command(short_help="Make an invented school district to try everything on.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--scenario",
    default="workshop",
    show_default=True,
    metavar="NAME|FILE",
    help=f"What kind of district: {', '.join(scenario_names())}, or a scenario file (TOML) of your own.",
)
@click.option("--seed", type=int, help="The same seed always makes the same district.")
@click.option("--students", type=int, help="Children enrolled in the school year.")
@click.option(
    "--faults", type=float, help="How often records go wrong: 0 never, 1 as usual, 3 three times as often."
)
@click.option(
    "--errors",
    metavar="FAMILY",
    help="Also inject errors of another origin, after the faults: "
    f"{', '.join(map(hyphened, ERROR_FAMILIES))}.",
)
@click.option("--districts", type=int, help="Make a region of this many districts, --students in each.")
@click.option("--people-only", is_flag=True, help="Write only the files that name persons.")
@click.option("--level", metavar="LEVEL", help=f"What the systems exchange: {', '.join(LEVELS)}.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any other key of a scenario, such as moved_in_year=0.2, fault_dials.typo=2 (typing slips, twice as "
    "often) or fault_rates.typo=0.05. May be repeated.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many processes write files; the bytes are the same. Two, if there are two cores.",
)
@with_output
def make(
    folder: Path,
    scenario: str,
    seed: int | None,
    students: int | None,
    faults: float | None,
    errors: str | None,
    districts: int | None,
    people_only: bool,
    level: str | None,
    settings: tuple[str, ...],
    processes: int | None,
    output: Output,
) -> None:
    """Generate a synthetic school district in FOLDER, as its systems would export it.

    FOLDER gets silos/ (exports of each system), answer_key/ (the truth about every row) and district.json.
    Nobody in it exists. The same options always produce the same bytes.

    A region (--scenario region, or --districts) gets a folder for each district. After any interruption, the
    same command continues where it stopped.
    """
    overrides: dict[str, Any] = {
        "seed": seed,
        "students": students,
        "faults": faults,
        "errors": None if errors is None else spelled(errors, ERROR_FAMILIES),
        "level": None if level is None else spelled(level, LEVELS),
        "districts": districts,
    }
    overrides = {key: value for key, value in overrides.items() if value is not None}
    if people_only:
        overrides["people_only"] = True
    _add_settings(overrides, settings)
    # We import generators here, so that help and wrong options answer at once.
    from synthetic_data.district import make_district, make_region
    from synthetic_data.scenario import load_scenario

    loaded = load_scenario(spelled(scenario, scenario_names()), **overrides)
    at_once = processes or min(2, os.cpu_count() or 1)
    if loaded.districts > 1:
        with output.step("Making districts", total=loaded.districts) as done:
            make_region(loaded, folder, at_once, done=lambda name: done())
        made = region_figures(folder)
        output.emit(made, _region_summary(made))
        return
    enrolled = Measured("enrolled", loaded.students)
    with output.step(f"Making {enrolled:count} and the files of their systems"):
        make_district(loaded, folder, at_once)
    made = figures(folder)
    output.emit(made, _district_summary(made, loaded.students), TITLES)


@click.command("make-sector", short_help="Make invented school systems that answer the survey.")
@click.argument("place", metavar="FOLDER|FILE", type=click.Path(path_type=Path))
@click.option(
    "--sector",
    default="published",
    show_default=True,
    metavar="NAME|FILE",
    help="Which effects to simulate: published, nothing, volunteers, or a TOML file of your own.",
)
@click.option("--seed", type=int, help="The same seed always makes the same sector.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any other key of a sector, such as invited=2000, pledged_effect=0.5 (in all domains), "
    "pledged_effect.governance=0.8 (in one) or locales.City=0.5 (others share the rest). May be repeated.",
)
@with_output
def make_sector(
    place: Path, sector: str, seed: int | None, settings: tuple[str, ...], output: Output
) -> None:
    """Generate a sector of synthetic school systems that answer the kit's survey in two years.

    Writes sector.csv into FOLDER (or FILE, which ends in .csv): one row per invited system and year. Also
    writes how to generate it again (.json), the simulated effects (_simulated.csv), which `bigpicture sector`
    reads for volunteers only, and a page with both (_made.html).
    """
    from synthetic_data.sector import load_sector, preset_names, write_sector
    from synthetic_data.sector import make_sector as make_it
    from synthetic_data.sector.settings import SectorSettings
    from synthetic_data.studies.sector import synthetic_sector_page

    overrides: dict[str, Any] = {} if seed is None else {"seed": seed}
    _add_settings(overrides, settings, SectorSettings.model_fields, "a sector")
    with output.step("Making school systems and their answers"):
        made = make_it(load_sector(spelled(sector, preset_names()), **overrides))
        written = write_sector(made, place, synthetic_sector_page)
    effects = made.simulated[made.simulated["comparison"].eq("adjusted")]
    counts = made.answered[["answered", "invited", "year"]].itertuples(index=False)
    finding = [
        f"Answered in {year}: {Measured('sector_answered', many, of, where=str(year)):bold count of}."
        for many, of, year in counts
    ]
    output.emit(
        {"answered": made.answered, "simulated by the generator": effects, "written": written},
        Summary(finding, notes=[f"Next: `bigpicture sector {written['sector']}`."]),
        {"answered": "Answers", "simulated by the generator": "Simulated effects"},
    )


@click.command(
    cls=Command,
    short_help="Compare synthetic districts with published figures.",
    writes={
        "calibration.csv": "every figure by seed, and overall",
        "not_compared.csv": "figures that measure something else, and why",
        "groups.csv": "whether any outcome differs by race, origin, language or sex",
        "systems.csv": "correlations between measures of different systems; none in placebo",
    },
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    default=("district", "pandemic"),
    show_default=True,
    metavar="NAME|FILE",
    help="What kind of district. May be repeated.",
)
@click.option(
    "--seeds",
    default="",
    metavar="N,N,…",
    help="One district for each; by default five seeds on which nothing was tuned.",
)
@click.option("--students", type=int, help="Children of each district; the scenario's by default.")
@out_option()
@with_output
def calibrate(
    scenarios: tuple[str, ...], seeds: str, students: int | None, out: Path, output: Output
) -> None:
    """Compare synthetic districts with published figures: target, value with its interval, pass or miss.

    The exit status is 1 if a tuned figure misses its target, an outcome differs, or systems of a placebo
    correlate.
    """
    from synthetic_data.studies.calibration.study import SEEDS, calibrate, report

    chosen = _seeds(seeds) if seeds else list(SEEDS)
    known = scenario_names()
    districts = Measured("districts_measured", len(scenarios) * len(chosen))
    with output.step(f"Making and measuring {districts:count}"):
        found = calibrate([spelled(name, known) for name in scenarios], chosen, students)
    written = save_all(
        out,
        {
            "calibration.csv": found.figures,
            "not_compared.csv": found.not_compared,
            "groups.csv": found.groups,
            "systems.csv": found.systems,
        },
    )
    printed = report(found)
    output.emit(
        {**printed, "written": written}, _calibration_summary(printed["figures not tuned to"], found.figures)
    )
    if not found.passed:
        sys.exit(1)


def _calibration_summary(held_out: object, figures: pd.DataFrame) -> Summary:
    """Say what held-out figures show, count the tuned ones, and name three that miss in most districts."""
    single = figures[figures["seed"].notna() & figures["verdict"].isin(["pass", "miss"])]
    missed = single[single["verdict"].eq("miss")]
    tuned = single[single["role"].eq("tuned")]
    passed = int(tuned["verdict"].eq("pass").sum())
    finding = [
        f"{held_out}.",
        f"Of figures that we tuned to, **{passed:,}** of {len(tuned):,} pass in single districts "
        f"({percent(passed, len(tuned))}): that shows only that tuning works.",
    ]
    often = missed.groupby(["scenario", "topic", "group"], dropna=False).size().rename("districts")
    most = often.sort_values(ascending=False, kind="stable").head(3).reset_index().fillna("")
    worst = [
        f"{row['scenario']}, {row['topic']} {row['group']}: missed in "
        f"{Measured('districts_missed', row['districts'], where=row['topic']):count}"
        for row in most.to_dict("records")
    ]
    return Summary(finding, "Missed most often", worst)


@click.command(
    cls=Command,
    short_help="Measure what each step of data exchange changes.",
    writes={
        "levels.html": "a page of all this: open it first",
        "level_figures.csv": "each figure of each district",
        "level_intervals.csv": "means with intervals over seeds",
        "step_gains.csv": "what each step changes",
        "question_levels.csv": "which questions are answered",
        "families_at_levels.csv": "which families could know",
        "roadmap.csv": "with --switches: steps by cost and effect",
    },
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--levels",
    "chosen",
    default=",".join(LEVELS),
    show_default=True,
    metavar="LEVEL,…",
    help="Exchange levels to compare.",
)
@click.option(
    "--seeds",
    default="1,2,3,4,5",
    show_default=True,
    metavar="N,N,…",
    help="One district for each, at every level; intervals are over these.",
)
@click.option("--students", type=int, default=2000, show_default=True, help="Children of each district.")
@click.option("--switches", is_flag=True, help="Also change ids, freshness and codes one at a time.")
@click.option("--placebo", is_flag=True, help="Also districts whose systems have nothing in common.")
@click.option("--by-number", is_flag=True, help="Also link by shared numbers alone, as systems do.")
@click.option(
    "--method",
    default="resolved",
    show_default=True,
    metavar="METHOD",
    help="How records are linked: a method of `bigpicture link`.",
)
@click.option(
    "--costs",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Cost assumptions of the roadmap, like helpers/gaps/roadmap.toml; the kit's own by default.",
)
@click.option("--processes", type=click.IntRange(1, 64), help="Districts to run at a time; two by default.")
@out_option()
@with_output
def levels(
    folder: Path | None,
    chosen: str,
    seeds: str,
    students: int,
    switches: bool,
    placebo: bool,
    by_number: bool,
    method: str,
    costs: Path | None,
    processes: int | None,
    out: Path,
    output: Output,
) -> None:
    """Measure what each step of exchange between systems changes for children.

    Generates districts that differ only in what their systems exchange (none, manual, rostered, governed),
    with the same fault rates, and measures each. We cache every district: earlier results load
    in seconds, and an interrupted run continues. With a FOLDER, the page marks the level of that
    district.
    """
    from synthetic_data.studies.levels.cells import plan
    from synthetic_data.studies.levels.page import study_page
    from synthetic_data.studies.levels.results import (
        describe_levels,
        finding_of,
        here_of,
        read_costs,
        roadmap_of,
    )
    from synthetic_data.studies.levels.run import AT_ONCE, CellFailed
    from synthetic_data.studies.levels.study import run_study

    assumed = read_costs(costs) if costs else None
    here = here_of(folder) if folder else None
    cells = plan(
        [spelled(level, LEVELS) for level in chosen.split(",")],
        _seeds(seeds),
        students,
        switches=switches,
        placebo=placebo,
        by_number=by_number,
        method=hyphened(method).replace("-", " "),
    )
    output.progress.close()  # the study shows each district
    try:
        found = run_study(cells, processes=processes or AT_ONCE, aloud=not output.quiet)
    except CellFailed as failed:
        click.echo(f"bigpicture: {failed}", err=True)
        sys.exit(1)
    tables = {
        "level_figures.csv": found.figures,
        "level_intervals.csv": found.intervals,
        "step_gains.csv": found.gains,
        "question_levels.csv": found.questions,
        "families_at_levels.csv": found.families,
    }
    if switches:
        tables["roadmap.csv"] = roadmap_of(found, assumed)
    written = save_all(
        out,
        tables,
        {"levels.html": lambda path: study_page(found, path, assumed, here)},
        instead_of=("roadmap.csv",),
    )
    figures = describe_levels(found)
    output.emit({**figures, "written": written}, _levels_summary(finding_of(found), figures["levels"], out))


def _levels_summary(finding: str, levels: Any, out: Path) -> Summary:
    """Give the page's finding, and each measure from the first to the last level."""
    usual = levels[levels["scenario"].eq(levels["scenario"].iloc[0])]
    first, last = usual["level"].iloc[0], usual["level"].iloc[-1]
    ends = usual[usual["level"].isin([first, last])]
    wide = ends.pivot_table(index=["measure", "unit"], columns="level", values="value", sort=False)
    seeds = Measured("districts_compared", int(usual["seeds"].max()))
    lines = [
        f"{name}: {row[first]:.3g} to {row[last]:.3g} {unit}"
        for (name, unit), row in wide.head(MEASURES).iterrows()
    ]
    title = f"From {first} to {last}, means of {seeds:count} at each level"
    return Summary(
        [f"{finding.rstrip('.')}."], title, lines, [f"Open {out / 'levels.html'} for the pictures."]
    )


# Measures of levels in the short answer.
MEASURES = 8


def _seeds(text: str) -> list[int]:
    try:
        return [int(seed) for seed in text.split(",")]
    except ValueError:
        raise BadInput(f"--seeds {text!r}: give whole numbers with commas, such as --seeds 1,2,3.") from None


def _add_settings(
    overrides: dict[str, Any],
    settings: Iterable[str],
    known: Collection[str] = Scenario.model_fields,
    of: str = "a scenario",
) -> None:
    """Add what --set says, KEY=VALUE; a value is a number, true, false, or text."""
    for text in settings:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise BadInput(f"--set {text!r} is no KEY=VALUE; write for example --set moved_in_year=0.2.")
        if key.split(".")[0] not in known:
            raise BadInput(
                f"--set {key}: {of} has no such key.{nearest(key, known)} It has: {', '.join(known)}."
            )
        if key in overrides:
            raise BadInput(f"{key!r} is given twice; give it once, as --{key} or with --set.")
        try:
            overrides[key] = json.loads(value)
        except ValueError:
            overrides[key] = value.strip()


@click.group(cls=Sections, help="Make invented school districts. Nobody in them exists.")
def main() -> None:
    """Run the generator's commands without the `helpers` package."""


register(main)


def figures(folder: Path) -> dict[str, Any]:
    """Count what a synthetic district contains."""
    about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    key = folder / "answer_key"
    # We count in Arrow, because a large district has millions of rows.
    rows = pq.read_table(key / "rows.parquet", columns=["silo", "person", "part"])
    faults = pd.read_parquet(key / "faults.parquet", columns=["silo", "kind", "fault"])
    faults = faults.drop_duplicates()
    parts = {silo: rows.filter(pc.equal(rows["silo"], silo)) for silo in about["silos"]}
    children = {
        silo: pc.count_distinct(part["person"].filter(pc.equal(part["part"], "Subject"))).as_py()
        for silo, part in parts.items()
    }
    silos = pd.DataFrame({"silo": list(about["silos"]), "layout": list(about["silos"].values())})
    for name, counted in (
        ("children", children),
        ("rows about somebody", {silo: pc.count(part["person"]).as_py() for silo, part in parts.items()}),
        ("faults", faults.groupby("silo").size()),
    ):
        silos[name] = silos["silo"].map(counted).fillna(0).astype("int64")
    kinds = faults.groupby(["silo", "kind"], as_index=False).size().rename(columns={"size": "faults"})
    return {
        "district": f"{about['title']} (invented; scenario {about['scenario']}, seed {about['seed']})",
        "level": about["level"],
        "exports of": about["as_of"],
        "silos": silos,
        "faults injected": kinds,
        "folder": folder,
    }


# Headings of printed tables. The keys are those of --json.
TITLES = {"silos": "Systems", "faults injected": "Faults injected, by system and kind"}


def _district_summary(made: dict[str, Any], students: int) -> Summary:
    """Say what was made, and which faults are most common."""
    silos, kinds = made["silos"], made["faults injected"]
    finding = [
        f"Made {made['district']}, with {Measured('enrolled', students):bold count} enrolled.",
        f"{Measured('systems_made', len(silos)):bold count} at level {made['level']}, exported on "
        f"{made['exports of']}: {_sum('rows_about_people', silos['rows about somebody']):count}, "
        f"{_sum('faults_injected', silos['faults']):count} injected.",
    ]
    most = kinds.sort_values("faults", ascending=False, kind="stable").head(3).to_dict("records")
    worst = [f"{row['silo']}, {row['kind'].replace('_', ' ')}: {row['faults']:,}" for row in most]
    note = f"Next: `bigpicture report {made['folder']}`, or `bigpicture read {made['folder']}`."
    of = Measured("fault_kinds", int(kinds["kind"].nunique()))
    return Summary(finding, f"Most common faults, of {of:count}", worst, [note])


def _sum(measure: str, counts: pd.Series) -> Measured:
    return Measured(measure, int(counts.sum()))


def _region_summary(made: dict[str, Any]) -> Summary:
    """Say how many districts were made, and where most children moved."""
    districts = made["districts"]
    finding = [
        f"Made {made['region']}.",
        f"{Measured('districts', len(districts)):bold count}, exported on {made['exports of']}: "
        f"{_sum('enrolled', districts['children']):count}, "
        f"{_sum('faults_injected', districts['faults']):count} injected.",
    ]
    most = districts.sort_values("movers", ascending=False, kind="stable").head(3).to_dict("records")
    worst = [
        f"{row['district']}: "
        f"{Measured('movers_here', row['movers'], row['children'], where=row['district']):count of}"
        for row in most
    ]
    note = f"Next: `bigpicture link {made['folder']}`."
    return Summary(finding, "Most children who moved between districts", worst, [note])


def region_figures(folder: Path) -> dict[str, Any]:
    """Count what a synthetic region contains."""
    about = json.loads((folder / "region.json").read_text(encoding="utf-8"))
    lines = []
    for name in about["districts"]:
        key = folder / name / "answer_key"
        people = pd.read_parquet(key / "people.parquet", columns=["person", "role"])
        cases = pd.read_parquet(key / "cases.parquet", columns=["case", "person"]).drop_duplicates()
        faults = pd.read_parquet(key / "faults.parquet", columns=["fault"])
        lines.append(
            {
                "district": name,
                "children": int((people["role"] == "Student").sum()),
                "movers": int((cases["case"] == "changed_district").sum()),
                "faults": int(faults["fault"].nunique()),
            }
        )
    return {
        "region": f"{about['title']} (invented; scenario {about['scenario']}, seed {about['seed']})",
        "exports of": about["as_of"],
        "districts": pd.DataFrame(lines),
        "folder": folder,
    }
