"""What was handed in and who signed in: as the LMS toolkit writes it, tied to the same Canvas' gradebooks."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import Silo, read_district
from tests.shared_districts import SharedDistricts, only
from tests.synthetic_data.truth import truth

OBSERVED = Path(__file__).parents[1] / "layouts" / "terms" / "observed_headers.csv"
CLEAN = {"students": 200, "faults": 0.0}
DAY = pd.Timestamp("2026-04-09")


@pytest.fixture(scope="module")
def folder(districts: SharedDistricts) -> Path:
    return districts.folder(**CLEAN)


@pytest.fixture(scope="module")
def lms(districts: SharedDistricts) -> Silo:
    return districts.read("lms", **CLEAN)["lms"]


def table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "silos" / "lms" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def key(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{name}.parquet")


def true_counts(folder: Path, element: str) -> pd.Series:
    """The key's value on the day of these exports; the newest where it was the same."""
    rows = key(folder, "values")
    rows = rows.loc[rows["element"].eq(element) & rows["as_of"].isin([DAY, pd.Timestamp("2026-04-30")])]
    return rows.sort_values("as_of").drop_duplicates("person").set_index("person")["value"].astype(int)


def by_person(folder: Path, facts: pd.DataFrame) -> pd.DataFrame:
    rows = key(folder, "rows")
    rows = rows.loc[rows["silo"].eq("lms"), ["file", "row", "person"]]
    return facts.merge(rows, on=["file", "row"], how="left", validate="many_to_one")


@pytest.mark.parametrize("name", ["submissions", "system-activities"])
def test_headers_are_those_of_the_toolkit(folder: Path, name: str) -> None:
    seen = pd.read_csv(OBSERVED, dtype=str)
    seen = seen.loc[seen["layout"].eq("lms/canvas_lms_toolkit") & seen["file"].eq(name), "column"]
    assert list(table(folder, name).columns) == seen.tolist()
    assert table(folder, name)["SourceSystemIdentifier"].is_unique


def test_users_and_assignments_are_those_of_the_gradebooks(folder: Path) -> None:
    numbers, assignments = set(), set()
    for path in sorted((folder / "silos" / "lms" / "gradebooks").iterdir()):
        with path.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        numbers |= {row[1] for row in rows if row[1]}
        assignments |= {head.rpartition(" (")[2].rstrip(")") for head in header if head.endswith(")")}
    submissions, events = table(folder, "submissions"), table(folder, "system-activities")
    assert set(submissions["LMSUserSourceSystemIdentifier"]) <= numbers
    assert set(events["LMSUserSourceSystemIdentifier"]) <= numbers
    assert set(submissions["AssignmentSourceSystemIdentifier"].str.split("-").str[1]) <= assignments


def test_a_status_says_what_the_toolkit_would_say_of_it(folder: Path) -> None:
    rows = table(folder, "submissions")
    handed_in = rows["SubmissionDateTime"] != ""
    status = rows["SubmissionStatus"]
    assert set(status) == {"late", "missing", "graded", "upcoming", "on-time"}
    assert handed_in[status.isin(["late", "upcoming"])].all()
    assert not handed_in[status.isin(["missing", "on-time"])].any()
    assert (rows.loc[status.isin(["upcoming", "on-time"]), "Grade"] == "").all()
    assert (rows["EarnedPoints"] == "").all(), "the toolkit leaves it empty of Canvas"
    moments = pd.to_datetime(rows.loc[handed_in, "SubmissionDateTime"], format="%Y-%m-%d %H:%M:%S")
    assert moments.max() < pd.Timestamp("2026-04-10 06:00"), "nothing after midnight of the day, there"
    assert (moments.dt.hour < 6).mean() > 0.2, "evenings in the middle of the country are the next day in UTC"


@pytest.mark.full
def test_read_back_they_give_what_the_key_says(folder: Path, lms: Silo) -> None:
    silo = lms
    work = silo.facts["assignment_score"]
    work = by_person(folder, work.loc[work["submitted_utc"].notna()])
    for element, rows in (
        ("submissions", work),
        ("submissions_late", work.loc[work["score_status"].eq("Late")]),
    ):
        told = true_counts(folder, element)
        counted = rows.groupby("person").size().reindex(told.index, fill_value=0)
        assert counted.to_dict() == told.to_dict()
        assert told.sum() > 40
    told = true_counts(folder, "lms_logins")
    days = by_person(folder, silo.facts["login"]).groupby("person")["date"].nunique()
    assert days.reindex(told.index, fill_value=0).to_dict() == told.to_dict()
    assert silo.facts["login"]["record"].notna().all()
    accounts = silo.accounts.set_index("file")
    sign_outs = table(folder, "system-activities")["ActivityType"].eq("sign-out").sum()
    assert accounts.loc["lms/system-activities.csv", "rows_quarantined"] == sign_outs > 0


def test_what_is_handed_in_is_no_second_assignment(lms: Silo) -> None:
    from helpers.profile.rules.yearly_counts import only_handed_in

    work = lms.facts["assignment_score"]
    listed = work["file"].str.endswith("submissions.csv")
    assert (only_handed_in(work) == listed).all()
    assert not only_handed_in(work.loc[listed]).any(), "alone they are all that is known"


def test_the_engaged_sign_in_oftener_and_hand_in_less_late() -> None:
    made = truth(students=1500)
    rows = made.life.values
    rows = rows.loc[rows["as_of"] == pd.Timestamp(made.scenario.as_of)]
    wide = rows.pivot(index="person", columns="element", values="value")
    wide = wide[["lms_logins", "submissions", "submissions_late"]].dropna().astype(float)
    engaged = made.life.traits.set_index("person")["engagement"].reindex(wide.index)
    assert np.corrcoef(wide["lms_logins"], engaged)[0, 1] > 0.4
    late = wide["submissions_late"] / wide["submissions"].where(wide["submissions"] > 0)
    assert late.corr(engaged) < -0.15
    assert 0.03 < late.mean() < 0.15


def test_nobody_signs_in_on_a_day_away_and_nothing_is_handed_in_after_it_was_graded() -> None:
    life = truth(students=600).life
    signed, away = life.sign_ins, life.away
    missed = set(zip(away.child[away.missed].tolist(), away.day[away.missed].tolist(), strict=True))
    assert not missed & set(zip(signed.child.tolist(), signed.day.tolist(), strict=True))
    work, course = life.online_work, life.coursework
    graded = course.graded[work.cell]
    assert (work.day[work.handed_in] <= graded[work.handed_in]).all()
    due = course.due[course.assignment[work.cell]]
    assert ((work.day > due) == work.late).all()
    assert (work.day >= course.published[course.assignment[work.cell]]).all()


@pytest.mark.full
def test_a_log_in_name_in_capitals_leads_to_the_same_child(folder: Path, tmp_path: Path) -> None:
    """In one gradebook the name stands in capitals; what the child handed in is still the child's."""
    only(folder, tmp_path / "copy", "lms")
    book, *_ = sorted((tmp_path / "copy" / "silos" / "lms" / "gradebooks").iterdir())
    lines = book.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if n and not line.startswith(("    Points", ",", '"",')))
    *_, login = lines[at].split('"')[2].split(",")[:4]
    lines[at] = lines[at].replace(login, login.upper())
    book.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    silo = read_district(tmp_path / "copy")["lms"]
    assert login.upper() in silo.people["local_id"].tolist()
    assert silo.facts["login"]["record"].notna().all()
    assert not silo.findings["kind"].eq("child_unnamed").any()
