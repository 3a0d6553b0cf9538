"""The command about a school system's own people: tables, a page, an empty form, and files that are none."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.layouts import as_table
from helpers.layouts.survey import declared_survey
from synthetic_data.respondents import make_answers, write_answers

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
    told = json.loads(result.output)
    assert (told["respondents"], told["findings"], told["year"]) == (4, 0, 2026)
    scores = pd.read_csv(tmp_path / "survey_scores.csv")
    assert len(scores) == 6 * (1 + 4)
    printed = {line["domain"]: line["score"] for line in told["scores"]}
    together = scores[scores["respondent"].isna()].set_index("domain")["score"]
    assert printed == pytest.approx(together.to_dict())
    assert set(pd.read_csv(tmp_path / "survey_change.csv")["domain"]) == set(declared_survey().domains)
    page = (tmp_path / "survey.html").read_text(encoding="utf-8")
    assert declared_survey().own.replace("'", "&#x27;") in page
    names = [name for name in pd.read_csv(now)["respondent"] if f">{name}<" in page or f" {name} " in page]
    assert names == []  # the page names nobody


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


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00garbage", b"a,b\n1,2\n"])
def test_a_file_of_no_answers_is_told_and_no_traceback(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_bytes(content)
    result = survey("--responses", tmp_path / "answers.csv", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told["respondents"] == 0
    assert told["findings"] >= 1
    assert "Nobody" in (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")


def test_one_person_gets_a_profile_and_nobody_to_compare_with(tmp_path: Path) -> None:
    make_answers(1, 3).to_csv(tmp_path / "answers.csv", index=False)
    result = survey("--responses", tmp_path / "answers.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "survey.html").read_text(encoding="utf-8")
    assert "whether others see it alike" in page
    assert pd.read_csv(tmp_path / "out" / "survey_change.csv")["low"].isna().all()


def test_the_empty_form_is_written_once_and_read_as_nobody(tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    assert survey("--blank", form).exit_code == 0
    assert (tmp_path / "form_words.csv").is_file()
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
    monkeypatch.setattr(sys.modules["helpers.cli.survey"], "_scorecard", lambda folder: card)
    result = survey("--responses", answers[0], "--from", tmp_path, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    told = pd.read_csv(tmp_path / "opinion_beside_files.csv").set_index("item")
    assert told.loc["impact_1", "measured"] == 1
    assert told["says"].eq("The files don't say").sum() == len(told) - 1
    assert "Opinion beside files" in (tmp_path / "survey.html").read_text(encoding="utf-8")
