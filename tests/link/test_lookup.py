"""A spreadsheet's lookup joins whatever has an equal number; the ladder asks who it is."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.link import Links, compare_records, join_all_on_id, join_on_id


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    people = pd.DataFrame(
        [
            ("sis", "a", "Student", "Ben"),
            ("sis", "b", "Student", "Bea"),
            ("sis", "c", "Student", "Dev"),
            ("sis", "t", "Staff", "Eve"),
            ("meals", "1", "Student", "Bea"),
            ("meals", "2", "Student", "Ben"),
            ("meals", "3", "Student", "Eli"),
            ("meals", "4", "Student", "Fay"),
        ],
        columns=["silo", "record", "role", "first_name"],
        dtype="string",
    )
    ids = pd.DataFrame(
        [
            ("sis", "a", "District", "5812"),
            ("sis", "b", "District", "5813"),
            ("sis", "c", "District", "6193"),
            ("sis", "c", "PIN", "77"),
            ("sis", "t", "District", "9001"),
            ("meals", "1", "Undeclared", "5812"),
            ("meals", "2", "Undeclared", "5813"),
            ("meals", "3", "Undeclared", "6193"),
            ("meals", "4", "Undeclared", "9001"),
            ("meals", "4", "PIN", "77"),
        ],
        columns=["silo", "record", "identification_system", "identifier"],
        dtype="string",
    )
    return people, ids


def test_equal_numbers_are_joined_whoever_they_are_but_no_staff_and_no_pin() -> None:
    found = join_on_id(*frames(), "sis", "meals")
    assert found[["left_record", "right_record"]].values.tolist() == [["a", "1"], ["b", "2"], ["c", "3"]]
    names = compare_records(found, frames()[0], ["first_name"])[["left_first_name", "right_first_name"]]
    assert names.values.tolist() == [["Ben", "Bea"], ["Bea", "Ben"], ["Dev", "Eli"]]


def test_a_number_on_two_records_is_left_out_since_there_a_test_fails() -> None:
    people, ids = frames()
    ids = pd.concat([ids, ids[ids["record"].eq("1")].assign(record="4")], ignore_index=True)
    assert join_on_id(people, ids, "sis", "meals")["left_record"].tolist() == ["b", "c"]


def test_of_a_whole_district_it_gives_what_the_ladder_gives(
    district: District, district_links: Links
) -> None:
    links, ladder = join_all_on_id(district.people, district.identifiers), district_links
    assert list(links.crosswalk.columns) == list(ladder.crosswalk.columns)
    assert links.crosswalk.dtypes.equals(ladder.crosswalk.dtypes)
    assert len(links.crosswalk) == len(ladder.crosswalk)
    joined = links.crosswalk["child"].duplicated(keep=False)
    anchor = links.crosswalk["step"].isna()
    assert set(links.crosswalk.loc[~joined, "link_status"]) == {"Unlinked"}
    assert set(links.crosswalk.loc[joined & ~anchor, "link_status"]) == {"Unverified"}
    assert links.findings.empty


def test_nobody_to_look_up_is_nobody_found() -> None:
    people, ids = frames()
    assert join_on_id(people, ids, "sis", "nowhere").empty
    assert join_on_id(people.iloc[:0], ids.iloc[:0], "sis", "meals").empty
