"""A folder of exports with published heads: from nothing declared to children, and with any file missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpers.files import District, draft_layouts, read_district
from helpers.link import link_district
from helpers.start import open_questions, save_answers
from synthetic_data.desk.drawn_folder import make_drawn_folder
from tests.start.drawn_scores import MOST_ASKED, answers_of, field_scores, link_scores, score_cells

FILES = 25


def drafted(folder: Path) -> District:
    draft_layouts(folder)
    return read_district(folder)


def read_as(district: District) -> dict[str, object]:
    """Describe how each file is read: its columns, their types and formats, its codes and rows."""
    found: dict[str, object] = {}
    rows = district.accounts.set_index("file")[["rows", "rows_used"]]
    for silo, layout in district.layouts.items():
        files = {file.name: file for file in layout.files}
        for path, kinds in district[silo].kinds.items():
            for file in (files[kind] for kind in kinds if kind in files):
                columns = [
                    (one.name, one.type, tuple(one.formats()), sorted(one.code_map().items()))
                    for one in file.columns
                ]
                found[str(path)] = (columns, rows.loc[path].tolist())
    return found


@pytest.mark.full
def test_a_folder_with_nothing_declared_leads_to_children_on_a_page(tmp_path: Path) -> None:
    truth = make_drawn_folder(tmp_path, "first", students=300, seed=2)
    district = drafted(tmp_path)
    links = link_district(district)
    untouched = link_scores(district, links, truth)
    assert untouched["recall"] >= 0.95
    assert untouched["precision"] >= 0.995
    questions = open_questions(district, links)
    assert len(questions) <= MOST_ASKED
    save_answers(tmp_path, answers_of(questions, district, truth))
    district = read_district(tmp_path)
    links = link_district(district)
    answered = link_scores(district, links, truth)
    assert answered["recall"] >= 0.97
    assert answered["precision"] >= 0.995
    fields = field_scores(district, links, truth, 2).set_index("field")
    assert (fields["right"] / fields["of"]).min() >= 0.98, fields
    assert (fields["wrong"] / fields["of"]).max() <= 0.005, fields
    scores = score_cells(district, truth)
    assert scores["read"] >= 0.98 * scores["cells"]
    assert scores["other day"] == 0


@pytest.mark.full
def test_without_any_one_file_the_others_are_read_as_before(tmp_path: Path) -> None:
    truth = make_drawn_folder(tmp_path / "whole", "first", students=100, seed=3, values=False)
    whole = read_as(drafted(shutil.copytree(tmp_path / "whole", tmp_path / "all")))
    assert len(whole) >= FILES
    for export in truth.exports:
        less = shutil.copytree(tmp_path / "whole", tmp_path / "less")
        (less / export.path).unlink()
        others = {path: how for path, how in whole.items() if not path.startswith(export.path)}
        assert read_as(drafted(less)) == others, export.path
        shutil.rmtree(less)


@pytest.mark.parametrize("at", [0, 3, pytest.param(range(FILES), marks=pytest.mark.full)])
def test_a_folder_of_one_file_works(at: int | range, tmp_path: Path) -> None:
    truth = make_drawn_folder(tmp_path / "whole", "first", students=40, seed=3, values=False)
    for export in [truth.exports[at]] if isinstance(at, int) else truth.exports:
        alone = tmp_path / "alone" / export.path
        alone.parent.mkdir(parents=True)
        shutil.copy(tmp_path / "whole" / export.path, alone)
        district = drafted(tmp_path / "alone")
        account = district.accounts.sum(numeric_only=True)
        parts = account[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]].sum()
        assert 0 < account["rows"] == parts, export.path
        open_questions(district, link_district(district))
        shutil.rmtree(tmp_path / "alone")
