"""Output and exit status of commands."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Mapping
from numbers import Number
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import pandas as pd

from helpers.files.save import FULL
from helpers.standard import BadInput

__all__ = ["WIDTH", "emit", "ends_well", "json_option", "out_option", "printed"]


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
    """Cut the middle of a text, since both ends of a path help to identify a file."""
    if len(text) <= width:
        return text
    start = (width - 1) // 2
    return text[:start] + _CUT + text[len(text) - (width - 1 - start) :]


def _of_numbers(column: pd.Series) -> bool:
    """Return whether a column contains numbers; some cells may be text."""
    if column.dtype == "object":
        return any(isinstance(value, Number) and not isinstance(value, bool) for value in column)
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def printed(frame: pd.DataFrame, width: int = WIDTH) -> str:
    """Format a frame for a terminal.

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


P = ParamSpec("P")
R = TypeVar("R")


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json` to a command: print one JSON object with the figures of its table."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")(
        command
    )


def out_option(default: str = "reports") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Add `--out DIR` to a command, the folder for what it writes."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help="Folder for the files that this command writes.",
    )


def ends_well(command: Callable[P, R]) -> Callable[P, R]:
    """Report bad input, or an unusable file or folder, in one line with exit status 2.

    A full disk isn't bad input: exit status 1.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BadInput as error:
            click.echo(f"bigpicture: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            if error.errno in FULL:
                click.echo(
                    f"bigpicture: there is no room to write ({error.strerror}): nothing half-written is "
                    "left; make room, or name a place on another disk.",
                    err=True,
                )
                sys.exit(1)
            if error.filename is None:
                raise
            click.echo(
                f"bigpicture: {error.filename} can't be used ({error.strerror}): "
                "name another place, or close the file where it is open.",
                err=True,
            )
            sys.exit(2)

    return run


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return json.loads(value.to_json(orient="records", date_format="iso"))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value.item() if hasattr(value, "item") else value


def emit(figures: Mapping[str, Any], as_json: bool) -> None:
    """Print a command's figures."""
    if as_json:
        click.echo(json.dumps(_plain(figures), ensure_ascii=False))
        return
    for name, value in figures.items():
        if isinstance(value, pd.DataFrame):
            click.echo(f"{name}:")
            click.echo(printed(value) if len(value) else "  (none)")
        else:
            told = ", ".join(map(str, value)) or "none" if isinstance(value, list | tuple) else value
            click.echo(f"{name}: {told}")
