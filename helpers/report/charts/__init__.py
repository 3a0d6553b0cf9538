"""Every chart of the kit under one name; each is written in the module of its kind."""

from helpers.report.charts.bars import bars, stacked_bars
from helpers.report.charts.dot_plot import dots
from helpers.report.charts.heat_map import shaded_table, square_table
from helpers.report.charts.match_weights import match_weights, waterfall
from helpers.report.charts.picture import Picture
from helpers.report.charts.timeline import lanes
from helpers.report.charts.upset_plot import dot_matrix

__all__ = [
    "Picture",
    "bars",
    "dot_matrix",
    "dots",
    "lanes",
    "match_weights",
    "shaded_table",
    "square_table",
    "stacked_bars",
    "waterfall",
]
