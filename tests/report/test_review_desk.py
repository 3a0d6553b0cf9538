"""The review desk: what it shows, what a key does, and what a notebook may keep of it."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.files import District, read_district
from helpers.link import Links, expected_review_gain, link_district
from helpers.link.review import read_decisions
from helpers.report.pages.page import notebook_page
from helpers.report.runs.execute import Progress, run_notebooks
from helpers.report.widgets.pair_comparison import compared
from helpers.report.widgets.review_desk import (
    ReviewDesk,
    describe_review_hour,
    review_desk,
    review_gain_table,
)
from helpers.standard import BadInput, plain

NAMED = ("first_name", "last_surname", "full_name", "local_id", "login", "email", "telephone", "record")


@pytest.fixture(scope="module")
def links(district: District) -> Links:
    """The small district joined by ids alone; nine pairs that names and birth dates tie wait for a person."""
    by_ids, by_names = link_district(district, "shared identifier"), link_district(district, "exact")
    found = by_names.pairs[by_names.pairs["step"].eq("Exact") & by_names.pairs["decision"].eq("Match")]
    waiting = found.drop_duplicates(["left_silo", "left_record"]).head(9)
    return replace(by_ids, pairs=waiting.assign(decision="Review", match_probability=0.75))


@pytest.fixture(scope="module")
def as_real(district_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same exports in a folder that doesn't say that they are invented."""
    copy = tmp_path_factory.mktemp("as_real") / "district"
    shutil.copytree(district_folder, copy, ignore=shutil.ignore_patterns("answer_key"))
    about = json.loads((copy / "district.json").read_text(encoding="utf-8"))
    (copy / "district.json").write_text(json.dumps({**about, "synthetic": False}), encoding="utf-8")
    return copy


@pytest.fixture
def desk(district: District, links: Links, tmp_path: Path) -> ReviewDesk:
    return review_desk(district, links, tmp_path / "decisions.csv", reviewer="ab")


def press(desk: ReviewDesk, key: str) -> dict[str, Any]:
    """Send what the page sends for a key."""
    view: dict[str, Any] = desk._receive({"do": key, "question": desk.view()["question"]})
    return view


def words_in(text: str) -> set[str]:
    return set("".join(letter if letter.isalnum() or letter in "-@._'" else " " for letter in text).split())


def words_of_children(district: District) -> set[str]:
    people = district.people
    words = {str(word) for column in NAMED for word in people[column].dropna() if len(str(word)) > 3}
    # A name may be a word of the page, too.
    return {word for word in words if not word.islower()} - {"Will", "Mark", "Grace", "Page", "Case"}


def test_each_key_answers_and_the_next_pair_comes(desk: ReviewDesk, tmp_path: Path) -> None:
    first = desk.view()
    assert (first["question"], first["place"], first["can_undo"]) == (1, 0, False)
    seen = [press(desk, key) for key in ("yes", "no", "skip", "undo")]
    assert [view["place"] for view in seen] == [1, 2, 3, 2]
    assert [view["said"].split(":")[0].split(".")[0] for view in seen] == [
        "Saved",
        "Saved",
        "Skipped; nothing was saved",
        "Taken back",
    ]
    assert seen[1]["question"] == seen[3]["question"]
    told = read_decisions(tmp_path / "decisions.csv")
    assert told["decision"].tolist() == ["Match", "No match"]


def test_a_press_for_a_question_that_is_gone_answers_nothing(desk: ReviewDesk, tmp_path: Path) -> None:
    press(desk, "yes")
    late = desk._receive({"do": "yes", "question": 1})
    assert late["place"] == 1
    assert len(read_decisions(tmp_path / "decisions.csv")) == 1
    for message in (None, "yes", {"do": "delete", "question": late["question"]}):
        assert desk._receive(message)["place"] == 1


def test_what_goes_to_the_page_is_plain_data(desk: ReviewDesk) -> None:
    assert json.loads(json.dumps(desk.view())) == desk.view()


