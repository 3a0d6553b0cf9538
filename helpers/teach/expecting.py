"""Errors on purpose: shown with their message, and missed when they don't come."""

from __future__ import annotations

import sys
from types import TracebackType

from helpers.report.blocks import escape
from helpers.standard import BadInput

__all__ = ["expect"]


class _Expected:
    """The message of an error that was expected, as a cell shows it."""

    def __init__(self, name: str, message: str) -> None:
        self.text = f"As expected, {name}: {message}" if message else f"As expected: {name}"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # No mark of helpers.report: an error's words may hold a name, and no report of real data keeps them.
        return f'<pre style="border-left:3px solid #57606a;padding:4px 12px">{escape(self.text)}</pre>'


def _show(what: _Expected) -> None:
    from IPython import get_ipython

    if get_ipython() is None:
        sys.stdout.write(f"{what!r}\n")
        return
    from IPython.display import display

    display(what)


class expect:
    """Run lines that are meant to fail: show the message, and fail if they don't fail.

    Only the first line of the message is shown, since pandas writes whole rows into the others;
    of the kit's own errors all lines, since they name all faults at once.

    Parameters
    ----------
    *errors
        The types of error that may come.

    Raises
    ------
    AssertionError
        When nothing goes wrong.

    Examples
    --------
    >>> with expect(ZeroDivisionError):
    ...     1 / 0
    As expected, ZeroDivisionError: division by zero
    """

    def __init__(self, *errors: type[BaseException]) -> None:
        if not errors:
            raise ValueError("Say which error is expected, such as expect(KeyError).")
        self._errors = errors

    def __enter__(self) -> None:
        """Begin the lines that are meant to fail."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Show the expected error; let any other pass."""
        names = " or ".join(one.__name__ for one in self._errors)
        if error is None:
            raise AssertionError(f"{names} was expected here, but nothing went wrong.")
        if not isinstance(error, self._errors):
            return False
        message = str(error).strip()
        first = message.splitlines()[0] if message else ""
        _show(_Expected(type(error).__name__, message if isinstance(error, BadInput) else first))
        return True
