"""Numbers on pages and in tables: no more digits than the data carry, counts whole, money with its sign."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import pytest

from helpers.report import number_text, table
from helpers.report.charts import pair_heat_map
from helpers.report.charts.heat_map import Cell, draw_cells
from helpers.report.tables import shared_digits


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12345, "", "12,345"),
        (137.0, "children", "137"),
        (50.0, "percent", "50%"),
        (49.6, "percent", "50%"),
        (98.9, "percent", "99%"),
        (99.0, "percent", "99%"),
        (99.4, "percent", "99.4%"),
        (99.96, "percent", "over 99.9%"),
        (100.0, "percent", "100%"),
        (1.0, "percent", "1%"),
        (0.4, "percent", "0.4%"),
        (0.04, "percent", "under 0.1%"),
        (0.0, "percent", "0%"),
        (-0.04, "", "0.0"),
        (-1234.5, "USD", "-$1,234.50"),
    ],
)
def test_a_number_has_the_digits_that_it_carries(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text


def test_only_nearly_all_and_nearly_none_get_a_decimal_in_a_column() -> None:
    assert shared_digits([8.3, 66.7, 98.9], "percent") == 0
    assert shared_digits([8.3, 99.4], "percent") == 1
    assert shared_digits([0.3, 66.7], "percent") == 1
    assert shared_digits([0.0, 66.7, 100.0], "percent") == 0


def test_counts_stay_whole_beside_a_measure_with_decimals() -> None:
    counted = pd.DataFrame({"counted": [137.0, 0.0, 1204.0, 39.5, None]})
    shown = table(counted, "Lines")._repr_html_()
    for text in (">137<", ">0<", ">1,204<", ">39.5<", ">–<"):
        assert text in shown


def test_a_column_of_percents_is_whole_under_its_own_name() -> None:
    shown = table(pd.DataFrame({"percent": [98.3, 66.7]}), "Known")._repr_html_()
    assert ">98<" in shown
    assert ">67<" in shown


def test_measures_keep_the_decimals_of_their_column() -> None:
    weights = pd.DataFrame({"weight": [8.4, 5.2, -10.0, 12.2]})
    assert ">-10.0<" in table(weights, "Weights")._repr_html_()


def test_a_share_of_a_pair_stands_beside_its_count_and_base() -> None:
    pairs = pd.DataFrame({"left": ["SIS"], "right": ["Meals"], "found": [117], "of": [138], "share": [84]})
    chart = pair_heat_map(
        pairs,
        left="left",
        right="right",
        value="share",
        title="Of 138 children in SIS, 117 are found in Meals",
        unit="percent",
        counts=("found", "of"),
    )
    markup = chart._repr_html_()
    for text in (">children<", ">out of<", ">117<", ">138<"):
        assert text in markup


@pytest.mark.parametrize(("counts", "times"), [(("found", "of"), 1), (None, 2)])
def test_a_share_is_drawn_only_in_the_row_of_its_own_children(
    counts: tuple[str, str] | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = pd.DataFrame({"left_silo": ["SIS"], "right_silo": ["Meals"], "found": [117], "of": [138]})
    drawn: list[int] = []  # cells with the share, in each drawing

    def draw(sheet: Any, rows: Any, columns: Any, cells: dict[tuple[int, int], Cell], *rest: Any) -> Any:
        drawn.append(sum(cell.number == 84 and cell.text.startswith("84") for cell in cells.values()))
        return draw_cells(sheet, rows, columns, cells, *rest)

    monkeypatch.setattr(sys.modules[pair_heat_map.__module__], "draw_cells", draw)
    chart = pair_heat_map(pairs.assign(value=84), title="SIS in Meals", unit="percent", counts=counts)
    chart._repr_html_()
    assert set(drawn) == {times}
