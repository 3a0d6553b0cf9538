"""Build a folder for a USB stick from which the kit installs and runs without a network: make kit."""

from __future__ import annotations

import hashlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from packaging.requirements import Requirement
from wheels import PLATFORMS, Target, collect

__all__ = ["asked_by_the_project", "longest_path", "main", "start_files", "sums", "target_named"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STICK = HERE / "stick"
NAME = "see-the-big-picture"
PYTHONS = ("3.11", "3.12", "3.13")
SITE_PACKAGES = ".venv/Lib/site-packages/"
BYTECODE = len("__pycache__/.cpython-313")
NOT_HERE = 2


class NotBuilt(click.ClickException):
    """One sentence that says why there is no kit."""

    exit_code = 2


def target_named(platform: str, python: str) -> Target:
    """Give the machine that is meant; without words, one like this."""
    platform = platform or str(runpy.run_path(str(STICK / "start.py"))["this_platform"]())
    python = python or f"{sys.version_info[0]}.{sys.version_info[1]}"
    if platform not in PLATFORMS:
        raise NotBuilt(f"PLATFORM {platform} is not known: name one of {', '.join(PLATFORMS)}.")
    if python not in PYTHONS:
        raise NotBuilt(f"PYTHON {python} is not one that the kit runs on: name one of {', '.join(PYTHONS)}.")
    major, minor = python.split(".")
    return Target(platform, (int(major), int(minor)))


def asked_by_the_project(project: Path) -> list[Requirement]:
    """Read what installing the project asks for: its requirements, what builds it, and pip itself."""
    lines = (project / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = [line.split("#")[0].strip() for line in lines]
    builds = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["build-system"][
        "requires"
    ]
    return [Requirement(text) for text in [*named, *builds, "pip"] if text and not text.startswith("-")]


def longest_path(kit: Path) -> int:
    """Tell how many characters the longest path below the kit's folder has once it is installed."""

    def paths() -> Iterator[str]:
        for path in kit.rglob("*"):
            yield path.relative_to(kit).as_posix()
        for wheel in kit.glob("wheels/*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.namelist():
                    _, is_data, below = member.partition(".data/data/")
                    yield f".venv/{below}" if is_data else SITE_PACKAGES + member

    return max(len(path) + (BYTECODE if path.endswith(".py") else 0) for path in paths())


def start_files(target: Target, commit: str, tried: str) -> dict[str, bytes]:
    """Give the files by which a person starts, with the line ends of the systems that read them."""
    words = {
        "@PYTHON@": target.version,
        "@PLATFORM@": target.platform,
        "@COMMIT@": commit[:12],
        "@TRIED@": tried,
    }
    files = {}
    for path in sorted(STICK.iterdir()):
        if not path.is_file():
            continue
        text = path.read_text(encoding="ascii")
        for mark, word in words.items():
            text = text.replace(mark, word)
        # Notepad of an older Windows shows one long line otherwise, and cmd loses its labels.
        crlf = path.suffix in {".cmd", ".txt"}
        files[path.name] = text.replace("\n", "\r\n" if crlf else "\n").encode("ascii")
    return files


def sums(kit: Path) -> str:
    """Sum every file up, as sha256sum checks it."""
    files = sorted(path for path in kit.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(kit).as_posix()}\n"
        for path in files
    )


def _git(*arguments: str) -> bytes:
    try:
        run = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotBuilt(
            "The kit is built from a commit, and git gives none here: run make kit in a clone."
        ) from error
    return run.stdout


def _archive(kit: Path) -> str:
    commit = _git("rev-parse", "HEAD").decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", "HEAD"))) as archive:
        archive.extractall(kit / NAME, filter="data")
    return commit


def _make(kit: Path) -> None:
    """Make the district and the report with the archived sources and this machine's environment."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PYTHONPATH": str(kit / NAME), "BIGPICTURE_HOME": home}
        for arguments in (["make", str(kit / "district")], ["report", "--out", str(kit / "report")]):
            command = [sys.executable, "-c", "from helpers.cli import main; main()", *arguments]
            if subprocess.run(command, cwd=kit / NAME, env=environment, stdout=subprocess.DEVNULL).returncode:
                raise NotBuilt(f"bigpicture {arguments[0]} failed: the lines above say why.")
    for made in ("district/district.json", "report/index.html"):
        if not (kit / made).exists():
            raise NotBuilt(f"The kit was to have {made}, and nothing wrote it.")
    # The executed notebooks name the place where their district was made; no page leads to them.
    for notebooks in (kit / "report").glob("*/notebooks"):
        shutil.rmtree(notebooks)
    for cache in [*(kit / NAME).rglob("__pycache__"), *(kit / NAME).rglob("*.egg-info")]:
        shutil.rmtree(cache)


def _try(kit: Path, target: Target) -> str:
    """Install a copy of the kit elsewhere without an index, run the report, and say how that went."""
    python = "" if target.python != sys.version_info[:2] else getattr(sys, "_base_executable", sys.executable)
    with tempfile.TemporaryDirectory(prefix="kit ") as scratch:
        copy, home = Path(scratch) / "the stick", Path(scratch) / "home"
        shutil.copytree(kit, copy)
        home.mkdir()
        # No index, no cache, nobody's settings, and a proxy that nobody answers at.
        nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_NO_INDEX": "1", **nowhere}
        began = time.perf_counter()
        command = ["sh", str(copy / "start.sh"), "--install-only"]
        status = subprocess.run(command, env={**environment, "PYTHON": python}, cwd=home).returncode
        if status == NOT_HERE:
            return "not tried, since the machine had no such Python"
        if status:
            raise NotBuilt("The kit did not install without a network: the lines above say why.")
        installed = time.perf_counter()
        command = [str(copy / ".venv" / "bin" / "bigpicture"), "report"]
        status = subprocess.run(command, env=environment, cwd=home, stdout=subprocess.DEVNULL).returncode
        if status or not (home / "reports" / "index.html").exists():
            raise NotBuilt(
                "The kit installed without a network, but its report failed: the lines above say why."
            )
        reported = time.perf_counter()
    times = f"{installed - began:.0f} s, its report ran in {reported - installed:.0f} s"
    return f"installed without a network in {times}"


@click.command()
@click.option(
    "--platform", default="", help=f"For which machine: {', '.join(PLATFORMS)}. Default: like this one."
)
@click.option("--python", default="", help=f"For which Python: {', '.join(PYTHONS)}. Default: this one.")
def main(platform: str, python: str) -> None:
    """Build a folder for a USB stick from which the kit installs and runs without a network."""
    target = target_named(platform.strip(), python.strip())
    final = ROOT / "dist" / f"{NAME}-kit-{target.platform}-{target.version}"
    kit = final.with_name(f"{final.name}.part")
    shutil.rmtree(kit, ignore_errors=True)
    (kit / NAME).mkdir(parents=True)
    commit = _archive(kit)
    if _git("status", "--porcelain"):
        click.echo("What is not committed is not in the kit.", err=True)
    click.echo(f"Wheels for Python {target.version} on {target.platform} …", err=True)
    found = collect(asked_by_the_project(kit / NAME), target, kit / "wheels")
    if found.lacking:
        raise NotBuilt(
            f"No kit for Python {target.version} on {target.platform}: {'; '.join(map(str, found.lacking))}."
        )
    click.echo("A district and its report …", err=True)
    _make(kit)
    here = target.platform == target_named("", "3.11").platform
    described = {
        "platform": target.platform,
        "python": target.version,
        "commit": commit,
        "wheels": sorted(path.name for path in kit.glob("wheels/*.whl")),
        "longest_path": longest_path(kit),
    }
    (kit / "kit.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8", newline="\n")
    tried = "not tried, since the machine was of another kind"
    for name, content in start_files(target, commit, tried).items():
        (kit / name).write_bytes(content)
    if here:
        click.echo("Trying it in a new folder, without an index …", err=True)
        tried = _try(kit, target)
        (kit / "READ_ME_FIRST.txt").write_bytes(start_files(target, commit, tried)["READ_ME_FIRST.txt"])
    (kit / "SHA256SUMS").write_text(sums(kit), encoding="utf-8", newline="\n")
    shutil.rmtree(final, ignore_errors=True)
    kit.rename(final)
    size = sum(path.stat().st_size for path in final.rglob("*") if path.is_file()) / 1e6
    click.echo(
        f"{final.relative_to(ROOT)}: {size:.0f} MB, {len(found.names)} wheels that meet all {found.asked} "
        f"requirements; {tried}."
    )


if __name__ == "__main__":
    main()
