"""What people ask about children: who is looked for, of whom it can't be said, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District, read_district
from helpers.layouts import STRING, BadInput, as_table, empty_table
from helpers.link import Links, link_district
from helpers.profile import child_profiles
from helpers.profile.elements import element, elements
from helpers.profile.indicators import child_indicators, declared_indicators
from helpers.profile.questions import (
    Questions,
    answer_questions,
    children_for,
    declared_questions,
    groups_for,
    read_questions,
)
from helpers.profile.questions.condition import Condition
from helpers.profile.questions.declared import input_types
from helpers.profile.source import MemorySource, Source, source_of
from helpers.share import view, whos
from helpers.share.answers import shown_answers
from helpers.share.real_data import Guard

TODAY = pd.Timestamp("2026-04-30")
SYSTEMS = ("sis", "attendance", "family", "special_education", "map_growth")


def value(child: str, name: str, told: object, silo: str, **more: Any) -> dict[str, Any]:
    """Give one chosen value as the profile holds it; None: not linked."""
    number = float(told) if isinstance(told, int | float) else None
    text = str(told).lower() if isinstance(told, bool) else None if told is None else str(told)
    year = 2026 if element(name).per == "school_year" else None
    known = (
        {"status": "Reported", "record": f"{silo}-{child}"} if told is not None else {"status": "Not linked"}
    )
    row = {"child": child, "school_year": year, "element": name, "value": text, "value_number": number}
    return {**row, "silo": silo, "as_of": TODAY, "chosen": True, "rule": "by hand", **known, **more}


def on_roster(*children: str) -> list[dict[str, Any]]:
    return [
        row
        for child in children
        for row in (value(child, "school", "North", "sis"), value(child, "grade_level", "05", "sis"))
    ]


class ByHand:
    """A source of a few values."""

    synthetic, school_year, folder, followed = True, 2026, None, None
    about: Mapping[str, Any] = {}

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        timeline: Sequence[Mapping[str, Any]] = (),
        indicators: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        told = pd.DataFrame(indicators) if indicators else empty_table("indicators")
        self._indicators = as_table("indicators", told)
        self._values = as_table("values", pd.DataFrame(rows))
        self._timeline = as_table("timeline", pd.DataFrame(timeline)) if timeline else empty_table("timeline")

    def children(self) -> pd.DataFrame:
        names = self._values["child"].drop_duplicates()
        return as_table(
            "children", pd.DataFrame({"child": names}).reindex(columns=empty_table("children").columns)
        )

    def values(self, children: object = None, elements: object = None) -> pd.DataFrame:
        return self._values

    def timeline(self, children: object = None) -> pd.DataFrame:
        return self._timeline

    def indicators(self, children: object = None) -> pd.DataFrame:
        return self._indicators

    def systems(self) -> pd.DataFrame:
        told = pd.DataFrame({"silo": SYSTEMS, "system": SYSTEMS, "newest_day": TODAY})
        return as_table("systems", told.reindex(columns=empty_table("systems").columns))


def by_hand(
    rows: Sequence[Mapping[str, Any]],
    timeline: Sequence[Mapping[str, Any]] = (),
    indicators: Sequence[Mapping[str, Any]] = (),
) -> Source:
    return cast("Source", ByHand(rows, timeline, indicators))


def asked(folder: Path, **question: Any) -> Questions:
    """Declare one question, and nothing else."""
    given = {
        "id": "q",
        "text": "Who?",
        "asked_by": ["teacher"],
        "grain": "list",
        "source": "own",
        "meaning": "…",
    }
    lines = [f"{key} = {_toml(told)}" for key, told in {**given, **question}.items()]
    head = "least_share = 0.8\nleast_part = 0.5\nmost_unplaced = 0.05\n[source]\n[[question]]\n"
    path = folder / "own.toml"
    path.write_text(head + "\n".join(lines), encoding="utf-8")
    return read_questions(path)


def _toml(told: Any) -> str:
    if isinstance(told, dict):
        return "{" + ", ".join(f"{key} = {one}" for key, one in told.items()) + "}"
    return str(list(told)) if isinstance(told, list | tuple) else f'"{told}"'


# ---- the declaration


def test_the_kit_declares_questions_of_everybody_each_sourced_or_its_own() -> None:
    questions = declared_questions()
    assert len(questions) >= 24
    askers = {asker for each in questions for asker in each.asked_by}
    assert askers == {
        "teacher", "counsellor", "principal", "nurse", "case manager", "family", "student", "board",
    }  # fmt: skip
    assert 0 < sum(each.source == "own" for each in questions) < len(questions) / 2
    assert all(each.text.endswith("?") and each.meaning for each in questions)


def test_no_question_rests_on_how_children_say_they_feel() -> None:
    answers = {
        "self_awareness",
        "self_management",
        "social_awareness",
        "relationship_skills",
        "responsible_decisions",
    }
    for each in declared_questions():
        assert not answers & set(each.inputs()), each.id


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_text(
        """
