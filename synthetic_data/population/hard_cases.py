"""Inject and list hard cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING, isin_text
from synthetic_data.population.births import NINE_MONTHS
from synthetic_data.population.households import FOSTER, TWO_PARENTS, DraftPopulation
from synthetic_data.population.name_pools import nicknames, other_spellings, pool
from synthetic_data.population.names import ORIGINS
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["BY_CHANCE", "CASES", "SMALLEST", "inject_hard_cases", "list_cases"]


Words = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SMALLEST = 20
SEXES = ("Male", "Female")
SECOND_CLERK = "Arabic"  # group of a family if no child has a name from another script

CASES = {
    "twins": "born on one day, one household",
    "twins_same_initial": "twins whose first names begin alike",
    "siblings_one_address": "one household, one address",
    "cousins_same_name": "the same first name and surname in two households, born apart",
    "same_name_same_grade": "the same first name and surname in one grade, born apart",
    "father_and_son": "father and son bear one name",
    "staff_same_name": "a teacher bears the child's first name and surname",
    "january_first": "born on 1 January, or said to be",
    "two_part_surname": "a surname of several words",
    "hyphenated_surname": "a surname with a hyphen",
    "apostrophe": "an apostrophe in the name",
    "accents": "letters beyond plain a to z",
    "other_script": "a name of another script, of which two spellings are in use",
    "preferred_name": "goes by another first name",
    "surname_changed": "bore another surname before",
    "homeless": "no address",
    "foster": "lives with a guardian of another name",
}
BY_CHANCE = {
    "same_name": "the same first name and surname in two grades",
    "same_name_same_birth_date": "two children whom name and birth date can't tell apart",
}


@dataclass(frozen=True)
class InjectedCase:
    """What later frames need to know about injected cases."""

    namesake: tuple[str, str, bool] | None = None  # first name, surname and sex (female) of a teacher
    cousins: tuple[int, ...] = ()  # indexes of two children


def inject_hard_cases(scenario: Scenario, cast: DraftPopulation) -> InjectedCase:
    """Change names and homes so that every case occurs."""
    if scenario.students < SMALLEST:
        return InjectedCase()
    rng = rng_for(scenario.seed, "hard cases")
    order = rng.permutation(len(cast.household))
    order = order[cast.grade[order] >= 0]
    children_at_home = np.bincount(cast.household, minlength=len(cast.origin))
    free = ~cast.bound  # households without an injected case
    fixed_names = cast.bound.copy()  # children whose names must not change

    def take(*children: int) -> None:
        free[cast.household[list(children)]] = False

    def only_child(child: int) -> bool:
        return bool(children_at_home[cast.household[child]] == 1)

    def first_child(fits: Callable[[int], bool]) -> int | None:
        """Find a child, preferably without siblings: an injected case affects a whole family."""
        fitting = [c for c in order.tolist() if free[cast.household[c]] and fits(c)]
        return next((c for c in fitting if only_child(c)), fitting[0] if fitting else None)

    def unless(
        occurs: Mask, fits: Callable[[int], bool], change: Callable[[int], None], beside: bool = False
    ) -> None:
        """Inject a case that doesn't occur; with ``beside``, if needed into a family with another case."""
        there = np.flatnonzero(occurs & (cast.grade >= 0))
        if len(there):
            # Reserve one family that has it, so that no later case undoes it.
            if free[cast.household[there]].all():
                take(int(there[0]))
            return
        child = first_child(fits)
        if child is None and beside:
            child = next((c for c in order.tolist() if not fixed_names[cast.household[c]] and fits(c)), None)
        if child is not None:
            change(child)
            take(child)

    # Twins are the rarest: no other case may change their names.
    twins = np.flatnonzero(cast.twin & (cast.grade >= 0))
    if len(twins):
        home = cast.household[twins[0]]
        one, other, *_ = np.flatnonzero(cast.twin & (cast.household == home)).tolist()
        free[home] = False
        if cast.first[one][0] != cast.first[other][0]:
            borne = set(cast.first[cast.household == home])
            pools = [
                [
                    name
                    for name in pool(ORIGINS[cast.origin[home]], "given", SEXES[int(cast.female[c])]).names
                    if name not in borne
                ]
                for c in (one, other)
            ]
            # The first child keeps the name if a name for the second starts with the same letter.
            pools[0].insert(0, cast.first[one])
            for name in pools[0]:
                if alike := [second for second in pools[1] if second[0] == name[0] and second != name]:
                    cast.rename(one, name)
                    cast.rename(other, alike[int(rng.integers(len(alike)))])
                    break

    cousins: tuple[int, ...] = ()
    for same_grade in (False, True):
        pair = _pair(cast, order, free, only_child, same_grade)
        if pair is not None:
            model, namesake = pair
            cast.rename(namesake, cast.first[model])
            cast.surname(int(cast.household[namesake]), cast.last[model])
            take(model, namesake)
            cousins = cousins if same_grade else pair

    def name_after_father(child: int) -> None:
        home = cast.household[child]
        cast.guardianship[home] = TWO_PARENTS
        cast.father_first[home], cast.father_last[home] = cast.first[child], cast.last[child]
        cast.father_senior[home] = True
        cast.suffix[child] = "Jr"

    unless(np.zeros(len(cast.first), dtype=bool), lambda c: not cast.female[c], name_after_father)

    def come_from_afar(child: int) -> None:
        home, known = int(cast.household[child]), other_spellings(SECOND_CLERK)
        cast.origin[home] = ORIGINS.index(SECOND_CLERK)
        first, last = (
            [name for name in pool(SECOND_CLERK, part, sex).names if name in known]
            for part, sex in (("given", SEXES[int(cast.female[child])]), ("surname", ""))
        )
        cast.rename(child, first[int(rng.integers(len(first)))])
        cast.surname(home, last[int(rng.integers(len(last)))])

    unless(_drafted_with_two_spellings(cast), lambda c: not cast.twin[c], come_from_afar)
    fixed_names |= ~free

    def january(child: int) -> np.datetime64:
        # A cohort's births, September 2 to September 1, include one January 1.
        cohort = (cast.birth[child] + np.timedelta64(121, "D")).astype("datetime64[Y]")
        return np.datetime64(cohort, "D")

    def could_be_january(child: int) -> bool:
        siblings = cast.household == cast.household[child]
        siblings[child] = False
        days = np.abs((cast.birth[siblings] - january(child)).astype("int64"))
        return not cast.twin[child] and bool((days >= NINE_MONTHS).all())

    def born_in_january(child: int) -> None:
        cast.birth[child] = january(child)

    unless(_on_new_year(cast.birth), could_be_january, born_in_january, beside=True)

    def anybody(_: int) -> bool:
        return True

    def surname(make: Callable[[str], str]) -> Callable[[int], None]:
        return lambda child: cast.surname(int(cast.household[child]), make(cast.last[child]))

    gaelic = [name for name in pool("Anglo", "surname").names if "'" in name]
    accented = [name for name in pool("Hispanic", "surname").names if not name.isascii()]
    second = pool("Hispanic", "surname").draw(rng, 1)[0]
    unless(_has(cast.last, "'"), anybody, surname(lambda _: gaelic[int(rng.integers(len(gaelic)))]))
    unless(~_ascii(cast.last), anybody, surname(lambda _: accented[int(rng.integers(len(accented)))]))

    def one_word(child: int) -> bool:
        return " " not in cast.last[child] and "-" not in cast.last[child]

    unless(_has(cast.last, " "), one_word, surname(lambda name: f"{name} {second}"), beside=True)
    unless(_has(cast.last, "-"), one_word, surname(lambda name: f"{name}-{second}"), beside=True)

    def prefer(child: int) -> None:
        cast.preferred[child] = nicknames()[cast.first[child]][0]

    def called_otherwise(child: int) -> None:
        borne = set(cast.first[cast.household == cast.household[child]])
        english = pool("Anglo", "given", SEXES[int(cast.female[child])]).names
        known = [name for name in english if name in nicknames() and name not in borne]
        cast.rename(child, known[int(rng.integers(len(known)))])
        prefer(child)

    unless(_has_name(cast.preferred), lambda c: cast.first[c] in nicknames(), prefer)
    unless(_has_name(cast.preferred), lambda c: not cast.twin[c], called_otherwise, beside=True)

    def change_surname(child: int) -> None:
        cast.former[child] = cast.mother_born[cast.household[child]]

    differs = cast.mother_born[cast.household] != cast.last
    unless(_has_name(cast.former), lambda c: bool(differs[c]), change_surname, beside=True)

    def lose_home(child: int) -> None:
        cast.homeless[cast.household[child]] = True

    def place_with_others(child: int) -> None:
        cast.guardianship[cast.household[child]] = FOSTER

    unless(cast.homeless[cast.household], anybody, lose_home, beside=True)
    unless(
        cast.guardianship[cast.household] == FOSTER,
        lambda c: not cast.father_senior[cast.household[c]],
        place_with_others,
        beside=True,
    )
    pupil = first_child(anybody)
    pupil = int(order[0]) if pupil is None else pupil
    return InjectedCase((cast.first[pupil], cast.last[pupil], bool(cast.female[pupil])), cousins)


