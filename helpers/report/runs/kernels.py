"""Start the kernels of a run, on Linux as copies of one process that has imported what notebooks import.

A kernel of its own spends two seconds on imports, and a report has twelve. Forking is safe only in a process
with a single thread: the server counts its threads after the imports, and without a server, or on another
system, each kernel starts by itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.files import sweep

__all__ = ["KernelServer", "kernel_server", "kernel_settings"]

# What most notebooks import, and what seaborn and the kit import only when it is used.
PRELOADED = (
    "ipykernel.kernelapp",
    "ipywidgets",
    "matplotlib.pyplot",
    "pandas",
    "pyarrow.dataset",
    "scipy.stats",
    "seaborn",
    "helpers.files",
    "helpers.link",
    "helpers.profile",
    "helpers.gaps",
    "helpers.score",
    "helpers.report.charts",
    "helpers.report.pages",
    "helpers.report.widgets",
    "synthetic_data",
)
# Libraries that start a thread when they are imported, and how to tell them not to.
_ONE_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OPENBLAS_NUM_THREADS": "1"}
# A kernel sets this before anything is imported; matplotlib reads it when it is imported.
_PICTURES = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
_THREADS = Path("/proc/self/task")
_LAUNCHER = "ipykernel_launcher"


# The path of a socket file may have 104 characters on macOS and 108 on Linux, including its number and
# hyphen.
_LONGEST_SOCKET = 90


def _socket_folder() -> str | None:
    """Create a folder with a path short enough for socket files; None if the platform has none."""
    if os.name != "posix":
        return None
    import zmq

    if not zmq.has("ipc"):
        return None
    for place in (tempfile.gettempdir(), "/tmp"):
        if len(place) < _LONGEST_SOCKET - 30 and os.access(place, os.W_OK):
            sweep(Path(place), "kit-k")
            return tempfile.mkdtemp(prefix=f"kit-k{os.getpid()}-", dir=place)
    return None


# A kernel of a run lives for seconds: looking for cycles in all its tables again and again gains it nothing.
_FEWER_COLLECTIONS = "--IPKernelApp.exec_lines=import gc; gc.set_threshold(100_000, 50, 100)"


@contextlib.contextmanager
def kernel_settings() -> Iterator[dict[str, Any]]:
    """Yield the settings of the kernel manager, and clean up afterwards.

    A port is open to everybody on the computer, and two kernels that start together may get the same one. A
    socket file in its own folder avoids both.
    """
    from traitlets.config import Config

    # No history, so that runs don't appear in a user's own notebook history. No log either: an idle kernel
    # that has to end says "KeyboardInterrupt", and a kernel's log may contain what a cell contains.
    common = {
        "extra_arguments": ["--HistoryManager.enabled=False", "--log-level=CRITICAL", _FEWER_COLLECTIONS],
        "shutdown_kernel": "immediate",
    }
    folder = _socket_folder()
    if folder is None:
        yield common
        return
    settings = Config()
    settings.KernelManager.transport = "ipc"
    settings.KernelManager.ip = f"{folder}/k"
    try:
        yield {**common, "config": settings}
    finally:
        for socket in Path(folder).glob("k-*"):
            socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def serve(fileno: int) -> None:
    """Fork a kernel for each request on a socket, until its other end is closed."""
    for name in PRELOADED:
        importlib.import_module(name)
    if len(list(_THREADS.iterdir())) > 1:
        return
    # What is imported stays: a kernel's garbage collector needn't look at it, nor copy its pages.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=fileno) as channel, channel.makefile("rw", encoding="utf-8") as asked:
        for line in asked:
            pid = os.fork()
            if not pid:
                os.close(fileno)
                _become_kernel(**json.loads(line))
            asked.write(f"{pid}\n")
            asked.flush()
    # Not before: as long as nobody has waited for a kernel, its number goes to no other process.
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(arguments: list[str], environ: dict[str, str], folder: str) -> None:
    """Run a kernel in this process until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    tempfile.tempdir = None  # the server's own; this kernel's is in its environment
    status = 1
    try:
        # The kernel ends if its parent does: that is the server, which ends with the run.
        IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
        status = 0
    finally:
        os._exit(status)


class _Forked:
    """A kernel's process, as its manager asks about it; it isn't our child, so we watch its number."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._watched = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return None while the process lives."""
        return 0 if select.select([self._watched], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait for the end of the process."""
        select.select([self._watched], [], [])
        os.close(self._watched)
        return 0

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class KernelServer:
    """A process of which kernels are copies; starts with the object, ends with `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started = False
        self._ours, theirs = socket.socketpair()
        with theirs:
            code = f"from helpers.report.runs.kernels import serve; serve({theirs.fileno()})"
            self._process = subprocess.Popen(
                [sys.executable, "-c", code],
                env={**os.environ, **_ONE_THREAD, **_PICTURES},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._channel = self._ours.makefile("rw", encoding="utf-8")

    def start(self, command: Sequence[str], environ: Mapping[str, str], folder: Path) -> _Forked | None:
        """Start a kernel by the command of its kernel specification; None if there is no server."""
        if command[0] != sys.executable or _LAUNCHER not in command:
            return None
        arguments = list(command[command.index(_LAUNCHER) + 1 :])
        asked = {"arguments": arguments, "environ": dict(environ), "folder": str(folder)}
        with self._lock, contextlib.suppress(OSError):
            self._channel.write(json.dumps(asked) + "\n")
            self._channel.flush()
            if pid := self._channel.readline():
                self._started = True
                return _Forked(int(pid))
        return None

    def close(self) -> None:
        """End the server, and wait for it."""
        with contextlib.suppress(OSError):
            self._channel.close()
        self._ours.close()
        if not self._started:
            # It may still import, and an error needn't wait for that.
            self._process.terminate()
        self._process.wait()


@contextlib.contextmanager
def kernel_server(kernels: int) -> Iterator[dict[str, Any]]:
    """Yield settings of clients that take their kernels from a server; of none for one or two kernels."""
    if kernels < 3 or not _THREADS.exists() or not hasattr(os, "pidfd_open"):
        yield {}
        return
    server = KernelServer()
    from jupyter_client import AsyncKernelManager

    class Manager(AsyncKernelManager):
        async def _async_launch_kernel(self, kernel_cmd: list[str], **given: Any) -> None:
            folder = Path(given.get("cwd") or Path.cwd())
            process = server.start(kernel_cmd, given.get("env") or os.environ, folder)
            if process is None:
                await super()._async_launch_kernel(kernel_cmd, **given)
                return
            provisioner: Any = self.provisioner
            provisioner.process, provisioner.pid = process, process.pid
            # A kernel leads its own group, which gets the signals.
            provisioner.pgid, provisioner.cwd = process.pid, folder
            self._reconcile_connection_info(provisioner.connection_info)

    try:
        yield {"kernel_manager_class": Manager}
    finally:
        server.close()
