"""Describe a child's indicators in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from helpers.profile import (
    Compared,
    Condition,
    Criterion,
    Definition,
    Given,
    Indicator,
    declared_indicators,
    parts_of,
    status_by_child,
)
from helpers.profile import (
    definition as definition_of,
)
from helpers.profile import (
    indicator as indicator_of,
)
from helpers.report.child.statements import SURE
from helpers.report.display_names import element_name, language_name
from helpers.report.tables import is_missing
from helpers.share import Guard
from helpers.standard import STRING, each_row

__all__ = [
    "IndicatorLine",
    "IndicatorSection",
    "Opener",
    "definition_counts",
    "definition_words",
    "flagged",
    "indicator_section",
    "indicator_sentences",
    "indicator_source",
]


Opener = Callable[..., Any]
Row = Mapping[str, Any]

# Each status has a sign, so that neither shape nor color is needed.
_SIGNS = {"Flagged": "▲", "Warning": "△", "Clear": "○", "Unknown": "?", "Not applicable": "–"}
_ORDER = tuple(_SIGNS)


@dataclass(frozen=True)
class Status:
    """A status with its sign."""

    sign: str
    word: str


@dataclass(frozen=True)
class IndicatorLine:
    """Text of one indicator of a child."""

    title: str
    domain: str
    status: Status
    sentences: list[str]
    # Opens the indicator's source rows; None if there are none.
    opener: Any
    # Results under other definitions: in one line, and each on its own.
    others: str
    each_other: list[tuple[Status, str]]


@dataclass(frozen=True)
class IndicatorSection:
    """Indicators of one child."""

    lines: list[IndicatorLine]
    # Titles of indicators that aren't for the child's grade.
    not_for_grade: list[str]


def indicator_section(
    indicators: Sequence[Any], school_year: int | None, opener: Opener
) -> IndicatorSection | None:
    """Lay out the indicators of one child, rows of table ``indicators``; None without any."""
    rows_by_indicator: dict[str, list[Row]] = {}
    for row in indicators:
        if school_year is None or row.school_year in (None, school_year):
            rows_by_indicator.setdefault(row.indicator, []).append({**row._asdict(), "words": _words(row)})
    lines, not_for_grade = [], []
    for declared in declared_indicators():
        own = rows_by_indicator.get(declared.name)
        if own is None:
            continue
        default = declared.default.name
        first = [row for row in own if row["definition"] == default] or own
        worst = _worst(first)
        if worst == "Not applicable":
            not_for_grade.append(declared.title)
            continue
        others = [] if first is own else [row for row in own if row["definition"] != default]
        lines.append(
            IndicatorLine(
                declared.title,
                declared.domain,
                _status(worst),
                [row["words"] for row in first],
                _behind(first, school_year, opener),
                _compared(others, worst),
                [
                    (_status(str(row["status"])), row["words"])
                    for row in others
                    if row["status"] != "Not applicable"
                ],
            )
        )
    return IndicatorSection(lines, not_for_grade) if lines or not_for_grade else None


def flagged(indicators: Sequence[Any], school_year: int | None) -> dict[str, IndicatorLine]:
    """Find the indicators that are flagged by their default definition, from surely linked records."""
    sure = [row for row in indicators if row.link_status in SURE and row.status == "Flagged"]
    section = indicator_section(sure, school_year, lambda *_, **__: None)
    titles = {one.title: one for one in declared_indicators()}
    defaults = {(one.name, one.default.name) for one in titles.values()}
    flagged_names = {row.indicator for row in sure if (row.indicator, row.definition) in defaults}
    lines = section.lines if section else []
    return {titles[line.title].name: line for line in lines if titles[line.title].name in flagged_names}


def _worst(rows: Sequence[Row]) -> str:
    return min((str(row["status"]) for row in rows), key=_ORDER.index)


def _behind(rows: Sequence[Row], school_year: int | None, opener: Opener) -> Any:
    """Create the button that opens an indicator's source rows."""
    element_lists = [str(row["elements"]) for row in rows if not is_missing(row["elements"])]
    names = sorted({name for each in element_lists for name in each.split(";") if name})
    if not names:
        return None
    words = ", ".join(element_name(name) for name in names)
    return opener(f"from: {words}", "", elements=names, school_year=school_year)


