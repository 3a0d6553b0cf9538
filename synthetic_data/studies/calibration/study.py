"""Compare synthetic districts with published figures: target, value with its interval, pass or miss.

``facts/targets.csv`` declares how to compare every published figure: the measure (see `calibration.figures`),
the scenario, and whether the generator was *tuned* to it or it was *held out* for comparison. It also lists
figures that aren't comparable, with the reason.

Intervals are simultaneous: all figures of a run, over all its seeds, lie within theirs 99 times of 100. A
figure passes if its target lies in the interval, or closer to it than the published figure's rounding. If the
interval is wider than a meaningful difference, because too few children (or schools) were counted, the
verdict is *too few*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.report import figure_name
from helpers.standard import BadInput, Measured, as_table, empty_table, last_day, plain
from synthetic_data.columns import text
from synthetic_data.facts import rows
from synthetic_data.life.absences import ENOUGH_DAYS, after_shock, is_chronic
from synthetic_data.scenario import Scenario, load_scenario
from synthetic_data.studies.calibration.figures import (
    MEASURES,
    NO_TARGET,
    WORST_GRADES,
    CalibrationLine,
    Found,
    chronic_by_school,
    line_of,
    school_days,
    targets,
    untargeted,
)
from synthetic_data.studies.calibration.outcomes import (
    Estimate,
    Outcomes,
    across_systems,
    bias_audit,
    by_rank,
    correlation,
    outcomes_of,
    wide,
)

__all__ = ["SEEDS", "Calibration", "calibrate", "describe_held_out", "picture", "report"]

# Nothing was tuned on these seeds; tuning used 1 to 13.
SEEDS = (2101, 2102, 2103, 2104, 2105)
NORMS = ("map_growth_mean", "map_growth_sd")

# Pairs of measures of different systems; no published figure shows their correlation.
TOGETHER = (
    ("rate", "grade_average"),
    ("rate", "math_percentile"),
    ("grade_average", "math_percentile"),
    ("course_average", "reading_percentile"),
    ("incidents", "rate"),
    ("incidents", "grade_average"),
    ("screening_t_score", "incidents"),
    ("screening_t_score", "rate"),
    ("health_visits", "rate"),
    ("school_activities", "rate"),
    ("club_hours", "grade_average"),
    ("portal_logins", "grade_average"),
)


@dataclass(frozen=True)
class Calibration:
    """Figures of synthetic districts over seeds, compared with published ones.

    ``systems``: correlations between measures of different systems (see `across_systems`), by seed; in a
    scenario without shared traits, all must be zero.

    ``figures``: the standard table *calibration* (seed NA: all together). ``not_compared``:
    *calibration_not_compared*. ``groups``: the *bias_audit* of each seed. ``systems``: *across_systems*.
    """

    figures: pd.DataFrame
    not_compared: pd.DataFrame
    groups: pd.DataFrame
    systems: pd.DataFrame

    @property
    def together(self) -> pd.DataFrame:
        """Figures of all seeds together."""
        return self.figures.loc[self.figures["seed"].isna()].reset_index(drop=True)

    @property
    def passed(self) -> bool:
        """Whether nothing misses in any seed: tuned figures, outcomes by group, correlations in a placebo."""
        tuned = self.figures["role"] == "tuned"
        missed = self.figures["verdict"] == "miss"
        return not (
            (tuned & missed).any()
            or (self.groups["verdict"] == "miss").any()
            or (self.systems["verdict"] == "miss").any()
        )


def calibrate(
    scenarios: Sequence[str | Scenario] = ("district", "pandemic"),
    seeds: Sequence[int] = SEEDS,
    students: int | None = None,
    *,
    systems: bool = True,
) -> Calibration:
    """Generate districts and compare them with published figures, and systems with each other if asked."""
    if not seeds:
        raise BadInput("There is no seed; give at least one, such as --seeds 2101.")
    lines: list[CalibrationLine] = []
    audits, ties = [], []
    for one in scenarios:
        scenario = one if isinstance(one, Scenario) else load_scenario(one)
        size = {} if students is None else {"students": students}
        of_scenario: dict[tuple[str, str, str], CalibrationLine] = {}
        for seed in seeds:
            loaded = _with(scenario, seed=seed, **size)
            if loaded.chronic_absence_peak is not None:
                found = _over_years(loaded)
            else:
                outcomes = outcomes_of(loaded)
                found = _of_one_year(outcomes)
                audits.append(bias_audit(outcomes).assign(scenario=loaded.name, seed=seed))
                if systems:
                    ties.append(_across_systems(outcomes, len(seeds)))
            for line, measured in found:
                key = (line.topic, line.group, line.period)
                of_scenario.setdefault(key, line).found[seed] = measured
        lines += of_scenario.values()
    return Calibration(
        _frame(lines), _not_compared(lines), _all("bias_audit", audits), _all("across_systems", ties)
    )


def _across_systems(outcomes: Outcomes, districts: int) -> pd.DataFrame:
    """Correlate every two measures of different systems; without shared traits, all must be zero."""
    across = across_systems(outcomes, districts)
    if outcomes.scenario.traits_shared == 0:
        across["verdict"] = across["verdict"].replace({"zero": "pass", "tied": "miss"})
    return across.assign(scenario=outcomes.scenario.name, seed=outcomes.scenario.seed)


def picture(calibration: Calibration, norms: bool = False) -> pd.DataFrame:
    """Return the figures of all seeds together for a chart: each against its target."""
    compared = calibration.together
    compared = compared.loc[compared["target"].notna() & compared["verdict"].isin(["pass", "miss"])]
    compared = compared.loc[~compared["topic"].isin([WORST_GRADES, *([] if norms else NORMS)])]
    half = ((compared["high"] - compared["low"]) / 2).replace(0.0, np.nan)
    words = compared["topic"].str.replace("_", " ") + ": " + compared["group"] + ", " + compared["period"]
    words = words + " (" + compared["scenario"] + ")"
    return pd.DataFrame(
        {
            "label": words,
            "topic": compared["topic"],
            "role": compared["role"],
            "verdict": compared["verdict"],
            "target": compared["target"],
            **{name: (compared[name] - compared["target"]) / half for name in ("value", "low", "high")},
        }
    ).reset_index(drop=True)


def describe_held_out(figures: pd.DataFrame, invented: str = "the invented district misses") -> str:
    """Say how many of the figures to which nobody tuned the generator are missed, and name these.

    >>> columns = ["role", "verdict", "topic", "group"]
    >>> rows = [("held out", "miss", "some_share", group) for group in ("all", "few")]
    >>> rows += [("held out", "pass", "idea_share", "all"), ("tuned", "miss", "race_share", "all")]
    >>> plain(describe_held_out(pd.DataFrame(rows, columns=columns), "it misses"))
    "Of 3 published figures that we can judge and didn't tune to, it misses 2: some share (all, few)"
    """
    judged = figures[figures["role"].eq("held out") & figures["verdict"].isin(["pass", "miss"])]
    if judged.empty:
        return "There are too few children to judge any published figure we didn't tune to"
    missed = judged[judged["verdict"].eq("miss")].drop_duplicates(["topic", "group"])
    named = [
        f"{topic} ({', '.join(groups)})"
        for topic, groups in missed.groupby(figure_name(missed["topic"]), sort=False)["group"]
    ]
    misses = Measured("figures_missed", int(judged["verdict"].eq("miss").sum()), where="held out")
    of = f"Of {Measured('figures_judged', len(judged)):count} that we can judge and didn't tune to"
    sentence = f"{of}, {invented} {misses if misses else 'none'}"
    return sentence + (f": {'; '.join(named)}" if named else "")


def report(calibration: Calibration) -> dict[str, object]:
    """Return the command's output: counts, misses, and the figures of all seeds together."""
    compared, figures = calibration.together, calibration.figures
    one_by_one = figures.loc[figures["seed"].notna()]
    counts = one_by_one.groupby(["scenario", "role", "verdict"], as_index=False).size()
    norms = compared["topic"].isin(NORMS)
    shown = compared.loc[~norms | (compared["verdict"] == "miss")]
    columns = ["scenario", "topic", "group", "period", "role", "target", "value", "low", "high", "verdict"]
    missed = one_by_one.loc[one_by_one["verdict"] == "miss", ["scenario", "seed", *columns[1:]]]
    audit = calibration.groups
    return {
        "passed": "yes" if calibration.passed else "no",
        "figures not tuned to": plain(describe_held_out(compared, "the invented districts miss")),
        "figures of single districts": counts.rename(columns={"size": "figures"}),
        "all districts together": shown[columns].round(2),
        "norms of MAP Growth": f"{int(norms.sum())} means and standard deviations, "
        f"{int((compared.loc[norms, 'verdict'] == 'pass').sum())} pass",
        "misses in single districts": missed.round(2),
        "outcomes compared by group": len(audit),
        "of these differ": int((audit["verdict"] == "miss").sum()),
        "measures of two systems": calibration.systems.groupby(
            ["scenario", "over", "verdict"], as_index=False
        )
        .size()
        .rename(columns={"size": "pairs"}),
        "not compared": calibration.not_compared.groupby(["topic", "why"], as_index=False, sort=False)
        .size()
        .rename(columns={"size": "figures"})[["topic", "figures", "why"]],
    }


