"""What changed since an earlier run, in words and of the same children; a real child is in none of it."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import helpers.report
from helpers.cli import main
from helpers.report.runs.changes import (
    RunSnapshot,
    changes_between,
    describe_changes,
    make_snapshot,
    read_snapshot,
    save_snapshot,
)
from helpers.report.runs.earlier import Changed, find_previous_run, what_changed
from helpers.report.runs.report import ReportResult
from helpers.share.guard import Guard
from helpers.standard import BadInput, empty_table, unmarked
from tests.modes import for_others

INVENTED = {"synthetic": True, "scenario": "workshop", "seed": 7, "students": 40, "title": "Riverbend"}
RUNS = ("2026-11-23_060000_riverbend", "2026-11-30_060000_riverbend")


def said_of(changes: pd.DataFrame, since: str, guard: Guard) -> list[str]:
    """Describe changes as a reader sees them, with ``**`` around numbers."""
    return [unmarked(one) for one in describe_changes(changes, since, guard)]


def made(folder: Path, about: dict[str, Any], children: range, joined: int, flagged: int) -> RunSnapshot:
    """Keep a run: a roster, meals of which some records are joined, and some children flagged."""
    ids = [f"S{child}" for child in children]
    roster = pd.DataFrame({"silo": "sis", "record": ids, "child": [f"c-{one}" for one in ids]})
    alone = [f"c-{one}" if n < joined else f"m-{one}" for n, one in enumerate(ids)]
    meals = pd.DataFrame({"silo": "meals", "record": ids, "child": alone})
    indicators = pd.DataFrame(
        {"child": roster["child"], "indicator": "truancy", "definition": "federal", "status": "Clear"}
    )
    indicators.loc[: flagged - 1, "status"] = "Flagged"
    card = empty_table("scorecard")
    crosswalk = pd.concat([roster, meals], ignore_index=True).astype("string")
    found = empty_table("findings")
    return make_snapshot(about, folder, crosswalk, indicators.astype("string"), found, card, "sis")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what a real run keeps in a home of this test."""
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_children_links_and_flags_that_changed_are_counted_by_record(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(40), joined=30, flagged=3)
    after = made(tmp_path, INVENTED, range(2, 41), joined=20, flagged=6)
    changes = changes_between(before, after, Guard(real=False))
    told = changes.set_index(["part", "measure"])["after"].to_dict()
    # Records 0 to 29 were joined, now 2 to 21; flagged were 0 to 2, now 2 to 7.
    assert told == {
        ("Records", "fewer"): 39,
        ("Children", "new"): 1,
        ("Children", "gone"): 2,
        ("Links", "not any more"): 8,
        ("Links", "gone"): 2,
        ("Indicators", "newly flagged: truancy"): 5,
    }
    said = said_of(changes, "Monday", Guard(real=False))
    words = " ".join(said)
    assert said[0] == "Fewer records than in Monday. Meals: **39** records of children, 40 before."
    assert "Since Monday: **1** child new on the roster, **2** children no longer on the roster." in words
    assert "**8** no longer linked to one" in words


def test_findings_and_measures_are_compared_by_kind(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(40), 30, 0)
    columns = ["part", "left_silo", "right_silo", "measure", "column", "unit", "value"]
    was = [
        ["Findings", "sis", None, "zeros_lost", None, "findings", 4.0],
        ["Scorecard", "sis", "meals", "match rate", None, "rate", 0.5],
    ]
    now = [
        ["Findings", "sis", None, "not_a_date", None, "findings", 2.0],
        ["Scorecard", "sis", "meals", "match rate", None, "rate", 0.75],
    ]
    sides = [replace(before, counts=pd.DataFrame(rows, columns=columns)) for rows in (was, now)]
    changes = changes_between(sides[0], sides[1], Guard(real=False))
    told = {row["measure"]: (row["before"], row["after"]) for row in changes.to_dict("records")}
    assert told == {"zeros_lost": (4, 0), "not_a_date": (0, 2), "match rate": (0.5, 0.75)}
    assert changes.loc[changes["part"].eq("Scorecard"), "description"].item().endswith("50% before, 75% now")
    said = said_of(changes, "Monday", Guard(real=False))
    assert "Findings: **1** kind occurs more often, **1** kind occurs less often; new: not a date." in said
    assert said[-1] == "Scorecard: **1** measure is not what it was."  # it rose: nothing fell
    back = said_of(changes_between(sides[1], sides[0], Guard(real=False)), "Monday", Guard(real=False))
    assert back[-1].endswith("What fell most: match rate, SIS and Meals (**50%**, 75% before).")
    same = changes_between(sides[0], sides[0], Guard(real=False))
    assert said_of(same, "Monday", Guard(real=False))[0].startswith("Nothing changed since Monday")


