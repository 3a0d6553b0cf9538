"""Measure how often estimates without a key hold the truth, and how true probabilities are.

Usage: python -m tests.bench.linking_coverage [--write] [--seeds 11,12,...] [--students 800] [--errors E]

With --write it measures, and writes link_coverage.csv, link_reliability.csv and the tables of
docs/decisions/linking.md; without, it prints what is kept. No seed or scenario here trained anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click
import pandas as pd

from helpers.files import write_atomically
from helpers.link import estimate_quality, probability_bands
from helpers.score import measure_separable_pairs, score_pairs
from synthetic_data.studies.link_calibration import made_districts

__all__ = ["BEGINS", "DOCS", "ENDS", "docs_with", "kept_tables", "table_lines"]

DOCS = Path(__file__).resolve().parents[2] / "docs" / "decisions" / "linking.md"
COVERAGE, RELIABILITY = (Path(__file__).with_name(f"link_{name}.csv") for name in ("coverage", "reliability"))
BEGINS, ENDS = "<!-- coverage -->", "<!-- end of coverage -->"
SCENARIO, SEEDS = "district", range(11, 31)
LEVELS = ("none", "manual")
CATALOG = {"catalog": (1.0, None), "catalog, double": (2.0, None)}
# With fewer pairs a band's share is chance.
ENOUGH = 500


def measure(
    seeds: Sequence[int], students: int, families: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure districts of all seeds, levels and errors: a row a measure; a row a band and kind of error."""
    with ProcessPoolExecutor() as pool:
        measured = list(pool.map(partial(_measure_seed, students=students, families=families), seeds))
    covered, every = (pd.concat(tables, ignore_index=True) for tables in zip(*measured, strict=True))
    both = pd.concat([every, every.assign(errors="all")], ignore_index=True)
    by = both.groupby(["errors", "band"], sort=True)
    reliability = by.agg(pairs=("right", "size"), expected=("probability", "mean"), share=("right", "mean"))
    return covered.round(5), reliability.reset_index().round(4)


def _measure_seed(seed: int, students: int, families: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure the districts of a seed: a row a measure, and a row a pair with a probability."""
    errors = {**CATALOG, **{family: (1.0, family) for family in families}}
    covered, scored = [], []
    for _, level, kind, district, links in made_districts(SCENARIO, [seed], LEVELS, errors, students):
        truth = measure_separable_pairs(district, links)
        estimate = estimate_quality(links).set_index("measure")
        for name, value in truth.items():
            row = estimate.loc[name]
            one = {"errors": kind, "level": level, "seed": seed, "measure": name, "true": value}
            covered.append(one | {key: row[key] for key in ("value", "low", "high", "share_of_pairs")})
        pairs = links.pairs[links.pairs["match_probability"].notna()]
        scored.append(
            pd.DataFrame(
                {
                    "errors": kind,
                    "band": probability_bands(pairs).to_numpy(),
                    "probability": pairs["match_probability"].to_numpy(dtype="float64"),
                    "right": score_pairs(district, pairs)["outcome"].eq("right").to_numpy(dtype=bool),
                }
            )
        )
        click.echo(f"{kind}, level {level}, seed {seed}", err=True)
    return pd.DataFrame(covered), pd.concat(scored, ignore_index=True)


def table_lines(covered: pd.DataFrame, reliability: pd.DataFrame) -> list[str]:
    """Write both tables in Markdown."""
    inside = covered["true"].between(covered["low"], covered["high"])
    found = covered.assign(inside=inside, width=covered["high"] - covered["low"])
    each = sorted(covered["seed"].unique().tolist())
    in_a_row = each == list(range(each[0], each[-1] + 1))
    seeds = f"{each[0]} to {each[-1]}" if in_a_row else ", ".join(map(str, each))
    lines = [
        f"Scenario {SCENARIO}, levels {' and '.join(LEVELS)}, seeds {seeds}. Each cell: runs whose interval "
        "holds the truth, of all runs (median true value; median width of the interval).",
        "",
        f"| errors | {' | '.join(found['measure'].unique())} |",
        "|---" * (1 + found["measure"].nunique()) + "|",
    ]
    for errors, part in found.groupby("errors", sort=False):
        cells = []
        for name in found["measure"].unique():
            of_measure = part[part["measure"].eq(name)]
            medians = [of_measure[key].median() for key in ("true", "width")]
            cells.append(
                f"{int(of_measure['inside'].sum())} of {len(of_measure)} ({medians[0]:.3f}; {medians[1]:.3f})"
            )
        lines.append(f"| {errors} | {' | '.join(cells)} |")
    lines += [
        "",
        "| probability | pairs | expected | one child |",
        "|---|---|---|---|",
    ]
    whole = reliability[reliability["errors"].eq("all")]
    for row in whole.itertuples():
        few = "" if row.pairs >= ENOUGH else " (few)"
        lines.append(f"| {row.band} | {row.pairs:,}{few} | {row.expected:.3f} | {row.share:.3f} |")
    return lines


def kept_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read what was measured last."""
    return pd.read_csv(COVERAGE), pd.read_csv(RELIABILITY)


def docs_with(text: str, lines: Sequence[str]) -> str:
    """Put lines between the two marks."""
    before, rest = text.split(f"{BEGINS}\n")
    return "\n".join([f"{before}{BEGINS}", *lines, f"{ENDS}{rest.split(ENDS)[1]}"])


@click.command()
@click.option("--seeds", default=",".join(map(str, SEEDS)), show_default=True)
@click.option("--students", default=800, show_default=True)
@click.option("--errors", "families", multiple=True, default=("development", "held_out"), show_default=True)
@click.option("--write", is_flag=True, help="Measure, keep the figures, and write the tables of the docs.")
def main(seeds: str, students: int, families: tuple[str, ...], write: bool) -> None:
    """Measure the coverage of estimates and the reliability of probabilities."""
    if write:
        tables = measure([int(seed) for seed in seeds.split(",")], students, families)
        for path, table in zip((COVERAGE, RELIABILITY), tables, strict=True):
            write_atomically(path, table.to_csv(index=False, lineterminator="\n").encode(), private=False)
        text = docs_with(DOCS.read_text(encoding="utf-8"), table_lines(*tables))
        write_atomically(DOCS, text.encode(), private=False)
    click.echo("\n".join(table_lines(*kept_tables())))


if __name__ == "__main__":
    main()