# ----------------------------------------------------------------------------------------- the measures


def _of_one_year(outcomes: Outcomes) -> list[tuple[CalibrationLine, Estimate]]:
    """Measure a district of a usual year, and the correlations of its systems."""
    scenario = outcomes.scenario
    measured: dict[str, Found] = {}
    found = []
    for target, row in targets():
        name = target["measure"]
        if not name or target["scenario"] == "pandemic" or (target["scenario"] == "unfair" and scenario.fair):
            continue
        dial = target["dial"]
        if dial and getattr(scenario, dial) != Scenario.model_fields[dial].default:
            continue  # a scenario with its own size doesn't aim at the published one
        if name not in measured:
            measured[name] = MEASURES[name](outcomes)
        if row["group"] in measured[name]:
            found.append((line_of(scenario.name, target, row), measured[name][row["group"]]))
    return [*found, *_two_years(outcomes), *_together(outcomes)]


def _two_years(outcomes: Outcomes) -> list[tuple[CalibrationLine, Estimate]]:
    """Correlate a child's absences of two school years: as shares of days, and as chronic absence."""
    year = outcomes.scenario.school_year
    days = [
        school_days(outcomes, one).groupby("child")[["missed", "enrolled"]].sum() for one in (year - 1, year)
    ]
    both = days[0].add_suffix("_before").join(days[1], how="inner")
    both = both.loc[(both["enrolled_before"] >= ENOUGH_DAYS) & (both["enrolled"] >= ENOUGH_DAYS)]
    missed, enrolled = (
        [np.asarray(both[name + end], dtype="float64") for end in ("_before", "")]
        for name in ("missed", "enrolled")
    )
    home = pd.factorize(outcomes.population.children["household"])[0][both.index.to_numpy()]
    rates = [np.asarray(away / here, dtype="float64") for away, here in zip(missed, enrolled, strict=True)]
    chronic = [is_chronic(away, here).astype("float64") for away, here in zip(missed, enrolled, strict=True)]
    return [
        (
            untargeted(
                outcomes.scenario.name,
                "two_years",
                group,
                "correlation of a year with the year before",
                "Studies call absence stable from year to year; we found none that shows how strongly",
            ),
            correlation(before, now, home),
        )
        for group, (before, now) in (("absence rate", rates), ("chronic absence", chronic))
    ]


