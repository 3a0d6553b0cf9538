"""Write the clean files of one silo only: enough where a test asks about one system."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.files.writers.files import write_files, write_table
from helpers.layouts import load_layout
from synthetic_data.district import clean_pages
from synthetic_data.observation import Truth
from synthetic_data.scenario import exchange, load_scenario
from synthetic_data.systems import SILOS
from tests.synthetic_data.truth import truth

__all__ = ["write_silo"]


def write_silo(folder: Path, silo: str, level: str = "manual", **settings: object) -> pd.DataFrame:
    """Write a silo's files below `folder`/silos, and say whose each row is: file, row, person, part."""
    made = truth(**settings)
    scenario = load_scenario("workshop", level=level, **settings)
    seen = SILOS[silo](scenario, Truth(made.population, made.schooling, made.life), exchange(scenario, silo))
    pages = clean_pages(seen)
    contents = {name.removeprefix(f"{silo}/"): write_table(p.table, p.file) for name, p in pages.items()}
    write_files(folder / "silos" / silo, load_layout(seen.layout), contents)
    whose = [p.people.assign(file=name, row=p.first_row + p.people.index) for name, p in pages.items()]
    return pd.concat(whose, ignore_index=True)
