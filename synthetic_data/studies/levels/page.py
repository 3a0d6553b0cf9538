"""Write the page of the levels study, and the run that ships with the kit."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.files import write_atomically
from helpers.gaps import Costs, kit_costs
from helpers.report import Block, about_line, answer, block_page, heading, note, people_blocks, reading, table
from helpers.staffing import staffing_plan
from helpers.standard import as_table
from synthetic_data.district import kit_version
from synthetic_data.scenario import LEVELS
from synthetic_data.studies.levels.cells import (
    BY_NUMBER,
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
    chart_by_number,
    chart_of_levels,
    chart_of_placebo,
    finding_of,
    first_steps_of,
    roadmap_of,
    roadmap_shown,
    standard_saves,
    steps_table,
    value_at,
)
from synthetic_data.studies.levels.study import SAYS, Study, headlines, study_of, whole_levels

__all__ = ["KitRun", "kit_run", "study_page", "write_kit_run"]


HERE = Path(__file__).parent
CELL = ["scenario", "level", *SWITCHES, "fault_level", "method", "students", "seed"]
BETWEEN = " | "  # separates measure, group and unit in a column name


@dataclass(frozen=True)
class KitRun:
    """A saved run, with its date and versions."""

    # Table ``level_figures``.
    figures: pd.DataFrame
    # Date of the run.
    day: str
    # The kit's version at the time.
    version: str
    # Whether sources and notebook are unchanged since; otherwise a run today may differ.
    as_here: bool

    @property
    def told(self) -> str:
        """Describe the run in a sentence."""
        children = ", ".join(f"{size:,}" for size in sorted(self.figures["students"].unique()))
        cells = len(self.figures.drop_duplicates(CELL))
        since = "" if self.as_here else " The kit has changed since: a run of today may differ a little."
        return (
            f"A run of {self.day} that comes with the kit: {cells} invented districts of {children} children."
            f"{since}"
        )


def kit_run() -> KitRun:
    """Read the run that ships with the kit."""
    about = json.loads((HERE / f"{KIT_RUN}.json").read_text(encoding="utf-8"))
    wide = pd.read_csv(HERE / f"{KIT_RUN}.csv")
    long = wide.melt(id_vars=CELL, var_name="head", value_name="value").dropna(subset=["value"])
    parts = long.pop("head").str.split(BETWEEN, regex=False, expand=True)
    long = long.assign(measure=parts[0], group=parts[1], unit=parts[2])
    return KitRun(
        as_table("level_figures", long), about["day"], about["version"], about["sources"] == sources()
    )


def write_kit_run(figures: pd.DataFrame, of_sources: str | None = None, folder: Path = HERE) -> None:
    """Write a run as the one that ships with the kit: one row per district, one column per figure."""
    heads = figures["measure"] + BETWEEN + figures["group"] + BETWEEN + figures["unit"]
    wide = figures.assign(head=heads).pivot(index=CELL, columns="head", values="value")
    order = pd.MultiIndex.from_frame(figures[CELL].drop_duplicates())
    wide = wide.reindex(order)[heads.drop_duplicates().tolist()].round(5).reset_index()
    text = io.StringIO()
    wide.to_csv(text, index=False, lineterminator="\n", float_format="%.7g")
    write_atomically(folder / f"{KIT_RUN}.csv", text.getvalue().encode("utf-8"), private=False)
    about = {
        "about": "Made by the study of exchange levels; every district in it is invented.",
        "day": dt.date.today().isoformat(),
        "version": kit_version(),
        "sources": of_sources or sources(),
        "libraries": dict(libraries()),
    }
    told = json.dumps(about, indent=2) + "\n"
    write_atomically(folder / f"{KIT_RUN}.json", told.encode("utf-8"), private=False)


NONE = "none for sure"
CHILDREN_A_SCHOOL = 500


def study_page(study: Study, out_path: Path, costs: Costs | None = None) -> Path:
    """Write the page of the study."""
    title = "What does each step of exchange buy a child?"
    return block_page(out_path, title, list(_blocks(study, costs or kit_costs())), about_line(SAYS))


class _Beside:
    """A study, with the kit's own run for what the study didn't run."""

    def __init__(self, study: Study) -> None:
        """Store the study; the kit's run is loaded when needed."""
        self.study = study
        self._kits: Study | None = None

    def of(self, option: str, has: Callable[[Study], object]) -> tuple[Study, list[Block]]:
        """Return the study that has something, with a note if it is the kit's."""
        if has(self.study):
            return self.study, []
        came = kit_run()
        self._kits = self._kits or study_of(came.figures)
        return self._kits, [note(f"This run is without {option}. Here stands another. {came.told}")]


