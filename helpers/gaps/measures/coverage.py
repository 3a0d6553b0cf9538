"""Measure coverage: which children a system has, by group, and how completely."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District
from helpers.gaps.measures import Lines, line
from helpers.gaps.presence import SMALLEST_GROUP, Presence, Scope, load_presence, scope_of, worded
from helpers.layouts import Layout
from helpers.link import Links, school_year_end
from helpers.profile import LatestDay, only_handed_in
from helpers.standard import as_table, empty_table, fact_tables, wilson

__all__ = [
    "agreement",
    "completeness",
    "coverage",
    "coverage_by_group",
    "entries",
    "in_current_year",
    "widest_gaps",
]


def _this_year(known: Presence, newest: LatestDay) -> int:
    """Return the school year of the latest day in any system, else the latest on any record, else 0."""
    days = pd.Series([*newest.days.values()], dtype="datetime64[us]")
    year = school_year_end(days).max() if len(days) else known.records["school_year"].max()
    return 0 if pd.isna(year) else int(year)


def record_years(known: Presence, newest: LatestDay) -> npt.NDArray[np.int64]:
    """Return the school year of each record."""
    years = known.records["school_year"].fillna(_this_year(known, newest))
    return years.to_numpy(dtype="int64")


def in_current_year(known: Presence, newest: LatestDay) -> npt.NDArray[np.bool_]:
    """Mark the records of the current school year."""
    return record_years(known, newest) >= _this_year(known, newest)


# Columns needed to identify children, place them in schools and talk with their families.
NEEDED = (
    "local_id", "first_name", "last_surname", "birth_date", "sex", "grade_level", "school_id",
    "home_language",
)  # fmt: skip
# Facts that a system with this table should have for every child. Absences, incidents and visits are
# exceptions: a child without one is no gap.
OF_EVERY_CHILD = {
    "school_enrollment": "enrollments",
    "section_enrollment": "classes",
    "assignment_score": "scores",
    "course_grade": "grades",
    "assessment_result": "test results",
    "meal_eligibility": "eligibilities",
    "contact": "contacts",
}
# Work that has no score because none was due, or none is due yet.
NOT_ASKED = ("Excused", "Not assigned", "Upcoming")


def filled(known: Presence, column: str) -> npt.NDArray[np.bool_]:
    """Mark the records that have a value in a column; placeholders don't count."""
    says = known.records[column].notna()
    if column in ("first_name", "last_surname"):
        says = (says | known.records["full_name"].notna()) & (known.records["name_status"] != "Placeholder")
    if column == "birth_date":
        says &= known.records["birth_date_status"] != "Placeholder"
    return says.to_numpy(dtype=bool)


def _collects(layout: Layout | None, column: str) -> bool:
    """Check whether a layout fills a column at all."""
    if layout is None:
        return False
    wanted = (
        {"first_name", "last_surname", "full_name"} if column in ("first_name", "last_surname") else {column}
    )
    return any(
        wanted & {*makes.take, *makes.set, *makes.flags}
        for file in layout.files
        for makes in file.makes
        if makes.table == "people"
    )


def completeness(known: Presence, newest: LatestDay, layouts: Mapping[str, Layout]) -> Lines:
    """Measure how often each system fills the columns needed to identify and reach a child."""
    lines: Lines = []
    now = in_current_year(known, newest)
    asked = [
        known.of(place) & now if (known.of(place) & now).any() else known.of(place)
        for place in range(len(known.silos))
    ]
    for column in NEEDED:
        says = filled(known, column)
        for place, silo in enumerate(known.silos):
            mine = asked[place]
            count, total = int((says & mine).sum()), int(mine.sum())
            limit = count == 0 and not _collects(layouts.get(silo), column)
            example = {} if limit else known.example(mine & ~says)
            lines.append(line("column filled", silo, None, count, total, column, is_limit=limit, **example))
    return sorted(lines, key=lambda each: known.silos.index(each["left_silo"]))


def entries(district: District, known: Presence) -> Lines:
    """Measure how many of its children each system has facts for."""
    lines: Lines = []
    for table, words in OF_EVERY_CHILD.items():
        if table not in fact_tables():
            continue
        facts = district.fact(table)
        named = facts.loc[facts["record"].notna(), ["silo", "record"]].drop_duplicates()
        number = known.numbers_of(named["silo"], named["record"])
        there = number[number >= 0]
        has = np.zeros(known.holds.shape, dtype=bool)
        has[known.child[there], known.place[there]] = True
        for place, silo in enumerate(known.silos):
            count = int(has[:, place].sum())
            if count:
                without = known.example(known.of(place) & ~has[known.child, place])
                total = int(known.holds[:, place].sum())
                lines.append(line("children with an entry", silo, None, count, total, words, **without))
        if table == "assignment_score":
            asked = facts[facts["record"].notna() & ~facts["score_status"].isin(list(NOT_ASKED))]
            asked = asked[~only_handed_in(asked)]
            given = asked.groupby("silo")["score"].agg(["count", "size"])
            lines += [
                line("scores given", silo, None, int(row["count"]), int(row["size"]), words, is_limit=True)
                for silo, row in given.to_dict("index").items()
                if silo in known.silos
            ]
    return lines


