"""Every hard case that can be seen in the population itself, listed wherever it occurs, planted or not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.columns import is_among
from synthetic_data.population.customs import ORIGINS
from synthetic_data.population.hard_cases import BY_CHANCE, CASES, Planted
from synthetic_data.population.pools import other_spellings

__all__ = ["list_cases"]


def list_cases(
    children: pd.DataFrame,
    guardians: pd.DataFrame,
    staff: pd.DataFrame,
    households: pd.DataFrame,
    planted: Planted,
) -> pd.DataFrame:
    """List every hard case that occurs.

    Parameters
    ----------
    children, guardians, staff, households
        Of the population.
    planted
        From `plant`.

    Returns
    -------
    pandas.DataFrame
        case (a key of `CASES`, or of `BY_CHANCE`), person, other_person
        (NA where there is none), note. A case of two children is listed for both.
    """
    names = ["person", "household", "first_name", "last_surname", "birth_date", "grade_level", "sex"]
    here = children[names].copy()
    here["initial"] = here["first_name"].str[0]
    homeless = children["household"].isin(households.loc[households["homeless"], "household"])
    found = [
        _neighbours("twins", children.loc[children["twin"], names], ["household", "birth_date"]),
        _neighbours("twins_same_initial", here.loc[children["twin"]], ["household", "birth_date", "initial"]),
        _neighbours("siblings_one_address", here.loc[~homeless], ["household"]),
    ]
    namesakes = _neighbours(
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
    if planted.cousins:
        one, other = (children["person"].iloc[place] for place in planted.cousins)
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
        # Several teachers may bear one name, and so may several children.
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
            spelt = is_among(theirs["first_name"], known) | is_among(theirs["last_surname"], known)
            found[theirs.index.to_numpy()] = spelt
    return pd.Series(found)


def _neighbours(
    case: str, people: pd.DataFrame, keys: list[str], keep: list[str] | None = None
) -> pd.DataFrame:
    """Pair everybody with the next one of the same group; the last with the first."""
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
