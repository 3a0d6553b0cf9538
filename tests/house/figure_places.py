"""Every place in which a declared figure counts; as a script, looks there after each figure has changed."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

# Values that no figure has by itself, so that a place which doesn't follow shows.
OTHERS: dict[str, int | float] = {
    "standard/facts.federal_chronic_absence_share": 0.3,
    "standard/facts.federal_chronic_absence_least_days": 130,
    "standard/facts.on_track_credits": 4.0,
    "standard/facts.on_track_most_failed": 2,
    "standard/thresholds.chronic_absence_share": 0.2,
    "standard/thresholds.chronic_absence_least_days": 120,
    "standard/thresholds.letter_a": 93,
    "standard/thresholds.letter_b": 83,
    "standard/thresholds.letter_c": 73,
    "standard/thresholds.letter_d": 63,
    "standard/facts.school_year_first_month": 8,
    "standard/thresholds.smallest_group": 7,
    "profile/thresholds.good_grade": 84,
    "profile/thresholds.low_grade": 74,
    "profile/thresholds.high_percentile": 69,
    "profile/thresholds.strong_percentile": 79,
    "profile/thresholds.usual_percentile": 39,
    "profile/thresholds.lowest_quarter": 29,
    "profile/thresholds.served_share": 0.15,
    "profile/thresholds.answerable_share": 0.85,
    "profile/thresholds.adult_age": 19,
    "profile/thresholds.test_band": 0.3,
    "gaps/thresholds.smallest_judged_group": 9,
    "gaps/thresholds.month_behind": 33,
    "gaps/thresholds.week_behind": 9,
    "gaps/thresholds.day_behind": 2,
    "link/thresholds.accept_dated": 0.71,
    "link/thresholds.accept_half_dated": 0.61,
    "link/thresholds.accept_undated": 0.81,
    "link/thresholds.accept_across_districts": 0.91,
    "link/thresholds.seldom_twice": 0.06,
    "link/thresholds.accept_in_two_files": 0.83,
    "link/thresholds.accept_dated_in_two_files": 0.53,
    "link/thresholds.accept_untrained": 0.92,
    "link/thresholds.review": 0.13,
    "link/thresholds.review_untrained": 0.53,
    "link/thresholds.alike": 0.33,
    "link/thresholds.same_but_for_ids": 0.93,
    "link/thresholds.plain": 0.96,
    "link/thresholds.against": 0.03,
    "link/thresholds.own_numbers": 0.021,
    "link/thresholds.shared_addresses": 0.051,
    "link/thresholds.records_a_child": 5,
    "share/disclosure.smallest_group_of_health": 14,
    "share/disclosure.mean_width": 3,
    "share/disclosure.share_step": 0.06,
}


def change_figures(*kept: str) -> None:
    """Let files of figures declare other values, before anything has read them; some are kept."""
    from helpers.standard import figures

    read = figures.declared_figures

    @cache
    def others(file: str) -> dict[str, figures.Figure]:
        return {
            name: figure if file in kept else figure.model_copy(update={"value": OTHERS[f"{file}.{name}"]})
            for name, figure in read(file).items()
        }

    figures.declared_figures = others
    # Importing figures loaded the room with its constants: let those be read again.
    read_already = {"helpers.standard.figures", "helpers.standard.validation"}
    for module in [one for one in sys.modules if one.startswith("helpers.") and one not in read_already]:
        del sys.modules[module]


def value(name: str) -> int | float:
    """Give the figure that is declared now."""
    from helpers.standard.figures import declared_figures

    file, _, own = name.rpartition(".")
    return declared_figures(file)[own].value


PLACES: dict[tuple[str, str], Callable[[], tuple[Any, Any]]] = {}
Look = Callable[[], tuple[Any, Any]]


def place(name: str, where: str) -> Callable[[Look], Look]:
    """Note a look at one figure in one place, which gives what counts there, and what should."""
    full = name if "/" in name else f"standard/thresholds.{name}"

    def noted(look: Look) -> Look:
        PLACES[full, where] = look
        return look

    return noted


def constant(name: str, module: str, constant: str, at: int | None = None) -> None:
    """Note that a module's constant is the figure."""

    @place(name, f"{module.replace('.', '/')}.py {constant}")
    def look() -> tuple[Any, Any]:
        from importlib import import_module

        found = getattr(import_module(module), constant)
        full = name if "/" in name else f"standard/thresholds.{name}"
        return (found if at is None else found[at]), value(full)


