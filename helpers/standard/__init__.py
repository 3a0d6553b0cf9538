"""The standard tables that pass between rooms, and how declarations are read and checked."""

from helpers.standard.tables import (
    STRING,
    as_table,
    cast,
    constant,
    empty_table,
    fact_tables,
    from_arrow,
    isin_text,
    labelled,
    missing,
    stacked,
    standard_table,
    table_names,
)
from helpers.standard.validation import BadInput, faults_of, nearest

__all__ = [
    "STRING",
    "BadInput",
    "as_table",
    "cast",
    "constant",
    "empty_table",
    "fact_tables",
    "faults_of",
    "from_arrow",
    "isin_text",
    "labelled",
    "missing",
    "nearest",
    "stacked",
    "standard_table",
    "table_names",
]
