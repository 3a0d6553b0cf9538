"""Write one kind of file as a draft layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.files.draft.column_types import day_orders, guess_type
from helpers.files.draft.columns import (
    Guess,
    counted,
    head_words,
    named_fields,
    numbered_thing,
    words_file,
)
from helpers.files.draft.facts import DraftedFact, decide_codes, drafted_facts
from helpers.files.draft.not_data import NotData, nobodies, rows_of_no_child
from helpers.files.draft.people import Known, People, guess_people
from helpers.standard import standard_table

__all__ = ["Kind", "draft_text", "kind_of", "tie_ids"]


# Words in a file's name that reveal who is in it, and words in headers that mean a child.
ROLES = {
    "Staff": ("teacher", "staff", "employee", "instructor", "counselor", "faculty"),
    "Guardian": ("parent", "guardian", "contact"),
}
CHILD = ("student", "pupil", "child", "learner")


@dataclass
class Kind:
    """One kind of file of a draft: its name, its columns and whom it is about."""

    # As a layout declares them.
    name: str
    path: str
    sheet: str | None
    format: str
    settings: Mapping[str, str | int | list[int]]
    # Text of all its files.
    rows: pd.DataFrame
    # The guesses.
    guesses: dict[str, Guess]
    people: People
    words: tuple[str, ...]
    # Kinds of rows about no child; `rows` excludes them.
    not_data: Sequence[NotData] = ()

    def shown(self, name: str) -> str:
        """Name a column on a terminal: by position if no header is known, since it may be data."""
        known = any(
            named_fields(head_words(head)) or numbered_thing(head_words(head)) for head in self.guesses
        )
        return name if known else f"column {list(self.guesses).index(name) + 1}"

    @property
    def role_of_all(self) -> str | None:
        """The role of everybody in it, as the file's name suggests; None for children."""
        taken = [*self.people.fields, *self.people.ids]
        if any(word in CHILD for column in taken for word in head_words(column)):
            return None
        return next((role for role, words in ROLES.items() if any(w in self.words for w in words)), None)

    @property
    def names_people(self) -> bool:
        """Whether any column identifies the person of a row."""
        return self.people.named or self.people.local_id is not None


def _with_oddities(guess: Guess, values: pd.Series, place: Callable[[int], str]) -> Guess:
    """Count the odd values and locate the first, without quoting it."""
    odd = values.isin(guess.odd).to_numpy()
    if not odd.any():
        return guess
    count, first = int(odd.sum()), place(int(np.argmax(odd)))
    filled = int((values.notna() & values.ne("NULL")).sum())
    oddities = f"{count} of {filled} {'is' if count == 1 else 'are'}n't {guess.unit}: "
    oddities += first if count == 1 else f"the first is {first}"
    return replace(guess, open=f"{guess.open}. {oddities}" if guess.open else oddities)


def kind_of(
    name: str,
    path: str,
    sheet: str | None,
    shape: str,
    settings: Mapping[str, str | int | list[int]],
    rows: pd.DataFrame,
    system: Sequence[str],
    place: Callable[[int], str] = "place {}".format,
) -> Kind:
    """Guess what a kind of file is."""
    not_data = rows_of_no_child(rows) if shape != "json_lines" else []
    left = np.delete(
        np.arange(len(rows)), np.concatenate([[], *(one.rows for one in not_data)]).astype("int64")
    )
    rows = rows.iloc[left].reset_index(drop=True)
    distinct = {str(name): counted(rows[name]) for name in rows.columns}
    orders = day_orders(rows, distinct)
    guesses = {
        name: _with_oddities(
            guess_type(values, head_words(name), orders), rows[name], lambda at: place(int(left[at]))
        )
        for name, values in distinct.items()
    }
    people = guess_people(rows, guesses, system)
    guesses = decide_codes(guesses, rows, people)
    return Kind(name, path, sheet, shape, settings, rows, guesses, people, tuple(system), not_data=not_data)


