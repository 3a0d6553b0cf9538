"""The sample of 60 children for the examples in docstrings: each worker reads it at most once."""

from __future__ import annotations

import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parent / "synthetic_data" / "sample" / "riverbend_60_children.zip"


@cache
def _sample() -> dict[str, Any]:
    from helpers import build_profiles, link_district, read_district
    from helpers.profile import source_of

    unpacked = tempfile.TemporaryDirectory()
    zipfile.ZipFile(SAMPLE).extractall(unpacked.name)
    folder = Path(unpacked.name) / "riverbend"
    district = read_district(folder)
    links = link_district(district)
    profiles = build_profiles(district, links)
    return {
        "unpacked": unpacked,  # removed when the process ends
        "folder": folder,
        "district": district,
        "links": links,
        "profiles": profiles,
        "source": source_of(district, links, profiles),
    }


def _needs_sample(item: pytest.Item) -> bool:
    """Return whether an example uses what `_sample` makes."""
    if not isinstance(item, pytest.DoctestItem):
        return False
    lines = "".join(example.source for example in item.dtest.examples)
    return re.search(r"\b(folder|district|links|source)\b", lines) is not None


@pytest.fixture(autouse=True)
def _sample_for_examples(request: pytest.FixtureRequest, doctest_namespace: dict[str, Any]) -> None:
    """Give an example what it doesn't make itself."""
    if _needs_sample(request.node):
        doctest_namespace.update(_sample())
