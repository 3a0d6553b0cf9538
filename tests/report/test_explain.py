"""The page and the command behind a headline number: what it counts, why, and its rows."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import District
from helpers.link import Links
from helpers.report import explain, explain_page
from helpers.report.pages.index import index_page
from helpers.report.runs.first_page import first_page
from helpers.score import judge_headlines, list_strays


def run(*given: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["explain", *map(str, given)])
    return result.exit_code, result.stdout, result.stderr


def test_a_number_is_explained_with_its_rows_and_its_like_numbers(
    district_folder: Path, district: District, district_links: Links, tmp_path: Path
) -> None:
    headlines = judge_headlines(district, district_links)
    counted = headlines.of("undetected_by_number")
    code, said, _ = run("undetected_by_number", district_folder, "--out", tmp_path)
    assert code == 0
    assert f"{counted.number} of {counted.base} children share" in " ".join(said.split())
    pairs = list_strays(district, headlines.records["number"])
    written = pd.read_csv(tmp_path / "explain_undetected_by_number.csv")
    assert len(written) == len(pairs) > 0
    page = (tmp_path / "explain_undetected_by_number.html").read_text(encoding="utf-8")
    assert f"{len(pairs)} pairs, {counted.number} children" in page
    assert "**" not in page
    for other, how in counted.definition.alike.items():
        assert how in page
        assert re.search(rf">{headlines.of(other).number:,}<", page)
    code, said, _ = run("undetected_by_number", district_folder, "--out", tmp_path, "--json")
    figures = json.loads(said)
    assert (figures["number"], figures["out of"], len(figures["rows"])) == (
        counted.number, counted.base, len(pairs),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"), [("undetectd", "Did you mean undetected?"), ("not_fresh", "isn't counted against")]
)
def test_what_cannot_be_explained_ends_in_one_sentence(
    name: str, said: str, district_folder: Path, tmp_path: Path
) -> None:
    code, _, error = run(name, district_folder, "--out", tmp_path)
    assert code == 2
    assert said in error
    assert not list(tmp_path.iterdir())


def test_a_real_folder_is_sent_to_its_first_page(district_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(district_folder / "silos", tmp_path / "real" / "silos")
    code, _, error = run("complete", tmp_path / "real", "--out", tmp_path / "out")
    assert code == 2
    assert "need the answer key of an invented district" in error


def test_the_first_page_opens_the_list_behind_its_sentences(
    district: District, district_links: Links, tmp_path: Path
) -> None:
    figures = first_page(district, district_links, pd.DataFrame(), judged=True)
    text = index_page(tmp_path / "index.html", figures, [], district.about, pages="run/").read_text("utf-8")
    for name, one in figures.explained.items():
        assert f'href="run/explain_{name}.html"' in text
        explain_page(tmp_path / f"{name}.html", one, district.about)
        assert len(one.rows) > 0
    real = first_page(replace(district, about={}), district_links, pd.DataFrame(), judged=True)
    assert real.explained == {}
    text = index_page(tmp_path / "real.html", real, [], {}, pages="run/").read_text("utf-8")
    assert "explain_" not in text
    first = explain(district, judge_headlines(district, district_links), "undetected_by_number")
    if first.cause:
        assert first.cause.replace("**", "") in figures.actions[0].effect