def _pair(
    cast: DraftPopulation, order: Codes, free: Mask, only_child: Callable[[int], bool], same_grade: bool
) -> tuple[int, int] | None:
    """Find a child, and an only child of another home to share its name, of the same origin if possible."""
    fit = [c for c in order.tolist() if free[cast.household[c]] and not cast.twin[c]]
    for alike_in_origin in (True, False):
        for place, child in enumerate(fit):
            for other in fit[:place]:
                home, theirs = cast.household[child], cast.household[other]
                apart = abs(int(cast.grade[other]) - int(cast.grade[child]))
                if (
                    home == theirs
                    or cast.female[child] != cast.female[other]
                    or cast.birth[child] == cast.birth[other]
                    or (alike_in_origin and cast.origin[home] != cast.origin[theirs])
                    or (apart != 0 if same_grade else apart < 2)
                ):
                    continue
                for model, namesake in ((other, child), (child, other)):
                    if only_child(namesake):
                        cast.origin[cast.household[namesake]] = cast.origin[cast.household[model]]
                        return model, namesake
    return None


def _drafted_with_two_spellings(cast: DraftPopulation) -> Mask:
    groups = [other_spellings(ORIGINS[place]) for place in cast.origin[cast.household].tolist()]
    return np.array(
        [
            first in known or last in known
            for first, last, known in zip(cast.first, cast.last, groups, strict=True)
        ],
        dtype=bool,
    )


