"""Measure file formats, format drift, and findings by kind."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from helpers.files import District, data_rows
from helpers.gaps.measures import Lines, line
from helpers.gaps.presence import Presence
from helpers.standard import STRING, year_of_month

__all__ = ["compared_years", "drift", "formats", "irregularities", "year_of_file"]


DAY = re.compile(r"(?<!\d)(20\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)")
SPAN = re.compile(r"(?<!\d)20\d\d[-_.](20\d\d|\d\d)(?!\d)")
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
# A nested file omits a path without a value. A missing path is drift only if it was common.
COMMON = 0.5
NESTED = ("json_lines", "xml")
# Of two codes with one meaning, either may be more common in a year by chance. The kit's own cutoffs.
FEWEST = 2
CHANCE = 0.001

CHANGES = {
    "Added": "columns that changed since last year",
    "Removed": "columns that changed since last year",
    "Renamed": "columns that changed since last year",
    "Code": "codes that changed since last year",
    "Date": "dates that changed since last year",
}


def year_of_file(file: str) -> int | None:
    """Read the school year from a file name.

    >>> year_of_file("a/incidents_2024-2025.jsonl"), year_of_file("a/list_2025-08-30.csv")
    (2025, 2026)
    >>> year_of_file("about_me_2026.csv"), year_of_file("users.csv") is None
    (2026, True)
    """
    name = PurePosixPath(file).name
    if day := DAY.search(name):
        return year_of_month(int(day[1]), int(day[2]))
    if span := SPAN.search(name):
        return int(span[1]) if len(span[1]) == 4 else 2000 + int(span[1])
    year = YEAR.search(name)
    return int(year[1]) if year else None


def compared_years(district: District) -> pd.DataFrame:
    """List changes by kind of file, with one row without a change where columns stayed the same."""
    raw = district.written
    columns, values = _of_years(raw.columns), _of_years(raw.values)
    formats = {
        (silo, file.name): file.format for silo, layout in district.layouts.items() for file in layout.files
    }
    rows: list[dict[str, Any]] = []
    for (silo, kind), mine in columns.groupby(["silo", "kind"], sort=True):
        years = sorted(mine["year"].unique())[-2:]
        if len(years) < 2:
            continue
        about = {"silo": silo, "kind": kind}
        nested = formats.get((str(silo), str(kind))) in NESTED
        was, now = (mine[mine["year"].eq(year)] for year in years)
        rows += [about | each for each in _columns(was, now, nested)]
        own = values[values["silo"].eq(str(silo)) & values["kind"].eq(str(kind))]
        values_was, values_now = (own[own["year"].eq(year)] for year in years)
        rows += [about | each for each in _values(values_was, values_now)]
    names = ["silo", "kind", "change", "column", "was", "now", "file", "row", "of"]
    found = pd.DataFrame(rows, columns=names)
    return found.astype(dict.fromkeys(["silo", "kind", "change", "column", "was", "now", "file"], STRING))


def _of_years(table: pd.DataFrame) -> pd.DataFrame:
    year = {file: year_of_file(str(file)) for file in table["file"].unique()}
    return table.assign(year=table["file"].map(year).astype("Int64")).dropna(subset=["year"])


def _columns(was: pd.DataFrame, now: pd.DataFrame, nested: bool) -> list[dict[str, Any]]:
    heads = [
        each.groupby("head", sort=False).agg(
            column=("column", "first"), filled=("filled", "sum"), rows=("rows", "sum"), file=("file", "first")
        )
        for each in (was, now)
    ]
    before, after = heads
    common = [set(each.index[each["filled"].ge(COMMON * each["rows"]).fillna(True)]) for each in heads]
    gone = [head for head in before.index if head not in after.index and (not nested or head in common[0])]
    new = [head for head in after.index if head not in before.index and (not nested or head in common[1])]
    of = len(set(before.index) | set(after.index))
    known = {before.at[head, "column"]: head for head in gone if isinstance(before.at[head, "column"], str)}
    file = now["file"].iloc[0]
    rows: list[dict[str, Any]] = []
    for head in new:
        column = after.at[head, "column"]
        old = known.pop(column, None) if isinstance(column, str) else None
        change = "Added" if old is None else "Renamed"
        rows.append(
            {"change": change, "column": head, "was": old, "now": head, "file": after.at[head, "file"]}
        )
        if old is not None:
            gone.remove(old)
    rows += [{"change": "Removed", "column": head, "was": head, "now": None, "file": file} for head in gone]
    none = [{"change": None, "column": None, "was": None, "now": None, "file": file}]
    return [{**row, "row": 1, "of": of} for row in rows or none]


def _values(was: pd.DataFrame, now: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    codes = [_most_used(each[~each["is_date"].astype(bool)]) for each in (was, now)]
    both = [key for key in codes[1] if key in codes[0]]
    for key in both:
        (old, used), (new, using) = _first(codes[0][key]), _first(codes[1][key])
        if old != new and _other_code(used, using, old, new):
            file, row = codes[1][key].at[new, "file"], codes[1][key].at[new, "row"]
            rows.append({"change": "Code", "column": key[0], "was": old, "now": new, "file": file, "row": row,
                         "of": len(both)})  # fmt: skip
    forms = [_usual_forms(each[each["is_date"].astype(bool)]) for each in (was, now)]
    shared = [column for column in forms[1] if column in forms[0]]
    for column in shared:
        if forms[0][column] != forms[1][column]:
            place = now[now["column"].eq(column)].iloc[0]
            rows.append({"change": "Date", "column": column, "was": forms[0][column], "now": forms[1][column],
                         "file": place["file"], "row": place["row"], "of": len(shared)})  # fmt: skip
    return rows


def _usual_forms(dates: pd.DataFrame) -> dict[str, str]:
    """Return the most common date format of each column."""
    counts: dict[str, Counter[str]] = {}
    for column, form, times in zip(dates["column"], dates["as_written"], dates["times"], strict=True):
        counts.setdefault(column, Counter())[form] += int(times)
    return {column: max(forms, key=lambda form: forms[form]) for column, forms in counts.items()}


def _most_used(codes: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Count codes by column and meaning over all files of a year, with the first occurrence of each."""
    known = codes.dropna(subset=["standard"])
    counted = known.groupby(["column", "standard", "as_written"], sort=False).agg(
        times=("times", "sum"), file=("file", "first"), row=("row", "first")
    )
    counted = counted.reset_index().sort_values(["times", "as_written"], ascending=[False, True])
    groups = counted.groupby(["column", "standard"], sort=False)
    return {(str(column), str(standard)): own.set_index("as_written") for (column, standard), own in groups}


