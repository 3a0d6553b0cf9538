"""Read and write the file of survey answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files import (
    OneTable,
    ReadFile,
    guarded,
    guarded_cell,
    lock_file,
    without_guard,
    write_atomically,
)
from helpers.standard import STRING, BadInput, as_table, declared_survey, empty_table, nearest
from helpers.survey.form import ABOUT, NOTE, answers_layout, form_columns, row_name

__all__ = ["UNNAMED", "AnswerFile", "SurveyAnswers", "must_be_readable", "read_answers"]


UNNAMED = "this school system"
FREE_TEXT = ("system", "respondent", "role", NOTE)


@dataclass(frozen=True)
class SurveyAnswers:
    """Answers of the people of one school system.

    Attributes
    ----------
    answers
        Table ``survey_answers``: all respondents and items of the file.
    respondents
        Table ``survey_respondents``.
    findings, accounts
        Problems in the file, and what became of its rows.
    """

    answers: pd.DataFrame
    respondents: pd.DataFrame
    findings: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def system(self) -> str:
        """Name of the school system."""
        return str(self.respondents["system"].iloc[0]) if len(self.respondents) else UNNAMED

    @property
    def readable(self) -> bool:
        """Whether any file could be read as text, whatever it contains."""
        kinds = self.findings["kind"]
        empty = bool(len(kinds)) and bool(kinds.eq("file_empty").all())
        return bool(self.accounts["rows"].sum()) and not empty

    @property
    def years(self) -> list[int]:
        """Years of the survey, oldest first; empty if the file has no year."""
        return sorted(int(year) for year in self.respondents["year"].dropna().unique())

    def of_year(self, year: int | None) -> SurveyAnswers:
        """Select the answers of one year; None selects rows without a year."""

        def mine(frame: pd.DataFrame) -> pd.DataFrame:
            kept = frame["year"].isna() if year is None else frame["year"].eq(year).fillna(False)
            return frame[kept.to_numpy(bool)].reset_index(drop=True)

        return SurveyAnswers(mine(self.answers), mine(self.respondents), self.findings, self.accounts)


def read_answers(path: str | Path) -> SurveyAnswers:
    """Read a file of answers: one row per respondent, one column per item.

    Parameters
    ----------
    path
        CSV of any delimiter and encoding, or xlsx. Column names are item ids or questions; cells are 1 to 4
        or the text of an anchor.

    Returns
    -------
    SurveyAnswers
        Answers for the school system that most rows name. If a person has two rows in a year, the last one
        counts. A cell that can't be read counts as no answer and becomes a finding. So do rows of other
        school systems, unknown items, and text that a spreadsheet would run.

    Raises
    ------
    BadInput
        If there is no such file. Problems inside the file are findings, never errors.
    """
    path = Path(path)
    table = OneTable(path, answers_layout())
    parts = []
    reads = table.reads
    for read in reads:
        if any(item in declared_survey().items for item in _there(read)):
            parts.append(_Rows(read, alone=len(reads) == 1))
        else:
            table.set_aside(read, "file_unknown", value=path.name, expected="at least one item of the survey")
    _keep_one_system(parts)
    _keep_last(parts)
    for part in parts:
        part.tell()
        table.use(part.read, part.used)
    findings = _in_words_of_the_survey(table.findings())
    people = [part.people() for part in parts]
    answers = [part.answers(frame) for part, frame in zip(parts, people, strict=True)]
    return SurveyAnswers(
        _together("survey_answers", answers),
        _together("survey_respondents", people),
        findings,
        table.accounts(),
    )


def must_be_readable(files: Mapping[Path, SurveyAnswers]) -> None:
    """Raise an error if no file can be read: an empty page would claim that nobody answered.

    Parameters
    ----------
    files
        Answers read from each file.

    Raises
    ------
    BadInput
        If no file contains any text. If one does, the others become findings.
    """
    if any(answers.readable for answers in files.values()):
        return
    reasons = " ".join(
        f"{path} can't be read as answers: {_why(answers)}." for path, answers in files.items()
    )
    raise BadInput(
        f"{reasons} Name a CSV, or an xlsx, with a row a person; `bigpicture survey --blank FILE` writes the "
        "empty form."
    )


def _why(answers: SurveyAnswers) -> str:
    """Explain why a file couldn't be read."""
    aside = answers.findings[answers.findings["action_taken"].eq("file_set_aside")]
    kinds = set(aside["kind"])
    if "file_empty" in kinds:
        return "it is empty"
    reason = aside.loc[aside["kind"].isin(["file_unreadable", "file_unsafe"]), "value"].dropna()
    return str(reason.iloc[0]) if len(reason) else "it is neither text nor a workbook"