def _on_new_year(birth: npt.NDArray[np.datetime64]) -> Mask:
    day = birth.astype("datetime64[D]")
    return np.asarray(day == day.astype("datetime64[Y]").astype("datetime64[D]"))


def _has_name(names: Words) -> Mask:
    return np.array([name is not None for name in names], dtype=bool)


def _has(names: Words, sign: str) -> Mask:
    return np.array([sign in name for name in names], dtype=bool)


def _ascii(*names: Words) -> Mask:
    return np.array(["".join(parts).isascii() for parts in zip(*names, strict=True)], dtype=bool)


def list_cases(
    children: pd.DataFrame,
    guardians: pd.DataFrame,
    staff: pd.DataFrame,
    households: pd.DataFrame,
    injected: InjectedCase,
) -> pd.DataFrame:
    """List every hard case that occurs."""
    names = ["person", "household", "first_name", "last_surname", "birth_date", "grade_level", "sex"]
    here = children[names].copy()
    here["initial"] = here["first_name"].str[0]
    homeless = children["household"].isin(households.loc[households["homeless"], "household"])
    found = [
        _neighbors("twins", children.loc[children["twin"], names], ["household", "birth_date"]),
        _neighbors("twins_same_initial", here.loc[children["twin"]], ["household", "birth_date", "initial"]),
        _neighbors("siblings_one_address", here.loc[~homeless], ["household"]),
    ]
    namesakes = _neighbors(
        "", here, ["first_name", "last_surname"], keep=["birth_date", "grade_level", "household"]
    )
    same_day = namesakes["birth_date"] == namesakes["birth_date_other"]
    same_grade = (namesakes["grade_level"] == namesakes["grade_level_other"]).fillna(False).astype(bool)
    for case, rows in (
        ("same_name_same_birth_date", same_day),
        ("same_name_same_grade", same_grade & ~same_day),
        ("same_name", ~same_grade & ~same_day),
    ):
        found.append(namesakes.loc[rows, ["person", "other_person"]].assign(case=case))
    if injected.cousins:
        one, other = (children["person"].iloc[place] for place in injected.cousins)
        found.append(
            pd.DataFrame({"person": [one, other], "other_person": [other, one], "case": "cousins_same_name"})
        )
    fathers = guardians.loc[guardians["relation"] == "Father"]
    for case, adults, keys in (
        ("father_and_son", fathers, ["household", "first_name", "last_surname"]),
        ("staff_same_name", staff, ["first_name", "last_surname"]),
    ):
        adults = adults[[*keys, "person"]].rename(columns={"person": "other_person"})
        boys = here if case == "staff_same_name" else here.loc[here["sex"] == "Male"]
        # Several teachers may share a name, and so may several children.
        pairs = boys.merge(adults, on=keys, how="inner", validate="many_to_many")
        found.append(pairs[["person", "other_person"]].assign(case=case))
    first, last = children["first_name"], children["last_surname"]
    born = children["birth_date"].dt
    plain = first.map(str.isascii) & last.map(str.isascii)
    foster = children["household"].isin(guardians.loc[guardians["relation"] == "Foster parent", "household"])
    for case, rows in (
        ("january_first", (born.month == 1) & (born.day == 1)),
        ("two_part_surname", last.str.contains(" ", regex=False)),
        ("hyphenated_surname", last.str.contains("-", regex=False)),
        ("apostrophe", first.str.contains("['’]") | last.str.contains("['’]")),
        ("accents", ~plain),
        ("preferred_name", children["preferred_first_name"].notna()),
        ("surname_changed", children["former_last_surname"].notna()),
        ("other_script", _of_two_spellings(children)),
        ("homeless", homeless),
        ("foster", foster),
    ):
        mask = rows.to_numpy(dtype=bool)
        found.append(pd.DataFrame({"person": children["person"][mask], "case": case}))
    cases = pd.concat(found, ignore_index=True)
    cases["note"] = cases["case"].map(CASES | BY_CHANCE)
    cases = cases.sort_values(["case", "person", "other_person"], ignore_index=True)
    return cases[["case", "person", "other_person", "note"]].astype(STRING)