def test_at_most_three_shares_are_named_and_no_kind_is_counted_as_none(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(40), 30, 0)
    columns = ["part", "left_silo", "right_silo", "measure", "column", "unit", "value"]
    falls = {"sis": 0.1, "lms": 0.4, "health": 0.3, "clubs": 0.2}

    def counts(fell: bool) -> pd.DataFrame:
        rows: list[list[object]] = [
            ["Scorecard", silo, "meals", "match rate", None, "rate", 0.9 - by * fell]
            for silo, by in falls.items()
        ]
        # A share of what is amiss: that less of it is left is no loss.
        rows.append(["Scorecard", "meals", None, "in no other system", None, "rate", 0.9 - 0.8 * fell])
        rows += [
            ["Findings", "sis", None, kind, None, "findings", 4.0 - fell]
            for kind in ("zeros_lost", "not_a_date")
        ]
        return pd.DataFrame(rows, columns=columns)

    sides = [replace(before, counts=counts(fell)) for fell in (False, True)]
    guard = Guard(real=False)
    said = said_of(changes_between(sides[0], sides[1], guard), "Monday", guard)
    assert "Findings: **2** kinds occur less often." in said
    assert said[-1].startswith(
        "Scorecard: **5** measures are not what they were. What fell most: match rate, LMS"
    )
    assert [said[-1].index(name) for name in ("LMS", "Health", "Community clubs")] == sorted(
        said[-1].index(name) for name in ("LMS", "Health", "Community clubs")
    )
    assert "SIS" not in said[-1]
    assert "in no other system" not in said[-1]


def test_nothing_of_a_real_child_is_in_the_reports_and_small_numbers_are_hidden(
    tmp_path: Path, home: Path
) -> None:
    out = tmp_path / "reports"
    kept = [
        made(tmp_path, {}, children, joined, 0) for children, joined in ((range(40), 30), (range(3, 40), 12))
    ]
    for run, one in zip(RUNS, kept, strict=True):
        (out / run).mkdir(parents=True)
        (out / run / "index.html").write_text("")
        save_snapshot(one, out, run, out / run, synthetic=False)
    assert {path.name for path in out.rglob("*") if path.is_file()} == {"index.html"}
    private = [path for path in home.rglob("*") if path.is_file()]
    assert {for_others(path) for path in private} == {0}
    assert b"S12" not in b"".join(path.read_bytes() for path in private)
    changed = what_changed(out / RUNS[1], out, kept[1], RUNS[0], {})
    said = [unmarked(one) for one in changed.sentences]
    # Printed too are only the words.
    assert len(changed.rows)
    assert changed.rows[["before", "after"]].isna().all(axis=None)
    assert said[0].endswith("Meals: fewer than before.")
    assert said[1].endswith("the roster isn't the same, in too few children to count here.")
    # Of 30 links 15 are gone and 12 are left: beside these totals, 15 would say that three records are gone.
    assert said[2] == "Links (records of other systems): too few to count in 1 more place."
    page = (out / RUNS[1] / "what_changed.html").read_text(encoding="utf-8")
    assert "fewer than 10" not in " ".join([*said, *changed.rows["description"], page])
    changes = pd.read_csv(out / RUNS[1] / "changes.csv")
    assert (
        changes.loc[changes["part"].isin(["Children", "Records"]), ["before", "after"]].isna().all(axis=None)
    )
    assert changes.loc[changes["part"].eq("Links"), ["measure", "after"]].to_numpy().tolist() == [
        ["changed", pytest.approx(float("nan"), nan_ok=True)]
    ]


TOO_FEW = "links to children on the roster changed, in too few records to count here"


