"""What family pages say is data: each thing has its place, and each code its word, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from helpers.layouts import all_layouts
from helpers.layouts.column import code_set
from helpers.profile import Condition, parts_of
from helpers.profile.indicators import declared_indicators
from helpers.report.child.shown_elements import DECLARED, read_page_terms, undeclared
from helpers.report.child.statements import LETTERS_OF
from helpers.report.family import language, languages, page_terms
from helpers.report.messages import HERE, VOICES, read_language
from helpers.share.policy import read_policy
from helpers.standard import BadInput
from helpers.systems import declared, systems
from synthetic_data.life.college_plans import INTERESTS, PLANS
from synthetic_data.life.participation import ACTIVITIES, CLUBS, named
from synthetic_data.life.wellbeing.plans import SERVICE_NAMES

TERMS = page_terms()
# Every place that a sentence about a child may have beside the elements that its rule asks for.
ALWAYS = {"name", "grade", "chronic_one_in"}


def codes(name: str) -> set[str]:
    return set(code_set(name).values())


def test_each_element_event_and_indicator_is_shown_or_left_off_with_a_reason() -> None:
    assert undeclared(TERMS) == []
    shown, left = TERMS.shown_elements, {*TERMS.left_off, *TERMS.own_page}
    assert shown | left == {each.name for each in declared().element}
    assert not shown & left
    assert all(reason.strip() for reason in (*TERMS.left_off.values(), *TERMS.own_page.values()))
    assert set(TERMS.compared) <= {each.name for each in declared().element}


def test_no_indicator_is_named_by_a_rule_of_pages() -> None:
    # Indicators sort children by thresholds; a page speaks of days, marks and scores.
    named_by_rules = {
        parts_of(name)[1] for one in (*TERMS.strength, *TERMS.talk) for name in one.when.inputs()
    }
    assert not named_by_rules & ({each.name for each in declared_indicators()} - TERMS.shown_elements)


def test_what_a_page_shows_is_what_the_policy_lets_a_family_see() -> None:
    policy = read_policy()
    for name in (*TERMS.shown_elements, *TERMS.shown_kinds):
        assert policy.rule("family", policy.domain_of(name)).allow == "row", name
    for name in TERMS.own_page:
        rule = policy.rule("student", policy.domain_of(name))
        assert (rule.allow, rule.scope) == ("row", "self"), name


@pytest.mark.parametrize("code", languages())
def test_every_rule_has_its_sentences_whose_places_its_rule_fills(code: str) -> None:
    spoken = language(code)
    letters = {**LETTERS_OF, "chronic_days": "days_enrolled"}
    for voice in VOICES:
        for one in TERMS.strength:
            asked = places_of_inputs(one.when)
            _placed(
                spoken.sentence(voice, f"strength.{one.key}"),
                asked | set(TERMS.line_of(one.line).elements),
                letters,
            )
        for talk in TERMS.talk:
            asked = places_of_inputs(talk.when)
            asked |= {element for key in talk.lines for element in TERMS.line_of(key).elements}
            for part in ("see", "means", "ask"):
                _placed(spoken.sentence(voice, f"talk.{talk.key}_{part}"), asked, letters)
        for line in TERMS.line:
            assert spoken.sentence(voice, f"line.{line.key}")
            assert spoken.sentence(voice, f"means.{line.key}")
            assert spoken.sentence(voice, f"group.{line.group}")
            assert spoken.sentence(voice, f"ask.{line.group}")


def places_of_inputs(when: Condition) -> set[str]:
    """Name the places that the inputs of a condition fill."""
    asked = [parts_of(name) for name in when.inputs()]
    return {f"{name}_before" if kind == "last_year" else name for kind, name in asked}


def _placed(sentence: str, asked: set[str], letters: Mapping[str, str]) -> None:
    subjects = {element: subject for subject, element in TERMS.tests.items()}
    for place in re.findall(r"\{(\w+)", sentence):
        element = letters.get(place, re.sub(r"_(when|less|test)$", "", place))
        if element.endswith("_other"):
            # Only a rule that compares two tests fills the places of the other one.
            element = element.removesuffix("_other")
            assert f"{subjects[element]}_tests_apart" in asked, (sentence, place)
        assert place in ALWAYS or element in asked, (sentence, place)


@pytest.mark.parametrize("code", languages())
def test_every_code_that_can_be_shown_has_its_label(code: str) -> None:
    labels = language(code).labels
    expected = {
        "grade_level": codes("edfi_grade_level") | codes("grade_level") | codes("grade_level_bare"),
        "in_grade": codes("edfi_grade_level") | codes("grade_level") | codes("grade_level_bare"),
        "language": codes("language"),
        "interest": set(INTERESTS),
        "activity": {named(each) for each in ACTIVITIES},
        "club": {club.title for club in CLUBS},
        "plan_after": set(PLANS),
        "plan_status": {"Active", "Exited"},
        "service": set(SERVICE_NAMES),
        "system": {layout.silo for layout in all_layouts().values()},
    }
    for table, wanted in expected.items():
        assert wanted <= set(labels[table]), (code, table, wanted - set(labels[table]))
    # Every table that a line names is one of these, so that none goes untested.
    assert {line.labels for line in TERMS.line if line.labels} <= set(expected)


@pytest.mark.parametrize("code", languages())
def test_no_acronym_no_rank_no_risk(code: str) -> None:
    forbidden = {
        "en": r"\b(risk|at-risk|rank\w*|percentile\w*|flag\w*|deficit|below average|IEP|GPA)\b",
        "es": r"\b(riesgo|rango|percentil\w*|déficit|puesto)\b",
    }.get(code, r"$^")
    messages = language(code).sentences
    for part in ("nouns", "words", "family", "student", "labels"):
        for table, sentences in getattr(messages, part).items():
            for key, sentence in sentences.items():
                at = f"{part}.{table}.{key}: {sentence}"
                assert not re.search(forbidden, sentence, re.IGNORECASE), at
                assert part == "labels" or not re.search(r"\b[A-Z]{2,}\b", sentence), at


def test_spanish_families_are_addressed_with_usted_and_students_with_tu() -> None:
    said = language("es").sentences
    for table in said.family.values():
        for sentence in table.values():
            assert not re.search(r"\b(tú|tu|tus|tienes|faltaste|te)\b", sentence, re.IGNORECASE), sentence
    for table in said.student.values():
        for sentence in table.values():
            assert not re.search(r"\b(usted|su hijo)\b", sentence, re.IGNORECASE), sentence
    assert language("es").say("student", "page.ask") == "Puedes preguntar"
    assert language("es").say("family", "page.ask") == "Puede preguntar"


def test_numbers_dates_and_counts_are_said_in_the_language_s_way() -> None:
    english, spanish = language("en"), language("es")
    assert [english.number(one) for one in (1234.56, -3, 7.0)] == ["1,234.6", "\u22123", "7"]
    assert english.day(date(2026, 4, 7)) == "April 7, 2026"
    assert spanish.day(date(2026, 4, 7)) == "7 de abril de 2026"
    assert [english.count(one, "day") for one in (0, 1, 2, 1.5)] == ["0 days", "1 day", "2 days", "1.5 days"]
    assert [spanish.count(one, "time") for one in (1, 4)] == ["una vez", "4 veces"]
    assert [english.listed(one) for one in (["a", "b", "c"], ["a"], [])] == ["a, b and c", "a", ""]


def test_a_language_with_more_forms_than_two_is_a_file(tmp_path: Path) -> None:
    text = (HERE / "en.toml").read_text(encoding="utf-8")
    text = text.replace('locale = "en_US"', 'locale = "hr_HR"')
    text = re.sub(r'other = "\{n\} days" \}', 'few = "{n} dni", other = "{n} days" }', text)
    text = re.sub(r'(?<!days", )other = ("[^"]*") \}', r"few = \1, other = \1 }", text).replace(
        'few = "{n} days", other', "other"
    )
    titles = [f'"{one.name}" = "{one.title["en"]}"' for one in systems().values()]
    text = "\n".join([text, "[labels.system]", *titles])
    (tmp_path / "xx.toml").write_text(text, encoding="utf-8")
    spoken = read_language(tmp_path / "xx.toml")
    assert [spoken.count(one, "day") for one in (1, 21, 11, 3, 13)] == [
        "1 day", "21 day", "11 days", "3 dni", "13 days",
    ]  # fmt: skip
    assert (spoken.name, spoken.day(date(2026, 4, 7))) == ("Hrvatski", "7. travnja 2026.")

    (tmp_path / "xx.toml").write_text(text.replace('few = "{n} dni", ', ""), encoding="utf-8")
    with pytest.raises(BadInput, match=r"nouns\.day has no form 'few'"):
        read_language(tmp_path / "xx.toml")


def test_a_language_that_lacks_something_names_all_that_it_lacks(tmp_path: Path) -> None:
    text = (HERE / "en.toml").read_text(encoding="utf-8")
    text = text.replace('talks = "Worth a talk"\n', "").replace("{days_absent} of", "some of", 1)
    text = text.replace("[labels.plan_status]", '[labels.plan_status]\n"zzz" = "y"')
    (tmp_path / "xx.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_language(tmp_path / "xx.toml")
    words = str(refused.value)
    assert "words.page.talks is missing" in words
    assert "doesn't say 'days_absent'" in words
    assert "labels.plan_status.zzz is nothing that English says" in words
    assert "labels.system.sis is missing" in words


def test_an_unknown_language_is_one_sentence_with_the_choices() -> None:
    with pytest.raises(BadInput, match=r"No page can be written in 'fr'.*There are: en, es"):
        language("fr")


def test_all_faults_of_a_declaration_are_named_at_once(tmp_path: Path) -> None:
    text = DECLARED.read_text(encoding="utf-8")
    text = text.replace('line = "math_growth"', 'line = "nowhere"', 1)
    text = text.replace("grade_average >=", "never_shown >=", 1)
    path = tmp_path / "shown_elements.toml"
    path.write_text(text.replace("[left_off]\n", '[left_off]\nschool = "twice"\n'), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_page_terms(path)
    words = str(refused.value)
    assert "'nowhere', which is none" in words
    assert "'never_shown'" in words
    assert "element 'school' is shown and left off" in words
