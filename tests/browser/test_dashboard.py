"""The dashboard under Voila and in JupyterLab: by keyboard alone, nothing fetched, nobody kept out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from helpers.profile import read_check_ins
from helpers.profile.store.profiles import ProfileStore
from helpers.report.family.printing import look_into
from helpers.report.widgets.serve_dashboard import Served, serve_dashboard, store_of
from tests.browser.dashboards import LONG, SCRIPT, SHEET, odd_district
from tests.browser.jupyterlab_window import LabServer, NotebookWindow, lab_server
from tests.browser.page_faults import GRAVE, WIDER, faults_of_tabbing

pytestmark = pytest.mark.browser

# Milliseconds that an answer, and a whole visit, may take on two cores that others use, too.
REPLIES, VISITS = 30_000, 120_000


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A small district, and the name of its child with two birth dates."""
    from synthetic_data.district import make_district

    folder = tmp_path_factory.mktemp("odd")
    made = make_district(students=80, faults=0.0, folder=folder / "made")
    return folder / "district", odd_district(made, folder / "district")


@pytest.fixture(scope="module")
def store(odd: tuple[Path, str]) -> ProfileStore:
    """Its profiles."""
    return store_of(odd[0], odd[0].parent / "store")


@pytest.fixture(scope="module")
def served(store: ProfileStore, project: Path) -> Iterator[Served]:
    """The dashboard as a web page."""
    with serve_dashboard(store.place, project / "notebooks" / "04_see_the_child.ipynb") as running:
        yield running


@pytest.fixture(scope="module")
def lab(store: ProfileStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab on a notebook whose only cells are the dashboard and its check-in."""
    folder = tmp_path_factory.mktemp("lab")
    source = "from helpers.report import check_in, dashboard"
    source += f"\nboard = dashboard({str(store.place)!r})\nboard"
    sources = [source, "check_in(board)", "kept = 'untouched'"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "page.ipynb")
    with lab_server(folder, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@dataclass(frozen=True)
class WebPage:
    """The page that Voila serves, what it asked for elsewhere, and which scripts failed."""

    page: Page
    board: Locator
    elsewhere: list[str]
    failed: list[str]


@pytest.fixture(scope="module")
def opened(browser: Browser, served: Served) -> Iterator[WebPage]:
    """The page, opened once: each visit takes a kernel of its own, which must first read the store."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    elsewhere: list[str] = []
    home = served.address.partition("?")[0]
    near = (home, home.replace("http", "ws", 1), "data:", "blob:")
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(near) else elsewhere.append(one.url))
    page.on("websocket", lambda one: None if one.url.startswith(near) else elsewhere.append(one.url))
    page.goto(served.address, wait_until="load", timeout=VISITS)
    board = page.locator(".dashboard")
    board.locator("h2").first.wait_for(timeout=VISITS)
    yield WebPage(page, board, elsewhere, failed)
    page.close()


@pytest.fixture
def web(opened: WebPage) -> WebPage:
    """The page on a laptop, whoever looked at it before."""
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    opened.page.keyboard.press("Escape")
    return opened


def seat(board: Locator, role: str) -> None:
    """Choose another role, and wait until the page is of it."""
    select = board.get_by_label("Role")
    if select.locator("option:checked").inner_text() == role:
        return
    select.select_option(label=role)
    expect(board.locator(".status")).to_contain_text(f"Seen as: {role}", timeout=REPLIES)


def find(board: Locator, letters: str) -> Locator:
    """Type letters of a name, and give the names that are found."""
    search = board.get_by_role("combobox", name="Search a name")
    search.fill("")
    search.press_sequentially(letters)
    options = board.locator('[role="option"]')
    # Not what was found by its first letters.
    expect(options.first).to_contain_text(letters, ignore_case=True, timeout=REPLIES)
    return options


def open_page(board: Locator, letters: str, name: str) -> None:
    """Open a child's page by a name."""
    find(board, letters).filter(has_text=name).first.click()
    expect(board.locator("h2")).to_contain_text(name, timeout=REPLIES)


