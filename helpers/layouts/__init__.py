"""Layouts: what a system's export looks like, and what its columns mean."""

from helpers.layouts.answers import (
    ANSWERS,
    DONT_KNOW,
    NO_RESULTS,
    Answers,
    read_answers,
    with_answers,
    write_answers,
)
from helpers.layouts.column import code_set, folded, shape_of
from helpers.layouts.dictionary import NO_TERM, data_dictionary, filled_tables, table_dictionary
from helpers.layouts.formats import PICTURE
from helpers.layouts.headers import by_place, is_data_head, named_by_place
from helpers.layouts.known_layouts import all_layouts, layout_names, load_layout
from helpers.layouts.layout import (
    CELL,
    Column,
    FileLayout,
    Layout,
    Makes,
    StructureRow,
    braced,
    layout_of,
    read_layout,
)
from helpers.layouts.meanings import allowed_values, meant

# Public names, each documented. The other imports serve other rooms.
__all__ = [
    "CELL",
    "PICTURE",
    "Column",
    "FileLayout",
    "Layout",
    "Makes",
    "StructureRow",
    "all_layouts",
    "braced",
    "folded",
    "layout_names",
    "load_layout",
    "shape_of",
]
