"""A piece of a page: HTML for notebooks and reports, one plain line everywhere else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

__all__ = ["Block", "answer", "escape", "reading", "slug"]


def escape(text: object) -> str:
    """Make any text safe inside HTML, between tags and inside quotes.

    Parameters
    ----------
    text
        Anything; names of children hold ``O'Neil`` and files hold worse.

    Returns
    -------
    str
        Escaped text.

    Examples
    --------
    >>> escape("<b>O'Neil</b>")
    '&lt;b&gt;O&#x27;Neil&lt;/b&gt;'
    """
    return html.escape(str(text), quote=True)


def slug(text: str) -> str:
    """Make a short name for a file or a place in a page out of a sentence.

    Parameters
    ----------
    text
        A heading or a title.

    Returns
    -------
    str
        Lower case words with hyphens, at most 60 characters; ``part`` when no letter is left.

    Examples
    --------
    >>> slug("How many children, really?")
    'how-many-children-really'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "part"


class Block:
    """What a chart, table, banner or sentence returns: shown as HTML, printed as one plain line.

    Parameters
    ----------
    markup
        HTML in which every text is escaped already.
    text
        The same in plain words.
    """

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
