"""Wilson confidence intervals, which suit small samples and shares near 0 and 1."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["wilson"]

# The 97.5th percentile of the normal distribution, for 95% intervals.
Z = 1.959963984540054


def wilson(numerator: pd.Series, denominator: pd.Series, z: float = Z) -> pd.DataFrame:
    """Return the confidence intervals of shares, 95% by default.

    >>> wilson(pd.Series([8.0]), pd.Series([8.0])).round(3).values.tolist()
    [[0.676, 1.0]]
    """
    k = numerator.to_numpy(dtype="float64", na_value=np.nan)
    n = denominator.to_numpy(dtype="float64", na_value=np.nan)
    sound = (n > 0) & (k >= 0) & (k <= n)
    n = np.where(sound, n, np.nan)
    share = k / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Exact at the ends: rounding would overshoot 0 or 1 slightly.
    low = np.where(k == 0, np.where(sound, 0.0, np.nan), middle - half)
    high = np.where(k == n, np.where(sound, 1.0, np.nan), middle + half)
    return pd.DataFrame({"low": low, "high": high}, index=numerator.index)
