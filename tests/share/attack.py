"""An attack on what one run says of a real folder: every number is an equation, and the hidden are solved.

It plays somebody who has all pages, all that was printed and all tables whose name doesn't say *restricted*,
and who has read this project's code. What is hidden is an unknown between what its word allows; what is said
is a sum of unknowns, exact or to tens. A hidden number is recovered where its least and its greatest possible
value are one.
"""

from __future__ import annotations

import html
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

__all__ = ["Attack", "Recovered", "attack_run"]

Cell = Any  # a word or a tuple of words
EVERYBODY = 10_000.0
TOTAL = re.compile(r"all systems together seem to have ([\w, ]+?) ?[:.]")
ROSTER = re.compile(r"The roster has ([\w, ]+?) children")
UNMATCHED = re.compile(r": ([\w, ]+?) match nobody on the roster")
POOL = re.compile(r"In other combinations, too small to show: ([\d,]+|some) children")
_MANY = r"([\d,]+|[Ff]ewer than 10|[Ss]ome|[Aa]bout [\d,]+) children"
WAITING = re.compile(rf"{_MANY} need review")
UNVERIFIED = re.compile(rf"{_MANY} are linked by an ID number alone")
# What the attack reads beside tables.
SENTENCES = (TOTAL, ROSTER, UNMATCHED, POOL, WAITING, UNVERIFIED)


def said(text: object) -> tuple[float, float] | None:
    """Give the least and the greatest number that a word or number of a page can mean; None: nothing said."""
    words = str(text).strip().replace(",", "")
    words = words[:1].lower() + words[1:]
    if number := re.fullmatch(r"(?:about )?(\d+)(?:\.0+)?", words):
        value = float(number[1])
        return tens(value) if words.startswith("about") else (value, value)
    if words == "fewer than 10":
        return 1.0, 9.0
    if words in ("not shown", "some"):
        return 1.0, EVERYBODY
    if words in ("none", "no"):
        return 0.0, 0.0
    return None


def tens(value: float | None) -> tuple[float, float]:
    """Give what a number in tens can be; a missing one is one to nine, or kept beside one."""
    if value is None or math.isnan(value):
        return 0.0, EVERYBODY
    return (0.0, 0.0) if value == 0 else (max(10.0, value - 5), value + 4)


@dataclass(frozen=True)
class Recovered:
    """A hidden number that can be worked out."""

    cell: Cell
    value: int


