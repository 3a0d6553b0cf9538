"""Walk a simulated room of twenty through each track, against the clock, and say where it has to be cut.

``python -m tests.bench room`` runs every session in a real kernel first, which takes minutes. How long the
cells took is stored: ``python -m tests.bench.room`` walks again without kernels, after a track or a lesson
changed.
"""

from __future__ import annotations

import csv
import difflib
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from helpers.report import fill
from helpers.survey import form_words
from helpers.teach.exercises import exercises
from helpers.teach.workshop import tracks
from helpers.teach.workshop.quiz import form
from helpers.teach.workshop.times import SIMULATED, simulated_need
from helpers.teach.workshop.tracks import AgendaItem, Track, declared_tracks, track_named
from tests.bench.figures import Figure, figure
from tests.bench.room_kernels import CELLS, exercise_of, tries_of, write_cells
from tests.teach.sessions import FOLDER, book_of

__all__ = ["Asked", "Learner", "Rates", "Step", "Try", "bench_room", "needs", "room_rows"]

ROOM = Path(tracks.__file__).with_name("simulated_room.toml")
LINES = Path(__file__).with_name("room_lines.toml")
HEAD = ("track", "line", "planned", "begins", "tenth_done", "nineteenth_done", "in_time")
# A fifth of slack.
MOST = 0.8
_PREDICTED = re.compile(r"\bpredict\(\s*[\"']([A-Z]\.p\d+)")
_SHOWS = re.compile(r"\b(?:show|display|table|chart|plot)\w*\(|^@interact|^\w*plot", re.MULTILINE)


@dataclass(frozen=True)
class Learner:
    """Words a minute that somebody reads and types, and whether this person ever wrote Python."""

    reads: float
    types: float
    python: bool


@dataclass(frozen=True)
class Rates:
    """What holds for everybody: `simulated_room.toml` says where each figure is from."""

    code_slower: float
    code_slower_new: float
    text_slower: float
    code_cell_seconds: float
    result_seconds: float
    mean_reader: float
    run_seconds: float
    guess_seconds: float
    exercise_seconds: float
    exercise_seconds_new: float
    wrong_try_seconds: float
    wrong_try_seconds_new: float
    item_seconds: float
    writes: float
    speaks: float
    next_speaker_seconds: float
    laptop_slower: float
    most_wrong: int
    most_wrong_new: int


@dataclass(frozen=True)
class Asked:
    """What a line asks besides exercises, as `room_lines.toml` declares it."""

    led: float = 0
    laptop: bool = False
    reads: Sequence[str] = ()
    items: int = 0
    thinks: float = 0
    writes: int = 0
    aloud: int = 0
    says: int = 0
    commands: Sequence[str] = ()


@dataclass(frozen=True)
class Try:
    """One answer: its code, the kernel's seconds for it, and the words of the reply."""

    code: str
    seconds: float
    words: int


@dataclass(frozen=True)
class Step:
    """One thing to do: words to read, seconds to look that fast readers need less of, and seconds for all."""

    words: float = 0
    looks: float = 0
    waits: float = 0
    # An exercise on a laptop: what its cell shows first, the wrong answers and last the right one.
    given: str = ""
    tries: tuple[Try, ...] = ()
    hints: tuple[int, ...] = ()


