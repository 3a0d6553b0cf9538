"""Indicators: a child's elements under several published definitions of schools, states and studies."""

from helpers.profile.indicators.compute import (
    changes_between_definitions,
    compute_indicators,
    definitions_table,
    status_by_child,
)
from helpers.profile.indicators.definitions import (
    Definition,
    Indicator,
    declared_indicators,
    definition,
    indicator,
    read_indicators,
)

__all__ = [
    "Definition",
    "Indicator",
    "changes_between_definitions",
    "compute_indicators",
    "declared_indicators",
    "definition",
    "definitions_table",
    "indicator",
    "read_indicators",
    "status_by_child",
]
