"""List what a folder's files leave open, each with a guess, its evidence and whom the answer changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files import tables_of_drafts, what_is_there
from helpers.layouts import (
    DONT_KNOW,
    NO_RESULTS,
    FileLayout,
    Layout,
    Makes,
    all_layouts,
    allowed_values,
    read_answers,
)
from helpers.profile import authority_in
from helpers.standard import Measured

if TYPE_CHECKING:
    from helpers.files import District, UnknownFile
    from helpers.link import Links

__all__ = ["MOST_ASKED", "Question", "open_questions"]

MOST_ASKED = 20
MOST_CHOICES = 6  # and "don't know"
FEWEST_PEOPLE = 5  # of a file, to wonder who they are
FEWEST_ROWS = 5  # with a code: a rarer one is a finding, and may be somebody's own word
ELSEWHERE = 0.2  # of a file's people that another system has, too: fewer may be no children
UNKNOWN = ((DONT_KNOW, "don't know: leave it as it is"),)
METHODS = (
    ("Test score", "points"),
    ("Scale score", "scale scores"),
    ("Percentile", "percentiles"),
    ("Percent correct", "percent correct"),
    (NO_RESULTS, "no results of a test"),
)
ROWS = {
    "assignment_score": "a child's work on an assignment",
    "attendance_event": "a child's absence or lateness on a day",
    "incident": "a child's part in an incident",
    "meal_account": "a child's account at the lunch line",
    "section_enrollment": "a child in a class",
}
FACTS = {
    "assessment_result": "test scores",
    "assignment_score": "assignments",
    "attendance_event": "days absent",
    "incident": "incidents",
    "meal_account": "lunch accounts",
    "section_enrollment": "classes",
}


@dataclass(frozen=True)
class Question:
    """One open question about a folder, with at most seven choices."""

    # Where district.toml keeps its answer.
    key: tuple[str, ...]
    ask: str
    # What is kept, and how a person reads it.
    choices: tuple[tuple[str, str], ...]
    guess: str
    evidence: str
    # What the answer changes, and for how many children.
    changes: str
    children: int


def open_questions(district: District, links: Links) -> list[Question]:
    """List the open questions of a folder, those that change most children first.

    Parameters
    ----------
    district
        A folder as `read_district` reads it.
    links
        Its links, as `link_district` makes them.

    Returns
    -------
    list of Question
        Those without an answer in district.toml.

    Examples
    --------
    >>> open_questions(district, links)  # nothing of the sample was drafted
    []
    """
    answers = read_answers(district.folder)
    drafts = _Drafts(district, links)
    found = [
        *_roster(drafts), *_people(drafts), *_results(drafts), *_rows(drafts), *_days(drafts), *_codes(drafts)
    ]  # fmt: skip
    left = [question for question in found if not answers.has(question.key)]
    return sorted(left, key=lambda question: (-question.children, question.key))


class _Drafts:
    """The drafted layouts of a folder, with the children in each of their files."""

    def __init__(self, district: District, links: Links) -> None:
        self.district = district
        self.links = links
        written = all_layouts(district.folder / "layouts")
        # As written, with their guesses; the district's have the answers.
        self.layouts = {
            silo: written[layout.layout] for silo, layout in district.layouts.items() if layout.is_draft
        }

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Rows about people, with the child: silo, file, row, child, kind of file."""
        rows = self.district.person_rows.merge(
            self.links.crosswalk[["silo", "record", "child"]],
            on=["silo", "record"],
            how="inner",
            validate="many_to_one",
        )
        kinds = {file: kinds[0] for file, kinds in self.district.kinds.items() if kinds}
        return rows.assign(kind=rows["file"].map(kinds))

    @cached_property
    def tables(self) -> Mapping[str, UnknownFile]:
        """The texts of drafted files."""
        return tables_of_drafts(what_is_there(self.district.folder))

    def files(self) -> Iterator[tuple[str, Layout, FileLayout, pd.DataFrame]]:
        """Give each drafted kind of file with its rows about people."""
        for silo, layout in self.layouts.items():
            for file in layout.files:
                of_file = self.rows["silo"].eq(silo) & self.rows["kind"].eq(file.name)
                yield silo, layout, file, self.rows[of_file]

    def table(self, silo: str, file: FileLayout) -> UnknownFile | None:
        """Return the first file of a kind, as text."""
        return self.tables.get(_path(self, silo, file))


def _roster(drafts: _Drafts) -> Iterator[Question]:
    """Ask which of several systems is the roster, if they list different children."""
    authority = authority_in(drafts.district)
    if not (authority.inferred and authority.why):
        return
    children = {str(silo): set(rows["child"]) for silo, rows in drafts.rows.groupby("silo", sort=True)}
    best = authority.rosters[0]
    most = sorted(children, key=lambda silo: (silo != best, -len(children[silo])))[:MOST_CHOICES]
    others = max((len(children[best] ^ children[silo]) for silo in most), default=0)
    if not others:
        return
    shown = "; ".join(
        f"{Measured('children_started', len(children[silo])):count} in {silo}" for silo in most[:3]
    )
    choices = tuple((silo, drafts.district.layouts[silo].title) for silo in most)
    yield Question(
        ("roster",),
        "Which system is the roster?",
        choices + UNKNOWN,
        best,
        f"{shown}.",
        "who counts as enrolled",
        others,
    )


