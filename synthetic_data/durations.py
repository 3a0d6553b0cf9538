"""Numbers of days and of minutes, as NumPy adds them to days and moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["whole_days", "whole_minutes"]


def whole_days(number: npt.ArrayLike) -> Any:
    """Make whole days of numbers: NumPy adds no bare number to a day."""
    return np.asarray(number).astype("timedelta64[D]")


def whole_minutes(number: npt.ArrayLike) -> Any:
    """Make whole minutes of numbers."""
    return np.asarray(number).astype("timedelta64[m]")
