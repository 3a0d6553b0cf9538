"""Lay out the folder of a workshop: learners' copies, slides, cards, paper, answers, and where to start."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.files import (
    all_or_none,
    read_district,
    save_table,
    spare_folder,
    with_children,
    write_atomically,
)
from helpers.report import (
    NotebookRun,
    Progress,
    about_line,
    fill,
    handout_page,
    make_report_district,
    notebooks_folder,
    page_css,
    record_cards_page,
    run_notebooks,
    run_report,
    short_names,
    slides_page,
)
from helpers.score import blank_card_sort, deal_cards, true_card_groups
from helpers.standard import Measured, plain
from helpers.teach.check import solution_of
from helpers.teach.predict import PACK
from helpers.teach.workshop.concepts import CONCEPT_MAP, concept_map
from helpers.teach.workshop.deck import answer_sheet, deck, handout
from helpers.teach.workshop.guide import guide_of, guide_rows
from helpers.teach.workshop.leaders import report_pages, write_contract, write_form
from helpers.teach.workshop.people import declared_people
from helpers.teach.workshop.quiz import RESULTS, When, form
from helpers.teach.workshop.room import blank_results
from helpers.teach.workshop.times import TIMES, blank_times
from helpers.teach.workshop.tracks import AgendaItem, Track, cut_for_sessions, done_in, lines_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Pack", "SessionFailed", "copy_for_learners", "make_pack", "pack_of", "put_into_pack"]

_PAGES = "teach/workshop/pages.html.j2"
_INVENTED = "Every child here is invented · See the Big Picture"
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
_WHOLE_LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
_PEOPLE = 20
_TEAMS = 4
# What the trainer alone needs: it gives answers away.
_GUIDE = "FACILITATOR.md"
_MATERIALS: Mapping[str, Mapping[str, str]] = {
    "cards": {"cards": "cards/record_cards.html"},
    "data note": {"data note": "data_safety.html"},
    "first quiz": {"first quiz": "quiz/before.html"},
    "second quiz": {"second quiz": "quiz/after.html"},
    "form": {"form": "survey/form.html"},
    "contract": {"data contract": "data_contract.html"},
}
# What another track, or an earlier kit, may have put there.
_PARTS = (
    "learners", "slides", "cards", "handouts", "quiz", "answer_sheets", "report", "survey",
    "data_contract.html", "data_safety.html",
)  # fmt: skip
_REPORT = re.compile(r"\d\d_\w+")
_QUIZ = "quiz"
_QUIZZES: Mapping[When, str] = {"before": "Eight questions, before", "after": "Eight questions, after"}


class SessionFailed(Exception):
    """A session stopped with an error, so there is no folder."""


@dataclass(frozen=True)
class Pack:
    """What was written."""

    folder: Path
    track: Track
    # Files, by their paths in the folder.
    files: tuple[str, ...]
    sessions: tuple[str, ...]
    # Sessions of the track that the kit doesn't have.
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Thing:
    """A line of START_HERE: a thing, its files by what each is called there, and how many to print."""

    what: str
    many: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Draft:
    """The folder while it is being written, and the lines of its START_HERE."""

    place: Path
    things: list[_Thing] = field(default_factory=list)
    # Pages of a report, by what a track calls them.
    report: Mapping[str, str] = field(default_factory=dict)

    def page(self, name: str, markup: str) -> None:
        write_atomically(self.place / name, markup.encode("utf-8"), private=False)


def make_pack(
    track: Track,
    out: Path,
    *,
    printed_only: bool = False,
    notebooks: Path | None = None,
    cards_of: Path | None = None,
    progress: Progress | None = None,
) -> Pack:
    """Run the sessions of a track without answers and with them, and write the folder, all or none.

    Parameters
    ----------
    track
        Which sessions, and in which minutes.
    out
        The folder; what an earlier call wrote there is replaced.
    printed_only
        Leave out what is no paper: slides and learners' copies.
    notebooks
        The folder of notebooks; the project's own when not given.
    cards_of
        The district of the record cards; one is made when not given.
    progress
        As in ``run_notebooks``.

    Returns
    -------
    Pack
        What was written.

    Raises
    ------
    SessionFailed
        If a session stops with an error; nothing is written then.
    """
    source = notebooks or notebooks_folder()
    there = sorted(path.stem for path in (source / "workshop").glob("[A-Z]_*.ipynb"))
    sessions, lacking = cut_for_sessions(track, there)
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with all_or_none(out, _PARTS) as place, spare_folder("workshop") as spare:
        draft = _Draft(place)
        asked, answered = _run(source, sessions, spare, progress)
        if not printed_only:
            if track.laptops:
                copy_for_learners(source, sessions, place / "learners")
            _slides(draft, asked, answered)
        _paper(draft, source, track, asked, answered, cards_of)
        _table(place / TIMES, blank_times(track))
        times = {"table": TIMES}
        draft.things.append(_Thing("When each line began and ended, to type in", "one, for you alone", times))
        _for_leaders(draft, source, track, cards_of, None if printed_only else progress or Progress(0))
        _guide(draft, source, track)
        _start(draft, track, lacking)
        files = tuple(
            sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
        )
    return Pack(out, track, files, tuple(sessions), tuple(lacking))


def _run(
    source: Path, sessions: Sequence[str], spare: Path, progress: Progress | None
) -> tuple[dict[str, NotebookNode], dict[str, NotebookNode]]:
    """Execute each session twice: as learners see it, and with its answers."""
    if not sessions:
        return {}, {}
    paths = [(source / "workshop" / f"{name}.ipynb").resolve() for name in sessions]
    found = []
    # Guesses that somebody stored in the working folder would show answers on handouts.
    with contextlib.chdir(spare):
        for answers in (False, True):
            runs = run_notebooks(paths, {"answers": answers}, spare / f"answers_{answers}", progress=progress)
            found.append({run.name: _executed(run) for run in runs})
    return found[0], found[1]


def _executed(run: NotebookRun) -> NotebookNode:
    import nbformat

    if run.failed is not None:
        raise SessionFailed(
            f"Session {run.name} stopped at {run.failed.place} with {run.failed.name}: {run.failed.message}"
        )
    return nbformat.read(run.notebook, as_version=4)


def copy_for_learners(source: Path, sessions: Sequence[str], place: Path) -> None:
    """Copy sessions and the quiz without outputs, and files that they link to; `solution` is the kit's."""
    import nbformat

    linked: set[str] = set()
    quiz = [_QUIZ] if (source / "workshop" / f"{_QUIZ}.ipynb").is_file() else []
    for name in [*sessions, *quiz]:
        notebook = nbformat.read(source / "workshop" / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            else:
                linked |= set(_LINK.findall(cell.source))
        text = nbformat.writes(notebook) + "\n"
        write_atomically(place / "workshop" / f"{name}.ipynb", text.encode("utf-8"), private=False)
    for link in sorted(linked):
        path = (source / "workshop" / link).resolve()
        inside = path.is_relative_to(source.resolve()) and path.is_file() and path.name != _GUIDE
        if inside and path.stem not in sessions:
            _copy(path, place / path.relative_to(source.resolve()))
    for copy in sorted(place.rglob("*.ipynb")) + sorted(place.rglob("*.md")):
        _drop_dead_links(copy)
    put_into_pack(place, f"made {dt.datetime.now():%Y-%m-%d %H:%M:%S.%f}")


def pack_of(learners: Path) -> str:
    """Return the pack of a folder for learners; none if there is no such folder."""
    path = learners / "workshop" / PACK
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def put_into_pack(learners: Path, pack: str) -> None:
    """Say of which pack a folder for learners is; guesses that were made with another one don't count."""
    write_atomically(learners / "workshop" / PACK, pack.encode("utf-8"), private=False)


def _drop_dead_links(copy: Path) -> None:
    """Keep the words of a link to a file that learners don't have; code that looks like a link is code."""
    import nbformat

    def kept(found: re.Match[str]) -> str:
        return found[0] if (copy.parent / found[2]).is_file() else found[1]

    text = copy.read_text(encoding="utf-8")
    if copy.suffix == ".ipynb":
        notebook = nbformat.reads(text, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _WHOLE_LINK.sub(kept, cell.source)
        alive = nbformat.writes(notebook) + "\n"
    else:
        alive = _WHOLE_LINK.sub(kept, text)
    if alive != text:
        write_atomically(copy, alive.encode("utf-8"), private=False)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _title(notebook: NotebookNode, name: str) -> str:
    found = re.search(r"^# (.+)$", notebook.cells[0].source, re.MULTILINE) if notebook.cells else None
    return f"{name[0]} · {found[1].strip()}" if found else name


def _slides(draft: _Draft, asked: Mapping[str, NotebookNode], answered: Mapping[str, NotebookNode]) -> None:
    for name, notebook in asked.items():
        slides = draft.place / "slides" / f"{name}.html"
        slides_page(deck(notebook, answered[name]), slides, _title(notebook, name), _banner())


def _paper(
    draft: _Draft,
    source: Path,
    track: Track,
    asked: Mapping[str, NotebookNode],
    answered: Mapping[str, NotebookNode],
    cards_of: Path | None,
) -> None:
    """Write what the track hands out."""
    if "cards" in track.uses():
        _cards(draft, cards_of or make_report_district({}))
    _handouts(draft, source, track, asked, answered)
    _quiz(draft, track)
    if "data note" in track.uses():
        draft.page("data_safety.html", fill(_PAGES, "data_safety", page_css()))


def _handouts(
    draft: _Draft,
    source: Path,
    track: Track,
    asked: Mapping[str, NotebookNode],
    answered: Mapping[str, NotebookNode],
) -> None:
    solve = partial(solution_of, folder=source / "workshop" / "solutions")
    for name, notebook in asked.items():
        title, done = _title(notebook, name), done_in(track, name)
        if done:
            paper, sheet = handout(notebook, done), answer_sheet(answered[name], solve)
            handout_page(paper, draft.place / "handouts" / f"{name}.html", title, _banner())
            answers = draft.place / "answer_sheets" / f"{name}.html"
            handout_page(sheet, answers, f"Answers: {title}", _banner())
        files = {"slides": f"slides/{name}.html", "handout": f"handouts/{name}.html"}
        files |= {"answers": f"answer_sheets/{name}.html"}
        there = {called: file for called, file in files.items() if (draft.place / file).is_file()}
        many = "the handout for each pair; the answers for you alone" if done else "not printed"
        draft.things.append(_Thing(title, many, there))


def _banner() -> Any:
    return about_line(_INVENTED)


def _cards(draft: _Draft, folder: Path) -> None:
    district = with_children(read_district(folder))
    dealt = deal_cards(district)
    page = record_cards_page(dealt, district.about, short_names(district.layouts), piles_file="piles.csv")
    draft.page("cards/record_cards.html", page)
    _table(draft.place / "cards" / "piles.csv", blank_card_sort(dealt, _TEAMS))
    answers = fill(_PAGES, "cards", page_css(), _groups(true_card_groups(district, dealt), dealt))
    draft.page("answer_sheets/cards.html", answers)
    files = {"cards": "cards/record_cards.html", "table for the piles": "cards/piles.csv"}
    files |= {"answers": "answer_sheets/cards.html"}
    many = "one set for each team, in landscape; the answers for you alone"
    draft.things.append(_Thing(plain(f"{Measured('record_cards', len(dealt)):count}"), many, files))


def _groups(piles: pd.DataFrame, dealt: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the cards of each child and the names on them, in the order of the sheet."""
    known = piles.merge(dealt[["card", "name"]], on="card", how="left", validate="one_to_one")
    groups = known.groupby("pile", sort=False, dropna=False)
    return [(", ".join(rows["card"]), "; ".join(dict.fromkeys(rows["name"]))) for _, rows in groups]


def _table(path: Path, table: pd.DataFrame) -> None:
    save_table(table, path)
    # For a stick or a share, others must be able to read it.
    path.chmod(0o644)
    path.parent.chmod(0o755)


def _quiz(draft: _Draft, track: Track) -> None:
    both = {"first quiz", "second quiz"} <= track.uses()
    for when, title in _QUIZZES.items():
        if not both and (when == "before" or "second quiz" not in track.uses()):
            continue
        page = fill(_PAGES, "quiz", page_css(), title, when, form(when), False)
        draft.page(f"quiz/{when}.html", page)
        sheet = fill(_PAGES, "quiz", page_css(), f"Answers: {title}", when, form(when), True)
        draft.page(f"answer_sheets/quiz_{when}.html", sheet)
        files = {"sheet": f"quiz/{when}.html", "answers": f"answer_sheets/quiz_{when}.html"}
        draft.things.append(_Thing(title, "the sheet for each person; the answers for you alone", files))
    if both:
        _table(draft.place / "quiz" / RESULTS, blank_results(_PEOPLE))
        results = {"table": f"quiz/{RESULTS}"}
        draft.things.append(_Thing("Results of the quizzes, to type in", "not printed", results))


def _for_leaders(
    draft: _Draft, source: Path, track: Track, folder: Path | None, progress: Progress | None
) -> None:
    """Write what only leaders use; without ``progress``, no pages to show on a screen."""
    used = track.uses()
    if "form" in used:
        files = write_form(draft.place)
        draft.things.append(_Thing("How the school system works today", "the form for each person", files))
    if "contract" in used:
        files = write_contract(draft.place, folder or make_report_district({}), source)
        draft.things.append(_Thing("Next year's contract with one vendor", "one for each table", files))
    names = sorted(one for one in used if _REPORT.fullmatch(one))
    if names and progress is not None:
        out = draft.place / "report"
        done = run_report(folder, only=names, out=out, notebooks=source, progress=progress)
        if not done.ok:
            failed = done.trouble or ", ".join(run.name for run in done.failed)
            raise SessionFailed(f"The report for leaders stopped: {failed}")
        draft.report = report_pages(draft.place, done, names)
        draft.things.append(_Thing("The report of the invented district", "not printed", draft.report))


def _guide(draft: _Draft, source: Path, track: Track) -> None:
    from nbformat.v4 import new_markdown_cell, new_notebook

    path = source / _GUIDE
    if not path.is_file():
        return
    drawing = concept_map()
    write_atomically(draft.place / CONCEPT_MAP, drawing.encode("utf-8"), private=False)
    text = guide_of(track, path.read_text(encoding="utf-8"))
    # A page asks for no other file.
    held = base64.b64encode(drawing.encode("utf-8")).decode("ascii")
    text = text.replace(f"]({CONCEPT_MAP})", f"](data:image/svg+xml;base64,{held})")
    guide = new_notebook(cells=[new_markdown_cell(text)])
    handout_page(guide, draft.place / "trainer_guide.html", "The trainer's guide", _banner())


def _start(draft: _Draft, track: Track, lacking: Sequence[str]) -> None:
    listed = [
        (
            "What to say, what to expect, what goes wrong",
            "one, for you alone",
            {"guide": "trainer_guide.html"},
        ),
        ("What the day teaches, on one page", "one for each table, in landscape", {"map": CONCEPT_MAP}),
        ("Notebooks of the learners", "not printed: copy the folder to each laptop", {"folder": "learners"}),
        *((thing.what, thing.many, thing.files) for thing in draft.things),
        (
            "What happens to data, and what people agree to",
            "one for each person",
            {"sheet": "data_safety.html"},
        ),
    ]
    things = [
        _Thing(what, many, files)
        for what, many, files in listed
        if all((draft.place / file).exists() for file in files.values())
    ]
    lines = lines_of(track)
    plan: list[tuple[Any, ...]] = [
        (
            when,
            line.what,
            _plain(line.screen),
            _plain(line.hand_out),
            ", ".join(line.does),
            _opened(draft, line),
        )
        for (when, *_), line in zip(guide_rows(lines), lines, strict=True)
    ]
    heads: tuple[str, ...] = ("clock", "what", "on the screen", "hand out", "do", "open")
    if not any(line.does for line in lines):
        heads, plan = heads[:-2] + heads[-1:], [row[:-2] + row[-1:] for row in plan]
    page = fill(
        _PAGES, "start", page_css(), track, heads, plan, things, list(lacking), declared_people(), _plain
    )
    draft.page("START_HERE.html", page)


def _opened(draft: _Draft, line: AgendaItem) -> dict[str, str]:
    """Return what a line opens, by what each is called: a file of the folder, or nothing."""
    found: dict[str, str] = {}
    for use in line.uses:
        files: Mapping[str, str] = _MATERIALS.get(
            use, {f"slides {use[0]}": f"slides/{use}.html", f"handout {use[0]}": f"handouts/{use}.html"}
        )
        if use == "pages" or _REPORT.fullmatch(use):
            called = "index of the report" if use == "pages" else f"page of notebook {use[:2]}"
            files = {called: draft.report.get(called, "nothing")}
        there = {called: file for called, file in files.items() if (draft.place / file).is_file()}
        found |= there or {use: ""}
    return found


def _plain(text: str) -> str:
    """Drop the marks of Markdown."""
    return text.replace("*", "").replace("`", "")
