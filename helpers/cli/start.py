"""The command that drafts layouts for a folder, asks what its files leave open, and explains its guesses."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.options import file_option, linked, read_folder
from helpers.files import Output, Summary, folder_argument, with_output
from helpers.standard import Measured, plain

if TYPE_CHECKING:
    from helpers.files import District, Started
    from helpers.start import Question

__all__ = ["start"]

HOW = "Enter takes the guess | a number chooses | b goes back | q stops (each answer is saved)"


@click.command(short_help="Draft layouts for a folder, and ask what its files leave open.")
@folder_argument()
@file_option("--answers", help="Answers in the form of district.toml, instead of asking.")
@click.option("--explain", metavar="FILE", help="Give the reason of each guess about a file of FOLDER.")
@with_output
def start(folder: Path, answers: Path | None, explain: str | None, output: Output) -> None:
    """Draft a layout for each file in FOLDER without one, and ask what the files leave open.

    Writes one TOML per system into FOLDER/layouts, and answers into FOLDER/district.toml; every command reads
    both. Without a terminal it asks nothing: its guesses hold, and district.toml lists the open questions.
    """
    from helpers.files import draft_layouts, explain_draft, told
    from helpers.share import Guard
    from helpers.start import MOST_ASKED, answer_questions, read_given, save_answers

    if explain is not None:
        with output.step("Looking at the files"):
            reasons = explain_draft(folder, explain)
        output.emit({"guesses": reasons})
        return
    with output.step("Looking at the files"):
        started = draft_layouts(folder)
    district = read_folder(folder, output)
    if not len(district):
        output.emit(told(started, str(folder), output.as_json), _nothing(started))
        return
    questions, works = _look(district, output)
    if answers is not None:
        given = answer_questions(questions, read_given(answers))
        save_answers(folder, given)
        district = read_folder(folder, output)
        questions, works = _look(district, output)
    save_answers(folder, {}, questions)
    guard = Guard.of(district)
    figures = told(started, str(folder), output.as_json)
    figures |= {"works now": dict(works), "questions": _as_rows(questions)} if output.as_json else {}
    output.emit(figures, _summary(started, questions, works, guard, folder))
    if questions and not (output.as_json or output.quiet) and sys.stdin.isatty() and sys.stdout.isatty():
        _ask(folder, questions[:MOST_ASKED])


def _look(district: District, output: Output) -> tuple[list[Question], Mapping[str, int]]:
    from helpers.start import children_with, open_questions

    links = linked(district, output)
    return open_questions(district, links), children_with(district, links)


def _as_rows(questions: Sequence[Question]) -> list[dict[str, Any]]:
    return [
        {
            "key": ".".join(one.key),
            "ask": one.ask,
            "choices": [answer for answer, _ in one.choices],
            "guess": one.guess,
            "evidence": plain(one.evidence),
            "changes": one.changes,
            "children": one.children,
        }
        for one in questions
    ]


def _nothing(started: Started) -> Summary:
    first = [f"{file}: {reason}" for file, reason in list(started.left.items())[:3]]
    return Summary(["No file here could be read as a table."], "Why not", first)


def _summary(
    started: Started, questions: Sequence[Question], works: Mapping[str, int], guard: Any, folder: Path
) -> Summary:
    """Say what works without an answer, how many questions are open, and the first of them."""
    from helpers.files import describe_tables

    def children(what: str) -> str:
        return f"{what} for {guard.about(works[what])}"

    now = [children(what) for what, count in works.items() if what != "children" and count]
    layouts = list(dict.fromkeys(one.toml for one in started.drafted))
    drafted = Measured("layouts_draft", len(layouts))
    files = Measured("files_drafted", sum(one.files for one in started.drafted))
    asked = Measured("questions_open", len(questions))
    known = f"known already: {describe_tables(started.known)}; no table: {len(started.left)}"
    everybody = Measured("children_started", guard.about(works["children"]))
    finding = [
        f"Drafted {drafted:count} for {files:count} ({known}), with {everybody:bold count}.",
        f"Works now: {', '.join(now)}." if now else "No file here names children yet.",
        f"{asked:bold count} left for you." if questions else "No question is left.",
    ]
    worst = [
        f"{one.ask} {one.evidence} Guess: {dict(one.choices)[one.guess]}. Changes {one.changes} for "
        f"{Measured('children_started', guard.about(one.children)):count}."
        for one in questions[:3]
    ]
    notes = [f"Next: `bigpicture report {folder}`."]
    if questions:
        notes.append(f"Open questions are in {folder}/district.toml, each with the guess that holds.")
    notes += [f"Left out: {file}, {reason}." for file, reason in list(started.left.items())[:1]]
    notes += started.doubts[:1]
    return Summary(finding, "The questions that change most", worst, notes)


def _ask(folder: Path, questions: Sequence[Question]) -> None:
    """Ask in the terminal, one question after another, and save each answer."""
    from helpers.start import save_answers

    click.echo(f"\n{HOW}")
    given: dict[tuple[str, ...], str] = {}
    at = 0
    while at < len(questions):
        question = questions[at]
        for line in _shown(question, at + 1, len(questions)):
            click.echo(line)
        answer = click.prompt("", prompt_suffix="> ", default="", show_default=False).strip()
        if answer == "q":
            break
        if answer == "b":
            at = max(at - 1, 0)
            given.pop(questions[at].key, None)
            save_answers(folder, given, questions)
            continue
        known = [one for one, _ in question.choices]
        if answer and not (answer.isdigit() and 1 <= int(answer) <= len(known)):
            click.echo(f"{answer!r} is no choice: a number from 1 to {len(known)}, Enter, b or q.")
            continue
        given[question.key] = known[int(answer) - 1] if answer else question.guess
        save_answers(folder, given, questions)
        at += 1
    click.echo(f"Saved in {folder}/district.toml: {Measured('answers_saved', len(given)):count}.")


def _shown(question: Question, place: int, many: int) -> list[str]:
    children = Measured("children_started", question.children)
    changes = plain(f"changes: {question.changes}, {children:count}")
    lines = ["", f"{place} of {many}  {question.ask}    {changes}"]
    for number, (answer, words) in enumerate(question.choices, start=1):
        lines.append(f"  {'>' if answer == question.guess else ' '} {number}  {words}")
    return [*lines, f"  {plain(question.evidence)}"] if question.evidence else lines
