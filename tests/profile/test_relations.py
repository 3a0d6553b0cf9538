"""Who has to do with a child: as the systems' own files say, today, and nobody of last semester."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile.relations import _holds, _within_sessions, of_age, relations, with_rights
from tests.district_by_hand import district, silo
from tests.district_by_hand import links as by_hand


@pytest.fixture(scope="module")
def links(clean_district: District) -> Links:
    return link_district(clean_district)


@pytest.fixture(scope="module")
def ties(clean_district: District, links: Links) -> pd.DataFrame:
    return relations(clean_district, links)


def _roster(folder: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(next((folder / "silos" / "sis").glob("*.zip"))) as packed:
        inner = next(each for each in packed.namelist() if each.endswith(name))
        return list(csv.DictReader(io.TextIOWrapper(packed.open(inner), encoding="utf-8-sig")))


def test_a_teacher_has_the_children_of_today_s_classes(
    clean_district_folder: Path, ties: pd.DataFrame, links: Links
) -> None:
    rows = _roster(clean_district_folder, "enrollments.csv")
    sessions = {row["sourcedId"]: row for row in _roster(clean_district_folder, "academicSessions.csv")}
    held = {row["sourcedId"]: row["termSourcedIds"] for row in _roster(clean_district_folder, "classes.csv")}
    day = max(row["dateLastModified"][:10] for row in rows if row["dateLastModified"]) if rows[0].get(
        "dateLastModified"
    ) else "2026-04-28"  # fmt: skip
    day = max(day, "2026-04-01")
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        ends = row.get("endDate") or max(
            sessions[one]["endDate"] for one in held[row["classSourcedId"]].split(",")
        )
        begins = row.get("beginDate") or "2025-01-01"
        if begins <= day <= ends:
            members[row["classSourcedId"], row["role"]].add(row["userSourcedId"])
    child_of = links.crosswalk[links.crosswalk["silo"].eq("sis")].set_index("record")["child"]
    expected = {
        (teacher, child_of[student])
        for (section, role), teachers in members.items()
        if role == "teacher"
        for teacher in teachers
        for student in members.get((section, "student"), ())
    }
    found = ties[ties["role"].eq("Teacher")]
    assert set(zip(found["adult"], found["child"], strict=True)) == expected
    assert found[["adult_name", "school_name", "course_title", "file", "row"]].notna().all(axis=None)


def test_no_class_of_a_semester_that_is_over_counts() -> None:
    sessions = pd.DataFrame(
        {
            "silo": "sis",
            "session_id": ["fall", "spring", "year"],
            "end_date": pd.to_datetime(["2025-12-19", "2026-06-03", "2026-06-03"]),
        }
    )
    spells = pd.DataFrame(
        {
            "silo": "sis",
            "record": ["a", "b", "c", "d", "e"],
            "session_id": ["fall", "spring", None, "spring", "spring"],
            "held_in": [None, None, "year", None, None],
            "begin_date": pd.to_datetime(
                ["2025-08-18", "2026-01-06", "2025-08-18", "2026-05-30", "2026-01-06"]
            ),
            "end_date": pd.to_datetime([None, None, None, None, "2026-02-01"]),
        }
    )
    for day, there in (("2026-04-28", "bc"), ("2025-10-01", "ac"), ("2026-07-31", "bcd")):
        days = pd.Series({"sis": pd.Timestamp(day)}, dtype="datetime64[us]")
        assert "".join(_within_sessions(spells, sessions, days)["record"]) == there


def test_guardians_stand_with_their_children_and_homes(
    clean_district_folder: Path, ties: pd.DataFrame, links: Links
) -> None:
    path = next((clean_district_folder / "silos" / "family").glob("family_contacts_*.csv"))
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    child_of = links.crosswalk[links.crosswalk["silo"].eq("family")].set_index("record")["child"]
    expected = {(row["Account ID"], child_of[row["Child ID"]]) for row in rows}
    found = ties[ties["role"].eq("Guardian")]
    assert set(zip(found["adult"], found["child"], strict=True)) == expected
    together = found[found["lives_with"].fillna(False).to_numpy(dtype=bool)]
    assert together.groupby("child")["home"].nunique().eq(1).all()
    apart = found[~found["lives_with"].fillna(True).to_numpy(dtype=bool)]
    assert len(apart)
    assert not apart["home"].isin(together["home"]).any()
    assert not found["without_rights"].fillna(False).any()


def test_every_child_of_the_roster_is_at_one_school_by_it(ties: pd.DataFrame, links: Links) -> None:
    schools = ties[ties["role"].eq("School") & ties["silo"].eq("sis")]
    assert schools["school_name"].notna().all()
    assert schools.groupby("child").size().max() == 1
    assert len(schools) == links.crosswalk["silo"].eq("sis").sum()


def test_who_has_left_is_there_no_more() -> None:
    spells = pd.DataFrame(
        {
            "silo": ["sis", "sis", "sis", "other"],
            "begin_date": pd.to_datetime(["2025-08-18", "2025-08-18", "2026-05-01", None]),
            "end_date": pd.to_datetime(["2026-01-23", "2026-04-28", None, None]),
        }
    )
    days = pd.Series({"sis": pd.Timestamp("2026-04-28")}, dtype="datetime64[us]")
    assert _holds(spells, days).tolist() == [False, True, False, True]


def test_children_with_a_plan_in_force_have_a_case(clean_district: District, ties: pd.DataFrame) -> None:
    plans = clean_district.fact("program")
    active = plans[plans["status"].eq("Active")]["record"].nunique()
    cases = ties[ties["role"].eq("Case manager")]
    assert 0 < len(cases) <= active
    assert cases["adult"].isna().all()


def test_a_district_without_any_of_it_has_no_ties(clean_district: District, links: Links) -> None:
    from dataclasses import replace

    none = replace(links, crosswalk=links.crosswalk.head(0))
    assert relations(clean_district, none).empty


def test_whom_a_model_alone_ties_is_in_doubt_unless_the_roster_names_the_adult(
    links: Links, ties: pd.DataFrame
) -> None:
    guardians = ties[ties["role"].eq("Guardian")]
    by_model = links.crosswalk[links.crosswalk["step"].eq("Probabilistic").fillna(False)]
    tied = guardians.merge(
        by_model[["silo", "child"]].drop_duplicates(),
        on=["silo", "child"],
        how="inner",
        validate="many_to_one",
    )
    doubt = guardians["in_doubt"].fillna(False).astype(bool)
    assert set(guardians.loc[doubt, "child"]) <= set(tied["child"])
    # Where adults are on the roster as well, a model's tie does no harm.
    assert doubt.sum() < len(tied)


def test_a_school_is_named_as_the_roster_names_it_and_two_of_one_name_stay_two() -> None:
    """Of two schools alike on the roster, nobody knows which one another system means."""
    names = {"p": "Prairie Elementary School", "o": "Oak Middle School", "q": "Oak M.S."}
    roster = silo(
        "sis",
        [{"record": key, "school_id": key, "school_name": name} for key, name in names.items()],
    )
    other = silo(
        "meals",
        [
            {"record": str(at), "school_name": name}
            for at, name in enumerate(("Prairie Elem", "PRAIRIE ELEMENTARY", "Oak Middle", "Elm High"))
        ],
    )
    whole = district(roster, other)
    who = by_hand({("sis", key): key for key in names} | {("meals", str(at)): f"m{at}" for at in range(4)})
    told = relations(whole, who).set_index("child")["school_name"].to_dict()
    assert told == {
        **names,
        "m0": "Prairie Elementary School",
        "m1": "Prairie Elementary School",
        "m2": "Oak Middle",
        "m3": "Elm High",
    }


def test_a_child_is_of_age_from_the_eighteenth_birthday_on() -> None:
    births = pd.Series(pd.to_datetime(["2008-04-29", "2008-04-30", "2008-05-01", None]))
    assert of_age(births, pd.Timestamp("2026-04-30")).tolist() == [True, True, False, False]
    assert not of_age(births, None).any()


@pytest.mark.parametrize(
    ("refused", "doubt", "status", "rights"),
    [
        (False, False, "Verified", True),
        (None, None, None, True),
        (True, False, "Verified", False),
        (False, True, "Verified", False),
        (False, False, "Review", False),
    ],
)
def test_a_guardian_has_rights_unless_a_document_a_doubt_or_a_question_stands_against_it(
    refused: bool | None, doubt: bool | None, status: str | None, rights: bool
) -> None:
    tie = pd.DataFrame({"without_rights": [refused], "in_doubt": [doubt], "link_status": [status]})
    tie = tie.astype({"without_rights": "boolean", "in_doubt": "boolean", "link_status": "string"})
    assert with_rights(tie).tolist() == [rights]