# Columns that two systems can compare without translating codes.
COMPARED = ("first_name", "last_surname", "birth_date", "sex", "grade_level")
OF_A_YEAR = ("grade_level",)

UNTOLD = "{}: first make its records joinable; till then nobody can say which of the children it knows."


def coverage(known: Presence, scope: Scope) -> Lines:
    """Measure the share of all children in each system, leaving out those it doesn't serve."""
    everyone = int(known.counts.sum())
    lines: Lines = []
    for place, silo in enumerate(known.silos):
        holds, meant = known.holds[:, place], scope.meant[:, place]
        if not known.is_distinct(place):
            lines.append(line("children known", silo, None, None, everyone, next_step=UNTOLD.format(silo)))
            continue
        count, total = int((holds & known.counts).sum()), everyone
        if silo in known.of_some:
            lines.append(line("children known", silo, None, count, total, is_limit=True))
            continue
        if meant.all():
            missing = known.example((known.counts & ~holds)[known.child])
            lines.append(line("children known", silo, None, count, total, **missing))
            continue
        lines.append(line("children known", silo, None, count, total))
        due = meant & scope.placed[:, place]
        missing = known.example((due & ~holds)[known.child])
        whom = int(due.sum())
        lines.append(line("meant children known", silo, None, count, whom, **missing))
        for name, outside, column in (
            ("outside its grades", scope.by_grade[:, place], worded(scope.outside_grades[place])),
            ("outside its schools", scope.by_school[:, place], None),
        ):
            number = int((outside & known.counts).sum())
            if number:
                lines.append(line(name, silo, None, number, everyone, column, is_limit=True))
    return lines


def agreement(known: Presence, newest: LatestDay) -> Lines:
    """Measure how often two systems agree about the children in both.

    If a child has several records in a system, we compare the first. We compare what changes every school
    year only within one year: a test from last spring with last spring's grade is no disagreement.
    """
    first = [np.flatnonzero(known.of(place))[::-1] for place in range(len(known.silos))]
    # One entry per child and system: index of the first record, or -1.
    record = np.full(known.holds.shape, -1, dtype="int64")
    for place, rows in enumerate(first):
        record[known.child[rows], place] = rows
    codes = {}
    for column in COMPARED:
        words = known.records[column].where(pd.Series(filled(known, column)))
        codes[column] = pd.factorize(words)[0]
    year = record_years(known, newest)
    lines: Lines = []
    for (left_place, left_silo), (right_place, right_silo) in known.pairs():
        left, right = record[:, left_place], record[:, right_place]
        shared = (left >= 0) & (right >= 0)
        for column, code in codes.items():
            one, other = code[left[shared]], code[right[shared]]
            both = (one >= 0) & (other >= 0)
            if column in OF_A_YEAR:
                both &= year[left[shared]] == year[right[shared]]
            total, same = int(both.sum()), int((both & (one == other)).sum())
            if total == 0:
                continue
            unlike = np.zeros(len(known.records), dtype=bool)
            apart = both & (one != other)
            unlike[left[shared][apart]] = unlike[right[shared][apart]] = True
            example = known.example(unlike)
            lines.append(line("says the same", left_silo, right_silo, same, total, column, **example))
    return lines


# Column -> display name of the grouping.
GROUPS = {
    "grade_level": "grade",
    "school_id": "school",
    "home_language": "language at home",
    "sex": "sex",
    "race": "race",
}
SURE = 0.95


