"""Command that writes one page per child for the family, or for the student."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers.cli.options import (
    count_text,
    counted,
    file_option,
    linked,
    profile_source,
    read_known,
    to_tens,
    worded,
)
from helpers.files import (
    Output,
    Summary,
    all_or_none,
    folder_argument,
    one_of,
    out_option,
    private_folder,
    with_output,
)
from helpers.standard import BadInput, Measured, nearest

if TYPE_CHECKING:
    from helpers.profile import Source

__all__ = ["family"]

LOOKUP = Path("restricted/family_pages")
PAPERS = ("letter", "A4")
# Headings of what is printed. The keys are those of --json.
TITLES = {
    "held": "Children with a page on hold, by reason",
    "without": "Children without a page, by first reason",
    "said": "corrections read",
    "rows to correct": "Rows to correct, by system",
}


@click.command(short_help="Write one page per child for the family, or for the student.")
@folder_argument()
@click.option(
    "--child",
    "children",
    multiple=True,
    metavar="CHILD",
    help="A child, as crosswalk.csv names it. May be given several times.",
)
@click.option("--school", metavar="NAME", help="All children of a school.")
@click.option("--all", "everybody", is_flag=True, help="All children.")
@click.option(
    "--language",
    "chosen_language",
    metavar="LANGUAGE",
    help="Language of all pages (en, es, …); each home's own when not given.",
)
@click.option("--student", is_flag=True, help="Pages that speak to the students, in place of their families.")
@file_option(
    "--office",
    "office_file",
    help="CSV with school, person, telephone, email: whom a family calls. Without it, the line is blank.",
)
@click.option("--pdf", is_flag=True, help="Also a tagged PDF of each page; needs a chromium.")
@click.option(
    "--paper",
    metavar="SIZE",
    help="Size of printed sheets: letter or a4; the printer's own when not given.",
)
@click.option(
    "--lookup",
    type=click.Path(file_okay=False, path_type=Path),
    default=LOOKUP,
    show_default=True,
    help="Another folder, for the list of each page's child. Restricted: never send it.",
)
@file_option(
    "--corrections",
    help="Write no page: turn what families say is wrong (CSV: page, line, right, said_by) into "
    "corrections for the systems that record it.",
)
@out_option("reports/family")
@with_output
def family(
    folder: Path,
    children: tuple[str, ...],
    school: str | None,
    everybody: bool,
    chosen_language: str | None,
    student: bool,
    office_file: Path | None,
    pdf: bool,
    paper: str | None,
    lookup: Path,
    corrections: Path | None,
    out: Path,
    output: Output,
) -> None:
    """Write one page per child for the family, in plain words.

    A page shows only what certainly belongs to the child. We write no page that nobody may get, or that would
    go to an address of two households: held.csv lists these with the reason. Page files have random codes as
    names; pages.csv, in the folder of --lookup, maps them to children. Lookups of earlier runs stay there,
    and --corrections searches all of them.
    """
    asked = [bool(children), school is not None, everybody, corrections is not None]
    if sum(asked) != 1:
        raise BadInput("Name the pages: --child CHILD, --school NAME or --all (or --corrections FILE).")
    if paper is not None:
        paper = one_of("--paper", paper, PAPERS)
    if corrections is not None:
        _correct(folder, corrections, lookup, out, output)
        return
    from helpers.report import (
        codes_in,
        find_chromium,
        kit_language,
        language,
        pages_of,
        prepare,
        print_pages,
        read_offices,
        records_of,
        save_run,
        write_pages,
    )
    from helpers.share import Audit, Guard

    if lookup.resolve() == out.resolve():
        raise BadInput(
            "--lookup and --out are the same folder: keep the list of each page's child apart from the pages."
        )
    if chosen_language is not None:
        language(chosen_language)
    if pdf:
        find_chromium()
    offices = read_offices(office_file) if office_file is not None else None
    district = read_known(folder, output)
    guard = Guard.of(district)
    links = linked(district, output)
    source = profile_source(district, links, output)
    private_folder(lookup)
    run = prepare(
        district,
        links,
        source,
        children=None if everybody else list(children) if school is None else _of_school(source, school),
        chosen_language=chosen_language,
        voice="student" if student else "family",
        offices=offices,
        audit=Audit(lookup / "audit.jsonl"),
    )

    with all_or_none(out) as draft:
        with output.step("Writing pages", total=len(run.recipients)) as done:
            saved = write_pages(
                pages_of(run, paper or ("letter" if pdf else ""), codes_in(lookup)),
                records_of(links.crosswalk, run.standing),
                draft,
                each=lambda page: done(),
            )
        if pdf:
            with output.step("Printing PDFs", total=len(saved.pages)) as done:
                print_pages([draft / name for name in saved.pages["file"]], each=lambda _: done())
        # Save the lookup before any page: a page with an unknown code can't be corrected.
        save_run(lookup, saved, run.held)
    held = (
        run.held.groupby(["code", "reason"], sort=False)["child"].nunique().rename("children").reset_index()
    )
    paged = run.held["child"].isin(set(saved.pages["child"]))
    without = children_without(run.held[~paged])
    elsewhere = [one for one in run.recipients if kit_language(one.asked_for) is None]
    # Rounded to tens, because other commands count all children, and readers could subtract those with a
    # page.
    held = held.assign(children=guard.rounded(held["children"]))
    figures = {
        "pages": to_tens(guard, len(saved.pages)),
        "children": to_tens(guard, saved.pages["child"].nunique()),
        "pages without an address, to hand over": to_tens(
            guard, sum(1 for one in run.recipients if one.who is None)
        ),
        "children without a page": to_tens(guard, int(without["children"].sum())),
        "without": worded(guard, without.assign(children=guard.rounded(without["children"])), output.as_json),
        "children with a page, but none for one adult": to_tens(
            guard, run.held.loc[paged, "child"].nunique()
        ),
        "children linked to nobody on the roster": to_tens(guard, run.off_roster),
        "held": worded(guard, held, output.as_json),
        "pages in English for homes that asked for another language": to_tens(
            guard, 0 if chosen_language else len(elsewhere)
        ),
        "written": [str(out), str(lookup)],
    }
    output.emit(figures, None if output.as_json else _summary(figures, out, lookup), TITLES)


def children_without(held: pd.DataFrame) -> pd.DataFrame:
    """Count children without any page by the first reason, so that each counts once."""
    once = held.drop_duplicates("child")
    return once.groupby("reason", sort=False)["child"].nunique().rename("children").reset_index()


def _summary(figures: dict[str, Any], out: Path, lookup: Path) -> Summary:
    """Count pages, and name the commonest reasons why a child has none."""
    without: pd.DataFrame = figures["without"]
    finding = [
        f"Wrote {counted('family_pages', figures['pages']):bold count} for "
        f"{counted('family_children', figures['children']):count}. "
        f"Children without a page: **{count_text(figures['children without a page'])}**."
    ]
    order = pd.to_numeric(without["children"], errors="coerce").fillna(1)
    most = without.assign(order=order).sort_values("order", ascending=False, kind="stable").head(3)
    worst = [
        f"{counted('family_without', row['children'], where=row['reason']):count}: {row['reason']}"
        for row in most.to_dict("records")
    ]
    one = "children with a page, but none for one adult"
    also = {
        one.capitalize(): figures[one],
        "Pages without an address, to hand over": figures["pages without an address, to hand over"],
        "Pages in English for homes that asked for another language": figures[
            "pages in English for homes that asked for another language"
        ],
    }
    notes = [f"{what}: {count_text(count)}." for what, count in also.items() if count != 0]
    where = f"The pages are in {out}. The list of each page's child is in {lookup}. Never send that folder."
    return Summary(finding, "Children without a page, by reason", worst, [where, *notes])


def _correct(folder: Path, report_file: Path, lookup: Path, out: Path, output: Output) -> None:
    """Send corrections from families to the systems that record the values, and to the review desk."""
    from helpers.report import corrections_of, read_corrections, save_lookup

    reported = read_corrections(report_file)
    district = read_known(folder, output)
    links = linked(district, output)
    source = profile_source(district, links, output)
    found = corrections_of(reported, lookup, district, links, source)
    place = out / "corrections"
    paths = save_lookup(place, {"corrections.csv": found.corrections, "review.csv": found.review})
    by_owner = found.corrections.groupby(["silo", "owner"], sort=False).size().rename("rows").reset_index()
    figures = {
        "said": len(reported),
        "rows to correct": by_owner,
        "pairs for the review desk": len(found.review),
        "written": [str(path) for path in paths],
    }
    rows, systems = int(by_owner["rows"].sum()), int(by_owner["silo"].nunique())
    most = by_owner.sort_values("rows", ascending=False, kind="stable").head(3).to_dict("records")
    finding = [
        f"{Measured('corrections', len(reported)):bold count}: "
        f"{Measured('corrected_rows', rows):count} to correct in "
        f"{Measured('corrected_systems', systems):count}, "
        f"{Measured('corrected_pairs', len(found.review)):count} for the review desk."
    ]
    worst = [
        f"{row['silo']}: {counted('corrected_rows', row['rows'], where=row['silo']):count}, by {row['owner']}"
        for row in most
    ]
    output.emit(figures, Summary(finding, "Most rows to correct", worst), TITLES)


def _of_school(source: Source, school: str) -> list[str]:
    known = source.children()
    named = sorted(set(known["school"].dropna()))
    found = known.loc[known["school"].eq(school).fillna(False).astype(bool), "child"].tolist()
    if not found:
        raise BadInput(
            f"No child is at a school called {school!r}.{nearest(school, named)} There are: "
            f"{', '.join(named) or 'none'}."
        )
    return [str(child) for child in found]
