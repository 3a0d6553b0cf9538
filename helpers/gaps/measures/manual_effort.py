"""Estimate the manual minutes of one exchange: tasks counted in files, times assumed minutes.

We count files, findings, pairs that need review, and records without an id from the roster. The minutes per
task are the kit's own assumption, with a range, in ``manual_effort.toml``; nobody measured them.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import model_validator

from helpers.files import District, file_of
from helpers.gaps.measures import line
from helpers.gaps.measures.identity import Keys, keys_of
from helpers.gaps.presence import Presence, load_presence
from helpers.link import Links
from helpers.standard import Assumed, StrictModel, as_table, empty_table, read_declared

__all__ = [
    "TASKS",
    "estimate_tasks",
    "kit_assumptions",
    "manual_effort",
    "manual_effort_lines",
    "manual_minutes",
    "read_assumptions",
    "to_type",
]

Task = Literal["record_typed", "file_exported", "file_imported", "pair_reviewed", "finding_mended"]
TASKS: tuple[Task, ...] = (
    "record_typed", "file_exported", "file_imported", "pair_reviewed", "finding_mended",
)  # fmt: skip
HERE = Path(__file__).parent / "manual_effort.toml"


class TaskMinutes(Assumed):
    """Minutes for one task."""

    title: str
    each: str


class Assumptions(StrictModel):
    """Assumptions about manual effort."""

    about: str
    by_machine_from: float
    not_mended: list[str]
    task: dict[Task, TaskMinutes]

    @model_validator(mode="after")
    def _knows_every_task(self) -> Self:
        if missing := [name for name in TASKS if name not in self.task]:
            raise ValueError(f"no minutes for {', '.join(missing)}")
        return self


class Minutes(NamedTuple):
    """Minutes of manual effort: low, likely and high."""

    low: float
    likely: float
    high: float


def read_assumptions(path: Path) -> Assumptions:
    """Read a table of assumed minutes from a file."""
    return read_declared(path, Assumptions, "minutes")


@cache
def kit_assumptions() -> Assumptions:
    """Return the minutes that the kit assumes."""
    return read_assumptions(HERE)


def manual_effort(
    district: District,
    links: Links,
    *,
    assumptions: Assumptions | None = None,
    by_machine: Collection[str] | None = None,
) -> pd.DataFrame:
    """Estimate the manual effort of one exchange in which every system updates from the roster.

    Parameters
    ----------
    district
        What `read_district` returned.
    links
        What `link_district` returned for it.
    assumptions
        Minutes per task; default is the kit's own.
    by_machine
        Systems that exchange files automatically. Default: systems in which almost all records have an id
        that the roster has too.

    Returns
    -------
    pandas.DataFrame
        Table ``manual_effort``: one row per system and task, and one per pair of systems with pairs to
        review. The minutes add up. A record that needs a number typed counts in its own system; the roster
        types nothing.
    """
    known = load_presence(district, links)
    if known.records.empty:
        return empty_table("manual_effort")
    keys = keys_of(known, district.identifiers)
    return estimate_tasks(district, links, known, keys, assumptions=assumptions, by_machine=by_machine)


def estimate_tasks(
    district: District,
    links: Links,
    known: Presence,
    keys: Keys,
    *,
    assumptions: Assumptions | None = None,
    by_machine: Collection[str] | None = None,
) -> pd.DataFrame:
    """Estimate the manual effort from records already grouped by child; as `manual_effort`."""
    given = assumptions or kit_assumptions()
    others = known.silos[1:]
    files = district.accounts["file"].map(file_of).groupby(district.accounts["silo"]).nunique()
    mended = _to_mend(district, given)
    rows: list[tuple[str, str | None, Task, int]] = []
    for silo in others:
        mine = known.of(known.silos.index(silo))
        total = int(mine.sum())
        typed = int(to_type(known, keys, known.silos.index(silo), 0).sum())
        machine = silo in by_machine if by_machine is not None else _by_machine(typed, total, given)
        by_hand = 0 if machine else int(files.get(silo, 0))
        rows += [
            (silo, None, "record_typed", typed),
            (silo, None, "file_exported", by_hand),
            (silo, None, "file_imported", by_hand),
        ]
    rows += [(silo, None, "finding_mended", int(mended.get(silo, 0))) for silo in known.silos]
    waiting = links.pairs.loc[links.pairs["decision"].eq("Review"), ["left_silo", "right_silo"]]
    pairs = waiting.value_counts(sort=False).rename("count").reset_index()
    rows += [
        (str(left), str(right), "pair_reviewed", int(count))
        for left, right, count in pairs[["left_silo", "right_silo", "count"]].itertuples(index=False)
    ]
    work = pd.DataFrame(rows, columns=["left_silo", "right_silo", "task", "count"])
    for name, minutes in (("low", "low"), ("minutes", "likely"), ("high", "high")):
        work[name] = work["count"] * work["task"].map(
            {task: getattr(given.task[task], minutes) for task in TASKS}
        )
    return as_table("manual_effort", work)


def to_type(known: Presence, keys: Keys, left: int, right: int) -> npt.NDArray[np.bool_]:
    """Mark the records for which somebody has to type an id from the other system."""
    one, other = known.silos[left], known.silos[right]
    gone = keys.carrying(one, other) & ~known.holds[known.child, right]
    return known.of(left) & ~keys.meeting(one, other) & ~gone


def _by_machine(typed: int, total: int, given: Assumptions) -> bool:
    return total > 0 and total - typed >= given.by_machine_from * total


def _to_mend(district: District, given: Assumptions) -> pd.Series:
    """Count the findings by system that somebody has to fix at the source."""
    found = district.findings
    open_ones = found["action_taken"].ne("read_as") & ~found["kind"].isin(given.not_mended)
    return found[open_ones].groupby("silo")["times"].sum()


def manual_minutes(work: pd.DataFrame) -> Minutes:
    """Add up minutes of manual effort.

    Parameters
    ----------
    work
        Table ``manual_effort``, or some of its rows.

    Returns
    -------
    Minutes
        Low, likely and high.
    """
    low, likely, high = (float(work[name].sum()) for name in ("low", "minutes", "high"))
    return Minutes(low, likely, high)


def manual_effort_lines(work: pd.DataFrame, known: Presence, keys: Keys) -> list[dict[str, Any]]:
    """Build the lines *minutes by hand* per system and *minutes to join* per pair."""
    lines: list[dict[str, Any]] = []
    single = work[work["right_silo"].isna()]
    for silo, mine in single.groupby("left_silo", sort=False):
        low, likely, high = manual_minutes(mine)
        lines.append(line("minutes by hand", str(silo), None, likely, low=low, high=high))
    minutes = kit_assumptions().task
    reviews: dict[frozenset[str], int] = {}
    paired = work.dropna(subset=["right_silo"])
    for one, other, count in zip(paired["left_silo"], paired["right_silo"], paired["count"], strict=True):
        reviews[frozenset((one, other))] = reviews.get(frozenset((one, other)), 0) + int(count)
    for (left_place, left), (right_place, right) in known.pairs():
        marked = to_type(known, keys, right_place, left_place)
        review = reviews.get(frozenset((left, right)), 0)
        low, likely, high = (
            int(marked.sum()) * getattr(minutes["record_typed"], end)
            + review * getattr(minutes["pair_reviewed"], end)
            for end in ("low", "likely", "high")
        )
        lines.append(
            line("minutes to join", left, right, likely, low=low, high=high, **known.example(marked))
        )
    return lines