def test_when_all_are_answered_the_desk_says_how_it_goes_on(desk: ReviewDesk) -> None:
    view = desk.view()
    for _ in range(view["total"]):
        view = press(desk, "yes")
    assert view["pair"] is None
    assert view["question"] is None
    assert "--decisions decisions.csv" in view["next"]
    assert press(desk, "undo")["pair"] is not None


def test_an_answer_that_cannot_be_saved_is_said_and_the_pair_stays(desk: ReviewDesk, tmp_path: Path) -> None:
    (tmp_path / "decisions.csv").write_text("my own list\n", encoding="utf-8")
    view = press(desk, "yes")
    assert view["trouble"].startswith("Not saved")
    assert (view["place"], view["said"]) == (0, "")


def test_the_hour_says_that_it_is_an_estimate_and_what_is_a_setting(
    district: District, links: Links, tmp_path: Path
) -> None:
    view = review_desk(district, links, tmp_path / "d.csv", seconds=40, error_rate=0.1).view()
    assert "at 40 seconds each" in view["hour"]
    assert "10 of 100 answers are mistaken" in view["hour"]
    assert "estimate" in view["hour"]
    assert "75 of 100 such pairs are one child" in view["pair"]["chance"]
    with pytest.raises(BadInput, match="seconds"):
        review_desk(district, links, tmp_path / "d.csv", seconds=0)


def test_nothing_waits_is_said_in_a_sentence(district: District, links: Links, tmp_path: Path) -> None:
    none = replace(links, pairs=links.pairs.iloc[:0])
    desk = review_desk(district, none, tmp_path / "decisions.csv")
    assert desk.view()["title"] == "No question needs review."
    assert desk.still().text == "No question needs review."


def test_of_a_real_folder_only_a_running_kernel_shows_a_child(
    as_real: Path, links: Links, tmp_path: Path
) -> None:
    real = read_district(as_real)
    desk = review_desk(real, links, tmp_path / "decisions.csv")
    secrets = words_of_children(real)
    bundle = desk._repr_mimebundle_()
    model = widget(bundle)
    sent: list[dict[str, Any]] = []
    model.send = lambda content, buffers=None: sent.append(content)
    for key in ("show", "yes", "undo"):
        question = desk.view()["question"]
        model._handle_custom_msg({"do": key, "question": question}, [])
    assert len(sent) == 3
    assert secrets & words_in(json.dumps(sent, ensure_ascii=False))  # the test can fail: the page shows names
    assert not secrets & words_in(json.dumps(bundle, default=str, ensure_ascii=False))
    assert not secrets & words_in(json.dumps(model.get_state(), default=str, ensure_ascii=False))
    assert "fewer than 10" in desk.still().text


def widget(bundle: dict[str, Any]) -> Any:
    """Find the widget that a bundle shows."""
    from ipywidgets.widgets.widget import _instances

    return _instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]]


SOURCE = """
from helpers.files import read_district
from helpers.link import link_district
from helpers.report.widgets.review_desk import review_desk
district = read_district({folder!r})
links = link_district(district, "exact")
links.pairs.loc[links.pairs.index[:3], "decision"] = "Review"
review_desk(district, links, {decisions!r})
"""


