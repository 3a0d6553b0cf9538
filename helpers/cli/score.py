"""Commands score and cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.link import NOT_PRINTED as UNPRINTED
from helpers.cli.options import RESTRICTED, desk_note, file_option, linked, list_outputs, read_known, save
from helpers.files import (
    Command,
    Output,
    Summary,
    district_folders,
    folder_argument,
    is_region,
    out_option,
    with_output,
    write_atomically,
)
from helpers.standard import BadInput, Measured, plain

if TYPE_CHECKING:
    import pandas as pd

    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles
    from helpers.score import LinkSummary
    from helpers.share import Guard

__all__ = ["cards", "explain", "score"]


# Headings of printed tables. The keys are those of --json.
TITLES = {
    "populations": "Pairs of records by population",
    "children": "Children complete, split and mixed, without records in which a system put two children",
    "scores": "Pairs of records by pair of systems",
    "hard cases with undetected mix-ups": "Hard cases with undetected mix-ups",
    "accepted, and after a review": "Pairs before and after an error-free review",
    "values that family pages may show": "Values that pages for families may show",
    "family pages on hold": "Pages for families on hold",
    "pairs both dated, by group": "Pairs with two birth dates, by group",
    "gaps of F1 between groups": "Gaps of F1 between groups",
    "children flagged": "Flags found, missed and invented",
    "profiles": "Elements of profiles",
    "children of two districts": "Children in two districts",
    "the room": "Teams",
    "linkage methods, on the same cards": "Linkage methods, on the same cards",
    "agreement": "How far teams agree",
}
PILES = "piles.csv"
SHOWN = ["team", "possible", "right", "wrong", "missed", "f1", "seconds_a_pair", "error_rate"]


@click.command(short_help="Say what a headline number counts, and list who it is.")
@click.argument("name")
@folder_argument()
@click.option(
    "--rows", "wants_rows", is_flag=True, help="Of a real folder: write the rows, too, for your desk; logged."
)
@out_option()
@with_output
def explain(name: str, folder: Path, wants_rows: bool, out: Path, output: Output) -> None:
    """Explain a number of FOLDER: NAME as definitions.toml has it.

    Prints what the number counts, its main cause and like numbers. Writes explain_NAME.html, a page with all
    rows behind the number, and explain_NAME.csv, the same rows. --table prints the rows. Of a real folder the
    page shows the count alone; with --rows, restricted_explain_NAME.csv has the rows, which audit.jsonl logs.
    """
    from helpers.report import explain as explained_in
    from helpers.report import explain_page, page_of_measure
    from helpers.score import Headlines
    from helpers.share import Guard
    from helpers.standard import definition

    definition(name)
    district = read_known(folder, output)
    guard = Guard.of(district)
    links = linked(district, output)
    with output.step("Counting"):
        found = Headlines(district, links)
        explained = explained_in(found, name)
    measured, page = explained.measured, page_of_measure(name)
    table = page.replace(".html", ".csv")
    tables = {} if guard.real else {table: explained.rows}
    if guard.real and wants_rows:
        tables = {f"{RESTRICTED}{table}": found.rows(name)}
        _log_rows(out, name, found.rows(name))
    paths = save(out, tables, {page: lambda path: explain_page(path, explained, district.about)})
    # A phrase that names no base gets it.
    apart = measured.base is not None and "{of}" not in measured.definition.says.get("en", "{of}")
    of = f", of {Measured(measured.definition.base, measured.base):count}" if apart else ""
    finding = [
        f"{measured.say()}{of}.",
        measured.definition.means["en"],
        *([explained.cause] if explained.cause else []),
    ]
    like = [f"{row.number} {row.difference}." for row in explained.alike.itertuples()]
    figures = {
        "value": measured, "cause": plain(explained.cause), "alike": explained.alike,
        **({} if guard.real else {"rows": explained.rows}), **list_outputs(paths),
    }  # fmt: skip
    notes = [f"Open {out / page}{'' if guard.real else ' for the rows'}.", *desk_note(paths)]
    output.emit(figures, Summary(finding, "Like numbers, which are others", like, notes), EXPLAINED)


def _log_rows(out: Path, name: str, rows: pd.DataFrame) -> None:
    """Add to the log that somebody takes rows about real children to the desk."""
    import getpass

    from helpers.share import Audit, shown_hash

    children = int(rows["child"].nunique()) if "child" in rows else 0
    log = Audit(out / "audit.jsonl")
    log.log("", getpass.getuser(), f"rows of {name}", [], children, shown_hash(rows), "written")


EXPLAINED = {"alike": "Measures with a like name or number", "rows": "The rows behind the number"}


@click.command(short_help="Print a sheet of record cards for a team to sort by hand.")
@folder_argument()
@file_option(
    "--piles",
    "piles_file",
    help="The teams' piles, typed in: score them, and each linkage method on the same cards.",
)
@click.option(
    "--teams", type=click.IntRange(1, 40), default=4, show_default=True, help="How many teams sort."
)
@out_option()
@with_output
def cards(folder: Path, piles_file: Path | None, teams: int, out: Path, output: Output) -> None:
    """Print one sheet of record cards from FOLDER, a synthetic district, to sort into children by hand.

    Writes record_cards.html (print it before anybody opens a laptop) and piles.csv (to fill in). With
    --piles it writes card_sort_scores.csv and card_sort_agreement.csv instead: how accurate each team was,
    and how far teams agree.
    """
    from helpers.link import METHODS, link_district
    from helpers.report import record_cards_page, short_names
    from helpers.score import (
        agreement_of_teams,
        blank_card_sort,
        deal_cards,
        read_card_sorts,
        score_card_sorts,
        score_sheet,
    )

    district = read_known(folder, output)
    dealt = deal_cards(district)
    if piles_file is None:
        page = record_cards_page(dealt, district.about, short_names(district.layouts), piles_file=PILES)
        # Never overwrite what teams have entered.
        piles = out / PILES
        kept = piles.exists()
        paths = save(
            out,
            {} if kept else {PILES: blank_card_sort(dealt, teams)},
            {"record_cards.html": lambda path: write_atomically(path, page.encode("utf-8"))},
        )
        emitted: dict[str, Any] = {"cards": len(dealt), "teams": teams, "written": paths}
        emitted |= {"kept": f"{piles}, which is there already"} if kept else {}
        notes = [f"{piles} is there already: it is not changed."] if kept else []
        steps = [
            f"Print {out / 'record_cards.html'} once for each team.",
            "Let each team sort the cards into piles, one pile for each child.",
            f"Type the piles into {piles}, then `bigpicture cards {folder} --piles {piles}`.",
        ]
        sheet, room = Measured("cards_dealt", len(dealt)), Measured("teams", teams)
        finding = [f"A sheet of {sheet:bold count}, for {room:count}."]
        output.emit(emitted, Summary(finding, "What to do", steps, notes))
        return
    typed = read_card_sorts(piles_file, dealt)
    scores = score_card_sorts(district, dealt, typed)
    agreement = agreement_of_teams(typed)
    rungs = {}
    with output.step("Linking the same cards by each method", total=len(METHODS)) as done:
        for method in METHODS:
            rungs[method.capitalize()] = link_district(district, method)
            done()
    machine = score_sheet(district, rungs)
    paths = save(out, {"card_sort_scores.csv": scores, "card_sort_agreement.csv": agreement})
    as_json = output.as_json
    figures = {
        "the room": scores if as_json else scores[SHOWN].round(3),
        "linkage methods, on the same cards": machine if as_json else machine[SHOWN[:-2]].round(3),
        "agreement": agreement.round(3),
        "written": paths,
    }
    best, kit = (
        table.sort_values("f1", ascending=False, kind="stable").head(1) for table in (scores, machine)
    )
    finding = [
        f"{row['team']} put {_cards(row, 'right', row['possible']):bold count of} together, and "
        f"{_cards(row, 'wrong'):count} (F1 {row['f1']:.2f})."
        for row in [*best.to_dict("records"), *kit.to_dict("records")]
    ]
    most = scores.assign(missed=scores["possible"] - scores["right"])
    most = most.sort_values(["wrong", "missed"], ascending=False, kind="stable").head(3)
    worst = [
        f"{row['team']}: {_cards(row, 'wrong'):count}, {_cards(row, 'missed')} missed"
        for row in most.to_dict("records")
    ]
    alike = agreement["agreement"].dropna()
    notes = (
        [f"Agreement of two teams: {alike.min():.2f} to {alike.max():.2f}; 1 means the same piles."]
        if len(alike)
        else []
    )
    of = Measured("teams", len(scores))
    output.emit(figures, Summary(finding, f"Most wrong, of {of:count}", worst, notes), TITLES)


def _cards(row: Mapping[Any, Any], column: str, possible: float | None = None) -> Measured:
    """Count pairs of a team's cards."""
    base = None if possible is None else int(possible)
    return Measured(f"card_pairs_{column}", int(row[column]), base, where=row["team"])


