"""A second opinion on trust: which of a child's values is shown and why, by sorting them in plain Python."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

__all__ = ["choose"]

SURE = {"Verified": 0, "Unlinked": 0, "Unverified": 1, "Review": 2}
DOUBTFUL = ("Placeholder", "Day and month ambiguous", "Month only", "Year only")
REASONS = (
    "Surest tie",
    "Undoubted date",
    "Trusted most",
    "Newest",
    "Confirmed",
    "Begins last",
    "First record",
)
STILL = pd.Timestamp("2200-01-01")


def choose(
    people: Iterable[Mapping[str, Any]], trust: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Give each child's shown value of each element: its record, why, and whether the others agree.

    A row of people has its child, silo, record, link status and row, and whatever is known.
    """
    rows = list(people)
    shown = {}
    for element, order in trust.items():
        filled = {row["silo"] for row in rows if _value(row, element) is not None}
        for child in {row["child"] for row in rows}:
            mine = [
                _said(row, element, order) for row in rows if row["child"] == child and row["silo"] in filled
            ]
            if mine:
                shown[child, element] = _first(mine, folded=element.endswith("name"))
    return shown


def _value(row: Mapping[str, Any], element: str) -> str | None:
    if row.get("name_status") == "Placeholder" and element != "sex":
        return None  # what stands beside a filler is a filler
    return row.get(element)


def _said(row: Mapping[str, Any], element: str, order: Sequence[str]) -> dict[str, Any]:
    is_date = element == "birth_date"
    return {
        "silo": row["silo"],
        "record": row["record"],
        "value": _value(row, element),
        "other": row.get("birth_date_other") if is_date else None,
        "ranks": [
            SURE[row["link_status"]],
            int(is_date and row.get("birth_date_status") in DOUBTFUL),
            order.index(row["silo"]) if row["silo"] in order else len(order),
            -(row.get("end_date") or STILL).toordinal(),
        ],
    }


def _first(mine: list[dict[str, Any]], *, folded: bool) -> dict[str, Any]:
    told = [one for one in mine if one["value"] is not None]
    for one in told:
        one["word"] = _fold(one["value"]) if folded else one["value"]
    for one in told:
        one["agrees"] = _agrees(one, told)
        # Nobody's value of one kind begins; then the record decides.
        one["ranks"] += [0 if one["agrees"] else 1, 0, one["record"]]
    if not told:
        return {"value": None, "record": None, "chosen_by": None, "agrees": None}
    told.sort(key=lambda one: one["ranks"])
    best = told[0]
    against = [one for one in told if one["word"] != best["word"]]
    if against:
        pairs = zip(REASONS, best["ranks"], against[0]["ranks"], strict=True)
        why = next(reason for reason, own, other in pairs if own != other)
    else:
        why = "Only one" if len(told) == 1 else "All agree"
    return {"value": best["value"], "record": best["record"], "chosen_by": why, "agrees": best["agrees"]}


def _agrees(one: dict[str, Any], told: list[dict[str, Any]]) -> bool | None:
    """Whether all other systems say the same; None if none says anything."""
    others = [other for other in told if other["silo"] != one["silo"]]
    return all(_read(other, told) == _read(one, told) for other in others) if others else None


def _read(one: dict[str, Any], told: list[dict[str, Any]]) -> str:
    """Read a date with two readings as another record has it, unless a second system reads it as written."""
    sayers = {other["silo"] for other in told if other["word"] == one["word"]}
    turned = one["other"] in {other["word"] for other in told} and len(sayers) < 2
    return str(one["other"] if turned else one["word"])


def _fold(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word.casefold()) if letter.isalnum())
