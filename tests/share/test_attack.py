"""Nothing that one run says of a real folder lets anybody solve for a number that it hides."""

from __future__ import annotations

import itertools
import json
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.cli import main
from helpers.files import District, read_district
from helpers.files.run_cache import sharing
from helpers.link import Links
from helpers.profile import Profiles, compute_indicators, source_of
from helpers.report import run_report
from helpers.report.display_names import short_names, system_names
from helpers.report.tables import csv_link
from helpers.share import Guard, open_view
from helpers.share.disclosure import pooled_groups
from tests.kept import Kept
from tests.notebooks_here import notebooks_here
from tests.share.attack import (
    READERS,
    SENTENCES,
    Attack,
    Names,
    Recovered,
    attack_run,
    groups_attack,
    page_of,
    small_differences,
)
from tests.share.attack_tables import (
    Table,
    accounts,
    all_small,
    groups_of_roster,
    small_sentences,
    tables_of,
    values_of_domains,
)
from tests.tiers import FULL, WEEKLY, examples

# Children, seed, level and systems: of several sizes and ways to exchange, and two systems alone.
FOLDERS = {
    "five systems": (90, 3, "manual", ("sis", "attendance", "meals", "family", "clubs")),
    "nothing shared": (140, 11, "none", ("sis", "meals", "map_growth", "screener")),
    "a shared number": (110, 21, "rostered", ("sis", "attendance", "behavior", "health", "meals")),
    "two systems": (160, 8, "governed", ("sis", "meals")),
    "without a roster": (120, 5, "manual", ("attendance", "lms", "career", "meal_benefits", "family")),
}  # fmt: skip
# Of these, one with a roster and one without it are attacked in the full tier, all once a week.
EACH_TIME = ("five systems", "without a roster")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Tables that none of these folders happens to have, and the notebook that would show them.
RARE = {
    "system|rows|records|children as linked": "02_meet_the_silos",
    "Some children are missing from a system|what|children as linked": "00_start_here",
}
# The whole report is run, but for two pages on which no folder is read.
READ_NO_FOLDER = ("07_what_each_step_buys", "09_the_sector_report")
COMMANDS: dict[str, tuple[str, ...]] = {
    "read": (),
    "link": (),
    "profile": (),
    "gaps": (),
    "questions": (),
    "one question": ("--question", "absence_by_grade"),
    "family": ("--all",),
    "view": ("--role", "public", "--who", "district"),
}
# Children in rows, in folders that only their owner opens: nobody solves what can be counted there.
IN_ROWS = {
    "findings.csv", "link_findings.csv", "crosswalk.csv", "pairs.csv", "review_queue.csv", "profile.csv",
    "left_out.csv", "lines.csv", "held.csv", "pages.csv", "withheld.csv",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What one run of a folder wrote and printed."""

    pages: dict[str, Path]
    printed: dict[str, str]
    texts: dict[str, str]
    groups: pd.DataFrame
    systems: list[str]
    called: dict[str, str]
    written: list[Path]

    def tables(self) -> list[Table]:
        """Give every table of all pages, commands and files."""
        files = {
            f"{path.parent.name}/{path.name}": path
            for path in self.written
            if path.suffix == ".csv" and path.name not in IN_ROWS and not path.name.startswith("restricted_")
        }
        return tables_of(self.pages, self.printed, files)

    def on_roster(self) -> float | None:
        """Give how many children the first system has, where a page says it."""
        linked = "how they are linked to other systems"
        first = [table for table in self.tables() if table.where == "index" and linked in table.heads]
        return first[0].numbers("children")[0] if first else None

    def all_texts(self) -> dict[str, str]:
        """Give what pages say outside of tables, too, and what commands print for people."""
        return {name: page_of(path)[1] for name, path in self.pages.items()} | self.texts


def _real(folder: Path, children: int, seed: int, level: str, systems: tuple[str, ...]) -> Path:
    """Make a folder of exports that doesn't say that it is invented."""
    from synthetic_data.district import make_district

    made = make_district(students=children, seed=seed, level=level, folder=folder / "made")
    for system in systems:
        shutil.copytree(made / "silos" / system, folder / "exports" / system)
    return folder / "exports"


def _command(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def _run(folder: Path, settings: tuple[int, int, str, tuple[str, ...]], only: list[str]) -> Run:
    exports, out = _real(folder, *settings), folder / "out"
    printed, texts = {}, {}
    with sharing():
        for name, more in COMMANDS.items():
            command = "questions" if name == "one question" else name
            place = ["--out", str(out / name)]
            place += ["--lookup", str(out / "lookup")] if command == "family" else []
            printed[name] = _command(command, str(exports), *more, *place, "--json")
            texts[name] = _command(command, str(exports), *more, *place)
            texts[f"{name}, tables"] = _command(command, str(exports), *more, *place, "--table")
        district = read_district(exports)
        with notebooks_here(), mock.patch("helpers.report.runs.report.sharing", nullcontext):
            result = run_report(exports, only=only, out=out / "reports")
    assert result.ok, result.trouble or result.failed
    assert result.run is not None
    pages = {path.stem: path for path in sorted(result.run.glob("*.html"))}
    called = {
        name.lower(): silo
        for names in (short_names(district.layouts), system_names(district.layouts))
        for silo, name in names.items()
    }
    groups = pd.read_csv(out / "view" / "groups.csv", dtype={"grade_level": "string"})
    written = [path for path in out.rglob("*") if path.is_file()]
    pages["gaps"] = out / "gaps" / "gaps.html"
    return Run(pages, printed, texts, groups, list(district), called, written)


def _attacked(kept: Kept, name: str) -> Run:
    folder = kept.folder / "attacked" / name.replace(" ", "_")
    every = [path.stem[:2] for path in NOTEBOOKS.glob("[01]*.ipynb") if path.stem not in READ_NO_FOLDER]
    return kept(f"attacked {name}", lambda: _run(folder, FOLDERS[name], sorted(every)))


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=FULL if name in EACH_TIME else WEEKLY) for name in FOLDERS],
)
def run(request: pytest.FixtureRequest, kept: Kept) -> Run:
    return _attacked(kept, str(request.param))


