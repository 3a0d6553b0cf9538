"""Format lines of a child's values: age, source, and systems that disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.gaps import load_presence, scope_of
from helpers.profile import Element, declared_elements, folded, folded_word, latest_days
from helpers.report.display_names import (
    element_name,
    element_names,
    grade_name,
    language_name,
    short_names,
    status_names,
)
from helpers.report.tables import number_text
from helpers.standard import STRING, Measured, each_row, plain

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "TIES",
    "UNCHECKED",
    "KnownValue",
    "SystemName",
    "known_values",
    "missing_lines",
    "name_of",
    "value_lines",
    "value_texts",
]


# Units written after a number; other units are part of the element's name.
_NAMED_UNITS = ("days", "children")
_ONE = {"days": "day", "children": "child"}
_LANGUAGES = ("home_language", "contact_language")
_NOT_MEANT = "as far as its files show, the system doesn't serve this child's grade or school"
TIES = {
    "Verified": "verified",
    "Unlinked": "no other record",
    "Unverified": "unverified",
    "Review": "needs review",
}


def value_texts(values: pd.DataFrame) -> pd.Series:
    """Format values for people: rates in percent, money with its sign, yes and no."""
    rows = each_row(values[["element", "value", "value_number", "unit"]])
    texts = [
        language_name(row.value) if row.element in _LANGUAGES and row.value is not None else _text(row)
        for row in rows
    ]
    return pd.Series(pd.array(texts, dtype=STRING), index=values.index)


def _text(row: Any) -> str | None:
    """Format the value of a row of table ``values``."""
    declared, number, unit = _declared().get(row.element), row.value_number, row.unit
    kind = "string" if declared is None else declared.type
    if row.value is None:
        return None
    if kind == "boolean":
        return "yes" if row.value.lower() == "true" else "no"
    if kind not in ("integer", "number") or number is None:
        return str(row.value)
    if unit is None:
        return number_text(number)
    if unit in ("rate", "share"):
        # One digit more than elsewhere: thresholds such as 10% lie between.
        return number_text(100 * number, "percent", digits=int(0 < number < 1))
    if unit in ("percent", "USD"):
        return number_text(number, unit)
    text = number_text(number)
    if unit not in _NAMED_UNITS:
        return text
    return f"{text} {_ONE[unit] if number == 1 else unit}"


def value_lines(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Format what is known about a child, one line per value, with the evidence to question it.

    Parameters
    ----------
    values
        One child's rows of table ``values``, for one year and without a year.
    district
        The district: names of its systems, and the latest day of each, for a value without its own date.

    Returns
    -------
    pandas.DataFrame
        ``what, says, system, source, of_day`` (datetime), ``days_old`` (Int64), ``fresh`` (boolean: not older
        than declared for that element), ``tie``, ``others`` (another system's value; empty if none
        disagrees); only chosen and reported values, in their order.
    """
    names, days = short_names(district.layouts), latest_days(district).days
    reported = values[values["status"].eq("Reported")]
    reported = reported.assign(text=value_texts(reported))
    shown = reported[reported["chosen"]].reset_index(drop=True)
    of_system = shown["silo"].map(dict(days)).astype("datetime64[us]")
    day = shown["as_of"].astype("datetime64[us]").fillna(of_system)
    newest = pd.Series(max(days.values(), default=pd.NaT), index=shown.index, dtype="datetime64[us]")
    old = (newest - day).dt.days.astype("Int64").clip(lower=0)
    allowed = shown["element"].map({each.name: each.days_until_stale for each in declared_elements()})
    computed = shown["file"].isna()
    rows = shown["rows"].astype(STRING).fillna("")
    counted = ("counted from " + rows + " rows").mask(
        shown["rows"].eq(0).fillna(False), "no row: nothing was recorded"
    )
    counted = counted.mask(shown["rows"].eq(1).fillna(False), "counted from 1 row").mask(
        shown["rows"].isna(), ""
    )
    place = shown["file"] + ", row " + shown["row"].astype(STRING)
    return pd.DataFrame(
        {
            "what": element_names(shown["element"]),
            "says": shown["text"],
            "system": shown["silo"].map(dict(names)).astype(STRING),
            "source": place.mask(computed, counted).fillna(shown["file"]).fillna(""),
            "of_day": day,
            "days_old": old,
            "fresh": old.le(allowed.astype("Int64")),
            "tie": shown["link_status"].map(TIES).astype(STRING),
            "others": _other_values(reported, shown, names),
        }
    )


