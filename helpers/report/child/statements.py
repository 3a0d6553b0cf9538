"""Collect what a page may state about a child, strengths first."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np

from helpers.profile import TRUE, Column, Condition, declared_elements, definition, parts_of
from helpers.report.child.shown_elements import (
    LineRule,
    MonthColumn,
    PageTerms,
    Strength,
    Talk,
)
from helpers.report.messages import Language, Voice
from helpers.standard import figure, first_day, last_day

__all__ = [
    "MOST_TALKS",
    "SURE",
    "Event",
    "GroupOfLines",
    "MonthLine",
    "PageLine",
    "PageStatements",
    "ReportedValue",
    "groups_of_lines",
    "months_of",
    "page_statements",
    "source_of",
    "strengths_of",
    "talks_of",
    "template_fields",
]


# Verified link bands. Nothing from an unreviewed record appears on a page, whatever else supports it.
SURE = ("Verified", "Unlinked")


@dataclass(frozen=True)
class ReportedValue:
    """A value that a page may show, and its source."""

    text: str
    number: float | None
    school_year: int | None
    silo: str
    record: str | None
    file: str | None
    row: int | None
    as_of: date | None
    agrees: bool | None


@dataclass(frozen=True)
class Event:
    """An event of the child's year, and its source."""

    day: date
    kind: str
    word: str
    silo: str
    # None for a viewer who may not see where it comes from.
    file: str | None
    row: int | None
    detail: str | None = None


UNKNOWN_COLUMN = Column(np.full(1, np.nan))


@dataclass
class PageStatements:
    """Everything that a page may state about a child."""

    child: str
    # By element, only from verified systems.
    values: dict[str, ReportedValue] = field(default_factory=dict)
    # Events of the school year that its months count, by date.
    events: list[Event] = field(default_factory=list)
    # Further events of the year, which only its picture draws.
    pictured: list[Event] = field(default_factory=list)
    # Systems with such facts, but without a record of the child.
    not_linked: list[str] = field(default_factory=list)
    # Systems with a record that may be the child's, but needs review.
    unsure: list[str] = field(default_factory=list)
    # The child's first day at a school this year, as far as any system shows.
    since: date | None = None
    # Elements with different values in two verified systems.
    differing: list[str] = field(default_factory=list)
    # By element that each test gives on a scale of its own: all its values, the newest first.
    tests: dict[str, list[ReportedValue]] = field(default_factory=dict)

    def number(self, element: str) -> float | None:
        """Return a number; None if unknown."""
        reported = self.values.get(element)
        return None if reported is None else reported.number

    def holds(self, condition: Condition) -> bool:
        """Check that a condition is known to hold; a page says nothing of what is unknown."""
        return bool(condition.truth({name: self._column(name) for name in condition.inputs()}) == TRUE)

    def _column(self, name: str) -> Column:
        kind, element = parts_of(name)
        reported = self.values.get(element if kind == "on_record" else name)
        if reported is None:
            return UNKNOWN_COLUMN
        if kind == "on_record":
            return Column(np.ones(1))
        return Column(np.array([reported.text if reported.number is None else reported.number]))


def page_statements(
    values: Sequence[Any],
    timeline: Sequence[Any],
    standing: Mapping[tuple[str, str], bool],
    school_year: int | None,
    terms: PageTerms,
    indicators: Sequence[Any] = (),
    also: Collection[str] = (),
) -> dict[str, PageStatements]:
    """Collect what pages may state, for many children at once, from rows of the tables of a view.

    ``standing`` says of each child and system with a record whether a page may show the record.
    """
    stated = {child: PageStatements(child) for child, _ in standing}
    wanted = {*terms.shown_elements, *terms.compared, *also}
    mine = [row for row in values if row.element in wanted and row.school_year in (None, school_year)]
    # Nobody needs to know about a doubtful record in a system that would add nothing here.
    telling = {(row.child, row.silo) for row in mine if row.status == "Reported"}
    for (child, silo), may_show in standing.items():
        if not may_show and (child, silo) in telling:
            stated[child].unsure.append(silo)
    # Nobody has to be in a list that adds only further elements: it may list whom it pleases.
    missing = [row for row in mine if row.status == "Not linked" and row.element not in also]
    for child, silo in dict.fromkeys((row.child, row.silo) for row in missing):
        if child in stated and silo is not None:
            stated[child].not_linked.append(silo)
    _take_values(stated, mine, standing, terms)
    if school_year is not None:
        # Values of the year before, by the names that conditions have for them.
        before = [
            row for row in values if row.element in terms.earlier and row.school_year == school_year - 1
        ]
        _take_values(
            stated, [row._replace(element=f"last_year.{row.element}") for row in before], standing, terms
        )
    _take_norms(stated, indicators, terms)
    _compare_tests(stated.values(), terms)
    _take_events(stated, timeline, standing, school_year, terms)
    return stated


