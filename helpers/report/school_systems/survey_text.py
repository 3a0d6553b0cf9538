"""Describe a survey's answers in sentences: scores, the data team, agreement and change."""

from __future__ import annotations

from helpers.report.display_names import listed, named_first
from helpers.report.tables import number_text
from helpers.standard import Measured, declared_survey
from helpers.survey import AGREE, SurveyResults

__all__ = [
    "describe_agreement",
    "describe_change",
    "describe_data_team",
    "describe_maturity",
    "describe_respondents",
    "domain_title",
]


def domain_title(code: str) -> str:
    """Return a domain's published name."""
    return declared_survey().domains[code].title


def describe_respondents(count: int) -> str:
    """Describe the number of respondents.

    >>> from helpers.standard import plain
    >>> plain(describe_respondents(1)), plain(describe_respondents(6))
    ('1 person', '6 people')
    """
    return f"{Measured('respondents', count):count}"


def describe_maturity(standing: SurveyResults) -> str:
    """Describe the system's lowest and highest domain in a sentence.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    str
        A sentence with numbers between ``**``; it mentions what is missing.
    """
    scored = standing.together.dropna(subset=["score"]).sort_values("score", kind="stable")
    answered = int(standing.people["answered"].gt(0).sum())
    if scored.empty:
        return (
            "**Nobody** has answered yet. `bigpicture survey --blank FILE` writes the empty form."
            if not answered
            else f"{Measured('respondents', answered):bold count} answered too few items of any domain for a "
            "score."
        )
    titles, scores = [f"in {domain_title(one)}" for one in scored["domain"]], scored["score"].tolist()
    low, high = named_first(titles, scores, 1), named_first(titles[::-1], scores[::-1], 1)
    ends = [f"**{number_text(score, digits=1)}**" for score in (scores[0], scores[-1])]
    sentence = f"{Measured('respondents', answered):bold count} put {standing.system} "
    if ends[0] == ends[1]:
        return f"{sentence}at {ends[0]} of 4 {low}."
    return f"{sentence}lowest {low} ({ends[0]} of 4) and highest {high} ({ends[1]})."


def describe_data_team(standing: SurveyResults) -> str:
    """Describe the answers about a data team, in the words of the question.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    str
        A sentence; no score uses this question.
    """
    answers = standing.people["data_team"].dropna()
    if answers.empty:
        return "Nobody said whether there is a data team."
    yes, of = int(answers.sum()), len(answers)
    more = "" if yes in (0, of) else " Colleagues don't agree on whether it exists."
    verb = "says" if yes == 1 else "say"
    return (
        f"{yes} of {of} {verb} that there is a data team: “individuals who analyze, explore and interpret "
        f"data to support program improvement”. No score uses this question.{more}"
    )


def describe_agreement(standing: SurveyResults) -> str:
    """Describe how far respondents agree, and where they disagree most.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    str
        A few sentences.
    """
    items = standing.agreement.dropna(subset=["item"])
    compared = items[items["average_deviation"].notna()]
    if compared.empty:
        return (
            "Only one person answered, or no two people answered the same item. So we can't compare answers."
        )
    differ = compared[compared["means"].eq("Differ")]
    survey = declared_survey()
    if differ.empty:
        return (
            f"They agree: on all {Measured('items', len(compared)):count}, answers are on average at most "
            f"{AGREE:.2f} of an anchor from the middle answer."
        )
    widest = differ["average_deviation"].max()
    most = differ.loc[differ["average_deviation"].round(1).eq(round(widest, 1)), "item"]
    named = [f"“{survey.item(name).title}”" for name in most]
    apart = Measured("items_apart", len(differ), len(compared))
    return (
        f"They differ on {apart:count of}, most on {listed(named)}. There, answers "
        f"are on average {widest:.1f} anchors from the middle answer. A "
        "mean hides that. Ask those with the lowest and the highest answers to talk."
    )


def describe_change(standing: SurveyResults) -> str:
    """Describe the change since the year before, with its uncertainty.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    str
        A few sentences.
    """
    known = standing.change.dropna(subset=["change"])
    if known.empty:
        return "There is no year before to compare with."
    if known["low"].isna().all():
        return "Only one person answered in both years. Her scores moved, but one person gives no interval."
    sure = known[known["low"].gt(0) | known["high"].lt(0)]
    names = [domain_title(code) for code in sure["domain"]]
    if known["how"].eq("Same people").all():
        who = f"{Measured('respondents_twice', int(known['people'].max())):count} who answered in both years"
    else:
        who = "not all the same people answered, which is part of the difference"
    if not names:
        return f"No change in {Measured('domains', len(known)):count} can be told from chance ({who})."
    return (
        f"Beyond what chance could explain, {listed(names)} changed ({who}). For the other domains, we can't "
        "say. With six domains, one seems to change by chance alone about every fourth year."
    )
