"""Find which columns have numbers of one space: one authority's way to number people.

Nothing need be declared. Equal values, the people who hold them, and their schools and grades decide; a
declared system names its space. Whole columns are compared, since an equal number proves nothing until its
column is known to number the same people.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.ids.evidence import ANOTHER, SAME, compare_holders, some_of_each
from helpers.link.records import Records
from helpers.link.values.identifiers import NOT_A_SPACE, POSSIBLE, SPACES, WEAK, split_ids
from helpers.link.values.schools import PREKINDERGARTEN, grade_numbers, school_codes
from helpers.standard import STRING, wilson

__all__ = ["NumberSpaces", "find_number_spaces"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEWEST = 20  # different values of a column, and equal values of two: fewer show no pattern
HEARD = 5  # holders who can be compared, at the least
MOST_HEARD = 4000  # more wouldn't make a rate more precise
DIGITS = 0.8  # share of a column's values with a digit
ONE_VALUE = 0.98  # share of records with one value: a score or a row's number varies
ONE_RECORD = 0.97  # share of values with one record: a school, a home, a telephone has several
GIVEN_ANEW = 0.85  # enough, if those who share a value have different surnames
USUAL_LETTERS = 0.9  # letters in front of this share of the values are a form, not a part of the number
STRAY = 0.05  # of the equal values, those that chance explains, at the most
ABOVE = 0.3  # share of the shorter column that is equal, above the share by chance
STANDARD_ERRORS = 6.0  # the same in standard errors
COVER = 0.3  # share of the shorter column that is equal
WRONG = 0.1  # share of holders who may be another person, at the upper bound of 95%
REFUSE = 0.3  # from this share on, at the lower bound, two columns number different people
ONE_PLACE = 0.9  # share of holders with one school or grade: it tells nobody apart
MOVED = 0.8  # of the shorter column's values, equal ones that stand with other people: its rows moved
PLACE = 0.8  # share of holders with one school or grade, where chance gives much less
# A sequence that is moved by any of these stays equal but for its ends; numbers from a wide space lose all.
SHIFTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 17, 20, 25, 30, 50, 100, 1000)

TELEPHONE = r"^\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$"
# The same without signs: no area or exchange begins with 0 or 1, and a district has few areas.
TEN_DIGITS, MOST_AREAS = r"^[2-9]\d{2}[2-9]\d{6}$", 8
DAY_OR_TIME = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d:\d\d"
TEXT = r"\s\S*\s|@|[^\W\d_]{3,}\s|\s[^\W\d_]{2,}"
MEASURE = r"^[-+($]*\d*[.,]\d*[1-9]\d*\)?$|^[-(]\s*\$?\d+"


@dataclass(frozen=True)
class NumberSpaces:
    """Ids and columns with the system of their space, and each two columns that were compared.

    ``ids`` and ``columns`` are as from `locate_ids`, without possible ids of no space. ``letters`` are those
    in front of most ids of a column that a space named, missing for other columns. ``pairs`` has ``silo``,
    ``name``, ``silo_other``, ``name_other``, ``equal``, ``verdict`` (proven, refused, doubt, torn), ``why``.
    """

    ids: pd.DataFrame
    columns: pd.DataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame

    @staticmethod
    def as_declared(ids: pd.DataFrame, columns: pd.DataFrame) -> NumberSpaces:
        """Keep to what layouts declare; possible ids go."""
        declared = ids[ids["system"].ne(POSSIBLE)].reset_index(drop=True)
        return NumberSpaces(declared, columns, pd.DataFrame(), pd.DataFrame())


@dataclass(frozen=True)
class _Numbers:
    """A column that could number people: each value with a record that holds it."""

    place: int
    order: int
    declared: str | None
    value: Ints
    """Codes of plain values, in ascending order, the same codes for all columns."""
    record: Ints
    held: Ints
    """How many records hold each value."""
    whole: Ints | None
    """The values as numbers, in the order of `value`, if all are."""
    records: Ints
    values: Ints
    """Every record with its value, in the order of records."""
    repeats: bool = False
    """Records without names repeat its values: several records of a person, or a group's number."""


