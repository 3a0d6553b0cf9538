"""The file of decisions and what becomes of them: nothing lost, nothing guessed, one finding for damage."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from helpers.files import District, fingerprint, read_district
from helpers.link import Links
from helpers.profile import (
    OUTCOMES,
    Profiles,
    add_check_in,
    check_in_path,
    check_in_protocol,
    compute_indicators,
    current_statuses,
    follow_up,
    read_check_ins,
    source_of,
)
from helpers.profile.check_in import LONGEST, Protocol
from helpers.profile.store.source import MemorySource
from helpers.standard import STRING, BadInput, as_table

TODAY = pd.Timestamp("2026-05-14")
HEAD = b"student,what,who,by_when,status\n"
GOOD = b"12,Call home,counselor,2026-05-14,Open\n"
# Spaces are folded, letters composed as in every file, and no keyboard types what a CSV can't hold.
TEXT = (
    st.text(
        st.characters(exclude_categories=("C", "Z"), include_characters=" ,;\"'=+-@"), min_size=1, max_size=40
    )
    .map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
    .filter(bool)
)


def decision(**more: Any) -> dict[str, Any]:
    return {"student": "12", "what": "Call home", "who": "counselor", "by_when": TODAY, **more}


class Children:
    """Three children on a roster, and one who left; their flags are given."""

    synthetic = True
    school_year = 2026

    def __init__(self, **statuses: dict[str, str]) -> None:
        self.given = statuses

    def children(self) -> pd.DataFrame:
        return pd.DataFrame({"child": ["c-a", "c-b", "c-c", "c-gone"]}, dtype=STRING)

    def values(self, children: object = None, elements: object = None) -> pd.DataFrame:
        rows = [("c-a", "school", "sis", "12", "Oak"), ("c-b", "school", "sis", "0013", "Oak")]
        rows += [("c-c", "school", "sis", "14", "Oak"), ("c-gone", "school", "sis", "15", "Oak")]
        rows += [("c-b", "state_id", "attendance", "77", "9001"), ("c-a", "state_id", "meals", "78", "5555")]
        rows += [("c-c", "state_id", "meals", "79", "5555")]
        columns = ["child", "element", "silo", "record", "value"]
        frame = pd.DataFrame(rows, columns=columns, dtype=STRING)
        return frame.assign(status="Reported", school_year=pd.Series([2026] * len(rows), dtype="Int64"))

    def trust(self) -> dict[str, dict[str, int]]:
        return {"school": {"sis": 0}}

    def timeline(self, children: list[str]) -> pd.DataFrame:
        moves = [("c-gone", "2026-05-01", "leaves_school"), ("c-a", "2026-05-15", "leaves_school")]
        moves += [("c-b", "2026-01-10", "leaves_school"), ("c-b", "2026-02-01", "starts_at_school")]
        rows = [(child, pd.Timestamp(day), kind, "sis") for child, day, kind in moves if child in children]
        return pd.DataFrame(rows, columns=["child", "date", "kind", "silo"])

    def indicators(self, children: object = None) -> pd.DataFrame:
        default = {"chronic_absence": "by_child"}
        rows = [
            {
                "child": child,
                "indicator": name,
                "definition": default.get(name, DEFINITIONS[name]),
                "status": status,
            }
            for child, own in self.given.items()
            for name, status in own.items()
        ]
        child = {"a": "c-a", "b": "c-b", "c": "c-c", "gone": "c-gone"}
        frame = (
            as_table("indicators", pd.DataFrame(rows))
            if rows
            else pd.DataFrame(columns=["child", "indicator", "definition", "status"], dtype=STRING)
        )
        return frame.assign(child=frame["child"].map(child).astype(STRING))


def definitions() -> dict[str, str]:
    from helpers.profile import declared_indicators

    return {one.name: one.default.name for one in declared_indicators()}


DEFINITIONS = definitions()


def followed(
    *decisions: dict[str, Any], today: pd.Timestamp = TODAY, **statuses: dict[str, str]
) -> pd.DataFrame:
    told = as_table("check_ins", pd.DataFrame([{"status": "Open", **one} for one in decisions]))
    source: Any = Children(**statuses)
    return follow_up(told, source, today=today)


# The file.


@pytest.mark.full
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            TEXT,
            TEXT,
            TEXT,
            TEXT,
            st.dates(pd.Timestamp("2000-01-01").date(), pd.Timestamp("2099-01-01").date()),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_decided_is_read_back_as_it_was_said(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    path = tmp_path / "check_in.csv"
    path.unlink(missing_ok=True)
    for student, what, who, by, day in rows:
        add_check_in(
            path, decision(student=student, what=what, who=who, decided_by=by, by_when=pd.Timestamp(day))
        )
    told = read_check_ins(path)
    assert told.lost.empty
    names = ["student", "what", "who", "decided_by"]
    assert [tuple(row) for row in told.decisions[names].itertuples(index=False)] == [row[:4] for row in rows]
    assert [day.date() for day in told.decisions["by_when"]] == [row[4] for row in rows]
    assert told.decisions["status"].eq("Open").all()


def test_a_file_by_hand_needs_four_columns_in_any_order_and_either_way_to_write_a_day(tmp_path: Path) -> None:
    path = tmp_path / "check_in.csv"
    path.write_bytes("By When;Who;What;Student;room\n5/14/2026;Lee;Ask her;0012;7\n".encode("utf-8-sig"))
    every = ";".join([*DEFINITIONS, *DEFINITIONS])
    assert len(every) > LONGEST  # longer than a person may type
    add_check_in(path, decision(student="0013", decided_by="=team", not_flagged=every))
    told = read_check_ins(path)
    assert told.lost.empty
    assert told.decisions["student"].tolist() == ["0012", "0013"]
    assert told.decisions["by_when"].tolist() == [TODAY, TODAY]
    assert told.decisions["decided_by"].tolist() == [pd.NA, "=team"]
    assert told.decisions["not_flagged"].tolist() == [pd.NA, every]
    assert "room" in path.read_text("utf-8-sig").partition("\n")[0]  # a column of theirs stays
    assert "'=team" in path.read_text("utf-8-sig")  # and no spreadsheet runs a cell


def test_no_file_has_no_decisions_and_no_finding(tmp_path: Path) -> None:
    told = read_check_ins(tmp_path / "check_in.csv")
    assert (len(told.decisions), len(told.findings)) == (0, 0)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "file_empty"),
        (bytes(range(256)) * 20, "file_unknown"),
        (b"PK\x03\x04" + b"\0" * 80, "file_unknown"),
        (b"name,phone\nAna,5\n", "file_unknown"),
        (b"student,what,who\n12,Call home,counselor\n", "file_unknown"),
        (HEAD + b'12,"Call home,counselor,2026-05-14,\n', "record_broken"),
    ],
    ids=["emptied", "bytes", "half a zip", "another table", "no day", "cut in a cell"],
)
def test_a_damaged_file_gives_one_finding_and_is_not_written_over(
    tmp_path: Path, data: bytes, kind: str
) -> None:
    path = tmp_path / "check_in.csv"
    path.write_bytes(data)
    told = read_check_ins(path)
    assert told.decisions.empty
    assert told.lost["kind"].tolist() == [kind]
    with pytest.raises(BadInput, match=r"check_in\.csv can't be added to"):
        add_check_in(path, decision())
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (b",Call home,counselor,2026-05-14,\n", "student"),
        (b"13,,counselor,2026-05-14,\n", "what"),
        (b"13,Call home,,2026-05-14,\n", "who"),
        (b"13,Call home,counselor,,\n", "by_when"),
        (b"13,Call home,counselor,next week,\n", "by_when"),
        (b"13,Call home,counselor,2026-05-14,perhaps\n", "status"),
    ],
)
def test_a_line_that_cant_be_used_is_a_finding_and_the_others_count(
    tmp_path: Path, line: bytes, column: str
) -> None:
    path = tmp_path / "check_in.csv"
    path.write_bytes(HEAD + GOOD + line + GOOD.replace(b"12", b"14"))
    told = read_check_ins(path)
    assert told.decisions["student"].tolist() == ["12", "14"]
    assert told.lost[["row", "column", "action_taken"]].drop_duplicates().to_numpy().tolist() == [
        [3, column, "row_set_aside"]
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"student": " "}, "the student"),
        ({"what": ""}, "what is done"),
        ({"who": None}, "who does it"),
        ({"by_when": pd.NaT}, "the day"),
        ({"status": "Maybe"}, "Open, Done, Dropped"),
        ({"what": "x" * (LONGEST + 1)}, "at most 500"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_written(
    tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    path = tmp_path / "check_in.csv"
    with pytest.raises(BadInput, match=words):
        add_check_in(path, decision(**more))
    assert not path.exists()
    add_check_in(path, decision(what="x" * LONGEST))
    assert len(read_check_ins(path).decisions) == 1


def test_the_file_is_no_export_and_a_new_decision_builds_nothing_again(
    district_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "district"
    shutil.copytree(district_folder, folder, ignore=shutil.ignore_patterns("answer_key"))
    before = fingerprint(folder)
    add_check_in(folder / "check_in.csv", decision())
    assert fingerprint(folder) == before
    # In a folder of exports without silos/ it lies among them.
    plain = tmp_path / "plain"
    shutil.copytree(folder / "silos" / "meals", plain)
    counted = len(read_district(plain).accounts)
    add_check_in(plain / "check_in.csv", decision())
    again = read_district(plain)
    assert len(again.accounts) == counted
    assert "check_in.csv" not in set(again.findings["file"].dropna())


# What became of it.


@pytest.mark.parametrize(
    ("flagged", "not_flagged", "now", "outcome"),
    [
        ("truancy", "on_track", {"truancy": "Flagged", "on_track": "Clear"}, "Still there"),
        ("truancy", "on_track", {"truancy": "Warning", "on_track": "Clear"}, "Gone"),
        ("truancy", "on_track", {"truancy": "Clear", "on_track": "Clear"}, "Gone"),
        ("truancy", "on_track", {"truancy": "Unknown", "on_track": "Clear"}, "Unknown"),
        ("truancy", "on_track", {"on_track": "Clear"}, "Unknown"),
        ("truancy", "on_track", {"truancy": "Clear", "on_track": "Flagged"}, "Newly worse"),
        ("truancy", "on_track", {"truancy": "Flagged", "on_track": "Flagged"}, "Newly worse"),
        # Nobody knew on that day whether it was flagged: so nobody can say that it is new.
        ("truancy", None, {"truancy": "Clear", "on_track": "Flagged"}, "Gone"),
        ("truancy;on_track", None, {"truancy": "Clear", "on_track": "Flagged"}, "Still there"),
        ("truancy;on_track", None, {"truancy": "Clear", "on_track": "Unknown"}, "Unknown"),
        # Nobody wrote the flags down: any flag counts.
        (None, None, {"truancy": "Flagged"}, "Still there"),
        (None, None, {"truancy": "Unknown", "on_track": "Clear"}, "Gone"),
    ],
)
def test_what_became_of_a_decision_follows_from_the_flags_then_and_now(
    flagged: str | None, not_flagged: str | None, now: dict[str, str], outcome: str
) -> None:
    (row,) = followed(decision(flagged=flagged, not_flagged=not_flagged), a=now).to_dict("records")
    assert row["outcome"] == outcome
    flags = sorted(name for name, status in now.items() if status == "Flagged")
    assert (row["flagged_now"] if flags else "") == ";".join(flags)


@pytest.mark.parametrize(
    ("today", "late"), [("2026-05-13", False), ("2026-05-14", False), ("2026-05-15", True)]
)
@pytest.mark.parametrize("status", ["Open", "Done", "Dropped"])
def test_a_day_has_passed_only_on_the_next_and_only_of_what_is_open(
    today: str, late: bool, status: str
) -> None:
    told = followed(decision(status=status), today=pd.Timestamp(today), a={"truancy": "Flagged"})
    assert told["late"].tolist() == [late and status == "Open"]


def test_a_student_is_found_by_each_name_and_who_left_is_said() -> None:
    students = ["c-b", "0013", "9001", "15", "c-gone", "nobody", "5555"]
    told = followed(*(decision(student=one, what=one) for one in students), b={"truancy": "Flagged"})
    assert told["child"].fillna("").tolist() == ["c-b", "c-b", "c-b", "c-gone", "c-gone", "", ""]
    assert told["outcome"].tolist() == ["Still there"] * 3 + ["Left"] * 4


@pytest.mark.parametrize(
    ("today", "outcome"), [("2026-05-14", "Still there"), ("2026-05-15", "Left"), ("2026-05-16", "Left")]
)
def test_a_student_has_left_from_the_day_of_leaving_on(today: str, outcome: str) -> None:
    told = followed(decision(), today=pd.Timestamp(today), a={"truancy": "Flagged"})
    assert told["outcome"].tolist() == [outcome]


def test_a_later_line_changes_who_when_and_status_and_keeps_the_first_day_and_flags() -> None:
    first = decision(flagged="truancy", decided=pd.Timestamp("2026-05-01"), decided_by="grade 8 team")
    later = decision(student="c-a", what="call  HOME", who="principal", by_when=pd.Timestamp("2026-05-20"))
    (row,) = followed(first, later, a={"truancy": "Flagged"}).to_dict("records")
    assert (row["who"], row["by_when"], row["status"]) == ("principal", pd.Timestamp("2026-05-20"), "Open")
    assert (row["decided"], row["decided_by"]) == (pd.Timestamp("2026-05-01"), "grade 8 team")
    assert (row["flagged"], row["outcome"]) == ("truancy", "Still there")
    # Once it is closed, the same step is another decision.
    closed, again = {**later, "status": "Done"}, {**later, "flagged": "on_track"}
    told = followed(first, closed, closed, again, a={"truancy": "Clear", "on_track": "Flagged"})
    assert told["status"].tolist() == ["Done", "Open"]
    assert told["outcome"].tolist() == ["Gone", "Still there"]


@pytest.fixture(scope="module")
def source(district: District, district_links: Links, district_profiles: Profiles) -> MemorySource:
    indicators = compute_indicators(district, district_links, district_profiles)
    return source_of(district, district_links, district_profiles, indicators)


def test_on_a_made_district_each_decision_has_an_outcome_from_its_own_indicators(
    source: MemorySource,
) -> None:
    statuses = current_statuses(source.indicators())
    flagged = statuses[statuses.eq("Flagged")].index.to_frame(index=False)
    every = flagged.groupby("child")["indicator"].agg(lambda names: ";".join(sorted(names)))
    rows = [decision(student=child, flagged=flags, status="Open") for child, flags in every.items()]
    told = follow_up(as_table("check_ins", pd.DataFrame(rows)), source)
    assert len(told) == len(every) > 20
    assert set(told["outcome"]) <= set(OUTCOMES)
    # Nothing has changed since: whoever is on the roster still has the flags.
    assert set(told["outcome"]) == {"Still there", "Left"}
    assert told["flagged_now"].tolist() == every.tolist()


def test_decisions_lie_next_to_the_exports(source: MemorySource, tmp_path: Path) -> None:
    assert check_in_path(source) == source.folder / "check_in.csv"  # type: ignore[operator]
    gone: Any = SimpleNamespace(folder=tmp_path / "nowhere")
    with pytest.raises(BadInput, match="aren't where they were"):
        check_in_path(gone)


# The protocol.


def test_steps_fill_the_minutes_and_every_study_has_a_source() -> None:
    told = check_in_protocol()
    assert told.minutes == 20
    assert all(one.source.strip() for one in told.known.study)
    for change in (-1, 1):
        with pytest.raises(ValidationError, match="the minutes of the steps add up to 20"):
            Protocol.model_validate({**told.model_dump(), "minutes": told.minutes + change})


def test_the_file_that_the_docs_show_can_be_read(project: Path, tmp_path: Path) -> None:
    page = (project / "docs" / "every-week.md").read_text(encoding="utf-8")
    path = tmp_path / "check_in.csv"
    path.write_text(page.partition("```csv\n")[2].partition("```")[0], encoding="utf-8")
    told = read_check_ins(path)
    assert told.findings.empty
    assert len(told.decisions) == 1
    assert set(told.decisions["flagged"]) <= set(DEFINITIONS)
