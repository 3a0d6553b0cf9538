"""Count children by school, grade and value for readers who may see no single child."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile import Source
from helpers.share.disclosure import Bools, Ints, suppress_small_cells
from helpers.share.policy import Policy
from helpers.standard import STRING, Element, figure
from helpers.systems import element

__all__ = ["counted_groups", "rounded_mean"]


# Children without a value are a group like any other. Every element shows the number of children of a school
# and grade; subtract those with a value, and the rest are those without. So we first pool small schools and
# grades, once for all elements, so that these totals disclose nothing. Many elements cover the same children,
# or only some of another's: those without a value are then hidden of all of them or of none, and also where
# two such counts differ by a small number.

DTYPES = {
    "domain": "string", "element": "string", "school": "string", "grade_level": "string", "group": "string",
    "children": "Int64", "of_children": "Int64", "mean": "float64", "unit": "string", "hidden": "boolean",
}  # fmt: skip
# Group of children with a number: any value.
WITH_A_VALUE = "with a value"
ALL_OTHERS = "all others"
NO_VALUE = "no value"
GROUPED_BY = ("school", "grade_level")
OTHER_SCHOOLS = "other schools"
OTHER_GRADES = "other grades"
# Column of the children without a value; the last one is the total.
_NOBODY = -2
MEAN_WIDTH = figure("share/disclosure.mean_width")


@dataclass(frozen=True)
class _Counted:
    """Counts of one element by school, grade and value, and the cells hidden in each school's table."""

    declared: Element
    domain: str
    minimum: int
    schools: Sequence[str]
    grades: npt.NDArray[np.object_]
    words: Sequence[str]
    # School x grade x group; the last group has no value.
    counts: Ints
    sums: npt.NDArray[np.float64]
    # Standard deviation of the values of a number.
    spread: float
    # Which members have a value.
    covered: Bools
    # By school: grades and their total x groups and their total.
    hidden: dict[int, Bools] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.declared.type in ("integer", "number", "date")


def counted_groups(
    source: Source, policy: Policy, sets: Mapping[str, frozenset[str]], school_year: int | None
) -> pd.DataFrame:
    """Count children by school, grade and value, with small counts suppressed."""
    by_domain = {domain: policy.domains[domain].elements for domain, members in sets.items() if members}
    names = [name for listed in by_domain.values() for name in listed]
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in DTYPES.items()})
    if not names:
        return empty
    everybody = sorted(frozenset[str]().union(*sets.values()))
    known = source.children()[["child", "school", "grade_level"]]
    known = known.assign(
        school=known["school"].fillna("no school known"),
        grade_level=known["grade_level"].fillna("not known"),
    )
    values = source.values(None if len(everybody) == len(known) else everybody, names)
    year = values["school_year"]
    ours = year.isna() | year.eq(school_year if school_year is not None else -1).fillna(False)
    ours &= values["chosen"].fillna(False) & values["status"].eq("Reported")
    chosen = values[ours.to_numpy(dtype=bool)]
    # One pooling for all domains, with the strictest minimum, because most of them count the same children.
    least = max(policy.minimum(domain) for domain in by_domain)
    positions = chosen.groupby("element", sort=False).indices
    counted: dict[str, list[_Counted]] = {}
    alike: dict[frozenset[str], list[_Counted]] = {}
    for domain, listed in by_domain.items():
        members = _pooled(known[known["child"].isin(list(sets[domain])).to_numpy(dtype=bool)], least)
        inside = chosen["child"].isin(members["child"]).to_numpy(dtype=bool)
        for name in (name for name in listed if name in positions):
            its = np.asarray(positions[name], dtype="int64")
            rows = chosen.take(its[inside[its]])
            if len(rows):
                one = _of_element(element(name), domain, rows, members, policy.minimum(domain))
                counted.setdefault(domain, []).append(one)
                alike.setdefault(sets[domain], []).append(one)
    for elements in alike.values():
        _hide_together(elements)
    parts = [_lines(one) for elements in counted.values() for one in elements]
    return pd.concat(parts, ignore_index=True).astype(DTYPES) if parts else empty


