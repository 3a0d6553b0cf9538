"""How many minutes of hand work one exchange takes: what the files show, times minutes that the kit assumes.

What the files show are records without an id that the roster carries, files, pairs that wait for a person and
findings. How long one of them takes is declared in ``manual_effort.toml`` as the kit's own assumption, with a
range; nobody measured it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, model_validator

from helpers.gaps.measures import line
from helpers.gaps.measures.identity import Keys, keys_of
from helpers.gaps.presence import Presence, load_presence
from helpers.standard import STRICT, Assumed, as_table, empty_table, read_declared

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "TASKS",
    "Assumptions",
    "Minutes",
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
    """Minutes that one task takes."""

    title: str
    each: str


class Assumptions(BaseModel):
    """What is assumed of hand work."""

    model_config = STRICT

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
    """Minutes of hand work: low, likely and high."""

    low: float
    likely: float
    high: float


def read_assumptions(path: Path) -> Assumptions:
    """Read a table of minutes of one's own."""
    return read_declared(path, Assumptions, "minutes", known=TASKS)


@cache
def kit_assumptions() -> Assumptions:
    """Give the minutes that the kit assumes."""
    return read_assumptions(HERE)


def manual_effort(
    district: District,
    links: Links,
    *,
    assumptions: Assumptions | None = None,
    by_machine: Collection[str] | None = None,
) -> pd.DataFrame:
    """Count the hand work of one exchange, in which every system takes over from the roster.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    assumptions
        Minutes a task; the kit's own when not given.
    by_machine
        Systems whose files a machine exchanges. When not given, those of whose records nearly all carry an id
        that the roster carries too, as far as the files tell.

    Returns
    -------
    pandas.DataFrame
        Table ``hand_work``: a row a system and task, and a row a pair of systems with pairs to review; their
        minutes add up. A record whose number has to be typed counts in its own system; the roster types
        nothing.
    """
    known = load_presence(district, links)
    if known.records.empty:
        return empty_table("hand_work")
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
    """Count the hand work of one exchange where it is known already who is where; as `manual_effort`."""
    given = assumptions or kit_assumptions()
    others = known.silos[1:]
    files = district.accounts.groupby("silo").size()
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
    return as_table("hand_work", work)


def to_type(known: Presence, keys: Keys, left: int, right: int) -> npt.NDArray[np.bool_]:
    """Mark the records of a system into which somebody has to type a number of the other one."""
    one, other = known.silos[left], known.silos[right]
    gone = keys.carrying(one, other) & ~known.holds[known.child, right]
    return known.of(left) & ~keys.meeting(one, other) & ~gone


def _by_machine(typed: int, total: int, given: Assumptions) -> bool:
    return total > 0 and total - typed >= given.by_machine_from * total


def _to_mend(district: District, given: Assumptions) -> pd.Series:
    """Count by system the findings of reading that somebody has to mend at the source."""
    found = district.findings
    open_ones = found["done"].ne("read_as") & ~found["kind"].isin(given.not_mended)
    return found[open_ones].groupby("silo")["times"].sum()


def manual_minutes(work: pd.DataFrame) -> Minutes:
    """Add up the minutes of hand work.

    Parameters
    ----------
    work
        Table ``hand_work``, or some of its rows.

    Returns
    -------
    Minutes
        Low, likely and high.
    """
    low, likely, high = (float(work[name].sum()) for name in ("low", "minutes", "high"))
    return Minutes(low, likely, high)


def manual_effort_lines(work: pd.DataFrame, known: Presence, keys: Keys) -> list[dict[str, Any]]:
    """Make the lines *minutes by hand* of systems and *minutes to join* of pairs."""
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
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
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
