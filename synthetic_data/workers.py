"""Run work in parallel processes, which end with their parent."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from helpers.standard import BadInput

__all__ = ["Workers", "context", "follow", "take_each"]

Work = TypeVar("Work")

BEGUN = "begun"
NO_GUARD = 78  # exit status of a child process that ran the parent's script again instead of starting fresh


def context() -> Any:
    """Return the start method of processes: spawn, on every system.

    A forked process would have all of the parent's data at once. But Arrow has threads that Python doesn't
    track, and a process forked while threads run may hang or crash.
    """
    return multiprocessing.get_context("spawn")


def take_each(waiting: Sequence[Work], following: Any) -> Iterator[Work]:
    """Yield what no other process has taken, one after the other, until none is left."""
    while True:
        with following.get_lock():
            at = following.value
            following.value = at + 1
        if at >= len(waiting):
            return
        yield waiting[at]


class Workers:
    """Child processes that run one function.

    Use it in a `with` statement: on exit all have finished, or an error of one is raised here. After an error
    here, they are ended.
    """

    def __init__(self, started: Any, count: int, work: Callable[..., None], *given: Any) -> None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):
            os._exit(NO_GUARD)  # the parent explains what is missing, in one sentence
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
                    failure = _outcome(process, ours)
                    if failure is not None:
                        raise failure
        finally:
            for process, ours in self._running:
                if process.is_alive():
                    process.terminate()
                    process.join()
                ours.close()


def _outcome(process: Any, ours: Any) -> Exception | None:
    begun = False
    try:
        while (message := ours.recv()) == BEGUN:
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
    return message if isinstance(message, Exception) else None


def _run(work: Callable[..., None], given: tuple[Any, ...], pipe: Any, parent: int) -> None:
    threading.Thread(target=follow, args=(parent,), daemon=True).start()
    pipe.send(BEGUN)
    try:
        work(*given)
    except (BadInput, OSError) as error:
        pipe.send(error)
    except Exception as error:  # whatever it is, the parent reports it
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
    else:
        pipe.send(None)


def follow(parent: int) -> None:
    """End this process if its parent was killed: nobody would use its results."""
    started = multiprocessing.parent_process()
    while os.getppid() == parent and started is not None and started.is_alive():
        time.sleep(0.2)
    os._exit(1)
