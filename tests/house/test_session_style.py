"""Every session of the workshop is short, hides its answers, and checks exercises in place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from tests.house.test_house_style import FORBIDDEN, LINK, MINUTES
from tests.teach.sessions import SESSIONS, exercise_cells, split

FEWEST_CELLS, MOST_CELLS = 20, 30
PARAMETERS = {"students", "seed", "answers", "district_folder"}


@pytest.fixture(params=SESSIONS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def cells(path: Path) -> list[nbformat.NotebookNode]:
    return nbformat.read(path, as_version=4).cells


def code(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells if cell.cell_type == "code"]


def tagged(cells: list[nbformat.NotebookNode], tag: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells if tag in cell.metadata.get("tags", [])]


def test_a_session_has_20_to_30_cells_and_a_name_that_sorts(
    path: Path, cells: list[nbformat.NotebookNode]
) -> None:
    assert FEWEST_CELLS <= len(cells) <= MOST_CELLS
    assert re.fullmatch(r"[A-Z](_[a-z0-9]+)+\.ipynb", path.name)


def test_the_first_cell_has_a_question_minutes_and_objectives(cells: list[nbformat.NotebookNode]) -> None:
    first = cells[0].source
    title = first.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert MINUTES.search(first)
    objectives = re.findall(r"^[-*] (.+)$", first.partition("By the end you can")[2], re.MULTILINE)
    assert 3 <= len(objectives) <= 5
    assert all(re.match(r"\*\w[\w ]*\*", objective) for objective in objectives)


def test_parameters_and_imports_have_one_cell_each(cells: list[nbformat.NotebookNode]) -> None:
    (first,) = tagged(cells, "parameters")
    lines = first.source.splitlines()
    names = set()
    for statement in ast.parse(first.source).body:
        assert isinstance(statement, ast.AnnAssign), lines[statement.lineno - 1]
        assert statement.value is not None
        ast.literal_eval(statement.value)
        assert re.search(r"  # \w", lines[statement.lineno - 1])
        names.add(ast.unparse(statement.target))
    assert names >= PARAMETERS
    importing = [
        place
        for place, cell in enumerate(code(cells))
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell.source)))
    ]
    assert importing == [code(cells).index(first) + 1]


def test_a_session_is_stripped(path: Path, cells: list[nbformat.NotebookNode]) -> None:
    assert [cell for cell in code(cells) if cell.outputs or cell.execution_count is not None] == []
    metadata = nbformat.read(path, as_version=4).metadata
    assert "papermill" not in metadata
    assert metadata.kernelspec.name == "python3"


def test_code_runs_on_any_machine(cells: list[nbformat.NotebookNode]) -> None:
    found = [what for cell in code(cells) for what, one in FORBIDDEN.items() if one.search(cell.source)]
    assert found == []


def test_an_answer_is_hidden_behind_a_guess(path: Path, cells: list[nbformat.NotebookNode]) -> None:
    predictions = tagged(cells, "prediction")
    assert predictions, "a session asks for a guess before it shows something"
    for place, cell in enumerate(predictions, start=1):
        last = ast.parse(cell.source).body[-1]
        assert isinstance(last, ast.Expr)
        assert isinstance(last.value, ast.Call)
        assert ast.unparse(last.value.func) == "predict"
        assert ast.literal_eval(last.value.args[0]) == f"{path.stem[0]}.p{place}"
        assert "answers=answers" in cell.source
        assert cell.metadata.get("jupyter", {}).get("source_hidden") is True
    asked = [cell for cell in code(cells) if re.search(r"\bpredict\(", cell.source)]
    assert asked == predictions


def test_each_exercise_has_one_cell_with_its_hint_and_its_check(cells: list[nbformat.NotebookNode]) -> None:
    waiting = exercise_cells(nbformat.v4.new_notebook(cells=cells))
    assert list(waiting.values()) == tagged(cells, "exercise")
    for number, cell in waiting.items():
        before, _ = split(cell.source)
        assert f'hint("{number}")' in before
    checked = [cell for cell in code(cells) if re.search(r"^check\(", cell.source, re.MULTILINE)]
    assert checked == list(waiting.values())


def test_links_lead_somewhere(path: Path, cells: list[nbformat.NotebookNode]) -> None:
    targets = LINK.findall("\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
