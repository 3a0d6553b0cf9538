"""Districts to link, made and read once and kept under reports/bench_cache, with the truth about them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import read_district
from helpers.score import AnswerKey, read_answer_key
from helpers.score.groups import fault_exposure
from helpers.score.truth import true_person_of_record
from synthetic_data.district import fingerprint, make_district
from synthetic_data.scenario import load_scenario

__all__ = ["CACHE", "LinkingData", "linking_data", "read_data"]

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / "reports" / "bench_cache"
DISTRICT = ("people", "person_rows", "identifiers", "findings")
TO_LINK = ("people", "person_rows", "identifiers", "school")
KEY = ("people", "rows", "faults", "limits", "cases", "values", "effects")
# The bulk of a key, which no score of links looks at.
NOT_KEPT = ("values", "effects", "limits")
RECORD = ["silo", "record"]


@dataclass(frozen=True)
class LinkingData:
    """What linking needs of one district, and what scoring needs of its truth.

    ``owners``: a row a record and person that stands behind it (``silo``, ``record``, ``person``, ``rows``).
    ``exposure``: the faults on records, as `helpers.score.score_groups` takes them.
    """

    folder: Path
    people: pd.DataFrame
    person_rows: pd.DataFrame
    identifiers: pd.DataFrame
    findings: pd.DataFrame
    school: pd.DataFrame
    key: AnswerKey
    owners: pd.DataFrame
    exposure: pd.DataFrame
    unique_people: tuple[str, ...]
    anchor_order: tuple[str, ...]

    @property
    def students(self) -> pd.DataFrame:
        """The records that are linked, in order of silo and record."""
        students = self.people[self.people["role"].eq("Student")]
        return students.sort_values(RECORD, ignore_index=True)


def linking_data(seed: int, students: int, *, people_only: bool = False, **settings: Any) -> LinkingData:
    """Give a district to link; made and read when it is asked for first.

    Parameters
    ----------
    seed, students
        As `bigpicture make` takes them.
    people_only
        Whether only the newest files that name persons are made: quicker, and fewer records a child.
    **settings
        Other keys of a scenario, such as ``faults=2.0``; scenario *district* and level *none* unless they
        say otherwise.

    Returns
    -------
    LinkingData
        Its tables. The cache knows a district by all that decides its bytes, and by the reader.
    """
    scenario = load_scenario(
        settings.pop("scenario", "district"),
        **{"level": "none", **settings, "seed": seed, "students": students, "people_only": people_only},
    )
    mark = hashlib.sha256(f"{fingerprint(scenario)} {_reader()}".encode()).hexdigest()[:24]
    place = CACHE / f"{scenario.name}-{seed}-{students}-{mark}"
    if not (place / "about.json").exists():
        folder = place / "district"
        make_district(scenario, folder, processes=min(2, os.cpu_count() or 1))
        _keep(place, folder)
        shutil.rmtree(folder)
    return read_data(place)


def _reader() -> str:
    """Fingerprint the code that reads and keeps, so that a changed reader never serves old tables."""
    whole = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted((PROJECT / "helpers" / "files").rglob("*.py")):
        whole.update(path.name.encode("utf-8") + path.read_bytes())
    return whole.hexdigest()


def _keep(place: Path, folder: Path) -> None:
    district = read_district(folder)
    key = read_answer_key(folder)
    for name in DISTRICT:
        getattr(district, name).to_parquet(place / f"{name}.parquet")
    district.fact("school").to_parquet(place / "school.parquet")
    for name in KEY:
        frame = getattr(key, name)
        (frame.head(0) if name in NOT_KEPT else frame).to_parquet(place / f"key_{name}.parquet")
    owners = (
        true_person_of_record(district, key).groupby([*RECORD, "person"]).size().rename("rows").reset_index()
    )
    owners.to_parquet(place / "owners.parquet")
    fault_exposure(district, key).to_parquet(place / "exposure.parquet")
    about = {"unique_people": list(district.unique_people), "anchor_order": list(district)}
    (place / "about.json").write_text(json.dumps(about), encoding="utf-8")


def read_data(place: Path, *, truth: bool = True) -> LinkingData:
    """Read a district that was kept.

    Parameters
    ----------
    place
        Its folder in the cache.
    truth
        Whether the key and what is derived from it are read; without, they are empty, so that a process
        that only links holds no more than linking needs.

    Returns
    -------
    LinkingData
        Its tables.
    """
    about = json.loads((place / "about.json").read_text(encoding="utf-8"))
    told = {name: pd.read_parquet(place / f"{name}.parquet") for name in TO_LINK}
    for name in ("findings", "owners", "exposure"):
        told[name] = pd.read_parquet(place / f"{name}.parquet") if truth else pd.DataFrame()
    tables = {
        name: pd.read_parquet(place / f"key_{name}.parquet") if truth else pd.DataFrame() for name in KEY
    }
    return LinkingData(
        folder=place, key=AnswerKey(**tables), **told, **{name: tuple(about[name]) for name in about}
    )
