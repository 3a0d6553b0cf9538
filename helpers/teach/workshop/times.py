"""Where a room should be by the clock: as planned, in a simulation, and in a real room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.files import without_guard
from helpers.standard import BadInput
from helpers.teach.workshop.tracks import Track, lines_of, track_named

__all__ = ["SIMULATED", "TIMES", "blank_times", "compared_times", "simulated_need", "simulated_table"]

# `python -m tests.bench room` writes it: for each line of a track, when the 10th and the 19th of 20 are done.
SIMULATED = Path(__file__).with_name("simulated_room.csv")
# A line for each line of the track, for a trainer to type in.
TIMES = "times.csv"
_EVERY = 20
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


def _simulated(track: str) -> pd.DataFrame:
    rows = pd.read_csv(SIMULATED)
    rows = rows[rows["track"].eq(track)].reset_index(drop=True)
    return rows.assign(end=rows["planned"].cumsum(), done=rows["nineteenth_done"])


def simulated_need(track: str) -> tuple[float, int]:
    """Return the working minutes that 19 of 20 simulated learners need for a track, and those planned."""
    works = [line.alone is not None for line in lines_of(track_named(track))]
    rows = _simulated(track)[works]
    return float((rows["done"] - rows["begins"]).sum()), int(rows["planned"].sum())


def _clock_text(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"


def simulated_table(track: Track) -> str:
    """Draw where a room should be every twenty minutes: planned, simulated, and a column to fill in."""
    need, planned = simulated_need(track.name)
    rows = _simulated(track.name).iloc[-len(track.line) :]
    last = int(rows["end"].iloc[-1])
    first = _EVERY * (int(rows["end"].iloc[0] - rows["planned"].iloc[0]) // _EVERY + 1)
    drawn = [
        f"| {_clock_text(now)} | {_line_at(rows, 'end', now)} | {_line_at(rows, 'done', now)} | |"
        for now in range(first, last, _EVERY)
    ]
    return "\n".join(
        [
            f"**Where the room should be.** *Simulated*: 19 of 20 learners need {need:.0f} of {planned} "
            "working minutes, by our assumptions. Nobody has timed a real room.",
            "",
            "| clock | planned | simulated | your room |",
            "|---|---|---|---|",
            *drawn,
        ]
    )


def _line_at(rows: pd.DataFrame, until: str, now: float) -> str:
    """Name the line in which a room is at a minute."""
    still = rows.loc[rows[until] > now, "line"]
    return str(still.iloc[0]) if len(still) else "done"


def blank_times(track: Track) -> pd.DataFrame:
    """Return the form of a real room's times: the plan, and two columns to type a clock's times into."""
    lines = lines_of(track)
    return pd.DataFrame(
        {
            "line": [line.what for line in lines],
            "planned": [line.group for line in lines],
            "began": "",
            "ended": "",
        }
    )


def compared_times(track: Track, file: Path) -> pd.DataFrame:
    """Put a real room's times next to plan and simulation: at which minute each line ended."""
    asked = blank_times(track)
    try:
        typed = without_guard(pd.read_csv(file, dtype="string", encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} can't be read as a room's times ({error}): save it as CSV.") from error
    if list(typed) != list(asked) or list(typed["line"]) != list(asked["line"]):
        raise BadInput(f"{file} isn't {TIMES} of the track {track.name}: its columns or lines are others.")
    began, ended = (list(_minutes(typed[name], file)) for name in ("began", "ended"))
    start = next((one for one in began if one is not None), None)
    if start is None:
        raise BadInput(f"{file} has no time: type when each line began and ended, such as 9:05 and 9:30.")
    real = [None if one is None else one - start for one in ended]
    simulated = _simulated(track.name)
    return asked[["line"]].assign(
        planned=simulated["end"],
        simulated=simulated["done"].round().astype("int64"),
        real=pd.array(real, dtype="Int64"),
    )


def _minutes(typed: pd.Series, file: Path) -> Iterator[int | None]:
    """Read times of a clock; they don't go back."""
    last = 0
    for place, text in typed.items():
        if pd.isna(text) or not text.strip():
            yield None
            continue
        # The heading is line 1.
        line = f"{file}, line {int(str(place)) + 2}, {typed.name}: {text!r}"
        found = _CLOCK.fullmatch(text.strip())
        if not found:
            raise BadInput(f"{line} is no time; type hours and minutes, such as 9:05.")
        now = 60 * int(found[1]) + int(found[2])
        if now < last:
            raise BadInput(f"{line} is before the line above; after noon type 13:05, not 1:05.")
        last = now
        yield now
