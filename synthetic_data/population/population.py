"""Generate the true population: households, children, guardians, schools and staff.

Race and ethnicity follow published shares of students in American public schools; naming custom and home
language depend on them (see ``.names``), and how often a name is misspelled depends on its origin
(`synthetic_data.life.record_errors`). Nothing else in the generator depends on race, ethnicity or origin
if ``scenario.fair`` is true. With ``fair = false``, chronic absence follows the published rate of each group,
and nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, marked, numbered, only, pick, text, truth
from synthetic_data.population.births import space_births
from synthetic_data.population.hard_cases import SMALLEST, inject_hard_cases, list_cases
from synthetic_data.population.households import (
    FOSTER,
    GUARDIANSHIPS,
    DraftPopulation,
    guardians_of,
    households_frame,
)
from synthetic_data.population.movers import Movers, draw_movers, state_numbers
from synthetic_data.population.names import (
    GROUPS,
    ORIGINS,
    child_names,
    draw_heritage,
    family_surnames,
    fold,
    given_names,
    preferred_names,
)
from synthetic_data.population.schools import (
    GRADES,
    Schools,
    class_counts,
    district_id,
    hire_staff,
    open_schools,
)
from synthetic_data.population.telephones import telephones
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["Population", "make_population", "ten_digits"]

Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

GRADUATED = len(GRADES)  # the cohort that left school last summer

# Children of school age per household, and years of school between siblings: the kit's own shares.
CHILDREN_A_HOUSEHOLD = (0.50, 0.34, 0.12, 0.04)
YEARS_BETWEEN = (0.22, 0.40, 0.25, 0.13)
OLD_FOR_GRADE = 0.05  # started a year late, or repeated an earlier grade
NEW_YEAR_SHARE = 0.06  # of newcomers: the birthday is unknown, and January 1 replaces it


@dataclass(frozen=True)
class Population:
    """The people of a district, their homes and their schools.

    ``classes`` contains the number of classes of each school (school, grade: indexes in ``schools`` and in
    `synthetic_data.population.schools.GRADES`; school_year; classes).
    """

    schools: pd.DataFrame
    households: pd.DataFrame
    children: pd.DataFrame
    staff: pd.DataFrame
    guardians: pd.DataFrame
    cases: pd.DataFrame
    classes: pd.DataFrame
    school_list: Schools
    district_id: str
    district_name: str
    movers: Movers | None = None

    @cached_property
    def home(self) -> Codes:
        """Index of each child's household."""
        homes = pd.Index(self.households["household"])
        return np.asarray(homes.get_indexer(pd.Index(self.children["household"])))

    def child_of(self, persons: pd.Series) -> Codes:
        """Return the index of each person among the children; -1 for everybody else."""
        return np.asarray(pd.Index(self.children["person"]).get_indexer(pd.Index(persons)))


@dataclass(frozen=True)
class Draft:
    """Children of two school years before they have names; grade -1 means not enrolled here."""

    household: Codes
    grade: Codes
    grade_before: Codes
    twin: Mask
    birth: npt.NDArray[np.datetime64]

    @property
    def households(self) -> int:
        """Number of households."""
        return int(np.max(self.household)) + 1


