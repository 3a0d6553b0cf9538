"""Freeze every table and file that the kit writes, and compare a later version of the code with it.

``python -m tests.bench frozen --write`` runs the kit on synthetic districts, a region and folders of real
files, and writes each table (columns and rows sorted) with its digest. ``--compare`` runs everything again
and lists what differs. ``frozen.csv`` contains the digests of the version before a refactoring, until it is
done; ``reports/frozen`` contains the tables, from which ``--compare`` prints the cells that differ.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import multiprocessing
import os
import random
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import pandas as pd

from tests.bench.measure import use_two_cores

__all__ = ["compare_frozen", "frozen", "write_frozen"]

PROJECT = Path(__file__).resolve().parents[2]
DIGESTS = Path(__file__).with_name("frozen.csv")
TABLES = PROJECT / "reports" / "frozen"
LEVELS = ("none", "manual", "rostered", "governed")
SEEDS = (101, 102, 103)
METHODS = ("shared identifier", "exact", "standardized", "cascade", "probabilistic")
CHILDREN = "150"
VIEWERS = ("district_analyst", "meals_manager", "researcher", "public")
SHOWN = 5  # differing cells of a table that --compare prints

# What a version writes anew in each run, in any text: where the run was, and when.
RUN = re.compile(r"\b\d{4}-\d\d-\d\d_\d{6}")
TODAY = re.compile(rf"\b{time.strftime('%Y-%m-%d')}(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:\+00:00|Z)?)?")
NOT_COMPARED = (".jsonl.count", "runs.csv", ".ipynb", ".lock", "audit.jsonl", "digests.json")


@dataclass(frozen=True)
class Case:
    """One run of the kit: what to make, or which folder to read."""

    name: str
    make: tuple[str, ...] = ()
    read: Path | None = None
    every_method: bool = False
    region: bool = False
    pages: bool = False


def cases(*, whole: bool) -> Iterator[Case]:
    """List the runs: one seed, the sample and the real files; with `whole` every seed and scenario too."""
    for seed in SEEDS if whole else SEEDS[:1]:
        for level in LEVELS:
            options = ("--students", CHILDREN, "--seed", str(seed), "--level", level)
            yield Case(f"district_{seed}_{level}", options, every_method=seed == SEEDS[0])
    yield Case("sample_60", ("--students", "60", "--seed", "7"), pages=whole)
    if whole:
        for scenario in ("placebo", "pandemic"):
            yield Case(scenario, ("--scenario", scenario, "--students", CHILDREN, "--seed", str(SEEDS[0])))
        yield Case(
            "region", ("--scenario", "region", "--students", "80", "--seed", str(SEEDS[0])), region=True
        )
    yield Case("no_district", pages=whole)
    yield Case("unmarked_60", ("--students", "60", "--seed", "11"), read=Path("silos"), pages=whole)
    real = os.environ.get("BIGPICTURE_REAL_FILES", "")
    for folder in sorted(Path(real).iterdir()) if real and Path(real).is_dir() else ():
        if folder.is_dir():
            yield Case(f"real_{folder.name}", read=folder)


@dataclass
class Written:
    """What one case wrote: the digest and, on disk, the text of every table and file."""

    folder: Path
    places: list[str] = field(default_factory=list)  # paths of this run, which no text may repeat
    digests: dict[str, str] = field(default_factory=dict)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a table with its columns and rows in an order that doesn't hang on the code."""
        text = {str(column): _cells(frame.iloc[:, at]) for at, column in enumerate(frame.columns)}
        ordered = pd.DataFrame(dict(sorted(text.items())))
        of_this_run = [*map(re.escape, self.places), TODAY.pattern]
        ordered = ordered.replace(of_this_run, "OF_THIS_RUN", regex=True)
        rounded = ordered.apply(lambda column: column.str.replace(_FLOAT, _ten_digits, regex=True))
        order = rounded.sort_values(list(rounded), kind="stable").index if len(rounded.columns) else ()
        self._keep(name, _as_csv(ordered.loc[order]), _as_csv(rounded.loc[order]))

    def text(self, name: str, text: str) -> None:
        """Keep a text, without what another run would write otherwise."""
        for place in self.places:
            text = text.replace(place, "OF_THIS_RUN")
        for pattern in (RUN, TODAY):
            text = pattern.sub("OF_THIS_RUN", text)
        self._keep(name, text, text)

    def bytes(self, name: str, content: bytes) -> None:
        """Keep nothing but the digest of bytes."""
        self.digests[name] = hashlib.sha256(content).hexdigest()[:16]

    def _keep(self, name: str, text: str, digested: str) -> None:
        self.bytes(name, digested.encode())
        path = self.folder / f"{name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))


