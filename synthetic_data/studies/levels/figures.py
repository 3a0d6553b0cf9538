"""Compute the figures of one cell: a district as read, linked, shown and scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.gaps import manual_minutes
from helpers.score import AS_THEY_ARE, KNOWN, SIGNS, GroupScores, signs_of, systems_of_signs
from helpers.share import read_policy
from helpers.standard import as_table

if TYPE_CHECKING:
    from helpers.profile import LatestDay, Source

__all__ = [
    "ANY",
    "EVERYBODY",
    "across_silos",
    "figures_of",
    "hand_minutes_of",
    "joins",
    "questions_asked",
    "risk_found",
    "what_is_shown",
]

ANY, EVERYBODY = "Any sign", "All"
Line = tuple[str, str, float, str]


def risk_found(at_risk: pd.DataFrame) -> Iterator[Line]:
    """Count children at risk who are found, missed and wrongly flagged, overall and by indicator."""
    for group, signs in {ANY: SIGNS, **{sign: (sign,) for sign in SIGNS}}.items():
        shown = at_risk[[f"{sign}.shown" for sign in signs]].any(axis="columns").to_numpy(dtype=bool)
        truly = at_risk[[f"{sign}.truly" for sign in signs]].any(axis="columns").to_numpy(dtype=bool)
        yield "children at risk", group, float(truly.sum()), "children"
        yield "found", group, float((truly & shown).sum()), "children"
        yield "missed", group, float((truly & ~shown).sum()), "children"
        yield "wrongly flagged", group, float((shown & ~truly).sum()), "children"
        if truly.any():
            yield "share found", group, float((truly & shown).sum()) / float(truly.sum()), "rate"


def across_silos(indicators: pd.DataFrame, profile: pd.DataFrame) -> Iterator[Line]:
    """Count children flagged by two systems, and the number expected by chance.

    The second system adds what is beyond chance. We compute chance among children of one grade with data in
    the same systems: each system flags as many of them, at random. Otherwise, unlinked children would make
    the others look alike. Without a link, no page shows both.
    """
    grades = profile.set_index("child")["roster_grade_level"].dropna()
    points = _by_system(signs_of(indicators), grades.index)
    known = _by_system(signs_of(indicators, KNOWN), grades.index)
    both = int((points.sum(axis=1) >= 2).sum())
    alike = pd.factorize(pd.MultiIndex.from_arrays([grades.to_numpy(dtype=object), *known.T]))[0]
    chance = 0.0
    for number in range(int(np.max(alike, initial=-1)) + 1):
        here = points[alike == number]
        chance += len(here) * _two_or_more(here.mean(axis=0))
    yield "two systems point", EVERYBODY, float(both), "children"
    yield "two systems by chance", EVERYBODY, chance, "children"
    yield "two systems beyond chance", EVERYBODY, both - chance, "children"


def _by_system(signs: pd.DataFrame, children: pd.Index) -> np.ndarray:
    """Mark the systems that flag each child, one row per child, one column per system."""
    here = signs.reindex(children).fillna(False).astype(bool)
    systems = systems_of_signs()
    stated = [
        here[[sign for sign in SIGNS if systems[sign] == system]].any(axis="columns")
        for system in dict.fromkeys(systems.values())
    ]
    return np.column_stack(stated).astype(bool)


def _two_or_more(shares: np.ndarray) -> float:
    """Return the probability that two or more independent events occur."""
    none = float(np.prod(1 - shares))
    one = sum(float(share * np.prod(np.delete(1 - shares, place))) for place, share in enumerate(shares))
    return 1 - none - one


def what_is_shown(source: Source, profile: pd.DataFrame, newest: LatestDay) -> Iterator[Line]:
    """Measure how complete profiles are, and how old the values are that a teacher sees.

    The delay of a value is its system's number of days behind the latest system, averaged over all values
    that a teacher may see. We skip systems with windows, such as tests.
    """
    rostered = profile["roster_grade_level"].notna()
    yield "completeness", EVERYBODY, float(profile.loc[rostered, "completeness"].mean()), "rate"
    policy = read_policy()
    domains = {name for name in policy.domains if policy.rule("teacher", name).allow == "row"}
    elements = [name for domain in domains for name in policy.domains[domain].elements]
    values = source.values(elements=elements)
    shown = values[values["chosen"] & values["child"].isin(profile.loc[rostered, "child"])]
    behind = _days_behind(newest)
    delay = shown["silo"].map(behind).dropna().to_numpy(dtype="float64")
    if len(delay):
        yield "days of delay", EVERYBODY, float(delay.mean()), "days"


def _days_behind(newest: LatestDay) -> dict[str, float]:
    """Return the days by which each system is behind the latest; one with windows isn't late."""
    last = max(newest.days.values(), default=pd.Timestamp(0))
    return {
        silo: float((last - day).days) for silo, day in newest.days.items() if not newest.pauses.get(silo)
    }


def questions_asked(answers: pd.DataFrame) -> Iterator[Line]:
    """Count the questions that can be answered, and the average number of platforms opened for one."""
    yield "questions answered", EVERYBODY, float(answers["status"].eq("Answered").sum()), "questions"
    yield "questions asked", EVERYBODY, float(len(answers)), "questions"
    # A user without an answer on the joined page still opens one system after the other.
    before = answers["platforms_before"].astype("float64")
    opened = before.mask(answers["status"].eq("Answered").to_numpy(dtype=bool), 1.0)
    yield "platforms without joining", EVERYBODY, float(before.mean()), "platforms a question"
    yield "platforms opened", EVERYBODY, float(opened.mean()), "platforms a question"


def hand_minutes_of(work: pd.DataFrame) -> Iterator[Line]:
    """Sum the manual minutes of one exchange: likely, and both ends of the assumed range."""
    minutes = manual_minutes(work)
    yield "hand work", EVERYBODY, float(minutes.likely), "minutes"
    yield "hand work", "Low", float(minutes.low), "minutes"
    yield "hand work", "High", float(minutes.high), "minutes"


def joins(scored: GroupScores) -> Iterator[Line]:
    """Score the links, and the gaps between groups of children."""
    scores = scored.scores[scored.scores["faults"].eq(AS_THEY_ARE)]
    everybody = scores[scores["group"].eq("All") & scores["population"].fillna("All").eq("All")]
    by_measure = everybody.drop_duplicates("measure").set_index("measure")["value"]
    for measure, name in (("F1", "F1"), ("Children mixed", "wrongly joined")):
        if measure in by_measure.index:
            yield name, EVERYBODY, float(by_measure[measure]), "rate"
    gaps = scored.gaps[scored.gaps["faults"].eq(AS_THEY_ARE) & scored.gaps["population"].eq("All")]
    for dimension, gap in zip(gaps["dimension"], gaps["gap"], strict=True):
        if not pd.isna(gap):
            yield "F1 gap", str(dimension), float(gap), "rate"


def figures_of(parameters: Mapping[str, object], *parts: Iterator[Line] | Sequence[Line]) -> pd.DataFrame:
    """Build the table of a cell's figures."""
    lines = [line for part in parts for line in part]
    found = pd.DataFrame(lines, columns=["measure", "group", "value", "unit"])
    return as_table("level_figures", found.assign(**dict[str, Any](parameters)))
