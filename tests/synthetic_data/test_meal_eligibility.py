"""The office for meal benefits: a row a determination, by a number and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from synthetic_data.district import make_district
from synthetic_data.life.circumstances import income_ratios
from synthetic_data.life.wellbeing.meal_eligibility import FREE, FULL
from synthetic_data.observation import Truth
from synthetic_data.scenario import Level, exchange
from synthetic_data.systems.meal_benefits.maker import SILO, observe
from tests.synthetic_data.truth import truth

# Fields of the reader whose list the layout follows, without the one that it adds itself.
HEADER = """
person_identifier application_academic_school_year application_approved_benefit_type eligibility_benefit_type
eligibility_determination_reason eligibility eligibility_start_date eligibility_end_date is_directly_certified
total_balance total_positive_balance total_negative_balance
""".split()
YEAR = "application_academic_school_year"


def determinations(folder: Path) -> pd.DataFrame:
    """Give the rows, whose each is, and their days."""
    (path,) = (folder / "silos" / "meal_benefits").iterdir()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    listed = key(folder, "rows")
    listed = listed.loc[listed["silo"] == "meal_benefits"].sort_values("row")
    assert list(listed["row"]) == list(range(2, len(table) + 2))
    days = {
        name: pd.to_datetime(table[f"eligibility_{name}_date"], format="%m/%d/%Y")
        for name in ("start", "end")
    }
    return table.assign(person=listed["person"].to_numpy(), **days)


def key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


def test_the_header_is_the_reader_s_list_of_fields(clean_district_folder: Path) -> None:
    (path,) = (clean_district_folder / "silos" / "meal_benefits").iterdir()

    assert path.read_text(encoding="utf-8").split("\n")[0].split(",") == HEADER


def test_each_row_is_read_as_a_determination_by_id_only(clean_district: District) -> None:
    silo = clean_district["meal_benefits"]

    assert len(silo.facts["meal_eligibility"]) == silo.accounts["rows_used"].sum()
    assert set(silo.people["linkable_by"]) == {"Identifier only"}


def test_spells_of_a_year_follow_each_other_and_the_three_columns_agree(clean_district_folder: Path) -> None:
    table = determinations(clean_district_folder)
    following = table.sort_values(["person", YEAR, "start"])
    by = following.groupby(["person", YEAR])

    assert (table["start"] <= table["end"]).all()
    gap = by["start"].shift(-1) - following["end"]
    assert (gap.dropna() == pd.Timedelta(days=1)).all()
    assert (by.size() > 1).sum() > 10, "a new determination in the middle of a year is a second row"
    assert set(zip(table["eligibility"], table["eligibility_benefit_type"], strict=True)) == {
        ("1", "Free"), ("2", "Reduced"), ("3", "Paid"),
    }  # fmt: skip
    certified = table["is_directly_certified"] == "true"
    assert (table.loc[certified, "eligibility"] == "1").all()
    assert set(table.loc[certified, "application_approved_benefit_type"]) == {""}


@pytest.mark.full
def test_about_half_eat_free_or_at_a_reduced_price_and_it_follows_income_alone() -> None:
    """Of 6,000 children near half; of the poorest nearly all, of the rich hardly any; no group differs."""
    whole = truth(students=6000, seed=11)
    children, made = whole.population.children, whole.life.eligibility
    year = whole.scenario.school_year
    now = np.flatnonzero(made.year == year)
    benefit = pd.Series(made.benefit[now], index=made.child[now]).groupby(level=0).last()
    home = pd.Index(whole.population.households["household"]).get_indexer(pd.Index(children["household"]))
    ratio = income_ratios(whole.scenario, whole.population)[year][home][benefit.index]
    helped = (benefit != FULL).to_numpy()

    assert 0.44 < helped.mean() < 0.58
    assert (benefit[ratio < 1.3] == FREE).mean() > 0.9
    assert helped[ratio > 1.85].mean() < 0.15
    poor = ratio < 1.3
    group = children["group"].iloc[benefit.index].to_numpy(dtype=object)
    for name in set(group):
        mine = group == name
        if mine.sum() > 300:
            # Families, not children, are poor or not: about 1.6 children each.
            assert abs(poor[mine].mean() - poor.mean()) < 4 * (0.25 * 1.7 / mine.sum()) ** 0.5, name
    schools = whole.schooling.school_enrollment
    here = (
        schools.loc[schools["school_year"] == year].drop_duplicates("person").set_index("person")["school_id"]
    )
    share = pd.Series(helped).groupby(here.reindex(children["person"].iloc[benefit.index]).to_numpy()).mean()
    assert share.max() - share.min() > 0.3, "poverty is not spread evenly over schools"


def test_the_file_says_what_the_key_says_was_so_on_its_day(clean_district_folder: Path) -> None:
    table = determinations(clean_district_folder)
    day = pd.Timestamp("2026-04-16")
    begun = table.loc[(table["start"] <= day) & (table["end"] >= day)].set_index("person")
    values = key(clean_district_folder, "values").query("element == 'meal_eligibility'")
    # What was otherwise on an earlier day stands with that day.
    then = values.loc[values["as_of"].isin([day, values["as_of"].max()])].sort_values("as_of")
    true = then.drop_duplicates("person").set_index("person")["value"]
    words = begun["eligibility"].map({"1": "Free", "2": "Reduced price", "3": "Full price"})

    assert set(true) == {"Free", "Reduced price", "Full price"}
    here = words.index.intersection(true.index)
    assert len(here) == len(words.loc[words.index.isin(values["person"])])
    assert (words[here] == true[here]).all()


@pytest.mark.parametrize(("level", "share"), [("none", 0.9), ("manual", 0.9), ("rostered", 1.0)])
def test_the_level_says_how_many_carry_the_district_s_number(level: Level, share: float) -> None:
    whole = truth(students=300, faults=0.0)
    scenario = whole.scenario.model_copy(update={"level": level})
    (seen,) = observe(scenario, Truth(*whole[1:]), exchange(scenario, SILO)).recorded()
    assert isinstance(seen.frame, pd.DataFrame)
    number = seen.frame["person_identifier"].groupby(seen.people["person"]).first()
    district = whole.population.children.set_index("person")["district_number"]
    own = number != district.reindex(number.index)

    assert abs((~own).mean() - share) < 0.06
    assert not number[own].isin(district).any()
    assert number.is_unique
    assert number.str.len().nunique() == 1, "no length tells whose number it is"


@pytest.mark.full
def test_each_kind_of_fault_is_what_it_says(tmp_path: Path) -> None:
    folder = make_district(folder=tmp_path / "wrong", students=300, seed=5, level="manual")
    faults = key(folder, "faults").query("silo == 'meal_benefits'")
    table = determinations(folder)

    back = faults.loc[faults["kind"] == "eligibility_backdated"]
    assert len(back)
    for row in back["row"]:
        person, year = table.loc[row - 2, ["person", YEAR]]
        assert (
            (table["person"] == person)
            & (table[YEAR] == year)
            & (table["start"] == table.loc[row - 2, "start"])
        ).sum() > 1
    empty = faults.loc[faults["kind"] == "status_not_collected"]
    assert set(table.loc[empty["row"] - 2, "eligibility"]) == {""}
    assert set(table.loc[empty["row"] - 2, YEAR]) == {"2024-2025"}
    assert set(faults.loc[faults["kind"] == "code_with_typo", "after"]) == {"Not Eligibile"}