def _take_values(
    stated: Mapping[str, PageStatements],
    values: Sequence[Any],
    standing: Mapping[tuple[str, str], bool],
    terms: PageTerms,
) -> None:
    """Use the first reported value of a verified system for each element; the table is sorted by trust."""
    apart = {each.name for each in declared_elements() if each.compare == "apart"}
    for row in values:
        if row.status != "Reported" or row.link_status not in SURE or row.value is None:
            continue
        if not standing.get((row.child, row.silo)):
            continue
        own = stated[row.child]
        value = ReportedValue(
            text=row.value,
            number=row.value_number,
            school_year=row.school_year,
            silo=row.silo,
            record=row.record,
            file=row.file,
            row=row.row,
            as_of=None if row.as_of is None else row.as_of.date(),
            agrees=row.agrees,
        )
        if row.element in apart:
            own.tests.setdefault(row.element, []).append(value)
        first = own.values.setdefault(row.element, value)
        # A second verified system with another value.
        other = first.text.casefold() != row.value.casefold() and row.agrees is False
        if other and row.element in terms.compared and row.element not in own.differing:
            own.differing.append(row.element)


def _take_norms(stated: Mapping[str, PageStatements], indicators: Sequence[Any], terms: PageTerms) -> None:
    """Use what norms expect of a value that the page states anyway."""
    names = {
        (indicator, definition(indicator).name): (name, name.removesuffix("_typical"))
        for name, indicator in terms.norms.items()
    }
    for row in indicators:
        name, of = names.get((row.indicator, row.definition), ("", ""))
        own = stated.get(row.child)
        # Of several tests only the one with norms has a typical growth.
        grown = None if own is None else own.number(of)
        if own is not None and grown is not None and row.denominator is not None and row.numerator == grown:
            # In some grades the norms' mean falls: nobody is expected to lose points.
            typical = max(row.denominator, 0.0)
            own.values[name] = replace(own.values[of], text=f"{typical:g}", number=typical)


# Half the band of a percentile, in standard deviations.
BAND = figure("profile/thresholds.test_band")


def _compare_tests(stated: Iterable[PageStatements], terms: PageTerms) -> None:
    """Compare the newest test of a subject with the one furthest from it: how far apart their bands are."""
    for own in stated:
        for subject, element in terms.tests.items():
            tests = own.tests.get(element, [])
            if len(tests) < 2:
                continue
            newest, *rest = tests
            other = max(rest, key=lambda one: abs(_z(one) - _z(newest)))
            own.tests[element] = [newest, other, *(one for one in rest if one is not other)]
            apart = abs(_z(newest) - _z(other)) - 2 * BAND
            lower = min(newest.number or 0.0, other.number or 0.0)
            for name, number in (("apart", apart), ("lower", lower)):
                own.values[f"{subject}_tests_{name}"] = replace(newest, number=number)


def _z(percentile: ReportedValue) -> float:
    """Return a percentile in standard deviations from the middle of its norms."""
    return NormalDist().inv_cdf(min(max(percentile.number or 50.0, 1.0), 99.0) / 100)


def _take_events(
    stated: Mapping[str, PageStatements],
    timeline: Sequence[Any],
    standing: Mapping[tuple[str, str], bool],
    school_year: int | None,
    terms: PageTerms,
) -> None:
    """Use the events of the school year, which the chart counts."""
    if school_year is None:
        return
    begins, ends = first_day(school_year), last_day(school_year)
    kinds = {*terms.shown_kinds, *terms.within_events}
    counted = {column.kind for column in terms.month}
    for row in timeline:
        day = row.date.date()
        if row.kind not in kinds or row.link_status not in SURE or not begins <= day <= ends:
            continue
        if not standing.get((row.child, row.silo)):
            continue
        own = stated[row.child]
        if row.kind in terms.within_events:
            own.since = day if own.since is None else min(own.since, day)
        else:
            event = Event(day, row.kind, row.event or "", row.silo, row.file, row.row, row.detail)
            (own.events if row.kind in counted else own.pictured).append(event)


@dataclass(frozen=True)
class PageLine:
    """A line of the page."""

    number: int
    key: str
    label: str
    shown: str
    means: str
    source: str
    reported: tuple[tuple[str, ReportedValue], ...]
    """Elements that it shows, each with its value."""


@dataclass(frozen=True)
class GroupOfLines:
    """Lines that belong together, and questions to ask about them."""

    key: str
    title: str
    ask: str
    lines: tuple[PageLine, ...]


