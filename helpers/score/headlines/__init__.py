"""Headline measures of a district with an answer key: each number, its rows, and what is behind them."""

from helpers.score.headlines.counted import (
    AND,
    COUNTED,
    COUNTED_IN,
    MATCHED,
    NUMBER,
    Headlines,
    measure,
)
from helpers.score.headlines.strays import list_strays, main_cause

__all__ = [
    "AND",
    "COUNTED",
    "COUNTED_IN",
    "MATCHED",
    "NUMBER",
    "Headlines",
    "list_strays",
    "main_cause",
    "measure",
]