def find_number_spaces(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame, schools: pd.DataFrame | None
) -> NumberSpaces:
    """Find the number spaces among id columns; ``ids`` and ``columns`` as from `locate_ids`."""
    code, texts, letters = _plain_values(ids)
    found = [
        numbers
        for place in range(len(columns))
        if (numbers := _numbers(students, ids, columns, place, code, texts)) is not None
    ]
    pairs = _compare_columns(students, found, _context(students, schools), texts)
    label, pairs = _merge(found, pairs)
    system = _systems(found, label, pairs)
    named = _named(pairs, found, columns)
    doubts = _doubts(named, ids, {found[one].place for one in np.flatnonzero(label >= 0)}, columns)
    return NumberSpaces(*_with_systems(ids, columns, system, letters), named, doubts)


# ------------------------------------------------------------------------------------------------ one column


def _plain_values(ids: pd.DataFrame) -> tuple[Ints, pd.Index, dict[int, str]]:
    """Reduce ids to what no program changes; usual letters in front of a column's values go, too.

    Return the code of each plain value, the distinct ones, and the usual letters of columns.
    """
    code, distinct = pd.factorize(ids["value"])
    parts = split_ids(pd.Series(distinct, dtype="string"))
    lower = parts.lower.str.replace("^0+", "", regex=True).to_numpy(dtype=object)
    rest, letters = parts.rest.to_numpy(dtype=object), parts.letters.to_numpy(dtype=object)
    column = ids["column"].to_numpy(dtype="int64")
    plain = lower[code]
    mine = letters[code]
    lettered = np.flatnonzero(mine != "")
    usual: dict[int, str] = {}
    for place in np.unique(column[lettered]).tolist():
        here = np.flatnonzero(column == place)
        front = pd.Series(mine[here]).value_counts(normalize=True)
        if front.index[0] != "" and front.iloc[0] >= USUAL_LETTERS:
            same = here[mine[here] == front.index[0]]
            plain[same] = rest[code[same]]
            usual[place] = str(front.index[0])
    codes, texts = pd.factorize(plain)
    return codes.astype("int64"), pd.Index(texts), usual


def _numbers(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame, place: int, code: Ints, texts: pd.Index
) -> _Numbers | None:
    """Return a column's numbers if it could number people."""
    system = str(columns["system"].iloc[place])
    mine = np.flatnonzero(ids["column"].to_numpy(dtype="int64") == place)
    if system in NOT_A_SPACE or not len(mine):
        return None
    written = ids["value"].take(mine).drop_duplicates()
    if len(written) < FEWEST or not _look_like_numbers(written):
        return None
    number = ids["number"].to_numpy(dtype="int64")[mine]
    pairs = pd.DataFrame({"record": number, "value": code[mine]})
    pairs = pairs[texts[pairs["value"]] != ""].drop_duplicates().sort_values(["record", "value"])
    value, first, held = np.unique(pairs["value"].to_numpy(), return_index=True, return_counts=True)
    several = pairs["record"].value_counts().to_numpy()
    if len(value) < FEWEST or (several == 1).mean() < ONE_VALUE:
        return None
    own = texts[value]
    whole = None
    if own.str.isdigit().all() and own.str.len().max() <= 18:
        whole = own.to_numpy().astype("int64")
        # Two digits may be anything: an age, a class, a room.
        if np.median(own.str.len()) <= 2 and int(np.max(whole)) < 100:
            return None
    numbers = _Numbers(
        place, int(columns["order"].iloc[place]), None if system in (*WEAK, POSSIBLE) else system, value,
        pairs["record"].to_numpy()[first], held, whole, pairs["record"].to_numpy(), pairs["value"].to_numpy(),
    )  # fmt: skip
    return _of_persons(students, numbers)


def _look_like_numbers(written: pd.Series) -> bool:
    """Test whether values look like numbers of people, not like telephones, days, texts or measures."""
    limits = ((TELEPHONE, 0.5), (DAY_OR_TIME, 0.5), (TEXT, 0.2), (MEASURE, 0.05))
    if written.str.contains(r"\d", regex=True).mean() < DIGITS:
        return False
    dialed = written[written.str.contains(TEN_DIGITS, regex=True)]
    if len(dialed) > ONE_VALUE * len(written) and dialed.str.slice(0, 3).nunique() <= MOST_AREAS:
        return False
    return all(written.str.contains(pattern, regex=True).mean() <= most for pattern, most in limits)


