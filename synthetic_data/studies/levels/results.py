"""Describe the study's results in sentences, charts and tables, for its page and the notebook."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import what_is_there
from helpers.gaps import Costs, kit_costs, one_standard, plan_roadmap, read_costs
from helpers.layouts import Layout, load_layout
from helpers.report import Action, Block, Panel, joined, level_dots, paragraph, table, usual_action
from helpers.standard import Measured
from synthetic_data.scenario import LEVELS, level_title
from synthetic_data.studies.levels.cells import BY_NUMBER, FROM, PLACEBO, SWITCHES, WORKSHOP
from synthetic_data.studies.levels.study import (
    ALL_STEPS,
    Study,
    asked_in,
    at_levels,
    gains,
    headline_of,
    headlines,
    mean_interval,
    moved,
    ranked,
    shown_figures,
    whole_levels,
)
from synthetic_data.systems import SILOS, maker_of

__all__ = [
    "CODES",
    "STEP_WORDS",
    "actions_of",
    "agreements_of",
    "chart_of_placebo",
    "chart_of_steps",
    "columns_of",
    "costs_of",
    "describe_levels",
    "finding_of",
    "first_steps_of",
    "headlines",
    "here_of",
    "joins_both_ways",
    "layouts_of",
    "level_name",
    "matching_of",
    "placebo_difference",
    "placebo_table",
    "question_steps",
    "question_table",
    "read_costs",
    "roadmap_of",
    "roadmap_shown",
    "standard_saves",
    "step_sentences",
    "steps_table",
    "value_at",
]

STEP_WORDS = {
    "carried_ids": "ids are carried",
    "freshness": "exports are fresh",
    "code_agreement": "codes are agreed",
    ALL_STEPS: "all three",
}
# A level inside a sentence.
LEVEL_WORDS = {
    "none": "where systems share nothing",
    "manual": "where people carry spreadsheets",
    "rostered": "where one roster feeds every system",
    "governed": "where they share numbers and codes daily",
}
# A level's name where a sentence begins with it; what its one word would not explain.
_STEP_NAMES = {"governed": "Governed exchange (agreed numbers and codes, sent daily)"}
# Ways of joining, as the picture names them.
NUMBER_ALONE, MATCHED = "by ID number alone", "names and birth dates matched too"
_SHORT = {NUMBER_ALONE: "by number", MATCHED: "matched"}
# Default measure by which a roadmap ranks its steps.
ROADMAP_BY = "questions"
NO_CODES = "It buys nothing here, because the kit already translates each system's own codes."
CODES = (
    "Agreed codes buy nothing here, because the kit's layouts translate each system's own codes when they "
    "are read: that work was done once, by whoever wrote the layouts. Where nobody has done it, it is to be "
    "bought."
)


def level_name(level: str) -> str:
    """Name a level in a word or two.

    >>> level_name("none")
    'No exchange'
    """
    return level_title(level).partition(":")[0]


def value_at(
    study: Study, measure: str, level: str, scenario: str = WORKSHOP, method: str = ""
) -> float | None:
    """Return a measure at a level, averaged over seeds; None if it wasn't run."""
    found = whole_levels(study, method or None)
    here = found[found["measure"].eq(measure) & found["level"].eq(level) & found["scenario"].eq(scenario)]
    return float(here["value"].iloc[0]) if len(here) else None


def joins_both_ways(study: Study) -> bool:
    """Check whether a study has districts joined by number alone beside those of another method."""
    return {BY_NUMBER} < set(study.figures["method"])


def _levels(study: Study) -> list[str]:
    found = whole_levels(study)
    there = set(found.loc[found["scenario"].eq(WORKSHOP), "level"])
    return [level for level in LEVELS if level in there]


def _ways(study: Study) -> dict[str, str]:
    """Return the names of the ways of joining, by method, the filled dot first."""
    names = {BY_NUMBER: NUMBER_ALONE, "resolved": MATCHED}
    methods = [BY_NUMBER, study.method] if joins_both_ways(study) else [study.method]
    return {method: names.get(method, f"linked by {method}") for method in methods}


def _panels() -> list[Panel]:
    return [Panel(one.id, one.panel, one.most, one.basis == "assumed") for one in headlines() if one.panel]