def make_population(scenario: Scenario) -> Population:
    """Draw everybody who is or was in the district's schools in two school years."""
    seed = scenario.seed
    draft = _draw_children(scenario)
    families, home = draft.households, draft.household
    guardianship = _guardianship(scenario, families)
    numbers, state = _draw_numbers(seed, len(home))
    movers = draw_movers(scenario, home, draft.grade, draft.grade_before)
    heritage = draw_heritage(seed, "families", families)
    female = rng_for(seed, "sex").random(len(home)) < 0.49
    surnames = family_surnames(seed, "families", heritage.origin)
    fathers = given_names(seed, "fathers", heritage.origin, np.zeros(families, dtype=bool), adult=True)
    first, middle = child_names(
        seed,
        "children",
        heritage.origin[home],
        female,
        home,
        fathers[home],
        surnames.mother_at_birth[home],
    )
    last = np.where(female, surnames.daughters[home], surnames.children[home])
    changed = rng_for(seed, "surname changed").random(families)[home] < scenario.surname_changed_share
    cast = DraftPopulation(
        household=home,
        grade=draft.grade,
        twin=draft.twin,
        birth=draft.birth.copy(),
        female=female,
        first=first,
        last=last,
        suffix=np.full(len(home), None, dtype=object),
        preferred=preferred_names(seed, scenario.preferred_name_share, first, heritage.origin[home], female),
        former=only(changed & (surnames.mother_at_birth[home] != last), surnames.mother_at_birth[home]),
        origin=heritage.origin,
        father_first=fathers,
        father_last=surnames.father.copy(),
        mother_first=given_names(seed, "mothers", heritage.origin, np.ones(families, dtype=bool), adult=True),
        mother_last=surnames.mother.copy(),
        mother_born=surnames.mother_at_birth,
        father_senior=np.zeros(families, dtype=bool),
        guardianship=guardianship,
        homeless=rng_for(seed, "homeless").random(families) < scenario.homeless_share,
        bound=np.zeros(families, dtype=bool),
    )
    if movers is not None:
        movers.settle(cast, heritage, middle)
    injected = inject_hard_cases(scenario, cast)

    household = numbered("H", np.arange(1, families + 1), max(6, len(str(families))))
    schools = open_schools(scenario)
    zone = rng_for(seed, "zones").integers(0, len(schools.of_level("elementary")), families)
    years = {scenario.school_year - 1: draft.grade_before, scenario.school_year: draft.grade}
    classes = class_counts(schools, zone[home], years)
    staff = hire_staff(scenario, schools, classes, injected.namesake)
    households = households_frame(scenario, household, zone, cast)
    guardians = guardians_of(scenario, household, cast)
    phones = telephones(seed, len(households) + len(guardians))
    households["telephone"], guardians["telephone"] = (
        text(phones[: len(households)]),
        text(phones[len(households) :]),
    )
    domain = f"students.{fold(scenario.title)}.example"
    children = _children_frame(draft, cast, middle, household, domain)
    children["state_id"], children["district_number"] = text(state), text(numbers)
    children["race"] = heritage.race_column(home)
    children["hispanic_latino_ethnicity"] = heritage.hispanic_column(home)
    children["name_origin"] = pick(ORIGINS, heritage.origin[home])
    children["group"] = pick(GROUPS, heritage.group[home])
    if movers is not None:
        _name_apart(scenario, movers, children, households, guardians, staff)
    return Population(
        schools=schools.frame(),
        households=households,
        children=children[list(CHILD_COLUMNS)],
        staff=staff,
        guardians=guardians,
        cases=_with_movers(list_cases(children, guardians, staff, households, injected), movers),
        classes=classes,
        school_list=schools,
        district_id=district_id(scenario),
        district_name=f"{scenario.title} School District",
        movers=movers,
    )


def _name_apart(
    scenario: Scenario,
    movers: Movers,
    children: pd.DataFrame,
    households: pd.DataFrame,
    guardians: pd.DataFrame,
    staff: pd.DataFrame,
) -> None:
    """Give unique ids within a region, and movers the same ids in both districts."""
    own = f"{scenario.district:02d}-"
    everybody = state_numbers(scenario.region_seed, scenario.district, np.arange(len(children)))
    state = np.array(everybody, dtype=object)
    state[movers.child] = state_numbers(scenario.region_seed, 0, movers.number)
    person = (own + children["person"]).to_numpy(dtype=object, copy=True)
    person[movers.child] = movers.persons
    children["state_id"], children["person"] = text(state), text(person)
    for frame in (children, households, guardians):
        frame["household"] = (own + frame["household"]).array
    for frame in (guardians, staff):
        frame["person"] = (own + frame["person"]).array


