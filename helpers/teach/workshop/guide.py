"""Draw the table of a track, for the facilitator's guide and for the trainer's page of the pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from helpers.teach.workshop.times import simulated_table
from helpers.teach.workshop.tracks import Line, Track, clock, declared_tracks, lines_of, track_named

__all__ = ["HEADS", "guide_of", "guide_rows", "guide_with_tables", "track_table"]

HEADS = ("clock", "what, and on the screen", "say", "expect", "if it goes wrong; when late, skip")
_SECTION = re.compile(
    r"^## [^\n]+\n\n<!-- track (?P<name>[\w-]+) -->\n.*?<!-- end of track -->\n+", re.DOTALL | re.MULTILINE
)
_TABLE = re.compile(r"(<!-- track (?P<name>[\w-]+) -->\n).*?(<!-- end of track -->)", re.DOTALL)


def guide_rows(lines: Sequence[Line]) -> list[tuple[str, ...]]:
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


def _what(line: Line) -> str:
    """Name a line, what is on the screen, and which exercises the group has time for."""
    parts = [f"**{line.what}**"]
    parts += [f"*Screen*: {line.screen}"] if line.screen else []
    parts += [f"*Do*: {', '.join(line.does)}."] if line.does else []
    return ". ".join(parts[:2]) + "".join(f" {part}" for part in parts[2:])


def track_table(track: Track) -> str:
    """Draw the table of a track in Markdown; a morning that another track has is named, not repeated."""
    rows = guide_rows(lines_of(track))
    if track.begins_with:
        rows = rows[len(lines_of(track_named(track.begins_with))) :]
    drawn = [f"| {' | '.join(row)} |" for row in (HEADS, *rows)]
    drawn.insert(1, "|---" * len(HEADS) + "|")
    return "\n".join(drawn)


def guide_with_tables(guide: str) -> str:
    """Replace each table between its marks by the one that the tracks give."""
    tables: Mapping[str, str] = {
        track.name: f"{track.who}\n\n{track_table(track)}\n\n{simulated_table(track)}\n"
        for track in declared_tracks()
    }
    return _TABLE.sub(lambda found: f"{found[1]}{tables[found['name']]}{found[3]}", guide)


def guide_of(track: Track, guide: str) -> str:
    """Leave out the sections of other tracks than this one, and than the one that comes first."""
    wanted = (track.name, track.begins_with)
    return _SECTION.sub(lambda found: found[0] if found["name"] in wanted else "", guide)
