"""The behavior system's files: fields of a real reader, one part a child, labels of two years."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import load_layout
from synthetic_data.life.incidents import OFFENDER
from tests.synthetic_data.one_silo import write_silo
from tests.synthetic_data.truth import truth

FIELDS = Path(__file__).parents[1] / "layouts" / "terms" / "deanslist_fields.csv"
RECORDS = {"incidents": "Incident", "students": "Student"}
NESTED = {
    "Penalties": "Penalty",
    "Custom_Fields": "CustomField",
    "Actions": "Action",
    "Enrollment": "EnrollmentObject",
}


def fields() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(FIELDS.read_text(encoding="utf-8").splitlines()):
        found.setdefault(row["record"], {})[row["field"]] = row["type"]
    return found


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    paths = sorted((folder / "silos" / "behavior").glob(f"{name}_*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def paths_of(value: Any, before: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from paths_of(inside, f"{before}.{name}" if before else name)
    elif isinstance(value, list):
        for inside in value:
            yield from paths_of(inside, f"{before}[]")
    else:
        yield before


@pytest.mark.parametrize("name", RECORDS)
def test_every_column_is_a_field_of_the_reader(name: str) -> None:
    known = fields()
    for column in load_layout("behavior/incident_records").file_named(name).columns:
        record = RECORDS[name]
        for step in re.sub(r"\[\]", "", column.name).split("."):
            assert step in known[record], column.name
            inside = known[record][step]
            record = NESTED.get(step, "Date" if "Date |" in inside else record)


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_of_the_reader_is_declared_or_kept_apart(name: str) -> None:
    file = load_layout("behavior/incident_records").file_named(name)
    declared = {column.name.split(".")[0].removesuffix("[]") for column in file.columns}
    apart = {
        field for field in fields()[RECORDS[name]] if re.search(file.extension_columns or "^$", f"{field}[1]")
    }
    assert declared | apart == set(fields()[RECORDS[name]])


def test_what_is_written_is_declared(clean_district_folder: Path) -> None:
    for name in RECORDS:
        declared = {
            column.name for column in load_layout("behavior/incident_records").file_named(name).columns
        }
        assert {path for line in lines(clean_district_folder, name) for path in paths_of(line)} <= declared


def test_an_incident_is_read_with_its_people_and_what_happened(clean_district: District) -> None:
    silo = clean_district["behavior"]
    assert set(silo.facts["incident"]["participation"]) == {"Offender", "Victim", "Witness"}
    assert silo.facts["incident"][["date", "time", "behavior", "location"]].notna().all(axis=None)
    assert silo.facts["discipline_action"]["days"].notna().all(), "an action without days takes none"
    assert silo.people["linkable_by"].eq("Name only").all()


def test_labels_are_renamed_between_the_years_until_codes_are_agreed(
    clean_district_folder: Path, tmp_path: Path
) -> None:
    def labels(folder: Path, year: str) -> dict[str, set[str]]:
        path = folder / "silos" / "behavior" / f"incidents_{year}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        asked = {field["FieldName"] for row in rows for field in row["Custom_Fields"]}
        return {
            "Category": {row["Category"] for row in rows},
            "Infraction": {row["Infraction"] for row in rows},
            "asked": asked - {"Participation"},
        }

    before, now = (labels(clean_district_folder, year) for year in ("2024-2025", "2025-2026"))
    assert before["Category"] == {"Minor", "Major"}
    assert now["Category"] == {"Staff-managed", "Administrator-managed"}
    assert any(label.startswith("M-") for label in before["Infraction"])
    assert not any(label.startswith("M-") for label in now["Infraction"])
    assert before["asked"] == {"Possible motivation"}
    assert now["asked"] == {"Perceived motivation"}

    write_silo(tmp_path, "behavior", level="governed", students=120)
    before, now = (labels(tmp_path, year) for year in ("2024-2025", "2025-2026"))
    assert before["Category"] == now["Category"]
    assert before["asked"] == now["asked"]
    # What an old label and a new one mean in common is read alike.
    incidents = read_district(tmp_path)["behavior"].facts["incident"]
    assert set(incidents["behavior"]) == {"School Code of Conduct", "School Violation"}


@pytest.mark.parametrize(("level", "carried"), [("manual", False), ("rostered", True)])
def test_the_level_says_whether_the_district_s_number_is_carried(
    tmp_path: Path, level: str, carried: bool
) -> None:
    write_silo(tmp_path, "behavior", level=level, students=120)
    silo = read_district(tmp_path)["behavior"]
    systems = set(silo.identifiers["identification_system"])
    assert {"School", "DeansList"} <= systems
    assert ("District" in systems) == carried
    # A school's own number is another child's at another school.
    numbers = silo.identifiers.loc[silo.identifiers["identification_system"] == "School"]
    assert numbers.groupby("identifier")["record"].nunique().max() > 1


def test_incidents_follow_engagement_and_well_being_and_happen_where_the_child_is() -> None:
    population, schooling, life = (
        getattr(truth(students=3000), n) for n in ("population", "schooling", "life")
    )
    conduct, now = life.conduct, life.conduct.year == 2026
    did = now & (conduct.part == OFFENDER)
    count = len(population.children)
    incidents = np.bincount(conduct.child[did], minlength=count)
    here = np.unique(
        schooling.enrollments.child[(schooling.enrollments.year == 2026) & (schooling.enrollments.end != -2)]
    )
    for trait in ("engagement", "well_being"):
        assert np.corrcoef(incidents[here], getattr(life.latent, trait)[here])[0, 1] < -0.1
    missed = life.away.missed
    away = set(zip(life.away.child[missed].tolist(), life.away.day[missed].tolist(), strict=True))
    assert away.isdisjoint(zip(conduct.child[now].tolist(), conduct.day[now].tolist(), strict=True))
    # Everybody in an incident is enrolled at that school on that day, and nobody is in it twice.
    spells = schooling.school_enrollment
    record = pd.DataFrame(
        {
            "person": population.children["person"].array.take(conduct.child),
            "school_id": np.array(population.school_list.ids, dtype=object)[conduct.school],
            "day": conduct.day.astype("datetime64[us]"),
            "at": np.arange(len(conduct.child)),
        }
    ).astype({"school_id": "string"})
    at = record.merge(spells, on=["person", "school_id"], how="left", validate="many_to_many")
    ends = at["end_date"].isna() | (at["end_date"] >= at["day"])
    assert at.loc[(at["begin_date"] <= at["day"]) & ends, "at"].nunique() == len(record)
    assert not pd.DataFrame({"i": conduct.incident, "c": conduct.child}).duplicated().any()
    assert (np.bincount(conduct.incident[conduct.part == OFFENDER]) == 1).all()
    assert (conduct.end[conduct.days > 0] <= np.datetime64("2026-04-30")).all()
    assert (conduct.begin[conduct.days > 0] > conduct.day[conduct.days > 0]).all()


def test_the_key_counts_what_the_files_hold(tmp_path: Path) -> None:
    rows = write_silo(tmp_path, "behavior", level="rostered", students=120)[["file", "row", "person"]]
    values = truth(students=120).life.values
    values = values.loc[values["as_of"] == values["as_of"].max()]
    facts = read_district(tmp_path)["behavior"].facts
    told = {}
    for name, table in (("incidents", "incident"), ("discipline_days", "discipline_action")):
        fact = facts[table].merge(rows, on=["file", "row"], how="left", validate="many_to_one")
        fact = fact.loc[fact["file"].str.contains("2025-2026")]
        if name == "incidents":
            fact = fact.loc[fact["participation"] == "Offender"]
            told[name] = fact.groupby("person")["incident_id"].nunique()
        else:
            told[name] = fact.groupby("person")["days"].sum()
        true = values.loc[values["element"] == name].set_index("person")["value"].astype(float)
        listed = facts["school_enrollment"].merge(
            rows, on=["file", "row"], how="left", validate="many_to_one"
        )
        listed = listed.loc[listed["school_year"] == 2026, "person"].unique()
        counted = told[name].reindex(listed).fillna(0).astype(float)
        assert counted.sum() > 0
        pd.testing.assert_series_equal(
            counted, true.reindex(listed), check_names=False, check_index_type=False, check_index=False
        )


def test_who_isn_t_on_the_roster_is_a_limit(clean_district_folder: Path) -> None:
    key = {
        name: pd.read_parquet(clean_district_folder / "answer_key" / f"{name}.parquet")
        for name in ("rows", "limits")
    }
    held = set(key["rows"].loc[key["rows"]["silo"] == "behavior", "person"])
    limits = key["limits"].loc[(key["limits"]["silo"] == "behavior") & key["limits"]["person"].notna()]
    assert set(limits["reason"]) <= {"Roster date", "Not served"}
    assert held.isdisjoint(limits["person"])
    everybody = set(key["rows"].loc[key["rows"]["silo"] == "attendance", "person"])
    assert everybody <= held | set(limits["person"])
