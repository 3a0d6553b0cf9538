"""The report pages that are looked at in a browser. ``make test-browser`` runs what is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared_reports import SharedReports


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
