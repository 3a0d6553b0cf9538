"""What a step of exchange is assumed to cost, at three sizes; read from a table that anybody can replace."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.layouts import BadInput
from helpers.layouts.bad_input import faults_of

__all__ = ["Costs", "Range", "Size", "Step", "kit_costs", "read_costs"]

STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
HERE = Path(__file__).with_name("costs.toml")
Count = Annotated[int, Field(ge=1)]


class Range(BaseModel):
    """What is likely, and the range around it."""

    model_config = STRICT

    low: float
    likely: float
    high: float

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low}, {self.likely}, {self.high}: must be 0 <= low <= likely <= high")
        return self

    def at(self, end: str) -> float:
        """Give one of the three: low, likely or high."""
        return float(getattr(self, end))


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
    first_hours: Range
    first_dollars: Range
    yearly_hours: Range
    yearly_dollars: Range
    act: str


class Mapping(BaseModel):
    """What it takes to map one column."""

    model_config = STRICT

    hours: Range


class Costs(BaseModel):
    """All that is assumed of costs."""

    model_config = STRICT

    about: str
    years: Annotated[int, Field(ge=1, le=30)]
    exchanges_a_year: Annotated[int, Field(ge=1, le=366)]
    dollars_an_hour: Range
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
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Costs.model_validate(given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}. Mend that line and try again.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror}); give a TOML file of costs.") from None
    except ValidationError as error:
        known = {*Costs.model_fields, *Size.model_fields, *Step.model_fields, *Range.model_fields}
        raise BadInput(f"{path} cannot be used:\n{faults_of(error, known)}") from None


@cache
def kit_costs() -> Costs:
    """Give the costs that the kit assumes."""
    return read_costs(HERE)
