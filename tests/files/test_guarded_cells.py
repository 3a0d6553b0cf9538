"""Tables that commands write run nothing in a spreadsheet, are their writer's alone, and are read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.files.save import guarded, save_table, spreadsheet_bytes, without_guard, write_atomically
from helpers.report.runs.earlier import earlier_runs
from helpers.score import crosswalk_from
from helpers.score.card_sort import read_card_sorts

FORMULAS = ['=HYPERLINK("http://x","y")', "@SUM(1)", "+1", "-1+2", "-5-", "\tx", "\rx", "\nx", "  =1", "'=1"]
FORMULAS += ["\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1", " \uff20A1"]
# The wide forms that are typed in East Asia: plus, minus and at, alone and before a text.
FORMULAS += ["\uff0d1+1", "\uff20SUM(1)", "@", "\uff20"]
PLAIN = ["O'Neil", "-12.5", "-1,204", "-3%", "00123", "-5", "K7QM-3XPD", "5-", "a=1", "", None]
# Beside the line: such a sign further on in the text, and the letters next to the wide ones.
BESIDE = ["a@b", "a\uff20b", "1=1", "\uff1c1", "\uff1e1", "\uff1fSUM", "\uff21SUM", "\uff0c1", "\uff0e1"]


def column(cells: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"value": pd.Series(cells, dtype="string"), "row": range(len(cells))})


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_written_behind_an_apostrophe(
    cell: str, tmp_path: Path
) -> None:
    table = column([*PLAIN, cell])
    written = pd.read_csv(save_table(table, tmp_path / "t.csv"), dtype="string", lineterminator="\n")
    assert written["value"].tolist()[-1] == "'" + cell
    assert written["value"].tolist()[:9] == PLAIN[:9]
    pd.testing.assert_frame_equal(without_guard(guarded(table)), table)


@pytest.mark.parametrize("cell", BESIDE)
def test_a_text_that_only_looks_like_one_stays_bare(cell: str, tmp_path: Path) -> None:
    written = pd.read_csv(save_table(column([cell]), tmp_path / "t.csv"), dtype="string")
    assert written["value"].tolist() == [cell]


@given(st.lists(st.one_of(st.none(), st.text(st.sampled_from("=+-@' \t1,.%aé'"), max_size=5)), max_size=8))
def test_what_the_guard_adds_is_taken_off_to_the_letter(cells: list[str | None]) -> None:
    table = column(cells)
    pd.testing.assert_frame_equal(without_guard(guarded(table)), table)


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_sheet_that_a_person_answers_guards_ids_and_formulas_and_nothing_else(cell: str) -> None:
    sheet = pd.DataFrame({"id": ["00123", "A1"], "said": ["-5", cell]}, dtype="string")
    rows = list(csv.reader(io.StringIO(spreadsheet_bytes(sheet, ids=["id"]).decode("utf-8-sig"), newline="")))
    assert rows == [["id", "said"], ["'00123", "-5"], ["'A1", "'" + cell]]


def test_an_apostrophe_in_somebody_else_s_table_stays() -> None:
    table = column(["'t Hooft", "'123"])
    pd.testing.assert_frame_equal(without_guard(table), table)


def test_a_crosswalk_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    crosswalk = pd.DataFrame(
        {
            "silo": ["sis", "clinic", "clinic"],
            "record": ["1", "=2", "-7"],
            "child": ["c-a", "c-a", "c-b"],
            "link_status": ["Verified", "Verified", "Unlinked"],
            "linkable_by": ["Name and birth date"] * 3,
        },
        dtype="string",
    )
    path = save_table(crosswalk, tmp_path / "crosswalk.csv")
    assert "'=2" in path.read_text(encoding="utf-8")
    assert crosswalk_from(path)["record"].tolist() == ["1", "=2", "-7"]


def test_what_a_command_reads_back_and_writes_again_gets_one_apostrophe_only(tmp_path: Path) -> None:
    line = pd.DataFrame({"made": ["2026-01-01 08:00"], "district": ["=Riverbend"]}, dtype="string")
    for _ in range(2):
        save_table(line, tmp_path / "runs.csv")
        line = earlier_runs(tmp_path)
    assert line["district"].tolist() == ["=Riverbend"]
    piles = pd.DataFrame({"team": ["=Owls"], "card": ["A1"], "pile": ["-x"], "seconds": ["7"]})
    typed = read_card_sorts(save_table(piles, tmp_path / "piles.csv"), pd.DataFrame({"card": ["A1"]}))
    assert typed[["team", "pile"]].to_numpy().tolist() == [["=Owls", "-x"]]


@pytest.mark.skipif("__import__('os').name == 'nt'", reason="Windows has no such modes")
def test_what_commands_write_is_their_writer_s_alone(tmp_path: Path) -> None:
    table = column(["a"])
    for name in ("t.csv", "t.parquet"):
        path = save_table(table, tmp_path / "out" / "deeper" / name)
        assert path.stat().st_mode & 0o777 == 0o600
    assert pd.read_parquet(tmp_path / "out" / "deeper" / "t.parquet")["value"].tolist() == ["a"]
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        assert folder.stat().st_mode & 0o777 == 0o700
    page = tmp_path / "pages" / "index.html"
    write_atomically(page, b"", private=False)
    assert page.stat().st_mode & 0o777 == 0o644
    assert page.parent.stat().st_mode & 0o055
    tmp_path.chmod(0o750)
    save_table(table, tmp_path / "t.csv")
    assert tmp_path.stat().st_mode & 0o777 == 0o750  # a folder that is there keeps its rights
