"""Build a store part by part, with cached cohort summaries."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

import helpers.profile
import helpers.standard
from helpers.files import spare_folder, write_atomically
from helpers.profile.coverage import Coverage, account_for, summed
from helpers.profile.facts.attendance import Reach
from helpers.profile.facts.context import context_of
from helpers.profile.facts.store import Cohort, EventCoverage, FactStore
from helpers.profile.gather import gather_part, with_survey
from helpers.profile.profiles import ProfilePart, choose_values_of_part, plan_choice, run_rules
from helpers.profile.rules.cohort import merge_cohorts, summarize_cohort
from helpers.profile.store.facts import StandardStore
from helpers.profile.store.profiles import StoreWriter
from helpers.profile.store.source import children_of
from helpers.profile.values import Days, Names
from helpers.standard import STRING, as_table
from helpers.systems import declared

__all__ = ["Built", "build_store", "cache_cohorts", "cached_cohort"]


# Every build of profiles needs it, and it changes only with the tables and the rules.

NAME = "survey.json"
TEXT = "text"
# Files that declare what a summary depends on.
DECLARED = ("thresholds.toml", "tables/facts.toml", "tables/people.toml")


def cache_cohorts(standard: Path) -> None:
    """Summarize each part of the standard tables for the rules, and cache the summaries."""
    tables = StandardStore(standard)
    context = context_of(tables)
    for part in (tables.loose, *map(tables.part, range(len(tables.firsts)))):
        summary = {"asked_by": _rules(), **_as_json(summarize_cohort(gather_part(part, context)))}
        write_atomically(part.folder / NAME, json.dumps(summary, ensure_ascii=False).encode())


def cached_cohort(folder: Path) -> Cohort | None:
    """Return the cached summary of a part's children."""
    path = folder / NAME
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return _read(kept) if kept.pop("asked_by", None) == _rules() else None


@cache
def _rules() -> str:
    """Fingerprint what a summary depends on, so that a changed rule never uses an outdated one."""
    room, standard = Path(helpers.profile.__file__).parent, Path(helpers.standard.__file__).parent
    whole = hashlib.sha256()
    for path in (*sorted(room.rglob("*.py")), *(standard / name for name in DECLARED)):
        whole.update(path.name.encode("utf-8") + path.read_bytes())
    whole.update(declared().model_dump_json().encode("utf-8"))
    return whole.hexdigest()


def _as_json(survey: Cohort) -> dict[str, Any]:
    return {
        "tables": sorted(survey.tables),
        "filled": sorted(survey.filled),
        "school_names": _columns(survey.school_names),
        "newest_classes": [[*pair, str(day)] for pair, day in survey.newest_classes.items()],
        "keeps_submissions": survey.keeps_submissions,
        "years_handed_in": sorted(survey.years_handed_in),
        "reports": {
            table: {
                "told": sorted(one.system_years),
                "spoilt": sorted(one.spoilt),
                "schools": sorted(one.schools),
                "left_over": _columns(one.left_over),
            }
            for table, one in survey.reports.items()
        },
        "schools_of_spells": [[system, sorted(all_)] for system, all_ in survey.enrolled_schools.items()],
        "years_of_families": {name: sorted(pairs) for name, pairs in survey.years_of_families.items()},
        "spoken": {silo: day.isoformat() for silo, day in survey.reach.as_of.items()},
        "noted": _columns(survey.reach.noted),
        "rostered": sorted(survey.rostered),
    }


def _read(kept: Mapping[str, Any]) -> Cohort:
    return Cohort(
        tables=frozenset(kept["tables"]),
        filled=_tuples(kept["filled"]),
        school_names=_frame(kept["school_names"]),
        newest_classes={
            (system, year): np.datetime64(day, "us") for system, year, day in kept["newest_classes"]
        },
        keeps_submissions=kept["keeps_submissions"],
        years_handed_in=_tuples(kept["years_handed_in"]),
        reports={
            table: EventCoverage(
                _tuples(one["told"]),
                _tuples(one["spoilt"]),
                _tuples(one["schools"]),
                _frame(one["left_over"]),
            )
            for table, one in kept["reports"].items()
        },
        enrolled_schools={system: frozenset(all_) for system, all_ in kept["schools_of_spells"]},
        years_of_families={name: _tuples(pairs) for name, pairs in kept["years_of_families"].items()},
        reach=Reach({silo: pd.Timestamp(day) for silo, day in kept["spoken"].items()}, _frame(kept["noted"])),
        rostered=frozenset(kept["rostered"]),
    )