def _of_persons(students: Records, numbers: _Numbers) -> _Numbers | None:
    """Test whether a value is one person's, not a school's or a home's."""
    shared = np.isin(numbers.values, numbers.value[numbers.held > 1])
    order = np.argsort(numbers.values[shared], kind="stable")
    value, record = numbers.values[shared][order], numbers.records[shared][order]
    both = np.flatnonzero(value[:-1] == value[1:])
    says = compare_holders(students, record[both], record[both + 1])
    of_one = int(pd.Series(says == SAME).groupby(value[both]).all().sum()) if len(both) else 0
    alone = (int((numbers.held == 1).sum()) + of_one) / len(numbers.value)
    if alone >= ONE_RECORD:
        return numbers
    surname = _surnames(students)
    if (
        np.median(numbers.held) <= 3
        and int(np.max(numbers.held)) <= 10
        and (surname[numbers.records] < 0).mean() > 0.9
    ):
        return replace(numbers, repeats=True)
    last = pd.Series(surname[record])
    one_name = (last.groupby(value).nunique() == 1).mean()
    of_a_home = (last < 0).mean() > 0.5 or one_name > 0.3
    return None if alone < GIVEN_ANEW or of_a_home else numbers


def _surnames(students: Records) -> Ints:
    """Return the code of each record's surname in its first reading, -1 for none."""
    forms = students.names
    begins = np.flatnonzero(np.diff(forms.record, prepend=-1))
    surname = np.full(len(students), -1, dtype="int64")
    surname[forms.record[begins]] = forms.last[begins]
    return surname


# ----------------------------------------------------------------------------------------------- two columns


def _context(students: Records, schools: pd.DataFrame | None) -> dict[str, Ints]:
    """Return what holders of one number should share: school and grade, -1 where unknown."""
    grade = (
        grade_numbers(students.people).fillna(PREKINDERGARTEN - 1).to_numpy(dtype="int64") - PREKINDERGARTEN
    )
    school = pd.factorize(school_codes(students.people, schools))[0].astype("int64")
    return {"school": school, "grade": np.maximum(grade, -1)}


@dataclass(frozen=True)
class _Compared:
    """Two columns: how many values are equal, who holds them, how many of these agree, and the verdict.

    The verdict is empty until chance has to decide.
    """

    equal: int
    verdict: str
    why: str
    same: int = 0
    left: Ints = field(default_factory=lambda: np.empty(0, dtype="int64"))
    right: Ints = field(default_factory=lambda: np.empty(0, dtype="int64"))


def _compare_columns(
    students: Records, found: list[_Numbers], context: dict[str, Ints], texts: pd.Index
) -> pd.DataFrame:
    """Compare each two columns by the people who hold equal values; where few can be heard, by chance."""
    places = list(combinations(range(len(found)), 2))
    compared = [_compare(students, found[one], found[other], texts) for one, other in places]
    trusted = _trusted(students, compared, context)
    rows = []
    for (at, other_at), pair in zip(places, compared, strict=True):
        verdict, why = pair.verdict, pair.why
        if not verdict:
            holders = pair.left, pair.right
            verdict, why = _judge_by_chance(found[at], found[other_at], pair.equal, holders, trusted, texts)
        rows.append((at, other_at, pair.equal, pair.same, verdict, why))
    return pd.DataFrame(rows, columns=["one", "other", "equal", "same", "verdict", "why"])


def _trusted(students: Records, compared: list[_Compared], context: dict[str, Ints]) -> dict[str, Ints]:
    """Hide the schools and grades of systems whose people are known, and have others elsewhere.

    A column that is taken for a school's may be a code for something else: it tells nothing about a number.
    """
    silos = int(np.max(students.silo, initial=-1)) + 1
    result = {}
    for what, code in context.items():
        best = np.full(silos, -1.0)
        for pair in compared:
            known = (code[pair.left] >= 0) & (code[pair.right] >= 0)
            if pair.verdict == "proven" and known.sum() >= FEWEST:
                ends = [students.silo[pair.left[0]], students.silo[pair.right[0]]]
                best[ends] = np.maximum(best[ends], _mapped(code[pair.left][known], code[pair.right][known]))
        strange = (best >= 0) & (best < PLACE)
        result[what] = np.where(strange[students.silo], -1, code)
    return result


def _within_one_system(one: _Numbers, other: _Numbers) -> _Compared:
    """Two columns of one system are of one space if records have one number in both; else of two."""
    mine, its = (pd.DataFrame({"record": side.records, "value": side.values}) for side in (one, other))
    both = mine.merge(its, on="record", how="inner", validate="many_to_many")
    equal = int((both["value_x"] == both["value_y"]).sum())
    if len(both) < HEARD:
        return _Compared(equal, "apart", "no record has both")
    verdict = "proven" if equal > 0.9 * len(both) else "refused"
    return _Compared(equal, verdict, f"{equal} of {len(both)} have one number in both")