def cut(kept: RunSnapshot, children: range) -> RunSnapshot:
    """Keep only some children's records of meals: the export was cut."""
    place = kept.records.groupby("silo").cumcount()
    here = kept.records["silo"].ne("meals") | place.isin(children)
    return replace(kept, records=kept.records[here].reset_index(drop=True))


def test_a_cut_export_is_said_first_with_the_records_that_were_joined(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(209), joined=190, flagged=0)
    invented, real = Guard(real=False), Guard(real=True)
    changes = changes_between(before, cut(before, range(39, 209)), invented)
    told = changes.set_index(["part", "measure"])[["before", "after"]].to_dict("index")
    assert told["Records", "fewer"] == {"before": 209, "after": 170}
    assert told["Links", "gone"]["after"] == 39
    said = said_of(changes, "Monday", invented)
    assert said[0].endswith("Meals: **170** records of children, 209 before.")
    assert said[1] == "Since Monday: the same children are on the roster."
    assert "**39** linked before, and no longer in the files" in said[2]
    back = said_of(changes_between(cut(before, range(170)), before, invented), "Monday", invented)
    assert back[0] == "More records than in Monday. Meals: **209** records of children, 170 before."
    # All 39 were joined: nothing can be subtracted. Of the last 25 six were; of 44 others nine weren't.
    assert "**39** linked before" in " ".join(
        said_of(changes_between(before, cut(before, range(39, 209)), real), "Monday", real)
    )
    for children in (range(184), range(35, 200)):
        found = changes_between(before, cut(before, children), real)
        links = found[found["part"].eq("Links")]
        assert links["after"].isna().all()
        assert links["description"].tolist() == [TOO_FEW]
        assert "35" not in " ".join(said_of(found, "Monday", real))


def without_ids(folder: Path, rows: list[tuple[str, str]]) -> RunSnapshot:
    """Keep a run of a roster, and of a file without ids: in each row a surname and its child."""
    ids = [f"S{child}" for child in range(20)]
    roster = pd.DataFrame({"silo": "sis", "record": ids, "child": [f"c-{one}" for one in ids]})
    names = [f"health/students.csv#{row}" for row in range(2, 2 + len(rows))]
    health = pd.DataFrame({"silo": "health", "record": names, "child": [child for _, child in rows]})
    crosswalk = pd.concat([roster, health], ignore_index=True).astype("string")
    people = crosswalk[["silo", "record"]].assign(
        local_id=crosswalk["record"].where(crosswalk["silo"].eq("sis")),
        last_surname=pd.Series(["Roe"] * 20 + [surname for surname, _ in rows], dtype="string"),
        birth_date=pd.Timestamp("2015-03-01"),
    )
    flags = empty_table("indicators")
    empty = empty_table("findings"), empty_table("scorecard")
    return make_snapshot(INVENTED, folder, crosswalk, flags, *empty, "sis", people)


def test_records_without_an_id_are_compared_by_content_and_never_by_row(tmp_path: Path) -> None:
    rows = [(f"Name {place}", f"c-S{place}") for place in range(10)]
    twins = [("Twin", "c-S11"), ("Twin", "c-S12")]
    before = without_ids(tmp_path, rows + twins)
    guard = Guard(real=False)

    def changed(after: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[float, float]]:
        found = changes_between(before, without_ids(tmp_path, after), guard).fillna({"before": 0.0})
        return {(row.part, row.measure): (row.before, row.after) for row in found.itertuples()}

    # Two rows of the same content are never comparable; one more row is gone.
    assert changed(rows + twins) == {("Records", "not comparable"): (2, 2)}
    assert changed(rows[1:] + twins) == {
        ("Records", "fewer"): (12, 11), ("Records", "not comparable"): (3, 2),
    }  # fmt: skip
    assert changed([("Name 0", "c-S1"), *rows[1:], *twins])["Links", "to another"] == (0, 1)
    words = " ".join(said_of(changes_between(before, before, guard), "Monday", guard))
    assert "Not comparable. Health: **2** records before and 2 now can't be compared" in words


def test_a_system_that_is_gone_or_new_is_told(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(40), joined=30, flagged=0)
    none = cut(before, range(0))
    guard = Guard(real=False)
    assert (
        "Meals: **0** records of children, 40 before"
        in said_of(changes_between(before, none, guard), "Monday", guard)[0]
    )
    assert (
        "Meals: **40** records of children, 0 before"
        in said_of(changes_between(none, before, guard), "Monday", guard)[0]
    )


