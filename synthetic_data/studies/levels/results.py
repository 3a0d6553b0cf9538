"""Describe the study's results in sentences, charts and tables, for its page and the notebook."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from helpers.files import what_is_there
from helpers.gaps import Costs, kit_costs, one_standard, plan_roadmap, read_costs
from helpers.layouts import Layout, load_layout
from helpers.report import Picture, level_chart
from synthetic_data.scenario import LEVELS
from synthetic_data.studies.levels.cells import BY_NUMBER, PLACEBO, WORKSHOP
from synthetic_data.studies.levels.study import ALL_STEPS, Study, headlines, moved, ranked, whole_levels
from synthetic_data.systems import SILOS, maker_of

__all__ = [
    "CODES",
    "STEP_WORDS",
    "chart_by_number",
    "chart_of_levels",
    "chart_of_placebo",
    "costs_of",
    "describe_levels",
    "finding_of",
    "first_steps_of",
    "headlines",
    "layouts_of",
    "read_costs",
    "roadmap_of",
    "roadmap_shown",
    "standard_saves",
    "steps_table",
    "value_at",
]

STEP_WORDS = {
    "carried_ids": "ids are carried",
    "freshness": "exports are fresh",
    "code_agreement": "codes are agreed",
    ALL_STEPS: "all three",
}
# Default measure by which a roadmap ranks its steps.
ROADMAP_BY = "questions"
CODES = (
    "Agreed codes buy nothing here, because the kit's layouts translate each system's own codes when they "
    "are read: that work was done once, by whoever wrote the layouts. Where nobody has done it, it is to be "
    "bought."
)


def value_at(study: Study, measure: str, level: str, scenario: str = WORKSHOP) -> float | None:
    """Return a measure at a level, averaged over seeds; None if it wasn't run."""
    found = whole_levels(study)
    here = found[found["measure"].eq(measure) & found["level"].eq(level) & found["scenario"].eq(scenario)]
    return float(here["value"].iloc[0]) if len(here) else None


def finding_of(study: Study) -> str:
    """Summarize the study in a sentence."""
    there = [level for level in LEVELS if value_at(study, "questions", level) is not None]
    if not there:
        return "No level was run."
    first, last = there[0], there[-1]
    numbers = {
        measure: [value_at(study, measure, level) or 0.0 for level in (first, last)]
        for measure in ("questions", "delay", "missed", "manual_effort")
    }
    but = {measure: _or_chance(study, measure, first, last) for measure in numbers}
    return (
        f"From **{first}** to **{last}**, questions that can be answered go from "
        f"**{numbers['questions'][0]:.0f} to {numbers['questions'][1]:.0f}** of 34{but['questions']}, what a "
        f"teacher sees from **{numbers['delay'][0]:.0f} to {numbers['delay'][1]:.0f} days** late"
        f"{but['delay']}, hand work from **{numbers['manual_effort'][0]:.0f} to "
        f"{numbers['manual_effort'][1]:.0f} minutes** a child{but['manual_effort']}. "
        f"Children at risk who are missed: "
        f"**{numbers['missed'][0]:.1f} to {numbers['missed'][1]:.1f}** of 1,000{but['missed']}."
    )


def _or_chance(study: Study, measure: str, first: str, last: str) -> str:
    """Note if chance may explain a difference: the same children at both levels, and no consistent sign."""
    figures = study.figures
    own = figures[figures["scenario"].eq(WORKSHOP) & figures["method"].eq(study.method)]
    _, low, high = moved(own, measure, first, last)
    return "" if low > 0 or high < 0 else " (which chance may explain)"


