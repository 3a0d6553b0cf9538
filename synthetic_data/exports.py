"""Write the files of all silos, in one process or several, and collect what the answer key needs.

A silo depends only on the truth and on its own random streams. So it doesn't matter which process writes it,
or when: the bytes are always the same.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import TextTable, render, table_pieces, write_files, write_table
from helpers.layouts import FileLayout, load_layout
from helpers.standard import STRING
from synthetic_data.columns import pick, replace_words, within
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.apply import Log, apply_faults, fault_streams
from synthetic_data.faults.scene import Fault, Page, declared_faults, faults_on_request
from synthetic_data.observation import Observation, Recorded, Truth, known_on, names_persons
from synthetic_data.row_order import sorted_positions
from synthetic_data.scenario import Scenario, exchange, level_of
from synthetic_data.systems import SILOS, maker_of, sorting_of
from synthetic_data.workers import Workers, context, take_each

__all__ = ["Export", "clean_pages", "plan_faults", "write_silo", "write_silos"]

NOTHING = pd.DataFrame()
PARTS = ".parts"


@dataclass(frozen=True)
class Export:
    """What the answer key needs about a silo's files."""

    silo: str
    layout: str
    rows: pd.DataFrame
    """Whom every row is about: `key_rows`."""
    faults: pd.DataFrame
    """`key_faults`; `order` counts within the silo."""
    limits: pd.DataFrame
    cases: pd.DataFrame


def write_silos(
    folder: Path, scenario: Scenario, truth: Truth, processes: int, make_truth: Callable[[Scenario], Truth]
) -> list[Export]:
    """Write the files of every silo."""
    # The slowest first, so that no process starts one when the others are done.
    waiting = sorted(SILOS, key=lambda silo: -getattr(maker_of(silo), "WORK", 0))
    (folder / "silos").mkdir(parents=True)
    if processes == 1:
        done = {silo: write_silo(folder, scenario, truth, silo) for silo in SILOS}
    else:
        done = _shared(folder, scenario, truth, waiting, processes, make_truth)
    return [export for silo in SILOS if (export := done[silo]) is not None]


def write_silo(
    folder: Path, scenario: Scenario, truth: Truth, silo: str, kind: str | None = None
) -> Export | None:
    """Write the files of one silo, or only those of one kind; `write_silos` explains the other parameters."""
    if scenario.people_only and not _names_anybody(silo):
        return None
    share = exchange(scenario, silo)
    plan = plan_faults(scenario, silo)
    seen = SILOS[silo](scenario, known_on(truth, share.roster_date), share)
    pages = clean_pages(seen, scenario.people_only, kind)
    # Free what is already text or on disk: a large file would be in memory twice.
    seen = replace(seen, files=())
    log = Log()
    apply_faults(pages, plan, FUNCTIONS, truth, fault_streams(scenario.seed), log)
    layout, place = load_layout(seen.layout), folder / "silos" / silo
    together = {}
    for page in pages.values():
        path = page.path.removeprefix(f"{silo}/")
        if path.split("/")[0].endswith((".zip", ".xlsx")):
            together[path] = write_table(page.table, page.file)
        else:
            write_files(place, layout, {path: table_pieces(page.table, page.file)})
        page.table = replace(page.table, rows=NOTHING)
    write_files(place, layout, together)
    return Export(silo, seen.layout, _rows(pages.values()), log.table(), seen.limits, seen.cases)


def _names_anybody(silo: str) -> bool:
    """Check whether any of a silo's files names persons."""
    layout = load_layout(maker_of(silo).LAYOUT)
    return any(names_persons(file) for file in layout.files)


# ------------------------------------------------------------------------------------ several processes


def _shared(
    folder: Path,
    scenario: Scenario,
    truth: Truth,
    waiting: Sequence[str],
    processes: int,
    make_truth: Callable[[Scenario], Truth],
) -> dict[str, Export | None]:
    """Let processes take silos, each the next free one, until none is left."""
    parts = folder / PARTS
    parts.mkdir()
    started = context()
    following = started.Value("q", 0)
    given = (folder, scenario, waiting, following)
    # Each process generates the truth again: it is the same, and faster than sending it.
    with Workers(started, processes - 1, _take, *given, make_truth):
        _take(*given, lambda _: truth)
    done = {silo: pickle.loads((parts / silo).read_bytes()) for silo in waiting}
    for silo in waiting:
        (parts / silo).unlink()
    parts.rmdir()
    return done