def _found(study: Study, method: str) -> list[float]:
    return [value_at(study, "found", level, method=method) or 0.0 for level in _levels(study)]


def finding_of(study: Study) -> str:
    """Summarize the study in a sentence."""
    there = _levels(study)
    if not there:
        return "No level was run."
    first, last = there[0], there[-1]
    method, name = next(iter(_ways(study).items()))
    found = _found(study, method)
    if joins_both_ways(study):
        every = "" if first == last else ", whatever systems exchange"
        lead = (
            f"Names and birth dates find **{_range(_found(study, study.method))}** of 100 children at "
            f"risk{every}; ID numbers alone find"
        )
        if first != last:
            return (
                f"{lead} between **{found[0]:.0f}** and **{found[-1]:.0f}**, depending on what is exchanged"
            )
    else:
        lead = f"{'ID numbers alone find' if name == NUMBER_ALONE else f'With {name}, systems find'}"
    of = "" if joins_both_ways(study) else " of 100 children at risk"
    if first == last:
        return f"{lead} **{found[0]:.0f}**{of} {LEVEL_WORDS[first]}"
    return f"{lead} **{found[0]:.0f}**{of} {LEVEL_WORDS[first]}, and **{found[-1]:.0f}** {LEVEL_WORDS[last]}"


def matching_of(study: Study) -> str:
    """Describe what the steps buy where names and birth dates are matched, and why they buy no more."""
    there = _levels(study)
    first, last = there[0], there[-1]
    own = study.figures[study.figures["scenario"].eq(WORKSHOP) & study.figures["method"].eq(study.method)]
    gain, low, high = moved(own, "found", first, last)
    ends = [f"{round(one)}" for one in sorted(_found(study, study.method))]
    each = " or ".join(dict.fromkeys((ends[0], ends[-1])))
    if len(there) == 1:
        return f"Matching names and birth dates as well finds **{each}** of 100 {LEVEL_WORDS[first]}."
    named, dated = _systems_with_names()
    asked = [value_at(study, "questions", level) or 0.0 for level in (first, last)]
    change = (
        f"So the steps change this by no more than {gain:+.1f}."
        if low > 0 or high < 0
        else "Whether the steps find more children can't be told from chance."
    )
    return (
        f"Matching names and birth dates finds **{each}** of 100 at every step, even {LEVEL_WORDS[first]}, "
        f"because {Measured('systems_named', named, len(SILOS)):count of} always record a name, and {dated} "
        f"of them a birth date. {change} "
        f"They buy fresher data and {Measured('study_gain_answers', round(asked[1] - asked[0])):bold count}."
    )


def _systems_with_names() -> tuple[int, int]:
    """Count the systems whose exports have a name, and a birth date."""
    columns = [
        {target for file in layout.files for makes in file.makes for target in makes.take}
        for layout in layouts_of().values()
    ]
    named = sum(bool(one & {"first_name", "full_name"}) for one in columns)
    return named, sum("birth_date" in one for one in columns)


def step_sentences(study: Study) -> list[tuple[str, str]]:
    """Say in a sentence or two what each step buys: at most two measures, and whether it finds children."""
    method, name = next(iter(_ways(study).items()))
    who = "ID numbers find" if name == NUMBER_ALONE else "It finds"
    asked = asked_in(study)
    bought = _gains_shown(study)
    sentences = []
    for number, (before, after) in enumerate(pairwise(_levels(study)), 1):
        mine = bought[bought["step"].eq(f"{before} to {after}")]
        # What is assumed is the picture's square, whoever joins.
        assumed = mine["looks"].isna()
        own = mine[mine["method"].eq(study.method).where(assumed, mine["method"].eq(method))]
        row = {one["measure"]: one for one in own.to_dict("records")}
        sentences_of_step = []
        if "found" in row and row["found"]["better"]:
            was, now = _from_to(row["found"])
            sentences_of_step.append(f"{who} **{now}** of 100 children at risk, not **{was}**.")
        if "questions" in row and row["questions"]["better"]:
            was, now = _from_to(row["questions"])
            answered = Measured("study_answered", now, asked, where=after)
            sentences_of_step.append(f"{answered:bold count of} get an answer, not **{was}**.")
        was, now = _from_to(row["delay"]) if "delay" in row else ("", "")
        if was != now:
            delay = Measured("study_delay", float(now), where=after)
            sentences_of_step.append(f"A teacher sees data {delay:bold count}, not **{was}**.")
        sentences_of_step = sentences_of_step[:2]
        if "found" in row and not row["found"]["better"]:
            was, now = _from_to(row["found"])
            by_chance = f"{who} **{now}** of 100 children at risk, not **{was}**: chance could explain that."
            as_before = "Whether it finds more children can't be told from chance."
            sentences_of_step.append(as_before if was == now else by_chance)
        name_after = _STEP_NAMES.get(after, level_name(after))
        lead = f"**{name_after}** instead of {level_name(before).lower()}: "
        sentences.append((f"Step {number}", lead + " ".join(sentences_of_step)))
    return sentences