def tie_ids(kinds: Sequence[Kind]) -> None:
    """Use one id across the files of a system: that of the file with one row per person."""
    masters = [kind for kind in kinds if kind.people.named and kind.people.local_id]
    if not masters:
        return
    master = max(masters, key=lambda kind: (kind.people.one_row_each is True, len(kind.rows)))
    known = set(master.rows[str(master.people.local_id)].dropna())
    for kind in kinds:
        if kind is master or not kind.people.ids:
            continue
        shares = {}
        for column in kind.people.ids:
            values = kind.rows[column].dropna().drop_duplicates()
            shares[column] = float(values.isin(known).mean()) if len(values) else 0.0
        best = max(shares, key=lambda column: shares[column])
        if shares[best] >= 0.5:
            kind.people.local_id = best


WIDEST = 108  # characters of a line
COMMAS = 0.8  # share of whole names with a comma after the surname
INTERNAL = ("grade_level", "school_id", "school_name", "role", "graduation_year")
NOT_TAKEN = ("pin",)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _inline(pairs: Mapping[str, str]) -> str:
    inside = ", ".join(
        f"{key if re.fullmatch(r'[A-Za-z0-9_-]+', key) else _text(key)} = {value}"
        for key, value in pairs.items()
    )
    return "{ " + inside + " }"


def _formats(formats: Sequence[str]) -> str:
    return _text(formats[0]) if len(formats) == 1 else "[" + ", ".join(map(_text, formats)) + "]"


def _column(kind: Kind, name: str, taken: Collection[str]) -> str:
    """Write one column: by its name alone if it is text, or nothing takes it."""
    guess, known, ids = kind.guesses[name], kind.people.fields.get(name), kind.people.ids.get(name)
    pairs: dict[str, str] = {}
    if known is not None:
        pairs |= _field(known, guess)
        pairs["meaning"] = _text(words_file()["fields"][known.field]["meaning"])
    elif ids is None and name in taken:
        pairs |= _type(guess)
    if ids is not None:
        pairs["identification_system"] = _text(ids.system)
    if name in kind.people.possible:
        pairs["identification_system"] = _text("Possible")
    if known is not None and known.field in INTERNAL:
        pairs["sensitivity"] = _text("internal")
    if name == kind.people.local_id and kind.rows[name].notna().all():
        pairs["required"] = "true"
    return _inline({"name": _text(name), **pairs}) if pairs else _text(name)


def _type(guess: Guess) -> dict[str, str]:
    pairs = {} if guess.type == "string" else {"type": _text(guess.type)}
    if guess.formats and guess.type != "time":
        pairs["format"] = _formats(guess.formats)
    if guess.type == "code":
        pairs["codes"] = _inline({code: _text(word) for code, word in guess.codes.items()})
    return pairs


def _wrapped(columns: Sequence[str]) -> list[str]:
    """Put columns side by side on lines."""
    lines = ["  "]
    for one in columns:
        if len(lines[-1]) > 2 and len(lines[-1]) + len(one) > WIDEST:
            lines.append("  ")
        lines[-1] += f"{one}, "
    return [line.rstrip() for line in lines]


def _field(known: Known, guess: Guess) -> dict[str, str]:
    """Declare the type of a person field."""
    if known.codes:
        codes = known.codes
        listed = codes if isinstance(codes, str) else {code: _text(word) for code, word in codes.items()}
        format_field = {"format": _text("descriptor")} if guess.formats == ("descriptor",) else {}
        return {
            "type": _text("code"),
            **format_field,
            "codes": _text(listed) if isinstance(listed, str) else _inline(listed),
        }
    if known.field == "birth_date":
        return {"type": _text(guess.type), "format": _formats(guess.formats)}
    if known.field == "hispanic_latino_ethnicity":
        return {"type": _text("boolean"), "format": _formats(guess.formats)}
    if known.field == "graduation_year":
        return {"type": _text("year")}
    return {}


def _can_be_taken(name: str) -> bool:
    """Return whether `take` can name a column: braces and arrows have another meaning there."""
    return "->" not in name and "[]" not in name and not name.startswith("{") and name != ""


def _take(kind: Kind) -> dict[str, str]:
    take = {}
    if kind.people.local_id is not None and _can_be_taken(kind.people.local_id):
        take["local_id"] = kind.people.local_id
    order = [column.name for column in standard_table("people").columns]
    fields = {known.field: name for name, known in kind.people.fields.items()}
    for target in order:
        if target in fields and target not in NOT_TAKEN and _can_be_taken(fields[target]):
            take[target] = fields[target]
    return take


