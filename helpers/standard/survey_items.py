"""The declared items of the survey."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Self

import pandas as pd
from pydantic import Field, model_validator

from helpers.standard.tables import as_table, cast
from helpers.standard.validation import BadInput, StrictModel, nearest, read_declared

__all__ = [
    "DataTeam",
    "Domain",
    "Item",
    "Survey",
    "as_sector",
    "declared_survey",
    "item_columns",
    "read_survey",
]


DECLARED = Path(__file__).with_name("survey_items.toml")


class _Declared(StrictModel):
    """Part of the declaration; unknown keys are refused."""


class Domain(_Declared):
    """One of the six domains: code, published and short name, and labels for the ends of its scale."""

    code: str
    title: str
    short: str
    low: str
    high: str


class Item(_Declared):
    """One question, the meaning of each answer from 1 to 4, and the next step from all but the last."""

    id: str
    domain: str
    title: str
    text: str
    anchors: tuple[str, str, str, str]
    steps: tuple[str, str, str]

    def anchor(self, answer: int) -> str:
        """Return the anchor text of an answer from 1 to 4."""
        return self.anchors[answer - 1]

    def step(self, answer: int) -> str | None:
        """Return the next step from an answer; None for the highest."""
        return self.steps[answer - 1] if answer <= len(self.steps) else None


class DataTeam(_Declared):
    """The question about a data team; no score includes it."""

    text: str
    source: str


class Survey(_Declared):
    """The survey: statement of origin, domains and items in order."""

    # Statement on every page of who wrote these items.
    own: str
    # Ends of the scale.
    lowest: int
    highest: int
    # A separate question; no score includes it.
    data_team: DataTeam
    # By code and by id, in order.
    domains: dict[str, Domain]
    items: dict[str, Item] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_item_belongs(self) -> Self:
        for code in self.domains:
            mine = [item.id for item in self.items.values() if item.domain == code]
            if mine != [f"{code}_{number}" for number in range(1, len(mine) + 1)] or not mine:
                raise ValueError(f"items of domain {code!r} are numbered from {code}_1, without a gap")
        for item in self.items.values():
            if item.domain not in self.domains:
                raise ValueError(f"item {item.id!r}: no domain {item.domain!r}")
            if len({*item.anchors}) < len(item.anchors):
                raise ValueError(f"item {item.id!r}: two anchors say the same")
        return self

    def of_domain(self, code: str) -> tuple[Item, ...]:
        """Return the items of a domain, in order."""
        if code not in self.domains:
            raise BadInput(
                f"The survey has no domain {code!r}.{nearest(code, self.domains)} "
                f"There are: {', '.join(self.domains)}."
            )
        return tuple(item for item in self.items.values() if item.domain == code)

    def item(self, name: str) -> Item:
        """Return an item by its id."""
        if name not in self.items:
            raise BadInput(
                f"The survey has no item {name!r}.{nearest(name, self.items)} Items are called after their "
                f"domain and numbered, such as {next(iter(self.items))}."
            )
        return self.items[name]


def read_survey(path: Path) -> Survey:
    """Read and check a survey's declaration."""

    def named(given: dict[str, Any]) -> dict[str, Any]:
        domains = {code: {**about, "code": code} for code, about in given.get("domains", {}).items()}
        items = {
            name: {**about, "id": name, "domain": name.rpartition("_")[0]}
            for name, about in given.get("items", {}).items()
        }
        return {**given, "domains": domains, "items": items}

    return read_declared(path, Survey, "items", prepare=named)


@cache
def declared_survey() -> Survey:
    """Return the kit's own survey."""
    return read_survey(DECLARED)


def item_columns() -> list[str]:
    """List the ids of the survey's items, in order."""
    return list(declared_survey().items)


def as_sector(frame: pd.DataFrame) -> pd.DataFrame:
    """Shape a frame as the table ``sector``, with its item columns."""
    items = item_columns()
    about = as_table("sector", frame.drop(columns=items, errors="ignore"))
    given = frame.reindex(columns=items).reset_index(drop=True)
    return pd.concat([about, given.apply(lambda column: cast(column, pd.Int64Dtype()))], axis=1)
