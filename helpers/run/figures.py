"""The figures of the index, computed once a run from the folder that all its notebooks read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.run.kept import Kept, kept_of
from helpers.share.disclosure import shown_everybody, shown_parts
from helpers.show.index import Count, IndexFigures
from helpers.show.numbers import shown_count
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.share.guard import Guard

__all__ = ["RunFigures", "figures_of", "run_figures"]

_OPENING = ("The", "Whoever", "Someone", "Wrong", "Before")
_OF_PAIRS = ("matches that are right", "pairs refused", "pairs to review")
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
    kept
        What the next run needs to say what changed; None where it could not be worked out.
    misfit
        That the answer key no longer fits the files, in a sentence; empty where it does, or there is none.
    """

    index: IndexFigures
    about: Mapping[str, Any]
    synthetic: bool
    kept: Kept | None = None
    misfit: str = ""


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

    return figures_of(read_district(folder))


def figures_of(district: District) -> RunFigures:
    """Link a district, judge it where it has an answer key, and count what the index says.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    RunFigures
        As from ``run_figures``.
    """
    from helpers.gaps import scorecard
    from helpers.link import link_district, look_up_everywhere
    from helpers.profile.facts.systems import authority_in
    from helpers.score import can_be_judged, score_children, score_links
    from helpers.score.truth import rows_not_there
    from helpers.share.guard import Guard
    from helpers.show.systems import system_names
    from helpers.show.ties import apart, ties_in_words

    links = link_district(district)
    guard, names = Guard.of(district), system_names(district.layouts)
    scores = children = looked_up = None
    misfit = ""
    if can_be_judged(district.folder):
        scores = score_links(district, links.crosswalk)
        children = score_children(district, links)
        misfit = _misfit(rows_not_there(district), guard)
        looked_up = score_children(district, look_up_everywhere(district.people, district.identifiers))
    judged = (children, looked_up, scores)
    card = scorecard(district, links, scores)
    figures = _index(district, links, judged, card, guard)
    alone = apart(links.crosswalk) if len(district) > 1 else []
    findings = district.findings
    unknown = findings.loc[findings["kind"].eq("file_unknown"), "file"].dropna().unique().tolist()
    figures = replace(
        figures,
        unknown_files=tuple(unknown),
        roster=authority_in(district).why,
        apart=tuple(names[silo].lower() for silo in district if silo in alone),
        ties=None if children is not None else ties_in_words(links.crosswalk, names, guard),
    )
    return RunFigures(
        figures,
        district.about,
        district.synthetic,
        _kept(district, links, guard.scorecard(card)),
        misfit,
    )


def _misfit(cut: pd.DataFrame, guard: Guard) -> str:
    """Say that files are shorter than the answer key knows them: what is gone is judged by nothing."""
    if cut.empty:
        return ""
    first, more = cut.iloc[0], len(cut) - 1
    others = (
        f"; so {'is' if more == 1 else 'are'} {more} more {'file' if more == 1 else 'files'}" if more else ""
    )
    where = (
        f" ({first['file']} ends at row {first['rows']:,}, and the key names row {first['named']:,}{others})"
    )
    return (
        f"The answer key in this folder no longer fits its files{'' if guard.real else where}: what is gone "
        "counts neither as right nor as missed. Make the district again, or take the key out of the folder."
    )


def _kept(district: District, links: Links, card: pd.DataFrame) -> Kept | None:
    """Gather what the next run needs; a district whose children can't be judged has reports all the same."""
    from helpers.profile import child_indicators, child_profiles

    if not len(district):
        return None
    try:
        indicators = child_indicators(district, links, child_profiles(district, links))
    except BadInput:
        return None
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    # Where this user has no folder of his own to write into, the next run has nothing to compare with.
    with suppress(OSError):
        return kept_of(
            district.about, district.folder, links.crosswalk, indicators, findings, card, _roster(district)
        )
    return None


def _roster(district: District) -> str:
    from helpers.profile.relations import roster_silos

    return next(iter(roster_silos(district)), "")


def _say(guard: Any, count: object) -> Count:
    """Pass a count through the guard; an invented district's guard lets everything through."""
    if count is None:
        return None
    said = shown_count(int(count), guard)  # type: ignore[call-overload]
    return said if isinstance(said, int | str) else None


def _index(
    district: District,
    links: Links,
    judged: tuple[pd.DataFrame | None, pd.DataFrame | None, pd.DataFrame | None],
    measures: pd.DataFrame,
    guard: Any,
) -> IndexFigures:
    from helpers.show.systems import spoken_names, system_names
    from helpers.show.ties import against_roster

    crosswalk, (children, looked_up, scores) = links.crosswalk, judged
    names = system_names(district.layouts)
    known = crosswalk.groupby("silo")["child"].nunique()
    spoken = spoken_names(district.layouts)
    systems = {_subject(names[silo], spoken[silo]): _say(guard, known.get(silo, 0)) for silo in district}
    everywhere = None
    if children is None and len(known) > 1:
        everywhere = int((crosswalk.groupby("child")["silo"].nunique() == len(known)).sum())
    roster = _roster(district)
    by_system = None if scores is None else against_roster(scores, roster)
    drawn = _ties(crosswalk, names, guard) if by_system is None else _outcomes(by_system, names, guard)
    everybody = len(children) if children is not None else shown_everybody(guard, crosswalk)
    return IndexFigures(
        place=district.title,
        children=everybody if isinstance(everybody, str) else _say(guard, everybody),
        systems=systems,
        on_roster=None if children is None else _say(guard, known.get(roster, 0)),
        enrolled=None if children is None else _say(guard, district.about.get("students")),
        joined=_say(guard, _outcome(children, "right")),
        joined_everywhere=_say(guard, everywhere),
        wrong_unnoticed=_say(guard, _unnoticed(children)),
        looked_up_wrong=_say(guard, _unnoticed(looked_up)),
        waiting=_of_band(crosswalk, "Review", guard, drawn),
        unverified=_of_band(crosswalk, "Unverified", guard, drawn),
        outcomes=drawn,
        outcomes_count="children" if guard.real else "records of children",
        picture_title=_picture_title(by_system, len(names)),
        picture_caption=""
        if by_system is None
        else _picture_caption(len(by_system), len(names), spoken.get(roster, "")),
        first_step=_first_step(measures, spoken, guard),
    )