def test_another_seed_and_another_roster_cannot_be_compared(tmp_path: Path) -> None:
    out = tmp_path / "reports"
    (out / RUNS[0]).mkdir(parents=True)
    (out / RUNS[0] / "index.html").write_text("")
    save_snapshot(made(tmp_path, INVENTED, range(40), 30, 0), out, RUNS[0], out / RUNS[0], synthetic=True)
    assert read_snapshot(out, RUNS[0]) is not None
    draft = tmp_path / "draft"
    for about, children in ((INVENTED | {"seed": 8}, range(40)), (INVENTED, range(100, 140))):
        now = made(tmp_path, about, children, 30, 0)
        (said,) = what_changed(draft, out, now, RUNS[0], about).sentences
        assert "it is another district" in said
        assert "the run of 2026-11-23 06:00:" in said
        assert "another district" in (draft / "what_changed.html").read_text(encoding="utf-8")
    # Unasked, a run of another district isn't looked at.
    assert (
        what_changed(
            draft, out, made(tmp_path, INVENTED | {"seed": 8}, range(40), 9, 0), "", INVENTED
        ).sentences
        == []
    )
    level = INVENTED | {"level": "governed"}
    assert (
        "the same children"
        in what_changed(draft, out, made(tmp_path, level, range(40), 40, 0), "", level).sentences[0]
    )


def test_a_run_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert find_previous_run(tmp_path, "") == ""
    with pytest.raises(BadInput, match="There are: none"):
        find_previous_run(tmp_path, RUNS[0])
    assert find_previous_run(tmp_path, "last") == "last"
    (tmp_path / RUNS[0]).mkdir()
    (tmp_path / RUNS[0] / "index.html").write_text("")
    assert find_previous_run(tmp_path, "last") == RUNS[0]
    with pytest.raises(BadInput, match=r"no run '2026-11-23'.*There are: 2026-11-23_060000_riverbend"):
        find_previous_run(tmp_path, "2026-11-23")


def test_the_last_run_before_a_first_one_is_said_to_be_none(tmp_path: Path) -> None:
    out, draft = tmp_path / "reports", tmp_path / "draft"
    for kept in (made(tmp_path, INVENTED, range(40), 30, 0), None):
        (said,) = what_changed(draft, out, kept, find_previous_run(out, "last"), INVENTED).sentences
        assert said == "This is the first run here: there is no earlier one to compare with."
        assert said in (draft / "what_changed.html").read_text(encoding="utf-8")


def test_json_of_a_report_carries_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made(tmp_path, INVENTED, range(40), joined=30, flagged=3)
    after = made(tmp_path, INVENTED, range(2, 41), joined=20, flagged=6)
    rows = changes_between(before, after, Guard(real=False))
    said = said_of(rows, "Monday", Guard(real=False))
    result = ReportResult(tmp_path, tmp_path, tmp_path, (), None, changed=Changed(said, rows))
    monkeypatch.setattr(helpers.report, "run_report", lambda *_, **__: result)
    printed = json.loads(CliRunner().invoke(main, ["report", "--json"]).stdout)
    assert printed["changed"][0] == "Fewer records than in Monday. Meals: 39 records of children, 40 before."
    assert {(row["part"], row["measure"]): row["after"] for row in printed["changes"]}[
        "Children", "gone"
    ] == 2


@pytest.mark.parametrize(
    ("gone", "linked", "said"),
    [
        # Of nine, ten or eleven records that were linked; as many others keep the rest from being small.
        (9, 9, TOO_FEW),
        (10, 10, "10"),
        (11, 11, "11"),
        # The rest of those that are gone would be small.
        (20, 11, TOO_FEW),
        (20, 10, "10"),
    ],
)
def test_records_that_are_gone_are_counted_only_where_no_small_rest_is_left(
    tmp_path: Path, gone: int, linked: int, said: str
) -> None:
    before = made(tmp_path, INVENTED, range(100), joined=linked, flagged=0)
    changes = changes_between(before, cut(before, range(gone, 100)), Guard(real=True))
    told = changes.loc[changes["part"].eq("Links"), ["after", "description"]].to_numpy().tolist()
    shown = None if said == TOO_FEW else float(linked)
    words = (
        said if said == TOO_FEW else f"{said} records that were linked to a child are no longer in the files"
    )
    assert [(None if pd.isna(after) else after, text) for after, text in told] == [(shown, words)]


