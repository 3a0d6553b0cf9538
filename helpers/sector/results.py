"""Compute means, shares and changes, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.sector.analysis_plan import lower_bound, may_split, read_analysis_plan, shown_counts
from helpers.sector.comparisons import Estimate, fit_first, holm
from helpers.sector.scores import Answered, alike
from helpers.standard import as_table, declared_survey, wilson

__all__ = ["changes", "correlation_interval", "domain_order", "maturity_profile", "shares", "team_and_staff"]


def changes(answered: Answered) -> pd.DataFrame:
    """Compare each year with the year before."""
    rows = [row for earlier, later in pairwise(answered.years) for row in _between(answered, earlier, later)]
    table = as_table("sector_changes", pd.DataFrame(rows))
    family = [table["year"], table["systems_are"]]
    table["p_corrected"] = table.groupby(family)["p"].transform(lambda p: holm(p.to_numpy("float64")))
    return table


def _between(answered: Answered, earlier: int, later: int) -> Iterator[dict[str, object]]:
    first, second = answered.of(earlier), answered.of(later)
    twice = set(first.rows["system"]) & set(second.rows["system"])
    once = len(first.rows) - len(twice), len(second.rows) - len(twice)
    paired = len(twice) >= read_analysis_plan().fewest_systems and may_split(*once)
    family = len(declared_survey().domains)
    both = answered.of(earlier, later)
    rows = both.rows
    recorded = rows[["pledged", "community"]].to_numpy("float64", na_value=np.nan)
    late = rows["year"].eq(later).to_numpy("float64")
    design = np.column_stack([late, alike(rows), recorded])
    for domain in declared_survey().domains:
        if paired:
            change = _of_pairs(first, second, domain)
            found = fit_first(change, np.ones((len(change), 1)), family=family)
            yield _row(domain, earlier, later, "same systems", len(twice), found)
        score = both.scores[domain].to_numpy("float64")
        found = fit_first(score, design, clusters=rows["system"].to_numpy(), family=family)
        yield _row(domain, earlier, later, "all systems, alike", None, found)


def _of_pairs(first: Answered, second: Answered, domain: str) -> np.ndarray:
    before = pd.DataFrame({"system": first.rows["system"], "before": first.scores[domain]})
    after = pd.DataFrame({"system": second.rows["system"], "after": second.scores[domain]})
    met = before.merge(after, on="system", how="inner", validate="one_to_one")
    return (met["after"] - met["before"]).to_numpy("float64")


def _row(
    domain: str, earlier: int, later: int, systems_are: str, systems: int | None, found: Estimate
) -> dict[str, object]:
    return {
        "domain": domain,
        "since": earlier,
        "year": later,
        "systems_are": systems_are,
        "systems": systems,
        "change": found.value,
        **found.tested,
    }


# A system counts as knowing data standards if it gives one of the two upper answers.
_KNOWS = 3


def _z() -> float:
    from scipy.stats import norm

    return float(norm.isf((1 - read_analysis_plan().confidence) / 2))


def shares(answered: Answered) -> pd.DataFrame:
    """Estimate shares among systems that answered, and in the sector as far as recorded."""
    rows = []
    for year in answered.years:
        part = answered.of(year)
        for what, holds in _asked(part.rows):
            yes, no = int(holds.eq(True).sum()), int(holds.eq(False).sum())
            if min(yes, no) < read_analysis_plan().fewest_systems:
                continue
            shown = shown_counts({"yes": yes, "no": no, "unknown": int(holds.isna().sum())})
            share = yes / (yes + no)
            number = lower_bound(yes + no, len(holds))
            if number < yes + no:
                share = round(share, 2)  # more digits would disclose the number of systems
            ends = wilson(pd.Series([share * number]), pd.Series([float(number)]), _z())
            low, high = ends.iloc[0].tolist()
            known = holds.to_numpy("float64", na_value=np.nan)
            weighted = fit_first(known, np.ones((len(known), 1)), weights=part.weights)
            rows.append(
                {
                    "what": what,
                    "year": year,
                    "systems": shown["yes"],
                    "of": yes + no if shown["no"] is not None and shown["yes"] is not None else None,
                    "share": share,
                    "low": low,
                    "high": high,
                    "weighted": weighted.value,
                    "weighted_low": max(weighted.low, 0.0),
                    "weighted_high": min(weighted.high, 1.0),
                }
            )
    return as_table("sector_shares", pd.DataFrame(rows))


def _asked(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    for name, grouping in read_analysis_plan().groupings.items():
        yield grouping.title, rows[name]
    yield "Knows data standards (answer 3 or 4)", rows["knows_standards"].ge(_KNOWS)


def correlation_interval(correlation: float, systems: int) -> tuple[float, float]:
    """Compute the interval of a correlation (Fisher's z)."""
    if systems < 4 or not abs(correlation) < 1:
        return math.nan, math.nan
    reach = _z() / math.sqrt(systems - 3)
    return math.tanh(math.atanh(correlation) - reach), math.tanh(math.atanh(correlation) + reach)


def team_and_staff(answered: Answered) -> pd.DataFrame:
    """Correlate the sizes of data team and IT staff, for systems with a team."""
    rows = []
    for year in answered.years:
        part = answered.of(year).rows
        team = part[part["data_team"].fillna(False)]
        both = team[["data_team_size", "it_staff"]].dropna()
        if len(both) < read_analysis_plan().fewest_systems:
            continue
        ranks = both.astype("float64").rank()
        found = float(ranks["data_team_size"].corr(ranks["it_staff"]))
        low, high = correlation_interval(found, lower_bound(len(both), len(team)))
        # Next to the number of teams, this count would disclose how many gave no size.
        shown = len(both) if may_split(len(team) - len(both)) else None
        rows.append({"year": year, "systems": shown, "correlation": found, "low": low, "high": high})
    return as_table("sector_team_and_staff", pd.DataFrame(rows))


def maturity_profile(answered: Answered) -> pd.DataFrame:
    """Compute each domain's mean for all systems that answered, and by locale and size."""
    rows: list[dict[str, object]] = []
    for year in answered.years:
        part = answered.of(year)
        rows += _means(part, "all", "all systems", np.ones(len(part.rows), bool), len(part.rows))
        for kind, names in _kinds(part.rows).items():
            counts = {str(name): int(names.eq(name).sum()) for name in names.dropna().unique()}
            counts["not known"] = int(names.isna().sum())
            for name, count in shown_counts(counts).items():
                if count and name != "not known":
                    among = names.eq(name).fillna(False).to_numpy(bool)
                    rows += _means(part, kind, name, among, count)
    return as_table("sector_profile", pd.DataFrame(rows))


def _kinds(rows: pd.DataFrame) -> dict[str, pd.Series]:
    bands = read_analysis_plan().size_bands
    students = rows["students"].to_numpy("float64", na_value=np.nan)
    positions = np.searchsorted(list(bands.values()), students, side="right") - 1
    named = pd.Series(np.array(list(bands))[np.clip(positions, 0, None)], rows.index, dtype="string")
    return {"locale": rows["locale"], "size": named.mask(np.isnan(students))}


def _means(
    part: Answered, kind: str, name: str, among: np.ndarray, count: int
) -> Iterator[dict[str, object]]:
    for domain in declared_survey().domains:
        score = part.scores[domain].to_numpy("float64")[among]
        one = np.ones((len(score), 1))
        plain, weighted = fit_first(score, one), fit_first(score, one, weights=part.weights[among])
        yield {
            "kind": kind,
            "group": name,
            "domain": domain,
            "year": part.years[0],
            "systems": count,
            "mean": plain.value,
            "low": plain.low,
            "high": plain.high,
            "weighted": weighted.value,
            "weighted_low": weighted.low,
            "weighted_high": weighted.high,
        }


def domain_order(answered: Answered) -> pd.DataFrame:
    """Compare the lowest domain with each other one within systems, to test whether it is the hardest."""
    rows: list[dict[str, object]] = []
    domains = list(declared_survey().domains)
    for year in answered.years:
        scores = answered.of(year).scores
        means = scores.mean()
        if means.isna().any():
            continue
        lowest = str(means.idxmin())
        for domain in [name for name in domains if name != lowest]:
            above = (scores[domain] - scores[lowest]).to_numpy("float64")
            found = fit_first(above, np.ones((len(above), 1)), family=len(domains) - 1)
            rows.append(
                {
                    "year": year,
                    "lowest": lowest,
                    "domain": domain,
                    "above": found.value,
                    **found.tested,
                }
            )
    order = as_table("sector_order", pd.DataFrame(rows))
    order["p_corrected"] = order.groupby("year")["p"].transform(lambda p: holm(p.to_numpy("float64")))
    return order.sort_values(["year", "above"], kind="stable").reset_index(drop=True)
