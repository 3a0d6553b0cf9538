"""The tracks of the workshop: which session takes how long, what to say, and what to expect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import model_validator

from helpers.standard import BadInput, StrictModel, nearest, read_declared

__all__ = [
    "AgendaItem",
    "Track",
    "clock",
    "cut_for_sessions",
    "declared_tracks",
    "done_in",
    "group_minutes",
    "lines_of",
    "sessions_of",
    "track_named",
]

_HALF = 0.5
_SESSION = re.compile(r"[A-Z]_\w+")


class Rule(StrictModel):
    """How minutes of one person become minutes of a group."""

    nearest: int


class AgendaItem(StrictModel):
    """One line of a track."""

    what: str
    # Minutes that one person needs; a group needs more.
    alone: int | None = None
    # Minutes of a break, the same for one person and a group.
    minutes: int | None = None
    # Lunch takes time, and a track doesn't count it.
    counted: bool = True
    # Sessions, notebooks and materials.
    uses: tuple[str, ...] = ()
    # Exercises and predictions of the session, for a group that hasn't time for all of them.
    does: tuple[str, ...] = ()
    screen: str = ""
    # Paper, and for whom.
    hand_out: str = ""
    say: str = ""
    # What a trainer expects as an answer. It gives answers away, so no learner gets it.
    expect: str = ""
    wrong: str = ""
    skip: str = ""

    @model_validator(mode="after")
    def _is_a_break_or_complete(self) -> Self:
        if (self.alone is None) == (self.minutes is None):
            raise ValueError(f"{self.what}: give `alone`, or for a break `minutes`")
        empty = [
            name for name in ("screen", "say", "expect", "wrong", "skip") if not getattr(self, name).strip()
        ]
        if self.alone is not None and empty:
            raise ValueError(f"{self.what}: it has no {', '.join(empty)}")
        return self

    @property
    def group(self) -> int:
        """Minutes of a group."""
        return self.minutes if self.minutes is not None else group_minutes(self.alone or 0)


class Track(StrictModel):
    """One way through the workshop."""

    name: str
    title: str
    # Minutes of a group, with breaks and without lunch.
    minutes: int
    who: str
    # Another track that comes first, such as the half day in the morning of a day.
    begins_with: str = ""
    line: tuple[AgendaItem, ...]

    def uses(self) -> frozenset[str]:
        """Return all that its lines use."""
        return frozenset(one for line in lines_of(self) for one in line.uses)

    @property
    def laptops(self) -> bool:
        """Whether learners have laptops: then somebody tests each of them."""
        return "doctor" in self.uses()


class DeclaredTracks(StrictModel):
    """Contents of ``tracks.toml``."""

    rule: Rule
    track: tuple[Track, ...]

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        known = {track.name: track for track in self.track}
        faults = []
        for track in self.track:
            if track.begins_with and track.begins_with not in known:
                faults.append(f"{track.name} begins with {track.begins_with}, which is no track")
                continue
            before = known[track.begins_with].line if track.begins_with else ()
            added = sum(_minutes(line, self.rule) for line in (*before, *track.line) if line.counted)
            if added != track.minutes:
                faults.append(f"{track.name}: minutes = {track.minutes}, and its lines add up to {added}")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _minutes(line: AgendaItem, rule: Rule) -> int:
    return line.minutes if line.minutes is not None else _with_a_third(line.alone or 0, rule.nearest)


def _with_a_third(alone: int, step: int) -> int:
    """Add a third, and round to the nearest step; halves go up."""
    return step * int(alone * 4 / 3 / step + _HALF)


@cache
def _declared() -> DeclaredTracks:
    return read_declared(Path(__file__).with_name("tracks.toml"), DeclaredTracks, "tracks of the workshop")


def declared_tracks() -> tuple[Track, ...]:
    """Return all tracks, in the order of the guide."""
    return _declared().track


def group_minutes(alone: int) -> int:
    """Return the minutes of a group: a third more than one person alone, to the nearest five.

    >>> group_minutes(8), group_minutes(19), group_minutes(38)
    (10, 25, 50)
    """
    return _with_a_third(alone, _declared().rule.nearest)


def track_named(name: str) -> Track:
    """Find a track by its name.

    >>> track_named("half-days")
    Traceback (most recent call last):
    ...
    helpers.standard.validation.BadInput: There is no track half-days. Did you mean half-day? There are: \
two-hours, half-day, day, leaders.
    """
    known = {track.name: track for track in declared_tracks()}
    if name not in known:
        raise BadInput(f"There is no track {name}.{nearest(name, known)} There are: {', '.join(known)}.")
    return known[name]


def lines_of(track: Track) -> tuple[AgendaItem, ...]:
    """Return the lines of a track, with those of the track that comes first."""
    before = lines_of(track_named(track.begins_with)) if track.begins_with else ()
    return (*before, *track.line)


def sessions_of(track: Track) -> tuple[str, ...]:
    """Return the sessions of a track, each once: names that begin with a capital and an underscore."""
    used = (one for line in lines_of(track) for one in line.uses)
    return tuple(dict.fromkeys(one for one in used if _SESSION.fullmatch(one)))


def done_in(track: Track, session: str) -> frozenset[str]:
    """Return the exercises and predictions for which a track has time in a session; none named means all.

    >>> sorted(done_in(track_named("two-hours"), "C_join_them_yourself"))
    ['C.p2']
    """
    lines = [line for line in lines_of(track) if session in line.uses]
    if not all(line.does for line in lines):
        return frozenset()
    return frozenset(one for line in lines for one in line.does)


def cut_for_sessions(track: Track, there: Sequence[str]) -> tuple[list[str], list[str]]:
    """Divide the sessions of a track into those that are there and those that aren't."""
    asked = sessions_of(track)
    return [one for one in asked if one in there], [one for one in asked if one not in there]


def clock(lines: Sequence[AgendaItem]) -> list[str]:
    """Say from which minute to which minute each line runs.

    >>> clock(track_named("two-hours").line)[:3]
    ['0:00–0:25', '0:25–0:35', '0:35–1:00']
    """
    times, now = [], 0
    for line in lines:
        times.append(f"{now // 60}:{now % 60:02d}–{(now + line.group) // 60}:{(now + line.group) % 60:02d}")
        now += line.group
    return times
