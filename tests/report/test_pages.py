"""Pages ask no network for anything, can be read by everybody, and never let a name become markup."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.report import answer, banner, reading, table
from helpers.report.charts import bars
from helpers.report.charts.grouped_bars import Bar, BarGroup, grouped_bars
from helpers.report.pages.index import IndexFigures, Lead, ReportLine, index_page
from helpers.report.pages.page import Failure, headline, notebook_page
from helpers.report.runs.figures import describe_links
from helpers.report.runs.notebooks import notebooks_folder
from helpers.report.to_do import Action
from helpers.share.guard import Guard
from helpers.standard import Measured
from tests.report.test_definitions import text_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ABOUT = {"synthetic": True, "title": "Riverbend", "scenario": "workshop", "seed": 7, "kit_version": "0.1.0"}
PAGE = "02_meet_the_silos"


def shown(block: object) -> list[nbformat.NotebookNode]:
    return [new_output("display_data", {"text/html": block._repr_html_(), "text/plain": repr(block)})]  # type: ignore[attr-defined]


def code(source: str, outputs: list[nbformat.NotebookNode], *tags: str) -> nbformat.NotebookNode:
    return new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)}, execution_count=1)


def prose(source: str, *tags: str) -> nbformat.NotebookNode:
    return new_markdown_cell(source, metadata={"tags": list(tags)})


def cells() -> list[nbformat.NotebookNode]:
    people = pd.DataFrame(
        {"name": ["<script>alert(1)</script>"], "day": pd.to_datetime(["2026-01-02"]), "n": [3]}
    )
    return [
        prose(
            "# How many children?\n\nWhy.\n\n**30 minutes** (18 reading, 12 practice)\n\n- *count* children"
        ),
        code("students: int = 600", [], "parameters"),
        code("secret_of_the_code = 1", shown(answer("**3** <children>."))),
        code("x", shown(bars({"A": 3, "B": 2}, title="A knows more", unit="children"))),
        code("x", shown(table(people, "People"))),
        code("x", shown(reading("It shows.", "Read it.", "Do it."))),
        prose("## Where\nSee [the joins](03_join_them.ipynb#where) and [gaps](05_gaps.ipynb)."),
        prose("## Where"),
        prose("### Exercise 2.1\nwords for learners", "practice"),
        code("y", shown(answer("an answer in practice")), "exercise", "exercise-2.1"),
        code("z", [new_output("stream", name="stderr", text="FutureWarning: muttering")]),
    ]


@pytest.fixture
def page(tmp_path: Path) -> str:
    nbformat.write(new_notebook(cells=cells()), tmp_path / "nb.ipynb")
    out = tmp_path / f"{PAGE}.html"
    notebook_page(
        tmp_path / "nb.ipynb", out, ABOUT, title="How many <children>?", pages={PAGE, "03_join_them"}
    )
    return out.read_text(encoding="utf-8")


@pytest.fixture
def index(tmp_path: Path) -> str:
    figures = IndexFigures(
        "<River> & bend",
        "<River> & bend: 42 of 681 children",
        681,
        complete=148,
        undetected=2,
        sentences=[Lead("Mixed up", "Looked up by <ID>, **42** of 681."), Lead("Missing", "**148** of 681.")],
        picture=grouped_bars(
            [BarGroup("Missing", "missed", [Bar("Meals <lunch>", 40, 600), Bar("Clubs", 1, 30)])],
            title="Meals: 40 of 600 children miss records",
            unit="children",
        ),
        actions=[
            Action(
                Measured("missing_in_system", 414, where="meals"),
                "Put the <ID> in",
                "275 more.",
                "meals <office>",
                "by May 4",
                "02.html",
                "How",
            ),
            Action(
                Measured("review_children", "fewer than 10"),
                "Decide",
                "Then.",
                "data team",
                "by May 4",
                "09.html",
                "Nowhere",
            ),
        ],
        unknown=["Who is <in> clubs."],
        fresh=["The newest record is of April 30, 2026."],
        made=["122,097 rows."],
    )
    reports = [
        ReportLine("How many?", "02.html", "Systems count **16** <totals>"),
        ReportLine("Who <is> who?", "03.html", "", "failed", Failure(3, "KeyError", "'<dob>'", "", "Join")),
    ]
    earlier = pd.DataFrame({"made": ["2026-05-01 10:00"], "children": ["600"]}, dtype="string")
    index_page(tmp_path / "index.html", figures, reports, ABOUT, earlier=earlier, pages="run/")
    return (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.fixture(params=["page", "index"])
def any_page(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def test_a_page_asks_the_network_for_nothing(any_page: str) -> None:
    assert re.findall(r"""(?:src|srcset|href|action|poster|data)\s*=\s*["']?(?:https?:)?//""", any_page) == []
    assert "<script" not in any_page
    assert "@import" not in any_page
    assert re.findall(r"url\((?!['\"]?data:)", any_page) == []
    assert "default-src 'none'" in any_page


