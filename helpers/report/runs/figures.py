"""Compute the figures of the index."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.report.pages.index import Count, IndexFigures
from helpers.report.runs.changes import RunSnapshot, make_snapshot
from helpers.report.tables import number_text, shown_count
from helpers.share import Guard, shown_everybody, suppress_complement
from helpers.standard import STRING, BadInput

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "RunFigures",
    "against_roster",
    "apart",
    "children_table",
    "complete_children_by_stage",
    "compute_figures",
    "describe_links",
    "describe_outcomes",
    "figures_of",
    "gathered",
    "link_statuses_by_system",
    "population_table",
]


_OPENING = ("The", "Whoever", "Someone", "Wrong", "Before")
_OF_PAIRS = ("matches that are right", "pairs refused", "pairs to review")
_STATUSES = {"Verified": "joined", "Unverified": "unverified", "Review": "review", "Unlinked": "alone"}


@dataclass(frozen=True)
class RunFigures:
    """Figures of the index for a folder, and the folder's metadata."""

    # Figures of the index.
    index: IndexFigures
    # Content of ``district.json``; empty if there is none.
    about: Mapping[str, Any]
    # Whether the folder is marked as synthetic.
    synthetic: bool
    # Snapshot for the next run; None if it could not be computed.
    kept: RunSnapshot | None = None
    # Note that the answer key no longer matches the files; empty if it does, or there is none.
    misfit: str = ""


def compute_figures(folder: Path) -> RunFigures:
    """Read a folder, link it, score it if it has an answer key, and compute the figures of the index."""
    from helpers.files import read_district

    return figures_of(read_district(folder))


def figures_of(district: District) -> RunFigures:
    """Link a district, score it if it has an answer key, and compute the figures of the index."""
    from helpers.gaps import measure_gaps
    from helpers.link import join_all_on_id, link_district
    from helpers.profile import authority_in
    from helpers.report.display_names import system_names
    from helpers.score import can_be_judged, rows_not_there, score_children, score_links
    from helpers.share import Guard

    links = link_district(district)
    guard, names = Guard.of(district), system_names(district.layouts)
    scores = children = looked_up = None
    misfit = ""
    if can_be_judged(district.folder):
        scores = score_links(district, links.crosswalk)
        children = score_children(district, links)
        misfit = _misfit(rows_not_there(district), guard)
        looked_up = score_children(district, join_all_on_id(district.people, district.identifiers))
    judged = (children, looked_up, scores)
    card = measure_gaps(district, links, scores)
    figures = _index(district, links, judged, card, guard)
    alone = apart(links.crosswalk) if len(district) > 1 else []
    findings = district.findings
    unknown = findings.loc[findings["kind"].eq("file_unknown"), "file"].dropna().unique().tolist()
    figures = replace(
        figures,
        unknown_files=tuple(unknown),
        roster=authority_in(district).why,
        apart=tuple(names[silo].lower() for silo in district if silo in alone),
        ties=None if children is not None else describe_links(links.crosswalk, names, guard),
    )
    return RunFigures(
        figures,
        district.about,
        district.synthetic,
        _kept(district, links, guard.scorecard(card)),
        misfit,
    )


def _misfit(cut: pd.DataFrame, guard: Guard) -> str:
    """Note that files are shorter than in the answer key, so that nothing scores what is gone."""
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


def _kept(district: District, links: Links, card: pd.DataFrame) -> RunSnapshot | None:
    """Collect the snapshot for the next run; a district whose children can't be scored still gets reports."""
    from helpers.profile import build_profiles, compute_indicators

    if not len(district):
        return None
    try:
        indicators = compute_indicators(district, links, build_profiles(district, links))
    except BadInput:
        return None
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    # If this user has no writable folder, the next run has nothing to compare with.
    with suppress(OSError):
        return make_snapshot(
            district.about, district.folder, links.crosswalk, indicators, findings, card, _roster(district)
        )
    return None


def _roster(district: District) -> str:
    from helpers.profile import roster_silos

    return next(iter(roster_silos(district)), "")


