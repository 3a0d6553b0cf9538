"""Define an exercise, and the kinds of answer that it takes."""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Exercise", "Wording", "integer_error", "reply_to", "wording"]


def integer_error(answer: object, of: str = "children") -> str | None:
    """Explain what is wrong with an answer that should be a count.

    >>> integer_error(3.0)
    'A count of children is a whole number; yours is a float.'
    """
    if isinstance(answer, bool) or not isinstance(answer, numbers.Integral):
        return f"A count of {of} is a whole number; yours is a {type(answer).__name__}."
    return None


FEWEST_WORDS = 12


@dataclass(frozen=True)
class Wording:
    """Words that a program finds in a text."""

    # Points that the text mentions.
    names: tuple[str, ...]
    # Points that it doesn't mention, as far as a list of words can detect.
    leaves_out: tuple[str, ...] = ()
    # Question about a word in the text, or empty.
    asks: str = ""

    @property
    def complete(self) -> bool:
        """Whether the text mentions every point and raises no question, not whether it is right."""
        return not self.leaves_out and not self.asks


def wording(answer: object, says: Mapping[str, Sequence[str]]) -> Wording | str:
    """Search a text for the points that it should mention.

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
    """Report what was found in a text, and the points by which people judge it."""
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

    # Number of the notebook and exercise, such as ``"3.2"``.
    number: str
    # The question, in one line.
    asks: str
    # Hints, from a nudge to almost the answer.
    hints: tuple[str, ...]
    # Takes the answer and objects of the notebook by name. Returns None if the answer has the required
    # properties, else a helpful sentence. It checks properties, never one number, because parameters change
    # the district. For prose, it returns the words that it finds.
    check: Callable[..., str | Wording | None]
    # For prose: questions by which people judge it, because a program can't.
    points: tuple[str, ...] = ()
