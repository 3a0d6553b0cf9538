"""Types of what a condition may ask for."""

from __future__ import annotations

from helpers.systems import declared_elements

__all__ = ["element_types"]

TYPES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "date": "date"}


def element_types() -> dict[str, str]:
    """Map the elements of the profile, and whether they are on record, to their types."""
    types = {each.name: TYPES[each.type] for each in declared_elements()}
    return {**types, **{f"on_record({name})": "boolean" for name in types}}