@dataclass
class Attack:
    """What is known of unknowns: bounds of each, and sums of several."""

    bounds: dict[Cell, tuple[float, float]] = field(default_factory=dict)
    sums: list[tuple[dict[Cell, float], float, float]] = field(default_factory=list)
    hidden: dict[Cell, None] = field(default_factory=dict)

    def cell(self, cell: Cell, low: float = 0.0, high: float = EVERYBODY, *, hidden: bool = False) -> None:
        """Know an unknown, or know it better."""
        was = self.bounds.get(cell, (0.0, EVERYBODY))
        self.bounds[cell] = (max(was[0], low), min(was[1], high))
        if hidden:
            self.hidden[cell] = None

    def only(self, there: set[Cell]) -> None:
        """Know which combinations have anybody: all others are zero, and drop out of every sum."""
        gone = {cell for cell in self.bounds if isinstance(cell, tuple) and cell[0] == "n"} - there
        self.bounds = {cell: bounds for cell, bounds in self.bounds.items() if cell not in gone}
        self.sums = [
            ({cell: value for cell, value in cells.items() if cell not in gone}, low, high)
            for cells, low, high in self.sums
        ]
        self.sums = [one for one in self.sums if one[0]]

    def told(self, cell: Cell, text: object) -> None:
        """Read a cell of a page: a number, or a word in its place."""
        meant = said(text)
        if meant is not None:
            self.cell(cell, *meant, hidden=meant[0] != meant[1] and not str(text).startswith("about"))

    def sum_of(self, cells: Iterable[Cell], low: float, high: float | None = None) -> None:
        """Know what some unknowns are together."""
        coefficients: dict[Cell, float] = {}
        for cell in cells:
            self.cell(cell)
            coefficients[cell] = coefficients.get(cell, 0.0) + 1.0
        self.sums.append((coefficients, low, low if high is None else high))

    def whole(self, parts: Iterable[Cell], whole: Cell) -> None:
        """Know that parts add up to another unknown."""
        coefficients = dict.fromkeys(parts, 1.0) | {whole: -1.0}
        for cell in coefficients:
            self.cell(cell)
        self.sums.append((coefficients, 0.0, 0.0))

    def _together(self) -> Iterator[tuple[list[Cell], list[tuple[dict[Cell, float], float, float]]]]:
        """Part the unknowns into those that hang together."""
        root: dict[Cell, Cell] = {cell: cell for cell in self.bounds}

        def top(cell: Cell) -> Cell:
            while root[cell] != cell:
                root[cell] = root[root[cell]]
                cell = root[cell]
            return cell

        for coefficients, _, _ in self.sums:
            first, *others = coefficients
            for other in others:
                root[top(other)] = top(first)
        cells: dict[Cell, list[Cell]] = {}
        for cell in self.bounds:
            cells.setdefault(top(cell), []).append(cell)
        sums: dict[Cell, list[tuple[dict[Cell, float], float, float]]] = {}
        for one in self.sums:
            sums.setdefault(top(next(iter(one[0]))), []).append(one)
        for cell, own in cells.items():
            yield own, sums.get(cell, [])

    def ranges(self, wanted: Iterable[Cell] | None = None) -> dict[Cell, tuple[int, int]]:
        """Solve for the least and the greatest whole number that each hidden cell can be."""
        targets = list(self.hidden if wanted is None else wanted)
        found: dict[Cell, tuple[int, int]] = {}
        among = set(targets)
        for cells, sums in self._together():
            asked = [cell for cell in cells if cell in among]
            if asked:
                found |= _solved(_Program.of(cells, sums, self.bounds), asked)
        return found

    def determined(self) -> list[Recovered]:
        """List the hidden cells of which only one value is left, zero included.

        Every solution is a witness for all cells at once, so that few need programs of their own.
        """
        found: list[Recovered] = []
        for cells, sums in self._together():
            asked = [cell for cell in cells if cell in self.hidden]
            program = _Program.of(cells, sums, self.bounds)
            differs = _witnessed(program, asked) if len(asked) > 1 else set()
            solved = _solved(program, [cell for cell in asked if cell not in differs])
            found += [Recovered(cell, low) for cell, (low, high) in solved.items() if low == high]
        return found

    def recovered(self, wanted: Iterable[Cell] | None = None) -> list[Recovered]:
        """List the hidden numbers above zero of which only one value is left."""
        found = self.ranges(wanted).items()
        return [Recovered(cell, low) for cell, (low, high) in found if low == high and low > 0]


Sum = tuple[dict[Cell, float], float, float]


@dataclass(frozen=True)
class _Program:
    """Linear program of unknowns that hang together."""

    place: dict[Cell, int]
    matrix: csr_matrix
    sums: tuple[np.ndarray, np.ndarray]
    bounds: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(cls, cells: list[Cell], sums: list[Sum], bounds: Mapping[Cell, tuple[float, float]]) -> _Program:
        """Write the sums as a matrix."""
        place = {cell: at for at, cell in enumerate(cells)}
        entries = [
            (line, place[cell], value)
            for line, (some, _, _) in enumerate(sums)
            for cell, value in some.items()
        ]
        lines, columns, values = (
            (list(each) for each in zip(*entries, strict=True)) if entries else ([], [], [])
        )
        return cls(
            place,
            csr_matrix((values, (lines, columns)), shape=(len(sums), len(cells))),
            (np.array([each[1] for each in sums]), np.array([each[2] for each in sums])),
            tuple(np.array([bounds[cell][end] for cell in cells]) for end in (0, 1)),  # type: ignore[arg-type]
        )

    @cached_property
    def _problem(self) -> dict[str, Any]:
        low, high = self.sums
        exact = low == high
        between = np.flatnonzero(~exact)
        return {
            "A_eq": self.matrix[np.flatnonzero(exact)] if exact.any() else None,
            "b_eq": low[exact] if exact.any() else None,
            "A_ub": _stacked(self.matrix, between) if len(between) else None,
            "b_ub": np.concatenate([high[between], -low[between]]) if len(between) else None,
            "bounds": np.column_stack(self.bounds),
        }

    def least(self, wish: np.ndarray, of: object) -> Any:
        """Find the solution in which the wish is least."""
        solved = linprog(wish, method="highs", **self._problem)
        assert solved.status == 0, f"what is said of {of} contradicts itself: {solved.message}"
        return solved


