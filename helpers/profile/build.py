"""Builds a store of profiles from standard tables in Parquet, a part of the children at a time.

A district of a hundred thousand children doesn't fit into a workshop's laptop at once, and what one child's
profile shows depends on others only in what is told of the district as a whole. So every part is looked at
three times: for what others have to know of it, for what the rules find, and for what is chosen.
"""

from __future__ import annotations

import os
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.layouts import as_table
from helpers.profile.context import Context, context_of
from helpers.profile.coverage import Coverage
from helpers.profile.elements import declared
from helpers.profile.evidence import Evidence
from helpers.profile.gathering import gather_part, with_survey
from helpers.profile.left_out import account_for, summed
from helpers.profile.parts import Choice, Part, choice_of, choose_in, find_in
from helpers.profile.source import children_of
from helpers.profile.standard_store import StandardStore
from helpers.profile.store import StoreWriter
from helpers.profile.survey import Survey, survey_of
from helpers.profile.values import Days

__all__ = ["Built", "build_profiles"]


@dataclass(frozen=True)
class Built:
    """What was built.

    Attributes
    ----------
    coverage
        Which system has which element.
    school_year
        The year that profiles show.
    accounts
        Table ``profile_accounts``.
    children
        How many.
    """

    coverage: Coverage
    school_year: int | None
    accounts: pd.DataFrame
    children: int


class Worker:
    """One process's share: it opens the tables once, and keeps of the last parts what it gathered."""

    def __init__(self, standard: Path, out: Path, spare: Path) -> None:
        """Open the tables.

        Parameters
        ----------
        standard
            What `save_standard` wrote.
        out
            Where the store's tables are written.
        spare
            A folder for what is needed until the end.
        """
        self.tables = StandardStore(standard)
        self.writer = StoreWriter(out)
        self.spare = spare
        self.terms = declared()
        self._context: Context | None = None
        self._kept: dict[int, Evidence] = {}

    def context(self) -> Context:
        """Look at the district as a whole."""
        if self._context is None:
            self._context = context_of(self.tables)
        return self._context

    def _gathered(self, place: int, context: Context) -> Evidence:
        kept = self._kept.pop(place, None)
        return gather_part(self.tables.part(place), context) if kept is None else kept

    def survey(self, place: int, context: Context, keep: bool) -> Survey:
        """Look through a part for what others have to know of it, and keep its rows for the second look."""
        evidence = gather_part(self.tables.part(place), context)
        if keep:
            self._kept[place] = evidence
        return survey_of(evidence)

    def find(self, place: int, context: Context, survey: Survey) -> Part:
        """Let the rules find, write the timeline and what is left out, and keep the rest for the choice."""
        evidence = with_survey(self._gathered(place, context), [survey])
        part = find_in(evidence, self.terms, apart=True)
        self.writer.part("timeline", place, part.timeline)
        self.writer.part("left_out", place, part.left_out)
        with (self.spare / str(place)).open("wb") as file:
            pickle.dump(part.found, file, protocol=5)
            pickle.dump(part.names, file, protocol=5)
        # What is written or kept needs not travel between processes.
        return replace(
            part,
            found=part.found.iloc[:0],
            timeline=part.timeline.iloc[:0],
            left_out=part.left_out.iloc[:0],
        )

    def choose(self, place: int, choice: Choice, part: Part) -> pd.DataFrame:
        """Choose, write what is said and the profiles, and give the children."""
        with (self.spare / str(place)).open("rb") as file:
            part = replace(part, found=pickle.load(file), names=pickle.load(file))
        crosswalk = self.tables.part(place).crosswalk
        said, profile = choose_in(part, choice, crosswalk)
        self.writer.part("said", place, said)
        self.writer.part("profile", place, profile)
        self.writer.part("crosswalk", place, crosswalk.sort_values("child", kind="stable"))
        return children_of(profile)


_HERE: list[Worker] = []


