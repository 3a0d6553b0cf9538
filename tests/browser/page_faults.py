"""What can be wrong with a page in a browser: each fault is a sentence, and a good page has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

__all__ = [
    "PAPER",
    "SIZES",
    "TABLET",
    "faults_for_assistive_technology",
    "faults_of_tabbing",
    "faults_of_text",
    "faults_on_opening",
    "opened",
]

# A laptop and the smallest telephone in use.
SIZES = {"laptop": (1280, 800), "telephone": (360, 740)}
TABLET = (768, 1024)
# The width of a sheet of A4 between its margins, the narrower of the two papers.
PAPER = (673, 970)
# On what a page may wait, in milliseconds. A page is one file: none needs a tenth of it.
PATIENCE = 15_000
GRAVE = {"serious", "critical"}

BROKEN_PICTURES = """async () => {
    const pictures = [...document.images];
    await Promise.all(pictures.map(picture => picture.decode().catch(() => null)));
    return pictures.filter(picture => !picture.naturalWidth).map(picture => picture.alt || picture.src);
}"""
# Letters that a box with a hidden overflow cuts off, and letters that stand on other letters. What only a
# screen reader reads is cut to a pixel on purpose.
IN_THE_WAY = """() => {
    const faults = [], said = text => text.trim().replace(/\\s+/g, ' ').slice(0, 60);
    const words = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const holder = node.parentElement;
        const seen = holder.checkVisibility({visibilityProperty: true, opacityProperty: true});
        if (!node.data.trim() || !seen) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
        let hidden = false, scrolls = false;
        for (let up = holder; up && up !== document.body; up = up.parentElement) {
            const style = getComputedStyle(up), frame = up.getBoundingClientRect();
            if (/auto|scroll/.test(style.overflowX + style.overflowY)) { scrolls = true; break; }
            if (!/hidden|clip/.test(style.overflowX + style.overflowY) && style.clipPath === 'none') continue;
            if (frame.width <= 2 || frame.height <= 2) { hidden = true; break; }
            const over = boxes.some(box => box.right > frame.right + 1.5 || box.left < frame.left - 1.5
                || box.bottom > frame.bottom + 4 || box.top < frame.top - 4);
            if (over) { faults.push('text is cut off: ' + said(node.data)); break; }
        }
        if (!hidden && !scrolls) boxes.forEach(box => words.push({box, node}));
    }
    words.sort((one, other) => one.box.top - other.box.top);
    words.forEach((one, place) => {
        for (let next = place + 1; next < words.length; next++) {
            const other = words[next];
            if (other.box.top > one.box.bottom - 5) break;
            if (one.node === other.node) continue;
            const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (wide > 2 && high > 5) faults.push(
                'text stands on text: ' + said(one.node.data) + ' | ' + said(other.node.data));
        }
    });
    return [...new Set(faults)];
}"""
# Text of a drawing that leaves it, or stands on its other text. A drawing inside another is part of that.
OUT_OF_THE_DRAWING = """() => {
    const faults = [], said = text => text.textContent.trim().slice(0, 60);
    for (const drawing of document.querySelectorAll('svg:not(svg svg)')) {
        if (!drawing.checkVisibility()) continue;
        const frame = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll('text')]
            .map(text => ({text, box: text.getBoundingClientRect()}))
            .filter(({box}) => box.width > 1 && box.height > 1);
        texts.forEach(({text, box}, place) => {
            if (box.left < frame.left - 1.5 || box.right > frame.right + 1.5
                || box.top < frame.top - 1.5 || box.bottom > frame.bottom + 1.5)
                faults.push('text leaves its drawing: ' + said(text));
            for (const other of texts.slice(place + 1)) {
                const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
                const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
                if (wide > 1.5 && high > 3)
                    faults.push('text of a drawing stands on text: ' + said(text) + ' | ' + said(other.text));
            }
        });
    }
    return [...new Set(faults)];
}"""
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What a keyboard must reach, and what it is on now. Elements are told apart by their place in the document.
REACHABLE = """() => [...document.querySelectorAll('*')]
    .map((element, place) => ({element, place}))
    .filter(({element}) => element.tabIndex >= 0 && element.checkVisibility())
    .filter(({element}) => element.matches('a[href], button, input, select, textarea, summary, [tabindex]'))
    .map(({element, place}) => [place, element.outerHTML.slice(0, 120)])"""
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const ring = element.matches(':focus-visible') && style.outlineStyle !== 'none'
        && parseFloat(style.outlineWidth) >= 2 && !/, 0\\)$|^transparent$/.test(style.outlineColor);
    const inView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
        && box.top < innerHeight && box.left < innerWidth;
    const place = [...document.querySelectorAll('*')].indexOf(element);
    return {place, ring, inView, markup: element.outerHTML.slice(0, 120)};
}"""


