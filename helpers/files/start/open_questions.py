"""Layouts of a folder whose questions nobody has answered yet, and what they don't take of a child."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from helpers.layouts.layout import Layout, read_layout

__all__ = ["OpenDraft", "open_drafts"]

QUESTION = re.compile(r"^\s*# \?", re.MULTILINE)


@dataclass(frozen=True)
class OpenDraft:
    """A layout with questions that are open.

    Attributes
    ----------
    layout
        Its file, from the folder.
    questions
        How many lines begin with ``# ?``.
    not_taken
        Which of id, first name, surname and birth date no column is taken for.
    joined_by
        What that leaves to join children by, in words; empty where it leaves enough.
    """

    layout: str
    questions: int
    not_taken: list[str]
    joined_by: str

    @property
    def told(self) -> str:
        """What is open, as a sentence without its subject."""
        many = "1 question is" if self.questions == 1 else f"{self.questions} questions are"
        text = f'a draft, and {many} open (lines with "# ?"; take a line away once it is answered)'
        if self.not_taken:
            *before, last = self.not_taken
            text += f"; no {' and no '.join([', no '.join(before), last] if before else [last])} is taken"
        return f"{text}, so that {self.joined_by}" if self.joined_by else text


def _lacks(layout: Layout) -> tuple[list[str], str]:
    """Say what a layout doesn't take of a person, and what follows for joining."""
    people = [makes for file in layout.files for makes in file.makes if makes.table == "people"]
    if not people:
        return [], "nobody of it is joined to anybody"
    taken = {target for makes in people for target in makes.take}
    named = "full_name" in taken
    shared = any(column.identification_system for file in layout.files for column in file.columns)
    there = {
        "id": shared or "local_id" in taken,
        "first name": named or "first_name" in taken,
        "surname": named or "last_surname" in taken,
        "birth date": "birth_date" in taken,
    }
    missing = [what for what, is_there in there.items() if not is_there]
    if shared:
        return missing, ""
    if not (there["first name"] and there["surname"]):
        return missing, "hardly a child can be joined"
    return missing, "" if there["birth date"] else "children can be joined by name alone"


def open_drafts(folder: Path) -> list[OpenDraft]:
    """Find the layouts of a folder in which a person has something to decide.

    Parameters
    ----------
    folder
        With layouts of its own in ``layouts/``, or without.

    Returns
    -------
    list of OpenDraft
        In the order of their paths; a layout without a line of ``# ?`` is none.

    Raises
    ------
    BadInput
        When such a layout can't be used.
    """
    found = []
    for path in sorted((folder / "layouts").rglob("*.toml")):
        questions = len(QUESTION.findall(path.read_text(encoding="utf-8")))
        if questions:
            missing, joined_by = _lacks(read_layout(path))
            found.append(OpenDraft(path.relative_to(folder).as_posix(), questions, missing, joined_by))
    return found
