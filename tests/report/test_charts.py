"""Every chart has a title that is a finding, a sentence in place of the picture, and its numbers."""

from __future__ import annotations

import base64
import io
import itertools
import re
from html import unescape

import pandas as pd
import pytest
from PIL import Image

from helpers.report.charts import (
    Picture,
    bars,
    child_timeline,
    dot_plot,
    heat_map,
    pair_heat_map,
    stacked_bars,
    upset_plot,
)
from helpers.report.charts.heat_map import DARKEST, Cell, draw_cells
from helpers.report.charts.picture import NARROW, SMALL, WIDE, Canvas
from helpers.report.theme import OF_VALUES, OUTCOMES, color, contrast, text_color_on
from helpers.standard import plain

LONGEST = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
DAYS = pd.to_datetime(["2025-09-03", "2025-11-20", "2026-01-12", "2026-02-01"])


def drawings() -> dict[str, Picture]:
    groups = pd.DataFrame(
        {
            "label": ["Moved", "Twins", "Moved", "Twins"],
            "value": [0.16, 0.22, 0.05, None],
            "low": [0.12, 0.13, 0.04, None],
            "high": [0.20, 0.34, 0.06, None],
            "kind": ["missed", "missed", "wrong", "wrong"],
        }
    )
    names = [f"system_{place}" for place in range(8)]
    pairs = pd.DataFrame(
        [(a, b, 10.0 * (x + y)) for x, a in enumerate(names) for y, b in enumerate(names) if x < y],
        columns=["left_silo", "right_silo", "value"],
    )
    events = pd.DataFrame(
        {
            "domain": ["attendance", "attendance", "learning", "meals"],
            "date": DAYS,
            "end_date": [pd.NaT, pd.NaT, pd.NaT, pd.Timestamp("2026-04-30")],
            "event": ["Tardy", "Unexcused Absence", "Grade B", "Free meals"],
        }
    )
    held = pd.DataFrame(
        {
            "system": ["SIS", "SIS", LONGEST],
            "grades": ["KG to 2", "9 to 12", "9 to 12"],
            "share": [100.0, 98.5, 4.0],
        }
    )
    return {
        "bars": bars({"SIS": 612, LONGEST: 43}, title="Two systems, two totals", unit="children"),
        "stacked": stacked_bars(
            {"Exact": {"right": 500, "missed": 95, "wrong": 5}, "All": {"right": 571, "unverified": 29}},
            title="Five are joined to another child",
            unit="children",
        ),
        "few beside many": stacked_bars(
            {
                "Joined by the key": {"true today": 20000, "written wrongly": 71, "missed": 0, "another": 0},
                "A short bar": {"true today": 9, "written wrongly": 6, "missed": 5, "another": 71},
                LONGEST: {"true today": 9000, "written wrongly": 90, "missed": 9000, "another": 710},
            },
            title="Some are another child's",
            unit="values, one a child and element, of all that some system here holds of any child",
            parts=["true today", "written wrongly", "missed", "another"],
        ),
        "told below": stacked_bars(
            {"Looked up": {"right": 9856, "missed": 1847, "written wrongly": 306, "wrong": 76}},
            title="Some are another child's",
            unit="values",
            parts=["right", "missed", "written wrongly", "wrong"],
        ),
        "matrix": upset_plot(
            {("SIS", LONGEST): 300, ("SIS",): 12, (LONGEST,): "fewer than 10"},
            ["SIS", LONGEST],
            title="Most are known to both",
            unit="children",
        ),
        "a system of a short name": upset_plot(
            {("SAT",): 12}, ["SAT"], title="One system knows them", unit="children"
        ),
        "dots": dot_plot(groups, series="kind", title="Twins are missed most", unit="rate"),
        "square": pair_heat_map(pairs.head(3), title="The first pair shares least", unit="percent"),
        "many": pair_heat_map(pairs, title="The first pair shares least", unit="percent"),
        "shaded": heat_map(
            held, title="The till knows few", unit="percent", row="system", column="grades", value="share"
        ),
        "lanes": child_timeline(
            events, title="She was absent in autumn", every_lane=["attendance", "health"]
        ),
    }


