"""Format lines of a child's values: age, source, and systems that disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.gaps import load_presence, scope_of
from helpers.profile import Element, declared_elements, folded, latest_days
from helpers.report.display_names import (
    element_names,
    grade_name,
    language_name,
    short_names,
    status_names,
)
from helpers.report.tables import number_text
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "TIES",
    "UNCHECKED",
    "KnownValue",
    "SystemName",
    "each_row",
    "known_values",
    "missing_lines",
    "name_of",
    "of_year",
    "value_lines",
    "value_texts",
]


# Units written after a number; other units are part of the element's name.
_SAID_UNITS = ("days", "children")
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
    kinds = {each.name: each.type for each in declared_elements()}
    said = [
        language_name(str(value))
        if element in _LANGUAGES and pd.notna(value)
        else _text(value, number, unit, kinds.get(str(element), "string"))
        for element, value, number, unit in values[["element", "value", "value_number", "unit"]].itertuples(
            index=False
        )
    ]
    return pd.Series(pd.array(said, dtype=STRING), index=values.index)


def _text(value: object, number: object, unit: object, kind: str) -> str | None:
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if kind == "boolean":
        return "yes" if str(value).lower() == "true" else "no"
    if kind not in ("integer", "number") or pd.isna(number):  # type: ignore[call-overload]
        return str(value)
    if pd.isna(unit):  # type: ignore[call-overload]
        return number_text(number)
    if unit in ("rate", "share"):
        # One digit more than elsewhere: thresholds such as 10% lie between.
        return number_text(100 * float(number), "percent", digits=int(0 < float(number) < 1))  # type: ignore[arg-type]
    if unit in ("percent", "USD"):
        return number_text(number, str(unit))
    written = number_text(number)
    if unit not in _SAID_UNITS:
        return written
    return f"{written} {_ONE[str(unit)] if float(number) == 1 else unit}"  # type: ignore[arg-type]


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
    said = values[values["status"].eq("Reported")]
    said = said.assign(text=value_texts(said))
    shown = said[said["chosen"]].reset_index(drop=True)
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
            "others": _said_otherwise(said, shown, names),
        }
    )


def _said_otherwise(said: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    """Collect the values of other systems that disagree with the chosen one."""
    chosen = dict(zip(shown["element"], shown["value"], strict=True))
    against = said[~said["chosen"] & said["agrees"].eq(False).fillna(False)]
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
_LANGUAGE_ELEMENTS = ("contact_language", "home_language")
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
    newest: pd.Timestamp | None


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


def each_row(frame: pd.DataFrame) -> list[Any]:
    """List the rows of a small frame, with cells as attributes."""
    return list(frame.itertuples(index=False))


def name_of(silo: object, systems: Mapping[str, SystemName]) -> str:
    """Return a system's display name; for a value from several systems, a text for that."""
    if pd.isna(silo):  # type: ignore[call-overload]
        return "several systems"
    known = systems.get(str(silo))
    return str(silo) if known is None else known.name


def of_year(values: pd.DataFrame, school_year: int | None) -> pd.DataFrame:
    """Select the rows of one school year, and those without a year."""
    years = values["school_year"]
    kept = years.isna() if school_year is None else years.isna() | years.eq(school_year).fillna(False)
    return values[kept.to_numpy(dtype=bool)]


def known_values(
    values: pd.DataFrame, systems: Mapping[str, SystemName], today: pd.Timestamp | None
) -> list[KnownValue]:
    """Format what is known about one child."""
    declared = _declared()
    reported = values["status"].eq("Reported") & values["element"].isin(list(declared))
    said = values[reported.to_numpy(dtype=bool)]
    if said.empty:
        return []
    said = said.assign(text=_plain(said))
    words = dict(zip(said["element"], element_names(said["element"]), strict=True))
    chosen = said[said["chosen"].to_numpy(dtype=bool)]
    numbers = dict(zip(chosen["element"], chosen["value_number"], strict=True))
    others = _against(said, dict(zip(chosen["element"], chosen["value"], strict=True)), systems)
    order = {name: place for place, name in enumerate(declared)}
    lines = []
    for row in each_row(chosen):
        element = declared[str(row.element)]
        own = systems.get(str(row.silo))
        day = row.as_of if pd.notna(row.as_of) else (own.newest if own else None)
        age = max((today - day).days, 0) if today is not None and day is not None and pd.notna(day) else None
        old = age is not None and age > element.days_until_stale
        against = others.get(element.name, ())
        lines.append(
            KnownValue(
                element=element,
                school_year=None if pd.isna(row.school_year) else int(row.school_year),
                what=str(words[row.element]),
                says=str(row.text),
                of=_of(element, numbers),
                source=_source(row, age, old, element, systems),
                unchecked=row.link_status in UNCHECKED,
                old=old,
                against=against,
                rule=_rule(element, row, against, systems) if against else "",
                place=_place(row),
                counted=bool(pd.isna(row.file)),
            )
        )
    return sorted(lines, key=lambda line: order[line.element.name])


