"""Which value a child's profile shows, whether the systems agree on it, and why there is none."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.layouts import STRING, as_table, empty_table
from helpers.profile.elements import Element
from helpers.profile.evidence import BANDS, Evidence
from helpers.profile.keys import places_in_order
from helpers.profile.rules import RULES
from helpers.profile.tallies import Tallies

__all__ = ["choose_values", "find_values", "folded"]

STATUSES = ("Reported", "Withheld", "Not applicable", "Empty", "Not collected", "Not linked")
KEYS = ["child", "element", "school_year"]
# Two systems use the same codes when at least half of those of the smaller are also those of the other.
SHARED_CODES = 0.5
# Stands where a value has no school year.
NO_YEAR = 0


def folded(words: pd.Series) -> pd.Series:
    """Write words without capitals, accents and marks, so that only other spelling is a difference.

    Parameters
    ----------
    words
        Text.

    Returns
    -------
    pandas.Series
        Folded text.
    """
    codes, unique = pd.factorize(words)
    plain = [
        "".join(letter for letter in unicodedata.normalize("NFKD", str(word).casefold()) if letter.isalnum())
        for word in unique
    ]
    # The last place stands for a missing word, which has code -1.
    return pd.Series(pd.array([*plain, None], dtype=STRING).take(codes), index=words.index)


def find_values(
    elements: tuple[Element, ...], evidence: Evidence, tallies: Tallies
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Let every element's rule find its values.

    Parameters
    ----------
    elements
        Elements, as declared.
    evidence
        Records and facts by child.
    tallies
        What is counted once for several elements.

    Returns
    -------
    tuple
        Values as the rules found them, with ``element``, ``unit`` and ``rule``; and by fact table which
        rows were weighed by any rule.
    """
    tables = []
    weighed: dict[str, pd.Series] = {}
    for element in elements:
        found = RULES[element.rule](element, evidence, tallies)
        for table, mask in found.weighed.items():
            weighed[table] = mask | weighed[table] if table in weighed else mask
        tables.append(found.values.assign(element=element.name, unit=element.unit, rule=element.rule))
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True), weighed


def _code_groups(values: pd.DataFrame) -> dict[str, int]:
    """Group systems that use the same codes; the values of different groups can't be compared."""
    words = {str(silo): set(its.dropna()) for silo, its in values.groupby("silo")["value"]}
    group = {silo: place for place, silo in enumerate(words)}
    for left in words:
        for right in words:
            smaller = min(len(words[left]), len(words[right]))
            if smaller and len(words[left] & words[right]) >= SHARED_CODES * smaller:
                old, new = group[right], group[left]
                group = {silo: new if at == old else at for silo, at in group.items()}
    return group


def _agreement(values: pd.DataFrame, elements: Mapping[str, Element]) -> pd.Series:
    """Say of each reported value whether every other system says the same; NA: no other says anything."""
    said = values[values["status"] == "Reported"]
    comparable = np.zeros(len(said), dtype="int64")
    text = said["value"]
    for name, element in elements.items():
        mine = (said["element"] == name).to_numpy(dtype=bool)
        if element.compare == "folded":
            text = text.mask(mine, folded(said["value"].where(mine)))
        if element.compare == "codes":
            groups = _code_groups(said[mine])
            comparable[mine] = said.loc[mine, "silo"].map(groups).to_numpy(dtype="int64")
    about = said.groupby(KEYS, dropna=False, sort=False).ngroup().to_numpy(dtype="int64")
    about = about * (comparable.max(initial=0) + 1) + comparable
    # A date whose day and month may be exchanged agrees by whichever reading another system has.
    other = said["other_reading"]
    there = pd.MultiIndex.from_arrays([about, text])
    second = pd.MultiIndex.from_arrays([about, other.fillna("")])
    text = text.mask(other.notna() & second.isin(there) & ~_elsewhere(about, said["silo"], text), other)
    word = pd.factorize(text)[0]
    silo = pd.factorize(said["silo"])[0]
    triples = pd.DataFrame({"about": about, "word": word, "silo": silo}).drop_duplicates()
    all_said = triples.groupby("about").size()
    same_word = triples.groupby(["about", "word"]).size()
    same_silo = triples.groupby(["about", "silo"]).size()
    silos = triples.groupby("about")["silo"].nunique()
    # Of all that was said: without what this system said, without who said the same; this very value is in
    # both.
    total = all_said.reindex(about).to_numpy()
    by_word = same_word.reindex(pd.MultiIndex.from_arrays([about, word])).to_numpy()
    by_silo = same_silo.reindex(pd.MultiIndex.from_arrays([about, silo])).to_numpy()
    against = total - by_word - by_silo + 1
    agrees = pd.array(against == 0, dtype="boolean")
    agrees[silos.reindex(about).to_numpy() < 2] = pd.NA
    return pd.Series(agrees, index=said.index).reindex(values.index)


