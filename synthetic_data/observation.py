"""Describe what a system records of the truth: the base of generators and faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable
from helpers.layouts import FileLayout, load_layout
from helpers.standard import STRING, constant, missing, stacked
from synthetic_data.columns import index_in, marked, of_one_length
from synthetic_data.life import Life
from synthetic_data.life.one_change import Change, with_surname
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for
from synthetic_data.system_folders import system_folders

__all__ = [
    "NOBODY",
    "Later",
    "Observation",
    "Recorded",
    "Truth",
    "about",
    "all_limits",
    "arrived_by",
    "guids",
    "in_own_words",
    "keep",
    "known_on",
    "limits",
    "look_up",
    "names_persons",
    "not_held",
    "on_day",
    "own_words",
    "ref_ids",
]


# `part` of rows about nobody in a file about people: structure, or a system's own test student. Person faults
# don't affect them.
NOBODY = "Nobody"


@dataclass(frozen=True)
class Truth:
    """The true state of a district."""

    population: Population
    schooling: Schooling
    life: Life
    change: Change | None = None
    """The watched change, once a system has received it."""


def known_on(truth: Truth, day: pd.Timestamp) -> Truth:
    """Return the truth on a day, as far as a watched change affects it."""
    change = truth.life.change
    if change is None or day < change.day:
        return truth
    people = with_surname(truth.population, change) if change.kind == "surname" else truth.population
    return replace(truth, population=people, change=change)


@dataclass(frozen=True)
class Recorded:
    """One file of a system: native columns with standard values, and the person of each row."""

    file: str
    """Name of the `[[file]]` in the layout."""
    path: str
    """Name of the file."""
    frame: pd.DataFrame | TextTable
    """Finished text where a system writes many small files, whose columns it renders all at once."""
    people: pd.DataFrame
    """`person` and `part` (Subject, Guardian, Teacher, Nobody), one row a row of `frame`; NA where the row is
    about nobody."""
    spare: pd.DataFrame | None = None
    """Rows that the system no longer lists, from which faults are made."""
    spare_people: pd.DataFrame | None = None
    """`person`, `part` and `why` (left, old id) of the spare rows."""
    wording: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column -> agreed text -> this system's own text, which replaces it."""
    always: bool = False
    """Included even where only people are asked for: without it the other files can't be read."""


@dataclass(frozen=True)
class Later:
    """Files of one kind that we generate only when we write them.

    With people only (`names_persons`), we skip them and the events that they need.
    """

    file: str
    """Name of the `[[file]]` in the layout."""
    make: Callable[[], Iterable[Recorded]]


@dataclass(frozen=True)
class Observation:
    """Everything that one system records, and what it isn't meant to contain."""

    silo: str
    layout: str
    files: tuple[Recorded | Later, ...]
    limits: pd.DataFrame
    """`person` (NA: everybody), `column` (NA: the whole record), `reason`."""
    cases: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"case": [], "person": []}, dtype=STRING)
    )
    """`case` and `person`: hard cases that only this system makes."""

    def recorded(self, people_only: bool = False, kind: str | None = None) -> Iterator[Recorded]:
        """Yield the files, generated now if needed: all, those that name persons, or those of one kind."""
        layout = load_layout(self.layout)
        for one in self.files:
            if kind is not None and one.file != kind:
                continue
            wanted = not people_only or names_persons(layout.file_named(one.file))
            if isinstance(one, Recorded):
                if wanted or one.always:
                    yield one
            elif wanted:
                yield from one.make()


WHO = frozenset({"first_name", "last_surname", "full_name", "birth_date", "role"})


def names_persons(file: FileLayout) -> bool:
    """Check by its layout whether a kind of file identifies persons.

    It does if it makes rows of `people` with a name, birth date or role, or only rows of `people`: a list of
    persons. A file of events with only an id doesn't.
    """
    people = [makes for makes in file.makes if makes.table == "people"]
    has_names = any(WHO & makes.take.keys() for makes in people)
    return has_names or (bool(people) and len(people) == len(file.makes))


