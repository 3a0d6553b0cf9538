"""Keep the figures about links in README and docs: each population by one definition, with seeds and spread.

Usage: python -m tests.bench.linking_kept [--write] [--level L] [--seeds 11,12] [--students N] [--errors E]

With --write it measures, and writes linkage_figures.csv and the tables of README and docs/accuracy.md;
without, it prints what is kept.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from helpers.files import write_atomically
from helpers.score.populations import ALL_NAMED, BY_NUMBER_ONLY, NAMED_POPULATIONS, OUTCOMES
from synthetic_data.studies.levels.results import LEVEL_WORDS
from tests.bench.linking_data import PROJECT
from tests.bench.linking_district import DECIDED, measure_district
from tests.bench.linking_run import CAREFUL

__all__ = [
    "DOCS",
    "README",
    "docs_table",
    "figures_of",
    "kept_figures",
    "page_with",
    "readme_table",
    "table_of",
]

README, DOCS = PROJECT / "README.md", PROJECT / "docs" / "accuracy.md"
FIGURES = Path(__file__).with_name("linkage_figures.csv")
BEGINS, ENDS = "<!-- linkage figures -->", "<!-- end of linkage figures -->"
CATALOG = "catalog"
KEY = ["level", "errors", "children", "seeds", "method", "what", "measure"]
ROWS = (*NAMED_POPULATIONS, ALL_NAMED, BY_NUMBER_ONLY)
RATES = ("precision", "recall", "f1")
SHARES = ("share", *OUTCOMES)
DIGITS = 4
# The peer's threshold is chosen for each population, so it has no one clustering, and no shares of children.
PAIRS = ("pairs", "share", "precision", "recall", "F1", "silent wrong joins", "careful Splink's F1")
CHILDREN = ("children", "complete", "split", "mixed", "silently mixed, per 1,000")
NAMES = {DECIDED: "kit", CAREFUL: "careful Splink"}
BOTH = tuple(NAMES)

Measures = dict[str, Any]


def figures_of(measures: Sequence[Measures], level: str, errors: str, children: int) -> pd.DataFrame:
    """Give mean, lowest and highest figure over seeds.

    Parameters
    ----------
    measures
        Of `measure_district`, one a seed.
    level, errors, children
        Of these districts.

    Returns
    -------
    pandas.DataFrame
        ``level``, ``errors``, ``children``, ``seeds``, ``method``, ``what`` (a population, or the records
        that count for children), ``measure``, ``mean``, ``low``, ``high``.
    """
    each = [dict(_of_one(one)) for one in measures]
    seeds = " ".join(str(one["seed"]) for one in measures)
    rows = [
        (level, errors, children, seeds, *name, statistics.fmean(numbers), min(numbers), max(numbers))
        for name in each[0]
        for numbers in [[one[name] for one in each]]
    ]
    return pd.DataFrame(rows, columns=[*KEY, "mean", "low", "high"]).round(DIGITS)


def _of_one(measures: Measures) -> Iterator[tuple[tuple[str, str, str], float]]:
    possible = measures["possible"]
    pairs = possible[ALL_NAMED] + possible[BY_NUMBER_ONLY]
    for what in ROWS:
        yield (NAMES[DECIDED], what, "share"), possible[what] / pairs
        yield (NAMES[DECIDED], what, "silent"), float(measures["silent"][what])
        for method, name in NAMES.items():
            for rate in RATES:
                yield (name, what, rate), measures["methods"][method][what][rate]
    for records, counted in measures["children"].items():
        for outcome in OUTCOMES:
            yield (NAMES[DECIDED], records, outcome), counted[outcome]
        yield (NAMES[DECIDED], records, "silent per 1,000"), 1000 * counted["silent"] / counted["children"]


def table_of(figures: pd.DataFrame) -> list[str]:
    """Write tables, one per level and family of errors.

    Parameters
    ----------
    figures
        From `figures_of`.

    Returns
    -------
    list of str
        Lines of Markdown: the mean, and in parentheses the lowest and highest of the seeds.
    """
    lines = []
    for (level, errors, children, seeds), part in figures.groupby(KEY[:4], sort=False):
        at = part.set_index(["method", "what", "measure"])
        many = len(seeds.split())
        districts = "one district" if many == 1 else f"{many} districts"
        source = "the catalog's errors" if errors == CATALOG else f"errors of the family *{errors}*"
        drawn = f"{'seed' if many == 1 else 'seeds'} {seeds.replace(' ', ', ')}"
        shown = "" if many == 1 else ": mean (lowest to highest)"
        lines += [
            f"Level {level}, {source}, {districts} of {children:,} children ({drawn}){shown}.",
            "",
            *_head(PAIRS),
        ]
        kit, peer = NAMES.values()
        for what in ROWS:
            cells = [_cell(at, kit, what, measure, many) for measure in ("share", *RATES)]
            cells += [_cell(at, kit, what, "silent", many), _cell(at, peer, what, "f1", many)]
            lines.append(f"| {what.lower()} | {' | '.join(cells)} |")
        lines += ["", *_head(CHILDREN)]
        for what in dict.fromkeys(part.loc[part["measure"].isin(OUTCOMES), "what"]):
            cells = [_cell(at, kit, what, measure, many) for measure in (*OUTCOMES, "silent per 1,000")]
            lines.append(f"| {what[:1].lower()}{what[1:]} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def docs_table(figures: pd.DataFrame) -> list[str]:
    """Write the tables of docs/accuracy.md: the first level; without --write, all are printed."""
    return table_of(figures[figures["level"].eq(figures["level"].iloc[0])])


def readme_table(figures: pd.DataFrame) -> list[str]:
    """Write README's table: the populations of the first level, on the errors measured last, and children."""
    first = figures[figures["level"].eq(figures["level"].iloc[0])]
    part = first[first["errors"].eq(first["errors"].iloc[-1])]
    level, errors, children, seeds = part[KEY[:4]].iloc[0]
    at, many = part.set_index(["method", "what", "measure"]), len(seeds.split())
    kit, peer = NAMES.values()
    lines = [
        f"{many} districts of {children:,} children {LEVEL_WORDS[level]} (level {level}), with errors that "
        f"no weight or threshold was tuned on (family {errors}, seeds {seeds.replace(' ', ', ')}): "
        "mean (lowest to highest).",
        "",
        *_head(("pairs of records", "share of pairs", "F1 of the kit", "of careful Splink")),
    ]
    for what in ROWS:
        cells = [_cell(at, kit, what, "share", 1), *(_cell(at, one, what, "f1", many) for one in (kit, peer))]
        lines.append(f"| {what.lower()} | {' | '.join(cells)} |")
    lines += ["", *_head(("children", *OUTCOMES))]
    for what in dict.fromkeys(part.loc[part["measure"].isin(OUTCOMES), "what"]):
        cells = [_cell(at, kit, what, measure, many) for measure in OUTCOMES]
        lines.append(f"| counting {what[:1].lower()}{what[1:]} | {' | '.join(cells)} |")
    return [*lines, ""]