def _from_to(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    before = float(row["before"])
    was, now = (f"{one:.0f}" if round(one) else f"{one:.1f}" for one in (before, before + float(row["gain"])))
    return was, now


def _gains_shown(study: Study) -> pd.DataFrame:
    """Return the gains of the picture's measures from level to level, corrected for looking at all."""
    figures = study.figures
    shown = figures[figures["scenario"].eq(WORKSHOP) & figures["method"].isin(_ways(study))]
    bought = gains(shown, [panel.measure for panel in _panels()])
    bought = bought[bought["way"].eq("level")].reset_index(drop=True)
    return bought.assign(better=bought["better"].eq(True).fillna(False).astype(bool))


def here_of(folder: str | Path) -> tuple[str, str] | None:
    """Return a district's name and exchange level; None if its folder doesn't record one."""
    if not folder:
        return None
    about = what_is_there(Path(folder)).about
    level = str(about.get("level", ""))
    return (str(about.get("title") or Path(folder).name), level) if level in LEVELS else None


def chart_of_steps(study: Study, here: tuple[str, str] | None = None) -> Block:
    """Draw steps as rows and measures as columns, with a dot for each way of joining."""
    ways, there, panels = _ways(study), _levels(study), _panels()
    rows = at_levels(study, [(WORKSHOP, method) for method in ways], [panel.measure for panel in panels])
    shown = rows.assign(series=rows["method"].map(ways))
    seeds, looks = int(rows["seeds"].max()), int(rows["looks"].max())
    districts = Measured("study_districts", seeds, where="each step")
    bars = (
        f" Bars: 95% intervals over the {seeds}, widened because we look at {looks} at once."
        if seeds > 1
        else ""
    )
    return level_dots(
        shown,
        panels,
        title=_gap_sentence(study),
        alt=_alt(shown, panels, there),
        levels={level: level_title(level) for level in there},
        series=list(ways.values()),
        caption=f"{districts:count} of {_largest(study):count}, the "
        f"same children at each step; about {_at_risk(study):.0f} of them show a sign of risk.{bars} Squares "
        "have none, because the step sets them. Intervals say how far another invented district would move "
        "a number, and nothing about real ones.",
        here=(here[1], f"{here[0]} is here") if here and here[1] in there else None,
        table=_numbers(shown, panels, there, ways),
        extra=_gains_table(study),
    )


def _gap_sentence(study: Study) -> str:
    """Say what the two dots of a row show, or what is found where there is one."""
    matched = _found(study, study.method)
    if not joins_both_ways(study):
        return f"Found at each step: {_range(matched)} of 100 children at risk"
    gaps = [own - alone for own, alone in zip(matched, _found(study, BY_NUMBER), strict=True)]
    shown = [round(gap, 1) for gap in gaps]
    if shown[-1] < shown[0] and shown == sorted(shown, reverse=True):
        return "The more systems share a number, the less matching by name adds"
    return "What matching by name and birth date adds, step by step"


def _range(values: Sequence[float]) -> str:
    low, high = round(min(values)), round(max(values))
    return f"{low}" if low == high else f"{low} to {high}"


def _largest(study: Study) -> Measured:
    """Return the children of the study's largest district."""
    return Measured("enrolled", int(study.figures["students"].max()), where="study")


def _at_risk(study: Study) -> float:
    figures = study.figures
    mine = figures["measure"].eq("children at risk") & figures["group"].eq("Any sign")
    return float(figures.loc[mine & figures["scenario"].eq(WORKSHOP), "value"].mean())


def _alt(rows: pd.DataFrame, panels: Sequence[Panel], there: Sequence[str]) -> str:
    """Say every number of a picture."""
    panels_read = []
    for panel in panels:
        mine = rows[rows["measure"].eq(panel.measure)]
        names = list(dict.fromkeys(mine["series"]))[-1:] if panel.assumed else dict.fromkeys(mine["series"])
        for name in names:
            values = mine[mine["series"].eq(name)].set_index("level")["value"]
            each = ", ".join(f"{level_name(level)} {values[level]:.1f}" for level in there)
            how = "" if panel.assumed else f", {name}"
            panels_read.append(f"{panel.title}{how}: {each}.")
    return (
        f"{Measured('study_steps', len(there)):count}, {Measured('study_measures', len(panels)):count}. "
        f"{' '.join(panels_read)}"
    )


def _numbers(
    rows: pd.DataFrame, panels: Sequence[Panel], there: Sequence[str], ways: dict[str, str]
) -> pd.DataFrame:
    """Build the table behind the picture: a row a step."""
    columns: dict[str, list[object]] = {"step": [level_name(level) for level in there]}
    for panel in panels:
        for name in list(ways.values())[-1:] if panel.assumed else ways.values():
            mine = rows[rows["measure"].eq(panel.measure) & rows["series"].eq(name)].set_index("level")
            head = f"{panel.title} (assumed)" if panel.assumed else f"{panel.title}, {_SHORT.get(name, name)}"
            columns[head] = [float(mine["value"].get(level, math.nan)) for level in there]
    return pd.DataFrame(columns).round(1)


def _gains_table(study: Study) -> Block | None:
    """Show what each step buys in the counted measures of the picture."""
    bought = _gains_shown(study)
    if bought.empty:
        return None
    looks, steps = int(bought["looks"].max()), list(dict.fromkeys(bought["step"]))
    columns: dict[str, list[str]] = {}
    for panel in _panels():
        for method, name in _ways(study).items():
            if panel.assumed:
                continue
            mine = bought[bought["measure"].eq(panel.measure) & bought["method"].eq(method)].set_index("step")
            columns[f"{panel.title}, {_SHORT.get(name, name)}"] = [
                _with_interval(*(float(mine.loc[step, one]) for one in ("gain", "low", "high")))
                for step in steps
            ]
    ends = [step.split(" to ") for step in steps]
    named = [f"{level_name(before)} to {level_name(after).lower()}" for before, after in ends]
    shown = table(
        pd.DataFrame({"gain of each step": named, **columns}),
        f"Compared within each district; 95% intervals, corrected for {looks} looks (Bonferroni)",
        download=False,
    )
    return joined([shown, paragraph(_assumed_minutes(study))])


def _assumed_minutes(study: Study) -> str:
    """Say how wide the assumptions on minutes are."""
    first, figures = _levels(study)[0], study.figures
    mine = figures[
        figures["measure"].eq("hand work")
        & figures["level"].eq(first)
        & figures["method"].eq(study.method)
        & figures["scenario"].eq(WORKSHOP)
    ]
    minutes = (mine["value"] / mine["students"].astype("float64")).groupby(mine["group"]).mean()
    return (
        f"Minutes a task are assumed. {LEVEL_WORDS[first].capitalize()} the assumed minutes "
        f"a child range from {minutes['Low']:.0f} to {minutes['High']:.0f}, so read the order, not the "
        "amount."
    )


def chart_of_placebo(study: Study) -> Block:
    """Draw the children at whom two systems point beyond chance, in the districts and in the placebo."""
    names = {WORKSHOP: "in these districts", PLACEBO: "in the placebo"}
    there = [one for one in _levels(study) if value_at(study, "two_systems", one, PLACEBO) is not None]
    rows = at_levels(study, [(scenario, study.method) for scenario in names], ["two_systems"])
    shown = rows[rows["level"].isin(there)].assign(series=lambda one: one["scenario"].map(names))
    headline = headline_of("two_systems")
    panel = Panel("two_systems", f"{headline.title}, {headline.unit}", headline.most)
    real, none = (value_at(study, "two_systems", there[-1], name) or 0.0 for name in names)
    apart, low, high = placebo_difference(study, there[-1], len(there))
    return level_dots(
        shown,
        [panel],
        title=f"Beyond chance, at the last step, two systems point at {round(real)} of 1,000 children, and "
        f"in the placebo at {round(none)}",
        alt=_alt(shown, [panel], there),
        levels={level: level_title(level) for level in there},
        series=list(names.values()),
        caption="Children whose page shows signs of two systems, beyond what chance would "
        f"produce. Districts of {_largest(study):count}. Bars: 95% intervals over "
        f"{Measured('study_seeds', int(rows['seeds'].max()), where='placebo'):count}, widened for "
        f"{int(rows['looks'].max())} looks (Bonferroni). The "
        f"difference at the last step is {apart:.0f}, from {low:.0f} to {high:.0f} (Welch, corrected for "
        f"{len(there)} looks). The generator simulates the effects.",
        apart=True,
        table=_numbers(shown, [panel], there, names),
    )


def placebo_difference(study: Study, level: str, looks: int) -> tuple[float, float, float]:
    """Compare children at whom two systems point with the placebo's, by Welch's t, corrected for looks."""
    from scipy.stats import ttest_ind

    mine = shown_figures(study.figures)
    mine = mine[mine["measure"].eq("two_systems") & mine["level"].eq(level) & mine["method"].eq(study.method)]
    mine = mine[
        mine["carried_ids"].eq(level) & mine["freshness"].eq(level) & mine["code_agreement"].eq(level)
    ]
    sides = [mine.loc[mine["scenario"].eq(name), "value"].astype(float) for name in (WORKSHOP, PLACEBO)]
    apart = float(sides[0].mean() - sides[1].mean())
    if min(map(len, sides)) < 2:
        return apart, math.nan, math.nan
    found = ttest_ind(*sides, equal_var=False).confidence_interval(1 - 0.05 / looks)
    return apart, float(found.low), float(found.high)


def placebo_table(study: Study) -> pd.DataFrame:
    """Compare every measure at the last level with the placebo."""
    shown = whole_levels(study)
    last = shown[shown["level"].eq(shown["level"].iloc[-1])]
    rows = []
    for (label, unit), mine in last.groupby(["label", "unit"], sort=False):
        own = mine.drop_duplicates("scenario").set_index("scenario")[["value", "low", "high"]]
        ends = {str(name): [float(one) for one in each] for name, *each in own.itertuples()}
        if PLACEBO not in ends:
            continue
        row = {"measure": label, "unit": unit}
        for scenario, head in ((WORKSHOP, "these districts"), (PLACEBO, "placebo")):
            value, low, high = ends[scenario]
            row[head] = f"{value:.1f}" if math.isnan(low) else f"{value:.1f} ({low:.1f} to {high:.1f})"
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "unit", "these districts", "placebo"])


