"""The doctor names each broken set-up rightly, and complains of nothing else."""

from __future__ import annotations

import ast
import datetime as dt
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.teach import doctor
from helpers.teach.doctor import Laptop, describe_findings, examine

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = Path(doctor.__file__)
Break = Callable[[Laptop, Path], Laptop]


@pytest.fixture
def sound(tmp_path: Path) -> Laptop:
    """A laptop on which all is well: a project with what the doctor looks for, and a browser."""
    project = tmp_path / "kit"
    for name in doctor._NEEDED:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("", encoding="utf-8")
    shutil.copy(PROJECT / "pyproject.toml", project)
    (project / "requirements.txt").write_text("pandas>=2,<9  # tables\n-e .\n", encoding="utf-8")
    (tmp_path / "home").mkdir()
    browser = tmp_path / "programs" / ("msedge.exe" if os.name == "nt" else "chromium")
    browser.parent.mkdir()
    browser.write_text("#!/bin/sh\n", encoding="utf-8")
    browser.chmod(0o755)
    return Laptop(
        project=project,
        home=tmp_path / "home",
        environ={"PATH": str(browser.parent)},
        python="3.12.4",
        system="Linux",
        today=dt.date(2026, 11, 29),
        free_bytes=lambda folder: 50 * 1024**3,
    )


def old_python(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, python="3.9.13")


def too_new_python(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, python="3.14.0")


def missing_package(laptop: Laptop, tmp_path: Path) -> Laptop:
    (laptop.project / "requirements.txt").write_text("no-such-package>=1,<2\npandas>=2\n", encoding="utf-8")
    return laptop


def old_package(laptop: Laptop, tmp_path: Path) -> Laptop:
    (laptop.project / "requirements.txt").write_text("pandas>=99,<100\n", encoding="utf-8")
    return laptop


def kernel_of(laptop: Laptop, program: str) -> Laptop:
    place = laptop.home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps({"argv": [program, "-m", "ipykernel_launcher"]}), "utf-8")
    # No environment's own kernel comes before the user's.
    return replace(laptop, environ={**laptop.environ, "JUPYTER_PATH": str(place.parents[1])})


def another_kernel(laptop: Laptop, tmp_path: Path) -> Laptop:
    other = tmp_path / "other" / "python"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho /somewhere/else\n", encoding="utf-8")
    other.chmod(0o755)
    return kernel_of(laptop, str(other))


def gone_kernel(laptop: Laptop, tmp_path: Path) -> Laptop:
    return kernel_of(laptop, str(tmp_path / "deleted" / "bin" / "python"))


