"""A column's header and its distinct values, before any guess."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = [
    "DESCRIPTOR",
    "Distinct",
    "Guess",
    "counted",
    "has",
    "head_words",
    "heads_beside",
    "named_fields",
    "numbered_thing",
    "subject_of",
    "whose",
    "words_file",
]


DESCRIPTOR = re.compile(r"uri://[^#\s]+#\S.*")  # how Ed-Fi writes a code

MOST_LOOKED_AT = 20_000  # distinct values of a column
NEARLY = 0.95  # of its rows: a column of dates may contain a few words
FEW_ROWS = 20  # with fewer rows, a twentieth is less than one value
FEWEST_ROWS = 10  # from here on, one odd value may be a typo; with fewer rows, all values must match


@dataclass(frozen=True)
class Guess:
    """The guess about a column."""

    # As a layout declares them.
    type: str = "string"
    formats: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    # The reason, for the person who checks it.
    why: str = "its values are text"
    # The question for that person; empty if none.
    open: str = ""
    # Values unlike the others: they will be findings.
    odd: frozenset[str] = frozenset()
    # What each odd value is not.
    unit: str = ""


@dataclass(frozen=True)
class Distinct:
    """The distinct values of a column and their counts."""

    texts: list[str]
    times: list[int]

    @property
    def rows(self) -> int:
        """Number of rows with a value."""
        return sum(self.times)

    def share(self, fits: Callable[[str], bool]) -> float:
        """Return the share of rows whose value fits."""
        found = sum(n for text, n in zip(self.texts, self.times, strict=True) if fits(text))
        return found / self.rows if self.rows else 0.0

    def enough(self, share: float) -> bool:
        """Return whether the rest are mere oddities: at most a twentieth, or one row among few."""
        if share == 1.0 or self.rows < FEWEST_ROWS:
            return share == 1.0
        odd = round((1.0 - share) * self.rows)
        return share >= NEARLY if self.rows >= FEW_ROWS else odd <= 1

    def others(self, fits: Callable[[str], bool]) -> frozenset[str]:
        """Return the values that don't fit."""
        return frozenset(text for text in self.texts if not fits(text))


def counted(values: pd.Series) -> Distinct:
    """Count the distinct values of a column, without empty cells and the word NULL."""
    counts = values.dropna().value_counts()
    counts = counts[counts.index != "NULL"].iloc[:MOST_LOOKED_AT]
    return Distinct([str(text) for text in counts.index], [int(n) for n in counts])


PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+|#")
GLUED = re.compile(r"(?!candidate)([^\W\d_]{4,}?)(percentile|score|code|date)")  # motorpercentile
LONGEST = 500  # characters of a header to look at: anything longer is prose
ABBREVIATED = re.compile(r"\b(?:[A-Za-z]\.){2,}")  # D.O.B.
Whose = str  # person, other, thing or nobody


@cache
def words_file() -> Mapping[str, Any]:
    """Read the words that we compare headers and values with; words that mean one thing lead to it."""
    words = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    for part in ("spelled_out", "written_apart", "sex", "role", "grade_level", "subjects"):
        words[part] = {word: means for means, ways in words[part].items() for word in ways}
    return words


@cache
def head_words(head: str) -> tuple[str, ...]:
    """Split a header into lowercase words, with abbreviations expanded.

    >>> head_words("StudentUniqueId"), head_words("Customer Birthdate"), head_words("SISUserID")
    (('student', 'unique', 'id'), ('customer', 'birth', 'date'), ('sis', 'user', 'id'))
    >>> head_words("PupilNo"), head_words("Student No. (lunch)"), head_words("Student: No Show")
    (('pupil', 'number'), ('student', 'number', 'lunch'), ('student', 'no', 'show'))
    """
    spelled: Mapping[str, str] = words_file()["spelled_out"]
    words: list[str] = []
    head = ABBREVIATED.sub(lambda found: found[0].replace(".", ""), head[:LONGEST])
    head = head.replace("IDs", "Ids").replace("'s", "").replace("’s", "").replace("(s)", "")
    for found in PIECES.finditer(head):
        word = "number" if found[0] == "#" else found[0].casefold()
        # "Pupil No" is a number, "No Show" isn't.
        denies = word == "no" and head[found.end() :].lstrip(" ._-")[:1].isalnum()
        glued = GLUED.fullmatch(word)
        parts = list(glued.groups()) if glued else [word]
        words += [word] if denies else spelled[word].split() if word in spelled else parts
    joined = " ".join(words)
    for apart, together in words_file()["written_apart"].items():
        joined = re.sub(rf"\b{apart}\b", together, joined)
    return tuple(joined.split())


