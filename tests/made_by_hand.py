"""Districts and their truth, without files: small enough to count by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.score import score_children, score_links
from helpers.score.answer_key import AnswerKey
from helpers.standard import as_table, empty_table

__all__ = ["CHAINED", "Made", "finding", "made", "pair"]

# A chained cluster: P1 whole in three silos, P2's meals record drawn to P1, P3 apart.
CHAINED = [
    ("sis", "s1", "P1", "a"),
    ("attendance", "t1", "P1", "a"),
    ("meals", "m1", "P1", "a"),
    ("sis", "s2", "P2", "b"),
    ("attendance", "t2", "P2", "b"),
    ("meals", "m2", "P2", "a"),
    ("sis", "s3", "P3", "c"),
    ("meals", "m3", "P3", "d"),
]


@dataclass
class Made:
    """A district and its truth, without files."""

    people: pd.DataFrame
    person_rows: pd.DataFrame
    crosswalk: pd.DataFrame
    key: AnswerKey
    pairs: pd.DataFrame = field(default_factory=lambda: empty_table("pairs"))
    findings: pd.DataFrame = field(default_factory=lambda: empty_table("findings"))
    folder: Path = Path()

    def scores(self) -> pd.DataFrame:
        """Judge its crosswalk."""
        return score_links(self, self.crosswalk, key=self.key)

    def children(self) -> pd.DataFrame:
        """Judge its children."""
        return score_children(self, self, key=self.key).set_index("person")


def made(
    records: list[tuple[str, str, str, str]],
    groups: dict[str, str] | None = None,
    linkable_by: dict[str, str] | None = None,
) -> Made:
    """Build a district of (silo, record, person or several joined by +, child it was made)."""
    frame = pd.DataFrame(records, columns=["silo", "record", "person", "child"])
    frame["file"], frame["row"] = frame["silo"] + ".csv", range(2, len(frame) + 2)
    frame["linkable_by"] = [(linkable_by or {}).get(name, "Name and birth date") for name in frame["record"]]
    first = ~frame.duplicated("child")
    rows = frame.assign(person=frame["person"].str.split("+")).explode("person", ignore_index=True)
    rows = rows[rows["person"] != ""]
    people = sorted(set(rows["person"]) | set(groups or {}))
    key_people = pd.DataFrame(
        {"person": people, "role": ["Staff" if one[0] == "S" else "Student" for one in people]}
    )
    key_people["name_origin"] = [(groups or {}).get(one, "Anglo").split(";")[0] for one in people]
    key_people["groups"] = [";".join((groups or {}).get(one, "").split(";")[1:]) or None for one in people]
    key = {name: empty_table(f"key_{name}") for name in AnswerKey.__dataclass_fields__}
    key["people"] = as_table("key_people", key_people)
    key["rows"] = as_table("key_rows", rows[["silo", "file", "row", "person"]].assign(part="Subject"))
    return Made(
        people=as_table(
            "people",
            frame[["silo", "record", "linkable_by"]].assign(
                role="Student", name_status="As written", birth_date_status="Exact"
            ),
        ),
        person_rows=as_table("person_rows", frame[["silo", "record", "file", "row"]]),
        crosswalk=as_table(
            "crosswalk",
            frame[["silo", "record", "child", "linkable_by"]].assign(
                step=pd.Series("Exact", index=frame.index).mask(first), link_status="Verified"
            )[frame["child"] != ""],
        ),
        key=AnswerKey(**key),
    )


def pair(left: str, right: str, **more: Any) -> pd.DataFrame:
    """Make a pair of the chained district: s, t or m and a number name its records."""
    ends = {"left_silo": left[:-2] or "sis", "left_record": left, "right_silo": "", "right_record": right}
    silos = {"s": "sis", "t": "attendance", "m": "meals"}
    ends |= {"left_silo": silos[left[0]], "right_silo": silos[right[0]]}
    return as_table("pairs", pd.DataFrame([ends | {"step": "Exact", "decided_by": "Rule"} | more]))


def finding(silo: str, row: int, kind: str) -> pd.DataFrame:
    """Make a finding at a row of a silo's only file."""
    row_of = {
        "silo": silo,
        "file": f"{silo}.csv",
        "row": row,
        "kind": kind,
        "action_taken": "nothing",
        "times": 1,
    }
    return as_table("findings", pd.DataFrame([row_of]))
