"""A system more, a library's loans, takes a folder a side and no file of ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.systems import declared_elements, systems
from synthetic_data.district import make_district
from synthetic_data.systems import SILOS

HERE = Path(__file__).parent
# What an installed package brings: its folders of systems, and entry points that name them.
ENTRY_POINTS = """[bigpicture.systems]
reader = library_loans.reader
generator = library_loans.generator
"""
MAKE_AND_READ = """
import json, sys
from pathlib import Path
from helpers.files import read_district
from helpers.gaps.measures import system_owners
from helpers.gaps.measures.permission import permission_of_kit
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.report.display_names import element_name, system_names
from helpers.report.messages import language
from helpers.score import read_answer_key
from helpers.share.policy import read_policy
from helpers.systems import copy_of_elements, element, declared_elements, systems
from synthetic_data.data_card import card_with_tables, dictionary_page
from synthetic_data.district import make_district
from synthetic_data.systems import SILOS

folder, level = Path(sys.argv[1]), sys.argv[2]
made = make_district(folder=folder / level, students=60, seed=7, level=level)
district = read_district(made)
links = link_district(district)
crosswalk, profiles = links.crosswalk, build_profiles(district, links)
books = profiles.values.loc[profiles.values["element"] == "library_books"]
own_copy = copy_of_elements(folder / "decided")
library = crosswalk.loc[crosswalk["silo"] == "library"]
roster = set(crosswalk.loc[crosswalk["silo"] == "sis", "child"])
faults = read_answer_key(made).faults
print(json.dumps({
    "systems": list(systems()),
    "made": list(SILOS),
    "layout": district.layouts["library"].layout,
    "loans": (made / "silos" / "library" / "loans.csv").read_text(encoding="utf-8"),
    "findings": int((district.findings["silo"] == "library").sum()),
    "children": len(library),
    "on_roster": int(library["child"].isin(roster).sum()),
    "faults": faults.loc[faults["silo"] == "library", "kind"].unique().tolist(),
    "owner": system_owners(district.layouts)["library"],
    "reveals": sorted(read_policy().domains_of_system("library", None)),
    "needs": permission_of_kit().needs["library"].why,
    "called": system_names(district.layouts)["library"],
    "titles": [language(code).label("system", "library") for code in ("en", "es")],
    "trusted": element("first_name").trust,
    "ranks": {name: profiles.coverage.trust()[name] for name in ("first_name", "last_surname")},
    "decides": 'trust = ["sis", "attendance", "meals", "library"]' in own_copy.read_text(encoding="utf-8"),
    "own": element("library_books").model_dump(include={"systems", "trust"}),
    "elements": [each.name for each in declared_elements()],
    "books": books.groupby("status")["value"].agg(list).to_dict(),
    "books_from": books.loc[books["status"].eq("Reported"), "silo"].unique().tolist(),
    "unused": int(profiles.left_out["silo"].eq("library").sum()),
    "books_called": element_name("library_books"),
    "books_in": [one.name for one in read_policy().domains.values() if "library_books" in one.elements],
    "dictionary": "## library: Loans of a school library" in dictionary_page(),
}))
"""


BEGIN = "from helpers.layouts import layout_names; from helpers.systems import declared_elements, systems"
EXCHANGE = "from synthetic_data.scenario import exchange, load_scenario; exchange(load_scenario(), 'library')"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on Python's path in which another package brings a system."""
    folder = tmp_path_factory.mktemp("packages")
    shutil.copytree(
        HERE / "library_loans", folder / "library_loans", ignore=shutil.ignore_patterns("__pycache__")
    )
    told = folder / "library_loans-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: library-loans\nVersion: 1.0\n", encoding="utf-8"
    )
    (told / "entry_points.txt").write_text(ENTRY_POINTS, encoding="utf-8")
    return folder


