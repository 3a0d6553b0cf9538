"""Levels come from measures, the lowest decides, and what no file tells has no level."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import measure_gaps
from helpers.gaps.rubric import HeadingMeasure, kit_rubric, read_rubric, score_rubric
from helpers.link import Links
from helpers.report.pages.contract import rubric_blocks
from helpers.standard import BadInput

KIT = Path(__file__).resolve().parents[2] / "helpers" / "gaps" / "rubric.toml"


@pytest.fixture(scope="module")
def levels(district: District, district_links: Links) -> pd.DataFrame:
    """The rubric of the small made district."""
    return score_rubric(district, district_links, measure_gaps(district, district_links))


def test_each_system_has_each_heading_once(levels: pd.DataFrame, district: District) -> None:
    assert len(levels) == len(district.layouts) * len(kit_rubric().heading)
    assert not levels.duplicated(["silo", "heading"]).any()
    assert levels["level"].dropna().between(1, 4).all()
    assert levels["level"].isna().equals(levels["measure"].isna())
    assert levels["means"].notna().all()


def test_security_is_asked_unless_a_file_speaks_against_it(levels: pd.DataFrame) -> None:
    security = levels[levels["heading"].eq("security")].set_index("silo")
    assert security["level"].dropna().le(2).all()
    assert security.loc["meals", "level"] == 1, "the till's list holds PINs"
    asked = security[security["level"].isna()]
    assert len(asked)
    assert asked["means"].str.contains("ask").all()


@pytest.mark.full
def test_better_files_stand_higher(
    levels: pd.DataFrame, clean_district: District, clean_links: Links
) -> None:
    clean = score_rubric(clean_district, clean_links, measure_gaps(clean_district, clean_links))
    both = levels.merge(clean, on=["silo", "heading"], how="inner", validate="one_to_one")
    quality = both[both["heading"].eq("quality")].dropna(subset=["level_x", "level_y"])
    assert quality["level_y"].mean() > quality["level_x"].mean()


def test_a_bound_is_the_first_value_of_its_level() -> None:
    more = HeadingMeasure(measure="grain", says="x", bounds=(2, 3, 4))
    assert [more.level(value) for value in (1, 2, 3, 4)] == [1, 2, 3, 4]
    less = HeadingMeasure(measure="days behind", says="x", better="less", bounds=(31, 7, 1))
    assert [less.level(value) for value in (32, 31, 7, 1, 0)] == [1, 2, 3, 4, 4]


def test_faults_of_a_rubric_are_told_at_once(tmp_path: Path) -> None:
    own = tmp_path / "rubric.toml"
    text = KIT.read_text(encoding="utf-8")
    own.write_text(
        text.replace('measure = "days behind"', 'measure = "days behnd"').replace(
            "bounds = [0.5, 0.95, 0.995]", "bounds = [0.95, 0.5, 0.995]"
        ),
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        read_rubric(own)
    assert "Did you mean days behind?" in str(refused.value)
    assert "go towards better" in str(refused.value)


@pytest.mark.full
def test_the_page_says_whose_words_these_are(levels: pd.DataFrame, district: District) -> None:
    blocks = rubric_blocks(levels, district.layouts)
    said = " ".join(block._repr_html_() for block in blocks)
    assert "the kit&#39;s own" in said
    assert "ask" in said
