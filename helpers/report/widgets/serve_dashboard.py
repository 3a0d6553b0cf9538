"""Serve the dashboard under Voila."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import helpers.standard
from helpers.files import (
    end_tied,
    ended_by_signals,
    fingerprint,
    must_be_a_folder,
    sweep,
    when_parent_ends,
    with_children,
    write_atomically,
)
from helpers.profile import ProfileStore, save_store
from helpers.report.runs.notebooks import Notebook
from helpers.report.templates import render
from helpers.standard import BadInput

__all__ = ["LISTENS", "Served", "dashboard_notebook", "must_be_free", "serve_dashboard", "store_of"]


# File that the page's last cell creates.
READY = "ready"
# File with the port on which the server listens.
LISTENS = "port"
# Seconds in which kernels may shut down cleanly.
PATIENCE = 15.0


def serve(private: Path, idle: float, notebook: str) -> None:
    """Serve a notebook until standard input ends, or nobody has used it for a while.

    The parent process has the other end of standard input. However the parent ends, on any system, the
    input ends with it.
    """
    from tornado.ioloop import IOLoop, PeriodicCallback
    from voila.app import Voila  # type: ignore[import-untyped]

    class Dashboard(Voila):
        def listen(self) -> None:
            refuse_other_hosts(self.app)
            super().listen()

    app = Dashboard.instance()
    app.initialize([notebook])
    app.connection_dir_root = str(private)
    asked = [time.time()]

    def looked(handler: Any) -> None:
        asked[0] = time.time()

    app.tornado_settings = {"log_function": looked, **PRIVATE}
    loop = IOLoop.current()

    def stop() -> None:
        loop.add_callback(loop.stop)
        time.sleep(PATIENCE)
        _leave(private)

    def end_when_idle() -> None:
        if not (private / READY).exists():
            asked[0] = time.time()  # nobody could use it yet
        if time.time() - max(asked[0], _last_activity(app.kernel_manager)) > idle:
            threading.Thread(target=stop, daemon=True).start()

    def tell_port() -> None:
        write_atomically(private / LISTENS, str(app.port).encode("ascii"))

    when_parent_ends(stop)
    # The loop runs once the server listens.
    loop.add_callback(tell_port)
    PeriodicCallback(end_when_idle, 1000 * min(60.0, idle / 4)).start()
    try:
        app.start()
    except BaseException:
        traceback.print_exc()
        _leave(private, 1)
    _leave(private)


# Another site never learns an address with its secret word, and gets none of the page's cookies.
SAME_SITE = {"samesite": "Strict"}
PRIVATE = {"headers": {"Referrer-Policy": "same-origin"}, "xsrf_cookie_kwargs": SAME_SITE}
HOSTS = ("127.0.0.1", "localhost")


def refuse_other_hosts(app: Any) -> None:
    """Refuse requests under other names: a site may point its own name at this computer (DNS rebinding)."""
    from tornado.routing import Matcher, Rule
    from tornado.web import ErrorHandler

    class OtherHost(Matcher):
        def match(self, request: Any) -> dict[str, Any] | None:
            return None if request.host_name in HOSTS else {}

    app.default_router.rules.insert(0, Rule(OtherHost(), ErrorHandler, {"status_code": 403}))


def _leave(private: Path, status: int = 0) -> None:
    """Delete the folder and exit, whatever is still running here."""
    os.chdir(private.parent)  # Windows doesn't delete the working directory of a process
    shutil.rmtree(private, ignore_errors=True)
    os._exit(status)


def _last_activity(kernels: Any) -> float:
    """Return the last activity of a page: each has a kernel."""
    active: list[datetime] = [kernels.get_kernel(one).last_activity for one in kernels.list_kernel_ids()]
    return max((one.astimezone(UTC).timestamp() for one in active), default=0.0)


def _main(arguments: Sequence[str]) -> None:
    private, idle, notebook = arguments
    serve(Path(private), float(idle), notebook)


if __name__ == "__main__":
    _main(sys.argv[1:])


PORT = 8866
TAG = "dashboard"
TEMPLATE = Path(__file__).with_name("voila_template")
HOME = "127.0.0.1"
EXTENSIONS = ("anywidget", "@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager")
# Ports to try after the chosen one, which another process may have taken since we found it free.
FURTHER_PORTS = 20
# Seconds until a kernel must have read the store and shown its first page.
STARTS = 180
# Minutes that a server waits for a user.
IDLE = 60.0
PREFIX = "kit-dashboard-"
SERVER = "helpers.report.widgets.serve_dashboard"


@dataclass(frozen=True)
class Served:
    """A running dashboard."""

    # Address for a browser on this computer, including the secret word.
    address: str
    # The server.
    process: subprocess.Popen[bytes]
    # A page that redirects to the address, readable only by this user, because everybody can read a browser's
    # command line.
    door: Path


def dashboard_notebook(
    lesson: Path, out: Path, set_to: Mapping[str, object], ready: Path | None = None
) -> Path:
    """Copy a lesson's dashboard cells: its parameters, its imports and the cells tagged `dashboard`."""
    import nbformat

    notebook = Notebook(lesson)
    cells = notebook.content.cells
    tagged = [cell for cell in cells if TAG in cell.metadata.get("tags", [])]
    code = [cell for cell in cells if cell.cell_type == "code"]
    place = next((n for n, cell in enumerate(code) if "parameters" in cell.metadata.get("tags", [])), None)
    if not tagged or place is None or place + 1 >= len(code):
        raise BadInput(f"{lesson} has no dashboard: a cell tagged '{TAG}' and one tagged 'parameters'.")
    unknown = sorted(set(set_to) - set(notebook.parameters))
    if unknown:
        raise BadInput(f"{lesson} has no parameter {unknown[0]!r}. It has: {', '.join(notebook.parameters)}.")
    values = "\n".join(f"{name} = {value!r}" for name, value in set_to.items())
    sources = [code[place].source, values, code[place + 1].source]
    sources += [cell.source for cell in tagged if cell.cell_type == "code"]
    sources += [] if ready is None else [f"open({str(ready)!r}, 'w').close()"]
    heading = nbformat.v4.new_markdown_cell(f"# {notebook.title}")
    fresh = nbformat.v4.new_notebook(cells=[heading, *map(nbformat.v4.new_code_cell, sources)])
    fresh.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"}, title="Dashboard"
    )
    write_atomically(out, nbformat.writes(fresh).encode("utf-8"))
    return out


