"""Compare codes between systems: code crosswalks and standard terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers.files import WORDS, District
from helpers.gaps.measures import Lines, line
from helpers.gaps.presence import Presence
from helpers.layouts import FileLayout, Layout
from helpers.standard import as_table, empty_table

__all__ = ["ANOTHER_SPELLING", "NOT_UNDERSTOOD", "NO_CODE", "code_crosswalk", "meaning", "standards"]


NO_CODE = "The other system has no code for it"
NOT_UNDERSTOOD = "The layout doesn't know the code"
ANOTHER_SPELLING = "It comes back in another spelling"

CROSSWALK = "code_crosswalk"


@dataclass
class Vocabulary:
    """Codes that one system uses for one standard column."""

    # System, and standard column: a column of ``people`` by name, of any other table as ``table.column``.
    silo: str
    column: str
    # Code as written -> meaning (None if the layout doesn't list it), count, first file and row.
    codes: dict[str, tuple[str | None, int, str, int]] = field(default_factory=dict)
    # Standard value -> the code that the system writes most, else its layout's code.
    spelling: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Count the rows with a code."""
        return sum(times for _, times, _, _ in self.codes.values())

    def codes_by_meaning(self) -> dict[str, set[str]]:
        """Return the codes that occur in files, by meaning."""
        found: dict[str, set[str]] = {}
        for code, (meaning, *_) in self.codes.items():
            if meaning is not None:
                found.setdefault(meaning, set()).add(code)
        return found


def _sources(layout: Layout) -> dict[str, list[tuple[FileLayout, str]]]:
    """Map each coded standard column to the file columns that fill it."""
    found: dict[str, list[tuple[FileLayout, str]]] = {}
    for file in layout.files:
        for makes in file.makes:
            for target, source in makes.take.items():
                there = file.find(source)
                if there is None or there[1] is not None:
                    continue
                column = there[0]
                of_people = makes.table == "people"
                if column.codes is None and not (of_people and target in WORDS):
                    continue
                if not of_people and target in WORDS:
                    continue  # the same cell describes the child already
                name = target if of_people else f"{makes.table}.{target}"
                if (file, column.name) not in found.setdefault(name, []):
                    found[name].append((file, column.name))
    return found


def vocabularies(district: District) -> dict[str, dict[str, Vocabulary]]:
    """Collect the codes that each system writes in each standard column."""
    values = district.written.values
    values = values[~values["is_date"].astype(bool)]
    by_place: dict[tuple[str, str, str], list[tuple[str, str | None, int, str, int]]] = {}
    rows = values[["silo", "kind", "column", "as_written", "standard", "times", "file", "row"]]
    for silo, kind, column, code, meaning, times, file, row in rows.itertuples(index=False):
        by_place.setdefault((silo, kind, column), []).append(
            (code, None if pd.isna(meaning) else meaning, int(times), file, int(row))
        )
    found: dict[str, dict[str, Vocabulary]] = {}
    for silo, layout in district.layouts.items():
        for name, sources in _sources(layout).items():
            words = Vocabulary(silo, name)
            for file, column in sources:
                for code, meaning, times, path, row in by_place.get((silo, file.name, column), ()):
                    before = words.codes.get(code)
                    words.codes[code] = (
                        (meaning, times, path, row)
                        if before is None
                        else (before[0], before[1] + times, *before[2:])
                    )
            if not words.codes:
                continue
            for file, column in sources:
                for code, meaning in file.column(column).code_map().items():
                    words.spelling.setdefault(meaning, code)
            # The code that files use most overrides the layout's.
            for code, (meant, _, _, _) in sorted(words.codes.items(), key=lambda one: (one[1][1], one[0])):
                if meant is not None:
                    words.spelling[meant] = code
            found.setdefault(name, {})[silo] = words
    return found


def journeys(one: Vocabulary, other: Vocabulary) -> list[dict[str, Any]]:
    """Map each code of one system to the other and back."""
    rows = []
    for code, (meaning, times, file, row) in one.codes.items():
        there = other.spelling.get(meaning) if meaning is not None else None
        back = one.spelling.get(meaning) if meaning is not None and there is not None else None
        why = None
        if meaning is None:
            why = NOT_UNDERSTOOD
        elif there is None:
            why = NO_CODE
        elif back != code:
            why = ANOTHER_SPELLING
        rows.append(
            {
                "left_silo": one.silo,
                "right_silo": other.silo,
                "column": one.column,
                "left_written": code,
                "standard": meaning,
                "right_written": there,
                "rows": times,
                "comes_back": why is None,
                "why": why,
                "file": file,
                "row": row,
            }
        )
    return rows


