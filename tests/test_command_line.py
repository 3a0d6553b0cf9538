"""The command line as a newcomer meets it: sections, help, and answers of at most fifteen lines."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import MOST_LINES, District, Sections
from helpers.files.command_line.options import SECTIONS
from helpers.score import score_children
from synthetic_data.cli import main as makers
from tests.kept import Kept
from tests.tiers import FULL

# Commands that answer about a folder of exports, and what else they need.
ANSWERS = {
    "read": [],
    "link": [],
    "profile": [],
    "gaps": [],
    "questions": [],
    "view": ["--role", "public", "--who", "district"],
}
OF_A_KEY = {"score": []}
AFTER_EVERY_CHANGE = ("read", "link", "questions")
# Longest line of what is printed into a log; a path or a command is never cut.
WIDTH = 100


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def each_command() -> Iterator[tuple[str, click.Command]]:
    """Every command, those of a group by both words."""
    for name, command in main.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", one) for below, one in command.commands.items())


COMMANDS = dict(each_command())


def test_the_help_lists_every_command_once_in_a_section_that_is_named() -> None:
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(main.commands)
    lines = run("--help").stdout.partition("Start:")[2].partition("Anywhere")[0].splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert listed == named
    assert [line[:-1] for line in lines if line[:-1] in SECTIONS] == list(SECTIONS)[1:]
    # The generator alone lists its own commands.
    alone = CliRunner().invoke(makers, ["--help"]).stdout
    assert "  make " in alone
    assert "  read " not in alone
    assert "Your files" not in alone


def test_a_command_of_another_package_is_listed_too() -> None:
    group = Sections(
        name="kit", commands={"make": click.Command("make"), "library": click.Command("library")}
    )
    said = CliRunner().invoke(group, ["-h"]).stdout
    assert said.index("More:") < said.index("library")
    assert said.count("library") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_h_is_help_and_each_option_says_what_it_does(name: str) -> None:
    short, long = (run(*name.split(), word) for word in ("-h", "--help"))
    assert (short.exit_code, short.stdout) == (0, long.stdout)
    command = COMMANDS[name]
    assert all(one.help for one in command.params if isinstance(one, click.Option) and not one.hidden)
    if not isinstance(command, click.Group):
        assert {"--json", "--table", "--quiet"} <= set(re.findall(r"^  (--\w+)", long.stdout, re.MULTILINE))
    # A line of the list of commands is not cut.
    assert "..." not in command.get_short_help_str(60)


def answered(folder: Path, command: str, kept: Kept) -> tuple[Path, str]:
    """What a command prints about a folder by itself, and where it wrote."""

    def once() -> tuple[Path, str]:
        out = kept.folder / "answers" / folder.name / command
        out.mkdir(parents=True)
        done = run(command, folder, *{**ANSWERS, **OF_A_KEY}[command], "--out", out)
        assert done.exit_code == 0, done.output
        return out, done.stdout

    return kept(f"answer_{folder.name}_{command}", once)


def is_short(out: Path, text: str) -> None:
    """Hold an answer to its lines: fifteen, plain, and the rest is named."""
    lines = text.splitlines()
    assert len(lines) <= MOST_LINES, text
    assert all(len(line.replace(str(out), "")) <= WIDTH for line in lines if "`" not in line), text
    assert "--table" in text
    assert "\x1b" not in text
    assert not re.search(r"\bnan\b|<NA>|\bNone\b|\*\*", text), text


@pytest.mark.parametrize(
    "command",
    [pytest.param(one, marks=() if one in AFTER_EVERY_CHANGE else FULL) for one in (*ANSWERS, *OF_A_KEY)],
)
def test_a_command_answers_in_fifteen_lines(
    command: str, district_folder: Path, read_and_linked_once: None, kept: Kept
) -> None:
    out, text = answered(district_folder, command, kept)
    is_short(out, text)
    # A number and its base come first.
    assert re.search(r"\d", text.splitlines()[0])
    # Three worst, but where there are none.
    assert [line[2] for line in text.splitlines() if re.match(r"  \d\. ", line)] == ["1", "2", "3"]


@pytest.mark.full
@pytest.mark.parametrize("command", ANSWERS)
def test_a_command_answers_about_a_real_folder_in_fifteen_lines(
    command: str, unmarked_folder: Path, kept: Kept
) -> None:
    is_short(*answered(unmarked_folder, command, kept))


@pytest.mark.parametrize(
    "words",
    [
        ["dictionary"],
        ["dictionary", "sis/oneroster_1p2"],
        ["view", "--list"],
        ["people", "--schools", "{schools}", "--specialists", "2"],
        pytest.param(
            ["make-sector", "{folder}", "--set", "invited=80", "--set", "responding=[25, 40]"],
            marks=FULL,
        ),
        pytest.param(["make", "{folder}", "--students", "60"], marks=FULL),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_other_commands_answer_in_fifteen_lines_and_print_all_of_it_on_request(
    words: list[str], tmp_path: Path
) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("school,children\nOak,500\nElm,300\nFir,820\nAsh,90\n", encoding="utf-8")
    words = [word.format(schools=schools, folder=tmp_path / "made") for word in words]
    out = ["--out", str(tmp_path / "out")] if words[0] in ("dictionary", "people") else []
    short, whole = run(*words, *out), run(*words, *out, "--table")
    assert (short.exit_code, whole.exit_code) == (0, 0), short.output + whole.output
    assert len(short.stdout.splitlines()) <= MOST_LINES
    assert re.search(r"\d", short.stdout)
    assert words == ["dictionary"] or len(whole.stdout.splitlines()) > len(short.stdout.splitlines())


@pytest.mark.full
def test_children_are_complete_split_and_mixed_as_on_the_pages(
    district_folder: Path, district: District, district_links: object, read_and_linked_once: None, kept: Kept
) -> None:
    text = answered(district_folder, "score", kept)[1]
    children = score_children(district, district_links)  # type: ignore[arg-type]
    counts = {name: int(children["outcome"].eq(name).sum()) for name in ("complete", "split", "mixed")}
    undetected = int((children["outcome"].eq("mixed") & ~children["detected"]).sum())
    assert " ".join(text.split()).startswith(
        f"{counts['complete']} of {len(children)} children have a complete page. "
        f"Split: {counts['split']} of {len(children)} children. "
        f"Mixed with another child after full matching: {counts['mixed']} of {len(children)} children. "
        f"After full matching, {undetected} of {len(children)} children share a page "
    )


def test_quiet_prints_nothing_and_writes_the_same_files(
    district_folder: Path, read_and_linked_once: None, kept: Kept, tmp_path: Path
) -> None:
    said = run("link", district_folder, "--out", tmp_path, "--quiet")
    assert (said.exit_code, said.output) == (0, "")
    loud = answered(district_folder, "link", kept)[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in loud.iterdir())


def test_the_folder_of_a_report_is_given_once_by_place_or_as_before(tmp_path: Path) -> None:
    for command in ("report", "survey", "dictionary"):
        twice = run(command, *(["layout"] if command == "dictionary" else []), "a", "--from", "b")
        assert twice.exit_code == 2
        assert twice.stderr == "bigpicture: The folder is given twice, as a and with --from; give it once.\n"
        assert "--from" not in run(command, "-h").stdout
    for words in (["report", tmp_path / "none"], ["report", "--from", tmp_path / "none"]):
        assert "There is no folder" in run(*words, "--out", tmp_path).stderr
    assert "There is no log" in run("audit", "--verify", tmp_path).stderr


@pytest.mark.full
def test_a_schedule_s_log_is_plain_and_says_how_far_it_is(district_folder: Path, tmp_path: Path) -> None:
    code = (
        "import functools, helpers.files.command_line.options as options;"
        "options.Progress = functools.partial(options.Progress, after=0.01);"
        "from helpers.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "link", str(district_folder), "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "Reading the files …\n" in done.stderr
    assert "Linking the records of each child …\n" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "records of" in done.stdout


def test_a_command_starts_without_reading_a_layout() -> None:
    code = (
        "import helpers.cli; from helpers.layouts import load_layout; print(load_layout.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
