"""Run notebooks, one or the whole road, and write their pages and the index."""

from helpers.run.execute import NotebookRun, run_notebooks
from helpers.run.report import ReportResult, report

__all__ = ["NotebookRun", "ReportResult", "report", "run_notebooks"]
