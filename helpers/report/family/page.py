"""Compose and render the family page of one child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

from markupsafe import Markup

from helpers.report.child.sheet import (
    Fold,
    FoldLine,
    Foot,
    Picture,
    Sheet,
    Statement,
    Topic,
    sheet_css,
    sheet_markup,
)
from helpers.report.child.shown_elements import PageTerms
from helpers.report.child.statements import (
    Event,
    GroupOfLines,
    MonthLine,
    PageLine,
    PageStatements,
    groups_of_lines,
    months_of,
    source_of,
    strengths_of,
    talks_of,
    template_fields,
)
from helpers.report.child.year import (
    bunched_since,
    draw_year,
    latest_grades,
    latest_scores,
    missed_days,
)
from helpers.report.messages import Language, Voice
from helpers.report.templates import render
from helpers.report.theme import page_css
from helpers.standard import first_day, last_day
from helpers.systems import systems

__all__ = ["Office", "Page", "PageFacts", "compose", "markup_of"]


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
class Year:
    """Picture of the year, and the months behind it."""

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
    # Total days absent, in a number and in words.
    days: Statement
    talks: tuple[Topic, ...]
    ask: str
    no_talk: str
    year: Year | None
    no_picture: str
    groups: tuple[GroupOfLines, ...]
    no_numbers: str
    unknown: tuple[str, ...]
    # For students: their own words and goals, and places to write; empty and None for families.
    words: tuple[Statement, ...]
    own_words: Foot | None
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
    code: str, stated: PageStatements, facts: PageFacts, terms: PageTerms, language: Language, voice: Voice
) -> Page:
    """Compose what may be said about a child."""
    systems = dict(facts.systems)
    fields = template_fields(
        stated, terms, language, voice, lambda silo: language.label("system", systems.get(silo, silo))
    )

    def say(key: str, **more: Any) -> str:
        return language.say(voice, key, **{**fields, **more})

    groups = tuple(groups_of_lines(stated, terms, language, voice, systems))
    numbers: dict[str, list[int]] = {}
    for line in (line for group in groups for line in group.lines):
        numbers.setdefault(line.key, []).append(line.number)
    months = months_of(
        stated, terms, language, facts.school_year, facts.as_of, sum(map(len, numbers.values()))
    )

    def ref(*keys: str) -> str:
        # A key that comes twice is the line of a second test.
        occurrences = [(key, keys[:at].count(key)) for at, key in enumerate(keys)]
        there = [str(numbers[key][at]) for key, at in occurrences if at < len(numbers.get(key, ()))]
        if len(there) == 1:
            return say("page.line", number=there[0])
        return say("page.lines", numbers=language.listed(there))

    strengths = [one for one in strengths_of(stated, terms) if one.line in numbers]
    talks = [one for one in talks_of(stated, terms) if all(key in numbers for key in one.lines)]
    school = stated.values.get("school")
    school_name = say("page.no_school") if school is None else school.text
    office = facts.offices.get(school.text) if school is not None else None
    teachers = facts.teachers.get(stated.child, ())
    return Page(
        code=code,
        code_words=say("page.page_code", code=code),
        language=language.code,
        invented=facts.invented,
        title=say("page.title") if "first_name" in stated.values else say("page.title_plain"),
        title_plain=say("page.title_plain"),
        for_whom=say("page.for_whom"),
        as_of=_as_of(facts, say),
        strengths=tuple(
            Statement(
                say("page.also_lead" if at else "page.strength_lead"),
                _sentence(say(f"strength.{one.key}")),
                ref(one.line),
            )
            for at, one in enumerate(strengths)
        ),
        nothing_yet=_sentence(say("page.nothing_yet")),
        days=_days(stated, facts, language, say, ref("days_missed")),
        talks=tuple(
            Topic(
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
        year=_year(stated, facts, months, terms, language, voice),
        no_picture=say("page.no_picture"),
        groups=groups,
        no_numbers=_sentence(say("page.no_numbers")),
        unknown=tuple(_unknown(stated, facts, terms, language, say)),
        words=tuple(_words(stated, facts, language, say)) if voice == "student" else (),
        own_words=_own_words(stated, say) if voice == "student" else None,
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
        teachers=say("page.teachers", names=language.listed(list(teachers))) if teachers else "",
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


def _days(stated: PageStatements, facts: PageFacts, language: Language, say: Any, ref: str) -> Statement:
    """Say how many days were missed in all: the number first, then in words, then since when."""
    lead = say("page.days_lead")
    absent = stated.number("days_absent")
    if absent is None:
        return Statement(lead, _sentence(say("page.days_unknown")))
    whole = stated.number("days_enrolled") is not None
    parts = [say(f"page.days_{'total' if whole else 'alone'}", days_word=language.number_word(absent))]
    if facts.school_year is not None:
        since = bunched_since(
            list(missed_days(stated.events)),
            stated.since or first_day(facts.school_year),
            stated.values["days_absent"].as_of or facts.as_of or last_day(facts.school_year),
        )
        if since is not None:
            day = language.day_of_year(since[0])
            parts.append(say("page.days_since", since_days=since[1], since_day=day))
    if stated.number("last_year.days_absent") is not None:
        parts.append(say("page.days_before"))
    return Statement(lead, " ".join(parts), ref)


# Longer answers are cut: the page is one sheet, and the student knows the rest.
MOST_LETTERS = 80
OWN = ("proud_of", "own_goal", "wants_to_improve")
GOALS = ("career_interest", "plan_after_high_school", "own_goal", "wants_to_improve")


def _words(stated: PageStatements, facts: PageFacts, language: Language, say: Any) -> Iterator[Statement]:
    """Give a student's own words and goals back, as written, with the system and day of the last one."""
    quoted = {
        name: shorten(stated.values[name].text.replace("**", ""), MOST_LETTERS, placeholder=" …")
        for name in OWN
        if name in stated.values
    }
    for lead, names in (("words", OWN[:1]), ("goal", GOALS)):
        named = [name for name in names if name in stated.values]
        if named:
            text = " ".join(say(f"page.own_{name}", **quoted) for name in named)
            last = source_of(stated.values[named[-1]], facts.systems, language, "student")
            yield Statement(say(f"page.{lead}_lead"), text, last)


