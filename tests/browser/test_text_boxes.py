"""The text of pages and pictures: at each width and on paper none is cut off, and none stands on another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser

from helpers.gaps import measure_gaps
from helpers.profile import source_of
from helpers.profile.indicators import compute_indicators
from helpers.report import first_actions, order_sentence
from helpers.report.child.page import child_page, system_names
from helpers.report.child.sheet import sheet_css
from helpers.report.family.pages import family_pages
from helpers.report.messages import VOICES, Voice, languages
from helpers.report.pages.gaps import gaps_page
from helpers.report.theme import page_css
from helpers.share import open_view, whos
from synthetic_data.studies.levels.page import kit_run, study_page
from synthetic_data.studies.levels.study import study_of
from tests.browser.page_faults import (
    SIZES,
    TABLET,
    faults_for_assistive_technology,
    faults_of_tabbing,
    faults_of_text,
    faults_on_opening,
    opened,
)
from tests.browser.test_report_pages import PAGES
from tests.report.fullest_page import LONGEST, fullest_child, page_of

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles
    from helpers.profile.store.source import MemorySource

pytestmark = pytest.mark.browser

SHEETS = 2
# Children whose pages we look at as each reader sees them.
MOST = 8


@pytest.mark.parametrize("name", PAGES)
def test_no_text_of_a_report_page_is_cut_off(browser: Browser, workshop_pages: Path, name: str) -> None:
    assert faults_of_text(browser, workshop_pages / f"{name}.html") == []


def levels_pages(folder: Path) -> dict[str, Path]:
    """Write the page of the kit's run, of one level of one seed, and with the longest name."""
    came = kit_run()
    one = came.figures["seed"].eq(1) & came.figures["level"].eq("manual")
    made = {
        "whole": (came.study, ("Riverbend", "manual")),
        "long": (came.study, (LONGEST, "none")),
        "small": (study_of(came.figures[one].reset_index(drop=True)), None),
    }
    return {
        name: study_page(study, folder / f"{name}.html", None, here) for name, (study, here) in made.items()
    }


def test_the_page_of_levels_is_read_by_everybody_and_printed_on_two_sheets(
    browser: Browser, tmp_path: Path
) -> None:
    faults: list[str] = []
    for name, path in levels_pages(tmp_path).items():
        found = faults_of_text(browser, path)
        for size in SIZES:
            with opened(browser, path, size, found) as page:
                found += faults_on_opening(page, size)
                found += faults_of_tabbing(page, size)
                found += faults_for_assistive_technology(page, size)
                for paper in ("Letter", "A4"):
                    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = false })")
                    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))
                    if sheets > SHEETS:
                        found.append(f"{sheets} sheets of {paper}")
        faults += [f"{name}: {fault}" for fault in found]
    assert faults == []


def test_one_drawing_is_shown_at_each_width_and_none_is_shrunk(browser: Browser, tmp_path: Path) -> None:
    path = levels_pages(tmp_path)["whole"]
    for width, wanted in ((1280, 724), (TABLET[0], 724), (600, 328), (360, 328)):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(path.as_uri())
        drawings = page.locator("figure.level-dots").first.locator("svg")
        shown = [one.bounding_box() for one in drawings.all() if one.is_visible()]
        assert [round(box["width"]) for box in shown if box] == [wanted], width
        page.close()


def test_no_text_of_the_page_of_gaps_is_cut_off(
    browser: Browser, district: District, district_links: Links, tmp_path: Path
) -> None:
    card = measure_gaps(district, district_links)
    to_do = first_actions(district, district_links, card, judged=True)
    path = gaps_page(
        tmp_path / "gaps.html", district, district_links, card, actions=to_do, order=order_sentence()
    )
    assert faults_of_text(browser, path) == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("voice", VOICES)
def test_no_text_of_the_fullest_page_of_a_family_or_student_is_cut_off(
    browser: Browser, voice: Voice, language: str, tmp_path: Path
) -> None:
    path = tmp_path / "fullest.html"
    path.write_text(page_of(fullest_child(), language, voice), encoding="utf-8")
    assert faults_of_text(browser, path) == []


@pytest.fixture(scope="module")
def source(district: District, district_links: Links, district_profiles: Profiles) -> MemorySource:
    judged = compute_indicators(district, district_links, district_profiles)
    return source_of(district, district_links, district_profiles, judged)


def pages_of_children(
    reader: str, district: District, links: Links, source: MemorySource
) -> Iterator[tuple[str, str]]:
    """Lay out the pages of some children as one reader sees them."""
    if reader in VOICES:
        made = family_pages(district, links, source, voice=reader, language="en")  # type: ignore[arg-type]
        yield from ((one.recipient.child, str(one.markup)) for one in made.pages[:: len(made.pages) // MOST])
        return
    style = page_css() + sheet_css()
    who = whos(source, reader).sort_values("children", ascending=False, kind="stable")["who"].iloc[0]
    whole = open_view(source, reader, str(who))
    for child in whole.ids[:MOST]:
        page = child_page(whole.of(child), system_names(source.systems()), note="", invented=True)
        yield (
            child,
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
            f'<meta name="viewport" content="width=device-width"><title>Child</title><style>{style}</style>'
            f"</head><body><main>{page.block.markup}</main></body></html>",
        )


@pytest.mark.parametrize("reader", ["teacher", "counselor", *VOICES])
def test_no_text_of_a_child_s_page_is_cut_off_for_any_reader(
    browser: Browser,
    reader: str,
    district: District,
    district_links: Links,
    source: MemorySource,
    tmp_path: Path,
) -> None:
    faults, pages = [], list(pages_of_children(reader, district, district_links, source))
    assert len(pages) >= MOST
    for child, markup in pages[:MOST]:
        path = tmp_path / f"{child}.html"
        path.write_text(markup, encoding="utf-8")
        faults += [f"{child}: {fault}" for fault in faults_of_text(browser, path)]
    assert faults == []


def test_text_that_leaves_its_drawing_is_seen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text(
        """<!doctype html><html lang="en"><head><title>Wrong</title><link rel="icon" href="data:,"></head>
        <body><svg width="200" height="60" viewBox="0 0 200 60" style="overflow:visible">
        <text x="10" y="20">inside</text><text x="180" y="40">beyond the edge</text>
        <text x="12" y="24">on top</text></svg><svg width="90" height="20" style="display:none">
        <text x="80" y="15">nobody sees this</text></svg></body></html>""",
        encoding="utf-8",
    )
    said = "\n".join(faults_of_text(browser, path))
    for size in (*SIZES, "tablet", "paper"):
        assert f"{size}: text leaves its drawing: beyond the edge" in said
        assert f"{size}: text of a drawing stands on text: inside | on top" in said
    assert "leaves its drawing: inside" not in said
    assert "nobody sees this" not in said
