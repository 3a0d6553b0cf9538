"""Headline measures of a district with an answer key, each with the rows that it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.link import join_all_on_id
from helpers.score.children import judge_records, outcomes_of
from helpers.score.flags import flagged_children
from helpers.score.populations import COMPLETE, MIXED, SPLIT
from helpers.score.truth import of_one_person
from helpers.standard import BadInput, Measured, definition, nearest
from helpers.systems import roster_system

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["Headlines", "judge_headlines"]

NUMBER, MATCHED = "number", "matched"


@dataclass(frozen=True)
class Headlines:
    """What the answer key says about a district's links, and about a lookup by ID number alone.

    ``of("complete")`` gives the measure of that name in ``definitions.toml``, as `Measured`.
    """

    # By method: result of `judge_records`, and of it, one row a child as from `score_children`.
    records: Mapping[str, pd.DataFrame]
    children: Mapping[str, pd.DataFrame]
    # Result of `flagged_children`.
    flagged: pd.DataFrame

    def of(self, name: str) -> Measured:
        """Count a measure."""
        base = definition(name).base
        return Measured(name, self._rows(name), len(self._rows(base)) if base else None)

    def _rows(self, name: str) -> pd.DataFrame:
        if name not in COUNTED:
            raise BadInput(
                f"{name!r} isn't counted against an answer key.{nearest(name, COUNTED)} There are: "
                f"{', '.join(COUNTED)}."
            )
        return COUNTED[name](self).reset_index(drop=True)


def judge_headlines(district: District, links: Links) -> Headlines:
    """Judge a district's links, and a lookup by number alone, against its answer key."""
    methods = {NUMBER: join_all_on_id(district.people, district.identifiers), MATCHED: links}
    records = {method: judge_records(district, tied) for method, tied in methods.items()}
    children = {method: outcomes_of(judged) for method, judged in records.items()}
    return Headlines(records, children, flagged_children(district, methods))


def _with_outcome(outcome: str, method: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.children[method][found.children[method]["outcome"].eq(outcome)]


def _undetected(method: str) -> Callable[[Headlines], pd.DataFrame]:
    """Choose the silent wrong matches: children with another child's record, without any sign of it."""

    def rows(found: Headlines) -> pd.DataFrame:
        children = found.children[method]
        return children[children["outcome"].eq(MIXED) & ~children["detected"].fillna(False).astype(bool)]

    return rows


def _seen(method: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.flagged[found.flagged[method]]


def _together(found: Headlines) -> pd.DataFrame:
    """List the children of groups with two children, also where one record describes both."""
    records = found.records[NUMBER]
    shared = records.groupby("child")["person"].transform("nunique").gt(1)
    rows = records[shared & records["is_child"]]
    return rows[["child", "person"]].drop_duplicates("person")


def _on_roster(found: Headlines) -> pd.DataFrame:
    records = found.records[NUMBER]
    listed = records.loc[records["silo"].eq(roster_system()), "person"]
    rows = _undetected(NUMBER)(found)
    return rows[rows["person"].isin(listed)]


def _pages(found: Headlines) -> pd.DataFrame:
    """List the groups with a record of another child that no check notices."""
    records = of_one_person(found.records[NUMBER])
    return records.loc[records["silent"], ["child"]].drop_duplicates()


COUNTED: Mapping[str, Callable[[Headlines], pd.DataFrame]] = {
    "children": lambda found: found.children[MATCHED],
    "complete": _with_outcome(COMPLETE, MATCHED),
    "split": _with_outcome(SPLIT, MATCHED),
    "mixed": _with_outcome(MIXED, MATCHED),
    "undetected": _undetected(MATCHED),
    "undetected_by_number": _undetected(NUMBER),
    "mixed_by_number": _with_outcome(MIXED, NUMBER),
    "together_by_number": _together,
    "on_roster_by_number": _on_roster,
    "pages_by_number": _pages,
    "flagged": lambda found: found.flagged,
    "flagged_by_number": _seen(NUMBER),
    "flagged_by_links": _seen(MATCHED),
}
