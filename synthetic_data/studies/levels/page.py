"""Write the page of the levels study, and the run that ships with the kit."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.files import write_atomically
from helpers.gaps import Costs, kit_costs
from helpers.report import (
    Block,
    LevelsPage,
    answer,
    element_names,
    levels_page,
    note,
    people_blocks,
    reading,
    reason_text,
    table,
)
from helpers.staffing import staffing_plan
from helpers.standard import Measured, as_table
from synthetic_data.district import kit_version
from synthetic_data.studies.levels.cells import (
    FROM,
    KIT_RUN,
    PLACEBO,
    SWITCHES,
    TO,
    libraries,
    sources,
)
from synthetic_data.studies.levels.results import (
    CODES,
    actions_of,
    agreements_of,
    chart_of_placebo,
    chart_of_steps,
    columns_of,
    finding_of,
    first_steps_of,
    joins_both_ways,
    level_name,
    matching_of,
    placebo_table,
    question_steps,
    roadmap_of,
    roadmap_shown,
    standard_saves,
    step_sentences,
    steps_table,
    value_at,
)
from synthetic_data.studies.levels.study import SAYS, Study, headlines, study_of, whole_levels

__all__ = ["KitRun", "kit_run", "study_page", "write_kit_run"]


HERE = Path(__file__).parent
CELL = ["scenario", "level", *SWITCHES, "fault_level", "method", "students", "seed"]
BETWEEN = " | "  # separates measure, group and unit in a column name
QUESTIONS = f"{KIT_RUN}_questions.csv"


@dataclass(frozen=True)
class KitRun:
    """A saved run, with its date and versions."""

    # Table ``level_figures``.
    figures: pd.DataFrame
    # Table ``question_levels``; empty if the run came without it.
    questions: pd.DataFrame
    # Date of the run.
    day: str
    # The kit's version at the time.
    version: str
    # Whether sources and notebook are unchanged since; otherwise a run today may differ.
    as_here: bool

    @property
    def note_of_origin(self) -> str:
        """Describe the run in a sentence."""
        districts = Measured("study_districts", len(self.figures.drop_duplicates(CELL)))
        since = "" if self.as_here else " The kit has changed since: a run of today may differ a little."
        return (
            f"A run of {self.day} that comes with the kit: {districts:count} of "
            f"{_sizes(self.figures):count}."
            f"{since}"
        )

    @property
    def study(self) -> Study:
        """Combine its figures."""
        return study_of(self.figures, self.questions)


def kit_run() -> KitRun:
    """Read the run that ships with the kit."""
    about = json.loads((HERE / f"{KIT_RUN}.json").read_text(encoding="utf-8"))
    wide = pd.read_csv(HERE / f"{KIT_RUN}.csv")
    long = wide.melt(id_vars=CELL, var_name="head", value_name="value").dropna(subset=["value"])
    parts = long.pop("head").str.split(BETWEEN, regex=False, expand=True)
    long = long.assign(measure=parts[0], group=parts[1], unit=parts[2])
    asked = HERE / QUESTIONS
    questions = pd.read_csv(asked) if asked.exists() else pd.DataFrame(index=pd.RangeIndex(0))
    return KitRun(
        as_table("level_figures", long),
        as_table("question_levels", questions),
        about["day"],
        about["version"],
        about["sources"] == sources(),
    )


def write_kit_run(
    figures: pd.DataFrame,
    questions: pd.DataFrame | None = None,
    *,
    of_sources: str | None = None,
    folder: Path = HERE,
) -> None:
    """Write a run as the one that ships with the kit: one row per district, one column per figure."""
    heads = figures["measure"] + BETWEEN + figures["group"] + BETWEEN + figures["unit"]
    wide = figures.assign(head=heads).pivot(index=CELL, columns="head", values="value")
    order = pd.MultiIndex.from_frame(figures[CELL].drop_duplicates())
    wide = wide.reindex(order)[heads.drop_duplicates().tolist()].round(5).reset_index()
    text = io.StringIO()
    wide.to_csv(text, index=False, lineterminator="\n", float_format="%.7g")
    write_atomically(folder / f"{KIT_RUN}.csv", text.getvalue().encode("utf-8"), private=False)
    if questions is not None and len(questions):
        asked = questions.to_csv(index=False, lineterminator="\n", float_format="%.5g")
        write_atomically(folder / QUESTIONS, asked.encode("utf-8"), private=False)
    about = {
        "about": "Made by the study of exchange levels; every district in it is invented.",
        "day": dt.date.today().isoformat(),
        "version": kit_version(),
        "sources": of_sources or sources(),
        "libraries": dict(libraries()),
    }
    content = json.dumps(about, indent=2) + "\n"
    write_atomically(folder / f"{KIT_RUN}.json", content.encode("utf-8"), private=False)


NONE = "none for sure"
CHILDREN_A_SCHOOL = 500
# Questions of one group on the page; the rest are counted.
MOST_QUESTIONS = 6


def study_page(
    study: Study, out_path: Path, costs: Costs | None = None, here: tuple[str, str] | None = None
) -> Path:
    """Write the page of the study; `here` is a district's name and exchange level."""
    given = costs or kit_costs()
    beside = _Beside(study)
    placebo, no_placebo = beside.of("--placebo", lambda one: one.figures["scenario"].eq(PLACEBO).any())
    alone, not_alone = beside.of("--by-number", joins_both_ways)
    switched, not_switched = beside.of("--switches", lambda one: one.gains["way"].eq("last").any())
    questions, questions_note = _questions(study)
    by_number = [] if alone is study else [("And by ID number alone?", [*not_alone, *_alone(alone, here)])]
    folds: list[tuple[str, list[Block]]] = [
        *by_number,
        ("What each measure means", _meanings()),
        ("What remains when nothing is related?", [*no_placebo, *_placebo(placebo)]),
        ("Which switch buys most?", [*not_switched, *_switches(switched)]),
        ("What would one standard save?", list(_standard(given))),
        ("The roadmap: which step first, and at what cost?", [*not_switched, *_roadmap(switched, given)]),
        ("People: who has to be trained?", _people(given)),
        ("How this was made", _how(study)),
    ]
    actions, later = actions_of(switched, alone, given, here)
    page = LevelsPage(
        title="What each step of data exchange buys a child",
        about=_about(study),
        headline=finding_of(study).replace("**", ""),
        sentences=[*step_sentences(study), *_never(study)],
        aside=matching_of(study),
        picture=chart_of_steps(study, here),
        actions=actions,
        actions_note=" ".join(
            [
                f"Each step was taken alone, from {level_name(FROM).lower()} to {level_name(TO).lower()} "
                "exchange (numbers and codes agreed, sent daily), with names and birth dates matched.",
                "Costs and who acts are the kit's own assumption: use your own.",
                *later,
                *(one.text for one in not_switched),
            ]
        ),
        questions=questions,
        questions_note=questions_note,
        limits=_limits(placebo, no_placebo),
        folds=folds,
    )
    return levels_page(out_path, page)


