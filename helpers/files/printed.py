"""A table as a terminal shows it: no wider than a line, words for heads, no more digits than one reads."""

from __future__ import annotations

from numbers import Number

import pandas as pd

__all__ = ["WIDTH", "printed"]

WIDTH = 120
_GAP = "  "
_LEAST = 12
_CUT = "…"


def _head(column: str) -> str:
    return column.removeprefix("rows_").replace("_", " ")


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)


def _shortened(text: str, width: int) -> str:
    """Leave out the middle: of a path both ends tell files apart."""
    if len(text) <= width:
        return text
    start = (width - 1) // 2
    return text[:start] + _CUT + text[len(text) - (width - 1 - start) :]


def _of_numbers(column: pd.Series) -> bool:
    """Say whether a column holds numbers, of which some may be said in words."""
    if column.dtype == "object":
        return any(isinstance(value, Number) and not isinstance(value, bool) for value in column)
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def printed(frame: pd.DataFrame, width: int = WIDTH) -> str:
    """Write a frame for a terminal.

    Parameters
    ----------
    frame
        Any table.
    width
        Characters that a line may have; the widest text columns are shortened until it fits.

    Returns
    -------
    str
        Heads and rows, text to the left and numbers to the right; nothing stands for what is not known.

    Examples
    --------
    >>> print(printed(pd.DataFrame({"left_silo": ["sis", None], "rate": [0.98765, 1.0]})))
    left silo   rate
    sis        0.988
                   1
    """
    heads = [_head(str(column)) for column in frame.columns]
    columns = [[_cell(value) for value in frame.iloc[:, place]] for place in range(frame.shape[1])]
    numbers = [_of_numbers(column) for _, column in frame.items()]
    widths = [max(map(len, [head, *cells])) for head, cells in zip(heads, columns, strict=True)]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        widest = max(
            (place for place, number in enumerate(numbers) if not number),
            key=widths.__getitem__,
            default=None,
        )
        if widest is None or widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    lines = [
        _GAP.join(
            text.rjust(room) if number else _shortened(text, room).ljust(room)
            for text, room, number in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in [tuple(heads), *zip(*columns, strict=True)]
    ]
    return "\n".join(lines)