# Libraries add up in different orders: digests see ten digits, and cells may differ by 1e-12 relative.
_FLOAT = re.compile(r"^-?\d+\.\d{11,}(?:e[+-]?\d+)?$|^-?\d\.\d+e[+-]?\d+$")
_TOLERANCE = 1e-12


def _ten_digits(match: re.Match[str]) -> str:
    return f"{float(match[0]):.10g}"


def _cells(column: pd.Series) -> pd.Series:
    """Write each cell as text: nothing for a missing one, all digits of a number."""
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.astype("float64").to_numpy()
        return pd.Series(["" if np.isnan(value) else repr(float(value)) for value in values], dtype=str)
    missing = column.isna().to_numpy()
    return pd.Series(
        ["" if gone else str(value) for value, gone in zip(column, missing, strict=True)], dtype=str
    )


def _as_csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")


def _command(written: Written, name: str, *arguments: str) -> None:
    """Run one command in this process, and keep what it printed, its end included."""
    from helpers.cli import main

    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        try:
            ended: object = main(list(arguments), standalone_mode=False)
        except click.ClickException as error:
            ended = f"{error.exit_code}: {error.format_message()}"
        except SystemExit as error:
            ended = error.code
        except click.exceptions.Exit as error:
            ended = error.exit_code
    # What goes to the other stream says how far a command is, with seconds.
    written.text(f"printed/{name}", f"{out.getvalue()}\n{ended or 0}\n")


def _commands(case: Case, folder: Path, out: Path, written: Written) -> None:
    """Run every command that writes, each into a folder of its own."""
    from helpers.files import read_district
    from helpers.files.run_cache import sharing

    def command(name: str, *arguments: str) -> None:
        _command(written, name, *arguments, "--out", str(out / name))

    with sharing():
        for name in ("read", "link"):
            command(name, name, str(folder))
        _command(written, "read_json", "read", str(folder), "--out", str(out / "read_json"), "--json")
        for method in METHODS if case.every_method else ():
            command(f"link_{method.replace(' ', '_')}", "link", str(folder), "--method", method)
        for name in () if case.region else ("profile", "gaps", "questions"):
            command(name, name, str(folder))
        if (folder / "answer_key").exists() or case.region:
            command("score", "score", str(folder))
            command("cards", "cards", str(folder))
        if not case.region:
            command("family", "family", str(folder), "--all", "--lookup", str(out / "family_lookup"))
            if case.pages:
                command("report", "report", "--from", str(folder))
            for role in VIEWERS:
                command(f"view_{role}", "view", str(folder), "--role", role, "--who", "district")
            district = read_district(folder)
            for name, table in _tables_of(district):
                written.table(f"district/{name}", table)
    if not (folder / "answer_key").exists() and not case.region:
        _command(written, "start", "start", str(folder))
        _keep_files(folder, written, "started", only=(".toml",))


def _tables_of(district: object) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give every standard table that was read, in the order of their declaration."""
    from helpers.standard import fact_tables

    for name in ("people", "identifiers", "person_rows", "accounts", "findings", "relations"):
        table = getattr(district, name, None)
        if isinstance(table, pd.DataFrame):
            yield name, table
    for name in fact_tables():
        yield name, district.fact(name)  # type: ignore[attr-defined]


def _without_a_district(out: Path, written: Written, *, levels: bool) -> None:
    """Run the commands that read no district's exports."""

    def command(name: str, *arguments: str) -> None:
        _command(written, name, *arguments, "--out", str(out / name))

    schools = out / "schools.csv"
    schools.write_text("school,children,at_risk\nA,410,31\nB,380,52\nC,1200,90\nD,95,4\n", encoding="utf-8")
    command("people", "people", "--schools", str(schools), "--specialists", "3")
    command("survey", "survey", "--blank", str(out / "survey_form.csv"))
    command("dictionary", "dictionary")
    _command(written, "make_sector", "make-sector", str(out / "made_sector"), "--seed", "101")
    command("sector", "sector", str(out / "made_sector" / "sector.csv"))
    if levels:
        command("levels", "levels", "--seeds", "1", "--students", "60", "--levels", "none,governed")