def _first(codes: pd.DataFrame) -> tuple[str, dict[str, int]]:
    """Return the most common code, and the count of each."""
    times = {str(code): int(number) for code, number in codes["times"].items()}
    return str(codes.index[0]), times


def _other_code(used: dict[str, int], using: dict[str, int], old: str, new: str) -> bool:
    """Check whether one code replaced another, beyond what chance would produce."""
    if old not in using and new not in used:
        return min(sum(used.values()), sum(using.values())) >= FEWEST
    # Importing scipy.stats takes half a second, and few districts need it.
    from scipy.stats import fisher_exact

    table = [[used[old], sum(used.values()) - used[old]]]
    table.append([using.get(old, 0), sum(using.values()) - using.get(old, 0)])
    return float(fisher_exact(table).pvalue) < CHANCE


def drift(district: District) -> list[dict[str, Any]]:
    """Count what changed between last year's and this year's files of a system."""
    changed = compared_years(district)
    lines: list[dict[str, Any]] = []
    for silo, mine in changed.groupby("silo", sort=True):
        for measure in dict.fromkeys(CHANGES.values()):
            own = mine[mine["change"].map(CHANGES).eq(measure)]
            by_column = measure.startswith("columns")
            if own.empty and not by_column:
                continue
            example: dict[str, Any] = {}
            if len(own):
                example = {"example_file": own["file"].iloc[0], "example_row": own["row"].iloc[0]}
            of = (mine if by_column else own).drop_duplicates("kind")["of"].sum()
            lines.append(line(measure, str(silo), None, len(own), int(of), **example))
    return lines