def _compare(students: Records, one: _Numbers, other: _Numbers, texts: pd.Index) -> _Compared:
    """Compare two columns by their equal values and the people who hold them."""
    if one.order == other.order:
        return _within_one_system(one, other)
    if one.declared and other.declared:
        alike = one.declared == other.declared
        return _Compared(0, "proven" if alike else "refused", f"declared {one.declared} and {other.declared}")
    _, at, other_at = np.intersect1d(one.value, other.value, assume_unique=True, return_indices=True)
    equal = len(at)
    if equal < HEARD:
        return _Compared(equal, "apart", "hardly any equal value")
    if one.repeats and other.repeats:
        verdict = "doubt" if equal >= FEWEST else "apart"
        return _Compared(equal, verdict, "both repeat values, and have no names")
    alone = (one.held[at] <= 3) & (other.held[other_at] <= 3)
    left, right = one.record[at[alone]], other.record[other_at[alone]]
    some = some_of_each(np.zeros(len(left), dtype="int64"), left, right, MOST_HEARD)
    says = compare_holders(students, left[some], right[some])
    same, another = int((says == SAME).sum()), int((says == ANOTHER).sum())
    verdict, why = _judge_by_names(equal, same, another, one, other, texts)
    return _Compared(equal, verdict, why, same, left, right)


def _judge_by_names(
    equal: int, same: int, another: int, one: _Numbers, other: _Numbers, texts: pd.Index
) -> tuple[str, str]:
    """Judge by names and birth dates of those who hold equal values; no verdict if few can be compared."""
    heard, shorter = same + another, min(len(one.value), len(other.value))
    if heard < HEARD:
        return "", ""
    bounds = wilson(pd.Series([another]), pd.Series([heard]))
    low, high = float(bounds["low"].iloc[0]), float(bounds["high"].iloc[0])
    agree = f"names or birth dates agree for {same} of {heard}"
    if another >= HEARD and low > REFUSE:
        return "refused", f"{another} of {heard} holders are another person"
    if high <= WRONG:
        return "proven", agree
    if another <= WRONG * heard and (equal - _by_chance(one, other, texts)) / shorter >= ABOVE:
        return "proven", agree
    return ("doubt", f"{another} of {heard} holders are another person") if low > WRONG else ("", "")


def _judge_by_chance(
    one: _Numbers,
    other: _Numbers,
    equal: int,
    holders: tuple[Ints, Ints],
    context: dict[str, Ints],
    texts: pd.Index,
) -> tuple[str, str]:
    """Judge by how many values are equal above chance, and whether the holders share school or grade."""
    shorter = min(len(one.value), len(other.value))
    if equal < FEWEST:
        return ("apart" if equal < COVER * shorter else "doubt"), "few equal values, few names"
    chance = _by_chance(one, other, texts)
    agree, against = _places(one, other, holders, context)
    if against:
        return "refused", "schools or grades agree as by chance"
    share, by_chance = equal / shorter, min(chance / shorter, 1.0)
    members = max(share - by_chance, 0.0) / max(1 - by_chance, 1e-9)  # the others are equal by chance alone
    stray = (1 - members) * by_chance / share
    error = (max(by_chance, 1 / shorter) * max(1 - by_chance, 1 / shorter) / shorter) ** 0.5
    clear = stray <= STRAY and share - by_chance >= max(ABOVE, STANDARD_ERRORS * error)
    wide = share >= COVER or equal / max(len(one.value), len(other.value)) >= 0.5
    why = f"{equal} equal values, {chance:.0f} by chance"
    if wide and (clear or agree):
        return "proven", f"{why}; {' and '.join(agree)} agree" if agree else why
    if share < 0.9 and equal < 1.5 * chance:
        return "apart", why
    return ("doubt" if wide else "apart"), why


