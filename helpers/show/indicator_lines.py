"""Indicators on a child's page: status and reason in words, under one definition, the others beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.show.blocks import escape
from helpers.show.numbers import is_missing
from helpers.show.plain_words import element_word

__all__ = ["Opener", "indicator_section"]

Opener = Callable[..., str]
Row = Mapping[str, Any]

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
    # A child has forty rows of some twenty indicators: plain rows are gone through far quicker than frames.
    columns = ("indicator", "definition", "status", "elements")
    cells = [*(indicators[name].tolist() for name in columns), indicator_sentences(indicators).tolist()]
    told: dict[str, list[Row]] = {}
    for row in zip(*cells, strict=True):
        told.setdefault(str(row[0]), []).append(dict(zip((*columns, "words"), row, strict=True)))
    parts, not_told = [], []
    for declared in declared_indicators():
        own = told.get(declared.name)
        if own is None:
            continue
        default = declared.default.name
        first = [row for row in own if row["definition"] == default] or own
        worst = _worst(first)
        if worst == "Not applicable":
            not_told.append(declared.title)
            continue
        lines = "".join(f"<p>{escape(row['words'])}</p>" for row in first)
        others = [] if first is own else [row for row in own if row["definition"] != default]
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


def _worst(rows: Sequence[Row]) -> str:
    return min((str(row["status"]) for row in rows), key=_ORDER.index)


def _behind(rows: Sequence[Row], school_year: int | None, opener: Opener) -> str:
    """Let the rows be opened of which an indicator was computed."""
    told = [str(row["elements"]) for row in rows if not is_missing(row["elements"])]
    names = sorted({name for each in told for name in each.split(";") if name})
    if not names:
        return ""
    words = ", ".join(element_word(name) for name in names)
    return opener(escape(f"from: {words}"), "", elements=names, school_year=school_year)


def _status(status: str) -> str:
    return f'<strong><span aria-hidden="true">{_SIGNS[status]}</span> {escape(status)}</strong>'


def _others(others: Sequence[Row], worst: str) -> str:
    """Fold what other definitions in use say; those that say another thing are counted in the fold's head."""
    if not others:
        return ""
    by_definition: dict[str, list[Row]] = {}
    for row in others:
        by_definition.setdefault(str(row["definition"]), []).append(row)
    judged = [_worst(own) for own in by_definition.values()]
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
        f"<li>{_status(str(row['status']))} {escape(row['words'])}</li>"
        for row in others
        if row["status"] != "Not applicable"
    )
    return f"<details><summary>{escape(head)}</summary><ul>{items}</ul></details>" if items else ""
