"""What training is assumed to take, read from a table that anybody can replace."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, model_validator

from helpers.standard.validation import STRICT, Assumed, read_declared

__all__ = ["End", "Needed", "PeopleAssumptions", "kit_people_assumptions", "read_people_assumptions"]

End = Literal["easy", "likely", "hard"]
# Which end of a range is easy: needs at their low end, what people give at the high one.
OF_NEEDS: dict[End, str] = {"easy": "low", "likely": "likely", "hard": "high"}
OF_GIVEN: dict[End, str] = {"easy": "high", "likely": "likely", "hard": "low"}


class Needed(Assumed):
    """One assumption, and what it means."""

    unit: str
    meaning: str


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
    return read_declared(Path(path), PeopleAssumptions, "assumptions")


@cache
def kit_people_assumptions() -> PeopleAssumptions:
    """Give what the kit assumes."""
    return read_people_assumptions(Path(__file__).with_name("plan.toml"))
