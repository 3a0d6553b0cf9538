"""The quiz is complete as data, and a room's gain is what one computes by hand."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from pydantic import ValidationError

from helpers.report import notebooks_folder
from helpers.standard import BadInput
from helpers.teach.workshop.quiz import LETTERS, WHEN, Item, form, quiz_items
from helpers.teach.workshop.room import blank_results, read_quiz_results, room_gain, scored

SESSIONS = "ABCDEF"


def right(when: str) -> list[str]:
    return [item.right_letter(when) for item in quiz_items()]  # type: ignore[arg-type]


def other(letter: str) -> str:
    return LETTERS[(LETTERS.index(letter) + 1) % 4]


def line(person: str, when: str, right_answers: int) -> str:
    """A line of results with the first so many answers right, and the others wrong."""
    letters = right("before" if when in ("pre", "before") else "after")
    given = [one if place < right_answers else other(one) for place, one in enumerate(letters)]
    return ",".join([person, when, *given])


def results(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "quiz_results.csv"
    head = ",".join(["person", "when", *(f"item{number}" for number in range(1, 9))])
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return file


def test_the_quiz_has_eight_items_that_cover_every_session() -> None:
    items = quiz_items()
    assert len(items) == 8
    assert {item.taught_by[0] for item in items} == set(SESSIONS)


def test_an_item_is_taught_by_a_cell_that_exists() -> None:
    """Sessions that aren't written yet have none."""
    for item in quiz_items():
        assert re.fullmatch(r"[A-G]\.p?\d+", item.taught_by)
        for path in (notebooks_folder() / "workshop").glob(f"{item.taught_by[0]}_*.ipynb"):
            cells = nbformat.read(path, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
            assert f'"{item.taught_by}"' in text, f"item {item.number}: {path.name} has no {item.taught_by}"


def test_letters_give_nothing_away() -> None:
    for when in WHEN:
        letters = right(when)
        assert {letter: letters.count(letter) for letter in LETTERS} == dict.fromkeys(LETTERS, 2)
    assert all(item.right_letter("before") != item.right_letter("after") for item in quiz_items())
    longest = [max(item.options, key=lambda name, of=item: len(of.options[name])) for item in quiz_items()]
    assert sum(name == item.right for name, item in zip(longest, quiz_items(), strict=True)) <= 3


def test_both_forms_have_the_same_options() -> None:
    for before, after in zip(form("before"), form("after"), strict=True):
        assert {text for _, text in before.options} == {text for _, text in after.options}
        assert dict(before.options)[before.right] == dict(after.options)[after.right]
        assert len(before.mistakes) == len(after.mistakes) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"before": "abca"}, "doesn't order a, b, c, d"),
        ({"mistakes": {"b": "x", "c": "y"}}, "each option but the right one needs its mistake"),
        ({"options": {"a": "1", "b": "2", "c": "3"}}, "its options are a, b, c"),
        ({"after": "cabd"}, "both forms have its options in the same order"),
    ],
)
def test_an_incomplete_item_is_refused(change: dict[str, object], says: str) -> None:
    whole = quiz_items()[0].model_dump()
    with pytest.raises(ValidationError, match=says):
        Item.model_validate({**whole, **change})


def test_a_known_gain_with_its_interval(tmp_path: Path) -> None:
    # Gains 3, 1, 2, 2: mean 2, standard error 0.8165 / 2, t(3) = 3.1824: 2 ± 1.2992.
    pairs = {"A": (2, 5), "B": (4, 5), "C": (3, 5), "D": (5, 7)}
    lines = [
        line(who, when, many[place])
        for who, many in pairs.items()
        for place, when in enumerate(["pre", "post"])
    ]
    gain = room_gain(read_quiz_results(results(tmp_path, *lines)))
    assert (gain.both, gain.only_one, gain.before, gain.after, gain.gain) == (4, (), 3.5, 5.5, 2.0)
    assert (gain.low, gain.high) == pytest.approx((2 - 1.2992, 2 + 1.2992), abs=1e-3)
    # Items 6 and 7 after: only D has them right; nobody has item 8.
    assert gain.items.set_index("item")["right_after"].to_dict() == {
        1: 4,
        2: 4,
        3: 4,
        4: 4,
        5: 4,
        6: 1,
        7: 1,
        8: 0,
    }
    assert gain.items.set_index("item")["right_before"].to_dict()[5] == 1
    assert gain.items.set_index("item").loc[8, "usual_mistake"] == quiz_items()[7].mistake(
        "after", other(right("after")[7])
    )


