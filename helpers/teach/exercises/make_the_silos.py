"""Exercises on what systems exchange, and on errors that nobody notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.teach.exercise import Exercise, integer_error

__all__ = ["EXERCISES"]


def _share_a_number(answer: object, *, carried: Mapping[str, Mapping[str, float]], roster: str) -> str | None:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        return f'Give the names of the systems, such as ["meals"]; yours is a {type(answer).__name__}.'
    named = {str(name) for name in answer}
    if unknown := sorted(named - set(carried)):
        return f"There is no system {unknown[0]!r} here. There are: {', '.join(carried)}."
    own = {system for system, share in carried[roster].items() if share == 1}
    others = {silo: systems for silo, systems in carried.items() if silo != roster}
    whole = {silo for silo, systems in others.items() if any(systems.get(one, 0) == 1 for one in own)}
    partly = {silo for silo, systems in others.items() if any(one in systems for one in own)} - whole
    if named == whole:
        return None
    if roster in named:
        return f"{roster} is the roster itself. Which other systems carry one of its numbers?"
    if extra := sorted(named & partly):
        return (
            f"{extra[0]} carries such a number on a share of its records only: the other records have none."
        )
    if extra := sorted(named - whole):
        return f"{extra[0]} carries none of the numbers of {roster} ({', '.join(sorted(own))})."
    missed = min(whole - named)
    both = ", ".join(sorted(own & {one for one, share in carried[missed].items() if share == 1}))
    return f"You left out {missed}: both carry {both}, on every record."


def _not_findable(answer: object, *, faults: pd.DataFrame) -> str | None:
    if trouble := integer_error(answer, "accidents"):
        return trouble
    hidden = faults[faults["detected_by"].eq("Not findable")]
    accidents = hidden["fault"].nunique()
    if answer == accidents:
        return None
    if answer == len(hidden):
        return f"{answer:,} is the number of changed places. One error can change several (column fault)."
    if answer == hidden["kind"].nunique():
        return f"{answer:,} is the number of kinds. The question asks how often they happened here."
    if answer == faults["fault"].nunique() - accidents:
        return f"{answer:,} errors can be detected. The question asks for the others."
    return f"Yours is {answer:,}. An error that nobody can detect has detected_by 'Not findable'."


EXERCISES = (
    Exercise(
        number="1.1",
        asks="Which systems carry, on every record, a number that the roster carries too?",
        hints=(
            "Look for systems that name the same kind of number as the roster: District, or State.",
            "A share below 1 means that somebody types the number for some records only. Those don't count.",
            "carried[silo] is a dict of numbers and shares; keep the silos for which a number of the roster "
            "has the share 1, and leave the roster itself out.",
        ),
        check=_share_a_number,
    ),
    Exercise(
        number="1.2",
        asks="How many errors of this district could nobody detect from the files?",
        hints=(
            "The key's table of faults has a row for each changed place; its column fault numbers "
            "the errors.",
            "detected_by says what can detect an error from the files alone, or 'Not findable'.",
            'faults.loc[faults["detected_by"].eq("Not findable"), "fault"].nunique()',
        ),
        check=_not_findable,
    ),
)
