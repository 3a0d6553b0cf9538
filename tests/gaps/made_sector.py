"""A made sector that several tests read, and small ones cut from it."""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers.sector import Sector
from synthetic_data.sector import load_sector, make_sector


@cache
def made_frame(name: str = "published", **settings: object) -> pd.DataFrame:
    """The table of a made sector. Read it, never write into it."""
    return make_sector(load_sector(name, **settings)).frame


def as_read(frame: pd.DataFrame) -> Sector:
    """The frame as if it had been read from a file without a finding."""
    return Sector.of(frame)
