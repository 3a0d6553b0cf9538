"""Provide the languages of pages: sentences and labels as data; Babel has numbers, dates, lists and plurals.

A language is a file, ``<language>.toml``: its sentences for each reader, and its labels of codes. We find a
new language by its file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal
from pydantic import BaseModel

from helpers.standard import STRICT, BadInput, StrictModel, nearest, read_declared
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


class Sentences(StrictModel):
    """Contents of a language's file."""

    # Babel's locale for numbers, dates and plurals, and the one for lists of words.
    locale: str
    lists: str
    nouns: Tables
    words: Tables
    family: Tables
    student: Tables
    # For educators, as far as they differ from those for families; English alone has them.
    educator: Tables = {}
    # Table -> code -> label.
    labels: Tables

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Names of the months."""
        return tuple(get_month_names("wide", "stand-alone", self.locale).values())

    @cached_property
    def short_months(self) -> tuple[str, ...]:
        """Short names of the months."""
        return tuple(get_month_names("abbreviated", "stand-alone", self.locale).values())

    def plural_form(self, value: float) -> str:
        """Return the grammatical form of a noun after a number."""
        return Locale.parse(self.locale).plural_form(value)


@dataclass(frozen=True)
class Language:
    """A language, with its formatting rules."""

    # As in a page's ``lang`` attribute, such as ``en``.
    code: str
    # Sentences by audience.
    sentences: Sentences
    # Table -> code -> label, also of systems and languages.
    labels: Tables

    @property
    def name(self) -> str:
        """The language's own name."""
        return str(Locale.parse(self.sentences.locale).get_language_name()).capitalize()

    def number(self, value: float) -> str:
        """Format a number with at most one decimal, and without a trailing zero."""
        return format_decimal(round(value, 1), locale=self.sentences.locale).replace("-", "\u2212")

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
        return format_date(value, "long", self.sentences.locale)

    def short_day(self, value: date) -> str:
        """Format a date within the page's school year, without the year."""
        return format_skeleton("MMMd", value, locale=self.sentences.locale)

    def day_of_year(self, value: date) -> str:
        """Format a date within the page's school year, with the whole name of the month."""
        return format_skeleton("MMMMd", value, locale=self.sentences.locale)

    def count(self, value: float, noun: str) -> str:
        """Format a number with its noun, in the grammatical form of the language."""
        forms = self.sentences.nouns[noun]
        form = forms.get(self.sentences.plural_form(value), forms["other"])
        return form.replace("{n}", self.number(value))

    def listed(self, items: Sequence[str]) -> str:
        """Join words into a list: a, b and c."""
        return format_list(items, locale=self.sentences.lists)

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
        own: Tables = getattr(self.sentences, voice)
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
        Codes of the files, sorted.
    """
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


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
            f"There are: {', '.join(languages())}; a language more is a file in {HERE.name}."
        )
    return read_language(HERE / f"{code}.toml")


def read_language(path: Path) -> Language:
    """Read a language and check it against English: same sentences, same placeholders, same codes."""
    sentences, code = read_declared(path, Sentences, "sentences for a page"), path.stem
    titles = {one.name: one.title[code] for one in systems().values() if code in one.title}
    labels = {
        **sentences.labels,
        "system": {**titles, **sentences.labels.get("system", {})},
        "language": {**_names_of_languages(sentences.locale), **sentences.labels.get("language", {})},
    }
    read = Language(code, sentences, labels)
    if path.resolve() == (HERE / f"{MEASURE}.toml").resolve():
        return read
    faults = faults_against(read, language(MEASURE))
    if faults:
        details = "\n".join(f"  {fault}" for fault in faults)
        raise BadInput(f"{path.name} can't stand in for a page's language:\n{details}")
    return read


def _names_of_languages(locale: str) -> dict[str, str]:
    """Name each language by its code of ISO 639, of two letters or three."""
    names = dict(Locale.parse(locale).languages)
    codes = get_global("language_aliases").items()
    return names | {code: names[other] for code, other in codes if other in names}


def faults_against(other: Language, measure: Language) -> list[str]:
    """List what a language lacks, compared with another one."""
    faults: list[str] = []
    for part in ("words", "family", "student"):
        mine, its = getattr(other.sentences, part), getattr(measure.sentences, part)
        faults += _differences(part, mine, its)
        for table, sentences in its.items():
            for name, sentence in sentences.items():
                translated = mine.get(table, {}).get(name)
                if translated is None:
                    continue
                strange = sorted(_placeholders(translated) - _placeholders(sentence))
                lost = sorted(_placeholders(sentence) - _placeholders(translated) - SPARED)
                at = f"{part}.{table}.{name}"
                faults += [f"{at} has a place {place!r} that nobody fills" for place in strange]
                faults += [f"{at} doesn't say {place!r}" for place in lost]
    # Babel names languages; a table of labels has only those that it names in another way.
    mine, its = ({**one.labels, "language": {}} for one in (other, measure))
    faults += _differences("labels", mine, its)
    forms = {"other", *map(other.sentences.plural_form, range(200))}
    for noun in measure.sentences.nouns:
        missing = sorted(forms - set(other.sentences.nouns.get(noun, {})))
        faults += [f"nouns.{noun} has no form {form!r}" for form in missing]
    return faults


def _placeholders(sentence: str) -> set[str]:
    return {found[0] for found in _PLACE.findall(sentence)}


def _differences(part: str, mine: Tables, its: Tables) -> list[str]:
    have = {f"{part}.{table}.{name}" for table, words in mine.items() for name in words}
    want = {f"{part}.{table}.{name}" for table, words in its.items() for name in words}
    return [
        *(f"{name} is missing" for name in sorted(want - have)),
        *(f"{name} is nothing that English says.{nearest(name, want)}" for name in sorted(have - want)),
    ]
