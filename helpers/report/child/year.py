"""Draw a child's year in small pictures on one time axis, with the same scales for every child."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from markupsafe import Markup

from helpers.report.child.statements import Event
from helpers.report.templates import fill
from helpers.standard import figure, first_day, last_day
from helpers.systems import element

__all__ = ["YearPicture", "bunched_since", "draw_year", "latest_grades", "latest_scores", "missed_days"]

# Formats a text of the picture: key, and the values of its places.
Say = Callable[..., str]

KNOWN, UNKNOWN = "Excused Absence", "Unexcused Absence"
MOST_DAYS = 5  # school days of a week
BLOCK, GAP = 7, 2  # height of a missed day, and the space between two
LOWEST_GRADE = 50  # a grade below stands on the lower edge
PANEL = {"tests": 70, "marks": 46, "row": 18}
# Share of a year's absences beyond what an even spread would put after a day: from there on they bunch.
BUNCHED, FEWEST_BUNCHED = 0.2, 6
ACROSS = 84  # percent of the width for the years
# Pixels of a phone: its strip, and a letter of a label.
PHONE, LETTER = 290, 7
# Pixels of a label above and below its base line, and the distance of two lines of text.
TALL, DEEP, TEXT_LINE = 11, 3, 14
SHAPES = 3  # shapes of points in the template
MOST_ROWS = 7  # rows of events; what is left shares one more


@dataclass(frozen=True)
class Mark:
    """A point, block or dash: positions across in percent, and down in pixels."""

    x: str
    y: float
    shape: str
    # End of a dash or a line.
    x2: str = ""
    y2: float = 0.0
    # Whether it belongs to an earlier year, which a phone doesn't show.
    before: bool = False


@dataclass(frozen=True)
class Label:
    """A text in a panel."""

    x: str
    y: float
    text: str
    anchor: str
    before: bool


@dataclass
class Panel:
    """One small picture, with its title and the values at the left."""

    title: str
    height: int
    kind: str
    ticks: list[tuple[str, float]] = field(default_factory=list)
    lines: list[Mark] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    # Shaded band: top and height.
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class YearPicture:
    """The picture, and its description in one sentence."""

    svg: Markup
    alt: str


# A month's name that begins this many days after the picture does would be cut off on its left.
_NEAR_THE_EDGE = 28


@dataclass(frozen=True)
class _Axis:
    begin: date
    end: date
    # First day of the year that a phone shows.
    year: date

    def at(self, day: date) -> str:
        """Return the position of a day in percent; labels have the room at the right."""
        return f"{self._percent(day):.2f}%"

    def _percent(self, day: date) -> float:
        span = max((self.end - self.begin).days, 1)
        return 0.5 + ACROSS * (day - self.begin).days / span

    def _on_phone(self, day: date) -> float:
        """Return the share of a phone's width at which a day is; of two years it shows the second half."""
        share = self._percent(day) / 100
        return share if self.begin == self.year else 2 * share - (not self.before(day))

    def off_phone(self, day: date) -> bool:
        """Check whether a label of a day would begin outside of a phone's picture."""
        return self.before(day) or PHONE * self._on_phone(day) < -8

    def before(self, day: date) -> bool:
        return day < self.year

    def tick_anchor(self, day: date) -> str:
        """Write a month's name under its first day, or from it on where the picture begins."""
        since = (day - (self.begin if self.before(day) else self.year)).days
        return "start" if since < _NEAR_THE_EDGE else "middle"

    def beside(self, day: date, text: str) -> tuple[str, str]:
        """Write to the right of a day where a phone has room, or else to the left; cut what fits nowhere."""
        within = self._on_phone(day)
        rooms = {"start": self.room_after(day), "end": PHONE * within - 8}
        fits = [anchor for anchor, room in rooms.items() if LETTER * len(text) <= room]
        anchor = fits[0] if fits else max(rooms, key=rooms.__getitem__)
        return anchor, _cut(text, rooms[anchor])

    def room_after(self, day: date) -> float:
        """Return the pixels that a phone has for a text after a day."""
        return PHONE * (1 - self._on_phone(day)) - 8

    def is_free_before(self, day: date, text: str, days: Iterable[date]) -> bool:
        """Check on a phone, where days are closest, that a text before a day is on no mark."""
        right = PHONE * self._on_phone(day) - 8
        left = right - LETTER * len(text)
        marks = [PHONE * self._on_phone(one) for one in days if one < day]
        return left >= 0 and all(one + 6 <= left for one in marks)


