"""The command that judges links, says for whom they fail and what that does, against the answer key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.folders import FOLDER, linked, read_known, restricted, save
from helpers.cli.regions import NOT_PRINTED as UNPRINTED
from helpers.cli.regions__score import score_region
from helpers.files.command_output import emit, ends_well, json_option, out_option

if TYPE_CHECKING:
    import pandas as pd

    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles

__all__ = ["score"]

PROFILE_SCORES = ["element", "of_children", "right", "not_fresh", "wrong", "of_another_child"]
PROFILE_SCORES += ["missing", "share_right"]
# Written only where the district was linked first.
WITH_EVIDENCE = ("by_case.csv", "review.csv", "calibration.csv", "page_scores.csv", "held_page_scores.csv")
# What is printed of groups; all kinds of pairs are in the files.
KIND = "Both with birth date"
GAPS = ["dimension", "faults", "groups", "best", "worst", "gap", "low", "high"]
# Every child speaks one language, and each has few children: the file tells them.
NOT_PRINTED = ("home language", "All")


@click.command()
@FOLDER
@click.option(
    "--crosswalk",
    "crosswalk_file",
    type=click.Path(path_type=Path),
    help="A crosswalk.csv to judge; without it the district is linked first.",
)
@out_option()
@json_option
@ends_well
def score(folder: Path, crosswalk_file: Path | None, out: Path, as_json: bool) -> None:
    """Judge the links and profiles of FOLDER against its answer key (only made districts have one).

    Writes scores.csv: for each pair of systems, group of children and kind of pair, how many pairs were
    right, wrong and missed; by_group.csv: precision, recall, F1 and children missed or wrongly joined, for
    each group, as it is and with faults made equal for all, with intervals; group_gaps.csv: how far the best
    and the worst group lie apart; costs.csv: children whose chronic absence or falling grades the links hide
    or invent; profile_scores.csv: for each element of the profile, of how many children it says what is true.
    Where the district is linked first also by_case.csv: what became of each hard case; review.csv: what a
    person who never errs could add; calibration.csv: whether probabilities are what they say;
    page_scores.csv: of all that may stand on pages for families, what is another child's; and
    held_page_scores.csv: how many pages are held, and why.
    Prints how many children were put together exactly right, and how many were joined to another child
    without anyone noticing.

    Where FOLDER holds several districts (a region): region_scores.csv, pairs of records inside a district and
    across districts; and movers.csv, each child of two districts and whether its records met.
    """
    if score_region(folder, crosswalk_file, out, as_json):
        return
    from helpers.profile import child_profiles
    from helpers.score import (
        crosswalk_from,
        flags_lost,
        must_be_of,
        score_groups,
        score_links,
        score_profiles,
    )
    from helpers.share.guard import Guard

    brought = None if crosswalk_file is None else crosswalk_from(crosswalk_file)
    district = read_known(folder)
    if brought is not None and crosswalk_file is not None:
        must_be_of(brought, district.people, crosswalk_file)
    links = linked(district)
    if brought is not None:
        links = replace(links, crosswalk=brought)
    scores = score_links(district, links.crosswalk)
    groups = score_groups(district, links.crosswalk)
    costs = flags_lost(district, links)
    profiles = child_profiles(district, links)
    elements = score_profiles(district, profiles)
    tables = {
        "scores.csv": scores,
        "by_group.csv": groups.scores,
        "group_gaps.csv": groups.gaps,
        "costs.csv": costs,
        "profile_scores.csv": elements,
    }
    figures: dict[str, Any] = {"scores": _by_silo_pair(scores, as_json)}
    # What a child's record carries is told by the links that came with it, not by a crosswalk alone.
    if crosswalk_file is None:
        judged, told = _judged(district, links, profiles)
        tables |= judged
        figures |= told
    figures |= {
        "pairs that both have a birth date, by group": _by_group(groups.scores).round(4),
        "gaps of F1 between groups": _gaps(groups.gaps).round(4),
        "children flagged": costs,
    }
    held = elements[elements["of_children"] > 0]
    figures["profiles"] = elements if as_json else held[PROFILE_SCORES].round(4)
    guard = Guard.of(district)
    written = save(out, tables, instead_of=WITH_EVIDENCE, guard=guard)
    if guard.real:
        # Nobody wrote an answer key of real children but by hand; what it judges counts them one by one.
        figures = {"figures": UNPRINTED}
    emit({**figures, "written": written, **restricted(written)}, as_json)


def _judged(
    district: District, links: Links, profiles: Profiles
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Judge what only links with their evidence can be asked."""
    from helpers.score import (
        judge_family_pages,
        score_calibration,
        score_cases,
        score_children,
        with_review,
    )

    children = score_children(district, links)
    cases = score_cases(district, links)
    review = with_review(district, links)
    calibration = score_calibration(district, links.pairs)
    pages = judge_family_pages(district, links, profiles)
    outcome = children["outcome"]
    silent = (outcome == "wrong") & ~children["noticed"].fillna(False)
    figures = {
        "children": len(children),
        "exactly right": int((outcome == "right").sum()),
        "joined to another child": int((outcome == "wrong").sum()),
        "of these, noticed by nobody": int(silent.sum()),
        "some records missing": int((outcome == "missed").sum()),
        "hard cases with silent wrong joins": cases.loc[
            cases["silent"] > 0, ["case", "children", "right", "missed", "wrong", "silent"]
        ],
        "accepted, and after a review": review[
            ["pair_kind", "possible", "precision", "recall", "precision_after", "recall_after", "asked"]
        ].round(4),
        "may stand on family pages": pages.pages.round(4),
        "family pages held": pages.held.drop(columns="citation").round(4),
    }
    tables = {"by_case.csv": cases, "review.csv": review, "calibration.csv": calibration}
    tables |= {"page_scores.csv": pages.pages, "held_page_scores.csv": pages.held}
    return tables, figures


def _by_silo_pair(scores: pd.DataFrame, as_json: bool) -> pd.DataFrame:
    whole = scores[(scores["group"] == "All") & (scores["pair_kind"] == "All")]
    shown = whole[
        ["left_silo", "right_silo", "possible", "right", "wrong", "missed", "precision", "recall", "f1"]
    ]
    if not as_json:
        shown = shown.assign(left_silo=shown["left_silo"].fillna("all systems"))
    return shown.round(4)


def _by_group(scores: pd.DataFrame) -> pd.DataFrame:
    """Put F1 in both ways and what became of children side by side, a row a group."""
    from helpers.score.groups import AS_THEY_ARE, MADE_EQUAL

    enough = scores[scores["enough"].fillna(False) & ~scores["dimension"].isin(NOT_PRINTED)]
    pairs = enough[enough["measure"].eq("F1") & enough["pair_kind"].eq(KIND)]
    shown = pairs[pairs["faults"].eq(AS_THEY_ARE)].set_index("group")[["children", "value", "low", "high"]]
    shown = shown.rename(columns={"value": "f1"})
    equal = pairs[pairs["faults"].eq(MADE_EQUAL)].set_index("group")["value"]
    shown["f1_faults_equal"] = equal.reindex(shown.index)
    as_they_are = enough[enough["faults"].eq(AS_THEY_ARE)]
    for measure, name in (("Children missed", "missed"), ("Children wrongly joined", "wrongly_joined")):
        counted = as_they_are[as_they_are["measure"].eq(measure)].set_index("group")["numerator"]
        shown[name] = counted.reindex(shown.index)
    return shown.reset_index()


def _gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    here = gaps["pair_kind"].eq(KIND) & ~gaps["dimension"].isin(NOT_PRINTED)
    return gaps.loc[here, GAPS]
