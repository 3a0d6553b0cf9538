"""What those who decide get: pages of a report, the survey's form, and a vendor's contract on one sheet."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from helpers.files import read_district, save_table, write_atomically
from helpers.gaps import Demands, contract_of
from helpers.report import ReportResult, contract_page, fill, page_css
from helpers.standard import declared_survey
from helpers.survey import blank_form

__all__ = ["report_pages", "write_contract", "write_form"]

# The parameter of notebook 11 that says whose contract it renews.
_LESSON, _VENDOR = "11_who_decides", re.compile(r'^system: str = "(\w+)"', re.MULTILINE)


def report_pages(place: Path, done: ReportResult, names: Sequence[str]) -> dict[str, str]:
    """Keep of a report in ``place/report`` what leaders read; return the files by what a track calls them."""
    # What a next run compares with is of no use in a room.
    for left in (place / "report" / "runs.csv", done.run / "notebooks", done.run / "kept"):
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    pages = {f"page of notebook {name[:2]}": done.run / f"{name}.html" for name in names}
    pages["index of the report"] = done.index
    return {called: path.relative_to(place).as_posix() for called, path in pages.items()}


def write_form(place: Path) -> dict[str, str]:
    """Write the survey's form on paper, and the table into which somebody types what people circled."""
    survey = declared_survey()
    parts = [(domain.title, survey.of_domain(code)) for code, domain in survey.domains.items()]
    markup = fill("teach/workshop/pages.html.j2", "form", page_css(), survey, parts)
    write_atomically(place / "survey" / "form.html", markup.encode("utf-8"), private=False)
    save_table(blank_form(), place / "survey" / "form.csv")
    (place / "survey" / "form.csv").chmod(0o644)
    (place / "survey").chmod(0o755)
    return {"form": "survey/form.html", "table": "survey/form.csv"}


def write_contract(place: Path, folder: Path, notebooks: Path) -> dict[str, str]:
    """Write the contract of one vendor as a sheet to sign, with the demands that notebook 11 makes."""
    import nbformat

    cells = nbformat.read(notebooks / f"{_LESSON}.ipynb", as_version=4).cells
    (vendor,) = _VENDOR.findall("\n".join(cell.source for cell in cells))
    layout = read_district(folder, written=False, only=[vendor]).layouts[vendor]
    demands = Demands(
        vendor="________________",
        start="the first day of the next school year",
        ids=("District",),
        every_days=1,
        agreed_codes=True,
    )
    contract_page(place / "data_contract.html", contract_of(layout, demands)).chmod(0o644)
    return {"data contract": "data_contract.html"}
