"""Generate survey answers of one synthetic school system in two years; the sector has its own generator."""

from __future__ import annotations

import tempfile
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from helpers.standard import STRING, BadInput, declared_survey
from synthetic_data.streams import rng_for

__all__ = ["make_answers", "write_answers"]

DECLARED = Path(__file__).with_name("one_system.toml")


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Domain(_Declared):
    stands: float = Field(ge=1, le=4)
    moves: float


class _Role(_Declared):
    role: str
    sees: float
    data_team: bool
    note: str


class _People(_Declared):
    system: str
    years: tuple[int, int]
    items_apart: float = Field(ge=0)
    people_apart: float = Field(ge=0)
    skipped: float = Field(ge=0, lt=1)
    domains: dict[str, _Domain]
    believed: dict[str, float]
    roles: tuple[_Role, ...]


@cache
def _people() -> _People:
    return _People.model_validate(tomllib.loads(DECLARED.read_text(encoding="utf-8")))


def make_answers(people: int = 6, seed: int = 7) -> pd.DataFrame:
    """Generate the answers of both years."""
    if people < 1:
        raise BadInput(f"people = {people}: at least one person fills in the form, such as people = 6.")
    declared = _people()
    rows = [_row(declared, number, year, seed) for year in declared.years for number in range(1, people + 1)]
    return pd.DataFrame(rows).astype(STRING)


def _row(declared: _People, number: int, year: int, seed: int) -> dict[str, str | None]:
    role = declared.roles[(number - 1) % len(declared.roles)]
    before = year == declared.years[0]
    who = f"R{number}a" if before and role.role == "Principal" else f"R{number}"
    row: dict[str, str | None] = {
        "system": declared.system,
        "year": str(year),
        "respondent": who,
        "role": role.role,
        "data_team": "yes" if role.data_team else "no",
    }
    for item in declared_survey().items.values():
        domain = declared.domains[item.domain]
        # An item's difficulty stays the same; a person's view of it is drawn once a year.
        hard = rng_for(seed, "survey", "item", item.id).normal(0, declared.items_apart)
        hard += declared.believed.get(item.id, 0.0)
        own = rng_for(seed, "survey", "answer", item.id, who, year)
        sees = domain.stands + (0.0 if before else domain.moves) + hard + role.sees
        answer = int(np.clip(np.rint(sees + own.normal(0, declared.people_apart)), 1, 4))
        row[item.id] = None if own.random() < declared.skipped else str(answer)
    return {**row, "note": role.note or None}


def write_answers(folder: str | Path = "", people: int = 6, seed: int = 7) -> tuple[Path, Path]:
    """Write the answers of both years as files that people would submit."""
    out = Path(folder or tempfile.mkdtemp(prefix="survey_answers_"))
    out.mkdir(parents=True, exist_ok=True)
    made = make_answers(people, seed)
    before, now = _people().years
    for year in (before, now):
        made[made["year"].eq(str(year))].to_csv(out / f"answers_{year}.csv", index=False, encoding="utf-8")
    return out / f"answers_{now}.csv", out / f"answers_{before}.csv"
