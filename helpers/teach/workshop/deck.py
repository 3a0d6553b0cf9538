"""Make slides and paper of a session from its executed notebook: without answers, and with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Solve", "answer_sheet", "deck", "handout"]

# Returns the solution of an exercise by its number, and why it works.
Solve = Callable[[str], tuple[str, str]]
_LEARNERS = re.compile(r"^\*\*\d+ min.*?(?=^By the end|\Z)", re.MULTILINE | re.DOTALL)
# What follows the list of a first cell: how to run cells, which nobody does on a slide.
_AFTER_LIST = re.compile(r"(^[-*] [^\n]+)\n\n.*", re.MULTILINE | re.DOTALL)
_CHECK = re.compile(r"^check\(.*", re.MULTILINE | re.DOTALL)
_KEY_POINTS = "## Key points"
_PREDICTED = re.compile(r"\bpredict\(\s*[\"']([A-Z]\.p\d+)")
# A paragraph or a line of a list that asks one exercise.
_ASKED = re.compile(r"^(?:- )?\*\*([A-Z]\.\d+)\b.*?(?:\n(?=- )|\n\n|\Z)", re.MULTILINE | re.DOTALL)
# A sentence of `answer`, alone in its output.
_SENTENCE = re.compile(
    r'\s*<(\w+)[^>]*>\s*<(\w+) class="answer"[^>]*>(?:(?!</\2>).)*</\2>\s*</\1>\s*', re.DOTALL
)
_ROOM = 120  # words of a slide
_POSITION = re.compile(r'<(\w+) class="position">.*?<(\w+) class="position-end" hidden></\2></\1>', re.DOTALL)
# What a slide shows: pictures, tables, answers. Printed text and replies are for whoever runs the notebook.
_SHOWN = ("text/html", "text/markdown", "image/png", "image/svg+xml")


def exercise_number(cell: NotebookNode) -> str:
    """Return the number of a cell's exercise, such as ``C.2``, or nothing."""
    tags = [tag for tag in cell.metadata.get("tags", []) if tag.startswith("exercise-")]
    return str(tags[0]).removeprefix("exercise-") if tags else ""


def _is(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _question(cell: NotebookNode) -> str:
    """Return what an exercise's cell asks for: its code without the call of ``check``."""
    return _CHECK.sub("", cell.source).strip()


def handout(executed: NotebookNode, done: Collection[str] = ()) -> NotebookNode:
    """Prepare the paper of a session that ran without answers: questions, and room to write.

    If a group has time for the questions ``done`` alone, paper leaves out the others, and parts of the
    session that ask only those. Key points answer exercises, so they are on the answer sheet and on the
    last slide alone.
    """
    paper = _paper(executed)
    cells = [cell for cell in paper.cells if not cell.source.startswith(_KEY_POINTS)]
    paper.cells = _only(cells, done) if done else cells
    return paper


def _only(cells: Sequence[NotebookNode], done: Collection[str]) -> list[NotebookNode]:
    """Leave out questions that aren't done; a part that asks nothing stays if the one before it does."""
    kept: list[NotebookNode] = []
    stays = True
    for part in _parts(cells):
        asked = [_number(cell) for cell in part if _number(cell)]
        stays = any(number in done for number in asked) if asked else stays
        if stays:
            kept += [cell for cell in part if not _number(cell) or _number(cell) in done]
    for cell in kept:
        if cell.cell_type == "markdown":
            cell.source = _ASKED.sub(lambda found: found[0] if found[1] in done else "", cell.source)
    return kept


def _parts(cells: Sequence[NotebookNode]) -> list[list[NotebookNode]]:
    """Divide cells where a text begins."""
    parts: list[list[NotebookNode]] = []
    for cell in cells:
        if cell.cell_type == "markdown" or not parts:
            parts.append([])
        parts[-1].append(cell)
    return parts


def _number(cell: NotebookNode) -> str:
    """Return the number of a cell's exercise or prediction, or nothing."""
    if cell.cell_type != "code":
        return ""
    found = _PREDICTED.search(cell.source) if _is(cell, "prediction") else None
    return found[1] if found else exercise_number(cell)


def _paper(executed: NotebookNode) -> NotebookNode:
    paper = deepcopy(executed)
    for cell in paper.cells:
        if cell.cell_type != "code":
            continue
        if exercise_number(cell):
            cell.source, cell.outputs = _question(cell), []
            cell.metadata["kit_room_to_write"] = True
        else:
            # Laptops have the code; paper has what is asked and what came out.
            cell.metadata["kit_hides_code"] = True
    return paper


def answer_sheet(executed: NotebookNode, solve: Solve) -> NotebookNode:
    """Prepare the trainer's paper of a session that ran with answers: each exercise solved, and why."""
    paper = _paper(executed)
    for cell in paper.cells:
        number = exercise_number(cell) if cell.cell_type == "code" else ""
        if number:
            code, why = solve(number)
            cell.metadata.pop("kit_room_to_write")
            cell.metadata.update(kit_number=number, kit_solution=code, kit_why=" ".join(why.split()))
    return paper


def deck(asked: NotebookNode, answered: NotebookNode) -> NotebookNode:
    """Choose what slides show, one idea each; ``asked`` ran without answers, ``answered`` with them.

    A cell whose author gave it a slide type keeps it. Otherwise a heading begins a slide, each picture or
    table has one of its own, and a prediction has two: the question, and then the answer.
    """
    slides = deepcopy(asked)
    slides.cells = []
    for place, (cell, solved) in enumerate(zip(asked.cells, answered.cells, strict=True)):
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "")
        if kind in ("skip", "notes") or any(
            _is(cell, tag) for tag in ("parameters", "injected-parameters", "remove")
        ):
            continue
        if cell.cell_type == "markdown":
            slides.cells += [_text_slide(cell, title=place == 0, kind=kind)]
        elif cell.cell_type == "code" and exercise_number(cell):
            slides.cells += _exercise_slide(cell)
        elif _is(cell, "prediction"):
            # Whatever its author chose, the answer is never on the slide of the question.
            slides.cells += [_whole(cell, cell.outputs), _whole(cell, solved.outputs[-1:])]
        elif cell.cell_type == "code":
            slides.cells += _output_slides(cell, kind)
    for place, cell in enumerate(slides.cells):
        # One cell may have become several slides, and each needs an id of its own.
        cell["id"] = f"slide-{place}"
    return slides


