"""An attack on every table of a run, whatever it is about: small numbers, shares, parts of a whole.

It knows no page: a column that counts is told by its head. What doesn't count children is listed with the
reason. Numbers in tens are what a true number can be; a share and its interval narrow it.
"""

from __future__ import annotations

import html
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from tests.share.attack import EVERYBODY, Attack, Cell, Recovered, page_of, said, tens

__all__ = [
    "Table", "accounts", "all_small", "groups_of_roster", "small_sentences", "tables_of", "values_of_domains",
]  # fmt: skip

# Heads under which no child is counted, nor a row of a file that is about one.
NOT_CHILDREN = {
    "systems before": "systems",
    "now": "systems that one opens, or a score of people who answered a survey",
    "before": "a score of people who answered a survey",
    "platforms_before": "systems",
    "questions": "questions",
    "pairs": "pairs of systems",
    "domains": "domains of the policy",
    "minutes": "minutes",
    "days": "days",
    "columns": "columns of files",
    "hours": "hours",
    "anchor": "a scale from 1 to 4",
    "level": "a scale from 1 to 4",
    "weight": "a scale of evidence",
    "month": "months",
    "coach": "coaches and their schools",
    "schools": "schools",
    "team": "people of staff",
    "members": "people of staff",
    "coaches": "people of staff",
    "respondent": "people who answered an invented survey",
    "score": "a scale",
    "school year": "a year",
    "school_year": "a year",
    "keys": "keys of a join",
    "line": "the number of a line",
    "items": "questions of a survey",
    "people": "people who answered an invented survey",
    "moved": "a scale",
    "1": "anchors in words",
    "low": "the end of an interval",
    "high": "the end of an interval",
    "percent": "a share, read with its numbers",
    "share": "a share, read with its numbers",
    "value": "a share, read with its numbers",
    "units": "units",
    "likely": "what a plan assumes",
    "reports": "pages",
    "mean": "a mean",
    "answer": "a scale from 1 to 4",
    "respondents": "people who answered an invented survey",
    "the files show": "a scale from 1 to 4",
}
# Tables that were written by hand, or of what the kit itself makes; they are the same of every folder.
BY_HAND = (
    "All rows of the week", "Five children, two layouts", "Looked up by number", "Six of six found",
    "Who is where", "Children with a plan; fewer than 10", "For the substitute cook",
    "Somebody changed one word", "Which system has which date",
    "Two rules, two pages", "What three systems say about Ana", "Quoted from published surveys",
    "Three changes, one afternoon",
    "The six domains", "Where they differ", "Change since the year before", "Five invented districts",
    "How many domains each role sees",
)  # fmt: skip
SENTENCES_BY_HAND = ("Of 4 children with a plan in grade 8, all four",)
# What `read` lists under this name are rows of totals and placeholders.
NOT_OF_CHILDREN = ("about no child",)
# Those without a value are counted beside those with one, not among them: it has a reader of its own.
OWN_WHOLES = ("groups.csv",)
# Units of the scorecard that count no children.
OTHER_UNITS = ("ways", "values", "columns", "days", "ratio", "cells")
PARTS_OF = {
    "children": ("out of", "out_of", "of children", "of_children", "of"),
    "chronically absent": ("of children",),
    "flagged": ("of children",),
    "numerator": ("denominator",),
    "counted": ("out of",),
    "how many": ("out of",),
    "looked for": ("children it is about",),
    "can't be said": ("children it is about",),
    "unknown": ("concerned",),
    "answerable": ("concerned",),
}
SHARES = ("share", "percent", "rate", "value")
SMALL = range(1, 10)
DOWNLOAD = re.compile(r'href="data:text/csv;charset=utf-8,([^"]*)" aria-label="Download as CSV: ([^"]*)"')
SENTENCE = re.compile(
    r"(?<![\w.,:/$%–-])(?<!1 to )([1-9]) (?:more |fewer )?"
    r"(?:children|students|pupils|families|records|homes|pairs of records)\b"
)
Z = 1.959964


