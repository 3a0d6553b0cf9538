"""The numbered lines of a page: what each shows, what it means, and where it stands in the school's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helpers.show.family.declared import Line, MonthColumn, PageTerms
from helpers.show.family.language import Language, Voice
from helpers.show.family.told import ChildTold, Event, Told

__all__ = ["GroupOfLines", "MonthLine", "PageLine", "groups_of_lines", "months_of"]


@dataclass(frozen=True)
class PageLine:
    """A line of the page."""

    number: int
    key: str
    label: str
    shown: str
    means: str
    source: str
    told: tuple[tuple[str, Told], ...]
    """Elements that it shows, each with its value."""


@dataclass(frozen=True)
class GroupOfLines:
    """Lines that belong together, and what one can ask about them."""

    key: str
    title: str
    ask: str
    lines: tuple[PageLine, ...]


@dataclass(frozen=True)
class MonthLine:
    """A month of the year: how many events of each column, and which."""

    number: int
    first_day: date
    label: str
    short: str
    counts: tuple[int, ...]
    events: tuple[Event, ...]


def groups_of_lines(
    told: ChildTold, terms: PageTerms, spoken: Language, voice: Voice, systems: dict[str, str]
) -> list[GroupOfLines]:
    """Give the lines of a child's page, numbered from 1, in their groups.

    Parameters
    ----------
    told
        What may be said of the child.
    terms
        What is declared of pages.
    spoken, voice
        Language, and to whom it is said.
    systems
        By silo, which of the kit's systems it is: systems are called by their labels.

    Returns
    -------
    list of GroupOfLines
        Groups without a line are left out.
    """
    groups: dict[str, list[PageLine]] = {}
    number = 0
    for line in terms.line:
        values = [told.values.get(element) for element in line.elements]
        known = [value for value in values if value is not None]
        # A score without its level is still a score; a part of a whole needs both, from one system.
        whole = known[:1] and (line.form == "score" or len(known) == len(values))
        if not whole or values[0] is None or (line.form == "of" and len({each.silo for each in known}) > 1):
            continue
        if line.least is not None and (values[0].number is None or values[0].number < line.least):
            continue
        number += 1
        first = values[0]
        source = spoken.label("system", systems.get(first.silo, first.silo))
        if first.as_of is not None:
            source = spoken.say(voice, "times.from_day", system=source, day=spoken.short_day(first.as_of))
        groups.setdefault(line.group, []).append(
            PageLine(
                number=number,
                key=line.key,
                label=spoken.say(voice, f"line.{line.key}"),
                shown=_shown(line, known, spoken),
                means=_means(line, told, known, terms, spoken, voice),
                source=source,
                told=tuple(zip(line.elements, known, strict=False)),
            )
        )
    return [
        GroupOfLines(key, spoken.say(voice, f"group.{key}"), spoken.say(voice, f"ask.{key}"), tuple(lines))
        for key, lines in groups.items()
    ]


def _shown(line: Line, known: list[Told], spoken: Language) -> str:
    first = known[0]
    number = first.number
    if line.form == "code":
        word = spoken.label(str(line.labels), first.text)
        return word[:1].upper() + word[1:]
    if line.form == "names":
        words = spoken.labelled_list(str(line.labels), first.text)
        return words[:1].upper() + words[1:]
    if line.form == "name" or number is None:
        return first.text
    if line.form == "count":
        return spoken.count(number, str(line.unit))
    if line.form == "of":
        return spoken.say(
            "family", "form.of", part=number, whole=spoken.count(known[1].number or 0, str(line.unit))
        )
    if line.form == "mark":
        return spoken.say("family", "form.mark", mark=number)
    if line.form == "share":
        return spoken.say("family", "form.percent", percent=round(100 * number))
    return spoken.number(number)


def _means(
    line: Line, told: ChildTold, known: list[Told], terms: PageTerms, spoken: Language, voice: Voice
) -> str:
    if line.form == "score" and len(known) > 1 and known[1].number is not None:
        grade = told.values.get("grade_level")
        where = (
            spoken.say(voice, "page.this_grade") if grade is None else spoken.label("in_grade", grade.text)
        )
        return spoken.say(voice, f"level.{terms.level(known[1].number)}", grade=where)
    if line.form == "mark" and known[0].number is not None:
        return spoken.say(voice, f"means.{line.key}", letter=terms.letter(known[0].number))
    return spoken.say(voice, f"means.{line.key}")


def months_of(
    told: ChildTold,
    terms: PageTerms,
    spoken: Language,
    school_year: int | None,
    until: date | None,
    after: int,
) -> list[MonthLine]:
    """Count the events of the year by month.

    Parameters
    ----------
    told
        What may be said of the child.
    terms
        What is declared of pages.
    spoken
        The language.
    school_year
        The year in which the school year ends.
    until
        The day of which the systems speak: later months are no zeros.
    after
        The number of the last line before.

    Returns
    -------
    list of MonthLine
        From August, or the month in which the child came, to that of `until`, or of the last day of which
        attendance speaks; none where there is no event at all.
    """
    if school_year is None or not told.events:
        return []
    absent = told.values.get("days_absent")
    said = None if absent is None else absent.as_of
    days = [day for day in (until, said) if day is not None]
    last = min([*days, date(school_year, 6, 30)]) if days else told.events[-1].day
    last = max(last, told.events[-1].day)
    # Before the child came, and after the last day of which attendance speaks, nobody knows: no zero there.
    august = date(school_year - 1, 8, 1)
    first = min(max(told.since or august, august), told.events[0].day)
    months = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        events = [event for event in told.events if (event.day.year, event.day.month) == (year, month)]
        after += 1
        months.append(
            MonthLine(
                number=after,
                first_day=date(year, month, 1),
                label=spoken.sentences.months[month - 1],
                short=spoken.sentences.short_months[month - 1],
                counts=_counted(events, terms.month),
                events=tuple(events),
            )
        )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def _counted(events: list[Event], columns: tuple[MonthColumn, ...]) -> tuple[int, ...]:
    """Count a month's events by column; a day of absence counts once, in the first column that has it."""
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
