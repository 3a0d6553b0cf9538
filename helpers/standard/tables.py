"""Standard tables that rooms exchange, declared in standard/tables/*.toml, and the check on each."""

from __future__ import annotations

import tomllib
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import starmap
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.standard.validation import BadInput, StrictModel, nearest

__all__ = [
    "STRING",
    "StandardColumn",
    "StandardTable",
    "as_table",
    "cast",
    "constant",
    "each_row",
    "empty_table",
    "fact_tables",
    "from_arrow",
    "isin_text",
    "labeled",
    "missing",
    "places_in_order",
    "stacked",
    "standard_table",
    "table_names",
]

TABLES = Path(__file__).with_name("tables")


# Arrow text takes a quarter of the memory of Python objects, and a missing one is NA as in the other types.
STRING = pd.StringDtype("pyarrow")

DTYPES: dict[str, Any] = {
    "string": STRING,
    "integer": pd.Int64Dtype(),
    "number": np.dtype("float64"),
    "boolean": pd.BooleanDtype(),
    "date": np.dtype("datetime64[us]"),
    "datetime": np.dtype("datetime64[us]"),
}

_P = [
    {"name": "file", "type": "string", "required": True, "sensitivity": "public", "meaning": "Source file"},
    {"name": "row", "type": "integer", "required": True, "sensitivity": "internal", "meaning": "Source row"},
]
_SILO = {"name": "silo", "type": "string", "required": True, "sensitivity": "public", "meaning": "System"}
_RECORD = {"name": "record", "type": "string", "meaning": "Person record; empty where the row names nobody"}
_SCHOOL = {"name": "school_id", "type": "string", "sensitivity": "internal", "meaning": "School"}


class StandardColumn(StrictModel):
    """One column of a standard table."""

    name: str
    type: Literal["string", "integer", "number", "boolean", "date", "datetime"]
    required: bool = False
    unit: str | None = None
    term: str | None = None
    sensitivity: Literal["public", "internal", "restricted"] = "restricted"
    meaning: str


class StandardTable(StrictModel):
    """One standard table: what a row is, its columns in order, its key."""

    name: str
    row_is: str
    called: str = ""
    """What people call its rows, where its name says too little."""
    about: Literal["child", "school"] | None = None
    key: tuple[str, ...] = ()
    columns: tuple[StandardColumn, ...]

    def dtypes(self) -> dict[str, Any]:
        """Return every column's dtype, in order."""
        return {column.name: DTYPES[column.type] for column in self.columns}


@cache
def _tables() -> Mapping[str, StandardTable]:
    tables = {}
    for path in sorted(TABLES.glob("*.toml")):
        for name, declared in tomllib.loads(path.read_text(encoding="utf-8")).items():
            first: list[dict[str, Any]] = []
            if declared.get("about") == "child":
                first = [_SILO, _RECORD, *_P, _SCHOOL]
            elif declared.get("about") == "school":
                first = [_SILO, *_P, _SCHOOL]
            tables[name] = StandardTable(name=name, **{**declared, "columns": [*first, *declared["columns"]]})
    return tables


def table_names() -> tuple[str, ...]:
    """List the names of all standard tables."""
    return tuple(_tables())


def fact_tables() -> tuple[str, ...]:
    """List the fact tables: what systems record about children and schools."""
    return tuple(name for name, table in _tables().items() if table.about)


def standard_table(name: str) -> StandardTable:
    """Return the declaration of a standard table.

    Parameters
    ----------
    name
        A name of `table_names`.

    Returns
    -------
    StandardTable
        Its columns, key and meaning.

    Raises
    ------
    BadInput
        When no table has that name.
    """
    try:
        return _tables()[name]
    except KeyError:
        raise BadInput(
            f"No standard table is called {name!r}.{nearest(name, _tables())} There are: "
            f"{', '.join(_tables())}."
        ) from None


SHARED = 1 << 16


