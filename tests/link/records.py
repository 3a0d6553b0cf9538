"""Hand-written records in the shape in which files are read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.link import Links, link_children
from helpers.standard import as_table

__all__ = ["ANA", "children", "frames", "linked", "only_pair", "record"]

ANA = ("Ana", "Lopez", "2012-05-17")

PLAIN = (
    "role full_name name_order middle_name preferred_first_name preferred_last_surname telephone city "
    "street_number_name postal_code school_name"
).split()


def record(
    silo: str, name: str, first: str = "", last: str = "", born: str = "", **more: Any
) -> dict[str, Any]:
    """Give one record; a further word that begins with a capital is an id's system, with its id or ids."""
    row: dict[str, Any] = {"silo": silo, "record": name, "local_id": name, "role": "Student"}
    row |= {"first_name": first or None, "last_surname": last or None, "birth_date": born or None}
    row |= {key: more[key] for key in PLAIN if key in more}
    named = bool(first or last or more.get("full_name"))
    row["name_status"] = more.get("name_status", "As written" if named else "None")
    row["birth_date_other"] = more.get("or_born")
    row["birth_date_status"] = more.get(
        "born_status", "Day and month ambiguous" if more.get("or_born") else "Exact" if born else "None"
    )
    usable_name = row["name_status"] == "As written"
    usable_date = row["birth_date_status"] in ("Exact", "Day and month ambiguous")
    row["ids"] = {key: value for key, value in more.items() if key[0].isupper()}
    row["linkable_by"] = (
        ("Name and birth date" if usable_date else "Name only")
        if usable_name
        else ("Identifier only" if row["ids"] else "Nothing")
    )
    return row


def frames(*records: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the tables people and identifiers."""
    people = pd.DataFrame([{key: value for key, value in row.items() if key != "ids"} for row in records])
    for column in ("birth_date", "birth_date_other"):
        people[column] = pd.to_datetime(people[column])
    ids = [
        (row["silo"], row["record"], system, identifier, f"{row['silo']}.csv", place + 2)
        for place, row in enumerate(records)
        for system, given in row["ids"].items()
        for identifier in ([given] if isinstance(given, str) else given)
    ]
    columns = ["silo", "record", "identification_system", "identifier", "file", "row"]
    return as_table("people", people), as_table("identifiers", pd.DataFrame(ids, columns=columns))


def children(crosswalk: pd.DataFrame) -> set[frozenset[tuple[str, str]]]:
    """Give a crosswalk as sets of records, whatever the children are called."""
    together: dict[str, set[tuple[str, str]]] = {}
    for silo, name, child in crosswalk[["silo", "record", "child"]].itertuples(index=False):
        together.setdefault(child, set()).add((silo, name))
    return {frozenset(records) for records in together.values()}


def linked(*records: dict[str, Any], **how: Any) -> Links:
    """Link hand-written records."""
    people, identifiers = frames(*records)
    return link_children(people, identifiers, **how)


def only_pair(links: Links) -> pd.Series:
    """Give the one pair that was weighed."""
    assert len(links.pairs) == 1
    return links.pairs.iloc[0]
