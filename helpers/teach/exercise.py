"""An exercise, and the kinds of answer that it takes."""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Exercise", "Wording", "integer_error", "reply_to", "wording"]


def integer_error(answer: object, of: str = "children") -> str | None:
    """Say what is wrong with an answer that should be a count.

    >>> integer_error(3.0)
    'A count of children is a whole number; yours is a float.'
    """
    if isinstance(answer, bool) or not isinstance(answer, numbers.Integral):
        return f"A count of {of} is a whole number; yours is a {type(answer).__name__}."
    return None


FEWEST_WORDS = 12


@dataclass(frozen=True)
class Wording:
    """What a program finds in a text."""

    # What the text has words for.
    names: tuple[str, ...]
    # What it has no words for, as far as a list of words can see.
    leaves_out: tuple[str, ...] = ()
    # A question about a word that stands in it; empty where there is none.
    asks: str = ""

    @property
    def complete(self) -> bool:
        """Whether it names everything and no word of it is asked about: not whether it is right."""
        return not self.leaves_out and not self.asks


def wording(answer: object, says: Mapping[str, Sequence[str]]) -> Wording | str:
    """Look in a text for words of what it has to say.

    >>> says = {"whom you ask": ["mother", "office"], "which name you print": ["Ruiz"]}
    >>> wording("We print Ruiz until we know more, since the roster was corrected last.", says)
    Wording(names=('which name you print',), leaves_out=('whom you ask',), asks='')
    """
    if not isinstance(answer, str):
        return f"Write your answer as a text in quotes; yours is a {type(answer).__name__}."
    words = re.findall(r"\w+", answer)
    if len(words) < FEWEST_WORDS:
        return f"{len(words)} words are a label. Write a sentence or two that somebody can act on."
    folded = answer.casefold()
    named = {
        what: any(re.search(rf"(?<!\w){re.escape(str(way).casefold())}", folded) for way in ways)
        for what, ways in says.items()
    }
    return Wording(
        tuple(what for what, found in named.items() if found),
        tuple(what for what, found in named.items() if not found),
    )


def reply_to(found: Wording, points: Sequence[str]) -> str:
    """Say what was found in a text, and by which points people judge it."""
    if found.complete:
        begins = f"complete: it names {', '.join(found.names)}."
    else:
        lacking = f"a list of words finds nothing in it about {'; '.join(found.leaves_out)}."
        begins = " ".join(part for part in (lacking if found.leaves_out else "", found.asks) if part)
        begins += (
            " A program can't judge prose: what you said in other words, or left out on purpose, stands."
        )
    asked = " ".join(f"({place}) {point}" for place, point in enumerate(points, start=1))
    number = {2: "two", 3: "three"}.get(len(points), str(len(points)))
    return f"{begins} Now read it aloud and hold it against these {number} points: {asked}"


@dataclass(frozen=True)
class Exercise:
    """One exercise of a notebook."""

    # Notebook and place, such as ``"3.2"``.
    number: str
    # What it asks, in a line.
    asks: str
    # From a nudge to nearly the answer.
    hints: tuple[str, ...]
    # Takes the answer, and by name what the notebook gives; returns None when the answer has the property
    # that a right one has, else the sentence that helps. It looks at properties, never at one number:
    # parameters change the district. Of an answer in words it returns what a list of words finds in it.
    check: Callable[..., str | Wording | None]
    # Of an answer in words: questions by which people judge it, since a program can't.
    points: tuple[str, ...] = ()
