"""Find the folders of systems in the generator, here and in other packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, toml_of
from helpers.systems import outside_packages, systems

__all__ = ["SystemFolder", "system_folders"]

HERE = Path(__file__).parent / "systems"
MAKER = "maker.py"


@dataclass(frozen=True)
class SystemFolder:
    """One system's folder on the generator's side."""

    module: str
    """The maker's module."""
    path: Path

    def declared(self, file: str) -> dict[str, Any]:
        """Read one of its TOML files; empty if missing."""
        path = self.path / file
        try:
            return toml_of(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except ValueError as error:
            raise BadInput(f"{path} isn't valid TOML: {error}. Correct that line and try again.") from None


@cache
def system_folders() -> Mapping[str, SystemFolder]:
    """Return the folder of every system with a generator, in the order of their ``system.toml``."""
    packages = {"synthetic_data.systems": HERE, **outside_packages()}
    found = {
        path.parent.name: SystemFolder(f"{package}.{path.parent.name}.maker", path.parent)
        for package, folder in packages.items()
        for path in sorted(folder.glob(f"*/{MAKER}"))
    }
    if unknown := sorted(found.keys() - systems().keys()):
        raise BadInput(
            f"{found[unknown[0]].path} makes a system {unknown[0]!r} that no system.toml declares. "
            f"Add a folder {unknown[0]!r} with a system.toml."
        )
    return {name: found[name] for name in systems() if name in found}
