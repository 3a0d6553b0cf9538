"""The page beside a made sector, which the user's house lays out."""

from __future__ import annotations

from pathlib import Path

from helpers.report.pages.simulated_sector import sector_made_page
from synthetic_data.sector import MadeSector

__all__ = ["made_page"]


def made_page(made: MadeSector, path: Path) -> Path:
    """Write the page of a made sector.

    Parameters
    ----------
    made
        From ``make_sector``.
    path
        The page.

    Returns
    -------
    Path
        The same.
    """
    return sector_made_page(made.about, made.answered, made.planted, path)
