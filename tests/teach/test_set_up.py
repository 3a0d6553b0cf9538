"""The first notebook says whether this machine is ready, and if not, what to do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.teach.doctor import set_up, set_up_in_words


def test_where_the_tests_run_the_notebooks_can_run() -> None:
    ready = set_up()
    assert ready["ready"].all()
    assert {"Python", "pandas", "see-the-big-picture"} <= set(ready["what"])
    assert set_up_in_words(ready).startswith("**Ready**")


def test_what_is_missing_or_too_old_is_named_with_what_to_do(tmp_path: Path) -> None:
    asked = (
        "# a comment\npandas>=99,<100  # too new\nno-such-package[extra]>=1 ; python_version > '3'\n-e .\n"
    )
    (tmp_path / "requirements.txt").write_text(asked, encoding="utf-8")
    ready = set_up(tmp_path).set_index("what")
    assert not ready.loc["pandas", "ready"]
    assert pd.isna(ready.loc["no-such-package", "here"])
    said = set_up_in_words(ready.reset_index())
    assert said.startswith("**Not yet**: pandas, no-such-package")
    assert "pip install -r requirements.txt" in said


def test_another_python_is_said_first() -> None:
    ready = pd.DataFrame(
        {
            "what": ["Python", "pandas"],
            "wanted": [">=3.99", ">=2"],
            "here": ["3.11.1", "1.0"],
            "ready": [False, False],
        }
    )
    assert "this is Python 3.11.1" in set_up_in_words(ready)
