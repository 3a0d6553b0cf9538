"""How common a name is, and how often two children agree by chance, in the data at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link.model.levels import Comparison

if TYPE_CHECKING:
    import duckdb

__all__ = ["SEED", "chance_agreement", "draw_pairs", "frequencies", "level_counts"]

SEED = 20_250_901
# Fewer units with a birth date than this, and all units tell how common a name is.
ENOUGH = 50
# A level rarer than this can be missed by all pairs that are drawn.
RARE = 0.001


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


def draw_pairs(
    connection: duckdb.DuckDBPyConnection, units: np.ndarray, count: int, seed: int = SEED
) -> None:
    """Write a view *drawn* of pairs of units drawn by chance, always the same ones.

    Parameters
    ----------
    connection
        Holds the table *units* that `columns.units_table` wrote.
    units
        ``int64``, sorted: the numbers to draw from, at least two.
    count
        Of pairs.
    seed
        Of the draw.
    """
    random = np.random.default_rng(seed)
    left = random.integers(0, len(units), count)
    right = (left + random.integers(1, len(units), count)) % len(units)
    connection.register("drawn_numbers", pd.DataFrame({"l": units[left], "r": units[right]}))
    columns = [name for name, *_ in connection.execute("DESCRIBE units").fetchall()]
    both = ", ".join(f"{side}.{name} AS {name}_{side}" for name in columns for side in ("l", "r"))
    connection.execute(
        f"CREATE OR REPLACE VIEW drawn AS SELECT {both} FROM drawn_numbers d "
        f"JOIN units l ON l.unit = d.l JOIN units r ON r.unit = d.r"
    )


def level_counts(
    connection: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], only: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """Count at which level of each comparison the drawn pairs stand.

    Parameters
    ----------
    connection
        Where `draw_pairs` has drawn.
    comparisons
        What is compared.
    only
        For some comparisons, by name: a condition on the pairs that count, in SQL.

    Returns
    -------
    dict of str to numpy.ndarray
        For each comparison, by name, how many pairs stand at each of its levels.
    """
    columns = []
    for comparison in comparisons:
        cases = " ".join(
            f"ELSE {place}" if level.condition == "ELSE" else f"WHEN {level.condition} THEN {place}"
            for place, level in enumerate(comparison.levels)
        )
        if comparison.unknown:
            cases = f"WHEN {comparison.unknown} THEN -1 {cases}"
        if comparison.name in only:
            cases = f"WHEN NOT coalesce({only[comparison.name]}, true) THEN -1 {cases}"
        columns.append(f"CAST(CASE {cases} END AS TINYINT) AS {comparison.name}")
    names = [comparison.name for comparison in comparisons]
    patterns = connection.execute(
        f"SELECT {', '.join(names)}, count(*) AS pairs "
        f"FROM (SELECT {', '.join(columns)} FROM drawn) GROUP BY ALL"
    ).fetchnumpy()
    return {
        comparison.name: np.bincount(
            np.asarray(patterns[comparison.name], dtype="int64") + 1,
            weights=np.asarray(patterns["pairs"], dtype="float64"),
            minlength=len(comparison.levels) + 1,
        )[1:]
        for comparison in comparisons
    }


def chance_agreement(counts: np.ndarray, u: list[float], worth: float) -> list[float]:
    """Say how often two units drawn by chance stand at each level.

    Parameters
    ----------
    counts
        How many drawn pairs stood there.
    u
        What was thought of each level so far.
    worth
        How many pairs of each level that thought is worth, so that a level hardly met nearly keeps it; a rare
        one that isn't met at all keeps it.

    Returns
    -------
    list of float
        For each level, above 0 and below 1.

    Examples
    --------
    >>> [round(share, 3) for share in chance_agreement(np.array([900.0, 99_100.0]), [0.02, 0.98], 5.0)]
    [0.009, 0.991]
    """
    before = np.array(u)
    share = (counts + worth) / (counts.sum() + worth / before)
    return np.where((counts == 0) & (before < RARE), before, share).tolist()
