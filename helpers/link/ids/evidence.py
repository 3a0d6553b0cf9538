"""Evidence from names and birth dates about each id, and about lists of ids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.blocking import pairs_within
from helpers.link.records import Records, SourceLocations
from helpers.link.values import names
from helpers.link.values.birth_dates import AMBIGUOUS_DATE, DIFFERENT, comparable, compare_birth_dates
from helpers.link.values.identifiers import CONTRADICTING, OF_A_HOME, contradicting, equal_ids
from helpers.link.values.name_forms import compare_names
from helpers.standard import wilson

__all__ = [
    "ANOTHER",
    "FEWEST",
    "LINE",
    "MOST_PAIRS",
    "SAME",
    "UNCLEAR",
    "IdComparison",
    "ListEvidence",
    "Lists",
    "compare_holders",
    "compare_id_holders",
    "find_wrong_lists",
    "is_sound",
    "locate_ids",
    "some_of_each",
]


# Up to a third of a system's children may use a name that no other system has; half of them don't.
LINE = 0.3
# Fewer conflicting ids than this mean wrong data about those children, not a wrong column.
FEWEST = 5
NOTHING, SAME, UNCLEAR, ANOTHER = range(4)
# Numbers that are unique only within one school, or one lunch line.
OF_ONE_PLACE = ("School", "PIN")
# Compare at most this many pairs of two columns: more wouldn't make the rates more precise.
MOST_PAIRS = 4000


@dataclass(frozen=True)
class IdComparison:
    """All id columns, and all pairs of ids that are evidence about two columns."""

    # As from `identifiers.comparable_ids`, with ``column``: a position in `columns`.
    ids: pd.DataFrame
    # ``silo``, ``order`` (of the silo), ``system``, ``name`` (of the column), ``file`` (the first).
    columns: pd.DataFrame
    # ``one``, ``other`` (positions in `ids`), ``says`` (`SAME`, `UNCLEAR`, `ANOTHER`, 0: not comparable),
    # ``equal`` (the ids are equal; otherwise names and birth dates are, and the ids differ).
    pairs: pd.DataFrame
    # From `identifiers.equal_ids`: all pairs of equal ids.
    left: np.ndarray
    right: np.ndarray
    passed_over: pd.DataFrame


def compare_id_holders(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame, largest_block: int
) -> IdComparison:
    """Compare the records that share an id; ``ids`` and ``columns`` as from `locate_ids`."""
    left, right, passed_over = equal_ids(ids, largest_block)
    speaks = _speaks(ids)
    silo = students.silo[ids["number"].to_numpy(dtype="int64")]
    useful = np.flatnonzero(speaks[left] & speaks[right] & (silo[left] != silo[right]))
    column = ids["column"].to_numpy(dtype="int64")
    both = column[left[useful]] * len(columns) + column[right[useful]]
    useful = useful[some_of_each(both, left[useful], right[useful], MOST_PAIRS)]
    one, other = left[useful], right[useful]
    number = ids["number"].to_numpy(dtype="int64")
    met = pd.DataFrame(
        {
            "one": one,
            "other": other,
            "says": compare_holders(students, number[one], number[other]),
            "equal": True,
        }
    )
    return IdComparison(
        ids,
        columns,
        pd.concat([met, _by_name(students, ids, largest_block)], ignore_index=True),
        left,
        right,
        passed_over,
    )


def locate_ids(students: Records, locations: SourceLocations) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Assign each id its column; return the ids, and the columns as in `IdComparison`."""
    ids = students.ids
    order = students.silo[ids["number"].to_numpy(dtype="int64")]
    system, systems = pd.factorize(ids["system"], sort=True)
    file, files = pd.factorize(ids["file"], sort=True)
    head, heads = pd.factorize(ids["head"], sort=True)
    # As numbers, since a large district has millions of ids in some dozens of columns.
    codes = pd.DataFrame({"order": order, "system": system, "file": file})
    code = ((order * len(systems) + system) * (len(files) + 1) + file) * (len(heads) + 1) + head
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    where = codes.iloc[first].reset_index(drop=True)
    silos = students.people["silo"].take(ids["number"].to_numpy(dtype="int64")[first]).to_numpy()
    where = where.assign(
        silo=pd.Series(silos, dtype="string"),
        system=pd.Series(systems.take(where["system"].to_numpy()), dtype="string"),
        file=ids["file"].take(first).reset_index(drop=True),
    )
    # A header that several files share, such as one per year or class, is one column.
    own = ids["head"].take(first).reset_index(drop=True)
    where["name"] = own.fillna(locations.of_ids(where)).to_numpy()
    keys = ["order", "silo", "system", "name"]
    columns = where.groupby(keys, as_index=False, dropna=False, sort=True)[["file"]].min()
    number = pd.MultiIndex.from_frame(columns[keys]).get_indexer(pd.MultiIndex.from_frame(where[keys]))
    return ids.assign(column=number[which]), columns


