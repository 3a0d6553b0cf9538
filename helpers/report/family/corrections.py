"""Send corrections from families to those who can fix them: a system's file and row, or the review desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.files import District, read_text_table, unguarded
from helpers.link import SHOWN, Links, compare_records, fingerprints
from helpers.profile import Source, roster_silos, source_rows
from helpers.report.family.write import read_lookup
from helpers.standard import STRING, BadInput
from helpers.systems import declared_elements

__all__ = ["corrections_of", "read_corrections"]

REPORT_COLUMNS = ("page", "line", "right", "said_by")
# What people write about a line that is about somebody else; lower case, with accents removed.
ANOTHER_CHILD = ("another child", "not my child", "not me", "otro niño", "otra niña", "otra persona")
CORRECTION_COLUMNS = [
    "page", "written", "line", "silo", "owner", "file", "row", "element", "column", "shown", "said_to_be",
    "said_by",
]  # fmt: skip
PAIR = ["left_silo", "left_record", "right_silo", "right_record"]


@dataclass(frozen=True)
class Corrections:
    """Corrections to make."""

    # ``page, written, line, silo, owner, file, row, element, column, shown, said_to_be, said_by``: one row
    # per source row of a line that somebody reported as wrong. ``written`` is the time of the page: file and
    # row are from that day's exports.
    corrections: pd.DataFrame
    # Pairs of records for the review desk, if somebody reports that a system's record belongs to another
    # child: both records, the report, and an empty ``answer``.
    review: pd.DataFrame


def read_corrections(path: Path) -> pd.DataFrame:
    """Read corrections from families and students."""
    table = read_text_table(path)
    missing = [name for name in REPORT_COLUMNS if name not in table.columns]
    if missing:
        raise BadInput(f"{path} has no column {missing[0]!r}: it needs {', '.join(REPORT_COLUMNS)}.")
    columns = {name: table[name].str.strip().map(unguarded, na_action="ignore") for name in REPORT_COLUMNS}
    reported = pd.DataFrame(columns, index=table.index).astype(STRING)
    faults = [
        f"  row {row}: no {name}"
        for name in ("page", "line", "right")
        for row in reported.index[reported[name].isna().to_numpy(dtype=bool)].tolist()
    ]
    number = reported["line"].str.fullmatch(r"\d+").fillna(True).to_numpy(dtype=bool)
    faults += [
        f"  row {row}: the line is {line!r}, and no number" for row, line in reported["line"][~number].items()
    ]
    if faults:
        details = "\n".join(faults)
        raise BadInput(f"{path} can't be read as corrections:\n{details}")
    letters = reported["page"].str.upper().str.replace(r"[^0-9A-Z]", "", regex=True)
    return reported.assign(page=(letters.str[:4] + "-" + letters.str[4:]).astype(STRING)).astype(STRING)


def corrections_of(
    reported: pd.DataFrame,
    lookup: Path,
    district: District,
    links: Links,
    source: Source,
) -> Corrections:
    """Find the source of each line that somebody reported as wrong."""
    pages, lines = read_lookup(lookup)
    own_pages = pages[pages["page"].isin(set(reported["page"])).to_numpy(dtype=bool)]
    child_of = _children_today(own_pages, links)
    page_times = dict(zip(own_pages["page"].tolist(), own_pages["written"].tolist(), strict=True))
    by_line: dict[tuple[str, str], list[dict[str, str | None]]] = {}
    for row in lines.to_dict("records"):
        by_line.setdefault((row["page"], row["line"]), []).append(
            {str(name): None if pd.isna(value) else value for name, value in row.items()}
        )
    faults = []
    for row, page, line in zip(
        reported.index.tolist(), reported["page"].tolist(), reported["line"].tolist(), strict=True
    ):
        if page not in child_of:
            faults.append(f"  row {row}: no page {page} was written by any run of {lookup}")
        elif (page, line) not in by_line:
            faults.append(f"  row {row}: page {page} has no line {line}")
    if faults:
        details = "\n".join(faults)
        raise BadInput(f"These don't match a page:\n{details}")
    owners = _owners(source)
    columns = {each.name: each.column for each in declared_elements()}
    wrong: list[dict[str, object]] = []
    others: list[tuple[str, str]] = []
    for correction in reported.to_dict("records"):
        page, line = correction["page"], correction["line"]
        parts = by_line[page, line]
        whole = str(correction["right"]).casefold() in ANOTHER_CHILD
        for part in parts:
            if part["silo"] is None:
                continue
            if whole:
                others.append((child_of[page], part["silo"]))
            wrong += [
                {
                    "page": page,
                    "written": page_times[page],
                    "line": line,
                    "silo": part["silo"],
                    "owner": owners.get(part["silo"], part["silo"]),
                    "file": file,
                    "row": number,
                    "element": part["element"],
                    "column": columns.get(str(part["element"])),
                    "shown": part["shown"],
                    "said_to_be": correction["right"],
                    "said_by": correction["said_by"],
                }
                for file, number in _source_rows(part, child_of[page], source)
            ]
    table = pd.DataFrame(wrong, columns=CORRECTION_COLUMNS).astype(STRING)
    return Corrections(
        table.astype({"line": "Int64", "row": "Int64"}).drop_duplicates(ignore_index=True),
        _for_review(list(dict.fromkeys(others)), district, links),
    )


def _children_today(pages: pd.DataFrame, links: Links) -> dict[str, str]:
    """Map pages to the children's current names, which depend on their records and may change."""
    crosswalk = links.crosswalk
    known = set(crosswalk["child"].tolist())
    records = crosswalk["silo"] + ":" + crosswalk["record"]
    child_of = dict(zip(records.tolist(), crosswalk["child"].tolist(), strict=True))
    today = {}
    for page, child, listed in zip(
        pages["page"].tolist(), pages["child"].tolist(), pages["records"].fillna("").tolist(), strict=True
    ):
        found = Counter(child_of[one] for one in listed.split("; ") if one in child_of)
        today[page] = child if child in known or not found else found.most_common(1)[0][0]
    return today


