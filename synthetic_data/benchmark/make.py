"""Make the sets of the benchmark: native files, flat files, and keys."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import digests_of, read_district
from helpers.standard import BadInput
from synthetic_data.benchmark.canary import mark_folder, text_of_canary
from synthetic_data.benchmark.flat_files import flat_files, write_flat_file
from synthetic_data.benchmark.plan import HERE, Plan, SetPlan
from synthetic_data.benchmark.scorer import CANARY
from synthetic_data.benchmark.secret_keys import (
    COMMITMENTS,
    commitments_of,
    draw_seed,
    must_be_outside,
)
from synthetic_data.district import make_district, make_region
from synthetic_data.scenario import load_scenario

__all__ = ["CHECKSUMS", "MadeSet", "freeze", "make_benchmark", "read_checksums"]

CHECKSUMS = "SHA256SUMS"
# What a published district.json says; no seed, no setting and no fingerprint.
PUBLISHED = ("synthetic", "title", "district_name", "school_years", "as_of", "silos")
KEY_TABLES = ("people", "rows")
FILES = "files"


@dataclass(frozen=True)
class MadeSet:
    """A set that was made."""

    plan: SetPlan
    folder: Path
    children: int
    records: int
    not_scored: int
    # Hash of its list of hashes.
    sha256: str


def make_benchmark(
    plan: Plan,
    folder: Path,
    sets: Sequence[SetPlan],
    secret_folder: Path | None = None,
    processes: int = 1,
) -> Iterator[MadeSet]:
    """Make sets one by one, and what lies beside them.

    Parameters
    ----------
    plan
        The whole plan.
    folder
        Where the sets go: split/family-kind. A set that is there already is made anew.
    sets
        Which sets.
    secret_folder
        Where seeds, salts and keys of test sets are kept, outside of repository and sets.
    processes
        Processes that write files of a district; the bytes are the same.

    Yields
    ------
    MadeSet
        Each when its folder is complete.

    Raises
    ------
    BadInput
        If a test set is asked for without a folder for its secrets, or the folder isn't the benchmark's.
    """
    tests = [one for one in sets if one.is_test]
    if tests and secret_folder is None:
        raise BadInput(
            f"{tests[0].name} is a test set: name the folder for its seed and key with --secrets. "
            "Entrants download test sets, and never make them."
        )
    if secret_folder is not None:
        must_be_outside(secret_folder, folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / "CANARY.txt").exists():
        raise BadInput(f"{folder} has other files: give a new or empty folder, or one with this benchmark.")
    folder.mkdir(parents=True, exist_ok=True)
    _write_beside(plan, folder)
    for one in sets:
        made = _make_set(plan, one, folder / one.name, secret_folder, processes)
        _note_checksum(folder / CHECKSUMS, made)
        yield made


def _write_beside(plan: Plan, folder: Path) -> None:
    (folder / "CANARY.txt").write_text(text_of_canary(), encoding="utf-8", newline="\n")
    sheet = (HERE / "data_sheet.md").read_text(encoding="utf-8")
    about = f"# K-12 linkage benchmark {plan.version}\n\n<!-- {CANARY} -->\n\n{sheet}"
    (folder / "README.md").write_text(about, encoding="utf-8", newline="\n")
    shutil.copyfile(HERE / "scorer.py", folder / "score.py")
    citation = HERE.parents[1] / "CITATION.cff"
    for path in (COMMITMENTS, citation):
        if path.exists():  # a kit that was installed from a wheel has no CITATION.cff
            shutil.copyfile(path, folder / path.name)


def _make_set(plan: Plan, one: SetPlan, place: Path, secret_folder: Path | None, processes: int) -> MadeSet:
    keys_go = place if secret_folder is None or not one.is_test else secret_folder / one.name
    seed = draw_seed(keys_go) if one.is_test else one.seed
    if seed is None:
        raise BadInput(f"The plan gives no seed for {one.name}.")
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        draft.chmod(0o755)
        with tempfile.TemporaryDirectory() as elsewhere:
            made = Path(elsewhere) / "made"
            scenario = load_scenario(**_named(one.scenario(seed)))
            names: list[str] = [""]
            if one.is_region:
                make_region(scenario, made, processes)
                names = sorted(path.name for path in made.iterdir() if path.is_dir())
            else:
                make_district(scenario, made, processes)
            keys = {name: _key_tables(made / name) for name in names}
            for name in names:
                _publish(made / name, draft / FILES / name, plan, one)
            if one.is_region:
                _write_json(draft / FILES / "region.json", {**_about(plan, one), "districts": names})
        flat = flat_files({name: read_district(draft / FILES / name) for name in names}, keys)
        write_flat_file(flat.records, draft / "records.csv")
        for file, table in (("key.csv", flat.key), ("children.csv", flat.children)):
            write_flat_file(table, (keys_go if one.is_test else draft) / file)
        (draft / "CANARY.txt").write_text(text_of_canary(), encoding="utf-8", newline="\n")
        listed = digests_of(draft, (path for path in draft.rglob("*") if path.is_file()))
        sums = "".join(f"{digest}  {path}\n" for path, digest in listed.items())
        (draft / CHECKSUMS).write_text(sums, encoding="utf-8", newline="\n")
        if place.exists():
            shutil.rmtree(place)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    scored = flat.key["child"].ne("")
    return MadeSet(
        plan=one,
        folder=place,
        children=int(flat.key.loc[scored, "child"].nunique()),
        records=len(flat.records),
        not_scored=int((~scored).sum()),
        sha256=hashlib.sha256(sums.encode("utf-8")).hexdigest(),
    )


def _named(settings: dict[str, Any]) -> dict[str, Any]:
    return {"name_or_path" if key == "scenario" else key: value for key, value in settings.items()}


def _key_tables(district: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(district / "answer_key" / f"{name}.parquet") for name in KEY_TABLES}


def _about(plan: Plan, one: SetPlan) -> dict[str, Any]:
    return {
        "synthetic": True,
        "benchmark": f"K-12 linkage benchmark {plan.version}",
        "set": one.name,
        "canary": CANARY,
    }


def _publish(district: Path, into: Path, plan: Plan, one: SetPlan) -> None:
    """Copy the exports, marked with the canary, and of district.json only what any district could say."""
    into.mkdir(parents=True)
    shutil.copytree(district / "silos", into / "silos")
    mark_folder(into / "silos")
    about = json.loads((district / "district.json").read_text(encoding="utf-8"))
    silos = into / "silos"
    files = digests_of(silos, (path for path in silos.rglob("*") if path.is_file()))
    published = {key: about[key] for key in PUBLISHED}
    _write_json(into / "district.json", {**_about(plan, one), **published, "files": files})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _note_checksum(path: Path, made: MadeSet) -> None:
    """Put the hash of a set's list of hashes into a list in the form of sha256sum."""
    name = f"{made.plan.name}/{CHECKSUMS}"
    known = read_checksums(path) | {name: made.sha256}
    text = "".join(f"{digest}  {file}\n" for file, digest in sorted(known.items()))
    path.write_text(text, encoding="utf-8", newline="\n")


