"""Districts and files that several tests read. Each is made at most once a run, and only when a test asks."""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import is_hypothesis_test, settings

from tests.kept import Kept, sharing_in
from tests.shared_districts import STUDENTS, SharedDistricts
from tests.tiers import FULL

if TYPE_CHECKING:
    import pandas as pd
    from playwright.sync_api import Browser

    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles
    from tests.shared_reports import SharedReports


def pytest_configure(config: pytest.Config) -> None:
    """Try properties on fewer examples where only the tests of every day run."""
    settings.load_profile("every day" if config.option.markexpr == "not full" else "full")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the full tier what `one_in` says, and let it try properties again on all their examples."""
    place: Counter[tuple[Path, str]] = Counter()
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if item.get_closest_marker("browser") or item.get_closest_marker("weekly"):
            item.add_marker(FULL)
        if one_in := item.get_closest_marker("one_in"):
            test = (item.path, item.originalname)
            if place[test] % one_in.args[0] != one_in.kwargs.get("first", 0):
                item.add_marker(FULL)
            place[test] += 1
        if config.option.markexpr.startswith("full") and is_hypothesis_test(item.obj):
            item.add_marker(FULL)


def pytest_collection_finish() -> None:
    """Look seldom for circles of garbage, and never among what was imported: it was a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how long the tests of each folder took, all workers together: the goal is six minutes."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = Path(report.nodeid.partition("::")[0]).parent
                seconds["/".join(folder.parts[:2])] += report.duration
    if sum(seconds.values()) > 60:
        terminalreporter.section("seconds by folder")
        for folder, took in seconds.most_common():
            terminalreporter.line(f"{took:8.0f}  {folder}")


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Without a screen, without a sandbox (a container has none) and without calls home.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """What is made once a run, by whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    # Each worker has a folder of its own inside that of the run.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept"
    folder.mkdir(exist_ok=True)
    return Kept(folder)


@pytest.fixture(scope="session", autouse=True)
def home_of_made_districts(kept: Kept) -> Iterator[Path]:
    """Keep the districts that tests make out of this user's own cache, for notebooks' processes too."""
    folder = kept.folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGPICTURE_HOME", str(folder))
        yield folder


# Tests of how files are read and records linked read and link for themselves.
ANEW = {"files", "house", "layouts", "link", "standard", "synthetic_data"}


@pytest.fixture(scope="module", autouse=True)
def shares_of_the_run(request: pytest.FixtureRequest, kept: Kept) -> Iterator[None]:
    """Read, link and profile the same files once a run, as one report does for its notebooks' processes."""
    if request.path.parent.name in ANEW:
        yield
    else:
        with sharing_in(kept.shares):
            yield


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder that holds the project."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of files that nobody here wrote, named by BIGPICTURE_REAL_FILES."""
    named = os.environ.get("BIGPICTURE_REAL_FILES", "")
    if not named:
        pytest.skip("BIGPICTURE_REAL_FILES names no folder of real exports: they are not part of the project")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"BIGPICTURE_REAL_FILES is {named}, which is no folder here")
    return folder


@pytest.fixture(scope="session")
def unmarked_folder(district_folder: Path, kept: Kept) -> Path:
    """The files of the small made district alone: nothing says that they are synthetic, so they are real.

    Stands in where a test needs a real district's folder and there is none. Read it, never write into it.
    """
    folder = kept.folder / "unmarked"
    return kept("unmarked", lambda: Path(shutil.copytree(district_folder / "silos", folder)))