def _free_port(wanted: int | None) -> int:
    """Return a free port, the wanted one if given."""
    for port in [wanted] if wanted is not None else [*range(PORT, PORT + 20), 0]:
        with socket.socket() as probe:
            try:
                probe.bind((HOME, port))
            except (OSError, OverflowError):
                continue
            return int(probe.getsockname()[1])
    raise BadInput(
        f"Port {wanted} is taken, or none that may be used: name another with --port, or none at all."
    )


# Seconds from a visit until the next kernel starts: while a page is drawn, it would take a core from it.
FILLS_AFTER = 4.0


def _settings(port: int, word: str, further: int = 0) -> dict[str, Any]:
    return {
        "Voila": {"ip": HOME, "port": port, "port_retries": further, "open_browser": False, "token": word},
        "VoilaConfiguration": {
            "template": "kit",
            "strip_sources": True,
            "preheat_kernel": True,
            "default_pool_size": 1,
            "show_tracebacks": False,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            # From the folder, we serve only the page.
            "file_allowlist": [],
            # Only what draws the page: no extensions of the user's own JupyterLab.
            "extension_allowlist": list(EXTENSIONS),
        },
        "IdentityProvider": {"cookie_options": SAME_SITE},
        "VoilaKernelManager": {"fill_delay": FILLS_AFTER},
        # Kernels of pages closed without notice end after a while.
        "MappingKernelManager": {"cull_interval": 60, "cull_idle_timeout": 3600, "cull_connected": False},
        "Application": {"log_level": "ERROR"},
    }


