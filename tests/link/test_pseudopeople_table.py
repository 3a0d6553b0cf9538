"""The docs' table about files of another generator is the one that was measured."""

from __future__ import annotations

import pytest

from tests.bench.linking_pseudopeople import DOCS, SETS, docs_with, kept_table, table_lines


def test_the_docs_have_the_measured_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert docs_with(text, table_lines(kept_table())) == text


def test_every_set_was_measured_and_its_f1_follows_from_its_counts() -> None:
    kept = kept_table()
    assert kept["set"].tolist() == [" and ".join(names) for names in SETS]
    f1 = 2 * kept["right"] / (kept["linked"] + kept["possible"])
    assert f1.tolist() == pytest.approx(kept["f1"].tolist(), abs=5e-5)
