"""What a school is called: by its own system, else by the systems that know the same children."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.profile.pairs import Pairs, places_of
from helpers.standard import STRING

__all__ = ["name_places", "name_schools", "names_learnt"]

# A number of one system is taken for a name of another when at least so many children have both in one
# year, and so large a share of those who have the number. Children who moved between two exports are the
# rest.
LEAST_CHILDREN = 3
LEAST_SHARE = 0.8


def name_schools(places: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Name the schools of children, all of whom stand in one table.

    Parameters
    ----------
    places
        ``child, silo, school_year, school_id, school_name``: where systems say that children are; the name
        may be NA.
    schools
        Table ``school``: how systems name the schools that they number.

    Returns
    -------
    pandas.Series
        One entry a row of `places`; see `name_places`.
    """
    system, silos = pd.factorize(places["silo"])
    numbers = {
        "owner": pd.factorize(places["child"])[0],
        "system": system,
        "year": places["school_year"].to_numpy(dtype="int64", na_value=-1),
    }
    given = places[["school_id", "school_name"]].reset_index(drop=True).assign(**numbers)
    names = tuple(map(str, silos))
    learnt = names_learnt(given, schools, names)
    named = name_places(system, given["school_id"], given["school_name"], schools, names, learnt)
    return named.set_axis(places.index)


def name_places(
    systems: np.ndarray,
    numbers: pd.Series,
    names: pd.Series,
    schools: pd.DataFrame,
    silos: Sequence[str],
    learnt: pd.DataFrame,
) -> pd.Series:
    """Name the schools at which children are.

    Parameters
    ----------
    systems
        Which system says each: its place in `silos`.
    numbers
        The school's number there.
    names
        Its name, as the same record has it.
    schools
        Table ``school``: how systems name the schools that they number.
    silos
        Names of the systems.
    learnt
        What `names_learnt` gives of all children.

    Returns
    -------
    pandas.Series
        The name that its own system gives; else the name that other systems give for nearly all children with
        that number; else the number itself.
    """
    known = _own_names(systems, numbers, names, schools, silos)
    sure = _sure(learnt)
    at = Pairs(sure["system"].to_numpy(dtype="int64"), sure["name_of"]).of(systems, numbers)
    return known.fillna(_taken(sure["name"], at)).fillna(numbers)


def names_learnt(places: pd.DataFrame, schools: pd.DataFrame, silos: Sequence[str]) -> pd.DataFrame:
    """Count the children whom two systems know, by what the number of one is called in the other.

    Parameters
    ----------
    places
        ``owner, system, year`` (numbers) and ``school_id, school_name``: where systems say that children are.
    schools
        Table ``school``.
    silos
        Names of the systems.

    Returns
    -------
    pandas.DataFrame
        ``system, name_of`` (a school's number in it), ``name, children``.
    """
    system = places["system"].to_numpy(dtype="int64")
    name = _own_names(system, places["school_id"], places["school_name"], schools, silos)
    places = places.assign(name=name.array)
    when = ["owner", "year"]
    has_name = places["name"].notna().to_numpy(dtype=bool)
    by_name = places[has_name].drop_duplicates(when)[[*when, "name"]]
    numbered = places.loc[~has_name, [*when, "system", "school_id"]].drop_duplicates()
    both = numbered.merge(by_name, on=when, how="inner", validate="many_to_one")
    counts = both.groupby(["system", "school_id", "name"]).size().rename("children").reset_index()
    return counts.rename(columns={"school_id": "name_of"})


def _taken(words: pd.Series, at: np.ndarray) -> pd.Series:
    return pd.Series(words.astype(STRING).array.take(at, allow_fill=True))


def _own_names(
    systems: np.ndarray, numbers: pd.Series, names: pd.Series, schools: pd.DataFrame, silos: Sequence[str]
) -> pd.Series:
    at = Pairs(places_of(schools["silo"], tuple(silos)), schools["school_id"]).of(systems, numbers)
    return _taken(schools["school_name"], at).fillna(names.astype(STRING))


def _sure(counts: pd.DataFrame) -> pd.DataFrame:
    """Keep what nearly all children who have a number say of it."""
    share = counts["children"] / counts.groupby(["system", "name_of"])["children"].transform("sum")
    return counts[(counts["children"] >= LEAST_CHILDREN) & (share >= LEAST_SHARE)].reset_index(drop=True)
