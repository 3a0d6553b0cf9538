"""The quiz in a notebook stores lines that the command reads, and says nothing of what is right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpers.report import notebooks_folder
from helpers.standard import BadInput
from helpers.teach import read_quiz_results, room_gain, take_quiz
from helpers.teach.workshop.pack import copy_for_learners
from helpers.teach.workshop.quiz import RESULTS, WHEN, When, quiz_items


def right(when: When) -> dict[int, str]:
    return {item.number: item.right_letter(when) for item in quiz_items()}


def test_what_two_people_press_is_what_the_command_reads(tmp_path: Path) -> None:
    file = tmp_path / RESULTS
    for when in WHEN:
        take_quiz(when, file=file).store("Kim", right(when))
        take_quiz(when, file=file).store("L", {1: right(when)[1]})
    read = read_quiz_results(file)
    assert read[["person", "when"]].to_numpy().tolist() == [
        [who, when] for when in WHEN for who in ("Kim", "L")
    ]
    gain = room_gain(read)
    assert (gain.both, gain.before, gain.after) == (2, 4.5, 4.5)
    assert read.loc[read["person"].eq("L"), "item2"].isna().all()


def test_a_click_saves_empties_the_form_for_the_next_person_and_shows_no_answer(tmp_path: Path) -> None:
    sheet = take_quiz("before", file=tmp_path / RESULTS)
    name, *questions, save, below = sheet.widget().children
    choices = questions[1::2]
    assert len(choices) == len(quiz_items())
    save.click()
    assert "Type a letter" in below.value
    name.value, choices[0].value = "K", "B"
    save.click()
    assert "1 of 8 answered" in below.value
    assert "right" not in below.value
    assert (name.value, choices[0].value) == ("", "–")
    assert read_quiz_results(tmp_path / RESULTS)["item1"].tolist() == ["B"]


@pytest.mark.parametrize(
    ("person", "letters", "says"),
    [
        (" ", {1: "A"}, "Type a letter or a nickname"),
        ("k", {1: "A"}, "k has this quiz already"),
        ("M", {1: "E"}, "no option 'E'"),
        ("M", {}, "Nothing is answered"),
    ],
)
def test_what_can_not_be_stored_is_said_and_nothing_is_written(
    tmp_path: Path, person: str, letters: dict[int, str], says: str
) -> None:
    file = tmp_path / RESULTS
    take_quiz("before", file=file).store("K", {1: "A"})
    was = file.read_bytes()
    with pytest.raises(BadInput, match=says):
        take_quiz("before", file=file).store(person, letters)
    assert file.read_bytes() == was


def test_another_word_than_before_or_after_is_refused() -> None:
    with pytest.raises(BadInput, match="before and after"):
        take_quiz("pre")  # type: ignore[arg-type]


def test_the_files_of_several_laptops_are_read_from_their_folder(tmp_path: Path) -> None:
    for laptop, who in (("01", "K"), ("02", "L")):
        (tmp_path / laptop / "workshop").mkdir(parents=True)
        take_quiz("before", file=tmp_path / laptop / "workshop" / RESULTS).store(who, right("before"))
    assert sorted(read_quiz_results(tmp_path)["person"]) == ["K", "L"]
    shutil.copy(tmp_path / "01" / "workshop" / RESULTS, tmp_path / "02" / RESULTS)
    with pytest.raises(BadInput, match="K has one quiz in two files"):
        read_quiz_results(tmp_path)


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=RESULTS):
        read_quiz_results(tmp_path)


def test_without_a_kernel_the_form_is_text_and_marks_no_option(tmp_path: Path) -> None:
    bundle = take_quiz("after", file=tmp_path / RESULTS)._repr_mimebundle_()
    assert all(item.stem in bundle["text/plain"] for item in quiz_items())
    assert not any(item.mistakes["b" if item.right != "b" else "a"] in str(bundle) for item in quiz_items())
    assert not (tmp_path / RESULTS).exists()


def test_learners_get_the_notebook_of_the_quiz(tmp_path: Path) -> None:
    copy_for_learners(notebooks_folder(), [], tmp_path)
    assert (tmp_path / "workshop" / "quiz.ipynb").is_file()
