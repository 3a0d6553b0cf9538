"""Who is in which system, ready for measuring."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["Known", "know"]


@dataclass(frozen=True)
class Known:
    """The records of children by system.

    Attributes
    ----------
    silos
        Systems that know a child: the roster first, then by name.
    records
        One row a record of a student: columns of ``people`` with ``child``, ``band``, and ``file, row`` of
        the first row behind it, in order of system, file and row.
    place
        One entry a record: the place of its system.
    child
        One entry a record: the child's number.
    holds
        A row a child, a column a system: it has a record of the child.
    """

    silos: tuple[str, ...]
    records: pd.DataFrame
    place: npt.NDArray[np.int64]
    child: npt.NDArray[np.int64]
    holds: npt.NDArray[np.bool_]

    def pairs(self) -> list[tuple[int, int]]:
        """List every pair of systems once, by their places."""
        return list(combinations(range(len(self.silos)), 2))

    def of(self, place: int) -> npt.NDArray[np.bool_]:
        """Mark the records of a system."""
        return self.place == place

    def example(self, marked: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """Point at the first of some records.

        Parameters
        ----------
        marked
            One entry a record.

        Returns
        -------
        dict
            ``example_file`` and ``example_row``; empty when no record is marked.
        """
        places = np.flatnonzero(marked)
        if len(places) == 0:
            return {}
        first = self.records.iloc[int(places[0])]
        return {"example_file": first["file"], "example_row": first["row"]}


def know(district: District, links: Links) -> Known:
    """Find who is in which system.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.

    Returns
    -------
    Known
        Records and systems.
    """
    tied = links.crosswalk[["silo", "record", "child", "band"]]
    records = district.people.merge(tied, on=["silo", "record"], how="inner", validate="one_to_one")
    there = set(records["silo"])
    silos = [silo for silo in district if silo in there]
    rows = district.person_rows.sort_values(["silo", "file", "row"], kind="stable")
    rows = rows.drop_duplicates(["silo", "record"])
    records = records.merge(rows, on=["silo", "record"], how="left", validate="one_to_one")
    order = records["silo"].map({silo: place for place, silo in enumerate(silos)})
    records = records.assign(order=order).sort_values(["order", "file", "row", "record"], kind="stable")
    place = records["order"].to_numpy(dtype="int64")
    records = records.drop(columns="order").reset_index(drop=True)
    child, named = pd.factorize(records["child"])
    holds = np.zeros((len(named), len(silos)), dtype=bool)
    holds[child, place] = True
    return Known(tuple(silos), records, place, child.astype("int64"), holds)
