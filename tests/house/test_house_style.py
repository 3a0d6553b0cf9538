"""Every notebook keeps the house style: a question, its minutes, one set of parameters, tested exercises."""

from __future__ import annotations

import ast
import re
import runpy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import pytest

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))

MINUTES = re.compile(r"\*\*(\d+) minutes\*\*(?: \((\d+) reading(?:, (\d+) practice)?\))")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# what a code cell may not hold: a laptop in a workshop has no network, another drive and other folders
FORBIDDEN = {
    "an address": re.compile(r"https?:"),
    "a shell line or magic": re.compile(r"^\s*[!%]", re.MULTILINE),
    "a drive letter": re.compile(r"(?<![A-Za-z])[A-Za-z]:[\\/]"),
    "somebody's folder": re.compile(r"[\"'](?:/|~/|\\\\)\w"),
    "a silenced warning": re.compile(r"filterwarnings|simplefilter|catch_warnings"),
}


@dataclass(frozen=True)
class Notebook:
    """A notebook as the house style sees it."""

    path: Path

    @cached_property
    def content(self) -> nbformat.NotebookNode:
        return nbformat.read(self.path, as_version=4)

    @property
    def number(self) -> int:
        return int(self.path.stem[:2])

    @cached_property
    def code(self) -> list[nbformat.NotebookNode]:
        return [cell for cell in self.content.cells if cell.cell_type == "code"]

    @cached_property
    def prose(self) -> list[str]:
        return [cell.source for cell in self.content.cells if cell.cell_type == "markdown"]

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        text = re.sub(r"^```.*?^```", "", "\n\n".join(self.prose), flags=re.MULTILINE | re.DOTALL)
        return [
            (len(mark), words.strip()) for mark, words in re.findall(r"^(#{1,6}) (.+)$", text, re.MULTILINE)
        ]

    @property
    def title(self) -> str:
        return self.headings[0][1]

    @property
    def minutes(self) -> int:
        found = MINUTES.search(self.prose[0])
        assert found, f"{self.path.name}: cell 0 needs '**30 minutes** (18 reading, 12 practice)'"
        return int(found[1])

    def tagged(self, tag: str) -> list[nbformat.NotebookNode]:
        return [cell for cell in self.content.cells if tag in cell.metadata.get("tags", [])]

    @cached_property
    def exercises(self) -> dict[str, nbformat.NotebookNode]:
        """Number, such as 3.2, to the cell that waits for an answer."""
        return {
            tag.removeprefix("exercise-"): cell
            for cell in self.content.cells
            for tag in cell.metadata.get("tags", [])
            if tag.startswith("exercise-")
        }


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Notebook:
    return Notebook(request.param)


def calls(cells: list[nbformat.NotebookNode], name: str) -> set[str]:
    """First arguments, where they are text, of all calls of a function."""
    return {
        node.args[0].value
        for cell in cells
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS, "notebooks/ holds none, so nothing below was tested"


def test_file_name_sorts_and_fits_every_system(notebook: Notebook) -> None:
    assert re.fullmatch(r"\d\d(_[a-z0-9]+)+\.ipynb", notebook.path.name)
    assert len(notebook.path.name) < 40


def test_title_is_one_question(notebook: Notebook) -> None:
    assert notebook.content.cells[0].cell_type == "markdown"
    titles = [words for level, words in notebook.headings if level == 1]
    assert len(titles) == 1
    assert notebook.prose[0].startswith(f"# {titles[0]}")
    assert titles[0].endswith("?")


def test_first_cell_says_minutes_and_what_one_can_do_afterwards(notebook: Notebook) -> None:
    found = MINUTES.search(notebook.prose[0])
    assert found, "cell 0 needs '**30 minutes** (18 reading, 12 practice)'"
    assert int(found[1]) == int(found[2]) + int(found[3] or 0)
    _, _, after = notebook.prose[0].partition("By the end you can")
    objectives = re.findall(r"^[-*] (.+)$", after, re.MULTILINE)
    assert 3 <= len(objectives) <= 5
    assert all(re.match(r"\*\w[\w ]*\*", objective) for objective in objectives), (
        "each begins with a verb: *count* …"
    )


def test_an_exercise_is_no_part_of_a_report(notebook: Notebook) -> None:
    """From its heading to the cell that waits for the answer nothing is shown on a page."""
    inside, left = False, []
    for cell in notebook.content.cells:
        tags = cell.metadata.get("tags", [])
        inside = inside or cell.source.startswith("### Exercise")
        if "exercise" in tags:
            inside = False
        elif "practice" not in tags and (inside or speaks_of_cells(cell)):
            left.append(cell.source)
    assert left == []


def speaks_of_cells(cell: nbformat.NotebookNode) -> bool:
    """Say whether a text is for somebody who runs the notebook: a page has neither cells nor exercises."""
    return cell.cell_type == "markdown" and bool(re.search(r"next cell|run on\b|Exercise \d", cell.source))


def test_headings_do_not_skip_a_level(notebook: Notebook) -> None:
    levels = [level for level, _ in notebook.headings]
    skipped = [
        words
        for before, (level, words) in zip(levels, notebook.headings[1:], strict=False)
        if level > before + 1
    ]
    assert skipped == []


def test_parameters_stand_in_one_cell_each_with_type_and_comment(notebook: Notebook) -> None:
    (cell,) = notebook.tagged("parameters")
    lines = cell.source.splitlines()
    names = []
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.AnnAssign), (
            f"'{lines[statement.lineno - 1]}' needs name: type = default"
        )
        assert statement.value is not None, f"'{lines[statement.lineno - 1]}' needs a default"
        ast.literal_eval(
            statement.value
        )  # computed ones would not follow a parameter that is set from outside
        assert re.search(r"  # \w", lines[statement.end_lineno - 1]), (
            f"'{lines[statement.lineno - 1]}' needs a comment"
        )
        names.append(ast.unparse(statement.target))
    assert "district_folder" in names


