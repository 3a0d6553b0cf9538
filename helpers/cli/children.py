"""Commands about children: who is who, and what is known of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd
from pandas.api.types import is_integer_dtype

from helpers.cli.folders import (
    linked,
    own_model,
    read_known,
    read_so,
    restricted,
    said,
    save,
    to_tens,
    worded,
)
from helpers.cli.regions import link_region
from helpers.cli.two_files import link_two_files, two_files_options
from helpers.files.command_output import emit, ends_well, json_option, out_option
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.share.guard import Guard

__all__ = ["link"]

ROUNDED = "Records, rows and findings are rounded to tens here."
PARTS = "Where one part of a whole is 1 to 9 children, none of its parts is shown."
EXACT = "The exact accounts are in restricted_profile_accounts.csv and restricted_row_sums.csv."
METHOD_NAMES = ("shared identifier", "exact", "standardised", "cascade", "scored", "decided")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@two_files_options
@click.option(
    "--method",
    type=click.Choice([*METHOD_NAMES, "shared-identifier"]),
    metavar="METHOD",
    default="decided",
    show_default=True,
    help="The highest rung of the ladder: 'shared identifier' (ids that agree, confirmed by name or birth "
    "date), exact (or equal names and birth dates), standardised (or equal once accents, nicknames and "
    "turned dates are seen through), cascade (or by a row of keys, each only where it is one child's), "
    "scored (or weighed by a model, each pair for itself), decided (weighed, and decided which pairs can "
    "hold together).",
)
@click.option(
    "--decisions",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="What persons decided: the review desk's decisions.csv, or the review_queue.csv that this writes, "
    "with answers typed in. May be given several times; a person's word holds before every rule.",
)
@click.option(
    "--train",
    is_flag=True,
    help="Train the model on FOLDER's own records first, and save it as model.json beside the rest.",
)
@click.option(
    "--model",
    "model_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A model.json that --train wrote, in place of the one that comes with the kit.",
)
@out_option()
@json_option
@ends_well
def link(
    folder: Path | None,
    left: Path | None,
    right: Path | None,
    mapping: Path | None,
    method: str,
    decisions: tuple[Path, ...],
    train: bool,
    model_file: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Say which records in FOLDER are the same child.

    Writes crosswalk.csv (every record, its child, and how sure that is), pairs.csv (the evidence),
    id_columns.csv (which columns of ids were verified, and which refused), link_findings.csv (ids that
    collide, birth dates and names that disagree), review_queue.csv (pairs that wait for a person, to be
    answered in a spreadsheet) and quality_estimate.csv (how right that probably is; an estimate). Of a real
    folder the tables that count, id_columns.csv and quality_estimate.csv, begin with restricted_.

    Where FOLDER holds several districts (a region), each is linked, and children who moved are one child in
    both: every table begins with the district; moves.csv holds the evidence.

    With --left (and --right) instead of FOLDER: links any two files of persons, or finds duplicates in one;
    writes pairs.csv (left_row, right_row, match_probability, decision, reason), map.toml and set_aside.csv.
    """
    if left is not None and (decisions or train or model_file is not None):
        option = "--decisions" if decisions else "--train" if train else "--model"
        raise BadInput(f"{option} is for a FOLDER of exports, and --left for files: leave one of them out.")
    if link_two_files(folder, left, right, mapping, out, as_json):
        return
    assert folder is not None
    if link_region(folder, method, decisions, train, model_file, out, as_json):
        return
    from helpers.link.quality import estimate_quality
    from helpers.link.review import read_decisions, review_queue, save_queue
    from helpers.report.runs.figures import bands_by_system
    from helpers.share.disclosure import NOT_SHOWN, shown_everybody, shown_wholes
    from helpers.share.guard import Guard

    district = read_known(folder)
    model = own_model(district, train, model_file)
    told = read_decisions(*decisions) if decisions else None
    links = linked(district, method, decisions=told, model=model)
    guard = Guard.of(district)
    findings = guard.findings(links.findings, district.layouts)
    estimate = estimate_quality(links.pairs, told)
    queue = review_queue(
        links, district.people, identifiers=district.identifiers, schools=district.fact("school")
    )
    earlier = out / "review_queue.csv"
    also: dict[str, Callable[[Path], object]] = {
        earlier.name: lambda path: save_queue(queue, path, earlier=earlier)
    }
    if train and model is not None:
        also["model.json"] = model.save
    written = save(
        out,
        {
            "crosswalk.csv": links.crosswalk,
            "pairs.csv": links.pairs,
            "id_columns.csv": links.id_columns,
            "link_findings.csv": findings,
            "quality_estimate.csv": estimate,
        },
        also,
        instead_of=("moves.csv", "set_aside.csv"),
        guard=guard,
    )
    common = links.passed_over.assign(records=guard.rounded(links.passed_over["records"]))
    counted = "children" if guard.real else "records"
    bands = bands_by_system(links.crosswalk, guard).rename(columns={"count": counted})
    found = links.findings.groupby("kind")["times"].sum().reset_index()
    everybody = shown_everybody(guard, links.crosswalk)
    refused = links.id_columns[links.id_columns["status"].eq("Refused")]
    emit(
        {
            "records": to_tens(guard, len(links.crosswalk)),
            "children": everybody,
            "links": to_tens(guard, len(links.crosswalk) - links.crosswalk["child"].nunique()),
            "bands": worded(guard, shown_wholes(guard, bands, "silo", counted), as_json, NOT_SHOWN),
            **read_so(guard, as_json, f"{ROUNDED} {PARTS}"),
            "pairs that wait for a person": to_tens(guard, int(links.pairs["decision"].eq("Review").sum())),
            "decisions that no longer stand": said(guard, len(links.stale_decisions)),
            "refused columns of ids": refused[["silo", "file", "column"]].drop_duplicates(),
            "findings": worded(guard, found.assign(times=guard.rounded(found["times"])), as_json),
            "estimated, not measured": estimate[["basis", "measure", "value", "low", "high"]],
            "too common to compare": worded(
                guard, common if as_json else common[common["keys"] > 0], as_json
            ),
            "written": written,
            **restricted(written),
        },
        as_json,
    )


def _counted_rows(guard: Guard, table: pd.DataFrame) -> pd.DataFrame:
    """Round the numbers of rows in a table: of a real folder few rows are few children."""
    counts = {str(name): guard.rounded(one) for name, one in table.items() if is_integer_dtype(one)}
    return table.assign(**counts) if guard.real else table
