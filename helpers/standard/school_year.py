"""First and last day of a school year, where no calendar gives them."""

from __future__ import annotations

from datetime import date, timedelta

from helpers.standard.figures import whole_figure

__all__ = ["FIRST_MONTH", "first_day", "last_day", "year_of_month"]

FIRST_MONTH = whole_figure("standard/facts.school_year_first_month")


def first_day(school_year: int) -> date:
    """Return the first day of a school year, named for the year it ends in.

    >>> first_day(2026).isoformat(), last_day(2026).isoformat()
    ('2025-07-01', '2026-06-30')
    """
    return date(school_year - 1, FIRST_MONTH, 1)


def last_day(school_year: int) -> date:
    """Return the last day of a school year."""
    return first_day(school_year + 1) - timedelta(days=1)


def year_of_month(year: int, month: int) -> int:
    """Return the school year that contains a month.

    >>> year_of_month(2025, 9), year_of_month(2026, 6)
    (2026, 2026)
    """
    return year + (month >= FIRST_MONTH)