@pytest.fixture(params=sorted(drawings()))
def picture(request: pytest.FixtureRequest) -> Picture:
    return drawings()[request.param]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_picture_is_drawn_at_twice_its_width_for_page_and_phone(picture: Picture, width: int) -> None:
    image = Image.open(io.BytesIO(picture.png(width)))
    assert image.width == 2 * width
    # something is drawn, and nothing is cut off at a side: the outermost pixels are paper or a hairline
    gray = image.convert("L")
    assert gray.getextrema()[0] < 120
    sides = [gray.getpixel((x, y)) for x in (0, image.width - 1) for y in range(image.height)]
    assert min(sides) > 200


@pytest.mark.one_in(3)
def test_markup_holds_alt_sentence_table_and_download(picture: Picture) -> None:
    markup = picture._repr_html_()
    (alt,) = re.findall(r'<img alt="([^"]*)"', markup)
    assert len(unescape(alt).split()) > 5
    assert unescape(alt) != picture.title
    assert re.search(r"\d", alt), "the sentence holds the range"
    assert "<details>" in markup
    assert 'scope="col"' in markup
    assert 'href="data:text/csv' in markup
    assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", markup)
    for encoded in re.findall(r"base64,([A-Za-z0-9+/=]+)", markup):
        assert base64.b64decode(encoded).startswith(b"\x89PNG")


def test_no_figure_stays_open() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    drawings()["square"].png()
    assert plt.get_fignums() == before


def test_a_picture_needs_a_finding_and_a_sentence() -> None:
    with pytest.raises(ValueError, match="title"):
        bars({"a": 1}, title=" ", unit="children")
    with pytest.raises(ValueError, match="more than five words"):
        stacked_bars({"a": {"right": 1}}, title="One", unit="children", alt="a chart")
    with pytest.raises(ValueError, match="nothing to draw"):
        bars({}, title="None", unit="children")


def test_names_are_escaped_and_bars_are_sorted() -> None:
    markup = bars({"<b>O'Neil</b>": 1, "B & C": 9}, title='A < B, said "she"', unit="children")._repr_html_()
    assert "<b>O" not in markup
    assert "&lt;b&gt;O&#39;Neil&lt;/b&gt;" in markup
    assert markup.index("B &amp; C</th>") < markup.index("Neil&lt;/b&gt;</th>")


class Strict:
    """A guard as real folders have it."""

    def count(self, number: int, /) -> str:
        return "fewer than 10" if 0 < number < 10 else f"{number:,}"


@pytest.mark.full
def test_small_groups_of_a_real_folder_are_neither_drawn_nor_told() -> None:
    pictures = [
        bars({"A": 72, "B": 7}, title="Two systems", unit="children", guard=Strict()),
        stacked_bars({"A": {"right": 72, "wrong": 7}}, title="Two parts", unit="children", guard=Strict()),
    ]
    for picture in pictures:
        markup = re.sub(r"base64,[A-Za-z0-9+/=]+", "", picture._repr_html_())
        text = re.sub(r"<[^>]*>", " ", markup)
        assert "fewer than 10" in text
        assert "fewer than 10" in picture.alt or "72" in picture.alt
        assert not re.search(r"(?<![\d.])7(?![\d.]|%)", text + picture.alt)
        csv = re.search(r"text/csv;charset=utf-8,([^\"]*)", picture._repr_html_())
        assert csv is not None
        assert "%2C7%0D" not in csv.group(1)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_column_of_a_shaded_table_can_be_named(width: int) -> None:
    heads = ["Data quality", "Granularity", "Export and import process", "Security", "Frequency", "Format"]
    cells = {(0, place): Cell(str(place), float(place)) for place in range(6)}
    figure = draw_cells(Canvas(width), ["Meals"], heads, cells, 6.0, "level")
    written = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    words = written.replace("\n", " ")
    assert "…" not in words
    assert [head for head in heads if head not in words] == []


def test_meanings_are_told_without_color() -> None:
    assert OUTCOMES["wrong"].hatch
    assert OUTCOMES["missed"].edge == color("ink")
    assert OUTCOMES["unverified"].line == "dotted"
    for one, other in itertools.combinations(OUTCOMES.values(), 2):
        same_shape = (one.hatch, one.line, one.edge == one.fill) == (
            other.hatch,
            other.line,
            other.edge == other.fill,
        )
        assert not same_shape or contrast(one.fill, other.fill) > 1.4
    for name in ("ink", "muted", "blue", "vermilion-text", "green-text", "restricted"):
        assert contrast(color(name), color("paper")) >= 4.5
    for mark in OUTCOMES.values():
        # numbers stand beside a hatched part, never in it
        assert mark.hatch or contrast(text_color_on(mark.fill), mark.fill) >= 4.5
        assert contrast(mark.text, color("paper")) >= 4.5