def question_steps(study: Study) -> dict[str, pd.DataFrame]:
    """Group the questions by the first step that answers them; an empty key has those without an answer."""
    asked = study.questions
    if asked.empty:
        return {}
    there = [level for level in LEVELS if level in set(asked["level"])]
    answered = asked[asked["status"].eq("Answered")]
    first = {level: set(answered.loc[answered["level"].eq(level), "question"]) for level in there}
    last = asked[asked["level"].eq(there[-1])].drop_duplicates("question")
    groups: dict[str, pd.DataFrame] = {}
    seen: set[str] = set()
    for level in there:
        new = first[level] - seen
        seen |= new
        groups[level] = last[last["question"].isin(new)]
    groups[""] = last[~last["question"].isin(seen)]
    return {level: own.reset_index(drop=True) for level, own in groups.items()}


def question_table(study: Study) -> pd.DataFrame:
    """List the questions with the first step that answers each."""
    parts = [
        own.assign(step=level_name(level) if level else "at no step")[["step", "text", "asked_by"]]
        for level, own in question_steps(study).items()
    ]
    columns = {"step": "first answered at", "text": "question", "asked_by": "asked by"}
    empty = pd.DataFrame(columns=list(columns))
    return (pd.concat(parts, ignore_index=True) if parts else empty).rename(columns=columns)


