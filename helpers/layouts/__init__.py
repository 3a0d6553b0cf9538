"""Layouts: what a system's export looks like and what its columns mean."""

from helpers.layouts.column import folded, shape_of
from helpers.layouts.formats import PICTURE
from helpers.layouts.known_layouts import all_layouts, layout_names, load_layout
from helpers.layouts.layout import CELL, Column, FileLayout, Layout, Makes, StructureRow, braced

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