def _people(drafts: _Drafts) -> Iterator[Question]:
    """Ask who the people of a file are, if hardly any other system has them."""
    systems = drafts.rows.groupby("child")["silo"].nunique()
    for silo, layout, file, rows in drafts.files():
        makes = next((one for one in file.makes if one.table == "people"), None)
        if makes is None or "role" in makes.take:
            continue
        children = rows["child"].drop_duplicates()
        elsewhere = int((systems.reindex(children) > 1).sum())
        if len(children) < FEWEST_PEOPLE or elsewhere >= ELSEWHERE * len(children):
            continue
        guess = str(makes.set.get("role", "Student"))
        choices = (("Student", "students"), ("Staff", "staff"), ("Guardian", "parents or guardians"))
        people = Measured("people_of_file", len(children), where=file.name)
        yield Question(
            ("people", layout.layout, file.name),
            f"Who is in {_path(drafts, silo, file)}?",
            choices + UNKNOWN,
            guess,
            f"Of {people:count}, {elsewhere} are in another system.",
            "who counts as a child",
            len(children),
        )


def _results(drafts: _Drafts) -> Iterator[Question]:
    for silo, layout, file, rows in drafts.files():
        made = [one for one in file.makes if one.table == "assessment_result" and one.guess in ("yes", "no")]
        if not made:
            continue
        columns = [one.take["result"] for one in made]
        guess = str(made[0].set["score_method"]) if made[0].guess == "yes" else NO_RESULTS
        yield Question(
            ("results", layout.layout, file.name),
            f"In {_path(drafts, silo, file)}, what are the numbers of {_named(columns)}?",
            METHODS + UNKNOWN,
            guess,
            _ranges(drafts, silo, file, columns),
            FACTS["assessment_result"],
            rows["child"].nunique(),
        )


def _path(drafts: _Drafts, silo: str, file: FileLayout) -> str:
    """Name a kind of file by its first file here."""
    kinds = drafts.district[silo].kinds
    return next((path for path, names in kinds.items() if file.name in names), file.path)


def _named(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:3])
    return shown if len(columns) < 4 else f"{shown} and {len(columns) - 3} more"


def _ranges(drafts: _Drafts, silo: str, file: FileLayout, columns: Sequence[str]) -> str:
    """Say between which numbers most of the first columns are; no child's own."""
    table = drafts.table(silo, file)
    told = []
    for column in columns[:3]:
        if table is None or column not in table.rows:
            continue
        numbers = pd.to_numeric(table.rows[column], errors="coerce").dropna()
        if len(numbers):
            low, high = numbers.quantile([0.05, 0.95])
            told.append(f"{column} is mostly from {low:g} to {high:g}")
    return "; ".join(told) + "." if told else ""


def _rows(drafts: _Drafts) -> Iterator[Question]:
    for silo, layout, file, rows in drafts.files():
        for one in file.makes:
            if one.guess not in ("yes", "no") or one.table == "assessment_result":
                continue
            columns = [source for target, source in one.take.items() if target != "local_id"]
            yield Question(
                ("rows", layout.layout, file.name, one.table),
                f"Is a row of {_path(drafts, silo, file)} {ROWS[one.table]}?",
                (("yes", "yes"), ("no", "no"), *UNKNOWN),
                one.guess,
                f"Its columns {_named(columns)} fit.",
                FACTS[one.table],
                rows["child"].nunique(),
            )


def _days(drafts: _Drafts) -> Iterator[Question]:
    choices = (("month first", "the month"), ("day first", "the day"))
    for silo, layout, file, rows in drafts.files():
        for column in file.columns:
            orders = {"day first" if _day_first(one) else "month first": one for one in column.formats()}
            table = drafts.table(silo, file)
            if len(orders) < 2 or table is None:
                continue
            days = Measured("days_both_ways", int(table.rows[column.name].notna().sum()))
            yield Question(
                ("days", layout.layout, column.name),
                f"In {column.name} of {table.found.path}, what comes first?",
                choices + UNKNOWN,
                next(iter(orders)),
                f"It has {days:count}, and none decides.",
                "dates",
                rows["child"].nunique(),
            )


def _day_first(declared: str) -> bool:
    return "%m" in declared and declared.index("%d") < declared.index("%m")


def _codes(drafts: _Drafts) -> Iterator[Question]:
    for silo, layout, file, rows in drafts.files():
        for column in file.columns:
            # What no row is made of asks for no meaning.
            target = _fills(drafts.district.layouts[silo], column.name) if column.type == "code" else None
            closed = allowed_values(target[0].table, target[1]) if target is not None else None
            table = drafts.table(silo, file)
            if target is None or closed is None or table is None:
                continue
            own = rows[rows["file"].eq(table.found.path)].set_index("row")["child"]
            values = table.rows[column.name]
            unknown = values[~values.isin(list(column.code_map()))].value_counts()
            for value, many in unknown[unknown >= FEWEST_ROWS].items():
                code = str(value)
                held = pd.Index(table.positions)[values.eq(code).fillna(False).to_numpy(bool)]
                yield Question(
                    ("codes", layout.layout, column.name, code),
                    f'What does "{code}" mean in {column.name} of {table.found.path}?',
                    (*((word, word) for word in _likeliest(code, closed)), *UNKNOWN),
                    DONT_KNOW,
                    f"It is in {Measured('rows_with_code', int(many)):count}.",
                    FACTS.get(target[0].table, target[1].replace("_", " ")),
                    own.reindex(held).nunique(),
                )


def _fills(layout: Layout, column: str) -> tuple[Makes, str] | None:
    """Find what a column fills."""
    for file in layout.files:
        for makes in file.makes:
            for target, source in makes.take.items():
                if source == column:
                    return makes, target
    return None


def _likeliest(code: str, words: Sequence[str]) -> list[str]:
    """Choose the words most like a code: by their first letter, then by all."""

    def alike(word: str) -> float:
        one, other = code.casefold(), word.casefold()
        return (one[:1] == other[:1]) + SequenceMatcher(None, one, other).ratio()

    return sorted(words, key=alike, reverse=True)[:MOST_CHOICES]
