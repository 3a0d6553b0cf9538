"""How sure a share is: Wilson's interval, which holds for small numbers and for shares near 0 and 1."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["wilson"]

# The 97.5th percentile of the normal distribution: 95% of all such intervals hold the true share.
Z = 1.959963984540054


def wilson(numerator: pd.Series, denominator: pd.Series, z: float = Z) -> pd.DataFrame:
    """Give the interval of shares, 95% where nothing else is asked.

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
    # Exact at the ends, where rounding would leave a hair beyond 0 or 1.
    low = np.where(k == 0, np.where(sound, 0.0, np.nan), middle - half)
    high = np.where(k == n, np.where(sound, 1.0, np.nan), middle + half)
    return pd.DataFrame({"low": low, "high": high}, index=numerator.index)
