"""The chart of exchange levels: a panel a measure, the placebo in gray, and no chart of nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.report.charts.dot_plot import level_chart
from helpers.report.charts.picture import NARROW, WIDE

LEVELS = ["none", "governed"]


def rows(*series: str) -> pd.DataFrame:
    told = [
        (label, "percent", level, one, 40.0 + 20 * place, 35.0 + 20 * place, 45.0 + 20 * place)
        for label in ("Found", "Complete", "Fresh")
        for one in series
        for place, level in enumerate(LEVELS)
    ]
    return pd.DataFrame(told, columns=["label", "unit", "level", "series", "value", "low", "high"])


def test_it_says_its_ends_in_words_and_is_drawn_for_a_phone_too() -> None:
    picture = level_chart(rows("", "placebo"), title="Governed exchange finds more", levels=LEVELS)
    assert "40.0% at none and 60.0% at governed" in picture.alt
    assert "3 panels" in picture.alt
    assert len(picture.data) == 12
    assert picture.png(WIDE) != picture.png(NARROW)


def test_the_placebo_is_drawn_and_a_level_without_a_value_is_not() -> None:
    lifted = rows("", "placebo")
    lifted["value"] += 9 * lifted["series"].eq("")
    both = level_chart(lifted, title="Grey and black", levels=LEVELS)
    alone = level_chart(rows(""), title="Black alone", levels=LEVELS)
    assert both.png() != alone.png()
    one = rows("")
    one.loc[one["level"].eq("governed"), ["value", "low", "high"]] = float("nan")
    assert level_chart(one, title="One level only was run", levels=LEVELS).png()


def test_nothing_is_no_chart() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        level_chart(rows("").assign(value=float("nan")), title="Nothing", levels=LEVELS)
