"""Find the true child of each record."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.score.answer_key import PLACE, AnswerKey, read_answer_key
from helpers.standard import STRING, as_table

__all__ = [
    "BY_THE_KEY",
    "TWO_PEOPLE",
    "commonest",
    "ends_of",
    "groups_of",
    "index_by_record",
    "misjudged_pairs",
    "of_one_person",
    "rows_not_there",
    "true_children",
    "true_crosswalk",
    "true_person_of_record",
]


def rows_not_there(district: District) -> pd.DataFrame:
    """List the files that lack rows of the answer key, or are gone.

    We don't detect a replaced row, or a system deleted as a whole: that is done on purpose.
    """
    key, accounts = read_answer_key(district.folder).rows, district.accounts
    there = key[key["silo"].isin(accounts["silo"].dropna())]
    named = there.groupby("file")["row"].max().rename("named").reset_index()
    known = accounts[["file", "rows"]].drop_duplicates("file")
    found = named.merge(known, on="file", how="left", validate="one_to_one")
    found = found.assign(rows=found["rows"].fillna(0).astype("int64"))
    return found[found["rows"] < found["named"]].reset_index(drop=True)


RECORD = ["silo", "record"]
NOBODY = "nobody"
# Step of a crosswalk from the answer key.
BY_THE_KEY = "Answer key"
TWO_PEOPLE = "Answer key, two people"


def true_person_of_record(district: District, key: AnswerKey) -> pd.DataFrame:
    """Return the true person of each source row of a record."""
    stands_on = district.person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    return stands_on.merge(key.people_at("Subject"), on=PLACE, how="inner", validate="many_to_many")


def commonest(records: pd.DataFrame, by: str, name: str) -> pd.Series:
    """Return what most records of each child or person name; the first in the alphabet on a tie."""
    counts = records.groupby([by, name]).size().rename("records").reset_index()
    counts = counts.sort_values([by, "records"], ascending=[True, False], kind="stable")
    return counts.drop_duplicates(by).set_index(by)[name]


def ends_of(pairs: pd.DataFrame) -> list[pd.DataFrame]:
    """Name the left and the right record of each pair."""
    return [
        pairs[[f"{side}_silo", f"{side}_record"]].set_axis(RECORD, axis="columns")
        for side in ("left", "right")
    ]


def true_children(district: District, key: AnswerKey, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return the true person of each record, and its child in the crosswalk."""
    known = true_person_of_record(district, key)[[*RECORD, "person"]].drop_duplicates()
    linked = crosswalk[[*RECORD, "child", "linkable_by"]]
    truth = linked.merge(known, on=RECORD, how="outer", validate="one_to_many")
    unlinked = truth["linkable_by"].isna()
    if unlinked.any():
        reads = district.people[[*RECORD, "linkable_by"]].rename(columns={"linkable_by": "reads"})
        truth = truth.merge(reads, on=RECORD, how="left", validate="many_to_one")
        truth["linkable_by"] = truth["linkable_by"].fillna(truth.pop("reads")).fillna("Nothing")
    children = key.people.loc[key.people["role"].eq("Student"), "person"]
    truth["is_child"] = truth["person"].isin(children)
    truth = truth[truth["child"].notna() | truth["is_child"]]
    nobody = NOBODY + " " + truth["silo"] + "\n" + truth["record"]
    truth = truth.assign(person=truth["person"].fillna(nobody))
    return truth.sort_values([*RECORD, "person"], ignore_index=True)


