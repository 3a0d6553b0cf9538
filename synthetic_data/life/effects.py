"""Declare and collect the simulated effects."""

from __future__ import annotations

import importlib
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from synthetic_data.columns import text
from synthetic_data.facts import rows
from synthetic_data.population.households import HOME_LANGUAGES
from synthetic_data.scenario import Scenario

__all__ = [
    "APART",
    "CORRELATION",
    "GATHERED",
    "OWN",
    "VARIANCE",
    "Effect",
    "effect",
    "effects_frame",
    "effects_table",
]


OWN = "the kit's own assumption; no published figure"
CORRELATION, VARIANCE = "correlation", "share of variance"
# Of the academic trait and of absence, circumstances shift the whole: other sizes are of the rest.
APART = ", circumstances apart"


class Effect(NamedTuple):
    """One simulated effect.

    >>> Effect(
    ...     "support_in_visits", "support", "visits to the nurse", -0.2, "log rate a standard deviation"
    ... ).source
    "the kit's own assumption; no published figure"
    """

    name: str
    """Unique, such as ``engagement_in_absence``: what is driven comes last."""
    begins: str
    """Where it comes from: a trait, a season, a grade."""
    ends: str
    """What it changes."""
    size: float
    """How much, in ``unit``."""
    unit: str
    source: str = OWN
    dial: str = ""
    """The setting of the scenario that multiplies the size, if any."""


@cache
def _words() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows("effects")}


def effect(name: str, size: float) -> Effect:
    """Return an effect of a size; ``facts/effects.csv`` says what it is."""
    row = _words()[name]
    return Effect(name, row["from"], row["to"], size, row["unit"], row["source"] or OWN, row["dial"])


# Modules of life, in order of dependency.
GATHERED = (
    "circumstances",
    "traits",
    "absences",
    "learning.grades",
    "learning.assignments",
    "learning.tests",
    "learning.online_activity",
    "incidents",
    "wellbeing.screenings",
    "wellbeing.surveys",
    "family_contact",
    "wellbeing.plans",
    "participation",
    "college_plans",
    "wellbeing.meal_eligibility",
    "wellbeing.health",
    "record_errors",
)


def effects_frame(scenario: Scenario) -> pd.DataFrame:
    """List the effects of a scenario."""
    listed = [*_declared(), *_languages(), *([] if scenario.fair else _groups(scenario))]
    sizes = [one.size * getattr(scenario, one.dial) if one.dial else one.size for one in listed]
    return pd.DataFrame(
        {
            "name": text([one.name for one in listed]),
            "from": text([one.begins for one in listed]),
            "to": text([one.ends for one in listed]),
            "size": np.array(sizes, dtype="float64"),
            "unit": text([one.unit for one in listed]),
            "source": text([one.source for one in listed]),
        }
    )


def effects_table(scenario: Scenario) -> list[str]:
    """Write the effects of a scenario as lines of a Markdown table, for the data card."""
    lines = ["| effect | from | to | size | unit | source |", "|---|---|---|---|---|---|"]
    for effect in effects_frame(scenario).to_dict("records"):
        cells = [effect["name"], effect["from"], effect["to"], f"{effect['size']:g}"]
        lines.append(f"| {' | '.join([*cells, effect['unit'], effect['source']])} |")
    return lines


@cache
def _declared() -> tuple[Effect, ...]:
    modules = [importlib.import_module(f"synthetic_data.life.{name}") for name in GATHERED]
    return tuple(effect for module in modules for effect in module.EFFECTS)


def _languages() -> list[Effect]:
    return [
        Effect(
            f"{code}_at_home",
            f"name origin {origin}",
            f"home language {code}",
            share,
            "share of households",
            OWN,
        )
        for origin, (code, share) in HOME_LANGUAGES.items()
    ]


def _groups(scenario: Scenario) -> list[Effect]:
    """Return the effects of a scenario that isn't fair: each group's published rate, and nothing else."""
    published = {
        row["group"]: row
        for row in rows("published")
        if (row["topic"], row["period"]) == ("chronic_absence", "2022-23")
    }
    of_all = float(published.pop("all")["value"])
    return [
        Effect(
            f"group_{group}_in_absence",
            group,
            "chronic absence",
            100 * scenario.chronic_absence * float(row["value"]) / of_all,
            "percent of children",
            f"{row['source']}, {row['period']}",
        )
        for group, row in published.items()
    ]
