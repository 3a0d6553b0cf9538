"""The study: all cells of a plan, put together into the tables that its command, page and notebook show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.report.runs.execute import Progress
from helpers.standard import empty_table
from synthetic_data.studies.levels.plan import SWITCHES, WORKSHOP, Cell
from synthetic_data.studies.levels.running import AT_ONCE, run_cells
from synthetic_data.studies.levels.together import gains, headlines, over_seeds
from synthetic_data.studies.questions import families_together, questions_together

__all__ = ["SAYS", "Study", "run_study", "study_of", "whole_levels"]

# On every page and in the notebook: what these figures are, and what they aren't.
SAYS = (
    "Every district here is invented. What a level sets is the generator's own judgement, and what follows "
    "from it was put in by the generator: it shows how figures hang on exchange, not what districts are "
    "like. The intervals are those of the simulation: they say how far another seed would carry a figure, "
    "and nothing more."
)


@dataclass(frozen=True)
class Study:
    """What the districts of a plan came to.

    Attributes
    ----------
    figures
        Table ``level_figures``: every figure of every district.
    intervals
        Table ``level_intervals``: what is shown, over seeds.
    gains
        Table ``step_gains``: what each step buys.
    questions, families
        Tables ``question_levels`` and ``families_at_levels`` of the workshop's districts, whole levels only.
    kept, run
        Districts found as they had been kept, and those run now.
    """

    figures: pd.DataFrame
    intervals: pd.DataFrame
    gains: pd.DataFrame
    questions: pd.DataFrame
    families: pd.DataFrame
    kept: int = 0
    run: int = 0

    @property
    def method(self) -> str:
        """The way to join of its first district: the one that is shown."""
        return str(self.figures["method"].iloc[0])


def run_study(cells: Sequence[Cell], *, processes: int = AT_ONCE, aloud: bool = False) -> Study:
    """Run a plan, or find what was kept of it.

    Parameters
    ----------
    cells
        From ``synthetic_data.studies.levels.plan.plan``.
    processes
        How many districts are worked on side by side.
    aloud
        Whether progress is said on standard error.

    Returns
    -------
    Study
        Its tables.

    Raises
    ------
    CellFailed
        When a district failed; the message names each.
    """
    ran = run_cells(cells, processes=processes, progress=Progress(len(cells)) if aloud else None)
    asked, told = (
        table[table["scenario"].eq(WORKSHOP) & table["method"].eq(cells[0].method)]
        for table in (ran.tables["question_answers"], ran.tables["families_informed"])
    )
    return study_of(
        ran.tables["level_figures"],
        questions_together([asked]) if len(asked) else None,
        families_together([told]) if len(told) else None,
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
    """Put the figures of many districts together.

    Parameters
    ----------
    figures
        Table ``level_figures``.
    questions, families
        What was asked and told at whole levels, where it is at hand.
    kept, run
        How many districts were found, and how many run.

    Returns
    -------
    Study
        Its tables.
    """
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
    """Give what the chart shows: the intervals of levels whose switches all stand as the level has them.

    Parameters
    ----------
    study
        The study.
    method
        The way to join; the study's first when not given.

    Returns
    -------
    pandas.DataFrame
        Rows of ``level_intervals`` with ``label`` (the measure's title) and ``series`` (empty, or placebo),
        in the order of the measures.
    """
    found = study.intervals[study.intervals["method"].eq(method or study.method)]
    for switch in SWITCHES:
        found = found[found[switch].eq(found["level"])]
    titles = {headline.id: headline.title for headline in headlines()}
    order = {headline.id: place for place, headline in enumerate(headlines())}
    shown = found.assign(
        label=found["measure"].map(titles), series=found["scenario"].mask(found["scenario"].eq(WORKSHOP), "")
    )
    places = shown["measure"].map(order)
    return shown.loc[places.sort_values(kind="stable").index].reset_index(drop=True)
