"""A byte that is no text: in an export a finding with file and row, elsewhere one sentence and status 2."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.files import read_district
from helpers.link.decisions import read_decisions
from helpers.profile.questions.definitions import DECLARED
from helpers.share.policy import DEFAULT
from helpers.standard import BadInput
from helpers.systems import systems
from tests.command_process import run_command

DECISIONS = (
    "left_silo,left_record,right_silo,right_record,answer\nedfi,one,canvas,two,yes\nedfi,a,canvas,b,no\n"
)
LAYOUT = systems()["meals"].layout_files()[0]

FILES: dict[str, tuple[bytes, list[str]]] = {
    "questions.toml": (DECLARED.read_bytes(), ["questions", "{folder}", "--questions", "{file}"]),
    "policy.toml": (DEFAULT.read_bytes(), ["view", "--check", "{file}"]),
    "decisions.csv": (DECISIONS.encode(), ["link", "{folder}", "--decisions", "{file}"]),
    "layouts/own.toml": (LAYOUT.read_bytes(), ["read", "{folder}"]),
    "codes.csv": (
        b"child,code\nc1,r-1\nc2,r-2\n",
        ["view", "{folder}", "--role", "researcher", "--who", "district", "--codes", "{file}"],
    ),
    "district.json": (b'{"title": "Some district"}', ["read", "{folder}"]),
    "elements.toml": (b'[[element]]\nname = "birth_date"\ntrust = ["sis"]\n', ["profile", "{folder}"]),
}


def damaged(text: bytes, byte: bytes) -> bytes:
    place = len(text) // 2
    return text[:place] + byte + text[place:]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", FILES)
def test_in_a_file_of_the_user_it_ends_a_command_with_2_and_one_sentence(
    name: str, exports_by_hand: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(exports_by_hand, tmp_path / "exports"))
    text, words = FILES[name]
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(damaged(text, b"\xff"))
    done = run_command(
        *(word.format(folder=folder, file=file) for word in words), "--quiet", "--out", tmp_path
    )
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert file.name in line
    assert "0xff" in line.lower()


def marked(text: str) -> bytes:
    return text.encode("utf-8-sig")


@pytest.mark.parametrize("byte", [b"\xff", b"\x81", b"\xc3"])
def test_a_decision_is_read_as_written_or_not_at_all(byte: bytes, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_bytes(marked(DECISIONS).replace(b"edfi,a,", b"edfi,a" + byte + b","))
    with pytest.raises(BadInput, match=rf"decisions\.csv, line 3: the byte 0x{byte.hex().upper()}"):
        read_decisions(path)
    # A spreadsheet may save as windows-1252.
    path.write_bytes(DECISIONS.replace("one", "Peña").encode("cp1252"))
    assert read_decisions(path)["right_record"].tolist() == ["Peña", "a"]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode("utf-8-sig"),  # its mark says UTF-8
        lambda text: text.replace("Ana", "Ñ" * 20).encode("utf-8"),  # its letters do
    ],
)
def test_in_an_export_each_is_a_finding_with_its_row_and_every_row_is_counted(
    write: Callable[[str], bytes], tmp_path: Path
) -> None:
    names = ["Ana", "Ana", "Ben", "Cleo", "Eva", "Ida"]
    lines = [f"{number},Ruiz,{name},03/02/2014,KG" for number, name in enumerate(names, start=1)]
    head = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,Grade"
    data = write("\n".join([head, *lines]) + "\n")
    data = data.replace(b"Ben", b"B\xffn").replace(b"Eva", b"Ev\x81").replace(b"Ida", b"I\xc3a")
    (tmp_path / "mealtime_customers_2026-04-30.csv").write_bytes(data)
    district = read_district(tmp_path)
    lost = district.findings[district.findings["kind"].eq("text_not_decodable")]
    assert lost["file"].unique().tolist() == ["mealtime_customers_2026-04-30.csv"]
    assert list(zip(lost["row"], lost["value"], strict=True)) == [(4, "0xFF"), (6, "0x81"), (7, "0xC3")]
    (account,) = district.accounts.to_dict("records")
    counted = [account[f"rows_{name}"] for name in ("used", "structure", "set_aside", "quarantined")]
    assert (account["rows"], sum(counted)) == (7, 7)
    assert account["rows_used"] == 6
