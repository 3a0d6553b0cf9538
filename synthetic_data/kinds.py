"""The kinds of fault that are declared: where, how often, from which source, and what finds them."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, nearest
from synthetic_data.silos import SILOS

__all__ = ["STAGES", "Fault", "declared_faults", "faults_on_request"]

STAGES = ("columns", "rows", "cells", "settings")
FAULTS = Path(__file__).parent / "faults"


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one silo, as the silo's TOML in `faults/` declares it."""

    kind: str
    silo: str
    """The name of the TOML; not written in it."""
    file: str
    """Kind of file in the silo's layout."""
    stage: str
    rate: float
    """What this kit uses, as a share of `rate_is`. Where `base_rate` is measured it is at least that; small
    districts get more, so that a workshop sees each kind."""
    rate_is: str
    found_by: str
    """A kind of finding, a measure of the scorecard, a table (left_out), or Not findable."""
    looks_like: str
    consequence: str
    base_rate: str
    """As reported: `looks_like`, `consequence`, `base_rate`, `strength` and `source` are from the kit's
    catalogue of faults that people reported in public about real school systems."""
    source: str
    strength: str
    """What `base_rate` is: measured, estimated, or own (the kit's own judgement)."""
    column: str = ""
    columns: str = ""
    """In place of `column`: a pattern of the names of its columns, where it has several."""
    minimum: int = 0
    """At least so many, where there are so many and the exchange level multiplies rates by 1 or more."""
    case: str | None = None
    levels: tuple[str, ...] = ("none", "manual", "rostered", "governed")
    """Fault levels at which it can happen."""
    on_request: bool = False
    """It happens only where a scenario gives its rate: it ruins a whole file, or is held out."""
    held_out: bool = False
    """Added when the detectors stood, to see what they make of what they weren't made for; on request too."""

    @property
    def name(self) -> str:
        """Its name over all silos."""
        return f"{self.silo}.{self.kind}"


@cache
def declared_faults() -> tuple[Fault, ...]:
    """Give every declared kind of fault, silo by silo, in the order in which they happen within a stage.

    Those that happen only on request aren't among them.

    Raises
    ------
    BadInput
        When a declaration has an unknown key, lacks one, or names no stage.
    """
    return tuple(fault for fault in _all_faults() if not fault.on_request)


@cache
def faults_on_request() -> tuple[Fault, ...]:
    """Give the kinds of fault that happen only where a scenario gives their rate; after all others.

    Raises
    ------
    BadInput
        As for `declared_faults`.
    """
    return tuple(fault for fault in _all_faults() if fault.on_request)


def _all_faults() -> tuple[Fault, ...]:
    return tuple(_fault(silo, entry) for silo in SILOS for entry in _entries(silo))


def _entries(silo: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((FAULTS / f"{silo}.toml").read_text(encoding="utf-8"))["fault"])


def _fault(silo: str, entry: dict[str, Any]) -> Fault:
    place = f"faults/{silo}.toml, {entry.get('kind')}"
    known = [key for key in Fault.__dataclass_fields__ if key != "silo"]
    unknown = [key for key in entry if key not in known]
    if unknown:
        raise BadInput(
            f"{place}: unknown key {unknown[0]!r}.{nearest(unknown[0], known)} There are: {', '.join(known)}."
        )
    fields = Fault.__dataclass_fields__.values()
    missing = [field.name for field in fields if field.default is MISSING and field.name not in entry]
    missing = [name for name in missing if name != "silo"]
    if missing:
        raise BadInput(f"{place}: key {missing[0]!r} is missing; give it.")
    fault = Fault(**{**entry, "silo": silo, "levels": tuple(entry.get("levels", Fault.levels))})
    if fault.stage not in STAGES:
        raise BadInput(f"{place}: no stage {fault.stage!r}. There are: {', '.join(STAGES)}.")
    return fault
