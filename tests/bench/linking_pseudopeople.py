"""Link files of pseudopeople's sample population, whose errors and people are nobody's of this kit.

Usage: python -m tests.bench.linking_pseudopeople [--write]

With --write it measures, and writes link_pseudopeople.csv and the table of docs/accuracy.md; without, it
prints what is kept. The column ``f1_before`` is that of commit 67d88746, before both linkers were one, on the
same files; it stays.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import pandas as pd

from helpers.files import write_atomically
from helpers.link import link_files, read_person_file
from tests.bench.linking_data import PROJECT
from tests.bench.measure import run
from tests.bench.peers import peer_python

__all__ = ["BEGINS", "DOCS", "ENDS", "SETS", "docs_with", "kept_table", "table_lines"]

VERSION = "1.3.1"
DOCS = PROJECT / "docs" / "accuracy.md"
KEPT = Path(__file__).with_name("link_pseudopeople.csv")
BEGINS, ENDS = "<!-- pseudopeople -->", "<!-- end of pseudopeople -->"
# Two files, or one whose duplicates are sought.
SETS = (
    ("census 2020", "WIC"),
    ("ACS", "census 2020"),
    ("CPS", "census 2020"),
    ("census 2020", "SSA"),
    ("census 2020", "census 2030"),
    ("W2", "SSA"),
    ("census 2020",),
)


def measure() -> pd.DataFrame:
    """Make the files, link each set, and count: a row a set."""
    python = peer_python("pseudopeople", VERSION)
    if isinstance(python, str):
        raise click.ClickException(python)
    with tempfile.TemporaryDirectory() as made:
        run([python, Path(__file__).with_name("pseudopeople_sets_peer.py"), made])
        return pd.DataFrame([_score(Path(made), names) for names in SETS])


def _score(folder: Path, names: tuple[str, ...]) -> dict[str, object]:
    pairs = link_files(*[read_person_file(folder / f"{name}.csv") for name in names]).pairs
    people = [pd.read_csv(folder / f"{name}.truth.csv", dtype=str)["simulant_id"] for name in names]
    left, right = (people[side].reindex(pairs[f"{word}_row"]) for side, word in ((0, "left"), (-1, "right")))
    is_one = left.to_numpy() == right.to_numpy()
    first, last = (people[side].value_counts() for side in (0, -1))
    if len(names) == 1:
        possible = int((first * (first - 1) // 2).sum())
    else:
        possible = int((first * last.reindex(first.index).fillna(0)).sum())
    matched, waits = (pairs["decision"].eq(word).to_numpy(dtype=bool) for word in ("Match", "Review"))
    linked, found = int(matched.sum()), int((matched & is_one).sum())
    click.echo(" and ".join(names), err=True)
    return {
        "set": " and ".join(names),
        "possible": possible,
        "linked": linked,
        "right": found,
        "f1": round(2 * found / (linked + possible), 4),
        "review": int(waits.sum()),
        "review_right": int((waits & is_one).sum()),
    }


def table_lines(kept: pd.DataFrame) -> list[str]:
    """Write the table in Markdown."""
    lines = [
        "| files | true pairs | linked | right | F1 | F1 before | for review | of them right |",
        "|---" * 8 + "|",
    ]
    for row in kept.itertuples():
        counts = " | ".join(f"{number:,}" for number in (row.possible, row.linked, row.right))
        f1, before = (f"{value:.4f}".removeprefix("0") for value in (row.f1, row.f1_before))
        lines.append(f"| {row.set} | {counts} | {f1} | {before} | {row.review:,} | {row.review_right:,} |")
    return lines


def kept_table() -> pd.DataFrame:
    """Read what was measured last."""
    return pd.read_csv(KEPT)


def docs_with(text: str, lines: list[str]) -> str:
    """Put lines between the two marks."""
    before, rest = text.split(f"{BEGINS}\n")
    return "\n".join([f"{before}{BEGINS}", *lines, f"{ENDS}{rest.split(ENDS)[1]}"])


@click.command()
@click.option("--write", is_flag=True, help="Measure, keep the figures, and write the table of the docs.")
def main(write: bool) -> None:
    """Measure links of files that another generator made."""
    if write:
        before = kept_table()[["set", "f1_before"]]
        found = measure().merge(before, on="set", how="left", validate="one_to_one")
        write_atomically(KEPT, found.to_csv(index=False, lineterminator="\n").encode(), private=False)
        text = docs_with(DOCS.read_text(encoding="utf-8"), table_lines(found))
        write_atomically(DOCS, text.encode(), private=False)
    click.echo("\n".join(table_lines(kept_table())))


if __name__ == "__main__":
    main()
