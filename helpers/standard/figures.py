"""Declared figures: thresholds, floors and limits, each in one place with its source."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from helpers.standard.validation import BadInput, faults_of, nearest, toml_of

__all__ = [
    "DeclaredCount",
    "DeclaredNumber",
    "DeclaredText",
    "Figure",
    "declared_figures",
    "figure",
    "filled",
    "whole_figure",
]

ROOMS = Path(__file__).parents[1]
# File of the names that give none.
SHARED = "standard/thresholds"
# Placeholder in a text: {chronic_absence_share:.0%}, or as a word {chronic_absence_share:part}.
_PLACE = re.compile(r"\{([a-z_./]+)(?::([^{}]*))?\}")


class Figure(BaseModel):
    """One declared figure."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    value: int | float
    unit: str
    meaning: str
    source: str


@cache
def declared_figures(file: str) -> dict[str, Figure]:
    """Read one file of figures; `file` is its path in ``helpers`` without the extension."""
    path = ROOMS / f"{file}.toml"
    try:
        return TypeAdapter(dict[str, Figure]).validate_python(toml_of(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} isn't valid TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(f"{path.name} doesn't declare its figures:\n{faults_of(error, Figure)}") from None


def _figure(name: str) -> Figure:
    file, _, own = name.rpartition(".")
    figures = declared_figures(file or SHARED)
    if own not in figures:
        raise BadInput(
            f"No figure is called {name!r}.{nearest(own, figures)} "
            f"{file or SHARED}.toml declares: {', '.join(figures)}."
        )
    return figures[own]


def figure(name: str) -> float:
    """Return a figure by name; prefix the file unless it is standard/thresholds.toml.

    >>> figure("chronic_absence_share")
    0.1
    """
    return float(_figure(name).value)


def whole_figure(name: str) -> int:
    """Return a figure that is a whole number."""
    value = _figure(name).value
    if not isinstance(value, int):
        raise BadInput(f"{name} is {value}; it has to be a whole number.")
    return value


_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_PARTS = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth", 10: "a tenth", 20: "a twentieth"}


def _format_number(value: int | float, form: str) -> str:
    if form.lower() == "words":
        text = _NUMBERS[int(value)] if value in range(len(_NUMBERS)) else f"{value:g}"
        return text.capitalize() if form == "Words" else text
    if form == "part":
        return _PARTS.get(round(1 / value) if value * round(1 / value) == 1 else 0, f"{100 * value:g}%")
    return format(value, form)


def filled(text: str) -> str:
    """Fill the placeholders of a text with figures.

    >>> filled("absent {chronic_absence_share:.0%} or {chronic_absence_share:part} of the days")
    'absent 10% or a tenth of the days'
    """
    return _PLACE.sub(lambda place: _format_number(_figure(place[1]).value, place[2] or "g"), text)


def _given_or_declared(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return _figure(value).value
    except (BadInput, OSError) as error:
        raise ValueError(str(error)) from None


# Types for other declarations: a number or the name of a figure, and a text with figures in it.
DeclaredNumber = Annotated[float, BeforeValidator(_given_or_declared)]
DeclaredCount = Annotated[int, BeforeValidator(_given_or_declared)]
DeclaredText = Annotated[str, BeforeValidator(lambda text: filled(text) if isinstance(text, str) else text)]
