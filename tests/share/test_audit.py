"""The audit's chain notices whatever is changed, taken out or moved; and it holds nothing of a child."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from helpers.cli import main
from helpers.files import save as held_file
from helpers.files.save import write_atomically
from helpers.share import Audit, Refused, open_view, open_views
from helpers.share.audit import shown_hash
from helpers.standard import BadInput
from tests.command_process import run_command
from tests.share.canaries import found
from tests.share.small_source import CHILDREN, NORTH, SmallSource

SOURCE = SmallSource()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    log = Audit(folder / "audit.jsonl")
    whole = open_view(SOURCE, "principal", NORTH, audit=log)
    whole.of("c01")
    whole.of("c02")
    open_view(SOURCE, "student", "c04", audit=log)
    whole.save(folder / "files")
    return folder


@pytest.fixture
def audit(written: Path, tmp_path: Path) -> Audit:
    for path in written.glob("audit.jsonl*"):
        shutil.copy(path, tmp_path / path.name)
    return Audit(tmp_path / "audit.jsonl")


def test_each_view_has_its_line(audit: Audit, written: Path) -> None:
    lines = audit.read()
    assert lines["what"].tolist() == ["opened", "one child", "one child", "opened", "written"]
    assert lines["children"].tolist() == [10, 1, 1, 1, 10]
    assert set(lines["role"]) == {"principal", "student"}
    assert lines["purpose"].iloc[0] == "leading the school"
    assert "days_absent" in lines["elements"].iloc[0]
    assert "account_balance" not in lines["elements"].iloc[0]
    assert lines["shown"].nunique() == 5
    assert Audit(written / "audit.jsonl").verify().empty


def test_a_log_without_its_code_in_the_user_s_own_folder_is_told_of(audit: Audit) -> None:
    """An older log with its older key and count fits in itself: only the copy elsewhere tells."""
    (trouble,) = audit.verify()["trouble"]
    assert "has no copy of its code at" in trouble
    assert "compare the code with one that was written down" in trouble


def test_it_holds_nothing_of_a_child(audit: Audit) -> None:
    assert found(SOURCE.planted, audit.path) == set()
    text = audit.path.read_text(encoding="utf-8")
    assert not any(f'"{child}"' in text for child in CHILDREN)


def test_what_was_shown_can_t_be_guessed_without_the_key_and_can_be_proved_with_it(tmp_path: Path) -> None:
    grades = [pd.DataFrame({"value": pd.Series([letter], dtype="string")}) for letter in "ABCDF"]
    logs = [Audit(tmp_path / name / "audit.jsonl") for name in ("one", "other")]
    for log in logs:
        log.log("family", "family:G1", "own child", ["mark"], 1, shown_hash(grades[2]), "one child")
    written = [log.read()["shown"].iloc[0] for log in logs]
    assert not {shown_hash(grade) for grade in grades} & set(written)
    assert written[0] != written[1]
    assert [logs[0].tells_of(1, grade) for grade in grades] == [False, False, True, False, False]
    with pytest.raises(BadInput, match="no line 2"):
        logs[0].tells_of(2, grades[0])
    key = tmp_path / "one" / "audit.jsonl.key"
    assert key.read_text(encoding="ascii").strip() not in logs[0].path.read_text(encoding="utf-8")
    key.unlink()
    assert not logs[0].tells_of(1, grades[2])
    assert "can't be checked without audit.jsonl.key" in logs[0].verify()["trouble"].iloc[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_log_is_its_writer_s_alone(tmp_path: Path) -> None:
    Audit(tmp_path / "logs" / "audit.jsonl").log("public", "district", "report", [], 0, "0", "opened")
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "logs", *files))


@pytest.mark.parametrize("place", range(5))
def test_a_changed_line_is_found(audit: Audit, place: int) -> None:
    lines = audit.path.read_text(encoding="utf-8").splitlines()
    entry = json.loads(lines[place])
    lines[place] = json.dumps({**entry, "who": "Another School"}, ensure_ascii=False)
    audit.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(audit.verify())


@pytest.mark.parametrize("place", range(5))
def test_a_line_that_is_taken_out_is_found(audit: Audit, place: int) -> None:
    lines = audit.path.read_text(encoding="utf-8").splitlines()
    del lines[place]
    audit.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(audit.verify())


def test_lines_in_another_order_are_found(audit: Audit) -> None:
    lines = audit.path.read_text(encoding="utf-8").splitlines()
    lines[1], lines[2] = lines[2], lines[1]
    audit.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert audit.verify()["line"].tolist()[:1] == [2]


def test_a_line_that_somebody_adds_is_found(audit: Audit) -> None:
    last = audit.path.read_text(encoding="utf-8").splitlines()[-1]
    with audit.path.open("a", encoding="utf-8") as file:
        file.write(last + "\n")
    assert len(audit.verify())


def test_several_at_once_make_one_chain(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")

    def write() -> None:
        for _ in range(5):
            Audit(log.path).log("public", "district", "public report", [], 0, "0", "opened")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.read()) == 20
    assert log.verify().empty


def test_a_log_that_another_process_holds_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_file, "WAITS", 0.0)
    (tmp_path / ".audit.jsonl.lock").touch()
    with pytest.raises(BadInput, match=r"audit\.jsonl\.lock"):
        Audit(tmp_path / "audit.jsonl").log("public", "district", "public report", [], 0, "0", "opened")


def test_a_name_with_another_end_of_line_is_one_line(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    for who in ("North\u2028School", "South\u0085School"):
        log.log("principal", who, "leading the school", [], 1, "0", "opened")
    assert log.read()["who"].tolist() == ["North\u2028School", "South\u0085School"]
    assert log.verify().empty


def test_views_of_many_log_each_that_shows_anything(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    opened = open_views(SOURCE, "family", ["family:G1", "family:G3", "family:G5", "nobody"], audit=log)
    assert set(opened) == {"family:G1", "family:G3"}
    assert log.read()["who"].tolist() == ["family:G1", "family:G3"]
    assert open_views(SOURCE, "family", ["family:G1"], children=["c02"]) == {}


def test_a_refused_view_adds_no_line(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    with pytest.raises(Refused):
        open_view(SOURCE, "principal", "No School", audit=log)
    assert not log.path.exists()


def add(log: Audit, who: str = "district") -> None:
    log.log("public", who, "public report", [], 0, "0", "opened")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path / "home"))
    log = Audit(tmp_path / "logs" / "audit.jsonl")
    for who in ("one", "two", "three"):
        add(log, who)
    return log


def rechained(lines: list[str]) -> str:
    """Chain lines anew as one can without the key: each by the digest of the one before."""
    before, written = "0" * 64, []
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line) | {"line": number, "before": before}
        written.append(json.dumps(entry, ensure_ascii=False))
        before = hashlib.sha256(written[-1].encode()).hexdigest()
    return "\n".join(written) + "\n"


def verify(place: Path) -> Result:
    return CliRunner().invoke(main, ["audit", str(place)])


def test_a_whole_log_is_said_to_be_whole_with_its_newest_code(log: Audit) -> None:
    result = verify(log.path.parent)
    assert result.exit_code == 0, result.output
    assert "3 lines, all as written" in result.stdout
    assert log.head()[1] in result.stdout
    assert verify(log.path).exit_code == 0
    assert verify(log.path.parent / "nowhere").exit_code == 2


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_log_that_is_chained_anew_without_its_key_is_found_and_takes_no_line(
    log: Audit, place: int
) -> None:
    lines = log.path.read_text(encoding="utf-8").splitlines()
    lines[place] = lines[place].replace('"public"', '"nurse"')
    log.path.write_text(rechained(lines), encoding="utf-8")
    assert len(log.verify())
    assert verify(log.path.parent).exit_code == 1
    with pytest.raises(BadInput, match="last line isn't the one"):
        add(log)


@pytest.mark.parametrize("ending", [".count", ".key", ""])
def test_a_file_of_the_log_that_is_taken_away_is_noticed_and_not_healed(log: Audit, ending: str) -> None:
    log.path.with_name(log.path.name + ending).unlink()
    for _ in range(2):
        with pytest.raises(BadInput, match="was changed"):
            add(log)
    assert verify(log.path.parent).exit_code == 1


def test_a_whole_new_log_under_a_new_key_is_noticed_by_what_stands_elsewhere(log: Audit) -> None:
    for path in log.path.parent.glob("audit.jsonl*"):
        path.unlink()
    with pytest.raises(BadInput, match="was changed"):
        add(log)
    elsewhere = list(log.path.parents[1].glob("home/audits/*"))
    assert len(elsewhere) == 1
    elsewhere[0].rename(elsewhere[0].with_suffix(".kept"))
    add(log)
    assert log.verify().empty


def test_a_log_that_is_put_back_to_an_earlier_day_with_all_its_files_is_noticed(log: Audit) -> None:
    kept = {path: path.read_bytes() for path in log.path.parent.glob("audit.jsonl*")}
    add(log, "four")
    for path, data in kept.items():
        path.write_bytes(data)
    assert log.verify()["trouble"].str.contains("the last was 4").any()
    with pytest.raises(BadInput, match="home"):
        add(log)


def test_a_log_without_its_copy_takes_no_line_until_it_is_adopted_which_it_records(log: Audit) -> None:
    (copy,) = log.path.parents[1].glob("home/audits/*")
    copy.unlink()
    for _ in range(2):
        with pytest.raises(BadInput, match=r"has no copy of its newest code.*--adopt"):
            add(log)
    assert (len(log.read()), copy.exists()) == (3, False)
    assert run_command("audit", log.path.parent).returncode == 1
    done = run_command("audit", log.path.parent, "--adopt")
    assert done.returncode == 0, done.stderr
    assert log.read()["what"].iloc[-1] == "adopted"
    add(log, "after")
    assert (len(log.read()), log.verify().empty) == (5, True)
    again = run_command("audit", log.path.parent, "--adopt")
    assert (again.returncode, "Nothing to adopt" in again.stderr, len(log.read())) == (2, True, 5)


def test_a_changed_log_is_not_adopted(log: Audit) -> None:
    (copy,) = log.path.parents[1].glob("home/audits/*")
    copy.unlink()
    log.path.write_text(log.path.read_text(encoding="utf-8").replace("two", "TWO"), encoding="utf-8")
    with pytest.raises(BadInput, match="line 3 doesn't follow the line before it"):
        log.adopt()
    assert (len(log.read()), copy.exists()) == (3, False)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_byte_that_is_no_text_is_listed_with_its_line(log: Audit, place: int) -> None:
    lines = log.path.read_bytes().split(b"\n")
    lines[place] = lines[place].replace(b"public report", b"public\xffreport")
    log.path.write_bytes(b"\n".join(lines))
    done = run_command("audit", log.path.parent)
    assert done.returncode == 1, done.stderr
    assert f"Line {place + 1} has a byte that is no text" in done.stdout


@pytest.mark.parametrize("stopped_at", range(1, 6))
@pytest.mark.parametrize("begun", [False, True])
def test_a_log_whose_writer_was_stopped_anywhere_goes_on(
    stopped_at: int, begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path / "home"))
    log = Audit(tmp_path / "logs" / "audit.jsonl")
    if begun:
        add(log)
    steps: list[Path] = []

    def written(path: Path, data: bytes, **_: object) -> None:
        steps.append(path)
        if len(steps) == stopped_at:
            raise KeyboardInterrupt
        write_atomically(path, data)

    with monkeypatch.context() as patch:
        patch.setattr("helpers.share.audit.write_atomically", written)
        with contextlib.suppress(KeyboardInterrupt):
            add(log, "stopped")
    add(log, "after")
    assert log.verify().empty
    assert log.read()["who"].iloc[-1] == "after"
    assert log.read()["line"].tolist() == list(range(1, len(log.read()) + 1))


@pytest.mark.parametrize(("age", "expired"), [(29.0, False), (31.0, True)])
def test_a_lock_that_a_killed_program_left_expires(
    log: Audit, monkeypatch: pytest.MonkeyPatch, age: float, expired: bool
) -> None:
    monkeypatch.setattr(held_file, "WAITS", 0.0)
    lock = log.path.with_name(".audit.jsonl.lock")
    lock.touch()
    os.utime(lock, (time.time() - age, time.time() - age))
    if expired:
        add(log)
    else:
        with pytest.raises(BadInput, match="another program"):
            add(log)
    assert len(log.read()) == 3 + expired


def test_a_lock_of_the_future_holds_no_longer_than_one_of_now(
    log: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_file, "WAITS", 0.1)
    lock = log.path.with_name(".audit.jsonl.lock")
    lock.touch()
    os.utime(lock, (time.time() + 3600, time.time() + 3600))
    add(log)
    assert (len(log.read()), lock.exists()) == (4, False)


def test_a_long_line_and_a_log_without_its_last_line_end_are_read_from_the_end(log: Audit) -> None:
    add(log, "x" * 10_000)
    add(log, "after")
    assert log.verify().empty
    assert len(log.read()) == 5
