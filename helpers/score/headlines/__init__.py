"""Headline measures of a district with an answer key: each number, its rows, and what is behind them."""

from helpers.score.headlines.counted import COUNTED, Headlines, judge_headlines
from helpers.score.headlines.strays import list_strays, main_cause

__all__ = ["COUNTED", "Headlines", "judge_headlines", "list_strays", "main_cause"]
