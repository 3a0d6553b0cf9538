"""Files of answers as they come: each odd thing is told, and no row is lost."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report import describe_maturity
from helpers.standard import BadInput
from helpers.standard.survey_items import declared_survey, read_survey
from helpers.survey import SurveyAnswers, assess_system, blank_form, form_words, read_answers
from helpers.survey.form import form_columns, unnamed
from tests.tiers import examples

ITEMS = list(declared_survey().items)
EMPTY: dict[str, object] = dict.fromkeys(ITEMS)


def form(*people: dict[str, object], system: str = "Lake", year: object = 2026) -> pd.DataFrame:
    rows = [
        {
            "system": system,
            "year": year,
            "respondent": f"R{place}",
            "role": "Teacher",
            **dict.fromkeys(ITEMS, 2),
        }
        | person
        for place, person in enumerate(people, start=1)
    ]
    return pd.DataFrame(rows, columns=form_columns())


def read(tmp_path: Path, frame: pd.DataFrame | str | bytes, *, name: str = "answers.csv") -> SurveyAnswers:
    path = tmp_path / name
    if isinstance(frame, pd.DataFrame):
        frame.to_csv(path, index=False)
    elif isinstance(frame, str):
        path.write_text(frame, encoding="utf-8")
    else:
        path.write_bytes(frame)
    return read_answers(path)


def kinds(answers: SurveyAnswers) -> set[str]:
    return set(answers.findings["kind"])


def adds_up(answers: SurveyAnswers) -> bool:
    rows = answers.accounts
    parts = rows[["rows_used", "rows_structure", "rows_set_aside", "rows_quarantined"]].sum(axis=1)
    return bool((parts == rows["rows"]).all()) and len(answers.respondents) == int(rows["rows_used"].sum())


def test_a_filled_form_is_read_without_a_finding(tmp_path):
    answers = read(tmp_path, form({}, {"governance_1": 4}).assign(data_team="yes"))
    assert answers.findings.empty
    assert adds_up(answers)
    assert len(answers.answers) == 2 * len(ITEMS)
    assert answers.respondents["data_team"].tolist() == [True, True]
    found = answers.answers.set_index(["respondent", "item"])["answer"]
    assert found["R2", "governance_1"] == 4


def test_words_of_questions_and_answers_do_as_well_as_ids_and_numbers(tmp_path):
    survey = declared_survey()
    frame = form({"governance_1": survey.item("governance_1").anchor(3), "technology_2": "4.0"})
    frame = frame.rename(columns={item.id: item.text for item in survey.items.values()})
    answers = read(tmp_path, frame)
    found = answers.answers.set_index("item")["answer"]
    assert found["governance_1"] == 3
    assert found["technology_2"] == 4
    assert found.notna().all()


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("cell", "kind"),
    [(7, "out_of_range"), (0, "out_of_range"), ("three", "not_in_codes"), (2.5, "out_of_range")],
)
def test_an_answer_that_can_t_be_is_no_answer_and_a_finding(tmp_path, cell, kind):
    answers = read(tmp_path, form({"governance_1": cell}))
    told = answers.findings[answers.findings["column"].eq("governance_1")]
    assert told["kind"].tolist() == [kind]
    assert told["row"].tolist() == [2]
    assert "1, 2, 3 or 4" in told["expected"].iloc[0]
    assert answers.answers.set_index("item")["answer"].isna()["governance_1"]


def test_unknown_items_and_missing_columns_are_told(tmp_path):
    frame = form({}).rename(columns={"governance_8": "governance_9"})
    answers = read(tmp_path, frame)
    told = answers.findings.set_index("column")["kind"]
    assert told["governance_9"] == "column_unknown"
    assert told["governance_8"] == "column_missing"
    hint = answers.findings.set_index("column")["expected"]["governance_9"]
    assert "Did you mean governance_" in hint
    assert "governance_8" not in set(answers.answers["item"])


def test_of_a_person_who_answered_twice_the_last_row_counts(tmp_path):
    answers = read(
        tmp_path, form({"respondent": "Ana", "impact_1": 1}, {}, {"respondent": "ana ", "impact_1": 3})
    )
    assert kinds(answers) == {"respondent_repeated", "column_missing"} - {"column_missing"}
    told = answers.findings.iloc[0]
    assert (told["row"], told["action_taken"]) == (2, "row_set_aside")
    assert len(answers.respondents) == 2
    assert adds_up(answers)
    kept = answers.answers.set_index(["respondent", "item"])["answer"]
    assert kept["ana", "impact_1"] == 3


def test_the_same_person_in_two_years_is_no_repetition(tmp_path):
    frame = pd.concat([form({}, year=2025), form({}, year=2026)])
    answers = read(tmp_path, frame)
    assert answers.findings.empty
    assert answers.years == [2025, 2026]


def test_rows_of_another_school_system_are_set_aside(tmp_path):
    frame = pd.concat(
        [form({}, {}), form({"respondent": "R9"}, system="Hill"), form({"respondent": "R3"}, system="LAKE")]
    )
    answers = read(tmp_path, frame)
    told = answers.findings
    assert told["kind"].tolist() == ["system_other"]
    assert told["value"].tolist() == ["Hill"]
    assert set(answers.respondents["system"]) == {"Lake"}
    assert len(answers.respondents) == 3
    assert adds_up(answers)


def test_a_formula_in_free_text_stays_text_and_is_told(tmp_path):
    frame = form({"note": '=HYPERLINK("http://x","y")', "respondent": "+1"}, {"role": "-", "note": "plain"})
    answers = read(tmp_path, frame)
    told = answers.findings[answers.findings["kind"].eq("formula_in_text")]
    assert set(told["column"]) == {"note", "respondent", "role"}
    assert answers.respondents["note"].iloc[0].startswith("=HYPERLINK")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter_is_read(tmp_path, encoding, delimiter):
    text = form({"respondent": "Noé", "role": "Directora"}, {}).to_csv(index=False, sep=delimiter)
    answers = read(tmp_path, text.encode(encoding))
    assert answers.respondents["respondent"].tolist() == ["Noé", "R2"]
    assert answers.answers["answer"].eq(2).all()
    assert adds_up(answers)


def test_a_workbook_does_as_well(tmp_path):
    held = io.BytesIO()
    form({"respondent": "Noé"}, {}).to_excel(held, index=False)
    answers = read(tmp_path, held.getvalue(), name="answers.xlsx")
    assert answers.answers["answer"].eq(2).all()
    assert len(answers.respondents) == 2
    assert adds_up(answers)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"\x00\x01\x02\xff\xfe garbage \x9d" * 40, None),
        (b"name,age\nAna,3\n", "file_unknown"),
        (b"role,note\nTeacher,nothing\n", "file_unknown"),
        (b"<html><body>not a table</body></html>", None),
        (b"PK\x03\x04 no zip", None),
    ],
)
def test_a_file_that_is_none_is_a_finding(tmp_path, content, kind):
    for name in ("answers.csv", "answers.xlsx"):
        answers = read(tmp_path, content, name=name)
        assert answers.respondents.empty
        assert len(answers.findings)
        assert answers.findings["action_taken"].eq("file_set_aside").any()
        if kind and name.endswith("csv"):
            assert kind in kinds(answers)
        assert adds_up(answers)
        assert assess_system(answers).lowest is None


def test_the_empty_form_has_no_respondent(tmp_path):
    answers = read(tmp_path, blank_form())
    standing = assess_system(answers)
    assert standing.people.empty
    assert standing.scores.empty
    assert standing.lowest is None
    assert adds_up(answers)
    assert standing.findings["kind"].tolist() == ["nobody_answered"]


def test_domains_that_tie_for_lowest_or_highest_are_all_named(tmp_path):
    items = declared_survey()
    high = {one.id: 3 for code in ("leadership", "impact") for one in items.of_domain(code)}
    said = describe_maturity(assess_system(read(tmp_path, form(high, high))))
    lowest, highest = said.partition(" and highest in ")[::2]
    titles = {code: one.title for code, one in items.domains.items()}
    for code, title in titles.items():
        assert (title in highest) == (code in ("leadership", "impact"))
        assert (title in lowest) == (code not in ("leadership", "impact"))
    alike = describe_maturity(assess_system(read(tmp_path, form({}, {}))))
    assert "lowest" not in alike
    assert all(title in alike for title in titles.values())


@pytest.mark.full
def test_one_person_alone_this_year_is_a_finding_with_her_place(tmp_path):
    frame = pd.concat([form({}, {}, year=2025), form({}, year=2026), form({"respondent": "R9"} | EMPTY)])
    found = assess_system(read(tmp_path, frame)).findings.set_index("kind")
    assert set(found.index) == {"one_person_answered", "no_answers"}
    assert found.loc["one_person_answered", "row"] == 4
    assert assess_system(read(tmp_path, form({}, {}))).findings.empty
    nobody = assess_system(read(tmp_path, form(EMPTY)))
    assert set(nobody.findings["kind"]) == {"nobody_answered", "no_answers"}


def test_who_gives_no_name_is_called_by_the_row(tmp_path):
    frame = form({}, {}).drop(columns=["respondent", "system", "year"])
    answers = read(tmp_path, frame)
    assert answers.respondents["respondent"].tolist() == ["row 2", "row 3"]
    assert answers.years == []
    assert {"system", "year", "respondent"} <= set(
        answers.findings.loc[answers.findings["kind"].eq("column_missing"), "column"]
    )


def test_who_gives_no_name_on_two_sheets_is_two_people(tmp_path):
    held = io.BytesIO()
    with pd.ExcelWriter(held) as book:
        for name in ("north", "south"):
            form({}, {}).drop(columns="respondent").to_excel(book, sheet_name=name, index=False)
    answers = read(tmp_path, held.getvalue(), name="answers.xlsx")
    assert answers.respondents["respondent"].nunique() == len(answers.respondents) == 4
    assert all(map(unnamed, answers.respondents["respondent"]))
    assert adds_up(answers)


@pytest.mark.full
def test_last_year_s_file_of_another_system_is_told(tmp_path):
    now, before = (
        read(tmp_path, form({}, {})),
        read(tmp_path, form({}, {}, system="Hill", year=2025), name="b.csv"),
    )
    standing = assess_system(now, before)
    assert standing.findings[["kind", "value", "expected"]].values.tolist() == [
        ["system_other", "Hill", "Lake"]
    ]
    assert standing.change["change"].eq(0).all()
    same = read(tmp_path, form({}, system="LAKE ", year=2025), name="c.csv")
    assert assess_system(now, same).findings.empty


def test_a_missing_file_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        read_answers(tmp_path / "none.csv")


cells = st.one_of(st.sampled_from([1, 2, 3, 4, None, 5, "x", "=1+1", "2.0", "''"]), st.text(max_size=4))


@pytest.mark.full
@settings(max_examples=examples(12))
@given(st.lists(st.tuples(st.sampled_from(["A", "B", "a", None, "=C"]), cells, cells), max_size=5))
def test_every_row_is_used_or_told(tmp_path_factory, people):
    frame = form(*({"respondent": who, ITEMS[0]: one, ITEMS[9]: other} for who, one, other in people))
    answers = read(tmp_path_factory.mktemp("answers"), frame)
    assert adds_up(answers)
    assert answers.answers["answer"].dropna().between(1, 4).all()
    assert int(answers.accounts["rows_used"].sum()) <= len(people)


def test_the_words_beside_the_form_are_those_of_the_items():
    words = form_words().set_index("column")
    item = declared_survey().item("governance_3")
    assert words.loc["governance_3", ["1", "4"]].tolist() == [item.anchor(1), item.anchor(4)]
    assert words.index.tolist() == ["all items", "data_team", *ITEMS]
    assert words.loc["all items", "question"] == declared_survey().own


def test_a_survey_that_is_wrong_is_refused_with_all_its_faults(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'own = "x"\nlowest = 1\nhighest = 4\n[data_team]\ntext = "t"\nsource = "s"\n'
        '[domains.a]\ntitle = "A"\nshort = "A"\nlow = "l"\nhigh = "h"\n'
        '[items.a_2]\ntitle = "t"\ntext = "t"\nanchors = ["1", "2", "3", "4"]\nsteps = ["1", "2", "3"]\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match="numbered from a_1"):
        read_survey(path)
