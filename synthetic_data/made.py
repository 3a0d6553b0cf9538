"""What was made: the figures that `bigpicture make` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["figures"]


def figures(folder: Path) -> dict[str, Any]:
    """Count what a made district holds.

    Parameters
    ----------
    folder
        A district folder with its answer key.

    Returns
    -------
    dict
        District, seed and folder; per silo children, rows about somebody and faults; faults by kind.
    """
    about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    key = folder / "answer_key"
    rows = pd.read_parquet(key / "rows.parquet", columns=["silo", "person", "part"])
    faults = pd.read_parquet(key / "faults.parquet", columns=["silo", "kind", "fault"])
    faults = faults.drop_duplicates()
    subjects = rows.loc[rows["part"] == "Subject"]
    silos = pd.DataFrame({"silo": list(about["silos"]), "layout": list(about["silos"].values())})
    for name, counted in (
        ("children", subjects.groupby("silo")["person"].nunique()),
        ("rows about somebody", rows.groupby("silo").size()),
        ("faults", faults.groupby("silo").size()),
    ):
        silos[name] = silos["silo"].map(counted).fillna(0).astype("int64")
    kinds = faults.groupby(["silo", "kind"], as_index=False).size().rename(columns={"size": "faults"})
    return {
        "district": f"{about['title']} (invented; scenario {about['scenario']}, seed {about['seed']})",
        "level": about["level"],
        "exports of": about["as_of"],
        "silos": silos,
        "faults planted": kinds,
        "folder": folder,
    }
