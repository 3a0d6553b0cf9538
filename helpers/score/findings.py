"""Find out which injected faults a reader can detect, and which were detected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.gaps import declared_measures
from helpers.layouts import Layout
from helpers.score.answer_key import PLACE, AnswerKey, read_answer_key
from helpers.score.truth import RECORD
from helpers.standard import STRING

__all__ = ["LEFT_OUT", "detected_faults", "is_detectable"]

# Kinds about a person: the finding may be at any row of the record, and names the standard column.
ABOUT_RECORDS = ("id_colliding", "birth_date_disagrees", "names_disagree", "id_shared", "rows_disagree")
# When two records differ, nobody knows which is wrong: the finding is at the one that isn't the anchor.
ABOUT_TWO_RECORDS = ("birth_date_disagrees", "names_disagree")
# When two rows share a key, nobody knows which is wrong: the finding is at the second, and names the value. A
# row that a fault added may be the first, since files are sorted.
ABOUT_TWO_ROWS = ("key_repeated",)
FINDING_KINDS = frozenset(
    """
    file_missing file_unknown file_repeated file_empty file_unreadable file_unsafe text_not_decodable
    delimiter_other column_missing column_unknown column_repeated column_renamed header_out_of_order
    cells_surplus cells_missing cells_merged row_blank row_repeated record_broken line_end_missing
    record_unknown not_a_child child_unnamed no_student
    row_deleted row_replaced manifest_differs
    not_a_string not_a_integer not_a_number not_a_boolean not_a_date not_a_time not_a_datetime not_a_year
    not_a_school_year not_a_code not_a_list not_in_codes not_in_pattern required_empty null_as_text too_long
    out_of_range date_ambiguous date_as_number zeros_lost scientific_notation
    key_repeated reference_dangling id_shared rows_disagree rows_alike name_placeholder
    id_colliding id_column_refused id_column_doubtful id_normalized id_unmatched email_shared
    birth_date_disagrees names_disagree
    """.split()
)
# Kinds about a column: reported once for the whole file, in whatever row the fault is.
ABOUT_COLUMNS = ("id_column_refused", "id_column_doubtful")
# The table of facts without a value detects faults, too.
LEFT_OUT = "left_out"


def is_detectable(detected_by: str) -> bool:
    """Check whether this room can look for an entry of the key's ``detected_by``.

    Parameters
    ----------
    detected_by
        A kind of finding, a measure of the scorecard, ``left_out``, or anything else.

    Returns
    -------
    bool
        False if no reader can detect it.
    """
    return (
        detected_by in FINDING_KINDS
        or detected_by == LEFT_OUT
        or detected_by in {one.name for one in declared_measures()}
    )


def detected_faults(
    district: District,
    findings: pd.DataFrame,
    *,
    crosswalk: pd.DataFrame | None = None,
    behind: pd.DataFrame | None = None,
    left_out: pd.DataFrame | None = None,
    key: AnswerKey | None = None,
) -> pd.DataFrame:
    """Check whether each detectable fault was detected, for each entry of its ``detected_by``.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    findings
        Findings to score: from reading, linking, or both.
    crosswalk
        The standard table *crosswalk*: with it, a disagreement also counts for the anchor that it disagrees
        with.
    behind
        Source records of scorecard lines, from ``helpers.gaps.scorecard_and_records``: with them, faults
        that a measure detects count too.
    left_out
        Table ``left_out``: with it, faults that leave a fact without a value count too.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        One row per fault and kind of finding or measure: ``silo``, ``kind``, ``detected_by``, ``fault``
        (string), ``detected`` (boolean). A finding of that kind detects a fault at one of its locations: the
        same row and, where both name one, column; for a repeated key, the row that repeats it, or where the
        fault added a row, any row of this child in the file; for findings about persons, any row of the
        record; for findings about a whole file, the file. A measure detects a fault if the faulty record (or,
        if its row makes no record, one of the same child in that system) is a source record of a line of that
        measure, in that column if both name one. A measure above zero because of other children doesn't
        count. ``left_out`` detects a fault if it contains the fault's own row.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    faults = key.faults.assign(detected_by=key.faults["detected_by"].str.split(";")).explode(
        "detected_by", ignore_index=True
    )
    faults["detected_by"] = faults["detected_by"].astype(STRING).str.strip()
    looked_for = set(FINDING_KINDS)
    looked_for |= {one.name for one in declared_measures()} if behind is not None else set()
    looked_for |= {LEFT_OUT} if left_out is not None else set()
    faults = faults[faults["detected_by"].isin(looked_for)].reset_index(drop=True)
    faults = faults[
        ["fault", "silo", "kind", "detected_by", "file", "row", "column", "after", "person"]
    ].assign(change=faults.index)
    seen = [
        _at_the_cell(faults, findings),
        _by_the_value(faults, findings),
        _at_the_other_row(faults, findings, key),
        _at_the_record(faults, findings, district.person_rows, crosswalk),
        _at_the_file(faults, findings),
    ]
    if behind is not None:
        seen.append(_behind_a_measure(faults, behind, district, key))
    if left_out is not None:
        seen.append(_left_out(faults, left_out))
    faults["detected"] = faults["change"].isin(pd.concat(seen))
    by = ["silo", "kind", "detected_by", "fault"]
    whole = faults.groupby(by, sort=True)["detected"].any().reset_index()
    return whole.astype(dict.fromkeys(by, STRING) | {"detected": "boolean"})


