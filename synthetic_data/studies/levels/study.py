"""Combine the cells of the levels study."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from helpers.report import Progress
from helpers.standard import StrictModel, as_table, empty_table
from synthetic_data.scenario import LEVELS
from synthetic_data.studies.levels.cells import FROM, SWITCHES, TO, WORKSHOP, Cell
from synthetic_data.studies.levels.run import AT_ONCE, run_cells
from synthetic_data.studies.questions import families_together, questions_together

__all__ = [
    "ALL_STEPS",
    "SAYS",
    "Headline",
    "Study",
    "asked_in",
    "at_levels",
    "gains",
    "headline_of",
    "headlines",
    "mean_interval",
    "moved",
    "over_seeds",
    "ranked",
    "run_study",
    "shown_figures",
    "study_of",
    "whole_levels",
]


ALL_STEPS = "all"
SETTING = ["scenario", "level", *SWITCHES, "method"]


class Headline(StrictModel):
    """One figure of the study to show."""

    id: str
    name: str
    group: str
    title: str
    unit: str
    times: float = 1.0
    per: float | None = None
    signed: bool = False  # may be below zero, by chance as often as above
    better: Literal["more", "less"]
    # Assumed: the level sets it, so seeds hardly move it and it has no interval. Counted: it follows.
    basis: Literal["assumed", "counted"]
    # Title of its panel in the picture of the steps; empty: it has none.
    panel: str = ""
    meaning: str

    @property
    def most(self) -> float:
        """Largest possible value; infinite without one."""
        if self.signed:
            return np.inf
        out_of = re.fullmatch(r"of ([\d,]+)(?: children)?", self.unit)
        return 100.0 if self.unit == "percent" else float(out_of[1].replace(",", "")) if out_of else np.inf


@cache
def headlines() -> tuple[Headline, ...]:
    """Return the figures to show, in order."""
    declared = tomllib.loads(Path(__file__).with_name("headlines.toml").read_text(encoding="utf-8"))
    return tuple(Headline.model_validate(each) for each in declared["headline"])


@cache
def headline_of(measure: str) -> Headline:
    """Return a figure by its id."""
    return next(one for one in headlines() if one.id == measure)


def mean_interval(values: Sequence[float], looks: int = 1) -> tuple[float, float, float]:
    """Compute a mean and its 95% interval over seeds, by Student's t.

    With several looks, all their intervals together hold the truth 95 times in 100 (Bonferroni).

    >>> [round(float(one), 2) for one in mean_interval([1, 2, 3])]
    [2.0, -0.48, 4.48]
    >>> [round(float(one), 2) for one in mean_interval([1, 2, 3], looks=2)]
    [2.0, -1.58, 5.58]
    """
    numbers = np.asarray(values, dtype="float64")
    middle = float(numbers.mean())
    if len(numbers) < 2:
        return middle, np.nan, np.nan
    from scipy.special import stdtrit

    quantile = stdtrit(len(numbers) - 1, 1 - 0.025 / looks)
    reach = float(quantile * numbers.std(ddof=1) / np.sqrt(len(numbers)))
    return middle, middle - reach, middle + reach


def shown_figures(figures: pd.DataFrame) -> pd.DataFrame:
    """Select the figures to show, in their display units."""
    parts = []
    for headline in headlines():
        mine = figures[figures["measure"].eq(headline.name) & figures["group"].eq(headline.group)]
        value = mine["value"] * headline.times
        if headline.per is not None:
            value = value * headline.per / mine["students"].astype("float64")
        parts.append(mine.assign(measure=headline.id, value=value, unit=headline.unit))
    return pd.concat(parts, ignore_index=True).dropna(subset=["value"])


def over_seeds(figures: pd.DataFrame, looks: int = 1) -> pd.DataFrame:
    """Compute every shown figure at every setting, with its interval over seeds."""
    shown = shown_figures(figures)
    rows = []
    for setting, mine in shown.groupby([*SETTING, "measure", "group", "unit"], sort=False):
        headline = headline_of(str(setting[-3]))
        value, low, high = mean_interval(mine["value"].tolist(), looks)
        if headline.basis == "assumed":
            low = high = np.nan
        low, high = np.clip([low, high], -np.inf if headline.signed else 0.0, headline.most)
        setting_values = dict(zip([*SETTING, "measure", "group", "unit"], setting, strict=True))
        rows.append({**setting_values, "seeds": len(mine), "value": value, "low": low, "high": high})
    found = pd.DataFrame(
        rows, columns=[*SETTING, "measure", "group", "unit", "seeds", "value", "low", "high"]
    )
    order = {headline.id: place for place, headline in enumerate(headlines())}
    keys = pd.DataFrame(
        {
            "scenario": found["scenario"].ne("workshop"),
            "measure": found["measure"].map(order),
            "level": found["level"].map({level: place for place, level in enumerate(LEVELS)}),
        }
    )
    return as_table("level_intervals", found.loc[keys.sort_values([*keys.columns], kind="stable").index])


def _steps(settings: pd.DataFrame) -> Iterator[tuple[str, str, dict[str, str], dict[str, str]]]:
    """List the steps with both sides in the plan: step, way, setting before, setting after."""

    def at(level: str, **moved: str) -> dict[str, str]:
        return {"level": level, **dict.fromkeys(SWITCHES, level), **moved}

    there = [level for level in LEVELS if level in set(settings["level"])]
    for before, after in pairwise(there):
        yield f"{before} to {after}", "level", at(before), at(after)
    yield ALL_STEPS, "alone", at(FROM), at(TO)
    for switch in SWITCHES:
        yield switch, "alone", at(FROM), at(FROM, **{switch: TO})
        yield switch, "last", at(TO, **{switch: FROM}), at(TO)


def gains(figures: pd.DataFrame, measures: Collection[str] | None = None) -> pd.DataFrame:
    """Compute the gain of each step: differences between districts of the same children with and without.

    An interval is corrected for the looks at one scenario and way: its steps, methods and counted measures.
    """
    rows = list(_differences(figures, measures))
    looks = Counter(
        (row["scenario"], row["way"]) for row, _ in rows if headline_of(row["measure"]).basis == "counted"
    )
    found = [_gain(row, differences, looks[row["scenario"], row["way"]]) for row, differences in rows]
    return as_table("step_gains", pd.DataFrame(found) if found else pd.DataFrame(index=pd.RangeIndex(0)))


def _differences(
    figures: pd.DataFrame, measures: Collection[str] | None
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """List the steps by measure, each with its districts before and after."""
    shown = shown_figures(figures)
    for (scenario, method), mine in shown.groupby(["scenario", "method"], sort=False):
        for step, way, before, after in _steps(mine):
            sides = [_at(mine, setting) for setting in (before, after)]
            both = sides[0].merge(
                sides[1], on=["measure", "unit", "seed"], how="inner", validate="one_to_one"
            )
            for headline in headlines():
                pair = both[both["measure"].eq(headline.id)]
                if len(pair) and (measures is None or headline.id in measures):
                    row = {"scenario": str(scenario), "method": str(method), "step": step, "way": way}
                    yield {**row, "measure": headline.id}, pair


def _gain(row: dict[str, str], pair: pd.DataFrame, looks: int) -> dict[str, object]:
    headline = headline_of(row["measure"])
    differences = (pair["value_y"] - pair["value_x"]).tolist()
    gain, low, high = mean_interval(differences, max(looks, 1))
    sign = 1 if headline.better == "more" else -1
    better = _better(low, high, sign)
    if headline.basis == "assumed":
        low = high = np.nan
        better = bool(gain * sign > 0)
    return {
        **row,
        "unit": str(pair["unit"].iloc[0]),
        "seeds": len(pair),
        "before": float(pair["value_x"].mean()),
        "gain": gain,
        "low": low,
        "high": high,
        "looks": looks if headline.basis == "counted" else pd.NA,
        "better": better,
    }


def _at(shown: pd.DataFrame, setting: dict[str, str]) -> pd.DataFrame:
    here = np.all([shown[name].eq(value).to_numpy(dtype=bool) for name, value in setting.items()], axis=0)
    return shown.loc[here, ["measure", "unit", "seed", "value"]]


def _better(low: float, high: float, sign: int) -> bool | None:
    if np.isnan(low):
        return None
    return bool(low > 0) if sign > 0 else bool(high < 0)


def moved(figures: pd.DataFrame, measure: str, first: str, last: str) -> tuple[float, float, float]:
    """Compute how far a figure moves between two levels, over districts with the same children."""
    shown = shown_figures(figures)
    shown = shown[shown["measure"].eq(measure)]
    sides = [_at(shown, {"level": at, **dict.fromkeys(SWITCHES, at)}) for at in (first, last)]
    both = sides[0].merge(sides[1], on=["measure", "unit", "seed"], how="inner", validate="one_to_one")
    difference = (both["value_y"] - both["value_x"]).tolist()
    return mean_interval(difference) if difference else (np.nan, np.nan, np.nan)


def ranked(found: pd.DataFrame, measure: str, way: str = "alone", scenario: str = "workshop") -> pd.DataFrame:
    """Rank the switches by their gain in one measure."""
    mine = found[
        found["measure"].eq(measure)
        & found["way"].eq(way)
        & found["scenario"].eq(scenario)
        & found["step"].ne(ALL_STEPS)
    ]
    sign = next(1 if one.better == "more" else -1 for one in headlines() if one.id == measure)
    return (
        mine.assign(worth=mine["gain"] * sign)
        .sort_values("worth", ascending=False, kind="stable")
        .drop(columns="worth")
        .reset_index(drop=True)
    )


# Notes for every page and the notebook: what these figures are, and aren't.
SAYS = (
    "Every district here is invented. What a level sets is the kit's own judgment, and the generator "
    "simulates the effects: the figures show how results depend on exchange, not what districts are like. "
    "The intervals describe the simulation: how far another seed would move a figure, and nothing more."
)


@dataclass(frozen=True)
class Study:
    """Results of a plan's districts."""

    # Table ``level_figures``: every figure of every district.
    figures: pd.DataFrame
    # Table ``level_intervals``: shown figures, over seeds.
    intervals: pd.DataFrame
    # Table ``step_gains``: gain of each step.
    gains: pd.DataFrame
    # Tables ``question_levels`` and ``families_at_levels`` of the workshop's districts, only whole levels.
    questions: pd.DataFrame
    families: pd.DataFrame
    # Numbers of districts found in the cache, and run now.
    kept: int = 0
    run: int = 0

    @property
    def method(self) -> str:
        """Linkage method of its first district, which is shown."""
        return str(self.figures["method"].iloc[0])