def _keep_files(out: Path, written: Written, under: str, only: Sequence[str] = ()) -> None:
    """Keep every file of a folder: tables by cell, texts without dates and paths, others by byte."""
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        name = RUN.sub("RUN", f"{under}/{path.relative_to(out).as_posix()}")
        if name.endswith(NOT_COMPARED) or (only and path.suffix not in only):
            continue
        if path.suffix == ".parquet":
            written.table(name, pd.read_parquet(path))
        elif path.suffix == ".csv":
            _keep_csv(path, written, name)
        elif path.suffix in (".json", ".html", ".toml", ".md", ".txt", ".css", ".svg"):
            written.text(name, path.read_text(encoding="utf-8"))
        else:
            written.bytes(name, path.read_bytes())


def _keep_csv(path: Path, written: Written, name: str) -> None:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError):
        written.bytes(name, path.read_bytes())
    else:
        written.table(name, frame)


def _keep_made(made: Path, written: Written) -> None:
    """Keep the bytes of every made file, a digest a system and one a table of the truth."""
    for folder in sorted({path.parent for path in made.rglob("*") if path.is_file()}):
        digest = hashlib.sha256()
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        written.bytes(f"made/{folder.relative_to(made).as_posix()}", digest.digest())


def _draw_codes_alike() -> None:
    """Let random codes and keys be the same in each run; only of this process, which writes for nobody."""
    drawn = random.Random(1)
    secrets.choice = drawn.choice  # type: ignore[assignment]
    secrets.token_hex = lambda size=32: drawn.randbytes(size or 32).hex()
    secrets.token_bytes = lambda size=32: drawn.randbytes(size or 32)


def _run_case(case: Case, tables: Path) -> tuple[str, dict[str, str]]:
    """Run one case and give the digest of everything that it wrote."""
    _draw_codes_alike()
    with tempfile.TemporaryDirectory(prefix="frozen-") as place:
        room = Path(place)
        os.environ["BIGPICTURE_HOME"] = str(room / "home")
        written = Written(tables / case.name, [place, str(PROJECT)])
        folder, out = room / "district", room / "out"
        out.mkdir()
        if case.make:
            _command(written, "make", "make", str(folder), *case.make, "--processes", "1")
            _keep_made(folder, written)
        if case.read is not None:
            source = folder / case.read if case.make else case.read
            folder = Path(shutil.copytree(source, room / "folder"))
            written.places.append(str(source))
        if folder.exists():
            _commands(case, folder, out, written)
        else:
            _without_a_district(out, written, levels=case.pages)
        _keep_files(out, written, "written")
    return case.name, written.digests


def _run_all(chosen: Sequence[Case], tables: Path) -> dict[tuple[str, str], str]:
    """Run the cases, two at a time, each in a process of its own."""
    tables.mkdir(parents=True, exist_ok=True)
    found: dict[tuple[str, str], str] = {}
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=1) as pool:
        started = [pool.apply_async(_run_case, (case, tables)) for case in chosen]
        for one in started:
            name, digests = one.get()
            click.echo(f"{name}: {len(digests)} tables and files")
            found |= {(name, path): digest for path, digest in digests.items()}
    return found


def write_frozen(*, whole: bool, out: Path = DIGESTS, tables: Path = TABLES) -> int:
    """Run every case and write its digests and tables; give how many."""
    shutil.rmtree(tables, ignore_errors=True)
    found = _run_all(list(cases(whole=whole)), tables)
    with out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["case", "what", "digest"])
        rows.writerows((*key, digest) for key, digest in sorted(found.items()))
    return len(found)


