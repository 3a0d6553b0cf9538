"""Days and moments among a column's values, and in which order they write day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

import pandas as pd

from helpers.files.start.guess import Distinct, Guess

__all__ = ["day_orders", "moments", "reads"]

SAMPLE = 60  # values
MOSTLY, SELDOM = 0.8, 0.4  # of the rows in which two columns say the same day

# Each kind of writing a day, as a pattern and its formats in the order in which they are thought of.
DAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%m-%d-%Y", "%d-%m-%Y")),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y", "%m.%d.%Y")),
    (r"\d{1,2}/\d{1,2}/\d{2}", ("%m/%d/%y", "%d/%m/%y")),
    (r"\d{1,2}-\d{1,2}-\d{2}", ("%m-%d-%y", "%d-%m-%y")),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y", "%m.%d.%y")),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", ("%d %b %Y",)),
    (r"\d{1,2} [A-Za-z]{4,9} \d{4}", ("%d %B %Y",)),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", ("%b %d, %Y",)),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", ("%B %d, %Y",)),
)
CLOCKS: tuple[tuple[str, str], ...] = (
    (r"\d{1,2}:\d{2}", "%H:%M"),
    (r"\d{1,2}:\d{2}:\d{2}", "%H:%M:%S"),
    (r"\d{1,2}:\d{2}:\d{2}\.\d{1,6}", "%H:%M:%S.%f"),
    (r"\d{1,2}:\d{2} [AaPp][Mm]", "%I:%M %p"),
    (r"\d{1,2}:\d{2}:\d{2} [AaPp][Mm]", "%I:%M:%S %p"),
)
ZONE = r"(Z|[+-]\d{2}:?\d{2})"


def reads(text: str, written: str) -> bool:
    """Say whether a text is a day or moment of a format."""
    try:
        datetime.strptime(text, written)
    except ValueError:
        return False
    return True


def _by_shape(texts: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Put values under the formats that they could have, by the way in which they are written.

    Of a column of something else a few values tell, so that few are compared with every way to write a day.
    """
    texts = list(texts)
    first = _sorted_in(texts[:SAMPLE], list(_shapes()))
    if sum(map(len, first.values())) * 2 < len(texts[:SAMPLE]):
        return {}
    return _sorted_in(texts, [*first, *(formats for formats in _shapes() if formats not in first)])


