"""What changed between two years: in systems that answered in both, and in all that answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.gaps.sector.comparing import holm
from helpers.gaps.sector.regression import Estimate, fit_first
from helpers.gaps.sector.response import alike
from helpers.gaps.sector.settled import settled
from helpers.gaps.sector.small_groups import may_part
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey

if TYPE_CHECKING:
    from helpers.gaps.sector.answered import Answered

__all__ = ["changes"]


def changes(answered: Answered) -> pd.DataFrame:
    """Compare each year with the one before it.

    Parameters
    ----------
    answered
        Systems that answered.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_changes``: *same systems* pairs those that answered twice; *all systems, alike*
        compares everybody, alike in what is recorded, errors by system. The pairs are left out where they, or
        those who answered once, are one to nine systems.
    """
    rows = [row for earlier, later in pairwise(answered.years) for row in _between(answered, earlier, later)]
    table = as_table("sector_changes", pd.DataFrame(rows))
    family = [table["year"], table["systems_are"]]
    table["p_corrected"] = table.groupby(family)["p"].transform(lambda p: holm(p.to_numpy("float64")))
    return table


def _between(answered: Answered, earlier: int, later: int) -> Iterator[dict[str, object]]:
    first, second = answered.of(earlier), answered.of(later)
    twice = set(first.rows["system"]) & set(second.rows["system"])
    once = len(first.rows) - len(twice), len(second.rows) - len(twice)
    paired = len(twice) >= settled().fewest_systems and may_part(*once)
    family = len(declared_survey().domains)
    both = answered.of(earlier, later)
    rows = both.rows
    recorded = rows[["pledged", "community"]].to_numpy("float64", na_value=np.nan)
    late = rows["year"].eq(later).to_numpy("float64")
    design = np.column_stack([late, alike(rows), recorded])
    for domain in declared_survey().domains:
        if paired:
            change = _of_pairs(first, second, domain)
            found = fit_first(change, np.ones((len(change), 1)), family=family)
            yield _row(domain, earlier, later, "same systems", len(twice), found)
        score = both.scores[domain].to_numpy("float64")
        found = fit_first(score, design, clusters=rows["system"].to_numpy(), family=family)
        yield _row(domain, earlier, later, "all systems, alike", None, found)


def _of_pairs(first: Answered, second: Answered, domain: str) -> np.ndarray:
    before = pd.DataFrame({"system": first.rows["system"], "before": first.scores[domain]})
    after = pd.DataFrame({"system": second.rows["system"], "after": second.scores[domain]})
    met = before.merge(after, on="system", how="inner", validate="one_to_one")
    return (met["after"] - met["before"]).to_numpy("float64")


def _row(
    domain: str, earlier: int, later: int, systems_are: str, systems: int | None, found: Estimate
) -> dict[str, object]:
    return {
        "domain": domain,
        "since": earlier,
        "year": later,
        "systems_are": systems_are,
        "systems": systems,
        "change": found.value,
        "low": found.low,
        "high": found.high,
        "low_all": found.low_all,
        "high_all": found.high_all,
        "p": found.p,
    }
