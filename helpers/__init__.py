"""See the whole child in a district's separate systems: read, link, profile, measure, share, score, report.

The road, each step from what the step before it gives::

    district = read_district("my_exports")
    links = link_district(district)
    profiles = build_profiles(district, links)
    scorecard = measure_gaps(district, links)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.files import read_district
    from helpers.files.draft import draft_layouts
    from helpers.gaps import measure_gaps
    from helpers.link import link_district
    from helpers.link.two_files import link_files
    from helpers.profile import build_profiles, compute_indicators
    from helpers.profile.questions import answer_questions
    from helpers.report import family_pages, run_report
    from helpers.score import score_links
    from helpers.share import open_view

__all__ = [
    "answer_questions",
    "build_profiles",
    "compute_indicators",
    "draft_layouts",
    "family_pages",
    "link_district",
    "link_files",
    "measure_gaps",
    "open_view",
    "read_district",
    "run_report",
    "score_links",
]

# Each name is loaded when it is first used, so that `import helpers` takes no time.
_ROOMS = {
    "answer_questions": "profile.questions",
    "build_profiles": "profile",
    "compute_indicators": "profile",
    "draft_layouts": "files.draft",
    "family_pages": "report",
    "link_district": "link",
    "link_files": "link.two_files",
    "measure_gaps": "gaps",
    "open_view": "share",
    "read_district": "files",
    "run_report": "report",
    "score_links": "score",
}


def __getattr__(name: str) -> Any:
    """Load a function of the face from its room."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