def no_ipykernel(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(kernel_of(laptop, sys.executable), finds=lambda package: None)


def no_kernel_at_all(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, finds=lambda package: None)


def full_disk(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, free_bytes=lambda folder: 300 * 1024**2)


def no_write_access(laptop: Laptop, tmp_path: Path) -> Laptop:
    # A file where the folder should be: not even an administrator can write into it.
    shutil.rmtree(laptop.home)
    laptop.home.write_text("", encoding="utf-8")
    return laptop


def no_browser(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, environ={"PATH": str(tmp_path / "home")})


def refused_port(laptop: Laptop, tmp_path: Path) -> Laptop:
    def refuse(port: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    return replace(laptop, listens=refuse)


def wrong_clock(laptop: Laptop, tmp_path: Path) -> Laptop:
    return replace(laptop, today=dt.date(1970, 1, 1))


def no_notebooks(laptop: Laptop, tmp_path: Path) -> Laptop:
    shutil.rmtree(laptop.project / "notebooks")
    return laptop


def moved(laptop: Laptop, place: Path) -> Laptop:
    place.parent.mkdir(parents=True, exist_ok=True)
    laptop.project.rename(place)
    return replace(laptop, project=place)


def in_an_archive(laptop: Laptop, tmp_path: Path) -> Laptop:
    return moved(laptop, tmp_path / "Temp1_see-the-big-picture.zip" / "kit")


def in_a_synced_folder(laptop: Laptop, tmp_path: Path) -> Laptop:
    return moved(laptop, tmp_path / "OneDrive - District 12" / "kit")


def deep_on_windows(laptop: Laptop, tmp_path: Path) -> Laptop:
    edge = tmp_path / "Programs" / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.write_text("", encoding="utf-8")
    files = str(tmp_path / "Programs")
    # The list of programs is made for Windows, where paths of the list are joined by backslashes.
    deep = moved(laptop, tmp_path / ("d" * 60) / ("e" * 60) / "kit")
    return replace(deep, system="Windows", environ={**laptop.environ, "ProgramFiles": files})


# Each broken set-up: the check that must name it, words of what it says and of what to do, whether it stops.
BROKEN: list[tuple[Break, str, str, str, bool]] = [
    (old_python, "Python", "this is Python 3.9.13, and the kit wants >=3.11", "Install Python 3.13", True),
    (too_new_python, "Python", "this is Python 3.14.0", "Install Python 3.13", True),
    (missing_package, "Packages", "missing: no-such-package", "pip install -r requirements.txt", True),
    (old_package, "Packages", "another version: pandas", "pip install -r requirements.txt", True),
    (another_kernel, "Kernel", "another Python: ", "ipykernel install --sys-prefix", True),
    (gone_kernel, "Kernel", "which doesn't start", "ipykernel install --sys-prefix", True),
    (no_ipykernel, "Kernel", "has no ipykernel", "pip install -r requirements.txt", True),
    (no_kernel_at_all, "Kernel", "has no ipykernel", "pip install -r requirements.txt", True),
    (full_disk, "Disk", "0.3 GB are free", "another disk", True),
    (no_write_access, "Write access", "home", "a folder of yours", True),
    (no_browser, "Browser", "no Edge, Chrome", "Install one", True),
    (refused_port, "Ports", "Permission denied", "firewall", True),
    (wrong_clock, "Clock", "1970-01-01", "Set the date", False),
    (no_notebooks, "Project", "notebooks/order.toml", "whole project again", True),
    (in_an_archive, "Place", "isn't unpacked", "Extract all", True),
    (in_a_synced_folder, "Place", "synced", "isn't synced", False),
    (deep_on_windows, "Long paths", "characters", "C:\\kit", True),
]


def test_on_a_sound_laptop_every_line_says_ok(sound: Laptop) -> None:
    lines = describe_findings(examine(sound))
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == len({line.split(":")[0] for line in lines}) >= 11


@pytest.mark.skipif(os.name == "nt", reason="programs are simulated by shell scripts")
@pytest.mark.parametrize(
    ("broken", "check", "found", "do", "stops"), BROKEN, ids=lambda one: getattr(one, "__name__", "")
)
def test_each_broken_set_up_is_named_and_nothing_else(
    broken: Break, check: str, found: str, do: str, stops: bool, sound: Laptop, tmp_path: Path
) -> None:
    named = [one for one in examine(broken(sound, tmp_path)) if not one.ok]
    assert [one.check for one in named] == [check]
    assert found in named[0].found
    assert do in named[0].do
    assert named[0].stops is stops


def test_a_kernel_of_this_python_is_fine_by_name_and_by_path(sound: Laptop) -> None:
    for program in ("python", "python3", sys.executable):
        laptop = kernel_of(sound, program)
        assert [one.check for one in examine(laptop) if not one.ok] == []
        shutil.rmtree(sound.home / ".local")


def test_a_check_that_fails_itself_says_so_and_the_others_go_on(sound: Laptop) -> None:
    def broken(folder: Path) -> int:
        raise ValueError("odd")

    found = examine(replace(sound, free_bytes=broken))
    assert [one.found for one in found if not one.ok] == ["could not be checked (ValueError: odd)"]


def test_a_port_that_another_program_has_can_not_be_taken() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        with pytest.raises(OSError, match="in use"):
            doctor._listens(other.getsockname()[1])


def test_the_script_needs_no_package_and_an_old_python_can_read_it() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    run = subprocess.run([sys.executable, "-I", "-S", SCRIPT], capture_output=True, text=True)
    assert run.returncode == 1, run.stderr
    assert "Packages: missing: jupyterlab" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def test_the_command_says_what_each_check_found(monkeypatch: pytest.MonkeyPatch, sound: Laptop) -> None:
    monkeypatch.setattr(doctor, "Laptop", lambda: sound)
    fine = CliRunner().invoke(main, ["doctor"])
    assert (fine.exit_code, fine.stdout.count("ok ")) == (0, len(examine(sound)))
    assert "Ready: nothing stops a workshop." in fine.stdout
    monkeypatch.setattr(doctor, "Laptop", lambda: replace(sound, python="3.9.1"))
    old = CliRunner().invoke(main, ["doctor"])
    assert old.exit_code == 1
    assert "Not yet: 1 to mend first." in old.stdout
    figures = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).stdout)
    assert figures["ready"] is False
    assert [one["check"] for one in figures["checks"] if not one["ok"]] == ["Python"]