def _status(status: str) -> Status:
    return Status(_SIGNS[status], status)


def _compared(others: Sequence[Row], worst: str) -> str:
    """Count the other definitions in use with a different result."""
    by_definition: dict[str, list[Row]] = {}
    for row in others:
        by_definition.setdefault(str(row["definition"]), []).append(row)
    judged = [_worst(own) for own in by_definition.values()]
    judged = [status for status in judged if status not in ("Unknown", "Not applicable")]
    otherwise = sum(status != worst for status in judged)
    if not judged:
        return "Other definitions don’t apply, or are unknown"
    if len(judged) == 1:
        return (
            "The other definition that applies says otherwise" if otherwise else "The other one says the same"
        )
    if otherwise:
        return f"{otherwise} of {len(judged)} other definitions that apply say otherwise"
    return f"All {len(judged)} other definitions that apply say the same"


_ENDS = {
    "Flagged": "Flagged.",
    "Warning": "A warning.",
    "Clear": "Not flagged.",
    "Unknown": "Unknown.",
    "Not applicable": "Not for this child.",
}
_WHY = {
    "Not collected": "no system records it",
    "Not linked": "no system that records it is surely linked to this child",
    "Empty": "the system that records it has nothing for this child",
    "Withheld": "the system withholds it",
    "Set aside: no date": "no date says which year the record is of",
    "No norms": "nobody has published norms of this test that the kit knows",
    "On no list": "the child is on no list, and no list shows who else could be on one",
    "Not applicable": "it doesn't apply to this child",
}
_COMPARE = {">=": "{} or more", ">": "more than {}", "<=": "{} or less", "<": "less than {}"}
# Of one: a day; else: days.
_ONE = {
    "days": "day", "incidents": "incident", "courses": "course", "log-ins": "log-in", "clubs": "club",
    "activities": "activity", "applications": "application", "hours": "hour", "points": "point",
    "messages": "message",
}  # fmt: skip
_EARLY = {"KG": "kindergarten", "TK": "transitional kindergarten"}
_NO_UNIT = ("rate", "percentile", "percent", "yes or no")


def indicator_sentences(indicators: pd.DataFrame) -> pd.Series:
    """Describe the result of each row, and its definition, in one sentence.

    Parameters
    ----------
    indicators
        Rows of table ``indicators``.

    Returns
    -------
    pandas.Series
        Text with the index of the rows. It contains the row's numbers and words: who may not see the row may
        not see its sentence.
    """
    return pd.Series(map(_words, each_row(indicators)), index=indicators.index, dtype=STRING)


def indicator_source(indicator: str, definition: str | None = None) -> str:
    """Describe the source of a definition."""
    how = definition_of(indicator, definition)
    number = f"{how.id}: " if how.id else ""
    note = f" {how.note}" if how.note else ""
    return f"{number}{how.source}.{note}"


def definition_words(indicator: str | None = None) -> pd.DataFrame:
    """Describe the definitions of indicators: rule, population and source.

    Parameters
    ----------
    indicator
        Name of one indicator; default is all.

    Returns
    -------
    pandas.DataFrame
        ``indicator, definition`` (their titles), ``asks``, ``of_whom``, ``source``; one row per definition.
    """
    rows = [
        {
            "indicator": one.title,
            "definition": how.title,
            "asks": _asks(how) or "Nothing; it flags nobody",
            "of_whom": _of_whom(how) or "every child",
            "source": indicator_source(one.name, how.name),
        }
        for one in declared_indicators()
        if indicator in (None, one.name)
        for how in one.definition
    ]
    columns = ["indicator", "definition", "asks", "of_whom", "source"]
    return pd.DataFrame(rows, columns=columns).astype(STRING)


