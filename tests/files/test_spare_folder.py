"""What a command keeps aside while it works is gone afterwards, also when the process is ended or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from helpers.files.save import spare_folder

WAITS = """
import time
from helpers.cli import main
from helpers.files.save import spare_folder

@main.command()
def wait():
    with spare_folder("wait") as folder:
        (folder / "child.txt").write_text("Ana")
        print("there", flush=True)
        time.sleep(300)

main(["wait"])
"""


def waiting(place: Path) -> subprocess.Popen[str]:
    """Start a command that has written something aside."""
    started = subprocess.Popen(
        [sys.executable, "-c", WAITS],
        env={**os.environ, "TMPDIR": str(place), "TEMP": str(place), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "there\n"
    assert list(place.glob(f"*-{started.pid}-*/child.txt"))
    return started


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a word")
def test_a_command_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    with waiting(tmp_path) as started:
        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == 128 + signal.SIGTERM
    assert not list(tmp_path.iterdir())


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps folders for a day")
def test_what_a_killed_command_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with waiting(tmp_path) as killed, waiting(tmp_path) as alive:
        killed.kill()
        killed.wait(60)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with spare_folder("wait") as own:
            left = {path.name.split("-")[2] for path in tmp_path.iterdir()}
            assert left == {str(alive.pid), str(os.getpid())}
            assert own.is_dir()
        alive.kill()
