"""Test whether this laptop can run the workshop, before a learner meets an error.

Runs on an old Python without any package, too: ``python helpers/teach/doctor.py``. So it imports only the
standard library, and what needs more is imported where it is used.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

__all__ = ["Laptop", "describe_findings", "examine"]

_PROJECT = Path(__file__).resolve().parents[2]
_KIT = "see-the-big-picture"
# What a workshop writes: districts, pages, and the packages of an environment if it isn't there yet.
_ROOM = 2 * 1024**3
_GB = 1024**3
# No laptop has an earlier date: the kit's own files are from then on.
_EARLIEST = dt.date(2026, 1, 1)
_LATEST = 10 * 366
_PATIENCE = 30.0
# Windows allows 260 characters unless it is told otherwise; the deepest file of an environment needs these.
_LONGEST_ON_WINDOWS, _DEEPEST = 260, 170
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "firefox", "brave-browser")
_ON_WINDOWS = (
    r"Microsoft\Edge\Application\msedge.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Mozilla Firefox\firefox.exe",
)
_ON_MACOS = ("Safari.app", "Google Chrome.app", "Firefox.app", "Microsoft Edge.app")
_SYNCED = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud drive",
    "mobile documents",
    "box sync",
)
# Windows Explorer shows an archive as a folder, and opens what is in it from such a place.
_ARCHIVE = re.compile(
    r"(?i)(^|[\\/])(temp\d*_[^\\/]*\.zip|7z[0-9A-F]{6,}|rar\$[^\\/]*|[^\\/]+\.zip)([\\/]|$)"
)
_NEEDED = (
    "requirements.txt",
    "pyproject.toml",
    "helpers/__init__.py",
    "synthetic_data/__init__.py",
    "notebooks/order.toml",
    "notebooks/00_start_here.ipynb",
    "notebooks/GLOSSARY.md",
)


@dataclass(frozen=True)
class Finding:
    """What one check found: fine, or what is wrong and what to do."""

    found: str
    # What to do; empty when all is well.
    do: str = ""
    # Whether the workshop can't go on without it.
    stops: bool = False
    # Name of the check.
    check: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.do


def _listens(port: int) -> int:
    """Listen on a port of this computer alone, and return it; 0 takes any free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.bind(("127.0.0.1", port))
        one.listen(1)
        taken: int = one.getsockname()[1]
    return taken


@dataclass(frozen=True)
class Laptop:
    """What the checks look at; a test puts in what a broken laptop has."""

    project: Path = _PROJECT
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    python: str = field(default_factory=platform.python_version)
    program: str = field(default_factory=lambda: sys.executable)
    system: str = field(default_factory=platform.system)
    today: dt.date = field(default_factory=dt.date.today)
    listens: Callable[[int], int] = _listens
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    finds: Callable[[str], object] = importlib.util.find_spec


def examine(laptop: Laptop | None = None) -> list[Finding]:
    """Run every check; none stops the others.

    >>> [one.check for one in examine()][:2]
    ['Python', 'Packages']
    """
    here = laptop if laptop is not None else Laptop()
    return [_tried(name, check, here) for name, check in _CHECKS.items()]


def _tried(name: str, check: Callable[[Laptop], Finding], laptop: Laptop) -> Finding:
    try:
        return replace(check(laptop), check=name)
    except Exception as error:
        # A laptop may be broken in ways that nobody thought of; the other checks still help.
        text = f"could not be checked ({type(error).__name__}: {error})"
        return Finding(text, "Show this line to us.", check=name)


def _python(laptop: Laptop) -> Finding:
    wanted = _python_wanted(laptop.project)
    if _fits(laptop.python, wanted):
        return Finding(f"{laptop.python}, and the kit wants {wanted or 'any'}")
    return Finding(
        f"this is Python {laptop.python}, and the kit wants {wanted}",
        "Install Python 3.13 from python.org, or let uv bring it (README), and make the environment anew.",
        stops=True,
    )


