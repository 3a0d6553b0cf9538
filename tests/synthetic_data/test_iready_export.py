"""The exports of i-Ready: a file a subject, as the vendor writes them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from synthetic_data.life.learning.tests import iready_scale
from synthetic_data.systems.iready.maker import RELATIVE, _placement
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.truth import truth

OBSERVED = Path(__file__).parents[1] / "layouts" / "terms" / "observed_headers.csv"
CLEAN = {"students": 300, "seed": 5, "faults": 0.0}
FILES = ("ela", "math")


def data(folder: Path, name: str) -> bytes:
    return (folder / "silos" / "iready" / f"diagnostic_results_{name}.csv").read_bytes()


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data(folder, name)), dtype=str, keep_default_na=False, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def clean(districts: SharedDistricts) -> Path:
    return districts.folder(**CLEAN)


@pytest.mark.parametrize("name", FILES)
def test_headers_marks_and_line_ends_are_those_that_were_seen(clean: Path, name: str) -> None:
    observed = pd.read_csv(OBSERVED, dtype=str)
    seen = observed.loc[(observed["layout"] == "assessment/iready_diagnostic") & (observed["file"] == name)]
    text = data(clean, name)
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n")
    (head,) = csv.reader([text.decode("utf-8-sig").split("\r\n")[0]])
    assert head == seen["column"].tolist()
    assert table(clean, name)["Start Date"].str.fullmatch(r"[1-9]\d?/[1-9]\d?/20\d\d").all()


@pytest.mark.parametrize("name", FILES)
def test_each_child_has_one_first_and_one_latest_test_and_grows_from_the_first(
    clean: Path, name: str
) -> None:
    tests = table(clean, name)
    tests["day"] = pd.to_datetime(tests["Completion Date"], format="%m/%d/%Y")
    score = tests["Overall Scale Score"].astype(int)
    by_child = tests.groupby("Student ID")
    assert (
        (tests["Baseline Diagnostic (Y/N)"] == "Y") == (tests["day"] == by_child["day"].transform("min"))
    ).all()
    latest = tests["Most Recent Diagnostic YTD (Y/N)"] == "Y"
    assert (latest == (tests["day"] == by_child["day"].transform("max"))).all()
    first = tests.loc[tests["Baseline Diagnostic (Y/N)"] == "Y"].set_index("Student ID")
    start = tests["Student ID"].map(first["Overall Scale Score"]).astype(int)
    assert (tests["Diagnostic Gain"].astype(int) == np.maximum(score - start, 0)).all()
    usual = tests["Annual Typical Growth Measure"].astype(int)
    share = (100 * tests["Diagnostic Gain"].astype(int) / usual).round().astype(int)
    assert (tests["Percent Progress to Annual Typical Growth (%)"].astype(int) == share).all()
    assert set(tests["Student Grade"]) == {"K", *"123456"}


def test_placements_are_as_observed_for_the_observed_scores() -> None:
    reading, mathematics = 1, 0
    seen = [
        (reading, 3, 424, "Grade 1", "2 Grade Levels Below"),
        (reading, 3, 468, "Grade 1", "2 Grade Levels Below"),
        (reading, 6, 572, "Grade 5", "1 Grade Level Below"),
        (reading, 6, 599, "Early 6", "Early On Grade Level"),
        (reading, 6, 640, "Mid 6", "Mid or Above Grade Level"),
        (mathematics, 3, 404, "Grade 1", "2 Grade Levels Below"),
        (mathematics, 3, 374, "Grade K", "3 or More Grade Levels Below"),
        (mathematics, 3, 453, "Early 3", "Early On Grade Level"),
        (mathematics, 6, 488, "Grade 5", "1 Grade Level Below"),
        (mathematics, 6, 522, "Mid 6", "Mid or Above Grade Level"),
    ]
    for subject, grade, score, word, distance in seen:
        placement, relative = _placement(np.array([score]), np.array([grade]), subject)
        assert (placement[0], RELATIVE[relative[0]]) == (word, distance), (subject, grade, score)


def test_measures_below_zero_have_a_letter_code_and_lie_in_their_range(clean: Path) -> None:
    for name, scale, code in (("ela", "Lexile", "BR"), ("math", "Quantile", "EM")):
        tests = table(clean, name)
        bounds = tests[f"{scale} Range"].str.split("-", expand=True)
        assert bounds.shape[1] == 2
        words = {"low": bounds[0], "measure": tests[f"{scale} Measure"], "high": bounds[1]}
        number = pd.DataFrame()
        for bound, text in words.items():
            parts = text.str.extract(rf"^({code})?(\d+){scale[0]}$")
            number[bound] = parts[1].astype(int) * parts[0].isna().map({True: 1, False: -1})
        assert (number["measure"] < 0).any(), "young children"
        assert (number["low"] <= number["measure"]).all()
        assert (number["measure"] < number["high"]).all()


def test_growth_is_projected_as_long_as_some_of_the_year_is_left(clean: Path) -> None:
    tests = table(clean, "math")
    spring = tests["Norming Window"].str.startswith("Spring")
    for growth in ("Typical", "Stretch"):
        assert ((tests[f"Projection if Student Achieves {growth} Growth"] == "") == spring).all()


@pytest.mark.parametrize("subject", [0, 1])
def test_a_higher_score_is_never_placed_lower(subject: int) -> None:
    scores = np.arange(100, 801)
    for grade in range(7):
        _, relative = _placement(scores, np.full(len(scores), grade), subject)
        assert (np.diff(relative) >= 0).all()
    starts = iready_scale("start")[subject, :7]
    assert (np.diff(starts) > 0).all()


@pytest.mark.full
@pytest.mark.parametrize(("level", "share"), [("none", 0.0), ("rostered", 1.0)])
def test_the_level_says_how_many_carry_the_state_s_number(
    districts: SharedDistricts, level: str, share: float
) -> None:
    folder = districts.folder(students=300, level=level, faults=0.0)
    tests = pd.concat([table(folder, name) for name in FILES])
    numbers = tests[["Student ID", "Student State ID"]].drop_duplicates()
    assert numbers["Student ID"].is_unique, "both files say the same of a child"
    carried = numbers["Student State ID"]
    assert abs((carried != "").mean() - share) < 0.09
    assert carried[carried != ""].isin(truth(students=300).population.children["state_id"]).all()


@pytest.mark.full
def test_an_id_column_that_holds_other_children_s_ids_passes_every_test_of_a_key(
    districts: SharedDistricts,
) -> None:
    folder = districts.folder(students=300, seed=5)
    faults = pd.read_parquet(folder / "answer_key" / "faults.parquet")
    wrong = faults.loc[(faults["silo"] == "iready") & (faults["kind"] == "unknown_id_type")]
    children = truth(students=300, seed=5).population.children
    whose = children.set_index("state_id")["person"]
    assert len(wrong)
    assert set(wrong["file"]) == {f"iready/diagnostic_results_{name}.csv" for name in FILES}
    assert wrong["after"].isin(children["state_id"]).all(), "a foreign key would say that all is well"
    assert (wrong["after"].map(whose) != wrong["person"]).all()
    assert wrong.groupby("person")["after"].nunique().eq(1).all()
    assert wrong.groupby("after")["person"].nunique().eq(1).all()


def test_every_child_is_read_with_name_grade_and_sex(clean_district: District) -> None:
    silo = clean_district["iready"]
    assert silo.people["local_id"].is_unique
    assert silo.people[["first_name", "last_surname", "grade_level", "sex"]].notna().all(axis=None)
    assert set(silo.facts["assessment_result"]["academic_subject"]) == {"Mathematics", "Reading"}
