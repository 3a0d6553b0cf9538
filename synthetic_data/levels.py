"""What an exchange level sets: ids carried, freshness, code agreement, fault rates; each moves alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from synthetic_data.scenario import Scenario

__all__ = ["Exchange", "exchange", "level_title", "roster_days"]

LEVELS = Path(__file__).parent / "levels.toml"


@cache
def _levels() -> Mapping[str, Any]:
    return tomllib.loads(LEVELS.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Exchange:
    """How one silo takes part in the exchange of a district."""

    ids: Mapping[str, float]
    """Identification system -> share of records that carry it."""
    roster_date: pd.Timestamp
    """The day for which the silo's roster stands; the day of the exports, or some days before it."""
    agreed_codes: bool
    """Whether the silo writes the district's words, or its own."""
    fault_factor: float
    """What the rates in `faults/` are multiplied with."""


def exchange(scenario: Scenario, silo: str) -> Exchange:
    """Give what the scenario's exchange level, and the switches moved alone, say about a silo.

    Parameters
    ----------
    scenario
        Its `level` sets all; `carried_ids`, `freshness`, `code_agreement`, `fault_level` move one switch.
    silo
        A silo of levels.toml.

    Returns
    -------
    Exchange
        Ids carried, day of the roster, code agreement and the factor on fault rates.
    """
    levels = _levels()
    lag = levels[scenario.freshness or scenario.level]["freshness"][silo]
    return Exchange(
        ids=levels[scenario.carried_ids or scenario.level]["ids"][silo],
        roster_date=pd.Timestamp(scenario.as_of) - pd.Timedelta(days=lag),
        agreed_codes=levels[scenario.code_agreement or scenario.level]["codes"][silo] == "agreed",
        fault_factor=levels[scenario.fault_level or scenario.level]["faults"] * scenario.faults,
    )


def roster_days(scenario: Scenario) -> list[pd.Timestamp]:
    """List the days for which some silo's roster stands, newest first; the day of the exports is among them.

    Parameters
    ----------
    scenario
        Its level, or the switch `freshness` moved alone.

    Returns
    -------
    list of pandas.Timestamp
        Different days.
    """
    silos = _levels()[scenario.freshness or scenario.level]["freshness"]
    days = {pd.Timestamp(scenario.as_of), *(exchange(scenario, silo).roster_date for silo in silos)}
    return sorted(days, reverse=True)


def level_title(level: str) -> str:
    """Say in words what an exchange level is."""
    return str(_levels()[level]["title"])
