"""Study one synthetic district as its users would: detected faults, and alarms without faults."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import District, read_district
from helpers.gaps import declared_alarms, detected, scorecard_and_records
from helpers.link import Links, link_district
from helpers.profile import build_profiles
from helpers.score import AnswerKey, detected_faults, is_detectable, read_answer_key
from helpers.standard import STRING
from helpers.systems import roster_system
from synthetic_data.district import make_district
from synthetic_data.faults.scene import Fault, declared_faults, faults_on_request
from synthetic_data.system_folders import system_folders

__all__ = ["Asked", "DistrictResult", "declared_kinds", "hard_cases", "judge", "look_at", "words"]

LEFT_OUT = "left_out"
LINE = ["measure", "left_silo", "right_silo", "column"]
PLACE = ["silo", "file", "row"]
RECORD = ["silo", "record"]


@cache
def hard_cases() -> tuple[tuple[str, str, str], ...]:
    """Return cases that raise alarms without a fault: the case, the reporting system, and the finding."""
    declared = {name: folder.declared("study.toml") for name, folder in system_folders().items()}
    return tuple(
        sorted(
            (one["case"], name, one["detected_by"])
            for name, study in declared.items()
            for one in study.get("hard_case", ())
        )
    )


@dataclass(frozen=True)
class Asked:
    """District to generate, with the name of its run."""

    # Name of the run.
    run: str
    # As in a scenario.
    seed: int
    students: int
    level: str
    faults: float
    # Rates of kinds that happen only on request.
    rates: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DistrictResult:
    """Detection results of one district."""

    # One row per detectable fault: ``run, seed, silo, kind, fault``; ``listed`` (reported at its location: by
    # a finding, or among the source records of a scorecard line), ``alarmed`` (also over the threshold).
    faults: pd.DataFrame
    # Everything that raises an alarm, from ``helpers.gaps.detected``, and rows of facts without a value:
    # ``run, seed, left_silo, right_silo, measure, column, times, is_finding``; ``case`` if all its children
    # belong to one hard case, which is no fault.
    raised: pd.DataFrame
    # Counts of scorecard lines: ``run, seed, measure, left_silo, right_silo, column, status`` (alarm, limit,
    # within its threshold, standing condition), ``next_step``.
    lines: pd.DataFrame
    # Injected cases that aren't faults: ``run, seed, case, silo, detected_by, children, detected``.
    cases: pd.DataFrame


def words(detected_by: str) -> list[str]:
    """Split a ``detected_by``."""
    return [word.strip() for word in detected_by.split(";")]


def declared_kinds() -> dict[str, Fault]:
    """Return the detectable kinds of fault, by unique name across silos."""
    every = (*declared_faults(), *faults_on_request())
    return {one.name: one for one in every if any(map(is_detectable, words(one.detected_by)))}


def look_at(asked: Asked) -> DistrictResult:
    """Generate a district in its own folder, read, link and measure it, and score detection with its key."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        made = make_district(
            "workshop",
            folder=Path(folder) / "district",
            students=asked.students,
            seed=asked.seed,
            level=asked.level,
            faults=asked.faults,
            fault_rates=asked.rates,
        )
        district = read_district(made)
        return judge(asked, district, link_district(district))


def judge(asked: Asked, district: District, links: Links) -> DistrictResult:
    """Score the detection of a district's faults with its key."""
    key = read_answer_key(district.folder)
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    lines, behind = scorecard_and_records(district, links)
    raised = detected(lines, findings)
    left_out = _left_out(district, links)
    over = set(_named(raised[~raised["is_finding"].fillna(False).astype(bool)]))
    alarmed = np.array([line in over for line in _named(behind)], dtype=bool)
    judged = {
        name: _by_fault(
            detected_faults(
                district, findings, crosswalk=links.crosswalk, behind=records, left_out=left_out, key=key
            )
        )
        for name, records in (("listed", behind), ("alarmed", behind[alarmed]))
    }
    faults = judged["listed"].rename(columns={"detected": "listed"})
    # We look for measures only with a line over the threshold: otherwise their faults raise no alarm.
    alarms = judged["alarmed"]["detected"].reindex(faults.index)
    faults["alarmed"] = alarms.fillna(False).astype("boolean")
    raised = raised.assign(case=_explained(raised, findings, behind, district, key))
    of: dict[str, Any] = {"run": asked.run, "seed": asked.seed}
    return DistrictResult(
        faults=faults.reset_index().assign(**of),
        raised=pd.concat([raised, _as_raised(left_out)], ignore_index=True).assign(**of),
        lines=_statuses(lines, over).assign(**of),
        cases=_cases(district, key, findings, behind).assign(**of),
    )


