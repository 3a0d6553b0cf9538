"""Rows are shown as they are written, of invented districts only; systems are named as people name them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.files import District
from helpers.report.child.source_rows import _LONGEST, _cut, show_source_row, visible_columns
from helpers.report.display_names import in_words, short_names, system_names, system_names_in_text
from helpers.sector.report import _answered
from helpers.share import open_view
from helpers.share.disclosure import suppress_complement
from helpers.share.guard import Guard
from tests.share.small_source import WHO, SmallSource


def test_a_row_is_shown_with_its_header_as_it_stands_in_its_file(district: District) -> None:
    place = district.person_rows[district.person_rows["file"].str.endswith("users.csv")].iloc[5]
    shown = show_source_row(district, place["file"], int(place["row"]))
    assert "sourcedId,status" in shown.markup
    assert place["record"] in shown.text.splitlines()[-1]
    line = district.person_rows[district.person_rows["file"].str.endswith("students.jsonl")].iloc[5]
    shown = show_source_row(district, line["file"], int(line["row"]))
    assert line["record"] in shown.text
    assert len(shown.text.splitlines()) == 2


def test_a_folded_row_shows_its_caption_and_holds_the_same_text(district: District) -> None:
    place = district.person_rows.iloc[5]
    asked = (district, place["file"], int(place["row"]))
    folded, shown = show_source_row(*asked, fold=True), show_source_row(*asked)
    head, _, inside = folded.markup.partition("</summary>")
    assert f"{place['file']}, row {place['row']}" in head
    assert inside.removesuffix("</details>") == shown.markup.partition("</p>")[2]
    assert folded.text == shown.text


def test_a_record_and_a_line_of_a_sheet_are_shown_as_text(district: District) -> None:
    rows = pd.concat([district.person_rows, district.fact("participation")])
    for ending in (".xml", ".xlsx/"):
        place = rows[rows["file"].str.contains(ending, regex=False)].iloc[5]
        shown = show_source_row(district, place["file"], int(place["row"]))
        last = shown.text.splitlines()[-1]
        assert len(last) > 20
        assert "xmlns" not in last
    record = rows[rows["file"].str.endswith(".xml")].iloc[5]
    assert record["record"] in show_source_row(district, record["file"], int(record["row"])).text


def test_a_row_with_a_plan_or_an_answer_keeps_back_what_the_child_wrote_beside_it() -> None:
    source = SmallSource()
    written = {("survey_response", "response_text"), ("career_plan", "goal")}
    shown = {
        role: {
            (table, column)
            for table, columns in visible_columns(open_view(source, role, WHO[role])).items()
            for column in columns
        }
        for role in ("counselor", "special_education_case_manager", "teacher", "family")
    }
    assert {role: shown[role] & written for role in shown} == {
        "counselor": written,
        "special_education_case_manager": set(),
        "teacher": set(),
        # In a family's view other children are masked, which a row of a file isn't.
        "family": set(),
    }
    assert ("career_plan", "plan") in shown["special_education_case_manager"]
    # A student below 18 reads her words, and no answer in points that stands in the same row.
    young = visible_columns(open_view(source, "student", "c01"))
    assert not {"response", "response_text"} & young.get("survey_response", set())


@pytest.mark.parametrize(("seen", "shown"), [(True, {"State"}), (False, set())])
def test_a_state_number_is_shown_to_those_who_may_see_it_and_to_nobody_else(
    seen: bool, shown: set[str]
) -> None:
    whole = open_view(SmallSource(), "teacher", WHO["teacher"])
    view = SimpleNamespace(
        narratives=False, may_see=lambda name: whole.may_see(name) and (seen or name != "state_id")
    )
    assert visible_columns(view)["identifiers"] == shown


def test_a_row_shows_a_child_s_numbers_only_to_a_role_that_may_see_them() -> None:
    source = SmallSource()
    teacher = visible_columns(open_view(source, "teacher", WHO["teacher"]))
    analyst = visible_columns(open_view(source, "district_analyst", WHO["district_analyst"]))
    assert (teacher["identifiers"], analyst["identifiers"]) == ({"State"}, set())
    assert "local_id" in teacher["attendance_event"]
    assert "attendance_event" in analyst
    assert [table for table, columns in analyst.items() if "local_id" in columns] == []


def test_no_row_of_a_real_folder_is_shown(district: District) -> None:
    real = replace(district, about={})
    place = district.person_rows.iloc[0]
    shown = show_source_row(real, place["file"], int(place["row"]), caption=str(place["record"]))
    assert place["record"] not in shown.markup + shown.text


def test_systems_are_named_by_what_they_are_for_and_told_apart(district: District) -> None:
    layouts = district.layouts
    assert system_names(layouts)["sis"] == "Student information system (SIS)"
    assert short_names(layouts)["sis"] == "SIS"
    spoken = system_names_in_text(layouts)
    assert in_words("sis and meals agree.", spoken) == "The student information system and meals agree."
    assert in_words("Look at meals/customers.csv", spoken) == "Look at meals/customers.csv"
    twice = {"north": layouts["sis"], "south": layouts["sis"]}
    assert len(set(system_names(twice).values())) == 2


def test_no_hidden_part_can_be_worked_out_from_the_others() -> None:
    guard = Guard(real=True)
    for small in (1, 9):
        assert suppress_complement(guard, {"a": 57, "b": small}) == {"a": "not shown", "b": "not shown"}
    assert suppress_complement(guard, {"a": 57, "b": 8, "c": 3, "d": 0}) == dict.fromkeys(
        "abc", "not shown"
    ) | {"d": 0}
    assert suppress_complement(guard, {"a": 57, "b": 10}) == {"a": 57, "b": 10}
    assert suppress_complement(guard, {"a": 57, "b": 0}) == {"a": 57, "b": 0}
    assert suppress_complement(Guard(real=False), {"a": 57, "b": 8}) == {"a": 57, "b": 8}


def test_one_of_anything_is_named_as_one() -> None:
    """One letter more than a line may have, and one school system that answered."""
    assert _cut("x" * _LONGEST) == "x" * _LONGEST
    assert _cut("x" * (_LONGEST + 1)).endswith("(and 1 more letter)")
    assert _cut("x" * (_LONGEST + 2)).endswith("(and 2 more letters)")
    response = pd.DataFrame({"year": [2025, 2026], "answered": [1, 40]})
    assert _answered({"response": response}) == "1 system answered in 2025; 40 systems answered in 2026"
