"""Check the titles of pictures of rules, studies, surveys and decisions."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter

from tests.report.read_pages import Picture
from tests.report.title_rows import (
    are_lowest,
    between,
    cells,
    joined,
    listed,
    number,
    numbers,
    row_of,
    says,
    shown_by,
    values,
)


@shown_by(r"Only (.+) see a single child in all (\d+) domains")
def _see_all(match: re.Match[str], picture: Picture) -> bool:
    names = {name.removeprefix("a ").removeprefix("an adult ") for name in listed(match[1])}
    return are_lowest(names, values(picture), max) and number(match[2]) == max(values(picture).values())


@shown_by("The more systems share a number, the less matching by name adds")
def _adds_less(_: re.Match[str], picture: Picture) -> bool:
    heads, *rows = picture.rows
    steps = rows[: next((place for place, row in enumerate(rows) if row[0].startswith("gain")), len(rows))]
    alone, matched = (
        next(place for place, head in enumerate(heads) if head.startswith("Found") and head.endswith(end))
        for end in ("by number", "matched")
    )
    # Both numbers are shown to a tenth.
    adds = [number(row[matched]) - number(row[alone]) for row in steps]
    return adds[0] > adds[-1] and all(
        later <= before + 0.1 + 1e-9 for before, later in itertools.pairwise(adds)
    )


@shown_by(
    r"([\d.]+) more questions? answered where (.+?)(: this gain can't be told from chance)?",
)
def _gain(match: re.Match[str], picture: Picture) -> bool:
    gains = list(zip(cells(picture, "label"), numbers(picture, "gain"), numbers(picture, "low"), strict=True))
    most = max(gain for _, gain, _ in gains)
    best = {label: low for label, gain, low in gains if gain == most}
    named = match[2] == " or ".join(dict.fromkeys(best))
    return named and says(match[1], most) and (max(best.values()) <= 0) == bool(match[3])


@shown_by(
    r"Beyond chance, at the last step, two systems point at (-?\d+) of 1,000 children, and in the placebo at "
    r"(-?\d+)"
)
def _placebo(match: re.Match[str], picture: Picture) -> bool:
    last = picture.rows[-1][1:]
    return all(says(text, number(cell), 0.05) for text, cell in zip(match.groups(), last, strict=True))


@shown_by(
    r".+ (?:reaches all (?P<all>\d+) files|reaches (?P<some>\d+) of (?P<of>\d+) files "
    r"\((?P<who>.+)\):) (?P<after>.+?)(?P<no>\. No other has a place for it)?",
    r".+ reaches none of (?P<none>\d+) files, at any level: none has a place for it",
)
def _change(match: re.Match[str], picture: Picture) -> bool:
    told, levels = match.groupdict(), picture.rows[0][2:]
    never = {row[0]: all(cell.startswith("never") for cell in row[2:]) for row in picture.rows[1:]}
    no_place = all(cell == "never: no field" for row in picture.rows[1:] if never[row[0]] for cell in row[2:])
    if told.get("none"):
        return all(never.values()) and len(never) == number(told["none"]) and no_place
    reached = [row for row in picture.rows[1:] if not never[row[0]]]
    ends = []
    for level in dict.fromkeys((levels[0], levels[-1])):
        when = [row[2 + levels.index(level)] for row in reached]
        days = [0 if "same day" in cell else int(re.findall(r"after (\d+) day", cell)[0]) for cell in when]
        last = max(days)
        said = "on the same day" if not last else f"after {last} day{'' if last == 1 else 's'}"
        ends.append(f"{said} at level {level}")
    if told["after"] != ", and ".join(ends):
        return False
    if told["all"]:
        return len(reached) == len(never) == number(told["all"]) and not told["no"]
    counts = [number(told["some"]), number(told["of"])] == [len(reached), len(never)]
    return counts and listed(told["who"]) == {row[0].casefold() for row in reached} and no_place


@shown_by(r"(.+) is lowest in (.+)", r"(Lowest)(?: in (?P<year>\d{4}))?: (.+), ([\d.]+) on a scale of 1 to 4")
def _lowest(match: re.Match[str], picture: Picture) -> bool:
    if match[1] != "Lowest":
        names = {name.removeprefix("in ") for name in listed(match[2])}
        return are_lowest(joined(names, values(picture)), values(picture))
    years = "series" in picture.rows[0]
    if years and max(cells(picture, "series")) != match["year"]:
        return False
    rows = [row for row in picture.rows[1:] if not years or row[1] == match["year"]]
    means = {row[0]: number(row[1 + years]) for row in rows}
    return are_lowest(joined(listed(match[3]), means), means) and says(match[4], min(means.values()))


@shown_by(
    r"People and files are (?:an anchor or more apart on (\d+) of|less than an anchor apart on all) "
    r"(\d+) items"
)
def _anchors(match: re.Match[str], picture: Picture) -> bool:
    people, files = (
        dict(zip(cells(picture, "label", by), numbers(picture, "value", by), strict=True))
        for by in (lambda row: row["series"] == "people say", lambda row: row["series"] != "people say")
    )
    gaps = [abs(people[item] - files[item]) for item in people]
    # Both numbers are shown to a tenth.
    sure, possible = (sum(gap >= 1 + slack for gap in gaps) for slack in (0.1 + 1e-9, -0.1 - 1e-9))
    return len(people) == len(files) == number(match[2]) and between(match[1] or "0", sure, possible)


@shown_by(
    r"Among systems of similar size, locale and IT staff, (?P<yes>.+) answer higher in "
    r"(?:all (?P<all>\d+)|(?P<up>\d+) of (?P<of>\d+)) domains(?:, and lower in (?P<down>\d+))?",
    r"Among systems of similar size, locale and IT staff, in none of (?P<of>\d+) domains can a lead of "
    r"(?P<yes>.+) be told from chance(?:; in (?P<down>\d+) they answer lower)?",
    r"From \d{4} to \d{4} no change of the same systems can be told from chance, in (?P<of>\d+) domains",
    r"From \d{4} to \d{4} (?P<both>\d+) of (?P<of>\d+) domains of the same systems changed by more than "
    r"chance explains",
)
def _beyond_chance(match: re.Match[str], picture: Picture) -> bool:
    said = match.groupdict()
    rows = [row for row in picture.rows[1:] if row[1] in ("adjusted", "same systems")]
    # A p is shown to a thousandth.
    up, down = (
        [sum(number(row[2]) * sign > 0 and number(row[-1]) < end for row in rows) for end in (0.0495, 0.0506)]
        for sign in (1, -1)
    )
    if len(rows) != number(said.get("all") or said.get("of")):
        return False
    if "yes" not in said:
        return between(said.get("both") or "0", *map(sum, zip(up, down, strict=True)))
    return between(said.get("all") or said.get("up") or "0", *up) and between(said["down"] or "0", *down)


@shown_by(r"From \d{4} to \d{4} too few systems answered twice to show whether systems changed")
def _answered_once(_: re.Match[str], picture: Picture) -> bool:
    return all(row[1] != "same systems" for row in picture.rows[1:])


@shown_by(
    r"(\d+|None) of (\d+) intervals of volunteers contains? the simulated effect, and (\d+|none) of (\d+) "
    r"of the others"
)
def _volunteers(match: re.Match[str], picture: Picture) -> bool:
    for wanted, inside, of in ((True, match[1], match[2]), (False, match[3], match[4])):
        mine = [[*map(number, row[3:])] for row in picture.rows[1:] if (row[1] == "volunteers") == wanted]
        # All three numbers are shown to a hundredth.
        sure, possible = (
            sum(low + slack < truth < high - slack for low, high, truth in mine) for slack in (0.011, -0.011)
        )
        if not between(inside, sure, possible) or number(of) != len(mine):
            return False
    return True


@shown_by(r"Of the figures below, the invented district misses (\d+|none) of (\d+)")
def _held_out(match: re.Match[str], picture: Picture) -> bool:
    apart = numbers(picture, "value")
    sure, possible = (sum(abs(one) > 1 + slack for one in apart) for slack in (0.05, -0.05 - 1e-9))
    return between(match[1], sure, possible) and number(match[2]) == len(apart)


@shown_by(r"Made right: (\d+); made wrong: (\d+)")
def _made(match: re.Match[str], picture: Picture) -> bool:
    parts = [sum(numbers(picture, head)) for head in ("made right", "made wrong")]
    return parts == [number(one) for one in match.groups()]


@shown_by(r"The list of (.+) misses ([\d,]+) children and still lists ([\d,]+) who left")
def _owner(match: re.Match[str], picture: Picture) -> bool:
    return row_of(picture, match[1])[1:] == [number(match[2]), number(match[3])]


@shown_by(
    r"(\d+) of (\d+) levels are the lowest, most often in (.+)",
    "No system is at the lowest level of any heading that files show",
)
def _levels(match: re.Match[str], picture: Picture) -> bool:
    levels = [level for level in numbers(picture, "level 1 to 4") if not math.isnan(level)]
    if not match.lastindex:
        return 1 not in levels
    often = Counter(cells(picture, "heading", lambda row: number(row["level 1 to 4"]) == 1))
    told = [number(match[1]), number(match[2])] == [often.total(), len(levels)]
    return told and are_lowest(joined(listed(match[3]), often), often, max)


@shown_by(r"A coach and a data team: likely (.+); at best (.+); at worst (.+)")
def _coverage(match: re.Match[str], picture: Picture) -> bool:
    schools = max(max(number(cell) for cell in row[2:4]) for row in picture.rows[1:])
    for end, said in zip(("likely", "easy", "hard"), match.groups(), strict=True):
        both = [(row[1], *map(number, row[2:])) for row in picture.rows[1:] if row[0] == end]
        month, *_, many = next((row for row in both if row[-1] == schools), both[-1])
        some = f"all {schools:.0f}" if many == schools else f"{many:.0f} of {schools:.0f}"
        if said != f"{some} schools by month {month}":
            return False
    return True
