"""Evidence as bars: each step begins where the last one ended, and the sum is said in odds."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report.charts.match_weights import match_weights, waterfall
from tests.tiers import examples

STEPS = [
    ("Before looking", "two children of this district", -10.0),
    ("First and last name", "the same", 9.0),
    ("Birth date", "not known", 0.0),
    ("School", "the same", 4.0),
    ("Grade", "one apart", -1.0),
]


def steps(weights: list[float] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(STEPS, columns=["comparison", "level", "weight"])
    return frame if weights is None else frame.assign(weight=weights)


def test_the_sum_is_told_as_odds_for_and_against() -> None:
    assert "+2.0, 4.0 to 1 for one child" in waterfall(steps(), title="A name and a school will do").alt
    against = waterfall(steps([-10.0, 3.0, 0.0, 2.0, -1.0]), title="Too little")
    assert "-6.0, 64 to 1 against one child" in against.alt


def test_what_is_not_known_is_no_step_but_stays_in_the_table() -> None:
    picture = waterfall(steps(), title="A name and a school will do")
    assert "4 steps" in picture.alt
    assert len(picture.data) == len(STEPS)


@settings(max_examples=examples(25))
@given(st.lists(st.floats(-60, 60), min_size=5, max_size=5))
def test_any_weights_can_be_drawn_on_a_page_and_on_a_phone(weights: list[float]) -> None:
    from helpers.report.charts.match_weights import _Bar, _draw
    from helpers.report.charts.picture import Canvas

    bars = [_Bar("Name", "the same", 0.0, weight) for weight in weights]
    for width in (760, 328):
        figure = _draw(Canvas(width), bars)
        low, high = figure.axes[0].get_xlim()
        for patch in figure.axes[0].patches:
            assert low <= patch.get_x() <= patch.get_x() + patch.get_width() <= high  # type: ignore[attr-defined]


def test_a_level_a_bar_and_a_heading_a_comparison() -> None:
    weights = pd.DataFrame(
        [("Name", "the same", 9.0), ("Name", "different", -5.0), ("School", "the same", 4.0)],
        columns=["comparison", "level", "weight"],
    )
    weights = weights.astype({"comparison": "string", "level": "string"})
    picture = match_weights(weights, title="A name is worth more than a school")
    written = [text.get_text() for text in picture._draw(760).axes[0].texts]
    assert [written.count(name) for name in ("Name", "School", "the same")] == [1, 1, 2]
    assert "from -5.0 for Name, different, to +9.0 for Name, the same" in picture.alt
    assert picture.png()[:4] == b"\x89PNG"


def test_a_picture_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        waterfall(steps(), title=" ")
