"""Read what an error family declares: its rates, its kinds with their weights, and its tables."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["declared_family", "weights_of"]

HERE = Path(__file__).parent


@cache
def declared_family(name: str) -> dict[str, Any]:
    """Read the declaration of a family."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def weights_of(name: str, part: str) -> dict[str, float]:
    """Return the weight of each of a family's kinds that can change a part."""
    kinds = declared_family(name)["kind"]
    return {kind["kind"]: float(kind["weight"]) for kind in kinds if part in kind["of"]}
