"""Each page of a report in a browser: whole, quiet, narrow enough, walked by keyboard, heard by axe."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.page_faults import (
    SIZES,
    faults_for_assistive_technology,
    faults_of_tabbing,
    faults_on_opening,
    opened,
)
from tests.tiers import WEEKLY

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
PAGES = ["index", *(path.stem for path in NOTEBOOKS)]
BANNERS = {
    "workshop": ("This district is invented", "rgb(246, 248, 250)"),
    "real": ("Real data: restricted", "rgb(142, 27, 27)"),
}

pytestmark = pytest.mark.browser


@pytest.fixture(params=["workshop", pytest.param("real", marks=WEEKLY)])
def kind(request: pytest.FixtureRequest) -> str:
    """The invented district, then the real folder."""
    return str(request.param)


@pytest.fixture
def pages(kind: str, request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(f"{kind}_pages")
    return folder


def test_there_is_a_page_of_each_notebook_and_an_index(pages: Path) -> None:
    there = {path.stem for path in pages.glob("*.html")}
    assert sorted(name for name in there if not name.startswith("explain_")) == sorted(PAGES)


def faults_for_everybody(page: Page, size: str) -> list[str]:
    """Look at a page as it opens, by keyboard, and as a screen reader hears it."""
    looks = (faults_on_opening, faults_of_tabbing, faults_for_assistive_technology)
    return [fault for look in looks for fault in look(page, size)]


@pytest.mark.parametrize("name", ["explain_undetected_by_number", "explain_flagged"])
def test_the_page_of_a_number_serves_everybody(browser: Browser, workshop_pages: Path, name: str) -> None:
    faults: list[str] = []
    for size in SIZES:
        with opened(browser, workshop_pages / f"{name}.html", size, faults) as page:
            faults += faults_for_everybody(page, size)
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_whole_and_serves_everybody(browser: Browser, pages: Path, kind: str, name: str) -> None:
    words, color = BANNERS[kind]
    faults: list[str] = []
    for size in SIZES:
        with opened(browser, pages / f"{name}.html", size, faults) as page:
            faults += faults_for_everybody(page, size)
            banner = page.locator("header .banner")
            assert banner.is_visible()
            assert words in banner.inner_text()
            assert banner.evaluate("banner => getComputedStyle(banner).backgroundColor") == color
            # Unfolded by now, its widest tables included.
            faults += faults_on_opening(page, size)
    assert faults == []


def test_the_page_of_one_child_says_where_each_value_is_from(browser: Browser, workshop_pages: Path) -> None:
    faults: list[str] = []
    with opened(browser, workshop_pages / "04_see_the_child.html", "laptop", faults) as page:
        profile = page.get_by_role("table").filter(has_text="system, file and row")
        rows = profile.locator("tbody tr")
        assert rows.count() > 10
        sources = rows.locator("td:nth-child(3)").all_inner_texts()
        assert [text for text in sources if "row" not in text] == []
        lanes = page.get_by_role("img", name="dated lines about one child")
        assert lanes.is_visible()
        assert lanes.evaluate("picture => picture.naturalWidth") > 0
    assert faults == []


def test_no_real_child_has_a_page(browser: Browser, real_pages: Path) -> None:
    faults: list[str] = []
    with opened(browser, real_pages / "04_see_the_child.html", "laptop", faults) as page:
        assert page.get_by_text("we follow none of them").first.is_visible()
        assert page.get_by_role("table").filter(has_text="system, file and row").count() == 0
    with opened(browser, real_pages / "index.html", "laptop", faults) as page:
        page.get_by_text("How each system's children are linked").first.click()
        joined = page.get_by_role("table").filter(has_text="how they are linked to other systems")
        assert "all 49 linked and verified" in joined.inner_text()
        assert "all linked by an id that nothing could verify" in joined.inner_text()
        assert page.get_by_text("bigpicture start").is_visible()
    assert faults == []


def test_no_child_of_a_folder_without_a_mark_has_a_page(browser: Browser, unmarked_pages: Path) -> None:
    faults: list[str] = []
    with opened(browser, unmarked_pages / "04_see_the_child.html", "laptop", faults) as page:
        assert page.get_by_text("we follow none of them").first.is_visible()
        assert page.get_by_role("table").filter(has_text="system, file and row").count() == 0
    with opened(browser, unmarked_pages / "index.html", "laptop", faults) as page:
        page.get_by_text("How each system's children are linked").first.click()
        joined = page.get_by_role("table").filter(has_text="how they are linked to other systems")
        assert "all 12 linked and verified" in joined.inner_text()
        assert "all 12 linked by an id that nothing could verify" in joined.inner_text()
    assert faults == []


def test_what_is_wrong_with_a_page_is_seen(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text(
        """<!DOCTYPE html><html lang="en"><head><title>Wrong</title><link rel="icon" href="data:,">
        <style>a:focus-visible { outline: none } p { color: #999; background: #aaa }</style></head>
        <body><main><h1>Wrong</h1><a href="#x">a link</a><a href="#y" tabindex="0" onkeydown="
        if (event.key === 'Tab') event.preventDefault()">a trap</a><p>Hardly to be read</p>
        <a href="#z">behind the trap</a><img alt="a picture" src="data:image/png;base64,AAAA">
        <div style="width: 900px">wide</div><div style="width: 40px; overflow: hidden; white-space: nowrap">
        71 another child's</div><p style="margin: 0; color: black; background: white">below</p>
        <p style="margin: -9px 0 0; color: black">on top of it</p><div style="width: 40px; overflow: auto;
        white-space: nowrap" tabindex="0">what scrolls is not cut</div><div style="position: absolute;
        width: 1px; height: 1px; overflow: hidden">for a screen reader alone</div></main>
        <script src="missing.js"></script>
        <script>console.error('oh dear')</script></body></html>""",
        encoding="utf-8",
    )
    faults: list[str] = []
    with opened(browser, tmp_path / "wrong.html", "telephone", faults) as page:
        faults += faults_on_opening(page, "telephone")
        faults += faults_of_tabbing(page, "telephone")
        faults += faults_for_assistive_technology(page, "telephone")
    said = "\n".join(faults)
    for words in (
        "a picture isn't there: a picture",
        "it scrolls sideways",
        "text is cut off: 71 another child's",
        "text stands on text: below | on top of it",
        'no ring when Tab is on <a href="#x">',
        'Tab never reaches <a href="#z">',
        "serious: color-contrast",
        "missing.js",
        "oh dear",
    ):
        assert words in said
    assert "text is cut off: what scrolls" not in said
    assert "text is cut off: for a screen" not in said
