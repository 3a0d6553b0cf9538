"""What the rules find of every child, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import NOTHING
from helpers.profile.rules import RULES
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

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
        Values as the rules found them, in numbers (`helpers.profile.found.told`), with ``element``, the place
        among the elements; and by fact table which rows were weighed by any rule.
    """
    tables = [NOTHING.values.assign(element=np.zeros(0, dtype="int16"))]
    weighed: dict[str, Any] = {}
    for place, element in enumerate(elements):
        found = RULES[element.rule](element, evidence, tallies)
        for table, mask in found.weighed.items():
            rows = np.asarray(mask, dtype=bool)
            weighed[table] = rows | weighed[table] if table in weighed else rows
        if len(found.values):
            tables.append(found.values.assign(element=np.full(len(found.values), place, dtype="int16")))
    masks = {table: pd.Series(mask, index=evidence.facts[table].index) for table, mask in weighed.items()}
    return pd.concat(tables[1:] or tables, ignore_index=True), masks