def _by_chance(one: _Numbers, other: _Numbers, texts: pd.Index) -> float:
    """Count the equal values that two unrelated columns of such values would have.

    Numbers: the most that stay equal when one column is moved. Texts: by the characters at each place.
    """
    if one.whole is not None and other.whole is not None:
        known = np.sort(other.whole)
        moved = (one.whole + step * sign for step in SHIFTS for sign in (1, -1))
        return float(max(_equal(values, known) for values in moved))
    values = pd.Series(texts[np.concatenate([one.value, other.value])], dtype="string")
    space = 1.0
    for place in range(int(values.str.len().median())):
        kinds = values.str.slice(place, place + 1).value_counts(normalize=True)
        space *= 1 / float((kinds**2).sum())
    return len(one.value) * len(other.value) / space


def _equal(values: Ints, known: Ints) -> int:
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return int((known[at] == values).sum())


def _places(
    one: _Numbers, other: _Numbers, holders: tuple[Ints, Ints], context: dict[str, Ints]
) -> tuple[list[str], bool]:
    """Return what holders share far above chance, and whether anything agrees as by chance alone.

    Two sequences given school by school have one school at most places, whoever is there: so a number must
    agree better than the next number does.
    """
    agree, against = [], False
    rng = np.random.default_rng(1)
    for what, code in context.items():
        known = (code[holders[0]] >= 0) & (code[holders[1]] >= 0)
        if known.sum() < FEWEST:
            continue
        mine, theirs = code[holders[0]][known], code[holders[1]][known]
        if max(int(np.max(np.bincount(side))) for side in (mine, theirs)) > ONE_PLACE * len(mine):
            continue  # who all are in one place agree on nothing
        share = _mapped(mine, theirs)
        by_chance = float(np.mean([_mapped(mine, rng.permutation(theirs)) for _ in range(10)]))
        if share >= PLACE and share - max(by_chance, _beside(one, other, code)) > ABOVE:
            agree.append(what)
        elif share < by_chance + 0.15 and by_chance < 0.6:
            against = True
    return agree, against


def _mapped(mine: Ints, theirs: Ints) -> float:
    """Return the share of pairs that agree once each code of one side is read as its usual partner."""
    width = int(np.max(theirs)) + 1
    counts = np.bincount(mine * width + theirs, minlength=(int(np.max(mine)) + 1) * width).reshape(-1, width)
    return float(counts.max(axis=1).sum() / len(mine))


def _beside(one: _Numbers, other: _Numbers, code: Ints) -> float:
    """Return the agreement with the holders of the next numbers: what the order alone gives."""
    if one.whole is None or other.whole is None:
        return 0.0
    order = np.argsort(other.whole)
    known, place = other.whole[order], code[other.record[order]]
    best = 0.0
    for step in (1, -1, 2):
        at = np.minimum(np.searchsorted(known, one.whole + step), len(known) - 1)
        mine, theirs = code[one.record], place[at]
        both = (known[at] == one.whole + step) & (mine >= 0) & (theirs >= 0)
        if both.sum() >= FEWEST:
            best = max(best, _mapped(mine[both], theirs[both]))
    return best


# ---------------------------------------------------------------------------------------------------- spaces


def _merge(found: list[_Numbers], pairs: pd.DataFrame) -> tuple[Ints, pd.DataFrame]:
    """Merge columns along proven pairs, those with most agreeing holders first.

    A refused pair keeps two spaces apart: the pair that would have joined them is torn. Label columns of no
    space -1: a number that one system alone has joins nothing.
    """
    label = np.arange(len(found), dtype="int64")
    refused = pairs.loc[pairs["verdict"].eq("refused"), ["one", "other"]].to_numpy(dtype="int64")
    proven = pairs[pairs["verdict"].eq("proven")]
    torn = []
    surest = proven.sort_values(["same", "equal"], ascending=False, kind="stable")
    for place, one, other in zip(surest.index, surest["one"].tolist(), surest["other"].tolist(), strict=True):
        mine, theirs = label[one], label[other]
        ends = np.sort(label[refused], axis=1) if len(refused) else np.empty((0, 2))
        if mine != theirs and (ends == sorted((mine, theirs))).all(axis=1).any():
            torn.append(place)
        else:
            label[label == theirs] = mine
    order = np.array([one.order for one in found], dtype="int64")
    for one in np.unique(label).tolist():
        if len(np.unique(order[label == one])) < 2:
            label[label == one] = -1
    return label, pairs.assign(verdict=pairs["verdict"].mask(pairs.index.isin(torn), "torn"))