def _head(columns: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def _cell(at: pd.DataFrame, method: str, what: str, measure: str, many: int) -> str:
    if (method, what, measure) not in at.index:
        return ""
    row = at.loc[(method, what, measure)]
    texts = [_text(float(row[name]), measure) for name in ("mean", "low", "high")]
    return texts[0] if many == 1 else f"{texts[0]} ({texts[1]} to {texts[2]})"


def _text(number: float, measure: str) -> str:
    if measure.startswith("silent"):
        return f"{number:.1f}".removesuffix(".0")
    if measure in SHARES:
        # Of 10,000 children, a tenth of a percent is ten: it tells small shares apart, and no others.
        return f"{100 * number:.{int(number < 0.1)}f}%"
    return f"{number:.3f}".removeprefix("0") if number < 1 else "1"


def kept_figures() -> pd.DataFrame:
    """Read the figures that were kept."""
    return pd.read_csv(FIGURES, dtype={"seeds": str})


def page_with(text: str, lines: Sequence[str]) -> str:
    """Put lines between a page's two marks."""
    before, rest = text.split(f"{BEGINS}\n")
    _, after = rest.split(ENDS)
    return "\n".join([f"{before}{BEGINS}", *lines, f"{ENDS}{after}"])


def _seeds(_: click.Context, __: click.Parameter, text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


@click.command()
@click.option("--level", "levels", multiple=True, default=("none", "manual"), show_default=True)
@click.option("--seeds", default="31,32,33,34,35", show_default=True, callback=_seeds)
@click.option("--students", default=2000, show_default=True)
@click.option(
    "--errors",
    "families",
    multiple=True,
    default=("held_out",),
    show_default=True,
    help="A family of errors, beside the catalog's alone.",
)
@click.option("--write", is_flag=True, help="Measure, keep the figures, and write the tables.")
def main(
    levels: tuple[str, ...], seeds: list[int], students: int, families: tuple[str, ...], write: bool
) -> None:
    """Measure the kit and its careful peer, keep the figures, and write the tables."""
    if write:
        alone, parts = {"with_ceiling": False, "with_groups": False}, []
        for errors in (CATALOG, *families):
            more = {} if errors == CATALOG else {"errors": errors}
            for level in levels:
                measures = [
                    measure_district(seed, students, BOTH, **alone, level=level, **more) for seed in seeds
                ]
                parts.append(figures_of(measures, level, errors, students))
                click.echo("\n".join(table_of(parts[-1])))
        figures = pd.concat(parts, ignore_index=True)
        write_atomically(FIGURES, figures.to_csv(index=False, lineterminator="\n").encode())
        for path, lines in ((README, readme_table(figures)), (DOCS, docs_table(figures))):
            text = page_with(path.read_text(encoding="utf-8"), lines)
            write_atomically(path, text.encode(), private=False)
    else:
        click.echo("\n".join(table_of(kept_figures())))


if __name__ == "__main__":
    main()
