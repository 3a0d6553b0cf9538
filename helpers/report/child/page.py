"""Lay out the page of one child."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pandas as pd

from helpers.profile import declared_elements, folded
from helpers.report.blocks import Block
from helpers.report.child.educator_rules import SINCE_MESSAGE, educator_rules
from helpers.report.child.indicators import IndicatorLine, flagged, indicator_section
from helpers.report.child.sheet import Fold, FoldLine, Foot, Opener, Picture, Sheet, Statement, sheet_markup
from helpers.report.child.shown_elements import CALL, page_terms
from helpers.report.child.statements import (
    MOST_TALKS,
    SURE,
    Event,
    PageStatements,
    ReportedValue,
    page_statements,
    strengths_of,
    talks_of,
    template_fields,
)
from helpers.report.child.values import (
    TIES,
    KnownValue,
    SystemName,
    known_values,
    name_of,
    value_texts,
)
from helpers.report.child.year import (
    bunched_since,
    draw_year,
    latest_scores,
    missed_days,
)
from helpers.report.display_names import (
    element_name,
    element_names,
    grade_name,
    short_display_name,
    short_names,
    status_word,
)
from helpers.report.messages import language
from helpers.report.tables import number_text
from helpers.standard import each_row, first_day, last_day

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["ChildPage", "ChildView", "child_page", "disputed", "role_name", "system_names", "title_of"]


# Element and year -> source files and rows.
RowsText = Callable[[str, int | None], str]


class ChildView(Protocol):
    """Parts of a view of one child that the page needs."""

    @property
    def role(self) -> str:
        """Role of the viewer."""

    @property
    def school_year(self) -> int | None:
        """School year shown."""

    @property
    def children(self) -> pd.DataFrame:
        """One row per child."""

    @property
    def values(self) -> pd.DataFrame:
        """Rows of table ``values``."""

    @property
    def timeline(self) -> pd.DataFrame:
        """Rows of table ``timeline``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Rows of table ``indicators``."""

    @property
    def withheld(self) -> pd.DataFrame:
        """What the role may not see, by domain: ``title, allow, why, citation``."""


@dataclass(frozen=True)
class ChildPage:
    """A page, and the source rows of each button."""

    # HTML with all text escaped, and the page in a sentence.
    block: Block
    # The child's name as this role may see it.
    title: str
    # Number of a button on the page -> what it opens: a value (element and year), an indicator (elements and
    # year) or a dated line (silo, file, row and kind).
    opens: tuple[dict[str, Any], ...]


def role_name(role: str) -> str:
    """Describe a role."""
    return role.replace("_", " ")


def system_names(systems: pd.DataFrame) -> dict[str, SystemName]:
    """Return the display names of a source's systems."""
    columns = systems[["silo", "system", "title", "latest_day"]].astype({"silo": "string"})
    names = short_display_name({row.silo: (row.system, row.title) for row in each_row(columns)})
    return {row.silo: SystemName(names[row.silo], row.latest_day) for row in each_row(columns)}


class _Openers:
    """Numbers the buttons as they come."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def add(self, summary: str, place: str, **opens: Any) -> Opener:
        self.all.append(opens)
        return Opener(len(self.all) - 1, summary, place)


def child_page(
    view: ChildView,
    systems: Mapping[str, SystemName],
    *,
    note: str,
    invented: bool = False,
    schools: Mapping[str, str] | None = None,
    rows_text: RowsText | None = None,
) -> ChildPage:
    """Lay out a child's page for an educator."""
    if len(view.children) != 1:
        raise ValueError("A page is one child's: give the view of one.")
    child = each_row(view.children)[0]._asdict()
    days = [system.newest for system in systems.values() if system.newest is not None]
    today = max(days, default=None)
    # A page reads everything many times: rows of one child are much faster than frames.
    values, timeline, indicators = map(each_row, (view.values, view.timeline, view.indicators))
    of_year = [row for row in values if row.school_year in (None, view.school_year)]
    known = known_values(of_year, systems, today)
    openers = _Openers()
    title = title_of(child)
    own = _statements(child["child"], values, timeline, indicators, view.school_year)
    chosen = [row for row in of_year if row.chosen]
    say = _PageText(own, systems)
    since = _bunched(own, view.school_year, _last_day(own, systems))
    worries = _worries(own, flagged(indicators, view.school_year), say, since)
    markup = sheet_markup(
        Sheet(
            title=title,
            facts=_facts(child, view, today),
            sentences=_sentences(own, say, worries, chosen, systems),
            now=_next_step(worries, say, view.role),
            topics_title="",
            topics=(),
            no_topic="",
            picture=_picture(timeline, view.school_year, own, say, systems, openers, schools or {}),
            no_picture=say("page.no_picture"),
            folds_title=say("page.folds"),
            folds=_folds(indicators, view.school_year, chosen, known, systems, openers, rows_text),
            columns=("What", "Value", "From, and as of"),
            opened=False,
            foot=_foot(view),
            note=note,
            restricted=not invented,
            level=2,
            words=_WORDS,
        )
    )
    text = f"{title}, seen as: {role_name(view.role)}. {len(known)} things are known."
    return ChildPage(Block(markup, text), title, tuple(openers.all))


