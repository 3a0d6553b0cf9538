"""Format tables, and numbers as readers expect them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from helpers.files import guarded_cell
from helpers.report.blocks import Block, folded, paragraph, slug
from helpers.report.templates import fill
from helpers.standard import Measured, plain

__all__ = [
    "CountGuard",
    "and_ties",
    "as_number",
    "csv_link",
    "is_missing",
    "number_text",
    "shared_digits",
    "shown_count",
    "table",
    "table_markup",
]


class CountGuard(Protocol):
    """The part of ``helpers.share.guard`` that tables use: whether a count of children may be shown."""

    def count(self, number: int, /) -> str:
        """Format a count, or a text if it is too small to show."""
        ...


def is_missing(value: object) -> bool:
    """Check whether a single value is missing.

    >>> is_missing(None), is_missing(0), is_missing("")
    (True, False, False)
    """
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def as_number(value: object) -> float | None:
    """Convert a value to a float if it is a number.

    >>> as_number(3), as_number("fewer than 10"), as_number(None)
    (3.0, None, None)
    """
    if isinstance(value, Measured):
        value = value.number
    if is_missing(value) or isinstance(value, str):
        return None
    return float(value)  # type: ignore[arg-type]


_HUNDREDTHS = ("USD", "rate", "mean answer")
_PERCENT = ("percent", "%")


def number_text(value: object, unit: str = "", digits: int | None = None) -> str:
    """Format a value for people.

    >>> number_text(12345), number_text(93.04, "percent"), number_text(None), number_text(0.873, "rate")
    ('12,345', '93%', '–', '0.87')
    >>> number_text(99.7, "percent"), number_text(0.04, "percent"), number_text(-0.04)
    ('99.7%', 'under 0.1%', '0.0')
    """
    if isinstance(value, Measured):
        return f"{value}"
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
        digits = (
            shared_digits([number], unit)
            if unit == "percent"
            else 2
            if unit in _HUNDREDTHS
            else int(not whole)
        )
    # Python rounds -0.04 to -0.0.
    text = f"{round(number, digits) + 0.0:,.{digits}f}"
    if unit == "percent":
        least = 10.0**-digits
        if 0 < number < least / 2:
            return f"under {least:.{digits}f}%"
        return f"over {100 - least:.{digits}f}%" if 100 - least / 2 <= number < 100 else f"{text}%"
    if unit == "USD":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return text


def and_ties(name: str, texts: Sequence[str], text: str) -> str:
    """Name one of those with an equal text, and count the others.

    >>> and_ties("Meals", ["100%", "98%", "100%"], "100%")
    'Meals and 1 more'
    """
    ties = sum(one == text for one in texts) - 1
    return f"{name} and {ties:,} more" if ties > 0 else name


def shared_digits(values: Iterable[object], unit: str = "") -> int:
    """Return the decimals for a column of numbers: enough to distinguish its values.

    >>> shared_digits([0.05, 0.2]), shared_digits([12.0, 7.0]), shared_digits([93.4, 100.0], "percent")
    (2, 0, 0)
    >>> shared_digits([93.4, 99.7], "percent"), shared_digits([93.4, 8.3], "% of columns")
    (1, 0)
    """
    numbers = [number for number in map(as_number, values) if number is not None]
    if all(number.is_integer() for number in numbers):
        return 0
    if unit.startswith(_PERCENT):
        # A few hundred children carry no tenth of a percent. But nearly all isn't all.
        return int(any(0 < number < 1 or 99 < number < 100 for number in numbers))
    return 2 if unit in _HUNDREDTHS or max(abs(number) for number in numbers) <= 1 else 1


def shown_count(value: object, guard: CountGuard | None) -> object:
    """Format a count of children as the guard of a real folder allows."""
    if guard is None or is_missing(value):
        return value
    number = as_number(value)
    if number is None:
        return value
    text = guard.count(int(number))
    return value if text.replace(",", "").isdigit() else text


_TEMPLATE = "report/tables.html.j2"
_SHORT = 12
_DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b")
_IN_A_PATH = re.compile(r"(?<=\w)/(?=\w)")
_A_FEW = 8
_A_SENTENCE = 40
_LONG_PATH = 24


def _head(column: str, names: Mapping[str, str], units: Mapping[str, str]) -> str:
    text = names.get(column, str(column).replace("_", " "))
    unit = units.get(column, "")
    return f"{text} ({unit})" if unit and unit not in text else text


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _column_texts(column: pd.Series, unit: str, guard: CountGuard | None) -> tuple[list[str], str]:
    """Format the cells of a column, and return their kind: number, date or text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return ["–" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in column], "date"
    if not _is_number(column):
        return [number_text(value) for value in column], "text"
    known = column.dropna()
    wholes = known.astype("float64") % 1 == 0
    whole = bool(wholes.all())
    # Counts with a few measures among them: 137 of 139 children isn't 137.0.
    digits = None if not unit and not whole and wholes.mean() > 0.5 else shared_digits(known, unit)
    if guard is not None and whole:
        return [number_text(shown_count(value, guard), digits=digits) for value in column], "number"
    return [number_text(value, digits=digits) for value in column], "number"