@contextmanager
def opened(browser: Browser, path: Path, size: str, faults: list[str]) -> Iterator[Page]:
    """Open a page of a file at a size; what it asks for and complains about is added to the faults."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    address = path.as_uri()

    def asked(url: str) -> None:
        if not url.startswith("data:") and url.partition("#")[0] != address:
            faults.append(f"{size}: it asks for {url}")

    def complained(kind: str, words: str) -> None:
        if kind in {"error", "warning"}:
            faults.append(f"{size}: the console says {words}")

    page.on("request", lambda request: asked(request.url))
    page.on("console", lambda message: complained(message.type, message.text))
    page.on("pageerror", lambda error: complained("error", str(error)))
    try:
        page.goto(address, wait_until="load")
        yield page
    finally:
        page.close()


def faults_on_opening(page: Page, size: str) -> list[str]:
    """Look at a page as it opens: its pictures are there, no text is cut off, nobody scrolls sideways."""
    faults = [f"{size}: a picture isn't there: {said}" for said in page.evaluate(BROKEN_PICTURES)]
    if page.evaluate(WIDER):
        faults.append(f"{size}: it scrolls sideways")
    faults += [f"{size}: {fault}" for fault in page.evaluate(IN_THE_WAY)]
    return faults


def faults_of_text(browser: Browser, path: Path) -> list[str]:
    """Measure the boxes of text on a laptop, a tablet, a telephone and on paper, where folds stay shut."""
    faults = []
    for name, (width, height) in {**SIZES, "tablet": TABLET, "paper": PAPER}.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        if name == "paper":
            page.emulate_media(media="print")
        page.goto(path.as_uri(), wait_until="load")
        for unfolded in (False,) if name == "paper" else (False, True):
            if unfolded:
                page.evaluate(UNFOLD)
            for frame in page.frames:
                for look in (OUT_OF_THE_DRAWING, IN_THE_WAY):
                    faults += [f"{name}: {fault}" for fault in frame.evaluate(look)]
            if page.evaluate(WIDER):
                faults.append(f"{name}: it scrolls sideways")
        page.close()
    return list(dict.fromkeys(faults))


def faults_of_tabbing(page: Page, size: str) -> list[str]:
    """Walk a page by Tab alone: everything is reached, in view, and wears a ring that one sees."""
    wanted = dict(page.evaluate(REACHABLE))
    faults, been, last = [], set(), None
    # The browser itself reaches boxes that scroll, too: the walk may be longer than what is wanted.
    for _ in range(2 * len(wanted) + 20):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        # A date is one field with a stop for month, day and year.
        if focused is not None and focused["place"] == last:
            continue
        if focused is None or focused["place"] in been:
            break
        last = focused["place"]
        been.add(last)
        if not focused["ring"]:
            faults.append(f"{size}: no ring when Tab is on {focused['markup']}")
        if not focused["inView"]:
            faults.append(f"{size}: out of view when Tab is on {focused['markup']}")
    faults += [f"{size}: Tab never reaches {wanted[place]}" for place in sorted(set(wanted) - been)]
    return faults


def faults_for_assistive_technology(page: Page, size: str) -> list[str]:
    """Ask axe-core, with everything unfolded, for what is serious or critical."""
    page.evaluate(UNFOLD)
    # The package brings axe-core with it: nothing is fetched.
    found = Axe().run(page).response
    assert found["passes"], "axe-core looked at nothing"
    return [
        f"{size}: {fault['impact']}: {fault['id']}: {node['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