def test_style_sheet_and_chart_style_have_the_same_colors() -> None:
    from matplotlib import color_sequences
    from matplotlib.colors import to_hex

    from helpers.report.charts.picture import style

    settings = style()
    assert to_hex(settings["text.color"]) == color("ink")
    assert to_hex(settings["grid.color"]) == color("rule")
    assert to_hex(settings["xtick.labelcolor"]) == color("muted")
    palette = {to_hex(shade) for shade in color_sequences["okabe_ito"]}
    for name in ("blue", "vermilion", "orange", "green", "sky", "purple", "yellow"):
        assert color(name).lower() in palette


def test_words_of_the_guard_come_after_the_numbers() -> None:
    shown = bars({"A": "fewer than 10", "B": 12, "C": 57, "D": "not shown"}, title="Groups", unit="children")
    assert shown.data["what"].tolist() == ["C", "B", "A", "D"]
    assert "from 57 children for C to fewer than 10 children for A" in shown.alt


def test_the_number_in_a_cell_is_read_on_its_darkest_shade() -> None:
    assert contrast(text_color_on(DARKEST), DARKEST) >= 7


def test_an_event_has_one_mark_in_all_lanes_and_spells_are_pale() -> None:
    from helpers.report.charts.timeline import _looks

    marks = pd.DataFrame(
        {
            "lane": ["SIS", "Attendance", "Attendance"],
            "event": ["Enrolled", "Enrolled", "Absent"],
            "begin": pd.to_datetime(["2025-08-18"] * 3),
            "end": pd.to_datetime(["2026-04-30", None, None]),
        }
    )
    looks = _looks(marks)
    assert set(looks) == {"Enrolled", "Absent"}
    assert looks["Enrolled"][1] == color("rule")
    assert looks["Absent"][0] != looks["Enrolled"][0]


def test_a_dollar_sign_in_the_words_of_an_empty_lane_is_no_math() -> None:
    events = pd.DataFrame({"domain": ["meals"], "date": DAYS[:1], "event": ["Pays"]})
    words = "owes $5 #1 and $6 #2"
    lanes = child_timeline(
        events, title="She owes for lunch", every_lane=["meals", "fees"], empty={"fees": words}
    )
    # As math this can't be read, and drawing would end in an error.
    assert lanes.png(NARROW)


def test_a_legend_of_events_ends_within_the_picture_whatever_its_width() -> None:
    from helpers.report.charts.timeline import _TO_TEXT, _legend

    own = pd.DataFrame({"event": ["Excused Absence", "Tardy", "Tardy"]})
    for width in range(170, 190):
        sheet = Canvas(width)
        for line in _legend(sheet, "Attendance", own):
            for x, _, said in line:
                assert x + _TO_TEXT + sheet.measure(said, SMALL) <= width


def test_a_dot_matrix_has_a_column_a_combination_the_largest_first() -> None:
    picture = drawings()["matrix"]
    assert picture.data["children"].tolist() == [300, 12, "fewer than 10"]
    assert picture.data["in exactly"].tolist() == [f"SIS + {LONGEST}", "SIS", LONGEST]
    many = {(f"system {place}",): place + 1 for place in range(20)}
    crowded = upset_plot(many, [name for (name,) in many], title="Everybody is alone", unit="children")
    assert "largest of ⟦20|combinations||⟧ combinations of systems" in crowded.caption
    assert crowded.alt.startswith("Everybody is alone: 20 combinations of systems, from ")
    assert "12 largest of 20" in plain(crowded.caption)
    assert len(crowded.data) == 20
    with pytest.raises(ValueError, match="nobody is in any system"):
        upset_plot({}, ["SIS"], title="Nobody", unit="children")


def test_what_is_true_of_a_value_is_drawn_like_what_is_right_of_a_join() -> None:
    assert set(OF_VALUES.values()) <= set(OUTCOMES)
    assert not set(OF_VALUES) & set(OUTCOMES)
