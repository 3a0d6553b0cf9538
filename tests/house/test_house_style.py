"""Every notebook keeps the house style: a question, its minutes, its finding, one set of parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import pytest

from tests.house.reading_minutes import (
    MINUTES,
    MOST_CELLS,
    MOST_MINUTES,
    MOST_MINUTES_IN_ALL,
    reading_minutes,
    shown_results,
)

PROJECT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))

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
        assert found, f"{self.path.name}: cell 0 needs '**30 minutes**'"
        return int(found[1])

    def tagged(self, tag: str) -> list[nbformat.NotebookNode]:
        return [cell for cell in self.content.cells if tag in cell.metadata.get("tags", [])]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Notebook:
    return Notebook(request.param)


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
    assert notebook.minutes == reading_minutes(notebook.content), "run python -m tests.house.reading_minutes"
    _, _, after = notebook.prose[0].partition("By the end you can")
    objectives = re.findall(r"^[-*] (.+)$", after, re.MULTILINE)
    assert 3 <= len(objectives) <= 5
    assert all(re.match(r"\*\w[\w ]*\*", objective) for objective in objectives), (
        "each begins with a verb: *count* …"
    )


def test_a_notebook_fits_into_a_lesson(notebook: Notebook) -> None:
    assert len(notebook.content.cells) <= MOST_CELLS
    assert notebook.minutes <= MOST_MINUTES


def test_all_notebooks_fit_into_a_day() -> None:
    assert sum(Notebook(path).minutes for path in NOTEBOOKS) <= MOST_MINUTES_IN_ALL


def test_minutes_count_words_code_and_results() -> None:
    words = nbformat.v4.new_markdown_cell("word " * 1600)
    code = [nbformat.v4.new_code_cell("table(rows)\nbars(counts)") for _ in range(6)]
    folded = [nbformat.v4.new_code_cell("table(rows, fold='more')") for _ in range(10)]
    minutes = [
        reading_minutes(nbformat.v4.new_notebook(cells=cells))
        for cells in ([words], code, folded, [words, *code, *folded])
    ]
    assert minutes == [10, 10, 5, 25]
    assert list(shown_results(ast.parse("answer(f'{x}')\ncharts.dot_plot(x)\ntable(x, fold='y')"))) == [
        False,
        True,
    ]


def test_a_notebook_has_no_exercise(notebook: Notebook) -> None:
    """Exercises are in the sessions of a workshop: a page has neither cells nor answers."""
    tags = {tag for cell in notebook.content.cells for tag in cell.metadata.get("tags", [])}
    assert tags <= {"parameters", "headline", "dashboard"}
    assert [text for text in notebook.prose if re.search(r"next cell|run on\b|Exercise \d", text)] == []


def test_a_notebook_leads_with_its_finding(notebook: Notebook) -> None:
    """After the title only code without a text: the first sentence that a reader meets is the finding."""
    (lead,) = notebook.tagged("headline")
    place = notebook.content.cells.index(lead)
    assert [cell.cell_type for cell in notebook.content.cells[: place + 1]] == ["markdown", *["code"] * place]
    assert place <= 5
    assert ast.unparse(ast.parse(lead.source).body[-1]).startswith("answer(")


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