@dataclass(frozen=True)
class Table:
    """A table as anybody reads it.

    Attributes
    ----------
    where
        The page, file or command.
    label
        What it is called there.
    heads, rows
        As they are written; a cell without anything is an empty text.
    """

    where: str
    label: str
    heads: list[str]
    rows: list[list[str]]
    units: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def counts(self, head: str) -> bool:
        """Say whether a column counts children, or rows and records of them."""
        words = head.lower()
        if words in NOT_CHILDREN or words in OTHER_UNITS:
            return False
        # Codes such as grades are texts, at least one of which is no number.
        at = self.heads.index(head)
        if any(row[at] and row[at] not in ("–", "…") and said(row[at]) is None for row in self.rows):
            return False
        return not any(re.search(rf"\b{re.escape(each)}\b", words) for each in NOT_CHILDREN if len(each) > 3)

    def numbers(self, head: str) -> list[float | None]:
        """Give the numbers of a column; None where there is none."""
        at = self.heads.index(head)
        return [_number(row[at]) if at < len(row) else None for row in self.rows]

    def numbers_of(self, head: str) -> list[float]:
        """Give the numbers of a column, where the table has it."""
        return [each for each in self.numbers(head) if each is not None] if head in self.heads else []

    def rough(self, *heads: str) -> bool:
        """Say whether these columns are said in tens."""
        numbers = [number for head in heads for number in self.numbers(head) if number is not None]
        return bool(numbers) and all(number % 10 == 0 for number in numbers)

    def of_children(self, at: int) -> bool:
        """Say whether a row counts children: some of a scorecard count columns, days and ways."""
        row = dict(zip(self.heads, self.rows[at], strict=False))
        measure = row.get("measure") or row.get("what was found", "").split(":")[0]
        return (row.get("unit") or self.units.get(measure)) not in OTHER_UNITS


def _number(cell: str) -> float | None:
    words = cell.strip().replace(",", "").removesuffix("%")
    return float(words) if re.fullmatch(r"0|[1-9]\d*(\.\d+)?|0\.\d+", words) else None


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def tables_of(
    pages: Mapping[str, Path], printed: Mapping[str, str], files: Mapping[str, Path]
) -> list[Table]:
    """Gather all tables of pages, of what was printed with ``--json``, and of CSV files."""
    found: list[Table] = []
    units: dict[str, str] = {}
    for command, text in printed.items():
        for name, value in json.loads(text).items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                heads = list(value[0])
                rows = [[_text(row[head]) for head in heads] for row in value]
                found.append(Table(command, name, heads, rows))
            elif isinstance(value, int) and not isinstance(value, bool):
                found.append(Table(command, "one number", [name], [[str(value)]]))
    for table in found:
        if {"measure", "unit"} <= set(table.heads):
            for row in table.rows:
                units[row[table.heads.index("measure")]] = row[table.heads.index("unit")]
    for where, path in files.items():
        frame = pd.read_csv(path, dtype="string", keep_default_na=False)
        found.append(Table(where, path.name, [str(head) for head in frame], frame.to_numpy().tolist()))
    for where, path in pages.items():
        shown = [(label, rows[0], rows[1:]) for label, rows in page_of(path)[0] if rows]
        for label, heads, rows in [*shown, *_downloads(path)]:
            if rows and not label.startswith(BY_HAND):
                found.append(Table(where, label, heads, rows, units))
    return found


