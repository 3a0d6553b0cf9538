"""Summarize the survey: maturity profile, change, next steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.standard import as_table, declared_survey, empty_table
from helpers.survey.against_files import compare_opinion_with_files
from helpers.survey.answers import SurveyAnswers
from helpers.survey.form import unnamed
from helpers.survey.scores import AGREE, ENOUGH, agreement, item_scores, survey_scores

__all__ = ["TALK_FIRST", "SurveyResults", "assess_system", "change", "next_steps"]


# Two-sided 95% critical values of Student's t for 1 to 10 degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_Z = 1.959964


def _t(freedom: float) -> float:
    """Return the critical value, with degrees of freedom rounded down; past the table by Cornish-Fisher."""
    whole = max(int(freedom), 1)
    if whole <= len(_T):
        return _T[whole - 1]
    first = (_Z**3 + _Z) / (4 * whole)
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * whole**2)
    return _Z + first + second


def change(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Compare two years of one school system, domain by domain.

    Parameters
    ----------
    before, now
        Table ``survey_answers`` of one year each.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_change``. Only items answered in both years count. If two or more people answered in
        both years, we compare only them, each with herself. Otherwise we compare the mean of all now with the
        mean of all before, so that people who left or came are part of the difference. The interval is
        Student's t over people; with one person there is none. It shows how far the figure would move if
        other such people had answered. It doesn't mean that anybody was sampled at random.
    """
    if now.empty:
        return as_table("survey_change", pd.DataFrame())
    where = {
        "system": now["system"].iloc[0],
        "year": now["year"].iloc[0],
        "year_before": before["year"].iloc[0] if len(before) else None,
    }
    one, other = _wide(before), _wide(now)
    lines = []
    for code in declared_survey().domains:
        asked = [item.id for item in declared_survey().of_domain(code)]
        items = [item for item in asked if item in one and item in other]
        if len(items) < ENOUGH * len(asked):
            lines.append(
                {**where, "domain": code, "items": len(items), "people": 0, "how": "Not to be compared"}
            )
            continue
        lines.append({**where, "domain": code, "items": len(items), **_compared(one[items], other[items])})
    return as_table("survey_change", pd.DataFrame(lines))


def _wide(answers: pd.DataFrame) -> pd.DataFrame:
    """Pivot to one row per respondent and one numeric column per answered item."""
    known = answers.dropna(subset=["answer"])
    who = known["respondent"].str.casefold().str.split().str.join(" ")
    long = pd.DataFrame(
        {
            "who": who.astype(object),
            "item": known["item"].astype(object),
            "answer": known["answer"].astype(float),
        }
    )
    return long.pivot_table(index="who", columns="item", values="answer", aggfunc="last")


def _compared(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, object]:
    # An unnamed respondent is named by row, and the same row of another year's file may be anybody.
    same = [who for who in one.index.intersection(other.index) if not unnamed(who)]
    # Compare each person with herself, on the items that she answered both times.
    both = (one.loc[same].notna() & other.loc[same].notna()).where(lambda cells: cells)
    before, now = (one.loc[same] * both).mean(axis=1), (other.loc[same] * both).mean(axis=1)
    enough = both.sum(axis=1) >= ENOUGH * one.shape[1]
    before, now = before[enough], now[enough]
    if len(now) > 1:
        moved = (now - before).to_numpy()
        half = _t(len(moved) - 1) * float(moved.std(ddof=1)) / math.sqrt(len(moved))
        return _line("Same people", before.mean(), now.mean(), len(moved), half)
    before, now = one.mean(axis=1).dropna(), other.mean(axis=1).dropna()
    if min(len(before), len(now)) < 2:
        alike = set(before.index) == set(now.index) and not any(map(unnamed, now.index))
        how = "Same people" if alike else "Other people"
        return _line(how, before.mean(), now.mean(), len(now), float("nan"))
    spread = [float(side.var(ddof=1)) / len(side) for side in (before, now)]
    error = math.sqrt(sum(spread))
    parts = sum(part**2 / (len(side) - 1) for part, side in zip(spread, (before, now), strict=True))
    half = _t(sum(spread) ** 2 / parts) * error if parts else 0.0
    return _line("Other people", before.mean(), now.mean(), len(now), half)


def _line(how: str, before: float, now: float, people: int, half: float) -> dict[str, object]:
    moved = now - before
    return {
        "how": how,
        "people": people,
        "before": before,
        "now": now,
        "change": moved,
        "low": moved - half if not np.isnan(half) else None,
        "high": moved + half if not np.isnan(half) else None,
    }


TALK_FIRST = "First, ask those who answered differently to compare what they see. Then: "


