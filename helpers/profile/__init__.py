"""Put the child together: values with their source, one row a child, a timeline."""

from helpers.profile.attendance import attendance_days
from helpers.profile.children import Profiles, child_profiles
from helpers.profile.elements import Element, element, elements
from helpers.profile.follow import follow_child

__all__ = ["Element", "Profiles", "attendance_days", "child_profiles", "element", "elements", "follow_child"]
