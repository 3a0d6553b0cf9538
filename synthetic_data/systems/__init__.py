"""What each system records of the truth; one folder per system, found automatically."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from synthetic_data.observation import Observation, Truth
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.system_folders import system_folders

__all__ = ["SILOS", "maker_of", "sorting_of"]


def maker_of(system: str) -> ModuleType:
    """Import the generator of a system: its `observe`, `LAYOUT`, `NOT_HELD`, `SORTED_BY`."""
    return import_module(system_folders()[system].module)


def sorting_of(system: str) -> Mapping[str, tuple[str, ...]]:
    """Return the columns by which a system sorts each kind of file: `SORTED_BY` of its generator."""
    sorting: Mapping[str, tuple[str, ...]] = getattr(maker_of(system), "SORTED_BY", {})
    return sorting


SILOS: Mapping[str, Callable[[Scenario, Truth, Exchange], Observation]] = {
    system: maker_of(system).observe for system in system_folders()
}
