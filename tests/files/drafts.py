"""Files for drafts, and what a draft finds of what the kit's layouts declare: fields of a person, ids."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import District
from helpers.files.district import what_is_there
from helpers.files.draft.columns import head_words
from helpers.files.draft.layout_text import kind_of
from helpers.files.draft.sniff import sniff
from helpers.files.findings import Findings
from helpers.files.readers.decode import as_utf8
from helpers.files.recognize import look_at, records_in
from helpers.layouts import FileLayout

__all__ = ["BORN", "CLUB", "ROSTER", "adds_up", "club", "draft", "found_of_declared", "run", "written"]

ROSTER = """Pupil No,SURNAME,Given Name,DOB,Gr,Zip
00812,Ruiz,Ana,01/31/2014,5,04609
00813,Li,Bo,02/28/2013,6,04609
00814,Poe,Cy,03/04/2012,K,04610
"""
CLUB = """Ref,Fore-name,Family-Name,D.O.B.,Lunch?,Points,Grade,Mum/Dad mail,Given name
"""
BORN = [f"{day}/0{day % 9 + 1}/2013" for day in range(13, 23)] + ["", "14/14/2013"]


def club(born: list[str], points: list[str] | None = None) -> str:
    """Write a club's list; one child was born on each of the days, and each may have points."""
    points = points or [str(n) for n in range(len(born))]
    return CLUB + "".join(
        f"r{n},{'ABCDEFGHIJKLMN'[n]}na,Ruiz{'abcdefghijklmn'[n]},{day},{'xyz'[n % 3]},{points[n]},"
        f"{'?' if n == 3 else 5},m{n}@x.org,Bo\n"
        for n, day in enumerate(born)
    )


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def draft(place: Path) -> dict[str, dict[str, object]]:
    """Give the columns of the only layout that was drafted, by name."""
    (toml,) = (place / "layouts").glob("*.toml")
    (file,) = tomllib.loads(toml.read_text(encoding="utf-8"))["file"]
    columns = ({"name": one} if isinstance(one, str) else one for one in file["columns"])
    return {column["name"]: column for column in columns}


def written(place: Path, **files: str | bytes) -> Path:
    """Write files, their names with __ for a folder and _DOT_ for a point."""
    for name, text in files.items():
        path = place / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return place


def adds_up(district: District) -> bool:
    parts = district.accounts[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]]
    return bool((district.accounts["rows"] == parts.sum(axis=1)).all())


# An id is counted apart; of which year a row tells is no field of a person, and no draft guesses it.
NOBODY_S = ("local_id", "school_year")


def _declared(file: FileLayout, filled: set[str]) -> dict[str, str]:
    """Give the fields of a person that a kind of file takes from whole columns with values in them."""
    fields: dict[str, str] = {}
    for makes in file.makes:
        for target, source in makes.take.items() if makes.table == "people" else ():
            if target not in NOBODY_S and source in filled and file.find(source) is not None:
                fields.setdefault(target, source)
    return fields


def found_of_declared(*folders: Path) -> tuple[Counter[str], list[str]]:
    """Guess every table of some folders as if no layout knew it, and compare with the layout that does.

    Returns
    -------
    Counter
        fields, fields_found, fields_wrong (of files that make people), ids, ids_found, ids_more (columns that
        the layout doesn't declare as a person's id).
    list
        What wasn't found or is wrong, for the message of a test.
    """
    counts: Counter[str] = Counter()
    odd: list[str] = []
    seen = set()
    for folder in folders:
        for layout, files in what_is_there(folder).silos.values():
            for found in files:
                data = as_utf8(found.read(), "utf-8", Findings(None, ""))
                known = [] if data.lstrip()[:1] == b"<" else records_in(look_at(data, found.name), layout)
                if not known or (layout.layout, known[0].file.name) in seen:
                    continue
                table = sniff(found)
                assert not isinstance(table, str), table
                file = known[0].file
                seen.add((layout.layout, file.name))
                words = [*head_words(found.folder), *head_words(found.name)]
                kind = kind_of("x", "*", None, table.format, table.settings, table.rows, words)
                filled = {str(name) for name in table.rows.columns if table.rows[name].notna().any()}
                fields = _declared(file, filled)
                guessed = {one.field: name for name, one in kind.people.fields.items() if one.field != "pin"}
                ids = {one.name for one in file.named() if one.identification_system and one.name in filled}
                makes_people = any(makes.table == "people" for makes in file.makes)
                missed = {target for target, name in fields.items() if guessed.get(target) != name}
                wrong = {t for t, name in guessed.items() if makes_people and fields.get(t) != name}
                counts.update(
                    fields=len(fields),
                    fields_found=len(fields) - len(missed),
                    fields_wrong=len(wrong),
                    ids=len(ids),
                    ids_found=len(ids & set(kind.people.ids)),
                    ids_more=len(set(kind.people.ids) - ids),
                )
                told = [f"not {one}" for one in sorted(missed | (ids - set(kind.people.ids)))]
                told += [f"wrongly {one}" for one in sorted(wrong)]
                told += [f"more {one}" for one in sorted(set(kind.people.ids) - ids)]
                if told:
                    odd.append(f"{layout.layout} {file.name}: {', '.join(told)}")
    return counts, odd
