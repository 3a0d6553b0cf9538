"""What each system records of the truth; one folder per system, found automatically."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from synthetic_data.observation import Observation, Truth
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.system_folders import system_folders

__all__ = ["SILOS", "maker_of"]


def maker_of(system: str) -> ModuleType:
    """Import the generator of a system: its `observe`, `LAYOUT` and `NOT_HELD`."""
    return import_module(system_folders()[system].module)


SILOS: Mapping[str, Callable[[Scenario, Truth, Exchange], Observation]] = {
    system: maker_of(system).observe for system in system_folders()
}
