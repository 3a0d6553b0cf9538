"""One change, watched: the picture says its finding, steps show what files say, a real child is refused."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.report.widgets.one_change import (
    ChangeSteps,
    change_steps,
    change_table,
    change_timeline,
    finding_words,
)
from helpers.standard import BadInput, plain

ABOUT: dict[str, Any] = {
    "synthetic": True,
    "title": "Riverbend",
    "students": 60,
    "seed": 7,
    "monday": "2026-01-12",
    "words": "The exchange levels are the generator's own judgment.",
    "systems": {"sis": "SIS roster", "meals": "lunchroom till", "clubs": "community clubs"},
    "changes": {"surname": "a new surname"},
}


def _known() -> pd.DataFrame:
    rows = [
        ("manual", "sis", "office", 0, 1, "typed", None),
        ("manual", "meals", "till", 30, 2, "typed", None),
        ("manual", "clubs", "club", None, None, None, "no field"),
        ("governed", "sis", "office", 0, 1, "typed", None),
        ("governed", "meals", "till", 1, 1, "by machine", None),
        ("governed", "clubs", "club", None, None, None, "no field"),
    ]
    names = ["level", "system", "asked_by", "days", "typed", "carried", "why_never"]
    known = pd.DataFrame(rows, columns=names).assign(change="surname")
    return known.assign(day=pd.Timestamp(ABOUT["monday"]) + pd.to_timedelta(known["days"], unit="D"))


def _written() -> pd.DataFrame:
    rows = [
        (level, system, days, value, value == "Weber")
        for level, system, days, value in (
            ("manual", "sis", -1, "Berger"),
            ("manual", "sis", 0, "Weber"),
            ("manual", "meals", 29, "Berger"),
            ("manual", "meals", 30, "Weber"),
            ("manual", "clubs", 30, None),
            ("governed", "sis", -1, "Berger"),
            ("governed", "sis", 0, "Weber"),
            ("governed", "meals", 0, "Berger"),
            ("governed", "meals", 1, "Weber"),
            ("governed", "clubs", 7, None),
        )
    ]
    written = pd.DataFrame(rows, columns=["level", "system", "days", "value", "shown"])
    return written.assign(
        change="surname",
        day=pd.Timestamp(ABOUT["monday"]) + pd.to_timedelta(written["days"], unit="D"),
        file=written["system"] + "/list.csv",
        column=written["system"].map({"sis": "familyName", "meals": "Customer Last Name"}),
        listed=True,
    )


@pytest.fixture
def steps() -> ChangeSteps:
    return change_steps(_known(), _written(), ABOUT, level="manual")


def test_a_day_shows_what_the_files_of_that_day_say(steps: ChangeSteps) -> None:
    before, later = steps.today("surname", "manual", 29), steps.today("surname", "manual", 30)

    assert before["knows"].tolist() == [True, False, False]
    assert before["value"].tolist() == ["Weber", "Berger", "no column for it"]
    assert before["said"].tolist()[1:] == ["not yet", "never: no field"]
    assert later["knows"].tolist() == [True, True, False]
    assert later["said"].tolist()[1] == "knows since day 30, typed twice"
    assert steps.today("surname", "governed", 1)["said"].tolist()[1] == (
        "knows since day 1, carried by a machine"
    )


def test_the_page_steps_from_sunday_to_the_day_on_which_somebody_learns(steps: ChangeSteps) -> None:
    view = steps.receive({"do": "show"})
    assert (view["day"], view["date"], view["next"]) == (-1, "Sunday, January 11", 0)
    days = []
    while view["next"] is not None:
        view = steps.receive({"do": "step", "change": "surname", "level": "manual", "day": view["next"]})
        days.append((view["day"], view["said"]))
    assert days == [
        (0, "Learns of it today: SIS roster. 1 of 3 files show it."),
        (30, "Learns of it today: lunchroom till. 2 of 3 files show it."),
    ]
    assert steps.receive({"do": "step", "level": "governed", "change": "surname", "day": 500})["day"] == 30
    assert steps.receive({"do": "step", "level": "nowhere", "change": "?", "day": "x"})["day"] == -1


def test_the_picture_says_its_finding_and_the_assumptions(steps: ChangeSteps) -> None:
    picture = change_timeline(_known(), ABOUT, "surname")

    assert "⟦2|files_told||3⟧" in picture.title
    assert "⟦" not in picture.alt
    assert plain(picture.title).startswith(
        "A new surname reaches 2 of 3 files (SIS roster and lunchroom till)"
    )
    assert "after 30 days at level manual, and after 1 day at level governed" in picture.title
    assert "governed: 2 of 3 know, typed once in all" in picture.alt
    assert ABOUT["words"] in picture.caption
    assert ABOUT["words"] in steps.still().text
    assert picture.data.loc[1, "manual"] == "after 30 days, typed twice"
    assert picture.data.loc[2, "governed"] == "never: no field"
    assert picture.png()[:4] == picture.png(328)[:4] == b"\x89PNG"


def test_a_change_for_which_nobody_has_a_place_is_said(steps: ChangeSteps) -> None:
    nowhere = _known().assign(days=None, day=None, typed=None, carried=None, why_never="no field")

    assert finding_words(nowhere, ABOUT, "surname").endswith("none has a place for it")
    assert set(change_table(nowhere, ABOUT, "surname")["manual"]) == {"never: no field"}
    change_timeline(nowhere, ABOUT, "surname").png()
    silent = change_steps(nowhere, _written(), ABOUT)
    assert "A clerk types it into the SIS" in silent.receive({"do": "step", "day": 0})["said"]


@pytest.mark.parametrize("about", [{}, {**ABOUT, "synthetic": False}, {**ABOUT, "synthetic": "true"}])
def test_a_child_of_a_real_district_is_refused(about: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="invented districts only"):
        change_steps(_known(), _written(), about)
    with pytest.raises(BadInput, match="invented districts only"):
        change_timeline(_known(), about, "surname")


def test_an_unknown_change_or_level_is_refused() -> None:
    with pytest.raises(BadInput, match="There are: surname"):
        change_steps(_known(), _written(), ABOUT, change="haircut")
    with pytest.raises(BadInput, match="manual, governed"):
        change_steps(_known(), _written(), ABOUT, level="all")
