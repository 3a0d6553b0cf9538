"""A pattern of a layout is found in a time that grows with the text, and reads letters of every script."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.layouts import shape_of
from helpers.layouts.layout import read_layout
from helpers.standard import BadInput

LAYOUT = """
layout = "reports"
silo = "reports"
title = "Reports"
source = "made for this test"
source_status = "own"

[[file]]
name = "reports"
path = "reports.csv"
format = "csv"
row_is = "one child"
columns = [{{ name = "id", required = true, identification_system = "District" }},
  {{ name = "first" }}, {{ name = "last" }}, {{ name = "when", parts = '{parts}' }}]

[[file.makes]]
table = "people"
take = {{ local_id = "id", first_name = "first", last_surname = "last", middle_name = "when.word" }}
set = {{ role = "Student" }}
"""


def read_with(folder: Path, parts: str, cell: str) -> pd.DataFrame:
    (folder / "layouts").mkdir()
    (folder / "layouts" / "reports.toml").write_text(LAYOUT.format(parts=parts), encoding="utf-8")
    (folder / "reports.csv").write_text(f"id,first,last,when\n1,Ana,Ruiz,{cell}\n", encoding="utf-8")
    return read_district(folder)["reports"].people


@pytest.mark.parametrize("parts", [r"(?P<word>(a+)+)$", r"(?P<word>(a|a)*)$", r"(?P<word>(.*a){20})$"])
def test_a_pattern_that_python_would_never_finish_is_done_at_once(parts: str, tmp_path: Path) -> None:
    begun = time.process_time()
    people = read_with(tmp_path, parts, "a" * 5_000 + "!")
    assert time.process_time() - begun < 10
    assert people["middle_name"].isna().all()


@pytest.mark.parametrize(
    ("parts", "cell", "taken"),
    [
        (r"^(?P<word>\w+) \d{4}$", "Otoño 2026", "Otoño"),
        (r"^(?P<word>[\w-]+)\s", "Ève-Zoë\u00a02026", "Ève-Zoë"),
        (r"^(?P<word>[^\d\s]+)", "осень ٣", "осень"),
        (r"^(an|la) (?P<word>.+)$", "la Niña", "Niña"),
        (r"^(?P<word>[\u00c0-\u00ff]+)", "éèx", "éè"),
        (r"^(?P<word>a{,2})", "aaa", "aa"),
        (r"(?i)^(?P<word>fall)\Z", "FALL", "FALL"),
    ],
)
def test_signs_mean_what_they_mean_in_python(parts: str, cell: str, taken: str, tmp_path: Path) -> None:
    found = re.search(parts, cell)
    assert found is not None
    assert found["word"] == taken
    assert read_with(tmp_path, parts, cell)["middle_name"].tolist() == [taken]


@pytest.mark.parametrize(
    "parts",
    [
        r"(?P<word>a)(?=b)",
        r"(?P<word>a)(?!b)",
        r"(?<!b)(?P<word>a)",
        r"(?P<word>a)\1",
        r"(?P<word>a)(?P=word)",
        r"(?P<word>a)\b",
        r"(?P<word>[\W])",
        r"(?P<word>a{1000}){1000}",
        r"(?P<word>a*+)",
        r"(?P<word>",
        "(?P<word>" + "a" * 1_000 + ")",
    ],
)
def test_what_cannot_be_found_so_is_one_sentence_when_the_layout_is_read(parts: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"layouts.reports\.toml cannot be used:\n.*parts") as told:
        read_with(tmp_path, parts, "a")
    assert len(str(told.value).splitlines()) == 2


def test_a_pattern_of_a_thousand_characters_is_read_and_a_longer_one_is_not() -> None:
    assert shape_of("a" * 1_000).search("a" * 1_000)
    with pytest.raises(ValueError, match="at most 1,000 characters, not 1,001"):
        shape_of("a" * 1_001)


def test_heads_and_rows_of_structure_are_looked_for_in_the_same_way(tmp_path: Path) -> None:
    text = LAYOUT.format(parts="(?P<word>.*)")
    text = text.replace('row_is = "one child"', "row_is = \"one child\"\nextension_columns = '^(x+)+$'")
    place = tmp_path / "reports.toml"
    place.write_text(text, encoding="utf-8")
    shape = shape_of(str(read_layout(place).files[0].extension_columns))
    begun = time.process_time()
    assert not shape.search("x" * 100_000 + "!")
    assert time.process_time() - begun < 5
