"""Draft the standard rows that a file's rows make: absences, test results, incidents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from helpers.files.draft.columns import Guess, counted, has, head_words, subject_of, words_file
from helpers.files.draft.people import People
from helpers.standard import standard_table

__all__ = ["DraftedFact", "decide_codes", "drafted_facts"]

KNOWN_CODES = 0.8  # of the rows with a code: as many decide that the column is what its header says
CODED = ("string", "code", "integer", "boolean")  # types that a column of codes may seem to have
WORDS_OF = "its words are those of"
FEWEST_SCORES = 3  # columns of numbers that make a file a test's, if no word says so; different scores
UNSAID = "Test score"  # how a score is expressed, if its header doesn't say: points
DIGITS, ALL_DIFFER = 5, 0.9  # of numbers of rows or people: their length, and the share of different ones
MOST_SCORES = 24  # results in one row
MEASURE = r"(BR|EM)?-?\d{1,4}[LQ]"  # of the Lexile and the Quantile Framework; BR and EM stand below zero
FITTING = {
    "date": ("date", "datetime"),
    "datetime": ("datetime", "date"),
    "number": ("number", "integer"),
    "integer": ("integer",),
    "boolean": ("boolean",),
    "string": ("string", "code", "integer", "number", "list"),
}


@dataclass(frozen=True)
class DraftedFact:
    """Rows of a standard table that each row of a file makes; decided by evidence, or a suggestion."""

    table: str
    take: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)
    unless_empty: str | None = None
    # What a person must confirm: yes, no, or "days" for yes once their order is known; None if decided.
    guess: str | None = None


def decide_codes(guesses: Mapping[str, Guess], rows: Any, people: People) -> dict[str, Guess]:
    """Match the words of code columns to the closed list of the standard column that their headers name."""
    result = dict(guesses)
    for target, declared in words_file()["closed"].items():
        meanings: Mapping[str, str] = {
            word: meaning for meaning, words in declared["words"].items() for word in words
        }
        for name, guess in guesses.items():
            if name in (*people.fields, *people.ids) or guess.type not in CODED:
                continue
            if not any(has(head_words(name), phrase) for phrase in declared["heads"]):
                continue
            counts = counted(rows[name])
            known = {text: meanings[text.casefold()] for text in counts.texts if text.casefold() in meanings}
            called = target.replace("_", " ")
            if known and counts.share(known.__contains__) >= KNOWN_CODES:
                why = f"{WORDS_OF} {called}"
            elif guess.type == "code":
                why = f"its header is that of {called}, and most of its words are unknown"
            else:
                continue
            result[name] = replace(guess, type="code", formats=(), codes=known, why=why, open="")
    return result


def drafted_facts(
    guesses: Mapping[str, Guess],
    rows: pd.DataFrame,
    people: People,
    words: tuple[str, ...],
    name: str,
    title: str,
) -> Iterator[DraftedFact]:
    """List the standard rows that a kind of file seems to make."""
    heads = {one: head_words(one) for one in guesses if one not in (*people.fields, *people.ids)}
    every = {word for own in map(head_words, guesses) for word in own} | {*words}
    for fact in words_file()["fact"]:
        named = every.intersection(fact["words"])
        if fact["table"] == "assessment_result":
            numbered = max((rows[one].nunique() for one in people.ids), default=len(rows))
            several = {one for one in heads if _varies(rows[one], numbered)}
            measures = {one for one in heads if _is_measure(rows[one])}
            yield from _results(fact, guesses, heads, several, measures, name, title, named)
            continue
        found = {
            target: _column(target, fact, guesses, heads) for target in (*fact["needs"], *fact.get("may", {}))
        }
        if not named or any(found[target] is None for target in fact["needs"]):
            continue
        take = {target: column for target, column in found.items() if column is not None}
        closed = [column for target, column in take.items() if target in words_file()["closed"]]
        guess = None if all(guesses[column].why.startswith(WORDS_OF) for column in closed) else "no"
        if guess is None and "date" in take and guesses[take["date"]].open:
            guess = "days"
        yield DraftedFact(fact["table"], take, guess=guess)


def _column(
    target: str,
    fact: Mapping[str, Any],
    guesses: Mapping[str, Guess],
    heads: Mapping[str, tuple[str, ...]],
    beside: tuple[str, ...] = (),
) -> str | None:
    """Find the column of a standard column: by its header, and values of a type that fits.

    Of several, the one whose header has most words of the column ``beside`` it.
    """
    types = {column.name: column.type for column in standard_table(fact["table"]).columns}
    phrases = {**fact.get("needs", {}), **fact.get("may", {})}[target]
    fitting = [
        one
        for phrase in phrases
        for one, own in heads.items()
        if has(own, phrase) and guesses[one].type in FITTING[types[target]]
    ]
    return max(fitting, key=lambda one: len({*heads[one]} & {*beside}), default=None)


def _results(
    fact: Mapping[str, Any],
    guesses: Mapping[str, Guess],
    heads: Mapping[str, tuple[str, ...]],
    several: set[str],
    measures: set[str],
    name: str,
    title: str,
    named: set[str],
) -> Iterator[DraftedFact]:
    """List the results in a row of a test, one for each column of a score.

    Its subject and objective are what else its header says. A person says how those scores are expressed
    whose header doesn't.
    """
    take = {
        target: column
        for target in fact["may"]
        if (column := _column(target, fact, guesses, heads)) is not None
    }
    scores = _scores(fact, guesses, heads, several, measures, take)
    unsaid = [column for column, (method, _) in scores.items() if method == UNSAID]
    of_other = any(word in fact["unless"] for own in heads.values() for word in own)
    if of_other or not (named or len(unsaid) >= FEWEST_SCORES):
        scores = {column: how for column, how in scores.items() if how[0] != UNSAID and named}
    subjects: Mapping[str, str] = words_file()["subjects"]
    of_file = subject_of(head_words(name), guesses)
    # In a file of one subject, another word of it names a part: geometry in one of mathematics.
    said = {
        one for one, what in subjects.items() if not of_file or one in (*head_words(name), what.casefold())
    }
    neutral = {*fact["neutral"], *said}
    for column, (method, phrase) in list(scores.items())[:MOST_SCORES]:
        own = heads[column]
        subject = next((subjects[word] for word in own if word in subjects), of_file)
        rest = [word for word in own if word not in (*phrase.split(), *neutral)]
        fixed = {"score_method": method}
        fixed |= {} if "assessment" in take else {"assessment": title}
        fixed |= {"academic_subject": subject} if subject and "academic_subject" not in take else {}
        fixed |= {"objective": " ".join(rest)} if rest else {}
        day = _column("administration_date", fact, guesses, heads, own)
        result = "result_text" if column in measures else "result"
        own_take = {**take, **({"administration_date": day} if day else {}), result: column}
        if level := _level(fact, guesses, heads, rest, neutral):
            own_take["performance_level"] = level
        else:
            own_take.pop("performance_level", None)
        # An undated result stands as of the export; points alone may be a count, or a mark of a class.
        guess = None
        if method == UNSAID and not (phrase and day):
            guess = "yes" if named - {"score"} and not of_other else "no"
        elif day and guesses[day].open:
            guess = "days"
        yield DraftedFact("assessment_result", own_take, fixed, result, guess)


def _level(
    fact: Mapping[str, Any],
    guesses: Mapping[str, Guess],
    heads: Mapping[str, tuple[str, ...]],
    rest: list[str],
    neutral: set[str],
) -> str | None:
    """Find the column of the level that belongs to a score: of the same part of the test."""
    words = {word for phrase in fact["may"]["performance_level"] for word in phrase.split()} | neutral
    fitting = {one: own for one, own in heads.items() if [word for word in own if word not in words] == rest}
    return _column("performance_level", fact, guesses, fitting)


def _scores(
    fact: Mapping[str, Any],
    guesses: Mapping[str, Guess],
    heads: Mapping[str, tuple[str, ...]],
    several: set[str],
    measures: set[str],
    take: Mapping[str, str],
) -> dict[str, tuple[str, str]]:
    """Find the columns of scores, each with how it is expressed and the phrase of its header that says so."""
    found = {}
    for column, own in heads.items():
        if column in take.values() or not (guesses[column].type in FITTING["number"] or column in measures):
            continue
        if any(has(own, phrase) for phrase in fact["no_results"]):
            continue
        if how := _method(own, fact["methods"]):
            found[column] = how
        elif column not in several:
            continue
        elif "number" not in (*own[:1], *own[-1:]) and not any(word in fact["no_scores"] for word in own):
            found[column] = (UNSAID, "")
    return found


def _varies(values: pd.Series, numbered: int) -> bool:
    """Test whether numbers differ as scores do: not as a flag's, nor as the number of each row or person.

    So many people are ``numbered`` in the file.
    """
    distinct = values.dropna().drop_duplicates()
    if len(distinct) <= FEWEST_SCORES:
        return False
    most = min(values.notna().sum(), numbered)
    return not (distinct.str.len().median() >= DIGITS and len(distinct) >= ALL_DIFFER * most)


def _is_measure(values: pd.Series) -> bool:
    """Test whether most values are those of a scale of reading or mathematics, with its letter: 615L."""
    return counted(values).share(lambda text: re.fullmatch(MEASURE, text) is not None) >= KNOWN_CODES


def _method(own: tuple[str, ...], methods: Mapping[str, list[str]]) -> tuple[str, str] | None:
    """Return how a score is expressed, by its header; the first phrase that occurs."""
    phrases = ((method, phrase) for method, phrases in methods.items() for phrase in phrases)
    return next(((method, phrase) for method, phrase in phrases if has(own, phrase)), None)