def _with_movers(cases: pd.DataFrame, movers: Movers | None) -> pd.DataFrame:
    if movers is None:
        return cases
    notes = [
        f"{'left for' if leaves else 'came from'} district {other:02d} of the region"
        for leaves, other in zip(movers.leaves.tolist(), movers.other.tolist(), strict=True)
    ]
    moved = pd.DataFrame({"case": "changed_district", "person": movers.persons, "note": notes})
    return pd.concat([cases, moved.astype(cases["case"].dtype)], ignore_index=True)


CHILD_COLUMNS = (
    "person", "household", "first_name", "middle_name", "last_surname", "generation_code_suffix",
    "preferred_first_name", "birth_date", "sex", "race", "hispanic_latino_ethnicity", "name_origin",
    "state_id", "district_number", "email", "grade_level", "twin", "grade_level_before",
    "former_last_surname", "group",
)  # fmt: skip


def _draw_children(scenario: Scenario) -> Draft:
    """Draw households until exactly ``scenario.students`` children are enrolled this year."""
    households = int(scenario.students * 0.8) + 60
    while (draft := _draw_households(scenario, households)) is None:
        households *= 2
    return draft


def _draw_households(scenario: Scenario, count: int) -> Draft | None:
    rng, cohorts = rng_for(scenario.seed, "households"), GRADUATED + 1
    size = 1 + np.searchsorted(np.cumsum(CHILDREN_A_HOUSEHOLD)[:-1], rng.random(count), side="right")
    home = np.repeat(np.arange(count), size)
    slots = len(home)
    eldest = np.r_[True, home[1:] != home[:-1]]
    years = 1 + np.searchsorted(np.cumsum(YEARS_BETWEEN)[:-1], rng.random(slots), side="right")
    so_far = np.cumsum(np.where(eldest, 0, years))
    apart = so_far - so_far[eldest][home]
    # Cycling through cohorts fills every grade equally; siblings are at most 3 x 4 of 14 years apart.
    cohort = (rng.integers(0, cohorts, count)[home] + apart) % cohorts
    comes_and_goes = rng.random(count)
    gone = (comes_and_goes < scenario.left_in_year)[home]
    arrived = (comes_and_goes > 1 - scenario.arrived_in_year)[home]
    retained = (rng.random(slots) < scenario.retained_share) & (cohort < GRADUATED) & ~gone & ~arrived
    old = retained | (rng.random(slots) < OLD_FOR_GRADE)
    day_of_year, unknown = rng.random(slots), arrived & (rng.random(slots) < NEW_YEAR_SHARE)

    def births() -> tuple[Days, Mask, Days]:
        # Cohort 0 starts school in the fall after the fifth birthday, with a September 1 cutoff.
        first_of_year = (scenario.school_year - 1 - 5 - cohort - old - 1970).astype("datetime64[Y]")
        last_day = (first_of_year.astype("datetime64[M]") + np.timedelta64(8, "M")).astype("datetime64[D]")
        new_year = first_of_year.astype("datetime64[D]")
        again = pd.DataFrame({"home": home, "day": new_year}).loc[unknown].duplicated()
        fixed = marked(again.index[~again], slots)
        birth = np.where(fixed, new_year, last_day - (day_of_year * 365).astype("int64"))
        middle = np.where(fixed, new_year, last_day - np.timedelta64(182, "D"))
        return *space_births(scenario.seed, home, birth, last_day, ~fixed), middle

    birth, crowded, middle = births()
    while (old & crowded).any():
        # Of two children of about one age, none is old for her grade. Others are drawn anew, too.
        retained, old = retained & ~crowded, old & ~crowded
        birth, crowded, middle = births()
    # Where draws find no room, the middle of each child's own year has it.
    birth[crowded] = middle[crowded]

    grade = np.where(gone | (cohort == GRADUATED), -1, cohort)
    before = np.where(arrived, -1, cohort - 1 + retained)
    mean_size = float(np.dot(CHILDREN_A_HOUSEHOLD, np.arange(1, 5)))
    share = scenario.twins_share
    has_twins = rng.random(count) < share * mean_size / (2 - share)
    for injected in (False, True):
        if injected:
            fit = eldest & (grade >= 0)
            if scenario.students < SMALLEST or not fit.any():
                break
            has_twins[home[np.flatnonzero(fit)[0]]] = True
        copies = 1 + (eldest & has_twins[home])
        copies[(grade < 0) & (before < 0)] = 0
        slot = np.repeat(np.arange(slots), copies)
        here = np.cumsum(grade[slot] >= 0)
        if here[-1] < scenario.students:
            return None
        slot = slot[: int(np.searchsorted(here, scenario.students)) + 1]
        twin = np.zeros(len(slot), dtype=bool)
        twin[1:] = slot[1:] == slot[:-1]
        twin[:-1] |= twin[1:]
        if (twin & (grade[slot] >= 0)).any():
            break
    # We shuffle children, so that nobody can guess a family from the order of ids.
    order = rng_for(scenario.seed, "order of children").permutation(len(slot))
    slot, twin = slot[order], twin[order]
    _, household = np.unique(home[slot], return_inverse=True)
    return Draft(household, grade[slot], before[slot], twin, birth[slot])


