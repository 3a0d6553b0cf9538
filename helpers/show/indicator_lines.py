"""Indicators on a child's page: status and reason in words, under one definition, the others beside it."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.show.blocks import escape
from helpers.show.plain_words import element_words

__all__ = ["Opener", "indicator_section"]

Opener = Callable[..., str]

# A sign stands beside every word, so that neither shape nor colour is needed.
_SIGNS = {"Flagged": "▲", "Warning": "△", "Clear": "○", "Unknown": "?", "Not applicable": "–"}
_ORDER = tuple(_SIGNS)


def indicator_section(indicators: pd.DataFrame, school_year: int | None, opener: Opener) -> str:
    """Lay out the indicators of one child.

    Parameters
    ----------
    indicators
        Rows of table ``indicators`` of one child.
    school_year
        The year that is shown.
    opener
        Gives a fold that opens rows, of its head, of what stands in it already, and of what it opens.

    Returns
    -------
    str
        HTML; empty where there is nothing to tell.
    """
    if indicators.empty:
        return ""
    from helpers.profile.indicators import declared_indicators
    from helpers.show.indicator_words import indicator_sentences

    if school_year is not None:
        indicators = indicators[indicators["school_year"].eq(school_year).fillna(True).to_numpy(dtype=bool)]
    told = indicators.assign(words=indicator_sentences(indicators))
    parts, not_told = [], []
    for declared in declared_indicators():
        own = told[told["indicator"].eq(declared.name).to_numpy(dtype=bool)]
        if own.empty:
            continue
        first = own[own["definition"].eq(declared.default.name).to_numpy(dtype=bool)]
        first = own if first.empty else first
        statuses = [str(status) for status in first["status"]]
        worst = min(statuses, key=_ORDER.index)
        if worst == "Not applicable":
            not_told.append(declared.title)
            continue
        lines = "".join(f"<p>{escape(words)}</p>" for words in first["words"].tolist())
        others = own.drop(index=first.index)
        said = f"{_status(worst)}{lines}{_behind(first, school_year, opener)}{_others(others, worst)}"
        parts.append(f"<div><dt>{escape(declared.title)}</dt><dd>{said}</dd></div>")
    if not parts and not not_told:
        return ""
    away = f"<p>Not for this grade: {escape(', '.join(not_told))}.</p>" if not_told else ""
    return (
        "<section><h3>Indicators, and why</h3>"
        "<p>A flag says that somebody should ask. It says nothing about what the child is like.</p>"
        f'<dl class="values indicators">{"".join(parts)}</dl>{away}</section>'
    )


def _behind(rows: pd.DataFrame, school_year: int | None, opener: Opener) -> str:
    """Let the rows be opened of which an indicator was computed."""
    names = sorted({name for told in rows["elements"].dropna() for name in str(told).split(";") if name})
    if not names:
        return ""
    words = ", ".join(element_words(pd.Series(names, dtype="string")).tolist())
    return opener(escape(f"from: {words}"), "", elements=names, school_year=school_year)


def _status(status: str) -> str:
    return f'<strong><span aria-hidden="true">{_SIGNS[status]}</span> {escape(status)}</strong>'


def _others(others: pd.DataFrame, worst: str) -> str:
    """Fold what other definitions in use say; those that say another thing are counted in the fold's head."""
    if others.empty:
        return ""
    by_definition = others.groupby("definition", sort=False)["status"].agg(list)
    judged = [min(map(str, own), key=_ORDER.index) for own in by_definition]
    judged = [status for status in judged if status not in ("Unknown", "Not applicable")]
    otherwise = sum(status != worst for status in judged)
    if not judged:
        head = "Other definitions don’t apply, or can’t be told"
    elif len(judged) == 1:
        head = (
            "The other definition that applies says otherwise" if otherwise else "The other one says the same"
        )
    elif otherwise:
        head = f"{otherwise} of {len(judged)} other definitions that apply say otherwise"
    else:
        head = f"All {len(judged)} other definitions that apply say the same"
    items = "".join(
        f"<li>{_status(str(status))} {escape(words)}</li>"
        for status, words in others[["status", "words"]].itertuples(index=False)
        if str(status) != "Not applicable"
    )
    return f"<details><summary>{escape(head)}</summary><ul>{items}</ul></details>" if items else ""
