"""How common a name is, and how often two children agree by chance, in the data at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link.model.levels import Comparison

if TYPE_CHECKING:
    import duckdb

__all__ = ["chance_agreement", "frequencies"]

SEED = 20_250_901
# Fewer units with a birth date than this, and all units tell how common a name is.
ENOUGH = 50
PAIRS = 200_000
# How many drawn pairs the model's own figure is worth: so a level that no drawn pair reached keeps one.
WORTH = 2_000


def frequencies(values: pd.Series, dated: pd.Series) -> pd.DataFrame:
    """Estimate how likely a further child has each value.

    A value that one child in ten thousand has would be met far less often than once in ten thousand further
    children, because most such values are met once only. Absolute discounting (Kneser and Ney) takes off each
    count what the numbers of values met once and twice say is chance.

    Parameters
    ----------
    values
        Of each unit, as text; ``NA`` is not counted.
    dated
        Boolean: which units tell a birth date. They are nearly one a child, so they are counted if there are
        enough; the others are several a child.

    Returns
    -------
    pandas.DataFrame
        ``value``, ``frequency`` (0 to 1); by value.
    """
    known = values.notna()
    counted = values[known & dated] if int((known & dated).sum()) >= ENOUGH else values[known]
    counts = counted.value_counts()
    once, twice = int(counts.eq(1).sum()), int(counts.eq(2).sum())
    discount = min(once / (once + 2 * twice), 0.95) if once else 0.0
    every = counts.reindex(pd.unique(values[known])).fillna(1.0).clip(lower=1.0)
    share = (every - discount) / max(float(counts.sum()), 1.0)
    table = pd.DataFrame({"value": share.index.astype("string"), "frequency": share.to_numpy("float64")})
    return table.sort_values("value", ignore_index=True)


def chance_agreement(
    connection: duckdb.DuckDBPyConnection, table: str, comparison: Comparison, u: list[float]
) -> list[float]:
    """Measure how often two units drawn by chance stand at each level.

    Parameters
    ----------
    connection, table
        Where the units are, as `columns.units_table` wrote them.
    comparison
        What is compared.
    u
        What the model has for each level, which counts as much as some drawn pairs.

    Returns
    -------
    list of float
        For each level; they sum to 1.
    """
    cases = " ".join(
        f"ELSE {place}" if level.condition == "ELSE" else f"WHEN {level.condition} THEN {place}"
        for place, level in enumerate(comparison.levels)
    )
    unknown = f"WHEN {comparison.unknown} THEN -1" if comparison.unknown else ""
    found = connection.execute(
        f"SELECT level, count(*) FROM (SELECT CASE {unknown} {cases} END AS level FROM {table}) GROUP BY ALL"
    ).fetchall()
    counts = np.zeros(len(u))
    for level, count in found:
        if level >= 0:
            counts[level] = count
    told = np.array(u) * WORTH
    return ((counts + told) / (counts.sum() + told.sum())).tolist()