def test_beside_the_number_of_records_that_a_system_has_fewer_no_small_rest_is_left(tmp_path: Path) -> None:
    """Records that are gone, of which so many were linked; and so many new ones came."""
    before = made(tmp_path, INVENTED, range(100), joined=30, flagged=0)
    for lost, new, hidden in (
        (30, 9, True), (30, 10, False), (30, 11, False), (30, 1, True), (30, 0, False),
        # Forty new ones veil the difference; how many of those that are gone weren't linked stays small.
        (39, 40, True), (40, 40, False), (41, 40, False),
    ):  # fmt: skip
        after = cut(before, range(lost, 100))
        ids = [f"N{place}" for place in range(new)]
        more = pd.DataFrame({"silo": "meals", "record": ids, "child": [f"m-{one}" for one in ids]})
        now = replace(after, records=pd.concat([after.records, more.astype("string")], ignore_index=True))
        changes = changes_between(before, now, Guard(real=True))
        (gone,) = changes.loc[changes["part"].eq("Links"), "after"]
        assert pd.isna(gone) is hidden, (lost, new)


def test_no_small_count_comes_back_from_what_changed_beside_the_totals_of_both_runs(tmp_path: Path) -> None:
    """Readers of both pages know how many children and links there were and are; all else is tried."""
    before = made(tmp_path, INVENTED, range(60), joined=40, flagged=0)
    ids = before.records.loc[before.records["silo"].eq("sis"), "record"].tolist()

    def roster(new: int, gone: int) -> RunSnapshot:
        more = pd.DataFrame({"silo": "sis", "record": [f"N{place}" for place in range(new)]})
        kept = before.records[~before.records["record"].isin(ids[:gone])]
        return replace(before, records=pd.concat([kept, more.astype("string")], ignore_index=True))

    def links(joined: int, lost: int) -> RunSnapshot:
        records = before.records.copy()
        meals = records.index[records["silo"].eq("meals")]
        records.loc[meals[:lost], "child"] = None
        records.loc[meals[40 : 40 + joined], "child"] = ids[40 : 40 + joined]
        return replace(before, records=records)

    for change, part in ((roster, "Children"), (links, "Links")):
        fitting: dict[object, set[tuple[int, int]]] = {}
        for came, left in itertools.product(range(12), range(12)):
            if abs(came - left) > 1:
                continue
            changes = changes_between(before, change(came, left), Guard(real=True))
            rows = changes[changes["part"].eq(part)]
            said = " ".join(said_of(changes, "Monday", Guard(real=True)))
            assert "fewer than 10" not in said
            told = (came - left, tuple(rows["after"].fillna(-1)), tuple(rows["description"]), said)
            fitting.setdefault(told, set()).add((came, left))
        assert len(fitting) > 5
        for both in fitting.values():
            for counts in zip(*both, strict=True):
                assert len(set(counts)) > 1 or not 0 < min(counts) < 10, both


def test_of_real_children_shares_are_compared_in_whole_percents(tmp_path: Path) -> None:
    before = made(tmp_path, INVENTED, range(40), 30, 0)
    columns = ["part", "left_silo", "right_silo", "measure", "column", "unit", "value"]

    def kept(value: float) -> RunSnapshot:
        rows = [["Scorecard", "sis", "meals", "match rate", None, "rate", value]]
        return replace(before, counts=pd.DataFrame(rows, columns=columns))

    for was, now, told in ((0.501, 0.504, []), (0.504, 0.506, [(0.50, 0.51)]), (0.5, 0.516, [(0.5, 0.52)])):
        changes = changes_between(kept(was), kept(now), Guard(real=True))
        assert list(changes[["before", "after"]].itertuples(index=False, name=None)) == told
        exact = changes_between(kept(was), kept(now), Guard(real=False))
        assert list(exact[["before", "after"]].itertuples(index=False, name=None)) == [(was, now)]
