"""Split off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.cli.folders import linked, read_known, restricted, save
from helpers.files.command_output import emit
from helpers.files.district import district_folders, is_region
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.share.guard import Guard
from helpers.cli.regions import NOT_PRINTED

__all__ = ["score_region"]


def score_region(folder: Path, crosswalk_file: Path | None, out: Path, as_json: bool) -> bool:
    """Judge the links of a region, where a command was given one.

    Writes region_scores.csv (pairs of records inside a district and across districts) and movers.csv (each
    child with records in several districts, and whether they met).

    Parameters
    ----------
    folder
        What the command was given.
    crosswalk_file
        Option of the command; it is for one district.
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
        When a crosswalk is given, or a district has no answer key.
    """
    if not is_region(folder):
        return False
    if crosswalk_file is not None:
        raise BadInput(
            f"{folder} is a region, and --crosswalk is for one district: give one of its districts instead, "
            f"such as {folder / next(iter(district_folders(folder)))}."
        )
    from helpers.link.districts import link_districts
    from helpers.score import score_movers, true_region
    from helpers.score import score_region as scores_of
    from helpers.share.guard import Guard

    places = district_folders(folder)
    guards: list[Guard] = []

    def districts() -> Iterator[tuple[str, District]]:
        for name, place in places.items():
            district = read_known(place)
            guards.append(Guard.of(district))
            yield name, district

    region = link_districts(districts(), linked)
    truth = true_region(((name, read_known(place)) for name, place in places.items()), region.crosswalk)
    scores, movers = scores_of(truth), score_movers(truth)
    # One real district makes a region real.
    guard = Guard(real=any(one.real for one in guards))
    written = save(out, {"region_scores.csv": scores, "movers.csv": movers}, guard=guard)
    counted = movers["outcome"].value_counts().rename("children").rename_axis("outcome").reset_index()
    figures: dict[str, object] = {"scores": scores.round(4), "children of two districts": counted}
    if guard.real:
        # Nobody wrote an answer key of real children but by hand; what it judges counts them one by one.
        figures = {"figures": NOT_PRINTED}
    emit({**figures, "written": written, **restricted(written)}, as_json)
    return True