def needs(steps: Sequence[Step], room: Sequence[Learner], rates: Rates, seats: int) -> list[float]:
    """Return the minutes that each learner needs for some steps, in order of size; `seats` work together."""
    found = []
    for place in range(0, len(room), seats):
        group = room[place : place + seats]
        seconds, turn = 0.0, 0
        for step in steps:
            seconds += _reading(step.words, step.looks, group, rates) + step.waits
            if step.tries:
                seconds += _exercise(step, group, rates, turn, place // seats)
                turn += 1
        found += [seconds / 60] * len(group)
    return sorted(found)


def _reading(words: float, looks: float, group: Sequence[Learner], rates: Rates) -> float:
    slowest = min(one.reads for one in group)
    return 60 * words * rates.text_slower / slowest + looks * rates.mean_reader / slowest


def _exercise(step: Step, group: Sequence[Learner], rates: Rates, turn: int, seat: int) -> float:
    """Return the seconds of one exercise: thinking, typing each try, the kernel, and its replies."""
    typist = group[turn % len(group)]
    most = rates.most_wrong_new if not typist.python else (seat + turn) % (rates.most_wrong + 1)
    wrong = min(most, len(step.tries) - 1)
    thinks, again, slower = (
        (rates.exercise_seconds, rates.wrong_try_seconds, rates.code_slower)
        if typist.python
        else (rates.exercise_seconds_new, rates.wrong_try_seconds_new, rates.code_slower_new)
    )
    seconds, text = thinks + wrong * again, step.given
    for one in (*step.tries[:wrong], step.tries[-1]):
        seconds += 60 * _typed(text, one.code) / (5 * typist.types) * slower
        seconds += one.seconds * rates.laptop_slower
        seconds += _reading(one.words, 0, group, rates)
        text = one.code
    hints = step.hints[:wrong] if typist.python else step.hints
    return seconds + _reading(sum(hints), 0, group, rates)


def _typed(before: str, after: str) -> int:
    """Count the characters that have to be typed to make one text of another."""
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(to - begin for kind, _, _, begin, to in changes if kind in {"insert", "replace"})


def _words(text: str) -> int:
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"\]\([^)]*\)", "]", text)))


@cache
def _declared() -> tuple[tuple[Learner, ...], Rates, dict[str, dict[str, Any]]]:
    room = tomllib.loads(ROOM.read_text(encoding="utf-8"))
    lines = tomllib.loads(LINES.read_text(encoding="utf-8"))
    return tuple(Learner(**one) for one in room["room"]["learner"]), Rates(**room["rates"]), lines


@cache
def _measured() -> dict[tuple[str, int, int], tuple[float, int]]:
    with CELLS.open(encoding="utf-8", newline="") as file:
        return {
            (row["session"], int(row["cell"]), int(row["tried"])): (float(row["seconds"]), int(row["words"]))
            for row in csv.DictReader(file)
        }


@cache
def _material(name: str) -> int:
    """Count the words of what is read on paper."""
    if name == "quiz":
        items = form("before")
        return sum(_words(one.stem) + sum(_words(text) for _, text in one.options) for one in items)
    if name == "data note":
        page = fill("teach/workshop/pages.html.j2", "data_safety", "")
        return _words(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))
    words = form_words().fillna("")
    _, _, domain = name.partition(": ")
    rows = words[words["domain"].eq(domain)] if domain else words
    return sum(_words(" ".join(map(str, row))) for row in rows.itertuples(index=False))


def steps_of(line: AgendaItem, asked: Asked, rates: Rates) -> list[Step]:
    """List what a line asks: what is led, read, decided, written and said, and the session's own cells."""
    says = asked.says or asked.writes
    waits = 60 * (asked.led + asked.thinks) + asked.items * rates.item_seconds
    waits += 60 * asked.writes / rates.writes
    waits += asked.aloud * (60 * says / rates.speaks + rates.next_speaker_seconds)
    waits += sum(_measured()[name, 0, 0][0] for name in asked.commands) * rates.laptop_slower
    steps = [Step(waits=waits, words=sum(map(_material, asked.reads)))]
    for name in line.uses if line.does else ():
        steps += _cells(name, frozenset(line.does), asked.laptop, rates)
    return steps


def _cells(session: str, does: frozenset[str], laptop: bool, rates: Rates) -> Iterator[Step]:
    """Go through a session as far as its last exercise that is done.

    A part begins where a text begins, as on handouts. It is read if something in it is done, or if it asks
    nothing and the part before it was read; the cells of other parts are run, not read. Without a laptop
    only what is asked is read.
    """
    path = FOLDER / f"{session}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    numbers = [_number(cell) for cell in cells]
    starts = [place for place, cell in enumerate(cells) if cell.cell_type == "markdown"]
    last = max(place for place, number in enumerate(numbers) if number in does)
    end = min((place for place in starts if place > last), default=len(cells))
    read = True
    for place in range(end):
        cell, number = cells[place], numbers[place]
        if place in starts:
            after = next((one for one in starts if one > place), len(cells))
            asked = {one for one in numbers[place:after] if one}
            read = bool(asked & does) if asked else read
        seconds = _measured().get((session, place, 0), (0.0, 0))[0] * rates.laptop_slower
        if number in does:
            yield _asked_cell(path, place, cell, number, laptop, rates)
        elif laptop and cell.cell_type == "markdown":
            yield Step(words=_words(_without_others(cell.source, does)) if read else 0)
        elif laptop and (number or not read):
            yield Step(waits=rates.run_seconds + seconds)
        elif laptop:
            looks = rates.code_cell_seconds + (rates.result_seconds if _SHOWS.search(cell.source) else 0)
            yield Step(looks=looks, waits=seconds)


