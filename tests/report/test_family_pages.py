"""Family pages of made districts: only what may stand, plain words, strengths first, sources behind all."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
import textstat
from click.testing import CliRunner

from helpers.cli.family import children_without, family
from helpers.files import District, read_district
from helpers.link import Links, link_district
from helpers.link.review import read_decisions
from helpers.profile import build_profiles
from helpers.profile.lineage import source_rows
from helpers.profile.store.source import MemorySource, source_of
from helpers.report.family.corrections import corrections_of, read_corrections
from helpers.report.family.pages import (
    FamilyPage,
    Run,
    family_pages,
    new_codes,
    pages_of,
    prepare,
    shown_on,
    shown_page,
)
from helpers.report.family.write import (
    SavedPages,
    codes_in,
    read_lookup,
    records_of,
    save_lookup,
    save_run,
    write_pages,
)
from helpers.share.audit import Audit
from helpers.standard import BadInput
from helpers.systems import declared
from tests.modes import for_others
from tests.report.family_words import words_of
from tests.shared_districts import SharedDistricts

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


class Made(NamedTuple):
    district: District
    links: Links
    source: MemorySource


def put_together(folder: Path) -> Made:
    district = read_district(folder)
    links = link_district(district, "resolved")
    return Made(district, links, source_of(district, links, build_profiles(district, links)))


@pytest.fixture(scope="module")
def made(district_folder: Path) -> Made:
    return put_together(district_folder)


@pytest.fixture(scope="module")
def governed(districts: SharedDistricts) -> Made:
    """A district whose systems share ids: guardians are tied to children beyond doubt."""
    return put_together(districts.folder(students=80, seed=5, level="governed"))


@pytest.fixture(scope="module")
def english(made: Made) -> tuple[FamilyPage, ...]:
    return family_pages(*made, language="en").pages


@pytest.fixture(scope="module")
def spanish(made: Made) -> tuple[FamilyPage, ...]:
    return family_pages(*made, language="es").pages


@pytest.fixture(scope="module")
def for_students(made: Made) -> tuple[FamilyPage, ...]:
    return family_pages(*made, voice="student").pages


@pytest.mark.full
def test_english_pages_are_at_grade_6_or_lower(
    english: tuple[FamilyPage, ...], for_students: tuple[FamilyPage, ...]
) -> None:
    assert len(english) + len(for_students) >= 200
    textstat.set_lang("en")
    grades = [
        textstat.flesch_kincaid_grade(words_of(one.markup, cells=cells))
        for one in (*english, *for_students)
        for cells in (True, False)
    ]
    assert max(grades) <= 6, f"grade {max(grades):.1f}"


@pytest.mark.full
def test_spanish_pages_score_6_or_lower_by_crawford(made: Made, spanish: tuple[FamilyPage, ...]) -> None:
    students = family_pages(*made, language="es", voice="student").pages
    textstat.set_lang("es")
    try:
        grades = [
            textstat.crawford(words_of(one.markup, cells=cells))
            for one in (*spanish, *students)
            for cells in (True, False)
        ]
        assert max(grades) <= 6, f"grade {max(grades):.1f}"
    finally:
        textstat.set_lang("en")


def test_strengths_come_first_and_are_true_or_none_is_claimed(english: tuple[FamilyPage, ...]) -> None:
    for one in english:
        first = [one.markup.index(text) for text in ("Going well</span>", "Days missed</span>", 'id="talks"')]
        places = [*first, *(one.markup.index(f'id="{name}"') for name in ("year", "numbers"))]
        assert places == sorted(places)
        assert one.page.strengths or one.page.nothing_yet in one.markup.replace("&#39;", "'")
        assert 0 <= len(one.page.talks) <= 3
        numbers = {line.number for line in one.page.lines}
        for said in (*one.page.strengths, one.page.days, *one.page.talks):
            assert {int(number) for number in re.findall(r"\d+", said.ref)} <= numbers
    assert sum(bool(one.page.strengths) for one in english) > len(english) / 2


def test_a_page_asks_for_nothing_and_holds_no_script(english: tuple[FamilyPage, ...]) -> None:
    for one in english[:20]:
        assert "<script" not in one.markup
        assert not re.search(r"https?:|src=|url\((?!#hatch)|@import|<link", one.markup)
        assert set(re.findall(r'href="([^"]*)"', one.markup)) == {"#main"}
        assert re.search(r'<html lang="en">', one.markup)
        assert one.markup.count("<h1>") == 1
        assert one.markup.count("<main ") == 1


def test_file_names_and_pages_hold_no_number_and_no_surname_of_the_child(
    made: Made, english: tuple[FamilyPage, ...], tmp_path: Path
) -> None:
    crosswalk = made.links.crosswalk
    surname = made.source.children().set_index("child")["last_surname"]
    names = made.source.values()
    others = names[names["element"].isin(["state_id", "birth_date"]) & names["status"].eq("Reported")]
    told = dict(iter(others.groupby("child")["value"]))
    for one in english:
        assert CODE.fullmatch(one.code)
        child = one.recipient.child
        assert child not in one.markup
        own = crosswalk.loc[crosswalk["child"].eq(child), "record"]
        text = words_of(one.markup)
        for record in own:
            assert len(record) < 5 or record not in text
        for value in told.get(child, []):
            assert value not in one.markup
        last = surname.get(child)
        teachers = one.page.teachers + one.page.office
        if isinstance(last, str) and last not in teachers and len(last) > 4:
            assert last not in text.replace(str(one.statements.values["first_name"].text), "")
    assert len({one.code for one in english}) == len(english)


def test_only_values_of_systems_that_may_stand_are_shown_and_unreviewed_links_never(
    made: Made, english: tuple[FamilyPage, ...], for_students: tuple[FamilyPage, ...]
) -> None:
    run = prepare(*made)
    standing = run.standing[run.standing["may_show"].astype(bool)]
    may = set(zip(standing["child"], standing["silo"], strict=True))
    shown = shown_on([*english, *for_students])
    assert len(shown) > 1000
    assert set(zip(shown["child"], shown["silo"], strict=True)) <= may
    crosswalk = made.links.crosswalk
    unsure = crosswalk[crosswalk["link_status"].isin(["Unverified", "Review"])]
    keys = set(zip(unsure["child"], unsure["silo"], strict=True))
    assert not keys & set(zip(shown["child"], shown["silo"], strict=True))


@pytest.mark.full
def test_held_pages_are_not_written_and_listed_with_their_reason(made: Made) -> None:
    result = family_pages(*made)
    whole = result.held[result.held["guardian"].isna() & result.held["home"].isna()]
    written = {one.recipient.child for one in result.pages}
    assert len(whole)
    assert not set(whole["child"]) & written
    assert result.held["reason"].notna().all()
    eighteen = set(whole.loc[whole["code"].eq("eighteen"), "child"])
    assert eighteen
    own = family_pages(*made, children=sorted(eighteen), voice="student")
    assert {one.recipient.child for one in own.pages} <= eighteen
    assert own.pages


@pytest.mark.full
def test_each_home_gets_its_own_page_in_its_own_language(governed: Made) -> None:
    result = family_pages(*governed)
    named = [one for one in result.pages if one.recipient.who is not None]
    assert named, "nobody is tied to a guardian beyond doubt"
    for one in named:
        assert one.recipient.language == ("es" if one.recipient.asked_for == "spa" else "en")
        assert f'<html lang="{one.recipient.language}">' in one.markup
    homes = pd.Series([one.recipient.child for one in named]).value_counts()
    assert homes.max() >= 2
    held = result.held[result.held["guardian"].notna()]
    gone = {(child, f"{silo}") for child, silo in zip(held["child"], held["guardian"], strict=True)}
    for one in named:
        for adult in one.recipient.adults:
            assert (one.recipient.child, adult.partition(":")[2]) not in gone


def test_no_name_of_an_element_an_event_or_a_system_stands_on_a_page(
    made: Made, english: tuple[FamilyPage, ...]
) -> None:
    names = {each.name for each in (*declared().element, *declared().timeline)} | set(made.district.silos)
    codes = {name for name in names if "_" in name}
    assert "map_growth" in codes
    for one in english:
        assert not codes & set(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", one.markup)))


@pytest.mark.full
def test_every_line_leads_to_its_source(made: Made, english: tuple[FamilyPage, ...]) -> None:
    checked = 0
    for one in english[::40]:
        for line in one.page.lines:
            for element, told in line.reported:
                assert told.silo
                if told.file is None:
                    rows = source_rows(made.source, one.statements.child, element, told.school_year)
                    assert told.silo in set(rows["silo"]) or told.number == 0, (element, told)
                checked += 1
        for month in one.page.year.rows if one.page.year else ():
            assert 0 <= sum(month.counts) <= len(month.events)
            assert all(event.file and event.row for event in month.events)
    assert checked > 30


@pytest.fixture(scope="module")
def written(made: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Run]:
    folder = tmp_path_factory.mktemp("written")
    run = prepare(*made, chosen_language="en", audit=Audit(folder / "lookup" / "audit.jsonl"))
    told = write_pages(pages_of(run), records_of(made.links.crosswalk, run.standing), folder / "pages")
    save_run(folder / "lookup", told, run.held)
    return folder / "pages", folder / "lookup", run


@pytest.mark.full
def test_the_lookup_stands_apart_says_that_it_is_restricted_and_each_view_is_logged(
    written: tuple[Path, Path, Run],
) -> None:
    pages, lookup, run = written
    assert {path.suffix for path in pages.iterdir()} == {".html"}
    assert len(list(pages.iterdir())) == len(run.recipients)
    for name in ("pages.csv", "lines.csv", "held.csv"):
        assert for_others(lookup / name) == 0
    assert (lookup / "RESTRICTED.txt").read_text(encoding="utf-8").startswith("Restricted: ")
    audit = Audit(lookup / "audit.jsonl")
    assert audit.verify().empty
    assert set(audit.read()["role"]) == {"family"}
    assert len(audit.read()) >= 1


@pytest.mark.full
def test_the_tables_of_a_run_are_read_and_joined_by_their_codes_as_they_are(
    written: tuple[Path, Path, Run],
) -> None:
    pages, lookup, _ = written
    listed, lines = (pd.read_csv(lookup / name, dtype="string") for name in ("pages.csv", "lines.csv"))
    assert listed.columns[0] == lines.columns[0] == "page"
    assert set(listed["page"]) == {path.stem for path in pages.iterdir()}
    joined = lines.merge(listed, on="page", how="inner", validate="many_to_one")
    assert len(joined) == len(lines) > len(listed)


def test_a_code_is_never_a_number_or_a_day_to_a_spreadsheet() -> None:
    codes = new_codes(500)
    assert len(set(codes)) == 500
    assert all(re.fullmatch(r"[A-HJ-NP-Z][2-9][2-9A-HJ-NP-Z]{2}-[2-9A-HJ-NP-Z]{4}", code) for code in codes)


@pytest.mark.full
def test_a_lookup_with_a_remark_above_its_header_is_read_as_well(
    written: tuple[Path, Path, Run], tmp_path: Path
) -> None:
    _, lookup, _ = written
    for name in ("pages.csv", "lines.csv"):
        text = (lookup / name).read_text(encoding="utf-8-sig")
        code = re.compile(r"^(?=[A-Z][2-9])", re.MULTILINE)
        old = "\ufeff# Restricted: says whose page is which.\r\n" + code.sub("'", text)
        (tmp_path / name).write_text(old, encoding="utf-8", newline="")
    for new, old in zip(read_lookup(lookup), read_lookup(tmp_path), strict=True):
        pd.testing.assert_frame_equal(new, old)


@pytest.mark.full
def test_what_is_not_right_becomes_a_correction_for_its_system_or_a_pair_for_the_desk(
    made: Made, written: tuple[Path, Path, Run], tmp_path: Path
) -> None:
    _, lookup, _ = written
    lines = pd.read_csv(lookup / "lines.csv", dtype="string")
    pages = pd.read_csv(lookup / "pages.csv", dtype="string")
    missed = lines[lines["what"].eq("days_missed") & lines["element"].eq("days_absent")].iloc[0]
    of_another = lines["page"].ne(missed["page"])
    month = lines[lines["what"].eq("month") & lines["file"].notna() & of_another].iloc[0]
    page = missed["page"]
    file = tmp_path / "said.csv"
    file.write_text(
        "page,line,right,said_by\n"
        f"{page.lower().replace('-', ' ')},{missed['line']},=1+1,the mother\n"
        f"{month['page']},{month['line']},Otro niño,the father\n",
        encoding="utf-8",
    )
    found = corrections_of(read_corrections(file), lookup, *made)
    own = found.corrections[found.corrections["page"].eq(page)]
    assert set(own["silo"]) == {missed["silo"]}
    assert own["file"].notna().all() or missed["shown"].startswith("0 ")
    assert set(own["said_to_be"]) == {"=1+1"}
    other = found.corrections[found.corrections["said_by"].eq("the father")]
    assert (month["file"], int(month["row"])) in set(zip(other["file"], other["row"], strict=True))

    saved = save_lookup(tmp_path / "out", {"c.csv": found.corrections, "r.csv": found.review})
    assert "'=1+1" in saved[0].read_text(encoding="utf-8-sig")
    # The desk's own reader takes the pairs, once a person has answered.
    review = found.review
    assert len(review)
    of_month = lines["page"].eq(month["page"]) & lines["line"].eq(month["line"])
    assert set(review["right_silo"]) == set(lines.loc[of_month, "silo"].dropna())
    crosswalk = made.links.crosswalk.set_index(["silo", "record"])["child"]
    child = dict(zip(pages["page"], pages["child"], strict=True))[month["page"]]
    for side in ("left", "right"):
        for silo, record in zip(review[f"{side}_silo"], review[f"{side}_record"], strict=True):
            assert crosswalk[silo, record] == child
    save_lookup(tmp_path / "answered", {"r.csv": review.assign(answer="no")})
    decided = read_decisions(tmp_path / "answered" / "r.csv")
    assert set(decided["decision"]) == {"No match"}
    again = link_district(made.district, "resolved", decisions=decided)
    pair = review.iloc[0]
    apart = again.crosswalk.set_index(["silo", "record"])["child"]
    assert apart[pair["left_silo"], pair["left_record"]] != apart[pair["right_silo"], pair["right_record"]]


@pytest.mark.full
def test_a_page_of_an_earlier_run_still_leads_to_its_rows_and_its_child(
    made: Made, written: tuple[Path, Path, Run], tmp_path: Path
) -> None:
    pages, lines = read_lookup(written[1])
    of_month = lines[lines["what"].eq("month") & lines["file"].notna()].iloc[0]
    # By the time of the answer its child has another name: the page's records say who it is.
    page = pages[pages["page"].eq(of_month["page"])]
    old = SavedPages(page.assign(child="c-before"), lines[lines["page"].eq(of_month["page"])])
    held = written[2].held
    newer = SavedPages(old.pages.assign(page="2222-2222"), old.lines.assign(page="2222-2222").head(1))
    for run in (old, newer, SavedPages(newer.pages.assign(page="3333-3333"), newer.lines.head(0))):
        save_run(tmp_path / "lookup", run, held)
    assert codes_in(tmp_path / "lookup") == {of_month["page"], "2222-2222", "3333-3333"}
    file = tmp_path / "said.csv"
    file.write_text(
        f"page,line,right,said_by\n{of_month['page']},{of_month['line']},not my child,the aunt\n",
        encoding="utf-8",
    )
    found = corrections_of(read_corrections(file), tmp_path / "lookup", *made)
    places = set(zip(found.corrections["file"], found.corrections["row"].astype("string"), strict=True))
    assert (of_month["file"], of_month["row"]) in places
    assert found.corrections["written"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()
    known = made.links.crosswalk.set_index(["silo", "record"])["child"]
    right = zip(found.review["right_silo"], found.review["right_record"], strict=True)
    assert {known[side] for side in right} == set(page["child"])
    for kept in (tmp_path / "lookup" / "earlier").rglob("*"):
        assert for_others(kept) == 0


def test_a_code_of_an_earlier_page_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("AAAABBBBCCCCDDDD")
    monkeypatch.setattr("secrets.choice", lambda letters: next(drawn))
    assert new_codes(1, {"AAAA-BBBB"}) == ["CCCC-DDDD"]


@pytest.mark.full
def test_every_row_of_corrections_that_leads_nowhere_is_named(
    made: Made, written: tuple[Path, Path, Run], tmp_path: Path
) -> None:
    _, lookup, _ = written
    page = next(written[0].iterdir()).stem
    file = tmp_path / "said.csv"
    file.write_text(f"page,line,right,said_by\n2222-2222,1,x,y\n{page},999,x,y\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"row 2: no page 2222-2222(.|\n)*row 3: page .* has no line 999"):
        corrections_of(read_corrections(file), lookup, *made)
    file.write_text("page,line,right,said_by\nA,first,x,y\n,1,,y\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_corrections(file)
    assert all(
        words in str(refused.value) for words in ("row 2: the line is 'first'", "row 3: no page", "no right")
    )
    with pytest.raises(BadInput, match="--lookup"):
        corrections_of(pd.DataFrame(columns=["page", "line", "right", "said_by"]), tmp_path, *made)


def test_a_page_in_a_notebook_is_a_frame_without_script(english: tuple[FamilyPage, ...]) -> None:
    block = shown_page(english[0])
    assert 'sandbox=""' in block.markup
    assert english[0].code in block.text
    assert "<main" not in block.markup  # escaped inside srcdoc


def run_family(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(family, [str(one) for one in arguments], catch_exceptions=False)
    return result.exit_code, result.stdout or result.stderr


@pytest.mark.full
def test_the_command_writes_one_child_s_page_and_says_what_is_wrong(
    made: Made, english: tuple[FamilyPage, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The district is read already.
    module = sys.modules["helpers.cli.family"]
    monkeypatch.setattr(module, "read_known", lambda folder, output: made.district)
    monkeypatch.setattr(module, "linked", lambda district, output: made.links)
    folder, child = made.district.folder, english[0].recipient.child
    places = ("--out", tmp_path / "out", "--lookup", tmp_path / "lookup")
    status, said = run_family(folder, "--child", child, "--json", *places)
    assert status == 0
    assert '"pages": 1' in said
    assert len(list((tmp_path / "out").glob("*.html"))) == 1
    status, said = run_family(folder, "--school", "Riverbend Hgh School", *places)
    assert status == 2
    assert "Did you mean" in said


def test_a_child_without_a_page_counts_once_however_many_reasons_there_are() -> None:
    held = pd.DataFrame({"child": ["a", "a", "b", "c"], "reason": ["grown", "unsure", "unsure", "grown"]})
    without = children_without(held)
    assert without.to_dict("list") == {"reason": ["grown", "unsure"], "children": [2, 1]}
    assert without["children"].sum() == held["child"].nunique()


def test_what_is_wrong_in_a_command_is_said_before_anything_is_read(tmp_path: Path) -> None:
    assert "Name the pages" in run_family(tmp_path)[1]
    assert "There are: en, es" in run_family(tmp_path, "--all", "--language", "tlh")[1]
    offices = tmp_path / "offices.csv"
    offices.write_text(
        "school,person,telephone,email\nRiverbend High School,,555,a@b.example\n", encoding="utf-8"
    )
    status, said = run_family(tmp_path, "--all", "--office", offices)
    assert status == 2
    assert "row 2: no person" in said


def test_a_child_who_is_not_there_is_one_sentence(made: Made) -> None:
    with pytest.raises(BadInput, match=r"No child is called 'c-nobody'.*crosswalk\.csv"):
        prepare(*made, children=["c-nobody"])