def guids(rng: np.random.Generator, count: int) -> Any:
    """Draw GUIDs (version 4)."""
    raw = np.frombuffer(rng.bytes(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode("ascii"), dtype=np.uint8).reshape(count, 32)
    return of_one_length(np.insert(digits, (8, 12, 16, 20), ord("-"), axis=1))


def look_up(keys: pd.Series, table: pd.DataFrame, on: str, column: str) -> pd.Series:
    """Look up a value for every key, without changing order or length."""
    place = index_in(keys, table[on])
    values = table[column].array.take(place, allow_fill=True)
    return pd.Series(values, index=keys.index, name=column)


def on_day(enrollments: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Mark enrollment periods that include a day."""
    return (enrollments["begin_date"] <= day) & (
        enrollments["end_date"].isna() | (enrollments["end_date"] >= day)
    )


def arrived_by(truth: Truth, day: dt.date) -> npt.NDArray[np.bool_]:
    """Mark children whose enrollment in the district had started by a day."""
    begun = truth.schooling.begin <= np.datetime64(day, "D")
    return marked(truth.schooling.enrollments.child[begun], len(truth.population.children))


def keep(frame: pd.DataFrame, mask: npt.ArrayLike) -> pd.DataFrame:
    """Filter rows by a mask, and reset the index."""
    return frame.loc[np.asarray(mask, dtype=bool)].reset_index(drop=True)


def about(person: Any, part: str | Any, **more: Any) -> pd.DataFrame:
    """Build the table of the persons that rows are about."""
    count = len(person)
    columns = {"person": person, "part": constant(part, count) if isinstance(part, str) else part, **more}
    return pd.DataFrame(columns).reset_index(drop=True).astype(STRING)


def limits(
    persons: Sequence[str] | pd.Series = (), reason: str = "No such field", columns: Sequence[str] = ()
) -> pd.DataFrame:
    """List what a system isn't meant to contain."""
    named = pd.Series(persons, dtype=STRING).reset_index(drop=True)
    held = pd.Series(columns, dtype=STRING)
    return pd.DataFrame(
        {
            "person": stacked([named, pd.Series(missing(len(held), STRING))]),
            "column": stacked([pd.Series(missing(len(named), STRING)), held]),
            "reason": constant(reason, len(named) + len(held)),
        }
    )


def all_limits(missing: Mapping[str, pd.Series], columns: Sequence[str]) -> pd.DataFrame:
    """List the children whom a system isn't meant to contain, by the reason, and the columns it lacks."""
    persons = [limits(named, reason) for reason, named in missing.items()]
    return pd.concat([*persons, limits(columns=columns)], ignore_index=True)


# What a list of people may say of a child.
OF_A_CHILD = (
    "first_name", "middle_name", "last_surname", "generation_code_suffix", "preferred_first_name",
    "birth_date", "sex", "race", "hispanic_latino_ethnicity", "grade_level", "school_id",
    "street_number_name", "city", "postal_code", "home_language", "telephone", "email",
)  # fmt: skip


def not_held(layout: str, held: Sequence[str] = (), left_empty: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what a system doesn't say of a child: what its layout has no column for.

    `held` is in another column, such as the name of a school; `left_empty` has a column that nobody fills.
    """
    makes = [makes for file in load_layout(layout).files for makes in file.makes if makes.table == "people"]
    taken = {column for one in makes for column in one.take} | {*held}
    if "full_name" in taken:
        taken |= {"first_name", "last_surname"}
    return tuple(column for column in OF_A_CHILD if column not in taken - {*left_empty})


@cache
def own_words(silo: str, column: str) -> list[dict[str, str]]:
    """Return the styles in which a system writes a column: agreed code -> own code, one dict per style."""
    words: list[dict[str, str]] = system_folders()[silo].declared("own_words.toml")[column]
    return words


def in_own_words(silo: str, column: str, words: pd.Series, manner: npt.NDArray[np.integer]) -> pd.Series:
    """Replace agreed codes with those of a system without an agreement."""
    manners = own_words(silo, column)
    translated = words.astype(STRING)
    for number, own in enumerate(manners):
        mine = np.asarray(manner) % len(manners) == number
        translated = translated.where(~mine, translated.replace(own))
    return translated


def ref_ids(scenario: Scenario, truth: Truth) -> Any:
    """Return every child's RefId, in the order of the children; all systems write the same one."""
    return guids(rng_for(scenario.seed, "sif", "RefId"), len(truth.population.children))
