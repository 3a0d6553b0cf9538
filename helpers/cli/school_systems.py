"""Commands about school systems: people, sector, survey."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers.cli.options import counted, file_option, linked, read_known, save
from helpers.files import Output, Summary, folder_argument, one_of, out_option, with_output
from helpers.standard import BadInput, Measured

if TYPE_CHECKING:
    from helpers.sector import SectorReport

__all__ = ["people", "sector", "survey"]


@click.command(short_help="Plan who is trained, by when, and what it takes.")
@file_option(
    "--schools",
    required=True,
    help="A CSV with the columns school and children, and at_risk if that is the order.",
)
@click.option("--specialists", type=int, required=True, help="IT specialists who can become coaches.")
@click.option(
    "--specialist-trainers", type=int, default=1, show_default=True, help="People who certify specialists."
)
@click.option("--team-trainers", type=int, default=1, show_default=True, help="People who train data teams.")
@click.option("--months", type=int, default=36, show_default=True, help="How many months to plan.")
@click.option(
    "--order",
    default="most-children-first",
    show_default=True,
    metavar="ORDER",
    help="Which schools first: most-children-first, most-at-risk-first, fewest-children-first, as-listed.",
)
@click.option(
    "--assumptions",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Hours and dollars of your own, like helpers/staffing/plan.toml; the kit's by default.",
)
@out_option()
@with_output
def people(
    schools: Path,
    specialists: int,
    specialist_trainers: int,
    team_trainers: int,
    months: int,
    order: str,
    assumptions: Path | None,
    out: Path,
    output: Output,
) -> None:
    """Plan when every school gets a data team, and a certified specialist who coaches its teachers.

    Hours, dollars and schools per coach are assumptions with a range: the kit's own, or yours. Writes
    people.html, staffing_months.csv (coverage, hours and dollars by month) and staffing_schools.csv (the
    month in which each school gets its coach and its team), each for the easy, the likely and the hard end
    of the assumptions.
    """
    from helpers.report import cost_sentence, coverage_sentence, people_page
    from helpers.staffing import ORDERS, read_people_assumptions, read_schools, staffing_plan

    given = read_people_assumptions(assumptions) if assumptions else None
    plan = staffing_plan(
        read_schools(schools),
        specialists=specialists,
        specialist_trainers=specialist_trainers,
        team_trainers=team_trainers,
        months=months,
        order=one_of("--order", order, ORDERS),  # type: ignore[arg-type]
        assumptions=given,
    )
    paths = save(
        out,
        {"staffing_months.csv": plan.months, "staffing_schools.csv": plan.schools},
        {"people.html": lambda path: people_page(path, plan, given)},
    )
    texts = {"reached": coverage_sentence(plan), "takes": cost_sentence(plan).replace("**", "")}
    likely = plan.schools[plan.schools["end"].eq("likely")]
    both = (
        likely[["coach_month", "team_month"]].astype("float64").max(axis=1, skipna=False).fillna(months + 1)
    )
    last = likely.assign(both=both).sort_values("both", ascending=False, kind="stable").head(3)
    worst = [
        f"{row['school']}: "
        + (f"month {row['both']:.0f}" if row["both"] <= months else "not within the plan")
        for row in last.to_dict("records")
    ]
    summary = Summary(
        [f"{texts['reached']}.", cost_sentence(plan)], f"Schools that wait longest, of {len(likely)}", worst
    )
    output.emit({"schools": plan.schools, **texts, "written": paths}, summary)


@click.command(short_help="Analyze the answers of many school systems.")
@click.argument("file", type=click.Path(path_type=Path))
@out_option()
@with_output
def sector(file: Path, out: Path, output: Output) -> None:
    """Analyze the answers of many school systems to the kit's survey in FILE.

    FILE comes from `bigpicture make-sector`, or is a survey office's own export in the same format: one row
    per school system and year, with the columns system and year and one column per item. Writes sector.html
    and a CSV of each of its tables. None of them shows groups of fewer than 10 school systems. For synthetic
    volunteers, the page compares each interval with the simulated effect; for every other sector, it shows
    this for the kit's own volunteers.
    """
    from helpers.report import sector_page
    from helpers.sector import read_sector, sector_report

    with output.step("Analyzing the answers"):
        read = read_sector(file)
        report = sector_report(read)
    tables = {f"sector_{name}.csv": table for name, table in report.tables.items()}
    paths = save(
        out,
        {**tables, "sector_findings.csv": read.findings},
        {"sector.html": lambda path: sector_page(report, path, read.about)},
    )
    adjusted = report["comparisons"]
    adjusted = adjusted[adjusted["comparison"].eq("adjusted") & adjusted["year"].notna()]
    shown = ["grouping", "domain", "year", "difference", "low", "high", "p_corrected"]
    found = read.findings.groupby(["kind", "action_taken"], sort=False)["times"].sum().reset_index()
    everybody = report["profile"][report["profile"]["kind"].eq("all")]
    figures = {
        "answered": report["response"],
        "profile": everybody[["domain", "year", "mean", "low", "high"]],
        "differences, adjusted": adjusted[shown],
        "findings": found,
        "written": paths,
    }
    if output.as_json:
        figures |= {name: table for name, table in report.tables.items() if name != "profile"}
        figures["profile"] = report["profile"]
    output.emit(figures, _profile_of(report, read.findings), {"findings": "Findings by kind"})


def _profile_of(report: SectorReport, findings: pd.DataFrame) -> Summary:
    """Give the latest year's mean of all school systems, and their lowest domains."""
    from helpers.report import domain_title
    from helpers.share import NOT_SHOWN

    everybody = report["profile"][report["profile"]["kind"].eq("all")]
    latest = everybody[everybody["year"].eq(everybody["year"].max())].sort_values("mean", kind="stable")
    answered = report["response"]
    finding = []
    for row in answered[answered["year"].eq(answered["year"].max())].to_dict("records"):
        invited = None if pd.isna(row["invited"]) else row["invited"]
        many = counted("sector_answered", row["answered"], invited, NOT_SHOWN, where=row["year"])
        count_text = f"{many:bold count}" if invited is None else f"{many:bold count of}"
        finding.append(f"Answered in {row['year']}: {count_text}.")
    worst = [
        f"{domain_title(row['domain'])}: {row['mean']:.1f} of 4 ({row['low']:.1f} to {row['high']:.1f})"
        for row in latest.dropna(subset=["mean"]).head(3).to_dict("records")
    ]
    odd = int(findings["times"].sum())
    notes = [f"Findings in the file: {odd:,}, listed in sector_findings.csv."] if odd else []
    of = Measured("survey_domains", len(latest))
    return Summary(finding, f"Lowest on average, of {of:count}", worst, notes)


