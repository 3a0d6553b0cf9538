"""What every command says and how it ends: a table or one JSON object, and the exit status."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import pandas as pd

from helpers.files.output__save import FULL
from helpers.files.printed import printed
from helpers.standard import BadInput

__all__ = ["emit", "ends_well", "json_option", "out_option"]


P = ParamSpec("P")
R = TypeVar("R")


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command `--json`: one JSON object on standard output with the figures that its table prints."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")(
        command
    )


def out_option(default: str = "reports") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a command `--out DIR`, the folder for what it writes."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=default,
        show_default=True,
        help="Folder for the files that this command writes.",
    )


def ends_well(command: Callable[P, R]) -> Callable[P, R]:
    """Turn bad input, and a file or folder that can't be used, into one line and exit status 2.

    A full disk is nobody's wrong input: exit status 1.
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
    """Print a command's figures.

    Parameters
    ----------
    figures
        Name -> number, text or frame. A frame is printed as a table under its name.
    as_json
        One JSON object instead.
    """
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