@dataclass(frozen=True)
class MonthLine:
    """A month of the year: number of events per column, and which."""

    number: int
    first_day: date
    label: str
    short: str
    counts: tuple[int, ...]
    events: tuple[Event, ...]


def groups_of_lines(
    stated: PageStatements, terms: PageTerms, language: Language, voice: Voice, systems: dict[str, str]
) -> list[GroupOfLines]:
    """Return the lines of a child's page in groups, numbered from 1."""
    groups: dict[str, list[PageLine]] = {}
    number = 0
    for line, values in _values_of_lines(stated, terms):
        known = [value for value in values if value is not None]
        # A score without its level is still a score; a fraction needs both numbers, from one system.
        whole = known[:1] and (line.form == "score" or len(known) == len(values))
        if not whole or values[0] is None or (line.form == "of" and len({each.silo for each in known}) > 1):
            continue
        if line.least is not None and (values[0].number is None or values[0].number < line.least):
            continue
        grade = stated.values.get("grade_level")
        if line.has_no_use(values[0].number, None if grade is None else grade.text):
            continue
        number += 1
        first = values[0]
        groups.setdefault(line.group, []).append(
            PageLine(
                number=number,
                key=line.key,
                label=language.say(voice, f"line.{line.key}", test=_system_name(first, systems, language)),
                shown=_shown(line, known, language),
                means=_means(line, stated, known, terms, language, voice),
                source=source_of(first, systems, language, voice),
                reported=tuple(zip(line.elements, known, strict=False)),
            )
        )
    return [
        GroupOfLines(
            key, language.say(voice, f"group.{key}"), language.say(voice, f"ask.{key}"), tuple(lines)
        )
        for key, lines in groups.items()
    ]


def _values_of_lines(
    stated: PageStatements, terms: PageTerms
) -> Iterator[tuple[LineRule, list[ReportedValue | None]]]:
    """Return the values of each line; of a score, those of one test after the other."""
    for line in terms.line:
        tests = stated.tests.get(line.elements[0], []) if line.form == "score" else []
        for test in tests:
            others = [stated.tests.get(name, []) for name in line.elements[1:]]
            yield (
                line,
                [test, *(next((one for one in other if one.silo == test.silo), None) for other in others)],
            )
        if not tests:
            yield line, [stated.values.get(element) for element in line.elements]


def _system_name(reported: ReportedValue, systems: Mapping[str, str], language: Language) -> str:
    return language.label("system", systems.get(reported.silo, reported.silo))


def source_of(reported: ReportedValue, systems: Mapping[str, str], language: Language, voice: Voice) -> str:
    """Name the system of a value, and the day that it speaks for."""
    source = _system_name(reported, systems, language)
    if reported.as_of is None:
        return source
    return language.say(voice, "times.from_day", system=source, day=language.short_day(reported.as_of))


def _shown(line: LineRule, known: list[ReportedValue], language: Language) -> str:
    first = known[0]
    number = first.number
    if line.form == "code":
        word = language.label(str(line.labels), first.text)
        return word[:1].upper() + word[1:]
    if line.form == "names":
        words = language.labeled_list(str(line.labels), first.text)
        return words[:1].upper() + words[1:]
    if line.form == "name" or number is None:
        return first.text
    if line.form == "count":
        return language.count(number, str(line.unit))
    if line.form == "of":
        return language.say(
            "family", "form.of", part=number, whole=language.count(known[1].number or 0, str(line.unit))
        )
    if line.form == "mark":
        return language.say("family", "form.mark", mark=number)
    if line.form == "share":
        return language.say("family", "form.percent", percent=round(100 * number))
    return language.number(number)


def _means(
    line: LineRule,
    stated: PageStatements,
    known: list[ReportedValue],
    terms: PageTerms,
    language: Language,
    voice: Voice,
) -> str:
    if line.form == "score" and len(known) > 1 and known[1].number is not None:
        grade = stated.values.get("grade_level")
        where = (
            language.say(voice, "page.this_grade")
            if grade is None
            else language.label("in_grade", grade.text)
        )
        return language.say(voice, f"level.{terms.level(known[1].number)}", grade=where)
    if line.form == "mark" and known[0].number is not None:
        return language.say(voice, f"means.{line.key}", letter=terms.letter(known[0].number))
    return language.say(voice, f"means.{line.key}", chronic_one_in=_chronic_one_in(language))


