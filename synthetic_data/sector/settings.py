"""Define and validate the settings of a synthetic sector."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from helpers.standard import BadInput, declared_survey, faults_of, nearest, toml_of

__all__ = ["LOCALES", "SectorSettings", "load_sector", "preset_names"]

PRESETS = Path(__file__).parent / "presets"
_LOCALE_SHARES = {"City": 0.15, "Suburb": 0.25, "Town": 0.2, "Rural": 0.4}
LOCALES = tuple(_LOCALE_SHARES)
Share = Annotated[float, Field(ge=0, le=1)]
Effect = Annotated[float, Field(ge=-2, le=2)]
# One number per domain; a single number is for all domains.
BY_DOMAIN = ("pledged_effect", "community_effect", "data_team_effect", "change", "hardness")


class SectorSettings(BaseModel):
    """Settings of a synthetic sector; every size is the kit's own.

    Effects and changes are in standard deviations of a domain's readiness among systems with equal recorded
    attributes. `simulated_effects` converts them to the scale of answers, 1 to 4.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    name: str = Field("published", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="lower-case word")
    seed: int = Field(7, ge=0, le=2**63 - 1)

    # Invited systems, and how many answer: in the real survey a little over 100, then 187.
    invited: int = Field(800, ge=20, le=200_000)
    years: tuple[int, int] = (2021, 2022)
    responding: tuple[int, int] = (104, 187)
    # Share of the first year's respondents who answer again.
    overlap: Share = 0.6

    # Attributes.
    pledged: Share = 0.35
    community_if_pledged: Share = 0.6
    community_if_not: Share = 0.15
    data_team: Share = 0.4
    new_teams: Share = 0.05
    locales: dict[str, float] = Field(default_factory=lambda: dict(_LOCALE_SHARES))
    median_students: int = Field(2500, ge=50, le=100_000)
    # Association of pledge and data team with size: change of the log odds per standard deviation of log
    # size.
    pledged_by_size: float = Field(0.4, ge=-3, le=3)
    team_by_size: float = Field(0.5, ge=-3, le=3)

    # Effects on readiness, by domain; then effects that are the same in all domains.
    pledged_effect: dict[str, Effect] = Field(default_factory=dict)
    community_effect: dict[str, Effect] = Field(default_factory=dict)
    data_team_effect: dict[str, Effect] = Field(default_factory=dict)
    change: dict[str, Effect] = Field(default_factory=dict)
    # Difficulty of a domain, which lowers its answers.
    hardness: dict[str, Effect] = Field(default_factory=dict)
    size_effect: Effect = 0.2
    town_and_rural_effect: Effect = -0.15
    # Knowledge of data standards, 1 to 4: share that knows of them at all (2 or more) in the first year, its
    # association with readiness and the pledge, and the change per year.
    knows_standards: Share = 0.7
    standards_by_readiness: Share = 0.3
    standards_by_pledge: Effect = 0.3
    standards_change: Effect = 0.15

    # Correlation of answers: share of readiness common to all domains, share that stays from year to year,
    # and the range of item loadings.
    common_share: float = Field(0.6, ge=0, le=0.99)
    lasting_share: float = Field(0.75, ge=0, le=0.99)
    loadings: tuple[float, float] = (0.6, 0.8)
    missing_items: float = Field(0.03, ge=0, le=0.5)

    # Nonresponse. By recorded attributes (size, locale, pledge, community): a factor, 0 for random. By
    # unrecorded readiness, in opposite directions for those with and without pledge or team: a slope.
    recorded_nonresponse: float = Field(1.0, ge=0, le=3)
    unrecorded_self_selection: float = Field(0.0, ge=0, le=5)

    @field_validator(*BY_DOMAIN, mode="before")
    @classmethod
    def _one_for_all(cls, given: Any) -> Any:
        if _is_number(given):
            return {"all": given}
        if not isinstance(given, dict):
            raise ValueError("a number for all domains, or a table with a number by domain")
        return given

    @field_validator(*BY_DOMAIN)
    @classmethod
    def _every_domain(cls, given: dict[str, float]) -> dict[str, float]:
        domains = declared_survey().domains
        unknown = sorted(set(given) - {*domains, "all"})
        if unknown:
            raise ValueError(
                f"no such domain as {', '.join(unknown)}.{nearest(unknown[0], domains)} "
                f"There are: {', '.join(domains)}; and all"
            )
        return {code: given.get(code, given.get("all", 0.0)) for code in domains}

    @field_validator("locales", mode="before")
    @classmethod
    def _a_table(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            raise ValueError(f"a table with a share for each of {', '.join(LOCALES)}")
        return given

    @field_validator("locales")
    @classmethod
    def _shares_of_all(cls, given: dict[str, float]) -> dict[str, float]:
        if sorted(given) != sorted(LOCALES) or min(given.values(), default=-1) < 0 or not sum(given.values()):
            raise ValueError(f"a share for each of {', '.join(LOCALES)}, none below 0")
        return {name: given[name] / sum(given.values()) for name in LOCALES}

    @model_validator(mode="after")
    def _enough_of_them(self) -> Self:
        if not 10 <= min(self.responding) <= max(self.responding) <= self.invited:
            raise ValueError(f"responding: from 10 to invited ({self.invited}) in each year")
        again = round(self.overlap * self.responding[0])
        if again > self.responding[1] or self.responding[1] - again > self.invited - self.responding[0]:
            raise ValueError("overlap: more would answer again, or for the first time, than there are")
        if not 0 < self.loadings[0] <= self.loadings[1] < 1:
            raise ValueError("loadings: from the lowest to the highest, above 0 and below 1")
        if self.years[1] <= self.years[0]:
            raise ValueError("years: the first before the second")
        return self


def preset_names() -> list[str]:
    """List the sectors that ship with the kit."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load_sector(name_or_path: str | Path = "published", **overrides: Any) -> SectorSettings:
    """Load a sector's settings and apply overrides.

    Parameters
    ----------
    name_or_path
        A name of `preset_names`, or a TOML file.
    **overrides
        Settings to override, such as ``seed=3``. A key such as ``pledged_effect.governance`` sets one number
        of a table, and ``locales.City`` one share: the others share the rest in their old proportions.

    Returns
    -------
    SectorSettings
        Validated settings.

    Raises
    ------
    BadInput
        If settings are invalid; the message lists all errors.
    """
    path = PRESETS / f"{name_or_path}.toml" if str(name_or_path) in preset_names() else Path(name_or_path)
    if path.suffix != ".toml" or not path.is_file():
        raise BadInput(
            f"There is no sector {str(name_or_path)!r}.{nearest(str(name_or_path), preset_names())} "
            f"There are: {', '.join(preset_names())}; or give the path of a TOML file."
        )
    try:
        given = toml_of(path.read_text(encoding="utf-8"))
        return SectorSettings(**_with_parts({"name": path.stem, **given}, overrides))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"The sector {path} isn't valid TOML: {error}") from None
    except ValidationError as error:
        faults = faults_of(error, SectorSettings)
        raise BadInput(f"The sector {str(name_or_path)!r} can't be made:\n{faults}") from None


def _with_parts(given: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Set whole keys first, then dotted keys within a table."""
    parts = {key: value for key, value in overrides.items() if "." in key}
    settings = {**given, **{key: value for key, value in overrides.items() if key not in parts}}
    tables = sorted({key.split(".")[0] for key in parts})
    for name in tables:
        if name not in (*BY_DOMAIN, "locales"):
            raise BadInput(
                f"{next(key for key in parts if key.startswith(f'{name}.'))}: {name} has no parts. "
                f"These have: {', '.join((*BY_DOMAIN, 'locales'))}."
            )
        own = {key.partition(".")[2]: value for key, value in parts.items() if key.startswith(f"{name}.")}
        if name == "locales":
            settings[name] = _with_shares(settings.get(name, _LOCALE_SHARES), own)
        else:
            before = settings.get(name, {})
            settings[name] = {**(before if isinstance(before, dict) else {"all": before}), **own}
    return settings


def _with_shares(before: Any, own: Mapping[str, Any]) -> Any:
    """Set the named locales' shares, and divide the rest among the others in their old proportions."""
    unknown = next((name for name in own if name not in LOCALES), None)
    if unknown is not None:
        raise BadInput(
            f"locales.{unknown}: there is no such locale.{nearest(unknown, LOCALES)} "
            f"There are: {', '.join(LOCALES)}."
        )
    if not isinstance(before, dict) or not all(map(_is_number, before.values())):
        return before  # validation reports what is wrong there
    if not all(map(_is_number, own.values())) or min(own.values()) < 0 or not sum(own.values()) <= 1:
        raise BadInput(f"locales: shares from 0 to 1, together at most 1; given are {_pairs(own)}.")
    left = 1 - sum(own.values())
    others = {name: share for name, share in before.items() if name not in own}
    whole = sum(others.values())
    if left > 0 and not whole > 0:
        raise BadInput(
            f"locales: {_pairs(own)} leave {left:.2f}, and no other locale has a share. Give more."
        )
    return {**{name: left * share / whole if whole else 0.0 for name, share in others.items()}, **own}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _pairs(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())
