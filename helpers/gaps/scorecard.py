"""The interoperability gap as measured numbers, one line a measure of a system or of a pair of systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.gaps.coverage import agreement, completeness, coverage
from helpers.gaps.freshness import freshness
from helpers.gaps.identity import correctness, matches, record_ties, shared_keys
from helpers.gaps.intervals import wilson
from helpers.gaps.irregularities import irregularities
from helpers.gaps.known import know
from helpers.layouts import as_table, empty_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["scorecard"]

KINDS = ("Identity", "Meaning", "Coverage", "Completeness", "Freshness", "Format")


def scorecard(district: District, links: Links, scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Measure what a district's systems can't say to one another.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    scores
        Table ``scores``, where there is an answer key: how many of the matches are right. Without it those
        lines hold NA, and their next step says that they cannot be judged without a key.

    Returns
    -------
    pandas.DataFrame
        Table ``scorecard``: every pair of systems once (the roster on the left, then by name), then every
        system. ``value`` is in ``unit``; rates have numerator, denominator and a 95% interval (Wilson).
        ``blocked_by`` says why a pair can't be measured: Not joinable (no id or name in common) or Not
        fresh (exports a month apart). No sentence of ``next_step`` holds a figure.
    """
    known = know(district, links)
    lines = [
        *shared_keys(known, district.identifiers),
        *matches(known, links),
        *correctness(known, scores),
        *agreement(known),
        *record_ties(known),
        *coverage(known),
        *completeness(known, district.layouts),
        *freshness(district, known),
        *irregularities(pd.concat([district.findings, links.findings], ignore_index=True), district.accounts),
    ]
    if not lines:
        return empty_table("scorecard")
    frame = pd.DataFrame(lines)
    for figure in ("numerator", "denominator", "value"):
        frame[figure] = pd.to_numeric(frame[figure]).astype("float64")
    share = frame["unit"].eq("rate")
    interval = wilson(frame["numerator"].where(share), frame["denominator"].where(share))
    order = pd.DataFrame(
        {
            "single": frame["right_silo"].isna(),
            "left": frame["left_silo"].map({silo: place for place, silo in enumerate(known.silos)}),
            "right": frame["right_silo"].map({silo: place for place, silo in enumerate(known.silos)}),
            "kind": frame["kind"].map({kind: place for place, kind in enumerate(KINDS)}),
        }
    ).sort_values(["single", "left", "right", "kind"], kind="stable", na_position="last")
    return as_table("scorecard", frame.assign(low=interval["low"], high=interval["high"]).loc[order.index])
