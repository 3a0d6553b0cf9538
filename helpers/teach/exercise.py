"""Define an exercise, and the kinds of answer that it takes."""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Exercise", "Wording", "integer_error", "is_stub", "reply_to", "rule_error", "wording"]


def integer_error(answer: object, of: str = "children") -> str | None:
    """Explain what is wrong with an answer that should be a count.

    >>> integer_error(3.0)
    'A count of children is a whole number; yours is a float.'
    """
    if isinstance(answer, bool) or not isinstance(answer, numbers.Integral):
        return f"A count of {of} is a whole number; yours is a {type(answer).__name__}."
    return None


def is_stub(answer: object) -> bool:
    """Check whether an answer is a function that only returns three dots.

    >>> def count_children(rows):
    ...     return ...
    >>> is_stub(count_children), is_stub(len), is_stub(3)
    (True, False, False)
    """
    code = getattr(answer, "__code__", None)
    if code is None or code.co_names or code.co_nlocals > code.co_argcount:
        return False
    documented = {None, Ellipsis, getattr(answer, "__doc__", None)}
    return Ellipsis in code.co_consts and set(code.co_consts) <= documented


def rule_error(
    answer: object, holds: Mapping[str, tuple[Any, ...]], breaks: Mapping[str, tuple[Any, ...]]
) -> str | None:
    """Try a rule that a learner wrote: it must hold on right data and notice each broken one.

    Parameters
    ----------
    answer
        A function that returns one True or False, or that asserts.
    holds
        Cases in which the rule must hold: what is tried, in words, and the arguments.
    breaks
        Cases that the rule must notice.

    Returns
    -------
    str or None
        The first case in which the rule is wrong, in words.

    Examples
    --------
    >>> cases = {"two different numbers": ([1, 2],)}
    >>> rule_error(lambda numbers: True, cases, {"a number that appears twice": ([1, 1],)})
    'It lets through a number that appears twice: there your test should say False.'
    """
    if not callable(answer):
        return f"Write a function that returns True or False; yours is a {type(answer).__name__}."
    for expected, cases in ((True, holds), (False, breaks)):
        for case, given in cases.items():
            try:
                said = answer(*given)
            except AssertionError:
                said = False
            except Exception as error:
                first = str(error).splitlines()[0] if str(error) else "no words"
                return f"It fails on {case}: {type(error).__name__}: {first}"
            if said is None:
                if not expected:
                    return f"It lets through {case}. Yours returned nothing: did you forget return?"
                said = True  # what asserts, and stops at nothing, holds
            if not isinstance(said, bool | np.bool_):
                asks = " Does a column need .all() or .any()?" if hasattr(said, "all") else ""
                return (
                    f"Return one True or False, or assert; on {case} yours returned a "
                    f"{type(said).__name__}.{asks}"
                )
            if bool(said) is not expected:
                return (
                    f"It complains about {case}: there your test should say True."
                    if expected
                    else f"It lets through {case}: there your test should say False."
                )
    return None


FEWEST_WORDS = 8


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
        return "That is too short. Write a sentence or two that somebody can act on."
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
        begins = f"complete, by a list of words: {', '.join(found.names)}. No program can judge it."
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
    """One exercise of a session."""

    # Session and number, such as ``"C.2"``.
    number: str
    # The question, in one line.
    asks: str
    # Hints, from a nudge to almost the answer.
    hints: tuple[str, ...]
    # Takes the answer and objects of the session by name. Returns None if the answer has the required
    # properties, else a helpful sentence. It checks properties, never one number, because parameters change
    # the district. For prose, it returns the words that it finds.
    check: Callable[..., str | Wording | None]
    # For prose: questions by which people judge it, because a program can't.
    points: tuple[str, ...] = ()
    # Whether the answer says what must be true: a rule that a program can try on right and broken data.
    assertion: bool = False
    # The kit's own answer, where later cells build on it, so that a session runs before it is solved.
    stand_in: Callable[..., Any] | None = None