for _at, _which in enumerate(("dated", "half_dated", "undated")):
    constant(f"link/thresholds.accept_{_which}", "helpers.link.methods.resolved", "ACCEPT", _at)
for _lesson in ("after_the_pandemic", "count_children"):
    _module = f"helpers.teach.exercises.{_lesson}"
    constant("standard/facts.federal_chronic_absence_share", _module, "CHRONIC")
    constant("standard/facts.federal_chronic_absence_least_days", _module, "FEWEST_DAYS")
for _name in ("review", "alike", "same_but_for_ids", "plain", "against"):
    constant(f"link/thresholds.{_name}", "helpers.link.methods.resolved", _name.upper())
constant("link/thresholds.own_numbers", "helpers.link.ids.reliability", "OWN_NUMBERS")
constant("link/thresholds.shared_addresses", "helpers.link.ids.reliability", "SHARED_ADDRESSES")
constant("link/thresholds.records_a_child", "helpers.link.resolve.lone_pairs", "RECORDS_A_CHILD")
constant("link/thresholds.accept_across_districts", "helpers.link.districts", "ACCEPT")
constant("link/thresholds.seldom_twice", "helpers.link.records_a_child", "SELDOM_TWICE")
constant("link/thresholds.review", "helpers.link.districts", "REVIEW")
constant("link/thresholds.accept_in_two_files", "helpers.link.two_files.link", "MATCH")
constant("link/thresholds.accept_dated_in_two_files", "helpers.link.two_files.link", "MATCH_DATED")
constant("link/thresholds.review", "helpers.link.two_files.link", "REVIEW")
constant("link/thresholds.accept_dated", "synthetic_data.studies.linking", "ACCEPT")
constant("link/thresholds.review", "synthetic_data.studies.linking", "REVIEW")
constant("gaps/thresholds.smallest_judged_group", "helpers.gaps.presence", "SMALLEST_GROUP")
constant("gaps/thresholds.smallest_judged_group", "helpers.gaps.measures.coverage", "SMALLEST_GROUP")
constant("profile/thresholds.test_band", "helpers.report.child.statements", "BAND")
constant("profile/thresholds.adult_age", "helpers.profile.relations", "ADULT")
constant("profile/thresholds.adult_age", "helpers.share.on_hold", "ADULT_AT")
constant("share/disclosure.mean_width", "helpers.share.counted_groups", "MEAN_WIDTH")
constant("share/disclosure.share_step", "helpers.share.guard", "SHARE_STEP")
constant("profile/thresholds.served_share", "helpers.gaps.presence", "LEAST_SHARE")
constant("profile/thresholds.served_share", "helpers.profile.questions.known", "LEAST_OF_A_GRADE")
constant("gaps/thresholds.month_behind", "helpers.gaps.measures.freshness", "STALE_AFTER_DAYS")
constant("standard/facts.school_year_first_month", "helpers.profile.facts.school_years", "FIRST_MONTH")
constant("standard/facts.school_year_first_month", "helpers.link.values.schools", "FIRST_MONTH")
constant("standard/facts.on_track_credits", "synthetic_data.life.learning.grades", "ON_TRACK_CREDITS")
constant("standard/facts.on_track_most_failed", "synthetic_data.life.learning.grades", "ON_TRACK_FAILURES")


# Linking.


@place("link/thresholds.accept_dated", "the model that comes with the kit")
def _shipped() -> tuple[Any, Any]:
    from helpers.link.model import shipped_model

    model = shipped_model()
    return [model.accept, model.review], [
        value(f"link/thresholds.{line}") for line in ("accept_dated", "review")
    ]


