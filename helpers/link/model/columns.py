"""Units as DuckDB compares them: their lists, and what is derived from these once instead of once a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from helpers.standard import BadInput

if TYPE_CHECKING:
    import duckdb

__all__ = ["COLUMNS", "as_compared", "units_table"]

LISTS = (
    "name_keys", "given", "given_formal", "family", "family_parts", "middle", "birth_days", "birth_days_free",
    "sex", "schools", "telephones", "emails", "addresses", "localities", "postcodes",
)  # fmt: skip
# As `names.is_initial`.
INITIAL = "length(x) = 1 AND upper(x) <> x"
# Derived columns, in SQL over those of a unit. A list without entries is NULL, as one that isn't known.
DERIVED = {
    "first_name": "given[1]",
    "surname": "family[1]",
    "given_initial": f"nullif(list_filter(given, lambda x: {INITIAL}), [])",
    "given_whole": f"nullif(list_filter(given, lambda x: NOT ({INITIAL})), [])",
    "given_letter": (
        f"nullif(list_transform(list_filter(given, lambda x: NOT ({INITIAL})), lambda x: left(x, 1)), [])"
    ),
    # G. Samuel and G. DeShawn: their initial says nothing beside their second names.
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
    """Check a table of units and put it in the order in which nothing depends on the order of its rows.

    Parameters
    ----------
    units
        One row a unit: ``unit`` (distinct whole numbers), ``name_key`` (text), ``grades`` (lists of whole
        numbers) and the lists of texts that `LISTS` names; a column that isn't there is known of nobody.

    Returns
    -------
    pandas.DataFrame
        By ``unit``, with every column.

    Raises
    ------
    BadInput
        When two rows have one number.
    """
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
    """Write units into a database, with their derived columns.

    Parameters
    ----------
    connection
        The database.
    units
        From `as_compared`.
    name
        Of the table.
    """
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