def page_of(folder: Path, out: Path, *, real: bool) -> tuple[str, str]:
    """Execute a notebook with a desk in it as a report does; give the notebook's text and its page."""
    source = SOURCE.format(folder=str(folder), decisions=str(out / "decisions.csv"))
    cells = [nbformat.v4.new_markdown_cell("# Who waits?"), nbformat.v4.new_code_cell(source)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = out / "desk.ipynb"
    nbformat.write(notebook, path)
    (run,) = run_notebooks([path], out=out / "done", real=real, progress=Progress(1, io.StringIO()))
    assert run.status == "done", run.failed
    about = {"synthetic": not real}
    page = notebook_page(run.notebook, out / "desk.html", about, synthetic=not real)
    return run.notebook.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")


@pytest.mark.full
@pytest.mark.notebooks
def test_a_report_shows_the_first_pair_and_what_an_hour_buys(district_folder: Path, tmp_path: Path) -> None:
    _, page = page_of(district_folder, tmp_path, real=False)
    assert "need review" in page
    assert "are these one child?" in page
    assert "The next hour" in page
    assert "Error" not in page.partition("<main")[2]


@pytest.mark.full
@pytest.mark.notebooks
def test_a_report_on_a_real_folder_keeps_nothing_of_a_child(as_real: Path, tmp_path: Path) -> None:
    notebook, page = page_of(as_real, tmp_path, real=True)
    assert "fewer than 10" in page
    secrets = words_of_children(read_district(as_real))
    cells = json.loads(notebook)
    for cell in cells["cells"]:
        cell["source"] = ""
    assert not secrets & words_in(json.dumps(cells, ensure_ascii=False))
    assert not secrets & words_in(page.partition("<main")[2])


@given(st.text(max_size=12), st.text(max_size=12))
def test_a_comparison_loses_no_letter_and_marks_only_what_differs(left: str, right: str) -> None:
    found = compared(left, right)
    assert "".join(text for text, _ in found.left) == left
    assert "".join(text for text, _ in found.right) == right
    marked = any(differs for _, differs in (*found.left, *found.right))
    assert marked == (bool(left) and bool(right) and left != right)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("Noé", "NOE", "written differently"),
        ("O'Neil", "Oneil", "written differently"),
        ("Lopez", "Lopes", "differs"),
        ("", "Ana", "only on the right"),
        ("Ana", "", "only on the left"),
        ("", "", "neither has it"),
    ],
)
def test_a_verdict_is_said_in_words(left: str, right: str, verdict: str) -> None:
    assert compared(left, right).verdict == verdict


def test_a_second_reading_of_a_birth_date_stands_beside_the_first(district: District) -> None:
    from helpers.report.widgets.pair_comparison import pair_comparison

    day, other = pd.Timestamp("2012-05-06"), pd.Timestamp("2012-06-05")
    pair = pd.Series(
        {
            "left_silo": "sis",
            "right_silo": "meals",
            "left_systems": "sis; meals; lms",
            "right_systems": "meals",
            "left_birth_date": day,
            "left_birth_date_other": other,
            "right_birth_date": other,
            "evidence": "",
            "namesakes": "sis: Ana Lopez, born 2009-01-02 | and 2 more",
            "probability": None,
            "pairs_gained": 3,
            "records_joined": 4,
        }
    )
    said = pair_comparison(pair, {"sis": "SIS", "meals": "Meals"})
    (line,) = said.fields
    assert "".join(text for text, _ in line.values.left) == "2012-05-06 or 2012-06-05"
    assert said.namesakes == ("SIS: Ana Lopez, born 2009-01-02", "and 2 more")
    assert said.known_in == ("Meals, lms", "no other system")


@pytest.mark.parametrize(
    ("questions", "took"),
    [
        (11, "about 6 minutes"),
        (12, ", 6 minutes"),
        (1, "under a minute"),
        (2, ", 1 minute at"),
        (3, "about 2"),
    ],
)
def test_half_a_minute_is_not_rounded_up_unsaid(questions: int, took: str) -> None:
    rows = pd.DataFrame({"question": range(questions), "probability": 0.5, "pairs_gained": 2})
    worth = expected_review_gain(rows, seconds=30, error_rate=0.02)
    assert took in plain(describe_review_hour(worth, 30, 0.02, 0))
    assert review_gain_table(worth)["rows"][-1][0].startswith("about") == bool(questions % 2)


def test_the_first_question_names_others_as_other_children(desk: ReviewDesk) -> None:
    desk._session.questions["namesakes"] = "attendance: Leroy Brown"
    assert "The name fits other groups of records, too: Attendance: Leroy Brown." in desk.still().text
