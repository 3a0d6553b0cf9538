"""What is written column by column is what the standard library writes row by row."""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile

import pandas as pd
import pyarrow as pa
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from helpers.files import TextTable, write_table
from helpers.files.writers.files import delimited_rows, text_of
from helpers.files.writers.workbook import zip_entry
from helpers.layouts import FileLayout
from helpers.standard import STRING

CELL = st.one_of(st.none(), st.text("ab\",; \t\n'é", max_size=4))


@given(
    rows=st.integers(2, 4).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), max_size=6)),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quote_all=st.booleans(),
)
def test_rows_are_written_as_the_csv_writer_does(
    rows: list[tuple[str | None, ...]], delimiter: str, end: str, quote_all: bool
) -> None:
    expected = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(expected, delimiter=delimiter, lineterminator=end, quoting=quoting)
    for row in rows:
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        writer.writerow(["" if cell is None else cell for cell in cells])

    columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
    written = delimited_rows(columns, delimiter, end, quote_all)

    assert written.decode("utf-8") == expected.getvalue()


@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_part_of_an_array_gives_its_own_text(start: int) -> None:
    assert text_of(pa.array(["a", "bé", "", "c"], pa.large_string())[start:]) == "".join(
        ["a", "bé", "", "c"][start:]
    ).encode("utf-8")


ODD = st.none() | st.text("ab\"&<>'\\é\n ", min_size=1, max_size=4)


@given(st.lists(st.tuples(ODD, ODD, ODD, ODD), min_size=1, max_size=6))
def test_records_of_json_and_xml_hold_their_cells(rows: list[tuple[str | None, ...]]) -> None:
    columns = ["@RefId", "Name", "Codes[1].Word", "Codes[2].Word"]
    frame = pd.DataFrame(rows, columns=columns).astype(STRING)
    layout = {"name": "x", "path": "x", "row_is": "x", "columns": [{"name": "@RefId"}, {"name": "Name"}]}
    lines = FileLayout.model_validate({**layout, "format": "json_lines"})
    xml = FileLayout.model_validate({**layout, "format": "xml", "record": "One", "root": "<All>"})

    written = [
        json.loads(line) for line in write_table(TextTable((), frame), lines).decode("utf-8").splitlines()
    ]
    elements = list(fromstring(write_table(TextTable((), frame), xml).decode("utf-8")))

    assert len(written) == len(elements) == len(rows)
    for record, element, (own, name, one, other) in zip(written, elements, rows, strict=True):
        words = [word for word in (one, other) if word is not None]
        assert (record.get("@RefId"), record.get("Name")) == (own, name)
        assert (element.get("RefId"), element.findtext("Name")) == (own, name)
        if one is not None:
            assert [code["Word"] for code in record["Codes"] if "Word" in code] == words
            assert [code.findtext("Word") for code in element.findall("Codes")] == words


def test_a_zip_is_the_same_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for system in ("linux", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zip_entry("users.csv"), b"sourcedId\n")
        written.append(out.getvalue())
    assert written[0] == written[1]
