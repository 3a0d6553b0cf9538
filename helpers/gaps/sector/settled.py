"""What was settled about the sector report before any answer was seen, as declared in report.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Grouping", "Settled", "settled"]

DECLARED = Path(__file__).with_name("report.toml")


class Grouping(BaseModel):
    """Two groups of systems that are compared: those of whom a yes-or-no column says yes, and the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    yes: str
    no: str


class Settled(BaseModel):
    """How answers are looked at.

    Attributes
    ----------
    confidence
        Of every interval.
    power
        With which the smallest difference would be seen.
    fewest_systems
        A group of fewer is never shown.
    items_answered
        Share of a domain's items that must be answered for a score.
    size_bands
        Name of a band -> number of students at which it begins, in order.
    groupings
        By column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    confidence: float = Field(gt=0.5, lt=1)
    power: float = Field(gt=0.5, lt=1)
    fewest_systems: int = Field(ge=5)
    items_answered: float = Field(gt=0, le=1)
    size_bands: dict[str, int]
    groupings: dict[str, Grouping]


@cache
def settled() -> Settled:
    """Give what was settled.

    Returns
    -------
    Settled
        As report.toml declares it.
    """
    return Settled.model_validate(tomllib.loads(DECLARED.read_text(encoding="utf-8")))