def _witnessed(program: _Program, asked: list[Cell]) -> set[Cell]:
    """Find cells that differ between two solutions in whole numbers; each solution is one for all cells."""
    rng = np.random.default_rng(1)
    at = np.array([program.place[cell] for cell in asked])
    low, high = np.full(len(at), np.inf), np.full(len(at), -np.inf)
    stale = 0
    while stale < 4 and (high - low < 1).any():
        wish = np.zeros(len(program.place))
        wish[at] = rng.uniform(0.5, 1, len(at)) * rng.choice([-1, 1], len(at)) * (high - low < 1)
        found = program.least(wish, asked[:1]).x
        before = int((high - low >= 1).sum())
        if np.abs(found - found.round()).max() < 1e-6:
            low, high = np.minimum(low, found[at].round()), np.maximum(high, found[at].round())
        stale = 0 if (high - low >= 1).sum() > before else stale + 1
    return {cell for cell, differs in zip(asked, high - low >= 1, strict=True) if differs}


def _solved(program: _Program, asked: list[Cell]) -> dict[Cell, tuple[int, int]]:
    found: dict[Cell, tuple[int, int]] = {}
    for cell in asked:
        wish = np.zeros(len(program.place))
        wish[program.place[cell]] = 1.0
        ends = [sign * program.least(sign * wish, cell).fun for sign in (1.0, -1.0)]
        found[cell] = (math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6))
        near = found[cell][1] - found[cell][0]
        if 0 < near <= 1 and len(program.place) < 2_000:
            # Whole numbers may leave one where fractions leave two.
            found[cell] = _whole(wish, program.matrix, program.sums, program.bounds, found[cell])
    return found


def _stacked(matrix: csr_matrix, lines: np.ndarray) -> csr_matrix:
    from scipy.sparse import vstack

    return csr_matrix(vstack([matrix[lines], -matrix[lines]]))


def _whole(
    wish: np.ndarray,
    matrix: csr_matrix,
    sums: tuple[np.ndarray, np.ndarray],
    bounds: tuple[np.ndarray, np.ndarray],
    by_fractions: tuple[int, int],
) -> tuple[int, int]:
    ends = []
    for sign, before in ((1.0, by_fractions[0]), (-1.0, by_fractions[1])):
        solved = milp(
            sign * wish,
            constraints=LinearConstraint(matrix, *sums),
            bounds=Bounds(*bounds),
            integrality=np.ones(len(wish)),
            options={"time_limit": 5.0},
        )
        ends.append(round(sign * solved.fun) if solved.status == 0 else before)
    return ends[0], ends[1]


