"""Find two children by the numbers that systems give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.blocking import Values
from helpers.link.records import Records

__all__ = ["OTHER_NUMBERS", "GroupNumbers"]

OTHER_NUMBERS = "two systems have both, under other numbers"
# One system may number a child twice; a second one seldom does so for the same child.
SYSTEMS = 2
# What a person types, or an address: it changes, and families share it.
NO_NUMBERS = ("Login", "Email", "PIN", "School")


@dataclass(frozen=True)
class GroupNumbers:
    """The numbers of groups of records.

    ``numbered`` has a row a group and a column a silo: whether the group has a number there.
    """

    numbers: Values
    numbered: np.ndarray

    @staticmethod
    def of(students: Records, group: np.ndarray, groups: int) -> GroupNumbers:
        """Collect the numbers of groups, given each record's group."""
        ids = students.ids[~students.ids["system"].isin(NO_NUMBERS).to_numpy(dtype=bool)]
        record = ids["number"].to_numpy(dtype="int64")
        code, texts = pd.factorize(ids["value"])
        mine, silo = group[record], students.silo[record]
        numbered = np.zeros((groups, int(np.max(students.silo, initial=0)) + 1), dtype=bool)
        numbered[mine, silo] = True
        return GroupNumbers(Values.of(mine, code.astype("int64"), texts.to_numpy()), numbered)

    def show_two(self, left: np.ndarray, right: np.ndarray, once: np.ndarray) -> np.ndarray:
        """Test which pairs of groups have no number in common, though two systems have both.

        Only systems count that have one record a child (``once``, by silo): others may number each record.
        """
        result = np.zeros(len(left), dtype=bool)
        several = self.numbered.sum(axis=1) >= SYSTEMS
        rows = np.flatnonzero(several[left] & several[right] & (left != right))
        both = self.numbered[left[rows]] & self.numbered[right[rows]] & once
        rows = rows[both.sum(axis=1) >= SYSTEMS]
        result[rows] = self.numbers.shared(len(self.numbered), left[rows], right[rows]) == 0
        return result
