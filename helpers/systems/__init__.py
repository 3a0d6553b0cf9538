"""What the reading side knows of each system: one folder a system, found by looking.

A folder with a ``system.toml`` is a system; its ``layout*.toml`` declare its exports and ``codes/`` its code
sets. Another package brings systems of its own by an entry point of the group ``bigpicture.systems``, which
names a package that holds such folders.
"""

from helpers.systems.known_systems import (
    Bar,
    Needs,
    System,
    outside_packages,
    roster_system,
    system,
    systems,
)

__all__ = [
    "Bar",
    "Needs",
    "System",
    "outside_packages",
    "roster_system",
    "system",
    "systems",
]