def _take(
    folder: Path,
    scenario: Scenario,
    waiting: Sequence[str],
    following: Any,
    make_truth: Callable[[Scenario], Truth],
) -> None:
    truth = make_truth(scenario)
    for silo in take_each(waiting, following):
        export = write_silo(folder, scenario, truth, silo)
        (folder / PARTS / silo).write_bytes(pickle.dumps(export, pickle.HIGHEST_PROTOCOL))


# ---------------------------------------------------------------------------------------- rows and text


def _rows(pages: Iterable[Page]) -> pd.DataFrame:
    listed = [page for page in pages if len(page.people)]
    if not listed:  # this early in a year, a system may be empty
        return pd.DataFrame({"silo": [], "file": [], "row": [], "person": [], "part": []}).astype(
            {"silo": STRING, "file": STRING, "row": "int64", "person": STRING, "part": STRING}
        )
    lengths = np.array([len(page.people) for page in listed])
    of = np.repeat(np.arange(len(listed)), lengths)
    people = pd.concat([page.people for page in listed], ignore_index=True)
    named = np.flatnonzero(people["person"].notna().to_numpy())
    first = np.array([page.first_row for page in listed])
    return pd.DataFrame(
        {
            "silo": pick([page.silo for page in listed], of[named]),
            "file": pick([page.path for page in listed], of[named]),
            "row": (within(lengths) + first[of])[named],
            "person": people["person"].array[named],
            "part": people["part"].array[named],
        }
    )


def clean_pages(seen: Observation, people_only: bool = False, kind: str | None = None) -> dict[str, Page]:
    """Render a system's records as text: path -> page; all, those that name persons, or those of one kind."""
    layout = load_layout(seen.layout)
    container = f"{layout.container}/" if layout.container else ""
    sorted_by = sorting_of(seen.silo)
    pages = {}
    for recorded in seen.recorded(people_only, kind):
        file = layout.file_named(recorded.file)
        path = f"{seen.silo}/{container}{recorded.path}"
        table, people = _text(recorded, recorded.frame, file), recorded.people
        columns = sorted_by.get(recorded.file, ())
        if columns:
            order = sorted_positions(table.rows, columns, file)
            table, people = replace(table, rows=table.rows.iloc[order]), people.iloc[order]
            table = replace(table, rows=table.rows.reset_index(drop=True))
        pages[path] = Page(
            silo=seen.silo,
            path=path,
            file=file,
            table=table,
            people=people.reset_index(drop=True),
            spare=NOTHING if recorded.spare is None else _text(recorded, recorded.spare, file).rows,
            spare_people=NOTHING if recorded.spare_people is None else recorded.spare_people,
            sorted_by=columns,
        )
    return pages


def _text(recorded: Recorded, frame: pd.DataFrame | TextTable, file: FileLayout) -> TextTable:
    """Render rows as text; if codes aren't agreed, in the system's own codes."""
    table = frame if isinstance(frame, TextTable) else render(frame, file)
    rows = table.rows
    for column, words in recorded.wording.items():
        rows = rows.assign(**{column: replace_words(rows[column], words)})
    return replace(table, rows=rows) if recorded.wording else table


def plan_faults(scenario: Scenario, silo: str) -> list[tuple[Fault, float, int]]:
    """Return the rate and minimum count of each kind of fault in a silo.

    The declared rate is multiplied by the level's factor, by `faults`, and by the dial of the kind (or of
    `silo.kind`). Minimum counts apply if the product is 1 or more. Kinds that cause a hard case happen at
    least once in any district that isn't clean. A rate set by the scenario applies unchanged at every
    exchange level, unless `faults` is 0. Kinds that ruin a whole file happen only with such a rate.
    """
    level = level_of(scenario, silo, "fault_level")
    general = exchange(scenario, silo).fault_factor
    plan = []
    for fault in (*declared_faults(), *faults_on_request()):
        own = scenario.fault_rates.get(fault.name, scenario.fault_rates.get(fault.kind))
        factor = general * scenario.fault_dials.get(fault.name, scenario.fault_dials.get(fault.kind, 1.0))
        if fault.silo != silo or scenario.faults == 0 or own == 0:
            continue
        if own is not None:
            plan.append((fault, own, 1))
        elif level in fault.levels and factor > 0 and not fault.on_request:
            minimum = fault.minimum if factor >= 1 else min(fault.minimum, 1 if fault.case else 0)
            plan.append((fault, min(1.0, fault.rate * factor), minimum))
    return plan