def _together(outcomes: Outcomes) -> list[tuple[CalibrationLine, Estimate]]:
    ranks = {}
    for name in {name for pair in TOGETHER for name in pair} & set(outcomes.declared):
        numbers = np.where(outcomes.all_year, outcomes.numbers(name), np.nan)
        ranks[name] = by_rank(numbers, outcomes.cell)
    return [
        (
            untargeted(
                outcomes.scenario.name,
                "together",
                f"{left} and {right}",
                "rank correlation within a grade of a school",
                "We found no study of how strongly the two correlate in a district",
            ),
            correlation(ranks[left], ranks[right], outcomes.household),
        )
        for left, right in TOGETHER
        if left in ranks and right in ranks
    ]


def _over_years(scenario: Scenario) -> list[tuple[CalibrationLine, Estimate]]:
    """Measure chronic absence before a shock, at its peak and a year later; generated years end in June."""

    def made(year: int, **settings: float) -> Outcomes:
        return outcomes_of(_with(scenario, school_year=year, as_of=last_day(year), **settings))

    first = scenario.shock_year
    before, later = made(first - 4), made(first + 1)
    years = {
        "2017-18": chronic_by_school(before, first - 4)["all"],
        "2021-22": chronic_by_school(later, first)["all"],
        "2022-23": chronic_by_school(later, first + 1)["all"],
    }
    poor = {
        row["period"]: float(row["value"]) / 100
        for row in rows("published")
        if row["topic"].endswith("poverty")
    }
    peak = scenario.chronic_absence_peak or scenario.chronic_absence
    risen = after_shock(poor["2017-18"], scenario.chronic_absence, peak)
    there = made(first + 1, chronic_absence=poor["2017-18"], chronic_absence_peak=risen)
    poor_years = {
        "2017-18": chronic_by_school(made(first - 4, chronic_absence=poor["2017-18"]), first - 4)["all"],
        "2021-22": chronic_by_school(there, first)["all"],
    }
    found = []
    for target, row in targets():
        by_year = {"chronic_by_year": years, "chronic_high_poverty": poor_years}.get(target["measure"])
        if target["scenario"] == "pandemic" and by_year is not None:
            found.append((line_of(scenario.name, target, row), by_year[row["period"]]))
    return found


