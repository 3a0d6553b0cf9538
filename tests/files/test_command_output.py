"""What a command prints: a short answer of at most fifteen lines, all tables, JSON, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.files import MOST_LINES, Output, Summary, folder_argument, spelled, with_output
from helpers.standard import BadInput, Measured, plain

SUMMARY = Summary(
    ["Complete: **546** of 681 children."],
    "Systems that miss most, of 16",
    [f"System {name}: 12 of 120 missed" for name in "ABC"],
    ["Next: `bigpicture gaps FOLDER`."],
)
FIGURES = {
    "children": 1681,
    "systems": pd.DataFrame(
        {"silo": ["sis", None], "rate": [0.98765, 1.0], "rows_used": [12345, 7], "year": [2026, 2026]}
    ),
    "written": ["reports/a.csv", "reports/b.csv"],
}


def show(*words: str, summary: Summary | None = SUMMARY) -> Result:
    @click.command()
    @with_output
    def command(output: Output) -> None:
        output.emit(FIGURES, summary, {"systems": "Systems"})

    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_the_answer_comes_first_then_the_three_worst_then_where_the_rest_is() -> None:
    assert show().stdout.splitlines() == [
        "Complete: 546 of 681 children.",
        "",
        "Systems that miss most, of 16:",
        "  1. System A: 12 of 120 missed",
        "  2. System B: 12 of 120 missed",
        "  3. System C: 12 of 120 missed",
        "",
        "Next: `bigpicture gaps FOLDER`.",
        "The rest: --table, and a.csv and b.csv in reports",
    ]


@pytest.mark.parametrize("notes", [7, 8, 9, 60])
def test_notes_give_way_so_that_no_answer_is_longer_than_fifteen_lines(notes: int) -> None:
    long = Summary(SUMMARY.finding, SUMMARY.worst_of, SUMMARY.worst, [f"Note {n}." for n in range(notes)])
    lines = show(summary=long).stdout.splitlines()
    assert len(lines) <= MOST_LINES
    told = sum(line.startswith("Note ") for line in lines)
    left = notes - told
    assert (f"More notes ({left}): --table" in lines) is (left > 0)
    assert told == min(notes, 7 if notes <= 7 else 6)


def test_lines_are_wrapped_at_words_and_a_path_stays_in_one_piece() -> None:
    path = "/srv/" + "exports/" * 20 + "2026"
    lines = show(summary=Summary([f"{'Word ' * 30}{path} end."])).stdout.splitlines()
    assert path in lines
    assert all(len(line) <= 100 for line in lines if line != path)


def test_all_tables_are_printed_with_titles_for_people() -> None:
    assert show("--table").stdout.splitlines() == [
        "children: 1,681",
        "Systems:",
        "system   rate    used  year",
        "sis     0.988  12,345  2026",
        "            1       7  2026",
        "written: reports/a.csv, reports/b.csv",
    ]


def test_json_keeps_its_keys_and_its_numbers() -> None:
    told = json.loads(show("--json").stdout)
    assert list(told) == ["children", "systems", "written"]
    assert told["systems"][0] == {"silo": "sis", "rate": 0.98765, "rows_used": 12345, "year": 2026}
    assert json.loads(show("--json", "--quiet").stdout) == told


@pytest.mark.parametrize("words", [(), ("--table",), ("--json",)])
def test_no_mark_of_a_number_is_printed(words: tuple[str, ...]) -> None:
    # A place is a file's name, which may have what divides a mark.
    said = f"{Measured('rows_set_aside', 1, 30, where='a|b⟧.csv'):count of} set aside"
    table = pd.DataFrame({"file": ["a.csv"], "what": [said]})

    @click.command()
    @with_output
    def command(output: Output) -> None:
        with output.step(said):
            output.emit({"told": said, "files": table}, Summary([said]))

    shown = CliRunner().invoke(command, list(words), catch_exceptions=False)
    assert plain(said) == "1 of 30 rows set aside"
    assert "1 of 30 rows set aside" in shown.stdout
    assert not set("⟦⟧") & set(shown.stdout + shown.stderr)


def test_quiet_prints_nothing() -> None:
    assert show("--quiet").output == show("--quiet", "--table").output == ""


@pytest.mark.parametrize(
    ("variables", "colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_what_is_redirected_is_plain_and_no_color_is_honored(
    variables: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for words in ((), ("--table",)):
        said = show(*words).stdout
        # Blue, for what can be typed next; bold is no color.
        assert ("\x1b[34m" in said) is (colored and not words)
        assert colored or variables or "\x1b" not in said


@pytest.fixture
def with_alias() -> Callable[..., Result]:
    def run(*words: str, required: bool = True) -> Result:
        @click.command()
        @folder_argument(required=required, earlier="--from")
        @with_output
        def command(folder: object, output: Output) -> None:
            output.emit({"folder": folder})

        return CliRunner().invoke(command, list(words), catch_exceptions=False)

    return run


def test_the_folder_of_earlier_versions_goes_on_and_has_no_place_in_the_help(
    with_alias: Callable[..., Result],
) -> None:
    assert with_alias("exports").stdout == with_alias("--from", "exports").stdout == "folder: exports\n"
    assert "--from" not in with_alias("--help").stdout
    assert with_alias(required=False).stdout == "folder: None\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [(("a", "--from", "b"), "given twice, as a and with --from; give it once"), ((), "Name a FOLDER")],
)
def test_a_folder_twice_or_none_is_one_line(
    words: tuple[str, ...], says: str, with_alias: Callable[..., Result]
) -> None:
    result = with_alias(*words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("word", ["shared-identifier", "shared identifier", "Shared_Identifier"])
def test_a_value_has_one_spelling_and_others_are_understood(word: str) -> None:
    assert spelled(word, ["exact", "shared identifier"]) == "shared identifier"


def test_bad_input_is_one_line_and_status_2() -> None:
    @click.command()
    @with_output
    def command(output: Output) -> None:
        raise BadInput("There is no such thing.")

    result = CliRunner().invoke(command, ["--quiet"])
    assert (result.exit_code, result.stderr) == (2, "bigpicture: There is no such thing.\n")


@pytest.mark.parametrize("words", [1, 20, 45, 80, 400])
@pytest.mark.parametrize("worst", [1, 3, 9])
def test_the_worst_are_cut_so_that_no_answer_is_longer_than_fifteen_lines(words: int, worst: int) -> None:
    items = [f"System {place} {'word ' * words}" for place in range(worst)]
    text = show(summary=Summary(SUMMARY.finding, SUMMARY.worst_of, items, SUMMARY.notes)).stdout
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES
    assert all(f"  {place}. System {place - 1}" in text for place in range(1, worst + 1))
    assert ("…" in text) is (text.count("word") < words * worst)
    assert lines[-1].startswith("The rest: ")
