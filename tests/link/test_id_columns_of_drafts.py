"""Columns of ids that nobody declared: each is judged by itself and called by its own head."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.link import link_district

FIRST = "Ana Ben Cleo Dan Eva Finn Gus Hana Ivo June Kai Lola Mia Nils Omar Pia Quinn Rosa Sam Tara".split()
LAST = "Abbot Brown Cohen Diaz Evans Fox Garcia Hill Ito Jones Klein Lund Moss Nunez Ode Park".split()
CHILDREN = [
    (first, LAST[n * 7 % len(LAST)], f"{n % 12 + 1:02d}/{n + 8:02d}/{2010 + n % 5}")
    for n, first in enumerate(FIRST)
]
DISTRICT = {"State ID": 700_000, "Student Number": 4_000}
NURSE = {"LocalID": 4_000, "StateID": 700_000}


def listed(heads: dict[str, int], moved: str = "") -> str:
    """Write a list; the numbers of a column that has moved stand with the next child."""
    rows = [",".join(["First", "Last", "DOB", *heads])]
    for n, child in enumerate(CHILDREN):
        numbers = [str(begin + (n + (head == moved)) % len(CHILDREN)) for head, begin in heads.items()]
        rows.append(",".join([*child, *numbers]))
    return "\n".join(rows) + "\n"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("moved", ["", "sis_user_id", "state_user_id"])
def test_two_columns_of_one_file_are_judged_apart_and_called_by_their_own_heads(
    moved: str, tmp_path: Path
) -> None:
    own = {"user_id": 90, "state_user_id": 700_000, "sis_user_id": 4_000}
    listings = {"sis": listed(DISTRICT), "lms": listed(own, moved), "nurse": listed(NURSE)}
    for name, text in listings.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "list.csv").write_text(text, encoding="utf-8")
    draft_layouts(tmp_path)
    district = read_district(tmp_path)
    heads = district.identifiers.groupby("silo")["column"].unique().map(sorted).to_dict()
    assert heads == {"lms": sorted(own), "sis": sorted(DISTRICT), "nurse": sorted(NURSE)}

    told = link_district(district).id_columns
    whole = told[told["against_silo"].isna() & told["part"].isna()].set_index(["silo", "column"])
    expected = dict.fromkeys([("lms", head) for head in own], "Verified")
    expected |= {("lms", "user_id"): "Unverified"} | ({("lms", moved): "Refused"} if moved else {})
    assert {place: whole.loc[place, "status"] for place in expected} == expected
    assert whole.loc[[("lms", head) for head in own], "ids"].tolist() == [len(CHILDREN)] * 3
