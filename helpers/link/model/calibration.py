"""Calibrated probabilities: how often pairs with a probability of the model were one child."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from helpers.link.model.parameters import LinkModel

__all__ = ["CALIBRATION", "calibrate", "log_odds", "share_of_errors", "uncalibrate"]

Numbers = npt.NDArray[np.float64]
Knots = Sequence[tuple[float, float]]

CALIBRATION = Path(__file__).parent / "calibration.toml"
SUREST = 1e-9


def log_odds(probability: npt.ArrayLike) -> Numbers:
    """Convert a probability to its natural log odds."""
    chance = np.clip(np.asarray(probability, dtype="float64"), SUREST, 1 - SUREST)
    return np.asarray(np.log(chance / (1 - chance)), dtype="float64")


def share_of_errors(model: LinkModel) -> float:
    """Return the share of a child's pairs of records that disagree in first name, surname or birth date."""
    return 1 - float(np.prod([model.m[name][0] for name in ("first_name", "last_surname", "birth_date")]))


@cache
def _declared() -> tuple[tuple[float, Knots], tuple[float, Knots]]:
    """Read both curves, that of fewer errors first: its share of errors, and its knots."""
    curves = tomllib.loads(CALIBRATION.read_text(encoding="utf-8"))["curve"]
    few, many = sorted(
        (one["share_of_errors"], tuple((knot["model"], knot["share"]) for knot in one["knot"]))
        for one in curves
    )
    return few, many


def _interpolate(probability: npt.ArrayLike, knots: Knots) -> Numbers:
    """Interpolate log odds between knots; they stay beyond the outermost."""
    said, was = (log_odds(side) for side in zip(*knots, strict=True))
    return np.interp(log_odds(probability), said, was)


def _knots(errors: float) -> Knots:
    """Return the knots for a share of errors: between the two curves that were learned."""
    (few, fewer), (many, more) = _declared()
    place = float(np.clip((errors - few) / (many - few), 0, 1))
    said = sorted({model for knots in (fewer, more) for model, _ in knots})
    odds = (1 - place) * _interpolate(said, fewer) + place * _interpolate(said, more)
    return list(zip(said, _probability(odds).tolist(), strict=True))


def _probability(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype="float64")


def _apply(probability: npt.ArrayLike, knots: Knots) -> Numbers:
    result = _probability(_interpolate(probability, knots))
    return np.where(np.isnan(np.asarray(probability, dtype="float64")), np.nan, result)


def calibrate(probability: npt.ArrayLike, errors: float) -> Numbers:
    """Replace the model's probabilities with the share of such pairs that were one child in training.

    ``errors`` is the district's `share_of_errors`. Where errors are rare, a pair with a large difference is
    more often two children than where they are frequent. So ``calibration.toml`` has a curve for either, and
    we interpolate between them. The order of pairs remains. NaN stays NaN.

    >>> bool(calibrate(0.2, 0.05) < calibrate(0.8, 0.05))
    True
    """
    return _apply(probability, _knots(errors))


def uncalibrate(probability: npt.ArrayLike, errors: float) -> Numbers:
    """Return the model's own probabilities that `calibrate` turned into these.

    >>> uncalibrate(calibrate([0.25, 0.9], 0.05), 0.05).round(6).tolist()
    [0.25, 0.9]
    """
    return _apply(probability, [(was, said) for said, was in _knots(errors)])