def test_the_letters_of_one_form_are_wrong_on_the_other(tmp_path: Path) -> None:
    before = ",".join(["A", "pre", *right("before")])
    after = ",".join(["A", "post", *right("before")])
    judged = scored(read_quiz_results(results(tmp_path, before, after))).set_index("when")
    assert judged.drop(columns="person").sum(axis=1).to_dict() == {"before": 8, "after": 0}


def test_a_person_without_a_second_quiz_is_left_out_and_named(tmp_path: Path) -> None:
    lines = [
        line("A", "pre", 1),
        line("a", "post", 4),
        line("B", "pre", 8),
        line("C", "pre", 2),
        line("C", "post", 4),
    ]
    gain = room_gain(read_quiz_results(results(tmp_path, *lines)))
    assert (gain.both, gain.only_one, gain.before, gain.gain) == (2, ("B",), 1.5, 2.5)
    assert gain.items["people"].unique().tolist() == [2]


def test_where_all_gain_the_same_or_one_person_came_there_is_no_interval(tmp_path: Path) -> None:
    same = [line("A", "pre", 1), line("A", "post", 3), line("B", "pre", 4), line("B", "post", 6)]
    assert room_gain(read_quiz_results(results(tmp_path, *same))).low is None
    gain = room_gain(read_quiz_results(results(tmp_path, *same[:2])))
    assert (gain.gain, gain.low, gain.high) == (2.0, None, None)


def test_an_interval_needs_four_people_and_stays_within_the_quiz(tmp_path: Path) -> None:
    pairs = {"A": (8, 0), "B": (0, 8), "C": (0, 8), "D": (0, 8)}
    lines = [
        line(who, when, many[place])
        for who, many in pairs.items()
        for place, when in enumerate(["pre", "post"])
    ]
    gain = room_gain(read_quiz_results(results(tmp_path, *lines)))
    # Gains of -8, 8, 8, 8: 4 ± 3.1824 * 8 / 2 would end beyond eight questions.
    assert (gain.gain, gain.low, gain.high) == (4.0, -8, 8)
    three = room_gain(read_quiz_results(results(tmp_path, *lines[:6])))
    assert (three.both, three.low) == (3, None)


def test_a_blank_is_no_answer_and_an_empty_sheet_no_quiz(tmp_path: Path) -> None:
    blank = [
        "A,pre," + "," * 7,
        line("B", "before", 8),
        "B,AFTER," + ",".join([*map(str.lower, right("after")[:7]), ""]),
    ]
    gain = room_gain(read_quiz_results(results(tmp_path, *blank)))
    assert (gain.both, gain.before, gain.after, gain.only_one) == (1, 8.0, 7.0, ())
    assert gain.items.set_index("item").loc[8, "usual_mistake"] == ""


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["A,pre,A,B,C,D,A,B,C,E"], r"line 2, item8: there is no option 'E'; there are A, B, C, D"),
        (["A,pre,A,B,C,D,A,B,C,AB"], "item8: there is no option 'AB'"),
        (["A,later,A,B,C,D,A,B,C,D"], "line 2: when is pre or post, and this is 'later'"),
        ([",pre,A,B,C,D,A,B,C,D"], "line 2 names no person"),
        (["A,pre,A,B,C,D,A,B,C,D", "A,before,A,B,C,D,A,B,C,D"], "line 3: A has this quiz twice"),
        (["A,pre,,,,,,,,"], "has no answers"),
    ],
)
def test_what_can_not_be_scored_is_refused_with_its_line(lines: list[str], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=says):
        read_quiz_results(results(tmp_path, *lines))


def test_no_pair_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nobody has both quizzes"):
        room_gain(read_quiz_results(results(tmp_path, line("A", "pre", 1), line("B", "post", 4))))


def test_the_table_to_fill_in_can_be_read_once_it_is_filled_in(tmp_path: Path) -> None:
    blank = blank_results(2)
    assert blank["when"].tolist() == ["pre", "post"] * 2
    file = tmp_path / "blank.csv"
    blank.replace("", "A").to_csv(file, index=False)
    assert len(read_quiz_results(file)) == 4
    file.write_text("person,when\nA,pre\n", encoding="utf-8")
    with pytest.raises(BadInput, match="has no column 'item1'"):
        read_quiz_results(file)


def test_a_frame_of_results_has_a_row_a_quiz(tmp_path: Path) -> None:
    typed = read_quiz_results(results(tmp_path, line("A", "pre", 3)))
    assert isinstance(typed, pd.DataFrame)
    assert typed["when"].tolist() == ["before"]
