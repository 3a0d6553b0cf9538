"""`bigpicture questions`: what it writes, for whom, and what it says of wrong options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import District
from helpers.profile.questions import declared_questions

pytestmark = pytest.mark.usefixtures("read_and_linked_once")


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.stdout or done.stderr


def test_all_questions_are_asked_and_families_counted(district_folder: Path, tmp_path: Path) -> None:
    code, said = run("questions", district_folder, "--out", tmp_path, "--json")
    assert code == 0, said
    figures: dict[str, Any] = json.loads(said)
    asked = pd.read_csv(tmp_path / "questions.csv")
    assert list(asked["question"]) == [each.id for each in declared_questions()]
    assert sum(row["questions"] for row in figures["answers"]) == len(asked)
    families = pd.read_csv(tmp_path / "families.csv")
    assert families["numerator"].le(families["denominator"]).all()
    # A list of children is for somebody: without a role there is none.
    assert {path.name for path in tmp_path.iterdir()} == {"questions.csv", "families.csv", "missing_data.csv"}


@pytest.mark.full
def test_a_terminal_reads_questions_in_their_own_words(district_folder: Path, tmp_path: Path) -> None:
    code, said = run("questions", district_folder, "--out", tmp_path, "--table")
    assert code == 0
    for each in declared_questions():
        assert each.id not in said
        assert each.text[:20] in said
    assert "days missed" in said
    assert "numerator" not in said


def test_a_list_of_children_is_for_a_role_and_leaves_a_line_in_the_log(
    district_folder: Path, district: District, tmp_path: Path
) -> None:
    schools = district.fact("school")
    school = str(schools.loc[schools["silo"].eq("sis"), "school_name"].iloc[-1])
    words = ("--role", "principal", "--who", school, "--question", "absent_now")
    code, said = run("questions", district_folder, *words, "--out", tmp_path)
    assert code == 0, said
    listed = pd.read_csv(tmp_path / "question_children.csv")
    row = pd.read_csv(tmp_path / "questions.csv").iloc[0]
    assert len(listed) == row["concerned"]
    assert listed["answer"].eq("Yes").sum() == row["children"]
    groups = pd.read_csv(tmp_path / "question_groups.csv")
    assert list(groups["group"].dropna()) == [school]
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert any(json.loads(line)["role"] == "principal" for line in lines)
    # What is printed holds no child.
    assert not any(child in said for child in listed["child"])


OF_NOBODY = """
least_share = 0.8
least_part = 0.5
most_unplaced = 0.05
[source]
[[question]]
id = "of_nobody"
text = "Which infants miss school?"
asked_by = ["teacher"]
grain = "list"
source = "own"
of = "grade_level == 'IT'"
answer = "chronically_absent"
meaning = "Infants who miss school"
"""


def test_a_question_about_nobody_points_at_its_condition(district_folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OF_NOBODY, encoding="utf-8")
    words = ("--questions", own, "--out", tmp_path)
    _, said = run("questions", district_folder, *words)
    assert "About no child whom we know: of_nobody." in said
    _, said = run("questions", district_folder, *words, "--question", "of_nobody")
    assert "It is about no child whom we know. If that is wrong, look at the words in its `of`." in said


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--question", "absent_nw"), "Did you mean absent_now?"),
        (("--role", "teacher"), "both --role and --who"),
        (("--role", "techer"), "Did you mean teacher?"),
        (("--role", "techer", "--who", "sis:1"), "Did you mean teacher?"),
        (("--role", "district_analyst", "--who", "district"), "under codes only"),
        (("--questions", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_wrong_options_are_said_before_anything_is_read(
    words: tuple[str, ...], part: str, tmp_path: Path
) -> None:
    code, said = run("questions", tmp_path / "no district here", *words, "--out", tmp_path)
    assert code == 2
    assert part in said
