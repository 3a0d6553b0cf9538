"""Define all settings of a district, and the four exchange levels."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pandas as pd
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from helpers.standard import (
    BadInput,
    Measured,
    StrictModel,
    faults_of,
    last_day,
    nearest,
    plain,
    respelled,
    toml_of,
)
from synthetic_data.system_folders import system_folders

__all__ = [
    "ERROR_FAMILIES",
    "LEVELS",
    "SWITCHES",
    "Exchange",
    "Level",
    "Scenario",
    "exchange",
    "known_fault_kinds",
    "level_of",
    "level_title",
    "load_scenario",
    "roster_days",
    "scenario_names",
]


Level = Literal["none", "manual", "rostered", "governed"]
LEVELS: tuple[str, ...] = get_args(Level)
ErrorFamily = Literal["development", "held_out"]
ERROR_FAMILIES: tuple[str, ...] = get_args(ErrorFamily)
Share = Annotated[float, Field(ge=0, le=1)]
SmallShare = Annotated[float, Field(ge=0, le=0.5)]
Dial = Annotated[float, Field(ge=0, le=3)]
Gradient = Annotated[float, Field(ge=0, le=1.25)]
# Tables of a scenario with kinds of fault as keys.
BY_KIND = ("fault_rates", "fault_dials")

SCENARIOS = Path(__file__).parent / "scenarios"
MOST_SHOWN = 20  # faults of a file
LEVELS_FILE = Path(__file__).parent / "levels.toml"
SWITCHES = ("carried_ids", "freshness", "code_agreement", "fault_level")


# Placeholder for the last day of April of the school year.
LAST_OF_APRIL = dt.date.min


class Scenario(BaseModel):
    """Settings of a synthetic district; shares are rates from 0 to 1, the kit's own unless sourced."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    name: str = Field("workshop", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="lower-case word")
    title: str = Field("Riverbend", min_length=1, max_length=40, description="name of the district")
    seed: int = Field(7, ge=0, le=2**63 - 1)
    students: int = Field(600, ge=20, le=5_000_000)
    school_year: int = Field(2026, ge=2000, le=2090)
    as_of: dt.date = LAST_OF_APRIL
    fair: bool = True
    people_only: bool = False

    # What systems exchange: the level sets four switches (levels.toml), each of which can be set alone.
    level: Level = "manual"
    carried_ids: Level | None = None
    freshness: Level | None = None
    code_agreement: Level | None = None
    fault_level: Level | None = None
    # The same four switches for one system, as a contract with its vendor can change them.
    systems: dict[str, dict[str, str]] = Field(default_factory=dict)

    # Fault rates: a factor on every rate, a factor on one kind's rate, and rates by kind.
    faults: float = Field(1.0, ge=0, le=3)
    fault_dials: dict[str, Dial] = Field(default_factory=dict)
    fault_rates: dict[str, Share] = Field(default_factory=dict)

    # Errors of other origin than the catalog's, put in after all faults (error_families/); by default none.
    errors: ErrorFamily | None = None

    # One change in the life of one child from one day on, to watch (life/one_change.py).
    watched: Literal["custody", "surname", "allergy"] | None = None
    watched_day: dt.date | None = None

    # Population.
    twins_share: SmallShare = 0.03
    homeless_share: SmallShare = 0.025
    foster_share: SmallShare = 0.006
    preferred_name_share: SmallShare = 0.10
    surname_changed_share: SmallShare = 0.02
    retained_share: SmallShare = 0.015

    # Mobility in a school year: shares of households (movers, leavers, arrivals) or of children.
    moved_in_year: SmallShare = 0.12
    left_in_year: SmallShare = 0.04
    arrived_in_year: SmallShare = 0.05
    returned_in_year: SmallShare = 0.01
    no_show: SmallShare = 0.008

    # Region: number of districts, and the share of children who move between them in the year (the kit's
    # own). The region's generator sets this district's number and the region's seed.
    districts: int = Field(1, ge=1, le=999)
    moved_between: SmallShare = 0.02
    district: int = Field(0, ge=0, le=999)
    region_seed: int = Field(0, ge=0, le=2**63 - 1)

    # Life.
    chronic_absence: float = Field(0.278, ge=0.02, le=0.8)
    # A shock, such as a pandemic: chronic absence in its year, and years until half of it is gone.
    chronic_absence_peak: float | None = Field(None, ge=0.02, le=0.8)
    shock_year: int = Field(2022, ge=2000, le=2090)
    shock_half_life: float = Field(4.0, ge=0.25, le=100)
    # A factor on the correlations of a child's traits (life/traits.toml), the share of traits that all
    # systems see alike, and a factor on the effects of one kind of event on another (absent on the due date).
    trait_ties: Share = 1.0
    traits_shared: Share = 1.0
    direct_effects: Share = 1.0
    engagement_in_absence: float = Field(0.85, ge=0, le=0.99)
    traits_in_grades: float = Field(0.9, ge=0, le=0.99)
    meal_coverage: Share = 0.88
    # Whether survey and career planning have the columns in which children write (life/free_text.py).
    free_text: bool = True

    # Social gradients, each a factor on its published differences: 1 meets them, 0 removes them. By family
    # income, change of school and homelessness: life/circumstances.py; by special education: plans.py.
    ses_gradient: Gradient = 1.0
    mobility: Gradient = 1.0
    homelessness: Gradient = 1.0
    disability: Gradient = 1.0

    @field_validator("watched_day")
    @classmethod
    def _with_what_is_watched(cls, day: dt.date | None, info: ValidationInfo) -> dt.date | None:
        watched, year = info.data.get("watched"), info.data.get("school_year")
        if "watched" in info.data and (day is None) != (watched is None):
            raise ValueError("watched and watched_day are set together: what changes, and from which day on")
        if day is not None and year is not None and not dt.date(year - 1, 9, 15) <= day <= last_day(year):
            raise ValueError(f"must be a date from {year - 1}-09-15 to {last_day(year)}")
        return day

    @field_validator("systems", mode="before")
    @classmethod
    def _one_systems_switches(cls, systems: Any) -> Any:
        if not isinstance(systems, Mapping):
            raise ValueError("must be a table by system, such as systems.meals.carried_ids = 'governed'")
        if faults := [fault for silo, given in systems.items() for fault in _switch_faults(silo, given)]:
            raise ValueError("; ".join(faults))
        return systems

    @field_validator("as_of", mode="before")
    @classmethod
    def _last_of_april(cls, as_of: Any, info: ValidationInfo) -> Any:
        # An invalid school year is reported as its own error; until then, any year will do.
        return dt.date(info.data.get("school_year", 2026), 4, 30) if as_of == LAST_OF_APRIL else as_of

    @field_validator("as_of")
    @classmethod
    def _within_the_year(cls, as_of: dt.date, info: ValidationInfo) -> dt.date:
        year = info.data.get("school_year")  # missing if it is invalid itself
        if year is not None and not dt.date(year - 1, 9, 15) <= as_of <= last_day(year):
            raise ValueError(
                f"must be a date from {year - 1}-09-15 to {last_day(year)}, within the school year {year}"
            )
        return as_of

    @property
    def shock_points(self) -> float:
        """Percent points by which the shock raises chronic absence in its year."""
        return 100 * (self.chronic_absence_peak or self.chronic_absence) - 100 * self.chronic_absence

    def fingerprint(self) -> str:
        """Return a short hash of all settings: two scenarios share it only if they are equal."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def _switch_faults(silo: str, given: Any) -> list[str]:
    known = system_folders()
    if silo not in known:
        return [f"no system {silo!r}.{nearest(silo, known)} There are: {', '.join(known)}"]
    if not isinstance(given, Mapping):
        return [f"{silo}: must be a table of switches, such as carried_ids = 'governed'"]
    faults = []
    for switch, level in given.items():
        if switch not in SWITCHES:
            faults.append(
                f"{silo}: no switch {switch!r}.{nearest(switch, SWITCHES)} There are: {', '.join(SWITCHES)}"
            )
        elif level not in LEVELS:
            faults.append(f"{silo}.{switch} = {level!r}: must be one of {', '.join(LEVELS)}")
    return faults


def scenario_names() -> list[str]:
    """List the scenarios that ship with the kit."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


