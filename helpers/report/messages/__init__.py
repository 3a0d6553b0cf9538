"""Provide the languages of pages: sentences, labels, numbers, dates and plurals, all as data.

A language has two files, ``sentences/<language>.toml`` and ``labels/<language>.toml``. We find a new language
by its files. ``educators/en.toml`` has what only educators read.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from helpers.standard import BadInput, faults_of, nearest, toml_of
from helpers.systems import systems

__all__ = ["VOICES", "Language", "Voice", "language", "languages", "read_language"]

HERE = Path(__file__).parent
# Audiences whom every language addresses; educators read English.
VOICES = ("family", "student")
# Reference language: all others must have the same messages.
MEASURE = "en"
# Placeholders that another language may leave out; numbers are required in each.
SPARED = frozenset({"name", "grade"})

Voice = Literal["family", "student", "educator"]
Tables = dict[str, dict[str, str]]
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


class Plural(BaseModel):
    """Rule for a plural form: whole numbers, or their remainder after division."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    values: tuple[int, ...]
    of_rest: int | None = None
    except_rest: int | None = None
    except_values: tuple[int, ...] = ()

    def takes(self, number: float) -> bool:
        """Check whether a number takes this form."""
        if number != int(number):
            return False
        whole = abs(int(number))
        if self.except_rest and whole % self.except_rest in self.except_values:
            return False
        return (whole % self.of_rest if self.of_rest else whole) in self.values


