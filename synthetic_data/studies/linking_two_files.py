"""Choose the line from which rows of two files are one person, on training districts.

Run ``python -m synthetic_data.studies.linking_two_files``. It prints precision and recall by line and kind of
error, of rows with birth dates, for every two systems. We report links on other scenarios, seeds and errors.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from pathlib import Path

import pandas as pd

from helpers.files import District
from helpers.link import link_files, read_person_file
from helpers.score import true_crosswalk
from synthetic_data.studies.link_calibration import made_districts
from synthetic_data.studies.linking import SCENARIO, SEEDS

__all__ = ["LINES"]

LEVEL, STUDENTS = "none", 1500
ERRORS = {"catalog": (1.0, None), "development": (1.0, "development")}
# A line below .5 would link what is likelier two children.
LINES = (0.5, 0.6, 0.7, 0.8, 0.9)
COLUMNS = ["first_name", "middle_name", "last_surname", "birth_date", "sex", "telephone"]
RECORD = ["silo", "record"]
# Systems with fewer of the children are left out.
LEAST_SHARE = 0.5


def measure_lines(
    seeds: Sequence[int] = SEEDS, students: int = STUDENTS, lines: Sequence[float] = LINES
) -> pd.DataFrame:
    """Measure links of two files: a row a kind of error and line, with precision, recall and F1."""
    with ProcessPoolExecutor() as pool:
        counted = pd.concat(pool.map(_count_seed, seeds, [students] * len(seeds), [lines] * len(seeds)))
    total = counted.groupby(["errors", "line"], as_index=False)[["possible", "linked", "right"]].sum()
    return total.assign(
        precision=total["right"] / total["linked"],
        recall=total["right"] / total["possible"],
        f1=2 * total["right"] / (total["linked"] + total["possible"]),
    )


def _count_seed(seed: int, students: int, lines: Sequence[float]) -> pd.DataFrame:
    counted = []
    for _, _, errors, district, _ in made_districts(SCENARIO, [seed], [LEVEL], ERRORS, students):
        with tempfile.TemporaryDirectory() as folder:
            counted += [{"errors": errors, **one} for one in _count_pairs(district, Path(folder), lines)]
    return pd.DataFrame(counted)


def _count_pairs(district: District, folder: Path, lines: Sequence[float]) -> list[dict[str, float]]:
    """Write each system's records with birth dates to a file, and count links of all two files."""
    truth = true_crosswalk(district)[[*RECORD, "child"]]
    people = district.people.merge(truth, on=RECORD, how="inner", validate="one_to_one")
    people = people[people["first_name"].notna() & people["birth_date"].notna()]
    files = {}
    for silo, rows in people.groupby("silo"):
        if len(rows) >= LEAST_SHARE * people["child"].nunique():
            path = folder / f"{silo}.csv"
            rows[COLUMNS].dropna(axis="columns", how="all").to_csv(path, index=False)
            files[silo] = read_person_file(path), rows["child"].reset_index(drop=True)
    counted = []
    for (left, ours), (right, theirs) in combinations(files.values(), 2):
        possible = ours.value_counts().mul(theirs.value_counts(), fill_value=0).sum()
        pairs = link_files(left, right).pairs
        pairs = pairs[pairs["decision"].eq("Match")]
        ends = (pairs[f"{side}_row"].to_numpy("int64") for side in ("left", "right"))
        one, other = (of.to_numpy(dtype=object)[end] for of, end in zip((ours, theirs), ends, strict=True))
        same = one == other
        for line in lines:
            taken = pairs["match_probability"].ge(line).to_numpy(dtype=bool)
            counted.append(
                {
                    "line": line,
                    "possible": possible,
                    "linked": int(taken.sum()),
                    "right": int((taken & same).sum()),
                }
            )
    return counted


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{measure_lines().round(4).to_string(index=False)}\n")


if __name__ == "__main__":
    main()