_WORDS = {
    "unchecked": "we think so, but no one has checked",
    "unknown": "Not known",
    "nothing": "Nothing that this role may see is known.",
    "year": "The school year",
}


def title_of(child: Mapping[str, Any]) -> str:
    """Return a child's name as this role may see it: the name, or else the code."""
    name = " ".join(part for part in (child.get("first_name"), child.get("last_surname")) if part)
    return name or ("No name on record" if "first_name" in child else f"Child {child['child']}")


def _facts(child: Mapping[str, Any], view: ChildView, today: datetime | None) -> str:
    grade = grade_name(child.get("grade_level") or "")
    facts = [grade[:1].upper() + grade[1:]]
    born = child.get("birth_date")
    if born is not None and today is not None:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        facts.append(f"age {age}")
    facts.append(child.get("school") or "school not known")
    if view.school_year is not None:
        facts.append(f"school year {view.school_year - 1}–{view.school_year}")
    return " · ".join([*facts, f"seen as: {role_name(view.role)}"])


class _PageText:
    """Sentences for educators about one child."""

    def __init__(self, own: PageStatements, systems: Mapping[str, SystemName]) -> None:
        self._language = language("en")
        self._fields = template_fields(
            own, page_terms(), self._language, "educator", lambda silo: name_of(silo, systems)
        )
        # A name has its capital; whom nobody named gets one at the beginning of a sentence.
        nameless = re.escape(self._language.say("educator", "page.no_name"))
        self._begins = re.compile(rf"(?<=[.?!] ){nameless}|(?<=[.?!]\*\* ){nameless}")

    def __call__(self, key: str, **more: Any) -> str:
        text = self._language.say("educator", key, **{**self._fields, **more})
        text = self._begins.sub(lambda found: found[0][:1].upper() + found[0][1:], text)
        return text[:1].upper() + text[1:]

    def part(self, key: str, **more: Any) -> str:
        """Format a part of a sentence, as it is."""
        return self._language.say("educator", key, **{**self._fields, **more})

    @property
    def months(self) -> Sequence[str]:
        """Short names of months."""
        return self._language.sentences.short_months

    def listed(self, items: list[str]) -> str:
        """Join items in words."""
        return self._language.listed(items)

    def day(self, day: date) -> str:
        """Name a day of the school year."""
        return f"{self._language.sentences.months[day.month - 1]} {day.day}"


def _statements(
    child: str,
    values: Sequence[Any],
    timeline: Sequence[Any],
    indicators: Sequence[Any],
    school_year: int | None,
) -> PageStatements:
    """Collect what sentences may say, from records that are surely the child's."""
    standing = {(child, row.silo): True for row in values if row.silo is not None}
    also = educator_rules().elements
    stated = page_statements(values, timeline, standing, school_year, page_terms(), indicators, also)
    own = stated.get(child) or PageStatements(child)
    since = next((row for row in indicators if row.indicator == "absences_since_message"), None)
    if since is not None and since.numerator is not None and since.link_status in SURE:
        blank = ReportedValue("", since.numerator, school_year, "", None, None, None, None, None)
        own.values[SINCE_MESSAGE] = blank
    return own


