"""The face of the kit: a dozen documented functions, loaded when they are first used."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import helpers


def test_the_face_is_small_and_sorted() -> None:
    assert helpers.__all__ == sorted(helpers.__all__)
    assert len(helpers.__all__) <= 15


@pytest.mark.parametrize("name", helpers.__all__)
def test_each_function_of_the_face_says_what_it_takes_and_gives(name: str) -> None:
    function = getattr(helpers, name)
    documented = inspect.getdoc(function) or ""
    for section in ("Parameters", "Returns", "Examples"):
        assert re.search(rf"^{section}\n-+$", documented, re.MULTILINE), section
    missing = [
        one for one in inspect.signature(function).parameters if not re.search(rf"\b{one}\b", documented)
    ]
    assert missing == []


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = helpers.no_such_name


def test_importing_the_package_loads_no_room() -> None:
    code = "import sys, helpers; print([name for name in sys.modules if name.startswith('helpers.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