class _Tables(HTMLParser):
    """The tables of a page, with what a screen reader calls them; and the page's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.texts: list[str] = []
        self._in_cell = False
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("role") == "group":
            self._label = given.get("aria-label") or ""
        if tag == "table":
            self.tables.append((self._label, []))
            self._label = ""
        elif tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1][1]:
            self.tables[-1][1][-1].append("")
            self._in_cell = True
        if given.get("alt"):
            self.texts.append(str(given["alt"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[-1][1][-1][-1] += data
        self.texts.append(data)


def page_of(path: Path) -> tuple[list[tuple[str, list[list[str]]]], str]:
    """Read a page: its tables, and its text."""
    parser = _Tables()
    parser.feed(re.sub(r"(?s)<(style|script).*?</\1>", "", path.read_text(encoding="utf-8")))
    return parser.tables, " ".join(html.unescape(" ".join(parser.texts)).split())


def _pages(attack: Attack, pages: Iterable[Path], known: Names) -> None:
    """Read the index and the pages that count children by system: sums over combinations of systems."""
    for path in pages:
        tables, text = page_of(path)
        for label, rows in tables:
            if not rows:
                continue
            for matches, read in READERS.items():
                if matches in f"{label}|{'|'.join(rows[0])}":
                    read(attack, known, rows)
        for pattern, cells in (
            (TOTAL, [("n", each) for each in known.combinations]),
            (ROSTER, [("n", each) for each in known.combinations if known.systems[0] in each]),
            (UNMATCHED, [("n", each) for each in known.combinations if known.systems[0] not in each]),
            (POOL, [("n", each) for each in known.combinations if each not in known.listed]),
        ):
            if (match := pattern.search(text)) and (meant := said(match[1])):
                attack.sum_of(cells, *meant)
        for pattern, link_status in ((WAITING, "Review"), (UNVERIFIED, "Unverified")):
            if (match := pattern.search(text)) and (meant := said(match[1])):
                attack.sum_of([("link_status", silo, link_status) for silo in known.systems], *meant)


@dataclass
class Names:
    """The systems, how pages call them, and which combinations a page has listed."""

    systems: list[str]
    called: Mapping[str, str]
    listed: dict[frozenset[str], str] = field(default_factory=dict)
    everything: bool = False  # the page lists every combination that has somebody

    @cached_property
    def combinations(self) -> list[frozenset[str]]:
        """Every way to be in some systems."""
        every = range(1, len(self.systems) + 1)
        return [frozenset(each) for many in every for each in itertools.combinations(self.systems, many)]

    def of(self, name: str) -> str | None:
        """Give the system of a name on a page."""
        return self.called.get(name.strip().lower())


def _of_system(known: Names, silo: str) -> list[Cell]:
    return [("n", each) for each in known.combinations if silo in each]


def _totals(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    counted = [place for place, head in enumerate(rows[0]) if head != "of all"][-1]
    for row in rows[1:]:
        silo, meant = known.of(row[0]), said(row[counted])
        if silo and meant:
            attack.sum_of(_of_system(known, silo), *meant)


def _records(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    _totals(attack, known, [[row[0], row[-1]] for row in rows])
    if "records" not in rows[0]:
        return
    for row in rows[1:]:
        silo = known.of(row[0])
        records, children = (said(row[rows[0].index(name)]) for name in ("records", "children as linked"))
        if silo and records and children and records[0] == records[1] and children[0] == children[1]:
            more = records[0] - children[0]
            # A child more than once makes one record more, at least; so many children have two, at most.
            attack.cell(("two records", silo), min(more, 1.0), more, hidden=0 < more < 10)


def _combinations(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    for name, count in rows[1:]:
        combination = frozenset(filter(None, map(known.of, name.split(" + "))))
        if len(combination) == len(name.split(" + ")):
            known.listed[combination] = count
            attack.told(("n", combination), count)
    if any(word == "fewer than 10" for word in known.listed.values()):
        # The list goes down from the largest, and whatever isn't listed has nobody.
        for larger, smaller in itertools.pairwise(known.listed):
            attack.sums.append(({("n", larger): 1.0, ("n", smaller): -1.0}, 0.0, EVERYBODY))
        known.everything = True


def _how_many(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    roster = known.systems[0]
    for name, count in rows[1:]:
        steps, meant = re.findall(r"\d+", name), said(count)
        if not steps or meant is None:
            continue
        of = range(int(steps[0]), int(steps[-1]) + 1)
        cells = [("n", each) for each in known.combinations if roster in each and len(each) in of]
        attack.whole(cells, ("in systems", name))
        attack.told(("in systems", name), count)


LINK_STATUSES = ("Verified", "Unverified", "Review", "Unlinked")
UNCHECKED = {
    "Linked by an ID number alone, not checked": "Unverified",
    "Linked to no other system": "Unlinked",
}


def _unchecked(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    for what, name, count, everybody in rows[1:]:
        silo = known.of(name)
        if silo is None:
            continue
        attack.told(("link_status", silo, UNCHECKED[what]), count)
        if meant := said(everybody):
            attack.cell(("records", silo), *meant)
        _of_bands(attack, known, silo, of_children=True)


def _of_bands(attack: Attack, known: Names, silo: str, of_children: bool) -> None:
    parts: list[Cell] = [("link_status", silo, link_status) for link_status in LINK_STATUSES]
    attack.whole(parts, ("records", silo))
    # An unlinked record is in no other system; one that needs review isn't either.
    alone: Cell = ("n", frozenset([silo]))
    attack.cell(alone)
    attack.sums.append(({alone: 1.0, ("link_status", silo, "Unlinked"): -1.0}, 0.0, EVERYBODY))
    if of_children:
        attack.whole(_of_system(known, silo), ("records", silo))


def _ties(attack: Attack, known: Names, rows: list[list[str]]) -> None:
    for name, count, _ in rows[1:]:
        silo = known.of(name)
        if silo and (meant := said(count)):
            attack.cell(("records", silo), *meant)


READERS: dict[str, Callable[[Attack, Names, list[list[str]]], None]] = {
    "system|rows|records|children as linked": _records,
    "system|rows|children as linked": _records,
    "No two systems know the same children|what|children as linked": _totals,
    "Some children are missing from a system|what|children as linked": _totals,
    "different totals|what|children as linked": _totals,
    "In how many systems a child of the roster": _how_many,
    "children on the roster look like": _combinations,
    "Which systems know the same children": _combinations,
    "What no one could check, system by system|what|system|children": _unchecked,
    "|how they are linked to other systems": _ties,
}


def _in_tens(numbers: pd.Series) -> bool:
    """Say whether what a table counts is said in tens."""
    return bool((numbers.dropna() % 10 == 0).all())


def _link(attack: Attack, known: Names, told: Mapping[str, Any]) -> None:
    link_statuses = pd.DataFrame(told["link statuses"])
    column = "children" if "children" in link_statuses else "records"
    for silo, own in link_statuses.groupby("silo"):
        for link_status in LINK_STATUSES:
            row = own.loc[own["link_status"].eq(link_status), column]
            if row.empty:
                attack.cell(("link_status", silo, link_status), 0.0, 0.0)
            elif pd.notna(row.iloc[0]):
                attack.cell(("link_status", silo, link_status), float(row.iloc[0]), float(row.iloc[0]))
            else:
                attack.cell(("link_status", silo, link_status), 1.0, hidden=True)
        _of_bands(attack, known, str(silo), column == "children")
    if isinstance(told["children"], int):
        attack.sum_of([("n", each) for each in known.combinations], float(told["children"]))


def _scorecard(attack: Attack, known: Names, told: Mapping[str, Any]) -> None:
    """Read what every pair of systems has in common, and who has two records."""
    card = pd.DataFrame(told["scorecard"])
    # Days and cells are whole numbers beside children, who are said in tens.
    rough = _in_tens(card.loc[card["unit"].isin(["rate", "children", "pairs"]), "numerator"])
    exact = (lambda value: tens(value)) if rough else (lambda value: (value, value))
    for row in _rows_of(card[card["measure"].eq("match rate") & card["numerator"].notna()]):
        both = [
            ("n", each) for each in known.combinations if row.left_silo in each and row.right_silo in each
        ]
        # Only whom the other system is for is counted: there may be more, never fewer.
        attack.sum_of(both, exact(row.numerator)[0], EVERYBODY)
    for row in _rows_of(card[card["numerator"].notna() & card["column"].isna()]):
        low, high = exact(row.numerator)
        if row.measure == "in no other system":
            attack.cell(("n", frozenset([row.left_silo])), low, high)
        elif row.measure == "can't be placed":
            attack.cell(("n", frozenset([row.left_silo])), low, EVERYBODY)  # no other system has them
        elif row.measure == "children known":
            attack.sum_of(_of_system(known, row.left_silo), low, EVERYBODY)  # unlinked records aside
        elif row.measure in ("only in left", "only in right"):
            here, there = row.left_silo, row.right_silo
            here, there = (here, there) if row.measure == "only in left" else (there, here)
            only = [("n", each) for each in known.combinations if here in each and there not in each]
            attack.sum_of(only, low, EVERYBODY)
    for row in _rows_of(card[card["measure"].eq("children with two records")]):
        if pd.isna(row.numerator):
            attack.cell(("two records", row.left_silo), 1.0, hidden=True)


def _values(attack: Attack, told: Mapping[str, Any]) -> None:
    values = pd.DataFrame(told["values"])
    rough = _in_tens(values["children"])
    for element, own in values.groupby("element"):
        cells: list[Cell] = []
        for row in _rows_of(own):
            cell = ("value", element, row.status)
            cells.append(cell)
            if pd.isna(row.children):
                attack.cell(cell, 1.0, hidden=True)
            else:
                attack.cell(cell, *(tens(row.children) if rough else (row.children, row.children)))
        if isinstance(told["children"], int):
            attack.sum_of(cells, float(told["children"]))


def _rows(attack: Attack, told: Mapping[str, Any], parts: tuple[str, ...], whole: str, what: str) -> None:
    """Read accounts of rows: parts that add up to all."""
    table = pd.DataFrame(told)
    counts = table[[*parts, whole]]
    rough = _in_tens(counts.stack())
    for at, row in enumerate(counts.itertuples(index=False)):
        for name, value in zip(counts.columns, row, strict=True):
            cell = (what, at, name)
            if pd.isna(value):
                attack.cell(cell, 1.0, 9.0, hidden=True)
            else:
                attack.cell(cell, *(tens(value) if rough else (value, value)))
        attack.whole([(what, at, name) for name in parts], (what, at, whole))


def _rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Give the rows of a frame, whose cells may be anything."""
    return iter(frame.itertuples())


