"""Check whether this computer has what the notebooks need, before a learner meets an error."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from pathlib import Path

import pandas as pd

import helpers

__all__ = ["set_up", "set_up_in_words"]

_PROJECT = Path(helpers.__file__).resolve().parent.parent
_KIT = "see-the-big-picture"


def _asked(requirements: str) -> list[tuple[str, str]]:
    """Read names and version ranges from requirements.txt, without comments and options."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    found = (re.match(r"([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*([^;]*)", line) for line in lines if line)
    return [(one.group(1), one.group(2).strip()) for one in found if one and not one.group(0).startswith("-")]


def _fits(version: str, wanted: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(wanted).contains(version, prereleases=True)


def set_up(project: Path = _PROJECT) -> pd.DataFrame:
    """Compare installed packages with the kit's requirements, without downloads or imports.

    >>> set_up()["what"].iloc[0]
    'Python'
    """
    rows = [("Python", _python_wanted(project), platform.python_version())]
    listed = project / "requirements.txt"
    asked = _asked(listed.read_text(encoding="utf-8")) if listed.is_file() else []
    for name, wanted in [*asked, (_KIT, "")]:
        try:
            rows.append((name, wanted, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            rows.append((name, wanted, ""))
    frame = pd.DataFrame(rows, columns=["what", "wanted", "here"], dtype="string")
    frame["here"] = frame["here"].replace("", pd.NA)
    ready = [
        version is not pd.NA and _fits(str(version), wanted)
        for version, wanted in zip(frame["here"], frame["wanted"], strict=True)
    ]
    return frame.assign(ready=pd.array(ready, dtype="boolean"))


def _python_wanted(project: Path) -> str:
    import tomllib

    declared = project / "pyproject.toml"
    if not declared.is_file():
        return ""
    return str(tomllib.loads(declared.read_text(encoding="utf-8"))["project"].get("requires-python", ""))


def set_up_in_words(ready: pd.DataFrame) -> str:
    """Report in one sentence whether the setup is complete, or what to do."""
    wrong = ready[~ready["ready"]]
    if wrong.empty:
        return f"**Ready**: Python {ready['here'].iloc[0]} and all {len(ready) - 1} packages are here."
    if wrong["what"].iloc[0] == "Python":
        return (
            f"**Not yet**: this is Python {wrong['here'].iloc[0]}, and the kit wants "
            f"{wrong['wanted'].iloc[0]}. Start JupyterLab from the project's own environment: make lab."
        )
    names = ", ".join(wrong["what"])
    return f"**Not yet**: {names}. In the project's folder run: pip install -r requirements.txt"
