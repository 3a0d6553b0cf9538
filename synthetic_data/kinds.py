"""The kinds of fault that are declared: where, how often, from which source, and what finds them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.layouts import BadInput, nearest

__all__ = ["STAGES", "Fault", "declared_faults"]

STAGES = ("columns", "rows", "cells", "settings")
FAULTS = Path(__file__).parent / "faults.toml"


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one silo, as faults.toml declares it."""

    kind: str
    silo: str
    file: str
    stage: str
    rate: float
    rate_is: str
    found_by: str
    looks_like: str
    consequence: str
    base_rate: str
    source: str
    strength: str
    column: str = ""
    minimum: int = 0
    case: str | None = None
    levels: tuple[str, ...] = ("none", "manual", "rostered", "governed")

    @property
    def name(self) -> str:
        """Its name over all silos."""
        return f"{self.silo}.{self.kind}"


@cache
def declared_faults() -> tuple[Fault, ...]:
    """Read every declared kind of fault, in the order in which they happen within a stage.

    Raises
    ------
    BadInput
        When a declaration has an unknown key, lacks one, or names no stage.
    """
    declared = tomllib.loads(FAULTS.read_text(encoding="utf-8"))["fault"]
    faults = []
    for entry in declared:
        unknown = [key for key in entry if key not in Fault.__dataclass_fields__]
        if unknown:
            raise BadInput(
                f"faults.toml, {entry.get('kind')}: unknown key {unknown[0]!r}."
                f"{nearest(unknown[0], Fault.__dataclass_fields__)}"
            )
        fault = Fault(**{**entry, "levels": tuple(entry.get("levels", Fault.levels))})
        if fault.stage not in STAGES:
            raise BadInput(
                f"faults.toml, {fault.name}: no stage {fault.stage!r}. There are: {', '.join(STAGES)}."
            )
        faults.append(fault)
    return tuple(faults)
