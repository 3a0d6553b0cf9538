"""Folders with drafted layouts: two girls of one name, and a system that writes preferred first names."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.link import Links, link_district, records_a_child

FIRST = "Ana Ben Cleo Dan Eva Finn Gus Hana Ivo June Kai Lola Mia Nils Omar Pia Quinn Rosa Sam Tara".split()
LAST = "Abbot Brown Cohen Diaz Evans Fox Garcia Hill Ito Jones Klein Lund Moss Nunez Ode Park".split()
CHILDREN = [
    (first, LAST[n * 7 % len(LAST)], f"{2010 + n % 5}-{n % 12 + 1:02}-{n + 1:02}")
    for n, first in enumerate(FIRST)
]
GIRLS = [("Maya", "Ramos", "2012-05-17"), ("Maya", "Ramos", "2012-06-17")]
PREFERRED = {2: "Whitney", 5: "Zachary", 9: "Bella"}
# Each system's own column; what it has is of no importance.
SYSTEMS = {"sis": "Homeroom", "lunch": "Meal", "map": "Test Room", "lms": "Course", "nurse": "Office"}
NUMBERS = 4_000


@pytest.fixture
def drafted(tmp_path: Path) -> Path:
    """Write five systems' lists of the same children, each under one number, and draft their layouts."""
    for system, own in SYSTEMS.items():
        rows = [f"First Name,Last Name,DOB,Student Number,Home Address,{own}"]
        for n, (first, last, born) in enumerate([*CHILDREN, *GIRLS]):
            name = PREFERRED.get(n, first) if system == "lms" else first
            rows.append(f"{name},{last},{born},{NUMBERS + n},{n + 1} Oak Street,{system} {n % 3}")
        (tmp_path / system).mkdir()
        (tmp_path / system / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    draft_layouts(tmp_path)
    return tmp_path


def declare(folder: Path) -> None:
    """Say that the numbers are the district's."""
    for layout in (folder / "layouts").glob("*.toml"):
        text = layout.read_text(encoding="utf-8")
        assert '"Undeclared"' in text
        layout.write_text(text.replace('"Undeclared"', '"District"'), encoding="utf-8")


def children_of(links: Links, number: int) -> set[str]:
    return set(links.crosswalk.loc[links.crosswalk["record"].eq(str(NUMBERS + number)), "child"])


def test_two_girls_born_a_month_apart_are_two_children_and_a_person_is_asked(drafted: Path) -> None:
    links = link_district(read_district(drafted))
    one, other = (children_of(links, len(CHILDREN) + which) for which in (0, 1))
    assert len(one) == len(other) == 1
    assert one != other
    waiting = links.pairs[links.pairs["decision"].eq("Review")]
    assert waiting["contradiction"].tolist() == ["birth date; two systems have both, under other numbers"]
    assert records_a_child(links.crosswalk)["records_a_child"].tolist() == ["one"] * len(SYSTEMS)


def test_declared_numbers_make_no_siblings_of_a_child_with_a_preferred_name(drafted: Path) -> None:
    declare(drafted)
    links = link_district(read_district(drafted))
    assert {len(children_of(links, n)) for n in PREFERRED} == {1}
    assert not links.crosswalk["link_status"].eq("Review").any()
    assert links.crosswalk["child"].nunique() == len(CHILDREN) + len(GIRLS)
    joined = links.pairs["rule"].eq("an id and birth date outweigh another first name")
    assert joined.sum() == len(PREFERRED) * (len(SYSTEMS) - 1)


def test_the_command_shows_which_systems_have_one_record_a_child(drafted: Path, tmp_path: Path) -> None:
    twice = drafted / "nurse" / "list.csv"
    rows = twice.read_text(encoding="utf-8").splitlines()
    # Every second visit is under another number.
    more = [row.replace(f",{NUMBERS + n},", f",{9_000 + n},") for n, row in enumerate(rows[1:]) if n % 2]
    twice.write_text("\n".join([*rows, *more]) + "\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["link", str(drafted), "--out", str(tmp_path / "out"), "--json"])
    assert told.exit_code == 0, told.output
    table = pd.DataFrame(json.loads(told.stdout)["records a child"]).set_index("silo")["records_a_child"]
    assert table.to_dict() == dict.fromkeys(SYSTEMS, "one") | {"nurse": "several"}
