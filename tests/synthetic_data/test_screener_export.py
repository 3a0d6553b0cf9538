"""The screener's export: header and words as seen, forms by grade, opt-outs, and what the key says."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from synthetic_data.life.wellbeing.screenings import STUDENT, TEACHER, opted_out
from tests.synthetic_data.one_silo import write_silo
from tests.synthetic_data.truth import truth

OBSERVED = Path(__file__).parents[1] / "layouts" / "terms" / "observed_headers.csv"
SETTINGS: dict[str, object] = {"students": 400, "seed": 11}
# Subscales filled in on each form, as in the rows that were seen.
FILLED = {
    "BESS-3 (Teacher)": {"ERI", "IRI", "ARI"},
    "BESS-3 (Parent)": {"ERI", "IRI", "ARI"},
    "BESS-3 (Student)": {"IRI", "PRI", "SRI"},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("screener")
    return folder, write_silo(folder, "screener", level="rostered", **SETTINGS)


@pytest.fixture(scope="module")
def forms(written: tuple[Path, pd.DataFrame]) -> pd.DataFrame:
    """All forms as text, with the window's file, and whose each is."""
    folder, whose = written
    parts = []
    for path in sorted((folder / "silos" / "screener").glob("*.csv")):
        part = pd.read_csv(path, dtype=str, keep_default_na=False)
        parts.append(part.assign(file=f"screener/{path.name}", row=part.index + 2))
    whole = pd.concat(parts, ignore_index=True)
    return whole.merge(
        whose[["file", "row", "person"]], on=["file", "row"], how="left", validate="one_to_one"
    )


def test_header_and_line_ends_are_those_that_were_seen(written: tuple[Path, pd.DataFrame]) -> None:
    observed = pd.read_csv(OBSERVED, dtype=str)
    columns = observed.loc[observed["layout"] == "wellbeing/basc3_bess", "column"].tolist()
    assert len(columns) == 27
    paths = sorted((written[0] / "silos" / "screener").glob("*.csv"))
    assert len(paths) == 4, "fall and winter of two years"
    for path in paths:
        text = path.read_bytes()
        assert text.count(b"\r\n") == text.count(b"\n")
        (head,) = csv.reader([text.decode("utf-8").split("\r\n")[0]])
        assert head == columns


def test_each_form_has_its_words_and_its_subscales(forms: pd.DataFrame) -> None:
    assert set(forms["Form"]) == set(FILLED)
    assert set(forms["BERI Risk"]) == {"Normal", "Elevated", "Extremely Elevated"}
    for scale in ("ERI", "IRI", "ARI", "PRI", "SRI"):
        assert set(forms[f"{scale} Risk"]) <= {"", "Normal Risk", "Elevated Risk"}
        for form, filled in FILLED.items():
            mine = forms.loc[forms["Form"] == form]
            assert (mine[scale] != "").all() if scale in filled else (mine[scale] == "").all()
            assert ((mine[scale] == "") == (mine[f"{scale} Risk"] == "")).all()
    teacher = forms["Form"] == "BESS-3 (Teacher)"
    assert (forms.loc[teacher, "Teacher"] == forms.loc[teacher, "Respondent"]).all()
    assert (forms.loc[~teacher, "Teacher"] == "").all()
    child = forms["Form"] == "BESS-3 (Student)"
    assert (forms.loc[child, "Respondent"] == forms.loc[child, "Student Name"]).all()
    assert forms["Submitted"].str.fullmatch(r"[1-9]\d?/[1-9]\d?/20\d\d").all()
    assert forms["Student Name"].str.count(", ").eq(1).all(), "one cell"


def test_nobody_below_grade_3_fills_in_a_form_of_her_own(forms: pd.DataFrame) -> None:
    own = forms.loc[forms["Form"] == "BESS-3 (Student)", "Grade"]
    assert len(own) > 50
    assert own.isin({str(grade) for grade in range(3, 13)}).all()
    assert {"K", "1", "2"} <= set(forms.loc[forms["Form"] == "BESS-3 (Teacher)", "Grade"])