def _room_for(texts: list[str]) -> str:
    # On a phone, a column of sentences would shrink to single words; the table scrolls instead.
    return ";min-width:9em" if max(map(len, texts), default=0) > _A_SENTENCE else ""


def _kept_whole(text: str) -> str:
    # A browser breaks 2013-03-05 at its hyphens; people read a date and a short number as one.
    return ";white-space:nowrap" if "-" in text and len(text) <= _SHORT and " " not in text else ""


def _cell_parts(text: str) -> str | list[list[str]]:
    """Split a long text where a line may break after a slash; every second piece of a part is a date."""
    if len(text) <= _SHORT:
        return text
    parts = _IN_A_PATH.split(text) if len(text) > _LONG_PATH else [text]
    pieces = [_DAY.split(part) for part in parts]
    return text if len(pieces) == len(pieces[0]) == 1 else pieces


def csv_link(frame: pd.DataFrame, name: str) -> Markup:
    """Create a link that downloads a frame as CSV, without a server."""
    texts = frame.map(lambda cell: guarded_cell(cell) if isinstance(cell, str) else cell)
    # The mark at the start marks the text as UTF-8 for Excel.
    csv_text = "\ufeff" + texts.to_csv(index=False, lineterminator="\r\n")
    return fill(_TEMPLATE, "download", plain(name), f"{slug(plain(name))}.csv", quote(csv_text))


def table_markup(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    label: str = "",
    units: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    guard: CountGuard | None = None,
    links: Sequence[str] = (),
) -> tuple[Markup, pd.DataFrame]:
    """Format a frame as an HTML table."""
    columns = _columns(frame, names or {}, units or {}, guard)
    lines = []
    for place, row in enumerate(zip(*(column.texts for column in columns), strict=True)):
        cells = [
            (column.kind, f"{column.style}{_kept_whole(text)}", _cell_parts(text))
            for text, column in zip(row, columns, strict=True)
        ]
        lines.append((links[place] if place < len(links) else "", cells))
    return fill(_TEMPLATE, "rows", columns, lines, caption, caption or label or "Table"), _texts(columns)


class _Column(NamedTuple):
    head: str
    # Number, date, or empty for text.
    kind: str
    style: str
    texts: list[str]


def _columns(
    frame: pd.DataFrame, names: Mapping[str, str], units: Mapping[str, str], guard: CountGuard | None
) -> list[_Column]:
    columns = []
    for place, name in enumerate(map(str, frame.columns)):
        # A picture's numbers are headed by their unit.
        unit = units.get(name) or (name if name.startswith(_PERCENT) else "")
        texts, kind = _column_texts(frame.iloc[:, place], unit, guard)
        style = f"text-align:{'right' if kind == 'number' else 'left'}{_room_for(texts)}"
        columns.append(_Column(_head(name, names, units), "" if kind == "text" else kind, style, texts))
    return columns


def _texts(columns: Sequence[_Column]) -> pd.DataFrame:
    """Return the displayed cells as a frame."""
    return pd.DataFrame({column.head: column.texts for column in columns}, dtype="string")


def _all_zero(frame: pd.DataFrame) -> bool:
    """Check whether a table has numbers, and none but zero: there is nothing to look at."""
    columns = (frame.iloc[:, place] for place in range(frame.shape[1]))
    numbers = [column.dropna() for column in columns if _is_number(column)]
    return any(map(len, numbers)) and all(column.eq(0).all() for column in numbers)


def table(
    frame: pd.DataFrame | str,
    caption: str = "",
    *,
    units: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    guard: CountGuard | None = None,
    most: int = 40,
    download: bool | None = None,
    fold: str = "",
) -> Block:
    """Show an accessible table: headers with a scope, numbers aligned right, dates as dates.

    Parameters
    ----------
    frame
        The rows, or the guard's message instead of rows.
    caption
        What the rows are, in a few words.
    units, names
        Unit and header by column, if the column's own name isn't clear.
    guard
        Guard of a real folder. Whole numbers are then counts of children, and we don't show small ones. Pass
        rows about children through ``guard.rows`` first.
    most
        Maximum number of rows to show; the rest are counted, and in the download.
    download
        Whether to add a CSV download link; default is for more than a few rows.
    fold
        Label of a fold around the table, if any; a table whose numbers are all zero is folded anyway.

    Returns
    -------
    Block
        The table; its plain text is caption and size.
    """
    if isinstance(frame, str):
        return paragraph(frame, "muted")
    rows, _ = table_markup(frame.head(most), caption=caption, units=units, names=names, guard=guard)
    link = Markup()
    if len(frame) and (len(frame) > _A_FEW if download is None else download):
        texts = frame if guard is None else _texts(_columns(frame, names or {}, units or {}, guard))
        link = csv_link(texts, caption or "table")
    left = Measured("rows_left", max(len(frame) - most, 0), where=f"{caption} ({len(frame)})")
    markup = fill(_TEMPLATE, "table", rows, left, link, frame.empty)
    if not fold and _all_zero(frame):
        fold = f"{caption or 'Table'} (every number is 0)"
    if fold:
        markup = folded(fold, markup)
    rows_there = Measured("table_rows", len(frame), where=caption or "Table")
    return Block(markup, f"{caption or 'Table'}: {rows_there:count}")