@place("link/thresholds.accept_untrained", "the model before training")
@place("link/thresholds.review_untrained", "the model before training")
def _untrained() -> tuple[Any, Any]:
    from helpers.link.model import declared_model

    model = declared_model()
    return [model.accept, model.review], [
        value(f"link/thresholds.{line}_untrained") for line in ("accept", "review")
    ]


# What may be shown.


@place("smallest_group", "what the guard hides, and how it says so")
def _guard() -> tuple[Any, Any]:
    from helpers.share import Guard

    least = int(value("standard/thresholds.smallest_group"))
    guard = Guard(real=True)
    shown = [guard.count(count) for count in (least - 1, least)]
    return shown, [f"fewer than {least}", str(least)]


@place("smallest_group", "the teaching policy")
def _policy() -> tuple[Any, Any]:
    from helpers.share import read_policy

    return read_policy().parts.minimum_cell, value("standard/thresholds.smallest_group")


@place("share/disclosure.smallest_group_of_health", "the teaching policy")
def _policy_of_health() -> tuple[Any, Any]:
    from helpers.share import read_policy

    policy, least = read_policy(), value("share/disclosure.smallest_group_of_health")
    domains = ("wellbeing_survey", "health", "homelessness", "foster")
    return [policy.minimum(domain) for domain in domains], [least] * len(domains)


@place("smallest_group", "files that stay at the desk")
def _restricted() -> tuple[Any, Any]:
    from helpers.cli.options import RESTRICTED, list_outputs

    begins = RESTRICTED if isinstance(RESTRICTED, str) else RESTRICTED[0]
    said = str(list_outputs([f"{begins}x.csv"])["restricted"])
    few = f"fewer than {value('standard/thresholds.smallest_group')} children"
    return said[said.index("fewer than") :][: len(few)], few


# Children of a made district: its exports, its truth, and what is made of both.


@cache
def _made() -> Any:
    from helpers.files import read_district
    from helpers.link import link_district
    from helpers.profile import build_profiles, compute_indicators
    from helpers.score.answer_key import read_answer_key
    from synthetic_data.district import make_district

    folder = make_district(folder=Path(tempfile.mkdtemp()) / "made", scenario="workshop", students=150)
    district = read_district(folder, written=False)
    links = link_district(district, method="exact")
    profiles = build_profiles(district, links)
    indicators = compute_indicators(district, links, profiles)
    return district, profiles, indicators, read_answer_key(folder).values


def _numbers(rows: pd.DataFrame, who: str, column: str, *names: str) -> pd.DataFrame:
    """Give elements, a row a child, of those of whom all are known."""
    rows = rows[rows["element"].isin(names)].drop_duplicates([who, "element"])
    numbers = rows[column].replace({"true": 1, "false": 0}).astype("float64")
    return rows.assign(number=numbers).pivot(index=who, columns="element", values="number").dropna()


def _element(*names: str) -> pd.DataFrame:
    _, profiles, _, _ = _made()
    rows = profiles.values[profiles.values["school_year"].eq(profiles.school_year).fillna(False)]
    return _numbers(rows[rows["status"].eq("Reported")], "child", "value", *names)


def _is_chronic(days: pd.DataFrame, share: float) -> pd.Series:
    return days["days_absent"] >= (days["days_enrolled"] * share).round(9)


OURS, FEDERAL = "standard/thresholds.chronic_absence", "standard/facts.federal_chronic_absence"


def _of_whom(days: pd.DataFrame, judged: pd.Series, by: str = OURS) -> tuple[Any, Any]:
    """Compare who is judged chronically absent, and who is judged at all, with what the figures say."""
    share, least = value(f"{by}_share"), value(f"{by}_least_days")
    enough = days[days["days_enrolled"] >= least]
    judged = judged.reindex(days.index).dropna()
    assert len(enough) < len(days) or least == 10, "nobody was enrolled for fewer days: nothing is tried"
    assert 0 < _is_chronic(enough, share).sum() < len(enough)
    return (
        [sorted(judged.index), sorted(judged.index[judged.astype(bool)])],
        [sorted(enough.index), sorted(enough.index[_is_chronic(enough, share)])],
    )


