"""What a school is called: by its own system, else by the systems that know the same children."""

from __future__ import annotations

import pandas as pd

__all__ = ["name_schools"]

# A number of one system is taken for a name of another when at least so many children have both in one
# year, and so large a share of those who have the number. Children who moved between two exports are the
# rest.
LEAST_CHILDREN = 3
LEAST_SHARE = 0.8


def name_schools(places: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Name the schools of children.

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
        One entry a row of `places`: the name that its own system gives; else the name that other systems give
        for nearly all children with that number; else the number itself.
    """
    own = schools.dropna(subset=["school_id"]).drop_duplicates(["silo", "school_id"])
    own = own[["silo", "school_id", "school_name"]].rename(columns={"school_name": "name"})
    known = places.merge(own, on=["silo", "school_id"], how="left", validate="many_to_one")
    names = known["name"].fillna(known["school_name"])
    learnt = _learn(places.assign(name=names.to_numpy()))
    known = places[["silo", "school_id"]].merge(
        learnt, on=["silo", "school_id"], how="left", validate="many_to_one"
    )
    names = names.fillna(known["name"]).fillna(known["school_id"])
    return names.set_axis(places.index)


def _learn(places: pd.DataFrame) -> pd.DataFrame:
    """Learn from children whom two systems know what the number of one is called in the other."""
    when = ["child", "school_year"]
    named = places[places["name"].notna()].drop_duplicates(when)[[*when, "name"]]
    numbered = places.loc[places["name"].isna(), [*when, "silo", "school_id"]].drop_duplicates()
    both = numbered.merge(named, on=when, how="inner", validate="many_to_one")
    number = ["silo", "school_id"]
    counts = both.groupby([*number, "name"]).size().rename("children").reset_index()
    share = counts["children"] / counts.groupby(number)["children"].transform("sum")
    sure = counts[(counts["children"] >= LEAST_CHILDREN) & (share >= LEAST_SHARE)]
    return sure[[*number, "name"]]