def test_risk_begins_at_61_and_is_extreme_from_71(forms: pd.DataFrame) -> None:
    score = forms["BERI"].astype(int)
    expected = np.select([score >= 71, score >= 61], ["Extremely Elevated", "Elevated"], "Normal")
    assert (forms["BERI Risk"] == expected).all()
    # A higher score has no lower percentile.
    pairs = pd.DataFrame({"t": score, "p": forms["BERI Percentile"].astype(int)}).sort_values("t")
    assert pairs["p"].is_monotonic_increasing
    everybody = truth(students=3000).life.screenings
    rated = everybody.t_score[everybody.form == TEACHER]
    assert abs(rated.mean() - 50) < 1.5
    assert abs(rated.std() - 10) < 1.5


def test_who_opted_out_is_in_no_file_and_a_limit(
    written: tuple[Path, pd.DataFrame], clean_district_folder: Path
) -> None:
    population = truth(**SETTINGS).population
    refused = population.children.loc[
        opted_out(truth(**SETTINGS).scenario, len(population.children)), "person"
    ]
    assert len(refused) > 5
    assert not written[1]["person"].isin(refused).any()
    key = {
        name: pd.read_parquet(clean_district_folder / "answer_key" / f"{name}.parquet")
        for name in ("rows", "limits")
    }
    held = set(key["rows"].loc[key["rows"]["silo"] == "screener", "person"])
    limits = key["limits"].loc[(key["limits"]["silo"] == "screener") & key["limits"]["person"].notna()]
    assert "Opted out" in set(limits["reason"])
    assert held.isdisjoint(limits["person"])
    assert limits["person"].is_unique
    everybody = set(key["rows"].loc[key["rows"]["silo"] == "attendance", "person"])
    assert everybody <= held | set(limits["person"])


def test_forms_of_three_respondents_are_read_with_score_risk_and_day(clean_district: District) -> None:
    results = clean_district["screener"].facts["screener_result"]
    assert set(results["respondent_role"]) == {"Teacher", "Student", "Guardian"}
    assert results.groupby("scale")["t_score"].count().loc[lambda n: n > 0].index.tolist() == ["BERI"]
    assert results[["raw_score", "risk_level", "date"]].notna().all(axis=None)


def test_the_key_says_what_the_newest_form_of_a_teacher_says(
    written: tuple[Path, pd.DataFrame], forms: pd.DataFrame
) -> None:
    values = truth(**SETTINGS).life.values
    values = values.loc[values["as_of"] == values["as_of"].max()]
    forms = forms.assign(day=pd.to_datetime(forms["Submitted"], format="%m/%d/%Y"))
    newest = forms.loc[(forms["Form"] == "BESS-3 (Teacher)") & (forms["day"] >= "2025-07-01")]
    newest = newest.sort_values("day").drop_duplicates("person", keep="last").set_index("person")
    assert len(newest) > 300
    for element, column in (("screening_t_score", "BERI"), ("screening_risk", "BERI Risk")):
        true = values.loc[values["element"] == element].set_index("person")["value"]
        # The key holds also what the publisher's roster kept out.
        assert newest.index.isin(true.index).all()
        said = newest[column].astype(float).map("{:.4f}".format) if column == "BERI" else newest[column]
        assert (true.reindex(newest.index) == said).all()


def test_a_day_away_is_no_day_for_a_form_of_one_s_own() -> None:
    life = truth(**SETTINGS).life
    mine = life.screenings.at(life.screenings.form == STUDENT)
    away = life.away
    missed = set(zip(away.child[away.missed].tolist(), away.day[away.missed].tolist(), strict=True))
    assert missed.isdisjoint(zip(mine.child.tolist(), mine.day.tolist(), strict=True))


@pytest.mark.full
@pytest.mark.parametrize(("level", "share"), [("none", 0.0), ("manual", 0.6), ("rostered", 1.0)])
def test_the_level_says_how_many_carry_the_district_s_number(
    tmp_path: Path, level: str, share: float
) -> None:
    write_silo(tmp_path, "screener", level=level, **SETTINGS)
    people = read_district(tmp_path)["screener"].people
    carried = people["local_id"].isin(truth(**SETTINGS).population.children["district_number"])
    assert abs(carried.mean() - share) < 0.09
    assert people["local_id"].str.len().eq(6).all()