def score_region(folder: Path, crosswalk_file: Path | None, out: Path, output: Output) -> bool:
    """Score the links of a region, if the folder is one.

    Writes region_scores.csv (pairs of records inside a district and across districts) and movers.csv (each
    child with records in several districts, and whether these are linked).
    """
    if not is_region(folder):
        return False
    if crosswalk_file is not None:
        raise BadInput(
            f"{folder} is a region, and --crosswalk is for one district: give one of its districts instead, "
            f"such as {folder / next(iter(district_folders(folder)))}."
        )
    from helpers.link import link_districts
    from helpers.score import score_movers, true_region
    from helpers.score import score_region as scores_of
    from helpers.share import Guard

    folders = district_folders(folder)
    guards: list[Guard] = []

    def districts() -> Iterator[tuple[str, District]]:
        for name, place in folders.items():
            district = read_known(place, output)
            guards.append(Guard.of(district))
            yield name, district

    region = link_districts(districts(), lambda district: linked(district, output))
    again = ((name, read_known(place, output)) for name, place in folders.items())
    truth = true_region(again, region.crosswalk)
    scores, movers = scores_of(truth), score_movers(truth)
    # One real district makes the whole region real.
    guard = Guard(real=any(one.real for one in guards))
    paths = save(out, {"region_scores.csv": scores, "movers.csv": movers}, guard=guard)
    counted = movers["outcome"].value_counts().rename("children").rename_axis("outcome").reset_index()
    figures: dict[str, object] = {"scores": scores.round(4), "children of two districts": counted}
    whole = scores[scores["population"].eq("All")].to_dict("records")
    finding = [
        f"{row['pairs']}: links find {_pairs('found', row, 'possible'):share of}, and "
        f"{_pairs('right', row, 'linked'):share of} are right."
        for row in whole
    ]
    worst = [f"{row['children']:,} {row['outcome']}" for row in counted.to_dict("records")]
    summary = Summary(finding, f"{Measured('movers', len(movers)):count}", worst)
    if guard.real:
        # An answer key of real children is hand-made, and its figures describe them one by one.
        figures, summary = {"figures": UNPRINTED}, Summary([REAL])
    output.emit({**figures, **list_outputs(paths)}, summary, TITLES)
    return True


