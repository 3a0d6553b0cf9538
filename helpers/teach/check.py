"""Functions that notebooks call: check, hint, solution, expect."""

from __future__ import annotations

import runpy
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

from helpers.report import fill, notebooks_folder
from helpers.standard import BadInput, unmarked
from helpers.teach.exercise import Exercise, NotYet, is_stub, tried
from helpers.teach.exercises import exercise, exercises

__all__ = ["Reply", "check", "expect", "hint", "solution", "solution_of"]


State = Literal["unanswered", "wrong", "incomplete", "complete", "right"]


class Reply(str):
    """One line to a learner.

    Parameters
    ----------
    text
        Text of the reply.
    state
        unanswered, wrong or right; incomplete or complete for prose, which a partner judges.
    code
        Code shown below the text.
    """

    state: State
    code: str

    def __new__(cls, text: str, state: State = "unanswered", code: str = "") -> Reply:
        """Create the reply; a string can't be filled later."""
        reply = super().__new__(cls, " ".join(unmarked(text).split()) + (f"\n\n{code}" if code else ""))
        reply.state = state
        reply.code = code
        return reply

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        # We leave out the mark of helpers.report: a reply to a learner is no result, and no report on real
        # data may include it.
        line, _, _ = str(self).partition("\n")
        edge = {"right": "#0072B2", "wrong": "#E69F00"}.get(self.state, "#57606a")
        parts = line.split("`")
        return fill("teach/replies.html.j2", "reply", self.state, edge, parts, self.code)


def solution_of(number: str, folder: Path | None = None) -> tuple[str, str]:
    """Read the solution of an exercise, and why it works.

    A session's file, such as ``C_*.py``, defines the dictionaries ``SOLUTIONS`` and ``WHY`` (and
    ``MISTAKES``, for the tests), with keys such as ``"C.2"``. Of several solutions we show the first; of
    prose, all are model answers.
    """
    place = folder or notebooks_folder() / "workshop" / "solutions"
    session = number.partition(".")[0]
    for path in sorted(place.glob(f"{session}_*.py")):
        book = runpy.run_path(str(path))
        if ways := book.get("SOLUTIONS", {}).get(number):
            shown = ways if number in exercises() and exercises()[number].points else ways[:1]
            why = str(book.get("WHY", {}).get(number, "")).strip()
            return "\n\n".join(str(one).strip() for one in shown), why
    raise BadInput(f"{place} has no solution of exercise {number}: it would be in {session}_*.py.")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no words'}"


def _found(number: str) -> Exercise | Reply:
    try:
        return exercise(number)
    except BadInput as error:
        return Reply(str(error), "wrong")


def check(number: str, answer: object, **given: object) -> Reply:
    """Check an answer; never raises an error.

    Parameters
    ----------
    number
        Number of the exercise, such as ``"3.2"``.
    answer
        The learner's answer; ``...``, None and a function that only returns ``...`` count as no answer.
    **given
        Objects to compare with, such as ``crosswalk=crosswalk``; for prose ``partner``, ``"yes"`` or
        ``"no"``.

    Returns
    -------
    Reply
        One line. Its ``state`` is unanswered, wrong or right. Prose is complete when a partner says yes, and
        incomplete until then. For a right answer it explains why, so that a learner who guessed learns
        something, too.
    """
    found = _found(number)
    if isinstance(found, Reply):
        return found
    if answer is None or answer is ... or is_stub(answer):
        return Reply(f"Exercise {number}: not answered yet. Put your answer in place of the three dots.")
    if found.check is None:
        return _by_a_partner(found, answer, given.get("partner"))
    try:
        trouble = found.check(tried(answer, used_later=found.stand_in is not None), **given)
    except NotYet as error:
        trouble = str(error)
    except Exception as error:
        # A learner's answer may be anything. We report what it breaks, and the notebook goes on.
        trouble = _words(error)
    if trouble is None:
        return Reply(f"Exercise {number}: right.{_why(number)}", "right")
    return Reply(f'Exercise {number}: not yet. {trouble} A hint: hint("{number}")', "wrong")


