"""The figures of the index, computed once a run from the folder that all its notebooks read."""

from __future__ import annotations

import re
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

# A wrong join shows another child's data; a missing one shows nothing; a contradiction can be asked about.
_WORST_FIRST = ("matches that are right", "match rate", "says the same")
_OPENING = ("The", "Whoever", "Someone", "Wrong", "Before")
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
    from helpers.link import link_district
    from helpers.score import can_be_judged, score_children, score_links
    from helpers.share.real_data import Guard

    district = read_district(folder)
    links = link_district(district)
    guard = Guard.of(district)
    scores = children = None
    if can_be_judged(folder):
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
    """Say a system as a superintendent would: by what it is for, else by its export's title."""
    if silo == "sis":
        return "The student information system (SIS)"
    layout = district.layouts[silo]
    if silo == layout.silo:
        return silo.replace("_", " ").capitalize()
    return re.sub(r"\s*\([^)]*\)$", "", layout.title)


def _parts(guard: Any, counts: Mapping[str, int]) -> dict[str, Count]:
    """Guard the parts of a whole: a single hidden one could be subtracted, so that a second one goes too."""
    said = {name: _say(guard, count) for name, count in counts.items()}
    hidden = [name for name, text in said.items() if isinstance(text, str)]
    open_ones = sorted((count, name) for name, count in counts.items() if count and name not in hidden)
    if len(hidden) == 1 and open_ones:
        said[open_ones[0][1]] = "not shown"
    return said


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
        counts = {name: int(own["outcome"].eq(name).sum()) for name in ("right", "missed", "wrong")}
        rows[label] = _parts(guard, counts)
    return rows


def _ties(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Any) -> dict[str, dict[str, Count]]:
    """Without a key: how each system's records are tied, which is not whether they are tied rightly."""
    return {
        names[silo]: _parts(
            guard,
            {
                part: int(crosswalk.loc[crosswalk["silo"].eq(silo), "band"].eq(band).sum())
                for band, part in _BANDS.items()
            },
        )
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
    """Choose what matters most: wrong joins, then children not found, then what systems contradict."""
    missing = (measures["denominator"] - measures["numerator"]).astype("float64")
    for name in _WORST_FIRST:
        gaps = measures.assign(missing=missing)[measures["measure"].eq(name) & missing.gt(0)]
        if len(gaps):
            widest = gaps.sort_values("missing", ascending=False, kind="stable").iloc[0]
            return _in_words(str(widest["next_step"]), names)
    return ""


def _in_words(step: str, names: Mapping[str, str]) -> str:
    """Say systems and columns in a sentence as a superintendent would."""
    for silo, name in names.items():
        spoken = name.removesuffix(" (SIS)")
        if silo == "sis" or name.lower() == silo.replace("_", " "):
            spoken = spoken[:1].lower() + spoken[1:]
        step = re.sub(rf"(?<![\w/]){re.escape(silo)}(?![\w/])", spoken, step)
    step = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", step)
    first = step.split(" ", 1)[0]
    return step[:1].lower() + step[1:] if first in _OPENING else step
