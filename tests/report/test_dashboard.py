"""What the dashboard tells a browser: only what the role may see, and only of what it showed."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.profile import (
    build_profiles,
    children_on_roster,
    compute_indicators,
    declared_elements,
    source_of,
)
from helpers.profile.store.source import MemorySource
from helpers.report.child.source_rows import visible_columns
from helpers.report.widgets.dashboard import Dashboard, dashboard
from helpers.report.widgets.dashboard_state import MOST_HITS, dashboard_roles
from helpers.share import Audit, view_of_child
from helpers.standard import BadInput

ROLES = dashboard_roles()


@pytest.fixture(scope="module")
def source(district: District) -> MemorySource:
    links = link_district(district)
    profiles = build_profiles(district, links)
    return source_of(district, links, profiles, compute_indicators(district, links, profiles))


@pytest.fixture
def board(source: MemorySource) -> Dashboard:
    return dashboard(source)


def told(board: Dashboard, **message: Any) -> dict[str, Any]:
    answer = board.receive(message)
    assert answer is not None
    return json.loads(json.dumps(answer))  # what can't be sent isn't told


def seat(board: Dashboard, role: str) -> dict[str, Any]:
    return told(board, do="choose", what="role", place=ROLES.index(role))


def first_hit(board: Dashboard) -> dict[str, Any]:
    """Open the page of some child whom the role finds by a name."""
    name = next(name for name in board._looking.listed["name"] if len(name) > 3)
    assert told(board, do="search", text=name, asked=1)["hits"]
    return told(board, do="child", hit=0, asked=1)


def everything(board: Dashboard) -> Iterator[str]:
    """All that a browser can be told of the page that is open."""
    page = told(board, do="show")
    yield json.dumps(page, ensure_ascii=False)
    number = 0
    # Every third: a page has a hundred.
    while (opened := board.receive({"do": "open", "page": page["page"], "number": number})) is not None:
        yield json.dumps(opened, ensure_ascii=False)
        number += 3
    assert number > 0


@pytest.mark.full
def test_it_opens_with_the_followed_child_as_her_teacher_sees_her(
    board: Dashboard, source: MemorySource
) -> None:
    page = told(board, do="show")
    own = source.children().set_index("child").loc[source.followed[0]]
    assert f"<h2>{own['first_name']} {own['last_surname']}</h2>" in page["markup"]
    assert "seen as: teacher" in page["markup"]
    assert page["controls"][0]["choices"][0] == "teacher"
    assert page["trouble"] == ""


def test_it_opens_with_the_other_followed_child_where_only_that_one_is_seen(source: MemorySource) -> None:
    older, younger = source.followed
    seen = view_of_child(source, younger, "teacher")
    board = dashboard(source, role=seen.role, who=seen.who)
    page = told(board, do="show")
    own = source.children().set_index("child").loc[younger]
    assert f"<h2>{own['first_name']} {own['last_surname']}</h2>" in page["markup"]
    assert older not in set(board._looking.listed["child"])


@pytest.mark.full
def test_a_child_is_found_by_two_letters_and_her_page_opens(board: Dashboard) -> None:
    told(board, do="show")
    seat(board, "meals_manager")
    assert told(board, do="search", text="a", asked=1)["hits"] == []
    found = told(board, do="search", text="ma", asked=2)
    assert 0 < len(found["hits"]) <= MOST_HITS
    page = told(board, do="child", hit=0, asked=2)
    assert found["hits"][0]["name"] in page["said"]
    assert "seen as: meals manager" in page["said"]


def test_only_the_roster_s_children_are_listed_and_other_records_lie_in_a_drawer(
    source: MemorySource,
) -> None:
    board = dashboard(source, role="meals_manager")
    page = told(board, do="show")
    assert board.state.view is not None
    seen, roster = set(board.state.view.children["child"]), children_on_roster(source) or frozenset()
    assert set(board.state.listed["child"]) == seen & roster
    assert seen - roster
    assert f"{len(seen & roster)} children can be found here." in page["hint"]
    # The drawer is the last group. What it opens says whose record it is, and is nobody's page.
    (groups,) = [one for one in page["controls"] if one["what"] == "group"]
    assert groups["choices"][-1] == "unmatched records"
    drawer = told(board, do="choose", what="group", place=len(groups["choices"]) - 1)
    assert f"{len(seen - roster)} unmatched records can be found here." in drawer["hint"]
    stray = next(one for one in board.state.listed.to_dict("records") if len(one["name"]) > 5)
    found = told(board, do="search", text=stray["name"], asked=1)["hits"]
    assert found[0]["name"] == stray["name"]
    opened = told(board, do="child", hit=0, asked=1)
    assert f"{stray['name']}: unmatched records from" in opened["said"]
    assert stray["name"] in opened["markup"]
    assert "<article" not in opened["markup"]
    assert board.receive({"do": "open", "page": opened["page"], "number": 0}) is None
    # Among the children nobody has that name, and the search says where to look.
    told(board, do="choose", what="group", place=0)
    assert stray["child"] not in board.find(stray["name"])
    nobody = told(board, do="search", text="Qqqq Zzzz", asked=2)
    assert nobody["said"] == "Nobody with this name here. Look among the unmatched records, too."


def test_each_school_of_the_roster_is_one_choice_and_no_other_is_offered(board: Dashboard) -> None:
    told(board, do="show")
    named = board.state.source.relations()
    roster = named.loc[named["role"].eq("School") & named["silo"].eq("sis"), "school_name"]
    for role in ("principal", "nurse", "counselor"):
        (schools,) = [one for one in seat(board, role)["controls"] if one["what"] == "school"]
        assert schools["choices"] == sorted(roster.unique()), role


@pytest.mark.full
def test_what_comes_too_late_or_was_never_shown_is_passed_over(board: Dashboard) -> None:
    first = told(board, do="show")
    seat(board, "meals_manager")
    told(board, do="search", text="ma", asked=1)
    told(board, do="search", text="an", asked=2)
    for message in (
        {"do": "child", "hit": 0, "asked": 1},
        {"do": "child", "hit": 99, "asked": 2},
        {"do": "child", "hit": -1, "asked": 2},
        {"do": "child", "hit": "0", "asked": 2},
        {"do": "open", "page": first["page"], "number": 0},
        {"do": "open", "page": None, "number": None},
        {"do": "search", "text": "an", "asked": []},
    ):
        assert board.receive(message) is None, message
    assert told(board, do="choose", what="role", place=99)["kind"] == "trouble"
    assert told(board, do="choose", what="nonsense", place=0)["kind"] == "trouble"
    for nonsense in (None, 7, [], "show", {}):
        assert board.receive(nonsense) is not None


@pytest.mark.full
@pytest.mark.parametrize("role", ROLES)
def test_a_browser_is_told_no_value_that_the_role_may_not_see(
    board: Dashboard, source: MemorySource, role: str
) -> None:
    told(board, do="show")
    page = seat(board, role)
    if not page["markup"].startswith("<article"):
        first_hit(board)
    view, child = board._looking.view, board._looking.child
    assert view is not None
    assert child is not None
    shown = child.children["child"].iloc[0]
    known = view.codes.child_of(shown) if view.allowed.coded else shown
    values = source.values([known])
    values = values[values["status"].eq("Reported")]
    may = values["element"].map({each.name: view.may_see(each.name) for each in declared_elements()})
    # A hidden day, such as that of an opened message, may be that of an event that the role sees.
    seen = {*child.values["value"].dropna(), *child.timeline["date"].dt.strftime("%Y-%m-%d").dropna()}
    hidden = {*values.loc[~may, "value"].dropna()} - seen
    if view.allowed.coded:
        hidden |= {known, *values["record"].dropna(), *values["file"].dropna()}
    # A short text, such as a count, stands anywhere.
    hidden = {text for text in hidden if len(text) > 4}
    said = "\n".join(everything(board))
    assert {text for text in hidden if f">{text}<" in said or f" {text}<" in said} == set()
    for title in view.withheld["title"]:
        assert title in said


@pytest.mark.full
def test_a_row_that_is_opened_keeps_back_what_else_stands_in_it(source: MemorySource) -> None:
    """The till's row has a balance and a PIN beside the name, which is what was asked for."""
    board = dashboard(source, role="meals_manager")
    values = source.values()
    told_by_the_till = values[values["silo"].eq("meals") & values["element"].eq("last_surname")]
    of_children = told_by_the_till["child"].isin(list(children_on_roster(source) or ()))
    told_by_the_till = told_by_the_till[of_children]
    board.show(told_by_the_till["child"].iloc[0])
    names = [
        told(board, do="open", page=board._looking.pages, number=number)["markup"]
        for number, opens in enumerate(board._looking.page.opens)  # type: ignore[union-attr]
        if opens.get("element") == "last_surname"
    ]
    (name,) = names
    assert "Customer Last Name" in name
    assert "Balance" not in name
    assert "PIN" not in name
    assert "more cells: not part of this value, or not for this role" in name


