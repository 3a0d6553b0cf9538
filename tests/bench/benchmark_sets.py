"""Sets of the K-12 linkage benchmark as the baselines read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files import District, read_district
from synthetic_data.benchmark import LinkageSet, read_set

__all__ = ["BenchmarkSet", "entry_of_clusters", "rated_pairs"]

PAIR = ["left_system", "left_record", "right_system", "right_record"]
RECORD = ["silo", "record"]
# A pair below this would be in no list that a person sees.
FAINTEST = 0.01


@dataclass(frozen=True)
class BenchmarkSet:
    """A set, and what the baselines take from the kit's reader: as `LinkingData` names it.

    In a region the name of a system has the district before it, and so have the numbers of schools.
    """

    folder: Path
    key: Path | None = None

    @property
    def name(self) -> str:
        """Name of the set: split/family-kind."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @cached_property
    def districts(self) -> dict[str, District]:
        """The districts, read; the name of a single one is empty."""
        files = self.folder / "files"
        if (files / "district.json").exists():
            return {"": read_district(files)}
        return {
            path.parent.name: read_district(path.parent) for path in sorted(files.glob("*/district.json"))
        }

    @cached_property
    def records(self) -> pd.DataFrame:
        """records.csv, as text."""
        return pd.read_csv(self.folder / "records.csv", dtype=str, keep_default_na=False)

    @cached_property
    def truth(self) -> LinkageSet:
        """The set with its key."""
        return read_set(self.folder, self.key)

    @cached_property
    def people(self) -> pd.DataFrame:
        """All persons."""
        parts = []
        for name, district in self.districts.items():
            people = _of_district(district.people, name)
            parts.append(
                people.assign(school_id=f"{name}/" + people["school_id"] if name else people["school_id"])
            )
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def identifiers(self) -> pd.DataFrame:
        """All ids."""
        parts = [_of_district(district.identifiers, name) for name, district in self.districts.items()]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def school(self) -> pd.DataFrame:
        """All schools."""
        parts = []
        for name, district in self.districts.items():
            school = _of_district(district.fact("school"), name)
            parts.append(
                school.assign(school_id=f"{name}/" + school["school_id"] if name else school["school_id"])
            )
        return pd.concat(parts, ignore_index=True)

    @property
    def unique_people(self) -> tuple[str, ...]:
        """Systems that guarantee one record a child."""
        return tuple(
            f"{name}/{silo}" if name else silo
            for name, district in self.districts.items()
            for silo in district.unique_people
        )

    @property
    def anchor_order(self) -> tuple[str, ...]:
        """Systems, that with the best names first."""
        return tuple(
            f"{name}/{silo}" if name else silo
            for name, district in self.districts.items()
            for silo in district
        )

    @cached_property
    def students(self) -> pd.DataFrame:
        """The records to link, in the order of records.csv."""
        students = self.people[self.people["role"].eq("Student")].set_index(RECORD, drop=False)
        places = pd.MultiIndex.from_frame(self.records[["system", "record"]])
        return students.loc[places].reset_index(drop=True)


def _of_district(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table.assign(silo=f"{name}/" + table["silo"]) if name else table


def entry_of_clusters(of: BenchmarkSet, labels: np.ndarray) -> pd.DataFrame:
    """Write clusters as pairs: each record with the first one of its cluster."""
    first = pd.Series(np.arange(len(labels))).groupby(labels).transform("min").to_numpy()
    later = np.flatnonzero(first != np.arange(len(labels)))
    return _pairs(of, first[later], later).assign(probability="", status="link")


def rated_pairs(
    of: BenchmarkSet,
    left: np.ndarray,
    right: np.ndarray,
    probability: np.ndarray,
    status: np.ndarray | str = "no",
) -> pd.DataFrame:
    """Write pairs with their probability; most link nothing by themselves."""
    kept = (probability >= FAINTEST) | (np.asarray(status) != "no")
    told = _pairs(of, left[kept], right[kept]).assign(
        probability=np.round(probability[kept], 6), status=status if isinstance(status, str) else status[kept]
    )
    return told


def _pairs(of: BenchmarkSet, left: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    sides = [of.records[["system", "record"]].iloc[side].reset_index(drop=True) for side in (left, right)]
    return pd.concat(sides, axis="columns").set_axis(PAIR, axis="columns")
