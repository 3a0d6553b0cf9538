"""The figures of the index, computed once a run from the folder that all its notebooks read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.show.index import Count, IndexFigures
from helpers.show.numbers import shown_count

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["RunFigures", "run_figures"]

_BANDS = {"Sure": "joined", "Unverified": "unverified", "Review": "review", "Alone": "alone"}


@dataclass(frozen=True)
class RunFigures:
    """What the index says of a folder, and what the folder says of itself.

    Parameters
    ----------
    index
        The figures.
    about
        What ``district.json`` says; empty where there is none.
    synthetic
        Whether the folder says that it is invented.
    """

    index: IndexFigures
    about: Mapping[str, Any]
    synthetic: bool


def run_figures(folder: Path) -> RunFigures:
    """Read a folder, link it, judge it where it has an answer key, and count what the index says.

    Parameters
    ----------
    folder
        A district folder, or a folder of exports.

    Returns
    -------
    RunFigures
        Of a real folder every count of children has gone through its guard.

    Raises
    ------
    BadInput
        When the folder cannot be read.
    """
    from helpers.files import read_district
    from helpers.gaps import scorecard
    from helpers.link import link_children
    from helpers.score import has_answer_key, score_children, score_links
    from helpers.share.real_data import Guard

    district = read_district(folder)
    links = link_children(
        district.people,
        district.identifiers,
        unique_people=district.unique_people,
        person_rows=district.person_rows,
    )
    guard = Guard.of(district)
    scores = children = None
    if has_answer_key(folder):
        scores = score_links(district, links.crosswalk)
        children = score_children(district, links)
    figures = _index(district, links, children, scorecard(district, links, scores), guard)
    return RunFigures(figures, district.about, district.synthetic)


def _say(guard: Any, count: object) -> Count:
    """Pass a count through the guard; an invented district's guard lets everything through."""
    if count is None:
        return None
    said = shown_count(int(count), guard)  # type: ignore[call-overload]
    return said if isinstance(said, int | str) else None


def _index(
    district: District, links: Links, children: pd.DataFrame | None, measures: pd.DataFrame, guard: Any
) -> IndexFigures:
    crosswalk = links.crosswalk
    names = {silo: _title_of(district, silo) for silo in district}
    known = crosswalk.groupby("silo")["child"].nunique()
    systems = {names[silo]: _say(guard, known.get(silo, 0)) for silo in district}
    bands = crosswalk["band"].value_counts()
    judged = _judged(children, guard) if children is not None else {}
    everywhere = None
    if children is None and len(known) > 1:
        everywhere = int((crosswalk.groupby("child")["silo"].nunique() == len(known)).sum())
    return IndexFigures(
        place=district.title,
        children=_say(guard, len(children) if children is not None else crosswalk["child"].nunique()),
        systems=systems,
        joined=judged.get("joined"),
        joined_everywhere=_say(guard, everywhere),
        wrong_unnoticed=judged.get("wrong_unnoticed"),
        waiting=_say(guard, bands.get("Review", 0)),
        unverified=_say(guard, bands.get("Unverified", 0)),
        outcomes=_outcomes(children, guard) if children is not None else _ties(crosswalk, names, guard),
        picture_title=_picture_title(children, bands),
        first_step=_first_step(measures, names),
    )


def _title_of(district: District, silo: str) -> str:
    """Say a system as a superintendent would: its layout's title, else its name."""
    return "The student information system (SIS)" if silo == "sis" else silo.replace("_", " ").capitalize()


def _judged(children: pd.DataFrame, guard: Any) -> dict[str, Count]:
    wrong = children["outcome"].eq("wrong")
    return {
        "joined": _say(guard, children["outcome"].eq("right").sum()),
        "wrong_unnoticed": _say(guard, (wrong & ~children["noticed"].fillna(False).astype(bool)).sum()),
    }


def _outcomes(children: pd.DataFrame, guard: Any) -> dict[str, dict[str, Count]]:
    """Count right, missed and wrong by how many systems know the child: more systems, more to join."""
    rows = {}
    for count in sorted(children["silos"].dropna().unique().tolist(), reverse=True):
        own = children[children["silos"].eq(count)]
        label = "Known to one system" if count == 1 else f"Known to {count} systems"
        rows[label] = {
            name: _say(guard, own["outcome"].eq(name).sum()) for name in ("right", "missed", "wrong")
        }
    return rows


def _ties(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Any) -> dict[str, dict[str, Count]]:
    """Without a key: how each system's records are tied, which is not whether they are tied rightly."""
    return {
        names[silo]: {
            part: _say(guard, crosswalk.loc[crosswalk["silo"].eq(silo), "band"].eq(band).sum())
            for band, part in _BANDS.items()
        }
        for silo in names
        if crosswalk["silo"].eq(silo).any()
    }


def _picture_title(children: pd.DataFrame | None, bands: pd.Series) -> str:
    if children is None:
        return "How the records of each system are joined; nobody has checked whether rightly"
    outcomes = children["outcome"].value_counts()
    missed, wrong = int(outcomes.get("missed", 0)), int(outcomes.get("wrong", 0))
    return (
        f"{missed:,} {'child is' if missed == 1 else 'children are'} not put together fully, "
        f"{wrong:,} {'is' if wrong == 1 else 'are'} joined to another child"
    )


def _first_step(measures: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Choose the step that touches most children: of the gaps between two systems, the widest."""
    gaps = measures[
        measures["kind"].eq("Identity")
        & measures["right_silo"].notna()
        & measures["next_step"].notna()
        & measures["value"].notna()
        & measures["unit"].eq("rate")
        & ~measures["needs_key"].fillna(False).astype(bool)
    ]
    missing = (gaps["denominator"] - gaps["numerator"]).astype("float64")
    if missing.dropna().empty or missing.max() <= 0:
        return ""
    widest = gaps.assign(missing=missing).sort_values("missing", ascending=False, kind="stable")
    return str(widest["next_step"].iloc[0])
