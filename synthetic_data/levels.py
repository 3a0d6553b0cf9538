"""What an exchange level sets: ids carried, freshness, code agreement, fault rates; each moves alone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from synthetic_data.scenario import LEVELS_FILE, SWITCHES, Scenario

__all__ = ["Exchange", "exchange", "level_of", "level_title", "roster_days"]


@cache
def _levels() -> Mapping[str, Any]:
    return tomllib.loads(LEVELS_FILE.read_text(encoding="utf-8"))


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
        Its `level` sets all; `carried_ids`, `freshness`, `code_agreement`, `fault_level` move one switch;
        `systems` moves those of one system.
    silo
        A silo of levels.toml.

    Returns
    -------
    Exchange
        Ids carried, day of the roster, code agreement and the factor on fault rates.
    """
    at = {switch: _levels()[level_of(scenario, silo, switch)] for switch in SWITCHES}
    lag = at["freshness"]["freshness"][silo]
    return Exchange(
        ids=at["carried_ids"]["ids"][silo],
        roster_date=pd.Timestamp(scenario.as_of) - pd.Timedelta(days=lag),
        agreed_codes=at["code_agreement"]["codes"][silo] == "agreed",
        fault_factor=at["fault_level"]["faults"] * scenario.faults,
    )


def level_of(scenario: Scenario, silo: str, switch: str) -> str:
    """Give the level at which one switch of one system stands.

    Parameters
    ----------
    scenario
        Its `systems` come before a switch moved for all, and that before `level`.
    silo
        A silo of levels.toml.
    switch
        One of `carried_ids`, `freshness`, `code_agreement`, `fault_level`.

    Returns
    -------
    str
        A level.
    """
    own = scenario.systems.get(silo, {}).get(switch)
    return str(own or getattr(scenario, switch) or scenario.level)


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
    silos = _levels()[scenario.level]["freshness"]
    days = {pd.Timestamp(scenario.as_of), *(exchange(scenario, silo).roster_date for silo in silos)}
    return sorted(days, reverse=True)


def level_title(level: str) -> str:
    """Say in words what an exchange level is."""
    return str(_levels()[level]["title"])
