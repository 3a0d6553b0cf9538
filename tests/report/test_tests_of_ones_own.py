"""Two tests that nobody here knows, by layouts alone, take every place that i-Ready and MAP Growth had."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.link import Links, link_district
from helpers.profile import Profiles, Source, build_profiles, declared_elements, source_of
from helpers.profile.example_children import match_example_rules
from helpers.profile.indicators import compute_indicators
from helpers.profile.questions import children_for, declared_questions
from helpers.report.child.page import child_page, system_names
from helpers.report.family.pages import pages_of, prepare
from helpers.report.messages import Voice
from helpers.share import open_view
from helpers.systems import systems
from tests.shared_districts import SharedDistricts

OWN = {"map_growth": ("aurora", "Aurora Progress"), "iready": ("borealis", "Borealis Check")}
LAYOUT = """
layout = "assessment/{name}"
silo = "{name}"
domain = "assessment"
title = "{title}, results"
source = "invented for a test"
source_status = "own"

[[file]]
name = "results"
path = "{name}.csv"
format = "csv"
row_is = "a test that a child took"
key = ["Learner", "Tested", "Area"]
columns = [
  {{ name = "Learner", required = true, identification_system = "District", meaning = "Number here" }},
  {{ name = "Surname", term = "edfi:student.lastSurname", meaning = "Surname" }},
  {{ name = "Given", term = "edfi:student.firstName", meaning = "First name" }},
  {{ name = "Born", type = "date", format = "%Y-%m-%d", term = "edfi:student.birthDate", meaning = "Born" }},
  {{ name = "Tested", type = "date", format = "%Y-%m-%d", required = true, meaning = "Day of the test" }},
  {{ name = "Year", type = "school_year", format = "YYYY", required = true, meaning = "School year" }},
  {{ name = "Area", required = true, meaning = "Subject" }},
  {{ name = "Season", meaning = "Window" }},
  {{ name = "Scaled", type = "number", meaning = "Score" }},
  {{ name = "Rank", type = "number", meaning = "Percentile" }},
]
[[file.makes]]
table = "people"
take = {{ local_id = "Learner", last_surname = "Surname", first_name = "Given", birth_date = "Born" }}
"""
RESULT = """
[[file.makes]]
table = "assessment_result"
unless_empty = "result"
set = {{ assessment = "{title}", score_method = "{method}" }}
[file.makes.take]
local_id = "Learner"
administration_date = "Tested"
school_year = "Year"
academic_subject = "Area"
term = "Season"
result = "{column}"
"""


class Known(NamedTuple):
    district: District
    links: Links
    profiles: Profiles
    indicators: pd.DataFrame
    source: Source


def known(district: District, links: Links) -> Known:
    profiles = build_profiles(district, links)
    indicators = compute_indicators(district, links, profiles)
    return Known(district, links, profiles, indicators, source_of(district, links, profiles, indicators))


def same_links(old: District, links: Links, new: District) -> Links:
    """Tie the new tests' records to the children of the old: pages are compared, not linking."""
    numbers = {
        (silo, record): (name, new[name].people.set_index("local_id")["record"].get(number))
        for silo, (name, _) in OWN.items()
        for record, number in old[silo].people[["record", "local_id"]].itertuples(index=False)
    }

    def renamed(frame: pd.DataFrame, side: str = "") -> pd.DataFrame:
        keys = pd.MultiIndex.from_frame(frame[[f"{side}silo", f"{side}record"]])
        found = [numbers.get(key, key) for key in keys]
        return frame.assign(
            **{f"{side}silo": [one for one, _ in found], f"{side}record": [one for _, one in found]}
        )

    crosswalk = renamed(links.crosswalk)
    pairs = renamed(renamed(links.pairs, "left_"), "right_")
    return replace(links, crosswalk=crosswalk, pairs=pairs)


def export(silo: Any) -> pd.DataFrame:
    """Write a test's scores and percentiles as a wide table of another maker."""
    rows = silo.fact("assessment_result")
    rows = rows[rows["objective"].isna()]
    rows = rows.assign(academic_subject=rows["academic_subject"].replace("Language Arts", "Reading"))
    rows = rows[rows["academic_subject"].isin(["Mathematics", "Reading"])]
    test = ["record", "administration_date", "school_year", "academic_subject", "term"]
    wide = rows.pivot_table(
        index=test, columns="score_method", values="result", aggfunc="first"
    ).reset_index()
    who = silo.people.drop_duplicates("record").set_index("record").reindex(wide["record"])
    return pd.DataFrame(
        {
            "Learner": who["local_id"].to_numpy(),
            "Surname": who["last_surname"].to_numpy(),
            "Given": who["first_name"].to_numpy(),
            "Born": pd.to_datetime(who["birth_date"]).dt.strftime("%Y-%m-%d").to_numpy(),
            "Tested": wide["administration_date"].dt.strftime("%Y-%m-%d"),
            "Year": wide["school_year"],
            "Area": wide["academic_subject"],
            "Season": wide["term"],
            "Scaled": wide["Scale score"],
            "Rank": wide["Percentile"],
        }
    )


