"""Every notebook runs as it stands, with other parameters, from anywhere, and on real files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import chdir, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

import nbformat
import pandas as pd
import papermill
import pytest

from helpers.files import read_district
from helpers.systems import copy_of_elements
from synthetic_data.studies.levels import results as told
from synthetic_data.studies.levels.page import kit_run
from tests.kept import Kept
from tests.notebooks_here import notebooks_here
from tests.shared_districts import STUDENTS
from tests.shared_reports import RanReport, SharedReports
from tests.standing import standing_in
from tests.tiers import FULL

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# Small, so that they are quick; another seed, so that nothing fits one district only.
CHANGED = {"students": 60, "seed": 11, "level": "none"}
EVERY_DAY = "every day"
AS_IT_STANDS = "defaults"
CHANGED_RUN = "changed"

pytestmark = pytest.mark.notebooks


@dataclass
class Ran:
    """One execution: the notebook with its outputs."""

    notebook: nbformat.NotebookNode

    @property
    def markup(self) -> str:
        """All HTML that was shown."""
        outputs = [output for cell in self.notebook.cells for output in cell.get("outputs", [])]
        return "\n".join(output.get("data", {}).get("text/html", "") for output in outputs)


def execute(path: Path, folder: Path, *, parameters: dict[str, Any]) -> Ran:
    """Execute a notebook through papermill."""
    out = folder / f"done_{path.name}"
    papermill.execute_notebook(str(path), str(out), parameters=parameters)
    return Ran(nbformat.read(out, as_version=4))


def meals_first(own: Path) -> Path:
    """Change one line of a learner's copy of elements.toml: of names, the till is believed first."""
    copy = copy_of_elements(own)
    text, usual = copy.read_text(encoding="utf-8"), 'trust = ["sis", "attendance", "meals"]'
    copy.write_text(text.replace(usual, 'trust = ["meals", "sis", "attendance"]', 1), encoding="utf-8")
    return own


def dialed(dials: Iterable[float], **_: object) -> pd.DataFrame:
    """Stand in for the study that makes, reads and links more districts than all notebooks together."""
    ways = ("Looked up by number", "Standardized", "Resolved")
    counts = {"possible": 900, "linked": 800, "right": 790, "wrong": 10, "missed": 110}
    rows = [{"fault_factor": float(dial), "method": way, **counts} for dial in dials for way in ways]
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def runs(
    tmp_path_factory: pytest.TempPathFactory, kept: Kept, reports: SharedReports
) -> Callable[[str, Path], Ran]:
    """Execute a notebook when a test first asks for it; what one worker executed, no other executes again.

    After every change some run in the process of the tests, where they start no kernel and draw nothing. In
    the full tier each runs so, with other parameters and another working directory, too, and as it stands
    in a kernel of its own: that is the report of the workshop, at whose pages a browser looks as well.
    """
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    kinds: dict[str, tuple[Path, dict[str, Any]]] = {
        EVERY_DAY: (FOLDER, {"students": STUDENTS}),
        CHANGED_RUN: (elsewhere, CHANGED),
    }

    def run(kind: str, path: Path) -> Ran:
        cwd, parameters = kinds[kind]
        folder = tmp_path_factory.mktemp(f"{path.stem[:2]}_{kind}")
        if kind == CHANGED_RUN and path.stem.startswith("04"):
            parameters = {**parameters, "own_folder": str(meals_first(folder / "mine"))}
        few = mock.patch("synthetic_data.studies.linking.links_by_fault_rate", dialed)
        with notebooks_here(), chdir(cwd), few if kind == EVERY_DAY else nullcontext():
            return execute(path, folder, parameters=parameters)

    def of_kind(kind: str, path: Path) -> Ran:
        if kind == AS_IT_STANDS:
            done = reports.of(None).result.run / "notebooks" / path.name
            return Ran(nbformat.read(done, as_version=4))
        return kept(f"notebook_{path.stem}_{kind}", lambda: run(kind, path))

    return of_kind


KINDS = (AS_IT_STANDS, CHANGED_RUN, EVERY_DAY)
# After every change three run: the first one, who may see what, and a report that reads no district.
AFTER_EVERY_CHANGE = ("00", "06", "09")
RUNS = [
    pytest.param(
        path,
        kind,
        id=f"{path.stem}-{kind}",
        marks=() if kind == EVERY_DAY and path.stem.startswith(AFTER_EVERY_CHANGE) else FULL,
    )
    for path in NOTEBOOKS
    for kind in KINDS
]


def assert_every_picture_has_its_sentence(ran: Ran) -> None:
    """Check that whoever can't see a picture is told what it shows."""
    images = re.findall(r"<img[^>]*>", ran.markup)
    assert images
    said = [re.search(r'alt="([^"]*)"', image) for image in images]
    assert [alt for alt in said if alt is None or len(alt.group(1).split()) <= 5] == []


def assert_finding_comes_first(ran: Ran) -> None:
    """Check that the first thing that a reader sees, below title and banner, is the finding of the index."""
    tags = [cell.metadata.get("tags", []) for cell in ran.notebook.cells]
    (place,) = [at for at, names in enumerate(tags) if "headline" in names]
    (lead,) = ran.notebook.cells[place].outputs
    assert re.search(r'class="answer"[^>]*>\s*\S', lead.data["text/html"])
    above = ran.notebook.cells[1:place]
    assert [cell.source for cell in above if cell.cell_type == "markdown"] == []
    shown = [output.data.get("text/html", "") for cell in above for output in cell.outputs]
    assert [markup for markup in shown if 'aria-label="About these data"' not in markup] == []


def assert_no_library_warns(ran: Ran) -> None:
    """Check that nothing was written to standard error."""
    outputs = [out for cell in ran.notebook.cells for out in cell.get("outputs", [])]
    assert [out.text for out in outputs if out.output_type == "stream" and out.name == "stderr"] == []


