"""JupyterLab as a learner meets it: a server of its own on a copy of the notebooks, and a window on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

__all__ = ["LabServer", "NotebookWindow", "lab_server"]

# How long a state may take to come, in seconds: ten times what it takes on two slow cores.
STARTS, CONNECTS, RUNS, REPLIES = 60, 90, 120, 30

CONNECTED = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    if (!panel?.context?.isReady || !kernel) return false;
    return kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
# A command's promise is kept aside, so that waiting for it has a bound.
RUN_ALL = """() => {
    window.ranAll = null;
    window.jupyterapp.commands.execute('notebook:run-all-cells').then(
        () => { window.ranAll = 'done'; }, error => { window.ranAll = String(error); });
}"""
# Cells out of sight are in no page: what they hold is read from the notebook itself.
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
GO_TO = """async place => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = place;
    await notebook.scrollToItem(place);
}"""


@dataclass(frozen=True)
class LabServer:
    """Where a JupyterLab answers, and the folder that it shows."""

    address: str
    token: str
    folder: Path


@contextmanager
def lab_server(folder: Path, state: Path) -> Iterator[LabServer]:
    """Start JupyterLab on a folder, at a free port, with settings of its own; stop it afterwards."""
    places = {name: state / name.lower() for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    places |= {
        name: state / name.lower() for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    }
    runtime = state / "runtime"
    settings = {
        "--ServerApp.root_dir": folder,
        "--ServerApp.port": 0,
        "--LabApp.extension_manager": "readonly",
        # Neither news nor new versions are asked for.
        "--LabApp.news_url": None,
        "--LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += [f"{name}={value}" for name, value in settings.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
    environment["JUPYTER_RUNTIME_DIR"] = str(runtime)
    log = state / "log.txt"
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=written, stderr=written)
    try:
        yield _address(server, runtime, folder, log)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen[bytes], runtime: Path, folder: Path, log: Path) -> LabServer:
    """Wait until the server has written down where it answers."""
    until = time.monotonic() + STARTS
    while time.monotonic() < until and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:  # half written
                continue
            return LabServer(told["url"], told["token"], folder)
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab didn't start: {log.read_text(encoding='utf-8')[-2000:]}")


class NotebookWindow:
    """A notebook that is open in JupyterLab.

    Parameters
    ----------
    page
        An empty page of a browser.
    server
        The JupyterLab.
    name
        The file of the notebook, in the server's folder.
    """

    def __init__(self, page: Page, server: LabServer, name: str) -> None:
        self._page = page
        self.asked_elsewhere: list[str] = []
        here = (server.address, server.address.replace("http", "ws", 1), "data:", "blob:")
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(here) else self.asked_elsewhere.append(request.url)
            ),
        )
        page.goto(
            f"{server.address}lab/tree/{name}?token={server.token}&reset",
            timeout=CONNECTS * 1000,
            wait_until="load",
        )
        page.wait_for_function(CONNECTED, timeout=CONNECTS * 1000)

    @property
    def cells(self) -> list[dict[str, Any]]:
        """All cells with their outputs, as they would be saved."""
        cells: list[dict[str, Any]] = self._page.evaluate(CELLS)
        return cells

    def run_all(self) -> None:
        """Run all cells and wait until that is done."""
        self._page.evaluate(RUN_ALL)
        self._page.wait_for_function("window.ranAll !== null", timeout=RUNS * 1000)
        assert self._page.evaluate("window.ranAll") == "done"
        self._page.wait_for_function(CONNECTED, timeout=RUNS * 1000)

    @property
    def errors(self) -> list[str]:
        """What stopped, as name and words."""
        outputs = [output for cell in self.cells for output in cell.get("outputs", [])]
        return [f"{out['ename']}: {out['evalue']}" for out in outputs if out["output_type"] == "error"]

    def place_of(self, tag: str) -> int:
        """The place of the cell that wears a tag."""
        (place,) = (place for place, cell in enumerate(self.cells) if tag in cell["metadata"].get("tags", []))
        return place

    def show(self, place: int) -> Locator:
        """Scroll to a cell and give it as it is drawn."""
        self._page.evaluate(GO_TO, place)
        cell = self._page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{place}"]')
        cell.wait_for(timeout=REPLIES * 1000)
        return cell

    def answer(self, tag: str, words: str, state: str) -> str:
        """Type over an exercise's cell, run it and the check below it, and wait for a reply of that state."""
        place = self.place_of(tag)
        self.show(place).locator(".cm-content").click()
        self._page.keyboard.press("ControlOrMeta+A")
        self._page.keyboard.insert_text(words)
        self._page.keyboard.press("Shift+Enter")
        self._page.keyboard.press("Shift+Enter")
        reply = self.show(place + 1).locator(f'.reply[data-state="{state}"]')
        reply.wait_for(timeout=REPLIES * 1000)
        return reply.inner_text()
