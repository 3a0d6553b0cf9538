"""Teach: check answers, give hints, ask for a guess before the answer; run a workshop."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from helpers.teach.check import Reply, check, expect, hint, solution
from helpers.teach.doctor import describe_findings, examine
from helpers.teach.predict import predict

if TYPE_CHECKING:
    from helpers.teach.workshop.pack import Pack, SessionFailed, make_pack
    from helpers.teach.workshop.quiz_sheet import take_quiz
    from helpers.teach.workshop.room import RoomGain, read_quiz_results, room_gain
    from helpers.teach.workshop.serve import address_sheet, prepare_seats, serve_seats
    from helpers.teach.workshop.times import compared_times
    from helpers.teach.workshop.tracks import Track, declared_tracks, track_named

# For users, each with its documentation; whatever else is imported here is for notebooks and other rooms.
__all__ = ["Reply", "check", "expect", "hint", "predict", "solution"]

# Notebooks don't need what makes a workshop's folder, so it is loaded on first use.
_MODULES = {
    "pack": "Pack SessionFailed make_pack",
    "quiz_sheet": "take_quiz",
    "room": "RoomGain read_quiz_results room_gain",
    "serve": "address_sheet prepare_seats serve_seats",
    "times": "compared_times",
    "tracks": "Track declared_tracks track_named",
}
_MODULE_OF = {
    name: f"{__name__}.workshop.{module}" for module, names in _MODULES.items() for name in names.split()
}


def __getattr__(name: str) -> Any:
    """Load a name of the workshop from the module that defines it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
