"""What screeners and surveys say of a child's well-being."""

from __future__ import annotations

import numpy as np

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told
from helpers.profile.groups import Groups
from helpers.profile.newest import newest_told
from helpers.profile.tallies import Tallies
from helpers.standard.elements import Element

__all__ = ["latest_screening", "mean_answer"]

# A child may need several days for a survey; answers this many days before its newest one belong to it.
DAYS_OF_A_WINDOW = 30


def latest_screening(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take what the newest form of the year says, of the kind and scale that the element asks for."""
    forms = evidence.tables["screener_result"]
    column = str(element.column)
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~forms.lacks(column))
    said = forms.texts(column, at) if element.type == "string" else forms.numbers(column)[at]
    day = forms.days("date")[at]
    return newest_told(element, evidence, "screener_result", at, [day], said, weighed=weighed, as_of=day)


def mean_answer(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Average a child's answers about one competency, of the newest window of the year."""
    answers = evidence.tables["survey_response"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~answers.lacks("response"))
    day = answers.days("date")[at]
    of_record = Groups(answers.tie[at], answers.year[at])
    newest = of_record.newest(day)[of_record.of]
    # A comparison with no day is never true, so that an answer without one stands alone or not at all.
    kept = (newest - day < np.timedelta64(DAYS_OF_A_WINDOW + 1, "D")) | np.isnat(newest)
    at, day = at[kept], day[kept]
    whose = Whose.of(answers, at)
    groups = Groups(whose.tie, whose.year)
    of = whose.of_groups(groups)
    as_of = groups.newest(day)
    values = told(
        element, evidence, of, groups.mean(answers.numbers("response")[at]), rows=groups.size(),
        as_of=np.where(np.isnat(as_of), evidence.spoken_for(of.system, of.tie), as_of),
    )  # fmt: skip
    return Found(values, {"survey_response": weighed}, {"survey_response": (at, groups.of)})
