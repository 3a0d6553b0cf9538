"""Write what an entrant reads without a parser of school systems: records.csv, and the key of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.files import District
from helpers.standard import STRING
from synthetic_data.benchmark.scorer import CANARY, LINKABLE_BY

__all__ = ["flat_files", "write_flat_file"]

RECORD = ["silo", "record"]
KINDS = {"Name and birth date": LINKABLE_BY[0], "Name only": LINKABLE_BY[1]}
# Column of records.csv -> column of the reader's table people.
COLUMNS = {
    "first_name": "first_name",
    "middle_name": "middle_name",
    "last_name": "last_surname",
    "suffix": "generation_code_suffix",
    "preferred_first_name": "preferred_first_name",
    "preferred_last_name": "preferred_last_surname",
    "full_name": "full_name",
    "birth_date": "birth_date",
    "sex": "sex",
    "grade": "grade_level",
    "graduation_year": "graduation_year",
    "school": "school_id",
    "school_name": "school_name",
    "email": "email",
    "telephone": "telephone",
    "address": "street_number_name",
    "city": "city",
    "postal_code": "postal_code",
}
GROUPS = {"name origin": "name_origin", "home language": "home_language", "twin": "twin", "moved": "moved"}


class FlatFiles(NamedTuple):
    """Flat files of a set."""

    records: pd.DataFrame
    key: pd.DataFrame
    children: pd.DataFrame


def flat_files(
    districts: Mapping[str, District], keys: Mapping[str, Mapping[str, pd.DataFrame]]
) -> FlatFiles:
    """Flatten the children's records of a set, and its answer key.

    Parameters
    ----------
    districts
        Name in a region (empty for one district) -> what the kit reads of it.
    keys
        The same names -> the tables *people* and *rows* of its answer key.

    Returns
    -------
    FlatFiles
        ``records``: every record that the kit reads as a child's. ``key``: the child of each, empty for a
        record whose rows are about two children, which is not scored. ``children``: household and groups.
    """
    parts = [
        _one_district(name, district, keys[name]["people"], keys[name]["rows"])
        for name, district in districts.items()
    ]
    records, key, children = (pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True))
    # A child who moved is in the keys of two districts.
    children = children.drop_duplicates("child").sort_values("child", ignore_index=True)
    return FlatFiles(records, key, children)


def _one_district(
    name: str, district: District, people: pd.DataFrame, rows: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    students = district.people[district.people["role"].eq("Student")]
    students = students.sort_values(RECORD, ignore_index=True)
    system = f"{name}/" + students["silo"] if name else students["silo"]
    birth_date = students["birth_date"].dt.strftime("%Y-%m-%d")
    values = {column: students[of] for column, of in COLUMNS.items()} | {"birth_date": birth_date}
    index = pd.MultiIndex.from_frame(students[RECORD])
    records = pd.DataFrame(
        {
            "system": system,
            "record": students["record"],
            "linkable_by": students["linkable_by"].map(KINDS).fillna(LINKABLE_BY[2]),
            "school_year": _school_years(students, district.person_rows, index),
            **values,
            "ids": _ids(district.identifiers).reindex(index).to_numpy(),
        }
    )
    child = _children(students, district.person_rows, rows, name)
    key = pd.DataFrame({"system": system, "record": students["record"], "child": child})
    return records.astype(STRING), key.astype(STRING), _groups(people, child)


def _school_years(students: pd.DataFrame, person_rows: pd.DataFrame, index: pd.MultiIndex) -> pd.Series:
    """Return the school year of a record's last version: as it reports, else by the dates of its files."""
    dates = person_rows["file"].str.extract(r"^.*(20\d\d)(?:-(\d\d)-\d\d)?")
    # A date from August on belongs to the school year that ends in the next year.
    year = pd.to_numeric(dates[0]) + pd.to_numeric(dates[1]).ge(8).fillna(False)
    of_files = person_rows.assign(year=year).groupby(RECORD)["year"].max().reindex(index).to_numpy()
    known = students["school_year"].astype("Float64").fillna(pd.Series(of_files, index=students.index))
    return known.fillna(known.max()).astype("Int64")


def _ids(identifiers: pd.DataFrame) -> pd.Series:
    """List the numbers of each record with the names that its system gives them: PIN=0412; Customer ID=17."""
    known = identifiers.dropna(subset=["identifier"]).drop_duplicates([*RECORD, "column", "identifier"])
    numbered = known["column"] + "=" + known["identifier"].str.replace(";", ",", regex=False)
    return numbered.groupby([known[name] for name in RECORD]).agg("; ".join)


def _children(students: pd.DataFrame, person_rows: pd.DataFrame, rows: pd.DataFrame, name: str) -> pd.Series:
    place = ["silo", "file", "row"]
    subjects = rows.loc[rows["part"].eq("Subject"), [*place, "person"]].dropna().drop_duplicates()
    source_rows = person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    owners = source_rows.merge(subjects, on=place, how="inner", validate="many_to_many")
    owners = owners[[*RECORD, "person"]].drop_duplicates()
    several = owners.duplicated(RECORD, keep=False)
    owners = owners.assign(person=owners["person"].mask(several, "")).drop_duplicates(RECORD)
    child = students[RECORD].merge(owners, on=RECORD, how="left", validate="one_to_one")["person"]
    nobody = pd.Series([f"{name}/nobody-{at:06}" for at in range(len(child))], index=child.index)
    return child.astype(STRING).fillna(nobody)


def _groups(people: pd.DataFrame, child: pd.Series) -> pd.DataFrame:
    known = people.dropna(subset=["person"]).drop_duplicates("person").set_index("person")
    children = pd.Index(child[child.ne("")].unique())
    known = known.reindex(children)
    household = known["household"].astype(STRING).fillna(pd.Series(children, index=children))
    found = pd.DataFrame({"child": children, "household": household.to_numpy()})
    groups = known["groups"].astype(STRING)
    for word, column in GROUPS.items():
        found[column] = groups.str.extract(rf"(?:^|;){word}: ([^;]*)")[0].to_numpy()
    code = found["home_language"]
    found["home_language"] = code.mask(code.ne("eng"), "not English").mask(code.eq("eng"), "English")
    return found.astype(STRING)


def write_flat_file(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV with the canary as the name of an empty last column."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = table.astype(object).where(table.notna(), "")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*table.columns, CANARY])
        writer.writerows([*row, ""] for row in cells.itertuples(index=False))
