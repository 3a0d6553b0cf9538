"""The command that asks a district the questions which people ask about children."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helpers.cli.folders import FOLDER, blanks, linked, read_known, save
from helpers.files.output import emit, ends_well, json_option, out_option

__all__ = ["questions"]

SHOWN = ["question", "status", "concerned", "children", "unknown", "answerable", "why", "platforms_before"]


@click.command()
@FOLDER
@click.option("--question", "one", metavar="ID", help="Only this question; its children are written too.")
@click.option(
    "--least-share",
    type=float,
    metavar="SHARE",
    help="From which share of the children concerned a question counts as answered; 0.8 unless given.",
)
@out_option()
@json_option
@ends_well
def questions(folder: Path, one: str | None, least_share: float | None, out: Path, as_json: bool) -> None:
    """Ask the systems in FOLDER what people ask about children, and say what can't be answered, and why.

    Writes questions.csv: for each question how many children it concerns, how many are looked for, of how
    many it can't be said and why, and how many systems one would have opened. With --question ID it also
    writes question_children.csv (each child and its answer) and question_groups.csv (counts by group).
    """
    from helpers.profile import child_profiles
    from helpers.profile.indicators import child_indicators
    from helpers.profile.questions import answer_questions, children_for, groups_for, question_named
    from helpers.profile.source import source_of
    from helpers.share.answers import shown_answers
    from helpers.share.real_data import Guard

    if one is not None:
        question_named(one)
    district = read_known(folder)
    links = linked(district)
    profiles = child_profiles(district, links)
    source = source_of(district, links, profiles, child_indicators(district, links, profiles))
    asked = None if one is None else [one]
    answers = answer_questions(source, questions=asked, least_share=least_share)
    tables = {"questions.csv": answers}
    if one is not None:
        tables["question_children.csv"] = children_for(source, one)
        tables["question_groups.csv"] = groups_for(source, one)
    written = save(out, tables)
    # What is printed may end in the log of a scheduled run; the files stay with the district.
    guard = Guard.of(district)
    shown = shown_answers(guard, answers)
    figures: dict[str, Any] = {"questions": shown[SHOWN]}
    if one is None:
        figures["answers"] = answers.groupby("status", sort=False).size().rename("questions").reset_index()
    else:
        figures = {"asked": str(answers["text"].iloc[0]), **figures}
    emit({**figures, **blanks(guard, as_json), "written": written}, as_json)