def _tuples(lists: Iterable[list[Any]]) -> frozenset[Any]:
    return frozenset(map(tuple, lists))


def _columns(frame: pd.DataFrame) -> list[list[Any]]:
    """Return each column with its dtype; an empty cell is null."""
    return [
        [
            name,
            TEXT if frame[name].dtype == STRING else str(frame[name].dtype),
            frame[name].astype(object).where(frame[name].notna(), None).tolist(),
        ]
        for name in frame.columns
    ]


def _frame(columns: list[list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=STRING if dtype == TEXT else dtype) for name, dtype, cells in columns}
    )


@dataclass(frozen=True)
class Built:
    """The result of a build."""

    # Which system has which element.
    coverage: Coverage
    # The year that profiles show.
    school_year: int | None
    # Table ``profile_accounts``.
    accounts: pd.DataFrame
    # Number of children.
    children: int


class Worker:
    """One process's share of the work: it opens the tables once, and caches its last parts."""

    def __init__(self, standard: Path, out: Path, spare: Path) -> None:
        """Open the tables."""
        self.tables = StandardStore(standard)
        self.writer = StoreWriter(out)
        self.spare = spare
        self.terms = declared()
        self.given: dict[str, Any] = {}
        self._kept: dict[int, FactStore] = {}

    def _of_all(self, name: str) -> Any:
        """Return an object shared with all parts, read once."""
        if name not in self.given:
            self.given[name] = _kept_in(self.spare / name)
        return self.given[name]

    def _gathered(self, place: int) -> FactStore:
        kept = self._kept.pop(place, None)
        return gather_part(self.tables.part(place), self._of_all("context")) if kept is None else kept

    def survey(self, place: int, keep: bool) -> Cohort:
        """Summarize a part, and cache its rows for the second pass."""
        evidence = self._gathered(place)
        if keep:
            self._kept[place] = evidence
        return summarize_cohort(evidence)

    def find(self, place: int) -> ProfilePart:
        """Run the rules, write the timeline and the facts left out, and save the rest for choosing values."""
        evidence = with_survey(self._gathered(place), [self._of_all("survey")])
        part = run_rules(evidence, self.terms, apart=True)
        self.writer.part("timeline", place, part.timeline)
        self.writer.part("left_out", place, part.left_out)
        nothing = pd.DataFrame()
        part = replace(part, timeline=nothing, left_out=nothing)
        _keep(part, self.spare / str(place))
        # What is written or saved needn't travel between processes.
        return replace(part, found=nothing, names=Names(pd.Index([]), (), pd.Series(dtype=STRING), ()))

    def choose(self, place: int) -> pd.DataFrame:
        """Choose values, write them and the profiles, and return the children."""
        part = _kept_in(self.spare / str(place))
        crosswalk = self.tables.part(place).crosswalk
        recorded, profile = choose_values_of_part(part, self._of_all("choice"), crosswalk)
        self.writer.part("said", place, recorded)
        self.writer.part("profile", place, profile)
        self.writer.part("crosswalk", place, crosswalk.sort_values("child", kind="stable"))
        return children_of(profile)


def _keep(what: Any, path: Path) -> None:
    with path.open("wb") as file:
        pickle.dump(what, file, protocol=5)


def _kept_in(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)


_HERE: list[Worker] = []


def _begin(standard: Path, out: Path, spare: Path) -> None:
    _HERE[:] = [Worker(standard, out, spare)]
    if parent_process() is not None:
        pa.set_memory_pool(pa.system_memory_pool())
        threading.Thread(target=_end_with_parent, daemon=True).start()
        # Imported modules stay to the end: exclude them from garbage collection.
        gc.freeze()