def _say(guard: Any, count: object) -> Count:
    """Format a count as the guard allows; a synthetic district's guard allows everything."""
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
    from helpers.report.display_names import system_names, system_names_in_text

    crosswalk, (children, looked_up, scores) = links.crosswalk, judged
    names = system_names(district.layouts)
    known = crosswalk.groupby("silo")["child"].nunique()
    spoken = system_names_in_text(district.layouts)
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
        joined=_say(guard, _outcome(children, "complete")),
        joined_everywhere=_say(guard, everywhere),
        wrong_unnoticed=_say(guard, _unnoticed(children)),
        looked_up_wrong=_say(guard, _unnoticed(looked_up)),
        waiting=_of_status(crosswalk, "Review", guard, drawn),
        unverified=_of_status(crosswalk, "Unverified", guard, drawn),
        outcomes=drawn,
        outcomes_count="children" if guard.real else "records of children",
        picture_title=_picture_title(by_system, len(names)),
        picture_caption=""
        if by_system is None
        else _picture_caption(len(by_system), len(names), spoken.get(roster, "")),
        first_step=_first_step(measures, spoken, guard),
    )


def _subject(name: str, spoken: str) -> str:
    """Name a system within a sentence, the roster with its acronym."""
    return f"the {name[:1].lower()}{name[1:]}" if name.endswith("(SIS)") else spoken


def _outcome(children: pd.DataFrame | None, outcome: str) -> int | None:
    return None if children is None else int(children["outcome"].eq(outcome).sum())


def _unnoticed(children: pd.DataFrame | None) -> int | None:
    """Count the silent wrong matches: children with another child's records, without any sign of it."""
    if children is None:
        return None
    return int((children["outcome"].eq("mixed") & ~children["detected"].fillna(False).astype(bool)).sum())


def _outcomes(
    by_system: pd.DataFrame, names: Mapping[str, str], guard: Any
) -> dict[str, Mapping[str, Count]]:
    """Count how each system's records are linked to the same child on the roster; best first."""
    parts = ["right", "missed", "wrong"]
    shares = by_system["right"] / by_system[parts].sum(axis="columns")
    best = by_system.assign(share=shares).sort_values("share", ascending=False, kind="stable")
    return {
        names[str(silo)]: suppress_complement(guard, dict(zip(parts, numbers, strict=True)))
        for silo, *numbers in best[["silo", *parts]].astype(dict.fromkeys(parts, int)).itertuples(index=False)
        if silo in names
    }


def _ties(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Any) -> dict[str, Mapping[str, Count]]:
    """Count each system's records by link confidence, without a key to show if they are correct."""
    counts = link_statuses_by_system(crosswalk, guard).set_index(["silo", "link_status"])["count"]
    return {
        names[silo]: suppress_complement(
            guard, {part: int(counts.get((silo, link_status), 0)) for link_status, part in _STATUSES.items()}
        )
        for silo in names
        if crosswalk["silo"].eq(silo).any()
    }


def _of_status(
    crosswalk: pd.DataFrame, link_status: str, guard: Any, drawn: Mapping[str, Mapping[str, Count]]
) -> Count:
    """Count the records of a link status; next to a row as text, their sum would disclose that row."""
    count = int(crosswalk["link_status"].eq(link_status).sum())
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
    """Explain why a system has no bar, and which wrong links no bar shows."""
    if bars + 1 != systems:
        return ""
    return (
        f"{bars} bars for {systems} systems: the others are joined to {roster}, which has no bar of its own. "
        "Wrong joins between two of the others are not in it."
    )


def _first_step(measures: pd.DataFrame, spoken: Mapping[str, str], guard: Any) -> str:
    """Describe the first step, and about how many it concerns, as the end of a sentence."""
    from helpers.gaps import first_steps
    from helpers.report.display_names import in_words

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


_SAID = {
    "Verified": "joined surely",
    "Unverified": "joined by an id that nothing could verify",
    "Review": "waiting for a person",
    "Unlinked": "joined to nobody",
}


