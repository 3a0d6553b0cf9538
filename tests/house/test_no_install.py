"""Binder and Codespaces: their parts fit the project, as far as that shows without these services."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

PROJECT = Path(__file__).resolve().parents[2]
BINDER, CONTAINER = PROJECT / ".binder", PROJECT / ".devcontainer" / "devcontainer.json"
WANTED = SpecifierSet(
    tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
)


def container() -> dict[str, object]:
    return json.loads(CONTAINER.read_text(encoding="utf-8"))


def test_binder_takes_a_python_that_the_kit_wants() -> None:
    found = re.fullmatch(r"python-(3\.\d+)\n", (BINDER / "runtime.txt").read_text(encoding="utf-8"))
    assert found
    assert WANTED.contains(f"{found[1]}.0")


def test_binder_installs_the_kits_own_list() -> None:
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if not line.startswith("#")]
    listed = BINDER / line.removeprefix("-r ")
    assert listed.resolve() == PROJECT / "requirements.txt"
    assert "-e ." in listed.read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(os.name == "nt", reason="a script for the Linux of Binder")
def test_what_binder_runs_after_building_can_run() -> None:
    script = BINDER / "postBuild"
    assert script.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    code = re.findall(r'^python -c "(.+)"$', script.read_text(encoding="utf-8"), re.MULTILINE)
    assert code
    for one in code:
        # The names are there; making the district is tried elsewhere.
        exec(compile(one.partition(";")[0], "postBuild", "exec"), {})


def test_a_codespace_has_the_python_and_starts_jupyterlab_on_the_port_that_it_forwards() -> None:
    told = container()
    found = re.search(r"python:(3\.\d+)-", str(told["image"]))
    assert found
    assert WANTED.contains(f"{found[1]}.0")
    starts = told["postAttachCommand"]
    assert isinstance(starts, dict)
    port = re.search(r"--port=(\d+)", starts["lab"])
    assert port
    assert told["forwardPorts"] == [int(port[1])]
    assert list(told["portsAttributes"]) == [port[1]]  # type: ignore[call-overload]
    # Whoever reaches the port needs the token that the terminal shows.
    assert "token" not in starts["lab"]
    assert (PROJECT / starts["lab"].split()[-1]).is_dir()


def test_what_a_codespace_makes_is_a_target_of_make() -> None:
    target = str(container()["postCreateCommand"]).removeprefix("make ")
    assert re.search(
        rf"^{re.escape(target)}:", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_what_nobody_tried_is_said_to_be_untried() -> None:
    text = " ".join((PROJECT / "docs" / "workshop.md").read_text(encoding="utf-8").split())
    assert "We have tried neither Binder nor Codespaces" in text
