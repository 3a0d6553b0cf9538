"""Processes that help to make things, and end when the one that started them does."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from helpers.standard import BadInput

__all__ = ["Workers", "context", "follow"]

BEGUN = "begun"
NO_GUARD = 78  # exit status of a process that was to begin anew, and ran its script again instead


def context() -> Any:
    """Give the way in which processes are started here: anew, on every system.

    A forked process would have all that this one knows at once. But Arrow has threads of its own, which
    Python doesn't count, and a process that is forked beside threads may stand still or break off.
    """
    return multiprocessing.get_context("spawn")


class Workers:
    """Processes that run one function beside this one.

    Used in a `with` statement: at its end all have done, or what went wrong in one is raised here. Where
    something goes wrong here, they are ended.
    """

    def __init__(self, started: Any, count: int, work: Callable[..., None], *given: Any) -> None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            os._exit(NO_GUARD)  # the process that started this one says what is missing, in one sentence
        self._running = []
        for _ in range(count):
            ours, theirs = started.Pipe(duplex=False)
            process = started.Process(target=_run, args=(work, given, theirs, os.getpid()), daemon=True)
            process.start()
            theirs.close()
            self._running.append((process, ours))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: Any) -> None:
        try:
            if error is None:
                for process, ours in self._running:
                    failure = _heard(process, ours)
                    if failure is not None:
                        raise failure
        finally:
            for process, ours in self._running:
                if process.is_alive():
                    process.terminate()
                    process.join()
                ours.close()


def _heard(process: Any, ours: Any) -> Exception | None:
    begun = False
    try:
        while (told := ours.recv()) == BEGUN:
            begun = True
    except EOFError:
        process.join()
        if begun or process.exitcode < 0:
            return OSError("a process that was writing files was ended from outside: run the command again")
        return BadInput(
            "A process that helps to make the district ran your script again instead: put what it does "
            'below a line `if __name__ == "__main__":`, or ask for one process (processes=1).'
        )
    process.join()
    return told if isinstance(told, Exception) else None


def _run(work: Callable[..., None], given: tuple[Any, ...], told: Any, parent: int) -> None:
    threading.Thread(target=follow, args=(parent,), daemon=True).start()
    told.send(BEGUN)
    try:
        work(*given)
    except (BadInput, OSError) as error:
        told.send(error)
    except Exception as error:  # whatever it is, the process that started this one tells it
        told.send(RuntimeError(f"{type(error).__name__}: {error}"))
    else:
        told.send(None)


def follow(parent: int) -> None:
    """End this process when its parent was killed: nobody would ever ask for what it makes."""
    started = multiprocessing.parent_process()
    while os.getppid() == parent and started is not None and started.is_alive():
        time.sleep(0.2)
    os._exit(1)
