"""The survey's form in JupyterLab: filled in by keys alone, gone on with, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from helpers.standard.survey_items import declared_survey
from helpers.survey import read_answers
from tests.browser.jupyterlab_window import LabServer, NotebookWindow, lab_server

pytestmark = pytest.mark.browser

REPLIES = 30_000  # milliseconds
SOURCE = """
from helpers.report.widgets.survey_form import survey_form
survey_form("answers.csv", system="Lake", year=2026)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("forms")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "form.ipynb")
    with lab_server(folder, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


def opened(browser: Browser, server: LabServer) -> tuple[Page, NotebookWindow]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    window = NotebookWindow(page, server, "form.ipynb")
    window.run_all()
    assert window.errors == []
    page.locator(".survey-form input[type=text]").first.wait_for(timeout=REPLIES)
    return page, window


def saved(page: Page, words: str) -> None:
    expect(page.locator(".survey-form .status")).to_contain_text(words, timeout=REPLIES)


def test_the_form_is_filled_in_by_keys_and_gone_on_with(browser: Browser, server: LabServer) -> None:
    answers = Path(server.folder) / "answers.csv"
    page, window = opened(browser, server)
    form = page.locator(".survey-form")
    form.locator("input[type=text]").first.focus()
    page.keyboard.insert_text("Noé")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("=Teacher")
    page.keyboard.press("Enter")
    expect(form.locator("legend").first).to_be_visible(timeout=REPLIES)
    # From the heading Tab leads to the first question; Space takes an answer, arrows move on within it.
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    saved(page, "1 of 41")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    saved(page, "2 of 41")
    found = read_answers(answers).answers.set_index("item")["answer"].dropna()
    assert found.to_dict() == {"leadership_1": 2, "leadership_2": 2}
    serious = [
        fault
        for fault in Axe().run(page, context=".survey-form").response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []

    form.get_by_role("button", name="Next").press("Enter")
    expect(form.locator(".title")).to_contain_text("Governance (2 of 6)")
    form.get_by_label(declared_survey().item("governance_1").anchor(4)).check()
    saved(page, "3 of 41")
    form.get_by_role("button", name="another person").click()
    # Notebooks keep nothing of what was answered.
    assert "Noé" not in str(window.cells)
    form.get_by_role("button", name="Noé: 3 of 41").click()
    saved(page, "Going on as Noé, with 3 answered")
    checked = form.locator("input[type=radio]:checked")
    assert checked.count() == 2
    assert [checked.nth(place).input_value() for place in range(2)] == ["2", "2"]

    for _ in range(6):
        form.get_by_role("button", name="Next").click()
    form.locator("textarea").fill("<b>not bold</b>\nsecond line")
    form.get_by_role("button", name="another person").click()
    form.get_by_role("button", name="Noé: 3 of 41").wait_for(timeout=REPLIES)
    person = read_answers(answers).respondents.iloc[0]
    assert (person["respondent"], person["role"]) == ("Noé", "=Teacher")
    assert person["note"] == "<b>not bold</b>\nsecond line"
    page.close()


def test_another_sitting_finds_what_was_saved(browser: Browser, server: LabServer) -> None:
    page, _ = opened(browser, server)
    page.locator(".survey-form").get_by_role("button", name="Noé: 3 of 41").wait_for(timeout=REPLIES)
    page.close()