def labeled(codes: np.ndarray, words: Sequence[str]) -> Any:
    """Build a text column from integer codes and their labels.

    Parameters
    ----------
    codes
        Position of each row's label in `words`.
    words
        The labels.

    Returns
    -------
    array
        A pandas array of dtype string.
    """
    numbered = pa.DictionaryArray.from_arrays(
        pa.array(codes.astype("int8" if len(words) < 128 else "int32")), pa.array(words, pa.large_string())
    )
    return pd.array(pa.chunked_array([numbered.cast(pa.large_string())]), dtype=STRING)


def from_arrow(text: Any) -> Any:
    """Wrap Arrow text (large_string) as a text column without copying it."""
    return STRING.__from_arrow__(text)  # type: ignore[attr-defined]


def stacked(columns: Sequence[pd.Series]) -> pd.Series:
    """Concatenate text columns, without overhead for many short ones.

    Parameters
    ----------
    columns
        Dtype string, at least one.

    Returns
    -------
    pandas.Series
        Dtype string, in their order.

    Examples
    --------
    >>> stacked([pd.Series(["a"], dtype=STRING), pd.Series(["b", None], dtype=STRING)]).tolist()
    ['a', 'b', <NA>]
    """
    if len(columns) == 1:
        return columns[0].reset_index(drop=True)
    chunks: list[pa.Array] = []
    for column in columns:
        text = pa.array(column.array, from_pandas=True)
        chunks += text.chunks if isinstance(text, pa.ChunkedArray) else [text]
    whole = pa.chunked_array([chunk.cast(pa.large_string()) for chunk in chunks], pa.large_string())
    return pd.Series(from_arrow(whole.combine_chunks()))


def isin_text(column: pd.Series, known: pd.Series | pd.Index | Iterable[str]) -> np.ndarray:
    """Test which texts of a column are among the known ones, without creating Python objects.

    Parameters
    ----------
    column, known
        Dtype string, or texts; a missing value never matches.

    Returns
    -------
    numpy.ndarray
        Boolean, one per row of `column`.
    """
    found = pc.is_in(_as_arrow(column), value_set=_as_arrow(known).combine_chunks(), skip_nulls=True)
    return np.asarray(found)


def _as_arrow(texts: pd.Series | pd.Index | Iterable[str]) -> pa.ChunkedArray:
    plain = texts if isinstance(texts, pd.Series | pd.Index) else list(texts)
    return pa.chunked_array(pa.array(plain, from_pandas=True)).cast(pa.large_string())


def places_in_order(frame: pd.DataFrame, by: Sequence[str]) -> np.ndarray:
    """Return the places of rows in the order of some columns, missing values last; ties stay as they were.

    pandas encodes each column of text before it sorts.

    >>> frame = pd.DataFrame({"silo": ["sis", "meals", "sis"], "row": [2, 3, 1]}).astype({"silo": STRING})
    >>> places_in_order(frame, ["silo", "row"]).tolist()
    [1, 2, 0]
    """
    columns = pa.table({name: pa.array(frame[name], from_pandas=True) for name in by})
    positions: np.ndarray = pc.sort_indices(columns, [(name, "ascending") for name in by]).to_numpy()
    return positions.astype("int64")


