"""What a check-in shows: its form to whoever may see, a page of a real folder no child and no small count."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.profile import (
    add_check_in,
    build_profiles,
    check_in_path,
    compute_indicators,
    current_statuses,
    read_check_ins,
    roster_of,
    source_of,
)
from helpers.profile.store.source import MemorySource
from helpers.report.pages.check_in import check_in_outcomes, known_of_flags, protocol_block
from helpers.report.widgets.check_in import MOST_LISTED, CheckIn, check_in
from helpers.report.widgets.dashboard import dashboard
from helpers.standard import BadInput

SECRET = "Ask about the asthma plan"
DAY = "2026-05-14"


@pytest.fixture(scope="module")
def made(district: District) -> MemorySource:
    links = link_district(district)
    profiles = build_profiles(district, links)
    return source_of(district, links, profiles, compute_indicators(district, links, profiles))


@pytest.fixture
def source(made: MemorySource, tmp_path: Path) -> MemorySource:
    """The same children, with a folder of the test's own for decisions."""
    own = replace(made.district, folder=tmp_path)
    return source_of(own, made.links, made.profiles, made.indicators(), made.relations())


def real(source: MemorySource) -> MemorySource:
    """The same children in a folder that nothing marks as synthetic."""
    own = replace(source.district, about={})
    return source_of(own, source.links, source.profiles, source.indicators(), source.relations())


def form_of(source: MemorySource, role: str = "principal", **more: Any) -> CheckIn:
    return check_in(dashboard(source, role=role, **more))


def told(form: CheckIn, **message: Any) -> dict[str, Any]:
    return json.loads(json.dumps(form.receive(message)))  # what can't be sent isn't told


def flagged_children(source: MemorySource) -> list[str]:
    statuses = current_statuses(source.indicators())
    return statuses[statuses.eq("Flagged")].index.get_level_values(0).unique().tolist()


# The form.


@pytest.mark.full
def test_the_form_lists_flagged_students_of_the_view_and_saves_a_decision(source: MemorySource) -> None:
    form = form_of(source)
    closed = told(form, do="show")
    assert (closed["screen"], sum(one["minutes"] for one in closed["steps"])) == ("closed", 20)
    opened = told(form, do="open")
    assert 0 < len(opened["students"]) <= MOST_LISTED
    assert opened["decided"] == []
    assert opened["due"] == DAY  # two weeks after the district's newest day
    view = form._board.state.view
    assert view is not None
    assert set(form.flagged()) <= set(view.children["child"])
    saved = told(
        form, do="decide", list=opened["list"], place=0, what="Call home", who="counselor", by_when=DAY,
        decided_by="grade team",
    )  # fmt: skip
    assert saved["said"] == "Saved."
    (line,) = saved["decided"]
    assert line["name"] == opened["students"][0]["name"]
    assert line["became"] == "A flag is still there; open"
    row = read_check_ins(check_in_path(source)).decisions.iloc[0]
    own = current_statuses(view.indicators)[form._listed[0]]
    assert row["flagged"].split(";") == sorted(own.index[own.eq("Flagged")])
    assert row["not_flagged"].split(";") == sorted(own.index[own.isin(["Clear", "Warning"])])
    assert row["decided"] == pd.Timestamp("2026-04-30")
    # The roster's own id, which the next run finds whatever links then.
    assert row["student"] in set(source.district["sis"].people["record"])
    done = told(form, do="close", list=saved["list"], place=0, status="Done")
    assert done["decided"][0]["open"] is False


@pytest.mark.full
def test_a_late_click_or_half_a_decision_saves_nothing(source: MemorySource) -> None:
    form = form_of(source)
    first = told(form, do="open")
    whole = {"what": "Call home", "who": "counselor", "by_when": DAY}
    told(form, do="decide", list=first["list"], place=0, **whole)
    late = told(form, do="decide", list=first["list"], place=1, **whole)
    assert late["said"].startswith("Nothing was saved")
    for lacks in whole:
        half = told(form, do="decide", list=late["list"], place=1, **{**whole, lacks: ""})
        assert half["trouble"].startswith("Not saved. A decision says who does what by when.")
    assert told(form, do="close", list=late["list"], place=0, status="Gone")["screen"] == "trouble"
    for nonsense in (None, 7, [], "open", {"do": "decide"}, {"do": "close", "list": 99, "place": "0"}):
        assert form.receive(nonsense) is not None
    with pytest.raises(BadInput, match="none of those whom this role sees"):
        form.decide("c-nobody", "Call home", "counselor", DAY)
    assert len(read_check_ins(check_in_path(source)).decisions) == 1


@pytest.mark.full
def test_a_role_sees_no_decision_about_a_flag_that_it_may_not_see(source: MemorySource) -> None:
    principal, teacher = form_of(source), form_of(source, "teacher")
    child = next(one for one in teacher.flagged() if one in principal.flagged())
    hidden = "screener_level"
    assert teacher._view().may_see("truancy")
    assert not teacher._view().may_see(hidden)
    path = check_in_path(source)
    day = pd.Timestamp(DAY)
    shared = {"student": child, "who": "nurse", "by_when": day}
    add_check_in(path, {**shared, "what": SECRET, "flagged": f"truancy;{hidden}"})
    add_check_in(path, {**shared, "what": f"{SECRET} again"})  # nobody wrote down of which flag
    add_check_in(path, {**shared, "what": "Call home", "flagged": "truancy"})
    assert [one["what"] for one in told(teacher, do="open")["decided"]] == ["Call home"]


