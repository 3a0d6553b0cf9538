"""Probes that know the answer key, and ask whether a made file tells more of who is who than its cells say.

A probe compares one figure of a file with what it would be if the persons' numbers (names, households) were
dealt out anew. How far it lies from there is told in standard deviations of `DEALT` such deals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tests.synthetic_data.written_files import file_layout, layout_of, read_text, silo_files

__all__ = [
    "ALARM",
    "Leak",
    "Listed",
    "alarms",
    "compare_ids",
    "listed_files",
    "neighbors_of_the_truth",
    "probe",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

DEALT = 200
# A normal figure lies further out once in 5 million. The spread is that of 200 deals: say once in 250,000.
# Then the 1,200 probes of a district alarm in less than one of 200 districts where nothing leaks.
ALARM = 5.2
DISTINCT = 30  # a column of fewer words orders nothing
LONGEST = 2000  # of a file, so many rows are enough


@dataclass
class Listed:
    """One written file: its text, and whom each row is about (missing: nobody)."""

    path: str
    rows: pd.DataFrame
    person: pd.Series
    first_row: int


@dataclass(frozen=True)
class Leak:
    """A figure of one ordering of a file."""

    path: str
    ordered_by: str
    tells: str
    deviations: float


def listed_files(folder: Path) -> list[Listed]:
    """Read the files whose rows the answer key gives to persons."""
    key = pd.read_parquet(folder / "answer_key" / "rows.parquet")
    files, found = silo_files(folder), []
    for path, mine in key.groupby("file", sort=False):
        file = file_layout(layout_of(folder, str(path).split("/")[0]), str(path))
        rows = read_text(files[str(path)], file).rows
        person = pd.Series(pd.NA, index=rows.index, dtype="string")
        first_row = 1 if file.nested else 2
        person.iloc[mine["row"].to_numpy() - first_row] = mine["person"].array
        found.append(Listed(str(path), rows, person, first_row))
    return found


def probe(files: list[Listed], people: pd.DataFrame, seed: int = 0) -> list[Leak]:
    """Try every order that a file has: of its rows, and of each column with many words.

    Each may tell the number of the person (in the whole, and from row to row). An id that every person has
    one of may also tell the order of surnames, and who lives together.
    """
    rng = np.random.default_rng(seed)
    people = people.set_index("person")
    number = pd.Series(np.arange(len(people)), people.index)
    name = (people["last_surname"] + " " + people["first_name"]).rank(method="dense")
    household = pd.Series(pd.factorize(people["household"])[0], people.index)
    found = []
    for file in files:
        for part in ("P", "G"):
            mine = file.person.str.startswith(part).fillna(False).to_numpy(dtype=bool)
            rows, person = file.rows.loc[mine].iloc[:LONGEST], file.person.loc[mine].iloc[:LONGEST]
            whose, known = pd.factorize(person)
            if len(known) < DISTINCT:
                continue
            for column, order in _orders(rows, rng):
                tells = {"number": number}
                if column != ROWS and _is_own_id(rows[column], whose):
                    tells |= {"surname": name, "household": household}
                for what, of_person in tells.items():
                    told = of_person.loc[known].to_numpy(dtype="float64")
                    along = whose[order]
                    if what == "household":
                        # A number that a fault gave to two children is recorded: it tells no more.
                        shared = pd.Series(whose).groupby(rows[column].array).transform("nunique") > 1
                        along = whose[order[~shared.to_numpy()[order]]]
                    # Who comes twice counts where she comes first.
                    once = along[np.sort(np.unique(along, return_index=True)[1])]
                    for how, value in _measures(told, once, along, what == "household", rng):
                        found.append(Leak(file.path, column, f"{what}, {how}", value))
    return found


def compare_ids(files: list[Listed], people: pd.DataFrame, seed: int = 0) -> list[Leak]:
    """Try whether the order of one system's ids tells the order of another's, which are other numbers."""
    rng = np.random.default_rng(seed)
    ids: dict[str, tuple[str, pd.Series]] = {}
    for file in files:
        mine = file.person.isin(people["person"]) & file.person.str.startswith("P").fillna(False)
        rows, person = file.rows.loc[mine.to_numpy(dtype=bool)], file.person.loc[mine.to_numpy(dtype=bool)]
        system = file.path.split("/")[0]
        for column in map(str, rows.columns):
            name = f"{system} {column}"
            if name not in ids and _is_own_id(rows[column], pd.factorize(person)[0]):
                one = pd.Series(rows[column].array, person.array).dropna()
                ids[name] = system, one[~one.index.duplicated()]
    found = []
    for (left, (system, ours)), (right, (other, theirs)) in combinations(ids.items(), 2):
        both = ours.index.intersection(theirs.index)
        if system == other or len(both) < DISTINCT or _same_number(ours[both], theirs[both]):
            continue
        order = _value(ours[both]).to_numpy().argsort(kind="stable")
        told = _value(theirs[both]).rank().to_numpy(dtype="float64")
        found += [Leak(left, right, how, value) for how, value in _measures(told, order, order, False, rng)]
    return found


def _same_number(left: pd.Series, right: pd.Series) -> bool:
    """Check for one number in two systems, though one may have lost its zeros or have a word before it."""
    left, right = (text.str.replace(r"\D", "", regex=True).str.lstrip("0") for text in (left, right))
    return bool((left == right).mean() > 0.1)


def alarms(found: list[Leak]) -> list[Leak]:
    """Return what no chance explains."""
    return [leak for leak in found if abs(leak.deviations) > ALARM]


ROWS = "rows as they stand"
NAMES = r"(?i)(?:last|first|family|given|sur).?name|^student(?:last|first)$"


def _orders(rows: pd.DataFrame, rng: np.random.Generator) -> Iterator[tuple[str, Codes]]:
    yield ROWS, np.arange(len(rows))
    for column in map(str, rows.columns):
        text = rows[column].fillna("")
        if text.nunique() < DISTINCT:
            continue
        yield column, np.lexsort((rng.random(len(rows)), _value(text).to_numpy(dtype="float64")))


def _value(text: pd.Series) -> pd.Series:
    digits = pd.to_numeric(text.str.replace(r"^\D*(\d+)\D*$", r"\1", regex=True), errors="coerce")
    return digits.fillna(-1) if digits.notna().mean() > 0.9 else text.rank(method="dense")


def _is_own_id(text: pd.Series, whose: Codes) -> bool:
    """Check that almost every person has one text of a column, it is no other's, and made of digits."""
    known = text.fillna("").ne("").to_numpy(dtype=bool)
    shape = text[known].str.replace(r"[\dA-Fa-f-]+", "", regex=True)
    dates = text[known].str.contains(r"/|^\d{4}-\d\d-\d\d", regex=True)
    if (
        not known.any()
        or known.mean() < 0.3
        or shape.nunique() > 2
        or dates.any()
        or not text[known].str.contains(r"\d").all()
    ):
        return False
    pairs = pd.DataFrame({"text": text[known].to_numpy(), "whose": whose[known]}).drop_duplicates()
    return len(pairs) < 1.1 * min(pairs["text"].nunique(), pairs["whose"].nunique())


