"""Write the tables of docs/benchmark.md, and its chart, from the kept results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.report.charts import Picture, stacked_bars
from synthetic_data.benchmark import Plan, load_plan
from tests.bench.linking_data import PROJECT

__all__ = ["PAGE", "RESULTS", "chart_of", "results_text", "with_results", "write_page"]

RESULTS = PROJECT / "docs" / "benchmark.csv"
PAGE = PROJECT / "docs" / "benchmark.md"
CHART = PROJECT / ".github" / "images" / "benchmark.png"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
NOT_YET = "No baseline of this version has been measured yet."
# The set of the chart: the errors that no baseline has seen, in a district whose systems exchange nothing.
SHOWN = "held_out-islands"
# In the order of the tables; a method that is not here comes last.
ORDER = (
    "exact",
    "cascade",
    "recordlinkage",
    "gradient boosting",
    "Splink, careful",
    "kit, shipped weights",
    "kit",
    "ceiling",
)
FAMILIES = {
    "catalog": "the catalog's faults alone",
    "development": "the catalog's faults and the errors of family *development*",
    "held_out": "the catalog's faults and the errors of family *held_out*",
}
# Column of the second table -> population, measure, factor and digits.
OTHERS = {
    "complete, of 1,000": ("named", "children complete", 1_000, 0),
    "split": ("named", "children split", 1_000, 0),
    "mixed": ("named", "children mixed", 1_000, 0),
    "silent wrong joins": ("all", "silent wrong joins per 1,000 children", 1, 1),
    "to review": ("review", "pairs to review per 1,000 children", 1, 0),
    "F1 gap by name origin": ("named", "F1 gap by name origin", 1, 3),
    "calibration error": ("rated pairs", "expected calibration error", 1, 4),
}


def write_page(results: pd.DataFrame) -> list[Path]:
    """Write tables and chart.

    Parameters
    ----------
    results
        docs/benchmark.csv.

    Returns
    -------
    list of Path
        The page and the chart.
    """
    text = with_results(PAGE.read_text(encoding="utf-8"), results)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return [PAGE, chart_of(results).save(CHART)]


def with_results(page: str, results: pd.DataFrame) -> str:
    """Put the text of results between the two marks of the page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{results_text(results)}{END}{after}"


def results_text(results: pd.DataFrame, plan: Plan | None = None) -> str:
    """Write the tables: F1 by track, then children, for each family of errors in the test sets."""
    plan = plan or load_plan()
    mine = results[results["version"].eq(plan.version)]
    split = "test" if mine["set"].str.startswith("test/").any() else "dev"
    mine = mine[mine["set"].str.startswith(f"{split}/")]
    if mine.empty:
        return f"{NOT_YET}\n"
    chart = chart_of(results)
    lines = [f"![{chart.alt}](../.github/images/{CHART.name})", ""]
    for family, words in FAMILIES.items():
        here = mine[mine["set"].str.startswith(f"{split}/{family}-")]
        if len(here):
            lines += [f"**Files with {words}** ({split} sets)", "", *_tables(here, plan)]
    lines += [f"`{RESULTS.relative_to(PROJECT).as_posix()}` has every figure.", ""]
    return "\n".join(lines)


def _tables(here: pd.DataFrame, plan: Plan) -> list[str]:
    """Write a table of F1 by track, and one of children, review and groups."""
    single = tuple(one for one in dict.fromkeys(here["set"].str.rpartition("-")[2]) if one != "region")
    tracks = {
        f"F1 {track.name.replace('_', ' ')}": (track.kinds, track.population, "F1", 1, 4)
        for track in plan.tracks
    }
    others = {head: (single, *told) for head, told in OTHERS.items()}
    lines: list[str] = []
    for columns in (tracks, others):
        alike = {head: _sets_of_all(here, column[0]) for head, column in columns.items()}
        lines += [_line(["method", *columns]), _line(["---", *["--:"] * len(columns)])]
        for method in sorted(set(here["method"]), key=_place):
            of = here[here["method"].eq(method)]
            cells = [_mean(of[of["set"].isin(alike[head])], *column[1:]) for head, column in columns.items()]
            lines.append(_line([method, *cells]))
        lines.append("")
    return lines


def _sets_of_all(here: pd.DataFrame, kinds: tuple[str, ...] | list[str]) -> set[str]:
    """Return the sets of some kinds on which every method ran that ran on any of them."""
    mine = here[here["set"].str.rpartition("-")[2].isin(kinds)]
    return set.intersection(set(mine["set"]), *(set(part["set"]) for _, part in mine.groupby("method")))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _place(method: str) -> tuple[int, str]:
    return (ORDER.index(method) if method in ORDER else len(ORDER)), method


def _mean(
    of: pd.DataFrame,
    population: str,
    measure: str,
    factor: int,
    digits: int,
) -> str:
    """Give the mean over the sets, with the lowest and highest end of their intervals."""
    chosen = of[of["population"].eq(population) & of["measure"].eq(measure)]
    if chosen["value"].isna().all():
        return "–"
    value = f"{factor * chosen['value'].mean():,.{digits}f}"
    if chosen["low"].isna().all():
        return value
    low, high = factor * chosen["low"].min(), factor * chosen["high"].max()
    return f"{value} ({low:,.{digits}f} to {high:,.{digits}f})"


def chart_of(results: pd.DataFrame) -> Picture:
    """Draw what each method makes of 1,000 children, worst harm first."""
    known = list(dict.fromkeys(results["set"]))
    named = next((name for name in known if name == f"test/{SHOWN}"), known[0])
    here = results[results["set"].eq(named) & results["population"].eq("named")]
    values = here.pivot_table(index="method", columns="measure", values="value", aggfunc="first")
    order = sorted(values.index, key=_place)
    parts = {
        method: {
            "mixed": 1_000 * values.loc[method, "children mixed"],
            "split": 1_000 * values.loc[method, "children split"],
            "complete": 1_000 * values.loc[method, "children complete"],
        }
        for method in order
    }
    rivals = [method for method in order if not method.startswith(("kit", "ceiling"))]
    best = max(rivals or order, key=lambda method: parts[method]["complete"])
    kit = "kit" if "kit" in parts else best
    told = ", ".join(
        f"{method} {round(parts[method]['complete'])} complete and {round(parts[method]['mixed'])} mixed"
        for method in dict.fromkeys((kit, best))
    )
    return stacked_bars(
        {
            method: {part: round(number) for part, number in numbers.items()}
            for method, numbers in parts.items()
        },
        title=f"Of 1,000 children, {told}",
        unit="of 1,000 children",
        alt=f"Complete, split and mixed children of 1,000 by linkage method, on {named}: {told}.",
        caption=(
            f"K-12 linkage benchmark, set {named}. Complete: all records with a name are together. "
            "Split: they lie in several places. Mixed: with another child's record."
        ),
        parts=("mixed", "split", "complete"),
    )
