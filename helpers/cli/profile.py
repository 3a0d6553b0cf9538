"""Commands profile and questions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers.cli.link import EXACT, OWN_CHILD, PARTS, ROUNDED, counted_rows
from helpers.cli.options import (
    as_shown,
    by_share,
    count_text,
    counted,
    desk_note,
    file_option,
    flag_note,
    linked,
    list_outputs,
    profiled,
    read_known,
    read_so,
    save,
    worded,
    words_of_policy,
)
from helpers.files import Command, Output, Summary, folder_argument, out_option, spelled, with_output
from helpers.standard import BadInput, Measured, filled

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.profile import MemorySource, Profiles
    from helpers.share import Guard, View

__all__ = ["profile", "questions"]

# Headings of printed tables. The keys are those of --json.
TITLES = {
    "values": "Children by element and status",
    "accounts": "Rows of facts, in profiles or left out",
    "where every row has ended": "What became of every row",
    "children of whom something else is shown": "children with a changed value",
    "answers": "Questions by answer",
    "groups": "By group",
    "families": "What families could know",
    "missing": "Data that no file has, the most useful first",
}

# Files written only with some options; we delete those of an earlier run.
SOMETIMES = ("question_groups.csv", "question_children.csv", "families.csv", "missing_data.csv")
HOW_TO_READ = "Children are counted in tens. Where 1 to 9 could be inferred, we show no number of the row."
LOOK_AT_OF = "If that is wrong, look at the words in its `of`."
SHOWN = ["question", "status", "concerned", "children", "unknown", "answerable", "why", "platforms_before"]


@click.command(
    cls=Command,
    short_help="Answer what people ask, and show what can't be answered.",
    writes={
        "questions.csv": "for each question the children it is about, found and unknown, why, and how many "
        "systems one would have to open",
        "families.csv": "without --role: how many families could know what the systems record",
        "missing_data.csv": "without --role: data that no file has, the most useful first, and the questions "
        "that wait for them",
        "question_groups.csv": "with --question: counts by group",
        "question_children.csv": "with --question, --role and --who: the list, since a list of children "
        "needs a reader with a right to it",
    },
)
@folder_argument()
@click.option("--question", "one", metavar="ID", help="Only this question, and its counts by group.")
@click.option(
    "--role", metavar="ROLE", help="Who asks: a role of the policy. Uses only what the role may see."
)
@click.option("--who", metavar="WHO", help="Which of them: a school, or a record as in sis:1234.")
@click.option("--purpose", metavar="PURPOSE", help="What for; the broad purpose of the role by default.")
@file_option("--audit", "audit_file", help="Log; audit.jsonl in --out by default.")
@file_option("--questions", "own", help="Questions of your own (TOML).")
@click.option(
    "--least-share",
    type=float,
    metavar="SHARE",
    help="A question counts as answered from this share of the children it is about; "
    + filled("{profile/thresholds.answerable_share} unless given."),
)
@out_option()
@with_output
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
    output: Output,
) -> None:
    """Answer questions about children from the systems in FOLDER, and list what can't be answered, and why.

    With --role and --who, it uses only the children and values of that view.
    """
    from helpers.profile import (
        answer_questions,
        children_for,
        groups_for,
        kit_questions,
        missing_data,
        read_questions,
    )
    from helpers.report import families_in_words, missing_sentences
    from helpers.share import NOT_SHOWN, Guard, shown_answers, shown_shares

    declared = kit_questions() if own is None else read_questions(own)
    if one is not None:
        one = spelled(one, [question.id for question in declared.question])
        declared.named(one)
    if role is not None:
        role, purpose = _known_role(role, purpose)
    if (role is None) != (who is None):
        raise BadInput("Give both --role and --who, or neither; `bigpicture view --list` names the roles.")
    source = profiled(folder, output)
    as_json = output.as_json
    guard = Guard(real=not source.synthetic)
    seen, lines = None, list[str]()
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
        by_family = shown["group_by"].isna() & shown["measure"].isin(["read", "up to date"])
        columns = ["domain", "measure", "numerator", "denominator", "share"]
        counted_families = families.reset_index(drop=True).loc[by_family, columns]
        of_families = worded(guard, shown.loc[by_family, columns], as_json, NOT_SHOWN, of=counted_families)
        figures["families"] = of_families if as_json else families_in_words(of_families)
        missing = missing_data(source.district, declared)
        missing = missing.assign(children=guard.rounded(missing["children"]))
        tables["missing_data.csv"] = missing
        figures["missing"] = missing if as_json else missing[["data", "questions", "children"]]
        lines = missing_sentences(missing, source.district.layouts)
    paths = save(out, tables, instead_of=SOMETIMES, guard=guard)
    # Printed output may end up in the log of a scheduled run; files stay in the district.
    figures |= {**read_so(guard, as_json, HOW_TO_READ), **list_outputs(paths)}
    notes = [*read_so(guard, as_json, HOW_TO_READ).values(), *desk_note(paths)]
    if one is None:
        notes[:0] = lines
        notes.append("One question, by group: --question ID, with an id from questions.csv.")
    if seen is not None and one is not None and "indicator." in str(declared.named(one).answer):
        notes.append(flag_note())
    summary = _answered(answers, shown_first, notes) if one is None else _one_answer(shown_first, notes)
    output.emit(figures, summary, TITLES)


def _answered(answers: pd.DataFrame, shown: pd.DataFrame, notes: list[str]) -> Summary:
    """Count answered questions, and name those that most children lack."""
    from helpers.report import reason_text

    counts = answers["status"].value_counts()
    finding = [
        f"Answered: {Measured('questions_answered', counts.get('Answered', 0), len(answers)):bold count of}. "
        f"Partly: **{counts.get('Partly', 0)}**. Not answerable: **{counts.get('Not answerable', 0)}**."
    ]
    lacking = shown[shown["status"].ne("Answered")].sort_values("unknown", ascending=False, kind="stable")
    worst = [
        f"{row['text']} Unknown for {_children_of(row, 'unknown'):count of}: {reason_text(row['why'])}."
        for row in lacking.head(3).to_dict("records")
    ]
    nobody = ", ".join(answers.loc[answers["why"].eq("Concerns nobody"), "question"])
    if nobody:
        notes = [*notes, f"About no child whom we know: {nobody}. {LOOK_AT_OF}"]
    of = Measured("questions_not_answered", len(lacking))
    return Summary(finding, f"Unknown for most children, of {of:count}", worst, notes)


def _children_of(row: Mapping[Any, Any], column: str) -> Measured:
    """Count children of one question, of those whom it is about."""
    from helpers.share import NOT_SHOWN

    return counted(f"question_{column}", row[column], row["concerned"], NOT_SHOWN, where=row["question"])


def _one_answer(shown: pd.DataFrame, notes: list[str]) -> Summary:
    """Give the answer to one question with its base."""
    from helpers.report import reason_text
    from helpers.share import NOT_SHOWN

    row = shown.iloc[0].to_dict()
    found, unknown = (_children_of(row, name) for name in ("children", "unknown"))
    if {found.text, unknown.text, found.base} == {NOT_SHOWN}:
        return Summary([str(row["text"]), "The numbers of children are too small to show."], notes=notes)
    finding = [
        str(row["text"]),
        f"Found: {found:bold count of}. Unknown: {unknown:bold}.",
    ]
    if row["why"] == "Concerns nobody":
        finding.append(f"It is about no child whom we know. {LOOK_AT_OF}")
    elif isinstance(row["why"], str):
        finding.append(f"Unknown mostly because {reason_text(row['why'])}.")
    return Summary(finding, notes=notes)


def _lines(guard: Guard, answers: pd.DataFrame) -> pd.DataFrame:
    """Format answers for a terminal, with text for numbers that the guard hides."""
    from helpers.report import question_lines
    from helpers.share import NOT_SHOWN, shown_answers

    lines = question_lines(shown_answers(guard, answers))
    return worded(guard, lines, False, NOT_SHOWN, of=question_lines(answers))


def _known_role(role: str, purpose: str | None) -> tuple[str, str | None]:
    """Refuse an unknown role, or one that sees no child by name, before an hour of reading."""
    from helpers.share import asked, read_policy

    policy = read_policy()
    role, purpose = words_of_policy(policy, role, purpose)
    _, chosen = asked(policy, role, purpose)
    if chosen.coded:
        raise BadInput(
            f"{role} sees children under codes only, and a question needs to know whom it is about: leave "
            "--role and --who out for counts."
        )
    return role, purpose


def _view(source: MemorySource, role: str, who: str, purpose: str | None, audit_file: Path) -> View:
    from helpers.share import Audit, open_view

    return open_view(source, role, who, purpose, audit=Audit(audit_file))


@click.command(
    cls=Command,
    short_help="Combine what all systems record about each child.",
    writes={
        "profile.csv": "one row per child",
        "values.parquet": "every value with its source",
        "timeline.parquet": "dated events of every child",
        "indicators.parquet": "every child under every definition",
        "left_out.csv": "facts that feed none of these, and why",
        "profile_accounts.csv": "rows = rows used + rows left out",
        "row_accounts.csv": "what became of every row of every file",
        "changed_values.csv": "with --survivorship: values that differ from the kit's own order of trust",
        "store": "a folder from which dashboard, views and pages load a child without reading FOLDER again",
    },
)
@folder_argument()
@click.option(
    "--school-year",
    type=int,
    metavar="YEAR",
    help="Year in which the school year ends; the latest by default.",
)
@file_option(
    "--survivorship",
    help="Your team's survivorship rules, as notebook 11 writes them; also writes what they change.",
)
@out_option()
@with_output
def profile(
    folder: Path, school_year: int | None, survivorship: Path | None, out: Path, output: Output
) -> None:
    """Combine what the systems in FOLDER record about each child.

    For a real folder, the names of profile_accounts.csv and row_accounts.csv, which contain counts, start
    with restricted_.
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
    district = read_known(folder, output)
    guard = Guard.of(district)
    links = linked(district, output)
    with output.step("Combining what the systems record about each child"):
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
    with output.step("Computing indicators"):
        indicators = compute_indicators(district, links, profiles)
    source = source_of(district, links, profiles, indicators)
    with output.step("Writing the profiles"):
        paths = save(
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
    counts = chosen.groupby(["element", "status"], sort=False).size().rename("children").reset_index()
    everybody = shown_everybody(guard, links.crosswalk) if guard.real else len(profiles.profile)
    order = {element: place for place, element in enumerate(dict.fromkeys(counts["element"]))}
    counts = counts.sort_values("element", key=lambda elements: elements.map(order), kind="stable")
    counts = suppress_totals(guard, counts, "element", "children")
    values = counts.assign(children=guard.rounded(counts["children"]))
    accounts, sums = (counted_rows(guard, table) for table in (profiles.accounts, sums))
    as_json = output.as_json
    accounts = worded(guard, accounts, as_json)
    figures = {
        "children": everybody,
        "school year": profiles.school_year,
        **decided,
        "values": worded(guard, values, as_json, NOT_SHOWN),
        **read_so(guard, as_json, f"{ROUNDED} {PARTS} {EXACT}"),
        "accounts": accounts,
        "where every row has ended": worded(guard, sums, as_json),
        **list_outputs(paths),
    }
    notes = [f"{name.capitalize()}: {count_text(text)}." for name, text in decided.items()]
    notes += [*read_so(guard, as_json, f"{ROUNDED} {PARTS}").values(), *desk_note(paths)]
    output.emit(figures, _summary(district, profiles, everybody, accounts, notes), TITLES)


# Why a row of facts is in no profile.
REASONS = {
    "No child named": "no child is named",
    "Not a student": "not about a student",
    "No date": "without a date",
    "Another year": "of another school year",
    "No element": "profiles don't need them",
}


def _summary(
    district: District, profiles: Profiles, everybody: int | str, accounts: pd.DataFrame, notes: list[str]
) -> Summary:
    """Say how complete profiles are, that no row is lost, and which rows are left out most."""
    from helpers.report import fact_name, system_names
    from helpers.share import NOT_SHOWN, Guard

    guard, names = Guard.of(district), system_names(district.layouts)

    groups = counted("groups", everybody)
    have = f"{groups:bold count} {groups.verb('has', 'have')}"
    have = "Children as linked have" if everybody == NOT_SHOWN else have
    mean = float(guard.share(profiles.profile[["completeness"]].mean()).iloc[0])
    total, used, out = (int(profiles.accounts[name].sum()) for name in ("rows", "rows_used", "rows_left_out"))
    finding = [
        f"{have} a profile for school year {profiles.school_year}. {OWN_CHILD}",
        f"An average profile has **{mean:.0%}** of the values that apply to the child.",
        f"Rows of facts: **{guard.about(total)}** = {guard.about(used)} in profiles or timelines + "
        f"{guard.about(out)} left out. Lost: **{total - used - out:,}**.",
    ]
    out_most = by_share(accounts, "rows_left_out").head(3)
    why = profiles.left_out.groupby(["table", "silo"])["reason"].agg(lambda reasons: reasons.mode().iloc[0])
    facts = dict(zip(out_most["table"], fact_name(out_most["table"]), strict=True))
    worst = [
        f"{names[row['silo']]}, {facts[row['table']]}: "
        f"{counted('facts_left_out', row['rows_left_out'], row['rows'], where=row['silo']):count of} "
        f"({REASONS[why[row['table'], row['silo']]]})"
        for row in out_most.to_dict("records")
    ]
    return Summary(finding, "Largest share of rows left out", worst, notes)