def _blocks(study: Study, costs: Costs) -> Iterator[Block]:
    yield answer(finding_of(study))
    yield chart_of_levels(study)
    yield reading(
        "A panel a measure: what a joined picture is worth at each level of exchange.",
        "A dot is the mean over seeds, the bar its interval. Where two bars overlap much, seeds explain as "
        "much as the level does.",
        "Look for the first level at which your question has its answer: that is the step to ask for.",
    )
    says = [(one.title, one.unit, one.meaning) for one in headlines()]
    yield table(pd.DataFrame(says, columns=["measure", "unit", "says"]), fold="What each measure says")
    beside = _Beside(study)
    yield heading("What is left where nothing hangs together?")
    placebo, since = beside.of("--placebo", lambda one: one.figures["scenario"].eq(PLACEBO).any())
    yield from since
    if placebo is not study:
        yield chart_of_placebo(placebo)
    yield from _placebo(placebo)
    yield heading("And where nobody joins by name?")
    alone, since = beside.of("--by-number", _joins_both_ways)
    yield from since
    yield chart_by_number(alone)
    yield note(
        "Most systems can join by a number and by nothing else. There a level decides who is found. "
        "Where somebody joins by name and birth date as well, most of that is found before any system "
        "changes, and the levels buy questions, days and hours."
    )
    yield heading("Which switch buys most?")
    moved, since = beside.of("--switches", lambda one: one.gains["way"].eq("last").any())
    yield from since
    yield from _switches(moved)
    yield heading("What would one standard have saved?")
    yield from _standard(costs)
    yield heading("The roadmap: which step first, and at what cost?")
    yield from since
    yield from _roadmap(moved, costs)
    yield heading("People: who has to be trained?")
    schools = _schools_of(next(iter(costs.size.values())).children)
    few = max(1, len(schools) // 2)  # IT specialists in such a district; the kit's own
    yield from people_blocks(staffing_plan(schools, specialists=few, specialist_trainers=1, team_trainers=1))
    yield heading("How this was made")
    cells = study.figures.drop_duplicates(["scenario", "level", "seed", *SWITCHES, "method"])
    faults = ", ".join(study.figures["fault_level"].unique())
    yield note(
        f"{len(cells)} districts were made, read, joined, shown and judged, each by one headless run of the "
        f"notebook one_district. The rates of faults are those of the level {faults} everywhere, so that "
        "better joins are not merely cleaner records.",
        "Found, missed and wrongly flagged compare the kit's links with the answer key's on the same files: "
        "what a file says wrongly or late counts in neither.",
        SAYS,
    )


def _joins_both_ways(study: Study) -> bool:
    return {BY_NUMBER} < set(study.figures["method"])


def _switches(study: Study) -> Iterator[Block]:
    heads = {"most": "buys most"}
    alone = steps_table(study)
    counted = alone.loc[alone["most"].ne(NONE), "most"].value_counts()
    best = "no switch buys anything for sure"
    if len(counted):
        best = f"**{counted.index[0]}** buys most in {counted.iloc[0]} of {len(alone)} measures"
    yield answer(f"Moved alone from {FROM} to {TO}: {best}.")
    yield table(alone, f"One switch moved alone, from {FROM} to {TO}", names=heads)
    last = f"The same switch moved last, when the others are at {TO}"
    yield table(steps_table(study, "last"), last, names=heads)
    yield note(
        "In brackets the 95% interval over seeds, of differences between districts with the same children. A "
        "switch that buys little alone may buy much at the end: fresh exports that nobody can join are fresh "
        "for nobody.",
        CODES,
    )


def _placebo(study: Study) -> Iterator[Block]:
    there = [level for level in LEVELS if value_at(study, "two_systems", level, PLACEBO) is not None]
    last = there[-1]
    real = value_at(study, "two_systems", last) or 0.0
    none = value_at(study, "two_systems", last, PLACEBO) or 0.0
    yield answer(
        f"At the level {last}, two systems point at **{real:.0f}** of 1,000 children more than chance would "
        f"bring together; in the placebo at **{none:.0f}**{_holds_zero(study, last)}."
    )
    yield note(
        "In the placebo every system sees a child of its own: absences say nothing about tests, tests "
        "nothing about conduct. Its records join as well, its profiles are as complete, its questions are "
        "answered as often. But the page of a joined child tells nothing that each system didn't tell alone.",
        "So the gray line parts the figures into two kinds. Where the two bars touch, a figure measures the "
        "plumbing. Only where they lie apart does joining tell something about children, and how much is "
        "what the generator put in.",
    )


def _holds_zero(study: Study, level: str) -> str:
    """Check whether chance explains the rest in the placebo."""
    found = whole_levels(study)
    here = found["measure"].eq("two_systems") & found["level"].eq(level) & found["scenario"].eq(PLACEBO)
    low, high = (float(found.loc[here, end].iloc[0]) for end in ("low", "high"))
    return f" ({low:.0f} to {high:.0f}), which chance explains" if low <= 0 <= high else ""


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
        f"Pair by pair, **{pairs['systems']} systems** need **{pairs['agreements']} agreements** and "
        f"**{pairs['mappings']} mapped columns**; with one standard **{one['agreements']}** and "
        f"**{one['mappings']}**."
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
        shown, f"Steps in their order by questions for a dollar, over {costs.years} years", names=heads
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
            f"{size.title}: {size.districts:,} {'district' if size.districts == 1 else 'districts'}, "
            f"{size.children:,} children. {size.source}."
            for size in costs.size.values()
        ),
    )
