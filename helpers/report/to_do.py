"""List what to do first: for how many, what it changes, who does it, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers.report.blocks import Block
from helpers.report.templates import fill
from helpers.standard import Measured

__all__ = ["Action", "Count", "action_list"]

# A number; the guard's text instead ("fewer than 10"); or None: it can't be scored.
Count = int | str | None


@dataclass(frozen=True)
class Action:
    """One step: for how many, what, what it changes, who does it, by when, and where to read more."""

    many: Measured
    what: str
    effect: str
    who: str
    by: str
    # Address of the report that explains it; empty if there is none here.
    page: str = ""
    link: str = ""


def action_list(actions: Sequence[Action]) -> Block:
    """List some actions as the first page does, without its links: the other reports may not be here."""
    text = " ".join(f"{at}. {one.what}: {one.who}, {one.by}." for at, one in enumerate(actions, 1))
    shown = [replace(one, page="", link="") for one in actions]
    return Block(fill("report/blocks.html.j2", "actions", shown), text)
