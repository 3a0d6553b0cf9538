"""HTML blocks of a page, and the banner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from helpers.report.templates import fill
from helpers.report.theme import color

__all__ = [
    "Block",
    "about_line",
    "answer",
    "banner",
    "folded",
    "frame",
    "is_invented",
    "joined",
    "paragraph",
    "reading",
    "slug",
    "where_from",
]

_TEMPLATE = "report/blocks.html.j2"


def slug(text: str) -> str:
    """Make a short name for a file or a place in a page out of a sentence.

    >>> slug("How many children, really?")
    'how-many-children-really'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "part"


class Block:
    """What a chart, table, banner or sentence returns: shown as HTML, printed as one plain line."""

    def __init__(self, markup: Markup, text: str) -> None:
        self.markup = markup
        self.text = text

    def __html__(self) -> Markup:
        """Give the markup as a notebook or another template shows it."""
        return fill(_TEMPLATE, "shown", self.markup)

    def _repr_html_(self) -> str:
        return str(self.__html__())

    def __repr__(self) -> str:
        return self.text


def joined(blocks: Iterable[Block]) -> Block:
    """Put blocks below each other, as one."""
    parts = list(blocks)
    return Block(Markup().join(one.markup for one in parts), " ".join(one.text for one in parts))


def paragraph(text: str, kind: str = "") -> Block:
    """Show a plain sentence; ``kind`` is a class of the style sheet, such as ``muted``."""
    return Block(fill(_TEMPLATE, "paragraph", text, kind), text)


def folded(summary: str, markup: Markup) -> Markup:
    """Fold something away behind a line that opens it."""
    return fill(_TEMPLATE, "folded", summary, markup)


def frame(document: str, title: str, height: int, *, lazy: bool = False) -> Markup:
    """Frame a whole page inside another, ``height`` pixels high; what is longer scrolls."""
    return fill(_TEMPLATE, "frame", document, title, height, lazy)


def answer(sentence: str) -> Block:
    """Show the answer of a page: one sentence with a number in it.

    Parameters
    ----------
    sentence
        Plain text; ``**`` around the number makes it bold.

    Returns
    -------
    Block
        A large paragraph.
    """
    return Block(fill(_TEMPLATE, "answer", sentence), sentence.replace("**", ""))


def reading(shows: str, read: str = "", do: str = "") -> Block:
    """Say under a picture what it shows, how to read it and what to do about it.

    Parameters
    ----------
    shows
        What it shows, with this run's numbers.
    read
        How to read it.
    do
        Who can do what by when.

    Returns
    -------
    Block
        A list of three terms; those that are empty are left out.
    """
    parts = [("What it shows", shows), ("How to read it", read), ("What to do", do)]
    rows = [(term, text) for term, text in parts if text]
    text = " ".join(f"{term}: {text}" for term, text in rows).replace("**", "")
    return Block(fill(_TEMPLATE, "terms", rows), text)


def is_invented(about: Mapping[str, object]) -> bool:
    """Tell whether a folder says of itself that it is invented; anything else is real from the first day."""
    return about.get("synthetic") is True


def where_from(about: Mapping[str, object]) -> str:
    """Say where an invented district comes from, so that anybody can make it again."""
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
    """Show the banner of a district.

    Parameters
    ----------
    about
        What ``district.json`` says; empty where there is none.
    synthetic
        Whether the district is invented; by default what ``about`` says.

    Returns
    -------
    Block
        A plain line for an invented district, a red one for real data.
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
    """Show a banner of any words: plain, or red where a page isn't for everybody."""
    look = f"background:{color('tint')};color:{color('ink')}"
    if restricted:
        look = f"background:{color('restricted')};color:#fff;font-weight:600"
    return Block(fill(_TEMPLATE, "banner", text, restricted, look), text)