def _sorted_in(texts: Sequence[str], order: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    patterns = _shapes()
    for text in texts:
        formats = next((one for one in order if patterns[one].fullmatch(text)), None)
        if formats is not None:
            found.setdefault(formats, []).append(text)
    return found


@cache
def _shapes() -> dict[tuple[str, ...], re.Pattern[str]]:
    shapes = {}
    for day, formats in DAYS:
        shapes[formats] = re.compile(day)
        for clock, written in CLOCKS:
            for apart in (" ", "T", ", "):
                shapes[tuple(f"{one}{apart}{written}" for one in formats)] = re.compile(
                    f"{day}{apart}{clock}"
                )
                zoned = tuple(f"{one}{apart}{written}%z" for one in formats)
                shapes[zoned] = re.compile(f"{day}{apart}{clock}{ZONE}")
    return shapes


def _orders(formats: tuple[str, ...], texts: Sequence[str]) -> list[str]:
    """Give the formats by which every one of some values can be read, or each by which some can.

    A value that none of them reads, such as 14/14/2013, says nothing of the order.
    """
    texts = [text for text in texts if any(reads(text, one) for one in formats)]
    if not texts:
        return []
    readable = {one: [reads(text, one) for text in texts] for one in formats}
    whole = [one for one, found in readable.items() if all(found)]
    if whole:
        return whole
    return [one for one, found in readable.items() if any(found)]


def day_orders(rows: pd.DataFrame, distinct: Mapping[str, Distinct]) -> set[str]:
    """Say in which order a file writes day and month, by those of its columns that leave no doubt.

    Parameters
    ----------
    rows
        A table of text.
    distinct
        The distinct values of each of its columns.

    Returns
    -------
    set of str
        Of ``md`` and ``dm``: by a day beyond the 12th, else by a column that says the same day year first.
    """
    found = set()
    doubtful: list[tuple[tuple[str, ...], pd.Series]] = []
    year_first: list[pd.Series] = []
    for name, values in distinct.items():
        column = rows[name]
        by_shape = _by_shape(values.texts)
        for formats, texts in by_shape.items():
            if len(formats) == 2:
                able = _orders(formats, texts)
                if len(able) == 1:
                    found.add(_order(able[0]))
                elif len(by_shape) == 1:
                    doubtful.append((formats, column))
            elif formats[0].startswith("%Y") and len(by_shape) == 1:
                year_first.append(_days(column, formats[0][:8]))
    if found:
        return found
    for formats, column in doubtful:
        for day in year_first:
            same = {one: float((_days(column, one[:8]) == day).mean()) for one in formats}
            best = max(same, key=lambda one: same[one])
            if same[best] >= MOSTLY and min(same.values()) < SELDOM:
                found.add(_order(best))
    return found


def _days(column: pd.Series, written: str) -> pd.Series:
    """Read the days at the beginning of a column's texts."""
    return pd.to_datetime(column.str.extract(r"^(\d+\D\d+\D\d+)")[0], format=written, errors="coerce")


def _order(written: str) -> str:
    return "md" if written.index("%m") < written.index("%d") else "dm"


def moments(distinct: Distinct, known_orders: set[str]) -> Guess | None:
    """Guess whether values are days or moments.

    Parameters
    ----------
    distinct
        The values.
    known_orders
        In which order the file's unambiguous dates are: from `day_orders`.

    Returns
    -------
    Guess or None
        A list of formats with both orders where nobody can say which it is; None where they are no dates.
    """
    by_shape = _by_shape(distinct.texts)
    times = dict(zip(distinct.texts, distinct.times, strict=True))
    chosen: list[str] = []
    read: set[str] = set()
    doubt = False
    mixed = False
    helped = False
    for formats, texts in sorted(by_shape.items(), key=lambda item: -len(item[1])):
        able = _orders(formats, texts)
        taken = {text for text in texts if any(reads(text, one) for one in able)}
        if len(able) == 2 and all(reads(text, one) for text in taken for one in able):
            if len(known_orders) == 1:
                wanted = next(iter(known_orders))
                able = [one for one in able if _order(one) == wanted]
                helped = True
            else:
                doubt = True
        elif len(able) == 2:
            mixed = True
        chosen += [one for one in able if one not in chosen]
        read |= taken
    share = sum(times[text] for text in read) / distinct.rows if distinct.rows else 0.0
    if not chosen or not distinct.enough(share):
        return None
    kind = "datetime" if any("%H" in one or "%I" in one for one in chosen) else "date"
    if kind == "datetime":
        both = [one for one in chosen if "%H" not in one and "%I" not in one]
        chosen = [one for one in chosen if one not in both] + both
    odd = distinct.others(lambda text: text in read)
    if doubt:
        return Guess(
            kind,
            tuple(chosen),
            why=f"every value is a {_said(kind)}" if not odd else f"nearly all its values are {_said(kind)}s",
            open="day and month can be exchanged in every value: strike out one of the two formats",
            odd=odd,
            unit=f"a {_said(kind)}",
        )
    if mixed:
        return Guess(
            kind,
            tuple(chosen),
            why=f"its values are {_said(kind)}s",
            open="some values can only be month first, others only day first: which are the rest?",
            odd=odd,
            unit=f"a {_said(kind)}",
        )
    why = f"its values are {_said(kind)}s"
    if helped:
        why += ", in the order of day and month that the file's other dates have"
    elif any("%d" in one and not one.startswith("%Y") and "%b" not in one.lower() for one in chosen):
        why += ", and some can be read in one order of day and month only"
    return Guess(kind, tuple(chosen), why=why, odd=odd, unit=f"a {_said(kind)}")


def _said(kind: str) -> str:
    return "day" if kind == "date" else "moment"
