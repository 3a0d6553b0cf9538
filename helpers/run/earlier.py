"""Earlier runs: one line a run, kept beside the index, so that a district sees whether it gets better."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd

from helpers.files.save import save_table, without_guard
from helpers.run.figures import RunFigures
from helpers.show.numbers import number_text

__all__ = ["INDEX", "earlier_runs", "remember"]

INDEX = "index.html"
_COLUMNS = (
    "made",
    "district",
    "seed",
    "children",
    "joined in all",
    "wrong, unnoticed",
    "reports",
    "incomplete",
    "run",
)


def _file(out: Path) -> Path:
    return out / "runs.csv"


def earlier_runs(out: Path) -> pd.DataFrame:
    """Read the lines of earlier runs, the newest first.

    Parameters
    ----------
    out
        The folder of the index.

    Returns
    -------
    DataFrame
        Text columns as the index shows them, and ``run``, the name of the run's folder, which is empty where
        the folder is no longer there; empty when there was no run, or the file cannot be read.
    """
    try:
        text = _file(out).read_text(encoding="utf-8")
        frame = without_guard(pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False))
    except (OSError, ValueError):
        return pd.DataFrame(columns=list(_COLUMNS), dtype="string")
    frame = frame[[name for name in _COLUMNS if name in frame.columns]].iloc[::-1].reset_index(drop=True)
    runs = frame["run"] if "run" in frame.columns else pd.Series("", index=frame.index, dtype="string")
    # A list that somebody edited leads into no folder above or beside this one.
    named = [run if Path(run).name == run != ".." else "" for run in runs]
    there = [run if run and (out / run / INDEX).is_file() else "" for run in named]
    return frame.assign(run=pd.Series(there, index=frame.index, dtype="string"))


def remember(out: Path, figures: RunFigures | None, reports: int, incomplete: int, run: str = "") -> None:
    """Add this run's line.

    Parameters
    ----------
    out
        The folder of the index.
    figures
        This run's figures, guarded already; None when the folder could not be read.
    reports, incomplete
        How many reports were made, and how many of them are not complete.
    run
        The name of its folder.
    """
    index = figures.index if figures is not None else None
    line = {
        "made": dt.datetime.now().strftime("%Y-%m-%d %H:%M"),
        "district": index.place if index else "",
        "seed": number_text(figures.about.get("seed")) if figures is not None else "",
        "children": number_text(index.children) if index else "",
        "joined in all": number_text(index.joined) if index else "",
        "wrong, unnoticed": number_text(index.wrong_unnoticed) if index else "",
        "reports": str(reports),
        "incomplete": str(incomplete),
        "run": run,
    }
    before = earlier_runs(out).iloc[::-1]
    save_table(pd.concat([before, pd.DataFrame([line])], ignore_index=True), _file(out))
