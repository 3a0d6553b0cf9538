"""Which questions about children can be answered at each exchange level, and why the others can't.

The districts are made alike but for what their systems exchange, so that a question which falls away at a
level falls away because of it. How much does is the generator's doing (`levels.toml` is the kit's own
judgement): the table shows how answers hang on exchange, not what districts are like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from helpers.files import read_district
from helpers.layouts import BadInput, as_table, nearest
from helpers.link import METHODS, link_district
from helpers.profile import child_profiles
from helpers.profile.indicators import child_indicators
from helpers.profile.questions import answer_questions, status_of
from helpers.profile.source import MemorySource, source_of
from synthetic_data.district import make_district
from synthetic_data.scenario import LEVELS

__all__ = ["question_levels", "source_at"]


def source_at(
    level: str, *, students: int, seed: int, method: str = "decided", **overrides: Any
) -> MemorySource:
    """Make, read and join a district of one exchange level.

    Parameters
    ----------
    level
        What the systems exchange.
    students, seed
        Children of the district, and its seed.
    method
        Highest rung of the ladder by which records are joined.
    **overrides
        Further keys of the scenario.

    Returns
    -------
    MemorySource
        What is known of its children.

    Raises
    ------
    BadInput
        When no rung of the ladder has that name.
    """
    rung = next((name for name in METHODS if name == method), None)
    if rung is None:
        raise BadInput(
            f"No rung of the ladder is called {method!r}.{nearest(method, METHODS)} There are: "
            f"{', '.join(METHODS)}."
        )
    folder = make_district("workshop", students=students, seed=seed, level=level, **overrides)
    district = read_district(folder)
    links = link_district(district, rung)
    profiles = child_profiles(district, links)
    return source_of(district, links, profiles, child_indicators(district, links, profiles))


def question_levels(
    levels: Sequence[str] = LEVELS,
    *,
    students: int = 300,
    seeds: Sequence[int] = (3,),
    method: str = "decided",
    least_share: float | None = None,
) -> pd.DataFrame:
    """Ask the kit's questions at every exchange level.

    Parameters
    ----------
    levels
        Exchange levels, in the order of the table.
    students
        Children of each district.
    seeds
        A district each at every level; children are counted together.
    method
        Highest rung of the ladder by which records are joined; ``shared identifier`` is what systems can do
        by their numbers alone.
    least_share
        From which share of the children on a question counts as answered; as declared when not given.

    Returns
    -------
    pandas.DataFrame
        Table ``question_levels``: one row a level and question.
    """
    found = []
    for level in levels:
        for seed in seeds:
            source = source_at(level, students=students, seed=seed, method=method)
            found.append(answer_questions(source, least_share=least_share).assign(level=level))
    every = pd.concat(found, ignore_index=True)
    whole = every.groupby(["level", "question"], sort=False).agg(
        text=("text", "first"),
        asked_by=("asked_by", "first"),
        concerned=("concerned", "sum"),
        answerable=("answerable", "sum"),
        platforms_before=("platforms_before", "max"),
        platforms_after=("platforms_after", "max"),
    )
    worst = every.assign(lacking=every["concerned"] - every["answerable"])
    worst = worst.sort_values("lacking", ascending=False, kind="stable")
    worst = worst.drop_duplicates(["level", "question"]).set_index(["level", "question"])
    whole = whole.assign(
        share_answerable=(whole["answerable"] / whole["concerned"].where(whole["concerned"] > 0)).astype(
            "float64"
        ),
        why=worst["why"].reindex(whole.index),
        lacks=worst["lacks"].reindex(whole.index),
    ).reset_index()
    return as_table("question_levels", whole.assign(status=status_of(whole["share_answerable"], least_share)))
