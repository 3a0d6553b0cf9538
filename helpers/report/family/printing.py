"""Print pages to tagged PDFs with an installed Chromium, without installing or downloading anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import local

from helpers.files import spare_folder
from helpers.standard import BadInput

__all__ = ["find_chromium", "look_into", "print_pages"]

NAMED_BY = "BIGPICTURE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# Headless, without calls home, and with a temporary profile.
QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
PATIENCE = 60.0  # seconds per page


@dataclass(frozen=True)
class Printed:
    """Properties of a PDF: number of sheets, and whether it is tagged for screen readers."""

    sheets: int
    tagged: bool
    language: str


def find_chromium() -> str:
    """Find a Chromium that can print."""
    named = os.environ.get(NAMED_BY, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BadInput(
                f"{NAMED_BY} is {named!r}, which is no program here: name a chromium, or unset it."
            )
        return found
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise BadInput(
        f"There is no chromium to print PDFs (looked for {', '.join(NAMES)}): install one, name it in "
        f"{NAMED_BY}, or leave --pdf out and print the pages from a browser."
    )


def print_pages(pages: Sequence[Path], *, each: Callable[[Path], object] = lambda path: None) -> list[Path]:
    """Print pages to tagged PDFs next to them."""
    chromium = find_chromium()
    if not pages:
        return []
    own = local()
    with spare_folder("print") as profiles:

        def print_one(page: Path) -> Path:
            if not hasattr(own, "profile"):
                own.profile = tempfile.mkdtemp(dir=profiles)
            made = _print(chromium, page, Path(own.profile))
            each(made)
            return made

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(print_one, pages))


def _print(chromium: str, page: Path, profile: Path) -> Path:
    made = page.with_suffix(".pdf")
    part = profile / "page.pdf"
    part.unlink(missing_ok=True)
    command = [chromium, *QUIET, f"--user-data-dir={profile}", f"--print-to-pdf={part}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium started by root, as in a container, has no sandbox; the pages have no scripts.
        command.append("--no-sandbox")
    try:
        subprocess.run(
            [*command, page.resolve().as_uri()], capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadInput(
            f"{chromium} didn't print {page.name} within {PATIENCE:.0f} seconds: try again with fewer "
            "programs open, or print the page from a browser."
        ) from None
    if not part.is_file():
        raise BadInput(f"{chromium} didn't print {page.name}: open it in a browser and print it from there.")
    if not look_into(part).tagged:
        raise BadInput(
            f"{chromium} prints without tags, which screen readers need: take a chromium of 2021 or newer."
        )
    part.chmod(0o600)
    shutil.move(part, made)
    return made


def look_into(pdf: Path) -> Printed:
    """Count the sheets of a PDF, and check whether it is tagged."""
    data = pdf.read_bytes()
    language = re.search(rb"/Lang \(([A-Za-z-]+)\)", data)
    return Printed(
        sheets=len(re.findall(rb"/Type /Page\b(?!s)", data)),
        tagged=b"/MarkInfo" in data and b"/StructTreeRoot" in data,
        language=language[1].decode() if language else "",
    )