class _Beside:
    """A study, with the kit's own run for what the study didn't run."""

    def __init__(self, study: Study) -> None:
        """Store the study; the kit's run is loaded when needed."""
        self.study = study
        self._kits: tuple[Study, str] | None = None

    def of(self, option: str, has: Callable[[Study], object]) -> tuple[Study, list[Block]]:
        """Return the study that has something, with a note if it is the kit's."""
        if has(self.study):
            return self.study, []
        if self._kits is None:
            came = kit_run()
            self._kits = came.study, came.note_of_origin
        kits, origin = self._kits
        return kits, [note(f"This run is without {option}. Another is shown here instead. {origin}")]


def _sizes(figures: pd.DataFrame) -> Measured:
    """Name the sizes of a run's districts: 60, 600 children."""
    return Measured(
        "enrolled", ", ".join(f"{size:,}" for size in sorted(figures["students"].unique())), where="study"
    )


def _about(study: Study) -> str:
    """Say what was run, and that all of it is invented."""
    seeds = sorted(int(seed) for seed in study.figures["seed"].unique())
    several = len(seeds) > 1
    numbers = f"seeds {seeds[0]} to {seeds[-1]}" if several else f"seed {seeds[0]}"
    made = f"{len(seeds)} sets" if several else "one set"
    return f"Every district here is invented · {made} of {_sizes(study.figures):count} (made from {numbers})"


