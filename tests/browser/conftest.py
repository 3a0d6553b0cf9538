"""A browser, and the report pages that are looked at in it. ``make test-browser`` runs what is here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from helpers.report import run_report
from helpers.report.runs.execute import Progress

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


def pages_of(folder: Path | None, out: Path) -> Path:
    """Run the whole report and give the folder of its pages."""
    result = run_report(folder, out=out, progress=Progress(1, io.StringIO()))
    assert result.ok, [result.trouble, *(f"{run.name}: {run.failed}" for run in result.failed)]
    return result.run


@pytest.fixture(scope="session")
def workshop_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the report once on the district of the workshop."""
    return pages_of(None, tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="session")
def real_pages(real_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the report once on a folder of real exports."""
    return pages_of(real_files / "grand_bend_joinable", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def unmarked_pages(exports_by_hand: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the report once on a folder that nothing marks as synthetic."""
    return pages_of(exports_by_hand, tmp_path_factory.mktemp("unmarked"))
