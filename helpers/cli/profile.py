"""Commands profile and questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.link import EXACT, PARTS, ROUNDED, _counted_rows
from helpers.cli.options import FOLDER, as_shown, linked, read_known, read_so, restricted, save, worded
from helpers.files import emit, ends_well, json_option, out_option
from helpers.standard import BadInput, filled

if TYPE_CHECKING:
    import pandas as pd

    from helpers.profile import MemorySource
    from helpers.share import Guard, View

__all__ = ["profile", "questions"]


# Files written only with some options; we delete those of an earlier run.
SOMETIMES = ("question_groups.csv", "question_children.csv", "families.csv")
HOW_TO_READ = "Children are counted in tens; where 1 to 9 could be worked out, no number of the row is shown."
SHOWN = ["question", "status", "concerned", "children", "unknown", "answerable", "why", "platforms_before"]


@click.command(short_help="Ask the systems what people ask about children.")
@FOLDER
@click.option("--question", "one", metavar="ID", help="Only this question, and its counts by group.")
@click.option("--role", help="Who asks: a role of the policy. Only what it may see is asked.")
@click.option("--who", help="Which of them: a school, or a record as in sis:1234.")
@click.option("--purpose", help="What for; the broad purpose of the role by default.")
@click.option(
    "--audit", "audit_file", type=click.Path(path_type=Path), help="Log; audit.jsonl in --out by default."
)
@click.option(
    "--questions",
    "own",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Questions of your own (TOML).",
)
@click.option(
    "--least-share",
    type=float,
    metavar="SHARE",
    help="From which share of the children concerned a question counts as answered; "
    + filled("{profile/thresholds.answerable_share} unless given."),
)
@out_option()
@json_option
@ends_well
def questions(
    folder: Path,
    one: str | None,
    role: str | None,
    who: str | None,
    purpose: str | None,
    audit_file: Path | None,
    own: Path | None,
    least_share: float | None,
    out: Path,
    as_json: bool,
) -> None:
    """Answer questions about children from the systems in FOLDER, and list what can't be answered, and why.

    Writes questions.csv: for each question the number of children it concerns, of children found, and of
    children with an unknown answer and why, and how many systems one would have to open. Without --role it
    also writes families.csv: how many families could know what the systems record about their child.

    With --question ID it writes question_groups.csv (counts by group). With --role and --who it uses only the
    children and values of that view; with --question ID it then writes their list, too
    (question_children.csv), because a list of children needs a reader with a right to it.
    """
    from helpers.profile import answer_questions, children_for, groups_for, kit_questions, read_questions
    from helpers.report import families_in_words
    from helpers.share import NOT_SHOWN, Guard, shown_answers, shown_shares

    declared = kit_questions() if own is None else read_questions(own)
    if one is not None:
        declared.named(one)
    if role is not None:
        _known_role(role, purpose)
    if (role is None) != (who is None):
        raise BadInput("Say both --role and --who, or neither; `bigpicture view --list` names the roles.")
    source = _source(folder)
    guard = Guard(real=not source.synthetic)
    seen = None
    if role is not None and who is not None:
        seen = _view(source, role, who, purpose, audit_file or out / "audit.jsonl")
    asked = None if one is None else [one]
    answers = answer_questions(source, questions=asked, least_share=least_share, declared=declared, seen=seen)
    tables = {"questions.csv": answers}
    shown_first = shown_answers(guard, answers)
    figures: dict[str, Any] = {"questions": shown_first[SHOWN] if as_json else _lines(guard, answers)}
    if one is None:
        if not as_json:
            figures["to ask one"] = "--question ID; the ids are the column question of questions.csv"
        figures["answers"] = answers.groupby("status", sort=False).size().rename("questions").reset_index()
    else:
        figures = {"asked": str(answers["text"].iloc[0]), **figures}
        groups = groups_for(source, one, declared=declared, seen=seen)
        tables["question_groups.csv"] = groups
        counted = shown_answers(guard, groups)
        worded_groups = worded(guard, counted, as_json, NOT_SHOWN, of=groups)
        figures["groups"] = worded_groups if as_json else worded_groups.drop(columns="question")
        if seen is not None:
            tables["question_children.csv"] = children_for(source, one, declared=declared, seen=seen)
    if seen is None and one is None:
        from helpers.gaps import (
            communication_gap,
            count_informed_families,
            groups_of_children,
        )

        gap = communication_gap(source.district, source.links, source.profiles)
        families = count_informed_families(gap, groups_of_children(source.profiles.profile))
        tables["families.csv"] = families
        shown = shown_shares(guard, families)
        told = shown["group_by"].isna() & shown["measure"].isin(["read", "up to date"])
        columns = ["domain", "measure", "numerator", "denominator", "share"]
        counted_families = families.reset_index(drop=True).loc[told, columns]
        of_families = worded(guard, shown.loc[told, columns], as_json, NOT_SHOWN, of=counted_families)
        figures["families"] = of_families if as_json else families_in_words(of_families)
    written = save(out, tables, instead_of=SOMETIMES, guard=guard)
    # Printed output may end up in the log of a scheduled run; files stay in the district.
    emit(
        {**figures, **read_so(guard, as_json, HOW_TO_READ), "written": written, **restricted(written)},
        as_json,
    )


def _lines(guard: Guard, answers: pd.DataFrame) -> pd.DataFrame:
    """Format answers for a terminal, with text for numbers that the guard hides."""
    from helpers.report import question_lines
    from helpers.share import NOT_SHOWN, shown_answers

    lines = question_lines(shown_answers(guard, answers))
    return worded(guard, lines, False, NOT_SHOWN, of=question_lines(answers))


def _source(folder: Path) -> MemorySource:
    """Combine the data about the children in a folder of exports."""
    from helpers.profile import build_profiles, compute_indicators, source_of

    district = read_known(folder)
    links = linked(district)
    profiles = build_profiles(district, links)
    return source_of(district, links, profiles, compute_indicators(district, links, profiles))


def _known_role(role: str, purpose: str | None) -> None:
    """Refuse an unknown role, or one that sees no child by name, before an hour of reading."""
    from helpers.share import asked, read_policy

    _, chosen = asked(read_policy(), role, purpose)
    if chosen.coded:
        raise BadInput(
            f"{role} sees children under codes only, and a question needs to know whom it is about: leave "
            "--role and --who out for counts."
        )


def _view(source: MemorySource, role: str, who: str, purpose: str | None, audit_file: Path) -> View:
    from helpers.share import Audit, open_view

    return open_view(source, role, who, purpose, audit=Audit(audit_file))


if TYPE_CHECKING:
    pass


@click.command()
@FOLDER
@click.option("--school-year", type=int, help="Year in which the school year ends; the latest by default.")
@click.option(
    "--survivorship",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Whom a team decided to believe, as notebook 11 writes it; also writes what that changes.",
)
@out_option()
@json_option
@ends_well
def profile(
    folder: Path, school_year: int | None, survivorship: Path | None, out: Path, as_json: bool
) -> None:
    """Combine what the systems in FOLDER record about each child.

    Writes profile.csv (one row per child), values.parquet (every value with its source), timeline.parquet
    (dated events of every child), indicators.parquet (every child under every definition), left_out.csv
    (facts that feed none of these, and why), profile_accounts.csv (rows = rows used + rows left out) and
    row_accounts.csv (what became of every row of every file); and the folder store, from which dashboard,
    views and pages load a child without reading FOLDER again. With --survivorship also changed_values.csv:
    values that differ from the kit's own order of trust. For a real folder, the names of
    profile_accounts.csv and row_accounts.csv, which contain counts, start with restricted_.
    """
    from helpers.profile import (
        account_for_rows,
        build_profiles,
        compare_profiles,
        compute_indicators,
        read_survivorship,
        save_store,
        source_of,
    )
    from helpers.report import must_be_free
    from helpers.share import NOT_SHOWN, Guard, shown_everybody, suppress_totals

    must_be_free(out / "store")  # before an hour of reading
    decision = read_survivorship(survivorship) if survivorship else None
    district = read_known(folder)
    guard = Guard.of(district)
    links = linked(district)
    profiles = build_profiles(district, links, school_year, survivorship=decision)
    sums = account_for_rows(district, profiles)
    tables = {
        "profile.csv": profiles.profile,
        "values.parquet": profiles.values,
        "timeline.parquet": profiles.timeline,
        "left_out.csv": profiles.left_out,
        "profile_accounts.csv": profiles.accounts,
        "row_accounts.csv": sums,
    }
    decided = {}
    if decision:
        changed = compare_profiles(build_profiles(district, links, school_year), profiles)
        tables["changed_values.csv"] = changed
        decided = {
            "decided by": f"{decision.by}, {decision.decided}: {decision.because}",
            "children of whom something else is shown": as_shown(guard, changed["child"].nunique()),
        }
    indicators = compute_indicators(district, links, profiles)
    source = source_of(district, links, profiles, indicators)
    written = save(
        out,
        {**tables, "indicators.parquet": indicators},
        {"store": lambda path: save_store(source, path)},
        instead_of=("changed_values.csv",),
        guard=guard,
    )
    years = profiles.values["school_year"]
    of_year = years.isna() | years.isin([profiles.school_year])
    chosen = profiles.values[profiles.values["chosen"] & of_year]
    chosen = chosen.drop_duplicates(["element", "status", "child"])
    told = chosen.groupby(["element", "status"], sort=False).size().rename("children").reset_index()
    everybody = shown_everybody(guard, links.crosswalk) if guard.real else len(profiles.profile)
    order = {element: place for place, element in enumerate(dict.fromkeys(told["element"]))}
    told = told.sort_values("element", key=lambda elements: elements.map(order), kind="stable")
    told = suppress_totals(guard, told, "element", "children")
    values = told.assign(children=guard.rounded(told["children"]))
    accounts, sums = (_counted_rows(guard, table) for table in (profiles.accounts, sums))
    emit(
        {
            "children": everybody,
            "school year": profiles.school_year,
            **decided,
            "values": worded(guard, values, as_json, NOT_SHOWN),
            **read_so(guard, as_json, f"{ROUNDED} {PARTS} {EXACT}"),
            "accounts": worded(guard, accounts, as_json),
            "where every row has ended": worded(guard, sums, as_json),
            "written": written,
            **restricted(written),
        },
        as_json,
    )
