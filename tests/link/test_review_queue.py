"""The queue: what waits, what a yes would give, and a file that a spreadsheet neither runs nor changes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from helpers.link import Links, link_children
from helpers.link.decisions import PAIR
from helpers.link.review import read_decisions, review_queue, save_queue
from helpers.link.review.compare import describe_evidence
from helpers.standard import as_table
from tests.link.records import ANA, frames, linked, record

BEN = ("Ben", "Okafor", "2013-02-01")
# Two records of Ana whose state numbers contradict: on one side three systems know her.
RECORDS = [
    record("sis", "a", *ANA, State="1", District="77", telephone="555-0101"),
    record("map", "b", *ANA, State="1"),
    record("meals", "c", *ANA, State="1"),
    record("iready", "d", *ANA, State="2"),
    # And one of Ben's, known in one system on either side.
    record("sis", "e", *BEN, State="5"),
    record("iready", "f", *BEN, State="6"),
]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return frames(*RECORDS)[0]


@pytest.fixture(scope="module")
def identifiers() -> pd.DataFrame:
    return frames(*RECORDS)[1]


@pytest.fixture(scope="module")
def links() -> Links:
    return linked(*RECORDS, method="standardized")


@pytest.fixture(scope="module")
def queue(links: Links, people: pd.DataFrame, identifiers: pd.DataFrame) -> pd.DataFrame:
    return review_queue(links, people, identifiers=identifiers)


def test_every_pair_that_waits_is_in_the_queue_once(links: Links, queue: pd.DataFrame) -> None:
    waiting = links.pairs[links.pairs["decision"].eq("Review")]
    assert len(waiting)
    assert set(map(tuple, queue[list(PAIR)].values)) == set(map(tuple, waiting[list(PAIR)].values))
    assert not queue.duplicated(list(PAIR)).any()


def test_pairs_of_the_same_two_children_are_one_question(queue: pd.DataFrame) -> None:
    asked = queue.groupby("question", sort=False)["left_first_name"].agg(["size", "first"])
    assert asked.values.tolist() == [[3, "Ana"], [1, "Ben"]]


def test_a_yes_joins_all_that_both_children_have_and_is_counted_once(queue: pd.DataFrame) -> None:
    ana, ben = queue[queue["question"].eq(1)], queue[queue["question"].eq(2)]
    assert ana["records_joined"].tolist() == [4, 0, 0]
    assert ana["pairs_gained"].tolist() == [3, 0, 0]
    assert ben[["records_joined", "pairs_gained"]].values.tolist() == [[2, 1]]
    known = {frozenset(text.split("; ")) for text in (*ana["left_systems"], *ana["right_systems"])}
    assert known == {frozenset(["iready"]), frozenset(["map", "meals", "sis"])}


def test_a_yes_within_one_child_gains_nothing(links: Links, people: pd.DataFrame) -> None:
    joined = links.pairs[links.pairs["decision"].eq("Match")]
    assert len(joined) == 3  # of Ana's three records on one side
    queue = review_queue(Links(**{**vars(links), "pairs": joined.assign(decision="Review")}), people)
    assert queue[["records_joined", "pairs_gained", "expected_pairs"]].values.tolist() == [[0, 0, 0]] * 3


def test_the_largest_expected_gain_comes_first(links: Links, people: pd.DataFrame) -> None:
    of_ana = links.pairs[list(PAIR)].isin(["a", "b", "c", "d"]).any(axis="columns")
    # Three pairs at one in ten are less than one at nine in ten.
    scored = links.pairs.assign(match_probability=of_ana.map({True: 0.1, False: 0.9}))
    queue = review_queue(Links(**{**vars(links), "pairs": scored}), people)
    assert queue["left_first_name"].tolist() == ["Ben", "Ana", "Ana", "Ana"]
    assert queue["expected_pairs"].round(6).tolist() == [0.9, 0.3, 0.0, 0.0]


def test_the_pair_with_most_to_compare_is_asked_first() -> None:
    records = [
        record("sis", "a", *ANA, State="1", telephone="555-0101"),
        record("map", "b", *ANA, State="1"),
        record("iready", "d", *ANA, State="2", telephone="555-0102"),
    ]
    queue = review_queue(linked(*records, method="standardized"), frames(*records)[0])
    assert queue.loc[0, ["left_silo", "right_silo"]].tolist() == ["iready", "sis"]


def test_numbers_that_can_be_compared_stand_beside_each_other(queue: pd.DataFrame) -> None:
    told = {text for side in ("left", "right") for text in queue[f"{side}_ids"]}
    assert told == {"State 1", "State 2", "State 5", "State 6"}  # only one side has a district's number


def test_a_school_is_called_by_its_name(links: Links, people: pd.DataFrame) -> None:
    schools = as_table(
        "school",
        pd.DataFrame(
            {
                "silo": ["sis"],
                "file": ["orgs.csv"],
                "row": [2],
                "school_id": ["9"],
                "school_name": ["Fox Run"],
            }
        ),
    )
    there = people.assign(school_id=people["record"].map({"a": "9", "b": "9"}).astype("string"))
    queue = review_queue(links, there, schools=schools)
    ends = [(f"{side}_record", f"{side}_school") for side in ("left", "right")]
    told = {name: pd.concat([queue.loc[queue[at].eq(name), school] for at, school in ends]) for name in "abd"}
    # The roster's own name; another system's same number, since no third one names it otherwise; no number.
    assert {name: set(said.fillna("")) for name, said in told.items()} == {
        "a": {"Fox Run"},
        "b": {"Fox Run"},
        "d": {""},
    }


def test_nothing_waits_and_the_queue_is_empty() -> None:
    records = [record("sis", "a", *ANA), record("map", "b", *ANA)]
    queue = review_queue(linked(*records, method="standardized"), frames(*records)[0])
    assert queue.empty
    assert {"question", "answer", "evidence", "fingerprint", *PAIR} <= set(queue.columns)


def test_a_spreadsheet_gets_text_that_it_neither_runs_nor_changes(tmp_path: Path) -> None:
    evil = ("=1+1", "Okafor", "2013-02-01")
    records = [
        record("sis", "007", *evil, State="1", telephone="+1 555"),
        record("map", "1E5", *evil, State="2", telephone="@SUM(A1)"),
    ]
    queue = review_queue(linked(*records, method="standardized"), frames(*records)[0])
    path = tmp_path / "review_queue.csv"
    assert save_queue(queue, path) == [path]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    (line,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    assert line["left_first_name"] == "'=1+1"
    assert {line["left_telephone"], line["right_telephone"]} == {"'+1 555", "'@SUM(A1)"}
    assert {line["left_record"], line["right_record"]} == {"'007", "'1E5"}
    assert line["answer"] == ""


@pytest.mark.full
def test_each_question_is_one_line_of_the_spreadsheet_and_its_answer_settles_all_its_pairs(
    queue: pd.DataFrame, tmp_path: Path
) -> None:
    assert queue["question"].tolist() == [1, 1, 1, 2]
    path = tmp_path / "review_queue.csv"
    for answer, children in (("yes", 2), ("no", 3)):
        save_queue(queue, path)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert [line.partition(",")[0] for line in lines] == ["question", "1", "2"]
        path.write_text(
            "\n".join([lines[0], lines[1].replace("1,,", f"1,{answer},", 1), lines[2]]), "utf-8-sig"
        )
        again = linked(*RECORDS, method="standardized", decisions=read_decisions(path))
        left = review_queue(again, frames(*RECORDS)[0])
        assert left["left_first_name"].tolist() == ["Ben"]
        assert again.crosswalk["child"].nunique() == children + 1
        path.unlink()


def test_answers_typed_into_the_queue_are_decisions_and_are_never_overwritten(
    queue: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "review_queue.csv"
    save_queue(queue, path)
    assert save_queue(queue, path) == [path]  # nobody answered: nothing to keep
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    answered = [lines[0], lines[1].replace("1,,", "1,yes,", 1), *lines[2:]]
    path.write_text("\n".join(answered), encoding="utf-8-sig")
    new, kept = save_queue(queue, path)
    told = read_decisions(kept)
    assert told["decision"].tolist() == ["Match"]
    first = queue.iloc[0]
    assert told.loc[0, [*PAIR, "fingerprint"]].tolist() == first[[*PAIR, "fingerprint"]].tolist()
    assert read_decisions(new).empty


def test_other_children_whom_the_name_fits_are_named() -> None:
    records = [
        record("sis", "a", *ANA, State="1"),
        record("iready", "d", *ANA, State="2"),
        # An Ana Lopez of another year, and her second record; and one of whom nothing else is known.
        record("sis", "e", "Ána", "LOPEZ", "2009-01-02", State="3", grade_level="08"),
        record("map", "f", "Ana", "Lopez", "2009-01-02", State="3"),
        record("clubs", "g", "Ana", "Lopez"),
        record("sis", "h", "Bea", "Lopez", "2009-01-02", State="4"),
    ]
    queue = review_queue(linked(*records, method="standardized"), frames(*records)[0])
    assert queue["namesakes"].tolist() == ["sis: Ána LOPEZ, born 2009-01-02"]
    alone = review_queue(linked(*records[:2], method="standardized"), frames(*records[:2])[0])
    assert alone["namesakes"].isna().all()


def test_of_a_record_without_a_surname_the_grade_and_school_tell_whom_it_fits() -> None:
    records = [
        record("sis", "a", *ANA, State="1"),
        record("survey", "b", "Ana"),
        record("sis", "c", "Aña", "Cruz", "2012-08-01", State="3"),
        record("sis", "d", "Ana", "Diaz", "2009-01-02", State="4"),
    ]
    people, identifiers = frames(*records)
    grade = people["record"].map({"a": "07", "b": "07", "c": "07", "d": "10"}).astype("string")
    people = people.assign(grade_level=grade)
    links = link_children(people, identifiers, method="standardized")
    waits = pd.DataFrame([("sis", "a", "survey", "b", "Probabilistic", "Review", "Model")])
    waits = waits.set_axis([*PAIR, "step", "decision", "decided_by"], axis="columns")
    queue = review_queue(Links(**{**vars(links), "pairs": as_table("pairs", waits)}), people)
    assert queue["namesakes"].tolist() == ["sis: Aña Cruz, born 2012-08-01, grade 7"]


def test_evidence_is_said_in_words() -> None:
    pairs = pd.DataFrame(
        {
            "evidence_identifier": ["Different", "Missing"],
            "evidence_first_name": ["Same", "Missing"],
            "evidence_last_surname": ["Spelling", "Missing"],
            "evidence_birth_date": ["Same", "Missing"],
            "evidence_school": ["In the same building", None],
            "contradiction": ["surname; State id", None],
            "same_household": pd.array([True, None], dtype="boolean"),
        }
    )
    assert describe_evidence(pairs).tolist() == [
        "The same: first name, birth date. Spelled differently: surname. In the same building: school. "
        "Different: a number. Against it: the state numbers differ. Same home, different first names: "
        "perhaps brothers or sisters.",
        "Nothing could be compared.",
    ]
