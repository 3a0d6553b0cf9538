import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from synthetic_data.facts import figures
from synthetic_data.population import make_population
from synthetic_data.population.births import NINE_MONTHS, space_births
from synthetic_data.population.hard_cases import CASES
from synthetic_data.population.telephones import LINES, telephones
from synthetic_data.scenario import load_scenario
from synthetic_data.schooling.enrollment import MOVES
from tests.synthetic_data.truth import truth
from tests.tiers import examples

ALLOWED = {"string", "Int64", "float64", "boolean", "datetime64[us]"}


def frames(made):
    for room in (made.population, made.schooling, made.life):
        for name, frame in vars(room).items():
            if isinstance(frame, pd.DataFrame):
                yield f"{type(room).__name__}.{name}", frame


def test_the_same_seed_makes_the_same_people_and_another_seed_others():
    one, again, other = (truth.__wrapped__(students=90, seed=seed) for seed in (5, 5, 6))
    for (name, left), (_, right) in zip(frames(one), frames(again), strict=True):
        pd.testing.assert_frame_equal(left, right, obj=name)
    assert not one.population.children["first_name"].equals(other.population.children["first_name"])
    assert not one.life.absences.equals(other.life.absences)


def test_frames_leave_with_the_dtypes_of_the_contract():
    for name, frame in frames(truth(students=600)):
        if name == "Population.classes":  # plain numbers that stay inside the maker
            continue
        assert {str(dtype) for dtype in frame.dtypes} <= ALLOWED, name
        assert isinstance(frame.index, pd.RangeIndex), name


@pytest.mark.full
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**40), students=st.integers(20, 150))
def test_everybody_is_somebody(seed, students):
    population = make_population(load_scenario(students=students, seed=seed))
    children = population.children
    assert children["grade_level"].notna().sum() == students
    assert (children["grade_level"].notna() | children["grade_level_before"].notna()).all()
    for key in ("person", "state_id", "district_number", "email"):
        assert children[key].is_unique
    assert children[["first_name", "last_surname", "birth_date", "sex", "name_origin"]].notna().all(axis=None)
    assert children["state_id"].str.fullmatch(r"\d{10}").all()
    assert children["district_number"].str.fullmatch(r"\d{6}").all()
    assert children["household"].isin(population.households["household"]).all()
    assert population.households["household"].isin(population.guardians["household"]).all()
    assert not children.duplicated(["household", "first_name"]).any()
    twins = children.loc[children["twin"].astype(bool)].groupby("household")
    assert (twins["birth_date"].nunique() == 1).all()
    # A twin sister may bear another form of the surname than her brother: Ivanova, Ivanov.
    of_one_sex = children.loc[children["twin"].astype(bool)].groupby(["household", "sex"])
    assert (of_one_sex["last_surname"].nunique() == 1).all()
    assert (twins.size() == 2).all()
    homeless = population.households["homeless"].astype(bool)
    assert (
        population.households.loc[homeless, ["street_number_name", "city", "postal_code"]]
        .isna()
        .all(axis=None)
    )
    assert population.households.loc[~homeless, "street_number_name"].notna().all()


# What a district of twenty may be too small for: two children in one grade, one without brother or sister.
NEED_ROOM = {"same_name_same_grade"}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("students", [20, 60, 61, 120, 600])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_hard_case_occurs_among_children_who_are_here(students, seed):
    made = truth(students=students, seed=seed)
    children = made.population.children
    here = set(children.loc[children["grade_level"].notna(), "person"])
    cases = made.population.cases
    missing = set(CASES) - set(cases.loc[cases["person"].isin(here), "case"])
    assert missing <= (NEED_ROOM if students < 60 else set())
    assert {name for name, _ in MOVES.values()} == set(made.schooling.cases["case"])


def test_cases_are_what_they_say():
    made = truth(students=600)
    cases, population = made.population.cases, made.population
    children = population.children.set_index("person")
    pairs = cases.loc[cases["other_person"].isin(children.index)]
    left, right = children.loc[pairs["person"]], children.loc[pairs["other_person"]]
    names = ["first_name", "last_surname"]
    same = pd.DataFrame(
        {
            "case": pairs["case"].to_numpy(),
            "household": left["household"].to_numpy() == right["household"].to_numpy(),
            "birth_date": left["birth_date"].to_numpy() == right["birth_date"].to_numpy(),
            "name": (left[names].to_numpy() == right[names].to_numpy()).all(axis=1),
            "grade": (
                left["grade_level"].fillna("").to_numpy() == right["grade_level"].fillna("").to_numpy()
            ),
        }
    ).groupby("case")
    every = same[["household", "birth_date", "name", "grade"]].all()
    none = ~same[["household", "birth_date", "name", "grade"]].any()
    assert every.loc["twins", ["household", "birth_date"]].all()
    assert none.loc["twins", "name"]
    assert every.loc["siblings_one_address", "household"]
    for case in ("cousins_same_name", "same_name_same_grade"):
        assert every.loc[case, "name"]
        assert none.loc[case, "household"]
        assert none.loc[case, "birth_date"]
    assert every.loc["same_name_same_grade", "grade"]
    guardians = population.guardians.set_index("person")
    fathers = cases.loc[cases["case"] == "father_and_son"]
    assert (
        guardians.loc[fathers["other_person"], "first_name"].tolist()
        == children.loc[fathers["person"], "first_name"].tolist()
    )
    assert "Jr" in set(children.loc[fathers["person"], "generation_code_suffix"].dropna())
    new_year = children.loc[cases.loc[cases["case"] == "january_first", "person"], "birth_date"].dt
    assert ((new_year.month == 1) & (new_year.day == 1)).all()


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("students", "seed"), [(60, 1), (600, 2), (600, 3), (6000, 4)])
def test_a_district_has_one_to_three_area_codes_and_no_number_of_a_person(students, seed):
    population = make_population(load_scenario(students=students, seed=seed))
    numbers = pd.concat([population.households["telephone"], population.guardians["telephone"]])
    parts = numbers.str.extract(r"^([2-9][0-8]\d)-(555)-(\d{4})$")
    assert parts.notna().all(axis=None)
    assert not parts[2].isin(["1212", "4334"]).any()
    assert 1 <= parts[0].nunique() <= 3
    assert not (parts[0].str[1] == parts[0].str[2]).any(), "toll-free, or a service"
    assert numbers.is_unique


