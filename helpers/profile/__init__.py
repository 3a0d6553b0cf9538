"""Put the child together: values with their source, one row a child, a timeline."""

from helpers.profile.example_child import pick_example_child
from helpers.profile.facts.attendance import attendance_days
from helpers.profile.indicators import compute_indicators
from helpers.profile.profiles import Profiles, build_profiles, compare_profiles
from helpers.profile.store.source import source_of
from helpers.standard.elements import Element, element, elements

__all__ = [
    "Element",
    "Profiles",
    "attendance_days",
    "build_profiles",
    "compare_profiles",
    "compute_indicators",
    "element",
    "elements",
    "pick_example_child",
    "source_of",
]
