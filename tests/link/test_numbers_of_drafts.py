"""Folders with drafted layouts, and a system that writes preferred first names."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.link import Links, link_district

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


def test_declared_numbers_make_no_siblings_of_a_child_with_a_preferred_name(drafted: Path) -> None:
    declare(drafted)
    links = link_district(read_district(drafted))
    assert {len(children_of(links, n)) for n in PREFERRED} == {1}
    assert not links.crosswalk["link_status"].eq("Review").any()
    assert links.crosswalk["child"].nunique() == len(CHILDREN) + len(GIRLS)
    joined = links.pairs["rule"].eq("an id and birth date outweigh another first name")
    assert joined.sum() == len(PREFERRED) * (len(SYSTEMS) - 1)
