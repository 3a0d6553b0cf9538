"""Find what a file prints about who a child is, and print something else in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from helpers.layouts import Column, FileLayout, folded
from synthetic_data.error_families.slips import Identity

__all__ = ["NameColumns", "name_columns"]

PARTS = {"first_name": "first", "middle_name": "middle", "last_surname": "last"}
PREFERRED = {"preferred_first_name": "first", "preferred_last_surname": "last"}
ADULTS = ("Guardian", "Staff")


@dataclass(frozen=True)
class NameColumns:
    """The columns of a kind of file that print a child's name and birth date, by the layout's names."""

    parts: Mapping[str, str]
    """Column -> first, middle or last."""
    full: tuple[str, str] | None
    """The column with the whole name, and its order."""
    preferred: Mapping[str, str]
    """Column that may repeat a part of the name, or the whole."""
    birth_date: Column | None
    by_fold: Mapping[str, Column]

    def identity(self, row: Mapping[str, str]) -> Identity:
        """Read who a row is about."""
        found = {"first": "", "middle": "", "last": ""}
        cells = dict(self._declared(row))
        if self.full is not None and self.full[0] in cells:
            found |= _split(cells[self.full[0]], self.full[1])
        found |= {part: cells[name] for name, part in self.parts.items() if cells.get(name)}
        parsed = self._day(cells.get(self.birth_date.name, "")) if self.birth_date else None
        return Identity(**found, birth_date=parsed[0] if parsed else None)

    def changes(
        self, row: Mapping[str, str], before: Identity, after: Identity
    ) -> Iterator[tuple[str, str, str]]:
        """List the cells that another identity changes: column, text before, text after."""
        whole = {text(before): text(after) for text in (_first_last, _last_first)} if before.last else {}
        declared = {name: column for name in row if (column := self.by_fold.get(folded(name))) is not None}
        for name, text in row.items():
            column = declared.get(name)
            new = self._after(text, column.name if column else "", before, after, whole)
            if column is not None and column.max_length is not None:
                new = new[: column.max_length]
            if new != text:
                yield name, text, new

    def _after(
        self, text: str, column: str, before: Identity, after: Identity, whole: Mapping[str, str]
    ) -> str:
        if column in self.parts:
            part = self.parts[column]
            return str(getattr(after, part)) if text and text == getattr(before, part) else text
        if self.birth_date is not None and column == self.birth_date.name:
            parsed = self._day(text)
            return parsed[1](after.birth_date) if parsed and after.birth_date else text
        if text in whole:
            return whole[text]
        if column in self.preferred:
            part = self.preferred[column]
            if text and text == getattr(before, part):
                return str(getattr(after, part))
            tail = f" {before.last}"
            if before.last and text.endswith(tail):
                return f"{text.removesuffix(tail)} {after.last}"
        return text

    def _declared(self, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name, text in row.items():
            if (column := self.by_fold.get(folded(name))) is not None:
                yield column.name, text

    def _day(self, text: str) -> tuple[date, Callable[[date], str]] | None:
        """Read a day, with the function that writes one in the same way."""
        formats = self.birth_date.formats() if self.birth_date else []
        formats = formats or ["%Y-%m-%d"]
        for date_format in [*formats, *(one.replace("%Y", "%y") for one in formats)]:
            try:
                day = datetime.strptime(text, date_format).date()
            except ValueError:
                continue
            for write in (_padded(date_format), _unpadded(date_format)):
                if write(day) == text:
                    return day, write
        return None


def _padded(date_format: str) -> Callable[[date], str]:
    return lambda day: day.strftime(date_format)


def _unpadded(date_format: str) -> Callable[[date], str]:
    return lambda day: day.strftime(date_format.replace("%m", str(day.month)).replace("%d", str(day.day)))


def _first_last(known: Identity) -> str:
    return f"{known.first} {known.last}"


def _last_first(known: Identity) -> str:
    return f"{known.last}, {known.first}"


def _split(text: str, order: str) -> dict[str, str]:
    """Split a whole name; one in another order stays unread."""
    sign = ", " if order == "last first" else " "
    before, found, after = text.partition(sign)
    if not found:
        return {}
    return {"last": before, "first": after} if order == "last first" else {"first": before, "last": after}


def name_columns(file: FileLayout) -> NameColumns | None:
    """Find the columns of a kind of file that name children or give their birth dates; None without any."""
    parts: dict[str, str] = {}
    preferred: dict[str, str] = {}
    full: tuple[str, str] | None = None
    born: Column | None = None
    for makes in file.makes:
        if makes.table != "people" or makes.set.get("role") in ADULTS:
            continue
        for target, source in makes.take.items():
            found = file.find(source)
            if found is None:
                continue
            column, part = found
            if target in PREFERRED:
                preferred[column.name] = PREFERRED[target]
            elif part is None and target in PARTS:
                parts[column.name] = PARTS[target]
            elif part is None and target == "full_name":
                full = (column.name, str(makes.set.get("name_order", "unknown")))
            elif part is None and target == "birth_date":
                born = column
    if not parts and full is None and born is None:
        return None
    return NameColumns(parts, full, preferred, born, file.by_fold)
