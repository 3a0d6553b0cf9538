"""Write one kind of file as a draft layout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap

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
from helpers.files.draft.facts import decide_codes, drafted_facts
from helpers.files.draft.not_data import NotData, nobodies, rows_of_no_child
from helpers.files.draft.people import Known, People, guess_people
from helpers.layouts import by_place
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
    # Open questions, the most important first.
    questions: list[str] = field(default_factory=list)

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


def _column(kind: Kind, name: str) -> list[str]:
    """Write one column, with the reason of each guess above it."""
    guess, known = kind.guesses[name], kind.people.fields.get(name)
    ids, left = kind.people.ids.get(name), kind.people.left.get(name)
    pairs: dict[str, str] = {"name": _text(name)}
    notes: list[str] = []
    open_: list[str] = []
    if known is not None:
        meaning = words_file()["fields"][known.field]["meaning"]
        notes.append(f"{meaning}: {known.why}")
        pairs |= _field(known, guess)
        open_ += [known.open]
        pairs["meaning"] = _text(meaning)
    elif ids is None:
        if guess.type != "string":
            pairs["type"] = _text(guess.type)
        if guess.formats and guess.type != "time":
            pairs["format"] = _formats(guess.formats)
        if guess.codes:
            pairs["codes"] = _inline({code: _text(word) for code, word in guess.codes.items()})
        if guess.type != "string" or guess.open or "text" not in guess.why:
            notes.append(guess.why)
        open_.append(guess.open)
    if ids is not None:
        pairs["identification_system"] = _text(ids.system)
        if known is None:
            notes.append(f"An id of a person: {ids.why}")
        open_.append(ids.open)
    if name in kind.people.possible:
        pairs["identification_system"] = _text("Possible")
        notes.append("Its values could number people: links use it if another system has the same numbers")
    if name in kind.people.perhaps:
        open_.append(
            'each stands with one name only: if it is their id here, add identification_system = "…"'
        )
    if left is not None and "it is empty" not in left:
        open_.insert(0, f"its header suggests a person, but we didn't use it: {left}")
    if name == kind.people.local_id and kind.names_people:
        notes.append("This system identifies its people by it")
    notes += _unused(kind, name)
    if known is not None and known.field in INTERNAL:
        pairs["sensitivity"] = _text("internal")
    if name == kind.people.local_id and kind.rows[name].notna().all():
        pairs["required"] = "true"
    lines = [f"  # {'. '.join(map(_sentence, notes))}."] if notes else []
    lines += [f"  # ? {_sentence(one)}" for one in open_ if one]
    return [*lines, f"  {_inline(pairs)},"]


def _unused(kind: Kind, name: str) -> list[str]:
    """Explain why a column is unused, and how to use it; nothing about a used one."""
    people = kind.people
    if name in (*people.fields, *people.ids, *people.left, *people.perhaps, *people.possible):
        return []
    words = head_words(name)
    name_it = "name it in take, below" if kind.names_people else "name it in a `take`"
    if any(word in words_file()["whose"]["other"] for word in words):
        # Treating a parent's address as the child's would link strangers.
        return [f"Not used: its header suggests somebody else. If it is the child's, {name_it}"]
    hint = f". To use it, {name_it}"
    for wanted, _ in named_fields(words):
        if kind.people.column(wanted) is not None:
            meaning = words_file()["fields"][wanted]["meaning"]
            return [f"Not used: another column already gives this, {meaning}{hint}"]
    return [f"Not used: no standard column has this header{hint}"]


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


def _set(kind: Kind, take: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Write what no column records: the order of whole names and the role of everybody."""
    fixed: dict[str, str] = {}
    notes: list[str] = []
    if "full_name" in take:
        texts = kind.rows[take["full_name"]].dropna()
        commas = float(texts.str.contains(",").mean()) if len(texts) else 0.0
        fixed["name_order"] = "last first" if commas >= 0.8 else "unknown"
        if commas >= 0.8:
            notes.append("# name_order: its names have a comma, so the surname comes first")
        else:
            notes.append('# ? name_order: "first last" or "last first"; while it is unknown both are tried')
    if "role" not in take:
        if kind.role_of_all is not None:
            fixed["role"] = kind.role_of_all
            notes.append("# ? role: the file's name suggests it; does it fit everybody in the file?")
        else:
            notes.append("# ? no column gives a role, so we read everybody in it as a child")
    return fixed, notes


def _makes(kind: Kind) -> list[str]:
    take = _take(kind)
    if not kind.names_people or not take:
        why = (
            "no other file in this folder uses its id"
            if kind.people.local_id is not None
            else "no column shows whom a row is about"
        )
        return [f"# ? Its rows become no records, and are kept apart: {why}."]
    fixed, notes = _set(kind, take)
    known = ", ".join(("local_id", *(name for name in words_file()["fields"] if name not in NOT_TAKEN)))
    comment = f"take: on the left the standard's column, on the right the file's. The standard knows {known}."
    how = [f"# {line}" for line in wrap(comment, 105)]
    lines = ["# Who is in it.", *how, *notes, "[[file.makes]]", 'table = "people"']
    lines.append(f"take = {_inline({target: _text(name) for target, name in take.items()})}")
    if fixed:
        lines.append(f"set = {_inline({name: _text(value) for name, value in fixed.items()})}")
    return lines


