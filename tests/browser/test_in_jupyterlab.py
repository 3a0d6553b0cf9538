"""What a learner does first: open a notebook in JupyterLab and run it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyterlab_window import LabServer, NotebookWindow, lab_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def lab(
    browser: Browser, project: Path, home_of_made_districts: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LabServer]:
    """JupyterLab on a copy of the notebooks, as README tells learners to make one."""
    copy = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(project / "notebooks", copy, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with lab_server(copy, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def notebook(browser: Browser, lab: LabServer, request: pytest.FixtureRequest) -> Iterator[NotebookWindow]:
    """Open the notebook whose name the test gives."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield NotebookWindow(page, lab, request.param)
    page.close()


@pytest.mark.parametrize("notebook", ["00_start_here.ipynb"], indirect=True)
def test_the_first_notebook_runs_and_shows_its_picture(notebook: NotebookWindow) -> None:
    notebook.run_all()
    assert notebook.errors == []
    code = [cell for cell in notebook.cells if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in code if cell["execution_count"] is None] == []
    drawn = [place for place, cell in enumerate(notebook.cells) if "<img" in str(cell.get("outputs"))]
    assert drawn
    picture = notebook.show(drawn[0]).locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    assert len((picture.get_attribute("alt") or "").split()) > 5
    assert notebook.asked_elsewhere == []