MOST_ACTIONS = 3


def actions_of(
    study: Study, alone: Study, costs: Costs | None = None, here: tuple[str, str] | None = None
) -> tuple[list[Action], list[str]]:
    """List what to do first: match, then the steps to ask for, in the roadmap's order.

    Parameters
    ----------
    study
        The study, with switches moved one at a time.
    alone
        The study with districts linked by number alone.
    costs
        Assumed costs, and who acts by when; default is the kit's own.
    here
        A district's name and level; by default one where people carry spreadsheets.

    Returns
    -------
    tuple
        At most three actions, and a sentence on each step that buys nothing for sure.
    """
    given = costs or kit_costs()
    found = [_match(alone, here)] if joins_both_ways(alone) else []
    later = []
    if study.gains["step"].isin(list(given.step)).any():
        road = roadmap_of(study, given)
        road = road[road["size"].eq(road["size"].iloc[0])]
        for name in road["step"].astype(str):
            sure = _sure_gains(study, name)
            if sure.empty:
                later.append(_not_yet(given.step[name].title, name))
            else:
                found.append(_ask(given, name, sure))
    return found[:MOST_ACTIONS], later


def _match(study: Study, here: tuple[str, str] | None) -> Action:
    """Ask for matching by name: it needs no other system, and finds whom the last step finds."""
    there, usual = _levels(study), here[1] if here else FROM
    at = there.index(usual) if usual in there else 0
    by_number, matched = (_found(study, method) for method in (BY_NUMBER, study.method))
    asked = [value_at(study, "questions", there[at], method=way) or 0.0 for way in (BY_NUMBER, study.method)]
    effect = (
        f"In these invented districts, ID numbers alone find **{by_number[0]:.0f}** of 100 "
        f"{LEVEL_WORDS[there[0]]}. "
    )
    if at:
        where = LEVEL_WORDS[there[at]] + (f", as in {here[0]}" if here else "")
        effect += f"{where[0].upper()}{where[1:]}, they find **{by_number[at]:.0f}**. "
        if not _sure_to_find(study, there[at]):
            effect += f"Chance could explain the step from {by_number[at]:.0f} to {matched[at]:.0f}. "
    more = Measured("study_gain_questions", round(asked[1] - asked[0]), where="matching")
    effect += f"There, matching names answers {more:bold} more of "
    effect += f"{Measured('study_asked', asked_in(study)):count} of staff and families."
    return usual_action("match", Measured("study_found", round(matched[at])), effect)


