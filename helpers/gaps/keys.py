"""By which ids the records of two systems can meet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known
from helpers.link.values.identifiers import UNDECLARED_MAY_BE, WEAK, comparable_ids

__all__ = ["Keys", "is_strong", "keys_of"]


@dataclass(frozen=True)
class Keys:
    """The ids of each system, in the form in which they are compared.

    Attributes
    ----------
    by_silo
        System -> identification system -> ``number`` (of the record), ``value``, ``code`` (one a value, over
        all systems), ``child``.
    count
        How many records there are.
    """

    by_silo: dict[str, dict[str, pd.DataFrame]]
    count: int
    _found: dict[tuple[str, str], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]] = field(
        default_factory=dict
    )

    def between(self, left: str, right: str) -> list[tuple[pd.DataFrame, pd.DataFrame, str]]:
        """List the ids of two systems that may be compared: of one kind, or one of them undeclared."""
        mine, theirs = self.by_silo.get(left, {}), self.by_silo.get(right, {})
        found = [(mine[system], theirs[system], system) for system in mine if system in theirs]
        for system in UNDECLARED_MAY_BE[:2]:
            if "Undeclared" in mine and system in theirs:
                found.append((mine["Undeclared"], theirs[system], f"Undeclared = {system}"))
            if system in mine and "Undeclared" in theirs:
                found.append((mine[system], theirs["Undeclared"], f"{system} = Undeclared"))
        return found

    def meeting(self, left: str, right: str) -> npt.NDArray[np.bool_]:
        """Mark the records of the left system of which some id is also an id in the right one."""
        return self._marked(left, right)[0]

    def carrying(self, left: str, right: str) -> npt.NDArray[np.bool_]:
        """Mark records of the left system that carry an id of a kind by which some of them meet the right.

        Who has left the right system carries one and meets nobody.
        """
        return self._marked(left, right)[1]

    def _marked(self, left: str, right: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        if (left, right) not in self._found:
            meet, carry = np.zeros((2, self.count), dtype=bool)
            for mine, theirs, _ in self.between(left, right):
                number = mine["number"].to_numpy()
                found = np.isin(mine["code"].to_numpy(), theirs["code"].to_numpy())
                meet[number[found]] = True
                if found.any():
                    carry[number] = True
            self._found[(left, right)] = meet, carry
        return self._found[(left, right)]


def is_strong(key: str) -> bool:
    """Say of a kind of id whether it joins two records without anything else to check."""
    return key not in WEAK and "Undeclared" not in key


def keys_of(known: Known, identifiers: pd.DataFrame) -> Keys:
    """Bring ids into the form in which they are compared.

    Parameters
    ----------
    known
        Who is in which system.
    identifiers
        Table ``identifiers``.

    Returns
    -------
    Keys
        The ids of children, by system and kind.
    """
    numbers = known.records[["silo", "record"]].assign(number=np.arange(len(known.records), dtype="int64"))
    ids = comparable_ids(identifiers, numbers)
    ids = ids.assign(
        silo=known.records["silo"].to_numpy()[ids["number"]],
        child=known.child[ids["number"]],
        code=pd.factorize(ids["value"])[0],
    )
    by_silo = {
        str(silo): {str(system): its for system, its in mine.groupby("system")}
        for silo, mine in ids.groupby("silo")
    }
    return Keys(by_silo, len(known.records))