def coverage_by_group(district: District, links: Links) -> pd.DataFrame:
    """Count how many children of each group each system lists, out of those it serves.

    Parameters
    ----------
    district
        What `read_district` returned.
    links
        What `link_district` returned for it.

    Returns
    -------
    pandas.DataFrame
        Table ``coverage_by_group``. Rows without ``silo`` count children on the roster whom no other system
        lists. Children in grades or schools that a system doesn't serve don't count for it. A child's group
        comes from the first system that records it (for schools, the roster). The table contains small
        groups: suppress them before you show it (`Guard.counts`).
    """
    known = load_presence(district, links)
    if known.records.empty:
        return empty_table("coverage_by_group")
    scope = scope_of(known)
    rows: list[dict[str, Any]] = []
    lonely = known.holds[:, 0] & (known.holds.sum(axis=1) == 1)
    for column, words in GROUPS.items():
        code, names = _groups(known, column)
        if not len(names):
            continue
        known_group = code >= 0
        counted = np.bincount(code[known_group & known.holds[:, 0]], minlength=len(names))
        alone = np.bincount(code[known_group & lonely], minlength=len(names))
        rows += _rows(None, words, names, alone, counted)
        for place, silo in enumerate(known.silos[1:], start=1):
            if known.is_for_some(place):
                continue
            meant = known_group & scope.meant[:, place] & scope.placed[:, place] & known.holds[:, 0]
            whole = np.bincount(code[meant], minlength=len(names))
            there = np.bincount(code[meant & known.holds[:, place]], minlength=len(names))
            rows += _rows(silo, words, names, there, whole)
    if not rows:
        return empty_table("coverage_by_group")
    table = pd.DataFrame(rows)
    interval = wilson(table["children"].astype("float64"), table["out_of"].astype("float64"))
    share = table["children"] / table["out_of"]
    return as_table(
        "coverage_by_group", table.assign(share=share, low=interval["low"], high=interval["high"])
    )


def _groups(known: Presence, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return each child's group number, or -1; records are sorted by system."""
    stated = known.records[column].where(pd.Series(filled(known, column)))
    if column == "school_id":
        stated = stated.where(pd.Series(known.place == 0))
    first = pd.DataFrame({"child": known.child, "value": stated}).dropna().drop_duplicates("child")
    by_child = first.set_index("child")["value"].reindex(range(len(known.holds)))
    code, names = pd.factorize(by_child, sort=True)
    return code.astype("int64"), [str(name) for name in names]


def _rows(
    silo: str | None,
    words: str,
    names: list[str],
    there: npt.NDArray[np.int64],
    whole: npt.NDArray[np.int64],
) -> list[dict[str, Any]]:
    return [
        {"silo": silo, "group_by": words, "group": name, "children": int(count), "out_of": int(total)}
        for name, count, total in zip(names, there, whole, strict=True)
        if total
    ]


def widest_gaps(groups: pd.DataFrame) -> pd.DataFrame:
    """Find the best and the least covered group for each system and grouping.

    Parameters
    ----------
    groups
        Table ``coverage_by_group``, including small groups.

    Returns
    -------
    pandas.DataFrame
        ``silo, group_by, least, least_share, most, most_share, gap``: gaps that are ``apart`` first, then the
        widest. We skip groups of fewer than ten children, and groupings with one group. ``apart`` means that
        chance alone is an unlikely reason. The interval of the difference (Newcombe 1998) allows for
        ``looked_at``, all pairs of groups compared, because we chose the best and the worst.
    """
    big = groups[groups["out_of"].ge(SMALLEST_GROUP) & groups["silo"].notna()]
    groupings = [mine for _, mine in big.groupby(["silo", "group_by"], sort=True) if len(mine) > 1]
    looked_at = sum(len(mine) * (len(mine) - 1) // 2 for mine in groupings)
    rows = []
    for mine in groupings:
        ordered = mine.sort_values(["share", "group"], kind="stable")
        least, most = ordered.iloc[0], ordered.iloc[-1]
        rows.append(
            (least["silo"], least["group_by"], least["group"], least["share"], most["group"], most["share"],
             most["share"] - least["share"], _apart(least, most, looked_at), looked_at)
        )  # fmt: skip
    columns = ["silo", "group_by", "least", "least_share", "most", "most_share", "gap", "apart", "looked_at"]
    found = pd.DataFrame(rows, columns=columns)
    order = ["apart", "gap", "silo"]
    return found.sort_values(order, ascending=[False, False, True], kind="stable", ignore_index=True)


def _apart(least: pd.Series, most: pd.Series, looked_at: int) -> bool:
    """Check whether two shares differ by more than chance would produce among all pairs."""
    both = pd.DataFrame([least, most])
    z = NormalDist().inv_cdf(1 - (1 - SURE) / 2 / looked_at)
    ends = wilson(both["children"].astype("float64"), both["out_of"].astype("float64"), z)
    below = float(most["share"]) - float(ends["low"].iloc[1])
    above = float(ends["high"].iloc[0]) - float(least["share"])
    return float(most["share"] - least["share"]) > float(np.hypot(below, above))
