"""Who can do something about a gap: a role a system, declared in ``owners.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = ["owner_of", "owners_of"]


@cache
def _declared() -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = tomllib.loads(
        (Path(__file__).parent / "owners.toml").read_text(encoding="utf-8")
    )
    return given


def owners_of(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Name the role that runs each system.

    Parameters
    ----------
    layouts
        Layout by system.

    Returns
    -------
    dict of str
        System -> role.
    """
    declared = _declared()
    return {
        silo: declared["system"].get(layout.silo)
        or declared["domain"].get(layout.domain or "")
        or declared["other"]["unknown"]
        for silo, layout in layouts.items()
    }


def owner_of(line: Mapping[str, Any], side: str, roles: Mapping[str, str]) -> str:
    """Name who can do something about a line.

    Parameters
    ----------
    line
        A line of the scorecard.
    side
        Whose it is, as measures.toml says: left, right, both, team or privacy.
    roles
        Role by system, from `owners_of`.

    Returns
    -------
    str
        One role, or two joined by *and*.
    """
    other = _declared()["other"]
    if side in ("team", "privacy"):
        return other[side]
    asked = {"left": ("left_silo",), "right": ("right_silo",)}.get(side, ("left_silo", "right_silo"))
    named = [roles.get(line[each], other["unknown"]) for each in asked if isinstance(line[each], str)]
    return " and ".join(dict.fromkeys(named)) or other["unknown"]
