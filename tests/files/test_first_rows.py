"""Files without a header: columns are called by their places, and no child's row names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.files.draft.sniff import names_columns
from helpers.layouts.layout import read_layout
from tests.files.drafts import adds_up, draft, run, written

SKYWARD = """"Castillo, Jonás J.",89695,12/24/2012,487-555-0163,Asthma,7042 Main Dr
"Boyko, Andrey",11565,01/12/2009,359-555-0154,Peanut,1207 Walnut Rd
"Clark, Jaxon M.",40168,10/06/2018,571-555-0105,Seizures,1577 N Highland Ave
"""
# A word of each child's row is one of heads, too: a patron's type, a school, a grade.
PATRONS = """P 107262,107262,Allen,Anthony,Student,Grade 6,Main School,2032
P 067642,067642,Batungbakal,Trisha,Student,Grade 8,Main School,2030
P 057277,057277,Okafor,Chidi,Student,Grade 3,Oak School,2035
P 050001,050001,Boyko,Andrey,Staff,,Oak School,
"""
TITLED = "RIVERBEND SCHOOL DIST\n\n" + PATRONS
NAMES_ONLY = "Castillo,Anthony\nBoyko,Andrey\nClark,Jaxon\nClark,Mia\n"
ONE_CHILD = "Castillo,Anthony,89695,12/24/2012\n"
IN_BOOKS = ["Castillo", "Boyko", "89695", "12/24/2012", "487-555", "7042", "107262", "Anthony", "Trisha"]


@pytest.mark.parametrize(
    "text",
    [SKYWARD, PATRONS, TITLED, NAMES_ONLY, ONE_CHILD],
    ids=["report", "patrons", "below a title", "names only", "one child"],
)
def test_a_file_that_begins_with_a_child_has_no_header_and_nothing_repeats_the_row(
    text: str, tmp_path: Path
) -> None:
    tmp_path, out = tmp_path / "in", tmp_path / "out"
    written(tmp_path, list_DOT_csv=text)
    started = run("start", tmp_path)
    assert started.exit_code == 0, started.output
    assert list(draft(tmp_path))[:2] == ["Column 1", "Column 2"]
    assert read_layout(tmp_path / "layouts" / "list.toml").files[0].header_row == 0
    toml = (tmp_path / "layouts" / "list.toml").read_text(encoding="utf-8")
    said = [
        started.output,
        toml,
        *(run(*words, "--out", out).output for words in said_by(tmp_path)),
    ]
    assert [word for word in IN_BOOKS for one in said if word in one] == []
    district = read_district(tmp_path)
    assert adds_up(district)
    assert district.accounts["rows"].tolist() == [len(text.splitlines())]


def said_by(folder: Path) -> list[list[str | Path]]:
    return [["read", folder], ["dictionary", "list", folder], ["dictionary", folder]]


HEADED = {
    "days over marks": [
        ["Name", "9/3", "9/4", "9/5"],
        ["Ruiz, Ana", "P", "A", "P"],
        ["Li, Bo", "P", "P", "T"],
    ],
    "years": [["Name", "ID", "2023", "2024"], ["Ana Ruiz", "81", "45", "50"], ["Bo Li", "82", "47", "51"]],
    "periods": [["Student", "1", "2", "3"], ["Ruiz, Ana", "0", "1", "2"], ["Li, Bo", "1", "2", "3"]],
    "words": [["Nombre", "Nacimiento"], ["Ana Ruiz", "2014-01-31"], ["Bo Li", "2013-02-28"]],
    "last, first": [["Last, First", "Gr"], ["Ruiz, Ana", "5"], ["Li, Bo", "6"]],
    "an address of heads": [["Student", "Street"], ["Ana Ruiz", "182 N Walnut Ct"], ["Bo Li", "7 Oak St"]],
    "a header on each page": [["ID", "Pts"], ["81", "3"], ["ID", "Pts"], ["82", "4"]],
    "nothing tells": [["alpha", "beta"], ["gamma", "delta"], ["epsilon", "zeta"]],
}


@pytest.mark.parametrize("rows", HEADED.values(), ids=HEADED)
def test_a_header_of_words_is_one(rows: list[list[str]]) -> None:
    assert names_columns(rows)


def test_a_header_in_which_one_cell_is_a_child_keeps_its_other_heads(tmp_path: Path) -> None:
    """A sheet in which somebody typed a name over a column: its head alone is refused, at every door."""
    text = "Student ID,Last Name,First Name,Anthony Allen\n81,Ruiz,Ana,3\n82,Li,Bo,4\n"
    written(tmp_path, list_DOT_csv=text)
    started = run("start", tmp_path)
    assert list(draft(tmp_path)) == ["Student ID", "Last Name", "First Name", "Column 4"]
    assert "Column 4: its header looks like data" in run(
        "start", tmp_path, "--json"
    ).output + started.output or (
        "Column 4" in (tmp_path / "layouts" / "list.toml").read_text(encoding="utf-8")
    )
    told = run("read", tmp_path, "--out", tmp_path.parent / "out").output
    assert "Anthony" not in started.output + told + (tmp_path / "layouts" / "list.toml").read_text("utf-8")
    assert read_district(tmp_path)["list"].people["first_name"].tolist() == ["Ana", "Bo"]


def test_a_known_layout_names_a_foreign_column_by_its_place(tmp_path: Path) -> None:
    """A column that no layout has is a finding that names it: not by a child."""
    written(tmp_path, list_DOT_csv="Student ID,Last Name,First Name\n81,Ruiz,Ana\n82,Li,Bo\n")
    run("start", tmp_path)
    written(
        tmp_path,
        list_DOT_csv='Student ID,Last Name,First Name,"Boyko, Andrey M."\n81,Ruiz,Ana,1\n82,Li,Bo,2\n',
    )
    findings = read_district(tmp_path).findings
    assert findings.loc[findings["kind"].eq("column_unknown"), "column"].tolist() == ["Column 4"]
    assert not findings.astype("string").apply(lambda column: column.str.contains("Boyko")).any(axis=None)


def test_two_files_of_persons_are_read_without_a_header_too(tmp_path: Path) -> None:
    written(tmp_path, a_DOT_csv=PATRONS)
    told = run("link", "--left", tmp_path / "a.csv", "--out", tmp_path / "out")
    texts = [told.output, *(path.read_text("utf-8") for path in (tmp_path / "out").glob("map.toml"))]
    assert [word for word in IN_BOOKS for text in texts if word in text] == []


def test_text_in_fixed_widths_is_read_by_the_positions_of_its_columns(tmp_path: Path) -> None:
    lines = [("STUDENT", "PIN", "GR", "BALANCE")]
    lines += [(f"Ruiz{'abcdefghi'[n]}, Ana", str(7000 + n), str(n), f"{n}.50") for n in range(9)]
    text = "".join(f"{name:<20}{pin:<8}{grade:<4}{balance}\n" for name, pin, grade, balance in lines)
    written(tmp_path, FSBAL_DOT_TXT=text)
    told = run("start", tmp_path)
    assert "Ruiz" not in told.output
    (layout,) = (tmp_path / "layouts").glob("*.toml")
    (file,) = read_layout(layout).files
    assert file.starts == [1, 21, 29, 33]
    assert [column.name for column in file.columns] == ["STUDENT", "PIN", "GR", "BALANCE"]
    people = read_district(tmp_path).people
    assert people["full_name"].tolist() == [f"Ruiz{letter}, Ana" for letter in "abcdefghi"]
    assert people["grade_level"].tolist() == ["KG", *(f"{n:02}" for n in range(1, 9))]
