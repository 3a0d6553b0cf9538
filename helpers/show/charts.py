"""Every chart of the kit under one name; each is written in the module of its kind."""

from helpers.show.bars import bars
from helpers.show.dot_matrix import dot_matrix
from helpers.show.dots import dots
from helpers.show.lanes import lanes
from helpers.show.picture import Picture
from helpers.show.shaded_table import shaded_table
from helpers.show.square_table import square_table
from helpers.show.stacked_bars import stacked_bars
from helpers.show.weights import match_weights, waterfall

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
