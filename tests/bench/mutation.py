"""Change the code's meaning a little, many times, and see whether an everyday test notices each change.

``python -m tests.bench mutation`` tries the changes of ``mutants.toml``; ``--drawn SEED`` tries others, which
cosmic-ray draws over the rooms that hold our rules. Each is made in a copy of the project; first the tests of
its room run, then, if none of them fails, all other everyday tests.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from tests.bench.peers import peer_python

__all__ = ["Mutant", "declared_mutants", "mutation"]

PROJECT = Path(__file__).resolve().parents[2]
DECLARED = Path(__file__).with_name("mutants.toml")
COSMIC_RAY = "8.7.0"
# Rooms of rules: what is drawn is drawn here.
ROOMS = ("link", "profile", "share", "gaps", "score", "report")
LONGEST = 1800  # seconds of one run of tests


@dataclass(frozen=True)
class Mutant:
    """A small change of a file's text."""

    id: str
    file: str
    text: str
    what: str = ""


def declared_mutants(path: Path = DECLARED) -> list[Mutant]:
    """Read the changes that a file declares; an old text that doesn't stand there once is an error."""
    found = []
    for one in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]:
        text = (PROJECT / one["file"]).read_text(encoding="utf-8")
        if text.count(one["old"]) != 1:
            raise ValueError(f"{one['id']}: {one['file']} has {one['old']!r} {text.count(one['old'])} times.")
        what = f"{one['old'].strip()} => {one['new'].strip()}"
        found.append(Mutant(one["id"], one["file"], text.replace(one["old"], one["new"]), what))
    return found


def drawn_mutants(seed: int, number: int) -> list[Mutant]:
    """Draw changes by seed over the modules of the rooms of rules."""
    python = peer_python("cosmic-ray", COSMIC_RAY)
    if isinstance(python, str):
        raise click.ClickException(python)
    files = [
        str(path.relative_to(PROJECT)) for room in ROOMS for path in _modules(PROJECT / "helpers" / room)
    ]
    peer = [python, Path(__file__).with_name("mutation_peer.py"), str(seed), str(number), *files]
    told = subprocess.run(peer, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    rows = map(json.loads, told.splitlines())
    return [Mutant(one["id"], one["file"], one["text"], f"line {one['line']}: {one['how']}") for one in rows]


def _modules(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


def _tests_of(file: str) -> list[str]:
    """Name the tests of a module's room; of a room without a folder of tests, those that name it."""
    parts = Path(file).parts
    room = parts[1] if parts[0] == "helpers" else parts[0]
    if (PROJECT / "tests" / room).is_dir():
        return [f"tests/{room}"]
    named = re.compile(rf"helpers[./]{re.escape(room)}\b")
    every = sorted((PROJECT / "tests").rglob("test_*.py"))
    found = [path for path in every if named.search(path.read_text(encoding="utf-8"))]
    return [str(path.relative_to(PROJECT)) for path in found]


def _copy_of_project(folder: Path) -> Path:
    """Copy what git tracks, and what isn't yet committed of it."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    return folder


def _killer(copy: Path, chosen: list[str], left_out: list[str]) -> str:
    """Run everyday tests until one fails; its name, or nothing."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "2", "--dist", "worksteal", "-m", "not full"]
    command += [*chosen, *(f"--ignore={one}" for one in left_out)]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return "no test ended in time"
    if done.returncode == 0:
        return ""
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    return failed[1] if failed else f"pytest ended with {done.returncode}: {done.stdout[-200:]}"


def try_mutant(copy: Path, one: Mutant, *, everything: bool) -> tuple[str, float]:
    """Make a change in the copy, run the tests, undo it; say which test noticed, and after how long."""
    kept = (copy / one.file).read_text(encoding="utf-8")
    began = time.monotonic()
    (copy / one.file).write_text(one.text, encoding="utf-8")
    try:
        own = _tests_of(one.file)
        killer = _killer(copy, own, [])
        if not killer and everything:
            killer = _killer(copy, [], own)
        return killer, time.monotonic() - began
    finally:
        (copy / one.file).write_text(kept, encoding="utf-8")


@click.command()
@click.option("--drawn", "seed", type=int, help="Draw changes by this seed instead of those of mutants.toml.")
@click.option("--number", default=100, show_default=True, help="How many to draw.")
@click.option("--only", default="", help="Ids, separated by commas.")
@click.option("--rooms-alone", is_flag=True, help="Run only the tests of each change's room.")
@click.option("--out", type=click.Path(path_type=Path), default=PROJECT / "reports" / "mutation.csv")
def mutation(seed: int | None, number: int, only: str, rooms_alone: bool, out: Path) -> None:
    """Try each change, and write which everyday test noticed it."""
    mutants = declared_mutants() if seed is None else drawn_mutants(seed, number)
    wanted = set(filter(None, only.split(",")))
    mutants = [one for one in mutants if not wanted or one.id in wanted]
    out.parent.mkdir(parents=True, exist_ok=True)
    noticed = 0
    with tempfile.TemporaryDirectory() as folder, out.open("w", encoding="utf-8", newline="") as file:
        copy = _copy_of_project(Path(folder))
        rows = csv.writer(file)
        rows.writerow(["id", "file", "change", "noticed_by", "seconds"])
        for one in mutants:
            killer, seconds = try_mutant(copy, one, everything=not rooms_alone)
            noticed += bool(killer)
            rows.writerow([one.id, one.file, one.what, killer, f"{seconds:.0f}"])
            file.flush()
            click.echo(f"{one.id}: {killer or 'NOBODY'} ({seconds:.0f} s) {one.file}: {one.what}")
    click.echo(f"Noticed: {noticed} of {len(mutants)}. Written: {out}")
