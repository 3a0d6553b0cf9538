"""Install the kit beside this file without a network, and open its notebooks in JupyterLab.

start.cmd (Windows) and start.sh (Linux, macOS) look for a Python and hand over to this file. It is written so
that Python 3.6 can read it too, and say what is wrong. Options: --install-only; others go to JupyterLab.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE / "see-the-big-picture"
WHEELS = HERE / "wheels"
ENVIRONMENT = HERE / ".venv"
STAMP = ENVIRONMENT / "installed.json"
COPY = HERE / "my-notebooks"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WINDOWS_PATH_LIMIT = 259


def this_platform() -> str:
    """Name the platform of this Python as the kit's folder does."""
    parts = sysconfig.get_platform().split("-")
    machine = platform.machine() if parts[-1] == "universal2" else parts[-1]
    return f"{parts[0]}_{machine}"


def what_is_wrong(kit: dict, version: str, system: str, folder: str, windows: bool) -> str:
    """Say in one sentence why this kit cannot run here; nothing if it can."""
    wanted, meant = kit["python"], kit["platform"]
    if version != wanted:
        return (
            f"This kit needs Python {wanted}, and this is Python {version}: install Python {wanted} "
            f"(https://www.python.org), or ask for the kit for Python {version}."
        )
    if system != meant:
        return f"This kit is for {meant}, and this Python is for {system}: ask for the kit for {system}."
    longest = len(folder) + 1 + int(str(kit["longest_path"]))
    if windows and longest > WINDOWS_PATH_LIMIT:
        return (
            f"The folder {folder} is too deep: Windows allows {WINDOWS_PATH_LIMIT} characters in a path, and "
            f"{longest} would be needed. Move it to a shorter place, such as C:\\kit."
        )
    return ""


def run(*command: object) -> None:
    """Run a command in the project's folder; stop with its status if it fails."""
    status = subprocess.call([str(part) for part in command], cwd=str(PROJECT))
    if status:
        sys.stderr.write(f"That did not work: the lines above say why. Nothing outside {HERE} was changed.\n")
        sys.exit(status)


def install(kit: dict) -> None:
    """Make the environment, unless it is there and still where it was made."""
    made = {"folder": str(HERE), "commit": kit["commit"], "python": sys.version}
    if STAMP.exists() and json.loads(STAMP.read_text(encoding="utf-8")) == made:
        return
    sys.stdout.write(f"Installing into {ENVIRONMENT}. It takes some minutes and needs no network.\n")
    sys.stdout.flush()
    # pip comes from the wheels: some Pythons have none to give, and it can't be fetched here.
    run(sys.executable, "-m", "venv", "--clear", "--without-pip", ENVIRONMENT)
    pip = next(WHEELS.glob("pip-*.whl"))
    # --isolated: no setting of this user or machine sends pip elsewhere.
    offline = ["--isolated", "--disable-pip-version-check", "--no-cache-dir", "install", "--quiet"]
    offline += ["--no-index", "--no-warn-script-location", "--find-links", str(WHEELS)]
    run(PYTHON, pip / "pip", *offline, "pip")
    run(PYTHON, "-m", "pip", *offline, "-r", "requirements.txt")
    STAMP.write_text(json.dumps(made), encoding="utf-8")


def main(arguments: list) -> int:
    """Install if need be, then open JupyterLab on a copy of the notebooks."""
    kit = json.loads((HERE / "kit.json").read_text(encoding="utf-8"))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    wrong = what_is_wrong(kit, version, this_platform(), str(HERE), os.name == "nt")
    if wrong:
        sys.stderr.write(wrong + "\n")
        return 2
    # Another Python's packages would be searched before ours.
    os.environ.pop("PYTHONPATH", None)
    # setuptools warns at length of what an editable installation is; here it is meant.
    os.environ["PYTHONWARNINGS"] = "ignore"
    install(kit)
    del os.environ["PYTHONWARNINGS"]
    if "--install-only" in arguments:
        return 0
    if not COPY.exists():
        shutil.copytree(str(PROJECT / "notebooks"), str(COPY))
    sys.stdout.write(f"JupyterLab opens {COPY} in your browser. To end it, press Ctrl+C here.\n")
    sys.stdout.flush()
    # News and updates would be asked for on a network.
    quiet = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    try:
        return subprocess.call(
            [str(PYTHON), "-m", "jupyterlab", *quiet, *arguments, str(COPY)], cwd=str(HERE)
        )
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
