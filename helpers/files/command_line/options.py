"""Options that commands share, sections of the help, and how a command ends."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from helpers.files.command_line.output import Output
from helpers.files.command_line.progress import Progress
from helpers.files.save import is_full
from helpers.standard import BadInput, nearest

__all__ = [
    "SECTIONS",
    "Command",
    "Sections",
    "folder_argument",
    "hyphened",
    "one_of",
    "out_option",
    "spelled",
    "with_output",
]

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=Callable[..., Any])

# Sections of the help and their commands, in the order in which a newcomer needs them.
SECTIONS = {
    "Start": ("make", "report"),
    "Your files": ("read", "start", "dictionary", "link"),
    "One child": ("dashboard", "profile"),
    "Gaps": ("gaps", "questions", "levels"),
    "Share safely": ("view", "family", "audit"),
    "School systems": ("survey", "sector", "make-sector", "people"),
    "Teach": ("workshop", "doctor", "cards"),
    "Judge the kit": ("score", "explain", "calibrate", "benchmark"),
}
# For commands that another package adds.
ELSEWHERE = "More"
HELP = {"help_option_names": ["-h", "--help"]}


class Command(click.Command):
    """A command whose help ends with the files that it writes."""

    def __init__(self, *args: Any, writes: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.writes = writes

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List each file and what it contains."""
        with formatter.section("Writes"):
            formatter.write_dl(list(self.writes.items()))


class Sections(click.Group):
    """A group of commands whose help lists them by section."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"context_settings": HELP, **options})

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List each command once, all with room for the longest name."""
        room = max(map(len, self.commands), default=0)
        placed = {name for names in SECTIONS.values() for name in names}
        other = tuple(name for name in self.list_commands(ctx) if name not in placed)
        for section, names in {**SECTIONS, ELSEWHERE: other}.items():
            known = [self.commands[name] for name in names if name in self.commands]
            if known:
                with formatter.section(section):
                    formatter.write_dl([(f"{one.name:{room}}", one.get_short_help_str(60)) for one in known])

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command; where there is no room, not even for what it prints, the exit status is 3."""
        try:
            return super().main(*args, **options)
        except OSError as error:
            if not is_full(error):
                raise
            _refuse(
                f"there is no room to write ({error.strerror}): nothing half-written is left; make room, or "
                "name a place on another disk.",
                status=3,
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


def folder_argument(*, required: bool = True, earlier: str = "") -> Callable[[C], C]:
    """Add the argument FOLDER; an option of earlier versions goes on working, without a place in the help."""

    def add(command: C) -> C:
        path = click.Path(path_type=Path)
        if not earlier:
            return click.argument("folder", type=path, required=required)(command)

        @functools.wraps(command)
        def run(*args: Any, folder: Path | None, earlier_folder: Path | None, **options: Any) -> Any:
            if folder is not None and earlier_folder is not None:
                _refuse(f"The folder is given twice, as {folder} and with {earlier}; give it once.")
            chosen = folder if folder is not None else earlier_folder
            if chosen is None and required:
                _refuse(f"Name a FOLDER: bigpicture {click.get_current_context().info_name} FOLDER.")
            return command(*args, folder=chosen, **options)

        hidden = click.option(earlier, "earlier_folder", type=path, hidden=True)(run)
        return click.argument("folder", type=path, required=False)(hidden)  # type: ignore[return-value]

    return add


def with_output(command: Callable[..., R]) -> Callable[..., R]:
    """Add `--json`, `--table` and `--quiet` to a command, and pass them to it as ``output``.

    Bad input, or an unusable file or folder, ends in one line with exit status 2.
    """

    @click.option("--quiet", is_flag=True, help="Print errors only; with --json, no progress.")
    @click.option("--table", "tables", is_flag=True, help="Print all tables instead of the short answer.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object with all figures.")
    @functools.wraps(command)
    def run(*args: Any, as_json: bool, tables: bool, quiet: bool, **options: Any) -> R:
        progress = Progress(quiet=quiet)
        output = Output(as_json, tables, quiet, progress)
        try:
            return command(*args, output=output, **options)
        except BadInput as error:
            progress.close()
            _refuse(str(error))
        except OSError as error:
            progress.close()
            if is_full(error) or error.filename is None:
                raise
            _refuse(
                f"{error.filename} can't be used ({error.strerror}): name another place, or close the file "
                "where it is open."
            )
        finally:
            progress.close()

    return run


def _refuse(text: str, status: int = 2) -> NoReturn:
    with contextlib.suppress(OSError):  # a log on a full disk takes no line
        click.echo(f"bigpicture: {text}", err=True)
    sys.exit(status)


def spelled(word: str, choices: Iterable[str]) -> str:
    """Find a word among choices, whether it is written with hyphens, underscores, spaces or capitals.

    Help and messages write hyphens. A word that is no choice, such as the path of a file, stays as it is.

    >>> spelled("shared-identifier", ["shared identifier"]), spelled("A4", ["letter", "a4"])
    ('shared identifier', 'a4')
    >>> spelled("my_own.toml", ["workshop"])
    'my_own.toml'
    """
    return {hyphened(choice): choice for choice in choices}.get(hyphened(word), word)


def hyphened(word: str) -> str:
    """Write a word as help does.

    >>> hyphened("Most children first")
    'most-children-first'
    """
    return word.strip().lower().replace(" ", "-").replace("_", "-")


def one_of(option: str, word: str, choices: Iterable[str]) -> str:
    """Find a word among choices, or refuse it with those there are.

    >>> one_of("--order", "as-listd", ["as listed"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    helpers.standard.validation.BadInput: There is no --order as-listd. Did you mean as-listed? ...
    """
    known = list(choices)
    found = spelled(word, known)
    if found not in known:
        there = [hyphened(one) for one in known]
        raise BadInput(
            f"There is no {option} {word}.{nearest(hyphened(word), there)} There are: {', '.join(there)}."
        )
    return found