def _guardianship(scenario: Scenario, families: int) -> Codes:
    rng = rng_for(scenario.seed, "guardianship")
    shares = np.cumsum([share for _, share in GUARDIANSHIPS])
    kind = np.searchsorted(shares[:-1], rng.random(families), side="right").clip(0, FOSTER - 1)
    return np.where(rng.random(families) < scenario.foster_share, FOSTER, kind)


def _draw_numbers(seed: int, count: int) -> tuple[Words, Words]:
    """Draw every child's number of the district, and of the state."""
    rng = rng_for(seed, "numbers")
    # Many district numbers start with a zero that a spreadsheet drops.
    width = 6 if count < 300_000 else 8
    numbers = rng.permutation(min(10**width, max(110_000, 3 * count)))[:count]
    return numbered("", numbers, width), ten_digits(rng, count)


def _children_frame(
    draft: Draft, cast: DraftPopulation, middle: Words, household: Words, domain: str
) -> pd.DataFrame:
    count = len(draft.household)
    logins = _logins(cast.first, cast.last)
    return pd.DataFrame(
        {
            "person": text(numbered("P", np.arange(1, count + 1), max(6, len(str(count))))),
            "household": text(household[draft.household]),
            "first_name": text(cast.first),
            "middle_name": text(only(middle != cast.first, middle)),
            "last_surname": text(cast.last),
            "generation_code_suffix": text(cast.suffix),
            "preferred_first_name": text(cast.preferred),
            "birth_date": dates(cast.birth),
            "sex": pick(("Male", "Female"), cast.female.astype("int64")),
            "email": text([f"{login}@{domain}" for login in logins]),
            "grade_level": pick(GRADES, draft.grade),
            "twin": truth(draft.twin),
            "grade_level_before": pick(GRADES, draft.grade_before),
            "former_last_surname": text(only(cast.former != cast.last, cast.former)),
        }
    )


def ten_digits(rng: np.random.Generator, count: int) -> Words:
    """Draw distinct ten-digit numbers, as the state assigns them; test vendors use the same format."""
    drawn = np.unique(rng.integers(0, 13 * 10**8, int(count * 1.05) + 50))
    drawn = rng.permutation(drawn)[:count]
    # Below 300 million, one leading zero, a few with two; above, none.
    return numbered("", np.where(drawn < 3 * 10**8, drawn + 7 * 10**7, drawn * 7), 10)


def _logins(first: Words, last: Words) -> list[str]:
    """Create logins such as ana.lopez, and ana.lopez2 for the second one."""
    seen: dict[str, int] = {}
    logins = []
    givens = {name: fold(name.split()[0]) for name in set(first)}
    families = {name: fold(name.split()[-1]) for name in set(last)}
    for given, family in zip(first, last, strict=True):
        login = f"{givens[given]}.{families[family]}"
        seen[login] = seen.get(login, 0) + 1
        logins.append(login if seen[login] == 1 else f"{login}{seen[login]}")
    return logins
