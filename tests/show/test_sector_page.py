"""The page of the sector report says what it may, in words that claim no cause."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.gaps.sector import sector_report
from helpers.layouts.survey import declared_survey
from helpers.show.sector_page import sector_blocks, sector_page
from tests.gaps.made_sector import as_read, made_frame

CAUSES = re.compile(
    r"\b(because of|effects? of|impact of|leads? to|caus\w+|improves?|raises?|due to)\b", re.I
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    report = sector_report(replace(as_read(made_frame()), about={"synthetic": True}))
    path = tmp_path_factory.mktemp("page") / "sector.html"
    about = {"scenario": "published", "seed": 7}
    return sector_page(report, path, about).read_text(encoding="utf-8")


def test_whose_items_and_whose_differences(page: str) -> None:
    assert declared_survey().own.replace("'", "&#x27;") in page
    assert "put in by the generator" in page
    assert "These school systems are invented" in page


def test_no_word_of_cause(page: str) -> None:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    anchors = {word for item in declared_survey().items.values() for word in (item.text, *item.anchors)}
    for words in anchors:
        text = text.replace(words, " ")
    assert not CAUSES.findall(text)


def test_no_system_is_named_and_years_are_years(page: str) -> None:
    text = re.sub(r"data:[^\"]*", "", page)
    assert not re.search(r"\bS\d{5}\b", text)
    assert "2,022" not in text
    assert "2022.0" not in text
    assert not re.search(r"https?:", text)


def test_real_answers_are_not_said_to_be_put_in(tmp_path: Path) -> None:
    report = sector_report(as_read(made_frame()))
    page = sector_page(report, tmp_path / "sector.html", {}).read_text(encoding="utf-8")
    assert "put in by the generator" not in page
    assert "Real answers" in page


def test_too_few_answers_are_a_sentence() -> None:
    frame = made_frame()
    blocks = list(sector_blocks(sector_report(as_read(frame[frame["responded"]].head(5)))))
    assert "Fewer than 10" in blocks[0].text
    assert len(blocks) == 2


def test_a_year_alone_has_a_page(tmp_path: Path) -> None:
    frame = made_frame()
    blocks = list(sector_blocks(sector_report(as_read(frame[frame["year"].eq(2022)]))))
    assert not any("What changed" in block.text for block in blocks)
