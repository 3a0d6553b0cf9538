"""Define an exercise, and the kinds of answer that it takes."""

from __future__ import annotations

import copy
import functools
import numbers
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "Exercise",
    "NotYet",
    "count_of",
    "function_that",
    "is_stub",
    "near",
    "rounded",
    "rule_error",
    "share_of",
    "single",
    "tried",
    "values_by_name",
    "wide",
    "with_columns",
]


class NotYet(Exception):
    """What is wrong with an answer, in words for the learner."""


def in_pandas(answer: Any) -> Any:
    """Turn a result of DuckDB into a table, and leave everything else."""
    return answer if isinstance(answer, type) or not hasattr(answer, "fetchall") else answer.df()


def single(answer: Any) -> Any:
    """Take the one value out of a list, set, column or table that has no other.

    >>> single({"Dev"}), single(pd.DataFrame({"children": [3]})), single([1, 2])
    ('Dev', np.int64(3), [1, 2])
    """
    if isinstance(answer, pd.DataFrame):
        answer = answer.to_numpy()
    if isinstance(answer, np.ndarray) and answer.size == 1:
        return answer.flat[0]
    if isinstance(answer, list | tuple | set | frozenset | pd.Series | pd.Index) and len(answer) == 1:
        return single(next(iter(answer)))
    return answer


def _number(answer: Any) -> float | None:
    answer = single(answer)
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, numbers.Real | Decimal):
        return None
    return float(answer)


def count_of(answer: Any, of: str = "children") -> int:
    """Take a count out of an answer.

    >>> count_of(3.0), count_of([3])
    (3, 3)
    >>> count_of("3")
    Traceback (most recent call last):
    helpers.teach.exercise.NotYet: A count of children is a whole number; yours is a str.
    """
    given = _number(answer)
    if given is None:
        raise NotYet(f"A count of {of} is a whole number; yours is a {type(answer).__name__}.")
    if not given.is_integer():
        raise NotYet(f"A count of {of} is a whole number; yours is {given:g}.")
    return int(given)


def function_that(answer: object, does: str) -> Callable[..., Any]:
    """Take a function as an answer, or say which one is asked for."""
    if not callable(answer):
        raise NotYet(f"Write a function {does}; yours is a {type(answer).__name__}.")
    return answer


def share_of(answer: Any) -> float:
    """Take a share out of an answer, a number from 0 to 1."""
    given = _number(answer)
    if given is None:
        raise NotYet(f"A share is one number; yours is a {type(answer).__name__}.")
    if not 0 <= given <= 1:
        raise NotYet(f"Shares are between 0 and 1; yours is {given:g}.")
    return given


def near(given: Any, right: Any) -> bool:
    """Compare numbers: equal, or rounded to three places or more.

    >>> near(0.333, 1 / 3), near(0.33, 1 / 3)
    (True, False)
    """
    given, right = np.asarray(given, dtype="float64"), np.asarray(right, dtype="float64")
    return any(np.allclose(given, np.round(right, places), rtol=0, atol=1e-9) for places in (3, 4, 5, 6, 12))


def rounded(given: Any, right: Any) -> bool:
    """Check whether numbers are right, but rounded to two places or fewer."""
    given, right = np.asarray(given, dtype="float64"), np.asarray(right, dtype="float64")
    return any(np.allclose(given, np.round(right, places), rtol=0, atol=1e-9) for places in (1, 2))


def with_columns(table: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Turn levels of the index that have these names into columns."""
    levels = [name for name in names if name in table.index.names and name not in table.columns]
    return table.reset_index(level=levels) if levels else table


def wide(table: pd.DataFrame, label: str) -> pd.DataFrame:
    """Bring a table into one form: the column ``label`` as its index, and one level of columns."""
    if isinstance(table.columns, pd.MultiIndex):
        # Of pandas' two levels, one names the value alone.
        kept = max(range(table.columns.nlevels), key=lambda level: table.columns.unique(level).size)
        table = table.set_axis(table.columns.get_level_values(kept), axis="columns")
    return table.set_index(label) if label in table.columns else table


def values_by_name(answer: Any, names: Iterable[str]) -> pd.Series | None:
    """Read one value for each name, from a column, a dictionary or a table of two columns."""
    expected = set(names)
    if isinstance(answer, Mapping):
        answer = pd.Series(dict(answer))
    if isinstance(answer, pd.DataFrame):
        keys = [name for name in answer.columns if set(answer[name]) == expected]
        answer = answer.set_index(keys[0]) if keys else answer
        answer = answer.iloc[:, 0] if answer.shape[1] == 1 else None
    return answer if isinstance(answer, pd.Series) else None


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


def _plain_error(error: Exception) -> str:
    """Say what pandas means where learners get stuck most often, else the first line of an error."""
    first = str(error).splitlines()[0] if str(error) else "no words"
    if "truth value" in first:
        return "between two columns write & or |, each comparison in parentheses, and not `and` or `or`."
    if isinstance(error, KeyError):
        return f"these rows have no column {first}. Print them, and use what both sides have."
    if isinstance(error, AttributeError) and "'Series' object" in first:
        return f"what works on each text of a column begins with .str ({first})."
    return f"{type(error).__name__}: {first}"


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
                returned = single(answer(*given))
            except (AssertionError, pd.errors.MergeError):  # an assertion of pandas: validate
                returned = False
            except Exception as error:
                return f"It fails on {case}: {_plain_error(error)}"
            if returned is None:
                if not expected:
                    return f"It lets through {case}. Yours returned nothing: did you forget return?"
                returned = True  # what asserts, and stops at nothing, holds
            if isinstance(returned, numbers.Integral) and returned in (0, 1):
                returned = bool(returned)
            if not isinstance(returned, bool | np.bool_):
                asks = " Does a column need .all() or .any()?" if hasattr(returned, "all") else ""
                return (
                    f"Return one True or False, or assert; on {case} yours returned a "
                    f"{type(returned).__name__}.{asks}"
                )
            if bool(returned) is not expected:
                return (
                    f"It complains about {case}: there your test should say True."
                    if expected
                    else f"It lets through {case}: there your test should say False."
                )
    return None


def tried(answer: Any, *, used_later: bool = False) -> Any:
    """Let a function work on copies, so that none of its changes reach what the check compares it with.

    Where later cells use the function, its results stay as they are: those cells get no other ones.
    """
    if isinstance(answer, type) or not callable(answer):
        return in_pandas(answer)

    @functools.wraps(answer)
    def on_copies(*given: Any) -> Any:
        made = answer(*copy.deepcopy(given))
        return made if used_later else in_pandas(made)

    return on_copies


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
    # the district. Prose has none.
    check: Callable[..., str | None] | None = None
    # For prose: questions by which a partner judges it, because a program can't.
    points: tuple[str, ...] = ()
    # Whether the answer says what must be true: a rule that a program can try on right and broken data.
    assertion: bool = False
    # The kit's own answer, where later cells build on it, so that a session runs before it is solved.
    stand_in: Callable[..., Any] | None = None
