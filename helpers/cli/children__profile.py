"""Split off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.folders import (
    FOLDER,
    linked,
    read_known,
    read_so,
    restricted,
    said,
    save,
    worded,
)
from helpers.files.command_output import emit, ends_well, json_option, out_option

if TYPE_CHECKING:
    pass
from helpers.cli.children import EXACT, PARTS, ROUNDED, _counted_rows

__all__ = ["profile"]


@click.command()
@FOLDER
@click.option("--school-year", type=int, help="Year in which the school year ends; the latest by default.")
@click.option(
    "--survivorship",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Whom a team decided to believe, as notebook 11 writes it; also writes what that changes.",
)
@out_option()
@json_option
@ends_well
def profile(
    folder: Path, school_year: int | None, survivorship: Path | None, out: Path, as_json: bool
) -> None:
    """Put together what the systems in FOLDER know about each child.

    Writes profile.csv (one row a child), values.parquet (every value with its source), timeline.parquet (the
    dated events of every child), indicators.parquet (every child under every definition), left_out.csv (what
    stands behind neither, and why), profile_accounts.csv (rows = rows behind + rows left out) and
    row_sums.csv (where every row of every file has ended); and the folder store, in which dashboard, views
    and pages find a child without reading FOLDER again. With --survivorship also changed_values.csv: each
    value that would be another one by the kit's own order of trust. Of a real folder profile_accounts.csv and
    row_sums.csv, which count, begin with restricted_.
    """
    from helpers.profile import changed_values, child_profiles
    from helpers.profile.indicators import child_indicators
    from helpers.profile.lineage import row_sums
    from helpers.profile.store.profiles import save_store
    from helpers.profile.store.source import source_of
    from helpers.profile.survivorship import read_survivorship
    from helpers.report.widgets.serve_dashboard import must_be_free
    from helpers.share.disclosure import NOT_SHOWN, shown_everybody, shown_wholes
    from helpers.share.guard import Guard

    must_be_free(out / "store")  # before an hour of reading
    decision = read_survivorship(survivorship) if survivorship else None
    district = read_known(folder)
    guard = Guard.of(district)
    links = linked(district)
    profiles = child_profiles(district, links, school_year, survivorship=decision)
    sums = row_sums(district, profiles)
    tables = {
        "profile.csv": profiles.profile,
        "values.parquet": profiles.values,
        "timeline.parquet": profiles.timeline,
        "left_out.csv": profiles.left_out,
        "profile_accounts.csv": profiles.accounts,
        "row_sums.csv": sums,
    }
    decided = {}
    if decision:
        changed = changed_values(child_profiles(district, links, school_year), profiles)
        tables["changed_values.csv"] = changed
        decided = {
            "decided by": f"{decision.by}, {decision.decided}: {decision.because}",
            "children of whom something else is shown": said(guard, changed["child"].nunique()),
        }
    indicators = child_indicators(district, links, profiles)
    source = source_of(district, links, profiles, indicators)
    written = save(
        out,
        {**tables, "indicators.parquet": indicators},
        {"store": lambda path: save_store(source, path)},
        instead_of=("changed_values.csv",),
        guard=guard,
    )
    years = profiles.values["school_year"]
    of_year = years.isna() | years.isin([profiles.school_year])
    chosen = profiles.values[profiles.values["chosen"] & of_year]
    chosen = chosen.drop_duplicates(["element", "status", "child"])
    told = chosen.groupby(["element", "status"], sort=False).size().rename("children").reset_index()
    everybody = shown_everybody(guard, links.crosswalk) if guard.real else len(profiles.profile)
    order = {element: place for place, element in enumerate(dict.fromkeys(told["element"]))}
    told = told.sort_values("element", key=lambda elements: elements.map(order), kind="stable")
    told = shown_wholes(guard, told, "element", "children")
    values = told.assign(children=guard.rounded(told["children"]))
    accounts, sums = (_counted_rows(guard, table) for table in (profiles.accounts, sums))
    emit(
        {
            "children": everybody,
            "school year": profiles.school_year,
            **decided,
            "values": worded(guard, values, as_json, NOT_SHOWN),
            **read_so(guard, as_json, f"{ROUNDED} {PARTS} {EXACT}"),
            "accounts": worded(guard, accounts, as_json),
            "where every row has ended": worded(guard, sums, as_json),
            "written": written,
            **restricted(written),
        },
        as_json,
    )
