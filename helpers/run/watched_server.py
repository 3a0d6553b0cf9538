"""The dashboard's server: Voila, which ends with the process that started it, or when nobody looks."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.files.save import write_atomically

__all__ = ["LISTENS", "serve"]

# The file that the page's last cell makes.
READY = "ready"
# The file that says on which port it listens.
LISTENS = "port"
# Seconds in which kernels may end in order.
PATIENCE = 15.0


def serve(private: Path, idle: float, notebook: str) -> None:
    """Serve a notebook until standard input ends, or nobody has looked for a while.

    Whoever started this holds the other end of standard input. However that process ends, on every system,
    the input ends with it.

    Parameters
    ----------
    private
        The server's folder, which goes with it.
    idle
        Seconds without a request or anything that a page did.
    notebook
        The notebook.
    """
    from tornado.ioloop import IOLoop, PeriodicCallback
    from voila.app import Voila  # type: ignore[import-untyped]

    app = Voila.instance()
    app.initialize([notebook])
    app.connection_dir_root = str(private)
    asked = [time.time()]

    def looked(handler: Any) -> None:
        asked[0] = time.time()

    app.tornado_settings = {"log_function": looked}
    loop = IOLoop.current()

    def stop() -> None:
        loop.add_callback(loop.stop)
        time.sleep(PATIENCE)
        _leave(private)

    def end_when_idle() -> None:
        if not (private / READY).exists():
            asked[0] = time.time()  # nobody could look yet
        if time.time() - max(asked[0], _last_activity(app.kernel_manager)) > idle:
            _in_background(stop)

    def stop_with_its_parent() -> None:
        sys.stdin.buffer.read()
        stop()

    def tell_port() -> None:
        write_atomically(private / LISTENS, str(app.port).encode("ascii"))

    _in_background(stop_with_its_parent)
    # The loop runs once the server listens.
    loop.add_callback(tell_port)
    PeriodicCallback(end_when_idle, 1000 * min(60.0, idle / 4)).start()
    try:
        app.start()
    except BaseException:
        traceback.print_exc()
        _leave(private, 1)
    _leave(private)


def _in_background(work: Callable[[], object]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _leave(private: Path, status: int = 0) -> None:
    """Take the folder away and end, whatever still runs here."""
    os.chdir(private.parent)  # Windows removes no folder in which a process is
    shutil.rmtree(private, ignore_errors=True)
    os._exit(status)


def _last_activity(kernels: Any) -> float:
    """Say when a page last did something: each has a kernel."""
    active: list[datetime] = [kernels.get_kernel(one).last_activity for one in kernels.list_kernel_ids()]
    return max((one.astimezone(UTC).timestamp() for one in active), default=0.0)


def _main(arguments: Sequence[str]) -> None:
    private, idle, notebook = arguments
    serve(Path(private), float(idle), notebook)


if __name__ == "__main__":
    _main(sys.argv[1:])
