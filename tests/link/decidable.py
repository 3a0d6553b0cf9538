"""Which records of a child can be told to be hers by what they hold; the rest nobody could join."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.score import AnswerKey

__all__ = ["records_of_children"]

RECORD = ["silo", "record"]
PLACE = ["silo", "file", "row"]
WEAK = ("School", "PIN", "Login", "Email", "Undeclared")


def records_of_children(district: District, key: AnswerKey) -> pd.DataFrame:
    """List the records of children; ``tied``: by name and birth date, or by an id that another one holds.

    A name alone ties to nobody, nor does a number alone of which nobody says whose it is. Children of planted
    cases that the key calls undecidable by name and birth date are left out: two of one name, or born on
    1 January. So are records that hold two children: two of one name, on a list without more.
    """
    rows = key.rows.loc[key.rows["part"].eq("Subject"), [*PLACE, "person"]]
    children = key.people.loc[key.people["role"].eq("Student"), "person"]
    undecidable = key.cases.loc[key.cases["decidable_by"].ne("Name and birth date"), "person"]
    rows = rows[rows["person"].isin(children) & ~rows["person"].isin(undecidable)]
    records = district.person_rows.merge(rows, on=PLACE, how="inner", validate="many_to_one")
    records = records[[*RECORD, "person"]].drop_duplicates()
    records = records[~records.duplicated(RECORD, keep=False)]
    people = district.people.loc[district.people["role"].eq("Student"), [*RECORD, "linkable_by"]]
    records = records.merge(people, on=RECORD, how="inner", validate="many_to_one")
    records["tied"] = records["linkable_by"].eq("Name and birth date")
    ids = district.identifiers[[*RECORD, "identifier", "identification_system"]]
    ids = ids.assign(strong=~ids["identification_system"].isin(WEAK))
    ids = ids.groupby([*RECORD, "identifier"], as_index=False)["strong"].any()
    carried = records.drop(columns="tied").merge(ids, on=RECORD, how="inner", validate="one_to_many")
    # Where there is no name to tell by, an id of nobody knows whose number is not enough.
    bare = carried["linkable_by"].eq("Identifier only")
    while True:
        meeting = carried.merge(records[[*RECORD, "tied"]], on=RECORD, how="left", validate="many_to_one")
        held = meeting[meeting["tied"]].groupby(["person", "identifier"], as_index=False)["strong"].any()
        held = held.rename(columns={"strong": "known"})
        whole = meeting.assign(bare=bare.to_numpy())
        reached = whole.merge(held, on=["person", "identifier"], how="inner", validate="many_to_one")
        reached = reached[~reached["bare"] | (reached["strong"] & reached["known"])]
        keys = pd.MultiIndex.from_frame(reached[RECORD])
        tied = records["tied"] | pd.MultiIndex.from_frame(records[RECORD]).isin(keys)
        if tied.sum() == records["tied"].sum():
            return records[[*RECORD, "person", "tied"]]
        records["tied"] = tied
