"""Declares to the engine what rules look at: types, elements, trust, systems, standard tables with their links."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.layouts import STRING, fact_tables, standard_table
from helpers.profile.agreement import plain_word
from helpers.profile.context import Context
from helpers.profile.coverage import trust_of
from helpers.profile.elements import Declarations
from helpers.profile.evidence import child_tables
from helpers.profile.found import BANDS, STATUSES
from helpers.profile.school_years import day_columns
from helpers.profile.standard_store import NOT_LOOKED_AT
from helpers.profile.values import CHOSEN_BY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

__all__ = ["ask", "declare", "fact_table", "standard_tables"]

# Tables of persons, beside the fact tables.
PERSONAL = ("crosswalk", "people", "identifiers", "person_rows", "filled_cells")
TYPES = {
    "date": "TIMESTAMP", "datetime": "TIMESTAMP", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN",
}  # fmt: skip
# A fact of a class without a day lies in the year of the class; what a gradebook shows, in that of its export.
OF_A_CLASS = ("section_enrollment", "assignment_score", "course_grade")
AS_IT_STANDS = ("assignment_score", "course_grade")


def _listed(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def _frame(base: duckdb.DuckDBPyConnection, statement: str, frame: pd.DataFrame) -> None:
    base.register("given", frame)
    base.execute(statement)
    base.unregister("given")


def standard_tables(base: duckdb.DuckDBPyConnection, folder: Path, context: Context) -> None:
    """Show a district's standard tables to the engine as views ``raw_…``, each row with its record link.

    Parameters
    ----------
    base
        The engine's database.
    folder
        What `save_standard` wrote.
    context
        The district as a whole.
    """
    parts = sorted(folder.glob("part-*"))
    crosswalks = [str(part / "crosswalk.parquet") for part in parts]
    base.execute(f"CREATE TYPE silo_name AS ENUM ({_listed(context.silos)})")
    base.execute(f"CREATE TYPE band_name AS ENUM ({_listed(BANDS)})")
    base.execute(f"CREATE TYPE status_name AS ENUM ({_listed(STATUSES)})")
    base.execute(f"CREATE TYPE table_name AS ENUM ({_listed([*PERSONAL, *child_tables()])})")
    base.execute("CREATE TYPE why_name AS ENUM ('Counted', 'Lists the child')")
    base.execute(f"CREATE TYPE reason_name AS ENUM ({_listed(CHOSEN_BY)})")
    base.execute(
        f"CREATE TYPE child_name AS ENUM (SELECT DISTINCT child FROM read_parquet({crosswalks}) ORDER BY child)"
    )
    base.execute(f"CREATE TYPE file_name AS ENUM ({_files(folder)})")
    counts = [_rows(base, path) for path in crosswalks]
    firsts = {part.name: sum(counts[:place]) for place, part in enumerate(parts)}
    for table in (*PERSONAL, *fact_tables()):
        if table != "attendance_day":
            base.execute(f"CREATE VIEW raw_{table} AS {_raw(folder, table, firsts)}")


def _rows(base: duckdb.DuckDBPyConnection, path: str) -> int:
    counted: Any = base.execute("SELECT count(*) FROM read_parquet($1)", [path]).fetchone()
    return int(counted[0])


def _files(folder: Path) -> str:
    """Name every file behind a row, once."""
    tables = ("person_rows", *child_tables())
    paths = [str(path) for table in tables for path in sorted(folder.glob(f"*/{table}.parquet"))]
    every = f"SELECT DISTINCT file FROM read_parquet({paths}, union_by_name = true)" if paths else "SELECT ''"
    return f"FROM ({every}) WHERE file IS NOT NULL ORDER BY file"


def _raw(folder: Path, table: str, firsts: Mapping[str, int]) -> str:
    """Select a standard table from all its files; a row's place is that in the district's own table."""
    cast = "silo::silo_name AS silo"
    has_file = any(column.name == "file" for column in standard_table(table).columns)
    if has_file and (folder / "whole" / f"{table}.parquet").exists() is False:
        cast += ", file::file_name AS file"
    whole = folder / "whole" / f"{table}.parquet"
    if whole.exists():
        return f"SELECT * REPLACE ({cast}), file_row_number AS place FROM read_parquet('{whole}', file_row_number = true)"
    selects = []
    for path in sorted(folder.glob(f"*/{table}.parquet")):
        first = firsts.get(path.parent.name)
        if table == "crosswalk":
            selects.append(
                "SELECT silo::silo_name AS silo, record, child::child_name AS child,"
                f" band::band_name AS band, (file_row_number + {first})::INT AS link, place"
                f" FROM read_parquet('{path}', file_row_number = true)"
            )
            continue
        link = "NULL::INT" if first is None else f"(CASE WHEN tie >= 0 THEN tie + {first} END)::INT"
        selects.append(f"SELECT * EXCLUDE (tie) REPLACE ({cast}), {link} AS link FROM read_parquet('{path}')")
    if selects:
        return " UNION ALL BY NAME ".join(selects)
    own = {"silo": "silo_name", "file": "file_name"}
    columns = [
        f'NULL::{own.get(column.name, TYPES.get(column.type, "VARCHAR"))} AS "{column.name}"'
        for column in standard_table(table).columns
    ]
    return f"SELECT {', '.join(columns)}, NULL::INT AS link, NULL::BIGINT AS place WHERE false"


def declare(
    base: duckdb.DuckDBPyConnection,
    terms: Declarations,
    context: Context,
    newest: Mapping[str, pd.Timestamp],
    rules: Sequence[str] | None = None,
) -> None:
    """Declare elements, trust, systems and terms of attendance.

    Parameters
    ----------
    base
        The engine's database.
    terms
        Elements and terms, as declared.
    context
        The district as a whole.
    newest
        Newest day of each system.
    rules
        Only elements of these rules; all, when not given.
    """
    some = tuple(each for each in terms.element if rules is None or each.rule in rules)
    base.execute(f"CREATE TYPE element_name AS ENUM ({_listed([each.name for each in some])})")
    rows = [
        (e.name, e.rule, e.table, e.column, e.type, e.unit, e.compare, e.per, e.days_until_stale)
        for e in some
    ]
    names = ["element", "rule", "tbl", "column", "type", "unit", "compare", "per", "days_until_stale"]
    frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[:-1], STRING))
    _frame(
        base, "CREATE TABLE element AS SELECT * REPLACE (element::element_name AS element) FROM given", frame
    )
    ranks = trust_of(some, context.systems)
    trust = pd.DataFrame(
        {
            "element": [each.name for each in some for _ in context.silos],
            "silo": [silo for _ in some for silo in context.silos],
            "rank": ranks.reshape(-1).astype("int32"),
        }
    )
    _frame(
        base,
        "CREATE TABLE trust AS SELECT element::element_name AS element, silo::silo_name AS silo, rank FROM given",
        trust,
    )
    days = pd.Series([newest.get(silo, pd.NaT) for silo in context.silos], dtype="datetime64[us]")
    silos = pd.DataFrame({"silo": list(context.silos), "newest_day": days})
    _frame(base, "CREATE TABLE silo AS SELECT silo::silo_name AS silo, newest_day FROM given", silos)
    years = [(silo, year) for silo, its in context.years.of_silo.items() for year in its]
    frame = pd.DataFrame(years, columns=["silo", "year"]).astype({"silo": STRING, "year": "int16"})
    _frame(base, "CREATE TABLE silo_year AS SELECT silo::silo_name AS silo, year FROM given", frame)
    base.execute("CREATE TABLE year AS SELECT year FROM silo_year GROUP BY year ORDER BY year")
    cells = sorted({str(e.column) for e in terms.element if e.rule in ("person_field", "latest_enrolment")})
    gives = pd.DataFrame(
        [
            (*file, cell, sure)
            for cell in cells
            for file, sure in zip(context.files, context.gives(cell), strict=True)
        ],
        columns=["silo", "file", "column", "sure"],
    )
    _frame(
        base,
        'CREATE TABLE gives AS SELECT silo::silo_name AS silo, file::file_name AS file, "column", sure FROM given WHERE sure > 0',
        gives,
    )
    attendance = terms.attendance
    rising = list(reversed(attendance.order))
    # 1: nothing is said, 2: a mark of an unknown kind.
    words = [
        (word, 3 + rising.index(status), status in attendance.absent, status == "Tardy")
        for word, status in attendance.status.items()
    ]
    status = pd.DataFrame(words, columns=["word", "rank", "absent", "tardy"]).astype({"rank": "uint8"})
    _frame(base, "CREATE TABLE attendance_status AS FROM given", status)
    base.execute("SET VARIABLE instructional = $1", [list(attendance.instructional)])
    base.execute("SET VARIABLE chronic_share = $1", [attendance.chronic_share])
    base.execute("SET VARIABLE chronic_days = $1", [attendance.chronic_minimum_days])
    base.create_function("folded", plain_word, ["VARCHAR"], "VARCHAR")


def ask(
    base: duckdb.DuckDBPyConnection,
    terms: Declarations,
    context: Context,
    table: str,
    elements: Sequence[str],
) -> None:
    """Show the rows of a fact table that each element asks for, in years of which systems report.

    Patterns are those of Python: every different combination of words is looked at once.

    Parameters
    ----------
    base
        The engine's database.
    terms
        Elements, as declared.
    context
        The district as a whole.
    table
        Fact table.
    elements
        Names of elements.
    """
    asking = [e for e in terms.element if e.table == table and e.name in elements]
    columns = sorted({column for e in asking for way in e.where for column in way})
    names = "".join(f', "{column}"' for column in columns)
    combinations = base.execute(
        f"SELECT DISTINCT silo{names} FROM fact_{table} WHERE child IS NOT NULL"
    ).fetchall()
    fits = cache(lambda pattern, word: re.fullmatch(pattern, word or "") is not None)
    rows = []
    for silo, *words in combinations:
        word = dict(zip(columns, words, strict=True))
        stands_for = context.systems[silo].split(" ")
        rows += [
            (e.name, silo, *words)
            for e in asking
            if (not e.systems or not set(e.systems).isdisjoint(stands_for))
            and (not e.where or any(all(fits(p, word[c]) for c, p in way.items()) for way in e.where))
        ]
    frame = pd.DataFrame(rows, columns=["element", "silo", *columns]).astype(STRING)
    _frame(
        base,
        f"CREATE TABLE asks_{table} AS SELECT * REPLACE (element::element_name AS element, silo::silo_name AS silo) FROM given",
        frame,
    )
    on = "".join(f' AND f."{column}" IS NOT DISTINCT FROM a."{column}"' for column in columns)
    base.execute(
        f"CREATE VIEW asked_{table} AS SELECT a.element, f.* FROM fact_{table} f JOIN asks_{table} a"
        f" ON f.silo = a.silo{on} WHERE f.child IS NOT NULL AND f.year IN (FROM year)"
    )


def fact_table(table: str) -> str:
    """Select a fact table with the child of each row and the school year in which it lies.

    The year that the row names, else that of its first day that is known, else that of its class's session; of
    what a gradebook shows, else that of the export.

    Parameters
    ----------
    table
        Fact table about children.

    Returns
    -------
    str
        A statement.
    """
    names = {column.name for column in standard_table(table).columns}
    years = ["f.school_year"] if "school_year" in names else []
    join = ""
    if days := day_columns(table):
        years.append("d.year")
        join += f" LEFT JOIN day_year d ON d.day = coalesce({', '.join(f'f.{day}' for day in days)})::DATE"
    if table in OF_A_CLASS:
        years.append("c.year")
        join += " LEFT JOIN class_year c ON c.silo = f.silo AND c.section_id = f.section_id"
    if table in AS_IT_STANDS:
        years.append("least(coalesce(x.year, n.year), n.year)")
        join += (
            " LEFT JOIN silo_as_of s ON s.silo = f.silo LEFT JOIN day_year x ON x.day = coalesce(l.as_of, s.as_of)::DATE"
            " LEFT JOIN newest_year n ON n.silo = f.silo"
        )
    unread = ["record", *(f'"{name}"' for name in NOT_LOOKED_AT.get(table, ()))]
    return (
        f"SELECT l.child, l.band, f.* EXCLUDE ({', '.join(unread)}), coalesce({', '.join(years) or 'NULL'})::SMALLINT AS year "
        f"FROM raw_{table} f LEFT JOIN record_link l ON l.link = f.link{join}"
    )
