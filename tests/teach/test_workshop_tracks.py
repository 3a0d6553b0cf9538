"""Each track adds up to its minutes, says what a trainer needs in every line, and the guide shows it."""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from pydantic import ValidationError

from helpers.report import notebooks_folder
from helpers.standard import BadInput
from helpers.teach.exercises import exercises
from helpers.teach.workshop import tracks
from helpers.teach.workshop.concepts import Concepts, concept_map, declared_concepts
from helpers.teach.workshop.guide import with_clock
from helpers.teach.workshop.people import declared_people
from helpers.teach.workshop.quiz import quiz_items
from helpers.teach.workshop.tracks import (
    AgendaItem,
    DeclaredTracks,
    Track,
    clock,
    declared_tracks,
    group_minutes,
    lines_of,
    sessions_of,
    track_named,
)
from tests.house.workshop_tables import GUIDE, drawn_files, drawn_guide

FILE = Path(tracks.__file__).with_name("tracks.toml")
DECLARED = tomllib.loads(FILE.read_text(encoding="utf-8"))
PROMISED = {"two-hours": 120, "half-day": 240, "day": 390, "leaders": 120}
# As issued: cards 25, lookup 10, vote and spoken test 25, break 10, two roles 20, one gap 15, sentence 15.
TWO_HOURS = [25, 10, 25, 10, 20, 15, 15]
LETTERS = "ABCDEFG"


def test_each_track_adds_up_to_what_was_promised() -> None:
    added = {
        track.name: sum(line.group for line in lines_of(track) if line.counted) for track in declared_tracks()
    }
    assert added == PROMISED == {track.name: track.minutes for track in declared_tracks()}
    assert [line.group for line in track_named("two-hours").line] == TWO_HOURS


def test_a_group_needs_a_third_more_to_the_nearest_five() -> None:
    # By hand: 15 → 20; 11 → 14.67 → 15; 13 → 17.33 → 15; 14 → 18.67 → 20.
    assert [group_minutes(alone) for alone in (15, 11, 13, 14)] == [20, 15, 15, 20]


def test_a_track_that_does_not_add_up_is_refused_with_both_numbers() -> None:
    track = DECLARED["track"][0]
    wrong = {**track, "minutes": 115, "line": tuple(track["line"])}
    with pytest.raises(ValidationError, match="minutes = 115, and its lines add up to 120"):
        DeclaredTracks.model_validate({"rule": DECLARED["rule"], "track": (wrong,)})
    alone = {**wrong, "minutes": 120, "begins_with": "no-such"}
    with pytest.raises(ValidationError, match="begins with no-such, which is no track"):
        DeclaredTracks.model_validate({"rule": DECLARED["rule"], "track": (alone,)})


def test_a_line_without_what_to_say_is_refused() -> None:
    with pytest.raises(ValidationError, match="Vote: it has no say, wrong"):
        AgendaItem(what="Vote", alone=8, screen="Slides", expect="Hands", skip="Nothing")
    with pytest.raises(ValidationError, match="give `alone`, or for a break `minutes`"):
        AgendaItem(what="Vote")


def test_an_unknown_track_is_refused_with_the_choices() -> None:
    with pytest.raises(
        BadInput, match=r"Did you mean leaders\? There are: two-hours, half-day, day, leaders"
    ):
        track_named("leader")


def test_a_day_has_the_half_day_in_the_morning_and_a_lunch_that_does_not_count() -> None:
    day = lines_of(track_named("day"))
    assert day[: len(track_named("half-day").line)] == track_named("half-day").line
    assert [line.what for line in day if not line.counted] == ["Lunch, not counted"]
    # 240 minutes of the morning, then lunch.
    assert [told for told, line in zip(clock(day), day, strict=True) if not line.counted] == ["4:00–4:45"]


def test_the_two_hours_need_no_notebook_and_the_half_day_has_every_session() -> None:
    assert [name[0] for name in sessions_of(track_named("half-day"))] == list("ABCDEF")
    assert [name[0] for name in sessions_of(track_named("day"))] == list(LETTERS)
    said = " ".join(line.screen for line in track_named("two-hours").line)
    assert "otebook" not in said


@pytest.mark.parametrize("track", declared_tracks(), ids=lambda track: track.name)
def test_what_a_line_uses_is_there(track: Track) -> None:
    folder = notebooks_folder()
    materials = {"cards", "data note", "first quiz", "second quiz", "doctor", "pages", "own files"} | {
        "form",
        "contract",
    }
    notebooks = {path.stem for path in folder.glob("*.ipynb")}
    used = {one for line in lines_of(track) for one in line.uses}
    sessions = set(sessions_of(track))
    assert used - materials - notebooks - sessions == set()
    there = {path.stem for path in (folder / "workshop").glob("[A-Z]_*.ipynb")}
    # Sessions that are written must have the names that tracks use.
    assert {name[0] for name in there} & {name[0] for name in sessions - there} == set()


