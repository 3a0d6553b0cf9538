"""The run of the study that comes with the kit, so that its figures are there before anything is computed."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.files.save import write_atomically
from helpers.standard import as_table
from synthetic_data.district import kit_version
from synthetic_data.studies.levels.kept import KIT_RUN, libraries, sources
from synthetic_data.studies.levels.plan import SWITCHES

__all__ = ["KitRun", "kit_run", "write_kit_run"]

HERE = Path(__file__).parent
CELL = ["scenario", "level", *SWITCHES, "fault_level", "method", "students", "seed"]
BETWEEN = " | "  # measure, group, unit in the head of a column


@dataclass(frozen=True)
class KitRun:
    """A run that was kept, and when and of what it was made.

    Attributes
    ----------
    figures
        Table ``level_figures``.
    day
        When it was made.
    version
        The kit's version then.
    as_here
        Whether sources and notebook are still those of that day: else a run of today may differ.
    """

    figures: pd.DataFrame
    day: str
    version: str
    as_here: bool

    @property
    def told(self) -> str:
        """Say in a sentence what it is."""
        children = ", ".join(f"{size:,}" for size in sorted(self.figures["students"].unique()))
        cells = len(self.figures.drop_duplicates(CELL))
        since = "" if self.as_here else " The kit has changed since: a run of today may differ a little."
        return (
            f"A run of {self.day} that comes with the kit: {cells} invented districts of {children} children."
            f"{since}"
        )


def kit_run() -> KitRun:
    """Read the run that comes with the kit.

    Returns
    -------
    KitRun
        Its figures, and how they were made.
    """
    about = json.loads((HERE / f"{KIT_RUN}.json").read_text(encoding="utf-8"))
    wide = pd.read_csv(HERE / f"{KIT_RUN}.csv")
    long = wide.melt(id_vars=CELL, var_name="head", value_name="value").dropna(subset=["value"])
    parts = long.pop("head").str.split(BETWEEN, regex=False, expand=True)
    long = long.assign(measure=parts[0], group=parts[1], unit=parts[2])
    return KitRun(
        as_table("level_figures", long), about["day"], about["version"], about["sources"] == sources()
    )


def write_kit_run(figures: pd.DataFrame, of_sources: str | None = None, folder: Path = HERE) -> None:
    """Write a run as the one that comes with the kit: a row a district, a column a figure.

    Parameters
    ----------
    figures
        Table ``level_figures``.
    of_sources
        Fingerprint of the sources that made it; those that are here when not given.
    folder
        Where to.
    """
    heads = figures["measure"] + BETWEEN + figures["group"] + BETWEEN + figures["unit"]
    wide = figures.assign(head=heads).pivot(index=CELL, columns="head", values="value")
    order = pd.MultiIndex.from_frame(figures[CELL].drop_duplicates())
    wide = wide.reindex(order)[heads.drop_duplicates().tolist()].round(5).reset_index()
    text = io.StringIO()
    wide.to_csv(text, index=False, lineterminator="\n", float_format="%.7g")
    write_atomically(folder / f"{KIT_RUN}.csv", text.getvalue().encode("utf-8"), private=False)
    about = {
        "about": "Made by the study of exchange levels; every district in it is invented.",
        "day": dt.date.today().isoformat(),
        "version": kit_version(),
        "sources": of_sources or sources(),
        "libraries": dict(libraries()),
    }
    told = json.dumps(about, indent=2) + "\n"
    write_atomically(folder / f"{KIT_RUN}.json", told.encode("utf-8"), private=False)
