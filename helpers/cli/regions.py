"""`link` and `score` where FOLDER holds several districts: who is who in each, who moved, and is it right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.cli.folders import linked, read_known, read_so, restricted, save, to_tens, worded
from helpers.files.command_output import emit
from helpers.files.district import district_folders, is_region
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts import Layout
    from helpers.share.guard import Guard

__all__ = ["NOT_PRINTED", "link_region"]

# What `score` prints in place of figures that judge real children one by one.
NOT_PRINTED = "this folder isn't marked as invented: they are in the files alone"


def link_region(
    folder: Path,
    method: str,
    decisions: tuple[Path, ...],
    train: bool,
    model_file: Path | None,
    out: Path,
    as_json: bool,
) -> bool:
    """Link a region, where a command was given one.

    Writes crosswalk.csv, pairs.csv, id_columns.csv and link_findings.csv, as of one district, each beginning
    with the district; and moves.csv, the evidence for one child in two districts.

    Parameters
    ----------
    folder
        What the command was given.
    method, decisions, train, model_file
        Options of the command; a person decides, and a model is trained, district by district.
    out
        Folder for what is written.
    as_json
        Print one JSON object.

    Returns
    -------
    bool
        False where `folder` is one district: nothing was done then.

    Raises
    ------
    BadInput
        When an option is given that is for one district.
    """
    if not is_region(folder):
        return False
    if decisions or train:
        option = "--decisions" if decisions else "--train"
        raise BadInput(
            f"{folder} is a region, and {option} is for one district: give one of its districts instead, "
            f"such as {folder / next(iter(district_folders(folder)))}."
        )
    from helpers.link.districts import link_districts
    from helpers.link.model import LinkModel
    from helpers.share.guard import Guard

    model = None if model_file is None else LinkModel.load(model_file)
    guards: dict[str, Guard] = {}
    layouts: dict[str, dict[str, Layout]] = {}

    def districts() -> Iterator[tuple[str, District]]:
        for name, place in district_folders(folder).items():
            district = read_known(place)
            guards[name], layouts[name] = Guard.of(district), district.layouts
            yield name, district

    region = link_districts(districts(), lambda district: linked(district, method, model=model), model=model)
    # One real district makes a region real.
    guard = next((one for one in guards.values() if one.real), next(iter(guards.values())))
    masked = [
        guard.findings(region.findings[region.findings["district"].eq(name)], layouts[name])
        for name in layouts
    ]
    written = save(
        out,
        {
            "crosswalk.csv": region.crosswalk,
            "pairs.csv": region.pairs,
            "id_columns.csv": region.id_columns,
            "link_findings.csv": pd.concat(masked, ignore_index=True),
            "moves.csv": region.moves,
        },
        instead_of=("quality_estimate.csv", "set_aside.csv"),
        guard=guard,
    )
    of_district = region.crosswalk.groupby("district", sort=False)
    counted = of_district.agg(records=("record", "size"), children=("child", "nunique")).reset_index()
    moves = region.moves.groupby(["step", "decision"]).size().rename("children").reset_index()
    moves = moves.assign(children=guard.rounded(moves["children"]))
    rough = {name: guard.rounded(counted[name]) for name in ("records", "children")}
    emit(
        {
            "districts": worded(guard, counted.assign(**rough), as_json),
            "records": to_tens(guard, len(region.crosswalk)),
            "children": to_tens(guard, region.crosswalk["child"].nunique()),
            "children of two districts": worded(guard, moves, as_json),
            **read_so(guard, as_json, "All numbers are rounded to tens here."),
            "written": written,
            **restricted(written),
        },
        as_json,
    )
    return True
