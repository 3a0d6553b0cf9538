"""A browser, and the report pages that are looked at in it. ``make test-browser`` runs what is here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.shared_reports import SharedReports

# Debian's chromium, without a screen, without a sandbox (a container has none) and without calls home.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start a chromium once, with an empty profile."""
    with sync_playwright() as driver:
        window = driver.chromium.launch(executable_path=chromium, args=QUIET)
        yield window
        window.close()


@pytest.fixture(scope="session")
def workshop_pages(reports: SharedReports) -> Path:
    """The report on the district of the workshop."""
    return reports.of(None).result.run


@pytest.fixture(scope="session")
def real_pages(reports: SharedReports, real_files: Path) -> Path:
    """The report on a folder of real exports."""
    return reports.of(real_files / "grand_bend_joinable").result.run


@pytest.fixture(scope="session")
def unmarked_pages(reports: SharedReports, exports_by_hand: Path) -> Path:
    """The report on a folder that nothing marks as synthetic."""
    return reports.of(exports_by_hand).result.run
