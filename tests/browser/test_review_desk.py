"""The review desk in JupyterLab: three pairs answered by keys alone, and what the notebook keeps of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from helpers.link.review import read_decisions
from tests.browser.jupyterlab_window import LabServer, NotebookWindow, lab_server

pytestmark = pytest.mark.browser

REPLIES = 30_000  # milliseconds
# A cell of fewer letters, such as a grade, stands elsewhere too.
LONG_ENOUGH = 6
SOURCE = """
import json
import shutil
from pathlib import Path
from helpers.files import read_district
from helpers.link import link_district
from helpers.report.widgets.review_desk import review_desk
district = read_district({folder!r})
links = link_district(district, "standardized")
review_desk(district, links, {decisions!r}, reviewer="ab")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made district of which pairs wait for a person."""
    from synthetic_data.district import make_district

    return make_district(students=300, level="manual", folder=tmp_path_factory.mktemp("waits") / "district")


@pytest.fixture(scope="module")
def real(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same files, of which nobody says that they are invented."""
    copy = tmp_path_factory.mktemp("as_real") / "district"
    shutil.copytree(made, copy, ignore=shutil.ignore_patterns("answer_key"))
    about = json.loads((copy / "district.json").read_text(encoding="utf-8"))
    (copy / "district.json").write_text(json.dumps({**about, "synthetic": False}), encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def server(made: Path, real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab on two small notebooks, one a folder."""
    folder = tmp_path_factory.mktemp("desks")
    for name, district in (("made", made), ("real", real)):
        source = SOURCE.format(folder=str(district), decisions=str(folder / f"{name}.csv"))
        cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell("kept = 'untouched'\nkept")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, folder / f"{name}.ipynb")
    with lab_server(folder, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@contextmanager
def opened(browser: Browser, server: LabServer, name: str) -> Iterator[tuple[Page, NotebookWindow, Locator]]:
    """Open a notebook, run it, and give its desk when a pair is on it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    window = NotebookWindow(page, server, name)
    window.run_all()
    assert window.errors == []
    desk = page.locator(".review-desk")
    desk.locator("tbody th").first.wait_for(timeout=REPLIES)
    yield page, window, desk
    page.close()


def press(desk: Locator, key: str, words: str) -> None:
    """Press a key where the focus is, and wait until the desk says what came of it."""
    desk.page.keyboard.press(key)
    expect(desk.locator(".status")).to_contain_text(words, timeout=REPLIES)


def test_three_pairs_are_answered_by_keys_alone(browser: Browser, server: LabServer) -> None:
    with opened(browser, server, "made.ipynb") as (page, window, desk):
        cells = window.cells
        desk.focus()
        press(desk, "y", "Saved: one child.")
        press(desk, "n", "Saved: two children.")
        press(desk, "s", "Skipped")
        press(desk, "u", "Taken back.")
        press(desk, "y", "Saved: one child.")
        told = read_decisions(server.folder / "made.csv")
        assert told["decision"].tolist() == ["Match", "No match", "Match"]
        assert set(told["decided_by"]) == {"ab"}
        expect(desk.locator("progress")).to_have_js_property("value", 3)
        # The notebook's own keys heard none of it: no cell became text, was copied or taken away.
        assert [(cell["cell_type"], cell["source"]) for cell in window.cells] == [
            (cell["cell_type"], cell["source"]) for cell in cells
        ]
        # From button to button by Tab, and a held key answers once.
        page.keyboard.press("Tab")
        expect(desk.get_by_role("button", name="Yes, one child")).to_be_focused()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(desk.locator(".status")).to_contain_text("Taken back.", timeout=REPLIES)
        expect(desk.get_by_role("button", name="Undo")).to_be_focused()
        page.keyboard.down("n")
        page.keyboard.down("n")
        page.keyboard.up("n")
        expect(desk.locator(".status")).to_contain_text("Saved: two children.", timeout=REPLIES)
        expect(desk.locator("progress")).to_have_js_property("value", 3)
        assert window.asked_elsewhere == []


def test_nothing_of_a_real_child_is_saved_with_the_notebook(browser: Browser, server: LabServer) -> None:
    with opened(browser, server, "real.ipynb") as (page, _, desk):
        said = desk.locator("tbody td[data-system]:not(:has(.missing))").all_inner_texts()
        names = {text for text in said if len(text) > LONG_ENOUGH}
        assert names  # the desk itself shows them
        for command in ("@jupyter-widgets/jupyterlab-manager:saveWidgetState", "docmanager:save"):
            page.evaluate(f"window.jupyterapp.commands.execute({command!r})")
        page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty", timeout=REPLIES)
        saved = json.loads((server.folder / "real.ipynb").read_text(encoding="utf-8"))
        assert "widgets" in saved["metadata"]  # the state of widgets was saved, too
        assert "fewer than 10" in str(saved["cells"][0]["outputs"])
        text = json.dumps(saved, ensure_ascii=False)
        assert {name for name in names if name in text} == set()


@pytest.mark.parametrize("width", [360, 768])
def test_the_desk_fits_a_narrow_page_and_keeps_nobody_out(
    browser: Browser, server: LabServer, width: int
) -> None:
    with opened(browser, server, "made.ipynb") as (page, _, desk):
        # JupyterLab itself has no room for a telephone's width: the desk gets it.
        desk.evaluate("(desk, width) => { desk.style.width = `${width - 32}px`; }", width)
        assert desk.evaluate("desk => desk.scrollWidth <= desk.clientWidth")
        assert desk.get_by_role("row").count() > 1
        desk.evaluate("desk => desk.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        found = Axe().run(page, context=".review-desk").response
        assert found["passes"]
        assert [fault["id"] for fault in found["violations"]] == []
