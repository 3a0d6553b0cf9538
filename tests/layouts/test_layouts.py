"""Layouts say what is true of the standards, and a wrong one is refused with all its faults at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.layouts import layout_names, load_layout
from helpers.layouts.dictionary import data_dictionary
from helpers.layouts.layout import read_layout
from helpers.standard import BadInput, as_table, empty_table, table_names

TERMS = Path(__file__).parent / "terms"


@pytest.fixture(scope="module")
def terms() -> set[str]:
    """Every term of the standards' own field lists."""
    edfi = pd.read_csv(TERMS / "edfi_5_0.csv")
    oneroster = pd.read_csv(TERMS / "oneroster.csv")
    sif = pd.read_csv(TERMS / "sif_na.csv")
    return (
        {f"edfi:{r}.{p}" for r, p in zip(edfi["resource"], edfi["path"], strict=True)}
        | {f"oneroster:{f}.{c}" for f, c in zip(oneroster["file"], oneroster["column"], strict=True)}
        | {f"sif:{o}.{p}" for o, p in zip(sif["object"], sif["path"], strict=True)}
    )


@pytest.mark.parametrize("name", layout_names())
def test_every_term_stands_in_its_standard(name: str, terms: set[str]) -> None:
    used = {column.term for file in load_layout(name).files for column in file.columns if column.term}
    assert used - terms == set()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_oneroster_columns_stand_in_the_order_of_the_binding(version: str) -> None:
    binding = pd.read_csv(TERMS / "oneroster.csv", dtype="string")
    binding = binding[binding["version"].eq(version)]
    layout = load_layout(f"sis/oneroster_{version.replace('.', 'p')}")
    for file in layout.files:
        if file.name == "manifest":
            continue
        theirs = binding[binding["file"].eq(file.name)]
        assert [column.name for column in file.columns] == theirs["column"].tolist()
        assert [column.name for column in file.columns if column.required] == theirs.loc[
            theirs["required"].eq("required"), "column"
        ].tolist()


OBSERVED = pd.read_csv(TERMS / "observed_headers.csv", dtype="string")


@pytest.mark.parametrize(("layout", "file"), OBSERVED.groupby(["layout", "file"]).groups)
def test_columns_are_those_that_were_seen_cell_for_cell(layout: str, file: str) -> None:
    theirs = OBSERVED.loc[OBSERVED["layout"].eq(layout) & OBSERVED["file"].eq(file), "column"]
    ours = load_layout(layout).file_named(file).columns
    assert [column.name for column in ours] == theirs.tolist()


@pytest.mark.parametrize("name", layout_names())
def test_every_column_says_what_it_means(name: str) -> None:
    table = data_dictionary(name)
    assert table["meaning"].str.len().gt(2).all()
    assert (table["sensitivity"].isin(["public", "internal", "restricted"])).all()


GOOD = """
layout = "meals/till"
silo = "meals"
title = "A till"
source = "the kit's own"
source_status = "own"
[[file]]
name = "customers"
path = "*.csv"
format = "csv"
row_is = "a customer"
columns = [{ name = "Id", identification_system = "Undeclared" }, { name = "Name" }]
[[file.makes]]
table = "people"
take = { local_id = "Id", last_surname = "Name" }
"""


