"""A session of the workshop as small as a session can be, with a folder of notebooks around it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

__all__ = ["ANSWER", "NAME", "REASON", "REPORTS", "REVEALED", "SOLUTION", "tiny_notebooks"]

NAME = "A_five_rows"
# Notebooks whose pages leaders see.
REPORTS = (
    "05_measure_the_gaps",
    "07_what_each_step_buys",
    "08_where_a_school_system_stands",
    "11_who_decides",
)
# What no handout and no first slide may show.
REVEALED = "Six of six are wrong"
ANSWER = "birth dates agree"
SOLUTION = "same_child = rows['born_left'].eq(rows['born_right'])"
REASON = "The birth date was not used by the join."
_FIGURE = (
    '<figure><p class="finding">Five rows, four children</p>'
    '<img alt="Four bars, one for each child" src="data:image/png;base64,'
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    '"></figure>'
)


def _cells() -> list[nbformat.NotebookNode]:
    return [
        new_markdown_cell(
            "# Which rows are one child?\n\n**8 minutes** (4 reading, 4 practice)\n\nBy the end you can\n"
            "- *look up* a row\n- *name* two columns\n- *test* a join\n\n"
            "Run each cell. Words: [glossary](../GLOSSARY.md)."
        ),
        new_code_cell(
            "students: int = 60  # how many children live in the district\n"
            "seed: int = 7  # the same seed makes the same district\n"
            "answers: bool = False  # show the answers, for the trainer's sheet\n"
            'district_folder: str = ""  # a folder of exports to read instead',
            metadata={"tags": ["parameters"]},
        ),
        new_code_cell("from IPython.display import HTML", metadata={"slideshow": {"slide_type": "skip"}}),
        new_markdown_cell("## Five rows by hand\n\nPoint at the columns that convince you."),
        new_code_cell(f"HTML({_FIGURE!r})"),
        new_code_cell(
            'shown = f"Is this join right? ☐ yes ☐ no"\n'
            f'HTML("<p>" + shown + (" {REVEALED}: {ANSWER}." if answers else "") + "</p>")',
            # An author may want a question below what is on the slide; its answer is never below it.
            metadata={
                "tags": ["prediction"],
                "jupyter": {"source_hidden": True},
                "slideshow": {"slide_type": "fragment"},
            },
        ),
        new_markdown_cell("## Say what must be true, then test it"),
        new_code_cell(
            'same_child = ...  # stuck? hint("A.1")\nstr("checked")',
            metadata={"tags": ["exercise", "exercise-A.1"]},
        ),
        new_markdown_cell(f"## Key points\n\n- {REASON}"),
    ]


def tiny_notebooks(folder: Path, *, fails: bool = False, sessions: tuple[str, ...] = (NAME,)) -> Path:
    """Write a folder of notebooks: sessions, their solutions, what they link to, and those of a report."""
    workshop = folder / "workshop"
    (workshop / "solutions").mkdir(parents=True)
    notebook = new_notebook(cells=_cells())
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    if fails:
        notebook.cells.insert(4, new_code_cell("1 / 0"))
    # A copy for learners has no outputs, whatever the source has.
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="left over")]
    for name in sessions:
        nbformat.write(notebook, workshop / f"{name}.ipynb")
    (workshop / "solutions" / f"{NAME}.py").write_text(f'SOLUTIONS = {{"A.1": ({SOLUTION!r},)}}\n', "utf-8")
    for name in REPORTS:
        report = new_notebook(
            cells=[new_markdown_cell(f"# What does {name} show?"), new_code_cell('system: str = "sis"')]
        )
        report.metadata["kernelspec"] = notebook.metadata["kernelspec"]
        nbformat.write(report, folder / f"{name}.ipynb")
    (folder / "GLOSSARY.md").write_text("# Glossary\n", encoding="utf-8")
    (folder / "FACILITATOR.md").write_text(f"# The guide\n\nExpect: {REVEALED}.\n", encoding="utf-8")
    return folder