def _subject(name: str, spoken: str) -> str:
    """Say a system inside a sentence, the roster with its acronym."""
    return f"the {name[:1].lower()}{name[1:]}" if name.endswith("(SIS)") else spoken


def _outcome(children: pd.DataFrame | None, outcome: str) -> int | None:
    return None if children is None else int(children["outcome"].eq(outcome).sum())


def _unnoticed(children: pd.DataFrame | None) -> int | None:
    """Count the silent wrong matches: children with another child's records, and nothing looks wrong."""
    if children is None:
        return None
    return int((children["outcome"].eq("wrong") & ~children["noticed"].fillna(False).astype(bool)).sum())


def _outcomes(
    by_system: pd.DataFrame, names: Mapping[str, str], guard: Any
) -> dict[str, Mapping[str, Count]]:
    """Count, system by system, how its records are joined to the same child on the roster; best first."""
    parts = ["right", "missed", "wrong"]
    shares = by_system["right"] / by_system[parts].sum(axis="columns")
    best = by_system.assign(share=shares).sort_values("share", ascending=False, kind="stable")
    return {
        names[str(silo)]: shown_parts(guard, dict(zip(parts, numbers, strict=True)))
        for silo, *numbers in best[["silo", *parts]].astype(dict.fromkeys(parts, int)).itertuples(index=False)
        if silo in names
    }


def _ties(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Any) -> dict[str, Mapping[str, Count]]:
    """Without a key: how each system's records are tied, which is not whether they are tied rightly."""
    from helpers.show.ties import bands_by_system

    counts = bands_by_system(crosswalk, guard).set_index(["silo", "band"])["count"]
    return {
        names[silo]: shown_parts(
            guard, {part: int(counts.get((silo, band), 0)) for band, part in _BANDS.items()}
        )
        for silo in names
        if crosswalk["silo"].eq(silo).any()
    }


def _of_band(
    crosswalk: pd.DataFrame, band: str, guard: Any, drawn: Mapping[str, Mapping[str, Count]]
) -> Count:
    """Count the records of a band; beside a row in words their sum would give that row away."""
    count = int(crosswalk["band"].eq(band).sum())
    in_words = any(isinstance(part, str) for row in drawn.values() for part in row.values())
    return "some" if guard.real and count and in_words else _say(guard, count)


def _picture_title(by_system: pd.DataFrame | None, systems: int) -> str:
    if by_system is None:
        return "How the records of each system are joined; nobody has checked whether rightly"
    whole = int((by_system["missed"].eq(0) & by_system["wrong"].eq(0)).sum())
    nobody = int((by_system["right"].eq(0) & by_system["missed"].gt(0)).sum())
    wrong = int(by_system["wrong"].sum())
    said = f"{wrong:,} {'record is' if wrong == 1 else 'records are'} joined to another child"
    if nobody:
        verb = "is" if nobody == 1 else "are"
        return f"{nobody} of {systems} systems {verb} joined to nobody; in the others {said}"
    if whole == len(by_system):
        return "Every record of a child on the roster is joined to that child"
    return f"{whole} of {len(by_system)} systems find all their children on the roster, {said}"


def _picture_caption(bars: int, systems: int, roster: str) -> str:
    """Say why a system has no bar, and which wrong joins are in none."""
    if bars + 1 != systems:
        return ""
    return (
        f"{bars} bars for {systems} systems: the others are joined to {roster}, which has no bar of its own. "
        "Wrong joins between two of the others are not in it."
    )


def _first_step(measures: pd.DataFrame, spoken: Mapping[str, str], guard: Any) -> str:
    """Say the one thing to do first, and about how many, as the rest of a sentence."""
    from helpers.gaps import first_steps
    from helpers.show.systems import in_words

    chosen = first_steps(measures, most=1)
    if chosen.empty:
        return ""
    step = in_words(str(chosen["next_step"].iloc[0]), spoken)
    touched = int(chosen["touched"].iloc[0])
    one, more = (
        ("pair of records", "pairs of records")
        if chosen["measure"].iloc[0] in _OF_PAIRS
        else ("child", "children")
    )
    step = f"{step.removesuffix('.')} ({guard.about(touched)} {one if touched == 1 else more})."
    first = step.split(" ", 1)[0]
    return step[:1].lower() + step[1:] if first in _OPENING else step
