"""Survey form in a notebook for several people; saves each answer at once, so that they can continue later.

The browser's page sends messages and the kernel answers: no answer is part of the widget's state, which
notebooks may save. A notebook or a report stores only a static version: the number of people who have
started, and an example.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from helpers.report.blocks import Block, answer, joined, paragraph
from helpers.report.school_systems.survey_text import describe_respondents
from helpers.report.templates import fill
from helpers.standard import BadInput, Measured, declared_survey
from helpers.survey import AnswerFile

__all__ = ["survey_form"]


def survey_form(
    path: str | os.PathLike[str] = "survey_answers.csv", *, system: str = "", year: int | None = None
) -> SurveyForm:
    """Open the form; as the last line of a cell, it shows the questions, one domain at a time.

    Parameters
    ----------
    path
        CSV to which we write each answer at once; `bigpicture survey --responses` reads it. People in it can
        continue.
    system
        Name of the school system.
    year
        Year of the survey; default is this year.

    Returns
    -------
    SurveyForm
        Its ``save`` does the same as a click.

    Raises
    ------
    BadInput
        If the file exists and contains data that the form would lose.
    """
    return SurveyForm(AnswerFile(Path(path), system, date.today().year if year is None else year))


class SurveyForm:
    """The form as a page: live with a kernel, static otherwise."""

    def __init__(self, file: AnswerFile) -> None:
        self._file = file

    def save(self, respondent: str, **given: str | int) -> int:
        """Save answers of a person, like clicks."""
        return self._file.save(respondent, {column: str(value) for column, value in given.items()})

    def view(self) -> dict[str, Any]:
        """Return the first page: who has started, and all questions in order."""
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
        """Return the static form for a saved page: number of people who have started, and first question."""
        survey = declared_survey()
        count = len(self._file.people())
        who, verb = describe_respondents(count).capitalize(), "has" if count == 1 else "have"
        begun = f"**{who}** {verb} started to answer."
        item = next(iter(survey.items.values()))
        asked = Measured("survey_questions", len(survey.items))
        domains = Measured("survey_domains", len(survey.domains))
        words = f"{asked:count} on {domains:count}. The first: {item.text}"
        open_it = "To answer, run this notebook in JupyterLab. The form opens here."
        lead = answer(begun if count else "**Nobody** has started to answer yet.")
        anchors = Block(fill("report/widgets/survey_form.html.j2", "anchors", item.anchors), "")
        blocks = [lead, paragraph(words), anchors, paragraph(f"{survey.own} {open_it}", "muted")]
        return Block(joined(blocks).markup, f"{lead.text} {words} {survey.own} {open_it}")

    def receive(self, message: object) -> dict[str, Any]:
        """Do what the page asks; anybody's answers go only to that page."""
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
            trouble = f"Not saved: {self._file.path} can't be written ({error.strerror})."
            return {"screen": "saved", "turn": turn, "trouble": trouble}

    def _begun(self, who: str, role: str) -> dict[str, Any]:
        known = self._file.row(who)
        if role.strip() or not known:
            self._file.save(who, {"role": role} if role.strip() else {})
            known = self._file.row(who)
        answered = sum(bool(known.get(item)) for item in declared_survey().items)
        greeting = f"Going on as {known['respondent']}, with {answered} answered so far." if answered else ""
        return {"screen": "questions", "respondent": known["respondent"], "row": known, "said": greeting}

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        still = self.still()
        bundle = widget_for("survey_form", self.receive)
        # Not the widget's own plain text, which would be part of its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}
