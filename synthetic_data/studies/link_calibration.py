"""Learn from synthetic districts how often the model's probabilities are right, and how far off it is.

Run ``python -m synthetic_data.studies.link_calibration`` after a change in linking. It writes the two files
that `helpers.link` reads, and takes ten minutes on two cores. We report coverage on other scenarios, seeds
and errors.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize

from helpers.files import District, read_district, write_atomically
from helpers.link import (
    CALIBRATION,
    DOUBTS,
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

__all__ = ["ERRORS", "NODES", "fit_curves", "fit_estimates", "fit_probabilities", "made_districts"]

Numbers = npt.NDArray[np.float64]
Knots = list[tuple[float, float]]
# By kind of pair and origin of errors: the share of errors for which a curve is meant, and the curve.
Curves = dict[tuple[str, str], tuple[float, Knots]]

SCENARIO = "pandemic"
SEEDS = tuple(range(9011, 9027))
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
# The model's probabilities at which a curve may bend.
NODES = (1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1 - 1e-6)
# The least slope of a curve, in log odds: the order of pairs stays.
FLATTEST = 0.02
# What a curve leans toward, as weights of squared log odds: a straight line, half of the model's slope, even
# odds at the middle; for one origin, the curve of all. Of six settings the best on seeds left out of the fit.
SMOOTH, HALF_AS_SURE, EVEN, ALIKE = 20.0, 0.1, 0.1, 0.5
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


def fit_probabilities(pairs: pd.DataFrame, usual: Knots | None = None) -> Knots:
    """Fit the share of pairs that are one child to the model's probability: the knots of a rising line.

    ``pairs`` has ``probability`` (the model's own) and ``right``. ``usual`` has the knots toward which few
    pairs lean. Without, they lean toward a straight line: what few pairs show of one band is chance.
    """
    odds_of_nodes = log_odds(NODES)
    basis, count, right = _by_place(pairs, odds_of_nodes)
    steps = np.diff(odds_of_nodes)
    before = None if usual is None else log_odds([share for _, share in usual])
    # From the first node's log odds and each piece's slope to every node's log odds.
    path = np.tril(np.ones((len(odds_of_nodes), len(odds_of_nodes))))
    path[:, 1:] *= steps
    middle = NODES.index(0.5)

    def loss(line: Numbers) -> tuple[float, Numbers]:
        nodes = path @ line
        odds = basis @ nodes
        value = float(np.sum(count * np.logaddexp(0, odds) - right * odds))
        by_node = basis.T @ (count * _probabilities(odds) - right)
        slopes = line[1:] - (0.0 if before is None else np.diff(before) / steps)
        bends = np.diff(slopes)
        value += SMOOTH * float(np.sum(bends**2))
        by_slope = 2 * SMOOTH * (np.append(0.0, bends) - np.append(bends, 0.0))
        if before is None:
            value += HALF_AS_SURE * float(np.sum((slopes - 0.5) ** 2)) + EVEN * float(nodes[middle]) ** 2
            by_slope += 2 * HALF_AS_SURE * (slopes - 0.5)
            by_node[middle] += 2 * EVEN * nodes[middle]
        else:
            value += ALIKE * float(np.sum((nodes - before) ** 2))
            by_node += 2 * ALIKE * (nodes - before)
        return value, path.T @ by_node + np.append(0.0, by_slope)

    start = np.append(-4.0, np.full(len(steps), 0.5))
    bounds = [(None, None), *[(FLATTEST, None)] * len(steps)]
    found = path @ minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return list(zip(NODES, _probabilities(found).tolist(), strict=True))


def _by_place(pairs: pd.DataFrame, odds_of_nodes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Group pairs by log odds, to two digits: place between the nodes, number, and number of right ones."""
    odds = np.clip(log_odds(pairs["probability"]), odds_of_nodes[0], odds_of_nodes[-1])
    rounded, of = np.unique(np.round(odds, 2), return_inverse=True)
    rounded = np.clip(rounded, odds_of_nodes[0], odds_of_nodes[-1])
    basis = np.column_stack([np.interp(rounded, odds_of_nodes, one) for one in np.eye(len(odds_of_nodes))])
    are_right = pairs["right"].to_numpy(dtype="float64")
    return basis, np.bincount(of).astype("float64"), np.bincount(of, weights=are_right)


def _probabilities(odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-odds)), dtype="float64")