def _cut(text: str, room: float) -> str:
    return text if LETTER * len(text) <= room else f"{text[: int(room / LETTER) - 1].rstrip()}…"


def missed_days(events: Iterable[Event]) -> dict[date, str]:
    """Return each missed day with its mark; an excuse on file comes before none."""
    days: dict[date, str] = {}
    for event in events:
        if event.kind == "attendance_exception" and event.word in (KNOWN, UNKNOWN):
            days[event.day] = KNOWN if KNOWN in (event.word, days.get(event.day)) else UNKNOWN
    return dict(sorted(days.items()))


def bunched_since(days: Sequence[date], begin: date, until: date) -> tuple[date, int] | None:
    """Find the missed day from which on days bunch, and how many there are since; None if they are spread.

    The gap is that of a Kolmogorov-Smirnov statistic: the share of missed days since a day, less the share of
    the time. A gap of a fifth, and six days, are the kit's own.
    """
    days = [day for day in days if day <= until]
    span = (until - begin).days
    if len(days) < FEWEST_BUNCHED or span <= 0:
        return None
    gaps = [(len(days) - at) / len(days) - (until - day).days / span for at, day in enumerate(days)]
    most = max(range(len(days)), key=gaps.__getitem__)
    return (days[most], len(days) - most) if gaps[most] >= BUNCHED else None


def draw_year(
    events: Sequence[Event],
    panels: Mapping[str, str],
    titles: Mapping[str, str],
    say: Say,
    *,
    school_year: int,
    years: int,
    until: date | None,
    months: Sequence[str],
    names: Mapping[str, str],
    percentiles: bool,
    attendance: bool = True,
) -> YearPicture:
    """Draw the panels of one or two school years.

    Parameters
    ----------
    events
        Dated facts of the child.
    panels
        Panel of each kind of event.
    titles
        Findings by panel; the default is the panel's name.
    say
        Formats texts of the picture.
    school_year, years
        Last school year, and how many.
    until
        Last day with attendance data.
    months
        Short names of months.
    names
        Display names of systems.
    percentiles
        Whether numbers of percentiles are shown: not to families, whom no page ranks.
    attendance
        Whether a system shows how often the child is absent: no block without one means no missed day.
    """
    axis = _Axis(first_day(school_year - years + 1), last_day(school_year), first_day(school_year))
    inside = [event for event in events if axis.begin <= event.day <= axis.end]
    of: dict[str, list[Event]] = {}
    for event in sorted(inside, key=lambda one: one.day):
        of.setdefault(panels.get(event.kind, ""), []).append(event)
    if attendance or missed_days(inside):
        drawn = [_days(inside, axis, titles.get("days") or say("days"), until)]
    else:
        drawn = [Panel(say("days_unknown"), PANEL["row"], "days")]
    if of.get("messages"):
        drawn.append(_messages(of["messages"], axis, say("messages")))
    scores = _scores(of.get("tests", []))
    for subject in ("reading", "math"):
        if subject in scores:
            title = titles.get(subject) or say(subject)
            drawn.append(_tests(scores[subject], axis, title, names, numbers=percentiles))
    grades = _grades(of.get("marks", []))
    if grades:
        drawn.append(_marks(grades, axis, titles.get("marks") or say("marks")))
    if of.get("events"):
        drawn.append(_events(of["events"], axis, say("events"), say("others")))
    ticks = [
        (
            axis.at(day),
            months[day.month - 1] + (f" ’{day.year % 100:02}" if day.month == 1 else ""),
            axis.before(day),
            axis.tick_anchor(day),
        )
        for day in _months(axis)
    ]
    alt = " ".join(f"{panel.title.rstrip('.')}." for panel in drawn)
    return YearPicture(fill("report/child/year.html.j2", "year", drawn, ticks, alt, years > 1), alt)


def _months(axis: _Axis) -> list[date]:
    """List every second month's first day, so that names have room."""
    return [
        date(year, month, 1)
        for year in range(axis.begin.year, axis.end.year + 1)
        for month in (1, 3, 5, 9, 11)
        if axis.begin <= date(year, month, 1) <= axis.end
    ]


