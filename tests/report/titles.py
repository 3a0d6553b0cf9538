"""Check that the title of a picture claims only what the numbers behind the picture show."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

import tests.report.titles_of_studies  # noqa: F401
from tests.report.read_pages import Picture
from tests.report.title_rows import (
    TITLES,
    Title,
    cells,
    number,
    numbers,
    row_of,
    same_system,
    says,
    shown_by,
    values,
)

__all__ = ["TITLES", "UNCHECKED", "Title", "overclaims"]

# Parts of titles that no row of the picture can show. The rest of such a title is checked.
UNCHECKED: Mapping[str, str] = {
    r": (more than chance explains|a gap that can't be told from chance) among [\d,]+ comparisons? of two "
    r"groups$": ("the rows are groups; the comparison is of all pairs of groups of all systems"),
}


def overclaims(pictures: Iterable[Picture]) -> list[str]:
    """List the titles that their pictures' data don't show, and those that nobody checks."""
    found = []
    for picture in pictures:
        title = picture.title
        for part in UNCHECKED:
            title = re.sub(part, "", title)
        matches = [(one, match) for one in TITLES if (match := one.pattern.fullmatch(title))]
        if title and not matches:
            found.append(f"{picture.page}: nobody checks: {picture.title}")
        elif not all(_shown(one, match, picture) for one, match in matches):
            found.append(f"{picture.page}: its numbers don't show: {picture.title}")
    return found


def _shown(title: Title, match: re.Match[str], picture: Picture) -> bool:
    """Check a title; a column, row or number that isn't there shows nothing."""
    try:
        return title.holds(match, picture)
    except (LookupError, ValueError, ZeroDivisionError):
        return False


@shown_by("Some children are missing from a system")
def _some_missing(_: re.Match[str], picture: Picture) -> bool:
    known, everybody = numbers(picture, "children as linked"), numbers(picture, "of all")
    return any(some < every for some, every in zip(known, everybody, strict=True))


@shown_by("Every child is on every list")
def _none_missing(_: re.Match[str], picture: Picture) -> bool:
    return numbers(picture, "children as linked") == numbers(picture, "of all")


@shown_by("No two systems know the same children", r"(\d+) systems, (\d+) different totals", "One total")
def _totals(match: re.Match[str], picture: Picture) -> bool:
    totals = numbers(picture, "children as linked")
    many, different = (
        match.groups() if match.lastindex else ("", "1" if "One" in match[0] else str(len(totals)))
    )
    return len(set(totals)) == number(different) and many in ("", str(len(totals)))


@shown_by(r"Most common errors: (.+), ([\d,]+) times(?: each)?")
def _most_common(match: re.Match[str], picture: Picture) -> bool:
    errors = values(picture)
    names = {name for name, many in errors.items() if many == max(errors.values())}
    return " and ".join(name for name in errors if name in names) == match[1] and number(match[2]) == max(
        errors.values()
    )


@shown_by(r"(\d+) of (\d+) systems know at least half of the children of every group of grades")
def _half_of_grades(match: re.Match[str], picture: Picture) -> bool:
    systems, grades = set(cells(picture, "system")), set(cells(picture, "grades"))
    good = Counter(cells(picture, "system", lambda row: number(row["percent"]) >= 50))
    most = sum(many == len(grades) for many in good.values())
    return (most, len(systems)) == (number(match[1]), number(match[2]))


@shown_by(r"([\d,]+) of ([\d,]+) children of the roster are in (\d+) or more systems")
def _in_systems(match: re.Match[str], picture: Picture) -> bool:
    many = {int(name.split()[0]): count for name, count in values(picture).items()}
    enough = sum(count for systems, count in many.items() if systems >= int(match[3]))
    return (enough, sum(many.values())) == (number(match[1]), number(match[2]))


@shown_by(r"([\d,]+) children on the roster look like ([\d,]+), even after linking")
def _look_like(match: re.Match[str], picture: Picture) -> bool:
    known = values(picture)
    roster = sum(many for systems, many in known.items() if "SIS" in systems.split(" + "))
    return (roster, sum(known.values())) == (number(match[1]), number(match[2]))


@shown_by(r"(\d+) (?:dated )?lines about one child(?:, from (\d+) systems?)?")
def _lines(match: re.Match[str], picture: Picture) -> bool:
    rows = cells(picture, "silo")
    return len(rows) == number(match[1]) and match[2] in (None, str(len(set(rows))))


