"""Whole reports that several tests look at: each is run once a run, in kernels, whoever asks first."""

from __future__ import annotations

import io
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from helpers.report import ReportResult, run_report
from helpers.report.runs.execute import Progress
from tests.kept import Kept, sharing_in

__all__ = ["RanReport", "SharedReports"]


@dataclass(frozen=True)
class RanReport:
    """A report, and what was said while it ran."""

    result: ReportResult
    log: str

    @property
    def out(self) -> Path:
        """The folder of everything that it wrote."""
        return self.result.index.parent


@dataclass(frozen=True)
class SharedReports:
    """A report of a folder, or of the workshop's district. Read it, never write into it."""

    kept: Kept

    def of(self, folder: Path | None) -> RanReport:
        """Give the report of a folder; of the workshop where none is given."""
        name = folder.name if folder else "workshop"
        return self.kept(f"report_{name}", lambda: self._run(folder, self.kept.folder / "reports" / name))

    def _run(self, folder: Path | None, out: Path) -> RanReport:
        log = io.StringIO()
        # What tests have read already isn't read again.
        with (
            mock.patch("helpers.report.runs.report.sharing", nullcontext),
            sharing_in(self.kept.shares),
        ):
            result = run_report(folder, out=out, progress=Progress(1, log))
        assert result.ok, [result.trouble, *(f"{run.name}: {run.failed}" for run in result.failed)]
        return RanReport(result, log.getvalue())