@cache
def known_fault_kinds() -> frozenset[str]:
    """List the declared kinds of fault, alone and with their system: typo, meals.typo."""
    declared = [
        (silo, str(fault["kind"]))
        for silo, folder in system_folders().items()
        for fault in folder.declared("faults.toml").get("fault", ())
    ]
    return frozenset({kind for _, kind in declared} | {f"{silo}.{kind}" for silo, kind in declared})


def load_scenario(
    name_or_path: str | Path = "workshop", fault_kinds: Collection[str] | None = None, **overrides: Any
) -> Scenario:
    """Load a scenario and apply overrides.

    Parameters
    ----------
    name_or_path
        A name from `scenario_names`, or the path of a TOML file.
    fault_kinds
        Kinds allowed in `fault_rates` and `fault_dials`; default is those that systems declare.
    **overrides
        Keys of `Scenario` to override. These two tables are merged; a key such as ``fault_rates.pin_reused``
        sets one rate, and ``fault_dials.typo`` one factor.

    Returns
    -------
    Scenario
        The validated scenario.

    Raises
    ------
    BadInput
        If the file or the overrides have errors; the message lists all, with key, value and allowed values.

    Examples
    --------
    >>> load_scenario("workshop", students=300).students
    300
    """
    path = _path_of(name_or_path)
    try:
        settings = respelled(toml_of(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"Scenario {path} isn't valid TOML: {error}. Correct that line and try again."
        ) from None
    settings.setdefault("name", path.stem)
    given = respelled(overrides)
    kinds = known_fault_kinds() if fault_kinds is None else frozenset(fault_kinds)
    unknown: list[tuple[str, str]] = []
    for table in BY_KIND:
        by_kind = {**_table(settings.get(table)), **_table(given.pop(table, None))}
        for key in [key for key in given if key.startswith(f"{table}.")]:
            by_kind[key.removeprefix(f"{table}.")] = given.pop(key)
        if by_kind:
            settings[table] = by_kind
        unknown += [(table, kind) for kind in by_kind if kind not in kinds]
    settings |= given
    invalid: list[Any] = []
    try:
        scenario = Scenario.model_validate(settings)
    except ValidationError as error:
        invalid = error.errors()
    if invalid or unknown:
        count = plain(f"{Measured('scenario_faults', len(invalid) + len(unknown)):count}")
        listed = [_in_words(fault) for fault in invalid[:MOST_SHOWN]]
        listed += [_unknown_kind(table, kind, kinds) for table, kind in unknown[: MOST_SHOWN - len(listed)]]
        raise BadInput(f"Scenario {settings['name']!r} has {count}: {'; '.join(listed)}")
    return scenario


def _path_of(name_or_path: str | Path) -> Path:
    known = SCENARIOS / f"{name_or_path}.toml"
    if isinstance(name_or_path, str) and name_or_path in scenario_names():
        return known
    path = Path(name_or_path)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise BadInput(
        f"There is no scenario {str(name_or_path)!r}.{nearest(str(name_or_path), scenario_names())} "
        f"There are: {', '.join(scenario_names())}; or give the path of a TOML file."
    )


def _table(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {} if value is None else {"": value}


def _unknown_kind(table: str, kind: str, kinds: Collection[str]) -> str:
    listed = ", ".join(sorted(known for known in kinds if "." not in known))
    return f"{table}.{kind}: no such kind of fault.{nearest(kind, kinds)} There are: {listed}"


def _in_words(fault: Any) -> str:
    place = ".".join(str(step) for step in fault["loc"])
    key = str(fault["loc"][0]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        return f"{place}: unknown key.{nearest(key, Scenario.model_fields)}"
    if fault["type"] == "value_error":
        return f"{place} = {fault['input']}: {str(fault['msg']).removeprefix('Value error, ')}"
    return f"{place} = {fault['input']!r}: must be {_allowed(key)}"


def _allowed(key: str) -> str:
    """Describe the allowed values of a key, from its declaration."""
    schema = Scenario.model_json_schema()["properties"][key]
    schema = schema.get("additionalProperties", schema)
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    chosen = options[0]
    if "enum" in chosen:
        return f"one of {', '.join(chosen['enum'])}"
    if chosen["type"] in ("number", "integer"):
        kind = "a number" if chosen["type"] == "number" else "a whole number"
        return f"{kind} from {chosen['minimum']:,.10g} to {chosen['maximum']:,.10g}"
    if chosen["type"] == "boolean":
        return "true or false"
    if chosen.get("format") == "date":
        return "a date such as 2026-04-30"
    return f"text ({schema.get('description', 'not empty')})"


@cache
def _levels() -> Mapping[str, Any]:
    return tomllib.loads(LEVELS_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Exchange:
    """How one silo takes part in the exchange of a district."""

    ids: Mapping[str, float]
    """Identification system -> share of records that carry it."""
    roster_date: pd.Timestamp
    """The as-of day of the silo's roster: the day of the exports, or some days before it."""
    agreed_codes: bool
    """Whether the silo writes the district's words, or its own."""
    fault_factor: float
    """What the rates of faults are multiplied with."""


def exchange(scenario: Scenario, silo: str) -> Exchange:
    """Return a silo's exchange from the scenario's level and its single switches."""
    level = {switch: level_of(scenario, silo, switch) for switch in SWITCHES}
    own = _levels_of(silo)
    return Exchange(
        ids=own[level["carried_ids"]].ids,
        roster_date=pd.Timestamp(scenario.as_of) - pd.Timedelta(days=own[level["freshness"]].freshness),
        agreed_codes=own[level["code_agreement"]].codes == "agreed",
        fault_factor=_levels()[level["fault_level"]]["faults"] * scenario.faults,
    )


class _OwnLevel(StrictModel):
    """How a silo takes part at one level: a line of its ``levels.toml``."""

    ids: Mapping[str, Share]
    freshness: Annotated[int, Field(ge=0)]
    codes: Literal["own", "agreed"]


@cache
def _levels_of(silo: str) -> Mapping[str, _OwnLevel]:
    folder = system_folders()[silo]
    path, declared = folder.path / "levels.toml", folder.declared("levels.toml")
    line = 'a line such as manual = { ids = { State = 0.8 }, freshness = 60, codes = "own" }.'
    if missing := [level for level in LEVELS if not {*_OwnLevel.model_fields} <= {*declared.get(level, ())}]:
        raise BadInput(f"{path} doesn't give ids, freshness and codes at {missing[0]!r}; add {line}")
    try:
        return TypeAdapter(Mapping[str, _OwnLevel]).validate_python(declared)
    except ValidationError as error:
        raise BadInput(f"{path} can't be used:\n{faults_of(error)}\nGive {line}") from None


def level_of(scenario: Scenario, silo: str, switch: str) -> str:
    """Return the level of one switch of one system."""
    own = scenario.systems.get(silo, {}).get(switch)
    return str(own or getattr(scenario, switch) or scenario.level)


def roster_days(scenario: Scenario) -> list[pd.Timestamp]:
    """List the days of the systems' rosters, latest first, including the day of the exports."""
    days = {pd.Timestamp(scenario.as_of)}
    days |= {exchange(scenario, silo).roster_date for silo in system_folders()}
    return sorted(days, reverse=True)


def level_title(level: str) -> str:
    """Describe an exchange level."""
    return str(_levels()[level]["title"])
