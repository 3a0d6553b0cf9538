"""Decisions of people: what is written is read, what has changed is asked again, nothing is half written."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.link.decisions import fingerprints
from helpers.link.review import add_decision, pairs_of, read_decisions, stale, standing, take_back
from helpers.standard import BadInput, as_table
from tests.link.records import ANA, frames, record
from tests.tiers import examples

# What a system may use as a name or an id: anything but blanks at the ends, which reading trims.
SIGNS = st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("=+-@'0123456789E;, \"")
TEXT = st.text(SIGNS, min_size=1, max_size=20).map(str.strip).filter(bool)
MOMENTS = st.none() | st.datetimes(pd.Timestamp("2001-01-01"), pd.Timestamp("2100-01-01")).map(pd.Timestamp)


def decision(
    left: tuple[str, str], right: tuple[str, str], said: str = "Match", **more: Any
) -> dict[str, Any]:
    return {
        "left_silo": left[0],
        "left_record": left[1],
        "right_silo": right[0],
        "right_record": right[1],
        "decision": said,
        **more,
    }


def table(*decisions: dict[str, Any]) -> pd.DataFrame:
    return as_table("decisions", pd.DataFrame(list(decisions)))


DECISIONS = st.builds(
    lambda ends, said, who, moment: decision(
        *sorted(ends), said, decided_by=who, reviewed_utc=moment, fingerprint="f-abc"
    ),
    st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=2, unique=True),
    st.sampled_from(["Match", "No match"]),
    st.none() | TEXT,
    MOMENTS,
)


@given(st.lists(DECISIONS, min_size=1, max_size=4))
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_whatever_ids_look_like(decisions: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new" / "decisions.csv"
        for one in decisions:
            add_decision(path, one)
        pd.testing.assert_frame_equal(read_decisions(path), table(*decisions))
        cells = path.read_bytes().decode("utf-8-sig")
        assert not any(line.startswith(tuple("=+-@")) for line in cells.splitlines()[1:])
        for one in reversed(decisions):
            take_back(path, one)
        assert read_decisions(path).empty


def test_a_spreadsheet_reads_an_id_as_text(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    add_decision(path, decision(("map", "00123"), ("sis", "1E5")))
    line = path.read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.startswith("map,'00123,sis,'1E5,Match")


def test_answers_from_a_spreadsheet_are_read_by_the_same_function(tmp_path: Path) -> None:
    path = tmp_path / "review_queue.csv"
    lines = [
        "question;answer;left_first_name;left_silo;left_record;right_silo;right_record;fingerprint;notes",
        "1;YES;Noé;meals;'007;sis;a;f-1;",
        "1;;Noé;meals;'008;sis;a;f-2;not answered",
        "2;n;Bea;meals;'009;sis;a;;",
        "3;skip;Bea;meals;'010;sis;a;;",
    ]
    # As Excel saves it where a comma is a decimal point.
    path.write_bytes("\r\n".join(lines).encode("windows-1252"))
    told = read_decisions(path)
    assert told["decision"].tolist() == ["Match", "No match"]
    assert told["left_record"].tolist() == ["007", "009"]
    assert told["fingerprint"].fillna("").tolist() == ["f-1", ""]


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    for name, said in (("one", "Match"), ("two", "No match")):
        add_decision(tmp_path / f"{name}.csv", decision(("map", name), ("sis", "a"), said))
    told = read_decisions(tmp_path / "one.csv", tmp_path / "two.csv")
    assert told["left_record"].tolist() == ["one", "two"]
    assert read_decisions().empty


def test_every_bad_line_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        "left_silo,left_record,right_silo,right_record,answer,reviewed_utc\n"
        "map,1,sis,a,yess,\n"
        "map,2,sis,b,yes,\n"
        "\n"
        "map,,sis,c,no,\n"
        "map,4,map,4,no,\n"
        "map,1.23E+10,sis,d,yes,\n"
        "map,6,sis,e,yes,yesterday\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        read_decisions(path)
    told = str(refused.value)
    assert [f"row {row}" in told for row in range(2, 9)] == [True, False, False, True, True, True, True]
    assert "Did you mean yes?" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("left_silo,left_record,right_silo,right_record\n", "no column 'answer'"),
        ("left_silo,left_rec,right_silo,right_record,answer\n", "Did you mean left_rec?"),
        ("", "no header"),
    ],
)
def test_a_file_without_its_columns_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words.replace("?", r"\?")):
        read_decisions(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        read_decisions(tmp_path / "nowhere.csv")


def test_a_decision_is_never_added_to_a_file_that_holds_more(tmp_path: Path) -> None:
    path = tmp_path / "review_queue.csv"
    text = "question,answer,left_silo,left_record,right_silo,right_record\n1,yes,map,1,sis,a\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="name another file"):
        add_decision(path, decision(("map", "2"), ("sis", "b")))
    assert path.read_text(encoding="utf-8") == text


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(
            pool.map(lambda place: add_decision(path, decision(("map", str(place)), ("sis", "a"))), range(24))
        )
    assert sorted(read_decisions(path)["left_record"].astype(int)) == list(range(24))
    assert [found.name for found in tmp_path.iterdir()] == ["decisions.csv"]


def test_only_the_line_that_was_added_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    at = {"reviewed_utc": pd.Timestamp("2026-03-01 09:00:00")}
    one, other = decision(("map", "1"), ("sis", "a"), **at), decision(("map", "2"), ("sis", "b"), **at)
    add_decision(path, one)
    add_decision(path, other)
    take_back(path, one)
    assert read_decisions(path)["left_record"].tolist() == ["2"]
    with pytest.raises(BadInput, match="not in"):
        take_back(path, one)


def records() -> tuple[pd.DataFrame, pd.Series]:
    """Two records of Ana and one of Ben, and the fingerprint of each pair with the first."""
    people, _ = frames(
        record("map", "1", *ANA), record("meals", "2", "Ben", "Lopez"), record("sis", "a", *ANA)
    )
    pairs = table(decision(("map", "1"), ("sis", "a")), decision(("meals", "2"), ("sis", "a")))
    return people, fingerprints(pairs, people)


def test_a_decision_holds_while_the_records_say_the_same() -> None:
    people, marks = records()
    told = table(
        decision(("map", "1"), ("sis", "a"), "Match", fingerprint=marks[0]),
        decision(("sis", "a"), ("meals", "2"), "No match", fingerprint=marks[1], decided_by="ab"),
    )
    found = pairs_of(told, people)
    assert found[["left", "right", "is_match"]].values.tolist() == [[0, 2, True], [1, 2, False]]
    assert stale(told, people).empty
    moved = people.assign(grade_level="09", city="Elsewhere", telephone="1")
    assert len(standing(told, moved)) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("last_surname", "Lopes"), ("birth_date", pd.Timestamp("2012-05-18")), ("sex", "Female")],
)
def test_a_decision_about_changed_records_is_asked_again(column: str, value: object) -> None:
    people, marks = records()
    told = table(decision(("map", "1"), ("sis", "a"), fingerprint=marks[0]))
    changed = people.copy()
    changed.loc[changed["silo"].eq("map"), column] = value
    assert pairs_of(told, changed).empty
    assert stale(told, changed)["why"].tolist() == ["a record says something else now"]
    # Somebody else's change makes no difference.
    others = people.copy()
    others.loc[others["silo"].eq("meals"), column] = value
    assert len(pairs_of(told, others)) == 1


def test_a_record_that_is_gone_is_said_to_be_gone() -> None:
    people, marks = records()
    told = table(decision(("map", "1"), ("sis", "a"), fingerprint=marks[0]))
    assert stale(told, people[people["silo"].ne("map")])["why"].tolist() == ["a record isn't there any more"]


def test_whoever_answers_twice_has_changed_their_mind() -> None:
    people, _ = records()
    pair = (("map", "1"), ("sis", "a"))
    early, late = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-02-05")
    told = table(
        decision(*pair, "No match", decided_by="ab", reviewed_utc=late),
        decision(*pair, "Match", decided_by="ab", reviewed_utc=early),
    )
    assert standing(told, people)["decision"].tolist() == ["No match"]


def test_two_who_disagree_leave_it_open_and_a_third_decides() -> None:
    people, _ = records()
    pair = (("map", "1"), ("sis", "a"))
    told = table(decision(*pair, "Match", decided_by="ab"), decision(*pair, "No match", decided_by="cd"))
    assert standing(told, people).empty
    assert stale(told, people)["why"].tolist() == ["two answers disagree"] * 2
    third = table(*told.to_dict("records"), decision(*pair, "No match", decided_by="ef"))
    assert standing(third, people)["decision"].tolist() == ["No match"]
    assert stale(third, people)["why"].tolist() == ["more people say otherwise"]


def test_no_decisions_give_no_pairs() -> None:
    people, _ = records()
    assert pairs_of(table(), people).empty
    assert stale(table(), people).empty
