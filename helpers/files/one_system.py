"""Decide which folders are one system: files of one layout above, next to and below each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pandas as pd

from helpers.files.folder import FoundFile
from helpers.files.read_silo import read_silo
from helpers.layouts import Layout

__all__ = ["Silos", "Systems", "Unit", "with_drafts"]

Silos = dict[str, tuple[Layout, list[FoundFile]]]

NAMED = ("first_name", "last_surname", "full_name", "birth_date")
# Folders without a common folder of their own count as one system only if they share this many of the smaller
# folder's ids, and this many of those have the same name or birth date.
SHARED = 0.5
AGREE = 0.9


@dataclass
class Unit:
    """Files of one folder that match one layout."""

    folder: str
    layout: Layout
    files: list[FoundFile] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    people: pd.DataFrame | None = None

    @property
    def names_people(self) -> bool:
        """Whether it gives names or birth dates."""
        return any(target in take for take in self._people() for target in NAMED)

    @property
    def makes_people(self) -> bool:
        """Whether it makes person records, even by id alone."""
        return any(True for _ in self._people())

    @property
    def only_changes(self) -> bool:
        """Whether its manifest marks a file as delta: then it is no system of its own, only changes."""
        if self.layout.manifest is None:
            return False
        name = self.layout.file_named(self.layout.manifest).path
        manifests = [found.read().lower() for found in self.files if found.name.lower() == name]
        return any(re.search(rb"[,\t;]\s*\"?delta\b", manifest) for manifest in manifests)

    def _people(self) -> Iterable[Mapping[str, str]]:
        return (
            makes.take
            for file in self.layout.files
            if file.name in self.kinds
            for makes in file.makes
            if makes.table == "people"
        )

    def who(self) -> pd.DataFrame:
        """Return the ids of its records, with names and birth dates."""
        if self.people is None:
            read = read_silo(self.folder, self.layout, self.files, written=False)
            self.people = read.people[["record", *NAMED]].drop_duplicates("record")
        return self.people

    def take(self, other: Unit, folder: str) -> None:
        """Add the files of another folder of the same system."""
        if self.people is not None and other.people is not None:
            self.people = pd.concat([self.people, other.people]).drop_duplicates("record")
        else:
            self.people = None
        self.files += other.files
        self.kinds |= other.kinds
        self.folder = folder


def _is_above(folder: str, other: str) -> bool:
    return folder == "" or other == folder or other.startswith(f"{folder}/")


def _common(folder: str, other: str) -> str:
    """Return the deepest folder that contains both folders, or is one of them."""
    here = [PurePosixPath(folder), *PurePosixPath(folder).parents]
    there = next((one for one in here if _is_above("" if str(one) == "." else str(one), other)), None)
    return "" if there is None or str(there) == "." else str(there)


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0


def _compared(left: pd.DataFrame, right: pd.DataFrame) -> tuple[float, float | None]:
    """Return the share of the smaller set of ids found in both, and how many of those are the same person."""
    both = left.merge(right, how="inner", on="record", suffixes=("", "_there"), validate="one_to_one")
    fewer = min(len(left), len(right))
    same = pd.Series(False, index=both.index)
    done = pd.Series(False, index=both.index)
    for name in ("first_name", "full_name", "birth_date"):
        here, there = both[name], both[f"{name}_there"]
        if name != "birth_date":
            here, there = here.str.casefold(), there.str.casefold()
        new = (here.notna() & there.notna()).to_numpy(bool) & ~done  # birth dates count only without names
        same |= new & (here == there).fillna(False).to_numpy(bool)
        done |= new
    return (len(both) / fewer if fewer else 0.0, float(same[done].mean()) if done.any() else None)


class Systems:
    """The systems of a folder that doesn't declare any."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._layouts = [(unit.folder, id(unit.layout)) for unit in units]
        self.units: list[Unit] = []
        self.doubts: list[str] = []
        by_layout: dict[int, list[Unit]] = {}
        for unit in sorted(units, key=lambda unit: _depth(unit.folder)):
            by_layout.setdefault(id(unit.layout), []).append(unit)
        for alike in by_layout.values():
            self.units += self._of_one_layout(alike)
        self.units.sort(key=lambda unit: _depth(unit.folder))

    def _of_one_layout(self, units: Sequence[Unit]) -> list[Unit]:
        """Merge the folders of one layout."""
        whole = [unit for unit in units if not unit.only_changes] or units
        naming = [unit for unit in whole if unit.names_people] or [one for one in whole if one.makes_people]
        systems: list[Unit] = []
        for unit in naming:
            asked = len(self.doubts)
            mine = next((one for one in systems if self._are_one(one, unit)), None)
            if mine is None:
                systems.append(unit)
                del self.doubts[asked + 1 :]  # one question per folder is enough
            else:
                mine.take(unit, self._folder_of(mine, unit))
                del self.doubts[asked:]
        for unit in units:
            if any(unit is one for one in naming):
                continue
            if not systems:
                systems.append(unit)
                continue
            # The nearest: a folder above first, then one alongside.
            near = [
                (_depth(_common(one.folder, unit.folder)), _is_above(one.folder, unit.folder))
                for one in systems
            ]
            nearest = [one for one, place in zip(systems, near, strict=True) if place == max(near)]
            if len(nearest) == 1 or not naming:
                nearest[0].take(unit, self._folder_of(nearest[0], unit))
            else:
                self._ask(nearest[0], unit, "the second is as close to one as to another")
                systems.append(unit)
        return systems

    def _folder_of(self, one: Unit, other: Unit) -> str:
        common = _common(one.folder, other.folder)
        return common if self._holds_only(common, one.layout) else one.folder

    def _holds_only(self, folder: str, layout: Layout) -> bool:
        """Return whether a folder, other than the top, contains one layout only."""
        if not folder:
            return False
        return all(known == id(layout) for inside, known in self._layouts if _is_above(folder, inside))

    def _are_one(self, one: Unit, other: Unit) -> bool:
        """Return whether two folders that name people are one system."""
        if _is_above(one.folder, other.folder) and not one.kinds & other.kinds:
            return True
        shared, agree = _compared(one.who(), other.who())
        if agree is not None and agree < SHARED:
            return False  # the same ids are other people: two systems that count from 1
        if self._holds_only(_common(one.folder, other.folder), one.layout):
            return True
        if shared >= SHARED and agree is not None and agree >= AGREE:
            return True
        self._ask(one, other, "they share few ids" if shared else "they share no id")
        return False

    def _ask(self, one: Unit, other: Unit, why: str) -> None:
        first, second = (unit.folder or "the top folder" for unit in (one, other))
        self.doubts.append(
            f"{first} and {second} are both {one.layout.layout}, and {why}: are they one system? "
            "Then put both into a folder of their own; until then, we read them as two"
        )


