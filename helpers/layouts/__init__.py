"""Declared layouts: what a system's export looks like and means, and the tables that pass between rooms."""

from helpers.layouts.bad_input import BadInput, faults_of, nearest
from helpers.layouts.column import folded
from helpers.layouts.formats import PICTURE
from helpers.layouts.known_layouts import all_layouts, layout_names, load_layout
from helpers.layouts.layout import (
    Column,
    FileLayout,
    Layout,
    Makes,
    StructureRow,
)
from helpers.layouts.makes import CELL, braced
from helpers.layouts.pattern import shape_of
from helpers.layouts.tables import (
    STRING,
    as_table,
    cast,
    constant,
    empty_table,
    fact_tables,
    from_arrow,
    is_among,
    labelled,
    missing,
    stacked,
    standard_table,
    table_names,
)

__all__ = [
    "CELL",
    "PICTURE",
    "STRING",
    "BadInput",
    "Column",
    "FileLayout",
    "Layout",
    "Makes",
    "StructureRow",
    "all_layouts",
    "as_table",
    "braced",
    "cast",
    "constant",
    "empty_table",
    "fact_tables",
    "faults_of",
    "folded",
    "from_arrow",
    "is_among",
    "labelled",
    "layout_names",
    "load_layout",
    "missing",
    "nearest",
    "shape_of",
    "stacked",
    "standard_table",
    "table_names",
]
