"""All charts of the kit; one module per kind."""

from helpers.report.charts.bars import bars, stacked_bars
from helpers.report.charts.dot_plot import dot_plot
from helpers.report.charts.heat_map import heat_map, pair_heat_map
from helpers.report.charts.match_weights import match_weights, waterfall
from helpers.report.charts.picture import Picture
from helpers.report.charts.timeline import child_timeline
from helpers.report.charts.upset_plot import upset_plot

__all__ = [
    "Picture",
    "bars",
    "child_timeline",
    "dot_plot",
    "heat_map",
    "match_weights",
    "pair_heat_map",
    "stacked_bars",
    "upset_plot",
    "waterfall",
]