def _downloads(page: Path) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Open what can be downloaded from a page: all rows, of which the table shows the first ones."""
    for written, label in DOWNLOAD.findall(page.read_text(encoding="utf-8")):
        frame = pd.read_csv(io.StringIO(unquote(written)), dtype="string", keep_default_na=False)
        yield html.unescape(label), [str(head).lstrip("\ufeff") for head in frame], frame.to_numpy().tolist()


def small_cells(table: Table) -> Iterator[Recovered]:
    """Find numbers of one to nine that stand in a table."""
    for head in filter(table.counts, table.heads):
        for at, number in enumerate(table.numbers(head)):
            if number is not None and number in SMALL and table.of_children(at):
                yield Recovered((table.where, table.label, head, *table.rows[at][:3]), int(number))


def _share_step(table: Table, head: str) -> float:
    """Give how far the share of a column may be off: half of the step in which all of it is said."""
    numbers = [number for number in table.numbers(head) if number is not None]
    of_hundred = head == "percent" or any(number > 1 for number in numbers)
    steps = (0.05, 0.01, 0.001) if not of_hundred else (5.0, 1.0, 0.1)
    for step in steps:
        if all(abs(number / step - round(number / step)) < 1e-6 for number in numbers):
            return step / 2 / (100 if of_hundred else 1)
    return 1e-6


def _wilson(part: int, whole: int) -> tuple[float, float]:
    share, square = part / whole, Z * Z / whole
    middle = (share + square / 2) / (1 + square)
    around = Z / (1 + square) * math.sqrt(share * (1 - share) / whole + square / whole / 4)
    return middle - around, middle + around


def _pairs(table: Table) -> Iterator[tuple[str, str, int, set[tuple[int, int]]]]:
    """Give for each row that says a part and its whole all that the two can be."""
    for part, wholes in PARTS_OF.items():
        for whole in wholes:
            if part not in table.heads or whole not in table.heads:
                continue
            rough = table.rough(part, whole)
            shares = [head for head in (*SHARES, "low", "high") if head in table.heads]
            steps = {head: _share_step(table, head) for head in shares}
            said_shares = {head: table.numbers(head) for head in shares}
            both = zip(table.numbers(part), table.numbers(whole), strict=True)
            for at, (number, of) in enumerate(both):
                if number is None or of is None or not table.of_children(at):
                    continue
                ends = [tens(each) if rough else (each, each) for each in (number, of)]
                told = {head: values[at] for head, values in said_shares.items()}
                yield part, whole, at, _fitting(ends, told, steps)


def _fitting(
    ends: list[tuple[float, float]], told: Mapping[str, float | None], steps: Mapping[str, float]
) -> set[tuple[int, int]]:
    """Try all parts and wholes that a row can mean, by its share and the ends of its interval."""
    numbers = [range(int(low), int(high) + 1) for low, high in ends]
    fits = {(part, whole) for whole in numbers[1] for part in numbers[0] if part <= whole and whole}
    for head, value in told.items():
        if value is None:
            continue
        at = value / 100 if value > 1 or head == "percent" else value
        for part, whole in list(fits):
            low, high = _wilson(part, whole)
            true = {"low": low, "high": high}.get(head, part / whole)
            if abs(true - at) > steps[head] + 1e-6 and not (head == "value" and value > 1):
                fits.discard((part, whole))
    return fits


def small_shares(table: Table) -> Iterator[Recovered]:
    """Find parts, and rests of a whole, that can only be one number of one to nine."""
    for part, _, at, fits in _pairs(table):
        for name, found in (
            (part, {number for number, _ in fits}),
            (f"not {part}", {whole - number for number, whole in fits}),
        ):
            if len(found) == 1 and (number := found.pop()) in SMALL:
                yield Recovered((table.where, table.label, name, *table.rows[at][:3]), number)


def small_rests(table: Table) -> Iterator[Recovered]:
    """Solve tables of which one row is all others together."""
    whole = re.compile(r"all(?: \w+)?|total|all of them|together")
    keys = [at for at, head in enumerate(table.heads) if not any(_number(row[at]) for row in table.rows)]
    for at in keys:
        totals = [row for row in table.rows if whole.fullmatch(row[at].strip().lower())]
        for head in filter(table.counts, table.heads) if totals else ():
            place, attack = table.heads.index(head), Attack()
            if place in keys:
                continue
            rough = table.rough(head)
            other = [each for each in keys if each != at]
            for total in totals:
                mine = [row for row in table.rows if all(row[each] == total[each] for each in other)]
                cells: list[Cell] = []
                for row in mine:
                    cell = (table.where, table.label, head, *row[:3])
                    number = _number(row[place])
                    if number is None:
                        # Whatever is hidden is one to nine, or hidden beside one.
                        attack.cell(cell, *(said(row[place]) or (0.0, EVERYBODY)), hidden=True)
                    else:
                        attack.cell(cell, *(tens(number) if rough else (number, number)))
                    if row is not total:
                        cells.append(cell)
                if cells:
                    attack.whole(cells, (table.where, table.label, head, *total[:3]))
            yield from (one for one in attack.recovered() if one.value in SMALL)


def small_sentences(where: str, text: str) -> Iterator[Recovered]:
    """Find numbers of one to nine children that a sentence says, behind what is written by hand."""
    text = _of_the_folder(text)
    for match in SENTENCE.finditer(text):
        around = text[max(match.start() - 60, 0) : match.end() + 60]
        if any(each in around for each in SENTENCES_BY_HAND):
            continue
        yield Recovered((where, around), int(match[1]))


def _of_the_folder(text: str) -> str:
    """Leave out what comes before a page's folder is read: the examples by hand are the same of every one."""
    _, *rest = text.rsplit("Real data: restricted.", 1)
    return rest[0] if rest else text


