"""Attendance and trust of random small districts, worked out a second time: in SQL, and by sorting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.profile.gather import gather_facts
from helpers.profile.profiles import stated_values_of_part
from helpers.systems import element
from tests.district_by_hand import district, links, silo
from tests.profile.attendance_twin import days_of
from tests.profile.children_by_hand import FIRST, LAST, YEAR
from tests.profile.trust_twin import choose

DAYS = pd.bdate_range(FIRST, periods=16)
MARKS = ("Excused Absence", "Unexcused Absence", "Partial", "Early departure", "Tardy", "Present",
         "In Attendance", "Dismissed", None)  # fmt: skip
COUNTS = ("days_enrolled", "days_absent", "days_tardy", "days_present", "rate", "chronically_absent")


def maybe(rng: np.random.Generator, value: Any, chance: float) -> Any:
    return value if rng.random() < chance else None


def attendance_drawn(rng: np.random.Generator, name: str, who: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Draw a system's calendar, spells and events for some children, of whom some have two records."""
    calendar = [
        {"school_id": school, "date": day, "is_instructional": bool(rng.random() < 0.9)}
        for school in "ST"
        for day in [*DAYS, DAYS[3]]
    ]
    spells, events = [], []
    for at in range(14):
        record = f"{name}{at:02}"
        who[name, record] = f"c{at if at < 10 else rng.integers(10)}"
        for _ in range(rng.integers(1, 3)):
            first, last = sorted(rng.integers(0, 16, 2).tolist())
            school = str(rng.choice(["S", "S", "T", "U"]))
            spells.append({"record": record, "school_id": school, "school_year": 2026,
                           "begin_date": DAYS[first], "end_date": maybe(rng, DAYS[last], 0.7)})  # fmt: skip
            events += [
                {"record": record, "school_id": school, "date": DAYS[rng.integers(0, 16)],
                 "attendance_event_category": MARKS[rng.integers(0, len(MARKS))]}
                for _ in range(rng.integers(0, 12))
            ]  # fmt: skip
    return {"calendar": calendar, "school_enrollment": spells, "attendance_event": events}


@pytest.mark.parametrize("seed", range(2))
def test_days_are_those_that_sql_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    who: dict[tuple[str, str], str] = {}
    drawn = {name: attendance_drawn(rng, name, who) for name in ("attendance", "sis")}
    reach = {"attendance": DAYS[13], "sis": DAYS[-1]}
    silos = [
        silo(name, [{"record": record, "as_of": reach[name]} for of, record in who if of == name],
             session=[YEAR], **tables)
        for name, tables in drawn.items()
    ]  # fmt: skip
    store = gather_facts(district(*silos), links(who))
    values = stated_values_of_part(store, tuple(element(name) for name in COUNTS))
    # At a school without a calendar there are marks, and no days.
    counted = set(
        values.loc[values["element"].eq("days_enrolled"), ["child", "silo"]].itertuples(index=False)
    )
    values = values[[tuple(key) in counted for key in values[["child", "silo"]].to_numpy()]]
    found = values.pivot(index=["child", "silo"], columns="element", values="value_number").sort_index()

    def of(table: str) -> pd.DataFrame:
        frame = pd.concat([pd.DataFrame(tables[table]).assign(silo=name) for name, tables in drawn.items()])
        if "record" in frame:
            frame["child"] = [who[key] for key in zip(frame["silo"], frame["record"], strict=True)]
        return frame

    twin = days_of(
        {
            "calendar": of("calendar"),
            "spells": of("school_enrollment"),
            "events": of("attendance_event"),
            "reach": pd.DataFrame({"silo": list(reach), "as_of": list(reach.values())}),
        }
    ).set_index(["child", "silo"])
    assert found.index.tolist() == twin.index.tolist()
    assert len(twin) > 15
    assert {0.0, 1.0} <= set(twin["chronically_absent"].dropna().astype(float))
    for name in COUNTS:
        np.testing.assert_allclose(found[name].astype(float), twin[name].astype(float), err_msg=name)


TRUST = {
    **dict.fromkeys(("first_name", "last_surname", "birth_date"), ("sis", "attendance", "meals")),
    "sex": ("sis", "attendance"),  # whoever isn't named comes last
}


def person_drawn(rng: np.random.Generator, child: int) -> dict[str, Any]:
    """Draw a record that may be misspelled, a filler, of a doubtful date, or over."""
    names = ("Ana", "ANA", "Anna", None)
    born = ("2014-03-02", "2014-03-02", "2014-02-03", None)[rng.integers(4)]
    status = ("Exact", "Exact", "Placeholder", "Year only", "Day and month ambiguous")[rng.integers(5)]
    ambiguous = born is not None and status == "Day and month ambiguous"
    return {
        "first_name": names[rng.integers(4)],
        "last_surname": ("O'Neil", "ONEIL", "Oneal")[rng.integers(3)],
        "birth_date": born,
        "birth_date_status": status if born else "None",
        "birth_date_other": {"2014-03-02": "2014-02-03", "2014-02-03": "2014-03-02"}[born]
        if ambiguous
        else None,
        "sex": ("Female", "Male", None)[rng.integers(3)],
        "name_status": "Placeholder" if rng.random() < 0.1 else "As written",
        "end_date": maybe(rng, DAYS[rng.integers(0, 4)], 0.4),
        "as_of": maybe(rng, LAST, 0.7),
        "child": f"c{child}",
        "link_status": ("Verified", "Verified", "Unlinked", "Unverified", "Review")[rng.integers(5)],
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_value_is_chosen_as_by_sorting(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    people = [
        {**person_drawn(rng, child), "silo": name, "record": f"{name}{at}"}
        for name in ("sis", "attendance", "meals")
        for at, child in enumerate(rng.permutation(np.repeat(np.arange(14), 2))[:20].tolist())
    ]
    silos = [
        silo(name, [{key: told for key, told in row.items() if key not in ("child", "link_status", "silo")}
                    for row in people if row["silo"] == name])
        for name in ("sis", "attendance", "meals")
    ]  # fmt: skip
    keys = [(row["silo"], row["record"]) for row in people]
    store = gather_facts(
        district(*silos),
        links(dict(zip(keys, (row["child"] for row in people), strict=True)),
              dict(zip(keys, (row["link_status"] for row in people), strict=True))),
    )  # fmt: skip
    for name in TRUST:
        assert element(name).trust == TRUST[name]
    values = stated_values_of_part(store, tuple(element(name) for name in TRUST))
    values = values[values["chosen"]].set_index(["child", "element"])

    twin = choose(people, TRUST)
    assert set(values.index) == set(twin)
    reasons = set()
    for key, expected in twin.items():
        row = values.loc[key]
        assert (None if pd.isna(row["value"]) else row["value"]) == expected["value"], key
        assert (None if pd.isna(row["chosen_by"]) else row["chosen_by"]) == expected["chosen_by"], key
        assert (None if pd.isna(row["agrees"]) else bool(row["agrees"])) == expected["agrees"], key
        if expected["value"] is not None:
            assert row["record"] == expected["record"], key
        reasons.add(expected["chosen_by"])
    assert len(reasons) > 4
