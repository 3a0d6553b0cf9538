"""Every element's rule, asked for what it finds."""

from __future__ import annotations

import pandas as pd

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.rules import RULES
from helpers.profile.tallies import Tallies

__all__ = ["find_values"]


def find_values(
    elements: tuple[Element, ...], evidence: Evidence, tallies: Tallies
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Let every element's rule find its values.

    Parameters
    ----------
    elements
        Elements, as declared.
    evidence
        Records and facts by child.
    tallies
        What is counted once for several elements.

    Returns
    -------
    tuple
        Values as the rules found them, with ``element``, ``unit`` and ``rule``; and by fact table which
        rows were weighed by any rule.
    """
    tables = []
    weighed: dict[str, pd.Series] = {}
    for element in elements:
        found = RULES[element.rule](element, evidence, tallies)
        for table, mask in found.weighed.items():
            weighed[table] = mask | weighed[table] if table in weighed else mask
        tables.append(found.values.assign(element=element.name, unit=element.unit, rule=element.rule))
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True), weighed