def choose_by_keyboard(page: Page, board: Locator) -> None:
    """Come to the search by Tab, find a child, go down one, open her page; the focus is never lost."""
    board.get_by_label("Role").focus()
    search = board.get_by_role("combobox", name="Search a name")
    for _ in range(6):
        if search.evaluate("search => search === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(search).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type("a")
    page.keyboard.type("n")
    options = board.locator('[role="option"]')
    options.first.wait_for(timeout=REPLIES)
    assert 2 <= options.count() <= 20
    expect(search).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    second = board.locator('[role="option"][aria-selected="true"]')
    assert second.get_attribute("id") == search.get_attribute("aria-activedescendant")
    assert second.count() == 1
    name = options.nth(1).locator(".hit").inner_text()
    before = board.locator("h2").inner_text()
    page.keyboard.press("Enter")
    expect(board.locator("h2")).to_have_text(name, timeout=REPLIES)
    assert name != before
    expect(board.locator(".status")).to_contain_text(f"The page shows: {name}")
    expect(search).to_be_focused()
    expect(options.first).to_be_hidden()
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    # Enter unfolds the first domain, and opens the row of its first value, which is read by Python.
    board.locator("details.fold > summary").first.focus()
    page.keyboard.press("Enter")
    fold = board.locator("details.fold[open] details[data-open]").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator(".opened > table, .opened > p:not(.place)").first).to_be_visible(timeout=REPLIES)