@shown_by(
    r"By records with a name, full matching completes ([\d,]+) of ([\d,]+) children, looking up numbers "
    r"([\d,]+|none); after full matching, ([\d,]+|none) carr(?:y|ies) another child's record"
)
def _by_stage(match: re.Match[str], picture: Picture) -> bool:
    names = {row[0].partition(",")[0]: row for row in picture.rows[1:]}
    before, after = ([number(cell) for cell in names[one][1:]] for one in ("Looked up by number", "Resolved"))
    return [number(one) for one in match.groups()] == [after[0], sum(after), before[0], after[2]]


@shown_by(r"A birth date can be worth (\d+) doublings, a school (\d+)")
def _weights(match: re.Match[str], picture: Picture) -> bool:
    most = [
        max(numbers(picture, "weight", lambda row, name=name: row["comparison"] == name))
        for name in ("Birth date", "School")
    ]
    return all(says(text, weight, 0.05) for text, weight in zip(match.groups(), most, strict=True))


@shown_by(r"By these signs, one child at a probability of (\d\.\d\d)")
def _probability(match: re.Match[str], picture: Picture) -> bool:
    weights = numbers(picture, "weight")
    # Each weight is shown to a tenth.
    least, most = (1 / (1 + 2 ** -(sum(weights) + side * 0.05 * len(weights))) for side in (-1, 1))
    return least - 0.005 <= number(match[1]) <= most + 0.005


@shown_by(r"The sixth rung finds (\d+) of (\d+) pairs? of cards")
def _cards(match: re.Match[str], picture: Picture) -> bool:
    right, missed, _ = row_of(picture, "Resolved")
    return (right, right + missed) == (number(match[1]), number(match[2]))


@shown_by(
    r"In the systems compared, exact matching misses (\d+) of 100 pairs of (.+) names, "
    r"and (\d+) of (.+) names"
    r"(?:: this gap can't be told from chance among (\d+) comparisons?)?"
)
def _missed_names(match: re.Match[str], picture: Picture) -> bool:
    origins = {
        row[0].removeprefix("name origin: "): [number(cell) for cell in row[2:]]
        for row in picture.rows[1:]
        if row[0].startswith("name origin: ") and row[1] == "Exact"
    }
    common = origins.pop(match[4])
    sure = {name: each for name, each in origins.items() if each[1] > common[2]}
    among = number(match[5]) == len(origins) if match[5] else bool(sure)
    most = max(each[0] for each in (sure or origins).values())
    named = (sure or origins)[match[2]][0]
    told = says(match[1], named) and says(match[3], common[0])
    return told and named == most and among and bool(sure) != bool(match[5])


@shown_by("Too few groups of names are large enough to compare")
def _few_names(_: re.Match[str], picture: Picture) -> bool:
    return len({row[0] for row in picture.rows[1:] if row[0].startswith("name origin: ")}) < 2


@shown_by(
    r"([\d,]+) to ([\d,]+) of (up to )?([\d,]+) children are chronically absent, depending on the definition"
)
def _definitions(match: re.Match[str], picture: Picture) -> bool:
    flagged, rest = numbers(picture, "Flagged"), numbers(picture, "Not flagged")
    judged = {yes + no for yes, no in zip(flagged, rest, strict=True)}
    told = [number(match[place]) for place in (1, 2, 4)]
    return told == [min(flagged), max(flagged), max(judged)] and (len(judged) > 1) == bool(match[3])


@shown_by(r"Of the values that systems collect about (.+), ([\d.]+%) are known")
def _known(match: re.Match[str], picture: Picture) -> bool:
    shares = {row[0]: number(row[1]) / sum(number(cell) for cell in row[1:]) for row in picture.rows[1:]}
    return says(match[2], 100 * shares[match[1]]) and shares[match[1]] == min(shares.values())


@shown_by(r"([\d,]+) values belong to another child if we look numbers up")
def _anothers(match: re.Match[str], picture: Picture) -> bool:
    return row_of(picture, "Looked up by number")[-1] == number(match[1])


@shown_by(r"(\d+) of (\d+) questions need data from 2 to (\d+) systems")
def _questions(match: re.Match[str], picture: Picture) -> bool:
    many = {int(name.split()[0]): count for name, count in values(picture).items() if count}
    several = sum(count for systems, count in many.items() if systems > 1)
    return [several, sum(many.values()), max(many)] == [number(one) for one in match.groups()]