@place("chronic_absence_share", "the element chronically_absent")
@place("chronic_absence_least_days", "the element chronically_absent")
def _chronic_element() -> tuple[Any, Any]:
    judged = _element("chronically_absent")["chronically_absent"]
    return _of_whom(_element("days_absent", "days_enrolled"), judged)


@place("standard/facts.federal_chronic_absence_share", "the answer key")
@place("standard/facts.federal_chronic_absence_least_days", "the answer key")
def _chronic_truth() -> tuple[Any, Any]:
    _, _, _, truth = _made()
    truth = truth[truth["as_of"].eq(truth["as_of"].max())]
    days = _numbers(truth, "person", "value", "days_absent", "days_enrolled")
    judged = _numbers(truth, "person", "value", "chronically_absent")["chronically_absent"]
    return _of_whom(days, judged, FEDERAL)


@place("chronic_absence_share", "the indicator chronic_absence")
@place("chronic_absence_least_days", "the indicator chronic_absence")
def _chronic_indicator() -> tuple[Any, Any]:
    from helpers.profile import indicators

    _, _, judged, _ = _made()
    status = indicators.status_by_child(judged, "chronic_absence", "by_child").set_index("child")["status"]
    status = status[status.isin(["Flagged", "Clear"])].eq("Flagged")
    return _of_whom(_element("days_absent", "days_enrolled"), status)


@place("chronic_absence_share", "our own definition")
@place("chronic_absence_least_days", "our own definition")
def _own_definition() -> tuple[Any, Any]:
    from helpers.profile.indicators import definition

    share, least = value(f"{OURS}_share"), value(f"{OURS}_least_days")
    own = definition("chronic_absence", "by_child")
    return [own.threshold, own.minimum, own.title], [
        share, least, f"{share:.0%} of the year's days, over all schools",
    ]  # fmt: skip


@place("standard/facts.federal_chronic_absence_share", "definitions that go by the federal figure")
@place("standard/facts.federal_chronic_absence_least_days", "definitions that go by the federal figure")
def _federal_definitions() -> tuple[Any, Any]:
    from helpers.profile.indicators import definition

    kits = [definition("chronic_absence", name) for name in ("federal", "new_jersey_federal")]
    share, least = value(f"{FEDERAL}_share"), value(f"{FEDERAL}_least_days")
    whole_day = definition("chronic_absence", "chicago_whole_day").threshold
    return (
        [*([one.threshold, one.minimum, one.title] for one in kits), whole_day],
        [
            [share, least, f"Federal: {share:.0%} of the days at one school"],
            [share, least, f"New Jersey, federal report: {least} days at the school"],
            share,
        ],
    )


@place("chronic_absence_share", "what the element means")
def _chronic_meaning() -> tuple[Any, Any]:
    from helpers.systems import element

    share, least = (value(f"standard/thresholds.chronic_absence_{one}") for one in ("share", "least_days"))
    return element("chronically_absent").meaning, (
        f"Absent on {share:.0%} or more of at least {least} enrolled days; not applicable below {least}"
    )


@place("standard/facts.federal_chronic_absence_share", "the calibration study")
@place("standard/facts.federal_chronic_absence_least_days", "the calibration study")
def _chronic_study() -> tuple[Any, Any]:
    from synthetic_data.studies.calibration.figures import _chronic

    share, least = value(f"{FEDERAL}_share"), int(value(f"{FEDERAL}_least_days"))
    missed = round(share * least)
    days = {"enrolled": [least, least, least - 1], "missed": [missed, missed - 1, least]}
    found = _chronic(pd.DataFrame(days))
    return [missed, *found["chronic"].tolist()], [share * least, 1.0, 0.0]


@place("standard/facts.federal_chronic_absence_share", "the level of absences that the generator solves for")
def _chronic_level() -> tuple[Any, Any]:
    import numpy as np

    from synthetic_data.life.absences import _expected
    from synthetic_data.population.schools import GRADES

    # The share of children who are chronically absent at one level of absence: measured with both figures.
    share = value(f"{FEDERAL}_share")
    return round(_expected(-3.5, np.ones(len(GRADES)), 180), 2), {0.1: 0.20, 0.3: 0.01}[share]