def _never(study: Study) -> Iterator[tuple[str, str]]:
    """Name a question that no step answers, a family's if there is one, and why."""
    left = question_steps(study).get("", pd.DataFrame())
    if left.empty:
        return
    of_family = left["asked_by"].str.contains("family").fillna(False).astype(bool)
    one = left.loc[of_family.sort_values(ascending=False, kind="stable").index[0]]
    lacks = re.sub(r"^\w+\((.*)\)$", r"\1", str(one["lacks"]))
    why = "" if pd.isna(one["lacks"]) else f" It lacks {element_names(pd.Series([lacks])).iloc[0]}"
    because = f": {reason_text(one['why'])}." if why and not pd.isna(one["why"]) else "." if why else ""
    yield "At no step", f"“{one['text']}” gets an answer for fewer than four in five children.{why}{because}"


def _questions(study: Study) -> tuple[list[tuple[str, list[tuple[str, str]], int]], str]:
    """Group the questions by the step that answers them first; those of the first level are counted."""
    asked, always = [], 0
    for place, (level, own) in enumerate(question_steps(study).items()):
        asked_by = own["asked_by"].str.replace("; ", ", ")
        lines = list(zip(own["text"].astype(str), asked_by.astype(str), strict=True))
        if not place:
            always = len(lines)
        elif lines:
            title = f"From {level_name(level).lower()} on" if level else "At no step"
            asked.append((title, lines[:MOST_QUESTIONS], len(lines[MOST_QUESTIONS:])))
    return asked, (
        f"With names and birth dates matched, counting all districts together; the picture has the mean of "
        f"each. {Measured('study_always', always):count} have an answer at every step. A question counts as "
        "answered with all needed data for four in five of the children it is about."
    )


def _limits(placebo: Study, no_placebo: list[Block]) -> list[str]:
    there = whole_levels(placebo)
    last = str(there.loc[there["scenario"].eq(PLACEBO), "level"].iloc[-1])
    real = value_at(placebo, "two_systems", last) or 0.0
    none = value_at(placebo, "two_systems", last, PLACEBO) or 0.0
    whose = " (in the run that comes with the kit)" if no_placebo else ""
    return [
        "What a real district is like. Which numbers a step's systems carry, how fresh they are, and the "
        "minutes per task are the kit's own judgment.",
        "As a check, we generated districts in which absences, tests and behavior have nothing to do with "
        f"each other. There, two systems agree on **{round(none)}** of 1,000 children more than by chance. "
        f"In these, they agree on **{round(real)}**{whose}.",
    ]


def _alone(study: Study, here: tuple[str, str] | None) -> list[Block]:
    return [
        answer(f"{finding_of(study)}."),
        chart_of_steps(study, here),
        note(
            "Most systems can link only by a number. There, the level decides who is found. With names and "
            "birth dates matched as well, most children are found before any system changes, and the levels "
            "buy answers, days and hours."
        ),
    ]


def _meanings() -> list[Block]:
    says = [(one.title, one.unit, one.basis, one.meaning) for one in headlines()]
    return [
        table(pd.DataFrame(says, columns=["measure", "unit", "basis", "says"])),
        reading(
            "Each row is a step, each column a measure.",
            "A dot is the mean over seeds, a bar its interval. A square is set by assumption.",
            "Find the first step at which your question has an answer: ask for that step.",
        ),
    ]