def definition_counts(judged: pd.DataFrame, indicator: str, guard: Guard) -> pd.DataFrame:
    """Count the children whom each definition flags, and mark those that count all grades to one degree."""
    rows = []
    for how in indicator_of(indicator).definition:
        status = status_by_child(judged, indicator, how.name)["status"]
        flagged, of = (int(status.isin(one).sum()) for one in (["Flagged"], ["Flagged", "Warning", "Clear"]))
        if of and not guard.hides(flagged, of):
            rows.append((how.title, flagged, of - flagged, of, not (how.grades or how.severe)))
    counts = pd.DataFrame(rows, columns=["definition", "flagged", "not_flagged", "out_of", "alike"])
    # Without a row this column would have no type, and choose no columns in place of no rows.
    counts = counts.assign(alike=counts["alike"].astype(bool))
    whole = ["flagged", "not_flagged", "out_of"]
    return counts.assign(**{name: guard.rounded(counts[name]).astype("Int64") for name in whole})


@cache
def _declared() -> dict[tuple[str, str], tuple[Indicator, Definition]]:
    return {(one.name, each.name): (one, each) for one in declared_indicators() for each in one.definition}


def _words(row: Any) -> str:
    return _sentence(row._asdict(), *_declared()[row.indicator, row.definition])


def _sentence(row: Mapping[str, Any], of: Indicator, how: Definition) -> str:
    status = str(row["status"])
    parts = _parts(row["detail"])
    part = _criterion(how, parts)
    if status == "Not applicable":
        whom = _of_whom(how)
        if of.measure == "growth" and not is_missing(row["denominator"]) and row["denominator"] <= 0:
            return f"{_ENDS[status][:-1]}: the mean of the {how.norms} norms doesn't grow in this grade."
        return f"{_ENDS[status][:-1]}: {how.by} applies it to {whom}." if whom else _ENDS[status]
    if status == "Unknown":
        why = parts.get("why")
        if why == "too old":
            found = _found(row, of, how, parts)
            return f"{found}. That is too old to show how things are now. Unknown."
        because = _WHY.get(why or "", "too little is recorded")
        about = f"{parts['part']}: " if "part" in parts else ""
        return f"{about}{because if about else because[0].upper() + because[1:]}. Unknown."
    found, asked = _found(row, of, how, parts), _asked(part, how)
    if not asked:
        return f"{found}."
    return f"{found}; {how.by} {asked}. {_ENDS[status]}"


def _parts(detail: object) -> dict[str, str]:
    """Split a detail into its parts."""
    if is_missing(detail):
        return {}
    pairs = (piece.partition("=") for piece in str(detail).split("; "))
    return {name: text for name, _, text in pairs}


def _number(value: object, unit: str | None = None) -> str:
    """Format a number with its unit: 1 day, 2 days, 12.5%."""
    if is_missing(value):
        return "an unknown number"
    number = float(str(value))
    if unit == "rate":
        return f"{100 * number:.1f}".rstrip("0").rstrip(".") + "%"
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    if unit is None or unit in _NO_UNIT:
        return text
    return f"{text} {_ONE.get(unit, unit) if number == 1 else unit}"


def _found(row: Mapping[str, Any], of: Indicator, how: Definition, parts: Mapping[str, str]) -> str:
    """Describe what was counted."""
    if of.measure == "days":
        return _days(row, how, parts)
    if of.measure == "norms":
        score, mean = parts.get("score", "?"), parts.get("mean", "?")
        place = f"about the {_ordinal(row['value'])} percentile of the {how.norms} norms as fitted"
        return f"Score {score}, the mean of grade and season is {mean}: {place}"
    if of.measure == "growth":
        grown, expected = _number(row["numerator"], "points"), _number(row["denominator"])
        return f"Change in a year: {grown}; the mean of the {how.norms} norms as fitted is {expected}"
    if of.measure == "credits":
        earned, expected = _number(row["numerator"], "credits"), _number(row["denominator"])
        return f"{earned} since high school began, {expected} for the years completed"
    if of.measure == "languages":
        home, contact = (language_name(parts.get(name, "")) for name in ("home", "contact"))
        return f"Language at home: {home}. Messages go out in: {contact}"
    if of.measure == "activities":
        counts = [_number(parts[name], name) for name in ("activities", "clubs") if name in parts]
        hours = f"{_number(parts['hours'], 'hours')} in clubs" if "hours" in parts else ""
        return ", ".join([*counts, *([hours] if hours else [])])
    return _of_element(row, how, parts)


