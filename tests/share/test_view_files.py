"""A view that is given away in files runs nothing on the machine of whoever opens it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from helpers.share.view import FILES, save_view


def view_of(role: str, log: Any = lambda *_: None, **tables: pd.DataFrame) -> Any:
    empty: dict[str, Any] = {name: pd.DataFrame() for name in FILES}
    return cast(
        Any,
        SimpleNamespace(
            **(empty | tables),
            role=role,
            purpose="teaching",
            school_year=2026,
            as_of=None,
            policy=SimpleNamespace(teaches="It teaches."),
            log=log,
        ),
    )


def test_a_name_that_a_spreadsheet_would_run_is_guarded_and_a_number_is_not(tmp_path: Path) -> None:
    names = ['=HYPERLINK("http://x","y")', "@SUM(1)", "-12.5", "O'Neil", None]
    said = pd.DataFrame({"value": pd.Series(names, dtype="string"), "row": [1, 2, 3, 4, -5]})
    save_view(view_of("teacher", values=said), tmp_path)
    told = pd.read_csv(tmp_path / "values.csv", dtype="string")
    expected = ['\'=HYPERLINK("http://x","y")', "'@SUM(1)", "-12.5", "O'Neil"]
    assert told["value"].dropna().tolist() == expected
    assert told["row"].tolist() == ["1", "2", "3", "4", "-5"]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


TABLE = pd.DataFrame({"child": pd.Series(["c1"], dtype="string")})


def test_a_view_takes_the_place_of_another_role_s_and_leaves_what_is_no_view_s(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("mine", encoding="utf-8")
    first = save_view(view_of("nurse", children=TABLE, values=TABLE, timeline=TABLE), tmp_path)
    assert [path.name for path in first] == ["children.csv", "values.csv", "timeline.csv", "view.json"]
    save_view(view_of("teacher", children=TABLE), tmp_path)
    assert files(tmp_path) == {"codes.csv", "children.csv", "view.json"}


@pytest.mark.parametrize("fails_at", range(1, 9))
def test_a_view_that_fails_halfway_leaves_the_earlier_one_whole(
    fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_view(view_of("nurse", children=TABLE, values=TABLE, timeline=TABLE), tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    put, moved = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        if tmp_path in (self.parent, Path(target).parent):
            moved.append(target)
            if len(moved) == fails_at:
                raise OSError(28, "No space left on device", str(target))
        return put(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    teacher = view_of("teacher", children=TABLE.assign(child="c2"), groups=TABLE, withheld=TABLE)
    with pytest.raises(OSError, match="No space"):
        save_view(teacher, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_a_view_that_can_t_be_drafted_or_written_down_leaves_the_earlier_one(tmp_path: Path) -> None:
    save_view(view_of("nurse", children=TABLE), tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}

    def refuses(*_: object) -> None:
        raise OSError("the log is on a full disk")

    with pytest.raises(OSError, match="full disk"):
        save_view(view_of("teacher", log=refuses, values=TABLE), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before
