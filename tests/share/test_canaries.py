"""Values planted in the files of a made district: searched in every byte that each role's command writes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli.view import view as command
from helpers.files import read_district
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.profile.indicators import compute_indicators
from helpers.profile.lineage import source_rows
from helpers.profile.store.profiles import save_store
from helpers.profile.store.source import MemorySource, source_of
from helpers.share import Refused, open_view, read_policy, whos
from synthetic_data.district import make_district
from tests.as_if_made import as_if_made
from tests.share.canaries import Canary, found, number, word
from tests.share.small_source import as_written

# Every day tests/share/test_view_grid.py looks at what each role may see.
pytestmark = pytest.mark.full

# Column -> what it tells; "nowhere": no view of anybody has a place for it.
TABLES: dict[str, tuple[str, dict[str, tuple[str, Callable[..., str]]]]] = {
    "health/visits.csv": (",", {"Reason": ("health", word), "Disposition": ("health", word)}),
    "meals/mealtime_customers_*.csv": (
        ";",
        {
            "Balance": ("meals_balance", lambda *parts: f"${number(*parts)}.00"),
            "PIN": ("nowhere", number),
        },
    ),
    "meal_benefits/person_data_*.csv": (
        ",",
        {"application_approved_benefit_type": ("nowhere", word), "total_balance": ("nowhere", number)},
    ),
    "career/career_students_*.csv": (",", {"interests": ("career", word), "goal": ("own_words", word)}),
    "survey/about_me_2026.csv": (",", {"OE1": ("own_words", word), "OE2": ("own_words", word)}),
    "career/career_admissions_*.csv": (",", {"university_name": ("career", word)}),
    "family/family_accounts_*.csv": (
        ",",
        {
            "Adult Last Name": ("family_contacts", word),
            # The telephone stays: by it the roster knows the adult, who else would be in doubt.
            "Adult E-mail": ("nowhere", word),
        },
    ),
}  # fmt: skip
INCIDENT = {"Infraction": "behavior", "Location": "behavior"}
# What there is enough of in a small district for somebody of a role to be shown some.
SEEN_BY = {
    "teacher": {"family_contacts", "behavior"},
    "counselor": {"behavior", "career", "own_words", "family_contacts"},
    "nurse": {"health", "family_contacts"},
    "principal": {"behavior", "family_contacts"},
    "meals_manager": {"meals_balance", "family_contacts"},
    "family": {"family_contacts"},
    "researcher": {"career"},
    "district_analyst": {"career"},
}
OUTSIDE = ("community_partner", "researcher", "public")


@dataclass(frozen=True)
class Planted:
    """A made district with canaries in its files, what is known of it, and where."""

    folder: Path
    store: Path
    source: MemorySource
    canaries: tuple[Canary, ...]


def _cells_of(path: Path, delimiter: str, columns: dict[str, tuple[str, Callable[..., str]]]) -> list[Canary]:
    """Put a canary into each cell of some columns."""
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    planted = []
    for place, row in enumerate(rows):
        for column, (domain, make) in columns.items():
            written = make(path.name, column, str(place))
            row[column] = written
            bare = written.removeprefix("$").removesuffix(".00")
            planted.append(Canary(bare, "", domain, column, path.parent.name))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return planted


def _incidents(path: Path) -> list[Canary]:
    planted, lines = [], []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        entry = json.loads(line)
        for column, domain in INCIDENT.items():
            entry[column] = word(path.name, column, str(place))
            planted.append(Canary(entry[column], "", domain, "incident", "behavior"))
        lines.append(json.dumps(entry, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return planted


def _whose(canary: Canary, texts: pd.DataFrame) -> Canary:
    """Say whose a canary is, as the profiles have it; nobody's where it never got there."""
    there = texts[texts["text"].str.contains(canary.text, regex=False)]["child"].unique()
    return replace(canary, child=";".join(sorted(there)))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, district_folder: Path) -> Planted:
    folder = tmp_path_factory.mktemp("planted") / "district"
    shutil.copytree(district_folder, folder)
    canaries = [
        canary
        for pattern, (delimiter, columns) in TABLES.items()
        for path in sorted((folder / "silos").glob(pattern))
        for canary in _cells_of(path, delimiter, columns)
    ]
    for path in sorted((folder / "silos" / "behavior").glob("incidents_*.jsonl")):
        canaries += _incidents(path)
    district = read_district(as_if_made(folder))
    links = link_district(district)
    profiles = build_profiles(district, links)
    source = source_of(district, links, profiles, compute_indicators(district, links, profiles))
    store = folder.parent / "store"
    save_store(source, store)
    adults = source.relations().rename(columns={"adult_name": "text"})
    texts = pd.concat(
        [
            source.values().rename(columns={"value": "text"})[["child", "text"]],
            source.timeline().rename(columns={"detail": "text"})[["child", "text"]],
            adults[["child", "text"]],
        ],
        ignore_index=True,
    ).dropna()
    return Planted(folder, store, source, tuple(_whose(canary, texts) for canary in canaries))


