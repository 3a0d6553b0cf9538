"""Who comes to a workshop, who helps, and with which question they leave."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from helpers.standard import StrictModel, read_declared

__all__ = ["declared_people"]


class Profile(StrictModel):
    """A kind of learner, and what each can do after half a day."""

    who: str
    before: str
    afterward: str
    # Exercises and guesses of the half day in which they do it.
    practiced: tuple[str, ...]
    not_yet: str


class Job(StrictModel):
    """What one helper does."""

    name: str
    does: str
    # Only where learners have laptops.
    laptops: bool = False


class People(StrictModel):
    """Contents of ``people.toml``."""

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
