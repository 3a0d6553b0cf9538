"""Log who asked for what, and why, in an append-only log that shows tampering."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import json
import os
import re
import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import lock_file, own_place, write_atomically
from helpers.standard import BadInput

__all__ = ["Audit", "shown_hash"]

BEGINNING = "0" * 64
# A byte that is no text is read as a surrogate, so that its line has a code of its own.
BYTES = "surrogateescape"
UNREAD = re.compile(r"[\udc80-\udcff]")


def shown_hash(*frames: pd.DataFrame) -> str:
    """Hash what was shown; the log stores it only under a key (`Audit.log`)."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update("\t".join(map(str, frame.columns)).encode())
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _for_one(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True)
class _Head:
    """Number of lines and newest code of a log; while we write a line, also the previous state."""

    count: int
    newest: str
    before: str | None = None

    def text(self) -> bytes:
        return (
            " ".join([str(self.count), self.newest, *([self.before] if self.before else [])]) + "\n"
        ).encode()

    @classmethod
    def read(cls, path: Path) -> _Head | None:
        """Read the state from a file; None if there is none that can be read."""
        try:
            count, newest, *before = path.read_text(encoding="ascii").split()
            return cls(int(count), newest, *before[:1])
        except (OSError, ValueError):
            return None

    def fits(self, code: str) -> bool:
        """Check in constant time whether a code is that of the last line written."""
        fits = hmac.compare_digest(code, self.newest)
        return hmac.compare_digest(code, self.before) | fits if self.before else fits


