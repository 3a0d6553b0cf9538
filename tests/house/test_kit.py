"""The folder for a USB stick: it has the wheels of another machine, and a start says what is wrong.

That it installs and runs without a network is tried by ``make kit`` itself, which needs one to begin with.
"""

from __future__ import annotations

import importlib
import os
import re
import runpy
import stat
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[2]
KIT = PROJECT / ".ci" / "kit"


@pytest.fixture(scope="module")
def wheels() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(KIT))
        yield importlib.import_module("wheels")


@pytest.fixture(scope="module")
def kit(wheels: ModuleType) -> dict[str, Any]:
    return runpy.run_path(str(KIT / "__main__.py"))


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    return runpy.run_path(str(KIT / "stick" / "start.py"))


def write_wheel(folder: Path, name: str, *requires: str, tag: str = "py3-none-any") -> None:
    """Write as much of a wheel as somebody who follows requirements reads."""
    metadata = "".join(
        f"{line}\n"
        for line in ["Metadata-Version: 2.1", f"Name: {name}", *(f"Requires-Dist: {r}" for r in requires)]
    )
    with zipfile.ZipFile(folder / f"{name}-1.0-{tag}.whl", "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        archive.writestr(f"{name}/vendored/other-1.dist-info/METADATA", "Requires-Dist: never\n")
        archive.writestr(f"{name}-1.0.data/data/share/{'long/' * 9}page.js", "")


# what each wheel of a small world needs
WORLD: dict[str, tuple[str, ...]] = {
    "lab": ("console", "schema[format]", 'tomli; python_version < "3.12"'),
    "console": ('terminal_windows; os_name == "nt"', 'terminal_posix; os_name != "nt"'),
    "schema": ('colors; extra == "format"', 'unused; extra == "other"'),
    "colors": ('paint>=0.5; sys_platform == "win32" and platform_machine == "AMD64"',),
    "paint": (),
    "tomli": (),
    "terminal_windows": ("lab",),
    "terminal_posix": (),
    "unused": (),
}


def fetch_as_this_linux_would(requirements: Sequence[str], folder: Path) -> None:
    """Fetch from the small world, evaluating conditions as pip does on a Linux with Python 3.11."""
    here = {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_machine": "x86_64",
        "python_version": "3.11",
    }
    waiting = [Requirement(text) for text in requirements]
    done = set()
    while waiting:
        each = waiting.pop()
        assert each.marker is None, "pip would judge it by this machine"
        if (each.name, *each.extras) in done:
            continue
        done.add((each.name, *each.extras))
        if each.name not in WORLD:
            continue
        write_wheel(folder, each.name, *WORLD[each.name])
        for text in WORLD[each.name]:
            need = Requirement(text)
            if need.marker is None or any(
                need.marker.evaluate({**here, "extra": extra}) for extra in {"", *each.extras}
            ):
                need.marker = None
                waiting.append(need)


@pytest.mark.parametrize(
    ("platform", "python", "expected"),
    [
        ("win_amd64", (3, 12), {"lab", "console", "schema", "colors", "paint", "terminal-windows"}),
        ("win_amd64", (3, 11), {"lab", "console", "schema", "colors", "paint", "terminal-windows", "tomli"}),
        ("macosx_arm64", (3, 13), {"lab", "console", "schema", "colors", "terminal-posix"}),
    ],
)
def test_the_wheels_are_those_that_the_other_machine_needs(
    wheels: ModuleType, tmp_path: Path, platform: str, python: tuple[int, int], expected: set[str]
) -> None:
    target = wheels.Target(platform, python)
    found = wheels.collect([Requirement("lab")], target, tmp_path / "wheels", fetch_as_this_linux_would)
    assert found.lacking == ()
    assert found.names == expected
    # nothing is left over from the machine that built it
    assert set(wheels.read_wheels(tmp_path / "wheels")) == expected


def test_a_requirement_that_nothing_meets_is_named_with_who_asked(wheels: ModuleType, tmp_path: Path) -> None:
    write_wheel(tmp_path, "lab", "gone", "old>=2", "compiled")
    write_wheel(tmp_path, "old")
    write_wheel(tmp_path, "compiled", tag="cp312-cp312-manylinux_2_28_x86_64")
    said = {
        platform: sorted(
            map(
                str,
                wheels.needs(
                    [Requirement("lab")], wheels.read_wheels(tmp_path), wheels.Target(platform, (3, 12))
                ).lacking,
            )
        )
        for platform in ("win_amd64", "linux_x86_64")
    }
    gone = ["gone (for lab): there is no wheel of it", "old>=2 (for lab): the wheel is of 1.0"]
    assert said["linux_x86_64"] == gone
    assert said["win_amd64"] == [
        "compiled (for lab): compiled-1.0-cp312-cp312-manylinux_2_28_x86_64.whl does not fit Python 3.12 "
        "on win_amd64",
        *gone,
    ]


def test_a_condition_on_a_bug_fix_release_holds_if_some_release_meets_it(wheels: ModuleType) -> None:
    target = wheels.Target("win_amd64", (3, 12))
    assert target.wants(Requirement('a; python_full_version < "3.12.4"'))
    assert target.wants(Requirement('a; python_full_version >= "3.12.4"'))
    assert not target.wants(Requirement('a; python_full_version < "3.11.3"'))


def test_what_builds_the_project_is_on_the_stick_too(kit: dict[str, Any]) -> None:
    names = {requirement.name for requirement in kit["asked_by_the_project"](PROJECT)}
    assert {"jupyterlab", "pandas", "setuptools", "pip"} <= names


@pytest.mark.parametrize(
    ("platform", "python", "says"),
    [("win64", "3.12", "win_amd64, linux_x86_64"), ("win_amd64", "3.10", "3.11, 3.12, 3.13")],
)
def test_an_unknown_machine_is_refused_with_the_choices(
    kit: dict[str, Any], platform: str, python: str, says: str
) -> None:
    with pytest.raises(kit["NotBuilt"], match=re.escape(says)):
        kit["target_named"](platform, python)


def test_the_start_files_suit_the_systems_that_read_them(kit: dict[str, Any], wheels: ModuleType) -> None:
    files = kit["start_files"](wheels.Target("win_amd64", (3, 12)), "0123456789abcdef", "Tried.")
    assert set(files) == {"start.cmd", "start.sh", "start.py", "READ_ME_FIRST.txt"}
    for name, content in files.items():
        text = content.decode("ascii")
        assert not re.search(r"@[A-Z]+@", text), "a word was not filled in"
        lines, returns = text.count("\n"), text.count("\r\n")
        assert returns == (lines if name in {"start.cmd", "READ_ME_FIRST.txt"} else 0)
    command = files["start.cmd"].decode("ascii")
    assert "py -3.12 start.py %*" in command
    jumps = set(re.findall(r"goto (\w+)", command))
    assert jumps
    assert jumps <= set(re.findall(r"^:(\w+)", command, re.MULTILINE))


def test_the_longest_path_counts_where_a_wheel_puts_its_files(kit: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    write_wheel(tmp_path / "wheels", "lab")
    assert kit["longest_path"](tmp_path) == len(".venv/share/" + "long/" * 9 + "page.js")


def test_the_sums_cover_every_file_but_their_own(kit: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a file").write_bytes(b"abc")
    (tmp_path / "SHA256SUMS").write_text("old", encoding="utf-8")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc", in FIPS 180-2
    assert kit["sums"](tmp_path) == f"{digest}  folder/a file\n"


@pytest.mark.parametrize(
    ("version", "system", "folder", "windows", "says"),
    [
        ("3.12", "win_amd64", "C:\\kit", True, ""),
        ("3.9", "win_amd64", "C:\\kit", True, "needs Python 3.12, and this is Python 3.9"),
        ("3.12", "win_win32", "C:\\kit", True, "is for win_amd64, and this Python is for win_win32"),
        ("3.12", "win_amd64", "C:\\" + "d" * 100, True, "too deep"),
        ("3.12", "win_amd64", "/" + "d" * 100, False, ""),
    ],
)
def test_a_start_says_in_one_sentence_why_it_cannot(
    start: dict[str, Any], version: str, system: str, folder: str, windows: bool, says: str
) -> None:
    about = {"python": "3.12", "platform": "win_amd64", "longest_path": 161}
    said = start["what_is_wrong"](about, version, system, folder, windows)
    assert re.search(says, said) if says else said == ""
    assert "\n" not in said


@pytest.mark.skipif(os.name == "nt", reason="start.sh is for systems with a shell")
def test_a_shell_finds_the_python_or_says_what_to_install(
    kit: dict[str, Any], wheels: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "a stick"
    folder.mkdir()
    target = wheels.Target("linux_x86_64", (3, 12))
    (folder / "start.sh").write_bytes(kit["start_files"](target, "0", "")["start.sh"])
    pythons = tmp_path / "pythons"
    pythons.mkdir()

    def put(name: str, answer: str) -> None:
        (pythons / name).write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        (pythons / name).chmod(stat.S_IRWXU)

    def begin() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(folder / "start.sh"), "--install-only"],
            env={"PATH": f"{pythons}{os.pathsep}/nowhere"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    # dirname is all that it takes from the system
    put("dirname", 'exec /usr/bin/dirname "$@"')
    put("python3.12", "exit 127")
    run = begin()
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)
    assert "no Python was found: install Python 3.12" in run.stderr
    put("python3", "echo 3.10")
    assert "python3 is 3.10" in begin().stderr
    put("python", '[ "$1" = -c ] && echo 3.12 || echo "started $1 $2"')
    assert begin().stdout == f"started {folder}/start.py --install-only\n"
