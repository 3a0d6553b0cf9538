"""A table of declarations is read with every fault told at once, and a range is a range of numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from helpers.standard import BadInput
from helpers.standard.validation import STRICT, Assumed, read_declared


class Part(BaseModel):
    model_config = STRICT
    title: str


class Whole(BaseModel):
    model_config = STRICT
    part: dict[str, tuple[Part, ...]]
    hours: Assumed


def written(folder: Path, text: bytes) -> Path:
    path = folder / "given.toml"
    path.write_bytes(text)
    return path


HOURS = b"[hours]\nlow = 1\nlikely = 2.5\nhigh = 4\n"


def test_what_is_whole_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, b"[[part.a]]\ntitle = 'x'\n" + HOURS)
    whole = read_declared(path, Whole, "hours")
    assert [whole.hours.at(end) for end in ("low", "likely", "high")] == [1, 2.5, 4]
    assert whole.part["a"][0].title == "x"


def test_every_fault_is_told_and_a_word_of_a_part_is_known(tmp_path: Path) -> None:
    path = written(tmp_path, b"[[part.a]]\ntitel = 'x'\n[hours]\nlow = 3\nlikely = 2\nhigh = 4\n")
    with pytest.raises(BadInput) as told:
        read_declared(path, Whole, "hours")
    assert "Did you mean title?" in str(told.value)
    assert "must be 0 <= low <= likely <= high" in str(told.value)


@pytest.mark.parametrize("number", [b"inf", b"nan", b"1e400", b"-1"])
def test_a_range_has_ends(tmp_path: Path, number: bytes) -> None:
    path = written(tmp_path, b"[part]\n[hours]\nlow = 1\nlikely = 2\nhigh = " + number)
    with pytest.raises(BadInput, match="cannot be used"):
        read_declared(path, Whole, "hours")


@pytest.mark.parametrize(
    ("text", "words"), [(b"[part", "valid TOML"), (b"\xff\xfe", "valid TOML"), (None, "can't be read")]
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, text: bytes | None, words: str) -> None:
    path = tmp_path if text is None else written(tmp_path, text)
    with pytest.raises(BadInput, match=words):
        read_declared(path, Whole, "hours")