def heads_beside(heads: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Split a table's headers into words like `head_words`; some gain meaning from another header.

    >>> heads_beside(["learner.family", "learner.given"])["learner.family"]
    ('learner', 'last', 'name')
    >>> heads_beside(["learner.family", "given"])["learner.family"]
    ('learner', 'family')
    """
    declared: Mapping[str, Mapping[str, str]] = words_file()["beside"]
    words = {head: head_words(head) for head in heads}
    there = set(words.values())
    return {
        head: (*own[:-1], *declared[own[-1]]["means"].split())
        if own and own[-1] in declared and (*own[:-1], declared[own[-1]]["other"]) in there
        else own
        for head, own in words.items()
    }


def has(words: Sequence[str], phrase: str) -> bool:
    """Return whether a phrase occurs among words, in one piece."""
    wanted = phrase.split()
    return any(
        list(words[start : start + len(wanted)]) == wanted for start in range(len(words) - len(wanted) + 1)
    )


def subject_of(words: Sequence[str], heads: Iterable[str]) -> str | None:
    """Return the school subject that a file's name gives, where none of its columns does."""
    subjects: Mapping[str, str] = words_file()["subjects"]
    if any("subject" in head_words(str(head)) for head in heads):
        return None
    return " and ".join(dict.fromkeys(subjects[word] for word in words if word in subjects)) or None


def whose(words: Sequence[str]) -> Whose:
    """Return whom a header describes: the person of the row, another person, a thing, or nobody."""
    about: Mapping[str, list[str]] = words_file()["whose"]
    if any(word in about["other"] for word in words):
        return "other"
    # "user building" is the building, not the user.
    for word in reversed(words):
        for kind in ("person", "thing"):
            if word in about[kind]:
                return kind
    return "nobody"


@cache
def _phrases() -> Mapping[str, list[tuple[str, str]]]:
    """Index the phrases of headers, each with its person_field, by their first word."""
    found: dict[str, list[tuple[str, str]]] = {}
    for person_field, declared in words_file()["fields"].items():
        for phrase in declared["heads"]:
            found.setdefault(phrase.split()[0], []).append((phrase, person_field))
    return found


def named_fields(words: Sequence[str]) -> list[tuple[str, int]]:
    """List the person fields that a header may be, each with its number of unexplained words."""
    about: Mapping[str, list[str]] = words_file()["whose"]
    if any(word in about["other"] for word in words):
        return []
    found: dict[str, tuple[int, int]] = {}
    for phrase, person_field in (one for word in dict.fromkeys(words) for one in _phrases().get(word, ())):
        if not has(words, phrase) or any(
            has(words, no) for no in words_file()["fields"][person_field]["unless"]
        ):
            continue
        own = phrase.split()
        neutral = (*own, *about["person"], *about["says_nothing"])
        rest = [word for word in words if word not in neutral]
        # "District School Number" is the school's; "District Name" is about nobody in the table.
        allowed = words_file()["ids"]["whose_number"] if person_field.startswith("school") else ()
        things = [word for word in rest if word in about["thing"] and word not in allowed]
        # "First" is a name, "First generation" isn't: a one-word name phrase allows no other word.
        of_names = words_file()["fields"][person_field]["values"] in ("name", "full_name")
        most = 0 if of_names and len(own) == 1 else min(len(own), 2)
        if things or len(rest) > most:
            continue  # most of the header is about something else
        found[person_field] = min(found.get(person_field, (99, 0)), (len(rest), -len(own)))
    order = list(words_file()["fields"])
    return [
        (person_field, worth[0])
        for person_field, worth in sorted(found.items(), key=lambda one: (one[1], order.index(one[0])))
    ]


def numbered_thing(words: Sequence[str]) -> str | None:
    """Return what a header numbers: a person, another, a thing or unknown; None if it is no id.

    >>> numbered_thing(head_words("user_building_id")), numbered_thing(head_words("Student State ID"))
    ('thing', 'person')
    >>> numbered_thing(head_words("District State ID")), numbered_thing(head_words("State ID"))
    ('thing', 'qualified')
    """
    ids: Mapping[str, list[str]] = words_file()["ids"]
    about: Mapping[str, list[str]] = words_file()["whose"]
    if not any(word in ids["id"] for word in words) or (words[0] == "number" and len(words) > 1):
        return None  # "Number of days" is a count
    if any(word in about["other"] for word in words):
        return "other"
    left = [word for word in words if word not in ids["id"]]
    qualified = False
    while left and left[-1] in ids["whose_number"] and (len(left) > 1 or left[-1] not in about["thing"]):
        left.pop()
        qualified = True
    if not left:
        says = [word for word in words if word in ids["whose_number"] and word not in ids["says_nothing"]]
        return "qualified" if qualified and says else "bare"
    for word in reversed(left):
        for kind in ("person", "thing"):
            if word in about[kind]:
                return kind
    return "unknown"