def link_statuses_by_system(crosswalk: pd.DataFrame, guard: Guard) -> pd.DataFrame:
    """Count the records of each system by link status.

    >>> crosswalk = pd.DataFrame(
    ...     {"silo": ["meals"] * 3, "child": ["a", "a", "b"], "link_status": ["Verified"] * 3}
    ... )
    >>> [int(link_statuses_by_system(crosswalk, Guard(real=real))["count"].sum()) for real in (False, True)]
    [3, 2]
    """
    counted = crosswalk
    if guard.real:
        weakest = crosswalk["link_status"].map({status: place for place, status in enumerate(_SAID)})
        counted = crosswalk.assign(weakest=weakest).sort_values("weakest", kind="stable")
        counted = counted.drop_duplicates(["silo", "child"], keep="last")
    return counted.groupby(["silo", "link_status"], sort=False).size().rename("count").reset_index()


def describe_links(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Guard) -> pd.DataFrame:
    """Describe how each system's records of children are linked to those of other systems.

    >>> crosswalk = pd.DataFrame(
    ...     {"silo": ["meals"] * 3, "child": list("abc"), "link_status": ["Verified", "Verified", "Unlinked"]}
    ... )
    >>> describe_links(crosswalk, {"meals": "Meals"}, Guard(real=False))["how"].tolist()
    ['2 joined surely, 1 joined to nobody']
    >>> describe_links(crosswalk, {"meals": "Meals"}, Guard(real=True))["how"].tolist()
    ['some joined surely, some joined to nobody']
    """
    counts = link_statuses_by_system(crosswalk, guard).set_index(["silo", "link_status"])["count"]
    rows = []
    for silo, name in names.items():
        if silo not in counts.index.get_level_values("silo"):
            rows.append((name, "none", "names no child"))
            continue
        own = {status: int(counts.get((silo, status), 0)) for status in _SAID}
        rows.append((name, guard.count(sum(own.values())), _how(own, guard)))
    counted = "children" if guard.real else "records"
    return pd.DataFrame(rows, columns=["system", counted, "how"], dtype=STRING)


def _how(own: Mapping[str, int], guard: Guard) -> str:
    there = [status for status, count in own.items() if count]
    if len(there) == 1:
        said = _SAID[there[0]]
        whole = own[there[0]]
        return f"all {said}" if guard.hides(whole) or whole == 1 else f"all {whole:,} {said}"
    parts = suppress_complement(guard, {status: own[status] for status in there})
    return ", ".join(
        f"{f'{part:,}' if isinstance(part, int) else 'some'} {_SAID[status]}"
        for status, part in parts.items()
    )


def apart(crosswalk: pd.DataFrame) -> list[str]:
    """List the systems without any record linked to another system.

    >>> crosswalk = pd.DataFrame({"silo": ["sis", "meals", "clubs"], "child": ["a", "a", "b"]})
    >>> apart(crosswalk)
    ['clubs']
    """
    together = crosswalk.groupby("child")["silo"].transform("nunique").gt(1)
    tied = set(crosswalk.loc[together, "silo"])
    return [silo for silo in crosswalk["silo"].dropna().unique().tolist() if silo not in tied]


def against_roster(scores: pd.DataFrame, roster: str) -> pd.DataFrame:
    """Count how each system's records are linked to the same child's record on the roster.

    >>> scores = pd.DataFrame(
    ...     {"left_silo": ["meals"], "right_silo": ["sis"], "group": ["All"], "population": ["All"]}
    ...     | {"right": [540], "missed": [51], "wrong": [9]}
    ... )
    >>> against_roster(scores, "sis").to_dict("records")
    [{'silo': 'meals', 'right': 540, 'missed': 51, 'wrong': 9}]
    """
    whole = scores[scores["group"].eq("All") & scores["population"].eq("All")]
    left, right = whole["left_silo"], whole["right_silo"]
    other = right.where(left.eq(roster), left).where(left.eq(roster) | right.eq(roster))
    counts = whole[["right", "missed", "wrong"]].assign(silo=other)
    counts = counts[counts["silo"].notna() & counts["silo"].ne(roster)]
    return counts[["silo", "right", "missed", "wrong"]].reset_index(drop=True)


