"""The command about a school system's own people: tables, a page, an empty form, and files that are none."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey
from synthetic_data.sector.one_system import make_answers, write_answers

EVIL = '=HYPERLINK("http://example.invalid","<script>alert(1)</script>")'


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_answers(tmp_path_factory.mktemp("answers"), people=4, seed=3)


def survey(*options: object) -> Result:
    return CliRunner().invoke(main, ["survey", *map(str, options)])


def test_tables_and_a_page_are_written_and_printed_as_json(
    answers: tuple[Path, Path], tmp_path: Path
) -> None:
    now, before = answers
    result = survey("--responses", now, "--last-year", before, "--out", tmp_path, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["respondents"], told["findings"], told["year"]) == (4, 0, 2026)
    scores = pd.read_csv(tmp_path / "survey_scores.csv")
    assert len(scores) == 6 * (1 + 4)
    printed = {line["domain"]: line["score"] for line in told["scores"]}
    together = scores[scores["respondent"].isna()].set_index("domain")["score"]
    assert printed == pytest.approx(together.to_dict())
    assert set(pd.read_csv(tmp_path / "survey_change.csv")["domain"]) == set(declared_survey().domains)
    page = (tmp_path / "survey.html").read_text(encoding="utf-8")
    assert declared_survey().own.replace("'", "&#39;") in page
    names = [name for name in pd.read_csv(now)["respondent"] if f">{name}<" in page or f" {name} " in page]
    assert names == []  # the page names nobody


@pytest.mark.full
def test_free_text_runs_neither_in_the_page_nor_in_a_spreadsheet(tmp_path: Path) -> None:
    frame = make_answers(2, 3)
    frame = frame[frame["year"].eq("2026")].assign(note=EVIL, respondent=["=1+1", "@x"], system="<b>Lake</b>")
    frame.to_csv(tmp_path / "answers.csv", index=False)
    result = survey("--responses", tmp_path / "answers.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<b>Lake" not in page
    for path in (tmp_path / "out").glob("*.csv"):
        cells = pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy().ravel()
        assert not [cell for cell in cells if cell.startswith(("=", "@"))], path.name
    findings = pd.read_csv(tmp_path / "out" / "survey_findings.csv")
    assert findings["kind"].eq("formula_in_text").sum() == 4


def saved(folder: Path, frame: pd.DataFrame, name: str = "answers.csv") -> Path:
    """Save answers as a file that somebody hands in."""
    frame.to_csv(folder / name, index=False)
    return folder / name


@pytest.mark.parametrize("name", ["answers.csv", "answers.xlsx"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\xff\x00garbage", b"%PDF-1.4\n\x93\x00\x8c\n" * 9])
def test_a_file_that_can_t_be_read_is_one_line_and_status_2(
    content: bytes, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    result = survey("--responses", tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert f"{name} can't be read as answers: it " in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.full
def test_of_two_files_one_that_can_t_be_read_is_a_finding(tmp_path: Path) -> None:
    answers = saved(tmp_path, make_answers(3, 3))
    (tmp_path / "broken.csv").write_bytes(b"\x00\xff\x00garbage")
    for now, before, people in ((answers, "broken.csv", 3), (tmp_path / "broken.csv", "answers.csv", 0)):
        result = survey(
            "--responses", now, "--last-year", tmp_path / before, "--out", tmp_path / "out", "--json"
        )
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["respondents"] == people
        told = pd.read_csv(tmp_path / "out" / "survey_findings.csv").set_index("file")
        assert "file_set_aside" in set(told.loc[["broken.csv"], "action_taken"])
    (tmp_path / "empty.csv").write_bytes(b"")
    both = survey("--responses", tmp_path / "broken.csv", "--last-year", tmp_path / "empty.csv")
    assert both.exit_code == 2
    assert "broken.csv can't be read" in both.output
    assert "empty.csv can't be read" in both.output


def test_nobody_is_a_finding_and_the_page_shows_no_empty_part(tmp_path: Path) -> None:
    frame = make_answers(2, 3)
    unanswered = frame.assign(**dict.fromkeys(declared_survey().items, "")).assign(data_team="")
    for answers in (frame.head(0), unanswered):
        result = survey("--responses", saved(tmp_path, answers), "--out", tmp_path / "out")
        assert result.exit_code == 0, result.output
        assert "nobody answered" in result.output
        found = pd.read_csv(tmp_path / "out" / "survey_findings.csv")
        assert found["kind"].tolist().count("nobody_answered") == 1
        page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
        assert "Nobody</strong> has answered yet" in page
        assert "nobody answered" in page
        for empty in ("Each row is a domain", "One person answered", "What to do next", "a year before"):
            assert empty not in page, empty
        assert "Rows set aside: 0. Each" not in page


@pytest.mark.full
def test_an_odd_cell_is_told_on_the_page_with_row_and_column(tmp_path: Path) -> None:
    frame = make_answers(7, 3)
    frame = frame[frame["year"].eq("2026")].reset_index(drop=True)
    frame.loc[[1, 4], "governance_1"] = "7"
    frame.loc[:, "impact_1"] = "9"
    frame.loc[[0, 6], "respondent"] = "Zofia"
    result = survey("--responses", saved(tmp_path, frame), "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
    lines = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall(r"<tr>.*?</tr>", page)]
    told = {tuple(cells[:3]) for cells in lines if cells}
    assert ("outside the possible range", "governance_1", "3, 6") in told
    assert ("outside the possible range", "impact_1", "2, 3, 4, 5, 6 and 2 more") in told
    assert ("respondent repeated", "respondent", "2") in told
    assert "Rows set aside: 1. The table below gives each reason." in page
    assert "Zofia" not in page  # a place, and no name


@pytest.mark.full
def test_a_system_without_a_name_stands_in_a_sentence_and_r_wg_is_explained(tmp_path: Path) -> None:
    frame = make_answers(6, 3).drop(columns="system")
    frame.loc[frame["respondent"].eq(frame["respondent"].iloc[0]), "governance_1"] = "4"
    frame.loc[frame["respondent"].ne(frame["respondent"].iloc[0]), "governance_1"] = "1"
    frame.loc[frame.index[::2], "impact_1"], frame.loc[frame.index[1::2], "impact_1"] = "1", "4"
    result = survey("--responses", saved(tmp_path, frame), "--out", tmp_path / "out")
    assert "put this school system lowest" in result.output
    page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
    assert "put this school system lowest" in page
    assert "This school system is lowest in" in page
    assert "The column r_wg compares the answers with random ones" in page


def test_a_file_of_something_else_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(b"a,b\n1,2\n")
    result = survey("--responses", tmp_path / "answers.csv", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["respondents"] == 0
    assert told["findings"] >= 1
    assert "Nobody" in (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")


@pytest.mark.full
def test_one_person_gets_a_profile_and_nobody_to_compare_with(tmp_path: Path) -> None:
    result = survey("--responses", saved(tmp_path, make_answers(1, 3)), "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "one person answered" in result.output
    found = pd.read_csv(tmp_path / "out" / "survey_findings.csv")
    assert found[["kind", "file"]].to_numpy().tolist() == [["one_person_answered", "answers.csv"]]
    assert found["expected"].str.contains("answers show no agreement").all()
    page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
    assert "no two people answered the same item" in page
    assert "answers show no agreement" in page
    assert "Nothing in the file was odd" not in page
    assert pd.read_csv(tmp_path / "out" / "survey_change.csv")["low"].isna().all()


def test_the_empty_form_is_written_once_and_read_as_nobody(tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    assert survey("--blank", form).exit_code == 0
    words = (tmp_path / "form_words.csv").read_text(encoding="utf-8")
    assert declared_survey().own in words.splitlines()[1]
    again = survey("--blank", form)
    assert again.exit_code == 2
    assert "name another file" in again.output
    assert survey("--responses", form, "--out", tmp_path / "out").exit_code == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Give one of the two"),
        (("--blank", "form.xlsx"), "ends in .csv"),
        (("--responses", "none.csv"), "There is no file"),
        (("--responses", "."), "is a folder"),
    ],
)
def test_wrong_options_are_one_sentence(options: tuple[str, ...], words: str) -> None:
    result = survey(*options)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.full
def test_files_stand_beside_opinion(
    answers: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {
        "left_silo": "sis",
        "kind": "Identity",
        "measure": "match rate",
        "unit": "rate",
        "is_limit": False,
    }
    card = as_table(
        "scorecard", pd.DataFrame([{**line, "numerator": 9.0, "denominator": 100.0, "value": 0.09}])
    )
    monkeypatch.setattr(sys.modules["helpers.cli.school_systems"], "_scorecard", lambda folder, output: card)
    result = survey(tmp_path, "--responses", answers[0], "--out", tmp_path)
    assert result.exit_code == 0, result.output
    told = pd.read_csv(tmp_path / "opinion_vs_files.csv").set_index("item")
    assert told.loc["impact_1", "measured"] == 1
    assert told["finding"].eq("The files don't say").sum() == len(told) - 1
    assert "Opinions compared with files" in (tmp_path / "survey.html").read_text(encoding="utf-8")
