"""Build person records, and find placeholder names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.standard import (
    STRING,
    as_table,
    constant,
    empty_table,
    isin_text,
    labeled,
    missing,
    standard_table,
)

__all__ = ["People", "linkable_by", "make_records"]


WORD_AND_NUMBER = r"^[^\W\d_]+[ _-]?\d+$"
# One name under many ids is a placeholder only if it is too frequent for a common name.
SAME_NAME = 3
SAME_NAME_SHARE = 0.05


def placeholder_names(people: pd.DataFrame) -> pd.Series:
    """Find the records of one silo with placeholder names."""
    result = np.zeros(len(people), bool)
    if len(people) < 2:
        return pd.Series(result, index=people.index)
    names = people[["first_name", "last_surname", "full_name"]]
    numbered = np.zeros(len(people), bool)
    for column in names.columns:
        # pandas matches this pattern in Python, so only what ends in a digit is tried
        maybe = _ends_in_digit(names[column])
        numbered[maybe] |= names[column][maybe].str.match(WORD_AND_NUMBER).fillna(False).to_numpy(bool)
    if numbered.sum() >= max(2, len(people) / 2):
        result |= numbered
    whole = people["full_name"].fillna(
        people["first_name"].fillna("") + " " + people["last_surname"].fillna("")
    )
    whole = whole.str.strip()
    there = (whole != "") & people["local_id"].notna()
    keys = pd.DataFrame({"name": pd.factorize(whole)[0], "birth_date": people["birth_date"]})[there]
    again = keys[keys.duplicated(["name", "birth_date"], keep=False)]
    again = again.assign(id=people.loc[again.index, "local_id"])
    if len(again):
        count = again.groupby(["name", "birth_date"], dropna=False, sort=False)["id"].transform("nunique")
        enough = (count >= SAME_NAME) & (
            again["birth_date"].notna() | (count >= SAME_NAME_SHARE * len(people))
        )
        result[people.index.get_indexer(again.index[enough])] = True
    return pd.Series(result, index=people.index)


def _ends_in_digit(text: pd.Series) -> np.ndarray:
    found = pc.match_substring_regex(pa.array(text, from_pandas=True), r"\p{N}\n?\z")
    return np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), bool)


# Stable attributes of a person: a second row that disagrees is a finding. Grade, school, address and phone
# change naturally.
STEADY = ("first_name", "middle_name", "last_surname", "full_name", "birth_date", "sex", "role")
NAMES = ("first_name", "last_surname", "full_name", "preferred_first_name", "preferred_last_surname")
# For each row: the role if no row of the record gives one, and the role of everybody in its file.
DEFAULT_ROLE, ROLE_OF_ALL = "default_role", "role_of_all"
# Whether a row is from a list of people, and not an event, of which one person may have several equal ones.
OF_LIST = "of_list"
NOT_IDENTITY = (
    *("source", "row", "file", "as_of", "begin_date", "end_date", "local_id", "school_year"),
    *(DEFAULT_ROLE, ROLE_OF_ALL, OF_LIST),
)


@dataclass(frozen=True)
class People:
    """Records of one silo."""

    # The standard tables, still without `linkable_by` (it needs the identifiers).
    people: pd.DataFrame
    person_rows: pd.DataFrame
    filled_cells: pd.DataFrame
    # Record of each input row, in the same order.
    record_of: pd.Series
    # Records of several input rows, each named in every one of them.
    several: pd.Series
    # rows_disagree, rows_alike, id_shared, name_placeholder: the filled columns of the findings table.
    findings: pd.DataFrame


def _finding(rows: pd.DataFrame, kind: str, action_taken: str, **columns: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"file": rows["file"], "row": rows["row"], "kind": kind, "action_taken": action_taken, **columns}
    )


def repeated(text: pd.Series) -> np.ndarray:
    """Test which texts occur more than once; codes need a tenth of the memory of objects."""
    codes, distinct = pd.factorize(text)
    return np.append(np.bincount(codes[codes >= 0], minlength=len(distinct)) > 1, False)[codes]


def _shared_ids(rows: pd.DataFrame, again: np.ndarray) -> tuple[pd.Series, pd.DataFrame]:
    """Split a local id shared by several people: first name and birth date both disagree.

    Returns which person each row is about (1 unless the id is shared), and the findings. Third and further
    people each count, too, since a filler id may cover many.
    """
    number = np.ones(len(rows), "int64")
    if not {"first_name", "birth_date"} <= set(rows.columns) or not again.any():
        return pd.Series(number, index=rows.index), pd.DataFrame()
    both = rows[again]
    both = both[both["first_name"].notna() & both["birth_date"].notna()]
    distinct = both.drop_duplicates(["local_id", "first_name", "birth_date"])
    first = distinct.drop_duplicates("local_id").set_index("local_id")
    first_values = first.reindex(distinct["local_id"]).set_axis(distinct.index)
    other = distinct[
        (distinct["first_name"].str.casefold() != first_values["first_name"].str.casefold())
        & (distinct["birth_date"] != first_values["birth_date"])
    ]
    theirs = np.ones(len(both), bool)
    for name in ("first_name", "birth_date"):
        pairs = pd.MultiIndex.from_frame(both[["local_id", name]])
        theirs &= pairs.isin(pd.MultiIndex.from_frame(other[["local_id", name]]))
    shared = both[theirs]
    number[rows.index.get_indexer(shared.index)] = 2 + _further_people(shared)
    findings = _finding(
        shared, "id_shared", "nothing", value=shared["local_id"], expected="an id of one person"
    )
    return pd.Series(number, index=rows.index), findings


def _further_people(shared: pd.DataFrame) -> np.ndarray:
    """Assign an integer to each further person of a shared id; equal first names or birth dates are one."""
    ids, born = shared["local_id"].to_numpy(), pd.factorize(shared["birth_date"])[0]
    name = shared["first_name"].str.casefold().to_numpy()
    of_a_name = pd.Series(born).groupby([ids, name]).transform("min")
    someone = of_a_name.groupby([ids, born]).transform("min")
    return someone.groupby(ids).rank(method="dense").to_numpy(dtype="int64") - 1


def _without_id(rows: pd.DataFrame) -> pd.Series:
    """Name rows without an id after the first row of the file with the same content."""
    identity = [name for name in rows.columns if name not in NOT_IDENTITY]
    groups = rows.groupby(["file", *identity], dropna=False, sort=False)
    first = groups["row"].transform("min")
    record = rows["file"] + "#" + first.astype("Int64").astype(STRING)
    return _same_in_another_file(rows, record)


def _rows_alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Report rows without an id that repeat an earlier row of their list: one person, or two alike."""
    if OF_LIST not in rows:
        return pd.DataFrame()
    listed = rows[rows["local_id"].isna() & rows[OF_LIST].fillna(False)].sort_values(["file", "row"])
    compared = ["file", *(name for name in rows.columns if name not in ("file", "row", "source", "record"))]
    again = listed[listed.duplicated(compared)]
    first = listed.groupby(compared, dropna=False, sort=False)["row"].transform("first")
    return _finding(
        again,
        "rows_alike",
        "read_as",
        expected="a person in one row, or an id in each: the same stands in row "
        + first[again.index].astype(STRING),
        read_as="one person",
    )