def _pooled(members: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Pool small schools, and small grades within each school."""
    school = _enough(members["school"], minimum, OTHER_SCHOOLS)
    grade = members["grade_level"].mask(school.eq(OTHER_SCHOOLS), OTHER_GRADES)
    for _, own in grade.groupby(school):
        grade.loc[own.index] = _enough(own, minimum, OTHER_GRADES)
    return members.assign(school=school.astype(STRING), grade_level=grade.astype(STRING))


def _enough(names: pd.Series, minimum: int, others: str) -> pd.Series:
    """Rename the smallest groups to one common name until it covers enough children."""
    sizes = names.value_counts().sort_index().sort_values(kind="stable")
    few = list(sizes.index[sizes < minimum])
    more = [name for name in sizes.index if name not in few]
    while few and sizes[few].sum() < minimum and more:
        few.append(more.pop(0))
    return names.mask(names.isin(few), others)


def _of_element(
    declared: Element, domain: str, rows: pd.DataFrame, members: pd.DataFrame, minimum: int
) -> _Counted:
    """Count one element by school; children without a value count, too."""
    group = pd.Series(WITH_A_VALUE, index=rows.index, dtype=STRING)
    if declared.type not in ("integer", "number", "date"):
        # A rare value would disclose that somebody has it, whatever its count.
        common = rows["value"].value_counts()
        group = rows["value"].where(rows["value"].isin(list(common.index[common >= minimum])), ALL_OTHERS)
    stated = rows[["child", "value_number"]].assign(group=group)
    covered = members["child"].isin(rows["child"]).to_numpy(dtype=bool)
    rows = pd.concat([stated, members.loc[~covered, ["child"]]], ignore_index=True)
    rows = rows.merge(members, on="child", how="left", validate="many_to_one")
    codes = [pd.factorize(rows[name], sort=True) for name in ("school", "grade_level", "group")]
    (at_school, schools), (in_grade, grades), (of_group, words) = codes
    of_group = np.where(of_group < 0, len(words), of_group)
    counts = np.zeros((len(schools), len(grades), len(words) + 1), dtype="int64")
    np.add.at(counts, (at_school, in_grade, of_group), 1)
    sums = np.zeros((len(schools), len(grades)))
    numbers = rows["value_number"].fillna(0.0).to_numpy(dtype="float64")
    np.add.at(sums, (at_school, in_grade), numbers)
    spread = float(np.std(numbers[: len(stated)]))
    return _Counted(
        declared, domain, minimum, list(schools), np.asarray(grades, dtype=object),
        [*words, NO_VALUE], counts, sums, spread, covered,
    )  # fmt: skip


def _hide_together(elements: Sequence[_Counted]) -> None:
    """Hide cells of elements about the same members until no table discloses what another one hides."""
    shape = elements[0].counts.shape[:2]
    nobody = np.zeros((len(elements), shape[0], shape[1] + 1), dtype="int64")
    for at, one in enumerate(elements):
        nobody[at, :, :-1] = one.counts[:, :, -1]
        nobody[at, :, -1] = one.counts[:, :, -1].sum(axis=1)
    hidden = np.zeros(nobody.shape, dtype=bool)
    shared = hidden.copy()
    known: dict[tuple[object, ...], Bools] = {}
    again = np.ones(hidden.shape[:2], dtype=bool)
    while again.any():
        for at, school in np.argwhere(again).tolist():
            one, grades = elements[at], elements[at].counts[school].sum(axis=1) > 0
            lines = np.append(grades, True)
            mask = _suppressed(one, one.counts[school][grades], shared[at, school][lines], known)
            one.hidden[school] = mask
            hidden[at, school][lines] = mask[:, _NOBODY]
        before, shared = shared, _shared(elements, nobody, hidden)
        again = (shared & ~hidden & ~before).any(axis=2)


def _suppressed(one: _Counted, counts: Ints, shared: Bools, known: dict[tuple[object, ...], Bools]) -> Bools:
    """Hide cells of one school's table; elements of the same children often have the same one."""
    # It discloses nothing that all children of a school are at that school.
    whole_rows = not one.is_number and one.declared.name not in GROUPED_BY
    key = (counts.shape, counts.tobytes(), shared.tobytes(), whole_rows, one.minimum)
    if key not in known:
        elsewhere = np.zeros((counts.shape[0] + 1, counts.shape[1] + 1), dtype=bool)
        elsewhere[:, _NOBODY] = shared
        known[key] = suppress_small_cells(
            counts,
            one.minimum,
            whole_rows=whole_rows,
            no_value=True,
            known_rows=True,
            hidden_elsewhere=elsewhere,
        ).hidden
    return known[key]


def _shared(elements: Sequence[_Counted], nobody: Ints, hidden: Bools) -> Bools:
    """Mark the children without a value whom another element's table lets nobody show."""
    covered = np.array([one.covered for one in elements], dtype="float32")
    common, sizes = covered @ covered.T, covered.sum(axis=1)
    within = common >= sizes[:, None]
    shared = hidden.copy()
    for at in range(len(elements)):
        shared[at] |= hidden[within[at] & within[:, at]].any(axis=0)
    least = np.array([one.minimum for one in elements])
    for few, many in np.argwhere(within & ~within.T).tolist():
        rest = nobody[few] - nobody[many]
        small = (rest > 0) & (rest < min(least[few], least[many]))
        shared[many] |= small & ~shared[few]
    return shared


def rounded_mean(mean: float, children: int, spread: float) -> float:
    """Round a mean so that the same mean without one child doesn't disclose that child's value.

    >>> rounded_mean(219.3478, 40, 15.0), rounded_mean(0.93478, 400, 0.05)
    (219.5, 0.9348)
    """
    exact = MEAN_WIDTH * spread / (2 * children - 1)
    if not exact:
        return mean
    size = 10.0 ** math.floor(math.log10(exact))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= exact)
    return round(round(mean / step) * step, 12)


def _lines(one: _Counted) -> pd.DataFrame:
    """List the counts of one element, with what is hidden left out."""
    lines: list[tuple[object, ...]] = []
    for place, school in enumerate(one.schools):
        there = np.flatnonzero(one.counts[place].sum(axis=1))
        counts = np.vstack([one.counts[place][there], one.counts[place].sum(axis=0)])
        totals = np.append(one.sums[place][there], one.sums[place].sum())
        for line, grade in enumerate([*one.grades[there], None]):
            hidden, line_counts = one.hidden[place][line], counts[line]
            with_one = int(line_counts[:-1].sum())
            of_children = None if hidden[_NOBODY] else with_one
            mean = None
            if one.is_number and not hidden.any() and with_one:
                mean = rounded_mean(totals[line] / with_one, with_one, one.spread)
            for column, name in enumerate(one.words):
                count = None if hidden[column] else int(line_counts[column])
                lines.append((school, grade, name, count, of_children, mean, bool(hidden[column])))
    names = ["school", "grade_level", "group", "children", "of_children", "mean", "hidden"]
    frame = pd.DataFrame(lines, columns=names)
    return frame.assign(domain=one.domain, element=one.declared.name, unit=one.declared.unit)[list(DTYPES)]
