"""Put the child together: values with their source, one row a child, a timeline."""

from helpers.profile.example_child import follow_child
from helpers.profile.facts.attendance import attendance_days
from helpers.profile.indicators import child_indicators
from helpers.profile.profiles import Profiles, changed_values, child_profiles
from helpers.profile.store.source import source_of
from helpers.standard.elements import Element, element, elements

__all__ = [
    "Element",
    "Profiles",
    "attendance_days",
    "changed_values",
    "child_indicators",
    "child_profiles",
    "element",
    "elements",
    "follow_child",
    "source_of",
]