def _systems(found: list[_Numbers], label: Ints, pairs: pd.DataFrame) -> dict[int, str]:
    """Name the space of each column by its declared system; else a letter, the widest first."""
    result: dict[int, str] = {}
    spaces = [
        [one for one, of in zip(found, label, strict=True) if of == space]
        for space in np.unique(label[label >= 0])
    ]
    used = {one.declared for one, of in zip(found, label, strict=True) if of >= 0 and one.declared}
    free = iter(SPACES)
    for members in sorted(spaces, key=lambda members: -sum(len(one.value) for one in members)):
        declared = {one.declared for one in members if one.declared}
        if not declared:
            declared = _moved(found, members, pairs) - used
        name = next(iter(declared)) if len(declared) == 1 else next(free, None) or f"Space {members[0].place}"
        used.add(name)
        result |= {one.place: name for one in members}
    return result


def _moved(found: list[_Numbers], members: list[_Numbers], pairs: pd.DataFrame) -> set[str]:
    """Return the declared systems whose numbers a space has, though with other people: rows moved."""
    inside = {one.place for one in members}
    result = set()
    refused = pairs[pairs["verdict"].eq("refused")]
    for one, other, equal in refused[["one", "other", "equal"]].itertuples(index=False):
        for mine, its in ((found[one], found[other]), (found[other], found[one])):
            enough = equal >= MOVED * min(len(mine.value), len(its.value))
            if mine.place in inside and its.place not in inside and its.declared and enough:
                result.add(its.declared)
    return result


def _with_systems(
    ids: pd.DataFrame, columns: pd.DataFrame, system: dict[int, str], letters: dict[int, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give columns of a space its system, and their usual letters; drop possible ids of no space."""
    now = columns["system"].astype(STRING).copy()
    usual = pd.Series(pd.NA, index=columns.index, dtype=STRING)
    for place, name in system.items():
        # A column whose system was declared keeps to its own letters: they may tell pupils from staff.
        if now.iloc[place] != name:
            now.iloc[place], usual.iloc[place] = name, letters.get(place, "")
    own = now.take(ids["column"].to_numpy(dtype="int64")).reset_index(drop=True)
    whole = ids.assign(system=own.to_numpy())[own.ne(POSSIBLE).to_numpy(dtype=bool)]
    whole = whole.drop_duplicates(["number", "system", "value"], ignore_index=True)
    return whole, columns.assign(system=now, letters=usual)


def _named(pairs: pd.DataFrame, found: list[_Numbers], columns: pd.DataFrame) -> pd.DataFrame:
    """Name the columns of compared pairs; those apart, or declared, tell nothing."""
    told = pairs[pairs["verdict"].ne("apart") & ~pairs["why"].str.startswith("declared")]
    place = np.array([one.place for one in found], dtype="int64")

    def about(side: str) -> pd.DataFrame:
        return columns.take(place[told[side].to_numpy(dtype="int64")]).reset_index(drop=True)

    one, other = about("one"), about("other")
    return pd.DataFrame(
        {
            "silo": one["silo"], "name": one["name"],
            "silo_other": other["silo"], "name_other": other["name"],
            **{name: told[name].to_numpy() for name in ("equal", "verdict", "why")},
        }
    )  # fmt: skip


def _doubts(pairs: pd.DataFrame, ids: pd.DataFrame, proven: set[int], columns: pd.DataFrame) -> pd.DataFrame:
    """Ask about each column of no space whose numbers may be another system's, by its widest doubt."""
    names = columns[["silo", "name"]].assign(column=range(len(columns)))
    free = names[~names["column"].isin(proven)]
    asked = pairs[pairs["verdict"].eq("doubt")].sort_values("equal", ascending=False, kind="stable")
    asked = asked.merge(free, on=["silo", "name"], how="inner", validate="many_to_many")
    asked = asked.drop_duplicates("column")
    where = ids.drop_duplicates("column")[["column", "file", "row", "value"]]
    asked = asked.merge(where, on="column", how="inner", validate="one_to_one")
    return pd.DataFrame(
        {
            "silo": asked["silo"],
            "file": asked["file"],
            "row": asked["row"],
            "column": asked["name"],
            "kind": "id_column_doubtful",
            "value": asked["value"],
            "expected": "a number that shows whose it is: it may be that of " + asked["name_other"]
            + " (" + asked["silo_other"] + "), but " + asked["why"] + "; if it is, give both columns one "
            "identification_system in their layouts",
            "action_taken": "nothing",
            "times": 1,
        }
    )  # fmt: skip