def _sure_to_find(study: Study, level: str) -> bool:
    """Check whether matching surely finds more children at a level than numbers alone, seed by seed."""
    shown = shown_figures(study.figures)
    own = shown[shown["measure"].eq("found") & shown["scenario"].eq(WORKSHOP) & shown["level"].eq(level)]
    for switch in SWITCHES:
        own = own[own[switch].eq(level)]
    sides = [own[own["method"].eq(way)].set_index("seed")["value"] for way in (study.method, BY_NUMBER)]
    difference = (sides[0] - sides[1]).dropna().tolist()
    # As many looks as the picture's gains.
    looks = int(_gains_shown(study)["looks"].fillna(1).max())
    return bool(difference) and mean_interval(difference, looks)[1] > 0


def _sure_gains(study: Study, name: str) -> pd.DataFrame:
    """Return what a step surely buys alone, the largest gain first, against what was there before."""
    alone = study.gains[
        study.gains["way"].eq("alone")
        & study.gains["scenario"].eq(WORKSHOP)
        & study.gains["method"].eq(study.method)
        & study.gains["step"].eq(name)
        & study.gains["measure"].isin([panel.measure for panel in _panels()])
    ]
    sure = alone[alone["better"].eq(True).fillna(False)]
    return sure.assign(share=sure["gain"].abs() / sure["before"].abs()).sort_values(
        "share", ascending=False, kind="stable"
    )


def _ask(costs: Costs, name: str, sure: pd.DataFrame) -> Action:
    step = costs.step[name]
    gains = [_bought(row) for row in sure[["measure", "gain"]].itertuples(index=False)]
    more = f" It also buys {' and '.join(f'{one:count}' for one in gains[1:])}." if gains[1:] else ""
    whom = "" if sure["measure"].eq("found").any() else " It finds no more children."
    hours, dollars = step.first_hours, step.first_dollars
    likely = Measured("step_hours", hours.likely, where=name)
    cost = (
        f"assumed cost a system: {likely:count} ({hours.low:g} to {hours.high:g}) and "
        f"${dollars.likely:,.0f} (${dollars.low:,.0f} to ${dollars.high:,.0f}) in the first year"
    )
    by = "; ".join(one for one in (step.due, cost) if one)
    who = f"your {step.who}" if step.who else "whoever runs your systems"
    return Action(gains[0], step.act, f"Then {_inside(step.title)}.{more}{whom}", who, by)


