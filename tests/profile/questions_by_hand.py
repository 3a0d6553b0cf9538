"""Children of whom a few values are known, and one question asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from helpers.profile.coverage import trust_of
from helpers.profile.questions import (
    Questions,
    read_questions,
)
from helpers.profile.store.source import Source
from helpers.standard import as_table, empty_table
from helpers.systems import declared_elements, element

TODAY = pd.Timestamp("2026-04-30")
SYSTEMS = ("sis", "attendance", "family", "special_education", "map_growth")


def value(child: str, name: str, told: object, silo: str, **more: Any) -> dict[str, Any]:
    """Give one chosen value as the profile holds it; None: not linked."""
    number = float(told) if isinstance(told, int | float) else None
    text = str(told).lower() if isinstance(told, bool) else None if told is None else str(told)
    year = 2026 if element(name).per == "school_year" else None
    known = (
        {"status": "Reported", "record": f"{silo}-{child}"} if told is not None else {"status": "Not linked"}
    )
    row = {"child": child, "school_year": year, "element": name, "value": text, "value_number": number}
    return {**row, "silo": silo, "as_of": TODAY, "chosen": True, "rule": "by hand", **known, **more}


def on_roster(*children: str) -> list[dict[str, Any]]:
    return [
        row
        for child in children
        for row in (value(child, "school", "North", "sis"), value(child, "grade_level", "05", "sis"))
    ]


class ByHand:
    """A source of a few values."""

    synthetic, school_year, folder, followed = True, 2026, None, ()
    about: Mapping[str, Any] = {}

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        timeline: Sequence[Mapping[str, Any]] = (),
        indicators: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        told = pd.DataFrame(indicators) if indicators else empty_table("indicators")
        self._indicators = as_table("indicators", told)
        self._values = as_table("values", pd.DataFrame(rows))
        self._timeline = as_table("timeline", pd.DataFrame(timeline)) if timeline else empty_table("timeline")

    def children(self) -> pd.DataFrame:
        names = self._values["child"].drop_duplicates()
        return as_table(
            "children", pd.DataFrame({"child": names}).reindex(columns=empty_table("children").columns)
        )

    def values(self, children: object = None, elements: object = None) -> pd.DataFrame:
        return self._values

    def timeline(self, children: object = None) -> pd.DataFrame:
        return self._timeline

    def indicators(self, children: object = None) -> pd.DataFrame:
        return self._indicators

    def systems(self) -> pd.DataFrame:
        told = pd.DataFrame({"silo": SYSTEMS, "system": SYSTEMS, "stands_for": SYSTEMS, "latest_day": TODAY})
        return as_table("systems", told.reindex(columns=empty_table("systems").columns))

    def trust(self) -> Mapping[str, Mapping[str, int]]:
        ranks = trust_of(declared_elements(), dict(zip(SYSTEMS, SYSTEMS, strict=True))).tolist()
        return {
            each.name: dict(zip(sorted(SYSTEMS), row, strict=True))
            for each, row in zip(declared_elements(), ranks, strict=True)
        }


def by_hand(
    rows: Sequence[Mapping[str, Any]],
    timeline: Sequence[Mapping[str, Any]] = (),
    indicators: Sequence[Mapping[str, Any]] = (),
) -> Source:
    return cast("Source", ByHand(rows, timeline, indicators))


def asked(folder: Path, **question: Any) -> Questions:
    """Declare one question, and nothing else."""
    given = {
        "id": "q",
        "text": "Who?",
        "asked_by": ["teacher"],
        "grain": "list",
        "source": "own",
        "meaning": "…",
    }
    lines = [f"{key} = {_toml(told)}" for key, told in {**given, **question}.items()]
    head = "least_share = 0.8\nleast_part = 0.5\nmost_unplaced = 0.05\n[source]\n[[question]]\n"
    path = folder / "own.toml"
    path.write_text(head + "\n".join(lines), encoding="utf-8")
    return read_questions(path)


def _toml(told: Any) -> str:
    if isinstance(told, dict):
        return "{" + ", ".join(f"{key} = {one}" for key, one in told.items()) + "}"
    return str(list(told)) if isinstance(told, list | tuple) else f'"{told}"'
