"""The command about what a school system's own people say of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.folders import linked, read_known, save
from helpers.files.command_output import emit, ends_well, json_option, out_option
from helpers.standard import BadInput

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["survey"]

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--responses", type=FILE, help="Answers: a CSV or xlsx with a row a person, a column an item.")
@click.option("--last-year", type=FILE, help="The year before, where it stands in a file of its own.")
@click.option(
    "--from",
    "folder",
    type=FILE,
    help="A folder of the same system's exports, to put beside what people say.",
)
@click.option("--blank", type=FILE, help="Write the empty form here, and its words beside it.")
@out_option()
@json_option
@ends_well
def survey(
    responses: Path | None,
    last_year: Path | None,
    folder: Path | None,
    blank: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Say where a school system stands, by its own people's answers on six domains.

    Writes survey.html, survey_scores.csv, survey_items.csv, survey_agreement.csv and survey_findings.csv;
    survey_change.csv where there is a year before, and opinion_beside_files.csv with --from. The items are
    the kit's own; the published survey's items and means are not public.
    """
    if (blank is None) == (responses is None):
        raise BadInput(
            "Give one of the two: --blank FILE writes the empty form, --responses FILE reads filled ones."
        )
    if blank is not None:
        emit(_blank(blank), as_json)
        return
    assert responses is not None
    from helpers.report.pages.survey import odd_things, survey_page
    from helpers.report.pages.survey_text import standing_sentence
    from helpers.survey import must_be_readable, read_answers, where_it_stands

    answers = read_answers(responses)
    earlier = None if last_year is None else read_answers(last_year)
    must_be_readable({responses: answers} | ({last_year: earlier} if last_year and earlier else {}))
    standing = where_it_stands(answers, earlier, None if folder is None else _scorecard(folder))
    tables = {
        "survey_scores.csv": standing.scores,
        "survey_items.csv": standing.items,
        "survey_agreement.csv": standing.agreement,
        "survey_findings.csv": standing.findings,
    }
    if len(standing.change):
        tables["survey_change.csv"] = standing.change
    if len(standing.beside_files):
        tables["opinion_beside_files.csv"] = standing.beside_files
    *written, page = save(
        out,
        tables,
        {"survey.html": lambda path: survey_page(path, standing)},
        instead_of=("survey_change.csv", "opinion_beside_files.csv"),
    )
    figures: dict[str, Any] = {
        "respondents": int(standing.people["answered"].gt(0).sum()),
        "year": standing.year,
        "scores": standing.together[["domain", "respondents", "answered", "score"]],
        "findings": int(standing.findings["times"].sum()),
        "rows set aside": int(standing.accounts["rows_set_aside"].sum()),
    }
    if not as_json:
        figures = {"answer": standing_sentence(standing).replace("**", ""), **figures}
        figures["what was odd"] = odd_things(standing)
    emit({**figures, "page": page, "written": written}, as_json)


def _blank(path: Path) -> dict[str, str]:
    """Write the empty form, and beside it what each column asks and each number means."""
    from helpers.survey import blank_form, form_words

    if path.suffix.lower() != ".csv":
        raise BadInput(f"--blank {path}: the form is a CSV; name a file that ends in .csv.")
    if path.exists():
        raise BadInput(f"{path} is there already, perhaps with answers: name another file for an empty form.")
    form, words = save(path.parent, {path.name: blank_form(), f"{path.stem}_words.csv": form_words()})
    return {"form": form, "words": words}


def _scorecard(folder: Path) -> pd.DataFrame:
    """Measure the systems of a folder; of a real one what its guard shows."""
    from helpers.gaps import scorecard
    from helpers.share.guard import Guard

    district = read_known(folder)
    return Guard.of(district).scorecard(scorecard(district, linked(district)))
