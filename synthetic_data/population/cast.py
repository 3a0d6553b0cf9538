"""The people of a district while they are being made: names and homes that hard cases may still change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Cast"]

Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass
class Cast:
    """Names and homes while they can still be changed: arrays over children, then over households."""

    household: Codes
    grade: Codes
    twin: Mask
    birth: npt.NDArray[np.datetime64]
    female: Mask
    first: Words
    last: Words
    suffix: Words
    preferred: Words
    former: Words
    # one element a household
    origin: Codes
    father_first: Words
    father_last: Words
    mother_first: Words
    mother_last: Words
    mother_born: Words
    father_senior: Mask
    guardianship: Codes
    homeless: Mask
    bound: Mask
    """Families that must stay as they are: another district knows them too."""

    def rename(self, child: int, name: str) -> None:
        """Give a child another first name; a nickname belonged to the old one."""
        if self.first[child] != name:
            self.first[child], self.preferred[child] = name, None

    def surname(self, home: int, name: str) -> None:
        """Give a whole family another surname."""
        self.last[self.household == home] = name
        self.father_last[home] = name
