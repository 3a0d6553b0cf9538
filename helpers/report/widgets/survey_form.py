"""The survey's form in a notebook: several people, each answer saved at once, to be gone on with at any time.

The page in the browser asks, and the kernel answers in messages: no answer is part of the widget's state,
which notebooks may save. What a notebook or a report keeps is the still picture: how many have begun, and an
example.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from helpers.report.blocks import Block, answer, joined, paragraph
from helpers.report.pages.survey_text import describe_respondents
from helpers.report.templates import fill
from helpers.standard import BadInput, declared_survey
from helpers.survey import AnswerFile

__all__ = ["SurveyForm", "survey_form"]


def survey_form(
    path: str | os.PathLike[str] = "survey_answers.csv", *, system: str = "", year: int | None = None
) -> SurveyForm:
    """Open the form: as the last line of a cell it shows the questions, one domain after the other.

    Parameters
    ----------
    path
        The CSV to which each answer goes at once; `bigpicture survey --responses` reads it. Who is in it
        already can go on.
    system
        Name of the school system.
    year
        Of the survey; this year by default.

    Returns
    -------
    SurveyForm
        Its ``save`` does from code what a click does.

    Raises
    ------
    BadInput
        When the file is there and holds what the form would lose.
    """
    return SurveyForm(AnswerFile(Path(path), system, date.today().year if year is None else year))


class SurveyForm:
    """The form as a page: live where a kernel runs, a still picture elsewhere."""

    def __init__(self, file: AnswerFile) -> None:
        self._file = file

    def save(self, respondent: str, **given: str | int) -> int:
        """Save answers of a person, as clicks do."""
        return self._file.save(respondent, {column: str(value) for column, value in given.items()})

    def view(self) -> dict[str, Any]:
        """Give what the first page shows: who has begun, and all questions in order."""
        survey = declared_survey()
        return {
            "screen": "start",
            "own": survey.own,
            "file": self._file.path.name,
            "total": len(survey.items),
            "people": [{"name": name, "answered": count} for name, count in self._file.people()],
            "data_team": survey.data_team.text,
            "domains": [
                {
                    "code": code,
                    "title": domain.title,
                    "items": [
                        {"id": item.id, "title": item.title, "text": item.text, "anchors": list(item.anchors)}
                        for item in survey.of_domain(code)
                    ],
                }
                for code, domain in survey.domains.items()
            ],
        }

    def still(self) -> Block:
        """Give the form as a page keeps it: how many have begun, and its first question."""
        survey = declared_survey()
        count = len(self._file.people())
        who, verb = describe_respondents(count).capitalize(), "has" if count == 1 else "have"
        begun = f"**{who}** {verb} begun to answer."
        item = next(iter(survey.items.values()))
        words = f"{len(survey.items)} questions on six domains. The first: {item.text}"
        open_it = "To answer, run this notebook in JupyterLab: the form opens here."
        lead = answer(begun if count else "**Nobody** has begun to answer yet.")
        anchors = Block(fill("report/widgets/survey_form.html.j2", "anchors", item.anchors), "")
        blocks = [lead, paragraph(words), anchors, paragraph(f"{survey.own} {open_it}", "muted")]
        return Block(joined(blocks).markup, f"{lead.text} {words} {survey.own} {open_it}")

    def heard(self, message: object) -> dict[str, Any]:
        """Do what the page asks; what it shows of anybody's answers goes to that page alone."""
        asked = message if isinstance(message, dict) else {}
        who, turn = str(asked.get("respondent", "")), asked.get("turn")
        try:
            if asked.get("do") == "begin":
                return self._begun(who, str(asked.get("role", "")))
            if asked.get("do") == "save":
                given = asked.get("given")
                given = (
                    {str(name): str(text) for name, text in given.items()} if isinstance(given, dict) else {}
                )
                answered = self._file.save(who, given)
                return {"screen": "saved", "turn": turn, "answered": answered, "trouble": ""}
            return self.view()
        except BadInput as error:
            return {"screen": "saved", "turn": turn, "trouble": f"Not saved. {error}"}
        except OSError as error:
            told = f"Not saved: {self._file.path} can't be written ({error.strerror})."
            return {"screen": "saved", "turn": turn, "trouble": told}

    def _begun(self, who: str, role: str) -> dict[str, Any]:
        known = self._file.row(who)
        if role.strip() or not known:
            self._file.save(who, {"role": role} if role.strip() else {})
            known = self._file.row(who)
        answered = sum(bool(known.get(item)) for item in declared_survey().items)
        said = f"Going on as {known['respondent']}, with {answered} answered so far." if answered else ""
        return {"screen": "questions", "respondent": known["respondent"], "row": known, "said": said}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        still = self.still()
        bundle = widget_for("survey_form", self.heard)
        # Not the widget's own plain text, which would be its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}
