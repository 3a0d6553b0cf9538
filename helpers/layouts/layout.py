"""The layout model, with the standard rows that its files produce."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, field_validator, model_validator

from helpers.layouts.column import Column, Pattern, Shape, StructureRow, folded, shape_of
from helpers.layouts.formats import set_value_fault
from helpers.layouts.headers import by_place, is_data_head
from helpers.layouts.like import completed
from helpers.layouts.meanings import allowed_values, known_systems, meant, none_of
from helpers.standard import (
    BadInput,
    StrictModel,
    fact_tables,
    faults_of,
    nearest,
    respelled,
    standard_table,
    text_of,
    toml_of,
)

__all__ = [
    "CELL",
    "Column",
    "FileLayout",
    "Layout",
    "Makes",
    "StructureRow",
    "braced",
    "layout_of",
    "read_layout",
]


CELL = "cell"
BRACED = re.compile(r"^\{(\w+)\}$")


def braced(source: str) -> str | None:
    """Return what a `take` in braces names: the cell, a group of its pattern or a structure row.

    Examples
    --------
    >>> braced("{assignment_id}")
    'assignment_id'
    >>> braced("Section") is None
    True
    """
    found = BRACED.match(source)
    return found[1] if found else None


class Makes(StrictModel):
    """One kind of standard row, made from each source row or from each cell of a pattern's columns.

    A `guess` of a draft holds until district.toml has the answer: its rows are made, are not, or are once the
    order of day and month in their dates is known ("days").
    """

    table: str
    guess: Literal["yes", "no", "days"] | None = None
    take: dict[str, str] = {}
    set: dict[str, str | bool | float] = {}
    flags: dict[str, dict[str, str]] = {}
    where: dict[str, list[str]] = {}
    unless: dict[str, list[str]] = {}
    unless_empty: str | None = None
    each: str | None = None
    repeat: list[str] = []

    def expand(self) -> list[Makes]:
        """Expand a repeated group of columns into one `makes` each, with `{n}` filled in."""
        if not self.repeat:
            return [self]

        def put(text: Any, n: str) -> Any:
            return text.replace("{n}", n) if isinstance(text, str) else text

        return [
            self.model_copy(
                update={
                    "take": {target: put(source, n) for target, source in self.take.items()},
                    "set": {target: put(value, n) for target, value in self.set.items()},
                    "where": {put(name, n): values for name, values in self.where.items()},
                    "unless": {put(name, n): values for name, values in self.unless.items()},
                    "repeat": [],
                }
            )
            for n in self.repeat
        ]

    def of_cells(self) -> frozenset[str]:
        """List what is taken in braces; if any, each cell of a pattern's columns makes a row."""
        named = [*self.take.values(), *self.where, *self.unless]
        return frozenset(name for source in named if (name := braced(source)) is not None)

    @field_validator("set", mode="before")
    @classmethod
    def _days_in_words(cls, given: Any) -> Any:
        """Convert a TOML date (without quotes) to its text."""
        if not isinstance(given, dict):
            return given
        return {name: one.isoformat() if isinstance(one, date) else one for name, one in given.items()}

    @model_validator(mode="after")
    def _fills_columns_that_exist(self) -> Self:
        if self.table != "people" and self.table not in fact_tables():
            raise ValueError(
                f"no standard table {self.table!r}.{nearest(self.table, ['people', *fact_tables()])}"
            )
        if self.repeat and not any("{n}" in source for source in self.take.values()):
            raise ValueError("`repeat` with nothing to repeat: no `take` names a column with {n}")
        if self.of_cells() and (self.repeat or self.each):
            raise ValueError("one row a cell and `repeat` or `each` at once: no layout needs both")
        if self.each is not None and not self.each.endswith("[]"):
            raise ValueError(f"each = {self.each!r}: only elements of nested files, named like 'events[]'")
        # `local_id` identifies the person of a fact; it is no column of the fact table.
        known = {*standard_table(self.table).dtypes(), "local_id"}
        for target in [*self.take, *self.set, *self.flags]:
            if target not in known:
                raise ValueError(f"table {self.table!r} has no column {target!r}.{nearest(target, known)}")
        if faults := list(_set_faults(self)):
            raise ValueError("; ".join(faults))
        return self