class Sentences(BaseModel):
    """Contents of ``sentences/<language>.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    iso: str
    decimal: str
    thousands: str
    date: str
    short_date: str
    date_of_year: str
    last_and: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    plural: tuple[Plural, ...] = ()
    nouns: Tables
    words: Tables
    family: Tables
    student: Tables


@dataclass(frozen=True)
class Language:
    """A language, with its formatting rules."""

    # As in a page's ``lang`` attribute, such as ``en``.
    code: str
    # Sentences by audience.
    sentences: Sentences
    # Table -> code -> label.
    labels: Tables
    # Sentences for educators, as far as they differ from those for families.
    educator: Tables = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The language's own name."""
        return self.sentences.name

    def number(self, value: float) -> str:
        """Format a number with at most one decimal, and without a trailing zero."""
        text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
        text = text.removesuffix(".0")
        # We swap two marks by way of a character that numbers don't contain.
        text = text.replace(",", "_").replace(".", self.sentences.decimal)
        return text.replace("_", self.sentences.thousands).replace("-", "\u2212")

    def number_word(self, value: float) -> str:
        """Write a whole number below 200 as a word; any other in digits."""
        words = self.sentences.words["number"]
        if f"{value:g}" in words:
            return words[f"{value:g}"]
        if value != int(value) or not 0 <= value < 200:
            return self.number(value)
        if value > 100:
            return words["hundred"].format(rest=self.number_word(value - 100))
        ones = int(value) % 10
        return words["tens"].format(tens=words[f"{int(value) - ones}"], ones=words[f"{ones}"])

    def day(self, value: date) -> str:
        """Format a date."""
        parts = {"day": value.day, "month": self.sentences.months[value.month - 1], "year": value.year}
        return self.sentences.date.format(**parts)

    def short_day(self, value: date) -> str:
        """Format a date within the page's school year, without the year."""
        return self.sentences.short_date.format(
            day=value.day, month=self.sentences.short_months[value.month - 1]
        )

    def day_of_year(self, value: date) -> str:
        """Format a date within the page's school year, with the whole name of the month."""
        return self.sentences.date_of_year.format(day=value.day, month=self.sentences.months[value.month - 1])

    def count(self, value: float, noun: str) -> str:
        """Format a number with its noun, in the grammatical form of the language."""
        forms = self.sentences.nouns[noun]
        form = next((one.form for one in self.sentences.plural if one.takes(value)), "other")
        return forms[form].replace("{n}", self.number(value))

    def listed(self, items: list[str]) -> str:
        """Join words into a list: a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.sentences.last_and} {items[-1]}"

    def label(self, table: str, code: str) -> str:
        """Return the label of a code; an undeclared code stays as written."""
        return self.labels.get(table, {}).get(code, code)

    def labeled_list(self, table: str, codes: str) -> str:
        """Return the labels of codes separated by semicolons in one cell."""
        return self.listed([self.label(table, code.strip()) for code in codes.split(";")])

    def say(self, voice: Voice, key: str, /, **values: Any) -> str:
        """Format a sentence."""
        sentence = self.sentence(voice, key)
        return _PLACE.sub(lambda place: self._filled(values[place[1]], place[2]), sentence)

    def sentence(self, voice: Voice, key: str) -> str:
        """Return a sentence with its placeholders; one for this audience takes precedence."""
        table, _, name = key.partition(".")
        own: Tables = self.educator if voice == "educator" else getattr(self.sentences, voice)
        found = own.get(table, {}).get(name)
        if not found and voice == "educator":
            found = self.sentences.family.get(table, {}).get(name)
        return found or self.sentences.words[table][name]

    def _filled(self, value: Any, noun: str | None) -> str:
        if noun is not None:
            return self.count(float(value), noun)
        if isinstance(value, date):
            return self.day(value)
        return self.number(float(value)) if isinstance(value, int | float) else str(value)


def languages() -> tuple[str, ...]:
    """List the languages available for pages.

    Returns
    -------
    tuple of str
        Codes of the files in ``sentences``, sorted.
    """
    return tuple(sorted(path.stem for path in (HERE / "sentences").glob("*.toml")))


@cache
def language(code: str) -> Language:
    """Load a language of the kit.

    Parameters
    ----------
    code
        One of `languages`.

    Returns
    -------
    Language
        Sentences and labels.

    Raises
    ------
    BadInput
        If there is no such language, or it lacks messages that English has.
    """
    if code not in languages():
        raise BadInput(
            f"No page can be written in {code!r}.{nearest(code, languages())} "
            f"There are: {', '.join(languages())}; a language more is a file in {HERE.name}/sentences and "
            f"one in {HERE.name}/labels."
        )
    return read_language(HERE / "sentences" / f"{code}.toml", HERE / "labels" / f"{code}.toml")


def read_language(sentences: Path, labels: Path) -> Language:
    """Read a language and check it against English: same sentences, same placeholders, same codes."""
    words, code = _labels(labels), sentences.stem
    titles = {one.name: one.title[code] for one in systems().values() if code in one.title}
    words["system"] = {**titles, **words.get("system", {})}
    educators = sentences.parent.parent / "educators" / sentences.name
    read = Language(code, _sentences(sentences), words, _labels(educators) if educators.is_file() else {})
    if sentences.resolve() == (HERE / "sentences" / f"{MEASURE}.toml").resolve():
        return read
    faults = faults_against(read, language(MEASURE))
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise BadInput(f"{sentences.name} and {labels.name} can't stand in for a page's language:\n{told}")
    return read


def faults_against(other: Language, measure: Language) -> list[str]:
    """List what a language lacks, compared with another one."""
    faults: list[str] = []
    for part in ("words", "family", "student"):
        mine, its = getattr(other.sentences, part), getattr(measure.sentences, part)
        faults += _differences(part, mine, its)
        for table, sentences in its.items():
            for name, sentence in sentences.items():
                said = mine.get(table, {}).get(name)
                if said is None:
                    continue
                strange = sorted(_places(said) - _places(sentence))
                lost = sorted(_places(sentence) - _places(said) - SPARED)
                at = f"{part}.{table}.{name}"
                faults += [f"{at} has a place {place!r} that nobody fills" for place in strange]
                faults += [f"{at} doesn't say {place!r}" for place in lost]
    faults += _differences("labels", other.labels, measure.labels)
    forms = {*(one.form for one in other.sentences.plural), "other"}
    for noun in measure.sentences.nouns:
        missing = sorted(forms - set(other.sentences.nouns.get(noun, {})))
        faults += [f"nouns.{noun} has no form {form!r}" for form in missing]
    for name in ("months", "short_months"):
        if len(getattr(other.sentences, name)) != 12:
            faults.append(f"{name} are {len(getattr(other.sentences, name))}, and not 12")
    return faults


def _places(sentence: str) -> set[str]:
    return {found[0] for found in _PLACE.findall(sentence)}


def _differences(part: str, mine: Tables, its: Tables) -> list[str]:
    have = {f"{part}.{table}.{name}" for table, words in mine.items() for name in words}
    want = {f"{part}.{table}.{name}" for table, words in its.items() for name in words}
    return [
        *(f"{name} is missing" for name in sorted(want - have)),
        *(f"{name} is nothing that English says.{nearest(name, want)}" for name in sorted(have - want)),
    ]


def _sentences(path: Path) -> Sentences:
    try:
        return Sentences.model_validate(toml_of(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        known = Sentences.model_fields
        told = faults_of(error, known) if isinstance(error, ValidationError) else f"  {error}"
        raise BadInput(f"{path.name} has no sentences for a page:\n{told}") from None


def _labels(path: Path) -> dict[str, dict[str, str]]:
    try:
        read = toml_of(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} has no labels: {error}.") from None
    return {table: {str(code): str(word) for code, word in words.items()} for table, words in read.items()}
