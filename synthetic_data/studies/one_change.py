"""Watch one change: the day on which each system's file first shows it, at each exchange level.

We generate the district for one day after another, and read its files. A file shows the state of its roster
day, a fixed number of days before the exports. So it can change on only one day: when the roster day reaches
the Monday of the change. We generate and read both sides: the day before, when the file must not show the
change yet, and the day itself. `every_day` generates all days between, too. We read a system without a column
for the change once, after that day, in case its file shows it anyway.
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
from synthetic_data.life import draw_life
from synthetic_data.life.one_change import Change
from synthetic_data.observation import Truth
from synthetic_data.population import Population, make_population
from synthetic_data.scenario import LEVELS, Scenario, exchange, load_scenario
from synthetic_data.schooling import Schooling, make_schooling
from synthetic_data.studies.levels.cells import libraries
from synthetic_data.system_folders import system_folders

__all__ = ["CHANGES", "NOT_SHOWN", "NO_FIELD", "OneChange", "one_change"]

DECLARED = Path(__file__).with_suffix(".toml")
CHANGES = ("custody", "surname", "allergy")
NO_FIELD, NOT_LISTED, NOT_SHOWN = "no field", "the child is not on its list", "not shown by then"
TABLES = ("one_change", "change_written")
ID = re.compile(r"[^{},:\s]+")  # in the SIS, ids look like {State:0123}
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class OneChange:
    """When each system showed the change."""

    # Table ``one_change``: one row per level, change and system.
    known: pd.DataFrame
    # Table ``change_written``: content of each file on each generated day.
    written: pd.DataFrame
    # Metadata of the synthetic district and the change.
    about: dict[str, Any]


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


@cache
def _asked() -> dict[str, dict[str, Any]]:
    """Return the declarations of each system to read, in the order of the timeline."""
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
    """Change one child's life on a Monday, and find the day when each system's file shows it."""
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
        as_table("change_written", pd.concat([recorded for _, recorded in parts], ignore_index=True)),
        about,
    )


# -------------------------------------------------------------------------------------------- day by day


class _Days:
    """The people of the district, and its schooling on each day needed."""

    def __init__(self, people: Population) -> None:
        # The population depends neither on the day of the exports nor on the exchange.
        self.people = people
        self._schooling: dict[dt.date, Schooling] = {}
        self._truth: dict[tuple[dt.date, str], Truth] = {}

    def truth(self, scenario: Scenario) -> Truth:
        """Generate the district on the day of its exports; events are the same at every level."""
        day, change = scenario.as_of, str(scenario.watched)
        if day not in self._schooling:
            self._schooling[day] = make_schooling(scenario, self.people)
        if (day, change) not in self._truth:
            here = self._schooling[day]
            self._truth[day, change] = Truth(self.people, here, draw_life(scenario, self.people, here))
        return self._truth[day, change]


def _watch(
    scenario: Scenario, monday: pd.Timestamp, levels: Sequence[str], every_day: bool, made: _Days
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate and read what can have changed, level by level."""
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
    """Read one system's list on each relevant day, and return what it shows about the child."""
    lag = (pd.Timestamp(scenario.as_of) - exchange(scenario, system).roster_date).days
    placed = now.kind in _asked()[system].get("columns", {})
    for days in range(-1, lag + 1) if every_day else (lag - 1, lag) if placed else (lag,):
        as_of = now.day + days * DAY
        of_day = scenario.model_copy(update={"as_of": as_of.date()})
        read = _read(of_day, made.truth(of_day), system, now)
        yield {"system": system, "days": days, "day": as_of, **read}


def _read(scenario: Scenario, truth: Truth, system: str, now: Change) -> dict[str, object]:
    """Write one system's list of children, read it, and select the child's rows."""
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
        values = list(dict.fromkeys(read.text(column)[mine].dropna())) if column else []
        return {
            "file": read.path,
            "column": column,
            "listed": bool(mine.any()),
            "value": "; ".join(filter(None, values)) or None,
            "shown": shown,
            "ids": _ids(read, of),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ids(read: ReadFile, of: pd.Series) -> dict[str, set[str]]:
    """Return each child's ids on a list, from all id columns."""
    carried: dict[str, set[str]] = {str(person): set() for person in of.dropna()}
    for name, column in read.columns.items():
        if column.identification_system:
            for person, text in zip(of, read.text(name), strict=True):
                if pd.notna(person) and pd.notna(text):
                    carried[str(person)] |= set(ID.findall(str(text)))
    return carried


# ------------------------------------------------------------------------------------------- who knew when


def _who_knew(level: str, change: str, reads: list[dict[str, Any]]) -> Iterator[dict[str, object]]:
    """Return each system's first day with the change in its file, and how often somebody had typed it."""
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
    """Check whether almost every child on a list has a number that the roster has, too."""
    there = [ids for person, ids in mine.items() if person in roster]
    numbers = set().union(*roster.values())
    carrying = sum(bool(ids & numbers) for ids in there)
    return bool(there) and carrying >= kit_assumptions().by_machine_from * len(there)


# ---------------------------------------------------------------------------------------- kept on disk


def _place(scenario: Scenario, levels: Sequence[str], every_day: bool) -> Path:
    """Return the cache path of the result: by generator, layouts and readers, libraries, and parameters."""
    whole = hashlib.sha256()
    readers = sorted(Path(str(helpers.files.__file__)).parent.rglob("*.py"))
    for path in readers:
        whole.update(path.read_bytes())
    content = [
        fingerprint(scenario),
        list(levels),
        every_day,
        dict(libraries()),
        kit_assumptions().by_machine_from,
    ]
    whole.update(json.dumps(content).encode("utf-8"))
    return cache_folder().parent / "one_change" / whole.hexdigest()[:24]


def _found(place: Path) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    try:
        known, recorded = (as_table(name, pd.read_parquet(place / f"{name}.parquet")) for name in TABLES)
    except (OSError, ValueError, KeyError):
        return None
    return known, recorded


def _keep(place: Path, found: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Move a result into the cache atomically; if the disk is full or read-only, skip the cache."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        for name, frame in zip(TABLES, found, strict=True):
            as_table(name, frame).to_parquet(draft / f"{name}.parquet", index=False)
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    except OSError:
        return