least_share = 0.8
least_part = 0.9
most_unplaced = 0.05
[source]
[[question]]
id = "a"
text = "?"
asked_by = ["teacher"]
grain = "list"
source = "nobody"
answer = "grade_avrage < 65 and rate < 'low'"
tells = ["guardian"]
meaning = "x"
[[question]]
id = "a"
text = "?"
asked_by = ["board"]
grain = "number"
source = "own"
meaning = "x"
""",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as told:
        read_questions(path)
    for part in (
        "least_part", "'a' is declared twice", "source 'nobody'", "'grade_avrage', which nobody declares",
        "'rate' is of the type number", "Did you mean guardians?", "needs an answer",
    ):  # fmt: skip
        assert part in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "rate + 1 < 2", "rate < other_rate", "rate", "1 < rate < 2",
        "(lambda: rate)()",
        "rate is 1", "grade_level in '05'", "at_least(3, chronically_absent)", "open('x')", "rate <", "",
    ],
)  # fmt: skip
def test_a_condition_knows_its_few_forms_and_nothing_else(text: str) -> None:
    assert Condition(text).faults(input_types())


# ---- three answers: yes, no, unknown


class Flag:
    def __init__(self, told: list[bool | None]) -> None:
        self.value = pd.Series(pd.array(told, dtype="boolean"))
        self.nothing = np.zeros(len(told), dtype=bool)


NAMES = ("a", "b", "c")
CONDITIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"(not {one})"),
        st.tuples(inner, inner, inner).map(lambda three: f"at_least(2, {', '.join(three)})"),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(CONDITIONS, st.tuples(*[st.sampled_from([True, False, None])] * 3))
def test_what_is_said_holds_whatever_the_unknown_may_be(text: str, told: tuple[bool | None, ...]) -> None:
    said = Condition(text).holds({name: Flag([one]) for name, one in zip(NAMES, told, strict=True)}, 1)[0]
    possible = set()
    for completed in product([True, False], repeat=3):
        if all(one is None or one == full for one, full in zip(told, completed, strict=True)):
            flags = {name: Flag([one]) for name, one in zip(NAMES, completed, strict=True)}
            possible.add(bool(Condition(text).holds(flags, 1)[0]))
    if said is not pd.NA:
        assert possible == {bool(said)}
    elif None not in told:
        pytest.fail("everything is known, and yet it isn't said")


# ---- a few children by hand

ABSENT_AND_FAILING = "chronically_absent and grade_average < 65"


def four_children() -> Source:
    """Ana is absent and failing, Ben is present, nobody knows Cleo's marks; Dan's attendance isn't joined."""
    rows = [
        *on_roster("ana", "ben", "cleo", "dan"),
        value("ana", "chronically_absent", True, "attendance"), value("ana", "grade_average", 51.0, "sis"),
        value("ben", "chronically_absent", False, "attendance"), value("ben", "grade_average", None, "sis"),
        value("cleo", "chronically_absent", True, "attendance"),
        value("cleo", "grade_average", None, "sis", status="Empty", record="sis-cleo"),
        value("dan", "chronically_absent", None, "attendance"), value("dan", "grade_average", 60.0, "sis"),
        # A record of attendance that nobody tied to the roster: it may be Dan's.
        value("stranger", "chronically_absent", True, "attendance"),
    ]  # fmt: skip
    return by_hand(rows)


