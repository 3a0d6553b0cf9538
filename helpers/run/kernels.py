"""How this machine talks to a kernel: by a socket file where it can, else by a port of its own."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.files.save import sweep

__all__ = ["kernel_settings"]

# The path of a socket file may have 104 letters on macOS and 108 on Linux, its number and hyphen included.
_LONGEST_SOCKET = 90


def _socket_folder() -> str | None:
    """Make a folder with a path short enough for socket files; None where the platform has none."""
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


@contextlib.contextmanager
def kernel_settings() -> Iterator[dict[str, Any]]:
    """Give what papermill hands on to the kernel's manager, and clear up afterwards.

    A port is open to everybody on the machine, and two kernels that start at once may be given the same one;
    a socket file in a folder of its own is neither.

    Yields
    ------
    dict
        Keyword arguments for ``papermill.execute_notebook``.
    """
    from traitlets.config import Config

    # No history: what runs here is no line in somebody's own notebooks' past. No log either: an idle kernel
    # that is told to go says "KeyboardInterrupt", and a kernel's log may hold what a cell holds.
    common = {
        "extra_arguments": ["--HistoryManager.enabled=False", "--log-level=CRITICAL"],
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
