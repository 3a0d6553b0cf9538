"""The events of a child's year, from every system, on one line."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.layouts import STRING, as_table, empty_table, standard_table
from helpers.profile.elements import TimelineEvent
from helpers.profile.evidence import Evidence
from helpers.profile.fitting import fitting

__all__ = ["timeline_of"]

COLUMNS = ["child", "date", "kind", "domain", "event", "detail", "silo", "record", "file", "row", "link_band"]


def _written(column: pd.Series, unit: str | None) -> pd.Series:
    if column.dtype == "float64":
        picture = "{:.2f}" if unit == "USD" else "{:g}"
        return column.map(picture.format, na_action="ignore").astype(STRING)
    return column.astype(STRING)


def _detail(rows: pd.DataFrame, kind: TimelineEvent) -> pd.Series:
    """Join what there is of some columns by a comma."""
    units = {column.name: column.unit for column in standard_table(kind.table).columns}
    text = pd.Series(pd.NA, index=rows.index, dtype=STRING)
    for column in kind.detail:
        words = _written(rows[column], units[column])
        text = (text + ", " + words).fillna(text).fillna(words)
    return text


def timeline_of(
    evidence: Evidence, events: tuple[TimelineEvent, ...], unfit: Mapping[str, pd.Series]
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Put the dated facts of every child on one line.

    Parameters
    ----------
    evidence
        Records and facts by child.
    events
        Which facts are events, as declared.
    unfit
        By fact table, rows that are known to be out of place (an absence on a day without school).

    Returns
    -------
    tuple
        Table ``timeline``, by child and date; and by fact table which of its rows are on it.
    """
    parts = [empty_table("timeline")]
    shown: dict[str, pd.Series] = {}
    for kind in events:
        facts = evidence.facts[kind.table]
        year = evidence.years.of(facts[kind.date])
        fit = facts["child"].notna() & facts[kind.date].notna()
        fit &= evidence.years.speak_of(year) & fitting(facts, kind.where)
        if kind.table in unfit:
            fit &= ~unfit[kind.table]
        shown[kind.table] = fit | shown[kind.table] if kind.table in shown else fit
        rows = facts[fit].reset_index(drop=True)
        if rows.empty:
            continue
        word = (
            rows[kind.event_from]
            if kind.event_from
            else pd.Series(kind.event, index=rows.index, dtype=STRING)
        )
        part = rows.assign(
            date=rows[kind.date], kind=kind.name, domain=kind.domain, event=word, detail=_detail(rows, kind)
        )
        parts.append(as_table("timeline", part[COLUMNS]))
    line = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    order = ["child", "date", "domain", "silo", "file", "row", "kind", "event"]
    return as_table("timeline", line.sort_values(order, kind="stable")), shown