def _slide(cell: NotebookNode, kind: str) -> NotebookNode:
    cell.metadata["slideshow"] = {"slide_type": kind or "slide"}
    return cell


def _text_slide(cell: NotebookNode, *, title: bool, kind: str) -> NotebookNode:
    """Show a text; of the first cell the question and what people can do afterward."""
    shown = deepcopy(cell)
    text = _AFTER_LIST.sub(r"\1", _LEARNERS.sub("", cell.source))
    shown.source = text if title else _shortened(cell.source)
    return _slide(shown, kind)


def _shortened(source: str) -> str:
    """Keep the paragraphs that a room can read from the back row; the page has all of them.

    A list or a table stays with the paragraph that announces it.
    """
    kept: list[str] = []
    words = 0
    for part in re.split(r"\n\n(?![-|])", source):
        words += len(part.split())
        if words > _ROOM and not all(one.lstrip().startswith("#") for one in kept):
            break
        kept.append(part)
    return "\n\n".join(kept)


def _exercise_slide(cell: NotebookNode) -> list[NotebookNode]:
    """Show an exercise's code as it waits for an answer, below the text that asks for it."""
    shown = deepcopy(cell)
    shown.source, shown.outputs = _question(cell), []
    shown.metadata["kit_shows_code"] = True
    return [_slide(shown, "-")]


def _whole(cell: NotebookNode, outputs: list[NotebookNode]) -> NotebookNode:
    """Show some outputs of a cell together, on a slide of their own."""
    shown = deepcopy(cell)
    shown.outputs = [one for one in outputs if _is_shown(one)]
    return _slide(shown, "slide")


def _is_shown(output: NotebookNode) -> bool:
    return any(form in output.get("data", {}) for form in _SHOWN)


def _output_slides(cell: NotebookNode, kind: str) -> list[NotebookNode]:
    """Give each picture or table a slide of its own, or a place on the slide before, as its author chose."""
    found: list[NotebookNode] = []
    for output in cell.outputs:
        if _is_shown(output):
            for one in _positions(output):
                shown = deepcopy(cell)
                shown.outputs = [one]
                # A sentence about a picture stays with it.
                sentence = _SENTENCE.fullmatch(str(one.get("data", {}).get("text/html", "")))
                found.append(_slide(shown, "-" if found and sentence else kind))
    return found


def _positions(output: NotebookNode) -> list[NotebookNode]:
    """Give each position of a slider an output of its own; a page's own sections aren't slides."""
    markup = output.get("data", {}).get("text/html")
    if not isinstance(markup, str):
        return [output]
    markup = re.sub(r"(</?)section\b", r"\1div", markup)
    shown = [part[0] for part in _POSITION.finditer(markup)]
    found = []
    for text in shown or [markup]:
        one = deepcopy(output)
        one["data"]["text/html"] = text
        found.append(one)
    return found