def _at_the_cell(faults: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """Match by cell; the last of grouped findings covers all later rows in its column."""
    exact = faults[~faults["detected_by"].isin(ABOUT_RECORDS)].dropna(subset=["row"])
    here = findings[[*PLACE, "column", "kind", "times"]].rename(
        columns={"kind": "detected_by", "column": "found_in"}
    )
    here = here[here["detected_by"].isin(exact["detected_by"].unique())].dropna(subset=["row"])
    met = exact.merge(here, on=[*PLACE, "detected_by"], how="inner", validate="many_to_many")
    other_column = met["column"].ne(met["found_in"]).fillna(False)
    found = met.loc[~other_column, "change"]
    folded = here[here["times"].gt(1)].rename(columns={"row": "from_row"})
    after = exact.merge(folded, on=["silo", "file", "detected_by"], how="inner", validate="many_to_many")
    other_column = after["column"].ne(after["found_in"]).fillna(False)
    return pd.concat([found, after.loc[~other_column & after["row"].ge(after["from_row"]), "change"]])


def _by_the_value(faults: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """Match findings about two rows by the value that the fault wrote into one of them."""
    by = ["silo", "file", "column", "detected_by", "value"]
    about = (
        faults[faults["detected_by"].isin(ABOUT_TWO_ROWS)]
        .rename(columns={"after": "value"})
        .dropna(subset=by)
    )
    here = findings.rename(columns={"kind": "detected_by"})[by].dropna().drop_duplicates()
    return about.merge(here, on=by, how="inner", validate="many_to_one")["change"]


def _at_the_other_row(faults: pd.DataFrame, findings: pd.DataFrame, key: AnswerKey) -> pd.Series:
    """Match findings about two rows, one of which a fault added, by the child of both."""
    about = faults[faults["detected_by"].isin(ABOUT_TWO_ROWS) & faults["column"].isna()]
    by = ["silo", "file", "person", "detected_by"]
    here = findings[findings["kind"].isin(ABOUT_TWO_ROWS)].dropna(subset=["row"])
    whose = key.people_at("Subject")
    here = here[[*PLACE, "kind"]].merge(whose, on=PLACE, how="inner", validate="many_to_many")
    here = here.rename(columns={"kind": "detected_by"})[by].drop_duplicates()
    return about.dropna(subset=by).merge(here, on=by, how="inner", validate="many_to_one")["change"]


def _at_the_record(
    faults: pd.DataFrame, findings: pd.DataFrame, person_rows: pd.DataFrame, crosswalk: pd.DataFrame | None
) -> pd.Series:
    """Match findings about persons by any row of the record."""
    rows = person_rows[[*RECORD, "file", "row"]]
    about = faults[faults["detected_by"].isin(ABOUT_RECORDS)].dropna(subset=["row"])
    about = about.merge(rows, on=PLACE, how="inner", validate="many_to_many")
    here = findings[findings["kind"].isin(ABOUT_RECORDS)][[*PLACE, "kind"]].dropna(subset=["row"])
    here = here.rename(columns={"kind": "detected_by"}).merge(
        rows, on=PLACE, how="inner", validate="many_to_many"
    )
    here = here[[*RECORD, "detected_by"]].drop_duplicates()
    if crosswalk is not None:
        here = pd.concat([here, _their_anchors(here, crosswalk)], ignore_index=True).drop_duplicates()
    met = about.merge(here, on=[*RECORD, "detected_by"], how="inner", validate="many_to_one")
    return met["change"]


def _their_anchors(here: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    two = here[here["detected_by"].isin(ABOUT_TWO_RECORDS)]
    children = two.merge(crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="many_to_one")
    anchors = crosswalk.loc[crosswalk["step"].isna(), [*RECORD, "child"]]
    met = children[["child", "detected_by"]].merge(anchors, on="child", how="inner", validate="many_to_many")
    return met[[*RECORD, "detected_by"]]


def _at_the_file(faults: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """Match findings about a whole file, and faults without a row of their own."""
    whole = findings[findings["row"].isna() & findings["file"].notna()]
    about_files = whole[["silo", "file", "kind"]].rename(columns={"kind": "detected_by"}).drop_duplicates()
    rowless = faults[faults["row"].isna() & ~faults["detected_by"].isin(ABOUT_COLUMNS)]
    met = rowless.merge(about_files, on=["silo", "file", "detected_by"], how="inner", validate="many_to_one")
    in_column = ["silo", "file", "column", "detected_by"]
    about_columns = whole.rename(columns={"kind": "detected_by"})[in_column].dropna().drop_duplicates()
    of_column = faults[faults["detected_by"].isin(ABOUT_COLUMNS)].dropna(subset=["column"])
    met_column = of_column.merge(about_columns, on=in_column, how="inner", validate="many_to_one")
    return pd.concat([met["change"], met_column["change"]])


def _behind_a_measure(
    faults: pd.DataFrame, behind: pd.DataFrame, district: District, key: AnswerKey
) -> pd.Series:
    """Match by record: anyone who follows up on the measure's line sees the faulty record."""
    measured = faults[faults["detected_by"].isin(behind["measure"].unique())]
    rows = district.person_rows[[*RECORD, "file", "row"]]
    at_rows = measured.dropna(subset=["row"]).merge(rows, on=PLACE, how="inner", validate="many_to_many")
    rowless = measured[~measured["change"].isin(at_rows["change"])].dropna(subset=["person"])
    theirs = rows.merge(key.people_at("Subject"), on=PLACE, how="inner", validate="many_to_many")
    theirs = theirs[[*RECORD, "person"]].drop_duplicates()
    by_person = rowless.merge(theirs, on=["silo", "person"], how="inner", validate="many_to_many")
    columns = ["change", *RECORD, "detected_by", "file", "column"]
    at = pd.concat([at_rows[columns], by_person[columns]], ignore_index=True)
    here = behind.rename(columns={"measure": "detected_by", "column": "about"})
    here = here[["detected_by", *RECORD, "about"]].drop_duplicates()
    met = at.merge(here, on=["detected_by", *RECORD], how="inner", validate="many_to_many")
    named = ["silo", "column", "about"]
    layouts: Mapping[str, Layout] = getattr(district, "layouts", {})
    columns_met = met[named].drop_duplicates().dropna()
    others = {one for one in columns_met.itertuples(index=False, name=None) if _is_another(layouts, *one)}
    same = [one not in others for one in met[named].itertuples(index=False, name=None)]
    return met.loc[np.array(same, dtype=bool), "change"]


def _is_another(layouts: Mapping[str, Layout], silo: str, column: str, about: str) -> bool:
    """Check whether a file's column is known to differ from the one that a line is about."""
    taken = {
        source
        for file in (layouts[silo].files if silo in layouts else ())
        for makes in file.makes
        if makes.table == "people"
        for target, source in makes.take.items()
        if target == about
    }
    return bool(taken) and column not in taken


def _left_out(faults: pd.DataFrame, left_out: pd.DataFrame) -> pd.Series:
    """Match the rows of facts without a value."""
    rows = left_out[PLACE].dropna().drop_duplicates()
    wanted = faults[faults["detected_by"].eq(LEFT_OUT)].dropna(subset=["row"])
    return wanted.merge(rows, on=PLACE, how="inner", validate="many_to_one")["change"]
