"""`bigpicture people`: by when every school has a coach and a data team, and what that takes."""

from __future__ import annotations

from pathlib import Path

import click

from helpers.cli.folders import save
from helpers.files.command_output import emit, ends_well, json_option, out_option

__all__ = ["people"]


@click.command(short_help="Plan who is trained, by when, and what it takes.")
@click.option(
    "--schools",
    type=click.Path(path_type=Path),
    required=True,
    help="A CSV with the columns school and children, and at_risk where that is the order.",
)
@click.option("--specialists", type=int, required=True, help="IT specialists who can become coaches.")
@click.option("--specialist-trainers", type=int, default=1, show_default=True, help="Who certifies them.")
@click.option("--team-trainers", type=int, default=1, show_default=True, help="Who teaches data teams.")
@click.option("--months", type=int, default=36, show_default=True, help="How far ahead it is planned.")
@click.option(
    "--order",
    default="most children first",
    show_default=True,
    metavar="ORDER",
    help="Which schools first: most children first, most at risk first, fewest children first, as listed.",
)
@click.option(
    "--assumptions",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Hours and dollars of your own, like helpers/staffing/plan.toml; the kit's by default.",
)
@out_option()
@json_option
@ends_well
def people(
    schools: Path,
    specialists: int,
    specialist_trainers: int,
    team_trainers: int,
    months: int,
    order: str,
    assumptions: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Plan by when every school has a data team, and a specialist who is certified to coach its teachers.

    Hours, dollars and how many schools a coach takes on are assumptions with a range: the kit's own, or
    yours. Writes people.html, people_months.csv (coverage, hours and dollars, month by month) and
    people_schools.csv (in which month each school has its coach and its team), each at the easy, the likely
    and the hard end of what is assumed.
    """
    from helpers.report.pages.staffing import cost_sentence, coverage_sentence, people_page
    from helpers.staffing import people_plan, read_people_assumptions
    from helpers.staffing.plan import read_schools

    given = read_people_assumptions(assumptions) if assumptions else None
    plan = people_plan(
        read_schools(schools),
        specialists=specialists,
        specialist_trainers=specialist_trainers,
        team_trainers=team_trainers,
        months=months,
        order=order,  # type: ignore[arg-type]  # the plan checks it
        assumptions=given,
    )
    written = save(
        out,
        {"people_months.csv": plan.months, "people_schools.csv": plan.schools},
        {"people.html": lambda path: people_page(path, plan, given)},
    )
    said = {"reached": coverage_sentence(plan), "takes": cost_sentence(plan).replace("**", "")}
    emit({"schools": plan.schools, **said, "written": written}, as_json)
