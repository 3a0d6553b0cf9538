"""One clear error for input that cannot be used, and the nearest name for a word that nobody knows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pydantic import ValidationError

__all__ = ["BadInput", "faults_of", "nearest"]

MOST_FAULTS = 100  # that are listed
LONGEST_SHOWN = 200  # characters of a value in a fault


class BadInput(ValueError):
    """Input that a person can mend: the message names the value, the place, the choices and the next step."""

    def _render_traceback_(self) -> list[str]:
        """Give what a notebook shows: the sentence alone, since the road through the kit mends nothing."""
        return [f"{type(self).__name__}: {self}"]


def nearest(word: str, choices: Iterable[str]) -> str:
    """Say which known word is meant.

    Parameters
    ----------
    word
        What was written.
    choices
        Every word that would have been right.

    Returns
    -------
    str
        ``" Did you mean x?"``, or an empty string when nothing is near.

    Examples
    --------
    >>> nearest("studens", ["students", "seed"])
    ' Did you mean students?'
    """
    if len(word) > LONGEST_SHOWN:
        return ""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {found[0]}?" if found else ""


def _shown(given: object) -> str:
    """Write a value that somebody gave; of a long one the beginning."""
    text = repr(given[: LONGEST_SHOWN + 1] if isinstance(given, str) else given)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def faults_of(error: ValidationError, known: Iterable[str] = ()) -> str:
    """Put every fault of a validation into one line each.

    Parameters
    ----------
    error
        What pydantic raised.
    known
        Names that are allowed; an unknown one gets the nearest of them.

    Returns
    -------
    str
        One line a fault: place, value, what is allowed.
    """
    lines = []
    every = error.errors()
    for fault in every[:MOST_FAULTS]:
        place = ".".join(str(step)[:LONGEST_SHOWN] for step in fault["loc"]) or "the whole"
        if fault["type"] == "extra_forbidden":
            lines.append(f"  {place}: unknown name.{nearest(str(fault['loc'][-1]), known)}")
        else:
            given = fault.get("input")
            shown = f" (is {_shown(given)})" if isinstance(given, str | int | float | bool) else ""
            asked = ""
            if fault["type"] == "literal_error":
                words = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
                asked = nearest(_shown(given).strip("'"), words)
            lines.append(
                f"  {place}{shown}: {fault['msg'].removeprefix('Value error, ')}{asked and '.' + asked}"
            )
    if len(every) > MOST_FAULTS:
        lines.append(f"  … and {len(every) - MOST_FAULTS:,} more")
    return "\n".join(lines)