@pytest.fixture(scope="session")
def exports_by_hand(kept: Kept) -> Path:
    """Exports of three systems that no made district has, twelve students each, also unmarked."""
    from tests.exports_by_hand import write_exports

    return kept("exports_by_hand", lambda: write_exports(kept.folder / "exports_by_hand"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a chromium that playwright can drive."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip(f"no browser on this machine (looked for {', '.join(BROWSERS)})")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A chromium that is started once: two cannot be driven by one process. It has an empty profile."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with driver.sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield window
        window.close()


@pytest.fixture(scope="session")
def districts(kept: Kept) -> SharedDistricts:
    """Districts by their settings, each made, read and linked once a run. Never write into them."""
    return SharedDistricts(kept)


@pytest.fixture(scope="session")
def reports(kept: Kept) -> SharedReports:
    """Whole reports, each run once a run."""
    from tests.shared_reports import SharedReports

    return SharedReports(kept)


@pytest.fixture(scope="session")
def district_folder(districts: SharedDistricts) -> Path:
    """A small made district with its faults and its answer key. Read it, never write into it."""
    return districts.folder(students=STUDENTS)


@pytest.fixture(scope="session")
def clean_district_folder(districts: SharedDistricts) -> Path:
    """The same small district without a single fault. Read it, never write into it."""
    return districts.folder(students=STUDENTS, faults=0.0)


@pytest.fixture(scope="session")
def district(district_folder: Path, kept: Kept) -> District:
    """The small made district, read."""
    from helpers.files import read_district

    with sharing_in(kept.shares):
        return read_district(district_folder)


@pytest.fixture(scope="session")
def clean_district(clean_district_folder: Path, kept: Kept) -> District:
    """The small district without faults, read."""
    from helpers.files import read_district

    with sharing_in(kept.shares):
        return read_district(clean_district_folder)


@pytest.fixture(scope="session")
def district_links(district: District, kept: Kept) -> Links:
    """Who is who in the small made district, as every command and notebook finds it."""
    from helpers.link import link_district

    with sharing_in(kept.shares):
        return link_district(district)


@pytest.fixture(scope="session")
def clean_links(clean_district: District, kept: Kept) -> Links:
    """Who is who in the small district without faults."""
    from helpers.link import link_district

    with sharing_in(kept.shares):
        return link_district(clean_district)


@pytest.fixture(scope="session")
def district_profiles(district: District, district_links: Links, kept: Kept) -> Profiles:
    """What is known of each child of the small made district."""
    from helpers.profile import build_profiles

    with sharing_in(kept.shares):
        return build_profiles(district, district_links)


@pytest.fixture(scope="session")
def desk_folder(kept: Kept) -> Path:
    """A folder as a district's desk has it: 300 children, 30 files that no layout knows. Copy it to write."""
    folder, _ = kept("desk", lambda: _desk(kept.folder / "desk"))
    return folder


@pytest.fixture(scope="session")
def desk_truth(kept: Kept) -> pd.DataFrame:
    """Whose each row of the desk's folder is: file, row, person, role. It lies outside of that folder."""
    _, truth = kept("desk", lambda: _desk(kept.folder / "desk"))
    return truth


@pytest.fixture(scope="session")
def started_desk_folder(kept: Kept, desk_folder: Path) -> Path:
    """The desk's folder with the layouts that `start` drafted for it. Read it, never write into it."""
    from helpers.files.draft import draft_layouts

    def start() -> Path:
        folder = shutil.copytree(desk_folder, kept.folder / "desk started")
        draft_layouts(folder)
        return folder

    return kept("desk_started", start)


def _desk(folder: Path) -> tuple[Path, pd.DataFrame]:
    from synthetic_data.desk import make_desk_folder

    return folder, make_desk_folder(folder)


@pytest.fixture
def read_and_linked_once(
    monkeypatch: pytest.MonkeyPatch, district_folder: Path, district: District, district_links: Links
) -> None:
    """Hand commands the small made district read and linked already: what comes after is what matters."""
    import helpers.files
    import helpers.link

    read, link = helpers.files.read_district, helpers.link.link_district

    def read_once(folder: str | Path) -> District:
        return district if Path(folder) == district_folder else read(folder)

    def link_once(other: District, method: str = "resolved", **given: Any) -> Links:
        plain = method == "resolved" and all(value is None for value in given.values())
        return district_links if other is district and plain else link(other, method, **given)

    monkeypatch.setattr(helpers.files, "read_district", read_once)
    monkeypatch.setattr(helpers.link, "link_district", link_once)
