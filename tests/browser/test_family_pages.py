"""Family pages as they are read: on screens, by Tab, by a screen reader, and on one sheet of paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from helpers.report.child.statements import PageStatements
from helpers.report.family.printing import look_into, print_pages
from helpers.report.messages import languages
from tests.browser.page_faults import (
    SIZES,
    faults_for_assistive_technology,
    faults_of_tabbing,
    faults_on_opening,
    opened,
)
from tests.report.fullest_page import fullest_child, page_of

SHEETS = 1


@pytest.mark.browser
@pytest.mark.parametrize("language", languages())
def test_the_fullest_and_the_emptiest_page_are_read_by_everybody_on_every_screen(
    browser: Browser, language: str, tmp_path: Path
) -> None:
    faults: list[str] = []
    for name, own in (("fullest", fullest_child()), ("emptiest", PageStatements("c-1"))):
        path = tmp_path / f"{name}.html"
        path.write_text(page_of(own, language), encoding="utf-8")
        for size in SIZES:
            found: list[str] = []
            with opened(browser, path, size, found) as page:
                found += faults_on_opening(page, size)
                found += faults_of_tabbing(page, size)
                found += faults_for_assistive_technology(page, size)
            faults += [f"{name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@pytest.mark.browser
@pytest.mark.parametrize("language", languages())
def test_the_fullest_page_is_printed_on_one_sheet_of_either_paper_with_tags(
    chromium: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGPICTURE_CHROMIUM", chromium)
    pages = []
    for voice in ("family", "student"):
        for paper in ("letter", "A4"):
            pages.append(tmp_path / f"{voice}_{paper}.html")
            markup = page_of(fullest_child(), language, voice, paper)  # type: ignore[arg-type]
            pages[-1].write_text(markup, encoding="utf-8")
    for printed in print_pages(pages):
        found = look_into(printed)
        assert found.sheets <= SHEETS, f"{printed.stem}: {found.sheets} sheets"
        assert found.tagged
        assert found.language == language