@place("chronic_absence_share", "questions")
def _chronic_questions() -> tuple[Any, Any]:
    from helpers.profile.questions import declared_questions

    part = {0.1: "a tenth", 0.2: "a fifth"}[value("standard/thresholds.chronic_absence_share")]
    said = [one.meaning for one in declared_questions() if "bsent on " in one.meaning]
    return [meaning.partition("bsent on ")[2].partition(" of the days")[0] for meaning in said], [part] * 3


@place("chronic_absence_share", "the family page's talk and its sentence")
@place("chronic_absence_least_days", "the family page's talk")
def _chronic_talk() -> tuple[Any, Any]:
    from helpers.report.child.statements import _chronic_one_in
    from helpers.report.family import language, page_terms

    terms = page_terms()
    talk = next(one for one in terms.talk if one.key == "many_days_missed")
    least = [
        str(each.right)
        for one in terms.talk
        for each in one.when.comparisons
        if one.concept == "attendance" and (str(each.left), each.how) == ("days_enrolled", ">=")
    ]
    spoken = [language(code) for code in ("en", "es")]
    said = [
        one.say(voice, "talk.many_days_missed_see", name="Ana", chronic_one_in=_chronic_one_in(one))
        for one in spoken
        for voice in ("family", "student")
    ]
    days, share = (value(f"standard/thresholds.chronic_absence_{one}") for one in ("least_days", "share"))
    english, spanish = {0.1: ("ten", "diez"), 0.2: ("five", "cinco")}[share]
    return (
        [str(talk.when.comparisons[0].right), set(least), [words.partition(".")[0] for words in said]],
        [
            f"{share:g}",
            {f"{days:g}"},
            [
                f"Ana missed one day in {english}, or more",
                f"You missed one day in {english}, or more",
                f"Ana faltó uno de cada {spanish} días, o más",
                f"Faltaste uno de cada {spanish} días, o más",
            ],
        ],
    )


@place("standard/facts.on_track_credits", "the element on_track")
@place("standard/facts.on_track_most_failed", "the element on_track")
def _on_track() -> tuple[Any, Any]:
    from helpers.standard.elements import credit_terms

    terms = credit_terms()
    return [terms.credits_a_year, terms.most_failed], [
        value("standard/facts.on_track_credits"),
        value("standard/facts.on_track_most_failed"),
    ]


@place("standard/facts.on_track_credits", "titles of indicators")
@place("standard/facts.on_track_most_failed", "titles of indicators")
def _on_track_titles() -> tuple[Any, Any]:
    from helpers.profile.indicators import declared_indicators

    credits, failed = (
        {1: "one", 2: "two", 4.0: "four", 5.0: "five"}[value(f"standard/facts.{one}")]
        for one in ("on_track_credits", "on_track_most_failed")
    )
    titles = {each.name: each.title for one in declared_indicators() for each in one.definition}
    return [titles["chicago"], titles["five_a_year"]], [
        f"Chicago's rule: {credits} credits, {failed} F at most",
        f"{credits.capitalize()} credits for each year that is over",
    ]


@place("letter_a", "the family page")
@place("letter_b", "the family page")
@place("letter_c", "the family page")
@place("letter_d", "the family page")
def _letters() -> tuple[Any, Any]:
    from helpers.report.family import page_terms

    return page_terms().letters, {
        **{letter.upper(): value(f"standard/thresholds.letter_{letter}") for letter in "abcd"},
        "F": 0,
    }


@place("profile/thresholds.good_grade", "the family page")
@place("profile/thresholds.low_grade", "the family page")
@place("profile/thresholds.strong_percentile", "the family page")
@place("profile/thresholds.high_percentile", "the family page")
@place("profile/thresholds.usual_percentile", "the family page")
def _page_lines() -> tuple[Any, Any]:
    from helpers.report.family import page_terms

    terms = page_terms()
    grades, percentiles = set(), set()
    for one in (*terms.strength, *terms.talk):
        for each in one.when.comparisons:
            name, line = str(each.left), (each.how, str(each.right))
            if name.endswith("_percentile"):
                percentiles.add(line)
            elif name in ("grade_average", "course_average", "grade_mathematics", "grade_english"):
                grades.add(line)
    good, low, strong, high, usual = (
        value(f"profile/thresholds.{one}")
        for one in ("good_grade", "low_grade", "strong_percentile", "high_percentile", "usual_percentile")
    )
    return [grades, percentiles, terms.levels], [
        {(">=", f"{good:g}"), ("<", f"{low:g}")},
        {(">=", f"{strong:g}"), (">=", f"{high:g}"), ("<", f"{usual:g}")},
        {"above": high, "usual": usual, "below": 0},
    ]


