"""Draw README's picture of a report anew: the first page of the workshop district at 1,280 x 800.

Usage: python -m tests.bench pictures
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from helpers.report import run_report
from helpers.report.family.printing import find_chromium
from tests.bench.linking_data import PROJECT

__all__ = ["pictures"]

REPORT = PROJECT / ".github" / "images" / "report.png"


@click.command()
def pictures() -> None:
    """Run the report, and take a picture of its first page."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        result = run_report(out=Path(folder))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(result.index.as_uri())
        page.screenshot(path=REPORT)
        browser.close()
    click.echo(f"Written: {REPORT}")
