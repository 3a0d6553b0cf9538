"""What a rule has to know of other children than those whose values it finds: filled in by the survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers.profile.attendance_reach import Reach

__all__ = ["Reports", "Survey"]


@dataclass(frozen=True)
class Reports:
    """What a table of exceptions tells of all children together.

    Attributes
    ----------
    told
        Systems and years of which it has anything to tell (numbers).
    spoilt
        Of these, those in which a row is about nobody whom another system knows.
    schools
        System, school and year: the schools that report.
    left_over
        ``system``, names and birth date (a number) of children whom no other system knows, and ``listed``:
        the years in which the system itself lists them, one bit a year.
    """

    told: frozenset[tuple[int, int]]
    spoilt: frozenset[tuple[int, int]]
    schools: frozenset[tuple[int, str, int]]
    left_over: pd.DataFrame


@dataclass(frozen=True)
class Survey:
    """What is told of all children together; systems and school years are numbers.

    Attributes
    ----------
    tables
        Fact tables of which there is a row.
    filled
        Columns of people, and the systems that fill them for anybody.
    school_names
        ``system, name_of, name, children``: what the numbers of schools are called; see
        `helpers.profile.schools.names_learnt`.
    newest_classes
        By system and year, the newest day on which a child's class begins.
    keeps_submissions
        Some row tells when something was handed in.
    years_handed_in
        Systems and years in which a child's row tells so.
    reports
        By table of exceptions, what has to be known of all children.
    schools_of_spells
        By system, the numbers of schools at which it enrols children.
    years_of_families
        By element that counts log-ins or messages, systems and years of which it is told of anybody.
    reach
        Up to which day the exports of attendance speak.
    rostered
        Systems that enrol anybody.
    """

    tables: frozenset[str] = frozenset()
    filled: frozenset[tuple[str, int]] = frozenset()
    school_names: pd.DataFrame = field(default_factory=pd.DataFrame)
    newest_classes: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    keeps_submissions: bool = False
    years_handed_in: frozenset[tuple[int, int]] = frozenset()
    reports: Mapping[str, Reports] = field(default_factory=dict)
    schools_of_spells: Mapping[int, frozenset[str]] = field(default_factory=dict)
    years_of_families: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)
    rostered: frozenset[int] = frozenset()
