"""Which children have a brother or sister in the district's schools, or somebody of their own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.link.values.contacts import telephones
from helpers.link.values.name_forms import name_keys, read_names
from helpers.link.values.names import fold
from helpers.profile.relations import agents_of
from helpers.standard import STRING

__all__ = ["Homes", "homes_of", "with_namesakes"]

RECORD = ["silo", "record"]


@dataclass(frozen=True)
class Homes:
    """Children with whom another child may be mixed up: by any name, or by any name and birth date."""

    siblings: frozenset[str]
    twins: frozenset[str]


def homes_of(
    crosswalk: pd.DataFrame, people: pd.DataFrame, contacts: pd.DataFrame, rosters: Sequence[str]
) -> Homes:
    """Find children who share a home with another child of the district.

    Parameters
    ----------
    crosswalk
        The standard table *crosswalk*.
    people
        The standard table *people*, of role Student.
    contacts
        The standard table *contact*.
    rosters
        Systems that say who the children are.

    Returns
    -------
    Homes
        Siblings share address, telephone or an adult on record; twins surname and birth date. Of a child on
        the roster whose home nobody knows anything of, whoever has its surname there may be one. A doubtful
        tie counts: whom it wrongly makes a brother is only spared a little more.
    """
    child = crosswalk[[*RECORD, "child", "household"]]
    named = people.merge(child, on=RECORD, how="inner", validate="one_to_one")
    adults = contacts.dropna(subset=["record", "contact_record"])[[*RECORD, "contact_record"]]
    adults = adults.merge(child, on=RECORD, how="inner", validate="many_to_one")
    agents = agents_of(named)
    surname = _surnames(named)
    homes = pd.concat(
        [
            _keys(named["child"], "address", named["household"]),
            _keys(named["child"], "telephone", telephones(named["telephone"])),
            _keys(adults["child"], "adult", adults["silo"] + " " + adults["contact_record"]),
            _keys(agents["child"], "adult", agents["silo"] + " " + agents["agent"]),
        ],
        ignore_index=True,
    ).drop_duplicates()
    born = _keys(
        named["child"], "born", surname + named["birth_date"].dt.strftime(" %Y-%m-%d").astype(STRING)
    )
    twins = _of_several(born)
    listed = named["silo"].isin(list(rosters))
    of_name = _keys(named.loc[listed, "child"], "name", surname[listed])
    unknown = ~of_name["child"].isin(homes["child"])
    alike = of_name["key"].isin(of_name.loc[unknown, "key"])
    of_unknown_home = _of_several(of_name[alike])
    return Homes(frozenset(_of_several(homes) | twins | of_unknown_home), frozenset(twins))


def _keys(children: pd.Series, kind: str, key: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"child": children.to_numpy(), "key": (kind + " " + key.astype(STRING)).to_numpy()})
    return frame.astype(STRING).dropna().drop_duplicates()


def _of_several(ties: pd.DataFrame) -> set[str]:
    """Give the children who share a key with another one."""
    return set(ties.loc[ties["key"].duplicated(keep=False), "child"])


def _surnames(people: pd.DataFrame) -> pd.Series:
    """Give the surname, folded; of a name in one cell what stands before the comma, else the last word."""
    whole = people["full_name"].str.strip()
    before = whole.str.extract(r"^([^,]+),", expand=False).fillna(whole.str.extract(r"(\S+)$", expand=False))
    codes, distinct = pd.factorize(people["last_surname"].fillna(before))
    folded = pd.array([fold(str(text)) or None for text in distinct] + [None], dtype=STRING)
    return pd.Series(folded.take(codes), index=people.index)


def with_namesakes(crosswalk: pd.DataFrame, people: pd.DataFrame) -> frozenset[str]:
    """Find children whose name another child of the district has, in some way of writing both.

    Parameters
    ----------
    crosswalk
        The standard table *crosswalk*.
    people
        The standard table *people*, of role Student.

    Returns
    -------
    frozenset of str
        Children with a namesake.
    """
    named = people.merge(crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="one_to_one")
    record, key = name_keys(read_names(named))
    ties = pd.DataFrame({"child": named["child"].to_numpy()[record], "key": key}).drop_duplicates()
    return frozenset(_of_several(ties))
