"""Whom a question is about, and what is known of each child."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from helpers.profile.conditions import Column, parts_of
from helpers.profile.conditions.types import STATUSES
from helpers.profile.indicators.definitions import indicator
from helpers.profile.rules.results import SET_ASIDE
from helpers.profile.store.source import Source
from helpers.standard import STRING, BadInput, Element, figure, first_day
from helpers.systems import element

__all__ = [
    "KNOWN",
    "LEAVES",
    "NOTHING",
    "REASONS",
    "STARTS",
    "Input",
    "Knowledge",
    "Roster",
    "Seen",
    "departed",
    "elements_behind",
    "listed_by_roster",
    "roster_of",
]


LEAST_OF_A_GRADE = figure("profile/thresholds.served_share")
# In a smaller grade, a system may have nobody by chance; the kit's own figure.
SMALLEST_GRADE = 5
LEAVES, STARTS = "leaves_school", "starts_at_school"


class Seen(Protocol):
    """What the asker may see, such as a view of `helpers.share`; it contains nothing else."""

    @property
    def children(self) -> pd.DataFrame:
        """Children, by ``child``."""

    @property
    def values(self) -> pd.DataFrame:
        """Table ``values``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``."""


@dataclass(frozen=True)
class Roster:
    """The children on the roster today."""

    # The children, in order.
    children: pd.Index
    # The roster system; None: there is none, and every child counts.
    silo: str | None
    # Date of the question.
    today: pd.Timestamp
    # Latest day of each system.
    newest: dict[str, pd.Timestamp]
    # Silo -> the kit's system that it is.
    system: dict[str, str]
    # By silo, the share of its children this year whom the roster doesn't have and no system records as gone.
    unplaced: dict[str, float]
    # By silo, which of the children are in a grade that it doesn't serve.
    outside: dict[str, np.ndarray]
    # Chosen values of the children: of the year (and without one), and of the year before.
    chosen: pd.DataFrame
    earlier: pd.DataFrame

    def positions(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the position of each row's child."""
        return np.asarray(self.children.get_indexer(pd.Index(frame["child"])))

    def as_seen(self, seen: Seen, school_year: int | None) -> Roster:
        """Return the same roster, with only the values that the asker may see."""
        chosen, earlier = _of_years(seen.values, self.children, school_year)
        return replace(self, chosen=chosen, earlier=earlier)


def roster_of(source: Source, today: pd.Timestamp | None = None) -> Roster:
    """Find who is on the roster today."""
    values, systems, year = source.values(), source.systems(), source.school_year
    named = {str(silo): str(system) for silo, system in zip(systems["silo"], systems["system"], strict=True)}
    dated = systems.dropna(subset=["latest_day"])
    newest = {str(silo): day for silo, day in zip(dated["silo"], dated["latest_day"], strict=True)}
    if today is None:
        today = max(newest.values(), default=pd.Timestamp(1970, 1, 1))
    of_year = values["school_year"].eq(year if year is not None else -1).fillna(False).astype(bool)
    silo, listed = listed_by_roster(source, values)
    children = source.children()["child"] if silo is None else listed["child"]
    kept = pd.Index(children.drop_duplicates().sort_values())
    moves = source.timeline()
    moves = moves.loc[moves["kind"].isin([LEAVES, STARTS]) & moves["date"].le(today)]
    if silo is not None:
        kept = kept.difference(departed(moves[moves["silo"].eq(silo)], year), sort=False)
    knows = values.loc[values["record"].notna() & values["silo"].notna(), ["child", "silo"]].drop_duplicates()
    rostered = kept if silo is None else pd.Index(knows.loc[knows["silo"].eq(silo), "child"])
    placed = rostered.union(departed(moves), sort=False)
    known = values.loc[
        values["status"].eq("Reported") & (values["school_year"].isna() | of_year), ["child", "silo"]
    ].drop_duplicates()
    unplaced = {str(name): float(1 - its["child"].isin(placed).mean()) for name, its in known.groupby("silo")}
    chosen, earlier = _of_years(values, kept, year)
    return Roster(
        kept,
        silo,
        today,
        newest,
        named,
        unplaced,
        _outside(kept, knows, chosen),
        chosen,
        earlier,
    )


def listed_by_roster(source: Source, values: pd.DataFrame) -> tuple[str | None, pd.DataFrame]:
    """Find the roster system, and its values of this year's schools; None: no system lists schools."""
    year = source.school_year
    of_year = values["school_year"].eq(year if year is not None else -1).fillna(False).astype(bool)
    listed = values[values["element"].eq("school") & values["status"].eq("Reported") & of_year]
    silo = _roster_silo(listed["silo"], source.trust().get("school", {}))
    return silo, listed if silo is None else listed[listed["silo"].eq(silo)]


