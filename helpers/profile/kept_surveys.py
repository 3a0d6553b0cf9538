"""What rules have to know of other children, kept beside the tables of each part.

Every building of profiles asks for it, and it changes only with the tables and with the rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import helpers.profile
import helpers.standard
from helpers.files.save import write_atomically
from helpers.profile.attendance_reach import Reach
from helpers.profile.cohort import Reports, Survey
from helpers.profile.context import context_of
from helpers.profile.gathering import gather_part
from helpers.profile.standard_store import StandardStore
from helpers.profile.survey import survey_of
from helpers.standard import STRING

__all__ = ["keep_surveys", "kept_survey"]

NAME = "survey.json"
TEXT = "text"
# Where what a survey asks for is declared.
DECLARED = ("elements.toml", "tables/facts.toml", "tables/people.toml")


def keep_surveys(standard: Path) -> None:
    """Look once through laid-out tables for what rules have to know of all children, and keep that.

    Parameters
    ----------
    standard
        What `save_standard` wrote.
    """
    tables = StandardStore(standard)
    context = context_of(tables)
    for part in (tables.loose, *map(tables.part, range(len(tables.firsts)))):
        written = {"asked_by": _rules(), **_written(survey_of(gather_part(part, context)))}
        write_atomically(part.folder / NAME, json.dumps(written, ensure_ascii=False).encode())


def kept_survey(folder: Path) -> Survey | None:
    """Give what was kept of a part's children.

    Parameters
    ----------
    folder
        The folder of the part.

    Returns
    -------
    Survey or None
        What `survey_of` said of them; None where nothing was kept, or what other rules asked for.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return _read(kept) if kept.pop("asked_by", None) == _rules() else None


@cache
def _rules() -> str:
    """Fingerprint what decides of a survey, so that a changed rule never goes by what an older one asked."""
    room, standard = Path(helpers.profile.__file__).parent, Path(helpers.standard.__file__).parent
    whole = hashlib.sha256()
    for path in (*sorted(room.rglob("*.py")), *(standard / name for name in DECLARED)):
        whole.update(path.name.encode("utf-8") + path.read_bytes())
    return whole.hexdigest()


def _written(survey: Survey) -> dict[str, Any]:
    return {
        "tables": sorted(survey.tables),
        "filled": sorted(survey.filled),
        "school_names": _columns(survey.school_names),
        "newest_classes": [[*pair, str(day)] for pair, day in survey.newest_classes.items()],
        "keeps_submissions": survey.keeps_submissions,
        "years_handed_in": sorted(survey.years_handed_in),
        "reports": {
            table: {
                "told": sorted(one.told),
                "spoilt": sorted(one.spoilt),
                "schools": sorted(one.schools),
                "left_over": _columns(one.left_over),
            }
            for table, one in survey.reports.items()
        },
        "schools_of_spells": [[system, sorted(all_)] for system, all_ in survey.schools_of_spells.items()],
        "years_of_families": {name: sorted(pairs) for name, pairs in survey.years_of_families.items()},
        "spoken": {silo: day.isoformat() for silo, day in survey.reach.spoken.items()},
        "noted": _columns(survey.reach.noted),
        "rostered": sorted(survey.rostered),
    }


def _read(kept: Mapping[str, Any]) -> Survey:
    return Survey(
        tables=frozenset(kept["tables"]),
        filled=_tuples(kept["filled"]),
        school_names=_frame(kept["school_names"]),
        newest_classes={
            (system, year): np.datetime64(day, "us") for system, year, day in kept["newest_classes"]
        },
        keeps_submissions=kept["keeps_submissions"],
        years_handed_in=_tuples(kept["years_handed_in"]),
        reports={
            table: Reports(
                _tuples(one["told"]),
                _tuples(one["spoilt"]),
                _tuples(one["schools"]),
                _frame(one["left_over"]),
            )
            for table, one in kept["reports"].items()
        },
        schools_of_spells={system: frozenset(all_) for system, all_ in kept["schools_of_spells"]},
        years_of_families={name: _tuples(pairs) for name, pairs in kept["years_of_families"].items()},
        reach=Reach({silo: pd.Timestamp(day) for silo, day in kept["spoken"].items()}, _frame(kept["noted"])),
        rostered=frozenset(kept["rostered"]),
    )


def _tuples(lists: Iterable[list[Any]]) -> frozenset[Any]:
    return frozenset(map(tuple, lists))


def _columns(frame: pd.DataFrame) -> list[list[Any]]:
    """Give each column with its dtype; an empty cell is null."""
    return [
        [
            name,
            TEXT if frame[name].dtype == STRING else str(frame[name].dtype),
            frame[name].astype(object).where(frame[name].notna(), None).tolist(),
        ]
        for name in frame.columns
    ]


def _frame(columns: list[list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=STRING if dtype == TEXT else dtype) for name, dtype, cells in columns}
    )