def test_a_page_can_be_read_by_everybody(any_page: str) -> None:
    assert '<html lang="en">' in any_page
    assert re.search(r"<title>[^<]+</title>", any_page)
    assert any_page.count("<main") == 1
    assert 'href="#main"' in any_page
    assert len(re.findall(r"<h1[ >]", any_page)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", any_page)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    alts = [re.search(r'alt="([^"]*)"', image) for image in re.findall(r"<img[^>]*>", any_page)]
    assert alts
    assert all(alt is not None and len(alt.group(1).split()) > 5 for alt in alts)


def test_the_banner_says_where_the_data_come_from(any_page: str) -> None:
    assert "This district is invented · Riverbend · scenario workshop · seed 7 · version 0.1.0" in any_page


def test_no_text_becomes_markup(any_page: str) -> None:
    for raw in ("<script>alert", "<children>", "<River>", "<lunch>", "<is>", "<dob>"):
        assert raw not in any_page


def test_code_practice_and_muttering_stay_out(page: str) -> None:
    for words in (
        "secret_of_the_code",
        "words for learners",
        "an answer in practice",
        "muttering",
        "30 minutes",
    ):
        assert words not in page
    assert "Why." in page


def test_headings_can_be_linked_to_and_links_lead_to_pages(page: str) -> None:
    ids = re.findall(r'<h\d id="([^"]+)"', page)
    assert ids == ["how-many-children", "where", "where-2"]
    assert 'href="03_join_them.html#where"' in page
    assert "05_gaps" not in page
    assert "gaps" in page


def test_no_link_of_any_notebook_leads_to_a_file_that_is_not_in_the_folder_of_a_run(tmp_path: Path) -> None:
    paths = sorted(notebooks_folder().glob("*.ipynb"))
    names = {path.stem for path in paths}
    links = []
    for path in paths:
        page = notebook_page(path, tmp_path / f"{path.stem}.html", ABOUT, pages=names)
        main = page.read_text(encoding="utf-8").partition("<main")[2]
        links += re.findall(r'<a[^>]* href="([^"#]+)', main)
    beside = {link for link in links if not re.match(r"[a-z]+:", link)}
    assert beside <= {f"{name}.html" for name in names}
    assert len(beside) > 5
    steps = (tmp_path / "07_what_each_step_buys.html").read_text(encoding="utf-8")
    assert "A headless run of one small notebook, one_district, makes" in steps


def test_dates_and_numbers_are_told_apart(page: str) -> None:
    assert re.search(r'<td class="date"[^>]*>2026-01-02</td>', page)
    assert re.search(r'<td class="number"[^>]*text-align:right[^>]*>3</td>', page)


def test_a_failed_notebook_shows_where_and_nothing_below(tmp_path: Path) -> None:
    broken = cells()
    broken[3].outputs = [new_output("error", ename="KeyError", evalue="'dob'", traceback=["a long one"])]
    nbformat.write(new_notebook(cells=broken), tmp_path / "nb.ipynb")
    failed = Failure(3, "KeyError", "'dob' <b>", "sis['dob']", "Where")
    out = notebook_page(tmp_path / "nb.ipynb", tmp_path / "page.html", ABOUT, failed=failed)
    page = out.read_text(encoding="utf-8")
    assert "code cell 3 (under “Where”)" in page
    assert "KeyError" in page
    assert "&lt;b&gt;" in page
    assert "sis['dob']" in page
    assert "It shows." not in page
    assert "a long one" not in page


def test_the_first_page_has_sentences_actions_and_findings(index: str) -> None:
    three = re.search(r'<ul class="three">(.*?)</ul>', index, re.DOTALL)
    assert three is not None
    assert three.group(1).count("<li>") == 2
    assert '<span class="lead">Missing</span><span><strong>148</strong> of 681.</span>' in three.group(1)
    do = re.search(r'<ol class="do">(.*?)</ol>', index, re.DOTALL)
    assert do is not None
    first, second = do.group(1).split("</li>")[:2]
    assert ">414</data> <small>children</small>" in first
    assert "<b>Meals &lt;office&gt;</b> · by May 4" in first
    assert '<a href="run/02.html">How</a>' in first
    assert ">fewer than 10</data> <small>children</small>" in second
    findings = re.search(r'<ol class="findings">(.*?)</ol>', index, re.DOTALL)
    assert findings is not None
    assert '<a href="run/02.html">Systems count <strong>16</strong> &lt;totals&gt;</a>' in findings.group(1)
    assert '<a href="run/03.html">Who &lt;is&gt; who?</a>' in findings.group(1)
    assert "Not complete. Stopped at code cell 3 (under “Join”): KeyError" in findings.group(1)


def test_a_step_leads_only_to_a_report_of_this_run_that_is_complete(index: str) -> None:
    assert "Nowhere" not in index
    assert index.count("run/09.html") == 0


def test_the_index_says_how_systems_are_joined_and_what_nobody_declared(tmp_path: Path) -> None:
    crosswalk = pd.DataFrame(
        {"silo": ["a"] * 49 + ["b"] * 6, "link_status": ["Verified"] * 49 + ["Unverified"] * 6}
    )
    crosswalk["child"] = crosswalk.index.astype("string")
    figures = IndexFigures(
        "x",
        "x: what three systems show",
        55,
        links=describe_links(crosswalk, {"a": "A", "b": "B", "c": "C"}, Guard(real=True)),
        unknown_files=("club/<list>.csv",),
    )
    page = index_page(tmp_path / "index.html", figures, [], {}).read_text(encoding="utf-8")
    for said in (
        "all 49 linked and verified",
        "all linked by an id that nothing could verify",
        "lists no child",
        # Of a real folder, the rows count children.
        "How each system&#39;s children are linked",
    ):
        assert said in page
    assert "fewer than 10" in page
    assert "6" not in re.findall(r"<td[^>]*>([^<]*)</td>", page)
    assert "The kit can't read 1 file yet" in text_of(page)
    assert "&lt;list&gt;.csv" in page
    assert "bigpicture start" in page


def test_the_headline_of_a_notebook_is_the_answer_in_its_tagged_cell(tmp_path: Path) -> None:
    said = cells()
    nbformat.write(new_notebook(cells=said), tmp_path / "a.ipynb")
    assert headline(tmp_path / "a.ipynb") == ""
    said[2].metadata["tags"] = ["headline"]
    nbformat.write(new_notebook(cells=said), tmp_path / "a.ipynb")
    assert headline(tmp_path / "a.ipynb") == "**3** <children>."
    mixed = Measured("undetected", 4, 681, where="meals")
    said[2].outputs = shown(answer(f"{mixed:bold count of}."))
    nbformat.write(new_notebook(cells=said), tmp_path / "a.ipynb")
    # Number, measure, place, base: the index shows them as the page of the notebook does.
    assert headline(tmp_path / "a.ipynb").startswith("**⟦4|undetected|meals|681⟧")


def test_real_data_wear_the_red_banner_and_unmarked_folders_are_real() -> None:
    assert "restricted" in banner({})._repr_html_()
    assert "restricted" in banner({"synthetic": "true"})._repr_html_()
    assert "restricted" not in banner(ABOUT)._repr_html_()


def test_a_name_cannot_become_a_formula_in_a_spreadsheet() -> None:
    names = pd.DataFrame({"name": ["=1+1", "@home", "-Ana"]})
    markup = table(names, "x", download=True)._repr_html_()
    assert "%27%3D1" in markup
    assert "%27%40home" in markup
    assert "%27-Ana" in markup


@pytest.mark.browser
def test_the_banner_stands_on_every_printed_sheet_and_nothing_is_requested(
    tmp_path: Path, browser: Browser
) -> None:
    many = [*cells(), *(prose(f"## Part {place}\n\n" + "Words. " * 400) for place in range(6))]
    nbformat.write(new_notebook(cells=many), tmp_path / "nb.ipynb")
    page = notebook_page(tmp_path / "nb.ipynb", tmp_path / "page.html", ABOUT, title="Long")
    view = browser.new_page(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(page.as_uri())
    wider = view.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    shots = view.pdf(format="A4")
    view.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert not wider, "a phone must not scroll sideways"
    assert len(re.findall(rb"/Type\s*/Page\b", shots)) >= 3


@pytest.mark.parametrize(
    ("numbers", "folded"), [([0, 0], True), ([0, 1], False), ([0, None], True), ([None, None], False)]
)
def test_a_table_whose_numbers_are_all_zero_is_folded(numbers: list[int | None], folded: bool) -> None:
    counts = pd.DataFrame({"system": ["SIS", "Meals"], "lost": pd.array(numbers, dtype="Int64")})
    markup = table(counts, "Rows that were lost").markup
    assert ("<details><summary>Rows that were lost (every number is 0)</summary>" in markup) is folded
    assert "SIS" in markup


def test_a_table_of_words_is_not_folded() -> None:
    assert "<details>" not in table(pd.DataFrame({"system": ["SIS"], "owner": ["team"]}), "Owners").markup
