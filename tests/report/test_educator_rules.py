"""What an educator's page says first is data: every rule has its sentences, and every name is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.profile import parts_of
from helpers.report.child.educator_rules import DECLARED, educator_rules, read_educator_rules
from helpers.report.child.shown_elements import page_terms
from helpers.report.messages import language
from helpers.share import read_policy
from helpers.standard import BadInput
from helpers.systems import declared_elements

RULES = educator_rules()


def test_every_rule_has_a_sentence_for_educators_with_the_numbers_of_its_conditions() -> None:
    spoken = language("en")
    for talk in page_terms().talk:
        for part in ("see", "ask"):
            assert spoken.sentence("educator", f"talk.{talk.key}_{part}")
        # What a topic is about is said in numbers, not as for a family.
        assert f"{talk.key}_see" in spoken.sentences.educator["talk"], talk.key
        assert f"{talk.key}_ask" in spoken.sentences.educator["talk"], talk.key
    for strength in page_terms().strength:
        assert spoken.sentence("educator", f"strength.{strength.key}")
    for action in RULES.action:
        asked = {parts_of(name)[1] for name in action.when.inputs()} | {"name", "opened_day"}
        for part in ("see", "ask"):
            text = spoken.sentence("educator", f"action.{action.key}_{part}")
            assert set(re.findall(r"\{(\w+)", text)) <= asked
    for gap in RULES.unknown:
        assert "{why}" in spoken.sentence("educator", f"unknown.{gap.key}")
        assert spoken.sentence("educator", f"looked_for.{gap.key}")


def test_every_domain_of_the_profile_has_a_fold_and_one_of_another_package_comes_last() -> None:
    domains = {each.domain for each in declared_elements()}
    shown = [one.name for one in RULES.domains_of([*domains, "library"])]
    assert domains < set(shown)
    assert shown[-1] == "library"
    assert len(shown) == len(set(shown))


def test_closed_domains_name_elements_that_there_are() -> None:
    names = {each.name for each in declared_elements()}
    asked = {name for one in RULES.domain for text in one.closed for name in re.findall(r"\{(\w+)\}", text)}
    assert len(asked) > 20
    assert asked <= names


def test_a_declaration_with_a_wrong_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = DECLARED.read_text(encoding="utf-8")
    path = tmp_path / "educator.toml"
    path.write_text(text.replace('elements = ["days_absent"]', 'elements = ["days_absnt"]'), encoding="utf-8")
    with pytest.raises(BadInput, match=r"no element is called 'days_absnt'. Did you mean days_absent"):
        read_educator_rules(path)


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "zero", "cero"),
        (1, "one", "uno"),
        (21, "twenty-one", "veintiuno"),
        (46, "forty-six", "cuarenta y seis"),
        (100, "one hundred", "cien"),
        (172, "one hundred seventy-two", "ciento setenta y dos"),
        (2.5, "2.5", "2.5"),
        (200, "200", "200"),
    ],
)
def test_days_are_written_in_words_in_each_language(number: float, english: str, spanish: str) -> None:
    assert language("en").number_word(number) == english
    assert language("es").number_word(number) == spanish


def test_each_step_has_an_owner_and_the_reader_is_the_owner_where_the_role_may_be() -> None:
    roles = set(read_policy().roles)
    for topic, owners in RULES.owner.items():
        assert owners, topic
        assert set(owners) <= roles
    assert RULES.owner_of("call", "counselor") == "counselor"
    assert RULES.owner_of("call", "nurse") == "teacher"
    assert RULES.owner_of("learning", "counselor") == "teacher"


def test_a_topic_without_an_owner_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "educator.toml"
    path.write_text(
        DECLARED.read_text(encoding="utf-8").replace('work = ["teacher"]\n', ""), encoding="utf-8"
    )
    with pytest.raises(BadInput, match="nobody is named who acts on 'work'"):
        read_educator_rules(path)
