"""Drafts of layouts on any table, on made exports with other heads, and on real files."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District, read_district
from helpers.files.draft import draft_layouts
from helpers.files.draft.columns import head_words, words_file
from helpers.layouts import known_layouts
from helpers.layouts.layout import read_layout
from helpers.layouts.meanings import allowed_values
from helpers.link import link_district
from helpers.standard import fact_tables, standard_table
from tests.files.drafts import adds_up, found_of_declared, written
from tests.tiers import examples

HEADS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        "First Name|last_name|ID|Student ID|Name|DOB|Grade|Email|role|id|a|A|a#2|Name#2||"
        "{cell}|a->b|x.y|PIN|é|名|a[1]".split("|")
    ),
)


CELLS = st.one_of(
    st.text(max_size=10),
    st.sampled_from(
        "|0|007|12|1.5|$3.00|Y|N|true|2012-03-04|3/4/2012|13/4/2012|Ana|Bo Li|Li, Bo|"
        "a@b.org|K|NULL|1e5|2025-2026|9:15|²|٣".split("|")
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.dates().map(str),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, int]:
    """Write a table of any strings; give its bytes and how many rows have something in them."""
    width = draw(st.integers(1, 6))
    head = draw(st.lists(HEADS, min_size=width, max_size=width))
    some = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8))
    rows = some * draw(st.integers(1, 4))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")))
    writer.writerows([head, *rows])
    data = out.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), "replace")
    return data, len(rows)


@given(tables())
@settings(max_examples=examples(60))
def test_any_table_gives_a_layout_by_which_all_of_it_is_read(table: tuple[bytes, int]) -> None:
    data, _ = table
    with tempfile.TemporaryDirectory() as place:
        folder = written(Path(place), any_DOT_csv=data)
        started = draft_layouts(folder)
        district = read_district(folder)
        assert adds_up(district)
        assert len(started.drafted) + len(started.left) + len(started.known) == 1
        told = set(district.findings["kind"])
        assert bool(started.left) == bool(told & {"file_unknown", "file_empty", "file_unreadable"})
        for one in started.drafted:
            assert read_layout(folder / one.toml).files


RENAMED = {
    "Customer ID": "pupil_no",
    "Customer Last Name": "SURNAME",
    "Customer First Name": "GivenName",
    "Customer Birthdate": "D.O.B.",
    "District School Number": "BLDG_CODE",
    "PIN": "Lunch PIN",
    "Grade": "Gr",
    "Active Status": "state of play",
    "Balance": "On account",
}


@pytest.mark.full
def test_a_made_export_with_other_heads_gives_the_same_people(
    clean_district_folder: Path, clean_district: District, tmp_path: Path
) -> None:
    (path,) = (clean_district_folder / "silos" / "meals").glob("*.csv")
    renamed = pd.read_csv(path, dtype="string", keep_default_na=False).rename(columns=RENAMED)
    (tmp_path / "till").mkdir()
    renamed.to_csv(tmp_path / "till" / "people.csv", index=False)
    (drafted,) = draft_layouts(tmp_path).drafted
    assert drafted.kind.people.local_id == "pupil_no"
    same = ["record", "first_name", "last_surname", "birth_date", "grade_level", "school_id"]
    ours = clean_district["meals"].people[same]
    mine = read_district(tmp_path)["till"].people[same]
    pd.testing.assert_frame_equal(mine, ours)


# By these six the drafting was written, and for these its bar was set.
LEARNT_FROM = ("sis", "attendance", "meals", "lms", "map_growth", "iready")


@pytest.mark.full
def test_drafts_of_made_exports_find_what_their_layouts_declare(
    district_folder: Path, tmp_path: Path
) -> None:
    for silo in LEARNT_FROM:
        shutil.copytree(district_folder / "silos" / silo, tmp_path / silo)
    counts, odd = found_of_declared(tmp_path)
    assert counts["fields"] >= 50, counts
    assert counts["fields_found"] >= 0.9 * counts["fields"], odd
    assert counts["ids_found"] >= 0.95 * counts["ids"], odd
    assert counts["fields_wrong"] <= 1, odd
    assert counts["ids_more"] <= 2, odd


@pytest.mark.full
def test_drafts_of_systems_that_it_was_not_written_by_find_most(district_folder: Path) -> None:
    """What is left to a person there: the numbers of adults' accounts, and ids of which many are empty."""
    counts, odd = found_of_declared(district_folder)
    assert counts["fields_found"] >= 0.9 * counts["fields"], odd
    assert counts["ids_found"] >= 0.85 * counts["ids"], odd
    assert counts["fields_wrong"] <= 0.03 * counts["fields"], odd
    assert counts["ids_more"] <= 2, odd


