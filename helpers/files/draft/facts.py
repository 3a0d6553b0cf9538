"""Draft the standard rows that a file's rows make: absences, test results, incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from helpers.files.draft.columns import Guess, counted, has, head_words, subject_of, words_file
from helpers.files.draft.people import People
from helpers.standard import standard_table

__all__ = ["DraftedFact", "decide_codes", "drafted_facts"]

KNOWN_CODES = 0.8  # of the rows with a code: as many decide that the column is what its header says
CODED = ("string", "code", "integer", "boolean")  # types that a column of codes may seem to have
MOST_SCORES = 24  # results in one row
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
    question: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    unless_empty: str | None = None
    decided: bool = False

    def lines(self, local_id: str | None) -> list[str]:
        """Write it as a layout does; a suggestion behind #."""
        take = ({"local_id": local_id} if local_id else {}) | dict(self.take)
        lines = ["[[file.makes]]", f"table = {json.dumps(self.table)}"]
        lines += [f"unless_empty = {json.dumps(self.unless_empty)}"] if self.unless_empty else []
        for name, pairs in (("take", take), ("set", self.fixed)):
            inside = ", ".join(
                f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in pairs.items()
            )
            lines += [f"{name} = {{ {inside} }}"] if pairs else []
        if self.decided:
            return [f"# {self.question}: its columns' headers and values fit.", *lines]
        return [f"# ? {self.question}, delete the first # of these lines:", *(f"# {line}" for line in lines)]


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
            if not known or counts.share(known.__contains__) < KNOWN_CODES:
                continue
            odd = {text: n for text, n in zip(counts.texts, counts.times, strict=True) if text not in known}
            asked = "; ".join(
                f"what does {text!r} mean ({n} of {counts.rows})?" for text, n in sorted(odd.items())[:5]
            )
            why = f"its words are those of {target.replace('_', ' ')}"
            result[name] = replace(guess, type="code", formats=(), codes=known, why=why, open=asked)
    return result


def drafted_facts(
    guesses: Mapping[str, Guess], people: People, words: tuple[str, ...], name: str, title: str
) -> Iterator[DraftedFact]:
    """List the standard rows that a kind of file seems to make."""
    heads = {one: head_words(one) for one in guesses if one not in (*people.fields, *people.ids)}
    every = {word for own in map(head_words, guesses) for word in own} | {*words}
    for fact in words_file()["fact"]:
        if not any(word in every for word in fact["words"]):
            continue
        if fact["table"] == "assessment_result":
            yield from _results(fact, guesses, heads, name, title)
            continue
        found = {
            target: _column(target, fact, guesses, heads) for target in (*fact["needs"], *fact.get("may", {}))
        }
        if any(found[target] is None for target in fact["needs"]):
            continue
        take = {target: column for target, column in found.items() if column is not None}
        closed = [column for target, column in take.items() if target in words_file()["closed"]]
        decided = all(guesses[column].why.startswith("its words are those of") for column in closed)
        if "date" in take:
            decided &= guesses[take["date"]].open == ""
        yield DraftedFact(fact["table"], take, fact["question"], decided=decided)


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
    name: str,
    title: str,
) -> Iterator[DraftedFact]:
    """List the results in a row of a test, one for each column of a score.

    Its subject and objective are what else its header says.
    """
    take = {
        target: column
        for target in fact["may"]
        if (column := _column(target, fact, guesses, heads)) is not None
    }
    scores = [
        (column, method, phrase)
        for column, own in heads.items()
        if guesses[column].type in FITTING["number"] and column not in take.values()
        for method, phrase in _method(own, fact["methods"])
    ]
    subjects: Mapping[str, str] = words_file()["subjects"]
    of_file = subject_of(head_words(name), guesses)
    for column, method, phrase in scores[:MOST_SCORES]:
        own = heads[column]
        subject = next((subjects[word] for word in own if word in subjects), of_file)
        rest = [word for word in own if word not in (*phrase.split(), *fact["neutral"], *subjects)]
        fixed = {"score_method": method}
        fixed |= {} if "assessment" in take else {"assessment": title}
        fixed |= {"academic_subject": subject} if subject and "academic_subject" not in take else {}
        fixed |= {"objective": " ".join(rest)} if rest else {}
        day = _column("administration_date", fact, guesses, heads, own)
        own_take = {**take, **({"administration_date": day} if day else {}), "result": column}
        # An undated result stands as of the export; "score" alone may be a count, or a mark of a class.
        decided = not guesses[day].open if day else method != "Test score"
        yield DraftedFact("assessment_result", own_take, fact["question"], fixed, "result", decided=decided)


def _method(own: tuple[str, ...], methods: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Return how a score is expressed, by its header; the first phrase that occurs."""
    found = [
        (method, phrase) for method, phrases in methods.items() for phrase in phrases if has(own, phrase)
    ]
    return found[:1]
