"""What one standard would have saved: mappings of every pair of systems, against one of each system."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from helpers.gaps.roadmap.costs import Costs, kit_costs
from helpers.layouts import Layout
from helpers.standard import as_table

__all__ = ["concepts_of", "one_standard"]

# Said by every system of itself, and mapped by nobody.
OWN = frozenset({"local_id"})


def concepts_of(layout: Layout) -> frozenset[str]:
    """Name what a system's export says, in the kit's standard terms.

    Parameters
    ----------
    layout
        The system's layout.

    Returns
    -------
    frozenset of str
        ``table.column`` of the standard tables that its columns fill; its own number for a record aside.
    """
    return frozenset(
        f"{makes.table}.{target}"
        for file in layout.files
        for makes in file.makes
        for target in (*makes.take, *makes.flags)
        if target not in OWN
    )


def one_standard(layouts: Mapping[str, Layout], costs: Costs | None = None) -> pd.DataFrame:
    """Count the mappings that a district's systems need, pair by pair and by one standard.

    Parameters
    ----------
    layouts
        Layout by system.
    costs
        Hours a mapping; the kit's own assumption when not given.

    Returns
    -------
    pandas.DataFrame
        The standard table *one_standard*: a row a way, *pair by pair* (every two systems that say the same
        thing agree on it, and do so both ways in one mapping) and *one standard* (each system says what it
        shares with any other in the words of the standard). The exchanges are n(n-1)/2 against n; a column is
        counted once for each agreement in which it stands.
    """
    given = costs or kit_costs()
    says = {silo: concepts_of(layout) for silo, layout in layouts.items()}
    pairs = [(left, right, says[left] & says[right]) for left, right in combinations(says, 2)]
    exchanges = [common for _, _, common in pairs if common]
    shared = {
        silo: frozenset().union(*(common for left, right, common in pairs if silo in (left, right)))
        for silo in says
    }
    hours = given.mapping.hours
    rows = []
    for way, agreements, mappings in (
        ("pair by pair", len(exchanges), sum(len(common) for common in exchanges)),
        (
            "one standard",
            sum(bool(mine) for mine in shared.values()),
            sum(len(mine) for mine in shared.values()),
        ),
    ):
        rows.append(
            {
                "way": way,
                "systems": len(says),
                "agreements": agreements,
                "mappings": mappings,
                "hours_low": mappings * hours.low,
                "hours": mappings * hours.likely,
                "hours_high": mappings * hours.high,
            }
        )
    return as_table("one_standard", pd.DataFrame(rows))
