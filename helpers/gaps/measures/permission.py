"""Check which columns an export doesn't need, and which lists of children must not be shared.

``permission.toml`` and each system's ``system.toml`` decide both: the kit's own judgment, based on published
rules. A pair that isn't permitted to exchange may still be joinable and up to date.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import model_validator

from helpers.files import District
from helpers.gaps.measures import line
from helpers.gaps.presence import Presence
from helpers.layouts import Layout
from helpers.standard import StrictModel, nearest, read_declared
from helpers.systems import Bar, Needs, systems

__all__ = [
    "SECRETS",
    "kind_of_head",
    "permission",
    "permission_of_kit",
    "restricted_columns",
    "restricted_lists",
    "unneeded_columns",
]

NOT_PERMITTED = "Not permitted"
# Kinds of information that no readable file may contain, needed or not.
SECRETS = ("password or PIN", "social security number")


class Permission(StrictModel):
    """Contents of ``permission.toml``."""

    kind: dict[str, str]
    taken: dict[str, str]
    needs: dict[str, Needs] = {}
    protected: dict[str, Bar] = {}
    outside: dict[str, Bar] = {}

    @model_validator(mode="after")
    def _names_what_it_has(self) -> Self:
        faults = [
            f"needs.{system}: no kind {kind!r}.{nearest(kind, self.kind)}"
            for system, need in self.needs.items()
            for kind in need.kinds
            if kind not in self.kind
        ]
        faults += [
            f"taken.{column}: no kind {kind!r}.{nearest(kind, self.kind)}"
            for column, kind in self.taken.items()
            if kind not in self.kind
        ]
        for kind, pattern in self.kind.items():
            try:
                re.compile(pattern)
            except re.error as error:
                faults.append(f"kind.{kind}: {pattern!r} is no pattern ({error})")
        if faults:
            raise ValueError("; ".join(faults))
        return self


@cache
def permission_of_kit() -> Permission:
    """Return the kinds of information, and what each known system needs and protects."""
    return read_declared(
        Path(__file__).parent / "permission.toml", Permission, "kinds of information", prepare=_with_systems
    )


def _with_systems(kinds: dict[str, Any]) -> dict[str, Any]:
    known = systems().values()
    return {
        **kinds,
        "needs": {one.name: one.needs for one in known},
        "protected": {one.name: one.protected for one in known if one.protected},
        "outside": {one.name: one.outside for one in known if one.outside},
    }


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        kind: re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.IGNORECASE)
        for kind, pattern in permission_of_kit().kind.items()
    }


@cache
def kind_of_head(head: str) -> str | None:
    """Classify a column name by kind of restricted information; capitals separate words, too."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\-/]+", " ", head)
    return next((kind for kind, shape in _patterns().items() if shape.search(parted)), None)


def restricted_columns(district: District) -> pd.DataFrame:
    """List filled columns with a restricted kind of information, needed or not."""
    columns = district.written.columns
    columns = columns[columns["filled"].gt(0).fillna(False)]
    rows = []
    for silo, layout in district.layouts.items():
        closed = {(file.name, one.name) for file in layout.files for one in file.columns
                  if one.sensitivity == "restricted"}  # fmt: skip
        kinds = _kinds_of_columns(layout)
        mine = columns[columns["silo"].eq(silo)]
        for file, sort, head, column, filled in mine[["file", "kind", "head", "column", "filled"]].itertuples(
            index=False
        ):
            known = isinstance(column, str)
            kind = None
            if not known or (sort, column) in closed:
                kind = kinds.get((sort, column)) or kind_of_head(str(head))
            if kind is not None:
                rows.append((silo, kind, head, file, int(filled)))
    return pd.DataFrame(rows, columns=["silo", "kind", "head", "file", "filled"])


def _kinds_of_columns(layout: Layout) -> dict[tuple[str, str], str]:
    """Return the kind of information in each column that describes people."""
    taken = permission_of_kit().taken
    return {
        (file.name, source): taken[target]
        for file in layout.files
        for makes in file.makes
        if makes.table == "people"
        for target, source in makes.take.items()
        if target in taken
    }


def unneeded_columns(district: District) -> pd.DataFrame:
    """List filled columns of restricted kinds that a system doesn't need."""
    found = restricted_columns(district)
    needs = permission_of_kit().needs
    needed = {
        silo: needs[layout.silo].kinds for silo, layout in district.layouts.items() if layout.silo in needs
    }
    idle = [
        silo in needed and kind not in needed[silo]
        for silo, kind in zip(found["silo"], found["kind"], strict=True)
    ]
    return found[pd.Series(idle, index=found.index, dtype=bool)].reset_index(drop=True)


def restricted_lists(left: Layout | None, right: Layout | None) -> Bar | None:
    """Return the rule that bars one system's staff from a list of the other's children, or None."""
    given = permission_of_kit()
    names = [layout.silo if layout is not None else "" for layout in (left, right)]
    for table in (given.outside, given.protected):
        for name, other in (names, names[::-1]):
            bar = table.get(name)
            if bar is not None and other not in (*bar.may_know, name):
                return bar
    return None


def permission(district: District, known: Presence) -> list[dict[str, Any]]:
    """Measure unneeded columns, and which pairs must not exchange lists of children."""
    needs = permission_of_kit().needs
    found = unneeded_columns(district)
    lines: list[dict[str, Any]] = []
    for silo in known.silos:
        layout = district.layouts.get(silo)
        if layout is None or layout.silo not in needs:
            continue
        mine = found[found["silo"].eq(silo)]
        if mine.empty:
            lines.append(line("restricted without need", silo, None, 0))
        for kind, own in mine.groupby("kind", sort=True):
            count = own["head"].nunique()
            lines.append(
                line("restricted without need", silo, None, count, column=str(kind),
                     example_file=own["file"].iloc[0], example_row=1)
            )  # fmt: skip
    for (_, left), (_, right) in known.pairs():
        bar = restricted_lists(district.layouts.get(left), district.layouts.get(right))
        more: dict[str, Any] = {}
        if bar is not None:
            step = f"Don't share lists of children between {left} and {right}: {bar.because}."
            more = {"blocked_by": NOT_PERMITTED, "next_step": step}
        lines.append(line("lists that may be exchanged", left, right, int(bar is None), **more))
    return lines
