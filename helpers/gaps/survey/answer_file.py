"""The file into which a form writes: each answer at once and whole, and nothing that stands there is lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.files.save import guarded, held, write_atomically
from helpers.gaps.survey.form import NOTE, form_columns
from helpers.gaps.survey.reading import read_answers
from helpers.standard import STRING, BadInput, nearest
from helpers.standard.survey_items import declared_survey

__all__ = ["AnswerFile"]

LOST = ("row_set_aside", "value_set_aside", "kept_apart", "file_set_aside")
LONGEST = 4000  # letters of a text: more than anybody writes beside a form
Key = tuple[str, str]  # year and folded name
Row = dict[str, str]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class AnswerFile:
    """Answers of several people in one CSV, which others may be writing to, too.

    Parameters
    ----------
    path
        The file; it is made with the first answer.
    system
        The school system; empty where the file says it.
    year
        Of the survey.

    Raises
    ------
    BadInput
        When the file holds anything that a form couldn't write back.
    """

    def __init__(self, path: Path, system: str, year: int) -> None:
        self.path = path
        self._year = str(year)
        self._seen: tuple[int, int] | None = None
        self._rows: dict[Key, Row] = {}
        self._read()
        there = [row["system"] for row in self._rows.values() if row.get("system")]
        self.system = there[0] if there else system
        if there and system and _folded(system) != _folded(there[0]):
            raise BadInput(
                f"{path} holds answers of {there[0]!r}: name another file for those of {system!r}."
            )

    def people(self) -> list[tuple[str, int]]:
        """Name who has begun this year, with how many items each has answered."""
        self._read()
        return [
            (row["respondent"], _answered(row)) for (year, _), row in self._rows.items() if year == self._year
        ]

    def row(self, respondent: str) -> Row:
        """Give what a person has answered so far, column -> text; empty for somebody new."""
        self._read()
        return dict(self._rows.get((self._year, _folded(respondent)), {}))

    def save(self, respondent: str, given: Mapping[str, str]) -> int:
        """Save some answers of a person; an empty text takes one back.

        Parameters
        ----------
        respondent
            A name or number of their choice.
        given
            Column of the form -> text: 1 to 4, yes or no, or free text.

        Returns
        -------
        int
            How many items they have answered now.

        Raises
        ------
        BadInput
            When nobody is named, or a column or answer can't be, or the file can't be kept whole.
        """
        who = " ".join(respondent.split())
        if not who:
            raise BadInput("Nobody is named: give a name or number of your choice, such as R1.")
        checked = {column: _checked(column, text) for column, text in given.items()}
        with held(self.path):
            self._read()
            key = (self._year, _folded(who))
            row = {"system": self.system, "year": self._year, "respondent": who, **self._rows.get(key, {})}
            self._rows[key] = {**row, **checked}
            self._write()
        return _answered(self._rows[key])

    def _signature(self) -> tuple[int, int] | None:
        if not self.path.exists():
            return None
        about = self.path.stat()
        return about.st_mtime_ns, about.st_size

    def _read(self) -> None:
        """Read the file again if somebody else has changed it."""
        now = self._signature()
        if now == self._seen:
            return
        if now is None:
            self._rows, self._seen = {}, None
            return
        if not self.path.read_bytes().strip():
            self._rows, self._seen = {}, now
            return
        found = read_answers(self.path)
        lost = found.findings[found.findings["done"].isin(LOST)]
        if len(lost):
            first = lost.iloc[0]
            where = f" (row {first['row']})" if pd.notna(first["row"]) else ""
            raise BadInput(
                f"{self.path} holds what a form would lose: {first['kind'].replace('_', ' ')}{where}. "
                "`bigpicture survey --responses` lists all of it; mend the file, or name another one."
            )
        self._rows, self._seen = _rows_of(found.respondents, found.answers), now

    def _write(self) -> None:
        frame = pd.DataFrame(list(self._rows.values()), columns=form_columns()).astype(STRING)
        write_atomically(self.path, guarded(frame).to_csv(index=False).encode("utf-8"))
        self._seen = self._signature()


def _answered(row: Row) -> int:
    return sum(bool(row.get(item)) for item in declared_survey().items)


def _rows_of(people: pd.DataFrame, answers: pd.DataFrame) -> dict[Key, Row]:
    """Give each person's row as text again."""
    rows: dict[Key, Row] = {}
    for person in people.to_dict("records"):
        year = "" if pd.isna(person["year"]) else str(int(person["year"]))
        row = {
            name: str(person[name])
            for name in ("system", "respondent", "role", NOTE)
            if pd.notna(person[name])
        }
        team = person["data_team"]
        said = {} if pd.isna(team) else {"data_team": "yes" if team else "no"}
        rows[year, _folded(str(person["respondent"]))] = {**row, "year": year, **said}
    for answer in answers.dropna(subset=["answer"]).to_dict("records"):
        year = "" if pd.isna(answer["year"]) else str(int(answer["year"]))
        rows[year, _folded(str(answer["respondent"]))][str(answer["item"])] = str(int(answer["answer"]))
    return rows


def _checked(column: str, text: str) -> str:
    if column in declared_survey().items:
        if text not in ("", "1", "2", "3", "4"):
            raise BadInput(f"{column} = {text!r}: an answer is 1, 2, 3 or 4, or nothing.")
        return text
    if column == "data_team":
        if text not in ("", "yes", "no"):
            raise BadInput(f"data_team = {text!r}: the answer is yes or no, or nothing.")
        return text
    if column not in ("role", NOTE):
        raise BadInput(f"The form has no question {column!r}.{nearest(column, form_columns())}")
    if len(text) > LONGEST:
        raise BadInput(f"{column} has {len(text):,} letters: a form takes up to {LONGEST:,}.")
    return text.strip() if column == NOTE else " ".join(text.split())
