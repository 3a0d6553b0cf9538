"""The system of special education plans: a row a plan year, of published shares, by the state's number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from synthetic_data.facts import rows
from synthetic_data.life.wellbeing.plans import CATEGORIES
from synthetic_data.observation import Truth
from synthetic_data.scenario import Level, exchange
from synthetic_data.systems.special_education.maker import SILO, observe
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.truth import truth

# Fields of the reader whose list the layout follows, without the one that it adds itself.
HEADER = """
declassificationspeddate dob first_name last_name mddisabling_condition1 mddisabling_condition2
mddisabling_condition3 mddisabling_condition4 mddisabling_condition5 nj_se_consenttoimplementdate
nj_se_delayreason nj_se_earlyintervention nj_se_eligibilityddate nj_se_initialiepmeetingdate
nj_se_lastiepmeetingdate nj_se_parentalconsentdate nj_se_parentalconsentobtained nj_se_placement
nj_se_reevaluationdate nj_se_referraldate nj_timeinregularprogram sldbasicreadingskills
sldlisteningcomprehension sldmathcalculations sldmathproblemsolving sldoralexpression
sldreadingcomprehension sldreadingfluency sldwrittenexpression special_education state_studentnumber
student_number ti_serv_counseling ti_serv_occup ti_serv_other ti_serv_physical ti_serv_speech
""".split()


def plans(folder: Path) -> pd.DataFrame:
    (path,) = (folder / "silos" / "special_education").iterdir()
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


def with_person(folder: Path) -> pd.DataFrame:
    listed = key(folder, "rows")
    listed = listed.loc[listed["silo"] == "special_education"].sort_values("row")
    return plans(folder).assign(person=listed["person"].to_numpy())


def test_the_header_is_the_reader_s_list_of_fields(clean_district_folder: Path) -> None:
    assert list(plans(clean_district_folder).columns) == HEADER


def test_each_row_is_read_as_a_plan(clean_district: District) -> None:
    silo = clean_district["special_education"]
    assert len(silo.facts["program"]) == len(plans(clean_district.folder))
    assert silo.people["birth_date"].notna().all()


def test_days_of_a_plan_follow_each_other(clean_district_folder: Path) -> None:
    table = plans(clean_district_folder)
    names = ["referraldate", "parentalconsentdate", "eligibilityddate", "initialiepmeetingdate"]
    days = [pd.to_datetime(table[f"nj_se_{name}"], format="%m/%d/%Y") for name in names]
    last = pd.to_datetime(table["nj_se_lastiepmeetingdate"], format="%m/%d/%Y")

    for earlier, later in zip(days, [*days[1:], last], strict=True):
        assert (earlier <= later).all()
    assert (last.dt.day_of_week < 5).all()
    ended = pd.to_datetime(table["declassificationspeddate"], format="%m/%d/%Y")
    assert (ended.isna() | (ended > last)).all()


def test_shares_are_the_published_ones_and_the_same_for_every_origin() -> None:
    """Of 6,000 children about 15 percent have a plan, of the published kinds; no group has more."""
    whole = truth(students=6000, seed=11)
    children, drawn = whole.population.children, whole.life.plans
    has = np.zeros(len(children), dtype=bool)
    has[drawn.child] = True

    assert abs(has.mean() - 0.15) < 4 * (0.15 * 0.85 / len(has)) ** 0.5
    counts = {r["group"]: float(r["value"]) for r in rows("special_education") if r["unit"] != "percent"}
    total = sum(counts.values())
    for place, name in enumerate(CATEGORIES):
        share = counts[name] / total
        found = (drawn.category == place).mean()
        assert abs(found - share) < 4 * (share * (1 - share) / len(drawn.child)) ** 0.5 + 0.005, name
    for group in children["group"].unique():
        mine = (children["group"] == group).to_numpy(dtype=bool)
        if mine.sum() > 200:
            assert abs(has[mine].mean() - has.mean()) < 4 * (0.15 * 0.85 / mine.sum()) ** 0.5, group
    academic = whole.life.latent.academic
    assert academic[has].mean() < academic[~has].mean() - 0.3


@pytest.mark.full
def test_the_files_say_what_the_key_says_was_so_on_their_day(districts: SharedDistricts) -> None:
    settings = {"students": 300, "level": "manual", "faults": 0.0}
    folder = districts.folder(**settings)
    roster_day = districts.read("special_education", **settings)["special_education"].people["as_of"].max()
    table = with_person(folder)
    table["met"] = pd.to_datetime(table["nj_se_lastiepmeetingdate"], format="%m/%d/%Y")
    newest = table.sort_values("met").drop_duplicates("person", keep="last").set_index("person")
    values = key(folder, "values")
    # What was otherwise on an earlier day stands with that day.
    values = values.loc[values["as_of"].isin([roster_day, values["as_of"].max()])].sort_values("as_of")

    def true(element: str) -> pd.Series:
        told = values.loc[values["element"] == element].drop_duplicates("person")
        return told.set_index("person")["value"]

    status, share = true("special_education"), true("share_in_regular_class")
    both = newest.index.intersection(status.index)
    assert len(both) > 25
    written = newest.loc[both, "declassificationspeddate"].ne("").map({True: "Exited", False: "Active"})
    assert (written == status[both]).all()
    assert np.allclose(newest.loc[both, "nj_timeinregularprogram"].astype(float), share[both].astype(float))
    limits = key(folder, "limits").query("silo == 'special_education'")
    assert not set(limits["person"].dropna()) & set(table["person"])


@pytest.mark.parametrize(("level", "share"), [("none", 0.9), ("manual", 0.9), ("governed", 1.0)])
def test_the_level_says_how_many_carry_the_state_s_number(level: Level, share: float) -> None:
    whole = truth(students=300, faults=0.0)
    scenario = whole.scenario.model_copy(update={"level": level})
    (plans_file,) = observe(scenario, Truth(*whole[1:]), exchange(scenario, SILO)).recorded()
    assert isinstance(plans_file.frame, pd.DataFrame)
    number = plans_file.frame["state_studentnumber"]
    state = whole.population.children.set_index("person")["state_id"]

    assert abs(number.notna().mean() - share) < 0.13
    told = number.notna().to_numpy(dtype=bool)
    assert (number[told].to_numpy() == plans_file.people["person"][told].map(state).to_numpy()).all()
    assert "student_number" not in plans_file.frame, "no level gives this system the district's number"


@pytest.mark.full
def test_a_child_is_filed_under_a_guardian_s_surname_in_every_row(districts: SharedDistricts) -> None:
    folder = districts.folder(fault_rates={"guardian_surname": 0.5})
    people = key(folder, "people").set_index("person")
    wrong = key(folder, "faults").query("kind == 'guardian_surname' and silo == 'special_education'")
    guardians = people.loc[people["role"] == "Guardian"]

    assert len(wrong)
    for person, after in zip(wrong["person"], wrong["after"], strict=True):
        home = guardians.loc[guardians["household"] == people.loc[person, "household"], "last_surname"]
        assert after in set(home)
        assert after != people.loc[person, "last_surname"]
    rows_of = with_person(folder)["person"].value_counts()
    counts = wrong.groupby("person")["row"].nunique()
    assert (counts == rows_of.reindex(counts.index)).all()