def _of_two_spellings(children: pd.DataFrame) -> pd.Series:
    found = np.zeros(len(children), dtype=bool)
    for origin in ORIGINS:
        known = sorted(other_spellings(origin))
        theirs = children.loc[(children["name_origin"] == origin).to_numpy(dtype=bool)]
        if known and len(theirs):
            spelled = isin_text(theirs["first_name"], known) | isin_text(theirs["last_surname"], known)
            found[theirs.index.to_numpy()] = spelled
    return pd.Series(found)


def _neighbors(
    case: str, people: pd.DataFrame, keys: list[str], keep: list[str] | None = None
) -> pd.DataFrame:
    """Pair everybody with the next one of the same group, and the last with the first."""
    columns = ["person", *(keep or [])]
    grouped = people.dropna(subset=keys)
    grouped = grouped.loc[grouped.duplicated(keys, keep=False)].sort_values(
        [*keys, "person"], ignore_index=True
    )
    group = grouped.groupby(keys, sort=False).ngroup().to_numpy()
    place = np.arange(len(grouped))
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else place
    following = place + 1
    if len(group):
        ends = np.r_[starts[1:], len(group)] - 1
        following[ends] = starts
    other = grouped[columns].iloc[following].reset_index(drop=True)
    other.columns = pd.Index(["other_person", *(f"{name}_other" for name in columns[1:])])
    pairs = pd.concat([grouped[columns], other], axis=1)
    return pairs.assign(case=case)