def _with(scenario: Scenario, **settings: Any) -> Scenario:
    options: dict[str, Any] = {**scenario.model_dump(), **settings}
    if "as_of" not in settings and "school_year" in settings:
        options.pop("as_of")
    return load_scenario(**options)


# ------------------------------------------------------------------------------------------- the verdicts


def _frame(lines: Sequence[CalibrationLine]) -> pd.DataFrame:
    columns: dict[str, list[object]] = {}
    reach = wide(sum(len(line.found) for line in lines if line.role != NO_TARGET))
    for line in lines:
        seeds: list[tuple[int | None, Estimate]] = [*line.found.items()]
        for seed, measured in [*seeds, (None, _pooled(list(line.found.values())))]:
            half = reach * measured.error
            row = {
                "scenario": line.scenario,
                "seed": seed,
                "topic": line.topic,
                "group": line.group,
                "period": line.period,
                "unit": line.unit,
                "role": line.role,
                "target": line.target,
                "value": measured.value,
                "low": measured.value - half,
                "high": measured.value + half,
                "count": measured.count,
                "verdict": line.verdict(measured.value, half),
                "source": line.source,
                "strength": line.strength,
                "why": line.why,
            }
            for name, value in row.items():
                columns.setdefault(name, []).append(value)
    return as_table("calibration", pd.DataFrame(columns)) if columns else empty_table("calibration")


def _pooled(found: Sequence[Estimate]) -> Estimate:
    errors = np.array([one.error for one in found])
    return Estimate(
        float(np.mean([one.value for one in found])),
        float(np.sqrt(np.sum(errors**2))) / len(found),
        sum(one.count for one in found),
    )


def _not_compared(lines: Sequence[CalibrationLine]) -> pd.DataFrame:
    """List figures that measure something else, and those that only a district that isn't fair could meet."""
    found = {(line.topic, line.group, line.period) for line in lines}
    listed = [
        (target, row)
        for target, row in targets()
        if (target["role"] == "not compared" or target["scenario"] == "unfair")
        and (target["topic"], row["group"], row["period"]) not in found
    ]
    columns = {
        name: text([row[name] for _, row in listed])
        for name in ("topic", "group", "period", "value", "unit", "source")
    }
    columns["why"] = text([target["why"] for target, _ in listed])
    return as_table("calibration_not_compared", pd.DataFrame(columns))


def _all(name: str, found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Combine the results of all districts; a shock's years have none of this kind."""
    frames = [frame for frame in found if len(frame)]
    return as_table(name, pd.concat(frames, ignore_index=True)) if frames else empty_table(name)
