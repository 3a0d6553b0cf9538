"""What commands print: a short answer first, all tables on request, or one JSON object."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd
from babel.lists import format_list

from helpers.files.command_line.progress import Progress, Step
from helpers.standard import Measured, plain, unmarked

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["MOST_LINES", "Output", "Summary"]

# Lines of a summary, with its empty lines.
MOST_LINES = 15
# Columns of what is printed into a file or a log, and of a line of text.
WIDTH, TEXT = 120, 100
FILES_NAMED = 3
# Lines of one of the worst, by the room that there is, and what says that it goes on.
ITEM_LINES, CUT = (4, 3, 2, 1), " …"
# Heads of columns that people know by another word.
HEADS = {
    "silo": "system",
    "left_silo": "system",
    "right_silo": "other system",
    "joined": "linked",
    "silent": "undetected",
    "rows_quarantined": "kept apart",
    "rows_structure": "headers",
    "f1": "F1",
}
COMMAND = re.compile(r"`[^`]+`")
# Numbers that name something and count nothing: 2026 is no 2,026.
NAMES = ("year", "seed", "port")


def number(value: float) -> str:
    """Format a number with no more digits than a reader needs; what isn't whole doesn't look so.

    >>> number(12345), number(0.98765), number(12.345), number(1234.5)
    ('12,345', '0.988', '12.3', '1,234')
    >>> number(1), number(0.9996), number(0.5)
    ('1', '1.000', '0.5')
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 3
    text = f"{value:,.{digits}f}"
    short = text.rstrip("0")
    return text if not digits or short.endswith(".") else short


