"""Types of what a condition may ask for."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.layouts import allowed_values
from helpers.systems import declared_elements

__all__ = ["GRADES", "STATUSES", "Types", "element_types"]

# By input: boolean, number, string or date, or the only words that it may have.
Types = Mapping[str, str | tuple[str, ...]]
GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{grade:02}" for grade in range(1, 14)))
# Of an indicator, from the most urgent to the least informative.
STATUSES = ("Flagged", "Warning", "Unknown", "Clear", "Not applicable")
TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "date": "date"}


def element_types() -> dict[str, str | tuple[str, ...]]:
    """Map the elements of the profile, and whether they are on record, to their types."""
    types: dict[str, str | tuple[str, ...]] = {}
    for each in declared_elements():
        words = allowed_values(each.table, each.column or "") if each.type == "string" else None
        types[each.name] = tuple(words) if words else TYPES[each.type]
    return {**types, **{f"on_record({name})": "boolean" for name in types}}
