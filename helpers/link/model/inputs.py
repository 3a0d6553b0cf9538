"""Inputs of the model: columns for DuckDB, and the frequency of each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.link.model.comparisons import Comparison
from helpers.standard import BadInput

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "COLUMNS",
    "SEED",
    "as_compared",
    "chance_agreement",
    "draw_pairs",
    "frequencies",
    "level_counts",
    "units_table",
]


LISTS = (
    "name_keys", "given", "given_formal", "family", "family_parts", "middle", "birth_days", "birth_days_free",
    "sex", "schools", "telephones", "emails", "addresses", "localities", "postcodes",
)  # fmt: skip
# As `names.is_initial`.
INITIAL = "length(x) = 1 AND upper(x) <> x"
# Derived columns, in SQL over those of a unit. An empty list is NULL, like a missing one.
DERIVED = {
    "first_name": "given[1]",
    "surname": "family[1]",
    "given_initial": f"nullif(list_filter(given, lambda x: {INITIAL}), [])",
    "given_whole": f"nullif(list_filter(given, lambda x: NOT ({INITIAL})), [])",
    "given_letter": (
        f"nullif(list_transform(list_filter(given, lambda x: NOT ({INITIAL})), lambda x: left(x, 1)), [])"
    ),
    # G. Samuel and G. DeShawn: their initials are no evidence next to their second names.
    "given_behind_initial": "nullif(list_filter(given, lambda x: strpos(x, ' ') = 2), [])",
    "family_letter": "list_distinct(list_transform(family, lambda x: left(x, 1)))",
    "family_initial": f"nullif(list_filter(family, lambda x: {INITIAL}), [])",
    "middle_letter": "list_distinct(list_transform(middle, lambda x: left(x, 1)))",
    "middle_initial": "nullif(list_filter(middle, lambda x: length(x) = 1), [])",
    "birth_years": "list_distinct(list_transform(birth_days, lambda x: left(x, 4)))",
    "birth_parts": (
        "list_distinct(flatten(list_transform(birth_days, lambda x: "
        "[left(x, 7), left(x, 4) || right(x, 3), right(x, 6)])))"
    ),
    "grades_after": "list_transform(grades, lambda x: x + 1)",
    "email_users": "list_distinct(list_transform(emails, lambda x: split_part(x, '@', 1)))",
}
COLUMNS = ("unit", "name_key", *LISTS, "grades", *DERIVED)


def as_compared(units: pd.DataFrame) -> pd.DataFrame:
    """Check a table of units, and sort it so that results don't depend on row order."""
    twice = units["unit"].duplicated()
    if twice.any():
        number = units.loc[twice, "unit"].iloc[0]
        raise BadInput(
            f"Unit {number} stands in {int(units['unit'].eq(number).sum())} rows of the units; each must "
            f"have one row. Number the units anew from 0."
        )
    ordered = units.sort_values("unit", ignore_index=True)
    missing = [name for name in ("name_key", *LISTS, "grades") if name not in ordered]
    return ordered.assign(**{name: pd.Series(None, index=ordered.index, dtype="object") for name in missing})


def units_table(connection: duckdb.DuckDBPyConnection, units: pd.DataFrame, name: str) -> None:
    """Write units into a database, with their derived columns."""
    given = units[["unit", "name_key", *LISTS, "grades"]]
    connection.register("units_as_given", pa.Table.from_pandas(given, preserve_index=False))
    lists = ", ".join(f"nullif(CAST({column} AS VARCHAR[]), []) AS {column}" for column in LISTS)
    derived = ", ".join(f"{formula} AS {column}" for column, formula in DERIVED.items())
    connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT *, {derived} FROM ("
        f"SELECT CAST(unit AS BIGINT) AS unit, CAST(name_key AS VARCHAR) AS name_key, {lists}, "
        f"nullif(CAST(grades AS INTEGER[]), []) AS grades FROM units_as_given)"
    )
    connection.unregister("units_as_given")


SEED = 20_250_901
# With fewer dated units than this, all units count toward name frequencies.
ENOUGH = 50
# The random pairs may miss any level rarer than this.
RARE = 0.001


def frequencies(values: pd.Series, dated: pd.Series) -> pd.DataFrame:
    """Estimate the probability of each value for a new child.

    A value seen once in ten thousand children is rarer than that, since most such values occur only once.
    Absolute discounting (Kneser and Ney) reduces each count by what chance explains, estimated from the
    numbers of values seen once and twice.
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
    """Create a view *drawn* of random pairs of units, reproducible by seed."""
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
    """Count the drawn pairs at each level of each comparison."""
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
    """Estimate the probability of each level for two random units.

    >>> [round(share, 3) for share in chance_agreement(np.array([900.0, 99_100.0]), [0.02, 0.98], 5.0)]
    [0.009, 0.991]
    """
    before = np.array(u)
    share = (counts + worth) / (counts.sum() + worth / before)
    return np.where((counts == 0) & (before < RARE), before, share).tolist()