def _plain(said: pd.DataFrame) -> pd.Series:
    """Format values for people, with names for codes of grades and languages."""
    from helpers.report.messages import language

    labels = language("en")
    texts = value_texts(said).tolist()
    for place, (element, value) in enumerate(said[["element", "value"]].itertuples(index=False)):
        if element == "grade_level":
            texts[place] = grade_name(str(value))
        elif element in _LANGUAGE_ELEMENTS:
            texts[place] = labels.label("language", str(value))
    return pd.Series(pd.array(texts, dtype=STRING), index=said.index)


def _of(element: Element, numbers: Mapping[str, float]) -> str:
    """Return the fraction behind a rate, if the view has both numbers."""
    if element.numerator is None or element.denominator is None or element.unit != "rate":
        return ""
    part, whole = numbers.get(element.numerator), numbers.get(element.denominator)
    if part is None or whole is None or pd.isna(part) or pd.isna(whole):
        return ""
    unit = _declared()[element.denominator].unit or ""
    return f"{number_text(part)} of {number_text(whole)} {unit}".strip()


def _source(row: Any, age: int | None, old: bool, element: Element, systems: Mapping[str, SystemName]) -> str:
    parts = [f"from: {name_of(row.silo, systems)}"]
    if age is not None:
        days = "up to date" if age == 0 else "1 day old" if age == 1 else f"{age:,} days old"
        parts.append(f"{days}: too old, {element.days_until_stale:,} are allowed" if old else days)
    link_status = row.link_status
    if not pd.isna(link_status):
        parts.append(_TIES.get(str(link_status), str(link_status)))
    return ", ".join(parts)


def _place(row: Any) -> str:
    file, number, rows = row.file, row.row, row.rows
    if not pd.isna(file) and not pd.isna(number):
        return f"{file}, row {int(number)}"
    if pd.isna(rows):
        return "" if pd.isna(file) else str(file)
    if rows == 0:
        return "no row: the system lists the child and recorded nothing"
    return "counted from 1 row" if rows == 1 else f"counted from {int(rows):,} rows"


def _rule(
    element: Element, row: Any, against: Sequence[tuple[str, str]], systems: Mapping[str, SystemName]
) -> str:
    """Explain why one of several values is shown, by whatever order of trust it was chosen."""
    reason = _REASONS.get(str(row.chosen_by), "").format(best=against[0][0])
    return f"Shown is what {name_of(row.silo, systems)} says{reason}. {element.meaning}."


def _against(
    said: pd.DataFrame, chosen: Mapping[str, object], systems: Mapping[str, SystemName]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Collect distinct values of other systems that disagree with the chosen ones."""
    declared = _declared()
    # If a comparison of two systems is missing (a role sees only some systems), different dates still count
    # as different; school numbers of two systems don't.
    codes = said["element"].isin([name for name, each in declared.items() if each.compare == "codes"])
    otherwise = ~said["agrees"].fillna(codes).to_numpy(dtype=bool)
    rest = said[~said["chosen"].to_numpy(dtype=bool) & otherwise]
    if rest.empty:
        return {}
    shown = rest["element"].map(dict(chosen)).astype(STRING)
    loosely = rest["element"].isin([name for name, each in declared.items() if each.compare == "folded"])
    same = folded(rest["value"]).eq(folded(shown)).fillna(False) & loosely
    rest = rest[(rest["value"].ne(shown).fillna(False) & ~same).to_numpy(dtype=bool)]
    gathered: dict[str, dict[tuple[str, str], None]] = {}
    for element, silo, text in rest[["element", "silo", "text"]].itertuples(index=False):
        gathered.setdefault(element, {})[(name_of(silo, systems), str(text))] = None
    return {element: tuple(pairs) for element, pairs in gathered.items()}
