"""The files in docs/every-week.md that run the report every Monday are whole, and what they call is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]
from click.testing import CliRunner

from helpers.cli import main

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
COMMAND = r"\.venv[\\/](?:bin[\\/]bigpicture|Scripts[\\/]bigpicture\.exe)$"


@pytest.fixture(scope="module")
def blocks(project: Path) -> dict[str, str]:
    """The code blocks of its part on Mondays, by language."""
    page = (project / "docs" / "every-week.md").read_text(encoding="utf-8")
    part = page.split("## Every Monday, by itself", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^```(\w+)\n(.*?)^```", part, re.MULTILINE | re.DOTALL))


def is_known(arguments: list[str]) -> None:
    """Hold that the command line knows a command and each of its options."""
    shown = CliRunner().invoke(main, [arguments[0], "--help"])
    assert shown.exit_code == 0, shown.output
    options = [word for word in arguments if word.startswith("--")]
    assert [word for word in options if word not in shown.output] == []


def test_cron_runs_the_report_on_mondays(blocks: dict[str, str]) -> None:
    (line,) = blocks["crontab"].strip().splitlines()
    minute, hour, day, month, weekday, command = line.split(None, 5)
    assert (0 <= int(minute) < 60, 0 <= int(hour) < 24, day, month, weekday) == (True, True, "*", "*", "1")
    assert "%" not in command  # cron would end the line there
    words = shlex.split(command)
    place = next(n for n, word in enumerate(words) if re.search(COMMAND, word))
    is_known([word for word in words[place + 1 :] if word not in (">>", "2>&1")])
    # The log's folder is there before the shell opens the log.
    assert words.index("mkdir") < words.index(">>")


def test_the_task_scheduler_finds_what_its_schema_asks_for(blocks: dict[str, str]) -> None:
    task = ElementTree.fromstring(blocks["xml"])
    assert task.tag == f"{TASK}Task"
    # The schema takes these in this order.
    assert [child.tag.removeprefix(TASK) for child in task] == ["Triggers", "Settings", "Actions"]
    trigger = task.find(f"{TASK}Triggers/{TASK}CalendarTrigger")
    assert trigger is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", trigger.findtext(f"{TASK}StartBoundary") or "")
    assert trigger.find(f"{TASK}ScheduleByWeek/{TASK}DaysOfWeek/{TASK}Monday") is not None
    action = task.find(f"{TASK}Actions/{TASK}Exec")
    assert action is not None
    command = action.findtext(f"{TASK}Command") or ""
    assert re.search(COMMAND, command)
    assert command.startswith(f"{action.findtext(f'{TASK}WorkingDirectory')}\\")
    is_known(shlex.split((action.findtext(f"{TASK}Arguments") or "").replace("\\", "/")))


def test_actions_run_the_report_on_an_invented_district_and_keep_its_pages(blocks: dict[str, str]) -> None:
    workflow = yaml.safe_load(blocks["yaml"])
    # YAML 1.1 reads the key `on` as true.
    assert workflow[True]["schedule"][0]["cron"].split()[-1] == "1"
    steps = workflow["jobs"]["report"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    command = next(run for run in runs if "bigpicture" in run).split()
    assert re.search(COMMAND, command[0])
    is_known(command[1:])
    assert "--from" not in command
    kept = [step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")]
    assert kept == ["reports/"]