def test_a_line_has_time_for_its_exercises() -> None:
    """Of a session's minutes it needs the share that its exercises are of all; a guess needs none."""
    for track in declared_tracks():
        for line in track.line:
            for name in line.uses if line.does else ():
                path = notebooks_folder() / "workshop" / f"{name}.ipynb"
                if not path.is_file():
                    continue
                cells = nbformat.read(path, as_version=4).cells
                asked = re.search(r"\*\*(\d+) minutes\*\*", cells[0].source)
                assert asked, f"{name}: cell 0 needs **30 minutes**"
                text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
                assert [one for one in line.does if f'"{one}"' not in text] == [], name
                every = {
                    tag
                    for cell in cells
                    for tag in cell.metadata.get("tags", [])
                    if tag.startswith("exercise-")
                }
                done = [one for one in line.does if ".p" not in one]
                needed = int(asked[1]) * len(done) / len(every)
                assert line.alone is not None
                assert needed <= line.alone, f"{track.name}, {line.what}: {needed:.0f} minutes alone"


def test_what_the_quiz_asks_is_taught_in_the_half_day() -> None:
    taught = {one for line in track_named("half-day").line for one in line.does}
    assert {item.taught_by for item in quiz_items()} - taught == set()


def test_the_guide_shows_the_tracks_as_declared() -> None:
    drawn = drawn_guide()
    differ = [path.name for path, text in drawn_files().items() if path.read_text("utf-8") != text]
    assert differ == [], "run python -m tests.house.workshop_tables"
    for track in declared_tracks():
        assert f"<!-- track {track.name} -->" in drawn
        for line in track.line:
            assert line.what in drawn
            assert line.say in drawn
    # The morning of the day is the half day, and isn't repeated.
    assert drawn.count("| 0:00–0:15 ") == 2


def test_the_guide_comes_windows_first() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert 0 < text.index(r".venv\Scripts\bigpicture") < text.index(".venv/bin/bigpicture")


def test_sessions_say_where_the_clock_should_be() -> None:
    cell = "# Why?\n\n**30 minutes** (10 reading)\n\nBy the end you can"
    lines = lines_of(track_named("half-day"))
    (c,) = (place for place, line in enumerate(lines) if "C_join_them_yourself" in line.uses)
    begins = sum(line.group for line in lines[:c])
    told = with_clock(cell, "C_join_them_yourself")
    assert f"\n\n**Half a day**: you should be here at {begins // 60}:{begins % 60:02d}, and done at" in told
    # A second call replaces the first.
    assert with_clock(told.replace("here at", "here at 9:99"), "C_join_them_yourself") == told
    assert "**A day**: you should be here at" in with_clock(cell, "G_after_the_pandemic")
    assert with_clock(cell, "quiz") == cell
    for name in sessions_of(track_named("day")):
        first = nbformat.read(notebooks_folder() / "workshop" / f"{name}.ipynb", as_version=4).cells[0].source
        assert first == with_clock(first, name)
        assert "you should be here at" in first


def test_what_learners_can_do_afterward_is_done_in_the_half_day() -> None:
    done = {one for line in track_named("half-day").line for one in line.does}
    people = declared_people()
    assert len(people.profile) == 3
    assert {one for profile in people.profile for one in profile.practiced} - done == set()
    assert people.jobs(laptops=False) == tuple(job for job in people.job if job.name != "Keyboard doctor")


def test_the_map_names_exercises_that_exist_and_every_session() -> None:
    named = {one for concept in declared_concepts().concept.values() for one in concept.practiced}
    guesses = {
        one
        for path in (notebooks_folder() / "workshop").glob("[A-Z]_*.ipynb")
        for one in re.findall(r"[A-Z]\.p\d", path.read_text(encoding="utf-8"))
    }
    assert named - guesses - set(exercises()) == set()
    assert {one[0] for one in named} == set(LETTERS)


def test_the_map_has_every_concept_and_verb_and_no_color_but_gray() -> None:
    drawn = ElementTree.fromstring(concept_map())
    texts = {"".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    declared = declared_concepts()
    assert set(declared.concept) | {verb for _, verb, _ in declared.arrows} <= texts
    used = {value for one in drawn.iter() for key in ("fill", "stroke") if (value := one.get(key))}
    assert used == {"#1b1f24", "#fff", "#e4e7eb"}
    boxes = {"Page": {"at": (0, 0), "practiced": ()}, "Far": {"at": (2, 0), "practiced": ()}}
    with pytest.raises(ValidationError, match="Page skips to Far: they aren't neighbors"):
        Concepts.model_validate({"concept": boxes, "arrows": (("Page", "skips to", "Far"),)})
