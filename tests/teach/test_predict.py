"""A prediction's answer is neither computed nor shown before a guess is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.report import Block, paragraph
from helpers.standard import BadInput
from helpers.teach.predict import Prediction, predict, stored_guess


def asked(
    file: Path, number: str = "C.p1", *, answers: bool = False, computed: list[int] | None = None
) -> Prediction:
    def answer() -> Block:
        if computed is not None:
            computed.append(1)
        return paragraph("Only one of five is right.")

    return predict(number, "How many of five are right?", ["5", "1"], answer, answers=answers, file=file)


def test_before_a_guess_nothing_of_the_answer_is_computed_or_shown(tmp_path: Path) -> None:
    computed: list[int] = []
    prediction = asked(tmp_path / "g.csv", computed=computed)
    bundle = prediction._repr_mimebundle_()
    assert "Only one" not in repr(bundle) + repr(prediction)
    assert "☐ 5" in bundle["text/html"]
    assert computed == []
    assert not (tmp_path / "g.csv").exists()


def test_after_a_guess_the_answer_is_shown_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    assert "Only one of five is right." in asked(file).store("5").text
    again = asked(file)
    assert (again.guess, stored_guess("C.p1", file)) == ("5", "5")
    bundle = again._repr_mimebundle_()
    assert "Your guess: 5." in bundle["text/plain"]
    assert "Only one" in bundle["text/html"]
    assert asked(file, "C.p2").guess is None


def test_a_click_stores_the_guess(tmp_path: Path) -> None:
    prediction = asked(tmp_path / "g.csv")
    _, five, one, below = prediction.widget().children
    assert "Only one" not in below.value
    one.click()
    assert "Only one" in below.value
    assert prediction.guess == "1"
    assert five.disabled


def test_the_answer_sheet_needs_no_guess_and_stores_none(tmp_path: Path) -> None:
    shown = asked(tmp_path / "g.csv", answers=True)
    assert "Only one" in shown._repr_mimebundle_()["text/html"]
    assert not (tmp_path / "g.csv").exists()


def test_a_guess_that_is_no_option_and_too_few_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no option of prediction C\.p1: 5, 1"):
        asked(tmp_path / "g.csv").store("7")
    with pytest.raises(BadInput, match="two or more different options"):
        predict("C.p1", "Which?", ["5", "5"], lambda: paragraph(""))
    (tmp_path / "g.csv").write_text("prediction,guess\nC.p1,7\n", encoding="utf-8")
    assert asked(tmp_path / "g.csv").guess is None


def test_a_file_that_is_no_table_of_guesses_is_no_guess(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("x\n1\n", encoding="utf-8")
    assert asked(tmp_path / "g.csv").guess is None


def test_a_guess_counts_in_the_pack_in_which_it_was_made_alone(tmp_path: Path) -> None:
    file = tmp_path / "my_guesses.csv"
    # A file of an earlier version, in a clone and then among the notebooks of a pack.
    file.write_text("prediction,guess\nC.p1,5\n", encoding="utf-8")
    assert asked(file).guess == "5"
    (tmp_path / "pack.txt").write_text("yesterday", encoding="utf-8")
    assert asked(file).guess is None
    asked(file).store("1")
    assert asked(file).guess == "1"
    (tmp_path / "pack.txt").write_text("today", encoding="utf-8")
    assert "Only one" not in repr(asked(file)._repr_mimebundle_())
    asked(file).store("5")
    assert asked(file).guess == "5"
    # What yesterday's group guessed is still there.
    (tmp_path / "pack.txt").write_text("yesterday", encoding="utf-8")
    assert asked(file).guess == "1"
