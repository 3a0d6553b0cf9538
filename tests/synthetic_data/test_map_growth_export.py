"""The export of MAP Growth: a zip of two files, as the vendor writes them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from synthetic_data.scenario import exchange, load_scenario
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.truth import truth
from tests.tiers import sampled

OBSERVED = Path(__file__).parents[1] / "layouts" / "terms" / "observed_headers.csv"
CLEAN = {"students": 300, "seed": 5, "faults": 0.0}
OLDER = "SchoolYear2025AssessmentResults"
FILES = {
    "StudentsBySchool": "StudentsBySchool",
    "AssessmentResults": "AssessmentResults",
    OLDER: "AssessmentResults_2013",
}


def entries(folder: Path) -> dict[str, bytes]:
    (path,) = (folder / "silos" / "map_growth").iterdir()
    with zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".csv"): archive.read(name) for name in archive.namelist()}


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(entries(folder)[name]), dtype=str, keep_default_na=False)


def key(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{name}.parquet")


@pytest.fixture(scope="module")
def clean(districts: SharedDistricts) -> Path:
    return districts.folder(**CLEAN)


@pytest.mark.parametrize("name", FILES)
def test_headers_are_those_that_were_seen_and_all_values_are_quoted(clean: Path, name: str) -> None:
    observed = pd.read_csv(OBSERVED, dtype=str)
    mine = observed["layout"] == "assessment/nwea_map_growth"
    seen = observed.loc[mine & (observed["file"] == FILES[name])]
    head, first, *_ = entries(clean)[name].decode("utf-8").split("\n")
    assert head == ",".join(seen["column"])
    assert first == ",".join(f'"{cell}"' for cell in next(csv.reader([first])))


def test_every_result_is_of_a_child_who_is_listed_in_that_term_at_that_school(clean: Path) -> None:
    both_years = [
        table(clean, name)[["TermName", "StudentID", "SchoolName"]] for name in (OLDER, "AssessmentResults")
    ]
    children, results = table(clean, "StudentsBySchool"), pd.concat(both_years, ignore_index=True)
    assert not children.duplicated(["TermName", "StudentID"]).any()
    both = results.merge(
        children, on=["TermName", "StudentID", "SchoolName"], how="left", validate="many_to_one"
    )
    assert len(both) == len(results)
    assert both["Grade"].isin(list("23456789")).all()
    assert len(children) > results.groupby("TermName")["StudentID"].nunique().sum(), "some sit no test"


def test_a_child_s_grade_is_told_with_the_year_of_the_row_that_names_it(
    clean: Path, districts: SharedDistricts
) -> None:
    listed = table(clean, "StudentsBySchool").drop_duplicates("StudentID", keep="last").set_index("StudentID")
    people = districts.read("map_growth", **CLEAN)["map_growth"].people.set_index("record")
    mine = people.loc[listed.index]
    years = listed["TermName"].str[-4:].astype(int)
    assert set(years) == {2025, 2026}
    assert mine["school_year"].tolist() == years.tolist()
    assert mine["grade_level"].tolist() == listed["Grade"].str.zfill(2).tolist()


def test_growth_and_goals_follow_from_the_scores(clean: Path) -> None:
    results = table(clean, "AssessmentResults")
    keys = ["StudentID", "Subject"]
    fall = results.loc[results["TermName"].str.startswith("Fall"), [*keys, "TestRITScore"]]
    spring = results.loc[results["TermName"].str.startswith("Spring")]
    both = spring.merge(fall, on=keys, how="left", validate="one_to_one", suffixes=("", "_fall"))
    known = both["TestRITScore_fall"].notna()
    grown = both.loc[known, "TestRITScore"].astype(int) - both.loc[known, "TestRITScore_fall"].astype(int)
    assert (both.loc[known, "FallToSpringObservedGrowth"].astype(int) == grown).all()
    assert (both.loc[~known, "FallToSpringObservedGrowth"] == "").all()
    met = grown >= both.loc[known, "FallToSpringProjectedGrowth"].astype(int)
    assert (both.loc[known, "FallToSpringMetProjectedGrowth"] == met.map({True: "Yes", False: "No"})).all()
    goals = results[[f"Goal{n}RitScore" for n in range(1, 9)]]
    count = (goals != "").sum(axis=1)
    assert (count == results["Subject"].map({"Mathematics": 4, "Language Arts": 3})).all()
    middle = goals.replace("", None).astype("float64").mean(axis=1)
    assert (middle - results["TestRITScore"].astype(int)).abs().mean() < 3


def test_nobody_sits_two_tests_at_a_time(clean: Path) -> None:
    tests = table(clean, "AssessmentResults")
    words = tests["TestStartDate"] + " " + tests["TestStartTime"]
    tests["begins"] = pd.to_datetime(words, format="%m/%d/%Y %H:%M:%S")
    tests["ends"] = tests["begins"] + pd.to_timedelta(tests["TestDurationMinutes"].astype(int), unit="min")
    tests = tests.sort_values(["StudentID", "begins"])
    by_child = tests.groupby("StudentID")
    same_day = tests["TestStartDate"] == by_child["TestStartDate"].shift()
    assert same_day.any(), "who was away takes both on a day"
    assert (tests["begins"] > by_child["ends"].shift())[same_day].all()
    assert tests["begins"].dt.strftime("%H:%M").between("08:00", "15:00").all()


@pytest.mark.full
@pytest.mark.parametrize(
    ("level", "share"), sampled([("none", 0.0), ("manual", 0.8), ("governed", 1.0)], 3, 1)
)
def test_the_level_says_how_many_carry_the_state_s_number(
    districts: SharedDistricts, level: str, share: float
) -> None:
    folder = districts.folder(students=300, level=level, faults=0.0)
    results = table(folder, "AssessmentResults").drop_duplicates("StudentID")
    children = truth(students=300).population.children
    carried = results["Student_StateID"]
    assert abs((carried != "").mean() - share) < 0.09
    assert carried[carried != ""].isin(children["state_id"]).all()
    district = results["StudentID"].isin(children["district_number"]).mean()
    assert district == (level == "governed"), "the vendor's own number, or the district's"
    if level != "governed":
        assert (results["StudentID"].str.len() == children["state_id"].str.len().max()).all()
        assert not results["StudentID"].isin(children["state_id"]).any()


@pytest.mark.full
def test_who_came_after_the_last_roster_is_a_limit_and_in_no_file(districts: SharedDistricts) -> None:
    folder = districts.folder(students=600, seed=4, level="none", faults=0.0)
    limits, rows = key(folder, "limits"), key(folder, "rows")
    mine = limits.loc[(limits["silo"] == "map_growth") & limits["person"].notna()]
    late = set(mine.loc[mine["reason"] == "Roster date", "person"])
    last_roster = exchange(load_scenario(students=600, seed=4, level="none"), "map_growth").roster_date
    spells = truth(students=600, seed=4, level="none").schooling.school_enrollment
    first_day = spells.loc[spells["school_year"] == 2026].groupby("person")["begin_date"].min()
    assert late
    assert (first_day.loc[sorted(late)] > last_roster).all()
    assert not set(mine["person"]) & set(rows.loc[rows["silo"] == "map_growth", "person"])


@pytest.mark.full
def test_a_vendor_whose_roster_is_old_has_had_one_for_the_first_window(districts: SharedDistricts) -> None:
    folder = districts.folder(students=60, as_of="2025-10-31", level="none")
    terms = set(table(folder, "StudentsBySchool")["TermName"])
    assert {term for term in terms if term.endswith("2026")} == {"Fall 2025-2026"}
    assert len(terms) == 4, "and those of the year before"
    assert len(table(folder, "AssessmentResults"))


def test_two_years_in_two_layouts_are_read_as_one(clean: Path, districts: SharedDistricts) -> None:
    """The same children by the same number; subjects and tests have other names; nothing is lost."""
    silo = districts.read("map_growth", **CLEAN)["map_growth"]
    results = silo.facts["assessment_result"]
    whole = results.loc[results["objective"].isna() & results["score_method"].eq("Scale score")]
    rows = {2025: table(clean, OLDER), 2026: table(clean, "AssessmentResults")}
    assert whole["school_year"].value_counts().to_dict() == {year: len(its) for year, its in rows.items()}
    assert set(whole.loc[whole["school_year"] == 2025, "academic_subject"]) == {"Mathematics", "Reading"}
    assert set(whole.loc[whole["school_year"] == 2026, "academic_subject"]) == {
        "Mathematics",
        "Language Arts",
    }
    accounts = silo.accounts.set_index("file")
    assert (accounts["rows_used"] == accounts["rows"] - 1).all(), "all but the header"
    # What the vendor says of a year's growth is what both files say together.
    keys = ["StudentID", "subject", "season"]
    old, new = (
        its.assign(season=its["TermName"].str.split().str[0], subject=its[column])
        for its, column in ((rows[2025], "MeasurementScale"), (rows[2026], "Course"))
    )
    new["subject"] = new["subject"].replace({"Math K-12": "Mathematics"})
    both = new.merge(old[[*keys, "TestRITScore"]], on=keys, how="left", validate="one_to_one")
    grown = pd.to_numeric(both["TestRITScore_x"]) - pd.to_numeric(both["TestRITScore_y"])
    for season in ("Fall", "Winter", "Spring"):
        mine = both["season"] == season
        told = pd.to_numeric(both.loc[mine, f"{season}To{season}ObservedGrowth"])
        pd.testing.assert_series_equal(told, grown[mine], check_names=False, check_dtype=False)
        assert told.notna().mean() > 0.5


def test_every_child_is_read_with_name_birth_date_and_grade(clean_district: District) -> None:
    silo = clean_district["map_growth"]
    assert silo.people["local_id"].is_unique
    assert silo.people[["first_name", "last_surname", "birth_date", "grade_level"]].notna().all(axis=None)
    results = silo.facts["assessment_result"]
    assert set(results["score_method"]) == {"Scale score", "Percentile"}
    assert set(results["term"]) == {"Fall", "Winter", "Spring"}
