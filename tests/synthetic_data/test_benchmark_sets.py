"""The sets of the benchmark: what is published, what is kept back, and that a key can't be changed later."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.files import read_district
from helpers.standard import BadInput
from synthetic_data.benchmark import EntryError, MadeSet, Plan, load_plan, make_benchmark, read_set
from synthetic_data.benchmark.canary import mark_folder
from synthetic_data.benchmark.make import CHECKSUMS, freeze, read_checksums
from synthetic_data.benchmark.plan import HERE
from synthetic_data.benchmark.scorer import CANARY, KEY_FILES, LINKABLE_BY, verify_key
from synthetic_data.benchmark.secret_keys import COMMITMENTS, SECRET_FILES, draw_seed
from synthetic_data.cli import main
from synthetic_data.district import districts_of, fingerprint
from synthetic_data.scenario import Scenario, load_scenario
from tests.kept import Kept
from tests.shared_districts import only
from tests.tiers import FULL

TRAIN, TEST = "train/catalog-islands", "test/catalog-islands"
CHILDREN = 40


class Made(NamedTuple):
    """A train and a test set of few children, and the secrets of the test set."""

    folder: Path
    secrets: Path
    commitments: Path
    sets: list[MadeSet]


@pytest.fixture(scope="module")
def plan() -> Plan:
    whole = load_plan()
    small = (dataclasses.replace(whole.named(name), students=CHILDREN) for name in (TRAIN, TEST))
    return dataclasses.replace(whole, sets=tuple(small))


def make_in(place: Path, plan: Plan) -> Made:
    folder, secrets = place / "sets", place / "secrets"
    sets = list(make_benchmark(plan, folder, plan.sets, secrets))
    frozen = place / "frozen"
    frozen.mkdir()
    freeze(folder, secrets, sets, frozen)
    return Made(folder, secrets, frozen / COMMITMENTS.name, sets)


@pytest.fixture(scope="module")
def made(kept: Kept, plan: Plan) -> Made:
    return kept("benchmark", lambda: make_in(kept.folder / "benchmark", plan))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file, and every file inside of archives and workbooks."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield str(path), content
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.infolist():
                    yield f"{path}/{member.filename}", archive.read(member)


def told_of(folder: Path, scenario: Scenario, salt: str) -> list[str]:
    """List the files that say what would make the set again, or open its commitment."""
    secret = {str(scenario.seed), f"{scenario.seed:x}", fingerprint(scenario), scenario.fingerprint(), salt}
    words = [re.compile(rb"(?<![0-9a-f])" + text.encode() + rb"(?![0-9a-f])") for text in secret]
    # Names of settings that no export has.
    words += [re.compile(rb'"(seed|settings|fingerprint|kit_version|scenario)"')]
    return [name for name, content in contents(folder) if any(word.search(content) for word in words)]


@pytest.mark.full
def test_a_test_set_tells_nothing_that_makes_it_again(made: Made, plan: Plan) -> None:
    secrets = made.secrets / TEST
    seed = int((secrets / "seed.txt").read_text(encoding="ascii"))
    salt = (secrets / "salt.txt").read_text(encoding="ascii").strip()
    settings = plan.named(TEST).scenario(seed)
    scenario = load_scenario(settings.pop("scenario"), **settings)
    assert told_of(made.folder, scenario, salt) == []
    assert not [path for path in (made.folder / "test").rglob("*") if path.name in SECRET_FILES]
    about = json.loads((made.folder / TEST / "files" / "district.json").read_text(encoding="utf-8"))
    assert set(about) == {
        *("synthetic", "benchmark", "set", "canary", "title", "district_name"),
        *("school_years", "as_of", "silos", "files"),
    }


@pytest.mark.full
@pytest.mark.parametrize("where", ["note.txt", "files/note.zip"])
def test_a_seed_that_was_left_in_is_found(made: Made, plan: Plan, tmp_path: Path, where: str) -> None:
    settings = plan.named(TRAIN).scenario(4_611_686_018_427_387_904)
    scenario = load_scenario(settings.pop("scenario"), **settings)
    path = tmp_path / where
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inside.csv", f"a,b\n1,{scenario.seed}\n")
    else:
        path.write_text(f"seed={scenario.seed}", encoding="utf-8")
    assert told_of(tmp_path, scenario, "no salt")


@pytest.mark.full
def test_archives_have_no_time_of_their_making(made: Made) -> None:
    times = set()
    for path in made.folder.rglob("*"):
        if path.suffix in (".zip", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                times |= {member.date_time[0] for member in archive.infolist()}
    assert times == {1980}


@pytest.mark.full
def test_seeds_are_drawn_from_sixty_three_bits(made: Made, plan: Plan, tmp_path: Path) -> None:
    drawn = [draw_seed(tmp_path / str(at)) for at in range(40)]
    assert len(set(drawn)) == 40
    assert max(drawn) < 2**63
    # One in 2^40 that all forty lie in the lower half.
    assert max(drawn) >= 2**62
    assert draw_seed(tmp_path / "0") == drawn[0]
    assert plan.named(TEST).seed is None


@pytest.mark.full
def test_everything_is_listed_and_every_list_is_true(made: Made) -> None:
    for name in (TRAIN, TEST):
        place = made.folder / name
        listed = read_checksums(place / CHECKSUMS)
        there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
        assert there - {CHECKSUMS} == set(listed)
        for file, digest in listed.items():
            assert hashlib.sha256((place / file).read_bytes()).hexdigest() == digest
        whole = read_checksums(made.folder / CHECKSUMS)[f"{name}/{CHECKSUMS}"]
        assert hashlib.sha256((place / CHECKSUMS).read_bytes()).hexdigest() == whole


@pytest.mark.full
def test_flat_files_are_what_the_kit_reads(made: Made) -> None:
    place = made.folder / TRAIN
    district = read_district(place / "files")
    assert district.synthetic
    students = district.people[district.people["role"].eq("Student")]
    records = pd.read_csv(place / "records.csv", dtype=str, keep_default_na=False)
    assert set(zip(records["system"], records["record"], strict=True)) == set(
        zip(students["silo"], students["record"], strict=True)
    )
    kinds = students["linkable_by"].value_counts()
    told = records["linkable_by"].value_counts()
    assert [told[kind] for kind in LINKABLE_BY] == [
        kinds[kind] for kind in ("Name and birth date", "Name only", "Identifier only")
    ]
    surveys = records[records["system"].eq("survey")]
    in_file = surveys["record"].str.extract(r"_(20\d\d)\.csv")[0]
    assert in_file.nunique() == 2
    assert surveys["school_year"].eq(in_file).all()
    assert records["ids"].str.contains("PIN=").any()
    linkage_set = read_set(place)
    assert 0 < (linkage_set.child < 0).mean() < 0.05
    # About as many children as were asked for, and those who left; a dozen records each.
    assert CHILDREN <= len(linkage_set.household) < 1.6 * CHILDREN
    assert linkage_set.groups["name_origin"].nunique() > 2


@pytest.mark.full
def test_every_file_that_can_has_the_canary(made: Made) -> None:
    plain = {".csv", ".jsonl"}
    for path in (made.folder / TRAIN).rglob("*"):
        if path.is_file() and not (path.suffix in plain and "silos" in path.parts) and path.name != CHECKSUMS:
            assert CANARY.encode() in path.read_bytes(), path
    for name in ("README.md", "CANARY.txt", "score.py"):
        assert CANARY in (made.folder / name).read_text(encoding="utf-8")


@pytest.mark.full
def test_a_canary_changes_nothing_that_is_read(district_folder: Path, tmp_path: Path) -> None:
    systems = ("activities", "clubs", "map_growth")
    before, after = (only(district_folder, tmp_path / name, *systems) for name in ("before", "after"))
    counted = mark_folder(after / "silos")
    assert {".xml marked", ".zip marked", ".xlsx marked"} <= set(counted)
    one, other = read_district(before), read_district(after)
    pd.testing.assert_frame_equal(one.people, other.people)
    pd.testing.assert_frame_equal(one.identifiers, other.identifiers)
    pd.testing.assert_frame_equal(one.findings, other.findings)


@pytest.mark.full
def test_a_true_key_is_accepted_and_a_changed_one_refused(made: Made, tmp_path: Path) -> None:
    verify_key(made.secrets / TEST, TEST, made.commitments)
    assert len(read_set(made.folder / TEST, made.secrets / TEST).household) >= CHILDREN
    for name in (*SECRET_FILES, "salt.txt"):
        changed = shutil.copytree(made.secrets / TEST, tmp_path / name)
        content = (changed / name).read_bytes()
        last = b"0" if content[-2:-1] != b"0" else b"1"
        (changed / name).write_bytes(content[:-2] + last + content[-1:])
        with pytest.raises(EntryError, match="is not the key that was promised"):
            verify_key(changed, TEST, made.commitments)
    with pytest.raises(EntryError, match="promises nothing"):
        verify_key(made.secrets / TEST, "test/other", made.commitments)


@pytest.mark.full
def test_the_command_scores_a_test_set_only_with_its_key(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthetic_data.benchmark.secret_keys.COMMITMENTS", made.commitments)
    key = pd.read_csv(made.secrets / TEST / "key.csv", dtype=str, keep_default_na=False)
    entry = tmp_path / "entry.csv"
    key.loc[key["child"].ne(""), ["system", "record", "child"]].to_csv(entry, index=False)
    command = [
        "benchmark",
        "score",
        str(made.folder),
        str(entry),
        "--set",
        TEST,
        "--out",
        str(tmp_path / "out"),
    ]
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2
    assert "its key isn't public" in refused.output
    scored = CliRunner().invoke(main, [*command, "--key", str(made.secrets), "--json"])
    assert scored.exit_code == 0, scored.output
    tracks = {row["track"]: row["F1"] for row in json.loads(scored.stdout)["tracks"]}
    assert tracks == {"dated": 1, "undated": 1, "two_years": 1}
    assert (tmp_path / "out" / "benchmark_review.csv").is_file()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--set", TEST], "--secrets"),
        (["--set", "train/catalog-island"], "Did you mean"),
        (["--set", TEST, "--secrets", "{folder}/inside"], "keep secrets in a folder elsewhere"),
        (["--set", TEST, "--secrets", str(HERE)], "keep secrets in a folder elsewhere"),
    ],
)
def test_the_command_refuses_what_would_give_secrets_away(
    tmp_path: Path, more: list[str], words: str
) -> None:
    more = [word.format(folder=tmp_path) for word in more]
    told = CliRunner().invoke(main, ["benchmark", "make", str(tmp_path), *more])
    assert told.exit_code == 2
    assert words in told.output


def test_a_folder_with_other_files_is_left_alone(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="has other files"):
        list(make_benchmark(plan, tmp_path, plan.sets[:1]))


def test_the_version_promises_every_set() -> None:
    names = {one.name for one in load_plan().sets}
    assert len(names) == 21
    assert {file.removesuffix(f"/{CHECKSUMS}") for file in read_checksums(HERE / CHECKSUMS)} == names
    with COMMITMENTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tests = {one.name for one in load_plan().sets if one.is_test}
    assert {(row["set"], row["file"]) for row in rows} == {
        (one, file) for one in tests for file in SECRET_FILES
    }
    assert all(re.fullmatch("[0-9a-f]{64}", row["sha256"]) for row in rows)
    assert len({row["sha256"] for row in rows}) == len(rows)
    assert set(KEY_FILES) < set(SECRET_FILES)


@FULL
def test_a_region_is_one_set_of_several_districts(tmp_path: Path) -> None:
    plan = load_plan()
    settings = {**plan.named("test/development-region").settings, "districts": 2, "moved_between": 0.3}
    one = dataclasses.replace(plan.named("test/development-region"), students=30, settings=settings)
    [made] = make_benchmark(plan, tmp_path / "sets", [one], tmp_path / "secrets")
    secrets = tmp_path / "secrets" / one.name
    linkage_set = read_set(made.folder, secrets)
    district = linkage_set.records["system"].str.partition("/")[0]
    assert district.nunique() == 2
    in_both = district.groupby(linkage_set.child).nunique().drop(-1, errors="ignore")
    assert in_both.max() == 2
    assert set(district) == {path.parent.name for path in (made.folder / "files").glob("*/district.json")}
    seed = int((secrets / "seed.txt").read_text(encoding="ascii"))
    scenario = load_scenario(
        "region", **{key: of for key, of in one.scenario(seed).items() if key != "scenario"}
    )
    for told in (scenario, *districts_of(scenario).values()):
        assert told_of(made.folder, told, (secrets / "salt.txt").read_text(encoding="ascii").strip()) == []


@pytest.mark.full
@FULL
def test_the_same_plan_makes_the_same_bytes(made: Made, plan: Plan, tmp_path: Path) -> None:
    again = list(make_benchmark(plan, tmp_path / "again", plan.sets[:1], processes=2))
    assert again[0].sha256 == made.sets[0].sha256
    other = dataclasses.replace(plan.sets[0], seed=1)
    assert next(make_benchmark(plan, tmp_path / "other", [other])).sha256 != made.sets[0].sha256


@FULL
@pytest.mark.parametrize("name", [TRAIN, "dev/development-spreadsheets"])
def test_open_sets_are_as_published(tmp_path: Path, name: str) -> None:
    plan = load_plan()
    made = next(make_benchmark(plan, tmp_path, [plan.named(name)]))
    assert read_checksums(HERE / CHECKSUMS)[f"{name}/{CHECKSUMS}"] == made.sha256