def _owners(source: Source) -> Mapping[str, str]:
    systems = source.systems()
    return dict(zip(systems["silo"].tolist(), systems["title"].tolist(), strict=True))


def _source_rows(
    part: Mapping[str, str | None], child: str, source: Source
) -> Sequence[tuple[str | None, str | None]]:
    """Return file and row of a line: its own, or those that it was computed from."""
    if part["file"] is not None:
        return [(part["file"], part["row"])]
    year = part["school_year"]
    rows = source_rows(source, child, str(part["element"]), None if year is None else int(year))
    rows = rows[rows["silo"].eq(str(part["silo"])).to_numpy(dtype=bool)]
    found = [
        (str(file), str(row)) for file, row in zip(rows["file"].tolist(), rows["row"].tolist(), strict=True)
    ]
    # A zero has no source row: the owner has to look for a missing row.
    return found or [(None, None)]


def _for_review(others: list[tuple[str, str]], district: District, links: Links) -> pd.DataFrame:
    """Pair each record reported as another child's with the child's record on the roster."""
    rosters = roster_silos(district)
    known = links.crosswalk[["child", "silo", "record"]]
    pairs = []
    for child, silo in others:
        own = known[known["child"].eq(child).to_numpy(dtype=bool)]
        anchors = own[own["silo"].isin([name for name in rosters if name != silo]).to_numpy(dtype=bool)]
        anchors = anchors if len(anchors) else own[own["silo"].ne(silo).to_numpy(dtype=bool)]
        records = own.loc[own["silo"].eq(silo).to_numpy(dtype=bool), "record"].tolist()
        for left_silo, left_record in zip(
            anchors["silo"].head(1).tolist(), anchors["record"].head(1).tolist(), strict=True
        ):
            pairs += [(left_silo, left_record, silo, record) for record in records]
    table = pd.DataFrame(pairs, columns=PAIR).astype(STRING).drop_duplicates(ignore_index=True)
    shown = compare_records(table, district.people, list(dict.fromkeys(SHOWN)))
    # We decide nothing here: a family reports that the record is another child's, and a person reviews it.
    blank = pd.Series(pd.NA, index=table.index, dtype=STRING)
    return shown.assign(
        why=blank.fillna("the family says: another child"),
        fingerprint=fingerprints(table, district.people),
        answer=blank,
    )
