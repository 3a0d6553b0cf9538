"""What an hour buys, and one sitting at the desk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.review import add_decision, read_decisions
from helpers.link.review.queue import expected_review_gain, first_minutes
from helpers.link.review.session import ReviewSession
from helpers.standard import BadInput
from tests.tiers import examples

SHARES = st.floats(0, 1)


def queue_of(*questions: tuple[float | None, int]) -> pd.DataFrame:
    """Give a queue of questions by probability and pairs gained, and each of them a second row."""
    rows = [
        (
            place,
            chance,
            gained if first else 0,
            "map",
            f"{place}{first}",
            "sis",
            f"{place}",
            f"f-{place}{first}",
        )
        for place, (chance, gained) in enumerate(questions, start=1)
        for first in (True, False)
    ]
    names = [
        "question",
        "probability",
        "pairs_gained",
        "left_silo",
        "left_record",
        "right_silo",
        "right_record",
    ]
    frame = pd.DataFrame(rows, columns=[*names, "fingerprint"])
    return frame.astype({"probability": "float64"})


def test_an_hour_is_counted_question_by_question() -> None:
    worth = expected_review_gain(queue_of((0.9, 10), (0.5, 2)), seconds=90, error_rate=0.1)
    assert worth["minutes"].tolist() == [1.5, 3.0]
    np.testing.assert_allclose(worth["pairs_gained"], [0.9 * 0.9 * 10, 8.1 + 0.5 * 0.9 * 2])
    np.testing.assert_allclose(worth["wrong_pairs"], [0.1 * 0.1 * 10, 0.1 + 0.5 * 0.1 * 2])
    np.testing.assert_allclose(worth["wrong_pairs_avoided"], [0.1 * 0.9 * 10, 0.9 + 0.5 * 0.9 * 2])
    np.testing.assert_allclose(worth["children_completed"], [0.81, 0.81 + 0.45])
    assert set(worth["basis"]) == {"Estimate"}


def test_where_nothing_says_how_likely_a_pair_is_the_parameter_counts() -> None:
    worth = expected_review_gain(queue_of((None, 10)), error_rate=0.0, unknown_probability=0.2)
    np.testing.assert_allclose(worth["pairs_gained"], [2.0])


def test_with_an_answer_key_nothing_is_an_estimate() -> None:
    queue = queue_of((0.9, 10), (0.9, 10))
    worth = expected_review_gain(queue, error_rate=0.0, is_one_child=queue["question"].eq(1))
    assert worth["pairs_gained"].tolist() == [10.0, 10.0]
    assert worth["wrong_pairs_avoided"].tolist() == [0.0, 10.0]
    assert set(worth["basis"]) == {"Answer key"}


def test_what_is_joined_already_completes_no_child() -> None:
    assert expected_review_gain(queue_of((0.9, 0)))["children_completed"].tolist() == [0.0]


@settings(deadline=None)
@given(st.lists(st.tuples(SHARES, st.integers(0, 50)), min_size=1, max_size=6), st.floats(0, 0.49))
def test_right_and_wrong_never_exceed_what_is_there(questions: list[tuple[float, int]], error: float) -> None:
    worth = expected_review_gain(queue_of(*questions), error_rate=error)
    gained = np.cumsum([pairs for _, pairs in questions])
    answers = worth[["pairs_gained", "wrong_pairs", "wrong_pairs_avoided"]].sum(axis="columns")
    assert (answers <= gained + 1e-9).all()
    assert (worth.drop(columns="basis").diff().iloc[1:] >= -1e-9).all(axis=None)


def test_the_first_minutes_end_with_the_last_question_that_fits() -> None:
    worth = expected_review_gain(queue_of(*[(1.0, 1)] * 5), seconds=60, error_rate=0.0)
    assert first_minutes(worth, 3)["pairs_gained"] == 3.0
    assert first_minutes(worth, 60)["questions"] == 5
    assert first_minutes(worth, 0.5)["questions"] == 0


@pytest.mark.parametrize(
    ("name", "value"), [("seconds", 0), ("error_rate", 0.5), ("error_rate", -0.1), ("unknown_probability", 2)]
)
def test_a_parameter_that_cannot_be_is_refused(name: str, value: float) -> None:
    with pytest.raises(BadInput, match=name):
        expected_review_gain(queue_of((0.5, 1)), **{name: value})


QUESTIONS = queue_of((0.9, 5), (0.5, 2), (None, 1))


def test_each_answer_is_written_at_once_and_the_next_question_comes(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    session = ReviewSession(QUESTIONS, path, reviewer=" ab ")
    told = []
    for answer in ("yes", "skip", "no"):
        session.answer(answer)
        told.append(read_decisions(path)["decision"].tolist())
    assert told == [["Match"], ["Match"], ["Match", "No match"]]
    written = read_decisions(path)
    assert written["left_record"].tolist() == ["1True", "3True"]
    assert written["fingerprint"].tolist() == ["f-1True", "f-3True"]
    assert set(written["decided_by"]) == {"ab"}
    assert written["reviewed_utc"].notna().all()
    assert session.current is None
    assert session.tally == {"yes": 1, "no": 1, "skip": 1}
    with pytest.raises(BadInput, match="Every question"):
        session.answer("yes")


def test_undo_takes_answers_back_one_by_one_out_of_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    session = ReviewSession(QUESTIONS, path)
    for answer in ("yes", "skip", "no"):
        session.answer(answer)
    left = []
    while session.undo():
        assert session.current is not None
        left.append((int(session.current["question"]), len(read_decisions(path))))
    assert left == [(3, 1), (2, 1), (1, 0)]
    session.answer("no")
    assert read_decisions(path)["decision"].tolist() == ["No match"]


@settings(max_examples=examples(30))
@given(st.lists(st.sampled_from(["yes", "no", "skip", "undo"]), max_size=8))
def test_whatever_is_pressed_the_file_holds_the_answers_that_stand(
    tmp_path_factory: pytest.TempPathFactory, pressed: list[str]
) -> None:
    path = tmp_path_factory.mktemp("sitting") / "decisions.csv"
    session = ReviewSession(QUESTIONS, path)
    stand: list[str] = []
    for key in pressed:
        if key == "undo":
            assert session.undo() == bool(stand)
            stand = stand[:-1]
        elif len(stand) < 3:
            session.answer(key)
            stand.append(key)
    words = {"yes": "Match", "no": "No match"}
    written = read_decisions(path)["decision"].tolist() if path.exists() else []
    assert written == [words[key] for key in stand if key != "skip"]
    assert session.place == len(stand)


def test_what_was_decided_before_is_not_asked_again_unless_a_record_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    first = ReviewSession(QUESTIONS, path, reviewer="ab")
    first.answer("yes")
    first.answer("no")
    assert ReviewSession(QUESTIONS, path).questions["question"].tolist() == [3]
    changed = QUESTIONS.assign(fingerprint=QUESTIONS["fingerprint"].replace("f-2True", "f-other"))
    assert ReviewSession(changed, path).questions["question"].tolist() == [2, 3]
    # Somebody else says the opposite of the first: a third one is asked.
    add_decision(path, {**read_decisions(path).iloc[0].to_dict(), "decision": "No match", "decided_by": "cd"})
    assert ReviewSession(QUESTIONS, path).questions["question"].tolist() == [1, 3]


def test_the_question_stays_when_the_answer_cannot_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    session = ReviewSession(QUESTIONS, path)
    path.write_text("somebody's own list\n", encoding="utf-8")
    with pytest.raises(BadInput):
        session.answer("yes")
    assert session.place == 0
    assert path.read_text(encoding="utf-8") == "somebody's own list\n"


def test_answers_teach_how_likely_a_pair_is_of_which_nothing_says_so(tmp_path: Path) -> None:
    session = ReviewSession(queue_of((None, 1), (None, 1), (0.9, 1), (None, 1)), tmp_path / "decisions.csv")
    chances = [session.unknown_probability]
    for answer in ("yes", "yes", "no", "skip"):  # the third has a probability of its own
        session.answer(answer)
        chances.append(session.unknown_probability)
    assert chances == [1 / 2, 2 / 3, 3 / 4, 3 / 4, 3 / 4]


def test_the_desk_tells_how_long_a_decision_took(tmp_path: Path) -> None:
    ticks = iter([0.0, 12.0, 12.0, 20.0, 20.0, 60.0, 60.0])
    session = ReviewSession(QUESTIONS, tmp_path / "decisions.csv", clock=lambda: next(ticks))
    assert session.seconds_a_decision is None
    session.answer("yes")
    session.answer("skip")  # a skip is no decision
    session.answer("no")
    assert session.seconds_a_decision == 26.0
