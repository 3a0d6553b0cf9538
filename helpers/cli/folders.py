"""What several commands do alike: a folder in, tables out, and counts as they may be said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.files.output import save_all

if TYPE_CHECKING:
    import pandas as pd

    from helpers.files import District
    from helpers.link import Links
    from helpers.link.model import LinkModel
    from helpers.share.real_data import Guard

__all__ = ["FOLDER", "blanks", "judged", "linked", "own_model", "read_folder", "read_known", "said", "save"]

FOLDER = click.argument("folder", type=click.Path(path_type=Path))


def save(
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    also: Mapping[str, Callable[[Path], object]] | None = None,
    instead_of: Collection[str] = (),
) -> list[str]:
    """Write a command's tables, and what else it writes, as a whole or not at all; name the files."""
    return [str(path) for path in save_all(out, tables, also, instead_of)]


def read_folder(folder: Path) -> District:
    """Read a folder of exports."""
    from helpers.files import read_district

    return read_district(folder)


def read_known(folder: Path) -> District:
    """Read a folder of exports in which there are children."""
    from helpers.files.children_there import with_children

    return with_children(read_folder(folder))


def linked(
    district: District,
    method: str = "decided",
    *,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Say who is who in a district."""
    from helpers.link import link_district

    chosen = method.replace("-", " ")
    return link_district(district, chosen, decisions=decisions, model=model)  # type: ignore[arg-type]


def own_model(district: District, train: bool, model_file: Path | None) -> LinkModel | None:
    """Give the model to link with: trained now, from a file, or none, which is the one of the kit."""
    from helpers.link.model import LinkModel

    start = None if model_file is None else LinkModel.load(model_file)
    if not train:
        return start
    from helpers.link import train_on_district

    return train_on_district(district, start)


def judged(district: District, links: Links) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Judge links against the answer key, where there is one: their scores, and pairs to look at."""
    from helpers.score import can_be_judged, misjudged_pairs, score_links

    if not can_be_judged(district.folder):
        return None, None
    return score_links(district, links.crosswalk), misjudged_pairs(district, links.crosswalk)


def said(guard: Guard, count: int) -> int | str:
    """Give a count as it may be said."""
    return guard.count(count) if guard.hides(count) else count


def blanks(guard: Guard, as_json: bool) -> dict[str, str]:
    """Say why numbers of a real folder are missing from a printed table."""
    if as_json or not guard.real:
        return {}
    return {"left blank": "groups of fewer than 10 children, and numbers that would give one away"}
