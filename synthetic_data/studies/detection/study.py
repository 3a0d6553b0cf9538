"""Run the detection study over many districts, and record the version of the detectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

import helpers
from helpers.files import write_atomically
from helpers.standard import STRING, as_table, empty_table, wilson
from synthetic_data.faults.scene import faults_on_request
from synthetic_data.studies.detection.district import Asked, DistrictResult, declared_kinds, look_at
from synthetic_data.workers import context

__all__ = [
    "ADDED",
    "CLEAN",
    "FEWEST",
    "ROOMS",
    "RUNS",
    "SEEDS",
    "STUDENTS",
    "WANTED",
    "Detection",
    "KitRun",
    "asked_for",
    "detection",
    "detection_by_kind",
    "detectors_now",
    "kit_run",
    "run_districts",
    "together",
    "write_kit_run",
]


FEWEST = 3
ADDED = "added"
WANTED = 0.95
KIND = ["run", "silo", "kind"]


def detection_by_kind(looked: Sequence[DistrictResult], runs: Sequence[str]) -> pd.DataFrame:
    """Count districts and single faults by kind and run."""
    single = pd.concat([one.faults for one in looked], ignore_index=True)
    single = single[single["run"].isin(list(runs))]
    names = pd.DataFrame(
        [
            (run, one.silo, one.kind, one.detected_by)
            for run in runs
            for one in declared_kinds().values()
            if (one.held_out if run == ADDED else not one.on_request)
        ],
        columns=[*KIND, "detected_by"],
    )
    a_district = single.groupby([*KIND, "seed"], as_index=False).agg(
        faults=("fault", "size"), listed=("listed", "sum"), alarmed=("alarmed", "sum")
    )
    often = a_district[a_district["faults"].ge(FEWEST)]
    parts = {
        "held": _districts(a_district, ["listed"]),
        "often": _districts(often, ["listed", "alarmed"]),
        "fault": a_district.groupby(KIND)[["faults", "listed", "alarmed"]].sum(),
    }
    found = names
    for name, part in parts.items():
        named = part.add_prefix(f"{name}_").reset_index()
        found = found.merge(named, on=KIND, how="left", validate="one_to_one")
    counts = [column for column in found.columns if column not in [*KIND, "detected_by"]]
    found[counts] = found[counts].fillna(0).astype("Int64")
    districts = wilson(found["often_listed"].astype("float64"), found["often_districts"].astype("float64"))
    faults = wilson(found["fault_listed"].astype("float64"), found["fault_faults"].astype("float64"))
    columns = {
        "share": found["often_listed"] / found["often_districts"].where(found["often_districts"].gt(0)),
        "low": districts["low"],
        "high": districts["high"],
        "alarm_share": found["often_alarmed"]
        / found["often_districts"].where(found["often_districts"].gt(0)),
        "faults": found["fault_faults"],
        "faults_listed": found["fault_listed"],
        "fault_share": found["fault_listed"] / found["fault_faults"].where(found["fault_faults"].gt(0)),
        "fault_low": faults["low"],
        "fault_high": faults["high"],
    }
    columns["verdict"] = _verdict(found)
    kept = found[[*KIND, "detected_by", "held_districts", "held_listed", "often_districts", "often_listed"]]
    return as_table("detected_faults", kept.assign(**columns))


def _districts(counted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    any_of = counted[KIND].assign(districts=1, **{name: counted[name].gt(0).astype("int64") for name in by})
    return any_of.groupby(KIND).sum()


def _verdict(found: pd.DataFrame) -> pd.Series:
    """Decide for each kind whether it reaches the acceptance line; kinds in too few districts don't."""
    districts, noticed = found["often_districts"], found["often_listed"]
    verdict = pd.Series("miss", index=found.index, dtype=STRING)
    verdict = verdict.mask((noticed >= WANTED * districts).fillna(False).astype(bool), "reached")
    held = found["held_districts"].gt(0).fillna(False).astype(bool)
    verdict = verdict.mask(districts.eq(0).fillna(False).astype(bool), "never so often")
    return verdict.mask(~held, "never")


class Clean(NamedTuple):
    """Results of well-run districts, as tables of these names."""

    clean_districts: pd.DataFrame
    false_alarms: pd.DataFrame
    intended_limits: pd.DataFrame
    injected_cases: pd.DataFrame


