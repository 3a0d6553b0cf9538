"""How sure a share is, for small numbers, too."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from helpers.standard.intervals import wilson


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_wilson_holds_the_share(n: int, share: float) -> None:
    k = round(n * share)
    interval = wilson(pd.Series([k]), pd.Series([n])).iloc[0]
    assert 0 <= interval["low"] <= k / n <= interval["high"] <= 1


def test_wilson_says_nothing_of_nothing() -> None:
    assert wilson(pd.Series([0.0, 5, np.nan]), pd.Series([0.0, 4, 3])).isna().all(axis=None)
