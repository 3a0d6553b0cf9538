"""Links over several districts, scored by hand."""

from __future__ import annotations

import pandas as pd

from helpers.score import score_movers, score_region

# A mover of districts A and B in three records, and children who stayed.
ROWS = [
    ("A", "sis", "1", "M1", "c1", "Name and birth date"),
    ("A", "meals", "2", "M1", "c1", "Name only"),
    ("B", "sis", "1", "M1", "c1", "Name and birth date"),
    ("A", "sis", "3", "M2", "c2", "Name and birth date"),
    ("B", "sis", "2", "M2", "c3", "Name and birth date"),
    ("A", "sis", "4", "A1", "c4", "Name and birth date"),
    ("B", "sis", "3", "B1", "c4", "Name and birth date"),
    ("B", "sis", "4", "B2", "c5", "Name and birth date"),
]


def truth() -> pd.DataFrame:
    columns = ["district", "silo", "record", "person", "child", "linkable_by"]
    return pd.DataFrame(ROWS, columns=columns, dtype="string").assign(is_child=True)


def test_pairs_inside_and_across_districts_are_counted_apart() -> None:
    scores = score_region(truth()).set_index(["pairs", "population"])[["possible", "linked", "right"]]
    assert scores.loc[("Within districts", "All")].tolist() == [1, 1, 1]
    # M1 two right, M2 one missed, A1 and B1 wrongly joined.
    assert scores.loc[("Across districts", "All")].tolist() == [3, 3, 2]
    assert scores.loc[("Across districts", "Both dated")].tolist() == [2, 2, 1]
    assert scores.loc[("Across districts", "One dated")].tolist() == [1, 1, 1]


def test_movers_are_joined_missed_or_tied_to_somebody_else() -> None:
    movers = score_movers(truth()).set_index("person")
    assert movers["outcome"].to_dict() == {"M1": "joined", "M2": "missed", "A1": "wrong", "B1": "wrong"}
    assert movers["districts"].to_dict() == {"M1": 2, "M2": 2, "A1": 1, "B1": 1}