def _elsewhere(about: np.ndarray, silo: pd.Series, text: pd.Series) -> np.ndarray:
    """Say of each value whether another system has the very same."""
    by = pd.DataFrame({"about": about, "silo": silo.to_numpy(), "text": text.to_numpy()})
    return (by.groupby(["about", "text"])["silo"].transform("nunique") > 1).to_numpy()


def _order(values: pd.DataFrame, evidence: Evidence, elements: Mapping[str, Element]) -> pd.DataFrame:
    """Rank the values of a child's element: what says something, sure ties, trusted systems, newest first."""
    bands = {band: max(place - 1, 0) for place, band in enumerate(BANDS)}  # Sure and Alone are equally sure
    silos = sorted(evidence.systems)
    trust = pd.DataFrame(
        [
            (name, silo, _trust(element, evidence.systems[silo]) * len(silos) + place)
            for name, element in elements.items()
            for place, silo in enumerate(silos)
        ],
        columns=["element", "silo", "trust"],
    )
    trust = values[["element", "silo"]].merge(
        trust, on=["element", "silo"], how="left", validate="many_to_one"
    )
    recent = values["recent"].fillna(values["as_of"])
    return values.assign(
        status_rank=values["status"].map({status: place for place, status in enumerate(STATUSES)}),
        band_rank=values["link_band"].map(bands).fillna(len(BANDS)),
        trust=trust["trust"].to_numpy(),
        age=_days_back(recent),
        late=_days_back(values["begin_date"]),
    )


def _days_back(dates: pd.Series) -> np.ndarray:
    """Give dates numbers by which the newest sorts first, and what has none last."""
    days = -dates.to_numpy(dtype="datetime64[D]").astype("float64")
    return np.where(dates.isna(), np.inf, days)


def _trust(element: Element, system: str) -> int:
    return element.trust.index(system) if system in element.trust else len(element.trust)


