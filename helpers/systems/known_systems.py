"""Discover the folders of systems, here and in other packages, and read their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, StrictModel, nearest, read_declared

__all__ = [
    "Bar",
    "Needs",
    "System",
    "outside_packages",
    "roster_system",
    "system",
    "systems",
]

HERE = Path(__file__).parent
ENTRY_POINTS = "bigpicture.systems"
DECLARED = "system.toml"


class Needs(StrictModel):
    """Kinds of restricted information that a system needs, and why."""

    kinds: tuple[str, ...]
    why: str


class Bar(StrictModel):
    """Which systems may learn who is in this one, what that reveals, and under which rule."""

    tells: str = "whom it serves"
    may_know: tuple[str, ...]
    rule: str
    because: str


class System(StrictModel):
    """One system, as its ``system.toml`` declares it."""

    name: str
    folder: Path
    order: int
    """Its place in every list of systems."""
    title: Mapping[str, str]
    """What families read, by language."""
    owner: str
    """The role that can do something about its gaps."""
    display_name: str = ""
    """What charts and tables call it, where the folder's name says too little; an acronym in brackets."""
    stream_key: str = ""
    """Key of its random streams: the folder's name, or the one before the folder was renamed."""
    policy_domains: tuple[str, ...] = ()
    """Domains of the policy that a child's record in it reveals."""
    enrollment_rank: int | None = None
    """Its place among the systems that report at which school a child is, the most trusted first."""
    trusted_for: Mapping[str, int] = {}
    """Shared elements of the profile -> its rank among the systems: 1 is believed first."""
    serves_some: bool = False
    """It keeps only children who take part or have a plan: nobody is missing there."""
    needs: Needs
    protected: Bar | None = None
    """Its very list of children reveals something restricted."""
    outside: Bar | None = None
    """Its people are outside the district: they are told nothing without a contract or a family's consent."""

    def layout_files(self) -> list[Path]:
        """List its layout files, sorted by name."""
        return sorted(self.folder.glob("layout*.toml"))


@cache
def outside_packages() -> Mapping[str, Path]:
    """Map each package that adds systems by an entry point to its folder."""
    found = {}
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.value):
        try:
            spec = find_spec(entry.value)
        except ModuleNotFoundError:
            spec = None
        locations = list(spec.submodule_search_locations or ()) if spec else []
        if not locations:
            raise BadInput(
                f"Entry point {entry.name!r} of {ENTRY_POINTS} names {entry.value!r}, which is no "
                "package with folders of systems. Correct the entry point, or uninstall its package."
            )
        found[entry.value] = Path(locations[0])
    return found


@cache
def systems() -> Mapping[str, System]:
    """Return every known system by name, in the declared order.

    Returns
    -------
    mapping of str to System
        The kit's systems and those that other packages bring.

    Raises
    ------
    BadInput
        When a ``system.toml`` can't be used, or two folders declare one system.
    """
    found: dict[str, System] = {}
    for folder in (HERE, *outside_packages().values()):
        for path in sorted(folder.glob(f"*/{DECLARED}")):
            read = _read_system(path)
            if read.name in found:
                raise BadInput(
                    f"Two folders declare the system {read.name!r}: {found[read.name].folder} and "
                    f"{read.folder}. Rename one."
                )
            found[read.name] = read
    return {one.name: one for one in sorted(found.values(), key=lambda one: (one.order, one.name))}


def _read_system(path: Path) -> System:
    name = path.parent.name

    def named(given: dict[str, Any]) -> dict[str, Any]:
        return {"stream_key": name, **given, "name": name, "folder": path.parent}

    return read_declared(path, System, "a system", prepare=named)


def system(name: str) -> System:
    """Return one system by its name."""
    if name not in systems():
        raise BadInput(
            f"No system is called {name!r}.{nearest(name, systems())} There are: {', '.join(systems())}."
        )
    return systems()[name]


@cache
def roster_system() -> str:
    """Return the name of the system trusted most for enrollment: the student information system."""
    return min(systems().values(), key=lambda one: (one.enrollment_rank or len(systems()), one.order)).name
