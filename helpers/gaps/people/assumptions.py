"""What training is assumed to take, read from a table that anybody can replace."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from helpers.layouts import BadInput
from helpers.layouts.bad_input import faults_of

__all__ = ["End", "Needed", "PeopleAssumptions", "kit_people_assumptions", "read_people_assumptions"]

STRICT = ConfigDict(extra="forbid", frozen=True)
End = Literal["easy", "likely", "hard"]
# Which end of a range is easy: needs at their low end, what people give at the high one.
OF_NEEDS: dict[End, str] = {"easy": "low", "likely": "likely", "hard": "high"}
OF_GIVEN: dict[End, str] = {"easy": "high", "likely": "likely", "hard": "low"}


class Needed(BaseModel):
    """One assumption: what is likely, the range around it, and what it means."""

    model_config = STRICT

    low: float
    likely: float
    high: float
    unit: str
    meaning: str

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low}, {self.likely}, {self.high}: must be 0 <= low <= likely <= high")
        return self


class Needs(BaseModel):
    """What training takes."""

    model_config = STRICT

    specialist_learning: Needed
    specialist_teaching: Needed
    certificate: Needed
    team_size: Needed
    team_learning: Needed
    team_teaching: Needed
    upkeep: Needed
    dollars_an_hour: Needed


class Gives(BaseModel):
    """What people can give."""

    model_config = STRICT

    trainer_hours: Needed
    specialist_hours: Needed
    member_hours: Needed
    coach_hours: Needed
    schools_a_coach: Needed

    @model_validator(mode="after")
    def _takes_on_a_school(self) -> Self:
        if self.schools_a_coach.low < 1:
            raise ValueError(f"schools_a_coach = {self.schools_a_coach.low}: a coach takes on at least one")
        return self


class PeopleAssumptions(BaseModel):
    """All that is assumed of training."""

    model_config = STRICT

    about: str
    needs: Needs
    gives: Gives

    def at(self, end: End) -> dict[str, float]:
        """Give every figure at one end: easy, likely or hard.

        Parameters
        ----------
        end
            Which.

        Returns
        -------
        dict
            Figure by name.
        """
        found = {name: float(getattr(one, OF_NEEDS[end])) for name, one in self.needs}
        return found | {name: float(getattr(one, OF_GIVEN[end])) for name, one in self.gives}


def read_people_assumptions(path: Path | str) -> PeopleAssumptions:
    """Read assumptions of one's own.

    Parameters
    ----------
    path
        A TOML file like ``plan.toml`` of this folder.

    Returns
    -------
    PeopleAssumptions
        Checked.

    Raises
    ------
    BadInput
        Naming every fault at once.
    """
    path = Path(path)
    try:
        given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return PeopleAssumptions.model_validate(given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}. Mend that line and try again.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror}); give a TOML file of assumptions.") from None
    except ValidationError as error:
        parts = (PeopleAssumptions, Needs, Gives, Needed)
        known = {name for part in parts for name in part.model_fields}
        raise BadInput(f"{path} cannot be used:\n{faults_of(error, known)}") from None


@cache
def kit_people_assumptions() -> PeopleAssumptions:
    """Give what the kit assumes."""
    return read_people_assumptions(Path(__file__).with_name("plan.toml"))
