"""Interval coverage of the sector report, and the page of a synthetic sector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.report import sector_made_page
from helpers.sector import Answered, answered_of, compare, level, maturity_profile
from helpers.standard import as_table
from synthetic_data.sector import SectorSettings, SyntheticSector, load_sector, make_sector, simulated_effects
from synthetic_data.sector.sector import ENDLESS
from synthetic_data.workers import context

__all__ = ["coverage_of", "false_calls", "sector_coverage", "situation", "synthetic_sector_page"]


def synthetic_sector_page(made: SyntheticSector, path: Path) -> Path:
    """Write the page of a synthetic sector."""
    return sector_made_page(made.about, made.answered, made.simulated, path)


# Situation, seed, and the number of systems that approximates an infinite sector.
Asked = tuple[str, int, int]
# The only differences between the situations.
SITUATIONS: dict[str, dict[str, object]] = {
    "answers by chance": {"recorded_nonresponse": 0.0},
    "recorded non-response": {},
    "unrecorded self-selection": {"unrecorded_self_selection": 1.0},
    # Size still correlates with the pledge and with answers, so that only the adjusted difference is zero.
    "nothing simulated": {
        "pledged_effect": {"all": 0.0},
        "community_effect": {"all": 0.0},
        "data_team_effect": {"all": 0.0},
    },
}
# The comparison that should cover the simulated effect, by situation. Unadjusted ones cover it only by
# chance.
CLAIMS = {
    "answers by chance": ("unadjusted", "weighted", "adjusted"),
    "recorded non-response": ("weighted", "adjusted"),
    "unrecorded self-selection": ("weighted", "adjusted"),
    "nothing simulated": ("adjusted",),
}


def situation(name: str, seed: int) -> SectorSettings:
    """Return the settings of a situation."""
    return load_sector("published", seed=seed, **SITUATIONS[name])


@cache
def _simulated(name: str, endless: int) -> pd.DataFrame:
    # The simulated effect depends on no seed except for sampling error, which is negligible in an infinite
    # sector.
    return simulated_effects(situation(name, 0), endless)


def sector_coverage(
    sectors: int = 100,
    situations: Sequence[str] = tuple(SITUATIONS),
    processes: int = 1,
    endless: int = ENDLESS,
) -> pd.DataFrame:
    """Generate many sectors of each situation, analyze each like the report, and collect every interval."""
    asked = [(name, seed, endless) for name in situations for seed in range(1, sectors + 1)]
    if processes < 2:
        found = [_intervals(*one) for one in asked]
    else:
        with ProcessPoolExecutor(processes, mp_context=context()) as pool:
            found = list(pool.map(_of_several, _in_lots(asked, 25)))
    return as_table("sector_intervals", pd.concat(found, ignore_index=True))


def _in_lots(asked: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(asked), size):
        yield asked[start : start + size]


def _of_several(asked: Sequence[Asked]) -> pd.DataFrame:
    return pd.concat([_intervals(*one) for one in asked], ignore_index=True)


def _intervals(name: str, seed: int, endless: int) -> pd.DataFrame:
    answered = answered_of(make_sector(situation(name, seed)).frame)
    simulated = _simulated(name, endless)
    found = pd.concat([_differences(answered, simulated), _means(answered, simulated)], ignore_index=True)
    return found.assign(situation=name, seed=seed)


def _differences(answered: Answered, simulated: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals of differences, in points and for the effect size, with the simulated effect."""
    # A weighted difference is for the whole sector, like the unadjusted one of an infinite sector.
    frame = compare(answered)
    frame["simulated_as"] = frame["comparison"].replace({"weighted": "unadjusted"})
    truth = _both_years(answered, simulated).rename(columns={"comparison": "simulated_as"})
    keys = ["grouping", "domain", "year", "simulated_as"]
    # Rows for both years have no year, and pandas would join those of different groupings.
    frame, truth = (one.assign(year=one["year"].fillna(0)) for one in (frame, truth))
    met = frame.merge(truth, on=keys, how="inner", validate="many_to_one")
    points = met.rename(columns={"difference": "value", "points": "simulated"}).assign(what="difference")
    sizes = met[met["comparison"].eq("unadjusted") & met["year"].gt(0)].drop(columns=["low", "high"])
    sizes = sizes.drop(columns=["low_all", "high_all", "p", "p_corrected"]).rename(
        columns={"effect": "value", "effect_low": "low", "effect_high": "high", "deviations": "simulated"}
    )
    kept = ["what", "grouping", "domain", "year", "comparison", "value", "low", "high", "low_all", "high_all"]
    kept += ["p", "p_corrected", "simulated"]
    return pd.concat(
        [points[kept], sizes.assign(what="effect size").reindex(columns=kept)], ignore_index=True
    )


