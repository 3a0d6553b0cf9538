"""What the files leave open is asked once, with a guess that holds until somebody answers."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from helpers.files import District, draft_layouts, read_district
from helpers.link import link_district
from helpers.standard import BadInput
from helpers.start import Question, answer_questions, open_questions, read_open, save_answers
from tests.files.drafts import run, written

CHILDREN = 30
FIRST = ("Ana", "Bo", "Cyrus", "Dalia", "Edwin", "Flora")
LAST = ("Ruiz", "Lindqvist", "Okafor", "Poe", "Tan")


def lines(head: str, of_child: list[str]) -> str:
    """Write a file with a row for each child: number, names, and what is said of her."""
    rows = [f"{100_000 + 37 * at},{FIRST[at % 6]},{LAST[at // 6]},{text}" for at, text in enumerate(of_child)]
    return "\n".join([f"Student ID,First Name,Last Name,{head}", *rows]) + "\n"


def absences(odd: int) -> str:
    """Write an absence of each child, the first ones with a code that nobody knows."""
    return lines(
        "Att Code,Date", [f"{'R' if at < odd else 'A'},2025-10-{at % 27 + 1:02}" for at in range(CHILDREN)]
    )


def folder_of(place: Path, **files: str) -> Path:
    born = [f"2012-{at % 12 + 1:02}-{at % 27 + 1:02},5" for at in range(CHILDREN)]
    written(place, roster_DOT_csv=lines("DOB,Grade", born))
    return written(place, **{f"{name}_DOT_csv": text for name, text in files.items()})


def started(place: Path) -> tuple[District, list[Question]]:
    draft_layouts(place)
    district = read_district(place)
    return district, open_questions(district, link_district(district))


def asked(place: Path) -> list[tuple[str, ...]]:
    return [question.key for question in started(place)[1]]


def test_a_folder_whose_files_say_everything_asks_nothing(tmp_path: Path) -> None:
    scores = lines("Test Date,Scale Score", [f"2025-10-01,{400 + at}" for at in range(CHILDREN)])
    assert asked(folder_of(tmp_path, absences=absences(0), test=scores)) == []


@pytest.mark.parametrize(("rows", "is_asked"), [(4, False), (5, True)])
def test_what_a_code_means_is_asked_if_several_rows_have_it(
    tmp_path: Path, rows: int, is_asked: bool
) -> None:
    _, questions = started(folder_of(tmp_path, absences=absences(rows)))
    assert [question.key for question in questions] == (
        [("codes", "absences", "Att Code", "R")] if is_asked else []
    )
    for question in questions:
        assert question.children == rows
        assert len(question.choices) == 7
        assert question.guess == "don't know"


def test_an_answer_is_read_by_every_command_and_taken_back_by_deleting_its_line(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, absences=absences(5))
    district, questions = started(folder)
    key = questions[0].key
    assert district.fact("attendance_event")["attendance_event_category"].isna().sum() == 5
    save_answers(folder, {key: "Tardy"})
    told = read_district(folder).fact("attendance_event")["attendance_event_category"]
    assert told.value_counts().to_dict() == {"Unexcused Absence": 25, "Tardy": 5}
    assert asked(folder) == []
    answers = folder / "district.toml"
    assert tomllib.loads(answers.read_text(encoding="utf-8")) == {
        "codes": {"absences": {"Att Code": {"R": "Tardy"}}}
    }
    answers.write_text("", encoding="utf-8")
    assert asked(folder) == [key]


def test_don_t_know_is_an_answer_that_changes_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, absences=absences(5))
    key = asked(folder)[0]
    save_answers(folder, {key: "don't know"})
    assert asked(folder) == []
    assert read_district(folder).fact("attendance_event")["attendance_event_category"].isna().sum() == 5


@pytest.mark.parametrize(
    ("answer", "methods"),
    [
        ("Percentile", {"Percentile"}),
        ("Test score", {"Test score"}),
        ("no results", set()),
        ("don't know", {"Test score"}),
    ],
)
def test_how_scores_are_expressed_is_asked_once_for_the_columns_of_a_file(
    tmp_path: Path, answer: str, methods: set[str]
) -> None:
    growth = lines("Fluency Growth,Sounds", [f"{30 + at},{at}" for at in range(CHILDREN)])
    folder = folder_of(tmp_path, test=growth)
    _, (question,) = started(folder)
    assert question.key == ("results", "test", "test")
    assert question.guess == "Test score"
    assert "Fluency Growth is mostly from 31.45 to 57.55" in question.evidence
    save_answers(folder, {question.key: answer})
    results = read_district(folder).fact("assessment_result")
    assert set(results["score_method"]) == methods
    assert len(results) == (2 * CHILDREN if methods else 0)


@pytest.mark.parametrize(("answer", "month"), [("month first", 2), ("day first", 3), ("don't know", None)])
def test_days_of_two_orders_make_rows_once_somebody_says_which_comes_first(
    tmp_path: Path, answer: str, month: int | None
) -> None:
    folder = folder_of(tmp_path, absences=lines("Att Code,Date", ["A,02/03/2025"] * CHILDREN))
    _, (question,) = started(folder)
    assert question.key == ("days", "absences", "Date")
    assert read_district(folder).fact("attendance_event").empty
    save_answers(folder, {question.key: answer})
    days = read_district(folder).fact("attendance_event")["date"]
    assert days.dt.month.unique().tolist() == ([month] if month else [])


def test_people_whom_no_other_file_has_may_be_staff(tmp_path: Path) -> None:
    strangers = "Card,First Name,Last Name\n" + "".join(
        f"{9000 + at},{'VWXYZ'[at]}ictor,Harlow\n" for at in range(5)
    )
    folder = folder_of(tmp_path, cards=strangers)
    assert ("people", "cards", "cards") in asked(folder)
    save_answers(folder, {("people", "cards", "cards"): "Staff"})
    assert set(read_district(folder)["cards"].people["role"]) == {"Staff"}
    four = written(tmp_path / "four", **{"cards_DOT_csv": strangers.rsplit("\n", 2)[0] + "\n"})
    assert ("people", "cards", "cards") not in asked(folder_of(four))


def test_week_two_asks_about_what_is_new_alone(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, absences=absences(5))
    save_answers(folder, {asked(folder)[0]: "Tardy"})
    (folder / "absences.csv").rename(folder / "absences of week 2.csv")
    growth = lines("Fluency Growth", [f"{30 + at}" for at in range(CHILDREN)])
    written(folder, test_DOT_csv=growth)
    assert asked(folder) == [("results", "test", "test")]
    told = read_district(folder).fact("attendance_event")["attendance_event_category"]
    assert told.eq("Tardy").sum() == 5


def test_the_system_that_lists_the_children_is_asked_if_several_do(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    roster = (folder / "roster.csv").read_text(encoding="utf-8")
    head, _, rows = roster.partition("\n")
    written(folder, other_DOT_csv=head.replace("Grade", "Grade Level") + "\n" + rows)
    assert asked(folder) == []
    another = "900001,Zelda,Quist,2011-05-05,6\n"
    written(folder, other_DOT_csv=head.replace("Grade", "Grade Level") + "\n" + rows + another)
    _, (question,) = started(folder)
    assert question.children == 1
    assert question.key == ("roster",)
    other = next(answer for answer, _ in question.choices if answer not in (question.guess, "don't know"))
    save_answers(folder, {question.key: other})
    assert next(iter(read_district(folder))) == other
    (folder / f"{other}.csv").unlink()
    with pytest.raises(BadInput, match="Add its file, or delete the line"):
        read_district(folder)


def test_without_a_terminal_nothing_is_asked_and_the_file_lists_what_is_open(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, absences=absences(5))
    result = run("start", folder)
    assert result.exit_code == 0, result.output
    assert "1 question left for you" in " ".join(result.output.split())
    text = (folder / "district.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    assert '# codes.absences."Att Code".R = "don\'t know"' in text
    (open_,) = read_open(folder)
    assert open_.startswith('What does "R" mean in Att Code of absences.csv?')
    read = run("read", folder, "--out", tmp_path / "out").output
    assert "1 question about these files is open" in " ".join(read.split())
    # Its second line without # is the answer.
    answered = text.replace("# codes", "codes").replace('"don\'t know"', '"Tardy"', 1)
    (folder / "district.toml").write_text(answered, encoding="utf-8")
    assert read_open(folder) == []
    assert asked(folder) == []


def test_answers_come_from_a_file_and_a_wrong_one_names_the_choices(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "exports", absences=absences(5))
    given = tmp_path / "answers.toml"
    given.write_text('codes.absences."Att Code".R = "Tardi"\n', encoding="utf-8")
    result = run("start", folder, "--answers", given)
    assert result.exit_code == 2
    assert "Did you mean Tardy?" in result.stderr
    given.write_text('codes.absences."Att Code".R = "Tardy"\n', encoding="utf-8")
    told = json.loads(run("start", folder, "--answers", given, "--json").stdout)
    assert told["questions"] == []
    assert told["works now"]["days absent"] == CHILDREN


def test_an_answer_that_is_no_choice_is_refused() -> None:
    question = Question(("roster",), "Which?", (("a", "A"), ("b", "B")), "a", "", "", 1)
    assert answer_questions([question], {("roster",): "b", ("days", "x"): "y"}) == {("roster",): "b"}
    with pytest.raises(BadInput, match="There are: a, b"):
        answer_questions([question], {("roster",): "c"})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('codes.absence."Att Code".R = "Tardy"', "Did you mean absences"),
        ('codes.absences."Att Kode".R = "Tardy"', "Did you mean Att Code"),
        ('codes.absences."Att Code".R = "Tardi"', "Did you mean Tardy"),
        ('day.absences.Date = "day first"', "unknown name"),
        ('days.absences.Date = "year first"', "day first"),
        ("roster = ", "isn't valid TOML"),
    ],
)
def test_a_line_that_can_t_be_used_is_one_clear_error(tmp_path: Path, line: str, says: str) -> None:
    folder = folder_of(tmp_path, absences=absences(5))
    draft_layouts(folder)
    (folder / "district.toml").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        read_district(folder)