def _speaks(ids: pd.DataFrame) -> np.ndarray:
    """Exclude numbers valid at one place, and logins and addresses that several records of a system share."""
    speaks = ~ids["system"].isin(OF_ONE_PLACE).to_numpy(dtype=bool)
    of_a_home = np.flatnonzero(ids["system"].isin(OF_A_HOME).to_numpy(dtype=bool))
    shared = ids[["column", "value"]].take(of_a_home).duplicated(keep=False).to_numpy(dtype=bool)
    speaks[of_a_home[shared]] = False
    return speaks


def some_of_each(group: np.ndarray, left: np.ndarray, right: np.ndarray, most: int) -> np.ndarray:
    """Sample at most this many pairs of each group, spread over the rows and reproducible."""
    scattered = (left * 2_654_435_761 + right * 40_503) % (1 << 32)
    order = np.lexsort((scattered, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.sort(order[rank < most])


def compare_holders(students: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Classify pairs of records: same child, clearly two children, or unclear.

    Unclear are a possible nickname or preferred name with the same birth date, a changed surname, a date with
    one typo: each occurs in a sound column.
    """
    name = compare_names(students.names, len(students), left, right)
    birth = compare_birth_dates(students.people, left, right)
    name_agrees = (name.first <= names.ORDER_SWAPPED) & (name.last <= names.ORDER_SWAPPED)
    name_differs = (name.first >= names.ALIKE) | (name.last >= names.ALIKE)
    date_agrees, date_differs = birth <= AMBIGUOUS_DATE, birth == DIFFERENT
    another = (name.plainly_different & ~date_agrees) | (date_differs & ~name_agrees)
    return np.select(
        [another, name_agrees | date_agrees, name_differs | date_differs],
        [ANOTHER, SAME, UNCLEAR],
        default=NOTHING,
    ).astype("int8")


def _by_name(students: Records, ids: pd.DataFrame, largest_block: int) -> pd.DataFrame:
    """Find children with one name and birth date in two systems but different ids of one kind."""
    people, number = students.people, ids["number"].to_numpy(dtype="int64")
    numbered = np.zeros(len(students), dtype=bool)
    numbered[number[ids["system"].isin(CONTRADICTING).to_numpy(dtype=bool)]] = True
    numbered &= comparable(people) & people["name_status"].eq("As written").to_numpy(dtype=bool)
    record = np.flatnonzero(numbered)
    names = people[["first_name", "last_surname"]].take(record)
    whole = (names["first_name"] + "\n" + names["last_surname"]).str.casefold()
    named = whole.notna().to_numpy(dtype=bool)
    record = record[named]
    known = pd.DataFrame(
        {
            "name": whole[named].to_numpy(),
            "day": people["birth_date"].take(record).to_numpy(),
            "silo": students.silo[record],
        }
    )
    # Two records of one system with the same name and birth date may be two children.
    once = ~known.duplicated(keep=False).to_numpy(dtype=bool)
    record, known = record[once], known[once]
    key = known.groupby(["name", "day"], sort=False).ngroup().to_numpy(dtype="int64")
    left, right, _ = pairs_within(key, record, largest_block)
    system = contradicting(ids.assign(contradicts=True), len(students), left, right)
    apart = system >= 0
    if not apart.any():
        nothing = np.empty(0, dtype="int64")
        return pd.DataFrame(
            {"one": nothing, "other": nothing, "says": nothing.astype("int8"), "equal": nothing.astype(bool)}
        )
    contrary = pd.DataFrame({"left": left[apart], "right": right[apart]})
    contrary["system"] = np.array(CONTRADICTING, dtype=object)[system[apart]]
    entries = pd.DataFrame(
        {"number": number, "system": ids["system"].astype(object), "place": np.arange(len(ids))}
    )
    contrary["system"] = contrary["system"].astype(object)
    for side, place in (("left", "one"), ("right", "other")):
        contrary = contrary.merge(
            entries.rename(columns={"number": side, "place": place}),
            on=[side, "system"],
            how="inner",
            validate="many_to_many",
        )
    return pd.DataFrame(
        {
            "one": contrary["one"].to_numpy(dtype="int64"),
            "other": contrary["other"].to_numpy(dtype="int64"),
            "says": np.full(len(contrary), ANOTHER, dtype="int8"),
            "equal": np.zeros(len(contrary), dtype=bool),
        }
    )


# A column is rarely wrong from end to end. One school's grade may have another system's numbers, or somebody
# deleted a cell and everything below moved up. Such a list is refused alone, and the rest of the column is
# used.

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ListEvidence:
    """The comparable ids of one column: each belongs to the right child, or to a different one."""

    entry: Ints
    same: Mask
    another: Mask

    def among(self, chosen: Mask) -> ListEvidence:
        """Filter to chosen ids."""
        return ListEvidence(self.entry[chosen], self.same[chosen], self.another[chosen])


@dataclass(frozen=True)
class Lists:
    """The lists that contain each id.

    ``levels`` has codes and names for each kind of list, from wide to narrow: a file (if a column occurs in
    several), a school, a grade of it; -1 is none. ``file`` and ``row`` locate an id.
    """

    column: Ints
    levels: tuple[tuple[Ints, list[str]], ...]
    file: Ints
    row: npt.NDArray[np.float64]

    @staticmethod
    def of(students: Records, ids: pd.DataFrame) -> Lists:
        """Locate each id, with its own system's school and grade."""
        column, number = (ids[name].to_numpy(dtype="int64") for name in ("column", "number"))
        file, files = pd.factorize(ids["file"], sort=True)
        several = np.bincount(
            pd.DataFrame({"column": column, "file": file}).drop_duplicates()["column"],
            minlength=int(np.max(column, initial=-1)) + 1,
        )
        people = students.people
        school = "school " + people["school_name"].fillna(people["school_id"])
        levels = [(np.where(several[column] > 1, file, -1), [f"file {name}" for name in files])]
        for text in (school, school + ", grade " + people["grade_level"]):
            codes, names = pd.factorize(text)
            levels.append((codes.astype("int64")[number], [str(name) for name in names]))
        row = ids["row"].to_numpy(dtype="float64", na_value=0)
        return Lists(column, tuple(levels), file.astype("int64"), row)

    def of_some(self, ids: Ints) -> Lists:
        """Filter to some ids, by position."""
        levels = tuple((codes[ids], names) for codes, names in self.levels)
        return Lists(self.column[ids], levels, self.file[ids], self.row[ids])


def find_wrong_lists(
    lists: Lists, evidence: ListEvidence, line: float, fewest: int
) -> list[tuple[str, Mask]]:
    """Find lists of one column whose ids belong to different children."""
    mine = np.flatnonzero(lists.column == lists.column[evidence.entry[0]])
    here = ListEvidence(np.searchsorted(mine, evidence.entry), evidence.same, evidence.another)
    found = []
    for name, members in _within(lists.of_some(mine), here, 0, np.ones(len(mine), dtype=bool), line, fewest):
        everywhere = np.zeros(len(lists.column), dtype=bool)
        everywhere[mine[members]] = True
        found.append((name, everywhere))
    return found


def _within(
    lists: Lists, evidence: ListEvidence, level: int, scope: Mask, line: float, fewest: int
) -> list[tuple[str, Mask]]:
    if evidence.another.sum() < fewest:
        return []
    if level == len(lists.levels):
        return _stretches(lists, evidence, scope, line, 2 * fewest)
    codes, names = lists.levels[level]
    mine = codes[evidence.entry]
    found: list[tuple[str, Mask]] = []
    wrong = _above(mine, evidence.another, line, fewest)
    for one in wrong:
        inside, members = evidence.among(mine == one), scope & (codes == one)
        narrower = _within(lists, inside, level + 1, members, line, fewest)
        listed = np.zeros(len(inside.entry), dtype=bool)
        for _, mask in narrower:
            listed |= mask[inside.entry]
        fits = bool(narrower) and is_sound(inside.among(~listed), line, 1)
        found.extend(narrower if fits else [(names[one], members)])
    beside = scope & ~np.isin(codes, wrong) if wrong else scope
    left = evidence.among(~np.isin(mine, wrong)) if wrong else evidence
    return [*found, *_within(lists, left, level + 1, beside, line, fewest)]


def is_sound(evidence: ListEvidence, line: float, fewest: int) -> bool:
    """Return whether ids are sound without their wrong lists."""
    return bool(evidence.same.sum() >= fewest and evidence.another.sum() <= line * len(evidence.entry))


def _above(codes: Ints, wrong: Mask, line: float, fewest: int) -> list[int]:
    known = codes >= 0
    size, bad = np.bincount(codes[known]), np.bincount(codes[known & wrong])
    bad = np.pad(bad, (0, len(size) - len(bad)))
    suspect = np.flatnonzero(bad >= fewest)
    low = wilson(pd.Series(bad[suspect]), pd.Series(size[suspect]))["low"].to_numpy()
    return [int(code) for code in suspect[low > line]]


def _stretches(
    lists: Lists, evidence: ListEvidence, scope: Mask, line: float, fewest: int
) -> list[tuple[str, Mask]]:
    """Find runs of rows with more than the share `line` of wrong ids, the largest gain first.

    Each wrong id counts 1, each right one a negative amount, so that a run with exactly the share `line` of
    wrong ids sums to 0. The run with the largest sum is where the column shifted.
    """
    file, row = lists.file, lists.row
    order = np.lexsort((row[evidence.entry], file[evidence.entry]))
    entry, gain = evidence.entry[order], np.where(evidence.another[order], 1.0, -line / (1 - line))
    found: list[tuple[str, Mask]] = []
    while len(gain):
        total = np.concatenate([[0.0], np.cumsum(gain)])
        lowest = np.minimum.accumulate(total)
        end = int(np.argmax(total - lowest))
        begin = int(np.flatnonzero(total[: end + 1] == lowest[end])[-1])
        if (gain[begin:end] > 0).sum() < fewest or total[end] - total[begin] < fewest * (1 - line):
            break
        first, last = entry[begin], entry[end - 1]
        after = (file > file[first]) | ((file == file[first]) & (row >= row[first]))
        before = (file < file[last]) | ((file == file[last]) & (row <= row[last]))
        found.append((f"rows {row[first]:.0f} to {row[last]:.0f}", scope & after & before))
        gain[begin:end] = -float(len(gain))
    return found
