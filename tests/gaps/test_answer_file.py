"""The file behind the form: each answer at once, several people, and nothing lost."""

from __future__ import annotations

import pytest

from helpers.report.widgets.survey_form import survey_form
from helpers.standard import BadInput
from helpers.standard.survey_items import declared_survey
from helpers.survey import read_answers
from helpers.survey.answers import LONGEST, AnswerFile


def test_answers_of_several_people_are_in_the_file_at_once(tmp_path):
    path = tmp_path / "below" / "answers.csv"
    file = AnswerFile(path, "Lake", 2026)
    assert not path.exists()
    assert file.save("R1", {"governance_1": "2"}) == 1
    assert file.save(" r1 ", {"governance_2": "3", "role": "Teacher"}) == 2
    assert file.save("R2", {"impact_1": "4", "data_team": "yes"}) == 1
    found = read_answers(path)
    assert found.findings.empty
    assert found.system == "Lake"
    assert found.respondents["respondent"].tolist() == ["R1", "R2"]
    assert found.answers.dropna(subset=["answer"])["answer"].tolist() == [2, 3, 4]


def test_another_sitting_goes_on_and_an_answer_can_be_taken_back(tmp_path):
    path = tmp_path / "answers.csv"
    AnswerFile(path, "Lake", 2026).save("R1", {"governance_1": "2", "note": "=1+1\nand more"})
    again = AnswerFile(path, "", 2026)
    assert again.system == "Lake"
    assert again.people() == [("R1", 1)]
    assert again.row("r1")["note"] == "=1+1\nand more"
    assert again.save("R1", {"governance_1": ""}) == 0
    assert AnswerFile(path, "Lake", 2025).people() == []  # another year is another form


def test_two_who_write_at_once_keep_each_other_s_answers(tmp_path):
    path = tmp_path / "answers.csv"
    one, other = AnswerFile(path, "Lake", 2026), AnswerFile(path, "Lake", 2026)
    one.save("R1", {"governance_1": "2"})
    other.save("R2", {"governance_1": "3"})
    one.save("R1", {"governance_2": "4"})
    assert AnswerFile(path, "", 2026).people() == [("R1", 2), ("R2", 1)]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n", ",extra\n"),
        ("Lake,2026", "Lake,2025,R0\nLake,2026"),
        ("governance_1", "governance_9"),
        (",2,", ",7,"),
    ],
)
def test_a_file_that_the_form_would_spoil_is_left_alone(tmp_path, before, after):
    path = tmp_path / "answers.csv"
    AnswerFile(path, "Lake", 2026).save("R1", {"governance_1": "2"})
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    bytes_before = path.read_bytes()
    with pytest.raises(BadInput, match="would lose"):
        AnswerFile(path, "Lake", 2026)
    assert path.read_bytes() == bytes_before


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("governance_1", "5"),
        ("governance_1", "two"),
        ("data_team", "maybe"),
        ("system", "x"),
        ("note", "x" * (LONGEST + 1)),
    ],
)
def test_an_answer_that_can_t_be_is_refused_and_nothing_is_written(tmp_path, column, text):
    path = tmp_path / "answers.csv"
    with pytest.raises(BadInput):
        AnswerFile(path, "Lake", 2026).save("R1", {column: text})
    with pytest.raises(BadInput, match="Nobody is named"):
        AnswerFile(path, "Lake", 2026).save("  ", {"governance_1": "1"})
    assert not path.exists()


def test_another_system_s_file_is_refused(tmp_path):
    AnswerFile(tmp_path / "a.csv", "Lake", 2026).save("R1", {"governance_1": "2"})
    with pytest.raises(BadInput, match="name another file"):
        AnswerFile(tmp_path / "a.csv", "Hill", 2026)


def test_the_form_answers_its_page_and_keeps_nobody_in_the_notebook(tmp_path):
    form = survey_form(tmp_path / "a.csv", system="Lake", year=2026)
    begun = form.receive({"do": "begin", "respondent": "Zoë Example", "role": "<b>x</b>"})
    assert begun["screen"] == "questions"
    saved = form.receive({"do": "save", "respondent": "Zoë Example", "given": {"impact_2": "3"}, "turn": 1})
    assert (saved["answered"], saved["trouble"], saved["turn"]) == (1, "", 1)
    refused = form.receive({"do": "save", "respondent": "Zoë Example", "given": {"impact_2": "9"}, "turn": 2})
    assert refused["trouble"].startswith("Not saved.")
    assert form.receive("nonsense")["people"] == [{"name": "Zoë Example", "answered": 1}]
    kept = form.still()
    assert "Zoë" not in kept._repr_html_() + kept.text
    assert declared_survey().own in kept.text


def test_what_can_t_be_written_is_told_on_the_page(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be", encoding="utf-8")
    form = survey_form(tmp_path / "taken" / "a.csv", system="Lake", year=2026)
    told = form.receive({"do": "save", "respondent": "R1", "given": {"impact_2": "3"}, "turn": 1})
    assert told["trouble"].startswith("Not saved")


def test_the_form_of_a_saved_page_says_how_many_have_started(tmp_path):
    form = survey_form(tmp_path / "a.csv", system="Lake", year=2026)
    assert form.still().text.startswith("Nobody has started to answer yet. 41 questions on 6 domains.")
    form.save("R1", impact_2=3)
    assert form.still().text.startswith("1 person has started to answer. 41 questions on 6 domains.")
    form.save("R2", impact_2=3)
    assert form.still().text.startswith("2 people have started to answer. 41 questions on 6 domains.")
