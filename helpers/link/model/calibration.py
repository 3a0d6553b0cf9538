"""Calibrated probabilities: how often pairs with a probability of the model were one child."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from helpers.link.model.parameters import LinkModel

__all__ = ["CALIBRATION", "DOUBTS", "calibrate", "log_odds", "share_of_errors", "uncalibrate"]

Numbers = npt.NDArray[np.float64]
Knots = Sequence[tuple[float, float]]

CALIBRATION = Path(__file__).parent / "calibration.toml"
SUREST = 1e-9
# Kinds of pairs: in each, one probability of the model is right at another rate.
DOUBTS = (
    "ids, and names or birth dates, differ",
    "ids differ",
    "first names differ in one system",
    "first names differ",
    "other children fit as well",
    "evidence alone",
)


def log_odds(probability: npt.ArrayLike) -> Numbers:
    """Convert a probability to its natural log odds."""
    chance = np.clip(np.asarray(probability, dtype="float64"), SUREST, 1 - SUREST)
    return np.asarray(np.log(chance / (1 - chance)), dtype="float64")


def share_of_errors(model: LinkModel) -> float:
    """Return the share of a child's pairs of records that disagree in first name, surname or birth date."""
    return 1 - float(np.prod([model.m[name][0] for name in ("first_name", "last_surname", "birth_date")]))


@cache
def _declared() -> Mapping[str, tuple[tuple[float, Knots], tuple[float, Knots]]]:
    """Read both curves of each kind of pair, that of fewer errors first: share of errors, and knots."""
    found: dict[str, list[tuple[float, Knots]]] = {}
    for one in tomllib.loads(CALIBRATION.read_text(encoding="utf-8"))["curve"]:
        knots = tuple((knot["model"], knot["share"]) for knot in one["knot"])
        found.setdefault(one["doubt"], []).append((one["share_of_errors"], knots))
    result = {}
    for doubt, curves in found.items():
        few, many = sorted(curves)
        result[doubt] = few, many
    return result


def _interpolate(probability: npt.ArrayLike, knots: Knots) -> Numbers:
    """Interpolate log odds between knots; they stay beyond the outermost."""
    predicted, observed = (log_odds(side) for side in zip(*knots, strict=True))
    return np.interp(log_odds(probability), predicted, observed)


def _knots(errors: float, doubt: str) -> Knots:
    """Return the knots for a share of errors: between the two curves that were learned."""
    (few, fewer), (many, more) = _declared()[doubt]
    place = float(np.clip((errors - few) / (many - few), 0, 1))
    predicted = sorted({model for knots in (fewer, more) for model, _ in knots})
    odds = (1 - place) * _interpolate(predicted, fewer) + place * _interpolate(predicted, more)
    return list(zip(predicted, _probability(odds).tolist(), strict=True))


def _probability(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype="float64")


def _apply(probability: npt.ArrayLike, doubt: npt.ArrayLike, curves: Mapping[str, Knots]) -> Numbers:
    chance, kind = np.broadcast_arrays(
        np.asarray(probability, dtype="float64"), np.asarray(doubt, dtype=object)
    )
    result = np.full(chance.shape, np.nan)
    for one, knots in curves.items():
        here = (kind == one) & ~np.isnan(chance)
        result[here] = _probability(_interpolate(chance[here], knots))
    return result


def calibrate(probability: npt.ArrayLike, errors: float, doubt: npt.ArrayLike) -> Numbers:
    """Replace the model's probabilities with the share of such pairs that were one child in training.

    ``doubt`` has each pair's kind, one of `DOUBTS`. Two records with two ids and two names are hardly ever
    one child, whatever else agrees. If one system has both first names, they are mostly two children's. Of
    two children who fit a record as well, one is right. Where nothing but a large difference makes a pair
    doubtful, it mostly is one child.

    ``errors`` is the district's `share_of_errors`. Where errors are rare, a pair with a large difference is
    more often two children than where they are frequent. So ``calibration.toml`` has two curves for each
    kind, and we interpolate between them. The order of pairs of a kind remains. NaN stays NaN.

    >>> ids, nothing = calibrate(0.8, 0.05, [DOUBTS[0], DOUBTS[-1]])
    >>> bool(ids < nothing)
    True
    """
    return _apply(probability, doubt, {one: _knots(errors, one) for one in _declared()})


def uncalibrate(probability: npt.ArrayLike, errors: float, doubt: npt.ArrayLike) -> Numbers:
    """Return the model's own probabilities that `calibrate` turned into these.

    >>> uncalibrate(calibrate([0.25, 0.9], 0.05, DOUBTS[-1]), 0.05, DOUBTS[-1]).round(6).tolist()
    [0.25, 0.9]
    """
    turned = {
        one: [(observed, predicted) for predicted, observed in _knots(errors, one)] for one in _declared()
    }
    return _apply(probability, doubt, turned)
