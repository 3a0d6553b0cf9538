"""The picture of steps: a row a step, a column a measure, no bar on what is assumed."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest

from helpers.report.charts.level_dots import Panel, level_dots

LEVELS = {"none": "No exchange: nothing is given on", "governed": "Governed: every day"}
WAYS = ["by number", "by name"]
PANELS = [Panel("found", "Found, of 100", 100), Panel("delay", "Days old", assumed=True)]


def rows(found: float = 40.0, delay: float = 20.0) -> pd.DataFrame:
    told = [
        (measure, level, way, value + 20 * place, value + 20 * place - 5, value + 20 * place + 5)
        for measure, value in (("found", found), ("delay", delay))
        for level in LEVELS
        for place, way in enumerate(WAYS)
    ]
    return pd.DataFrame(told, columns=["measure", "level", "series", "value", "low", "high"])


def drawn(data: pd.DataFrame, here: tuple[str, str] | None = None) -> list[str]:
    """Give both drawings: the wide one and the phone's."""
    title, alt = "Governed exchange finds more", "Two steps and two measures, from 40 to 60 of 100."
    shown = level_dots(data, PANELS, title=title, alt=alt, levels=LEVELS, series=WAYS, here=here)
    assert f'aria-label="{alt}"' in shown.markup
    return re.findall(r"<svg.*?</svg>", shown.markup, re.DOTALL)


def count(sheet: str, what: str) -> int:
    return len(re.findall(what, sheet))


def test_each_cell_has_a_filled_and_an_open_dot_and_an_assumed_one_a_square() -> None:
    for sheet in drawn(rows()):
        # One more of each in the legend.
        assert count(sheet, r'<circle [^>]*r="4"') == len(LEVELS) + 1
        assert count(sheet, r'<circle [^>]*r="6.5"') == len(LEVELS) + 1
        assert count(sheet, r'width="9" height="9"') == len(LEVELS) + 1
        assert count(sheet, ">counted<") == count(sheet, ">assumed<") == 1


def test_what_is_assumed_has_no_interval_and_what_is_counted_has() -> None:
    thick = r'stroke-width="2.4"'
    for sheet in drawn(rows()):
        assert count(sheet, thick) == len(LEVELS) * len(WAYS)
    bare = rows().assign(low=float("nan"), high=float("nan"))
    for sheet in drawn(bare):
        assert count(sheet, thick) == 0


def test_a_dot_lies_where_its_value_is_on_the_axis() -> None:
    wide, _ = drawn(rows(found=50.0))
    filled = {float(x) for x in re.findall(r'<circle cx="([\d.]+)" cy="[\d.]+" r="4"', wide)}
    ticks = {text: float(x) for x, text in re.findall(r'<text x="([\d.]+)"[^>]*size="12"[^>]*>(\d+)<', wide)}
    assert ticks["50"] in filled
    assert ticks["50"] < ticks["100"]


def test_the_own_step_is_marked_in_words_and_only_where_it_is_known() -> None:
    wide, phone = drawn(rows(), here=("governed", "Riverbend is here"))
    assert "Riverbend is here" in wide
    assert "you are here" in phone
    assert not any("here" in sheet for sheet in drawn(rows()))


def test_the_lines_that_name_a_step_stand_under_each_other() -> None:
    wide, _ = drawn(rows(), here=("governed", "Riverbend is here"))
    told = re.findall(r'<text x="6" y="([\d.]+)" font-size="(\d+)"[^>]*>([^<]+)<', wide)
    texts = [text for _, _, text in told]
    assert texts == ["No exchange", "nothing is given on", "Governed", "every day", "Riverbend is here"]
    for (above, _, _), (below, letters, text) in pairwise(told):
        assert float(above) + int(letters) < float(below), text


def test_dots_that_are_kept_apart_have_a_line_each() -> None:
    def heights(apart: bool) -> set[str]:
        title, alt = "Two bars cover each other", "Two steps and two measures, from 40 to 60 of 100."
        shown = level_dots(rows(), PANELS[:1], title=title, alt=alt, levels=LEVELS, series=WAYS, apart=apart)
        wide = re.findall(r"<svg.*?</svg>", shown.markup, re.DOTALL)[0]
        return set(re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', wide))

    # The legend is a line of its own.
    assert len(heights(apart=False)) == 1 + len(LEVELS)
    assert len(heights(apart=True)) == 1 + 2 * len(LEVELS)


def test_a_value_that_is_missing_is_no_dot_and_nothing_is_no_picture() -> None:
    some = rows()
    some.loc[some["level"].eq("governed") & some["series"].eq("by number"), "value"] = float("nan")
    assert count(drawn(some)[0], r'<circle [^>]*r="4"') == 2
    with pytest.raises(ValueError, match="nothing to draw"):
        drawn(rows().assign(value=float("nan")))