def run_with(packages: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(HERE.parents[1])])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def made_and_read(packages: Path, folder: Path, level: str) -> dict[str, Any]:
    run = run_with(packages, MAKE_AND_READ, str(folder), level)
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.fixture(scope="module")
def islands(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a district is where the library knows no number but its own."""
    return made_and_read(packages, tmp_path_factory.mktemp("made"), "none")


@pytest.mark.full
def test_a_folder_a_side_makes_a_system_and_reads_it(islands: dict[str, Any]) -> None:
    assert islands["systems"] == [*systems(), "library"]
    assert islands["made"] == [*SILOS, "library"]
    assert islands["layout"] == "library/loans"
    assert islands["findings"] == 0
    assert islands["faults"] == ["names_swapped"]
    assert islands["dictionary"]


@pytest.mark.full
def test_its_children_are_in_the_crosswalk(islands: dict[str, Any]) -> None:
    assert islands["children"] >= 30
    assert islands["on_roster"] >= 0.9 * islands["children"]


@pytest.mark.full
def test_what_its_declaration_says_of_it_is_used(islands: dict[str, Any]) -> None:
    assert islands["owner"] == "librarian"
    assert islands["reveals"] == ["activities"]
    assert islands["needs"] == "a card needs a number and a name"
    assert islands["called"] == "Library loans"
    assert islands["titles"] == ["Books from the library", "Libros de la biblioteca"]


@pytest.mark.full
def test_it_is_trusted_for_the_elements_that_its_folder_names(islands: dict[str, Any]) -> None:
    assert islands["trusted"] == ["sis", "attendance", "meals", "library"]
    assert islands["decides"]
    first_name, last_surname = (islands["ranks"][name] for name in ("first_name", "last_surname"))
    assert sorted(first_name, key=first_name.__getitem__)[:4] == islands["trusted"]
    assert sorted(last_surname, key=last_surname.__getitem__)[3] != "library"


@pytest.mark.full
def test_it_gives_an_element_of_its_own(islands: dict[str, Any]) -> None:
    assert islands["own"] == {"systems": ["library"], "trust": ["library"]}
    at = islands["elements"].index("library_books")
    ours = [one.name for one in declared_elements()]
    # After those of the systems that come before it in the same place.
    assert islands["elements"] == [*ours[:at], "library_books", *ours[at:]]
    assert ours[at - 1] == "club_hours"
    assert len(islands["books"]["Reported"]) >= 30
    assert set(islands["books"]["Reported"]) == {"1"}
    assert islands["books_from"] == ["library"]
    assert islands["unused"] == 0
    assert islands["books_called"] == "books from the library"
    assert islands["books_in"] == ["activities"]


@pytest.mark.full
def test_its_levels_and_its_own_words_are_its_folders(islands: dict[str, Any]) -> None:
    assert "Kindergarten" in islands["loans"]
    assert "District ID" not in islands["loans"]


@pytest.mark.full
def test_its_levels_set_which_ids_it_carries(packages: Path, tmp_path: Path) -> None:
    rostered = made_and_read(packages, tmp_path, "rostered")
    assert "District ID" in rostered["loans"]
    assert "Kindergarten" not in rostered["loans"]
    assert rostered["on_roster"] >= 0.9 * rostered["children"] >= 27


@pytest.mark.full
def test_no_file_of_another_system_changes(packages: Path, tmp_path: Path) -> None:
    made_and_read(packages, tmp_path, "none")
    ours = make_district(folder=tmp_path / "ours", students=60, seed=7, level="none")
    with_it = {
        path.relative_to(tmp_path / "none"): path.read_bytes()
        for path in (tmp_path / "none" / "silos").rglob("*")
        if path.is_file() and "library" not in path.parts
    }
    assert with_it == {
        path.relative_to(ours): path.read_bytes() for path in (ours / "silos").rglob("*") if path.is_file()
    }


def refusal(packages: Path, code: str) -> str:
    """Run code that must be refused, and give what it says."""
    run = run_with(packages, f"{BEGIN}; {code}")
    assert "BadInput: " in run.stderr, run.stderr
    return run.stderr.partition("BadInput: ")[2]


def test_an_entry_point_that_leads_nowhere_is_named(packages: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(packages, tmp_path / "packages"))
    shutil.rmtree(copy / "library_loans")
    told = refusal(copy, "systems()")
    assert "'generator'" in told
    assert "'library_loans.generator'" in told


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("file", "text", "code", "words"),
    [
        ("reader/library/system.toml", None, "import synthetic_data.systems", ("'library'", "system.toml")),
        ("reader/library/system.toml", "order = ", "systems()", ("system.toml", "valid TOML")),
        ("reader/library/system.toml", "ordre = 1\n{given}", "systems()", ("ordre", "order")),
        ("reader/library/layout.toml", "silo = 1", "layout_names()", ("layout.toml", "layout = ")),
        ("reader/sis/system.toml", "{given}", "systems()", ("'sis'", "Two folders")),
        (
            "reader/library/system.toml",
            "{given}\nfirst_nam = 4",
            "declared_elements()",
            ("first_nam'", "first_name"),
        ),
        (
            "reader/library/elements.toml",
            "{given}",
            "declared_elements()",
            ("elements.toml", "after", "order"),
        ),
        (
            "reader/library/elements.toml",
            'after = "plan_servces"\nelement = []',
            "declared_elements()",
            ("plan_servces", "plan_services"),
        ),
        ("generator/library/levels.toml", "none = {}", EXCHANGE, ("levels.toml", "'none'", "freshness")),
    ],
)
def test_a_folder_that_cannot_be_used_is_named(
    file: str, text: str | None, code: str, words: tuple[str, ...], packages: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(packages, tmp_path / "packages")) / "library_loans"
    given = (copy / "reader" / "library" / "system.toml").read_text(encoding="utf-8")
    path = copy / file
    path.parent.mkdir(exist_ok=True)
    if text is None:
        path.unlink()
    else:
        path.write_text(text.replace("{given}", given), encoding="utf-8")
    told = refusal(copy.parent, code)
    assert all(word in told for word in words), told
