"""The folder of a workshop: what is in it, what gives answers away, and that it is written all or none."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.cli import main
from helpers.report import ReportResult, answer, notebooks_folder, paragraph, stacked
from helpers.report.pages import session
from helpers.standard import declared_survey
from helpers.teach.check import solution_of
from helpers.teach.workshop import deck, pack
from helpers.teach.workshop.guide import guide_of
from helpers.teach.workshop.pack import Pack, SessionFailed, make_pack
from helpers.teach.workshop.people import declared_people
from helpers.teach.workshop.quiz import quiz_items
from helpers.teach.workshop.tracks import Track, declared_tracks, done_in, lines_of, sessions_of, track_named
from tests.house.workshop_tables import GUIDE
from tests.kept import Kept
from tests.notebooks_here import notebooks_here
from tests.teach.tiny_session import ANSWER, NAME, REASON, REPORTS, REVEALED, SOLUTION, tiny_notebooks

FILES = {
    "START_HERE.html",
    "answer_sheets/A_five_rows.html",
    "answer_sheets/cards.html",
    "answer_sheets/quiz_after.html",
    "answer_sheets/quiz_before.html",
    "cards/piles.csv",
    "cards/record_cards.html",
    "concept_map.svg",
    "data_safety.html",
    "handouts/A_five_rows.html",
    "learners/GLOSSARY.md",
    "learners/workshop/A_five_rows.ipynb",
    "learners/workshop/pack.txt",
    "quiz/after.html",
    "quiz/before.html",
    "quiz/quiz_results.csv",
    "slides/A_five_rows.html",
    "times.csv",
    "trainer_guide.html",
}
FOR_TRAINERS = ("answer_sheets/", "trainer_guide.html", "slides/")
# What the source shows only when it is run with answers.
IN_SOURCE = "learners/workshop/A_five_rows.ipynb"


@pytest.fixture(autouse=True)
def solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "solution_of", lambda number, folder: (SOLUTION, REASON))
    # The half day has no time for this exercise; the tiny session has no other.
    monkeypatch.setattr(
        pack, "done_in", lambda track, session: frozenset({"A.1"} if track.name != "leaders" else ())
    )


@pytest.fixture
def made(tmp_path: Path, district_folder: Path, kept: Kept) -> Pack:
    """The folder of the half day, of one tiny session. Read it, never write into it."""

    def once() -> Pack:
        place = kept.folder / "workshop"
        notebooks = tiny_notebooks(place / "notebooks")
        with notebooks_here():
            return make_pack(
                track_named("half-day"), place / "out", notebooks=notebooks, cards_of=district_folder
            )

    return kept("workshop", once)


def test_the_folder_has_what_a_trainer_needs(made: Pack) -> None:
    assert set(made.files) == FILES
    assert {
        path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()
    } == FILES
    assert (made.sessions, len(made.lacking)) == ((NAME,), 5)


def test_nothing_for_learners_gives_an_answer_away(made: Pack) -> None:
    mistakes = [said for item in quiz_items() for said in item.mistakes.values()]
    for name in made.files:
        if name.startswith(FOR_TRAINERS) or name == IN_SOURCE:
            continue
        text = (made.folder / name).read_text(encoding="utf-8-sig")
        found = [one for one in (REVEALED, ANSWER, SOLUTION, REASON, "✔", *mistakes) if one in text]
        assert (name, found) == (name, [])


def test_the_trainers_sheet_has_every_answer_and_why(made: Pack) -> None:
    sheet = unescape((made.folder / "answer_sheets" / f"{NAME}.html").read_text(encoding="utf-8"))
    assert REVEALED in sheet
    assert SOLUTION in sheet
    assert REASON in sheet
    quiz = unescape((made.folder / "answer_sheets" / "quiz_before.html").read_text(encoding="utf-8"))
    assert quiz.count("✔</span>") == 8
    assert all(item.objective in quiz for item in quiz_items())


def test_a_handout_has_the_exercise_and_room_to_write(made: Pack) -> None:
    text = (made.folder / "handouts" / f"{NAME}.html").read_text(encoding="utf-8")
    assert text.count('class="write"') == 1
    assert "same_child = ..." in text
    assert "Is this join right?" in text
    assert "Five rows, four children" in text
    # No code but that of exercises, and no reply to an unanswered one.
    assert not re.search(r"import HTML|district_folder|shown =|left over", text)
    assert text.count('class="code"') == 1


def exercise(number: str) -> nbformat.NotebookNode:
    source = f'left = ...\ncheck("{number}", left)'
    return new_code_cell(source, metadata={"tags": ["exercise", f"exercise-{number}"]})


def test_a_handout_has_only_what_a_group_has_time_for() -> None:
    guess = 'predict(\n    "C.p1",\n    "How many?", ["1"], shown)'
    cells = [
        new_markdown_cell("# How many?\n\n**30 minutes**"),
        new_markdown_cell("## Done\n\nTwo lists.\n\n- **C.1** First.\n- **C.2** Second.\n- **C.3** Third."),
        exercise("C.1"),
        exercise("C.2"),
        exercise("C.3"),
        new_markdown_cell("## What it shows"),
        new_markdown_cell("## Not done\n\n**C.4, in pairs.** Say it.\nThen test it.\n\nA picture:"),
        exercise("C.4"),
        new_code_cell("picture"),
        new_markdown_cell("## Why that is"),
        new_markdown_cell("## A guess\n\n**C.5** Later.\nMuch later.\n\nBut first a guess."),
        new_code_cell(guess, metadata={"tags": ["prediction"]}),
        exercise("C.5"),
        new_markdown_cell("## Key points\n\n- One."),
    ]
    session = new_notebook(cells=cells)
    paper = deck.handout(session, {"C.1", "C.3", "C.p1"})
    assert [cell.source for cell in paper.cells] == [
        "# How many?\n\n**30 minutes**",
        "## Done\n\nTwo lists.\n\n- **C.1** First.\n- **C.3** Third.",
        "left = ...",
        "left = ...",
        "## What it shows",
        "## A guess\n\nBut first a guess.",
        guess,
    ]
    assert len(deck.handout(session).cells) == len(cells) - 1


def test_a_group_does_what_its_lines_name_and_all_where_one_names_nothing() -> None:
    half_day, leaders = track_named("half-day"), track_named("leaders")
    assert done_in(half_day, "F_which_gap_first") == {"F.p1", "F.4"}
    # By hand: the cabinet's line names no exercise of session D.
    assert done_in(leaders, "D_one_child_two_roles") == frozenset()


def test_a_sentence_about_a_picture_stays_on_its_slide() -> None:
    picture = new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    sentence = new_output("execute_result", data={"text/html": answer("**2** of 3.")._repr_html_()})
    both = deck._output_slides(new_code_cell("plot", outputs=[picture, sentence]), "slide")
    assert [one.metadata["slideshow"]["slide_type"] for one in both] == ["slide", "-"]
    alone = deck._output_slides(new_code_cell("say", outputs=[sentence]), "slide")
    assert [one.metadata["slideshow"]["slide_type"] for one in alone] == ["slide"]


def test_slides_have_one_idea_each_and_the_answer_after_the_question(made: Pack) -> None:
    text = (made.folder / "slides" / f"{NAME}.html").read_text(encoding="utf-8")
    slides = re.findall(r"<section>(.*?)</section>", text.partition('class="slides"')[2], re.DOTALL)
    shown = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in slides]
    assert [one[:24].strip() for one in shown] == [
        "Which rows are one child",
        "Five rows by hand Point",
        "Five rows, four children",
        "Is this join right? ☐ ye",
        "Is this join right? ☐ ye",
        "Say what must be true, t",
        "Key points The birth dat",
    ]
    assert [REVEALED in one for one in shown] == [False, False, False, False, True, False, False]
    assert not re.search(r"minutes|Run each cell", shown[0])
    assert "same_child = ..." in shown[5]


def test_pages_ask_no_network_for_anything(made: Pack) -> None:
    asks = re.compile(r"""(?:src|href)\s*=\s*["'](?!data:|#)([^"']+)""")
    for name in made.files:
        if not name.endswith(".html"):
            continue
        text = (made.folder / name).read_text(encoding="utf-8")
        text = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
        # What a page links to is in the folder.
        assert [
            one for one in asks.findall(text) if not (made.folder / name).parent.joinpath(one).exists()
        ] == []
        assert "default-src 'none'" in text or name.startswith("cards/")


def test_learners_get_copies_without_outputs_that_run_as_they_are(made: Pack) -> None:
    copy = nbformat.read(made.folder / IN_SOURCE, as_version=4)
    nbformat.validate(copy)
    assert [cell for cell in copy.cells if cell.get("outputs") or cell.get("execution_count")] == []
    assert not (made.folder / "learners" / "FACILITATOR.md").exists()


def test_start_here_lists_every_file_and_the_plan(made: Pack) -> None:
    text = (made.folder / "START_HERE.html").read_text(encoding="utf-8")
    for name in made.files:
        if not name.startswith("learners/") and name != "START_HERE.html":
            assert f'href="{name}"' in text
    assert "Not in this folder:" in text
    assert "B_count_children, C_join_them_yourself" in text
    assert "3:40–4:00 · 20 min" in text
    assert text.index(r".venv\Scripts\bigpicture doctor") < text.index(".venv/bin/bigpicture doctor")


def test_others_can_read_a_folder_on_a_share(made: Pack) -> None:
    assert {path.name for path in made.folder.rglob("*") if path.stat().st_mode & 0o044 != 0o044} == set()


def ran_once(kept: Kept) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    """The tiny session after its runs, without its answers and with them."""

    def once() -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
        source, spare = (kept.folder / "tiny_session" / part for part in ("notebooks", "spare"))
        spare.mkdir(parents=True)
        with notebooks_here():
            asked, answered = pack._run(tiny_notebooks(source), [NAME], spare, None)
        return asked[NAME], answered[NAME]

    return kept("tiny_session", once)


def blank_report(folder: Path, *, only: list[str], out: Path, **_: object) -> ReportResult:
    """A report of blank pages: that reports run is tested elsewhere."""
    run = out / "2026-05-04_080000_riverbend"
    run.mkdir(parents=True)
    for page in (out / "index.html", *(run / f"{name}.html" for name in only)):
        page.write_text("<!DOCTYPE html>", encoding="utf-8")
        page.chmod(0o644)
    return ReportResult(out / "index.html", run, folder, (), None)


def small_pack(
    track: Track, kept: Kept, district: Path, *, printed_only: bool = False, runs_report: bool = False
) -> Pack:
    """The folder of a track whose sessions are all the same tiny one. Read it, never write into it."""
    name = f"workshop_{track.name}_{printed_only}_{runs_report}"
    runs = ran_once(kept)

    def once() -> Pack:
        notebooks = tiny_notebooks(kept.folder / name / "notebooks", sessions=sessions_of(track))
        out = kept.folder / name / "out"
        for old in ("slides", "learners", "report"):
            (out / old).mkdir(parents=True)
        (out / "own.txt").write_text("mine", encoding="utf-8")
        with notebooks_here(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(pack, "_run", lambda _, names, *__: [dict.fromkeys(names, one) for one in runs])
            if not runs_report:
                patch.setattr(pack, "run_report", blank_report)
            return make_pack(track, out, printed_only=printed_only, notebooks=notebooks, cards_of=district)

    return kept(name, once)


# What a track's words name, and the file that must then be in its folder.
NAMED = {
    r"[Ss]lides ([A-G])\b": "slides/{}_*.html",
    r"[Nn]otebook ([A-G])\b": "learners/workshop/{}_*.ipynb",
    r"[Hh]andout ([A-G])\b": "handouts/{}_*.html",
    r"page of notebook (\d\d)": "report/*/{}_*.html",
    r"index of the report": "report/index.html",
    r"cards": "cards/record_cards.html",
    r"data note": "data_safety.html",
    r"first quiz": "quiz/before.html",
    r"second quiz": "quiz/after.html",
    r"[Tt]he form\b": "survey/form.html",
    r"data contract": "data_contract.html",
}
# Words that name nothing of the folder: a blank screen, a wall, and what a command writes from own files.
NOTHING = re.compile(
    r"Nothing|One empty line|A list with three columns|`bigpicture (read|start|link|report) FOLDER`"
)


@pytest.mark.parametrize("track", declared_tracks(), ids=lambda track: track.name)
def test_what_a_track_shows_and_hands_out_is_in_its_folder(
    track: Track, kept: Kept, district_folder: Path
) -> None:
    made = small_pack(track, kept, district_folder)
    missing = []
    for line in lines_of(track):
        for said in filter(None, (line.screen, line.hand_out)):
            named = [
                file.format(*found.groups())
                for words, file in NAMED.items()
                for found in re.finditer(words, said)
            ]
            if not (named or NOTHING.search(said)):
                missing.append(f"{said}: names nothing that we know")
            # The report of own files is made in the room.
            if "bigpicture report FOLDER" not in said:
                missing += [f"{said}: {file}" for file in named if not [*made.folder.glob(file)]]
    assert missing == []
    # A use without a file is a word without a link.
    plan = (made.folder / "START_HERE.html").read_text("utf-8").partition("What is in this folder")[0]
    cells = re.findall(r"<td>((?:(?!<td>)[^\n])*)</td></tr>", plan)
    assert {one for cell in cells for one in re.sub(r"<a .*?</a>", "", cell).split(" · ") if one.strip()} <= {
        "doctor",
        "own files",
    }


def test_each_track_gets_what_it_needs_and_nothing_else(kept: Kept, district_folder: Path) -> None:
    folders = {
        track.name: {name.partition("/")[0] for name in small_pack(track, kept, district_folder).files}
        for track in declared_tracks()
    }
    always = {"START_HERE.html", "concept_map.svg", "slides", "times.csv", "trainer_guide.html"}
    paper = {"answer_sheets", "cards", "data_safety.html", "handouts", "quiz"}
    assert folders == {
        "two-hours": always | paper,
        "half-day": always | paper | {"learners"},
        "day": always | paper | {"learners"},
        "leaders": always | {"data_contract.html", "report", "survey"},
    }


@pytest.mark.parametrize("runs_report", [False, pytest.param(True, marks=pytest.mark.full)])
def test_leaders_get_form_pages_and_contract_and_install_nothing(
    runs_report: bool, kept: Kept, district_folder: Path
) -> None:
    made = small_pack(track_named("leaders"), kept, district_folder, runs_report=runs_report)
    start = (made.folder / "START_HERE.html").read_text(encoding="utf-8")
    assert not re.search(r"laptop|doctor|quiz_results|handout", start)
    assert "Nobody installs anything" in start
    for name in REPORTS:
        assert re.search(rf'href="report/[^"/]+/{name}.html">page of notebook {name[:2]}<', start)
    form = unescape((made.folder / "survey" / "form.html").read_text(encoding="utf-8"))
    assert [item.id for item in declared_survey().items.values() if f"({item.id})" not in form] == []
    assert 'href="data_contract.html">data contract<' in start


def test_who_comes_who_helps_and_the_last_question_are_in_start_here(made: Pack) -> None:
    start = unescape((made.folder / "START_HERE.html").read_text(encoding="utf-8"))
    people = declared_people()
    for said in (
        people.closing,
        people.pairs,
        *(one.afterward for one in people.profile),
        *(job.name for job in people.job),
    ):
        assert said in start


def test_only_paper_leaves_out_slides_and_copies_of_an_earlier_call(
    kept: Kept, district_folder: Path
) -> None:
    done = small_pack(track_named("leaders"), kept, district_folder, printed_only=True)
    assert {name.partition("/")[0] for name in done.files} == {
        "START_HERE.html", "concept_map.svg", "data_contract.html", "survey", "times.csv",
        "trainer_guide.html",
    }  # fmt: skip
    assert {path.name for path in done.folder.iterdir()} & {"slides", "learners", "report"} == set()
    assert (done.folder / "own.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.full
def test_guesses_in_the_working_folder_show_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, district_folder: Path
) -> None:
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    path = notebooks / "workshop" / f"{NAME}.ipynb"
    content = nbformat.read(path, as_version=4)
    content.cells[4].source = "from pathlib import Path\nstr(Path('my_guesses.csv').exists())"
    nbformat.write(content, path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_guesses.csv").write_text("prediction,guess\nA.p1,yes\n", encoding="utf-8")
    with notebooks_here():
        make_pack(track_named("two-hours"), Path("out"), notebooks=notebooks, cards_of=district_folder)
    assert Path.cwd() == tmp_path
    assert "'False'" in (tmp_path / "out" / "handouts" / f"{NAME}.html").read_text(encoding="utf-8").replace(
        "&#39;", "'"
    )


@pytest.mark.full
def test_a_session_that_stops_leaves_the_earlier_folder_as_it_was(
    tmp_path: Path, district_folder: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "START_HERE.html").write_text("earlier", encoding="utf-8")
    notebooks = tiny_notebooks(tmp_path / "notebooks", fails=True)
    with notebooks_here(), pytest.raises(SessionFailed, match="Session A_five_rows stopped at"):
        make_pack(track_named("two-hours"), out, notebooks=notebooks, cards_of=district_folder)
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == {
        "START_HERE.html": "earlier"
    }


def test_the_guide_of_a_track_has_no_other_track() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for track in declared_tracks():
        marks = set(re.findall(r"<!-- track ([\w-]+) -->", guide_of(track, text)))
        assert marks == {track.name, track.begins_with} - {""}
    # By hand: leaders sort no cards, vote on no join, take no quiz and solve no exercise.
    headings = {
        track.name: set(
            re.findall(
                r"^## (The quiz|Cards on|Six of|The mistakes|How far|What goes)",
                guide_of(track, text),
                re.MULTILINE,
            )
        )
        for track in declared_tracks()
    }
    assert headings["leaders"] == {"What goes"}
    assert headings["two-hours"] == {"What goes", "Cards on", "Six of"}
    every = {"What goes", "Cards on", "Six of", "The quiz", "The mistakes", "How far"}
    assert headings["half-day"] == headings["day"] == every


def test_reveal_js_is_as_published() -> None:
    folder = Path(session.__file__).parent / "reveal"
    sums = dict(
        reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    )
    assert set(sums) == {"LICENSE", "reveal.css", "reveal.js"}
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums} == sums


@pytest.mark.full
def test_the_command_writes_what_its_help_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, district_folder: Path
) -> None:
    monkeypatch.setattr(pack, "notebooks_folder", lambda: tiny_notebooks(tmp_path / "notebooks"))
    monkeypatch.setattr(pack, "make_report_district", lambda parameters: district_folder)
    out = tmp_path / "out"
    with notebooks_here():
        done = CliRunner().invoke(main, ["workshop", "--track", "Half_Day", "--out", str(out), "--quiet"])
    assert (done.exit_code, done.stdout) == (0, "")
    told = " ".join(CliRunner().invoke(main, ["workshop", "--help"]).stdout.split())
    for path in out.iterdir():
        assert path.name in told
    unknown = CliRunner().invoke(main, ["workshop", "--track", "week", "--out", str(out)])
    assert (unknown.exit_code, "two-hours, half-day, day, leaders" in unknown.stderr) == (2, True)


def test_the_command_prints_the_rooms_gain(tmp_path: Path) -> None:
    head = ["person,when," + ",".join(f"item{number}" for number in range(1, 9))]
    right = {when: [item.right_letter(when) for item in quiz_items()] for when in ("before", "after")}
    rows = [f"A,pre,{','.join(right['before'])}", f"A,post,{','.join(right['after'])}"]
    rows += [
        f"B,pre,{','.join(right['after'])}",
        f"B,post,{','.join([*right['after'][:7], ''])}",
        f"C,pre,{'A,' * 7}A",
    ]
    file = tmp_path / "results.csv"
    file.write_text("\n".join([*head, *rows]), encoding="utf-8")
    done = CliRunner().invoke(main, ["workshop", "--quiz-results", str(file)])
    assert done.exit_code == 0, done.output
    # A gains 0 and B 7 of 8: 3.5 of 8 on average.
    assert "The room gained +3.5 of 8 questions" in done.stdout
    assert "of 2 with both quizzes" in done.stdout
    assert "No interval: fewer than four people" in " ".join(done.stdout.split())
    assert "Question 8: 1 of 2 right." in done.stdout
    assert "not counted: C." in " ".join(done.stdout.split())
    assert len(done.stdout.splitlines()) <= 15
    # As START_HERE writes it: the table's place in the pack, and the pack.
    again = CliRunner().invoke(main, ["workshop", "--quiz-results", file.name, "--out", str(tmp_path)])
    assert again.stdout == done.stdout
    gone = CliRunner().invoke(main, ["workshop", "--quiz-results", "gone.csv", "--out", str(tmp_path)])
    assert gone.exit_code != 0
    assert str(Path("gone.csv").absolute()) in gone.stderr.replace("\n", "")


SESSIONS = sorted((notebooks_folder() / "workshop").glob("[A-Z]_*.ipynb"))


def test_slides_show_the_childs_pages_that_tracks_speak_of() -> None:
    """The cell that shows them has a slide for each page, the teacher's and then the family's."""
    cells = nbformat.read(notebooks_folder() / "workshop" / "D_one_child_two_roles.ipynb", as_version=4).cells
    (pages,) = (cell for cell in cells if "stacked(" in cell.source)
    assert pages.metadata["slideshow"]["slide_type"] == "slide"
    assert 0 < pages.source.index('"the teacher"') < pages.source.index('"the family"')


@pytest.mark.full
@pytest.mark.skipif(not SESSIONS, reason="no session of the workshop is written yet")
def test_the_real_folder_gives_no_answer_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, district_folder: Path
) -> None:
    """Every solution and its reason is on an answer sheet, and on no handout."""
    monkeypatch.setattr(pack, "solution_of", solution_of)
    done = make_pack(track_named("day"), tmp_path / "out", cards_of=district_folder)
    assert set(done.sessions) == set(sessions_of(track_named("day"))) - set(done.lacking)
    given_away: list[str] = []
    for name in done.sessions:
        pages = {
            kind: unescape((done.folder / kind / f"{name}.html").read_text(encoding="utf-8"))
            for kind in ("handouts", "answer_sheets")
        }
        notebook = nbformat.read(notebooks_folder() / "workshop" / f"{name}.ipynb", as_version=4)
        numbers = [
            tag.removeprefix("exercise-")
            for cell in notebook.cells
            for tag in cell.metadata.get("tags", [])
            if tag.startswith("exercise-")
        ]
        assert numbers
        given_away += [number for number in numbers if f"Answer {number}<" in pages["handouts"]]
        if name == "D_one_child_two_roles":
            slides = (done.folder / "slides" / f"{name}.html").read_text(encoding="utf-8")
            assert 0 < slides.index("<p>For the teacher:</p>") < slides.index("<p>For the family:</p>")
        for number in numbers:
            why = " ".join(solution_of(number)[1].split())[:40]
            assert f"Answer {number}<" in pages["answer_sheets"]
            assert why in pages["answer_sheets"]
            given_away += [f"{number}: {why}"] if why in pages["handouts"] else []
    assert given_away == []