def _run(planted: Planted, role: str, who: str, out: Path, *more: str) -> tuple[int, str]:
    asked = [str(planted.store), "--role", role, "--who", who, "--out", str(out / "view")]
    result = CliRunner().invoke(command, [*asked, "--audit", str(out / "audit.jsonl"), *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def _one(planted: Planted, role: str) -> str:
    if role == "community_partner":
        return "Reading Club"
    there = whos(planted.source, role)
    if role == "family":
        # A guardian whose child others see canaries of.
        for who in there["who"]:
            try:
                open_view(planted.source, role, who)
            except ValueError:
                continue
            return str(who)
    by_children = there.sort_values("children", ascending=False, kind="stable")["who"].astype(str).tolist()
    return max(by_children, key=lambda who: _domains_of(planted, role, who))


def _domains_of(planted: Planted, role: str, who: str) -> int:
    """Count the domains with a canary that the children of one person should show."""
    ids = set(open_view(planted.source, role, who).ids)
    mine = {canary.domain for canary in planted.canaries if ids.intersection(canary.child.split(";"))}
    return len(mine & SEEN_BY.get(role, set()))


def test_canaries_got_into_the_profiles(planted: Planted) -> None:
    told = {canary.domain for canary in planted.canaries if canary.child}
    assert told == {"health", "meals_balance", "career", "own_words", "family_contacts", "behavior"}
    assert not any(canary.child for canary in planted.canaries if canary.domain == "nowhere")
    assert len(planted.canaries) > 500


@pytest.mark.parametrize("role", sorted(as_written()["grid"]))
def test_no_role_is_written_what_it_may_not_see(planted: Planted, role: str, tmp_path: Path) -> None:
    who = _one(planted, role)
    more: list[str] = []
    if role == "community_partner":
        consents = tmp_path / "consents.csv"
        children = planted.source.children()["child"].head(20)
        pd.DataFrame({"child": children}).assign(
            domains="identity;roster;attendance;activities;family_contacts", purpose="partner program",
            recipient=who, signer="a parent", date="2025-09-01", end="2027-06-30",
        ).to_csv(consents, index=False)  # fmt: skip
        more, ids = ["--consents", str(consents)], frozenset(children)
    else:
        view = open_view(planted.source, role, who)
        ids = frozenset(view.ids)
    code, said = _run(planted, role, who, tmp_path / "out", *more)
    assert code == 0, said
    grid = as_written()["grid"][role]
    expected = {
        canary
        for canary in planted.canaries
        if canary.child
        and grid[canary.domain][0] == "row"
        and set(canary.child.split(";")) & ids
        and not (canary.what == "incident" and role in (*OUTSIDE, "district_analyst"))
    }
    seen = found(planted.canaries, tmp_path / "out", said)
    assert {(one.domain, one.what) for one in seen - expected} == set()
    if role == "student":
        # The grid is that of a student of age; a younger one sees less.
        expected = {one for one in expected if view.sets.get(one.domain)}
    # A guardian of two homes sees own household's names only; all else that is allowed is there.
    lacking = {(one.domain, one.what) for one in expected - seen}
    assert lacking <= ({("family_contacts", "Adult Last Name")} if role == "family" else set())
    assert {one.domain for one in seen} >= SEEN_BY.get(role, set())


def test_together_the_roles_see_every_canary_that_is_anybody_s(planted: Planted, tmp_path: Path) -> None:
    seen: set[Canary] = set()
    for role in ("meals_manager", "nurse"):
        for who in whos(planted.source, role)["who"]:
            if ", grade " not in who:
                _run(planted, role, who, tmp_path / role / who)
        seen |= found(planted.canaries, tmp_path / role)
    enrolled = set(planted.source.relations().query("role == 'School' and silo == 'sis'")["child"])
    told = {one for one in planted.canaries if one.child and set(one.child.split(";")) <= enrolled}
    told = {one for one in told if one.domain in ("health", "meals_balance", "family_contacts")}
    assert len(told - seen) <= 0.02 * len(told)


@pytest.mark.parametrize("role", sorted(as_written()["grid"]))
def test_errors_hold_nothing_of_a_child(planted: Planted, role: str, tmp_path: Path) -> None:
    child = planted.source.children()["child"].iloc[0]
    for who in (child, "family:A1", "No School"):
        if role == "student" and who == child:
            continue
        code, said = _run(planted, role, who, tmp_path / "out")
        assert code == 2
        assert child not in said
        assert not found(planted.canaries, said)
    code, said = _run(planted, role, _one(planted, role), tmp_path / "out", "--child", "c-nobody")
    assert (code, "c-nobody" in said) == (2, False)
    assert not list((tmp_path / "out").glob("view/*"))


def test_from_a_number_to_its_rows_as_far_as_they_may_be_seen(planted: Planted) -> None:
    teacher = open_view(planted.source, "teacher", _one(planted, "teacher"))
    told = teacher.values[teacher.values["element"].eq("days_absent") & teacher.values["value_number"].gt(0)]
    child, year = told["child"].iloc[0], int(told["school_year"].iloc[0])
    rows = teacher.source_rows(child, "days_absent", year)
    assert len(rows)
    assert set(rows["silo"]) <= set(told["silo"])
    names = teacher.source_rows(child, "first_name")
    everything = source_rows(planted.source, child, "first_name")
    assert set(names["silo"]) == set(everything["silo"]) - set(teacher.allowed.hidden)
    for element in ("account_balance", "primary_disability", "health_visits"):
        with pytest.raises(Refused, match="may not open the rows"):
            teacher.source_rows(child, element, year)
    stranger = next(one for one in planted.source.children()["child"] if one not in teacher.ids)
    with pytest.raises(Refused):
        teacher.source_rows(stranger, "days_absent", year)
    analyst = open_view(planted.source, "district_analyst", "district")
    with pytest.raises(Refused):
        analyst.source_rows(analyst.children["child"].iloc[0], "days_absent", year)


def test_the_command_reads_a_folder_of_exports_too(tmp_path: Path) -> None:
    folder = make_district(students=25, folder=tmp_path / "district")
    asked = [str(folder), "--role", "meals_manager", "--who", "district", "--out", str(tmp_path / "view")]
    assert CliRunner().invoke(command, asked).exit_code == 0
    assert (tmp_path / "audit.jsonl").is_file()
    told = pd.read_csv(tmp_path / "view" / "values.csv")
    assert "account_balance" in set(told["element"])
    assert not {"course_average", "primary_disability"} & set(told["element"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--role", "techer"), "Did you mean teacher? There are: "),
        (("--role", "nurse", "--purpose", "gossip"), "may not use the purpose 'gossip'"),
        (("--role", "principal"), "Name which principal: --who is the name of the school."),
        ((), "Name the viewer"),
    ],
)
def test_what_is_wrong_in_a_view_s_words_is_named_first_and_before_reading(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    said = CliRunner().invoke(command, [str(tmp_path / "not there"), *words])
    assert said.exit_code == 2
    assert told in said.output


def test_the_policy_is_printed_and_checked(tmp_path: Path) -> None:
    listed = CliRunner().invoke(command, ["--list", "--json"])
    assert listed.exit_code == 0
    assert len(json.loads(listed.stdout)["who sees what"]) == 228
    broken = tmp_path / "policy.toml"
    own = read_policy().source
    assert own is not None
    broken.write_text(
        own.read_text(encoding="utf-8").replace("[grid.nurse]", "[grid.nurze]"), encoding="utf-8"
    )
    said = CliRunner().invoke(command, ["--check", str(broken)])
    assert said.exit_code == 2
    assert "Did you mean nurse?" in said.output
    assert CliRunner().invoke(command, ["--check", str(own)]).exit_code == 0
    assert CliRunner().invoke(command, []).exit_code == 2