def chart_of_levels(study: Study) -> Picture:
    """Draw every measure over the levels, the placebo in gray."""
    shown = whole_levels(study)
    there = [level for level in LEVELS if level in set(shown["level"])]
    seeds = int(shown["seeds"].max()) if len(shown) else 0
    children = int(study.figures["students"].max())
    answered = [value_at(study, "questions", level) or 0.0 for level in (there[0], there[-1])]
    placebo = (
        "Grey: the placebo, in which nothing hangs together across systems. "
        if (shown["series"].eq(PLACEBO).any())
        else ""
    )
    return level_chart(
        shown,
        levels=there,
        title=f"{answered[0]:.0f} of 34 questions have an answer at the level {there[0]}, and "
        f"{answered[1]:.0f} at the level {there[-1]}",
        caption=f"{seeds} invented districts of {children:,} children at each level, with the same rates of "
        f"faults at all of them. A bar: 95% interval of the mean over seeds, that of the simulation. "
        f"{placebo}Levels and effects were put in by the generator.",
        beside=PLACEBO,
    )


def chart_of_placebo(study: Study) -> Picture:
    """Chart the children flagged by two systems beyond chance, with the placebo in gray."""
    shown = whole_levels(study)
    shown = shown[shown["measure"].eq("two_systems")]
    there = [level for level in LEVELS if level in set(shown["level"])]
    real, none = (value_at(study, "two_systems", there[-1], name) or 0.0 for name in (WORKSHOP, PLACEBO))
    children = int(study.figures["students"].max())
    return level_chart(
        shown,
        levels=there,
        title=f"Beyond chance, two systems point at {real:.0f} of 1,000 children, and in the placebo at "
        f"{none:.0f}",
        caption="Children whose page shows signs of two systems, less as many as chance would bring "
        f"together. Districts of {children:,} children. Grey: the placebo. Bars: 95% intervals of the "
        "simulation. Effects were put in by the generator.",
        beside=PLACEBO,
    )


def chart_by_number(study: Study) -> Picture:
    """Chart what systems match by shared numbers alone, with the kit's method in gray."""
    measures = ("found", "two_systems", "questions", "f1")
    alone, joined = whole_levels(study, BY_NUMBER), whole_levels(study)
    joined = joined[joined["scenario"].eq(WORKSHOP)].assign(series="the kit")
    shown = pd.concat([alone, joined], ignore_index=True)
    shown = shown[shown["measure"].isin(measures) & shown["measure"].isin(alone["measure"])]
    there = [level for level in LEVELS if level in set(alone["level"])]
    found = alone[alone["measure"].eq("found")].set_index("level")["value"]
    return level_chart(
        shown,
        levels=there,
        title=f"By numbers alone {found[there[0]]:.0f}% of the children at risk are found at the level "
        f"{there[0]}, and {found[there[-1]]:.0f}% at the level {there[-1]}",
        caption="Black: records are joined where two systems carry the same number, and no further. Grey: "
        "the kit's ladder, which also knows names and birth dates. Bars: 95% intervals of the simulation, "
        f"over {int(alone['seeds'].max())} seeds. Levels and effects were put in by the generator.",
        beside="the kit",
    )


def steps_table(study: Study, way: str = "alone", scenario: str = WORKSHOP) -> pd.DataFrame:
    """Build a table of what each switch buys: one row per measure, one column per switch."""
    mine = study.gains[
        study.gains["way"].eq(way)
        & study.gains["scenario"].eq(scenario)
        & study.gains["method"].eq(study.method)
    ]
    rows = []
    for headline in headlines():
        lines = ranked(mine, headline.id, way, scenario)
        if lines.empty:
            continue
        sure = lines[lines["better"].eq(True).fillna(False)]
        row = {"measure": headline.title, "unit": headline.unit}
        for step, gain, low, high in lines[["step", "gain", "low", "high"]].itertuples(index=False):
            row[STEP_WORDS[step]] = _with_interval(gain, low, high)
        row["most"] = STEP_WORDS[str(sure["step"].iloc[0])] if len(sure) else "none for sure"
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "unit", *list(STEP_WORDS.values())[:3], "most"])


def _with_interval(gain: float, low: float, high: float) -> str:
    digits = 0 if abs(gain) >= 20 else 1 if abs(gain) >= 1 else 2
    if math.isnan(low):
        return f"{gain:+.{digits}f}"
    if round(gain, 2) == 0 and round(low, 2) == round(high, 2) == 0:
        return "0"
    return f"{gain:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f})"


