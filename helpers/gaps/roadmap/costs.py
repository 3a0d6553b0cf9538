"""What a step of exchange is assumed to cost, at three sizes; read from a table that anybody can replace."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from helpers.standard.validation import STRICT, Assumed, read_declared

__all__ = ["Costs", "Size", "Step", "kit_costs", "read_costs"]

HERE = Path(__file__).with_name("costs.toml")
Count = Annotated[int, Field(ge=1)]


class Size(BaseModel):
    """Who pays together."""

    model_config = STRICT

    title: str
    districts: Count
    children: Count
    once: Annotated[float, Field(ge=0, le=1)]
    source: str


class Step(BaseModel):
    """One step of exchange, as it is bought."""

    model_config = STRICT

    title: str
    first_hours: Assumed
    first_dollars: Assumed
    yearly_hours: Assumed
    yearly_dollars: Assumed
    act: str


class Mapping(BaseModel):
    """What it takes to map one column."""

    model_config = STRICT

    hours: Assumed


class Costs(BaseModel):
    """All that is assumed of costs."""

    model_config = STRICT

    about: str
    years: Annotated[int, Field(ge=1, le=30)]
    exchanges_a_year: Annotated[int, Field(ge=1, le=366)]
    dollars_an_hour: Assumed
    size: dict[str, Size]
    step: dict[str, Step]
    mapping: Mapping

    @model_validator(mode="after")
    def _has_sizes_and_steps(self) -> Self:
        if not self.size or not self.step:
            raise ValueError("at least one size and one step are needed")
        return self


def read_costs(path: Path) -> Costs:
    """Read cost assumptions of one's own.

    Parameters
    ----------
    path
        A TOML file like ``costs.toml`` of this folder.

    Returns
    -------
    Costs
        Checked.

    Raises
    ------
    BadInput
        Naming every fault at once.
    """
    return read_declared(path, Costs, "costs")


@cache
def kit_costs() -> Costs:
    """Give the costs that the kit assumes."""
    return read_costs(HERE)