def _together(name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    whole = [frame for frame in frames if len(frame)]
    return as_table(name, pd.concat(whole, ignore_index=True)) if whole else empty_table(name)


def _there(read: ReadFile) -> list[str]:
    return [column.name for column in read.columns.values()]


class _Rows:
    """Rows of one table: respondents, and which rows count."""

    def __init__(self, read: ReadFile, alone: bool) -> None:
        self.read = read
        self._table = "" if alone else read.path
        self.row = read.parsed.row
        self.used = np.ones(len(self.row), bool)
        # Remove the guard that we add in front of formulas when we write a file.
        texts = {name: self.read.text(name) for name in FREE_TEXT}
        self.about = without_guard(pd.DataFrame(texts, dtype=STRING))
        self.year = self._values("year", pd.Int64Dtype())
        self.data_team = self._values("data_team", pd.BooleanDtype())
        self.items = {
            item: pd.to_numeric(read.values[str(read.named(item))].values).astype("Int64")
            for item in declared_survey().items
            if read.named(item) is not None
        }
        self.answered = pd.Series(
            np.sum([answers.notna().to_numpy() for answers in self.items.values()], axis=0), dtype="Int64"
        )
        self._name_everybody()

    def _values(self, name: str, dtype: object) -> pd.Series:
        there = self.read.named(name)
        if there is None:
            return pd.Series(pd.array([pd.NA] * len(self.row), dtype=dtype))  # type: ignore[call-overload]
        return self.read.values[there].values.reset_index(drop=True)

    def _name_everybody(self) -> None:
        """Name unnamed respondents by row, and fill in a missing year from the latest year."""
        unnamed = self.about["respondent"].isna().to_numpy()
        called = pd.Series([row_name(row, self._table) for row in self.row], dtype=STRING)
        self._report(
            unnamed, "required_empty", "read_as", "respondent", expected="a name or number", read_as=called
        )
        self.about["respondent"] = self.about["respondent"].mask(pd.Series(unnamed), called)
        known = self.year.dropna()
        if len(known):
            undated = self.year.isna().to_numpy()
            newest = pd.Series([str(int(known.max()))] * len(self.row), dtype=STRING)
            self._report(undated, "required_empty", "read_as", "year", expected="a year", read_as=newest)
            self.year = self.year.fillna(int(known.max()))

    def _report(
        self,
        here: np.ndarray,
        kind: str,
        action_taken: str,
        column: str,
        *,
        expected: str,
        value: pd.Series | None = None,
        read_as: pd.Series | None = None,
    ) -> None:
        here = here & self.used
        self.read.findings.add_rows(
            kind,
            action_taken,
            self.row[here],
            column=column,
            value=None if value is None else value[here].tolist(),
            expected=expected,
            read_as=None if read_as is None else read_as[here].tolist(),
        )

    def set_aside(self, here: np.ndarray, kind: str, column: str, value: pd.Series, expected: str) -> None:
        """Set rows aside and record the reason as a finding."""
        self._report(here, kind, "row_set_aside", column, value=value, expected=expected)
        self.used &= ~here

    def tell(self) -> None:
        """Record oddities in rows that count: formulas, no answers, missing columns."""
        for name in FREE_TEXT:
            text = self.about[name]
            runs = (
                text.map(lambda cell: guarded_cell(cell) != cell, na_action="ignore").eq(True).fillna(False)
            )
            self._report(
                runs.to_numpy(bool), "formula_in_text", "nothing", name, value=text, expected="plain text"
            )
        none = (self.answered == 0).to_numpy(bool)
        self._report(
            none, "no_answers", "nothing", "respondent", value=self.about["respondent"], expected="1 to 4"
        )
        lacking = [item for item in declared_survey().items if item not in self.items]
        for name in [*(one for one in ABOUT if self.read.named(one) is None), *lacking]:
            self.read.findings.add("column_missing", "nothing", column=name, expected=name)

    def people(self) -> pd.DataFrame:
        """Return one row per respondent."""
        return pd.DataFrame(
            {
                **{name: self.about[name] for name in FREE_TEXT},
                "year": self.year,
                "data_team": self.data_team,
                "answered": self.answered,
                "file": pd.Series([self.read.path] * len(self.row), dtype=STRING),
                "row": pd.Series(self.row, dtype="Int64"),
            }
        )[self.used]

    def answers(self, people: pd.DataFrame) -> pd.DataFrame:
        """Return one row per respondent and item."""
        about = people[["system", "year", "respondent", "role", NOTE]]
        parts = [about.assign(item=item, answer=found[self.used]) for item, found in self.items.items()]
        return pd.concat(parts, ignore_index=True) if len(people) else pd.DataFrame()


def _folded_names(names: pd.Series) -> pd.Series:
    return names.str.casefold().str.split().str.join(" ")


def _keep_one_system(parts: Sequence[_Rows]) -> None:
    """Keep the school system that most rows name, in its most common spelling; set others aside."""
    named = [part.about["system"] for part in parts]
    known = pd.concat(named).dropna() if named else pd.Series(dtype=STRING)
    if known.empty:
        for part in parts:
            part.about["system"] = pd.Series([UNNAMED] * len(part.row), dtype=STRING)
        return
    chosen = _folded_names(known).mode().iloc[0]
    spelling = UNNAMED if chosen == UNNAMED else known[_folded_names(known).eq(chosen)].mode().iloc[0]
    for part in parts:
        system = part.about["system"]
        other = _folded_names(system).ne(chosen).fillna(False).to_numpy(bool)
        part.set_aside(other, "system_other", "system", system, f"{spelling}; give each its own file")
        part.about["system"] = system.mask(~pd.Series(other), spelling)


def _keep_last(parts: Sequence[_Rows]) -> None:
    """Keep each person's last row of a year: people resend a form to correct it."""
    seen = set()
    for part in reversed(parts):
        names = _folded_names(part.about["respondent"])
        again = np.zeros(len(part.row), bool)
        for place in np.argsort(part.row, kind="stable")[::-1]:
            year = part.year.iloc[place]
            who = (None if pd.isna(year) else int(year), names.iloc[place])
            again[place] = who in seen and part.used[place]
            if part.used[place]:
                seen.add(who)
        part.set_aside(
            again,
            "respondent_repeated",
            "respondent",
            part.about["respondent"],
            "one row a person and year: the last one counts",
        )


def _in_words_of_the_survey(findings: pd.DataFrame) -> pd.DataFrame:
    """Reword findings in terms of the survey: allowed answers, and the nearest item for an unknown column."""
    if findings.empty:
        return findings
    survey = declared_survey()
    by_text = {item.text: item.id for item in survey.items.values()}
    names = [*ABOUT, *survey.items, NOTE]
    expected, kind, head = findings["expected"].copy(), findings["kind"].copy(), findings["column"].fillna("")
    answers = head.map(lambda one: by_text.get(one, one) in survey.items).astype(bool) & kind.eq(
        "not_in_codes"
    )
    number = pd.to_numeric(findings["value"], errors="coerce").notna()
    expected = expected.mask(answers, "1, 2, 3 or 4, or the words of one of them")
    unknown = kind.eq("column_unknown")
    hints = head.map(lambda one: f"a column of the form.{nearest(one, names)}").astype(STRING)
    expected = expected.mask(unknown, hints)
    kind = kind.mask(answers & number & findings["action_taken"].eq("value_set_aside"), "out_of_range")
    return as_table("findings", findings.assign(expected=expected, kind=kind))


LOST = ("row_set_aside", "value_set_aside", "quarantined", "file_set_aside")
LONGEST = 4000  # characters: more than anybody writes on a form
Key = tuple[str, str]  # year and folded name
Row = dict[str, str]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class AnswerFile:
    """Answers of several people in one CSV, which other programs may write to at the same time."""

    def __init__(self, path: Path, system: str, year: int) -> None:
        self.path = path
        self._year = str(year)
        self._seen: tuple[int, int] | None = None
        self._rows: dict[Key, Row] = {}
        self._read()
        there = [row["system"] for row in self._rows.values() if row.get("system")]
        self.system = there[0] if there else system
        if there and system and _folded(system) != _folded(there[0]):
            raise BadInput(f"{path} has answers of {there[0]!r}: name another file for those of {system!r}.")

    def people(self) -> list[tuple[str, int]]:
        """List who has started this year, with the number of items that each answered."""
        self._read()
        return [
            (row["respondent"], _answered(row)) for (year, _), row in self._rows.items() if year == self._year
        ]

    def row(self, respondent: str) -> Row:
        """Return a person's answers so far, by column; empty for a new person."""
        self._read()
        return dict(self._rows.get((self._year, _folded(respondent)), {}))

    def save(self, respondent: str, given: Mapping[str, str]) -> int:
        """Save answers of a person, and return how many items she has answered; an empty text deletes one."""
        who = " ".join(respondent.split())
        if not who:
            raise BadInput("Nobody is named: give a name or number of your choice, such as R1.")
        checked = {column: _checked(column, text) for column, text in given.items()}
        with lock_file(self.path):
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
        """Reload the file if somebody else changed it."""
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
        lost = found.findings[found.findings["action_taken"].isin(LOST)]
        if len(lost):
            first = lost.iloc[0]
            where = f" (row {first['row']})" if pd.notna(first["row"]) else ""
            raise BadInput(
                f"{self.path} contains something that a form would lose: "
                f"{first['kind'].replace('_', ' ')}{where}. `bigpicture survey --responses` lists all of "
                "it. Correct the file, or name another one."
            )
        self._rows, self._seen = _rows_of(found.respondents, found.answers), now

    def _write(self) -> None:
        frame = pd.DataFrame(list(self._rows.values()), columns=form_columns()).astype(STRING)
        write_atomically(self.path, guarded(frame).to_csv(index=False).encode("utf-8"))
        self._seen = self._signature()


def _answered(row: Row) -> int:
    return sum(bool(row.get(item)) for item in declared_survey().items)


def _rows_of(people: pd.DataFrame, answers: pd.DataFrame) -> dict[Key, Row]:
    """Convert each person's row back to text."""
    rows: dict[Key, Row] = {}
    for person in people.to_dict("records"):
        year = "" if pd.isna(person["year"]) else str(int(person["year"]))
        row = {
            name: str(person[name])
            for name in ("system", "respondent", "role", NOTE)
            if pd.notna(person[name])
        }
        team = person["data_team"]
        data_team = {} if pd.isna(team) else {"data_team": "yes" if team else "no"}
        rows[year, _folded(str(person["respondent"]))] = {**row, "year": year, **data_team}
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
        raise BadInput(f"{column} is too long for a form (letters: {len(text):,}, at most {LONGEST:,}).")
    return text.strip() if column == NOTE else " ".join(text.split())
