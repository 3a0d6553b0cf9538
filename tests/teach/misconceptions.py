"""The mistakes behind the exercises, as checks reply to them: a table of the trainer's guide.

``python -m tests.teach.misconceptions`` plays each mistake of each exercise that a track has time for, and
writes the table.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers.teach.exercises import exercises
from helpers.teach.workshop.tracks import declared_tracks
from tests.house.workshop_tables import GUIDE
from tests.shared_districts import STUDENTS
from tests.teach.sessions import SESSIONS, walk

__all__ = ["RUN", "done_somewhere", "guide_with_mistakes", "mistake_row"]

# The run of the everyday tests, so that its replies are those of the table.
RUN = {"seed": 6, "students": STUDENTS}
_BEGIN, _END = "<!-- mistakes -->", "<!-- end of mistakes -->"
# What a reply says around its sentence.
_AROUND = re.compile(r"^Exercise \S+: not yet\. | A hint: hint\(.*|: there your test should say \w+(?=\.)")


def done_somewhere() -> frozenset[str]:
    """Collect the exercises that a track has time for and a program judges."""
    done = {one for track in declared_tracks() for line in track.line for one in line.does}
    return frozenset(number for number, one in exercises().items() if number in done and not one.points)


def mistake_row(number: str, replies: Sequence[tuple[str, str, str]]) -> str:
    """Draw an exercise: what it asks, what its check replies to each mistake, and what to ask a pair."""
    one = exercises()[number]
    said = [_AROUND.sub("", reply.partition("\n")[0]) for kind, _, reply in replies if kind == "mistake"]
    listed = "<br>".join(f"• {each}" for each in dict.fromkeys(said))
    return f"| **{number}** {one.asks} | {listed} | {one.hints[0]} |".replace("\n", " ")


def guide_with_mistakes(guide: str, replies: Mapping[str, Sequence[tuple[str, str, str]]]) -> str:
    """Write the table into the guide."""
    rows = [mistake_row(number, replies[number]) for number in exercises() if number in done_somewhere()]
    heads = "| exercise | what goes wrong | what to say |\n|---|---|---|"
    before, _, rest = guide.partition(_BEGIN)
    return f"{before}{_BEGIN}\n{heads}\n" + "\n".join(rows) + f"\n{_END}{rest.partition(_END)[2]}"


def _play() -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for path in SESSIONS:
        with tempfile.TemporaryDirectory() as folder:
            done = walk(path, Path(folder), dict(RUN), only_mistakes=True)
        found |= {number: replies for number, replies in done.replies.items() if replies}
    return found


if __name__ == "__main__":
    changed = guide_with_mistakes(GUIDE.read_text(encoding="utf-8"), _play())
    if changed != GUIDE.read_text(encoding="utf-8"):
        GUIDE.write_text(changed, encoding="utf-8")
        sys.stdout.write(f"{GUIDE}\n")