def test_a_row_tells_nobody_what_a_court_ordered_and_few_what_may_name_others(source: MemorySource) -> None:
    columns = {}
    for role in ("teacher", "principal", "meals_manager"):
        board = dashboard(source, role=role)
        board.look()
        assert board._looking.view is not None
        columns[role] = visible_columns(board._looking.view)
    assert all("relation" in own["contact"] for own in columns.values())
    assert not any({"court_order", "may_see_records"} & own["contact"] for own in columns.values())
    assert "behavior" in columns["teacher"]["incident"]
    assert "behavior_as_written" not in columns["teacher"]["incident"]
    assert "behavior_as_written" in columns["principal"]["incident"]
    # Of the roster a manager of meals sees school and grade alone.
    assert "exit_withdraw_type" in columns["teacher"]["school_enrollment"]
    assert "exit_withdraw_type" not in columns["meals_manager"]["school_enrollment"]


@pytest.mark.full
def test_a_value_opens_the_row_that_its_system_wrote(source: MemorySource, district_folder: Path) -> None:
    board = dashboard(source)
    page = told(board, do="show")
    opened = 0
    for number, opens in enumerate(board._looking.page.opens):  # type: ignore[union-attr]
        markup = told(board, do="open", page=page["page"], number=number)["markup"]
        assert "row" in markup.lower(), opens
        opened += "<table" in markup
    assert opened > 10
    # An indicator's numbers open the rows of every element that it was computed from.
    assert any("elements" in opens for opens in board._looking.page.opens)  # type: ignore[union-attr]


