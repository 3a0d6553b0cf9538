"""Which wheels another machine needs, worked out on this one.

pip can fetch wheels for another system and Python, but it asks *this* machine whether a dependency with a
condition ("only on Windows", "only before 3.12") is needed. So what it brought is read here under the
conditions of the other machine, what is missing is named and fetched, and what only this machine would have
needed is left out.
"""

from __future__ import annotations

import email
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

__all__ = ["PLATFORMS", "Lacking", "Needs", "Target", "Wheel", "collect", "needs", "read_wheels"]

# From the C library of Debian 10, Ubuntu 20.04 and RHEL 8 on, as pyarrow's wheels; musl would need others.
GLIBC = range(28, 16, -1)
OLDEST_GLIBC_X86 = 5
MACOS = (14, 0)
# Wheels say manylinux in two ways.
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def _linux(machine: str, oldest: int) -> list[str]:
    tags: list[str] = []
    for minor in range(GLIBC[0], oldest - 1, -1):
        tags.append(f"manylinux_2_{minor}_{machine}")
        if minor in LEGACY:
            tags.append(f"{LEGACY[minor]}_{machine}")
    return [*tags, f"linux_{machine}"]


# platform -> the platform tags that its wheels may have, best first, and what markers see there
PLATFORMS: dict[str, tuple[list[str], dict[str, str]]] = {
    "win_amd64": (
        ["win_amd64"],
        {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
    ),
    "linux_x86_64": (
        _linux("x86_64", OLDEST_GLIBC_X86),
        {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
        },
    ),
    "linux_aarch64": (
        _linux("aarch64", GLIBC[-1]),
        {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "aarch64",
        },
    ),
    "macosx_arm64": (
        list(mac_platforms(MACOS, "arm64")),
        {
            "os_name": "posix",
            "sys_platform": "darwin",
            "platform_system": "Darwin",
            "platform_machine": "arm64",
        },
    ),
}


@dataclass(frozen=True)
class Target:
    """A kind of machine: its platform and its Python."""

    platform: str
    python: tuple[int, int]

    @property
    def version(self) -> str:
        """The Python as people write it."""
        return f"{self.python[0]}.{self.python[1]}"

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """Tags of which a wheel must have one to install there."""
        platforms, _ = PLATFORMS[self.platform]
        interpreter = f"cp{self.python[0]}{self.python[1]}"
        return frozenset(
            [
                *cpython_tags(self.python, platforms=platforms),
                *compatible_tags(self.python, interpreter, platforms),
            ]
        )

    @cached_property
    def environments(self) -> list[dict[str, str]]:
        """What markers see there: two, because nobody knows which bug-fix release of its Python it has."""
        _, system = PLATFORMS[self.platform]
        return [
            {
                **system,
                "platform_release": "",
                "platform_version": "",
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
                "implementation_version": full,
                "python_version": self.version,
                "python_full_version": full,
            }
            for full in (f"{self.version}.0", f"{self.version}.99")
        ]

    def wants(self, requirement: Requirement, extra: str = "") -> bool:
        """Whether the condition of a requirement holds there."""
        marker = requirement.marker
        if marker is None:
            return not extra
        return any(marker.evaluate({**environment, "extra": extra}) for environment in self.environments)


@dataclass(frozen=True)
class Wheel:
    """A wheel, as far as it matters to others."""

    name: str
    version: Version
    tags: frozenset[Tag]
    requires: tuple[Requirement, ...]
    path: Path


@dataclass(frozen=True)
class Lacking:
    """A requirement that no wheel meets, and who asked for it."""

    requirement: Requirement
    asked_by: str
    why: str

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.requirement} (for {self.asked_by}): {self.why}"


@dataclass(frozen=True)
class Needs:
    """Names of the wheels that a machine needs, how much was asked for, and what nothing meets."""

    names: frozenset[str]
    asked: int
    lacking: tuple[Lacking, ...]


def read_wheels(folder: Path) -> dict[str, Wheel]:
    """Read the wheels of a folder, by name."""
    found: dict[str, Wheel] = {}
    for path in sorted(folder.glob("*.whl")):
        name, version, _, tags = parse_wheel_filename(path.name)
        with zipfile.ZipFile(path) as archive:
            (metadata,) = (
                member
                for member in archive.namelist()
                if member.endswith(".dist-info/METADATA") and member.count("/") == 1
            )
            said = email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
        found[name] = Wheel(name, version, tags, tuple(Requirement(text) for text in said), path)
    return found


def needs(roots: Iterable[Requirement], wheels: Mapping[str, Wheel], target: Target) -> Needs:
    """Follow requirements from wheel to wheel as the target machine would.

    Parameters
    ----------
    roots
        What is to be installed.
    wheels
        The wheels at hand, by canonical name.
    target
        The machine whose conditions count.

    Returns
    -------
    Needs
        The wheels that are needed, and the requirements that none of them meets.
    """
    waiting = [(root, "the kit") for root in roots if target.wants(root)]
    done: set[tuple[str, str]] = set()
    lacking: dict[str, Lacking] = {}
    asked: set[str] = set()
    while waiting:
        requirement, asked_by = waiting.pop()
        asked.add(f"{requirement} {asked_by}")
        name = canonicalize_name(requirement.name)
        wheel = wheels.get(name)
        if wheel is None:
            why = "there is no wheel of it"
        elif not requirement.specifier.contains(wheel.version, prereleases=True):
            why = f"the wheel is of {wheel.version}"
        elif wheel.tags.isdisjoint(target.tags):
            why = f"{wheel.path.name} does not fit Python {target.version} on {target.platform}"
        else:
            for extra in {"", *requirement.extras} - {extra for known, extra in done if known == name}:
                done.add((name, extra))
                waiting += [(each, name) for each in wheel.requires if target.wants(each, extra)]
            continue
        lacking.setdefault(str(requirement), Lacking(requirement, asked_by, why))
    return Needs(frozenset(name for name, _ in done), len(asked), tuple(lacking.values()))


Download = Callable[[Sequence[str], Path], None]


def _pip_download(target: Target) -> Download:
    platforms, _ = PLATFORMS[target.platform]
    options = [option for platform in platforms for option in ("--platform", platform)]

    def download(requirements: Sequence[str], folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", target.version]
        subprocess.run([*command, *options, "--dest", str(folder), *requirements], check=True)

    return download


def collect(
    roots: Sequence[Requirement], target: Target, folder: Path, download: Download | None = None
) -> Needs:
    """Fill a folder with the wheels that a machine needs, and no others.

    Parameters
    ----------
    roots
        What is to be installed there.
    target
        The machine.
    folder
        Where the wheels go; it must not hold any yet.
    download
        Fetches requirements and what they need, as this machine sees it, into a folder; pip when not given.

    Returns
    -------
    Needs
        What was needed. Something is lacking only if a round more brought nothing new.
    """
    fetch = download or _pip_download(target)
    named: list[str] = []
    while True:
        with tempfile.TemporaryDirectory() as scratch:
            # Each round resolves everything anew, so that no two versions of one thing meet.
            fetch([*(str(root) for root in roots if target.wants(root)), *named], Path(scratch))
            wheels = read_wheels(Path(scratch))
            found = needs(roots, wheels, target)
            # Without its condition, which pip would judge by this machine.
            new = [text for each in found.lacking if (text := _unconditional(each.requirement)) not in named]
            if not new:
                folder.mkdir(parents=True, exist_ok=True)
                for name in found.names:
                    (folder / wheels[name].path.name).write_bytes(wheels[name].path.read_bytes())
                return found
            named += new


def _unconditional(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"