def _people(costs: Costs) -> list[Block]:
    schools = _schools_of(next(iter(costs.size.values())).children)
    few = max(1, len(schools) // 2)  # IT specialists in such a district; the kit's own
    return list(
        people_blocks(staffing_plan(schools, specialists=few, specialist_trainers=1, team_trainers=1))
    )


def _how(study: Study) -> list[Block]:
    cells = study.figures.drop_duplicates(["scenario", "level", "seed", *SWITCHES, "method"])
    faults = ", ".join(study.figures["fault_level"].unique())
    return [
        note(
            f"{Measured('study_districts', len(cells)):count}: each was made, read, linked, shown and "
            f"judged by one headless run of the notebook one_district. All have the fault rates of the level "
            f"{faults}, so better links "
            "don't just come from cleaner records.",
            "Found, missed and wrongly flagged compare the kit's links with the answer key's on the same "
            "files: a wrong or late value in a file counts in neither.",
            SAYS,
        )
    ]


def _switches(study: Study) -> Iterator[Block]:
    heads = {"most": "buys most"}
    alone = steps_table(study)
    counted = alone.loc[alone["most"].ne(NONE), "most"].value_counts()
    best = "no switch buys anything for sure"
    if len(counted):
        every = Measured("study_measures", len(alone), where="moved alone")
        best = f"**{counted.index[0]}** buys most in {counted.iloc[0]} of {every:count}"
    yield answer(f"Moved alone from {FROM} to {TO}: {best}.")
    yield table(alone, f"One switch moved alone, from {FROM} to {TO}", names=heads)
    last = f"The same switch moved last, when the others are at {TO}"
    yield table(steps_table(study, "last"), last, names=heads)
    looks = study.gains.drop_duplicates("way").set_index("way")["looks"]
    yield note(
        "In parentheses: 95% intervals over seeds, of differences between districts with the same children, "
        f"corrected for {looks['alone']} looks alone and {looks['last']} last (Bonferroni). Assumed "
        "figures have none. A switch that buys little alone may buy much at the end: fresh exports help "
        "nobody if nobody can link them.",
        CODES,
    )


def _placebo(study: Study) -> Iterator[Block]:
    yield chart_of_placebo(study)
    yield note(
        "In the placebo, no system's data relates to another's: absences predict nothing about tests, and "
        "tests nothing about conduct. Its records link as well, its profiles are as complete, and its "
        "questions are answered as often. But a linked child's page shows nothing that each system didn't "
        "show alone.",
        "So the placebo sorts the figures. Where the two intervals overlap, a figure measures the "
        "plumbing. Only where they are apart does linking show something about children, and the generator "
        "simulates how much.",
    )
    yield table(placebo_table(study), "Every measure at the last level, each interval by itself")


def _schools_of(children: int) -> pd.DataFrame:
    """Divide a district's children among schools of the usual size; the kit's own, like the district."""
    count = max(1, round(children / CHILDREN_A_SCHOOL))
    names = [f"School {number}" for number in range(1, count + 1)]
    return pd.DataFrame({"school": names, "children": [children // count] * count})


def _standard(costs: Costs) -> Iterator[Block]:
    saved = standard_saves(costs)
    pairs, one = saved.iloc[0], saved.iloc[1]
    hours = costs.mapping.hours
    yield answer(
        f"Pair by pair, {Measured('systems_joined', int(pairs['systems'])):bold count} need "
        f"{agreements_of(pairs):bold count} and {columns_of(pairs):bold count}; with one standard "
        f"{agreements_of(one):bold} and {columns_of(one):bold}."
    )
    yield table(
        saved,
        f"Assumed hours a column: {hours.likely:g}, from {hours.low:g} to {hours.high:g}",
        names={"hours_low": "hours, low", "hours_high": "hours, high", "mappings": "mapped columns"},
    )
    n = int(pairs["systems"])
    yield note(
        f"Of n systems every two make n(n-1)/2 pairs, here {n * (n - 1) // 2}; those that have nothing in "
        "common need no agreement. A new system adds one mapping to a standard, and one for each neighbor "
        "without it."
    )


def _roadmap(study: Study, costs: Costs) -> Iterator[Block]:
    road = roadmap_of(study, costs)
    yield answer(first_steps_of(study, costs))
    shown, heads = roadmap_shown(road)
    yield table(
        shown, f"Steps in their order by questions for a dollar, over years 1 to {costs.years}", names=heads
    )
    yield table(
        pd.DataFrame(
            [(step.title, step.act) for step in costs.step.values()], columns=["step", "how to begin"]
        ),
        "How to begin",
    )
    yield note(
        costs.about,
        *(
            f"{size.title}: {Measured('districts_of_size', size.districts, where=size.title):count}, "
            f"{Measured('children_of_size', size.children, where=size.title):count}. {size.source}."
            for size in costs.size.values()
        ),
    )
