"""The quiz in a notebook: buttons in place of paper, and a line of results in place of typing."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.report import Block, fill, joined, paragraph, view_of
from helpers.standard import BadInput
from helpers.teach.workshop.quiz import LETTERS, RESULTS, WHEN, When, form, quiz_items

__all__ = ["take_quiz"]

_TEMPLATE = "teach/replies.html.j2"
_ASKS_NAME = "Your letter or nickname, no real name; the same one both times"
_NO_ANSWER = "–"


def take_quiz(when: When, *, file: Path = Path(RESULTS)) -> QuizSheet:
    """Show the quiz with buttons, and store a line of answers for each person; use it as a cell's last line.

    Parameters
    ----------
    when
        ``"before"`` or ``"after"`` the workshop: the options stand in another order.
    file
        Where answers are stored, beside the notebook by default, as ``bigpicture workshop --quiz-results``
        reads them.

    Returns
    -------
    QuizSheet
        Buttons with a kernel; questions with letters on paper. It never says what is right.

    Raises
    ------
    BadInput
        If ``when`` is another word.

    Examples
    --------
    >>> from pathlib import Path
    >>> str(take_quiz("before", file=Path("none.csv"))).splitlines()[0][:40]
    '1. Two files are joined by student numbe'
    """
    if when not in WHEN:
        raise BadInput(f"There is no quiz {when!r}; there are {' and '.join(WHEN)}.")
    return QuizSheet(when, file)


class QuizSheet:
    """One of the two forms, for everybody at this keyboard, one after another."""

    def __init__(self, when: When, file: Path) -> None:
        self.when, self._file = when, file
        self._items = form(when)

    def store(self, person: str, letters: Mapping[int, str]) -> Block:
        """Store the letters of one person, by number of the question; who has this quiz already is asked."""
        name = person.strip()
        if not name:
            raise BadInput("Type a letter or a nickname first.")
        if name.casefold() in self._people():
            raise BadInput(f"{name} has this quiz already: take another letter.")
        given = [letters.get(item.number, "") for item in self._items]
        if wrong := [one for one in given if one and one not in LETTERS]:
            raise BadInput(f"There is no option {wrong[0]!r}; there are {', '.join(LETTERS)}.")
        if not any(given):
            raise BadInput("Nothing is answered yet.")
        fresh = not self._file.is_file()
        with self._file.open("a", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            if fresh:
                writer.writerow(["person", "when", *(f"item{item.number}" for item in quiz_items())])
            writer.writerow([name, self.when, *given])
        answered = sum(map(bool, given))
        return paragraph(f"Saved for {name}: {answered} of {len(given)} answered. The next person can begin.")

    def _people(self) -> set[str]:
        if not self._file.is_file():
            return set()
        with self._file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row.get("when") == self.when]
        return {str(row.get("person")).casefold() for row in rows}

    def shown(self) -> Block:
        """Return the form as paper has it."""
        asked = []
        for item in self._items:
            options = " ".join(f"{letter} {text}" for letter, text in item.options)
            markup = fill(_TEMPLATE, "quiz_item", item.number, item.stem, item.options)
            asked.append(Block(markup, f"{item.number}. {item.stem} {options}"))
        return joined(asked)

    def widget(self) -> Any:
        """Return the questions, four buttons below each, and one that saves."""
        from ipywidgets import HTML, Button, Layout, Text, ToggleButtons, VBox

        name = Text(placeholder=_ASKS_NAME, layout=Layout(width="32em"))
        choices = {
            item.number: ToggleButtons(
                options=[*LETTERS, _NO_ANSWER],
                value=_NO_ANSWER,
                style={"button_width": "4em"},
                tooltips=[f"Question {item.number}, {one}" for one in (*LETTERS, "no answer")],
            )
            for item in self._items
        }
        below, save = HTML(), Button(description="Save")

        def saved(_: Any) -> None:
            given = {number: one.value for number, one in choices.items() if one.value != _NO_ANSWER}
            try:
                reply = self.store(name.value, given)
            except BadInput as error:
                below.value = str(paragraph(str(error)).__html__())
                return
            below.value = str(reply.__html__())
            name.value = ""
            for one in choices.values():
                one.value = _NO_ANSWER

        save.on_click(saved)
        questions = []
        for item in self._items:
            asked = fill(_TEMPLATE, "quiz_item", item.number, item.stem, item.options)
            questions += [HTML(str(asked)), choices[item.number]]
        return VBox([name, *questions, save, below])

    def __repr__(self) -> str:
        return self.shown().text

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        shown = self.shown()
        still = {"text/html": shown._repr_html_(), "text/plain": shown.text}
        return {**view_of(self.widget()), **still}