def test_imports_stand_in_the_cell_after_the_parameters(notebook: Notebook) -> None:
    importing = [
        place
        for place, cell in enumerate(notebook.code)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell.source)))
    ]
    (parameters,) = notebook.tagged("parameters")
    assert importing == [notebook.code.index(parameters) + 1]
    stars = [line for line in notebook.code[importing[0]].source.splitlines() if line.endswith("import *")]
    assert stars == []


def test_notebook_is_stripped(notebook: Notebook) -> None:
    assert [cell for cell in notebook.code if cell.outputs or cell.execution_count is not None] == []
    assert "papermill" not in notebook.content.metadata
    assert [cell for cell in notebook.content.cells if "papermill" in cell.metadata] == []
    assert notebook.content.metadata.kernelspec.name == "python3"


def test_code_runs_on_any_machine(notebook: Notebook) -> None:
    found = [
        f"{what}: {cell.source.splitlines()[0]} …"
        for cell in notebook.code
        for what, pattern in FORBIDDEN.items()
        if pattern.search(cell.source)
    ]
    assert found == []


def test_errors_are_shown_by_expect_only(notebook: Notebook) -> None:
    assert notebook.tagged("raises-exception") == [], "papermill stops there: with expect(error): …"


def test_every_exercise_is_practised_checked_hinted_and_solved(notebook: Notebook) -> None:
    exercises = notebook.exercises
    assert {id(cell) for cell in exercises.values()} <= {id(cell) for cell in notebook.tagged("exercise")}
    assert all(number.split(".")[0] == str(notebook.number) for number in exercises)
    assert all("= ..." in cell.source for cell in exercises.values()), (
        "a stub is a valid value: match_rate = ..."
    )

    assert calls(notebook.code, "check") == set(exercises)
    text = "\n".join(cell.source for cell in notebook.content.cells)
    unhinted = [number for number in exercises if f'hint("{number}"' not in text]
    assert unhinted == []

    files = sorted((PROJECT / "notebooks" / "solutions").glob(f"{notebook.number:02}_*.py"))
    answers = [runpy.run_path(str(path)) for path in files]
    for book in ("SOLUTIONS", "MISTAKES"):
        assert {key for answer in answers for key in answer[book]} == {
            f"exercise-{number}" for number in exercises
        }


def test_links_lead_somewhere(notebook: Notebook) -> None:
    targets = LINK.findall("\n".join(notebook.prose))
    assert [target for target in targets if not (notebook.path.parent / target).exists()] == []


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        *(
            page.relative_to(PROJECT).as_posix()
            for folder in ("docs", "notebooks", "synthetic_data")
            for page in sorted((PROJECT / folder).rglob("*.md"))
        ),
    ],
)
def test_links_of_pages_lead_somewhere(page: str) -> None:
    targets = LINK.findall((PROJECT / page).read_text(encoding="utf-8"))
    assert [target for target in targets if not ((PROJECT / page).parent / target).exists()] == []


def test_docs_list_every_notebook_by_its_own_title_and_minutes() -> None:
    listed = {
        Path(link[1]).name: [part.strip() for part in line.strip().strip("|").split("|")]
        for line in (PROJECT / "docs" / "lessons.md").read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith("|") and (link := re.search(r"\]\((\.\./notebooks/[^)]+\.ipynb)\)", line))
    }
    assert set(listed) == {path.name for path in NOTEBOOKS}
    for notebook in map(Notebook, NOTEBOOKS):
        row = listed[notebook.path.name]
        assert notebook.title in re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", " | ".join(row))
        assert any(re.match(rf"{notebook.minutes}\b", part) for part in row)