@dataclass(frozen=True)
class _Worry:
    """A concern about the child, and what to do about it."""

    # Topic, or "call" or "flag", which decides who acts.
    topic: str
    see: str
    ask: str


def _worries(
    own: PageStatements, flags: Mapping[str, IndicatorLine], say: _PageText, since: tuple[date, int] | None
) -> list[_Worry]:
    """List what asks for somebody's attention, most serious first; what is unknown is no concern."""
    terms = page_terms()
    talks = talks_of(own, terms)
    ranked: dict[str, _Worry] = {}
    for talk in talks:
        see = say(f"talk.{talk.key}_see")
        if talk is talks[0] and talk.concept == "attendance" and since is not None:
            see += " " + say("page.worry_since", since_days=since[1], since_day=say.day(since[0]))
        ranked[talk.key] = _Worry(talk.concept, see, say(f"talk.{talk.key}_ask"))
    if call := _call(own, say, "see"):
        missed = next((talk.key for talk in talks if talk.concept == "attendance"), CALL)
        # Both would ask about absences.
        see = f"{ranked.pop(missed).see} {call}" if missed in ranked else call
        first = min(missed, CALL, key=terms.rank.__getitem__)
        ranked[first] = _Worry(CALL, see, _call(own, say, "ask"))
    stated = {talk.concept for talk in talks}
    for name, line in flags.items():
        if name in terms.rank and line.domain not in stated:
            see = say("page.flag_see", title=line.title, says=line.sentences[0])
            ranked[name] = _Worry("flag", see, say("page.flag_ask", title=line.title))
    return [ranked[key] for key in sorted(ranked, key=terms.rank.__getitem__)][:MOST_TALKS]


def _sentences(
    own: PageStatements,
    say: _PageText,
    worries: Sequence[_Worry],
    chosen: Sequence[Any],
    systems: Mapping[str, SystemName],
) -> list[Statement]:
    """Say what matters most: a strength, the worries, what is unknown."""
    strengths = strengths_of(own, page_terms())
    strength = say(f"strength.{strengths[0].key}") if strengths else say("page.no_strength")
    worry = " ".join(one.see for one in worries) or say("page.no_worry")
    return [
        Statement(say("page.strength_lead"), strength),
        Statement(say("page.worry_lead"), worry),
        Statement(say("page.unknown_lead"), _unknown(chosen, systems, say)),
    ]


def _last_day(own: PageStatements, systems: Mapping[str, SystemName]) -> date | None:
    """Return the last day with attendance data, or else of any system."""
    absent = own.values.get("days_absent")
    if absent is not None and absent.as_of is not None:
        return absent.as_of
    newest = max((one.newest for one in systems.values() if one.newest is not None), default=None)
    return None if newest is None else newest.date()


def _bunched(own: PageStatements, school_year: int | None, until: date | None) -> tuple[date, int] | None:
    """Find the day from which on this year's missed days bunch."""
    if school_year is None:
        return None
    begin = own.since or first_day(school_year)
    return bunched_since(list(missed_days(own.events)), begin, until or last_day(school_year))


# Status of a value -> why it is unknown.
_WHY = {
    "Set aside: no date": "no_date",
    "Not linked": "not_linked",
    "Not collected": "not_collected",
    "Empty": "empty",
    "Withheld": "withheld",
}


def _unknown(chosen: Sequence[Any], systems: Mapping[str, SystemName], say: _PageText) -> str:
    """Name the first gap of the rules that the child has."""
    by_element = {row.element: row for row in chosen}
    known = []
    for gap in educator_rules().unknown:
        rows = [by_element[name] for name in gap.elements if name in by_element]
        statuses = [row.status for row in rows]
        if not rows:
            continue
        if not set(statuses) <= set(_WHY):
            known.append(say.part(f"looked_for.{gap.key}"))
            continue
        status = min(statuses, key=list(_WHY).index)
        where = dict.fromkeys(name_of(row.silo, systems) for row in rows if row.status == status)
        why = say.part(f"why.{_WHY[status]}", systems=" or ".join(where))
        return say(f"unknown.{gap.key}", why=why)
    if not known:
        return say("page.none_looked_for")
    lacking = sum(row.status in _WHY for row in _lacking(chosen))
    kind = "all_known" if not lacking else "one_detail_lacking" if lacking == 1 else "details_lacking"
    return say(f"page.{kind}", known=say.listed(known), lacking=lacking)