def with_drafts(silos: Silos, own: Mapping[str, Layout]) -> tuple[Silos, list[str]]:
    """Merge files of a folder's own layout into the system in the same folder."""
    mine = {id(layout) for layout in own.values()}
    joined = dict(silos)
    doubts = []
    for name, (layout, files) in silos.items():
        folders = {found.folder for found in files}
        if id(layout) not in mine or "" in folders:
            continue
        for other, (known, theirs) in silos.items():
            if id(known) in mine or not folders <= {found.folder for found in theirs}:
                continue
            kinds = {file.name for file in layout.files} & {file.name for file in known.files}
            if not kinds and _is_part(Unit(name, layout, files), Unit(other, known, theirs)):
                here, there = joined[other]
                more = here.model_copy(update={"file": [*here.file, *layout.file]})
                joined[other] = (more, sorted([*there, *files], key=lambda found: found.path))
                del joined[name]
            else:
                doubts.append(
                    f"{layout.layout} and {known.layout} match files of {min(folders)}, but share "
                    "few ids: are they one system? Then use its own id as local_id in the draft"
                )
            break
    return joined, doubts


def _is_part(draft: Unit, known: Unit) -> bool:
    """Return whether a draft's files belong to the known system: they share its ids, or make no people."""
    draft.kinds = {file.name for file in draft.layout.files}
    if not draft.makes_people:
        return True
    shared, agree = _compared(draft.who(), known.who())
    return shared >= SHARED and (agree is None or agree >= AGREE)