@shown_by(
    r"Families read most about (.+?)(?:; (\d+) of (\d+) topics reached no family)?",
    r"(Families read about no topic)",
)
def _families(match: re.Match[str], picture: Picture) -> bool:
    read = {row[0]: number(row[1]) for row in picture.rows[1:]}
    unread = sum(not many for many in read.values())
    if match.re.groups == 1:
        return unread == len(read)
    share = {
        row[0]: round(read[row[0]] / max(sum(number(cell) for cell in row[1:]), 1), 2)
        for row in picture.rows[1:]
    }
    most = [name for name in read if share[name] == max(share.values())]
    named = match[1] in (" and ".join(most), ", ".join(most[:-1]) + f" and {most[-1]}", ", ".join(most))
    told = [number(match[2]), number(match[3])] if match[2] else [0, len(read)]
    return named and told == [unread, len(read)] and unread < len(read)


@shown_by(
    r"Of ([\d,]+) child(?:ren)? as linked in (.+) whom (.+) serves, ([\d,]+) \((\d+)%\) (?:is|are) found "
    r"there(?:; (\d+) more pairs? of systems ties?)?"
)
def _found_there(match: re.Match[str], picture: Picture) -> bool:
    shares = [number(row[2]) / number(row[3]) for row in picture.rows[1:]]
    ((share, row),) = (
        (share, row)
        for share, row in zip(shares, picture.rows[1:], strict=True)
        if same_system(match[2], row[0]) and same_system(match[3], row[1])
    )
    told = [number(match[at] or "0") for at in (1, 4, 5, 6)]
    percent = math.floor(100 * share + 1e-9)
    return told == [number(row[3]), number(row[2]), percent, shares.count(share) - 1] and share == min(shares)


@shown_by(
    r"(\d+) of (\d+) systems (?:are linked to (nine in ten) of all children in the grades they serve|"
    r"use a standard's terms for at least half of their columns)"
)
def _shares_of_systems(match: re.Match[str], picture: Picture) -> bool:
    parts = [number(row[2]) / number(row[3]) for row in picture.rows[1:]]
    enough = sum(part >= (0.9 if match[3] else 0.5) for part in parts)
    return [enough, len(parts)] == [number(match[1]), number(match[2])]


@shown_by(r"(.+) lists (\d+) of (\d+) (?:in (.+)|\((.+)\)) and (\d+) of (\d+) (?:in (.+)|\((.+)\))")
def _groups(match: re.Match[str], picture: Picture) -> bool:
    known = zip(
        cells(picture, "group"), numbers(picture, "children"), numbers(picture, "out of"), strict=True
    )
    told = {
        (match[4] or match[5], number(match[2]), number(match[3])),
        (match[8] or match[9], number(match[6]), number(match[7])),
    }
    return len(told) == 2 and told <= set(known)


@shown_by(
    r"(?:Every record is on its child's page|No record of (?P<none>.+?) reaches a page|"
    r"(?P<system>.+): (?P<many>[\d,]+) of (?P<of>[\d,]+) child(?:ren)? miss(?:es)? records)"
    r"(?:, and (?P<mixed>[\d,]+) child(?:ren)? (?:is|are) mixed up unnoticed)?"
)
def _first_page(match: re.Match[str], picture: Picture) -> bool:
    *rows, total = picture.rows[1:]
    if total[0] != "All systems" or number(total[2]) != number(match["mixed"] or "0"):
        return False
    most = max(number(row[3]) for row in rows)
    if not (named := match["none"] or match["system"]):
        return most == 0
    of, _, missing = next([number(cell) for cell in row[1:]] for row in rows if same_system(named, row[0]))
    told = missing == of if match["none"] else [missing, of] == [number(match["many"]), number(match["of"])]
    return told and missing == most


@shown_by(
    "What no one could check, system by system",
    "Which systems know the same children",
    "In how many systems a child of the roster is found",
    "How each method links the children; whether rightly, nobody has checked",
    "What matching by name and birth date adds, step by step",
)
def _claims_no_number(_: re.Match[str], picture: Picture) -> bool:
    return any(re.search(r"\d", cell) for row in picture.rows[1:] for cell in row[1:])
