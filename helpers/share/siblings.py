"""Which children have a brother or sister in the district's schools, or somebody of their own name."""

from __future__ import annotations

import pandas as pd

from helpers.link.forms import name_keys, read_names
from helpers.link.phones import telephones

__all__ = ["of_one_home", "with_namesakes"]


def of_one_home(crosswalk: pd.DataFrame, people: pd.DataFrame, contacts: pd.DataFrame) -> set[str]:
    """Find children who share a home with another child of the district.

    Parameters
    ----------
    crosswalk
        The standard table *crosswalk*.
    people
        The standard table *people*, of role Student.
    contacts
        The standard table *contact*.

    Returns
    -------
    set of str
        Children with whom another one shares address, telephone, an adult on record, or surname and birth
        date. A doubtful tie counts: whom it wrongly makes a brother is only spared a little more.
    """
    named = people.merge(
        crosswalk[["silo", "record", "child", "household"]],
        on=["silo", "record"],
        how="inner",
        validate="one_to_one",
    )
    adults = contacts.dropna(subset=["record", "contact_record"]).merge(
        crosswalk[["silo", "record", "child"]], on=["silo", "record"], how="inner", validate="many_to_one"
    )
    surname = named["last_surname"].fillna(named["full_name"]).str.casefold()
    shared = {
        "home": named["household"],
        "telephone": telephones(named["telephone"]),
        "twin": surname + named["birth_date"].dt.strftime(" %Y-%m-%d").astype("string"),
    }
    parts = [pd.DataFrame({"child": named["child"], "key": kind + " " + key}) for kind, key in shared.items()]
    parts.append(
        pd.DataFrame({"child": adults["child"], "key": adults["silo"] + " " + adults["contact_record"]})
    )
    ties = pd.concat(parts, ignore_index=True).dropna().drop_duplicates()
    several = ties["key"].duplicated(keep=False)
    return set(ties.loc[several, "child"])


def with_namesakes(crosswalk: pd.DataFrame, people: pd.DataFrame) -> set[str]:
    """Find children whose name another child of the district has, in some way of writing both.

    Parameters
    ----------
    crosswalk
        The standard table *crosswalk*.
    people
        The standard table *people*, of role Student.

    Returns
    -------
    set of str
        Children with a namesake.
    """
    named = people.merge(
        crosswalk[["silo", "record", "child"]], on=["silo", "record"], how="inner", validate="one_to_one"
    )
    record, key = name_keys(read_names(named))
    ties = pd.DataFrame({"child": named["child"].to_numpy()[record], "key": key}).drop_duplicates()
    return set(ties.loc[ties["key"].duplicated(keep=False), "child"])