def _both_years(answered: Answered, simulated: pd.DataFrame) -> pd.DataFrame:
    """Add the simulated effects for both years together: each year counts by its number of systems."""
    compared = simulated[simulated["comparison"].ne("mean")]
    weights = answered.rows["year"].value_counts(normalize=True)
    share = compared["year"].map(weights).astype("float64")
    keys = ["grouping", "domain", "comparison"]
    both = compared.assign(points=compared["points"] * share, deviations=compared["deviations"] * share)
    both = both.groupby(keys, sort=False)[["points", "deviations"]].sum().reset_index()
    return pd.concat([compared, both], ignore_index=True)


def _means(answered: Answered, simulated: pd.DataFrame) -> pd.DataFrame:
    every = maturity_profile(answered)
    every = every[every["kind"].eq("all")].drop(columns="kind")
    truth = simulated[simulated["comparison"].eq("mean")].rename(columns={"points": "simulated"})
    met = every.merge(
        truth[["domain", "year", "simulated"]], on=["domain", "year"], how="inner", validate="one_to_one"
    )
    plain = met.rename(columns={"mean": "value"}).assign(comparison="unadjusted")
    weighted = met.drop(columns=["low", "high"]).rename(
        columns={"weighted": "value", "weighted_low": "low", "weighted_high": "high"}
    )
    kept = ["domain", "year", "comparison", "value", "low", "high", "simulated"]
    both = pd.concat([plain[kept], weighted.assign(comparison="weighted")[kept]], ignore_index=True)
    return both.assign(what="mean", grouping="all")


def coverage_of(intervals: pd.DataFrame) -> pd.DataFrame:
    """Count how many intervals cover the simulated effect."""
    known = intervals.dropna(subset=["low", "high"])
    held = known["low"].le(known["simulated"]) & known["high"].ge(known["simulated"])
    known = known.assign(held=held.astype("float64"), off=known["value"] - known["simulated"])
    keys = ["situation", "what", "comparison"]
    rows = []
    for (name, what, comparison), own in known.groupby(keys, sort=False):
        of_sector = own.groupby("seed")["held"].mean()
        reach = 1.96 * float(of_sector.std(ddof=1)) / float(np.sqrt(len(of_sector)))
        rows.append(
            {
                "situation": name,
                "what": what,
                "comparison": comparison,
                "claims": comparison in CLAIMS[str(name)],
                "intervals": len(own),
                "held": float(own["held"].mean()),
                "low": float(own["held"].mean()) - reach,
                "high": float(own["held"].mean()) + reach,
                "off": float(own["off"].mean()),
            }
        )
    return as_table("sector_coverage", pd.DataFrame(rows))


def false_calls(intervals: pd.DataFrame) -> pd.DataFrame:
    """Count false positives, before and after correction."""
    own = intervals["situation"].eq("nothing simulated") & intervals["what"].eq("difference")
    own &= intervals["comparison"].eq("adjusted")
    zero = intervals[own].dropna(subset=["p"])
    rows = []
    for correction, column in (("none", "p"), ("Holm", "p_corrected")):
        called = zero.assign(called=zero[column].lt(level()).astype("float64"))
        families = called.groupby(["seed", "grouping", "year"])["called"].max()
        for of, counted in (("differences", called["called"]), ("families of six", families)):
            rows.append(
                {
                    "correction": correction,
                    "of": of,
                    "tested": len(counted),
                    "called": int(counted.sum()),
                    "share": float(counted.mean()),
                }
            )
    return as_table("sector_false_calls", pd.DataFrame(rows))
