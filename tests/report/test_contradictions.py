"""The pages of a run say one value, noun and base of each measure, and a title what its picture shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from helpers.files import District
from helpers.link import Links
from helpers.report import explain, explain_page, run_report
from helpers.report.pages.explain import page_of_measure
from helpers.report.pages.gaps import gaps_page
from helpers.report.pages.index import index_page
from helpers.report.runs.first_page import first_page
from helpers.score import Headlines
from tests.report.contradictions import contradictions, unmeasured
from tests.report.read_pages import pages_of as read_pages
from tests.report.titles import overclaims
from tests.shared_districts import SharedDistricts
from tests.shared_reports import SharedReports

Pages = Mapping[str, str]
# Sentences of the default run with a number that carries no measure.
MOST_UNMEASURED = 250
EXPLAINED = (
    "undetected_by_number",
    "mixed",
    "undetected",
    "complete",
    "split",
    "flagged",
    "review",
    "records",
)


@pytest.fixture(scope="module")
def pages(district: District, district_links: Links, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The pages of a run that need no notebook."""
    out = tmp_path_factory.mktemp("pages")
    counted = Headlines(district, district_links)
    figures = first_page(counted)
    index_page(out / "index.html", figures, [], district.about, explains=[(name, "") for name in EXPLAINED])
    gaps_page(
        out / "gaps.html",
        district,
        district_links,
        counted.card,
        actions=figures.actions,
        order=figures.order,
    )
    for name in EXPLAINED:
        explain_page(out / page_of_measure(name), explain(counted, name), district.about)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(out.glob("*.html"))}


def troubles(pages: Pages) -> list[str]:
    read = read_pages(pages)
    return [*contradictions(read), *overclaims(one for page in read for one in page.pictures)]


def words(pages: Pages, page: str, old: str, new: str) -> Pages:
    """Change what one page says first of this kind; it has to say it."""
    text, many = re.subn(old, new, pages[page], count=1, flags=re.DOTALL)
    assert many, (page, old)
    return {**pages, page: text}


def number(pages: Pages, page: str, measure: str, text: str, nth: int = 0) -> Pages:
    """Let a page say another number where it says a measure for the nth time."""
    found = [*re.finditer(rf'<data [^>]*data-measure="{measure}"[^>]*>([^<]*)</data>', pages[page])][nth]
    before, after = pages[page][: found.start(1)], pages[page][found.end(1) :]
    return {**pages, page: before + text + after}


def test_the_pages_of_a_run_contradict_each_other_nowhere(pages: Pages) -> None:
    assert troubles(pages) == []
    assert unmeasured(read_pages(pages)) == []