@dataclass(frozen=True)
class Summary:
    """The short answer of a command; numbers between ``**`` are bold on a terminal."""

    # The finding: sentences, each with a number and its base.
    finding: Sequence[str]
    # What the worst are of, and the three worst.
    worst_of: str = ""
    worst: Sequence[str] = ()
    # What else to know, most important first: the last ones give way where there is no room.
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Output:
    """How one call of a command prints."""

    as_json: bool = False
    tables: bool = False
    quiet: bool = False
    progress: Progress = field(default_factory=lambda: Progress(quiet=True))

    def step(self, name: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Show a step of a long command; the step can count up to a total."""
        return self.progress.step(unmarked(name), total)

    def emit(
        self,
        figures: Mapping[str, Any],
        summary: Summary | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        """Print a command's figures: as a summary, if it has one, unless all or JSON was asked for.

        Keys of figures are for scripts and stay as they are; titles are for people.
        """
        self.progress.close()
        if self.as_json:
            click.echo(json.dumps(_plain(figures), ensure_ascii=False))
        elif not self.quiet:
            console = _console()
            if self.tables or summary is None:
                _print_all(console, figures, titles or {})
            else:
                _print_summary(console, summary, _rest(figures))


def _console() -> Console:
    from rich.console import Console

    # Without a terminal rich would take 80 columns, and a log has more room.
    width = None if sys.stdout.isatty() else WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def _write(console: Console, *parts: Any) -> None:
    """Print without the blanks that fill up a table's last column."""
    with console.capture() as captured:
        for part in parts:
            console.print(part, crop=False, overflow="ignore")
    lines = (line.rstrip() for line in captured.get().splitlines())
    click.echo("\n".join(lines), color=True if console.is_terminal else None)


def _print_summary(console: Console, summary: Summary, rest: str) -> None:
    """Print the answer in at most 15 lines: first notes give way, then the least of the worst."""
    room = min(console.width, TEXT)
    finding = [line for sentence in summary.finding for line in _wrapped(_styled(sentence), room)]
    title = [_styled(""), *_wrapped(_styled(f"{summary.worst_of}:", "bold"), room)]
    foot = _wrapped(_styled(rest, "dim"), room) if rest else []
    left = MOST_LINES - len(finding) - len(foot) - 1
    # One line is for the first note.
    worst = _items(summary.worst, room, left - len(title) - min(1, len(summary.notes)))
    left -= sum(map(len, worst)) + len(title) if worst else 0
    notes = [_wrapped(_styled(note), room) for note in summary.notes]
    shown = list(_as_many(notes, left))
    if len(shown) < len(notes):
        # One more line says how many notes there was no room for.
        shown = list(_as_many(notes, left - 1))
        more = len(notes) - len(shown)
        shown += [[_styled(f"More notes ({more}): --table")]] if left else []
    parts = [*finding, *(title if worst else []), *(line for one in worst for line in one)]
    below = [*(line for note in shown for line in note), *foot]
    _write(console, *parts, *([_styled("")] if below else []), *below)


def _items(worst: Sequence[str], room: int, left: int) -> list[list[Text]]:
    """Give the worst their numbers, and cut each if there is no room: all of it is in the tables."""
    shown: list[list[Text]] = []
    for most in ITEM_LINES:
        shown = [_item(place, one, room, most) for place, one in enumerate(worst, start=1)]
        if sum(map(len, shown)) <= left:
            return shown
    return list(_as_many(shown, left))


def _item(place: int, text: str, room: int, most: int) -> list[Text]:
    from rich.text import Text

    begin = f"  {place}. "
    lines = _wrapped(_styled(text), room - len(begin) - len(CUT))
    kept = lines[:most]
    if len(lines) > most:
        kept[-1].append(CUT)
    return [Text(begin if not line else " " * len(begin)) + one for line, one in enumerate(kept)]


def _wrapped(text: Text, width: int) -> list[Text]:
    """Wrap at words alone: rich would cut a path that is longer than a line.

    A command stays in one piece, too, so that it can be copied.
    """
    whole = COMMAND.sub(lambda command: command[0].replace(" ", "\N{NO-BREAK SPACE}"), text.plain)
    words = textwrap.TextWrapper(max(width, 20), break_long_words=False, break_on_hyphens=False)
    lines, end = [], 0
    for line in words.wrap(whole) or [""]:
        begin = whole.index(line, end)
        end = begin + len(line)
        lines.append(text[begin:end])
    return lines


def _as_many(notes: list[list[Text]], room: int) -> Iterator[list[Text]]:
    for note in notes:
        room -= len(note)
        if room < 0:
            return
        yield note


def _styled(text: str, style: str = "") -> Text:
    """Set ``**numbers**`` in bold, and commands in the color of links."""
    from rich.text import Text

    styled = Text(style=style)
    for place, part in enumerate(re.sub(r"[\t\n\r\v\f]", " ", unmarked(text)).split("**")):
        styled.append(part, "bold" if place % 2 else "")
    styled.highlight_regex(COMMAND, "blue")
    return styled


def _rest(figures: Mapping[str, Any]) -> str:
    """Say where the rest of the answer is."""
    paths = figures.get("written")
    tables = any(isinstance(value, pd.DataFrame) and len(value) for value in figures.values())
    given = list(paths.values()) if isinstance(paths, Mapping) else paths
    files = [str(file) for file in given] if isinstance(given, list | tuple) else []
    # A folder is named by the summary itself.
    files = [file for file in files if Path(file).suffix]
    if not files:
        return "The rest: --table" if tables else ""
    folders = {str(Path(file).parent) for file in files}
    named = [Path(file).name for file in files] if len(folders) == 1 else files
    shown, more = named[:FILES_NAMED], len(named) - FILES_NAMED
    # British lists have no comma before the last word.
    text = format_list([*shown, f"{more} others"] if more > 1 else named, locale="en_GB")
    place = f" in {folders.pop()}" if len(folders) == 1 else ""
    return f"The rest: --table, and {text}{place}" if tables else f"Wrote {text}{place}"


def _print_all(console: Console, figures: Mapping[str, Any], titles: Mapping[str, str]) -> None:
    for name, value in figures.items():
        title = titles.get(name, name)
        if isinstance(value, pd.DataFrame):
            _write(console, _styled(f"{title}:", "bold"), _table(value) if len(value) else "  (none)")
        else:
            many = list(value.values()) if isinstance(value, Mapping) else value
            text = ", ".join(map(str, many)) or "none" if isinstance(many, list | tuple) else value
            if isinstance(value, int | float) and not isinstance(value, bool) and name not in NAMES:
                text = number(value)
            line = f"{title}: {plain(str(text))}"
            # A sentence wraps; a path must stay in one piece to be copied.
            if line.endswith("."):
                _write(console, *_wrapped(_styled(line), min(console.width, TEXT)))
            else:
                click.echo(line)


def _cell(value: object, column: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, Number):
        named = any(name in column for name in NAMES)
        return f"{float(value):.0f}" if named else number(float(value))  # type: ignore[arg-type]
    return unmarked(str(value))


def _of_numbers(column: pd.Series) -> bool:
    """Return whether a column contains numbers; some cells may be text."""
    if column.dtype == "object":
        return any(isinstance(value, Number) and not isinstance(value, bool) for value in column)
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _table(frame: pd.DataFrame) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name, column in frame.items():
        justify: Any = "right" if _of_numbers(column) else "left"
        head = HEADS.get(str(name), str(name).removeprefix("rows_").replace("_", " "))
        table.add_column(Text(head), justify=justify, overflow="fold")
    names = [str(name) for name in frame.columns]
    for row in frame.itertuples(index=False, name=None):
        table.add_row(*(Text(_cell(value, name)) for value, name in zip(row, names, strict=True)))
    return table


def _bare(cell: Any) -> Any:
    """Leave out of a table's cell what only pages show."""
    if isinstance(cell, Measured):
        return cell.number
    return unmarked(cell) if isinstance(cell, str) else cell


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        bare = value.map(_bare)
        return json.loads(bare.to_json(orient="records", date_format="iso"))
    if isinstance(value, Measured):
        return {"measure": value.measure, "number": _plain(value.number), "out of": _plain(value.base)}
    if isinstance(value, str):
        return unmarked(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value.item() if hasattr(value, "item") else value
