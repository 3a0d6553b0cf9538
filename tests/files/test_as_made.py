"""A folder that says it is invented is believed as long as only its generator's files lie in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files.as_made import NOT_INVENTED
from helpers.files.district import what_is_there
from helpers.standard import BadInput
from synthetic_data.district import make_district

ROSTER = "id,first,last\n1,Ada,Lovelace\n"


@pytest.fixture
def copy(district_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(district_folder, tmp_path / "copy"))


def about(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    return told


def rewrite(folder: Path, **changes: object) -> None:
    (folder / "district.json").write_text(json.dumps({**about(folder), **changes}), encoding="utf-8")


def why_real(folder: Path) -> str | None:
    """Say why a folder is treated as real; None where it is invented."""
    told = what_is_there(folder).about
    assert (told["synthetic"] is True) == (NOT_INVENTED not in told)
    return told.get(NOT_INVENTED)


def a_file(folder: Path) -> Path:
    return next(path for path in sorted((folder / "silos").rglob("*.csv")) if path.stat().st_size)


def test_a_made_district_is_invented_and_so_is_one_that_was_moved(copy: Path, tmp_path: Path) -> None:
    assert why_real(copy) is None
    moved = copy.rename(tmp_path / "elsewhere")
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", moved)
    shutil.unpack_archive(packed, tmp_path / "unpacked")
    assert why_real(tmp_path / "unpacked") is None


def test_a_file_that_was_moved_or_taken_away_is_still_the_generator_s(copy: Path) -> None:
    one = a_file(copy)
    one.rename(one.with_name("renamed.csv"))
    shutil.rmtree(copy / "silos" / "iready")
    assert why_real(copy) is None


def test_one_letter_that_is_changed_makes_the_folder_real_and_the_reason_names_the_file(copy: Path) -> None:
    one = a_file(copy)
    text = one.read_bytes()
    one.write_bytes(text[:-2] + bytes([text[-2] ^ 1]) + text[-1:])
    why = why_real(copy)
    assert why is not None
    assert one.relative_to(copy).as_posix() in why
    assert "bigpicture make" in why
    one.write_bytes(text)
    assert why_real(copy) is None


@pytest.mark.parametrize("place", ["silos/students.csv", "silos/meals/students.csv", "silos/new/deep/a.dat"])
def test_a_foreign_file_among_the_silos_makes_the_folder_real(place: str, copy: Path) -> None:
    (copy / place).parent.mkdir(parents=True, exist_ok=True)
    (copy / place).write_text(ROSTER, encoding="utf-8")
    assert place in str(why_real(copy))


@pytest.mark.parametrize("place", ["mine", "answer_key", "."])
def test_a_file_elsewhere_that_a_layout_reads_makes_the_folder_real(place: str, copy: Path) -> None:
    (copy / place).mkdir(exist_ok=True)
    theirs = sorted((copy / "silos" / "meals").glob("*.csv"))[0].read_bytes()
    (copy / place / "export.csv").write_bytes(theirs)
    assert why_real(copy) is None, "a copy of what the generator wrote"
    (copy / place / "export.csv").write_bytes(theirs[: len(theirs) // 2])
    assert "export.csv" in str(why_real(copy))


def test_the_folder_s_own_declarations_and_notes_leave_it_invented(copy: Path) -> None:
    (copy / "layouts").mkdir()
    for name in ("district.toml", "elements.toml", "notes.md", "layouts/README.md", "silos/.DS_Store"):
        (copy / name).write_text("# ours\n", encoding="utf-8")
    (copy / "team.csv").write_text("who,when\nus,Monday\n", encoding="utf-8")
    assert why_real(copy) is None


@pytest.mark.full
def test_what_the_kit_writes_into_the_folder_leaves_it_invented(
    copy: Path, district_folder: Path, read_and_linked_once: None
) -> None:
    for command in ("read", "link", "profile", "gaps"):
        out = str(copy / "reports")
        result = CliRunner().invoke(main, [command, str(district_folder), "--out", out])
        assert result.exit_code == 0, result.output
    assert why_real(copy) is None


def test_a_folder_of_an_older_generator_that_says_no_digests_is_real(copy: Path) -> None:
    rewrite(copy, files={})
    assert "older version" in str(why_real(copy))


@pytest.mark.parametrize("files", [[], "x", 3, {"a": 3}, {"a": None}, {"a": ["b"]}])
def test_digests_that_are_none_make_the_folder_real(files: object, copy: Path) -> None:
    rewrite(copy, files=files)
    assert why_real(copy)


def test_a_district_file_that_says_something_twice_is_not_believed(copy: Path) -> None:
    text = (copy / "district.json").read_text(encoding="utf-8")
    (copy / "district.json").write_text(text.replace("{", '{"synthetic": false,', 1), encoding="utf-8")
    assert "twice" in str(why_real(copy))
    inside = text.replace('"sis":', '"sis": "oneroster", "sis":', 1)
    assert inside != text
    (copy / "district.json").write_text(inside, encoding="utf-8")
    assert "'sis' twice" in str(why_real(copy))


def test_a_folder_that_does_not_call_itself_invented_needs_no_reason(copy: Path) -> None:
    rewrite(copy, synthetic=False)
    assert NOT_INVENTED not in what_is_there(copy).about


@pytest.mark.full
def test_read_says_that_and_why_and_so_does_every_banner(copy: Path, tmp_path: Path) -> None:
    from helpers.report.blocks import banner

    (copy / "silos" / "students.csv").write_text(ROSTER, encoding="utf-8")
    result = CliRunner().invoke(main, ["read", str(copy), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert "Treated as real data: district.json says" in " ".join(result.stdout.split())
    text = banner(what_is_there(copy).about).text
    assert text.startswith("Real data: restricted.")
    assert "silos/students.csv" in text


@pytest.mark.full
def test_a_real_file_in_a_made_district_is_not_lost_when_another_is_made_there(tmp_path: Path) -> None:
    folder = make_district(folder=tmp_path / "made", students=60)
    (folder / "silos" / "students.csv").write_text(ROSTER, encoding="utf-8")
    with pytest.raises(BadInput, match=r"students\.csv isn't as the generator wrote it"):
        make_district(folder=folder, students=61)
    (folder / "silos" / "students.csv").unlink()
    assert make_district(folder=folder, students=61) == folder
