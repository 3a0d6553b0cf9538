"""The command line: what it prints, what it writes, how it ends."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.cli.options import by_share
from helpers.files import District
from helpers.profile.survivorship import decide_survivorship
from helpers.score import score_links
from tests.kept import Kept

WRITES = {
    "read": ["findings.csv", "accounts.csv"],
    "link": [
        "crosswalk.csv",
        "pairs.csv",
        "id_columns.csv",
        "link_findings.csv",
        "quality_estimate.csv",
        "review_queue.csv",
    ],
    "score": [
        "population_scores.csv",
        "child_shares.csv",
        "scores.csv",
        "by_group.csv",
        "group_gaps.csv",
        "costs.csv",
        "profile_scores.csv",
        "by_case.csv",
        "review.csv",
        "calibration.csv",
        "page_scores.csv",
        "hold_scores.csv",
    ],
    "profile": [
        "profile.csv",
        "values.parquet",
        "timeline.parquet",
        "left_out.csv",
        "profile_accounts.csv",
        "row_accounts.csv",
        "indicators.parquet",
        "store",
    ],
    "gaps": [
        "scorecard.csv",
        "code_crosswalk.csv",
        "coverage_by_group.csv",
        "manual_effort.csv",
        "rubric.csv",
        "gaps.html",
    ],
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def ran(district_folder: Path, district: District, kept: Kept) -> dict[str, tuple[Path, dict[str, object]]]:
    """Each command on the small made district: where it wrote, and its JSON."""

    def each() -> dict[str, tuple[Path, dict[str, object]]]:
        found = {}
        for command in WRITES:
            out = kept.folder / "commands" / command
            out.mkdir(parents=True)
            with pytest.MonkeyPatch.context() as patch:
                if command != "read":  # the folder that the others read is the same
                    patch.setattr("helpers.files.read_district", lambda folder: district)
                result = run(command, district_folder, "--out", out, "--json")
            assert result.exit_code == 0, result.output
            found[command] = (out, json.loads(result.stdout))
        return found

    return kept("commands", each)


@pytest.mark.full
@pytest.mark.parametrize("command", WRITES)
def test_a_command_writes_what_its_help_says(
    command: str, ran: dict[str, tuple[Path, dict[str, object]]]
) -> None:
    out, figures = ran[command]
    assert sorted(path.name for path in out.iterdir()) == sorted(WRITES[command])
    assert figures["written"] == [str(out / name) for name in WRITES[command]]
    text = " ".join(run(command, "--help").output.split())
    for name in WRITES[command]:
        assert name in text
    assert figures


@pytest.fixture
def printed(
    district_folder: Path, read_and_linked_once: None, kept: Kept
) -> Callable[[str], tuple[Path, str]]:
    """All tables that a command prints of the small made district, and where it wrote."""

    def command_of(command: str) -> tuple[Path, str]:
        out = kept.folder / "printed" / command
        out.mkdir(parents=True)
        return out, run(command, district_folder, "--out", out, "--table").stdout

    return lambda command: kept(f"printed_{command}", lambda: command_of(command))


@pytest.mark.full
@pytest.mark.parametrize("command", WRITES)
def test_tables_that_a_command_prints_fit_a_line_of_a_terminal(
    command: str, printed: Callable[[str], tuple[Path, str]]
) -> None:
    lines = printed(command)[1].splitlines()
    tables = [line for line in lines if not line.startswith(("written: ", "begin with "))]
    assert max(map(len, tables)) <= 120
    assert not [line for line in tables if "<NA>" in line or "nan" in line.split()]


@pytest.mark.full
def test_the_figures_of_read_are_those_of_its_files(ran: dict[str, tuple[Path, dict[str, object]]]) -> None:
    out, figures = ran["read"]
    accounts = pd.read_csv(out / "accounts.csv")
    assert [row["rows"] for row in figures["accounts"]] == accounts["rows"].tolist()
    findings = pd.read_csv(out / "findings.csv")
    assert sum(row["times"] for row in figures["findings"]) == findings["times"].sum()


@pytest.mark.full
def test_link_counts_what_the_crosswalk_holds(ran: dict[str, tuple[Path, dict[str, object]]]) -> None:
    out, figures = ran["link"]
    crosswalk = pd.read_csv(out / "crosswalk.csv", dtype="string")
    assert figures["records"] == len(crosswalk)
    assert figures["children"] == crosswalk["child"].nunique()


@pytest.mark.full
def test_profile_shows_what_a_team_decided_to_believe_and_lists_what_that_changes(
    district_folder: Path, read_and_linked_once: None, tmp_path: Path
) -> None:
    decided = tmp_path / "survivorship.toml"
    decide_survivorship(decided, {"last_surname": ["meals"]}, by="data team", because="the till")
    results = {
        name: run("profile", district_folder, "--out", tmp_path / name, "--json", *more)
        for name, more in (("usual", ()), ("decided", ("--survivorship", decided)))
    }
    usual, ours = (
        pd.read_csv(tmp_path / name / "profile.csv", dtype="string").set_index("child")["roster_last_surname"]
        for name in results
    )
    changed = pd.read_csv(tmp_path / "decided" / "changed_values.csv", dtype="string")
    differ = usual.index[usual.ne(ours).fillna(False)]
    assert len(differ)
    assert set(changed["child"]) == set(differ)
    assert changed.set_index("child")["now"].to_dict() == ours[differ].to_dict()
    assert set(changed["now_silo"]) == {"meals"}
    figures = json.loads(results["decided"].stdout)
    assert figures["children of whom something else is shown"] == len(differ)
    assert figures["decided by"].startswith("data team, ")
    assert "decided by" not in json.loads(results["usual"].stdout)


@pytest.mark.full
def test_gaps_prints_the_steps_of_its_page_in_the_same_order(district_folder: Path, tmp_path: Path) -> None:
    said = " ".join(run("gaps", district_folder, "--out", tmp_path).stdout.split())
    page = (tmp_path / "gaps.html").read_text(encoding="utf-8")
    steps = re.findall(r'<span class="many[^"]*">(.*?) <small>(.*?)</small>.*?class="what">(.*?)</p>', page)
    assert len(steps) == 3
    assert steps[0][2].startswith("Match on names and birth dates")
    plain = [[html.unescape(re.sub(r"<[^>]+>", "", part)) for part in step] for step in steps]
    places = [said.index(f"{many} {unit}: {what} (") for many, unit, what in plain]
    assert places == sorted(places)


@pytest.mark.full
def test_gaps_prints_each_pair_of_systems_once(printed: Callable[[str], tuple[Path, str]]) -> None:
    out, text = printed("gaps")
    lines = text.splitlines()
    card = pd.read_csv(out / "scorecard.csv", dtype={"column": "string"})
    joined = card[card["measure"] == "match rate"]
    first = joined[joined["numerator"].gt(0)].iloc[0]
    pair = [first["left_silo"], first["right_silo"]]
    row = next(line.split() for line in lines if line.split()[:2] == pair)
    assert row[:4] == [
        first["left_silo"], first["right_silo"], f"{first['numerator']:,.0f}", f"{first['denominator']:,.0f}",
    ]  # fmt: skip
    begin = next(place for place, line in enumerate(lines) if line.startswith("begin with 1: "))
    assert begin == 2 + len(joined)


@pytest.mark.full
def test_a_crosswalk_can_be_judged_by_itself(
    district_folder: Path,
    district: District,
    ran: dict[str, tuple[Path, dict[str, object]]],
    read_and_linked_once: None,
    tmp_path: Path,
) -> None:
    # Children joined by twos: what is judged is this crosswalk, not the district's own links.
    whole = pd.read_csv(ran["link"][0] / "crosswalk.csv", dtype="string")
    by_twos = whole.assign(child=(pd.factorize(whole["child"])[0] // 2).astype(str))
    by_twos.to_csv(tmp_path / "by twos.csv", index=False)
    result = run(
        "score", district_folder, "--crosswalk", tmp_path / "by twos.csv", "--out", tmp_path, "--json"
    )
    (told,) = [row for row in json.loads(result.stdout)["scores"] if row["left_silo"] is None]
    judged = score_links(district, by_twos).iloc[0]
    assert (told["right"], told["wrong"]) == (judged["right"], judged["wrong"])
    assert told["wrong"] > 1000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["read", "{none}"], "There is no folder"),
        (["read", "{file}"], "is a file: name its folder."),
        (["read", "{bare}"], "contains no file, not even in a zip"),
        (["score", "{bare}"], "contains no file, not even in a zip"),
        (["link", "{bare}"], "contains no file, not even in a zip"),
        (["profile", "{bare}"], "contains no file, not even in a zip"),
        (["gaps", "{bare}"], "contains no file, not even in a zip"),
        (["profile", "{district}", "--survivorship", "{none}"], "table believed_first"),
        (["score", "{district}", "--crosswalk", "{none}"], "There is no file"),
        (["dictionary", "meals/mealtime"], "Did you mean meals/mealtime_customers?"),
        (["report", "{none}"], "There is no folder"),
        (["report", "{file}"], "is a file: name its folder."),
        (["report", "--only", "77"], "77"),
        (["report", "-p", "studnets", "60"], "Did you mean students?"),
        (["make", "{new}", "--set", "sede=7"], "Did you mean seed?"),
        (["make", "{new}", "--scenario", "workshp"], "workshop"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    words: list[str], told: str, district_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bare").mkdir()
    places = {f"{{{name}}}": tmp_path / name for name in ("none", "bare", "new")}
    places["{district}"] = district_folder
    places["{file}"] = district_folder / "district.json"
    result = run(*(str(places.get(word, word)) for word in words))
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not result.stdout
    assert not (tmp_path / "new").exists()


def test_a_real_folder_keeps_its_values_to_itself(district_folder: Path, tmp_path: Path) -> None:
    """Where nothing says that a folder is invented, restricted values are masked unless asked for."""
    hidden, shown = tmp_path / "hidden", tmp_path / "shown"
    assert run("read", district_folder / "silos", "--out", hidden).exit_code == 0
    assert run("read", district_folder / "silos", "--out", shown, "--show-values").exit_code == 0
    without, with_values = (
        pd.read_csv(folder / "findings.csv", dtype="string") for folder in (hidden, shown)
    )
    assert without["kind"].equals(with_values["kind"])
    money = with_values["kind"].eq("not_a_number") & with_values["silo"].eq("meals")
    assert money.any()
    assert set(without.loc[money, "value"]) == {"…"}
    assert with_values.loc[money, "value"].str.contains(r"\d").all()


def test_the_dictionary_says_what_every_column_means(tmp_path: Path) -> None:
    result = run("dictionary", "meals/mealtime_customers", "--out", tmp_path, "--json")
    rows = json.loads(result.stdout)["dictionary"]
    assert [row["column"] for row in rows][:2] == ["Customer ID", "Customer Last Name"]
    assert "meals/mealtime_customers" in json.loads(run("dictionary", "--json").stdout)["layouts"]


def test_who_lost_the_largest_share_of_rows_comes_first() -> None:
    """All of 18 rows come before 40 of 4,000; of like shares, more rows do; a hidden count comes last."""
    lines = [
        ("few", 18, 18),
        ("none", 0, 50),
        ("many", 40, 4_000),
        ("hidden", "1 to 9", 900),
        ("all", 20, 20),
    ]
    accounts = pd.DataFrame(lines, columns=["table", "rows_left_out", "rows"])
    assert list(by_share(accounts, "rows_left_out", hidden=1)["table"]) == ["all", "few", "many", "hidden"]
    assert list(by_share(accounts, "rows_left_out")["table"]) == ["all", "few", "many"]