def clean_tables(looked: Sequence[DistrictResult], run: str) -> Clean:
    """Count what well-run districts raise, and list separately what is correct."""
    mine = [one for one in looked if one.lines["run"].eq(run).any()]
    if not mine:
        return Clean(*map(empty_table, Clean._fields))
    raised = pd.concat([one.raised for one in mine], ignore_index=True)
    raised = raised.rename(columns={"left_silo": "silo", "right_silo": "other"})
    lines = pd.concat([one.lines for one in mine], ignore_index=True)
    cases = pd.concat([one.cases for one in mine], ignore_index=True)
    of_alarm = ["silo", "other", "measure", "column", "case"]
    alarms = raised.groupby(of_alarm, dropna=False).agg(districts=("seed", "nunique"), times=("times", "sum"))
    limits = (
        lines[lines["status"].eq("limit")]
        .groupby("measure")
        .agg(why=("next_step", "first"), lines=("seed", "size"), districts=("seed", "nunique"))
    )
    by_case = cases.groupby(["case", "silo", "detected_by"], as_index=False)[["children", "detected"]].sum()
    return Clean(
        as_table("clean_districts", pd.DataFrame([_counted(one) for one in mine]).sort_values("seed")),
        as_table("false_alarms", alarms.reset_index().sort_values("districts", ascending=False)),
        as_table("intended_limits", limits.reset_index().sort_values("lines", ascending=False)),
        as_table("injected_cases", by_case),
    )


def _counted(one: DistrictResult) -> dict[str, int]:
    """Count what one district raises, and the status of all its scorecard lines."""
    statuses = one.lines["status"].value_counts()
    by_case = one.raised["case"].notna()
    findings = one.raised.loc[~by_case, "is_finding"].fillna(False).astype(bool)
    return {
        "seed": int(one.lines["seed"].iloc[0]),
        "alarms": len(findings),
        "of_findings": int(findings.sum()),
        "of_measures": int((~findings).sum()),
        "of_cases": int(by_case.sum()),
        "limits": int(statuses.get("limit", 0)),
        "within": int(statuses.get("within its threshold", 0)),
        "standing": int(statuses.get("standing condition", 0)),
    }


# Rooms that detect nothing in a synthetic district are left out, or figures would look outdated after each
# change: drafting of layouts, because a synthetic district has them all, and surveys, plans and contracts.

ROOMS = ("files", "link", "gaps")
NO_DETECTORS = (
    "files/draft", "gaps/roadmap.py", "gaps/roadmap.toml", "gaps/contract.py", "gaps/contract.toml",
)  # fmt: skip
READ = (".py", ".toml", ".csv", ".json")