def _pairs(what: str, row: Mapping[Any, Any], base: str) -> Measured:
    """Count right pairs of records of a region, of true or of linked pairs."""
    return Measured(f"region_pairs_{what}", int(row["right"]), int(row[base]), where=row["pairs"])


REAL = "This folder isn't marked as invented: no figure is printed. They are in the files alone."


PROFILE_SCORES = ["element", "of_children", "right", "not_fresh", "wrong", "of_another_child"]
PROFILE_SCORES += ["missing", "share_right"]
# Written only if we linked the district first.
WITH_EVIDENCE = ("by_case.csv", "review.csv", "calibration.csv", "page_scores.csv", "hold_scores.csv")
# Population printed for groups; the files contain all.
SHOWN_FOR_GROUPS = "Both dated"
GAPS = ["dimension", "faults", "groups", "best", "worst", "gap", "low", "high"]
# Many languages with few children each: only the file lists them.
NOT_PRINTED = ("home language", "All")


@click.command(
    cls=Command,
    short_help="Score links and profiles against the answer key.",
    writes={
        "population_scores.csv": "true pairs, precision, recall, F1 and undetected wrong links, of pairs "
        "that are both dated, one dated, none dated, and by number only",
        "child_shares.csv": "shares of children complete, split and mixed",
        "scores.csv": "pairs right, wrong and missed, by pair of systems, group and population",
        "by_group.csv": "precision, recall, F1 and children complete, split or mixed of each group, raw and "
        "with the same faults for all",
        "group_gaps.csv": "the gap between the best and the worst group",
        "costs.csv": "children whose chronic absence or falling grades the links hide or invent",
        "profile_scores.csv": "children with a true value, for each element of the profile",
        "by_case.csv": "outcome of each hard case",
        "review.csv": "what an error-free reviewer could add",
        "calibration.csv": "match probabilities compared with outcomes",
        "page_scores.csv": "values of another child among all that pages for families may show",
        "hold_scores.csv": "pages on hold, and why",
        "region_scores.csv": "of a region: pairs within a district and across districts",
        "movers.csv": "of a region: each child of two districts, and whether its records are linked",
    },
)
@folder_argument()
@file_option(
    "--crosswalk",
    "crosswalk_file",
    help="A crosswalk.csv to score; without it the command links the district first.",
)
@out_option()
@with_output
def score(folder: Path, crosswalk_file: Path | None, out: Path, output: Output) -> None:
    """Score the links and profiles of FOLDER against its answer key (only synthetic districts have one).

    With --crosswalk, nobody knows which wrong links would be detected: by_case.csv to hold_scores.csv are not
    written then. If FOLDER contains several districts (a region), only the last two files are.
    """
    if score_region(folder, crosswalk_file, out, output):
        return
    from helpers.profile import build_profiles
    from helpers.score import (
        crosswalk_from,
        missed_flags,
        must_be_of,
        score_groups,
        score_links,
        score_profiles,
        summarize_links,
    )
    from helpers.share import Guard

    as_json = output.as_json
    brought = None if crosswalk_file is None else crosswalk_from(crosswalk_file)
    district = read_known(folder, output)
    if brought is not None and crosswalk_file is not None:
        must_be_of(brought, district.people, crosswalk_file)
    links = linked(district, output)
    if brought is not None:
        links = replace(links, crosswalk=brought)
    with output.step("Comparing links with the answer key"):
        summary = summarize_links(district, links, with_evidence=brought is None)
        scores = score_links(district, links.crosswalk)
        groups = score_groups(district, links.crosswalk)
        costs = missed_flags(district, links)
    with output.step("Comparing profiles with the answer key"):
        profiles = build_profiles(district, links)
        elements = score_profiles(district, profiles)
    tables = {
        "population_scores.csv": summary.populations,
        "child_shares.csv": summary.children,
        "scores.csv": scores,
        "by_group.csv": groups.scores,
        "group_gaps.csv": groups.gaps,
        "costs.csv": costs,
        "profile_scores.csv": elements,
    }
    figures: dict[str, Any] = {
        "populations": summary.populations.round(4),
        "children": summary.children.round(4),
        "scores": _by_silo_pair(scores, as_json),
    }
    # Link confidence comes with our own links, not with a crosswalk alone.
    if crosswalk_file is None:
        with output.step("Comparing pages for families with the answer key"):
            judged, judged_figures = _judged(district, links, profiles)
        tables |= judged
        figures |= judged_figures
    figures |= {
        "pairs both dated, by group": _by_group(groups.scores).round(4),
        "gaps of F1 between groups": _gaps(groups.gaps).round(4),
        "children flagged": costs,
    }
    held = elements[elements["of_children"] > 0]
    figures["profiles"] = elements if as_json else held[PROFILE_SCORES].round(4)
    guard = Guard.of(district)
    paths = save(out, tables, instead_of=WITH_EVIDENCE, guard=guard)
    short = _answer(district, links, summary, scores, costs, detected=brought is None)
    if guard.real:
        # An answer key of real children is hand-made, and its figures describe them one by one.
        figures, short = {"figures": UNPRINTED}, Summary([REAL])
    output.emit({**figures, **list_outputs(paths)}, short, TITLES)