def values_of_domains(tables: list[Table], on_roster: float | None) -> Iterator[Recovered]:
    """Divide counts of values by the values that each child has: what is left counts children."""
    for table in tables:
        heads = [head for head in table.heads if head.endswith("(values)")]
        for row in table.rows if heads and on_roster else ():
            numbers = [_number(row[table.heads.index(head)]) for head in heads]
            each = sum(number or 0.0 for number in numbers) / float(on_roster or 1)
            for head, number in zip(heads, numbers, strict=True):
                if number and None not in numbers and each >= 1 and number / each < 10:
                    yield Recovered((table.where, table.label, head, row[0]), math.ceil(number / each))
        # A share in the title is that of children, too, where all values of a domain are missing together.
        known = re.search(r"about \w+, (\d+)% is known", table.label) if heads else None
        shares = {few: 100 - 100 * few / float(on_roster or 1) for few in SMALL} if known else {}
        fits = [few for few, share in shares.items() if known and abs(share - float(known[1])) <= 0.5]
        if len(fits) == 1:
            yield Recovered((table.where, table.label), fits[0])


def accounts(attack: Attack, tables: list[Table], texts: Mapping[str, str]) -> None:
    """Add up what became of the rows of all files, beside what pages say of them together."""
    for table in tables:
        if (table.where, table.label) == ("read", "accounts"):
            for part, words in (("rows_set_aside", "set aside"), ("rows_quarantined", "kept apart"),
                                ("rows_structure", "headers and titles")):  # fmt: skip
                cells = [("file", at, part) for at in range(len(table))]
                _together(attack, cells, texts, rf"([\w, ]+?) {words}[,.]")
        if (table.where, table.label) == ("profile", "accounts"):
            cells = [("facts", at, "rows_left_out") for at in range(len(table))]
            _together(attack, cells, texts, r"\+ ([\w, ]+?) left out")


def groups_of_roster(attack: Attack, tables: list[Table], on_roster: float | None) -> None:
    """Add up the groups that are shown of a grouping: the roster less these is who is in all others."""
    for table in tables:
        if not {"silo", "group_by", "group", "out_of"} <= set(table.heads) or on_roster is None:
            continue
        rows = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
        fitting = [(rows[at], fits) for _, _, at, fits in _pairs(table) if fits]
        for by in sorted({row["group_by"] for row in rows}):
            shown: dict[Cell, None] = {}
            # Of the roster alone: a system may be for some of a group only.
            for row, fits in (
                (row, fits) for row, fits in fitting if row["group_by"] == by and not row["silo"]
            ):
                cell = ("group", by, row["group"])
                shown[cell] = None
                wholes = [whole for _, whole in fits]
                attack.cell(cell, min(wholes), max(wholes))
            rest = ("group", by, "all others")
            attack.cell(rest, hidden=True)
            attack.sum_of([*shown, rest], on_roster)


def _together(attack: Attack, cells: list[Cell], texts: Mapping[str, str], pattern: str) -> None:
    for text in texts.values():
        for match in re.finditer(pattern, text):
            words = re.search(r"(?:about |fewer than )?[\d,]+$", match[1].strip())
            if words and (meant := said(words[0])):
                attack.sum_of(cells, *meant)


def all_small(tables: list[Table]) -> list[Recovered]:
    """Read every table with every reader."""
    readers: tuple[Any, ...] = (small_cells, small_shares, small_rests)
    return [
        one
        for table in tables
        if table.label not in NOT_OF_CHILDREN
        for read in (readers[:1] if table.label in OWN_WHOLES else readers)
        for one in read(table)
    ]
