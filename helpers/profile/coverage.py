"""Explain missing values, and account for facts that gave no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.context import child_tables
from helpers.profile.facts.school_years import has_years
from helpers.profile.facts.store import FactStore
from helpers.standard import STRING, Element, as_table, constant, empty_table, labeled

__all__ = ["NO_YEAR", "Coverage", "account_for", "coverage_of", "summed", "trust_of"]


Ints = npt.NDArray[np.int64]
# Code for values without a school year.
NO_YEAR = 0
# Reason for a missing value: a system with the element has the child, has not, or no system has the element.
WHY = ("Empty", "Not linked", "Not collected")


def trust_of(elements: Sequence[Element], systems: Mapping[str, str]) -> Ints:
    """Rank the systems by trust for each element; all alike where the newest value counts."""
    silos = sorted(systems)
    order = {silo: place for place, silo in enumerate(systems)}
    return np.array(
        [
            [
                0 if element.newest else _place(element.trust, systems[silo]) * len(silos) + order[silo]
                for silo in silos
            ]
            for element in elements
        ],
        dtype="int64",
    ).reshape(len(elements), len(silos))


def _place(trust: Sequence[str], stands_for: str) -> int:
    return min(
        (trust.index(system) for system in stands_for.split(" ") if system in trust), default=len(trust)
    )


@dataclass(frozen=True)
class Coverage:
    """Which systems record which element in which year."""

    # Elements, as declared.
    elements: tuple[Element, ...]
    # School years of the district, oldest first.
    years: tuple[int, ...]
    # Silo -> the kit's system that it is.
    systems: Mapping[str, str]
    # Position of element and year (0: no year) -> positions of silos (by name) that record it, the most
    # trusted first.
    holders: Mapping[tuple[int, int], tuple[int, ...]]

    def trust(self) -> dict[str, dict[str, int]]:
        """Rank the systems by element, as for choosing values: the smallest is trusted most."""
        silos = sorted(self.systems)
        ranks = trust_of(self.elements, self.systems).tolist()
        return {
            each.name: dict(zip(silos, row, strict=True))
            for each, row in zip(self.elements, ranks, strict=True)
        }

    def of(self, names: Sequence[str]) -> Coverage:
        """Filter to some elements."""
        kept = [place for place, element in enumerate(self.elements) if element.name in set(names)]
        anew = {place: number for number, place in enumerate(kept)}
        return replace(
            self,
            elements=tuple(self.elements[place] for place in kept),
            holders={
                (anew[element], year): silos
                for (element, year), silos in self.holders.items()
                if element in anew
            },
        )

    @cached_property
    def _ranked(self) -> Ints:
        """Holders as an array: elements by years by ranks, the most trusted first; -1: none further."""
        most = max((len(silos) for silos in self.holders.values()), default=0)
        ranked = np.full((len(self.elements), len(self.years) + 1, max(most, 1)), -1, dtype="int64")
        for pair, silos in self.holders.items():
            ranked[*pair, : len(silos)] = silos
        return ranked

    @cached_property
    def _names(self) -> pd.Index:
        return pd.Index([element.name for element in self.elements], dtype=STRING)

    @cached_property
    def _silos(self) -> pd.Index:
        return pd.Index(sorted(self.systems), dtype=STRING)

    @cached_property
    def _years(self) -> pd.Index:
        return pd.Index([NO_YEAR, *self.years], dtype="int64")

    @cached_property
    def _possible(self) -> npt.NDArray[np.bool_]:
        """Mark the cells that may have a value: elements by years."""
        of_child = np.array([element.per == "child" for element in self.elements], dtype=bool)
        return of_child[:, None] == (self._years == NO_YEAR)

    def _cells(self, values: pd.DataFrame, children: pd.Index) -> tuple[Ints, Ints, Ints]:
        """Return the positions of each value's child and element, and its year."""
        return (
            children.get_indexer(pd.Index(values["child"])).astype("int64"),
            self._names.get_indexer(pd.Index(values["element"])).astype("int64"),
            values["school_year"].to_numpy(dtype="int64", na_value=NO_YEAR),
        )

    def _lacking(self, child: Ints, element: Ints, year: Ints, children: int) -> npt.NDArray[np.bool_]:
        """Mark the cells without any value: children by elements by years."""
        lacking = np.repeat(self._possible[None], children, axis=0)
        place = self._years.get_indexer(pd.Index(year))
        there = (child >= 0) & (element >= 0) & (place >= 0)
        lacking[child[there], element[there], place[there]] = False
        return lacking

    def due(self, values: pd.DataFrame, children: pd.Index, school_year: int | None) -> Ints:
        """Count each child's missing cells that some system records for other children."""
        lacking = self._lacking(*self._cells(values, children), len(children))
        shown = [place for place, year in enumerate((NO_YEAR, *self.years)) if year in (NO_YEAR, school_year)]
        filled = np.zeros(lacking.shape[1:], dtype=bool)
        for element, year in self.holders:
            filled[element, year] = year in shown
        return (lacking & filled).sum(axis=(1, 2)).astype("int64")

    def fill(self, values: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
        """Add a row for every missing value, with the reason."""
        if crosswalk.empty:
            return values
        children = pd.Index(pd.factorize(crosswalk["child"], sort=True)[1], dtype=STRING)
        given = self._cells(values, children)
        lacking = self._lacking(*given, len(children))
        fillers = self._fillers(lacking, children, crosswalk)
        both = [part for part in (values, fillers) if len(part)]
        if not both:
            return empty_table("values")
        of_child, of_element, place = np.nonzero(lacking)
        filled = (of_child, of_element, self._years.to_numpy()[place])
        child, element, year = (np.concatenate(codes) for codes in zip(given, filled, strict=True))
        cell = (child * len(self._names) + element) * (int(np.max(year, initial=0)) + 1) + year
        result = pd.concat(both, ignore_index=True)
        return result.take(np.argsort(cell, kind="stable")).reset_index(drop=True)

    def _fillers(
        self, lacking: npt.NDArray[np.bool_], children: pd.Index, crosswalk: pd.DataFrame
    ) -> pd.DataFrame:
        # The first record of each child in each system: of several, the last assignment stays.
        silo_of_tie = self._silos.get_indexer(pd.Index(crosswalk["silo"]))
        ties = np.argsort(pd.factorize(crosswalk["record"], sort=True)[0], kind="stable")[::-1]
        ties = ties[silo_of_tie[ties] >= 0]
        tie_of = np.full((len(children), len(self._silos)), -1, dtype="int64")
        tie_of[children.get_indexer(pd.Index(crosswalk["child"]))[ties], silo_of_tie[ties]] = ties
        # The most trusted system that records the element (in that year), and the most trusted one with the
        # child.
        child, of_element, of_year = np.nonzero(lacking)
        ranked = self._ranked[of_element, of_year]
        best, tie = ranked[:, 0], np.full(len(child), -1, dtype="int64")
        for holder in ranked.T[::-1]:
            known = np.where(holder >= 0, tie_of[child, holder], -1)
            tie = np.where(known >= 0, known, tie)
        silo = np.where(tie >= 0, np.append(silo_of_tie, 0)[tie], best)
        status = np.select([tie >= 0, best >= 0], [0, 1], default=2)
        declared = self.elements
        frame = {
            "child": children.array.take(child),
            "element": self._names.array.take(of_element),
            "school_year": pd.arrays.IntegerArray(self._years.to_numpy()[of_year], of_year == 0),
            "silo": self._silos.array.take(silo, allow_fill=True),
            "record": crosswalk["record"].array.take(tie, allow_fill=True),
            "link_status": crosswalk["link_status"].array.take(tie, allow_fill=True),
            "status": labeled(status, WHY),
            "unit": pd.array([one.unit for one in declared], dtype=STRING).take(of_element),
            "rule": labeled(of_element, [one.rule for one in declared]),
            "chosen": pd.array(np.ones(len(child), dtype=bool), dtype="boolean"),
        }
        return as_table("values", pd.DataFrame(frame, copy=False))


def coverage_of(
    filled: npt.NDArray[np.bool_],
    elements: tuple[Element, ...],
    years: tuple[int, ...],
    systems: Mapping[str, str],
) -> Coverage:
    """Find which systems record which element in which year."""
    trust = trust_of(elements, systems)
    holders: dict[tuple[int, int], tuple[int, ...]] = {}
    for element, year in zip(*np.nonzero(filled.any(axis=2)), strict=True):
        silos = np.flatnonzero(filled[element, year])
        order = silos[np.argsort(trust[element, silos], kind="stable")]
        holders[int(element), int(year)] = tuple(int(silo) for silo in order)
    return Coverage(elements, years, systems, holders)


ROW = ["silo", "record", "file", "row"]
REASONS = ("No child named", "Not a student", "No date", "Another year", "No element")


def _reasons(facts: pd.DataFrame, table: str, evidence: FactStore) -> np.ndarray:
    """Find why each fact row gave no value: position of the first applicable reason in `REASONS`."""
    never = np.zeros(len(facts), dtype=bool)
    undated, elsewhen = never, never
    if has_years(table):
        undated = facts["year"].isna().to_numpy()
        elsewhen = ~undated & ~evidence.years.speak_of(facts["year"]).to_numpy(dtype=bool)
    nobody = facts["record"].isna().to_numpy()
    return np.select([nobody, facts["child"].isna().to_numpy(), undated, elsewhen], [0, 1, 2, 3], default=4)


def account_for(
    evidence: FactStore, behind: Mapping[str, pd.Series], *, of_children: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Account for every fact row about children."""
    lines = []
    accounts = []
    for table in child_tables():
        facts = evidence.facts[table]
        if facts.empty:
            continue
        used = np.zeros(len(facts), dtype=bool)
        if table in behind:
            used = behind[table].to_numpy(dtype=bool)
        own = facts["child"].notna().to_numpy() if of_children else np.ones(len(facts), dtype=bool)
        out = facts[[*ROW, "child", "year"]].take(np.flatnonzero(~used & own))
        lines.append(
            out[ROW].assign(
                table=constant(table, len(out)), reason=labeled(_reasons(out, table, evidence), REASONS)
            )
        )
        codes, silos = pd.factorize(facts["silo"], sort=True)
        rows, behind_some = (
            np.bincount(codes[kept], minlength=len(silos)).astype("int64") for kept in (own, own & used)
        )
        counts = pd.DataFrame({"silo": silos, "rows": rows, "rows_used": behind_some})
        counts = counts.assign(table=table, rows_left_out=rows - behind_some)
        accounts.append(counts[rows > 0])
    some = [line for line in lines if len(line)]
    return (
        as_table("left_out", pd.concat(some, ignore_index=True)) if some else empty_table("left_out"),
        as_table("profile_accounts", pd.concat(accounts, ignore_index=True))
        if accounts
        else empty_table("profile_accounts"),
    )


def summed(accounts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sum the accounts of several parts of the children."""
    order = {table: place for place, table in enumerate(child_tables())}
    every = pd.concat(list(accounts), ignore_index=True)
    every = every.assign(place=every["table"].map(order).astype("int64"))
    sums = every.groupby(["place", "table", "silo"], sort=True)[["rows", "rows_used", "rows_left_out"]].sum()
    return as_table("profile_accounts", sums.reset_index().drop(columns="place"))
