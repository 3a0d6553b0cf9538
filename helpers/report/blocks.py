"""Build HTML blocks of a page, and the banner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from helpers.report.templates import fill
from helpers.report.theme import color
from helpers.standard import plain

__all__ = [
    "Block",
    "about_line",
    "answer",
    "back_to_index",
    "banner",
    "folded",
    "frame",
    "is_invented",
    "joined",
    "paragraph",
    "reading",
    "slug",
    "stacked",
    "terms",
    "where_from",
]

_TEMPLATE = "report/blocks.html.j2"


def slug(text: str) -> str:
    """Convert a sentence to a short name for a file or an anchor.

    >>> slug("How many children, really?")
    'how-many-children-really'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "part"


class Block:
    """Result of a chart, table, banner or sentence: shown as HTML, printed as one plain line."""

    def __init__(self, markup: Markup, text: str) -> None:
        self.markup = markup
        self.text = plain(text)

    def __html__(self) -> Markup:
        """Return the markup for a notebook or another template."""
        return fill(_TEMPLATE, "shown", self.markup)

    def _repr_html_(self) -> str:
        return str(self.__html__())

    def __repr__(self) -> str:
        return self.text


def joined(blocks: Iterable[Block]) -> Block:
    """Stack blocks vertically into one."""
    parts = list(blocks)
    return Block(Markup().join(one.markup for one in parts), " ".join(one.text for one in parts))


def stacked(positions: Mapping[str, Block]) -> Block:
    """Stack the positions of a slider, each below its name; slides of a workshop show one at a time."""
    markup = Markup().join(fill(_TEMPLATE, "position", name, one.markup) for name, one in positions.items())
    return Block(markup, " ".join(f"{name} {one.text}" for name, one in positions.items()))


def paragraph(text: str, kind: str = "") -> Block:
    """Format a plain sentence; ``kind`` is a class of the style sheet, such as ``muted``."""
    return Block(fill(_TEMPLATE, "paragraph", text, kind), text)


def back_to_index() -> Block:
    """Lead back to the first page of a run."""
    text = "Back to the first page"
    return Block(fill(_TEMPLATE, "back", text), text)


def folded(summary: str, markup: Markup) -> Markup:
    """Fold content behind a summary line that opens it."""
    return fill(_TEMPLATE, "folded", summary, markup)


def frame(document: str, title: str, height: int, *, lazy: bool = False) -> Markup:
    """Embed a whole page in a frame ``height`` pixels high; longer content scrolls."""
    return fill(_TEMPLATE, "frame", document, title, height, lazy)


def answer(sentence: str) -> Block:
    """Format the answer of a page: one sentence with a number in it.

    Parameters
    ----------
    sentence
        Plain text; ``**`` around the number makes it bold.

    Returns
    -------
    Block
        A large paragraph.
    """
    return Block(fill(_TEMPLATE, "answer", sentence), sentence)


def reading(shows: str, read: str = "", do: str = "") -> Block:
    """Explain a chart: what it shows, how to read it and what to do about it.

    Parameters
    ----------
    shows
        What the chart shows, with this run's numbers.
    read
        How to read it.
    do
        Who can do what, by when.

    Returns
    -------
    Block
        A list of three terms, without empty ones.
    """
    parts = [("What it shows", shows), ("How to read it", read), ("What to do", do)]
    return terms([(term, text) for term, text in parts if text])


def terms(rows: Sequence[tuple[str, str]]) -> Block:
    """List terms, each with a sentence about it."""
    text = " ".join(f"{term}: {text}" for term, text in rows)
    return Block(fill(_TEMPLATE, "terms", rows), text)


def is_invented(about: Mapping[str, object]) -> bool:
    """Check whether a folder is marked as synthetic; we treat any other as real."""
    return about.get("synthetic") is True


def where_from(about: Mapping[str, object]) -> str:
    """Describe the source of a synthetic district, so that anybody can generate it again."""
    title = about.get("title") or about.get("district_name")
    version = about.get("kit_version") or about.get("version")
    parts = [
        str(title) if title else "",
        f"scenario {about['scenario']}" if about.get("scenario") else "",
        f"seed {about['seed']}" if about.get("seed") is not None else "",
        f"version {version}" if version else "",
    ]
    return " · ".join(part for part in parts if part)


def banner(about: Mapping[str, object], synthetic: bool | None = None) -> Block:
    """Build the banner of a district.

    Parameters
    ----------
    about
        Content of ``district.json``; empty if there is none.
    synthetic
        Whether the district is synthetic; default is from ``about``.

    Returns
    -------
    Block
        A plain line for a synthetic district, a red one for real data.
    """
    invented = is_invented(about) if synthetic is None else synthetic
    if invented:
        origin = where_from(about)
        return about_line(f"This district is invented{' · ' if origin else ''}{origin}")
    text = "Real data: restricted. For those who may see these children's records, and nobody else."
    if why := about.get("treated_as_real"):
        text += f" ({why})"
    return about_line(text, restricted=True)


def about_line(text: str, *, restricted: bool = False) -> Block:
    """Build a banner with any text: plain, or red for a restricted page."""
    look = f"background:{color('tint')};color:{color('ink')}"
    if restricted:
        look = f"background:{color('restricted')};color:#fff;font-weight:600"
    return Block(fill(_TEMPLATE, "banner", text, restricted, look), text)
