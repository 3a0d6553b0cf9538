"""The nurse's office: three lists by name and birth date, visits that follow illness, vaccines by age."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from synthetic_data.district import make_district
from synthetic_data.life.wellbeing.health import REASONS, VACCINES
from synthetic_data.observation import Truth
from synthetic_data.scenario import Level, exchange
from synthetic_data.systems.health.maker import SILO, observe
from tests.synthetic_data.truth import truth

# The kit's own layout.
HEADERS = {
    "students": "Last Name,First Name,Date of Birth,School,Grade,District ID,State ID",
    "visits": (
        "Date,Time In,Time Out,School,Last Name,First Name,Date of Birth,District ID,Reason,Disposition"
    ),
    "immunizations": (
        "Last Name,First Name,Date of Birth,District ID,Vaccine,Doses,Last Dose,Exemption,Exempt Since"
    ),
}


def listed(folder: Path, name: str) -> pd.DataFrame:
    """Give the rows of one list, and whose each is."""
    (path,) = (folder / "silos" / "health").glob(f"{name}*.csv")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = key(folder, "rows")
    rows = rows.loc[rows["file"] == f"health/{path.name}"].sort_values("row")
    assert list(rows["row"]) == list(range(2, len(table) + 2))
    return table.assign(person=rows["person"].to_numpy())


def key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


@pytest.mark.parametrize("name", HEADERS)
def test_each_list_has_its_header(clean_district_folder: Path, name: str) -> None:
    (path,) = (clean_district_folder / "silos" / "health").glob(f"{name}*.csv")
    text = path.read_bytes()

    assert text.decode("utf-8").split("\r\n")[0] == HEADERS[name]
    assert text.count(b"\r\n") == text.count(b"\n")


def test_without_faults_a_child_is_one_record(clean_district: District) -> None:
    silo = clean_district["health"]

    assert not silo.people.duplicated(["first_name", "last_surname", "birth_date"]).any()
    # A birth on 1 January counts for nothing.
    assert silo.people["linkable_by"].eq("Name and birth date").mean() > 0.97
    assert silo.identifiers.empty, "no id at all where nothing is exchanged"
    assert silo.facts["health_visit"]["time_in"].str.fullmatch(r"\d\d:\d\d:00").all()


@pytest.mark.parametrize("level", ["rostered", "governed"])
def test_ids_stand_in_it_only_where_they_are_agreed(level: Level) -> None:
    whole = truth(students=300, faults=0.0)
    scenario = whole.scenario.model_copy(update={"level": level})
    district = whole.population.children.set_index("person")["district_number"]
    files = list(observe(scenario, Truth(*whole[1:]), exchange(scenario, SILO)).recorded())

    assert [one.file for one in files] == list(HEADERS)
    for one in files:
        assert isinstance(one.frame, pd.DataFrame)
        told = one.frame["District ID"]
        if level == "rostered":
            assert told.isna().all()
        else:
            assert told.tolist() == one.people["person"].map(district).tolist()


def test_the_lists_say_what_the_key_says_was_so_on_their_day(clean_district_folder: Path) -> None:
    students = listed(clean_district_folder, "students").set_index("person")
    (path,) = (clean_district_folder / "silos" / "health").glob("students*.csv")
    day = pd.Timestamp(path.stem.removeprefix("students_"))
    values = key(clean_district_folder, "values")
    # What was otherwise on an earlier day stands with that day.
    values = values.loc[values["as_of"].isin([day, values["as_of"].max()])].sort_values("as_of")

    def true(element: str) -> pd.Series:
        told = values.loc[values["element"] == element].drop_duplicates("person").set_index("person")
        return told["value"].reindex(students.index).astype(int)

    visits = listed(clean_district_folder, "visits")
    visits["day"] = pd.to_datetime(visits["Date"], format="%m/%d/%Y")
    assert visits["day"].max() <= day
    counts = visits.loc[visits["day"] >= "2025-07-01", "person"].value_counts()
    assert (counts.reindex(students.index).fillna(0).astype(int) == true("health_visits")).all()
    assert (true("health_visits") == 0).any()

    vaccines = listed(clean_district_folder, "immunizations")
    had = vaccines.loc[vaccines["Last Dose"] != ""].groupby("person")["Vaccine"].nunique()
    assert (had.reindex(students.index).fillna(0).astype(int) == true("vaccines_recorded")).all()
    asked = {vaccine.name for vaccine in VACCINES if vaccine.required}
    assert set(vaccines.loc[vaccines["Last Dose"] == "", "Vaccine"]) <= {*asked, ""}
    assert (vaccines["Exemption"] != "").sum() == (vaccines["Vaccine"] == "").sum()


def test_a_series_of_doses_never_ends_before_it_began() -> None:
    doses = truth(students=600).life.doses
    several = ~np.isnat(doses.last) & np.array([vaccine.doses > 1 for vaccine in VACCINES])
    assert (doses.last[several] - doses.first[several] >= np.timedelta64(150, "D")).all()
    assert several.sum() > 1000


def test_visits_follow_well_being_and_illness_and_no_group_has_more() -> None:
    whole = truth(students=3000, seed=11)
    children, visits, away = whole.population.children, whole.life.visits, whole.life.away
    counts = np.bincount(visits.child, minlength=len(children))
    here = children["grade_level"].notna().to_numpy(dtype=bool)
    well = whole.life.latent.well_being

    assert np.corrcoef(well[here], counts[here])[0, 1] < -0.1
    anxious = visits.reason == REASONS.index("Feeling anxious")
    assert well[visits.child[anxious]].mean() < well[visits.child[~anxious]].mean() - 0.2
    assert 1.5 < counts[here].mean() / 2 < 3.0, "a year"
    groups = children["group"].to_numpy(dtype=object)
    for group in set(groups):
        mine = here & (groups == group)
        if mine.sum() > 150:
            gap = counts[mine].mean() - counts[here].mean()
            assert abs(gap) < 4.5 * counts[here].std() / mine.sum() ** 0.5, group

    # Nobody visits on a day missed; who was sent home was ill.
    key_of = visits.child * 100_000 + visits.day.astype("int64")
    missed = away.child[away.missed] * 100_000 + away.day[away.missed].astype("datetime64[D]").astype("int64")
    assert not np.isin(key_of, missed).any()
    year = np.datetime64("2025-07-01")
    this = visits.day >= year
    next_day = key_of[this] + 1
    sent = visits.disposition[this] == 2
    assert np.isin(next_day[sent], missed).mean() > 2 * np.isin(next_day[~sent], missed).mean()


@pytest.mark.full
def test_a_visit_written_under_a_brother_or_sister_has_all_of_her_name(tmp_path: Path) -> None:
    folder = make_district(
        folder=tmp_path / "wrong", students=300, seed=5, fault_rates={"health.sibling_swap": 0.2}
    )
    faults = key(folder, "faults").query("silo == 'health' and kind == 'sibling_swap'")
    people = key(folder, "people").set_index("person")
    visits = listed(folder, "visits")

    assert faults["fault"].nunique() > 2
    for row in faults["row"].unique():
        written = visits.loc[row - 2]
        born = pd.to_datetime(written["Date of Birth"], format="%m/%d/%Y")
        home = people.loc[people["household"] == people.loc[written["person"], "household"]]
        assert born in set(home["birth_date"])
        assert born != people.loc[written["person"], "birth_date"] or home["birth_date"].duplicated().any()
