"""`bigpicture sector FILE`: what a survey of many school systems says, and how far it may be believed."""

from __future__ import annotations

from pathlib import Path

import click

from helpers.cli.folders import save
from helpers.files.command_output import emit, ends_well, json_option, out_option

__all__ = ["sector"]


@click.command(short_help="Analyse the answers of many school systems.")
@click.argument("file", type=click.Path(path_type=Path))
@out_option()
@json_option
@ends_well
def sector(file: Path, out: Path, as_json: bool) -> None:
    """Analyse the answers of many school systems to the kit's survey in FILE.

    FILE is what `bigpicture make-sector` writes, or a survey office's own export in that shape: a row a
    school system and year, with the columns system and year and an item a column. Writes sector.html and a
    CSV of each of its tables. Groups of fewer than 10 school systems are in none of them. Of made volunteers
    the page shows what was put in beside each interval; of every other sector it shows that of the kit's own.
    """
    from helpers.report.pages.sector import sector_page
    from helpers.sector import read_sector, sector_report

    read = read_sector(file)
    report = sector_report(read)
    tables = {f"sector_{name}.csv": table for name, table in report.tables.items()}
    written = save(
        out,
        {**tables, "sector_findings.csv": read.findings},
        {"sector.html": lambda path: sector_page(report, path, read.about)},
    )
    adjusted = report["comparisons"]
    adjusted = adjusted[adjusted["comparison"].eq("adjusted") & adjusted["year"].notna()]
    shown = ["grouping", "domain", "year", "difference", "low", "high", "p_corrected"]
    found = read.findings.groupby(["kind", "done"], sort=False)["times"].sum().reset_index()
    everybody = report["standing"][report["standing"]["kind"].eq("all")]
    figures = {
        "answered": report["response"],
        "standing": everybody[["domain", "year", "mean", "low", "high"]],
        "differences, adjusted": adjusted[shown],
        "findings": found,
        "written": written,
    }
    if as_json:
        figures |= {name: table for name, table in report.tables.items() if name != "standing"}
        figures["standing"] = report["standing"]
    emit(figures, as_json)