def _by_a_partner(found: Exercise, answer: object, partner: object) -> Reply:
    """Show the rubric of a text; only a partner says yes or no to it."""
    begins = f"Exercise {found.number}:"
    if not isinstance(answer, str):
        return Reply(f"{begins} write a text in quotes; yours is a {type(answer).__name__}.", "wrong")
    asked = " ".join(f"({place}) {point}" for place, point in enumerate(found.points, start=1))
    models = f'Two model answers: solution("{found.number}")'
    verdict = partner.strip().casefold() if isinstance(partner, str) else ""
    if verdict == "yes":
        return Reply(f"{begins} your partner says yes.{_why(found.number)} {models}", "complete")
    if verdict == "no":
        reply = "your partner says no. Ask which of these is a no, change your text, and read it aloud again:"
        return Reply(f"{begins} {reply} {asked} {models}", "incomplete")
    reply = (
        'no program judges a text. Read it aloud. Your partner answers these, then types "yes" or "no" as '
        "`partner`:"
    )
    return Reply(f"{begins} {reply} {asked}", "incomplete")


def _why(number: str) -> str:
    """Return the explanation of a solution, or nothing."""
    with suppress(BadInput):
        reason = solution_of(number)[1]
        return f" {' '.join(reason.split())}" if reason else ""
    return ""


def hint(number: str, step: int = 1) -> Reply:
    """Give a hint; each step reveals more.

    Parameters
    ----------
    number
        Number of the exercise.
    step
        1 for a nudge, 2 for more, and so on; higher steps repeat the last hint.

    Returns
    -------
    Reply
        One line.
    """
    found = _found(number)
    if isinstance(found, Reply):
        return found
    place = min(max(int(step), 1), len(found.hints))
    more = (
        f'More: hint("{number}", {place + 1})'
        if place < len(found.hints)
        else f'The answer: solution("{number}")'
    )
    return Reply(f"Hint {place} of {len(found.hints)}: {found.hints[place - 1]} {more}")


def solution(number: str) -> Reply:
    """Show a solution, and explain it.

    Parameters
    ----------
    number
        Number of the exercise.

    Returns
    -------
    Reply
        Explanation, with the code below.
    """
    try:
        code, why = solution_of(number)
    except BadInput as error:
        return Reply(str(error), "wrong")
    return Reply(f"Exercise {number}, one way to do it. {why}".strip(), "right", code)


class _Expected:
    """The message of an expected error, as a cell shows it."""

    def __init__(self, name: str, message: str) -> None:
        self.text = f"As expected, {name}: {message}" if message else f"As expected: {name}"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # We leave out the mark of helpers.report: an error message may contain a name, and no report on real
        # data may include it.
        return fill("teach/replies.html.j2", "expected", self.text)


def _show(what: _Expected) -> None:
    from IPython import get_ipython

    if get_ipython() is None:
        sys.stdout.write(f"{what!r}\n")
        return
    from IPython.display import display

    display(what)


class expect:
    """Run code that should fail: show the error message, and raise an error if the code doesn't fail.

    We show only the first line of a message, because pandas writes whole rows into the others. The kit's own
    errors are shown in full, because they list all faults at once.

    Parameters
    ----------
    *errors
        Expected error types.

    Raises
    ------
    AssertionError
        If the code doesn't fail.

    Examples
    --------
    >>> with expect(ZeroDivisionError):
    ...     1 / 0
    As expected, ZeroDivisionError: division by zero
    """

    def __init__(self, *errors: type[BaseException]) -> None:
        if not errors:
            raise ValueError("Say which error is expected, such as expect(KeyError).")
        self._errors = errors

    def __enter__(self) -> None:
        """Enter the block that should fail."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Show the expected error; let any other pass."""
        names = " or ".join(one.__name__ for one in self._errors)
        if error is None:
            raise AssertionError(f"{names} was expected here, but nothing went wrong.")
        if not isinstance(error, self._errors):
            return False
        message = str(error).strip()
        first = message.splitlines()[0] if message else ""
        _show(_Expected(type(error).__name__, message if isinstance(error, BadInput) else first))
        return True
