"""What notebooks call: check, hint, solution, expect."""

from __future__ import annotations

import runpy
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

from helpers.report import fill, notebooks_folder
from helpers.standard import BadInput
from helpers.teach.exercise import Exercise, Wording, reply_to
from helpers.teach.exercises import exercise

__all__ = ["Reply", "State", "check", "expect", "hint", "solution", "solution_of"]


State = Literal["unanswered", "wrong", "incomplete", "complete", "right"]


class Reply(str):
    """One line to a learner.

    Parameters
    ----------
    text
        What is said.
    state
        unanswered, wrong or right; of an answer in words, which people judge, incomplete or complete.
    code
        Code that is shown below the line.
    """

    state: State
    code: str

    def __new__(cls, text: str, state: State = "unanswered", code: str = "") -> Reply:
        """Make the line; a string cannot be filled later."""
        reply = super().__new__(cls, " ".join(text.split()) + (f"\n\n{code}" if code else ""))
        reply.state = state
        reply.code = code
        return reply

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        # Without the mark of helpers.report: a reply to a learner is no result, and no report of real data
        # keeps it.
        line, _, _ = str(self).partition("\n")
        edge = {"right": "#0072B2", "wrong": "#E69F00"}.get(self.state, "#57606a")
        return fill("teach/replies.html.j2", "reply", self.state, edge, line, self.code)


def solution_of(number: str, folder: Path | None = None) -> tuple[str, str]:
    """Read the solution of an exercise and why it is one.

    A file ``NN_*.py`` holds the dictionaries ``SOLUTIONS`` and ``WHY`` (and ``MISTAKES``, for the tests),
    with keys such as ``"exercise-3.2"``.
    """
    place = folder or notebooks_folder() / "solutions"
    notebook = number.partition(".")[0].zfill(2)
    for path in sorted(place.glob(f"{notebook}_*.py")):
        book = runpy.run_path(str(path))
        if code := book.get("SOLUTIONS", {}).get(f"exercise-{number}"):
            return str(code).strip(), str(book.get("WHY", {}).get(f"exercise-{number}", "")).strip()
    raise BadInput(f"{place} has no solution of exercise {number}: it would stand in {notebook}_*.py.")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no words'}"


def _found(number: str) -> Exercise | Reply:
    try:
        return exercise(number)
    except BadInput as error:
        return Reply(str(error), "wrong")


def check(number: str, answer: object, **given: object) -> Reply:
    """Say whether an answer is right; never raises.

    Parameters
    ----------
    number
        Of the exercise, such as ``"3.2"``.
    answer
        The learner's answer; ``...`` and None are none.
    **given
        What the check compares with, such as ``crosswalk=crosswalk``.

    Returns
    -------
    Reply
        One line; its ``state`` is unanswered, wrong or right, and complete or incomplete for an answer in
        words. To a right answer it says why it is right: who has guessed learns something, too.
    """
    found = _found(number)
    if isinstance(found, Reply):
        return found
    if answer is None or answer is ...:
        return Reply(f"Exercise {number}: not answered yet. Put your answer in place of the three dots.")
    try:
        trouble: str | Wording | None = found.check(answer, **given)
    except Exception as error:
        # A learner's answer may be anything; what it breaks is said, and the notebook goes on.
        trouble = _words(error)
    if isinstance(trouble, Wording):
        state: State = "complete" if trouble.complete else "incomplete"
        return Reply(f"Exercise {number}: {reply_to(trouble, found.points)}", state)
    if trouble is None:
        return Reply(f"Exercise {number}: right.{_why(number)}", "right")
    return Reply(f'Exercise {number}: not yet. {trouble} A hint: hint("{number}")', "wrong")


def _why(number: str) -> str:
    """Give the reason that stands beside a solution; nothing where there is none."""
    with suppress(BadInput):
        reason = solution_of(number)[1]
        return f" {' '.join(reason.split())}" if reason else ""
    return ""


def hint(number: str, step: int = 1) -> Reply:
    """Give a hint; each step says more.

    Parameters
    ----------
    number
        Of the exercise.
    step
        1 for a nudge, 2 for more, and so on; past the last one the last is given again.

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
    """Show a solution and why it is one.

    Parameters
    ----------
    number
        Of the exercise.

    Returns
    -------
    Reply
        Why, and the code below.
    """
    try:
        code, why = solution_of(number)
    except BadInput as error:
        return Reply(str(error), "wrong")
    return Reply(f"Exercise {number}, one way to do it. {why}".strip(), "right", code)


class _Expected:
    """The message of an error that was expected, as a cell shows it."""

    def __init__(self, name: str, message: str) -> None:
        self.text = f"As expected, {name}: {message}" if message else f"As expected: {name}"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # No mark of helpers.report: an error's words may hold a name, and no report of real data keeps them.
        return fill("teach/replies.html.j2", "expected", self.text)


def _show(what: _Expected) -> None:
    from IPython import get_ipython

    if get_ipython() is None:
        sys.stdout.write(f"{what!r}\n")
        return
    from IPython.display import display

    display(what)


class expect:
    """Run lines that are meant to fail: show the message, and fail if they don't fail.

    Only the first line of the message is shown, since pandas writes whole rows into the others;
    of the kit's own errors all lines, since they name all faults at once.

    Parameters
    ----------
    *errors
        The types of error that may come.

    Raises
    ------
    AssertionError
        When nothing goes wrong.

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
        """Begin the lines that are meant to fail."""

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