def gathered(pairs: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """List each pair of systems once, grouped by the system with most pairs.

    >>> pairs = pd.DataFrame({"system": ["A", "A", "B"], "other": ["B", "C", "D"]})
    >>> gathered(pairs, 5).to_dict("list")
    {'system': ['A', 'B'], 'with': ['B, C', 'D']}
    """
    lines = []
    while len(pairs):
        both = pd.concat([pairs["system"], pairs["other"]]).value_counts().sort_index()
        most = both.idxmax()
        own = pairs["system"].eq(most) | pairs["other"].eq(most)
        others = pairs.loc[own, "other"].where(pairs["system"].eq(most), pairs["system"])
        told = "every other system" if len(others) == everybody - 1 else ", ".join(sorted(others))
        lines.append((most, told))
        pairs = pairs[~own]
    return pd.DataFrame(lines, columns=["system", "with"], dtype=STRING)


def describe_outcomes(outcomes: Mapping[str, int | str]) -> str:
    """Describe the outcomes of a linkage method in one line.

    >>> describe_outcomes({"complete": 540, "split": 58, "mixed": 2})
    'Complete: **540** of 600 children. Split: **58**. Mixed with another child: **2**.'
    """

    def said(number: int | str) -> str:
        return number_text(number, "", 0)

    if "complete" not in outcomes:
        return "; ".join(f"{tie}: **{said(number)}**" for tie, number in outcomes.items()).capitalize() + "."
    numbers = [number for number in outcomes.values() if not isinstance(number, str)]
    of_all = f" of {said(sum(numbers))} children" if len(numbers) == len(outcomes) else ""
    return (
        f"Complete: **{said(outcomes['complete'])}**{of_all}. "
        f"Split: **{said(outcomes['split'])}**. "
        f"Mixed with another child: **{said(outcomes['mixed'])}**."
    )


# The rows as readers meet them: from easy to hard, the sum of those with names before the others.
_POPULATIONS = ("Both dated", "One dated", "None dated", "All named", "By number only")


def population_table(populations: pd.DataFrame) -> pd.DataFrame:
    """Show how right the links of each population are, in percent of its pairs.

    >>> populations = pd.DataFrame(
    ...     {"population": ["By number only", "Both dated"], "possible": [1, 9], "share": [0.1, 0.9]}
    ...     | {"precision": [None, 0.9951], "recall": [0.0, 0.75], "f1": [0.0, 0.8554], "silent": [0, 2]}
    ... )
    >>> population_table(populations).to_dict("records")[0]
    {'pairs': 'both dated', 'of 100 true pairs': 90.0, 'found': 75.0, 'right': 99.5, 'F1': 0.855, 'silent': 2}
    """
    here = populations[populations["population"].isin(_POPULATIONS)]
    here = here.set_index("population").reindex(
        [one for one in _POPULATIONS if one in set(here["population"])]
    )
    percent = {"of 100 true pairs": "share", "found": "recall", "right": "precision"}
    shown = {name: (100 * here[column].astype("Float64")).round(1) for name, column in percent.items()}
    pairs = [str(name).lower() for name in here.index]
    return pd.DataFrame(
        {"pairs": pairs, **shown, "F1": here["f1"].astype("Float64").round(3), "silent": here["silent"]}
    ).reset_index(drop=True)


def children_table(children: pd.DataFrame) -> pd.DataFrame:
    """Show what became of children, in percent, by the records that count.

    >>> children = pd.DataFrame(
    ...     {"records": ["All records"], "complete": [0.5], "split": [0.4], "mixed": [0.1], "silent": [3]}
    ... )
    >>> children_table(children).to_dict("records")
    [{'counting': 'all records', 'complete': 50.0, 'split': 40.0, 'mixed': 10.0, 'mixed silently': 3}]
    """
    shares = {one: (100 * children[one].astype("Float64")).round(1) for one in ("complete", "split", "mixed")}
    counting = [str(name)[:1].lower() + str(name)[1:] for name in children["records"]]
    return pd.DataFrame({"counting": counting, **shares, "mixed silently": children["silent"]})


def complete_children_by_stage(costs: Mapping[str, Mapping[str, int]]) -> str:
    """Describe the gain from the first to the last linkage method, as a title.

    >>> complete_children_by_stage({"Exact": {"complete": 12, "mixed": 0}, "Resolved": {"complete": 540}})
    'Complete: 12 children by the first way, 540 by the last'
    """
    first, *_, last = costs.values()
    if "complete" not in last:
        return "How each rung ties the children; whether rightly, nobody has checked"
    return f"Complete: {first['complete']:,} children by the first way, {last['complete']:,} by the last"
