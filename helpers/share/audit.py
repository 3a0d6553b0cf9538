"""Who asked for what, and why: lines that can be added, and not changed, taken out or put elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
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
BLOCK = 4096  # bytes


def shown_hash(*frames: pd.DataFrame) -> str:
    """Give a number that stands for what was shown; it is written down under a key only (`Audit.log`)."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update("\t".join(map(str, frame.columns)).encode())
        digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _for_one(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True)
class _Head:
    """How many lines a log has, and the newest one's code; while a line is written, also those before it."""

    count: int
    newest: str
    before: str | None = None

    def text(self) -> bytes:
        return (
            " ".join([str(self.count), self.newest, *([self.before] if self.before else [])]) + "\n"
        ).encode()

    @classmethod
    def read(cls, path: Path) -> _Head | None:
        """Read one; None where there is none that can be read."""
        try:
            count, newest, *before = path.read_text(encoding="ascii").split()
            return cls(int(count), newest, *before[:1])
        except (OSError, ValueError):
            return None

    def fits(self, code: str) -> bool:
        """Say whether the last line is the one that was written last, in the same time whatever it is."""
        fits = hmac.compare_digest(code, self.newest)
        return hmac.compare_digest(code, self.before) | fits if self.before else fits


class Audit:
    """A log to which lines are added only.

    Each line holds the code (HMAC-SHA256) of the line before under the log's key, so that a line that is
    changed, taken out or put elsewhere breaks the chain. How many lines there are, and the newest one's code,
    stand beside the log and in this user's own folder as well: each new line first looks whether the last one
    is still that. Who can write the log, its key and this user's own folder can still begin a new log: only a
    copy of the newest code elsewhere tells (`bigpicture audit --verify` prints it).
    A line holds who, in which role, for which purpose, which elements, how many children, and a digest of
    what was shown; never a child's name, id or value. The digest is made with the same key, which stands
    beside the log and stays with the district: without it nobody who is given the log can try which grade or
    balance gives the same number, and with it `tells_of` says whether a table is what was shown. All files
    are their writer's alone.
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

    @property
    def _elsewhere(self) -> Path:
        """Where the newest code stands apart from the log's folder."""
        place = hashlib.blake2b(str(self.path.resolve()).encode("utf-8", "surrogateescape"), digest_size=12)
        return own_place("audits") / f"{place.hexdigest()}.txt"

    def _key(self) -> bytes | None:
        try:
            return bytes.fromhex(self._key_file.read_text(encoding="ascii").strip()) or None
        except (OSError, ValueError):
            return None

    def _code(self, text: str) -> str | None:
        """Give the code of a text under the key; None where there is no key."""
        key = self._key()
        return None if key is None else hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest()

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        # A name may hold what else ends a line, such as U+2028; only a newline ends one here.
        text = self.path.read_text(encoding="utf-8").removesuffix("\n")
        return text.split("\n") if text else []

    def _last(self) -> str:
        """Give the last line without reading the others: the log may be long."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if not size:
            return ""
        with self.path.open("rb") as file:
            end, tail = size, b""
            while end and tail.count(b"\n", 0, -1) == 0:
                begin = max(0, end - BLOCK)
                file.seek(begin)
                tail = file.read(end - begin) + tail
                end = begin
        return tail.removesuffix(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")

    def _newest(self) -> tuple[int, str]:
        """Give the number of lines and the newest code, once the last line is seen to be that line.

        Raises
        ------
        BadInput
            When it isn't: nothing is added to a log that was changed.
        """
        heads = {place: _Head.read(place) for place in (self._beside, self._elsewhere)}
        last = self._last()
        if not last and all(
            head.before == BEGINNING if (head := heads[place]) else not place.exists() for place in heads
        ):
            return 0, BEGINNING  # none yet, or announced and never come
        code = self._code(last) if last else BEGINNING
        if not last:
            why = "it is empty or gone, and it had lines"
        elif code is None:
            why = f"its key {self._key_file.name} is gone"
        elif (own := heads[self._beside]) is None:
            why = f"{self._beside.name}, which says how many lines it has, is gone or was changed"
        elif not own.fits(code):
            why = f"its last line isn't the one of which {self._beside.name} tells"
        elif self._elsewhere.exists() and ((other := heads[self._elsewhere]) is None or not other.fits(code)):
            why = f"its last line isn't the one of which {self._elsewhere} tells"
        else:
            # A line that was announced and never came, since its process was killed, doesn't count.
            waits = own.before is not None and not hmac.compare_digest(code, own.newest)
            return own.count - waits, code
        raise BadInput(
            f"{self.path} was changed ({why}), so nothing is added to it and nothing shown: look into it "
            f"with `bigpicture audit --verify {self.path.parent}`; to begin anew, move {self.path.name}* "
            f"and {self._elsewhere} away, and keep them."
        )

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
                raise BadInput(f"{self._key_file} holds no key: move it away, and a new one is drawn.")
            # Announced, written, done: whenever this is stopped, the next one knows which line is the last.
            self._tell(_Head(count + 1, newest, before))
            with open(self.path, "a", encoding="utf-8", newline="\n", opener=_for_one) as file:
                file.write(line + "\n")
            self._tell(_Head(count + 1, newest))

    def _tell(self, head: _Head) -> None:
        for place in (self._elsewhere, self._beside):
            write_atomically(place, head.text())

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
        digest = self._code(shown_hash(*frames))
        return digest is not None and hmac.compare_digest(str(json.loads(lines[line - 1])["shown"]), digest)

    def read(self) -> pd.DataFrame:
        """Give the lines as a table: ``line, when, role, who, purpose, what, elements, children, shown``."""
        rows: list[dict[str, Any]] = [json.loads(line) for line in self._lines()]
        shown = ["line", "when", "role", "who", "purpose", "what", "elements", "children", "shown"]
        frame = pd.DataFrame(rows, columns=shown)
        texts = {name: "string" for name in shown if name not in ("line", "children", "elements")}
        listed = frame["elements"].map("; ".join).astype("string")
        return frame.assign(elements=listed).astype({**texts, "line": "Int64", "children": "Int64"})

    def head(self) -> tuple[int, str]:
        """Give how many lines the log has and the code of the newest, to be written down elsewhere."""
        lines = self._lines()
        return len(lines), (self._code(lines[-1]) or "") if lines else BEGINNING

    def verify(self) -> pd.DataFrame:
        """Find lines that were changed, taken out or put elsewhere.

        Returns
        -------
        pandas.DataFrame
            ``line`` (as counted in the file), ``trouble``; no rows where the chain is whole.
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
            if not isinstance(entry, dict):
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
        """Hold the last line against what was written down of it, beside the log and elsewhere."""
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
                        f"is the last, and there were {head.count} lines by {place}: the end was changed",
                    )