def _own_words(stated: PageStatements, say: Any) -> Foot:
    """Leave room for what a student has not said yet."""
    blanks = [say("page.own_proud")] if "proud_of" not in stated.values else []
    return Foot(say("page.own_words"), blanks=[*blanks, say("page.own_wish")])


def _year(
    stated: PageStatements,
    facts: PageFacts,
    months: list[MonthLine],
    terms: PageTerms,
    language: Language,
    voice: Voice,
) -> Year | None:
    if facts.school_year is None or not (stated.events or stated.pictured):
        return None

    def say(key: str, **more: Any) -> str:
        return language.say(voice, f"picture.{key}", **more)

    absent = stated.values.get("days_absent")
    events = [_named(event, language) for event in (*stated.events, *stated.pictured)]
    drawn = draw_year(
        events,
        terms.pictured,
        _titles(stated, terms, say),
        say,
        school_year=facts.school_year,
        years=1,
        until=(absent.as_of if absent is not None else None) or facts.as_of,
        months=language.sentences.short_months,
        names={silo: language.label("system", name) for silo, name in facts.systems.items()},
        percentiles=False,
        attendance=absent is not None,
    )
    kinds = {terms.pictured.get(event.kind, "days") for event in events}
    kinds |= {"days"} if absent is not None else set()
    caption = [say(f"caption_{kind}") for kind in ("days", "messages", "tests", "marks") if kind in kinds]
    keys = [column.key for column in terms.month]
    return Year(
        finding=drawn.alt,
        svg=drawn.svg,
        caption=" ".join(caption),
        columns=tuple(language.say(voice, f"month.{key}") for key in keys),
        rows=tuple(months),
    )


def _named(event: Event, language: Language) -> Event:
    """Name an activity in the language of the page; of its provider nothing is said."""
    if event.kind != "joins_activity" or event.detail is None:
        return event
    activity = event.detail.rpartition(", ")[0] or event.detail
    known = [language.label(table, activity) for table in ("activity", "club")]
    return replace(event, detail=next((name for name in known if name != activity), activity))


