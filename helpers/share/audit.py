"""Who asked for what, and why: lines that can be added, and not changed, taken out or put elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.output import private_folder, write_atomically
from helpers.layouts import BadInput

__all__ = ["Audit", "shown_hash"]

BEGINNING = "0" * 64
# Seconds to wait for another process that writes.
PATIENCE = 10.0


def shown_hash(*frames: pd.DataFrame) -> str:
    """Give a number that stands for what was shown; it is written down under a key only (`Audit.log`).

    Parameters
    ----------
    frames
        What was shown.

    Returns
    -------
    str
        SHA-256 over columns and cells, in hexadecimal. Whoever has it can try what few values there are.
    """
    digest = hashlib.sha256()
    for frame in frames:
        digest.update("\t".join(map(str, frame.columns)).encode())
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _hashed(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


def _for_one(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Audit:
    """A log to which lines are added only.

    Each line holds the hash of the line before, so that a line that is changed, taken out or put elsewhere
    breaks the chain. How many lines there are stands beside it, so that lines missing at the end are noticed.
    Whoever can write both files can still begin a new log: only a copy of the newest hash elsewhere tells.
    A line holds who, in which role, for which purpose, which elements, how many children, and a digest of
    what was shown; never a child's name, id or value. The digest is made with a key that stands beside the
    log and stays with the district: without it nobody who is given the log can try which grade or balance
    gives the same number, and with it `tells_of` says whether a table is what was shown. All files are their
    writer's alone.
    """

    def __init__(self, path: str | Path) -> None:
        """Name the log.

        Parameters
        ----------
        path
            A file of JSON lines, begun with the first line.
        """
        self.path = Path(path)

    @property
    def _beside(self) -> Path:
        return self.path.with_name(self.path.name + ".count")

    @property
    def _key_file(self) -> Path:
        return self.path.with_name(self.path.name + ".key")

    def _digest(self, shown: str) -> str | None:
        """Give the digest of what was shown under the key; None where there is no key."""
        if not self._key_file.exists():
            return None
        key = bytes.fromhex(self._key_file.read_text(encoding="ascii").strip())
        return hmac.new(key, shown.encode("utf-8"), hashlib.sha256).hexdigest()

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        # A name may hold what else ends a line, such as U+2028; only a newline ends one here.
        text = self.path.read_text(encoding="utf-8").removesuffix("\n")
        return text.split("\n") if text else []

    def _newest(self) -> tuple[int, str]:
        """Give the number of lines and the newest hash, from beside the log: it may be long."""
        if self._beside.exists():
            count, _, newest = self._beside.read_text(encoding="utf-8").strip().partition(" ")
            if count.isdigit() and newest:
                return int(count), newest
        lines = self._lines()
        return len(lines), _hashed(lines[-1]) if lines else BEGINNING

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from writing meanwhile."""
        lock = self.path.with_name(self.path.name + ".lock")
        private_folder(lock.parent)
        waited = time.monotonic()
        while True:
            try:
                handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
                break
            except FileExistsError:
                if time.monotonic() - waited > PATIENCE:
                    raise BadInput(
                        f"Another process writes to {self.path.name}: wait, or take {lock.name} away "
                        "if none does any more."
                    ) from None
                time.sleep(0.01)
        try:
            yield
        finally:
            os.close(handle)
            lock.unlink(missing_ok=True)

    def log(
        self,
        role: str,
        who: str,
        purpose: str,
        elements: Sequence[str],
        children: int,
        shown: str,
        what: str,
    ) -> None:
        """Add a line.

        Parameters
        ----------
        role, who, purpose
            Who asked, and what for.
        elements
            Names of what may be seen.
        children
            How many children.
        shown
            `shown_hash` of what was shown; its digest under the key is what is written.
        what
            opened, one child, or written.
        """
        with self._alone():
            if not self._key_file.exists():
                write_atomically(self._key_file, f"{secrets.token_hex(32)}\n".encode())
            count, before = self._newest()
            line = json.dumps(
                {
                    "line": count + 1,
                    "before": before,
                    "when": datetime.now(UTC).isoformat(timespec="seconds"),
                    "role": role,
                    "who": who,
                    "purpose": purpose,
                    "what": what,
                    "elements": list(elements),
                    "children": children,
                    "shown": self._digest(shown),
                },
                ensure_ascii=False,
            )
            with open(self.path, "a", encoding="utf-8", newline="\n", opener=_for_one) as file:
                file.write(line + "\n")
            write_atomically(self._beside, f"{count + 1} {_hashed(line)}\n".encode())

    def tells_of(self, line: int, *frames: pd.DataFrame) -> bool:
        """Say whether tables are those of which a line was written.

        Parameters
        ----------
        line
            Number of the line, from 1.
        frames
            What is said to have been shown.

        Returns
        -------
        bool
            False where a cell is another, or the key of the log isn't there.

        Raises
        ------
        BadInput
            When there is no such line.
        """
        lines = self._lines()
        if not 1 <= line <= len(lines):
            raise BadInput(f"{self.path.name} has no line {line}: it has {len(lines)}.")
        digest = self._digest(shown_hash(*frames))
        return digest is not None and hmac.compare_digest(str(json.loads(lines[line - 1])["shown"]), digest)

    def read(self) -> pd.DataFrame:
        """Give the lines as a table: ``line, when, role, who, purpose, what, elements, children, shown``."""
        rows: list[dict[str, Any]] = [json.loads(line) for line in self._lines()]
        shown = ["line", "when", "role", "who", "purpose", "what", "elements", "children", "shown"]
        frame = pd.DataFrame(rows, columns=shown)
        texts = {name: "string" for name in shown if name not in ("line", "children", "elements")}
        listed = frame["elements"].map("; ".join).astype("string")
        return frame.assign(elements=listed).astype({**texts, "line": "Int64", "children": "Int64"})

    def verify(self) -> pd.DataFrame:
        """Find lines that were changed, taken out or put elsewhere.

        Returns
        -------
        pandas.DataFrame
            ``line`` (as counted in the file), ``trouble``; no rows where the chain is whole.
        """
        troubles: list[tuple[int, str]] = []
        lines = self._lines()
        before = BEGINNING
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if not isinstance(entry, dict):
                troubles.append((number, "is no line of this log"))
            elif entry.get("before") != before:
                troubles.append(
                    (number, "doesn't follow the line before it: one was changed, moved or taken out")
                )
            elif entry.get("line") != number:
                troubles.append((number, "has another number than its place"))
            before = _hashed(line)
        if self._beside.exists():
            count, _, newest = self._beside.read_text(encoding="utf-8").strip().partition(" ")
            if count != str(len(lines)) or (lines and newest != before):
                troubles.append(
                    (len(lines), f"is the last, and there were {count} lines: the end was changed")
                )
        elif lines:
            troubles.append((len(lines), "nothing says how many lines there were"))
        return pd.DataFrame(troubles, columns=["line", "trouble"]).astype(
            {"line": "Int64", "trouble": "string"}
        )