# One test a run: were they three, a worker would wait while another one executes the same notebook.
@pytest.mark.parametrize(("path", "kind"), RUNS)
def test_a_notebook_runs_alone_leads_with_its_finding_and_shows_pictures_with_sentences_and_no_warning(
    runs: Callable[[str, Path], Ran], path: Path, kind: str
) -> None:
    ran = runs(kind, path)
    assert_finding_comes_first(ran)
    if kind in (EVERY_DAY, AS_IT_STANDS):
        assert_every_picture_has_its_sentence(ran)
        assert_no_library_warns(ran)


@pytest.mark.full
def test_one_line_of_a_learner_s_own_elements_changes_the_page(runs: Callable[[str, Path], Ran]) -> None:
    path = FOLDER / "04_see_the_child.ipynb"
    title = "What your elements.toml changes"
    assert title in runs(CHANGED_RUN, path).markup
    assert title not in runs(AS_IT_STANDS, path).markup


def words_of_our_own() -> str:
    """All text that the project itself puts on a page: a child's name in it is no leak."""
    sources = [*NOTEBOOKS, *(PROJECT / "synthetic_data").glob("systems/*/faults.toml")]
    sources.append(PROJECT / "synthetic_data" / "faults" / "kinds.toml")
    sources += [path for kind in ("*.py", "*.toml") for path in (PROJECT / "helpers").rglob(kind)]
    study = kit_run().study  # of invented districts, and on every page of notebook 07
    charts = [told.chart_of_steps(study), told.chart_of_placebo(study)]
    texts = [path.read_text(encoding="utf-8") for path in sources]
    return "\n".join([*texts, *(chart._repr_html_() for chart in charts)])


def assert_no_child_is_on_the_road(folder: Path, ran: RanReport) -> None:
    """Look for every name and id of a real folder in every byte that a report of it wrote."""
    result = ran.result
    index = result.index.read_text(encoding="utf-8")
    assert "Real data: restricted" in index
    assert "no answer key" in index
    pages = [path.read_text(encoding="utf-8") for path in sorted(ran.out.rglob("*.html"))]
    assert len(pages) > len(NOTEBOOKS)
    assert all("Real data: restricted" in page for page in pages)

    district = read_district(folder)
    columns = ("local_id", "first_name", "middle_name", "last_surname", "full_name", "email", "login")
    private = {text for column in columns for text in district.people[column].dropna() if len(text) > 3}
    private |= {text for text in district.identifiers["identifier"].dropna() if len(text) > 3}
    assert len(private) > 50
    written = [path.read_text(encoding="utf-8") for path in ran.out.rglob("*") if path.is_file()]
    # The text form of a picture is random letters, in which short names occur; pytest numbers its folders;
    # a picture's height in pixels may be anybody's number, and so may the second in which a run began, and
    # how many rows a file has.
    nobody = rf"base64,[A-Za-z0-9+/=]+|/pytest-\d+|\bheight=\\*\"\d+|{result.run.name}|\.\w+,\d+,none"
    # What can be downloaded is in an address: %2097 is a space and 97.
    everything = re.sub(nobody, "", unquote("\n".join([*written, ran.log])))
    ours = words_of_our_own()
    assert sorted(standing_in(everything, private) - standing_in(ours, private)) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ["grand_bend_joinable", "third_party_oneroster_1p1_school"])
def test_real_files_walk_the_same_road_and_no_child_is_on_it(
    reports: SharedReports, real_files: Path, name: str
) -> None:
    assert_no_child_is_on_the_road(real_files / name, reports.of(real_files / name))


@pytest.mark.full
def test_three_systems_that_do_not_say_that_they_are_invented_are_real(
    reports: SharedReports, exports_by_hand: Path
) -> None:
    assert_no_child_is_on_the_road(exports_by_hand, reports.of(exports_by_hand))


@pytest.mark.full
def test_all_systems_that_do_not_say_that_they_are_invented_are_real(
    reports: SharedReports, unmarked_folder: Path
) -> None:
    with notebooks_here():
        ran = reports.of(unmarked_folder)
    assert_no_child_is_on_the_road(unmarked_folder, ran)


@pytest.mark.full
@pytest.mark.parametrize("invented", [True, False])
def test_a_folder_without_teachers_walks_through_who_may_see_it(
    clean_district_folder: Path, tmp_path: Path, invented: bool
) -> None:
    exports = tmp_path / "exports"
    for system in ("meals", "health"):
        shutil.copytree(clean_district_folder / "silos" / system, exports / system)
    if invented:
        (exports / "district.json").write_text('{"synthetic": true}', encoding="utf-8")
    assert not read_district(exports).people["role"].eq("Staff").any()
    path = FOLDER / "06_who_may_see_this.ipynb"
    with notebooks_here(), chdir(tmp_path):
        ran = execute(path, tmp_path, parameters={"district_folder": str(exports)})
    assert ran.markup


def test_every_word_of_the_glossary_stands_in_the_notebook_that_it_names() -> None:
    lines = (FOLDER / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    words = {word: re.search(r"\(([^)]+\.ipynb)\)", where) for word, _, where in rows[1:]}
    assert len(words) > 20
    assert list(words) == sorted(words, key=str.lower)
    absent = []
    for word, link in words.items():
        assert link is not None, f"{word} names no notebook"
        text = (FOLDER / link.group(1)).read_text(encoding="utf-8").lower()
        if not any(part.strip().lower() in text for part in re.split(r"[,(]", word)):
            absent.append(word)
    assert absent == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_each_notebook_has_one_headline_for_the_first_page(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert sum("headline" in cell.metadata.get("tags", []) for cell in cells) == 1