def _measures(
    told: Numbers, once: Codes, along: Codes, together: bool, rng: np.random.Generator
) -> Iterator[tuple[str, float]]:
    dealt = np.stack([told, *(rng.permutation(told) for _ in range(DEALT))])
    step = along[1:] != along[:-1]
    if together:
        same = dealt[:, along[1:][step]] == dealt[:, along[:-1][step]]
        # The root of a small count is spread as evenly as that of a large one.
        yield "side by side", _away(np.sqrt(same.sum(axis=1) + 3 / 8))
        return
    yield (
        "from row to row",
        _away(np.sign(dealt[:, along[1:][step]] - dealt[:, along[:-1][step]]).sum(axis=1)),
    )
    place = np.arange(len(once)) - (len(once) - 1) / 2
    yield "in the whole", _away(dealt[:, once] @ place)


def _away(figures: Numbers) -> float:
    spread = float(np.std(figures[1:]))
    return float(figures[0] - np.mean(figures[1:])) / spread if spread else 0.0


def neighbors_of_the_truth(
    files: list[Listed], faults: pd.DataFrame, people: pd.DataFrame, seed: int = 0
) -> float:
    """Tell how many more true names lie between the names above and below a wrong one than chance puts there.

    Only wrong names that begin otherwise than the true one count, once a child: else they say nearly as much.
    The figure is in standard deviations, as if the true names of each column were dealt out anew.
    """
    rng = np.random.default_rng(seed)
    by_path = {file.path: file for file in files}
    names = faults["row"].notna() & faults["column"].fillna("").str.contains(NAMES, regex=True)
    changed = faults[names & faults["person"].isin(people["person"])].sort_values("order")
    changed = changed.drop_duplicates(["file", "row", "column"]).drop_duplicates(["file", "person", "column"])
    found, expected, variance = 0, 0.0, 0.0
    for (path, column), mine in changed.groupby(["file", "column"]):
        file = by_path.get(str(path))
        if file is None or column not in file.rows:
            continue
        at = mine["row"].to_numpy(dtype="int64") - file.first_row
        text = file.rows[column].fillna("").to_numpy(dtype=object)
        before = mine["before"].fillna("").to_numpy(dtype=object)
        inside = (at > 0) & (at < len(text) - 1) & (before != "")
        other = np.array(
            [text[a][:2].casefold() != b[:2].casefold() for a, b in zip(at, before, strict=True)]
        )
        at, before = at[inside & other], before[inside & other]
        if len(at) < 2:
            continue
        low, high = (np.array([f(text[a - 1], text[a + 1]) for a in at], dtype=object) for f in (min, max))
        deals = [before, *(rng.permutation(before) for _ in range(DEALT))]
        counts = np.array([np.sum((low <= dealt) & (dealt <= high)) for dealt in deals])
        found, expected = found + int(counts[0]), expected + float(counts[1:].mean())
        variance += float(counts[1:].var())
    return (found - expected) / max(1.0, float(np.sqrt(variance)))
