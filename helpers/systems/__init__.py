"""The systems whose exports the kit reads: one folder each, discovered at run time.

A folder with a ``system.toml`` is a system. Its ``layout*.toml`` files declare its exports, ``codes/`` its
code sets, ``elements.toml`` the profile elements that only this system records, and ``norms.csv`` the
published norms of its tests. Other packages add systems through an entry point of the group
``bigpicture.systems``, which names a package with such folders.
"""

from helpers.systems.known_elements import (
    copy_of_elements,
    declared,
    declared_elements,
    declared_for,
    element,
)
from helpers.systems.known_systems import (
    Bar,
    Needs,
    System,
    outside_packages,
    roster_system,
    system,
    systems,
)
from helpers.systems.norms import norms_of_tests

__all__ = [
    "Bar",
    "Needs",
    "System",
    "copy_of_elements",
    "declared",
    "declared_elements",
    "declared_for",
    "element",
    "outside_packages",
    "roster_system",
    "system",
    "systems",
]