def _answer(
    district: District,
    links: Links,
    summary: LinkSummary,
    scores: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    detected: bool,
) -> Summary:
    """Say how many children are complete, as the index does, and which systems miss or mix up most."""
    from helpers.report import system_names
    from helpers.score import MATCHED, Headlines, children_by_system

    found = Headlines(district, links)
    silent = f" {found.of('undetected').say()}." if detected else ""
    pairs: dict[Any, Any] = summary.populations.set_index("population").loc["All named"].to_dict()
    true_pairs = Measured("pairs_found", int(pairs["right"]), int(pairs["possible"]))
    right_pairs = Measured("pairs_right", int(pairs["right"]), int(pairs["linked"]))
    finding = [
        f"{found.of('complete').say()}. {found.of('split').say()}. {found.of('mixed').say()}.{silent}",
        f"{found.of('complete_named').say()}.",
        f"Links find {true_pairs:share of}; {right_pairs:share of} are right.",
    ]
    names = system_names(district.layouts)
    systems = children_by_system(found.records[MATCHED])
    counts = ["missing", "undetected"]
    amiss = systems[systems[counts].gt(0).any(axis="columns")]
    amiss = amiss.sort_values(counts, ascending=False, kind="stable").head(3)
    worst = []
    for row in amiss.to_dict("records"):
        missing, mixed = (
            Measured(f"{one}_in_system", int(row[one]), int(row["children"]), where=row["silo"])
            for one in counts
        )
        also = f", {mixed} mixed up unnoticed" if detected else ""
        verb = missing.verb("misses", "miss")
        worst.append(f"{names[row['silo']]}: {missing:count of} {verb} a record{also}")
    notes = []
    for row in costs.head(1).to_dict("records"):
        missed = Measured("flags_missed", int(row["missed"]), int(row["true_count"]), where=row["flag"])
        invented = Measured("flags_invented", int(row["false_count"]), where=row["flag"])
        text = f"{missed:count of} missed, and {invented} flagged by mistake, because of links"
        notes.append(f"{row['flag']}: {text}.")
    of = f"Systems with most children who miss a record, of {Measured('systems', len(systems))}"
    return Summary(finding, of, worst, notes)