@pytest.mark.full
def test_drafts_of_real_files_find_what_their_layouts_declare(real_files: Path) -> None:
    """Measured on 17 kinds of table: 36 of 39 fields, 21 of 22 columns of ids, none of them wrong."""
    counts, odd = found_of_declared(real_files)
    assert counts["fields_found"] >= 0.9 * counts["fields"], odd
    assert counts["ids_found"] >= 0.95 * counts["ids"], odd
    assert counts["fields_wrong"] == 0, odd
    assert counts["ids_more"] <= 2, odd


@pytest.mark.full
def test_a_real_activity_export_joins_both_its_children_without_correction(
    real_files: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "joinable"
    shutil.copytree(real_files / "grand_bend_joinable", folder)
    assert [one.layout for one in draft_layouts(folder).drafted] == ["lms_schoology"]
    district = read_district(folder)
    assert adds_up(district)
    crosswalk = link_district(district).crosswalk
    roster = crosswalk[crosswalk["silo"] == "edfi"]
    theirs = crosswalk[crosswalk["silo"] == "lms_schoology"].merge(
        roster, on="child", how="left", validate="one_to_one", suffixes=("", "_edfi")
    )
    assert theirs["record_edfi"].notna().tolist() == [True, True]
    assert theirs["link_status"].tolist() == ["Verified", "Verified"]


@pytest.mark.full
def test_real_tests_are_read_without_their_layouts_as_with_them(
    real_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured: each of the 108 results has the same child, day, kind of score and score."""
    same = ["file", "row", "record", "administration_date", "score_method", "result"]
    theirs = read_district(real_files / "grand_bend_assessments").fact("assessment_result")
    folder = tmp_path / "tests"
    folder.mkdir()
    for file in (real_files / "grand_bend_assessments").glob("*.csv"):
        shutil.copy(file, folder)
    monkeypatch.setattr(known_layouts, "layout_names", lambda: ())
    draft_layouts(folder)
    drafted = read_district(folder).fact("assessment_result")
    found = (
        theirs[same]
        .drop_duplicates()
        .merge(drafted[same].drop_duplicates(), on=same, how="left", validate="one_to_one", indicator=True)
    )
    assert len(theirs) == 108
    assert found["_merge"].eq("both").all()
    # The drafts have the shares of right answers, too, and nothing that isn't in the files.
    assert set(drafted["score_method"]) - set(theirs["score_method"]) == {"Percent correct"}


def test_every_word_of_the_lists_leads_to_a_column_that_there_is() -> None:
    people = {*standard_table("people").dtypes(), "pin"}
    assert set(words_file()["fields"]) <= people
    for fact in words_file()["fact"]:
        assert fact["table"] in fact_tables()
        columns = set(standard_table(fact["table"]).dtypes())
        assert {*fact.get("needs", ()), *fact.get("may", ())} <= columns
    for target, declared in words_file()["closed"].items():
        table = next(fact["table"] for fact in words_file()["fact"] if target in fact.get("needs", ()))
        assert set(declared["words"]) <= set(allowed_values(table, target) or ())
    for heads in (field["heads"] for field in words_file()["fields"].values()):
        assert all(" ".join(head_words(head)) for head in heads)
