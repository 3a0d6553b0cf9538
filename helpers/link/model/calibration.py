"""Calibrated probabilities: how often pairs with a probability of the model were one child."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["CALIBRATION", "calibrate", "log_odds", "uncalibrate"]

Numbers = npt.NDArray[np.float64]

CALIBRATION = Path(__file__).parent / "calibration.toml"
SUREST = 1e-9


def log_odds(probability: npt.ArrayLike) -> Numbers:
    """Convert a probability to its natural log odds."""
    chance = np.clip(np.asarray(probability, dtype="float64"), SUREST, 1 - SUREST)
    return np.asarray(np.log(chance / (1 - chance)), dtype="float64")


@cache
def _knots() -> tuple[tuple[float, float], ...]:
    declared = tomllib.loads(CALIBRATION.read_text(encoding="utf-8"))["knot"]
    return tuple((one["model"], one["share"]) for one in declared)


def calibrate(probability: npt.ArrayLike, knots: Sequence[tuple[float, float]] | None = None) -> Numbers:
    """Replace the model's probabilities with the share of such pairs that were one child in training.

    Log odds are interpolated between the knots, by default those of ``calibration.toml``, and stay beyond the
    outermost. So the order of pairs remains. NaN stays NaN.

    >>> bool(calibrate(0.2) < calibrate(0.8))
    True
    """
    said, was = (log_odds(side) for side in zip(*(knots or _knots()), strict=True))
    result = 1 / (1 + np.exp(-np.interp(log_odds(probability), said, was)))
    return np.where(np.isnan(np.asarray(probability, dtype="float64")), np.nan, result)


def uncalibrate(probability: npt.ArrayLike) -> Numbers:
    """Return the model's own probabilities that `calibrate` turned into these.

    >>> uncalibrate(calibrate([0.25, 0.9])).round(6).tolist()
    [0.25, 0.9]
    """
    return calibrate(probability, [(was, said) for said, was in _knots()])
