"""Files and folders that mean harm, or that a broken program wrote: each by the name of what is wrong.

Each maker gets an empty folder and puts what it makes there. Large ones are sparse, or pack well.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

__all__ = ["FILES", "FOLDERS", "LAYOUTS"]

Maker = Callable[[Path], object]
HEAD = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,"
HEAD += "District School Number,PIN,Grade,Active Status,Balance"
ROWS = [HEAD, "1,Diaz,Ana,01/02/2014,7,1111,06,Active,$1.00", "2,Ruiz,Leo,03/04/2013,7,1112,07,Active,$2.50"]
MEALS = "\n".join(ROWS) + "\n"
STUDENT = {"studentUniqueId": "1", "firstName": "Ana", "lastSurname": "Ruiz", "birthDate": "2014-05-06"}


def text(name: str, data: str | bytes) -> Maker:
    """Write one file."""
    return lambda folder: (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def lines_of(name: str, *records: object) -> Maker:
    return text(name, "".join(json.dumps(one) + "\n" for one in records))


def sparse(name: str, size: int, head: bytes = b"") -> Maker:
    """Write a file of zeros that takes no room."""

    def make(folder: Path) -> None:
        with (folder / name).open("wb") as file:
            file.write(head)
            file.truncate(size)

    return make


def zipped(name: str, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Maker:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", method) as archive:
            for entry, data in files.items():
                archive.writestr(entry, data)

    return make


def nested_zips(depth: int) -> bytes:
    data = MEALS.encode()
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("meals.csv" if level == 0 else f"{level}.zip", data)
        data = out.getvalue()
    return data


def linked_zip(folder: Path) -> None:
    entry = zipfile.ZipInfo("meals.csv")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "meals.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")


def cut_zip(folder: Path) -> None:
    zipped("meals.zip", {"meals.csv": MEALS.encode()})(folder)
    data = (folder / "meals.zip").read_bytes()
    (folder / "meals.zip").write_bytes(data[:-30])


def lying_zip(folder: Path) -> None:
    """Write a zip whose entry is of another size than it says."""
    zipped("meals.zip", {"meals.csv": MEALS.encode() * 50})(folder)
    data = bytearray((folder / "meals.zip").read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (3).to_bytes(4, "little")
    (folder / "meals.zip").write_bytes(data)


def workbook(name: str, rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def with_part(part: str, content: bytes | Callable[[bytes], bytes]) -> Maker:
    """Write a workbook, one part of whose zip is another."""

    def make(folder: Path) -> None:
        whole = zipfile.ZipFile(io.BytesIO(workbook("Meals", [row.split(",") for row in ROWS])))
        with zipfile.ZipFile(folder / "meals.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for entry in whole.namelist():
                data = whole.read(entry)
                if entry == part:
                    data = content(data) if callable(content) else content
                archive.writestr(entry, data)

    return make


SHEET = "xl/worksheets/sheet1.xml"
SHEET_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_TAIL = b"</sheetData></worksheet>"
TEXTS_HEAD = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
BILLION = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(20))
    + "]><x><y>&u;</y></x>"
)
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><y>&a;</y></x>'


def device(folder: Path) -> None:
    (folder / "meals.csv").symlink_to("/dev/zero")


def loop(folder: Path) -> None:
    (folder / "a.csv").symlink_to("b.csv")
    (folder / "b.csv").symlink_to("a.csv")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "up").symlink_to("..")


def outside(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text(MEALS, encoding="utf-8")
    (folder / "meals.csv").symlink_to(folder.parent / "secret.csv")


def no_utf8(folder: Path) -> None:
    with open(os.fsencode(folder) + b"/meals-\xff\xe9.csv", "wb") as file:
        file.write(MEALS.encode())


def no_utf8_folder(folder: Path) -> None:
    os.mkdir(os.fsencode(folder) + b"/sch\xfcler")
    with open(os.fsencode(folder) + b"/sch\xfcler/meals.csv", "wb") as file:
        file.write(MEALS.encode())


def closed(folder: Path) -> None:
    (folder / "meals.csv").write_text(MEALS, encoding="utf-8")
    (folder / "meals.csv").chmod(0)


def deep_folders(folder: Path) -> None:
    here = folder
    for _ in range(150):
        here = here / "d"
        here.mkdir()
    (here / "meals.csv").write_text(MEALS, encoding="utf-8")


def many_folders_empty(folder: Path) -> None:
    for number in range(300):
        (folder / f"s{number}").mkdir()
        (folder / f"s{number}" / "x.csv").write_bytes(b"")


# One file each, which `read` and `start` meet in a folder and `link --left` as a file of persons.
FILES: dict[str, Maker] = {
    "empty": text("x.csv", b""),
    "byte order mark only": text("x.csv", b"\xef\xbb\xbf"),
    "UTF-16 mark only": text("x.csv", b"\xff\xfe"),
    "zeros only": text("x.csv", bytes(5_000)),
    "line ends only": text("x.csv", "\r\n" * 5_000),
    "half of UTF-16": text("x.csv", MEALS.encode("utf-16")[:-1]),
    "UTF-16 with half a pair": text("x.csv", b"\xff\xfe" + MEALS.encode("utf-16-le") + b"\x00\xd8,\0a\0\n\0"),
    "two encodings": text("x.csv", MEALS.encode() + "3,Peña,Zoë,x\n".encode("latin-1") + "4,Ñ,é\n".encode()),
    "NUL bytes in cells": text("x.csv", MEALS.replace("Diaz", "Di\0az").replace("Leo", "\0")),
    "all three line ends": text("x.csv", MEALS.replace("\n", "\r\n", 1) + "3,A,B\r4,C,D\n\r5,E,F\r\n"),
    "a quote that never closes": text("x.csv", MEALS + '3,"Diaz,Eva\n' + "4,a,b,c,d,e,f,g,h\n" * 1_000),
    "a quote that never closes over 20 MB": text("x.csv", MEALS + '3,"Diaz\n' + "4,a,b,c,d\n" * 2_000_000),
    "quotes without end": text("x.csv", '"' * 100_001),
    "only delimiters": text("x.csv", "," * 4_000 + "\n" + ",\n" * 4_000),
    "rows that end early, of a wide head": text(
        "x.csv", ",".join(f"c{n}" for n in range(4_900)) + "\n" + "a,\n" * 20_000
    ),
    "100,000 columns": text("x.csv", ",".join(f"c{n}" for n in range(100_000)) + "\n1,2\n"),
    "100,000 columns below the head": text("x.csv", MEALS + "," * 100_000 + "\n"),
    "100,000 equal heads": text("x.csv", ",".join(["name"] * 100_000) + "\n1,2\n"),
    "a line of 9 MB": text("x.csv", MEALS + "3," + "a" * (9 << 20) + "\n"),
    "a line of 200 MB": sparse("x.csv", 200 << 20, MEALS.encode()),
    "a line of 1 GiB": sparse("x.csv", 1 << 30, MEALS.encode()),
    "a first line of 2 MB": text("x.csv", "a" * (2 << 20) + "\n1\n"),
    "huge numbers": text("x.csv", MEALS + f"{'9' * 5_000},A,B,01/01/1,{'9' * 400},NaN,inf,-0,1e99999\n"),
    "NaN and infinity in JSON": text("x.jsonl", '{"id": NaN, "n": Infinity, "m": 1e999999}\n' * 3),
    "a number of 100,000 digits in JSON": text("x.jsonl", f'{{"studentUniqueId": {"9" * 100_000}}}\n'),
    "lone surrogates in JSON": text(
        "x.jsonl", '{"studentUniqueId": "\\ud800", "\\udc00": "x", "firstName": "\\ud83d"}\n' * 3
    ),
    "deep JSON": text("x.jsonl", '{"a":' * 100_000 + "1" + "}" * 100_000 + "\n"),
    "a deep list in JSON": text("x.jsonl", json.dumps(STUDENT) + "\n" + '{"a":' + "[" * 100_000 + "\n"),
    "100,000 names in JSON": lines_of("x.jsonl", {f"k{n}": n for n in range(100_000)}),
    "8,000 lines of distinct names": lines_of("x.jsonl", *({f"k{n}": n} for n in range(8_000))),
    "4,900 lines of distinct names, and many more": lines_of(
        "x.jsonl", *({f"k{n}": n} for n in range(4_900)), *({"k0": n} for n in range(30_000))
    ),
    "a list of 100,000 in JSON": lines_of("x.jsonl", {**STUDENT, "grades": list(range(100_000))}),
    "names in JSON that look like paths": lines_of("x.jsonl", {"a.b": 1, "a": {"b": 2}, "a[1]": 3, "": 4}),
    "JSON that is cut": text("x.jsonl", json.dumps(STUDENT)[:-9]),
    "billion laughs": text("x.xml", BILLION),
    "an entity from outside": text("x.xml", ENTITY),
    "deep XML": text("x.xml", "<x>" + "<a>" * 50_000 + "</a>" * 50_000 + "</x>"),
    "XML of 100,000 names": text(
        "x.xml", "<x><r>" + "".join(f"<a{n}>1</a{n}>" for n in range(100_000)) + "</r></x>"
    ),
    "XML with 100,000 attributes": text(
        "x.xml", "<x><r " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/></x>"
    ),
    "XML that is cut": text("x.xml", "<x><r><a>1</a></r><r><a>"),
    "XML that says another encoding": text(
        "x.xml", b'<?xml version="1.0" encoding="utf-99"?><x><r><a>\xff</a></r></x>'
    ),
    "a workbook that is none": text("x.xlsx", MEALS),
    "a zip called a workbook": zipped("x.xlsx", {"meals.csv": MEALS.encode()}),
    "a workbook called CSV": text("x.csv", workbook("Meals", [row.split(",") for row in ROWS])),
    "an old workbook": text("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)),
    "a picture called CSV": text("x.csv", b"\x89PNG\r\n\x1a\n" + os.urandom(50_000)),
}  # fmt: skip

WORKBOOKS: dict[str, Maker] = {
    "a workbook that unpacks to 60 MB of texts": with_part(
        "xl/sharedStrings.xml", TEXTS_HEAD + b"<si><t>a</t></si>" * 3_500_000 + b"</sst>"
    ),
    "a workbook of rows that reach far right": with_part(
        SHEET,
        SHEET_HEAD
        + b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 3_000))
        + SHEET_TAIL,
    ),
    "a workbook with a row far below": with_part(
        SHEET, SHEET_HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"/>' + SHEET_TAIL
    ),
    "a workbook with a column too many": with_part(
        SHEET, SHEET_HEAD + b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>' + SHEET_TAIL
    ),
    "a workbook that says it is huge": with_part(
        SHEET, lambda data: data.replace(b'ref="A1:I3"', b'ref="A1:XFD1048576"')
    ),
    "a workbook with laughs": with_part("xl/workbook.xml", BILLION.encode()),
}
FILES |= WORKBOOKS

# What only a folder can be.
FOLDERS: dict[str, Maker] = {
    "a zip of zeros": zipped("meals.zip", {"meals.csv": bytes(100 << 20)}),
    "a zip of a long line of many": zipped("meals.zip", {"meals.csv": b"a" * (20 << 20)}),
    "a zip in a zip in a zip": text("meals.zip", nested_zips(20)),
    "a zip that is cut": cut_zip,
    "a zip that lies about a size": lying_zip,
    "a zip of 30,000 files": zipped("meals.zip", {f"{n}.csv": b"a,b\n1,2\n" for n in range(30_000)}),
    "a zip that leads outside": zipped("meals.zip", {"../../meals.csv": MEALS.encode()}),
    "a zip with a name from the root": zipped("meals.zip", {"/etc/meals.csv": MEALS.encode()}),
    "a zip that leads outside on Windows": zipped("meals.zip", {"..\\meals.csv": MEALS.encode()}),
    "a zip with a drive": zipped("meals.zip", {"C:/meals.csv": MEALS.encode()}),
    "a zip with a link": linked_zip,
    "a zip that is a text": text("meals.zip", MEALS),
    "a zip packed in another way": zipped("meals.zip", {"meals.csv": MEALS.encode()}, zipfile.ZIP_LZMA),
    "a workbook of zeros": zipped("meals.xlsx", {"xl/workbook.xml": bytes(100 << 20)}),
    "a folder called CSV": lambda folder: (folder / "meals.csv").mkdir(),
    "a pipe": lambda folder: os.mkfifo(folder / "meals.csv"),
    "a pipe called a zip": lambda folder: os.mkfifo(folder / "meals.zip"),
    "a device": device,
    "links in a circle": loop,
    "a link to a file outside": outside,
    "a name that is not UTF-8": no_utf8,
    "a folder's name that is not UTF-8": no_utf8_folder,
    "a file that is closed": closed,
    "folders 150 deep": deep_folders,
    "300 folders of empty files": many_folders_empty,
    "a name of line ends": text("meals\n\x1b[31m.csv", MEALS),
    "district.json that is deep": text("district.json", "[" * 100_000),
    "district.json with a long number": text("district.json", '{"seed": ' + "9" * 50_000 + "}"),
}

LAYOUT = 'layout = "x"\nsilo = "x"\ntitle = "x"\nsource = "x"\nsource_status = "own"\n'
# TOML that a layout, a policy or a mapping may be.
LAYOUTS: dict[str, str] = {
    "nested lists": LAYOUT + "file = " + "[" * 100_000 + "]" * 100_000,
    "nested tables": LAYOUT + "file = " + "{a=" * 5_000 + "1" + "}" * 5_000,
    "dotted far": LAYOUT + ".".join(["a"] * 20_000) + " = 1",
    "a number of 5,000 digits": LAYOUT + "unique_people = " + "9" * 5_000,
    "a number of 5,000 letters": LAYOUT + "unique_people = 0x" + "f" * 5_000,
    "a number of 30 digits": LAYOUT + "unique_people = " + "9" * 30,
    "a text of 5 MB": LAYOUT + "domain = '" + "a" * (5 << 20) + "'",
    "a text of 100 kB": LAYOUT + "source_status = '" + "a" * 100_000 + "'",
    "100,000 unknown names": LAYOUT + "".join(f"x{n} = 1\n" for n in range(100_000)),
    "not UTF-8": LAYOUT + "\udcff = 1",
    "no words": "\0" * 100,
}