def _asked_cell(
    path: Path, place: int, cell: nbformat.NotebookNode, number: str, laptop: bool, rates: Rates
) -> Step:
    """Read one guess or exercise, and answer it."""
    words = sum(
        _words(text) for text in re.findall(r"#\s*(.*)|\"([^\"\n]{12,})\"", cell.source) for text in text
    )
    if ".p" in number:
        seconds = _measured()[path.stem, place, 0][0] * rates.laptop_slower if laptop else 0
        return Step(words=words, looks=rates.result_seconds, waits=rates.guess_seconds + seconds)
    if not laptop:
        return Step(words=words, waits=rates.exercise_seconds)
    book = book_of(path)
    codes = tries_of(number, book)
    took = [_measured()[path.stem, place, turn] for turn in range(1, len(codes) + 1)]
    tries = tuple(Try(code, *one) for code, one in zip(codes, took, strict=True))
    hints = tuple(_words(one) for one in exercises()[number].hints)
    return Step(words=words, given=cell.source, tries=tries, hints=hints)


def _number(cell: nbformat.NotebookNode) -> str:
    found = _PREDICTED.search(cell.source) if cell.cell_type == "code" else None
    return found[1] if found else exercise_of(cell)


def _without_others(text: str, does: frozenset[str]) -> str:
    """Leave out paragraphs that ask an exercise that isn't done."""
    parts = re.split(r"\n\n|\n(?=- )", text)
    asks = [re.match(r"(?:- )?\*\*([A-Z]\.\d+)\b", part) for part in parts]
    return "\n".join(part for part, one in zip(parts, asks, strict=True) if not one or one[1] in does)


def room_rows() -> list[dict[str, str]]:
    """Walk all tracks, and give a row for each line."""
    return [row for track in declared_tracks() for row in _walk(track)]


def _walk(track: Track) -> Iterator[dict[str, str]]:
    room, rates, lines = _declared()
    before = track_named(track.begins_with) if track.begins_with else None
    owners = [(before.name, line) for line in before.line] if before else []
    clock = 0.0
    for owner, line in [*owners, *((track.name, line) for line in track.line)]:
        found = [float(line.group)] * len(room)
        if line.alone is not None:
            declared = lines[owner][line.what]
            asked = Asked(
                **{key: tuple(one) if isinstance(one, list) else one for key, one in declared.items()}
            )
            found = needs(steps_of(line, asked, rates), room, rates, 2 if asked.laptop else 1)
        tenth, nineteenth = found[len(found) // 2 - 1], found[-2]
        told = (track.name, line.what, line.group, clock, clock + tenth, clock + nineteenth)
        in_time = sum(one <= line.group for one in found)
        yield dict(zip(HEAD, (*map(_text, told), str(in_time)), strict=True))
        clock += nineteenth


def _text(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def write_rows() -> list[dict[str, str]]:
    """Walk all tracks, and store where the room stands."""
    rows = room_rows()
    with SIMULATED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


def bench_room(folder: Path) -> Iterator[Figure]:
    """Run all sessions in real kernels, walk each track, and compare its need with its minutes."""
    write_cells(folder)
    write_rows()
    for track in declared_tracks():
        need, planned = simulated_need(track.name)
        name = f"simulated room, {track.name}: share of {planned} working minutes that 19 of 20 need"
        yield figure(name, need / planned, "", MOST)


if __name__ == "__main__":
    for row in write_rows():
        need = float(row["nineteenth_done"]) - float(row["begins"])
        told = f"{row['track']:10} {row['line'][:42]:42} {need:6.1f} of {row['planned']}"
        sys.stdout.write(f"{told}, {row['in_time']} in time\n")
    for track in declared_tracks():
        need, planned = simulated_need(track.name)
        sys.stdout.write(f"{track.name}: {need:.1f} of {planned} working minutes, {need / planned:.0%}\n")
