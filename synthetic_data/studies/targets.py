"""Published figures as targets: what each is compared with, by which measure, and when it is met.

``facts/targets.csv`` says so of every published figure, by topic, period and group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

from synthetic_data.published import rows
from synthetic_data.studies.intervals import Measured

__all__ = ["NO_TARGET", "WORST_GRADES", "Line", "line_of", "targets", "untargeted"]

NO_TARGET = "no published figure"
WORST_GRADES = "chronic_absence_grades"  # told in words: they lie above all others


@dataclass
class Line:
    """A published figure and what was measured for it, by seed."""

    scenario: str
    topic: str
    group: str
    period: str
    unit: str
    role: str
    """Tuned, held out, or `NO_TARGET`."""
    target: float
    rounding: float
    """How near to the target is as good as equal."""
    telling: float
    """How far an interval may reach and still tell something."""
    source: str
    strength: str
    why: str
    found: dict[int, Measured] = field(default_factory=dict)

    def verdict(self, value: float, half: float) -> str:
        """Say whether a value whose interval reaches so far to both sides meets the target.

        Parameters
        ----------
        value, half
            What was measured, and half the width of its interval.

        Returns
        -------
        str
            pass, miss, too few (to tell), or compared where there is no target.
        """
        if self.role == NO_TARGET:
            return "compared"
        if not isfinite(half) or half > self.telling:
            return "too few"
        met = (
            value - half > 0
            if self.topic == WORST_GRADES
            else abs(value - self.target) <= half + self.rounding
        )
        return "pass" if met else "miss"


def targets(role: str | None = None) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Give every published figure with what ``facts/targets.csv`` says of it.

    Parameters
    ----------
    role
        Only those of this role.

    Returns
    -------
    list of tuple
        A row of targets.csv, and a row of the published figure.
    """
    return [
        (said, row)
        for said in rows("targets")
        if role in (None, said["role"])
        for row in _published(said["facts"], said["topic"])
        if said["period"] in ("", row["period"])
        and (not said["groups"] or row["group"] in said["groups"].split(";"))
    ]


def line_of(scenario: str, said: dict[str, str], row: dict[str, str]) -> Line:
    """Make the line of a published figure, with nothing measured yet."""
    if said["topic"] == WORST_GRADES:
        target = 0.0
    elif row["unit"].startswith("students of "):
        target = 100 * float(row["value"]) / float(row["unit"].removeprefix("students of "))
    else:
        target = float(row["value"])
    return Line(
        scenario=scenario,
        topic=said["topic"],
        group=row["group"],
        period=row["period"],
        unit=said["unit"],
        role=said["role"],
        target=target,
        rounding=float(said["rounding"]),
        telling=float(said["telling"]),
        source=row["source"],
        strength=row["strength"],
        why=said["why"],
    )


def untargeted(scenario: str, topic: str, group: str, unit: str, why: str) -> Line:
    """Make the line of a figure that nobody has published."""
    return Line(scenario, topic, group, "", unit, NO_TARGET, float("nan"), 0.0, float("inf"), "", "", why)


def _published(facts: str, topic: str) -> list[dict[str, str]]:
    """Give the published figures of a topic in the columns of facts/published.csv."""
    if not facts.startswith("map_growth_norms"):
        return [row for row in rows(facts) if row["topic"] == topic]
    return [
        {
            "group": f"{row['subject']}, {row['season']}, {row['grade']}",
            "period": "2025 norms",
            "value": row[topic.removeprefix("map_growth_")],
            "unit": "RIT",
            "source": row["source"],
            "strength": row["strength"].partition(";")[0],
        }
        for row in rows(facts)
    ]
