"""Write a number as people read it: separators, its unit, no more digits than the data carry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

import pandas as pd

__all__ = ["CountGuard", "as_number", "is_missing", "number_text", "shared_digits", "shown_count"]


class CountGuard(Protocol):
    """What the guard of ``helpers.share.guard`` is asked here: may this count of children be said."""

    def count(self, number: int, /) -> str:
        """Say a count, or that it is too small to be said."""
        ...


def is_missing(value: object) -> bool:
    """Tell whether a single value is one of the kinds of nothing.

    Parameters
    ----------
    value
        Any scalar.

    Returns
    -------
    bool
        True for None, NA, NaN and NaT.

    Examples
    --------
    >>> is_missing(None), is_missing(0), is_missing("")
    (True, False, False)
    """
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def as_number(value: object) -> float | None:
    """Give a value as a float where it is a number.

    Parameters
    ----------
    value
        A number; nothing; or the words that the guard put in a number's place.

    Returns
    -------
    float or None
        None for nothing and for words.

    Examples
    --------
    >>> as_number(3), as_number("fewer than 10"), as_number(None)
    (3.0, None, None)
    """
    if is_missing(value) or isinstance(value, str):
        return None
    return float(value)  # type: ignore[arg-type]


def number_text(value: object, unit: str = "", digits: int | None = None) -> str:
    """Write a value for people.

    Parameters
    ----------
    value
        A number, text (kept as it is), or nothing.
    unit
        ``"percent"`` adds the sign, ``"USD"`` sets it before; other units stand in heads and captions.
    digits
        Digits after the point; by default none for whole numbers, two for USD and rates, one for others.

    Returns
    -------
    str
        Text; an en dash where there is nothing.

    Examples
    --------
    >>> number_text(12345), number_text(93.04, "percent"), number_text(None), number_text(0.873, "rate")
    ('12,345', '93.0%', '–', '0.87')
    """
    if is_missing(value):
        return "–"
    if type(value).__name__ in ("bool", "bool_"):  # numpy has one of its own
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)
    if not math.isfinite(number):
        return "–"
    whole = float(number).is_integer()
    if digits is None:
        digits = 2 if unit in ("USD", "rate") else 0 if whole and unit != "percent" else 1
        if unit == "percent" and (number in (0.0, 100.0)):
            digits = 0
    text = f"{number:,.{digits}f}"
    if unit == "percent":
        return f"{text}%"
    if unit == "USD":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return text


def shared_digits(values: Iterable[object], unit: str = "") -> int:
    """Give the digits after the point that a column of numbers shares: enough to tell its values apart.

    Parameters
    ----------
    values
        Numbers, and nothing.
    unit
        As in ``number_text``.

    Returns
    -------
    int
        0 for whole numbers, 1 for most, 2 for rates and USD.

    Examples
    --------
    >>> shared_digits([0.05, 0.2]), shared_digits([12.0, 7.0]), shared_digits([93.4, 100.0], "percent")
    (2, 0, 1)
    """
    numbers = [number for number in map(as_number, values) if number is not None]
    if all(number.is_integer() for number in numbers):
        return 0
    if unit in ("USD", "rate") or (max(abs(number) for number in numbers) <= 1 and unit != "percent"):
        return 2
    return 1


def shown_count(value: object, guard: CountGuard | None) -> object:
    """Pass a count of children through the guard of a real folder.

    Parameters
    ----------
    value
        A count, or nothing.
    guard
        The guard; None where the district is invented.

    Returns
    -------
    object
        The count itself where it may be said, else the guard's words.
    """
    if guard is None or is_missing(value):
        return value
    number = as_number(value)
    if number is None:
        return value
    said = guard.count(int(number))
    return value if said.replace(",", "").isdigit() else said
