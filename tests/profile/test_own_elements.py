"""A folder's own ``elements.toml``: a copy of the kit's in which its people change whom to believe."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tomllib
from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.profile import build_profiles, element
from helpers.standard import BadInput
from helpers.standard.elements import DECLARED
from helpers.systems import copy_of_elements, declared, declared_for
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import chosen, person

BOTH = district(
    silo("sis", [person("1", "Ana", "Ruiz Peña")]),
    silo("meals", [person("1", "Ana", "Ruiz")]),
)
WHO = links({("sis", "1"): "a", ("meals", "1"): "a"})
NAME = 'name = "last_surname"'
TRUST = 'trust = ["sis", "attendance", "meals"]'
MEALS_FIRST = 'trust = ["meals", "sis", "attendance"]'


def changed_after(path: Path, begins: str, old: str, new: str) -> None:
    """Change one line of a copy: the first `old` below the line that begins an element."""
    head, line, rest = path.read_text(encoding="utf-8").partition(begins)
    assert line
    assert old in rest
    path.write_text(head + line + rest.replace(old, new, 1), encoding="utf-8")


@pytest.mark.full
def test_one_changed_line_of_the_copy_changes_the_page_each_time_it_is_asked(tmp_path: Path) -> None:
    ours = dataclasses.replace(BOTH, folder=tmp_path)
    assert chosen(build_profiles(ours, WHO), "a", "last_surname")["value"] == "Ruiz Peña"
    copy = copy_of_elements(tmp_path)
    assert copy == tmp_path / "elements.toml"
    assert chosen(build_profiles(ours, WHO), "a", "last_surname")["value"] == "Ruiz Peña"
    changed_after(copy, NAME, TRUST, MEALS_FIRST)
    profiles = build_profiles(ours, WHO)
    assert chosen(profiles, "a", "last_surname")["value"] == "Ruiz"
    assert chosen(profiles, "a", "first_name")["silo"] == "sis"
    changed_after(copy, NAME, MEALS_FIRST, TRUST)
    assert chosen(build_profiles(ours, WHO), "a", "last_surname")["value"] == "Ruiz Peña"
    assert element("last_surname").trust[0] == "sis"


def test_a_learner_s_own_folder_holds_for_a_district_elsewhere(tmp_path: Path) -> None:
    changed_after(copy_of_elements(tmp_path / "mine"), NAME, TRUST, MEALS_FIRST)
    terms = declared_for(tmp_path / "mine")
    assert chosen(build_profiles(BOTH, WHO, terms=terms), "a", "last_surname")["value"] == "Ruiz"
    assert declared_for("") is declared_for(tmp_path) is declared()


def test_a_copy_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    copy = copy_of_elements(tmp_path)
    changed_after(copy, NAME, TRUST, MEALS_FIRST)
    before = copy.read_bytes()
    assert copy_of_elements(tmp_path).read_bytes() == before


def in_toml(value: object) -> str:
    """Write a value as TOML does."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {in_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(in_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def older_copy(folder: Path) -> Path:
    """Write a copy as version 0.1.0 did: the whole declaration, whichever system gives an element."""
    parts = ['others = ["meals", "sis"]']
    for each in declared().element:
        known = each.model_dump(mode="json", exclude_none=True, exclude={"display_name"})
        parts.append("[[element]]\n" + "\n".join(f"{key} = {in_toml(one)}" for key, one in known.items()))
    rest = DECLARED.read_text(encoding="utf-8")
    now = 'event = "Plan or program begins"'
    assert now in rest
    parts.append(rest[rest.index("[[timeline]]") :].replace(now, 'event = "Plan or programme begins"'))
    path = folder / "elements.toml"
    path.write_text("\n\n".join(parts), encoding="utf-8")
    return path


def test_a_copy_of_the_first_version_is_still_read(tmp_path: Path) -> None:
    copy = older_copy(tmp_path)
    assert declared_for(tmp_path) is declared()
    changed_after(copy, NAME, TRUST, MEALS_FIRST)
    changed = declared_for(tmp_path)
    assert [one.name for one in changed.element] == [one.name for one in declared().element]
    differ = [one for one, kit in zip(changed.element, declared().element, strict=True) if one != kit]
    assert [(one.name, one.trust) for one in differ] == [("last_surname", ("meals", "sis", "attendance"))]


def test_an_element_that_one_system_gives_needs_no_line(tmp_path: Path) -> None:
    copy = copy_of_elements(tmp_path).read_text(encoding="utf-8")
    listed = [one["name"] for one in tomllib.loads(copy)["element"]]
    assert listed == [one.name for one in declared().element if not one.systems]
    assert set(listed) < {one.name for one in declared().element}


def test_the_copy_is_no_export_of_its_folder(district_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(district_folder / "silos" / "sis", folder)
    plain = read_district(folder)
    copy_of_elements(folder)
    again = read_district(folder)
    assert again.accounts["file"].tolist() == plain.accounts["file"].tolist()
    assert len(again.findings) == len(plain.findings)


@pytest.mark.parametrize(
    ("begins", "old", "new", "words"),
    [
        (NAME, TRUST, f'{TRUST}\ntype = "integer"', "element 'last_surname' has another type"),
        ("[[element]]", 'name = "first_name"', 'name = "firstname"', "element 'first_name' isn't in it"),
        ("[[element]]", 'name = "first_name"', 'name = "firstname"', "Did you mean first_name"),
        ("[[element]]", 'name = "last_surname"', 'name = "first_name"', "'first_name' is declared twice"),
        (NAME, TRUST, 'trust = ["meals"', "isn't valid TOML"),
        (NAME, "trust =", "trusts =", "trusts"),
    ],
)
def test_what_may_not_differ_is_refused_by_name(
    begins: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    changed_after(copy_of_elements(tmp_path), begins, old, new)
    with pytest.raises(BadInput, match=r"elements\.toml") as refused:
        declared_for(tmp_path)
    assert words in str(refused.value)


@pytest.mark.parametrize("text", ["", "element = 3", 'element = ["first_name"]'])
def test_a_copy_without_elements_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "elements.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="copy it again"):
        declared_for(tmp_path)


@pytest.mark.parametrize(
    ("begins", "old", "new", "words"),
    [
        (NAME, 'type = "string"', 'type = "integer"', "element 'last_surname' has another type"),
        (
            "[attendance]",
            'chronic_share = "chronic_absence_share"',
            "chronic_share = 0.2",
            "'attendance' is another one",
        ),
        ("[[timeline]]", 'name = "', 'name = ["a"]  # "', "timeline"),
    ],
)
def test_what_may_not_differ_in_an_older_copy_is_refused_by_name(
    begins: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    changed_after(older_copy(tmp_path), begins, old, new)
    with pytest.raises(BadInput, match=r"elements\.toml") as refused:
        declared_for(tmp_path)
    assert words in str(refused.value)