def groups_attack(
    groups: pd.DataFrame, covered: Mapping[str, frozenset[str]] | None = None
) -> tuple[Attack, int]:
    """Read the counts that the public sees: groups of a school and grade, of everybody there.

    With `covered`, the children of whom each element has a value, it plays somebody who knows which elements
    cover the same children, and which only some of another's.
    """
    attack = Attack()
    alike = _alike(groups, covered or {})
    row: Any
    name: Any
    school: Any
    domain: Any
    everybody = groups[groups["element"].eq("school")]
    keys = ["school", "grade_level"]
    nobody = everybody[everybody["group"].eq("no value")].set_index(keys)["children"]
    members = {
        (row.school, "all" if pd.isna(row.grade_level) else row.grade_level): float(row.of_children)
        + (float(nobody.get((row.school, row.grade_level), 0.0)) if len(nobody) else 0.0)
        for row in _rows_of(everybody.drop_duplicates(keys))
        if pd.notna(row.of_children)
    }
    counted = 0
    for (domain, name, school), own in groups.groupby(["domain", "element", "school"]):
        rows: dict[str, list[Any]] = {}
        for row in _rows_of(own):
            rows.setdefault("all" if pd.isna(row.grade_level) else row.grade_level, []).append(row)
        grades = list(rows)
        words = [*own["group"].unique()]
        words += [] if "no value" in words else ["no value"]
        for grade, here in rows.items():
            cells: dict[str, Cell] = {word: (domain, name, school, grade, word) for word in words}
            cells["no value"] = _nobody(alike, name, school, grade)
            for row in here:
                if pd.isna(row.children):
                    attack.cell(cells[row.group], hidden=True)
                    counted += 1
                else:
                    attack.cell(cells[row.group], float(row.children), float(row.children))
            if all(row.group != "no value" for row in here):
                attack.cell(cells["no value"], hidden=True)
            for larger in alike[name][1:]:
                # Who has the larger element's value and not this one's: none or more.
                rest = {cells["no value"]: 1.0, _nobody(alike, larger, school, grade): -1.0}
                attack.sums.append((rest, 0.0, EVERYBODY))
            with_one = [cell for word, cell in cells.items() if word != "no value"]
            if of := [row.of_children for row in here if pd.notna(row.of_children)]:
                attack.sum_of(with_one, float(of[0]))
            if (school, grade) in members:
                attack.sum_of(cells.values(), members[school, grade])
        for word in words:
            line: dict[str, Cell] = {
                g: _nobody(alike, name, school, g) if word == "no value" else (domain, name, school, g, word)
                for g in grades
            }
            everybody_there = line.pop("all")
            attack.whole(line.values(), everybody_there)
    return attack, counted