PLANTED: Mapping[str, Callable[[Pages], Pages]] = {
    "another value on another page": lambda pages: number(pages, "explain_complete.html", "complete", "77"),
    "another value on the same page": lambda pages: number(
        pages, "index.html", "undetected_by_number", "77", 2
    ),
    "another value of a system": lambda pages: number(pages, "gaps.html", "missing_in_system", "77"),
    "the noun of another measure": lambda pages: words(
        pages, "index.html", "</data> children would be mixed up", "</data> pages would be mixed up"
    ),
    "the noun of another difference": lambda pages: words(
        pages, "index.html", r"more child(?:ren)? ha(?:ve|s) a complete", "more records have a complete"
    ),
    "another base": lambda pages: words(pages, "explain_mixed.html", 'data-of="1', 'data-of="9'),
    "a base with another value elsewhere": lambda pages: number(pages, "index.html", "children", "77", 1),
    "a part, everywhere": lambda pages: {
        name: re.sub(r'(data-measure="split"[^>]*>)[^<]*', r"\g<1>77", text) for name, text in pages.items()
    },
    "a difference": lambda pages: number(pages, "index.html", "complete-complete_if_linked", "77"),
    "a phrase of another measure": lambda pages: words(
        pages, "explain_mixed.html", 'data-measure="mixed"', 'data-measure="complete"'
    ),
    "a measure that nobody declared": lambda pages: words(
        pages, "index.html", 'data-measure="flagged"', 'data-measure="flags"'
    ),
    "a title that claims all": lambda pages: words(
        pages,
        "index.html",
        r'(<p class="finding"[^>]*>).*?</p>',
        r"\1Every record is on its child's page</p>",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_contradiction_is_found(what: str, pages: Pages) -> None:
    assert set(troubles(PLANTED[what](pages))) - set(troubles(pages))


def read(out: Path) -> Pages:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(out.glob("*.html"))}


@pytest.mark.full
def test_the_report_of_the_default_district_contradicts_itself_nowhere(reports: SharedReports) -> None:
    texts = read(reports.of(None).result.run)
    assert troubles(texts) == []
    assert any(one.measure == "on_roster" for page in read_pages(texts) for one in page.numbers)
    # Mostly one child's facts, each beside its element, file and row. It only gets less.
    assert len(unmeasured(read_pages(texts))) <= MOST_UNMEASURED


@pytest.mark.full
def test_the_report_of_a_real_folder_contradicts_itself_nowhere(
    reports: SharedReports, unmarked_folder: Path
) -> None:
    # Tables of a real folder hide what their titles round: these are tried on invented districts.
    assert contradictions(read_pages(read(reports.of(unmarked_folder).result.run))) == []


def test_a_rounded_number_is_another_value_only_where_it_rounds_another() -> None:
    page = '<p>{}<data data-in="" data-measure="groups" data-of="" value="{}">{}</data> here.</p>'
    exact, about, other = (page.format("", said, said) for said in ("293", "about 290", "about 310"))
    assert contradictions(read_pages({"a": exact, "b": about})) == []
    assert len(contradictions(read_pages({"a": exact, "b": other}))) == 1


@pytest.mark.weekly
@pytest.mark.parametrize("level", ["none", "rostered", "governed"])
def test_the_report_of_each_level_contradicts_itself_nowhere(
    level: str, districts: SharedDistricts, tmp_path: Path
) -> None:
    folder = districts.folder(students=120, level=level)
    result = run_report(folder, only=["03", "05"], out=tmp_path / "out")
    assert result.ok
    assert troubles(read(result.run)) == []


FINDING = r'(<p class="finding"[^>]*>)'
# What a reader planted who knew the pages alone, in the words of these helpers.
BY_A_READER: Mapping[str, Callable[[Pages], Pages]] = {
    "records of the roster for its children": lambda pages: number(pages, "index.html", "on_roster", "577"),
    "all but one system": lambda pages: words(
        pages, "index.html", f"{FINDING}No record of [^<]*", r"\1All records but one system's reach a page"
    ),
    "another limit in a title": lambda pages: words(
        pages, "02_meet_the_silos.html", r"in \d+ or more systems", "in 12 or more systems"
    ),
    "children for records": lambda pages: words(
        pages, "03_join_them.html", "</data> records of children in meals", "</data> children in meals"
    ),
    "a number that its table lacks": lambda pages: words(
        pages, "03_join_them.html", f"{FINDING}(In the systems compared, exact matching misses )", r"\1\g<2>9"
    ),
    "a share rounded up": lambda pages: number(pages, "05_measure_the_gaps.html", "percent_found", "99%"),
    "a difference": lambda pages: number(pages, "05_measure_the_gaps.html", "judged_wrong", "61"),
    "most, of half": lambda pages: words(
        pages, "10_how_true_is_it.html", r"district misses \d+ of \d+", "district misses most"
    ),
    "the only best of three": lambda pages: words(
        pages, "11_who_decides.html", f"{FINDING}The list of SIS misses .*?</p>",
        r"\1The list of SIS misses the fewest children of all lists</p>",
    ),
    "another base": lambda pages: number(pages, "explain_undetected_by_number.html", "children", "576"),
}  # fmt: skip


@pytest.mark.full
def test_what_a_reader_planted_is_found(reports: SharedReports) -> None:
    pages = read(reports.of(None).result.run)
    missed = [
        what for what, plant in BY_A_READER.items() if not set(troubles(plant(pages))) - set(troubles(pages))
    ]
    assert missed == []
