"""Time the dashboard in a browser at 10,000 children: from address to page, from one child to the next."""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, figure
from tests.bench.measure import run

__all__ = ["bench_dashboard", "measured_dashboard"]

BIGPICTURE = Path(sys.executable).with_name("bigpicture")
LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "04_see_the_child.ipynb"
CHILDREN = 10_000
VISITS, CHANGES = 3, 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# From the press of a key to a drawn page: the head has another name, and the browser has painted it.
WATCH = """() => {
    const page = document.querySelector('.dashboard .page');
    window.changed = null;
    const watch = new MutationObserver(() => {
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => { window.changed = performance.now(); }));
    });
    watch.observe(page, { childList: true });
    document.querySelector('.dashboard input').addEventListener('keydown', event => {
        if (event.key === 'Enter') window.pressed = performance.now();
    }, { capture: true, once: true });
}"""


def measured_dashboard(store: Path) -> dict[str, list[float]]:
    """Visit the dashboard of a store, and go from child to child by keyboard.

    Parameters
    ----------
    store
        A store of profiles.

    Returns
    -------
    dict
        ``first page`` (s, by visit), ``change`` (ms, by change) and ``open`` (ms, by row opened).
    """
    from playwright.sync_api import sync_playwright

    from helpers.report.widgets.serve_dashboard import serve_dashboard

    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    first, changes, opened = [], [], []
    with serve_dashboard(store, LESSON) as served, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for visit in range(VISITS):
            # A visit takes the kernel that stands ready; the next one needs a while to get ready.
            time.sleep(30 if visit else 5)
            page = browser.new_context().new_page()
            began = time.perf_counter()
            page.goto(served.address)
            page.locator(".dashboard h2").wait_for(timeout=60_000)
            first.append(time.perf_counter() - began)
            if visit < VISITS - 1:
                page.context.close()
        page.get_by_label("Role").select_option(label="meals manager")
        page.locator(".status", has_text="Seen as: meals manager").wait_for(timeout=60_000)
        time.sleep(20)
        search = page.get_by_role("combobox", name="Search a name")
        for change in range(CHANGES):
            search.fill("")
            search.press_sequentially(("an", "ma", "el", "jo")[change % 4])
            page.locator('[role="option"]').nth(change // 4).wait_for(timeout=30_000)
            page.wait_for_timeout(400)
            for _ in range(change // 4):
                page.keyboard.press("ArrowDown")
            page.evaluate(WATCH)
            page.keyboard.press("Enter")
            page.wait_for_function("window.changed !== null", timeout=30_000)
            changes.append(page.evaluate("window.changed - window.pressed"))
            # What opens rows is inside the fold of a domain; a picture has a closed one of its own.
            page.evaluate(
                "document.querySelectorAll('.dashboard details.fold').forEach(one => (one.open = true))"
            )
            fold = page.locator("details.fold[open] details[data-open]").nth(change % 5)
            began = time.perf_counter()
            fold.locator("summary").click()
            fold.locator(".opened > table, .opened > p:not(.place)").first.wait_for(timeout=30_000)
            opened.append(1000 * (time.perf_counter() - began))
        browser.close()
    return {"first page": first, "change": changes, "open": opened}


def bench_dashboard(folder: Path) -> Iterator[Figure]:
    """Time the dashboard under Voila at 10,000 children, as the meals office, which sees them all."""
    run([BIGPICTURE, "make", folder / "district", "--students", str(CHILDREN)])
    run([BIGPICTURE, "profile", folder / "district", "--out", folder / "out"])
    took = measured_dashboard(folder / "out" / "store")
    of, first, change = f"{CHILDREN:,} children", took["first page"], took["change"]
    yield figure(f"dashboard, first page, {of} (median of {VISITS})", statistics.median(first), "s", 2)
    yield figure(
        f"dashboard, change of child, {of} (median of {CHANGES})", statistics.median(change), "ms", 150
    )
    yield figure(f"dashboard, change of child, {of} (slowest)", max(change), "ms", 150)
    yield figure(
        f"dashboard, a value opens its rows, {of} (median)", statistics.median(took["open"]), "ms", None
    )
