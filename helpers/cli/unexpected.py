"""Handle unexpected errors: one sentence, without the value of a cell.

A Python traceback contains lines of code and often the text of a cell. We show it only with `--debug`.
"""

from __future__ import annotations

import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from helpers.files import Sections, ended_by_signals, is_full

__all__ = ["Commands"]

DEBUG = "--debug"
HOUSES = Path(__file__).parents[2]


def sentence_of(error: BaseException) -> str:
    """Describe the kind of error and its location in the kit, without the error's own message."""
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)]
    ours = [
        f"{path.relative_to(HOUSES).as_posix()}, line {line}"
        for path, line in zip(frames, lines, strict=True)
        if path.is_relative_to(HOUSES / "helpers") or path.is_relative_to(HOUSES / "synthetic_data")
    ]
    where = f" in {ours[-1]}" if ours else ""
    if isinstance(error, MemoryError):
        return "there isn't enough memory for this: close other programs, or give it fewer files at once."
    return (
        f"the kit itself failed ({type(error).__name__}{where}): please report this line. "
        f"{DEBUG} shows all of it, which may contain values of cells, so don't pass that on."
    )


class Commands(Sections):
    """The group of all commands: `--debug`, anywhere on the line, shows the full traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remove `--debug` from the arguments before any command sees it."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[DEBUG] = DEBUG in args[:end]
        return super().parse_args(ctx, [one for one in args[:end] if one != DEBUG] + args[end:])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; report an unexpected error in one sentence, with exit status 3."""
        try:
            with ended_by_signals():
                return super().invoke(ctx)
        except KeyboardInterrupt:  # click would end with 1, as if something had failed
            click.echo("\nbigpicture: interrupted.", err=True)
            sys.exit(128 + signal.SIGINT)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, BrokenPipeError) or is_full(error):  # the output's reader closed it; no room
                raise
            if ctx.meta[DEBUG]:
                click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
            click.echo(f"bigpicture: {sentence_of(error)}", err=True)
            sys.exit(3)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List `--debug` with the other options."""
        super().format_options(ctx, formatter)
        with formatter.section("Anywhere on the line"):
            formatter.write_dl([(DEBUG, "Show all of an unexpected error. It may contain values of cells.")])
