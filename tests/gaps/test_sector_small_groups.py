"""No group of fewer than ten school systems is in the report, nor can one be worked out from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from helpers.sector import SectorReport, sector_report
from helpers.sector.analysis_plan import shown_counts
from tests.gaps.made_sector import as_read, made_frame

FEWEST = 10


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_what_is_hidden_can_not_be_worked_out(counts: list[int]) -> None:
    shown = shown_counts(dict(enumerate(counts)))
    hidden = [count for part, count in enumerate(counts) if shown[part] is None]
    assert all(count is None or count == 0 or count >= FEWEST for count in shown.values())
    if hidden and sum(counts) >= 2 * FEWEST:
        assert len(hidden) > 1 or sum(counts) - hidden[0] == 0
    if len(hidden) > 1 and any(count is not None and count for count in shown.values()):
        assert sum(hidden) >= FEWEST


def _cut(seed: int) -> pd.DataFrame:
    """A sector of few systems, some of whose groups are small and some of whose cells are empty."""
    rng = np.random.default_rng(seed)
    frame = made_frame()
    there = frame[frame["responded"]]
    kept = there.groupby("year").sample(frac=float(rng.uniform(0.15, 0.5)), random_state=seed)
    silent = frame[~frame["responded"]].sample(int(rng.integers(0, 40)), random_state=seed)
    whole = pd.concat([kept, silent]).sort_index()
    for column in ("data_team", "pledged", "locale", "students"):
        whole[column] = whole[column].mask(rng.random(len(whole)) < rng.choice([0, 0.05, 0.2]))
    items = [name for name in whole.columns if name[-1].isdigit()]
    left_out = rng.random((len(whole), len(items))) < rng.choice([0.02, 0.25])
    whole[items] = whole[items].mask(left_out)
    return whole


@pytest.fixture(scope="module", params=range(8))
def few(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, SectorReport]:
    frame = _cut(request.param)
    return frame, sector_report(as_read(frame))


def _may_stand(count: object) -> bool:
    return bool(pd.isna(count)) or count == 0 or int(count) >= FEWEST  # type: ignore[call-overload]


@pytest.mark.one_in(4)
def test_no_count_is_below_ten(few: tuple[pd.DataFrame, SectorReport]) -> None:
    _, report = few
    for table in report.tables.values():
        for name in ("answered", "invited", "systems", "systems_yes", "systems_no", "of", "without_score"):
            if name in table.columns:
                assert all(map(_may_stand, table[name])), name


@pytest.mark.one_in(4)
def test_no_difference_from_a_total_is_below_ten(few: tuple[pd.DataFrame, SectorReport]) -> None:
    frame, report = few
    totals = dict(zip(report["response"]["year"], report["response"]["answered"], strict=True))
    invited = report["response"]["invited"] - report["response"]["answered"]
    assert all(map(_may_stand, invited))
    yearly = report["comparisons"].dropna(subset=["year", "systems_yes", "systems_no"])
    unknown = [totals[row.year] - row.systems_yes - row.systems_no for row in yearly.itertuples()]
    assert all(map(_may_stand, unknown))
    standing = report["profile"].drop_duplicates(["kind", "group", "year"])
    for (_, year), kinds in standing.groupby(["kind", "year"]):
        assert _may_stand(totals[year] - kinds["systems"].sum())
    for name, column in (("reliability", "systems"), ("shares", "of")):
        known = report[name].dropna(subset=[column])
        assert all(_may_stand(totals[row["year"]] - row[column]) for _, row in known.iterrows())
    counted = frame[frame["responded"]].groupby("year").size()
    missing = report["items"]["missing"]
    least = (missing + 0.005) * report["items"]["year"].map(counted)  # shares are rounded
    assert (missing.isna() | missing.eq(0) | least.ge(FEWEST)).all()


def test_a_small_group_has_no_row() -> None:
    frame = made_frame()
    year = frame[frame["year"].eq(2022) & frame["responded"]]
    pledged = year[year["pledged"]].head(9)
    report = sector_report(as_read(pd.concat([pledged, year[~year["pledged"]]])))
    assert not report["comparisons"]["grouping"].eq("pledged").any()
    assert report["comparisons"]["grouping"].eq("data_team").any()
    assert not report["shares"]["what"].eq("Signed the pledge").any()


def test_a_group_of_which_few_have_a_score_is_not_compared() -> None:
    """Twelve signed; four of them answered governance, and five said how many IT staff they have."""
    frame = made_frame().copy()
    there = frame.index[frame["responded"] & frame["year"].eq(2022)]
    frame.loc[there, "pledged"] = False
    frame.loc[there[:12], "pledged"] = True
    frame.loc[there[:8], [name for name in frame.columns if name.startswith("governance_")]] = pd.NA
    frame.loc[there[:7], "it_staff"] = pd.NA
    rows = sector_report(as_read(frame))["comparisons"]
    rows = rows[rows["grouping"].eq("pledged") & rows["year"].eq(2022).fillna(False)]
    told = rows.dropna(subset=["difference"])
    assert set(zip(told["domain"], told["comparison"], strict=True)) == {
        (domain, comparison)
        for domain in rows["domain"].unique()
        for comparison in ("unadjusted", "weighted")
        if domain != "governance"
    }
    hidden = rows[rows["difference"].isna()]
    assert hidden[["low", "high", "effect", "effect_low", "p", "p_corrected"]].isna().all(axis=None)


def test_of_a_year_with_nine_answers_nothing_is_told() -> None:
    frame = made_frame()
    nine = frame[frame["year"].eq(2021) & frame["responded"]].head(9)
    report = sector_report(as_read(pd.concat([nine, frame[frame["year"].eq(2022)]])))
    assert report.years == [2022]
    assert report["response"].set_index("year").loc[2021].isna().all()
    alone = sector_report(as_read(nine))
    assert alone.years == []
    assert all(table.empty for name, table in alone.tables.items() if name not in ("response", "statements"))


@pytest.mark.full
@pytest.mark.parametrize("number", [2, 8])
def test_no_interval_tells_how_many_were_left_out(number: int) -> None:
    """Two or eight that don't say whether they have a data team: no width tells which."""
    frame = made_frame()
    there = frame.index[frame["responded"] & frame["year"].eq(2022)]
    team = frame["data_team"].copy()
    team[there[:number]] = pd.NA
    row = sector_report(as_read(frame.assign(data_team=team)))["shares"]
    row = row[row["what"].eq("Has a data team") & row["year"].eq(2022)].iloc[0]
    assert pd.isna(row["of"])
    low, high = proportion_confint(row["share"] * (187 - 9), 187 - 9, method="wilson")
    assert (row["low"], row["high"]) == (round(low, 2), round(high, 2))