def detectors_now(root: Path | None = None) -> str:
    """Return the SHA-256 of the sources of the rooms that detect faults.

    >>> len(detectors_now())
    64
    """
    home = root or Path(helpers.__file__).parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((home / room).rglob("*")):
            other = any(path.is_relative_to(home / one) for one in NO_DETECTORS)
            if path.suffix in READ and path.is_file() and not other:
                digest.update(path.relative_to(home).as_posix().encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


SEEDS = tuple(range(1, 21))
STUDENTS = 300
CLEAN = "clean"
# Exchange level and factor on every rate. Added: as usual, plus the kinds added after the detectors were
# finished.
RUNS = {
    "usual": ("manual", 1.0),
    "dense": ("manual", 3.0),
    "added": ("manual", 1.0),
    CLEAN: ("governed", 0.0),
}
WITH_FAULTS = tuple(run for run, (_, faults) in RUNS.items() if faults)


def asked_for(
    runs: Sequence[str] = tuple(RUNS), seeds: Sequence[int] = SEEDS, students: int = STUDENTS
) -> list[Asked]:
    """List the districts of some runs."""
    added = {one.name: one.rate for one in faults_on_request() if one.held_out}
    return [
        Asked(run, seed, students, *RUNS[run], rates=added if run == "added" else {})
        for seed in seeds
        for run in runs
    ]


def run_districts(
    asked: Sequence[Asked], *, processes: int = 1, keep: Path | None = None
) -> Iterator[DistrictResult]:
    """Study districts, several in parallel, and yield results in the order asked."""
    detectors = detectors_now()
    work = partial(_kept, keep=keep, detectors=detectors)
    if processes == 1:
        yield from map(work, asked)
        return
    with ProcessPoolExecutor(processes, mp_context=context()) as pool:
        yield from pool.map(work, asked)


def _kept(asked: Asked, *, keep: Path | None, detectors: str) -> DistrictResult:
    if keep is None:
        return look_at(asked)
    key = hashlib.sha256(repr((astuple(asked), detectors)).encode()).hexdigest()[:16]
    names = [one.name for one in fields(DistrictResult)]
    paths = {name: keep / f"{asked.run}_{asked.seed}_{key}_{name}.parquet" for name in names}
    if all(path.is_file() for path in paths.values()):
        return DistrictResult(**{name: pd.read_parquet(path) for name, path in paths.items()})
    looked = look_at(asked)
    keep.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        getattr(looked, name).to_parquet(path)
    return looked


# A district detects a kind if at least one of its faults is reported at its own location: by a finding at
# that row or record, or by its record among the source records of a scorecard line. A measure above zero
# because of other children doesn't count. The generator decides how often records go wrong (each system's
# `faults.toml`): the tables show how detectors handle such faults, not how frequent these are in a real
# district.

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Detection:
    """Detection results of many districts, as tables of these names (``standard/tables/studies.toml``)."""

    detected_faults: pd.DataFrame
    clean_districts: pd.DataFrame
    false_alarms: pd.DataFrame
    intended_limits: pd.DataFrame
    injected_cases: pd.DataFrame


@dataclass(frozen=True)
class KitRun:
    """The run that ships with the kit.

    Attributes
    ----------
    tables
        Its tables.
    detectors
        SHA-256 of the detectors that it used.
    frozen
        Whether today's detectors are the same.
    made
        Seeds, children, day; ``before``: results of an earlier run, before detectors were improved on its
        seeds; ``fresh``: results of clean districts on seeds not used for improvements.
    """

    tables: Detection
    detectors: str
    frozen: bool
    made: dict[str, Any]


def detection(
    runs: Sequence[str] = tuple(RUNS),
    *,
    seeds: Sequence[int] = SEEDS,
    students: int = STUDENTS,
    processes: int = 1,
    keep: Path | None = None,
) -> Detection:
    """Generate, read, link and measure districts, and count the detected faults.

    Parameters
    ----------
    runs
        Keys of `RUNS`.
    seeds
        Seeds, one district of every run for each.
    students
        Number of children in each.
    processes
        Number of parallel processes; the tables are the same.
    keep
        Cache folder for the results of each district.

    Returns
    -------
    Detection
        All tables.
    """
    return together(list(run_districts(asked_for(runs, seeds, students), processes=processes, keep=keep)))


def together(looked: Sequence[DistrictResult]) -> Detection:
    """Combine districts into the study's tables.

    Parameters
    ----------
    looked
        Districts of one or several runs.

    Returns
    -------
    Detection
        All tables; empty for runs that weren't asked for.
    """
    there = {str(run) for one in looked for run in one.lines["run"].unique()}
    kinds = detection_by_kind(looked, [run for run in WITH_FAULTS if run in there])
    return Detection(kinds, **clean_tables(looked, CLEAN)._asdict())


def write_kit_run(tables: Detection, folder: Path = HERE, **made: Any) -> None:
    """Write a run's tables, with the version of the detectors.

    Parameters
    ----------
    tables
        Result of `detection`.
    folder
        Output folder; default is the kit's own.
    **made
        Metadata: seeds, children, day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for one in fields(Detection):
        text = getattr(tables, one.name).to_csv(index=False)
        write_atomically(folder / f"kit_run_{one.name}.csv", text.encode(), private=False)
    content = json.dumps({"detectors": detectors_now(), **made}, indent=2) + "\n"
    write_atomically(folder / "kit_run.json", content.encode(), private=False)


def kit_run() -> KitRun:
    """Read the run that ships with the kit.

    Returns
    -------
    KitRun
        Its tables, and whether the detectors are unchanged.
    """
    made = json.loads((HERE / "kit_run.json").read_text(encoding="utf-8"))
    tables = {one.name: pd.read_csv(HERE / f"kit_run_{one.name}.csv") for one in fields(Detection)}
    detectors = made.pop("detectors")
    return KitRun(Detection(**tables), detectors, detectors == detectors_now(), made)