def months_of(
    stated: PageStatements,
    terms: PageTerms,
    language: Language,
    school_year: int | None,
    until: date | None,
    after: int,
) -> list[MonthLine]:
    """Count the events of the year by month."""
    if school_year is None or not stated.events:
        return []
    absent = stated.values.get("days_absent")
    as_of = None if absent is None else absent.as_of
    days = [day for day in (until, as_of) if day is not None]
    last = min([*days, last_day(school_year)]) if days else stated.events[-1].day
    last = max(last, stated.events[-1].day)
    # Before the child came, and after the last day with attendance data, we don't know: no zero there.
    august = date(school_year - 1, 8, 1)
    first = min(max(stated.since or august, august), stated.events[0].day)
    months = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        events = [event for event in stated.events if (event.day.year, event.day.month) == (year, month)]
        after += 1
        months.append(
            MonthLine(
                number=after,
                first_day=date(year, month, 1),
                label=language.sentences.months[month - 1],
                short=language.sentences.short_months[month - 1],
                counts=_counted(events, terms.month),
                events=tuple(events),
            )
        )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def _counted(events: list[Event], columns: tuple[MonthColumn, ...]) -> tuple[int, ...]:
    """Count a month's events by column; a day of absence counts once, in the first column with it."""
    days: set[tuple[str, date]] = set()
    counted = []
    for column in columns:
        own = [
            event
            for event in events
            if event.kind == column.kind and (not column.words or event.word in column.words)
        ]
        if column.words:
            fresh = {(event.kind, event.day) for event in own} - days
            days |= fresh
            counted.append(len(fresh))
        else:
            counted.append(len(own))
    return tuple(counted)


MOST_STRENGTHS, MOST_TALKS = 4, 3
# Placeholders that show a grade as a letter, with the grade's element.
LETTERS_OF = {
    "letter": "grade_average",
    "letter_now": "course_average",
    "letter_mathematics": "grade_mathematics",
    "letter_english": "grade_english",
}


def _chronic_one_in(language: Language) -> str:
    """Return the number of days in which one missed day is chronic absence."""
    return language.number_word(round(1 / figure("chronic_absence_share"), 1))


def strengths_of(stated: PageStatements, terms: PageTerms) -> list[Strength]:
    """Return the strengths, best first."""
    found: dict[str, Strength] = {}
    for one in terms.strength:
        if one.concept not in found and stated.holds(one.when):
            found[one.concept] = one
    return list(found.values())[:MOST_STRENGTHS]


def talks_of(stated: PageStatements, terms: PageTerms) -> list[Talk]:
    """Return the topics to talk about, most serious first."""
    found: dict[str, Talk] = {}
    for one in sorted(terms.talk, key=lambda talk: terms.rank[talk.key]):
        if not stated.holds(one.when):
            continue
        first = found.setdefault(one.concept, one)
        if first.lowest and one.lowest and _number(stated, one.lowest) < _number(stated, first.lowest):
            found[one.concept] = one
    return list(found.values())[:MOST_TALKS]


def _number(stated: PageStatements, element: str) -> float:
    number = stated.number(element)
    return math.inf if number is None else number


def template_fields(
    stated: PageStatements,
    terms: PageTerms,
    language: Language,
    voice: Voice,
    system_name: Callable[[str], str],
) -> dict[str, Any]:
    """Return the values of placeholders in sentences about a child."""
    codes = {each.elements[0]: each.labels for each in terms.line if each.labels is not None}
    fields: dict[str, Any] = {}
    others = {f"{name}_other": tests[1] for name, tests in stated.tests.items() if len(tests) > 1}
    for element, value in {**stated.values, **others}.items():
        kind, own = parts_of(element)
        place = f"{own}_before" if kind == "last_year" else own
        if element in codes:
            fields[place] = language.labeled_list(str(codes[element]), value.text)
        else:
            fields[place] = value.text if value.number is None else value.number
        if value.number is not None and value.number < 0:
            fields[f"{place}_less"] = -value.number
        fields[f"{place}_when"] = (
            language.say(voice, "times.on_day", day=value.as_of)
            if value.as_of is not None
            else language.say(voice, "times.this_year")
        )
        if own.removesuffix("_other") in stated.tests:
            fields[f"{place}_test"] = system_name(value.silo)
    for place, element in LETTERS_OF.items():
        mark = stated.number(element)
        if mark is not None:
            fields[place] = terms.letter(mark)
    name, grade = stated.values.get("first_name"), stated.values.get("grade_level")
    fields["name"] = language.say(voice, "page.no_name") if name is None else name.text
    fields["grade"] = (
        language.say(voice, "page.this_grade") if grade is None else language.label("in_grade", grade.text)
    )
    fields["chronic_one_in"] = _chronic_one_in(language)
    enrolled = stated.number("days_enrolled")
    if enrolled is not None:
        fields["chronic_days"] = math.ceil(round(enrolled * figure("chronic_absence_share"), 6))
    return fields