def _end_with_parent() -> None:
    """Exit when the parent process is gone, however it ended."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def _memory_kept() -> Iterator[None]:
    """Make Arrow use the system's own memory allocator.

    Tables of similar size come and go with every part. Arrow's default allocator returns their memory in
    between, and the system clears every page again before reuse: a quarter of all the work.
    """
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def _do(task: str, *given: Any) -> Any:
    return getattr(_HERE[0], task)(*given)


def _ready() -> None:
    """Do nothing: any task makes a process start."""


class _Team:
    """One process per worker, so that each part returns to the one that gathered it; or this one alone."""

    def __init__(self, processes: int, begin: tuple[Path, Path, Path]) -> None:
        self._stack = ExitStack()
        self._pools: list[ProcessPoolExecutor] = []
        self._spare = begin[-1]
        if processes < 2:
            _begin(*begin)
            return
        # Never by fork: Arrow and DuckDB have live threads here.
        method = get_context("spawn")
        for _ in range(processes):
            pool = ProcessPoolExecutor(1, mp_context=method, initializer=_begin, initargs=begin)
            self._pools.append(self._stack.enter_context(pool))
            # It imports while this process computes the district's context.
            pool.submit(_ready)

    def __enter__(self) -> _Team:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        _HERE.clear()

    def give(self, name: str, what: Any) -> None:
        """Share an object with every process, once per process rather than per part."""
        if self._pools:
            _keep(what, self._spare / name)
        else:
            _HERE[0].given[name] = what

    def each(self, task: str, parts: int, *given: Any) -> Callable[[], list[Any]]:
        """Start a task for every part; the returned function waits for the results, in order."""
        if not self._pools:
            done = [_do(task, place, *given) for place in range(parts)]
            return lambda: done
        waiting = [
            self._pools[place % len(self._pools)].submit(_do, task, place, *given) for place in range(parts)
        ]
        return lambda: [one.result() for one in waiting]


def build_store(
    standard: Path,
    writer: StoreWriter,
    newest: Mapping[str, pd.Timestamp],
    *,
    school_year: int | None = None,
    processes: int = 1,
) -> Built:
    """Build the profiles of a district's children, from standard tables to a store's."""
    tables = StandardStore(standard)
    parts = len(tables.firsts)
    terms = declared()
    with (
        _memory_kept(),
        spare_folder("profile") as spare,
        _Team(processes, (standard, writer.folder, spare)) as team,
    ):
        context = context_of(tables)
        team.give("context", context)
        surveys = [cached_cohort(part.folder) for part in (*map(tables.part, range(parts)), tables.loose)]
        summaries = [one for one in surveys if one is not None]
        if len(summaries) < len(surveys):
            # A process with a single part needn't read it twice; it couldn't hold several.
            looked = team.each("survey", parts, parts <= processes)
            of_nobody = summarize_cohort(gather_part(tables.loose, context))
            summaries = [*looked(), of_nobody]
        team.give("survey", merge_cohorts(summaries))
        finding = team.each("find", parts)
        loose = gather_part(tables.loose, context)
        found = finding()
        days = Days(newest, context.systems)
        choice = plan_choice(found, terms, context.years.years, days, school_year)
        team.give("choice", choice)
        choosing = team.each("choose", parts)
        left_out, accounts = account_for(loose, _behind(loose, found))
        writer.part("left_out", parts, left_out)
        every = summed([accounts, *(part.accounts for part in found)])
        writer.whole("profile_accounts", every)
        children = choosing()
    writer.whole("children", as_table("children", pd.concat(children, ignore_index=True)))
    return Built(choice.coverage, choice.school_year, every, sum(map(len, children)))


def _behind(loose: FactStore, found: Sequence[ProfilePart]) -> dict[str, pd.Series]:
    """Mark the rows without a child that are sources of a value in some part."""
    masks = {}
    for table, facts in loose.facts.items():
        positions = [part.also_behind[table] for part in found if table in part.also_behind]
        if positions:
            masks[table] = facts["place"].isin(np.unique(np.concatenate(positions)))
    return masks
