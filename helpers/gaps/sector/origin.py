"""What a made sector says of its own making: what was put in, and whether who answers hides it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.standard import as_table, empty_table, standard_table

__all__ = ["HIDDEN", "NOT_PUT_IN", "PUT_IN", "WHO_ANSWERS", "Origin", "read_planted"]

PUT_IN = "put in by the generator"
NOT_PUT_IN = "not put in: what shows is chance"
HIDDEN = "put in, and hidden by who answers"
WHO_ANSWERS = "not put in: what shows is who answers, and chance"
# Members of the community sign more often, and nothing holds membership alike: a difference between them
# shows in both.
_GOES_WITH = {
    "pledged": ("pledged_effect", "community_effect"),
    "community": ("community_effect", "pledged_effect"),
    "data_team": ("data_team_effect",),
}
_BY_DOMAIN = ("hardest", "next_hardest")


@dataclass(frozen=True)
class Origin:
    """Where the answers of a sector come from.

    Attributes
    ----------
    invented
        A program made them.
    settings
        What was asked of it, as far as that stands beside the file.
    """

    invented: bool
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Origin:
        """Give the origin that stands beside a file; settings count only where it says it is invented."""
        invented = about.get("synthetic") is True
        settings = about.get("settings")
        return cls(invented, settings if invented and isinstance(settings, dict) else {})

    @property
    def volunteers(self) -> bool:
        """Whether who answers depends on what nobody records."""
        return (_number(self.settings.get("unrecorded_self_selection")) or 0) > 0

    def why(self, shown_by: str) -> str:
        """Say why these answers show what they show.

        Parameters
        ----------
        shown_by
            How a published statement is looked at, as the file of facts calls it.

        Returns
        -------
        str
            A few words; of a made sector without settings, that all was put in.
        """
        if not self.invented:
            return "found in these answers"
        if shown_by in _BY_DOMAIN:
            apart = len(set(self._sizes("hardness") or (0, 1))) > 1
            return PUT_IN if apart else NOT_PUT_IN
        given = [self._sizes(key) for key in _GOES_WITH.get(shown_by, ())]
        if not given or not all(given):
            return PUT_IN
        something = any(size for sizes in given for size in sizes)
        if self.volunteers:
            return HIDDEN if something else WHO_ANSWERS
        return PUT_IN if something else NOT_PUT_IN

    def _sizes(self, key: str) -> tuple[float, ...]:
        """Give a setting's sizes by domain; none where it isn't there, or is no number."""
        given = self.settings.get(key)
        sizes = [_number(one) for one in (given.values() if isinstance(given, dict) else [given])]
        return tuple(size for size in sizes if size is not None) if None not in sizes else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def read_planted(sector: Path) -> pd.DataFrame:
    """Read what was put into a made sector, which stands beside its file.

    Parameters
    ----------
    sector
        The file of answers.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_planted``; empty where there is none, or none that can be read.
    """
    beside = sector.with_name(f"{sector.stem}_planted.csv")
    declared = standard_table("sector_planted").dtypes()
    try:
        frame = pd.read_csv(beside, dtype="string")[list(declared)]
        numbers = [name for name, kind in declared.items() if str(kind) != "string"]
        frame = frame.assign(**{name: pd.to_numeric(frame[name]) for name in numbers})
        known = frame[np.isfinite(frame["points"].to_numpy("float64", na_value=np.nan))]
        return as_table("sector_planted", known)
    except (OSError, ValueError, KeyError):
        return empty_table("sector_planted")