def run_study(cells: Sequence[Cell], *, processes: int = AT_ONCE, aloud: bool = False) -> Study:
    """Run a plan, or load its cached results."""
    ran = run_cells(cells, processes=processes, progress=Progress(len(cells)) if aloud else None)
    asked, informed = (
        table[table["scenario"].eq(WORKSHOP) & table["method"].eq(cells[0].method)]
        for table in (ran.tables["question_answers"], ran.tables["families_informed"])
    )
    return study_of(
        ran.tables["level_figures"],
        questions_together([asked]) if len(asked) else None,
        families_together([informed]) if len(informed) else None,
        kept=ran.kept,
        run=ran.run,
    )


def study_of(
    figures: pd.DataFrame,
    questions: pd.DataFrame | None = None,
    families: pd.DataFrame | None = None,
    *,
    kept: int = 0,
    run: int = 0,
) -> Study:
    """Combine the figures of many districts."""
    return Study(
        figures,
        over_seeds(figures),
        gains(figures),
        empty_table("question_levels") if questions is None else questions,
        empty_table("families_at_levels") if families is None else families,
        kept,
        run,
    )


def whole_levels(study: Study, method: str | None = None) -> pd.DataFrame:
    """Return intervals of levels with all switches as in the level, each interval by itself."""
    return _whole(study.intervals, method or study.method)


