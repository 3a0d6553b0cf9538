"""Show the source rows of a value as in their file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from helpers.files import Cell, FoundFile, OneRow, files_below, rows_of, some_rows
from helpers.layouts import FileLayout, Makes, braced, load_layout
from helpers.report.blocks import Block, joined, paragraph
from helpers.report.templates import fill
from helpers.standard import BadInput, Measured, fact_tables, standard_table
from helpers.systems import declared

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["MOST_ROWS", "RowView", "show_source_row", "show_source_rows", "visible_columns"]


_TEMPLATE = "report/child/source_rows.html.j2"
_LONGEST = 600  # characters: a test vendor's row of 143 columns would fill a page
_NOT_SHOWN = "Rows of a real district's files are not shown."


def show_source_row(
    district: District, file: str, row: int, caption: str = "", *, fold: bool = False
) -> Block:
    """Show one row of a synthetic district's file as text, with its header if any.

    Parameters
    ----------
    district
        What `read_district` returned.
    file, row
        As in ``person_rows``: the path relative to the folder of silos, and the row number as in a
        spreadsheet.
    caption
        Description of the row; default is file and row.
    fold
        Whether only the caption is visible until somebody opens it.

    Returns
    -------
    Block
        The text, truncated if very long; for a real folder a message, because a row is about a child.
    """
    if not district.synthetic:
        return paragraph(_NOT_SHOWN, "muted")
    caption = caption or f"{file}, row {row}"
    lines, headed = _lines(district, file)
    header = [lines[0]] if headed and row > 1 else []
    shown = [_cut(line) for line in [*header, *lines[row - 1 : row]]]
    markup = fill(_TEMPLATE, "text_row", caption, "\n".join(shown), fold)
    return Block(markup, "\n".join([f"{caption}:", *shown]))


def _lines(district: District, file: str) -> tuple[list[str], bool]:
    """Return the rows of a file as text, and whether the first one is a header."""
    root = district.folder / "silos"
    found, _ = files_below(root if root.is_dir() else district.folder)
    for one in found:
        if one.path == file:
            return _text(one)
    return [], False


def _text(file: FoundFile) -> tuple[list[str], bool]:
    if file.is_sheet:
        return [" | ".join(_shown(cell) for cell in cells) for cells in rows_of(file.read())], True
    if file.path.endswith(".xml"):
        from defusedxml.ElementTree import fromstring, tostring

        elements = fromstring(file.read())
        # In a single record, readers don't need the vocabulary's address before each name.
        return [
            re.sub(r' xmlns(:\w+)?="[^"]*"|(?<=[</])ns0:', "", tostring(one, "unicode")).strip()
            for one in elements
        ], False
    lines = file.read().decode("utf-8-sig", "replace").splitlines()
    return lines, file.path.endswith(".csv")


def _shown(cell: Cell) -> str:
    """Return the content of a sheet's cell; a typed one, such as a date, is a pair of kind and text."""
    return "" if cell is None else str(cell[1]) if isinstance(cell, tuple | list) else str(cell)


def _cut(line: str) -> str:
    """Truncate a very long line, and note how much is missing."""
    if len(line) <= _LONGEST:
        return line
    cut = Measured("letters_cut", len(line) - _LONGEST)
    return f"{line[:_LONGEST]} … (and {cut.text} {cut.noun})"


MOST_ROWS = 12
# Attributes of a person's record that may be shown together with an element.
_WITH = {
    "first_name": ("local_id", "first_name", "middle_name", "full_name"),
    "last_surname": ("last_surname", "full_name", "generation_code_suffix"),
    "birth_date": ("birth_date",),
    "sex": ("sex",),
    "home_language": ("home_language",),
    "school": ("school_id", "school_name"),
    "grade_level": ("grade_level",),
}
# Columns of facts that reveal more than the fact: shown only with their own element.
_ONLY_WITH = {
    ("program", "primary_disability"): "primary_disability",
    ("program", "share_in_regular_class"): "share_in_regular_class",
    ("program", "service"): "special_education",
    ("program", "minutes_per_week"): "special_education",
    ("survey_response", "response"): "self_awareness",
    ("survey_response", "response_text"): "proud_of",
    ("career_plan", "plan"): "plan_after_high_school",
    ("career_plan", "goal"): "own_goal",
    ("school_enrollment", "entry_type"): "starts_at_school",
    ("school_enrollment", "exit_withdraw_type"): "leaves_school",
}
# Court orders about an adult feed no value: they decide who may look, and nobody reads them here.
_NEVER = {("contact", "court_order"), ("contact", "may_see_records")}
# A narrative, or what a child wrote, may name other children: only roles that may read it see it as written.
_NARRATIVES = {
    ("incident", "behavior_as_written"),
    ("survey_response", "response_text"),
    ("career_plan", "goal"),
}
_PLACE = ["table", "silo", "file", "row"]
_NOT_CELLS = ("silo", "record", "file", "row")


class RowView(Protocol):
    """Parts of a view of one child that this needs."""

    @property
    def narratives(self) -> bool:
        """Whether the role reads event narratives that involve others."""

    def may_see(self, name: str) -> bool:
        """Check whether the role may see an element, a kind of event or an indicator."""

    def source_rows(self, child: str, element: str, school_year: int | None) -> pd.DataFrame:
        """List ``table, silo, file, row`` of the source rows of a value in the view."""