def _set(kind: Kind, take: Mapping[str, str]) -> dict[str, str]:
    """Write what no column records: the order of whole names and the role of everybody."""
    fixed: dict[str, str] = {}
    if "full_name" in take:
        texts = kind.rows[take["full_name"]].dropna()
        commas = float(texts.str.contains(",").mean()) if len(texts) else 0.0
        # A comma comes after the surname; while the order is unknown, both are tried.
        fixed["name_order"] = "last first" if commas >= COMMAS else "unknown"
    if "role" not in take and kind.role_of_all is not None:
        fixed["role"] = kind.role_of_all
    return fixed


def _people(kind: Kind) -> DraftedFact | None:
    take = _take(kind)
    return DraftedFact("people", take, _set(kind, take)) if kind.names_people and take else None


def _made(fact: DraftedFact) -> str:
    """Write one kind of standard row on a line."""
    pairs = {"table": _text(fact.table)}
    pairs |= {"guess": _text(fact.guess)} if fact.guess else {}
    pairs |= {"unless_empty": _text(fact.unless_empty)} if fact.unless_empty else {}
    for name, given in (("take", fact.take), ("set", fact.fixed)):
        pairs |= {name: _inline({key: _text(value) for key, value in given.items()})} if given else {}
    return f"  {_inline(pairs)},"


def _row_is(kind: Kind) -> str:
    if not kind.names_people:
        return "of nobody"
    return "one person" if kind.people.one_row_each else "one of several of a person"


def _nobody(kind: Kind) -> list[str]:
    """Declare rows about no child, which would otherwise become a child."""
    rows = []
    for one in kind.not_data:
        declared = {"name": _text(one.name), "first": f"'{one.first}'", "written": _text(one.example)}
        declared["empty"] = _text_list(one.empty)
        rows.append(f"  {_inline(declared)},")
    lines = ["not_data = [", *rows, "]"] if rows else []
    fields = {known.field: name for name, known in kind.people.fields.items()}
    names = [
        _inline({column: _text_list(texts) for column, texts in one.items()})
        for one in nobodies(kind.rows, fields)
    ]
    return [*lines, f"not_a_child = [{', '.join(names)}]"] if names else lines


def _text_list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _file(kind: Kind, title: str) -> list[str]:
    lines = ["[[file]]", f"name = {_text(kind.name)}", f"path = {_text(kind.path)}"]
    lines.append(f"format = {_text(kind.format)}")
    if kind.sheet is not None:
        lines.append(f"sheet = {_text(kind.sheet)}")
    for name, value in kind.settings.items():
        lines.append(f"{name} = {_text(value) if isinstance(value, str) else value}")
    lines.append(f"row_is = {_text(_row_is(kind))}")
    lines += _nobody(kind)
    people = _people(kind)
    facts = _facts(kind, people, title) if people is not None else []
    taken = {column for fact in facts for column in fact.take.values()}
    lines += ["columns = [", *_wrapped([_column(kind, name, taken) for name in kind.guesses]), "]"]
    if people is not None:
        lines += ["makes = [", *map(_made, [people, *facts]), "]"]
    return lines


def _facts(kind: Kind, people: DraftedFact, title: str) -> list[DraftedFact]:
    guesses = {name: guess for name, guess in kind.guesses.items() if _can_be_taken(name)}
    own = {"local_id": people.take["local_id"]} if "local_id" in people.take else {}
    found = drafted_facts(guesses, kind.rows, kind.people, kind.words, kind.name, title)
    return [replace(fact, take={**own, **fact.take}) for fact in found]


def draft_text(
    layout: str, title: str, sources: Sequence[str], kinds: Sequence[Kind], day_in_name: bool
) -> str:
    """Write a layout."""
    shown = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    source = f"Drafted by the kit from the headers and values of {shown}; nobody has checked it"
    lines = [
        "# Drafted by `bigpicture start`; `bigpicture start FOLDER --explain FILE` gives its reasons.",
        f"layout = {_text(layout)}",
        f"silo = {_text(layout)}",
        f"title = {_text(title)}",
        f"source = {_text(source)}",
        'source_status = "own"',
    ]
    if day_in_name:
        lines.append('as_of_in_name = "%Y-%m-%d"')
    for kind in kinds:
        lines += ["", *_file(kind, title.removesuffix(" (drafted)"))]
    return "\n".join(lines) + "\n"