def _row_is(kind: Kind) -> str:
    if not kind.names_people:
        return "? What is one row of it?"
    if kind.people.one_row_each:
        return "? Apparently one person: each appears once. Is that right, and on which day?"
    return "? A person has several rows: what is one row? A day, a lesson, a click, a test?"


def _of_heads(kind: Kind) -> list[str]:
    """Ask for the names of columns without a header, or with one that may be data and isn't repeated."""
    if kind.settings.get("header_row") == 0:
        return ["it has no header, so its columns have position numbers: name them"]
    unnamed = [name for at, name in enumerate(kind.guesses, start=1) if name == by_place(at)]
    return [f"{name}: its header looks like data, so we don't show it: name the column" for name in unnamed]


def _questions(kind: Kind) -> list[str]:
    """List the open questions, the most important first."""
    people = kind.people
    of_fields = [(name, known.open, known.field) for name, known in people.fields.items() if known.open]
    found = _of_heads(kind)
    found += [] if kind.names_people else ["does any column show whom a row is about?"]
    found += [f"{kind.shown(name)}: {asked}" for name, asked, field in of_fields if field == "birth_date"]
    if kind.names_people and people.local_id is None:
        found.append("no id identifies its people: is there one?")
    found += [
        f"{kind.shown(name)}: not used, {why}" for name, why in people.left.items() if why != "it is empty"
    ]
    found += [f"{kind.shown(name)}: is it an id of these people?" for name in people.perhaps]
    undeclared = [kind.shown(name) for name, ids in people.ids.items() if ids.system == "Undeclared"]
    if undeclared:
        found.append(f"who assigns the number {' and '.join(undeclared)}?")
    found += [f"{kind.shown(name)}: {asked}" for name, asked, field in of_fields if field != "birth_date"]
    found.append("what is one row?")
    if kind.not_data:
        named = ", ".join(f"{len(one.rows)} of {one.name}" for one in kind.not_data)
        found.append(f"rows about no child ({named}): is that right?")
    found += [
        f"{kind.shown(name)}: {guess.open}"
        for name, guess in kind.guesses.items()
        if guess.open and "empty" not in guess.open and name not in people.fields and name not in people.ids
    ]
    return found


def _nobody(kind: Kind) -> list[str]:
    """Declare rows about no child, which would otherwise become a child."""
    rows = []
    for one in kind.not_data:
        declared = {"name": _text(one.name), "first": f"'{one.first}'", "written": _text(one.example)}
        declared["empty"] = _text_list(one.empty)
        rows.append(f"  {_inline(declared)},")
    lines = ["# ? Apparently rows about no child: is that right?", "not_data = [", *rows, "]"] if rows else []
    fields = {known.field: name for name, known in kind.people.fields.items()}
    names = [
        _inline({column: _text_list(texts) for column, texts in one.items()})
        for one in nobodies(kind.rows, fields)
    ]
    if names:
        lines += [
            "# ? Apparently nobody's names: is that right?",
            f"not_a_child = [{', '.join(names)}]",
        ]
    return lines


def _text_list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _file(kind: Kind, title: str) -> list[str]:
    lines = ["[[file]]", f"name = {_text(kind.name)}", f"path = {_text(kind.path)}"]
    lines.append(f"format = {_text(kind.format)}")
    if kind.sheet is not None:
        lines.append(f"sheet = {_text(kind.sheet)}")
    for name, value in kind.settings.items():
        lines.append(f"{name} = {_text(value) if isinstance(value, str) else value}")
        if name == "header_row" and value == 0:
            lines.append(
                "# ? Apparently it has no header: its columns have position numbers. Name them as you like."
            )
    lines.append(f"row_is = {_text(_row_is(kind))}")
    lines += _nobody(kind)
    lines.append("# A column without `sensitivity` is restricted.")
    lines.append("columns = [")
    for name in kind.guesses:
        lines += _column(kind, name)
    lines += ["]", "", *_makes(kind)]
    if kind.names_people:
        local = _take(kind).get("local_id")
        guesses = {name: guess for name, guess in kind.guesses.items() if _can_be_taken(name)}
        for fact in drafted_facts(guesses, kind.people, kind.words, kind.name, title):
            lines += fact.lines(local)
    return lines


def draft_text(
    layout: str, title: str, sources: Sequence[str], kinds: Sequence[Kind], day_in_name: bool
) -> str:
    """Write a layout."""
    shown = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    source = f"Drafted by the kit from the headers and values of {shown}; nobody has checked it"
    lines = [
        "# Drafted by `bigpicture start`: nobody had declared it. Each guess has its reason above it;",
        '# "# ?" marks what is left to a person. Correct it here: every command reads it from this folder.',
        f"layout = {_text(layout)}",
        f"silo = {_text(layout)}",
        f"title = {_text(title)}",
        f"source = {_text(source)}",
        'source_status = "own"',
    ]
    if day_in_name:
        lines += [
            "# The day in the files' names is read as the day of the export.",
            'as_of_in_name = "%Y-%m-%d"',
        ]
    lines.append("# ? Does the system have one record for each child? Then write: unique_people = true")
    lines += [
        "# ? Is it the authority for what it says, before other systems? Then say for what,",
        '# such as authority = ["roster", "attendance"]. Without it whoever lists most children is',
        "# the roster.",
    ]
    for kind in kinds:
        kind.questions = _questions(kind)
        lines += ["", *_file(kind, title.removesuffix(" (drafted)"))]
    return "\n".join(lines) + "\n"