def fit_curves(pairs: pd.DataFrame) -> Curves:
    """Fit the probabilities of each kind of pair and origin of errors.

    ``pairs`` has ``doubt`` (the kind), ``origin`` and ``errors`` (its district's share of errors) beside what
    `fit_probabilities` needs. Between the origin of fewer errors at its most and that of more errors at its
    fewest, a district may have errors of either.
    """
    errors = pairs.groupby("origin")["errors"].agg(["mean", "min", "max"]).sort_values("mean")
    few, many = errors.index
    ends = {few: float(errors["max"].iloc[0]), many: float(errors["min"].iloc[1])}
    if ends[few] >= ends[many]:
        raise BadInput(f"Districts of {few} and of {many} have the same shares of errors: {errors}.")
    curves: Curves = {}
    for doubt in pairs["doubt"].unique().tolist():
        of_kind = pairs[pairs["doubt"].eq(doubt)]
        usual = fit_probabilities(of_kind)
        for origin, end in ends.items():
            seen = of_kind[of_kind["origin"].eq(origin)]
            curves[doubt, origin] = end, fit_probabilities(seen, usual) if len(seen) else usual
    return curves


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
    return (
        "# Learned by python -m synthetic_data.studies.link_calibration from synthetic districts of "
        f"{STUDENTS}\n"
        f"# children (scenario {SCENARIO}, seeds {SEEDS[0]} to {SEEDS[-1]}, levels {' and '.join(LEVELS)}).\n"
        f"# Errors: {'; '.join(errors)}.\n"
    )


def _write_probabilities(curves: Curves) -> None:
    parts = []
    for (doubt, origin), (errors, knots) in sorted(curves.items(), key=lambda one: DOUBTS.index(one[0][0])):
        rows = "\n".join(
            f"[[curve.knot]]\nmodel = {model:.7g}\nshare = {share:.5g}\n" for model, share in knots
        )
        head = f'[[curve]]\n# Errors: {origin}.\ndoubt = "{doubt}"\nshare_of_errors = {errors:.5g}\n'
        parts.append(f"{head}\n{rows}")
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


def learn_from(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Link the districts of a seed: a row a pair, as `fit_curves` needs, and a row a district."""
    parts, rows = [], []
    for _, _, kind, district, links in made_districts(SCENARIO, [seed], LEVELS, ERRORS, STUDENTS):
        assert links.model is not None
        scored = links.pairs[links.pairs["match_probability"].notna()]
        errors = share_of_errors(links.model)
        doubt = scored["doubt"].to_numpy(dtype=object)
        own = uncalibrate(scored["match_probability"].to_numpy(dtype="float64"), errors, doubt)
        right = score_pairs(district, scored)["outcome"].eq("right").to_numpy(dtype=bool)
        origin = ERRORS[kind][1] or "catalog"
        parts.append(
            pd.DataFrame(
                {"doubt": doubt, "origin": origin, "errors": errors, "probability": own, "right": right}
            )
        )
        rows.append({"origin": origin, "errors": errors, **measure_separable_pairs(district, links)})
    return pd.concat(parts, ignore_index=True), pd.DataFrame(rows)


def main() -> None:
    """Write both files."""
    with ProcessPoolExecutor() as pool:
        learned = list(pool.map(learn_from, SEEDS))
    pairs, runs = (pd.concat(tables, ignore_index=True) for tables in zip(*learned, strict=True))
    _write_probabilities(fit_curves(pairs))
    _write_estimates(fit_estimates(runs))
    sys.stdout.write(f"{CALIBRATION} and {LEARNED} written\n")


if __name__ == "__main__":
    main()