def _fillers(values: pd.DataFrame, evidence: Evidence, elements: Mapping[str, Element]) -> pd.DataFrame:
    """Say of every child and element without a value why there is none."""
    children = evidence.children
    names, years = pd.Index(list(elements), dtype=STRING), pd.Index([NO_YEAR, *evidence.years.years])
    # An element in a year is numbered, a pair; so is a child of a pair, a cell. Of most there is no value.
    lacking = np.zeros((len(names) * len(years), len(children)), dtype=bool)
    of_child = np.array([element.per == "child" for element in elements.values()])
    lacking.reshape(len(names), len(years), -1)[of_child, 0] = True
    lacking.reshape(len(names), len(years), -1)[~of_child, 1:] = True
    about = pd.DataFrame(
        {"pair": _pairs(values, names, years), "silo": values["silo"], "trust": values["trust"]}
    )
    there = about["pair"].to_numpy() >= 0
    lacking[about["pair"][there], children.get_indexer(pd.Index(values["child"]))[there]] = False
    pair, child = np.nonzero(lacking)

    # The most trusted system that has the element (in that year), and the most trusted that knows the child.
    holders = about[there & values["status"].ne("Empty").to_numpy(dtype=bool)].drop_duplicates()
    holders = holders.sort_values(["pair", "trust"])
    best = holders.drop_duplicates("pair")
    knows = evidence.crosswalk[["child", "silo", "record", "band"]].rename(columns={"band": "link_band"})
    knows = knows.sort_values(["child", "silo", "record"]).drop_duplicates(["child", "silo"])
    knows = knows.assign(child=children.get_indexer(pd.Index(knows["child"])))
    known = holders.merge(knows, on="silo", how="inner", validate="many_to_many")
    known = known.drop_duplicates(["pair", "child"])  # holders stand in the order of trust
    has_it = np.full(len(lacking), -1)
    has_it[best["pair"]] = np.arange(len(best))
    knows_it = np.full(lacking.shape, -1)
    knows_it[known["pair"], known["child"]] = np.arange(len(known))

    has_it, knows_it = has_it[pair], knows_it[pair, child]
    status = np.select([knows_it >= 0, has_it >= 0], [0, 1], default=2)
    taken = {name: known[name].array.take(knows_it, allow_fill=True) for name in ("record", "link_band")}
    silo = pd.concat([known["silo"], best["silo"]], ignore_index=True).array
    place, year = np.divmod(pair, len(years))
    declared = list(elements.values())
    return pd.DataFrame(
        {
            "child": children.array.take(child),
            "element": names.array.take(place),
            "school_year": pd.arrays.IntegerArray(years.to_numpy(dtype="int64")[year], year == 0),
            "silo": silo.take(
                np.where(knows_it >= 0, knows_it, np.where(has_it >= 0, has_it + len(known), -1)),
                allow_fill=True,
            ),
            **taken,
            "status": pd.array(["Empty", "Not linked", "Not collected"], dtype=STRING).take(status),
            "unit": pd.array([element.unit for element in declared], dtype=STRING).take(place),
            "rule": pd.array([element.rule for element in declared], dtype=STRING).take(place),
        }
    )


def _pairs(values: pd.DataFrame, names: pd.Index, years: pd.Index) -> np.ndarray:
    """Give the pair of each value, its element and year; -1 where nobody asks for it."""
    element = names.get_indexer(pd.Index(values["element"]))
    year = years.get_indexer(pd.Index(values["school_year"].fillna(NO_YEAR).to_numpy(dtype="int64")))
    return np.where((element >= 0) & (year >= 0), element * len(years) + year, -1)


def choose_values(values: pd.DataFrame, evidence: Evidence, elements: tuple[Element, ...]) -> pd.DataFrame:
    """Choose one value a child, element and year, and say of each whether the others agree.

    What says something comes before what is empty, a sure tie before an unverified one, an undoubted date
    before a doubtful one, then the order of trust, then the newest, then what another system confirms. A
    child without a value gets a row that says why: Empty (a system that has the element knows the child and
    says nothing), Not linked (it has no record of the child), Not collected (no system has it).

    Parameters
    ----------
    values
        Values as the rules found them.
    evidence
        Records and facts by child.
    elements
        Elements, as declared.

    Returns
    -------
    pandas.DataFrame
        Table ``values``, one chosen row a child, element and year; sorted by child, element, year.
    """
    by_name = {element.name: element for element in elements}
    ranked = _order(values, evidence, by_name)
    ranked = ranked.assign(agrees=_agreement(ranked, by_name))
    ranked = ranked.assign(alone=~ranked["agrees"].fillna(False).astype(bool))
    order = ["status_rank", "band_rank", "doubtful", "trust", "age", "alone", "late", "record", "file", "row"]
    ranked = ranked.iloc[places_in_order(ranked, [*KEYS, *order])]
    ranked = ranked.assign(chosen=~ranked.duplicated(KEYS))
    fillers = _fillers(ranked, evidence, by_name).assign(chosen=True)
    shown = list(empty_table("values").columns)
    both = [as_table("values", part.reindex(columns=shown)) for part in (ranked, fillers) if len(part)]
    result = pd.concat(both, ignore_index=True) if both else empty_table("values")
    place = pd.Index(list(by_name), dtype=STRING).get_indexer(pd.Index(result["element"]))
    result = result.assign(place=place, year=result["school_year"].fillna(NO_YEAR), second=~result["chosen"])
    return as_table(
        "values", result[shown].iloc[places_in_order(result, ["child", "place", "year", "second"])]
    )
