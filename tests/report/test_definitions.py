"""One definition a number: what carries a measure's name is that measure's number, or is named apart."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import read_district
from helpers.link import link_district
from helpers.report import run_report
from helpers.score import Headlines, score_children, summarize_links
from helpers.score.headlines import COUNTED
from helpers.standard import BadInput, Measured, definition, definitions, plain
from helpers.standard.definitions import inherited
from helpers.standard.validation import ungrouped
from tests.shared_districts import SharedDistricts
from tests.shared_reports import SharedReports

NUMBER = r"([\d,]+)"
# Words that name a headline measure; a sentence with one of them and a number has to be known.
NAMES = re.compile(
    r"\b(complete page|complete|mixed(?: up)?|split|undetected|share a page|not joinable|not fresh|not "
    r"permitted)\b",
    re.IGNORECASE,
)
# Sentences that name a number apart from the headline.
APART = {
    "a linkage method's outcome, on named records only": re.compile(
        r"^(Counting (only )?(named )?records|By records with a name, full matching|Complete: [\d,]+ of|"
        r"Split: [\d,]+|Mixed with another child:)"
    ),
    "a linkage method beside others, on named records only": re.compile(
        r"^(\w+ buys, compared with|It costs:)|\([\d,]+(?: of [\d,]+ children)?, (?:\d+|none) mixed\)"
    ),
    "what a step would change": re.compile(
        r"more (child has|children have) a complete page|would make it|would have one, if"
    ),
    "what an hour of review is expected to add": re.compile(r"^Expected: [\d.,]+ pairs of records found"),
    "a table of steps by methods": re.compile(r"^[\d,. %]*$"),
    "children of one system": re.compile(r"miss a record, [\d,]+ mixed up"),
    "the age of one value": re.compile(r"^not fresh: \d+ days old"),
    "the day of a step, beside its link": re.compile(r"· by .*· Who is split$"),
    "the words of a lesson about numbers mixed up": re.compile(r"numbers were mixed up"),
}


def text_of(page: str) -> str:
    """Read a page's text, a line a block."""
    page = re.sub(r"<(style|script|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    page = re.sub(r'<span class="lead">[^<]*</span>', "\n", page)
    page = re.sub(r"</?(?:strong|b|span|em|a|code|data)\b[^>]*>", "", page)
    return re.sub(r"[ \t]+", " ", html.unescape(re.sub(r"<[^>]+>", "\n", page)))


def found_in(text: str, name: str) -> set[tuple[int, ...]]:
    """Find a measure's numbers by its phrase."""
    phrase = re.escape(definition(name).says["en"])
    pattern = phrase.replace(r"\{n\}", NUMBER).replace(r"\{of\}", NUMBER)
    numbers = re.findall(rf"(?<![\d,]){pattern}", " ".join(text.split()))
    every = [one if isinstance(one, tuple) else (one,) for one in numbers]
    return {
        tuple(int(part.replace(",", "")) for part in one)
        for one in every
        if all(re.search(r"\d", p) for p in one)
    }


def sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from (one.strip() for one in re.split(r"(?<=[.;:]) (?=[A-Z])", line.strip()))


def children_by_heading(page: str) -> Iterator[tuple[str, str, str]]:
    """Read a page's tables of systems: heading of a column of children, system, count."""
    for one in re.findall(r"<table\b.*?</table>", page, re.DOTALL):
        rows = [
            [
                html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr\b.*?</tr>", one, re.DOTALL)
        ]
        heads = rows[0] if rows else []
        if len(heads) < 2 or heads[0] not in ("system", "what") or heads[1] in ("with", "grades"):
            continue
        for row in rows[1:]:
            for head, cell in zip(heads[1:], row[1:], strict=False):
                if "child" in head and re.fullmatch(NUMBER, cell):
                    yield head, row[0], cell


def two_counts(pages: Mapping[str, str]) -> list[tuple[str, str]]:
    """List headings under which two pages, or two tables, count other children of one system."""
    counts: dict[tuple[str, str], set[str]] = {}
    for page in pages.values():
        for head, system, cell in children_by_heading(page):
            counts.setdefault((head, system), set()).add(cell)
    return [each for each, cells in counts.items() if len(cells) > 1]


def measured(folder: Path) -> dict[str, tuple[int, ...]]:
    """Count each measure by its own code."""
    district = read_district(folder)
    links = link_district(district)
    headlines = Headlines(district, links)
    found = {name: headlines.of(name) for name in COUNTED}
    return {
        name: (one.number,) if "{of}" not in one.definition.says["en"] else (one.number, one.base)
        for name, one in found.items()
        if name != "children" and one.definition.says
    }


def texts_of(out: Path, folder: Path, place: Path) -> dict[str, str]:
    """Collect the text of every page of a run, and what the commands print about its folder."""
    pages = {path.name: text_of(path.read_text(encoding="utf-8")) for path in out.rglob("*.html")}
    for command in ("score", "gaps"):
        called = CliRunner().invoke(main, [command, str(folder), "--out", str(place / command)])
        assert called.exit_code == 0, called.output
        # A sentence that a terminal wraps is one.
        pages[command] = re.sub(r"\n(?=[a-z])", " ", called.stdout)
        for page in (place / command).glob("*.html"):
            pages[f"{command}/{page.name}"] = text_of(page.read_text(encoding="utf-8"))
    return pages


def assert_one_definition(texts: Mapping[str, str], numbers: Mapping[str, tuple[int, ...]]) -> None:
    seen = {name: set().union(*(found_in(text, name) for text in texts.values())) for name in numbers}
    for name, counted in numbers.items():
        assert seen[name] <= {counted}, (name, counted, seen[name])
    for name in ("split", "mixed"):
        assert "score" not in texts or numbers[name] in found_in(texts["score"], name)
    for name in ("complete", "not_joinable", "not_fresh", "not_permitted"):
        assert seen[name] == {numbers[name]}, name
    carried = [
        re.compile(re.escape(one.says["en"]).replace(r"\{n\}", NUMBER).replace(r"\{of\}", NUMBER))
        for one in definitions().values()
        if one.says
    ]
    undetected = {str(numbers[name][0]) for name in ("undetected", "undetected_by_number")}
    mixed = numbers["mixed"][0]
    matching = undetected | ({str(mixed)} if mixed else set())
    unknown = []
    for place, text in texts.items():
        for sentence in sentences(text):
            if not NAMES.search(sentence) or not re.search(r"\d", sentence):
                continue
            if any(one.search(sentence) for one in [*carried, *APART.values()]):
                continue
            # Headline and picture name the children who are mixed up unnoticed.
            told = re.search(
                rf"{NUMBER}(?: of [\d,]+)? (?:child is|children (?:are|would be)) mixed up", sentence
            )
            if told is not None and told.group(1) in undetected:
                continue
            # The step of matching names both, and everybody who is mixed up then.
            if sentence.startswith("Children mixed up unnoticed") and matching.issubset(
                re.findall(r"\d+", sentence)
            ):
                continue
            unknown.append((place, sentence))
    assert unknown == []


def test_a_measure_inherits_from_its_variant_then_its_base_and_says_what_is_its_own() -> None:
    given = {
        "calls": {"counts": ["call", "calls"], "shown": "guarded", "code": "a.b"},
        "missed": {"base": "calls", "code": "a.c"},
        "missed_twice": {"variant_of": "missed", "base": "days"},
        "days": {"counts": ["day", "days"], "code": "a.d"},
        "of_itself": {"base": "of_itself"},
        "of_nothing": {"base": "nothing", "shown": "always"},
    }
    found = inherited(given)
    assert found["missed"] == {**given["calls"], "base": "calls", "code": "a.c"}
    assert found["missed_twice"] == {**found["missed"], "variant_of": "missed", "base": "days"}
    assert {name: found[name] for name in ("days", "of_itself", "of_nothing")} == {
        name: given[name] for name in ("days", "of_itself", "of_nothing")
    }


def test_a_group_says_once_what_its_members_share_and_names_none_twice() -> None:
    groups = [{"unit": "days", "measure": {"lag": {}, "effort": {"unit": "hours"}}}]
    assert ungrouped({"alone": {}, "group": groups}, "measure") == {
        "alone": {}, "lag": {"unit": "days"}, "effort": {"unit": "hours"},
    }  # fmt: skip
    for twice in ({"lag": {}, "group": groups}, {"group": groups * 2}):
        with pytest.raises(BadInput, match="measure 'lag' is declared twice"):
            ungrouped(twice, "measure")


def test_each_measure_has_its_phrase_in_both_languages_and_its_code() -> None:
    for name, one in definitions().items():
        places = [set(re.findall(r"\{\w+\}", text)) for text in one.says.values()]
        assert set(one.says) in ({"en", "es"}, set()), name
        assert set(one.means) >= {"en", *one.says}, name
        assert len({*map(frozenset, places)}) < 2
        assert {*one.parts, *one.alike, one.base or name, one.variant_of or name} <= definitions().keys(), (
            name
        )
        module, _, function = one.code.rpartition(".")
        assert callable(getattr(import_module(module), function)), one.code
    assert (
        plain(Measured("complete", 1_480, 6_810).say("es"))
        == "1,480 de 6,810 niños tienen una página completa"
    )
    with pytest.raises(BadInput, match="complete_named"):
        definition("completed")


def test_a_number_of_another_definition_is_found() -> None:
    numbers = {
        "complete": (148, 681), "split": (529, 681), "mixed": (4, 681), "undetected": (2, 681),
        "undetected_by_number": (42, 681), "flagged": (244,), "not_joinable": (15,), "not_fresh": (23,),
        "not_permitted": (68,),
    }  # fmt: skip
    right = (
        "148 of 681 children have a complete page. 15 not joinable, 23 not fresh, 68 not permitted. Children "
        "mixed up unnoticed fall from 42 to 2; 4 are mixed up then, and a check flags only 2 of them."
    )
    assert_one_definition({"a": right}, numbers)
    for wrong in (
        "147 of 681 children have a complete page.",
        "Children complete: 655.",
        "Of 120 pairs, 2 not fresh.",
        "Riverbend: 47 of 681 children would be mixed up",
        "Children mixed up unnoticed fall from 42 to 2; 3 are mixed up then, and a check flags only 1.",
        "Children mixed up unnoticed fall from 42 to 2.",
    ):
        with pytest.raises(AssertionError):
            assert_one_definition({"a": right, "b": wrong}, numbers)


@pytest.mark.full
def test_the_report_of_the_default_district_has_one_definition_a_number(
    reports: SharedReports, tmp_path: Path
) -> None:
    ran = reports.of(None)
    numbers = measured(ran.result.folder)
    texts = texts_of(ran.result.run, ran.result.folder, tmp_path)
    assert found_in(texts["index.html"], "complete") == {numbers["complete"]}
    pages = {
        path.name: path.read_text(encoding="utf-8")
        for path in ran.result.run.glob("*.html")
        if not path.name.startswith("04_")  # its tables are of children's values
    }
    assert two_counts(pages) == []
    assert any(
        head == "children as linked" for head, _, _ in children_by_heading(pages["00_start_here.html"])
    )
    assert_one_definition(texts, numbers)
    # No team decided the example, and no child can be in systems for other grades.
    assert "A bad example, which no team decided, would change the pages of" in texts["index.html"]
    assert "children of the roster are in all systems" not in texts["02_meet_the_silos.html"]


@pytest.mark.weekly
@pytest.mark.parametrize("level", ["none", "rostered", "governed"])
def test_each_level_has_one_definition_a_number(
    level: str, districts: SharedDistricts, tmp_path: Path
) -> None:
    folder = districts.folder(students=120, level=level)
    result = run_report(folder, only=["03", "05"], out=tmp_path / "out")
    assert result.ok
    assert_one_definition(texts_of(result.run, folder, tmp_path), measured(folder))


@pytest.mark.full
def test_a_real_folder_shows_no_number_that_needs_an_answer_key(
    reports: SharedReports, unmarked_folder: Path
) -> None:
    ran = reports.of(unmarked_folder)
    texts = [text_of(path.read_text(encoding="utf-8")) for path in ran.result.run.rglob("*.html")]
    for name in (
        "complete",
        "complete_named",
        "split",
        "mixed",
        "undetected",
        "undetected_by_number",
        "flagged",
    ):
        assert set().union(*(found_in(text, name) for text in texts)) == set(), name


def test_two_counts_under_one_heading_are_found() -> None:
    rows = "<tr><th>system</th><th>{}</th></tr><tr><td>MAP Growth</td><td>{}</td></tr>"
    table = f"<table>{rows}</table>"
    here, there = table.format("children as linked", "549"), table.format("children by the answer key", "424")
    assert two_counts({"a": here, "b": there, "c": here}) == []
    other = table.format("children as linked", "424")
    assert two_counts({"a": here, "b": other}) == [("children as linked", "MAP Growth")]


def test_shares_and_counts_of_children_are_of_one_definition(
    districts: SharedDistricts,
) -> None:
    district, links = districts.read(students=120), districts.linked(students=120)
    shares = summarize_links(district, links).children.set_index("records").loc["All records"]
    counts = score_children(district, links)["outcome"].value_counts()
    for one in ("complete", "split", "mixed"):
        assert counts.get(one, 0) == round(shares[one] * shares["children"])
