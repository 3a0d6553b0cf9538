"""Headline measures: a second count from the files, which shares no code with the kit, finds the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import District
from helpers.link import Links
from helpers.score import Headlines
from helpers.score.headlines import COUNTED
from tests.score import count_by_hand, read_by_hand
from tests.shared_districts import SharedDistricts
from tests.tiers import WEEKLY

# These come through many rules of the kit; nobody has counted them a second time yet.
BY_THE_KIT_ALONE = {
    *("flagged", "flagged_by_number", "flagged_by_links", "not_joinable", "not_fresh", "not_permitted"),
    *("children_named", "complete_named", "split_named", "mixed_named", "refused_by_number"),
}
# Counted from the files, and by the kit in its accounts of them.
OF_FILES = {"rows", "files"}
SIDES = ["left_silo", "left_record", "right_silo", "right_record"]


def written_by_commands(folder: Path, out: Path) -> Path:
    for command in ("read", "link"):
        result = CliRunner().invoke(main, [command, str(folder), "--out", str(out), "--quiet"])
        assert result.exit_code == 0, result.output
    return out


def units(name: str, rows: pd.DataFrame) -> set[Any]:
    """Give what a measure of the kit counts, as the count by hand names it."""
    if set(SIDES) <= set(rows):
        return {((a, b), (c, d)) for a, b, c, d in rows[SIDES].itertuples(index=False, name=None)}
    if name == "pairs_of_systems":
        pairs = rows[["left_silo", "right_silo"]].itertuples(index=False, name=None)
        return {tuple(sorted(pair)) for pair in pairs}
    if "person" in rows:
        return set(rows["person"])
    if "record" in rows:
        return set(rows[["silo", "record"]].itertuples(index=False, name=None))
    return set(rows["child"])


def compare(folder: Path, district: District, links: Links, out: Path) -> None:
    by_hand = count_by_hand.count_district(folder, written_by_commands(folder, out))
    found = Headlines(district, links)
    assert set(by_hand) == {*COUNTED, *OF_FILES} - BY_THE_KIT_ALONE
    accounts = district.accounts
    assert len(by_hand.pop("rows")) == int((accounts["rows"] - accounts["rows_structure"]).sum())
    files = accounts["file"].str.replace(r"(\.zip|\.xlsx)/.*", r"\1", regex=True)
    assert len(by_hand.pop("files")) == files.nunique()
    # A record in a pair that needs review can be linked already; one that waits is always in such a pair.
    in_pairs = {record for pair in by_hand["review_pairs"] for record in pair}
    assert by_hand["review"] <= in_pairs
    linked = by_hand["verified"] | by_hand["unverified"]
    assert in_pairs <= by_hand["review"] | linked
    # Groups by number have no names that two counts share; their children are compared one by one.
    pages = by_hand.pop("pages_by_number")
    assert len(pages) == found.of("pages_by_number").number
    for name, counted in by_hand.items():
        measured = found.of(name)
        kit = units(name, measured.rows)
        assert kit == counted, f"{name}: by the kit alone {kit - counted}, by hand alone {counted - kit}"
        assert measured.number == len(counted), name


def test_a_second_count_finds_the_same_children_records_and_pairs(
    district_folder: Path,
    district: District,
    district_links: Links,
    read_and_linked_once: None,
    tmp_path: Path,
) -> None:
    compare(district_folder, district, district_links, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("seed", [6, pytest.param(51413, marks=WEEKLY), pytest.param(60221, marks=WEEKLY)])
def test_a_second_count_finds_the_same_in_larger_districts(
    seed: int, districts: SharedDistricts, tmp_path: Path
) -> None:
    settings = {"students": 600, "seed": seed}
    folder = districts.folder(**settings)
    compare(folder, districts.read(**settings), districts.linked(**settings), tmp_path)


def test_the_second_count_imports_nothing_of_the_kit() -> None:
    modules = (count_by_hand, read_by_hand)
    files = [Path(str(module.__file__)) for module in modules]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name.startswith("tests.") and name == read_by_hand.__name__
                assert own or name.partition(".")[0] in {*sys.stdlib_module_names, "pandas", "openpyxl"}, name
    # Nor does any of what it imports.
    code = f"import sys, {count_by_hand.__name__}; print(*sys.modules)"
    root = files[0].parents[2]
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert not {"helpers", "synthetic_data"} & set(loaded.stdout.split())
