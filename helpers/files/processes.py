"""Whether another process of this machine is still there."""

from __future__ import annotations

import os
import sys

__all__ = ["is_running"]


def is_running(number: int) -> bool:
    """Say whether a process is there, without touching it.

    Parameters
    ----------
    number
        Its number. One that the system has given to another process since counts as there.

    Returns
    -------
    bool
        True also where it is another user's.
    """
    if number <= 0:
        return False
    if sys.platform == "win32":
        return _is_running_on_windows(number)
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_running_on_windows(number: int) -> bool:
    """Ask Windows, where `os.kill(number, 0)` would end the process. Read, never run: we have no Windows."""
    import ctypes

    may_ask, still_active, no_such_process = 0x1000, 259, 87
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(may_ask, False, number)
    if not handle:
        return bool(ctypes.get_last_error() != no_such_process)  # type: ignore[attr-defined,unused-ignore]
    code = ctypes.c_ulong()
    try:
        told = kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
    return not told or code.value == still_active
