"""Commands about children: who is who, and what is known of each."""

from __future__ import annotations

from pathlib import Path

import click

from helpers.cli.folders import FOLDER, blanks, linked, read_known, said, save
from helpers.files.output import emit, ends_well, json_option, out_option

__all__ = ["link", "profile"]

METHOD_NAMES = ("shared identifier", "exact", "standardised")


@click.command()
@FOLDER
@click.option(
    "--method",
    type=click.Choice([*METHOD_NAMES, "shared-identifier"]),
    metavar="METHOD",
    default="standardised",
    show_default=True,
    help="The highest rung of the ladder: 'shared identifier' (ids that agree, confirmed by name or birth "
    "date), exact (or equal names and birth dates), standardised (or equal once accents, nicknames and "
    "turned dates are seen through).",
)
@out_option()
@json_option
@ends_well
def link(folder: Path, method: str, out: Path, as_json: bool) -> None:
    """Say which records in FOLDER are the same child.

    Writes crosswalk.csv (every record, its child, and how sure that is), pairs.csv (the evidence) and
    link_findings.csv (ids that collide, birth dates and names that disagree).
    """
    from helpers.share.real_data import Guard

    district = read_known(folder)
    links = linked(district, method)
    guard = Guard.of(district)
    findings = guard.findings(links.findings, district.layouts)
    written = save(
        out, {"crosswalk.csv": links.crosswalk, "pairs.csv": links.pairs, "link_findings.csv": findings}
    )
    common = links.passed_over
    bands = links.crosswalk.groupby(["silo", "band"], sort=False).size().rename("records").reset_index()
    emit(
        {
            "records": said(guard, len(links.crosswalk)),
            "children": said(guard, links.crosswalk["child"].nunique()),
            "links": said(guard, len(links.crosswalk) - links.crosswalk["child"].nunique()),
            "bands": guard.counts(bands, "records"),
            "findings": guard.counts(links.findings.groupby("kind")["times"].sum().reset_index(), "times"),
            **blanks(guard, as_json),
            "too common to compare": common if as_json else common[common["keys"] > 0],
            "written": written,
        },
        as_json,
    )


@click.command()
@FOLDER
@click.option("--school-year", type=int, help="Year in which the school year ends; the latest by default.")
@out_option()
@json_option
@ends_well
def profile(folder: Path, school_year: int | None, out: Path, as_json: bool) -> None:
    """Put together what the systems in FOLDER know about each child.

    Writes profile.csv (one row a child), values.parquet (every value with its source), timeline.parquet (the
    dated events of every child), left_out.csv (what stands behind neither, and why) and profile_accounts.csv
    (rows = rows behind + rows left out).
    """
    from helpers.profile import child_profiles
    from helpers.share.parts import shown_wholes
    from helpers.share.real_data import Guard

    district = read_known(folder)
    guard = Guard.of(district)
    profiles = child_profiles(district, linked(district), school_year)
    tables = {
        "profile.csv": profiles.profile,
        "values.parquet": profiles.values,
        "timeline.parquet": profiles.timeline,
        "left_out.csv": profiles.left_out,
        "profile_accounts.csv": profiles.accounts,
    }
    written = save(out, tables)
    years = profiles.values["school_year"]
    of_year = years.isna() | years.isin([profiles.school_year])
    chosen = profiles.values[profiles.values["chosen"] & of_year]
    chosen = chosen.drop_duplicates(["element", "status", "child"])
    told = chosen.groupby(["element", "status"], sort=False).size().rename("children").reset_index()
    order = {element: place for place, element in enumerate(dict.fromkeys(told["element"]))}
    told = told.sort_values("element", key=lambda elements: elements.map(order), kind="stable")
    emit(
        {
            "children": said(guard, len(profiles.profile)),
            "school year": profiles.school_year,
            "values": shown_wholes(guard, told, "element", "children"),
            **blanks(guard, as_json),
            "accounts": profiles.accounts,
            "written": written,
        },
        as_json,
    )
