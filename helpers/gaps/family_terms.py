"""What a family would want to know and how a portal shows it, as declared; and figures that others quote."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from helpers.standard import STRING, BadInput, as_table, faults_of, nearest
from helpers.standard.elements import declared
from helpers.standard.validation import toml_of

__all__ = ["Domain", "FamilyTerms", "family_terms", "quoted_figures", "read_family_terms"]

HERE = Path(__file__).parent


class Declared(BaseModel):
    """A part of the declaration; a name that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Domain(Declared):
    """One thing that a family would want to know."""

    name: str
    title: str
    elements: tuple[str, ...]
    least: float | None = None
    timeline: tuple[str, ...] = ()
    topics: tuple[str, ...]
    portal: bool


class FamilyTerms(Declared):
    """The whole of communication.toml."""

    within_days: int
    domain: tuple[Domain, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> FamilyTerms:
        names = [each.name for each in self.domain]
        faults = [
            f"domain {name!r} is declared twice" for name in sorted(set(names)) if names.count(name) > 1
        ]
        elements = [each.name for each in declared().element]
        kinds = [each.name for each in declared().timeline]
        for each in self.domain:
            for what, asked, known in (
                ("element", each.elements, elements),
                ("kind of event", each.timeline, kinds),
            ):
                faults += [
                    f"domain {each.name!r}: nobody declares the {what} {name!r}.{nearest(name, known)}"
                    for name in asked
                    if name not in known
                ]
        if self.within_days < 0:
            faults.append("within_days is a number of days, 0 or more")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def read_family_terms(path: Path) -> FamilyTerms:
    """Read what a family would want to know.

    Parameters
    ----------
    path
        A TOML file in the language of ``helpers/gaps/communication.toml``.

    Returns
    -------
    FamilyTerms
        Domains, and how many days count as up to date.

    Raises
    ------
    BadInput
        When the file breaks its language; every fault is named.
    """
    known = {name for part in (Domain, FamilyTerms) for name in part.model_fields}
    try:
        return FamilyTerms.model_validate(toml_of(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} is no TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(
            f"{path.name} doesn't say what a family would want to know:\n{faults_of(error, known)}"
        ) from None


@cache
def family_terms() -> FamilyTerms:
    """Give the kit's own declaration, ``helpers/gaps/communication.toml``."""
    return read_family_terms(HERE / "communication.toml")


def quoted_figures() -> pd.DataFrame:
    """Give the survey figures that are quoted about families and schools.

    Returns
    -------
    pandas.DataFrame
        Table ``quoted_figures``: facts with their source, and what must not be done with them. They are no
        results of anything that the kit measures.
    """
    return as_table("quoted_figures", pd.read_csv(HERE / "facts" / "communication.csv", dtype=STRING))
