"""A draft says which column holds which field, as a TOML that a person can correct."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.link.two_files import SideMapping, Source, as_toml, link_files, read_mapping, read_person_file
from helpers.link.two_files.draft_mapping import draft_side
from helpers.link.two_files.persons import guess_formats, parts_of
from helpers.standard import BadInput
from tests.link.two_lists import persons, write_rows

# What stands below a head, by a letter: two persons or more of each kind.
CELLS = {
    "g": ["Ann", "Bob", "Carl", "Dora", "Eve", "Finn"],
    "s": ["Miller", "Smith", "Jones", "Brown", "Garcia", "Lopez"],
    "f": ["Ann Miller", "Bob Smith", "Carl Jones", "Dora Brown", "Eve Garcia", "Finn Lopez"],
    "m": ["A", "B", "C", "D", "E", "F"],
    "d": ["1999-02-19", "1988-12-30", "1977-01-02", "2001-11-11", "1965-06-07", "1990-10-23"],
    "d8": ["19990219", "19881230", "19770102", "20011111", "19650607", "19901023"],
    "y": ["1999", "1988", "1977", "2001", "1965", "1990"],
    "mo": ["2", "12", "1", "11", "6", "10"],
    "dy": ["19", "30", "2", "11", "7", "23"],
    "n": ["11", "22", "3", "44", "55", "66"],
    "x": ["M", "F", "F", "M", "M", "F"],
    "a": ["1 Main St", "22 Elm Rd", "3 Oak Ave", "4 High St", "5 Low Rd", "6 Hill Ln"],
    "st": ["main st", "elm rd", "oak ave", "high st", "low rd", "hill ln"],
    "c": ["Paris", "Rome", "Oslo", "Bonn", "Bern", "Riga"],
    "z": ["12345", "23456", "34567", "45678", "56789", "67890"],
    "p": ["555-123-4567", "555-123-4568", "555-223-4567", "555-123-4777", "555-999-4567", "555-123-0000"],
    "e": ["a@b.co", "b@b.co", "c@b.co", "d@e.fr", "e@e.com", "f@g.org"],
    "i": ["rec-1-org", "rec-2-org", "rec-3-dup-0", "rec-4-org", "rec-5-org", "rec-6-org"],
    "k": ["1", "1", "2", "3", "4", "5"],
    "id": ["584-16-0130", "854-13-6295", "584-16-0131", "584-16-0132", "584-16-0133", "584-16-0134"],
    "q": ["WA", "NC", "NC", "WA", "TX", "NC"],
}


def _draft(heads: str) -> SideMapping:
    told = [one.rpartition("=")[::2] for one in heads.split(" ")]
    return draft_side(
        pd.DataFrame({head.replace("_", "_"): CELLS[kind] for head, kind in told}, dtype="string")
    )


def _columns(mapping: SideMapping) -> dict[str, str]:
    return {name: "+".join(source.columns) for name, source in mapping.sources.items()}


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (
            "rec_id=i given_name=g surname=s street_number=n address_1=st address_2=c suburb=c postcode=z "
            "state=q "
            "date_of_birth=d8 soc_sec_id=id phone_number=p",
            "given_name=given_name family_name=surname birth_date=date_of_birth street=address_1 "
            "house_number=street_number address_line_2=address_2 locality=suburb region=state "
            "postcode=postcode "
            "telephone=phone_number national_id=soc_sec_id",
        ),
        (
            "unique_id=k first_name=g surname=s dob=d city=c email=e cluster=k",
            "given_name=first_name family_name=surname birth_date=dob locality=city e_mail=email",
        ),
        (
            "unique_id=i cluster=k full_name=f first_and_surname=f first_name=g surname=s dob=d "
            "birth_place=c "
            "postcode_fake=z gender=x occupation=s",
            "given_name=first_name family_name=surname birth_date=dob sex=gender postcode=postcode_fake "
            "birth_place=birth_place occupation=occupation",
        ),
        (
            "fname_c1=g fname_c2=m lname_c1=s lname_c2=s by=y bm=mo bd=dy",
            "given_name=fname_c1+fname_c2 family_name=lname_c1+lname_c2 birth_year=by birth_month=bm "
            "birth_day=bd",
        ),
        (
            "ncid=i last_name=s first_name=g midl_name=m res_street_address=a res_city_desc=c state_cd=q "
            "zip_code=z "
            "full_phone_number=p gender_code=x birth_age=n birth_year=y registr_dt=d",
            "given_name=first_name middle_name=midl_name family_name=last_name birth_year=birth_year "
            "sex=gender_code "
            "street=res_street_address locality=res_city_desc region=state_cd postcode=zip_code "
            "telephone=full_phone_number",
        ),
        (
            "simulant_id=i household_id=k first_name=g middle_initial=m last_name=s age=n date_of_birth=d "
            "street_number=n street_name=st unit_number=n city=c state=q zipcode=z ssn=id",
            "given_name=first_name middle_name=middle_initial family_name=last_name birth_date=date_of_birth "
            "street=street_name house_number=street_number address_line_2=unit_number locality=city "
            "region=state "
            "postcode=zipcode national_id=ssn",
        ),
        (
            "employer_id=n employer_name=s employer_city=c first_name=g last_name=s "
            "mailing_address_street_name=st "
            "mailing_address_zipcode=z",
            "given_name=first_name family_name=last_name street=mailing_address_street_name "
            "postcode=mailing_address_zipcode",
        ),
        (
            "INDEX=k NAME_freetext=f DOB_YYYY/MM/DD=d GENDER_M_or_F=x",
            "full_name=NAME_freetext birth_date=DOB_YYYY/MM/DD sex=GENDER_M_or_F",
        ),
        (
            "patient_id=i patient_first_name=g patient_last_name=s patient_dob=d patient_phone=p",
            "given_name=patient_first_name family_name=patient_last_name birth_date=patient_dob "
            "telephone=patient_phone",
        ),
        (
            "StudentID=id FirstName=g LastName=s DateOfBirth=d mother_first_name=g guardian_phone=p",
            "given_name=FirstName family_name=LastName birth_date=DateOfBirth local_id=StudentID",
        ),
        ("ent_id=k name_1=g name_2=s match=k", "full_name=name_1+name_2"),
    ],
)
def test_heads_of_public_linkage_sets_need_no_mapping(heads: str, expected: str) -> None:
    wanted = dict(one.split("=") for one in expected.split(" "))
    assert _columns(_draft(heads)) == wanted


def test_answers_and_row_numbers_are_left_out_with_the_reason() -> None:
    left_out = _draft("rec_id=i cluster=k ent_id=k unique_id=i first_name=g").left_out
    assert set(left_out) == {"rec_id", "cluster", "ent_id", "unique_id"}
    assert "the answer" in left_out["cluster"]
    assert "the answer" in left_out["ent_id"]
    assert "numbers rows" in left_out["rec_id"]


def test_without_heads_values_tell_what_they_can() -> None:
    mapping = _draft("Column_1=k Column_2=g Column_3=s Column_4=d Column_5=x Column_6=e")
    assert _columns(mapping) == {
        "given_name": "Column_2",
        "family_name": "Column_3",
        "birth_date": "Column_4",
        "sex": "Column_5",
        "e_mail": "Column_6",
    }


def test_a_head_whose_values_are_something_else_is_not_taken() -> None:
    mapping = _draft("first_name=g email=c dob=c")
    assert _columns(mapping) == {"given_name": "first_name"}
    assert "don't look like that" in mapping.left_out["dob"]


@pytest.mark.parametrize(
    ("values", "formats", "doubtful"),
    [
        (["1999-02-19", "1988-12-30"], ("%Y-%m-%d",), False),
        (["02/19/1999", "12/30/1988"], ("%m/%d/%Y",), False),
        (["19/02/1999", "30/12/1988"], ("%d/%m/%Y",), False),
        (["01/02/1999", "03/04/1988"], ("%m/%d/%Y", "%d/%m/%Y"), True),
        (["19.02.1999", "1.2.1988"], ("%d.%m.%Y",), False),
        (["12042018", "05301999"], ("%m%d%Y",), False),
        (["19 Feb 1999", "30 December 1988"], ("%d %b %Y",), False),
        (["1999-02-19 00:00:00", "1988-12-30T10:00"], ("%Y-%m-%d",), False),
        (["02/19/99", "12/30/88"], ("%m/%d/%y",), False),
    ],
)
def test_formats_of_birth_dates_are_told_by_the_values(
    values: list[str], formats: tuple[str, ...], doubtful: bool
) -> None:
    guessed = guess_formats(pd.Series(values, dtype="string"))
    assert guessed is not None
    assert (guessed.formats, guessed.doubtful) == (formats, doubtful)


def test_numbers_and_names_are_no_birth_dates() -> None:
    assert guess_formats(pd.Series(["584-16-0130", "854-13-6295"])) is None
    assert guess_formats(pd.Series(["11", "22"])) is None


def test_a_date_that_no_calendar_has_keeps_its_numbers() -> None:
    parts = parts_of(pd.Series(["1999-02-31", "soon", None], dtype="string"), ("%Y-%m-%d",))
    assert parts.tolist() == [[1999, 2, 31], [-1, -1, -1], [-1, -1, -1]]


def test_a_mapping_is_read_as_it_is_written(tmp_path: Path) -> None:
    mapping = {
        "left": SideMapping(
            {
                "given_name": Source(("First", 'Said "so"')),
                "birth_date": Source(("DOB",), ("%m/%d/%Y",)),
                "national_id": Source(("SSN", "Passport")),
            },
            {"rec_id": "it numbers\nrows"},
        )
    }
    (tmp_path / "map.toml").write_text(as_toml(mapping, {"left": "a\n[right]\nb.csv"}), encoding="utf-8")
    again = read_mapping(tmp_path / "map.toml")
    assert set(again) == {"left"}
    assert again["left"].sources == mapping["left"].sources


def test_a_mapping_may_use_other_names_of_a_field_and_a_table_for_a_column(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        '[left]\nDOB = { column = "Born", format = "%d.%m.%Y" }\nphone = "Tel"\n[right]\nzip = "PLZ"\n'
    )
    found = read_mapping(tmp_path / "map.toml")
    assert found["left"].sources["birth_date"] == Source(("Born",), ("%d.%m.%Y",))
    assert _columns(found["left"]) == {"birth_date": "Born", "telephone": "Tel"}
    assert _columns(found["right"]) == {"postcode": "PLZ"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[left]\nshoe_size = "A"\n', "'shoe_size'"),
        ('[lefft]\ngiven_name = "A"\n', "neither \\[left\\] nor \\[right\\]"),
        ('given_name = "A"\n', "neither \\[left\\] nor \\[right\\]"),
        ("[left]\ngiven_name = 3\n", "names no column"),
        ('[left]\ngiven_name = { colunm = "A" }\n', "'colunm'"),
        ('[left]\nbirth_date = { column = "A", format = "month first" }\n', "has no year"),
        ('[left]\ngiven_name = { column = "A", format = "%Y" }\n', "only birth_date takes one"),
        ('[left]\ndob = "A"\nbirth_date = "B"\n', "twice"),
        ('[left]\nbirth_date = ["A", "B"]\n', "birth_year"),
        ("[left\n", "valid TOML"),
        ("", "maps nothing"),
        ('left = "A"\n', "is no table"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_one_clear_error(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(BadInput, match=said) as error:
        read_mapping(tmp_path / "map.toml")
    assert "\n" not in str(error.value)


def test_a_mapping_that_names_a_missing_column_says_which_there_are(tmp_path: Path) -> None:
    left = read_person_file(write_rows(tmp_path / "a.csv", ["first_name", "last_name"], [["Ada", "Moreau"]]))
    mapping = {"left": SideMapping({"given_name": Source(("frist_name",))})}
    with pytest.raises(BadInput, match=r"'frist_name'.*Did you mean first_name.*first_name, last_name"):
        link_files(left, mapping=mapping)


def test_a_mapping_turns_strange_heads_into_links(tmp_path: Path) -> None:
    rows = persons(40)
    left = write_rows(tmp_path / "a.csv", ["q1", "q2", "q3"], [row[:3] for row in rows])
    right = write_rows(
        tmp_path / "b.csv",
        ["u", "v", "w"],
        [[row[1], row[0], "/".join((row[2][8:], row[2][5:7], row[2][:4]))] for row in reversed(rows)],
    )
    (tmp_path / "map.toml").write_text(
        '[left]\ngiven_name = "q1"\nfamily_name = "q2"\nbirth_date = "q3"\n'
        '[right]\nfamily_name = "u"\ngiven_name = "V"\nbirth_date = { column = "w", format = "%d/%m/%Y" }\n'
    )
    linked = link_files(read_person_file(left), read_person_file(right), read_mapping(tmp_path / "map.toml"))
    matches = linked.pairs[linked.pairs["decision"] == "Match"]
    assert matches["right_row"].tolist() == [39 - row for row in matches["left_row"]]
    assert len(matches) == 40
