"""The first page says what was found, what to do, who does it, and by when."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.gaps import measure_gaps
from helpers.link import Links, join_all_on_id, link_district
from helpers.report.charts.grouped_bars import Bar
from helpers.report.pages.gaps import gaps_page
from helpers.report.pages.index import IndexFigures
from helpers.report.runs import first_page as module
from helpers.report.runs.actions import declared_actions, due_days, order_sentence, usual_action
from helpers.report.runs.first_page import first_actions, first_page
from helpers.score import (
    Headlines,
    children_by_system,
    complete_without,
    judge_records,
    score_children,
    summarize_links,
)
from helpers.standard import Measured, plain


@pytest.fixture(scope="module")
def page(district: District, district_links: Links) -> IndexFigures:
    return first_page(Headlines(district, district_links))


@pytest.fixture(scope="module")
def unjudged(district: District, district_links: Links) -> IndexFigures:
    """The same district as a real folder: no key, and a guard."""
    real = replace(district, about={})
    return first_page(Headlines(real, district_links))


def test_each_number_is_that_of_the_scores(
    page: IndexFigures, district: District, district_links: Links
) -> None:
    summary = summarize_links(district, district_links).children.set_index("records").loc["All records"]
    assert page.children == summary["children"]
    assert page.complete == round(summary["complete"] * summary["children"])
    assert page.undetected == summary["silent"]
    by_number = join_all_on_id(district.people, district.identifiers)
    looked_up = score_children(district, by_number)
    silent = int((looked_up["outcome"].eq("mixed") & ~looked_up["detected"]).sum())
    assert silent > 0
    assert f"{silent} of {page.children} children would be mixed up" in plain(page.title)
    mixed, missing, _ = [plain(lead.sentence) for lead in page.sentences]
    assert f"{silent} of {page.children} children" in mixed
    assert f"{page.complete} of {page.children} children have a complete page" in missing


def test_matching_names_everybody_who_is_mixed_up_then(
    page: IndexFigures, district: District, district_links: Links
) -> None:
    children = score_children(district, district_links)
    mixed = int(children["outcome"].eq("mixed").sum())
    silent = int(re.search(r"(\d+) of", plain(page.title))[1])  # type: ignore[index]
    step = page.actions[0]
    assert mixed > page.undetected == 0  # type: ignore[operator]
    assert step.many.number == silent
    assert plain(step.effect).startswith(
        f"Children mixed up unnoticed fall from {silent} to 0; {mixed} are mixed up then, "
        "and a check flags each."
    )
    assert plain(page.sentences[0].sentence).endswith(f"{mixed} do, and a check flags each.")


def test_a_step_about_one_system_counts_its_own_children(
    district: District, district_links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = module.judge(Headlines(district, district_links))
    systems = found.systems.assign(undetected=found.systems["silo"].eq("meals").astype("Int64") * 3)
    counts = {"mixed": 6, "mixed_noticed": 2, "undetected": 4, "undetected_by_number": 9}
    made = {name: replace(found[name], number=many) for name, many in counts.items()}
    counted = SimpleNamespace(of=lambda name, where: Measured(name, 3, 5, where=where), links=district_links)
    judged = replace(
        found, measured={**found.measured, **made}, systems=systems, counted=cast("Any", counted)
    )
    monkeypatch.setattr(module, "judge", lambda *_: judged)
    match, check = first_actions(district, district_links, pd.DataFrame(), judged=True)[:2]
    assert "fall from 9 to 4; 6 are mixed up then, and a check flags only 2 of them." in plain(match.effect)
    assert check.what.startswith("Check the links of meals:")
    assert check.many == Measured("undetected_in_system", 3, 5, where="meals")


def test_the_page_has_three_sentences_and_three_actions_with_owner_day_and_report(
    page: IndexFigures, unjudged: IndexFigures
) -> None:
    for one in (page, unjudged):
        assert len(one.sentences) == 3
        assert len(one.actions) == 3
        assert all(action.who and action.page.endswith(".html") and action.link for action in one.actions)
        assert all(
            action.by.startswith(("by ", "before ")) and "day, " in action.by for action in one.actions
        )
        assert one.picture is not None
        assert one.unknown
        assert one.fresh
        assert one.made


def test_the_first_page_and_the_page_of_gaps_begin_with_the_same_steps_in_the_declared_order(
    page: IndexFigures, unjudged: IndexFigures, district: District, district_links: Links, tmp_path: Path
) -> None:
    harms = declared_actions().order.harms
    harm = {one.what.partition("{")[0]: one.harm for one in declared_actions().action.values()}
    for one, about in ((page, district.about), (unjudged, {})):
        where = replace(district, about=about)
        card = measure_gaps(where, district_links)
        steps = first_actions(where, district_links, card, judged=one is page)
        assert steps == list(one.actions)
        places = [
            next(harms.index(own) for begin, own in harm.items() if step.what.startswith(begin))
            for step in steps
        ]
        assert places == sorted(places)
        assert one.order == order_sentence()
        path = gaps_page(
            tmp_path / "gaps.html", where, district_links, card, actions=steps, order=order_sentence()
        )
        text = html.unescape(path.read_text(encoding="utf-8"))
        said = [text.index(f'<p class="what">{step.what}</p>') for step in steps]
        assert said == sorted(said)
        assert order_sentence() in text
        assert steps[0].what[1:] in text[: text.index("</h1>")].partition("<h1>")[2]


def test_what_steps_bring_adds_up_from_one_to_the_next(
    page: IndexFigures, district: District, district_links: Links
) -> None:
    match, *others = [plain(step.effect) for step in page.actions]
    looked_up, mixed = _mixed_up(district, district_links)
    assert f"fall from {looked_up} to {page.undetected}; {mixed} are mixed up then" in match
    found = [re.search(r"Then (\d+) more .*: (\d+) of (\d+)\.", effect) for effect in others]
    gains = [[int(number) for number in one.groups()] for one in found if one]
    assert len(gains) == len(others) == 2
    complete = page.complete
    for gain, after, base in gains:
        assert gain > 0
        assert (after, base) == (complete + gain, page.children)
        complete = after


def _mixed_up(district: District, links: Links) -> tuple[int, int]:
    """Count who is mixed up unnoticed by number alone, and who is mixed up after matching."""
    by_number = score_children(district, join_all_on_id(district.people, district.identifiers))
    looked_up = by_number["outcome"].eq("mixed") & ~by_number["detected"]
    return int(looked_up.sum()), int(score_children(district, links)["outcome"].eq("mixed").sum())


def test_a_step_for_any_district_says_its_rule_instead_of_a_day() -> None:
    step = usual_action("match", Measured("mixed", 4), "Then.")
    assert (step.who, step.by) == ("your data team", "by your next weekly run, on a Monday")
    assert all(one.rule for one in declared_actions().due.values())


def test_each_number_of_the_sentences_is_in_their_table(page: IndexFigures) -> None:
    assert page.numbers is not None
    there = {f"{number:,}" for number in page.numbers[["how many", "out of"]].to_numpy().ravel()}
    said = {number for one in page.sentences for number in re.findall(r"\d[\d,]*", plain(one.sentence))}
    assert said
    assert said <= there
    assert page.numbers["how many"].le(page.numbers["out of"]).all()
    assert not page.numbers["what"].duplicated().any()


def test_linking_the_two_worst_systems_completes_as_many_pages_as_the_page_says(
    page: IndexFigures, district: District, district_links: Links
) -> None:
    records = judge_records(district, district_links)
    systems = children_by_system(records)
    assert systems["missing"].le(systems["children"]).all()
    worst = systems.sort_values(["missing", "silo"], ascending=[False, True])["silo"].head(2).tolist()
    better = len(complete_without(records, worst))
    assert page.complete == len(complete_without(records)) < better
    assert f"would make it {better}" in plain(page.sentences[1].sentence)
    assert complete_without(records, systems["silo"].tolist()).empty


def test_rows_are_those_of_data_and_a_zip_is_one_file_of_many_tables(
    page: IndexFigures, district: District
) -> None:
    accounts = district.accounts
    rows = int(accounts[["rows_used", "rows_set_aside", "rows_quarantined"]].sum().sum())
    files = sum(path.is_file() for path in (district.folder / "silos").rglob("*"))
    assert rows < accounts["rows"].sum()
    assert files < len(accounts)
    assert plain(page.made[0]).startswith(f"{rows:,} rows in {len(accounts)} tables of {files} files;")


def test_a_stray_record_touches_the_child_it_lacks_and_the_child_who_has_it() -> None:
    rows = [("sis", 1, "A", "a"), ("meals", 1, "A", "a"), ("sis", 2, "B", "b"), ("meals", 2, "B", "a")]
    records = pd.DataFrame(rows, columns=["silo", "record", "person", "child"])
    records = records.assign(is_child=True, silent=[False, False, False, True], record=range(4))
    counts = children_by_system(records).set_index("silo")
    assert counts.loc["meals"].tolist() == [2, 2, 1]
    assert counts.loc["sis"].tolist() == [2, 0, 1]


def test_without_a_key_the_page_says_what_nobody_could_check_and_no_small_number(
    unjudged: IndexFigures,
) -> None:
    text = " ".join([unjudged.title, *(lead.sentence for lead in unjudged.sentences)])
    assert "mixed up" not in text
    assert "no answer key" in text
    assert unjudged.complete is None
    assert unjudged.undetected is None
    for action in unjudged.actions:
        number = action.many.number
        assert isinstance(number, str) or number >= 10  # type: ignore[operator]
    assert unjudged.links is not None


def test_a_step_tells_no_sum_that_its_sentence_hides(unjudged: IndexFigures) -> None:
    waiting = unjudged.sentences[2].sentence
    for action in unjudged.actions:
        if action.link == "The review desk":
            assert str(action.many).lower() in plain(waiting).lower()
    rows = plain(unjudged.made[0]).split(" rows")[0]
    assert rows.replace(",", "").endswith("0")


@pytest.mark.parametrize(
    ("today", "run"),
    [("2026-05-03", "2026-05-04"), ("2026-05-04", "2026-05-11"), ("2026-05-05", "2026-05-11")],
)
def test_the_next_weekly_run_is_the_monday_after(today: str, run: str) -> None:
    assert due_days(dt.date.fromisoformat(today))["next_run"].isoformat() == run


@pytest.mark.parametrize(
    ("today", "school", "year"),
    [
        ("2026-06-01", "2026-06-02", "2026-07-01"),
        ("2026-06-02", "2026-06-30", "2026-07-01"),
        ("2026-06-30", "2026-06-30", "2026-07-01"),
        ("2026-07-01", "2027-06-30", "2027-07-01"),
    ],
)
def test_the_last_school_day_is_of_the_calendar_while_it_is_to_come(
    today: str, school: str, year: str
) -> None:
    days = pd.to_datetime(["2026-05-29", "2026-06-02", "2026-06-05"])
    calendar = pd.DataFrame({"date": days, "is_instructional": [True, True, False]})
    found = due_days(dt.date.fromisoformat(today), calendar)
    assert found["last_school_day"].isoformat() == school
    assert found["new_school_year"].isoformat() == year


def test_a_bar_shows_its_whole_only_where_both_are_numbers() -> None:
    assert Bar("Meals", 40, 1_600).text == "40 of 1,600"
    assert Bar("Meals", 40).text == "40"
    assert Bar("Meals", "fewer than 10", 60).text == "fewer than 10"


@pytest.mark.full
def test_a_folder_of_one_system_has_a_first_page(tmp_path: Path, district_folder: Path) -> None:
    folder = tmp_path / "one"
    shutil.copytree(district_folder / "silos" / "sis", folder / "silos" / "sis")
    (folder / "district.json").write_text(json.dumps({"synthetic": True, "title": "One"}), encoding="utf-8")
    district = read_district(folder)
    links = link_district(district)
    page = first_page(Headlines(district, links))
    assert "One system alone" in page.sentences[1].sentence
