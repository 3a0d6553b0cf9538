"""Levels come from measures, the lowest decides, and what no file tells has no level."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import measure_gaps
from helpers.gaps.measures import line
from helpers.gaps.rubric import HeadingMeasure, Rubric, kit_rubric, read_rubric, score_rubric
from helpers.link import Links
from helpers.report.pages.contract import rubric_blocks
from helpers.standard import BadInput, as_table
from tests.district_by_hand import district as district_of
from tests.district_by_hand import links, silo

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


@cache
def _two_systems() -> tuple[District, Links]:
    """One child, whom both systems have."""
    both = district_of(silo("sis", [{"record": "1"}]), silo("lms", [{"record": "1"}]))
    return both, links({("sis", "1"): "c", ("lms", "1"): "c"})


def rated(*lines: dict[str, object], **measures: dict[str, object]) -> pd.Series:
    """Rate the second of two systems on one heading of these measures, by lines of a scorecard."""
    levels = ["poor", "fair", "good", "best"]
    asked = [{"says": f"by {name}", **one} for name, one in measures.items()]
    rubric = Rubric.model_validate(
        {"about": "by hand", "heading": {"h": {"title": "H", "levels": levels, "measure": asked}}}
    )
    both, who = _two_systems()
    card = as_table("scorecard", pd.DataFrame([line("days behind", "sis", None, 99), *lines]))
    rows = score_rubric(both, who, card, rubric).set_index("silo")
    assert rows.index.tolist() == ["sis", "lms"]
    return rows.loc["lms"]


BEHIND = {"measure": "days behind", "better": "less", "bounds": (31, 7, 1)}
MATCHED = {"measure": "match rate", "of": "roster", "bounds": (0.5, 0.9, 0.99)}


def test_the_lowest_of_a_heading_s_measures_decides() -> None:
    late, matched = line("days behind", "lms", None, 20), line("match rate", "sis", "lms", 95, 100)
    both = rated(late, matched, behind=BEHIND, matched=MATCHED)
    assert (both["level"], both["measure"], both["value"]) == (2, "days behind", 20)
    assert (both["means"], both["next"], both["why"]) == ("fair", "good", "by behind")
    few = rated(late, line("match rate", "sis", "lms", 40, 100), behind=BEHIND, matched=MATCHED)
    assert (few["level"], few["measure"], few["value"]) == (1, "match rate", 0.4)
    # Of two that are equal the first is named.
    assert rated(late, line("match rate", "sis", "lms", 60, 100), matched=MATCHED, behind=BEHIND)[
        "measure"
    ] == ("match rate")


def test_the_worst_line_of_a_measure_counts_and_a_limit_never() -> None:
    lines = [line("column filled", "lms", None, count, 10, name) for name, count in (("a", 9), ("b", 5))]
    filled = {"measure": "column filled", "bounds": (0.4, 0.8, 1.0)}
    assert rated(*lines, filled=filled)["value"] == 0.5
    limit = line("column filled", "lms", None, 0, 10, "c", is_limit=True)
    assert rated(*lines, limit, filled=filled)["value"] == 0.5
    days = [line("days behind", "lms", None, 3), line("days behind", "lms", None, 2, is_limit=True)]
    assert rated(*days, behind=BEHIND)["value"] == 3
    # A pair's line is not the system's own, and a line without a value says nothing.
    of_pair = line("days behind", "lms", "sis", 90)
    assert rated(*days, of_pair, behind=BEHIND)["value"] == 3
    nothing = rated(line("days behind", "lms"), behind=BEHIND)
    assert pd.isna(nothing["level"])
    assert (nothing["means"], nothing["next"]) == ("No file shows this: ask.", "good")


def test_the_best_level_has_no_next_one_and_may_prove_nothing() -> None:
    fresh = line("days behind", "lms", None, 0)
    best = rated(fresh, behind=BEHIND)
    assert (best["level"], best["means"]) == (4, "best")
    assert pd.isna(best["next"])
    assert pd.isna(rated(fresh, behind={**BEHIND, "none": True})["level"])
    assert rated(fresh, behind={**BEHIND, "most": 3})["level"] == 3
    assert rated(line("days behind", "lms", None, 20), behind={**BEHIND, "none": True})["level"] == 2


def test_a_count_may_be_rated_as_a_share() -> None:
    asked = {"measure": "only in left", "of": "roster", "better": "less", "bounds": (0.5, 0.1, 0.01)}
    share = rated(line("only in left", "sis", "lms", 5, 100), left={**asked, "as_share": True})
    assert (share["level"], share["value"], share["unit"]) == (3, 0.05, "rate")
    of_none = rated(line("only in left", "sis", "lms", 0, 0), left={**asked, "as_share": True})
    assert pd.isna(of_none["level"])