def _packages(laptop: Laptop) -> Finding:
    rows = _versions(laptop.project)
    missing = [name for name, _, here in rows if not here]
    other = [
        f"{name} {here} (wants {wanted})" for name, wanted, here in rows if here and not _fits(here, wanted)
    ]
    if not missing and not other:
        return Finding(f"all {len(rows)} are here, in the versions that the kit wants")
    parts = [f"missing: {_some(missing)}"] if missing else []
    parts += [f"another version: {_some(other)}"] if other else []
    return Finding(
        "; ".join(parts),
        f"In the project's folder run: {_run(laptop, 'python -m pip install -r requirements.txt')}",
        stops=True,
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _run(laptop: Laptop, command: str) -> str:
    """Write a command of the project's own environment as this system writes it."""
    return (".venv\\Scripts\\" if laptop.system == "Windows" else ".venv/bin/") + command


def _disk(laptop: Laptop) -> Finding:
    free = laptop.free_bytes(laptop.project)
    if free >= _ROOM:
        return Finding(f"{free / _GB:.0f} GB are free")
    return Finding(
        f"{free / _GB:.1f} GB are free, and the workshop may need {_ROOM / _GB:.0f}",
        "Empty the trash, delete large files, or put the project on another disk.",
        stops=True,
    )


def _browser(laptop: Laptop) -> Finding:
    named = laptop.environ.get("BIGPICTURE_CHROMIUM", "")
    path = laptop.environ.get("PATH", "")
    found = [name for name in ([named] if named else []) + list(_BROWSERS) if shutil.which(name, path=path)]
    if not found and laptop.system == "Windows":
        roots = [
            laptop.environ[key]
            for key in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA")
            if key in laptop.environ
        ]
        found = [Path(one).name for root in roots for one in _ON_WINDOWS if (Path(root) / one).is_file()]
    if not found and laptop.system == "Darwin":
        found = [one for one in _ON_MACOS if Path("/Applications", one).is_dir()]
    if found:
        return Finding(f"{Path(found[0]).name} is here")
    return Finding(
        "no Edge, Chrome, Chromium, Firefox or Safari was found",
        "Install one. If you have another one, open the address that JupyterLab prints in it.",
        stops=True,
    )


def _ports(laptop: Laptop) -> Finding:
    try:
        laptop.listens(0)
    except OSError as error:
        return Finding(
            f"no program may listen on this computer ({error.strerror or error})",
            "Allow Python in the firewall or the security program, for this computer (127.0.0.1) alone.",
            stops=True,
        )
    return Finding("a program may listen on this computer")


def _writes(laptop: Laptop) -> Finding:
    refused = []
    for place in (laptop.project, laptop.home):
        try:
            with tempfile.NamedTemporaryFile(dir=place, prefix=".bigpicture-doctor-"):
                pass
        except OSError as error:
            refused.append(f"{place} ({error.strerror or type(error).__name__})")
    if not refused:
        return Finding("the project's folder and yours can be written")
    return Finding(
        f"nothing can be written in {' and '.join(refused)}",
        "Copy the project into a folder of yours, such as Documents, and start from there.",
        stops=True,
    )


def _clock(laptop: Laptop) -> Finding:
    if _EARLIEST <= laptop.today <= _EARLIEST + dt.timedelta(days=_LATEST):
        return Finding(f"today is {laptop.today.isoformat()}")
    return Finding(
        f"this computer believes that today is {laptop.today.isoformat()}",
        "Set the date. Otherwise runs are listed in the wrong order, and secure pages don't open.",
    )


def _kernel(laptop: Laptop) -> Finding:
    command = _kernel_command(laptop)
    # Without a kernel of its own, and by a bare name, Jupyter starts the Python that runs it.
    if command is not None and not re.fullmatch(r"python(3(\.\d+)?)?(\.exe)?", command):
        there = _prefix(command)
        if not there or there != _prefix(laptop.program):
            again = _run(laptop, "python -m ipykernel install --sys-prefix")
            return Finding(
                f"notebooks would run another Python: {command}" + ("" if there else ", which doesn't start"),
                f"Run: {again}, and start JupyterLab from the project's folder.",
                stops=True,
            )
    if laptop.finds("ipykernel") is None:
        return Finding(
            "this Python has no ipykernel, so it runs no notebook",
            f"In the project's folder run: {_run(laptop, 'python -m pip install -r requirements.txt')}",
            stops=True,
        )
    return Finding("notebooks run this Python")


def _kernel_command(laptop: Laptop) -> str | None:
    """Find what the kernel python3 starts, in the order in which Jupyter looks."""
    prefix = Path(laptop.program).parent.parent
    paths = [Path(one) for one in laptop.environ.get("JUPYTER_PATH", "").split(os.pathsep) if one]
    own = {
        "Windows": Path(laptop.environ.get("APPDATA", str(laptop.home / "AppData" / "Roaming"))) / "jupyter",
        "Darwin": laptop.home / "Library" / "Jupyter",
    }.get(laptop.system, laptop.home / ".local" / "share" / "jupyter")
    in_environment = prefix / "share" / "jupyter"
    # In an environment, Jupyter looks there first, and into the user's own folder after that.
    first = [in_environment, own] if (prefix / "pyvenv.cfg").is_file() else [own, in_environment]
    for place in [*paths, *first]:
        declared = place / "kernels" / "python3" / "kernel.json"
        if declared.is_file():
            started: list[str] = json.loads(declared.read_text(encoding="utf-8")).get("argv", [""])
            return started[0]
    return None


def _prefix(program: str) -> str:
    """Ask a Python where its packages are; nothing if it doesn't start."""
    try:
        process = subprocess.run(
            [program, "-c", "import sys; print(sys.prefix)"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""


def _folder(laptop: Laptop) -> Finding:
    gone = [name for name in _NEEDED if not (laptop.project / name).is_file()]
    if not gone:
        return Finding("its folder is complete")
    return Finding(
        f"missing from {laptop.project}: {_some(gone)}",
        "Copy or unpack the whole project again: a part of it can't run.",
        stops=True,
    )


def _place(laptop: Laptop) -> Finding:
    where = str(laptop.project)
    if _ARCHIVE.search(where):
        return Finding(
            f"the project is inside an archive that isn't unpacked ({where})",
            "Unpack all of it into a folder of yours: right-click, then Extract all.",
            stops=True,
        )
    synced = [name for name in _SYNCED if name in where.lower()]
    if synced:
        return Finding(
            f"the project is in a folder that is synced ({where})",
            "Move it to one that isn't synced: syncing is slow, and real exports must not leave here.",
        )
    return Finding("an ordinary folder")


def _paths(laptop: Laptop) -> Finding:
    length = len(str(laptop.project))
    if laptop.system != "Windows":
        return Finding("no limit here")
    if length + _DEEPEST <= _LONGEST_ON_WINDOWS or _long_paths_on():
        return Finding(f"{length} characters, short enough")
    return Finding(
        f"the project's path has {length} characters; Windows allows {_LONGEST_ON_WINDOWS} for a whole path",
        "Move the project to a short one, such as C:\\kit.",
        stops=True,
    )


def _long_paths_on() -> bool:
    """Ask Windows whether long paths are allowed. Untested: we have no Windows."""
    if sys.platform == "win32":
        import winreg

        where = r"SYSTEM\CurrentControlSet\Control\FileSystem"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, where) as key:
                return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
        except OSError:
            return False
    return False


_CHECKS: dict[str, Callable[[Laptop], Finding]] = {
    "Python": _python,
    "Packages": _packages,
    "Kernel": _kernel,
    "Disk": _disk,
    "Write access": _writes,
    "Browser": _browser,
    "Ports": _ports,
    "Clock": _clock,
    "Project": _folder,
    "Place": _place,
    "Long paths": _paths,
}


def describe_findings(findings: list[Finding]) -> list[str]:
    """Write a line for each check, and what to do below those that found something.

    >>> clock = Finding("it is 1970", "Set the date.", check="Clock")
    >>> describe_findings([Finding("9 GB are free", check="Disk"), clock])
    ['ok         Disk: 9 GB are free', 'look here  Clock: it is 1970. Set the date.']
    """
    return [
        f"{'ok' if one.ok else 'stops' if one.stops else 'look here':9}  {one.check}: {one.found}"
        + (f". {one.do}" if one.do else "")
        for one in findings
    ]


def _asked(requirements: str) -> list[tuple[str, str]]:
    """Read names and version ranges from requirements.txt, without comments and options."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    found = (re.match(r"([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*([^;]*)", line) for line in lines if line)
    return [(one.group(1), one.group(2).strip()) for one in found if one and not one.group(0).startswith("-")]


def _versions(project: Path) -> list[tuple[str, str, str]]:
    """List each package, the versions wanted, and the one that is here, or nothing."""
    listed = project / "requirements.txt"
    asked = _asked(listed.read_text(encoding="utf-8")) if listed.is_file() else []
    rows = []
    for name, wanted in [*asked, (_KIT, "")]:
        try:
            rows.append((name, wanted, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            rows.append((name, wanted, ""))
    return rows


def _fits(version: str, wanted: str) -> bool:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return _fits_plainly(version, wanted)
    return SpecifierSet(wanted).contains(version, prereleases=True)


def _fits_plainly(version: str, wanted: str) -> bool:
    """Compare versions where nothing is installed: ``>=`` and ``<`` alone, as the kit's own ranges are.

    >>> _fits_plainly("3.9.2", ">=3.11,<3.14"), _fits_plainly("3.13.5", ">=3.11,<3.14")
    (False, True)
    """
    here = _numbers(version)
    for part in filter(None, (one.strip() for one in wanted.split(","))):
        bound = _numbers(part.lstrip("<>="))
        if part.startswith(">=") and here < bound:
            return False
        if part.startswith("<") and not part.startswith("<=") and here >= bound:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _python_wanted(project: Path) -> str:
    """Read which Pythons the project wants; by pattern, because an old Python has no reader of TOML."""
    declared = project / "pyproject.toml"
    if not declared.is_file():
        return ""
    found = re.search(r'^requires-python\s*=\s*"([^"]*)"', declared.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


if __name__ == "__main__":
    everything = examine()
    sys.stdout.write("\n".join(describe_findings(everything)) + "\n")
    sys.exit(1 if any(one.stops and not one.ok for one in everything) else 0)