def _days(events: Sequence[Event], axis: _Axis, title: str, until: date | None) -> Panel:
    height = MOST_DAYS * (BLOCK + GAP)
    panel = Panel(title, height + 2, "days", [("0", height), (str(MOST_DAYS), 8)])
    in_week: Counter[date] = Counter()
    for day, word in missed_days(events).items():
        monday = day - timedelta(days=day.weekday())
        level = min(in_week[monday], MOST_DAYS - 1)
        in_week[monday] += 1
        shape = "block" if word == KNOWN else "hollow"
        y = height - level * (BLOCK + GAP) - BLOCK
        panel.marks.append(Mark(axis.at(max(monday, axis.begin)), y, shape, before=axis.before(day)))
    last = min(until or axis.end, axis.end)
    panel.lines.append(Mark(axis.at(axis.begin), height + 0.5, "base", axis.at(last), height + 0.5))
    return panel


def _messages(events: Sequence[Event], axis: _Axis, title: str) -> Panel:
    """Draw one dot per day; full if anybody opened a message of it."""
    opened: dict[date, bool] = {}
    for event in events:
        opened[event.day] = opened.get(event.day, False) or event.detail is not None
    panel = Panel(title, PANEL["row"], "row")
    panel.marks = [
        Mark(axis.at(day), PANEL["row"] / 2, "dot" if full else "ring", before=axis.before(day))
        for day, full in opened.items()
    ]
    return panel


@dataclass(frozen=True)
class _Score:
    day: date
    # The system that records it: names of one maker's tests differ from year to year.
    silo: str
    percentile: float


def _scores(events: Sequence[Event]) -> dict[str, list[_Score]]:
    """Sort percentiles by subject; tests of anything else aren't drawn."""
    found: dict[str, list[_Score]] = {}
    for event in events:
        test, subject, number = ([*(event.detail or "").rsplit(", ", 2), "", ""])[:3]
        name = f"{test} {subject}".casefold()
        which = "math" if "math" in name else "reading" if "reading" in name else ""
        if which and re.fullmatch(r"\d+(\.\d+)?", number):
            found.setdefault(which, []).append(_Score(event.day, event.silo, float(number)))
    return found


def latest_scores(events: Sequence[Event]) -> dict[str, list[tuple[str, float, date]]]:
    """Return the latest percentile of each system by subject, the latest test first."""
    latest = {}
    for subject, scores in _scores(events).items():
        by_silo = {one.silo: (one.silo, one.percentile, one.day) for one in sorted(scores, key=_day)}
        latest[subject] = sorted(by_silo.values(), key=lambda last: last[2], reverse=True)
    return latest


def _day(score: _Score) -> date:
    return score.day


def _tests(
    scores: Sequence[_Score], axis: _Axis, title: str, names: Mapping[str, str], *, numbers: bool
) -> Panel:
    height = PANEL["tests"]

    def y(percentile: float) -> float:
        return round(height - 4 - (height - 8) * percentile / 100, 1)

    usual, high = (figure(f"profile/thresholds.{name}") for name in ("usual_percentile", "high_percentile"))
    panel = Panel(title, height, "tests", band=(y(high), y(usual) - y(high)))
    if numbers:
        panel.ticks = [(str(one), y(one)) for one in (0, 50, 100)]
    series = {
        silo: [one for one in scores if one.silo == silo] for silo in sorted({one.silo for one in scores})
    }
    for place, own in enumerate(reversed(series.values())):
        shape = ("dot", "diamond", "square")[place % SHAPES]
        panel.lines += [
            Mark(
                axis.at(one.day),
                y(one.percentile),
                f"line{min(place, 1)}",
                axis.at(two.day),
                y(two.percentile),
            )
            for one, two in pairwise(own)
        ]
        panel.marks += [
            Mark(axis.at(one.day), y(one.percentile), shape, before=axis.before(one.day)) for one in own
        ]
    # The series that ends last is named first: the others keep off its name.
    ends = sorted((own[-1] for own in series.values()), key=lambda last: (last.day, last.silo), reverse=True)
    for place, last in enumerate(ends):
        after = [y(other.percentile) for other in ends[:place]]
        panel.labels.append(
            _series_label(last, axis, y, names.get(last.silo, last.silo), after, panel.labels)
        )
    return panel


def _series_label(
    last: _Score,
    axis: _Axis,
    y: Callable[[float], float],
    name: str,
    going_on: Sequence[float],
    named: Sequence[Label],
) -> Label:
    """Name a series at its end: to the right of it, or away from one that goes on; always in the panel."""

    def in_panel(place: float) -> float:
        return min(max(place, TALL), PANEL["tests"] - DEEP)

    at = y(last.percentile)
    anchor, text = axis.beside(last.day, name)
    above = min([at - 9, *(other.y - TEXT_LINE for other in named)])
    below = max([at + 17, *(other.y + TEXT_LINE for other in named)])
    order = [above, below] if not going_on or at < going_on[0] else [below, above]
    right = in_panel(at + 4)
    clear = anchor == "start" and all(abs(other.y - right) >= TEXT_LINE for other in named)
    if clear and (not going_on or order[0] != in_panel(order[0])):
        place = right
    else:
        place = next((one for one in order if one == in_panel(one)), in_panel(order[0]))
    return Label(axis.at(last.day), place, text, anchor, axis.off_phone(last.day))


