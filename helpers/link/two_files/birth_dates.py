"""Birth dates as years, months and days: which format a column has, and what each text says in it.

A date that no calendar has (31 February, month 13) is kept as its numbers: a typing error made it, and the
other figures still tell whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

__all__ = [
    "NO_DATE",
    "GuessedFormats",
    "exchanged",
    "guess_formats",
    "mostly_two_figures",
    "parts_of",
    "same_days",
    "with_century",
]

NO_DATE = -1
FEWEST = 0.7  # share of a column's values that must be dates
SOME = 0.02  # share from which a second way of writing counts
SAMPLE = 20_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Alternatives of one shape stand together: which of them is meant, the values tell.
SHAPES: tuple[tuple[str, ...], ...] = (
    ("%Y-%m-%d",),
    ("%Y/%m/%d",),
    ("%Y.%m.%d",),
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
    ("%d.%m.%Y", "%m.%d.%Y"),
    ("%m %d %Y", "%d %m %Y"),
    ("%Y%m%d", "%m%d%Y", "%d%m%Y"),
    ("%m/%d/%y", "%d/%m/%y"),
    ("%m-%d-%y", "%d-%m-%y"),
    ("%d.%m.%y", "%m.%d.%y"),
    ("%d-%b-%Y",),
    ("%d-%b-%y",),
    ("%d %b %Y",),
    ("%d%b%Y",),
    ("%b %d, %Y",),
    ("%b %d %Y",),
    ("%Y-%m",),
    ("%m/%Y",),
    ("%Y",),
)
DIRECTIVE = {
    "Y": r"(?P<y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[^\W\d_]{3,9})\.?",
    "B": r"(?P<b>[^\W\d_]{3,9})\.?",
}
CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"


@dataclass(frozen=True)
class GuessedFormats:
    """Formats that a column's values have; ``doubtful``: day and month can be exchanged in every value."""

    formats: tuple[str, ...]
    doubtful: bool = False


@cache
def _pattern(written: str) -> re.Pattern[str]:
    pieces = re.split(r"%-?([a-zA-Z%])", written)
    alone = not any(piece for piece in pieces[2:-1:2])
    text = re.escape(pieces[0])
    for directive, between in zip(pieces[1::2], pieces[2::2], strict=True):
        part = DIRECTIVE.get(directive, r".*?")
        # Where nothing parts the figures, each part has all of its own.
        text += part.replace("{1,2}", "{2}") if alone and len(pieces) > 3 else part
        text += re.escape(between).replace(r"\ ", r"\s+")
    return re.compile(text + CLOCK)


def _read(text: str, written: str) -> tuple[int, int, int] | None:
    found = _pattern(written).fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    month = NO_DATE
    if parts.get("b"):
        begun = parts["b"][:3].casefold()
        if begun not in MONTHS:
            return None
        month = MONTHS.index(begun) + 1
    elif parts.get("m"):
        month = int(parts["m"])
    day = int(parts["d"]) if parts.get("d") else NO_DATE
    return int(parts["y"]), month, day


def _fits(read: tuple[int, int, int] | None, two_digits: bool) -> bool:
    if read is None:
        return False
    year, month, day = read
    # A few figures of a typing error shouldn't decide; a column of other numbers has them everywhere.
    return (two_digits or 1850 <= year <= 2100) and month <= 12 and day <= 31 and month != 0 and day != 0


def guess_formats(values: pd.Series) -> GuessedFormats | None:
    """Say in which formats a column writes days.

    Parameters
    ----------
    values
        Text.

    Returns
    -------
    GuessedFormats or None
        The commonest format first; None where the values are no days.

    Examples
    --------
    >>> guess_formats(pd.Series(["19990219", "19081209"]))
    GuessedFormats(formats=('%Y%m%d',), doubtful=False)
    >>> guess_formats(pd.Series(["03/04/1999", "05/06/2001"]))
    GuessedFormats(formats=('%m/%d/%Y', '%d/%m/%Y'), doubtful=True)
    """
    counts = values.dropna().value_counts().iloc[:SAMPLE]
    total = int(counts.sum())
    if not total:
        return None
    left = {str(text): int(times) for text, times in counts.items()}
    chosen: list[str] = []
    doubtful = False
    covered = 0
    while left:
        best, best_fits, tie = _best_shape(left)
        share = sum(best_fits.values()) / total
        if share < (SOME if chosen else 0.4):
            break
        chosen += tie if tie else [best]
        doubtful |= bool(tie) and not covered
        covered += sum(best_fits.values())
        left = {text: times for text, times in left.items() if _pattern(best).fullmatch(text) is None}
    if covered < FEWEST * total:
        return None
    return GuessedFormats(tuple(chosen), doubtful)


def _best_shape(left: dict[str, int]) -> tuple[str, dict[str, int], list[str]]:
    """Find the format that fits most values; ``tie`` has two where none tells day from month."""
    best: tuple[int, str, dict[str, int], list[str]] = (-1, "", {}, [])
    for shape in SHAPES:
        fits = {
            one: {text: n for text, n in left.items() if _fits(_read(text, one), "%y" in one)}
            for one in shape
        }
        sums = {one: sum(found.values()) for one, found in fits.items()}
        top = max(sums, key=lambda one: sums[one])
        if sums[top] > best[0]:
            alike = [one for one in shape if sums[one] == sums[top]]
            best = (sums[top], top, fits[top], alike if len(alike) > 1 and sums[top] else [])
    return best[1], best[2], best[3]


def parts_of(values: pd.Series, formats: Sequence[str]) -> np.ndarray:
    """Read years, months and days.

    Parameters
    ----------
    values
        Text.
    formats
        Tried in order.

    Returns
    -------
    numpy.ndarray
        ``int32``, rows of ``values`` by 3: year, month, day; -1 for what isn't known. A year of two figures
        is below 100.
    """
    codes, distinct = pd.factorize(values)
    read = np.full((len(distinct) + 1, 3), NO_DATE, dtype="int32")
    for place, text in enumerate(distinct):
        for written in formats:
            found = _read(str(text), written)
            if found is not None:
                read[place] = found
                break
    return read[codes]


def same_days(left: np.ndarray, right: np.ndarray) -> int:
    """Count the distinct days that two columns have in common."""
    figures = np.array([10_000, 100, 1])
    whole = [side[(side >= 0).all(axis=1)].astype("int64") @ figures for side in (left, right)]
    return len(np.intersect1d(np.unique(whole[0]), np.unique(whole[1])))


def exchanged(formats: Sequence[str]) -> bool:
    """Say whether two formats are one but for the order of day and month."""
    plain = [re.sub(r"[^dmyY]", "", one) for one in formats]
    return sorted(plain[0]) == sorted(plain[1]) and plain[0] != plain[1]


def mostly_two_figures(dates: np.ndarray) -> bool:
    """Say whether most years of a file have two figures."""
    year = dates[:, 0]
    known = year[year >= 0]
    return bool(len(known)) and float((known < 100).mean()) > 0.5


def with_century(dates: np.ndarray) -> np.ndarray:
    """Put a few years of two figures into the last hundred years.

    Parameters
    ----------
    dates
        From `parts_of`.

    Returns
    -------
    numpy.ndarray
        The same, years of four figures: after the newest year of the column two figures are of the century
        before.
    """
    year = dates[:, 0]
    short = (year >= 0) & (year < 100)
    if not short.any():
        return dates
    newest = int(np.max(year)) % 100 if int(np.max(year)) >= 2000 else -1
    result = dates.copy()
    result[:, 0] = np.where(short, year + np.where(year <= newest, 2000, 1900), year)
    return result
