"""The engine of the profile: rules in SQL over the standard tables in Parquet, run by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files.spare_folder import spare_folder
from helpers.profile.context import Context, context_of
from helpers.profile.declare import ask, declare, fact_table, standard_tables
from helpers.profile.elements import Declarations
from helpers.profile.evidence import child_tables
from helpers.profile.standard_store import StandardStore, write_parquet

if TYPE_CHECKING:
    import duckdb

__all__ = ["MEMORY", "RULES", "engine", "run_rules", "write_values"]

RULES = Path(__file__).parent / "rules"
# DuckDB writes to a private folder on disk what doesn't fit.
MEMORY = "1500MB"


@contextmanager
def engine(
    standard: Path,
    terms: Declarations,
    newest: Mapping[str, pd.Timestamp],
    *,
    rules: Sequence[str] | None = None,
    threads: int = 2,
    memory: str = MEMORY,
    times: dict[str, tuple[float, float]] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Let every rule find its values, and choose among them.

    Parameters
    ----------
    standard
        What `save_standard` wrote.
    terms
        Elements, as declared.
    newest
        Newest day of each system.
    rules
        Only elements of these rules; all, when not given.
    threads
        How many DuckDB may use.
    memory
        Its memory limit.
    times
        Gets CPU seconds, and those of the clock, by file of rules and by fact table.

    Yields
    ------
    duckdb.DuckDBPyConnection
        With the tables ``found``, ``said``, ``attendance_source`` …, which end with the block.
    """
    import duckdb

    times = {} if times is None else times
    with spare_folder("engine") as spare:
        config = {"threads": threads, "memory_limit": memory, "temp_directory": str(spare)}
        with duckdb.connect(config=config) as base:  # type: ignore[arg-type]
            with _timed(times, "context"):
                context = context_of(StandardStore(standard))
            with _timed(times, "declare"):
                standard_tables(base, standard, context)
                declare(base, terms, context, newest, rules)
            run_rules(base, terms, context, times, rules)
            yield base


def run_rules(
    base: duckdb.DuckDBPyConnection,
    terms: Declarations,
    context: Context,
    times: dict[str, tuple[float, float]],
    rules: Sequence[str] | None = None,
) -> None:
    """Run the files of rules in order.

    Parameters
    ----------
    base
        The engine's database.
    times
        Gets CPU seconds, and those of the clock.
    """
    some = [each for each in terms.element if rules is None or each.rule in rules]
    facts = sorted({*ALWAYS, *(each.table for each in some)} & set(child_tables()))
    for path in sorted(RULES.glob("*.sql")):
        with _timed(times, path.stem):
            _run(base, path)
        for table in facts if path.stem == "01_years" else ():
            with _timed(times, f"fact_{table}"):
                base.execute(f"CREATE TABLE fact_{table} AS {fact_table(table)}")
                ask(base, terms, context, table, [each.name for each in some])


@contextmanager
def _timed(times: dict[str, tuple[float, float]], name: str) -> Iterator[None]:
    begun = process_time(), perf_counter()
    yield
    times[name] = process_time() - begun[0], perf_counter() - begun[1]


# What others than their own elements ask for.
ALWAYS = (
    "school_enrollment",
    "attendance_event",
    "meal_account",
    "participation",
    "course_transcript",
    "course_grade",
    "assessment_result",
    "incident",
    "discipline_action",
    "health_visit",
)


# Words are numbers until they are written.
VALUES = (
    "child", "school_year", "element", "value", "value_number", "unit", "status", "silo", "record", "file", "row",
    "rows", "begin_date", "as_of", "link_band", "chosen", "agrees", "rule", "chosen_by", "days_old", "fresh",
)  # fmt: skip


def write_values(base: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write what systems say of every child: table ``values``, without rows for what nobody says.

    Parameters
    ----------
    base
        The engine's database.
    path
        A file in Parquet.

    Returns
    -------
    int
        How many rows.
    """
    many = {"child"}
    columns = ", ".join(f'"{name}"::VARCHAR AS "{name}"' if name in many else f'"{name}"' for name in VALUES)
    said = base.sql(f"SELECT {columns} FROM said ORDER BY cell, place").to_arrow_table()
    write_parquet(said, path)
    return len(said)


def _run(base: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Run a file; of an error say where, since DuckDB's own words quote cells."""
    import duckdb

    for number, statement in enumerate(duckdb.extract_statements(path.read_text(encoding="utf-8")), 1):
        try:
            base.execute(statement)
        except duckdb.Error as error:
            raise RuntimeError(f"{path.name}, statement {number}: {error}") from None