@pytest.fixture(scope="module")
def both(districts: SharedDistricts, tmp_path_factory: pytest.TempPathFactory) -> tuple[Known, Known]:
    """A district with the tests that the kit knows, and with two of one's own in place of them."""
    whole = districts.folder(students=60, faults=0.0)
    about = json.loads((whole / "district.json").read_text(encoding="utf-8"))
    silos = dict(about["silos"])
    before, own = (tmp_path_factory.mktemp(name) for name in ("before", "own"))
    for folder in (before, own):
        shutil.copytree(whole / "silos", folder / "silos")
    (before / "district.json").write_text(json.dumps({"silos": silos}), encoding="utf-8")
    old = read_district(before)
    links = link_district(old)
    (own / "layouts").mkdir()
    for silo, (name, title) in OWN.items():
        shutil.rmtree(own / "silos" / silo)
        (own / "silos" / name).mkdir()
        export(old[silo]).to_csv(own / "silos" / name / f"{name}.csv", index=False)
        layout = LAYOUT.format(name=name, title=title)
        for method, column in (("Scale score", "Scaled"), ("Percentile", "Rank")):
            layout += RESULT.format(title=title, method=method, column=column)
        (own / "layouts" / f"{name}.toml").write_text(layout, encoding="utf-8")
        del silos[silo]
        silos[name] = f"assessment/{name}"
    (own / "district.json").write_text(json.dumps({"silos": silos}), encoding="utf-8")
    new = read_district(own)
    return known(old, links), known(new, same_links(old, links, new))


def values_of_tests(one: Known) -> pd.DataFrame:
    """Give every value of a test, whether or not it is the newest, with its system."""
    rows = one.profiles.recorded
    names = [each.name for each in declared_elements() if each.compare == "apart"]
    rows = rows[rows["element"].isin(names) & rows["status"].eq("Reported") & rows["school_year"].eq(2026)]
    named = {old: name for old, (name, _) in OWN.items()}
    rows = rows.assign(silo=rows["silo"].replace(named))
    return rows[["child", "element", "silo", "value_number", "as_of", "chosen"]]


def test_each_element_of_a_test_has_the_same_value_from_the_new_one(both: tuple[Known, Known]) -> None:
    old, new = (
        values_of_tests(one).sort_values(["child", "element", "silo"], ignore_index=True) for one in both
    )
    assert len(old) > 250
    pd.testing.assert_frame_equal(old[~old["element"].str.startswith("college")], new)


def test_questions_about_tests_have_the_same_answers(both: tuple[Known, Known]) -> None:
    roles = {each.name for each in declared_elements() if each.compare == "apart"}
    asked = [each for each in declared_questions() if roles & {*each.inputs()}]
    assert len(asked) >= 4
    for question in asked:
        old, new = (children_for(one.source, question.id)[["child", "answer", "all_known"]] for one in both)
        assert old["answer"].notna().any(), question.id
        pd.testing.assert_frame_equal(old, new, obj=question.id)


def test_a_comparison_with_norms_says_that_it_has_none_of_this_test(both: tuple[Known, Known]) -> None:
    def details(one: Known) -> pd.Series:
        rows = one.indicators
        rows = rows[rows["indicator"].eq("achievement_mathematics") & rows["definition"].eq("norms_2025")]
        return rows.set_index("child")[["status", "detail"]]

    old, new = (details(one) for one in both)
    compared = old.index[old["status"].isin(["Flagged", "Warning", "Clear"])]
    assert len(compared) > 25
    assert set(new.loc[compared, "status"]) == {"Unknown"}
    assert set(new.loc[compared, "detail"]) == {"why=No norms"}


def test_the_same_children_are_followed(both: tuple[Known, Known]) -> None:
    old, new = (match_example_rules(one.district, one.links) for one in both)
    assert [(each.child, each.unmet) for each in old] == [(each.child, each.unmet) for each in new]


@pytest.mark.parametrize("voice", ["family", pytest.param("student", marks=pytest.mark.full)])
def test_pages_name_the_new_tests_where_they_named_the_old(both: tuple[Known, Known], voice: Voice) -> None:
    named = 0
    old, new = (page_texts(one, voice) for one in both)
    assert old.keys() == new.keys()
    for child, text in old.items():
        for old_name, (_, title) in OWN.items():
            # The label of each score.
            subjects = "(?:math|reading|matemáticas|lectura)"
            count = sum(
                len(re.findall(f"{word}, {subjects}", text)) for word in systems()[old_name].title.values()
            )
            assert len(re.findall(f"{title}, {subjects}", new[child])) == count, (child, title)
            named += count
    assert named > 100


def page_texts(one: Known, voice: Voice) -> dict[str, str]:
    run = prepare(one.district, one.links, one.source, voice=voice)
    return {
        f"{page.recipient.child} {page.recipient.who}": re.sub(r"<[^>]+>", " ", str(page.markup))
        for page in pages_of(run)
    }


@pytest.mark.full
def test_an_educators_page_has_the_new_tests_in_its_sentences_and_its_domain(
    both: tuple[Known, Known],
) -> None:
    texts = []
    schools = both[0].source.values(None, ["school"])
    school = str(schools.loc[schools["status"].eq("Reported"), "value"].mode()[0])
    for one in both:
        view = open_view(one.source, "counselor", school)
        named = system_names(one.source.systems())
        texts.append(
            {
                child: said_of(str(child_page(view.of(child), named, note="").block.markup))
                for child in sorted(view.children["child"])[:30]
            }
        )
    old, new = texts
    assert old.keys() == new.keys()
    for child, text in old.items():
        for shown, (_, title) in zip(("MAP Growth", "i-Ready"), OWN.values(), strict=True):
            assert (title in new[child]) == (shown in text), (child, title)
        # The closed domain says the percentiles, whichever test they are of.
        said = re.findall(r"percentile in reading \d+, in math \d+", text)
        assert re.findall(r"percentile in reading \d+, in math \d+", new[child]) == said
    assert sum("Aurora Progress" in text for text in new.values()) > 5


def said_of(markup: str) -> str:
    """Give a page's words, without which of two tests that lack a child it names first."""
    return re.sub(r"\([^()]*: not linked[^()]*\)", "", re.sub(r"<[^>]+>", " ", markup))
