"""What each system records of the truth; one folder per system, found automatically."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

from helpers.standard import BadInput
from synthetic_data.observation import Observation, Truth
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.system_folders import system_folders

__all__ = ["SILOS", "maker_of", "sorting_of"]


def maker_of(system: str) -> ModuleType:
    """Import the generator of a system: its `observe`, `LAYOUT`, `columns_not_held`, `SORTED_BY`."""
    folder = system_folders()[system]
    maker = import_module(folder.module)
    if missing := [name for name in ("observe", "LAYOUT", "columns_not_held") if not hasattr(maker, name)]:
        raise BadInput(
            f"{folder.path / 'maker.py'} has no {missing[0]}: add it, as in the maker.py of another system."
        )
    return maker


def sorting_of(system: str) -> Mapping[str, tuple[str, ...]]:
    """Return the columns by which a system sorts each kind of file: `SORTED_BY` of its generator."""
    sorting: Mapping[str, tuple[str, ...]] = getattr(maker_of(system), "SORTED_BY", {})
    return sorting


SILOS: Mapping[str, Callable[[Scenario, Truth, Exchange], Observation]] = {
    system: maker_of(system).observe for system in system_folders()
}
