"""One child's profile as lines to read: who says so, where, how old, how sure, and who says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.gaps.presence import know, scope_of
from helpers.profile import elements
from helpers.profile.facts.systems import newest_days
from helpers.profile.values import folded
from helpers.show.numbers import number_text
from helpers.show.plain_words import element_words, language_name, status_words
from helpers.show.systems import short_names
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["TIES", "missing_lines", "value_lines", "value_texts"]

# Units that are said behind a number; others stand in the element's own name.
_SAID_UNITS = ("days", "children")
_ONE = {"days": "day", "children": "child"}
_LANGUAGES = ("home_language", "contact_language")
_NOT_MEANT = "the system is not for this child's grade or school, as far as its files tell"
TIES = {
    "Sure": "surely",
    "Alone": "no other record",
    "Unverified": "unverified",
    "Review": "waits for a person",
}


def value_texts(values: pd.DataFrame) -> pd.Series:
    """Write values as people read them: a rate in percent, money with its sign, yes and no.

    Parameters
    ----------
    values
        Rows of table ``values``.

    Returns
    -------
    pandas.Series
        Text of the same length; NA where there is no value.
    """
    kinds = {each.name: each.type for each in elements()}
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
    if unit in ("rate", "share"):
        return number_text(100 * float(number), "percent")  # type: ignore[arg-type]
    if unit in ("percent", "USD"):
        return number_text(number, str(unit))
    written = number_text(number)
    if pd.isna(unit) or unit not in _SAID_UNITS:  # type: ignore[call-overload]
        return written
    return f"{written} {_ONE[str(unit)] if float(number) == 1 else unit}"  # type: ignore[arg-type]


def value_lines(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Write what is known about a child, a line a value, with all that one needs to doubt it.

    Parameters
    ----------
    values
        One child's rows of table ``values``, of one year and of none.
    district
        The district: what its systems are called, and the newest day of which each speaks, for a value
        without a day of its own.

    Returns
    -------
    pandas.DataFrame
        ``what, says, system, source, of_day`` (datetime), ``days_old`` (Int64), ``fresh`` (boolean: not older
        than declared for that element), ``tie``, ``others`` (what another system says instead; empty where
        none says otherwise); chosen and reported values only, in their order.
    """
    names, days = short_names(district.layouts), newest_days(district).days
    said = values[values["status"].eq("Reported")]
    said = said.assign(text=value_texts(said))
    shown = said[said["chosen"]].reset_index(drop=True)
    of_system = shown["silo"].map(dict(days)).astype("datetime64[us]")
    day = shown["as_of"].astype("datetime64[us]").fillna(of_system)
    newest = pd.Series(max(days.values(), default=pd.NaT), index=shown.index, dtype="datetime64[us]")
    old = (newest - day).dt.days.astype("Int64").clip(lower=0)
    allowed = shown["element"].map({each.name: each.days_until_stale for each in elements()})
    computed = shown["file"].isna()
    rows = shown["rows"].astype(STRING).fillna("")
    counted = ("counted from " + rows + " rows").mask(
        shown["rows"].eq(0).fillna(False), "no row: nothing was written down"
    )
    counted = counted.mask(shown["rows"].eq(1).fillna(False), "counted from 1 row").mask(
        shown["rows"].isna(), ""
    )
    place = shown["file"] + ", row " + shown["row"].astype(STRING)
    return pd.DataFrame(
        {
            "what": element_words(shown["element"]),
            "says": shown["text"],
            "system": shown["silo"].map(dict(names)).astype(STRING),
            "source": place.mask(computed, counted).fillna(shown["file"]).fillna(""),
            "of_day": day,
            "days_old": old,
            "fresh": old.le(allowed.astype("Int64")),
            "tie": shown["link_band"].map(TIES).astype(STRING),
            "others": _said_otherwise(said, shown, names),
        }
    )


def _said_otherwise(said: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    """Gather what other systems say instead of the chosen value, where they don't agree."""
    chosen = dict(zip(shown["element"], shown["value"], strict=True))
    against = said[~said["chosen"] & said["agrees"].eq(False).fillna(False)]
    shown_instead = against["element"].map(chosen).astype(STRING)
    # A name without its accents is written differently, and is no other name.
    loosely = against["element"].isin([each.name for each in elements() if each.compare == "folded"])
    same = folded(against["value"]).eq(folded(shown_instead)) & loosely
    against = against[(against["value"].ne(shown_instead) & ~same).fillna(False)]
    words = against["silo"].map(dict(names)).astype(STRING) + ": " + against["text"]
    by_element = words.groupby(against["element"]).agg("; ".join)
    return shown["element"].map(by_element).astype(STRING).fillna("")


def missing_lines(values: pd.DataFrame, district: District, links: Links) -> pd.DataFrame:
    """Write what isn't known about a child, why, and which system would have it.

    Parameters
    ----------
    values
        One child's rows of table ``values``, of one year and of none.
    district
        The district: what its systems are called, and for which grades and schools each is.
    links
        Who is who in it.

    Returns
    -------
    pandas.DataFrame
        ``what, why, where``: chosen values without anything in them, in their order; one line for all that
        one system lacks for one reason.
    """
    lacking = values[values["chosen"] & ~values["status"].eq("Reported")]
    stranger = lacking["status"].eq("Not linked") & lacking["silo"].isin(_not_for(lacking, district, links))
    lines = pd.DataFrame(
        {
            "what": element_words(lacking["element"]),
            "why": status_words(lacking["status"]).mask(stranger, _NOT_MEANT),
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
    """List the systems that aren't for a child."""
    known = know(district, links)
    own = known.child[known.records["child"].isin(values["child"].unique()).to_numpy(dtype=bool)]
    if len(own) == 0:
        return []
    meant = scope_of(known).meant[int(own[0])]
    return [silo for place, silo in enumerate(known.silos) if not meant[place]]