def _alike(groups: pd.DataFrame, covered: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Give each element the first one with the same children, and those with them and more."""
    names = list(groups["element"].unique())
    first: dict[object, str] = {}
    found: dict[str, list[str]] = {}
    for name in names:
        own = covered.get(name)
        found[name] = [first.setdefault(name if own is None else own, name)]
    for name, larger in itertools.permutations(names, 2):
        if name in covered and larger in covered and covered[name] < covered[larger]:
            found[name].append(larger)
    return found


def _nobody(alike: Mapping[str, list[str]], name: str, school: str, grade: str) -> Cell:
    """Name children without a value: one unknown for all elements that cover the same children."""
    return ("no value", alike[name][0], school, grade)


def small_differences(groups: pd.DataFrame, covered: Mapping[str, frozenset[str]]) -> list[Recovered]:
    """Subtract shown counts of children without a value, of an element that covers only some of another's."""
    shown = groups[groups["group"].eq("no value") & groups["children"].notna()]
    shown = shown.assign(grade_level=shown["grade_level"].fillna("all"))
    counts = shown.set_index(["element", "school", "grade_level"])["children"].to_dict()
    alike = _alike(groups, covered)
    return [
        Recovered((name, larger, school, grade), int(count - counts[larger, school, grade]))
        for (name, school, grade), count in counts.items()
        for larger in alike[name][1:]
        if 0 < count - counts.get((larger, school, grade), count) < 10
    ]


def attack_run(
    pages: Mapping[str, Path], printed: Mapping[str, str], systems: list[str], called: Mapping[str, str]
) -> tuple[Attack, Names]:
    """Gather what one run says.

    Parameters
    ----------
    pages
        Its pages.
    printed
        Command -> what it printed with ``--json``.
    systems
        The systems, the roster first.
    called
        Name of a system on a page, in small letters -> system.

    Returns
    -------
    Attack, Names
        What is known; its hidden cells are those that some page or command hides.
    """
    attack, known = Attack(), Names(systems, called)
    told = {command: json.loads(text) for command, text in printed.items()}
    _pages(attack, pages.values(), known)
    if "link" in told:
        _link(attack, known, told["link"])
    if "gaps" in told:
        _scorecard(attack, known, told["gaps"])
    if "profile" in told:
        _values(attack, told["profile"])
        _rows(attack, told["profile"]["accounts"], ("rows_used", "rows_left_out"), "rows", "facts")
    if "read" in told:
        parts = ("rows_used", "rows_structure", "rows_set_aside", "rows_quarantined")
        _rows(attack, told["read"]["accounts"], parts, "rows", "file")
    if known.everything:
        attack.only({("n", each) for each in known.listed})
    return attack, known
