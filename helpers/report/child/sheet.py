"""Provide the one page of a child, for educators, families and students: its parts, and its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from helpers.report.templates import render

__all__ = [
    "Fold",
    "FoldLine",
    "Foot",
    "Opener",
    "Picture",
    "Sheet",
    "Statement",
    "Topic",
    "sheet_css",
    "sheet_markup",
]


@dataclass(frozen=True)
class Opener:
    """A button that opens source rows."""

    # Number under which a dashboard asks for the rows.
    number: int
    summary: str
    place: str


@dataclass(frozen=True)
class Statement:
    """A sentence with a word at its left; ``**`` marks what is bold."""

    lead: str
    text: str
    # Lines with its numbers.
    ref: str = ""


@dataclass(frozen=True)
class Topic:
    """A topic worth a talk: what we see, what it means, what to ask."""

    title: str
    see: str
    means: str
    ask: str
    ref: str = ""


@dataclass(frozen=True)
class FoldLine:
    """One value, with what makes it credible or doubtful."""

    what: str
    shown: str
    # Number of the line, by which a family names it; empty for educators.
    number: str = ""
    # Denominator of a rate.
    of: str = ""
    means: str = ""
    source: str = ""
    opener: Opener | None = None
    unchecked: bool = False
    # Values of other systems, and the rule that chose this one.
    against: str = ""
    rule: str = ""
    # Further sentences, each behind a sign and a word.
    notes: tuple[tuple[str, str], ...] = ()
    notes_title: str = ""


@dataclass(frozen=True)
class Fold:
    """A domain that opens: its finding while closed, its lines while open."""

    title: str
    finding: str
    lines: Sequence[FoldLine]
    # Signs of doubt that are visible while it is closed.
    doubts: Sequence[str] = ()
    # What isn't known, and why.
    lacking: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Foot:
    """A part at the end, in small type."""

    title: str
    texts: Sequence[str] = ()
    items: Sequence[tuple[str, str]] = ()
    # Places to write on.
    blanks: Sequence[str] = ()
    # Whether it takes the whole width.
    wide: bool = False


@dataclass(frozen=True)
class Picture:
    """The year, with its caption and the dated rows behind it."""

    title: str
    svg: Markup
    caption: str
    behind: str = ""
    columns: Sequence[str] = ()
    # Cells of each row; an opener may be the last one.
    rows: Sequence[Sequence[Any]] = ()


@dataclass(frozen=True)
class Sheet:
    """Everything on a page, in its order."""

    title: str
    facts: str
    sentences: Sequence[Statement]
    now: Statement | None
    topics_title: str
    topics: Sequence[Topic]
    no_topic: str
    picture: Picture | None
    no_picture: str
    folds_title: str
    folds: Sequence[Fold]
    # Columns of the lines, and whether they are open from the start, as on paper.
    columns: Sequence[str]
    opened: bool
    foot: Sequence[Foot]
    # Warning above everything; empty where the page around it has one.
    note: str = ""
    restricted: bool = False
    # Level of the first heading.
    level: int = 1
    words: Mapping[str, str] = field(default_factory=dict)


@cache
def sheet_css() -> str:
    """Return the style of a child's page, to embed as text."""
    return Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")


def sheet_markup(sheet: Sheet) -> Markup:
    """Render a child's page."""
    return render("report/child/sheet.html.j2", sheet=sheet)