@cache
def _courses() -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of course titles by which the profile knows mathematics and English."""
    return {
        subject: re.compile(element(name).where[0]["course_title"])
        for subject, name in (("math", "grade_mathematics"), ("english", "grade_english"))
    }


def _grades(events: Sequence[Event]) -> dict[str, list[tuple[date, float]]]:
    """Sort percents of report cards by subject and day; two courses of a subject are averaged."""
    found: dict[tuple[str, date], list[float]] = {}
    for event in events:
        parts = (event.detail or "").split(", ")
        numbers = [one for one in parts[-2:] if re.fullmatch(r"\d+(\.\d+)?", one)]
        if not numbers:
            continue
        title = ", ".join(parts[: parts.index(numbers[0])])
        for subject, pattern in _courses().items():
            if pattern.fullmatch(title):
                found.setdefault((subject, event.day), []).append(float(numbers[0]))
    by_subject: dict[str, list[tuple[date, float]]] = {}
    for (subject, day), values in sorted(found.items()):
        by_subject.setdefault(subject, []).append((day, sum(values) / len(values)))
    return by_subject


def latest_grades(events: Sequence[Event]) -> dict[str, float]:
    """Return the latest percent by subject."""
    return {subject: values[-1][1] for subject, values in _grades(events).items()}


def _marks(grades: Mapping[str, list[tuple[date, float]]], axis: _Axis, title: str) -> Panel:
    """Draw each report card as a dash over its grading period, which ends on its day."""
    height = PANEL["marks"]
    # Each period begins where the one before ended, or in the first week of the year.
    ends = sorted({day for values in grades.values() for day, _ in values})

    def y(grade: float) -> float:
        share = (min(max(grade, LOWEST_GRADE), 100) - LOWEST_GRADE) / (100 - LOWEST_GRADE)
        return round(height - 5 - (height - 14) * share, 1)

    ticks = [(str(one), y(one)) for one in (LOWEST_GRADE, 75, 100)]
    panel = Panel(title, height, "marks", ticks)
    for subject, shape in (("english", "dashes"), ("math", "solid")):
        for day, grade in grades.get(subject, []):
            year = axis.year if not axis.before(day) else axis.begin
            starts = [end for end in ends if year <= end < day]
            begin = max(starts, default=max(year, date(year.year, 8, 20)))
            panel.lines.append(
                Mark(axis.at(begin), y(grade), shape, axis.at(day), y(grade), before=axis.before(day))
            )
    return panel


def _events(events: Sequence[Event], axis: _Axis, title: str, others: str) -> Panel:
    """Draw other dated facts in rows, one for each activity or kind of event."""
    rows: dict[str, list[Event]] = {}
    for event in events:
        word = event.detail if event.kind == "joins_activity" and event.detail else event.word
        rows.setdefault(word if word in rows or len(rows) < MOST_ROWS else others, []).append(event)
    panel = Panel(title, PANEL["row"] * len(rows), "row")
    for place, (word, own) in enumerate(rows.items()):
        y = PANEL["row"] * (place + 0.5)
        panel.marks += [Mark(axis.at(one.day), y, "square", before=axis.before(one.day)) for one in own]
        panel.labels.append(_row_label([one.day for one in own], axis, y + 4, word))
    return panel


def _row_label(days: Sequence[date], axis: _Axis, y: float, word: str) -> Label:
    """Name a row of marks where the name is on none: after the last, or before marks that are close."""
    last = days[-1]
    if axis.before(last):
        # A phone leaves this name out, and elsewhere this year's half has room for it.
        return Label(axis.at(last), y, word, "start", True)
    if axis.room_after(last) < LETTER * len(word):
        here = [day for day in reversed(days) if not axis.before(day)]
        if free := next((day for day in here if axis.is_free_before(day, word, days)), None):
            return Label(axis.at(free), y, word, "end", axis.off_phone(free))
    return Label(axis.at(last), y, _cut(word, axis.room_after(last)), "start", axis.off_phone(last))
