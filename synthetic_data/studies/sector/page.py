"""The page beside a made sector, which the user's house lays out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from helpers.show.sector_made import sector_made_page
from synthetic_data.sector import MadeSector

__all__ = ["made_page"]


def made_page(made: MadeSector, written: Mapping[str, Path]) -> Path:
    """Write the page of a made sector beside its file.

    Parameters
    ----------
    made
        From ``make_sector``.
    written
        What ``write_sector`` gave.

    Returns
    -------
    Path
        ``sector_made.html`` beside ``sector.csv``.
    """
    sector = written["sector"]
    about = json.loads(written["about"].read_text(encoding="utf-8"))
    return sector_made_page(about, made.answered, made.planted, sector.with_name(f"{sector.stem}_made.html"))
