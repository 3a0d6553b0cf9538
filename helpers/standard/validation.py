"""BadInput, and TOML models whose check reports every fault at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

__all__ = [
    "LARGEST_TOML",
    "STRICT",
    "Assumed",
    "BadInput",
    "faults_of",
    "nearest",
    "read_declared",
    "text_of",
    "toml_of",
    "ungrouped",
]


MOST_FAULTS = 100  # listed in one message
LONGEST_SHOWN = 200  # characters of a value in a fault


class BadInput(ValueError):
    """Input that a person can fix: the message names the value, the place, the choices and the next step."""

    def _render_traceback_(self) -> list[str]:
        """Show a notebook the message alone, since a traceback through the kit helps nobody fix the input."""
        return [f"{type(self).__name__}: {self}"]


def nearest(word: str, choices: Iterable[str]) -> str:
    """Suggest the closest known word.

    Parameters
    ----------
    word
        The word that was given.
    choices
        Every word that would be valid.

    Returns
    -------
    str
        ``" Did you mean x?"``, or an empty string when no word is close.

    Examples
    --------
    >>> nearest("studens", ["students", "seed"])
    ' Did you mean students?'
    """
    if len(word) > LONGEST_SHOWN:
        return ""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {found[0]}?" if found else ""


def _shown(given: object) -> str:
    """Quote a given value; shorten a long one."""
    text = repr(given[: LONGEST_SHOWN + 1] if isinstance(given, str) else given)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def faults_of(error: ValidationError, model: type[BaseModel] | None = None) -> str:
    """Describe every fault of a validation in one line each.

    Parameters
    ----------
    error
        What pydantic raised.
    model
        What was read; an unknown name gets the closest of its names, or the table that has this one.

    Returns
    -------
    str
        One line per fault: place, value, what is allowed.
    """
    lines = []
    tables = dict(_tables(model)) if model else {}
    every = error.errors()
    for fault in every[:MOST_FAULTS]:
        place = ".".join(str(step)[:LONGEST_SHOWN] for step in fault["loc"]) or "the whole"
        if fault["type"] == "extra_forbidden":
            lines.append(f"  {place}: unknown name{_where_known(str(fault['loc'][-1]), tables)}")
        else:
            given = fault.get("input")
            shown = f" (is {_shown(given)})" if isinstance(given, str | int | float | bool) else ""
            asked = ""
            if fault["type"] == "literal_error":
                words = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
                asked = nearest(_shown(given).strip("'"), words)
            lines.append(
                f"  {place}{shown}: {fault['msg'].removeprefix('Value error, ')}{asked and '.' + asked}"
            )
    if len(every) > MOST_FAULTS:
        lines.append(f"  … and {len(every) - MOST_FAULTS:,} more")
    return "\n".join(lines)


def _where_known(name: str, tables: Mapping[str, Collection[str]]) -> str:
    """Name the tables that an unknown name belongs to, or the closest known name."""
    tables_with_it = [table or "the top of the file" for table, names in tables.items() if name in names]
    if tables_with_it:
        return f" here; it belongs to {' or '.join(tables_with_it)}"
    return f".{nearest(name, [known for names in tables.values() for known in names])}"


LARGEST_TOML = 2 << 20  # characters: more than any layout with as many columns as a table may have
DEEPEST = 100  # levels of nested tables and lists; the kit's own files have at most six
# A dotted name of more parts than that: a.b.c, each part letters or quoted.
DOTTED = rf"""(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEEPEST}}}"""


def toml_of(text: str) -> dict[str, Any]:
    """Parse TOML."""
    if len(text) > LARGEST_TOML:
        raise tomllib.TOMLDecodeError(f"it is longer than {LARGEST_TOML >> 20} MiB")
    # Python's parser stores every prefix of a dotted name.
    if pc.match_substring_regex(pa.scalar(text.encode("utf-8", "replace").decode()), DOTTED).as_py():
        raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep")
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep") from None
    except ValueError:  # Python refuses integers of several thousand digits
        raise tomllib.TOMLDecodeError("it has a number too large for a computer") from None
    _check(parsed)
    return parsed


def _check(parsed: dict[str, Any]) -> None:
    """Refuse deep nesting, and integers beyond 64 bits, which other programs can't read."""
    here: list[Any] = [parsed]
    for _ in range(DEEPEST):
        inside: list[Any] = []
        for one in here:
            values = one.values() if isinstance(one, dict) else one
            inside += [value for value in values if isinstance(value, dict | list)]
            if any(isinstance(value, int) and abs(value) >= 1 << 63 for value in values):
                raise tomllib.TOMLDecodeError("it has a whole number of more than 18 digits")
        if not inside:
            return
        here = inside
    raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep")


def ungrouped(given: Mapping[str, Any], member: str) -> dict[str, Any]:
    """Give each member of a ``[[group]]`` what the group says above it; what the member says counts more.

    >>> ungrouped(
    ...     {"group": [{"unit": "days", "measure": {"lag": {}, "effort": {"unit": "hours"}}}]}, "measure"
    ... )
    {'lag': {'unit': 'days'}, 'effort': {'unit': 'hours'}}
    """
    members = {name: own for name, own in given.items() if name != "group"}
    for group in given.get("group", []):
        shared = {key: value for key, value in group.items() if key != member}
        for name, own in group[member].items():
            if name in members:
                raise BadInput(f"{member} {name!r} is declared twice.")
            members[name] = {**shared, **own}
    return members


def text_of(path: Path) -> str:
    """Read a file of UTF-8 text; a byte that is none is named with its line."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        raise BadInput(
            f"{path}, line {line}: the byte 0x{byte:02X} is no UTF-8 text. Correct it, or save the file as "
            "UTF-8."
        ) from None


STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """A part of a declaration; unknown keys are refused, and nobody changes it."""

    model_config = STRICT


class Assumed(StrictModel):
    """An assumed figure that nobody measured: the likely value and its range."""

    low: float
    likely: float
    high: float

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low}, {self.likely}, {self.high}: must be 0 <= low <= likely <= high")
        return self

    def at(self, end: str) -> float:
        """Return one of the three: low, likely or high."""
        return float(getattr(self, end))


def read_declared(
    path: Path,
    model: type[Model],
    what: str,
    *,
    prepare: Callable[[dict[str, Any]], Mapping[str, Any]] = dict,
) -> Model:
    """Read a TOML file into its model."""
    path = Path(path)
    try:
        return model.model_validate(prepare(toml_of(path.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} isn't valid TOML: {error}. Correct that line and try again.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror}); give a TOML file of {what}.") from None
    except ValidationError as error:
        raise BadInput(f"{path} cannot be used:\n{faults_of(error, model)}") from None


def _tables(model: type[BaseModel], table: str = "") -> Iterator[tuple[str, Collection[str]]]:
    """Yield the tables of a file that a model reads, each with its names."""
    yield table, model.model_fields
    waiting: list[tuple[str, Any]] = [(name, field.annotation) for name, field in model.model_fields.items()]
    while waiting:
        name, kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _tables(kind, f"{table}.{name}".strip("."))
        else:
            waiting.extend((name, part) for part in get_args(kind))
