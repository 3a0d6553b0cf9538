"""Rate each system on a published rubric, levels 1 to 4, as far as files show.

The headings are published. The wording, measures and cutoffs of the levels are the kit's own, in
``rubric.toml``. A heading that files can't answer has no level: we ask the team instead of guessing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from helpers.files import District, data_rows
from helpers.gaps.measures import declared_measures
from helpers.gaps.measures.identity import keys_of
from helpers.gaps.measures.manual_effort import kit_assumptions, to_type
from helpers.gaps.measures.permission import SECRETS, restricted_columns
from helpers.gaps.presence import Presence, load_presence
from helpers.layouts import Layout
from helpers.link import Links
from helpers.standard import (
    DeclaredNumber,
    StrictModel,
    as_table,
    empty_table,
    nearest,
    read_declared,
    standard_table,
)

__all__ = ["Rubric", "kit_rubric", "read_rubric", "score_rubric"]

HIGHEST = 4
# Measures that aren't on the scorecard.
OWN = ("rows without a finding", "grain", "records with the roster's number", "secrets in the open")


class HeadingMeasure(StrictModel):
    """One measure of a heading, with the cutoff of each level."""

    measure: str
    says: str
    of: Literal["system", "roster"] = "system"
    better: Literal["more", "less"] = "more"
    bounds: tuple[DeclaredNumber, DeclaredNumber, DeclaredNumber]
    as_share: bool = False
    most: Annotated[int, Field(ge=1, le=HIGHEST)] = HIGHEST
    none: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        rising = sorted(self.bounds, reverse=self.better == "less")
        if list(self.bounds) != rising:
            raise ValueError(f"bounds {self.bounds} don't go towards better ({self.better})")
        known = [*OWN, *(one.name for one in declared_measures())]
        if self.measure not in known:
            raise ValueError(f"no measure {self.measure!r}.{nearest(self.measure, known)}")
        return self

    def level(self, value: float) -> int | None:
        """Return the level of a value, 1 to 4; None if the best possible value would prove nothing."""
        reached = [value >= bound if self.better == "more" else value <= bound for bound in self.bounds]
        level = 1 + sum(reached)
        return None if self.none and level == HIGHEST else min(level, self.most)


class Heading(StrictModel):
    """One heading of the rubric."""

    title: str
    levels: tuple[str, str, str, str]
    measure: tuple[HeadingMeasure, ...]


class Rubric(StrictModel):
    """Contents of the rubric file."""

    about: str
    heading: dict[str, Heading]

    @model_validator(mode="after")
    def _has_headings(self) -> Self:
        if not self.heading:
            raise ValueError("a rubric has at least one heading")
        return self


def read_rubric(path: Path) -> Rubric:
    """Read and validate a rubric."""
    return read_declared(path, Rubric, "headings")


@cache
def kit_rubric() -> Rubric:
    """Return the kit's own rubric."""
    return read_rubric(Path(__file__).with_name("rubric.toml"))


def score_rubric(
    district: District, links: Links, scorecard: pd.DataFrame, given: Rubric | None = None
) -> pd.DataFrame:
    """Rate each system on each heading of the rubric.

    Parameters
    ----------
    district
        What `read_district` returned.
    links
        What `link_district` returned for it.
    scorecard
        Table ``scorecard`` of the district.
    given
        Rubric to use instead of the kit's own.

    Returns
    -------
    pandas.DataFrame
        Table ``rubric``: one row per system and heading. ``level`` is the lowest level of the heading's
        measures, or NA if files don't show it. ``measure``, ``value``, ``unit`` and the example come from the
        deciding measure. No sentence contains a figure.
    """
    given = given or kit_rubric()
    known = load_presence(district, links)
    if known.records.empty:
        return empty_table("rubric")
    own = _own_measures(district, known)
    rows = [
        _row(silo, name, heading, scorecard, known.silos[0], own)
        for silo in known.silos
        for name, heading in given.heading.items()
    ]
    return as_table("rubric", pd.DataFrame(rows))


