"""The simulated room walks today's tracks and ends in time; a real room's times go next to it."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.standard import BadInput
from helpers.teach.workshop.times import (
    SIMULATED,
    TIMES,
    blank_times,
    compared_times,
    simulated_need,
    simulated_table,
)
from helpers.teach.workshop.tracks import Track, declared_tracks, track_named
from tests.bench.room import ROOM, Learner, Rates, Step, Try, needs, room_rows
from tests.bench.room_kernels import CELLS, COMMANDS, exercise_of, tries_of
from tests.house.workshop_tables import GUIDE
from tests.teach.sessions import SESSIONS, book_of

STORED = list(csv.DictReader(SIMULATED.read_text(encoding="utf-8").splitlines()))
RATES = Rates(
    code_slower=2,
    code_slower_new=3,
    text_slower=1,
    code_cell_seconds=20,
    result_seconds=40,
    mean_reader=200,
    run_seconds=3,
    guess_seconds=30,
    exercise_seconds=60,
    exercise_seconds_new=120,
    wrong_try_seconds=30,
    wrong_try_seconds_new=60,
    item_seconds=15,
    writes=20,
    speaks=180,
    next_speaker_seconds=5,
    laptop_slower=2,
    most_wrong=2,
    most_wrong_new=3,
)
# Reads 200 and types 20 words a minute; reads 100, types 12, and never wrote Python.
TWO = (Learner(200, 20, True), Learner(100, 12, False))
RIGHT, WRONG = Try("x = 12", 1, 10), Try("x = 1", 1, 10)


def test_twenty_learners_of_whom_three_never_wrote_python() -> None:
    learners = tomllib.loads(ROOM.read_text(encoding="utf-8"))["room"]["learner"]
    assert len(learners) == 20
    assert sum(not one["python"] for one in learners) == 3
    # The cited means of reading (238) and typing (51.56), and slow ones among them.
    assert sum(one["reads"] for one in learners) / 20 == pytest.approx(238, abs=1)
    assert sum(one["types"] for one in learners) / 20 == pytest.approx(51.56, abs=1)
    assert min(one["reads"] for one in learners) < 175
    assert min(one["types"] for one in learners) < 20


def test_the_slower_reader_says_when_a_pair_has_read() -> None:
    # 100 words: 30 and 60 s. 30 s of looking for a reader of 200: 30 and 60 s. 10 s for both.
    steps = [Step(words=100, looks=30, waits=10)]
    assert needs(steps, TWO, RATES, 1) == pytest.approx([70 / 60, 130 / 60])
    assert needs(steps, TWO, RATES, 2) == pytest.approx([130 / 60, 130 / 60])


def test_two_take_turns_and_whoever_types_makes_the_mistakes() -> None:
    exercise = Step(given="x = ...", tries=(WRONG, RIGHT), hints=(20, 10))
    # The first types, and has it right at once: thinking 60, two keys at half of 100 a minute 2.4, the kernel
    # 2, ten words of the reply for the slower reader 6.
    assert needs([exercise], TWO, RATES, 2) == pytest.approx([70.4 / 60] * 2)
    # Then the second: thinking 120 and 60; one key at a third of 60 a minute, kernel 2
    # and reply 6, twice; and 30 words of hints 18.
    assert needs([exercise, exercise], TWO, RATES, 2) == pytest.approx([(70.4 + 220) / 60] * 2)


def test_the_stored_room_walked_the_tracks_of_today() -> None:
    """Words of a lesson may change by a little; a line, its minutes or an exercise may not."""
    again = "run python -m tests.bench.room, then python -m tests.house.workshop_tables"
    walked = room_rows()
    fixed = ("track", "line", "planned")
    assert [[row[name] for name in fixed] for row in STORED] == [
        [row[name] for name in fixed] for row in walked
    ], again
    for stored, row in zip(STORED, walked, strict=True):
        for name in ("tenth_done", "nineteenth_done"):
            took, takes = (float(one[name]) - float(one["begins"]) for one in (stored, row))
            assert took == pytest.approx(takes, abs=0.5), f"{row['line']}: {again}"


def test_every_cell_was_run_in_a_kernel() -> None:
    """A cell that is new or gone needs ``python -m tests.bench room``."""
    asked = [(name, 0, 0) for name in COMMANDS]
    for path in SESSIONS:
        for place, cell in enumerate(nbformat.read(path, as_version=4).cells):
            number = exercise_of(cell)
            tries = len(tries_of(number, book_of(path))) if number else 0
            asked += [(path.stem, place, turn) for turn in range(tries + 1) if cell.cell_type == "code"]
    rows = csv.DictReader(CELLS.read_text(encoding="utf-8").splitlines())
    measured = [(row["session"], int(row["cell"]), int(row["tried"])) for row in rows]
    assert sorted(measured) == sorted(asked)


@pytest.mark.parametrize("track", declared_tracks(), ids=lambda track: track.name)
def test_a_track_ends_in_time_for_19_of_20_with_a_fifth_of_slack(track: Track) -> None:
    rows = [row for row in STORED if row["track"] == track.name]
    # A break and lunch take their minutes and are no work.
    work = [row for row in rows if row["line"] not in ("Break", "Lunch, not counted")]
    need = sum(float(row["nineteenth_done"]) - float(row["begins"]) for row in work)
    planned = sum(int(row["planned"]) for row in work)
    assert need <= 0.8 * planned
    assert simulated_need(track.name) == (pytest.approx(need), planned)
    assert [row["line"] for row in rows if int(row["in_time"]) < 19] == []


def test_the_guide_calls_the_simulation_a_simulation() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for track in declared_tracks():
        table = simulated_table(track)
        assert table in text
        assert "| clock | planned | simulated | your room |" in table
        assert "Nobody has timed a real room." in table
    # By hand: cards until 0:25, and the vote from 0:35 to 1:00.
    lines = simulated_table(track_named("two-hours")).splitlines()
    assert [line.split(" | ")[:2] for line in lines[4:6]] == [
        ["| 0:20", "Cards on the table"],
        ["| 0:40", "The vote, and the test spoken aloud"],
    ]


def times(folder: Path, **typed: list[str]) -> Path:
    """The form of the two hours with some times typed in."""
    rows = blank_times(track_named("two-hours"))
    for name, values in typed.items():
        rows[name] = [*values, *[""] * (len(rows) - len(values))]
    rows.to_csv(folder / TIMES, index=False)
    return folder / TIMES


def test_a_real_rooms_times_stand_next_to_plan_and_simulation(tmp_path: Path) -> None:
    track = track_named("two-hours")
    file = times(tmp_path, began=["13:00", "13:28"], ended=["13:27", "", "14:05"])
    rows = compared_times(track, file)
    assert list(rows["planned"]) == [25, 35, 60, 70, 90, 105, 120]
    assert list(rows["real"][:3]) == [27, pd.NA, 65]
    assert list(rows["simulated"]) == [
        round(float(row["nineteenth_done"])) for row in STORED if row["track"] == "two-hours"
    ]
    done = CliRunner().invoke(
        main, ["workshop", "--track", "two-hours", "--times", TIMES, "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert "Cards on the table: 25, 19, 27" in done.output
    assert "simulated" in done.output


@pytest.mark.parametrize(
    ("began", "says"),
    [
        (["9.05"], "line 2, began: '9.05' is no time"),
        (["12:50", "1:20"], "line 3, began: '1:20' is before the line above; after noon type 13:05"),
        ([], "has no time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(tmp_path: Path, began: list[str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        compared_times(track_named("two-hours"), times(tmp_path, began=began))


def test_the_form_of_another_track_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"isn't times\.csv of the track leaders"):
        compared_times(track_named("leaders"), times(tmp_path, began=["9:00"]))
    with pytest.raises(BadInput, match="can't be read"):
        compared_times(track_named("leaders"), tmp_path / "gone.csv")