def _judged(
    district: District, links: Links, profiles: Profiles
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Compute the scores that need links with their evidence."""
    from helpers.score import (
        judge_family_pages,
        score_calibration,
        score_cases,
        with_review,
    )

    cases = score_cases(district, links)
    review = with_review(district, links)
    calibration = score_calibration(district, links.pairs)
    pages = judge_family_pages(district, links, profiles)
    figures = {
        "hard cases with undetected mix-ups": cases.loc[
            cases["undetected"] > 0, ["case", "children", "complete", "split", "mixed", "undetected"]
        ],
        "accepted, and after a review": review[
            ["population", "possible", "precision", "recall", "precision_after", "recall_after", "asked"]
        ].round(4),
        "values that family pages may show": pages.pages.round(4),
        "family pages on hold": pages.held.drop(columns="citation").round(4),
    }
    tables = {"by_case.csv": cases, "review.csv": review, "calibration.csv": calibration}
    tables |= {"page_scores.csv": pages.pages, "hold_scores.csv": pages.held}
    return tables, figures


def _by_silo_pair(scores: pd.DataFrame, as_json: bool) -> pd.DataFrame:
    whole = scores[(scores["group"] == "All") & (scores["population"] == "All")]
    shown = whole[
        ["left_silo", "right_silo", "possible", "right", "wrong", "missed", "precision", "recall", "f1"]
    ]
    if not as_json:
        shown = shown.assign(left_silo=shown["left_silo"].fillna("all systems"))
    return shown.round(4)


def _by_group(scores: pd.DataFrame) -> pd.DataFrame:
    """Compare raw and standardized F1 with children's outcomes, one row per group."""
    from helpers.score import AS_THEY_ARE, MADE_EQUAL

    enough = scores[scores["enough"].fillna(False) & ~scores["dimension"].isin(NOT_PRINTED)]
    pairs = enough[enough["measure"].eq("F1") & enough["population"].eq(SHOWN_FOR_GROUPS)]
    shown = pairs[pairs["faults"].eq(AS_THEY_ARE)].set_index("group")[["children", "value", "low", "high"]]
    shown = shown.rename(columns={"value": "f1"})
    equal = pairs[pairs["faults"].eq(MADE_EQUAL)].set_index("group")["value"]
    shown["f1_faults_equal"] = equal.reindex(shown.index)
    as_they_are = enough[enough["faults"].eq(AS_THEY_ARE)]
    for measure, name in (("Children split", "split"), ("Children mixed", "mixed")):
        counted = as_they_are[as_they_are["measure"].eq(measure)].set_index("group")["numerator"]
        shown[name] = counted.reindex(shown.index)
    return shown.reset_index()


def _gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    here = gaps["population"].eq(SHOWN_FOR_GROUPS) & ~gaps["dimension"].isin(NOT_PRINTED)
    return gaps.loc[here, GAPS]