def code_crosswalk(district: District) -> pd.DataFrame:
    """Compare the codes of every pair of systems, in both directions.

    Parameters
    ----------
    district
        What `read_district` returned.

    Returns
    -------
    pandas.DataFrame
        Table ``code_crosswalk``: one row per code of the left system. ``comes_back`` tells whether a code
        survives the round trip to the right system; ``why`` gives the reason if not.
    """
    rows = [
        row
        for by_silo in vocabularies(district).values()
        for left, words in by_silo.items()
        for right, others in by_silo.items()
        if left != right
        for row in journeys(words, others)
    ]
    if not rows:
        return empty_table(CROSSWALK)
    return as_table(CROSSWALK, pd.DataFrame(rows).drop(columns=["file", "row"]))


def meaning(district: District, known: Presence) -> Lines:
    """Measure how many codes of one system have an equivalent in another."""
    lines: Lines = []
    for column, by_silo in vocabularies(district).items():
        for (_, left), (_, right) in known.pairs():
            if left in by_silo and right in by_silo:
                lines += _pair(by_silo[left], by_silo[right], column)
    return lines


def _pair(left: Vocabulary, right: Vocabulary, column: str) -> Lines:
    mine, theirs = left.codes_by_meaning(), right.codes_by_meaning()
    both = mine.keys() & theirs.keys()
    differ = sum(_plain(mine[value]) != _plain(theirs[value]) for value in both)
    lines = []
    if both:
        lines.append(line("codes written differently", left.silo, right.silo, differ, len(both), column))
    for side, one, other in (("left", left, right), ("right", right, left)):
        went = journeys(one, other)
        lost = [each for each in went if not each["comes_back"]]
        bare = [each for each in went if each["right_written"] is None]
        for measure, those in ((f"{side} codes without a counterpart", bare),
                               (f"{side} codes that don't come back", lost)):  # fmt: skip
            count = sum(each["rows"] for each in those)
            example = {"example_file": those[0]["file"], "example_row": those[0]["row"]} if those else {}
            limit = bool(those) and all(each["why"] == NO_CODE for each in those)
            lines.append(
                line(measure, left.silo, right.silo, count, one.rows, column, is_limit=limit, **example)
            )
    return lines


def _plain(codes: set[str]) -> set[str]:
    """Strip the namespace from Ed-Fi codes."""
    return {code.rsplit("#", 1)[-1] for code in codes}


STANDARDS = ("edfi", "oneroster", "ceds", "sif")


def terms_of(district: District) -> dict[str, dict[str, str | None]]:
    """Map each column of a system's files to its term in a standard."""
    declared = {
        (silo, file.name, column.name): column.term
        for silo, layout in district.layouts.items()
        for file in layout.files
        for column in file.columns
    }
    found: dict[str, dict[str, str | None]] = {}
    columns = district.written.columns[["silo", "kind", "head", "column"]].drop_duplicates()
    for silo, kind, head, column in columns.itertuples(index=False):
        term = declared.get((silo, kind, column)) if isinstance(column, str) else None
        named = term is not None and term.split(":", 1)[0] in STANDARDS
        found.setdefault(silo, {})[f"{kind}.{head}"] = term if named else None
    return found


def standards(district: District, known: Presence) -> list[dict[str, Any]]:
    """Measure how many columns have a standard term, and which terms two systems share."""
    terms = terms_of(district)
    lines: list[dict[str, Any]] = []
    for silo in known.silos:
        if silo in terms:
            named = sum(term is not None for term in terms[silo].values())
            lines.append(line("columns with a term", silo, None, named, len(terms[silo])))
    for (_, left), (_, right) in known.pairs():
        mine, theirs = (
            {term for term in terms.get(silo, {}).values() if term is not None} for silo in (left, right)
        )
        if mine:
            lines.append(line("terms in common", left, right, len(mine & theirs), len(mine)))
    return lines
