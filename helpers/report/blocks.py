"""HTML blocks of a page, and the banner."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from helpers.report.theme import color

__all__ = ["Block", "answer", "banner", "escape", "is_invented", "reading", "slug", "where_from"]


def escape(text: object) -> str:
    """Make any text safe inside HTML, between tags and inside quotes.

    >>> escape("<b>O'Neil</b>")
    '&lt;b&gt;O&#x27;Neil&lt;/b&gt;'
    """
    return html.escape(str(text), quote=True)


def slug(text: str) -> str:
    """Make a short name for a file or a place in a page out of a sentence.

    >>> slug("How many children, really?")
    'how-many-children-really'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "part"


class Block:
    """What a chart, table, banner or sentence returns: shown as HTML, printed as one plain line."""

    def __init__(self, markup: str, text: str) -> None:
        self.markup = markup
        self.text = text

    def _repr_html_(self) -> str:
        # The attribute tells the run room that this output came through the doors of this room.
        return f'<div data-shown="kit">{self.markup}</div>'

    def __repr__(self) -> str:
        return self.text


def _strong(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))


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
    # The size stands here too: a notebook has no style sheet of ours.
    style = "font-size:var(--answer,1.2em);line-height:1.4"
    return Block(f'<p class="answer" style="{style}">{_strong(sentence)}</p>', sentence.replace("**", ""))


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
    return _terms((term, text) for term, text in parts if text)


def _terms(parts: Iterable[tuple[str, str]]) -> Block:
    rows = list(parts)
    inside = "".join(f"<dt>{escape(term)}</dt><dd>{_strong(text)}</dd>" for term, text in rows)
    return Block(
        f'<dl class="reading">{inside}</dl>',
        " ".join(f"{term}: {text}" for term, text in rows).replace("**", ""),
    )


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
        text = f"This district is invented{' · ' if origin else ''}{origin}"
        look, kind = f"background:{color('tint')};color:{color('ink')}", "banner"
    else:
        text = "Real data: restricted. For those who may see these children's records, and nobody else."
        if why := about.get("treated_as_real"):
            text += f" ({why})"
        look, kind = f"background:{color('restricted')};color:#fff;font-weight:600", "banner restricted"
    return Block(
        f'<div class="{kind}" role="note" aria-label="About these data" style="{look};padding:8px 16px">'
        f'<p style="margin:0 auto">{escape(text)}</p></div>',
        text,
    )