def _not_yet(title: str, name: str) -> str:
    why = NO_CODES if name == "code_agreement" else "Its gain may be chance."
    return f"Not yet: {_inside(title)}. {why}"


def _inside(title: str) -> str:
    """Begin a title as inside a sentence."""
    return title[:1].lower() + title[1:]


def _bought(row: tuple[str, float]) -> Measured:
    measure, gain = row
    size = abs(float(gain))
    return Measured(f"study_gain_{measure}", round(size) or round(size, 1))


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
        row = {"measure": headline.title, "unit": headline.unit, "basis": headline.basis}
        for step, gain, low, high in lines[["step", "gain", "low", "high"]].itertuples(index=False):
            row[STEP_WORDS[step]] = _with_interval(gain, low, high)
        row["most"] = STEP_WORDS[str(sure["step"].iloc[0])] if len(sure) else "none for sure"
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "unit", "basis", *list(STEP_WORDS.values())[:3], "most"])


def _with_interval(gain: float, low: float, high: float) -> str:
    """Write a gain with its interval, without digits that the seeds don't carry.

    >>> _with_interval(5.26, 0.16, 10.37), _with_interval(-0.001, -0.72, 0.71), _with_interval(4.0, 4.0, 4.0)
    ('+5.3 (+0.2 to +10.4)', '0 (-0.7 to +0.7)', '+4 in every district')
    """
    digits = 0 if abs(gain) >= 20 else 1

    def formatted(number: float) -> str:
        return f"{number:+.{digits}f}" if round(number, digits) else "0"

    if math.isnan(low):
        return formatted(gain)
    if round(low, 2) == round(high, 2):
        return f"{round(gain, digits):+g} in every district" if round(gain, 2) else "0"
    return f"{formatted(gain)} ({formatted(low)} to {formatted(high)})"


def agreements_of(way: pd.Series) -> Measured:
    """Return the agreements of one row of `one_standard`."""
    return Measured("agreements", int(way["agreements"]), where=str(way["way"]))


def columns_of(way: pd.Series) -> Measured:
    """Return the columns to map of one row of `one_standard`."""
    return Measured("mapped_columns", int(way["mappings"]), where=str(way["way"]))


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
        f"manual effort: {first[1]}. {last}"
    )


def _rounded(number: float) -> str:
    """Write an assumed amount with two digits that mean something.

    >>> _rounded(63520.0), _rounded(9.0), _rounded(0.0)
    ('64,000', '9', '0')
    """
    return f"{float(f'{number:.2g}'):,.0f}"


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
            "dollars": [
                f"{_rounded(likely)} ({_rounded(low)} to {_rounded(high)})" for low, likely, high in ends
            ],
            "child": road["dollars_a_child_and_year"].round(2),
            "buys": bought,
            "hours": [_rounded(float(hours)) for hours in road["hours_saved"]],
        }
    )
    heads = {
        "rank": "place",
        "title": "step",
        "dollars": "US dollars, with range",
        "child": "dollars a child and year",
        "buys": "what it buys",
        "hours": "hours of manual effort saved",
    }
    return shown, heads


def describe_levels(study: Study) -> dict[str, object]:
    """Return the command's output: measures by level, questions by status, and what was run."""
    shown = whole_levels(study)
    columns = ["scenario", "level", "label", "unit", "seeds", "value", "low", "high"]
    described: dict[str, object] = {
        "districts run now": study.run,
        "districts found": study.kept,
        "levels": shown[columns].rename(columns={"label": "measure"}).round(3),
    }
    if len(study.questions):
        described["questions"] = (
            study.questions.groupby(["level", "status"], sort=False).size().rename("questions").reset_index()
        )
    if len(study.families):
        measure, domain = study.families["measure"], study.families["domain"]
        of_absences = measure.isin(["read", "up to date"]) & domain.eq("absences").fillna(False)
        described["families told of absences"] = study.families.loc[
            of_absences, study.families.columns.drop("domain")
        ]
    return described
