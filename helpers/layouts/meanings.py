"""What a layout may mean: words of closed sets are checked, and the nearest right one is named."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.layouts.bad_input import nearest
from helpers.layouts.formats import set_value_fault
from helpers.layouts.tables import standard_table

if TYPE_CHECKING:
    from helpers.layouts.column import Column
    from helpers.layouts.layout import FileLayout, Layout
    from helpers.layouts.makes import Makes

__all__ = ["file_faults", "layout_faults", "makes_faults"]

DECLARED = Path(__file__).with_name("meanings.toml")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\\t", "pipe": "|", "\\t": "\\t"}


@cache
def _declared() -> Mapping[str, object]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


def _values(column: str) -> list[str] | None:
    """Give what a column of a standard table may say; None where that is open."""
    closed = _declared()["values"]
    assert isinstance(closed, dict)
    return closed.get(column)


def _meant(word: str, known: Iterable[str]) -> str:
    """Say which word is meant: another case, a known other way to write it, or the nearest."""
    known = list(known)
    same = [one for one in known if one.casefold() == word.strip().casefold()]
    usual = _declared()["as_written"]
    assert isinstance(usual, dict)
    as_usual = {written.casefold(): meant for written, meant in usual.items()}.get(word.strip().casefold())
    found = same[0] if same else as_usual if as_usual in known else None
    return f" Did you mean {found}?" if found else nearest(word, known)


def _none_of(place: str, word: object, known: Iterable[str]) -> str:
    known = list(known)
    return f"{place} is {str(word)!r}, and may be {', '.join(known)}.{_meant(str(word), known)}"


def makes_faults(makes: Makes) -> Iterator[str]:
    """Name what a `makes` sets that its table can't hold.

    Parameters
    ----------
    makes
        Whose columns are known.

    Yields
    ------
    str
        A sentence a fault.
    """
    types = {column.name: column.type for column in standard_table(makes.table).columns}
    for target, value in makes.set.items():
        if target in makes.take:
            yield f"{target!r} is filled by take and by set: leave one of them out"
        given = [value]
        if isinstance(value, str) and makes.repeat:
            given = [value.replace("{n}", n) for n in makes.repeat]
        for one in given:
            closed = _values(target)
            if fault := set_value_fault(types.get(target, "string"), one):
                yield f"set: {target} = {one!r} {fault}"
            elif closed is not None and one not in closed:
                yield _none_of(f"set: {target}", one, closed)
    filled = {*makes.take, *makes.set, *makes.flags}
    if makes.unless_empty is not None and makes.unless_empty not in filled:
        asked = nearest(makes.unless_empty, filled)
        yield f"unless_empty is {makes.unless_empty!r}, which nothing fills.{asked}"


def file_faults(file: FileLayout) -> Iterator[str]:
    """Name what a kind of file says that has no meaning.

    Parameters
    ----------
    file
        Whose columns are known.

    Yields
    ------
    str
        A sentence a fault.
    """
    try:
        text = codecs.lookup(file.encoding)._is_text_encoding
    except LookupError:
        text = False
    if not text:
        usual = ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "latin-1", "mac-roman"]
        asked = nearest(file.encoding, usual)
        yield f"encoding {file.encoding!r} is unknown, not one such as {', '.join(usual)}.{asked}"
    if len(file.delimiter) != 1 or file.delimiter in '"\r\n':
        said = DELIMITERS.get(file.delimiter.casefold())
        asked = f' Did you mean "{said}"?' if said else ""
        yield f"delimiter {file.delimiter!r} is not one character.{asked}"
    for makes in file.makes:
        if makes.each is not None and not any(one.name.startswith(makes.each) for one in file.columns):
            stems = {one.name[: one.name.index("[]") + 2] for one in file.columns if "[]" in one.name}
            yield f"each = {makes.each!r} is the beginning of no column.{nearest(makes.each, stems)}"
        for name in [name for flags in makes.flags.values() for name in flags]:
            found = file.find(name)
            if found is not None and found[0].type != "boolean":
                yield f"flags name {name!r} of type {found[0].type}: only a boolean is true or false"
        for word, sources in (("where", makes.where), ("unless", makes.unless)):
            for name, values in sources.items():
                found = file.find(name)
                if found is None or found[1] is not None or not found[0].code_map():
                    continue
                codes = [*found[0].code_map()]
                written = [value.rsplit("#", 1)[-1] if found[0].formats() else value for value in values]
                yield from (_none_of(f"{word}: {name}", one, codes) for one in written if one not in codes)


def layout_faults(layout: Layout) -> Iterator[str]:
    """Name what a layout says that has no meaning: whose ids they are, and what codes stand for.

    Parameters
    ----------
    layout
        Whose references lead somewhere.

    Yields
    ------
    str
        A sentence a fault.
    """
    known = _declared()["identification_system"]
    assert isinstance(known, list)
    for own in layout.own_systems:
        if own not in known and own.casefold() in {one.casefold() for one in known}:
            yield f"own_systems names {own!r}.{_meant(own, known)}"
    known = [*known, *layout.own_systems]
    for file in layout.file:
        for column in file.columns:
            system = column.identification_system
            of_cell = system == "{type}" and "type" in column.part_names()
            if system is not None and system not in known and not of_cell:
                place = f"column {column.name!r}: identification_system"
                own = f"A vendor's own is named in own_systems = [{system!r}]."
                yield f"{_none_of(place, system, known)} {own}"
        for makes in file.makes:
            yield from _taken_faults(layout, file, makes)
    if layout.as_of_in_name is not None:
        letters = sorted(layout.as_of_in_name[at + 1 :][:1] for at in _places_of("%", layout.as_of_in_name))
        if letters != ["Y", "d", "m"]:
            yield f"as_of_in_name {layout.as_of_in_name!r} is no day in names, such as '%Y-%m-%d'"


def _places_of(letter: str, text: str) -> list[int]:
    return [place for place, one in enumerate(text) if one == letter]


def _taken_faults(layout: Layout, file: FileLayout, makes: Makes) -> Iterator[str]:
    """Name codes that stand for what the standard's column can't say."""
    for target, source in makes.take.items():
        closed = _values(target)
        column = _column_at(layout, file, source)
        if closed is None or column is None:
            continue
        if target == "role" and not column.code_map():
            yield (
                f"role is taken from {source!r}, which has no codes: say who each of its words means, "
                'such as { type = "code", codes = { teacher = "Staff", student = "Student" } }'
            )
        for code, meaning in column.code_map().items():
            if meaning not in closed:
                yield _none_of(f"column {column.name!r}: code {code!r} of {target}", meaning, closed)


def _column_at(layout: Layout, file: FileLayout, source: str) -> Column | None:
    """Find the column that is taken, at the end of the reference where one is followed."""
    start, arrow, there = source.partition("->")
    found = file.find(start)
    if arrow and found is not None and found[0].references:
        found = layout.file_named(found[0].references.split(".", 1)[0]).find(there)
    return None if found is None or found[1] is not None else found[0]