@pytest.mark.weekly
def test_whatever_the_attack_reads_is_on_a_page_of_some_run(kept: Kept) -> None:
    """A page that says it in other words would blind the attack."""
    runs = [_attacked(kept, name) for name in FOLDERS]
    pages = [page_of(path) for run in runs for path in run.pages.values()]
    heads = [f"{label}|{'|'.join(rows[0])}" for tables, _ in pages for label, rows in tables if rows]
    unread = [one.pattern for one in SENTENCES if not any(one.search(text) for _, text in pages)]
    assert unread == []
    assert {one for one in READERS if not any(one in head for head in heads)} == set(RARE)
    for head, notebook in RARE.items():
        lesson = (NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8")
        assert [word for word in head.split("|") if word not in lesson] == []
    assert any(run.on_roster() for run in runs)


def test_no_hidden_number_of_a_run_can_be_solved(run: Run) -> None:
    attack, known = attack_run(run.pages, run.printed, run.systems, run.called)
    accounts(attack, run.tables(), run.all_texts())
    groups_of_roster(attack, run.tables(), run.on_roster())

    assert known.listed or attack.hidden, "the attack read nothing"
    assert attack.recovered() == []
    # Nor of a combination that no page lists: who is in just these systems.
    unlisted = [("n", each) for each in known.combinations if each not in known.listed]
    small = [one for one in attack.recovered(unlisted) if one.value < 10]
    assert small == []


def test_no_table_or_sentence_of_a_run_says_or_gives_away_a_small_number_of_children(run: Run) -> None:
    tables = run.tables()

    assert {one.where for one in tables} >= {*COMMANDS, "gaps", "index", "02_meet_the_silos"}
    assert all_small(tables) == []
    assert [one for where, text in run.all_texts().items() for one in small_sentences(where, text)] == []
    assert list(values_of_domains(tables, run.on_roster())) == []


def test_no_hidden_number_of_the_publics_groups_can_be_solved(run: Run) -> None:
    attack, hidden = groups_attack(run.groups)

    assert hidden
    assert attack.recovered() == []


def test_no_hidden_number_of_the_publics_groups_comes_back_from_elements_of_the_same_children(
    district: District, district_links: Links, district_profiles: Profiles
) -> None:
    """Played by somebody who knows which elements cover the same children, or only some of another's."""
    signs = compute_indicators(district, district_links, district_profiles)
    source = source_of(district, district_links, district_profiles, signs)
    view = open_view(source, "public", "district")
    values = source.values(None, sorted(view.groups["element"].unique()))
    now = values["school_year"].isna() | values["school_year"].eq(view.school_year).fillna(False)
    values = values[now & values["chosen"].fillna(False) & values["status"].eq("Reported")]
    covered = {str(name): frozenset(own) for name, own in values.groupby("element")["child"]}
    attack, hidden = groups_attack(view.groups, covered)

    assert hidden
    assert len(set(covered.values())) < len(covered) - 20, "many elements cover the same children"
    assert attack.determined() == []
    assert small_differences(view.groups, covered) == []


def test_the_attack_subtracts_elements_of_the_same_children() -> None:
    def groups(absent_without: int | None) -> pd.DataFrame:
        shown = {
            ("school", "Oak"): 62, ("school", "no value"): 0,
            ("days_enrolled", "with a value"): 40, ("days_enrolled", "no value"): 22,
            ("chronically_absent", "false"): 31, ("chronically_absent", "true"): None,
            ("chronically_absent", "no value"): absent_without, ("rate", "with a value"): 41,
            ("rate", "no value"): 21,
        }  # fmt: skip
        rows = [
            ("d", name, "Oak", grade, group, count, 62 if name == "school" else None)
            for (name, group), count in shown.items()
            for grade in ("KG", None)
        ]
        names = ["domain", "element", "school", "grade_level", "group", "children", "of_children"]
        return pd.DataFrame(rows, columns=names)

    enrolled = frozenset(range(40))
    alike = {"days_enrolled": enrolled, "chronically_absent": enrolled, "rate": frozenset(range(41))}
    attack, hidden = groups_attack(groups(None), alike)
    assert hidden == 4
    assert {one.value for one in attack.determined() if one.cell[-1] == "true"} == {9}
    assert groups_attack(groups(None))[0].determined() == [], "nobody knows who has a value"
    assert {one.value for one in small_differences(groups(None), alike)} == {1}


def test_the_attack_recovers_what_is_listed_in_order_beside_totals() -> None:
    """As pages once did: small combinations in true order, beside the totals of two systems and of all."""
    attack, known = Attack(), Names(["a", "b"], {"a": "a", "b": "b"})
    for combination, word in (("a b", 30), ("a", "fewer than 10"), ("b", "fewer than 10")):
        known.listed[frozenset(combination.split())] = str(word)
        attack.told(("n", frozenset(combination.split())), word)
    for silo, total in (("a", 34), ("b", 33)):
        attack.sum_of([("n", each) for each in known.combinations if silo in each], total)

    assert {(one.cell[1], one.value) for one in attack.recovered()} == {
        (frozenset("a"), 4),
        (frozenset("b"), 3),
    }


@pytest.mark.parametrize(
    ("counts", "solved"),
    [
        ({"sure": 704, "waits": "fewer than 10"}, 2),
        ({"sure": "not shown", "waits": "not shown"}, None),
    ],
)
def test_the_attack_recovers_one_word_in_a_row_of_numbers_and_none_in_a_row_of_words(
    counts: dict[str, object], solved: int | None
) -> None:
    attack = Attack()
    for part, count in counts.items():
        attack.told(part, count)
    attack.sum_of(counts, 706)

    assert [one.value for one in attack.recovered()] == ([] if solved is None else [solved])


PAGE = (
    "<p>Real data: restricted.</p><p>{text}</p>"
    "<div role=group aria-label='{label}'><table>{rows}</table></div>"
)


def _planted(
    folder: Path, rows: list[list[object]], text: str = "", label: str = "Planted"
) -> list[Recovered]:
    """Read a page with such a table, as the pages of a run are read."""
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = folder / "page.html"
    page.write_text(PAGE.format(text=text, label=label, rows=cells), encoding="utf-8")
    tables = tables_of({"page": page}, {}, {})
    sentences = small_sentences("page", page_of(page)[1])
    return [*all_small(tables), *sentences, *values_of_domains(tables, 90)]


@pytest.mark.parametrize(
    ("rows", "text", "solved"),
    [
        ([["system", "children"], ["Meals", 9]], "", {9}),
        ([["system", "children"], ["Meals", "fewer than 10"], ["Clubs", 10]], "", set()),
        ([["group", "children", "out of"], ["grade 2", 41, 50]], "", {9}),
        ([["group", "children", "out of"], ["grade 2", 41, 51]], "", set()),
        # In tens 40 of 50 can be much; by its exact share it is 42 of 45, by one in steps it isn't.
        ([["group", "children", "out of", "share"], ["grade 2", 40, 50, "0.933"]], "", {3}),
        ([["group", "children", "out of", "share"], ["grade 2", 40, 50, "0.85"]], "", set()),
        ([["school", "children"], ["Oak", 31], ["Elm", "–"], ["all", 38]], "", {7}),
        ([["school", "children"], ["Oak", 30], ["Elm", "–"], ["all", 40]], "", set()),
        ([["what", "known (values)", "not linked there (values)"], ["family", 680, 40]], "", {5}),
        ([["what", "known (values)", "not linked there (values)"], ["family", 640, 80]], "", set()),
        ([["what", "many"], ["x", "y"]], "Pages are written, and 4 children have none.", {4}),
        ([["what", "many"], ["x", "y"]], "Where a part is 1 to 9 children, about 40 children wait.", set()),
    ],
)
def test_the_attack_finds_what_is_planted_in_a_table_or_sentence(
    rows: list[list[object]], text: str, solved: set[int], tmp_path: Path
) -> None:
    assert {one.value for one in _planted(tmp_path, rows, text)} == solved


def test_the_attack_opens_what_can_be_downloaded_and_reads_shares_in_titles(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(csv_link(pd.DataFrame({"grade": ["KG", "01"], "children": [40, 3]}), "By grade"))
    assert [one.value for one in all_small(tables_of({"page": page}, {}, {}))] == [3]

    title = "Of what some system collects about family, 94% is known"
    rows: list[list[object]] = [["what", "known (values)"], ["family", "not shown"]]
    assert {one.value for one in _planted(tmp_path, rows, label=title)} == {5}


@pytest.mark.parametrize(("exact", "solved"), [(True, {4}), (False, set())])
def test_the_attack_subtracts_the_groups_of_a_table_from_the_roster(
    exact: bool, solved: set[int], tmp_path: Path
) -> None:
    counts = {"KG": 41, "01": 45} if exact else {"KG": 40, "01": 50}
    rows = [("", "grade", group, 0, count, 0.0) for group, count in counts.items()]
    path = tmp_path / "coverage_by_group.csv"
    pd.DataFrame(rows, columns=["silo", "group_by", "group", "children", "out_of", "share"]).to_csv(path)
    attack = Attack()
    groups_of_roster(attack, tables_of({}, {}, {"gaps": path}), 90)

    assert {one.value for one in attack.recovered()} == solved


@pytest.mark.parametrize(("together", "solved"), [("2 set aside", {2}), ("fewer than 10 set aside", set())])
def test_the_attack_adds_up_what_became_of_the_rows_of_all_files(together: str, solved: set[int]) -> None:
    parts = ("rows_used", "rows_structure", "rows_set_aside", "rows_quarantined")
    rows: list[dict[str, object]] = [
        {"file": "a.csv", "rows": 110} | dict.fromkeys(parts, 0) | {"rows_used": 110, "rows_set_aside": None},
        {"file": "b.csv", "rows": 40} | dict.fromkeys(parts, 0) | {"rows_used": 40},
    ]
    printed = {"read": json.dumps({"accounts": rows})}
    attack, _ = attack_run({}, printed, ["a"], {})
    accounts(
        attack,
        tables_of({}, printed, {}),
        {"02": f"150 rows in 2 files: 140 used, {together}, 0 kept apart."},
    )

    assert {one.value for one in attack.recovered()} == solved


SYSTEMS = ["a", "b", "c", "d"]
WAYS = [tuple(way) for many in range(1, 5) for way in itertools.combinations(SYSTEMS, many)]
COUNTS = st.sampled_from([0, 0, 1, 3, 8, 9, 10, 11, 14, 30, 60])


def _rests(shown: dict[tuple[str, ...], int], counts: dict[tuple[str, ...], int], many: int) -> Attack:
    """Know what a list shows, all children and those of each system: the others are unknown."""
    attack = Attack()
    names = SYSTEMS[:many]
    ways = [way for way in WAYS if set(way) <= set(names)]
    for way in ways:
        attack.cell(way, hidden=way not in shown)
        if way in shown:
            attack.cell(way, shown[way], shown[way])
    everybody = sum(counts.values())
    totals = {name: sum(count for way, count in counts.items() if name in way) for name in names}
    for name, total in totals.items():
        attack.sum_of([way for way in ways if name in way], *((1, 9) if 0 < total < 10 else (total, total)))
    # As `shown_everybody` has it: all children aren't counted where a system knows all but few of them.
    small = [everybody - total for total in totals.values()]
    small += [sum(totals.values()) - everybody] if many == 2 else []
    if everybody >= 10 and not any(0 < rest < 10 for rest in small):
        attack.sum_of(ways, everybody)
    return attack


@settings(max_examples=examples(80))
@given(st.integers(2, 4).flatmap(lambda many: st.lists(COUNTS, min_size=2**many - 1, max_size=2**many - 1)))
def test_no_combination_that_is_pooled_can_be_solved_from_totals(numbers: list[int]) -> None:
    many = (len(numbers) + 1).bit_length() - 1
    ways = [way for way in WAYS if set(way) <= set(SYSTEMS[:many])]
    counts = dict(zip(ways, numbers, strict=True))
    shown, _ = pooled_groups(Guard(real=True), counts)

    assert [one for one in _rests(shown, counts, many).recovered() if one.value < 10] == []


def test_a_small_combination_among_large_ones_of_a_pool_is_not_the_rest_of_their_totals() -> None:
    """Every rest of a system is ten or more, and yet the pool less two of them would be three."""
    counts = {("a",): 3, ("a", "c"): 12, ("b",): 13, ("a", "b"): 40, ("c",): 41, ("b", "c"): 42}
    counts[("a", "b", "c")] = 43
    before = {way: count for way, count in counts.items() if count >= 40}
    assert {one.cell: one.value for one in _rests(before, counts, 3).recovered()}[("a",)] == 3

    shown, _ = pooled_groups(Guard(real=True), counts)
    assert ("a",) not in {one.cell for one in _rests(shown, counts, 3).recovered()}