def _set_faults(makes: Makes) -> Iterator[str]:
    """Describe values that a `makes` sets but its table can't contain."""
    types = {column.name: column.type for column in standard_table(makes.table).columns}
    for target, value in makes.set.items():
        if target in makes.take:
            yield f"{target!r} is filled by take and by set: leave one of them out"
        given = [value]
        if isinstance(value, str) and makes.repeat:
            given = [value.replace("{n}", n) for n in makes.repeat]
        for one in given:
            closed = allowed_values(makes.table, target)
            if fault := set_value_fault(types.get(target, "string"), one):
                yield f"set: {target} = {one!r} {fault}"
            elif closed is not None and one not in closed:
                yield none_of(f"set: {target}", one, closed)
    for target, flags in makes.flags.items():
        closed = allowed_values(makes.table, target)
        if closed is not None:
            yield from (
                none_of(f"flags: {target}", one, closed) for one in flags.values() if one not in closed
            )
    filled = {*makes.take, *makes.set, *makes.flags}
    if makes.unless_empty is not None and makes.unless_empty not in filled:
        asked = nearest(makes.unless_empty, filled)
        yield f"unless_empty is {makes.unless_empty!r}, which nothing fills.{asked}"


# Domains that a system can be the authority for.
DOMAINS = (
    "activities", "assessment", "attendance", "behavior", "career", "family", "health", "learning", "meals",
    "programs", "roster", "wellbeing",
)  # fmt: skip
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\\t", "pipe": "|", "\\t": "\\t"}


