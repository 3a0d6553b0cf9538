"""Which planted faults a reader can notice, and which were noticed."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import STRING
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, ScoredDistrict

__all__ = ["FINDING_KINDS", "score_findings"]

# Kinds that speak of a person: they may stand at any row of the record, and name the standard column.
ABOUT_RECORDS = ("id_colliding", "birth_date_disagrees", "names_disagree", "id_shared", "rows_disagree")
# Of these two records differ and nobody knows which is wrong: they stand at the one that is not the anchor.
ABOUT_TWO_RECORDS = ("birth_date_disagrees", "names_disagree")
FINDING_KINDS = frozenset(
    """
    file_missing file_unknown file_repeated file_empty file_unreadable file_unsafe text_not_decodable
    delimiter_other column_missing column_unknown column_repeated column_renamed header_out_of_order
    cells_surplus cells_missing row_blank row_repeated record_broken record_unknown not_a_child child_unnamed
    not_a_string not_a_integer not_a_number not_a_boolean not_a_date not_a_time not_a_datetime not_a_year
    not_a_school_year not_a_code not_a_list not_in_codes not_in_pattern required_empty null_as_text too_long
    out_of_range date_ambiguous zeros_lost scientific_notation
    key_repeated reference_dangling id_shared rows_disagree name_placeholder
    id_colliding birth_date_disagrees names_disagree
    """.split()
)
PLACE = ["silo", "file", "row"]


def score_findings(
    district: ScoredDistrict,
    findings: pd.DataFrame,
    *,
    crosswalk: pd.DataFrame | None = None,
    key: AnswerKey | None = None,
) -> pd.DataFrame:
    """Count, for each kind of fault that a finding can tell of, how many were noticed.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    findings
        The findings to judge: those of reading, of linking, or both.
    crosswalk
        The standard table *crosswalk*: with it, a disagreement also counts for the anchor that it disagrees
        with.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        One row a silo, kind of fault and kind of finding: ``silo``, ``kind``, ``found_by``, ``planted`` and
        ``noticed`` (Int64, faults), ``share`` (rate). A fault is noticed by a finding of that kind at one of
        its places: the same row and, where both name one, column; for findings about persons, any row of the
        record; for findings about a whole file, the file.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    faults = key.faults.assign(found_by=key.faults["found_by"].str.split(";")).explode(
        "found_by", ignore_index=True
    )
    faults["found_by"] = faults["found_by"].astype(STRING).str.strip()
    faults = faults[faults["found_by"].isin(FINDING_KINDS)].reset_index(drop=True)
    faults = faults[["fault", "silo", "kind", "found_by", "file", "row", "column"]].assign(
        change=faults.index
    )
    seen = pd.concat(
        [
            _at_the_cell(faults, findings),
            _at_the_record(faults, findings, district.person_rows, crosswalk),
            _at_the_file(faults, findings),
        ]
    )
    faults["noticed"] = faults["change"].isin(seen)
    by = ["silo", "kind", "found_by"]
    whole = faults.groupby([*by, "fault"], sort=True)["noticed"].any().reset_index()
    counted = whole.groupby(by)["noticed"].agg(["size", "sum"]).reset_index()
    counted = counted.rename(columns={"size": "planted", "sum": "noticed"})
    counted["share"] = counted["noticed"] / counted["planted"]
    return counted.astype(
        dict.fromkeys(by, STRING) | {"planted": "Int64", "noticed": "Int64", "share": "float64"}
    )


def _at_the_cell(faults: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """Match row by row; the last of findings that were folded stands for all that follow in its column."""
    exact = faults[~faults["found_by"].isin(ABOUT_RECORDS)].dropna(subset=["row"])
    here = findings[[*PLACE, "column", "kind", "times"]].rename(
        columns={"kind": "found_by", "column": "found_in"}
    )
    here = here[here["found_by"].isin(exact["found_by"].unique())].dropna(subset=["row"])
    met = exact.merge(here, on=[*PLACE, "found_by"], how="inner", validate="many_to_many")
    other_column = met["column"].ne(met["found_in"]).fillna(False)
    found = met.loc[~other_column, "change"]
    folded = here[here["times"].gt(1)].rename(columns={"row": "from_row"})
    after = exact.merge(folded, on=["silo", "file", "found_by"], how="inner", validate="many_to_many")
    other_column = after["column"].ne(after["found_in"]).fillna(False)
    return pd.concat([found, after.loc[~other_column & after["row"].ge(after["from_row"]), "change"]])


def _at_the_record(
    faults: pd.DataFrame, findings: pd.DataFrame, person_rows: pd.DataFrame, crosswalk: pd.DataFrame | None
) -> pd.Series:
    """Match findings about persons by any row of the record."""
    rows = person_rows[[*RECORD, "file", "row"]]
    about = faults[faults["found_by"].isin(ABOUT_RECORDS)].dropna(subset=["row"])
    about = about.merge(rows, on=PLACE, how="inner", validate="many_to_many")
    here = findings[findings["kind"].isin(ABOUT_RECORDS)][[*PLACE, "kind"]].dropna(subset=["row"])
    here = here.rename(columns={"kind": "found_by"}).merge(
        rows, on=PLACE, how="inner", validate="many_to_many"
    )
    here = here[[*RECORD, "found_by"]].drop_duplicates()
    if crosswalk is not None:
        here = pd.concat([here, _their_anchors(here, crosswalk)], ignore_index=True).drop_duplicates()
    met = about.merge(here, on=[*RECORD, "found_by"], how="inner", validate="many_to_one")
    return met["change"]


def _their_anchors(here: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    two = here[here["found_by"].isin(ABOUT_TWO_RECORDS)]
    children = two.merge(crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="many_to_one")
    anchors = crosswalk.loc[crosswalk["step"].isna(), [*RECORD, "child"]]
    met = children[["child", "found_by"]].merge(anchors, on="child", how="inner", validate="many_to_many")
    return met[[*RECORD, "found_by"]]


def _at_the_file(faults: pd.DataFrame, findings: pd.DataFrame) -> pd.Series:
    """Match what is said of a whole file, and faults that have no row of their own."""
    whole = findings[findings["row"].isna() & findings["file"].notna()]
    about_files = whole[["silo", "file", "kind"]].rename(columns={"kind": "found_by"}).drop_duplicates()
    rowless = faults[faults["row"].isna()]
    met = rowless.merge(about_files, on=["silo", "file", "found_by"], how="inner", validate="many_to_one")
    return met["change"]
