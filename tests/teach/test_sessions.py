"""Every session runs unanswered and solved; each exercise tells right answers from mistakes and nonsense."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from helpers.teach import check, hint, solution
from helpers.teach.exercises import exercises
from tests.house.workshop_tables import GUIDE
from tests.shared_districts import STUDENTS
from tests.teach.misconceptions import RUN, done_somewhere, mistake_row
from tests.teach.sessions import FOLDER, SESSIONS, Walk, book_of, exercise_cells, split, walk
from tests.tiers import FULL, WEEKLY

pytestmark = pytest.mark.notebooks

# One seed after every change, three in the full tier; the first district is small, so it is quick.
RUNS = [
    pytest.param(path, run, id=f"{path.stem}-seed-{run['seed']}", marks=() if "students" in run else FULL)
    for path in SESSIONS
    for run in ({"seed": 6, "students": STUDENTS}, {"seed": 6}, {"seed": 11}, {"seed": 23})
]
# Whoever follows one child asks more of a district: ten seeds for that session, most of them once a week.
RUNS += [
    pytest.param(path, {"seed": seed}, id=f"{path.stem}-seed-{seed}", marks=WEEKLY)
    for path in SESSIONS
    if path.stem.startswith("D_")
    for seed in (1, 2, 3, 4, 5, 7, 8, 9, 10)
]
NUMBERS = sorted(exercises())
FEWEST_EXERCISES = 40
FEWEST_ASSERTIONS = 12


@pytest.fixture(scope="session")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, dict[str, int]], Walk]:
    """Walk through a session in a folder of its own."""
    return lambda path, run: walk(path, tmp_path_factory.mktemp(path.stem), run)


def assert_replies(number: str, done: Walk, mistakes: list[tuple[str, str]]) -> None:
    """Compare what a check replied with what it should have replied."""
    replies = done.replies[number]
    prose = bool(exercises()[number].points)
    states = [(kind, state) for kind, state, _ in replies]
    right = "incomplete" if prose else "right"  # until a partner says yes
    assert states[0] == ("unanswered", "unanswered"), replies[0]
    wrong = [(state, reply) for kind, state, reply in replies if kind == "mistake"]
    assert len(wrong) >= (0 if prose else 2)
    for (state, reply), (_, words) in zip(wrong, mistakes, strict=True):
        assert state == "wrong", f"{number}: {reply}"
        assert words in reply
    assert len({reply for _, reply in wrong}) == len(wrong), f"{number}: each mistake has its own reply"
    solved = [(state, reply) for kind, state, reply in replies if kind == "right"]
    assert len(solved) >= 2
    assert [(state, reply) for state, reply in solved if state != right] == []
    assert done.nonsense[number] == {"wrong"}, number
    assert done.off.get(number, []) == []


@pytest.mark.parametrize(("path", "run"), RUNS)
def test_a_session_runs_and_its_exercises_tell_answers_apart(
    walks: Callable[[Path, dict[str, int]], Walk], path: Path, run: dict[str, int]
) -> None:
    done, book = walks(path, run), book_of(path)
    numbers = list(exercise_cells(nbformat.read(path, as_version=4)))
    assert [number for number in done.replies if done.replies[number]] == numbers
    for number in numbers:
        assert_replies(number, done, book["MISTAKES"].get(number, []))
    if run == RUN:
        # The guide shows these replies to trainers: run python -m tests.teach.misconceptions.
        guide = GUIDE.read_text(encoding="utf-8").splitlines()
        rows = [mistake_row(number, done.replies[number]) for number in numbers if number in done_somewhere()]
        assert [row for row in rows if row not in guide] == []
    said = [out for cell in done.notebook.cells for out in cell.get("outputs", [])]
    assert [out.text for out in said if out.output_type == "stream" and out.name == "stderr"] == []


def test_the_guide_has_the_mistakes_of_what_tracks_do_and_of_nothing_else() -> None:
    table = (
        GUIDE.read_text(encoding="utf-8").partition("<!-- mistakes -->")[2].partition("<!-- end of mis")[0]
    )
    shown = re.findall(r"^\| \*\*([A-Z]\.\d+)\*\* ", table, re.MULTILINE)
    assert len(shown) == len(set(shown))
    assert set(shown) == done_somewhere(), "run python -m tests.teach.misconceptions"


def test_there_are_exercises_enough_and_most_are_code_or_a_number() -> None:
    every = exercises().values()
    assert len(every) >= FEWEST_EXERCISES
    assert sum(one.assertion for one in every) >= FEWEST_ASSERTIONS
    assert sum(bool(one.points) for one in every) < len(every) / 4


def test_every_exercise_has_its_cell_and_every_session_its_own_letter() -> None:
    cells = {number: path for path in SESSIONS for number in exercise_cells(nbformat.read(path, 4))}
    assert set(cells) == set(NUMBERS)
    assert all(path.stem.startswith(f"{number.partition('.')[0]}_") for number, path in cells.items())
    for path in SESSIONS:
        own = list(exercise_cells(nbformat.read(path, 4)))
        assert own == [f"{path.stem[0]}.{place}" for place in range(1, len(own) + 1)]


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_every_exercise_is_solved_twice_and_missed_twice(path: Path) -> None:
    numbers, book = set(exercise_cells(nbformat.read(path, 4))), book_of(path)
    prose = {number for number in numbers if exercises()[number].points}
    for name, kind in book.items():
        assert set(kind) == (numbers - prose if name == "MISTAKES" else numbers)
    for number in numbers:
        ways = [re.sub(r"\s+", "", one) for one in book["SOLUTIONS"][number]]
        assert len(set(ways)) == len(ways) >= 2
        assert number in prose or len(book["MISTAKES"][number]) >= 2
        assert book["WHY"][number].strip()
        before, call = split(exercise_cells(nbformat.read(path, 4))[number].source)
        assert "..." in before
        assert call.args[0].value == number  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", NUMBERS)
def test_hints_come_in_steps_and_lead_to_the_solution(number: str) -> None:
    count = len(exercises()[number].hints)
    assert count >= 2
    said = [hint(number, step) for step in range(1, count + 1)]
    assert len(set(said)) == count
    assert f'hint("{number}", 2)' in said[0]
    assert f'solution("{number}")' in said[-1]
    assert solution(number).state == "right"
    assert solution(number).code


@pytest.mark.parametrize("number", NUMBERS)
def test_no_answer_is_no_answer(number: str) -> None:
    for nothing in (..., None):
        reply = check(number, nothing)
        assert (reply.state, "not answered" in reply) == ("unanswered", True)


PROSE = [number for number, one in exercises().items() if one.points]


@pytest.mark.parametrize("number", PROSE)
def test_only_a_partner_says_that_a_text_is_right(number: str) -> None:
    points = exercises()[number].points
    assert len(set(points)) == 3
    assert all("?" in point for point in points)
    for text in ("", "Yes.", "We ask the registrar on Monday, because she saw the certificate."):
        for partner in ({}, {"partner": ...}, {"partner": "perhaps"}, {"partner": "no"}):
            reply = check(number, text, **partner)
            assert reply.state == "incomplete"
            assert all(point in reply for point in points)
        assert check(number, text, partner=" Yes ").state == "complete"
    assert check(number, 3, partner="yes").state == "wrong"


@pytest.mark.parametrize("number", PROSE)
def test_a_text_has_two_model_answers(number: str) -> None:
    book = book_of(next(path for path in SESSIONS if path.stem[0] == number[0]))
    models = [one.strip() for one in book["SOLUTIONS"][number]]
    assert len(models) == 2
    assert all(model in solution(number).code for model in models)


def test_solutions_lie_beside_their_sessions() -> None:
    books = {path.stem for path in (FOLDER / "solutions").glob("[A-Z]_*.py")}
    assert books == {path.stem for path in SESSIONS}
