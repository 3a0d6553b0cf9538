"""One change, watched: on which day each system's file first shows it, at each exchange level.

The district is made for one day after another, and its files are read. A file shows what was so on its
roster day, which lies a fixed number of days behind the day of the exports. So it can change on one day only:
that on which the roster day reaches the Monday of the change. Both sides of it are made and read: the day
before, on which the file must not show the change yet, and the day itself. `every_day` makes all days between
too. A system without a place for the change is read once, after that day, in case its file shows it anyway.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import helpers.files
from helpers.files import ReadFile, files_below, read_ones
from helpers.gaps import kit_assumptions
from helpers.layouts import load_layout
from helpers.standard import BadInput, as_table, nearest
from helpers.systems import roster_system
from synthetic_data.district import cache_folder, fingerprint
from synthetic_data.exports import write_silo
from synthetic_data.life import Life
from synthetic_data.life.one_change import Change
from synthetic_data.observation import Truth
from synthetic_data.population import Population, make_population
from synthetic_data.scenario import LEVELS, Scenario, exchange, load_scenario
from synthetic_data.schooling import Schooling, make_schooling
from synthetic_data.studies.levels.cells import libraries
from synthetic_data.system_folders import system_folders

__all__ = ["CHANGES", "NOT_LISTED", "NOT_SHOWN", "NO_FIELD", "OneChange", "one_change"]

DECLARED = Path(__file__).with_suffix(".toml")
CHANGES = ("custody", "surname", "allergy")
NO_FIELD, NOT_LISTED, NOT_SHOWN = "no field", "the child is not on its list", "not shown by then"
TABLES = ("one_change", "change_written")
ID = re.compile(r"[^{},:\s]+")  # in the SIS ids stand as {State:0123}
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class OneChange:
    """When who knew."""

    # Table ``one_change``: a row a level, change and system.
    known: pd.DataFrame
    # Table ``change_written``: what stood in each file on each day that was made.
    written: pd.DataFrame
    # What the made district says of itself, and of the change.
    about: dict[str, Any]


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


@cache
def _asked() -> dict[str, dict[str, Any]]:
    """Give what each system that is asked declares, in the order of lanes."""
    asked = {
        name: folder.declared("study.toml").get("one_change") for name, folder in system_folders().items()
    }
    found = {name: one for name, one in asked.items() if one}
    return dict(sorted(found.items(), key=lambda one: int(one[1]["lane"])))


def one_change(
    changes: Sequence[str] = CHANGES,
    levels: Sequence[str] = LEVELS,
    *,
    students: int = 60,
    seed: int = 7,
    school_year: int = 2026,
    every_day: bool = False,
    again: bool = False,
) -> OneChange:
    """Put a change into one child's life on a Monday, and see on which day each system's file shows it."""
    for name, given, all_of_them in (("change", changes, CHANGES), ("exchange level", levels, LEVELS)):
        for one in given:
            if one not in all_of_them:
                raise BadInput(
                    f"No {name} is called {one!r}.{nearest(one, all_of_them)} There are: "
                    f"{', '.join(all_of_them)}."
                )
    month, day = map(int, _declared()["monday"].split("-"))
    monday = pd.Timestamp(school_year, month, day)
    monday += (7 - monday.weekday()) % 7 * DAY
    base = load_scenario(
        "workshop", students=students, seed=seed, school_year=school_year, faults=0.0, people_only=True
    )
    about = {
        "synthetic": True,
        "title": base.title,
        "students": students,
        "seed": seed,
        "monday": monday.date().isoformat(),
        "words": _declared()["about"],
        "systems": {name: one["title"] for name, one in _asked().items()},
        "changes": {name: _declared()["changes"][name]["title"] for name in changes},
    }
    parts = []
    days = _Days(make_population(base))
    for change in changes:
        watched = base.model_copy(update={"watched": change, "watched_day": monday.date()})
        place = _place(watched, levels, every_day)
        found = None if again else _found(place)
        if found is None:
            found = _watch(watched, monday, levels, every_day, days)
            _keep(place, found)
        parts.append(found)
    return OneChange(
        as_table("one_change", pd.concat([known for known, _ in parts], ignore_index=True)),
        as_table("change_written", pd.concat([written for _, written in parts], ignore_index=True)),
        about,
    )


# -------------------------------------------------------------------------------------------- day by day


class _Days:
    """The people of the district, and its schooling on each day that was asked for."""

    def __init__(self, people: Population) -> None:
        # Who lives here hangs neither on the day of the exports nor on what systems exchange.
        self.people = people
        self._schooling: dict[dt.date, Schooling] = {}
        self._truth: dict[tuple[dt.date, str], Truth] = {}

    def truth(self, scenario: Scenario) -> Truth:
        """Let the district be on the day of its exports; what happened is the same at every level."""
        day, change = scenario.as_of, str(scenario.watched)
        if day not in self._schooling:
            self._schooling[day] = make_schooling(scenario, self.people)
        if (day, change) not in self._truth:
            here = self._schooling[day]
            self._truth[day, change] = Truth(self.people, here, Life(scenario, self.people, here))
        return self._truth[day, change]


def _watch(
    scenario: Scenario, monday: pd.Timestamp, levels: Sequence[str], every_day: bool, made: _Days
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make and read what can have changed, level by level."""
    change = str(scenario.watched)
    now = made.truth(scenario.model_copy(update={"as_of": monday.date()})).life.change
    assert now is not None
    known: list[dict[str, object]] = []
    seen: list[dict[str, object]] = []
    for level in levels:
        at_level = scenario.model_copy(update={"level": level, "as_of": monday.date()})
        reads = [one for system in _asked() for one in _of_system(at_level, system, every_day, made, now)]
        seen += [
            {"level": level, "change": change, **{key: one[key] for key in one if key != "ids"}}
            for one in reads
        ]
        known += _who_knew(level, change, reads)
    return pd.DataFrame(known), pd.DataFrame(seen)


