"""The timeline: events of a child's year, from every system."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.profile.facts.arrays import in_order, ranks
from helpers.profile.facts.store import FactStore
from helpers.standard import STRING, TimelineEvent, as_table, constant, empty_table, standard_table

__all__ = ["timeline_of"]

COLUMNS = [
    "child",
    "date",
    "kind",
    "domain",
    "event",
    "detail",
    "silo",
    "record",
    "file",
    "row",
    "link_status",
]
TAKEN = ["child", "silo", "record", "file", "row", "link_status"]


def _as_text(column: pd.Series, unit: str | None) -> pd.Series:
    """Convert a column to text; each number once, since a district has few distinct ones."""
    if column.dtype == "float64":
        picture = "{:.2f}" if unit == "USD" else "{:g}"
        codes, unique = pd.factorize(column)
        words = pd.array([*map(picture.format, unique), None], dtype=STRING)
        return pd.Series(words.take(codes), index=column.index)
    return column.astype(STRING)


def _detail(rows: pd.DataFrame, kind: TimelineEvent) -> pd.Series:
    """Join the available values of some columns with commas."""
    units = {column.name: column.unit for column in standard_table(kind.table).columns}
    if not kind.detail:
        return pd.Series(constant(None, len(rows)), index=rows.index)
    text = _as_text(rows[kind.detail[0]], units[kind.detail[0]])
    for column in kind.detail[1:]:
        words = _as_text(rows[column], units[column])
        text = (text + ", " + words).fillna(text).fillna(words)
    return text


def timeline_of(
    evidence: FactStore, events: tuple[TimelineEvent, ...], unfit: Mapping[str, pd.Series]
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Combine the dated facts of every child into one timeline."""
    parts = []
    keys = []
    shown: dict[str, pd.Series] = {}
    domains, kinds = (sorted({getattr(kind, name) for kind in events}) for name in ("domain", "name"))
    for kind in events:
        facts, numbers = evidence.facts[kind.table], evidence.tables[kind.table]
        fit = numbers.of_a_child & facts[kind.date].notna().to_numpy()
        if kind.where:
            fit &= numbers.fits(kind.where)
        if kind.table in unfit:
            fit &= ~unfit[kind.table].to_numpy(dtype=bool)
        where = np.flatnonzero(fit)
        covered = evidence.years.speak_of(evidence.years.of(facts[kind.date].iloc[where])).to_numpy()
        fit[where[~covered]] = False
        where = where[covered]
        on_line = pd.Series(fit, index=facts.index)
        shown[kind.table] = on_line | shown[kind.table] if kind.table in shown else on_line
        if len(where) == 0:
            continue
        needed = [*TAKEN, kind.date, *kind.detail, *([kind.event_from] if kind.event_from else [])]
        rows = facts[list(dict.fromkeys(needed))].take(where).reset_index(drop=True)
        part = rows.assign(
            date=rows[kind.date].dt.normalize(),
            kind=constant(kind.name, len(rows)),
            domain=constant(kind.domain, len(rows)),
            event=rows[kind.event_from] if kind.event_from else constant(kind.event, len(rows)),
            detail=_detail(rows, kind),
        )
        parts.append(as_table("timeline", part[COLUMNS]))
        keys.append(
            {
                "owner": numbers.owner[where],
                "domain": np.full(len(rows), domains.index(kind.domain)),
                "system": numbers.system[where],
                "file": evidence.files_of(rows["file"]),
                "kind": np.full(len(rows), kinds.index(kind.name)),
            }
        )
    if not parts:
        return empty_table("timeline"), shown
    line = pd.concat(parts, ignore_index=True)
    number = {name: np.concatenate([key[name] for key in keys]) for name in keys[0]}
    files = ranks(pd.Series(evidence.file_names, dtype=STRING))
    order = in_order(
        [
            number["owner"],
            ranks(line["date"]),
            number["domain"],
            number["system"],
            files[number["file"]],
            line["row"].to_numpy(dtype="int64"),
            number["kind"],
            ranks(line["event"]),
        ]
    )
    return as_table("timeline", line.take(order)), shown
