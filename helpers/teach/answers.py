"""Check an answer, give a hint, show a solution: never an error in front of a learner."""

from __future__ import annotations

from contextlib import suppress

from helpers.standard import BadInput
from helpers.teach.exercise import Exercise
from helpers.teach.exercises import exercise
from helpers.teach.in_words import Wording, reply_to
from helpers.teach.reply import Reply, State
from helpers.teach.solutions import solution_of

__all__ = ["check", "hint", "solution"]


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
