"""Map columns to fields of a person."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, nearest, toml_of

__all__ = [
    "FIELDS",
    "PARTS_OF_DATE",
    "Field",
    "SideMapping",
    "Source",
    "as_toml",
    "fields",
    "named_field",
    "read_mapping",
]


PARTS_OF_DATE = ("birth_year", "birth_month", "birth_day")


@dataclass(frozen=True)
class Field:
    """One field of a person."""

    # Its name in a mapping.
    name: str
    # What its cells look like: name, date, year, month, day, age, sex, words, number, postcode, telephone,
    # e_mail, id or any.
    values: str
    # Other names that a mapping may use.
    also: tuple[str, ...]
    # Headers of columns that contain it, as words.
    heads: tuple[str, ...]
    # Meaning, for people.
    meaning: str


@cache
def fields() -> Mapping[str, Field]:
    """Return every field by its name, in the order in which a mapping lists them."""
    declared = tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8"))
    return {
        name: Field(name, one["values"], tuple(one["also"]), tuple(one["heads"]), one["meaning"])
        for name, one in declared.items()
    }


FIELDS = tuple(fields())


@cache
def _by_name() -> Mapping[str, str]:
    known = {}
    for one in fields().values():
        for name in (*one.also, one.name):
            known[_plain(name)] = one.name
    return known


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def named_field(name: str, place: str) -> str:
    """Return the field that a mapping means.

    >>> named_field("birth_date", "[left]"), named_field("E-Mail", "[left]"), named_field("phone", "[left]")
    ('birth_date', 'e_mail', 'telephone')
    """
    found = _by_name().get(_plain(name))
    if found is None:
        raise BadInput(
            f"{place} names a field {name!r} that there isn't.{nearest(name, FIELDS)} "
            f"The fields are: {', '.join(FIELDS)}."
        )
    return found


@dataclass(frozen=True)
class Source:
    """Where a field comes from.

    Attributes
    ----------
    columns
        For ids: one id each. For all others: parts to join with a blank.
    formats
        Of a birth date, in `datetime.strptime` directives; empty: inferred from the values.
    why
        Why a draft chose it; empty in a user's mapping.
    """

    columns: tuple[str, ...]
    formats: tuple[str, ...] = ()
    why: str = ""


@dataclass
class SideMapping:
    """The mapping of one file: its fields, and the columns that a draft left out, with reasons."""

    sources: dict[str, Source] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def read_mapping(path: Path) -> dict[str, SideMapping]:
    """Read a mapping.

    Parameters
    ----------
    path
        A TOML file with the tables ``[left]`` and ``[right]``, or one of them. Each line is
        ``field = "Column"``, ``field = { column = "DOB", format = "%m/%d/%Y" }`` or, for a field in several
        columns, ``field = ["Street 1", "Street 2"]``.

    Returns
    -------
    dict
        ``left``, ``right`` -> their mapping, if the file has it.

    Raises
    ------
    BadInput
        When the file is missing or no TOML, or names an unknown table or field.
    """
    try:
        tables = toml_of(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no mapping {path}: without --map a draft is written, which you can correct."
        ) from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder: --map takes one TOML file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path} isn't valid TOML ({error}): it has the tables [left] and [right], each line "
            'field = "Column".'
        ) from None
    odd = [name for name in tables if name not in ("left", "right")]
    if odd:
        raise BadInput(
            f"{path} has {odd[0]!r}, which is neither [left] nor [right]. "
            f'Put each line below the table of its file: [left], then given_name = "Column".'
        )
    if not tables:
        raise BadInput(
            f'{path} maps nothing: it needs a table [left] with lines such as family_name = "Column".'
        )
    return {side: _side(path, side, table) for side, table in tables.items()}


def _side(path: Path, side: str, table: Any) -> SideMapping:
    if not isinstance(table, Mapping):
        raise BadInput(f'{path}: {side} is no table: write [{side}], and below it field = "Column".')
    sources: dict[str, Source] = {}
    for name, entry in table.items():
        known = named_field(str(name), f"{path}, [{side}]")
        if known in sources:
            raise BadInput(
                f"{path}, [{side}] names {known} twice (once as {name!r}): keep one line; a field of several "
                f'columns is written {known} = ["A", "B"].'
            )
        sources[known] = _source(entry, f"{path}, [{side}] {name}", known)
    return SideMapping({name: sources[name] for name in FIELDS if name in sources})


def _source(entry: Any, place: str, field_name: str) -> Source:
    formats: tuple[str, ...] = ()
    if isinstance(entry, Mapping):
        odd = [key for key in entry if key not in ("column", "columns", "format", "formats")]
        if odd or not ({"column", "columns"} & set(entry)):
            named = f"knows no {odd[0]!r}" if odd else "names no column"
            raise BadInput(f'{place} {named}: write {{ column = "DOB", format = "%m/%d/%Y" }}.')
        given = entry.get("format", entry.get("formats", ()))
        formats = (given,) if isinstance(given, str) else tuple(given)
        if formats and fields()[field_name].values != "date":
            raise BadInput(f"{place} has a format, but only birth_date takes one: remove it.")
        for one in formats:
            _check_format(one, place)
        entry = entry.get("column", entry.get("columns"))
    columns = (entry,) if isinstance(entry, str) else tuple(entry) if isinstance(entry, Sequence) else ()
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise BadInput(f'{place} names no column: write "Column", or ["Column A", "Column B"].')
    if len(columns) > 1 and fields()[field_name].values in ("date", *(part[6:] for part in PARTS_OF_DATE)):
        raise BadInput(
            f"{place} has several columns ({len(columns)}): a date that stands in several is written "
            f'birth_year = "…", birth_month = "…", birth_day = "…".'
        )
    return Source(columns, formats)


def _check_format(date_format: Any, place: str) -> None:
    if isinstance(date_format, str):
        if "%y" in date_format.replace("%-", "%").replace("%Y", "%y"):
            return
    raise BadInput(
        f"{place} has the format {date_format!r}, which has no year: write it as Python does, such as "
        f"%m/%d/%Y, %d.%m.%Y or %Y%m%d."
    )


def as_toml(sides: Mapping[str, SideMapping], files: Mapping[str, str]) -> str:
    """Write a mapping as TOML that `read_mapping` reads.

    Parameters
    ----------
    sides
        ``left`` and, with two files, ``right``.
    files
        Side -> name of its file, for a comment.

    Returns
    -------
    str
        Every field with its column, with the reason after ``#``, and omitted columns as comments.
    """
    lines = [
        "# Which column is which field. Correct it, and link again with --map.",
        f"# Fields: {', '.join(FIELDS)}.",
        '# A line: field = "Column", or birth_date = { column = "DOB", format = "%m/%d/%Y" }, or, for a name',
        '# or street in several columns, street = ["Address 1", "Address 2"]; of ids it is several ids.',
    ]
    for side, mapping in sides.items():
        lines += ["", f"[{side}]  # {_remark(files[side])}"]
        for name, source in mapping.sources.items():
            why = f"  # {_remark(source.why)}" if source.why else ""
            lines.append(f"{name} = {_value(source)}{why}")
        lines += [
            f"# left out: {_remark(json.dumps(column, ensure_ascii=False))}: {_remark(reason)}"
            for column, reason in mapping.left_out.items()
        ]
    return "\n".join(lines) + "\n"


def _remark(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, except DEL, which TOML requires to be escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(source: Source) -> str:
    columns = (
        _text(source.columns[0])
        if len(source.columns) == 1
        else f"[{', '.join(_text(column) for column in source.columns)}]"
    )
    if not source.formats:
        return columns
    formats = (
        _text(source.formats[0])
        if len(source.formats) == 1
        else f"[{', '.join(_text(one) for one in source.formats)}]"
    )
    return f"{{ column = {columns}, format = {formats} }}"