def _row(
    silo: str, name: str, heading: Heading, card: pd.DataFrame, roster: str, own: dict[Any, Any]
) -> dict[str, Any]:
    found = []
    for one in heading.measure:
        line = own.get((silo, one.measure)) if one.measure in OWN else _line(card, silo, roster, one)
        level = None if line is None else one.level(line["value"])
        if line is not None and level is not None:
            found.append((level, one, line))
    begin = {"silo": silo, "heading": name, "title": heading.title}
    if not found:
        return {**begin, "means": "No file shows this: ask.", "next": heading.levels[HIGHEST - 2]}
    level, decides, line = min(found, key=lambda each: each[0])
    return {
        **begin,
        "level": level,
        "means": heading.levels[level - 1],
        "why": decides.says,
        "measure": decides.measure,
        "value": line["value"],
        "unit": line["unit"],
        "example_file": line.get("example_file"),
        "example_row": line.get("example_row"),
        "next": heading.levels[level] if level < HIGHEST else None,
    }


def _line(card: pd.DataFrame, silo: str, roster: str, one: HeadingMeasure) -> dict[str, Any] | None:
    """Return a system's worst value of a measure, or None if no line counts."""
    mine = card[card["measure"].eq(one.measure) & ~card["is_limit"].fillna(False)]
    if one.of == "system":
        mine = mine[mine["left_silo"].eq(silo) & mine["right_silo"].isna()]
    else:
        mine = mine[mine["left_silo"].eq(roster) & mine["right_silo"].eq(silo)]
    if one.as_share:
        mine = mine.assign(value=mine["numerator"] / mine["denominator"].where(mine["denominator"].gt(0)))
    mine = mine.dropna(subset=["value"])
    if mine.empty:
        return None
    order = mine["value"].sort_values(ascending=one.better == "more", kind="stable")
    worst = mine.loc[order.index[0]]
    return {
        "value": float(worst["value"]),
        "unit": "rate" if one.as_share else worst["unit"],
        "example_file": worst["example_file"],
        "example_row": worst["example_row"],
    }


def _own_measures(district: District, known: Presence) -> dict[tuple[str, str], dict[str, Any]]:
    """Compute the measures that aren't on the scorecard."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    keys = keys_of(known, district.identifiers)
    rows = data_rows(district.accounts).groupby(district.accounts["silo"]).sum()
    amiss = district.findings[
        district.findings["action_taken"].ne("read_as")
        & ~district.findings["kind"].isin(kit_assumptions().not_mended)
        & district.findings["row"].notna()
    ]
    odd = amiss.groupby("silo")["times"].sum()
    first = amiss.drop_duplicates("silo").set_index("silo")
    filled = restricted_columns(district)
    for place, silo in enumerate(known.silos):
        if rows.get(silo, 0) > 0:
            example: Any = first.loc[silo] if silo in first.index else {}
            found[silo, OWN[0]] = {
                "value": max(0.0, 1 - float(odd.get(silo, 0)) / float(rows[silo])),
                "unit": "rate",
                "example_file": example.get("file"),
                "example_row": example.get("row"),
            }
        layout = district.layouts.get(silo)
        if layout is not None:
            found[silo, OWN[1]] = {"value": float(_grain(layout)), "unit": "level"}
            secret = filled[filled["silo"].eq(silo) & filled["kind"].isin(SECRETS)]
            found[silo, OWN[3]] = {
                "value": float(secret["head"].nunique()),
                "unit": "columns",
                "example_file": secret["file"].iloc[0] if len(secret) else None,
            }
        if place > 0:
            mine = known.of(place)
            typed = to_type(known, keys, place, 0)
            found[silo, OWN[2]] = {
                "value": 1 - float(typed.sum()) / float(mine.sum()),
                "unit": "rate",
                **known.example(typed),
            }
    return found


def _grain(layout: Layout) -> int:
    """Rate how detailed an export's rows are: 1 totals, 2 a row per child, 3 dated, 4 with a key."""
    best = 1
    for file in layout.files:
        for makes in file.makes:
            if makes.table == "people":
                best = max(best, 2)
                continue
            table = standard_table(makes.table)
            if table.about != "child":
                continue
            dates = {column.name for column in table.columns if column.type in ("date", "datetime")}
            dated = bool(dates & makes.take.keys())
            best = max(best, (4 if file.key else 3) if dated else 2)
    return best