def _call(own: PageStatements, say: _PageText, part: Literal["see", "ask"]) -> str:
    """Say why to call, or what for: of the first action whose conditions hold."""
    for action in educator_rules().action:
        if own.holds(action.when):
            opened = own.values.get("last_absence_message_opened")
            day = say.day(date.fromisoformat(opened.text)) if opened is not None else ""
            return say(f"action.{action.key}_{part}", opened_day=day)
    return ""


def _next_step(worries: Sequence[_Worry], say: _PageText, reader: str) -> Statement | None:
    """Say who does what about each worry that the page states."""
    by_owner: dict[str, list[str]] = {}
    for one in worries:
        by_owner.setdefault(educator_rules().owner_of(one.topic, reader), []).append(one.ask)
    if not by_owner:
        return None
    owners = [
        say.part(f"page.owner_{'reader' if role == reader else 'other'}", role=role_name(role))
        for role in by_owner
    ]
    first, *rest = [" ".join(own) for own in by_owner.values()]
    more = [f"**{owner[:1].upper()}{owner[1:]}:** {ask}" for owner, ask in zip(owners[1:], rest, strict=True)]
    return Statement(f"{say('page.now_lead')}, {owners[0]}", " ".join([first, *more]))


def _picture(
    timeline: Sequence[Any],
    year: int | None,
    own: PageStatements,
    say: _PageText,
    systems: Mapping[str, SystemName],
    openers: _Openers,
    schools: Mapping[str, str],
) -> Picture | None:
    if year is None:
        return None
    begin, end = first_day(year - 1), last_day(year)
    rows = [row for row in timeline if begin <= row.date.date() <= end]
    if not rows:
        return None
    rows.sort(key=lambda row: (row.date, row.silo))
    panels = {**page_terms().pictured, **educator_rules().pictured}
    drawable = [row for row in rows if row.kind in panels or row.kind == "attendance_exception"]
    events = [
        Event(row.date.date(), row.kind, row.event or "", row.silo, None, None, _activity(row))
        for row in drawable
        if row.link_status in SURE and not (row.kind == "incident" and _of_another(row))
    ]
    until = _last_day(own, systems)
    attendance = own.number("days_absent") is not None
    drawn = draw_year(
        events,
        panels,
        _titles(events, own, say, systems, year, until),
        lambda key, **more: say.part(f"picture.{key}", **more),
        school_year=year,
        years=2,
        until=until,
        months=say.months,
        names={silo: system.name for silo, system in systems.items()},
        percentiles=True,
        attendance=attendance,
    )
    kinds = {panels.get(event.kind, "days") for event in events} | ({"days"} if attendance else set())
    parts = [
        say(f"picture.caption_{kind}") for kind in ("days", "messages", "tests", "marks") if kind in kinds
    ]
    unchecked = sum(row.link_status not in SURE for row in drawable)
    parts += [say("picture.unchecked", count=unchecked)] if unchecked else []
    caption = " ".join([*parts, say("picture.caption_same")])
    title = say("page.over_time")
    this_year = [row for row in rows if row.date.date() >= first_day(year)]
    dated = _dated_rows(this_year, systems, openers, schools)
    columns = ("Day", "System", "What", "More of it", "From")
    return Picture(title, drawn.svg, caption, f"{say('page.behind')}: {len(dated)}", columns, dated)


# Of an incident in which the child had another part, no mark is drawn: it would read as the child's doing.
_OTHER_PARTS = ("Victim", "Witness", "Reporter")


def _of_another(row: Any) -> bool:
    return row.detail is not None and row.detail.rpartition(", ")[2] in _OTHER_PARTS


def _activity(row: Any) -> str | None:
    """Return the detail of an event; of an activity its name alone."""
    if row.detail is None or row.kind != "joins_activity":
        return row.detail
    return row.detail.rpartition(", ")[0] or row.detail


