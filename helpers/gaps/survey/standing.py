"""Where a school system stands, all of it: scores, items, agreement, change, and opinion beside files."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.gaps.survey.agreement import agreement
from helpers.gaps.survey.beside_files import beside_files
from helpers.gaps.survey.change import change
from helpers.gaps.survey.next_steps import next_steps
from helpers.gaps.survey.reading import SurveyAnswers
from helpers.gaps.survey.scores import item_scores, survey_scores
from helpers.standard import as_table, empty_table

__all__ = ["Standing", "where_it_stands"]


@dataclass(frozen=True)
class Standing:
    """What a year's answers say.

    Attributes
    ----------
    system, year
        Of whom, and when; no year where the file doesn't say.
    people
        Table ``survey_respondents`` of that year.
    scores, items, agreement, change, beside_files
        Tables ``survey_scores``, ``survey_items``, ``survey_agreement``, ``survey_change`` (empty without a
        year before) and ``opinion_beside_files`` (empty without files).
    steps
        From `next_steps`.
    findings, accounts
        Of the files of answers, and that fewer than two people answered this year.
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
        """Scores of all respondents together, one row a domain."""
        return self.scores[self.scores["respondent"].isna()].reset_index(drop=True)

    @property
    def lowest(self) -> str | None:
        """Code of the domain with the lowest score; None when there is no score."""
        scored = self.together.dropna(subset=["score"])
        return None if scored.empty else str(scored.sort_values("score", kind="stable")["domain"].iloc[0])


def where_it_stands(
    answers: SurveyAnswers,
    last_year: SurveyAnswers | None = None,
    scorecard: pd.DataFrame | None = None,
) -> Standing:
    """Say where a school system stands.

    Parameters
    ----------
    answers
        This year's file; of several years in it the newest is this year, the one before it the year before.
    last_year
        The year before, from a file of its own.
    scorecard
        Table ``scorecard`` of the same system's files, where there are any.

    Returns
    -------
    Standing
        With 0 respondents every table but the findings is there and empty; with one there is nobody to
        compare with. Both are findings: ``nobody_answered`` and ``one_person_answered``.
    """
    years = answers.years
    year = years[-1] if years else None
    now = answers.of_year(year)
    before = _before(answers, last_year, year)
    told, rows = [_too_few(now), answers.findings], [answers.accounts]
    if last_year is not None:
        told = [*told, last_year.findings, _of_another(answers, last_year)]
        rows = [*rows, last_year.accounts]
    return Standing(
        system=answers.system,
        year=year,
        people=now.respondents,
        scores=survey_scores(now.answers),
        items=item_scores(now.answers),
        agreement=agreement(now.answers),
        change=empty_table("survey_change") if before.empty else change(before, now.answers),
        beside_files=empty_table("opinion_beside_files")
        if scorecard is None
        else beside_files(now.answers, scorecard),
        steps=next_steps(now.answers),
        findings=as_table("findings", pd.concat(told, ignore_index=True)),
        accounts=as_table("accounts", pd.concat(rows, ignore_index=True)),
    )


def _too_few(now: SurveyAnswers) -> pd.DataFrame:
    """Tell that nobody answered, or one person alone: with one, nobody knows whether others agree."""
    people = now.respondents[now.respondents["answered"].gt(0)]
    if len(people) > 1:
        return empty_table("findings")
    files = now.accounts["file"]
    line: dict[str, object] = {"silo": "survey", "times": 1, "done": "nothing"}
    if people.empty:
        line |= {
            "file": files.iloc[0] if len(files) else None,
            "kind": "nobody_answered",
            "expected": "one person at least",
        }
    else:
        line |= {
            "file": people["file"].iloc[0],
            "row": people["row"].iloc[0],
            "kind": "one_person_answered",
            "expected": "two people at least: with one, agreement can't be told",
        }
    return as_table("findings", pd.DataFrame([line]))


def _of_another(answers: SurveyAnswers, last_year: SurveyAnswers) -> pd.DataFrame:
    """Tell that last year's file names another school system: it may be renamed, or the wrong file."""
    now, before = answers.respondents["system"], last_year.respondents["system"]
    if now.empty or before.empty or now.iloc[0].casefold().split() == before.iloc[0].casefold().split():
        return empty_table("findings")
    file = last_year.respondents["file"].iloc[0]
    line = {"silo": "survey", "file": file, "column": "system", "value": before.iloc[0], "times": 1}
    return as_table(
        "findings",
        pd.DataFrame([{**line, "kind": "system_other", "expected": now.iloc[0], "done": "nothing"}]),
    )


def _before(answers: SurveyAnswers, last_year: SurveyAnswers | None, year: int | None) -> pd.DataFrame:
    """Give the answers of the year before: from its own file, or from the same one."""
    file = answers if last_year is None else last_year
    earlier = [one for one in file.years if year is None or one < year]
    if earlier:
        return file.of_year(earlier[-1]).answers
    if last_year is None:
        return empty_table("survey_answers")
    # Its file names no year, or no earlier one: who hands it over as last year's knows better.
    return last_year.of_year(last_year.years[-1] if last_year.years else None).answers
