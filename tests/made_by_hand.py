"""Districts and their truth, without files: small enough to count by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers.layouts import as_table, empty_table
from helpers.score import score_children, score_links
from helpers.score.answer_key import AnswerKey

__all__ = ["Made", "made"]


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
                step=pd.Series("Exact", index=frame.index).mask(first), band="Sure"
            )[frame["child"] != ""],
        ),
        key=AnswerKey(**key),
    )
