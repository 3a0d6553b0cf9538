"""A district of a few rows, written by hand: tests say what is in it, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import District, Silo
from helpers.layouts import Layout
from helpers.link import Links
from helpers.standard import as_table, empty_table

Rows = Sequence[Mapping[str, Any]]

PERSON = {
    "role": "Student",
    "name_status": "As written",
    "birth_date_status": "Exact",
    "linkable_by": "Name and birth date",
}


def layout(silo: str, **more: Any) -> Layout:
    """Give a layout that says only whose system it is."""
    given = {
        "layout": f"{silo}/by_hand",
        "title": silo,
        "source": "this test",
        "source_status": "own",
        "file": [],
    }
    return Layout.model_validate({**given, "silo": silo, **more})


def table(name: str, silo: str, rows: Rows) -> pd.DataFrame:
    """Make a standard table of a silo; rows are numbered as in a file of that table's name."""
    frame = pd.DataFrame(
        [{"file": f"{silo}/{name}.csv", "row": at, **row} for at, row in enumerate(rows, start=2)]
    )
    for column in ("date", "begin_date", "end_date", "as_of", "birth_date", "birth_date_other"):
        if column in frame:
            frame[column] = frame[column].astype("datetime64[us]")
    return as_table(name, frame.assign(silo=silo))


def silo(name: str, people: Rows, layout_of: Layout | None = None, **tables: Rows) -> Silo:
    """Make a silo: people (``record`` and whatever is known), fact tables and identifiers by name."""
    persons = pd.DataFrame([{**PERSON, **person} for person in people]).assign(silo=name)
    for column in ("birth_date", "birth_date_other", "begin_date", "end_date", "as_of"):
        if column in persons:
            persons[column] = pd.to_datetime(persons[column])
    rows = [{"record": person["record"]} for person in people]
    ids = tables.pop("identifiers", ())
    findings = tables.pop("findings", ())
    return Silo(
        name=name,
        layout=layout_of or layout(name),
        people=as_table("people", persons) if people else empty_table("people"),
        person_rows=table("person_rows", name, rows) if people else empty_table("person_rows"),
        identifiers=table("identifiers", name, ids) if ids else empty_table("identifiers"),
        facts={fact: table(fact, name, its) for fact, its in tables.items() if its},
        findings=_findings(name, findings),
        accounts=as_table(
            "accounts",
            pd.DataFrame(
                [
                    {
                        "silo": name,
                        "file": f"{name}/people.csv",
                        "rows": len(people) + 1,
                        "rows_used": len(people),
                        "rows_structure": 1,
                        "rows_set_aside": 0,
                        "rows_quarantined": 0,
                    }
                ]
            ),
        ),
    )


def _findings(name: str, rows: Rows) -> pd.DataFrame:
    if not rows:
        return empty_table("findings")
    given = {"silo": name, "file": f"{name}/people.csv", "action_taken": "nothing", "times": 1}
    return as_table("findings", pd.DataFrame([{**given, **row} for row in rows]))


def district(*silos: Silo, synthetic: bool = True) -> District:
    """Put silos together; the first is the roster."""
    return District(Path("by_hand"), {"synthetic": synthetic}, {each.name: each for each in silos})


def links(who: Mapping[tuple[str, str], str], statuses: Mapping[tuple[str, str], str] | None = None) -> Links:
    """Say who is who: ``{(silo, record): child}``; every tie is sure, but for those that `statuses` names."""
    rows = [
        {
            "silo": silo_name,
            "record": record,
            "child": child,
            "link_status": (statuses or {}).get((silo_name, record), "Verified"),
            "linkable_by": "Name and birth date",
        }
        for (silo_name, record), child in who.items()
    ]
    crosswalk = as_table("crosswalk", pd.DataFrame(rows)) if rows else empty_table("crosswalk")
    return Links(crosswalk, empty_table("pairs"), empty_table("findings"), pd.DataFrame())
