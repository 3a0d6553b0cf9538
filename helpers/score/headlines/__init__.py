"""Headline measures of a district with an answer key: each number, its rows, and what is behind them."""

from helpers.score.headlines.counted import (
    AND,
    COUNTED,
    COUNTED_IN,
    MATCHED,
    NUMBER,
    Headlines,
    judge_headlines,
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
    "judge_headlines",
    "list_strays",
    "main_cause",
    "measure",
]
