"""A view that is given away in files runs nothing on the machine of whoever opens it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd

from helpers.share.view_files import FILES, save_view


def test_a_name_that_a_spreadsheet_would_run_is_guarded_and_a_number_is_not(tmp_path: Path) -> None:
    empty: dict[str, Any] = {name: pd.DataFrame() for name in FILES}
    names = ['=HYPERLINK("http://x","y")', "@SUM(1)", "-12.5", "O'Neil", None]
    said = pd.DataFrame({"value": pd.Series(names, dtype="string"), "row": [1, 2, 3, 4, -5]})
    shown = SimpleNamespace(
        **(empty | {"values": said}),
        role="teacher",
        purpose="teaching",
        school_year=2026,
        as_of=None,
        policy=SimpleNamespace(teaches="It teaches."),
        log=lambda *_: None,
    )
    save_view(cast(Any, shown), tmp_path)
    told = pd.read_csv(tmp_path / "values.csv", dtype="string")
    expected = ['\'=HYPERLINK("http://x","y")', "'@SUM(1)", "-12.5", "O'Neil"]
    assert told["value"].dropna().tolist() == expected
    assert told["row"].tolist() == ["1", "2", "3", "4", "-5"]
