"""What no file has is named with the questions that wait for it, and no others."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.profile import (
    answer_questions,
    build_profiles,
    compute_indicators,
    kit_questions,
    missing_data,
    source_of,
)
from helpers.report import missing_sentences
from helpers.standard import plain


def without(district: District, *tables: str) -> District:
    """Take fact tables from all systems."""
    silos = {
        name: replace(silo, facts={table: rows for table, rows in silo.facts.items() if table not in tables})
        for name, silo in district.silos.items()
    }
    return replace(district, silos=silos)


def answered(district: District, links: Links) -> set[str]:
    """Name the questions that are answered."""
    profiles = build_profiles(district, links)
    source = source_of(district, links, profiles, compute_indicators(district, links, profiles))
    rows = answer_questions(source)
    return set(rows.loc[rows["status"].eq("Answered"), "question"])


def opened(missing: pd.DataFrame) -> list[str]:
    return [name for row in missing["opens"] for name in row.split("; ")]


def test_nothing_is_missing_from_a_whole_district(district: District) -> None:
    """A district with all systems has nothing to name."""
    assert missing_data(district).empty


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("calendar", "calendar"),
        pytest.param("message", "messages to families", marks=pytest.mark.full),
        pytest.param("course_transcript", "transcripts", marks=pytest.mark.full),
    ],
)
def test_adding_a_file_answers_what_was_said(
    district: District, district_links: Links, table: str, data: str
) -> None:
    """Of the questions that a missing file was to open, each that the whole district answers is answered."""
    less = without(district, table)
    missing = missing_data(less)
    assert missing["data"].tolist() == [data]
    whole = answered(district, district_links)
    lost = whole - answered(less, district_links)
    said = set(opened(missing))
    assert lost
    assert said & whole == lost & said
    # School days also decide up to which day a term's courses count.
    assert lost - said <= ({"am_i_on_track", "short_of_credits"} if table == "calendar" else set())


def test_a_question_waits_for_the_last_of_its_data(district: District) -> None:
    """Each question stands in one row, so that the rows add up to all that wait."""
    missing = missing_data(without(district, "calendar", "contact", "course_grade", "health_visit"))
    named = opened(missing)
    assert len(named) == len(set(named)) == missing["questions"].sum()
    assert set(missing["of_questions"]) == {len(kit_questions().question)}
    alone = missing_data(without(district, "calendar"))
    assert missing.iloc[0]["data"] == "calendar"
    assert missing.iloc[0]["questions"] < alone.iloc[0]["questions"]


def test_a_column_is_missing_where_the_file_is_there(district: District) -> None:
    """Results without percentiles lack a column, in the systems that have results."""
    silos = {
        name: replace(
            silo, facts={**silo.facts, "assessment_result": rows[rows["score_method"].ne("Percentile")]}
        )
        if len(rows := silo.fact("assessment_result"))
        else silo
        for name, silo in district.silos.items()
    }
    missing = missing_data(replace(district, silos=silos))
    first = missing.iloc[0]
    assert "math test percentile" in first["data"].split("; ")
    assert not first["whole_file"]
    assert "map_growth" in first["silos"].split("; ")
    sentence = plain(missing_sentences(missing, district.layouts)[0])
    assert sentence.startswith("No math test percentile")
    assert " in " in sentence
    assert sentence.endswith("questions.")


def test_the_sentence_says_what_a_line_is_and_for_whom(district: District) -> None:
    """The first counts of all questions, the next ones what they add."""
    missing = missing_data(without(district, "calendar", "contact"))
    first, second = (plain(line) for line in missing_sentences(missing, district.layouts))
    asked = len(kit_questions().question)
    row = missing.iloc[0]
    assert first == (
        f"No calendar for attendance: a file with one line for a day of a school's calendar would answer "
        f"up to {row['questions']} of {asked} questions."
    )
    assert second.endswith(f"would answer up to {missing.iloc[1]['questions']} more.")