def _other_values(reported: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    """Collect the values of other systems that disagree with the chosen one."""
    chosen = dict(zip(shown["element"], shown["value"], strict=True))
    against = reported[~reported["chosen"] & reported["agrees"].eq(False).fillna(False)]
    shown_instead = against["element"].map(chosen).astype(STRING)
    # A name without its accents is another spelling, not another name.
    loosely = against["element"].isin([each.name for each in declared_elements() if each.compare == "folded"])
    same = folded(against["value"]).eq(folded(shown_instead)) & loosely
    against = against[(against["value"].ne(shown_instead) & ~same).fillna(False)]
    words = against["silo"].map(dict(names)).astype(STRING) + ": " + against["text"]
    by_element = words.groupby(against["element"]).agg("; ".join)
    return shown["element"].map(by_element).astype(STRING).fillna("")


def missing_lines(values: pd.DataFrame, district: District, links: Links) -> pd.DataFrame:
    """Format what isn't known about a child, why, and which system would have it.

    Parameters
    ----------
    values
        One child's rows of table ``values``, for one year and without a year.
    district
        The district: names of its systems, and the grades and schools that each serves.
    links
        What `link_district` returned for it.

    Returns
    -------
    pandas.DataFrame
        ``what, why, where``: chosen but missing values, in their order; one line for everything that one
        system lacks for one reason.
    """
    lacking = values[values["chosen"] & ~values["status"].eq("Reported")]
    stranger = lacking["status"].eq("Not linked") & lacking["silo"].isin(_not_for(lacking, district, links))
    lines = pd.DataFrame(
        {
            "what": element_names(lacking["element"]),
            "why": status_names(lacking["status"]).mask(stranger, _NOT_MEANT),
            "where": lacking["silo"]
            .map(short_names(district.layouts))
            .astype(STRING)
            .fillna("several systems")
            .mask(lacking["status"].eq("Not collected"), "none of these systems"),
        }
    )
    together = lines.groupby(["why", "where"], sort=False)["what"].agg(", ".join).reset_index()
    return together[["what", "why", "where"]].astype(STRING)


def _not_for(values: pd.DataFrame, district: District, links: Links) -> list[str]:
    """List the systems that don't serve a child."""
    known = load_presence(district, links)
    own = known.child[known.records["child"].isin(values["child"].unique()).to_numpy(dtype=bool)]
    if len(own) == 0:
        return []
    meant = scope_of(known).meant[int(own[0])]
    return [silo for place, silo in enumerate(known.silos) if not meant[place]]


# The weakest links: a record that nothing confirmed, and one that needs review.
UNCHECKED = ("Unverified", "Review")
_TIES = {
    "Verified": "verified",
    "Unlinked": "only in this system",
    "Unverified": "not confirmed",
    "Review": "needs review",
}
# Text of the rule that chose a value; ``best`` is the first system that disagrees.
_REASONS = {
    "Surest tie": ", because its record is linked more reliably",
    "Undoubted date": ", because its date can be read in one way only",
    "Trusted most": ", because it is trusted more than {best}",
    "Newest": ", because it is newer",
    "Confirmed": ", because another system confirms it",
    "Begins last": ", because it began last",
    "First record": ", because its record comes first; nothing else decides",
}


@dataclass(frozen=True)
class SystemName:
    """Display name of a system, and its latest day."""

    name: str
    newest: datetime | None


@dataclass(frozen=True)
class KnownValue:
    """One value as a page shows it."""

    # Its declaration.
    element: Element
    # School year; None for a value without a year.
    school_year: int | None
    # The element and its value as text.
    what: str
    says: str
    # Denominator of a rate: "146 of 154 days"; otherwise empty.
    of: str
    # "from: Meals, 3 days old, sure".
    source: str
    # Whether nobody has confirmed that the record is this child's.
    unchecked: bool
    # Whether it is older than the element's declaration allows.
    old: bool
    # Values of other systems: display name of the system, value.
    against: tuple[tuple[str, str], ...]
    # Why this value is shown; empty if nothing contradicts it.
    rule: str
    # File and row, or the number of source rows.
    place: str
    # Whether it was counted from rows, and is in no single one.
    counted: bool


@cache
def _declared() -> dict[str, Element]:
    return {each.name: each for each in declared_elements()}


def name_of(silo: str | None, systems: Mapping[str, SystemName]) -> str:
    """Return a system's display name; for a value from several systems, a text for that."""
    if silo is None:
        return "several systems"
    known = systems.get(silo)
    return silo if known is None else known.name


def known_values(
    values: Sequence[Any], systems: Mapping[str, SystemName], today: datetime | None
) -> list[KnownValue]:
    """Format what is known about one child, from rows of table ``values``."""
    declared = _declared()
    reported = [row for row in values if row.status == "Reported" and row.element in declared]
    chosen = {row.element: row for row in reported if row.chosen}
    others = _against(reported, chosen, systems)
    order = {name: place for place, name in enumerate(declared)}
    lines = []
    for row in chosen.values():
        element = declared[row.element]
        own = systems.get(row.silo)
        day = row.as_of or (own.newest if own else None)
        age = max((today - day).days, 0) if today is not None and day is not None else None
        old = age is not None and age > element.days_until_stale
        against = others.get(element.name, ())
        lines.append(
            KnownValue(
                element=element,
                school_year=row.school_year,
                what=element_name(element.name),
                says=_plain(row),
                of=_of(element, chosen),
                source=_source(row, age, old, element, systems),
                unchecked=row.link_status in UNCHECKED,
                old=old,
                against=against,
                rule=_rule(element, row, against, systems) if against else "",
                place=_place(row),
                counted=row.file is None,
            )
        )
    return sorted(lines, key=lambda line: order[line.element.name])


def _plain(row: Any) -> str:
    """Format a value for people, with names for codes of grades and languages."""
    from helpers.report.messages import language

    if row.element == "grade_level":
        return grade_name(row.value)
    if row.element in _LANGUAGES:
        return language("en").label("language", row.value)
    return _text(row) or ""


def _of(element: Element, chosen: Mapping[str, Any]) -> str:
    """Return the fraction behind a rate, if the view has both numbers."""
    if element.numerator is None or element.denominator is None or element.unit != "rate":
        return ""
    part, whole = chosen.get(element.numerator), chosen.get(element.denominator)
    if part is None or whole is None or part.value_number is None or whole.value_number is None:
        return ""
    unit = _declared()[element.denominator].unit or ""
    return f"{number_text(part.value_number)} of {number_text(whole.value_number)} {unit}".strip()


def _source(row: Any, age: int | None, old: bool, element: Element, systems: Mapping[str, SystemName]) -> str:
    parts = [f"from: {name_of(row.silo, systems)}"]
    if age is not None:
        days = "up to date" if age == 0 else plain(f"{Measured('value_age', age):count}")
        parts.append(f"{days}: too old, {element.days_until_stale:,} are allowed" if old else days)
    if row.link_status is not None:
        parts.append(_TIES.get(row.link_status, row.link_status))
    return ", ".join(parts)


def _place(row: Any) -> str:
    if row.file is not None and row.row is not None:
        return f"{row.file}, row {row.row}"
    if row.rows is None:
        return row.file or ""
    if row.rows == 0:
        return "no row: the system lists the child and recorded nothing"
    return plain(f"counted from {Measured('value_rows', int(row.rows)):count}")


def _rule(
    element: Element, row: Any, against: Sequence[tuple[str, str]], systems: Mapping[str, SystemName]
) -> str:
    """Explain why one of several values is shown, by whatever order of trust it was chosen."""
    reason = _REASONS.get(str(row.chosen_by), "").format(best=against[0][0])
    return f"Shown is what {name_of(row.silo, systems)} says{reason}. {element.meaning}."


def _against(
    reported: Sequence[Any], chosen: Mapping[str, Any], systems: Mapping[str, SystemName]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Collect distinct values of other systems that disagree with the chosen ones."""
    gathered: dict[str, dict[tuple[str, str], None]] = {}
    for row in reported:
        shown, compare = chosen.get(row.element), _declared()[row.element].compare
        # If a comparison of two systems is missing (a role sees only some systems), different dates still
        # count as different; school numbers of two systems don't.
        agrees = compare in ("codes", "apart") if row.agrees is None else row.agrees
        if row.chosen or agrees or shown is None or row.value == shown.value:
            continue
        if compare != "folded" or folded_word(row.value) != folded_word(shown.value):
            gathered.setdefault(row.element, {})[name_of(row.silo, systems), _plain(row)] = None
    return {element: tuple(pairs) for element, pairs in gathered.items()}