@click.command(short_help="Assess a school system from its own people's answers.")
@folder_argument(required=False, earlier="--from")
@file_option("--responses", help="Answers: a CSV or xlsx with one row per person and one column per item.")
@file_option("--last-year", help="The year before, if it is in a file of its own.")
@file_option("--blank", help="Write the empty form here, with a codebook next to it.")
@out_option()
@with_output
def survey(
    responses: Path | None,
    last_year: Path | None,
    folder: Path | None,
    blank: Path | None,
    out: Path,
    output: Output,
) -> None:
    """Assess a school system from its own people's answers on six domains.

    FOLDER may contain the same system's exports, to compare with what people say.

    Writes survey.html, survey_scores.csv, survey_items.csv, survey_agreement.csv and survey_findings.csv;
    survey_change.csv if there is an earlier year, and opinion_vs_files.csv with FOLDER. The items are the
    kit's own; the published survey's items and means are not public.
    """
    if (blank is None) == (responses is None):
        raise BadInput(
            "Give one of the two: --blank FILE writes the empty form, --responses FILE reads filled ones."
        )
    if blank is not None:
        output.emit(_blank(blank), titles={"words": "codebook"})
        return
    assert responses is not None
    from helpers.report import describe_maturity, domain_title, rows_set_aside_note, survey_page
    from helpers.survey import assess_system, must_be_readable, read_answers

    answers = read_answers(responses)
    earlier = None if last_year is None else read_answers(last_year)
    must_be_readable({responses: answers} | ({last_year: earlier} if last_year and earlier else {}))
    standing = assess_system(answers, earlier, None if folder is None else _scorecard(folder, output))
    tables = {
        "survey_scores.csv": standing.scores,
        "survey_items.csv": standing.items,
        "survey_agreement.csv": standing.agreement,
        "survey_findings.csv": standing.findings,
    }
    if len(standing.change):
        tables["survey_change.csv"] = standing.change
    if len(standing.beside_files):
        tables["opinion_vs_files.csv"] = standing.beside_files
    *paths, page = save(
        out,
        tables,
        {"survey.html": lambda path: survey_page(path, standing)},
        instead_of=("survey_change.csv", "opinion_vs_files.csv"),
    )
    figures: dict[str, Any] = {
        "respondents": int(standing.people["answered"].gt(0).sum()),
        "year": standing.year,
        "scores": standing.together[["domain", "respondents", "answered", "score"]],
        "findings": int(standing.findings["times"].sum()),
        "rows set aside": int(standing.accounts["rows_set_aside"].sum()),
    }
    odd = rows_set_aside_note(standing)
    if not output.as_json:
        figures = {"answer": describe_maturity(standing).replace("**", ""), **figures, "what was odd": odd}
    scored = standing.together.dropna(subset=["score"]).sort_values("score", kind="stable").head(3)
    worst = [
        f"{domain_title(row['domain'])}: {row['score']:.1f} of 4, by "
        f"{counted('survey_answered', row['answered'], row['respondents'], where=row['domain']):count of}"
        for row in scored.to_dict("records")
    ]
    summary = Summary(
        [describe_maturity(standing)],
        f"Lowest scores, of {Measured('survey_domains', len(standing.together)):count}",
        worst,
        [f"Open {page} for the pictures.", *_oddities(odd)],
    )
    output.emit({**figures, "page": page, "written": paths}, summary)


def _oddities(odd: pd.DataFrame) -> list[str]:
    """Name what was odd in the files of answers."""
    kinds = odd["what"].drop_duplicates()
    more = f" and {len(kinds) - 3} more" if len(kinds) > 3 else ""
    return [f"Odd in the file: {', '.join(kinds.head(3))}{more}."] if len(kinds) else []


def _blank(path: Path) -> dict[str, str]:
    """Write the blank form, with a codebook of its columns and numbers."""
    from helpers.survey import blank_form, form_words

    if path.suffix.lower() != ".csv":
        raise BadInput(f"--blank {path}: the form is a CSV; name a file that ends in .csv.")
    if path.exists():
        raise BadInput(f"{path} is there already, perhaps with answers: name another file for an empty form.")
    form, words = save(path.parent, {path.name: blank_form(), f"{path.stem}_words.csv": form_words()})
    return {"form": form, "words": words}


def _scorecard(folder: Path, output: Output) -> pd.DataFrame:
    """Measure the systems of a folder, suppressed by the guard for a real one."""
    from helpers.gaps import measure_gaps
    from helpers.share import Guard

    district = read_known(folder, output)
    links = linked(district, output)
    with output.step("Measuring the gaps"):
        return Guard.of(district).scorecard(measure_gaps(district, links))