def test_a_link_to_what_learners_do_not_have_is_plain_words(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("x", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[one](there.md) [two](gone.ipynb) [three](https://a.example/b) [four](#x)", encoding="utf-8"
    )
    pack._drop_dead_links(page)
    assert page.read_text(encoding="utf-8") == "[one](there.md) two [three](https://a.example/b) [four](#x)"


def test_learners_get_the_code_of_every_session_as_it_is(tmp_path: Path) -> None:
    pack.copy_for_learners(notebooks_folder(), [path.stem for path in SESSIONS], tmp_path)
    for path in SESSIONS:
        source, copy = (nbformat.read(one, as_version=4) for one in (path, tmp_path / "workshop" / path.name))
        nbformat.validate(copy)
        codes = [[cell.source for cell in one.cells if cell.cell_type == "code"] for one in (source, copy)]
        assert codes[0] == codes[1], path.stem


def test_code_that_looks_like_a_link_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.ipynb"
    code, words = 'ways["C.2"](left)', "[gone](gone.ipynb)"
    nbformat.write(new_notebook(cells=[new_code_cell(code), new_markdown_cell(words)]), page)
    pack._drop_dead_links(page)
    assert [cell.source for cell in nbformat.read(page, as_version=4).cells] == [code, "gone"]


def test_the_positions_of_a_slider_are_slides_of_their_own() -> None:
    positions = {"For her teacher:": paragraph("A page."), "For her family:": paragraph("Another.")}
    markup = stacked(positions)._repr_html_().replace("A page.", "<section>A page.</section>")
    output = new_output("display_data", data={"text/html": markup})
    first, second = (one["data"]["text/html"] for one in deck._positions(output))
    assert "her teacher" in first
    assert "her family" not in first
    assert "<section" not in first
    assert "her family" in second
    assert all(one.count("<div") == one.count("</div") for one in (first, second))
    alone = new_output("display_data", data={"text/plain": "7"})
    assert deck._positions(alone) == [alone]