@place("profile/thresholds.good_grade", "questions")
@place("profile/thresholds.low_grade", "questions")
@place("profile/thresholds.lowest_quarter", "questions")
def _question_lines() -> tuple[Any, Any]:
    import re

    from helpers.profile.questions import declared_questions

    asked = " ".join(one.answer.text for one in declared_questions() if one.answer)
    found = set(re.findall(r"(?:grade_average|percentile) [<>]=? [\d.]+", asked))
    good, low, quarter = (
        value(f"profile/thresholds.{one}") for one in ("good_grade", "low_grade", "lowest_quarter")
    )
    return found, {
        f"grade_average < {low}",
        f"grade_average >= {good}",
        f"percentile < {quarter}",
        f"percentile >= {quarter}",
        "percentile >= 50",  # the middle, which no figure moves
    }


@place("profile/thresholds.answerable_share", "the kit's questions, and what the command says of them")
def _answerable() -> tuple[Any, Any]:
    from click.testing import CliRunner

    from helpers.cli import main
    from helpers.profile.questions.definitions import kit_questions

    share = value("profile/thresholds.answerable_share")
    said = " ".join(CliRunner().invoke(main, ["questions", "--help"]).output.split())
    return [kit_questions().least_share, f"{share} unless given" in said, share], [share, True, share]


@place("gaps/thresholds.month_behind", "the rubric, and the survey held against files")
@place("gaps/thresholds.week_behind", "the rubric, and the survey held against files")
@place("gaps/thresholds.day_behind", "the rubric, and the survey held against files")
def _behind() -> tuple[Any, Any]:
    from helpers.gaps.rubric import kit_rubric
    from helpers.survey.against_files import measured_items

    found = [
        one.bounds
        for one in (
            *(each for head in kit_rubric().heading.values() for each in head.measure),
            *measured_items().measured,
        )
        if one.measure == "days behind"
    ]
    return found, [tuple(value(f"gaps/thresholds.{one}_behind") for one in ("month", "week", "day"))] * 2


@place("standard/facts.school_year_first_month", "days and file names of a school year")
def _school_year() -> tuple[Any, Any]:
    from helpers.gaps.measures.formats import year_of_file
    from helpers.link.values.schools import school_year_end
    from helpers.profile.facts.school_years import SchoolYears

    first = int(value("standard/facts.school_year_first_month"))
    begins = pd.Timestamp(2025, first, 1)
    before = begins - pd.Timedelta(days=1)
    span = SchoolYears((2026,), {}).span_of(2026)
    days = pd.Series([before, begins])
    return (
        [span[0], school_year_end(days).tolist(), [year_of_file(f"a_{day:%Y-%m-%d}.csv") for day in days]],
        [begins, [2025, 2026], [2025, 2026]],
    )


def looked() -> list[list[Any]]:
    """Look in each place: whether what counts there is what should, and both in words."""
    rows = []
    for (name, where), look in PLACES.items():
        found, expected = look()
        rows.append([name, where, found == expected, repr(found), repr(expected)])
    return rows


def made_bytes() -> dict[str, str]:
    """Hash each file of an invented district."""
    from synthetic_data.district import make_district

    folder = make_district(folder=Path(tempfile.mkdtemp()) / "made", scenario="workshop", students=60)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    wanted = sys.argv[1:]
    if "as-declared" not in wanted:
        change_figures(*(("standard/facts",) if "but-facts" in wanted else ()))
    json.dump(made_bytes() if "bytes" in wanted else looked(), sys.stdout)