def next_steps(answers: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """List the items to work on next.

    Parameters
    ----------
    answers
        Table ``survey_answers`` of one year.
    most
        Maximum number of steps.

    Returns
    -------
    pandas.DataFrame
        Rows of ``survey_items``, lowest first (by anchor, then mean, then order of items), and
        ``talk_first``: respondents disagree, so they should talk before anybody acts. Items at the highest
        anchor are left out.
    """
    items = item_scores(answers)
    items = items[items["level"].lt(declared_survey().highest).fillna(False)]
    lowest = items.sort_values(["level", "mean"], kind="stable").head(most)
    apart = agreement(answers).dropna(subset=["item"]).set_index("item")["average_deviation"]
    differ = lowest["item"].map(apart).gt(AGREE).fillna(False).astype(bool)
    step = lowest["next_step"].where(~differ, TALK_FIRST + lowest["next_step"])
    return lowest.assign(next_step=step, talk_first=differ).reset_index(drop=True)


@dataclass(frozen=True)
class SurveyResults:
    """Results of one year's answers.

    Attributes
    ----------
    system, year
        School system and year; no year if the file has none.
    people
        Table ``survey_respondents`` of that year.
    scores, items, agreement, change, beside_files
        Tables ``survey_scores``, ``survey_items``, ``survey_agreement``, ``survey_change`` (empty without a
        year before) and ``opinion_vs_files`` (empty without files).
    steps
        From `next_steps`.
    findings, accounts
        From the files of answers, and a finding if fewer than two people answered this year.
    """

    system: str
    year: int | None
    people: pd.DataFrame
    scores: pd.DataFrame
    items: pd.DataFrame
    agreement: pd.DataFrame
    change: pd.DataFrame
    beside_files: pd.DataFrame
    steps: pd.DataFrame
    findings: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def together(self) -> pd.DataFrame:
        """Scores of all respondents together, one row per domain."""
        return self.scores[self.scores["respondent"].isna()].reset_index(drop=True)

    @property
    def lowest(self) -> str | None:
        """Code of the domain with the lowest score; None without scores."""
        scored = self.together.dropna(subset=["score"])
        return None if scored.empty else str(scored.sort_values("score", kind="stable")["domain"].iloc[0])


def assess_system(
    answers: SurveyAnswers,
    last_year: SurveyAnswers | None = None,
    scorecard: pd.DataFrame | None = None,
) -> SurveyResults:
    """Assess one school system from its survey answers.

    Parameters
    ----------
    answers
        This year's file. If it has several years, the latest is this year, and the one before it last year.
    last_year
        Last year's answers, from a file of their own.
    scorecard
        Table ``scorecard`` of the same system's files, if any.

    Returns
    -------
    SurveyResults
        Without respondents, all tables but the findings are empty; one respondent has nobody to compare with.
        Both become findings: ``nobody_answered`` and ``one_person_answered``.
    """
    years = answers.years
    year = years[-1] if years else None
    now = answers.of_year(year)
    before = _before(answers, last_year, year)
    findings, rows = [_too_few(now), answers.findings], [answers.accounts]
    if last_year is not None:
        findings = [*findings, last_year.findings, _of_another(answers, last_year)]
        rows = [*rows, last_year.accounts]
    return SurveyResults(
        system=answers.system,
        year=year,
        people=now.respondents,
        scores=survey_scores(now.answers),
        items=item_scores(now.answers),
        agreement=agreement(now.answers),
        change=empty_table("survey_change") if before.empty else change(before, now.answers),
        beside_files=empty_table("opinion_vs_files")
        if scorecard is None
        else compare_opinion_with_files(now.answers, scorecard),
        steps=next_steps(now.answers),
        findings=as_table("findings", pd.concat(findings, ignore_index=True)),
        accounts=as_table("accounts", pd.concat(rows, ignore_index=True)),
    )


def _too_few(now: SurveyAnswers) -> pd.DataFrame:
    """Report as a finding that nobody answered, or only one person: one answer can't show agreement."""
    people = now.respondents[now.respondents["answered"].gt(0)]
    if len(people) > 1:
        return empty_table("findings")
    files = now.accounts["file"]
    line: dict[str, object] = {"silo": "survey", "times": 1, "action_taken": "nothing"}
    if people.empty:
        line |= {
            "file": files.iloc[0] if len(files) else None,
            "kind": "nobody_answered",
            "expected": "at least one person",
        }
    else:
        line |= {
            "file": people["file"].iloc[0],
            "row": people["row"].iloc[0],
            "kind": "one_person_answered",
            "expected": "at least two people: one person's answers show no agreement",
        }
    return as_table("findings", pd.DataFrame([line]))


def _of_another(answers: SurveyAnswers, last_year: SurveyAnswers) -> pd.DataFrame:
    """Report that last year's file names another school system: a renamed one, or the wrong file."""
    now, before = answers.respondents["system"], last_year.respondents["system"]
    if now.empty or before.empty or now.iloc[0].casefold().split() == before.iloc[0].casefold().split():
        return empty_table("findings")
    file = last_year.respondents["file"].iloc[0]
    line = {"silo": "survey", "file": file, "column": "system", "value": before.iloc[0], "times": 1}
    return as_table(
        "findings",
        pd.DataFrame([{**line, "kind": "system_other", "expected": now.iloc[0], "action_taken": "nothing"}]),
    )


def _before(answers: SurveyAnswers, last_year: SurveyAnswers | None, year: int | None) -> pd.DataFrame:
    """Return last year's answers, from their own file or from the same one."""
    file = answers if last_year is None else last_year
    earlier = [one for one in file.years if year is None or one < year]
    if earlier:
        return file.of_year(earlier[-1]).answers
    if last_year is None:
        return empty_table("survey_answers")
    # Its file has no year, or no earlier one. We trust the caller that it is last year's.
    return last_year.of_year(last_year.years[-1] if last_year.years else None).answers