def _days(row: Mapping[str, Any], how: Definition, parts: Mapping[str, str]) -> str:
    where = f" at {parts['school']}" if parts.get("school") else ""
    if how.since is not None:
        where = _since(parts)
    counted, days = row["numerator"], row["denominator"]
    verb = "Absent" if how.counts == "absent" else "At school"
    kind = " without an excuse" if how.absent == ("Unexcused Absence",) else ""
    of_days = not is_missing(days)
    count = f"{_number(counted)} of {_number(days, 'days')}" if of_days else _number(counted, "days")
    share = f" ({_number(row['value'], 'rate')})" if how.of_share else ""
    lately = f" in the last {_number(how.last_days, 'days')}" if how.last_days else ""
    extra = [
        f"{parts[name]} of them {words}"
        for name, words in (("suspension_days", "suspended"), ("partial_days", "in part"))
        if name in parts
    ]
    more = f", {', '.join(extra)}" if extra and how.counts == "absent" else ""
    return f"{verb}{kind} {count}{lately}{where}{share}{more}"


def _since(parts: Mapping[str, str]) -> str:
    """Describe from which day on days count, and what was sent."""
    if "since" in parts:
        return f" since {parts['since']}, the day of the last message about absences that the family opened"
    sent = _number(parts.get("sent", "0"), "messages")
    return f" this year; the family opened none of {sent} about absences"


def _of_element(row: Mapping[str, Any], how: Definition, parts: Mapping[str, str]) -> str:
    criterion = _criterion(how, parts)
    names = criterion.judged.inputs()
    about = f"{criterion.name if 'part' in parts else _named(names[0])}: "
    if "says" in parts:
        return f"{about}{parts['says']}"
    if not is_missing(row["denominator"]):
        return f"{_named(names[0])}: {_number(row['numerator'])} of {_number(row['denominator'])}"
    if how.unit == "yes or no":
        return f"{about}{'yes' if row['value'] == 1 else 'no'}"
    return f"{about}{_number(row['value'])}"


def _criterion(how: Definition, parts: Mapping[str, str]) -> Criterion:
    """Return the criterion that a detail names, or else the first one."""
    return next((one for one in how.criteria if one.name == parts.get("part")), how.criteria[0])


def _named(element: str) -> str:
    words = element_name(parts_of(element)[1])
    return words[0].upper() + words[1:]


def _limit(rule: Condition, how: Definition) -> str:
    match rule.tree:
        case Compared(how=sign, right=Given(value=float(line))) if sign in _COMPARE:
            return _COMPARE[sign].format(_number(line, how.in_unit))
        case Compared(how="==" | "in", right=Given(values=words)):
            return " or ".join(map(str, words))
    return rule.words(element_name)


def _asked(criterion: Criterion, how: Definition) -> str:
    """Describe the lines of flag and warning in a definition, or one criterion of it."""
    if how.asks:
        return how.asks
    limits = [f"flags {_limit(criterion.flag, how)}"] if criterion.flag else []
    limits += [f"warns at {_limit(criterion.warn, how)}"] if criterion.warn else []
    return " and ".join(limits)


def _asks(how: Definition) -> str:
    """Describe a definition, criterion by criterion."""
    asked = [_asked(one, how) for one in how.criteria]
    if len(set(asked)) > 1:
        asked = [f"{one.name}: {words}" for one, words in zip(how.criteria, asked, strict=True)]
    words = "; ".join(dict.fromkeys(asked))
    return words[:1].upper() + words[1:]


def _of_whom(how: Definition) -> str:
    criteria = []
    if how.grades:
        first, last = (_EARLY.get(grade, grade.lstrip("0")) for grade in (how.grades[0], how.grades[-1]))
        span = f"{first} to grade {last}" if how.grades[0] in _EARLY else f"grades {first} to {last}"
        criteria.append({1: f"grade {first}", 2: f"grades {first} and {last}"}.get(len(how.grades), span))
    if how.minimum is not None and how.minimum > 1:
        where = " at the school" if how.per == "school" else ""
        criteria.append(f"at least {_number(how.minimum, 'days')}{where}")
    return " with ".join(criteria)


def _ordinal(value: object) -> str:
    if is_missing(value):
        return "unknown"
    number = min(max(round(float(str(value))), 1), 99)
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
