"""A title of a picture claims only what its own numbers show: each check is right once, and wrong once."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.report import change_picture, maturity_chart, people_chart
from helpers.report.charts import Picture as Chart
from helpers.staffing import staffing_plan
from helpers.standard import declared_survey, plain
from tests.report.read_pages import Picture, read_page
from tests.report.titles import TITLES, UNCHECKED, overclaims

KNOWN = "what|children as linked|of all; SIS|3|4; Meals|4|4"
ALL_FOUR = "what|children as linked|of all; SIS|4|4; Meals|4|4"
METHODS = "what|complete (children)|split (children)|mixed (children)"
PAIRS = "system|with|children|out of|percent"
GROUPS = "group|percent|low (percent)|high (percent)|children|out of"
CHANGE = "system|asked by|none|governed"
NO_FIELD = "never: no field"
DOMAINS = "domain|score; Governance|1.9; Funds and Rules|2.6"
TIE = "domain|score; Governance|1.9; Funds and Rules|1.9"
YEARS = "label|series|mean (mean answer); A|2021|1.50; B|2021|2.00; A|2022|2.50; B|2022|2.09"
ITEMS = (
    "label|series|value (anchor); A|people say|3.5; B|people say|2; A|the files show|1.0; B|the files show|2"
)
SURE = "label|comparison|difference|low|high|p; A|adjusted|0.4|0.2|0.6|0.01; B|adjusted|-0.3|-0.5|-0.1|0.02"
NOT_SURE = (
    "label|comparison|difference|low|high|p; A|adjusted|0.4|0.2|0.6|0.30; B|adjusted|-0.3|-0.5|-0.1|0.02"
)
STAYED = (
    "label|systems are|change|low|high|p; A|same systems|0.1|-0.1|0.3|0.80; B|same systems|0.1|0|0.2|0.40"
)
MOVED = "label|systems are|change|low|high|p; A|same systems|0.4|0.2|0.6|0.01; B|same systems|0.1|0|0.2|0.40"
ONCE = "label|systems are|change; A|all systems, alike|0.1"
COVERED = (
    "end|month|coach|team|both; likely|1|1|2|1; likely|2|2|2|2; easy|1|2|2|2; hard|1|0|1|0; hard|2|1|1|0"
)
FIRST = "system|children|mixed up|missing; Clubs|9|0|9; SIS|9|1|2; All systems|12|2|–"
SOME_MISS = "system|children|mixed up|missing; Clubs|9|0|1; SIS|9|1|2; All systems|12|0|–"
NONE_MISS = "system|children|mixed up|missing; Clubs|9|0|0; SIS|9|1|0; All systems|12|2|–"
NAMES = "group|rung|missed (percent)|low (percent)|high (percent); name origin: Anglo|Exact|12|9|15"
SLAVIC = f"{NAMES}; name origin: Slavic|Exact|20|12|30"
HMONG = f"{SLAVIC}; name origin: Hmong|Exact|31|18|44"
STEPS = "step|Found, of 100, by number|Found, of 100, matched"
ALIKE = "Among systems of similar size, locale and IT staff,"
NO_LEAD = f"{ALIKE} in none of 2 domains can a lead of pledgers be told from chance"
STANDS = "A new surname reaches all 2 files after 30 days at level none, and after 1 day at level governed"
DIARY = f"{CHANGE}; Office|x|on the same day, typed once|on the same day, typed once"
SHOWN_LATE = f"{DIARY}; Nurse|x|after 30 days, typed twice|after 1 day, typed once"
ONE_WAITS = f"{DIARY}; Nurse|x|{NO_FIELD}|after 1 day, typed once"
REACHES = (
    "An allergy reaches 1 of 2 files (Nurse): after 9 days at level none, and "
    "on the same day at level governed"
)
ONE_FILE = (
    f"{CHANGE}; Office|x|{NO_FIELD}|{NO_FIELD}; Nurse|x|after 9 days, typed once|on the same day, typed once"
)
NO_FILE = f"{CHANGE}; Office|x|{NO_FIELD}|{NO_FIELD}; Nurse|x|{NO_FIELD}|{NO_FIELD}"
ADULTS = "what|domains; family|3; student|3; nurse|1"
STAGE = (
    "By records with a name, full matching completes {} of 10 children, looking up numbers {}; after full "
    "matching, {} another child's record"
)

# The numbers behind a picture; a title that they show; a title, or other numbers, that don't fit.
CASES = [
    (KNOWN, "Some children are missing from a system", ALL_FOUR),
    (ALL_FOUR, "Every child is on every list", KNOWN),
    (KNOWN, "No two systems know the same children", ALL_FOUR),
    (KNOWN, "2 systems, 2 different totals", "2 systems, 1 different totals"),
    (KNOWN, "2 systems, 2 different totals", "3 systems, 2 different totals"),
    (ALL_FOUR, "One total", KNOWN),
    ("what|errors; A: b|9; C: d|8", "Most common errors: A: b, 9 times", "Most common errors: A: b, 8 times"),
    (
        "what|errors; A: b|9; C: d|9",
        "Most common errors: A: b and C: d, 9 times",
        "Most common errors: A: b, 9 times",
    ),
    (
        "system|grades|percent; A|1|50; A|2|99; B|1|90; B|2|49",
        "1 of 2 systems know at least half of the children of every group of grades",
        "2 of 2 systems know at least half of the children of every group of grades",
    ),
    (
        "what|children; 1 system|2; 2 to 3 systems|5; 4 systems|1",
        "6 of 8 children of the roster are in 2 or more systems",
        "6 of 8 children of the roster are in 4 or more systems",
    ),
    (
        "in exactly|children; SIS|2; SIS + Meals|5; Meals|1",
        "7 children on the roster look like 8, even after linking",
        "8 children on the roster look like 8, even after linking",
    ),
    (
        "silo|date; A|1; B|2; A|3",
        "3 lines about one child, from 2 systems",
        "3 lines about one child, from 3 systems",
    ),
    ("silo|date; A|1; B|2", "2 dated lines about one child", "3 dated lines about one child"),
    (
        f"{METHODS}; Looked up by number, bad|0|9|1; Resolved, good|7|2|1",
        STAGE.format(7, "none", "1 carries"),
        STAGE.format(7, "none", "none carry"),
    ),
    (
        "comparison|level|weight (log2); Birth date|same|12.2; Birth date|other|-9; School|same|3.3",
        "A birth date can be worth 12 doublings, a school 3",
        "A birth date can be worth 12 doublings, a school 4",
    ),
    (
        "comparison|level|weight (log2); Before|x|-2.0; Name|same|5.0",
        "By these signs, one child at a probability of 0.89",
        "By these signs, one child at a probability of 0.95",
    ),
    (
        "what|right (pairs)|missed (pairs)|wrong (pairs); Exact|1|4|0; Resolved|4|1|2",
        "The sixth rung finds 4 of 5 pairs of cards",
        "The sixth rung finds 5 of 5 pairs of cards",
    ),
    (
        HMONG,
        "In the systems compared, exact matching misses 31 of 100 pairs of Hmong names, "
        "and 12 of Anglo names",
        "In the systems compared, exact matching misses 20 of 100 pairs of Slavic names, "
        "and 12 of Anglo names",
    ),
    (
        SLAVIC,
        "In the systems compared, exact matching misses 20 of 100 pairs of Slavic names, "
        "and 12 of Anglo names: this gap can't be told from chance among 1 comparison",
        "In the systems compared, exact matching misses 20 of 100 pairs of Slavic names, "
        "and 12 of Anglo names",
    ),
    (NAMES, "Too few groups of names are large enough to compare", SLAVIC),
    (
        "what|Flagged (children)|Not flagged (children); A|3|7; B|5|5",
        "3 to 5 of 10 children are chronically absent, depending on the definition",
        "3 to 5 of up to 10 children are chronically absent, depending on the definition",
    ),
    (
        "what|Flagged (children)|Not flagged (children); A|3|6; B|5|5",
        "3 to 5 of up to 10 children are chronically absent, depending on the definition",
        "3 to 5 of 10 children are chronically absent, depending on the definition",
    ),
    (
        "what|known (values)|empty (values); programs|1|6; health|5|5",
        "Of the values that systems collect about programs, 14% are known",
        "Of the values that systems collect about programs, 15% are known",
    ),
    (
        "what|true (values)|another child's (values); Linked|9|1; Looked up by number|3|6",
        "6 values belong to another child if we look numbers up",
        "7 values belong to another child if we look numbers up",
    ),
    (
        "what|questions; 1 system|4; 2 systems|6; 3 systems|2",
        "8 of 12 questions need data from 2 to 3 systems",
        "8 of 12 questions need data from 2 to 4 systems",
    ),
    (
        "what|read (children)|not (children); days|4|6; tests|0|9; notes|1|9",
        "Families read most about days; 1 of 3 topics reached no family",
        "Families read most about days",
    ),
    (
        "what|read (children)|not (children); days|4|6; notes|2|3",
        "Families read most about days and notes",
        "Families read most about days",
    ),
    (
        "what|read (children)|not (children); days|0|6; notes|0|3",
        "Families read about no topic",
        "what|read (children)|not (children); days|0|6; notes|1|3",
    ),
    (
        f"{PAIRS}; Special education|LMS|2|3|66; SIS|LMS|9|10|90",
        "Of 3 children as linked in special education whom LMS serves, 2 (66%) are found there",
        "Of 3 children as linked in special education whom LMS serves, 2 (67%) are found there",
    ),
    (
        f"{PAIRS}; Clubs|Meals|2|4|50; SIS|Meals|5|10|50",
        "Of 4 children as linked in Clubs whom Meals serves, 2 (50%) are found there; "
        "1 more pair of systems ties",
        "Of 4 children as linked in Clubs whom Meals serves, 2 (50%) are found there",
    ),
    (
        "what|percent|children|out of; SIS|90.0|9|10; Meals|89.9|899|1000",
        "1 of 2 systems are linked to nine in ten of all children in the grades they serve",
        "2 of 2 systems are linked to nine in ten of all children in the grades they serve",
    ),
    (
        "what|percent|columns|of columns; SIS|50|5|10; Meals|49|49|100",
        "1 of 2 systems use a standard's terms for at least half of their columns",
        "2 of 2 systems use a standard's terms for at least half of their columns",
    ),
    (
        f"{GROUPS}; Asian|59|41|75|16|27; White|85|81|88|17|20",
        "Meals lists 16 of 27 (Asian) and 17 of 20 (White): more than chance explains "
        "among 8 comparisons of two groups",
        "Meals lists 16 of 27 (Asian) and 18 of 20 (White): more than chance explains "
        "among 8 comparisons of two groups",
    ),
    (
        ADULTS,
        "Only a family and an adult student see a single child in all 3 domains",
        f"{ADULTS}; teacher|3",
    ),
    (
        f"{STEPS}; None|2.0|97.8; Some|91.5|97.6; All|97.6|97.6",
        "The more systems share a number, the less matching by name adds",
        f"{STEPS}; None|2.0|97.8; Some|97.6|97.6; All|91.5|97.6",
    ),
    (
        "label|moved|gain (questions)|low (questions); a|alone|2.0|1.0; b|alone|1.4|-4",
        "2 more questions answered where a",
        "label|moved|gain (questions)|low (questions); a|alone|2.0|1.0; b|alone|2.0|2.0",
    ),
    (
        "label|moved|gain (questions)|low (questions); a|alone|2.0|-1.0; b|alone|1.4|-4",
        "2 more questions answered where a: this gain can't be told from chance",
        "2 more questions answered where a",
    ),
    (
        "step|here|placebo; None|30.3|-0.1; All|32.3|0.0",
        "Beyond chance, at the last step, two systems point at 32 of 1,000 children, and in the placebo at 0",
        "Beyond chance, at the last step, two systems point at 30 of 1,000 children, and in the placebo at 0",
    ),
    (SHOWN_LATE, STANDS, STANDS.replace("30", "31")),
    (SHOWN_LATE, STANDS, ONE_WAITS),
    (
        ONE_FILE,
        f"{REACHES}. No other has a place for it",
        f"{REACHES.replace('Nurse', 'Office')}. No other has a place for it",
    ),
    (NO_FILE, "An allergy reaches none of 2 files, at any level: none has a place for it", ONE_FILE),
    (DOMAINS, "Riverbend is lowest in Governance", TIE),
    (TIE, "Riverbend is lowest in Governance and in Funds and Rules", "Riverbend is lowest in Governance"),
    (YEARS, "Lowest in 2022: B, 2.09 on a scale of 1 to 4", "Lowest: A, 1.50 on a scale of 1 to 4"),
    (
        ITEMS,
        "People and files are an anchor or more apart on 1 of 2 items",
        "People and files are an anchor or more apart on 2 of 2 items",
    ),
    (
        SURE,
        f"{ALIKE} pledgers answer higher in 1 of 2 domains, and lower in 1",
        f"{ALIKE} pledgers answer higher in all 2 domains",
    ),
    (NOT_SURE, f"{NO_LEAD}; in 1 they answer lower", SURE),
    (STAYED, "From 2021 to 2022 no change of the same systems can be told from chance, in 2 domains", MOVED),
    (
        MOVED,
        "From 2021 to 2022 1 of 2 domains of the same systems changed by more than chance explains",
        STAYED,
    ),
    (ONCE, "From 2021 to 2022 too few systems answered twice to show whether systems changed", STAYED),
    (
        "sector|kind|difference|low|high|simulated; 1|public|0.2|0|0.4|0.3; 1|volunteers|-0.1|-0.3|0.1|0.3",
        "0 of 1 intervals of volunteers contain the simulated effect, and 1 of 1 of the others",
        "1 of 1 intervals of volunteers contain the simulated effect, and 1 of 1 of the others",
    ),
    (
        "label|role|value (passes); A|held out|0.5; B|held out|-7.7",
        "Of the figures below, the invented district misses 1 of 2",
        "Of the figures below, the invented district misses 1 of 3",
    ),
    (
        "what|made right (children)|made wrong (children); A|1|16; B|0|2",
        "Made right: 1; made wrong: 18",
        "Made right: 1; made wrong: 16",
    ),
    (
        "what|found|missed|left; SIS|9|0|5; Meals|8|1|0",
        "The list of SIS misses 0 children and still lists 5 who left",
        "The list of SIS misses 1 children and still lists 5 who left",
    ),
    (
        "system|heading|level 1 to 4; A|Format|1; A|Data|1; B|Format|1; B|Data|–",
        "3 of 3 levels are the lowest, most often in format",
        "3 of 3 levels are the lowest, most often in data and format",
    ),
    (
        "system|heading|level 1 to 4; A|Format|2",
        "No system is at the lowest level of any heading that files show",
        "system|heading|level 1 to 4; A|Format|1",
    ),
    (
        COVERED,
        "A coach and a data team: likely all 2 schools by month 2; at best all 2 schools by month 1; "
        "at worst 0 of 2 schools by month 2",
        "A coach and a data team: likely all 2 schools by month 2; at best all 2 schools by month 1; "
        "at worst 1 of 2 schools by month 2",
    ),
    (
        FIRST,
        "No record of clubs reaches a page, and 2 children are mixed up unnoticed",
        "No record of clubs reaches a page",
    ),
    (SOME_MISS, "SIS: 2 of 9 children miss records", "SIS: 2 of 8 children miss records"),
    (
        NONE_MISS,
        "Every record is on its child's page, and 2 children are mixed up unnoticed",
        SOME_MISS,
    ),
    (DOMAINS, "Which systems know the same children", "what|children; A|none"),
]


def picture_of(title: str, numbers: str) -> Picture:
    return Picture("page.html", title, [row.split("|") for row in numbers.split("; ")])


def right_and_wrong(numbers: str, title: str, other: str) -> tuple[Picture, Picture]:
    wrong = picture_of(title, other) if "|" in other else picture_of(other, numbers)
    return picture_of(title, numbers), wrong


@pytest.mark.parametrize(("numbers", "title", "other"), CASES, ids=[f"{case[1][:40]}" for case in CASES])
def test_a_title_fits_its_numbers_and_no_others(numbers: str, title: str, other: str) -> None:
    right, wrong = right_and_wrong(numbers, title, other)
    assert overclaims([right]) == []
    assert overclaims([wrong]) == [f"page.html: its numbers don't show: {wrong.title}"]


def test_every_check_is_wrong_once() -> None:
    titles = [right_and_wrong(*case)[1].title for case in CASES]
    bare = {title.rsplit(": more than")[0] for title in titles}
    without = [
        one.pattern.pattern for one in TITLES if not any(one.pattern.fullmatch(title) for title in bare)
    ]
    same = {one.holds for one in TITLES if any(one.pattern.fullmatch(title) for title in bare)}
    assert {one.holds for one in TITLES} == same, without


def test_a_title_that_nobody_checks_is_listed() -> None:
    assert overclaims([picture_of("The best of all", "a|b; c|1")]) == [
        "page.html: nobody checks: The best of all"
    ]
    assert len(UNCHECKED) <= 5


def drawn() -> list[Chart | None]:
    """Draw pictures whose titles need more than the dots: the newest year, a corrected p, both at once."""
    domains = list(declared_survey().domains)
    means = [
        ("all", domain, year, mean, mean - 0.1, mean + 0.1)
        for year, first in ((2021, 1.51), (2022, 2.94))
        for domain, mean in zip(domains, (first, 2.21, 2.62, 2.73, 2.34, 2.85), strict=True)
    ]
    changes = [
        (domain, 2021, 2022, "same systems", 0.4, 0.2, 0.6, p)
        for domain, p in zip(domains, (0.049, 0.3), strict=False)
    ]
    columns = ["domain", "since", "year", "systems_are", "change", "low", "high", "p_corrected"]
    schools = pd.DataFrame({"school": ["A", "B"], "children": [100, 300]})
    plan = staffing_plan(schools, specialists=1, specialist_trainers=1, team_trainers=1, months=6)
    return [
        maturity_chart(pd.DataFrame(means, columns=["kind", "domain", "year", "mean", "low", "high"])),
        change_picture(pd.DataFrame(changes, columns=columns)),
        people_chart(plan),
    ]


@pytest.mark.parametrize("place", range(3))
def test_the_table_of_a_drawn_picture_shows_its_title(place: int) -> None:
    chart = drawn()[place]
    assert chart is not None
    (picture,) = read_page("page.html", str(chart.__html__())).pictures
    assert picture.title == plain(chart.title)
    assert overclaims([picture]) == []


def test_rows_of_a_later_table_are_not_the_numbers_behind_a_picture() -> None:
    table = "<table><tr><th>a</th></tr><tr><td>{}</td></tr></table>"
    figure = f'<figure><p class="finding">Some</p>{table.format(1)}</figure>'
    (picture,) = read_page("page.html", figure + table.format(2)).pictures
    assert picture.rows == [["a"], ["1"]]