def test_all_faults_of_a_layout_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_layout(path).layout == "meals/till"
    path.write_text(
        GOOD.replace('title = "A till"', 'titel = "A till"').replace('format = "csv"', 'format = "cvs"'),
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as told:
        read_layout(path)
    message = str(told.value)
    assert "titel: unknown name. Did you mean title?" in message
    assert "title: Field required" in message
    assert "file.0.format (is 'cvs')" in message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"Name" }\n', '"Nmae" }\n', "takes 'Nmae', which is no column. Did you mean Name?"),
        ("last_surname =", "last_surnam =", "has no column 'last_surnam'. Did you mean last_surname?"),
        (
            'table = "people"',
            'table = "people"\neach = "Name"',
            "each = 'Name': only elements of nested files",
        ),
        ('table = "people"', 'table = "peopel"', "no standard table 'peopel'. Did you mean people?"),
        ('{ name = "Name" }', '{ name = "Name", type = "code" }', "is of type code and names no codes"),
        (
            '{ name = "Name" }',
            '{ name = "Name", optional = true, required = true }',
            "column 'Name' can't be optional and required",
        ),
        (
            '{ name = "Name" }',
            '{ name = "Name", in_rows = { points = "x" } }',
            "column 'Name': no row of not_data is called 'points'",
        ),
        (
            'row_is = "a customer"',
            'row_is = "a customer"\nnot_data = [{ name = "points", first = "^Points", empty = ["Idd"] }]',
            "row 'points' is `written` '', where `first` finds nothing",
        ),
        (
            'row_is = "a customer"',
            'row_is = "a customer"\nnot_data = [{ name = "marks", cells = "^Muted$", empty = ["Idd"] }]',
            "'Idd' is no column. Did you mean Id?",
        ),
        (
            'row_is = "a customer"',
            'row_is = "a customer"\nnot_data = [{ name = "marks", empty = ["Id"] }]',
            "row 'marks' is told neither by its `first` cell nor by its `cells`",
        ),
        (
            'last_surname = "Name"',
            'last_surname = "{cell}"',
            "takes {cell}: beside {cell} and rows of not_data only groups of one pattern",
        ),
        (
            '{ name = "Name" }',
            '{ name = "Name", pattern = "^N" }',
            "column 'Name' has a name and a pattern",
        ),
        ('{ name = "Name" }', '{ pattern = "(" }', "not a regular expression"),
        (
            'row_is = "a customer"',
            'row_is = "a customer"\nextension_columns = "("',
            "not a regular expression",
        ),
        (
            'row_is = "a customer"',
            'row_is = "a customer"\nnot_data = [{ name = "marks", cells = "(", empty = ["Id"] }]',
            "not a regular expression",
        ),
        ('table = "people"', 'table = "people"\nrepeat = ["1"]', "`repeat` with nothing to repeat"),
        (
            '{ name = "Name" }',
            '{ name = "Name", references = "x.y" }',
            "references 'x.y', which is no column",
        ),
    ],
)
def test_a_layout_that_contradicts_itself_is_refused(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be used") as found:
        read_layout(path)
    assert told in str(found.value)


def test_a_family_of_columns_makes_a_row_a_group(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    family = '{ name = "Name" }, { repeat = ["a", "b"], columns = [{ name = "Sum {n}" }] }'
    path.write_text(
        GOOD.replace('{ name = "Name" }', family)
        + """
[[file.makes]]
table = "meal_account"
repeat = ["a", "b"]
take = { local_id = "Id", balance = "Sum {n}" }
""",
        encoding="utf-8",
    )
    (file,) = read_layout(path).files
    assert [column.name for column in file.columns] == ["Id", "Name", "Sum a", "Sum b"]
    assert [makes.take["balance"] for makes in file.makes[1:]] == ["Sum a", "Sum b"]


@pytest.mark.parametrize("name", table_names())
def test_an_empty_table_has_every_column_and_no_object(name: str) -> None:
    assert {str(dtype) for dtype in empty_table(name).dtypes} <= {
        "string",
        "Int64",
        "float64",
        "boolean",
        "datetime64[us]",
    }


def test_a_door_refuses_what_its_table_does_not_declare() -> None:
    with pytest.raises(BadInput, match=r"no column 'silos'\. Did you mean silo\?"):
        as_table("crosswalk", pd.DataFrame({"silos": ["a"]}))
    with pytest.raises(BadInput, match="may never be empty"):
        as_table("person_rows", pd.DataFrame({"silo": ["a"], "record": [None], "file": ["f"], "row": [1]}))
    with pytest.raises(BadInput, match=r"Did you mean meals/mealtime_customers\?"):
        load_layout("meals/mealtime_customer")