def _titles(
    events: Sequence[Event],
    own: PageStatements,
    say: _PageText,
    systems: Mapping[str, SystemName],
    year: int,
    until: date | None,
) -> dict[str, str]:
    """Write the finding of each panel."""
    titles = {}
    absent = own.number("days_absent")
    if absent is not None:
        days_title = say("picture.days_total", now=absent)
        since = _bunched(own, year, until)
        if since is not None:
            days_title += say.part("picture.days_since", since_days=since[1], since_day=say.day(since[0]))
        before = own.number("last_year.days_absent")
        titles["days"] = days_title + (
            say.part("picture.days_before", before=before) if before is not None else ""
        )
    tests = [event for event in events if event.kind == "test_percentile"]
    for subject, scores in latest_scores(tests).items():
        parts = [
            say.part(
                "picture.part",
                test=name_of(silo, systems),
                percentile=percentile,
                month=say.months[day.month - 1],
            )
            for silo, percentile, day in scores
        ]
        titles[subject] = say.part(
            "picture.point", subject=say.part(f"picture.{subject}"), parts="; ".join(parts)
        )
    return titles


def _dated_rows(
    line: Sequence[Any], systems: Mapping[str, SystemName], openers: _Openers, schools: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for row in line:
        what = "of no known kind" if row.event is None else row.event
        if row.link_status not in SURE:
            what = f"{what} (? {_WORDS['unchecked']})"
        opener: Opener | str = ""
        if row.file is not None and row.row is not None:
            place = f"{row.file}, row {row.row}"
            opener = openers.add("its row", place, silo=row.silo, file=row.file, row=row.row, kind=row.kind)
        rows.append((f"{row.date:%Y-%m-%d}", name_of(row.silo, systems), what, _more(row, schools), opener))
    return rows


def _more(row: Any, schools: Mapping[str, str]) -> str:
    if row.kind == "absence_message":
        return "not opened" if row.detail is None else f"opened {row.detail[:10]}"
    return ", ".join(schools.get(part, part) for part in (row.detail or "").split(", "))


def _folds(
    indicators: Sequence[Any],
    school_year: int | None,
    chosen: Sequence[Any],
    known: Sequence[KnownValue],
    systems: Mapping[str, SystemName],
    openers: _Openers,
    rows_text: RowsText | None,
) -> list[Fold]:
    """Fold what is known by domain, with doubts and gaps in their place."""
    section = indicator_section(indicators, school_year, openers.add)
    lines = section.lines if section else []
    missing = _missing(chosen, systems)
    texts = _plain_texts(chosen, known)
    folds = []
    for domain in educator_rules().domains_of(line.element.domain for line in known):
        own = [line for line in known if line.element.domain == domain.name]
        judged = [line for line in lines if line.domain == domain.name]
        lacking = missing.get(domain.name, [])
        if not (own or judged or lacking):
            continue
        closed = [
            text.format(**texts)
            for text in domain.closed
            if _PLACE.findall(text) and set(_PLACE.findall(text)) <= set(texts)
        ]
        finding = "; ".join(closed) or (f"{len(own)} known" if own else "not known")
        against, unchecked = sum(bool(line.against) for line in own), sum(line.unchecked for line in own)
        doubts = [f"≠ systems differ on {against}"] if against else []
        doubts += [f"? {unchecked} not checked"] if unchecked else []
        folds.append(
            Fold(
                domain.title,
                finding[:1].upper() + finding[1:],
                [*(_value(line, openers, rows_text) for line in own), *map(_judged, judged)],
                doubts,
                lacking,
            )
        )
    return folds


_PLACE = re.compile(r"\{(\w+)\}")


def _plain_texts(chosen: Sequence[Any], known: Sequence[KnownValue]) -> dict[str, str]:
    """Return each known value as a sentence of a closed domain says it: numbers without their unit."""
    texts = {line.element.name: line.says for line in known}
    for row in chosen:
        if row.element in texts and row.unit not in ("USD", "rate") and row.value_number is not None:
            texts[row.element] = number_text(row.value_number)
    return texts


def _value(line: KnownValue, openers: _Openers, rows_text: RowsText | None) -> FoldLine:
    where = line.place
    if rows_text is not None and line.counted:
        where = f"{where}: {rows_text(line.element.name, line.school_year)}".removesuffix(": ")
    place = f"{line.element.meaning}. {where}." if where else f"{line.element.meaning}."
    opener = openers.add(
        line.source, place, element=line.element.name, school_year=line.school_year, what=line.what
    )
    against = "; ".join(f"{system} says {text}" for system, text in line.against)
    return FoldLine(
        line.what,
        line.says,
        of=line.of,
        opener=opener,
        unchecked=line.unchecked,
        against=against,
        rule=line.rule,
    )


def _judged(line: IndicatorLine) -> FoldLine:
    """Lay out an indicator: its status, why, and what other definitions say."""
    return FoldLine(
        line.title,
        f"{line.status.sign} {line.status.word}",
        means=" ".join(line.sentences),
        opener=line.opener,
        notes=tuple((f"{status.sign} {status.word}", sentence) for status, sentence in line.each_other),
        notes_title=line.others,
    )


def _lacking(chosen: Sequence[Any]) -> list[Any]:
    """List the elements that the page shows as not known."""
    names = {each.name for each in declared_elements()}
    return [row for row in chosen if row.status != "Reported" and row.element in names]


def _missing(chosen: Sequence[Any], systems: Mapping[str, SystemName]) -> dict[str, list[tuple[str, str]]]:
    """Collect what isn't known by domain: elements together, and where they would come from."""
    domains = {each.name: each.domain for each in declared_elements()}
    gathered: dict[tuple[str, str, str], list[str]] = {}
    for row in _lacking(chosen):
        where = name_of(row.silo, systems)
        if row.silo is None:
            where = "No system here" if row.status == "Not collected" else "Several systems"
        key = (domains[row.element], where, status_word(row.status))
        gathered.setdefault(key, []).append(element_name(row.element))
    found: dict[str, list[tuple[str, str]]] = {}
    for (domain, where, reason), what in gathered.items():
        found.setdefault(domain, []).append((", ".join(what), f"{where}: {reason}"))
    return found


def _foot(view: ChildView) -> list[Foot]:
    withheld = [(row.title, f"{row.why} ({row.citation})") for row in each_row(view.withheld)]
    hidden = "We don’t show whether this child has any of it."
    parts = (
        [Foot("What this role doesn’t see of any child", [hidden], withheld, wide=True)] if withheld else []
    )
    wrong = (
        "Tell the data team which line. They correct it in the system that it came from, and this page "
        "shows it after the next run. A flag means that somebody should ask. It doesn’t describe the child."
    )
    return [*parts, Foot("If something is wrong", [wrong], wide=True)]


# Name or birth date: there is one truth, and somebody at home knows it.
OF_WHOM = ("birth_date", "last_surname", "first_name")


def disputed(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Compare values of one element of one child where systems disagree.

    Parameters
    ----------
    values
        Table ``values``, with only children who may be shown.
    district
        The district, for the names of its systems.

    Returns
    -------
    pandas.DataFrame
        ``what, system, says, of_day, tie``: one row per system and value, all of one birth date or name of
        one child; empty if no two systems disagree.
    """
    reported = values[values["element"].isin(list(OF_WHOM)) & values["status"].eq("Reported")]
    reported = reported.assign(word=folded(reported["value"]))
    of_two = reported.groupby(["child", "element"], sort=False)["word"].nunique().gt(1)
    against = of_two[of_two].reset_index()
    columns = ["what", "system", "says", "of_day", "tie"]
    if against.empty:
        return pd.DataFrame(columns=columns)
    # Birth date before name, because no custom explains two birth dates; then the element with most systems.
    against = against.assign(
        place=against["element"].map({name: place for place, name in enumerate(OF_WHOM)}),
        systems=-reported.groupby(["child", "element"])["silo"]
        .nunique()
        .reindex(pd.MultiIndex.from_frame(against[["child", "element"]]))
        .to_numpy(),
    )
    first = against.sort_values(["place", "systems", "child"], kind="stable").iloc[0]
    hers = reported[reported["child"].eq(first["child"]) & reported["element"].eq(first["element"])]
    hers = hers.drop_duplicates(["element", "silo", "word"])
    return pd.DataFrame(
        {
            "what": element_names(hers["element"]),
            "system": hers["silo"].map(dict(short_names(district.layouts))).astype("string"),
            "says": value_texts(hers),
            "of_day": hers["as_of"],
            "tie": hers["link_status"].map(TIES).astype("string"),
        }
    ).reset_index(drop=True)[columns]
