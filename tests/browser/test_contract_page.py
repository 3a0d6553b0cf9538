"""A contract is one sheet of paper, on Letter and A4, and needs no sideways scrolling on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from helpers.gaps.contract import Demands, contract_of
from helpers.layouts import load_layout
from helpers.report.pages.contract import contract_page

pytestmark = pytest.mark.browser

DEMANDS = Demands(ids=("District",), every_days=1, agreed_codes=True)
# The shortest, the longest and two in between.
LAYOUTS = ("meals/mealtime_customers", "health/nurse_office", "attendance/edfi_xml", "attendance/edfi_json")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_contract_is_one_sheet(browser: Browser, tmp_path: Path, paper: Literal["Letter", "A4"]) -> None:
    tab = browser.new_page(viewport={"width": 360, "height": 800})
    for name in LAYOUTS:
        contract = contract_of(load_layout(name), DEMANDS)
        path = contract_page(tmp_path / f"{name.replace('/', '_')}.html", contract, paper=paper)
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        sheets = re.findall(rb"/Type\s*/Page\b", tab.pdf(prefer_css_page_size=True))
        assert len(sheets) == 1, name
    tab.close()