def read_checksums(path: Path) -> dict[str, str]:
    """Read a list in the form of sha256sum: file -> hash; empty if there is none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {file: digest for digest, file in (line.split("  ", 1) for line in lines)}


def freeze(
    folder: Path, secret_folder: Path | None, made: Sequence[MadeSet], into: Path = HERE
) -> list[Path]:
    """Write the hashes of sets, and the salted hashes of their secrets, into the repository.

    Parameters
    ----------
    folder
        With the sets.
    secret_folder
        With the secrets of the test sets.
    made
        The sets that were made.
    into
        Where both lists are kept.

    Returns
    -------
    list of Path
        The two lists.
    """
    for one in made:
        _note_checksum(into / CHECKSUMS, one)
    commitments = into / COMMITMENTS.name
    rows: dict[tuple[str, str], str] = {}
    if commitments.exists():
        with commitments.open(encoding="utf-8", newline="") as file:
            rows = {(row["set"], row["file"]): row["sha256"] for row in csv.DictReader(file)}
    for one in made:
        if one.plan.is_test and secret_folder is not None:
            found = commitments_of(secret_folder / one.plan.name, one.plan.name)
            rows |= {(name, file): sha256 for name, file, sha256 in found}
    with commitments.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["set", "file", "sha256"])
        writer.writerows([*key, sha256] for key, sha256 in sorted(rows.items()))
    shutil.copyfile(commitments, folder / commitments.name)
    return [into / CHECKSUMS, commitments]
