"""The data dictionary: what every column of a layout or standard table means, from its declaration."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.layouts.known_layouts import all_layouts
from helpers.layouts.layout import Column
from helpers.layouts.meanings import allowed_values
from helpers.standard import STRING, BadInput, fact_tables, nearest, standard_table

__all__ = ["data_dictionary", "filled_tables", "table_dictionary"]

NO_TERM = "no standard term"


def _codes(column: Column) -> str | None:
    codes = {**column.code_map(), **column.markers}
    if not codes:
        return None
    return "; ".join(
        f"{code} = {meaning}" if code != meaning else code for code, meaning in list(codes.items())[:20]
    )


def data_dictionary(layout: str, folder: Path | None = None) -> pd.DataFrame:
    """Return the data dictionary of a layout."""
    layouts = all_layouts(folder / "layouts" if folder is not None else None)
    if layout not in layouts:
        raise BadInput(
            f"No layout or table is called {layout!r}.{nearest(layout, [*layouts, *filled_tables()])} "
            f"There are: {', '.join(layouts)}; tables: {', '.join(filled_tables())}."
        )
    found = layouts[layout]
    rows = [
        {
            "file": file.name,
            "column": column.name,
            "meaning": column.meaning or NO_TERM,
            "type": column.type,
            "format": " or ".join(column.formats()) or None,
            "unit": column.unit,
            "codes": _codes(column),
            "required": "yes" if column.required else "no",
            "id_of": column.identification_system,
            "sensitivity": column.sensitivity,
            "term": column.term or NO_TERM,
        }
        for file in found.files
        for column in file.columns
    ]
    return pd.DataFrame(rows).astype(STRING)


def filled_tables() -> list[str]:
    """List the standard tables that layouts fill."""
    return ["people", *fact_tables()]


def table_dictionary(table: str) -> pd.DataFrame:
    """Return what each column of a standard table means, and the words that a closed one may have."""
    rows = [
        {
            "column": column.name,
            "meaning": column.meaning,
            "type": column.type,
            "unit": column.unit,
            "words": "; ".join(allowed_values(table, column.name) or ()) or None,
            "sensitivity": column.sensitivity,
            "term": column.term or NO_TERM,
        }
        for column in standard_table(table).columns
    ]
    return pd.DataFrame(rows).astype(STRING)