def test_unknown_is_counted_and_never_a_no(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared).iloc[0]
    assert (row.concerned, row.children, row.of_children, row.unknown, row.answerable) == (4, 1, 2, 2, 1)
    assert row.status == "Not answerable"
    listed = children_for(four_children(), "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "cleo": "Unknown", "dan": "Unknown", "ben": "No"}
    assert next(iter(listed.index)) == "ana"
    assert listed["why"].fillna("").to_dict() == {
        "ana": "", "cleo": "Not said", "dan": "Not joined", "ben": "Not collected",
    }  # fmt: skip
    assert listed.loc["dan", "lacks"] == "chronically_absent"


def test_who_must_be_joined_and_how_many_systems_one_would_open(tmp_path: Path) -> None:
    row = answer_questions(four_children(), declared=asked(tmp_path, answer=ABSENT_AND_FAILING)).iloc[0]
    assert (row.silos_needed, row.keys_needed) == ("attendance; sis", "sis + attendance")
    assert (row.platforms_before, row.platforms_after) == (2, 1)
    assert row.fresh_days == "chronically_absent 7; grade_average 90"
    assert pd.isna(row.missing_silos)


def test_what_is_too_old_is_not_an_answer(tmp_path: Path) -> None:
    rows = [
        *on_roster("ana", "ben"), value("ana", "chronically_absent", True, "attendance"),
        value("ben", "chronically_absent", True, "attendance", as_of=TODAY - pd.Timedelta(days=20)),
    ]  # fmt: skip
    strict = asked(tmp_path, answer="chronically_absent", fresh_days={"chronically_absent": 14})
    row = answer_questions(by_hand(rows), declared=strict).iloc[0]
    assert (row.children, row.unknown, row.why) == (1, 1, "Not fresh")
    lenient = asked(tmp_path, answer="chronically_absent", fresh_days={"chronically_absent": 30})
    assert answer_questions(by_hand(rows), declared=lenient).iloc[0].children == 2


def test_who_may_not_see_it_gets_no_answer_from_it(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared, forbidden=["chronically_absent"]).iloc[0]
    assert (row.status, row.why, row.children, row.answerable) == ("Not answerable", "Not permitted", 0, 0)
    listed = children_for(four_children(), "q", declared=declared, forbidden=["chronically_absent"])
    assert "Yes" not in set(listed["answer"])


def test_a_class_is_asked_about_and_nobody_else(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared, children=["ana", "ben"]).iloc[0]
    assert (row.concerned, row.children, row.unknown) == (2, 1, 0)


def plans(unplaced: int) -> Source:
    """Of twenty children one has a plan; so many plans are of nobody on the roster."""
    names = [f"c{number:02}" for number in range(20)]
    rows = [*on_roster(*names), value("c00", "special_education", "Active", "special_education")]
    rows += [value(name, "special_education", None, "special_education") for name in names[1:]]
    rows += [
        value(f"x{number}", "special_education", "Active", "special_education") for number in range(unplaced)
    ]
    return by_hand(rows)


def test_that_there_is_no_plan_can_be_said_only_once_all_plans_are_joined(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer="not on_record(special_education)")
    row = answer_questions(plans(unplaced=0), declared=declared).iloc[0]
    assert (row.children, row.of_children, row.unknown, row.status) == (19, 20, 0, "Answered")
    row = answer_questions(plans(unplaced=1), declared=declared).iloc[0]
    assert (row.children, row.of_children, row.unknown) == (0, 1, 19)
    assert (row.status, row.why) == ("Not answerable", "Not joined")


def test_a_question_about_some_asks_nothing_of_the_others(tmp_path: Path) -> None:
    declared = asked(tmp_path, of="on_record(special_education)", answer="special_education == 'Active'")
    row = answer_questions(plans(unplaced=0), declared=declared).iloc[0]
    assert (row.concerned, row.children) == (1, 1)
    row = answer_questions(plans(unplaced=3), declared=declared).iloc[0]
    assert (row.concerned, row.children, row.unknown) == (20, 1, 19)  # it may be about any of the others


def test_an_indicator_is_known_unknown_or_says_nothing_of_a_child(tmp_path: Path) -> None:
    default = next(each for each in declared_indicators() if each.name == "on_track").default.name
    told = {"school_year": 2026, "indicator": "on_track", "definition": default, "elements": "credits_earned"}
    rows = [*on_roster("ana", "ben", "cleo"), value("ana", "credits_earned", 1.0, "attendance")]
    rows += [
        value("cleo", "credits_earned", None, "attendance"),
        value("x", "credits_earned", 1.0, "attendance"),
    ]
    said = {"ana": "Flagged", "ben": "Not applicable", "cleo": "Unknown"}
    known = by_hand(rows, (), [{**told, "child": child, "status": word} for child, word in said.items()])
    declared = asked(tmp_path, answer="indicator.on_track == 'Flagged'")
    listed = children_for(known, "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "cleo": "Unknown", "ben": "No"}
    assert listed["why"].dropna().to_dict() == {"cleo": "Not joined"}  # the reason of what it was made of
    assert listed.loc["ana", "silos"] == "attendance"
    for name in ("indicator.on_track", "credits_earned"):  # what it was made of could be read from it
        row = answer_questions(known, declared=declared, forbidden=[name]).iloc[0]
        assert (row.children, row.why) == (0, "Not permitted")
        assert pd.isna(row.missing_silos)
    with pytest.raises(BadInput, match="child_indicators"):
        answer_questions(by_hand(rows), declared=declared)


def test_who_has_left_is_not_asked_about(tmp_path: Path) -> None:
    rows = [
        *on_roster("ana", "ben"),
        *(value(one, "chronically_absent", True, "attendance") for one in ("ana", "ben")),
    ]
    move = {"domain": "roster", "event": "Leaves", "silo": "sis", "record": "sis-ben"}
    moves = [
        {**move, "child": "ben", "date": pd.Timestamp("2026-01-10"), "kind": "leaves_school"},
        {**move, "child": "ana", "date": pd.Timestamp("2026-01-10"), "kind": "leaves_school"},
        {**move, "child": "ana", "date": pd.Timestamp("2026-01-11"), "kind": "starts_at_school"},
    ]
    row = answer_questions(by_hand(rows, moves), declared=asked(tmp_path, answer="chronically_absent")).iloc[
        0
    ]
    assert (row.concerned, row.children) == (1, 1)


def test_what_is_asked_of_one_child_is_unknown_until_all_of_it_is_known(tmp_path: Path) -> None:
    declared = asked(tmp_path, grain="child", tells=["grade_average", "chronically_absent"])
    listed = children_for(four_children(), "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "ben": "Unknown", "cleo": "Unknown", "dan": "Unknown"}
    assert listed.loc["ana", "tells"] == "grade_average: 51.0; chronically_absent: True"
    assert listed.loc["dan", "tells"] == "grade_average: 60.0; chronically_absent: not joined"


def test_a_district_without_a_roster_or_without_anybody_is_answered_too(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer="chronically_absent")
    rows = [value("ana", "chronically_absent", True, "attendance")]
    assert answer_questions(by_hand(rows), declared=declared).iloc[0].children == 1
    nobody = by_hand([value("ana", "rate", 1.0, "attendance", chosen=False)])
    row = answer_questions(nobody, declared=declared).iloc[0]
    assert (row.children, row.answerable, row.missing_silos) == (0, 0, "attendance")


# ---- a made district


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> tuple[District, Links]:
    from synthetic_data.district import make_district

    folder = make_district(
        students=120, seed=3, level="governed", folder=tmp_path_factory.mktemp("governed") / "district"
    )
    district = read_district(folder)
    return district, link_district(district)


def known_without(governed: tuple[District, Links], *missing: str) -> MemorySource:
    district, links = governed
    silos = {name: its for name, its in district.items() if name not in missing}
    smaller = District(district.folder, dict(district.about), silos)
    crosswalk = links.crosswalk[~links.crosswalk["silo"].isin(list(missing))].reset_index(drop=True)
    who = Links(crosswalk, links.pairs, links.findings, links.id_columns)
    profiles = child_profiles(smaller, who)
    return source_of(smaller, who, profiles, child_indicators(smaller, who, profiles))


@pytest.fixture(scope="module")
def source(governed: tuple[District, Links]) -> MemorySource:
    return known_without(governed)


@pytest.fixture(scope="module")
def whole(source: MemorySource) -> pd.DataFrame:
    return answer_questions(source)


def test_each_question_is_answered_where_exchange_is_governed(whole: pd.DataFrame) -> None:
    apart = whole.loc[whole["status"].ne("Answered"), ["question", "share_answerable", "why", "lacks"]]
    assert apart.empty, apart.to_string()
    assert whole["concerned"].gt(0).all()
    assert whole["concerned"].eq(whole["of_children"] + whole["unknown"]).all()


@pytest.mark.parametrize("missing", ["family", "map_growth", "special_education", "lms"])
def test_a_missing_system_takes_exactly_the_questions_that_need_it(
    governed: tuple[District, Links], whole: pd.DataFrame, missing: str
) -> None:
    needed = whole["silos_needed"].str.split("; ").map(lambda silos: missing in silos)
    found = answer_questions(known_without(governed, missing)).set_index("question")
    fallen = found[found["status"].ne("Answered")]
    assert set(fallen.index) == set(whole.loc[needed, "question"])
    assert set(fallen["status"]) == {"Not answerable"}
    assert set(fallen["why"]) == {"Not collected"}
    assert fallen["missing_silos"].eq(missing).all()


def test_groups_add_up_to_the_whole(source: MemorySource, whole: pd.DataFrame) -> None:
    for each in declared_questions():
        if each.group_by:
            groups = groups_for(source, each.id)
            row = whole[whole["question"].eq(each.id)].iloc[0]
            for count in ("children", "of_children", "unknown", "answerable"):
                assert groups[count].sum() == row[count], (each.id, count)


def test_of_a_real_folder_no_small_number_is_shown(whole: pd.DataFrame) -> None:
    assert shown_answers(Guard(real=False), whole) is whole
    shown = shown_answers(Guard(real=True), whole)
    assert shown["reasons"].isna().all()
    for name in ("children", "of_children", "unknown", "answerable"):
        assert not shown[name].between(1, 9).any()
        rest = whole["concerned"] - shown[name]
        assert not rest.between(1, 9).any()
    assert shown["children"].notna().any()
    groups = pd.DataFrame({"group": list("abc"), "children": [3, 40, 50], "of_children": [12, 60, 90]})
    groups = groups.assign(unknown=0, answerable=groups["of_children"])
    told = shown_answers(Guard(real=True), groups)
    assert told["children"].isna().tolist() == [True, True, False]  # one alone could be worked out


def test_who_asks_is_told_of_her_own_children_and_of_nothing_that_she_may_not_see(
    source: MemorySource, whole: pd.DataFrame
) -> None:
    teachers = whos(source, "teacher")
    seen = view(source, "teacher", str(teachers.sort_values("children")["who"].iloc[-1]))
    mine = set(seen.children["child"])
    answers = answer_questions(source, seen=seen).set_index("question")
    assert answers["missing_silos"].isna().all()  # not permitted isn't missing
    assert answers["concerned"].max() <= len(mine) < whole["concerned"].max()
    # Attendance is hers to see; a screener's level and who eats free are not.
    for name in ("elevated_and_alone", "absence_and_meals"):
        assert (answers.loc[name, "answerable"], answers.loc[name, "children"]) == (0, 0)
        assert answers.loc[name, "why"] == "Not permitted"
        listed = children_for(source, name, seen=seen)
        assert set(listed["answer"]) <= {"Unknown", "No"}
    listed = children_for(source, "absence_by_grade", seen=seen)
    assert len(listed)
    assert set(listed["child"]) <= mine
    # What she is told is what she would have been told of these children anyway.
    free = children_for(source, "absence_by_grade", children=sorted(mine))
    assert dict(zip(listed["child"], listed["answer"], strict=True)) == dict(
        zip(free["child"], free["answer"], strict=True)
    )


def test_every_element_can_be_asked_for() -> None:
    types = input_types()
    assert {each.name for each in elements()} <= set(types)
    assert pd.Series(list(types.values()), dtype=STRING).isin(["string", "number", "boolean", "date"]).all()