def grave_faults(page: Page, **context: str) -> list[str]:
    found = Axe().run(page, **context).response  # type: ignore[arg-type]
    assert found["passes"]
    return [
        f"{fault['impact']}: {fault['id']}: {node['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


def unfold(board: Locator) -> None:
    """Open every fold of the page that is there already, and of those that ask for rows the first three."""
    opens = "board => [...board.querySelectorAll('details[data-open]')].slice(0, 3)"
    others = "[...board.querySelectorAll('details:not([data-open])')]"
    board.evaluate(f"{opens}.concat({others}).forEach(fold => {{ fold.open = true; }})")
    board.locator("table.row").first.wait_for(timeout=REPLIES)
    expect(board.locator(".status")).to_contain_text("The row is shown below its value", timeout=REPLIES)


def begin_check_in(page: Page) -> str:
    """Begin the check-in by keys, and give the name of its first student."""
    form = page.locator(".check-in")
    form.get_by_role("button", name="Begin the check-in").press("Enter")
    student = form.get_by_label("Student")
    student.wait_for(timeout=REPLIES)
    return student.locator("option").first.inner_text().partition(" · ")[0]


def test_a_check_in_saves_who_does_what_by_when(web: WebPage, odd: tuple[Path, str]) -> None:
    page, form = web.page, web.page.locator(".check-in")
    seat(web.board, "principal")
    name = begin_check_in(page)
    expect(form.locator(".title")).to_contain_text("Check-in, seen as: principal")
    what = form.get_by_label("What do we decide?")
    what.focus()
    page.keyboard.insert_text("Call home <b>today</b>")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("=counselor")
    form.get_by_label("By when?").fill("2026-05-14")
    form.get_by_label("Who decided?").fill("grade team")
    form.get_by_role("button", name="Save the decision").press("Enter")
    expect(form.locator(".status")).to_have_text("Saved.", timeout=REPLIES)
    line = form.locator(".decided li").first
    expect(line).to_contain_text(
        f"{name}Call home <b>today</b> (=counselor, by 2026-05-14)A flag is still there"
    )
    row = read_check_ins(odd[0] / "check_in.csv").decisions.iloc[0]
    assert (row["name"], row["what"], row["who"]) == (name, "Call home <b>today</b>", "=counselor")
    assert (row["decided_by"], row["status"]) == ("grade team", "Open")

    # Half a decision isn't saved, and what was typed is still there.
    what.fill("Ask the student")
    form.get_by_role("button", name="Save the decision").click()
    expect(form.locator(".trouble").last).to_contain_text("Missing: who does it", timeout=REPLIES)
    expect(what).to_have_value("Ask the student")
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(WIDER)
    assert grave_faults(page, context=".check-in") == []

    form.get_by_role("button", name="Done: Call home").press("Enter")
    expect(line).to_contain_text("A flag is still there; done", timeout=REPLIES)
    assert len(read_check_ins(odd[0] / "check_in.csv").decisions) == 2
    assert web.elsewhere == []


def test_under_voila_a_child_is_chosen_by_keyboard_and_nothing_is_fetched(web: WebPage) -> None:
    seat(web.board, "meals manager")
    choose_by_keyboard(web.page, web.board)
    assert web.elsewhere == []
    assert web.failed == []


def test_in_jupyterlab_a_child_is_chosen_by_keyboard_and_none_is_saved(
    browser: Browser, lab: LabServer
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    window = NotebookWindow(page, lab, "page.ipynb")
    window.run_all()
    assert window.errors == []
    board = page.locator(".dashboard")
    board.locator("h2").first.wait_for(timeout=REPLIES)
    cells = [(cell["cell_type"], cell["source"]) for cell in window.cells]
    seat(board, "meals manager")
    choose_by_keyboard(page, board)
    chosen = board.locator("h2").inner_text()
    student = begin_check_in(page)
    # The notebook's own keys heard none of it.
    assert [(cell["cell_type"], cell["source"]) for cell in window.cells] == cells
    assert grave_faults(page, context=".dashboard") == []
    for command in ("@jupyter-widgets/jupyterlab-manager:saveWidgetState", "docmanager:save"):
        page.evaluate(f"window.jupyterapp.commands.execute({command!r})")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty", timeout=REPLIES)
    saved = json.loads((lab.folder / "page.ipynb").read_text(encoding="utf-8"))
    assert "widgets" in saved["metadata"]  # the state of widgets was saved, too
    assert chosen not in json.dumps(saved, ensure_ascii=False)
    assert student not in json.dumps(saved, ensure_ascii=False)
    assert window.asked_elsewhere == []
    page.close()


def test_names_that_are_code_are_shown_as_text(web: WebPage) -> None:
    ran: list[str] = []
    web.page.on("dialog", lambda dialog: ran.append(dialog.message))
    seat(web.board, "meals manager")
    assert find(web.board, "zora").count() == 3
    for name in (SCRIPT, SHEET, LONG):
        open_page(web.board, "zora", name)
        expect(web.board.locator("h2")).to_have_text(f"Zora {name}")
        for width in (360, 1280):
            web.page.set_viewport_size({"width": width, "height": 900})
            assert not web.page.evaluate(WIDER)
    # Records of nobody on the roster are in a drawer of their own, and open no page.
    web.board.get_by_label("Grade", exact=True).select_option(label="unmatched records")
    assert find(web.board, "vera").count() == 3
    find(web.board, "vera").filter(has_text=SCRIPT).first.click()
    expect(web.board.locator(".status")).to_contain_text(f"Vera {SCRIPT}: unmatched records", timeout=REPLIES)
    web.board.get_by_label("Grade", exact=True).select_option(index=0)
    assert web.board.locator("script").count() == 0
    assert ran == []


def test_two_birth_dates_and_a_system_that_is_not_there(web: WebPage, odd: tuple[Path, str]) -> None:
    board = web.board
    seat(board, "teacher")
    # What only the system has that is not there is said to be collected by nobody.
    missing = board.locator(".lacking li")
    expect(missing.filter(has_text="School activities").first).to_contain_text("nobody collects it")
    seat(board, "meals manager")
    open_page(board, odd[1], odd[1])
    against = board.locator(".against").filter(has_text="2001-01-31").first
    expect(against).to_contain_text(re.compile("Shown is what SIS says, because it is trusted more than"))


@pytest.mark.parametrize("width", [1280, 768, 360])
def test_the_page_fits_and_keeps_nobody_out(web: WebPage, width: int) -> None:
    page, board = web.page, web.board
    seat(board, "principal")
    seat(board, "teacher")
    page.set_viewport_size({"width": width, "height": 740})
    assert not page.evaluate(WIDER)
    if width == 360:
        # From the top, wherever the focus was.
        page.evaluate("document.body.tabIndex = -1; document.body.focus()")
        page.evaluate("document.body.removeAttribute('tabindex')")
        assert faults_of_tabbing(page, "telephone") == []
    unfold(board)
    assert not page.evaluate(WIDER)
    assert grave_faults(page) == []
    levels = board.evaluate("b => [...b.querySelectorAll('h2,h3,h4,h5')].map(h => Number(h.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_childs_page_prints_on_one_sheet_without_its_controls(web: WebPage, tmp_path: Path) -> None:
    # Drawn anew: what an earlier look unfolded is folded again.
    seat(web.board, "principal")
    seat(web.board, "teacher")
    web.page.pdf(path=tmp_path / "page.pdf", format="Letter", prefer_css_page_size=True)
    assert look_into(tmp_path / "page.pdf").sheets == 1
    web.page.emulate_media(media="print")
    expect(web.board.locator(".controls")).to_be_hidden()
    web.page.emulate_media(media="screen")


def test_whoever_lacks_the_word_of_the_address_sees_nobody(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    page.goto(served.address.partition("?")[0])
    assert page.locator(".dashboard").count() == 0
    assert "token" in page.content().lower()
    page.close()
