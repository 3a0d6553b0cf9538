"""Read XML interchange files: one record per element below the root, one column per scalar path."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.limits import TooMuch, too_empty, too_wide
from helpers.files.text_table import Parsed, TextTable, default_settings
from helpers.layouts import FileLayout
from helpers.standard import STRING

__all__ = ["XmlRecords", "paths_in_xml", "read_xml_records", "records_at"]

DECLARATION = re.compile(rb"^<\?xml\s[^>]*\?>")
# Rows of one record element: position among the root's children, then scalar paths.
XmlRecords = dict[str, list[tuple[int, dict[str, str]]]]


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _flatten(element: Any, path: str, into: dict[str, str]) -> None:
    for name, value in element.attrib.items():
        into[f"{path}.@{_local(name)}" if path else f"@{_local(name)}"] = value
    children = list(element)
    if not children:
        text = (element.text or "").strip()
        if path and (text or not element.attrib):  # an element with only references has no value of its own
            into[path] = text
        return
    counts = Counter(_local(child.tag) for child in children)
    seen: Counter[str] = Counter()
    for child in children:
        name = _local(child.tag)
        seen[name] += 1
        here = f"{path}.{name}" if path else name
        _flatten(child, f"{here}[{seen[name]}]" if counts[name] > 1 else here, into)


def _children(data: bytes) -> Iterator[tuple[int, str, dict[str, str] | None]]:
    """Iterate over the root's children: position, name, scalar paths; None as paths if nested too deep.

    Raises the parser's exceptions when the document breaks.
    """
    from defusedxml.ElementTree import iterparse

    # It is UTF-8 by now, whatever encoding its declaration names.
    data = DECLARATION.sub(b"", data.lstrip(), count=1)
    depth = 0
    place = 0
    root = None
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        if event == "start":
            depth += 1
            root = element if root is None else root
            continue
        depth -= 1
        if depth == 1:
            place += 1
            flat: dict[str, str] = {}
            try:
                _flatten(element, "", flat)
                yield place, _local(element.tag), flat
            except RecursionError:
                yield place, _local(element.tag), None
            if root is not None:
                root.clear()  # bounds memory for large files


def records_at(data: bytes, rows: Collection[int]) -> dict[int, tuple[str, dict[str, str]]]:
    """Read some records of an XML file, and nothing after the last of them."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    wanted, found = set(rows), {}
    try:
        for place, name, flat in _children(data):
            if place in wanted and flat is not None:
                found[place] = (name, flat)
            if place >= max(wanted, default=0):
                break
    except (ParseError, DefusedXmlException):
        return found
    return found


def read_xml_records(data: bytes, findings: Findings) -> tuple[XmlRecords, int]:
    """Read every record of an XML file; return those before a syntax error, and report the broken one."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    records: XmlRecords = {}
    paths: dict[str, set[str]] = {}
    place = 0
    try:
        for place, name, flat in _children(data):
            if flat is None:
                findings.add("record_broken", "row_set_aside", row=place, expected="elements less deep")
            else:
                records.setdefault(name, []).append((place, flat))
                known = paths.setdefault(name, set())
                known.update(flat)
                if trouble := too_wide(len(known), f"different paths in {name}"):
                    raise TooMuch(trouble)
    except DefusedXmlException as error:
        raise ValueError(f"declares entities ({type(error).__name__})") from None
    except ParseError as error:
        if not records and b"<" not in data[:200]:
            raise ValueError("is no XML") from None
        place += 1
        findings.add(
            "record_broken", "row_set_aside", row=place, value=str(error), expected="well-formed XML"
        )
    return records, place


def paths_in_xml(records: XmlRecords, record: str, limit: int = 50) -> list[str]:
    """List the scalar paths of an element's first records, elements as ``[]``."""
    names: dict[str, None] = {}
    for _, flat in records.get(record, [])[:limit]:
        names.update(dict.fromkeys(re.sub(r"\[\d+\]", "[]", path) for path in flat))
    return list(names)


def parse_xml(records: XmlRecords, file: FileLayout, total: int) -> Parsed:
    """Return the rows of one kind of record."""
    lists = {column.name.split("[]")[0] for column in file.columns if "[]" in column.name}
    cells: dict[str, list[str | None]] = {}
    found = records.get(str(file.record), [])
    filled = 0
    for count, (_, flat) in enumerate(found):
        for path, text in flat.items():
            stem = next((n for n in lists if path == n or path.startswith(f"{n}.")), None)
            path = path if stem is None else f"{stem}[1]{path[len(stem) :]}"
            column = cells.setdefault(path, [])
            column.extend([None] * (count - len(column)))
            column.append(text)
        filled += len(flat)
        if trouble := too_empty(count + 1, len(cells), filled):
            raise TooMuch(trouble)
    for column in cells.values():
        column.extend([None] * (len(found) - len(column)))
    rows = pd.DataFrame(
        {path: pd.array(column, dtype=STRING) for path, column in cells.items()},
        index=pd.RangeIndex(len(found)),
    )
    numbers = np.array([place for place, _ in found], "int64")
    return Parsed(TextTable((), rows, default_settings(file)), numbers, total, 0)
