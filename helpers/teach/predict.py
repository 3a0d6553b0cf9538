"""Ask for a guess first: the answer is shown only when a guess is stored."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from helpers.report import Block, fill, joined, paragraph, view_of
from helpers.standard import BadInput

__all__ = ["GUESSES", "PACK", "Prediction", "predict", "stored_guess"]

# Next to the learner's notebook, so that a guess outlives the kernel, and a room can compare guesses.
GUESSES = Path("my_guesses.csv")
# Says of which pack the notebooks next to it are: another group's guesses would show this one its answers.
PACK = "pack.txt"
_HEAD = ["prediction", "guess", "pack"]


def stored_guess(number: str, file: Path = GUESSES) -> str | None:
    """Return the last guess that was stored with this pack, or None."""
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [(*row, "", "", "")[: len(_HEAD)] for row in csv.reader(lines)]
    pack = _pack_of(file)
    found = [guess for asked, guess, made_with in rows if (asked, made_with) == (number, pack)]
    return found[-1] if found else None


def _pack_of(file: Path) -> str:
    """Return the pack of a file of guesses; none in a clone of the project."""
    path = file.with_name(PACK)
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def predict(
    number: str,
    question: str,
    options: Sequence[str],
    answer: Callable[[], Block],
    *,
    answers: bool = False,
    file: Path = GUESSES,
) -> Prediction:
    """Ask for a guess, and show the answer only afterwards; use it as the last line of a cell.

    Parameters
    ----------
    number
        Number of the prediction, such as ``"C.p1"``.
    question
        What to guess, in one sentence.
    options
        Possible guesses, at least two.
    answer
        Computes what is shown after the guess. Nobody calls it before.
    answers
        Show the answer without a guess: for the trainer's answer sheet.
    file
        Where guesses are stored.

    Returns
    -------
    Prediction
        Buttons with a kernel; a question with boxes to tick on paper.

    Raises
    ------
    BadInput
        If there are fewer than two options, or one occurs twice.

    Examples
    --------
    >>> from helpers.report import paragraph
    >>> predict("A.p1", "How many of five?", ["5", "1"], lambda: paragraph("One."), file=Path("none.csv"))
    How many of five? [ ] 5 [ ] 1
    """
    if len(options) < 2 or len(set(options)) < len(options):
        raise BadInput(f"Prediction {number} needs two or more different options; it has {list(options)}.")
    return Prediction(number, question, tuple(options), answer, answers, file)


class Prediction:
    """A question whose answer waits for a guess."""

    def __init__(
        self,
        number: str,
        question: str,
        options: tuple[str, ...],
        answer: Callable[[], Block],
        answers: bool,
        file: Path,
    ) -> None:
        self.number, self.question, self.options = number, question, options
        self._answer, self._answers, self._file = answer, answers, file

    @property
    def guess(self) -> str | None:
        """The guess that is stored for this prediction."""
        found = stored_guess(self.number, self._file)
        return found if found in self.options else None

    def store(self, guess: str) -> Block:
        """Store a guess, and return the answer."""
        if guess not in self.options:
            raise BadInput(f"{guess!r} is no option of prediction {self.number}: {', '.join(self.options)}.")
        fresh = not self._file.is_file()
        with self._file.open("a", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            if fresh:
                writer.writerow(_HEAD)
            writer.writerow([self.number, guess, _pack_of(self._file)])
        return self.shown()

    def shown(self) -> Block:
        """Return what may be shown now: the answer after a guess, else the question alone."""
        if self._answers:
            return joined([self._asked(), self._answer()])
        if (guess := self.guess) is not None:
            return joined([paragraph(f"{self.question} Your guess: {guess}."), self._answer()])
        return self._asked()

    def _asked(self) -> Block:
        text = f"{self.question} {' '.join(f'[ ] {option}' for option in self.options)}"
        return Block(fill("teach/replies.html.j2", "prediction", self.question, self.options), text)

    def widget(self) -> Any:
        """Return the buttons, and below them the place of the answer."""
        from ipywidgets import HTML, Button, Layout, VBox

        below = HTML("Guess first: then the answer appears here.")
        asked = HTML(str(paragraph(self.question).__html__()))
        buttons = [Button(description=option, layout=Layout(width="auto")) for option in self.options]

        def guessed(button: Any) -> None:
            below.value = str(self.store(button.description).__html__())
            for one in buttons:
                one.disabled = True

        for button in buttons:
            button.on_click(guessed)
        return VBox([asked, *buttons, below])

    def __repr__(self) -> str:
        return self.shown().text

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        shown = self.shown()
        still = {"text/html": shown._repr_html_(), "text/plain": shown.text}
        if self._answers or self.guess is not None:
            return still
        return {**view_of(self.widget()), **still}
