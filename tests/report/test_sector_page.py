"""The page of the sector report says what it may, in words that claim no cause."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.report.school_systems.sector import (
    change_picture,
    compare_with_published,
    sector_blocks,
    sector_page,
)
from helpers.report.school_systems.sector_text import as_figures, difference_finding, in_words
from helpers.report.school_systems.simulated_sector import HEADING, describe_coverage
from helpers.sector import read_sector, sector_report
from helpers.sector.report import KIT_VOLUNTEERS
from helpers.standard import plain
from helpers.standard.survey_items import declared_survey
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


@pytest.mark.full
def test_whose_items_and_whose_differences(page: str) -> None:
    assert declared_survey().own.replace("'", "&#39;") in page
    assert "simulated by the generator" in page
    assert "These school systems are invented" in page


@pytest.mark.full
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


@pytest.mark.full
def test_real_answers_are_not_said_to_be_put_in(tmp_path: Path) -> None:
    report = sector_report(as_read(made_frame()))
    page = sector_page(report, tmp_path / "sector.html", {}).read_text(encoding="utf-8")
    assert "simulated by the generator" not in page
    assert "Real school systems" in page


def test_too_few_answers_are_a_sentence() -> None:
    frame = made_frame()
    blocks = list(sector_blocks(sector_report(as_read(frame[frame["responded"]].head(5)))))
    assert "Fewer than 10" in blocks[0].text
    assert len(blocks) == 2


def test_a_year_alone_has_a_page(tmp_path: Path) -> None:
    frame = made_frame()
    blocks = list(sector_blocks(sector_report(as_read(frame[frame["year"].eq(2022)]))))
    assert not any("What changed" in block.text for block in blocks)


def _texts(report: object) -> list[str]:
    return [block.text for block in sector_blocks(report)]  # type: ignore[arg-type]


@pytest.mark.full
def test_of_volunteers_what_was_put_in_stands_near_the_top() -> None:
    report = sector_report(read_sector(KIT_VOLUNTEERS))
    blocks = _texts(report)
    place = blocks.index(HEADING)
    assert place <= 2
    beside = report["vs_simulated"]
    held = int(beside["holds"].sum())
    assert (
        f"Of {len(beside)} intervals of differences among similar systems, {held} cover the simulated effect"
        in blocks[place + 1]
    )
    assert "signed the pledge: 0 of 12" in blocks[place + 1]
    assert blocks.count(HEADING) == 1


@pytest.mark.full
def test_volunteers_without_what_was_put_in_are_said_to_be_volunteers() -> None:
    read = replace(read_sector(KIT_VOLUNTEERS), simulated=pd.DataFrame())
    blocks = _texts(sector_report(read))
    said = blocks[blocks.index(HEADING) + 1]
    assert "volunteers only" in said
    assert "file of simulated effects is missing" in said


def test_every_other_page_shows_the_kits_own_volunteers(page: str) -> None:
    assert page.count(f">{HEADING}<") == 1
    assert "The kit&#39;s own volunteers, an invented sector (seed 7)" in page
    assert "signed the pledge: 0 of 12" in page
    assert page.index("Who answered, and who didn") < page.index(f">{HEADING}<")


def test_held_words_count_each_grouping() -> None:
    beside = pd.DataFrame({"grouping": ["pledged", "pledged", "community"], "holds": [True, False, False]})
    said = describe_coverage(beside)
    assert plain(said).startswith(
        "Of 3 intervals of differences among similar systems, 1 covers the simulated effect"
    )
    assert said.endswith("(signed the pledge: 1 of 2; belongs to the community: 0 of 1).")
    assert "**none**" in describe_coverage(beside[beside["grouping"].eq("community")])


def test_a_difference_that_chance_may_explain_is_not_told_as_none() -> None:
    rows = [
        {"grouping": "pledged", "year": 2022, "comparison": "adjusted", "difference": sign, "p_corrected": p}
        for sign, p in ((0.2, 0.4), (-0.1, 0.9))
    ]
    said = difference_finding(pd.DataFrame(rows), "pledged", "systems that signed", 2022)
    assert plain(said).endswith("in none of 2 domains can a lead of systems that signed be told from chance")
    rows[1]["p_corrected"] = 0.001
    said = difference_finding(pd.DataFrame(rows), "pledged", "systems that signed", 2022)
    assert said.endswith("; in 1 they answer lower")


def test_the_headline_of_changes_counts_the_same_systems() -> None:
    rows = [
        {"domain": domain, "since": 2021, "year": 2022, "systems_are": series, "change": 0.2, "low": 0.1}
        | {"high": 0.3, "p_corrected": p}
        for domain in ("governance", "impact")
        for series, p in (("same systems", 0.5), ("all systems, alike", 0.001))
    ]
    table = pd.DataFrame(rows)
    picture = change_picture(table)
    assert picture is not None
    assert "no change of the same systems can be told from chance, in 2 domains" in picture.text
    table.loc[0, "p_corrected"] = 0.01
    picture = change_picture(table)
    assert picture is not None
    assert "1 of 2 domains of the same systems changed" in picture.text
    picture = change_picture(table[table["systems_are"].ne("same systems")])
    assert picture is not None
    assert "too few systems answered twice" in picture.text


def test_numbers_have_two_decimals_and_no_minus_before_a_zero() -> None:
    frame = pd.DataFrame({"low": [0.21, -0.06, 0.5, -0.001, None], "effective": [49.3, 1, 2, 3, 4]})
    shown = as_figures(frame)
    assert shown["low"].str.strip().tolist()[:4] == ["0.21", "-0.06", "0.50", "0.00"]
    assert shown["low"].str.len().dropna().nunique() == 1
    assert shown["effective"].tolist()[0] == 49
    report = sector_report(as_read(made_frame()))
    for name in ("comparisons", "order", "changes", "shares", "items", "power"):
        table = as_figures(in_words(report[name]))
        for column in table.columns[report[name].dtypes.eq("float64")]:
            share = name == "shares" or column in ("floor", "ceiling", "missing")
            form = r"\d+(\.\d)?%" if share else r"-?\d+\.\d\d"
            if not column.startswith("p"):
                assert table[column].dropna().str.strip().str.fullmatch(form).all(), (name, column)


def test_a_share_is_a_percent_beside_its_counts() -> None:
    shown = as_figures(pd.DataFrame({"systems": [104, 800], "share": [0.13, 0.996], "low": [0.1, 0.5]}))
    assert shown["share"].tolist() == ["13.0%", "99.6%"]
    assert shown["low"].tolist() == ["10%", "50%"]


def test_columns_are_named_in_the_words_about_them(page: str) -> None:
    assert "last two columns" not in page
    assert "low, all six together" in page
    assert "low, all five together" in page


def test_published_statements_have_no_empty_brackets() -> None:
    report = sector_report(as_read(made_frame()))
    markup = compare_with_published(report["statements"])._repr_html_()
    assert "()" not in markup
    assert "(own)" not in markup
    assert "(weak source)" in markup


def test_odd_cells_are_counted_also_where_nothing_else_is_shown() -> None:
    read = as_read(made_frame().head(5))
    odd = pd.DataFrame(
        {"file": ["a.csv"], "kind": ["not_in_codes"], "column": ["locale"], "value": ["Moon"], "times": [3]}
        | {"action_taken": ["value_emptied"], "row": [2]}
    )
    texts = [block._repr_html_() for block in sector_blocks(sector_report(replace(read, findings=odd)))]
    assert "Moon" not in "".join(texts)
    assert re.search(r"<summary>What was odd in the file \(<data [^>]*>1</data> kind\)</summary>", texts[-1])