def constant(value: str | None, rows: int) -> Any:
    """Build a text column that repeats one value, sharing one block of memory.

    Parameters
    ----------
    value
        The text; None for a missing value.
    rows
        Length.

    Returns
    -------
    array
        A pandas array of dtype string.
    """
    once = pa.repeat(pa.scalar(value, pa.large_string()), min(rows, SHARED))
    whole = pa.chunked_array([once] * (rows // SHARED) + [once.slice(0, rows % SHARED)], pa.large_string())
    return pd.array(whole, dtype=STRING)


def missing(rows: int, dtype: Any) -> Any:
    """Build a column of missing values without writing one per row.

    Parameters
    ----------
    rows
        Length.
    dtype
        One of the standard dtypes.

    Returns
    -------
    array
        A pandas array of that dtype, all missing.
    """
    if dtype == STRING:
        return constant(None, rows)
    if isinstance(dtype, pd.Int64Dtype):
        return pd.arrays.IntegerArray(np.zeros(rows, "int64"), np.ones(rows, bool))
    if isinstance(dtype, pd.BooleanDtype):
        return pd.arrays.BooleanArray(np.zeros(rows, bool), np.ones(rows, bool))
    if dtype == np.dtype("float64"):
        return np.full(rows, np.nan)
    return np.full(rows, np.datetime64("NaT", "us"))


def cast(column: pd.Series, dtype: Any) -> pd.Series:
    """Cast one column to a dtype of the standard; DuckDB and Parquet return others.

    Parameters
    ----------
    column
        Any column.
    dtype
        One of the standard dtypes.

    Returns
    -------
    pandas.Series
        The same values with that dtype.
    """
    if column.dtype == dtype and not (dtype == STRING and getattr(column.dtype, "storage", "") != "pyarrow"):
        return column
    if dtype == STRING and pd.api.types.is_float_dtype(column.dtype) and column.isna().all():
        return pd.Series(missing(len(column), STRING), index=column.index, name=column.name)
    if dtype == np.dtype("datetime64[us]"):
        if column.isna().all():
            return pd.Series(missing(len(column), dtype), index=column.index, name=column.name)
        column = pd.to_datetime(column)
        if getattr(column.dt, "tz", None) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return column.astype(dtype)
    if dtype == np.dtype("float64"):
        return pd.to_numeric(column).astype("Float64").astype("float64")
    if isinstance(dtype, pd.BooleanDtype | pd.Int64Dtype) and column.isna().all():
        return pd.Series(missing(len(column), dtype), index=column.index, name=column.name)
    return column.astype(dtype)


def as_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Shape a frame as a standard table: columns in order, dtypes cast, a plain range index.

    Parameters
    ----------
    name
        Standard table.
    frame
        Columns that the table declares; absent ones become missing values.

    Returns
    -------
    pandas.DataFrame
        The table.

    Raises
    ------
    BadInput
        When the frame has an undeclared column, or a required one has missing values.
    """
    table = standard_table(name)
    dtypes = table.dtypes()
    unknown = [str(column) for column in frame.columns if column not in dtypes]
    if unknown:
        raise BadInput(
            f"Table {name!r} has no column {', '.join(map(repr, unknown))}.{nearest(unknown[0], dtypes)} "
            f"It has: {', '.join(dtypes)}."
        )
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        frame = frame.reset_index(drop=True)
    columns = {
        column: cast(frame[column], dtype) if column in frame.columns else missing(len(frame), dtype)
        for column, dtype in dtypes.items()
    }
    result = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)), copy=False)
    for column in table.columns:
        if column.required and result[column.name].isna().any():
            raise BadInput(f"Table {name!r}: column {column.name!r} may never be empty, and is in some row.")
    return result


@cache
def _row(names: tuple[str, ...]) -> Any:
    """Return the type of rows with these columns."""
    return namedtuple("Row", names)


def each_row(frame: pd.DataFrame) -> list[Any]:
    """List the rows of a frame as plain values: for the few rows of one child, loops are faster than pandas.

    Parameters
    ----------
    frame
        Any table.

    Returns
    -------
    list
        Named tuples; a missing cell is None.

    Examples
    --------
    >>> [(row.child, row.days) for row in each_row(pd.DataFrame({"child": ["c-1"], "days": [pd.NA]}))]
    [('c-1', None)]
    """
    columns = [pa.array(frame[name], from_pandas=True).to_pylist() for name in frame]
    return list(starmap(_row(tuple(frame)), zip(*columns, strict=True)))


def empty_table(name: str) -> pd.DataFrame:
    """Return a standard table without rows.

    Parameters
    ----------
    name
        Standard table.

    Returns
    -------
    pandas.DataFrame
        No rows, every column with its dtype.
    """
    return _empty(name).copy(deep=False)


@cache
def _empty(name: str) -> pd.DataFrame:
    """Make it once: most districts lack most tables."""
    return as_table(name, pd.DataFrame(index=pd.RangeIndex(0)))
