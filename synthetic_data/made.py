"""What was made: the figures that `bigpicture make` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["figures", "region_figures"]


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
    # Counted in Arrow: a large district has millions of rows.
    rows = pq.read_table(key / "rows.parquet", columns=["silo", "person", "part"])
    faults = pd.read_parquet(key / "faults.parquet", columns=["silo", "kind", "fault"])
    faults = faults.drop_duplicates()
    subjects = rows.filter(pc.equal(rows["part"], "Subject"))
    silos = pd.DataFrame({"silo": list(about["silos"]), "layout": list(about["silos"].values())})
    for name, counted in (
        ("children", _by_silo(subjects, "count_distinct")),
        ("rows about somebody", _by_silo(rows, "count")),
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


def _by_silo(rows: pa.Table, counted: str) -> pd.Series:
    """Count the persons of rows, or the different ones, by silo."""
    found = rows.group_by("silo").aggregate([("person", counted)])
    return pd.Series(found[f"person_{counted}"].to_pylist(), index=found["silo"].to_pylist())


def region_figures(folder: Path) -> dict[str, Any]:
    """Count what a made region holds.

    Parameters
    ----------
    folder
        A folder with region.json and a district folder for each district.

    Returns
    -------
    dict
        Region, seed and folder; per district children, faults and children who left for another one or came
        from there.
    """
    about = json.loads((folder / "region.json").read_text(encoding="utf-8"))
    lines = []
    for name in about["districts"]:
        key = folder / name / "answer_key"
        people = pd.read_parquet(key / "people.parquet", columns=["person", "role"])
        cases = pd.read_parquet(key / "cases.parquet", columns=["case", "person"]).drop_duplicates()
        faults = pd.read_parquet(key / "faults.parquet", columns=["fault"])
        lines.append(
            {
                "district": name,
                "children": int((people["role"] == "Student").sum()),
                "movers": int((cases["case"] == "changed_district").sum()),
                "faults": int(faults["fault"].nunique()),
            }
        )
    return {
        "region": f"{about['title']} (invented; scenario {about['scenario']}, seed {about['seed']})",
        "exports of": about["as_of"],
        "districts": pd.DataFrame(lines),
        "folder": folder,
    }
