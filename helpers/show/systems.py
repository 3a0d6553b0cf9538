"""What a system is called in a sentence: by what it is for, not by the name of its folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = ["system_names"]

_ROSTER = "Student information system (SIS)"


def system_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Name systems as charts, tables and sentences say them.

    Parameters
    ----------
    layouts
        Layout by silo, such as ``district.layouts``.

    Returns
    -------
    dict of str
        Silo -> name: by its domain where the silo is named by it, else by its export's title; two of one
        name are told apart by their folder.
    """
    names = {silo: _name(silo, layout) for silo, layout in layouts.items()}
    often = Counter(names.values())
    return {silo: name if often[name] == 1 else f"{name}, {silo}" for silo, name in names.items()}


def _name(silo: str, layout: Layout) -> str:
    if silo == "sis":
        return _ROSTER
    if silo == layout.silo:
        return silo.replace("_", " ").capitalize()
    return re.sub(r"\s*\([^)]*\)$", "", layout.title)
