"""Write a lunchroom export of millions of rows (layout meals/mealtime_customers), some of them wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["FAULTY_SHARE", "HEADER", "write_meals_file"]

HEADER = [
    "Customer ID",
    "Customer Last Name",
    "Customer First Name",
    "Customer Birthdate",
    "District School Number",
    "PIN",
    "Grade",
    "Active Status",
    "Balance",
]
FAULTY_SHARE = 0.004  # own choice: more than the 0.11% that `bad_rows_attendance` in faults/ has a source for
BLOCK = 100_000
FIRST = np.array("Ana Ben Chloé Dina Eli Fatima Grace Hùng Isaac José Kayla Liam Mia Noah Olga Priya".split())
LAST = np.array(
    "Adams Baker Castillo Diaz Edwards Flores García Huynh Ibrahim Jones Kim López Miller Nguyen".split()
)
GRADES = np.array(["PK", "KG", *(f"{grade:02}" for grade in range(1, 13))])


def _block(start: int, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Make the rows of one block as they are written: text."""
    number = np.arange(start, start + rows)
    birth = np.datetime64("2007-09-01") + rng.integers(0, 5_000, rows).astype("timedelta64[D]")
    cents = rng.integers(-2_000, 30_000, rows)
    block = pd.DataFrame(
        {
            "Customer ID": pd.Series(number + 10_000_000).astype("string"),
            "Customer Last Name": pd.Series(LAST[rng.integers(0, len(LAST), rows)])
            + pd.Series(number % 9_973)
            .astype("string")
            .str.translate(str.maketrans("0123456789", "aeioubdgkl")),
            "Customer First Name": FIRST[rng.integers(0, len(FIRST), rows)],
            "Customer Birthdate": pd.Series(birth).dt.strftime("%m/%d/%Y"),
            "District School Number": pd.Series(rng.integers(1, 1_500, rows)).astype("string").str.zfill(3),
            "PIN": pd.Series(rng.integers(0, 1_000_000, rows)).astype("string").str.zfill(6),
            "Grade": GRADES[rng.integers(0, len(GRADES), rows)],
            "Active Status": np.where(rng.random(rows) < 0.95, "Active", "Inactive"),
            "Balance": [f"{'-' if c < 0 else ''}${abs(c) / 100:,.2f}" for c in cents.tolist()],
        }
    )
    for column, wrong in {
        "Customer Birthdate": "13/45/2014",
        "Grade": "Gr 7",
        "Balance": "NULL",
        "Customer Last Name": "",
        "Active Status": "Yes",
    }.items():
        block.loc[rng.random(rows) < FAULTY_SHARE / 8, column] = wrong
    repeated = rng.random(rows) < FAULTY_SHARE / 8
    block.loc[repeated, "Customer ID"] = block["Customer ID"].shift(fill_value="10000000")[repeated]
    return block


def _break_rows(lines: list[str], rng: np.random.Generator) -> list[str]:
    """Cut the end of some rows and lengthen others."""
    for place in np.flatnonzero(rng.random(len(lines)) < FAULTY_SHARE / 8):
        lines[place] = lines[place].rsplit(",", 4)[0]
    for place in np.flatnonzero(rng.random(len(lines)) < FAULTY_SHARE / 8):
        lines[place] += ",surplus"
    return lines


def write_meals_file(path: Path, rows: int, seed: int = 7) -> None:
    """Write the export.

    Parameters
    ----------
    path
        Where; its folder is made.
    rows
        Rows below the header. The first rows are the same whatever their number.
    seed
        The same seed writes the same bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\r\n")
        for start in range(0, rows, BLOCK):
            rng = np.random.default_rng([seed, start])
            block = _block(start, BLOCK, rng)
            text = block.to_csv(index=False, header=False, lineterminator="\r\n")
            lines = _break_rows(text.split("\r\n")[:-1], rng)
            file.write("\r\n".join(lines[: rows - start]) + "\r\n")