def read_frozen(path: Path = DIGESTS) -> dict[tuple[str, str], str]:
    """Read the digests: (case, what) -> digest."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["case"], row["what"]): row["digest"] for row in csv.DictReader(file)}


def compare_frozen(
    *, whole: bool, only: Iterable[str] = (), against: Path = DIGESTS, tables: Path = TABLES
) -> list[str]:
    """Run the cases again and list, a line each, what differs from the frozen version."""
    csv.field_size_limit(sys.maxsize)  # a page's line may hold a whole picture
    frozen_digests = read_frozen(against)
    wanted = tuple(only)
    chosen = [case for case in cases(whole=whole) if not wanted or case.name.startswith(wanted)]
    with tempfile.TemporaryDirectory(prefix="frozen-now-") as place:
        now = _run_all(chosen, Path(place))
        names = {case.name for case in chosen}
        before = {key: digest for key, digest in frozen_digests.items() if key[0] in names}
        lines = [f"{case}: {what} is gone" for case, what in sorted(before.keys() - now.keys())]
        lines += [f"{case}: {what} is new" for case, what in sorted(now.keys() - before.keys())]
        for case, what in sorted(before.keys() & now.keys()):
            if before[case, what] != now[case, what]:
                shown = _differences(tables / case / f"{what}.gz", Path(place) / case / f"{what}.gz")
                if shown is not None:
                    lines += [f"{case}: {what} differs", *(f"    {line}" for line in shown)]
        return lines


def _differences(before: Path, now: Path) -> list[str] | None:
    """Show the first cells or lines that differ; None where only the last digits of numbers do."""
    if not (before.exists() and now.exists()):
        return ["(its text isn't on this machine)"]
    old, new = (gzip.decompress(path.read_bytes()).decode() for path in (before, now))
    old_lines, new_lines = old.splitlines(), new.splitlines()
    if len(old_lines) != len(new_lines):
        gone = [f"- {line}" for line in sorted(set(old_lines) - set(new_lines))[:SHOWN]]
        come = [f"+ {line}" for line in sorted(set(new_lines) - set(old_lines))[:SHOWN]]
        return [f"{len(old_lines)} lines became {len(new_lines)}", *gone, *come]
    differing = [
        (was, is_now) for was, is_now in zip(old_lines, new_lines, strict=True) if not _alike(was, is_now)
    ]
    if not differing:
        return None
    return [line for was, is_now in differing[:SHOWN] for line in (f"- {was}", f"+ {is_now}")]


def _alike(was: str, is_now: str) -> bool:
    """Say whether two lines of a table differ in the last digits of numbers only."""
    if was == is_now:
        return True
    cells = [next(csv.reader([line]), []) for line in (was, is_now)]
    return len(cells[0]) == len(cells[1]) and all(map(_same_cell, *cells))


def _same_cell(was: str, is_now: str) -> bool:
    if was == is_now:
        return True
    try:
        left, right = float(was), float(is_now)
    except ValueError:
        return False
    return abs(left - right) <= _TOLERANCE * max(abs(left), abs(right))


@click.command()
@click.option("--write", "mode", flag_value="write", help="Freeze what this version writes.")
@click.option("--compare", "mode", flag_value="compare", help="List what this version writes otherwise.")
@click.option("--whole", is_flag=True, help="Every seed, scenario and a region; else one seed.")
@click.option("--only", multiple=True, metavar="CASE", help="Only cases that begin so. May be repeated.")
@click.option(
    "--against", type=click.Path(path_type=Path), default=DIGESTS, help="Digests to write or compare with."
)
def frozen(mode: str | None, whole: bool, only: tuple[str, ...], against: Path) -> None:
    """Freeze every table and made file, or compare this version with what was frozen."""
    if mode is None:
        raise click.UsageError("say --write or --compare.")
    use_two_cores()
    started = time.monotonic()
    if mode == "compare" and not against.exists():
        raise click.UsageError(f"{against} isn't there: run --write first, on the version to compare with.")
    if mode == "write":
        click.echo(f"{write_frozen(whole=whole, out=against)} tables and files are frozen in {against}.")
        return
    lines = compare_frozen(whole=whole, only=only, against=against)
    click.echo("\n".join(lines))
    click.echo(f"{len(lines)} lines of differences, {time.monotonic() - started:.0f} s")
    if lines:
        sys.exit(1)
