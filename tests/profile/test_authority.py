"""Whom profiles believe: whoever is the authority by its layout, or by what files show; never by a name."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import read_district
from helpers.files.draft import draft_layouts
from helpers.layouts import all_layouts
from helpers.layouts.layout import DOMAINS
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.profile.facts.systems import COUNTED_BY, authority_in, authority_of
from helpers.profile.relations import roster_silos
from helpers.report.pages.index import index_page
from helpers.report.runs.first_page import compute_figures
from helpers.standard import BadInput
from tests.district_by_hand import layout
from tests.link.test_decided import FIRST, LAST

# The exam company's file has fewer children, other first names, and a name that comes first in the alphabet.
ROSTER, EXAMS = "zz_students", "ap_exams"


def write_folder(folder: Path, **authority: str) -> Path:
    """Write a roster and an exam company's file, their drafted layouts, and what people put there."""
    children = [
        (f"7{n:03}", FIRST[n % 10], LAST[n // 2 % 10], f"{2006 + n % 3}-0{n % 9 + 1}-1{n % 8}", "09")
        for n in range(20)
    ]
    for name, rows in (
        (ROSTER, children),
        (EXAMS, [(row[0], f"{row[1]}X", *row[2:4], "11") for row in children[:12]]),
    ):
        (folder / name).mkdir(parents=True)
        heads = "PERMNUM,FIRSTNAME,LASTNAME,BIRTHDATE,GRADELEVEL"
        if name == EXAMS:
            heads = "STUDENTNUMBER,GIVENNAME,SURNAME,DOB,GRADE"
        lines = [heads, *(",".join(row) for row in rows)]
        (folder / name / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft_layouts(folder)
    for path in (folder / "layouts").rglob("*.toml"):
        more = next((line for name, line in authority.items() if name in path.name), "")
        text = path.read_text(encoding="utf-8")
        if more.startswith("silo"):
            text = "\n".join(more if line.startswith("silo = ") else line for line in text.split("\n"))
        else:
            text = text.replace("\nsource = ", f"\n{more}\nsource = ", 1)
        path.write_text(text, encoding="utf-8")
    return folder


def shown(folder: Path) -> set[str]:
    """Give which of the two the first names of those come from whom both have."""
    district = read_district(folder)
    values = build_profiles(district, link_district(district)).recorded
    both = values[values["element"].eq("first_name") & values["status"].eq("Reported")]
    twice = both[both.duplicated("child", keep=False)]
    assert len(twice)
    silos = twice.loc[twice["chosen"], "silo"]
    return {ROSTER if ROSTER in silo else EXAMS for silo in silos}


@pytest.mark.full
def test_without_a_word_of_authority_whoever_lists_most_children_is_the_roster(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "district")
    assert shown(folder) == {ROSTER}
    district = read_district(folder)
    found = authority_in(district)
    assert found.inferred
    assert ROSTER in found.why
    assert [ROSTER in silo for silo in roster_silos(district)] == [True]


@pytest.mark.full
@pytest.mark.parametrize(
    "line", ['authority = ["roster"]', 'authority = ["attendance", "roster"]', 'silo = "sis"']
)
def test_a_layout_says_who_is_the_authority(tmp_path: Path, line: str) -> None:
    assert shown(write_folder(tmp_path / "exams", **{EXAMS: line})) == {EXAMS}
    assert shown(write_folder(tmp_path / "roster", **{ROSTER: line})) == {ROSTER}


@pytest.mark.full
def test_authority_for_another_domain_is_none_for_the_roster(tmp_path: Path) -> None:
    assert shown(write_folder(tmp_path / "district", **{EXAMS: 'authority = ["assessment"]'})) == {ROSTER}


def test_an_unknown_word_of_authority_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "district", **{ROSTER: 'authority = ["rooster"]'})
    with pytest.raises(BadInput, match=r"'rooster'.*roster"):
        read_district(folder)


def test_reading_says_which_system_was_taken_for_the_roster_and_is_silent_where_a_layout_says_it(
    tmp_path: Path,
) -> None:
    for line, told in (("", True), ('authority = ["roster"]', False)):
        folder = write_folder(tmp_path / str(told), **{ROSTER: line})
        result = CliRunner().invoke(main, ["read", str(folder), "--out", str(tmp_path / "out"), "--json"])
        assert result.exit_code == 0, result.output
        assert ("roster" in json.loads(result.stdout)) is told


def test_the_words_of_authority_are_the_domains_of_the_kits_systems() -> None:
    assert set(DOMAINS) == {layout.domain for layout in all_layouts().values()} - {None}
    rosters = {name for name, layout in all_layouts().items() if "roster" in layout.authority}
    assert rosters == {name for name, layout in all_layouts().items() if layout.domain == "roster"}


def shown_page(folder: Path, page: Path) -> str:
    """Write the page that a run ends in."""
    found = compute_figures(folder)
    return index_page(page, found.index, [], found.about).read_text(encoding="utf-8")


@pytest.mark.full
def test_the_report_says_which_system_was_taken_for_the_roster_only_where_no_layout_says_it(
    tmp_path: Path,
) -> None:
    inferred = shown_page(write_folder(tmp_path / "inferred"), tmp_path / "a.html")
    assert inferred.count("No layout names the roster") == 1
    assert "lists the most children" in inferred
    told = inferred.partition("No layout names")[2].partition("</p>")[0]
    assert ROSTER in told
    assert EXAMS not in told
    for name, line in (("claimed", 'authority = ["roster"]'), ("named", 'silo = "sis"')):
        page = shown_page(write_folder(tmp_path / name, **{ROSTER: line}), tmp_path / "b.html")
        assert "No layout names the roster" not in page


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ((21, 2, 0), (20, 7, 20), "it lists the most children"),
        ((20, 5, 0), (20, 4, 20), "it lists as many as another, in more fields"),
        ((20, 4, 11), (20, 4, 10), "it lists as many as another, more completely"),
        ((20, 4, 10), (20, 4, 10), "it comes first of several whose files show no difference"),
    ],
)
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_the_roster_is_found_by_children_then_fields_then_completeness(
    ours: tuple[int, int, int], theirs: tuple[int, int, int], words: str, names: tuple[str, str]
) -> None:
    """Children, fields of people, and children with name and birth date; the first of the two has more."""
    fields = ("first_name", "last_surname", "sex", "grade_level", "school_name", "school_id", "local_id")
    rows, layouts = [], {}
    for silo, (many, wide, whole) in zip(names, (ours, theirs), strict=True):
        own = {"type": "string", "meaning": "…", "sensitivity": "public"}
        kind = {
            "name": "people",
            "path": "people.csv",
            "format": "csv",
            "row_is": "a child",
            "columns": [{"name": field, **own} for field in fields[:wide]],
            "makes": [{"table": "people", "take": {field: field for field in fields[:wide]}}],
        }
        layouts[silo] = layout(silo, file=[kind])
        rows += [(silo, "Student", "Name and birth date", whole), (silo, "Student", "Name", many - whole)]
    people = pd.DataFrame(rows, columns=[*COUNTED_BY, "rows"])
    found = authority_of(names, layouts, people)
    equal = ours == theirs
    assert found.rosters == (("a",) if equal else names[:1])
    assert words in found.why


def test_of_one_system_that_lists_children_there_is_nothing_to_say() -> None:
    people = pd.DataFrame(
        [("a", "Student", "Name", 9), ("b", "Staff", "Name", 90)], columns=[*COUNTED_BY, "rows"]
    )
    found = authority_of(("a", "b"), {}, people)
    assert (found.rosters, found.inferred, found.why) == (("a",), True, "")