def true_crosswalk(district: District, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Build the true crosswalk, which linking tries to find.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``crosswalk``, one row per record with role Student; ``child`` is the key's person. A record
        with rows of two people goes to the one with most rows (the first on a tie), and its ``step`` is
        `TWO_PEOPLE`. The step of other records is `BY_THE_KEY`, or empty for a child's first record. A record
        without a person in the key is a child of its own.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    known = true_person_of_record(district, key)
    owners = known.groupby([*RECORD, "person"], sort=False).size().rename("rows").reset_index()
    owners = owners.sort_values("rows", ascending=False, kind="stable")
    owners = owners.assign(people=owners.groupby(RECORD)["person"].transform("size"))
    owners = owners.drop_duplicates(RECORD)

    students = district.people.loc[district.people["role"].eq("Student"), [*RECORD, "linkable_by"]]
    students = students.merge(owners.drop(columns="rows"), on=RECORD, how="left", validate="one_to_one")
    nobody = NOBODY + " " + students["silo"] + "\n" + students["record"]
    child = students["person"].fillna(nobody)
    step = pd.Series(BY_THE_KEY, index=students.index, dtype=STRING).where(child.duplicated())
    return as_table(
        "crosswalk",
        students[[*RECORD, "linkable_by"]].assign(
            child=child,
            step=step.mask(students["people"].gt(1).fillna(False), TWO_PEOPLE),
            link_status=pd.Series("Verified", index=students.index, dtype=STRING).where(
                child.duplicated(keep=False), "Unlinked"
            ),
            household=key.households.reindex(child).set_axis(students.index),
        ),
    )


def groups_of(people: pd.DataFrame, cases: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the groups of each child."""
    children = people[people["role"].eq("Student")]
    origin = children[["person"]].assign(group="name origin: " + children["name_origin"])
    labels = children[["person"]].assign(group=children["groups"].str.split(";")).explode("group")
    label = labels["group"].astype(STRING).str.strip()
    labels = labels.assign(group=label.where(label.str.contains(":", regex=False), label + ": yes"))
    labels = labels[label.ne("").fillna(False)]
    languages = labels[labels["group"].str.startswith("home language: ").fillna(False)]
    english = languages["group"].eq("home language: eng")
    home = pd.Series("language at home: not English", index=languages.index).mask(
        english, "language at home: English"
    )
    parts = [origin, labels, languages[["person"]].assign(group=home)]
    if cases is not None and len(cases):
        homeless = children["person"].isin(cases.loc[cases["case"].eq("homeless"), "person"])
        words = pd.Series("homeless: no", index=children.index).mask(homeless, "homeless: yes")
        parts.append(children[["person"]].assign(group=words))
    groups = pd.concat([part.astype(STRING) for part in parts], ignore_index=True).dropna()
    return groups.drop_duplicates(ignore_index=True)


def index_by_record(findings: pd.DataFrame, person_rows: pd.DataFrame) -> pd.DataFrame:
    """List the records of findings."""
    locations = findings[["silo", "file", "row"]].dropna().drop_duplicates()
    rows = person_rows[[*RECORD, "file", "row"]]
    found = locations.merge(rows, on=["silo", "file", "row"], how="inner", validate="one_to_many")
    return found[RECORD].drop_duplicates(ignore_index=True)


def of_one_person(truth: pd.DataFrame) -> pd.DataFrame:
    """Leave out records in which their own system put two people."""
    return truth[~truth.duplicated(RECORD, keep=False)]


WRONG, MISSED = "Wrong", "Missed"
SIDES = ["left_silo", "left_record", "right_silo", "right_record"]


def misjudged_pairs(
    district: District, crosswalk: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Return the first wrong and the first missed pair of each two systems.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    crosswalk
        Table ``crosswalk``.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        ``why`` (Wrong: linked, but two children; Missed: one child, but not linked), ``left_silo``,
        ``left_record``, ``right_silo``, ``right_record``: systems sorted by name, one row per pair of systems
        and ``why``, if any. Records in which their own system put two people are left out.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    truth = of_one_person(true_children(district, key or read_answer_key(district.folder), crosswalk))
    truth = truth[["silo", "record", "child", "person"]]
    parts = [
        _first(truth[truth["child"].notna()], "child", "person").assign(why=WRONG),
        _first(truth, "person", "child").assign(why=MISSED),
    ]
    found = pd.concat(parts, ignore_index=True)
    return found[["why", *SIDES]].astype(STRING)


def _first(truth: pd.DataFrame, alike: str, apart: str) -> pd.DataFrame:
    """Return the first pair of records of each two systems that agree in one column and differ in another."""
    # Only groups with several values of the other column have such a pair: few, if links are good.
    several = truth.groupby(alike)[apart].transform(lambda own: own.nunique(dropna=False)) > 1
    some = truth[several].drop_duplicates(["silo", alike, apart])
    both = some.merge(some, on=alike, how="inner", suffixes=("_left", "_right"), validate="many_to_many")
    other = both[f"{apart}_left"].ne(both[f"{apart}_right"]).fillna(True)
    both = both[other & (both["silo_left"] < both["silo_right"])]
    both = both.drop_duplicates(["silo_left", "silo_right"])
    return both[["silo_left", "record_left", "silo_right", "record_right"]].set_axis(SIDES, axis="columns")