def visible_columns(view: RowView) -> dict[str, set[str]]:
    """Return the standard columns that a role may see, by standard table."""
    terms = declared()
    tables = {each.table for each in terms.element if view.may_see(each.name)}
    tables |= {each.table for each in terms.timeline if view.may_see(each.name)}
    never = _NEVER if view.narratives else _NEVER | _NARRATIVES
    columns = {
        table: {
            name
            for name in [*standard_table(table).dtypes(), "local_id"]
            if name not in _NOT_CELLS
            and (table, name) not in never
            and ((table, name) not in _ONLY_WITH or view.may_see(_ONLY_WITH[table, name]))
        }
        for table in tables & set(fact_tables())
    }
    columns["people"] = {name for element, names in _WITH.items() if view.may_see(element) for name in names}
    columns["identifiers"] = {"State"} if view.may_see("state_id") else set()
    # A system's number of the child identifies her like the name.
    if not view.may_see("first_name"):
        for own in columns.values():
            own.discard("local_id")
    return columns


def show_source_rows(
    view: RowView,
    child: str,
    opens: dict[str, Any],
    folder: Path,
    layouts: dict[str, str],
    names: dict[str, str],
) -> Block:
    """Show the source rows of a value or a dated line of a page."""
    elements = opens.get("elements") or ([opens["element"]] if "element" in opens else [])
    if elements:
        parts = [view.source_rows(child, element, opens["school_year"])[_PLACE] for element in elements]
        rows = pd.concat(parts, ignore_index=True)
    else:
        kinds = {each.name: each.table for each in declared().timeline}
        place = {name: [opens[name]] for name in ("silo", "file", "row")}
        rows = pd.DataFrame({"table": [kinds.get(str(opens["kind"]), "")], **place})
    rows = rows.dropna(subset=["file", "row"]).drop_duplicates(["table", "file", "row"])
    if rows.empty:
        return paragraph("No row: the system knows the child, and nothing was written down.")
    visible = visible_columns(view)
    shown = []
    first = rows.head(MOST_ROWS)
    for silo, file in dict.fromkeys(zip(first["silo"], first["file"], strict=True)):
        own = first[(first["silo"].eq(silo) & first["file"].eq(file)).to_numpy(dtype=bool)]
        layout = load_layout(layouts[silo]) if layouts.get(silo) else None
        numbers = [int(row) for row in own["row"]]
        try:
            opened = some_rows(folder, file, numbers, layout)
        except BadInput as error:
            shown.append(paragraph(str(error)))
            continue
        for table, number, one in zip(own["table"], numbers, opened, strict=True):
            shown.append(_row(f"{names.get(silo, silo)}: {file}, row {number}", one, table, visible))
    if len(rows) > MOST_ROWS:
        rest = rows.iloc[MOST_ROWS:]
        rows_text = "; ".join(
            f"{file}, rows {', '.join(str(int(row)) for row in own['row'])}"
            for file, own in rest.groupby("file", sort=False)
        )
        shown.append(paragraph(f"And {len(rest)} more: {rows_text}."))
    return joined(shown)


def _row(caption: str, opened: OneRow, table: str, visible: dict[str, set[str]]) -> Block:
    cells = _cells(opened, table, visible)
    hidden = len(opened.cells) - len(cells)
    left_out = Measured("cells_left_out", hidden)
    rest = f"{left_out:count}: not part of this value, or not for this role." if left_out else ""
    return Block(fill(_TEMPLATE, "cells_row", caption, cells, rest), f"{caption}. {rest}".strip())


def _cells(opened: OneRow, table: str, visible: dict[str, set[str]]) -> dict[str, str]:
    """Filter cells to columns that feed the table asked for, or the child's name."""
    kind = opened.kind
    if kind is None:
        return {}
    wanted = _feeding(kind, table, visible.get(table, set()))
    if table == "school_enrollment":  # without enrollment periods, the child's record has the school
        wanted |= _feeding(kind, "people", visible["people"] & {"school_id", "school_name", "grade_level"})
    if table != "identifiers":
        wanted |= _feeding(kind, "people", visible["people"] & {"first_name", "last_surname", "full_name"})
    return {name: text for name, text in opened.cells.items() if opened.declared(name) in wanted}


def _feeding(kind: FileLayout, table: str, columns: set[str]) -> set[str]:
    """Return the columns of a file that feed some columns of a standard table."""
    if table == "identifiers":
        return {column.name for column in kind.columns if column.identification_system in columns}
    found: set[str] = set()
    for makes in kind.makes:
        if makes.table == table:
            for target, source in makes.take.items():
                if target in columns:
                    found |= _source(kind, makes, source)
    return found


def _source(kind: FileLayout, makes: Makes, source: str) -> set[str]:
    if braced(source) is not None:
        pattern = kind.pattern_of(makes)
        return set() if pattern is None else {pattern.name}
    column = kind.find(source.partition("->")[0])
    return set() if column is None else {column[0].name}