def _same_in_another_file(rows: pd.DataFrame, record: pd.Series) -> pd.Series:
    """Map rows of further files to the record in the first file with the same unique name and birth date."""
    who = ["first_name", "last_surname", "birth_date"]
    if not set(who) <= set(rows.columns) or rows["file"].nunique() == 1:
        return record
    named = rows.loc[rows[who].notna().all(axis=1), [*who, "file"]].assign(record=record)
    one_each = named.drop_duplicates([*who, "record"])
    one_each = one_each[~one_each.duplicated([*who, "file"], keep=False)]
    first = one_each.drop_duplicates(who)[[*who, "record"]].rename(columns={"record": "elsewhere"})
    single = one_each[["record"]].merge(
        one_each[[*who, "record"]], on="record", how="inner", validate="one_to_one"
    )
    same = single.merge(first, on=who, how="inner", validate="many_to_one").set_index("record")["elsewhere"]
    return record.map(same).astype(STRING).fillna(record)


def _disagreements(several: pd.DataFrame) -> pd.DataFrame:
    """Report rows that contradict an earlier row of their record."""
    found = []
    for name in STEADY:
        if name not in several:
            continue
        filled = several[several[name].notna()]
        before = filled.groupby("record", sort=False)[name].shift()
        other = before.notna() & (before != filled[name]).fillna(False)
        changed = filled[other.to_numpy(bool)]
        if len(changed):
            was = before[other]
            shown = [changed[name], was]
            if name == "birth_date":
                shown = [one.dt.strftime("%Y-%m-%d") for one in shown]
            found.append(
                _finding(
                    changed,
                    "rows_disagree",
                    "read_as",
                    column=name,
                    value=shown[0].astype(STRING),
                    expected=shown[1].astype(STRING),
                    read_as=shown[0].astype(STRING),
                )
            )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _as_they_count(rows: pd.DataFrame, several: np.ndarray) -> np.ndarray:
    """Order the rows of shared records by precedence, lowest first."""
    positions = np.flatnonzero(several)
    if "as_of" not in rows or not len(positions):
        return positions
    return rows["as_of"].iloc[positions].sort_values(kind="stable", na_position="first").index.to_numpy()


