"""Measure which questions each exchange level answers, and which families could know, all else equal.

If a level loses a question, the reason is what systems exchange there. The size of the loss depends on the
generator (`levels.toml` is the kit's own judgment, and `family_contact` draws which messages families open):
the tables show how answers depend on exchange, not what districts are like.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.files import read_district
from helpers.gaps import communication_gap, count_informed_families
from helpers.link import link_district, method_named
from helpers.profile import (
    MemorySource,
    answer_questions,
    build_profiles,
    compute_indicators,
    source_of,
    status_of,
)
from helpers.standard import as_table
from synthetic_data.district import make_district
from synthetic_data.scenario import LEVELS
from synthetic_data.workers import context

__all__ = ["AtLevels", "at_levels", "families_together", "question_levels", "questions_together"]


@dataclass(frozen=True)
class AtLevels:
    """Answers of districts at each exchange level."""

    # Table ``question_levels``: one row per level and question.
    questions: pd.DataFrame
    # Table ``families_at_levels``: how many families could know what the systems record, and why not.
    families: pd.DataFrame


def source_at(
    level: str, *, students: int, seed: int, method: str = "resolved", **overrides: Any
) -> MemorySource:
    """Generate, read and link a district of one exchange level."""
    rung = method_named(method)
    folder = make_district("workshop", students=students, seed=seed, level=level, **overrides)
    district = read_district(folder)
    links = link_district(district, rung)
    profiles = build_profiles(district, links)
    return source_of(district, links, profiles, compute_indicators(district, links, profiles))


def at_levels(
    levels: Sequence[str] = LEVELS,
    *,
    students: int = 300,
    seeds: Sequence[int] = (3,),
    method: str = "resolved",
    least_share: float | None = None,
    processes: int = 1,
) -> AtLevels:
    """Answer the kit's questions at every exchange level, and count the families who could know."""
    asked = [(level, seed, students, method, least_share) for level in levels for seed in seeds]
    if processes > 1 and len(asked) > 1:
        with ProcessPoolExecutor(min(processes, len(asked)), mp_context=context()) as pool:
            found = list(pool.map(_at_level, asked))
    else:
        found = [_at_level(each) for each in asked]
    answers, families = zip(*found, strict=True)
    return AtLevels(questions_together(answers, least_share), families_together(families))


def _at_level(asked: tuple[str, int, int, str, float | None]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Generate one district, answer all questions, and count its families."""
    level, seed, students, method, least_share = asked
    source = source_at(level, students=students, seed=seed, method=method)
    answers = answer_questions(source, least_share=least_share).assign(level=level)
    gap = communication_gap(source.district, source.links, source.profiles)
    return answers, count_informed_families(gap).assign(level=level)


def question_levels(
    levels: Sequence[str] = LEVELS,
    *,
    students: int = 300,
    seeds: Sequence[int] = (3,),
    method: str = "resolved",
    least_share: float | None = None,
    processes: int = 1,
) -> pd.DataFrame:
    """Answer the kit's questions at every exchange level; see `at_levels`."""
    return at_levels(
        levels, students=students, seeds=seeds, method=method, least_share=least_share, processes=processes
    ).questions


def questions_together(answers: Sequence[pd.DataFrame], least_share: float | None = None) -> pd.DataFrame:
    """Combine the answers of several districts, level by level."""
    every = pd.concat(answers, ignore_index=True)
    key = ["level", "question"]
    whole = every.groupby(key, sort=False).agg(
        text=("text", "first"),
        asked_by=("asked_by", "first"),
        concerned=("concerned", "sum"),
        answerable=("answerable", "sum"),
        platforms_before=("platforms_before", "max"),
        platforms_after=("platforms_after", "max"),
    )
    # The reason comes from the district with the most children without an answer.
    worst = every.assign(lacking=every["concerned"] - every["answerable"])
    worst = worst.sort_values("lacking", ascending=False, kind="stable").drop_duplicates(key).set_index(key)
    share = whole["answerable"] / whole["concerned"].where(whole["concerned"] > 0)
    whole = whole.assign(
        share_answerable=share.astype("float64"),
        why=worst["why"].reindex(whole.index),
        lacks=worst["lacks"].reindex(whole.index),
    ).reset_index()
    return as_table("question_levels", whole.assign(status=status_of(whole["share_answerable"], least_share)))


def families_together(counted: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Count the families of several districts, level by level."""
    every = pd.concat(counted, ignore_index=True)
    key = ["level", "measure", "domain"]
    whole = every.groupby(key, sort=False, dropna=False)[["numerator", "denominator"]].sum().reset_index()
    share = whole["numerator"] / whole["denominator"].where(whole["denominator"] > 0)
    return as_table("families_at_levels", whole.assign(share=share.astype("float64")))
