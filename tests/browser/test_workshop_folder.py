"""The workshop's folder in a browser: slides fit the screen, sheets fit the paper, nothing asks a network."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from helpers.teach.workshop import pack
from helpers.teach.workshop.pack import make_pack
from helpers.teach.workshop.tracks import track_named
from tests.browser.page_faults import faults_for_assistive_technology
from tests.kept import Kept
from tests.notebooks_here import notebooks_here
from tests.teach.tiny_session import NAME, REASON, REVEALED, SOLUTION, tiny_notebooks

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 720}
PAPERS = ("Letter", "A4")
ONE_SHEET = ("quiz/before.html", "quiz/after.html", "answer_sheets/quiz_before.html", "data_safety.html")
PAGES = (
    "START_HERE.html",
    "trainer_guide.html",
    f"handouts/{NAME}.html",
    f"answer_sheets/{NAME}.html",
    *ONE_SHEET,
)


@pytest.fixture(scope="module")
def folder(kept: Kept, district_folder: Path) -> Path:
    def once() -> Path:
        place = kept.folder / "workshop_in_browser"
        with notebooks_here(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(pack, "solution_of", lambda number, folder: (SOLUTION, REASON))
            notebooks = tiny_notebooks(place / "notebooks")
            track = track_named("half-day")
            return make_pack(track, place / "out", notebooks=notebooks, cards_of=district_folder).folder

    return kept("workshop_in_browser", once)


@pytest.fixture
def page(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A window, and what it complained about or asked of a network."""
    window = browser.new_page(viewport=SCREEN)  # type: ignore[arg-type]
    troubles: list[str] = []
    window.on("pageerror", lambda error: troubles.append(str(error)))
    window.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    window.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:")) else troubles.append(asked.url),
    )
    yield window, troubles
    window.close()


def test_each_slide_fits_the_screen_and_the_answer_has_its_own(
    page: tuple[Page, list[str]], folder: Path
) -> None:
    window, troubles = page
    window.goto((folder / "slides" / f"{NAME}.html").as_uri())
    many = window.evaluate("Reveal.getTotalSlides()")
    shown = []
    for place in range(many):
        window.evaluate(f"Reveal.slide({place})")
        slide = window.locator("section.present")
        box = slide.bounding_box()
        assert box is not None
        assert box["height"] > 20
        assert box["y"] + box["height"] <= SCREEN["height"]
        shown.append(slide.inner_text())
    assert [REVEALED in text for text in shown].count(True) == 1
    assert troubles == []


def test_on_paper_one_slide_follows_the_other_and_none_is_cut(
    page: tuple[Page, list[str]], folder: Path
) -> None:
    window, troubles = page
    window.goto((folder / "slides" / f"{NAME}.html").as_uri())
    many = window.evaluate("Reveal.getTotalSlides()")
    window.emulate_media(media="print")
    boxes = window.evaluate(
        """() => [...document.querySelectorAll('.slides section:not(.stack)')].map(one => {
            const box = one.getBoundingClientRect();
            return [box.top + scrollY, box.bottom + scrollY, one.scrollHeight - one.clientHeight];
        })"""
    )
    assert len(boxes) == many > 3
    assert all(bottom - top > 20 and over <= 1 for top, bottom, over in boxes)
    assert all(later[0] >= earlier[1] - 1 for earlier, later in itertools.pairwise(boxes))
    # What lies below the end of the document is on no sheet.
    assert boxes[-1][1] <= window.evaluate("document.documentElement.scrollHeight") + 1
    assert troubles == []


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", ONE_SHEET)
def test_a_sheet_is_one_sheet(name: str, paper: str, page: tuple[Page, list[str]], folder: Path) -> None:
    window, troubles = page
    window.goto((folder / name).as_uri())
    printed = window.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert troubles == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_can_be_read_with_assistive_technology(
    name: str, page: tuple[Page, list[str]], folder: Path
) -> None:
    window, troubles = page
    window.goto((folder / name).as_uri())
    assert faults_for_assistive_technology(window, "laptop") == []
    assert troubles == []
