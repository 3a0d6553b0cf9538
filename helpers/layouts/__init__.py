"""Declared layouts: what a system's export looks like and means, and the tables that pass between rooms."""

from helpers.layouts.bad_input import BadInput, faults_of, nearest
from helpers.layouts.tables import (
    STRING,
    as_table,
    cast,
    empty_table,
    fact_tables,
    standard_table,
    table_names,
)

__all__ = [
    "STRING",
    "BadInput",
    "as_table",
    "cast",
    "empty_table",
    "fact_tables",
    "faults_of",
    "nearest",
    "standard_table",
    "table_names",
]
