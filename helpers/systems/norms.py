"""Published norms of tests: each system's ``norms.csv``."""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers.systems.known_systems import systems

__all__ = ["norms_of_tests"]

FILE = "norms.csv"


@cache
def norms_of_tests() -> pd.DataFrame:
    """Return the norms: ``system, norms, subject, season, grade_level, fitted_mean, fitted_sd, source``.

    ``norms`` is the year of the norms. A system without the file has none that the kit knows.
    """
    tables = [
        pd.read_csv(one.folder / FILE, dtype={"grade_level": "str"}).assign(system=one.name)
        for one in systems().values()
        if (one.folder / FILE).is_file()
    ]
    return pd.concat(tables, ignore_index=True)