def _of_system(
    scenario: Scenario, system: str, every_day: bool, made: _Days, now: Change
) -> Iterator[dict[str, object]]:
    """Read one system's list on each day that matters: what it shows of the child."""
    lag = (pd.Timestamp(scenario.as_of) - exchange(scenario, system).roster_date).days
    placed = now.kind in _asked()[system].get("columns", {})
    for days in range(-1, lag + 1) if every_day else (lag - 1, lag) if placed else (lag,):
        as_of = now.day + days * DAY
        of_day = scenario.model_copy(update={"as_of": as_of.date()})
        read = _read(of_day, made.truth(of_day), system, now)
        yield {"system": system, "days": days, "day": as_of, **read}


def _read(scenario: Scenario, truth: Truth, system: str, now: Change) -> dict[str, object]:
    """Write one system's list of children, read it, and look at the rows of the child."""
    asked = _asked()[system]
    column = asked.get("columns", {}).get(now.kind)
    folder = Path(tempfile.mkdtemp(prefix="one-change-"))
    try:
        export = write_silo(folder, scenario, truth, system, asked["file"])
        assert export is not None
        files, _ = files_below(folder / "silos")
        layout = load_layout(export.layout)
        (read,) = (read for one in read_ones(system, layout, files) for read in one.reads)
        rows = export.rows.loc[export.rows["file"].eq(read.path) & export.rows["part"].eq("Subject")]
        of = pd.Series(read.parsed.row).map(rows.set_index("row")["person"])
        mine = of.eq(now.person).fillna(False).to_numpy(dtype=bool)
        cells = read.parsed.table.rows.loc[mine].astype("string").fillna("")
        shown = any(now.value in one for one in cells.to_dict("list").values())
        said = list(dict.fromkeys(read.text(column)[mine].dropna())) if column else []
        return {
            "file": read.path,
            "column": column,
            "listed": bool(mine.any()),
            "value": "; ".join(filter(None, said)) or None,
            "shown": shown,
            "ids": _ids(read, of),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ids(read: ReadFile, of: pd.Series) -> dict[str, set[str]]:
    """Give the ids that each child carries on a list, in all columns of ids."""
    carried: dict[str, set[str]] = {str(person): set() for person in of.dropna()}
    for name, column in read.columns.items():
        if column.identification_system:
            for person, text in zip(of, read.text(name), strict=True):
                if pd.notna(person) and pd.notna(text):
                    carried[str(person)] |= set(ID.findall(str(text)))
    return carried


# ------------------------------------------------------------------------------------------- who knew when


def _who_knew(level: str, change: str, reads: list[dict[str, Any]]) -> Iterator[dict[str, object]]:
    """Say of each system on which day its file first showed the change, and how often it had been typed."""
    typed = _declared()["typed"]
    by_system = {
        system: sorted((one for one in reads if one["system"] == system), key=lambda one: one["days"])
        for system in _asked()
    }
    roster = by_system[roster_system()][-1]
    in_roster = any(one["shown"] for one in by_system[roster_system()])
    for system, days in by_system.items():
        first = next((one for one in days if one["shown"]), None)
        machine = in_roster and system != roster_system() and _by_machine(days[-1]["ids"], roster["ids"])
        times = typed["into_the_sis"]
        if system != roster_system():
            times += typed["by_machine"] if machine else typed["by_hand"]
        why = NO_FIELD if days[-1]["column"] is None else NOT_SHOWN if days[-1]["listed"] else NOT_LISTED
        yield {
            "level": level,
            "change": change,
            "system": system,
            "asked_by": _asked()[system]["asked_by"],
            "day": None if first is None else first["day"],
            "days": None if first is None else first["days"],
            "typed": None if first is None else times,
            "carried": None if first is None else "by machine" if machine else "typed",
            "why_never": why if first is None else None,
        }


def _by_machine(mine: dict[str, set[str]], roster: dict[str, set[str]]) -> bool:
    """Say whether nearly every child on a list carries a number that the roster carries, too."""
    there = [ids for person, ids in mine.items() if person in roster]
    numbers = set().union(*roster.values())
    carrying = sum(bool(ids & numbers) for ids in there)
    return bool(there) and carrying >= kit_assumptions().by_machine_from * len(there)


# ---------------------------------------------------------------------------------------- kept on disk


def _place(scenario: Scenario, levels: Sequence[str], every_day: bool) -> Path:
    """Say where the result is kept: by maker, layouts and readers, libraries, and what was asked for."""
    whole = hashlib.sha256()
    readers = sorted(Path(str(helpers.files.__file__)).parent.rglob("*.py"))
    for path in readers:
        whole.update(path.read_bytes())
    told = [
        fingerprint(scenario),
        list(levels),
        every_day,
        dict(libraries()),
        kit_assumptions().by_machine_from,
    ]
    whole.update(json.dumps(told).encode("utf-8"))
    return cache_folder().parent / "one_change" / whole.hexdigest()[:24]


def _found(place: Path) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    try:
        known, written = (as_table(name, pd.read_parquet(place / f"{name}.parquet")) for name in TABLES)
    except (OSError, ValueError, KeyError):
        return None
    return known, written


def _keep(place: Path, found: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Put a result in its place, all at once; where the disk is full or closed it is only not kept."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        for name, frame in zip(TABLES, found, strict=True):
            as_table(name, frame).to_parquet(draft / f"{name}.parquet", index=False)
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    except OSError:
        return
