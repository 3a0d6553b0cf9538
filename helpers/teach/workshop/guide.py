"""Draw the tables of tracks and people, for the facilitator's guide and the trainer's page of the pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from helpers.teach.workshop.people import declared_people
from helpers.teach.workshop.times import simulated_table
from helpers.teach.workshop.tracks import AgendaItem, Track, clock, declared_tracks, lines_of, track_named

__all__ = ["guide_of", "guide_rows", "guide_with_tables", "with_clock"]

# Of a section of the guide, what a track must use to need it.
_NEEDS = {
    "Cards on the table": "cards",
    "Six of six": "C_join_them_yourself",
    "The quiz": "first quiz",
    "The mistakes behind": "doctor",
    "How far to trust": "doctor",
}
HEADS = ("clock", "what, and on the screen", "say", "expect", "if it goes wrong; when late, skip")
_SECTION = re.compile(
    r"^## [^\n]+\n\n<!-- track (?P<name>[\w-]+) -->\n.*?<!-- end of track -->\n+", re.DOTALL | re.MULTILINE
)
_PEOPLE = re.compile(r"(<!-- people -->\n).*?(<!-- end of people -->)", re.DOTALL)
# Below a session's own minutes: where half a day is on the clock.
_MINUTES = re.compile(r"^(\*\*\d+ minutes\*\*[^\n]*)\n(?:\n\*\*(?:Half a|A) day\*\*[^\n]*\n)?", re.MULTILINE)
_TABLE = re.compile(r"(<!-- track (?P<name>[\w-]+) -->\n).*?(<!-- end of track -->)", re.DOTALL)


def guide_rows(lines: Sequence[AgendaItem]) -> list[tuple[str, ...]]:
    """Return the cells of a track's table, a tuple for each line."""
    return [
        (
            f"{when} · {line.group} min" + (f" ({line.alone} alone)" if line.alone else ""),
            _what(line),
            f"“{line.say}”" if line.say else "",
            line.expect,
            f"{line.wrong} *Skip*: {line.skip}" if line.wrong else "",
        )
        for when, line in zip(clock(lines), lines, strict=True)
    ]


def _what(line: AgendaItem) -> str:
    """Name a line, what is on the screen, and which exercises the group has time for."""
    parts = [f"**{line.what}**"]
    parts += [f"*Screen*: {line.screen}"] if line.screen else []
    parts += [f"*Hand out*: {line.hand_out}"] if line.hand_out else []
    parts += [f"*Do*: {', '.join(line.does)}."] if line.does else []
    return ". ".join(parts[:2]) + "".join(f" {part}" for part in parts[2:])


def track_table(track: Track) -> str:
    """Draw the table of a track in Markdown; a morning that another track has is named, not repeated."""
    rows = guide_rows(lines_of(track))
    if track.begins_with:
        rows = rows[len(lines_of(track_named(track.begins_with))) :]
    return _table(HEADS, rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    drawn = [f"| {' | '.join(row)} |" for row in (heads, *rows)]
    drawn.insert(1, "|---" * len(heads) + "|")
    return "\n".join(drawn)


def guide_with_tables(guide: str) -> str:
    """Replace each table between its marks by the one that the tracks give."""
    tables: Mapping[str, str] = {
        track.name: f"{track.who}\n\n{track_table(track)}\n\n{simulated_table(track)}\n"
        for track in declared_tracks()
    }
    guide = _PEOPLE.sub(lambda found: f"{found[1]}{_people()}\n{found[2]}", guide)
    return _TABLE.sub(lambda found: f"{found[1]}{tables[found['name']]}{found[3]}", guide)


def _people() -> str:
    """Draw learners, helpers and the last question in Markdown."""
    people = declared_people()
    heads = ("learner", "before", "after half a day", "practiced in", "not yet")
    rows = [
        (f"**{one.who}**", one.before, one.afterward, ", ".join(one.practiced), one.not_yet)
        for one in people.profile
    ]
    jobs = [
        f"- **{job.name}**{' (with laptops)' if job.laptops else ''}: {job.does}"
        for job in people.jobs(laptops=True)
    ]
    closing = f"**The last question**, before Monday's sentence: “{people.closing}”"
    table = _table(heads, rows)
    return "\n\n".join((table, people.pairs, "\n".join(jobs), people.few, closing))


def with_clock(first_cell: str, session: str) -> str:
    """Say in a session's first cell at what time half a day, or else a day, begins and ends it."""
    for track in (track_named("half-day"), track_named("day")):
        lines = lines_of(track)
        for when, line in zip(clock(lines), lines, strict=True):
            if session in line.uses:
                begins, _, ends = when.partition("–")
                text = f"**{track.title}**: you should be here at {begins}, and done at {ends}."
                return _MINUTES.sub(rf"\1\n\n{text}\n", first_cell, count=1)
    return first_cell


def guide_of(track: Track, guide: str) -> str:
    """Leave out what other tracks do, but not what the track does that comes first."""
    wanted = (track.name, track.begins_with)
    guide = _SECTION.sub(lambda found: found[0] if found["name"] in wanted else "", guide)
    for heading, use in _NEEDS.items():
        if use not in track.uses():
            guide = re.sub(rf"^## {heading}.*?(?=^## |\Z)", "", guide, flags=re.DOTALL | re.MULTILINE)
    return guide
