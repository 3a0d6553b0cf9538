"""What a lesson says in one place holds in the others, and what it counts is so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest

from helpers.report import figure_name, number_text
from helpers.report.charts import dot_plot
from helpers.report.runs.notebooks import choose
from helpers.score import read_answer_key
from helpers.share import Guard, shown_everybody
from helpers.standard import Measured, unmarked
from helpers.teach import check
from synthetic_data.studies.calibration.figures import WORST_GRADES, targets
from synthetic_data.studies.calibration.study import NORMS


def code_of(path: Path) -> list[str]:
    """Give the code cells of a notebook."""
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def run(cells: list[str], *beginnings: str) -> tuple[dict[str, Any], list[str]]:
    """Run the cells that begin so; give their names and what they answered."""
    said: list[str] = []
    names: dict[str, Any] = {
        "pd": pd,
        "Measured": Measured,
        "answer": lambda text: said.append(unmarked(text)),
        "table": lambda *shown, **how: None,
    }
    for beginning in beginnings:
        (cell,) = [cell for cell in cells if cell.startswith(beginning)]
        exec(compile(cell, beginning, "exec"), names)
    return names, said


def rows_about(who: str, cells: list[str]) -> Iterator[list[str]]:
    """Give the texts of each row by hand that names a child."""
    for cell in cells:
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Tuple):
                texts = [str(one.value) for one in node.elts if isinstance(one, ast.Constant)]
                if any(re.search(rf"\b{who}\b", text, re.IGNORECASE) for text in texts):
                    yield texts


def test_ana_and_ben_have_one_birthday_each_in_all_notebooks(project: Path) -> None:
    born = {"Ana": "2013-03-05", "Ben": "2013-09-17"}
    seen = dict.fromkeys(born, 0)
    for notebook in choose(project / "notebooks"):
        cells = code_of(notebook.path)
        for who, day in born.items():
            dates = [
                text
                for texts in rows_about(who, cells)
                for text in texts
                if re.fullmatch(r"20(0|1)\d-\d\d-\d\d", text)
            ]
            seen[who] += len(dates)
            year, month, date = day.split("-")
            # A form on which day and month change places is what Ana's rows are about.
            assert set(dates) <= {day, f"{year}-{date}-{month}"}, notebook.name
    assert all(count >= 2 for count in seen.values())


def test_a_copy_is_not_counted_as_a_witness(project: Path) -> None:
    cells = code_of(project / "notebooks" / "11_who_decides.ipynb")
    names, said = run(cells, "dates = pd.DataFrame(", 'order = {"SIS": 1')
    ana = names["dates"][names["dates"]["child"].eq("Ana")]
    alike = ana[ana["birth date"].eq("2013-03-05")]
    looked = alike[~alike["where it is from"].str.startswith("copied")]
    assert (len(ana), len(alike), len(looked)) == (4, 3, 2)
    assert said == [
        "The page shows **2013-03-05** for Ana. Of the 3 systems that agree, **2** checked for themselves."
    ]


@pytest.mark.full
def test_the_pair_that_is_missing_is_of_a_system_that_is_for_everybody(
    project: Path, district_folder: Path
) -> None:
    limits = read_answer_key(district_folder).limits
    some = set(limits.loc[limits["reason"].eq("Not served"), "silo"])
    session = nbformat.read(project / "notebooks" / "workshop" / "F_which_gap_first.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in session.cells if cell.cell_type == "markdown")
    system = dict(re.findall(r"^\| ([A-E]) \| [a-z ]+ and ([a-z ]+) \|", text, re.MULTILINE))
    reasons = {"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing", "E": "Not permitted"}
    assert check("F.4", reasons).state == "right"
    assert system["D"] == "attendance"
    assert system["D"] not in some
    # So that the line above can fail: who doesn't eat at school was never meant to be at the till.
    assert "meals" in some


@pytest.mark.parametrize(
    ("on_roster", "says"),
    [
        (9, "fewer than 10** children. Even after linking, all systems together seem to have **40**."),
        (
            10,
            "all systems together seem to have **40**: **30** match nobody on the roster.",
        ),
    ],
)
def test_the_children_who_match_nobody_do_not_reveal_a_small_roster(
    project: Path, on_roster: int, says: str
) -> None:
    """Of 40 children, 31 and 30 whom the roster lacks would say that it has 9 and 10."""
    roster = [("sis", f"c{number}") for number in range(on_roster)]
    lists = [
        (silo, f"c{number}")
        for silo, first in (("meals", 0), ("health", 20))
        for number in range(first, first + 20)
    ]
    links = SimpleNamespace(crosswalk=pd.DataFrame(roster + lists, columns=["silo", "child"]))
    said: list[str] = []
    names: dict[str, Any] = {
        "links": links,
        "district": ["sis", "meals", "health"],
        "guard": Guard(real=True),
        "Measured": Measured,
        "answer": lambda text: said.append(unmarked(text)),
        "number_text": number_text,
        "shown_everybody": shown_everybody,
    }
    cells = code_of(project / "notebooks" / "00_start_here.ipynb")
    (headline,) = [cell for cell in cells if cell.startswith("who = links.crosswalk")]
    exec(compile(headline, "headline", "exec"), names)
    (sentence,) = said
    assert says in sentence


def lesson_on_truth(project: Path) -> tuple[Path, str]:
    path = project / "notebooks" / "10_how_true_is_it.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return path, "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_the_words_about_thirty_children_give_the_interval_that_the_table_shows(project: Path) -> None:
    path, text = lesson_on_truth(project)
    names, _ = run(code_of(path), "by_hand = pd.DataFrame(")
    (few,) = names["by_hand"].query("of == 30").itertuples()
    assert f"with 30 children, chance explains {few.low:.0f} to {few.high:.0f} percent" in text


def test_a_shape_that_nobody_published_a_size_of_has_no_published_number(project: Path) -> None:
    shape, sized = (
        {"topic": topic, "group": "all", "unit": "percent points", "target": target, "value": 4.0, "low": 1.0}
        | {"high": 7.0, "verdict": "pass", "role": "held out", "period": "2023-24", "source": "a study"}
        for topic, target in ((WORST_GRADES, 0.0), ("idea_share", 15.0))
    )
    figures = pd.DataFrame([shape, sized])
    shown: list[pd.DataFrame] = []
    names: dict[str, Any] = {"figures": figures, "judged": figures, "invented": True, "NORMS": NORMS}
    names |= {"figure_name": figure_name, "WORST_GRADES": WORST_GRADES}
    names |= {"table": lambda frame, *_, **how: shown.append(frame)}
    (cell,) = [one for one in code_of(lesson_on_truth(project)[0]) if one.startswith("norms = ")]
    exec(compile(cell, "figures", "exec"), names)
    assert shown[0]["target"].tolist() == ["above 0", "15.0"]


def test_the_alt_text_of_figures_names_what_its_numbers_are(project: Path) -> None:
    (cell,) = [one for one in code_of(lesson_on_truth(project)[0]) if one.startswith("if len(drawn)")]
    unit = re.findall(r'unit="([^"]*)"', cell)[0]
    dots = pd.DataFrame(
        {"label": ["a", "b"], "value": [-10.8, 0.9], "low": [-12.0, 0.1], "high": [-9.0, 1.5]}
    )
    alt = dot_plot(dots, label="label", title="Two figures", unit=unit, ordered=False).alt
    assert "from -10.8 halves of the interval for a to 0.9 halves of the interval for b." in alt


def test_the_lesson_on_truth_says_what_the_generator_makes_depend_on_race(project: Path) -> None:
    """A pair of published ratios, by race, is tuned to: no sentence may say that nothing depends on it."""
    tuned = {said["topic"] for said, row in targets() if said["role"] == "tuned" and row["group"] == "Black"}
    text = lesson_on_truth(project)[1]
    assert {"surname_error_ratio", "forename_error_ratio"} <= tuned
    assert "Name errors do depend on it, tuned to published ratios." in text
