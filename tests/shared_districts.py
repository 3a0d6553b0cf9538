"""Districts that tests make by their settings: each is made, read and linked once a run, whoever asks."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.kept import Kept, sharing_in

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles

__all__ = ["STUDENTS", "SharedDistricts", "only"]

# Big enough that each fault and each planted case occurs, small enough to be made in a moment.
STUDENTS = 120


def only(folder: Path, place: Path, *silos: str) -> Path:
    """Copy some systems of a made district: reading one takes a tenth of the time of reading all."""
    place.mkdir(parents=True)
    shutil.copy(folder / "district.json", place)
    for silo in silos:
        shutil.copytree(folder / "silos" / silo, place / "silos" / silo)
    return place


@dataclass(frozen=True)
class SharedDistricts:
    """What is made of the same settings is the same. Read it, never write into it."""

    kept: Kept

    def folder(self, **settings: Any) -> Path:
        """Give the folder of a made district."""
        from synthetic_data.district import make_district

        return self.kept(_name("made", settings), lambda: make_district(**settings))

    def read(self, *silos: str, **settings: Any) -> District:
        """Give a made district, read; of some systems alone where they are named."""
        from helpers.files import read_district

        folder = self.folder(**settings)
        if silos:
            name = _name("only", {**settings, "silos": silos})
            folder = self.kept(name, lambda: only(folder, self.kept.folder / name, *silos))
        with sharing_in(self.kept.shares):
            return read_district(folder)

    def linked(self, **settings: Any) -> Links:
        """Give who is who in a made district, as every command and notebook finds it."""
        from helpers.link import link_district

        with sharing_in(self.kept.shares):
            return link_district(self.read(**settings))

    def profiled(self, **settings: Any) -> Profiles:
        """Give what is known of each child of a made district."""
        from helpers.link import link_district
        from helpers.profile import build_profiles

        with sharing_in(self.kept.shares):
            district = self.read(**settings)
            return build_profiles(district, link_district(district))


def _name(what: str, settings: dict[str, Any]) -> str:
    """Name what is made of settings, in letters that a file may have."""
    key = repr(sorted(settings.items()))
    return f"{what}_{hashlib.sha256(key.encode()).hexdigest()[:16]}"