def children_on_roster(source: Source) -> frozenset[str] | None:
    """Find the children with a record on the roster, in any year; None: no system lists schools."""
    values = source.values(None, ["school"])
    silo, _ = listed_by_roster(source, values)
    if silo is None:
        return None
    return frozenset(values.loc[values["silo"].eq(silo) & values["record"].notna(), "child"])


def _of_years(
    values: pd.DataFrame, children: pd.Index, year: int | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the chosen values of the year (and without one), and those of the year before."""
    mine = values[values["chosen"].fillna(False).astype(bool) & values["child"].isin(children)]
    when = mine["school_year"].fillna(-1).to_numpy(dtype="int64")
    now = when == (-1 if year is None else year)
    before = when == (-1 if year is None else year - 1)
    return mine[now | (when == -1)].reset_index(drop=True), mine[before & (when != -1)].reset_index(drop=True)


def _roster_silo(listing: pd.Series, trust: Mapping[str, int]) -> str | None:
    """Return the name of the roster system: the most trusted one that records schools."""
    found = [str(silo) for silo in listing.dropna().unique()]

    def rank(silo: str) -> tuple[int, int, str]:
        return trust.get(silo, len(trust)), -int(listing.eq(silo).sum()), silo

    return min(found, key=rank, default=None)


def departed(moves: pd.DataFrame, year: int | None = None) -> pd.Index:
    """List the children whose latest move, in a school year or in any, is a departure."""
    if year is not None:
        moves = moves[moves["date"].ge(pd.Timestamp(first_day(year)))]
    moves = moves.assign(leaves=moves["kind"].eq(LEAVES).astype(bool))
    newest = moves.sort_values(["child", "date", "leaves"], kind="stable").drop_duplicates(
        "child", keep="last"
    )
    return pd.Index(newest.loc[newest["leaves"], "child"])


def _outside(children: pd.Index, knows: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, np.ndarray]:
    """Mark, by system, the children in grades that it hardly serves."""
    grades = chosen[chosen["element"].eq("grade_level") & chosen["status"].eq("Reported")]
    grade = grades.drop_duplicates("child").set_index("child")["value"].reindex(children)
    code, names = pd.factorize(grade.astype("object"))
    size = np.bincount(code[code >= 0], minlength=len(names))
    outside = {}
    for silo, its in knows.groupby("silo"):
        held = children.isin(its["child"])
        of_grade = np.bincount(code[(code >= 0) & held], minlength=len(names))
        none = (of_grade < LEAST_OF_A_GRADE * size) & (size >= SMALLEST_GRADE)
        # A system that has nobody anywhere doesn't serve other grades: its records aren't linked.
        if len(names) == 0 or held.mean() < LEAST_OF_A_GRADE / 2:
            outside[str(silo)] = np.zeros(len(children), dtype=bool)
        else:
            outside[str(silo)] = (code >= 0) & none[code] & ~held
    return outside


# Why a child's part of an answer isn't known; the first that applies to any part is shown.
REASONS = ("Not permitted", "Not collected", "Not joined", "Not fresh", "Not said")
NOT_PERMITTED, NOT_COLLECTED, NOT_JOINED, NOT_FRESH, NOT_REPORTED = range(len(REASONS))
KNOWN, NOTHING = len(REASONS), len(REASONS) + 1

# Facts that systems have for some children only, or for participants. Once nearly all records of such a
# system are linked to children on the roster, a child without one has none.
OF_SOME = (
    "program", "participation", "career_interest", "career_plan", "application", "contact", "message",
    "survey_response",
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """One input of a question, child by child in roster order."""

    # As in a condition.
    name: str
    # Its value, if known.
    value: pd.Series
    # Position in `REASONS` of why it isn't known, else `KNOWN`, or `NOTHING`: known to have none.
    state: np.ndarray
    # The system with the values of most children; None: no system of the district has any.
    silo: str | None
    # The kit's system that would have it.
    system: str

    @property
    def nothing(self) -> np.ndarray:
        """Children known to have nothing."""
        return self.state == NOTHING

    @property
    def column(self) -> Column:
        """Its values, as conditions read them."""
        return Column.of(self.value, self.nothing)

    @property
    def known(self) -> np.ndarray:
        """Children with a known answer, even if they have nothing."""
        return self.state >= KNOWN

    @property
    def missing(self) -> bool:
        """Whether no system of the district has it, as far as the asker may know."""
        return self.silo is None and not (self.state == NOT_PERMITTED).all()


class Knowledge:
    """All inputs that questions can use about a district's children, each computed once."""

    def __init__(
        self,
        source: Source,
        roster: Roster,
        *,
        most_unplaced: float,
        forbidden: Collection[str] = (),
        seen: Seen | None = None,
    ) -> None:
        """Prepare the data."""
        roster = roster if seen is None else roster.as_seen(seen, source.school_year)
        self.roster = roster
        self.absent = NOT_COLLECTED if seen is None else NOT_PERMITTED
        self.most_unplaced = most_unplaced
        self.forbidden = frozenset(forbidden)
        self._year = source.school_year
        self._load_indicators = source.indicators if seen is None else lambda: seen.indicators
        self._rows = {True: _by_element(roster.earlier), False: _by_element(roster.chosen)}
        self._found: dict[tuple[str, int | None], Input] = {}
        self._indicators: pd.DataFrame | None = None

    def input(self, name: str, fresh_days: Mapping[str, int] | None = None) -> Input:
        """Return one input."""
        kind, of = parts_of(name)
        days = (fresh_days or {}).get(of)
        key = (name, days)
        if key not in self._found:
            if kind == "indicator":
                self._found[key] = self._indicator(name, of, days)
            elif kind == "on_record":
                earlier, inner = parts_of(of)
                self._found[key] = self._on_record(name, element(inner), earlier == "last_year")
            else:
                self._found[key] = self._element(name, element(of), kind == "last_year", days)
        return self._found[key]

    def _element(self, name: str, what: Element, earlier: bool, days: int | None) -> Input:
        count = len(self.roster.children)
        frame = self.roster.earlier if earlier else self.roster.chosen
        rows = frame.iloc[self._rows[earlier].get(what.name, np.zeros(0, "int64"))]
        place = self.roster.positions(rows)
        reported = rows["status"].eq("Reported").to_numpy(dtype=bool)
        silo = _commonest(rows.loc[reported, "silo"])
        state = np.full(count, self.absent)
        if silo is None:
            silo = _commonest(rows.loc[rows["status"].eq("Not linked").to_numpy(dtype=bool), "silo"])
        status = np.full(count, "", dtype=object)
        status[place] = rows["status"].to_numpy(dtype=object)
        if silo is not None:
            state[(status == "Not linked")] = self._unjoined(silo)[status == "Not linked"]
        state[status == "Not collected"] = NOT_COLLECTED
        state[np.isin(status, ["Empty", "Withheld"])] = NOT_REPORTED
        of_some = what.table in OF_SOME or what.domain == "family"
        if silo is not None and of_some and self._all_placed(silo):
            state[status != ""] = NOTHING
        state[status == SET_ASIDE] = NOT_REPORTED
        state[status == "Not applicable"] = NOTHING
        state[place[reported]] = KNOWN
        if not earlier:
            allowed = what.days_until_stale if days is None else days
            old = self._age(rows[reported], silo) > allowed
            state[place[reported][old]] = NOT_FRESH
        if what.name in self.forbidden:
            state[:] = NOT_PERMITTED
        value = _typed(rows[reported], place[reported], count, what.type).mask(state != KNOWN)
        return Input(name, value, state, silo, _expected(what))

    def _unjoined(self, silo: str) -> np.ndarray:
        """Explain why a system has no record of each child: not linked, or no such record."""
        state = np.full(len(self.roster.children), NOT_JOINED)
        if self.roster.unplaced.get(silo, 0.0) == 0:
            state[:] = NOT_COLLECTED
        state[self.roster.outside.get(silo, np.zeros(len(state), dtype=bool))] = NOT_COLLECTED
        return state

    def _all_placed(self, silo: str) -> bool:
        return self.roster.unplaced.get(silo, 1.0) <= self.most_unplaced

    def _age(self, rows: pd.DataFrame, silo: str | None) -> np.ndarray:
        """Return the days between the question and each value's as-of date; 0 if unknown."""
        as_of = rows["as_of"].fillna(rows["silo"].map(self.roster.newest).astype("datetime64[us]"))
        return (self.roster.today - as_of).dt.days.fillna(0).to_numpy(dtype="int64")

    def _on_record(self, name: str, what: Element, earlier: bool) -> Input:
        base = self._element(what.name, what, earlier, 10**6)
        state, found = base.state.copy(), base.state == KNOWN
        if base.silo is not None and self._all_placed(base.silo):
            state[state != NOT_PERMITTED] = KNOWN
        elif base.silo is not None:
            state[state == NOT_REPORTED] = KNOWN  # the system has the child, with nothing recorded
            state[state == NOT_COLLECTED] = NOT_JOINED
        value = pd.Series(found, dtype="boolean").mask(state != KNOWN)
        return Input(name, value, state, base.silo, base.system)

    def _indicator(self, name: str, of: str, days: int | None) -> Input:
        count = len(self.roster.children)
        rows = self._indicator_rows(of)
        place = self.roster.positions(rows)
        rows, place = rows[place >= 0], place[place >= 0]
        status = np.full(count, "", dtype=object)
        status[place] = rows["status"].to_numpy(dtype=object)
        used = np.full(count, "", dtype=object)
        used[place] = rows["elements"].fillna("").to_numpy(dtype=object)
        declared = indicator(of)
        names = {each for text in set(used) for each in str(text).split(";") if each}
        names = names or set(declared.elements_of(declared.default))
        parts = [self.input(each, None if days is None else {each: days}) for each in sorted(names)]
        state = np.full(count, self.absent)
        state[status == "Unknown"] = NOT_REPORTED
        state[np.isin(status, ["Flagged", "Warning", "Clear"])] = KNOWN
        state[status == "Not applicable"] = NOTHING
        for part in parts:
            mine = np.array([part.name in str(text).split(";") for text in used], dtype=bool)
            unknown = mine & (state == NOT_REPORTED) & (part.state < NOT_REPORTED)
            state[unknown] = part.state[unknown]
            state[mine & (state == KNOWN) & (part.state == NOT_FRESH)] = NOT_FRESH
        # An indicator would reveal its elements.
        if name in self.forbidden or names & self.forbidden:
            state[:] = NOT_PERMITTED
        value = pd.Series(pd.array([str(each) or None for each in status], dtype=STRING))
        silos = [part.silo for part in parts if part.silo is not None]
        systems = [part.system for part in parts]
        return Input(
            name,
            value.mask(state != KNOWN),
            state,
            "; ".join(dict.fromkeys(silos)) or None,
            "; ".join(dict.fromkeys(systems)),
        )

    def _indicator_rows(self, of: str) -> pd.DataFrame:
        """Return an indicator by its first definition, one row per child: the worst of its parts."""
        if self._indicators is None:
            every = self._load_indicators()
            if every.empty and len(self.roster.children) and self.absent != NOT_PERMITTED:
                raise BadInput(
                    f"The question asks for the indicator {of!r}, and nobody has computed any: give "
                    "compute_indicators(district, links, profiles) to source_of."
                )
            of_year = every["school_year"].isna() | every["school_year"].eq(
                -1 if self._year is None else self._year
            )
            self._indicators = every[of_year.fillna(False).astype(bool)]
        rows = self._indicators
        default = indicator(of).default.name
        rows = rows[rows["indicator"].eq(of) & rows["definition"].eq(default)]
        rank = rows["status"].map({status: place for place, status in enumerate(STATUSES)})
        return rows.assign(rank=rank).sort_values(["child", "rank"], kind="stable").drop_duplicates("child")


def elements_behind(name: str) -> tuple[str, ...]:
    """Name the elements that an input is read from."""
    kind, of = parts_of(name)
    kind, of = parts_of(of) if kind == "on_record" else (kind, of)
    if kind != "indicator":
        return (of,)
    whole = indicator(of)
    return tuple(whole.elements_of(whole.default))


def _by_element(values: pd.DataFrame) -> dict[str, np.ndarray]:
    return {str(name): np.asarray(at) for name, at in values.groupby("element").indices.items()}


def _commonest(silos: pd.Series) -> str | None:
    counts = silos.dropna().value_counts()
    return None if counts.empty else str(min(counts.index[counts == counts.iloc[0]]))


def _expected(what: Element) -> str:
    """Return the name of the kit's system that would have an element."""
    return (what.systems or what.trust)[0]


def _typed(rows: pd.DataFrame, place: np.ndarray, count: int, kind: str) -> pd.Series:
    """Convert values of an element to its type, child by child."""
    if kind in ("string", "date"):
        words = np.full(count, None, dtype=object)
        words[place] = rows["value"].to_numpy(dtype=object)
        text: Any = pd.Series(pd.array(words, dtype=STRING))
        return text if kind == "string" else pd.to_datetime(text, format="%Y-%m-%d").astype("datetime64[us]")
    number = np.full(count, np.nan)
    number[place] = rows["value_number"].to_numpy(dtype="float64")
    plain = pd.Series(number).astype("Float64").mask(np.isnan(number))
    return plain.astype("boolean") if kind == "boolean" else plain