def _named(lines: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Name scorecard lines as tuples in which missing values compare equal."""
    return lines[LINE].astype(STRING).fillna("").itertuples(index=False, name=None)


def _by_fault(judged: pd.DataFrame) -> pd.DataFrame:
    """Combine the detectors of a fault into one row: any of them suffices."""
    return judged.groupby(["fault", "silo", "kind"])["detected"].any().reset_index(["silo", "kind"])


def _left_out(district: District, links: Links) -> pd.DataFrame:
    """List facts without a value, of systems whose faults are detected that way."""
    wanted = {one.silo for one in declared_kinds().values() if LEFT_OUT in words(one.detected_by)}
    # The roster defines the children; facts of its own without a value don't matter here.
    silos = {name: silo for name, silo in district.silos.items() if name in wanted | {roster_system()}}
    left_out = build_profiles(replace(district, silos=silos), links).left_out
    return left_out[left_out["silo"].isin(list(wanted))]


def _as_raised(left_out: pd.DataFrame) -> pd.DataFrame:
    counted = left_out.groupby("silo").size().rename("times").reset_index()
    counted = counted.rename(columns={"silo": "left_silo"})
    nothing = pd.array([pd.NA] * len(counted), dtype=STRING)
    return counted.assign(
        measure=LEFT_OUT,
        right_silo=nothing,
        column=nothing,
        times=counted["times"].astype("Int64"),
        is_finding=False,
    )


def _statuses(lines: pd.DataFrame, over: set[tuple[str, ...]]) -> pd.DataFrame:
    """Classify each scorecard line for somebody who looks for problems to fix."""
    found = lines[lines["value"].notna()]
    limit = found["is_limit"].fillna(False).astype(bool)
    watched = found["measure"].isin(list(declared_alarms().measure))
    alarm = [line in over for line in _named(found)]
    status = pd.Series("standing condition", index=found.index, dtype=STRING)
    status = status.mask(watched, "within its threshold").mask(limit, "limit")
    status = status.mask(pd.Series(alarm, index=found.index, dtype=bool) & ~limit, "alarm")
    return found[[*LINE, "next_step"]].assign(status=status)


def _explained(
    raised: pd.DataFrame, findings: pd.DataFrame, behind: pd.DataFrame, district: District, key: AnswerKey
) -> pd.Series:
    """Return the injected case that explains each alarm, if all children in it belong to that case."""
    sources = behind.merge(district.person_rows, on=RECORD, how="inner", validate="many_to_many")
    at = findings.rename(columns={"kind": "measure", "silo": "left_silo"}).assign(silo=findings["silo"])
    sources = pd.concat([sources, at.dropna(subset=["file", "row"])], ignore_index=True)[[*LINE, *PLACE]]
    rows = key.rows.loc[key.rows["part"].eq("Subject"), [*PLACE, "person"]].dropna().drop_duplicates(PLACE)
    sources = sources.merge(rows, on=PLACE, how="left", validate="many_to_one")
    named = pd.Series(list(_named(sources)), index=sources.index, dtype=object)
    cases = {detected_by: case for case, _, detected_by in hard_cases()}
    found: list[str | None] = []
    for line in _named(raised):
        case = cases.get(line[0])
        if case is None:
            found.append(None)
            continue
        theirs = key.cases.loc[key.cases["case"].eq(case), "person"].tolist()
        persons = sources.loc[np.array([one == line for one in named], dtype=bool), "person"]
        found.append(case if len(persons) and persons.isin(theirs).all() else None)
    return pd.Series(found, index=raised.index, dtype=STRING)


def _cases(district: District, key: AnswerKey, findings: pd.DataFrame, behind: pd.DataFrame) -> pd.DataFrame:
    """Count the children of injected cases that aren't faults, and their reported records."""
    rows = key.rows.loc[key.rows["part"].eq("Subject"), [*PLACE, "person"]].dropna()
    counted = []
    for case, silo, detected_by in hard_cases():
        persons = key.cases.loc[key.cases["case"].eq(case), ["person"]].drop_duplicates()
        theirs = rows[rows["silo"].eq(silo)].merge(persons, on="person", how="inner", validate="many_to_one")
        theirs = district.person_rows.merge(theirs[PLACE], on=PLACE, how="inner", validate="many_to_one")
        records = theirs[RECORD].drop_duplicates()
        here = behind[behind["measure"].eq(detected_by)][RECORD].drop_duplicates()
        at = findings.loc[findings["kind"].eq(detected_by), PLACE].dropna().drop_duplicates()
        at = district.person_rows.merge(at, on=PLACE, how="inner", validate="many_to_one")
        here = pd.concat([here, at[RECORD]], ignore_index=True).drop_duplicates()
        met = records.merge(here, on=RECORD, how="inner", validate="one_to_one")
        counted.append((case, silo, detected_by, len(persons), len(met)))
    return pd.DataFrame(counted, columns=["case", "silo", "detected_by", "children", "detected"])
