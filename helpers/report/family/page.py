"""Compose and render the family page of one child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from helpers.report.family.shown_elements import PageTerms
from helpers.report.family.statements import (
    GroupOfLines,
    MonthLine,
    PageLine,
    PageStatements,
    groups_of_lines,
    months_of,
    places_of,
    strengths_of,
    talks_of,
)
from helpers.report.messages import Language, Voice
from helpers.report.templates import fill, render
from helpers.report.theme import color, page_css
from helpers.systems import systems

__all__ = ["Office", "Page", "PageFacts", "compose", "markup_of", "year_picture"]


WIDTH, HEIGHT = 340, 132
LEFT, RIGHT, TOP, BOTTOM = 4, 4, 16, 34
LEAST_SCALE = 4  # days: a single missed day doesn't fill the chart


@dataclass(frozen=True)
class _Bar:
    x: str
    y: str
    width: str
    height: str
    hatched: bool


@dataclass(frozen=True)
class _Month:
    name: str
    middle: str
    bars: list[_Bar]
    days: int
    # Position of the number of days and the month's name.
    above: str
    below: str
    tested: bool


def year_picture(
    months: Sequence[str], known: Sequence[int], unknown: Sequence[int], tests: Sequence[int], alt: str
) -> Markup:
    """Draw the months of a year."""
    step = (WIDTH - LEFT - RIGHT) / max(len(months), 1)
    base = HEIGHT - BOTTOM
    most = max([LEAST_SCALE, *(one + other for one, other in zip(known, unknown, strict=True))])
    unit = (base - TOP) / most
    drawn = []
    for place, (name, one, other, taken) in enumerate(zip(months, known, unknown, tests, strict=True)):
        middle = LEFT + step * (place + 0.5)
        wide = min(18.0, step * 0.6)
        top = float(base)
        bars = []
        for days, hatched in ((one, False), (other, True)):
            if days:
                top -= days * unit
                x, y, tall = f"{middle - wide / 2:.1f}", f"{top:.1f}", f"{days * unit:.1f}"
                bars.append(_Bar(x, y, f"{wide:.1f}", tall, hatched))
        above, below = f"{top - 3:.1f}", f"{base + 13:.1f}"
        drawn.append(_Month(name, f"{middle:.1f}", bars, one + other, above, below, bool(taken)))
    box = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "base": base}
    colors = {name: color(name) for name in ("ink", "paper", "rule")}
    return fill("report/family/year.html.j2", "year", box, drawn, colors, alt)


HERE = Path(__file__).parent
PAPERS = ("letter", "A4")


@dataclass(frozen=True)
class Office:
    """Contact that a family calls, as the school entered it for the pages."""

    person: str
    telephone: str
    email: str


@dataclass(frozen=True)
class PageFacts:
    """Facts that all pages of one run share."""

    # Year in which the school year ends.
    school_year: int | None
    # Latest day in any system.
    as_of: date | None
    # Whether the district is synthetic.
    invented: bool
    # Silo -> the kit's system.
    systems: Mapping[str, str]
    # School -> contact.
    offices: Mapping[str, Office] = field(default_factory=dict)
    # Child -> names of her teachers.
    teachers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Pairs of child and silo for systems that don't serve the child's grade or school.
    outside: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Statement:
    """A sentence, and the lines with its numbers."""

    text: str
    ref: str


@dataclass(frozen=True)
class TalkStatement:
    """A topic worth talking about, in words."""

    title: str
    see: str
    means: str
    ask: str
    ref: str


@dataclass(frozen=True)
class Year:
    """Chart of the year, and the table next to it."""

    finding: str
    svg: Markup
    caption: str
    columns: tuple[str, ...]
    rows: tuple[MonthLine, ...]


@dataclass(frozen=True)
class Page:
    """A page, ready to write."""

    code: str
    code_words: str
    language: str
    invented: bool
    title: str
    title_plain: str
    for_whom: str
    as_of: str
    strengths: tuple[Statement, ...]
    nothing_yet: str
    talks: tuple[TalkStatement, ...]
    ask: str
    no_talk: str
    year: Year | None
    no_picture: str
    groups: tuple[GroupOfLines, ...]
    no_numbers: str
    unknown: tuple[str, ...]
    office: str
    office_is_blank: bool
    teachers: str
    wrong_how: str
    wrong_whole: str

    @property
    def lines(self) -> tuple[PageLine, ...]:
        """All numbered lines except those of months."""
        return tuple(line for group in self.groups for line in group.lines)


def compose(
    code: str, told: PageStatements, facts: PageFacts, terms: PageTerms, spoken: Language, voice: Voice
) -> Page:
    """Compose what may be said about a child."""
    places = places_of(told, terms, spoken, voice)

    def say(key: str, **more: Any) -> str:
        return spoken.say(voice, key, **{**places, **more})

    groups = tuple(groups_of_lines(told, terms, spoken, voice, dict(facts.systems)))
    numbers = {line.key: line.number for group in groups for line in group.lines}
    months = months_of(told, terms, spoken, facts.school_year, facts.as_of, len(numbers))

    def ref(*keys: str) -> str:
        there = [str(numbers[key]) for key in keys if key in numbers]
        if len(there) == 1:
            return say("page.line", number=there[0])
        return say("page.lines", numbers=spoken.listed(there))

    strengths = [one for one in strengths_of(told, terms) if one.line in numbers]
    talks = [one for one in talks_of(told, terms) if all(key in numbers for key in one.lines)]
    school = told.values.get("school")
    school_name = say("page.no_school") if school is None else school.text
    office = facts.offices.get(school.text) if school is not None else None
    teachers = facts.teachers.get(told.child, ())
    return Page(
        code=code,
        code_words=say("page.page_code", code=code),
        language=spoken.code,
        invented=facts.invented,
        title=say("page.title") if "first_name" in told.values else say("page.title_plain"),
        title_plain=say("page.title_plain"),
        for_whom=say("page.for_whom"),
        as_of=_as_of(facts, say),
        strengths=tuple(Statement(_sentence(say(f"strength.{one.key}")), ref(one.line)) for one in strengths),
        nothing_yet=_sentence(say("page.nothing_yet")),
        talks=tuple(
            TalkStatement(
                title=say(f"talk_title.{one.concept}"),
                see=_sentence(say(f"talk.{one.key}_see")),
                means=_sentence(say(f"talk.{one.key}_means")),
                ask=say(f"talk.{one.key}_ask"),
                ref=ref(*one.lines),
            )
            for one in talks
        ),
        ask=say("page.ask"),
        no_talk=_sentence(say("page.no_talk")),
        year=_year(months, terms, spoken, voice, say),
        no_picture=say("page.no_picture"),
        groups=groups,
        no_numbers=_sentence(say("page.no_numbers")),
        unknown=tuple(_unknown(told, facts, terms, spoken, say)),
        office=(
            say("page.office", school=school_name)
            if office is None
            else say(
                "page.office_at",
                school=school_name,
                person=office.person,
                telephone=office.telephone,
                email=office.email,
            )
        ),
        office_is_blank=office is None,
        teachers=say("page.teachers", names=spoken.listed(list(teachers))) if teachers else "",
        wrong_how=say("page.wrong_how"),
        wrong_whole=say("page.wrong_whole"),
    )


def _sentence(text: str) -> str:
    """Capitalize the first letter, also if a placeholder at the start has none ("su hijo o hija")."""
    return text[:1].upper() + text[1:]


def _as_of(facts: PageFacts, say: Any) -> str:
    if facts.school_year is None:
        return ""
    year = f"{facts.school_year - 1}–{facts.school_year}"
    if facts.as_of is None:
        return str(say("page.as_of_unknown", year=year))
    return str(say("page.as_of", year=year, day=facts.as_of))


def _year(months: list[MonthLine], terms: PageTerms, spoken: Language, voice: Voice, say: Any) -> Year | None:
    if not months:
        return None
    keys = [column.key for column in terms.month]
    known, unknown, tests = (
        [month.counts[keys.index(key)] for month in months]
        for key in ("missed_known", "missed_unknown", "tests")
    )
    missed = [one + other for one, other in zip(known, unknown, strict=True)]
    total = sum(missed)
    most = max(missed)
    if total == 0:
        finding = say("page.picture_none")
    elif most == total:
        finding = say("page.picture_one", days=total, month=months[missed.index(most)].label)
    elif missed.count(most) > 1:
        finding = say("page.picture_days", days=total)
    else:
        finding = say("page.picture_total", days=total, month=months[missed.index(most)].label, most=most)
    return Year(
        finding=_sentence(finding),
        svg=year_picture([month.short for month in months], known, unknown, tests, finding),
        caption=say("picture.caption"),
        columns=tuple(spoken.say(voice, f"month.{key}") for key in keys),
        rows=tuple(months),
    )


def _unknown(
    told: PageStatements, facts: PageFacts, terms: PageTerms, spoken: Language, say: Any
) -> list[str]:
    def called(silos: Sequence[str]) -> str:
        names = dict.fromkeys(spoken.label("system", facts.systems.get(silo, silo)) for silo in silos)
        return spoken.listed(list(names))

    said = []
    if told.unsure:
        said.append(say("page.unsure", systems=called(told.unsure)))
    missing = [
        silo
        for silo in told.not_linked
        if silo not in told.unsure
        and not _serves_some(facts.systems.get(silo, silo))
        and (told.child, silo) not in facts.outside
    ]
    if missing:
        said.append(say("page.not_linked", systems=called(missing)))
    if told.differing:
        what = [say(f"compared.{element}") for element in told.differing]
        said.append(say("page.differing", what=spoken.listed(what)))
    if "school_activities" not in told.values and "community_clubs" not in told.values:
        said.append(say("page.unknown_beyond"))
    if not said:
        said.append(say("page.all_known"))
    return [*said, say("page.left_off")]


@cache
def _css() -> str:
    return page_css() + (HERE / "family.css").read_text(encoding="utf-8")


def markup_of(page: Page, spoken: Language, paper: str = "") -> Markup:
    """Render a page as HTML: one file without external resources or scripts."""
    words = spoken.sentences.words["page"]
    return render("report/family/page.html.j2", page=page, words=words, css=_css(), paper=paper)


def _serves_some(name: str) -> bool:
    """Check whether a system lists only participants, so that nobody is missing from it."""
    return name in systems() and systems()[name].serves_some