@pytest.mark.full
def test_whoever_looks_is_written_down_and_so_is_each_child(source: MemorySource, tmp_path: Path) -> None:
    board = dashboard(source, audit=tmp_path / "audit.jsonl")
    told(board, do="show")
    seat(board, "nurse")
    first_hit(board)
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert {line["role"] for line in lines} == {"teacher", "nurse"}
    assert len(lines) >= 4
    assert Audit(tmp_path / "audit.jsonl").verify().empty


@pytest.mark.full
def test_a_role_that_is_fixed_can_not_be_changed_from_a_browser(source: MemorySource) -> None:
    school = source.children()["school"].value_counts().index[0]
    board = dashboard(source, role="nurse", who=school)
    page = told(board, do="show")
    assert page["controls"][0]["fixed"] == f"nurse, {school}"
    assert [control["what"] for control in page["controls"][1:]] == ["group"]
    for what in ("role", "school", "who"):
        assert told(board, do="choose", what=what, place=0)["kind"] == "trouble"


def test_a_class_narrows_the_search_and_its_first_names_come_without_a_letter(board: Dashboard) -> None:
    page = told(board, do="show")
    (classes,) = [control for control in page["controls"] if control["what"] == "group"]
    assert classes["label"] == "Class"
    assert told(board, do="search", text="", asked=1)["hits"] == []
    told(board, do="choose", what="group", place=1)
    found = told(board, do="search", text="", asked=2)["hits"]
    assert 0 < len(found) <= MOST_HITS
    assert len(board._looking.listed) < len(board._looking.view.children)  # type: ignore[union-attr]


@pytest.mark.full
def test_a_school_without_children_is_said_and_nothing_breaks(board: Dashboard) -> None:
    told(board, do="show")
    looking = board._looking
    view = looking.view
    assert view is not None
    looking.view = replace(view, ids=())
    looking.page = looking.child = None
    looking.list_children()
    assert "A school without children has no pages" in told(board, do="show")["markup"]
    assert told(board, do="search", text="an", asked=1)["hits"] == []


@pytest.mark.full
def test_a_made_district_leaves_a_page_and_a_real_one_a_sentence(
    source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = dashboard(source).still()
    own = source.children().set_index("child").loc[source.followed[0]]
    assert str(own["last_surname"]) in still.markup
    assert "counted from" in still.markup
    assert ".jsonl, row " in still.markup
    monkeypatch.setattr(type(source), "synthetic", property(lambda self: False))
    monkeypatch.setattr(type(source), "followed", property(lambda self: ()))
    real = dashboard(source)
    words = real.still()
    assert str(own["last_surname"]) not in words.markup + words.text
    page = told(real, do="show")
    # Nobody's page is open before somebody asks, and the note is a warning.
    assert "<h2>" not in page["markup"]
    assert 'class="note restricted"' in page["markup"]


@pytest.mark.full
def test_nothing_of_a_child_is_in_the_widgets_state(board: Dashboard, source: MemorySource) -> None:
    from ipywidgets.widgets import widget as widgets

    from helpers.report.widgets import VIEW

    bundle = board._repr_mimebundle_()
    model = bundle[VIEW]["model_id"]
    state = json.dumps(widgets._instances[model].get_state(), default=str)
    own = source.children().set_index("child").loc[source.followed[0]]
    assert str(own["last_surname"]) not in state
    assert not [child for child in source.followed if child in state]
    assert str(own["last_surname"]) in bundle["text/html"]


def test_voila_gets_the_live_page_alone(board: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpers.report.widgets import VIEW

    monkeypatch.setenv("VOILA_SERVER_URL", "/")
    bundle = board._repr_mimebundle_()
    assert set(bundle) == {VIEW, "text/plain"}
    assert "<h2>" in told(board, do="show")["markup"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"role": "janitor"}, "janitor"),
        ({"who": "sis:1"}, "Give a role"),
        ({"purpose": "teaching"}, "Give a role"),
    ],
)
def test_what_can_not_be_is_said_at_once(source: MemorySource, asked: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        dashboard(source, **asked)  # type: ignore[arg-type]


def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no store"):
        dashboard(tmp_path / "nothing")


def test_somebody_who_is_not_there_sees_nobody(source: MemorySource) -> None:
    board = dashboard(source, role="teacher", who="sis:nobody")
    page = told(board, do="show")
    assert page["trouble"]
    assert "<h2>" not in page["markup"]
    assert pd.DataFrame(board._looking.listed).empty


@pytest.mark.full
def test_what_an_earlier_role_saw_is_let_go(board: Dashboard) -> None:
    told(board, do="show")
    first_hit(board)
    earlier = weakref.ref(board._looking.view)
    seat(board, "nurse")
    assert earlier() is None