def _merged(rows: pd.DataFrame, order: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge the rows of a record: later values replace earlier ones, and empty cells are filled.

    Returns the merged rows, and ``record, column, file, row`` of each cell that another row than the last
    filled.
    """
    if not len(order):
        return rows, pd.DataFrame()
    some = rows.iloc[order]
    stands = ~some.duplicated("record", keep="last").to_numpy(bool)
    people = rows.drop(index=order[~stands])
    place = people.index.get_indexer(order)
    people = people.reset_index(drop=True)
    # The last row wins; earlier rows fill only its empty cells.
    codes, _ = pd.factorize(some["record"])
    filled = []
    for name in some.columns:
        there = some[name].notna().to_numpy(bool)
        empty = np.flatnonzero(stands & ~there)
        if not len(empty):
            continue
        last = np.full(int(np.max(codes)) + 1, -1)
        last[codes[there]] = np.flatnonzero(there)  # with duplicate indexes, the last assignment wins
        given = last[codes[empty]]
        empty, given = empty[given >= 0], given[given >= 0]
        if len(empty):
            people.loc[place[empty], name] = some[name].iloc[given].array
            filled.append(
                some[["record", "file", "row"]].iloc[given].assign(column=constant(name, len(given)))
            )
    if people["file"].nunique() == 1:
        people["file"] = constant(people["file"].iloc[0], len(people))
    return people, pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _birth_date_status(people: pd.DataFrame) -> pd.Series:
    date = people["birth_date"]
    first_of_january = (date.dt.month == 1) & (date.dt.day == 1)
    placeholder = first_of_january | (date.dt.year == 1900) | (people["name_status"] == "Placeholder")
    words = ("None", "Placeholder", "Day and month ambiguous", "Exact")
    codes = np.select(
        [date.isna(), placeholder.fillna(False).to_numpy(bool), people["birth_date_other"].notna()],
        [0, 1, 2],
        3,
    )
    return pd.Series(labeled(codes, words))


def _numbered_alike(rows: pd.DataFrame, ids: pd.Series, again: np.ndarray) -> pd.Series:
    """Return local ids, made distinct where lists of children and adults use one number for two people.

    Only a list with a single role proves this, such as students.csv next to teachers.csv.
    """
    if ROLE_OF_ALL not in rows or not again.any():
        return ids
    every = rows[ROLE_OF_ALL].dropna().unique()
    if not len(every) or (len(every) == 1 and "role" not in rows):
        return ids
    who = rows[ROLE_OF_ALL] if "role" not in rows else rows[ROLE_OF_ALL].fillna(rows["role"])
    roles = pd.DataFrame({"id": ids[again], "who": who[again], "sure": rows[ROLE_OF_ALL][again]})
    roles = roles.dropna(subset=["id", "who"])
    roles = roles.drop_duplicates()
    several = roles.drop_duplicates(["id", "who"])["id"]
    apart = several[repeated(several)]
    apart = apart[isin_text(apart, roles.loc[roles["sure"].notna(), "id"])]
    adult = isin_text(ids, apart) & who.isin(["Staff", "Guardian"]).to_numpy(bool)
    return ids.mask(adult, ids + "~" + who.str.lower())


def _named_records(rows: pd.DataFrame) -> tuple[pd.Series, np.ndarray, pd.DataFrame]:
    """Name each row's record; also flag the rows of records with several, and report ids that people share.

    Ids are compared once for all rows, and again only where a record got another name than its id.
    """
    ids = rows["local_id"].astype(STRING)
    several = repeated(ids)
    alike = _numbered_alike(rows, ids, several)
    several[several] = repeated(alike[several])
    number, shared = _shared_ids(rows.assign(local_id=alike), several)
    if len(shared):
        shared["value"] = rows.loc[shared.index, "local_id"]
    further, nameless = (number > 1).to_numpy(), ids.isna().to_numpy(bool)
    record = alike.mask(further, alike + "~" + number.astype(STRING)) if further.any() else alike
    if nameless.any():
        record = record.mask(nameless, _without_id(rows[nameless]).reindex(rows.index))
    renamed = further | nameless
    if alike is not ids:
        renamed |= (alike != ids).fillna(False).to_numpy(bool)
    if renamed.any():  # a file may have an id such as 17~2 of its own
        several |= isin_text(record, record[renamed])
    several[several] = repeated(record[several])
    return record, several, shared


def make_records(rows: pd.DataFrame, silo: str) -> People:
    """Build person records from the rows of a silo's files that make people."""
    table = standard_table("people").dtypes()
    rows = rows.reset_index(drop=True)
    if "local_id" not in rows:
        rows["local_id"] = missing(len(rows), STRING)
    if DEFAULT_ROLE not in rows:
        rows[DEFAULT_ROLE] = constant("Student", len(rows))
    rows["record"], several, shared = _named_records(rows)
    findings = [shared, _disagreements(rows[several]), _rows_alike(rows)]

    order = _as_they_count(rows, several)
    people, filled = _merged(rows, order)
    people = people.reset_index(drop=True)
    first = people[["file", "row"]]
    defaults = rows[DEFAULT_ROLE].unique()
    if len(defaults) == 1:
        default = constant(defaults[0], len(people))
    else:
        listed = rows.loc[rows[DEFAULT_ROLE].eq("Student"), "record"]
        default = np.where(isin_text(people["record"], listed), "Student", people[DEFAULT_ROLE])
    people = people.drop(columns=[name for name in people.columns if name not in table])
    people["silo"] = constant(silo, len(people))
    if "role" not in people:
        people["role"] = missing(len(people), STRING)
    people["role"] = people["role"].fillna(pd.Series(default, dtype=STRING))
    for name, dtype in table.items():
        if name not in people:
            people[name] = missing(len(people), dtype)
    # All test users share a name: that is normal, and no placeholder for a child's.
    somebody = (people["role"] != "Test user").to_numpy(bool)
    named_by = people[["first_name", "last_surname", "full_name", "birth_date", "local_id"]]
    placeholder = placeholder_names(named_by if somebody.all() else named_by[somebody])
    placeholder = placeholder.reindex(people.index, fill_value=False)
    named = people[list(NAMES)].notna().any(axis=1)
    codes = np.select([placeholder, named], [2, 1], 0)
    people["name_status"] = labeled(codes, ("None", "As written", "Placeholder"))
    people["birth_date_status"] = _birth_date_status(people)
    if placeholder.any():
        shown = people["full_name"].fillna(
            people["first_name"].fillna("") + " " + people["last_surname"].fillna("")
        )
        odd = first[placeholder.to_numpy()]
        findings.append(
            _finding(
                odd,
                "name_placeholder",
                "nothing",
                column="name",
                value=shown[placeholder].str.strip(),
                expected="a name",
            )
        )
    person_rows = pd.DataFrame(
        {
            "silo": constant(silo, len(rows)),
            "record": rows["record"],
            "file": rows["file"],
            "row": rows["row"],
        },
        copy=False,
    )
    if len(people) < len(rows):
        if (np.diff(order) < 0).any():
            positions = np.arange(len(rows))
            positions[several] = order
            person_rows = person_rows.iloc[positions].reset_index(drop=True)
        double = person_rows[several].duplicated(["record", "file", "row"], keep="last")
        if double.any():
            person_rows = person_rows.drop(index=double.index[double])
    if len(filled):
        filled = filled[isin_text(filled["column"], pd.Series(list(table), dtype=STRING))]
        filled = filled.assign(silo=constant(silo, len(filled)))
    people["linkable_by"] = constant("Nothing", len(people))
    kept = [one for one in findings if len(one)]
    return People(
        as_table("people", people),
        as_table("person_rows", person_rows),
        as_table("filled_cells", filled) if len(filled) else empty_table("filled_cells"),
        rows["record"],
        rows["record"][several],
        pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(),
    )


def linkable_by(people: pd.DataFrame, identifiers: pd.DataFrame) -> pd.Series:
    """Classify what each record can be linked by; placeholders don't count."""
    name = (people["name_status"] == "As written").to_numpy(bool)
    date = people["birth_date_status"].isin(["Exact", "Day and month ambiguous"]).to_numpy(bool)
    known = np.zeros(len(people), bool)
    if not name.all():  # few records lack a name: search the ids for those instead of collecting all ids
        nameless = people.loc[~name, "record"]
        theirs = identifiers["record"][isin_text(identifiers["record"], nameless)]
        known[~name] = isin_text(nameless, theirs)
    words = ("Name and birth date", "Name only", "Identifier only", "Nothing")
    return pd.Series(labeled(np.select([name & date, name, known], [0, 1, 2], 3), words), index=people.index)
