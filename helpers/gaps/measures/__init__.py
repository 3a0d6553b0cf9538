"""Measures of the scorecard, one module per kind of gap, and the owner of each system."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from helpers.layouts import Layout
from helpers.standard import StrictModel, ungrouped
from helpers.systems import systems

__all__ = ["WITHOUT_KEY", "Measure", "declared_measures", "line", "measure", "owner_of", "system_owners"]


WITHOUT_KEY = "cannot be judged without a key"


class Measure(StrictModel):
    """One measure of the scorecard."""

    name: str
    kind: str
    unit: str
    meaning: str
    effect: str
    owner: Literal["left", "right", "both", "team", "privacy"]
    next_step: str
    limit_step: str = ""
    needs_key: bool = False
    bad: bool = False


@cache
def _declared() -> tuple[dict[str, Measure], dict[str, Any]]:
    declared = tomllib.loads((Path(__file__).parent / "measures.toml").read_text(encoding="utf-8"))
    findings = declared.pop("findings")
    return {
        name: Measure(name=name, **given) for name, given in ungrouped(declared, "measure").items()
    }, findings


def declared_measures() -> tuple[Measure, ...]:
    """Return the measures in order, without the kinds of finding.

    Returns
    -------
    tuple of Measure
        Declared measures.
    """
    return tuple(_declared()[0].values())


def measure(name: str) -> Measure:
    """Look up a measure by name; a kind of finding is a measure too.

    Parameters
    ----------
    name
        Name of a measure or of a kind of finding.

    Returns
    -------
    Measure
        Its declaration.
    """
    known, findings = _declared()
    if name in known:
        return known[name]
    kind = next((kind for kind, names in findings["kinds"].items() if name in names), "Format")
    texts = {key: findings[key] for key in ("unit", "meaning", "owner", "next_step")}
    return Measure(name=name, kind=kind, effect=findings["effects"][kind], **texts)


# Lines of the scorecard, by column.
Lines = list[dict[str, Any]]


def line(
    name: str,
    left: str,
    right: str | None = None,
    numerator: float | None = None,
    denominator: float | None = None,
    column: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Make one line of the scorecard."""
    about = measure(name)
    step = about.limit_step if more.get("is_limit") and about.limit_step else about.next_step
    value = numerator
    if about.unit == "rate" and numerator is not None:
        value = numerator / denominator if denominator else None
    return {
        "left_silo": left,
        "right_silo": right,
        "kind": about.kind,
        "measure": name,
        "column": column,
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "unit": about.unit,
        "is_limit": False,
        "needs_key": about.needs_key,
        "effect": about.effect,
        "next_step": step.format(left=left, right=right, column=column or "all columns"),
        **more,
    }


@cache
def _declared_owners() -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = tomllib.loads(
        (Path(__file__).parent / "owners.toml").read_text(encoding="utf-8")
    )
    return given


def system_owners(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Map each system to the role that runs it."""
    declared, known = _declared_owners(), systems()
    return {
        silo: known[layout.silo].owner
        if layout.silo in known
        else declared["domain"].get(layout.domain or "") or declared["other"]["unknown"]
        for silo, layout in layouts.items()
    }


def owner_of(line: Mapping[str, Any], side: str, roles: Mapping[str, str]) -> str:
    """Return the role that can act on a line."""
    other = _declared_owners()["other"]
    if side in ("team", "privacy"):
        return other[side]
    asked = {"left": ("left_silo",), "right": ("right_silo",)}.get(side, ("left_silo", "right_silo"))
    named = [roles.get(line[each], other["unknown"]) for each in asked if isinstance(line[each], str)]
    return " and ".join(dict.fromkeys(named)) or other["unknown"]