def usual_shapes(values: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Find the most common date format."""
    if values.empty:
        return pd.DataFrame(columns=[*by, "usual", "others", "all", "file", "row"])
    own = [*by, "as_written"]
    counts = values.groupby(own, sort=False)["times"].sum().reset_index()
    counts = counts.sort_values("times", ascending=False, kind="stable")
    usual = counts.drop_duplicates(by).rename(columns={"as_written": "usual", "times": "most"})
    total = counts.groupby(by, sort=False)["times"].sum().rename("all").reset_index()
    found = usual.merge(total, on=by, how="left", validate="one_to_one")
    marked = values.merge(found[[*by, "usual"]], on=by, how="left", validate="many_to_one")
    odd = marked[marked["as_written"].ne(marked["usual"])].drop_duplicates(by)
    source = [name for name in ("file", "row") if name not in by]
    found = found.merge(odd[[*by, *source]], on=by, how="left", validate="one_to_one")
    return found.assign(others=found["all"] - found["most"]).drop(columns="most")


def formats(district: District, known: Presence) -> Lines:
    """Count date formats and file formats within a column and between systems."""
    raw = district.written
    dates = raw.values[raw.values["is_date"].astype(bool)]
    lines: Lines = []
    inside = usual_shapes(dates, ["silo", "kind", "column", "file"])
    inside = inside[inside["others"].gt(0)]
    for (silo, column), mine in inside.groupby(["silo", "column"], sort=True):
        first = mine.iloc[0]
        lines.append(
            line("dates in another form", str(silo), None, int(mine["others"].sum()), int(mine["all"].sum()),
                 str(column), example_file=first["file"], example_row=first["row"])
        )  # fmt: skip
    kinds = raw.columns[["silo", "file", "kind"]].drop_duplicates(["silo", "file"])
    stored = raw.files.merge(kinds, on=["silo", "file"], how="left", validate="one_to_one")
    for silo, mine in stored.groupby("silo", sort=True):
        ways = mine.drop_duplicates(["kind", "encoding", "line_end", "delimiter"])
        several = ways.groupby("kind").size()
        lines.append(
            line(
                "ways to store tables", str(silo), None, int(several.max()) if len(several) else 1, len(mine)
            )
        )
    return lines + _between(district, known, dates)


def _between(district: District, known: Presence, dates: pd.DataFrame) -> Lines:
    """Compare the usual date format of each standard column that two systems fill."""
    usual = usual_shapes(dates, ["silo", "kind", "column"])
    shape = {
        (silo, kind, column): form
        for silo, kind, column, form in usual[["silo", "kind", "column", "usual"]].itertuples(index=False)
    }
    by_silo: dict[str, dict[str, set[str]]] = {}
    for silo, layout in district.layouts.items():
        for file in layout.files:
            for makes in file.makes:
                for target, source in makes.take.items():
                    form = shape.get((silo, file.name, source))
                    if form is not None:
                        by_silo.setdefault(silo, {}).setdefault(f"{makes.table}.{target}", set()).add(form)
    lines: Lines = []
    for (_, left), (_, right) in known.pairs():
        mine, theirs = by_silo.get(left, {}), by_silo.get(right, {})
        both = mine.keys() & theirs.keys()
        if both:
            differ = sum(mine[name] != theirs[name] for name in both)
            lines.append(line("dates written differently", left, right, differ, len(both)))
    return lines


# System shown for a file that matches no layout.
NO_SYSTEM = "(no system)"


def irregularities(findings: pd.DataFrame, accounts: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the findings of each system by kind."""
    rows = data_rows(accounts).groupby(accounts["silo"].fillna(NO_SYSTEM)).sum()
    found = findings.assign(silo=findings["silo"].fillna(NO_SYSTEM))
    found = found.sort_values(["silo", "kind", "file", "row"], kind="stable", na_position="first")
    by = found.groupby(["silo", "kind"], sort=True)
    counts = pd.DataFrame(
        {
            "times": by["times"].sum(),
            "columns": by["column"].nunique(dropna=False),
            "column": by["column"].first(),
        }
    ).reset_index()
    first = found.drop_duplicates(["silo", "kind"])[["silo", "kind", "file", "row"]]
    counts = counts.merge(first, on=["silo", "kind"], how="left", validate="one_to_one")
    return [
        line(
            str(each["kind"]),
            str(each["silo"]),
            None,
            int(each["times"]),
            int(rows.get(each["silo"], 0)) or None,
            each["column"] if each["columns"] == 1 else None,
            example_file=each["file"],
            example_row=each["row"],
        )
        for each in counts.to_dict("records")
    ]