def _begin(standard: Path, out: Path, spare: Path) -> None:
    _HERE[:] = [Worker(standard, out, spare)]
    if parent_process() is not None:
        pa.set_memory_pool(pa.system_memory_pool())
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the process that gives out the work is gone, however it ended."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def _memory_kept() -> Iterator[None]:
    """Let Arrow ask the system's own allocator for memory.

    Tables of much the same size come and go with every part. Arrow's usual allocator gives their memory back
    in between, and the system clears every page again before it hands it out: a quarter of all the work.
    """
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(usual)


def _do(task: str, *given: Any) -> Any:
    return getattr(_HERE[0], task)(*given)


class _Team:
    """One process a worker, so that a part comes back to the one that has gathered it; or this one alone."""

    def __init__(self, processes: int, begin: tuple[Path, Path, Path]) -> None:
        self._stack = ExitStack()
        self._pools: list[ProcessPoolExecutor] = []
        if processes < 2:
            _begin(*begin)
            return
        # Never by fork: threads of Arrow and DuckDB are alive here.
        method = get_context("spawn")
        for _ in range(processes):
            pool = ProcessPoolExecutor(1, mp_context=method, initializer=_begin, initargs=begin)
            self._pools.append(self._stack.enter_context(pool))

    def __enter__(self) -> _Team:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        _HERE.clear()

    def each(self, task: str, parts: int, given: Callable[[int], tuple[Any, ...]]) -> list[Any]:
        """Do one task for every part, and give what comes of it in their order."""
        if not self._pools:
            return [_do(task, place, *given(place)) for place in range(parts)]
        waiting = [
            self._pools[place % len(self._pools)].submit(_do, task, place, *given(place))
            for place in range(parts)
        ]
        return [one.result() for one in waiting]


def build_profiles(
    standard: Path,
    writer: StoreWriter,
    newest: Mapping[str, pd.Timestamp],
    *,
    school_year: int | None = None,
    processes: int = 1,
) -> Built:
    """Put together what a district's systems know about each child, from standard tables to a store's.

    Parameters
    ----------
    standard
        What `save_standard` wrote: standard tables with who is who.
    writer
        Writes the store.
    newest
        Newest day of each system.
    school_year
        Year that profiles show; the newest of which anything is reported when not given.
    processes
        How many work at once; the tables are the same.

    Returns
    -------
    Built
        What a reader of the store has to know; ``said``, ``timeline``, ``profile``, ``crosswalk``,
        ``left_out``, ``children`` and ``profile_accounts`` are written.
    """
    tables = StandardStore(standard)
    parts = len(tables.firsts)
    terms = declared()
    with (
        _memory_kept(),
        tempfile.TemporaryDirectory() as spare,
        _Team(processes, (standard, writer.folder, Path(spare))) as team,
    ):
        context = context_of(tables)
        loose = gather_part(tables.loose, context)
        # A process that has one part only needs not read it twice; of several it couldn't hold all.
        keep = parts <= processes
        surveys = team.each("survey", parts, lambda _: (context, keep))
        survey = with_survey(loose, [*surveys, survey_of(loose)]).survey
        found = team.each("find", parts, lambda _: (context, survey))
        days = Days(newest, context.systems)
        choice = choice_of(found, terms, context.years.years, days, school_year)
        children = team.each("choose", parts, lambda place: (choice, found[place]))
    left_out, accounts = account_for(loose, _behind(loose, found))
    writer.part("left_out", parts, left_out)
    every = summed([accounts, *(part.accounts for part in found)])
    writer.whole("profile_accounts", every)
    writer.whole("children", as_table("children", pd.concat(children, ignore_index=True)))
    return Built(choice.coverage, choice.school_year, every, sum(map(len, children)))


def _behind(loose: Evidence, found: Sequence[Part]) -> dict[str, pd.Series]:
    """Say which rows about nobody's child stand behind a value of some part's children."""
    masks = {}
    for table, facts in loose.facts.items():
        places = [part.also_behind[table] for part in found if table in part.also_behind]
        if places:
            masks[table] = facts["place"].isin(np.unique(np.concatenate(places)))
    return masks
