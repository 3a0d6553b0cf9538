"""Words of the glossary have anchors, and each link to one leads to it."""

from __future__ import annotations

import json
import re

import nbformat

from tests.house.glossary import FOLDER, with_anchors, with_links, words_by_notebook, words_by_session

GLOSSARY = (FOLDER / "GLOSSARY.md").read_text(encoding="utf-8")
ROW = "| answer key, key | a list | [00](00_start.ipynb) |\n| key | a number | [00](00_start.ipynb) |\n"


def test_each_word_has_an_anchor_of_its_own() -> None:
    assert with_anchors(GLOSSARY) == GLOSSARY, "run python -m tests.house.glossary"
    anchors = re.findall(r'<a id="([^"]+)"></a>', GLOSSARY)
    assert len(anchors) == len(set(anchors)) == sum(map(len, words_by_notebook(GLOSSARY).values()))
    assert len(anchors) > 50


def test_links_to_words_lead_to_them() -> None:
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', GLOSSARY))
    for path in FOLDER.rglob("*.ipynb"):
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        asked = set(re.findall(r"GLOSSARY\.md#([\w-]+)", text))
        assert (path.name, asked - anchors) == (path.name, set())


def test_each_session_links_its_words_where_it_first_uses_them() -> None:
    sessions = words_by_session(GLOSSARY)
    assert len(sessions) > 5
    for name, words in sessions.items():
        text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
        linked = with_links(json.loads(text), words, "../GLOSSARY.md")
        assert linked == json.loads(text), f"{name}: run python -m tests.house.glossary"
        assert text.count("](../GLOSSARY.md#") >= 1


def test_anchors_are_drawn_once() -> None:
    once = with_anchors(ROW)
    assert (
        once.splitlines()[0] == '| answer key, key | <a id="answer-key"></a>a list | [00](00_start.ipynb) |'
    )
    assert with_anchors(once) == once
    assert words_by_notebook(once) == {"00_start": ["answer key", "key"]}


def test_the_first_use_is_linked_and_code_headings_and_links_are_left_alone() -> None:
    sources = ["# The answer key\n\n`key` and [a key](x.md): the **answer key** has keys.\n\nAn answer key."]
    cells = [{"cell_type": "markdown", "source": [source]} for source in sources]
    linked = with_links({"cells": cells}, ["key", "answer key"], "../GLOSSARY.md")
    text = ["".join(cell["source"]) for cell in linked["cells"]]
    assert text == [
        "# The answer key\n\n`key` and [a key](x.md): the **[answer key](../GLOSSARY.md#answer-key)** has "
        "[keys](../GLOSSARY.md#key).\n\nAn answer key.",
    ]
    # A second time changes nothing: the second answer key isn't linked as a key.
    again = with_links(linked, ["key", "answer key"], "../GLOSSARY.md")
    assert ["".join(cell["source"]) for cell in again["cells"]] == text