@contextlib.contextmanager
def serve_dashboard(
    store: Path,
    lesson: Path,
    *,
    port: int | None = None,
    set_to: Mapping[str, object] | None = None,
    idle: float = IDLE,
) -> Iterator[Served]:
    """Serve a store's dashboard until the block ends, also by a signal, or nobody has used it for a while.

    The server ends with this process, however that ends, and deletes its folder.
    """
    if find_spec("voila") is None:
        raise BadInput("The dashboard as a web page needs voila: pip install -r requirements.txt.")
    chosen = _free_port(port)
    # Left behind if both processes were killed at once; it shows where a store is.
    sweep(Path(tempfile.gettempdir()), PREFIX)
    word = secrets.token_urlsafe(24)
    with contextlib.ExitStack() as ends:
        ends.enter_context(ended_by_signals())
        private = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))  # nobody else can read it
        ends.callback(shutil.rmtree, private, ignore_errors=True)
        ready = private / "ready"
        folder = private / "page"
        folder.mkdir()
        values = {**(set_to or {}), "store": str(store.resolve())}
        notebook = dashboard_notebook(lesson, folder / "dashboard.ipynb", values, ready)
        settings = _settings(chosen, word, FURTHER_PORTS if port is None else 0)
        (private / "voila.json").write_text(json.dumps(settings), encoding="utf-8")
        process = _start(private, notebook, idle)
        ends.callback(end_tied, [process])
        chosen = _wait(process, ready, port)
        address = f"http://{HOME}:{chosen}/?token={word}"
        yield Served(address, process, _door(private, address))


def _door(private: Path, address: str) -> Path:
    """Write a page that redirects to the address; an argument would be visible in process lists."""
    door = private / "open.html"
    page = render("report/widgets/door.html.j2", address=address)
    write_atomically(door, page.encode("utf-8"))
    return door


def _start(private: Path, notebook: Path, idle: float) -> subprocess.Popen[bytes]:
    """Start Voila with its own settings, without any user's settings, extensions or history."""
    path = os.environ.get("JUPYTER_PATH")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(private / "settings"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_PATH": os.pathsep.join([str(TEMPLATE), *([path] if path else [])]),
        # The kernel finds this kit even if the notebook isn't in its folder.
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]),
    }
    log = (private / "log.txt").open("wb")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", SERVER, str(private), str(60 * idle), str(notebook)],
            cwd=private,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches all processes of a terminal, so that this one ends the server cleanly.
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes], ready: Path, wanted: int | None) -> int:
    """Wait until the cells ran once and the server answers; return its port."""
    until = time.monotonic() + STARTS
    listens = ready.with_name(LISTENS)
    while time.monotonic() < until and process.poll() is None:
        # Only the server knows its port: between our check and its start, another server may have taken it.
        if ready.exists() and listens.exists() and _answers(port := int(listens.read_text(encoding="ascii"))):
            return port
        time.sleep(0.1)
    if wanted is not None:
        _free_port(wanted)
    # The log may name a child, so we show nothing of it.
    how = f"it ended with {process.returncode}" if process.poll() is not None else f"not ready in {STARTS} s"
    raise BadInput(
        f"The dashboard didn't start ({how}): run the notebook in JupyterLab to see which cell fails, or "
        "make a new store with --out."
    )


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOME}:{port}/login", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


_MADE_OF = "made_of.json"
_DECLARED = Path(helpers.standard.__file__).parent


def is_store(folder: Path) -> bool:
    """Check whether a folder is a store of profiles."""
    return (folder / "store.json").is_file()


def must_be_free(folder: Path) -> None:
    """Raise an error if something other than a store is at the path."""
    if folder.is_file() or (folder.is_dir() and not is_store(folder) and any(folder.iterdir())):
        raise BadInput(f"{folder} is no store of profiles and isn't empty: name another place for the store.")


def _made_of(folder: Path) -> str:
    """Hash a folder's files and the definitions of elements, which may have changed, too."""
    declared = [path.read_bytes() for path in sorted(_DECLARED.rglob("*.toml"))]
    whole = [fingerprint(folder).encode(), *declared]
    return hashlib.blake2b(b"\0".join(whole), digest_size=16).hexdigest()


def store_of(folder: Path, place: Path) -> ProfileStore:
    """Open the store of a district's profiles, rebuilt if it isn't up to date with the files."""
    if is_store(folder):
        return ProfileStore.open(folder)
    must_be_a_folder(folder)
    made_of = _made_of(folder)
    known = place / _MADE_OF
    if is_store(place) and known.is_file() and json.loads(known.read_text("utf-8")) == made_of:
        with contextlib.suppress(BadInput):  # written by another version of the kit: rebuild
            return ProfileStore.open(place)
    from helpers.files import read_district
    from helpers.link import link_district
    from helpers.profile import build_profiles, compute_indicators, source_of

    district = with_children(read_district(folder))
    links = link_district(district)
    profiles = build_profiles(district, links)
    save_store(source_of(district, links, profiles, compute_indicators(district, links, profiles)), place)
    write_atomically(known, json.dumps(made_of).encode())
    return ProfileStore.open(place)
