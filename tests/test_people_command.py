"""`bigpicture people`: a plan from a file of schools, its tables and its page, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main

SCHOOLS = "School,Children,At_Risk\nOak,500,20\nElm,300,90\nFir,820,10\n"


def run(place: Path, *words: str, schools: str = SCHOOLS) -> Result:
    (place / "schools.csv").write_text(schools, encoding="utf-8-sig")
    command = ["people", "--schools", str(place / "schools.csv"), "--out", str(place / "out"), *words]
    return CliRunner().invoke(main, command)


def test_a_plan_is_written_as_tables_and_a_page_in_the_order_that_was_asked_for(tmp_path: Path) -> None:
    said = run(tmp_path, "--specialists", "2", "--order", "most at risk first", "--months", "24", "--json")
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    schools = pd.read_csv(tmp_path / "out" / "staffing_schools.csv")
    months = pd.read_csv(tmp_path / "out" / "staffing_months.csv")
    likely = schools[schools["end"].eq("likely")].sort_values("place")
    assert likely["school"].tolist() == ["Elm", "Oak", "Fir"]
    assert months["month"].max() == 24
    assert (tmp_path / "out" / "people.html").is_file()
    assert "in 24 months" in told["takes"]


def test_more_staff_are_no_slower(tmp_path: Path) -> None:
    few, many = (
        pd.DataFrame(json.loads(run(tmp_path, "--specialists", number, "--json").stdout)["schools"])
        for number in ("1", "4")
    )
    waited = [pd.to_numeric(one["coach_month"]).fillna(99) for one in (few, many)]
    assert (waited[1] <= waited[0]).all()
    assert (waited[1] < waited[0]).any()


@pytest.mark.parametrize(
    ("schools", "words", "says"),
    [
        ("School,Children\nOak,many\n", (), "row 2: children is 'many'"),
        ("School\nOak\n", (), "has no column children"),
        (SCHOOLS, ("--order", "most childre first"), "Did you mean most-children-first"),
        (SCHOOLS, ("--months", "0"), "1 to 600 months"),
        ("School,Children\nOak,5\nOak,6\n", (), "each of them once"),
        ("", (), "can't be read as a CSV"),
    ],
)
def test_what_cannot_be_planned_is_one_line(
    tmp_path: Path, schools: str, words: tuple[str, ...], says: str
) -> None:
    said = run(tmp_path, "--specialists", "1", *words, schools=schools)
    assert said.exit_code == 2
    assert says in said.stderr
    assert not (tmp_path / "out").exists()
