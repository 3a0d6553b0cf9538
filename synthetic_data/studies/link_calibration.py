"""Learn from synthetic districts how often the model's probabilities are right, and how far off it is.

Run ``python -m synthetic_data.studies.link_calibration`` after a change in linking. It writes the two files
that `helpers.link` reads, and takes some minutes. We report coverage on other scenarios, seeds and errors.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District, read_district, write_atomically
from helpers.link import (
    CALIBRATION,
    LEARNED,
    Links,
    link_district,
    log_odds,
    share_of_errors,
    uncalibrate,
)
from helpers.score import measure_separable_pairs, score_pairs
from helpers.standard import BadInput
from synthetic_data.district import make_district
from synthetic_data.error_families import apply_errors

__all__ = ["ERRORS", "fit_curves", "fit_estimates", "fit_probabilities", "made_districts"]

Numbers = npt.NDArray[np.float64]

SCENARIO = "pandemic"
SEEDS = (9011, 9012, 9013, 9014)
LEVELS = ("none", "manual")
STUDENTS = 800
FAMILY = "development"
# Name of each kind of error: the dial of the catalog's faults, and the family added, if any.
ERRORS: Mapping[str, tuple[float, str | None]] = {
    "catalog, half": (0.5, None),
    "catalog": (1.0, None),
    "catalog, double": (2.0, None),
    FAMILY: (1.0, FAMILY),
    f"{FAMILY}, catalog double": (2.0, FAMILY),
}
# Upper ends of the bands of probability in which shares are counted.
BANDS = (0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.997, 0.999, 0.9997)
# Beyond the outermost bands log odds grow this much slower than the model's.
TAIL = 0.05
MEASURES = ("Precision", "Recall", "F1")
LEAST = 2e-4


def made_districts(
    scenario: str,
    seeds: Sequence[int],
    levels: Sequence[str],
    errors: Mapping[str, tuple[float, str | None]],
    students: int,
) -> Iterator[tuple[int, str, str, District, Links]]:
    """Make, read and link a district of each seed, level and kind of error."""
    for seed, level, (name, (faults, family)) in product(seeds, levels, errors.items()):
        with tempfile.TemporaryDirectory() as folder:
            made = make_district(
                scenario,
                Path(folder) / "made",
                seed=seed,
                level=level,
                students=students,
                faults=faults,
                people_only=True,
            )
            if family is not None:
                made = apply_errors(made, Path(folder) / family, family, seed=seed)
            district = read_district(made, written=False)
            yield seed, level, name, district, link_district(district)


def fit_probabilities(pairs: pd.DataFrame) -> list[tuple[float, float]]:
    """Fit the share of pairs that are one child to the model's probability: the knots of a rising line.

    ``pairs`` has ``probability`` (the model's own) and ``right``.
    """
    band = np.digitize(pairs["probability"], BANDS)
    by = pairs.groupby(band).agg(
        probability=("probability", "mean"), right=("right", "sum"), pairs=("right", "size")
    )
    blocks: list[list[float]] = []
    for said, right, count in by.itertuples(index=False):
        blocks.append([said * count, right, count])
        while len(blocks) > 1 and _share(blocks[-1]) <= _share(blocks[-2]):
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
    knots = [(said / count, _share([said, right, count])) for said, right, count in blocks]
    ends = []
    for (said, share), end in ((knots[0], 1e-4), (knots[-1], 1 - 1e-7)):
        away = float(log_odds(end) - log_odds(said))
        ends.append((end, float(1 / (1 + np.exp(-(log_odds(share) + TAIL * away))))))
    return [ends[0], *knots, ends[1]]


def fit_curves(pairs: pd.DataFrame) -> dict[str, tuple[float, list[tuple[float, float]]]]:
    """Fit the probabilities of each origin of errors, and find the share of errors for which each is meant.

    ``pairs`` has ``origin`` and ``errors`` (its district's share of errors) beside what `fit_probabilities`
    needs. Between the origin of fewer errors at its most and that of more errors at its fewest, a district
    may have errors of either.
    """
    errors = pairs.groupby("origin")["errors"].agg(["mean", "min", "max"]).sort_values("mean")
    few, many = errors.index
    ends = {few: float(errors["max"].iloc[0]), many: float(errors["min"].iloc[1])}
    if ends[few] >= ends[many]:
        raise BadInput(f"Districts of {few} and of {many} have the same shares of errors: {errors}.")
    return {
        origin: (end, fit_probabilities(pairs[pairs["origin"].eq(origin)])) for origin, end in ends.items()
    }


def _share(block: Sequence[float]) -> float:
    return (block[1] + 0.5) / (block[2] + 1)


def fit_estimates(runs: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Fit the log of what is wrong to the log of the share of errors, each measure by itself.

    ``runs`` has a row a district: ``origin`` (of its errors), ``errors`` and, by measure, the truth
    (``Precision``). Of precision only the mean is fitted: wrong joins are too few to tell more. The spread is
    that on errors of an origin left out of the fit: a district's errors are of neither.
    """
    fitted = {}
    for measure in MEASURES:
        wrong = np.log(np.maximum(1 - runs[measure].to_numpy(dtype="float64"), LEAST))
        errors = np.log(runs["errors"].to_numpy(dtype="float64"))
        signs = np.column_stack([np.ones(len(runs)), 0 * errors if measure == "Precision" else errors])
        missed = []
        for origin in runs["origin"].unique():
            left_out = runs["origin"].eq(origin).to_numpy(dtype=bool)
            error = wrong[left_out] - signs[left_out] @ _line(signs[~left_out], wrong[~left_out])
            missed.append(float(np.mean(error**2)))
        intercept, slope = _line(signs, wrong)
        spread = float(np.sqrt(np.mean(missed)))
        fitted[measure] = {"intercept": float(intercept), "errors": float(slope), "spread": spread}
    return fitted


def _line(signs: Numbers, wrong: Numbers) -> Numbers:
    return np.asarray(np.linalg.lstsq(signs, wrong, rcond=None)[0], dtype="float64")


def _source(errors: Sequence[str]) -> str:
    seeds = ", ".join(map(str, SEEDS))
    return (
        "# Learned by python -m synthetic_data.studies.link_calibration from synthetic districts of "
        f"{STUDENTS}\n"
        f"# children (scenario {SCENARIO}, seeds {seeds}, levels {' and '.join(LEVELS)}).\n"
        f"# Errors: {'; '.join(errors)}.\n"
    )


def _write_probabilities(curves: Mapping[str, tuple[float, Sequence[tuple[float, float]]]]) -> None:
    parts = []
    for origin, (errors, knots) in curves.items():
        rows = "\n".join(
            f"[[curve.knot]]\nmodel = {said:.7g}\nshare = {share:.5g}\n" for said, share in knots
        )
        parts.append(f"[[curve]]\n# Errors: {origin}.\nshare_of_errors = {errors:.5g}\n\n{rows}")
    text = "\n".join([_source(list(ERRORS)), *parts])
    write_atomically(CALIBRATION, text.encode(), private=False)


def _write_estimates(fitted: Mapping[str, Mapping[str, float]]) -> None:
    head = (
        "# wrong = exp(intercept + errors * log(share of errors)).\n"
        "# spread is the root mean square of the log error on errors of an origin that the fit didn't see.\n"
    )
    rows = "\n".join(
        "\n".join([f"[measure.{measure}]", *(f"{name} = {value:.5g}" for name, value in one.items()), ""])
        for measure, one in fitted.items()
    )
    write_atomically(LEARNED, f"{_source(list(ERRORS))}{head}\n{rows}".encode(), private=False)


def main() -> None:
    """Write both files."""
    parts, rows = [], []
    for _, _, kind, district, links in made_districts(SCENARIO, SEEDS, LEVELS, ERRORS, STUDENTS):
        assert links.model is not None
        scored = links.pairs[links.pairs["match_probability"].notna()]
        errors = share_of_errors(links.model)
        own = uncalibrate(scored["match_probability"].to_numpy(dtype="float64"), errors)
        right = score_pairs(district, scored)["outcome"].eq("right").to_numpy(dtype=bool)
        origin = ERRORS[kind][1] or "catalog"
        parts.append(pd.DataFrame({"origin": origin, "errors": errors, "probability": own, "right": right}))
        rows.append({"origin": origin, "errors": errors, **measure_separable_pairs(district, links)})
    _write_probabilities(fit_curves(pd.concat(parts, ignore_index=True)))
    _write_estimates(fit_estimates(pd.DataFrame(rows)))
    sys.stdout.write(f"{CALIBRATION} and {LEARNED} written\n")


if __name__ == "__main__":
    main()