class Audit:
    """An append-only audit log.

    Each line contains the code (HMAC-SHA256) of the line before, under the log's key, so that a changed,
    deleted or moved line breaks the chain. The number of lines and the newest code are also stored next to
    the log and in this user's own folder. Before adding a line, we check the last one against them. Somebody
    who can write the log, its key and this user's folder can still start a new log: only a copy of the newest
    code elsewhere reveals that (`bigpicture audit` prints it).

    A line records person, role, purpose, elements, number of children, and a digest of what was shown; never
    a child's name, id or value. The digest uses the same key, which stays with the district: a reader of the
    log without the key can't try which grade or balance gives the same digest. With the key, `tells_of`
    checks whether a table is what was shown. Only the writer can read or write the files.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the log at a path.

        Parameters
        ----------
        path
            File of JSON lines, created with the first line.
        """
        self.path = Path(path)

    @property
    def _beside(self) -> Path:
        return self.path.with_name(self.path.name + ".count")

    @property
    def _key_file(self) -> Path:
        return self.path.with_name(self.path.name + ".key")

    @property
    def _elsewhere(self) -> Path:
        """Path of the newest code outside the log's folder."""
        place = hashlib.blake2b(str(self.path.resolve()).encode("utf-8", "surrogateescape"), digest_size=12)
        return own_place("audits") / f"{place.hexdigest()}.txt"

    def _key(self) -> bytes | None:
        try:
            return bytes.fromhex(self._key_file.read_text(encoding="ascii").strip()) or None
        except (OSError, ValueError):
            return None

    def _code(self, text: str) -> str | None:
        """Compute the code of a text under the key; None without a key."""
        key = self._key()
        return None if key is None else hmac.new(key, text.encode("utf-8", BYTES), hashlib.sha256).hexdigest()

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        # A name may contain other line separators, such as U+2028; only a newline ends a line here.
        text = self.path.read_bytes().decode("utf-8", BYTES).removesuffix("\n")
        return text.split("\n") if text else []

    def _last(self) -> str:
        """Return the last line alone: the log may be long."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            return b"".join(deque(file, maxlen=1)).removesuffix(b"\n").decode("utf-8", BYTES)

    def _newest(self) -> tuple[int, str]:
        """Return the number of lines and the newest code, after checking the last line against them.

        Raises
        ------
        BadInput
            If the last line doesn't match: we add nothing to a changed log.
        """
        heads = {place: _Head.read(place) for place in (self._beside, self._elsewhere)}
        last = self._last()
        if not last and all(
            head.before == BEGINNING if (head := heads[place]) else not place.exists() for place in heads
        ):
            return 0, BEGINNING  # no line yet, or the first one was announced but never written
        code = self._code(last) if last else BEGINNING
        if not last:
            why = "it is empty or missing, but it had lines"
        elif code is None:
            why = f"its key {self._key_file.name} is gone"
        elif (own := heads[self._beside]) is None:
            why = f"{self._beside.name}, which records its number of lines, is missing or was changed"
        elif not own.fits(code):
            why = f"its last line isn't the one recorded in {self._beside.name}"
        elif not self._elsewhere.exists():
            raise BadInput(
                f"{self.path} has no copy of its newest code at {self._elsewhere}: somebody removed it, or "
                "another user or computer wrote this log. We add nothing to it and show nothing. Compare its "
                f"code with the one that you wrote down; then `bigpicture audit {self.path.parent} --adopt` "
                "continues this log, and records that in it."
            )
        elif (other := heads[self._elsewhere]) is None or not other.fits(code):
            why = f"its last line isn't the one recorded in {self._elsewhere}"
        else:
            # A line that was announced but never written, because its process was killed, doesn't count.
            waits = own.before is not None and not hmac.compare_digest(code, own.newest)
            return own.count - waits, code
        raise BadInput(
            f"{self.path} was changed ({why}), so we add nothing to it and show nothing. Check it with "
            f"`bigpicture audit {self.path.parent}`. To start a new log, move {self.path.name}* and "
            f"{self._elsewhere} elsewhere, and keep them."
        )

    def adopt(self) -> None:
        """Continue a log without a copy of its code in this user's own folder, and record that in it.

        Raises
        ------
        BadInput
            If the log has such a copy, or other trouble.
        """
        with lock_file(self.path):
            own = _Head.read(self._beside)
            if self._elsewhere.exists() or own is None:
                raise BadInput(
                    f"Nothing to adopt: {self.path} has a copy of its code at {self._elsewhere}, or no "
                    f"{self._beside.name}."
                )
            write_atomically(self._elsewhere, own.text())
            if len(trouble := self.verify()):
                self._elsewhere.unlink()
                first = trouble.iloc[0]
                raise BadInput(
                    f"{self.path} was changed (line {first['line']} {first['trouble']}), so we don't "
                    f"continue it. To start a new log, move {self.path.name}* elsewhere, and keep them."
                )
        self.log("", getpass.getuser(), "continued without a copy of its newest code", [], 0, "", "adopted")

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
        """Append a line.

        Parameters
        ----------
        role, who, purpose
            Role, person and purpose of the request.
        elements
            Names of the elements that may be shown.
        children
            Number of children.
        shown
            `shown_hash` of what was shown; the log stores its digest under the key.
        what
            opened, one child, written, or adopted.
        """
        with lock_file(self.path):
            count, before = self._newest()
            if not self._key_file.exists():
                write_atomically(self._key_file, f"{secrets.token_hex(32)}\n".encode())
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
                    "shown": self._code(shown),
                },
                ensure_ascii=False,
            )
            newest = self._code(line)
            if newest is None:
                raise BadInput(f"{self._key_file} has no key: move it elsewhere, and we draw a new one.")
            # Announce, write, confirm: after a crash at any point, the next writer knows which line is the
            # last.
            self._tell(_Head(count + 1, newest, before))
            with open(self.path, "a", encoding="utf-8", newline="\n", opener=_for_one) as file:
                file.write(line + "\n")
            self._tell(_Head(count + 1, newest))

    def _tell(self, head: _Head) -> None:
        for place in (self._elsewhere, self._beside):
            write_atomically(place, head.text())

    def tells_of(self, line: int, *frames: pd.DataFrame) -> bool:
        """Check whether tables are the ones that a line recorded.

        Parameters
        ----------
        line
            Number of the line, from 1.
        frames
            Tables to check.

        Returns
        -------
        bool
            False if any cell differs, or the key of the log is missing.

        Raises
        ------
        BadInput
            If there is no such line.
        """
        lines = self._lines()
        if not 1 <= line <= len(lines):
            raise BadInput(f"{self.path.name} has no line {line}: it has {len(lines)}.")
        digest = self._code(shown_hash(*frames))
        return digest is not None and hmac.compare_digest(str(json.loads(lines[line - 1])["shown"]), digest)

    def read(self) -> pd.DataFrame:
        """Return a table of lines: ``line, when, role, who, purpose, what, elements, children, shown``."""
        rows: list[dict[str, Any]] = [json.loads(line) for line in self._lines()]
        shown = ["line", "when", "role", "who", "purpose", "what", "elements", "children", "shown"]
        frame = pd.DataFrame(rows, columns=shown)
        texts = {name: "string" for name in shown if name not in ("line", "children", "elements")}
        listed = frame["elements"].map("; ".join).astype("string")
        return frame.assign(elements=listed).astype({**texts, "line": "Int64", "children": "Int64"})

    def head(self) -> tuple[int, str]:
        """Return the number of lines and the newest code, to store elsewhere."""
        lines = self._lines()
        return len(lines), (self._code(lines[-1]) or "") if lines else BEGINNING

    def verify(self) -> pd.DataFrame:
        """Find changed, deleted or moved lines.

        Returns
        -------
        pandas.DataFrame
            ``line`` (number in the file), ``trouble``; empty if the chain is intact.
        """
        troubles: list[tuple[int, str]] = []
        lines = self._lines()
        before: str | None = BEGINNING
        if lines and self._key() is None:
            troubles.append((0, f"the chain can't be checked without {self._key_file.name}"))
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                entry = None
            if UNREAD.search(line):
                troubles.append((number, "has a byte that is no text: it was changed"))
            elif not isinstance(entry, dict):
                troubles.append((number, "is no line of this log"))
            elif before is not None and not hmac.compare_digest(
                str(entry.get("before")).encode(), before.encode()
            ):
                troubles.append(
                    (number, "doesn't follow the line before it: one was changed, moved or taken out")
                )
            elif entry.get("line") != number:
                troubles.append((number, "has another number than its place"))
            before = self._code(line)
        troubles += self._at_the_end(len(lines), before)
        return pd.DataFrame(troubles, columns=["line", "trouble"]).astype(
            {"line": "Int64", "trouble": "string"}
        )

    def _at_the_end(self, count: int, code: str | None) -> Iterator[tuple[int, str]]:
        """Check the last line against the copies next to the log and elsewhere."""
        for place in (self._beside, self._elsewhere):
            head = _Head.read(place)
            if head is None:
                if place.exists() or (count and place == self._beside):
                    yield (
                        count,
                        f"{place.name} is gone or was changed: nothing says how many lines there were",
                    )
                elif count:
                    yield (
                        count,
                        f"has no copy of its code at {place}: that was taken away, or another user or "
                        "machine wrote this log, so compare the code with one that was written down",
                    )
            elif code is not None:
                waits = head.before is not None and hmac.compare_digest(code, head.before)
                if not head.fits(code) or head.count - waits != count:
                    yield (
                        count,
                        f"is the last, and by {place} the last was {head.count}: the end was changed",
                    )