def test_a_role_that_sees_codes_has_no_check_in(source: MemorySource) -> None:
    form = form_of(source, "district_analyst", who="district", purpose="linking")
    with_names = told(form, do="open")["screen"]
    coded = told(form_of(source, "district_analyst", who="district"), do="open")
    assert with_names == "open"
    assert "sees children under codes" in coded["trouble"]


def test_whoever_opens_the_list_is_written_down(source: MemorySource, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    form = form_of(source, audit=log)
    told(form, do="open")
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["what"] for line in lines].count("flags of all of them, for a check-in") == 1


def test_nothing_of_a_child_is_kept_in_a_notebook(source: MemorySource) -> None:
    form = form_of(source)
    opened = told(form, do="open")
    kept = form._repr_mimebundle_()
    said = json.dumps({name: str(value) for name, value in kept.items()}, ensure_ascii=False)
    assert opened["students"][0]["name"] not in said
    assert "Read it back" in said
    assert "No study that we found" in said


# The page.


def decided(source: MemorySource, count: int, **more: Any) -> None:
    """Decide about so many flagged children of the roster."""
    statuses = current_statuses(source.indicators())
    present = set(roster_of(source).children)
    children = [one for one in flagged_children(source) if one in present][:count]
    assert len(children) == count
    for child in children:
        own = statuses[child]
        row = {"student": child, "what": SECRET, "who": "nurse Lee", "by_when": pd.Timestamp(DAY)}
        add_check_in(
            check_in_path(source), {**row, "flagged": ";".join(own.index[own.eq("Flagged")]), **more}
        )


def test_a_page_of_a_made_district_lists_each_decision(source: MemorySource) -> None:
    assert "No decision yet" in check_in_outcomes(source).text
    decided(source, 3)
    shown = check_in_outcomes(source, pd.Timestamp("2026-05-15"))
    assert "3 decisions of earlier check-ins. A flag is still there: 3. Open after its day: 3." in shown.text
    assert shown.markup.count(SECRET) == 3
    assert shown.markup.count("open, and its day has passed") == 3


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("count", "number", "parts"), [(9, "fewer than 10", False), (10, "10", True), (11, "11", True)]
)
def test_a_page_of_a_real_folder_shows_counts_alone_and_none_of_one_to_nine(
    source: MemorySource, count: int, number: str, parts: bool
) -> None:
    decided(source, count)
    own = real(source)
    shown = check_in_outcomes(own, pd.Timestamp("2026-05-14"))
    assert shown.text.startswith(f"{number} decisions of earlier check-ins.")
    assert (f"A flag is still there: {count}" in shown.text) == parts
    people = own.district.people[["first_name", "last_surname", "record"]].stack().dropna().unique()
    named = {name for name in people if len(name) > 4 and name in shown.markup}
    assert named == set()
    assert SECRET not in shown.markup
    assert "Lee" not in shown.markup


@pytest.mark.full
def test_a_small_part_of_a_real_total_hides_every_part(source: MemorySource) -> None:
    decided(source, 12)
    for number in range(2):
        add_check_in(
            check_in_path(source),
            {"student": f"gone-{number}", "what": SECRET, "who": "nurse", "by_when": pd.Timestamp(DAY)},
        )
    shown = check_in_outcomes(real(source), pd.Timestamp(DAY)).text
    assert "a group has fewer than 10" in shown
    assert "12" not in shown


@pytest.mark.full
def test_a_late_part_of_a_real_total_is_hidden_where_it_or_the_rest_is_small(source: MemorySource) -> None:
    decided(source, 12)
    decided(source, 3, status="Done")
    late = pd.Timestamp("2026-05-15")
    assert "Open after its day: not shown." in check_in_outcomes(real(source), late).text  # 9 of 12
    assert "Open after its day: 9." in check_in_outcomes(source, late).text


@pytest.mark.parametrize("damage", [b"\0" * 40, b"name,phone\nAna Zwick,5\n"])
def test_a_damaged_file_is_one_sentence_on_the_page(source: MemorySource, damage: bytes) -> None:
    check_in_path(source).write_bytes(damage)
    for own in (source, real(source)):
        shown = check_in_outcomes(own)
        assert shown.text.count("check_in.csv can't be read") == 1
        assert "a CSV with the columns student, what, who, by_when" in shown.text
        assert "Zwick" not in shown.markup


def test_a_bad_line_is_named_and_its_text_only_of_an_invented_district(source: MemorySource) -> None:
    decided(source, 1)
    path = check_in_path(source)
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace(DAY, "Zwick day"), encoding="utf-8")
    assert "Zwick day" in check_in_outcomes(source).markup
    shown = check_in_outcomes(real(source))
    assert "1 line of check_in.csv that can't be used" in shown.text
    assert "Zwick" not in shown.markup


# The protocol and what is known.


def test_the_protocol_says_who_which_what_and_when_in_timed_steps() -> None:
    shown = protocol_block()
    for words in ("Who", "Which students", "What we decide", "By when", "0–4", "18–20"):
        assert words in shown.markup
    assert "the kit's own" in shown.text


def test_what_is_known_names_its_studies() -> None:
    shown = known_of_flags().markup.replace("<wbr>", "")
    for source in ("REL 2017-272", "10.1080/19345747.2019.1615156", "ERIC ED607284", "arXiv 2304.06205"):
        assert source in shown