class FileLayout(StrictModel):
    """One kind of file in a system's export.

    `starts` are the first positions of a fixed-width file's columns, counted from 1. A header of two
    `header_rows` ends in `header_row`. `further` names standard
    fields that we never read, each with everything below it. A file may or may not have them: that doesn't
    help to recognize it.
    """

    name: str
    path: str
    format: Literal["csv", "json_lines", "xml", "xlsx"]
    sheet: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: Literal["lf", "crlf"] = "lf"
    starts: list[int] = []
    header_row: int = Field(1, ge=0)
    header_rows: Literal[1, 2] = 1
    header: Literal["exact", "any order"] = "any order"
    quote: Literal["needed", "values", "all"] = "needed"
    row_is: str
    key: list[str] = []
    required: bool = False
    record: str | None = None
    root: str | None = None
    extension_columns: Pattern | None = None
    further: list[str] = []
    not_data: list[StructureRow] = []
    not_a_child: list[dict[str, list[str]]] = []
    columns: list[Column]
    makes: list[Makes] = []

    @model_validator(mode="before")
    @classmethod
    def _families(cls, given: Any) -> Any:
        """Expand column families: `{ repeat = ["1", "2"], columns = [{ name = "Goal{n}Name" }] }`.

        A name alone is a column of text.
        """
        if not isinstance(given, dict) or not isinstance(given.get("columns"), list):
            return given
        columns: list[Any] = []
        for one in given["columns"]:
            column: Any = {"name": one} if isinstance(one, str) else one
            if isinstance(column, dict) and "repeat" in column:
                for n in column["repeat"]:
                    columns += [
                        {**one, "name": one["name"].replace("{n}", n)} for one in column.get("columns", [])
                    ]
            else:
                columns.append(column)
        seen: dict[str, int] = {}
        numbered = []
        for column in columns:
            if isinstance(column, dict) and isinstance(column.get("name"), str):
                seen[column["name"]] = seen.get(column["name"], 0) + 1
                if seen[column["name"]] > 1:
                    column = {**column, "name": f"{column['name']}#{seen[column['name']]}"}
            numbered.append(column)
        return {**given, "columns": numbered}

    @field_validator("makes")
    @classmethod
    def _one_a_group(cls, makes: list[Makes]) -> list[Makes]:
        return [one for each in makes for one in each.expand()]

    @model_validator(mode="after")
    def _is_named_by_words(self) -> Self:
        for place, column in enumerate(self.columns, start=1):
            if column.pattern is None and any(map(is_data_head, [column.name, *column.aliases])):
                raise ValueError(
                    f"file {self.name!r}: the name of its column {place} looks like a person, a day or a "
                    f"number, and isn't repeated here: call it {by_place(place)!r}, and say header_row = 0 "
                    "if the file has no header"
                )
        return self

    @model_validator(mode="after")
    def _names_what_it_has(self) -> Self:
        names = [column.name for column in self.columns]
        bounds = [one.split("->")[0] for column in self.columns for one in column.bounds().values()]
        for column in [*self.key, *bounds]:
            if column not in names:
                raise ValueError(f"file {self.name!r}: key {column!r} is no column.{nearest(column, names)}")
        for makes in self.makes:
            mentioned = [*makes.take.values(), *makes.where, *makes.unless]
            mentioned += [flag for flags in makes.flags.values() for flag in flags]
            inside = makes.of_cells()
            if inside and self.pattern_of(makes) is None:
                raise ValueError(
                    f"file {self.name!r} takes {', '.join(f'{{{name}}}' for name in sorted(inside))}: "
                    "beside {cell} and rows of not_data only groups of one pattern"
                )
            for source in mentioned:
                if source[:1] == "{" and source[1:-1] in inside:
                    continue
                if self.find(source.split("->")[0]) is None:
                    raise ValueError(
                        f"file {self.name!r} takes {source!r}, which is no column.{nearest(source, names)}"
                    )
        if self.patterns() and self.nested:
            raise ValueError(f"file {self.name!r}: only tables of rows and columns have columns by pattern")
        if self.format == "xml" and not self.record:
            raise ValueError(f"file {self.name!r}: an xml file names its record element in `record`")
        if self.sheet is not None and self.format != "xlsx":
            raise ValueError(f"file {self.name!r}: only workbooks (xlsx) have a `sheet`")
        if faults := list(_file_faults(self)):
            raise ValueError(f"file {self.name!r}: {'; '.join(faults)}")
        return self

    @model_validator(mode="after")
    def _names_existing_columns(self) -> Self:
        names = [column.name for column in self.columns]
        rows = [row.name for row in self.not_data]
        named_by = [name for row in self.not_data for name in row.empty]
        named_by += [name for person in self.not_a_child for name in person]
        named_by += [name for column in self.columns for name in column.parts_where]
        for name in named_by:
            if name not in names:
                raise ValueError(f"file {self.name!r}: {name!r} is no column.{nearest(name, names)}")
        for column in self.columns:
            for name in column.in_rows:
                if name not in rows:
                    raise ValueError(f"column {column.name!r}: no row of not_data is called {name!r}")
        if self.not_data and self.nested:
            raise ValueError(
                f"file {self.name!r}: only tables of rows and columns have rows that are structure"
            )
        return self

    @property
    def nested(self) -> bool:
        """Whether its records are nested and omit missing values."""
        return self.format in ("json_lines", "xml")

    @property
    def place(self) -> str:
        """Path pattern of the file in its folder; a sheet comes after its workbook."""
        return f"{self.path}/{self.sheet or '*'}" if self.format == "xlsx" else self.path

    @cached_property
    def by_fold(self) -> dict[str, Column]:
        """Columns by their folded names and aliases."""
        return {folded(alias): column for column in self.named() for alias in [column.name, *column.aliases]}

    @cached_property
    def _shapes(self) -> list[tuple[Shape, Column]]:
        return [(shape_of(one.pattern), one) for one in self.columns if one.pattern is not None]

    @cached_property
    def _further(self) -> re.Pattern[str]:
        names = "|".join(re.escape(folded(name)) for name in self.further)
        return re.compile(rf"({names})(\.|$)" if names else r"(?!)")

    def are_beyond(self, names: Sequence[str]) -> np.ndarray:
        """Test which names belong to the format or to an extension of it, but are never read."""
        beyond = np.zeros(len(names), bool)
        if self.extension_columns:
            beyond |= shape_of(self.extension_columns).found_in(names)
        if self.further:
            plain = [folded(re.sub(r"\[\d*\]", "", name)) for name in names]
            beyond |= np.array([self._further.match(name) is not None for name in plain], bool)
        return beyond

    def named(self) -> list[Column]:
        """Return the columns with names."""
        return [column for column in self.columns if column.pattern is None]

    def patterns(self) -> list[Column]:
        """Return the columns with patterns, which match any name that isn't declared."""
        return [column for column in self.columns if column.pattern is not None]

    def pattern_of(self, makes: Makes) -> Column | None:
        """Find the pattern column whose cells make rows; None if its groups don't identify one."""
        wanted = makes.of_cells() - {CELL} - {row.name for row in self.not_data}
        found = [one for one in self.patterns() if wanted <= set(shape_of(str(one.pattern)).groups)]
        return found[0] if len(found) == 1 else None

    def by_pattern(self, name: str) -> Column | None:
        """Find the first declared pattern column that matches a name; None if there is none."""
        return self.by_patterns([name])[0]

    def by_patterns(self, names: Sequence[str]) -> list[Column | None]:
        """Find the first declared pattern column that matches each name."""
        taken: list[Column | None] = [None] * len(names)
        for shape, column in reversed(self._shapes):
            for place in np.flatnonzero(shape.found_in(names)):
                taken[place] = column
        return taken

    def column(self, name: str) -> Column:
        """Return a declared column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def find(self, source: str) -> tuple[Column, str | None] | None:
        """Find the column that a `take` names, with the part of its cells; None if there is none."""
        for column in self.named():
            if column.name == source:
                return column, None
        stem, dot, part = source.rpartition(".")
        for column in self.columns:
            if dot and column.name == stem and part in column.part_names():
                return column, part
        return None


class Layout(StrictModel):
    """One system's export: its system, the source of our knowledge of it, and its kinds of file.

    `manifest` is the kind of file that lists whether each other file is absent, complete or contains only
    changes, as OneRoster's does. A complete file leaves the columns `empty_in_bulk` empty.
    """

    layout: str
    silo: str
    title: str
    domain: str | None = None
    authority: list[str] = []
    source: str
    source_status: Literal["published", "documented", "observed", "reader", "own"]
    container: str | None = None
    manifest: str | None = None
    empty_in_bulk: list[str] = []
    unique_people: bool = False
    as_of_in_name: str | None = None
    own_systems: list[str] = []
    file: list[FileLayout]

    @model_validator(mode="before")
    @classmethod
    def _like_others(cls, given: Any) -> Any:
        """Complete what is declared as `like` another layout, file or range of columns."""
        return completed(given) if isinstance(given, dict) else given

    @field_validator("authority")
    @classmethod
    def _of_known_domains(cls, authority: list[str]) -> list[str]:
        for word in authority:
            if word not in DOMAINS:
                raise ValueError(
                    f"authority names {word!r}, which is no domain.{nearest(word, DOMAINS)} "
                    f"There are: {', '.join(DOMAINS)}."
                )
        return authority

    @model_validator(mode="after")
    def _references_lead_somewhere(self) -> Self:
        known = {f"{file.name}.{column.name}" for file in self.file for column in file.columns}
        for file in self.file:
            for column in file.columns:
                if column.references and column.references not in known:
                    raise ValueError(
                        f"{file.name}.{column.name} references {column.references!r}, which is no column."
                        f"{nearest(column.references, known)}"
                    )
            sources = [source for makes in file.makes for source in makes.take.values()]
            sources += [source for column in file.columns for source in column.bounds().values()]
            for source in sources:
                start, arrow, target = source.partition("->")
                if not arrow:
                    continue
                found = file.find(start)
                references = found[0].references if found else None
                if references is None:
                    raise ValueError(f"{file.name} follows {start!r}, which declares no `references`")
                there = self.file_named(references.split(".", 1)[0])
                if there.find(target) is None:
                    raise ValueError(f"{file.name} follows {source!r} to a column that is not there")
        if faults := list(dict.fromkeys(_layout_faults(self))):
            raise ValueError("; ".join(faults))
        return self

    @property
    def is_draft(self) -> bool:
        """Whether `bigpicture start` wrote it."""
        return self.source.startswith("Drafted by the kit")

    @property
    def files(self) -> list[FileLayout]:
        """The kinds of file, in the order of the export."""
        return self.file

    def file_named(self, name: str) -> FileLayout:
        """Return a kind of file by its name."""
        for file in self.file:
            if file.name == name:
                return file
        names = [file.name for file in self.file]
        raise BadInput(
            f"Layout {self.layout!r} has no file {name!r}.{nearest(name, names)} It has: {', '.join(names)}."
        )


def read_layout(path: Path) -> Layout:
    """Read and check one layout file."""
    if not path.is_file():  # a pipe would never end
        raise BadInput(f"Layout {path} is no file: put the TOML there, or take it away.")
    return layout_of(text_of(path), str(path))


def layout_of(text: str, name: str) -> Layout:
    """Check the text of a layout; errors call it `name` and are those of `read_layout`."""
    try:
        given = toml_of(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"Layout {name} isn't valid TOML: {error}") from None
    given |= {key: respelled(given[key]) for key in ("layout", "like", "silo", "domain") if key in given}
    try:
        return Layout.model_validate(given)
    except ValidationError as error:
        raise BadInput(f"Layout {name} cannot be used:\n{faults_of(error, Layout)}") from None


def _file_faults(file: FileLayout) -> Iterator[str]:
    """Describe settings of a kind of file that have no meaning."""
    try:
        text = codecs.lookup(file.encoding)._is_text_encoding
    except LookupError:
        text = False
    if not text:
        usual = ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "latin-1", "mac-roman"]
        asked = nearest(file.encoding, usual)
        yield f"encoding {file.encoding!r} is unknown, not one such as {', '.join(usual)}.{asked}"
    if len(file.delimiter) != 1 or file.delimiter in '"\r\n':
        character = DELIMITERS.get(file.delimiter.casefold())
        asked = f' Did you mean "{character}"?' if character else ""
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
                used = [value.rsplit("#", 1)[-1] if found[0].formats() else value for value in values]
                yield from (none_of(f"{word}: {name}", one, codes) for one in used if one not in codes)


def _layout_faults(layout: Layout) -> Iterator[str]:
    """Describe settings of a layout that have no meaning: unknown id systems and code meanings."""
    known = known_systems()
    for own in layout.own_systems:
        if own not in known and own.casefold() in {one.casefold() for one in known}:
            yield f"own_systems names {own!r}.{meant(own, known)}"
    known = [*known, *layout.own_systems]
    for file in layout.file:
        for column in file.columns:
            system = column.identification_system
            of_cell = system == "{type}" and "type" in column.part_names()
            if system is not None and system not in known and not of_cell:
                place = f"column {column.name!r}: identification_system"
                own = f"A vendor's own is named in own_systems = [{system!r}]."
                yield f"{none_of(place, system, known)} {own}"
        for makes in file.makes:
            yield from _taken_faults(layout, file, makes)
    if layout.as_of_in_name is not None:
        letters = sorted(
            layout.as_of_in_name[at + 1 :][:1] for at in _positions_of("%", layout.as_of_in_name)
        )
        if letters != ["Y", "d", "m"]:
            yield f"as_of_in_name {layout.as_of_in_name!r} is no day in names, such as '%Y-%m-%d'"


def _positions_of(letter: str, text: str) -> list[int]:
    return [place for place, one in enumerate(text) if one == letter]


def _taken_faults(layout: Layout, file: FileLayout, makes: Makes) -> Iterator[str]:
    """Describe codes whose meanings the standard column doesn't allow."""
    for target, source in makes.take.items():
        closed = allowed_values(makes.table, target)
        column = _column_at(layout, file, source)
        if closed is None or column is None:
            continue
        if target == "role" and not column.code_map():
            yield (
                f"role is taken from {source!r}, which has no codes: say who each of its words means, "
                'such as { type = "code", codes = { teacher = "Staff", student = "Student" } }'
            )
        wrong = {code: meaning for code, meaning in column.code_map().items() if meaning not in closed}
        if wrong:
            asked = [
                f"code {code!r} is {meaning!r}.{meant(meaning, closed)}" for code, meaning in wrong.items()
            ]
            yield (
                f"file {file.name!r}, column {column.name!r} fills {target} of {makes.table}, which may be "
                f"{', '.join(closed)}: {' '.join(asked)}"
            )


def _column_at(layout: Layout, file: FileLayout, source: str) -> Column | None:
    """Find the column that is taken; follow a reference to its end."""
    start, arrow, there = source.partition("->")
    found = file.find(start)
    if arrow and found is not None and found[0].references:
        found = layout.file_named(found[0].references.split(".", 1)[0]).find(there)
    return None if found is None or found[1] is not None else found[0]
