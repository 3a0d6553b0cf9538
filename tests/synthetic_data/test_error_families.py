"""Error families: as often as declared, the same on every run, each changed cell in the key, nothing else."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
from scipy.stats import binom

from helpers.files import NOT_INVENTED, read_district
from helpers.standard import BadInput
from synthetic_data.error_families import FAMILIES, apply_errors
from synthetic_data.error_families.declared import declared_family, weights_of
from synthetic_data.error_families.printed import name_columns
from synthetic_data.error_families.slips import Child, Dice, Identity, Slip
from synthetic_data.faults.apply import undo
from synthetic_data.faults.scene import declared_faults, faults_on_request
from synthetic_data.scenario import ErrorFamily
from tests.shared_districts import SharedDistricts
from tests.synthetic_data.errors_by_hand import LATEST, by_hand, digest_of, key_of, shown_in
from tests.synthetic_data.test_faults import undone
from tests.synthetic_data.written_files import file_layout, layout_of, read_text, silo_files

EVERY = sorted(FAMILIES)
MANY = 1200
RARE = 1e-6


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return by_hand(tmp_path_factory.mktemp("errors") / "clean", 400)


@pytest.fixture(scope="module")
def wrong(clean: Path) -> dict[str, Path]:
    return {family: apply_errors(clean, clean.parent / family, family, 5) for family in EVERY}


def test_the_scenario_names_the_families_that_there_are() -> None:
    assert sorted(get_args(ErrorFamily)) == EVERY


@pytest.mark.parametrize("family", EVERY)
def test_each_kind_is_declared_once_and_is_no_fault_of_the_catalog(family: str) -> None:
    declared = declared_family(family)
    kinds = [kind["kind"] for kind in declared["kind"]]
    others = [kind["kind"] for one in EVERY if one != family for kind in declared_family(one)["kind"]]
    catalog = [fault.kind for fault in (*declared_faults(), *faults_on_request())]

    assert sorted(kinds) == sorted(FAMILIES[family].KINDS)
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) & {*others, *catalog} == set()
    assert all(kind["weight"] > 0 and kind["looks_like"] for kind in declared["kind"])


@pytest.mark.full
@pytest.mark.parametrize("family", EVERY)
def test_every_changed_cell_is_in_the_key_and_nothing_else_changed(
    clean: Path, wrong: dict[str, Path], family: str
) -> None:
    errors, before, after = key_of(wrong[family]), silo_files(clean), silo_files(wrong[family])
    assert list(before) == list(after)
    assert len(errors)

    for path in before:
        file = file_layout(layout_of(clean, path.split("/")[0]), path)
        old, new = read_text(before[path], file).rows, read_text(after[path], file).rows
        assert (list(old.columns), len(old)) == (list(new.columns), len(new))
        first = 1 if file.nested else 2
        logged = errors[errors["file"] == path]
        last = logged.drop_duplicates(["row", "column"], keep="last")
        told = {
            (int(row) - first, column): text
            for row, column, text in zip(last["row"], last["column"], last["after"], strict=True)
        }
        found = {
            (row, column): new[column].iloc[row]
            for column in old.columns
            for row in range(len(old))
            if old[column].iloc[row] != new[column].iloc[row]
        }
        assert found == {place: text for place, text in told.items() if old[place[1]].iloc[place[0]] != text}
        if logged.empty:
            assert before[path] == after[path]
    for table in ("people", "rows"):
        pd.testing.assert_frame_equal(key_of(clean, table), key_of(wrong[family], table))


@pytest.mark.parametrize("family", EVERY)
def test_undone_by_the_key_they_leave_the_files_byte_for_byte(
    clean: Path, wrong: dict[str, Path], family: str
) -> None:
    errors, before, after = key_of(wrong[family]), silo_files(clean), silo_files(wrong[family])

    for path in errors["file"].unique():
        file = file_layout(layout_of(clean, path.split("/")[0]), path)
        table = undo(
            read_text(after[path], file), errors[errors["file"] == path], 1 if file.nested else 2, file
        )
        pd.testing.assert_frame_equal(table.rows, read_text(before[path], file).rows)


@pytest.mark.full
@pytest.mark.parametrize("family", EVERY)
def test_one_seed_makes_one_set_of_errors_whatever_the_order_of_rows(
    tmp_path: Path, clean: Path, wrong: dict[str, Path], family: str
) -> None:
    again = apply_errors(clean, tmp_path / "again", family, 5)
    other = apply_errors(clean, tmp_path / "other", family, 6)
    backwards = apply_errors(by_hand(tmp_path / "back", 400, backwards=True), tmp_path / "b", family, 5)

    assert digest_of(again) == digest_of(wrong[family])
    assert digest_of(other) != digest_of(again)
    what = ["silo", "file", "column", "kind", "before", "after", "person"]
    assert sorted(map(tuple, key_of(backwards)[what].to_numpy())) == sorted(
        map(tuple, key_of(again)[what].to_numpy())
    )


@pytest.mark.parametrize("family", EVERY)
def test_all_files_of_a_system_print_the_same_error(wrong: dict[str, Path], family: str) -> None:
    errors = key_of(wrong[family])
    lms = errors[errors["silo"] == "lms"]
    by_child = lms.groupby("person")["file"].nunique()
    both = by_child.index[by_child > 1]
    assert len(both) >= 10

    for person in both:
        mine = lms[lms["person"] == person].set_index("column")["after"].to_dict()
        # Both files print the whole name, with the surname first; the last change of a cell is what stands.
        assert mine["Student"] == mine["sortable_name"]
        last, _, first = mine["Student"].partition(", ")
        assert mine["full_name"] == f"{first} {last}"
        assert mine.get("last_name", last) == last
        assert mine.get("first_name", first) == first
        assert mine.get("short_name", f"Mo {last}") == f"Mo {last}"
    screened = errors[errors["column"].isin(["Student Name", "Respondent"])]
    assert screened.groupby(["row", "kind"])["after"].nunique().eq(1).all()


@pytest.mark.parametrize("family", EVERY)
def test_names_stay_names_and_dates_stay_days_in_the_file_s_own_form(
    wrong: dict[str, Path], family: str
) -> None:
    errors = key_of(wrong[family])
    forms = {"Date of Birth": r"\d{1,2}/\d{1,2}/\d\d", "Customer Birthdate": r"\d\d/\d\d/\d{4}"}
    dates = errors[errors["detected_by"] == "birth_date_disagrees"]
    names = errors.drop(dates.index)

    assert set(forms) <= set(dates["column"])
    assert names["after"].str.strip().str.len().gt(0).all()
    for column, form in forms.items():
        assert dates.loc[dates["column"] == column, "after"].str.fullmatch(form).all()
    written = dates[dates["column"].isin(["birthDate", "Customer Birthdate"])]["after"]
    days = pd.to_datetime(written, format="mixed")
    assert days.between("1900-01-01", pd.Timestamp(LATEST)).all()


@pytest.mark.full
def test_development_errors_happen_as_often_as_declared(tmp_path: Path) -> None:
    rates = declared_family("development")["rates"]
    errors = key_of(apply_errors(by_hand(tmp_path / "d", MANY), tmp_path / "w", "development", 11))
    of_name = errors["detected_by"] == "names_disagree"

    assert "sis" not in set(errors["silo"])
    for part, mask, silos in (
        (
            "name",
            of_name,
            ["attendance", "meals", "lms", "screener", "behavior", "health", "clubs", "career"],
        ),
        ("birth_date", ~of_name, ["attendance", "meals", "health"]),
    ):
        happened = len(errors.loc[mask, ["silo", "person"]].drop_duplicates())
        low, high = binom.interval(1 - RARE, len(silos) * MANY, rates[part])
        assert low <= happened <= high, part
        assert set(errors.loc[mask, "silo"]) == set(silos)


@pytest.mark.full
def test_development_errors_of_two_systems_are_independent(tmp_path: Path) -> None:
    errors = key_of(apply_errors(by_hand(tmp_path / "d", MANY), tmp_path / "w", "development", 12))
    names = errors[errors["detected_by"] == "names_disagree"]
    meals, health = (set(names.loc[names["silo"] == silo, "person"]) for silo in ("meals", "health"))

    low, high = binom.interval(1 - RARE, MANY, declared_family("development")["rates"]["name"] ** 2)
    assert low <= len(meals & health) <= high


class TestKinds:
    """Each kind of the development family, on a name or day where it can happen in few ways."""

    child = Child("P1", "H1", ("Barnes",))

    def after(self, kind: str, known: Identity, part: str = "last") -> set[Identity]:
        change = FAMILIES["development"].KINDS[kind]
        numbers = [(a, b, c, *[0.5] * 9) for a in self.grid for b in self.grid for c in self.grid]
        slips = [Slip(part, (kind,), one) for one in numbers]
        return {change(known, part, Dice(slip, LATEST, self.child, known)) for slip in slips} - {known}

    grid = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 0.999)

    @pytest.mark.parametrize(
        ("kind", "name", "possible"),
        [
            ("letters_transposed", "Abe", {"Bae", "Aeb"}),
            ("letter_omitted", "Abe", {"Be", "Ae", "Ab"}),
            ("sound_respelled", "Zoe", {"Soe"}),
            ("scanned_wrong", "Barna", {"Bama", "8arna", "Barria"}),
            ("word_space_changed", "Van Dyke", {"Vandyke"}),
            ("key_beside", "Pp", {"Op", "Po", "Lp", "Pl"}),
        ],
    )
    def test_a_name(self, kind: str, name: str, possible: set[str]) -> None:
        assert {known.last for known in self.after(kind, Identity("Ana", "", name))} == possible

    def test_fields_are_swapped(self) -> None:
        swapped = self.after("name_fields_swapped", Identity("Ana", "Lu", "Ruiz"), "names")
        assert swapped == {Identity("Ruiz", "Lu", "Ana")}

    @pytest.mark.parametrize(
        ("kind", "born", "possible"),
        [
            ("date_fields_exchanged", date(2014, 5, 11), {date(2014, 11, 5)}),
            ("date_fields_exchanged", date(2014, 5, 13), set()),
            ("date_fields_exchanged", date(2014, 5, 5), set()),
            # Not 2041, which is to come, nor the 40th of a month.
            ("date_digits_transposed", date(2014, 1, 4), {date(2014, 10, 4)}),
            ("date_digits_transposed", date(2013, 11, 21), {date(2013, 11, 12)}),
        ],
    )
    def test_a_day(self, kind: str, born: date, possible: set[date]) -> None:
        found = self.after(kind, Identity(birth_date=born), "birth_date")
        assert {known.birth_date for known in found} == possible

    def test_every_digit_of_a_date_can_change_and_only_one_does(self) -> None:
        born = date(2012, 11, 12)
        found = self.after("date_digit_changed", Identity(birth_date=born), "birth_date")
        places = set()
        for known in found:
            assert known.birth_date is not None
            pairs = zip(f"{born:%Y%m%d}", f"{known.birth_date:%Y%m%d}", strict=True)
            (place,) = (at for at, (one, other) in enumerate(pairs) if one != other)
            places.add(place)
        # The first two digits of the year would make a year before 1900 or after the export.
        assert places == {2, 3, 4, 5, 6, 7}

    def test_nobody_is_born_after_the_day_of_the_exports(self) -> None:
        kinds = FAMILIES["development"].KINDS
        for latest, possible in ((date(2014, 11, 5), True), (date(2014, 11, 4), False)):
            known = Identity(birth_date=date(2014, 5, 11))
            dice = Dice(Slip("birth_date", (), ()), latest, self.child, known)
            after = kinds["date_fields_exchanged"](known, "birth_date", dice)
            assert (after != known) is possible


def test_a_kind_that_cannot_change_a_name_gives_way_to_the_next() -> None:
    """So a name error is as likely for Ng as for Schwarzenegger."""
    assert set(weights_of("development", "last")) <= set(FAMILIES["development"].KINDS)
    kinds = FAMILIES["development"].KINDS
    slip, known = Slip("last", (), (0.3,) * 12), Identity("", "", "Ng")
    changed = [
        kind
        for kind in weights_of("development", "last")
        if kinds[kind](known, "last", Dice(slip, LATEST, TestKinds.child, known)) != known
    ]
    assert "letter_omitted" not in changed
    assert "key_beside" in changed


def test_a_second_family_is_refused_and_so_is_whatever_is_no_made_district(
    tmp_path: Path, clean: Path, wrong: dict[str, Path]
) -> None:
    with pytest.raises(BadInput, match="already has errors"):
        apply_errors(wrong["development"], tmp_path / "twice", "development", 1)
    with pytest.raises(BadInput, match="Did you mean development"):
        apply_errors(clean, tmp_path / "x", "developmnt", 1)
    with pytest.raises(BadInput, match="exists already"):
        apply_errors(clean, clean, "development", 1)
    bare = shutil.copytree(clean, tmp_path / "bare")
    shutil.rmtree(bare / "answer_key")
    with pytest.raises(BadInput, match="no synthetic district with an answer key"):
        apply_errors(bare, tmp_path / "x", "development", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare"]


@pytest.mark.full
def test_a_made_district_gets_them_with_a_scenario_and_remains_synthetic(
    districts: SharedDistricts, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"students": 40, "seed": 8, "level": "none", "people_only": True}
    plain, made = districts.folder(**settings), districts.folder(**settings, errors="development")
    about = json.loads((made / "district.json").read_text(encoding="utf-8"))
    added = apply_errors(plain, tmp_path / "added", "development", 8)
    read = read_district(added)

    assert about["errors"] == {"family": "development", "version": 1, "seed": 8}
    # The same errors, whether put in at once or later.
    assert silo_files(made) == silo_files(added) != silo_files(plain)
    pd.testing.assert_frame_equal(key_of(made), key_of(added))
    # They come after the faults, and hide none of them.
    faults, errors = key_of(plain), key_of(made)
    pd.testing.assert_frame_equal(errors.iloc[: len(faults)], faults)
    assert len(errors) > len(faults)
    assert errors["order"].tolist() == list(range(1, len(errors) + 1))
    assert undone(made) == undone(plain)
    # No row is lost, and the folder counts as invented.
    assert (read.about["synthetic"], NOT_INVENTED in read.about) == (True, False)
    assert "errors" not in json.loads((plain / "district.json").read_text(encoding="utf-8"))


def test_whole_names_and_dates_are_found_by_the_layout(clean: Path) -> None:
    row = {"School Name": "Oak", "Student Name": "de la Cruz, Ana", "Respondent": "de la Cruz, Ana"}
    columns = name_columns(layout_of(clean, "screener").file_named("forms"))
    assert columns is not None
    known = columns.identity(row)
    assert known == Identity("Ana", "", "de la Cruz")
    assert list(columns.changes(row, known, Identity("Ann", "", "Cruz"))) == [
        ("Student Name", "de la Cruz, Ana", "Cruz, Ann"),
        ("Respondent", "de la Cruz, Ana", "Cruz, Ann"),
    ]
    assert shown_in(clean, "screener/BASC3_BESS_2025-10-17.csv", 2, "Respondent") == "Ruiz Delgado, Ana"
    # Who wrote an adult's account isn't a child.
    assert name_columns(layout_of(clean, "lms").file_named("users")) is not None