def test_districts_have_from_one_to_three_area_codes():
    codes = {len({number[:3] for number in telephones(seed, 500)}) for seed in range(40)}
    assert codes == {1, 2, 3}


@pytest.mark.parametrize(("count", "least"), [(len(LINES), 1), (len(LINES) + 1, 2), (2 * len(LINES) + 1, 3)])
def test_no_two_families_share_a_number_while_there_are_enough(count, least):
    for seed in range(6):
        numbers = telephones(seed, count)
        assert len(set(numbers)) == count
        assert len({number[:3] for number in numbers}) >= least
    more = telephones(1, 3 * len(LINES) + 5)
    assert len(set(more)) == 3 * len(LINES)


def days_between_births(children):
    """Give the days between the births of a mother, and whether each two children are twins."""
    children = children.sort_values(["household", "birth_date"])
    gap = children.groupby("household")["birth_date"].diff().dt.days
    return gap[gap.notna()], children["twin"].astype(bool)[gap.notna()]


@pytest.mark.full
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@example(seed=2014058, students=159)  # draws find no room for four children
@given(seed=st.integers(0, 2**40), students=st.integers(20, 400))
def test_births_of_a_mother_are_twins_or_nine_months_apart(seed, students):
    gap, twin = days_between_births(make_population(load_scenario(students=students, seed=seed)).children)
    assert twin[gap == 0].all()
    assert (gap[gap > 0] >= NINE_MONTHS).all()


@pytest.mark.full
@pytest.mark.parametrize("retained", [0.0, 0.5])
def test_births_are_spaced_where_many_families_have_two_children_of_about_one_age(retained):
    """Half of the children repeat a grade: siblings who would share a year of birth are the rule."""
    scenario = load_scenario(students=3000, seed=9, retained_share=retained, arrived_in_year=0.3)
    children = make_population(scenario).children
    gap, _ = days_between_births(children)
    assert (gap > 0).sum() > 500
    assert (gap[gap > 0] >= NINE_MONTHS).all()
    here = children.dropna(subset=["grade_level", "grade_level_before"])
    repeats = (here["grade_level"] == here["grade_level_before"]).mean()
    assert abs(repeats - retained) < 0.06


@pytest.mark.full
def test_a_day_less_than_nine_months_is_drawn_again_and_nine_months_stay():
    opens = np.array(["2010-09-01", "2011-09-01"] * 2, dtype="datetime64[D]")
    home, known = np.array([0, 0, 1, 1]), np.ones(4, dtype=bool)
    first, stays = np.datetime64("2010-08-01"), 0
    for seed in range(60):
        apart = np.array([0, NINE_MONTHS - 1, 0, NINE_MONTHS + 400])
        birth, crowded = space_births(seed, home, first + apart, opens, known)
        days = np.diff(birth.astype("int64"))
        assert days[0] >= NINE_MONTHS
        assert days[2] >= NINE_MONTHS
        assert not crowded.any()
        stays += days[2] == NINE_MONTHS + 400
    # A year from birth to pregnancy is as likely as any later one: those days stay.
    assert stays == 60


def test_where_there_is_no_room_the_children_are_named():
    day = np.array(["2012-01-01", "2012-01-01"], dtype="datetime64[D]")
    birth, crowded = space_births(1, np.array([4, 4]), day, day, np.zeros(2, dtype=bool))
    assert crowded.all()
    assert (birth == day).all()


def test_children_are_as_old_as_their_grade():
    children = truth(students=600).population.children
    here = children.dropna(subset=["grade_level"])
    grade = here["grade_level"].replace("KG", "0").astype("int64")
    # Complete years on 1 September before the school year, less the five of kindergarten.
    born = here["birth_date"]
    age = (
        2025
        - born.dt.year
        - ((born.dt.month > 9) | ((born.dt.month == 9) & (born.dt.day > 1))).astype("int64")
    )
    ahead = (age - 5 - grade).to_numpy()
    assert set(ahead) <= {0, 1}
    assert 0.02 < (ahead == 1).mean() < 0.12


@pytest.mark.full
def test_shares_of_race_and_ethnicity_are_the_published_ones():
    population = make_population(load_scenario(students=20_000, seed=21))
    homes = population.children.drop_duplicates("household")["group"]
    published = figures("race_share", "fall 2018") | figures("race_share", "fall 2020")
    total = sum(published.values())
    for group, percent in published.items():
        share = percent / total
        error = np.sqrt(share * (1 - share) / len(homes))
        assert abs((homes == group).mean() - share) < 4.5 * error, group


def test_there_are_as_many_schools_as_children_fill():
    assert truth(students=600).population.schools["level"].tolist() == [
        "elementary",
        "elementary",
        "middle",
        "high",
    ]
    levels = make_population(load_scenario(students=6000, seed=1)).schools["level"].value_counts()
    assert levels.to_dict() == {"elementary": 6, "high": 4, "middle": 3}
