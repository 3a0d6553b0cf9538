"""Who comes to a workshop, who helps, and with which question they leave."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel

from helpers.standard import STRICT, read_declared

__all__ = ["declared_people"]


class Profile(BaseModel):
    """A kind of learner, and what each can do after half a day."""

    model_config = STRICT

    who: str
    before: str
    afterward: str
    # Exercises and guesses of the half day in which they do it.
    practiced: tuple[str, ...]
    not_yet: str


class Job(BaseModel):
    """What one helper does."""

    model_config = STRICT

    name: str
    does: str
    # Only where learners have laptops.
    laptops: bool = False


class People(BaseModel):
    """Contents of ``people.toml``."""

    model_config = STRICT

    pairs: str
    closing: str
    few: str
    profile: tuple[Profile, ...]
    job: tuple[Job, ...]

    def jobs(self, *, laptops: bool) -> tuple[Job, ...]:
        """Return the jobs of a room with laptops, or without."""
        return tuple(job for job in self.job if laptops or not job.laptops)


@cache
def declared_people() -> People:
    """Read who comes and who helps."""
    return read_declared(Path(__file__).with_name("people.toml"), People, "people of the workshop")
