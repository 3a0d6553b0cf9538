"""`people_only`: files that name persons, of every system that has any, and no absences behind others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.layouts import load_layout
from synthetic_data.district import make_district
from synthetic_data.life import life
from synthetic_data.observation import names_persons
from synthetic_data.schooling import Schooling
from tests.synthetic_data.truth import truth
from tests.synthetic_data.written_files import file_layout, layout_of, silo_files

WITHOUT_NAMES = {"meal_benefits", "activities"}


def not_asked(*_: object) -> None:
    raise AssertionError("absences were drawn, which nobody asked for")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(life, "draw_absences", not_asked)
        return make_district(folder=tmp_path_factory.mktemp("people") / "d", students=80, people_only=True)


@pytest.mark.full
def test_only_files_that_name_persons_are_written_and_no_absence_is_drawn(folder: Path) -> None:
    kinds = [
        (path.partition("/")[0], file_layout(layout_of(folder, path.partition("/")[0]), path))
        for path in silo_files(folder)
    ]

    assert {file.name for _, file in kinds if not names_persons(file)} == {"manifest", "orgs"}
    assert ("sis", "roles") in {(silo, file.name) for silo, file in kinds}
    assert not {silo for silo, _ in kinds} & WITHOUT_NAMES


def test_without_classes_and_incidents_the_same_files_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contents(place: Path) -> dict[str, bytes]:
        made = make_district(folder=place, students=60, people_only=True)
        return {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}

    few = contents(tmp_path / "few")
    monkeypatch.setattr(Schooling, "without_children", lambda schooling: schooling)
    assert contents(tmp_path / "all") == few


def test_no_class_message_or_incident_is_drawn() -> None:
    alone = truth(students=60, people_only=True).life

    drawn = [alone.grades.seat, alone.coursework.place, alone.sign_ins.child, alone.online_work.cell]
    drawn += [alone.traffic.sent, alone.traffic.login_day, alone.conduct.child]
    assert not sum(map(len, drawn))
    assert len(alone.visits.child)


@pytest.mark.full
def test_the_key_tells_whose_every_row_is_and_has_no_values(folder: Path) -> None:
    key = {path.stem: pd.read_parquet(path) for path in (folder / "answer_key").iterdir()}

    assert len(key["values"]) == 0
    assert (key["people"]["role"] == "Student").sum() >= 80
    assert {"cases", "limits", "faults"} <= key.keys()
    assert set(key["rows"]["silo"]) == {path.partition("/")[0] for path in silo_files(folder)}


@pytest.mark.full
def test_every_system_with_names_is_read_with_children_in_it(folder: Path) -> None:
    district = read_district(folder)

    people = district.people
    named = people.loc[people[["last_surname", "full_name"]].notna().any(axis=1)]
    assert set(named["silo"]) == set(district.accounts["silo"].dropna())
    students = named.loc[named["role"] == "Student"]
    assert students.groupby("silo").size().min() >= 2
    assert set(students["silo"]) >= {"sis", "attendance", "lms", "map_growth", "iready"}


@pytest.mark.parametrize(
    ("layout", "file", "names"),
    [
        ("sis/oneroster_1p2", "users", True),
        ("sis/oneroster_1p2", "enrollments", False),
        ("attendance/edfi_json", "students", True),
        ("attendance/edfi_json", "studentSchoolAssociations", False),
        ("assessment/nwea_map_growth", "AssessmentResults", False),
        ("assessment/iready_diagnostic", "math", True),
    ],
)
def test_a_layout_says_which_files_name_persons(layout: str, file: str, names: bool) -> None:
    assert names_persons(load_layout(layout).file_named(file)) is names