def _titles(stated: PageStatements, terms: PageTerms, say: Any) -> dict[str, str]:
    """Say in a word how each test turned out, and the latest grades; no page ranks a child by a number."""
    titles = {}
    tests = [event for event in stated.pictured if event.kind == "test_percentile"]
    for subject, scores in latest_scores(tests).items():
        titles[subject] = say(terms.level(scores[0][1]), subject=say(subject))
    grades = latest_grades([event for event in stated.pictured if event.kind == "report_card"])
    if grades:
        shown = [
            say("one_grade", subject=say(f"{subject}_grade"), grade=round(grades[subject]))
            for subject in ("math", "english")
            if subject in grades
        ]
        titles["marks"] = say("grades", grades=", ".join(shown))
    return titles


def _unknown(
    stated: PageStatements, facts: PageFacts, terms: PageTerms, language: Language, say: Any
) -> list[str]:
    def called(silos: Sequence[str]) -> str:
        names = dict.fromkeys(language.label("system", facts.systems.get(silo, silo)) for silo in silos)
        return language.listed(list(names))

    sentences = []
    if stated.unsure:
        sentences.append(say("page.unsure", systems=called(stated.unsure)))
    # Nobody is missing from a system that lists only participants.
    some = {name for name, system in systems().items() if system.serves_some}
    missing = [
        silo
        for silo in stated.not_linked
        if silo not in stated.unsure
        and facts.systems.get(silo, silo) not in some
        and (stated.child, silo) not in facts.outside
    ]
    if missing:
        sentences.append(say("page.not_linked", systems=called(missing)))
    if stated.differing:
        what = [say(f"compared.{element}") for element in stated.differing]
        sentences.append(say("page.differing", what=language.listed(what)))
    if "school_activities" not in stated.values and "community_clubs" not in stated.values:
        sentences.append(say("page.unknown_beyond"))
    if not sentences:
        sentences.append(say("page.all_known"))
    return [*sentences, say("page.left_off")]


@cache
def _css() -> str:
    return page_css() + sheet_css() + (HERE / "family.css").read_text(encoding="utf-8")


def _sheet(page: Page, words: Mapping[str, str]) -> Sheet:
    """Put a family's or a student's page into the parts of the one page of a child."""
    first, *rest = page.strengths or (Statement(words["strength_lead"], page.nothing_yet),)
    unknown, *others = page.unknown
    # A student's own words come right after the strength.
    own = list(page.words) or rest[:1]
    middle = [*own, page.days] if page.words else [page.days, *own]
    sentences = [first, *middle, Statement(words["unknown_lead"], unknown)]
    folds = [
        Fold(
            group.title,
            group.ask,
            [
                FoldLine(
                    line.label, line.shown, number=str(line.number), means=line.means, source=line.source
                )
                for line in group.lines
            ],
        )
        for group in page.groups
    ]
    picture = None
    if page.year is not None:
        picture = Picture(
            words["year"],
            page.year.svg,
            page.year.caption,
            words["behind"],
            (words["column_line"], words["month"], *page.year.columns),
            [(row.number, row.label, *row.counts) for row in page.year.rows],
        )
    blanks = (words["blank_person"], words["blank_phone"]) if page.office_is_blank else ()
    call = [page.office, *([page.teachers] if page.teachers else [])]
    wrong = [f"{page.wrong_how} {page.wrong_whole} **{page.code_words}**"]
    return Sheet(
        title=page.title,
        facts=f"{page.as_of} {page.code_words}".strip(),
        sentences=sentences,
        now=None,
        topics_title=words["talks"],
        topics=page.talks,
        no_topic=page.no_talk,
        picture=picture,
        no_picture=page.no_picture,
        folds_title=words["numbers"],
        folds=folds,
        columns=tuple(words[f"column_{name}"] for name in ("line", "what", "number", "means", "from")),
        opened=True,
        foot=[
            *([page.own_words] if page.own_words else []),
            Foot(words["call"], call, blanks=blanks),
            Foot(words["wrong"], wrong),
            Foot(words["unknown"], others),
        ],
        words={"ask": page.ask, "year": words["year"], "nothing": page.no_numbers},
    )


def markup_of(page: Page, language: Language, paper: str = "") -> Markup:
    """Render a page as HTML: one file without external resources or scripts."""
    words = language.sentences.words["page"]
    shown = sheet_markup(_sheet(page, words))
    return render("report/family/page.html.j2", page=page, words=words, css=_css(), paper=paper, sheet=shown)