def at_levels(study: Study, wanted: Sequence[tuple[str, str]], measures: Collection[str]) -> pd.DataFrame:
    """Return some measures of scenarios and methods by level, corrected for looking at all of them."""

    def rows(intervals: pd.DataFrame) -> pd.DataFrame:
        whole = [_whole(intervals, method) for _, method in wanted]
        own = [one[one["scenario"].eq(name)] for one, (name, _) in zip(whole, wanted, strict=True)]
        found = pd.concat(own, ignore_index=True)
        return found[found["measure"].isin(measures)].reset_index(drop=True)

    counted = [headline_of(measure).basis == "counted" for measure in rows(study.intervals)["measure"]]
    looks = max(sum(counted), 1)
    return rows(over_seeds(study.figures, looks)).assign(looks=looks)


def _whole(intervals: pd.DataFrame, method: str) -> pd.DataFrame:
    found = intervals[intervals["method"].eq(method)]
    for switch in SWITCHES:
        found = found[found[switch].eq(found["level"])]
    titles = {headline.id: headline.title for headline in headlines()}
    order = {headline.id: place for place, headline in enumerate(headlines())}
    shown = found.assign(
        label=found["measure"].map(titles), series=found["scenario"].mask(found["scenario"].eq(WORKSHOP), "")
    )
    positions = shown["measure"].map(order)
    return shown.loc[positions.sort_values(kind="stable").index].reset_index(drop=True)


def asked_in(study: Study) -> int:
    """Return how many questions the kit asks of a district."""
    figures = study.figures
    return int(figures.loc[figures["measure"].eq("questions asked"), "value"].max())