def standard_saves(costs: Costs | None = None) -> pd.DataFrame:
    """Count what one standard would save in a synthetic district's systems; see `one_standard`."""
    return one_standard(layouts_of(), costs)


def layouts_of(folder: str = "") -> dict[str, Layout]:
    """Return the layouts of a district's systems."""
    if folder:
        return {silo: layout for silo, (layout, _) in what_is_there(Path(folder)).silos.items()}
    return {silo: load_layout(maker_of(silo).LAYOUT) for silo in SILOS}


def costs_of(file: str = "") -> Costs:
    """Return cost assumptions from a TOML file, or the kit's own."""
    return read_costs(Path(file)) if file else kit_costs()


def roadmap_of(study: Study, costs: Costs | None = None, by: str = ROADMAP_BY) -> pd.DataFrame:
    """Rank the steps for each size by what they bought in this study; see `plan_roadmap`."""
    better = {headline.id: 1 if headline.better == "more" else -1 for headline in headlines()}
    bought = study.gains[study.gains["scenario"].eq(WORKSHOP) & study.gains["method"].eq(study.method)]
    return plan_roadmap(bought, len(SILOS), by=by, better=better, costs=costs)


def first_steps_of(study: Study, costs: Costs | None = None) -> str:
    """Name a district's first step: by questions, and by manual effort, per dollar."""
    first = []
    for by in (ROADMAP_BY, "manual_effort"):
        road = roadmap_of(study, costs, by)
        title = str(road["title"].iloc[0])
        first.append(f"**{title[0].lower()}{title[1:]}**")
    last = "A step whose gain chance may explain comes last, whatever it costs."
    if first[0] == first[1]:
        return f"First, by questions and by hours for a dollar: {first[0]}. {last}"
    return (
        f"Which step is first depends on what counts. By questions for a dollar: {first[0]}; by hours of "
        f"hand work: {first[1]}. {last}"
    )


def roadmap_shown(road: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Format a roadmap for display."""
    ends = road[["dollars_low", "dollars_likely", "dollars_high"]].itertuples(index=False)
    chance = road["buys"].ne(0) & ~road["sure"].eq(True).fillna(False).to_numpy(dtype=bool)
    bought = [
        f"{gain:+.1f} {unit}" + ", which chance may explain" * bool(may)
        for gain, unit, may in zip(road["buys"], road["unit"], chance, strict=True)
    ]
    shown = pd.DataFrame(
        {
            "size": road["size"],
            "rank": road["rank"],
            "title": road["title"],
            "dollars": [f"{likely:,.0f} ({low:,.0f} to {high:,.0f})" for low, likely, high in ends],
            "child": road["dollars_a_child_and_year"].round(2),
            "buys": bought,
            "hours": road["hours_saved"].round(0).astype("Int64"),
        }
    )
    heads = {
        "rank": "place",
        "title": "step",
        "dollars": "US dollars, with range",
        "child": "dollars a child and year",
        "buys": "what it buys",
        "hours": "hours of hand work saved",
    }
    return shown, heads


def describe_levels(study: Study) -> dict[str, object]:
    """Return the command's output: measures by level, questions by status, and what was run."""
    shown = whole_levels(study)
    columns = ["scenario", "level", "label", "unit", "seeds", "value", "low", "high"]
    told: dict[str, object] = {
        "districts run now": study.run,
        "districts found": study.kept,
        "levels": shown[columns].rename(columns={"label": "measure"}).round(3),
    }
    if len(study.questions):
        told["questions"] = (
            study.questions.groupby(["level", "status"], sort=False).size().rename("questions").reset_index()
        )
    if len(study.families):
        measure, domain = study.families["measure"], study.families["domain"]
        of_absences = measure.isin(["read", "up to date"]) & domain.eq("absences").fillna(False)
        told["families told of absences"] = study.families.loc[
            of_absences, study.families.columns.drop("domain")
        ]
    return told
