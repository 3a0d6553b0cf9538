"""Who is in which system, ready for measuring."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["BEHIND", "Known", "know"]

# Facts that a child has who chose something or needs it.
OF_SOME_CHILDREN = {"program", "participation", "career_interest", "career_plan", "application"}

# Key of a line under which the records behind it are kept, where somebody asks for them.
BEHIND = "behind"


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
    counts
        One entry a child: it is surely one of its own. A record by a name or an id alone that nothing ties to
        another may be of a child who is counted already.
    of_some
        Systems that keep only who takes part in something, or has a plan: nobody is missing there.
    keeps_behind
        Whether lines keep the records behind them, and not only the first as an example.
    """

    silos: tuple[str, ...]
    records: pd.DataFrame
    place: npt.NDArray[np.int64]
    child: npt.NDArray[np.int64]
    holds: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.bool_]
    of_some: frozenset[str] = frozenset()
    keeps_behind: bool = False

    def pairs(self) -> list[tuple[int, int]]:
        """List every pair of systems once, by their places."""
        return list(combinations(range(len(self.silos)), 2))

    def is_told_apart(self, place: int) -> bool:
        """Say of a system whether most of its children are surely children of their own."""
        holds = self.holds[:, place]
        return int((holds & self.counts).sum()) * 2 >= int(holds.sum())

    def is_for_some(self, place: int) -> bool:
        """Say of a system whether nobody can tell from its records whom else it might be for."""
        return self.silos[place] in self.of_some or not self.is_told_apart(place)

    def of(self, place: int) -> npt.NDArray[np.bool_]:
        """Mark the records of a system."""
        return self.place == place

    def numbers_of(self, silos: pd.Series, records: pd.Series) -> npt.NDArray[np.int64]:
        """Give the places of records in ``records``; -1 for one that isn't there."""
        own = pd.MultiIndex.from_frame(self.records[["silo", "record"]])
        asked = pd.MultiIndex.from_arrays([silos, records])
        return np.asarray(own.get_indexer(asked), dtype="int64")

    def example(self, marked: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """Point at the first of some records.

        Parameters
        ----------
        marked
            One entry a record.

        Returns
        -------
        dict
            ``example_file`` and ``example_row``, and with `keeps_behind` the places of all; empty when no
            record is marked.
        """
        places = np.flatnonzero(marked)
        if len(places) == 0:
            return {}
        first = self.records.iloc[int(places[0])]
        behind = {BEHIND: places} if self.keeps_behind else {}
        return {"example_file": first["file"], "example_row": first["row"], **behind}


def know(district: District, links: Links, *, keeps_behind: bool = False) -> Known:
    """Find who is in which system.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    keeps_behind
        Whether lines keep the records behind them.

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
    counts = holds.sum(axis=1) > 1
    dated = (records["linkable_by"] == "Name and birth date").to_numpy(dtype=bool)
    counts[child[dated | (place == 0)]] = True
    some = _of_some(district)
    return Known(tuple(silos), records, place, child.astype("int64"), holds, counts, some, keeps_behind)


def _of_some(district: District) -> frozenset[str]:
    """Name the systems that say nothing of children but in what they take part, or which plan they have."""
    tells: dict[str, set[str]] = {}
    for table in fact_tables():
        if standard_table(table).about == "child":
            for silo in district.fact(table)["silo"].unique():
                tells.setdefault(str(silo), set()).add(table)
    return frozenset(silo for silo, tables in tells.items() if tables <= OF_SOME_CHILDREN)
